"""Attribution: whose time it was that made a dossier late; the shares of each add up exactly to its ``late_by``.

The reasoning, with a worked example, stands in docs/attribution.md. In short: the chain of holds that decided when the
dossier ended is laid beside the plan their own terms make; what made the delay grow is charged to who held it then.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from engine.casebook import INSTANT, Casebook
from engine.lateness import Measure
from engine.lateness_vector import in_time_until_many
from engine.responsibility.attribution_agencies import handover_grades, inside_outside
from engine.responsibility.attribution_axis import Axis, by_calendar, holds_of
from engine.responsibility.attribution_kernel import GAP, UNKNOWN, Charged, Ints, Lives, Pieces, loops
from engine.responsibility.passages import ELSEWHERE
from engine.responsibility.still import judged

__all__ = ["REASONS", "SHARES", "attribute", "handover_grades", "inside_outside"]

REASONS: Final = (
    "beyond_own_limit",
    "beyond_remainder",
    "held_while_overdue",
    "after_closing",
    "linked_dossier",
    "applicant",
    "lawful_stop",
    "other_agency",
    "limits_exceed_term",
    "nobody",
    "charged_nothing",
)
"""Why a share is charged.

``beyond_own_limit`` held it longer than the hold's own term; ``beyond_remainder`` had no own term and took more than
the legal term leaves beside the own terms of the others; ``held_while_overdue`` had it after the due instant, where no
hold has an own term; ``after_closing`` late, yet no office time has passed. Nobody is charged with ``linked_dossier``
(waited for a dossier of its own, which is judged there), ``applicant``, ``lawful_stop``, ``other_agency`` (a state of
a log in which it waits for an agency that the log does not name), ``limits_exceed_term`` (own terms were kept but add
up to more than the legal term leaves) and ``nobody`` (no one had it). ``charged_nothing`` is told only if asked for: on
the deciding chain, and charged nothing.
"""

_SHARES: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "nr": pl.UInt32,
    "hold": pl.UInt32,
    "agency": pl.String,
    "step": pl.String,
    "reason": pl.String,
    "ground": pl.String,
    "late_by": pl.Int64,
    "seconds": pl.Int64,
    "queue_seconds": pl.Int64,
    "work_seconds": pl.Int64,
    "own_limit": pl.Int64,
    "held": pl.Int64,
    "slack_inherited": pl.Int64,
    "slack_eaten": pl.Int64,
}
SHARES: Final = pl.Schema(_SHARES)
"""One row a share, by dossier and then in the order the holds ended, nobody's last. Lengths are office seconds of the
receiving desk's calendar.

``hold`` 0 where no hold is concerned; ``agency`` null: nobody (of a hold with an agency's reason: not recorded);
``ground`` of a stop; ``late_by`` of the dossier; ``seconds`` = ``queue_seconds`` (before it was taken up; all of what
nobody is charged with) + ``work_seconds``. Without stops: ``own_limit`` what the hold's own term gave it, ``held`` what
it took on the deciding chain, ``slack_eaten`` = held − own_limit (negative: it left slack), ``slack_inherited`` by how
much the dossier was ahead of its plan when it came (negative: behind); null where the hold has no own term.
"""

COMPILED_FROM: Final = 20_000
"""Holds from which compiling the loops is worth the seconds it takes once."""

_MICRO: Final = 1_000_000


def attribute(book: Casebook, measure: Measure = Measure.INSTANT, *, every: bool = False) -> pl.DataFrame:
    """Return whose lateness it was (`SHARES`), for every dossier that ended after its due instant or is past it now.

    Args:
        book: dossiers; what ended after the casebook's now is still open.
        measure: what lateness is counted from: the due instant, or the last second of the (rolled) due date.
        every: also the holds of the deciding chain that are charged nothing.

    Raises:
        BeyondCalendarError: a due instant or an end lies outside the calendar of its desk.

    Example:
        A term of five days; the land registry took eight where its own term was five:
        ``beyond_own_limit``, 3 days, ``slack_eaten`` 3 days.
    """
    late = _late(book, measure)
    if late.is_empty():
        return pl.DataFrame(schema=SHARES)
    axis = Axis.of(book, late)
    moves = "received" in book.tells  # due instants move with the stops, so that lateness stands still with the clock
    counted = axis.running if moves else axis.office
    late_by = counted(axis.every, axis.end) - counted(axis.every, axis.due)
    late = late.with_columns(pl.Series("late_by", late_by, dtype=pl.Int64))
    holds, flat = holds_of(book, late, axis)
    lives = Lives(
        first=np.searchsorted(holds["life"].to_numpy(), np.arange(late.height + 1)).astype(np.int64),
        lo=axis.lo,
        end=axis.end,
        w_lo=axis.running(axis.every, axis.lo),
        w_due=axis.running(axis.every, axis.due),
        w_end=axis.running(axis.every, axis.end),
        overlaps=(late["origin"] != "live").fill_null(value=True).to_numpy(),
    )
    room = 4 * holds.height + 2 * late.height
    pieces = Pieces(
        filled=_zeros(late.height),
        hold=_zeros(room),
        main=_zeros(room),
        begin=_zeros(room),
        end=_zeros(room),
        cut=np.zeros(room, dtype=np.bool_),
    )
    charged = Charged(
        seconds=_zeros(holds.height),
        held=np.full(holds.height, -1, dtype=np.int64),
        queue=_zeros(holds.height),
        measured=_zeros(holds.height),
        allowed=np.full(holds.height, UNKNOWN, dtype=np.int64),
        inherited=np.full(holds.height, UNKNOWN, dtype=np.int64),
        nobody=_zeros(late.height),
        design=_zeros(late.height),
        planned=np.zeros(late.height, dtype=np.bool_),
        last=_zeros(late.height),
    )
    chain, plan = loops(fast=holds.height >= COMPILED_FROM)
    chain(lives, flat, pieces)
    plan(lives, flat, pieces, charged)
    shares = [_of_holds(late, holds, charged, every=every), _of_nobody(late, charged)]
    if not moves:
        shares.append(_of_stops(late, axis))
    found = pl.concat(shares).sort("nr", "place", maintain_order=True)
    return found.select(pl.col(name).cast(dtype) for name, dtype in SHARES.items())


def _late(book: Casebook, measure: Measure) -> pl.DataFrame:
    """Return the late dossiers by ``nr``, with ``begun``, ``until`` (last moment in time) and ``end``."""
    now = pl.lit(book.now * _MICRO).cast(INSTANT)
    found = book.dossiers.filter(pl.col("due").is_not_null() & (pl.col("received") <= now))
    found = found.with_columns(judged(book, found).alias("end"), pl.coalesce("term_from", "received").alias("begun"))
    until = np.zeros(found.height, dtype=np.int64)
    for calendar, mask in by_calendar(book, found["desk"]):
        until[mask] = in_time_until_many(found["due"].filter(pl.Series(mask)), calendar, measure)
    found = found.with_columns(pl.Series("until", until).cast(INSTANT))
    found = found.filter(pl.col("end") > pl.col("until")).sort("nr")
    return found.select("nr", "desk", "origin", "outcome", "ended", "begun", "until", "end")


def _of_holds(late: pl.DataFrame, holds: pl.DataFrame, charged: Charged, *, every: bool) -> pl.DataFrame:
    """Return what is charged to holds, and the last holder of what is overdue after closing."""
    life = holds["life"].to_numpy()
    measured = np.maximum(charged.measured, 1)
    queue = (2 * charged.seconds * charged.queue + measured) // (2 * measured)
    is_last = np.zeros(holds.height, dtype=np.bool_)
    closed = (late["late_by"] == 0).to_numpy() & (charged.last != GAP)
    is_last[charged.last[closed]] = True
    has_own = holds["due"].is_not_null().to_numpy()
    nobodys = pl.col("kind").is_in(["applicant", "nobody"]) | (pl.col("work") == "sub_dossier") | ELSEWHERE
    reason = (
        pl.when(pl.col("is_last")).then(pl.lit("after_closing"))
        .when(pl.col("kind") == "applicant").then(pl.lit("applicant"))
        .when(pl.col("kind") == "nobody").then(pl.lit("lawful_stop"))
        .when(ELSEWHERE & (pl.col("seconds") > 0)).then(pl.lit("other_agency"))
        .when(pl.col("seconds") == 0).then(pl.lit("charged_nothing"))
        .when(pl.col("work") == "sub_dossier").then(pl.lit("linked_dossier"))
        .when(pl.col("has_own")).then(pl.lit("beyond_own_limit"))
        .when(pl.col("planned")).then(pl.lit("beyond_remainder"))
        .otherwise(pl.lit("held_while_overdue"))
    )  # fmt: skip
    found = holds.select(
        *("nr", "hold", "agency", "step", "kind", "work", "lead_hold"),
        pl.lit(None, dtype=pl.String).alias("ground"),
        pl.Series("late_by", late["late_by"].to_numpy()[life], dtype=pl.Int64),
        pl.Series("seconds", charged.seconds),
        pl.Series("queue_seconds", queue),
        pl.Series("held", charged.held),
        pl.Series("own_limit", charged.allowed),
        pl.Series("slack_inherited", charged.inherited),
        pl.Series("is_last", is_last),
        pl.Series("has_own", has_own),
        pl.Series("planned", charged.planned[life]),
    )
    wanted = (pl.col("seconds") > 0) | pl.col("is_last")
    found = found.filter(wanted | (pl.col("held") >= 0) if every else wanted)
    found = found.with_columns(reason.alias("reason")).with_columns(
        pl.when(nobodys).then(None).otherwise(pl.col("agency")).alias("agency"),
        pl.when(nobodys).then(pl.col("seconds")).otherwise(pl.col("queue_seconds")).alias("queue_seconds"),
        *(pl.when(pl.col(n) != UNKNOWN).then(pl.col(n)).alias(n) for n in ("own_limit", "slack_inherited")),
    )
    return _finished(found, place=0)


def _of_nobody(late: pl.DataFrame, charged: Charged) -> pl.DataFrame:
    """Return the time in which no one had it, and what own terms give beyond the legal one."""
    closed = (late["late_by"] == 0).to_numpy() & (charged.last == GAP)
    amounts = {
        "nobody": (charged.nobody, charged.nobody > 0),
        "limits_exceed_term": (charged.design, charged.design > 0),
        "after_closing": (charged.nobody, closed),
    }
    found = [
        late.select("nr", "late_by", pl.Series("seconds", seconds), pl.lit(reason).alias("reason")).filter(
            pl.Series(wanted)
        )
        for reason, (seconds, wanted) in amounts.items()
    ]
    return _finished(pl.concat(found).with_columns(pl.col("seconds").alias("queue_seconds")), place=2)


def _of_stops(late: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """Return the office time after the due instant in which the legal clock lawfully stood still."""
    due, end = axis.office(axis.every, axis.due), axis.office(axis.every, axis.end)
    stops = axis.stops
    life = stops["life"].to_numpy()
    after = np.clip(stops["x1"].to_numpy(), due[life], end[life]) - np.clip(
        stops["x0"].to_numpy(), due[life], end[life]
    )
    if stops.is_empty() or not after.any():
        return _finished(late.select("nr", "late_by", seconds=0, queue_seconds=0, reason=pl.lit("")).clear(), place=1)
    found = stops.with_columns(pl.Series("seconds", after)).filter(pl.col("seconds") > 0)
    found = found.group_by("life", "kind", "ground", "step", maintain_order=True).agg(pl.col("seconds").sum())
    named = late.select("nr", "late_by").with_row_index("life").with_columns(pl.col("life").cast(pl.Int64))
    found = found.join(named, on="life", maintain_order="left").with_columns(
        pl.when(pl.col("kind") == "applicant")
        .then(pl.lit("applicant"))
        .otherwise(pl.lit("lawful_stop"))
        .alias("reason"),
        pl.col("seconds").alias("queue_seconds"),
    )
    return _finished(found, place=1)


def _finished(found: pl.DataFrame, *, place: int) -> pl.DataFrame:
    """Return rows with the columns of `SHARES` and the ``place`` among those of their dossier."""
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SHARES.items() if name not in found.columns]
    found = found.with_columns(lacking).with_columns(
        pl.col("hold").fill_null(0),
        (pl.col("seconds") - pl.col("queue_seconds")).alias("work_seconds"),
        (pl.col("held") - pl.col("own_limit")).alias("slack_eaten"),
        pl.lit(place).alias("place"),
    )
    return found.select(*(pl.col(n).cast(t) for n, t in SHARES.items()), "place")


def _zeros(size: int) -> Ints:
    return np.zeros(size, dtype=np.int64)
