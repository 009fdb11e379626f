"""What a new calendar does to one dossier: which of its due instants move, and which of them it cannot explain."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dossier import Dossier, Hold
from engine.errors import BeyondCalendarError
from engine.legal import hold_due, legal_due
from engine.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMove:
    """One due instant that moves: the legal one (``hold`` 0, ``step`` empty) or that of an open hold.

    Epoch seconds; None while the clock stands still. ``late_before`` and ``late_after`` tell whether it lies before
    the instant of judgement. ``agency`` is the holder, or the receiving desk for the legal term.
    """

    hold: int
    step: str
    agency: str
    before: int | None
    after: int | None
    late_before: bool
    late_after: bool

    @property
    def becomes_late(self) -> bool:
        """Whether the move makes it late."""
        return self.late_after and not self.late_before

    @property
    def no_longer_late(self) -> bool:
        """Whether the move makes it timely."""
        return self.late_before and not self.late_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprojection:
    """The due instants of one dossier that move, and the holds (0: the legal term) whose recorded due is left alone.

    Left alone is one that an edit touches but that follows from neither calendar: something else is behind it.
    """

    moves: tuple[DueMove, ...] = ()
    unexplained: tuple[int, ...] = ()


def reprojection(dossier: Dossier, before: Rules, after: Rules, at: int) -> Reprojection:
    """Return what the rules ``after`` make of the due instants recorded under the rules ``before``.

    Compared is what is recorded, so that a dossier already moved does not move again.

    Args:
        dossier: any; one that has ended or was not received has nothing to move.
        before: its rules with the calendars that were in force.
        after: the same with the new calendars.
        at: the instant of judgement (epoch seconds).

    Raises:
        BeyondCalendarError: a new due instant lies outside the new calendar's known days.
    """
    moves: list[DueMove] = []
    unexplained: list[int] = []
    if dossier.ended_at is not None or dossier.received_at is None:
        return Reprojection()
    for hold in (None, *dossier.holds_now()):
        number = 0 if hold is None else hold.number
        recorded = dossier.due if hold is None else hold.due
        new = _due(dossier, hold, after)
        if new == recorded:
            continue
        try:
            old = _due(dossier, hold, before)
        except BeyondCalendarError:  # the calendar before ends too early to tell
            old = recorded
        if old == new:
            continue
        if old != recorded:
            unexplained.append(number)
            continue
        moves.append(
            DueMove(
                hold=number,
                step="" if hold is None else hold.step,
                agency=dossier.desk if hold is None else hold.agency,
                before=recorded,
                after=new,
                late_before=recorded is not None and recorded < at,
                late_after=new is not None and new < at,
            )
        )
    return Reprojection(moves=tuple(moves), unexplained=tuple(unexplained))


def _due(dossier: Dossier, hold: Hold | None, rules: Rules) -> int | None:
    return legal_due(dossier, rules) if hold is None else hold_due(dossier, hold, rules)
