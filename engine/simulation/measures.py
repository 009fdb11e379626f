"""What one replication comes to, in figures: compliance, lateness by agency, waits by cause, queues, utilisation.

The figures are those of the judging wing, taken from the same casebook as live dossiers' would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from engine.casebook import Casebook, epoch_seconds
from engine.lateness import Measure
from engine.responsibility.attribution import attribute
from engine.responsibility.attribution_agencies import inside_outside
from engine.responsibility.counting import count, standing
from engine.responsibility.waiting import CAUSES, column, waiting
from engine.simulation.run import Simulated

OF_ALL: Final = (
    *("submitted", "received", "settled", "open", "late_by_instant", "late_by_date", "open_late"),
    *("on_time_by_instant", "on_time_by_date", "on_time_honest", "on_time_official"),
    *("late_hours", "days_mean", "days_median", "days_p90", "supplements", "hand_overs"),
)
"""Figures of everything; with ``wait_<cause>`` hours for each cause of waiting."""

OF_AGENCY: Final = ("late_hours", "late_outside_hours", "late_dossiers", "utilisation", "queue", "finished")
"""Figures of one agency, as ``<figure>/<agency>``."""

_HOUR: Final = 3600.0


def measured(simulated: Simulated, book: Casebook, *, since: int) -> dict[str, float]:
    """Return the figures of one replication.

    Args:
        simulated: what happened.
        book: its casebook, of dossiers submitted from ``since`` on.
        since: end of the warm-up (epoch seconds); utilisation and queues count from the beginning.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.

    Returns:
        Rates as shares of 1 (NaN where there is nothing to divide by), ``hours`` in office hours, ``days`` in office
        days of the desk from receipt to the end, ``utilisation`` as worked office time of all officers' own, ``queue``
        as holds open on average.
    """
    found = _overall(book) | _waits(book) | _agencies(book, simulated)
    found["warm_up_days"] = (since - simulated.model.start) / 86_400
    return found


def _overall(book: Casebook) -> dict[str, float]:
    by_instant = standing(book, measure=Measure.INSTANT)
    by_date = standing(book, measure=Measure.DATE)
    closed = by_instant.filter(~by_instant["is_open"])
    late = {
        "instant": int((closed["grade"] == "overdue").sum()),
        "date": int((by_date.filter(~by_date["is_open"])["grade"] == "overdue").sum()),
    }
    graded = int((closed["grade"] != "").sum())
    counted = count(book, measure=Measure.DATE)
    ended = book.dossiers.drop_nulls(["received", "ended"])
    days = book.desk_seconds(ended, "received", "ended") / book.calendar.office_day
    shares = attribute(book)
    return {
        "submitted": float(book.dossiers.height),
        "received": float(by_instant.height),
        "settled": float(closed.height),
        "open": float(by_instant.height - closed.height),
        "late_by_instant": float(late["instant"]),
        "late_by_date": float(late["date"]),
        "open_late": float((by_instant.filter("is_open")["grade"] == "overdue").sum()),
        "on_time_by_instant": _share(graded - late["instant"], graded),
        "on_time_by_date": _share(graded - late["date"], graded),
        "on_time_honest": _without(counted.honest_rates.of_settled),
        "on_time_official": _without(counted.official_rates.of_settled),
        "late_hours": float(shares["seconds"].sum() or 0) / _HOUR,
        "days_mean": float(days.mean()) if days.size else float("nan"),
        "days_median": float(np.median(days)) if days.size else float("nan"),
        "days_p90": float(np.quantile(days, 0.9)) if days.size else float("nan"),
        "supplements": float((book.acts["act"] == "supplement_requested").sum()),
        "hand_overs": float((book.acts["act"] == "handed_over").sum()),
    }


def _waits(book: Casebook) -> dict[str, float]:
    waits = waiting(book)
    hours = {f"wait_{cause}": float(waits[column(cause)].sum() or 0) / _HOUR for cause in CAUSES}
    return {"wait_hours": float(waits["office"].sum() or 0) / _HOUR, **hours}


def _agencies(book: Casebook, simulated: Simulated) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in inside_outside(book, attribute(book)).iter_rows(named=True):
        if row["agency"]:
            found[f"late_hours/{row['agency']}"] = row["inside_seconds"] / _HOUR
            found[f"late_outside_hours/{row['agency']}"] = row["outside_seconds"] / _HOUR
            found[f"late_dossiers/{row['agency']}"] = float(row["inside"])
    found |= _utilised(simulated)
    held = book.holds.filter(pl.col("kind") == "authority").drop_nulls("agency")
    begun = epoch_seconds(held["since"])
    ended = np.where(held["until"].is_null().to_numpy(), book.now, epoch_seconds(held["until"]))
    span = max(book.now - (int(begun.min()) if begun.size else book.now), 1)
    queues = held.select("agency", pl.Series("seconds", ended - begun), pl.col("until").is_not_null().alias("done"))
    for agency, seconds, done in queues.group_by("agency").agg(pl.col("seconds").sum(), pl.col("done").sum()).rows():
        found[f"queue/{agency}"] = seconds / span
        found[f"finished/{agency}"] = float(done)
    return found


def _utilised(simulated: Simulated) -> dict[str, float]:
    """Return the share of their office time that an agency's officers spent on dossiers."""
    model, first = simulated.model, 0
    found: dict[str, float] = {}
    for office in model.offices:
        mine = simulated.worked[first : first + len(office.officers)]
        first += len(office.officers)
        own = sum(one.calendar.seconds_between(model.start, model.until) for one in office.officers)
        if mine.any():
            found[f"utilisation/{office.code}"] = float(mine.sum()) / own if own else float("nan")
    return found


def by_agency(figures: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return figures of agencies by agency and figure."""
    found: dict[str, dict[str, float]] = {}
    for key, value in figures.items():
        figure, _, agency = key.partition("/")
        if agency:
            found.setdefault(agency, {})[figure] = value
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _without(late: float | None) -> float:
    return float("nan") if late is None else 1 - late
