"""The working calendar: office time between two instants, and the instant at which a length of it has passed.

Compiled once from dated facts, then O(log n) and exact: no tick, no rounding, no walk over days. Integer faces for
the engine, aware datetimes for people, numpy arrays for simulation; all three give the same answers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pendulum
from pendulum.tz.timezone import Timezone

from engine.calendar_facts import CalendarFacts, DatedDay, DayKind, DayNote, Window
from engine.calendar_table import CalendarTable, compile_table, minute_tables
from engine.errors import BeyondCalendarError, InputError
from engine.instants import to_datetime, to_seconds, zone_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CalendarFacts", "DatedDay", "DayKind", "DayNote", "Window", "WorkingCalendar", "changed_days"]

_NO_WINDOWS: tuple[tuple[Window, ...], ...] = ((),) * 7
_ZERO = timedelta(0)


class WorkingCalendar:
    """An immutable calendar of office time; equal and hashable by ``digest``, cheap to send between processes.

    Office time is the set of open windows, each ``[opening, closing)``. Everything is defined from the first instant
    of ``first_day`` to the last instant of ``last_day`` in ``zone``; a question or an answer outside raises
    `BeyondCalendarError`.

    ``add`` and ``between`` are exact inverses: ``between(a, add(a, w)) == w`` always, and
    ``add(a, between(a, b)) == b`` for every ``b`` inside office time or at a closing; for ``b`` outside it the closing
    before ``b`` is returned.

    Attributes:
        code: short ASCII name.
        zone: IANA name.
        office_day: one working day in seconds.
        first_day: first known date, inclusive.
        last_day: last known date, inclusive.
        digest: SHA-256 of the facts in hexadecimal.
        facts: what it was compiled from.
        table: the compiled tables, for loops that cannot afford a call.
    """

    __slots__ = (
        "_days",
        "_end",
        "_first_ordinal",
        "_notes",
        "_prefix",
        "_start",
        "_std_zone",
        "_zone",
        "code",
        "digest",
        "facts",
        "first_day",
        "last_day",
        "office_day",
        "table",
        "zone",
    )

    code: str
    zone: str
    office_day: int
    first_day: date
    last_day: date
    digest: str
    facts: CalendarFacts
    table: CalendarTable
    _zone: Timezone
    _std_zone: ZoneInfo
    _notes: dict[date, DayNote]
    _first_ordinal: int
    _days: dict[int, tuple[int, tuple[int, ...]]]
    _prefix: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    _start: int
    _end: int

    def __init__(self, facts: CalendarFacts) -> None:
        faults = facts.faults()
        if faults:
            raise InputError(f"calendar {facts.code}: " + "; ".join(faults))
        table = compile_table(facts)
        for name, value in {
            "code": facts.code,
            "zone": facts.zone,
            "office_day": facts.office_day,
            "first_day": facts.first_day,
            "last_day": facts.last_day,
            "digest": facts.digest(),
            "facts": facts,
            "table": table,
            "_zone": zone_of(facts.zone),
            "_std_zone": ZoneInfo(facts.zone),
            "_notes": facts.notes(),
            "_first_ordinal": facts.first_day.toordinal(),
            "_days": minute_tables(table, facts.first_day.toordinal()),
            "_prefix": (table.opens, table.closes, table.until, table.shift),
            "_start": table.midnights[0],
            "_end": table.midnights[-1],
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def build(
        cls,
        *,
        code: str,
        zone: str,
        first_day: date,
        last_day: date,
        week: Sequence[Sequence[Window]],
        office_day: int = 8 * 3600,
        week_source: str = "",
        reception: Sequence[Sequence[Window]] = _NO_WINDOWS,
        days_off: Iterable[DatedDay] = (),
        worked_days: Iterable[DatedDay] = (),
        confirmed_through: date | None = None,
        title_vi: str = "",
        title_en: str = "",
    ) -> WorkingCalendar:
        """Return a calendar from plain data.

        Args:
            code: short ASCII name.
            zone: IANA name; windows are wall-clock time there.
            first_day: first known date, inclusive.
            last_day: last known date, inclusive.
            week: for Monday to Sunday, windows in seconds after midnight: ``[(27_000, 41_400), (46_800, 61_200)]``.
            office_day: length of one working day, in seconds.
            week_source: where the windows are laid down.
            reception: for Monday to Sunday, windows in which dossiers are taken in but no time counts.
            days_off: dated days off.
            worked_days: dated days worked out of turn, or with other windows.
            confirmed_through: last date whose days off are decreed; ``last_day`` if not given.
            title_vi: name for people in Vietnamese; the code if empty.
            title_en: name for people in English; the code if empty.

        Raises:
            InputError: the facts contradict each other; the sentence names every contradiction.
        """
        return _compiled(
            CalendarFacts(
                code=code,
                title_vi=title_vi or code,
                title_en=title_en or code,
                zone=zone,
                first_day=first_day,
                last_day=last_day,
                confirmed_through=confirmed_through or last_day,
                office_day=office_day,
                week=tuple(tuple(windows) for windows in week),
                week_source=week_source,
                reception=tuple(tuple(windows) for windows in reception),
                days_off=tuple(sorted(days_off, key=lambda dated: dated.day)),
                worked_days=tuple(sorted(worked_days, key=lambda dated: dated.day)),
            )
        )

    @classmethod
    def of(cls, facts: CalendarFacts) -> WorkingCalendar:
        """Return the calendar compiled from ``facts``; the same facts give the same object.

        Raises:
            InputError: the facts contradict each other.
        """
        return _compiled(facts)

    # Integers: the engine's face.

    def seconds_between(self, a: int, b: int) -> int:
        """Return the office seconds from ``a`` to ``b`` (epoch seconds); negative when ``b`` lies before ``a``.

        Raises:
            BeyondCalendarError: one of them lies outside the known days.
        """
        start, end = self._start, self._end
        if not (start <= a <= end and start <= b <= end):
            raise self.beyond(a if not start <= a <= end else b)
        opens, closes, until, shift = self._prefix
        i = bisect_right(opens, a) - 1
        j = bisect_right(opens, b) - 1
        return (until[j] if b >= closes[j] else b + shift[j]) - (until[i] if a >= closes[i] else a + shift[i])

    def add_seconds(self, start: int, working: int) -> int:
        """Return the first instant at which ``working`` office seconds have passed since ``start`` (epoch seconds).

        Nothing to add gives ``start`` itself, open or not.

        Raises:
            BeyondCalendarError: ``start`` or the answer lies outside the known days.
            ValueError: ``working`` is negative.
        """
        if working <= 0 or not self._start <= start <= self._end:
            return self._nothing_added(start, working)
        opens, closes, until, shift = self._prefix
        i = bisect_right(opens, start) - 1
        wanted = working + (until[i] if start >= closes[i] else start + shift[i])
        j = bisect_left(until, wanted, i)
        if j == len(until):
            raise self.beyond(self._end + 1)
        return wanted - shift[j]

    def subtract_seconds(self, end: int, working: int) -> int:
        """Return the last instant from which ``working`` office seconds still remain until ``end`` (epoch seconds).

        Raises:
            BeyondCalendarError: ``end`` or the answer lies outside the known days.
            ValueError: ``working`` is negative.
        """
        if working <= 0:
            if working < 0:
                raise ValueError(f"cannot subtract {working} office seconds: the length is negative")
            self._check(end)
            return end
        wanted = self._passed(end) - working
        if wanted < 0:
            raise self.beyond(self._start - 1)
        table = self.table
        i = bisect_right(table.before, wanted) - 1
        return wanted - table.shift[i]

    def is_open(self, at: int) -> bool:
        """Return whether ``at`` (epoch seconds) lies in office time; a closing instant does not.

        Raises:
            BeyondCalendarError: outside the known days.
        """
        self._check(at)
        table = self.table
        return at < table.closes[bisect_right(table.opens, at) - 1]

    # Aware datetimes: people's face.

    def add(self, start: datetime, working: timedelta) -> pendulum.DateTime:
        """Return the first instant at which ``working`` office time has passed, shown in the calendar's zone.

        Args:
            start: when counting begins; aware; fractions of a second are floored.
            working: office time to spend, zero or more; fractions of a second are floored.

        Raises:
            BeyondCalendarError: ``start`` or the answer lies outside the known days.
            ValueError: ``start`` is naive or ``working`` is negative.
        """
        working_seconds = working.seconds
        if days := working.days:
            working_seconds += days * 86_400
        wanted = self._passed_by(start) + working_seconds
        if working_seconds <= 0:
            return to_datetime(self._nothing_added(to_seconds(start), working_seconds), self.zone)
        _, _, until, shift = self._prefix
        j = bisect_left(until, wanted)
        if j == len(until):
            raise self.beyond(self._end + 1)
        reached = wanted - shift[j]
        table = self.table
        day = table.window_day[j]
        clock = reached - table.midnights[day]
        if clock >= 86_400 or not table.plain[day]:
            return to_datetime(reached, self.zone)
        year, month, number = table.dates[day]
        return pendulum.DateTime(year, month, number, clock // 3600, clock // 60 % 60, clock % 60, 0, self._zone)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Return the office time from ``a`` to ``b`` (aware); negative when ``b`` lies before ``a``.

        Raises:
            BeyondCalendarError: one of them lies outside the known days.
            ValueError: one of them is naive.
        """
        return timedelta(0, self._passed_by(b) - self._passed_by(a))

    # Arrays: simulation's face.

    def between_many(self, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
        """Return the office time between each pair; the vector form of `seconds_between`.

        Args:
            a: epoch seconds as an integer array, or UTC ``datetime64[s|ms|us|ns]``; any shape.
            b: the same kind, broadcast against ``a``.

        Returns:
            int64 seconds, or ``timedelta64[s]`` where datetimes came in.

        Raises:
            BeyondCalendarError: any instant lies outside the known days; the sentence names the first.
            ValueError: another dtype, or a NaT.
        """
        from engine.calendar_vector import between_many

        return between_many(self, a, b)

    def add_many(self, start: NDArray[Any], working: NDArray[Any] | int) -> NDArray[Any]:
        """Return for each start the first instant at which ``working`` office time has passed.

        Args:
            start: epoch seconds as an integer array, or UTC ``datetime64[s|ms|us|ns]``; any shape.
            working: seconds as integers or ``timedelta64``, zero or more, broadcast against ``start``.

        Returns:
            int64 epoch seconds, or ``datetime64[s]`` where datetimes came in.

        Raises:
            BeyondCalendarError: any start or answer lies outside the known days.
            ValueError: another dtype, a NaT, or a negative length.
        """
        from engine.calendar_vector import add_many

        return add_many(self, start, working)

    # Days.

    def local_date(self, at: int) -> date:
        """Return the date in the calendar's zone at ``at`` (epoch seconds).

        Raises:
            BeyondCalendarError: outside the known days.
        """
        return date(*self.table.dates[self.day_index(at)])

    def is_worked(self, day: date) -> bool:
        """Return whether any office time lies on ``day``.

        Raises:
            BeyondCalendarError: ``day`` is unknown.
        """
        d = self._index(day)
        return self.table.rank[d + 1] > self.table.rank[d]

    def opening(self, day: date) -> int:
        """Return the instant (epoch seconds) at which the office opens on the worked date ``day``.

        Raises:
            BeyondCalendarError: ``day`` is unknown.
            ValueError: ``day`` is not worked.
        """
        return self.table.openings[self._rank_of(day)]

    def closing(self, day: date) -> int:
        """Return the instant (epoch seconds) at which the office closes for good on the worked date ``day``.

        Raises:
            BeyondCalendarError: ``day`` is unknown.
            ValueError: ``day`` is not worked.
        """
        return self.table.closings[self._rank_of(day)]

    def windows(self, day: date) -> tuple[Window, ...]:
        """Return the open windows of ``day`` as pairs of instants (epoch seconds); none on a day off.

        Raises:
            BeyondCalendarError: ``day`` is unknown.
        """
        return self.table.windows_of(self._index(day))

    def next_worked(self, day: date) -> date:
        """Return the first worked date strictly after ``day``.

        Raises:
            BeyondCalendarError: ``day`` is unknown, or no known worked day follows.
        """
        table = self.table
        r = table.rank[self._index(day) + 1]
        if r >= len(table.worked):
            raise self.beyond(self._end + 1)
        return date(*table.dates[table.worked[r]])

    def roll_forward(self, day: date) -> date:
        """Return ``day`` if it is worked, else the next worked date.

        Raises:
            BeyondCalendarError: ``day`` is unknown, or no known worked day follows.
        """
        return day if self.is_worked(day) else self.next_worked(day)

    def reason(self, day: date) -> DayNote | None:
        """Return why ``day`` is off or worked out of turn; None for an ordinary worked day.

        Raises:
            BeyondCalendarError: ``day`` is unknown.
        """
        d = self._index(day)
        noted = self._notes.get(day)
        if noted is not None or self.table.rank[d + 1] > self.table.rank[d]:
            return noted
        facts = self.facts
        if facts.reception[day.weekday()]:
            return DayNote(
                kind=DayKind.RECEPTION_ONLY,
                name_vi="chỉ tiếp nhận hồ sơ",
                name_en="reception only",
                source=facts.week_source,
            )
        return DayNote(
            kind=DayKind.WEEKLY_REST, name_vi="nghỉ hằng tuần", name_en="weekly rest", source=facts.week_source
        )

    def is_provisional(self, day: date) -> bool:
        """Return whether ``day`` may still change: not yet decreed, or its source was not read."""
        noted = self._notes.get(day)
        return day > self.facts.confirmed_through or (noted is not None and not noted.confirmed)

    def receives(self, at: int) -> bool:
        """Return whether the desk takes dossiers in at ``at`` (epoch seconds): office time, or a reception-only window.

        Raises:
            BeyondCalendarError: outside the known days.
        """
        if self.is_open(at):
            return True
        d = self.day_index(at)
        day = date(*self.table.dates[d])
        if day in self._notes:
            return False
        clock = at - self.table.midnights[d]
        return any(start <= clock < end for start, end in self.facts.reception[day.weekday()])

    def day_index(self, at: int) -> int:
        """Return the number of known days before the local date of ``at`` (epoch seconds).

        Raises:
            BeyondCalendarError: outside the known days.
        """
        d = bisect_right(self.table.midnights, at) - 1
        if d < 0 or at >= self._end:
            raise self.beyond(at)
        return d

    def _passed(self, at: int) -> int:
        table = self.table
        i = bisect_right(table.opens, at) - 1
        return table.until[i] if at >= table.closes[i] else at + table.shift[i]

    def _nothing_added(self, start: int, working: int) -> int:
        """Return ``start`` where there is nothing to add to it; raise for what cannot be added."""
        self._check(start)
        if working < 0:
            raise ValueError(f"cannot add {working} office seconds: the length is negative")
        return start

    def _passed_by(self, instant: datetime) -> int:
        """Return the office seconds from the first known instant to ``instant``."""
        # In the calendar's own zone the date and the minute lead straight to the answer; asking the zone for its offset
        # would cost more than all the rest.
        zone = instant.tzinfo
        if zone is self._zone or zone is self._std_zone:
            day = self._days.get(instant.toordinal())
            if day is not None:
                before, by_minute = day
                minute = instant.hour * 60 + instant.minute
                passed = by_minute[minute]
                if (second := instant.second) and by_minute[minute + 1] != passed:
                    passed += second
                return before + passed
        at = to_seconds(instant)
        self._check(at)
        return self._passed(at)

    def _index(self, day: date) -> int:
        d = day.toordinal() - self._first_ordinal
        if not 0 <= d < len(self.table.dates):
            raise BeyondCalendarError(
                f"calendar {self.code} does not know {day}: it covers {self.first_day} to {self.last_day}"
            ).on(day)
        return d

    def _rank_of(self, day: date) -> int:
        d = self._index(day)
        r = self.table.rank[d]
        if self.table.rank[d + 1] == r:
            raise ValueError(f"{day} is not worked in calendar {self.code}: it has no opening and no closing")
        return r

    def _check(self, at: int) -> None:
        if not self._start <= at <= self._end:
            raise self.beyond(at)

    def beyond(self, at: int) -> BeyondCalendarError:
        """Return the error to raise for an instant (epoch seconds) outside the known days."""
        is_before = at < self._start
        side = "before its first known day" if is_before else "beyond its last known day"
        bound = self.first_day if is_before else self.last_day
        covered = f"calendar {self.code} covers {self.first_day} to {self.last_day}"
        if at in {self._start - 1, self._end + 1}:  # how what is reached from a known day is asked for
            return BeyondCalendarError(f"{covered}; the answer lies {side}, {bound}")
        day = to_datetime(at, self.zone).date()
        return BeyondCalendarError(f"{covered}; {day} lies {side}, {bound}").on(day)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a calendar is immutable: build another instead of setting {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a calendar is immutable: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, WorkingCalendar) and self.digest == other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[object, tuple[CalendarFacts]]:
        return _compiled, (self.facts,)

    def __repr__(self) -> str:
        return f"<WorkingCalendar {self.code} {self.first_day}..{self.last_day} {self.digest[:12]}>"


@lru_cache(maxsize=64)
def _compiled(facts: CalendarFacts) -> WorkingCalendar:
    return WorkingCalendar(facts)


def changed_days(old: WorkingCalendar, new: WorkingCalendar) -> Mapping[date, tuple[DayNote | None, DayNote | None]]:
    """Return the days whose open windows or reason differ, with the reason before and after, in order.

    Days known to one of the two only are not listed: compare ``first_day`` and ``last_day`` for those.
    """
    first, last = max(old.first_day, new.first_day), min(old.last_day, new.last_day)
    changed: dict[date, tuple[DayNote | None, DayNote | None]] = {}
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        before, after = old.reason(day), new.reason(day)
        if before != after or old.windows(day) != new.windows(day):
            changed[day] = (before, after)
    return changed
