"""A log's casebook, made in columns, is the casebook of the same log replayed fact by fact into a store."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from engine.responsibility.judge import judge
from procedures.signals import load_bars, load_signals
from store.logs import EventLog
from store.logs.event_log import CASE, CASE_LINE, EVENT, LINE
from store.mapping import Mapping
from tests.responsibility.foreign_books import both, every, told
from workflows.foreign import understand
from workflows.mapping_file import load_mapping
from workflows.replay import read_foreign

DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
MAPS = Path(__file__).parents[2] / "examples" / "logs"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="MOTCUA_DATA does not name the folder of real logs")

SAMPLES = [
    ("receipt.xes.gz", "receipt", 7),
    ("BPIC13_incidents.xes.gz", "bpic13", 37),
    ("BPIC15_1.xes.gz", "bpic15", 11),
    ("BPIC20_DomesticDeclarations.xes.gz", "bpic20", 61),
    ("LoanApp_test.csv.gz", "loan_app", 1),
    ("RoadTrafficFines.xes.gz", "road_fines", 991),
]


def assert_same(foreign, now):
    direct, replayed = both(foreign, now)
    for name in ("dossiers", "holds", "tiles", "acts"):
        columns = getattr(replayed, name).columns
        assert_frame_equal(told(direct, name, columns), told(replayed, name, columns))
    return direct, replayed


@needs_data
@pytest.mark.parametrize(("log", "mapping", "step"), SAMPLES, ids=[name for _, name, _ in SAMPLES])
def test_every_mapping_tells_the_same_of_a_log_and_of_its_replay(log, mapping, step):
    foreign = every(read_foreign(DATA / log, load_mapping(MAPS / f"{mapping}.yaml")), step)
    assert foreign.dossiers.height > 100
    last = foreign.events["at"].dt.epoch("s").max()
    direct, replayed = assert_same(foreign, last)
    assert direct.holds.height > 300
    assert direct.tells - {"levels"} == replayed.tells
    ways = [judge(replace(book, tells=replayed.tells), load_signals(), bars=load_bars()) for book in (direct, replayed)]
    figures = ["code", "agency", "hits", "excused", "chances", "is_raised"]
    assert_frame_equal(*(way.rates.select(figures).sort("code", "agency") for way in ways))


BASE = {
    "log": "small",
    "source": {"text": "made up for tests"},
    "zone": "Europe/Amsterdam",
    "calendar": {"week": "Mon-Fri 08:00-17:00"},
    "procedure": "test.small",
    "desk": "front",
    "dossier": "case",
    "instant": "at",
    "step": "step",
    "agency": "agency",
    "officer": "officer",
    "outsiders": ["citizen"],
    "system": ["robot"],
    "step_due": "step_due",
}
STATES = {
    "event": "beginning",
    "state": {
        "attribute": "state",
        "values": {"w": "work", "q": "queue", "a": "applicant", "o": "other_agency", "n": "nobody"},
    },
}
COMPLETIONS = {
    "started": "started",
    "received": "received",
    "due": "due",
    "ended": "ended",
    "acts": {
        "supplement_requested": "ask",
        "supplement_received": "got",
        "clock_paused": "halt",
        "clock_resumed": "go",
        "result_denied": "deny",
        "withdrawn": "drop",
        "result_issued": "issue",
        "transferred": "pass",
    },
}
WAYS = {
    "completions": COMPLETIONS,
    "ended by a step": {
        "acts": COMPLETIONS["acts"],
        "ended_by": ["issue", "deny"],
        "started": "started",
        "state": STATES["state"],
    },
    "states": STATES,
    "states that end": {**STATES, "received": "received", "ended": "ended"},
}
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""No shrinking: a small log is small enough, and shrinking takes minutes."""

START = datetime(2024, 3, 29, 9, tzinfo=UTC)

hours = st.integers(0, 60).map(lambda n: (START + timedelta(minutes=25 * n)).isoformat())
maybe = st.one_of(st.none(), hours)
steps = st.sampled_from(["ask", "got", "halt", "go", "deny", "drop", "issue", "pass", "check", "(after the log)"])
events = st.fixed_dictionaries(
    {
        "at": hours,
        "step": steps,
        "agency": st.sampled_from(["north", "south", "citizen", None]),
        "officer": st.sampled_from(["anna", "robot", None]),
        "state": st.sampled_from(["w", "q", "a", "o", "n", "?", None]),
        "started": maybe,
        "step_due": maybe,
    }
)
cases = st.fixed_dictionaries(
    {"received": maybe, "due": maybe, "ended": maybe, "events": st.lists(events, min_size=1, max_size=7)}
)


@lru_cache
def mapping_of(way):
    return Mapping.model_validate({**BASE, **WAYS[way]})


def log_of(found, *, in_order):
    rows = []
    for number, case in enumerate(found):
        told_of_case = {name: case[name] for name in ("received", "due", "ended")}
        listed = sorted(case["events"], key=lambda event: event["at"]) if in_order else case["events"]
        rows += [{"case": f"c{number}", **told_of_case, **event} for event in listed]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(
        ("case", "received", "due", "ended", "at", "step", "agency", "officer", "state", "started", "step_due"),
        pl.String,
    ))  # fmt: skip
    number = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)
    own = frame.select(
        pl.lit(0, dtype=pl.UInt32).alias(CASE),
        pl.lit(1, dtype=pl.UInt32).alias(EVENT),
        number.alias(LINE),
        number.alias(CASE_LINE),
    )
    return EventLog(
        name="small",
        frame=pl.concat([own.select(CASE, EVENT, LINE, CASE_LINE), frame], how="horizontal"),
        kinds={name: frozenset({"string"}) for name in frame.columns},
        place="record",
        seen=tuple(frame.columns),
        cases=False,
    )


@pytest.mark.parametrize("way", WAYS)
@given(found=st.lists(cases, min_size=1, max_size=10), in_order=st.booleans(), later=st.integers(-600, 6000))
@settings(max_examples=60, deadline=None, phases=PHASES)
def test_small_logs_of_every_kind_tell_the_same_both_ways(way, found, in_order, later):
    foreign = understand(log_of(found, in_order=in_order), mapping_of(way))
    last = foreign.events["at"].dt.epoch("s").max()
    assert_same(foreign, last + 60 * later)
