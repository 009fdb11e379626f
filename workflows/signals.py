"""Raising signals on live dossiers: what changed since the last sweep, patterns once a day, each signal once.

The dossiers of new facts are judged for acts that a text forbids. Before such a signal is raised, what speaks against
it is looked up over everything recent, because the queue and presence of an agency cannot be seen in one dossier.
Patterns of agencies are judged over the recent dossiers at most once a day. A signal's id follows from its key: two
sweeps at once, or one repeated after a crash, raise one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Final

import msgspec

from engine.casebook import Casebook
from engine.decisions.review import decide_signal
from engine.dossier import replay
from engine.errors import StaleVersionError
from engine.events import SIGNAL, SYSTEM, Fact
from engine.responsibility.judge import Bars, Judgement, judge
from engine.responsibility.signal import Level, SignalRule
from engine.review import EXPLAIN_WITHIN, Notify, SignalState, expire_signal, replay_signal
from procedures.signals import load_bars, load_signals
from store.store import Store
from store.values import DossierRow, Position
from workflows.casebook import casebook_of_rows
from workflows.changes import DOSSIER_ERRORS
from workflows.rulebook import Rulebook
from workflows.signal_facts import Occasion, Raising, occasions
from workflows.signal_files import DAILY, SUBSCRIBER, calendar_of, day_of, is_quiet, signal_change

WINDOW_DAYS: Final = 90
"""Days over which conduct is judged (proposal)."""

MOST_FACTS: Final = 50_000
"""Facts read by one sweep; the next goes on."""

READ: Final = 10_000
"""Facts read between two judgements."""

MOST_AROUND: Final = 20_000
"""Dossiers, newest first, in which counter-evidence to a single act is looked for."""

AT_ONCE: Final = 100
"""Signals raised in one transaction."""

SERIALS: Final = "signals"
_PAGE: Final = 1_000
_UNREADABLE: Final = (*DOSSIER_ERRORS, msgspec.MsgspecError)


@dataclass(slots=True, kw_only=True)
class SignalReport:
    """What a sweep did: facts read, dossiers judged, signals raised, limits to explain that passed."""

    facts: int = 0
    judged: int = 0
    raised: int = 0
    limits_passed: int = 0

    def figures(self) -> dict[str, int]:
        """Return the figures by name."""
        return asdict(self)


def raise_signals(
    store: Store,
    rulebook: Rulebook,
    now: int,
    *,
    rules: Mapping[str, SignalRule] | None = None,
    bars: Bars | None = None,
    explain_within: str = EXPLAIN_WITHIN,
    days: int = WINDOW_DAYS,
    most_facts: int = MOST_FACTS,
) -> SignalReport:
    """Raise and notify every signal there is a new reason for, and let the limits to explain pass.

    Args:
        store: whose live dossiers are judged.
        rulebook: their rules.
        now: the instant of judgement (epoch seconds).
        rules: of signals; None: the project's.
        bars: when a pattern is raised; None: the project's.
        explain_within: how long agencies may take to explain, e.g. ``"5 working days"``.
        days: over how many days back conduct counts.
        most_facts: facts read at most.

    Raises:
        InputError: rules or the limit cannot be read, or a dossier lies beyond its calendar.
    """
    rulebook.refresh()
    if is_quiet(store, rulebook, now):
        return SignalReport()
    sweep = _Sweep(
        store=store,
        rulebook=rulebook,
        now=now,
        rules=rules or load_signals(),
        bars=bars or load_bars(),
        limit=explain_within,
        since=now - days * 86_400,
    )
    sweep.let_limits_pass()
    sweep.judge_patterns()
    sweep.judge_changed(most_facts)
    return sweep.report


@dataclass(slots=True, kw_only=True)
class _Sweep:
    store: Store
    rulebook: Rulebook
    now: int
    rules: Mapping[str, SignalRule]
    bars: Bars
    limit: str
    since: int
    report: SignalReport = field(default_factory=SignalReport)
    _judged: dict[int, int] = field(default_factory=dict)

    def let_limits_pass(self) -> None:
        """Record every limit to explain that has passed."""
        after = 0
        while rows := self.store.due_to_wake(self.now, _PAGE, after, origin=SIGNAL):
            changes, quiet = [], []
            for row, listed in zip(rows, self.store.load_many(rows), strict=True):
                history = self.store.read(listed.dossier_id)
                passed = expire_signal(replay_signal(history), self.now)
                if passed:
                    changes.append(signal_change(history, passed))
                else:
                    quiet.append((row, None))
            self.report.limits_passed += self.store.append_many(changes).facts if changes else 0
            self.store.set_wakes(quiet)
            after = rows[-1]

    def judge_patterns(self) -> None:
        """Judge all recent dossiers, once a day: patterns of agencies, and acts that time alone made out."""
        today = day_of(self.rulebook, self.now)
        if self.store.cursor(DAILY).sequence >= today:
            return
        rows = list(self._recent(None))
        book = self._book(rows)
        self.report.judged += book.dossiers.height
        if book.dossiers.height:
            self._raise(book, judge(book, self.rules, bars=self.bars))
        self._judged = {row.row: row.version for row in rows}
        self.store.move_cursor(DAILY, Position(0, today))

    def judge_changed(self, most: int) -> None:
        """Judge the dossiers of facts nobody has judged yet; the cursor moves when their signals are raised."""
        codes = [code for code, rule in self.rules.items() if rule.level is Level.DOSSIER]
        while self.report.facts < most:
            numbers, read, position = self._unread(min(READ, most - self.report.facts))
            if not read:
                return
            self.report.facts += read
            rows = [row for row in map(self.store.find, numbers) if row is not None and self._is_to_judge(row)]
            if rows and codes:
                book = self._book(rows)
                self.report.judged += book.dossiers.height
                found = judge(book, self.rules, codes=codes, bars=self.bars)
                new = [one for one in occasions(found, book) if self._is_new(one)]
                if new:
                    self._raise_with_counter_evidence(rows, new)
            self.store.move_cursor(SUBSCRIBER, position)

    def _is_to_judge(self, row: DossierRow) -> bool:
        """Whether it changed within the window, and since patterns were judged in this sweep."""
        return row.last_at >= self.since and self._judged.get(row.row) != row.version

    def _raise_with_counter_evidence(self, rows: Sequence[DossierRow], new: Sequence[Occasion]) -> None:
        wanted = {one.dossier_id for one in new}
        concerned = [row for row in rows if row.dossier_id in wanted]
        others = (row for row in self._recent(MOST_AROUND) if row.dossier_id not in wanted)
        book = self._book([*concerned, *others])
        found = judge(book, self.rules, codes=sorted({one.code for one in new}), bars=self.bars)
        self._raise(book, found, keys={one.key for one in new})

    def _unread(self, most: int) -> tuple[list[str], int, Position]:
        """Return the dossiers of the next facts, in the order of the log, how many facts, and up to where."""
        position, read, numbers = self.store.cursor(SUBSCRIBER), 0, dict[str, None]()
        while read < most and (page := self.store.facts_after(position, min(_PAGE, most - read))):
            numbers |= dict.fromkeys(entry.dossier_id for entry in page if entry.fact.origin == "live")
            position, read = page[-1].position, read + len(page)
        return list(numbers), read, position

    def _recent(self, most: int | None) -> Iterable[DossierRow]:
        """Return the live dossiers received since the window began, and older ones still open; the newest ``most``."""
        older = _pages(self.store, is_open=True, until=self.since)
        return deque(chain(older, _pages(self.store, since=self.since)), maxlen=most)

    def _book(self, rows: Iterable[DossierRow]) -> Casebook:
        """Return the casebook of rows; a history that cannot be read keeps no other from being judged."""
        kept = list(rows)
        try:
            return casebook_of_rows(self.store, self.rulebook, self.now, kept)
        except _UNREADABLE:
            readable = [row for row in kept if self._is_readable(row)]
            if len(readable) == len(kept):
                raise
            return casebook_of_rows(self.store, self.rulebook, self.now, readable)

    def _is_readable(self, row: DossierRow) -> bool:
        try:
            replay(self.store.read(row.dossier_id))
        except _UNREADABLE:
            return False
        return True

    def _is_new(self, occasion: Occasion) -> bool:
        """Whether nothing was raised for it yet; a pattern's earlier file must also be closed and out of the window."""
        if self.store.find(occasion.signal_id) is not None:
            return False
        before = self.store.find(occasion.before) if occasion.before else None
        if before is None:
            return True
        file = replay_signal(self.store.read(before.dossier_id))
        return file.state is SignalState.CLOSED and file.raised.occurred_at < self.since

    def _raise(self, book: Casebook, found: Judgement, keys: set[str] | None = None) -> None:
        raising = Raising(book=book, found=found, now=self.now)
        new = [one for one in occasions(found, book) if (keys is None or one.key in keys) and self._is_new(one)]
        for start in range(0, len(new), AT_ONCE):
            with self.store.transaction():
                for occasion in new[start : start + AT_ONCE]:
                    self.report.raised += self._raise_one(raising, occasion)

    def _raise_one(self, raising: Raising, occasion: Occasion) -> bool:
        """Raise and notify one signal; False where another sweep has done it meanwhile."""
        calendar = calendar_of(self.rulebook, occasion.agency)
        day = calendar.local_date(self.now)
        try:
            with self.store.transaction():
                number = f"SIG-{day:%y%m%d}-{self.store.next_serial(SERIALS, day):04d}"
                raised = raising.fact(occasion, number)
                told = Notify(at=self.now, by=SYSTEM, limit=self.limit)
                facts = self._notified(raised, told)
                self.store.append(signal_change((), facts))
        except StaleVersionError:
            return False
        return True

    def _notified(self, raised: Fact, told: Notify) -> tuple[Fact, ...]:
        file = replay_signal([raised])
        return (raised, *decide_signal(file, told, self.rulebook.directory, calendar_of(self.rulebook, file.agency)))


def _pages(
    store: Store, *, is_open: bool | None = None, since: int | None = None, until: int | None = None
) -> Iterator[DossierRow]:
    after = 0
    while page := store.register(
        origin="live", is_open=is_open, received_from=since, received_to=until, limit=_PAGE, after=after
    ):
        yield from page
        after = page[-1].row
