"""A dossier walked through a procedure by officers who choose at random (seeded): what may happen in reality."""

import random
from dataclasses import dataclass, field

from engine import commands as co
from engine import events as ev
from engine.advance import advance
from engine.conditions import data_names
from engine.decide import decide
from engine.directory import Directory
from engine.dossier import Dossier, Hold, Work, evolve
from engine.errands import served, sub_ended, sub_started
from engine.expire import expire
from engine.instants import parse_instant, to_seconds
from engine.procedure import ApplicantWait, Consultation, Decision, Procedure, Step, WaitFor
from engine.rules import Rules
from procedures.calendars import load_calendar

DAY = 86_400


@dataclass
class Walk:
    """One dossier on its way; ``visited`` are the steps it was at, in order."""

    procedure: Procedure
    directory: Directory
    desk: str
    territory: str
    channel: str
    seed: int
    start: str
    zone: str = "Asia/Ho_Chi_Minh"
    visited: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        calendars = {agency.calendar for agency in self.directory.agencies.values()} | {self.procedure.calendar}
        self.rules = Rules(
            procedure=self.procedure,
            calendars={code: load_calendar(code) for code in calendars},
            directory=self.directory,
        )
        self.chance = random.Random(self.seed)  # noqa: S311 - the same seed walks the same way again
        self.at = to_seconds(parse_instant(self.start, self.zone))
        self.dossier = Dossier()

    def to_its_end(self, most: int = 300) -> "Walk":
        """Walk until the dossier ends; a dossier that is still open after ``most`` acts fails the test."""
        data = {"territory": self.territory} | {name: self.chance.random() < 0.5 for name in self._names()}
        self._act(
            co.Submit,
            self.desk,
            dossier_id="d1",
            procedure=self.procedure.code,
            applicant="a1",
            channel=self.channel,
            data=data,
        )
        self._act(co.Receive, self.desk, serial=1)
        for _ in range(most):
            advance(self.dossier, self.rules, self.at)
            if self.dossier.ended_at is not None:
                return self
            hold = self.chance.choice(sorted(self.dossier.holds_now(), key=lambda hold: hold.number))
            self.visited.append(hold.step)
            self.at += self.chance.randrange(600, 3600)
            self._work(hold)
        raise AssertionError(f"{self.procedure.code}: still open after {most} acts at {self.visited[-10:]}")

    def _names(self) -> list[str]:
        return sorted(
            {
                name
                for node in self.procedure.nodes.values()
                for condition in _conditions(node)
                for name in data_names(condition)
            }
        )

    def _work(self, hold: Hold) -> None:
        node = self.procedure.nodes[hold.step]
        outcomes = [edge.outcome for edge in node.edges]
        match hold.work:
            case Work.STEP:
                entries = sum(1 for step in self.visited if step == hold.step)
                outcome = outcomes[0] if entries > 2 else self.chance.choice(outcomes)
                self._act(co.FinishStep, hold.agency, hold=hold.number, outcome=outcome, reason="as the law says")
            case Work.OPINION:
                position = self.chance.choice(["agree", "disagree"])
                self._act(co.GiveOpinion, hold.agency, hold=hold.number, position=position)
            case Work.POSTING:
                if "objection" in outcomes and self.chance.random() < 0.3:
                    self._act(co.RecordObjection, hold.agency, hold=hold.number)
                else:
                    assert hold.until is not None
                    self.at = max(self.at, hold.until)
                    expire(self.dossier, self.rules, self.at)
            case Work.APPLICANT:
                self._answer(hold, outcomes)
            case Work.SERVICE:
                self._fold(served(self.dossier, hold.number, self.chance.choice(outcomes), {}, self.at))
            case Work.SUB_DOSSIER:
                self._fold(sub_started(self.dossier, self.rules, hold.number, f"d1.{hold.number}", self.at))
                ended = self.chance.choice(["granted", "denied"])
                self._fold(sub_ended(self.dossier, hold.number, ended, self.at + DAY))
            case Work.CONSULTATION:
                pass  # closes when its opinions are in

    def _answer(self, hold: Hold, outcomes: list[str]) -> None:
        node = self.procedure.nodes[hold.step]
        assert isinstance(node, ApplicantWait)
        if node.on_silence and self.chance.random() < 0.3:
            assert hold.due is not None
            self.at = hold.due + 1
            expire(self.dossier, self.rules, self.at)
        elif node.purpose is WaitFor.PAY:
            self._act(co.SetFinancialObligation, self.desk, hold=hold.number, amount=100_000)
            self._act(co.MeetFinancialObligation, self.desk, hold=hold.number)
        else:
            entries = sum(1 for step in self.visited if step == hold.step)
            outcome = "done" if entries > 2 else self.chance.choice([one for one in outcomes if one != "lapsed"])
            self._act(co.ConfirmByApplicant, self.desk, hold=hold.number, outcome=outcome, reason="as the law says")

    def _act(self, kind: type[co.Command], agency: str, **more: object) -> None:
        officer = next(one.code for one in self.directory.officers.values() if agency in one.agencies)
        command = kind(at=self.at, by=officer, agency=agency, **more)
        before = self.dossier if self.dossier.submitted_at is not None else None
        self._fold(decide(before, command, self.rules))

    def _fold(self, facts: tuple[ev.Fact, ...]) -> None:
        for fact in facts:
            evolve(self.dossier, fact)


def _conditions(node: object) -> list[str]:
    if isinstance(node, Decision):
        return [edge.condition for edge in node.edges if edge.condition]
    if isinstance(node, Consultation):
        return [asked.condition for asked in node.consulted if asked.condition]
    return []


def agency_steps(procedure: Procedure) -> list[Step]:
    """The steps at which an agency works."""
    return [node for node in procedure.nodes.values() if isinstance(node, Step)]
