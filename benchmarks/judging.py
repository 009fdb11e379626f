"""How fast dossiers are judged: a million made-up events of 125,000 dossiers, and real logs where MOTCUA_DATA has them.

Bars: all signals at most 3 s; hand-overs and literal ping-pong at least 3 M events/s and at least 5 times pm4py's
hand-over network; the simple cycles of BPIC13 at most 1 s; reading RoadTrafficFines.xes.gz at most 5 s; peak memory of
this process at most 1 GB. Seconds are processor time of this process where they compare with a peer, so that a busy
machine falls on all alike. The peer lives in `.bench/judging`, built by `make bench-setup`; absent, it judges nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from engine.casebook import INSTANT, Casebook
from engine.responsibility.attribution import attribute
from engine.responsibility.judge import judge
from engine.responsibility.ping_pong import cycles_of, sequences, triples_of
from engine.responsibility.waiting import waiting
from procedures.signals import load_bars, load_signals
from store.mapping import Mapping
from workflows.casebook_foreign import casebook_of
from workflows.foreign import ForeignLog, calendar_of
from workflows.log_book import read_book
from workflows.mapping_file import load_mapping

DOSSIERS = 125_000
EACH = 8
ROUNDS = 3
BARS = {"signals_seconds": 3.0, "cycles_seconds": 1.0, "read_seconds": 5.0, "memory_mb": 1_000.0}
LEAST = {"hand_overs_per_second": 3_000_000.0, "hand_overs_times_pm4py": 5.0}
ROOT = Path(__file__).parents[1]
PEER_PYTHON = ROOT / ".bench" / "judging" / "bin" / "python"
PEER = Path(__file__).with_name("peers") / "judging_peers.py"
PEER_PATIENCE = 60


def made_up(seed: int) -> Casebook:
    """Return a province's three years: forty agencies, four hundred officers, returns, supplements, late ends."""
    rng = np.random.default_rng(seed)
    begun = np.sort(rng.integers(1_672_531_200, 1_760_000_000, DOSSIERS)) * 1_000_000
    gaps = (rng.lognormal(10.5, 1.2, (DOSSIERS, EACH)) * 1_000_000).astype(np.int64)
    at = begun[:, None] + np.cumsum(gaps, axis=1)
    home = rng.integers(0, 40, DOSSIERS)
    agency = np.where(rng.random((DOSSIERS, EACH)) < 0.6, home[:, None], rng.integers(0, 40, (DOSSIERS, EACH)))
    officer = agency * 10 + rng.integers(0, 10, (DOSSIERS, EACH))
    step = rng.integers(0, 12, (DOSSIERS, EACH))
    numbers = np.repeat(np.arange(DOSSIERS, dtype=np.uint32), EACH)

    def instants(values: np.ndarray[Any, Any], name: str) -> pl.Series:
        return pl.Series(name, values.reshape(-1)).cast(INSTANT)

    def texts(values: np.ndarray[Any, Any], name: str, prefix: str) -> pl.Series:
        most = int(values.max()) + 1
        return pl.Series(name, [f"{prefix}{n}" for n in range(most)]).gather(pl.Series(values.reshape(-1)))

    mapping = Mapping.model_validate(
        {
            "log": "made_up",
            "source": {"text": "made up by a seeded generator"},
            "zone": "Asia/Ho_Chi_Minh",
            "calendar": "vn",
            "procedure": "made.up",
            "dossier": "case",
            "instant": "at",
            "step": "step",
            "agency": "agency",
            "officer": "officer",
            "due": "due",
            "ended": "ended",
            "applicant": "applicant",
            "acts": {
                "supplement_requested": ["s1"],
                "supplement_received": ["s2"],
                "transferred": ["s3"],
                "sent_back": ["s4"],
                "opinion_requested": ["s5"],
                "opinion_given": ["s6"],
            },
        }
    )
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, numbers.size)
    events = pl.DataFrame(
        {
            "nr": numbers,
            "at": instants(at, "at"),
            "started": nothing.cast(INSTANT),
            "step_due": instants(at + rng.integers(-86_400, 5 * 86_400, at.shape) * 1_000_000, "step_due"),
            "step": texts(step, "step", "s"),
            "agency": texts(agency, "agency", "a"),
            "officer": texts(officer, "officer", "o"),
            "state": nothing,
            "line": pl.int_range(numbers.size, eager=True),
        }
    )
    open_ = rng.random(DOSSIERS) < 0.05
    ended = pl.Series(at[:, -1]).cast(INSTANT)
    dossiers = pl.DataFrame(
        {
            "nr": np.arange(DOSSIERS, dtype=np.uint32),
            "dossier": pl.Series([f"d{n}" for n in range(DOSSIERS)]),
            "line": pl.int_range(DOSSIERS, eager=True),
            "events": pl.Series([EACH], dtype=pl.UInt32).new_from_index(0, DOSSIERS),
            "first_at": pl.Series(at[:, 0]).cast(INSTANT),
            "last_at": pl.Series(at[:, -1]).cast(INSTANT),
            "received": pl.Series(begun).cast(INSTANT),
            "begun": pl.Series(begun).cast(INSTANT),
            "due": pl.Series(begun + 15 * 86_400_000_000).cast(INSTANT),
            "ended": ended.set(pl.Series(open_), None),
            "channel": pl.Series(["online", "direct"]).gather(pl.Series(rng.integers(0, 2, DOSSIERS))),
            "applicant": texts(rng.integers(0, 60_000, DOSSIERS), "applicant", "p"),
        }
    )
    foreign = ForeignLog(mapping=mapping, dossiers=dossiers, events=events)
    return casebook_of(foreign, calendar_of(mapping), int(at.max() // 1_000_000))


def best(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least processor seconds of some rounds."""
    least = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        call()
        least = min(least, time.process_time() - began)
    return least


def wall(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least seconds by the clock of some rounds."""
    least = float("inf")
    for _ in range(rounds):
        began = time.monotonic()
        call()
        least = min(least, time.monotonic() - began)
    return least


def hand_overs(book: Casebook) -> int:
    """Count hand-overs and literal returns."""
    turns = sequences(book, "agency")
    return turns.height + triples_of(turns).height


def peer(book: Casebook, xes: Path | None) -> dict[str, Any]:
    """Return what pm4py needs for the same, or why it is absent."""
    if not PEER_PYTHON.exists():
        return {"absent": "run `make bench-setup`"}
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events.parquet"
        part = book.holds.head(200_000).select(
            pl.col("nr").cast(pl.String).alias("case"), "step", "agency", pl.col("since").alias("at")
        )
        part.drop_nulls().write_parquet(events)
        order = json.dumps({"events": str(events), "xes": str(xes) if xes else None})
        try:
            done = subprocess.run(
                [PEER_PYTHON, PEER], input=order, capture_output=True, text=True, check=True, timeout=PEER_PATIENCE
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            return {"absent": str(error)[:200]}
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def real(folder: Path) -> dict[str, float]:
    """Measure on the real logs that are there."""
    found: dict[str, float] = {}
    incidents, fines = folder / "BPIC13_incidents.xes.gz", folder / "RoadTrafficFines.xes.gz"
    if incidents.is_file():
        _, book = read_book(incidents, load_mapping(ROOT / "examples/logs/bpic13.yaml"))
        turns = sequences(book, "agency")
        found["cycles_seconds"] = wall(lambda: cycles_of(book, turns), 1)
        owners = sequences(book, "officer")
        found["cycles_of_officers_seconds"] = wall(lambda: cycles_of(book, owners), 1)
    if fines.is_file():
        from store.logs import read_log

        plan = load_mapping(ROOT / "examples/logs/road_fines.yaml")
        found["read_seconds"] = wall(lambda: read_log(fines, plan.wanted()), 2)
        found["read_events_per_second"] = 561_470 / found["read_seconds"]
    return found


def measure(seed: int) -> dict[str, Any]:
    """Return every figure."""
    data = os.environ.get("MOTCUA_DATA")
    logs = Path(data) / "logs" if data else None
    rules, bars = load_signals(), load_bars()
    began = time.monotonic()
    book = made_up(seed)
    figures: dict[str, Any] = {"casebook_seconds": time.monotonic() - began, "events": book.holds.height}
    judge(book.only(book.dossiers["nr"].head(200)), rules, bars=bars)  # compiled and imported once
    attribute(book.only(book.dossiers["nr"].head(200)))
    figures["signals_seconds"] = wall(lambda: judge(book, rules, bars=bars), 2)
    figures["hand_overs_per_second"] = DOSSIERS * EACH / wall(lambda: hand_overs(book))
    figures["hand_overs_per_processor_second"] = DOSSIERS * EACH / best(lambda: hand_overs(book))
    figures["attribution_seconds"] = wall(lambda: attribute(book), 2)
    figures["waiting_seconds"] = wall(lambda: waiting(book), 1)
    if logs is not None and logs.is_dir():
        figures |= real(logs)
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures["pm4py"] = found = peer(book, None)
    if "hand_overs_per_second" in found:
        ours = figures["hand_overs_per_processor_second"]
        figures["hand_overs_times_pm4py"] = ours / found["hand_overs_per_second"]
    return figures


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--json", action="store_true", help="one JSON object")
    reader.add_argument("--seed", type=int, default=7)
    given = reader.parse_args()
    figures = measure(given.seed)
    missed = [name for name, bar in BARS.items() if figures.get(name, 0.0) > bar]
    missed += [name for name, bar in LEAST.items() if name in figures and figures[name] < bar]
    figures["missed"] = missed
    if given.json:
        print(json.dumps({"benchmark": "judging", "seed": given.seed, **figures}))
    else:
        for name, value in figures.items():
            print(f"{name:36}{value:,.2f}" if isinstance(value, float) else f"{name:36}{value}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
