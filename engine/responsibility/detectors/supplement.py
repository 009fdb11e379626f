"""Asking the applicant: too late, again and again, for papers outside the list, without a written reason."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from engine.casebook import Casebook
from engine.limits import CalendarDays, Months, parse_limit
from engine.responsibility.day_count import days_between, too_late
from engine.responsibility.holding import with_dossier
from engine.responsibility.passages import chances_of, office, stood_still
from engine.responsibility.signal import Found, SignalRule, detector, found

_ASKED: Final = "supplement_requested"
_ANSWERED: Final = "supplement_received"
_REASONED: Final = (_ASKED, "intake_declined", "result_denied", "handling_stopped")
_SYSTEM: Final = pl.when(pl.col("is_system")).then(pl.lit("system_account"))


@detector("S5")
def late_supplement_request(book: Casebook, rule: SignalRule) -> Found:
    """Find first requests after receipt that come later than the law gives for them.

    Live dossiers are judged by the fact their procedure's own term left behind, others by the parameter ``within``.
    ``figures``: ``requests`` dossiers with a request after receipt, ``late`` those of them that count as late.
    """
    asked = _after_receipt(book).unique("nr", keep="first", maintain_order=True)
    limit = parse_limit(rule.text("within"))
    still = stood_still(book, asked.with_columns(pl.col("desk").alias("agency")), "received", "at")
    asked = asked.with_columns(
        pl.Series("is_late", too_late(book, asked, "received", "at", limit)),
        pl.Series("is_late_net", too_late(book, asked, "received", "at", limit, still)),
        _measure(book, asked, in_dates=isinstance(limit, CalendarDays | Months)),
        pl.Series("used", office(book, asked, "received", "at", "desk")),
        pl.Series("term", office(book, asked, "received", "due", "desk")),
    )
    marked = _breaches(book, "late_supplement_request")
    asked = asked.join(marked, on=["nr", "at"], how="left", maintain_order="left")
    own = pl.col("is_marked").fill_null(value=False)
    late = asked.filter(pl.when(pl.col("origin") == "live").then(own).otherwise("is_late"))
    theirs = book.holds.filter(pl.col("nr").is_in(late["nr"].unique().implode()))
    first_had = theirs.group_by("nr", "agency").agg(pl.col("since").min().alias("first_had"))
    late = late.join(first_had, on=["nr", "agency"], how="left", maintain_order="left")
    got_late = too_late(book, late, "received", "first_had", limit)
    near = (pl.col("term") > 0) & (pl.col("used") >= rule.number("near_due") * pl.col("term"))
    hits = late.with_columns(
        pl.col("received").alias("since"),
        pl.col("at").alias("until"),
        pl.when(near).then(pl.lit("near_due")).otherwise(pl.lit("late")).alias("detail"),
        _SYSTEM.when(~pl.col("is_late_net") & (pl.col("origin") != "live"))
        .then(pl.lit("lawful_stop"))
        .when(pl.Series(got_late))
        .then(pl.lit("not_held"))
        .alias("excused"),
    )
    return found(hits, chances_of(asked.drop_nulls("agency")), requests=asked.height, late=late.height)


@detector("S6")
def repeated_supplement(book: Casebook, rule: SignalRule) -> Found:
    """Find requests beyond the first by the same agency, and those beyond the most in all.

    Cleared are requests for papers asked before that the applicant has not brought, reminders while an answer is still
    awaited, and two letters of one day.
    """
    asked = _requests(book)
    if asked.is_empty():
        return found(None, chances_of(asked))
    same = pl.int_range(1, pl.len() + 1).over("nr", "agency")
    in_all = pl.int_range(1, pl.len() + 1).over("nr")
    day = pl.col("at").dt.convert_time_zone(book.zone).dt.date()
    asked = asked.with_columns(
        same.alias("own"), in_all.alias("ordinal"), pl.col("at").shift(1).over("nr").alias("before"),
        (day == day.shift(1).over("nr")).alias("is_same_day"),
    )  # fmt: skip
    most = int(rule.number("most"))
    again = asked.filter(
        (pl.col("agency").is_not_null() & (pl.col("own") > int(rule.number("own")))) | (pl.col("ordinal") > most)
    )
    answers = book.acts.filter(pl.col("act") == _ANSWERED).select("nr", pl.col("at").alias("answered"))
    answered = again.select("nr", "version", "hold", "at", "before").join(answers, on="nr")
    answered = answered.filter((pl.col("answered") >= pl.col("before")) & (pl.col("answered") <= pl.col("at")))
    answered = answered.select("nr", "version", "hold", pl.lit(value=True).alias("is_answered")).unique()
    key = ["nr", "version", "hold"]
    again = again.join(answered, on=key, how="left", maintain_order="left")
    again = again.join(_not_brought(book, asked, again), on=key, how="left", maintain_order="left")
    tells_answers = _ANSWERED in book.tells
    hits = again.with_columns(
        pl.col("before").alias("since"),
        pl.col("at").alias("until"),
        pl.col("ordinal").cast(pl.Float64).alias("measure"),
        pl.when(pl.col("ordinal") > most).then(pl.lit("beyond_most")).otherwise(pl.lit("again")).alias("detail"),
        _SYSTEM.when(pl.col("is_same_day").fill_null(value=False))
        .then(pl.lit("small"))
        .when(pl.lit(tells_answers) & pl.col("is_answered").is_null())
        .then(pl.lit("applicant"))
        .when(pl.col("is_owed").fill_null(value=False))
        .then(pl.lit("applicant"))
        .alias("excused"),
    )
    return found(hits, chances_of(asked.drop_nulls("agency")), requests=asked.height, again=hits.height)


@detector("S7")
def paper_outside_list(book: Casebook, rule: SignalRule) -> Found:  # noqa: ARG001  one signature for all detectors
    """Find requests for a paper that the published list of the procedure does not have."""
    asked = _requests(book)
    outside = asked.join(_breaches(book, "paper_outside_list"), on=["nr", "at"], how="inner", maintain_order="left")
    papers = pl.col("detail").str.count_matches(",", literal=True) + 1
    hits = outside.with_columns(
        pl.col("at").alias("since"),
        pl.col("at").alias("until"),
        papers.cast(pl.Float64).alias("measure"),
        _SYSTEM.alias("excused"),
    )
    return found(hits, chances_of(asked.drop_nulls("agency")))


@detector("S8")
def reason_missing(book: Casebook, rule: SignalRule) -> Found:  # noqa: ARG001  one signature for all detectors
    """Find refusals, stops and requests for papers that give no reason."""
    acts = book.acts.filter(pl.col("act").is_in(_REASONED) & pl.col("has_reason").is_not_null())
    without = acts.filter(~pl.col("has_reason"))
    hits = without.with_columns(
        pl.col("by").alias("officer"),
        pl.col("at").alias("since"),
        pl.col("at").alias("until"),
        pl.col("act").alias("detail"),
        _SYSTEM.alias("excused"),
    )
    without_basis = int((~acts["has_basis"].fill_null(value=True)).sum())
    return found(hits, chances_of(acts.drop_nulls("agency")), reasoned=acts.height, without_basis=without_basis)


def _requests(book: Casebook) -> pl.DataFrame:
    asked = book.acts.filter(pl.col("act") == _ASKED).drop("until")
    return with_dossier(book, asked.with_columns(pl.col("by").alias("officer")), "desk", "received", "due", "origin")


def _after_receipt(book: Casebook) -> pl.DataFrame:
    """Return requests after receipt; what the desk asks while it checks a submission is another matter."""
    return _requests(book).filter(pl.col("received").is_not_null() & (pl.col("at") >= pl.col("received")))


def _breaches(book: Casebook, rule: str) -> pl.DataFrame:
    marked = book.acts.filter((pl.col("act") == "rule_breached") & (pl.col("detail") == rule))
    return marked.select("nr", "at", pl.lit(value=True).alias("is_marked")).unique()


def _measure(book: Casebook, asked: pl.DataFrame, *, in_dates: bool) -> pl.Series:
    """Return days since receipt: dates for a limit in dates, else office days of the desk."""
    if in_dates:
        return days_between(book, asked, "received", "at").cast(pl.Float64).alias("measure")
    passed = office(book, asked, "received", "at", "desk")
    return pl.Series("measure", np.round(passed / book.calendar.office_day, 2), dtype=pl.Float64)


def _not_brought(book: Casebook, asked: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Return which repeated requests only ask for what was asked before and has not been brought since.

    Only live dossiers tell which papers were asked for and brought.
    """
    key = ["nr", "version", "hold"]
    live = again.filter(pl.col("origin") == "live")
    wanted = live.select(*key, "at", pl.col("detail").str.split(",").alias("paper")).explode("paper").drop_nulls()
    before = _papers(asked.filter(pl.col("origin") == "live"))
    brought = _papers(book.acts.filter(pl.col("act") == _ANSWERED))
    lines = wanted.join(before.rename({"when": "asked"}), on=["nr", "paper"], how="left")
    lines = lines.with_columns(pl.when(pl.col("asked") < pl.col("at")).then("asked"))
    lines = lines.group_by(*key, "paper", "at").agg(pl.col("asked").max())
    lines = lines.join(brought.rename({"when": "came"}), on=["nr", "paper"], how="left")
    came = (pl.col("came") >= pl.col("asked")) & (pl.col("came") <= pl.col("at"))
    lines = lines.group_by(*key, "paper").agg(
        (pl.col("asked").is_not_null().any() & ~came.fill_null(value=False).any()).alias("is_owed")
    )
    return lines.group_by(key).agg(pl.col("is_owed").all())


def _papers(acts: pl.DataFrame) -> pl.DataFrame:
    rows = acts.select("nr", pl.col("at").alias("when"), pl.col("detail").str.split(",").alias("paper"))
    return rows.explode("paper").drop_nulls()
