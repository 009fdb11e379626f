"""Attribution by agency: late through itself or through others, and each hand-over early, on time or overdue."""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.casebook import INSTANT, Casebook
from engine.lateness import Grade
from engine.responsibility.passages import ELSEWHERE

_HANDOVERS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "nr": pl.UInt32,
    "hold": pl.UInt32,
    "step": pl.String,
    "from_agency": pl.String,
    "agency": pl.String,
    "since": INSTANT,
    "until": INSTANT,
    "due": INSTANT,
    "by_instant": pl.String,
    "by_date": pl.String,
}
HANDOVERS: Final = pl.Schema(_HANDOVERS)
"""One row a hold of an agency with a term of its own, as the control sheet lists hand-overs (form 06).

``by_instant`` and ``by_date`` are ``early``, ``on_time`` or ``overdue`` (`engine.lateness.Grade`); null while it is
open and not past its term.
"""

UNRECORDED: Final = ("beyond_own_limit", "beyond_remainder", "held_while_overdue")
"""Reasons of shares that are an agency's though nobody recorded which, where ``agency`` is null."""

_AGENCIES: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "agency": pl.String,
    "late": pl.Int64,
    "inside": pl.Int64,
    "outside": pl.Int64,
    "inside_seconds": pl.Int64,
    "outside_seconds": pl.Int64,
    "queue_seconds": pl.Int64,
    "work_seconds": pl.Int64,
}
AGENCIES: Final = pl.Schema(_AGENCIES)
"""One row an agency that had a late dossier, most charged first. Lengths are office seconds of the receiving desk.

``late`` dossiers it had until they ended (or now) = ``inside``, those it is charged with a share of, + ``outside``, the
others; ``inside_seconds`` charged to it = ``queue_seconds`` + ``work_seconds``; ``outside_seconds`` the rest of the
lateness of all of them. Where the source does not tell which agency it was, ``agency`` is null: one row, last, if
anything is charged there, so that the sum of ``inside_seconds`` is all that agencies are charged with.
"""


def inside_outside(book: Casebook, shares: pl.DataFrame) -> pl.DataFrame:
    """Return how many late dossiers each agency had, late through itself and through others (`AGENCIES`).

    As OpenCPS reports ``overtimeInside`` and ``overtimeOutside``, but by share: several can have made one dossier late.

    Args:
        book: dossiers.
        shares: of all late dossiers, from `engine.responsibility.attribution.attribute`.
    """
    late = shares.select("nr", "late_by").unique()
    now = pl.lit(book.now * 1_000_000).cast(INSTANT)
    ends = book.dossiers.select("nr", pl.coalesce("ended", now).alias("end"))
    had = book.holds.filter(_is_agencys(book)).join(late, on="nr").join(ends, on="nr")
    had = had.filter(pl.col("since") < pl.col("end")).select("agency", "nr", "late_by").unique()
    unrecorded = pl.col("agency").is_null() & (pl.col("hold") > 0) & pl.col("reason").is_in(UNRECORDED)
    charged = shares.filter(pl.col("agency").is_not_null() | unrecorded).group_by("agency", "nr")
    mine = charged.agg(pl.col("seconds", "queue_seconds", "work_seconds").sum(), pl.lit(value=True).alias("is_inside"))
    blank = mine.filter(pl.col("agency").is_null()).join(late, on="nr", how="left").select("agency", "nr", "late_by")
    both = (
        pl.concat([had, blank])
        .join(mine, on=["agency", "nr"], how="left", nulls_equal=True)
        .with_columns(
            pl.col("is_inside").fill_null(value=False), pl.col("seconds", "queue_seconds", "work_seconds").fill_null(0)
        )
    )
    found = both.group_by("agency").agg(
        pl.len().alias("late"),
        pl.col("is_inside").sum().alias("inside"),
        (~pl.col("is_inside")).sum().alias("outside"),
        pl.col("seconds").sum().alias("inside_seconds"),
        (pl.col("late_by") - pl.col("seconds")).sum().alias("outside_seconds"),
        pl.col("queue_seconds", "work_seconds").sum(),
    )
    found = found.select(pl.col(name).cast(dtype) for name, dtype in AGENCIES.items())
    return found.sort(
        [pl.col("agency").is_null(), "inside_seconds", "agency"], descending=[False, True, False], nulls_last=True
    )


def handover_grades(book: Casebook) -> pl.DataFrame:
    """Return each hold with a term of its own, early, on time or overdue by the instant and by the date (`HANDOVERS`).

    Dates are those of the casebook's zone. What is open is judged at its now.
    """
    now = pl.lit(book.now * 1_000_000).cast(INSTANT)
    held = book.holds.filter(_is_agencys(book) & pl.col("due").is_not_null())
    is_open = pl.col("until").is_null()
    done = pl.coalesce("until", now)
    done_on, due_on = (one.dt.convert_time_zone(book.zone).dt.date() for one in (done, pl.col("due")))
    in_time = (
        pl.when(is_open)
        .then(None)
        .when(done_on < due_on)
        .then(pl.lit(Grade.EARLY.value))
        .otherwise(pl.lit(Grade.ON_TIME.value))
    )
    graded = held.with_columns(
        pl.when(late).then(pl.lit(Grade.OVERDUE.value)).otherwise(in_time).alias(name)
        for name, late in (("by_instant", done > pl.col("due")), ("by_date", done_on > due_on))
    )
    return graded.select(pl.col(name).cast(dtype) for name, dtype in HANDOVERS.items())


def _is_agencys(book: Casebook) -> pl.Expr:
    """Tell whether a hold is one in which an agency, and not the applicant or nobody, has to act."""
    outside = pl.col("agency").is_in(list(book.outsiders)) | pl.col("kind").is_in(["applicant", "nobody"]) | ELSEWHERE
    return pl.col("agency").is_not_null() & ~outside.fill_null(value=False)
