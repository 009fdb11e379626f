"""Office time as one axis, and dossiers' lives without the time in which nobody may act; all in arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook, epoch_seconds

Ints = NDArray[np.int64]

_BITS: Final = 34
_SHIFT: Final = 1 << 33
"""Seconds lie between 1698 and 2242, so that with this added they are below 2^34."""


@dataclass(frozen=True, slots=True)
class OfficeAxis:
    """Office time of each calendar as one axis: closed time vanishes, and lengths are differences."""

    calendars: tuple[WorkingCalendar, ...]

    def seconds(self, instants: Ints, line: Ints) -> Ints:
        """Return office seconds from the first known instant of the calendar of each line."""
        found = np.zeros(instants.size, dtype=np.int64)
        for number, calendar in enumerate(self.calendars):
            rows = line == number if len(self.calendars) > 1 else slice(None)
            found[rows] = calendar.between_many(np.array([calendar.table.midnights[0]]), instants[rows])
        return found


@dataclass(frozen=True, slots=True)
class Stops:
    """Time of dossiers that was the applicant's or nobody's: keys of dossier and second, in order, disjoint."""

    begins: Ints
    ends: Ints

    @classmethod
    def of(cls, book: Casebook) -> Stops:
        """Return the stops of a casebook's dossiers."""
        stops = book.tiles.filter(pl.col("kind").is_in(["applicant", "nobody"])).sort("nr", "since")
        nr = stops["nr"].cast(pl.Int64).to_numpy()
        return cls(_keyed(nr, epoch_seconds(stops["since"])), _keyed(nr, epoch_seconds(stops["until"])))

    def cut(self, nr: Ints, begun: Ints, ended: Ints) -> tuple[Ints, Ints, Ints]:
        """Return intervals without stops: for each piece the place it comes from, in order, and its ends."""
        has_any = np.zeros(max(int(nr.max(initial=0)), int(self.ends.max(initial=0)) >> _BITS) + 1, dtype=np.bool_)
        has_any[self.ends >> _BITS] = True
        rows = np.flatnonzero(has_any[nr])
        first, count = np.zeros(nr.size, dtype=np.int64), np.zeros(nr.size, dtype=np.int64)
        first[rows] = np.searchsorted(self.ends, _keyed(nr[rows], begun[rows]), side="right")
        after = np.searchsorted(self.begins, _keyed(nr[rows], ended[rows]))
        count[rows] = np.maximum(after - first[rows], 0)
        if not count.any():
            return np.arange(nr.size, dtype=np.int64), begun, ended
        place = np.repeat(np.arange(nr.size, dtype=np.int64), count + 1)
        number = np.arange(place.size) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
        stop = first[place] + number
        is_first, is_last = number == 0, number == count[place]
        # A stop that is not there (before the first piece, after the last) is looked up anywhere and not used.
        ends = _second(self.ends[np.clip(stop - 1, 0, self.ends.size - 1)])
        begins = _second(self.begins[np.clip(stop, 0, self.begins.size - 1)])
        since = np.where(is_first, begun[place], np.maximum(ends, begun[place]))
        until = np.where(is_last, ended[place], np.minimum(begins, ended[place]))
        return place, since, np.maximum(until, since)


def _keyed(nr: Ints, seconds: Ints) -> Ints:
    return (nr << _BITS) | (seconds + _SHIFT)


def _second(keys: Ints) -> Ints:
    return (keys & ((1 << _BITS) - 1)) - _SHIFT
