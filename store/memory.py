"""The store in memory: the twin of the others, for tests and rehearsals. It ends with the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import Any

from engine.dossier import Dossier, replay
from engine.errors import InputError, StaleVersionError
from engine.events import SIGNAL, Fact
from store.apart import Applicant, Incident, Notification, Published
from store.chain import GENESIS, seal
from store.errors import AlreadyRecorded, NumberTakenError
from store.evidence import check_anchors, examine, view_finding
from store.log import check, decode, decode_all, fact_rows
from store.memory_apart import MemoryApplicants, MemoryIncidents, MemoryNotifications, MemoryProcedures
from store.rebuild import Difference, wake_after
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
from store.views import dossier_row, hold_row, touched_holds

_NEVER = 1 << 62


@dataclass(slots=True)
class Line:
    """One fact as stored."""

    seq: int
    row: int
    version: int
    nth: int
    command_id: str | None
    body: str
    hash: bytes


@dataclass(slots=True)
class Tables:
    """Everything there is; a transaction that fails puts back what was there before."""

    log: list[Line] = field(default_factory=list)
    dossiers: dict[int, DossierRow] = field(default_factory=dict)
    holds: dict[tuple[int, int], HoldRow] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    serials: dict[tuple[str, str], int] = field(default_factory=dict)
    cursors: dict[str, Position] = field(default_factory=dict)
    anchors: list[Anchor] = field(default_factory=list)
    applicants: dict[str, Applicant] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    letters: list[Notification] = field(default_factory=list)
    published: dict[tuple[str, int], Published] = field(default_factory=dict)
    calendars: dict[str, tuple[str, str]] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    logs: dict[str, str] = field(default_factory=dict)

    def copied(self) -> Tables:
        """Return the same rows in containers of their own."""
        return Tables(**{each.name: getattr(self, each.name).copy() for each in fields(self)})


class MemoryStore(Store):
    """A store in this process's memory."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._lock = threading.RLock()
        self.applicants = MemoryApplicants(self)
        self.incidents = MemoryIncidents(self)
        self.notifications = MemoryNotifications(self)
        self.procedures = MemoryProcedures(self)

    def close(self) -> None:
        """Nothing to let go of."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make several calls one transaction; other threads wait."""
        with self._lock:
            before = self.tables.copied()
            try:
                yield
            except BaseException:
                self.tables = before
                raise

    def find(self, number: str) -> DossierRow | None:
        """Return the view of a dossier."""
        row = self.tables.rows.get(number)
        if row is not None:
            return self.tables.dossiers.get(row)
        return next((found for found in self.tables.dossiers.values() if number and found.dossier_no == number), None)

    def _lines(self, row: int) -> list[Line]:
        return sorted((line for line in self.tables.log if line.row == row), key=lambda line: line.version)

    def read(self, number: str) -> list[Fact]:
        """Return the facts of a dossier."""
        return decode_all(line.body for line in self._lines(self.row(number).row))

    def load_many(self, rows: Sequence[int]) -> list[Dossier]:
        """Return the states of dossiers by row."""
        return [
            replay(decode_all(line.body for line in lines)) for row in sorted(set(rows)) if (lines := self._lines(row))
        ]

    def recorded(self, command_id: str) -> Recorded | None:
        """Return what a command recorded."""
        start = next((line for line in self.tables.log if command_id and line.command_id == command_id), None)
        if start is None:
            return None
        later = [line for line in self._lines(start.row) if line.version >= start.version]
        facts = tuple(decode(line.body) for place, line in enumerate(later) if line.nth == place)
        return Recorded(self.tables.dossiers[start.row].dossier_id, start.version + len(facts) - 1, facts)

    def append(self, change: Change) -> None:
        """Append facts to one dossier; see `Store.append`."""
        check(change)
        with self._lock:
            dossier = change.dossier
            now = self.find(dossier.dossier_id)
            if change.command_id and (found := self.recorded(change.command_id)) is not None:
                if change.expected and found.dossier_id != dossier.dossier_id:
                    raise InputError(
                        f"command id {change.command_id} was used for dossier {found.dossier_id};"
                        f" dossier {dossier.name} needs another"
                    )
                raise AlreadyRecorded(change.command_id, found.dossier_id, found.facts, found.version)
            version = now.version if now else 0
            if version != change.expected:
                raise StaleVersionError(dossier.name, change.expected, version)
            row = now.row if now else max(self.tables.dossiers, default=0) + 1
            if dossier.dossier_no and (now is None or now.dossier_no != dossier.dossier_no):
                other = self.find(dossier.dossier_no)
                if other is not None and other.row != row:
                    raise NumberTakenError(dossier.dossier_no)
            self._write(change, row, now.head if now else GENESIS)

    def _write(self, change: Change, row: int, head: bytes) -> None:
        log = self.tables.log
        seq = log[-1].seq if log else 0
        lines = fact_rows(change, head, row)
        for place, (_, version, nth, command_id, body, digest) in enumerate(lines):
            log.append(Line(seq + place + 1, row, version, nth, command_id, body, digest))
        self.tables.rows[change.dossier.dossier_id] = row
        wake_at = change.wake_at
        self.tables.dossiers[row] = dossier_row(row, change.dossier, wake_at, lines[-1][5])
        for hold in touched_holds(change):
            self.tables.holds[row, hold.number] = hold_row(row, hold)

    def append_many(self, changes: Iterable[Change]) -> AppendReport:
        """Append to many dossiers; see `Store.append_many`."""
        done: set[str] = set()
        facts = 0
        stale: list[StaleVersionError] = []
        repeated: list[str] = []
        for change in sorted(changes, key=lambda change: (change.dossier.dossier_id, change.expected)):
            try:
                self.append(change)
            except StaleVersionError as error:
                stale.append(error)
            except AlreadyRecorded as error:
                repeated.append(error.command_id)
            else:
                done.add(change.dossier.dossier_id)
                facts += len(change.facts)
        return AppendReport(dossiers=len(done), facts=facts, stale=tuple(stale), repeated=tuple(repeated))

    def next_serial(self, agency: str, day: date) -> int:
        """Return the next serial number of a desk's day."""
        key = (agency, day.isoformat())
        with self._lock:
            self.tables.serials[key] = self.tables.serials.get(key, 0) + 1
            return self.tables.serials[key]

    def movable(self, limit: int = 1000, after: int = 0, *, now: int | None = None) -> list[int]:
        """Return rows of dossiers that can move by themselves."""
        held_back = {
            incident.row
            for incident in self.tables.incidents
            if incident.closed_at is None and (incident.retry_at is None or now is None or incident.retry_at > now)
        }
        return self._rows(lambda d: bool(d.is_movable) and d.row > after and d.row not in held_back)[:limit]

    def due_to_wake(self, now: int, limit: int = 1000, after: int = 0, *, origin: str = "") -> list[int]:
        """Return rows of dossiers whose ``wake_at`` has come."""
        return self._rows(lambda d: d.wake_at is not None and d.wake_at <= now and d.row > after and _is_of(d, origin))[
            :limit
        ]

    def _rows(self, wanted: Callable[[DossierRow], bool]) -> list[int]:
        return [row for row in sorted(self.tables.dossiers) if wanted(self.tables.dossiers[row])]

    def set_wakes(self, wakes: Iterable[tuple[int, int | None]]) -> None:
        """Set ``wake_at`` of rows."""
        for row, wake_at in wakes:
            if row in self.tables.dossiers:
                self.tables.dossiers[row] = self.tables.dossiers[row]._replace(wake_at=wake_at)

    def ended_subs(self, limit: int = 1000) -> list[tuple[HoldRow, DossierRow]]:
        """Return open holds whose sub-dossier has ended."""
        found = []
        for key in sorted(self.tables.holds):
            hold = self.tables.holds[key]
            sub = self.find(hold.sub_dossier) if hold.sub_dossier and hold.closed_at is None else None
            if sub is not None and sub.ended_at is not None:
                found.append((hold, sub))
        return found[:limit]

    def inbox(
        self, agency: str, *, officer: str = "", limit: int = 200, after: ListedHold | None = None
    ) -> list[ListedHold]:
        """Return the open holds of an agency."""
        return self._open_holds(lambda h: h.agency == agency and officer in {"", h.officer}, limit, after)

    def overdue_holds(
        self, at: int, *, agency: str = "", limit: int = 1000, after: ListedHold | None = None
    ) -> list[ListedHold]:
        """Return open holds past their own term."""
        return self._open_holds(lambda h: h.due is not None and h.due < at and agency in {"", h.agency}, limit, after)

    def _open_holds(self, wanted: Callable[[HoldRow], bool], limit: int, after: ListedHold | None) -> list[ListedHold]:
        found = sorted((h for h in self.tables.holds.values() if h.closed_at is None and wanted(h)), key=_by_due)
        if after is not None:
            found = [hold for hold in found if _by_due(hold) > _by_due(after.hold)]
        return [ListedHold(hold, self.tables.dossiers[hold.dossier]) for hold in found[:limit]]

    def intake(self, desk: str, *, limit: int = 200, after: int = 0) -> list[DossierRow]:
        """Return what a desk has not received yet."""
        return self._dossiers(
            lambda d: (
                d.ended_at is None and d.received_at is None and d.desk == desk and d.row > after and _is_of(d, "")
            )
        )[:limit]

    def overdue(
        self, at: int, *, desk: str = "", limit: int = 1000, after: DossierRow | None = None, origin: str = ""
    ) -> list[DossierRow]:
        """Return open dossiers past their legal due instant."""
        last = (-_NEVER, 0) if after is None else (after.due or 0, after.row)
        late = self._dossiers(
            lambda d: (
                d.ended_at is None
                and d.received_at is not None
                and d.due is not None
                and d.due < at
                and (d.stopped_since is None or d.stopped_since > d.due)
                and desk in {"", d.desk}
                and _is_of(d, origin)
                and (d.due, d.row) > last
            )
        )
        return sorted(late, key=lambda d: (d.due or 0, d.row))[:limit]

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

        def wanted(d: DossierRow) -> bool:
            received = d.received_at
            return (
                d.row > after
                and desk in {"", d.desk}
                and procedure in {"", d.procedure}
                and status in {0, d.status}
                and _is_of(d, origin)
                and (received_from is None or (received is not None and received >= received_from))
                and (received_to is None or (received is not None and received < received_to))
                and (is_open is None or is_open == (d.ended_at is None))
            )

        return self._dossiers(wanted)[:limit]

    def _dossiers(self, wanted: Callable[[DossierRow], bool]) -> list[DossierRow]:
        return [self.tables.dossiers[row] for row in self._rows(wanted)]

    def holds(self, number: str) -> list[HoldRow]:
        """Return all holds of a dossier."""
        return self._holds_of(self.row(number).row)

    def _holds_of(self, row: int) -> list[HoldRow]:
        return [self.tables.holds[key] for key in sorted(self.tables.holds) if key[0] == row]

    def tally(self, *, origin: str = "") -> list[Tally]:
        """Count dossiers."""
        keys = sorted(
            (d.desk, d.procedure, d.status, d.outcome) for d in self.tables.dossiers.values() if _is_of(d, origin)
        )
        return [Tally(*key, len(list(same))) for key, same in groupby(keys)]

    def last_instant(self, *, origin: str = "") -> int | None:
        """Return the latest instant at which anything occurred."""
        return max((d.last_at for d in self.tables.dossiers.values() if _is_of(d, origin)), default=None)

    def facts_after(self, position: Position = START, limit: int = 1000) -> list[Logged]:
        """Return facts after a position; see `Store.facts_after`."""
        return [
            Logged(
                Position(0, line.seq),
                line.row,
                self.tables.dossiers[line.row].dossier_id,
                line.version,
                decode(line.body),
            )
            for line in self._after(position)[:limit]
        ]

    def _after(self, position: Position) -> list[Line]:
        return [line for line in self.tables.log if line.seq > position.sequence]

    def cursor(self, subscriber: str) -> Position:
        """Return how far a subscriber has read."""
        return self.tables.cursors.get(subscriber, START)

    def move_cursor(self, subscriber: str, position: Position) -> None:
        """Remember how far a subscriber has read."""
        self.tables.cursors[subscriber] = position

    def backlog(self, subscriber: str) -> int:
        """Return how many facts a subscriber has not read yet."""
        return len(self._after(self.cursor(subscriber)))

    def anchor(self, day: date, at: int) -> Anchor:
        """Seal every fact recorded so far; see `Store.anchor`."""
        last = self.tables.anchors[-1] if self.tables.anchors else None
        upto = self.tables.log[-1].seq if self.tables.log else 0
        if last is not None and last.upto == upto:
            return last
        facts, root = self._root(last.upto if last else 0, upto)
        digest = seal(last.hash if last else GENESIS, day.isoformat(), upto, facts, root)
        made = Anchor(last.number + 1 if last else 1, day.isoformat(), upto, facts, root, digest, at)
        self.tables.anchors.append(made)
        return made

    def _root(self, after: int, upto: int) -> tuple[int, bytes]:
        hashes = [line.hash for line in self.tables.log if after < line.seq <= upto]
        return len(hashes), sha256(b"".join(hashes)).digest()

    def anchors(self) -> list[Anchor]:
        """Return all anchors."""
        return list(self.tables.anchors)

    def verify(
        self, *, views: bool = True, kept: Sequence[bytes] = (), progress: Progress | None = None
    ) -> list[Finding]:
        """Return what was changed behind the engine's back; see `Store.verify`."""
        findings = []
        for row in self._known_rows():
            view = self.tables.dossiers.get(row)
            lines = [(line.version, line.body, line.hash) for line in self._lines(row)]
            name = view.name if view is not None else f"row {row}"
            found = examine(name, lines, (view.version, view.head) if view is not None else None)
            if found is None and views and not (difference := self._compare(row, None)).is_view_right:
                found = view_finding(difference)
            if found is not None:
                findings.append(found)
        if progress is not None:
            progress(len(self.tables.dossiers))
        return [*findings, *check_anchors(self.anchors(), self._root, kept)]

    def rebuild_views(self, wake_at: WakeAt | None = None, *, progress: Progress | None = None) -> RebuildReport:
        """Make the views again from the facts; see `Store.rebuild_views`."""
        repaired, dossiers, holds, rewoken = list[str](), 0, 0, 0
        for row in self._known_rows():
            difference = self._compare(row, wake_at)
            if difference.wanted is not None:
                dossiers += 1
                holds += len(difference.wanted_holds)
            if difference.is_view_right:
                continue
            if difference.is_only_wake:
                rewoken += 1
            else:
                repaired.append(difference.name)
            self.tables.dossiers.pop(row, None)
            for hold in self._holds_of(row):
                del self.tables.holds[row, hold.number]
            if difference.wanted is not None:
                self.tables.dossiers[row] = difference.wanted
                self.tables.rows[difference.wanted.dossier_id] = row
                self.tables.holds.update({(row, hold.number): hold for hold in difference.wanted_holds})
        if progress is not None:
            progress(dossiers)
        return RebuildReport(dossiers=dossiers, holds=holds, rewoken=rewoken, repaired=tuple(repaired))

    def _known_rows(self) -> list[int]:
        return sorted({line.row for line in self.tables.log} | set(self.tables.dossiers))

    def _compare(self, row: int, wake_at: WakeAt | None) -> Difference:
        found, found_holds = self.tables.dossiers.get(row), tuple(self._holds_of(row))
        lines = self._lines(row)
        if not lines:
            return Difference(row=row, found=found, wanted=None, found_holds=found_holds, wanted_holds=())
        dossier = replay(decode_all(line.body for line in lines))
        return Difference(
            row=row,
            found=found,
            wanted=dossier_row(row, dossier, wake_after(dossier, found, wake_at), lines[-1].hash),
            found_holds=found_holds,
            wanted_holds=tuple(hold_row(row, dossier.holds[number]) for number in sorted(dossier.holds)),
        )

    def keep_log(self, name: str, content: str) -> None:
        """Keep how a replayed log was read; see `Store.keep_log`."""
        self.tables.logs[name] = content

    def kept_logs(self) -> dict[str, str]:
        """Return what was kept for each replayed log, by its name."""
        return {name: self.tables.logs[name] for name in sorted(self.tables.logs)}

    @property
    def is_demo(self) -> bool:
        """Whether this store was made by the demo."""
        return "demo" in self.tables.marks

    def mark_demo(self) -> None:
        """Mark this store as the demo's; see `Store.mark_demo`."""
        if not self.is_demo and self.tables.log:
            raise refuse_demo("this store in memory")
        self.tables.marks.add("demo")


def _by_due(hold: HoldRow) -> tuple[Any, ...]:
    return (_NEVER if hold.due is None else hold.due, hold.dossier, hold.number)


def _is_of(row: DossierRow, origin: str) -> bool:
    """Whether a row is of an origin; empty means dossiers, not files of signals."""
    return row.origin == origin if origin else row.origin != SIGNAL
