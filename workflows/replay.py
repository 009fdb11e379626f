"""Replaying a foreign log: read, understand, judge, append. Everything is checked before the first fact is written.

Plain functions; `workflows.flows_replay` shows them to Prefect. A log is history (origin ``"replay"``): no rule is
asked, its contradictions are counted and kept, and what is already there is not written again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from engine.calendar import WorkingCalendar
from engine.errors import InputError
from engine.events import Fact, HandedOver
from engine.instants import to_datetime
from store.logs import read_log
from store.mapping import Mapping
from store.store import Store
from store.values import Change, DossierRow
from workflows.foreign import ForeignLog, understand
from workflows.foreign_facts import ORIGIN, ForeignDossier, change_of, dossier_id_of, dossier_no_of, dossiers_of
from workflows.lateness_figures import LatenessFigures, lateness_figures

CHUNK: Final = 1000
"""Dossiers whose facts are in memory at once."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is and how far it will go (0: not known)."""


def _silently(_what: str, _done: int, _all: int) -> None:
    """Say nothing."""


@dataclass(slots=True, kw_only=True)
class Appended:
    """What was written and what was found there already; ``different`` dossiers are there with another history."""

    added: int = 0
    already_there: int = 0
    different: list[str] = field(default_factory=list)
    facts: int = 0
    hand_overs: int = 0

    def add(self, other: Appended) -> None:
        """Count another part in."""
        self.added += other.added
        self.already_there += other.already_there
        self.different += other.different
        self.facts += other.facts
        self.hand_overs += other.hand_overs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What a replay found and did; open dossiers are judged ``at`` the log's last instant (epoch seconds)."""

    log: str
    zone: str
    calendar: str
    events: int
    at: int
    figures: LatenessFigures
    contradictions: dict[str, int]
    left_out: dict[str, int]
    appended: Appended

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values; ``open_overdue`` is counted by instant, the other ways stand beside it."""
        figures = self.figures
        return {
            "log": self.log,
            "dossiers": figures.dossiers,
            "events": self.events,
            "ended": figures.ended,
            "late": figures.late,
            "late_of": figures.ended_with_due,
            "open": figures.dossiers - figures.ended,
            "open_overdue": figures.open_overdue["instant"],
            "open_overdue_by": figures.open_overdue,
            "open_overdue_of": figures.open_with_due,
            "terms_days": {str(days): count for days, count in figures.terms_days.items()},
            "judged_at": to_datetime(self.at, self.zone).isoformat(),
            "calendar": self.calendar,
            "contradictions": self.contradictions,
            "left_out": self.left_out,
            **asdict(self.appended),
        }


def replay_log(
    path: Path,
    mapping: Mapping,
    store: Store,
    *,
    calendar: WorkingCalendar,
    recorded_at: int,
    progress: Progress = _silently,
) -> ReplayReport:
    """Read a log and append the history of its dossiers.

    Args:
        path: XES, CSV (either may be gzipped) or Parquet.
        mapping: how to read it.
        store: where the facts go.
        calendar: the one the mapping names.
        recorded_at: epoch seconds; when the facts enter the store.
        progress: told how far it is.

    Raises:
        InputError: the log, or the mapping on it, cannot be understood, or another dossier has one of the numbers;
            nothing was written.
    """
    foreign, events = read_foreign(path, mapping, progress)
    at, figures = judge(foreign, calendar)
    appended = append_foreign(store, foreign, recorded_at=recorded_at, progress=progress)
    return report(foreign, events, at, figures, calendar, appended)


def read_foreign(path: Path, mapping: Mapping, progress: Progress = _silently) -> tuple[ForeignLog, int]:
    """Return the log understood, and how many events it holds.

    Raises:
        LogError: one sentence with the place.
    """
    progress("reading", 0, 0)
    log = read_log(path, mapping.wanted(), separator=mapping.separator)
    progress("understanding", 0, 0)
    foreign = understand(log, mapping)
    return foreign, foreign.events.height


def judge(foreign: ForeignLog, calendar: WorkingCalendar) -> tuple[int, LatenessFigures]:
    """Return the log's last event in epoch seconds and its lateness figures, to the log's full precision.

    Raises:
        InputError: the mapping's zone is not the calendar's, or the log lies outside the calendar's known days.
    """
    if foreign.mapping.zone != calendar.zone:
        raise InputError(
            f"the mapping reads dates in {foreign.mapping.zone}, calendar {calendar.code!r} lies in {calendar.zone}:"
            " choose a calendar of the same zone"
        )
    dossiers = foreign.dossiers
    instants = foreign.events["at"] if foreign.events.height else dossiers["begun"]
    last = instants.dt.epoch("us").max()
    at = last // 1_000_000 if isinstance(last, int) else 0
    return at, lateness_figures(dossiers["begun"], dossiers["due"], dossiers["ended"], now=at, calendar=calendar)


def append_foreign(store: Store, foreign: ForeignLog, *, recorded_at: int, progress: Progress = _silently) -> Appended:
    """Append the history of every dossier that is not there yet; a repeat adds nothing.

    Raises:
        InputError: a number belongs to a dossier of another origin; nothing was written.
    """
    count = foreign.dossiers.height
    check_numbers(store, foreign)
    done = Appended()
    for first in range(0, count, CHUNK):
        progress("appending", first, count)
        done.add(append_chunk(store, foreign, first, recorded_at=recorded_at))
    progress("appending", count, count)
    return done


def report(
    foreign: ForeignLog,
    events: int,
    at: int,
    figures: LatenessFigures,
    calendar: WorkingCalendar,
    appended: Appended,
) -> ReplayReport:
    """Return everything a replay has to say."""
    return ReplayReport(
        log=foreign.mapping.log,
        zone=foreign.mapping.zone,
        calendar=calendar.code,
        events=events,
        at=at,
        figures=figures,
        contradictions=foreign.contradictions,
        left_out=foreign.left_out,
        appended=appended,
    )


def append_chunk(store: Store, foreign: ForeignLog, first: int, *, recorded_at: int) -> Appended:
    """Append the history of up to `CHUNK` dossiers from number ``first`` on that are not there yet."""
    mapping, done = foreign.mapping, Appended()
    changes: list[Change] = []
    for dossier in dossiers_of(foreign, first, CHUNK):
        change = change_of(mapping, dossier, recorded_at=recorded_at)
        if store.find(change.dossier.dossier_id) is None:
            changes.append(change)
        else:
            _compare(store, change, done)
    outcome = store.append_many(changes)
    overtaken = {stale.dossier for stale in outcome.stale}
    for change in changes:
        if change.dossier.dossier_id in overtaken or change.dossier.dossier_no in overtaken:
            _compare(store, change, done)
        else:
            done.added += 1
            done.facts += len(change.facts)
            done.hand_overs += sum(isinstance(fact, HandedOver) for fact in change.facts)
    return done


def _compare(store: Store, change: Change, done: Appended) -> None:
    """Count a dossier that is there as the same or as another; later acts on it do not make it another."""
    there = store.read(change.dossier.dossier_id)[: len(change.facts)]
    done.already_there += 1
    if _undated(there) != _undated(change.facts):
        done.different.append(change.dossier.name)


def _undated(facts: Sequence[Fact]) -> list[Fact]:
    return [msgspec.structs.replace(fact, recorded_at=0) for fact in facts]


def check_numbers(store: Store, foreign: ForeignLog) -> None:
    """Refuse a log whose numbers belong to other dossiers.

    Raises:
        InputError: the first such number, and the way out.
    """
    mapping = foreign.mapping
    for first in range(0, foreign.dossiers.height, CHUNK):
        for dossier in dossiers_of(foreign, first, CHUNK):
            number, ours = dossier_no_of(mapping, dossier), dossier_id_of(mapping, dossier)
            found = store.find(number)
            if found is not None and found.dossier_id != ours:
                raise InputError(_taken(number, found, dossier, mapping))


def _taken(number: str, found: DossierRow, dossier: ForeignDossier, mapping: Mapping) -> str:
    if found.origin == ORIGIN and found.received_at != dossier.received:
        return (
            f"dossier {number} is in the store already with another receipt: this is another log, or a corrected one;"
            " replay it into a database of its own, or give the mapping a prefix:"
        )
    return f"number {number} belongs to another dossier of the store; give the mapping {mapping.log!r} a prefix:"
