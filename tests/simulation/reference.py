"""The simulated world told slowly: every dossier a real one, every act decided, moved and expired by the engine.

A differential test holds the compiled kernel against this; both follow docs/simulation.md.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from engine import commands as co
from engine import events as ev
from engine.advance import StuckError, advance
from engine.calendar import WorkingCalendar
from engine.decide import decide
from engine.dossier import Dossier, Hold, Work, evolve, replay
from engine.errands import StartSubDossier, errands, open_opinions, served, sub_ended, sub_started
from engine.errors import NotAllowedError
from engine.expire import expire, wake_at
from engine.procedure import ApplicantWait, End, EndKind, Node, Step, WaitFor
from engine.rules import Rules
from engine.simulation.chance import Purpose, length, mixed, place_of, uniform
from engine.simulation.model import Arrivals, Conduct, Draw, Model, Opinion, Policy, Treatment, Variant
from tests.simulation.officers import NEVER_DUE, Offices, Piece, Worker

TIMER, SUB_ENDED, MACHINE, ACT, SUBMISSION, READY, ON_DUTY = range(7)
"""Ranks: what comes first of what happens at the same instant."""

HALF_A_DAY = 4 * 3600
"""The term a length is a share of where there is none."""

NEEDLESS = Opinion(service=Draw(a=HALF_A_DAY))
"""How opinions that no procedure plans are treated: always answered, half a day of work."""

CLOSING = (ev.StepDone, ev.SentBack, ev.Transferred, ev.OpinionGiven, ev.OpinionSilent)


@dataclass(eq=False, kw_only=True)
class Life:
    """One dossier: its state, its facts, and what people remember of it.

    ``full`` are the whole service times of holds, ``awaited`` the holds that wait for an opinion nobody planned (by its
    hold), ``questioned`` those that have asked for one.
    """

    number: int
    key: np.uint64
    variant: Variant
    applicant: str
    root: Life | None = None
    dossier: Dossier = field(default_factory=Dossier)
    facts: list[ev.Fact] = field(default_factory=list)
    wake: int | None = None
    told: bool = False
    pieces: dict[int, Piece] = field(default_factory=dict)
    full: dict[int, int] = field(default_factory=dict)
    awaited: dict[int, int] = field(default_factory=dict)
    questioned: set[int] = field(default_factory=set)
    concluded: set[int] = field(default_factory=set)
    started: set[int] = field(default_factory=set)
    bounced: Counter[int] = field(default_factory=Counter)
    later: int = 0

    @property
    def rules(self) -> Rules:
        return self.variant.rules

    def node(self, hold: Hold) -> Node:
        return self.rules.procedure.nodes[hold.step]

    def treatment(self, hold: Hold) -> Treatment:
        return self.variant.treatments.get(hold.step, Treatment())

    def chance(self, purpose: int, place: int = 0, turn: int = 0) -> float:
        return float(uniform(self.key, purpose, place, turn))

    def length(self, draw: Draw, purpose: int, place: int = 0, turn: int = 0, term: int = HALF_A_DAY) -> int:
        table = np.array(draw.table or (0.0,), dtype=np.float64)
        u = self.chance(purpose, place, turn)
        found = float(length(int(draw.law), float(draw.a), float(draw.b), table, 0, len(draw.table), u))
        return int(found * term) if draw.of_term else int(found)

    def outcome(self, hold: Hold) -> str:
        """The outcome that this dossier's chance chooses at a hold."""
        outcomes = outcomes_of(self.node(hold))
        named = self.treatment(hold).outcomes
        known = {one: float(named[one]) for one in outcomes if one in named}
        if not known:
            return outcomes[0]
        rest = [one for one in outcomes if one not in known]
        left = max(0.0, 1.0 - sum(known.values())) / len(rest) if rest else 0.0
        weights = [known.get(one, left) for one in outcomes]
        total = sum(weights) or 1.0
        u, upto = self.chance(Purpose.OUTCOME, place_of(hold.step), hold.entry), 0.0
        for one, weight in zip(outcomes, weights, strict=True):
            upto += weight / total
            if u < upto:
                return one
        return outcomes[-1]

    def refuses(self, hold: Hold, outcome: str) -> bool:
        end = self._end_of(hold, outcome)
        return end is not None and end.end is not EndKind.GRANTED

    def grants(self, hold: Hold, outcome: str) -> bool:
        end = self._end_of(hold, outcome)
        return end is not None and end.end is EndKind.GRANTED

    def _end_of(self, hold: Hold, outcome: str) -> End | None:
        target = next(edge.target for edge in self.node(hold).edges if edge.outcome == outcome)
        node = self.rules.procedure.nodes[target]
        return node if isinstance(node, End) else None


def outcomes_of(node: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(edge.outcome for edge in node.edges))


def lived(model: Model, arrivals: Arrivals) -> list[list[ev.Fact]]:
    """The facts of every dossier, by its number: arrivals first, then sub-dossiers and those submitted again."""
    return World(model, arrivals).lived()


class World:
    """A clock, the dossiers, and the officers.

    ``workers`` know how many office seconds they were busy.
    """

    def __init__(self, model: Model, arrivals: Arrivals) -> None:
        self.model = model
        self.offices = Offices(model, self._begin, self._call)
        self.lives: dict[int, Life] = {}
        self._arrived = len(arrivals.at)
        self._following = self._arrived
        self._serials: Counter[tuple[str, date]] = Counter()
        self._queue: list[tuple[int, int, int, int, int, Callable[[int], None]]] = []
        self._scheduled = 0
        for number in range(self._arrived):
            at, variant, key = int(arrivals.at[number]), int(arrivals.variant[number]), arrivals.key[number]
            self._schedule(at, SUBMISSION, number, 0, self._arrival(number, model.variants[variant], np.uint64(key)))

    @property
    def workers(self) -> list[Worker]:
        return self.offices.workers

    def lived(self) -> list[list[ev.Fact]]:
        while self._queue and self._queue[0][0] < self.model.until:
            at, *_, happen = heapq.heappop(self._queue)
            happen(at)
        return [self.lives[number].facts if number in self.lives else [] for number in range(self._following)]

    # the clock

    def _schedule(self, at: int, rank: int, number: int, hold: int, happen: Callable[[int], None]) -> None:
        self._scheduled += 1
        heapq.heappush(self._queue, (at, rank, number, hold, self._scheduled, happen))

    def _plan(self, life: Life, at: int, hold: int, act: Callable[[int], Iterable[ev.Fact]]) -> None:
        """Somebody will act at an instant; what the dossier no longer allows then leads to no facts."""
        self._schedule(at, ACT, life.number, hold, lambda now: self._happen(life, now, lambda: act(now)))

    def _command(self, life: Life, at: int, hold: int, kind: type[co.Command], **said: Any) -> None:
        self._plan(life, at, hold, lambda now: self._said(life, kind(at=now, **said)))

    def _happen(
        self, life: Life, at: int, act: Callable[[], Iterable[ev.Fact]], freed: Sequence[Worker] = ()
    ) -> list[ev.Fact]:
        """Time first, then an act (which folds its own facts), then the moves and all that follows; the act's facts."""
        passed = expire(life.dossier, life.rules, at)
        done = list(act())
        self._settle(life, at, [*passed, *done], freed)
        return done

    def _said(self, life: Life, command: co.Command) -> tuple[ev.Fact, ...]:
        """The facts of a command, folded in; none where it is refused."""
        try:
            facts = decide(life.dossier if life.dossier.version else None, command, life.rules)
        except NotAllowedError:
            return ()
        return self._folded(life, facts)

    def _folded(self, life: Life, facts: Iterable[ev.Fact]) -> tuple[ev.Fact, ...]:
        folded = tuple(facts)
        for fact in folded:
            evolve(life.dossier, fact)
        return folded

    def _settle(self, life: Life, at: int, facts: Sequence[ev.Fact], freed: Sequence[Worker] = ()) -> None:
        """Let the dossier move after ``facts``, which are folded in, and everybody react to what is new."""
        happened = self._moved(life, at, list(facts))
        for errand in self._sub_dossiers(life):
            life.started.add(errand.hold)
            sub = self._start(life, errand, at)
            started = sub_started(life.dossier, life.rules, errand.hold, sub.dossier.dossier_id, at)
            happened = self._moved(life, at, [*happened, *self._folded(life, started)])
        life.facts += happened
        free = [*freed, *self._dropped(life, happened, at)]
        for fact in happened:
            self._react(life, fact, at)
        if life.root is not None and life.dossier.ended_at is not None and not life.told:
            life.told = True
            self._schedule(at, SUB_ENDED, life.root.number, life.dossier.root_hold, self._telling(life.root, life))
        self._sleep(life, at)
        for worker in free:
            self.offices.set_free(worker, at)

    def _moved(self, life: Life, at: int, happened: list[ev.Fact]) -> list[ev.Fact]:
        """What happened and the moves after it; a dossier that cannot move stays as it was before it tried."""
        try:
            return [*happened, *advance(life.dossier, life.rules, at).facts]
        except StuckError:
            life.dossier = replay([*life.facts, *happened])
            return happened

    def _sub_dossiers(self, life: Life) -> Iterable[StartSubDossier]:
        """Errands one after the other: each may lead to further ones."""
        while True:
            found = [
                errand
                for errand in errands(life.dossier, life.rules)
                if isinstance(errand, StartSubDossier) and errand.hold not in life.started
            ]
            if not found:
                return
            yield found[0]

    def _sleep(self, life: Life, at: int) -> None:
        wake = wake_at(life.dossier, life.rules)
        if wake == life.wake:
            return
        life.wake = wake
        if wake is not None:
            self._schedule(max(wake, at), TIMER, life.number, 0, lambda now: self._wake(life, wake, now))

    def _wake(self, life: Life, wake: int, at: int) -> None:
        if life.wake == wake:
            self._happen(life, at, lambda: ())

    # submission and sub-dossiers

    def _arrival(self, number: int, variant: Variant, key: np.uint64) -> Callable[[int], None]:
        return lambda at: self._submit(Life(number=number, key=key, variant=variant, applicant=f"s-{number}"), at)

    def _submit(self, life: Life, at: int) -> None:
        self.lives[life.number] = life
        self._settle(life, at, self._submitted(life, at, by=ev.APPLICANT))

    def _submitted(self, life: Life, at: int, **more: Any) -> tuple[ev.Fact, ...]:
        variant = life.variant
        command = co.Submit(
            at=at,
            agency=variant.desk,
            dossier_id=dossier_id(life.number),
            procedure=variant.rules.procedure.code,
            channel=variant.channel,
            applicant=life.applicant,
            data=dict(variant.data),
            **more,
        )
        return self._folded(life, decide(None, command, life.rules))

    def _next_number(self) -> int:
        self._following += 1
        return self._following - 1

    def _submit_again(self, life: Life, at: int) -> None:
        key = mixed_key(life.key, 0x5EED)
        number = self._next_number()
        self._submit(Life(number=number, key=key, variant=life.variant, applicant=life.applicant), at)

    def _start(self, root: Life, errand: StartSubDossier, at: int) -> Life:
        """Submit a sub-dossier and receive it, both by the system."""
        fitting = [
            one for one in self.model.variants if one.only_as_part and one.rules.procedure.code == errand.procedure
        ]
        variant = next((one for one in fitting if one.desk == errand.agency), fitting[0])
        key = mixed_key(root.key, errand.hold + 1)
        sub = Life(number=self._next_number(), key=key, variant=variant, applicant=root.applicant, root=root)
        self.lives[sub.number] = sub
        facts = self._submitted(sub, at, by=ev.SYSTEM, root=root.dossier.dossier_id, root_hold=errand.hold)
        received = self._received(sub, at, by=ev.SYSTEM)
        self._settle(sub, at, [*facts, *received])
        return sub

    def _received(self, life: Life, at: int, by: str) -> tuple[ev.Fact, ...]:
        desk = life.dossier.desk
        day = desk, self._desk(life).local_date(at)
        facts = self._said(life, co.Receive(at=at, by=by, agency=desk, serial=self._serials[day] + 1))
        self._serials[day] += bool(facts)
        return facts

    def _telling(self, root: Life, sub: Life) -> Callable[[int], None]:
        def told(at: int) -> Iterable[ev.Fact]:
            return self._folded(root, sub_ended(root.dossier, sub.dossier.root_hold, sub.dossier.outcome, at))

        return lambda at: void(self._happen(root, at, lambda: told(at)))

    # who works by which calendar

    def _desk(self, life: Life) -> WorkingCalendar:
        return self.offices.office(life.variant.desk).calendar

    def _calendar(self, life: Life, hold: Hold) -> WorkingCalendar:
        return self.offices.office(hold.agency).calendar if hold.agency else self._desk(life)

    def _first(self, agency: str) -> str:
        return self.offices.office(agency).officers[0].code

    def _by_desk(self, life: Life, reason: str = "") -> dict[str, Any]:
        return {"by": self._first(life.variant.desk), "agency": life.variant.desk, "reason": reason}

    def _term(self, life: Life, hold: Hold) -> int:
        if hold.due is None or hold.due <= hold.opened_at:
            return HALF_A_DAY
        return self._calendar(life, hold).seconds_between(hold.opened_at, hold.due)

    # pieces of work

    def _dropped(self, life: Life, happened: Sequence[ev.Fact], at: int) -> list[Worker]:
        """Drop work on holds that have closed; the officers who had it in hand, in the order of closing."""
        freed = []
        for number in self._closed(life, happened):
            piece = life.pieces.pop(number, None)
            worker = self.offices.drop(piece, at) if piece is not None else None
            if worker is not None:
                freed.append(worker)
        return freed

    def _closed(self, life: Life, happened: Sequence[ev.Fact]) -> list[int]:
        holds = life.dossier.holds
        order: list[int] = []
        for fact in happened:
            if isinstance(fact, CLOSING) and holds[fact.hold].closed_at is not None:
                under = [
                    one.number for one in holds.values() if one.lead_hold == fact.hold and one.closed_at is not None
                ]
                order += [fact.hold, *sorted(under)]
        if life.dossier.ended_at is not None:
            order += [0, *sorted(life.pieces)]
        return list(dict.fromkeys(order))

    def _piece(self, life: Life, hold: Hold, seconds: int, *also: str) -> Piece:
        fits = {hold.step, *also}
        return Piece(
            life=life,
            hold=hold.number,
            office=self.offices.office(hold.agency),
            able=self.offices.able(hold.agency, lambda officer: not officer.steps or bool(officer.steps & fits)),
            seconds=seconds,
            due=NEVER_DUE if hold.due is None else hold.due,
        )

    def _enter(self, life: Life, hold: Hold, seconds: int, at: int) -> None:
        """Work on an open hold enters its queue."""
        also = ("opinion",) if hold.work is Work.OPINION else ()
        piece = self._piece(life, hold, seconds, *also)
        life.pieces[hold.number] = piece
        self.offices.enter(piece, at)

    def _ready(self, life: Life, hold: Hold, seconds: int, ready: int, at: int) -> None:
        """Work on a hold enters its queue at ``ready`` if the hold is open then."""
        if ready <= at:
            self._enter(life, hold, seconds, at)
            return

        def enter(now: int) -> None:
            current = life.dossier.holds[hold.number]
            if current.closed_at is None:
                self._enter(life, current, seconds, now)

        self._schedule(ready, READY, life.number, hold.number, enter)

    def _call(self, worker: Worker, at: int) -> None:
        self._schedule(at, ON_DUTY, worker.index, 0, lambda now: self.offices.wake(worker, now))

    def _begin(self, worker: Worker, piece: Piece, at: int) -> None:
        life = piece.life
        hold = life.dossier.holds.get(piece.hold)
        if hold is not None:
            life.facts += self._taken_up(life, hold, worker.officer.code, at)
        ends = worker.officer.calendar.add_seconds(at, int(piece.seconds * worker.officer.pace))
        self._schedule(ends, ACT, life.number, piece.hold, lambda now: self._end(worker, piece, now))

    def _taken_up(self, life: Life, hold: Hold, by: str, at: int) -> tuple[ev.Fact, ...]:
        if hold.taken_up_at is not None:
            return ()
        return self._said(life, co.TakeUp(at=at, by=by, agency=hold.agency, hold=hold.number))

    def _end(self, worker: Worker, piece: Piece, at: int) -> None:
        """A piece of work ends, if it is still in hand."""
        if worker.piece is not piece:
            return
        life = piece.life
        self.offices.lay_down(worker, at)
        del life.pieces[piece.hold]
        by = worker.officer.code

        def act() -> Iterable[ev.Fact]:
            if piece.hold == 0:
                return self._looked(life, by, at)
            hold = life.dossier.holds[piece.hold]
            match hold.work:
                case Work.OPINION:
                    return self._opined(life, hold, by, at)
                case Work.CONSULTATION:
                    return self._concluded(life, hold, by, at)
                case _:
                    return self._worked(life, hold, by, at)

        self._happen(life, at, act, [worker])

    # what officers do at the end of a piece

    def _looked(self, life: Life, by: str, at: int) -> tuple[ev.Fact, ...]:
        """Intake: the dossier is received, completed or refused."""
        intake, turn = life.variant.intake, len(life.dossier.supplements)
        said: dict[str, Any] = {"at": at, "by": by, "agency": life.variant.desk}
        u = life.chance(Purpose.INTAKE, 0, turn)
        if u < intake.declines:
            return self._said(life, co.DeclineIntake(**said, reason="declined"))
        if u < intake.declines + intake.supplement and turn == 0:
            return self._said(life, co.RequestSupplement(**said, papers=self._papers(life), reason="incomplete"))
        return self._received(life, at, by)

    def _papers(self, life: Life) -> tuple[str, ...]:
        return tuple(paper.code for paper in life.rules.procedure.papers)[:1] or ("paper",)

    def _opined(self, life: Life, hold: Hold, by: str, at: int) -> tuple[ev.Fact, ...]:
        opinion, place, turn = self._opinion(life, hold)
        u = life.chance(Purpose.OPINION_POSITION, place, turn)
        position = (
            "disagree"
            if u < opinion.disagrees
            else "no_position"
            if u < opinion.disagrees + opinion.no_position
            else "agree"
        )
        command = co.GiveOpinion(at=at, by=by, agency=hold.agency, hold=hold.number, position=position)
        return self._said(life, command)

    def _concluded(self, life: Life, hold: Hold, by: str, at: int) -> tuple[ev.Fact, ...]:
        opinions = [one for one in life.dossier.holds.values() if one.lead_hold == hold.number]
        outcome = "disagreed" if any(one.position == "disagree" for one in opinions) else "agreed"
        outcomes = outcomes_of(life.node(hold))
        return self._finished(life, hold, by, at, outcome if outcome in outcomes else outcomes[0])

    def _worked(self, life: Life, hold: Hold, by: str, at: int) -> tuple[ev.Fact, ...]:
        """A step: what the agency does instead, or asks for papers, or sends back, or finishes."""
        return (
            self._instead(life, hold, by, at)
            or self._asked(life, hold, by, at, chance=life.treatment(hold).supplement)
            or self._sent_back(life, hold, by, at, chance=life.treatment(hold).send_back)
            or self._finished(life, hold, by, at, life.outcome(hold))
        )

    def _asked(self, life: Life, hold: Hold, by: str, at: int, *, chance: float) -> tuple[ev.Fact, ...]:
        node, dossier = life.node(hold), life.dossier
        if not (isinstance(node, Step) and node.may_request_supplement):
            return ()
        if dossier.awaits_supplement is not None or any(one.hold == hold.number for one in dossier.supplements):
            return ()
        if len(dossier.supplements) >= life.rules.procedure.clock.supplement.max_requests:
            return ()
        if not life.chance(Purpose.SUPPLEMENT, place_of(hold.step), hold.entry) < chance:
            return ()
        said = {"at": at, "by": by, "agency": hold.agency, "hold": hold.number}
        return self._said(life, co.RequestSupplement(**said, papers=self._papers(life), reason="incomplete"))

    def _sent_back(self, life: Life, hold: Hold, by: str, at: int, *, chance: float) -> tuple[ev.Fact, ...]:
        if hold.entry != 1 or not life.chance(Purpose.SEND_BACK, place_of(hold.step), hold.entry) < chance:
            return ()
        return self._back(life, hold, by, at)

    def _back(self, life: Life, hold: Hold, by: str, at: int) -> tuple[ev.Fact, ...]:
        node = life.node(hold)
        had = {one.step for one in life.dossier.holds.values()}
        to = next((step for step in node.send_back_to if step in had), "") if isinstance(node, Step) else ""
        if not to:
            return ()
        said = {"at": at, "by": by, "agency": hold.agency, "hold": hold.number}
        return self._said(life, co.SendBack(**said, to_step=to, reason="mend"))

    def _transferred(self, life: Life, hold: Hold, by: str, at: int, to: str, reason: str) -> tuple[ev.Fact, ...]:
        if not to or to == hold.agency or to not in self.offices.offices:
            return ()
        said = {"at": at, "by": by, "agency": hold.agency, "hold": hold.number}
        return self._said(life, co.Transfer(**said, to_agency=to, reason=reason))

    def _finished(
        self, life: Life, hold: Hold, by: str, at: int, outcome: str, *, only: bool = False
    ) -> tuple[ev.Fact, ...]:
        """Finish by an outcome; where it is refused (a loop's cap) by another one, unless ``only`` this will do."""
        others = () if only else outcomes_of(life.node(hold))
        for one in dict.fromkeys((outcome, *others)):
            reason = "not eligible" if life.refuses(hold, one) else ""
            said = {"at": at, "by": by, "agency": hold.agency, "hold": hold.number}
            facts = self._said(life, co.FinishStep(**said, outcome=one, reason=reason))
            if facts:
                return facts
        return ()

    # policies

    def _policies(self, hold: Hold) -> Iterable[tuple[int, Policy]]:
        """The policies of the agency that fit a hold, with their numbers."""
        for number, policy in enumerate(self.model.policies):
            if policy.agency == hold.agency and (not policy.steps or hold.step in policy.steps):
                yield number, policy

    def _partner(self, policy: Policy) -> str:
        return policy.partner if policy.partner in self.offices.offices else ""

    def _instead(self, life: Life, hold: Hold, by: str, at: int) -> tuple[ev.Fact, ...]:
        """What the agency's policies make of the end of a piece: the first that does something."""
        for number, policy in self._policies(hold):
            if not life.chance(Purpose.POLICY + number, place_of(hold.step), hold.entry) < policy.strength:
                continue
            facts: tuple[ev.Fact, ...] = ()
            match policy.conduct:
                case Conduct.NEEDLESS_SUPPLEMENT:
                    facts = self._asked(life, hold, by, at, chance=1.0)
                case Conduct.NEEDLESS_OPINION:
                    facts = self._questioned(life, hold, by, at, self._partner(policy))
                case Conduct.PING_PONG:
                    facts = self._bounced(life, hold, by, at, number, self._partner(policy))
                case Conduct.REFERS_UP:
                    facts = self._referred(life, hold, by, at, number, self._partner(policy))
                case _:
                    pass
            if facts:
                return facts
        return ()

    def _questioned(self, life: Life, hold: Hold, by: str, at: int, partner: str) -> tuple[ev.Fact, ...]:
        if not partner or partner == hold.agency or hold.number in life.questioned:
            return ()
        said = {"at": at, "by": by, "agency": hold.agency, "hold": hold.number, "reason": "consulted"}
        facts = self._said(life, co.RequestOpinion(**said, consulted=partner, limit="2 working days"))
        for fact in facts:
            if isinstance(fact, ev.OpinionRequested):
                life.questioned.add(hold.number)
                life.awaited[fact.hold] = hold.number
        return facts

    def _bounced(self, life: Life, hold: Hold, by: str, at: int, number: int, partner: str) -> tuple[ev.Fact, ...]:
        if life.bounced.total() >= 6 or life.bounced[number] >= 3:
            return ()
        facts = self._back(life, hold, by, at)
        if not facts:
            to = partner or hold.from_agency
            facts = self._transferred(life, hold, by, at, to, "ping-pong")
        life.bounced[number] += bool(facts)
        return facts

    def _referred(self, life: Life, hold: Hold, by: str, at: int, number: int, partner: str) -> tuple[ev.Fact, ...]:
        if life.bounced[number] >= 1:
            return ()
        above = life.rules.directory.agencies[hold.agency].parent
        facts = self._transferred(life, hold, by, at, partner or above, "referred up")
        life.bounced[number] += bool(facts)
        return facts

    # reactions

    def _react(self, life: Life, fact: ev.Fact, at: int) -> None:
        dossier, applicants = life.dossier, life.variant.applicants
        match fact:
            case ev.Submitted() if life.root is None:
                self._intake(life, at, ready=self._registered(life, at))
            case ev.Received() if life.root is None:
                if life.chance(Purpose.WITHDRAWS) < applicants.withdraws:
                    self._withdraws(life, at)
            case ev.StepOpened() | ev.OpinionRequested() if fact.hold in dossier.open_holds:
                self._opened(life, dossier.holds[fact.hold], at)
            case ev.SupplementRequested():
                turn = fact.ordinal - 1
                if life.chance(Purpose.SUPPLEMENT_BROUGHT, 0, turn) < applicants.supplements:
                    wait = life.length(applicants.supplement_time, Purpose.SUPPLEMENT_TIME, 0, turn)
                    brought = self._desk(life).add_seconds(at, wait)
                    self._command(life, brought, fact.hold, co.ReceiveSupplement, by=ev.APPLICANT, papers=fact.papers)
            case ev.SupplementReceived():
                self._completed(life, at)
            case ev.OpinionGiven() | ev.OpinionSilent():
                self._opinion_settled(life, dossier.holds[fact.hold], at)
            case ev.DueSoon() if life.root is None:
                self._near_due(life, fact, at)
            case ev.ResultDecided() | ev.ResultDenied() if life.root is None:
                if life.chance(Purpose.COLLECTS) < applicants.collects:
                    wait = life.length(applicants.collection_time, Purpose.COLLECTION_TIME) + life.later
                    fetched = self._desk(life).add_seconds(at, wait)
                    self._command(life, fetched, 0, co.IssueResult, **self._by_desk(life))
            case _:
                pass

    def _registered(self, life: Life, at: int) -> int:
        """When the desk takes a submission in hand: at once, unless it likes to register late."""
        for number, policy in enumerate(self.model.policies):
            if (
                policy.agency == life.variant.desk
                and policy.conduct is Conduct.REGISTERS_LATE
                and life.chance(Purpose.POLICY + number) < policy.strength
            ):
                return self._desk(life).add_seconds(at, life.length(policy.length, Purpose.POLICY_LENGTH + number))
        return at

    def _intake(self, life: Life, at: int, ready: int) -> None:
        turn, desk = len(life.dossier.supplements), life.variant.desk
        piece = Piece(
            life=life,
            hold=0,
            office=self.offices.office(desk),
            able=self.offices.able(desk, lambda officer: officer.takes_intake),
            seconds=life.length(life.variant.intake.service, Purpose.INTAKE_SERVICE, 0, turn),
        )

        def enter(now: int) -> None:
            if life.dossier.ended_at is None:
                life.pieces[0] = piece
                self.offices.enter(piece, now)

        if ready <= at:
            enter(at)
        else:
            self._schedule(ready, READY, life.number, 0, enter)

    def _withdraws(self, life: Life, at: int) -> None:
        applicants = life.variant.applicants
        wait = life.length(applicants.withdrawal_time, Purpose.WITHDRAWAL_TIME)
        when = self._desk(life).add_seconds(at, wait)
        if life.chance(Purpose.UNASKED) < applicants.unasked:
            self._command(life, when, 0, co.Withdraw, **self._by_desk(life, "withdrawn"), requested=False)
        else:
            self._command(life, when, 0, co.Withdraw, by=ev.APPLICANT, requested=True)

    def _completed(self, life: Life, at: int) -> None:
        """Papers came in: intake looks again, or the step that asked goes on."""
        dossier = life.dossier
        if dossier.ended_at is not None:
            return
        if dossier.received_at is None:
            self._intake(life, at, ready=at)
            return
        hold = dossier.holds.get(dossier.supplements[-1].hold)
        if hold is not None and hold.closed_at is None:
            self._enter(life, hold, int(0.25 * life.full[hold.number]), at)

    def _opinion_settled(self, life: Life, opinion: Hold, at: int) -> None:
        """An opinion was given, or kept silent about: who waited for it goes on."""
        waiting = life.awaited.pop(opinion.number, 0)
        lead = life.dossier.holds[opinion.lead_hold]
        if lead.closed_at is not None:
            return
        if waiting:
            self._enter(life, lead, int(0.25 * life.full[lead.number]), at)
        elif lead.work is Work.CONSULTATION and lead.number not in life.concluded:
            silent = open_opinions(life.dossier, lead)
            marks = life.dossier.marks
            if silent and all(("silent", one.number) in marks and one.on_silence == "escalate" for one in silent):
                life.concluded.add(lead.number)
                service = life.treatment(lead).service
                place, term = place_of(lead.step), self._term(life, lead)
                self._enter(life, lead, life.length(service, Purpose.SERVICE, place, lead.entry, term), at)

    def _near_due(self, life: Life, fact: ev.DueSoon, at: int) -> None:
        intake, procedure = life.variant.intake, life.rules.procedure
        if fact.apology_due:
            turn = life.dossier.apologies
            if life.chance(Purpose.APOLOGY, 0, turn) < intake.apologises:
                self._plan(life, at, 0, lambda now: self._apologised(life, turn, now))
        elif procedure.clock.extension is not None:
            turn = len(life.dossier.extensions)
            if life.chance(Purpose.EXTENSION, 0, turn) < intake.extends:
                self._command(life, at, 0, co.ExtendLimit, **self._by_desk(life, "extended"))

    def _apologised(self, life: Life, turn: int, at: int) -> tuple[ev.Fact, ...]:
        desk, dossier = self._desk(life), life.dossier
        if dossier.due is None:
            return ()
        wait = life.length(life.variant.intake.apology, Purpose.APOLOGY_TIME, 0, turn)
        day = desk.local_date(desk.add_seconds(max(dossier.due, dossier.promised or dossier.due, at), wait))
        if not desk.is_worked(day):
            return ()
        command = co.IssueApology(at=at, **self._by_desk(life, "delayed"), promised=desk.closing(day))
        return self._said(life, command)

    # holds that open

    def _opened(self, life: Life, hold: Hold, at: int) -> None:
        match hold.work:
            case Work.STEP:
                self._step(life, hold, at)
            case Work.OPINION:
                self._consulted(life, hold, at)
            case Work.SERVICE:
                self._served(life, hold, at)
            case Work.APPLICANT:
                self._waits_for_applicant(life, hold, at)
            case Work.POSTING:
                self._posted(life, hold, at)
            case Work.CONSULTATION | Work.SUB_DOSSIER:
                pass

    def _step(self, life: Life, hold: Hold, at: int) -> None:
        treatment, place, turn = life.treatment(hold), place_of(hold.step), hold.entry
        term = self._term(life, hold)
        service = life.length(treatment.service, Purpose.SERVICE, place, turn, term)
        delay = life.length(treatment.delay, Purpose.DELAY, place, turn, term)
        life.full[hold.number] = service
        ready = self._at_opening(
            life, hold, place, turn, service, self._calendar(life, hold).add_seconds(at, delay), at
        )
        if ready is not None:
            self._ready(life, hold, service, ready, at)

    def _consulted(self, life: Life, hold: Hold, at: int) -> None:
        opinion, place, turn = self._opinion(life, hold)
        if life.chance(Purpose.OPINION_SILENT, place, turn) < opinion.silent:
            return
        term = self._term(life, hold)
        service = life.length(opinion.service, Purpose.SERVICE, place, turn, term)
        delay = life.length(opinion.delay, Purpose.DELAY, place, turn, term)
        ready = self._at_opening(
            life, hold, place, turn, service, self._calendar(life, hold).add_seconds(at, delay), at
        )
        if ready is not None:
            self._ready(life, hold, service, ready, at)

    def _opinion(self, life: Life, hold: Hold) -> tuple[Opinion, int, int]:
        """How a consulted agency treats an opinion, and the place and turn of its chance."""
        lead, treatment = life.dossier.holds[hold.lead_hold], life.treatment(hold)
        if lead.number in life.questioned:
            return NEEDLESS, place_of(hold.step), 100 + lead.entry
        opinion = treatment.opinions.get(hold.agency, treatment.opinion)
        return opinion, place_of(f"{hold.step}/{hold.agency}"), lead.entry

    def _at_opening(
        self, life: Life, hold: Hold, place: int, turn: int, service: int, ready: int, at: int
    ) -> int | None:
        """What policies make of a hold that opens: when work is ready (None: nobody will work on it)."""
        moved = False
        found: int | None = ready
        for number, policy in self._policies(hold):
            if not life.chance(Purpose.POLICY + number, place, turn) < policy.strength:
                continue
            match policy.conduct:
                case Conduct.SITS if not moved and hold.due is not None:
                    moved = True
                    late = self._calendar(life, hold).subtract_seconds(hold.due, service + 1800)
                    found = max(ready, late) if late >= at else ready
                case Conduct.FORWARDS_AT_EXPIRY if not moved and hold.due is not None and hold.work is Work.STEP:
                    moved = True
                    before = int(life.chance(Purpose.POLICY_LENGTH + number, place, turn) * 3600)
                    late = self._calendar(life, hold).subtract_seconds(hold.due, before)
                    if late >= at:
                        found = None
                        self._forwards(life, hold, late)
                case Conduct.STOPS_CLOCK | Conduct.ASKS_TO_WITHDRAW | Conduct.CLOSES_EARLY if hold.work is Work.STEP:
                    self._before_due(life, hold, number, policy, at)
                case _:
                    pass
        return found

    def _forwards(self, life: Life, hold: Hold, when: int) -> None:
        able = self.offices.able(hold.agency, lambda officer: not officer.steps or hold.step in officer.steps)
        by = able[0].officer.code

        def act(at: int) -> Iterable[ev.Fact]:
            current = life.dossier.holds[hold.number]
            if current.closed_at is not None:
                return ()
            taken = self._taken_up(life, current, by, at)
            return (*taken, *self._finished(life, current, by, at, life.outcome(current)))

        self._plan(life, when, hold.number, act)

    def _before_due(self, life: Life, hold: Hold, number: int, policy: Policy, at: int) -> None:
        """What is done some time before the legal term runs out, if the hold is still open then."""
        due, calendar = life.dossier.due, self._calendar(life, hold)
        place, turn = place_of(hold.step), hold.entry
        if due is None:
            return
        ahead = 1800 if policy.conduct is Conduct.CLOSES_EARLY else HALF_A_DAY
        when = calendar.subtract_seconds(due, ahead)
        if when <= at:
            return
        more = life.length(policy.length, Purpose.POLICY_LENGTH + number, place, turn, self._term(life, hold))

        def act(now: int) -> Iterable[ev.Fact]:
            current = life.dossier.holds[hold.number]
            if current.closed_at is not None:
                return ()
            match policy.conduct:
                case Conduct.STOPS_CLOCK:
                    return self._paused(life, current, calendar.add_seconds(now, more), now)
                case Conduct.ASKS_TO_WITHDRAW:
                    return self._asked_to_withdraw(life, now)
                case _:
                    return self._closed_early(life, current, more, now)

        match policy.conduct:
            case Conduct.STOPS_CLOCK if not life.rules.procedure.clock.stops:
                return
            case Conduct.ASKS_TO_WITHDRAW if life.root is not None:
                return
            case Conduct.CLOSES_EARLY if not life.grants(hold, life.outcome(hold)):
                return
            case _:
                self._plan(life, when, hold.number, act)

    def _paused(self, life: Life, hold: Hold, until: int, at: int) -> tuple[ev.Fact, ...]:
        if life.dossier.open_stop is not None:
            return ()
        ground = life.rules.procedure.clock.stops[0].ground
        said = {"by": self._first(hold.agency), "agency": hold.agency, "ground": ground}
        facts = self._said(life, co.PauseClock(at=at, **said, reason="paused"))
        if facts:
            self._command(life, until, hold.number, co.ResumeClock, **said)
        return facts

    def _asked_to_withdraw(self, life: Life, at: int) -> tuple[ev.Fact, ...]:
        facts = self._said(life, co.Withdraw(at=at, **self._by_desk(life, "withdrawn"), requested=False))
        if facts:
            self._schedule(at + 1800, SUBMISSION, life.number, 0, lambda now: self._submit_again(life, now))
        return facts

    def _closed_early(self, life: Life, hold: Hold, more: int, at: int) -> tuple[ev.Fact, ...]:
        by = self._first(hold.agency)
        taken = self._taken_up(life, hold, by, at)
        finished = self._finished(life, hold, by, at, life.outcome(hold), only=True)
        if finished:
            life.later += more
        return (*taken, *finished)

    def _served(self, life: Life, hold: Hold, at: int) -> None:
        """A machine answers, by day and night."""
        place, service = place_of(hold.step), life.treatment(hold).service
        wait = life.length(service, Purpose.MACHINE_TIME, place, hold.entry, self._term(life, hold))

        def answer() -> Iterable[ev.Fact]:
            now = at + wait
            if life.dossier.holds[hold.number].closed_at is not None:
                return ()
            return self._folded(life, served(life.dossier, hold.number, life.outcome(hold), {}, now))

        self._schedule(at + wait, MACHINE, life.number, hold.number, lambda now: void(self._happen(life, now, answer)))

    def _waits_for_applicant(self, life: Life, hold: Hold, at: int) -> None:
        node, treatment, place = life.node(hold), life.treatment(hold), place_of(hold.step)
        if not life.chance(Purpose.APPLICANT_ANSWERS, place, hold.entry) < treatment.answers:
            return
        wait = life.length(treatment.service, Purpose.APPLICANT_TIME, place, hold.entry, self._term(life, hold))
        when = self._desk(life).add_seconds(at, wait)
        said: dict[str, Any] = {"by": ev.APPLICANT, "hold": hold.number}

        if isinstance(node, ApplicantWait) and node.purpose is WaitFor.PAY:
            self._plan(
                life, when, hold.number, lambda now: self._said(life, co.MeetFinancialObligation(at=now, **said))
            )
        else:
            outcome = life.outcome(hold)
            self._plan(
                life, when, hold.number,
                lambda now: self._said(life, co.ConfirmByApplicant(at=now, **said, outcome=outcome)),
            )  # fmt: skip

    def _posted(self, life: Life, hold: Hold, at: int) -> None:
        """Somebody may object to a posting."""
        node, place = life.node(hold), place_of(hold.step)
        objects = life.treatment(hold).outcomes.get("objection", 0.0)
        if "objection" not in outcomes_of(node) or hold.until is None:
            return
        if not life.chance(Purpose.OBJECTION, place, hold.entry) < objects:
            return
        when = at + int(life.chance(Purpose.OBJECTION_TIME, place, hold.entry) * (hold.until - at))
        by = self._first(hold.agency)

        def act(now: int) -> Iterable[ev.Fact]:
            command = co.RecordObjection(at=now, by=by, agency=hold.agency, hold=hold.number)
            return self._said(life, command)

        self._plan(life, when, hold.number, act)


def dossier_id(number: int) -> str:
    """The id of the dossier with a number."""
    return str(UUID(int=number + 1))


def mixed_key(key: np.uint64, more: int) -> np.uint64:
    """A key that follows from another."""
    return np.uint64(mixed(np.uint64((int(key) + more) % (1 << 64))))


def void(_: object) -> None:
    """Nothing: for a callback whose answer nobody reads."""
