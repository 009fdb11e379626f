"""Lateness of whole columns: the same answers as `engine.lateness`, over numpy arrays and polars series.

Instants are int64 epoch seconds, or UTC ``datetime64`` of any unit up to the microsecond, whose full precision
counts when instants are compared. A missing value (a series' null, a NaT) has no grade and is never late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.errors import BeyondCalendarError
from engine.lateness import Grade, Measure

if TYPE_CHECKING:
    import polars as pl

    Column = NDArray[Any] | pl.Series

_MICRO = 1_000_000


def are_late(
    due: Column, at: Column, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT
) -> NDArray[np.bool_]:
    """Return for each pair whether ``at`` lies after the last moment in time; False where either is missing.

    Raises:
        BeyondCalendarError: by date, where a due instant lies outside the calendar's known days.
        ValueError: another dtype, or lengths that differ.
    """
    due_at, done_at, known = _pair(due, at)
    late = np.zeros(known.shape, dtype=np.bool_)
    late[known] = done_at[known] > _until(due_at[known], calendar, measure)
    return late


def in_time_until_many(due: Column, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT) -> NDArray[np.int64]:
    """Return the last microsecond since the epoch that still is in time for each due instant, 0 where it is missing.

    Raises:
        BeyondCalendarError: by date, where a due instant lies outside the calendar's known days.
        ValueError: another dtype.
    """
    due_at, known = _instants(due, "due")
    until = np.zeros(known.shape, dtype=np.int64)
    until[known] = _until(due_at[known], calendar, measure)
    return until


def late_by_many(
    due: Column, at: Column, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT
) -> NDArray[np.int64]:
    """Return for each pair the office seconds it is late (int64), 0 where it is not or where either is missing.

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
        ValueError: another dtype, or lengths that differ.
    """
    due_at, done_at, known = _pair(due, at)
    length = np.zeros(known.shape, dtype=np.int64)
    until = _until(due_at[known], calendar, measure)
    passed = calendar.between_many(until // _MICRO, done_at[known] // _MICRO)
    length[known] = np.where(done_at[known] > until, passed, 0)
    return length


def grade_many(
    due: Column,
    *,
    calendar: WorkingCalendar,
    finished: Column,
    now: int | None = None,
    measure: Measure = Measure.INSTANT,
    soon: int | None = None,
) -> NDArray[np.str_]:
    """Return the grade of each (array of ``str``), empty where there is no due instant.

    Where ``finished`` is missing the dossier is open and graded at ``now`` (epoch seconds).

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
        ValueError: another dtype, lengths that differ, or something open and no ``now``.
    """
    due_at, has_due = _instants(due, "due")
    done_at, done = _instants(finished, "finished")
    if due_at.shape != done_at.shape:
        raise ValueError(f"due has {due_at.size} values, finished {done_at.size}")
    grades = np.full(due_at.shape, "", dtype="<U8")
    if now is None and bool(np.any(has_due & ~done)):
        raise ValueError("what is open is graded at an instant: give now")
    at = np.where(done, done_at, (now or 0) * _MICRO)[has_due]
    until = _until(due_at[has_due], calendar, measure)
    closed = done[has_due]
    days = _day_indexes(at // _MICRO, calendar)
    last_days = _day_indexes(until // _MICRO, calendar)
    left = np.full(at.shape, np.iinfo(np.int64).max, dtype=np.int64)
    waiting = ~closed & (at <= until)
    left[waiting] = calendar.between_many(at[waiting] // _MICRO, until[waiting] // _MICRO)
    grades[has_due] = np.select(
        [at > until, closed & (days == last_days), closed, left <= (calendar.office_day if soon is None else soon)],
        [Grade.OVERDUE.value, Grade.ON_TIME.value, Grade.EARLY.value, Grade.DUE_SOON.value],
        default=Grade.ON_TIME.value,
    )
    return grades


def term_days_many(start: Column, due: Column, calendar: WorkingCalendar) -> NDArray[np.int64]:
    """Return due date minus start date in days (int64) for each pair where both are known; others are left out.

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
        ValueError: another dtype, or lengths that differ.
    """
    begun, due_at, known = _pair(start, due)
    return _day_indexes(due_at[known] // _MICRO, calendar) - _day_indexes(begun[known] // _MICRO, calendar)


def _until(due: NDArray[np.int64], calendar: WorkingCalendar, measure: Measure) -> NDArray[np.int64]:
    """Return the last microsecond in time for each due instant in microseconds."""
    if measure is Measure.INSTANT:
        return due
    days = _day_indexes(due // _MICRO, calendar)
    table = calendar.table
    if measure is Measure.DATE_ROLLED:
        # rank[d] worked days lie before day d: for a day off this is the rank of the next worked one.
        ranks = np.asarray(table.rank, dtype=np.int64)[days]
        if ranks.size and int(ranks.max()) >= len(table.worked):
            raise BeyondCalendarError(
                f"calendar {calendar.code} knows no worked day on or after a due date in its last days,"
                f" up to {calendar.last_day}"
            )
        days = np.asarray(table.worked, dtype=np.int64)[ranks]
    return np.asarray(table.midnights, dtype=np.int64)[days + 1] * _MICRO - 1


def _day_indexes(seconds: NDArray[np.int64], calendar: WorkingCalendar) -> NDArray[np.int64]:
    midnights = np.asarray(calendar.table.midnights, dtype=np.int64)
    outside = (seconds < midnights[0]) | (seconds >= midnights[-1])
    if bool(outside.any()):
        calendar.day_index(int(seconds[int(np.argmax(outside))]))  # raises with the calendar's own sentence
    return np.searchsorted(midnights, seconds, side="right").astype(np.int64) - 1


def _pair(a: Column, b: Column) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    first, first_known = _instants(a, "the first column")
    second, second_known = _instants(b, "the second column")
    if first.shape != second.shape:
        raise ValueError(f"the columns differ in length: {first.size} and {second.size}")
    return first, second, first_known & second_known


def _instants(column: Column, name: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return microseconds since the epoch (0 where missing) and which are known."""
    if isinstance(column, np.ndarray):
        known = np.ones(column.shape, dtype=np.bool_)
        values = column
    else:
        known = column.is_not_null().to_numpy()
        values = column.to_physical().fill_null(0).to_numpy() if column.dtype.is_integer() else column.to_numpy()
    if values.dtype.kind == "M":
        known = known & ~np.isnat(values)
        values = np.where(known, values, np.datetime64(0, "us")).astype("datetime64[us]").astype(np.int64)
        return values, known
    if values.dtype.kind not in "iu":
        raise ValueError(f"{name}: int64 epoch seconds or datetime64 wanted, not {values.dtype}")
    return values.astype(np.int64) * _MICRO, known
