"""The history of one dossier of a foreign log, told as facts (`origin` ``"replay"``).

The log tells when each step was completed, by whom, in which agency. What is added is only what that implies: the
dossier lay with the agency of an event since the event before it (or since work began, where the log says so).
Nothing is decided, nothing repaired: what contradicts itself in the log does so here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import polars as pl

from engine import events as ev
from engine.dossier import Dossier, Work, replay
from store.mapping import Mapping
from store.values import Change
from workflows.foreign import ForeignLog

ORIGIN: Final = "replay"
REGISTER: Final = "register"
"""``origin`` of finished rows of a register that was taken over: history like a replayed log, of the agencies' own."""


class ForeignEvent(NamedTuple):
    """One event; instants in epoch seconds, ``started`` None where the log is silent, texts None if blank."""

    at: int
    started: int | None
    step_due: int | None
    step: str
    agency: str | None
    officer: str | None
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDossier:
    """One dossier of the log; ``received`` is its first event where the log tells no receipt. Epoch seconds."""

    dossier: str
    received: int
    due: int | None
    ended: int | None
    channel: str
    applicant: str
    data: MappingOf[str, Any]
    events: Sequence[ForeignEvent]


def dossiers_of(foreign: ForeignLog, first: int, count: int) -> list[ForeignDossier]:
    """Return ``count`` dossiers of a log from number ``first`` on, in whole seconds (fractions floored).

    An end that came after the due instant but within the same second is told in the next one: late stays late.
    """
    rows = foreign.dossiers.slice(first, count).with_columns(pl.col("channel", "applicant").fill_null(""))
    rows = in_seconds(rows)
    before = int(foreign.dossiers["events"].head(first).sum())
    events = foreign.events.slice(before, int(rows["events"].sum())).select(
        _seconds("at"), _seconds("started"), _seconds("step_due"), "step", "agency", "officer", "state"
    )
    listed = list(map(ForeignEvent._make, events.iter_rows()))
    extra = {name: f"data.{name}" for name in foreign.mapping.attributes}
    found: list[ForeignDossier] = []
    at = 0
    for row in rows.iter_rows(named=True):
        upto = at + row["events"]
        found.append(
            ForeignDossier(
                dossier=row["dossier"],
                received=row["begun"],
                due=row["due"],
                ended=row["ended"],
                channel=row["channel"],
                applicant=row["applicant"],
                data={name: row[column] for name, column in extra.items() if row[column] is not None},
                events=listed[at:upto],
            )
        )
        at = upto
    return found


def dossier_id_of(mapping: Mapping, dossier: ForeignDossier) -> str:
    """Return the dossier's id: shaped as a UUIDv7 of its receipt, and always the same for the same log and case."""
    digest = hashlib.sha256(f"{mapping.log}\0{dossier.dossier}".encode()).digest()
    moment = max(dossier.received, 0) * 1000 & (1 << 48) - 1
    number = int.from_bytes(digest[:10], "big")
    return str(UUID(int=moment << 80 | 7 << 76 | (number >> 62 & 0xFFF) << 64 | 2 << 62 | number & (1 << 62) - 1))


def dossier_no_of(mapping: Mapping, dossier: ForeignDossier) -> str:
    """Return the number people will know the dossier by: the mapping's prefix and the case's identifier."""
    return mapping.prefix + dossier.dossier


def facts_of(mapping: Mapping, dossier: ForeignDossier, *, recorded_at: int, origin: str = ORIGIN) -> list[ev.Fact]:
    """Return the dossier's facts in the order of the log, recorded at ``recorded_at`` (epoch seconds)."""
    desk, received = mapping.desk, dossier.received
    common: dict[str, Any] = {"recorded_at": recorded_at, "origin": origin}
    facts: list[ev.Fact] = [
        ev.Submitted(
            occurred_at=received,
            by=ev.APPLICANT,
            agency=desk,
            dossier_id=dossier_id_of(mapping, dossier),
            procedure=mapping.procedure,
            procedure_version=mapping.procedure_version,
            channel=dossier.channel,
            applicant=dossier.applicant,
            data={"log": mapping.log, "case": dossier.dossier, **dossier.data},
            **common,
        ),
        ev.Received(
            occurred_at=received,
            agency=desk,
            dossier_no=dossier_no_of(mapping, dossier),
            counted_from=received,
            due=dossier.due,
            **common,
        ),
    ]
    holder, holder_hold, before, last_step = "", 0, received, ""
    entries: dict[str, int] = {}
    meant = meanings(mapping)
    requested = waits = 0
    outcome, issued = "", None
    begins = mapping.event == "beginning"
    for hold, event in enumerate(dossier.events, start=1):
        agency = event.agency or ""
        if begins:
            opened, closed = event.at, None
            if hold < len(dossier.events):
                closed = max(event.at, dossier.events[hold].at)
            elif dossier.ended is not None:
                closed = max(event.at, dossier.ended)
        else:
            # A hold never begins after it ends: where the log runs backwards it begins when it ends.
            opened, closed = min(before, event.at if event.started is None else event.started, event.at), event.at
        entries[event.step] = entry = entries.get(event.step, 0) + 1
        facts.append(
            ev.StepOpened(
                occurred_at=opened,
                agency=agency,
                hold=hold,
                step=event.step,
                work=work_of(mapping, event.state, event.agency).value,
                entry=entry,
                due=event.step_due,
                arrived_from=last_step,
                **common,
            )
        )
        if agency and holder and agency != holder:
            facts.append(
                ev.HandedOver(
                    occurred_at=opened,
                    agency=agency,
                    hold=hold,
                    step=event.step,
                    from_agency=holder,
                    to_agency=agency,
                    from_hold=holder_hold,
                    **common,
                )
            )
        who = _who(mapping, event.officer)
        if (taken_up := _taken_up(event, opened)) is not None:
            facts.append(ev.TakenUp(occurred_at=taken_up, by=who, agency=agency, hold=hold, **common))
        act = meant.get(event.step, "done")
        if closed is None and who:
            facts.append(ev.Assigned(occurred_at=opened, agency=agency, hold=hold, officer=who, **common))
        if closed is not None:
            facts.append(ev.StepDone(occurred_at=closed, by=who, agency=agency, hold=hold, outcome=act, **common))
        match act:
            case "supplement_requested":
                requested += 1
                if not waits:
                    waits = hold
                    facts.append(
                        ev.SupplementRequested(
                            occurred_at=event.at, agency=agency, papers=(), ordinal=requested, hold=hold, **common
                        )
                    )
            case "supplement_received" if waits:
                waits = 0
                facts.append(ev.SupplementReceived(occurred_at=event.at, due=dossier.due, **common))
            case "clock_paused":
                facts.append(ev.ClockPaused(occurred_at=event.at, agency=agency, ground=event.step, **common))
            case "clock_resumed":
                facts.append(ev.ClockResumed(occurred_at=event.at, ground="", due=dossier.due, **common))
            case "result_denied" | "withdrawn" | "intake_declined":
                outcome = act
            case "result_issued":
                issued = event.at
        if agency:
            holder, holder_hold = agency, hold
        before, last_step = event.at, event.step
    if dossier.ended is not None:
        end: dict[str, Any] = {"occurred_at": dossier.ended, "agency": desk, **common}
        match outcome:
            case "result_denied":
                facts.append(ev.ResultDenied(**end))
            case "withdrawn":
                facts.append(ev.Withdrawn(**end, requested=True))
            case "intake_declined":
                facts.append(ev.IntakeDeclined(**end))
            case _:
                facts.append(ev.ResultDecided(**end))
        if issued is not None:
            facts.append(ev.ResultIssued(occurred_at=issued, agency=desk, **common))
    elif not begins or not dossier.events:
        facts.append(
            ev.StepOpened(
                occurred_at=before,
                agency=holder or desk,
                hold=len(dossier.events) + 1,
                step=mapping.after_log,
                entry=entries.get(mapping.after_log, 0) + 1,
                work=Work.STEP.value,
                arrived_from=last_step,
                **common,
            )
        )
    return facts


def meanings(mapping: Mapping) -> dict[str, str]:
    """Return what steps mean: step to act."""
    return {step: act for act, steps in mapping.acts.items() for step in steps}


def work_of(mapping: Mapping, state: str | None, agency: str | None) -> Work:
    """Return the kind of hold an event tells of: whose move it is."""
    if state in _WORKS:
        return _WORKS[state]
    return Work.APPLICANT if agency is not None and agency in mapping.outsiders else Work.STEP


_WORKS: Final = {"applicant": Work.APPLICANT, "other_agency": Work.OPINION, "nobody": Work.POSTING}


def in_seconds(dossiers: pl.DataFrame) -> pl.DataFrame:
    """Return dossiers of a log with ``begun``, ``due`` and ``ended`` in whole seconds (Int64).

    An end that came after the due instant but within the same second is told in the next one: late stays late.
    """
    late = dossiers["ended"] > dossiers["due"]
    rows = dossiers.with_columns(*(_seconds(name) for name in ("begun", "due", "ended")))
    return rows.with_columns(pl.col("ended") + (late & (pl.col("ended") == pl.col("due"))).fill_null(value=False))


def change_of(mapping: Mapping, dossier: ForeignDossier, *, recorded_at: int, origin: str = ORIGIN) -> Change:
    """Return the dossier's whole history as one change to an empty dossier; time alone never moves it."""
    facts = facts_of(mapping, dossier, recorded_at=recorded_at, origin=origin)
    state: Dossier = replay(facts)
    return Change(dossier=state, facts=facts, expected=0, wake_at=None)


def _seconds(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("us").floordiv(1_000_000).alias(name)


def _taken_up(event: ForeignEvent, opened: int) -> int | None:
    """Return when work on a hold began, None where the log does not tell."""
    if event.started is not None:
        return max(opened, min(event.started, event.at))
    return opened if event.state == "work" else None


def _who(mapping: Mapping, officer: str | None) -> str:
    if officer is None:
        return ""
    return f"{ev.SYSTEM}:{officer}" if officer in mapping.system else officer
