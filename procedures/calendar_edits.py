"""A new version of a calendar: what every calendar would be with it, and its way into an agency's own folder.

A calendar that another is based on changes that one too, so an edit is two whole sets of calendars. While an edit has
not been carried through, the version it replaced lies in the folder ``replaced`` as ``vn.yaml``; afterwards it is kept
there as ``vn.<digest>.yaml``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.calendar import WorkingCalendar
from engine.errors import InputError
from procedures import calendars as known
from procedures.yaml_text import read_text

REPLACED = "replaced"
"""Folder beside the agency's calendars that keeps what was in force before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEdit:
    """A new version of calendar ``code``: every calendar before it and after it, by code.

    ``is_installed`` tells that the new version is in force already and this carries through what is left to do.
    """

    code: str
    before: Mapping[str, WorkingCalendar]
    after: Mapping[str, WorkingCalendar]
    is_installed: bool = False

    @property
    def changed(self) -> frozenset[str]:
        """Codes of the calendars whose days, hours or sources differ, with those based on ``code``."""
        return frozenset(code for code in self.after if self.before.get(code) != self.after[code])


def read_edit(file: Path, folder: Path | None) -> CalendarEdit:
    """Return what the file would change against the calendars in force.

    Args:
        file: the new version, named as its code.
        folder: the agency's own calendars; None: only those of the project are in force.

    Raises:
        InputError: the file or another calendar cannot be read or has faults, another would no longer be right with
            it, or an earlier edit has not been carried through.
    """
    code = known.load_calendar(file, folder).code
    before = known.load_all(folder)
    after = _with(folder, f"{code}.yaml", read_text(file))
    pending = _pending(folder)
    if folder is None or not pending:
        return CalendarEdit(code=code, before=before, after=after)
    if pending == [code]:
        replaced = _with(folder, f"{code}.yaml", read_text(folder / REPLACED / f"{code}.yaml"))
        if replaced == before:  # it died before the new version was put in place
            return CalendarEdit(code=code, before=before, after=after)
        if after == before:
            return CalendarEdit(code=code, before=replaced, after=after, is_installed=True)
    raise InputError(
        f"calendar {file}: an earlier edit of {', '.join(pending)} has not been carried through;"
        f" first run `motcua calendar apply {folder}/{pending[0]}.yaml` again"
    )


def install(edit: CalendarEdit, file: Path, folder: Path) -> Path:
    """Put the new version into the agency's folder, the one it replaces beside it; return where it lies.

    An edit that is installed already, or changes nothing, is left as it is.

    Raises:
        InputError: the folder belongs to the project itself, or cannot be written.
    """
    target = folder / f"{edit.code}.yaml"
    if folder.resolve().is_relative_to(known.FOLDER.resolve()):
        raise InputError(f"{folder} holds the calendars of the project: an agency keeps its own in a folder of its own")
    if edit.is_installed or not edit.changed:
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if edit.code in edit.before:
            in_force = target if target.is_file() else known.FOLDER / target.name
            (folder / REPLACED).mkdir(exist_ok=True)
            _write(folder / REPLACED / target.name, read_text(in_force))
        _write(target, read_text(file))
    except OSError as error:
        raise InputError(f"calendar {target}: cannot be written: {error.strerror or error}") from None
    return target


def settle(edit: CalendarEdit, folder: Path) -> None:
    """Remember that an edit has been carried through: what it replaced is kept under its digest.

    Raises:
        InputError: the folder cannot be written.
    """
    pending = folder / REPLACED / f"{edit.code}.yaml"
    if not pending.is_file():
        return
    try:
        pending.replace(pending.with_name(f"{edit.code}.{edit.before[edit.code].digest[:12]}.yaml"))
    except OSError as error:
        raise InputError(f"calendar {pending}: cannot be written: {error.strerror or error}") from None


def _pending(folder: Path | None) -> list[str]:
    """Return the codes of edits that have not been carried through."""
    if folder is None:
        return []
    return sorted(path.stem for path in (folder / REPLACED).glob("*.yaml") if "." not in path.stem)


def _with(folder: Path | None, name: str, text: str) -> dict[str, WorkingCalendar]:
    """Return all calendars as they would be if the agency's folder held ``text`` under ``name``."""
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place)
        for path in folder.glob("*.yaml") if folder is not None else ():
            (trial / path.name).write_text(read_text(path), encoding="utf-8")
        (trial / name).write_text(text, encoding="utf-8")
        try:
            return known.load_all(trial)
        except InputError as error:
            raise InputError(str(error).replace(f"{trial}{os.sep}", "")) from None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all; until then it has a name that no calendar has."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
