"""Signals S1 to S4: apologies and new dates, each with a planted positive and innocent look-alikes."""

from __future__ import annotations

from typing import Any

import pytest

import engine.responsibility.detectors  # noqa: F401
from engine.casebook import Casebook
from engine.events import SYSTEM
from engine.responsibility.signal import DETECTORS, Found
from procedures.signals import load_signals
from tests.responsibility.casebooks import Row, act, book, chances, counted, dossier, excused, hold

MONDAY = "2026-03-02 08:00"
DUE = "2026-03-13 17:00"  # the Friday of the week after


def run(code: str, casebook: Casebook, **parameters: float | int | str) -> Found:
    return DETECTORS[code](casebook, load_signals()[code].with_parameters(parameters, "test"))


def details(found: Found) -> list[str]:
    return found.hits["detail"].to_list()


# Late, and nobody says so (S1).


def overdue(ended: str | None, *acts: Row, holds: list[Row] | None = None, **more: Any) -> Casebook:
    held = [hold(0, "dept", MONDAY, ended)] if holds is None else holds
    return book([dossier(MONDAY, DUE, ended)], held, acts, now="2026-03-20 17:00", **more)


def letter(when: str, agency: str = "dept", nr: int = 0, **more: Any) -> Row:
    return act(nr, when, "apology_issued", agency, until="2026-03-20 17:00", **more)


@pytest.mark.parametrize(("ended", "detail"), [("2026-03-17 10:00", "ended_late"), (None, "still_open")])
def test_a_dossier_past_its_due_date_without_a_letter_is_silently_late(ended: str | None, detail: str) -> None:
    found = run("S1", overdue(ended))
    assert counted(found) == [(0, "dept")]
    assert details(found) == [detail]
    assert found.figures["late"] == 1


def test_a_letter_breaks_the_silence_and_lateness_stays_a_chance() -> None:
    found = run("S1", overdue("2026-03-17 10:00", letter("2026-03-11 10:00")))
    assert found.hits.is_empty()
    assert chances(found) == {"dept": 1}


def test_a_letter_after_the_end_breaks_nothing() -> None:
    assert counted(run("S1", overdue("2026-03-17 10:00", letter("2026-03-18 10:00")))) == [(0, "dept")]


def test_after_closing_on_the_due_date_is_not_late() -> None:
    assert chances(run("S1", overdue("2026-03-13 19:00"))) == {}


def test_it_is_put_to_the_agency_that_had_the_dossier_when_the_term_ran_out() -> None:
    holds = [hold(0, "dept", MONDAY, "2026-03-10 10:00"), hold(0, "board", "2026-03-10 10:00", "2026-03-16 09:00")]
    holds.append(hold(0, "desk", "2026-03-16 09:00", "2026-03-17 10:00"))
    assert counted(run("S1", overdue("2026-03-17 10:00", holds=holds))) == [(0, "board")]


def test_a_machine_and_an_applicant_who_had_it_just_then_are_cleared() -> None:
    machine = [hold(0, "dept", MONDAY, None, is_system=True, officer=f"{SYSTEM}:mail")]
    assert excused(run("S1", overdue(None, holds=machine))) == [(0, "system_account")]
    waiting = overdue(None, stops=[(0, "2026-03-12 08:00", "2026-03-16 08:00", "supplement")])
    assert excused(run("S1", waiting)) == [(0, "applicant")]


def test_a_same_day_term_leaves_no_day_before_it_expires() -> None:
    def same_day(ended: str) -> Casebook:
        return book(
            [dossier(MONDAY, "2026-03-02 17:00", ended)], [hold(0, "dept", MONDAY, ended)], now="2026-03-20 17:00"
        )

    assert excused(run("S1", same_day("2026-03-03 09:00"))) == [(0, "small")]
    assert counted(run("S1", same_day("2026-03-05 09:00"))) == [(0, "dept")]


def test_a_term_that_ran_out_and_was_counted_anew_ran_out_all_the_same() -> None:
    passed = act(0, DUE, "limit_passed", by=SYSTEM, detail="legal", until=DUE)
    restarted = dossier(MONDAY, "2026-04-10 17:00", None)
    holds = [hold(0, "dept", MONDAY)]
    assert counted(run("S1", book([restarted], holds, [passed], now="2026-03-20 17:00"))) == [(0, "dept")]
    moved = act(0, "2026-03-16 08:00", "due_changed", by=SYSTEM, until="2026-04-10 17:00")
    assert chances(run("S1", book([restarted], holds, [passed, moved], now="2026-03-20 17:00"))) == {}


def test_open_dossiers_to_which_a_letter_is_owed_now_are_a_figure() -> None:
    rows = [dossier(MONDAY, DUE), dossier(MONDAY, DUE), dossier(MONDAY, "2026-03-20 17:00")]
    found = run("S1", book(rows, [], [letter("2026-03-11 10:00", nr=1)], now="2026-03-13 09:00"))
    assert found.figures["owed_now"] == 1


# A late apology (S2).


def told(when: str, *more: Row, origin: str = "replay", holds: list[Row] | None = None, **words: Any) -> Casebook:
    held = [hold(0, "dept", MONDAY, "2026-03-17 10:00")] if holds is None else holds
    one = dossier(MONDAY, DUE, "2026-03-17 10:00", origin=origin)
    return book([one], held, [letter(when, **words), *more], now="2026-03-20 17:00")


@pytest.mark.parametrize(("when", "detail"), [("2026-03-13 09:00", "too_short"), ("2026-03-16 09:00", "after_due")])
def test_an_apology_in_the_last_day_or_after_it_is_late(when: str, detail: str) -> None:
    found = run("S2", told(when))
    assert counted(found) == [(0, "dept")]
    assert details(found) == [detail]


def test_an_apology_a_full_working_day_before_is_in_time() -> None:
    found = run("S2", told("2026-03-12 16:59"))
    assert found.hits.is_empty()
    assert chances(found) == {"dept": 1}


def test_live_dossiers_follow_the_lead_time_of_their_own_procedure() -> None:
    assert run("S2", told("2026-03-13 09:00", origin="live")).hits.is_empty()
    marked = act(0, "2026-03-10 09:00", "rule_breached", "dept", detail="late_apology")
    assert counted(run("S2", told("2026-03-10 09:00", marked, origin="live"))) == [(0, "dept")]


def test_who_got_the_dossier_on_the_last_day_could_not_have_written_earlier() -> None:
    holds = [hold(0, "dept", MONDAY, "2026-03-13 08:00"), hold(0, "board", "2026-03-13 08:00", "2026-03-17 10:00")]
    assert excused(run("S2", told("2026-03-13 10:00", agency="board", holds=holds))) == [(0, "not_held")]
    assert counted(run("S2", told("2026-03-13 10:00", agency="dept", holds=holds))) == [(0, "dept")]


def test_a_letter_the_desk_sent_is_put_to_who_had_the_dossier() -> None:
    assert counted(run("S2", told("2026-03-13 09:00", agency="desk"))) == [(0, "dept")]


def test_a_machines_letter_is_nobodys_late_apology() -> None:
    assert excused(run("S2", told("2026-03-13 09:00", by=SYSTEM))) == [(0, "system_account")]


# A second new date (S3).


def redated(*acts: Row, origin: str = "replay", **more: Any) -> Casebook:
    return book([dossier(MONDAY, DUE, origin=origin)], [hold(0, "dept", MONDAY)], acts, **more)


def test_the_second_letter_of_a_dossier_is_a_second_new_date() -> None:
    twice = redated(letter("2026-03-11 10:00"), letter("2026-03-19 10:00"))
    found = run("S3", twice)
    assert counted(found) == [(0, "dept")]
    assert chances(found) == {"dept": 2}
    assert run("S3", twice, most=2).hits.is_empty()


def test_a_refused_attempt_is_one_too() -> None:
    tried = act(0, "2026-03-19 10:00", "rule_breach_attempted", "dept", detail="second_redating")
    found = run("S3", redated(letter("2026-03-11 10:00"), tried, origin="live"))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["attempted"]


def test_a_lawful_extension_beside_one_letter_is_no_second_date() -> None:
    longer = act(0, "2026-03-10 10:00", "limit_extended", "dept", until="2026-03-27 17:00")
    assert run("S3", redated(longer, letter("2026-03-11 10:00"))).hits.is_empty()


def test_letters_of_two_dossiers_are_no_second_date() -> None:
    two = book([dossier(MONDAY, DUE, origin="replay")] * 2, [], [letter("2026-03-11 10:00", nr=n) for n in (0, 1)])
    assert run("S3", two).hits.is_empty()


def test_the_applicants_own_delay_between_two_dates_clears_the_second() -> None:
    waited = [(0, "2026-03-12 08:00", "2026-03-16 08:00", "supplement")]
    twice = redated(letter("2026-03-11 10:00"), letter("2026-03-19 10:00"), stops=waited)
    assert excused(run("S3", twice)) == [(0, "applicant")]


# A new date without reason or request (S4).


def test_a_new_date_without_a_reason_is_asked_about() -> None:
    found = run("S4", redated(letter("2026-03-11 10:00", has_reason=False)))
    assert counted(found) == [(0, "dept")]
    assert details(found) == ["no_reason"]


def test_a_new_date_with_a_reason_is_not() -> None:
    found = run("S4", redated(letter("2026-03-11 10:00")))
    assert found.hits.is_empty()
    assert chances(found) == {"dept": 1}


def test_the_desks_own_date_is_asked_about_only_where_letters_name_documents() -> None:
    bare = letter("2026-03-11 10:00", "desk", has_document=False)
    others = [letter("2026-03-11 10:00", nr=n) for n in (1, 2)]
    rows, held = [dossier(MONDAY, DUE)] * 3, [hold(n, "dept", MONDAY) for n in range(3)]
    assert counted(run("S4", book(rows, held, [bare, *others]))) == [(0, "desk")]
    silent = [one | {"has_document": False} for one in others]
    assert run("S4", book(rows, held, [bare, *silent])).hits.is_empty()


def test_whether_a_reason_was_given_may_be_unknown() -> None:
    assert run("S4", redated(letter("2026-03-11 10:00", has_reason=None))).hits.is_empty()
