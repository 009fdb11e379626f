"""The views: what a dossier's state looks like as rows. Pure; every store writes exactly these.

The log is the truth; these rows can be made again from it (`motcua views rebuild`), except ``wake_at``, which needs
the procedure's rules and comes with each change.
"""

from __future__ import annotations

from typing import Any, Final

from engine import events as ev
from engine.dossier import Dossier, Hold
from engine.errands import can_move
from engine.status import status
from store.values import Change, DossierRow, HoldRow

DOSSIER_COLUMNS: Final = tuple("id" if name == "row" else name for name in DossierRow._fields)
HOLD_COLUMNS: Final = tuple({"limit": "limit_text", "until": "until_at"}.get(name, name) for name in HoldRow._fields)

PROGRESS_COLUMNS: Final = ("status", "is_movable", "wake_at", "last_at", "last_recorded_at", "version", "head")
"""What an ordinary move changes; the other columns (and their indexes) are left alone then."""

_PROGRESS: Final = frozenset(
    {
        ev.StepOpened,
        ev.HandedOver,
        ev.Assigned,
        ev.TakenUp,
        ev.StepDone,
        ev.SentBack,
        ev.Transferred,
        ev.Routed,
        ev.Forked,
        ev.BranchArrived,
        ev.BranchEnded,
        ev.Joined,
        ev.OpinionRequested,
        ev.OpinionGiven,
        ev.OpinionSilent,
        ev.FinancialObligationSet,
        ev.FinancialObligationMet,
        ev.PostingStarted,
        ev.PostingEnded,
        ev.SubDossierStarted,
        ev.SubDossierEnded,
        ev.Urged,
        ev.Escalated,
        ev.LimitPassed,
        ev.DueSoon,
        ev.RuleBreached,
        ev.RuleBreachAttempted,
    }
)
_LEAVES_HOLDS_ALONE: Final = frozenset(
    {ev.Urged, ev.Escalated, ev.LimitPassed, ev.DueSoon, ev.RuleBreached, ev.RuleBreachAttempted}
)


def is_progress(change: Change) -> bool:
    """Whether a change touches `PROGRESS_COLUMNS` only. A kind of fact not listed here never counts as such."""
    return _PROGRESS.issuperset(map(type, change.facts))


def is_movable(dossier: Dossier) -> bool:
    """Whether the engine or a machine can do something on the dossier now."""
    return can_move(dossier)


def stopped_since(dossier: Dossier) -> int | None:
    """Return when the earliest stop of the legal clock that still lasts began, None while the clock runs."""
    return min((stop.since for stop in dossier.stops if stop.until is None), default=None)


def dossier_values(d: Dossier, wake_at: int | None, head: bytes) -> tuple[Any, ...]:
    """Return the columns of a dossier's row after ``id``, in the order of `DOSSIER_COLUMNS`."""
    return (
        d.dossier_id,
        d.dossier_no or None,
        d.procedure,
        d.procedure_version,
        d.channel,
        d.desk,
        d.applicant,
        d.root,
        d.origin,
        int(status(d)),
        d.due,
        d.promised,
        d.outcome,
        d.submitted_at,
        d.received_at,
        d.ended_at,
        d.issued_at,
        stopped_since(d) if d.stops else None,
        int(is_movable(d)),
        wake_at,
        d.last_at,
        d.last_recorded_at,
        d.version,
        head,
    )


def progress_values(d: Dossier, wake_at: int | None, head: bytes) -> tuple[Any, ...]:
    """Return the columns of `PROGRESS_COLUMNS`."""
    return (int(status(d)), int(is_movable(d)), wake_at, d.last_at, d.last_recorded_at, d.version, head)


def hold_values(row: int, hold: Hold) -> tuple[Any, ...]:
    """Return the columns of a hold's row, in the order of `HOLD_COLUMNS`."""
    return (
        row,
        hold.number,
        hold.step,
        hold.work.value,
        hold.agency,
        hold.officer,
        hold.from_agency,
        hold.limit,
        hold.entry,
        hold.spent_before,
        hold.opened_at,
        hold.due,
        hold.taken_up_at,
        hold.closed_at,
        hold.outcome,
        hold.position,
        hold.lead_hold,
        hold.on_silence,
        hold.until,
        hold.sub_dossier,
    )


def touched_holds(change: Change) -> list[Hold]:
    """Return the holds a change may have opened, changed or closed, in the order of their numbers.

    Those its facts name, those closed at the instant of one of its facts (a hold takes others with it), and, for a
    fact of an unusual kind, every open one: a stop of the clock changes the due of all.
    """
    kinds = [type(fact) for fact in change.facts]
    telling = [fact for fact, kind in zip(change.facts, kinds, strict=True) if kind not in _LEAVES_HOLDS_ALONE]
    named = {getattr(fact, "hold", 0) for fact in telling}
    instants = {fact.occurred_at for fact in telling}
    reaches_all = not _PROGRESS.issuperset(kinds)
    found = [
        hold
        for number, hold in change.dossier.holds.items()
        if number in named or hold.closed_at in instants or (reaches_all and hold.closed_at is None)
    ]
    found.sort(key=_number)
    return found


def _number(hold: Hold) -> int:
    return hold.number


def dossier_row(row: int, dossier: Dossier, wake_at: int | None, head: bytes) -> DossierRow:
    """Return a dossier's row as lists show it."""
    return read_dossier((row, *dossier_values(dossier, wake_at, head)))


def read_dossier(columns: tuple[Any, ...]) -> DossierRow:
    """Return the row made of the columns `DOSSIER_COLUMNS` of the database."""
    found = DossierRow._make(columns)
    return found._replace(dossier_no=found.dossier_no or "", head=bytes(found.head))


def hold_row(row: int, hold: Hold) -> HoldRow:
    """Return a hold's row as lists show it."""
    return HoldRow._make(hold_values(row, hold))
