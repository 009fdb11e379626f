"""PostgreSQL: where one machine, or one writer at a time, is outgrown."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import TracebackType
from typing import Any, Final

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from engine.errors import InputError
from store.database import Database, Values
from store.errors import StoreBusyError, StoreUnreachableError
from store.values import Position

LOCK_SECONDS: Final = 30
_SESSION: Final = f"SET lock_timeout = '{LOCK_SECONDS}s'; SET idle_in_transaction_session_timeout = '10min'"
_STREAM_ROWS: Final = 5_000


class PostgresDatabase(Database):
    """One PostgreSQL database.

    Args:
        url: ``postgresql://user:password@host:port/database`` or with ``?host=/socket/folder``.

    Raises:
        StoreUnreachableError: the URL cannot be read.
    """

    dialect = "postgresql"
    after = (
        "(f.transaction_id, f.seq) > (?, ?)"
        " AND f.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    )
    order = "f.transaction_id, f.seq"

    def __init__(self, url: str) -> None:
        self._url = url
        self.name = _name_of(url)
        self._local = threading.local()
        self._all: list[PostgresConnection] = []
        self._guard = threading.Lock()

    @property
    def connection(self) -> PostgresConnection:
        """This thread's connection, in autocommit: transactions are written out.

        Raises:
            StoreUnreachableError: the server cannot be reached or refuses.
        """
        found: PostgresConnection | None = getattr(self._local, "connection", None)
        if found is not None and (found.is_in_transaction or not found.plain.closed):
            return found
        try:
            plain = psycopg.connect(self._url, autocommit=True, application_name="motcua", connect_timeout=10)
            plain.execute(_SESSION)
        except psycopg.OperationalError as error:
            raise self._unreachable(error) from None
        made = PostgresConnection(plain)
        self._local.connection = made
        with self._guard:
            self._all = [each for each in self._all if not each.plain.closed]
            self._all.append(made)
        return made

    def run(self, sql: str, values: Values = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement in psycopg's own form (``%s``) and return its cursor.

        Raises:
            StoreBusyError: a lock was not to be had.
            StoreUnreachableError: the connection was lost; the next call makes a new one.
            InputError: a text cannot be stored.
        """
        connection = self.connection
        with self.meaning():
            return connection.plain.execute(sql, values)

    @contextmanager
    def meaning(self) -> Iterator[None]:
        """Turn the database's foreseen errors into sentences."""
        try:
            yield
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            raise StoreBusyError(f"database {self.name} is busy: {_first_line(error)}; try again later") from None
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise self._unreachable(error) from None
        except psycopg.DataError as error:
            raise InputError(f"this cannot be stored: {_first_line(error)}") from None

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        return self.run(_psycopg_form(sql), values).fetchall()

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run one statement; return how many rows it touched."""
        return self.run(_psycopg_form(sql), values).rowcount

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Run one query and return its rows one by one; needs an open transaction."""
        with self.connection.plain.cursor(name="motcua_stream") as cursor:
            cursor.itersize = _STREAM_ROWS
            with self.meaning():
                cursor.execute(_psycopg_form(sql), values)
                yield from cursor

    def transaction(self) -> PostgresTransaction:
        """Return a transaction, or a savepoint inside the one that is open."""
        return PostgresTransaction(self)

    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name in the search path."""
        return self.rows("SELECT to_regclass(?)", (name,))[0][0] is not None

    def lock_all(self) -> None:
        """Keep every other writer out: each one touches this table before any other."""
        self.run("LOCK TABLE dossiers IN SHARE ROW EXCLUSIVE MODE")

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Vacuum the table afterwards, so that the old rows' space is handed out again."""
        yield
        if not self.connection.is_in_transaction:
            self.run("VACUUM applicants")

    @contextmanager
    def read_together(self) -> Iterator[None]:
        """See one moment of the database; others may write meanwhile."""
        connection = self.connection
        if connection.is_in_transaction:
            yield
            return
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.depth += 1
        try:
            yield
        finally:
            connection.depth -= 1
            connection.undo("ROLLBACK")

    def position_values(self, position: Position) -> tuple[int, ...]:
        """Return the values of `after`."""
        return tuple(position)

    def settle_restored(self) -> None:
        """Number the facts anew after a dump was restored into a younger server.

        Subscribers read in the order of transaction numbers, which belong to a server: one that has not come as far
        as the facts say would hide them from all subscribers, and hide new facts from those who read the old ones.
        Cursors go back to the first fact they had not read: what came out of order may be read twice, nothing is
        skipped.
        """
        ((is_younger,),) = self.rows(
            "SELECT coalesce(max(transaction_id), 0) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
            " FROM facts"
        )
        if is_younger:
            with self.transaction():
                self.lock_all()
                self.execute(
                    "UPDATE cursors c SET transaction_id = 0, seq = coalesce((SELECT min(f.seq) - 1 FROM facts f"
                    " WHERE (f.transaction_id, f.seq) > (c.transaction_id, c.seq)), c.seq)"
                )
                self.execute("UPDATE facts SET transaction_id = 0 WHERE transaction_id > 0")

    def close(self) -> None:
        """Close every connection."""
        with self._guard:
            for connection in self._all:
                connection.plain.close()
            self._all.clear()
        self._local = threading.local()

    def _unreachable(self, error: psycopg.Error) -> StoreUnreachableError:
        return StoreUnreachableError(f"database {self.name} cannot be reached: {_first_line(error)}")


class PostgresConnection:
    """A connection and how many transactions and savepoints are open on it."""

    __slots__ = ("depth", "plain")

    def __init__(self, plain: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.plain = plain
        self.depth = 0

    @property
    def is_in_transaction(self) -> bool:
        """Whether one was begun and not ended."""
        return self.depth > 0

    def undo(self, sql: str) -> None:
        """Roll back; a connection that cannot is closed, which rolls back too."""
        try:
            self.plain.execute(sql)
        except psycopg.Error:
            with suppress(psycopg.Error):
                self.plain.close()


class PostgresTransaction:
    """``BEGIN`` … ``COMMIT``; inside an open one, a savepoint."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._connection = database.connection

    def __enter__(self) -> None:
        depth = self._connection.depth
        self._database.run("BEGIN" if depth == 0 else f"SAVEPOINT s{depth}")
        self._connection.depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._connection.depth -= 1
        depth = self._connection.depth
        if kind is not None:
            self._connection.undo("ROLLBACK" if depth == 0 else f"ROLLBACK TO s{depth}; RELEASE s{depth}")
            return
        try:
            self._database.run("COMMIT" if depth == 0 else f"RELEASE s{depth}")
        except BaseException:
            self._connection.undo("ROLLBACK")
            raise


@lru_cache(maxsize=512)
def _psycopg_form(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


def _name_of(url: str) -> str:
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise StoreUnreachableError(
            "database URL postgresql://… is not understood: write postgresql://user@host/database"
        ) from None
    return f"{parts.get('dbname', '')} on {parts.get('host', 'localhost')}"


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).strip().splitlines()), "no reason given").removeprefix("ERROR:").strip()


def columns_of(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Return the columns of rows, for ``unnest``."""
    return [[row[place] for row in rows] for place in range(width)]
