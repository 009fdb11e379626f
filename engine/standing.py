"""How late a dossier is while its clock stops and runs: lateness stands still with the clock and goes on with it.

A stop that begins when the term has passed cannot unmake the lateness, and adds nothing to it: while it lasts the
dossier stays overdue, judged at the instant the stop began; afterwards lateness goes on from what it was. A foreign log
has one due instant whatever happened: there waiting counts like any other time.
"""

from __future__ import annotations

from engine.calendar import WorkingCalendar
from engine.custody import end_of
from engine.dossier import Dossier


def still_since(dossier: Dossier, at: int) -> int | None:
    """Return since when the legal clock of an open dossier stands still at ``at`` (epoch seconds); None if it runs.

    Stops that follow on each other without a gap are one; a capped stop is over at its cap.
    """
    if dossier.ended_at is not None and dossier.ended_at <= at:
        return None
    return next((first for first, last in _spans(dossier, at) if first <= at < last), None)


def judged_at(dossier: Dossier, at: int) -> int:
    """Return the instant by which lateness is judged: the end; of what is open, ``at`` or when its clock stopped."""
    if dossier.ended_at is not None:
        return dossier.ended_at
    since = still_since(dossier, at)
    return at if since is None else since


def running_late(dossier: Dossier, due: int, at: int, calendar: WorkingCalendar) -> int:
    """Return the office seconds in which the clock ran from ``due`` to ``at``; 0 if that is not late.

    Args:
        dossier: live; of a replayed one every office second counts.
        due: epoch seconds.
        at: epoch seconds.
        calendar: of the desk.

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
    """
    if at <= due:
        return 0
    spans = ((max(first, due), min(last, at)) for first, last in _spans(dossier, at))
    stood = sum(calendar.seconds_between(first, last) for first, last in spans if first < last)
    return calendar.seconds_between(due, at) - stood


def _spans(dossier: Dossier, at: int) -> list[tuple[int, int]]:
    """Return the stops begun by ``at`` as disjoint spans in order; one that still lasts then reaches beyond it."""
    if dossier.origin != "live":
        return []
    merged: list[tuple[int, int]] = []
    for stop in sorted(dossier.stops, key=lambda one: one.since):
        if stop.since > at:
            break
        last = end_of(stop, at + 1)
        if merged and stop.since <= merged[-1][1]:
            first, before = merged[-1]
            merged[-1] = (first, max(before, last))
        else:
            merged.append((stop.since, last))
    return merged
