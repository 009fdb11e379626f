"""Writing to PostgreSQL: one data-modifying statement a command; COPY and ``unnest`` for many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from psycopg import errors

from store.errors import NumberTakenError
from store.log import fact_rows
from store.postgres import PostgresDatabase, columns_of
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
from store.write import Batch, Head, Refused, Writer, batch_of

_INTEGERS: Final = {
    "procedure_version": "integer",
    "status": "smallint",
    "is_movable": "smallint",
    "version": "integer",
    "number": "integer",
    "entry": "integer",
    "lead_hold": "integer",
    "head": "bytea",
} | dict.fromkeys(
    (
        "id",
        "dossier",
        "due",
        "promised",
        "submitted_at",
        "received_at",
        "ended_at",
        "issued_at",
        "stopped_since",
        "wake_at",
        "last_at",
        "last_recorded_at",
        "spent_before",
        "opened_at",
        "taken_up_at",
        "closed_at",
        "until_at",
    ),
    "bigint",
)


def _type(column: str) -> str:
    return _INTEGERS.get(column, "text")


def _arrays(columns: Sequence[str]) -> str:
    return ", ".join(f"%s::{_type(column)}[]" for column in columns)


def _marks(columns: Sequence[str]) -> str:
    return ", ".join(f"%s::{_type(column)}" for column in columns)


# Column names are constants of store.views; every value is a parameter.
_WHOLE_COLUMNS: Final = DOSSIER_COLUMNS[2:]
_HOLD_UPDATE: Final = ", ".join(f"{name} = excluded.{name}" for name in HOLD_COLUMNS[2:])
_NEW: Final = (
    f"INSERT INTO dossiers ({', '.join(DOSSIER_COLUMNS[1:])}) VALUES ({_marks(DOSSIER_COLUMNS[1:])}) RETURNING id"  # noqa: S608  constants
)


def _update(columns: Sequence[str]) -> str:
    sets = ", ".join(f"{name} = %s::{_type(name)}" for name in columns)
    return f"UPDATE dossiers SET {sets} WHERE id = %s AND version = %s AND head = %s RETURNING id"  # noqa: S608  constants


def _command(dossier: str, *, with_holds: bool) -> str:
    """Return the one statement of a command; ``dossier`` is what makes or moves the dossier's row."""
    facts = (
        "INSERT INTO facts (dossier, version, nth, transaction_id, command_id, body, hash)"
        " SELECT d.id, u.version, u.nth, pg_current_xact_id()::text::bigint, u.command_id, u.body, u.hash"
        " FROM d, unnest(%s::integer[], %s::smallint[], %s::text[], %s::text[], %s::bytea[])"
        " AS u(version, nth, command_id, body, hash) ORDER BY u.version"
    )
    holds = (
        f", h AS (INSERT INTO holds ({', '.join(HOLD_COLUMNS)}) SELECT d.id, u.* FROM d,"  # noqa: S608  constants
        f" unnest({_arrays(HOLD_COLUMNS[1:])}) AS u ON CONFLICT (dossier, number) DO UPDATE SET {_HOLD_UPDATE})"
    )
    return f"WITH d AS ({dossier}), f AS ({facts}){holds if with_holds else ''} SELECT id FROM d"  # noqa: S608  constants


_COMMANDS: Final = {
    (kind, with_holds): _command(dossier, with_holds=with_holds)
    for kind, dossier in (
        ("new", _NEW),
        ("whole", _update(_WHOLE_COLUMNS)),
        ("progress", _update(PROGRESS_COLUMNS)),
    )
    for with_holds in (False, True)
}


def _many(columns: Sequence[str]) -> str:
    sets = ", ".join(f"{name} = u.{name}" for name in columns)
    return (
        f"UPDATE dossiers d SET {sets} FROM unnest({_arrays(('id', *columns))}) AS u(id, {', '.join(columns)})"  # noqa: S608  constants
        " WHERE d.id = u.id"
    )


_MANY_WHOLE: Final = _many(_WHOLE_COLUMNS)
_MANY_PROGRESS: Final = _many(PROGRESS_COLUMNS)
_MANY_HOLDS: Final = (
    f"INSERT INTO holds ({', '.join(HOLD_COLUMNS)}) SELECT * FROM unnest({_arrays(HOLD_COLUMNS)})"  # noqa: S608  constants
    f" ON CONFLICT (dossier, number) DO UPDATE SET {_HOLD_UPDATE}"
)
_COPY_DOSSIERS: Final = f"COPY dossiers ({', '.join(DOSSIER_COLUMNS)}) FROM STDIN"
_COPY_FACTS: Final = "COPY facts (dossier, version, nth, transaction_id, command_id, body, hash) FROM STDIN"


class PostgresWriter(Writer):
    """Appends to a PostgreSQL database."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._postgres = database

    def look_up(self, dossier_ids: Sequence[str]) -> dict[str, Head]:
        """Return the heads of those dossiers that exist."""
        found = self._postgres.run(
            "SELECT dossier_id, id, version, head FROM dossiers WHERE dossier_id = ANY(%s)", (list(dossier_ids),)
        )
        return {dossier_id: Head(row, version, bytes(head)) for dossier_id, row, version, head in found}

    def append(self, change: Change) -> None:
        """Append one change in one statement; see `Writer.append`."""
        if self._postgres.connection.is_in_transaction:
            with self._postgres.transaction():
                self._append(change)
        else:
            self._append(change)

    def _append(self, change: Change) -> None:
        dossier = change.dossier
        head = self.head_of(change)
        self._heads.pop(dossier.dossier_id, None)
        rows = fact_rows(change, head.hash, head.row)
        digest = rows[-1][5]
        holds = [hold_values(head.row, hold) for hold in touched_holds(change)]
        if change.expected == 0:
            kind, values = "new", dossier_values(dossier, change.wake_at, digest)
        elif is_progress(change):
            kind, values = "progress", (*progress_values(dossier, change.wake_at, digest), *head)
        else:
            kind, values = "whole", (*dossier_values(dossier, change.wake_at, digest)[1:], *head)
        arrays = columns_of(rows, 6)[1:]
        if holds:
            arrays += columns_of(holds, len(HOLD_COLUMNS))[1:]
        try:
            found = self._postgres.run(_COMMANDS[kind, bool(holds)], (*values, *arrays)).fetchone()
        except errors.UniqueViolation as error:
            raise _meaning(error, dossier.dossier_no) from None
        if found is None:
            raise Refused
        self.remember(dossier.dossier_id, Head(found[0], dossier.version, digest))

    def append_chunk(self, changes: Sequence[Change], heads: dict[str, Head]) -> None:
        """Append changes in one transaction; see `Writer.append_chunk`."""
        run = self._postgres.run
        fresh = len({c.dossier.dossier_id for c in changes if c.expected == 0 and c.dossier.dossier_id not in heads})
        try:
            with self._postgres.transaction():
                rows: list[tuple[Any, ...]] = []
                if fresh:
                    rows = run(
                        "SELECT nextval(pg_get_serial_sequence('dossiers', 'id')) FROM generate_series(1, %s)", (fresh,)
                    ).fetchall()
                batch = batch_of(changes, heads, (row for (row,) in rows))
                self._lock(batch)
                self._write(batch)
        except errors.UniqueViolation as error:
            raise _meaning(error, "") from None

    def _lock(self, batch: Batch) -> None:
        """Lock the dossiers in the order of their rows (two batches cannot wait for each other) and check them."""
        if not batch.built_on:
            return
        found = self._postgres.run(
            "SELECT id, version, head FROM dossiers WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (list(batch.built_on),)
        ).fetchall()
        if {row: (version, bytes(head)) for row, version, head in found} != {
            row: (head.version, head.hash) for row, head in batch.built_on.items()
        }:
            raise Refused

    def _write(self, batch: Batch) -> None:
        run = self._postgres.run
        cursor = self._postgres.connection.plain.cursor()
        if batch.created:
            with self._postgres.meaning(), cursor.copy(_COPY_DOSSIERS) as copy:
                for row, (change, digest) in batch.created.items():
                    copy.write_row((row, *dossier_values(change.dossier, change.wake_at, digest)))
        whole, progress = [], []
        for row, (change, digest) in batch.updated.items():
            if row in batch.wide:
                whole.append((row, *dossier_values(change.dossier, change.wake_at, digest)[1:]))
            else:
                progress.append((row, *progress_values(change.dossier, change.wake_at, digest)))
        if whole:
            run(_MANY_WHOLE, columns_of(whole, len(_WHOLE_COLUMNS) + 1))
        if progress:
            run(_MANY_PROGRESS, columns_of(progress, len(PROGRESS_COLUMNS) + 1))
        ((transaction,),) = run("SELECT pg_current_xact_id()::text::bigint").fetchall()
        with self._postgres.meaning(), cursor.copy(_COPY_FACTS) as copy:
            for row, version, nth, command_id, body, digest in batch.facts:
                copy.write_row((row, version, nth, transaction, command_id, body, digest))
        if batch.holds:
            run(_MANY_HOLDS, columns_of(list(batch.holds.values()), len(HOLD_COLUMNS)))


def _meaning(error: errors.UniqueViolation, dossier_no: str) -> Exception:
    name = error.diag.constraint_name
    if name == "dossiers_by_no":
        return NumberTakenError(dossier_no or "of this batch")
    if name in {"dossiers_by_id", "facts_by_command"}:
        return Refused()
    return error
