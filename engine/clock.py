"""The clock of one deadline: budget, spent and remaining at any instant, due, and how that was derived."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pendulum

from engine.calendar import WorkingCalendar
from engine.counting import (
    Pause,
    Terms,
    counted_from,
    due_at,
    due_or_none,
    is_office_time,
    union_of,
    unit_seconds,
)
from engine.derivation import Derivation, derive
from engine.instants import to_datetime
from engine.ledger import Segment, TimeKind, tile, totals
from engine.term import Extension, Term, stages

__all__ = [
    "DeadlineClock",
    "Extension",
    "Pause",
    "Restart",
    "Segment",
    "Term",
    "Terms",
    "TimeKind",
    "due_at",
    "due_or_none",
    "is_office_time",
    "tile",
    "totals",
    "unit_seconds",
]


@dataclass(frozen=True, slots=True)
class Restart:
    """The term was broken off at ``since``; a new one counts from ``at``, or none yet (None: still waiting).

    Epoch seconds. ``terms`` only where the new term differs from the old.
    """

    since: int
    at: int | None
    ground: str = ""
    terms: Terms | None = None


@dataclass(frozen=True)
class DeadlineClock:
    """A deadline as a pure function of its history and a calendar.

    Args:
        calendar: the receiving desk's calendar.
        terms: limit, rule and cut-off.
        start: receipt, or the opening of the step (epoch seconds).
        pauses: stops with their legal ground, in any order, overlapping or not.
        extensions: lengthenings; one unit is added up from the start (8 + 6 weeks are 14 weeks, never 6 weeks on a
            rolled date), another unit is counted on from the end of what came before.
        restarts: new terms of the legal clock, in order; the old ones stay in ``history``. A stop or extension
            belongs to the term in which it begins.
        spent_before: seconds of the limit's unit consumed by earlier holds of the same step.

    Raises:
        BeyondCalendarError: from any reading that lies outside the known days.
        ValueError: restarts are out of order or begin before the start.
    """

    calendar: WorkingCalendar
    terms: Terms
    start: int
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    restarts: tuple[Restart, ...] = ()
    spent_before: int = 0

    @cached_property
    def history(self) -> tuple[Term, ...]:
        """Every term of this clock in order, the present one last; empty only never."""
        found: list[Term] = []
        start, terms, spent = self.start, self.terms, self.spent_before
        waiting = False
        for restart in self.restarts:
            if waiting or restart.since < start or (restart.at is not None and restart.at < restart.since):
                raise ValueError(f"restart at {restart.since} is out of order: the term before began at {start}")
            found.append(self._term(terms, start, restart.since, spent, restart.ground))
            if restart.at is None:
                waiting = True
                continue
            start, terms, spent = restart.at, restart.terms or terms, 0
        if not waiting:
            found.append(self._term(terms, start, None, spent, ""))
        return tuple(found)

    @property
    def due_seconds(self) -> int | None:
        """Due instant of the present term (epoch seconds); None while an uncapped stop or a restart is open."""
        last = self.history[-1]
        return last.due if last.ended is None else None

    @property
    def due(self) -> pendulum.DateTime | None:
        """Due instant of the present term in the calendar's zone; None while an uncapped stop or restart is open."""
        seconds = self.due_seconds
        return None if seconds is None else to_datetime(seconds, self.calendar.zone)

    def budget(self, at: int | None = None) -> int:
        """Return what the term running at ``at`` may consume, in seconds of the limit's unit; default the last term.

        For whole days this is the time from receipt to the closing of the last day, stops taken out. An open stop is
        left out of it: what it gives back is only known when it ends.
        """
        term = self.history[-1] if at is None else self._running_at(at)
        due = term.due
        if due is None:
            closed = tuple(pause for pause in term.pauses if pause.until is not None or pause.cap is not None)
            due = self._due(replace(term, pauses=closed))
        if due is None:
            raise ValueError("a term without open stops has a due instant")
        return self._consumed(term, due)

    def spent(self, at: int) -> int:
        """Return what the term running at ``at`` has consumed by then, in seconds of the limit's unit.

        It goes on growing after the due instant, so that ``remaining`` turns negative; stops never count.
        """
        term = self._running_at(at)
        return self._consumed(term, at if term.ended is None else min(at, term.ended))

    def remaining(self, at: int) -> int:
        """Return what the term running at ``at`` still has, negative once overrun; spent + remaining = budget."""
        return self.budget(at) - self.spent(at)

    def is_stopped(self, at: int) -> bool:
        """Return whether a stop, or the wait before a restart, holds the clock at ``at`` (epoch seconds)."""
        term = self._running_at(at)
        if term.ended is not None and at >= term.ended:
            return True
        stops = union_of(self.calendar, term.terms, term.pauses)
        return any(since <= at and (until is None or at < until) for since, until in stops)

    def derivation(self) -> Derivation:
        """Return how the due instant of the last term comes about, as data that replays to the same instant."""
        return derive(self.calendar, self.history[-1], self.spent_before if len(self.history) == 1 else 0)

    def _term(self, terms: Terms, start: int, ended: int | None, spent_before: int, ground: str) -> Term:
        end = ended
        later = [restart.at for restart in self.restarts if restart.at is not None and restart.at > start]
        upper = min(later) if later else None
        term = Term(
            terms=terms,
            start=start,
            counted_from=counted_from(self.calendar, terms, start),
            due=None,
            pauses=tuple(
                pause
                for pause in self.pauses
                if (pause.until is None or pause.until > start or pause.since >= start)
                and (upper is None or pause.since < upper)
                and (ended is None or pause.since < ended)
            ),
            extensions=tuple(
                extension
                for extension in self.extensions
                if (extension.at >= start or start == self.start) and (upper is None or extension.at < upper)
            ),
            ended=end,
            ground=ground,
        )
        return replace(term, due=self._due(term, spent_before))

    def _due(self, term: Term, spent_before: int | None = None) -> int | None:
        spent = spent_before
        if spent is None:
            spent = self.spent_before if term.start == self.start else 0
        start = term.start
        due: int | None = None
        for terms in stages(term):
            due = due_or_none(self.calendar, terms, start, term.pauses, spent)
            if due is None:
                return None
            start, spent = due, 0
        return due

    def _running_at(self, at: int) -> Term:
        running = self.history[0]
        for term in self.history:
            if term.start <= at:
                running = term
        return running

    def _consumed(self, term: Term, at: int) -> int:
        before = self.spent_before if term.start == self.start else 0
        begin, limit = term.counted_from, term.terms.limit
        if at <= begin:
            return before
        total = unit_seconds(self.calendar, limit, begin, at)
        for since, until in union_of(self.calendar, term.terms, term.pauses):
            first, last = max(since, begin), at if until is None else min(until, at)
            if first < last:
                total -= unit_seconds(self.calendar, limit, first, last)
        return before + total
