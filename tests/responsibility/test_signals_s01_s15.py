"""Signals S1 to S15: what holds whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.responsibility.detectors  # noqa: F401
from engine.casebook import Casebook
from engine.events import APPLICANT, SYSTEM
from engine.responsibility.signal import DETECTORS, EXCUSES, HITS, Found
from procedures.signals import load_signals
from tests.responsibility.any_lives import lives, shifted
from tests.responsibility.casebooks import EVERYTHING, book, chances

CODES = [f"S{n}" for n in range(1, 16)]
NAMES = (
    *("apology_issued", "limit_extended", "limit_passed", "supplement_requested", "supplement_received"),
    *("result_decided", "result_denied", "result_issued", "intake_declined", "received", "submitted", "reopened"),
    *("withdrawn", "handling_stopped", "opinion_requested", "opinion_given", "rule_breached", "corrected"),
    "rule_breach_attempted",
)
DETAILS = (
    *("legal", "intake", "unplanned", "disagree", "requested", "appraise", "map,deed", "data.procedure", None),
    *("late_apology", "second_redating", "late_supplement_request", "paper_outside_list", "late_intake"),
)


def run(code: str, casebook: Casebook) -> Found:
    return DETECTORS[code](casebook, load_signals()[code])


@st.composite
def any_acts(draw: st.DrawFn) -> Casebook:
    """Any few dossiers, live or of a log, with the acts these signals look at."""
    casebook = draw(lives())
    acts, dossiers = casebook.acts, casebook.dossiers

    def column(name: str, values: st.SearchStrategy[object], height: int, dtype: pl.DataType) -> pl.Series:
        return pl.Series(name, draw(st.lists(values, min_size=height, max_size=height)), dtype=dtype)

    by = column("by", st.sampled_from(["an", APPLICANT, SYSTEM]), acts.height, pl.String())
    acts = acts.with_columns(
        column("act", st.sampled_from(NAMES), acts.height, pl.String()),
        column("detail", st.sampled_from(DETAILS), acts.height, pl.String()),
        column("has_reason", st.sampled_from([True, False, None]), acts.height, pl.Boolean()),
        by,
        (by == SYSTEM).alias("is_system"),
    )
    dossiers = dossiers.with_columns(
        column("origin", st.sampled_from(["live", "replay"]), dossiers.height, pl.String()),
        column("procedure", st.sampled_from(["1.000001", "1.000002"]), dossiers.height, pl.String()),
        (pl.col("submitted") - pl.duration(hours=draw(st.integers(0, 60)))).alias("submitted"),
    )
    return replace(casebook, acts=acts, dossiers=dossiers)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=25, deadline=None)
@given(casebook=any_acts())
def test_every_counted_occurrence_is_one_of_its_agencys_chances(code: str, casebook: Casebook) -> None:
    found = run(code, casebook)
    assert found.hits.schema == HITS
    assert set(found.hits["excused"].drop_nulls()) <= set(EXCUSES)
    counts = found.hits.drop_nulls("agency").group_by("agency").len().rows()
    assert all(times <= chances(found).get(agency, 0) for agency, times in counts)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=15, deadline=None)
@given(casebook=any_acts(), weeks=st.integers(1, 30))
def test_the_same_conduct_weeks_later_is_the_same_signal(code: str, casebook: Casebook, weeks: int) -> None:
    by = timedelta(weeks=weeks)
    first, then = run(code, casebook), run(code, shifted(casebook, by))
    assert then.chances.equals(first.chances)
    assert then.figures == first.figures
    kept = ["nr", "agency", "hold", "at", "measure", "detail", "excused"]
    moved = first.hits.select(kept).with_columns(pl.col("at") + by)
    assert then.hits.select(kept).sort(kept, nulls_last=True).equals(moved.sort(kept, nulls_last=True))


@pytest.mark.parametrize("code", [code for code in CODES if code not in {"S4", "S9", "S13"}])
@settings(max_examples=15, deadline=None)
@given(casebook=any_acts())
def test_without_the_dossiers_that_were_found_nothing_is_found(code: str, casebook: Casebook) -> None:
    # S4, S9 and S13 also ask what is usual in the source, which changes with what is left.
    found = run(code, casebook)
    rest = casebook.dossiers.filter(~pl.col("nr").is_in(found.hits["nr"].unique().implode()))["nr"]
    assert run(code, casebook.only(rest)).hits.is_empty()


@pytest.mark.parametrize("code", CODES)
def test_an_empty_casebook_shows_nothing(code: str) -> None:
    found = run(code, book([]))
    assert found.hits.is_empty()
    assert found.chances.is_empty()


@pytest.mark.parametrize("code", CODES)
def test_a_rule_needs_only_what_a_source_can_tell(code: str) -> None:
    assert load_signals()[code].needs <= EVERYTHING
