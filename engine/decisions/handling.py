"""Work in the agencies: assign, take up, finish with an outcome, send back, transfer."""

from __future__ import annotations

from engine import events as ev
from engine.commands import Assign, Command, Escalate, FinishStep, SendBack, TakeUp, Transfer, Urge
from engine.decisions.common import (
    HANDLED,
    check_agency,
    check_entries,
    check_open,
    check_reason,
    find_hold,
    header,
    open_now,
    owed_opinions,
    refuse,
    refuse_stranger,
)
from engine.dossier import Dossier, Hold, Work
from engine.procedure import Consultation, End, EndKind, ServiceStep, Step
from engine.rules import Rules


def assign(dossier: Dossier, command: Assign, rules: Rules) -> tuple[ev.Fact, ...]:
    """Give a hold to an officer of the agency that has it (NĐ 61/2018/NĐ-CP art. 19(1))."""
    check_open(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, HANDLED | {Work.OPINION})
    if not rules.directory.belongs(command.officer, hold.agency):
        raise refuse_stranger(dossier, command, command.officer, hold.agency)
    return (ev.Assigned(**header(command), hold=hold.number, officer=command.officer),)


def take_up(dossier: Dossier, command: TakeUp, rules: Rules) -> tuple[ev.Fact, ...]:
    """Begin work on a hold; once."""
    check_open(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, HANDLED | {Work.OPINION})
    if hold.taken_up_at is not None:
        why, now = "{step} was taken up by {officer} before", open_now(dossier, rules)
        raise refuse(dossier, command, "taken_up_before", why, now, step=hold.step, officer=hold.officer)
    return (ev.TakenUp(**header(command), hold=hold.number),)


def finish_step(dossier: Dossier, command: FinishStep, rules: Rules) -> tuple[ev.Fact, ...]:
    """End a step with one of the outcomes its procedure knows."""
    check_open(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, HANDLED)
    node = rules.procedure.nodes[hold.step]
    if not isinstance(node, Step | ServiceStep | Consultation):
        why, now = "{step} does not end by an outcome", open_now(dossier, rules)
        raise refuse(dossier, command, "no_outcomes", why, now, step=hold.step)
    _check_supplement(dossier, command, hold, rules)
    if isinstance(node, Consultation):
        _check_opinions(dossier, command, hold, rules)
    outcomes = tuple(dict.fromkeys(edge.outcome for edge in node.edges))
    outcome = command.outcome or (outcomes[0] if len(outcomes) == 1 else "")
    if outcome not in outcomes:
        if not command.outcome:
            why = "say the outcome; its outcomes: {outcomes}"
            raise refuse(dossier, command, "outcome_not_said", why, outcomes=outcomes)
        why, given = "{given!r} is not an outcome of {step}; its outcomes: {outcomes}", command.outcome
        raise refuse(dossier, command, "outcome_unknown", why, given=given, step=hold.step, outcomes=outcomes)
    target = rules.procedure.nodes[next(edge.target for edge in node.edges if edge.outcome == outcome)]
    if isinstance(target, End) and target.end is not EndKind.GRANTED:
        check_reason(dossier, command, "a refusal or stop needs reasons, NĐ 61/2018/NĐ-CP art. 19(8)")
    check_entries(dossier, command, target.code, rules, command.data)
    return (ev.StepDone(**header(command), hold=hold.number, outcome=outcome, data=command.data),)


def send_back(dossier: Dossier, command: SendBack, rules: Rules) -> tuple[ev.Fact, ...]:
    """Send the dossier back to an earlier step the procedure names, with a reason."""
    check_open(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, {Work.STEP})
    _check_supplement(dossier, command, hold, rules)
    check_reason(dossier, command, "what the earlier step has to mend")
    node = rules.procedure.nodes[hold.step]
    allowed = node.send_back_to if isinstance(node, Step) else ()
    if command.to_step not in allowed:
        if not allowed:
            raise refuse(dossier, command, "sends_nothing_back", "{step} may send back to no step", step=hold.step)
        why, to_step = "{step} may send back to {allowed}, not to {to_step!r}", command.to_step
        raise refuse(dossier, command, "sends_back_elsewhere", why, step=hold.step, allowed=allowed, to_step=to_step)
    if not any(held.step == command.to_step for held in dossier.holds.values()):
        why = "{to_step} has never had the dossier"
        raise refuse(dossier, command, "never_had_it", why, to_step=command.to_step)
    check_entries(dossier, command, command.to_step, rules)
    return (ev.SentBack(**header(command), hold=hold.number, to_step=command.to_step),)


def transfer(dossier: Dossier, command: Transfer, rules: Rules) -> tuple[ev.Fact, ...]:
    """Pass the same step on to another agency; its term is not refreshed."""
    check_open(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, {Work.STEP})
    _check_supplement(dossier, command, hold, rules)
    check_reason(dossier, command, "why another agency is competent")
    receiver = rules.directory.agency(command.to_agency)
    day = rules.desk_calendar(dossier).local_date(command.at)
    if not receiver.is_valid(day):
        why = "agency {agency!r} does not exist on {day}"
        raise refuse(dossier, command, "no_such_agency_then", why, agency=receiver.code, day=day)
    if receiver.code == hold.agency:
        why = "{step} is with {agency} already"
        raise refuse(dossier, command, "there_already", why, step=hold.step, agency=receiver.code)
    return (ev.Transferred(**header(command), hold=hold.number, to_agency=receiver.code),)


def urge(dossier: Dossier, command: Urge, rules: Rules) -> tuple[ev.Fact, ...]:
    """Urge the holder (đôn đốc); the desk's part (NĐ 61/2018/NĐ-CP art. 8)."""
    check_open(dossier, command, rules)
    check_agency(dossier, command, _supervisors(dossier, rules), "urging")
    works = HANDLED | {Work.OPINION, Work.POSTING}
    hold = find_hold(dossier, command, command.hold, command.step, works, any_agency=True)
    return (ev.Urged(**header(command), hold=hold.number),)


def escalate(dossier: Dossier, command: Escalate, rules: Rules) -> tuple[ev.Fact, ...]:
    """Tell the head of the desk, or the agency above the holder, about a late or silent agency (art. 19(5)(b))."""
    check_open(dossier, command, rules)
    works = HANDLED | {Work.OPINION, Work.POSTING}
    hold = find_hold(dossier, command, command.hold, command.step, works, any_agency=True)
    lead = dossier.holds[hold.lead_hold].agency if hold.lead_hold else hold.agency
    check_agency(dossier, command, _supervisors(dossier, rules) | {lead}, "escalation")
    subject = "opinion" if hold.work is Work.OPINION else "step"
    receiver = command.to_agency or dossier.desk
    rules.directory.agency(receiver)
    rung = dossier.rungs.get((subject, hold.number), 0) + 1
    return (ev.Escalated(**header(command), hold=hold.number, rung=rung, to_agency=receiver, subject=subject),)


def _supervisors(dossier: Dossier, rules: Rules) -> set[str]:
    desk = rules.directory.agency(dossier.desk)
    return {desk.code, *([desk.parent] if desk.parent else [])}


def _check_supplement(dossier: Dossier, command: Command, hold: Hold, rules: Rules) -> None:
    waiting = dossier.awaits_supplement
    if waiting is not None and waiting.hold == hold.number:
        why, now = "{step} waits for the applicant's supplement", open_now(dossier, rules)
        raise refuse(dossier, command, "waits_for_supplement", why, now, step=hold.step)


def _check_opinions(dossier: Dossier, command: Command, hold: Hold, rules: Rules) -> None:
    owed = owed_opinions(dossier, hold.number)
    if owed:
        why, now = "opinions are still awaited from {agencies}", open_now(dossier, rules)
        raise refuse(dossier, command, "opinions_awaited", why, now, agencies=tuple(held.agency for held in owed))
