"""Any few dossiers, sensible or not, and dossiers going from hand to hand: what signals are tried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import strategies as st

from engine.casebook import INSTANT, Casebook
from engine.events import SYSTEM
from tests.responsibility.casebooks import Row, act, book, dossier, hold

INSTANTS = ("received", "submitted", "due", "ended")
AGENCIES = ("a", "b", "c", "desk")
ACTS = (
    "transferred",
    "sent_back",
    "assigned",
    "opinion_given",
    "opinion_requested",
    "escalated",
    "clock_paused",
    "clock_resumed",
    "supplement_requested",
    "supplement_received",
    "result_denied",
    "rule_breached",
    "corrected",
    "due_changed",
)


@st.composite
def lives(draw: st.DrawFn) -> Casebook:
    """Any few dossiers with holds and acts in March 2026, sensible or not."""
    hours = st.integers(0, 20 * 24)
    start = 1_772_413_200  # Monday 2 March 2026, 8 o'clock

    def instants(count: int) -> list[int]:
        return sorted(start + 3600 * draw(hours) for _ in range(count))

    dossiers, holds, acts = [], [], []
    for nr in range(draw(st.integers(1, 3))):
        begun, ended = instants(2)
        outcome = draw(st.sampled_from([None, "granted", "denied", "withdrawn"]))
        dossiers.append(
            dossier(None, channel=draw(st.sampled_from(["online", "direct"])), outcome=outcome)
            | {"received": begun, "submitted": begun, "due": draw(st.sampled_from([None, begun + 40 * 3600]))}
            | {"ended": ended if outcome else None, "applicant": "same"}
        )
        edges = instants(draw(st.integers(2, 7)))
        before = None
        for since, until in pairwise(edges):
            agency = draw(st.sampled_from(AGENCIES))
            is_system = draw(st.booleans())
            taken = draw(st.sampled_from([None, since, until]))
            holds.append(
                hold(nr, agency, "", entry=draw(st.integers(1, 2)), is_system=is_system, from_agency=before)
                | {
                    "since": since,
                    "until": until,
                    "taken_up": taken,
                    "due": draw(st.sampled_from([None, since + 9000])),
                }
                | {"work": draw(st.sampled_from(["step", "opinion"])), "lead_hold": draw(st.integers(0, 1))}
                | {"outcome": draw(st.sampled_from(["done", "silent", "sent_back", "transferred"]))}
            )
            before = agency
        for when in instants(draw(st.integers(0, 5))):
            name = draw(st.sampled_from(ACTS))
            acts.append(
                act(nr, "", name, draw(st.sampled_from(AGENCIES)), by=draw(st.sampled_from(["an", SYSTEM])))
                | {"at": when, "recorded": when + draw(st.sampled_from([0, 90_000])), "hold": draw(st.integers(0, 3))}
                | {"other": draw(st.sampled_from(AGENCIES)), "until": when + 90_000}
                | {"detail": draw(st.sampled_from(["back_dated", "no_position", "appraise", "channel:online"]))}
                | {"has_document": draw(st.booleans())}
            )
    made = book(
        [one | dict.fromkeys(INSTANTS) for one in dossiers],
        holds,
        acts,
        parents={"a": "b"},
        kinds={},
    )
    real = pl.DataFrame(
        [{name: one[name] for name in INSTANTS} for one in dossiers],
        schema=dict.fromkeys(INSTANTS, pl.Int64),
    )
    real = real.select((pl.all() * 1_000_000).cast(INSTANT))
    return replace(made, dossiers=made.dossiers.with_columns(real.get_columns()))


def shifted(casebook: Casebook, by: timedelta) -> Casebook:
    frames = {
        name: frame.with_columns(pl.col(INSTANT) + by)
        for name in ("dossiers", "holds", "tiles", "acts")
        if (frame := getattr(casebook, name)) is not None
    }
    return replace(casebook, now=casebook.now + int(by.total_seconds()), **frames)


def in_turn(nr: int, *agencies: str, hours: int = 1, **more: Any) -> list[Row]:
    """Holds of agencies one after the other, an hour each, on Monday 2 March from 8 o'clock."""
    rows: list[Row] = []
    for n, agency in enumerate(agencies):
        since, until = (
            f"2026-03-0{2 + n // 8} {8 + n % 8:02}:00",
            f"2026-03-0{2 + (n + 1) // 8} {8 + (n + 1) % 8:02}:00",
        )
        last = None if n == len(agencies) - 1 else until
        before = agencies[n - 1] if n else None
        rows.append(hold(nr, agency, since, last, from_agency=before, entry=1 + agencies[:n].count(agency), **more))
    return rows
