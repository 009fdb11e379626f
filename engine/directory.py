"""Agencies and officers: who exists when, who follows whom, and which agency is competent (pure look-ups)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from engine.cited import Source
from engine.errors import InputError, UnknownNumberError
from engine.procedure import Jurisdiction, Role

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency, valid from a day (inclusive) to a day (inclusive; None: still).

    ``kind`` is what procedures ask for (``commune_committee``, ``land_registry``); ``territory`` the code of the
    unit it serves and ``parent`` the agency above it, to which matters escalate; ``successor`` takes over after
    ``valid_to``. ``identifier`` is the official agency code used in dossier numbers, e.g. ``H61.12``.
    """

    code: str
    kind: str
    level: str
    territory: str
    identifier: str
    title_vi: str
    title_en: str
    calendar: str
    source: Source
    parent: str = ""
    fields: frozenset[str] = frozenset()
    valid_from: date = date.min
    valid_to: date | None = None
    successor: str = ""

    def is_valid(self, day: date) -> bool:
        """Tell whether the agency exists on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """An officer, by code; belongs to one or more agencies."""

    code: str
    agencies: frozenset[str]
    title_vi: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """A province, an area of one or a commune; ``parent`` is the next larger territory."""

    code: str
    level: str
    title_vi: str
    title_en: str
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Directory:
    """All agencies, officers and territories of one administration, with their history."""

    code: str
    agencies: Mapping[str, Agency]
    officers: Mapping[str, Officer]
    territories: Mapping[str, Territory]
    _by_kind: dict[str, tuple[Agency, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_kind: dict[str, list[Agency]] = {}
        for agency in self.agencies.values():
            by_kind.setdefault(agency.kind, []).append(agency)
        object.__setattr__(self, "_by_kind", {kind: tuple(found) for kind, found in by_kind.items()})

    def agency(self, code: str) -> Agency:
        """Return the agency with this code.

        Raises:
            UnknownNumberError: no agency of this directory has the code.
        """
        try:
            return self.agencies[code]
        except KeyError:
            raise UnknownNumberError.of(
                "agency_unknown", "agency {code!r} is not in directory {directory!r}", code=code, directory=self.code
            ) from None

    def current(self, code: str, day: date) -> Agency:
        """Follow successors from ``code`` to the agency that stands in its place on ``day``.

        Raises:
            InputError: the agency ended without a successor, or does not exist yet.
        """
        agency = self.agency(code)
        for _ in range(len(self.agencies) + 1):
            if agency.is_valid(day):
                return agency
            if not agency.successor or day < agency.valid_from:
                break
            agency = self.agency(agency.successor)
        raise InputError(f"agency {code!r} does not exist on {day.isoformat()} and no successor is recorded")

    def belongs(self, officer: str, agency: str) -> bool:
        """Tell whether an officer belongs to an agency."""
        found = self.officers.get(officer)
        return found is not None and agency in found.agencies

    def province_of(self, territory: str) -> str:
        """Return the code of the province a territory lies in (a province's own code for itself)."""
        seen = territory
        while (found := self.territories.get(seen)) is not None and found.parent:
            seen = found.parent
        return seen

    def _upwards(self, territory: str) -> tuple[str, ...]:
        """The territory, the area it lies in, the province: a branch may serve several communes."""
        way = [territory]
        while (found := self.territories.get(way[-1])) is not None and found.parent and found.parent not in way:
            way.append(found.parent)
        return tuple(way)

    def route(self, role: Role, *, receiving: str, territory: str, field_code: str, day: date) -> Agency:
        """Return the competent agency for a role on ``day``; by territory, the one that serves the smallest unit.

        Args:
            role: what the procedure asks for.
            receiving: code of the desk that received the dossier.
            territory: code of the territory the matter lies in (land parcel, place of residence).
            field_code: code of the procedure's field, for agencies that serve some fields only.
            day: local date of the look-up.

        Raises:
            InputError: no agency, or more than one, is competent; the sentence says for what.
        """
        if role.jurisdiction is Jurisdiction.FIXED:
            return self.current(role.agency, day)
        if role.jurisdiction is Jurisdiction.RECEIVING:
            return self.current(receiving, day)
        wanted = {
            Jurisdiction.TERRITORY: self._upwards(territory),
            Jurisdiction.PROVINCE: (self.province_of(territory),),
            Jurisdiction.NATIONAL: ("",),
        }[role.jurisdiction]
        found: dict[str, Agency] = {}
        for place in wanted:
            found = {
                agency.code: agency
                for agency in self._by_kind.get(role.agency_kind, ())
                if agency.territory == place
                and agency.is_valid(day)
                and (not agency.fields or field_code in agency.fields)
            }
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                break
        who = f"{role.agency_kind!r} for {role.jurisdiction.value} {wanted[0] or 'national'!r}"
        if not found:
            raise InputError(f"no agency of kind {who} on {day.isoformat()} in directory {self.code!r}")
        raise InputError(f"more than one agency of kind {who}: {', '.join(sorted(found))}")


def join(directories: Sequence[Directory]) -> Directory:
    """Return one directory of several, e.g. a province's and that of a replayed log.

    Raises:
        InputError: a code stands for different things in two of them.
    """
    agencies: dict[str, Agency] = {}
    officers: dict[str, Officer] = {}
    territories: dict[str, Territory] = {}
    for directory in directories:
        _add(agencies, directory.agencies, directory.code)
        _add(officers, directory.officers, directory.code)
        _add(territories, directory.territories, directory.code)
    code = "+".join(directory.code for directory in directories)
    return Directory(code=code, agencies=agencies, officers=officers, territories=territories)


def _add(known: dict[str, _Entry], more: Mapping[str, _Entry], code: str) -> None:
    for name, entry in more.items():
        if known.setdefault(name, entry) != entry:
            raise InputError(f"directory {code!r}: {name!r} stands for something else in a directory named before it")
