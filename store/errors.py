"""What the store says when it cannot do what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import InputError, MotcuaError
from engine.events import Fact


class AlreadyRecorded(MotcuaError):  # noqa: N818  not a failure: the answer to a command that comes a second time
    """This command id was recorded before; nothing was appended now.

    Args:
        command_id: the id that came twice.
        dossier_id: the dossier it was recorded on.
        facts: what the first one recorded.
        version: the dossier's version after them.
    """

    exit_code = 0

    def __init__(self, command_id: str, dossier_id: str, facts: Sequence[Fact], version: int) -> None:
        super().__init__(command_id, dossier_id, facts, version)
        self.command_id = command_id
        self.dossier_id = dossier_id
        self.facts = tuple(facts)
        self.version = version

    def __str__(self) -> str:
        return f"command {self.command_id} was recorded before, on dossier {self.dossier_id}: nothing was added"


class NumberTakenError(MotcuaError):
    """Another dossier already carries this number: take the next serial and decide again."""

    exit_code = 4

    def __init__(self, dossier_no: str) -> None:
        super().__init__(dossier_no)
        self.dossier_no = dossier_no

    def __str__(self) -> str:
        return f"dossier number {self.dossier_no} is taken by another dossier; receive this one under the next serial"


class StoreBusyError(MotcuaError):
    """Another process has been writing for so long that waiting was given up; nothing was recorded."""

    exit_code = 4


class StoreUnreachableError(InputError):
    """The database cannot be opened; the sentence says which one and why."""


class SchemaError(InputError):
    """The database was made by another version of Motcua, or by something else."""
