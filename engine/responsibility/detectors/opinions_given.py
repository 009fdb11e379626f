"""Opinions that agencies are asked for: given late or not at all, without a position, and silence nobody reports."""

from __future__ import annotations

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import chances_of, instant, is_agency, office
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("S17")
def slow_opinion(book: Casebook, rule: SignalRule) -> Found:
    """Find opinions given after their term, or not yet although it has passed."""
    asked = _asked(book).filter(pl.col("due").is_not_null())
    ended = asked.filter(pl.col("is_answered") | (pl.col("answered") > pl.col("due")))
    late = ended.filter((pl.col("answered") > pl.col("due")) | pl.col("is_silent"))
    late = late.with_columns(pl.Series("measure", office(book, late, "due", "answered"), dtype=pl.Float64))
    grace = rule.office_seconds("grace", book.calendar.office_day)
    hits = late.with_columns(
        pl.col("answered").alias("at"),
        pl.col("answered").alias("until"),
        pl.when("is_silent")
        .then(pl.lit("silent"))
        .when(~pl.col("is_answered"))
        .then(pl.lit("unanswered"))
        .otherwise(pl.lit("late"))
        .alias("detail"),
        # After closing on the last day, or within the grace, no office time is lost; who never answered is not excused.
        pl.when(~pl.col("is_silent") & (pl.col("measure") <= grace)).then(pl.lit("small")).alias("excused"),
    )
    return found(hits, chances_of(ended))


@detector("S18")
def opinion_without_position(book: Casebook, _: SignalRule) -> Found:
    """Find answers that neither agree nor disagree."""
    given = book.acts.filter((pl.col("act") == "opinion_given") & ~pl.col("is_system") & is_agency(book))
    marked = book.acts.filter((pl.col("act") == "rule_breached") & (pl.col("detail") == "opinion_without_position"))
    given = given.join(
        marked.select("nr", "hold", pl.lit(value=True).alias("is_marked")).unique(),
        on=["nr", "hold"],
        how="left",
        maintain_order="left",
    ).unique(["nr", "hold"], keep="last", maintain_order=True)
    empty = given.filter((pl.col("detail") == "no_position") | pl.col("is_marked").fill_null(value=False))
    asked = book.acts.filter(pl.col("act") == "opinion_requested").select("nr", "agency", pl.col("at").alias("asked"))
    again = (
        empty.select("nr", "agency", "hold", "at")
        .join(asked, on=["nr", "agency"])
        .filter(pl.col("asked") > pl.col("at"))
        .group_by("nr", "hold")
        .agg(pl.len().cast(pl.Float64).alias("measure"))
    )
    hits = empty.join(again, on=["nr", "hold"], how="left", maintain_order="left").with_columns(
        pl.col("by").alias("officer"),
        pl.col("measure").fill_null(0.0),
        pl.when(pl.col("measure") > 0).then(pl.lit("asked_again")).otherwise(pl.lit("no_position")).alias("detail"),
        pl.lit(None, dtype=pl.String).alias("excused"),
    )
    return found(hits.drop("until"), chances_of(given))


@detector("S19")
def silence_not_reported(book: Casebook, rule: SignalRule) -> Found:
    """Find overdue opinions about which the agency that asked told nobody."""
    leads = book.holds.select("nr", pl.col("hold").alias("lead_hold"), pl.col("agency").alias("lead"), "officer")
    asked = _asked(book).filter(pl.col("due").is_not_null() & (pl.col("lead_hold") > 0) & ~pl.col("is_deemed"))
    asked = asked.drop("officer").join(leads, on=["nr", "lead_hold"], how="left", maintain_order="left")
    asked = asked.with_columns(pl.col("agency").alias("asked"), pl.col("lead").alias("agency"))
    asked = asked.filter(is_agency(book) & (pl.col("answered") > pl.col("due")))
    silence = office(book, asked, "due", "answered")
    within = rule.office_seconds("within", book.calendar.office_day)
    owed = asked.with_columns(pl.Series("measure", silence, dtype=pl.Float64)).filter(pl.col("measure") > within)
    told = book.acts.filter((pl.col("act") == "escalated") & (pl.col("hold") > 0))
    told = told.join(book.dossiers.select("nr", "desk"), on="nr", how="left", maintain_order="left")
    told = told.group_by("nr", "hold").agg(
        (~pl.col("is_system")).any().alias("by_person"),
        (pl.col("is_system") & (pl.col("other") != pl.col("agency"))).any().alias("by_machine"),
    )
    owed = owed.join(told, on=["nr", "hold"], how="left", maintain_order="left")
    hits = owed.filter(~pl.col("by_person").fill_null(value=False)).with_columns(
        pl.col("answered").alias("at"),
        pl.col("due").alias("since"),
        pl.col("answered").alias("until"),
        pl.col("asked").alias("detail"),
        pl.when(pl.col("by_machine")).then(pl.lit("system_account")).alias("excused"),
    )
    return found(hits, chances_of(owed))


def _asked(book: Casebook) -> pl.DataFrame:
    """Return the opinions asked of agencies, with when they came (``answered``: now while they are awaited)."""
    is_opinion = (pl.col("work") == "opinion") & (pl.col("lead_hold") > 0) | (pl.col("outcome") == "opinion_given")
    rows = book.holds.filter(is_opinion & ~pl.col("is_system") & is_agency(book))
    rows = rows.filter(pl.col("outcome").is_null() | (pl.col("outcome") != "lapsed"))
    silent = book.acts.filter(pl.col("act") == "opinion_silent")
    treated = silent.group_by("nr", "hold").agg((pl.col("detail") == "deemed_agree").any().alias("is_deemed"))
    rows = rows.join(treated, on=["nr", "hold"], how="left", maintain_order="left")
    is_silent = (pl.col("outcome") == "silent").fill_null(value=False)
    return rows.with_columns(
        pl.col("until").fill_null(instant(book.now)).alias("answered"),
        pl.col("until").is_not_null().alias("is_answered"),
        is_silent.alias("is_silent"),
        (pl.col("is_deemed").fill_null(value=False) | is_silent).alias("is_deemed"),
    )
