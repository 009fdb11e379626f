"""Bunching at the deadline: how much of its term was used when a dossier or a hold ended, and the crowd just before.

A term is measured in office seconds, so nights, weekends and holidays neither fill nor empty a bin. Work that takes its
time ends anywhere in the term; a crowd in the last twentieth of it asks why (fixed visiting days, batch signing, lying
until the last day, a queue): it is a question, and for one agency only with its load beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from engine.casebook import Casebook

BIN: Final = 5
"""Width of a bin in per cent of the term."""

LAST: Final = 200
"""Everything at or beyond so many per cent of the term shares the last bin."""

NEAR: Final = 90
"""From so many per cent on (to 100, in time) an end is *near the deadline*. Proposal."""

PEAK: Final = (75, 95)
"""The bins with whose mean the last one in time (95 to 100 %) is compared. Proposal."""

_USES: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "nr": pl.UInt32,
    "agency": pl.String,
    "used": pl.Float64,
    "bin": pl.Int64,
}
USES: Final = pl.Schema(_USES)
"""One row an end with a term: ``used`` is the share of the term (above 1 exactly if it ended after its due instant),
``bin`` the lower end of its bin in per cent; bins exclude their lower end and include their upper one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bunching:
    """The ends of many terms.

    Attributes:
        ends: how many ended and had a term with office time in it.
        without_term: ended, but without a due instant or without office time before it.
        near: ended in time with `NEAR` per cent or more of the term used.
        late: ended after the due instant.
        peak: ended in the last `BIN` per cent before the deadline.
        beside: mean number in the bins of `PEAK`; ``peak`` over it tells how far the crowd stands out.
        bins: lower end in per cent and count, every bin from 0 to `LAST`.
        by_agency: ``agency``, ``ends``, ``near``, ``late``, ``peak``, ``median`` (of ``used``), most ends first.
    """

    ends: int
    without_term: int
    near: int
    late: int
    peak: int
    beside: float
    bins: tuple[tuple[int, int], ...]
    by_agency: pl.DataFrame

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "ends": self.ends,
            "without_term": self.without_term,
            "near": self.near,
            "late": self.late,
            "peak": self.peak,
            "beside": self.beside,
            "bins": [list(one) for one in self.bins],
            "by_agency": self.by_agency.to_dicts(),
        }


def of_dossiers(book: Casebook) -> Bunching:
    """Return how dossiers used their legal term from receipt to the decision; the agency is the receiving desk.

    The due instant is the one in force at the end: lawful stops have moved it and count as no use.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    ended = book.dossiers.filter(pl.col("ended").is_not_null() & pl.col("received").is_not_null())
    ends = ended.select("nr", pl.col("desk").alias("agency"), pl.col("received").alias("since"), "due", "ended")
    return _bunching(book, ends.rename({"ended": "until"}))


def of_holds(book: Casebook) -> Bunching:
    """Return how agencies used the terms of their own steps and opinions; the applicant and machines are left out.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    theirs = ~pl.col("is_system").fill_null(value=False) & pl.col("agency").is_not_null()
    outside = pl.col("agency").is_in(list(book.outsiders))
    held = book.holds.filter(pl.col("until").is_not_null() & pl.col("due").is_not_null() & theirs & ~outside)
    return _bunching(book, held.select("nr", "agency", "since", "due", "until"))


def uses(book: Casebook, ends: pl.DataFrame) -> pl.DataFrame:
    """Return `USES` of ends (``nr``, ``agency``, ``since``, ``due``, ``until``) that have a term with office time.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    termed = ends.filter(pl.col("due") > pl.col("since"))
    term = book.office_seconds(termed["since"], termed["due"], termed["agency"])
    spent = book.office_seconds(termed["since"], termed["until"], termed["agency"])
    is_late = (termed["until"] > termed["due"]).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = spent / term
    used = np.where(is_late, np.maximum(share, np.nextafter(1.0, 2.0)), np.minimum(share, 1.0))
    # Upper ends belong to their bin: what ends with the whole term used is in time, in the last bin before 100 %.
    place = np.where(used > 1, np.floor(used * (100 / BIN)), np.ceil(np.round(used * (100 / BIN), 9)) - 1)
    lower = (np.clip(np.nan_to_num(place, posinf=LAST), 0, LAST // BIN) * BIN).astype(np.int64)
    frame = termed.select("nr", "agency").with_columns(
        pl.Series("used", used, dtype=pl.Float64), pl.Series("bin", lower, dtype=pl.Int64)
    )
    return frame.filter(pl.Series(term > 0, dtype=pl.Boolean)).select(USES.names())


def _bunching(book: Casebook, ends: pl.DataFrame) -> Bunching:
    used = uses(book, ends)
    counts = [
        expression.sum().cast(pl.Int64).alias(name)
        for name, expression in (
            ("near", (pl.col("used") * 100 >= NEAR) & (pl.col("used") <= 1)),
            ("late", pl.col("used") > 1),
            ("peak", pl.col("bin") == 100 - BIN),
        )
    ]
    near, late, peak = used.select(counts).row(0) if used.height else (0, 0, 0)
    counted: dict[int, int] = dict(used.group_by("bin").len().iter_rows())
    bins = tuple((lower, counted.get(lower, 0)) for lower in range(0, LAST + 1, BIN))
    beside = [number for lower, number in bins if PEAK[0] <= lower < PEAK[1]]
    by_agency = (
        used.drop_nulls("agency")
        .group_by("agency")
        .agg(pl.len().cast(pl.Int64).alias("ends"), *counts, pl.col("used").median().alias("median"))
        .sort(["ends", "agency"], descending=[True, False])
    )
    return Bunching(
        ends=used.height,
        without_term=ends.height - used.height,
        near=near,
        late=late,
        peak=peak,
        beside=sum(beside) / len(beside),
        bins=bins,
        by_agency=by_agency,
    )
