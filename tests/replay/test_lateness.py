"""Lateness is graded at an instant, by instant, by date and by rolled date; columns give the answers of scalars."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BeyondCalendarError
from engine.instants import parse_instant, to_seconds
from engine.lateness import Grade, Measure, grade, in_time_until, is_late, late_by, term_days
from engine.lateness_vector import are_late, grade_many, late_by_many, term_days_many
from procedures.calendars import load_calendar

NL = load_calendar("nl")


def at(text: str) -> int:
    return to_seconds(parse_instant(text, "Europe/Amsterdam"))


def test_by_the_instant_one_second_after_due_is_late_and_due_itself_is_not():
    due = at("2011-12-06 13:41:31")
    assert not is_late(due, due, NL)
    assert is_late(due, due + 1, NL)


def test_by_the_date_the_whole_due_date_is_in_time():
    due = at("2011-12-06 13:41:31")
    assert not is_late(due, at("2011-12-06 23:59:59"), NL, Measure.DATE)
    assert is_late(due, at("2011-12-07 00:00:00"), NL, Measure.DATE)


def test_a_due_date_on_a_holiday_rolls_over_the_holidays_that_follow():
    christmas = at("2010-12-25 12:00")  # a Saturday: 25 and 26 December are off, Monday the 27th is worked
    assert not is_late(christmas, at("2010-12-27 18:00"), NL, Measure.DATE_ROLLED)
    assert is_late(christmas, at("2010-12-28 00:00"), NL, Measure.DATE_ROLLED)
    assert is_late(christmas, at("2010-12-27 18:00"), NL, Measure.DATE)


def test_a_due_date_on_the_day_summer_time_ends_lasts_twenty_five_hours():
    due = at("2011-10-30 01:00")
    assert in_time_until(due, NL, Measure.DATE) + 1 - at("2011-10-30 00:00") == 25 * 3600


def test_finished_before_on_and_after_the_due_date():
    due = at("2011-12-06 13:00")
    grades = [grade(due, calendar=NL, finished=at(text)) for text in ("2011-12-05 23:00", "2011-12-06 12:00")]
    assert grades == [Grade.EARLY, Grade.ON_TIME]
    after = at("2011-12-06 14:00")
    assert grade(due, calendar=NL, finished=after) is Grade.OVERDUE
    assert grade(due, calendar=NL, finished=after, measure=Measure.DATE) is Grade.ON_TIME


def test_open_is_due_soon_while_one_office_day_is_left_then_overdue():
    due = at("2011-12-06 17:00")
    told = [
        grade(due, calendar=NL, now=at(text)) for text in ("2011-12-05 16:59", "2011-12-05 17:00", "2011-12-06 17:01")
    ]
    assert told == [Grade.ON_TIME, Grade.DUE_SOON, Grade.OVERDUE]
    assert grade(due, calendar=NL, now=at("2011-12-05 16:00"), soon=10 * 3600) is Grade.DUE_SOON


def test_what_is_open_cannot_be_graded_without_an_instant():
    with pytest.raises(ValueError, match="give now"):
        grade(at("2011-12-06 17:00"), calendar=NL)
    with pytest.raises(ValueError, match="give now"):
        grade_many(np.array([0]), calendar=NL, finished=np.array(["NaT"], dtype="datetime64[s]"))


def test_overdue_with_nothing_late_by_is_after_closing():
    due, done = at("2011-12-06 17:00"), at("2011-12-06 20:00")
    assert is_late(due, done, NL)
    assert late_by(due, done, NL) == 0
    assert late_by(due, at("2011-12-07 10:30"), NL) == 90 * 60


def test_a_term_counts_dates_not_hours():
    assert term_days(at("2011-10-11 23:59"), at("2011-12-06 00:01"), NL) == 56


def test_beyond_the_calendar_is_an_error_not_a_guess():
    far = at("2040-01-01 12:00")
    for ask in (
        lambda: is_late(far, far, NL, Measure.DATE),
        lambda: are_late(np.array([far]), np.array([far]), NL, Measure.DATE),
        lambda: term_days_many(np.array([0]), np.array([far]), NL),
    ):
        with pytest.raises(BeyondCalendarError, match="calendar nl covers 1999-01-01 to 2030-12-31"):
            ask()


def test_a_missing_value_is_never_late_and_has_no_grade():
    due = pl.Series([at("2011-12-06 17:00"), None, at("2011-12-06 17:00")])
    done = pl.Series([None, at("2011-12-06 17:00"), at("2011-12-07 17:00")])
    assert are_late(due, done, NL).tolist() == [False, False, True]
    assert late_by_many(due, done, NL).tolist() == [0, 0, 8 * 3600]
    graded = grade_many(due, calendar=NL, finished=done, now=at("2011-12-01 12:00"))
    assert graded.tolist() == ["on_time", "", "overdue"]


def test_columns_compare_instants_to_the_microsecond():
    due = pl.Series([datetime(2011, 12, 6, 12, 0, 0, 5, tzinfo=UTC)])
    done = due + timedelta(microseconds=1)
    assert are_late(due, done, NL).tolist() == [True]
    assert are_late(done, due, NL).tolist() == [False]
    assert are_late(due.to_numpy(), done.to_numpy(), NL).tolist() == [True]


def test_other_columns_are_refused():
    with pytest.raises(ValueError, match="float64"):
        are_late(np.array([1.5]), np.array([2.5]), NL)
    with pytest.raises(ValueError, match="differ in length"):
        are_late(np.array([1, 2]), np.array([2]), NL)


_START, _END = at("2010-01-01 00:00"), at("2013-01-01 00:00")
_INSTANTS = st.one_of(
    st.integers(_START, _END),
    st.integers(0, 1000).flatmap(
        lambda day: st.sampled_from([-1, 0, 1]).map(lambda off: NL.table.midnights[4018 + day] + off)
    ),
)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(_INSTANTS, st.one_of(st.none(), _INSTANTS)), min_size=1, max_size=30),
    now=_INSTANTS,
    measure=st.sampled_from(list(Measure)),
)
def test_columns_give_the_answers_of_scalars(rows, now, measure):
    due = pl.Series([row[0] for row in rows], dtype=pl.Int64)
    done = pl.Series([row[1] for row in rows], dtype=pl.Int64)
    scalar = [grade(d, calendar=NL, finished=f, now=now, measure=measure).value for d, f in rows]
    assert grade_many(due, calendar=NL, finished=done, now=now, measure=measure).tolist() == scalar
    ended = [(d, f) for d, f in rows if f is not None]
    first, second = (np.array([pair[i] for pair in ended], dtype=np.int64) for i in (0, 1))
    assert are_late(first, second, NL, measure).tolist() == [is_late(d, f, NL, measure) for d, f in ended]
    assert late_by_many(first, second, NL, measure).tolist() == [late_by(d, f, NL, measure) for d, f in ended]
    assert term_days_many(first, second, NL).tolist() == [term_days(d, f, NL) for d, f in ended]
