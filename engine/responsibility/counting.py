"""Counting a period as the official reports do and honestly beside it: received, settled, pending, and three rates.

The official form (II.06a/VPCP/KSTT, columns as read in a provincial system) compares dates, counts what was withdrawn
as settled on time and what waits for the applicant as pending in time. The honest counting hides neither. Received must
be settled plus pending in both.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import polars as pl

from engine.casebook import Casebook
from engine.lateness import Measure, grade
from engine.lateness_vector import grade_many
from engine.responsibility.still import still

_RETURNED: Final = ("withdrawn", "declined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Dossiers of a period, in the columns of form II.06a; what the form does not show stands beside it.

    ``received`` = ``online`` + ``direct`` + ``carried`` = ``settled`` + ``pending``; ``settled`` = ``early`` +
    ``on_time`` + ``overdue`` (+ ``returned`` + ``without_due``, settled without a due instant, in the honest counting);
    ``pending`` = ``in_time`` + ``pending_overdue`` (+ ``waiting`` in the honest counting).
    """

    received: int
    online: int
    direct: int
    carried: int
    settled: int
    early: int
    on_time: int
    overdue: int
    returned: int
    pending: int
    in_time: int
    pending_overdue: int
    waiting: int
    without_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How many are late, by the three denominators in use; None where the denominator is 0.

    ``of_settled``: late among what was settled. ``of_due``: late (settled late, or open past due) among all whose due
    instant fell into the period or before its end. ``of_all``: late among everything received and carried over.
    """

    of_settled: float | None
    of_due: float | None
    of_all: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """One period counted by one measure, officially and honestly."""

    measure: Measure
    official: Counts
    honest: Counts
    official_rates: Rates
    honest_rates: Rates

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {"measure": self.measure.value, **{k: v for k, v in asdict(self).items() if k != "measure"}}


def count(
    book: Casebook,
    *,
    measure: Measure = Measure.DATE,
    since: int | None = None,
    until: int | None = None,
) -> Counting:
    """Return the counts of the dossiers that were in the desks' hands in a period.

    Args:
        book: dossiers.
        measure: what is compared; the official reports compare dates.
        since: first instant of the period (epoch seconds); None: the first receipt, so that nothing is carried over.
        until: its end, excluded, at which what is open is judged; None: the casebook's now.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    frame = standing(book, measure=measure, at=until)
    if since is not None:
        start = pl.lit(since * 1_000_000).cast(pl.Datetime("us", "UTC"))
        frame = frame.filter(pl.col("ended").is_null() | (pl.col("ended") >= start))
        frame = frame.with_columns((pl.col("received") < start).alias("is_carried"))
    else:
        frame = frame.with_columns(pl.lit(value=False).alias("is_carried"))
    official, honest = _counts(frame, honest=False), _counts(frame, honest=True)
    return Counting(
        measure=measure,
        official=official,
        honest=honest,
        official_rates=_rates(official, frame, honest=False),
        honest_rates=_rates(honest, frame, honest=True),
    )


def standing(book: Casebook, *, measure: Measure, at: int | None = None) -> pl.DataFrame:
    """Return received dossiers with ``grade`` (empty without a due instant) and ``is_open``, as they stood at ``at``.

    Args:
        book: dossiers.
        measure: what is compared.
        at: epoch seconds; what was received later is left out, what ended later is open. None: the casebook's now, and
            an end that a log records after its last event is an end.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    now = book.now if at is None else at
    frame = book.dossiers.filter(pl.col("received").is_not_null())
    if at is not None:
        limit = pl.lit(at * 1_000_000).cast(pl.Datetime("us", "UTC"))
        is_later = pl.col("ended") > limit
        frame = frame.filter(pl.col("received") <= limit).with_columns(
            pl.when(is_later).then(None).otherwise(pl.col("ended")).alias("ended"),
            pl.when(is_later).then(None).otherwise(pl.col("outcome")).alias("outcome"),
        )
    grades = np.full(frame.height, "", dtype="<U8")
    desks = frame["desk"].unique().drop_nulls()
    calendars = {book.calendar_of(desk).digest: book.calendar_of(desk) for desk in desks} or {"": book.calendar}
    digests = {desk: book.calendar_of(desk).digest for desk in desks}
    keys = frame["desk"].replace_strict(digests, default=book.calendar.digest, return_dtype=pl.String)
    for digest, calendar in calendars.items():
        mask = np.ones(frame.height, dtype=bool) if len(calendars) == 1 else (keys == digest).to_numpy()
        part = frame.filter(pl.Series(mask))
        grades[mask] = grade_many(part["due"], calendar=calendar, finished=part["ended"], now=now, measure=measure)
    stopped = frame.select("nr", "desk", "due").with_row_index("row").join(still(book, now), on="nr")
    for row in stopped.filter(pl.col("due").is_not_null()).to_dicts():
        due, since = (math.floor(row[name].timestamp()) for name in ("due", "still"))
        grades[row["row"]] = grade(due, calendar=book.calendar_of(row["desk"]), now=since, measure=measure).value
    return frame.with_columns(pl.Series("grade", grades), pl.col("ended").is_null().alias("is_open"))


def _counts(frame: pl.DataFrame, *, honest: bool) -> Counts:
    is_open, grade = pl.col("is_open"), pl.col("grade")
    settled = ~is_open
    returned = settled & pl.col("outcome").is_in(_RETURNED)
    waiting = is_open & pl.col("is_waiting")
    judged = settled & ~returned
    late = grade == "overdue"
    online = (pl.col("channel") == "online").fill_null(value=False)
    fresh = ~pl.col("is_carried")
    # What has no due instant the reports count as on time; honestly nobody can say.
    undated = judged & (grade == "")
    on_time = judged & ~late & (grade != "early")
    counted = {
        "received": pl.lit(value=True),
        "online": fresh & online,
        "direct": fresh & ~online,
        "carried": pl.col("is_carried"),
        "settled": settled,
        "early": judged & (grade == "early"),
        "on_time": on_time & ~undated if honest else on_time | returned,
        "overdue": judged & late,
        "returned": returned if honest else pl.lit(value=False),
        "pending": is_open,
        "in_time": is_open & ~waiting & ~late if honest else is_open & (waiting | ~late),
        "pending_overdue": is_open & late if honest else is_open & ~waiting & late,
        "waiting": waiting & ~late if honest else pl.lit(value=False),
        "without_due": undated if honest else pl.lit(value=False),
    }
    if frame.is_empty():
        return Counts(**dict.fromkeys(counted, 0))
    sums = frame.select(expression.cast(pl.Int64).sum().alias(name) for name, expression in counted.items())
    totals = sums.row(0, named=True)
    totals["received"] = frame.height
    for name in ("returned", "waiting", "without_due"):
        if not honest:
            totals[name] = 0
    return Counts(**totals)


def _rates(counts: Counts, frame: pl.DataFrame, *, honest: bool) -> Rates:
    late = counts.overdue + counts.pending_overdue
    fell_due = frame.filter(pl.col("grade") != "")
    if honest:
        fell_due = fell_due.filter(~pl.col("outcome").is_in(_RETURNED).fill_null(value=False))
    came_due = fell_due.filter(~pl.col("is_open") | (pl.col("grade") == "overdue")).height
    settled = counts.settled - counts.returned - counts.without_due
    return Rates(
        of_settled=counts.overdue / settled if settled else None,
        of_due=late / came_due if came_due else None,
        of_all=late / counts.received if counts.received else None,
    )
