"""Lengths and instants as text: what is read, what is refused and with which sentence."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.instants import parse_instant, to_datetime, to_seconds
from engine.limits import (
    CalendarDays,
    ElapsedHours,
    Limit,
    Months,
    OfficeHours,
    SameDay,
    WorkingDays,
    format_limit,
    parse_limit,
)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("3 working days", WorkingDays(3)),
        ("1 working day", WorkingDays(1)),
        ("  3   Working  Days ", WorkingDays(3)),
        ("0.25 working days", WorkingDays(0.25)),
        ("8 office hours", OfficeHours(8)),
        ("24 elapsed hours", ElapsedHours(24)),
        ("same day", SameDay()),
        ("8 weeks", CalendarDays(56)),
        ("15 calendar days", CalendarDays(15)),
        ("2 months", Months(2)),
    ],
)
def test_limits_are_read(text: str, limit: Limit) -> None:
    assert parse_limit(text) == limit
    assert parse_limit(format_limit(limit)) == limit


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3 days", "which days"),
        ("1 day", "which days"),
        ("8 hours", "which hours"),
        ("0 working days", "longer than nothing"),
        ("1.5 calendar days", "counted whole"),
        ("0.5 months", "counted whole"),
        ("3 fortnights", "unknown"),
        ("9999999 months", "longer than 100 years"),
        ("three working days", "cannot be read"),
        ("-3 working days", "cannot be read"),
        ("３ working days", "cannot be read"),
        ("nan working days", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_limits_that_do_not_say_what_they_mean_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_limit(text)


@given(st.text(max_size=30))
def test_no_text_makes_the_readers_stumble(text: str) -> None:
    for read in (parse_limit, lambda one: parse_instant(one, "Europe/Amsterdam")):
        with suppress(InputError):
            assert read(text) is not None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-08-21 16:00", "2026-08-21T16:00:00+07:00"),
        ("2026-08-21T16:00:30", "2026-08-21T16:00:30+07:00"),
        ("2026-08-21T16:00:30.250", "2026-08-21T16:00:30.250000+07:00"),
        ("2026-08-21", "2026-08-21T00:00:00+07:00"),
        ("2026-08-21T09:00Z", "2026-08-21T16:00:00+07:00"),
        ("2026-08-21 11:00+02:00", "2026-08-21T16:00:00+07:00"),
    ],
)
def test_instants_are_read_in_the_zone_of_the_calendar(text: str, iso: str) -> None:
    assert parse_instant(text, "Asia/Ho_Chi_Minh").isoformat() == iso


@pytest.mark.parametrize(
    "text",
    ["", "16:00", "21/08/2026", "2026-8-21", "2026-02-30", "2026-08-21 25:00", "2026-08-21 16:00+99:00", "0001-01-01"],
)
def test_texts_that_are_no_instant_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_instant(text, "Asia/Ho_Chi_Minh")


def test_summer_time_skipped_and_repeated_hours() -> None:
    with pytest.raises(InputError, match="never happened in Europe/Amsterdam"):
        parse_instant("2026-03-29 02:30", "Europe/Amsterdam")
    first = parse_instant("2026-10-25 02:30", "Europe/Amsterdam")
    second = parse_instant("2026-10-25 02:30+01:00", "Europe/Amsterdam")
    assert (first.isoformat(), second.isoformat()) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    assert to_seconds(second) - to_seconds(first) == 3600
    midnight = parse_instant("2018-11-04", "America/Sao_Paulo")  # that night the clocks went from 00:00 to 01:00
    assert midnight.isoformat() == "2018-11-04T01:00:00-02:00"


@given(st.integers(-2_000_000_000, 4_000_000_000), st.sampled_from(["UTC", "Asia/Ho_Chi_Minh", "Europe/Amsterdam"]))
def test_seconds_survive_the_way_to_people_and_back(seconds: int, zone: str) -> None:
    assert to_seconds(to_datetime(seconds, zone)) == seconds


def test_fractions_are_floored_and_naive_instants_refused() -> None:
    before_closing = parse_instant("2026-08-21 16:59:59.999999", "Asia/Ho_Chi_Minh")
    assert to_seconds(before_closing) == to_seconds(parse_instant("2026-08-21 16:59:59", "Asia/Ho_Chi_Minh"))
    with pytest.raises(ValueError, match="aware"):
        to_seconds(before_closing.naive())
    with pytest.raises(InputError, match="IANA"):
        parse_instant("2026-08-21", "Mars/Olympus")
