"""Attribution: whose lateness it was, in shares that add up exactly; examples, a slow reference and properties.

Offices are open Monday to Friday, 07:30-11:30 and 13:00-17:00 (8 hours); 2 March 2026 is a Monday.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import WorkingCalendar
from engine.lateness import Measure, in_time_until, is_late, late_by
from engine.responsibility import attribution as at_work
from engine.responsibility.attribution import REASONS, SHARES, attribute, handover_grades, inside_outside
from tests.responsibility.casebooks import EVERYTHING, act, book, calendar, dossier, hold

HOUR = 3600
NOBODYS = ("linked_dossier", "applicant", "lawful_stop", "other_agency", "limits_exceed_term", "nobody")
DAY = 8 * HOUR


def charged(found, *columns):
    """What is charged for what reason, to whom."""
    return found.select("agency", "reason", "seconds", *columns).rows()


def in_turn(*steps, due, ended=True, stops=(), received="2026-03-02 07:30", **more):
    """The book of one dossier that went from one to the next: (agency, until, own due or None)."""
    since, holds = received, []
    for agency, until, own in steps:
        holds.append(hold(0, agency, since, until, due=own, step=f"at_{agency}"))
        since = until
    return book([dossier(received, due, since if ended else None)], holds, stops=stops, **more)


def worked_example(**more):
    """As in docs/attribution.md: ten working days, of which desk 1, registry 5, tax 2 and chair 2."""
    holds = [
        hold(0, "desk", "2026-03-02 07:30", "2026-03-02 17:00", due="2026-03-02 17:00"),
        hold(
            *(0, "registry", "2026-03-02 17:00", "2026-03-12 17:00"),
            due="2026-03-09 17:00",
            taken_up="2026-03-06 07:30",
        ),
        hold(0, "tax", "2026-03-12 17:00", "2026-03-13 17:00", due="2026-03-16 17:00"),
        hold(0, "chair", "2026-03-13 17:00", "2026-03-20 17:00", due="2026-03-18 17:00"),
    ]
    return book(
        [dossier("2026-03-02 07:30", "2026-03-13 17:00", "2026-03-20 17:00", **more)],
        holds,
        stops=[(0, "2026-03-18 07:30", "2026-03-18 17:00", "financial_obligation")],
    )


def test_the_worked_example_comes_out_as_written():
    found = attribute(worked_example())
    assert charged(found, "queue_seconds", "slack_inherited", "slack_eaten") == [
        ("registry", "beyond_own_limit", 2 * DAY, 6 * HOUR, 0, 3 * DAY),
        ("chair", "beyond_own_limit", 2 * DAY, 0, -2 * DAY, 2 * DAY),
    ]
    assert found["late_by"].to_list() == [4 * DAY] * 2


def test_in_a_log_whose_due_instants_do_not_move_the_applicants_wait_is_part_of_the_lateness():
    found = attribute(replace(worked_example(), tells=frozenset()))
    assert charged(found) == [
        ("registry", "beyond_own_limit", 2 * DAY),
        ("chair", "beyond_own_limit", 2 * DAY),
        (None, "applicant", DAY),
    ]
    assert found["late_by"].to_list() == [5 * DAY] * 3
    assert found["ground"].to_list() == [None, None, "financial_obligation"]


@pytest.mark.parametrize("measure", Measure)
def test_while_the_clock_stands_still_lateness_does_too_and_goes_on_from_there(measure):
    def late(now, to=None):
        lives = [dossier("2026-03-02 07:30", "2026-03-03 17:00", is_waiting=to is None)]
        stop = (0, "2026-03-05 07:30", to, "supplement")
        return book(lives, [hold(0, "a", "2026-03-02 07:30")], stops=[stop], now=now)

    still = attribute(late("2026-03-20 17:00"), measure)
    assert charged(still) == [("a", "held_while_overdue", DAY)]
    again = attribute(late("2026-03-13 11:30", to="2026-03-12 17:00"), measure)
    assert charged(again) == [("a", "held_while_overdue", DAY + 4 * HOUR)]


def test_those_charged_nothing_are_told_only_if_asked_for():
    kept = attribute(worked_example(), every=True).filter(pl.col("reason") == "charged_nothing")
    assert kept.select("agency", "slack_eaten").rows() == [("desk", 0), ("tax", -DAY)]


def test_who_keeps_his_own_term_pays_nothing_for_the_slack_others_ate():
    found = attribute(
        in_turn(
            ("a", "2026-03-05 17:00", "2026-03-02 17:00"),
            ("b", "2026-03-06 17:00", "2026-03-06 17:00"),
            due="2026-03-03 17:00",
        )
    )
    assert charged(found) == [("a", "beyond_own_limit", 3 * DAY)]


def test_slack_that_earlier_holders_left_covers_a_later_one():
    found = attribute(
        in_turn(
            ("a", "2026-03-02 17:00", "2026-03-04 17:00"),
            ("b", "2026-03-06 17:00", "2026-03-04 17:00"),
            ("c", "2026-03-10 17:00", "2026-03-06 17:00"),
            due="2026-03-06 17:00",
        )
    )
    assert charged(found, "slack_inherited") == [("c", "beyond_own_limit", 2 * DAY, 0)]


def test_what_a_later_holder_makes_up_for_is_given_back_in_proportion():
    found = attribute(
        in_turn(
            ("a", "2026-03-05 17:00", "2026-03-02 17:00"),
            ("b", "2026-03-09 17:00", "2026-03-06 17:00"),
            ("c", "2026-03-10 17:00", "2026-03-12 17:00"),
            due="2026-03-06 17:00",
        )
    )
    # a added three days and b one; c made up for two of the four.
    assert charged(found) == [("a", "beyond_own_limit", 3 * DAY // 2), ("b", "beyond_own_limit", DAY // 2)]


def test_terms_that_were_kept_but_exceed_the_legal_one_are_nobodys():
    found = attribute(
        in_turn(
            ("a", "2026-03-03 17:00", "2026-03-03 17:00"),
            ("b", "2026-03-06 17:00", "2026-03-05 17:00"),
            due="2026-03-04 17:00",
        )
    )
    assert charged(found) == [("b", "beyond_own_limit", DAY), (None, "limits_exceed_term", DAY)]


def test_without_own_terms_each_answers_for_the_time_after_the_due_instant():
    found = attribute(
        in_turn(
            ("a", "2026-03-04 17:00", None),
            ("b", "2026-03-05 17:00", None),
            ("c", "2026-03-09 11:30", None),
            due="2026-03-04 13:00",
        )
    )
    assert charged(found) == [
        ("a", "held_while_overdue", 4 * HOUR),
        ("b", "held_while_overdue", DAY),
        ("c", "held_while_overdue", DAY + 4 * HOUR),
    ]


def test_a_hold_without_own_term_has_what_the_legal_one_leaves_beside_the_others():
    found = attribute(
        in_turn(("a", "2026-03-05 17:00", None), ("b", "2026-03-06 17:00", "2026-03-06 17:00"), due="2026-03-04 17:00")
    )
    assert charged(found) == [("a", "beyond_remainder", 2 * DAY)]


def branches(end_of_idle, own="2026-03-04 17:00"):
    """Two branches after a: b decides the join on the 10th, the other, "idle", ends before."""
    return book(
        [dossier("2026-03-02 07:30", "2026-03-06 17:00", "2026-03-12 17:00")],
        [
            hold(0, "a", "2026-03-02 07:30", "2026-03-03 17:00", due="2026-03-03 17:00"),
            hold(0, "b", "2026-03-03 17:00", "2026-03-10 17:00", due="2026-03-05 17:00"),
            hold(0, "idle", "2026-03-03 17:00", end_of_idle, due=own),
            hold(0, "c", "2026-03-10 17:00", "2026-03-12 17:00", due="2026-03-11 17:00"),
        ],
    )


def test_a_branch_that_did_not_decide_the_join_is_charged_nothing():
    found = attribute(branches("2026-03-10 16:00"))
    assert charged(found) == [("b", "beyond_own_limit", 3 * DAY), ("c", "beyond_own_limit", DAY)]


@given(minutes=st.integers(0, 7 * 24 * 60 - 1), own=st.sampled_from([None, "2026-03-04 17:00", "2026-03-12 17:00"]))
@settings(deadline=None, max_examples=25)
def test_moving_a_branch_that_did_not_decide_changes_nothing(minutes, own):
    moved = (datetime(2026, 3, 3, 17, tzinfo=UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")
    assert attribute(branches(moved, own)).equals(attribute(branches("2026-03-09 08:00")))


def test_a_branch_still_open_when_another_ended_the_dossier_is_charged_nothing():
    holds = [
        hold(0, "a", "2026-03-02 07:30", "2026-03-04 17:00", due="2026-03-03 17:00", outcome="refused"),
        hold(0, "b", "2026-03-02 07:30", "2026-03-04 17:00", due="2026-03-02 17:00", outcome="denied"),
    ]
    ended = dossier("2026-03-02 07:30", "2026-03-03 17:00", "2026-03-04 17:00", outcome="denied")
    assert charged(attribute(book([ended], holds))) == [("a", "beyond_own_limit", DAY)]
    finished = act(0, "2026-03-04 17:00", "step_done", "b", hold=2)
    assert charged(attribute(book([ended], holds, [finished]))) == [("b", "beyond_own_limit", DAY)]


def test_of_branches_that_are_all_open_the_one_furthest_beyond_its_term_answers():
    open_branches = book(
        [dossier("2026-03-02 07:30", "2026-03-03 17:00")],
        [
            hold(0, "a", "2026-03-02 07:30", due="2026-03-03 17:00"),
            hold(0, "b", "2026-03-02 07:30", due="2026-03-02 17:00"),
            hold(0, None, "2026-03-02 07:30", kind="applicant", work="applicant"),
        ],
        now="2026-03-05 17:00",
    )
    assert charged(attribute(open_branches)) == [("b", "beyond_own_limit", 2 * DAY)]


def test_of_branches_that_ended_together_the_one_the_next_step_came_from_decided():
    joined = book(
        [dossier("2026-03-02 07:30", "2026-03-04 17:00", "2026-03-05 17:00")],
        [
            hold(0, "b", "2026-03-02 07:30", "2026-03-03 17:00", due="2026-03-03 17:00"),
            hold(0, "a", "2026-03-02 07:30", "2026-03-03 17:00", due="2026-03-02 17:00"),
            hold(0, "c", "2026-03-03 17:00", "2026-03-05 17:00", due="2026-03-04 17:00", from_agency="b"),
        ],
    )
    assert charged(attribute(joined)) == [("c", "beyond_own_limit", DAY)]


def consultation(lead_due, *opinions, lead_end="2026-03-09 17:00"):
    """A lead that asked for opinions: (agency, until, due, outcome)."""
    asked = [
        hold(0, who, "2026-03-02 17:00", until, due=due, work="opinion", lead_hold=1, outcome=outcome)
        for who, until, due, outcome in opinions
    ]
    lead = hold(0, "lead", "2026-03-02 07:30", lead_end, due=lead_due)
    return book([dossier("2026-03-02 07:30", "2026-03-04 17:00", lead_end)], [lead, *asked])


def test_a_late_opinion_answers_for_the_time_its_lead_waited():
    found = attribute(
        consultation(
            "2026-03-04 17:00",
            ("quick", "2026-03-03 17:00", "2026-03-03 17:00", "agree"),
            ("slow", "2026-03-06 17:00", "2026-03-04 17:00", "agree"),
        )
    )
    assert charged(found) == [("slow", "beyond_own_limit", 2 * DAY), ("lead", "beyond_own_limit", DAY)]


def test_a_lead_without_own_term_is_not_charged_for_a_late_opinion():
    found = attribute(
        consultation(None, ("slow", "2026-03-06 17:00", "2026-03-03 17:00", "agree"), lead_end="2026-03-06 17:00")
    )
    assert charged(found) == [("slow", "beyond_own_limit", 2 * DAY)]


def test_an_opinion_that_never_came_was_waited_for_only_until_its_own_term():
    found = attribute(consultation("2026-03-04 17:00", ("silent", "2026-03-09 17:00", "2026-03-04 17:00", "lapsed")))
    assert charged(found) == [("lead", "beyond_own_limit", 3 * DAY)]


def test_lawful_stops_and_the_applicants_waits_are_nobodys():
    stopped = in_turn(
        ("a", "2026-03-06 17:00", None),
        due="2026-03-03 17:00",
        stops=[(0, "2026-03-03 07:30", "2026-03-05 17:00", "supplement")],
    )
    assert charged(attribute(stopped)) == [("a", "held_while_overdue", DAY)]
    waits = book(
        [dossier("2026-03-02 07:30", "2026-03-02 17:00", "2026-03-05 17:00")],
        [
            hold(0, "a", "2026-03-02 07:30", "2026-03-03 17:00"),
            hold(0, None, "2026-03-03 17:00", "2026-03-04 17:00", kind="applicant", work="applicant"),
            hold(0, None, "2026-03-04 17:00", "2026-03-05 17:00", kind="nobody", work="posting"),
        ],
    )
    assert charged(attribute(waits)) == [
        ("a", "held_while_overdue", DAY),
        (None, "applicant", DAY),
        (None, "lawful_stop", DAY),
    ]


def test_an_applicant_who_answers_early_makes_up_for_nobodys_delay():
    paid = book(
        [dossier("2026-03-02 07:30", "2026-03-04 17:00", "2026-03-05 17:00")],
        [
            hold(0, "a", "2026-03-02 07:30", "2026-03-03 17:00", due="2026-03-02 17:00"),
            hold(0, None, "2026-03-03 17:00", "2026-03-04 17:00", due="2026-03-09 17:00", kind="applicant"),
            hold(0, "b", "2026-03-04 17:00", "2026-03-05 17:00", due="2026-03-05 17:00"),
        ],
        stops=[(0, "2026-03-03 17:00", "2026-03-04 17:00", "financial_obligation")],
    )
    assert charged(attribute(paid)) == [("a", "beyond_own_limit", DAY)]


def test_what_was_late_before_the_term_began_anew_is_not_charged():
    anew = in_turn(
        ("a", "2026-03-06 17:00", "2026-03-02 17:00"),
        ("b", "2026-03-11 17:00", "2026-03-09 17:00"),
        due="2026-03-10 17:00",
    )
    restarted = replace(anew, dossiers=anew.dossiers.with_columns(term_from=pl.lit(datetime(2026, 3, 9, tzinfo=UTC))))
    assert attribute(anew)["agency"].to_list() == ["a", "b"]
    assert attribute(restarted)["agency"].to_list() == ["b"]


def test_overdue_without_office_time_goes_to_the_last_holder_after_closing():
    found = attribute(
        in_turn(("a", "2026-03-03 10:00", None), ("b", "2026-03-03 19:00", "2026-03-02 17:00"), due="2026-03-03 17:00")
    )
    assert charged(found, "late_by") == [("b", "after_closing", 0, 0)]


def test_time_that_nobody_held_is_nobodys_and_visible():
    found = attribute(
        book(
            [dossier("2026-03-02 07:30", "2026-03-03 17:00", "2026-03-06 17:00", origin="replay")],
            [hold(0, "a", "2026-03-02 07:30", "2026-03-04 17:00")],
        )
    )
    assert charged(found) == [("a", "held_while_overdue", DAY), (None, "nobody", 2 * DAY)]


def test_waiting_for_a_linked_dossier_is_judged_there():
    linked = book(
        [dossier("2026-03-02 07:30", "2026-03-02 17:00", "2026-03-03 17:00")],
        [hold(0, "desk", "2026-03-02 07:30", "2026-03-03 17:00", work="sub_dossier", kind="other_agency")],
    )
    assert charged(attribute(linked)) == [(None, "linked_dossier", DAY)]


def test_what_was_never_taken_up_lay_in_the_queue():
    waiting = book(
        [dossier("2026-03-02 07:30", "2026-03-02 17:00")],
        [hold(0, "a", "2026-03-02 07:30", taken_up=None)],
        now="2026-03-04 17:00",
    )
    found = attribute(waiting)
    assert found.select("seconds", "queue_seconds", "work_seconds").rows() == [(2 * DAY, 2 * DAY, 0)]
    silent = attribute(replace(waiting, tells=frozenset()))
    assert silent["queue_seconds"].to_list() == [0]


def test_holds_of_a_foreign_log_that_overlap_pass_it_on_as_they_begin():
    found = attribute(
        book(
            [dossier("2026-03-02 07:30", "2026-03-02 17:00", "2026-03-06 17:00", origin="replay")],
            [
                hold(0, "a", "2026-03-02 07:30", "2026-03-05 17:00"),
                hold(0, "b", "2026-03-03 17:00", "2026-03-06 17:00"),
            ],
        )
    )
    assert charged(found) == [("a", "held_while_overdue", DAY), ("b", "held_while_overdue", 3 * DAY)]


def test_by_date_lateness_begins_after_the_due_date():
    late = in_turn(("a", "2026-03-04 17:00", None), due="2026-03-03 10:00")
    seconds = {measure: attribute(late, measure)["seconds"].to_list() for measure in Measure}
    assert seconds == {Measure.INSTANT: [DAY + 5 * HOUR + HOUR // 2], Measure.DATE: [DAY], Measure.DATE_ROLLED: [DAY]}


def test_a_late_dossier_is_explained_in_sentences_of_both_languages():
    from console.judging.attribution import one, sentences
    from console.wording.attribution import REASONS as WORDED

    assert set(WORDED) == set(REASONS)
    told = one(attribute(worked_example(), every=True))
    assert told["late_by"] == sum(share["seconds"] for share in told["shares"])
    assert sentences(told, str, "en") == [
        "Of 32 h late, in office time:",
        "  registry, appraise: 16 h. Had 40 h for this step and took 64 h, 24 h too long; 8 h are not charged here:"
        " made up for later, within the legal term, or charged to who was asked for an opinion; 6 h of the charge it"
        " lay untouched.",
        "  chair, appraise: 16 h. Had 16 h for this step and took 32 h, 16 h too long; the dossier came 16 h behind"
        " plan.",
        "  In sum: registry 16 h; chair 16 h.",
        "  Charged nothing: desk (appraise); tax (appraise).",
    ]
    in_vietnamese = sentences(told, str, "vi")
    assert in_vietnamese[0] == "Trễ 32 giờ tính theo giờ làm việc, là do:"
    assert in_vietnamese[1].startswith("  registry, appraise: 16 giờ. Có 40 giờ cho bước này nhưng giữ 64 giờ, dài quá")
    assert "  Cộng lại: registry 16 giờ; chair 16 giờ." in in_vietnamese
    closed = one(attribute(in_turn(("a", "2026-03-02 19:00", None), due="2026-03-02 17:00")))
    assert sentences(closed, str, "en")[1:] == ["  a, at_a: had it last."]


def test_whose_own_term_was_over_when_the_dossier_came_is_told_so_and_not_of_a_term_of_no_hours():
    from console.judging.attribution import one, sentences

    late = in_turn(
        ("a", "2026-03-05 17:00", "2026-03-03 17:00"),
        ("b", "2026-03-06 17:00", "2026-03-03 17:00"),
        due="2026-03-03 17:00",
    )
    told = sentences(one(attribute(late)), str, "en")
    assert told[2].startswith("  b, at_b: 8 h. The step's own term was over when the dossier came; took 8 h;")
    assert told[3] == "  In sum: a 16 h; b 8 h."


def in_states(*states, due="2026-03-02 17:00", **more):
    """The book of one dossier of a foreign log: (agency, until, kind)."""
    since, holds = "2026-03-02 07:30", []
    works = {"authority": "step", "other_agency": "opinion", "applicant": "applicant"}
    for agency, until, kind in states:
        holds.append(hold(0, agency, since, until, kind=kind, work=works[kind], step=f"at_{agency}"))
        since = until
    return book([dossier("2026-03-02 07:30", due, since, origin="replay")], holds, **more)


def test_a_state_of_another_agency_is_charged_to_nobody_for_the_log_does_not_name_it():
    from console.judging.attribution import one, sentences

    late = in_states(("team", "2026-03-04 17:00", "authority"), ("team", "2026-03-09 17:00", "other_agency"))
    found = attribute(late)
    assert charged(found) == [("team", "held_while_overdue", 2 * DAY), (None, "other_agency", 3 * DAY)]
    assert found["seconds"].sum() == found["late_by"][0] == 5 * DAY
    assert "  Nobody: 24 h of waiting for another agency, which the source does not name (at_team)." in sentences(
        one(found), str, "en"
    )
    (agency,) = inside_outside(late, found).to_dicts()
    assert (agency["agency"], agency["inside_seconds"], agency["outside_seconds"]) == ("team", 2 * DAY, 3 * DAY)


def test_what_is_charged_to_agencies_nobody_recorded_has_a_row_so_that_the_table_adds_up(capsys):
    from console.judging.attribution import document, tell

    late = in_states(
        ("team", "2026-03-03 17:00", "authority"),
        (None, "2026-03-05 17:00", "authority"),
        ("person", "2026-03-06 17:00", "applicant"),
    )
    found = document(late, attribute(late))
    assert [(row["agency"], row["inside_seconds"]) for row in found["agencies"]] == [("team", DAY), (None, 2 * DAY)]
    assert found["nobody_seconds"] == DAY
    assert sum(row["inside_seconds"] for row in found["agencies"]) + found["nobody_seconds"] == found["seconds"]
    tell(found, "en")
    assert "(no agency recorded)" in capsys.readouterr().out
    tell(found, "vi")
    assert "(không ghi cơ quan)" in capsys.readouterr().out


def test_a_dossier_that_is_not_late_has_no_share():
    found = attribute(in_turn(("a", "2026-03-03 17:00", "2026-03-02 17:00"), due="2026-03-03 17:00"))
    assert found.is_empty()
    assert found.schema == SHARES


def test_agencies_are_late_through_themselves_or_through_others():
    told = {row["agency"]: row for row in inside_outside(worked_example(), attribute(worked_example())).to_dicts()}
    assert {name: (row["inside"], row["outside"]) for name, row in told.items()} == {
        "registry": (1, 0),
        "chair": (1, 0),
        "tax": (0, 1),
        "desk": (0, 1),
    }
    assert (told["registry"]["inside_seconds"], told["registry"]["outside_seconds"]) == (2 * DAY, 2 * DAY)


def test_hand_overs_are_graded_as_the_control_sheet_does():
    graded = handover_grades(
        book(
            [dossier("2026-03-02 07:30")],
            [
                hold(0, "a", "2026-03-02 07:30", "2026-03-03 16:00", due="2026-03-04 17:00"),
                hold(0, "b", "2026-03-03 16:00", "2026-03-04 18:00", due="2026-03-04 17:00"),
                hold(0, "c", "2026-03-04 18:00", "2026-03-06 09:00", due="2026-03-05 17:00"),
                hold(0, None, "2026-03-06 09:00", "2026-03-07 09:00", due="2026-03-06 17:00", kind="applicant"),
                hold(0, "d", "2026-03-07 09:00", "2026-03-07 10:00"),
                hold(0, "e", "2026-03-07 10:00", due="2026-12-30 17:00"),
            ],
        )
    )
    assert graded.select("agency", "by_instant", "by_date").rows() == [
        ("a", "early", "early"),
        ("b", "overdue", "on_time"),
        ("c", "overdue", "overdue"),
        ("e", None, None),
    ]


ALWAYS_OPEN = WorkingCalendar.build(
    code="always", zone="UTC", first_day=date(2025, 1, 1), last_day=date(2027, 12, 31), week=[[(0, 86_400)]] * 7
)
CALENDARS = {"desk": calendar(), "night": ALWAYS_OPEN, "other": calendar("Europe/Berlin")}


def moment(minutes):
    return (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")


minutes = st.integers(0, 20 * 24 * 60)
spans = st.tuples(minutes, minutes).map(sorted)


@st.composite
def any_life(draw, nr):
    """A dossier with holds that begin, end, overlap, ask and fall due anyhow, and stops anywhere."""
    received = draw(minutes)
    due, ended = draw(minutes), draw(st.none() | minutes)
    one = dossier(
        moment(received),
        moment(due),
        None if ended is None else moment(max(ended, received)),
        desk=draw(st.sampled_from(sorted(CALENDARS))),
        origin=draw(st.sampled_from(["live", "replay"])),
        term_from=moment(draw(minutes)) if draw(st.booleans()) else None,
    )
    holds = []
    for _ in range(draw(st.integers(0, 6))):
        since, until = draw(spans)
        is_open = draw(st.integers(0, 5)) == 0
        kind = draw(st.sampled_from(["authority", "authority", "other_agency", "applicant", "nobody"]))
        lead = draw(st.integers(0, 6))
        more = {"lead_hold": lead, "work": "opinion"} if lead and draw(st.booleans()) else {}
        if not lead and kind == "other_agency" and draw(st.booleans()):
            more = {"work": "opinion"}
        holds.append(
            hold(
                *(nr, draw(st.sampled_from(["a", "b", "c", None])), moment(since), None if is_open else moment(until)),
                due=moment(draw(minutes)) if draw(st.booleans()) else None,
                taken_up=moment(draw(minutes)) if draw(st.booleans()) else None,
                kind=kind,
                outcome=None if is_open else draw(st.sampled_from(["done", "granted", "lapsed"])),
                from_agency=draw(st.sampled_from(["a", "b", None])),
                **more,
            )
        )
    stops = [
        (nr, moment(a), moment(b), draw(st.sampled_from(["supplement", "outage"])))
        for a, b in draw(st.lists(spans, max_size=2))
    ]
    return one, holds, stops


@st.composite
def any_book(draw):
    lives = [draw(any_life(nr)) for nr in range(draw(st.integers(1, 3)))]
    return book(
        [one for one, _, _ in lives],
        [one for _, holds, _ in lives for one in holds],
        stops=[one for _, _, stops in lives for one in stops],
        now=moment(draw(minutes) + 5 * 24 * 60),
        tells=draw(st.sampled_from([EVERYTHING, EVERYTHING - {"received"}])),
        calendars=CALENDARS,
    )


def stopped_at(drawn, nr):
    """When the clock of an open dossier stopped that stands still now, else now; backwards, tile by tile."""
    at = drawn.now
    tiles = drawn.tiles.filter((pl.col("nr") == nr) & (pl.col("ground") != "")).sort("since", descending=True)
    for tile in tiles.to_dicts() if "received" in drawn.tells else ():
        since, until = int(tile["since"].timestamp()), int(tile["until"].timestamp())
        if since <= at and (at < until or (at == until and at < drawn.now)):
            at = since
    return at


def stood(drawn, nr, since, until, desk):
    """Office seconds in a span in which the clock of a dossier stood still, tile by tile."""
    tiles = drawn.tiles.filter((pl.col("nr") == nr) & (pl.col("ground") != "")).to_dicts()
    spans = ((max(since, int(t["since"].timestamp())), min(until, int(t["until"].timestamp()))) for t in tiles)
    return sum(desk.seconds_between(a, b) for a, b in spans if a < b)


@given(any_book(), st.sampled_from(Measure), st.booleans())
@settings(deadline=None, max_examples=250)
def test_the_shares_of_every_late_dossier_add_up_exactly_to_its_lateness(drawn, measure, every):
    found = attribute(drawn, measure, every=every)
    expected = {}
    for row in drawn.dossiers.to_dicts():
        end = drawn.now if row["ended"] is None else min(drawn.now, int(row["ended"].timestamp()))
        if row["ended"] is None or int(row["ended"].timestamp()) > drawn.now:
            end = stopped_at(drawn, row["nr"])
        due, desk = int(row["due"].timestamp()), drawn.calendar_of(row["desk"])
        if int(row["received"].timestamp()) <= drawn.now and is_late(due, end, desk, measure):
            expected[row["nr"]] = late_by(due, end, desk, measure)
            if "received" in drawn.tells:
                expected[row["nr"]] -= stood(drawn, row["nr"], in_time_until(due, desk, measure), end, desk)
    sums = found.group_by("nr").agg(pl.col("seconds", "queue_seconds", "work_seconds").sum(), pl.col("late_by").max())
    assert {row["nr"]: row["seconds"] for row in sums.to_dicts()} == expected
    assert {row["nr"]: row["late_by"] for row in sums.to_dicts()} == expected
    assert (found["queue_seconds"] + found["work_seconds"] == found["seconds"]).all()
    assert found.filter(pl.min_horizontal("seconds", "queue_seconds", "work_seconds") < 0).is_empty()
    assert set(found["reason"]) <= set(REASONS)


@given(any_book())
@settings(deadline=None)
def test_the_applicant_and_lawful_stops_are_never_charged_to_anybody(drawn):
    found = attribute(drawn, every=True)
    waits = drawn.holds.filter(pl.col("kind").is_in(["applicant", "nobody"])).select("nr", "hold")
    assert found.join(waits, on=["nr", "hold"])["agency"].is_null().all()
    nobodys = ["applicant", "lawful_stop", "nobody", "other_agency"]
    assert found.filter(pl.col("reason").is_in(nobodys))["agency"].is_null().all()
    agencies = inside_outside(drawn, found.filter(pl.col("reason") != "charged_nothing"))
    assert agencies["inside_seconds"].sum() + found.filter(pl.col("reason").is_in(NOBODYS) | (pl.col("hold") == 0))[
        "seconds"
    ].sum() == int(found["seconds"].sum())


@given(any_book())
@settings(deadline=None, max_examples=20)
def test_compiled_and_as_it_is_the_loops_give_the_same(drawn):
    plain = attribute(drawn, every=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at_work, "COMPILED_FROM", 0)
        assert attribute(drawn, every=True).equals(plain)


@st.composite
def a_sequence(draw, with_limits=True):
    """A dossier passed from one agency to the next, without overlap, and its lengths of own terms."""
    at = draw(st.integers(0, 24 * 60))
    begun, holds, own = at, [], []
    for _ in range(draw(st.integers(1, 6))):
        until = at + draw(st.integers(0, 4 * 24 * 60))
        limit = draw(st.none() | st.integers(0, 4 * 24 * 60)) if with_limits else None
        due = None if limit is None else moment(at + limit)
        holds.append(hold(0, draw(st.sampled_from("abc")), moment(at), moment(until), due=due))
        own.append(due)
        at = until
    due = draw(st.integers(begun, at))
    stops = [(0, moment(a + begun), moment(b + begun), "outage") for a, b in draw(st.lists(spans, max_size=2))]
    return book([dossier(moment(begun), moment(due), moment(at))], holds, stops=stops)


def running(drawn, instant):
    """Office seconds from receipt in which the clock ran, by adding up piece after piece."""
    first = drawn.dossiers["received"][0]
    desk = drawn.calendar
    total = desk.seconds_between(int(first.timestamp()), int(instant.timestamp()))
    for stop in drawn.tiles.filter(pl.col("ground") != "").to_dicts():
        a, b = max(stop["since"], first), min(stop["until"], instant)
        total -= desk.seconds_between(int(a.timestamp()), int(b.timestamp())) if a < b else 0
    return total


def slowly(drawn):
    """The running plan in fractions: seconds by hold number, 0 for nobody."""
    life = drawn.dossiers.row(0, named=True)
    holds = [row for row in drawn.holds.to_dicts() if row["since"] < row["until"]]
    term = running(drawn, life["due"])
    used = {h["hold"]: running(drawn, h["until"]) - running(drawn, h["since"]) for h in holds}
    own = {
        h["hold"]: max(running(drawn, h["due"]) - running(drawn, h["since"]), 0) for h in holds if h["due"] is not None
    }
    spare = max(term - sum(own.values()), 0)
    plan = at = delay = 0
    owed = {0: Fraction(0)}
    for h in holds:
        number = h["hold"]
        allowed = own.get(number)
        if allowed is None:
            allowed = min(used[number], spare)
            spare -= allowed
        plan, at = min(plan + allowed, term), at + used[number]
        after = max(at - plan, 0)
        if after > delay:
            mine = min(after - delay, max(used[number] - allowed, 0))
            owed[number] = Fraction(mine)
            owed[0] += after - delay - mine
        elif delay:
            owed = {who: what * after / delay for who, what in owed.items()}
        delay = after
    rest = running(drawn, life["ended"]) - term
    total = sum(owed.values())
    exact = {who: what * rest / total for who, what in owed.items()} if total else owed
    return rest, exact


@given(a_sequence())
@settings(deadline=None, max_examples=200)
def test_a_slow_reckoning_in_fractions_gives_the_same_shares(drawn):
    rest, exact = slowly(drawn)
    found = attribute(drawn).filter(pl.col("ground").is_null() & (pl.col("reason") != "after_closing"))
    got = dict(found.group_by("hold").agg(pl.col("seconds").sum()).rows())
    assert sum(got.values()) == rest
    for who in {*got, *exact}:
        assert floor(exact.get(who, 0)) <= got.get(who, 0) <= floor(exact.get(who, 0)) + 1


@given(a_sequence())
@settings(deadline=None)
def test_nobody_with_an_own_term_is_charged_more_than_he_took_beyond_it(drawn):
    found = attribute(drawn).filter(pl.col("reason") == "beyond_own_limit")
    assert (found["seconds"] <= found["slack_eaten"]).all()


@given(a_sequence(with_limits=False))
@settings(deadline=None)
def test_without_own_terms_the_shares_are_the_running_time_after_the_due_instant(drawn):
    due = running(drawn, drawn.dossiers["due"][0])
    expected = {
        h["hold"]: running(drawn, h["until"]) - max(running(drawn, h["since"]), due) for h in drawn.holds.to_dicts()
    }
    found = attribute(drawn).filter(pl.col("reason") == "held_while_overdue")
    assert dict(found.select("hold", "seconds").rows()) == {h: s for h, s in expected.items() if s > 0}
