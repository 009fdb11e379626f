"""Signals found in public logs, P1 to P9: planted conduct, innocent look-alikes, properties, figures of the logs."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.responsibility.detectors  # noqa: F401
from console.judging.signals import grouped
from engine.casebook import Casebook
from engine.events import SYSTEM
from engine.responsibility.judge import judge
from engine.responsibility.signal import DETECTORS, Found
from procedures.signals import load_bars, load_signals
from tests.responsibility.any_lives import in_turn, lives, shifted
from tests.responsibility.casebooks import EVERYTHING, act, book, chances, counted, dossier, excused, hold

CODES = [f"P{n}" for n in range(1, 10)]
MONDAY = "2026-03-02 08:00"
STATES = EVERYTHING | {"states"}


def run(code: str, casebook: Casebook, **parameters: float | int | str) -> Found:
    return DETECTORS[code](casebook, load_signals()[code].with_parameters(parameters, "test"))


# Stopping the clock (P1).


def asked(name: str = "supplement_requested", **more: Any) -> Casebook:
    stop = act(0, "2026-03-03 09:00", name, "unit", hold=1, **more)
    rows = [hold(0, "unit", MONDAY), hold(1, "unit", MONDAY), hold(1, "other", MONDAY)]
    stops = [(0, "2026-03-03 09:00", "2026-03-04 09:00", "supplement")]
    return book([dossier(MONDAY), dossier(MONDAY)], rows, [stop], stops=stops)


def test_a_dossier_whose_clock_the_agency_stopped_is_one_of_those_it_had() -> None:
    found = run("P1", asked())
    assert counted(found) == [(0, "unit")]
    assert found.hits["measure"].to_list() == [8 * 3600]
    assert chances(found) == {"unit": 2, "other": 1, "desk": 2}


def test_a_legal_posting_is_no_abuse_and_a_stop_of_the_engine_nobodys() -> None:
    assert excused(run("P1", asked("clock_paused", detail="legal_posting"))) == [(0, "lawful_stop")]
    assert run("P1", asked(by=SYSTEM)).hits.is_empty()


def test_in_a_log_of_states_every_event_is_a_chance_and_machines_waits_are_excused() -> None:
    wait = {"work": "applicant", "kind": "applicant"}
    rows = [
        hold(0, "team", MONDAY, "2026-03-02 09:00"),
        hold(0, "team", "2026-03-02 09:00", "2026-03-02 15:00", **wait),
        hold(0, "team", "2026-03-02 15:00", "2026-03-02 16:00", is_system=True, **wait),
    ]
    found = run("P1", book([dossier(MONDAY)], rows, tells=STATES))
    assert counted(found) == [(0, "team")]
    assert excused(found) == [(0, "system_account")]
    assert chances(found) == {"team": 3}
    assert found.figures == {
        "events": 2,
        "cases": 1,
        "twice_or_more": 1,
        "five_times_or_more": 0,
        "share_of_time": 7 / 8,
    }


# At the end of a term (P2, P3).


def finished(until: str, due: str = "2026-03-06 17:00", **more: Any) -> Casebook:
    return book([dossier(MONDAY)], [hold(0, "unit", MONDAY, until, due=due)], **more)


def test_what_is_finished_in_the_last_tenth_sat_until_the_deadline() -> None:
    found = run("P2", finished("2026-03-06 16:00"))
    assert counted(found) == [(0, "unit")]
    assert found.hits["measure"][0] > 0.9


@pytest.mark.parametrize("until", ["2026-03-03 10:00", "2026-03-09 10:00"])
def test_what_is_finished_early_or_late_did_not(until: str) -> None:
    found = run("P2", finished(until))
    assert found.hits.is_empty()
    assert chances(found) == {"unit": 1}


def test_a_term_of_hours_has_no_end_to_sit_until() -> None:
    assert excused(run("P2", finished("2026-03-02 11:20", due="2026-03-02 11:30"))) == [(0, "small")]


def test_work_that_could_only_begin_when_the_applicant_answered_did_not_sit() -> None:
    stop = [(0, "2026-03-02 08:30", "2026-03-06 13:00", "supplement")]
    assert run("P2", finished("2026-03-06 15:00", stops=stop)).hits.is_empty()


def test_a_dossier_that_ended_after_its_log_did_is_in_the_figures_and_nobodys() -> None:
    one = dossier(MONDAY, "2026-03-06 17:00", "2026-03-06 16:00")
    casebook = book([one], [hold(0, "unit", MONDAY, "2026-03-03 09:00")], tells=EVERYTHING - {"step_due"})
    found = run("P2", casebook)
    assert found.figures["at_end"] == 1
    assert found.hits.is_empty()


def passed_on(until: str, to: str = "second", due: str | None = None) -> Casebook:
    rows = [hold(0, "first", MONDAY, until, due=due), hold(0, to, until, from_agency="first")]
    return book([dossier(MONDAY, "2026-03-13 17:00")], rows)


def test_a_dossier_passed_on_as_the_term_ends_is_forwarded_at_expiry() -> None:
    assert counted(run("P3", passed_on("2026-03-13 16:00"))) == [(0, "first")]
    assert counted(run("P3", passed_on("2026-03-16 10:00"))) == [(0, "first")]
    assert counted(run("P3", passed_on("2026-03-05 16:00", due="2026-03-05 17:00"))) == [(0, "first")]


def test_a_dossier_passed_on_in_mid_term_or_long_after_it_is_not() -> None:
    for until in ("2026-03-05 16:00", "2026-03-20 10:00"):
        found = run("P3", passed_on(until))
        assert found.hits.is_empty()
        assert chances(found) == {"first": 1}


def test_a_result_given_back_to_the_desk_is_not_forwarded() -> None:
    assert chances(run("P3", passed_on("2026-03-13 16:00", to="desk"))) == {}


def test_who_got_it_with_hours_left_had_no_other_moment() -> None:
    assert excused(run("P3", passed_on("2026-03-02 15:00", due="2026-03-02 15:30"))) == [(0, "small")]


# Late forwarding (P4).


def forwarded(at: str, due: str, zone: str = "Asia/Ho_Chi_Minh") -> Casebook:
    rows = [hold(0, "unit", MONDAY, at, due=due)]
    return book([dossier(MONDAY)], rows, [act(0, at, "transferred", "unit", hold=1)], zone=zone)


def test_forwarding_on_a_later_date_is_late_and_later_on_the_same_date_is_not() -> None:
    late = run("P4", forwarded("2026-03-06 00:10", "2026-03-05 23:50"))
    assert counted(late) == [(0, "unit")]
    assert late.figures == {"forwarded": 1, "late": 1}
    same_day = run("P4", forwarded("2026-03-05 23:00", "2026-03-05 09:00"))
    assert same_day.figures == {"forwarded": 1, "late": 0}
    assert chances(same_day) == {"unit": 1}


# Lines of support (P5).

LEVELS = ("by.line", ("1st", "2nd", "3rd"))


def through(*lines: str) -> Casebook:
    rows = in_turn(0, *(f"team{n}" for n in range(len(lines))))
    rows = [row | {"by.line": line} for row, line in zip(rows, lines, strict=True)]
    return book([dossier(MONDAY)], rows, levels=LEVELS)


@pytest.mark.parametrize("lines", [("1st",), ("1st", "2nd", "1st", "2nd", "3rd"), ("1st", "1st", "2nd")])
def test_lines_first_touched_from_the_first_on_are_in_order(lines: tuple[str, ...]) -> None:
    found = run("P5", through(*lines))
    assert found.figures == {"right_order": 1, "wrong_order": 0}
    assert found.hits.is_empty()


def test_who_leaves_a_line_out_is_counted_once() -> None:
    found = run("P5", through("1st", "3rd", "2nd"))
    assert counted(found) == [(0, "team0")]
    assert chances(found) == {"team0": 1, "team1": 1}


def test_a_line_that_is_none_of_the_levels_is_never_right() -> None:
    assert run("P5", through("1st", "2nd 3rd")).figures["wrong_order"] == 1


def test_where_a_dossier_begins_at_a_later_line_nobody_sent_it_there() -> None:
    found = run("P5", through("2nd", "1st"))
    assert found.figures == {"right_order": 0, "wrong_order": 1}
    assert counted(found) == []


# Third parties, touch and return (P6, P7).


def test_a_way_through_two_others_and_back_counts_for_each_who_passed_on() -> None:
    found = run("P6", book([dossier(MONDAY)], in_turn(0, "a", "b", "c", "a")))
    assert counted(found) == [(0, "a"), (0, "b"), (0, "c")]
    assert found.figures["cycles"] == 1


def test_to_one_other_and_back_is_no_cycle_of_three() -> None:
    found = run("P6", book([dossier(MONDAY)], in_turn(0, "a", "b", "a")))
    assert found.hits.is_empty()
    assert chances(found) == {"a": 1, "b": 1}


def test_through_one_party_outside_and_back_is_a_cycle() -> None:
    rows = in_turn(0, "a", "vendor", "a")
    rows[1] |= {"kind": "other_agency"}
    assert counted(run("P6", book([dossier(MONDAY)], rows))) == [(0, "a"), (0, "vendor")]


def test_a_way_through_the_applicant_and_one_that_moves_on_are_excused() -> None:
    rows = in_turn(0, "a", "me", "c", "a")
    assert {why for _, why in excused(run("P6", book([dossier(MONDAY)], rows, outsiders=frozenset({"me"}))))} == {
        "applicant"
    }
    fresh = [row | {"entry": 1} for row in in_turn(0, "a", "b", "c", "a")]
    assert {why for _, why in excused(run("P6", book([dossier(MONDAY)], fresh)))} == {"designed_loop"}


def touched(minutes: int, outcome: str = "sent_back", taken_up: str | None = "2026-03-02 10:00") -> Casebook:
    back = f"2026-03-02 10:{minutes:02}"
    rows = [
        hold(0, "a", MONDAY, "2026-03-02 09:00"),
        hold(0, "b", "2026-03-02 09:00", back, taken_up=taken_up, outcome=outcome, from_agency="a"),
        hold(0, "a", back, from_agency="b", entry=2),
    ]
    return book([dossier(MONDAY)], rows)


def test_a_dossier_sent_back_minutes_after_it_was_opened_was_only_touched() -> None:
    found = run("P7", touched(10))
    assert counted(found) == [(0, "b")]
    assert found.hits["measure"].to_list() == [10]
    assert chances(found) == {"a": 1, "b": 1}


def test_a_dossier_read_for_an_hour_or_worked_on_was_not() -> None:
    assert run("P7", touched(59)).hits.is_empty()
    assert run("P7", touched(10, outcome="done")).hits.is_empty()


def test_who_passes_on_at_once_what_is_not_his_does_as_he_should() -> None:
    assert excused(run("P7", touched(10, outcome="transferred"))) == [(0, "not_held")]


def test_in_a_log_of_states_work_shows_by_a_state_of_work() -> None:
    quick = in_turn(0, "a", "b", "a", "a")
    quick[1] |= {"until": "2026-03-02 09:05", "taken_up": None}
    quick[2] |= {"since": "2026-03-02 09:05"}
    assert counted(run("P7", book([dossier(MONDAY)], quick, tells=STATES))) == [(0, "b")]
    quick[1] |= {"taken_up": "2026-03-02 09:00"}
    assert run("P7", book([dossier(MONDAY)], quick, tells=STATES)).hits.is_empty()


# Registered again (P8).


def twice(second: str, outcome: str = "withdrawn", ended: str | None = "2026-03-10 10:00", **more: Any) -> Casebook:
    requested = more.pop("acts", [])
    first = dossier(MONDAY, ended=ended, outcome=outcome if ended else None, applicant="me")
    return book([first, dossier(second, applicant=more.pop("applicant", "me"), **more)], [], requested)


def test_a_dossier_entered_anew_days_after_the_first_was_withdrawn_is_counted() -> None:
    found = run("P8", twice("2026-03-12 09:00"))
    assert counted(found) == [(1, "desk")]
    assert chances(found) == {"desk": 2}


def test_two_dossiers_of_one_matter_within_the_hour_are_split() -> None:
    found = run("P8", twice("2026-03-02 08:30", ended=None))
    assert found.hits["detail"].to_list() == ["split"]


@pytest.mark.parametrize(
    "casebook",
    [
        twice("2026-03-12 09:00", outcome="granted"),
        twice("2026-03-12 09:00", outcome="denied"),
        twice("2026-05-12 09:00"),
        twice("2026-03-12 09:00", applicant="you"),
        twice("2026-03-12 09:00", procedure="2.000002"),
        twice("2026-03-04 08:30", ended=None),
    ],
)
def test_applying_again_after_an_answer_later_or_for_something_else_is_a_right(casebook: Casebook) -> None:
    assert run("P8", casebook).hits.is_empty()


def test_what_was_withdrawn_at_the_applicants_request_is_his() -> None:
    request = act(0, "2026-03-10 10:00", "withdrawn", "desk", detail="requested")
    assert excused(run("P8", twice("2026-03-12 09:00", acts=[request]))) == [(1, "applicant")]


def test_who_files_for_a_living_files_often() -> None:
    many = [dossier(MONDAY, applicant="notary") for _ in range(8)]
    assert {why for _, why in excused(run("P8", book(many)))} == {"applicant"}


# Signed in a batch (P9).


def signed(day: str, since: str, dossiers: int = 12, apart: int = 2) -> Casebook:
    times = [f"{day} {14 + n * apart // 60:02}:{n * apart % 60:02}" for n in range(dossiers)]
    rows = [hold(n, "chair", since, at) for n, at in enumerate(times)]
    return book([dossier("2026-03-02 08:00", ended=at) for at in times], rows)


def test_dossiers_that_lay_and_are_signed_in_one_go_at_the_months_end_are_counted() -> None:
    found = run("P9", signed("2026-03-31", "2026-03-20 08:00"))
    assert len(counted(found)) == 12
    assert chances(found) == {"chair": 12}


def test_the_last_worked_day_ends_a_month_that_ends_on_a_sunday() -> None:
    assert len(counted(run("P9", signed("2026-05-29", "2026-05-20 08:00")))) == 12


@pytest.mark.parametrize("day", ["2026-03-18", "2026-03-27"])
def test_a_batch_on_another_day_is_only_a_batch(day: str) -> None:
    assert run("P9", signed(day, "2026-03-10 08:00")).hits.is_empty()


def test_dossiers_signed_one_by_one_or_few_at_a_time_are_no_batch() -> None:
    assert run("P9", signed("2026-03-31", "2026-03-20 08:00", dossiers=5)).hits.is_empty()
    assert run("P9", signed("2026-03-31", "2026-03-20 08:00", apart=35)).hits.is_empty()


def test_dossiers_that_had_just_come_are_small() -> None:
    assert {why for _, why in excused(run("P9", signed("2026-03-31", "2026-03-31 08:00")))} == {"small"}


# Whatever happens.


def lined(casebook: Casebook) -> Casebook:
    line = pl.col("agency").replace_strict({"a": "1st", "b": "2nd", "c": "3rd"}, default=None, return_dtype=pl.String)
    return replace(casebook, holds=casebook.holds.with_columns(line.alias("by.line")), levels=LEVELS)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("tells", [EVERYTHING, STATES])
@settings(max_examples=10, deadline=None)
@given(casebook=lives())
def test_every_occurrence_of_an_agency_is_one_of_its_chances(
    code: str, tells: frozenset[str], casebook: Casebook
) -> None:
    found = run(code, replace(lined(casebook), tells=tells))
    counts = found.hits.drop_nulls("agency").group_by("agency").len().rows()
    assert all(times <= chances(found).get(agency, 0) for agency, times in counts)


@pytest.mark.parametrize("code", [code for code in CODES if code != "P9"])
@settings(max_examples=15, deadline=None)
@given(casebook=lives(), weeks=st.integers(1, 30))
def test_the_same_conduct_weeks_later_is_the_same_signal(code: str, casebook: Casebook, weeks: int) -> None:
    by = timedelta(weeks=weeks)
    first, then = run(code, lined(casebook)), run(code, shifted(lined(casebook), by))
    assert then.chances.equals(first.chances)
    assert then.figures == first.figures
    kept = ["nr", "agency", "hold", "at", "measure", "detail", "excused"]
    assert then.hits.select(kept).equals(first.hits.select(kept).with_columns(pl.col("at") + by))


@pytest.mark.parametrize("code", [code for code in CODES if code != "P8"])
@settings(max_examples=10, deadline=None)
@given(casebook=lives())
def test_what_machines_did_is_nobodys_conduct(code: str, casebook: Casebook) -> None:
    # P8 is left out: it looks at what a desk registered, whoever did the rest.
    machines = replace(
        lined(casebook),
        holds=lined(casebook).holds.with_columns(pl.lit(value=True).alias("is_system")),
        acts=casebook.acts.with_columns(pl.lit(value=True).alias("is_system")),
    )
    assert counted(run(code, machines)) == []


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(["1st", "2nd", "3rd"]), times=st.integers(1, 3))
def test_a_dossier_is_in_a_right_order_exactly_where_no_line_is_touched_out_of_its_turn(
    order: list[str], times: int
) -> None:
    found = run("P5", through(*order[:times]))
    assert found.figures["right_order"] == int(order[:times] == ["1st", "2nd", "3rd"][:times])


@settings(max_examples=20, deadline=None)
@given(dossiers=st.integers(1, 25), least=st.integers(2, 20))
def test_a_burst_counts_whole_or_not_at_all(dossiers: int, least: int) -> None:
    found = run("P9", signed("2026-03-31", "2026-03-20 08:00", dossiers=dossiers), dossiers=least)
    assert len(counted(found)) == (dossiers if dossiers >= least else 0)


# The logs' own figures, see README.md of $MOTCUA_DATA.


@cache
def logged(name: str, mapping: str) -> Casebook:
    from workflows.log_book import read_book
    from workflows.mapping_file import load_mapping

    folder = os.environ.get("MOTCUA_DATA", "")
    path = Path(folder) / "logs" / name
    if not folder or not path.exists():
        pytest.skip("MOTCUA_DATA names no folder with the event logs")
    examples = Path(__file__).parents[2] / "examples" / "logs"
    if not (examples / mapping).exists():
        pytest.skip(f"there is no examples/logs/{mapping}")
    return read_book(path, load_mapping(examples / mapping))[1]


def rates(found: Found) -> dict[str, tuple[int, int]]:
    hits = dict(found.hits.filter(pl.col("excused").is_null()).group_by("agency").len().rows())
    return {agency: (hits.get(agency, 0), times) for agency, times in chances(found).items()}


def test_waits_for_the_user_in_the_incident_log() -> None:
    casebook = logged("BPIC13_incidents.xes.gz", "bpic13.yaml")
    found = run("P1", casebook)
    share = found.figures["share_of_time"]
    assert found.figures | {"share_of_time": round(share, 3)} == {
        "events": 4217,
        "cases": 2495,
        "twice_or_more": 911,
        "five_times_or_more": 89,
        "share_of_time": 0.212,
    }
    assert rates(found)["G97"] == (704, 7466)
    organisations = casebook.holds.with_columns(pl.col("by.organisation").alias("agency"))
    by_organisation = rates(run("P1", replace(casebook, holds=organisations)))
    assert by_organisation["I"] == (2, 10)
    assert by_organisation["V1"] == (4, 22)


def test_no_organisation_of_the_incident_log_is_accused_for_the_logs_thin_beginning() -> None:
    """83 % of it are its last two months of 27; 2 of 10 and 4 of 22 are too few, and no dense week is overload."""
    casebook = grouped(logged("BPIC13_incidents.xes.gz", "bpic13.yaml"), "organisation")
    whole, alone = (judge(casebook, load_signals(), codes=codes, bars=load_bars()) for codes in ([], ["P1"]))
    assert set(whole.signals["agency"]) == {"V11", "V7n"}
    assert alone.signals.is_empty()
    assert alone.rates.equals(whole.rates.filter(code="P1"))
    few = alone.rates.filter(pl.col("agency").is_in(["I", "V1"])).select("agency", "why_not")
    assert dict(few.iter_rows()) == {"I": "few_chances", "V1": "few_hits"}
    assert not whole.occurrences["is_overloaded"].any()


def test_lines_touched_in_a_wrong_order_in_the_incident_log() -> None:
    found = run("P5", logged("BPIC13_incidents.xes.gz", "bpic13.yaml"))
    assert found.figures == {"right_order": 6553, "wrong_order": 1001}


def test_late_forwarding_in_the_building_permits() -> None:
    casebook = logged("BPIC15_1.xes.gz", "bpic15.yaml")
    if not {"transferred", "step_due"} <= casebook.tells:
        pytest.skip("the mapping does not tell what forwarding is")
    assert run("P4", casebook).figures == {"forwarded": 1179, "late": 86}


def test_submit_and_reject_with_the_applicant_is_no_ping_pong_of_agencies() -> None:
    casebook = logged("BPIC20_DomesticDeclarations.xes.gz", "bpic20.yaml")
    if "EMPLOYEE" not in casebook.outsiders:
        pytest.skip("the mapping does not tell who the applicant is")
    assert counted(run("S20", casebook)) == []
    assert counted(run("P6", casebook)) == []
