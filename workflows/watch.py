"""The sweep: everything time does by itself, in bounded chunks that can stop and go on anywhere.

Which dossiers are looked at stands in the store (``wake_at``), so that a sweep that dies leaves nothing behind but
dossiers still to be woken. Two sweeps at once record each thing once: both decide, one appends, the other is stale.
Replayed dossiers have no ``wake_at`` and are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.dossier import Dossier
from engine.expire import expire, wake_at
from store.store import Store
from store.values import Change
from workflows import incidents
from workflows.changes import DOSSIER_ERRORS, change_of
from workflows.loading import load_rows
from workflows.rulebook import Rulebook
from workflows.signal_files import is_quiet
from workflows.workplace import Workplace

CHUNK: Final = 1_000
"""Dossiers looked at between two writes."""

STAGE: Final = "watch"


@dataclass(slots=True, kw_only=True)
class SweepReport:
    """What a sweep did: dossiers looked at, facts recorded, dossiers somebody else was faster on, incidents."""

    dossiers: int = 0
    facts: int = 0
    stale: int = 0
    incidents: int = 0

    def add(self, other: SweepReport) -> None:
        """Add another report's figures."""
        self.dossiers += other.dossiers
        self.facts += other.facts
        self.stale += other.stale
        self.incidents += other.incidents


def watch(
    store: Store,
    rulebook: Rulebook,
    now: int,
    *,
    limit: int | None = None,
    chunk: int = CHUNK,
    progress: Callable[[SweepReport], None] | None = None,
) -> SweepReport:
    """Wake every dossier whose instant has come.

    Args:
        store: what is swept.
        rulebook: the rules.
        now: the instant up to which time has passed (epoch seconds).
        limit: at most so many dossiers; None means all.
        chunk: dossiers between two writes.
        progress: told the figures so far after each chunk.
    """
    rulebook.refresh()
    total = SweepReport()
    after = 0
    while limit is None or total.dossiers < limit:
        size = chunk if limit is None else min(chunk, limit - total.dossiers)
        rows = store.due_to_wake(now, size, after)
        if not rows:
            break
        total.add(sweep_rows(store, rulebook, now, rows))
        after = rows[-1]
        if progress is not None:
            progress(total)
    return total


def watch_conduct(store: Store, rulebook: Rulebook, now: int, place: Workplace) -> int:
    """Raise signals as an installation has chosen, after the sweep; return how many. See `workflows.signals`.

    Raises:
        InputError: rules of signals cannot be read, or a dossier lies beyond its calendar.
    """
    if not place.signals or is_quiet(store, rulebook, now):
        return 0
    from workflows.signals import raise_signals  # brings polars, which the sweep itself does without

    report = raise_signals(store, rulebook, now, explain_within=place.explain_within, days=place.signals_days)
    return report.raised


def sweep_rows(store: Store, rulebook: Rulebook, now: int, rows: Sequence[int]) -> SweepReport:
    """Let time act on the dossiers of some rows and write once."""
    report = SweepReport(dossiers=len(rows))
    changes: list[Change] = []
    quiet: list[tuple[int, int | None]] = []
    troubled = incidents.waiting(store)
    loaded = load_rows(store, rows)
    for row, dossier_id, error in loaded.unreadable:
        quiet.append((row, incidents.report(store, dossier_id, STAGE, error, now).retry_at))
        report.incidents += 1
    for row, dossier in loaded.dossiers:
        try:
            change = _passed(dossier, rulebook, now)
        except DOSSIER_ERRORS as error:
            incident = incidents.report(store, dossier.dossier_id, STAGE, error, now)
            quiet.append((row, incident.retry_at))
            report.incidents += 1
            continue
        if dossier.dossier_id in troubled:
            store.incidents.close(dossier.dossier_id, now, stage=STAGE)
        if isinstance(change, Change):
            changes.append(change)
        else:
            quiet.append((row, change))
    if changes:
        written = store.append_many(changes)
        report.facts += written.facts
        report.stale += len(written.stale)
    if quiet:
        store.set_wakes(quiet)
    return report


def _passed(dossier: Dossier, rulebook: Rulebook, now: int) -> Change | int | None:
    """Return the change time leads to, or where there is none the next instant at which there will be one."""
    rules = rulebook.rules_of(dossier)
    expected = dossier.version
    facts = expire(dossier, rules, now)
    return change_of(dossier, facts, expected, rules) if facts else wake_at(dossier, rules)
