"""Procedure files on disk by code: the project's catalogue and an agency's own folders, without reading all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import procedures

if TYPE_CHECKING:
    from procedures.format import ProcedureFile

CATALOGUE: Final = Path(procedures.__file__).with_name("catalogue")
"""The procedures that come with the project."""

_CODE = re.compile(r"""^code:\s*["']?([^"'\s#]+)""", re.MULTILINE)


def files_in(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the procedure files of folders and of the project's catalogue, an agency's own first."""
    for folder in (*folders, CATALOGUE):
        yield from sorted(folder.rglob("*.yaml"))
        yield from sorted(folder.rglob("*.yml"))


def code_of(path: Path) -> str:
    """Return the code a procedure file begins with, read by a glance; empty where there is none."""
    try:
        found = _CODE.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return found[1] if found else ""


def files_of(code: str, folders: Iterable[Path]) -> list[ProcedureFile]:
    """Return every version of a procedure found in the folders, oldest first; an agency's own file hides the project's.

    Raises:
        InputError: one of its files has faults; the sentence names them.
    """
    from procedures.door import load_file

    found: dict[int, ProcedureFile] = {}
    for path in files_in(folders):
        if code_of(path) == code:
            file = load_file(path)
            found.setdefault(file.version, file)
    return [found[version] for version in sorted(found)]


def in_force(files: Iterable[ProcedureFile], day: date) -> ProcedureFile | None:
    """Return the newest version in force on a day, None if there is none."""
    fitting = [
        file for file in files if file.in_force.since <= day and (file.in_force.to is None or day <= file.in_force.to)
    ]
    return max(fitting, key=lambda file: file.version, default=None)
