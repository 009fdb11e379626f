"""Too late by the count of days: whole working days, office hours, or dates, on the calendar of each receiving desk."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook, epoch_seconds
from engine.limits import CalendarDays, ElapsedHours, Limit, Months, OfficeHours, SameDay, WorkingDays
from engine.responsibility.signal import SignalRule

_DAY = 86_400


def too_late(
    book: Casebook,
    frame: pl.DataFrame,
    since: str,
    at: str,
    limit: Limit,
    stopped: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """Return for each row whether ``at`` is too late for a limit counted from ``since``; False where one is null.

    *Working days*: the day of ``since`` does not count; too late is what comes after the closing of working day ``n``
    (NĐ 61/2018/NĐ-CP art. 19(4): "within 03 working days"). *Office hours*: after so much office time.
    *Calendar days* and *months*: dates in the book's zone; the day of ``since`` is day 0 and too late is what happens
    **on or after** day ``n`` (a month has 30 days here). *Elapsed hours*: after so much time by day and night.
    *Same day*: after the closing of the first working day.

    Args:
        book: its desks' calendars.
        frame: with ``desk`` and the two columns.
        since: name of the instant from which it counts.
        at: name of the instant that may be too late.
        limit: the length.
        stopped: office seconds of each row in which nobody had to act; they are added to the limit (for dates as whole
            office days).

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    late = np.zeros(frame.height, dtype=np.bool_)
    if frame.is_empty():
        return late
    still = np.zeros(frame.height, dtype=np.int64) if stopped is None else stopped
    known = (frame[since].is_not_null() & frame[at].is_not_null()).to_numpy()
    if isinstance(limit, CalendarDays | Months):
        days = limit.n if isinstance(limit, CalendarDays) else limit.n * 30
        passed = days_between(book, frame, since, at).fill_null(0).to_numpy()
        return np.asarray(known & (passed >= days + still // book.calendar.office_day), dtype=np.bool_)
    begun, done = epoch_seconds(frame[since]), epoch_seconds(frame[at])
    for calendar, mask in calendars_of(book, frame["desk"]):
        rows = mask & known & (done > begun)
        if rows.any():
            late[rows] = done[rows] > _due_many(calendar, limit, begun[rows], still[rows])
    return late


def days_between(book: Casebook, frame: pl.DataFrame, since: str, at: str) -> pl.Series:
    """Return the days from one local date to the other in the book's zone (Int64, null where one is null)."""
    dates = [pl.col(name).dt.convert_time_zone(book.zone).dt.date() for name in (since, at)]
    return frame.select((dates[1] - dates[0]).dt.total_days().alias("days"))["days"]


def calendars_of(book: Casebook, who: pl.Series) -> list[tuple[WorkingCalendar, NDArray[np.bool_]]]:
    """Return each calendar that agencies or desks use and the rows that are on it."""
    own = [code for code, calendar in book.calendars.items() if calendar.digest != book.calendar.digest]
    if not own:
        return [(book.calendar, np.ones(len(who), dtype=np.bool_))]
    lines = {book.calendars[code].digest: book.calendars[code] for code in own} | {book.calendar.digest: book.calendar}
    digests = {code: book.calendars[code].digest for code in own}
    keys = who.fill_null("").replace_strict(digests, default=book.calendar.digest, return_dtype=pl.String)
    return [(line, (keys == digest).to_numpy()) for digest, line in lines.items()]


def lengths(book: Casebook, rule: SignalRule, name: str, who: pl.Series) -> NDArray[np.int64]:
    """Return a parameter that is a length in office seconds, by the office day of each row's calendar."""
    found = np.zeros(len(who), dtype=np.int64)
    for calendar, mask in calendars_of(book, who):
        found[mask] = rule.office_seconds(name, calendar.office_day)
    return found


def _due_many(
    calendar: WorkingCalendar, limit: Limit, begun: NDArray[np.int64], stopped: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the last second in time of a term in office time (or elapsed hours) for each beginning."""
    match limit:
        case WorkingDays(n) if n == int(n):
            return _closing(calendar, begun, int(n), stopped)
        case SameDay():
            return _closing(calendar, begun - _DAY, 1, stopped)
        case WorkingDays(n):
            return np.asarray(calendar.add_many(begun, stopped + round(n * calendar.office_day)), dtype=np.int64)
        case OfficeHours(n):
            return np.asarray(calendar.add_many(begun, stopped + round(n * 3600)), dtype=np.int64)
        case ElapsedHours(n):
            return begun + round(n * 3600) + stopped
        case _:
            raise ValueError(f"{limit} is counted in dates")


def _closing(
    calendar: WorkingCalendar, begun: NDArray[np.int64], n: int, stopped: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the closing of the ``n``-th working day after each day, moved on by stopped office seconds."""
    table = calendar.table
    midnights = np.asarray(table.midnights, dtype=np.int64)
    ranks, closings = np.asarray(table.rank, dtype=np.int64), np.asarray(table.closings, dtype=np.int64)
    for edge in (int(begun.min()), int(begun.max())):
        calendar.day_index(edge)  # raises with the calendar's own sentence
    places = ranks[np.searchsorted(midnights, begun, side="right")] + n - 1
    if int(places.max()) >= closings.size:
        raise calendar.beyond(table.midnights[-1] + 1)
    due = closings[places]
    moved = stopped > 0
    if moved.any():
        reached = np.asarray(calendar.add_many(due[moved], stopped[moved]), dtype=np.int64)
        days = np.searchsorted(midnights, reached - 1, side="right") - 1
        due[moved] = closings[ranks[days]]
    return due
