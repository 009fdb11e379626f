"""Endings: refused at the very end, decided but not handed out, signed in one batch as the month closes."""

from __future__ import annotations

import numpy as np
import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import (
    acts_of,
    chances_of,
    filed,
    instant,
    is_agency,
    last_steps,
    office,
    stood_still,
    worked_days_left,
)
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("S27")
def refused_at_the_end(book: Casebook, rule: SignalRule) -> Found:
    """Find refusals in the last part of the term (or after it) in dossiers nobody had found fault with before."""
    refused = acts_of(book, "result_denied").unique("nr", keep="last", maintain_order=True)
    refused = refused.select("nr", "agency", pl.col("by").alias("officer"), "at")
    ends = book.dossiers.filter(pl.col("outcome") == "denied").select("nr", "received", "due", "ended")
    refused = refused.join(ends, on="nr", how="inner", maintain_order="left")
    refused = refused.filter(pl.col("due").is_not_null() & pl.col("received").is_not_null())
    came = last_steps(book).select("nr", pl.col("agency").alias("last"), "hold", pl.col("since").alias("came"))
    refused = refused.join(came, on="nr", how="left", maintain_order="left")
    desk = refused.with_columns(pl.lit(None, dtype=pl.String).alias("agency"))
    left = office(book, desk, "ended", "due")
    used = office(book, desk, "received", "ended") - stood_still(book, desk, "received", "ended")
    left_at_arrival = office(book, desk, "came", "due")
    term = np.maximum(used + left, 1)
    share = used / term
    at_end = (share >= rule.number("share")) | (left == 0)
    found_before = book.acts.filter(
        (pl.col("act") == "supplement_requested")
        | ((pl.col("act") == "opinion_given") & pl.col("detail").is_in(["disagree", "no_position"]))
    )["nr"]
    is_new = ~pl.col("nr").is_in(found_before.unique().implode())
    hits = refused.with_columns(pl.Series("measure", share), pl.Series("at_end", at_end)).with_columns(
        pl.when(pl.col("last") == pl.col("agency"))
        .then(pl.Series(left_at_arrival <= (1 - rule.number("share")) * term))
        .otherwise(pl.lit(value=False))
        .alias("came_late")
    )
    hits = hits.filter(pl.col("at_end") & is_new).with_columns(
        pl.coalesce("came", "received").alias("since"),
        pl.col("ended").alias("until"),
        pl.when("came_late").then(pl.lit("not_held")).alias("excused"),
    )
    return found(hits, chances_of(refused))


@detector("S30")
def result_not_handed_out(book: Casebook, rule: SignalRule) -> Found:
    """Find results decided but not given out days after they could be."""
    ready = filed(book).filter(pl.col("outcome").is_in(["granted", "denied"]) & pl.col("ended").is_not_null())
    own = pl.max_horizontal("ended", pl.coalesce("promised", "due"))
    ready = ready.with_columns(
        pl.col("desk").alias("agency"),
        # Online nobody has to come for it; else the applicant was told to come on the day on his receipt.
        pl.when(pl.col("channel") == "online").then(pl.col("ended")).otherwise(own).alias("since"),
        pl.coalesce("issued", instant(book.now)).alias("until"),
    ).filter(is_agency(book))
    waited = office(book, ready, "since", "until")
    limit = rule.office_seconds("within", book.calendar.office_day)
    known = ready.with_columns(pl.Series("measure", waited, dtype=pl.Float64))
    known = known.filter(pl.col("issued").is_not_null() | (pl.col("measure") > limit))
    hits = known.filter(pl.col("measure") > limit).with_columns(
        pl.col("until").alias("at"),
        pl.when(pl.col("issued").is_null()).then(pl.lit("not_issued")).otherwise(pl.lit("late")).alias("detail"),
    )
    return found(hits, chances_of(known))


@detector("P9")
def month_end_batch(book: Casebook, rule: SignalRule) -> Found:
    """Find decisions made in one burst on the last worked days of a month, of dossiers that had been lying there."""
    done = last_steps(book).filter(is_agency(book)).sort("agency", "until")
    if done.is_empty():
        return found(None, chances_of(done))
    left = np.zeros(done.height, dtype=np.int64)
    for calendar in {id(c): c for c in (book.calendar, *book.calendars.values())}.values():
        mine = np.array([book.calendar_of(a) is calendar for a in done["agency"].unique(maintain_order=True)])
        if mine.any():
            of = done["agency"].is_in(done["agency"].unique(maintain_order=True).filter(pl.Series(mine)).implode())
            left[of.to_numpy()] = worked_days_left(done["until"].filter(of), calendar)
    days = int(rule.number("days"))
    done = done.with_columns(
        pl.Series("at_end", left <= days),
        pl.col("until").dt.convert_time_zone(book.zone).dt.truncate("1mo").alias("month"),
    )
    gap = pl.col("until") - pl.col("until").shift(1) > pl.duration(minutes=rule.number("minutes"))
    starts = (pl.col("agency") != pl.col("agency").shift(1)) | gap
    done = done.with_columns(starts.fill_null(value=True).cum_sum().alias("burst"))
    burst = done.filter("at_end").filter(pl.len().over("burst") >= int(rule.number("dossiers")))
    waited = office(book, burst, "since", "until")
    least = rule.office_seconds("waited", book.calendar.office_day)
    hits = burst.with_columns(
        pl.col("until").alias("at"),
        pl.len().over("burst").cast(pl.Float64).alias("measure"),
        pl.col("until").dt.convert_time_zone(book.zone).dt.strftime("%Y-%m").alias("detail"),
        pl.when(pl.Series(waited < least, dtype=pl.Boolean)).then(pl.lit("small")).alias("excused"),
    )
    return found(hits, chances_of(done), at_month_end=done.filter("at_end").height, in_bursts=burst.height)
