"""Copies of calendars for a scenario: days off and worked days of its own, officers' weekdays and absences."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from engine.calendar import CalendarFacts, DatedDay, WorkingCalendar

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def with_days(calendar: WorkingCalendar, off: Collection[date], worked: Collection[date]) -> WorkingCalendar:
    """Return a calendar in which some days are off and others are worked, in the hours of its first worked weekday."""
    if not off and not worked:
        return calendar
    facts = calendar.facts
    usual = next(windows for windows in facts.week if windows)
    named = {*off, *worked}
    return _made(
        facts,
        off=[*(one for one in facts.days_off if one.day not in named), *map(_day, sorted(set(off)))],
        worked=[
            *(one for one in _dated(facts) if one.day not in named),
            *(replace(_day(day), windows=usual) for day in sorted(set(worked))),
        ],
    )


def on_weekdays(calendar: WorkingCalendar, weekdays: Collection[str]) -> WorkingCalendar:
    """Return a calendar worked on some days of the week; a made-up day stands for the day it replaces."""
    facts = calendar.facts
    worked = [
        made
        for one, made in zip(facts.worked_days, _dated(facts), strict=True)
        if WEEKDAYS[(one.swapped_with or one.day).weekday()] in weekdays
    ]
    week = tuple(windows if WEEKDAYS[n] in weekdays else () for n, windows in enumerate(facts.week))
    return _made(replace(facts, week=week), off=facts.days_off, worked=worked)


def without(calendar: WorkingCalendar, away: Iterable[tuple[date, date]]) -> WorkingCalendar:
    """Return a calendar without the days from each first to each last, as far as it knows them."""
    facts = calendar.facts
    days = {
        day
        for first, last in away
        for n in range((last - first).days + 1)
        if facts.first_day <= (day := first + timedelta(days=n)) <= facts.last_day
    }
    return _made(
        facts,
        off=[*(one for one in facts.days_off if one.day not in days), *map(_day, sorted(days))],
        worked=[one for one in _dated(facts) if one.day not in days],
    )


def _dated(facts: CalendarFacts) -> list[DatedDay]:
    """Return the days worked out of turn with their windows said, so that they depend on no other day."""
    return [replace(one, windows=facts.windows_worked(one)) for one in facts.worked_days]


def _made(facts: CalendarFacts, off: Iterable[DatedDay], worked: Iterable[DatedDay]) -> WorkingCalendar:
    """Return the calendar of facts with other dated days; of exchanges one half may be gone."""
    alone = replace(
        facts,
        days_off=tuple(replace(one, swapped_with=None) for one in off),
        worked_days=tuple(replace(one, swapped_with=None) for one in worked),
    )
    return WorkingCalendar.of(alone)


def _day(day: date) -> DatedDay:
    return DatedDay(day=day, name_vi="ngày của kịch bản", name_en="a day of the scenario", source="the scenario")
