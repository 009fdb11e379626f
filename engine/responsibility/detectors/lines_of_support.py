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
    line = pl.col(column)
    is_new = (line != line.shift(1)) | line.shift(1).is_null() | (pl.col("nr") != pl.col("nr").shift(1))
    new = book.holds.select(line.is_not_null() & is_new.fill_null(value=True)).to_series().arg_true()
    names = ["nr", "hold", "agency", "officer", "is_system", "since"]
    before = book.holds.select(pl.col(name).alias(f"{name}_before") for name in names)
    rows = book.holds.select(*names, line.alias("line"))[new]
    rows = pl.concat([rows, before[(new.cast(pl.Int64) - 1).clip(lower_bound=0)]], how="horizontal")
    touched = rows.unique(["nr", "line"], keep="first", maintain_order=True)
    row = pl.int_range(pl.len())
    begun = (pl.col("nr") != pl.col("nr").shift(1)).fill_null(value=True)
    place = row - pl.when(begun).then(row).forward_fill()
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
    first = touched.filter("is_wrong").unique("nr", keep="first", maintain_order=True)
    hits = sent.join(first.select("nr", "hold"), on=["nr", "hold"], how="semi", maintain_order="left").with_columns(
        pl.col("since").alias("at"),
        pl.col("since").alias("until"),
        pl.col("begun").alias("since"),
        pl.col("place").cast(pl.Float64).alias("measure"),
    )
    return found(hits, chances_of(sent), right_order=int((~wrong).sum()), wrong_order=int(wrong.sum()))
