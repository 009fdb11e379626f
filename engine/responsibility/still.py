"""Whose legal clock stands still, and since when: what is open is judged then, for nothing becomes late meanwhile.

The same as `engine.standing` of one dossier. Only where due instants move with the stops; in a foreign log waiting uses
up the term like any other time.
"""

from __future__ import annotations

import polars as pl

from engine.casebook import INSTANT, Casebook


def still(book: Casebook, at: int | None = None) -> pl.DataFrame:
    """Return the dossiers open at an instant whose legal clock stands still then: ``nr`` and ``still``, since when.

    Args:
        book: dossiers and their tiles.
        at: epoch seconds; None: the casebook's now.
    """
    stops = book.tiles.filter(pl.col("ground") != "").select("nr", "since", "until").sort("nr", "since")
    if stops.is_empty() or "received" not in book.tells:
        return pl.DataFrame(schema={"nr": pl.UInt32, "still": INSTANT})
    moment = pl.lit((book.now if at is None else at) * 1_000_000).cast(INSTANT)
    is_new = (pl.col("since") > pl.col("until").shift(1).over("nr")).fill_null(value=True)
    numbered = stops.with_columns(is_new.cum_sum().alias("span"))
    spans = numbered.group_by("nr", "span").agg(pl.col("since").min().alias("still"), pl.col("until").max())
    lives = book.dossiers.select("nr", "ended", "is_waiting")
    # What lasts now ends with the tiles, at the casebook's own now.
    lasts = (moment < pl.col("until")) | (pl.col("is_waiting") & (moment == pl.col("until")))
    is_open = pl.col("ended").is_null() | (pl.col("ended") > moment)
    found = spans.join(lives, on="nr", maintain_order="left")
    return found.filter((pl.col("still") <= moment) & lasts & is_open).select("nr", "still")


def judged(book: Casebook, frame: pl.DataFrame, at: int | None = None) -> pl.Series:
    """Return for each row of a frame with ``nr`` and ``ended`` the instant by which its lateness is judged.

    That is when it ended; of what is open at ``at`` (epoch seconds; None: the casebook's now) that instant, or when its
    clock stopped if it stands still then.
    """
    moment = pl.lit((book.now if at is None else at) * 1_000_000).cast(INSTANT)
    rows = frame.select("nr", "ended").join(still(book, at), on="nr", how="left", maintain_order="left")
    ended = pl.when(pl.col("ended") <= moment).then(pl.col("ended"))
    return rows.select(pl.coalesce(ended, "still", moment).alias("judged"))["judged"]
