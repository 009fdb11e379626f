"""Who was there: what people recorded, day by day, and which silences are too long to be chance.

A day without any act shows absence only of someone who otherwise acts nearly every day. If he acts on a share ``f`` of
the worked days, ``k`` silent ones in a row come about by chance with (1 - f)^k; below `SILENCE` we call it absence.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook
from engine.events import APPLICANT

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SILENCE: Final = 0.1
"""Highest chance with which silent days in a row may come about while someone is there (proposal)."""

ACTIVE_DAYS: Final = 5
"""Days with an act below which no silence says anything (proposal)."""

_KEY_BITS: Final = 20
"""Days of a calendar are numbered below 2^20 (2,800 years), servers above."""


def is_ours(book: Casebook) -> pl.Expr:
    """Return whether a hold lies with an agency: not with the applicant, nobody, an unknown one or a machine."""
    return (
        pl.col("agency").is_not_null()
        & ~pl.col("agency").is_in(list(book.outsiders))
        & pl.col("kind").is_in(["authority", "other_agency"])
        & ~pl.col("is_system").fill_null(value=False)
    )


def activity(book: Casebook) -> pl.DataFrame:
    """Return what people of agencies recorded: ``agency``, ``officer`` (null: unknown which), ``at``; no order.

    Holds tell when they were finished and taken up (in a source of states: when the state was entered), acts when they
    were done. Machines and the applicant are left out.
    """
    done = book.holds.filter(is_ours(book))
    if "states" in book.tells:
        parts = [done.select("agency", "officer", pl.col("since").alias("at"))]
    else:
        parts = [
            done.select("agency", "officer", pl.col(name).alias("at")).drop_nulls("at")
            for name in ("until", "taken_up")
            if done[name].null_count() < done.height
        ]
    if book.acts.height:
        parts.append(acts_of_people(book))
    return pl.concat(parts) if parts else done.select("agency", "officer", pl.col("until").alias("at")).clear()


def acts_of_people(book: Casebook) -> pl.DataFrame:
    """Return the acts of people of agencies: ``agency``, ``officer``, ``at``."""
    by_people = ~pl.col("is_system").fill_null(value=False) & (pl.col("by").is_null() | (pl.col("by") != APPLICANT))
    theirs = pl.col("agency").is_not_null() & ~pl.col("agency").is_in(list(book.outsiders)) & by_people
    return book.acts.filter(theirs & pl.col("at").is_not_null()).select("agency", officer="by", at="at")


def days_of(calendar: WorkingCalendar, seconds: Ints) -> Ints:
    """Return the number of known days before the local date of each instant (epoch seconds).

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
    """
    midnights = np.asarray(calendar.table.midnights, dtype=np.int64)
    outside = (seconds < midnights[0]) | (seconds > midnights[-1])
    if bool(outside.any()):
        raise calendar.beyond(int(seconds[int(np.argmax(outside))]))
    # Days last 24 hours, or an hour or two more or less: the guess is right or next to it.
    found: Ints = np.clip((seconds - midnights[0]) // 86_400, 0, midnights.size - 2)
    found -= seconds < midnights[found]
    found += (seconds >= midnights[found + 1]) & (found < midnights.size - 2)
    return found


def active_days(keys: Ints, days: Ints) -> tuple[Ints, Ints]:
    """Return the distinct pairs of someone (0 or more) and a day on which he acted, sorted."""
    pairs = pl.Series((keys << _KEY_BITS) | days).unique().sort().to_numpy()
    return pairs >> _KEY_BITS, pairs & ((1 << _KEY_BITS) - 1)


def regularity(keys: Ints, days: Ints, calendar: WorkingCalendar, count: int) -> tuple[Floats, Ints]:
    """Return by someone's number the share of worked days, from his first act to his last, on which he acted.

    Args:
        keys: someone's number, below ``count``; sorted, as `active_days` gives them.
        days: his days, as `days_of` numbers them.
        calendar: whose days they are.
        count: how many there are.

    Returns:
        The shares (0 for whoever never acted on a worked day) and the worked days with an act.
    """
    rank = np.asarray(calendar.table.rank, dtype=np.int64)
    worked = rank[days + 1] > rank[days]
    acted = np.bincount(keys[worked], minlength=count).astype(np.int64)
    first = np.full(count, np.iinfo(np.int64).max, dtype=np.int64)
    last = np.full(count, -1, dtype=np.int64)
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    first[keys[starts]] = rank[days[starts]]
    ends = np.append(starts[1:], keys.size) - 1 if keys.size else starts
    last[keys[ends]] = rank[days[ends] + 1]
    span = np.where(last >= 0, last - first, 0)
    return np.divide(acted, span, out=np.zeros(count), where=span > 0), acted


def is_telling(share: Floats, acted: Ints, silent: Ints) -> Bools:
    """Return whether so many silent worked days in a row show absence.

    Args:
        share: of the worked days on which he acts (`regularity`).
        acted: worked days on which he did.
        silent: worked days in a row without an act.

    Example:
        >>> is_telling(np.array([0.9, 0.9, 0.5]), np.array([9, 9, 9]), np.array([1, 0, 3])).tolist()
        [True, False, False]
    """
    chance = np.power(1.0 - np.minimum(share, 1.0), silent)
    # (1 - 0.9)^1 is a hair above a tenth in floating point; it is meant to be within.
    return (silent > 0) & (acted >= ACTIVE_DAYS) & (chance <= SILENCE + 1e-9)
