"""A slow second opinion on working time: minute by minute and day by day, from the facts and the zone database only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import CalendarFacts, WorkingCalendar
from engine.counting import Pause, Terms
from engine.limits import CalendarDays, CountingRule, ElapsedHours, Months, OfficeHours, SameDay, WorkingDays


class SlowCalendar:
    """Answers by looking at every minute; instants must be whole minutes."""

    def __init__(self, facts: CalendarFacts) -> None:
        self.facts = facts
        self.zone = ZoneInfo(facts.zone)
        self.off = {dated.day for dated in facts.days_off}
        self.out_of_turn = {dated.day: dated for dated in facts.worked_days}

    def windows(self, day: date) -> tuple[tuple[int, int], ...]:
        if day in self.off:
            return ()
        if day in self.out_of_turn:
            dated = self.out_of_turn[day]
            if dated.windows is not None:
                return dated.windows
            if dated.swapped_with is not None and self.facts.week[dated.swapped_with.weekday()]:
                return self.facts.week[dated.swapped_with.weekday()]
        return self.facts.week[day.weekday()]

    def local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at, self.zone)

    def day(self, at: int) -> date:
        return self.local(at).date()

    def is_open(self, at: int) -> bool:
        local = self.local(at)
        clock = local.hour * 3600 + local.minute * 60 + local.second
        return any(start <= clock < end for start, end in self.windows(local.date()))

    def between(self, a: int, b: int) -> int:
        if b < a:
            return -self.between(b, a)
        return sum(60 for minute in range(a, b, 60) if self.is_open(minute))

    def add(self, start: int, working: int) -> int:
        at = start
        while working:
            working -= 60 if self.is_open(at) else 0
            at += 60
        return at

    def closing(self, day: date) -> int:
        """Return the last closing of ``day`` by trying every minute of it."""
        return max(minute + 60 for minute in self.minutes(day) if self.is_open(minute))

    def minutes(self, day: date) -> range:
        start = int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())
        start += next(shift for shift in range(0, 7200, 60) if self.day(start + shift) == day)
        end = start
        while self.day(end) == day:
            end += 60
        return range(start, end, 60)

    def is_worked(self, day: date) -> bool:
        return any(self.is_open(minute) for minute in self.minutes(day))

    def next_worked(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.is_worked(day):
            day += timedelta(days=1)
        return day

    def roll(self, day: date) -> date:
        return day if self.is_worked(day) else self.next_worked(day)


def slow_due(slow: SlowCalendar, terms: Terms, received: int, pauses: tuple[Pause, ...] = ()) -> int:
    """Return the due instant by walking; pauses must be closed and uncapped, everything in whole minutes."""
    start = _counted_from(slow, terms, received)
    stops = [(max(pause.since, start), pause.until or 0) for pause in pauses if (pause.until or 0) > start]
    due = _end(slow, terms, start, [])
    considered: list[tuple[int, int]] = []
    while True:
        # A stop that begins, or goes on from another, before the term has run out is taken whole.
        more = [
            stop
            for stop in stops
            if stop not in considered and (stop[0] < due or any(a <= stop[0] <= b for a, b in considered))
        ]
        if not more:
            return due
        considered.append(min(more))
        due = _end(slow, terms, start, considered)


def _counted_from(slow: SlowCalendar, terms: Terms, received: int) -> int:
    if terms.cutoff is None or slow.local(received).time() <= terms.cutoff:
        return received
    day = slow.next_worked(slow.day(received))
    return next(minute for minute in slow.minutes(day) if slow.is_open(minute))


def _end(slow: SlowCalendar, terms: Terms, start: int, stops: list[tuple[int, int]]) -> int:
    limit, whole = terms.limit, terms.rule is CountingRule.WHOLE_DAYS

    def held(at: int) -> bool:
        return any(since <= at < until for since, until in stops)

    def walk(at: int, seconds: int, *, by_night: bool = False, through_stops: bool = False) -> int:
        while seconds > 0:
            if (by_night or slow.is_open(at)) and (through_stops or not held(at)):
                seconds -= 60
            at += 60
        return at

    def made_up(base: int) -> int:
        latest = max((until for _, until in stops), default=start)
        lost = sum(60 for minute in range(start, max(latest, start), 60) if slow.is_open(minute) and held(minute))
        return slow.closing(slow.day(walk(base, lost, through_stops=True) - 60)) if lost else base

    match limit:
        case OfficeHours(n):
            return walk(start, round(n * 3600))
        case ElapsedHours(n):
            return walk(start, round(n * 3600), by_night=True)
        case WorkingDays(n) if not whole or n != int(n):
            return walk(start, round(n * slow.facts.office_day))
        case WorkingDays(n):
            day = slow.day(start)
            for _ in range(int(n)):
                day = slow.next_worked(day)
            return made_up(slow.closing(day))
        case SameDay():
            at = start
            while not slow.is_open(at):
                at += 60
            return made_up(slow.closing(slow.day(at)))
        case CalendarDays() | Months():
            first = slow.day(start)
            if isinstance(limit, CalendarDays):
                target = first + timedelta(days=limit.n)
            else:
                month = first.month - 1 + limit.n
                year, month = first.year + month // 12, month % 12 + 1
                number = first.day
                while True:
                    try:
                        target = date(year, month, number)
                        break
                    except ValueError:
                        number -= 1
            latest = max((until for _, until in stops), default=start)
            day, moved = first + timedelta(days=1), 0
            while day <= slow.day(latest):
                midnight = slow.minutes(day)[0]
                moved += any(since < midnight <= until for since, until in stops)
                day += timedelta(days=1)
            target += timedelta(days=moved)
            if whole:
                return slow.closing(slow.roll(target))
            clock = slow.local(start).time()
            return int(datetime.combine(target, clock, tzinfo=slow.zone).timestamp())


def slow(calendar: WorkingCalendar) -> SlowCalendar:
    return SlowCalendar(calendar.facts)
