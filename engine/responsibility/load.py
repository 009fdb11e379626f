"""The load of an agency at the time of an occurrence: what may speak against reading it as conduct.

Who has twice as many dossiers a head as usual is overloaded; where nobody of an agency that acts nearly every day did
anything for days on which its calendar was open, it was absent. Both are shown with the occurrence and clear patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook, epoch_seconds
from engine.responsibility.presence import active_days, activity, days_of, is_ours, is_telling, regularity

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

OVERLOAD: Final = 2.0
"""Times its own usual queue per head from which an agency is overloaded (proposal)."""

LEAST_QUEUE: Final = 10.0
"""Open holds below which nobody is overloaded (proposal)."""

LEAST_WEEKS: Final = 8
"""Weeks with staff at work below which an agency has no usual queue (proposal)."""

MOST_SAMPLES: Final = 1_000
"""Office days of an agency, evenly spread, on which its queue is looked at to say what is usual."""

_NOTHING: Final = 1e-9
"""Shares below which others did nothing in a week, but for the last digits of a sum."""

PACE_DAYS: Final = 28
"""Calendar days before an occurrence over which completions are counted."""

_WEEK: Final = 7
_BITS: Final = 36
"""Seconds since the beginning below 2^36, agencies above, in one sorted key."""

_WEEK_BITS: Final = 20
"""Weeks since the year 1 below 2^20, agencies above."""


def counter_evidence(book: Casebook, hits: pl.DataFrame) -> pl.DataFrame:
    """Return occurrences with the load of their agency, row by row in their order.

    Added are

    * ``queue``: holds of people that lay open in the agency, on average over [``since``, ``until``) where both are
      known, else at ``at``;
    * ``staff``: how many different officers did something there in that week (Monday to Sunday; on average over the
      weeks of the interval; unknown ones count as one);
    * ``queue_per_head``: both divided; a week without anybody counts as one head;
    * ``usual_queue_per_head``: the median of what it was in the middle of each office day of a week in which anybody
      was at work there; days weigh as much as other agencies got done in that week, lest the thin ends of a log make
      its middle look crowded, or a surge pass for usual; null with less than `LEAST_WEEKS`;
    * ``completed_per_day``: completions per office day of the `PACE_DAYS` days before;
    * ``is_overloaded``: `OVERLOAD` times as much as usual, and at least `LEAST_QUEUE` open;
    * ``is_absent``: nobody of the agency did anything between ``since`` and ``until``, and it is so regularly at work
      that this is no chance (`engine.responsibility.presence`).

    Nothing is known where the agency is null; it is then neither.

    Args:
        book: dossiers.
        hits: with at least ``agency``, ``at``, ``since``, ``until``; see `engine.responsibility.signal.HITS`.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    # In order of agency and instant, places lie side by side where they are looked up.
    asked = hits.select("agency", "since", "until", pl.coalesce("at", "until", "since").alias("at"))
    order = asked.select(pl.arg_sort_by("agency", "at")).to_series()
    back = np.empty(hits.height, dtype=np.int64)
    back[order.to_numpy()] = np.arange(hits.height)
    return hits.with_columns(_evidence(book, asked[order])[back])


def _evidence(book: Casebook, hits: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that `counter_evidence` adds."""
    names = pl.concat([hits["agency"], book.holds["agency"]]).drop_nulls().unique().sort()
    coded = pl.Enum(names)
    agency = hits["agency"].cast(coded).to_physical().fill_null(0).cast(pl.Int64).to_numpy()
    known = (hits["agency"].is_not_null() & hits["at"].is_not_null()).to_numpy()
    since, until, moment = (epoch_seconds(hits[name]) for name in ("since", "until", "at"))
    whole = known & (hits["since"].is_not_null() & hits["until"].is_not_null()).to_numpy() & (until > since)
    begun, ended = np.where(whole, since, moment), np.where(whole, until, moment)
    acts = activity(book)
    acted = acts["agency"].cast(coded, strict=False).to_physical().cast(pl.Int64)
    acts, acted = acts.filter(acted.is_not_null()), acted.drop_nulls()
    people = _Acts(acted.to_numpy(), epoch_seconds(acts["at"]), acts["officer"])

    queues = _Queues.of(book, book.holds.filter(is_ours(book)), coded)
    staff = _Staff.of(people, book.calendar)
    queue = np.where(whole, queues.mean(agency, begun, ended), queues.at(agency, moment))
    # Where nothing is known, any instant will do.
    somewhen = np.where(known, begun, book.now), np.where(known, np.maximum(ended - 1, begun), book.now)
    heads = staff.mean(agency, *(_weeks(part, book.calendar) for part in somewhen))
    per_head = queue / np.maximum(heads, 1.0)
    usual = _usual(queues, staff, book, len(names))[agency]
    numbers = {
        "queue": queue,
        "staff": heads,
        "queue_per_head": per_head,
        "usual_queue_per_head": usual,
        "completed_per_day": _pace(book, hits["agency"], queues, agency, begun),
    }
    is_over = known & (queue >= LEAST_QUEUE) & (per_head > OVERLOAD * usual)  # NaN compares as false
    return pl.DataFrame(
        [pl.Series(name, np.where(known, values, np.nan)).fill_nan(None) for name, values in numbers.items()]
    ).with_columns(
        pl.Series("is_overloaded", is_over),
        pl.Series("is_absent", _absent(book, people, names, agency, since, until, whole)),
    )


@dataclass(frozen=True, slots=True)
class _Acts:
    """What was done: agency (code), epoch seconds, officer."""

    agency: Ints
    at: Ints
    officer: pl.Series


@dataclass(frozen=True, slots=True)
class _Queues:
    """Open holds of every agency: sorted keys of beginnings and ends, and sums of their seconds before each place."""

    epoch: int
    begins: Ints
    ends: Ints
    begins_sum: Ints
    ends_sum: Ints

    @classmethod
    def of(cls, book: Casebook, held: pl.DataFrame, coded: pl.Enum) -> _Queues:
        agency = held["agency"].cast(coded).to_physical().cast(pl.Int64).to_numpy()
        begun = epoch_seconds(held["since"])
        ended = np.where(held["until"].is_null().to_numpy(), book.now, epoch_seconds(held["until"]))
        is_open = held["until"].is_null().to_numpy()
        ended = np.maximum(ended, begun)
        epoch = int(begun.min()) - 1 if begun.size else 0  # what is asked about earlier instants is cut off there
        begins = _sorted((agency << _BITS) | (begun - epoch))
        # What is open now is still open at the instant of judgement itself.
        ends = _sorted((agency << _BITS) | (ended - epoch + is_open))
        low = (1 << _BITS) - 1
        sums = [np.concatenate([[0], np.cumsum(keys & low)]) for keys in (begins, ends)]
        return cls(epoch, begins, ends, sums[0], sums[1])

    def at(self, agency: Ints, seconds: Ints) -> Floats:
        """Return how many holds are open at an instant."""
        key = self._key(agency, seconds)
        begun = np.searchsorted(self.begins, key, side="right")
        ended = np.searchsorted(self.ends, key, side="right")
        return (begun - ended).astype(np.float64)

    def mean(self, agency: Ints, since: Ints, until: Ints) -> Floats:
        """Return how many holds are open on average over an interval; 0 for an empty one."""
        held = self._held(agency, until) - self._held(agency, since)
        return _divided(held, until - since)

    def completed(self, agency: Ints, since: Ints, until: Ints) -> Ints:
        """Return how many holds ended in an interval (what is open counts as ending after now)."""
        first, last = (np.searchsorted(self.ends, self._key(agency, part)) for part in (since, until))
        return (last - first).astype(np.int64)

    def _key(self, agency: Ints, seconds: Ints) -> Ints:
        return (agency << _BITS) | np.clip(seconds - self.epoch, 0, (1 << _BITS) - 1)

    def _held(self, agency: Ints, seconds: Ints) -> Ints:
        """Return the seconds of all holds of an agency before an instant."""
        key = self._key(agency, seconds)
        first = np.searchsorted(self.begins, agency << _BITS)
        place, done = np.searchsorted(self.begins, key), np.searchsorted(self.ends, key)
        clock = key & ((1 << _BITS) - 1)
        # All beginnings and ends of agencies before this one cancel out in the counts, not in the sums.
        begun = (place - first) * clock - (self.begins_sum[place] - self.begins_sum[first])
        ended = (done - first) * clock - (self.ends_sum[done] - self.ends_sum[first])
        lengths: Ints = begun - ended
        return lengths


@dataclass(frozen=True, slots=True)
class _Staff:
    """Different officers by agency and week: sorted keys of both, numbers, and the sum of these before each place."""

    keys: Ints
    officers: Ints
    sums: Ints

    @classmethod
    def of(cls, acts: _Acts, calendar: WorkingCalendar) -> _Staff:
        who = acts.officer.cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(-1).to_numpy() + 1
        key = (acts.agency << _WEEK_BITS) | _weeks(acts.at, calendar)
        bits = int(who.max(initial=0)).bit_length()
        seen = pl.Series((key << bits) | who).unique().to_numpy() >> bits
        keys, officers = np.unique(seen, return_counts=True)
        return cls(keys, officers.astype(np.int64), np.concatenate([[0], np.cumsum(officers)]))

    def mean(self, agency: Ints, first: Ints, last: Ints) -> Floats:
        """Return the average number of officers over weeks, both ends included."""
        low = np.searchsorted(self.keys, (agency << _WEEK_BITS) | first)
        high = np.searchsorted(self.keys, (agency << _WEEK_BITS) | last, side="right")
        found: Floats = (self.sums[high] - self.sums[low]) / (last - first + 1)
        return found


def _weeks(seconds: Ints, calendar: WorkingCalendar) -> Ints:
    """Return the number of the week, from Monday, in which local dates lie."""
    found: Ints = (calendar.first_day.toordinal() - 1 + days_of(calendar, seconds)) // _WEEK
    return found


def _usual(queues: _Queues, staff: _Staff, book: Casebook, count: int) -> Floats:
    """Return by agency the median queue per head in the middle of its office days; NaN for too few weeks.

    Days weigh as much as the other agencies got done in their week. A log that begins thin and ends dense is so for
    all, and its thin days count little; a surge of one agency alone gives its own days no more weight.
    """
    usual = np.full(max(count, 1), np.nan)
    weeks = np.bincount(staff.keys >> _WEEK_BITS, minlength=usual.size)
    finished = queues.ends[(queues.ends & ((1 << _BITS) - 1)) <= book.now - queues.epoch]
    done = np.bincount(finished >> _BITS, minlength=usual.size)[: usual.size]
    known = np.flatnonzero((weeks >= LEAST_WEEKS) & (done > 0))
    if not known.size:
        return usual
    table = book.calendar.table
    middle = (np.array(table.openings) + np.array(table.closings)) // 2
    before = np.searchsorted(finished, known << _BITS)
    first, last = (
        (finished[place] & ((1 << _BITS) - 1)) + queues.epoch for place in (before, before + done[known] - 1)
    )
    since, until = np.searchsorted(middle, first), np.searchsorted(middle, last, side="right")
    days = until - since
    taken = np.minimum(days, MOST_SAMPLES)
    agency = np.repeat(known, taken)
    nth = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
    day = np.repeat(since, taken) + nth * np.repeat(days, taken) // np.maximum(np.repeat(taken, taken), 1)
    week = _weeks(middle[day], book.calendar)
    heads = staff.mean(agency, week, week)
    someone = heads > 0
    agency, week, at = agency[someone], week[someone], middle[day][someone]
    load = queues.at(agency, at) / heads[someone]
    theirs = finished[np.isin(finished >> _BITS, known)]
    ended = _weeks((theirs & ((1 << _BITS) - 1)) + queues.epoch, book.calendar)
    return _medians(agency, week, load, _others((theirs >> _BITS << _WEEK_BITS) | ended, agency, week), usual)


def _others(finished: Ints, agency: Ints, week: Ints) -> Floats:
    """Return for each agency and week what the others finished in it, each as a share of all it ever did.

    Args:
        finished: agency and week of each completion in one key, sorted.
        agency: whose others.
        week: when.
    """
    who, when = finished >> _WEEK_BITS, finished & ((1 << _WEEK_BITS) - 1)
    own = np.bincount(who, minlength=1)
    begun = when.min(initial=1 << _WEEK_BITS)
    shares = np.bincount(when - begun, weights=1.0 / own[who], minlength=1)
    asked = (agency << _WEEK_BITS) | week
    mine = np.searchsorted(finished, asked, side="right") - np.searchsorted(finished, asked)
    inside = (week >= begun) & (week < begun + shares.size)
    total = np.where(inside, shares[np.clip(week - begun, 0, shares.size - 1)], 0.0)
    found: Floats = total - mine / own[agency]
    return np.where(found > _NOTHING, found, 0.0)


def _medians(agency: Ints, week: Ints, values: Floats, weights: Floats, found: Floats) -> Floats:
    """Fill in by agency the weighted median; where no weight is known all weigh alike.

    What rests on less than `LEAST_WEEKS` is left: weeks of unlike weight count as (sum of w)^2 / (sum of w^2), after
    L. Kish, "Survey Sampling" (1965).

    Args:
        agency: whose values.
        week: of when; within an agency in order.
        values: any.
        weights: zero or more, alike within a week.
        found: by agency.
    """
    own = np.bincount(agency, weights=weights, minlength=found.size)
    weights = np.where(own[agency] > 0, weights, 1.0)
    begins = np.flatnonzero((np.diff(agency, prepend=-1) != 0) | (np.diff(week, prepend=-1) != 0))
    per_week, whose = weights[begins], agency[begins]
    sums, squares = (np.bincount(whose, weights=part, minlength=found.size) for part in (per_week, per_week**2))
    enough = (_divided(sums**2, squares) >= LEAST_WEEKS)[agency]
    agency, values, weights = agency[enough], values[enough], weights[enough]
    order = np.lexsort((values, agency))
    before = np.concatenate([[0.0], np.cumsum(weights[order])])
    someone, first = np.unique(agency[order], return_index=True)
    last = np.append(first[1:], agency.size)[: first.size]
    half = (before[first] + before[last]) / 2
    middle = np.clip(np.searchsorted(before, half) - 1, first, last - 1)
    found[someone] = values[order][middle]
    return found


def _pace(book: Casebook, names: pl.Series, queues: _Queues, agency: Ints, at: Ints) -> Floats:
    # Before the first hold nothing was finished, and the calendar may not reach.
    begun = np.maximum(at - PACE_DAYS * 86_400, queues.epoch + 1)
    done = queues.completed(agency, begun, at)
    instants = [(pl.Series(part) * 1_000_000).cast(pl.Datetime("us", "UTC")) for part in (begun, at)]
    seconds = book.office_seconds(instants[0], instants[1], names)
    lengths = {code: calendar.office_day for code, calendar in book.calendars.items()}
    office_day = names.fill_null("").replace_strict(lengths, default=book.calendar.office_day, return_dtype=pl.Int64)
    return _divided(done, seconds / office_day.to_numpy(), np.nan)


def _sorted(keys: Ints) -> Ints:
    found: Ints = pl.Series(keys).sort().to_numpy()
    return found


def _divided(above: NDArray[Any], below: NDArray[Any], otherwise: float = 0.0) -> Floats:
    """Return quotients, something else where the divisor is not positive."""
    found = np.full(below.size, otherwise, dtype=np.float64)
    np.divide(above, below, out=found, where=below > 0)
    return found


def _absent(
    book: Casebook, acts: _Acts, names: pl.Series, agency: Ints, since: Ints, until: Ints, whole: Bools
) -> Bools:
    """Return whether nobody of the agency did anything strictly between ``since`` and ``until``, and it is telling."""
    found = np.zeros(agency.size, dtype=np.bool_)
    keys = _sorted((acts.agency << _BITS) | acts.at)
    first = np.searchsorted(keys, (agency << _BITS) | since, side="right")
    silent = whole & (np.searchsorted(keys, (agency << _BITS) | until) <= first)
    codes = np.unique(agency[silent])
    calendars = {int(code): book.calendar_of(names[int(code)]) for code in codes}
    for digest, calendar in {one.digest: one for one in calendars.values()}.items():
        is_theirs = np.zeros(len(names), dtype=np.bool_)
        is_theirs[[code for code, one in calendars.items() if one.digest == digest]] = True
        theirs, rows = is_theirs[acts.agency], np.flatnonzero(silent & is_theirs[agency])
        someone, days = active_days(acts.agency[theirs], days_of(calendar, acts.at[theirs]))
        share, acted = regularity(someone, days, calendar, len(names))
        worked = calendar.between_many(since[rows], until[rows]) // calendar.office_day
        found[rows] = is_telling(share[agency[rows]], acted[agency[rows]], worked)
    return found
