"""Making the views again from the log: compare a dossier's rows with its facts, and set right what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec import MsgspecError

from engine.dossier import Dossier, replay
from engine.errors import InputError
from engine.events import SIGNAL
from engine.review import wake_of
from store.database import Database
from store.log import decode_all
from store.store import Progress, WakeAt
from store.values import DossierRow, HoldRow, RebuildReport
from store.views import DOSSIER_COLUMNS, HOLD_COLUMNS, dossier_row, hold_row, read_dossier

_CHUNK: Final = 500
_SPANS: Final = "SELECT DISTINCT dossier FROM facts WHERE dossier > ? ORDER BY dossier LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Rows of one dossier as they are and as its facts say.

    ``wanted`` is None where there are no facts, or, with a ``fault``, none that can be read.
    """

    row: int
    found: DossierRow | None
    wanted: DossierRow | None
    found_holds: tuple[HoldRow, ...]
    wanted_holds: tuple[HoldRow, ...]
    fault: str = ""

    @property
    def name(self) -> str:
        """The number people know it by."""
        shown = self.wanted or self.found
        return shown.name if shown is not None else f"row {self.row}"

    @property
    def is_view_right(self) -> bool:
        """Whether nothing differs."""
        return not self.fault and self.found == self.wanted and self.found_holds == self.wanted_holds

    @property
    def is_only_wake(self) -> bool:
        """Whether nothing differs but the instant at which to look at the dossier again, which no fact tells."""
        if self.found is None or self.wanted is None or self.found_holds != self.wanted_holds:
            return False
        return self.found != self.wanted and self.found._replace(wake_at=self.wanted.wake_at) == self.wanted

    def sentence(self) -> str:
        """Say what differs, first of all the dossier's own columns."""
        if self.fault:
            return self.fault
        if self.wanted is None:
            return "its view is there, but no fact of it"
        if self.found is None:
            return "its facts are there, but not its view"
        for name, found, wanted in zip(DossierRow._fields, self.found, self.wanted, strict=True):
            if found != wanted:
                return f"its view says {name} {_shown(found)}, its facts say {_shown(wanted)}"
        there = {hold.number: hold for hold in self.found_holds}
        meant = {hold.number: hold for hold in self.wanted_holds}
        for number in sorted(there.keys() | meant.keys()):
            found_hold, wanted_hold = there.get(number), meant.get(number)
            if found_hold is None or wanted_hold is None:
                where, other = ("facts", "view") if found_hold is None else ("view", "facts")
                return f"hold {number} is in its {where}, not in its {other}"
            for name, found, wanted in zip(HoldRow._fields, found_hold, wanted_hold, strict=True):
                if found != wanted:
                    return f"its view says {name} {_shown(found)} of hold {number}, its facts say {_shown(wanted)}"
        return "its view agrees with its facts"


def rows_with_facts(database: Database) -> Iterator[list[int]]:
    """Return the rows of all dossiers that facts or views know, ascending, a chunk at a time."""
    after = 0
    while True:
        rows = {row for (row,) in database.rows(_SPANS, (after, _CHUNK))}
        rows |= {
            row for (row,) in database.rows("SELECT id FROM dossiers WHERE id > ? ORDER BY id LIMIT ?", (after, _CHUNK))
        }
        if not rows:
            return
        chunk = sorted(rows)[:_CHUNK]
        yield chunk
        after = chunk[-1]


def compare(database: Database, rows: Sequence[int], wake_at: WakeAt | None) -> Iterator[Difference]:
    """Return what the views of these rows (ascending) are and what they should be."""
    span = (rows[0], rows[-1])
    facts = _by_dossier(
        database.rows(
            "SELECT dossier, version, body, hash FROM facts WHERE dossier BETWEEN ? AND ? ORDER BY dossier, version",
            span,
        )
    )
    views = {
        found[0]: read_dossier(found)
        for found in database.rows(
            f"SELECT {', '.join(DOSSIER_COLUMNS)} FROM dossiers WHERE id BETWEEN ? AND ?",  # noqa: S608  constants
            span,
        )
    }
    holds = _by_dossier(
        database.rows(
            f"SELECT {', '.join(HOLD_COLUMNS)} FROM holds WHERE dossier BETWEEN ? AND ? ORDER BY dossier, number",  # noqa: S608  constants
            span,
        )
    )
    for row in rows:
        found = views.get(row)
        found_holds = tuple(HoldRow._make(line) for line in holds.get(row, ()))
        lines = facts.get(row)
        if lines is None:
            yield Difference(row=row, found=found, wanted=None, found_holds=found_holds, wanted_holds=())
            continue
        try:
            dossier = replay(decode_all(line[2] for line in lines))
        except (MsgspecError, LookupError, ValueError) as error:
            fault = f"its facts cannot be read ({error})"
            yield Difference(row=row, found=found, wanted=None, found_holds=found_holds, wanted_holds=(), fault=fault)
            continue
        yield Difference(
            row=row,
            found=found,
            wanted=dossier_row(row, dossier, wake_after(dossier, found, wake_at), bytes(lines[-1][3])),
            found_holds=found_holds,
            wanted_holds=tuple(hold_row(row, dossier.holds[number]) for number in sorted(dossier.holds)),
        )


def rebuild_views(database: Database, wake_at: WakeAt | None, progress: Progress | None) -> RebuildReport:
    """Set right every row of the views that differs from the facts, in transactions of 500 dossiers."""
    dossiers = holds = rewoken = 0
    repaired: list[str] = []
    for rows in rows_with_facts(database):
        with database.transaction():
            database.lock_all()
            for difference in compare(database, rows, wake_at):
                if difference.wanted is not None:
                    dossiers += 1
                    holds += len(difference.wanted_holds)
                if difference.fault:
                    raise InputError(f"dossier {difference.name}: {difference.fault}: see motcua verify")
                if difference.is_only_wake:
                    rewoken += 1
                elif not difference.is_view_right:
                    repaired.append(difference.name)
                if not difference.is_view_right:
                    _repair(database, difference)
        if progress is not None:
            progress(dossiers)
    _drop_strays(database)
    return RebuildReport(dossiers=dossiers, holds=holds, rewoken=rewoken, repaired=tuple(repaired))


def _repair(database: Database, difference: Difference) -> None:
    row = (difference.row,)
    database.execute("DELETE FROM dossiers WHERE id = ?", row)
    database.execute("DELETE FROM holds WHERE dossier = ?", row)
    if difference.wanted is None:
        return
    wanted = difference.wanted
    _insert(database, "dossiers", DOSSIER_COLUMNS, (*wanted[:2], wanted.dossier_no or None, *wanted[3:]))
    for hold in difference.wanted_holds:
        _insert(database, "holds", HOLD_COLUMNS, hold)


def _drop_strays(database: Database) -> None:
    database.execute("DELETE FROM holds WHERE NOT EXISTS (SELECT 1 FROM dossiers d WHERE d.id = holds.dossier)")


def _insert(database: Database, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
    marks = ", ".join("?" * len(columns))
    database.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608  constants


def wake_after(dossier: Dossier, found: DossierRow | None, wake_at: WakeAt | None) -> int | None:
    """Return ``wake_at`` of a view made again: computed, else kept, else at once."""
    if dossier.origin == SIGNAL:
        return wake_of(dossier) if wake_at is not None or found is None else found.wake_at
    if dossier.origin != "live":
        return None
    if wake_at is not None:
        return wake_at(dossier)
    if found is not None and found.version == dossier.version:
        return found.wake_at
    return dossier.last_recorded_at if dossier.ended_at is None else None


def _by_dossier(lines: list[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for line in lines:
        grouped.setdefault(line[0], []).append(line)
    return grouped


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()[:12]
    return "nothing" if value in {None, ""} else str(value)
