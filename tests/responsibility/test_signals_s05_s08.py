"""Signals S5 to S8: requests for papers and written reasons, each with a planted positive and innocent look-alikes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import engine.responsibility.detectors  # noqa: F401
from engine.casebook import Casebook
from engine.events import SYSTEM
from engine.responsibility.signal import DETECTORS, Found
from procedures.signals import load_signals
from tests.responsibility.casebooks import Row, act, book, chances, counted, dossier, excused, hold

MONDAY = "2026-03-02 08:00"
DUE = "2026-03-13 17:00"  # the Friday of the week after
LOG = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs" / "BPIC15_1.xes.gz"


def run(code: str, casebook: Casebook, **parameters: float | int | str) -> Found:
    return DETECTORS[code](casebook, load_signals()[code].with_parameters(parameters, "test"))


def details(found: Found) -> list[str]:
    return found.hits["detail"].to_list()


# A supplement asked for late (S5).


def ask(when: str, agency: str | None = "dept", nr: int = 0, **more: Any) -> Row:
    return act(nr, when, "supplement_requested", agency, **more)


def asked(*acts: Row, origin: str = "replay", holds: list[Row] | None = None, **more: Any) -> Casebook:
    held = [hold(0, "dept", MONDAY)] if holds is None else holds
    return book([dossier(MONDAY, DUE, origin=origin)], held, acts, **more)


@pytest.mark.parametrize(("when", "is_late"), [("2026-03-05 17:00", False), ("2026-03-05 17:01", True)])
def test_the_third_working_day_ends_at_closing(when: str, is_late: bool) -> None:
    found = run("S5", asked(ask(when)))
    assert counted(found) == ([(0, "dept")] if is_late else [])
    assert found.figures == {"requests": 1, "late": int(is_late)}


def test_a_request_in_the_last_fifth_of_the_term_is_told_as_such() -> None:
    assert details(run("S5", asked(ask("2026-03-13 09:00")))) == ["near_due"]
    assert details(run("S5", asked(ask("2026-03-09 09:00")))) == ["late"]


@pytest.mark.parametrize(("when", "is_late"), [("2026-04-12 23:00", False), ("2026-04-13 00:01", True)])
def test_a_limit_in_calendar_days_makes_day_n_itself_late(when: str, is_late: bool) -> None:
    assert len(counted(run("S5", asked(ask(when)), within="42 calendar days"))) == int(is_late)


def test_only_the_first_request_after_receipt_is_judged() -> None:
    assert run("S5", asked(ask("2026-03-03 09:00"), ask("2026-03-12 09:00"))).hits.is_empty()
    before = book([dossier("2026-03-12 08:00", DUE, submitted=MONDAY)], [], [ask("2026-03-11 08:00", "desk")])
    assert run("S5", before).figures["requests"] == 0


def test_lawful_stops_are_left_out_of_the_count() -> None:
    paid = asked(ask("2026-03-10 09:00"), stops=[(0, "2026-03-03 08:00", "2026-03-10 08:00", "financial_obligation")])
    assert excused(run("S5", paid)) == [(0, "lawful_stop")]


def test_an_agency_that_got_the_dossier_after_the_days_were_over_is_cleared() -> None:
    holds = [hold(0, "dept", MONDAY, "2026-03-09 08:00"), hold(0, "board", "2026-03-09 08:00")]
    assert excused(run("S5", asked(ask("2026-03-10 09:00", "board"), holds=holds))) == [(0, "not_held")]
    assert counted(run("S5", asked(ask("2026-03-10 09:00", "dept"), holds=holds))) == [(0, "dept")]


def test_live_dossiers_follow_the_days_of_their_own_procedure() -> None:
    assert run("S5", asked(ask("2026-03-12 09:00"), origin="live")).hits.is_empty()
    marked = act(0, "2026-03-04 09:00", "rule_breached", "dept", detail="late_supplement_request")
    assert counted(run("S5", asked(ask("2026-03-04 09:00"), marked, origin="live"))) == [(0, "dept")]


@pytest.mark.skipif(not LOG.is_file(), reason="needs logs/BPIC15_1.xes.gz in $MOTCUA_DATA")
def test_requests_for_missing_data_of_a_dutch_municipality_come_late_in_40_of_185_dossiers() -> None:
    from workflows.casebook_foreign import casebook_of
    from workflows.foreign import calendar_of
    from workflows.mapping_file import load_mapping
    from workflows.replay import read_foreign

    mapping = load_mapping(Path(__file__).parents[2] / "examples" / "logs" / "bpic15.yaml")
    foreign = read_foreign(LOG, mapping)
    last = int(foreign.events["at"].dt.epoch("us").max() // 1_000_000)
    permits = casebook_of(foreign, calendar_of(mapping), last)
    is_ordinary = pl.col("data.procedure_kind").fill_null("") != "Uitgebreid"
    decided = permits.dossiers.filter(is_ordinary & pl.col("ended").is_not_null())["nr"]
    found = run("S5", permits.only(decided), within="42 calendar days")
    assert found.figures == {"requests": 185, "late": 40}


# Supplements asked for again and again (S6).


def answer(when: str, nr: int = 0, **more: Any) -> Row:
    return act(nr, when, "supplement_received", "desk", **more)


def test_a_second_request_by_the_same_agency_is_one_too_many() -> None:
    found = run("S6", asked(ask("2026-03-03 09:00"), answer("2026-03-05 09:00"), ask("2026-03-06 09:00")))
    assert counted(found) == [(0, "dept")]
    assert chances(found) == {"dept": 2}
    assert details(found) == ["again"]


def test_the_desks_question_and_the_departments_are_two_agencies() -> None:
    two = asked(ask("2026-03-03 09:00", "desk"), answer("2026-03-05 09:00"), ask("2026-03-06 09:00"))
    assert run("S6", two).hits.is_empty()


def test_the_third_request_in_all_is_one_too_many_whoever_asks() -> None:
    days = ("03", "05", "09")
    acts = [
        row
        for n, day in enumerate(days)
        for row in (ask(f"2026-03-{day} 09:00", f"a{n}"), answer(f"2026-03-{day} 15:00"))
    ]
    found = run("S6", asked(*acts))
    assert counted(found) == [(0, "a2")]
    assert details(found) == ["beyond_most"]


def test_a_reminder_while_the_answer_is_awaited_is_the_applicants() -> None:
    assert excused(run("S6", asked(ask("2026-03-03 09:00"), ask("2026-03-06 09:00")))) == [(0, "applicant")]


def test_where_answers_are_not_recorded_a_second_request_counts() -> None:
    untold = asked(ask("2026-03-03 09:00"), ask("2026-03-06 09:00"), tells={"supplement_requested"})
    assert counted(run("S6", untold)) == [(0, "dept")]


def test_two_letters_of_one_day_are_one_request() -> None:
    assert excused(run("S6", asked(ask("2026-03-03 09:00"), ask("2026-03-03 15:00")))) == [(0, "small")]


def test_papers_asked_for_before_and_not_brought_are_the_applicants() -> None:
    first, half = ask("2026-03-03 09:00", detail="map,deed"), answer("2026-03-05 09:00", detail="map")
    again = run("S6", asked(first, half, ask("2026-03-06 09:00", detail="deed"), origin="live"))
    assert excused(again) == [(0, "applicant")]
    new = run("S6", asked(first, half, ask("2026-03-06 09:00", detail="deed,photo"), origin="live"))
    assert counted(new) == [(0, "dept")]


def test_a_paper_that_was_brought_and_is_asked_for_again_counts() -> None:
    first, whole = ask("2026-03-03 09:00", detail="map,deed"), answer("2026-03-05 09:00", detail="map,deed")
    again = run("S6", asked(first, whole, ask("2026-03-06 09:00", detail="deed"), origin="live"))
    assert counted(again) == [(0, "dept")]


# Papers outside the list (S7).


def test_a_request_for_a_paper_the_list_does_not_have_is_asked_about() -> None:
    marked = act(0, "2026-03-03 09:00", "rule_breached", "dept", detail="paper_outside_list")
    found = run("S7", asked(ask("2026-03-03 09:00", detail="proof_of_residence"), marked, origin="live"))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["proof_of_residence"]


def test_listed_papers_are_only_a_chance() -> None:
    late = act(0, "2026-03-03 09:00", "rule_breached", "dept", detail="late_supplement_request")
    found = run("S7", asked(ask("2026-03-03 09:00", detail="map"), late, origin="live"))
    assert found.hits.is_empty()
    assert chances(found) == {"dept": 1}


def test_a_machines_request_is_cleared() -> None:
    marked = act(0, "2026-03-03 09:00", "rule_breached", "dept", detail="paper_outside_list")
    found = run("S7", asked(ask("2026-03-03 09:00", by=f"{SYSTEM}:portal"), marked, origin="live"))
    assert excused(found) == [(0, "system_account")]


# No written reason (S8).


@pytest.mark.parametrize("name", ["supplement_requested", "intake_declined", "result_denied", "handling_stopped"])
def test_refusals_and_requests_without_a_reason_are_asked_about(name: str) -> None:
    def one(**more: Any) -> Found:
        return run("S8", asked(act(0, "2026-03-03 09:00", name, "dept", **more)))

    assert counted(one(has_reason=False)) == [(0, "dept")]
    assert one().hits.is_empty()
    assert one(has_reason=None).hits.is_empty()
    assert excused(one(has_reason=False, by=SYSTEM)) == [(0, "system_account")]


def test_a_grant_needs_no_reason() -> None:
    assert run("S8", asked(act(0, "2026-03-03 09:00", "result_decided", "dept", has_reason=False))).hits.is_empty()


def test_a_missing_legal_basis_is_a_figure() -> None:
    found = run("S8", asked(ask("2026-03-03 09:00", has_basis=False), ask("2026-03-04 09:00")))
    assert found.hits.is_empty()
    assert found.figures == {"reasoned": 2, "without_basis": 1}
