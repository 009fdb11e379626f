"""The rulebook: which procedure version, calendars and directory a dossier is decided by, read once and kept.

Published procedures are files (`procedures.catalogue`); the version a dossier is submitted under is copied into the
store's register with it, and from then on that copy is what counts: it cannot change, and moves with the database.
Calendars, the directory and the folders are looked at again by `Rulebook.refresh`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine.calendar import WorkingCalendar
from engine.directory import Directory
from engine.dossier import Dossier
from engine.errors import InputError, UnknownNumberError
from engine.procedure import Procedure
from engine.rules import Rules
from store.apart import Published
from store.store import Store

if TYPE_CHECKING:
    from procedures.catalogue import Catalogue


class Rulebook:
    """The rules of all dossiers of one store.

    Args:
        store: holds the register of published procedures.
        procedures: an agency's own folders of procedure files, looked into before the project's catalogue.
        calendars: an agency's own folder of calendars.
        directory: code or file of the directory of agencies and officers; several are separated by commas.
    """

    def __init__(
        self,
        store: Store,
        *,
        procedures: Sequence[Path] = (),
        calendars: Path | None = None,
        directory: str = "province",
    ) -> None:
        self._store = store
        self._folders = tuple(procedures)
        self._calendar_folder = calendars
        self._directory_name = directory
        self._procedures: dict[tuple[str, int], Procedure] = {}
        self._rules: dict[tuple[str, int], Rules] = {}
        self._kept: set[tuple[str, int]] = set()
        self._stamp: tuple[tuple[str, int], ...] = ()
        self._catalogue: Catalogue | None = None
        self.calendars: Mapping[str, WorkingCalendar] = {}
        self.directory: Directory
        self.refresh()

    def refresh(self) -> None:
        """Read calendars and directory again if their files have changed.

        Raises:
            InputError: a file cannot be read or has faults.
        """
        from procedures.calendars import load_all
        from procedures.directory import load_directories

        calendars = load_all(self._calendar_folder)
        directory = load_directories(self._directory_name, self._calendar_folder)
        if calendars != self.calendars or directory is not self.directory:
            self.calendars, self.directory = calendars, directory
            self._rules.clear()
        stamp = tuple(
            (str(path), path.stat().st_mtime_ns) for folder in self._folders for path in sorted(folder.rglob("*.yaml"))
        )
        if stamp != self._stamp:
            self._stamp, self._catalogue = stamp, None

    @property
    def catalogue(self) -> Catalogue:
        """The published procedures of the folders and of the project."""
        from procedures.catalogue import Catalogue

        if self._catalogue is None:
            self._catalogue = Catalogue(self._folders, calendars=self._calendar_folder)
        return self._catalogue

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
        """Return one version of a procedure: as the register holds it, else as the folders do.

        Raises:
            UnknownNumberError: no such version is published.
        """
        found = self._procedures.get((code, version))
        if found is None:
            from procedures.door import procedure_from_definition

            try:
                found = procedure_from_definition(self._store.procedures.get(code, version).content)
            except UnknownNumberError:
                found = self.catalogue.get(code, version)
            self._procedures[(code, version)] = found
        return found

    def in_force(self, code: str, day: date) -> Rules:
        """Return the rules of the version in force on a day, and keep that version in the store's register.

        A version the folders have lost but the register knows still counts.

        Raises:
            UnknownNumberError: no such procedure, neither in the folders nor in the register.
            InputError: no version is in force on that day, its file has faults, or it differs from what the register
                holds under the same version.
        """
        try:
            found = self.catalogue.in_force(code, day)
        except InputError:
            with suppress(UnknownNumberError):
                return self.rules(code, self._store.procedures.in_force(code, day.isoformat()).version)
            raise
        self.keep(found)
        return self.rules(found.code, found.version)

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

    def zone_of(self, agency: str, otherwise: str) -> str:
        """Return the IANA zone an agency keeps its hours in; ``otherwise`` where agency or calendar is not known."""
        found = self.directory.agencies.get(agency)
        calendar = None if found is None else self.calendars.get(found.calendar)
        return otherwise if calendar is None else calendar.zone

    def keep(self, procedure: Procedure) -> None:
        """Copy a published version into the store's register, unless it is there.

        Raises:
            InputError: the register holds this version with other content.
        """
        key = (procedure.code, procedure.version)
        if key in self._kept:
            return
        calendar = self.calendars.get(procedure.calendar)
        last = procedure.in_force_to
        self._store.procedures.publish(
            Published(
                code=procedure.code,
                version=procedure.version,
                digest="",
                content=self.catalogue.definition(*key),
                in_force_from=procedure.in_force_from.isoformat(),
                in_force_to="" if last is None else (last + timedelta(days=1)).isoformat(),
                calendars={} if calendar is None else {calendar.code: calendar.digest},
            )
        )
        self._kept.add(key)
