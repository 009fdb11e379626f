"""The live face of the demo: a database with some weeks of history, in which people go on acting turn by turn.

What a person means to do is planned in memory and told to `workflows.handle` when its instant has come, like any act;
what has happened meanwhile is read from the log. Everything by itself is left to the flows. The demo has a time of its
own: office hours pass `SPEED` times as fast as real ones, and nights and days off are skipped.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

import msgspec

from engine import commands as co
from engine.calendar import WorkingCalendar
from engine.dossier import Dossier
from engine.errors import InputError, NotAllowedError, StaleVersionError
from engine.events import SIGNAL
from engine.instants import to_seconds
from store import START as BEGINNING
from store import Applicant, Position, Store, StoreBusyError
from workflows import handle
from workflows.demo import CALENDAR, START, Month, rules_on
from workflows.rulebook import Rulebook
from workflows.sample import name_of_applicant, submissions_now
from workflows.sample_conduct import Conduct

SPEED: Final = 120
"""Office seconds of the demo that pass in a real second."""

HISTORY_DAYS: Final = 40
HISTORY_SCALE: Final = 0.25
"""How many days lie behind a new demo, and which share of the month's demand they saw."""

ROOM_DAYS: Final = 200
"""Days the calendar must still know when a new demo begins."""

SEED: Final = 7
MOST_ACTS: Final = 40
"""Acts in one turn, so that a turn stays short whatever has gathered."""

MOST_SUBMISSIONS: Final = 10
READ: Final = 2_000
"""Facts read from the log at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What people did in one turn."""

    submitted: int = 0
    acts: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClock:
    """The demo's time: ``began`` when the real clock showed ``real`` (epoch seconds); office hours only."""

    calendar: WorkingCalendar
    began: int
    real: int
    speed: int = SPEED

    def at(self, real: int) -> int:
        """Return the demo's instant when the real clock shows ``real``; it never goes back behind ``began``.

        Raises:
            BeyondCalendarError: the demo has run to the end of its calendar.
        """
        return self.calendar.add_seconds(self.began, max(0, real - self.real) * self.speed)


@dataclass(slots=True, kw_only=True)
class Live:
    """A prepared demo. ``clock`` turns real instants into the demo's, ``turn`` lets people act."""

    store: Store
    rulebook: Rulebook
    clock: DemoClock
    conduct: Conduct
    chance: Random
    _plans: list[tuple[int, int, str, co.Command]] = field(default_factory=list)
    _planned: int = 0
    _position: Position = BEGINNING
    _last: int = 0

    def turn(self, now: int) -> Turn:
        """Let applicants submit and officers act up to ``now`` (the demo's epoch seconds), a bounded handful.

        Raises:
            InputError: the database is not the demo's.
        """
        if not self.store.is_demo:
            self.store.mark_demo()
        submitted = self._submit(now)
        self._listen(now)
        acts = refused = 0
        while self._plans and self._plans[0][0] <= now and acts + refused < MOST_ACTS:
            _, _, dossier_id, command = heapq.heappop(self._plans)
            done = self._act(dossier_id, msgspec.structs.replace(command, at=now))
            acts, refused = acts + done, refused + (not done)
        return Turn(submitted=submitted, acts=acts, refused=refused)

    def catch_up(self, now: int) -> None:
        """Plan for every dossier that waits for somebody; the log is read from its present end on."""
        while logged := self.store.facts_after(self._position, READ):
            self._position = logged[-1].position
        for dossier in _unfinished(self.store):
            self._plan(dossier, self.conduct.resume(dossier, self.rulebook.rules_of(dossier), now))
        self._last = now

    def _submit(self, now: int) -> int:
        calendar = self.clock.calendar
        passed = calendar.seconds_between(self._last, now)
        self._last = max(self._last, now)
        rules = rules_on(self.rulebook, calendar.local_date(now))
        procedures = {code: one.procedure for code, one in rules.items()}
        found = submissions_now(now, passed, procedures, self.rulebook.directory, calendar, self.chance)
        self.chance.shuffle(found)
        for one in found[:MOST_SUBMISSIONS]:
            handle.submit(
                self.store,
                self.rulebook,
                procedure=one.procedure,
                agency=one.desk,
                applicant=Applicant(
                    ref=f"demo-{now}-{self.chance.randrange(1 << 40):x}", name=name_of_applicant(self.chance)
                ),
                at=now,
                channel=one.channel,
                papers=one.papers,
                data=one.data,
            )
        return min(len(found), MOST_SUBMISSIONS)

    def _listen(self, now: int) -> None:
        """Let people react to what has happened since the last turn."""
        logged = self.store.facts_after(self._position, READ)
        by_dossier: dict[str, list[int]] = {}
        for nth, one in enumerate(logged):
            self._position = one.position
            by_dossier.setdefault(one.dossier_id, []).append(nth)
        for dossier_id, places in by_dossier.items():
            dossier = self.store.load(dossier_id)
            if dossier.origin == SIGNAL:
                continue
            facts = [logged[nth].fact for nth in places]
            for command in self.conduct.after(facts, dossier, self.rulebook.rules_of(dossier)):
                self._push(max(command.at, now), dossier_id, command)

    def _act(self, dossier_id: str, command: co.Command) -> bool:
        try:
            handle.act(self.store, self.rulebook, dossier_id, command)
        except NotAllowedError:
            self._try_again(dossier_id, command)
            return False
        except (StaleVersionError, StoreBusyError):
            self._push(command.at + SPEED, dossier_id, command)
            return False
        except InputError:
            return False
        return True

    def _try_again(self, dossier_id: str, command: co.Command) -> None:
        if not isinstance(command, co.FinishStep | co.SendBack | co.RequestSupplement):
            return
        dossier = self.store.load(dossier_id)
        hold = dossier.holds.get(command.hold)
        if hold is None or hold.closed_at is not None or dossier.awaits_supplement is not None:
            return
        self._plan(dossier, [self.conduct.again(hold, self.rulebook.rules_of(dossier), command.at)])

    def _plan(self, dossier: Dossier, commands: Iterator[co.Command] | list[co.Command | None]) -> None:
        for command in commands:
            if command is not None:
                self._push(command.at, dossier.dossier_id, command)

    def _push(self, at: int, dossier_id: str, command: co.Command) -> None:
        self._planned += 1
        heapq.heappush(self._plans, (at, self._planned, dossier_id, command))


def prepare(store: Store, rulebook: Rulebook, now: int, *, seed: int = SEED) -> Live:
    """Make a database ready for the demo: some hundred dossiers under way, with the weeks behind them.

    A demo's database that holds dossiers goes on where it ended. A new one begins at ``now``, or in the month the demo
    of `workflows.demo` shows where ``now`` leaves no room in the calendar or the sample's procedures are not in force.

    Args:
        store: empty, or marked as the demo's.
        rulebook: its rules.
        now: what the real clock shows, epoch seconds.
        seed: of the chance.

    Raises:
        InputError: the database holds dossiers that are not the demo's.
    """
    store.mark_demo()
    calendar = rulebook.calendars[CALENDAR]
    chance = Random(seed)  # noqa: S311  a story, no secret
    last = store.last_instant()
    if last is None:
        last = _beginning(calendar, now)
        month = Month(rulebook, chance)
        month.expect(last - HISTORY_DAYS * 86_400, last, scale=HISTORY_SCALE)
        month.run(last)
        month.keep(store)
    live = Live(
        store=store,
        rulebook=rulebook,
        clock=DemoClock(calendar=calendar, began=calendar.add_seconds(last, 1), real=now),
        conduct=Conduct(directory=rulebook.directory, chance=chance),
        chance=chance,
    )
    live.catch_up(live.clock.began)
    return live


def _beginning(calendar: WorkingCalendar, now: int) -> int:
    """Return when a new demo begins: now, if the procedures are in force and the calendar reaches far enough."""
    earliest = to_seconds(START.subtract(days=14))
    latest = calendar.opening(calendar.roll_forward(calendar.last_day - timedelta(days=ROOM_DAYS)))
    return now if earliest <= now < latest else to_seconds(START)


def _unfinished(store: Store) -> Iterator[Dossier]:
    """Dossiers that wait for somebody: open, at intake, or decided and not collected."""
    after = 0
    while rows := store.register(limit=1_000, after=after):
        after = rows[-1].row
        waiting = [row.row for row in rows if row.ended_at is None or (row.outcome in _COLLECTED and not row.issued_at)]
        yield from store.load_many(waiting)


_COLLECTED: Final = frozenset({"granted", "denied"})
