"""SQLite: the embedded default. Write-ahead log, one writer at a time who waits his turn."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from store.database import Database, Values
from store.errors import StoreBusyError, StoreUnreachableError
from store.values import Position

SYNCHRONOUS: Final = ("NORMAL", "FULL")
BUSY_SECONDS: Final = 30.0
CHECKPOINT_PAGES: Final = 10_000


class SqliteDatabase(Database):
    """One SQLite file.

    Args:
        path: the file; it is made if it does not exist.
        synchronous: ``FULL`` (a committed act survives a power cut) or ``NORMAL`` (it survives the death of the
            process; a power cut may undo the last acts, never damage the file).
    """

    dialect = "sqlite"
    after = "f.seq > ?"
    order = "f.seq"

    def __init__(self, path: Path, *, synchronous: str = "FULL") -> None:
        self.path = path
        self.name = str(path)
        self._synchronous = synchronous
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit: transactions are written out.

        Raises:
            StoreUnreachableError: the file cannot be opened or is not a database.
        """
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        return found if found is not None else self._connect()

    def _connect(self) -> sqlite3.Connection:
        try:
            made = sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            try:
                made.execute("PRAGMA journal_mode=WAL")
                made.execute(f"PRAGMA synchronous={self._synchronous}")
                made.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
                made.execute("PRAGMA cache_size=-65536")
                made.execute("PRAGMA temp_store=MEMORY")
                made.execute("PRAGMA trusted_schema=OFF")
            except sqlite3.Error:
                made.close()
                raise
        except sqlite3.Error as error:
            if _is_busy(error):
                raise self._busy() from None
            raise StoreUnreachableError(f"database {self.name} cannot be opened: {error}") from None
        self._local.connection = made
        self._local.transaction = SqliteTransaction(made, self._busy)
        with self._guard:
            self._all.append(made)
        return made

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise self._busy() from None
            raise

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run one statement; return how many rows it touched."""
        try:
            return self.connection.execute(sql, values).rowcount
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise self._busy() from None
            raise

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Run one query and return its rows one by one."""
        return iter(self.connection.execute(sql, values))

    def transaction(self) -> SqliteTransaction:
        """Return this thread's transaction; it takes the write lock at once."""
        _ = self.connection
        found: SqliteTransaction = self._local.transaction
        return found

    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)))

    def lock_all(self) -> None:
        """Nothing to do: a transaction here has the write lock already."""

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Overwrite what is deleted with zeros, and empty the write-ahead log afterwards."""
        connection = self.connection
        connection.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            connection.execute("PRAGMA secure_delete=OFF")
            if not connection.in_transaction:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def read_together(self) -> Iterator[None]:
        """See one moment of the database; others may write meanwhile."""
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def position_values(self, position: Position) -> tuple[int, ...]:
        """Return the values of `after`."""
        return (position.sequence,)

    def close(self) -> None:
        """Close every connection and tidy the write-ahead log."""
        with self._guard:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    def _busy(self) -> StoreBusyError:
        return StoreBusyError(
            f"database {self.name} is busy: another process has been writing for {BUSY_SECONDS:.0f} s; try again later"
        )


class SqliteTransaction:
    """``BEGIN IMMEDIATE`` … ``COMMIT``; entered again while open, a savepoint."""

    __slots__ = ("_busy", "_connection", "_depth")

    def __init__(self, connection: sqlite3.Connection, busy: Callable[[], StoreBusyError]) -> None:
        self._connection = connection
        self._busy = busy
        self._depth = 0

    def __enter__(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT s{self._depth}")
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise self._busy() from None
            raise
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._depth -= 1
        run = self._connection.execute
        if kind is None:
            try:
                run("COMMIT" if self._depth == 0 else f"RELEASE s{self._depth}")
            except sqlite3.Error:
                if self._depth == 0 and self._connection.in_transaction:
                    run("ROLLBACK")
                raise
        elif self._depth:
            run(f"ROLLBACK TO s{self._depth}")
            run(f"RELEASE s{self._depth}")
        elif self._connection.in_transaction:
            run("ROLLBACK")


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
