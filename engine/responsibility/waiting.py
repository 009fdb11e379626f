"""Waiting causes: why work on a hold did not begin at once, so that overload is not called misconduct.

Each wait is divided, second by second, over five causes after K. Lashkevich, F. Milani, D. Chapela-Campa, I. Suvorau
and M. Dumas, "Why Am I Waiting? Data-Driven Analysis of Waiting Times in Business Processes", CAiSE 2023. Where several
explain a second, what nobody chose comes before what somebody chose, and what is recorded before what is concluded from
silence; see docs/waiting.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.casebook import INSTANT, Casebook, epoch_seconds
from engine.responsibility.axis import OfficeAxis, Stops
from engine.responsibility.beginnings import NONE, Held, by_server, codes, held
from engine.responsibility.presence import active_days, acts_of_people, days_of, is_telling, regularity

Ints = NDArray[np.int64]

CAUSES: Final = ("contention", "unavailability", "batching", "prioritisation", "extraneous")
"""In the order in which they explain a second; *closed*, a part of unavailability, comes before them all."""

BATCH: Final = 3
"""Dossiers of which a batch consists at least (proposal)."""

BATCH_GAP: Final = 600
"""Elapsed seconds between two ends of a batch at most (proposal)."""

_BITS: Final = 34
"""Office seconds of a calendar below 2^34 (1,900 years at 8 hours a day, and more), servers above, in one key."""

_WAITS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "nr": pl.UInt32,
    "hold": pl.UInt32,
    "step": pl.String,
    "agency": pl.String,
    "officer": pl.String,
    "from_agency": pl.String,
    "since": INSTANT,
    "until": INSTANT,
    "is_open": pl.Boolean,
    "is_inferred": pl.Boolean,
    "by_agency": pl.Boolean,
    "elapsed": pl.Int64,
    "office": pl.Int64,
    "closed": pl.Int64,
    "contention": pl.Int64,
    "absence": pl.Int64,
    "batching": pl.Int64,
    "prioritisation": pl.Int64,
    "extraneous": pl.Int64,
}
WAITS: Final = pl.Schema(_WAITS)
"""One row a hold, in the order of the casebook.

``since`` and ``until`` bound the wait; ``is_open``: it still waits now; ``is_inferred``: the source does not tell when
work began; ``officer`` is who took it up, ``by_agency`` whether nobody knows and the whole agency stands in for him.
``elapsed`` is the wait in seconds without lawful stops of the legal clock; ``office`` its office seconds on the
agency's calendar. ``elapsed`` = ``closed`` + ``office`` and ``office`` = the sum of the five columns at the end,
exactly; unavailability is ``closed`` + ``absence`` of elapsed, ``absence`` of office time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is a matter of choice; all proposals.

    Attributes:
        batch: see `BATCH`.
        batch_gap: see `BATCH_GAP`.
    """

    batch: int = BATCH
    batch_gap: int = BATCH_GAP


def waiting(book: Casebook, rules: Rules | None = None) -> pl.DataFrame:
    """Return `WAITS`: every hold of people of an agency, how long it waited and why.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    chosen = rules or Rules()
    book = book.with_acts()
    found = held(book)
    return _frame(book, found, _causes(book, found, chosen))


def left_out(book: Casebook) -> dict[str, int]:
    """Return how many holds `waiting` leaves out, by reason.

    ``machine``: held by a system account; ``applicant``, ``nobody``: theirs; ``other_agency``: in a state of another
    agency, which the source does not name; ``no_agency``: an agency's, but none recorded; ``open``: not finished, and
    the source does not tell when work begins; ``state``: a state of which the source does not tell whether it is work.
    """
    return held(book.with_acts()).left_out


def totals(waits: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Return sums of `WAITS` by some of its columns, the longest office time first; without any one row of all.

    Added are ``holds``, ``waited`` (those that waited at all), ``inferred``, the sums of ``elapsed`` and of everything
    behind it, and ``share.<cause>`` of office time (null where there is none).
    """
    lengths = [name for name in WAITS.names() if WAITS[name] == pl.Int64]
    counted = [
        pl.len().cast(pl.Int64).alias("holds"),
        (pl.col("elapsed") > 0).sum().cast(pl.Int64).alias("waited"),
        pl.col("is_inferred").sum().cast(pl.Int64).alias("inferred"),
        *(pl.col(name).sum() for name in lengths),
    ]
    summed = waits.group_by(*by).agg(*counted) if by else waits.select(*counted)
    whole = pl.when(pl.col("office") > 0).then(pl.col("office"))
    shares = [(pl.col(column(cause)) / whole).alias(f"share.{cause}") for cause in CAUSES]
    order = ["office", "elapsed", *by]
    return summed.with_columns(shares).sort(order, descending=[name not in by for name in order], nulls_last=True)


def column(cause: str) -> str:
    """Return the column of `WAITS` with a cause's office seconds."""
    return "absence" if cause == "unavailability" else cause


def _causes(book: Casebook, found: Held, rules: Rules) -> dict[str, Ints]:
    """Return for each place that waits ``elapsed``, ``office`` and the causes."""
    from engine.responsibility.waiting_kernel import divide

    axis, stops = OfficeAxis(found.calendars), Stops.of(book)
    waits = np.flatnonzero(found.waits)
    piece, begun, ended = stops.cut(found.nr[waits], found.since[waits], found.waited[waits])
    at = waits[piece]
    served, line = found.waited_for[at], found.line[at]
    gathered = np.clip(_batches(found, rules)[served], begun, ended)
    low, middle, high = (axis.seconds(part, line) for part in (begun, gathered, ended))
    work, work_server = _work(found, axis, stops)
    away, away_server = _away(book, found, axis)
    edges, edges_server = _edges(work, work_server, away, away_server)
    came, server = found.came[at], found.server[served]
    order = by_server(server, came)
    asked = np.stack([part[order] for part in (came, low, middle, high)])
    divided = np.zeros((at.size, 5), dtype=np.int64)
    among = np.arange(found.agency_servers + len(found.agencies) + 1)
    starts = [np.searchsorted(one, among) for one in (edges_server, work_server, away_server)]
    starts.append(np.concatenate([[0], np.cumsum(np.bincount(server, minlength=among.size - 1))]))
    divide(edges, starts[0], work, starts[1], away, starts[2], asked, starts[3], order, divided)
    names = ("contention", "absence", "batching", "prioritisation", "extraneous")
    pieces = {"elapsed": ended - begun, "office": high - low} | dict(zip(names, divided.T, strict=True))
    if at.size == waits.size:
        return pieces
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    return {name: np.add.reduceat(values, first) for name, values in pieces.items()}


def _frame(book: Casebook, found: Held, causes: dict[str, Ints]) -> pl.DataFrame:
    waits = np.flatnonzero(found.waits)
    served = found.waited_for[waits]
    holds = book.holds.select("nr", "hold", "step", "agency", "officer", "from_agency", "since")
    rows = holds[found.row[waits]].with_columns(
        (pl.Series(found.waited[waits]) * 1_000_000).cast(INSTANT).alias("until"),
        pl.Series("is_open", found.is_open[waits] & (found.taken_up[waits] == NONE)),
        pl.Series("is_inferred", found.is_inferred[waits]),
        pl.Series("by_agency", found.server[served] >= found.agency_servers),
        *(pl.Series(name, np.ascontiguousarray(values)) for name, values in causes.items()),
        pl.Series("closed", causes["elapsed"] - causes["office"]),
    )
    if (served != waits).any():
        rows = rows.with_columns(book.holds["officer"].gather(found.row[served]))
    return rows.select(pl.col(name).cast(dtype) for name, dtype in WAITS.items())


def _batches(found: Held, rules: Rules) -> Ints:
    """Return for each place when the last dossier of its batch came, `NONE` where it is in none."""
    from engine.responsibility.waiting_kernel import batches

    last = np.full(found.row.size, NONE, dtype=np.int64)
    done = found.finished
    step = found.step[done].copy()
    step[_without_clock(found, done)] = NONE
    columns = (found.server[done], step, found.nr[done], found.came[done], found.taken_up[done], found.until[done])
    seen = np.full(int(found.nr.max(initial=0)) + 1, NONE, dtype=np.int64)
    filled = np.full(done.size, NONE, dtype=np.int64)
    batches(*columns, rules.batch_gap, rules.batch, seen, filled)
    last[done] = filled
    return last


def _without_clock(found: Held, places: Ints) -> Ints:
    """Return which of some places ended at midnight: their source gives dates, and dates make no batch."""
    # Zones differ from UTC by quarters of an hour.
    maybe = np.flatnonzero(found.until[places] % 900 == 0)
    is_date = np.zeros(maybe.size, dtype=np.bool_)
    for number, calendar in enumerate(found.calendars):
        rows = np.flatnonzero(found.line[places[maybe]] == number)
        seconds = found.until[places[maybe[rows]]]
        is_date[rows] = np.asarray(calendar.table.midnights, dtype=np.int64)[days_of(calendar, seconds)] == seconds
    return maybe[is_date]


def _work(found: Held, axis: OfficeAxis, stops: Stops) -> tuple[Ints, Ints]:
    """Return what each server worked on (came, begun, ended on the office axis) in order, and the servers."""
    works = found.works
    piece, begun, ended = stops.cut(found.nr[works], found.taken_up[works], found.until[works])
    places = works[piece]
    low, high = axis.seconds(begun, found.line[places]), axis.seconds(ended, found.line[places])
    known = found.officer[places] != NONE
    whole = found.agencies_asked()[found.agency[places]]
    rows = np.concatenate([np.flatnonzero((high > low) & known), np.flatnonzero((high > low) & whole)])
    server = found.server[places[rows]]
    of_agency = np.arange(rows.size) >= np.count_nonzero((high > low) & known)
    server = np.where(of_agency, found.agency_servers + found.agency[places[rows]], server)
    came = found.came[places[rows]]
    order = by_server(server, came)
    rows = rows[order]
    return np.stack([came[order], low[rows], high[rows]]), server[order]


def _away(book: Casebook, found: Held, axis: OfficeAxis) -> tuple[Ints, Ints]:
    """Return absences of each server (begun, ended on the office axis) in order, and the servers."""
    server, line, at = _acts(book, found)
    parts, servers = [], []
    count = found.agency_servers + len(found.agencies)
    for number, calendar in enumerate(found.calendars):
        rows = line == number
        someone, days = active_days(server[rows], days_of(calendar, at[rows]))
        share, acted = regularity(someone, days, calendar, count)
        rank = np.asarray(calendar.table.rank, dtype=np.int64)
        midnights = np.asarray(calendar.table.midnights, dtype=np.int64)
        pairs = np.flatnonzero(np.diff(someone) == 0)
        who, after, before = someone[pairs], days[pairs] + 1, days[pairs + 1]
        telling = is_telling(share[who], acted[who], rank[before] - rank[after])
        same = np.full(int(telling.sum()), number, dtype=np.int64)
        ends = (axis.seconds(midnights[part[telling]], same) for part in (after, before))
        parts.append(np.stack(list(ends)))
        servers.append(who[telling])
    if not parts:
        return np.zeros((2, 0), dtype=np.int64), np.zeros(0, dtype=np.int64)
    away, of = np.concatenate(parts, axis=1), np.concatenate(servers)
    order = np.argsort(of, kind="stable")
    return np.ascontiguousarray(away[:, order]), of[order]


def _acts(book: Casebook, found: Held) -> tuple[Ints, Ints, Ints]:
    """Return who did something when: server, line, epoch seconds; see `presence.activity`."""
    if "states" in book.tells:
        places = np.arange(found.row.size)
        at = found.since
    else:
        finished = np.flatnonzero(~found.is_open)
        told = np.flatnonzero((found.taken_up != NONE) & ~found.is_inferred)
        places = np.concatenate([finished, told])
        at = np.concatenate([found.until[finished], found.taken_up[told]])
    agency, server = found.agency[places], found.server[places]
    acts = acts_of_people(book)
    if acts.height:
        more, officer = codes(acts["agency"], found.agencies), codes(acts["officer"], found.officers)
        acted, is_known = epoch_seconds(acts["at"]), more != NONE
        more, officer, acted = more[is_known], officer[is_known], acted[is_known]
        agency, at = np.concatenate([agency, more]), np.concatenate([at, acted])
        server = np.concatenate([server, found.server_of(more, officer)])
    own = np.flatnonzero(server < found.agency_servers)
    whole = np.flatnonzero(found.agencies_asked()[agency])
    line = found.line_of_agency
    return (
        np.concatenate([server[own], found.agency_servers + agency[whole]]),
        np.concatenate([line[agency[own]], line[agency[whole]]]),
        np.concatenate([at[own], at[whole]]),
    )


def _edges(work: Ints, work_server: Ints, away: Ints, away_server: Ints) -> tuple[Ints, Ints]:
    """Return all instants at which something begins or ends, in order of server, and the servers."""
    instants = np.concatenate([work[1], work[2], away[0], away[1]])
    server = np.concatenate([work_server, work_server, away_server, away_server])
    keys = pl.Series((server << _BITS) | instants).sort().to_numpy()
    return keys & ((1 << _BITS) - 1), keys >> _BITS
