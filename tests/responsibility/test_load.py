"""What speaks against reading an occurrence as conduct: queue per head against the usual one, and absence."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.casebook import INSTANT
from engine.responsibility.load import LEAST_QUEUE, counter_evidence
from engine.responsibility.presence import days_of
from engine.responsibility.signal import HITS
from procedures.calendars import load_calendar
from tests.responsibility.casebooks import act, at, book, calendar, dossier, hold

FROM, TO = "2026-01-05 08:00", "2026-06-26 17:00"
MONDAY = datetime(2026, 1, 5, 8)  # noqa: DTZ001  a wall clock's


def text(days, hours=0.0):
    return f"{MONDAY + timedelta(days=days, hours=hours):%Y-%m-%d %H:%M}"


def of(*holds, acts=(), **more):
    return book([dossier(FROM, ended=TO)], holds, acts, **more)


def weeks(count, queue, *, officers=("an",), agency="dept", first=0):
    """Some weeks with so many holds open from Monday to Monday, each finished by one of the officers in turn."""
    return [
        hold(0, agency, text(7 * week), text(7 * week + 4, 8.9), officer=officers[n % len(officers)])
        for week in range(first, first + count)
        for n in range(queue)
    ]


def hit(agency="dept", **instants):
    rows = {name: [value] for name, value in instants.items()}
    frame = pl.DataFrame({"nr": [0], "agency": [agency]} | {name: [at(v[0])] for name, v in rows.items()})
    frame = frame.with_columns((pl.col(name) * 1_000_000).cast(INSTANT) for name in instants)
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in HITS.items() if name not in frame.columns]
    return frame.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in HITS.items())


def evidence(found, **instants):
    (row,) = counter_evidence(found, hit(**instants)).to_dicts()
    return row


# The queue.


def test_the_queue_is_what_lies_open_at_the_instant():
    found = of(
        hold(0, "dept", text(0), text(0, 2)),
        hold(0, "dept", text(0, 1), None),
        hold(0, "dept", text(0, 3), text(0, 4)),
        hold(0, "other", text(0), text(5)),
        hold(0, "dept", text(0), text(5), is_system=True),
        hold(0, "dept", text(0), text(5), kind="applicant"),
    )
    assert [evidence(found, at=text(0, hour))["queue"] for hour in (0, 1, 2, 3, 4)] == [1, 2, 1, 2, 1]


def test_over_an_interval_the_queue_is_an_average():
    found = of(hold(0, "dept", text(0), text(0, 2)), hold(0, "dept", text(0, 1), text(0, 2)))
    assert evidence(found, at=text(0, 4), since=text(0), until=text(0, 4))["queue"] == pytest.approx(3 / 4)


def test_staff_are_the_different_officers_of_the_week():
    holds = [hold(0, "dept", text(0), text(day), officer=who) for day, who in enumerate(["an", "binh", "an"], 1)]
    found = of(*holds, hold(0, "dept", text(7), text(8), officer="chi"), acts=[act(0, text(2), "escalated", "dept")])
    assert evidence(found, at=text(3))["staff"] == 2
    assert evidence(found, at=text(9))["staff"] == 1
    assert evidence(found, at=text(9), since=text(0), until=text(9))["staff"] == pytest.approx(1.5)


def test_an_agency_that_nobody_knows_has_no_load():
    row = evidence(of(*weeks(9, 20)), agency=None, at=text(3))
    assert (row["queue"], row["is_overloaded"], row["is_absent"]) == (None, False, False)


def test_rows_keep_their_order_and_columns():
    many = pl.concat(
        [hit(at=text(day), agency=who) for day, who in [(20, "dept"), (1, "other"), (9, None), (2, "dept")]]
    )
    found = counter_evidence(of(*weeks(9, 2)), many)
    assert found.select(HITS.names()).equals(many)
    assert found["queue"].to_list() == [0.0, 0.0, None, 2.0]


def test_no_occurrence_has_no_evidence():
    assert counter_evidence(of(), hit(at=text(1)).clear()).is_empty()
    assert counter_evidence(of(), hit(at=text(1)))["queue"].item() == 0


# Overload.


def test_more_than_twice_the_usual_queue_per_head_is_overload():
    found = of(*weeks(9, 5), *weeks(1, 12, first=9))
    assert evidence(found, at=text(65))["is_overloaded"]
    assert not evidence(found, at=text(30))["is_overloaded"]


@pytest.mark.parametrize(
    "holds",
    [
        [*weeks(9, 6), *weeks(1, 12, first=9)],
        [*weeks(9, 2), *weeks(1, int(LEAST_QUEUE) - 1, first=9)],
        [*weeks(4, 5), *weeks(1, 12, first=9)],
        [*weeks(9, 5), *weeks(1, 12, officers=("an", "binh", "chi"), first=9)],
        weeks(10, 12),
    ],
    ids=["just twice", "few", "hardly any history", "more staff", "always so many"],
)
def test_what_only_looks_like_overload_is_none(holds):
    assert not evidence(of(*holds), at=text(65))["is_overloaded"]


@pytest.mark.parametrize("others", [0, 1, 5])
@pytest.mark.parametrize("many", [40, 400])
def test_a_surge_that_makes_most_of_the_completions_does_not_pass_for_usual(many, others):
    calm, surge = weeks(20, 3), weeks(4, many, first=20)
    assert len(surge) > 2 * len(calm)
    found = of(*calm, *surge, *(one for n in range(others) for one in weeks(24, 3, agency=f"other{n}")))
    row = evidence(found, at=text(7 * 22 + 2))
    assert (row["usual_queue_per_head"], row["is_overloaded"]) == (3, True)
    assert not evidence(found, at=text(7 * 10 + 2))["is_overloaded"]


def test_a_log_that_is_thin_but_for_its_last_weeks_does_not_tell_what_is_usual():
    """Everywhere the first months have only what was still open later; the dense weeks are no overload of anybody."""
    agencies = ["dept", *(f"other{n}" for n in range(9))]
    thin = [one for agency in agencies for one in weeks(20, 1, agency=agency)]
    found = of(*thin, *(one for agency in agencies for one in weeks(3, 30, agency=agency, first=20)))
    row = evidence(found, at=text(7 * 21 + 2))
    assert (row["queue"], row["usual_queue_per_head"], row["is_overloaded"]) == (30, None, False)


def test_a_log_of_thin_ends_and_a_dense_middle_tells_what_is_usual_in_its_middle():
    agencies = ["dept", *(f"other{n}" for n in range(4))]
    held = [
        one
        for agency in agencies
        for first, count, queue in [(0, 12, 1), (12, 10, 12), (22, 3, 1)]
        for one in weeks(count, queue, agency=agency, first=first)
    ]
    row = evidence(of(*held), at=text(7 * 14 + 2))
    assert (row["usual_queue_per_head"], row["is_overloaded"]) == (12, False)


def test_fewer_staff_for_as_many_dossiers_is_overload():
    found = of(*weeks(9, 12, officers=("an", "binh", "chi")), *weeks(1, 12, first=9))
    assert evidence(found, at=text(65))["is_overloaded"]


# Absence.


def daily(*days, agency="dept"):
    return [hold(0, agency, text(day), text(day, 1)) for day in days]


WORKED = [day for week in range(4) for day in range(7 * week, 7 * week + 5)]


def absent(days, **more):
    lies = hold(0, "dept", text(7), text(12), officer=None, taken_up=None)
    return evidence(of(*daily(*days), lies, **more), at=text(12), since=text(7, 2), until=text(11))["is_absent"]


def test_an_agency_where_nobody_does_anything_for_days_is_absent():
    assert absent([day for day in WORKED if not 8 <= day <= 10])


@pytest.mark.parametrize(
    ("days", "acts"),
    [
        (WORKED, []),
        (WORKED[::3], []),
        ([0, 1, 14], []),
        ([day for day in WORKED if not 8 <= day <= 10], [act(0, text(9), "escalated", "dept")]),
    ],
    ids=["at work", "at work now and then", "hardly ever seen", "an act"],
)
def test_what_only_looks_like_absence_is_none(days, acts):
    assert not absent(days, acts=acts)


def test_a_weekend_is_no_absence():
    found = of(*daily(*WORKED))
    assert not evidence(found, at=text(7), since=text(4, 2), until=text(7))["is_absent"]


# Days.


@settings(deadline=None)
@given(seconds=st.lists(st.integers(at("2025-01-01 00:00"), at("2027-12-31 00:00")), min_size=1))
def test_days_are_numbered_as_the_calendar_does(seconds):
    assert days_of(calendar(), np.array(seconds)).tolist() == [calendar().day_index(one) for one in seconds]


def test_days_of_23_and_25_hours_are_numbered_right():
    dutch = load_calendar("nl")
    edges = np.array([one + shift for one in dutch.table.midnights[1:-1] for shift in (-1, 0)])
    assert days_of(dutch, edges).tolist() == [dutch.day_index(int(one)) for one in edges]


# Against counting by hand.


@settings(deadline=None)
@given(
    holds=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60), st.sampled_from(["a", "b"])), max_size=8),
    asked=st.tuples(st.integers(0, 200), st.integers(1, 90), st.sampled_from(["a", "b"])),
)
def test_queues_are_those_counted_hour_by_hour(holds, asked):
    found = of(*(hold(0, who, text(0, since), text(0, since + long)) for since, long, who in holds))
    begun, long, who = asked
    row = evidence(found, agency=who, at=text(0, begun), since=text(0, begun), until=text(0, begun + long))
    hours = [sum(a <= hour < a + b and by == who for a, b, by in holds) for hour in range(begun, begun + long)]
    assert row["queue"] == pytest.approx(sum(hours) / long)
    assert evidence(found, agency=who, at=text(0, begun))["queue"] == hours[0]
