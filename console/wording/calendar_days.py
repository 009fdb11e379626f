"""Days of a calendar as people read them: their open windows, and why they are off or worked out of turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.wording.derivation import note_text
from engine.instants import to_datetime

if TYPE_CHECKING:
    from datetime import date

    from console.wording.days import Language
    from engine.calendar import DayNote, WorkingCalendar


def windows_text(calendar: WorkingCalendar, day: date) -> str:
    """Return the open windows of a day as ``07:30-11:30 13:00-17:00``; empty on a day off."""

    def clock(at: int) -> str:
        local = to_datetime(at, calendar.zone)
        return f"{local:%H:%M}" if local.date() == day else "24:00"

    return " ".join(f"{clock(opening)}-{clock(closing)}" for opening, closing in calendar.windows(day))


def reason_text(note: DayNote | None, language: Language) -> str:
    """Return why a day is off or worked out of turn; empty for an ordinary one."""
    return "" if note is None else note_text(note, language)
