"""From occurrences to signals: peers, small samples, many comparisons, counter-evidence."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cited import Source, Title
from engine.errors import InputError
from engine.responsibility import judge as judging
from engine.responsibility.judge import Bars, benjamini_hochberg, judge, wilson
from engine.responsibility.signal import DETECTORS, Level, Parameter, Severity, SignalRule, found
from tests.responsibility.test_ping_pong import book

RULE = SignalRule(
    code="X1",
    name=Title(vi="thử", en="a trial"),
    basis=Source(text="a test"),
    certainty="K",
    level=Level.AGENCY,
    severity=Severity.MEDIUM,
    explained=Title(vi="", en=""),
    parameters={"days": Parameter(value=3, source="proposal")},
)


@pytest.fixture
def judged(monkeypatch):
    """Judge made-up counts: agency to (hits, chances), so many a dossier; ``counter`` sets counter-evidence."""

    def run(counts, *, rule=RULE, counter=None, excused=None, each=1):
        rows = [(nr, agency, excused) for agency, (hits, _) in counts.items() for nr in range(hits // each)] * each
        hits = pl.DataFrame(rows, schema={"nr": pl.UInt32, "agency": pl.String, "excused": pl.String}, orient="row")
        chances = pl.DataFrame(
            [(agency, chances) for agency, (_, chances) in counts.items()],
            schema={"agency": pl.String, "chances": pl.Int64},
            orient="row",
        )
        weighed = {"is_overloaded": pl.lit(value=False), "is_absent": pl.lit(value=False)} | (counter or {})
        monkeypatch.setitem(DETECTORS, rule.code, lambda _book, _rule: found(hits, chances, asked=1))
        monkeypatch.setattr(judging, "counter_evidence", lambda _book, some: some.with_columns(**weighed))
        return judge(book(["a"]), {rule.code: rule})

    return run


PEERS = {f"peer{n}": (10, 200) for n in range(8)}


def raised(judgement):
    return judgement.signals["agency"].to_list()


def test_conduct_far_above_the_peers_is_a_signal(judged):
    assert raised(judged({**PEERS, "bad": (60, 200)})) == ["bad"]


def test_two_of_ten_accuse_nobody(judged):
    found_ = judged({**PEERS, "small": (2, 10)})
    assert raised(found_) == []
    row = found_.rates.row(by_predicate=pl.col("agency") == "small", named=True)
    assert (row["rate"], row["why_not"]) == (0.2, "few_chances")


def test_agencies_that_are_all_alike_are_not_raised(judged):
    assert raised(judged(PEERS)) == []


def test_a_large_sample_a_little_above_the_others_is_like_its_peers(judged):
    found_ = judged({f"peer{n}": (5_000, 100_000) for n in range(8)} | {"a little": (5_600, 100_000)})
    assert raised(found_) == []
    row = found_.rates.row(by_predicate=pl.col("agency") == "a little", named=True)
    assert (row["q"] < 0.05, row["why_not"]) == (True, "like_peers")


def test_what_comes_together_in_one_dossier_is_no_proof_each_time(judged):
    """Thirty occurrences where others have twelve: many in 30 dossiers; in five of six each they may be chance."""
    counts = {f"peer{n}": (12, 2_000) for n in range(30)} | {"unlucky": (30, 2_000)}
    assert raised(judged(counts)) == ["unlucky"]
    found_ = judged(counts, each=6)
    assert raised(found_) == []
    row = found_.rates.row(by_predicate=pl.col("agency") == "unlucky", named=True)
    assert (row["hits"], row["chances"], row["why_not"]) == (30, 2_000, "chance")


def test_an_agency_without_peers_is_compared_with_nobody(judged):
    found_ = judged({"alone": (100, 100)})
    assert raised(found_) == []
    assert found_.rates["why_not"].to_list() == ["no_peers"]


def test_what_else_is_asked_raises_nobody_and_clears_nobody(monkeypatch):
    """93 of 112 hand-overs bounced is a signal, however many other questions find nothing."""
    counts = {"X1": {**{f"peer{n}": (20, 90) for n in range(6)}, "bouncer": (93, 112)}}
    counts |= {f"Y{n}": {f"agency{m}": (10 + m % 3, 200) for m in range(40)} for n in range(30)}
    rules = {code: replace(RULE, code=code) for code in counts}
    for code, told in counts.items():
        rows = [(nr, agency) for agency, (k, _) in told.items() for nr in range(k)]
        hits = pl.DataFrame(rows, schema={"nr": pl.UInt32, "agency": pl.String}, orient="row")
        chances = pl.DataFrame({"agency": list(told), "chances": [n for _, n in told.values()]})
        monkeypatch.setitem(DETECTORS, code, lambda _book, _rule, h=hits, c=chances: found(h, c))
    whole = judge(book(["a"]), rules)
    assert whole.signals.select("code", "agency").rows() == [("X1", "bouncer")]
    for code in ("X1", "Y7"):
        alone = judge(book(["a"]), rules, codes=[code])
        assert alone.rates.equals(whole.rates.filter(code=code))
        assert alone.signals.equals(whole.signals.filter(code=code))


def test_excused_occurrences_are_chances_only(judged):
    found_ = judged({**PEERS, "bad": (60, 200)}, excused="designed_loop")
    assert raised(found_) == []
    assert found_.rates.filter(pl.col("agency") == "bad")["excused"].to_list() == [60]


@pytest.mark.parametrize(("column", "why"), [("is_overloaded", "overload"), ("is_absent", "absence")])
def test_what_an_overloaded_or_absent_agency_leaves_undone_is_no_conduct(judged, column, why):
    found_ = judged({**PEERS, "bad": (60, 200)}, counter={column: pl.col("agency") == "bad"})
    assert raised(found_) == []
    assert set(found_.occurrences.filter(pl.col("agency") == "bad")["excused"]) == {why}


ACT = SignalRule(
    code="X2",
    name=Title(vi="thử", en="a trial"),
    basis=Source(text="a test"),
    certainty="A",
    level=Level.DOSSIER,
    severity=Severity.HIGH,
    explained=Title(vi="", en=""),
)


def test_an_act_that_a_text_forbids_needs_no_sample(judged):
    found_ = judged({"desk": (1, 1)}, rule=ACT)
    (signal,) = found_.signals.to_dicts()
    assert (signal["agency"], signal["confidence"], signal["severity"]) == ("desk", 1.0, "high")


def test_counter_evidence_lowers_what_a_forbidden_act_weighs(judged):
    found_ = judged({"desk": (1, 1)}, rule=ACT, counter={"is_overloaded": pl.lit(value=True)})
    assert found_.signals.select("severity", "counter").row(0) == ("medium", "overload")


def test_what_the_source_does_not_tell_is_not_judged(judged):
    found_ = judged({"desk": (1, 1)}, rule=replace(ACT, needs=frozenset({"documents"})))
    assert found_.signals.is_empty()
    assert found_.not_judged == {"X2": ("documents",)}


def test_the_mapping_may_set_parameters_but_not_invent_them():
    changed = RULE.with_parameters({"days": 42}, "the mapping")
    assert (changed.number("days"), changed.parameters["days"].source) == (42, "the mapping")
    with pytest.raises(InputError, match="no parameter 'hours'"):
        RULE.with_parameters({"hours": 1}, "the mapping")
    with pytest.raises(InputError, match="'many' is no number"):
        RULE.with_parameters({"days": "many"}, "the mapping")


counts = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(counts, min_size=1, max_size=20))
def test_wilson_bounds_hold_the_rate_and_narrow_with_the_sample(pairs):
    hits, chances = (np.array(values, dtype=np.float64) for values in zip(*pairs, strict=True))
    low, high = wilson(hits, chances)
    rate = hits / np.maximum(chances, 1)
    assert ((low >= 0) & (low <= rate + 1e-12) & (rate <= high + 1e-12) & (high <= 1)).all()
    lower, higher = wilson(hits * 10, chances * 10)
    assert (higher - lower <= high - low + 1e-12).all()


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
def test_correction_never_lowers_a_p_value_and_keeps_their_order(values):
    p = np.array(values)
    q = benjamini_hochberg(p)
    assert (q >= p - 1e-12).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12).all()
    assert q.max() <= 1


@given(st.integers(0, 2**32 - 1))
def test_where_nobody_differs_hardly_anybody_is_raised(seed):
    """A hundred agencies of one true rate: the share of false alarms over all seeds stays small (here: at most one)."""
    rng = np.random.default_rng(seed)
    chances = rng.integers(20, 400, 100)
    frame = pl.DataFrame(
        {
            "code": ["X1"] * 100,
            "agency": [f"a{n}" for n in range(100)],
            "hits": rng.binomial(chances, 0.1),
            "excused": [0] * 100,
            "chances": chances,
            "kind": [""] * 100,
            "peers": [99] * 100,
            "alike": [1.0] * 100,
        }
    ).with_columns(
        (pl.col("hits").sum() - pl.col("hits")).alias("peer_hits"),
        (pl.col("chances").sum() - pl.col("chances")).alias("peer_chances"),
    )
    assert judging._graded(frame, {"X1": RULE}, Bars())["is_raised"].sum() <= 1
