"""Dossiers that vanish and come back: withdrawn unasked, keyed in again under another procedure; needless opinions."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.day_count import lengths
from engine.responsibility.holding import holder_at, with_dossier
from engine.responsibility.passages import chances_of, is_agency, office, steps_of
from engine.responsibility.signal import Found, SignalRule, detector, found

_GONE: Final = ("withdrawn", "handling_stopped")
_PROCEDURE: Final = ("procedure", "data.procedure")
_SYSTEM: Final = pl.when(pl.col("is_system")).then(pl.lit("system_account"))


@detector("S10")
def forced_withdrawal(book: Casebook, rule: SignalRule) -> Found:
    """Find withdrawals without a request on file, and those about the due date after which the same came in again.

    The agency is the one that had the dossier when it was withdrawn, not the desk that recorded it.
    """
    gone = book.acts.filter(pl.col("act") == "withdrawn").with_columns(pl.col("by").alias("officer"))
    gone = with_dossier(book, gone.drop("until"), "desk", "due", "origin", "applicant", "procedure")
    gone = holder_at(book, gone, at_end=True)
    gone = _next_of_same(book, gone, "procedure", rule.number("again_days"))
    near = lengths(book, rule, "near", gone["desk"])
    left = office(book, gone, "at", "due", "desk")
    is_near = gone["due"].is_not_null() & (pl.Series(left <= near) | (gone["at"] >= gone["due"]).fill_null(value=False))
    marked = book.acts.filter((pl.col("act") == "rule_breached") & (pl.col("detail") == "withdrawn_without_request"))
    own = pl.col("by") == "applicant"
    unasked = pl.col("nr").is_in(marked["nr"].unique().implode()) | (
        (pl.col("origin") == "live") & (pl.col("detail").fill_null("") != "requested") & ~own
    )
    gone = gone.with_columns(
        unasked.fill_null(value=False).alias("is_unasked"),
        pl.Series("left", left),
        (pl.Series(is_near) & pl.col("again").is_not_null()).alias("is_back"),
    )
    hits = gone.filter(pl.col("is_unasked") | pl.col("is_back")).with_columns(
        pl.coalesce("holder", "desk").alias("agency"),
        pl.col("held").alias("hold"),
        pl.col("at").alias("since"),
        pl.coalesce("again", "at").alias("until"),
        pl.col("left").cast(pl.Float64).alias("measure"),
        pl.when(pl.col("is_unasked") & pl.col("again").is_not_null())
        .then(pl.lit("not_requested_and_back"))
        .when("is_unasked")
        .then(pl.lit("not_requested"))
        .otherwise(pl.lit("near_due_and_back"))
        .alias("detail"),
        _SYSTEM.when(own.fill_null(value=False)).then(pl.lit("applicant")).alias("excused"),
    )
    # Of the dossiers each agency had, how many ended so.
    had = steps_of(book).select("nr", "agency")
    opportunities = pl.concat([had, hits.select("nr", "agency")]).unique()
    return found(hits, chances_of(opportunities), withdrawn=gone.height)


@detector("S14")
def odd_procedure(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers that ended without a result and came back at the same desk under another procedure."""
    gone = book.acts.filter(pl.col("act").is_in(_GONE)).drop("until")
    gone = with_dossier(book, gone, "desk", "due", "received", "applicant", "procedure").filter(
        pl.col("received").is_not_null()
    )
    back = _next_of_same(book, gone, "desk", rule.number("again_days"))
    back = back.filter(pl.col("new_procedure") != pl.col("procedure"))
    term = office(book, back, "received", "due", "desk")
    new_term = office(book, back, "new_received", "new_due", "desk")
    back = back.with_columns(
        pl.Series("measure", term - new_term, dtype=pl.Float64),
        pl.when(pl.Series((term > new_term) & (new_term > 0)))
        .then(pl.lit("longer_term"))
        .otherwise(pl.lit("keyed_again"))
        .alias("detail"),
        pl.col("at").alias("since"),
        pl.col("again").alias("until"),
        _SYSTEM.when((pl.col("by") == "applicant").fill_null(value=False)).then(pl.lit("applicant")).alias("excused"),
    )
    changed = book.acts.filter((pl.col("act") == "corrected") & pl.col("detail").is_in(_PROCEDURE)).drop("until")
    changed = with_dossier(book, changed, "desk").with_columns(
        pl.col("at").alias("since"),
        pl.col("at").alias("until"),
        pl.lit("code_changed").alias("detail"),
        _SYSTEM.alias("excused"),
    )
    hits = pl.concat(
        [
            found(part.with_columns(pl.col("desk").alias("agency"), pl.col("by").alias("officer"))).hits
            for part in (back, changed)
        ]
    ).unique("nr", keep="first", maintain_order=True)
    received = book.dossiers.filter(pl.col("received").is_not_null()).select(pl.col("desk").alias("agency"))
    return found(hits, chances_of(received))


@detector("S15")
def needless_opinion(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers in which an agency asked for an opinion that its procedure does not provide for."""
    asked = book.acts.filter((pl.col("act") == "opinion_requested") & (pl.col("detail") == "unplanned"))
    answers = book.acts.filter((pl.col("act") == "opinion_given") & (pl.col("detail") == "disagree"))
    answers = answers.select("nr", "hold", pl.lit(value=True).alias("disagreed")).unique()
    asked = asked.join(answers, on=["nr", "hold"], how="left", maintain_order="left")
    asked = asked.rename({"agency": "asked_of", "other": "agency"}).filter(is_agency(book))
    both = ["nr", "agency"]
    first = asked.group_by(both, maintain_order=True).agg(
        pl.col("at").first(),
        pl.col("by").first().alias("officer"),
        pl.col("is_system").all(),
        pl.col("hold").first(),
        pl.col("until").last(),
        pl.len().cast(pl.Float64).alias("measure"),
        pl.col("disagreed").fill_null(value=False).any(),
    )
    first = with_dossier(book, first, "desk", "received", "due")
    used, term = (office(book, first, "received", name, "desk") for name in ("at", "due"))
    near = pl.Series((term > 0) & (used >= rule.number("near_due") * term))
    hits = first.with_columns(
        pl.col("at").alias("since"),
        pl.when(near).then(pl.lit("near_due")).otherwise(pl.lit("unplanned")).alias("detail"),
        _SYSTEM.when("disagreed").then(pl.lit("needed")).alias("excused"),
    )
    opportunities = pl.concat([steps_of(book).select(both), hits.select(both)]).unique()
    return found(hits, chances_of(opportunities), requests=asked.height)


def _next_of_same(book: Casebook, gone: pl.DataFrame, same: str, days: float) -> pl.DataFrame:
    """Add ``again``, when the same applicant next handed in something of the same kind within some days.

    With it come its ``new_procedure``, ``new_received`` and ``new_due``; null where nothing came. Parts of interlinked
    dossiers, which machines submit, are nobody's second try.
    """
    machines = book.acts.filter((pl.col("act") == "submitted") & pl.col("is_system"))["nr"].unique()
    by = ["applicant", same]
    fresh = (
        book.dossiers.filter(pl.col("applicant").is_not_null() & ~pl.col("nr").is_in(machines.implode()))
        .select(
            *by,
            pl.coalesce("submitted", "received").alias("again"),
            pl.col("procedure").alias("new_procedure"),
            pl.col("received").alias("new_received"),
            pl.col("due").alias("new_due"),
        )
        .drop_nulls("again")
        .sort("again")
    )
    lines = gone.with_row_index("_row").sort("at")
    found_ = lines.join_asof(
        fresh, left_on="at", right_on="again", by=by, strategy="forward", coalesce=False, check_sortedness=False
    ).sort("_row")
    is_soon = pl.col("again") - pl.col("at") <= pl.duration(days=days)
    return found_.drop("_row").with_columns(
        pl.when(is_soon).then(name).alias(name) for name in ("again", "new_procedure", "new_received", "new_due")
    )
