"""Scorecards: how each agency did in each period, compared with its peers of similar load and with itself before.

Indices 1 to 3 of TT 01/2018/TT-VPCP, art. 13-15: shorter, equal or longer than the limit scores 2, 1, 0 for the whole
time of dossiers the agency received (1) and for its own time at each step (2); none, one or more supplement requests
score 2, 1, 0 (3). The score of an index is the mean over dossiers, with one decimal.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.lateness import Measure
from engine.responsibility.counting import standing

PERIODS: Final = ("month", "quarter", "year", "all")

_CARDS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "agency": pl.String,
    "period": pl.String,
    "handled": pl.Int64,
    "holds_with_due": pl.Int64,
    "holds_late": pl.Int64,
    "hold_on_time_rate": pl.Float64,
    "received": pl.Int64,
    "settled": pl.Int64,
    "late": pl.Int64,
    "on_time_rate": pl.Float64,
    "attributed_hours": pl.Float64,
    "attributed_dossiers": pl.Int64,
    "load": pl.Float64,
    "index1": pl.Float64,
    "index2": pl.Float64,
    "index3": pl.Float64,
    "peers": pl.Int64,
    "peers_on_time_rate": pl.Float64,
    "peers_hours": pl.Float64,
    "trend_on_time": pl.Float64,
    "trend_hours": pl.Float64,
}
CARDS: Final = pl.Schema(_CARDS)
"""One row an agency and period.

``handled`` dossiers it had in the period (by when its hold ended, else began); ``holds_with_due`` and ``holds_late``
its ended holds with a term of their own; ``received``, ``settled``, ``late`` the dossiers it received as desk, by the
period in which they were received, late by date; ``attributed_hours`` office hours of lateness charged to it; ``load``
handled dossiers per active officer; ``peers_*`` the mean of agencies of its kind whose load lies within half and twice
its own in the same period; ``trend_*`` the change against the period before (rate points, hours).
"""


def scorecards(book: Casebook, shares: pl.DataFrame, *, period: str = "month") -> pl.DataFrame:
    """Return the scorecards of all agencies, by agency and period.

    Args:
        book: dossiers.
        shares: whose lateness it was, from `engine.responsibility.attribution.attribute`.
        period: one of `PERIODS`; calendar periods are those of the casebook's zone.

    Raises:
        ValueError: no such period.
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    if period not in PERIODS:
        raise ValueError(f"a period is {', '.join(PERIODS)}, not {period!r}")
    outside = list(book.outsiders)
    now = pl.lit(book.now * 1_000_000).cast(pl.Datetime("us", "UTC"))
    holds = book.holds.filter(pl.col("agency").is_not_null() & ~pl.col("agency").is_in(outside))
    holds = holds.with_columns(_period(pl.coalesce("until", now), book.zone, period).alias("period"))
    keys = ["agency", "period"]
    is_due = pl.col("due").is_not_null() & pl.col("until").is_not_null()
    local = [pl.col(name).dt.convert_time_zone(book.zone).dt.date() for name in ("until", "due")]
    score = pl.when(local[0] < local[1]).then(2).when(local[0] == local[1]).then(1).otherwise(0)
    worked = holds.group_by(keys).agg(
        pl.col("nr").n_unique().cast(pl.Int64).alias("handled"),
        is_due.sum().cast(pl.Int64).alias("holds_with_due"),
        (is_due & (pl.col("until") > pl.col("due"))).sum().cast(pl.Int64).alias("holds_late"),
        score.filter(is_due).mean().round(1).alias("index2"),
        pl.col("officer").filter(~pl.col("is_system")).drop_nulls().n_unique().alias("staff"),
    )
    cards = worked.join(_received(book, period), on=keys, how="full", coalesce=True)
    cards = cards.join(_attributed(book, shares, period), on=keys, how="left")
    cards = cards.with_columns(
        (1 - pl.col("holds_late") / pl.col("holds_with_due")).fill_nan(None).alias("hold_on_time_rate"),
        (1 - pl.col("late") / pl.col("settled")).fill_nan(None).alias("on_time_rate"),
        (pl.col("handled") / pl.col("staff").clip(lower_bound=1)).alias("load"),
        pl.col("attributed_hours").fill_null(0.0),
        pl.col("attributed_dossiers").fill_null(0),
    )
    cards = _compared(cards, book).sort(keys)
    before = {name: pl.col(name) - pl.col(name).shift(1).over("agency") for name in ("own_rate", "attributed_hours")}
    cards = cards.with_columns(
        before["own_rate"].alias("trend_on_time"), before["attributed_hours"].alias("trend_hours")
    )
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in CARDS.items() if name not in cards.columns]
    return cards.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in CARDS.items())


def _period(instant: pl.Expr, zone: str, period: str) -> pl.Expr:
    local = instant.dt.convert_time_zone(zone)
    match period:
        case "month":
            return local.dt.strftime("%Y-%m")
        case "quarter":
            return local.dt.strftime("%Y") + "-Q" + local.dt.quarter().cast(pl.String)
        case "year":
            return local.dt.strftime("%Y")
        case _:
            return pl.when(instant.is_not_null()).then(pl.lit("all"))


def _received(book: Casebook, period: str) -> pl.DataFrame:
    """What each desk received, by the period of receipt: indices 1 and 3."""
    frame = standing(book, measure=Measure.DATE)
    asked = book.acts.filter(pl.col("act") == "supplement_requested").group_by("nr").agg(pl.len().alias("asked"))
    frame = frame.join(asked, on="nr", how="left").with_columns(
        pl.col("asked").fill_null(0), _period(pl.col("received"), book.zone, period).alias("period")
    )
    closed = ~pl.col("is_open")
    grade = pl.col("grade").replace_strict(
        {"early": 2, "on_time": 1, "overdue": 0}, default=None, return_dtype=pl.Int64
    )
    contact = pl.when(pl.col("asked") == 0).then(2).when(pl.col("asked") == 1).then(1).otherwise(0)
    tells = "supplement_requested" in book.tells
    return frame.group_by(pl.col("desk").alias("agency"), "period").agg(
        pl.len().cast(pl.Int64).alias("received"),
        closed.sum().cast(pl.Int64).alias("settled"),
        (closed & (pl.col("grade") == "overdue")).sum().cast(pl.Int64).alias("late"),
        grade.filter(closed).mean().round(1).alias("index1"),
        (contact.filter(closed).mean().round(1) if tells else pl.lit(None, dtype=pl.Float64)).alias("index3"),
    )


def _attributed(book: Casebook, shares: pl.DataFrame, period: str) -> pl.DataFrame:
    now = pl.lit(book.now * 1_000_000).cast(pl.Datetime("us", "UTC"))
    ended = book.dossiers.select("nr", _period(pl.coalesce("ended", now), book.zone, period).alias("period"))
    charged = shares.filter(pl.col("agency").is_not_null()).join(ended, on="nr")
    return charged.group_by("agency", "period").agg(
        (pl.col("seconds").sum() / 3600).alias("attributed_hours"),
        pl.col("nr").n_unique().cast(pl.Int64).alias("attributed_dossiers"),
    )


def _compared(cards: pl.DataFrame, book: Casebook) -> pl.DataFrame:
    """Add the means of agencies of the same kind and similar load in the same period."""
    kinds = pl.col("agency").replace_strict(dict(book.kinds), default="", return_dtype=pl.String)
    cards = cards.with_columns(kinds.alias("kind"), pl.coalesce("hold_on_time_rate", "on_time_rate").alias("own_rate"))
    mine = cards.select("agency", "period", "kind", "load")
    others = cards.select(
        pl.col("agency").alias("other"),
        "period",
        "kind",
        pl.col("load").alias("other_load"),
        pl.col("own_rate").alias("other_rate"),
        pl.col("attributed_hours").alias("other_hours"),
    )
    pairs = mine.join(others, on=["period", "kind"]).filter(
        (pl.col("agency") != pl.col("other"))
        & (pl.col("other_load") >= pl.col("load") / 2)
        & (pl.col("other_load") <= pl.col("load") * 2)
    )
    means = pairs.group_by("agency", "period").agg(
        pl.len().cast(pl.Int64).alias("peers"),
        pl.col("other_rate").mean().alias("peers_on_time_rate"),
        pl.col("other_hours").mean().alias("peers_hours"),
    )
    return cards.join(means, on=["agency", "period"], how="left").with_columns(pl.col("peers").fill_null(0))
