"""Counting days for signals: the same as the engine's own terms, and dates as the rule says."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.counting import Terms, due_at
from engine.limits import parse_limit
from engine.responsibility.day_count import too_late
from tests.responsibility.casebooks import at, book, calendar, dossier

FIRST, LAST = at("2026-01-05 00:00"), at("2026-11-27 00:00")


def frame(*pairs):
    found = pl.DataFrame(pairs, schema=["since", "at"], orient="row")
    return found.select(
        pl.lit("desk").alias("desk"), *(pl.from_epoch(n).dt.replace_time_zone("UTC") for n in found.columns)
    )


@settings(deadline=None)  # compiling counts once
@given(
    since=st.integers(FIRST, LAST),
    later=st.integers(1, 20 * 86_400),
    limit=st.sampled_from(
        ["1 working day", "3 working days", "8 office hours", "24 elapsed hours", "1.5 working days"]
    ),
)
def test_too_late_is_after_the_instant_at_which_the_engine_says_the_term_runs_out(since, later, limit):
    due = due_at(calendar(), Terms(parse_limit(limit)), since)
    found = too_late(book([]), frame((since, since + later)), "since", "at", parse_limit(limit))
    assert bool(found[0]) == (since + later > due)


@given(since=st.integers(FIRST, LAST), stopped=st.integers(0, 5 * 28_800), later=st.integers(1, 30 * 86_400))
def test_stopped_time_is_added_to_whole_working_days_before_the_closing_is_taken(since, stopped, later):
    office = calendar()
    due = due_at(office, Terms(parse_limit("3 working days")), since)
    reached = office.add_seconds(due, stopped) if stopped else due
    closing = office.closing(office.local_date(reached - 1)) if stopped else due
    found = too_late(
        book([]), frame((since, since + later)), "since", "at", parse_limit("3 working days"), np.array([stopped])
    )
    assert bool(found[0]) == (since + later > closing)


@pytest.mark.parametrize(
    ("when", "is_late"), [("2026-04-12 23:59", False), ("2026-04-13 00:00", True), ("2026-04-14 09:00", True)]
)
def test_calendar_days_are_dates_and_day_n_itself_is_too_late(when, is_late):
    pairs = frame((at("2026-03-02 16:00"), at(when)))
    assert bool(too_late(book([]), pairs, "since", "at", parse_limit("42 calendar days"))[0]) is is_late


def test_dates_are_those_of_the_zone_of_the_source():
    amsterdam = book([dossier(None)], zone="Europe/Amsterdam")
    late = at("2026-04-13 00:30", "Europe/Amsterdam")
    pairs = frame((at("2026-03-02 16:00", "Europe/Amsterdam"), late))
    assert too_late(amsterdam, pairs, "since", "at", parse_limit("42 calendar days"))[0]
    assert not too_late(
        book([]),
        frame((at("2026-03-03 00:30"), at("2026-04-13 23:00"))),
        "since",
        "at",
        parse_limit("42 calendar days"),
    )[0]


def test_what_is_unknown_is_not_late():
    unknown = frame((at("2026-03-02 16:00"), at("2026-05-02 16:00"))).with_columns(
        pl.lit(None, dtype=pl.Datetime("us", "UTC")).alias("since")
    )
    assert not too_late(book([]), unknown, "since", "at", parse_limit("3 working days"))[0]
