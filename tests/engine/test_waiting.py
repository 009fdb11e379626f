import pytest

from engine import commands as co
from engine import events as ev
from engine.errors import BeyondCalendarError, NotAllowedError
from engine.legal import hold_clock, legal_clock
from engine.limits import CountingRule, parse_limit
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Consulted,
    Edge,
    OnSilence,
    Posting,
    SupplementEffect,
    WaitFor,
    WindowOver,
)
from engine.status import Status, status

from .house import SOURCE, Case, clock_face, kinds, name, procedure, rule_names, step, t


def asking(**clock):
    return procedure(step("check", may_request_supplement=True, limit=parse_limit("5 working days")), **clock)


def ask(case, at, **more):
    return case.act(co.RequestSupplement, at, "land", **({"papers": ("form",), "reason": "unreadable"} | more))


def test_a_supplement_asked_on_day_nine_is_recorded_with_its_breach():
    case = Case(asking()).received("2026-09-07 08:00")
    assert rule_names(ask(case, "2026-09-18 08:00")) == ["late_supplement_request"]
    assert status(case.dossier) is Status.AWAITING_SUPPLEMENT


def test_waiting_for_the_applicant_pauses_the_legal_term():
    case = Case(asking()).received("2026-09-07 08:00")
    before = case.dossier.due
    ask(case, "2026-09-08 08:00")
    assert case.dossier.due is None
    case.act(co.ReceiveSupplement, "2026-09-10 08:00", "desk", papers=("form",))
    assert clock_face(before) == "2026-09-21 17:00"
    assert clock_face(case.dossier.due) == "2026-09-23 17:00"
    clock = legal_clock(case.dossier, case.rules)
    assert clock.due_seconds == case.dossier.due


def test_a_restart_counts_anew_from_the_full_dossier():
    case = Case(asking(effect=SupplementEffect.RESTART)).received("2026-09-07 08:00")
    ask(case, "2026-09-09 08:00")
    case.act(co.ReceiveSupplement, "2026-09-14 08:00", "desk")
    assert clock_face(case.dossier.due) == "2026-09-28 17:00"
    clock = legal_clock(case.dossier, case.rules)
    assert [clock_face(term.start) for term in clock.history] == ["2026-09-07 08:00", "2026-09-14 08:00"]
    step_hold = case.hold("check")
    assert clock_face(step_hold.due) == clock_face(t("2026-09-17 08:00"))


def test_an_overnight_pause_moves_nothing():
    case = Case(asking()).received("2026-09-07 08:00")
    case.act(co.PauseClock, "2026-09-08 17:00", "land", ground="force_majeure", reason="flood")
    case.act(co.ResumeClock, "2026-09-09 07:30", "land")
    assert clock_face(case.dossier.due) == "2026-09-21 17:00"


def test_the_applicant_is_asked_no_oftener_than_the_procedure_says():
    case = Case(asking(max_requests=2)).received("2026-09-07 08:00")
    ask(case, "2026-09-07 09:00")
    with pytest.raises(NotAllowedError, match="asked once"):
        ask(case, "2026-09-07 09:30")
    case.act(co.ReceiveSupplement, "2026-09-07 10:00", "desk")
    assert rule_names(ask(case, "2026-09-07 11:00", papers=("marriage_certificate",))) == [
        "repeated_supplement",
        "paper_outside_list",
    ]
    case.act(co.ReceiveSupplement, "2026-09-07 14:00", "desk")
    with pytest.raises(NotAllowedError, match="asked 2 times, the most") as refusal:
        ask(case, "2026-09-07 15:00")
    assert rule_names(refusal.value.breach) == ["supplement_beyond_maximum"]


def test_a_supplement_needs_a_reason_and_papers():
    case = Case(asking()).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match="written reason"):
        ask(case, "2026-09-07 09:00", reason="")
    with pytest.raises(NotAllowedError, match="name the papers"):
        ask(case, "2026-09-07 09:00", papers=())


def test_handling_stops_when_the_applicant_lets_the_window_pass():
    case = Case(asking()).received("2026-09-07 08:00")
    ask(case, "2026-09-08 08:00")
    assert kinds(case.waited("2026-10-30 08:00")) == ["LimitPassed", "HandlingStopped"]
    assert clock_face(case.dossier.ended_at) == "2026-09-17 17:00"
    assert status(case.dossier) is Status.STOPPED


def test_a_dossier_that_may_wait_simply_waits():
    case = Case(asking(on_window_over=WindowOver.WAIT)).received("2026-09-07 08:00")
    ask(case, "2026-09-08 08:00")
    assert kinds(case.waited("2026-10-30 08:00")) == ["LimitPassed"]
    assert case.waited("2026-11-30 08:00") == []
    with pytest.raises(NotAllowedError, match="waits for the applicant"):
        case.act(co.FinishStep, "2026-11-30 09:00", "land")


def apologise(case, at, promised):
    return case.act(co.IssueApology, at, "land", promised=t(promised), reason="survey late")


def test_a_second_redating_is_refused_and_remembered():
    case = Case(asking()).received("2026-09-07 08:00")
    assert rule_names(apologise(case, "2026-09-17 08:00", "2026-09-25 17:00")) == []
    with pytest.raises(NotAllowedError, match="set anew 1 time") as refusal:
        apologise(case, "2026-09-18 08:00", "2026-09-30 17:00")
    assert rule_names(refusal.value.breach) == ["second_redating"]
    assert clock_face(case.dossier.due) == "2026-09-21 17:00"
    assert clock_face(case.dossier.promised) == "2026-09-25 17:00"


def test_no_date_is_promised_that_the_calendar_does_not_know():
    case = Case(procedure(step("check"), limit="10 working days")).received("2026-09-07 08:00")
    with pytest.raises(BeyondCalendarError, match="beyond its last known day"):
        apologise(case, "2026-09-10 08:00", "2036-09-25 17:00")
    assert case.dossier.apologies == 0


def test_an_apology_on_the_last_day_is_late():
    case = Case(asking()).received("2026-09-07 08:00")
    assert rule_names(apologise(case, "2026-09-21 08:00", "2026-09-25 17:00")) == ["late_apology"]


def test_a_stop_needs_a_lawful_ground_and_ends_at_its_cap():
    case = Case(asking()).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match="no lawful ground") as refusal:
        case.act(co.PauseClock, "2026-09-08 08:00", "land", ground="workload", reason="busy")
    assert rule_names(refusal.value.breach) == ["stop_without_ground"]
    case.act(co.PauseClock, "2026-09-08 08:00", "land", ground="force_majeure", reason="flood")
    found = case.waited("2026-10-30 08:00")
    assert kinds(found)[:2] == ["LimitPassed", "ClockResumed"]
    assert clock_face(found[1].occurred_at) == "2026-09-15 17:00"


def test_the_term_is_extended_once_and_only_while_it_runs():
    case = Case(asking()).received("2026-09-07 08:00")
    case.act(co.ExtendLimit, "2026-09-10 08:00", "land", reason="complex")
    assert clock_face(case.dossier.due) == "2026-09-28 17:00"
    with pytest.raises(NotAllowedError, match="used up"):
        case.act(co.ExtendLimit, "2026-09-11 08:00", "land", reason="again")
    late = Case(asking()).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match="term has passed") as refusal:
        late.act(co.ExtendLimit, "2026-09-22 08:00", "land", reason="late")
    assert rule_names(refusal.value.breach) == ["late_extension"]


def consulting(on_silence=OnSilence.ESCALATE):
    asked = tuple(
        Consulted(role=role, limit=parse_limit("2 working days"), on_silence=on_silence, source=SOURCE)
        for role in ("tax", "police")
    )
    edges = (Edge(target="granted", outcome="agreed"), Edge(target="denied", outcome="disagreed"))
    return procedure(Consultation(code="ask", title=name("ask"), role="land", consulted=asked, edges=edges))


def answer(case, at, agency, position):
    return case.act(co.GiveOpinion, at, agency, position=position)


@pytest.mark.parametrize(("position", "outcome"), [("agree", "granted"), ("disagree", "denied")])
def test_a_consultation_ends_when_all_have_answered(position, outcome):
    case = Case(consulting()).received("2026-09-07 08:00")
    answer(case, "2026-09-07 10:00", "tax", "agree")
    case.moved("2026-09-07 10:00")
    assert case.dossier.is_open
    answer(case, "2026-09-08 10:00", "police", position)
    case.moved("2026-09-08 10:00")
    assert case.dossier.outcome == outcome


def test_silence_is_agreement_only_where_the_law_says_so():
    case = Case(consulting(OnSilence.DEEMED_AGREE)).received("2026-09-07 08:00")
    answer(case, "2026-09-08 10:00", "tax", "agree")
    found = case.waited("2026-09-10 08:00")
    assert kinds(found) == ["LimitPassed", "OpinionSilent"]
    assert clock_face(found[0].occurred_at) == "2026-09-09 17:00"
    assert case.dossier.outcome == "granted"


def test_elsewhere_silence_is_escalated_rung_by_rung_and_the_lead_may_go_on():
    case = Case(consulting()).received("2026-09-07 08:00")
    answer(case, "2026-09-08 10:00", "tax", "agree")
    with pytest.raises(NotAllowedError, match="opinions are still awaited from police"):
        case.act(co.FinishStep, "2026-09-08 11:00", "land", outcome="agreed")
    found = case.waited("2026-09-16 08:00")
    escalated = [fact for fact in found if isinstance(fact, ev.Escalated)]
    assert [(fact.rung, fact.to_agency, clock_face(fact.occurred_at)) for fact in escalated] == [
        (1, "desk", "2026-09-10 17:00"),
        (2, "desk", "2026-09-14 17:00"),
    ]
    assert case.waited("2026-09-17 08:00") == []
    case.act(co.FinishStep, "2026-09-17 09:00", "land", outcome="agreed")
    case.moved("2026-09-17 09:00")
    assert case.dossier.outcome == "granted"


def test_where_silence_blocks_the_lead_cannot_go_on():
    case = Case(consulting(OnSilence.BLOCK)).received("2026-09-07 08:00")
    case.waited("2026-09-16 08:00")
    with pytest.raises(NotAllowedError, match="still awaited from tax, police"):
        case.act(co.FinishStep, "2026-09-16 09:00", "land", outcome="agreed")


def test_an_opinion_without_position_is_recorded_as_such():
    case = Case(consulting()).received("2026-09-07 08:00")
    assert rule_names(answer(case, "2026-09-08 10:00", "tax", "no_position")) == ["opinion_without_position"]


def test_an_unplanned_opinion_is_recorded_as_unplanned():
    case = Case(asking()).received("2026-09-07 08:00")
    fact = case.act(co.RequestOpinion, "2026-09-07 09:00", "land", consulted="tax", limit="2 working days")[0]
    assert (fact.planned, fact.agency, fact.lead_agency) == (False, "tax", "land")
    case.act(co.FinishStep, "2026-09-07 10:00", "land")
    case.moved("2026-09-07 10:00")
    assert case.dossier.holds[fact.hold].outcome == "lapsed"


def test_the_applicants_silence_confirms_where_the_procedure_says_so():
    confirm = ApplicantWait(
        code="confirm",
        title=name("confirm"),
        purpose=WaitFor.CONFIRM,
        edges=(Edge(target="sign"), Edge(target="denied", outcome="changed")),
        limit=parse_limit("1 working day"),
        on_silence="done",
    )
    case = Case(procedure(confirm, step("sign"))).received("2026-09-07 08:00")
    assert kinds(case.waited("2026-09-09 08:00"))[:2] == ["LimitPassed", "StepDone"]
    assert case.open_steps == ["sign"]


def test_paying_stops_the_clock_and_shows_as_financial_obligation():
    pay = ApplicantWait(
        code="pay",
        title=name("pay"),
        purpose=WaitFor.PAY,
        edges=(Edge(target="sign"),),
        stops_clock=True,
        ground="financial_obligation",
    )
    case = Case(procedure(pay, step("sign"))).received("2026-09-07 08:00")
    assert status(case.dossier) is Status.FINANCIAL_OBLIGATION
    case.act(co.SetFinancialObligation, "2026-09-07 09:00", "desk", amount=5_000_000)
    with pytest.raises(NotAllowedError, match="recording a payment is up to desk"):
        case.act(co.MeetFinancialObligation, "2026-09-14 08:00", "police")
    case.act(co.MeetFinancialObligation, "2026-09-14 08:00", "desk")
    case.moved("2026-09-14 08:00")
    assert status(case.dossier) is Status.IN_PROGRESS
    assert clock_face(case.dossier.due) == "2026-09-28 17:00"


def test_a_posting_runs_its_length_and_then_the_dossier_moves_on():
    post = Posting(
        code="post",
        title=name("post"),
        role="land",
        length=parse_limit("15 calendar days"),
        source=SOURCE,
        stops_clock=True,
        edges=(Edge(target="sign"), Edge(target="denied", outcome="objection")),
    )
    case = Case(procedure(post, step("sign"))).received("2026-09-07 08:00")
    assert status(case.dossier) is Status.IN_PROGRESS
    found = case.waited("2026-09-30 08:00")
    assert kinds(found)[:3] == ["PostingEnded", "ClockResumed", "StepDone"]
    assert clock_face(found[0].occurred_at) == "2026-09-22 17:00"
    assert case.open_steps == ["sign"]


def test_an_opinion_counts_by_the_rule_its_procedure_names():
    asked = Consulted(
        role="tax",
        limit=parse_limit("2 working days"),
        on_silence=OnSilence.ESCALATE,
        source=SOURCE,
        counting=CountingRule.FROM_INSTANT,
    )
    edges = (Edge(target="granted", outcome="agreed"), Edge(target="denied", outcome="disagreed"))
    made = procedure(Consultation(code="ask", title=name("ask"), role="land", consulted=(asked,), edges=edges))
    case = Case(made).received("2026-09-07 08:00")
    hold = case.hold("tax")
    assert clock_face(hold.due) == "2026-09-09 08:00"
    assert hold_clock(case.dossier, hold, case.rules).due_seconds == hold.due
