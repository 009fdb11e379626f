"""What all decisions share: who may act, which hold is meant, and the header of the facts that result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine import events as ev
from engine.commands import (
    Command,
    ConfirmByApplicant,
    MeetFinancialObligation,
    ReceiveSupplement,
    Submit,
    Withdraw,
    name_of,
)
from engine.conditions import evaluate
from engine.dossier import SUPPLEMENT_GROUND, Dossier, Hold, Work
from engine.errors import NotAllowedError
from engine.legal import entries_into
from engine.procedure import ApplicantWait, Decision, Step, WaitFor
from engine.rules import Rules

BY_APPLICANT = (Submit, ReceiveSupplement, ConfirmByApplicant, MeetFinancialObligation, Withdraw)
"""What an applicant may do himself, at a counter or on a portal."""

HANDLED = frozenset({Work.STEP, Work.SERVICE, Work.CONSULTATION})
"""Holds that end by an outcome of the agency that has them."""


def header(command: Command, **instead: str) -> dict[str, Any]:
    """Return what a fact carries over from the command it answers; ``instead`` replaces single values."""
    return {
        "occurred_at": command.at,
        "recorded_at": command.recorded_at or command.at,
        "by": command.by,
        "agency": command.agency,
        "reason": command.reason,
        "legal_basis": command.legal_basis,
        "document_no": command.document_no,
        **instead,
    }


def refuse(
    dossier: Dossier | None,
    command: Command,
    why: str,
    open_now: tuple[str, ...] = (),
    *,
    breach: str = "",
) -> NotAllowedError:
    """Return the refusal of a command as a sentence; with ``breach`` the attempt itself is to be remembered."""
    who = f"dossier {dossier.name}" if dossier is not None else "dossier"
    instead = f"; open now: {', '.join(open_now)}" if open_now else ""
    remembered = (
        (ev.RuleBreachAttempted(**header(command), rule=breach, command=name_of(command), detail=why),)
        if breach
        else ()
    )
    return NotAllowedError(f"{who}: cannot {name_of(command)}: {why}{instead}", open_now, remembered)


def breach(command: Command, rule: str, detail: str = "", hold: int = 0) -> ev.RuleBreached:
    """Return the fact that something the rules disapprove of happened and was recorded all the same."""
    return ev.RuleBreached(**header(command), rule=rule, detail=detail, hold=hold)


def check_actor(dossier: Dossier | None, command: Command, rules: Rules) -> None:
    """Refuse an officer who acts for an agency he does not belong to, and an applicant who acts as an officer."""
    if command.by == ev.SYSTEM:
        return
    if command.by == ev.APPLICANT:
        if not isinstance(command, BY_APPLICANT):
            raise refuse(dossier, command, "that is not the applicant's to do; name the officer who does it")
        return
    if not command.agency:
        raise refuse(dossier, command, f"officer {command.by!r} did not say for which agency he acts")
    if not rules.directory.belongs(command.by, command.agency):
        raise refuse(dossier, command, f"officer {command.by!r} does not belong to agency {command.agency!r}")


def desks(dossier: Dossier, command: Command, rules: Rules) -> set[str]:
    """Return the desk that received the dossier and, after a merger, the one that stands in its place."""
    day = rules.desk_calendar(dossier).local_date(command.at)
    return {dossier.desk, rules.directory.current(dossier.desk, day).code}


def check_agency(dossier: Dossier, command: Command, allowed: Collection[str], what: str) -> None:
    """Refuse an officer whose agency is not among those that may do this."""
    if command.by not in {ev.SYSTEM, ev.APPLICANT} and command.agency not in allowed:
        named = ", ".join(sorted(allowed)) or "no agency"
        raise refuse(dossier, command, f"{what} is up to {named}, not to {command.agency!r}")


def check_open(dossier: Dossier, command: Command, rules: Rules) -> None:
    """Refuse what needs a dossier that was received and has not ended."""
    if dossier.received_at is None:
        state = f"has ended before receipt ({dossier.outcome})" if dossier.outcome else "has not been received yet"
        raise refuse(dossier, command, f"it {state}", open_now(dossier, rules))
    if dossier.ended_at is not None:
        raise refuse(dossier, command, f"it has ended ({dossier.outcome})", open_now(dossier, rules))


def check_entries(
    dossier: Dossier, command: Command, step: str, rules: Rules, data: Mapping[str, Any] | None = None
) -> None:
    """Refuse to lead into a step that has had the dossier as often as it may; ``data`` is what the act adds.

    Decisions on the way are followed; what other branches do at a join nobody can know yet.
    """
    while isinstance(node := rules.procedure.nodes[step], Decision):
        known = {**dossier.data, **(data or {})}
        way = (
            edge.target
            for edge in node.edges
            if not edge.condition
            or evaluate(
                edge.condition, data=known, channel=dossier.channel, papers=dossier.papers, place=f"step {node.code!r}"
            )
        )
        following = next(way, "")
        if not following:
            return
        step = following
    if _is_full(dossier, step, rules):
        raise refuse(
            dossier,
            command,
            f"{step} has had the dossier {entries_into(dossier, step)} times, the most the procedure allows",
            open_now(dossier, rules),
            breach="loop_cap",
        )


def check_reason(dossier: Dossier | None, command: Command, basis: str) -> None:
    """Refuse an act that the law wants reasons for when none is given."""
    if not command.reason.strip():
        raise refuse(dossier, command, f"a written reason is required ({basis})")


def find_hold(
    dossier: Dossier, command: Command, number: int, step: str, works: Collection[Work], *, any_agency: bool = False
) -> Hold:
    """Return the open hold a command means: by number, by step, or the only one the acting agency has.

    Raises:
        NotAllowedError: no such open hold, more than one, or another agency has it.
    """
    candidates = [hold for hold in dossier.holds_now() if hold.work in works]
    if number:
        candidates = [hold for hold in candidates if hold.number == number]
    if step:
        candidates = [hold for hold in candidates if hold.step == step]
    own = [
        hold
        for hold in candidates
        if any_agency or command.by in {ev.SYSTEM, ev.APPLICANT} or hold.agency == command.agency
    ]
    if len(own) == 1:
        return own[0]
    named = f"step {step!r}" if step else f"hold {number}" if number else "such a step"
    if len(own) > 1:
        raise refuse(dossier, command, f"several steps are open: {_listed(own)}; say which (step or hold)")
    if candidates:
        raise refuse(dossier, command, f"{_listed(candidates)}: not with agency {command.agency!r}")
    everywhere = dossier.holds_now()
    raise refuse(dossier, command, f"{named} is not open; open now: {_listed(everywhere) or 'nothing'}")


def owed_opinions(dossier: Dossier, lead: int) -> list[Hold]:
    """Return the opinions without which hold ``lead`` cannot end: not silent yet, or silence blocks."""
    return [
        hold
        for hold in dossier.holds_now()
        if hold.lead_hold == lead and (("silent", hold.number) not in dossier.marks or hold.on_silence == "block")
    ]


def open_now(dossier: Dossier, rules: Rules | None = None) -> tuple[str, ...]:
    """Return the names of the commands that can be given in the dossier's present state, whoever may give them.

    Without ``rules`` those that make sense, though the procedure may not provide for all of them.
    """
    if dossier.submitted_at is None:
        return ("submit",)
    if dossier.ended_at is not None:
        to_issue = dossier.outcome in {"granted", "denied"} and dossier.issued_at is None
        after = ("issue-result",) if to_issue else ()
        return (*after, "reopen", "correct") if dossier.received_at is not None else ("correct",)
    may_ask = dossier.awaits_supplement is None and (
        rules is None or len(dossier.supplements) < rules.procedure.clock.supplement.max_requests
    )
    if dossier.received_at is None:
        waiting = ("receive-supplement",) if dossier.awaits_supplement is not None else ("receive",)
        return (*waiting, *(("request-supplement",) if may_ask else ()), "decline-intake", "withdraw", "correct")
    commands = [command for hold in dossier.holds_now() for command in _at_hold(dossier, hold, rules, may_ask=may_ask)]
    if dossier.awaits_supplement is not None:
        commands.append("receive-supplement")
    commands += _of_the_clock(dossier, rules)
    return (*dict.fromkeys(commands), "stop-handling", "withdraw", "correct")


def _at_hold(dossier: Dossier, hold: Hold, rules: Rules | None, *, may_ask: bool) -> Iterator[str]:
    """What can be done at one open hold."""
    node = rules.procedure.nodes.get(hold.step) if rules is not None else None
    waiting = dossier.awaits_supplement
    waits_here = waiting is not None and waiting.hold == hold.number
    waits_for_opinions = hold.work is Work.CONSULTATION and owed_opinions(dossier, hold.number)
    if hold.work in HANDLED and not waits_here and not waits_for_opinions:
        yield "finish-step"
    if hold.work is Work.STEP:
        back = node.send_back_to if isinstance(node, Step) else ()
        known = {held.step for held in dossier.holds.values()}
        if not waits_here:
            if rules is None or any(step in known and not _is_full(dossier, step, rules) for step in back):
                yield "send-back"
            yield "transfer"
        if may_ask and (rules is None or (isinstance(node, Step) and node.may_request_supplement)):
            yield "request-supplement"
    if hold.work in {Work.STEP, Work.CONSULTATION}:
        yield "request-opinion"
    if hold.work in HANDLED | {Work.OPINION}:
        yield "assign"
        if hold.taken_up_at is None:
            yield "take-up"
    if hold.work in HANDLED | {Work.OPINION, Work.POSTING}:
        yield from ("urge", "escalate")
    if hold.work is Work.OPINION:
        yield "give-opinion"
    if hold.work is Work.POSTING and (node is None or any(edge.outcome == "objection" for edge in node.edges)):
        yield "record-objection"
    if hold.work is Work.APPLICANT:
        pays = isinstance(node, ApplicantWait) and node.purpose is WaitFor.PAY
        if not pays or (node is not None and any(edge.outcome != "done" for edge in node.edges)):
            yield "confirm-by-applicant"
        if rules is None or pays:
            yield "set-financial-obligation"
        if ("financial_obligation", hold.number) in dossier.marks:
            yield "meet-financial-obligation"


def _of_the_clock(dossier: Dossier, rules: Rules | None) -> Iterator[str]:
    """What can be done to the legal term."""
    policy = rules.procedure.clock if rules is not None else None
    standing = {stop.ground for stop in dossier.stops if stop.until is None}
    if policy is None or any(stop.ground not in standing for stop in policy.stops):
        yield "pause-clock"
    if standing - {SUPPLEMENT_GROUND}:
        yield "resume-clock"
    if dossier.due is None:
        return
    if policy is None or (policy.extension is not None and len(dossier.extensions) < policy.extension.max_times):
        yield "extend-limit"
    if policy is None or dossier.apologies < policy.apology.max_redatings:
        yield "issue-apology"


def _is_full(dossier: Dossier, step: str, rules: Rules) -> bool:
    cap = getattr(rules.procedure.nodes[step], "max_entries", 0)
    return bool(cap) and entries_into(dossier, step) >= cap


def _listed(holds: list[Hold]) -> str:
    return ", ".join(f"{hold.step} (hold {hold.number}, {hold.agency or 'applicant'})" for hold in holds)
