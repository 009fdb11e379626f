"""Scorecards: rates, the indices of TT 01/2018, attributed hours, peers of similar load, trend."""

import polars as pl
import pytest

from engine.responsibility.attribution import attribute
from engine.responsibility.scorecard import scorecards
from tests.responsibility.casebooks import act, book, dossier, hold

EARLY = dossier("2026-03-02 08:00", due="2026-03-06 17:00", ended="2026-03-05 10:00")
ON_THE_DAY = dossier("2026-03-02 08:00", due="2026-03-06 17:00", ended="2026-03-06 10:00")
LATE = dossier("2026-03-02 08:00", due="2026-03-06 17:00", ended="2026-03-10 11:30")


def cards(some, period="all"):
    return scorecards(some, attribute(some), period=period)


def card(some, agency, period="all", when="all"):
    return cards(some, period).row(by_predicate=(pl.col("agency") == agency) & (pl.col("period") == when), named=True)


def test_index_1_scores_shorter_equal_and_longer_two_one_and_nought():
    found = card(book([EARLY, ON_THE_DAY, LATE]), "desk")
    assert (found["received"], found["settled"], found["late"], found["index1"]) == (3, 3, 1, 1.0)
    assert found["on_time_rate"] == pytest.approx(2 / 3)


def test_index_2_scores_each_agencys_own_steps():
    holds = [
        hold(0, "dept", "2026-03-02 08:00", "2026-03-03 09:00", due="2026-03-04 17:00"),
        hold(0, "dept", "2026-03-03 09:00", "2026-03-05 10:00", due="2026-03-04 17:00"),
    ]
    found = card(book([EARLY], holds), "dept")
    assert (found["holds_with_due"], found["holds_late"], found["index2"]) == (2, 1, 1.0)
    assert found["hold_on_time_rate"] == 0.5


def test_index_3_counts_how_often_the_applicant_was_asked():
    acts = [
        act(1, "2026-03-03 09:00", "supplement_requested", "dept"),
        act(2, "2026-03-03 09:00", "supplement_requested", "dept"),
        act(2, "2026-03-04 09:00", "supplement_requested", "dept"),
    ]
    assert card(book([EARLY, EARLY, EARLY], acts=acts), "desk")["index3"] == 1.0
    untold = book([EARLY, EARLY, EARLY], acts=acts, tells={"due"})
    assert card(untold, "desk")["index3"] is None


def test_attributed_hours_are_those_of_attribution():
    some = book([LATE], [hold(0, "dept", "2026-03-02 08:00", "2026-03-10 11:30")])
    found = card(some, "dept")
    # From the due instant on Friday at 17:00 to Tuesday 11:30: Monday's 8 office hours and Tuesday's 4.
    assert (found["attributed_hours"], found["attributed_dossiers"]) == (12.0, 1)
    assert cards(some)["attributed_hours"].sum() * 3600 == attribute(some)["seconds"].sum()


def test_peers_are_of_the_same_kind_and_of_similar_load():
    due = "2026-03-03 17:00"
    holds = [
        hold(0, "a", "2026-03-02 08:00", "2026-03-04 09:00", due=due),
        hold(0, "b", "2026-03-02 08:00", "2026-03-03 09:00", due=due),
        hold(0, "other_kind", "2026-03-02 08:00", "2026-03-03 09:00", due=due),
        *(hold(nr, "busy", "2026-03-02 08:00", "2026-03-03 09:00", due=due) for nr in range(5)),
    ]
    some = book([EARLY] * 5, holds, kinds={"a": "ward", "b": "ward", "busy": "ward", "other_kind": "province"})
    found = card(some, "a")
    assert (found["hold_on_time_rate"], found["peers"], found["peers_on_time_rate"]) == (0.0, 1, 1.0)


def test_the_trend_is_the_change_against_the_period_before():
    holds = [
        hold(0, "dept", "2026-03-02 08:00", "2026-03-04 09:00", due="2026-03-03 17:00"),
        hold(1, "dept", "2026-04-01 08:00", "2026-04-02 09:00", due="2026-04-03 17:00"),
    ]
    some = book([LATE, dossier("2026-04-01 08:00", ended="2026-04-02 09:00")], holds)
    assert card(some, "dept", "month", "2026-03")["trend_on_time"] is None
    assert card(some, "dept", "month", "2026-04")["trend_on_time"] == 1.0


@pytest.mark.parametrize(("period", "name"), [("month", "2026-03"), ("quarter", "2026-Q1"), ("year", "2026")])
def test_periods_are_those_of_the_calendar_of_the_place(period, name):
    some = book([EARLY], [hold(0, "dept", "2026-03-31 16:00", "2026-03-31 16:59")])
    assert card(some, "dept", period, name)["handled"] == 1


def test_another_period_is_refused():
    with pytest.raises(ValueError, match="not 'week'"):
        cards(book([EARLY]), "week")


def test_the_applicant_has_no_card():
    some = book([EARLY], [hold(0, "citizen", "2026-03-02 08:00", "2026-03-03 09:00")], outsiders=frozenset({"citizen"}))
    assert "citizen" not in cards(some)["agency"].to_list()
