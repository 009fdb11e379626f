"""One thing that is wrong with a file: what, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.errors import InputError

MOST_SHOWN: Final = 200
"""How many faults of one file are reported; more than that is another kind of file."""


class Severity(StrEnum):
    """A fault stops publication; a warning asks for a second look."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: ``kind`` is a stable word for programs, ``path`` the way to the place, ``line`` 0 where unknown."""

    kind: str
    path: str
    message: str
    remedy: str
    line: int = 0
    severity: Severity = Severity.FAULT

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line else ""
        return f"{line}{self.path or 'the file'}: {self.message}; {self.remedy}"


class FaultyFileError(InputError):
    """A file that can be read but is wrong; the message lists every fault.

    Args:
        name: the file.
        faults: all that is wrong, warnings left out.
    """

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(name, faults)
        self.name = name
        self.faults = faults

    def __str__(self) -> str:
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return "\n".join([f"{self.name}: {count}", *(f"  {fault}" for fault in self.faults)])
