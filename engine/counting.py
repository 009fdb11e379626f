"""Counting a term: the due instant of a limit under a rule, with a cut-off, stops and time already spent."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from engine.calendar import WorkingCalendar
from engine.instants import local_seconds, to_datetime, zone_of
from engine.limits import (
    CalendarDays,
    CountingRule,
    ElapsedHours,
    Limit,
    Months,
    OfficeHours,
    SameDay,
    WorkingDays,
)

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Terms:
    """What a deadline is made of: a limit, the rule by which it is counted, and the hour after which today is over.

    ``cutoff`` is wall-clock time of the calendar's zone: what is received strictly after it counts as received at
    the opening of the next working day. The time of day alone decides, also on a day that is not worked.
    """

    limit: Limit
    rule: CountingRule = CountingRule.WHOLE_DAYS
    cutoff: time | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still in ``[since, until)`` (epoch seconds) on a legal ``ground``; ``until`` None: still open.

    ``cap`` is the longest the law lets this stop last, counted like the term itself; beyond it the clock runs again
    whether or not anybody resumed it.
    """

    since: int
    until: int | None
    ground: str
    cap: Limit | None = None


def due_at(
    calendar: WorkingCalendar, terms: Terms, start: int, pauses: Sequence[Pause] = (), spent_before: int = 0
) -> int:
    """Return the instant (epoch seconds) at which the term that began at ``start`` runs out.

    The budget is cumulative: ``spent_before`` was consumed in earlier holds of the same step, in seconds of the
    limit's own unit (see `unit_seconds`); a term with nothing left is due at once. With some of it spent, whole
    working days are what is left of n x ``office_day``, up to the closing of the day reached: re-entry never brings a
    new free day of receipt.

    Stops are unioned. In office-time units every stopped office second is added back, then whole days move to the
    closing of the day reached; calendar days and months move by the local midnights inside the union, then roll once;
    elapsed hours move by the stopped seconds. A stop that begins when the term has already run out changes nothing.

    Raises:
        BeyondCalendarError: the answer lies outside the known days.
        ValueError: the clock stands still on an open stop without a cap, or ``spent_before`` is negative.
    """
    due = due_or_none(calendar, terms, start, pauses, spent_before)
    if due is None:
        raise ValueError("the clock stands still on an open stop without a cap: there is no due instant yet")
    return due


def due_or_none(
    calendar: WorkingCalendar, terms: Terms, start: int, pauses: Sequence[Pause] = (), spent_before: int = 0
) -> int | None:
    """Return what `due_at` returns, or None while an open stop without a cap holds the clock."""
    begin = counted_from(calendar, terms, start)
    due = reach(calendar, terms, begin, 0, spent_before)
    if not pauses:
        return due
    stopped = 0
    for since, until in union_of(calendar, terms, pauses):
        if until is not None and until <= begin:
            continue
        if since >= due or due <= begin:  # a term with nothing left is due at once, whatever stands still
            break
        if until is None:
            return None
        stopped += stopped_units(calendar, terms.limit, max(since, begin), until)
        due = reach(calendar, terms, begin, stopped, spent_before)
    return due


def counted_from(calendar: WorkingCalendar, terms: Terms, start: int) -> int:
    """Return the instant at which a dossier received at ``start`` counts as received: later only after the cut-off.

    Raises:
        BeyondCalendarError: outside the known days.
    """
    cutoff = terms.cutoff
    if cutoff is None:
        return start
    table = calendar.table
    d = calendar.day_index(start)
    clock = cutoff.hour * 3600 + cutoff.minute * 60 + cutoff.second
    last = table.midnights[d] + clock
    if not table.plain[d]:
        last = local_seconds(date(*table.dates[d]), clock, zone_of(calendar.zone))
    if start <= last:
        return start
    r = table.rank[d + 1]
    if r >= len(table.openings):
        raise calendar.beyond(table.midnights[-1] + 1)
    return table.openings[r]


def union_of(calendar: WorkingCalendar, terms: Terms, pauses: Sequence[Pause]) -> list[tuple[int, int | None]]:
    """Return the stops, capped, as disjoint intervals in order; the last may be open (None)."""
    merged: list[tuple[int, int | None]] = []
    for since, until in sorted(
        ((pause.since, stop_end(calendar, terms, pause)) for pause in pauses), key=lambda stop: stop[0]
    ):
        if until is not None and until <= since:
            continue
        if merged:
            first, last = merged[-1]
            if last is None:
                break
            if since <= last:
                merged[-1] = (first, None if until is None else max(last, until))
                continue
        merged.append((since, until))
    return merged


def stop_end(calendar: WorkingCalendar, terms: Terms, pause: Pause) -> int | None:
    """Return when ``pause`` ends for the clock: when resumed, at its cap, or None if open without a cap."""
    if pause.cap is None:
        return pause.until
    capped = due_at(calendar, Terms(pause.cap, terms.rule), pause.since)
    return capped if pause.until is None else min(capped, pause.until)


def is_office_time(limit: Limit) -> bool:
    """Return whether ``limit`` is counted in office time rather than by day and night."""
    return isinstance(limit, OfficeHours | WorkingDays | SameDay)


def unit_seconds(calendar: WorkingCalendar, limit: Limit, a: int, b: int) -> int:
    """Return the length from ``a`` to ``b`` in the seconds in which ``limit`` is spent.

    Office seconds for office hours, working days and same day; seconds by day and night for the others.
    """
    return calendar.seconds_between(a, b) if is_office_time(limit) else b - a


def is_whole_working_days(terms: Terms) -> bool:
    """Return whether ``terms`` count working days whole; a fraction of one is office time from the instant."""
    limit = terms.limit
    return terms.rule is CountingRule.WHOLE_DAYS and isinstance(limit, WorkingDays) and limit.n == int(limit.n)


def calendar_days_of(calendar: WorkingCalendar, limit: CalendarDays | Months, day_index: int) -> int:
    """Return how many days a calendar term is that begins on the known day ``day_index``."""
    return limit.n if isinstance(limit, CalendarDays) else _days_of_months(calendar.table.dates[day_index], limit.n)


def stopped_units(calendar: WorkingCalendar, limit: Limit, since: int, until: int) -> int:
    """Return by how much a stop moves a term: office seconds, elapsed seconds, or local midnights in (since, until]."""
    if isinstance(limit, CalendarDays | Months):
        return calendar.day_index(until) - calendar.day_index(since)
    return unit_seconds(calendar, limit, since, until)


def reach(calendar: WorkingCalendar, terms: Terms, begin: int, stopped: int, spent_before: int) -> int:
    """Return the due instant of a term counted from ``begin`` that stood still for ``stopped`` units.

    ``stopped`` is what `stopped_units` adds up to. Nothing is rolled before everything is added.
    """
    if spent_before < 0:
        raise ValueError(f"spent_before is {spent_before}: time already spent cannot be negative")
    limit = terms.limit
    match limit:
        case WorkingDays(n) if is_whole_working_days(terms):
            return _whole_working_days(calendar, int(n), begin, stopped, spent_before)
        case WorkingDays(n):
            left = round(n * calendar.office_day) - spent_before
            return calendar.add_seconds(begin, left + stopped) if left > 0 else begin
        case OfficeHours(n):
            left = round(n * 3600) - spent_before
            return calendar.add_seconds(begin, left + stopped) if left > 0 else begin
        case ElapsedHours(n):
            left = round(n * 3600) - spent_before
            due = begin + left + stopped if left > 0 else begin
            if not calendar.table.midnights[0] <= due <= calendar.table.midnights[-1]:
                raise calendar.beyond(due)
            return due
        case SameDay():
            if spent_before >= calendar.office_day:
                return begin
            return _closing_after(calendar, _same_day_closing(calendar, begin), stopped)
        case CalendarDays() | Months():
            whole = terms.rule is CountingRule.WHOLE_DAYS
            return _calendar_term(calendar, limit, whole, begin, stopped, spent_before)


def _whole_working_days(calendar: WorkingCalendar, n: int, begin: int, stopped: int, spent_before: int) -> int:
    table = calendar.table
    r = table.rank[calendar.day_index(begin) + 1] + n - 1
    if r >= len(table.closings):
        raise calendar.beyond(table.midnights[-1] + 1)
    fresh = _closing_after(calendar, table.closings[r], stopped)
    if not spent_before:
        return fresh
    left = n * calendar.office_day - spent_before
    return min(fresh, _closing_after(calendar, begin, left + stopped)) if left > 0 else begin


def _closing_after(calendar: WorkingCalendar, point: int, working: int) -> int:
    """Return the closing of the day on which ``working`` office seconds after ``point`` are spent."""
    if not working:
        return point
    reached = calendar.add_seconds(point, working)
    table = calendar.table
    return table.closings[table.rank[calendar.day_index(reached - 1)]]


def _same_day_closing(calendar: WorkingCalendar, begin: int) -> int:
    table = calendar.table
    i = bisect_right(table.closes, begin)
    if begin < table.midnights[0] or i >= len(table.closes):
        raise calendar.beyond(begin if begin < table.midnights[0] else table.midnights[-1] + 1)
    return table.closings[table.rank[table.window_day[i]]]


def _calendar_term(
    calendar: WorkingCalendar, limit: CalendarDays | Months, whole: bool, begin: int, stopped: int, spent_before: int
) -> int:
    table = calendar.table
    d = calendar.day_index(begin)
    length = calendar_days_of(calendar, limit, d)
    if spent_before >= length * _DAY:
        return begin
    last = d + length + stopped - spent_before // _DAY
    if last >= len(table.dates):
        raise calendar.beyond(table.midnights[-1] + 1)
    if whole:
        r = table.rank[last]
        if r >= len(table.closings):
            raise calendar.beyond(table.midnights[-1] + 1)
        return table.closings[r]
    if table.plain[d] and table.plain[last]:
        return table.midnights[last] + begin - table.midnights[d]
    return local_seconds(date(*table.dates[last]), _wall_clock(calendar, begin, d), zone_of(calendar.zone))


def _wall_clock(calendar: WorkingCalendar, at: int, d: int) -> int:
    if calendar.table.plain[d]:
        return at - calendar.table.midnights[d]
    local = to_datetime(at, calendar.zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def _days_of_months(day: tuple[int, int, int], months: int) -> int:
    """Return the days from ``day`` to the same day number ``months`` later, or to that month's last day."""
    year, month, number = day
    years, month_index = divmod(month - 1 + months, 12)
    target_year, target_month = year + years, month_index + 1
    last = monthrange(target_year, target_month)[1]
    return date(target_year, target_month, min(number, last)).toordinal() - date(year, month, number).toordinal()
