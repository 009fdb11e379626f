"""Signals S16 to S30: for each a planted positive, an innocent look-alike, and what holds whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.responsibility.detectors  # noqa: F401
from engine.casebook import Casebook
from engine.events import SYSTEM
from engine.responsibility.signal import DETECTORS, Found
from procedures.signals import load_signals
from tests.responsibility.any_lives import in_turn, lives, shifted
from tests.responsibility.casebooks import EVERYTHING, Row, act, book, chances, counted, dossier, excused, hold

CODES = [f"S{n}" for n in range(16, 31)]
MONDAY = "2026-03-02 08:00"


def run(code: str, casebook: Casebook, **parameters: float | int | str) -> Found:
    return DETECTORS[code](casebook, load_signals()[code].with_parameters(parameters, "test"))


# Referred up (S16).


def up(to: str, **more: Any) -> Casebook:
    holds = [hold(0, "unit", MONDAY, "2026-03-02 10:00", outcome="transferred"), hold(0, to, "2026-03-02 10:00")]
    passed = act(0, "2026-03-02 10:00", "transferred", "unit", other=to, hold=1, **more)
    parents = {"unit": "committee", "committee": "province"}
    return book([dossier(MONDAY)], holds, [passed], parents=parents)


@pytest.mark.parametrize("to", ["committee", "province"])
def test_a_step_passed_to_an_agency_above_is_referred_up(to: str) -> None:
    found = run("S16", up(to))
    assert counted(found) == [(0, "unit")]
    assert chances(found)["unit"] == 1


def test_a_step_passed_to_a_sister_is_not_referred_up() -> None:
    assert counted(run("S16", up("sister"))) == []


def test_a_superior_who_passes_down_refers_nothing_up() -> None:
    passed = act(0, "2026-03-02 10:00", "transferred", "committee", other="unit", hold=1)
    holds = [hold(0, "committee", MONDAY, "2026-03-02 10:00"), hold(0, "unit", "2026-03-02 10:00")]
    found = run("S16", book([dossier(MONDAY)], holds, [passed], parents={"unit": "committee"}))
    assert found.hits.is_empty()


# Opinions (S17, S18, S19).


def opinion(due: str, answered: str | None, acts: list[Row] | None = None, **more: Any) -> Casebook:
    holds = [
        hold(0, "lead", MONDAY),
        hold(0, "asked", MONDAY, answered, work="opinion", kind="other_agency", lead_hold=1, due=due, **more),
    ]
    return book([dossier(MONDAY)], holds, acts or [], now="2026-03-31 17:00")


def test_an_opinion_after_its_term_is_slow() -> None:
    found = run("S17", opinion("2026-03-04 17:00", "2026-03-06 10:00"))
    assert counted(found) == [(0, "asked")]
    assert found.hits["measure"][0] == (8 + 2.5) * 3600


def test_an_opinion_still_owed_after_its_term_is_slow() -> None:
    assert counted(run("S17", opinion("2026-03-04 17:00", None))) == [(0, "asked")]


def test_an_opinion_in_time_is_not_slow_and_one_not_due_yet_is_no_chance() -> None:
    found = run("S17", opinion("2026-03-04 17:00", "2026-03-04 16:59"))
    assert found.hits.is_empty()
    assert chances(found) == {"asked": 1}
    assert chances(run("S17", opinion("2026-04-20 17:00", None))) == {}


def test_an_answer_after_closing_on_the_last_day_is_small() -> None:
    assert excused(run("S17", opinion("2026-03-04 17:00", "2026-03-04 20:00"))) == [(0, "small")]


def test_an_opinion_nobody_needed_any_more_is_not_slow() -> None:
    assert run("S17", opinion("2026-03-04 17:00", "2026-03-20 17:00", outcome="lapsed")).hits.is_empty()


def answer(position: str, *later: Row) -> Casebook:
    given = act(0, "2026-03-03 09:00", "opinion_given", "asked", hold=2, detail=position)
    return book([dossier(MONDAY)], [hold(0, "lead", MONDAY)], [given, *later])


def test_an_answer_without_a_position_is_counted_and_asking_again_is_noted() -> None:
    again = act(0, "2026-03-04 09:00", "opinion_requested", "asked", hold=3, other="lead")
    found = run("S18", answer("no_position", again))
    assert counted(found) == [(0, "asked")]
    assert found.hits["detail"].to_list() == ["asked_again"]


def test_to_disagree_is_a_position() -> None:
    found = run("S18", answer("disagree"))
    assert found.hits.is_empty()
    assert chances(found) == {"asked": 1}


def test_a_lead_who_tells_nobody_of_silence_is_counted() -> None:
    assert counted(run("S19", opinion("2026-03-04 17:00", "2026-03-16 10:00"))) == [(0, "lead")]


def test_a_lead_who_reports_silence_is_not_counted() -> None:
    told = act(0, "2026-03-05 10:00", "escalated", "lead", hold=2, other="desk", detail="opinion")
    found = run("S19", opinion("2026-03-04 17:00", "2026-03-16 10:00", [told]))
    assert found.hits.is_empty()
    assert chances(found) == {"lead": 1}


def test_silence_that_the_engine_reported_in_the_leads_place_is_excused() -> None:
    told = act(0, "2026-03-05 17:00", "escalated", "asked", hold=2, other="desk", detail="opinion", by=SYSTEM)
    found = run("S19", opinion("2026-03-04 17:00", "2026-03-16 10:00", [told]))
    assert excused(found) == [(0, "system_account")]


def test_silence_that_the_law_takes_for_agreement_need_not_be_reported() -> None:
    silent = act(0, "2026-03-04 17:00", "opinion_silent", "asked", hold=2, detail="deemed_agree", by=SYSTEM)
    found = run("S19", opinion("2026-03-04 17:00", "2026-03-16 10:00", [silent], outcome="silent"))
    assert chances(found) == {}


# Ping-pong (S20).


def test_twice_to_and_fro_is_ping_pong_for_both() -> None:
    found = run("S20", book([dossier(MONDAY)], in_turn(0, "a", "b", "a", "b", "a")))
    assert sorted(counted(found)) == [(0, "a"), (0, "a"), (0, "b"), (0, "b")]
    assert chances(found) == {"a": 2, "b": 2}


def test_once_to_and_fro_is_no_ping_pong() -> None:
    assert run("S20", book([dossier(MONDAY)], in_turn(0, "a", "b", "a"))).hits.is_empty()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"loops": frozenset({("a", "b"), ("b", "a")})}, "designed_loop"),
        ({"loops": frozenset({("", "appraise")})}, "designed_loop"),
        ({"outsiders": frozenset({"b"})}, "applicant"),
    ],
)
def test_designed_loops_and_turns_with_the_applicant_are_excused(more: dict[str, Any], why: str) -> None:
    found = run("S20", book([dossier(MONDAY)], in_turn(0, "a", "b", "a", "b", "a"), **more))
    assert counted(found) == []
    assert {reason for _, reason in excused(found)} == {why}


def test_a_return_to_a_step_never_reached_before_moves_the_dossier_on() -> None:
    rows = [row | {"entry": 1, "step": f"step{n}"} for n, row in enumerate(in_turn(0, "a", "b", "a", "b", "a"))]
    assert counted(run("S20", book([dossier(MONDAY)], rows))) == []
    assert len(counted(run("S20", book([dossier(MONDAY)], rows, tells=EVERYTHING | {"states"})))) == 4


def test_parallel_branches_are_no_ping_pong() -> None:
    rows = [row | {"from_agency": row["agency"]} for row in in_turn(0, "a", "b", "a", "b", "a")]
    assert counted(run("S20", book([dossier(MONDAY)], rows))) == []


def test_three_agencies_that_pass_one_dossier_on_are_counted_and_two_are_not() -> None:
    def tour(*agencies: str) -> Casebook:
        passed = [
            act(0, f"2026-03-02 {9 + n:02}:00", "transferred", one, other=agencies[n + 1], hold=n + 1)
            for n, one in enumerate(agencies[:-1])
        ]
        return book([dossier(MONDAY)], in_turn(0, *agencies), passed)

    assert counted(run("S20", tour("a", "b", "c", "d"))) == [(0, "a"), (0, "b"), (0, "c")]
    assert counted(run("S20", tour("a", "b", "c"))) == []


# Declining late (S21).


def declined(at: str, stops: list[tuple[int, str, str | None, str]] | None = None) -> Casebook:
    holds = [hold(0, "unit", MONDAY, "2026-03-02 08:30"), hold(0, "unit", "2026-03-02 08:30", at)]
    passed = act(0, at, "transferred", "unit", other="right", hold=2)
    return book([dossier(MONDAY)], holds, [passed], stops=stops or [])


def test_a_dossier_declined_after_three_days_is_declined_late() -> None:
    assert counted(run("S21", declined("2026-03-05 10:00"))) == [(0, "unit")]


def test_a_dossier_declined_the_same_day_is_not() -> None:
    found = run("S21", declined("2026-03-02 16:00"))
    assert found.hits.is_empty()
    assert chances(found) == {"unit": 1}


def test_time_at_which_the_clock_stood_still_is_taken_off() -> None:
    found = run("S21", declined("2026-03-05 10:00", [(0, "2026-03-02 10:00", "2026-03-05 09:00", "supplement")]))
    assert excused(found) == [(0, "lawful_stop")]


# Lying idle (S22, S24).


def lying(since: str, taken_up: str | None, due: str | None, until: str | None = None, **more: Any) -> Casebook:
    rows = [hold(0, "unit", since, until, taken_up=taken_up, due=due)]
    return book([dossier(since)], rows, now="2026-03-31 17:00", **more)


def test_a_dossier_untouched_for_most_of_its_term_sleeps() -> None:
    found = run("S22", lying(MONDAY, "2026-03-06 10:00", "2026-03-06 17:00", "2026-03-06 16:00"))
    assert counted(found) == [(0, "unit")]
    assert found.hits["detail"].to_list() == ["lay"]


def test_a_dossier_nobody_ever_took_up_sleeps_still() -> None:
    found = run("S22", lying(MONDAY, None, "2026-03-06 17:00"))
    assert found.hits["detail"].to_list() == ["still_lies"]


def test_a_dossier_taken_up_at_once_and_worked_on_long_does_not_sleep() -> None:
    assert run("S22", lying(MONDAY, "2026-03-02 15:00", "2026-03-06 17:00", "2026-03-06 16:00")).hits.is_empty()


def test_a_short_term_has_no_sleep() -> None:
    assert run("S22", lying(MONDAY, "2026-03-02 15:00", "2026-03-02 17:00", "2026-03-02 16:00")).hits.is_empty()


def test_a_dossier_that_waited_for_the_applicant_did_not_sleep() -> None:
    stop = [(0, "2026-03-02 09:00", "2026-03-06 09:00", "supplement")]
    found = run("S22", lying(MONDAY, "2026-03-06 10:00", "2026-03-06 17:00", "2026-03-06 16:00", stops=stop))
    assert excused(found) == [(0, "lawful_stop")]


def test_a_queue_of_its_own_is_sleep_in_a_log_of_states_only() -> None:
    queue = lying(MONDAY, None, None, "2026-03-30 10:00")
    assert counted(run("S22", replace(queue, tells=EVERYTHING | {"states"}))) == [(0, "unit")]
    assert chances(run("S22", queue)) == {}


def assigned(*when: tuple[str, str], taken_up: str | None = None) -> Casebook:
    usual = [act(1, MONDAY, "assigned", "unit", other="an", hold=1)]
    acts = [act(0, at, "assigned", "unit", other=officer, hold=1) for at, officer in when]
    rows = [hold(0, "unit", MONDAY, taken_up=taken_up), hold(1, "unit", MONDAY)]
    return book([dossier(MONDAY), dossier(MONDAY)], rows, [*acts, *usual], now="2026-03-31 17:00")


def test_a_dossier_assigned_to_nobody_for_days_is_counted() -> None:
    assert counted(run("S24", assigned())) == [(0, "unit")]
    assert counted(run("S24", assigned(("2026-03-05 10:00", "an")))) == [(0, "unit")]


def test_a_dossier_that_hops_between_three_officers_is_counted() -> None:
    hops = [("2026-03-02 09:00", "an"), ("2026-03-02 10:00", "binh"), ("2026-03-02 11:00", "chi")]
    found = run("S24", assigned(*hops))
    assert found.hits["detail"].to_list() == ["hopping"]
    assert run("S24", assigned(*hops[:2])).hits.is_empty()


def test_an_officer_who_takes_it_up_himself_has_it() -> None:
    assert run("S24", assigned(taken_up="2026-03-02 10:00")).hits.is_empty()


def test_an_agency_that_never_records_an_assignment_is_not_judged() -> None:
    assert chances(run("S24", lying(MONDAY, None, None))) == {}


# Sent back down (S23).


def returned(*acts: Row, **more: Any) -> Casebook:
    rows = [
        hold(0, "unit", MONDAY, "2026-03-02 09:00", step="draft"),
        hold(0, "unit", "2026-03-02 09:00", "2026-03-02 10:00", step="sign"),
        hold(0, "unit", "2026-03-02 10:00", "2026-03-03 10:00", step="draft"),
        hold(0, "unit", "2026-03-03 10:00", "2026-03-03 11:00", step="sign"),
        hold(0, "unit", "2026-03-03 11:00", step="draft"),
    ]
    sent = [
        act(0, "2026-03-02 10:00", "sent_back", "unit", hold=2, detail="draft"),
        act(0, "2026-03-03 11:00", "sent_back", "unit", hold=4, detail="draft"),
    ]
    return book([dossier(MONDAY)], rows, sorted([*sent, *acts], key=lambda one: str(one["at"])), **more)


def test_the_second_return_to_the_same_step_is_counted() -> None:
    found = run("S23", returned())
    assert counted(found) == [(0, "unit")]
    assert chances(found) == {"unit": 2}


def test_a_return_after_new_papers_is_the_applicants() -> None:
    papers = act(0, "2026-03-02 15:00", "supplement_received", None, by="applicant")
    assert excused(run("S23", returned(papers))) == [(0, "applicant")]


def test_a_step_that_may_come_again_is_a_designed_loop() -> None:
    assert excused(run("S23", returned(loops=frozenset({("", "draft")})))) == [(0, "designed_loop")]


def test_returns_to_another_agency_are_not_down_the_chain() -> None:
    casebook = returned()
    other = pl.when(pl.col("step") == "draft").then(pl.lit("other")).otherwise(pl.col("agency")).alias("agency")
    assert chances(run("S23", replace(casebook, holds=casebook.holds.with_columns(other)))) == {}


# Handed over at the last minute (S25).


def handed(until: str, legal_due: str, since: str = MONDAY, due: str = "2026-03-06 17:00") -> Casebook:
    rows = [
        hold(0, "first", since, until, due=due),
        hold(0, "second", until, due="2026-03-13 17:00", from_agency="first"),
    ]
    return book([dossier(MONDAY, legal_due)], rows)


def test_a_hand_over_at_the_last_minute_that_leaves_too_little_is_counted() -> None:
    found = run("S25", handed("2026-03-06 16:30", "2026-03-11 17:00", due="2026-03-06 17:00"))
    assert counted(found) == [(0, "first")]


def test_a_hand_over_that_leaves_enough_is_not() -> None:
    found = run("S25", handed("2026-03-06 16:30", "2026-03-20 17:00"))
    assert found.hits.is_empty()
    assert chances(found) == {"first": 1}


def test_an_early_hand_over_is_not() -> None:
    assert run("S25", handed("2026-03-03 10:00", "2026-03-09 17:00")).hits.is_empty()


def test_a_giver_who_had_too_little_himself_is_cleared() -> None:
    late = handed("2026-03-06 16:30", "2026-03-09 17:00", since="2026-03-05 08:00", due="2026-03-06 17:00")
    assert excused(run("S25", late)) == [(0, "not_held")]


# Pauses (S26).


def paused(*later: Row, document: bool = True) -> Casebook:
    stop = act(0, MONDAY, "clock_paused", "unit", detail="financial_obligation", has_document=document)
    return book([dossier(MONDAY)], [hold(0, "unit", MONDAY)], [stop, *later], now="2026-03-31 17:00")


PAID = act(0, "2026-03-04 10:00", "financial_obligation_met", None, by="applicant")


def test_a_pause_without_a_document_is_counted() -> None:
    found = run("S26", paused(document=False))
    assert found.hits["detail"].to_list() == ["no_document"]


def test_a_pause_kept_on_after_the_payment_is_counted() -> None:
    resumed = act(0, "2026-03-20 10:00", "clock_resumed", "unit", detail="financial_obligation")
    found = run("S26", paused(PAID, resumed))
    assert counted(found) == [(0, "unit")]
    assert found.hits["detail"].to_list() == ["kept_after_reply"]


def test_a_pause_lifted_when_the_payment_came_is_lawful() -> None:
    resumed = act(0, "2026-03-04 15:00", "clock_resumed", "unit", detail="financial_obligation")
    found = run("S26", paused(PAID, resumed))
    assert found.hits.is_empty()
    assert chances(found) == {"unit": 1}


def test_a_pause_that_nobody_has_answered_yet_is_lawful() -> None:
    assert run("S26", paused()).hits.is_empty()


def test_stops_that_the_engine_makes_are_nobodys() -> None:
    stop = act(0, MONDAY, "clock_paused", "unit", by=SYSTEM, has_document=False)
    assert run("S26", book([dossier(MONDAY)], [], [stop])).hits.is_empty()


# Refused at the end (S27).


def refused(at: str, *acts: Row, came: str = MONDAY) -> Casebook:
    rows = [hold(0, "unit", came, at, outcome="reject")]
    denied = act(0, at, "result_denied", "unit")
    return book([dossier(MONDAY, "2026-03-13 17:00", at, outcome="denied")], rows, [*acts, denied])


def test_a_refusal_on_the_last_day_is_counted() -> None:
    assert counted(run("S27", refused("2026-03-13 15:00"))) == [(0, "unit")]


def test_an_early_refusal_is_not() -> None:
    found = run("S27", refused("2026-03-04 15:00"))
    assert found.hits.is_empty()
    assert chances(found) == {"unit": 1}


@pytest.mark.parametrize(("name", "detail"), [("supplement_requested", "plan"), ("opinion_given", "disagree")])
def test_a_defect_that_was_raised_before_is_not_sprung_at_the_end(name: str, detail: str) -> None:
    assert run("S27", refused("2026-03-13 15:00", act(0, "2026-03-04 09:00", name, "x", detail=detail))).hits.is_empty()


def test_who_got_the_dossier_at_the_end_could_not_refuse_before() -> None:
    assert excused(run("S27", refused("2026-03-13 15:00", came="2026-03-13 11:00"))) == [(0, "not_held")]


# Records, channels, results (S28, S29, S30).


def breached(recorded: str, rule: str = "back_dated") -> Casebook:
    back = act(0, "2026-03-04 09:00", "rule_breached", "unit", detail=rule, recorded=recorded)
    return book([dossier(MONDAY)], [], [back])


def test_an_act_entered_days_after_it_is_said_to_have_happened_is_back_dated() -> None:
    assert counted(run("S28", breached("2026-03-06 09:00"))) == [(0, "unit")]


def test_what_is_entered_within_the_hour_is_small_and_other_breaches_are_others_signals() -> None:
    assert excused(run("S28", breached("2026-03-04 09:40"))) == [(0, "small")]
    assert run("S28", breached("2026-03-06 09:00", "late_apology")).hits.is_empty()


def moved(*before: Row, after: str = "2026-03-20 17:00", by: str = "an") -> Casebook:
    received = act(0, MONDAY, "received", "desk", until="2026-03-13 17:00")
    corrected = act(0, "2026-03-10 09:00", "corrected", "desk", detail="data.area", by=by)
    changed = act(0, "2026-03-10 09:00", "due_changed", "desk", until=after, by=by)
    return book([dossier(MONDAY)], [], [received, *before, corrected, changed])


def test_a_correction_that_moves_the_due_date_later_is_counted() -> None:
    found = run("S28", moved())
    assert counted(found) == [(0, "desk")]
    assert found.hits["measure"][0] == 5 * 8 * 3600


def test_a_due_date_moved_earlier_after_an_apology_or_by_a_calendar_is_not() -> None:
    apology = act(0, "2026-03-09 09:00", "apology_issued", "desk")
    for innocent in (moved(after="2026-03-12 17:00"), moved(apology), moved(by=SYSTEM)):
        assert counted(run("S28", innocent)) == []


def channel(before: str, after: str, *, document: bool = False) -> Casebook:
    changed = act(
        0, "2026-03-03 09:00", "corrected", "desk", detail=f"channel:{before}", other=after, has_document=document
    )
    return book([dossier(MONDAY, channel=after), dossier(MONDAY, channel="online")], [], [changed])


def test_an_online_dossier_made_one_on_paper_is_steered() -> None:
    found = run("S29", channel("online", "direct"))
    assert counted(found) == [(0, "desk")]
    assert chances(found) == {"desk": 2}


def test_towards_online_or_between_counter_and_post_nobody_is_steered() -> None:
    assert run("S29", channel("direct", "online")).hits.is_empty()
    assert run("S29", channel("direct", "post")).hits.is_empty()


def test_at_the_applicants_own_request_the_channel_may_change() -> None:
    assert excused(run("S29", channel("online", "direct", document=True))) == [(0, "applicant")]


def ready(issued: str | None, how: str = "direct", outcome: str = "granted") -> Casebook:
    one = dossier(MONDAY, "2026-03-10 17:00", "2026-03-04 10:00", issued=issued, channel=how, outcome=outcome)
    return book([one], now="2026-03-31 17:00")


def test_a_result_not_given_out_days_after_the_receipt_said_is_counted() -> None:
    assert counted(run("S30", ready(None))) == [(0, "desk")]
    assert counted(run("S30", ready("2026-03-20 10:00"))) == [(0, "desk")]


def test_a_result_given_out_on_the_day_of_the_receipt_is_not_late_though_decided_early() -> None:
    found = run("S30", ready("2026-03-10 16:00"))
    assert found.hits.is_empty()
    assert chances(found) == {"desk": 1}


def test_online_nobody_has_to_come_for_a_result() -> None:
    assert counted(run("S30", ready("2026-03-10 16:00", "online"))) == [(0, "desk")]


def test_what_was_withdrawn_has_no_result() -> None:
    assert chances(run("S30", ready(None, outcome="withdrawn"))) == {}


def test_a_sub_dossiers_result_goes_to_its_root() -> None:
    filed = act(0, MONDAY, "submitted", "desk", by=SYSTEM)
    one = dossier(MONDAY, "2026-03-10 17:00", "2026-03-04 10:00")
    assert chances(run("S30", book([one], [], [filed], now="2026-03-31 17:00"))) == {}


# Whatever happens.


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=15, deadline=None)
@given(casebook=lives())
def test_every_occurrence_of_an_agency_is_one_of_its_chances(code: str, casebook: Casebook) -> None:
    found = run(code, casebook)
    counts = found.hits.drop_nulls("agency").group_by("agency").len().rows()
    assert all(times <= chances(found).get(agency, 0) for agency, times in counts)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=15, deadline=None)
@given(casebook=lives(), weeks=st.integers(1, 30))
def test_the_same_conduct_weeks_later_is_the_same_signal(code: str, casebook: Casebook, weeks: int) -> None:
    by = timedelta(weeks=weeks)
    first, then = run(code, casebook), run(code, shifted(casebook, by))
    assert then.chances.equals(first.chances)
    kept = ["nr", "agency", "hold", "at", "measure", "detail", "excused"]
    moved_hits = first.hits.select(kept).with_columns(pl.col("at") + by)
    assert then.hits.select(kept).equals(moved_hits)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=10, deadline=None)
@given(casebook=lives())
def test_what_machines_did_is_nobodys_conduct(code: str, casebook: Casebook) -> None:
    machines = replace(
        casebook,
        holds=casebook.holds.with_columns(pl.lit(value=True).alias("is_system")),
        acts=casebook.acts.with_columns(pl.lit(value=True).alias("is_system")),
    )
    # What is left undone (a result not handed out) is the desk's, whoever did the rest.
    assert code == "S30" or counted(run(code, machines)) == []


@pytest.mark.parametrize("code", CODES)
def test_an_empty_casebook_shows_nothing(code: str) -> None:
    found = run(code, book([dossier(MONDAY)]))
    assert found.hits.is_empty()
