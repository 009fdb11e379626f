"""The drive: every dossier that can move by itself moves until it rests with somebody; written once a chunk.

A drive may die anywhere: what was written is whole, what was not is done again by the next one. Machines are asked
with the same key however often, and sub-dossiers carry an id that follows from their root's step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.errands import CallService, StartSubDossier
from engine.events import Fact
from store.store import Store
from store.values import Change
from workflows import incidents
from workflows.changes import DOSSIER_ERRORS, Moved, moved
from workflows.loading import check_dossier, load_rows
from workflows.machines import Reply, ask_machines
from workflows.rulebook import Rulebook
from workflows.services import Services
from workflows.subs import start_sub, tell_roots

CHUNK: Final = 1_000
"""Dossiers moved in memory between two writes."""

MOST_PASSES: Final = 20
"""Times one drive goes round for dossiers that its own errands set free; the next drive takes what is left."""

STAGE: Final = "drive"


@dataclass(slots=True, kw_only=True)
class DriveReport:
    """What a drive did: dossiers moved, facts recorded, errands done, stale writes, incidents.

    ``places`` names the desks and procedures of what was driven, as tags: ``agency:…``, ``procedure:…``.
    """

    dossiers: int = 0
    facts: int = 0
    services: int = 0
    sub_dossiers: int = 0
    stale: int = 0
    incidents: int = 0
    places: set[str] = field(default_factory=set)

    def figures(self) -> dict[str, int]:
        """Return the figures alone."""
        return {
            "dossiers": self.dossiers,
            "facts": self.facts,
            "services": self.services,
            "sub_dossiers": self.sub_dossiers,
            "stale": self.stale,
            "incidents": self.incidents,
        }

    def add(self, other: DriveReport) -> None:
        """Add another report's figures."""
        self.dossiers += other.dossiers
        self.facts += other.facts
        self.services += other.services
        self.sub_dossiers += other.sub_dossiers
        self.stale += other.stale
        self.incidents += other.incidents
        self.places |= other.places


@dataclass(slots=True, kw_only=True)
class _Chunk:
    """What one chunk has come to in memory."""

    report: DriveReport = field(default_factory=DriveReport)
    changes: list[Change] = field(default_factory=list)
    errands: list[Moved] = field(default_factory=list)
    troubled: frozenset[str] = frozenset()

    def over(self, store: Store, dossier_id: str, stage: str, now: int) -> None:
        """Close the incidents of a stage that went well this time, where there may be any."""
        if dossier_id in self.troubled:
            store.incidents.close(dossier_id, now, stage=stage)


def drive(
    store: Store,
    rulebook: Rulebook,
    now: int,
    *,
    services: Services | None = None,
    limit: int | None = None,
    chunk: int = CHUNK,
    progress: Callable[[DriveReport], None] | None = None,
) -> DriveReport:
    """Move every dossier that can move by itself.

    Args:
        store: what is driven.
        rulebook: the rules.
        now: the instant of the moves (epoch seconds).
        services: the machines; None knows only services named by their address.
        limit: at most so many dossiers; None means all.
        chunk: dossiers between two writes.
        progress: told the figures so far after each chunk.
    """
    rulebook.refresh()
    total = DriveReport()
    with services or Services() as machines:
        for _ in range(MOST_PASSES):
            facts_before = total.facts
            after = 0
            while limit is None or total.dossiers < limit:
                size = chunk if limit is None else min(chunk, limit - total.dossiers)
                rows = store.movable(size, after, now=now)
                if not rows:
                    break
                total.add(drive_rows(store, rulebook, now, rows, services=machines))
                after = rows[-1]
                if progress is not None:
                    progress(total)
            total.add(tell(store, rulebook, now))
            if total.facts == facts_before or (limit is not None and total.dossiers >= limit):
                break
    return total


def drive_rows(
    store: Store, rulebook: Rulebook, now: int, rows: Sequence[int], *, services: Services | None = None
) -> DriveReport:
    """Move the dossiers of some rows, write once, then run their errands and write what follows from those."""
    chunk = _Chunk()
    loaded = load_rows(store, rows)
    chunk.report.dossiers = len(rows)
    for _, dossier_id, error in loaded.unreadable:
        incidents.report(store, dossier_id, STAGE, error, now)
        chunk.report.incidents += 1
    chunk.troubled = incidents.waiting(store)
    chunk.report.places = {
        tag for _, dossier in loaded.dossiers for tag in (f"agency:{dossier.desk}", f"procedure:{dossier.procedure}")
    }
    for _, dossier in loaded.dossiers:
        if dossier.last_at > now:  # seen from a past instant, what happened since stays as it is
            continue
        try:
            went = moved(dossier, rulebook.rules_of(dossier), now)
        except DOSSIER_ERRORS as error:
            incidents.report(store, dossier.dossier_id, STAGE, error, now)
            chunk.report.incidents += 1
            continue
        chunk.over(store, dossier.dossier_id, STAGE, now)
        _keep(chunk, went)
    slower = _write(store, chunk)
    _run_errands(store, rulebook, now, chunk, services or Services(), slower)
    return chunk.report


def drive_one(
    store: Store, rulebook: Rulebook, now: int, number: str, *, services: Services | None = None
) -> DriveReport:
    """Move one dossier, also one whose incident still waits.

    Raises:
        UnknownNumberError: no such dossier.
    """
    rulebook.refresh()
    check_dossier(store, number)
    return drive_rows(store, rulebook, now, [store.row(number).row], services=services)


def tell(store: Store, rulebook: Rulebook, now: int) -> DriveReport:
    """Record on their roots that sub-dossiers have ended."""
    changes = tell_roots(store, rulebook, now)
    if not changes:
        return DriveReport()
    written = store.append_many(changes)
    return DriveReport(facts=written.facts, stale=len(written.stale))


def _keep(chunk: _Chunk, went: Moved) -> None:
    if went.change is not None:
        chunk.changes.append(went.change)
    if went.errands:
        chunk.errands.append(went)


def _write(store: Store, chunk: _Chunk) -> set[str]:
    """Append what has come together; return the dossiers on which somebody else was faster."""
    if not chunk.changes:
        return set()
    written = store.append_many(chunk.changes)
    chunk.changes = []
    chunk.report.facts += written.facts
    chunk.report.stale += len(written.stale)
    return {stale.dossier for stale in written.stale}


def _run_errands(
    store: Store, rulebook: Rulebook, now: int, chunk: _Chunk, services: Services, slower: set[str]
) -> None:
    """Run errands round by round, because an answer may open the next machine step."""
    for _ in range(MOST_PASSES):
        waiting = [went for went in chunk.errands if not slower & {went.dossier.dossier_id, went.dossier.dossier_no}]
        chunk.errands = []
        if not waiting:
            return
        ready = [_start_subs(store, rulebook, now, chunk, went) for went in waiting]
        calls = [
            (went.dossier, errand)
            for went in ready
            if went
            for errand in went.errands
            if isinstance(errand, CallService)
        ]
        replies: dict[str, list[Reply]] = {}
        for reply in ask_machines(services, calls):
            replies.setdefault(reply.dossier.dossier_id, []).append(reply)
        for of_one in replies.values():
            _take_in(store, rulebook, now, chunk, of_one)
        slower = _write(store, chunk)


def _start_subs(store: Store, rulebook: Rulebook, now: int, chunk: _Chunk, went: Moved) -> Moved | None:
    """Start the sub-dossiers a dossier waits for; None where that failed: its other errands wait for a next drive."""
    while (errand := next((one for one in went.errands if isinstance(one, StartSubDossier)), None)) is not None:
        stage = f"sub_dossier:{errand.step}"
        try:
            went = start_sub(store, rulebook, went.dossier, errand, now)
        except DOSSIER_ERRORS as error:
            incidents.report(store, went.dossier.dossier_id, stage, error, now)
            chunk.report.incidents += 1
            return None
        chunk.over(store, went.dossier.dossier_id, stage, now)
        chunk.report.sub_dossiers += 1
        chunk.report.facts += 0 if went.change is None else len(went.change.facts)
    return went


def _take_in(store: Store, rulebook: Rulebook, now: int, chunk: _Chunk, replies: list[Reply]) -> None:
    """Take in what the machines said about one dossier and let it move on."""
    dossier = replies[0].dossier
    facts: list[Fact] = []
    for reply in replies:
        stage = f"service:{reply.errand.service}"
        try:
            facts.extend(reply.facts(rulebook.rules_of(dossier), now))
        except DOSSIER_ERRORS as error:
            incidents.report(store, dossier.dossier_id, stage, error, now)
            chunk.report.incidents += 1
        else:
            chunk.report.services += 1
            chunk.over(store, dossier.dossier_id, stage, now)
    if not facts:
        return
    try:
        _keep(chunk, moved(dossier, rulebook.rules_of(dossier), now, facts))
    except DOSSIER_ERRORS as error:
        incidents.report(store, dossier.dossier_id, STAGE, error, now)
        chunk.report.incidents += 1
