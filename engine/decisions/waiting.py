"""Opinions, supplements, stops, extensions and apologies: everything that asks others to wait or to answer."""

from __future__ import annotations

from engine import events as ev
from engine.commands import (
    Command,
    ConfirmByApplicant,
    ExtendLimit,
    GiveOpinion,
    IssueApology,
    MeetFinancialObligation,
    PauseClock,
    ReceiveSupplement,
    RecordObjection,
    RequestOpinion,
    RequestSupplement,
    ResumeClock,
    SetFinancialObligation,
)
from engine.counting import Terms, due_at
from engine.decisions.common import (
    HANDLED,
    breach,
    check_agency,
    check_entries,
    check_open,
    check_reason,
    desks,
    find_hold,
    header,
    open_now,
    refuse,
    refuse_ended,
)
from engine.dossier import SUPPLEMENT_GROUND, Dossier, Work
from engine.errors import NotAllowedError
from engine.instants import to_datetime
from engine.limits import CountingRule, format_limit, parse_limit
from engine.procedure import ApplicantWait, Posting, Step, SupplementEffect, WaitFor
from engine.restart import dues_after, resumed
from engine.rules import Rules, lead_before


def request_opinion(dossier: Dossier, command: RequestOpinion, rules: Rules) -> tuple[ev.Fact, ...]:
    """Ask for an opinion the procedure does not plan; recorded as unplanned, because needless opinions cost time."""
    check_open(dossier, command, rules)
    lead = find_hold(dossier, command, command.hold, command.step, {Work.STEP, Work.CONSULTATION})
    consulted = rules.directory.agency(command.consulted)
    if consulted.code == lead.agency:
        raise refuse(dossier, command, "consults_itself", "{agency} cannot consult itself", agency=lead.agency)
    limit = parse_limit(command.limit)
    calendar = rules.calendar_of(consulted.code)
    return (
        ev.OpinionRequested(
            **header(command, agency=consulted.code),
            hold=len(dossier.holds) + 1,
            step=lead.step,
            lead_hold=lead.number,
            lead_agency=lead.agency,
            on_silence="escalate",
            due=due_at(calendar, Terms(limit, CountingRule.WHOLE_DAYS), command.at),
            question=command.question,
            planned=False,
            limit=format_limit(limit),
        ),
    )


def give_opinion(dossier: Dossier, command: GiveOpinion, rules: Rules) -> tuple[ev.Fact, ...]:
    """Answer an opinion request; a late answer after deemed agreement is kept as evidence and changes nothing."""
    check_open(dossier, command, rules)
    positions = ("agree", "disagree", "no_position")
    if command.position not in positions:
        why = "{given!r} is not a position; positions: {positions}"
        raise refuse(dossier, command, "position_unknown", why, given=command.position, positions=positions)
    late = dossier.holds.get(command.hold)
    if late is not None and late.work is Work.OPINION and late.outcome == "silent" and late.agency == command.agency:
        return (
            ev.OpinionGiven(**header(command), hold=late.number, position=command.position),
            breach(command, "late_opinion", "answered after silence was deemed agreement", late.number),
        )
    hold = find_hold(dossier, command, command.hold, "", {Work.OPINION})
    facts: list[ev.Fact] = [ev.OpinionGiven(**header(command), hold=hold.number, position=command.position)]
    if hold.due is not None and command.at > hold.due:
        facts.append(breach(command, "late_opinion", "answered after its term", hold.number))
    if command.position == "no_position":
        facts.append(breach(command, "opinion_without_position", "", hold.number))
    return tuple(facts)


def request_supplement(dossier: Dossier, command: RequestSupplement, rules: Rules) -> tuple[ev.Fact, ...]:
    """Ask the applicant to complete the dossier (form 02): once, fully, with reasons.

    Refused beyond the procedure's maximum. Recorded as a breach, because it happens and must be seen: asked after
    the days the procedure gives for it (NĐ 61/2018/NĐ-CP art. 19(4)), a second request (art. 15(3)), or a paper
    outside the published list (art. 5(1)(đ)).
    """
    if dossier.ended_at is not None:
        raise refuse_ended(dossier, command, rules)
    policy = rules.procedure.clock.supplement
    at_intake = dossier.received_at is None
    hold_number = 0
    if at_intake:
        check_agency(dossier, command, desks(dossier, command, rules), "a supplement request at intake")
    else:
        hold = find_hold(dossier, command, command.hold, command.step, {Work.STEP})
        hold_number = hold.number
        node = rules.procedure.nodes[hold.step]
        if not (isinstance(node, Step) and node.may_request_supplement):
            why, now = "{step} may not ask the applicant for papers", open_now(dossier, rules)
            raise refuse(dossier, command, "may_not_ask", why, now, step=hold.step)
    if dossier.awaits_supplement is not None:
        why = "a request is open already; the applicant is asked once"
        raise refuse(dossier, command, "asked_already", why, open_now(dossier, rules))
    if not command.papers:
        raise refuse(dossier, command, "no_papers", "name the papers to be handed in")
    began = max((term.received_at or 0 for term in dossier.supplements), default=0)
    if command.at < max(began, dossier.received_at or 0):
        why = "it is said to have happened before the term in force began"
        raise refuse(dossier, command, "before_the_term", why)
    check_reason(dossier, command, "NĐ 63/2010/NĐ-CP art. 18(5)")
    ordinal = len(dossier.supplements) + 1
    if ordinal > policy.max_requests:
        raise refuse(
            dossier,
            command,
            "asked_too_often",
            "the applicant has been asked {times} times, the most the procedure allows ({law})",
            open_now(dossier, rules),
            breach="supplement_beyond_maximum",
            times=ordinal - 1,
            law=policy.source.text,
        )
    calendar = rules.desk_calendar(dossier)
    facts: list[ev.Fact] = [
        ev.SupplementRequested(
            **header(command),
            papers=command.papers,
            ordinal=ordinal,
            hold=hold_number,
            window_due=None if policy.window is None else due_at(calendar, Terms(policy.window), command.at),
            restart=policy.effect is SupplementEffect.RESTART and not at_intake,
        )
    ]
    if ordinal > 1:
        facts.append(breach(command, "repeated_supplement", f"request number {ordinal}", hold_number))
    asked_by = policy.ask_within
    if not at_intake and asked_by is not None and dossier.received_at is not None:
        latest = due_at(calendar, Terms(asked_by), dossier.received_at)
        if command.at > latest:
            until = to_datetime(latest, calendar.zone).isoformat()
            facts.append(breach(command, "late_supplement_request", f"allowed until {until}", hold_number))
    listed = {paper.code for paper in rules.procedure.papers}
    outside = [paper for paper in command.papers if paper not in listed]
    if outside:
        facts.append(breach(command, "paper_outside_list", ", ".join(outside), hold_number))
    return tuple(facts)


def receive_supplement(dossier: Dossier, command: ReceiveSupplement, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record the applicant's answer; the legal term runs on, or anew, as the procedure says."""
    waiting = dossier.awaits_supplement
    if waiting is None:
        raise refuse(dossier, command, "no_supplement", "no supplement is awaited", open_now(dossier, rules))
    check_agency(dossier, command, desks(dossier, command, rules), "taking in papers")
    if command.at < waiting.requested_at:
        why = "it is said to have happened before the papers were asked for"
        raise refuse(dossier, command, "before_asked", why)
    fact = ev.SupplementReceived(**header(command), papers=command.papers, due=None)
    if dossier.received_at is None:
        return (fact,)
    due, changed = dues_after(dossier, fact, rules)
    return (ev.SupplementReceived(**header(command), papers=command.papers, due=due), *changed)


def pause_clock(dossier: Dossier, command: PauseClock, rules: Rules) -> tuple[ev.Fact, ...]:
    """Stop the legal clock on a ground the procedure allows, for at most its cap."""
    check_open(dossier, command, rules)
    _check_involved(dossier, command, rules)
    policy = rules.procedure.clock.stop(command.ground)
    if policy is None:
        raise _refuse_ground(dossier, command, rules)
    if any(stop.until is None and stop.ground == command.ground for stop in dossier.stops):
        why, now = "the clock stands still on {ground} already", open_now(dossier, rules)
        raise refuse(dossier, command, "stands_already", why, now, ground=command.ground)
    check_reason(dossier, command, "why the clock may stand still")
    calendar = rules.desk_calendar(dossier)
    cap = None if policy.cap is None else due_at(calendar, Terms(policy.cap), command.at)
    return (ev.ClockPaused(**header(command), ground=command.ground, cap_until=cap),)


def resume_clock(dossier: Dossier, command: ResumeClock, rules: Rules) -> tuple[ev.Fact, ...]:
    """Let the legal clock run again."""
    check_open(dossier, command, rules)
    _check_involved(dossier, command, rules)
    running = [stop for stop in dossier.stops if stop.until is None and stop.ground != SUPPLEMENT_GROUND]
    stop = next((stop for stop in running if command.ground in {"", stop.ground}), None)
    if stop is None:
        why = "the clock does not stand still on such a ground"
        raise refuse(dossier, command, "not_standing", why, open_now(dossier, rules))
    if command.at < stop.since:
        why = "it is said to have happened before the clock was stopped"
        raise refuse(dossier, command, "before_the_stop", why)
    return resumed(dossier, rules, stop.ground, header(command))


def extend_limit(dossier: Dossier, command: ExtendLimit, rules: Rules) -> tuple[ev.Fact, ...]:
    """Use the extension the law allows, within the term and no oftener than it says."""
    check_open(dossier, command, rules)
    _check_involved(dossier, command, rules)
    policy = rules.procedure.clock.extension
    if policy is None or len(dossier.extensions) >= policy.max_times:
        raise _refuse_extension(dossier, command, rules)
    check_reason(dossier, command, "why the term is extended")
    if dossier.due is not None and command.at > dossier.due:
        why = "the term has passed; it can only be extended before"
        raise refuse(dossier, command, "extended_late", why, breach="late_extension")
    fact = ev.LimitExtended(**header(command), limit=format_limit(policy.limit), due=0)
    due, _ = dues_after(dossier, fact, rules)
    if due is None:
        why = "there is no running term to extend"
        raise refuse(dossier, command, "no_term", why, open_now(dossier, rules))
    return (ev.LimitExtended(**header(command), limit=format_limit(policy.limit), due=due),)


def issue_apology(dossier: Dossier, command: IssueApology, rules: Rules) -> tuple[ev.Fact, ...]:
    """Apologise with a new date (form 04): before the due date, with a reason, at most once (art. 19(9)).

    The new date lies within the desk's calendar: nobody can keep a promise for a day that is not known yet. A second
    re-dating is refused and the attempt remembered; a letter later than the lead time is recorded as late.
    """
    check_open(dossier, command, rules)
    _check_involved(dossier, command, rules)
    policy = rules.procedure.clock.apology
    if dossier.due is None:
        raise refuse(dossier, command, "no_due", "it has no due date at present", open_now(dossier, rules))
    if dossier.apologies >= policy.max_redatings:
        raise refuse(
            dossier,
            command,
            "redated_too_often",
            "the date has been set anew {times} time(s), the most the law allows ({law})",
            breach="second_redating",
            times=dossier.apologies,
            law=policy.source.text,
        )
    check_reason(dossier, command, "NĐ 61/2018/NĐ-CP art. 19(9)")
    if command.promised <= max(dossier.due, command.at):
        why = "the new date must lie after the due date and after today"
        raise refuse(dossier, command, "promised_too_early", why)
    rules.desk_calendar(dossier).local_date(command.promised)  # beyond the known days it raises
    facts: list[ev.Fact] = [ev.ApologyIssued(**header(command), promised=command.promised)]
    if command.at > lead_before(rules.desk_calendar(dossier), dossier.due, policy.lead):
        facts.append(breach(command, "late_apology", "later than the lead time before the due date"))
    return tuple(facts)


def confirm_by_applicant(dossier: Dossier, command: ConfirmByApplicant, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record the applicant's answer to a step that waits for him."""
    check_open(dossier, command, rules)
    check_agency(dossier, command, desks(dossier, command, rules), "the applicant's answer")
    hold = find_hold(dossier, command, command.hold, command.step, {Work.APPLICANT}, any_agency=True)
    node = rules.procedure.nodes[hold.step]
    outcomes = tuple(dict.fromkeys(edge.outcome for edge in node.edges))
    outcome = command.outcome or ("done" if "done" in outcomes else outcomes[0])
    if outcome not in outcomes:
        why = "{given!r} is not an answer to {step}: {outcomes}"
        raise refuse(dossier, command, "answer_unknown", why, given=outcome, step=hold.step, outcomes=outcomes)
    if outcome == "done" and isinstance(node, ApplicantWait) and node.purpose is WaitFor.PAY:
        why = "{step} waits for a payment; record it with meet-financial-obligation"
        raise refuse(dossier, command, "waits_for_payment", why, step=hold.step)
    target = next(edge.target for edge in node.edges if edge.outcome == outcome)
    check_entries(dossier, command, target, rules, command.data)
    done = ev.StepDone(**header(command), hold=hold.number, outcome=outcome, data=command.data)
    return (*_resumed_by(dossier, command, rules, hold.step), done)


def set_financial_obligation(dossier: Dossier, command: SetFinancialObligation, rules: Rules) -> tuple[ev.Fact, ...]:
    """Tell the applicant what to pay, at a step that waits for payment."""
    check_open(dossier, command, rules)
    _check_involved(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, {Work.APPLICANT}, any_agency=True)
    node = rules.procedure.nodes[hold.step]
    if not isinstance(node, ApplicantWait) or node.purpose is not WaitFor.PAY:
        why, now = "{step} does not wait for a payment", open_now(dossier, rules)
        raise refuse(dossier, command, "no_payment", why, now, step=hold.step)
    if command.amount < 0:
        raise refuse(dossier, command, "negative_amount", "an amount cannot be negative")
    return (
        ev.FinancialObligationSet(
            **header(command), hold=hold.number, amount=command.amount, currency=command.currency
        ),
    )


def meet_financial_obligation(dossier: Dossier, command: MeetFinancialObligation, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record payment; the step that waited for it ends."""
    check_open(dossier, command, rules)
    held = {hold.agency for hold in dossier.holds.values() if hold.agency}
    check_agency(dossier, command, desks(dossier, command, rules) | held, "recording a payment")
    hold = find_hold(dossier, command, command.hold, command.step, {Work.APPLICANT}, any_agency=True)
    if ("financial_obligation", hold.number) not in dossier.marks:
        why, now = "nothing is owed at {step}", open_now(dossier, rules)
        raise refuse(dossier, command, "nothing_owed", why, now, step=hold.step)
    return (
        ev.FinancialObligationMet(**header(command), hold=hold.number),
        *_resumed_by(dossier, command, rules, hold.step),
        ev.StepDone(**header(command), hold=hold.number, outcome="done"),
    )


def record_objection(dossier: Dossier, command: RecordObjection, rules: Rules) -> tuple[ev.Fact, ...]:
    """End a legal posting because somebody objected."""
    check_open(dossier, command, rules)
    hold = find_hold(dossier, command, command.hold, command.step, {Work.POSTING})
    node = rules.procedure.nodes[hold.step]
    target = next((edge.target for edge in node.edges if edge.outcome == "objection"), "")
    if not target:
        why, now = "{step} provides for no objections", open_now(dossier, rules)
        raise refuse(dossier, command, "no_objections", why, now, step=hold.step)
    check_entries(dossier, command, target, rules)
    return (
        ev.PostingEnded(**header(command), hold=hold.number, objections=True),
        *_resumed_by(dossier, command, rules, hold.step),
        ev.StepDone(**header(command), hold=hold.number, outcome="objection"),
    )


def _resumed_by(dossier: Dossier, command: Command, rules: Rules, step: str) -> tuple[ev.Fact, ...]:
    node = rules.procedure.nodes[step]
    if not isinstance(node, ApplicantWait | Posting) or not node.stops_clock:
        return ()
    return resumed(dossier, rules, node.ground, header(command))


def _check_involved(dossier: Dossier, command: Command, rules: Rules) -> None:
    holders = {hold.agency for hold in dossier.holds_now() if hold.work in HANDLED or hold.work is Work.POSTING}
    check_agency(dossier, command, desks(dossier, command, rules) | holders, "this")


def _refuse_ground(dossier: Dossier, command: PauseClock, rules: Rules) -> NotAllowedError:
    rule, code, ground = "stop_without_ground", rules.procedure.code, command.ground
    grounds = tuple(stop.ground for stop in rules.procedure.clock.stops)
    if not grounds:
        why = "{ground!r} is no lawful ground in {procedure}, which knows none"
        return refuse(dossier, command, "no_grounds", why, breach=rule, ground=ground, procedure=code)
    why = "{ground!r} is no lawful ground in {procedure}; grounds: {grounds}"
    return refuse(dossier, command, "ground_unknown", why, breach=rule, ground=ground, procedure=code, grounds=grounds)


def _refuse_extension(dossier: Dossier, command: ExtendLimit, rules: Rules) -> NotAllowedError:
    policy, rule, code = rules.procedure.clock.extension, "extension_beyond_maximum", rules.procedure.code
    if policy is None:
        why = "{procedure} does not allow its limit to be extended"
        return refuse(dossier, command, "not_extendable", why, breach=rule, procedure=code)
    why = "{procedure} allows its limit to be extended {times} time(s), and that is used up"
    return refuse(dossier, command, "extended_too_often", why, breach=rule, procedure=code, times=policy.max_times)
