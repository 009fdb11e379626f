"""Lines of support: dossiers pushed to a line whose turn it was not."""

from __future__ import annotations

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import chances_of, is_agency
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("P5")
def push_to_front(book: Casebook, _: SignalRule) -> Found:
    """Find the first touch of a line out of its turn: not the next one in the order of the casebook's levels.

    A dossier is in a right order where its lines are first touched from the first on, leaving none out; a value that
    is none of the levels is a line of its own, and never right.
    """
    if book.levels is None:
        return found(None, right_order=0, wrong_order=0)
    column, order = book.levels
    rows = book.holds.select(
        "nr", "hold", "agency", "officer", "is_system", "since", pl.col(column).alias("line")
    ).with_columns(
        *(pl.col(name).shift(1).alias(f"{name}_before") for name in ("nr", "agency", "officer", "is_system", "since"))
    )
    touched = rows.filter(pl.col("line").is_not_null()).unique(["nr", "line"], keep="first", maintain_order=True)
    place = pl.int_range(pl.len()).over("nr")
    touched = touched.with_columns(
        pl.col("line").replace_strict({line: n for n, line in enumerate(order)}, default=-1).alias("rank"),
        place.alias("place"),
    )
    touched = touched.with_columns((pl.col("rank") != pl.col("place")).alias("is_wrong"))
    wrong = touched.group_by("nr").agg(pl.col("is_wrong").any())["is_wrong"]
    sent = touched.filter((pl.col("nr") == pl.col("nr_before")) & (pl.col("place") > 0))
    sent = sent.with_columns(
        pl.col("agency_before").alias("agency"),
        pl.col("officer_before").alias("officer"),
        pl.col("is_system_before").alias("is_system"),
        pl.col("since_before").alias("begun"),
        pl.col("line").alias("detail"),
    ).filter(is_agency(book) & ~pl.col("is_system"))
    first = pl.col("is_wrong").cast(pl.Int64).cum_sum().over("nr") == 1
    hits = touched.select("nr", "hold", "is_wrong", first.alias("is_first")).filter(
        pl.col("is_wrong") & pl.col("is_first")
    )
    hits = sent.join(hits.select("nr", "hold"), on=["nr", "hold"], how="semi", maintain_order="left").with_columns(
        pl.col("since").alias("at"),
        pl.col("since").alias("until"),
        pl.col("begun").alias("since"),
        pl.col("place").cast(pl.Float64).alias("measure"),
    )
    return found(hits, chances_of(sent), right_order=int((~wrong).sum()), wrong_order=int(wrong.sum()))
