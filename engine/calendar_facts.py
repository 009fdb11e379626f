"""What a calendar is told: weekly windows and dated days with their sources, as plain frozen values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

Window = tuple[int, int]
"""Opening and closing time of day in seconds after local midnight, closing excluded; at most 86,400."""


class DayKind(StrEnum):
    """Why a day is not an ordinary worked day."""

    WEEKLY_REST = "weekly_rest"
    DAY_OFF = "day_off"
    SWAPPED_OFF = "swapped_off"
    SWAPPED_WORKED = "swapped_worked"
    OTHER_HOURS = "other_hours"
    RECEPTION_ONLY = "reception_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNote:
    """Why one day is off, or worked out of turn.

    ``source`` is the text that lays it down; ``confirmed`` is false where it was not read there;
    ``swapped_with`` is the other day of an exchange.
    """

    kind: DayKind
    name_vi: str
    name_en: str
    source: str
    confirmed: bool = True
    swapped_with: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedDay:
    """One dated exception. ``windows`` only on a worked day, and only where they differ from the usual ones."""

    day: date
    name_vi: str
    name_en: str
    source: str
    confirmed: bool = True
    swapped_with: date | None = None
    windows: tuple[Window, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """Everything a calendar is compiled from.

    Args:
        code: short ASCII name.
        title_vi: name for people, in Vietnamese.
        title_en: name for people, in English.
        zone: IANA name; windows are wall-clock time there.
        first_day: first known date, inclusive.
        last_day: last known date, inclusive; beyond it nothing is computed.
        confirmed_through: after this date every day is provisional, because its days off are not yet decreed.
        office_day: length of one working day in seconds.
        week: windows of Monday to Sunday (seven entries; none = weekly rest).
        week_source: the text that lays the windows down.
        reception: windows of Monday to Sunday in which dossiers are taken in though the day is not worked.
        days_off: dated days off.
        worked_days: dated days worked out of turn or with other windows.
    """

    code: str
    title_vi: str
    title_en: str
    zone: str
    first_day: date
    last_day: date
    confirmed_through: date
    office_day: int
    week: tuple[tuple[Window, ...], ...]
    week_source: str
    reception: tuple[tuple[Window, ...], ...] = ((),) * 7
    days_off: tuple[DatedDay, ...] = ()
    worked_days: tuple[DatedDay, ...] = ()

    def faults(self) -> list[str]:
        """Return every contradiction in these facts as a sentence; an empty list means they can be compiled."""
        found: list[str] = []
        if self.last_day < self.first_day:
            found.append(f"last_day {self.last_day} lies before first_day {self.first_day}")
        if not 0 < self.office_day <= 86_400:
            found.append(f"office_day must be more than 0 and at most 24 hours, not {self.office_day} seconds")
        if len(self.week) != 7 or len(self.reception) != 7:
            found.append("week and reception need an entry for each of the seven days, Monday first")
        for windows in (*self.week, *self.reception, *(day.windows or () for day in self.worked_days)):
            found.extend(_window_faults(windows))
        found.extend(self._dated_faults())
        return found

    def digest(self) -> str:
        """Return a SHA-256 over these facts, in hexadecimal: the version of the calendar."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True, default=str, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _dated_faults(self) -> list[str]:
        found: list[str] = []
        seen: set[date] = set()
        for dated in (*self.days_off, *self.worked_days):
            if dated.day in seen:
                found.append(f"{dated.day} is listed twice")
            seen.add(dated.day)
            if not self.first_day <= dated.day <= self.last_day:
                found.append(f"{dated.day} lies outside the known days {self.first_day} to {self.last_day}")
        off = {dated.day: dated for dated in self.days_off}
        worked = {dated.day: dated for dated in self.worked_days}
        for side, others, word in ((off, worked, "worked"), (worked, off, "off")):
            for dated in side.values():
                other = dated.swapped_with
                if other is None or not self.first_day <= other <= self.last_day:
                    continue
                if other not in others or others[other].swapped_with != dated.day:
                    found.append(f"{dated.day} is exchanged for {other}, but {other} is not listed as {word} for it")
        if len(self.week) == 7:
            found.extend(
                f"{dated.day} is worked, but neither its weekday nor the day it is exchanged for has windows: give them"
                for dated in self.worked_days
                if not self.windows_worked(dated)
            )
        return found

    def windows_worked(self, dated: DatedDay) -> tuple[Window, ...]:
        """Return the windows of a day worked out of turn: its own, those of the day it replaces, or its weekday's."""
        if dated.windows is not None:
            return dated.windows
        if dated.swapped_with is not None and self.week[dated.swapped_with.weekday()]:
            return self.week[dated.swapped_with.weekday()]
        return self.week[dated.day.weekday()]

    def notes(self) -> dict[date, DayNote]:
        """Return why each dated day differs from the weekly pattern; weekly rest is not listed."""
        listed: dict[date, DayNote] = {}
        for dated in self.days_off:
            kind = DayKind.DAY_OFF if dated.swapped_with is None else DayKind.SWAPPED_OFF
            listed[dated.day] = _note(dated, kind)
        for dated in self.worked_days:
            kind = DayKind.OTHER_HOURS if self.week[dated.day.weekday()] else DayKind.SWAPPED_WORKED
            listed[dated.day] = _note(dated, kind)
        return listed

    def days(self) -> list[tuple[date, tuple[Window, ...]]]:
        """Return every known day with its windows, in order; a day off has none."""
        exceptions: dict[date, tuple[Window, ...]] = {dated.day: () for dated in self.days_off}
        exceptions |= {dated.day: self.windows_worked(dated) for dated in self.worked_days}
        count = (self.last_day - self.first_day).days + 1
        every = (self.first_day + timedelta(days=i) for i in range(count))
        return [(day, exceptions.get(day, self.week[day.weekday()])) for day in every]


def _note(dated: DatedDay, kind: DayKind) -> DayNote:
    return DayNote(
        kind=kind,
        name_vi=dated.name_vi,
        name_en=dated.name_en,
        source=dated.source,
        confirmed=dated.confirmed,
        swapped_with=dated.swapped_with,
    )


def _window_faults(windows: tuple[Window, ...]) -> list[str]:
    found = [
        f"window {clock_text(start)}-{clock_text(end)} must end after it starts, within one day"
        for start, end in windows
        if not 0 <= start < end <= 86_400
    ]
    found.extend(
        f"windows {clock_text(a)}-{clock_text(b)} and {clock_text(c)}-{clock_text(d)} overlap or are out of order"
        for (a, b), (c, d) in pairwise(windows)
        if c < b
    )
    return found


def clock_text(seconds: int) -> str:
    """Return a time of day as ``07:30`` (``07:30:15`` where seconds matter; the day's end is ``24:00``)."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{left:02d}" if left else "")
