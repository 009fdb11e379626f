"""Writing to SQLite: prepared statements on the DBAPI cursor, ``BEGIN IMMEDIATE``, as few pages as can be."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import count
from typing import Final

import msgspec

from store.errors import NumberTakenError
from store.log import fact_rows
from store.sqlite import SqliteDatabase
from store.values import Change
from store.views import (
    DOSSIER_COLUMNS,
    HOLD_COLUMNS,
    PROGRESS_COLUMNS,
    dossier_values,
    hold_values,
    is_progress,
    progress_values,
    touched_holds,
)
from store.write import Head, Refused, Writer, batch_of


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


def _sets(columns: Sequence[str]) -> str:
    return ", ".join(f"{name} = ?" for name in columns)


# Column names are constants of store.views; every value is a parameter.
_FACT: Final = (
    "INSERT INTO facts (dossier, version, nth, transaction_id, command_id, body, hash) VALUES (?, ?, ?, 0, ?, ?, ?)"
)
_NEW_DOSSIER: Final = f"INSERT INTO dossiers ({', '.join(DOSSIER_COLUMNS)}) VALUES ({_marks(DOSSIER_COLUMNS)})"  # noqa: S608  constants
_WHOLE: Final = f"UPDATE dossiers SET {_sets(DOSSIER_COLUMNS[2:])} WHERE id = ? AND version = ? AND head = ?"  # noqa: S608  constants
_PROGRESS: Final = f"UPDATE dossiers SET {_sets(PROGRESS_COLUMNS)} WHERE id = ? AND version = ? AND head = ?"  # noqa: S608  constants
_HOLD: Final = f"INSERT OR REPLACE INTO holds ({', '.join(HOLD_COLUMNS)}) VALUES ({_marks(HOLD_COLUMNS)})"  # noqa: S608  constants
_HEADS: Final = (
    "SELECT dossier_id, id, version, head FROM dossiers WHERE dossier_id IN (SELECT value FROM json_each(?))"
)


class SqliteWriter(Writer):
    """Appends to a SQLite file."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self._sqlite = database

    def look_up(self, dossier_ids: Sequence[str]) -> dict[str, Head]:
        """Return the heads of those dossiers that exist."""
        found = self._database.rows(_HEADS, (msgspec.json.encode(dossier_ids).decode(),))
        return {dossier_id: Head(row, version, head) for dossier_id, row, version, head in found}

    def append(self, change: Change) -> None:
        """Append one change; see `Writer.append`."""
        dossier = change.dossier
        run = self._sqlite.connection.execute
        try:
            with self._database.transaction():
                head = self.head_of(change)
                row = head.row
                rows = fact_rows(change, head.hash, row)
                digest = rows[-1][5]
                if change.expected == 0:
                    made = run(_NEW_DOSSIER, (None, *dossier_values(dossier, change.wake_at, digest)))
                    row = made.lastrowid or 0
                    rows = [(row, *columns[1:]) for columns in rows]
                elif is_progress(change):
                    values = progress_values(dossier, change.wake_at, digest)
                    if run(_PROGRESS, (*values, *head)).rowcount != 1:
                        raise Refused
                else:
                    values = dossier_values(dossier, change.wake_at, digest)[1:]
                    if run(_WHOLE, (*values, *head)).rowcount != 1:
                        raise Refused
                for columns in rows:
                    run(_FACT, columns)
                for hold in touched_holds(change):
                    run(_HOLD, hold_values(row, hold))
        except sqlite3.IntegrityError as error:
            raise _meaning(error, dossier.dossier_no) from None
        finally:
            self._heads.pop(dossier.dossier_id, None)
        self.remember(dossier.dossier_id, Head(row, dossier.version, digest))

    def append_chunk(self, changes: Sequence[Change], heads: dict[str, Head]) -> None:
        """Append changes in one transaction; see `Writer.append_chunk`."""
        many = self._sqlite.connection.executemany
        try:
            with self._database.transaction():
                last = self._database.first("SELECT coalesce(max(id), 0) FROM dossiers")
                batch = batch_of(changes, heads, count(last[0] + 1 if last else 1))
                many(
                    _NEW_DOSSIER,
                    [
                        (row, *dossier_values(change.dossier, change.wake_at, digest))
                        for row, (change, digest) in batch.created.items()
                    ],
                )
                whole, progress = [], []
                for row, (change, digest) in batch.updated.items():
                    if row in batch.wide:
                        values = dossier_values(change.dossier, change.wake_at, digest)[1:]
                        whole.append((*values, *batch.built_on[row]))
                    else:
                        values = progress_values(change.dossier, change.wake_at, digest)
                        progress.append((*values, *batch.built_on[row]))
                if whole and many(_WHOLE, whole).rowcount != len(whole):
                    raise Refused
                if progress and many(_PROGRESS, progress).rowcount != len(progress):
                    raise Refused
                many(_FACT, batch.facts)
                many(_HOLD, batch.holds.values())
        except sqlite3.IntegrityError as error:
            raise _meaning(error, "") from None


def _meaning(error: sqlite3.IntegrityError, dossier_no: str) -> Exception:
    text = str(error)
    if "dossiers.dossier_no" in text:
        return NumberTakenError(dossier_no or "of this batch")
    if "dossiers.dossier_id" in text or "facts.command_id" in text:
        return Refused()
    return error
