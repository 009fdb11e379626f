"""The stopped clock: pauses without a paper, pauses that outlive their reason, and who stops the clock how often."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import STATES, acts_of, chances_of, instant, is_agency, office, steps_of
from engine.responsibility.signal import Found, SignalRule, detector, found

_REPLIES: Final = {"financial_obligation": "financial_obligation_met", "supplement": "supplement_received"}
_NOBODYS: Final = ("legal_posting", "force_majeure", "outage")
_STOPPING: Final = ("supplement_requested", "clock_paused")


@detector("S26")
def abused_pause(book: Casebook, rule: SignalRule) -> Found:
    """Find pauses that no document tells the applicant of, and pauses kept on after the answer had come."""
    begun = acts_of(book, "clock_paused").select(
        "nr", "at", "agency", "by", "hold", "detail", "has_document", "version", pl.col("until").alias("cap")
    )
    if begun.is_empty():
        return found(None, chances_of(begun))
    lines = begun.with_row_index()
    ended = book.acts.filter(pl.col("act") == "clock_resumed")
    ended = ended.select("nr", "detail", pl.col("at").alias("resumed"), pl.col("version").alias("then"))
    lines = _first_after(lines, ended, on=["nr", "detail"], column="resumed")
    ends = book.dossiers.select("nr", "ended")
    lines = lines.join(ends, on="nr", how="left", maintain_order="left").with_columns(
        pl.min_horizontal(pl.coalesce("resumed", "ended", instant(book.now)), "cap").alias("over")
    )
    replies = book.acts.filter(pl.col("act").is_in(list(_REPLIES.values())))
    named = {act: ground for ground, act in _REPLIES.items()}
    replies = replies.select(
        "nr",
        pl.col("act").replace_strict(named, return_dtype=pl.String).alias("detail"),
        pl.col("at").alias("replied"),
        pl.col("version").alias("then"),
    )
    lines = _first_after(lines, replies, on=["nr", "detail"], column="replied")
    kept = office(book, lines, "replied", "over")
    limit = rule.office_seconds("lift", book.calendar.office_day)
    lines = lines.with_columns(pl.Series("kept", kept, dtype=pl.Float64))
    hits = lines.filter(~pl.col("has_document") | (pl.col("kept") > limit)).with_columns(
        pl.col("by").alias("officer"),
        pl.when(pl.col("kept") > limit).then(pl.col("replied")).otherwise(pl.col("at")).alias("since"),
        pl.col("over").alias("until"),
        pl.col("kept").alias("measure"),
        pl.when(pl.col("kept") > limit)
        .then(pl.lit("kept_after_reply"))
        .otherwise(pl.lit("no_document"))
        .alias("detail"),
    )
    return found(hits, chances_of(begun))


@detector("P1")
def clock_stop_abuse(book: Casebook, _: SignalRule) -> Found:
    """Find each time an agency makes a dossier wait for the applicant; its peers tell whether that is too often.

    In a log of states an occurrence is an event of waiting, a chance every event; where acts are recorded, an
    occurrence is a dossier whose clock the agency stopped, a chance every dossier it had.
    """
    waits = book.holds.filter(pl.col("kind") == "applicant")
    if STATES in book.tells:
        rows = waits.filter(is_agency(book)).with_columns(pl.col("since").alias("at"), pl.col("step").alias("detail"))
        chances = book.holds.filter(is_agency(book)).select("agency")
    else:
        rows = _stops(book)
        desks = book.dossiers.select("nr", pl.col("desk").alias("agency"))
        had = pl.concat([steps_of(book), desks, rows.select("nr", "agency")]).unique()
        chances = had.filter(is_agency(book)).select("agency")
    rows = rows.with_columns(pl.Series("measure", office(book, rows, "since", "until"), dtype=pl.Float64))
    hits = rows.with_columns(
        pl.when("is_system")
        .then(pl.lit("system_account"))
        .when(pl.col("detail").is_in(_NOBODYS))
        .then(pl.lit("lawful_stop"))
        .alias("excused")
    )
    return found(hits, chances_of(chances), **_figures(book, waits))


def _stops(book: Casebook) -> pl.DataFrame:
    """Return the first stop of the clock by each agency in each dossier, and how long it lasted."""
    asked = acts_of(book, *_STOPPING).drop("until").unique(["nr", "agency"], keep="first", maintain_order=True)
    lasted = book.tiles.select("nr", pl.col("since").alias("at"), "until").unique(["nr", "at"], keep="last")
    asked = asked.join(lasted, on=["nr", "at"], how="left", maintain_order="left")
    return asked.with_columns(
        pl.col("at").alias("since"),
        pl.col("by").alias("officer"),
        pl.when(pl.col("act") == "clock_paused").then(pl.col("detail")).otherwise(pl.lit("supplement")).alias("detail"),
    )


def _figures(book: Casebook, waits: pl.DataFrame) -> dict[str, float]:
    """Return how often and how long dossiers wait for the applicant; open waits have no length yet."""

    def seconds(frame: pl.DataFrame) -> float:
        return float((frame["until"] - frame["since"]).dt.total_seconds().sum())

    counts = waits.group_by("nr").agg(pl.len().alias("times"))["times"]
    states = STATES in book.tells
    spent, whole = waits if states else book.tiles.filter(pl.col("kind") == "applicant"), book.tiles
    lives = seconds(book.holds if states else whole)
    return {
        "events": waits.height,
        "cases": counts.len(),
        "twice_or_more": int((counts >= 2).sum()),
        "five_times_or_more": int((counts >= 5).sum()),
        "share_of_time": seconds(spent) / lives if lives else 0.0,
    }


def _first_after(lines: pl.DataFrame, later: pl.DataFrame, *, on: list[str], column: str) -> pl.DataFrame:
    """Add the first value of a column of ``later`` whose version ``then`` comes after each line's own."""
    both = lines.select("index", "version", *on).join(later, on=on).filter(pl.col("then") > pl.col("version"))
    first = both.sort("then").unique("index", keep="first").select("index", column)
    return lines.join(first, on="index", how="left", maintain_order="left")
