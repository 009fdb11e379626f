"""Every act that makes sense on a dossier now, each written out in full as the person competent would give it."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from engine import commands as co
from engine.dossier import Dossier, Hold, Work
from engine.events import APPLICANT
from engine.procedure import ApplicantWait, End, Posting, Step, WaitFor
from engine.rules import Rules

HANDLED = {Work.STEP, Work.CONSULTATION}


def officer_of(rules: Rules, agency: str, chance: Random) -> str:
    """Some officer of an agency."""
    found = [code for code, officer in rules.directory.officers.items() if agency in officer.agencies]
    return chance.choice(found or ["system"])


def outcomes_of(rules: Rules, step: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(edge.outcome for edge in rules.procedure.nodes[step].edges))


def every_act(d: Dossier, rules: Rules, at: int, chance: Random) -> Iterator[co.Command]:
    """Yield commands, most of which ought to be accepted; several of one kind where there is a choice."""

    def said(agency: str, **more: Any) -> dict[str, Any]:
        return {
            "at": at,
            "agency": agency,
            "by": officer_of(rules, agency, chance),
            "reason": "lý do",
            **more,
        }

    day = rules.desk_calendar(d).local_date(at)
    desk = rules.directory.current(d.desk, day).code
    if d.received_at is None:
        yield co.Receive(**said(desk), serial=chance.randrange(1, 10_000))
        yield co.DeclineIntake(**said(desk))
        yield co.RequestSupplement(**said(desk), papers=("identity",))
    for hold in d.holds_now():
        yield from _at_hold(d, hold, rules, said, chance, day)
    yield co.ReceiveSupplement(**said(desk), papers=("identity",))
    for stop in rules.procedure.clock.stops:
        yield co.PauseClock(**said(desk), ground=stop.ground)
        yield co.ResumeClock(**said(desk), ground=stop.ground)
    yield co.ExtendLimit(**said(desk))
    promised = max(d.due or at, at) + 86_400 * chance.randrange(1, 9)
    yield co.IssueApology(**said(desk), promised=promised)
    yield co.StopHandling(**said(desk))
    yield co.Withdraw(at=at, by=APPLICANT, requested=True)
    yield co.Withdraw(**said(desk))
    yield co.IssueResult(**said(desk))
    steps = [code for code, node in rules.procedure.nodes.items() if not isinstance(node, End)]
    yield co.Reopen(**said(desk), step=chance.choice(steps))
    yield co.Correct(**said(desk), field="data.note", after="đã sửa")
    yield co.Correct(**said(desk), field="channel", after=chance.choice(rules.procedure.channels))


def _at_hold(d: Dossier, hold: Hold, rules: Rules, said: Any, chance: Random, day: date) -> Iterator[co.Command]:
    node = rules.procedure.nodes[hold.step]
    holder = hold.agency
    named = {"hold": hold.number}
    if hold.work in HANDLED | {Work.SERVICE}:
        for outcome in outcomes_of(rules, hold.step):
            yield co.FinishStep(**said(holder), **named, outcome=outcome)
    if hold.work in HANDLED:
        others = [
            agency.code
            for agency in rules.directory.agencies.values()
            if agency.kind == rules.directory.agency(holder).kind and agency.code != holder and agency.is_valid(day)
        ]
        if others:
            yield co.Transfer(**said(holder), **named, to_agency=chance.choice(others))
        provincial = [one for one in rules.directory.agencies.values() if one.level == "province"]
        consulted = chance.choice([one.code for one in provincial if one.code != holder and one.is_valid(day)])
        yield co.RequestOpinion(**said(holder), **named, consulted=consulted, limit="2 working days")
    if isinstance(node, Step) and hold.work is Work.STEP:
        for earlier in node.send_back_to:
            yield co.SendBack(**said(holder), **named, to_step=earlier)
        yield co.RequestSupplement(**said(holder), **named, papers=("identity",))
    if hold.work in HANDLED | {Work.OPINION, Work.SERVICE}:
        yield co.Assign(**said(holder), **named, officer=said(holder)["by"])
        yield co.TakeUp(**said(holder), **named)
    if hold.work in HANDLED | {Work.OPINION, Work.SERVICE, Work.POSTING}:
        yield co.Urge(**said(d.desk), **named)
        yield co.Escalate(**said(d.desk), **named, to_agency=d.desk)
    if hold.work is Work.OPINION:
        for position in ("agree", "disagree", "no_position"):
            yield co.GiveOpinion(**said(holder), **named, position=position)
    if isinstance(node, ApplicantWait):
        for outcome in outcomes_of(rules, hold.step):
            yield co.ConfirmByApplicant(at=said(d.desk)["at"], by=APPLICANT, **named, outcome=outcome)
        if node.purpose is WaitFor.PAY:
            yield co.SetFinancialObligation(**said(d.desk), **named, amount=50_000)
            yield co.MeetFinancialObligation(**said(d.desk), **named)
    if isinstance(node, Posting):
        yield co.RecordObjection(**said(holder), **named)
