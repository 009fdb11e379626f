"""Limits: how long something may take. A type for each kind of length, because three days are not three days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import InputError

_LONGEST_YEARS = 100


class CountingRule(StrEnum):
    """How whole days, calendar days and months are counted from receipt.

    ``FROM_INSTANT``: from the moment of receipt; a working day is the calendar's ``office_day``, a calendar day or
    month ends at the same wall-clock time, and nothing rolls. ``WHOLE_DAYS``: the day of receipt is excluded, the
    term ends at closing time of its last day, and a calendar term that ends on a day not worked rolls forward.
    """

    FROM_INSTANT = "from_instant"
    WHOLE_DAYS = "whole_days"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """``n`` hours of the calendar's open windows (giờ làm việc); counted from the instant under either rule."""

    n: float


@dataclass(frozen=True, slots=True)
class ElapsedHours:
    """``n`` hours by day and by night (giờ); counted from the instant under either rule."""

    n: float


@dataclass(frozen=True, slots=True)
class SameDay:
    """Until closing time of the day on which counting starts (trong ngày)."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """``n`` working days (ngày làm việc); a fraction is office time counted from the instant under either rule."""

    n: float


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """``n`` calendar days (ngày); a week is seven of them."""

    n: int


@dataclass(frozen=True, slots=True)
class Months:
    """``n`` months (tháng): the same day number, or the month's last day where that number does not exist."""

    n: int


Limit = OfficeHours | ElapsedHours | SameDay | WorkingDays | CalendarDays | Months

_SHAPE = re.compile(r"(?P<n>\d{1,7}(?:\.\d{1,4})?)\s+(?P<unit>[a-z]+(?:\s+[a-z]+)?)", re.ASCII)
_HOURS_A_YEAR, _DAYS_A_YEAR = 8_784, 366
_EXPECTED = (
    "write '3 working days', '8 office hours', '24 elapsed hours', 'same day', '15 calendar days', '8 weeks'"
    " or '2 months'"
)


def parse_limit(text: str) -> Limit:
    """Return the limit written in ``text``.

    Office hours, elapsed hours and working days may have a fraction (at most four places); weeks become seven
    calendar days each.

    Raises:
        InputError: another shape, an amount that is zero or longer than a hundred years, a fraction of a calendar
            day or month, or a unit that does not say which days or hours are meant ("3 days").

    Example:
        >>> parse_limit("8 weeks")
        CalendarDays(n=56)
        >>> parse_limit("0.25 working days")
        WorkingDays(n=0.25)
    """
    words = " ".join(text.lower().split())
    if words in {"same day", "the same day"}:
        return SameDay()
    found = _SHAPE.fullmatch(words)
    if found is None:
        raise InputError.of("limit_unreadable", f"limit {{text!r}} cannot be read: {_EXPECTED}", text=text)
    amount = float(found["n"])
    unit = found["unit"]
    if unit in {"day", "days"}:
        raise InputError.of(
            "which_days", "limit {text!r}: which days? Write 'working days' or 'calendar days'", text=text
        )
    if unit in {"hour", "hours"}:
        raise InputError.of(
            "which_hours", "limit {text!r}: which hours? Write 'office hours' or 'elapsed hours'", text=text
        )
    whole = int(amount) if amount.is_integer() else None
    match unit if unit.endswith("s") else unit + "s":
        case "office hours":
            limit: Limit = OfficeHours(amount if whole is None else whole)
        case "elapsed hours":
            limit = ElapsedHours(amount if whole is None else whole)
        case "working days":
            limit = WorkingDays(amount if whole is None else whole)
        case "calendar days" if whole is not None:
            limit = CalendarDays(whole)
        case "weeks" if whole is not None:
            limit = CalendarDays(7 * whole)
        case "months" if whole is not None:
            limit = Months(whole)
        case "calendar days" | "weeks" | "months":
            raise InputError(f"limit {text!r}: {unit} are counted whole, without a fraction")
        case _:
            raise InputError(f"limit {text!r}: the unit {unit!r} is unknown; {_EXPECTED}")
    if amount <= 0:
        raise InputError(f"limit {text!r} must be longer than nothing")
    if _years(limit) > _LONGEST_YEARS:
        raise InputError(f"limit {text!r} is longer than {_LONGEST_YEARS} years; is the unit right?")
    return limit


def format_limit(limit: Limit) -> str:
    """Return ``limit`` in the form that `parse_limit` reads.

    Example:
        >>> format_limit(WorkingDays(1)), format_limit(CalendarDays(56)), format_limit(SameDay())
        ('1 working day', '56 calendar days', 'same day')
    """
    match limit:
        case SameDay():
            return "same day"
        case OfficeHours(n):
            unit = "office hour"
        case ElapsedHours(n):
            unit = "elapsed hour"
        case WorkingDays(n):
            unit = "working day"
        case CalendarDays(n):
            unit = "calendar day"
        case Months(n):
            unit = "month"
    amount = f"{n:.4f}".rstrip("0").rstrip(".")
    return f"{amount} {unit}" if n == 1 else f"{amount} {unit}s"


def _years(limit: Limit) -> float:
    match limit:
        case SameDay():
            return 0
        case OfficeHours(n) | ElapsedHours(n):
            return n / _HOURS_A_YEAR
        case WorkingDays(n) | CalendarDays(n):
            return n / _DAYS_A_YEAR
        case Months(n):
            return n / 12
