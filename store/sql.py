"""The store on a database: the log, the lists, the outbox. Written once for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Final

from engine.dossier import Dossier, replay
from engine.errors import InputError, UnknownNumberError
from engine.events import SIGNAL, Fact
from store import evidence, rebuild
from store.database import Database
from store.errors import AlreadyRecorded
from store.lists import Lists
from store.log import bodies_of, check, decode, decode_all
from store.sql_apart import SqlApplicants, SqlIncidents, SqlNotifications, SqlProcedures
from store.store import Progress, Store, WakeAt, refuse_demo
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
from store.write import Head, Refused, Writer

_FACTS: Final = (
    "SELECT body, dossier, version, hash FROM facts WHERE dossier = (SELECT id FROM dossiers WHERE {}) ORDER BY version"
)
_LOG: Final = "log:"
_FACTS_BY_ID: Final = _FACTS.format("dossier_id = ?")
_FACTS_BY_NO: Final = _FACTS.format("dossier_no = ?")


class SqlStore(Store):
    """A store on one database."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self.database = database
        self._writer = writer
        self._lists = Lists(database)
        self.applicants = SqlApplicants(database)
        self.incidents = SqlIncidents(database, self._lists)
        self.notifications = SqlNotifications(database)
        self.procedures = SqlProcedures(database)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Return a transaction; see `Store.transaction`."""
        return self.database.transaction()

    def find(self, number: str) -> DossierRow | None:
        """Return the view of a dossier."""
        return self._lists.find(number)

    def read(self, number: str) -> list[Fact]:
        """Return the facts of a dossier."""
        by_id = self.database.rows(_FACTS_BY_ID, (number,))
        lines = by_id or self.database.rows(_FACTS_BY_NO, (number,))
        if not lines:
            raise UnknownNumberError.of("no_dossier", "no dossier {number}", number=number)
        if by_id:
            _, row, version, head = lines[-1]
            self._writer.remember(number, Head(row, version, bytes(head)))
        return bodies_of(lines)

    def load_many(self, rows: Sequence[int]) -> list[Dossier]:
        """Return the states of dossiers by row."""
        dossiers = []
        for row in sorted(set(rows)):
            found = self.database.rows("SELECT body FROM facts WHERE dossier = ? ORDER BY version", (row,))
            if found:
                dossiers.append(replay(bodies_of(found)))
        return dossiers

    def recorded(self, command_id: str) -> Recorded | None:
        """Return what a command recorded."""
        found = self.database.first("SELECT dossier, version FROM facts WHERE command_id = ?", (command_id,))
        if found is None:
            return None
        row, first = found
        lines = self.database.rows(
            "SELECT body, nth FROM facts WHERE dossier = ? AND version >= ? ORDER BY version", (row, first)
        )
        own = [body for place, (body, nth) in enumerate(lines) if nth == place]
        facts = tuple(decode_all(own))
        ((dossier_id,),) = self.database.rows("SELECT dossier_id FROM dossiers WHERE id = ?", (row,))
        return Recorded(dossier_id, first + len(facts) - 1, facts)

    def append(self, change: Change) -> None:
        """Append facts to one dossier; see `Store.append`."""
        check(change)
        try:
            self._writer.append(change)
        except Refused:
            raise self._why(change) from None

    def _why(self, change: Change) -> Exception:
        if change.command_id and (found := self.recorded(change.command_id)) is not None:
            if change.expected and found.dossier_id != change.dossier.dossier_id:
                return InputError(
                    f"command id {change.command_id} was used for dossier {found.dossier_id};"
                    f" dossier {change.dossier.name} needs another"
                )
            return AlreadyRecorded(change.command_id, found.dossier_id, found.facts, found.version)
        return self._writer.stale(change)

    def append_many(self, changes: Iterable[Change]) -> AppendReport:
        """Append to many dossiers; see `Store.append_many`."""
        return self._writer.append_many(changes)

    def next_serial(self, agency: str, day: date) -> int:
        """Return the next serial number of a desk's day."""
        ((serial,),) = self.database.rows(
            "INSERT INTO serials (agency, day, last_serial) VALUES (?, ?, 1) ON CONFLICT (agency, day)"
            " DO UPDATE SET last_serial = serials.last_serial + 1 RETURNING last_serial",
            (agency, day.isoformat()),
        )
        return int(serial)

    def movable(self, limit: int = 1000, after: int = 0, *, now: int | None = None) -> list[int]:
        """Return rows of dossiers that can move by themselves."""
        return self._lists.movable(limit, after, now)

    def due_to_wake(self, now: int, limit: int = 1000, after: int = 0, *, origin: str = "") -> list[int]:
        """Return rows of dossiers whose ``wake_at`` has come."""
        return self._lists.due_to_wake(now, limit, after, origin)

    def set_wakes(self, wakes: Iterable[tuple[int, int | None]]) -> None:
        """Set ``wake_at`` of rows."""
        with self.database.transaction():
            for row, wake_at in sorted(wakes):
                self.database.execute("UPDATE dossiers SET wake_at = ? WHERE id = ?", (wake_at, row))

    def ended_subs(self, limit: int = 1000) -> list[tuple[HoldRow, DossierRow]]:
        """Return open holds whose sub-dossier has ended."""
        return self._lists.ended_subs(limit)

    def inbox(
        self, agency: str, *, officer: str = "", limit: int = 200, after: ListedHold | None = None
    ) -> list[ListedHold]:
        """Return the open holds of an agency."""
        return self._lists.inbox(agency, officer, limit, after)

    def intake(self, desk: str, *, limit: int = 200, after: int = 0) -> list[DossierRow]:
        """Return what a desk has not received yet."""
        return self._lists.intake(desk, limit, after)

    def overdue(
        self, at: int, *, desk: str = "", limit: int = 1000, after: DossierRow | None = None, origin: str = ""
    ) -> list[DossierRow]:
        """Return open dossiers past their legal due instant."""
        return self._lists.overdue(at, desk, limit, after, origin)

    def overdue_holds(
        self, at: int, *, agency: str = "", limit: int = 1000, after: ListedHold | None = None
    ) -> list[ListedHold]:
        """Return open holds past their own term."""
        return self._lists.overdue_holds(at, agency, limit, after)

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
        """Return lines of the register; see `Store.register`."""
        filters: list[tuple[str, Any]] = [("d.id > ?", after)]
        if not origin:
            filters.append(("d.origin <> ?", SIGNAL))
        for condition, value in (
            ("d.desk = ?", desk),
            ("d.procedure = ?", procedure),
            ("d.status = ?", status),
            ("d.origin = ?", origin),
        ):
            if value:
                filters.append((condition, value))
        if received_from is not None:
            filters.append(("d.received_at >= ?", received_from))
        if received_to is not None:
            filters.append(("d.received_at < ?", received_to))
        return self._lists.register(filters, is_open, limit)

    def holds(self, number: str) -> list[HoldRow]:
        """Return all holds of a dossier."""
        found = self._lists.row_of(number)
        if found is None:
            raise UnknownNumberError.of("no_dossier", "no dossier {number}", number=number)
        return self._lists.holds(found[0])

    def tally(self, *, origin: str = "") -> list[Tally]:
        """Count dossiers."""
        return self._lists.tally(origin)

    def last_instant(self, *, origin: str = "") -> int | None:
        """Return the latest instant at which anything occurred."""
        return self._lists.last_instant(origin)

    def facts_after(self, position: Position = START, limit: int = 1000) -> list[Logged]:
        """Return facts after a position; see `Store.facts_after`."""
        found = self.database.rows(
            "SELECT f.transaction_id, f.seq, f.dossier, coalesce(d.dossier_id, ''), f.version, f.body FROM facts f"  # noqa: S608  constants of the database's class
            f" LEFT JOIN dossiers d ON d.id = f.dossier WHERE {self.database.after}"
            f" ORDER BY {self.database.order} LIMIT ?",
            (*self.database.position_values(position), limit),
        )
        return [
            Logged(Position(transaction, seq), row, dossier_id, version, decode(body))
            for transaction, seq, row, dossier_id, version, body in found
        ]

    def cursor(self, subscriber: str) -> Position:
        """Return how far a subscriber has read."""
        found = self.database.first("SELECT transaction_id, seq FROM cursors WHERE subscriber = ?", (subscriber,))
        return Position(*found) if found else START

    def move_cursor(self, subscriber: str, position: Position) -> None:
        """Remember how far a subscriber has read."""
        self.database.execute(
            "INSERT INTO cursors (subscriber, transaction_id, seq) VALUES (?, ?, ?) ON CONFLICT (subscriber)"
            " DO UPDATE SET transaction_id = excluded.transaction_id, seq = excluded.seq",
            (subscriber, *position),
        )

    def backlog(self, subscriber: str) -> int:
        """Return how many facts a subscriber has not read yet."""
        found = self.database.first(
            f"SELECT count(*) FROM facts f WHERE {self.database.after}",  # noqa: S608  constant of the database's class
            self.database.position_values(self.cursor(subscriber)),
        )
        return int(found[0]) if found else 0

    def anchor(self, day: date, at: int) -> Anchor:
        """Seal every fact recorded so far; see `Store.anchor`."""
        return evidence.make_anchor(self.database, day, at)

    def anchors(self) -> list[Anchor]:
        """Return all anchors."""
        return evidence.anchors(self.database)

    def verify(
        self, *, views: bool = True, kept: Sequence[bytes] = (), progress: Progress | None = None
    ) -> list[Finding]:
        """Return what was changed behind the engine's back; see `Store.verify`."""
        return evidence.verify(self.database, views=views, kept=kept, progress=progress)

    def rebuild_views(self, wake_at: WakeAt | None = None, *, progress: Progress | None = None) -> RebuildReport:
        """Make the views again from the facts; see `Store.rebuild_views`."""
        return rebuild.rebuild_views(self.database, wake_at, progress)

    def keep_log(self, name: str, content: str) -> None:
        """Keep how a replayed log was read; see `Store.keep_log`."""
        with self.transaction():
            self.database.execute("DELETE FROM marks WHERE name = ?", (f"{_LOG}{name}",))
            self.database.execute("INSERT INTO marks (name, value) VALUES (?, ?)", (f"{_LOG}{name}", content))

    def kept_logs(self) -> dict[str, str]:
        """Return what was kept for each replayed log, by its name."""
        kept = self.database.rows("SELECT name, value FROM marks WHERE name LIKE ? ORDER BY name", (f"{_LOG}%",))
        return {name.removeprefix(_LOG): value for name, value in kept}

    @property
    def is_demo(self) -> bool:
        """Whether this database was made by the demo."""
        return self.database.first("SELECT 1 FROM marks WHERE name = 'demo'") is not None

    def mark_demo(self) -> None:
        """Mark this database as the demo's; see `Store.mark_demo`."""
        with self.database.transaction():
            if self.is_demo:
                return
            if self.database.first("SELECT 1 FROM facts LIMIT 1") is not None:
                raise refuse_demo(self.database.name)
            self.database.execute("INSERT INTO marks (name, value) VALUES ('demo', 'yes')")
