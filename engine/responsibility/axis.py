"""Office time as one axis, and dossiers' lives without the time in which nobody may act; all in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook, epoch_seconds

Ints = NDArray[np.int64]


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
    """Time of dossiers that was the applicant's or nobody's, disjoint, by dossier and then in order.

    ``starts`` tells by number of the dossier where its stops begin, and the number of all.
    """

    starts: Ints
    begun: Ints
    ended: Ints

    @classmethod
    def of(cls, book: Casebook) -> Stops:
        """Return the stops of a casebook's dossiers."""
        stops = book.tiles.filter(pl.col("kind").is_in(["applicant", "nobody"])).sort("nr", "since")
        nr = stops["nr"].cast(pl.Int64).to_numpy()
        most = max(int(frame["nr"].to_numpy().max(initial=0)) for frame in (book.dossiers, book.holds))
        starts = np.searchsorted(nr, np.arange(most + 2))
        return cls(starts, epoch_seconds(stops["since"]), epoch_seconds(stops["until"]))

    def cut(self, nr: Ints, begun: Ints, ended: Ints) -> tuple[Ints, Ints, Ints]:
        """Return intervals without stops: for each piece the place it comes from, in order, and its ends."""
        from engine.responsibility.waiting_kernel import cut, pieces

        total = pieces(self.starts, self.begun, self.ended, nr, begun, ended)
        if total == nr.size:
            return np.arange(nr.size, dtype=np.int64), begun, ended
        found = np.empty((3, total), dtype=np.int64)
        cut(self.starts, self.begun, self.ended, nr, begun, ended, found)
        return found[0], found[1], found[2]
