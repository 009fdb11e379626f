"""Writing: nothing else appends to the log. What both databases share; see `write_sqlite`, `write_postgres`.

The chain's head is part of the WHERE of each update, so that a head remembered from a transaction that failed can
never be built on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

from engine.errors import StaleVersionError
from store.chain import GENESIS
from store.database import Database
from store.log import check, fact_rows
from store.values import AppendReport, Change
from store.views import hold_values, is_progress, touched_holds

CHUNK: Final = 500
WINDOW: Final = 10_000
_KEPT_HEADS: Final = 20_000


class Head(NamedTuple):
    """Where a dossier's chain stands."""

    row: int
    version: int
    hash: bytes


NEW: Final = Head(0, 0, GENESIS)


class Refused(Exception):  # noqa: N818  a signal inside the store; callers get the sentence that belongs to it
    """A change does not fit what is there; the transaction is undone and the reason looked up."""


@dataclass(slots=True)
class Batch:
    """Rows of many changes, one update a dossier however many changes it had.

    ``created`` and ``updated`` map rows to the last change and its head; ``built_on`` says where an updated dossier
    stood before, ``wide`` which rows changed more than `views.PROGRESS_COLUMNS`.
    """

    facts: list[tuple[int, int, int, str | None, str, bytes]] = field(default_factory=list)
    created: dict[int, tuple[Change, bytes]] = field(default_factory=dict)
    updated: dict[int, tuple[Change, bytes]] = field(default_factory=dict)
    built_on: dict[int, Head] = field(default_factory=dict)
    wide: set[int] = field(default_factory=set)
    holds: dict[tuple[int, int], tuple[Any, ...]] = field(default_factory=dict)


def batch_of(changes: Sequence[Change], heads: dict[str, Head], new_rows: Iterator[int]) -> Batch:
    """Return the rows of changes; ``heads`` is moved along.

    Raises:
        Refused: a change does not build on the head of its dossier.
        InputError: a fact cannot be stored.
    """
    batch = Batch()
    facts, holds = batch.facts, batch.holds
    for change in changes:
        dossier_id = change.dossier.dossier_id
        head = heads.get(dossier_id)
        if head is None and change.expected == 0:
            head = Head(next(new_rows), 0, GENESIS)
            batch.created[head.row] = (change, head.hash)
        if head is None or head.version != change.expected:
            raise Refused
        row = head.row
        rows = fact_rows(change, head.hash, row)
        digest = rows[-1][5]
        facts += rows
        for hold in touched_holds(change):
            holds[row, hold.number] = hold_values(row, hold)
        if row in batch.created:
            batch.created[row] = (change, digest)
        else:
            batch.updated[row] = (change, digest)
            batch.built_on.setdefault(row, head)
            if not is_progress(change):
                batch.wide.add(row)
        heads[dossier_id] = Head(row, change.dossier.version, digest)
    return batch


class Writer(ABC):
    """Appends changes; remembers the heads it has seen, which saves a look-up a command."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heads: dict[str, Head] = {}

    def remember(self, dossier_id: str, head: Head) -> None:
        """Keep a head that was just read or written."""
        if len(self._heads) >= _KEPT_HEADS:
            self._heads.clear()
        self._heads[dossier_id] = head

    def head_of(self, change: Change) -> Head:
        """Return the head a change builds on.

        Raises:
            Refused: the dossier is not at the expected version.
        """
        if change.expected == 0:
            return NEW
        dossier_id = change.dossier.dossier_id
        head = self._heads.get(dossier_id)
        if head is None or head.version != change.expected:
            head = self.look_up([dossier_id]).get(dossier_id)
        if head is None or head.version != change.expected:
            raise Refused
        return head

    @abstractmethod
    def look_up(self, dossier_ids: Sequence[str]) -> dict[str, Head]:
        """Return the heads of those dossiers that exist."""

    @abstractmethod
    def append(self, change: Change) -> None:
        """Append one change in a transaction of its own (or a savepoint).

        Raises:
            Refused: it is stale, or its command id is recorded already.
            NumberTakenError: its ``dossier_no`` is another dossier's.
        """

    @abstractmethod
    def append_chunk(self, changes: Sequence[Change], heads: dict[str, Head]) -> None:
        """Append changes in one transaction; ``heads`` says where known dossiers stand and is moved along.

        Raises:
            Refused: at least one does not fit; nothing was appended.
            NumberTakenError: a ``dossier_no`` is another dossier's; nothing was appended.
        """

    def is_repeat(self, change: Change) -> bool:
        """Whether the change's command id is recorded already."""
        sql = "SELECT 1 FROM facts WHERE command_id = ?"
        return bool(change.command_id) and self._database.first(sql, (change.command_id,)) is not None

    def stale(self, change: Change) -> StaleVersionError:
        """Return the sentence that says where the dossier really stands."""
        found = self._database.first("SELECT version FROM dossiers WHERE dossier_id = ?", (change.dossier.dossier_id,))
        return StaleVersionError(change.dossier.name, change.expected, found[0] if found else 0)

    def append_many(self, changes: Iterable[Change]) -> AppendReport:
        """Append many changes; see `store.store.Store.append_many`."""
        tally = _Tally()
        for window in _windows(changes):
            for change in window:
                check(change)
            known = self.look_up(list({change.dossier.dossier_id for change in window if change.expected}))
            ordered = sorted(window, key=lambda change: _place(change, known))
            for start in range(0, len(ordered), CHUNK):
                self._append_or_sort_out(ordered[start : start + CHUNK], known, tally)
        return tally.report()

    def _append_or_sort_out(self, chunk: Sequence[Change], known: dict[str, Head], tally: _Tally) -> None:
        heads = known.copy() if len(known) <= CHUNK else _part(known, chunk)
        try:
            self.append_chunk(chunk, heads)
        except Refused:
            with self._database.transaction():
                outcomes = [(change, self._try(change)) for change in chunk]
            for change, refusal in outcomes:
                tally.count(change, refusal)
        else:
            known.update(heads)
            for change in chunk:
                tally.count(change, True)

    def _try(self, change: Change) -> StaleVersionError | bool:
        try:
            self.append(change)
        except Refused:
            return False if self.is_repeat(change) else self.stale(change)
        return True


@dataclass(slots=True)
class _Tally:
    dossiers: set[str] = field(default_factory=set)
    facts: int = 0
    stale: list[StaleVersionError] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def count(self, change: Change, outcome: StaleVersionError | bool) -> None:
        if isinstance(outcome, StaleVersionError):
            self.stale.append(outcome)
        elif outcome:
            self.dossiers.add(change.dossier.dossier_id)
            self.facts += len(change.facts)
        else:
            self.repeated.append(change.command_id)

    def report(self) -> AppendReport:
        return AppendReport(
            dossiers=len(self.dossiers), facts=self.facts, stale=tuple(self.stale), repeated=tuple(self.repeated)
        )


def _windows(changes: Iterable[Change]) -> Iterator[Sequence[Change]]:
    if isinstance(changes, Sequence):
        if changes:
            yield changes
        return
    ahead = iter(changes)
    while window := list(islice(ahead, WINDOW)):
        yield window


def _place(change: Change, known: dict[str, Head]) -> tuple[int, str, int]:
    head = known.get(change.dossier.dossier_id)
    return (1, change.dossier.dossier_id, change.expected) if head is None else (0, f"{head.row:020d}", change.expected)


def _part(known: dict[str, Head], chunk: Sequence[Change]) -> dict[str, Head]:
    ids = {change.dossier.dossier_id for change in chunk}
    return {dossier_id: known[dossier_id] for dossier_id in ids if dossier_id in known}
