"""When dossiers of a scenario come: each procedure, or channel of it, a stream of its own that no other one changes.

Everything follows from the stream, the day and the dossier's number on that day: more dossiers on one day shift nobody
on another, and a surge adds dossiers to those that come without it (common random numbers).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.instants import first_second, local_seconds, zone_of
from engine.simulation.model import Arrivals, Draw, Law, Model
from procedures.scenarios.calendars import WEEKDAYS
from procedures.scenarios.format import ArrivalsPart, Scenario, rate_of
from procedures.scenarios.model import draw_of

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_COUNT, _PLACE, _KIND, _GAP = (np.uint64(0x6D6F7463 + n) for n in range(4))
"""What a number between 0 and 1 is for."""
_WEEKS_OF_A_MONTH: Final = 4.2
_AT_A_TIME: Final = 4_096

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    """Dossiers that come by one rule: their procedure, the kinds they are of with their shares, the desk's calendar."""

    procedure: str
    said: ArrivalsPart
    kinds: NDArray[np.int32]
    shares: NDArray[np.float64]
    calendar: WorkingCalendar
    key: np.uint64


def arrivals_of(scenario: Scenario, model: Model, seed: int, replication: int) -> Arrivals:
    """Return what is submitted in one replication, in order.

    The ``n``-th dossier of a day and stream has the same key in every scenario, seed and replication given, so that it
    makes the same choices.

    Args:
        scenario: how often and when.
        model: of the scenario; its kinds' names end with their share.
        seed: of all chance.
        replication: from 0.

    Raises:
        BeyondCalendarError: gaps lead beyond the last day of the desk's calendar.
    """
    found = [_lived(stream, scenario, model) for stream in _streams(scenario, model, seed, replication)]
    at, keys, kinds = (np.concatenate(column) for column in zip(*found, strict=True))
    inside = (at >= model.start) & (at < model.until)
    at, keys, kinds = at[inside], keys[inside], kinds[inside]
    order = np.argsort(at, kind="stable")
    return Arrivals(at=at[order], variant=kinds[order], key=keys[order])


def _streams(scenario: Scenario, model: Model, seed: int, replication: int) -> Iterator[_Stream]:
    whole = _numbered(mixed(np.array([seed], dtype=np.uint64))[0], 1, since=replication)
    for part in scenario.procedures:
        rules = {"": part.arrivals} if part.arrivals is not None else part.by_channel
        for channel, said in rules.items():
            kinds = [
                (number, float(kind.name.rpartition("*")[2]), kind)
                for number, kind in enumerate(model.variants)
                if kind.rules.procedure.code == part.code and not kind.only_as_part and channel in {"", kind.channel}
            ]
            first = kinds[0][2]
            name = f"{part.code}/{channel}" if channel else part.code
            yield _Stream(
                procedure=part.code,
                said=said,
                kinds=np.array([number for number, _, _ in kinds], dtype=np.int32),
                shares=np.array([share for _, share, _ in kinds]),
                calendar=first.rules.calendar_of(first.desk),
                key=mixed(whole + np.uint64(crc32(name.encode())))[0],
            )


def _lived(stream: _Stream, scenario: Scenario, model: Model) -> tuple[Ints, Keys, NDArray[np.int32]]:
    """Return instants, keys and kinds of the dossiers of a stream."""
    if stream.said.at is not None:
        zone = zone_of(stream.calendar.zone)
        moments = sorted(datetime.fromisoformat(text) for text in stream.said.at)
        at = np.array(
            [local_seconds(one.date(), one.hour * 3600 + one.minute * 60 + one.second, zone) for one in moments],
            dtype=np.int64,
        )
        keys = _numbered(stream.key, at.size)
    elif stream.said.gaps is not None:
        at, keys = _by_gaps(stream, draw_of(stream.said.gaps), model)
    else:
        at, keys = _by_rate(stream, scenario, model)
    edges = np.cumsum(stream.shares) / stream.shares.sum()
    chosen = np.minimum(np.searchsorted(edges, _unit(keys, _KIND), side="right"), stream.kinds.size - 1)
    return at, keys, stream.kinds[chosen]


# by a rate


def _by_rate(stream: _Stream, scenario: Scenario, model: Model) -> tuple[Ints, Keys]:
    calendar = stream.calendar
    first, last = calendar.local_date(model.start), calendar.local_date(model.until - 1)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    expected = np.array([_expected(stream, day) * _surged(stream, scenario, day) for day in days])
    of_days = np.array([_numbered(stream.key, 1, since=day.toordinal())[0] for day in days], dtype=np.uint64)
    constant = stream.said.pattern == "constant"
    usual = _even(stream, days, np.array([_expected(stream, day) for day in days])) if constant else None
    counts = _even(stream, days, expected) if constant else _poisson(_unit(of_days, _COUNT), expected)
    instants, keys = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for n in np.flatnonzero(counts):
        count = int(counts[n])
        own = _numbered(of_days[n], count)
        place = _unit(own, _PLACE)
        if usual is not None:
            own = _numbered(of_days[n], max(count, int(usual[n])))
            chosen, place = _evenly(count, int(usual[n]))
            own = own[chosen]
        keys.append(own)
        instants.append(_within(days[n], place, stream))
    return np.concatenate(instants), np.concatenate(keys)


def _even(stream: _Stream, days: Sequence[date], expected: NDArray[np.float64]) -> Ints:
    """Return even counts of days: what usual weeks have brought before a day settles when its fractions fall due.

    So neither a surge nor a day off moves the dossiers of another day.
    """
    usual = np.array([_expected(stream, day, usual=True) for day in days])
    before = np.cumsum(usual) - usual + 1e-9
    counts: Ints = (np.floor(before + expected) - np.floor(before)).astype(np.int64)
    return counts


def _evenly(count: int, usual: int) -> tuple[Ints, NDArray[np.float64]]:
    """Return which dossiers of a day come, and their places in it, evenly; those that come usually stay where they are.

    Example:
        >>> _evenly(2, 2)[1].tolist(), _evenly(4, 2)[1].tolist(), _evenly(1, 3)[0].tolist()
        ([0.25, 0.75], [0.25, 0.75, 0.0, 0.5], [1])
    """
    if count < usual:
        chosen = ((np.arange(count) + 0.5) * usual / count).astype(np.int64)
        return chosen, (chosen + 0.5) / usual
    more = count - usual
    place = np.concatenate([(np.arange(usual) + 0.5) / max(usual, 1), np.arange(more) / max(more, 1)])
    if not usual:
        place = (np.arange(count) + 0.5) / count
    return np.arange(count), place


def _expected(stream: _Stream, day: date, *, usual: bool = False) -> float:
    """Return how many dossiers are expected on a day without surges; ``usual``: were it a day of a usual week."""
    said, facts = stream.said, stream.calendar.facts
    number, unit = rate_of(said.rate or "")
    worked = [weekday for weekday, windows in enumerate(facts.week) if windows]
    daily = {"week": number / len(worked), "month": number / (len(worked) * _WEEKS_OF_A_MONTH)}.get(unit, number)
    is_worked = day.weekday() in worked if usual else stream.calendar.is_worked(day)
    factor = 1.0 if unit == "day" or is_worked else said.on_days_off
    weekdays = [said.by_weekday.get(weekday, 1.0) for weekday in WEEKDAYS]
    of_usual = [weekdays[n] for n in (range(7) if unit == "day" else worked)]
    months = [said.by_month.get(month, 1.0) for month in range(1, 13)]
    factor *= weekdays[day.weekday()] / (sum(of_usual) / len(of_usual) or 1.0)
    return daily * factor * months[day.month - 1] / (sum(months) / 12)


def _surged(stream: _Stream, scenario: Scenario, day: date) -> float:
    """Return how many times as many dossiers come on a day as without surges."""
    factor = 1.0
    for surge in scenario.surges:
        if surge.since <= day <= surge.until and (not surge.procedures or stream.procedure in surge.procedures):
            factor *= surge.factor
    return factor


def _within(day: date, place: NDArray[np.float64], stream: _Stream) -> Ints:
    """Return instants of a day: by its hours where given, else in office time, on days off between 8 and 20 o'clock."""
    midnight = first_second(day, zone_of(stream.calendar.zone))
    if stream.said.by_hour:
        hours = np.array([stream.said.by_hour.get(hour, 0.0) for hour in range(24)])
        edges = np.concatenate([[0.0], np.cumsum(hours) / hours.sum()])
        hour = np.minimum(np.searchsorted(edges, place, side="right") - 1, 23)
        seconds = (hour + (place - edges[hour]) / (edges[hour + 1] - edges[hour])) * 3600
        inside: Ints = midnight + np.minimum(seconds, hour * 3600 + 3599).astype(np.int64)
        return inside
    windows = stream.calendar.windows(day) or ((midnight + 8 * 3600, midnight + 20 * 3600),)
    begun = np.array([since for since, _ in windows], dtype=np.int64)
    ended = np.cumsum([until - since for since, until in windows])
    passed = (place * ended[-1]).astype(np.int64)
    window = np.searchsorted(ended, passed, side="right")
    before = np.concatenate([[0], ended])
    found: Ints = begun[window] + passed - before[window]
    return found


def _poisson(u: NDArray[np.float64], mean: NDArray[np.float64]) -> Ints:
    """Return the least number of which no more come with a chance of ``u`` or above: it grows with the mean."""
    from scipy.special import pdtr, pdtrik

    some = np.maximum(mean, 1e-12)
    found = np.maximum(np.ceil(np.nan_to_num(pdtrik(u, some))), 0.0)
    lower = np.maximum(found - 1, 0.0)
    counts: Ints = np.where(pdtr(lower, some) >= u, lower, found).astype(np.int64)
    return counts


# by gaps


def _by_gaps(stream: _Stream, gaps: Draw, model: Model) -> tuple[Ints, Keys]:
    """Return dossiers one gap of office time after another, from the first opening on."""
    lengths, keys = [np.zeros(0, np.float64)], [np.zeros(0, np.uint64)]
    passed, most = 0.0, stream.calendar.seconds_between(model.start, model.until)
    while passed < most:
        more = _numbered(stream.key, _AT_A_TIME, since=_AT_A_TIME * (len(keys) - 1))
        lengths.append(np.maximum(_lengths(gaps, _unit(more, _GAP)), 1.0))
        keys.append(more)
        passed += float(lengths[-1].sum())
    after = np.cumsum(np.concatenate(lengths))
    inside = after < most
    at: Ints = stream.calendar.add_many(np.array([model.start]), after[inside].astype(np.int64))
    return at, np.concatenate(keys)[inside]


def _lengths(draw: Draw, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lengths that a law gives, as `engine.simulation.chance.length` does one by one."""
    from scipy.special import ndtri

    table = np.array(draw.table)
    match draw.law:
        case Law.CONSTANT:
            found = np.full(u.shape, draw.a)
        case Law.UNIFORM:
            found = draw.a + (draw.b - draw.a) * u
        case Law.EXPONENTIAL:
            found = -draw.a * np.log1p(-u)
        case Law.LOGNORMAL:
            found = draw.a * np.exp(draw.b * ndtri(u))
        case Law.QUANTILES:
            found = np.interp(u, np.linspace(0, 1, table.size), table)
        case Law.VALUES:
            found = table[np.minimum((u * table.size).astype(np.int64), table.size - 1)]
    return found


# chance


def mixed(z: Keys) -> Keys:
    """Return 64 bits in which every bit depends on every bit of ``z`` (SplitMix64, as `engine.simulation.chance`)."""
    found: Any = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    whole: Keys = found ^ (found >> np.uint64(31))
    return whole


def _numbered(key: np.uint64, count: int, *, since: int = 0) -> Keys:
    """Return the keys of what is numbered from ``since`` below a key."""
    return mixed(np.array([key], dtype=np.uint64) + _GOLDEN * np.arange(since + 1, since + count + 1, dtype=np.uint64))


def _unit(keys: Keys, purpose: np.uint64) -> NDArray[np.float64]:
    """Return a number between 0 and 1, ends excluded, for each key."""
    bits = mixed(mixed(keys ^ _GOLDEN) + np.array([purpose], dtype=np.uint64)) >> np.uint64(11)
    found: NDArray[np.float64] = (bits.astype(np.float64) + 0.5) * 2.0**-53
    return found
