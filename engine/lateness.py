"""Lateness: graded at an instant, never stored. By the instant, by the date, or by the date a deadline rolled to.

The three ways differ by a fifth on real logs, so every figure says which one it uses. All of them are one question:
was it finished by the last moment that still was in time? `in_time_until` gives that moment; `engine.lateness_vector`
asks the same of whole columns.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from engine.calendar import WorkingCalendar


class Grade(StrEnum):
    """How a dossier (or hold) stands towards its term (trước hạn, đúng hạn, sắp đến hạn, quá hạn)."""

    EARLY = "early"
    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


class Measure(StrEnum):
    """What is compared: instants, local dates, or dates after a due date on a day off has rolled forward."""

    INSTANT = "instant"
    DATE = "date"
    DATE_ROLLED = "date_rolled"


def due_date(due: int, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT) -> date:
    """Return the local date of ``due`` (epoch seconds); with `Measure.DATE_ROLLED` the next worked date if it is off.

    Raises:
        BeyondCalendarError: outside the calendar's known days.
    """
    day = calendar.local_date(due)
    return calendar.roll_forward(day) if measure is Measure.DATE_ROLLED else day


def in_time_until(due: int, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT) -> int:
    """Return the last second that is still in time: ``due`` itself, or the last second of the (rolled) due date.

    Args:
        due: epoch seconds.
        calendar: the receiving desk's; its zone makes the dates, its days off the rolling.
        measure: what is compared.

    Raises:
        BeyondCalendarError: outside the calendar's known days.
    """
    if measure is Measure.INSTANT:
        return due
    day = due_date(due, calendar, measure)
    return calendar.table.midnights[day.toordinal() - calendar.first_day.toordinal() + 1] - 1


def is_late(due: int, at: int, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT) -> bool:
    """Return whether ``at`` (finish, or now for what is open; epoch seconds) lies after the last moment in time.

    Raises:
        BeyondCalendarError: by date, where ``due`` lies outside the calendar's known days.
    """
    return at > in_time_until(due, calendar, measure)


def grade(
    due: int,
    *,
    calendar: WorkingCalendar,
    finished: int | None = None,
    now: int | None = None,
    measure: Measure = Measure.INSTANT,
    soon: int | None = None,
) -> Grade:
    """Return how something stands towards ``due``.

    Finished: overdue after the last moment in time, else on time on the due date and early on an earlier date.
    Open at ``now``: overdue likewise, due soon while at most ``soon`` office seconds are left, else on time.

    Args:
        due: epoch seconds.
        calendar: the receiving desk's.
        finished: when it was finished, epoch seconds; None while it is open.
        now: the instant of judgement for what is open, epoch seconds.
        measure: what is compared.
        soon: office seconds; None means one office day of the calendar.

    Raises:
        BeyondCalendarError: an instant outside the calendar's known days.
        ValueError: open, and ``now`` is not given.
    """
    at = now if finished is None else finished
    if at is None:
        raise ValueError("what is open is graded at an instant: give now")
    until = in_time_until(due, calendar, measure)
    if at > until:
        return Grade.OVERDUE
    if finished is not None:
        same_day = calendar.local_date(finished) == due_date(due, calendar, measure)
        return Grade.ON_TIME if same_day else Grade.EARLY
    left = calendar.seconds_between(at, until)
    return Grade.DUE_SOON if left <= (calendar.office_day if soon is None else soon) else Grade.ON_TIME


def late_by(due: int, at: int, calendar: WorkingCalendar, measure: Measure = Measure.INSTANT) -> int:
    """Return the office seconds from the last moment in time to ``at``, 0 if not late.

    Overdue with 0 is "after closing": late, yet no office time has passed.

    Raises:
        BeyondCalendarError: an instant outside the calendar's known days.
    """
    until = in_time_until(due, calendar, measure)
    return calendar.seconds_between(until, at) if at > until else 0


def term_days(start: int, due: int, calendar: WorkingCalendar) -> int:
    """Return due date minus start date in days, both local dates of epoch seconds in the calendar's zone.

    Raises:
        BeyondCalendarError: an instant outside the calendar's known days.
    """
    return calendar.day_index(due) - calendar.day_index(start)
