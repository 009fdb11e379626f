"""After the fact: acts said to have happened before what was recorded already, moved dates, changed channels."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import acts_of, chances_of, filed, is_agency, office
from engine.responsibility.signal import Found, SignalRule, detector, found

_WITH_DUE: Final = (
    "received",
    "supplement_received",
    "clock_resumed",
    "limit_extended",
    "due_changed",
)


@detector("S28")
def edited_after_the_fact(book: Casebook, rule: SignalRule) -> Found:
    """Find back-dated acts, and corrections that moved the due date later without an apology."""
    own = acts_of(book, *book.acts["act"].unique().to_list())
    dated = own.filter((pl.col("act") == "rule_breached") & (pl.col("detail") == "back_dated"))
    back = office(book, dated, "at", "recorded")
    slack = rule.office_seconds("slack", book.calendar.office_day)
    dated = dated.drop("until").with_columns(
        pl.col("at").alias("since"),
        pl.col("recorded").alias("until"),
        pl.Series("measure", back, dtype=pl.Float64),
        pl.when(pl.Series(back <= slack, dtype=pl.Boolean)).then(pl.lit("small")).alias("excused"),
    )
    moved = _moved(book)
    later = office(book, moved, "before", "until")
    moved = moved.with_columns(
        pl.col("before").alias("since"),
        pl.Series("measure", later, dtype=pl.Float64),
        pl.lit(None, dtype=pl.String).alias("excused"),
        pl.lit("due_moved").alias("detail"),
    )
    wanted = ["nr", "agency", "by", "hold", "at", "since", "until", "measure", "detail", "excused"]
    hits = pl.concat([dated.select(wanted), moved.select(wanted)]).rename({"by": "officer"})
    return found(hits, chances_of(own))


@detector("S29")
def steered_from_online(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers filed online that an office turned into ones on paper."""
    online = rule.text("online")
    changed = (
        acts_of(book, "corrected")
        .filter((pl.col("detail") == f"channel:{online}") & (pl.col("other") != online))
        .drop("until")
    )
    asked = filed(book).filter(pl.col("channel") == online).select("nr", pl.col("desk").alias("agency"))
    asked = pl.concat([asked, changed.select("nr", "agency")]).unique().filter(is_agency(book))
    hits = changed.with_columns(
        pl.col("by").alias("officer"),
        pl.col("other").alias("detail"),
        # Where the applicant himself asked for it, his request has a number.
        pl.when("has_document").then(pl.lit("applicant")).alias("excused"),
    ).unique(["nr", "agency"], keep="first", maintain_order=True)
    return found(hits, chances_of(asked))


def _moved(book: Casebook) -> pl.DataFrame:
    """Return corrections by people after which the legal term ended later, with when it ended ``before``."""
    touched = book.acts.filter((pl.col("act") == "due_changed") & (pl.col("hold") == 0))["nr"].unique()
    rows = book.acts.filter(pl.col("nr").is_in(touched.implode()))
    same = pl.col("nr") == pl.col("nr").shift(1)
    term = pl.when(pl.col("act").is_in(_WITH_DUE) & (pl.col("hold") == 0)).then(pl.col("until"))
    rows = (
        rows.with_columns(term.forward_fill().shift(1).over("nr").alias("before"))
        if rows.height
        else rows.with_columns(pl.col("until").alias("before"))
    )
    rows = rows.with_columns(
        (same & (pl.col("act").shift(1) == "corrected")).fill_null(value=False).alias("is_correction"),
        ((pl.col("act") == "apology_issued").cum_sum().over("nr") > 0).alias("is_apologised"),
    )
    is_moved = (pl.col("act") == "due_changed") & (pl.col("hold") == 0) & pl.col("is_correction")
    return rows.filter(
        is_moved
        & ~pl.col("is_apologised")
        & ~pl.col("is_system")
        & is_agency(book)
        & (pl.col("until") > pl.col("before"))
    )
