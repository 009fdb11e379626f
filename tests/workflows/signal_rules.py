"""Two rules of our own for tests: a step's term passed (an act in one dossier), and how often (an agency's pattern)."""

from contextlib import contextmanager

import polars as pl

from engine.cited import Source, Title
from engine.responsibility.judge import Bars
from engine.responsibility.signal import DETECTORS, Level, Parameter, Severity, SignalRule, detector, found

PEER = "cau_gio.committee"
BARS = Bars(chances=1, hits=1, ratio=0.0, confidence=0.0, false_alarms=1.0)


def rule(code, level):
    return SignalRule(
        code=code,
        name=Title(vi="quá hạn bước", en="past a step's term"),
        basis=Source(text="made for a test", confirmed=False),
        certainty="K",
        level=level,
        severity=Severity.MEDIUM,
        explained=Title(vi="Bước quá hạn.", en="A step's term passed."),
        parameters={"days": Parameter(value=2, source="proposal")},
    )


RULES = {"S98": rule("S98", Level.DOSSIER)}
PATTERN = {"S99": rule("S99", Level.AGENCY)}


def _late_steps(book, _rule):
    passed = book.acts.filter((pl.col("act") == "limit_passed") & (pl.col("detail") == "step"))
    holds = book.holds.select("nr", "hold", "officer", "since")
    hits = passed.join(holds, on=["nr", "hold"]).select(
        "nr", "agency", "officer", "hold", "at", "since", pl.lit(1.0).alias("measure"), pl.lit("step").alias("detail")
    )
    peer = pl.DataFrame({"agency": [PEER] * 40})  # which had as many chances and never let a term pass
    return found(hits, pl.concat([book.holds.select("agency"), peer]))


@contextmanager
def registered():
    """The detectors of both rules, for as long as a test needs them."""
    for code in ("S98", "S99"):
        detector(code)(_late_steps)
    try:
        yield
    finally:
        for code in ("S98", "S99"):
            DETECTORS.pop(code)
