"""The casebook of dossiers of a store: dossiers, holds, tiles and acts folded from their facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import polars as pl

from engine import events as ev
from engine.casebook import ACTS, DOSSIERS, HOLDS, INSTANT, TILES, Casebook
from engine.casebook_facts import TIME_OF, live_casebook
from engine.custody import authority_of, custody
from engine.dossier import Dossier, Work, replay
from engine.errors import InputError, MotcuaError
from engine.expire import expire
from engine.ledger import TimeKind
from engine.procedure import Procedure
from store.store import Store
from store.values import DossierRow
from workflows.rulebook import Rulebook

_FINISHING: Final = (ev.StepDone, ev.SentBack, ev.Transferred, ev.OpinionGiven)

History = tuple[Dossier, Sequence[ev.Fact]]


def casebook_of_rows(store: Store, rulebook: Rulebook, now: int, rows: Iterable[DossierRow]) -> Casebook:
    """Return some dossiers of the store in columns, judged at ``now`` (epoch seconds).

    What the book says of zone, calendars and what is told is so of the agencies' own dossiers; those of a replayed log
    are read by `workflows.store_book.as_read`.
    """
    return casebook_of_histories(rulebook, now, (_history(store, rulebook, now, row) for row in rows))


def _history(store: Store, rulebook: Rulebook, now: int, row: DossierRow) -> History:
    facts = store.read(row.dossier_id)
    dossier = replay(facts)
    if row.wake_at is not None and row.wake_at <= now:
        return _as_swept(dossier, facts, rulebook, now)
    return dossier, facts


def casebook_of_histories(rulebook: Rulebook, now: int, histories: Iterable[History]) -> Casebook:
    """Return dossiers in columns from their histories, each a state with the facts it was folded from."""
    directory = rulebook.directory
    dossiers: list[tuple[Any, ...]] = []
    holds: list[tuple[Any, ...]] = []
    tiles: list[tuple[Any, ...]] = []
    acts: list[tuple[Any, ...]] = []
    versions: set[tuple[str, int]] = set()
    desks: set[str] = set()
    for nr, (dossier, facts) in enumerate(histories):
        versions.add((dossier.procedure, dossier.procedure_version))
        desks.add(dossier.desk)
        dossiers.append(_dossier(nr, dossier))
        holds += _holds(nr, dossier, facts)
        own = authority_of(dossier, directory if dossier.origin == "live" else None)
        tiles += [
            (nr, tile.since, tile.until, tile.kind.value, tile.who, tile.step, tile.ground)
            for tile in custody(dossier, now, own)
        ]
        acts += _acts(nr, facts, dossier)
    procedures = _procedures(rulebook, versions)
    return live_casebook(
        {
            "dossiers": _frame(dossiers, DOSSIERS),
            "holds": _frame(holds, HOLDS),
            "tiles": _frame(tiles, TILES),
            "acts": _frame(acts, ACTS),
        },
        now,
        directory=directory,
        calendars=rulebook.calendars,
        procedures=procedures,
        desks=desks,
    )


def _as_swept(dossier: Dossier, facts: list[ev.Fact], rulebook: Rulebook, now: int) -> History:
    """Return a dossier and its facts with what time has done by now and no sweep has recorded yet.

    What only waits for the machine is nobody's silence: it is judged as it will stand after the next sweep.
    """
    try:
        return dossier, [*facts, *expire(dossier, rulebook.rules_of(dossier), now)]
    except MotcuaError:
        return replay(facts), facts  # the sweep makes an incident of it


def is_waiting(d: Dossier) -> bool:
    """Return whether a dossier is open and its clock stands still, or, in a replayed log, the applicant has it."""
    if d.ended_at is not None:
        return False
    at_applicant = d.origin != "live" and any(
        hold.work is Work.APPLICANT and hold.closed_at is None for hold in d.holds.values()
    )
    return at_applicant or d.open_stop is not None or d.awaits_supplement is not None


def _dossier(nr: int, d: Dossier) -> tuple[Any, ...]:
    waiting = is_waiting(d)
    instants = (d.submitted_at, d.received_at, d.due, d.promised, d.ended_at, d.issued_at)
    return (
        *(nr, d.dossier_no or d.dossier_id, d.dossier_id, d.procedure, d.desk, d.channel or None),
        *(d.applicant or None, d.origin),
        *instants,
        *(d.outcome or None, waiting, d.term_from if d.terms else None, d.known_from),
    )


def _holds(nr: int, dossier: Dossier, facts: Sequence[ev.Fact]) -> Iterator[tuple[Any, ...]]:
    """Yield the holds: of live dossiers in the order they began, of a replayed log in its order."""
    finished = {fact.hold: fact.by for fact in facts if isinstance(fact, _FINISHING) and fact.by != ev.APPLICANT}
    is_live = dossier.origin == "live"
    order = sorted(dossier.holds.values(), key=lambda hold: (hold.opened_at if is_live else 0, hold.number))
    before = ""
    for h in order:
        officer = h.officer or finished.get(h.number, "")
        is_system = officer == ev.SYSTEM or officer.startswith(f"{ev.SYSTEM}:") or h.work is Work.SERVICE
        came_from = h.from_agency if is_live else before
        before = h.agency or before
        yield (
            *(nr, h.number, h.step, h.work.value, h.agency or None, officer or None, is_system),
            *(h.opened_at, h.taken_up_at, h.closed_at, h.due, TIME_OF.get(h.work, TimeKind.AUTHORITY).value, h.entry),
            *(
                came_from or None,
                h.lead_hold,
                h.outcome or "done" if h.closed_at is not None else None,
                h.position or None,
            ),
        )


def _acts(nr: int, facts: Sequence[ev.Fact], dossier: Dossier) -> Iterator[tuple[Any, ...]]:
    """Yield every fact as a row; of a replayed log only what its steps were said to mean."""
    for version, fact in enumerate(facts, start=1):
        hold = getattr(fact, "hold", 0)
        if dossier.origin != "live":
            if not isinstance(fact, ev.StepDone) or fact.outcome == "done":
                continue
            held = dossier.holds[fact.hold]
            following = dossier.holds.get(fact.hold + 1)
            other = following.agency if following is not None else ""
            yield _act(nr, fact, fact.outcome, fact.hold, held.step, other, None, version)
            continue
        yield _act(nr, fact, ev.kind_of(fact).rsplit(".", 1)[0], hold, *_named(fact, dossier), version)


def _act(
    nr: int, f: ev.Fact, act: str, hold: int, detail: str, other: str, until: int | None, version: int
) -> tuple[Any, ...]:
    return (
        *(nr, f.occurred_at, f.recorded_at, act, f.agency or None, f.by or None),
        f.by == ev.SYSTEM or f.by.startswith(f"{ev.SYSTEM}:"),
        *(hold, detail or None, other or None, until),
        *_given(f),
        version,
    )


def _given(f: ev.Fact) -> tuple[bool | None, ...]:
    """Whether a reason, a legal basis, a document number was given; a log does not tell."""
    if f.origin != "live":
        return None, None, None
    return bool(f.reason.strip()), bool(f.legal_basis.strip()), bool(f.document_no.strip())


def _named(fact: ev.Fact, dossier: Dossier) -> tuple[str, str, int | None]:
    """Return a fact's ``detail``, ``other`` and ``until``; see `engine.casebook.ACTS`."""
    match fact:
        case ev.RuleBreached() | ev.RuleBreachAttempted():
            return fact.rule, "", None
        case ev.HandedOver():
            return fact.step, fact.to_agency, None
        case ev.Transferred():
            return dossier.holds[fact.hold].step, fact.to_agency, None
        case ev.SentBack():
            return fact.to_step, "", None
        case ev.StepOpened():
            return fact.step, "", fact.due
        case ev.StepDone():
            return fact.outcome, "", None
        case ev.Assigned():
            return "", fact.officer, None
        case ev.OpinionRequested():
            return "planned" if fact.planned else "unplanned", fact.lead_agency, fact.due
        case ev.OpinionGiven():
            return fact.position, "", None
        case ev.OpinionSilent():
            return fact.treated_as, "", None
        case ev.SupplementRequested():
            return ",".join(fact.papers), "", fact.window_due
        case ev.SupplementReceived():
            return ",".join(fact.papers), "", fact.due
        case ev.ClockPaused():
            return fact.ground, "", fact.cap_until
        case ev.ClockResumed():
            return fact.ground, "", fact.due
        case ev.LimitExtended():
            return fact.limit, "", fact.due
        case ev.ApologyIssued():
            return "", "", fact.promised
        case ev.Escalated():
            return fact.subject, fact.to_agency, None
        case ev.LimitPassed():
            return fact.subject, "", fact.due
        case ev.DueSoon():
            return "apology_due" if fact.apology_due else "", "", fact.due
        case ev.DueChanged():
            return "", "", fact.after
        case ev.Corrected():
            field = f"{fact.field}:{fact.before}" if fact.field == "channel" else fact.field
            return field, fact.after, None
        case ev.Reopened():
            return fact.step, "", None
        case ev.Withdrawn():
            return "requested" if fact.requested else "", "", None
        case ev.Received():
            return "", "", fact.due
        case _:
            return "", "", None


def _procedures(rulebook: Rulebook, versions: Iterable[tuple[str, int]]) -> list[Procedure]:
    found = []
    for code, version in sorted(versions):
        try:
            found.append(rulebook.procedure(code, version))
        except InputError:
            continue  # history needs no procedure
    return found


def _frame(rows: Sequence[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    seconds = {name: pl.Int64 if dtype == INSTANT else dtype for name, dtype in schema.items()}
    frame = pl.DataFrame(rows, schema=seconds, orient="row")
    instants = [name for name, dtype in schema.items() if dtype == INSTANT]
    return frame.with_columns((pl.col(name) * 1_000_000).cast(INSTANT) for name in instants)
