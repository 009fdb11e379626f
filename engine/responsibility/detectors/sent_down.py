"""Sent back down the chain: a superior of the same agency sends a dossier back to the same step again and again."""

from __future__ import annotations

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import acts_of, chances_of
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("S23")
def returned_down(book: Casebook, rule: SignalRule) -> Found:
    """Find returns inside one agency from one step to the same earlier step, from the second one on."""
    sent = acts_of(book, "sent_back").drop("until", "recorded")
    steps = book.holds.select("nr", "hold", pl.col("step").alias("from_step"), "since")
    sent = sent.join(steps, on=["nr", "hold"], how="left", maintain_order="left")
    sent = _inside(book, sent)
    way = ["nr", "agency", "from_step", "detail"]
    sent = sent.with_columns(pl.int_range(1, pl.len() + 1).over(way).alias("measure")) if sent.height else sent
    if sent.is_empty():
        return found(None, chances_of(sent))
    often = sent.filter(pl.len().over(way) >= int(rule.number("returns")))
    before = often.with_columns(pl.col("at").shift(1).over(way).alias("earlier"))
    again = before.filter(pl.col("measure") >= 2)
    brought = book.acts.filter(pl.col("act") == "supplement_received").select("nr", pl.col("at").alias("brought"))
    new = again.select(*way, "measure", "earlier", "at").join(brought, on="nr")
    new = new.filter((pl.col("brought") > pl.col("earlier")) & (pl.col("brought") <= pl.col("at")))
    new = new.select(*way, "measure", pl.lit(value=True).alias("has_new_papers")).unique()
    loops = [step for agency, step in book.loops if not agency]
    hits = again.join(new, on=[*way, "measure"], how="left", maintain_order="left").with_columns(
        pl.col("by").alias("officer"),
        pl.col("at").alias("until"),
        pl.when(pl.col("has_new_papers"))
        .then(pl.lit("applicant"))
        .when(pl.col("detail").is_in(loops) | pl.col("from_step").is_in(loops))
        .then(pl.lit("designed_loop"))
        .alias("excused"),
    )
    return found(hits, chances_of(sent))


def _inside(book: Casebook, sent: pl.DataFrame) -> pl.DataFrame:
    """Keep what stays in the agency: by the log's own word, else by who had the earlier step before."""
    had = book.holds.select(
        "nr", pl.col("step").alias("detail"), pl.col("hold").alias("before"), pl.col("agency").alias("had_by")
    )
    lines = sent.with_row_index()
    earlier = lines.select("index", "nr", "detail", "hold").join(had, on=["nr", "detail"])
    earlier = earlier.filter(pl.col("before") < pl.col("hold")).sort("before").unique("index", keep="last")
    known = lines.join(earlier.select("index", "had_by"), on="index", how="left", maintain_order="left")
    return known.filter(pl.coalesce("other", "had_by") == pl.col("agency")).drop("index", "had_by")
