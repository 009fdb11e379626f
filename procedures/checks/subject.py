"""What every check gets: the file, the procedure made of it, where things stand, and a place to put faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.procedure import Procedure
from procedures.fault import Fault, Severity
from procedures.format import AnyStep, ProcedureFile
from procedures.shape import path_of
from procedures.yaml_text import Document, Loc, Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What exists around a procedure; None: unknown, not checked.

    ``kinds`` are the kinds of agency found in the directories, ``agencies`` their codes, ``procedures`` the published
    codes; ``calendars`` is an agency's folder of calendars beside those of the project.
    """

    kinds: frozenset[str] | None = None
    agencies: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    calendars: Path | None = None


@dataclass(slots=True, kw_only=True)
class Subject:
    """A procedure under examination. ``unsound`` names the steps and sections that could not be read whole."""

    file: ProcedureFile
    procedure: Procedure
    document: Document
    around: Surroundings
    unsound: frozenset[str] = frozenset()
    warnings: bool = True
    found: list[Fault] = field(default_factory=list)

    def fault(self, kind: str, loc: Loc, message: str, remedy: str) -> None:
        """Put down a fault at a place."""
        self._put(kind, loc, message, remedy, Severity.FAULT)

    def warn(self, kind: str, loc: Loc, message: str, remedy: str) -> None:
        """Put down a warning at a place, where warnings are wanted."""
        if self.warnings:
            self._put(kind, loc, message, remedy, Severity.WARNING)

    def steps(self) -> list[tuple[Loc, AnyStep]]:
        """Return the steps that could be read whole, each with its place."""
        places = self.places()
        return [(places[step.code], step) for step in self.file.steps if step.code not in self.unsound]

    def places(self) -> dict[str, Loc]:
        """Return where each step stands in the file."""
        found: dict[str, Loc] = {}
        for index, entry in enumerate(self.entries("steps")):
            code = entry.get("code") if isinstance(entry, dict) else None
            if isinstance(code, str):
                found.setdefault(code, ("steps", index))
        return found

    def entries(self, key: str) -> list[Plain]:
        """Return a list of the file as it was read; empty where it is none."""
        data = self.document.data
        found = data.get(key) if isinstance(data, Mapping) else None
        return found if isinstance(found, list) else []

    def _put(self, kind: str, loc: Loc, message: str, remedy: str, severity: Severity) -> None:
        path = path_of(loc, self.document.data)
        line = self.document.line_of(loc)
        self.found.append(Fault(kind=kind, path=path, message=message, remedy=remedy, line=line, severity=severity))


def listed(codes: object, most: int = 12) -> str:
    """Return codes as a list for people, shortened."""
    found = [str(code) for code in codes] if isinstance(codes, list | tuple | set | frozenset | dict) else []
    if isinstance(codes, set | frozenset):
        found.sort()
    return ", ".join(found[:most]) + (", …" if len(found) > most else "") if found else "none"
