"""Reading: the queries behind every list, in SQL that both databases speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine.events import SIGNAL
from store.database import Database
from store.values import DossierRow, HoldRow, ListedHold, Tally
from store.views import DOSSIER_COLUMNS, HOLD_COLUMNS, read_dossier

_DOSSIER: Final = ", ".join(f"d.{name}" for name in DOSSIER_COLUMNS)
_HOLD: Final = ", ".join(f"h.{name}" for name in HOLD_COLUMNS)
_NEVER: Final = 1 << 62
"""Stands for "no term" where lists are ordered by due."""

# Only constants are put together into SQL here; every value is a parameter.
_DOSSIERS: Final = f"SELECT {_DOSSIER} FROM dossiers d"  # noqa: S608  constants
_HOLDS: Final = f"SELECT {_HOLD} FROM holds h"  # noqa: S608  constants
_LISTED: Final = f"SELECT {_HOLD}, {_DOSSIER} FROM holds h JOIN dossiers d ON d.id = h.dossier"  # noqa: S608  constants


NO_SIGNAL: Final = f"d.origin <> '{SIGNAL}'"
"""Dossiers alone: the files of signals lie in the same table and are listed only where asked for."""


class Lists:
    """Queries over the views of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, number: str) -> DossierRow | None:
        """Return a dossier's row by ``dossier_id`` or ``dossier_no``."""
        found = self._database.first(f"{_DOSSIERS} WHERE d.dossier_id = ?", (number,)) or self._database.first(
            f"{_DOSSIERS} WHERE d.dossier_no = ?", (number,)
        )
        return read_dossier(found) if found else None

    def row_of(self, number: str) -> tuple[int, str, int, bytes] | None:
        """Return row, ``dossier_id``, version and head of a dossier: the least a reader needs."""
        sql = "SELECT id, dossier_id, version, head FROM dossiers WHERE "
        found = self._database.first(sql + "dossier_id = ?", (number,)) or self._database.first(
            sql + "dossier_no = ?", (number,)
        )
        return (found[0], found[1], found[2], bytes(found[3])) if found else None

    def movable(self, limit: int, after: int, now: int | None) -> list[int]:
        """Return rows of movable dossiers that no open incident holds back."""
        found = self._database.rows(
            "SELECT d.id FROM dossiers d WHERE d.is_movable = 1 AND d.id > ? AND NOT EXISTS"
            " (SELECT 1 FROM incidents i WHERE i.dossier = d.id AND i.closed_at IS NULL"
            " AND (i.retry_at IS NULL OR i.retry_at > ?)) ORDER BY d.id LIMIT ?",
            (after, -_NEVER if now is None else now, limit),
        )
        return [row for (row,) in found]

    def due_to_wake(self, now: int, limit: int, after: int, origin: str) -> list[int]:
        """Return rows of dossiers to wake."""
        which, values = of_origin(origin)
        # +0 keeps SQLite on the index of wake_at: few are due, many rows lie above `after`
        found = self._database.rows(
            "SELECT d.id FROM dossiers d WHERE d.wake_at IS NOT NULL AND d.wake_at <= ? AND d.id + 0 > ?"  # noqa: S608  constants
            f" AND {which} ORDER BY d.id + 0 LIMIT ?",
            (now, after, *values, limit),
        )
        return [row for (row,) in found]

    def ended_subs(self, limit: int) -> list[tuple[HoldRow, DossierRow]]:
        """Return open holds whose sub-dossier has ended."""
        found = self._database.rows(
            f"SELECT {_HOLD}, {_DOSSIER} FROM holds h JOIN dossiers d ON d.dossier_id = h.sub_dossier"  # noqa: S608  constants
            " WHERE h.closed_at IS NULL AND h.sub_dossier <> '' AND d.ended_at IS NOT NULL"
            " ORDER BY h.dossier, h.number LIMIT ?",
            (limit,),
        )
        return [(listed.hold, listed.dossier) for listed in map(_listed, found)]

    def inbox(self, agency: str, officer: str, limit: int, after: ListedHold | None) -> list[ListedHold]:
        """Return the open holds of an agency, soonest due first."""
        where = ["h.closed_at IS NULL", "h.agency = ?"]
        values: list[Any] = [agency]
        if officer:
            where.append("h.officer = ?")
            values.append(officer)
        return self._listed_holds(where, values, limit, after)

    def overdue_holds(self, at: int, agency: str, limit: int, after: ListedHold | None) -> list[ListedHold]:
        """Return open holds past their own term."""
        where = ["h.closed_at IS NULL", "h.due < ?"]
        values: list[Any] = [at]
        if agency:
            where.append("h.agency = ?")
            values.append(agency)
        return self._listed_holds(where, values, limit, after)

    def _listed_holds(
        self, where: list[str], values: list[Any], limit: int, after: ListedHold | None
    ) -> list[ListedHold]:
        due = f"coalesce(h.due, {_NEVER})"
        if after is not None:
            where.append(f"({due}, h.dossier, h.number) > (?, ?, ?)")
            last = after.hold
            values += [_NEVER if last.due is None else last.due, last.dossier, last.number]
        sql = f"{_LISTED} WHERE {' AND '.join(where)} ORDER BY {due}, h.dossier, h.number LIMIT ?"
        return [_listed(found) for found in self._database.rows(sql, (*values, limit))]

    def intake(self, desk: str, limit: int, after: int) -> list[DossierRow]:
        """Return what a desk has not received yet."""
        return self._dossiers(
            ["d.ended_at IS NULL", "d.received_at IS NULL", "d.desk = ?", "d.id > ?", NO_SIGNAL],
            [desk, after],
            "d.id",
            limit,
        )

    def overdue(self, at: int, desk: str, limit: int, after: DossierRow | None, origin: str) -> list[DossierRow]:
        """Return open dossiers past their legal due instant."""
        which, of_it = of_origin(origin)
        where = [
            which,
            "d.ended_at IS NULL",
            "d.received_at IS NOT NULL",
            "d.due < ?",
            "(d.stopped_since IS NULL OR d.stopped_since > d.due)",
        ]
        values: list[Any] = [*of_it, at]
        if desk:
            where.append("d.desk = ?")
            values.append(desk)
        if after is not None:
            where.append("(d.due, d.id) > (?, ?)")
            values += [after.due, after.row]
        return self._dossiers(where, values, "d.due, d.id", limit)

    def register(self, filters: Sequence[tuple[str, Any]], is_open: bool | None, limit: int) -> list[DossierRow]:
        """Return lines of the register; ``filters`` are conditions with one value each."""
        where = [condition for condition, _ in filters]
        if is_open is not None:
            where.append("d.ended_at IS NULL" if is_open else "d.ended_at IS NOT NULL")
        return self._dossiers(where, [value for _, value in filters], "d.id", limit)

    def _dossiers(self, where: list[str], values: list[Any], order: str, limit: int) -> list[DossierRow]:
        sql = f"{_DOSSIERS} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?"
        return [read_dossier(found) for found in self._database.rows(sql, (*values, limit))]

    def holds(self, row: int) -> list[HoldRow]:
        """Return all holds of a dossier."""
        return [
            HoldRow._make(found)
            for found in self._database.rows(f"{_HOLDS} WHERE h.dossier = ? ORDER BY h.number", (row,))
        ]

    def tally(self, origin: str) -> list[Tally]:
        """Count dossiers."""
        which, values = of_origin(origin)
        found = self._database.rows(
            f"SELECT desk, procedure, status, outcome, count(*) FROM dossiers d WHERE {which}"  # noqa: S608  constants
            " GROUP BY desk, procedure, status, outcome ORDER BY desk, procedure, status, outcome",
            values,
        )
        return [Tally._make(line) for line in found]

    def last_instant(self, origin: str) -> int | None:
        """Return the latest instant at which anything occurred."""
        which, values = of_origin(origin)
        found = self._database.first(f"SELECT max(last_at) FROM dossiers d WHERE {which}", values)  # noqa: S608  constants
        return found[0] if found else None


def of_origin(origin: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition that rows are of an origin, with its values; empty means dossiers, not files of signals."""
    return ("d.origin = ?", (origin,)) if origin else (NO_SIGNAL, ())


def _listed(columns: tuple[Any, ...]) -> ListedHold:
    cut = len(HOLD_COLUMNS)
    return ListedHold(HoldRow._make(columns[:cut]), read_dossier(columns[cut:]))
