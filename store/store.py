"""The store as everyone above it sees it: one abstract class; memory, SQLite and PostgreSQL are its three bodies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from types import TracebackType
from typing import Self

from engine.dossier import Dossier, replay
from engine.errors import InputError, UnknownNumberError
from engine.events import Fact
from store.apart import Applicants, Incidents, Notifications, Procedures
from store.values import (
    START,
    Anchor,
    AppendReport,
    Change,
    DossierRow,
    Finding,
    HoldRow,
    ListedHold,
    Logged,
    Position,
    RebuildReport,
    Recorded,
    Tally,
)

WakeAt = Callable[[Dossier], int | None]
"""When time alone will have something to record on a dossier: `engine.expire.wake_at` with its rules."""

Progress = Callable[[int], None]
"""Told how many dossiers are done."""


class Store(ABC):
    """Append-only facts with their chain, the views made of them, and what lies beside the log.

    Safe to share between threads (each uses a connection of its own). Every look-up takes a ``dossier_id`` or a
    ``dossier_no``. Listings are ordered and paged by the last row seen, so that a page never shifts. They hold dossiers
    alone: the files of signals (`engine.review`) lie in the same log and are listed by ``origin="signal"`` only.
    """

    applicants: Applicants
    incidents: Incidents
    notifications: Notifications
    procedures: Procedures

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    # the log

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Make several calls one transaction, all or nothing: ``with store.transaction(): ...``. May be nested.

        It is a writing one: on SQLite nobody else writes meanwhile, so keep it short.
        """

    @abstractmethod
    def find(self, number: str) -> DossierRow | None:
        """Return the view of a dossier, None if there is none."""

    def row(self, number: str) -> DossierRow:
        """Return the view of a dossier.

        Raises:
            UnknownNumberError: no such dossier.
        """
        found = self.find(number)
        if found is None:
            raise UnknownNumberError.of("no_dossier", "no dossier {number}", number=number)
        return found

    @abstractmethod
    def read(self, number: str) -> list[Fact]:
        """Return the facts of a dossier, first to last.

        Raises:
            UnknownNumberError: no such dossier.
        """

    def load(self, number: str) -> Dossier:
        """Return the state of a dossier, replayed from its facts.

        Raises:
            UnknownNumberError: no such dossier.
        """
        return replay(self.read(number))

    @abstractmethod
    def load_many(self, rows: Sequence[int]) -> list[Dossier]:
        """Return the states of dossiers by row, ascending, each once; rows that do not exist are left out."""

    @abstractmethod
    def recorded(self, command_id: str) -> Recorded | None:
        """Return what a command recorded, None if it never came. Ask before deciding: a repeat needs no decision."""

    @abstractmethod
    def append(self, change: Change) -> None:
        """Append facts to one dossier with chain and views, in one transaction (or in the one that is open).

        Raises:
            StaleVersionError: the dossier is not at ``expected`` any more; nothing was appended.
            AlreadyRecorded: the command id was recorded before; nothing was appended.
            NumberTakenError: another dossier carries the same ``dossier_no``; nothing was appended.
            InputError: the command id belongs to another dossier, or a fact cannot be stored.
            StoreBusyError: others kept the database busy for too long.
        """

    @abstractmethod
    def append_many(self, changes: Iterable[Change]) -> AppendReport:
        """Append to many dossiers, in transactions of 500 sorted by dossier.

        Stale changes and repeated commands are reported and skipped, never raised. A sequence is sorted as a
        whole, any other iterable in windows of 10,000.

        Raises:
            NumberTakenError: another dossier carries the same ``dossier_no``; its chunk was not appended.
            InputError: a fact cannot be stored.
            StoreBusyError: others kept the database busy for too long.
        """

    @abstractmethod
    def next_serial(self, agency: str, day: date) -> int:
        """Return the next serial number of a desk's day, from 1.

        Inside `transaction` a number is given back when the transaction fails, so that no number is skipped.
        """

    # what can be done now

    @abstractmethod
    def movable(self, limit: int = 1000, after: int = 0, *, now: int | None = None) -> list[int]:
        """Return rows above ``after``, ascending, of dossiers that can move by themselves.

        Dossiers with an open incident are left out until its ``retry_at`` (``now`` None: until it is closed).
        """

    @abstractmethod
    def due_to_wake(self, now: int, limit: int = 1000, after: int = 0, *, origin: str = "") -> list[int]:
        """Return rows above ``after``, ascending, of dossiers (of one origin) whose ``wake_at`` has come."""

    @abstractmethod
    def set_wakes(self, wakes: Iterable[tuple[int, int | None]]) -> None:
        """Set ``wake_at`` of rows where nothing was to be recorded."""

    @abstractmethod
    def ended_subs(self, limit: int = 1000) -> list[tuple[HoldRow, DossierRow]]:
        """Return open holds that wait for a sub-dossier which has ended, with that sub-dossier."""

    # lists

    @abstractmethod
    def inbox(
        self, agency: str, *, officer: str = "", limit: int = 200, after: ListedHold | None = None
    ) -> list[ListedHold]:
        """Return the open holds of an agency (of one officer), soonest due first, those without a term last."""

    @abstractmethod
    def intake(self, desk: str, *, limit: int = 200, after: int = 0) -> list[DossierRow]:
        """Return dossiers submitted at a desk and neither received nor declined yet, oldest first."""

    @abstractmethod
    def overdue(
        self, at: int, *, desk: str = "", limit: int = 1000, after: DossierRow | None = None, origin: str = ""
    ) -> list[DossierRow]:
        """Return open dossiers (of one origin), oldest first, whose ``due`` lies before ``at`` and any lasting stop."""

    @abstractmethod
    def overdue_holds(
        self, at: int, *, agency: str = "", limit: int = 1000, after: ListedHold | None = None
    ) -> list[ListedHold]:
        """Return open holds whose own ``due`` lies before ``at``, oldest first."""

    @abstractmethod
    def register(
        self,
        *,
        desk: str = "",
        procedure: str = "",
        status: int = 0,
        origin: str = "",
        received_from: int | None = None,
        received_to: int | None = None,
        is_open: bool | None = None,
        limit: int = 1000,
        after: int = 0,
    ) -> list[DossierRow]:
        """Return lines of the register (form 07) above row ``after``; ``received_to`` is exclusive, filters add up."""

    @abstractmethod
    def holds(self, number: str) -> list[HoldRow]:
        """Return all holds of a dossier in the order they began (the control sheet, form 06).

        Raises:
            UnknownNumberError: no such dossier.
        """

    @abstractmethod
    def tally(self, *, origin: str = "") -> list[Tally]:
        """Count dossiers by desk, procedure, status and outcome."""

    @abstractmethod
    def last_instant(self, *, origin: str = "") -> int | None:
        """Return the latest ``occurred_at`` of any fact (of one origin); the "now" of a replayed log."""

    # the log as an outbox

    @abstractmethod
    def facts_after(self, position: Position = START, limit: int = 1000) -> list[Logged]:
        """Return facts after a position in an order in which none ever appears behind one already returned."""

    @abstractmethod
    def cursor(self, subscriber: str) -> Position:
        """Return how far a subscriber has read; `START` for a new one."""

    @abstractmethod
    def move_cursor(self, subscriber: str, position: Position) -> None:
        """Remember how far a subscriber has read."""

    @abstractmethod
    def backlog(self, subscriber: str) -> int:
        """Return how many facts a subscriber has not read yet."""

    # evidence

    @abstractmethod
    def anchor(self, day: date, at: int) -> Anchor:
        """Seal every fact recorded so far under the date ``day``; with nothing new, return the last anchor."""

    @abstractmethod
    def anchors(self) -> list[Anchor]:
        """Return all anchors, first to last."""

    @abstractmethod
    def verify(
        self, *, views: bool = True, kept: Sequence[bytes] = (), progress: Progress | None = None
    ) -> list[Finding]:
        """Return every dossier whose facts, chain or (``views``) view were changed behind the engine's back.

        One finding a dossier, naming the first fact concerned. ``kept`` are hashes of anchors that were kept
        outside: one that is no longer there means that history was rewritten. ``progress`` is told how many dossiers
        were looked at so far.
        """

    @abstractmethod
    def rebuild_views(self, wake_at: WakeAt | None = None, *, progress: Progress | None = None) -> RebuildReport:
        """Make the views again from the facts.

        ``wake_at`` is kept where there is no function to compute it; a live dossier whose row was lost is woken at
        once, which records nothing that is not due.
        """

    # logs of other systems

    @abstractmethod
    def keep_log(self, name: str, content: str) -> None:
        """Keep how a replayed log was read (a JSON text of its reader's), in the place of what was kept for it."""

    @abstractmethod
    def kept_logs(self) -> dict[str, str]:
        """Return what was kept for each replayed log, by its name."""

    # whose database it is

    @property
    @abstractmethod
    def is_demo(self) -> bool:
        """Whether this database was made by the demo."""

    @abstractmethod
    def mark_demo(self) -> None:
        """Mark this database as the demo's.

        Raises:
            InputError: it holds dossiers and is not marked.
        """


def refuse_demo(where: str) -> InputError:
    """Return the refusal to use a database with real dossiers for the demo."""
    return InputError(
        f"the demo does not touch {where}: it holds dossiers that are not the demo's; give it another --db"
    )
