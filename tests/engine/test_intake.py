from dataclasses import replace
from datetime import date, time

import pytest

from engine import commands as co
from engine.errors import NotAllowedError
from engine.status import Status, status

from .house import Case, clock_face, directory, ended, kinds, procedure, rule_names, step


def test_receipt_gives_a_number_and_a_due_instant():
    case = Case(procedure(step("check"), limit="3 working days")).received("2026-08-21 16:00")
    assert case.dossier.dossier_no == "H61.12-260821-0001"
    assert clock_face(case.dossier.due) == "2026-08-25 17:00"
    assert status(case.dossier) is Status.IN_PROGRESS


def test_after_the_cutoff_counting_begins_next_working_day():
    case = Case(procedure(step("check"), limit="3 working days", cutoff=time(15))).received("2026-08-21 16:00")
    assert clock_face(case.dossier.counted_from) == "2026-08-22 07:30"
    assert clock_face(case.dossier.due) == "2026-08-26 17:00"


def test_declining_needs_a_reason():
    case = Case(procedure(step("check")))
    case.act(co.Submit, "2026-09-07 08:00", "desk", dossier_id="d1", procedure="9.000001", applicant="a1")
    assert status(case.dossier) is Status.SUBMITTED
    with pytest.raises(NotAllowedError, match="written reason"):
        case.act(co.DeclineIntake, "2026-09-07 09:00", "desk")
    case.act(co.DeclineIntake, "2026-09-07 09:00", "desk", reason="wrong form")
    assert status(case.dossier) is Status.DECLINED


def test_receiving_a_submission_too_late_is_recorded():
    case = Case(procedure(step("check")))
    case.act(co.Submit, "2026-09-07 08:00", "desk", dossier_id="d1", procedure="9.000001", applicant="a1")
    assert kinds(case.waited("2026-09-09 08:00")) == ["LimitPassed"]
    assert rule_names(case.act(co.Receive, "2026-09-09 08:00", "desk", serial=3)) == ["late_intake"]


def test_a_dossier_is_received_once():
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match=r"received as H61\.12-260907-0001"):
        case.act(co.Receive, "2026-09-07 09:00", "desk", serial=2)


def test_a_channel_that_is_not_offered_is_refused():
    case = Case(procedure(step("check")))
    with pytest.raises(NotAllowedError, match="channel 'online' is not offered"):
        case.act(co.Submit, "2026-09-07 08:00", "desk", dossier_id="d", procedure="x", applicant="a", channel="online")


@pytest.mark.parametrize("channel", ["onlin", ""])
def test_a_channel_no_desk_has_is_refused_where_the_limits_name_none(channel):
    laid_down = procedure(step("check"))
    (limit,) = laid_down.limits
    case = Case(replace(laid_down, limits=(replace(limit, channels=frozenset()),)))
    submission = {"dossier_id": "d", "procedure": "x", "applicant": "a"}
    with pytest.raises(NotAllowedError, match=f"channel '{channel}' is not offered"):
        case.act(co.Submit, "2026-09-07 08:00", "desk", channel=channel, **submission)
    case.act(co.Submit, "2026-09-07 08:00", "desk", channel="post", **submission)


def test_an_officer_acts_only_for_an_agency_he_belongs_to():
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match=r"'tax\.1' does not belong to agency 'land'"):
        case.act(co.FinishStep, "2026-09-07 09:00", "land", by="tax.1")
    with pytest.raises(NotAllowedError, match="not with agency 'tax'"):
        case.act(co.FinishStep, "2026-09-07 09:00", "tax")


def test_an_act_cannot_happen_in_the_future_and_the_past_is_marked():
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    with pytest.raises(NotAllowedError, match="in the future"):
        case.act(co.TakeUp, "2026-09-09 09:00", "land", recorded_at=1_788_000_000)
    case.act(co.TakeUp, "2026-09-08 09:00", "land")
    assert rule_names(case.act(co.Urge, "2026-09-07 10:00", "desk")) == ["back_dated"]


def test_after_a_merger_the_successor_of_the_desk_gives_out_the_result():
    old = directory().agencies["desk"]
    where = directory(desk=ended(old, date(2026, 9, 10), "police"))
    case = Case(procedure(step("check")), where).received("2026-09-07 08:00")
    case.act(co.FinishStep, "2026-09-14 09:00", "land")
    case.moved("2026-09-14 09:00")
    case.act(co.IssueResult, "2026-09-14 10:00", "police")
    assert status(case.dossier) is Status.ISSUED
    with pytest.raises(NotAllowedError, match="does not exist on 2026-09-14; successor: police"):
        Case(procedure(step("check")), where).received("2026-09-14 08:00")
