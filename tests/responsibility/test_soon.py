"""Soon late: budgets, chances out of history, their limits, and how well they hold on dossiers received later."""

import math
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.judging import soon as face
from engine.casebook import ACTS, DOSSIERS, HOLDS, INSTANT, TILES, Casebook, empty, fitted
from engine.errors import InputError
from engine.responsibility.positions import STATES, due_known, instant
from engine.responsibility.soon import soon_late
from engine.responsibility.soon_calibration import Moment, calibrate, known_at
from engine.responsibility.survival import SurvivalModel
from tests.responsibility.casebooks import EVERYTHING, act, at, book, calendar, dossier, hold
from workflows.log_book import read_book
from workflows.mapping_file import load_mapping

DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
DAY, HOUR = 8 * 3600, 3600
MONDAY = "2026-03-02 07:30"
TERM = 10 * DAY
FRIDAY_WEEK = "2026-03-13 17:00"
"""Ten working days after `MONDAY`."""


def columns(dossiers, holds, now) -> Casebook:
    """A casebook out of columns, instants in epoch seconds; without tiles: no clock ever stood still."""

    def frame(given, schema):
        instants = [name for name in given if schema[name] == INSTANT]
        return fitted(pl.DataFrame(given).with_columns((pl.col(n) * 1_000_000).cast(INSTANT) for n in instants), schema)

    usual = {"step_opened", "received"}
    line = calendar()
    return Casebook(
        name="test",
        zone=line.zone,
        now=now,
        calendar=line,
        dossiers=frame(dossiers, DOSSIERS),
        holds=frame(holds, HOLDS).with_columns(work=pl.lit("step"), lead_hold=pl.lit(0, pl.UInt32)),
        tiles=empty(TILES),
        acts=empty(ACTS),
        tells=frozenset(usual),
    )


def lived(*hours, step="appraise") -> Casebook:
    """A casebook in which each dossier was at one step for so many office hours; negative: and still is."""
    line, now = calendar(), at("2026-06-30 17:00")
    lengths = np.abs(np.array(hours, dtype=np.int64)) * HOUR
    is_open = np.array(hours, dtype=np.int64) < 0
    # An open one came in so long before now, an ended one at the calendar's beginning.
    first = line.table.opens[0]
    begun = line.add_many(np.full(len(hours), first), np.where(is_open, line.seconds_between(first, now) - lengths, 0))
    ended = pl.Series(line.add_many(begun, lengths))
    ended = pl.select(pl.when(~pl.Series(is_open)).then(ended).alias("ended"))["ended"].cast(pl.Int64)
    numbers = pl.Series(np.arange(len(hours)), dtype=pl.UInt32)
    due = line.add_many(begun, np.full(len(hours), TERM))
    names = {"procedure": ["1.000001"] * len(hours)}
    return columns(
        {"nr": numbers, "received": begun, "due": due, "ended": ended, **names},
        {"nr": numbers, "since": begun, "until": ended, "step": pl.Series([step] * len(hours), dtype=pl.String)},
        now,
    )


def states(*rows) -> pl.DataFrame:
    """States of (step, elapsed hours, budget hours) in the procedure and term of `lived`."""
    return pl.DataFrame(
        [
            {"procedure": "1.000001", "step": step, "elapsed": e * HOUR, "budget": None if b is None else b * HOUR}
            | {"term": None if b is None else TERM}
            for step, e, b in rows
        ],
        schema=STATES,
    )


def chance(model, elapsed, budget, step="appraise") -> float:
    return model.chances(states((step, elapsed, budget)))["chance"][0]


def test_the_chance_is_the_share_of_history_that_lasted_longer():
    model = SurvivalModel.fit(lived(*range(1, 101)))
    assert chance(model, 0, 80) == pytest.approx(0.2, abs=0.03)
    assert chance(model, 60, 20) == pytest.approx(0.5, abs=0.06)
    answer = model.chances(states(("appraise", 60, 20)))
    assert answer.row(0)[1:] == (40, "step")


def test_what_is_still_open_counts_as_lasting_longer():
    ended = [20] * 50
    short = SurvivalModel.fit(lived(*ended))
    long = SurvivalModel.fit(lived(*ended, *[-60] * 50))
    assert chance(short, 0, 40) < 0.1
    assert chance(long, 0, 40) == pytest.approx(0.5, abs=0.05)


def naive(observed, elapsed, until, lean=5.0):
    """Slow twin of the model for one procedure and one step: three equal levels leaning on a constant hazard."""
    weight = 1.0
    rate = (sum(end for _, end in observed) + 1) / (sum(length for length, _ in observed) + 1)
    ordered = sorted(observed, key=lambda one: (one[0], not one[1]))

    def cumulative(levels, t):
        if levels == 0:
            return rate * t
        hazard, before, left = 0.0, 0.0, len(ordered) * weight
        for length, end in ordered:
            if length > t:
                break
            above = cumulative(levels - 1, length) if levels == 1 else memo(levels - 1, length)
            hazard += (lean * (above - before) + (weight if end else 0)) / (left + lean)
            before, left = above, left - weight
        return hazard + lean / (left + lean) * (cumulative(levels - 1, t) - before)

    known = {}

    def memo(levels, t):
        # Observations of one length follow each other: what the level above has reached among them is its value there.
        if (levels, t) not in known:
            known[levels, t] = cumulative(levels, t)
        return known[levels, t]

    return math.exp(-(cumulative(3, until) - cumulative(3, elapsed)))


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 300), min_size=3, max_size=25, unique=True),
    is_open=st.lists(st.booleans(), min_size=25, max_size=25),
    elapsed=st.integers(0, 400),
    budget=st.integers(1, 400),
)
def test_the_columns_say_what_a_slow_reference_says(lengths, is_open, elapsed, budget):
    signed = [-one if still else one for one, still in zip(lengths, is_open, strict=False)]
    model = SurvivalModel.fit(lived(*signed), minimum=1)
    answer = model.chances(states(("appraise", elapsed, budget)))
    observed = [(one * HOUR / TERM, not still) for one, still in zip(lengths, is_open, strict=False)]
    # Where nobody lasted as long as this one the topmost level answers, as it does where all levels are one.
    if answer["level"][0] == "step":
        expected = naive(observed, elapsed * HOUR / TERM, (elapsed + budget) * HOUR / TERM)
        assert answer["chance"][0] == pytest.approx(expected, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(-300, 300).filter(bool), min_size=0, max_size=60),
    elapsed=st.integers(0, 100_000),
    budgets=st.lists(st.integers(0, 100_000), min_size=2, max_size=6),
    step=st.sampled_from(["appraise", "sign"]),
    minimum=st.integers(1, 40),
)
def test_chances_are_shares_that_fall_as_the_budget_grows_and_are_never_certain(
    lengths, elapsed, budgets, step, minimum
):
    model = SurvivalModel.fit(lived(*lengths), minimum=minimum)
    found = model.chances(states(*((step, elapsed, budget) for budget in sorted(budgets))))
    chances = found["chance"].to_list()
    assert all(0 <= one <= 1 for one in chances)
    assert chances == sorted(chances, reverse=True)
    for budget, said in zip(sorted(budgets), chances, strict=True):
        assert said == 1 if budget == 0 else 0 < said < 1


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(-300, 300).filter(bool), min_size=2, max_size=40),
    elapsed=st.integers(1, 200),
    budget=st.integers(1, 200),
)
def test_elapsed_time_counts_through_the_condition_alone(lengths, elapsed, budget):
    model = SurvivalModel.fit(lived(*lengths), minimum=1)
    found = model.chances(
        states(("appraise", 0, elapsed + budget), ("appraise", 0, elapsed), ("appraise", elapsed, budget))
    )
    whole, so_far, rest = found["chance"]
    if len(set(found["level"])) == 1:
        assert whole == pytest.approx(so_far * rest, rel=1e-6, abs=1e-5)


def test_a_history_without_a_single_end_gives_no_certainty():
    model = SurvivalModel.fit(lived(*[-4] * 500))
    assert 0.5 < chance(model, 0, 80) < 0.99
    assert chance(model, 0, 8_000) < 0.6


def test_without_history_nothing_is_known():
    found = SurvivalModel.fit(lived()).chances(states(("appraise", 5, 80), ("appraise", 500, 80)))
    assert found.rows() == [(pytest.approx(math.exp(-1)), 0, "none")] * 2


def test_too_few_dossiers_at_a_step_ask_the_procedure_and_then_everybody():
    many = lived(*[20] * 40)
    few = lived(*[60] * 5, step="sign")
    both = replace(
        many,
        dossiers=pl.concat([many.dossiers, few.dossiers.with_columns(pl.col("nr") + 40)]),
        holds=pl.concat([many.holds, few.holds.with_columns(pl.col("nr") + 40)]),
    )
    model = SurvivalModel.fit(both)
    asked = states(("appraise", 0, 40), ("sign", 0, 40), ("never seen", 0, 40))
    foreign = asked.with_columns(pl.lit("9.999999").alias("procedure")).head(1)
    assert model.chances(asked)["level"].to_list() == ["step", "procedure", "procedure"]
    assert model.chances(foreign)["level"].to_list() == ["all"]
    assert SurvivalModel.fit(both, minimum=5).chances(asked)["level"].to_list() == ["step", "step", "procedure"]
    with pytest.raises(ValueError, match="at least 1 dossier"):
        SurvivalModel.fit(both, minimum=0)


def test_a_dossier_that_comes_back_again_and_again_counts_once():
    hours = [(f"2026-03-02 {hour:02}:00", f"2026-03-02 {hour:02}:30") for hour in (8, 9, 10)]
    bounced = book(
        [dossier(MONDAY, due=FRIDAY_WEEK, ended="2026-03-02 11:00")], [hold(0, "dept", *one) for one in hours * 10]
    )
    found = SurvivalModel.fit(bounced, minimum=2).chances(states(("appraise", 0, 40)))
    assert found.row(0)[1:] == (1, "all")


def test_time_the_legal_clock_stands_still_is_no_budget_time():
    """Two days of ten were spent; five more that waited for papers, and moved the due instant, change nothing."""

    def waited(due, ended, *stops):
        rows = [dossier(MONDAY, due=due, ended=ended)] * 40
        holds = [hold(nr, "dept", MONDAY, ended) for nr in range(40)]
        return book(rows, holds, stops=[(nr, *stop) for nr in range(40) for stop in stops])

    stop = ("2026-03-03 07:30", "2026-03-09 17:00", "supplement")
    straight = SurvivalModel.fit(waited(FRIDAY_WEEK, "2026-03-03 17:00"))
    stopped = SurvivalModel.fit(waited("2026-03-20 17:00", "2026-03-10 17:00", stop))
    asked = states(("appraise", 0, 10), ("appraise", 0, 24), ("appraise", 8, 24))
    assert stopped.chances(asked).equals(straight.chances(asked))
    assert chance(straight, 0, 24) < 0.2
    assert chance(straight, 0, 10) > 0.8


def open_ones(*dues, **more) -> Casebook:
    """Forty dossiers that ended after five days, and open ones of `MONDAY` with these due instants."""
    past = [dossier("2026-02-02 07:30", due="2026-02-13 17:00", ended="2026-02-06 17:00")] * 40
    rows = [*past, *(dossier(MONDAY, due=due) for due in dues)]
    holds = [
        *(hold(nr, "dept", "2026-02-02 07:30", "2026-02-06 17:00") for nr in range(40)),
        *(hold(40 + nr, "unit", MONDAY) for nr in range(len(dues))),
    ]
    return book(rows, holds, now=more.pop("now", "2026-03-05 11:30"), **more)


def test_every_open_dossier_has_its_budget_and_the_most_urgent_comes_first():
    known = open_ones(FRIDAY_WEEK, "2026-03-06 17:00", None, "2026-03-04 17:00")
    found = soon_late(known, SurvivalModel.fit(known))
    assert found["nr"].to_list() == [43, 41, 40, 42]
    assert found["budget"].to_list() == [-4 * HOUR, 12 * HOUR, 52 * HOUR, None]
    assert found["agency"].unique().to_list() == ["unit"]
    assert found["chance"][0] == 1
    assert found["chance"][1] > found["chance"][2]
    assert found["chance"][3] is None
    left = found.row(2, named=True)
    assert left["critical"] == pytest.approx(12 * HOUR, abs=2 * HOUR)  # they lasted 40 office hours, 28 have passed
    assert left["slack"] == left["budget"] - left["critical"]


def test_waiting_uses_up_the_time_until_a_due_instant_that_does_not_move():
    rows = [dossier(MONDAY, due=FRIDAY_WEEK, ended="2026-03-10 17:00")] * 40
    stops = [(nr, "2026-03-03 07:30", "2026-03-09 17:00", "supplement") for nr in range(40)]
    holds = [hold(nr, "dept", MONDAY, "2026-03-10 17:00") for nr in range(40)]
    model = SurvivalModel.fit(book(rows, holds, stops=stops, tells=EVERYTHING - {"received"}))
    assert chance(model, 0, 7 * 8 - 1) > 0.8
    assert chance(model, 0, 7 * 8) < 0.2


def test_what_the_procedure_lays_down_goes_before_what_history_says():
    known = open_ones(FRIDAY_WEEK, FRIDAY_WEEK)
    laid_down = pl.DataFrame({"nr": [40], "critical": [3 * DAY]})
    found = soon_late(known, SurvivalModel.fit(known), laid_down)
    assert found.filter(pl.col("nr") == 40)["critical"].to_list() == [3 * DAY]
    assert found.filter(pl.col("nr") == 41)["critical"][0] != 3 * DAY


def test_past_due_after_closing_is_a_breach_though_no_office_time_has_passed():
    known = open_ones("2026-03-05 17:00", now="2026-03-05 20:00")
    found = soon_late(known, SurvivalModel.fit(known)).row(0, named=True)
    assert (found["budget"], found["chance"]) == (-1, 1.0)


def test_a_log_that_tells_completions_never_tells_what_is_done_next():
    silent = EVERYTHING - {"step_opened"}
    rows = [dossier(MONDAY, due=FRIDAY_WEEK, ended="2026-03-06 17:00", origin="replay")] * 40
    steps = [
        hold(nr, "dept", begun, until, step=step)
        for nr in range(40)
        for step, begun, until in (
            ("check", MONDAY, "2026-03-03 17:00"),
            ("sign", "2026-03-03 17:00", "2026-03-04 17:00"),
        )
    ]
    model = SurvivalModel.fit(book(rows, steps, tells=silent))
    assert sorted(model.groups["step"]) == ["", "check", "sign"]
    # After "check" three days are left; had it been the step it was in, five would have been.
    assert chance(model, 0, 22, step="check") > 0.8
    assert chance(model, 0, 26, step="check") < 0.2


def test_the_due_instant_is_taken_as_it_was_known_then():
    """A supplement restarted the term; who came to the step before knew the first due instant only."""
    rows = [dossier(MONDAY, due="2026-04-10 17:00", ended="2026-04-01 17:00")]
    holds = [hold(0, "dept", MONDAY, "2026-04-01 17:00")]
    acts = [
        act(0, MONDAY, "received", until=FRIDAY_WEEK),
        act(0, "2026-03-27 17:00", "supplement_received", until="2026-04-10 17:00"),
    ]
    known = book(rows, holds, acts)
    assert known_at(known, at("2026-03-10 09:00")).dossiers["ended"].to_list() == [None]
    places = pl.DataFrame({"nr": [0, 0]}, schema={"nr": pl.UInt32}).with_columns(
        pl.concat(
            [pl.select(instant(at(text))).to_series() for text in ("2026-03-09 17:00", "2026-03-30 17:00")]
        ).alias("at")
    )
    assert due_known(known, places).dt.epoch("s").to_list() == [at(FRIDAY_WEEK), at("2026-04-10 17:00")]


def drawn(seed: int, dossiers: int = 1_500) -> Casebook:
    """Dossiers that go through two steps of random length; which the second is tells quick ones from slow."""
    random = np.random.default_rng(seed)
    line, now = calendar(), at("2026-12-31 17:00")
    first = np.full(dossiers, line.table.opens[0])
    begun = line.add_many(first, np.sort(random.integers(0, 480 * DAY, dossiers)))
    is_slow = random.random(dossiers) < 0.4
    middle = line.add_many(begun, (random.exponential(2.0, dossiers) * DAY).astype(np.int64))
    ended = line.add_many(middle, (random.exponential(np.where(is_slow, 12, 3)) * DAY).astype(np.int64))

    def by_now(instants):
        return pl.select(pl.when(pl.Series(instants) <= now).then(pl.Series(instants)).alias("at"))["at"]

    numbers = pl.Series(np.arange(dossiers), dtype=pl.UInt32)
    due = line.add_many(begun, np.full(dossiers, TERM))
    holds = pl.DataFrame(
        {
            "nr": pl.concat([numbers, numbers]),
            "since": pl.concat([pl.Series(begun), by_now(middle)]),
            "until": pl.concat([by_now(middle), by_now(ended)]),
            "step": ["check"] * dossiers + ["inspect" if slow else "sign" for slow in is_slow],
        }
    )
    names = {"procedure": ["1.000001"] * dossiers}
    return columns(
        {"nr": numbers, "received": begun, "due": due, "ended": by_now(ended), **names},
        holds.filter(pl.col("since").is_not_null()).sort("nr", maintain_order=True).to_dict(),
        now,
    )


@pytest.fixture(scope="module")
def sampled():
    return drawn(seed=20260302)


@pytest.mark.parametrize("moment", Moment)
def test_chances_hold_on_dossiers_received_later(sampled, moment):
    found = calibrate(sampled, moment=moment)
    assert found.skill > 0.1
    assert found.train == 1_050
    assert found.judged == sum(count for _, _, count in found.curve)
    for said, seen, count in found.curve:
        # Four standard errors of a share, and what the sample that was learnt from may be off by.
        assert abs(said - seen) < 4 * math.sqrt(0.25 / count) + 0.05
    assert found.as_json()["brier_base"] >= found.as_json()["brier"]


def test_the_future_does_not_leak_into_what_is_learnt(sampled):
    """Whatever happens after the split to dossiers received before it, the model is the same."""
    split = calibrate(sampled).split
    cut = pl.select(instant(split)).to_series()[0]
    later = pl.when(pl.col("ended") > cut).then(pl.col("ended").dt.offset_by("90d")).otherwise("ended").alias("ended")
    moved = replace(
        sampled,
        dossiers=sampled.dossiers.with_columns(later),
        holds=sampled.holds.filter(pl.col("since") <= cut).with_columns(
            pl.when(pl.col("until") <= cut).then("until").alias("until")
        ),
    )
    asked = states(*((step, e, b) for step in ("check", "sign", "inspect") for e in (0, 9, 60) for b in (1, 20, 70)))
    before, after = (SurvivalModel.fit(known_at(one, split)).chances(asked) for one in (sampled, moved))
    assert before.equals(after)
    assert not before.equals(SurvivalModel.fit(sampled).chances(asked))


def test_nothing_to_try_the_chances_on_is_said_in_one_sentence():
    with pytest.raises(InputError, match="nothing to learn"):
        calibrate(book([]))
    with pytest.raises(InputError, match="no dossier has a due instant"):
        calibrate(book([dossier(MONDAY)]))
    with pytest.raises(InputError, match="no dossier was received before the split"):
        calibrate(lived(10, 20, 30))


def test_the_list_filters_by_agency_budget_and_chance_and_counts_what_has_no_due_instant(capsys):
    known = open_ones(FRIDAY_WEEK, "2026-03-06 17:00", None)
    found = face.document(known)
    assert (found["open"], found["without_due"], found["waiting"]) == (3, 1, 0)
    assert [row["dossier"] for row in found["dossiers"]] == ["H-0041", "H-0040", "H-0042"]
    within = face.document(known, within="2 working days", agency="unit", min_chance=0.2)
    assert [row["dossier"] for row in within["dossiers"]] == ["H-0041"]
    assert face.document(known, agency="dept")["dossiers"] == []
    with pytest.raises(InputError, match="office time"):
        face.document(known, within="2 calendar days")
    for lang, said in (("vi", "khả năng trễ"), ("en", "chance of breach")):
        face.tell(found, lang)
        assert said in capsys.readouterr().out


def test_what_is_open_is_running_or_stopped_or_without_due_and_a_stopped_clock_is_told_instead_of_a_chance(capsys):
    known = open_ones(FRIDAY_WEEK, "2026-03-06 17:00", None)
    is_second = pl.col("dossier") == "H-0041"
    stopped = replace(known, dossiers=known.dossiers.with_columns(is_waiting=is_second))
    found = face.document(stopped, min_chance=0.2)
    assert (found["open"], found["running"], found["waiting"], found["without_due"]) == (3, 1, 1, 1)
    assert [(row["dossier"], row["is_stopped"]) for row in found["dossiers"]][:1] == [("H-0041", True)]
    for lang, still, summary in (
        ("en", "the clock stands still", "3 dossiers open at {at} = 1 with the clock running + 1 with the clock"),
        ("vi", "đồng hồ đang dừng", "3 hồ sơ chưa xong lúc {at} = 1 đang tính giờ + 1 đang dừng đồng hồ + 1"),
    ):
        face.tell(found, lang)
        out = capsys.readouterr().out
        (line,) = (line for line in out.splitlines() if line.startswith("H-0041"))
        assert still in line
        assert "100.0 %" not in line
        assert summary.partition("{at}")[2] in out


def test_in_a_log_whose_due_instants_stay_a_dossier_with_the_applicant_still_runs():
    known = open_ones(FRIDAY_WEEK, "2026-03-06 17:00")
    waiting = replace(known, dossiers=known.dossiers.with_columns(is_waiting=True), tells=known.tells - {"received"})
    found = face.document(waiting)
    assert (found["running"], found["waiting"]) == (2, 0)


MAPS = Path(__file__).parents[2] / "examples" / "logs"


def needs(name):
    return pytest.mark.skipif(not (DATA / name).is_file(), reason=f"needs logs/{name} in $MOTCUA_DATA")


@needs("receipt.xes.gz")
def test_chances_beat_the_common_rate_on_the_receipt_log():
    _, known = read_book(DATA / "receipt.xes.gz", load_mapping(MAPS / "receipt.yaml"))
    found = face.calibration(known)
    assert (found["train"], found["test"], found["judged"]) == (1003, 337, 2173)
    assert found["skill"] == pytest.approx(0.099, abs=0.002)
    assert found["quarters"]["skill"] == pytest.approx(0.060, abs=0.002)
    assert Counter(row["level"] for row in face.document(known)["dossiers"])["step"] > 80


@needs("BPIC15_1.xes.gz")
def test_chances_beat_the_common_rate_on_building_permits():
    _, known = read_book(DATA / "BPIC15_1.xes.gz", load_mapping(MAPS / "bpic15.yaml"))
    found = face.calibration(known)
    assert (found["train"], found["test"]) == (839, 359)
    assert found["skill"] == pytest.approx(0.239, abs=0.002)
    assert found["quarters"]["skill"] == pytest.approx(0.095, abs=0.002)
    assert max(abs(said - seen) for said, seen, count in found["curve"] if count >= 100) < 0.12
