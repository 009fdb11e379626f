"""Days, instants and lengths as people write them in Vietnamese and in English."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

Language = Literal["vi", "en"]

_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SHORT_WEEKDAYS = {
    "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date, language: Language) -> str:
    """Return a date: ``25/08/2026`` in Vietnamese, ``25 Aug 2026`` in English.

    Example:
        >>> day_text(date(2026, 8, 25), "vi"), day_text(date(2026, 8, 25), "en")
        ('25/08/2026', '25 Aug 2026')
    """
    if language == "vi":
        return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday_text(day: date, language: Language) -> str:
    """Return the day of the week in full."""
    return _WEEKDAYS[language][day.weekday()]


def short_weekday_text(day: date, language: Language) -> str:
    """Return the day of the week in two or three letters."""
    return _SHORT_WEEKDAYS[language][day.weekday()]


def instant_text(at: datetime, language: Language) -> str:
    """Return an instant in its own zone: ``17:00 thứ Ba 25/08/2026``, ``17:00 on Tuesday 25 Aug 2026``."""
    clock = f"{at:%H:%M}" if not at.second else f"{at:%H:%M:%S}"
    between = " on " if language == "en" else " "
    return f"{clock}{between}{weekday_text(at, language)} {day_text(at, language)}"


def length_text(seconds: int, language: Language) -> str:
    """Return a length in hours and minutes, seconds only where there are any.

    Example:
        >>> length_text(90_000, "en"), length_text(-5_415, "vi")
        ('25 h', '-1 giờ 30 phút 15 giây')
    """
    hour, minute, second = ("giờ", "phút", "giây") if language == "vi" else ("h", "min", "s")
    hours, rest = divmod(abs(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours} {hour}"] if hours or not rest else []
    parts += [f"{minutes} {minute}"] if minutes else []
    parts += [f"{left} {second}"] if left else []
    return ("-" if seconds < 0 else "") + " ".join(parts)
