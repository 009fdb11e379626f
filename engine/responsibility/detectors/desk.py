"""At the desk: passing it by, not registering what came in, registering late, closing before there is a result."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.limits import parse_limit
from engine.responsibility.day_count import days_between, too_late
from engine.responsibility.holding import with_dossier
from engine.responsibility.passages import chances_of, instant, is_agency, office
from engine.responsibility.signal import Found, SignalRule, detector, found

_CONTACTS: Final = ("supplement_received", "result_issued", "submitted", "received")
_RESULTS: Final = ("result_decided", "result_denied")
_SYSTEM: Final = pl.when(pl.col("is_system")).then(pl.lit("system_account"))


@detector("S9")
def bypassed_desk(book: Casebook, rule: SignalRule) -> Found:  # noqa: ARG001  one signature for all detectors
    """Find papers taken in and results given out by another agency than the receiving desk.

    Judged only for dossiers whose desk is seen among the agencies of the source at all; else the source does not tell
    who the desk is.
    """
    seen = pl.concat([frame["agency"].unique() for frame in (book.holds, book.acts)]).drop_nulls()
    contacts = book.acts.filter(pl.col("act").is_in(_CONTACTS) & is_agency(book) & (pl.col("by") != "applicant"))
    contacts = with_dossier(book, contacts, "desk").filter(pl.col("desk").is_in(seen.implode()))
    kinds = dict(book.kinds)
    kind = pl.col("agency").replace_strict(kinds, default=None, return_dtype=pl.String)
    own = pl.col("desk").replace_strict(kinds, default=None, return_dtype=pl.String)
    hits = contacts.filter(pl.col("agency") != pl.col("desk")).with_columns(
        pl.col("by").alias("officer"),
        pl.col("at").alias("since"),
        pl.col("at").alias("until"),
        pl.col("act").alias("detail"),
        # Another desk may take in and give out regardless of boundaries.
        _SYSTEM.when((kind == own).fill_null(value=False)).then(pl.lit("designed_loop")).alias("excused"),
    )
    return found(hits, chances_of(contacts))


@detector("S11")
def not_registered(book: Casebook, rule: SignalRule) -> Found:
    """Find submissions neither received nor declined in time, and work done before the dossier was registered."""
    rows = _submissions(book, rule)
    open_ = rows.filter(pl.col("answered").is_null() & pl.col("is_late"))
    left = open_.with_columns(
        pl.col("submitted").alias("since"),
        pl.coalesce("ended", instant(book.now)).alias("until"),
        pl.coalesce("ended", instant(book.now)).alias("at"),
        pl.lit("unanswered").alias("detail"),
        pl.when("is_waiting").then(pl.lit("applicant")).alias("excused"),
    )
    left = left.with_columns(pl.Series("measure", office(book, left, "since", "until", "desk"), dtype=pl.Float64))
    early = _worked_before(book)
    hits = pl.concat([found(part).hits for part in (left, early)])
    opportunities = pl.concat([rows.select("agency"), early.select("agency")])
    return found(hits, chances_of(opportunities), unanswered=open_.height, odd_hours=_at_odd_hours(book, rule))


@detector("S12")
def registered_late(book: Casebook, rule: SignalRule) -> Found:
    """Find submissions that were received or declined only after the time for checking them."""
    rows = _submissions(book, rule).filter(pl.col("answered").is_not_null())
    late = rows.filter(pl.col("is_late") | pl.col("is_late_whole"))
    late = late.with_columns(pl.Series("measure", office(book, late, "begun", "answered", "desk"), dtype=pl.Float64))
    hits = late.with_columns(
        pl.col("answered").alias("at"),
        pl.col("submitted").alias("since"),
        pl.col("answered").alias("until"),
        pl.when(pl.col("received").is_null())
        .then(pl.lit("declined_late"))
        .otherwise(pl.lit("received_late"))
        .alias("detail"),
        # The desk had asked for papers in between; without that wait it was in time.
        _SYSTEM.when(~pl.col("is_late")).then(pl.lit("applicant")).alias("excused"),
    )
    return found(hits, chances_of(rows), late=late.filter(pl.col("is_late")).height)


@detector("S13")
def closed_before_result(book: Casebook, rule: SignalRule) -> Found:
    """Find results without a document, dossiers taken up again after they were closed, and work that went on.

    A missing document counts only where most results of the source name one; work after the end only at steps that
    usually come before it.
    """
    results = book.acts.filter(pl.col("act").is_in(_RESULTS) & is_agency(book))
    results = results.unique("nr", keep="last", maintain_order=True)
    named = results["has_document"].fill_null(value=False)
    in_use = results.height > 0 and float(named.mean() or 0.0) >= rule.number("documented")  # type: ignore[arg-type]
    bare = results.filter(~pl.col("has_document").fill_null(value=False) & pl.lit(in_use)).with_columns(
        pl.col("by").alias("officer"),
        pl.col("at").alias("since"),
        pl.col("at").alias("until"),
        pl.lit("no_document").alias("detail"),
        _SYSTEM.alias("excused"),
    )
    closed = _closed(book)
    after = _worked_after(book, closed, rule)
    again = _reopened(book, rule)
    hits = pl.concat([found(part).hits for part in (again, after, bare)]).unique(
        ["nr", "agency"], keep="first", maintain_order=True
    )
    opportunities = pl.concat([closed.select("nr", "agency"), hits.select("nr", "agency")]).unique().drop_nulls()
    return found(hits, chances_of(opportunities))


def _submissions(book: Casebook, rule: SignalRule) -> pl.DataFrame:
    """Return every submission with when the desk answered it, and whether that was too late.

    ``begun`` is when checking (last) began: at submission, or when the papers asked for came in. Live dossiers are
    late by the facts their procedure's own term left behind, others by the parameter ``within``.
    """
    acts = book.acts
    declined = acts.filter(pl.col("act") == "intake_declined").group_by("nr").agg(pl.col("at").first().alias("no"))
    sent = acts.filter(pl.col("act") == "submitted").group_by("nr").agg(pl.col("at").first().alias("sent"))
    answers = acts.filter(pl.col("act").is_in(["received", "intake_declined"]))
    done = answers.group_by("nr").agg(pl.col("by").last().alias("officer"), pl.col("is_system").last())
    came = acts.filter(pl.col("act") == "supplement_received").select("nr", pl.col("at").alias("came"))
    rows = book.dossiers.select("nr", "desk", "origin", "submitted", "received", "ended", "is_waiting")
    for part in (declined, sent, done):
        rows = rows.join(part, on="nr", how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.coalesce("received", "no").alias("answered"), pl.coalesce("sent", "submitted").alias("submitted")
    ).filter(pl.col("submitted").is_not_null())
    last = came.join(rows.select("nr", "answered"), on="nr").filter(
        pl.col("answered").is_null() | (pl.col("came") <= pl.col("answered"))
    )
    rows = rows.join(last.group_by("nr").agg(pl.col("came").max()), on="nr", how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.max_horizontal("submitted", "came").alias("begun"),
        pl.coalesce("answered", "ended", instant(book.now)).alias("done"),
        pl.col("desk").alias("agency"),
        pl.col("is_system").fill_null(value=False),
    )
    limit = parse_limit(rule.text("within"))
    marked = acts.filter(
        ((pl.col("act") == "limit_passed") & (pl.col("detail") == "intake"))
        | ((pl.col("act") == "rule_breached") & (pl.col("detail") == "late_intake"))
    )
    is_marked = pl.col("nr").is_in(marked["nr"].unique().implode())
    is_live = pl.col("origin") == "live"
    return rows.with_columns(
        pl.when(is_live).then(is_marked).otherwise(pl.Series(too_late(book, rows, "begun", "done", limit))).alias(
            "is_late"
        ),
        pl.when(is_live).then(is_marked).otherwise(pl.Series(too_late(book, rows, "submitted", "done", limit))).alias(
            "is_late_whole"
        ),
    )  # fmt: skip


def _worked_before(book: Casebook) -> pl.DataFrame:
    """Return the first work of each agency that was finished on an earlier date than the dossier was registered."""
    received = book.dossiers.filter(pl.col("received").is_not_null()).select("nr", "received")
    work = book.holds.filter(
        (pl.col("work") == "step") & pl.col("until").is_not_null() & is_agency(book) & ~pl.col("is_system")
    )
    work = work.select("nr", "agency", "officer", "hold", pl.col("until").alias("at")).join(received, on="nr")
    work = work.filter(pl.col("at") < pl.col("received"))
    work = work.filter(days_between(book, work, "at", "received") > 0).unique(
        ["nr", "agency"], keep="first", maintain_order=True
    )
    return work.with_columns(
        pl.col("at").alias("since"),
        pl.col("received").alias("until"),
        pl.Series("measure", office(book, work, "at", "received"), dtype=pl.Float64),
        pl.lit("worked_before_receipt").alias("detail"),
        pl.lit(None, dtype=pl.String).alias("excused"),
    )


def _at_odd_hours(book: Casebook, rule: SignalRule) -> int:
    """Return how many dossiers were registered outside office hours in a batch of one desk and hour."""
    taken = book.acts.filter((pl.col("act") == "received") & ~pl.col("is_system") & is_agency(book))
    taken = taken.with_columns((pl.col("at") + pl.duration(seconds=1)).alias("just_after"))
    closed = office(book, taken, "at", "just_after") == 0
    batches = taken.filter(pl.Series(closed)).group_by("agency", pl.col("at").dt.truncate("1h")).len()
    return int(batches.filter(pl.col("len") >= rule.number("batch"))["len"].sum())


def _closed(book: Casebook) -> pl.DataFrame:
    """Return dossiers with a result, and who decided it: by its act, else who had the dossier last before."""
    results = book.acts.filter(pl.col("act").is_in(_RESULTS) & is_agency(book))
    decided = results.group_by("nr").agg(pl.col("agency").last().alias("decided_by"))
    rows = book.dossiers.filter(pl.col("outcome").is_in(["granted", "denied"]) & pl.col("ended").is_not_null())
    rows = rows.select("nr", "desk", "ended").join(decided, on="nr", how="left", maintain_order="left")
    unknown = rows.filter(pl.col("decided_by").is_null()).select("nr", "ended")
    last = book.holds.filter(is_agency(book)).select("nr", "agency", "since").join(unknown, on="nr")
    last = last.filter(pl.col("since") <= pl.col("ended")).group_by("nr").agg(pl.col("agency").last())
    rows = rows.join(last, on="nr", how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("decided_by", "agency", "desk").alias("agency"))


def _worked_after(book: Casebook, closed: pl.DataFrame, rule: SignalRule) -> pl.DataFrame:
    """Return work that went on well after the end, at steps that elsewhere come before it."""
    ends = closed.select("nr", "ended", pl.col("agency").alias("closed_by"))
    work = book.holds.filter((pl.col("work") == "step") & pl.col("until").is_not_null()).select(
        "nr", "hold", "step", "until", "is_system"
    )
    work = work.join(ends, on="nr", maintain_order="left").rename({"closed_by": "agency"})
    is_after = pl.col("until") > pl.col("ended")
    shares = work.group_by("step").agg(is_after.mean().alias("share"))
    after = work.filter(is_after).join(shares, on="step", how="left", maintain_order="left")
    passed = office(book, after, "ended", "until")
    limit = rule.office_seconds("grace", book.calendar.office_day)
    after = after.with_columns(pl.Series("measure", passed, dtype=pl.Float64)).filter(pl.Series(passed > limit))
    usual = pl.col("share") > rule.number("usually_after")
    return after.with_columns(
        pl.col("ended").alias("at"),
        pl.col("ended").alias("since"),
        pl.lit("worked_after_end").alias("detail"),
        _SYSTEM.when(usual).then(pl.lit("designed_loop")).alias("excused"),
    ).sort(pl.col("excused").is_not_null(), "nr", "hold")


def _reopened(book: Casebook, rule: SignalRule) -> pl.DataFrame:
    """Return results of dossiers that were taken up again soon after."""
    decided = book.acts.filter(pl.col("act").is_in(_RESULTS)).select(
        "nr", "agency", pl.col("by").alias("officer"), pl.col("at").alias("since")
    )
    again = book.acts.filter(pl.col("act") == "reopened").select("nr", "at", "detail", "is_system")
    both = again.join(decided, on="nr").filter(pl.col("since") <= pl.col("at"))
    both = both.sort("nr", "at", "since").unique(["nr", "at"], keep="last", maintain_order=True)
    both = both.filter(days_between(book, both, "since", "at") <= rule.number("reopened_days"))
    loops = [step for agency, step in book.loops if not agency]
    return both.with_columns(
        pl.Series("measure", office(book, both, "since", "at"), dtype=pl.Float64),
        pl.col("at").alias("until"),
        _SYSTEM.when(pl.col("detail").is_in(loops)).then(pl.lit("designed_loop")).alias("excused"),
        pl.lit("reopened").alias("detail"),
    )
