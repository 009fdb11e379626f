"""Signals S9 to S15: the desk, withdrawals and needless opinions, each with a positive and innocent look-alikes."""

from __future__ import annotations

from typing import Any

import pytest

import engine.responsibility.detectors  # noqa: F401
from engine.casebook import Casebook
from engine.events import APPLICANT, SYSTEM
from engine.responsibility.signal import DETECTORS, Found
from procedures.signals import load_signals
from tests.responsibility.casebooks import Row, act, book, chances, counted, dossier, excused, hold

MONDAY = "2026-03-02 08:00"
DUE = "2026-03-13 17:00"


def run(code: str, casebook: Casebook, **parameters: float | int | str) -> Found:
    return DETECTORS[code](casebook, load_signals()[code].with_parameters(parameters, "test"))


def details(found: Found) -> list[str]:
    return found.hits["detail"].to_list()


# Passing the desk by (S9).


def contact(name: str, agency: str, **more: Any) -> Found:
    held = [hold(0, "desk", MONDAY, "2026-03-02 10:00"), hold(0, "dept", "2026-03-02 10:00")]
    kinds = {"desk": "commune_desk", "p.desk": "commune_desk", "dept": "department"}
    return run("S9", book([dossier(MONDAY)], held, [act(0, "2026-03-04 09:00", name, agency, **more)], kinds=kinds))


@pytest.mark.parametrize("name", ["supplement_received", "result_issued"])
def test_papers_and_results_that_pass_through_a_department_pass_the_desk_by(name: str) -> None:
    assert counted(contact(name, "dept")) == [(0, "dept")]


def test_the_desk_itself_passes_nobody_by() -> None:
    found = contact("supplement_received", "desk")
    assert found.hits.is_empty()
    assert chances(found) == {"desk": 1}


def test_another_desk_may_take_papers_in_and_the_applicant_may_send_them() -> None:
    assert excused(contact("supplement_received", "p.desk")) == [(0, "designed_loop")]
    assert contact("supplement_received", "dept", by=APPLICANT).hits.is_empty()
    assert excused(contact("result_issued", "dept", by=SYSTEM)) == [(0, "system_account")]


def test_where_the_desk_is_never_seen_nothing_is_judged() -> None:
    acts = [act(0, "2026-03-04 09:00", "supplement_received", "dept")]
    found = run("S9", book([dossier(MONDAY)], [hold(0, "dept", MONDAY)], acts))
    assert found.hits.is_empty()
    assert chances(found) == {}


# Taken in but not registered (S11), registered late (S12).


def filed(received: str | None, *acts: Row, ended: str | None = None, origin: str = "replay", **more: Any) -> Casebook:
    one = dossier(received, submitted=MONDAY, ended=ended, origin=origin, outcome=None, **more)
    sent = act(0, MONDAY, "submitted", "desk", by=APPLICANT)
    return book([one], [], [sent, *acts], now="2026-03-06 17:00")


def test_a_submission_nobody_answered_in_eight_office_hours_is_not_registered() -> None:
    found = run("S11", filed(None))
    assert counted(found) == [(0, "desk")]
    assert details(found) == ["unanswered"]
    assert run("S12", filed(None)).hits.is_empty()


def test_what_came_in_an_hour_ago_is_not_late_yet() -> None:
    fresh = book([dossier(None, submitted="2026-03-06 16:00", origin="replay")], now="2026-03-06 17:00")
    found = run("S11", fresh)
    assert found.hits.is_empty()
    assert chances(found) == {"desk": 1}


def test_a_submission_that_waits_for_papers_is_the_applicants() -> None:
    asked = act(0, "2026-03-02 09:00", "supplement_requested", "desk")
    assert excused(run("S11", filed(None, asked, is_waiting=True))) == [(0, "applicant")]


def test_live_submissions_follow_the_time_for_checking_of_their_own_procedure() -> None:
    assert run("S11", filed(None, origin="live")).hits.is_empty()
    passed = act(0, "2026-03-03 08:00", "limit_passed", by=SYSTEM, detail="intake", until="2026-03-03 08:00")
    assert counted(run("S11", filed(None, passed, origin="live"))) == [(0, "desk")]


def test_work_finished_on_a_day_before_registration_is_told() -> None:
    early = [hold(0, "dept", MONDAY, "2026-03-03 10:00"), hold(0, "dept", "2026-03-03 10:00", "2026-03-06 10:00")]
    found = run("S11", book([dossier("2026-03-05 08:00")], early))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["worked_before_receipt"]
    same_day = run("S11", book([dossier("2026-03-03 15:00", submitted="2026-03-03 10:00")], early))
    assert same_day.hits.is_empty()


def test_batches_registered_at_night_are_a_figure() -> None:
    def taken(hour: int, count: int) -> Found:
        when = [f"2026-03-02 {hour:02}:{n:02}" for n in range(count)]
        acts = [act(n, one, "received", "desk") for n, one in enumerate(when)]
        return run("S11", book([dossier(one) for one in when], [], acts))

    assert taken(22, 6).figures["odd_hours"] == 6
    assert taken(22, 4).figures["odd_hours"] == 0
    assert taken(9, 6).figures["odd_hours"] == 0


@pytest.mark.parametrize(("received", "is_late"), [("2026-03-03 08:00", False), ("2026-03-03 09:00", True)])
def test_registration_after_more_than_eight_office_hours_is_late(received: str, is_late: bool) -> None:
    found = run("S12", filed(received, act(0, received, "received", "desk")))
    assert counted(found) == ([(0, "desk")] if is_late else [])
    assert chances(found) == {"desk": 1}


def test_closed_hours_do_not_make_a_registration_late() -> None:
    over_night = book([dossier("2026-03-09 09:00", submitted="2026-03-06 16:00", origin="replay")])
    assert run("S12", over_night).hits.is_empty()


def test_a_refusal_to_receive_can_come_late_too() -> None:
    found = run("S12", filed(None, act(0, "2026-03-05 09:00", "intake_declined", "desk"), ended="2026-03-05 09:00"))
    assert counted(found) == [(0, "desk")]
    assert details(found) == ["declined_late"]


def test_only_the_wait_for_papers_made_it_late() -> None:
    acts = [
        act(0, "2026-03-02 10:00", "supplement_requested", "desk"),
        act(0, "2026-03-05 09:00", "supplement_received", "desk"),
        act(0, "2026-03-05 10:00", "received", "desk"),
    ]
    assert excused(run("S12", filed("2026-03-05 10:00", *acts))) == [(0, "applicant")]
    acts[2] = act(0, "2026-03-10 10:00", "received", "desk")
    assert counted(run("S12", filed("2026-03-10 10:00", *acts))) == [(0, "desk")]


def test_live_registrations_follow_the_breach_recorded() -> None:
    came = act(0, "2026-03-05 10:00", "received", "desk")
    assert run("S12", filed("2026-03-05 10:00", came, origin="live")).hits.is_empty()
    marked = act(0, "2026-03-05 10:00", "rule_breached", "desk", detail="late_intake")
    assert counted(run("S12", filed("2026-03-05 10:00", came, marked, origin="live"))) == [(0, "desk")]


# Closed before there is a result (S13).

ENDED = "2026-03-10 10:00"


def closed(*acts: Row, holds: list[Row] | None = None, **more: Any) -> Casebook:
    held = [hold(0, "dept", MONDAY, ENDED)] if holds is None else holds
    return book([dossier(MONDAY, DUE, ENDED)], held, acts, **more)


def test_a_dossier_reopened_soon_after_its_end_was_closed_too_early() -> None:
    decided = act(0, ENDED, "result_decided", "dept")
    again = act(0, "2026-03-20 10:00", "reopened", "desk", detail="appraise")
    found = run("S13", closed(decided, again))
    assert counted(found) == [(0, "dept")]
    assert chances(found) == {"dept": 1}
    assert excused(run("S13", closed(decided, again, loops=frozenset({("", "appraise")})))) == [(0, "designed_loop")]
    assert run("S13", closed(decided, again | {"at": "2026-05-20 10:00"})).hits.is_empty()


def test_work_that_goes_on_after_the_end_at_a_step_that_comes_before_it() -> None:
    held = [hold(n, "dept", MONDAY, "2026-03-09 10:00") for n in (1, 2, 3)]
    held += [hold(0, "dept", MONDAY, ENDED), hold(0, "dept", ENDED, "2026-03-16 10:00")]
    rows = [dossier(MONDAY, DUE, ENDED)] * 4
    found = run("S13", book(rows, held))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["worked_after_end"]


def test_filing_after_the_end_is_ordinary() -> None:
    held = [
        row
        for n in range(3)
        for row in (hold(n, "dept", MONDAY, ENDED), hold(n, "dept", ENDED, "2026-03-16 10:00", step="file"))
    ]
    found = run("S13", book([dossier(MONDAY, DUE, ENDED)] * 3, held))
    assert counted(found) == []
    assert {why for _, why in excused(found)} == {"designed_loop"}


def test_what_is_finished_the_next_morning_is_ordinary() -> None:
    held = [hold(n, "dept", MONDAY, "2026-03-09 10:00") for n in (1, 2)]
    held += [hold(0, "dept", MONDAY, ENDED), hold(0, "dept", ENDED, "2026-03-11 09:00")]
    assert run("S13", book([dossier(MONDAY, DUE, ENDED)] * 3, held)).hits.is_empty()


def test_a_result_without_a_number_counts_only_where_results_have_numbers() -> None:
    def results(*documents: bool) -> Found:
        acts = [act(n, ENDED, "result_decided", "dept", has_document=one) for n, one in enumerate(documents)]
        return run("S13", book([dossier(MONDAY, DUE, ENDED)] * len(documents), [], acts))

    assert counted(results(False, True, True)) == [(0, "dept")]
    assert results(False, False, True).hits.is_empty()


# Forced withdrawal (S10).


def withdrawn(when: str, *more: Row, again: str | None = None, procedure: str = "1.000001", **words: Any) -> Casebook:
    person = {"applicant": "person", "origin": "live"}
    rows = [dossier(MONDAY, DUE, when, outcome="withdrawn", **person)]
    rows += [dossier(again, procedure=procedure, **person)] if again else []
    held = [hold(0, "desk", MONDAY, "2026-03-02 10:00"), hold(0, "dept", "2026-03-02 10:00", when)]
    gone = {"detail": "requested"} | words
    return book(rows, held, [act(0, when, "withdrawn", "desk", **gone), *more])


def test_a_withdrawal_nobody_asked_for_is_put_to_who_had_the_dossier() -> None:
    found = run("S10", withdrawn("2026-03-05 10:00", detail=None))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["not_requested"]


def test_a_withdrawal_at_the_applicants_request_and_for_good_is_nothing() -> None:
    found = run("S10", withdrawn("2026-03-12 10:00"))
    assert found.hits.is_empty()
    assert chances(found) == {"desk": 1, "dept": 1}


@pytest.mark.parametrize("when", ["2026-03-12 10:00", "2026-03-17 10:00"])
def test_a_withdrawal_about_the_due_date_that_comes_back_is_asked_about(when: str) -> None:
    found = run("S10", withdrawn(when, again="2026-03-18 09:00"))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["near_due_and_back"]


def test_look_alikes_of_a_forced_withdrawal() -> None:
    assert run("S10", withdrawn("2026-03-04 10:00", again="2026-03-05 09:00")).hits.is_empty()  # long before
    assert run("S10", withdrawn("2026-03-12 10:00", again="2026-05-05 09:00")).hits.is_empty()  # long after
    other = withdrawn("2026-03-12 10:00", again="2026-03-13 09:00", procedure="1.000002")
    assert run("S10", other).hits.is_empty()
    own = withdrawn("2026-03-12 10:00", again="2026-03-13 09:00", by=APPLICANT)
    assert excused(run("S10", own)) == [(0, "applicant")]
    assert excused(run("S10", withdrawn("2026-03-12 10:00", detail=None, by=SYSTEM))) == [(0, "system_account")]


def test_what_a_machine_submits_is_nobodys_second_try() -> None:
    sub = act(1, "2026-03-13 09:00", "submitted", "desk", by=SYSTEM)
    assert run("S10", withdrawn("2026-03-12 10:00", sub, again="2026-03-13 09:00")).hits.is_empty()


# A wrong procedure code (S14).


def keyed_again(when: str = "2026-03-06 09:00", procedure: str = "1.000002", **more: Any) -> Casebook:
    gone = act(0, "2026-03-05 10:00", "withdrawn", "desk", by=more.pop("by", "an"), detail="requested")
    rows = [
        dossier(MONDAY, DUE, "2026-03-05 10:00", outcome="withdrawn", applicant="person"),
        dossier(when, "2026-03-10 17:00", procedure=procedure, applicant="person", **more),
    ]
    return book(rows, [hold(0, "desk", MONDAY, "2026-03-05 10:00")], [gone])


def test_a_dossier_keyed_in_again_under_another_procedure_counts_for_the_desk() -> None:
    found = run("S14", keyed_again())
    assert counted(found) == [(0, "desk")]
    assert details(found) == ["longer_term"]
    assert chances(found) == {"desk": 2}


def test_look_alikes_of_a_wrong_code() -> None:
    assert run("S14", keyed_again(procedure="1.000001")).hits.is_empty()  # the same again
    assert run("S14", keyed_again("2026-03-27 09:00")).hits.is_empty()  # weeks later
    assert run("S14", keyed_again(desk="p.desk")).hits.is_empty()  # at another desk
    assert excused(run("S14", keyed_again(by=APPLICANT))) == [(0, "applicant")]


def test_a_second_matter_of_the_same_person_is_nothing_where_the_first_went_on() -> None:
    rows = [dossier(MONDAY, applicant="person"), dossier(MONDAY, applicant="person", procedure="1.000002")]
    assert run("S14", book(rows)).hits.is_empty()


def test_a_recorded_change_of_the_code_counts() -> None:
    changed = act(0, "2026-03-04 10:00", "corrected", "desk", detail="data.procedure", other="1.000002")
    assert details(run("S14", book([dossier(MONDAY)], [], [changed]))) == ["code_changed"]
    renamed = changed | {"detail": "data.street"}
    assert run("S14", book([dossier(MONDAY)], [], [renamed])).hits.is_empty()


# Needless opinions (S15).


def consulted(when: str, *acts: Row, **more: Any) -> Casebook:
    words = {"detail": "unplanned", "other": "dept", "hold": 2} | more
    asked = act(0, when, "opinion_requested", "board", **words)
    return book([dossier(MONDAY, DUE)], [hold(0, "dept", MONDAY)], [asked, *acts])


@pytest.mark.parametrize(("when", "detail"), [("2026-03-04 09:00", "unplanned"), ("2026-03-13 09:00", "near_due")])
def test_an_opinion_outside_the_procedure_counts_for_the_lead(when: str, detail: str) -> None:
    found = run("S15", consulted(when))
    assert counted(found) == [(0, "dept")]
    assert details(found) == [detail]
    assert chances(found) == {"dept": 1}


def test_an_opinion_the_procedure_provides_for_never_counts() -> None:
    found = run("S15", consulted("2026-03-13 09:00", detail="planned", by=SYSTEM))
    assert found.hits.is_empty()
    assert chances(found) == {"dept": 1}


def test_disagreement_proves_that_asking_was_needed() -> None:
    no = act(0, "2026-03-06 09:00", "opinion_given", "board", detail="disagree", hold=2)
    assert excused(run("S15", consulted("2026-03-04 09:00", no))) == [(0, "needed")]
    yes = no | {"detail": "agree"}
    assert counted(run("S15", consulted("2026-03-04 09:00", yes))) == [(0, "dept")]


def test_three_opinions_in_one_dossier_are_one_occurrence() -> None:
    more = [
        act(0, "2026-03-04 09:00", "opinion_requested", f"a{n}", detail="unplanned", other="dept", hold=3 + n)
        for n in range(2)
    ]
    found = run("S15", consulted("2026-03-04 09:00", *more))
    assert counted(found) == [(0, "dept")]
    assert found.hits["measure"].to_list() == [3.0]
