"""What the law and the decisions say about single procedures, read back from their graphs."""

import networkx as nx
import pytest

from engine.limits import CalendarDays, ElapsedHours, Months, OfficeHours, WorkingDays, format_limit
from engine.path_terms import overruns
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Join,
    OnSilence,
    Posting,
    ServiceStep,
    Split,
    Step,
    SubProcedure,
    SupplementEffect,
    WaitFor,
    WindowOver,
)
from procedures.catalogue import Catalogue

CATALOGUE = Catalogue()


def node(code, step, version=None):
    return CATALOGUE.get(code, version).nodes[step]


def terms(code, *steps):
    return [format_limit(node(code, step).limit) for step in steps]


def test_interlinked_birth_forks_to_police_and_social_insurance_at_once():
    procedure = CATALOGUE.get("3.000722")
    parts = procedure.nodes["parts"]
    assert isinstance(parts, Split)
    branches = {edge.target for edge in parts.edges}
    assert {"residence", "insurance"} < branches
    assert all(isinstance(procedure.nodes[code], SubProcedure) for code in ("residence", "insurance", "identity"))
    kinds = {
        code: CATALOGUE.get(procedure.nodes[code].procedure).roles["police" if code != "insurance" else "insurance"]
        for code in ("residence", "insurance", "identity")
    }
    assert {code: role.agency_kind for code, role in kinds.items()} == {
        "residence": "commune_police",
        "insurance": "social_insurance_unit",
        "identity": "commune_police",
    }
    assert isinstance(procedure.nodes["meet"], Join)


def test_interlinked_birth_registers_within_24_hours_and_gives_the_applicant_7_working_days():
    assert node("3.000722", "register").limit == ElapsedHours(24)
    supplement = CATALOGUE.get("3.000722").clock.supplement
    assert supplement.window == WorkingDays(7)
    assert supplement.on_window_over is WindowOver.STOP
    assert supplement.ask_within == ElapsedHours(24)


def test_the_identity_card_has_its_own_appointment_and_holds_nothing_up():
    card = node("3.000722", "identity")
    assert isinstance(card, SubProcedure)
    assert not card.wait


@pytest.mark.parametrize("code", ["1.001193", "1.000894", "1.000656", "2.000635"])
def test_the_citizen_filing_online_has_one_day_to_confirm_and_silence_is_agreement(code):
    wait = node(code, "confirm")
    assert isinstance(wait, ApplicantWait)
    assert wait.purpose is WaitFor.CONFIRM
    assert (wait.limit, wait.on_silence) == (WorkingDays(1), "done")
    online = node(code, "by_channel").edges[0]
    assert (online.target, online.condition) == ("confirm", "channel == 'online'")


def test_birth_registration_asks_the_population_database():
    number = node("1.001193", "number")
    assert isinstance(number, ServiceStep)
    assert number.service == "population_database"
    assert {edge.outcome: edge.target for edge in number.edges} == {"done": "sign", "failed": "number_by_hand"}


def test_first_land_certificate_is_posted_for_15_days_while_the_clock_stands():
    posting = node("1.013978", "posting")
    assert isinstance(posting, Posting)
    assert (posting.length, posting.stops_clock) == (CalendarDays(15), True)
    assert {edge.outcome for edge in posting.edges} == {"done", "objection"}
    assert node("1.013978", "survey").limit == WorkingDays(5)
    assert node("1.013978", "pay").purpose is WaitFor.PAY


def test_first_land_certificate_examines_in_parallel():
    procedure = CATALOGUE.get("1.013978")
    assert {edge.target for edge in procedure.nodes["examination"].edges} == {
        "map_available",
        "confirm_use",
        "check_plan",
    }
    assert nx.descendants(procedure.graph, "obligation") >= {"pay", "sign", "update_records"}


def test_change_of_land_use_has_the_internal_times_of_the_province():
    phase_1 = ["receive", "ask_data", "land_data", "appraise", "head_review", "guide"]
    phase_2 = ["receive_again", "draft_decision", "head_approval", "submit", "decide"]
    assert sum(node("1.013823", step).limit.n for step in phase_1) == 3.75
    assert sum(node("1.013823", step).limit.n for step in phase_1 + phase_2) == 10.75


def test_construction_permit_takes_silence_for_agreement_after_2_working_days():
    opinions = node("1.013225", "opinions", 2)
    assert isinstance(opinions, Consultation)
    assert {(asked.limit, asked.on_silence) for asked in opinions.consulted} == {
        (WorkingDays(2), OnSilence.DEEMED_AGREE)
    }
    assert node("1.013225", "appraise", 2).limit == WorkingDays(3)
    supplement = CATALOGUE.get("1.013225", 2).clock.supplement
    assert (supplement.max_requests, supplement.window, supplement.on_window_over) == (
        1,
        WorkingDays(2),
        WindowOver.DENY,
    )


def test_before_july_2026_they_had_12_days():
    assert {asked.limit for asked in node("1.013225", "opinions", 1).consulted} == {CalendarDays(12)}


def test_investment_policy_joins_its_consultations_before_the_report():
    procedure = CATALOGUE.get("1.009645")
    opinions = procedure.nodes["opinions"]
    assert isinstance(opinions, Consultation)
    assert len(opinions.consulted) >= 8
    assert {(asked.limit, asked.on_silence) for asked in opinions.consulted} == {(WorkingDays(7), OnSilence.ESCALATE)}
    assert {asked.role for asked in opinions.consulted if "sensitive_area" in asked.condition} == {
        "military",
        "province_police",
    }
    assert isinstance(procedure.nodes["meet"], Join)
    assert set(procedure.graph.predecessors("meet")) == {"opinions", "assess_environment", "assessment_needed"}
    report = procedure.nodes["report"]
    assert (report.limit, report.limit_from) == (WorkingDays(14), "received")
    assert procedure.nodes["approve"].limit == WorkingDays(3)
    assert procedure.nodes["send"].limit == WorkingDays(2)


def test_impact_assessment_does_not_count_the_investors_revision():
    revise = node("1.010733", "revise")
    assert (revise.stops_clock, revise.cap) == (True, Months(12))
    assert node("1.010733", "council").limit == CalendarDays(20)
    assert node("1.010733", "conclude_opinions").limit == CalendarDays(10)
    assert node("1.010733", "recheck").limit.n + node("1.010733", "approve").limit.n == 15


def test_social_allowance_is_posted_for_2_working_days_but_not_with_hiv():
    posting = node("X.monthly_social_allowance", "posting")
    assert posting.length == WorkingDays(2)
    assert node("X.monthly_social_allowance", "review").limit.n + posting.length.n == 7
    first = node("X.monthly_social_allowance", "may_post").edges[0]
    assert (first.target, "data.hiv" in first.condition) == ("send_up", True)
    assert terms("X.monthly_social_allowance", "send_up", "appraise", "decide") == [
        "3 working days",
        "7 working days",
        "3 working days",
    ]


def test_register_copy_has_steps_of_2_3_2_and_1_hours():
    hours = [node("2.000908", step).limit for step in ("receive", "search", "sign", "stamp")]
    assert hours == [OfficeHours(2), OfficeHours(3), OfficeHours(2), OfficeHours(1)]


def test_parcel_split_has_the_internal_times_of_the_province():
    assert [node("1.012784", step).limit.n for step in ("receive", "appraise", "sign", "hand_over")] == [0.5, 9, 2, 0.5]


def test_a_work_permit_received_on_6_august_2025_still_has_5_working_days():
    from datetime import date

    assert CATALOGUE.in_force("X.work_permit", date(2025, 8, 6)).version == 1
    assert CATALOGUE.in_force("X.work_permit", date(2025, 8, 7)).version == 2


def test_silence_makes_no_permit_out_of_a_late_household_business():
    steps = CATALOGUE.get("1.001612").nodes.values()
    assert not any(step.tacit_outcome for step in steps if isinstance(step, Step))


def test_the_dutch_supplement_stops_the_term_and_the_vietnamese_begins_it_anew():
    assert CATALOGUE.get("nl.wabo_permit").clock.supplement.effect is SupplementEffect.PAUSE
    assert {one.clock.supplement.effect for one in CATALOGUE.all() if one.calendar == "vn"} == {
        SupplementEffect.RESTART
    }


def test_the_dutch_check_and_adjust_is_a_loop_by_design():
    assert {edge.target for edge in node("nl.wabo_permit", "t02_check").edges} == {"t04_determine", "t03_adjust"}
    assert node("nl.wabo_permit", "t02_check").designed_loop
    assert {edge.target for edge in node("nl.wabo_permit", "phase").edges} == {"t02_check", "t06_advice_needed"}


@pytest.mark.parametrize("procedure", CATALOGUE.all(), ids=lambda one: f"{one.code}@{one.version}")
def test_the_terms_of_the_steps_never_exceed_the_legal_limit(procedure):
    assert overruns(procedure, office_day_hours=8) == []
