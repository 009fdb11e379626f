"""Office time and due instants over `engine.simulation.tables`, compiled: the same answers as `engine.counting`.

``w`` is the world: what lies outside a calendar sets its ``n[STATUS]`` to `BEYOND`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.compiled import compiled

STATUS: Final = 0
"""Where in the counters the kernel says how it fares."""
BEYOND: Final = 9
"""A calendar does not reach that far."""
NEVER: Final = -1
"""In the place of an instant: there is none."""


@compiled()
def day_of(w, c, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the number of the local day of an instant in calendar ``c``."""
    first, days = w.calendars[c].day, w.calendars[c].days
    d = (at - w.days[first].midnight) // 86400
    if d < 0 or at >= w.days[first + days].midnight:
        w.n[STATUS] = BEYOND
        return 0
    d = min(d, days - 1)
    while w.days[first + d].midnight > at:
        d -= 1
    while w.days[first + d + 1].midnight <= at:
        d += 1
    return d


@compiled()
def window_of(w, c, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the last window (in the flat arrays) that opens not later than ``at``."""
    i = w.calendars[c].window + w.days[w.calendars[c].day + day_of(w, c, at)].window
    while w.windows[i + 1].opens <= at:
        i += 1
    return i


@compiled()
def passed(w, c, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the office seconds from the calendar's first instant to ``at``."""
    i = window_of(w, c, at)
    return w.windows[i].until if at >= w.windows[i].closes else at + w.windows[i].shift


@compiled()
def is_open(w, c, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return whether ``at`` lies in office time."""
    return at < w.windows[window_of(w, c, at)].closes


@compiled()
def next_opening(w, c, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the first instant of office time not before ``at``."""
    i = window_of(w, c, at)
    if at < w.windows[i].closes:
        return at
    found = w.windows[i + 1].opens
    if found == 1 << 60:
        w.n[STATUS] = BEYOND
    return found


@compiled()
def add(w, c, at, working):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the first instant at which ``working`` office seconds have passed; ``at`` itself for none."""
    if working <= 0:
        return at
    i = window_of(w, c, at)
    wanted = working + (w.windows[i].until if at >= w.windows[i].closes else at + w.windows[i].shift)
    steps = 0
    while w.windows[i].until < wanted and steps < 24:
        i += 1
        steps += 1
    if w.windows[i].until < wanted:
        low, high = i, w.calendars[c + 1].window - 1 if c + 1 < w.calendars.size else w.windows.size - 1
        while low < high:
            middle = (low + high) // 2
            if w.windows[middle].until < wanted:
                low = middle + 1
            else:
                high = middle
        i = low
    if w.windows[i].until == 1 << 60:
        w.n[STATUS] = BEYOND
        return at
    return wanted - w.windows[i].shift


@compiled()
def subtract(w, c, end, working):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the last instant from which ``working`` office seconds still remain until ``end``."""
    if working <= 0:
        return end
    i = window_of(w, c, end)
    wanted = (w.windows[i].until if end >= w.windows[i].closes else end + w.windows[i].shift) - working
    if wanted < 0:
        w.n[STATUS] = BEYOND
        return end
    while w.windows[i].opens + w.windows[i].shift > wanted:
        i -= 1
    return wanted - w.windows[i].shift


@compiled()
def _after(w, c, point, working):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the closing of the day on which ``working`` office seconds after ``point`` are spent."""
    if working == 0:
        return point
    reached = add(w, c, point, working)
    return w.worked[w.calendars[c].worked + w.days[w.calendars[c].day + day_of(w, c, reached - 1)].rank].closing


@compiled()
def _closing(w, c, rank):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return when the worked day of a rank closes."""
    found = w.worked[w.calendars[c].worked + rank].closing if w.calendars[c].worked + rank < w.worked.size else 1 << 60
    if found == 1 << 60 or rank > w.days[w.calendars[c].day + w.calendars[c].days].rank - 1:
        w.n[STATUS] = BEYOND
    return found


@compiled()
def _length_of_month(year, month):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    if month == 2:
        return 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return 30 if month in (4, 6, 9, 11) else 31


@compiled()
def _days_of_months(date, months):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the days from a date (yyyymmdd) to the same day number some months later, or that month's last day."""
    year, month, number = date // 10000, date // 100 % 100, date % 100
    days = -number
    for _ in range(months):
        days += _length_of_month(year, month)
        month += 1
        if month == 13:
            year, month = year + 1, 1
    return days + min(number, _length_of_month(year, month))


@compiled()
def in_office_time(w, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return whether a limit is spent in office time."""
    unit = w.limits[limit].unit
    return unit in (0, 2, 3, 8)


@compiled()
def unit_seconds(w, c, limit, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the length from ``a`` to ``b`` in the seconds in which a limit is spent."""
    return passed(w, c, b) - passed(w, c, a) if in_office_time(w, limit) else b - a


@compiled()
def reach(w, c, limit, length, begin, stopped, spent):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the due instant of a term counted from ``begin`` that stood still; see `engine.counting.reach`.

    ``length`` is the limit's number, which an extension of the same unit has made longer.
    """
    unit = w.limits[limit].unit
    if unit == 0:
        left = int(length) - spent
        return add(w, c, begin, left + stopped) if left > 0 else begin
    if unit == 8:
        left = np.int64(np.rint(length * w.calendars[c].office_day)) - spent
        return add(w, c, begin, left + stopped) if left > 0 else begin
    if unit == 1:
        left = int(length) - spent
        return begin + left + stopped if left > 0 else begin
    if unit == 2:
        if spent >= w.calendars[c].office_day:
            return begin
        i = window_of(w, c, begin)
        if begin >= w.windows[i].closes:
            i += 1
        if w.windows[i].opens == 1 << 60:
            w.n[STATUS] = BEYOND
            return begin
        last = _closing(w, c, w.days[w.calendars[c].day + w.windows[i].day].rank)
        return _after(w, c, last, stopped)
    day = w.calendars[c].day
    d = day_of(w, c, begin)
    if unit == 3:
        fresh = _after(w, c, _closing(w, c, w.days[day + d + 1].rank + int(length) - 1), stopped)
        if spent == 0:
            return fresh
        left = int(length) * w.calendars[c].office_day - spent
        return min(fresh, _after(w, c, begin, left + stopped)) if left > 0 else begin
    days = int(length) if unit <= 5 else _days_of_months(w.days[day + d].date, int(length))
    if spent >= days * 86400:
        return begin
    last = d + days + stopped - spent // 86400
    if last >= w.calendars[c].days:
        w.n[STATUS] = BEYOND
        return begin
    if unit in (4, 6):
        return _closing(w, c, w.days[day + last].rank)
    return w.days[day + last].midnight + begin - w.days[day + d].midnight


@compiled()
def counted_from(w, c, cutoff, start):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return from when a dossier received at ``start`` counts; later only after the cut-off (seconds, -1: none)."""
    if cutoff < 0:
        return start
    day = w.calendars[c].day
    d = day_of(w, c, start)
    if start <= w.days[day + d].midnight + cutoff:
        return start
    r = w.days[day + d + 1].rank
    found = w.worked[w.calendars[c].worked + r].opening
    if found == 1 << 60:
        w.n[STATUS] = BEYOND
    return found


@compiled()
def plain_due(w, c, limit, start):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the due instant of a limit that nothing stops."""
    return reach(w, c, limit, w.limits[limit].n, start, 0, 0)


@compiled()
def lead_before(w, c, due, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the instant that lies a limit before ``due``; see `engine.rules.lead_before`."""
    unit, length = w.limits[limit].unit, w.limits[limit].n
    if unit == 0:
        return subtract(w, c, due, int(length))
    if unit in (3, 8):
        return subtract(w, c, due, np.int64(np.rint(length * w.calendars[c].office_day)))
    if unit == 2:
        return w.worked[w.calendars[c].worked + w.days[w.calendars[c].day + day_of(w, c, due - 1)].rank].opening
    if unit == 1:
        return due - int(length)
    if unit <= 5:
        return due - int(length) * 86400
    return due - int(length) * 30 * 86400
