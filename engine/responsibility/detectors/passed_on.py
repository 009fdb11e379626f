"""Passing on what one is asked to do: up to the agency above, late as not competent, late to the competent agency."""

from __future__ import annotations

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import acts_of, chances_of, is_agency, office, steps_of, stood_still
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("S16")
def referred_up(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers an agency passes to one above it although the procedure gave it the step."""
    above = _ancestors(book)
    above = above.filter(pl.col("rungs") >= rule.number("rungs"))
    passed = _transfers(book).join(above, on=["agency", "other"], how="inner", maintain_order="left")
    given = steps_of(book, "hold").filter(pl.col("agency").is_in(above["agency"].unique().implode()))
    hits = passed.with_columns(
        pl.col("rungs").cast(pl.Float64).alias("measure"),
        pl.col("other").alias("detail"),
        _excused(book).alias("excused"),
    )
    opportunities = pl.concat([given.select("nr", "agency", "hold"), hits.select("nr", "agency", "hold")]).unique()
    return found(hits, chances_of(opportunities))


@detector("S21")
def late_refusal_of_competence(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers an agency had longer than it needs to see that another is competent, and then passed on."""
    passed = _transfers(book)
    had = office(book, passed, "since", "at") - stood_still(book, passed, "since", "at")
    limits = pl.Series([rule.office_seconds("within", book.calendar_of(a).office_day) for a in passed["agency"]])
    late = passed.with_columns(
        pl.Series("measure", had, dtype=pl.Int64),
        pl.Series("whole", office(book, passed, "since", "at"), dtype=pl.Int64),
        limits.cast(pl.Int64).alias("limit"),
    )
    hits = late.filter(pl.col("whole") > pl.col("limit")).with_columns(
        pl.col("at").alias("until"),
        pl.col("other").alias("detail"),
        pl.when(pl.col("measure") <= pl.col("limit"))
        .then(pl.lit("lawful_stop"))
        .otherwise(_excused(book))
        .alias("excused"),
    )
    return found(hits, chances_of(passed))


@detector("P4")
def late_forwarding(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers forwarded to the competent agency on a later date than the one recorded for it."""
    passed = book.acts.filter(pl.col("act") == "transferred")
    rows = book.holds.lazy().filter(pl.col("nr").is_in(passed["nr"].unique().implode()))
    rows = rows.select("nr", "hold", "since", "due")
    passed = passed.join(rows.collect(), on=["nr", "hold"], how="left", maintain_order="left")
    days = [pl.col(name).dt.convert_time_zone(book.zone).dt.date() for name in ("at", "due")]
    passed = passed.with_columns((days[0] - days[1]).dt.total_days().alias("days"))
    late = passed.filter(pl.col("days") > rule.number("days"))
    counted = passed.filter(is_agency(book) & ~pl.col("is_system") & pl.col("due").is_not_null())
    hits = late.filter(is_agency(book) & ~pl.col("is_system")).with_columns(
        pl.col("by").alias("officer"),
        pl.col("due").alias("since"),
        pl.col("at").alias("until"),
        pl.col("days").cast(pl.Float64).alias("measure"),
        pl.col("detail"),
    )
    nobody = late.filter(pl.col("agency").is_null()).select("nr", "agency", "hold", "at")
    hits = pl.concat([hits, nobody], how="diagonal")
    return found(hits, chances_of(counted), forwarded=passed.height, late=late.height)


def _transfers(book: Casebook) -> pl.DataFrame:
    """Return what people passed on as another agency's, with when their agency had got the dossier (``since``)."""
    passed = acts_of(book, "transferred").drop("until", "recorded")
    if passed.is_empty():
        return passed.with_columns(pl.col("at").alias("since"), pl.col("by").alias("officer"))
    rows = steps_of(book, "hold", "since").filter(pl.col("nr").is_in(passed["nr"].unique().implode()))
    # It came to the agency with the first of the holds it had in a row.
    begun = (rows["nr"] != rows["nr"].shift(1)) | (rows["agency"] != rows["agency"].shift(1))
    first = pl.when(pl.Series(begun.fill_null(value=True))).then(pl.col("since")).forward_fill()
    rows = rows.with_columns(first.alias("since"))
    found_ = passed.join(rows.drop("agency"), on=["nr", "hold"], how="left", maintain_order="left")
    return found_.with_columns(pl.col("by").alias("officer"))


def _excused(book: Casebook) -> pl.Expr:
    pairs = [f"{a}\t{b}" for a, b in book.loops if a]
    is_designed = pl.concat_str("agency", pl.lit("\t"), "other").is_in(pairs).fill_null(value=False)
    return pl.when(is_designed).then(pl.lit("designed_loop"))


def _ancestors(book: Casebook) -> pl.DataFrame:
    """Return each agency with every one above it and how many rungs up that is."""
    lines: list[tuple[str, str, int]] = []
    for agency in book.parents:
        above, rungs, seen = book.parents.get(agency, ""), 1, {agency}
        while above and above not in seen:
            lines.append((agency, above, rungs))
            seen.add(above)
            above, rungs = book.parents.get(above, ""), rungs + 1
    return pl.DataFrame(lines, schema={"agency": pl.String, "other": pl.String, "rungs": pl.Int64}, orient="row")
