"""Who had a dossier at an instant, and whose time that was."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook

_IN_HAND: Final = ("step", "consultation", "service", "sub_dossier")


def with_dossier(book: Casebook, frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return a frame with ``nr`` with columns of its dossiers added, in the same order."""
    return frame.join(book.dossiers.select("nr", *columns), on="nr", how="left", maintain_order="left")


def holder_at(book: Casebook, frame: pl.DataFrame, at: str = "at", *, at_end: bool = False) -> pl.DataFrame:
    """Return a frame with who had each dossier at an instant, in the same order.

    Of several that had it at once it is who got it last; where nobody had it just then, who had it last before.

    Args:
        book: its holds.
        frame: with ``nr`` and the instant.
        at: name of the instant.
        at_end: whether who gave it up at that very instant still had it (an act that ends the hold).

    Returns:
        The frame with ``holder``, ``held_by``, ``held`` (number of the hold), ``held_since`` and ``holder_is_system``
        added; null where nobody ever had it.
    """
    rows = frame.select("nr", pl.col(at).alias("_at")).with_row_index("_row")
    numbers = rows["nr"].unique().implode()
    holds = book.holds.filter(
        pl.col("work").is_in(_IN_HAND) & pl.col("agency").is_not_null() & pl.col("nr").is_in(numbers)
    ).select(
        "nr",
        pl.col("agency").alias("holder"),
        pl.col("officer").alias("held_by"),
        pl.col("hold").alias("held"),
        pl.col("since").alias("held_since"),
        pl.col("is_system").alias("holder_is_system"),
        "until",
    )
    until = pl.col("until")
    had = until.is_null() | (until > pl.col("_at")) | ((until == pl.col("_at")) & pl.lit(at_end))
    begun = pl.col("held_since") < pl.col("_at") if at_end else pl.col("held_since") <= pl.col("_at")
    found = (
        rows.join(holds, on="nr")
        .filter(begun)
        .with_columns(had.alias("_had"))
        .sort("_row", "_had", "held_since", "held", descending=[False, True, True, True])
        .unique("_row", keep="first", maintain_order=True)
        .drop("nr", "_at", "_had", "until")
    )
    return frame.with_row_index("_row").join(found, on="_row", how="left", maintain_order="left").drop("_row")


def whose_time(book: Casebook, frame: pl.DataFrame, at: str) -> pl.DataFrame:
    """Return a frame with ``time_excuse`` added: ``lawful_stop`` or ``applicant`` where nobody had to act at ``at``."""
    still = (pl.col("kind") == "applicant") | (pl.col("ground").str.len_bytes() > 0)
    stops = book.tiles.filter(still & pl.col("nr").is_in(frame["nr"].unique().implode()))
    stops = stops.select(
        "nr", "since", "until", pl.when(pl.col("kind") == "applicant").then(pl.lit("applicant"))
        .otherwise(pl.lit("lawful_stop")).alias("time_excuse"),
    )  # fmt: skip
    rows = frame.select("nr", pl.col(at).alias("_at")).with_row_index("_row")
    inside = rows.join(stops, on="nr").filter((pl.col("since") <= pl.col("_at")) & (pl.col("_at") < pl.col("until")))
    inside = inside.unique("_row", keep="first", maintain_order=True).select("_row", "time_excuse")
    return frame.with_row_index("_row").join(inside, on="_row", how="left", maintain_order="left").drop("_row")
