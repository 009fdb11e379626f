"""How people behave in the sample province: facts in, the acts they lead to out.

Every number is invented for the demo (see `workflows.sample`). Officers spend office time: a share of the term their
step has, drawn around their agency's pace, so that most are in time, some agencies often are not, and lateness comes
about as in life: a slow step, a silent agency, a supplement asked for twice, an applicant who does not pay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from engine import commands as co
from engine import events as ev
from engine.calendar import WorkingCalendar
from engine.directory import Directory
from engine.dossier import Dossier, Hold, Work
from engine.procedure import ApplicantWait, Consultation, Edge, End, EndKind, Step, WaitFor
from engine.rules import Rules

HOUR: Final = 3600
DAY: Final = 8 * HOUR
"""Office seconds in a working day of the sample province."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Shares (0 … 1) of occasions on which something happens, and how agencies keep their terms.

    ``pace`` is the share of its term a step typically takes, by agency, ``usual_pace`` that of all others; ``spread``
    is the standard deviation of its logarithm. ``silent`` is the share of opinion requests an agency never answers.
    """

    usual_pace: float = 0.46
    pace: Mapping[str, float] = field(
        default_factory=lambda: {
            "p.agriculture_environment": 1.1,
            "p.construction": 0.9,
            "bac_song.land_registry": 0.95,
            "nam_song.land_registry": 0.6,
            "dong_lua.committee": 0.7,
            "dong_lua.economic": 1.1,
            "cau_gio.economic": 0.95,
            "p.fire_police": 0.8,
            "p.justice": 0.5,
            "p.police": 0.7,
        }
    )
    spread: float = 0.55
    usual_silence: float = 0.03
    silent: Mapping[str, float] = field(
        default_factory=lambda: {"p.agriculture_environment": 0.18, "p.culture_sports": 0.12, "p.military": 0.1}
    )
    declined: float = 0.02
    supplement_at_intake: float = 0.04
    supplement: float = 0.08
    supplement_unanswered: float = 0.12
    paper_outside_list: float = 0.06
    refused: float = 0.04
    other_outcome: float = 0.12
    sent_back: float = 0.05
    needless_opinion: float = 0.01
    no_position: float = 0.08
    disagrees: float = 0.1
    applicant_silent: float = 0.2
    unpaid: float = 0.05
    objection: float = 0.05
    withdrawn: float = 0.012
    withdrawn_unasked: float = 0.2
    paused: float = 0.008
    extended: float = 0.05
    apology: float = 0.15
    second_apology: float = 0.3
    urged: float = 0.4
    not_collected: float = 0.06


HABITS: Final = Habits()
NOT_ELIGIBLE: Final = "Không đủ điều kiện theo quy định"


@dataclass(slots=True, kw_only=True)
class Conduct:
    """The people of the province: told what happened to a dossier, they decide what to do and when.

    Args:
        directory: agencies and officers.
        chance: the seeded generator; the only source of what is not certain.
        habits: the shares.
    """

    directory: Directory
    chance: Random
    habits: Habits = HABITS
    _officers: dict[str, list[str]] = field(default_factory=dict)

    def after(self, facts: Iterable[ev.Fact], dossier: Dossier, rules: Rules) -> Iterator[co.Command]:
        """Yield what people will do because of ``facts``, each command with the instant at which it will be given.

        ``dossier`` is its state after all of them. A command may have lost its sense by then: the engine refuses it.
        """
        for fact in facts:
            match fact:
                case ev.Submitted() if not fact.root:
                    yield from self._intake(dossier, rules, fact.occurred_at)
                case ev.Received() if not dossier.root:
                    yield from self._fate(dossier, rules, fact.occurred_at)
                case ev.StepOpened() | ev.OpinionRequested() if fact.hold in dossier.open_holds:
                    yield from self.at_hold(dossier, dossier.holds[fact.hold], rules, fact.occurred_at)
                case ev.SupplementRequested():
                    yield from self._completion(dossier, rules, fact)
                case ev.SupplementReceived():
                    yield from self._after_supplement(dossier, rules, fact.occurred_at)
                case ev.OpinionSilent():
                    yield from self._after_silence(dossier, rules, fact)
                case ev.ClockPaused() if fact.by != ev.SYSTEM:
                    later = self._later(rules.desk_calendar(dossier), fact.occurred_at, 1.0, 4.0)
                    yield co.ResumeClock(**self._desk(dossier, later), ground=fact.ground)
                case ev.DueSoon() if fact.apology_due:
                    if self._happens(self.habits.apology):
                        yield self._apology(dossier, rules, max(fact.occurred_at, fact.recorded_at))
                case ev.LimitPassed():
                    yield from self._after_limit(dossier, rules, fact)
                case ev.ResultDecided() | ev.ResultDenied() if not dossier.root:
                    if not self._happens(self.habits.not_collected):
                        later = self._later(rules.desk_calendar(dossier), fact.occurred_at, 0.02, 1.5)
                        yield co.IssueResult(**self._desk(dossier, later))
                case _:
                    pass

    def at_hold(self, dossier: Dossier, hold: Hold, rules: Rules, since: int) -> Iterator[co.Command]:
        """Yield what whoever has the dossier at ``hold`` does with it, beginning at ``since`` (epoch seconds)."""
        match hold.work:
            case Work.STEP:
                yield from self._step(dossier, hold, rules, since)
            case Work.OPINION:
                yield from self._opinion(hold, rules, since)
            case Work.APPLICANT:
                yield from self._applicant(dossier, hold, rules, since)
            case Work.POSTING:
                node = rules.procedure.nodes[hold.step]
                may_object = any(edge.outcome == "objection" for edge in node.edges)
                if may_object and hold.until is not None and self._happens(self.habits.objection):
                    at = since + int((hold.until - since) * self.chance.uniform(0.2, 0.9))
                    yield co.RecordObjection(**self._said(hold.agency, at), hold=hold.number)
            case _:
                pass

    def resume(self, dossier: Dossier, rules: Rules, at: int) -> Iterator[co.Command]:
        """Yield what people do on a dossier as it stands at ``at`` (epoch seconds), whatever they had meant to do."""
        desk = rules.desk_calendar(dossier)
        if dossier.ended_at is not None:
            to_issue = dossier.outcome in {"granted", "denied"} and dossier.issued_at is None and not dossier.root
            if to_issue and not self._happens(self.habits.not_collected):
                yield co.IssueResult(**self._desk(dossier, self._later(desk, at, 0.02, 1.0)))
            return
        waiting = dossier.awaits_supplement
        if waiting is not None:
            if not self._happens(self.habits.supplement_unanswered):
                later = self._later(desk, at, 0.1, 3.0)
                yield co.ReceiveSupplement(at=later, by=ev.APPLICANT, papers=waiting.papers)
        elif dossier.received_at is None:
            yield from self._intake(dossier, rules, at)
        for hold in dossier.holds_now():
            if waiting is None or waiting.hold != hold.number:
                yield from self.at_hold(dossier, hold, rules, at)
            if hold.work is Work.CONSULTATION and (other := self.again(hold, rules, at)) is not None:
                yield other

    def again(self, hold: Hold, rules: Rules, at: int) -> co.Command | None:
        """Return how an officer ends a step after what he first tried was refused; None where only others can."""
        node = rules.procedure.nodes[hold.step]
        if not isinstance(node, Step | Consultation):
            return None
        later = self._later(rules.calendar_of(hold.agency), at, 0.3, 1.0)
        edge = node.edges[0]
        said = self._said(hold.agency, later, NOT_ELIGIBLE if _refuses(rules, edge) else "")
        return co.FinishStep(**said, hold=hold.number, outcome=edge.outcome)

    def _intake(self, dossier: Dossier, rules: Rules, at: int) -> Iterator[co.Command]:
        habits, desk = self.habits, rules.desk_calendar(dossier)
        looked = desk.add_seconds(at, int(min(0.5 * HOUR * self._drawn(1.0, 0.9), 2 * DAY)))
        kind = self.chance.random()
        if kind < habits.declined:
            yield co.DeclineIntake(**self._desk(dossier, looked, "Hồ sơ không thuộc phạm vi giải quyết"))
        elif kind < habits.declined + habits.supplement_at_intake:
            reason = "Thành phần hồ sơ chưa đầy đủ"
            yield co.RequestSupplement(**self._desk(dossier, looked, reason), papers=self._papers(rules))
        else:
            yield co.Receive(**self._desk(dossier, looked), serial=1)

    def _fate(self, dossier: Dossier, rules: Rules, at: int) -> Iterator[co.Command]:
        """What may befall a dossier as a whole."""
        habits, desk = self.habits, rules.desk_calendar(dossier)
        if self._happens(habits.withdrawn):
            later = self._later(desk, at, 0.3, 5.0)
            if self._happens(habits.withdrawn_unasked):
                yield co.Withdraw(**self._desk(dossier, later, "Công dân rút hồ sơ"))
            else:
                yield co.Withdraw(at=later, by=ev.APPLICANT, requested=True)
        if rules.procedure.clock.stop("force_majeure") is not None and self._happens(habits.paused):
            later = self._later(desk, at, 0.1, 2.0)
            yield co.PauseClock(**self._desk(dossier, later, "Mưa lũ, mất điện tại trụ sở"), ground="force_majeure")
        if rules.procedure.clock.extension is not None and self._happens(habits.extended):
            later = self._later(desk, at, 0.5, 1.5)
            yield co.ExtendLimit(**self._desk(dossier, later, "Cần xác minh"))

    def _step(self, dossier: Dossier, hold: Hold, rules: Rules, since: int) -> Iterator[co.Command]:
        habits, calendar = self.habits, rules.calendar_of(hold.agency)
        node = rules.procedure.nodes[hold.step]
        if not isinstance(node, Step):
            return
        length = self._length(calendar, hold, since)
        begun = calendar.add_seconds(since, int(length * self.chance.uniform(0.2, 0.7)))
        ended = calendar.add_seconds(since, length)
        officer = self._said(hold.agency, begun)
        named: dict[str, Any] = {"hold": hold.number}
        if hold.taken_up_at is None:
            yield co.TakeUp(**officer, **named)
        may_ask = (
            node.may_request_supplement and len(dossier.supplements) < rules.procedure.clock.supplement.max_requests
        )
        if may_ask and self._happens(habits.supplement):
            reason = "Hồ sơ chưa hợp lệ, đề nghị bổ sung"
            papers = self._papers(rules)
            yield co.RequestSupplement(**(officer | {"at": ended, "reason": reason}), **named, papers=papers)
            return
        if hold.agency.startswith("p.") and self._happens(habits.needless_opinion):
            asked = self._other_department(hold.agency)
            limit = "2 working days"
            yield co.RequestOpinion(**(officer | {"at": begun + 600}), **named, consulted=asked, limit=limit)
        back = [step for step in node.send_back_to if any(held.step == step for held in dossier.holds.values())]
        if back and hold.entry == 1 and self._happens(habits.sent_back):
            reason = "Nội dung chưa thống nhất, đề nghị xem lại"
            yield co.SendBack(**(officer | {"at": ended, "reason": reason}), **named, to_step=back[0])
            return
        outcome, reason = self._outcome(rules, node)
        yield co.FinishStep(**(officer | {"at": ended, "reason": reason}), **named, outcome=outcome)

    def _outcome(self, rules: Rules, node: Step) -> tuple[str, str]:
        """Draw an outcome: most grant, a few lead to a refusal, which needs its reason."""
        weights = [
            self.habits.refused if _refuses(rules, edge) else 1.0 if nth == 0 else self.habits.other_outcome
            for nth, edge in enumerate(node.edges)
        ]
        edge = self.chance.choices(node.edges, weights)[0]
        return edge.outcome, NOT_ELIGIBLE if _refuses(rules, edge) else ""

    def _opinion(self, hold: Hold, rules: Rules, since: int) -> Iterator[co.Command]:
        habits = self.habits
        if self._happens(habits.silent.get(hold.agency, habits.usual_silence)):
            return
        calendar = rules.calendar_of(hold.agency)
        length = self._length(calendar, hold, since)
        said = self._said(hold.agency, calendar.add_seconds(since, int(length * self.chance.uniform(0.4, 0.8))))
        if hold.taken_up_at is None:
            yield co.TakeUp(**said, hold=hold.number)
        kind = self.chance.random()
        doubt = "no_position" if kind < habits.no_position else "disagree"
        position = doubt if kind < habits.no_position + habits.disagrees else "agree"
        at = calendar.add_seconds(since, length)
        yield co.GiveOpinion(**(said | {"at": at}), hold=hold.number, position=position)

    def _applicant(self, dossier: Dossier, hold: Hold, rules: Rules, since: int) -> Iterator[co.Command]:
        habits, calendar = self.habits, rules.desk_calendar(dossier)
        node = rules.procedure.nodes[hold.step]
        if not isinstance(node, ApplicantWait):
            return
        mine: dict[str, Any] = {"by": ev.APPLICANT, "hold": hold.number}
        if node.purpose is WaitFor.PAY:
            if not self._happens(habits.unpaid):
                yield co.MeetFinancialObligation(**mine, at=self._later(calendar, since, 0.05, 4.0))
            return
        if node.on_silence and self._happens(habits.applicant_silent):
            return
        have = calendar.seconds_between(since, hold.due) if hold.due is not None and hold.due > since else 2 * DAY
        at = calendar.add_seconds(since, int(have * self.chance.uniform(0.05, 0.8)))
        changed = any(edge.outcome == "changed" for edge in node.edges) and self._happens(habits.other_outcome)
        yield co.ConfirmByApplicant(**mine, at=at, outcome="changed" if changed else node.edges[0].outcome)

    def _completion(self, dossier: Dossier, rules: Rules, fact: ev.SupplementRequested) -> Iterator[co.Command]:
        """The applicant brings what was asked for, within the window or a little later, or never."""
        if self._happens(self.habits.supplement_unanswered):
            return
        calendar = rules.desk_calendar(dossier)
        within = fact.window_due
        have = calendar.seconds_between(fact.occurred_at, within) if within is not None else 6 * DAY
        at = calendar.add_seconds(fact.occurred_at, int(have * self.chance.uniform(0.1, 1.02)) + 600)
        yield co.ReceiveSupplement(at=at, by=ev.APPLICANT, papers=fact.papers)

    def _after_supplement(self, dossier: Dossier, rules: Rules, at: int) -> Iterator[co.Command]:
        if dossier.received_at is None:
            later = rules.desk_calendar(dossier).add_seconds(at, self.chance.randrange(300, 4 * HOUR))
            yield co.Receive(**self._desk(dossier, later), serial=1)
            return
        hold = dossier.holds.get(dossier.supplements[-1].hold)
        if hold is not None and hold.closed_at is None:
            calendar = rules.calendar_of(hold.agency)
            ended = calendar.add_seconds(at, self._length(calendar, hold, at))
            node = rules.procedure.nodes[hold.step]
            if isinstance(node, Step):
                outcome, reason = self._outcome(rules, node)
                yield co.FinishStep(**self._said(hold.agency, ended, reason), hold=hold.number, outcome=outcome)

    def _after_silence(self, dossier: Dossier, rules: Rules, fact: ev.OpinionSilent) -> Iterator[co.Command]:
        """The lead goes on without the silent agency where it may; where silence blocks, the desk urges."""
        hold = dossier.holds[fact.hold]
        lead = dossier.holds.get(hold.lead_hold)
        at = max(fact.occurred_at, fact.recorded_at)
        if fact.treated_as == "escalate" and lead is not None and lead.work is Work.CONSULTATION:
            command = self.again(lead, rules, at)
            if command is not None:
                yield command
        elif fact.treated_as == "block":
            calendar = rules.calendar_of(hold.agency)
            yield co.Urge(**self._desk(dossier, self._later(calendar, at, 0.1, 0.5)), hold=hold.number)
            said = self._said(hold.agency, self._later(calendar, at, 1.0, 3.0))
            yield co.GiveOpinion(**said, hold=hold.number, position="agree")

    def _after_limit(self, dossier: Dossier, rules: Rules, fact: ev.LimitPassed) -> Iterator[co.Command]:
        at = max(fact.occurred_at, fact.recorded_at)
        if fact.subject == "promised" and self._happens(self.habits.second_apology):
            yield self._apology(dossier, rules, at)
        elif fact.subject == "legal" and self._happens(self.habits.urged):
            works = {Work.STEP, Work.CONSULTATION, Work.OPINION}
            late = next((hold for hold in dossier.holds_now() if hold.work in works), None)
            if late is not None:
                soon = self._later(rules.desk_calendar(dossier), at, 0.02, 0.3)
                yield co.Urge(**self._desk(dossier, soon), hold=late.number)

    def _apology(self, dossier: Dossier, rules: Rules, at: int) -> co.Command:
        calendar = rules.desk_calendar(dossier)
        said = self._desk(dossier, self._later(calendar, at, 0.02, 0.3), "Khối lượng hồ sơ lớn, cần thêm thời gian")
        after = max(dossier.due or at, dossier.promised or at, said["at"])
        promised = calendar.closing(calendar.local_date(calendar.add_seconds(after, self.chance.randrange(1, 4) * DAY)))
        return co.IssueApology(**said, promised=promised)

    def _length(self, calendar: WorkingCalendar, hold: Hold, since: int) -> int:
        """Office seconds a piece of work takes: a share of its term, drawn around the agency's pace."""
        have = calendar.seconds_between(since, hold.due) if hold.due is not None and hold.due > since else 4 * HOUR
        pace = self.habits.pace.get(hold.agency, self.habits.usual_pace)
        return int(min(max(have, HOUR // 2) * self._drawn(pace, self.habits.spread), 60 * DAY)) + 120

    def _papers(self, rules: Rules) -> tuple[str, ...]:
        listed = [paper.code for paper in rules.procedure.papers]
        outside = not listed or self._happens(self.habits.paper_outside_list)
        return ("proof_of_residence",) if outside else (self.chance.choice(listed),)

    def _other_department(self, agency: str) -> str:
        kinds = [
            code for code, one in self.directory.agencies.items() if one.parent == "p.committee" and not one.valid_to
        ]
        return self.chance.choice([code for code in kinds if code != agency and self._known(code)])

    def _known(self, agency: str) -> list[str]:
        """The officers of an agency, in the order of the directory."""
        if not self._officers:
            for officer in self.directory.officers.values():
                for code in officer.agencies:
                    self._officers.setdefault(code, []).append(officer.code)
        return self._officers.get(agency, [])

    def _said(self, agency: str, at: int, reason: str = "") -> dict[str, Any]:
        return {"at": at, "by": self.chance.choice(self._known(agency)), "agency": agency, "reason": reason}

    def _desk(self, dossier: Dossier, at: int, reason: str = "") -> dict[str, Any]:
        return self._said(dossier.desk, at, reason)

    def _later(self, calendar: WorkingCalendar, at: int, least: float, most: float) -> int:
        """An instant between ``least`` and ``most`` working days after ``at``."""
        return calendar.add_seconds(at, int(self.chance.uniform(least, most) * DAY))

    def _drawn(self, middle: float, spread: float) -> float:
        return middle * self.chance.lognormvariate(0.0, spread)

    def _happens(self, share: float) -> bool:
        return self.chance.random() < share


def _refuses(rules: Rules, edge: Edge) -> bool:
    target = rules.procedure.nodes[edge.target]
    return edge.outcome == "reject" or (isinstance(target, End) and target.end is not EndKind.GRANTED)
