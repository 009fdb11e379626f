"""The door for directories: a dated YAML file of agencies, territories and officers, checked, becomes engine types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from engine.directory import Agency, Directory, Officer, Territory, join
from engine.errors import InputError, UnknownNumberError
from procedures.calendars import load_calendar
from procedures.convert import to_source
from procedures.fault import Fault, FaultyFileError
from procedures.format import AgencyCode, Code, Part, SourcePart, TitlePart
from procedures.shape import path_of, shape_faults, text_faults
from procedures.yaml_text import Document, Loc, read_text, read_yaml

FOLDER: Final = Path(__file__).with_name("directories")
"""The directories that come with the project."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


class TerritoryPart(Part):
    """A province, a commune, or the area that one branch of a vertical agency serves."""

    code: Code
    level: Literal["province", "area", "district", "commune"]
    title: TitlePart
    parent: Code | None = None


class AgencyPart(Part):
    """One agency: what it is, where it is competent, since when, and who took over."""

    code: AgencyCode
    kind: Code
    level: Literal["ministry", "province", "area", "district", "commune"]
    identifier: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(\.[A-Z0-9]+)*$", max_length=35)]
    title: TitlePart
    calendar: Code
    source: SourcePart
    territory: Code | None = None
    parent: AgencyCode | None = None
    fields: Annotated[list[Code], Field(default_factory=list)]
    valid_from: date = date(1, 1, 1)
    valid_to: date | None = None
    successor: AgencyCode | None = None


class OfficerPart(Part):
    """An officer, by code (never by name), and the agencies he belongs to."""

    code: AgencyCode
    agencies: Annotated[list[AgencyCode], Field(min_length=1)]
    title: TitlePart | None = None


class DirectoryFile(Part):
    """A whole directory file, version 1 of the format."""

    motcua: Literal["directory/1"]
    code: Code
    title: TitlePart
    territories: Annotated[list[TerritoryPart], Field(default_factory=list)]
    agencies: Annotated[list[AgencyPart], Field(min_length=1)]
    officers: Annotated[list[OfficerPart], Field(default_factory=list)]


_ADAPTER: TypeAdapter[Any] = TypeAdapter(DirectoryFile)


def load_directory(code_or_path: str | Path, *, folder: Path | None = None, calendars: Path | None = None) -> Directory:
    """Return a directory by its code, looked up in ``folder`` and then among those of the project, or by its path.

    ``calendars`` is the folder of the agency's own calendars, beside those of the project.

    Raises:
        UnknownNumberError: no directory has this code.
        UnreadableError: the file is no YAML.
        FaultyFileError: the file has faults; the message lists all of them.
    """
    path = _path_of(code_or_path, folder)
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        stamp = 0
    return _load(path, stamp, calendars)


def load_directories(names: str, calendars: Path | None = None) -> Directory:
    """Return one directory of all that ``names`` lists: codes or paths, separated by commas.

    Raises:
        InputError: as `load_directory`, or two of them use one code for different things.
    """
    found = tuple(load_directory(name.strip(), calendars=calendars) for name in names.split(",") if name.strip())
    if not found:
        raise InputError("no directory is named; expected codes or files, separated by commas, such as province")
    return found[0] if len(found) == 1 else _joined(found)


@lru_cache(maxsize=8)
def _joined(directories: tuple[Directory, ...]) -> Directory:
    return join(directories)


def directory_codes(*folders: Path) -> tuple[str, ...]:
    """Return the codes of the directories in some folders and in the project."""
    return tuple(sorted({path.stem for folder in (*folders, FOLDER) for path in folder.glob("*.yaml")}))


def directory_faults(document: Document, calendars: Path | None = None) -> list[Fault]:
    """Return everything that is wrong with a directory file."""
    faults = text_faults(document) + shape_faults(_ADAPTER, document)
    if not faults:
        file: DirectoryFile = _ADAPTER.validate_python(document.data)
        for loc, message, remedy in _contradictions(file, calendars):
            path, line = path_of(loc, document.data), document.line_of(loc)
            faults.append(Fault(kind="directory", path=path, message=message, remedy=remedy, line=line))
    return sorted(faults, key=lambda fault: fault.line)


@lru_cache(maxsize=32)
def _load(path: Path, _stamp: int, calendars: Path | None) -> Directory:
    document = read_yaml(read_text(path), str(path))
    faults = directory_faults(document, calendars)
    if faults:
        raise FaultyFileError(str(path), tuple(faults))
    return _to_directory(_ADAPTER.validate_python(document.data))


def _path_of(code_or_path: str | Path, folder: Path | None) -> Path:
    text = str(code_or_path)
    if isinstance(code_or_path, Path) or not _NAME.fullmatch(text):
        return Path(text)
    for place in (folder, FOLDER):
        if place is not None and (path := place / f"{text}.yaml").is_file():
            return path
    known = ", ".join(directory_codes(*(() if folder is None else (folder,))))
    raise UnknownNumberError(f"directory {text!r} is not known; known are: {known or 'none'}")


def _contradictions(file: DirectoryFile, calendars: Path | None) -> Iterator[tuple[Loc, str, str]]:
    agencies: dict[str, AgencyPart] = {}
    territories = {territory.code: territory for territory in file.territories}
    for key in ("territories", "agencies", "officers"):
        seen: set[str] = set()
        for place, part in enumerate(getattr(file, key)):
            if part.code in seen:
                yield (key, place, "code"), f"the code {part.code!r} stands twice", "give each its own"
            seen.add(part.code)
    for agency in file.agencies:
        agencies.setdefault(agency.code, agency)
    for place, territory in enumerate(file.territories):
        loc: Loc = ("territories", place, "parent")
        if territory.parent is not None and territory.parent not in territories:
            yield loc, f"there is no territory {territory.parent!r}", "correct the code"
        elif _goes_round(territory.code, {code: one.parent for code, one in territories.items()}):
            yield loc, "the territory lies in itself", "correct the parents"
    for place, agency in enumerate(file.agencies):
        loc = ("agencies", place)
        if agency.territory is not None and agency.territory not in territories:
            yield (*loc, "territory"), f"there is no territory {agency.territory!r}", "correct the code"
        for key in ("parent", "successor"):
            other = getattr(agency, key)
            if other is not None and other not in agencies:
                yield (*loc, key), f"there is no agency {other!r}", "correct the code"
            elif _goes_round(agency.code, {code: getattr(one, key) for code, one in agencies.items()}):
                yield (*loc, key), f"following {key} leads back to the agency itself", "correct it"
        if agency.valid_to is not None and agency.valid_to < agency.valid_from:
            yield (*loc, "valid_to"), f"{agency.valid_to} lies before {agency.valid_from}", "correct one"
        if agency.successor is not None and agency.valid_to is None:
            yield (*loc, "successor"), "has a successor but no last day", "add valid_to:"
        try:
            load_calendar(agency.calendar, calendars)
        except InputError as error:
            yield (*loc, "calendar"), str(error), "name a calendar of `motcua calendar list`"
    for place, officer in enumerate(file.officers):
        for at, code in enumerate(officer.agencies):
            if code not in agencies:
                yield ("officers", place, "agencies", at), f"there is no agency {code!r}", "correct the code"


def _goes_round(start: str, following: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    at: str | None = start
    while at is not None and at not in seen:
        seen.add(at)
        at = following.get(at)
    return at == start


def _to_directory(file: DirectoryFile) -> Directory:
    return Directory(
        code=file.code,
        agencies={
            part.code: Agency(
                code=part.code,
                kind=part.kind,
                level=part.level,
                territory=part.territory or "",
                identifier=part.identifier,
                title_vi=part.title.vi,
                title_en=part.title.en,
                calendar=part.calendar,
                source=to_source(part.source),
                parent=part.parent or "",
                fields=frozenset(part.fields),
                valid_from=part.valid_from,
                valid_to=part.valid_to,
                successor=part.successor or "",
            )
            for part in file.agencies
        },
        officers={
            part.code: Officer(
                code=part.code,
                agencies=frozenset(part.agencies),
                title_vi=part.title.vi if part.title else "",
                title_en=part.title.en if part.title else "",
            )
            for part in file.officers
        },
        territories={
            part.code: Territory(
                code=part.code,
                level=part.level,
                title_vi=part.title.vi,
                title_en=part.title.en,
                parent=part.parent or "",
            )
            for part in file.territories
        },
    )
