"""Calendars as files: dated days with their sources, checked at the door, compiled by the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from engine.calendar import CalendarFacts, DatedDay, Window, WorkingCalendar
from engine.errors import InputError, UnknownNumberError
from engine.instants import zone_of
from procedures.calendar_format import WEEKDAYS, CalendarFile, DayEntry
from procedures.yaml_text import Document, Loc, Plain, UnreadableError, read_text, read_yaml

FOLDER = Path(__file__).with_name("calendars")
"""The calendars that come with the project."""

_WINDOW = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)
_INHERITED = (
    "zone",
    "first_day",
    "last_day",
    "confirmed_through",
    "office_day",
    "reception",
)


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """One fault: where (``path`` and line of the file, 0 unknown), what, and what is expected instead."""

    path: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.path}" if self.line else self.path
        return f"{place}: {self.message}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class CalendarCheck:
    """What a file turned out to be: its faults, all of them; the calendar and the file only where there are none."""

    name: str
    faults: tuple[CalendarFault, ...]
    calendar: WorkingCalendar | None = None
    file: CalendarFile | None = None


def list_calendars(folder: Path | None = None) -> list[str]:
    """Return the codes of the calendars in ``folder`` (an agency's own) and of those that come with the project."""
    found = {path.stem for path in FOLDER.glob("*.yaml")}
    if folder is not None:
        found |= {path.stem for path in folder.glob("*.yaml")}
    return sorted(found)


def load_calendar(code_or_path: str | Path, folder: Path | None = None) -> WorkingCalendar:
    """Return the calendar with a code, or of a file.

    Args:
        code_or_path: ``vn``; or a path, recognised by its suffix or a separator.
        folder: an agency's own calendars, looked into first.

    Raises:
        UnknownNumberError: no calendar has this code.
        InputError: the file cannot be read or has faults; the sentence names every one.
    """
    path = _path_of(code_or_path, folder)
    if not path.is_file():
        raise UnreadableError(f"{path}: cannot be read: no such file")
    return _loaded(path.resolve(), folder, _stamps(path, folder or path.parent, FOLDER))


def load_all(folder: Path | None = None) -> dict[str, WorkingCalendar]:
    """Return every calendar by its code.

    Raises:
        InputError: a file cannot be read or has faults.
    """
    return {code: load_calendar(code, folder) for code in list_calendars(folder)}


def check_calendar(path: Path, folder: Path | None = None) -> CalendarCheck:
    """Return every fault of a calendar file, or the calendar it describes.

    Raises:
        InputError: the file cannot be read at all.
    """
    document = read_yaml(read_text(path), str(path))
    faults = [
        CalendarFault(_dotted(flaw.loc), document.line_of(flaw.loc), flaw.message, flaw.remedy)
        for flaw in document.flaws
    ]
    if not isinstance(document.data, dict):
        return CalendarCheck(str(path), (*faults, CalendarFault("(top)", 1, "is not a map", "begin with 'code: …'")))
    data, inherited = _with_base(document, path, folder, faults)
    try:
        file = CalendarFile.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            loc: Loc = tuple(item["loc"])
            faults.append(
                CalendarFault(_dotted(loc), document.line_of(loc), _plain(item["type"], item["msg"]), _remedy(loc))
            )
        return CalendarCheck(str(path), tuple(faults))
    faults.extend(_unknown_keys(file, document))
    facts, more = _facts(file)
    faults.extend(CalendarFault("(whole file)", 0, sentence, "make the dates agree") for sentence in more)
    if not inherited and path.stem != file.code:
        line = document.line_of(("code",))
        faults.append(CalendarFault("code", line, f"is {file.code}", f"name it as the file: {path.stem}"))
    if faults or facts is None:
        return CalendarCheck(str(path), tuple(faults))
    return CalendarCheck(str(path), (), WorkingCalendar.of(facts), file)


_Stamps = tuple[tuple[str, int, int], ...]


def _stamps(file: Path, *folders: Path) -> _Stamps:
    """Return what tells whether a file, or one it may be based on, has changed: paths, times and sizes."""
    files = {file, *(path for folder in folders for path in folder.glob("*.yaml"))}
    states = ((path, path.stat()) for path in sorted(files))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in states)


@lru_cache(maxsize=64)
def _loaded(path: Path, folder: Path | None, stamps: _Stamps) -> WorkingCalendar:  # noqa: ARG001  part of the key
    check = check_calendar(path, folder)
    if check.calendar is None:
        raise InputError(f"calendar {path}: " + "; ".join(str(fault) for fault in check.faults))
    return check.calendar


def _path_of(code_or_path: str | Path, folder: Path | None) -> Path:
    text = str(code_or_path)
    if isinstance(code_or_path, Path) or text.endswith((".yaml", ".yml")) or "/" in text:
        return Path(text)
    for home in (folder, FOLDER):
        if home is not None and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text):
            path = home / f"{text}.yaml"
            if path.is_file():
                return path
    raise UnknownNumberError(f"no calendar is called {text!r}; known are {', '.join(list_calendars(folder))}")


def _with_base(
    document: Document, path: Path, folder: Path | None, faults: list[CalendarFault]
) -> tuple[Mapping[str, object], bool]:
    data = document.data
    if not isinstance(data, dict) or "based_on" not in data:
        return (data if isinstance(data, dict) else {}), False
    own: dict[str, object] = {key: value for key, value in data.items() if key != "based_on"}
    base_code = data["based_on"]
    line = document.line_of(("based_on",))
    try:
        base_path = _path_of(str(base_code), folder or path.parent)
    except UnknownNumberError as error:
        faults.append(CalendarFault("based_on", line, str(error), "name another calendar or write the days out"))
        return own, False
    base = read_yaml(read_text(base_path), str(base_path)).data
    if not isinstance(base, dict) or "based_on" in base or base_path.resolve() == path.resolve():
        faults.append(CalendarFault("based_on", line, f"{base_code} is no first-hand calendar", "name one that is"))
        return own, False
    merged: dict[str, object] = {key: base[key] for key in _INHERITED if key in base} | own
    for table in ("sources", "names"):
        theirs, ours = base.get(table), own.get(table)
        if isinstance(theirs, dict) and (ours is None or isinstance(ours, dict)):
            merged[table] = theirs | (ours or {})
    _join_days(merged, base)
    merged.setdefault("week", base.get("week"))
    merged.setdefault("week_source", base.get("week_source"))
    return merged, False


def _join_days(merged: dict[str, object], base: Mapping[str, Plain]) -> None:
    """Put the base's dated days behind the file's own; a day that the file lists itself is the file's alone."""
    parts = ("days_off", "worked_days")
    own = {part: merged.get(part, []) for part in parts}
    mine = {day.get("day") for days in own.values() if isinstance(days, list) for day in days if isinstance(day, dict)}
    for part in parts:
        ours, theirs = own[part], base.get(part, [])
        if isinstance(ours, list) and isinstance(theirs, list):
            merged[part] = ours + [day for day in theirs if not (isinstance(day, dict) and day.get("day") in mine)]
    merged.setdefault("second_opinion", base.get("second_opinion", []))


def _unknown_keys(file: CalendarFile, document: Document) -> list[CalendarFault]:
    """Return the names and sources that are used and not listed."""
    found: list[CalendarFault] = []
    if file.week_source not in file.sources:
        loc: Loc = ("week_source",)
        found.append(
            CalendarFault(_dotted(loc), document.line_of(loc), f"{file.week_source} is unknown", "list it in sources")
        )
    for part, entries in (("days_off", file.days_off), ("worked_days", file.worked_days)):
        for index, entry in enumerate(entries):
            for field, key, table in (("name", entry.name, file.names), ("source", entry.source, file.sources)):
                if key not in table:
                    loc = (part, index, field)
                    found.append(
                        CalendarFault(_dotted(loc), document.line_of(loc), f"{key} is unknown", f"list it in {field}s")
                    )
    return found


def _facts(file: CalendarFile) -> tuple[CalendarFacts | None, list[str]]:
    faults: list[str] = []
    try:
        zone_of(file.zone)
    except InputError as error:
        return None, [str(error)]

    def dated(entry: DayEntry, windows: tuple[Window, ...] | None = None) -> DatedDay | None:
        name, source = file.names.get(entry.name), file.sources.get(entry.source)
        if name is None or source is None:
            return None
        return DatedDay(
            day=entry.day,
            name_vi=name.vi,
            name_en=name.en,
            source=source.text,
            confirmed=source.confirmed if entry.confirmed is None else entry.confirmed,
            swapped_with=entry.swapped_with,
            windows=windows,
        )

    off = [dated(entry) for entry in file.days_off]
    worked = [
        dated(entry, None if entry.windows is None else tuple(_window(text) for text in entry.windows))
        for entry in file.worked_days
    ]
    week_source = file.sources.get(file.week_source)
    facts = CalendarFacts(
        code=file.code,
        title_vi=file.title.vi,
        title_en=file.title.en,
        zone=file.zone,
        first_day=file.first_day,
        last_day=file.last_day,
        confirmed_through=file.confirmed_through or file.last_day,
        office_day=round(float(file.office_day.split()[0]) * 3600),
        week=tuple(tuple(_window(text) for text in getattr(file.week, day)) for day in WEEKDAYS),
        week_source=week_source.text if week_source else "",
        reception=tuple(tuple(_window(text) for text in getattr(file.reception, day)) for day in WEEKDAYS),
        days_off=tuple(sorted((day for day in off if day), key=lambda day: day.day)),
        worked_days=tuple(sorted((day for day in worked if day), key=lambda day: day.day)),
    )
    faults.extend(facts.faults())
    return facts, faults


def _window(text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise InputError(f"window {text!r} must be written 07:30-11:30")
    h1, m1, h2, m2 = (int(part) for part in found.groups())
    return h1 * 3600 + m1 * 60, h2 * 3600 + m2 * 60


def _dotted(loc: Loc) -> str:
    return ".".join(str(part) for part in loc) or "(top)"


def _plain(kind: str, message: str) -> str:
    if kind == "string_pattern_mismatch":
        return "has the wrong form"
    return message[0].lower() + message[1:] if message else "is wrong"


def _remedy(loc: Loc) -> str:
    last = next((part for part in reversed(loc) if isinstance(part, str)), "")
    expected = {
        "code": "write a short lower-case name such as vn",
        "zone": "write an IANA zone such as Asia/Ho_Chi_Minh",
        "office_day": "write for example '8 hours'",
        "source": "name the text that lays this down",
        "week_source": "name the text that lays the windows down",
        "confirmed": "write true or false",
        "title": "give vi and en",
    }
    if last in WEEKDAYS or last == "windows":
        return 'write windows such as "07:30-11:30", or [] for none'
    if last in expected:
        return expected[last]
    if last.endswith("_day") or last in {"day", "swapped_with", "confirmed_through"}:
        return "write a date such as 2026-08-31"
    return "see docs/time.md for the form of a calendar file"
