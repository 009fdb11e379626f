import pytest

from engine import commands as co
from engine import events as ev
from engine.errors import NotAllowedError
from engine.limits import parse_limit
from engine.procedure import Decision, Edge, Join, Split
from engine.status import Status, status

from .house import Case, clock_face, kinds, name, procedure, rule_names, step


def two_agencies():
    return procedure(
        step("check", "land", edges=(Edge(target="sign"),), limit=parse_limit("16 office hours"), max_entries=3),
        step("sign", "tax", send_back_to=("check",), limit=parse_limit("8 office hours")),
    )


def test_a_step_done_is_handed_over_to_the_next_agency():
    case = Case(two_agencies()).received("2026-09-07 08:00")
    case.act(co.FinishStep, "2026-09-07 10:00", "land")
    assert case.open_steps == []
    case.moved("2026-09-07 10:00")
    given = [fact for fact in case.facts if isinstance(fact, ev.HandedOver)]
    assert [(fact.from_agency, fact.to_agency) for fact in given] == [("desk", "land"), ("land", "tax")]
    assert case.open_steps == ["sign"]


def test_agencies_that_bounce_a_dossier_never_refresh_their_terms():
    case = Case(two_agencies()).received("2026-09-07 07:30")
    assert clock_face(case.hold("check").due) == "2026-09-08 17:00"
    case.act(co.FinishStep, "2026-09-07 17:00", "land")
    case.moved("2026-09-07 17:00")
    case.act(co.SendBack, "2026-09-08 09:30", "tax", to_step="check", reason="no map")
    case.moved("2026-09-08 09:30")
    back = case.hold("check")
    assert (back.entry, back.spent_before) == (2, 8 * 3600)
    assert clock_face(back.due) == "2026-09-09 09:30"
    case.act(co.FinishStep, "2026-09-09 09:30", "land")
    case.moved("2026-09-09 09:30")
    again = case.hold("sign")
    assert again.spent_before == 2 * 3600
    assert clock_face(again.due) == "2026-09-09 17:00"


def test_a_loop_stops_at_its_cap_and_the_attempt_is_remembered():
    case = Case(two_agencies()).received("2026-09-07 07:30")
    for day in ("07", "08"):
        case.act(co.FinishStep, f"2026-09-{day} 08:00", "land")
        case.moved(f"2026-09-{day} 08:00")
        case.act(co.SendBack, f"2026-09-{day} 09:00", "tax", to_step="check", reason="again")
        case.moved(f"2026-09-{day} 09:00")
    case.act(co.FinishStep, "2026-09-09 08:00", "land")
    case.moved("2026-09-09 08:00")
    with pytest.raises(NotAllowedError, match="3 times, the most") as refusal:
        case.act(co.SendBack, "2026-09-09 09:00", "tax", to_step="check", reason="again")
    assert rule_names(refusal.value.breach) == ["loop_cap"]


def test_a_transfer_keeps_the_step_and_what_it_has_spent():
    case = Case(two_agencies()).received("2026-09-07 07:30")
    case.act(co.Transfer, "2026-09-07 11:30", "land", to_agency="police", reason="not our parcel")
    case.moved("2026-09-07 11:30")
    hold = case.hold("check")
    assert (hold.agency, hold.from_agency, hold.spent_before) == ("police", "land", 4 * 3600)
    assert clock_face(hold.due) == "2026-09-08 17:00"
    with pytest.raises(NotAllowedError, match="with police already"):
        case.act(co.Transfer, "2026-09-07 14:00", "police", to_agency="police", reason="?")


def test_an_unknown_outcome_is_refused_with_those_that_exist():
    case = Case(two_agencies()).received("2026-09-07 07:30")
    with pytest.raises(NotAllowedError, match="'approve' is not an outcome of check; its outcomes: done"):
        case.act(co.FinishStep, "2026-09-07 08:00", "land", outcome="approve")
    with pytest.raises(NotAllowedError, match="step 'sign' is not open; open now: check"):
        case.act(co.FinishStep, "2026-09-07 08:00", "tax", step="sign")


def test_a_denial_needs_reasons_and_carries_them():
    edges = (Edge(target="granted", outcome="grant"), Edge(target="denied", outcome="deny"))
    case = Case(procedure(step("appraise", edges=edges))).received("2026-09-07 07:30")
    with pytest.raises(NotAllowedError, match="needs reasons"):
        case.act(co.FinishStep, "2026-09-07 08:00", "land", outcome="deny")
    case.act(co.FinishStep, "2026-09-07 08:00", "land", outcome="deny", reason="against the plan", document_no="12/TB")
    case.moved("2026-09-07 08:00")
    last = case.facts[-1]
    assert isinstance(last, ev.ResultDenied)
    assert (last.reason, last.document_no, last.agency, last.by) == ("against the plan", "12/TB", "land", "land.1")
    assert status(case.dossier) is Status.DECIDED


def forked():
    return procedure(
        Split(code="fork", title=name("fork"), edges=(Edge(target="map"), Edge(target="big"))),
        step("map", "land", edges=(Edge(target="meet"),)),
        Decision(
            code="big",
            title=name("big"),
            edges=(Edge(target="levy", condition="data.area > 100"), Edge(target="meet")),
        ),
        step("levy", "tax", edges=(Edge(target="meet"),)),
        Join(code="meet", title=name("meet"), edges=(Edge(target="sign"),)),
        step("sign", "police"),
    )


def test_a_join_waits_for_every_branch_that_can_still_arrive():
    case = Case(forked()).received("2026-09-07 08:00", data={"area": 150})
    assert case.open_steps == ["levy", "map"]
    case.act(co.FinishStep, "2026-09-07 09:00", "tax")
    case.moved("2026-09-07 09:00")
    assert case.open_steps == ["map"]
    case.act(co.FinishStep, "2026-09-07 10:00", "land")
    case.moved("2026-09-07 10:00")
    assert case.open_steps == ["sign"]
    joined = next(fact for fact in case.facts if isinstance(fact, ev.Joined))
    assert joined.last_from == "map"


def test_a_decision_takes_its_default_when_no_condition_holds():
    case = Case(forked()).received("2026-09-07 08:00", data={"area": 80})
    routed = next(fact for fact in case.facts if isinstance(fact, ev.Routed))
    assert (routed.node, routed.target, routed.condition) == ("big", "meet", "")
    assert case.open_steps == ["map"]


def test_a_granted_branch_waits_for_the_others_to_end():
    case = Case(
        procedure(
            Split(code="fork", title=name("fork"), edges=(Edge(target="a"), Edge(target="b"))),
            step("a", "land"),
            step("b", "tax"),
        )
    ).received("2026-09-07 08:00")
    case.act(co.FinishStep, "2026-09-07 09:00", "land")
    case.moved("2026-09-07 09:00")
    assert kinds(case.facts)[-1] == "BranchEnded"
    assert case.dossier.is_open
    case.act(co.FinishStep, "2026-09-08 09:00", "tax")
    case.moved("2026-09-08 09:00")
    assert case.dossier.outcome == "granted"


def test_withdrawal_without_the_applicants_request_is_recorded_as_what_it_is():
    case = Case(two_agencies()).received("2026-09-07 08:00")
    facts = case.act(co.Withdraw, "2026-09-08 08:00", "desk")
    assert kinds(facts) == ["Withdrawn", "RuleBreached"]
    assert rule_names(facts) == ["withdrawn_without_request"]
    assert status(case.dossier) is Status.WITHDRAWN


def test_a_result_is_given_out_only_after_a_decision_and_once():
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match="no result has been decided"):
        case.act(co.IssueResult, "2026-09-07 09:00", "desk")
    case.act(co.FinishStep, "2026-09-07 09:00", "land")
    case.moved("2026-09-07 09:00")
    case.act(co.IssueResult, "2026-09-07 10:00", "desk")
    with pytest.raises(NotAllowedError, match="given out before"):
        case.act(co.IssueResult, "2026-09-07 11:00", "desk")


def test_an_ended_dossier_can_be_reopened_with_a_reason():
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    case.act(co.FinishStep, "2026-09-07 09:00", "land")
    case.moved("2026-09-07 09:00")
    case.act(co.Reopen, "2026-09-08 09:00", "desk", step="check", reason="name misspelt")
    case.moved("2026-09-08 09:00")
    assert case.open_steps == ["check"]
    assert case.hold("check").entry == 2


def test_a_correction_keeps_both_values():
    case = Case(procedure(step("check"))).received("2026-09-07 08:00", data={"area": "80"})
    fact = case.act(co.Correct, "2026-09-07 09:00", "desk", field="data.area", after="90", reason="typo")[0]
    assert (fact.before, fact.after, case.dossier.data["area"]) == ("80", "90", "90")
    with pytest.raises(NotAllowedError, match="cannot be corrected"):
        case.act(co.Correct, "2026-09-07 09:00", "desk", field="due", after="never", reason="?")
