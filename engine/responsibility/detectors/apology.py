"""Late without a word, with a late word, with a second date, or with a date nobody gives a reason for (art. 19(9))."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.day_count import days_between, lengths
from engine.responsibility.holding import holder_at, whose_time, with_dossier
from engine.responsibility.passages import chances_of, instant, office
from engine.responsibility.positions import running_seconds
from engine.responsibility.signal import Found, SignalRule, detector, found
from engine.responsibility.still import judged

_LETTER: Final = "apology_issued"
_SYSTEM: Final = pl.when(pl.col("is_system")).then(pl.lit("system_account"))


@detector("S1")
def silent_lateness(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers whose due date passed, and nobody told the applicant before they ended."""
    late = _late(book)
    letters = book.acts.filter(pl.col("act") == _LETTER).select("nr", pl.col("at").alias("written"))
    told = late.join(letters, on="nr").filter(pl.col("written") <= pl.col("until"))
    hits = late.filter(~pl.col("nr").is_in(told["nr"].unique().implode()))
    lead = lengths(book, rule, "lead", hits["desk"])
    late_by = running_seconds(book, hits, "since", "until")
    # A term shorter than the lead leaves no day before it expires: as long a delay is allowed before it counts.
    too_short = (office(book, hits, "received", "since", "desk") < lead) & (late_by <= lead)
    hits = whose_time(book, hits, "since").with_columns(
        pl.Series("measure", late_by, dtype=pl.Float64),
        pl.when(pl.col("is_open")).then(pl.lit("still_open")).otherwise(pl.lit("ended_late")).alias("detail"),
        pl.when(pl.col("holder_is_system").fill_null(value=False))
        .then(pl.lit("system_account"))
        .when(pl.Series(too_short))
        .then(pl.lit("small"))
        .otherwise(pl.col("time_excuse"))
        .alias("excused"),
    )
    return found(hits, chances_of(late), late=late["nr"].n_unique(), owed_now=_owed_now(book, rule))


@detector("S2")
def late_apology(book: Casebook, rule: SignalRule) -> Found:
    """Find apologies sent when less than the lead time was left, or after the due date."""
    letters = _letters(book).filter(pl.col("due").is_not_null())
    marked = book.acts.filter((pl.col("act") == "rule_breached") & (pl.col("detail") == "late_apology"))
    marked = marked.select("nr", "at", pl.lit(value=True).alias("is_marked")).unique()
    letters = letters.join(marked, on=["nr", "at"], how="left", maintain_order="left")
    left = office(book, letters, "at", "due", "desk")
    lead = lengths(book, rule, "lead", letters["desk"])
    short = (pl.Series(left < lead) | (letters["at"] >= letters["due"])).alias("is_short")
    letters = letters.with_columns(
        short, pl.Series("had", office(book, letters, "first_had", "due", "desk")), pl.Series("lead", lead)
    )
    letters = letters.with_columns(pl.Series("measure", lead - left, dtype=pl.Float64))
    is_late = pl.when(pl.col("origin") == "live").then(pl.col("is_marked").fill_null(value=False)).otherwise("is_short")
    hits = letters.filter(is_late)
    hits = whose_time(book, hits, "at").with_columns(
        pl.min_horizontal("at", "due").alias("since"),
        pl.max_horizontal("at", "due").alias("until"),
        pl.when(pl.col("at") > pl.col("due")).then(pl.lit("after_due")).otherwise(pl.lit("too_short")).alias("detail"),
        # Who got the dossier when less than the lead time was left could not have written earlier.
        _SYSTEM.when(pl.col("had") < pl.col("lead"))
        .then(pl.lit("not_held"))
        .otherwise(pl.col("time_excuse"))
        .alias("excused"),
    )
    return found(hits, chances_of(letters), letters=letters.height)


@detector("S3")
def second_redating(book: Casebook, rule: SignalRule) -> Found:
    """Find new dates beyond those allowed, and refused attempts at one."""
    letters = _letters(book)
    most = int(rule.number("most"))
    if letters.height:
        letters = letters.with_columns(
            pl.int_range(1, pl.len() + 1).over("nr").alias("measure"), pl.col("at").shift(1).over("nr").alias("before")
        )
        again = letters.filter((pl.col("measure") > most) & (pl.col("origin") != "live"))
        waits = book.tiles.filter(pl.col("kind") == "applicant")
        waits = waits.select("nr", pl.col("since").alias("first"), pl.col("until").alias("last"))
        waited = again.select("nr", "at", "before").join(waits, on="nr")
        waited = waited.filter((pl.col("last") > pl.col("before")) & (pl.col("first") < pl.col("at")))
        waited = waited.select("nr", "at", pl.lit(value=True).alias("has_waited")).unique()
        again = again.join(waited, on=["nr", "at"], how="left", maintain_order="left").with_columns(
            pl.col("before").alias("since"),
            pl.col("at").alias("until"),
            pl.lit("set_again").alias("detail"),
            # The applicant took time between the two dates: the second is not only the agency's.
            _SYSTEM.when(pl.col("has_waited").fill_null(value=False)).then(pl.lit("applicant")).alias("excused"),
        )
    else:
        again = letters.with_columns(pl.lit(None, dtype=pl.String).alias("excused"))
    tried = book.acts.filter(
        (pl.col("act") == "rule_breach_attempted") & (pl.col("detail") == "second_redating")
    ).with_columns(
        pl.lit("attempted").alias("detail"),
        pl.col("by").alias("officer"),
        pl.lit(float(most + 1)).alias("measure"),
        pl.col("at").alias("since"),
        pl.col("at").alias("until"),
        _SYSTEM.alias("excused"),
    )
    parts = [found(part).hits for part in (again, tried)]
    hits = pl.concat(parts)
    opportunities = pl.concat([letters.select("agency"), tried.select("agency")])
    return found(hits, chances_of(opportunities.drop_nulls()), redated=letters["nr"].n_unique())


@detector("S4")
def redating_without_reason(book: Casebook, rule: SignalRule) -> Found:
    """Find new dates without a reason, and dates the desk set by itself while another agency had the dossier.

    The second only where the source names documents for such letters at all: a letter without one then refers to no
    written notice of the agency in charge.
    """
    acts = book.acts.filter(pl.col("act").is_in([_LETTER, "limit_extended"]) & pl.col("has_reason").is_not_null())
    acts = with_dossier(book, acts.with_columns(pl.col("by").alias("officer")), "desk")
    acts = holder_at(book, acts)
    documented = acts["has_document"].fill_null(value=False)
    in_use = acts.height > 0 and float(documented.mean() or 0.0) >= rule.number("documented")  # type: ignore[arg-type]
    by_itself = (
        (pl.col("agency") == pl.col("desk"))
        & (pl.col("holder") != pl.col("desk"))
        & ~pl.col("has_document").fill_null(value=False)
        & pl.lit(in_use)
    )
    hits = acts.filter(~pl.col("has_reason") | by_itself.fill_null(value=False)).with_columns(
        pl.col("at").alias("since"),
        pl.coalesce("until", "at").alias("until"),
        pl.when(~pl.col("has_reason")).then(pl.lit("no_reason")).otherwise(pl.lit("no_request")).alias("detail"),
        _SYSTEM.alias("excused"),
    )
    return found(hits, chances_of(acts.drop_nulls("agency")))


def _late(book: Casebook) -> pl.DataFrame:
    """Return dossiers whose due *date* passed while they were open: ``nr``, ``agency`` that had it then, and times.

    A due instant that passed and was later counted anew (a supplement restarts the term) passed all the same; one that
    an edit of calendar or rules moved did not.
    """
    facts = book.acts.filter((pl.col("act") == "limit_passed") & (pl.col("detail") == "legal"))
    moved = book.acts.filter((pl.col("act") == "due_changed") & (pl.col("hold") == 0))["nr"]
    facts = facts.filter(~pl.col("nr").is_in(moved.unique().implode())).select("nr", pl.col("until").alias("due"))
    dues = pl.concat([facts, book.dossiers.select("nr", "due")]).drop_nulls("due")
    dues = dues.group_by("nr").agg(pl.col("due").min())
    rows = book.dossiers.filter(pl.col("received").is_not_null()).select("nr", "desk", "received", "ended")
    rows = rows.join(dues, on="nr", maintain_order="left")
    rows = rows.with_columns(
        pl.col("due").alias("since"),
        judged(book, rows).alias("until"),
        pl.col("ended").is_null().alias("is_open"),
    )
    rows = rows.filter(days_between(book, rows, "due", "until") > 0)
    rows = holder_at(book, rows, "due")
    return rows.with_columns(
        pl.coalesce("holder", "desk").alias("agency"),
        pl.col("held_by").alias("officer"),
        pl.col("held").alias("hold"),
        pl.col("due").alias("at"),
    )


def _owed_now(book: Casebook, rule: SignalRule) -> int:
    """Return how many open dossiers have less than the lead time left and no letter yet."""
    rows = book.dossiers.filter(pl.col("ended").is_null() & (pl.col("due") > instant(book.now)))
    rows = rows.filter(~pl.col("nr").is_in(book.acts.filter(pl.col("act") == _LETTER)["nr"].unique().implode()))
    rows = rows.with_columns(instant(book.now).alias("now"))
    left = office(book, rows, "now", "due", "desk")
    return int((left < lengths(book, rule, "lead", rows["desk"])).sum())


def _letters(book: Casebook) -> pl.DataFrame:
    """Return every apology with the agency it is about: who had the dossier then, where the desk sent it."""
    letters = book.acts.filter(pl.col("act") == _LETTER).drop("until", "detail")
    letters = with_dossier(book, letters, "desk", "due", "origin")
    letters = holder_at(book, letters.with_columns(pl.min_horizontal("at", "due").alias("asked")), "asked")
    by_desk = pl.col("agency").is_null() | (pl.col("agency") == pl.col("desk"))
    letters = letters.with_columns(
        pl.when(by_desk).then(pl.coalesce("holder", "desk")).otherwise("agency").alias("agency"),
        pl.col("by").alias("officer"),
        pl.when(by_desk).then("held").otherwise("hold").alias("hold"),
    )
    had = book.holds.filter(pl.col("nr").is_in(letters["nr"].unique().implode()))
    had = had.group_by("nr", "agency").agg(pl.col("since").min().alias("first_had"))
    return letters.join(had, on=["nr", "agency"], how="left", maintain_order="left")
