"""Replaying a foreign log: read, understand, judge, append. Everything is checked before the first fact is written.

Plain functions; `workflows.flows_replay` shows them to Prefect. A log is history (origin ``"replay"``): no rule is
asked, its contradictions are counted and kept, and what is already there is not written again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import polars as pl

from engine.calendar import WorkingCalendar
from engine.errors import InputError, UnknownNumberError
from engine.events import Fact
from engine.instants import to_datetime
from store.logs import read_log
from store.logs.register import read_register
from store.mapping import Mapping
from store.store import Store
from store.values import Change, DossierRow
from workflows.foreign import ForeignLog, calendar_of, last_instant, understand
from workflows.foreign_facts import ORIGIN, ForeignDossier, change_of, dossier_id_of, dossier_no_of, dossiers_of
from workflows.kept_logs import keep_log
from workflows.lateness_figures import LatenessFigures, lateness_figures
from workflows.rulebook import Rulebook
from workflows.workplace import Workplace

CHUNK: Final = 1000
"""Dossiers whose facts are in memory at once."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is and how far it will go (0: not known)."""


def silently(_what: str, _done: int, _all: int) -> None:
    """Say nothing."""


@dataclass(slots=True, kw_only=True)
class Appended:
    """What was written and what was found there already; ``different`` dossiers are there with another history."""

    added: int = 0
    already_there: int = 0
    different: list[str] = field(default_factory=list)
    facts: int = 0

    def add(self, other: Appended) -> None:
        """Count another part in."""
        self.added += other.added
        self.already_there += other.already_there
        self.different += other.different
        self.facts += other.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What a replay found and did; open dossiers are judged ``at`` the log's last instant (epoch seconds)."""

    log: str
    zone: str
    calendar: str
    procedure: str
    procedure_known: bool
    events: int
    hand_overs: int
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
            "hand_overs": self.hand_overs,
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
            "procedure": self.procedure,
            "procedure_known": self.procedure_known,
            "contradictions": self.contradictions,
            "left_out": self.left_out,
            **asdict(self.appended),
        }


def replay_log(
    path: Path, mapping: Mapping, place: Workplace, *, recorded_at: int, progress: Progress = silently
) -> ReplayReport:
    """Read a log and append the history of its dossiers.

    Args:
        path: XES, CSV (either may be gzipped) or Parquet.
        mapping: how to read it.
        place: where the facts go; its database is made and brought up to date once the log is understood, not before.
        recorded_at: epoch seconds; when the facts enter the store.
        progress: told how far it is.

    Raises:
        InputError: the log, or the mapping on it, cannot be understood, or another dossier has one of the numbers;
            nothing was written.
    """
    foreign = read_foreign(path, mapping, progress, place.calendars)
    calendar, at, figures = judge(foreign, place.calendars)
    with place.opened() as (store, rulebook):
        check_target(store, foreign)
        known = publish_procedure(rulebook, foreign)
        keep_log(store, mapping, at)
        appended = append_foreign(store, foreign, recorded_at=recorded_at, progress=progress)
    return report(foreign, at, figures, calendar, appended, procedure_known=known)


def read_foreign(
    path: Path, mapping: Mapping, progress: Progress = silently, calendars: Path | None = None
) -> ForeignLog:
    """Return the log understood; ``calendars`` is an agency's own folder of calendars.

    Raises:
        LogError: one sentence with the place.
    """
    progress("reading", 0, 0)
    if mapping.register_ is not None:
        log = read_register(path, mapping)
    else:
        log = read_log(path, mapping.wanted(), separator=mapping.separator)
    progress("understanding", 0, 0)
    return understand(log, mapping, calendars)


def judge(foreign: ForeignLog, calendars: Path | None = None) -> tuple[WorkingCalendar, int, LatenessFigures]:
    """Return the mapping's calendar, the log's last event (epoch seconds) and its figures, to the full precision.

    Args:
        foreign: the log.
        calendars: an agency's own folder of calendars.

    Raises:
        InputError: no such calendar, the mapping's zone is not the calendar's, or the log lies outside its known days.
    """
    calendar = calendar_of(foreign.mapping, calendars)
    dossiers = foreign.dossiers
    at = last_instant(foreign)
    figures = lateness_figures(dossiers["begun"], dossiers["due"], dossiers["ended"], now=at, calendar=calendar)
    return calendar, at, figures


def append_foreign(
    store: Store, foreign: ForeignLog, *, recorded_at: int, progress: Progress = silently, origin: str = ORIGIN
) -> Appended:
    """Append the history of every dossier that is not there yet; a repeat adds nothing."""
    count = foreign.dossiers.height
    done = Appended()
    for first in range(0, count, CHUNK):
        progress("appending", first, count)
        done.add(append_chunk(store, foreign, first, recorded_at=recorded_at, count=CHUNK, origin=origin))
    progress("appending", count, count)
    return done


def report(
    foreign: ForeignLog,
    at: int,
    figures: LatenessFigures,
    calendar: WorkingCalendar,
    appended: Appended,
    *,
    procedure_known: bool,
) -> ReplayReport:
    """Return everything a replay has to say."""
    return ReplayReport(
        log=foreign.mapping.log,
        zone=foreign.mapping.zone,
        calendar=calendar.code,
        procedure=foreign.mapping.procedure,
        procedure_known=procedure_known,
        events=foreign.events.height,
        hand_overs=count_hand_overs(foreign),
        at=at,
        figures=figures,
        contradictions=foreign.contradictions,
        left_out=foreign.left_out,
        appended=appended,
    )


def append_chunk(
    store: Store, foreign: ForeignLog, first: int, *, recorded_at: int, count: int, origin: str = ORIGIN
) -> Appended:
    """Append the history of up to ``count`` dossiers from number ``first`` on that are not there yet."""
    mapping, done = foreign.mapping, Appended()
    changes: list[Change] = []
    for dossier in dossiers_of(foreign, first, count):
        change = change_of(mapping, dossier, recorded_at=recorded_at, origin=origin)
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
    return done


def _compare(store: Store, change: Change, done: Appended) -> None:
    """Count a dossier that is there as the same or as another; later acts on it do not make it another."""
    there = store.read(change.dossier.dossier_id)[: len(change.facts)]
    done.already_there += 1
    if _undated(there) != _undated(change.facts):
        done.different.append(change.dossier.name)


def _undated(facts: Sequence[Fact]) -> list[Fact]:
    return [msgspec.structs.replace(fact, recorded_at=0) for fact in facts]


def count_hand_overs(foreign: ForeignLog) -> int:
    """Return how often a dossier went from one agency to another; events without an agency are passed over."""
    held = foreign.events.filter(pl.col("agency").is_not_null())
    return held.filter(pl.col("agency") != pl.col("agency").shift().over("nr")).height


def check_target(store: Store, foreign: ForeignLog) -> None:
    """Refuse a store the log must not go to.

    Raises:
        InputError: it is a demonstration's, or a number of the log belongs to another dossier there.
    """
    if store.is_demo:
        raise InputError("this database belongs to a demonstration and may be thrown away: choose another with --db")
    mapping = foreign.mapping
    for first in range(0, foreign.dossiers.height, CHUNK):
        for dossier in dossiers_of(foreign, first, CHUNK):
            number, ours = dossier_no_of(mapping, dossier), dossier_id_of(mapping, dossier)
            found = store.find(number)
            if found is not None and found.dossier_id != ours:
                raise InputError(_taken(number, found, dossier, mapping))


def publish_procedure(rulebook: Rulebook, foreign: ForeignLog) -> bool:
    """Publish the procedure the dossiers follow if its file is at hand; return whether the store knows it now.

    History needs no procedure; with one, lists and papers show the titles of its steps.
    """
    mapping = foreign.mapping
    begun = foreign.dossiers["begun"].dt.convert_time_zone(mapping.zone).dt.date().min()
    try:
        if isinstance(begun, date):
            rulebook.in_force(mapping.procedure, begun)
        rulebook.procedure(mapping.procedure, mapping.procedure_version)
    except UnknownNumberError:
        return False
    return True


def _taken(number: str, found: DossierRow, dossier: ForeignDossier, mapping: Mapping) -> str:
    if found.origin == ORIGIN and found.received_at != dossier.received:
        return (
            f"dossier {number} is in the store already with another receipt: this is another log, or a corrected one;"
            " replay it into a database of its own, or give the mapping a prefix:"
        )
    return f"number {number} belongs to another dossier of the store; give the mapping {mapping.log!r} a prefix:"
