"""A calendar compiled: open windows as integer seconds with prefix sums, days as ranks. Pure tables, no faces."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from engine.calendar_facts import CalendarFacts, Window
from engine.instants import first_second, local_seconds, zone_of


@dataclass(frozen=True, slots=True)
class CalendarTable:
    """Parallel tuples; instants are epoch seconds, office time is counted from the first known instant.

    Window ``i`` is open in ``[opens[i], closes[i])``; ``before[i]`` and ``until[i]`` are the office seconds passed at
    its two ends; ``shift[i] = before[i] - opens[i]``. Window 0 is empty and stands at the first known instant, so that
    a search always finds one. ``midnights[d]`` starts day ``d``; one more entry ends the last day. ``rank[d]`` counts
    the worked days before day ``d``; ``worked[r]``, ``openings[r]`` and ``closings[r]`` belong to the worked day of
    rank ``r``. ``dates[d]`` is (year, month, day); ``plain[d]`` is true where day ``d`` lasts exactly 24 hours.
    """

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    until: tuple[int, ...]
    shift: tuple[int, ...]
    window_day: tuple[int, ...]
    midnights: tuple[int, ...]
    rank: tuple[int, ...]
    worked: tuple[int, ...]
    openings: tuple[int, ...]
    closings: tuple[int, ...]
    dates: tuple[tuple[int, int, int], ...]
    plain: tuple[bool, ...]

    def windows_of(self, day_index: int) -> tuple[Window, ...]:
        """Return the open windows of day ``day_index`` as instants."""
        i = bisect_right(self.closes, self.midnights[day_index])
        found: list[Window] = []
        while i < len(self.opens) and self.window_day[i] == day_index:
            found.append((self.opens[i], self.closes[i]))
            i += 1
        return tuple(found)


def compile_table(facts: CalendarFacts) -> CalendarTable:
    """Return the tables of ``facts``, which must be free of faults."""
    zone = zone_of(facts.zone)
    days = facts.days()
    after_last = date.fromordinal(facts.last_day.toordinal() + 1)
    midnights = [first_second(day, zone) for day, _ in days]
    midnights.append(first_second(after_last, zone))
    opens, closes, window_day = [midnights[0]], [midnights[0]], [-1]
    rank, worked, openings, closings, plain = [0], [], [], [], []
    for index, (day, windows) in enumerate(days):
        start, end = midnights[index], midnights[index + 1]
        plain.append(end - start == 86_400)
        todays = _instants(day, windows, start if plain[-1] else None, facts)
        for opening, closing in todays:
            if window_day[-1] == index and closes[-1] == opening:
                closes[-1] = closing
                continue
            opens.append(opening)
            closes.append(closing)
            window_day.append(index)
        if todays:
            worked.append(index)
            openings.append(todays[0][0])
            closings.append(todays[-1][1])
        rank.append(len(worked))
    before: list[int] = []
    until: list[int] = []
    passed = 0
    for opening, closing in zip(opens, closes, strict=True):
        before.append(passed)
        passed += closing - opening
        until.append(passed)
    return CalendarTable(
        opens=tuple(opens),
        closes=tuple(closes),
        before=tuple(before),
        until=tuple(until),
        shift=tuple(passed - opening for passed, opening in zip(before, opens, strict=True)),
        window_day=tuple(window_day),
        midnights=tuple(midnights),
        rank=tuple(rank),
        worked=tuple(worked),
        openings=tuple(openings),
        closings=tuple(closings),
        dates=tuple((day.year, day.month, day.day) for day, _ in days),
        plain=tuple(plain),
    )


def minute_tables(table: CalendarTable, first_ordinal: int) -> dict[int, tuple[int, tuple[int, ...]]]:
    """Return by date ordinal the office seconds before that day, and those passed at each minute of it (1,441 of them).

    Left out are days that do not last 24 hours and days with windows that begin or end inside a minute. Days with
    the same windows share one tuple.
    """
    shared: dict[tuple[Window, ...], tuple[int, ...] | None] = {}
    found: dict[int, tuple[int, tuple[int, ...]]] = {}
    passed = 0
    window = 1
    for index, midnight in enumerate(table.midnights[:-1]):
        first = window
        while window < len(table.opens) and table.window_day[window] == index:
            window += 1
        clocks = tuple((table.opens[i] - midnight, table.closes[i] - midnight) for i in range(first, window))
        if clocks not in shared:
            aligned = all(edge % 60 == 0 for clock in clocks for edge in clock)
            shared[clocks] = _by_minute(clocks) if aligned else None
        by_minute = shared[clocks]
        if by_minute is not None and table.plain[index]:
            found[first_ordinal + index] = (passed, by_minute)
        passed += sum(end - start for start, end in clocks)
    return found


def _by_minute(clocks: tuple[Window, ...]) -> tuple[int, ...]:
    return tuple(
        sum(min(max(minute - start, 0), end - start) for start, end in clocks) for minute in range(0, 86_460, 60)
    )


def _instants(day: date, windows: tuple[Window, ...], midnight: int | None, facts: CalendarFacts) -> list[Window]:
    """Return the windows of ``day`` as instants; one that summer time swallows whole is dropped."""
    if midnight is not None:
        return [(midnight + start, midnight + end) for start, end in windows]
    zone = zone_of(facts.zone)
    pairs = [(local_seconds(day, start, zone), local_seconds(day, end, zone)) for start, end in windows]
    return [(opening, closing) for opening, closing in pairs if opening < closing]
