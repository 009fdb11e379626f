"""Figures that others published, or that two independent programs computed, come out of this engine too."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from engine.calendar import WorkingCalendar
from engine.counting import Terms, due_at
from engine.instants import to_datetime, to_seconds_up
from engine.limits import CalendarDays, CountingRule, parse_limit
from procedures.calendars import load_calendar
from tests.time.builders import HOUR

_DATA = os.environ.get("MOTCUA_DATA")
pytestmark = pytest.mark.skipif(not _DATA, reason="MOTCUA_DATA does not name the folder of real logs")


def log(name: str) -> pl.DataFrame:
    import rustxes

    path = Path(_DATA or "") / "logs" / name
    if not path.exists():
        pytest.skip(f"{path.name} is not in the folder of real logs")
    frame, _ = rustxes.import_xes(str(path))
    return frame


def seconds(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Datetime("us", "UTC")).dt.epoch("s")


def test_road_fines_add_the_penalty_sixty_calendar_days_after_the_notification() -> None:
    """79,860 of 79,860: a test of zones and summer time, because every instant is a midnight in Rome."""
    every_day = WorkingCalendar.build(
        code="rome",
        zone="Europe/Rome",
        first_day=date(1999, 1, 1),
        last_day=date(2014, 12, 31),
        week=[[(0, 86_400)]] * 7,
    )
    frame = log("RoadTrafficFines.xes.gz")
    case = "case:concept:name"
    times = frame.select(case, "concept:name", at=seconds("time:timestamp"))

    def first(activity: str) -> pl.DataFrame:
        chosen = times.filter(pl.col("concept:name") == activity)
        return chosen.group_by(case).agg(pl.col("at").min().alias(activity))

    pairs = first("Insert Fine Notification").join(first("Add penalty"), on=case)
    terms = Terms(CalendarDays(60))
    right = sum(
        every_day.local_date(due_at(every_day, terms, notified) - 1) == every_day.local_date(penalty)
        for _, notified, penalty in pairs.iter_rows()
    )
    same_wall_clock = sum(
        due_at(every_day, Terms(CalendarDays(60), CountingRule.FROM_INSTANT), notified) == penalty
        for _, notified, penalty in pairs.iter_rows()
    )
    assert (right, same_wall_clock, pairs.height) == (79_860, 79_860, 79_860)


def test_travel_declarations_beyond_48_working_hours() -> None:
    """1,005 of 9,912 and 418 of 9,911 (Monday to Friday 08-18, Amsterdam); 927 and 470 come from wrong arithmetic."""
    weekdays = WorkingCalendar.build(
        code="bpic20",
        zone="Europe/Amsterdam",
        first_day=date(2016, 1, 1),
        last_day=date(2019, 12, 31),
        week=[[(8 * HOUR, 18 * HOUR)]] * 5 + [[], []],
        office_day=10 * HOUR,
    )
    frame = log("BPIC20_DomesticDeclarations.xes.gz")
    approvals: list[tuple[int, int]] = []
    payments: list[tuple[int, int]] = []
    rows = frame.select("case:concept:name", "concept:name", seconds("time:timestamp").alias("at"))
    for _, events in rows.group_by("case:concept:name", maintain_order=True):
        approved = requested = handled = None
        for activity, moment in events.select("concept:name", "at").iter_rows():
            if activity == "Declaration FINAL_APPROVED by SUPERVISOR" and requested is None:
                approved = moment
            elif activity == "Request Payment" and requested is None:
                requested = moment
            elif activity == "Payment Handled" and handled is None:
                handled = moment
        if approved is not None and requested is not None:
            approvals.append((approved, requested))
        if requested is not None and handled is not None:
            payments.append((requested, handled))

    def beyond(pairs: list[tuple[int, int]]) -> int:
        return sum(weekdays.seconds_between(a, b) > 48 * HOUR for a, b in pairs)

    assert (beyond(approvals), len(approvals)) == (1_005, 9_912)
    assert (beyond(payments), len(payments)) == (418, 9_911)


def test_permit_terms_are_eight_weeks_or_eight_and_six() -> None:
    """Recorded term 56 days in 1,080 of 1,434 cases and 98 in 58; the holiday table moves 39 rolled deadlines."""
    nl = load_calendar("nl")
    frame = log("receipt.xes.gz")
    cases = (
        frame.select(
            case=pl.col("case:concept:name"),
            start=seconds("case:startdate"),
            deadline=seconds("case:deadline"),
            end=seconds("case:enddate"),
            exact_end=pl.col("case:enddate").cast(pl.Datetime("us", "UTC")),
        )
        .unique(maintain_order=True)
        .rows()
    )
    assert len(cases) == 1_434
    dates = [(nl.local_date(start), nl.local_date(deadline), end) for _, start, deadline, end, _ in cases]
    terms = Counter((deadline - start).days for start, deadline, _ in dates)
    assert (terms[56], terms[98]) == (1_080, 58)
    eight, fourteen = parse_limit("8 weeks"), parse_limit("14 weeks")
    agree = rolled = 0
    for (_, start, _, _, _), (began, deadline, _) in zip(cases, dates, strict=True):
        days = (deadline - began).days
        if days in (56, 98):
            due = due_at(nl, Terms(eight if days == 56 else fourteen), start)
            agree += nl.local_date(due) == nl.roll_forward(deadline)
            assert to_datetime(due, nl.zone).hour == 17
        weekday = deadline
        while weekday.weekday() >= 5:
            weekday += timedelta(days=1)
        rolled += nl.roll_forward(deadline) != weekday
    assert agree == 1_080 + 58
    assert rolled == 39

    def day_of(end: int) -> date:  # one case "ended" on 1 January 1970, which no calendar needs to know
        return to_datetime(end, nl.zone).date()

    late = [
        sum(to_seconds_up(end) > deadline for _, _, deadline, _, end in cases if end is not None),
        sum(day_of(end) > deadline for _, deadline, end in dates if end is not None),
        sum(day_of(end) > nl.roll_forward(deadline) for _, deadline, end in dates if end is not None),
    ]
    assert late == [377, 309, 304]
