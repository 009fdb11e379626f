"""Bunching: how much of a term was used, the crowd just before the deadline, and what is left out."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lateness import Measure
from engine.responsibility.bunching import BIN, LAST, of_dossiers, of_holds
from engine.responsibility.counting import standing
from tests.responsibility.casebooks import book, dossier, hold
from workflows.log_book import read_book
from workflows.mapping_file import load_mapping

MONDAY, FRIDAY = "2026-03-02 07:30", "2026-03-06 17:00"  # five office days
RECEIPT = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs" / "receipt.xes.gz"
MAP = Path(__file__).parents[2] / "examples" / "logs" / "receipt.yaml"


def ended(*ends, due=FRIDAY):
    return of_dossiers(book([dossier(MONDAY, due=due, ended=end) for end in ends]))


def places(found):
    return {lower: number for lower, number in found.bins if number}


def test_half_of_the_term_is_half_of_its_office_time():
    assert places(ended("2026-03-04 11:30")) == {45: 1}  # Wednesday noon: 20 of 40 hours, the upper end of its bin


def test_an_end_at_the_due_instant_has_used_the_whole_term_in_time():
    found = ended(FRIDAY)
    assert (found.peak, found.near, found.late) == (1, 1, 0)
    assert places(found) == {95: 1}


def test_an_end_after_closing_of_the_last_day_is_late_though_no_office_time_has_passed():
    found = ended("2026-03-06 18:00")
    assert (found.peak, found.near, found.late) == (0, 0, 1)
    assert places(found) == {100: 1}


def test_a_weekend_between_uses_nothing():
    assert places(ended("2026-03-07 12:00", due="2026-03-13 17:00")) == places(ended(FRIDAY, due="2026-03-13 17:00"))


def test_near_is_the_last_tenth_and_the_peak_the_last_twentieth():
    found = ended("2026-03-06 13:00", "2026-03-06 15:00", "2026-03-06 16:00")  # 36, 38 and 39 of 40 hours
    assert (found.near, found.peak) == (3, 1)


def test_what_has_no_term_is_counted_apart():
    found = of_dossiers(book([dossier(MONDAY, ended=FRIDAY), dossier(MONDAY, due=MONDAY, ended=FRIDAY)]))
    assert (found.ends, found.without_term) == (0, 2)


def test_holds_of_the_applicant_and_of_machines_are_left_out():
    holds = [
        hold(0, "dept", MONDAY, FRIDAY, due=FRIDAY),
        hold(0, "dân", MONDAY, FRIDAY, due=FRIDAY),
        hold(0, "dept", MONDAY, FRIDAY, due=FRIDAY, officer="system:x", is_system=True),
        hold(0, None, MONDAY, FRIDAY, due=FRIDAY),
    ]
    found = of_holds(book([dossier(MONDAY)], holds, outsiders=frozenset({"dân"})))
    assert found.by_agency.select("agency", "ends", "near").rows() == [("dept", 1, 1)]


@given(st.lists(st.integers(0, 60 * 24 * 30), max_size=30))
def test_bins_add_up_and_late_is_what_lies_beyond_the_deadline(minutes):
    begun, due = datetime.fromisoformat(MONDAY), datetime.fromisoformat(FRIDAY)
    ends = [begun + timedelta(minutes=later) for later in minutes]
    found = ended(*(f"{end:%Y-%m-%d %H:%M}" for end in ends))
    assert sum(number for _, number in found.bins) == found.ends == len(minutes)
    assert found.late == sum(end > due for end in ends)
    assert found.late == sum(number for lower, number in found.bins if lower >= 100)
    assert [lower for lower, _ in found.bins] == list(range(0, LAST + 1, BIN))


@pytest.mark.skipif(not RECEIPT.is_file(), reason="needs logs/receipt.xes.gz in $MOTCUA_DATA")
def test_late_in_the_picture_is_late_by_the_instant_in_the_receipt_log():
    _, receipt = read_book(RECEIPT, load_mapping(MAP))
    found = of_dossiers(receipt)
    graded = standing(receipt, measure=Measure.INSTANT)
    assert found.late == graded.filter(~graded["is_open"])["grade"].eq("overdue").sum() == 377
    assert found.ends == 1329
