"""A database as the store uses it: rows, statements, transactions. SQL is written once, with ``?`` for each value."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

from store.values import Position

Values = Sequence[Any]


class Database(ABC):
    """One database by its URL; each thread has a connection of its own."""

    dialect: Literal["sqlite", "postgresql"]
    name: str
    """What people call it in messages: the path, or host and database; never a password."""
    after: str
    """Condition on ``facts f`` for what lies after a position and can never be overtaken any more."""
    order: str
    """The order of positions."""

    @abstractmethod
    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""

    @abstractmethod
    def execute(self, sql: str, values: Values = ()) -> int:
        """Run one statement; return how many rows it touched."""

    @abstractmethod
    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Run one query and return its rows one by one, without holding them all in memory."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Return a writing transaction, or a savepoint inside the one that is open on this thread."""

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name."""

    @abstractmethod
    def lock_all(self) -> None:
        """Inside a transaction, keep every other writer out until it ends."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection."""

    @abstractmethod
    def erasing(self) -> AbstractContextManager[None]:
        """Return a span in which what is overwritten is really gone from the files afterwards, as far as can be."""

    @abstractmethod
    def read_together(self) -> AbstractContextManager[None]:
        """Return a span in which all queries of this thread see one moment of the database."""

    @abstractmethod
    def position_values(self, position: Position) -> tuple[int, ...]:
        """Return the values of `after`."""

    def first(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """Return the first row, None if there is none."""
        found = self.rows(sql, values)
        return found[0] if found else None
