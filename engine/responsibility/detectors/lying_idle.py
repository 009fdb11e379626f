"""Lying idle: dossiers asleep in a queue, and dossiers that nobody is made to answer for."""

from __future__ import annotations

import numpy as np
import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import STATES, acts_of, chances_of, instant, office, steps_of, stood_still
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("S22")
def sleeping(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers that lay untouched for most of their step's term, or long where the step has none."""
    rows = steps_of(book, "hold", "officer", "since", "taken_up", "until", "due")
    now = instant(book.now)
    if STATES in book.tells:
        # A state of waiting is a hold of its own: nobody ever takes it up, and it ends when work begins.
        rows = rows.with_columns(pl.col("taken_up").fill_null(pl.col("until").fill_null(now)).alias("begun"))
    else:
        is_open = pl.col("until").is_null()
        rows = rows.with_columns(pl.coalesce("taken_up", pl.when(is_open).then(now)).alias("begun"))
    rows = rows.filter(pl.col("begun").is_not_null())
    longest = rule.office_seconds("longest", book.calendar.office_day)
    least = rule.office_seconds("least", book.calendar.office_day)
    chances = chances_of(rows)
    # No office time can be longer than time by the clock, which costs nothing to compare.
    rows = rows.filter((pl.col("begun") - pl.col("since")).dt.total_seconds() > min(least, longest))
    idle = office(book, rows, "since", "begun")
    term = office(book, rows, "since", "due")
    limit = np.where(term > 0, np.maximum(rule.number("share") * term, least), longest)
    mask = idle > limit
    hits = rows.filter(pl.Series(mask))
    still = stood_still(book, hits, "since", "begun")
    hits = hits.with_columns(
        pl.col("begun").alias("at"),
        pl.col("begun").alias("until"),
        pl.Series("measure", idle[mask] - still, dtype=pl.Float64),
        pl.when(pl.col("taken_up").is_null() & pl.col("until").is_null())
        .then(pl.lit("still_lies"))
        .otherwise(pl.lit("lay"))
        .alias("detail"),
        pl.when(pl.Series(idle[mask] - still <= limit[mask])).then(pl.lit("lawful_stop")).alias("excused"),
    )
    return found(hits, chances)


@detector("S24")
def unassigned(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers to which nobody was assigned in time, and those that hopped from officer to officer."""
    given = (
        acts_of(book, "assigned")
        .group_by("nr", "hold", maintain_order=True)
        .agg(pl.col("at").first().alias("assigned"), pl.col("other").n_unique().alias("officers"))
    )
    rows = steps_of(book, "hold", "since", "taken_up", "until").join(
        given, on=["nr", "hold"], how="left", maintain_order="left"
    )
    # An agency that never records an assignment may assign by word of mouth: it cannot be judged.
    rows = rows.filter(pl.col("assigned").is_not_null().any().over("agency")) if rows.height else rows
    now = pl.when(pl.col("until").is_null()).then(instant(book.now))
    rows = rows.with_columns(pl.min_horizontal("assigned", "taken_up").alias("known"))
    rows = rows.with_columns(pl.coalesce("known", now).alias("had")).filter(pl.col("had").is_not_null())
    alone = office(book, rows, "since", "had")
    limit = rule.office_seconds("within", book.calendar.office_day)
    hopped = (rows["officers"].fill_null(0) >= int(rule.number("officers"))).to_numpy()
    mask = (alone > limit) | hopped
    hits = rows.filter(pl.Series(mask))
    still = stood_still(book, hits, "since", "had")
    is_lawful = pl.Series((alone[mask] - still <= limit) & ~hopped[mask])
    hits = hits.with_columns(
        pl.col("had").alias("at"),
        pl.col("had").alias("until"),
        pl.Series("measure", alone[mask] - still, dtype=pl.Float64),
        pl.when(pl.Series(hopped[mask])).then(pl.lit("hopping")).otherwise(pl.lit("unassigned")).alias("detail"),
        pl.when(is_lawful).then(pl.lit("lawful_stop")).alias("excused"),
    )
    return found(hits, chances_of(rows))
