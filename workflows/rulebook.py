"""The rulebook: which procedure version, calendars and directory a dossier is decided by, read once and kept.

A published version never changes, so it is kept for good; which version is in force is asked of the store each time,
so that a version published meanwhile counts at once. Calendars and the directory are files: `Rulebook.refresh` looks
whether they have changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine.calendar import WorkingCalendar
from engine.directory import Directory
from engine.dossier import Dossier
from engine.errors import UnknownNumberError
from engine.procedure import Procedure
from engine.rules import Rules
from store.apart import Published
from store.store import Store
from workflows import folders

if TYPE_CHECKING:
    from procedures.format import ProcedureFile


class Rulebook:
    """The rules of all dossiers of one store.

    Args:
        store: holds the register of published procedures.
        procedures: an agency's own folders of procedure files, looked into before the project's catalogue.
        calendars: an agency's own folder of calendars.
        directory: code or file of the directory of agencies and officers.
    """

    def __init__(
        self,
        store: Store,
        *,
        procedures: Sequence[Path] = (),
        calendars: Path | None = None,
        directory: str | Path = "province",
    ) -> None:
        self._store = store
        self._folders = tuple(procedures)
        self._calendar_folder = calendars
        self._directory_name = directory
        self._procedures: dict[tuple[str, int], Procedure] = {}
        self._rules: dict[tuple[str, int], Rules] = {}
        self.calendars: Mapping[str, WorkingCalendar] = {}
        self.directory: Directory
        self.refresh()

    def refresh(self) -> None:
        """Read calendars and directory again if their files have changed.

        Raises:
            InputError: a file cannot be read or has faults.
        """
        from procedures.calendars import load_all
        from procedures.directory import load_directory

        calendars = load_all(self._calendar_folder)
        directory = load_directory(self._directory_name)
        if calendars != self.calendars or directory is not self.directory:
            self.calendars, self.directory = calendars, directory
            self._rules.clear()

    def rules(self, code: str, version: int) -> Rules:
        """Return the rules of one published version.

        Raises:
            UnknownNumberError: no such version is published.
        """
        found = self._rules.get((code, version))
        if found is None:
            procedure = self.procedure(code, version)
            found = Rules(procedure=procedure, calendars=self.calendars, directory=self.directory)
            self._rules[(code, version)] = found
        return found

    def rules_of(self, dossier: Dossier) -> Rules:
        """Return the rules a dossier was submitted under.

        Raises:
            UnknownNumberError: its procedure version is not published (a replayed dossier, or a lost register).
        """
        return self.rules(dossier.procedure, dossier.procedure_version)

    def procedure(self, code: str, version: int) -> Procedure:
        """Return one published version of a procedure.

        Raises:
            UnknownNumberError: no such version is published.
        """
        found = self._procedures.get((code, version))
        if found is None:
            from procedures.door import procedure_from_definition

            found = procedure_from_definition(self._store.procedures.get(code, version).content)
            self._procedures[(code, version)] = found
        return found

    def in_force(self, code: str, day: date) -> Rules:
        """Return the rules of the version in force on a day.

        Where nothing is published for that day, the folders are looked into, and the version found there is
        published: from its first dossier on it cannot change any more.

        Raises:
            UnknownNumberError: no version is in force on that day, neither published nor in the folders.
            InputError: the file has faults.
        """
        try:
            return self.rules(code, self._store.procedures.in_force(code, day.isoformat()).version)
        except UnknownNumberError:
            file = folders.in_force(folders.files_of(code, self._folders), day)
            if file is None:
                raise UnknownNumberError(
                    f"no version of procedure {code!r} is in force on {day.isoformat()}; `motcua procedures list`"
                    " shows what there is"
                ) from None
            self._publish(file)
        return self.rules(file.code, file.version)

    def today(self, agency: str, at: int) -> date:
        """Return the local date at an agency (epoch seconds).

        Raises:
            UnknownNumberError: no such agency, or its calendar is not known.
        """
        code = self.directory.agency(agency).calendar
        try:
            return self.calendars[code].local_date(at)
        except KeyError:
            raise UnknownNumberError(f"calendar {code!r} of agency {agency!r} is not known") from None

    def _publish(self, file: ProcedureFile) -> None:
        from procedures.convert import definition_of

        calendar = self.calendars.get(file.calendar)
        self._store.procedures.publish(
            Published(
                code=file.code,
                version=file.version,
                digest="",
                content=definition_of(file),
                in_force_from=file.in_force.since.isoformat(),
                in_force_to="" if file.in_force.to is None else (file.in_force.to + timedelta(days=1)).isoformat(),
                calendars={} if calendar is None else {calendar.code: calendar.digest},
            )
        )
