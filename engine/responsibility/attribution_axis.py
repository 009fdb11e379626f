"""Dossiers on the axis of attribution: office seconds of the receiving desk in which the legal clock ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from engine.calendar import WorkingCalendar
from engine.casebook import INSTANT, Casebook
from engine.responsibility.attribution_kernel import AGENCY, GAP, Flags, Holds, Ints
from engine.responsibility.passages import ELSEWHERE

_NEVER: Final = np.iinfo(np.int64).max
_MICRO: Final = 1_000_000
_FEW: Final = 200
_FINISHING: Final = ("step_done", "sent_back", "transferred", "opinion_given")


def by_calendar(book: Casebook, desks: pl.Series) -> Iterator[tuple[WorkingCalendar, Flags]]:
    """Yield each calendar of the desks and which rows are on it."""
    calendars = {book.calendar_of(desk).digest: book.calendar_of(desk) for desk in desks.unique()}
    digests = {desk: book.calendar_of(desk).digest for desk in desks.unique() if desk is not None}
    keys = desks.replace_strict(digests, default=book.calendar.digest, return_dtype=pl.String)
    for digest, calendar in calendars.items():
        yield calendar, (keys == digest).to_numpy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Running office seconds of each late dossier: office seconds of its desk since ``anchor``, without its stops.

    Instants are microseconds; ``stops`` has ``life`` (place of the dossier), ``kind``, ``ground``, ``step`` and the
    office seconds ``x0`` and ``x1`` between which the clock stood still.
    """

    every: Ints
    lo: Ints
    due: Ints
    end: Ints
    anchor: Ints
    calendars: tuple[tuple[WorkingCalendar, Flags], ...]
    stops: pl.DataFrame

    @classmethod
    def of(cls, book: Casebook, late: pl.DataFrame) -> Axis:
        """Return the axis of late dossiers (``nr``, ``desk``, ``begun``, ``until``, ``end``).

        Raises:
            BeyondCalendarError: an instant lies outside the calendar of its desk.
        """
        lo, due, end = (late[name].to_physical().to_numpy() for name in ("begun", "until", "end"))
        calendars = tuple(by_calendar(book, late["desk"]))
        known = np.zeros(late.height, dtype=np.int64)
        for calendar, mask in calendars:
            known[mask] = calendar.table.midnights[0] * _MICRO
        lo = np.maximum(lo, known)
        axis = cls(
            every=np.arange(late.height),
            lo=lo,
            due=due,
            end=end,
            anchor=np.minimum(lo, due),
            calendars=calendars,
            stops=pl.DataFrame(schema={"life": pl.Int64, "x0": pl.Int64, "x1": pl.Int64}),
        )
        lives = late.select("nr", pl.int_range(pl.len(), dtype=pl.Int64).alias("life"))
        stops = book.tiles.filter(pl.col("ground") != "").join(lives, on="nr").sort("life", "since")
        life = stops["life"].to_numpy()
        x0, x1 = (
            axis.office(life, np.clip(stops[name].to_physical().to_numpy(), axis.anchor[life], end[life]))
            for name in ("since", "until")
        )
        stops = stops.select("life", "kind", "ground", "step").with_columns(
            pl.Series("x0", x0, dtype=pl.Int64), pl.Series("x1", x1, dtype=pl.Int64)
        )
        return cls(
            every=axis.every,
            lo=lo,
            due=due,
            end=end,
            anchor=axis.anchor,
            calendars=calendars,
            stops=stops.filter(pl.col("x0") < pl.col("x1")),
        )

    def office(self, life: Ints, at: Ints) -> Ints:
        """Return the office seconds from the anchor to each instant, none of which lies before it."""
        begun, ended = self.anchor[life] // _MICRO, at // _MICRO
        if len(self.calendars) == 1:
            return _between(self.calendars[0][0], begun, ended)
        found = np.zeros(at.size, dtype=np.int64)
        for calendar, lives in self.calendars:
            mask = lives[life]
            found[mask] = _between(calendar, begun[mask], ended[mask])
        return found

    def running(self, life: Ints, at: Ints) -> Ints:
        """Return the office seconds from the anchor to each instant in which the clock ran."""
        x = self.office(life, at)
        if self.stops.is_empty():
            return x
        far = np.int64(1) << 36  # more office seconds than any calendar has
        of, x0, x1 = (self.stops[name].to_numpy() for name in ("life", "x0", "x1"))
        before = np.concatenate([[0], np.cumsum(x1 - x0)])
        begun = np.searchsorted(of * far + x0, life * far + x, side="left")
        first = np.searchsorted(of, life, side="left")
        stood = before[begun] - before[first]
        last = np.maximum(begun - 1, 0)
        too_much = np.where(begun > first, np.maximum(x1[last] - x, 0), 0)
        return np.asarray(x - stood + too_much, dtype=np.int64)


def _between(calendar: WorkingCalendar, begun: Ints, ended: Ints) -> Ints:
    """Return office seconds of pairs; of a few without the compiled loops, which take longer to load."""
    if begun.size > _FEW:
        return calendar.between_many(begun, ended)
    pairs = zip(begun.tolist(), ended.tolist(), strict=True)
    return np.array([calendar.seconds_between(a, b) for a, b in pairs], dtype=np.int64)


def holds_of(book: Casebook, late: pl.DataFrame, axis: Axis) -> tuple[pl.DataFrame, Holds]:
    """Return the holds of late dossiers by dossier and end, cut to their terms, as a frame and as arrays."""
    lives = late.select(
        *("nr", "ended", "origin", pl.col("outcome").alias("ending")),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("life"),
        pl.Series("lo", axis.lo).cast(INSTANT),
        pl.col("end"),
    )
    found = book.holds.join(lives, on="nr")
    is_lapsed = (pl.col("outcome") == "lapsed") & (pl.col("lead_hold") > 0) & pl.col("due").is_not_null()
    # An opinion that never came was waited for until its own term was over; then the lead could go on.
    until = (
        pl.when(is_lapsed).then(pl.min_horizontal("until", "due")).otherwise(pl.col("until").fill_null(pl.col("end")))
    )
    found = found.with_columns(
        pl.col("since").clip(lower_bound=pl.col("lo")), until.clip(upper_bound=pl.col("end")).alias("to")
    ).filter((pl.col("since") < pl.col("end")) & (pl.col("to") > pl.col("lo")) & (pl.col("to") >= pl.col("since")))
    is_ended_with_it = (
        (pl.col("origin") == "live")
        & (pl.col("until") == pl.col("ended"))
        & (pl.col("outcome") == pl.col("ending"))
        & pl.col("ending").is_in(["granted", "denied"])
    ).fill_null(value=False)
    found = found.with_columns(
        (~is_ended_with_it).alias("decides"),
        pl.when((pl.col("work") == "opinion") & (pl.col("lead_hold") > 0)).then("lead_hold").otherwise(0).alias("led"),
    )
    if not found["decides"].all():  # what its holder finished at that very instant did decide
        finished = book.acts.filter(pl.col("act").is_in(_FINISHING)).select("nr", "hold").unique()
        finished = finished.with_columns(pl.lit(value=True).alias("is_finished"))
        found = found.join(finished, on=["nr", "hold"], how="left").with_columns(
            pl.col("decides") | pl.col("is_finished").fill_null(value=False)
        )
    found = found.sort("life", "to", "hold").with_columns(pl.lit(None, dtype=pl.Int64).alias("lead"))
    if (found["led"] > 0).any():
        leads = found.select("life", pl.col("hold").alias("led"), pl.int_range(pl.len(), dtype=pl.Int64).alias("lead"))
        found = found.drop("lead").join(leads, on=["life", "led"], how="left", maintain_order="left")
        found = found.with_columns(pl.col("decides") & ((pl.col("led") == 0) | pl.col("lead").is_not_null()))
    return found, _flat(book, found, axis)


def _flat(book: Casebook, found: pl.DataFrame, axis: Axis) -> Holds:
    life = found["life"].to_numpy()
    since, to = (found[name].to_physical().to_numpy() for name in ("since", "to"))
    has_own = found["due"].is_not_null().to_numpy()
    due = found["due"].to_physical().fill_null(_NEVER).to_numpy()
    last_known = np.zeros(axis.lo.size, dtype=np.int64)
    for calendar, mask in axis.calendars:
        last_known[mask] = calendar.table.midnights[-1] * _MICRO
    own = np.clip(due, axis.anchor[life], np.maximum(last_known[life], axis.anchor[life]))
    # Never taken up is in the queue while it is open, or where the source has a state for it.
    in_queue = pl.lit("queue" in book.tells) & (pl.col("until").is_null() | pl.lit("states" in book.tells))
    taken = pl.coalesce("taken_up", pl.when(in_queue).then(pl.col("to")).otherwise(pl.col("since")))
    taken_up = found.select(taken.clip(pl.col("since"), pl.col("to")))["taken_up"].to_physical().to_numpy()
    codes = pl.concat([found["agency"], found["from_agency"].alias("agency")]).cast(pl.Categorical).to_physical()
    codes = codes.cast(pl.Int64)
    kinds = {"applicant": 1, "nobody": 2}
    kind = pl.col("kind").replace_strict(kinds, default=AGENCY, return_dtype=pl.Int64)
    kind = pl.when(ELSEWHERE).then(3).otherwise(kind)
    return Holds(
        since=since,
        until=to,
        due=due,
        number=found["hold"].cast(pl.Int64).to_numpy(),
        lead=found["lead"].fill_null(GAP).to_numpy(),
        agency=codes[: found.height].fill_null(-2).to_numpy(),
        giver=codes[found.height :].fill_null(-1).to_numpy(),
        kind=found.select(kind.alias("kind"))["kind"].cast(pl.Int64).to_numpy(),
        decides=found["decides"].to_numpy(),
        has_own=has_own,
        w_since=axis.running(life, since),
        w_until=axis.running(life, to),
        w_own=axis.running(life, own),
        w_taken=axis.running(life, taken_up),
    )
