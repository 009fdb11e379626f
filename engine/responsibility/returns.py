"""Returns: how often each agency sent a dossier back to its applicant, and how often what ended had been submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from engine.casebook import Casebook

_SUBMISSIONS: Final = ("submitted", "resubmitted")
_RETURN: Final = "sent_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """Returns counted.

    Attributes:
        by: agency (empty: not recorded) to its returns, most first; the applicant's own withdrawals under the
            applicant's name.
        total: all of them.
        ended_by_submissions: of the dossiers that ended, how many had been submitted so many times.
    """

    by: Mapping[str, int]
    total: int
    ended_by_submissions: Mapping[int, int]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "by": dict(self.by),
            "total": self.total,
            "ended_by_submissions": {str(times): count for times, count in self.ended_by_submissions.items()},
        }


def returns(book: Casebook) -> Returns:
    """Count the returns of a casebook.

    After a submission the first return counts, whoever made it; further ones before the next submission count only
    where an agency made them: that the applicant takes back what was returned to him returns nothing. What is returned
    before any submission is none.

    Args:
        book: with acts ``submitted`` or ``resubmitted`` and ``sent_back``; without them every count is zero.
    """
    acts = book.acts.filter(pl.col("act").is_in([*_SUBMISSIONS, _RETURN])).select(
        "nr", "agency", pl.col("act").is_in(list(_SUBMISSIONS)).alias("submits")
    )
    acts = acts.with_columns(pl.col("submits").cum_sum().over("nr").alias("round"))
    sent = acts.filter(~pl.col("submits") & (pl.col("round") > 0))
    is_first = pl.int_range(pl.len()).over("nr", "round") == 0
    by_agency = ~pl.col("agency").fill_null("").is_in(list(book.outsiders))
    counted = sent.filter(is_first | by_agency)
    by = counted.group_by(pl.col("agency").fill_null("")).len().sort(["len", "agency"], descending=[True, False])
    times = acts.group_by("nr").agg(pl.col("submits").sum().alias("times"))
    ended = book.dossiers.filter(pl.col("ended").is_not_null()).select("nr").join(times, on="nr", how="left")
    submissions = ended.group_by(pl.col("times").fill_null(0)).len().sort("times")
    return Returns(by=dict(by.iter_rows()), total=counted.height, ended_by_submissions=dict(submissions.iter_rows()))
