"""The form of a calendar file, as pydantic models; `docs/time.md` explains its keys."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
WindowText = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NameText(_Part):
    """A name in both languages."""

    vi: Text
    en: Text


class SourceText(_Part):
    """A text that lays days down; ``confirmed`` is false where nobody has decreed or read it yet."""

    text: Text
    note: Text | None = None
    link: Text | None = None
    confirmed: bool


class DayEntry(_Part):
    """One dated day; ``name`` and ``source`` are keys of the file's tables."""

    day: date
    name: Key
    source: Key
    swapped_with: date | None = None
    confirmed: bool | None = None


class WorkedEntry(DayEntry):
    """A day worked out of turn, with its own windows where they differ from those of the day it replaces."""

    windows: tuple[WindowText, ...] | None = Field(default=None, strict=False)


class OpinionEntry(_Part):
    """Why this table stands where another authority says otherwise."""

    day: date
    text: Text


class WeekEntry(_Part):
    """Open windows of each weekday, as ``07:30-11:30``."""

    monday: list[WindowText]
    tuesday: list[WindowText]
    wednesday: list[WindowText]
    thursday: list[WindowText]
    friday: list[WindowText]
    saturday: list[WindowText]
    sunday: list[WindowText]


class ReceptionEntry(_Part):
    """Windows in which dossiers are taken in on days that are not worked."""

    monday: list[WindowText] = []
    tuesday: list[WindowText] = []
    wednesday: list[WindowText] = []
    thursday: list[WindowText] = []
    friday: list[WindowText] = []
    saturday: list[WindowText] = []
    sunday: list[WindowText] = []


class CalendarFile(_Part):
    """A calendar file after inheritance; see `docs/time.md`."""

    code: Code
    title: NameText
    zone: Text
    first_day: date
    last_day: date
    confirmed_through: date | None = None
    office_day: Annotated[str, StringConstraints(pattern=r"^\d{1,2}(\.\d{1,2})? hours?$")]
    week: WeekEntry
    week_source: Key
    reception: ReceptionEntry = ReceptionEntry()
    sources: dict[Key, SourceText]
    names: dict[Key, NameText] = {}
    days_off: list[DayEntry] = []
    worked_days: list[WorkedEntry] = []
    second_opinion: list[OpinionEntry] = []
    based_on: Literal[None] = None
