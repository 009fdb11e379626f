"""The demo's month in virtual time: events in order of their instants, told to the same engine as live dossiers.

Commands go through `engine.decide`, moves through `engine.advance`, time through `engine.expire`; only the clock is
made up. The same seed tells the same month.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final

import msgspec
import pendulum

from engine import commands as co
from engine import events as ev
from engine.advance import StuckError, advance
from engine.decide import decide
from engine.dossier import Dossier, evolve
from engine.errands import CallService, StartSubDossier, served, sub_ended, sub_started
from engine.errors import InputError, NotAllowedError
from engine.expire import expire, wake_at
from engine.instants import to_seconds
from engine.rules import Rules
from store import Applicant, Change, Store, open_store
from workflows.demo_report import DemoReport, report_of
from workflows.ids import new_id
from workflows.rulebook import Rulebook
from workflows.sample import DEMANDS, Submission, days_between, name_of_applicant, submissions_of
from workflows.sample_conduct import Conduct

START: Final = pendulum.datetime(2026, 11, 2, tz="Asia/Ho_Chi_Minh")
"""The month shown where nobody names another: it holds 24 November, a day off from 2026 on."""

MOST_DAYS: Final = 366
"""Longest period; demand per day is bounded, so this bounds memory too."""

CALENDAR: Final = "vn"
DIRECTORY: Final = "province"


@dataclass(slots=True, kw_only=True)
class Life:
    """One dossier in virtual time: its state, all its facts, and the instant at which time acts on it next."""

    rules: Rules
    dossier: Dossier = field(default_factory=Dossier)
    facts: list[ev.Fact] = field(default_factory=list)
    wake: int | None = None
    asked: set[str] = field(default_factory=set)
    root: Life | None = None
    is_stuck: bool = False


def run_month(
    days: int = 30, seed: int = 7, start: pendulum.DateTime = START, store: Store | None = None
) -> DemoReport:
    """Live through some days of the sample province and return the result.

    Args:
        days: how many local days from ``start``, 1 to `MOST_DAYS`.
        seed: of the one generator all chance comes from.
        start: when the first day begins.
        store: where the dossiers are kept afterwards; None keeps none.

    Raises:
        InputError: too many or too few days, or the store holds dossiers that are not the demo's.
        BeyondCalendarError: the days, or the terms that begin in them, lie beyond the calendar.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"{days} days: the demo runs for 1 to {MOST_DAYS} days")
    if store is not None:
        store.mark_demo()
    rulebook = Rulebook(store if store is not None else open_store("memory:"), directory=DIRECTORY)
    until = to_seconds(start.add(days=days))
    month = Month(rulebook, Random(seed))  # noqa: S311  a story, no secret
    month.expect(to_seconds(start), until)
    month.run(until)
    if store is not None:
        month.keep(store)
    return month.report(seed=seed, days=days, start=to_seconds(start), until=until)


def rules_on(rulebook: Rulebook, day: date) -> dict[str, Rules]:
    """Return the rules of what is asked for on a day, by procedure; what is not in force then is left out."""
    found: dict[str, Rules] = {}
    for demand in DEMANDS:
        with suppress(InputError):
            found[demand.procedure] = rulebook.in_force(demand.procedure, day)
    return found


class Month:
    """A queue of what will happen, and the dossiers it happens to.

    Args:
        rulebook: the rules; procedures it does not have are not asked for.
        chance: the seeded generator.
    """

    def __init__(self, rulebook: Rulebook, chance: Random) -> None:
        self.rulebook = rulebook
        self.calendar = rulebook.calendars[CALENDAR]
        self.conduct = Conduct(directory=rulebook.directory, chance=chance)
        self.lives: list[Life] = []
        self.refused = 0
        self._chance = chance
        self._queue: list[tuple[int, int, Callable[[int], None]]] = []
        self._pushed = 0
        self._serials: Counter[tuple[str, date]] = Counter()
        self._in_force: dict[date, dict[str, Rules]] = {}

    def expect(self, since: int, until: int, *, scale: float = 1.0) -> None:
        """Put in the queue what is submitted from ``since`` to before ``until`` (epoch seconds), ``scale`` times."""
        for day in days_between(self.calendar.local_date(since), self.calendar.local_date(until - 1)):
            procedures = {code: rules.procedure for code, rules in self._rules_on(day).items()}
            directory = self.rulebook.directory
            for one in submissions_of(day, procedures, directory, self.calendar, self._chance, scale=scale):
                if since <= one.at < until:
                    self._push(one.at, self._submission(one))

    def run(self, until: int) -> None:
        """Let everything happen that happens before ``until`` (epoch seconds)."""
        while self._queue and self._queue[0][0] < until:
            at, _, happen = heapq.heappop(self._queue)
            happen(at)

    def report(self, *, seed: int, days: int, start: int, until: int) -> DemoReport:
        """Return the result as it stands at ``until``."""
        report = report_of(
            ((life.dossier, life.facts) for life in self.lives),
            self.rulebook.rules_of,
            seed=seed,
            days=days,
            start=start,
            until=until,
            zone=self.calendar.zone,
        )
        report.stuck = sum(life.is_stuck for life in self.lives)
        return report

    def keep(self, store: Store) -> None:
        """Write all dossiers into a store that is marked as the demo's.

        Raises:
            InputError: it is not.
        """
        if not store.is_demo:
            store.mark_demo()
        with store.transaction():
            for ref in dict.fromkeys(life.dossier.applicant for life in self.lives):
                store.applicants.put(Applicant(ref=ref, name=name_of_applicant(self._chance)))
            for (desk, day), count in self._serials.items():
                for _ in range(count):
                    store.next_serial(desk, day)
        store.append_many([Change(dossier=d, facts=facts, expected=0, wake_at=wake) for d, facts, wake in self._kept()])

    def _kept(self) -> list[tuple[Dossier, Sequence[ev.Fact], int | None]]:
        return [(life.dossier, life.facts, life.wake) for life in self.lives]

    def _rules_on(self, day: date) -> dict[str, Rules]:
        if day not in self._in_force:
            self._in_force[day] = rules_on(self.rulebook, day)
        return self._in_force[day]

    def _push(self, at: int, happen: Callable[[int], None]) -> None:
        self._pushed += 1
        heapq.heappush(self._queue, (at, self._pushed, happen))

    def _submission(self, one: Submission) -> Callable[[int], None]:
        def happen(at: int) -> None:
            life = Life(rules=self._rules_on(self.calendar.local_date(at))[one.procedure])
            submit = co.Submit(
                at=at,
                by=ev.APPLICANT,
                agency=one.desk,
                dossier_id=new_id(at, self._chance.randbytes(10)),
                procedure=one.procedure,
                channel=one.channel,
                applicant=f"demo-{len(self.lives) + 1}",
                papers=one.papers,
                data=dict(one.data),
            )
            self.lives.append(life)
            self._do(life, submit)

        return happen

    def _command(self, life: Life, command: co.Command) -> Callable[[int], None]:
        return lambda at: self._do(life, command if command.at == at else msgspec.structs.replace(command, at=at))

    def _do(self, life: Life, command: co.Command) -> None:
        """Time first, then the command, then the moves: as `workflows.handle` and the drive do."""
        dossier, rules = life.dossier, life.rules
        passed = expire(dossier, rules, command.at)
        day = self.calendar.local_date(command.at)
        if isinstance(command, co.Receive):
            command = msgspec.structs.replace(command, serial=self._serials[dossier.desk, day] + 1)
        try:
            facts = decide(dossier if dossier.version else None, command, rules)
        except NotAllowedError as refusal:
            self.refused += 1
            facts = tuple(fact for fact in refusal.breach if isinstance(fact, ev.Fact))
            self._try_again(life, command)
        else:
            if isinstance(command, co.Receive):
                self._serials[dossier.desk, day] += 1
        self._settle(life, command.at, (*passed, *facts), len(passed))

    def _try_again(self, life: Life, command: co.Command) -> None:
        """An officer whose act was refused ends his step in another way."""
        if not isinstance(command, co.FinishStep | co.SendBack | co.RequestSupplement):
            return
        hold = life.dossier.holds.get(command.hold)
        if hold is None or hold.closed_at is not None or life.dossier.awaits_supplement is not None:
            return
        other = self.conduct.again(hold, life.rules, command.at)
        if other is not None:
            self._push(other.at, self._command(life, other))

    def _settle(self, life: Life, at: int, facts: Sequence[ev.Fact], folded: int = 0) -> None:
        """Fold facts in (those before ``folded`` are), let the dossier move, and see to what follows from it."""
        dossier, rules = life.dossier, life.rules
        for fact in facts[folded:]:
            evolve(dossier, fact)
        happened = list(facts)
        try:
            went = advance(dossier, rules, at)
        except StuckError:
            self._hold_up(life, happened, at)
            return
        happened += went.facts
        life.facts += happened
        for errand in went.errands:
            if errand.key not in life.asked:
                life.asked.add(errand.key)
                soon = at + self._chance.randrange(60, 900)
                match errand:
                    case CallService():
                        self._push(soon, self._answer(life, errand))
                    case StartSubDossier():
                        self._push(soon, self._start(life, errand))
        for command in self.conduct.after(happened, dossier, rules):
            self._push(max(command.at, at), self._command(life, command))
        if life.root is not None and dossier.ended_at is not None:
            self._push(at + self._chance.randrange(60, 600), self._tell(life.root, life))
        self._sleep(life, at)

    def _hold_up(self, life: Life, happened: list[ev.Fact], at: int) -> None:
        """A dossier that cannot move stays as it was before it tried: live it becomes an incident."""
        life.is_stuck = True
        life.facts += happened
        life.dossier = Dossier()
        for fact in life.facts:
            evolve(life.dossier, fact)
        self._sleep(life, at)

    def _sleep(self, life: Life, at: int) -> None:
        wake = wake_at(life.dossier, life.rules)
        if wake != life.wake:
            life.wake = wake
            if wake is not None:
                self._push(max(wake, at), lambda now: self._wake(life, wake, now))

    def _wake(self, life: Life, wake: int, at: int) -> None:
        if life.wake == wake:
            passed = expire(life.dossier, life.rules, at)
            self._settle(life, at, passed, len(passed))

    def _answer(self, life: Life, errand: CallService) -> Callable[[int], None]:
        """The machine answers; one in twenty says that it failed."""

        def happen(at: int) -> None:
            hold = life.dossier.holds[errand.hold]
            if hold.closed_at is None:
                outcomes = [edge.outcome for edge in life.rules.procedure.nodes[errand.step].edges]
                failed = "failed" in outcomes and self._chance.random() < 0.05
                facts = served(life.dossier, errand.hold, "failed" if failed else outcomes[0], {}, at)
                passed = expire(life.dossier, life.rules, at)
                self._settle(life, at, (*passed, *facts), len(passed))

        return happen

    def _start(self, life: Life, errand: StartSubDossier) -> Callable[[int], None]:
        """The sub-dossier is submitted and received by the system, as `workflows.subs` does live."""

        def happen(at: int) -> None:
            root = life.dossier
            if root.holds[errand.hold].closed_at is not None:
                return
            rules = self.rulebook.in_force(errand.procedure, self.calendar.local_date(at))
            channel = root.channel if rules.procedure.legal_limit(root.channel) else rules.procedure.channels[0]
            sub = Life(rules=rules, root=life)
            submit = co.Submit(
                at=at,
                by=ev.SYSTEM,
                agency=errand.agency,
                dossier_id=new_id(at, self._chance.randbytes(10)),
                procedure=errand.procedure,
                channel=channel,
                applicant=root.applicant,
                papers=root.papers,
                data=dict(root.data),
                root=root.dossier_id,
                root_hold=errand.hold,
            )
            self.lives.append(sub)
            self._do(sub, submit)
            self._do(sub, co.Receive(at=at, by=ev.SYSTEM, agency=errand.agency, serial=1))
            passed = expire(root, life.rules, at)
            started = sub_started(root, life.rules, errand.hold, submit.dossier_id, at)
            self._settle(life, at, (*passed, *started), len(passed))

        return happen

    def _tell(self, root: Life, sub: Life) -> Callable[[int], None]:
        def happen(at: int) -> None:
            passed = expire(root.dossier, root.rules, at)
            told = sub_ended(root.dossier, sub.dossier.root_hold, sub.dossier.outcome, at)
            self._settle(root, at, (*passed, *told), len(passed))

        return happen
