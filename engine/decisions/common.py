"""What all decisions share: who may act, which hold is meant, and the header of the facts that result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from engine.errors import NotAllowedError, spelled
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHold:
    """An open hold as a refusal names it; ``agency`` is empty where the applicant has it."""

    step: str
    number: int
    agency: str

    def __str__(self) -> str:
        return f"{self.step} (hold {self.number}, {self.agency or 'applicant'})"


def refuse(
    dossier: Dossier | None,
    command: Command,
    key: str,
    why: str,
    open_now: tuple[str, ...] = (),
    *,
    breach: str = "",
    **fields: object,
) -> NotAllowedError:
    """Return the refusal of a command as a sentence.

    Args:
        dossier: which, None before there is one.
        command: what is refused.
        key: names the reason for good; a face tells it in its reader's language by this and by the fields.
        why: the reason in English, ``{name}`` standing for a field; always the same for a key.
        open_now: what can be done instead.
        breach: the rule, where the attempt itself is to be remembered.
        fields: texts, numbers, dates, or tuples of them.
    """
    reason = spelled(why, fields)
    who = f"dossier {dossier.name}" if dossier is not None else "dossier"
    instead = f"; open now: {', '.join(open_now)}" if open_now else ""
    remembered = (
        (ev.RuleBreachAttempted(**header(command), rule=breach, command=name_of(command), detail=reason),)
        if breach
        else ()
    )
    sentence = f"{who}: cannot {name_of(command)}: {reason}{instead}"
    told = {"subject": dossier.name if dossier is not None else "", "act": name_of(command), **fields}
    return NotAllowedError(sentence, open_now, remembered, key, told)


def refuse_ended(dossier: Dossier, command: Command, rules: Rules) -> NotAllowedError:
    """Return the refusal of what an ended dossier does not allow."""
    now = open_now(dossier, rules)
    return refuse(dossier, command, "ended", "it has ended ({outcome})", now, outcome=dossier.outcome)


def breach(command: Command, rule: str, detail: str = "", hold: int = 0) -> ev.RuleBreached:
    """Return the fact that something the rules disapprove of happened and was recorded all the same."""
    return ev.RuleBreached(**header(command), rule=rule, detail=detail, hold=hold)


def check_actor(dossier: Dossier | None, command: Command, rules: Rules) -> None:
    """Refuse an officer who acts for an agency he does not belong to, and an applicant who acts as an officer."""
    if command.by == ev.SYSTEM:
        return
    if command.by == ev.APPLICANT:
        if not isinstance(command, BY_APPLICANT):
            why = "that is not the applicant's to do; name the officer who does it"
            raise refuse(dossier, command, "not_the_applicants", why)
        return
    if not command.agency:
        why = "officer {officer!r} did not say for which agency he acts"
        raise refuse(dossier, command, "no_agency_said", why, officer=command.by)
    if not rules.directory.belongs(command.by, command.agency):
        raise refuse_stranger(dossier, command, command.by, command.agency)


def refuse_stranger(dossier: Dossier | None, command: Command, officer: str, agency: str) -> NotAllowedError:
    """Return the refusal of an officer who does not belong to an agency."""
    why = "officer {officer!r} does not belong to agency {agency!r}"
    return refuse(dossier, command, "not_a_member", why, officer=officer, agency=agency)


def desks(dossier: Dossier, command: Command, rules: Rules) -> set[str]:
    """Return the desk that received the dossier and, after a merger, the one that stands in its place."""
    day = rules.desk_calendar(dossier).local_date(command.at)
    return {dossier.desk, rules.directory.current(dossier.desk, day).code}


def check_agency(dossier: Dossier, command: Command, allowed: Collection[str], what: str) -> None:
    """Refuse an officer whose agency is not among those that may do this."""
    if command.by not in {ev.SYSTEM, ev.APPLICANT} and command.agency not in allowed:
        why, named = "{what} is up to {allowed}, not to {agency!r}", tuple(sorted(allowed))
        raise refuse(dossier, command, "up_to_others", why, what=what, allowed=named, agency=command.agency)


def check_open(dossier: Dossier, command: Command, rules: Rules) -> None:
    """Refuse what needs a dossier that was received and has not ended."""
    if dossier.received_at is None:
        now = open_now(dossier, rules)
        if not dossier.outcome:
            raise refuse(dossier, command, "not_received", "it has not been received yet", now)
        why = "it has ended before receipt ({outcome})"
        raise refuse(dossier, command, "ended_before_receipt", why, now, outcome=dossier.outcome)
    if dossier.ended_at is not None:
        raise refuse_ended(dossier, command, rules)


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
            "loop_cap",
            "{step} has had the dossier {times} times, the most the procedure allows",
            open_now(dossier, rules),
            breach="loop_cap",
            step=step,
            times=entries_into(dossier, step),
        )


def check_reason(dossier: Dossier | None, command: Command, basis: str) -> None:
    """Refuse an act that the law wants reasons for when none is given."""
    if not command.reason.strip():
        raise refuse(dossier, command, "no_reason", "a written reason is required ({basis})", basis=basis)


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
    if len(own) > 1:
        why = "several steps are open: {holds}; say which (step or hold)"
        raise refuse(dossier, command, "several_open", why, holds=_listed(own))
    if candidates:
        why, holds = "{holds}: not with agency {agency!r}", _listed(candidates)
        raise refuse(dossier, command, "with_others", why, holds=holds, agency=command.agency)
    raise _refuse_not_open(dossier, command, number, step)


def _refuse_not_open(dossier: Dossier, command: Command, number: int, step: str) -> NotAllowedError:
    holds = _listed(dossier.holds_now())
    if not holds:
        return refuse(dossier, command, "nothing_open", "no step is open")
    if step:
        why = "step {step!r} is not open; open now: {holds}"
        return refuse(dossier, command, "step_not_open", why, step=step, holds=holds)
    if number:
        why = "hold {number} is not open; open now: {holds}"
        return refuse(dossier, command, "hold_not_open", why, number=number, holds=holds)
    return refuse(dossier, command, "none_such_open", "such a step is not open; open now: {holds}", holds=holds)


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


def _listed(holds: Iterable[Hold]) -> tuple[OpenHold, ...]:
    return tuple(OpenHold(step=hold.step, number=hold.number, agency=hold.agency) for hold in holds)
