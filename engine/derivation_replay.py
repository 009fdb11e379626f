"""Counting again from a derivation alone: day by day, with nothing but the lines it lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from engine.calendar_facts import Window
from engine.derivation import Derivation, Stage
from engine.instants import local_seconds, to_datetime, zone_of
from engine.limits import CalendarDays, CountingRule, ElapsedHours, Limit, Months, OfficeHours, SameDay, WorkingDays

_FOREVER = 1 << 60


def replay(derivation: Derivation) -> int | None:
    """Return the due instant (epoch seconds) that the lines of ``derivation`` lead to; None while a stop is open.

    No calendar is asked: windows, stops and notes come from the lines. Only the zone database is used, for terms that
    end at a wall-clock time.

    Raises:
        ValueError: the lines do not lead to an end: something was taken out of them.
    """
    due: int | None = derivation.counted_from
    for stage in derivation.stages:
        if due is None:
            return None
        due = _stage_end(derivation, stage)
    return due


def _stage_end(derivation: Derivation, stage: Stage) -> int | None:
    stops = _union([(stop.since, _FOREVER if stop.until is None else stop.until) for stop in stage.stops], stage.begin)
    if any(until == _FOREVER for _, until in stops):
        return None
    windows = [window for line in stage.days for window in line.windows if window[1] > stage.begin]
    limit = stage.limit
    whole = derivation.rule is CountingRule.WHOLE_DAYS
    match limit:
        case CalendarDays() | Months():
            return _calendar_end(derivation, stage, limit, stops, whole)
        case ElapsedHours(n):
            left = round(n * 3600) - stage.spent_before
            return _sure(_walk([(stage.begin, _FOREVER)], stops, stage.begin, left))
        case OfficeHours(n):
            return _sure(_walk(windows, stops, stage.begin, round(n * 3600) - stage.spent_before))
        case WorkingDays(n) if not whole or n != int(n):
            return _sure(_walk(windows, stops, stage.begin, round(n * derivation.office_day) - stage.spent_before))
        case SameDay():
            if stage.spent_before >= derivation.office_day:
                return stage.begin
            base = _nth_closing(stage, 1, include_first=True)
            return _sure(None if base is None else _made_up(stage, stops, base))
        case WorkingDays(n):
            left = int(n) * derivation.office_day - stage.spent_before
            if left <= 0:
                return stage.begin
            ends: list[int] = []
            if (base := _nth_closing(stage, int(n), include_first=False)) is not None:
                ends += [] if (fresh := _made_up(stage, stops, base)) is None else [fresh]
            if stage.spent_before:
                reached = _walk(windows, [], stage.begin, left + _held(windows, stops, stage.begin))
                ends += [] if reached is None else [_closing_on_day_of(stage, reached)]
            if not ends:
                return _sure(None)
            return min(ends)


def _sure(end: int | None) -> int:
    if end is None:
        raise ValueError("the days of this derivation end before the term does")
    return end


def _walk(windows: Sequence[Window], stops: Sequence[Window], begin: int, left: int) -> int | None:
    """Spend ``left`` seconds inside the windows and outside the stops; None where they do not suffice."""
    if left <= 0:
        return begin
    for opening, closing in _outside(windows, stops, begin):
        if closing - opening >= left:
            return opening + left
        left -= closing - opening
    return None


def _outside(windows: Sequence[Window], stops: Sequence[Window], begin: int) -> Iterator[Window]:
    for opening, closing in windows:
        at = max(opening, begin)
        for since, until in stops:
            if until <= at or since >= closing:
                continue
            if since > at:
                yield at, since
            at = max(at, until)
        if at < closing:
            yield at, closing


def _held(windows: Sequence[Window], stops: Sequence[Window], begin: int) -> int:
    return sum(
        max(0, min(closing, until) - max(opening, since, begin))
        for opening, closing in windows
        for since, until in stops
    )


def _nth_closing(stage: Stage, n: int, *, include_first: bool) -> int | None:
    seen = 0
    for line in stage.days if include_first else stage.days[1:]:
        if line.windows and line.windows[-1][1] > stage.begin:
            seen += 1
            if seen == n:
                return line.windows[-1][1]
    return None


def _made_up(stage: Stage, stops: Sequence[Window], base: int) -> int | None:
    """Return the closing of the day on which all stopped office time is made up after ``base``."""
    windows = [window for line in stage.days for window in line.windows]
    held = _held(windows, stops, stage.begin)
    if not held:
        return base
    reached = _walk([window for window in windows if window[0] >= base], [], base, held)
    return None if reached is None else _closing_on_day_of(stage, reached)


def _closing_on_day_of(stage: Stage, reached: int) -> int:
    return next(
        line.windows[-1][1]
        for line in stage.days
        if line.windows and line.windows[0][0] < reached <= line.windows[-1][1]
    )


def _calendar_end(
    derivation: Derivation,
    stage: Stage,
    limit: Limit,
    stops: Sequence[Window],
    whole: bool,
) -> int:
    first = stage.days[0]
    local = to_datetime(stage.begin, derivation.zone)
    target = first.day + timedelta(days=limit.n) if isinstance(limit, CalendarDays) else None
    if isinstance(limit, Months):
        target = local.date().add(months=limit.n)
    if target is None:
        raise ValueError(f"{limit} is no calendar term")
    if stage.spent_before >= (target - first.day).days * 86_400:
        return stage.begin
    held = sum(1 for line in stage.days for since, until in stops if since < line.midnight <= until)
    target += timedelta(days=held - stage.spent_before // 86_400)
    if not whole:
        clock = local.hour * 3600 + local.minute * 60 + local.second
        return local_seconds(target, clock, zone_of(derivation.zone))
    for line in stage.days:
        if line.day >= target and line.windows:
            return line.windows[-1][1]
    raise ValueError("the days of this derivation end before the term does")


def _union(stops: Sequence[Window], begin: int) -> list[Window]:
    merged: list[Window] = []
    for since, until in sorted((max(since, begin), until) for since, until in stops if until > begin):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged
