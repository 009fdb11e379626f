"""Registered again: one matter in two dossiers, the second soon after the first was taken off or beside it."""

from __future__ import annotations

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import chances_of, filed, is_agency
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("P8")
def split_or_registered_again(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers of an applicant who had one of the same procedure taken off shortly before, or beside it."""
    known = filed(book).filter(pl.col("applicant").is_not_null() & pl.col("received").is_not_null())
    known = known.with_columns(pl.col("desk").alias("agency")).filter(is_agency(book))
    same = ["applicant", "procedure"]
    ordered = known.sort(*same, "received", "nr")
    is_same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in same).fill_null(value=False)
    again = ordered.with_columns(
        pl.col("nr").shift(1).alias("earlier"),
        pl.col("received").shift(1).alias("earlier_received"),
        pl.col("ended").shift(1).alias("earlier_ended"),
        pl.col("outcome").shift(1).alias("earlier_outcome"),
        pl.len().over(same).alias("filed"),
        is_same.alias("is_same"),
    ).filter("is_same")
    taken_off = pl.col("earlier_outcome").is_in(["withdrawn", "stopped"])
    since_end = (pl.col("received") - pl.col("earlier_ended")).dt.total_seconds() / 86_400
    after = taken_off & (since_end >= 0) & (since_end <= rule.number("days"))
    apart = (pl.col("received") - pl.col("earlier_received")).dt.total_seconds() / 60
    beside = (apart <= rule.number("minutes")) & (
        pl.col("earlier_ended").is_null() | (pl.col("earlier_ended") > pl.col("received"))
    )
    asked = book.acts.filter((pl.col("act") == "withdrawn") & (pl.col("detail") == "requested"))["nr"].unique()
    hits = again.filter((after | beside).fill_null(value=False)).with_columns(
        pl.col("received").alias("at"),
        pl.coalesce("earlier_ended", "earlier_received").alias("since"),
        pl.col("received").alias("until"),
        pl.when(taken_off).then(since_end).otherwise(0.0).alias("measure"),
        pl.when(beside).then(pl.lit("split")).otherwise(pl.lit("again")).alias("detail"),
        pl.when((pl.col("filed") > rule.number("frequent")) | pl.col("earlier").is_in(asked.implode()))
        .then(pl.lit("applicant"))
        .alias("excused"),
    )
    return found(hits, chances_of(known))
