"""Figures that others published about public logs, and figures computed twice elsewhere: they must come out here."""

import os
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest

from engine.responsibility.returns import returns
from engine.responsibility.summary import summary, variants
from workflows.casebook_foreign import casebook_of
from workflows.foreign import calendar_of
from workflows.mapping_file import load_mapping
from workflows.replay import read_foreign

DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
MAPS = Path(__file__).parents[2] / "examples" / "logs"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="MOTCUA_DATA does not name the folder of real logs")


@lru_cache(maxsize=2)
def book_of(log, mapping):
    """Return the casebook of a log, judged at its last event."""
    mapped = load_mapping(MAPS / f"{mapping}.yaml")
    foreign = read_foreign(DATA / log, mapped)
    return casebook_of(foreign, calendar_of(mapped), foreign.events["at"].dt.epoch("s").max())


def days(frame, name):
    return frame[name].dt.convert_time_zone("Europe/Amsterdam").dt.date()


class TestBuildingPermits:
    """BPI Challenge 2015, municipality 1 (B.F. van Dongen)."""

    @pytest.fixture
    def book(self):
        return book_of("BPIC15_1.xes.gz", "bpic15")

    def test_what_goes_to_another_authority_goes_late_86_times(self, book):
        forwarded = book.holds.filter(pl.col("step") == "forward to the competent authority")
        assert forwarded.height == 1179
        assert int((days(forwarded, "until") > days(forwarded, "due")).sum()) == 86
        assert book.acts.filter(pl.col("act") == "transferred").height == 1179

    def test_40_of_185_requests_for_missing_data_come_on_or_after_day_42(self, book):
        decided = book.dossiers.filter(pl.col("ended").is_not_null())
        regular = decided.filter(pl.col("data.procedure_kind").fill_null("") != "Uitgebreid")
        first = book.acts.filter(pl.col("act") == "supplement_requested").group_by("nr").agg(pl.col("at").min())
        asked = regular.join(first, on="nr")
        assert asked.height == 185
        assert int(((days(asked, "at") - days(asked, "received")).dt.total_days() >= 42).sum()) == 40
        assert book.parameters["S5"] == {"within": "42 calendar days"}


class TestTravelDeclarations:
    """BPI Challenge 2020, domestic declarations (B.F. van Dongen)."""

    @pytest.fixture
    def book(self):
        return book_of("BPIC20_DomesticDeclarations.xes.gz", "bpic20")

    def test_rejections_by_role(self, book):
        found = returns(book)
        assert found.by == {
            "ADMINISTRATION": 936,
            "SUPERVISOR": 286,
            "MISSING": 89,
            "PRE_APPROVER": 86,
            "BUDGET OWNER": 57,
            "EMPLOYEE": 7,
        }
        assert found.total == 1461

    def test_paid_declarations_by_submissions(self, book):
        found = dict(returns(book).ended_by_submissions)
        assert [found.pop(times) for times in (0, 1, 2, 3)] == [1, 8945, 845, 109]
        assert sum(found.values()) == 12
        assert min(found) > 3

    def test_terms_in_office_hours(self, book):
        requested, handled = book.terms
        assert (requested.pairs.height, int((requested.pairs["over"] > 0).sum())) == (9912, 1005)
        assert (handled.pairs.height, int((handled.pairs["over"] > 0).sum())) == (9911, 418)


class TestRoadFines:
    """Road traffic fines of an Italian local police (M. de Leoni, F. Mannhardt)."""

    @pytest.fixture
    def book(self):
        return book_of("RoadTrafficFines.xes.gz", "road_fines")

    def test_every_penalty_comes_60_days_after_notification_on_the_day(self, book):
        (penalty,) = book.terms
        assert penalty.pairs.height == 79_860
        assert penalty.pairs["over"].to_list() == [0] * 79_860
        dates = [penalty.pairs[name].dt.convert_time_zone("Europe/Rome").dt.date() for name in ("until", "due")]
        assert dates[0].equals(dates[1].alias("until"))

    def test_231_variants(self, book):
        assert variants(book) == 231
        found = summary(book)
        assert (found.dossiers, found.events, len(found.steps)) == (150_370, 561_470, 11)
        assert found.steps["Create Fine"] == 150_370
        assert (found.first.date(), found.last.date()) == (date(2000, 1, 1), date(2013, 6, 18))


class TestLoanApplications:
    """Synthetic loan applications (L. Kirchdorfer, MIT)."""

    def test_both_parts_are_read_with_start_and_end(self):
        for part, cases, events in (("train", 797, 5976), ("test", 200, 1490)):
            book = book_of(f"LoanApp_{part}.csv.gz", "loan_app")
            assert (summary(book).dossiers, summary(book).events) == (cases, events)
            assert book.holds["taken_up"].null_count() == 0
            assert (book.holds["since"] <= book.holds["taken_up"]).all()
            assert book.dossiers["outcome"].unique().sort().to_list() == ["denied", "granted", "withdrawn"]
