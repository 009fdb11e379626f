"""When dossiers of a scenario come: each procedure a stream of its own, which no other procedure changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.instants import first_second, zone_of
from engine.simulation.model import Arrivals, Model
from procedures.scenario_format import ArrivalsPart, ProcedurePart, Scenario, rate_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def arrivals_of(scenario: Scenario, model: Model, seed: int, replication: int) -> Arrivals:
    """Return what is submitted in one replication, in order.

    The ``n``-th dossier of a procedure has the same key in every scenario, seed and replication given, so that it makes
    the same choices; another procedure in the scenario shifts nobody.

    Args:
        scenario: how often and when.
        model: of the scenario; its variants' names say which procedure and kind they are.
        seed: of all chance.
        replication: from 0.
    """
    kinds = _kinds(model)
    instants: list[NDArray[np.int64]] = []
    variants: list[NDArray[np.int32]] = []
    keys: list[NDArray[np.uint64]] = []
    for part in scenario.procedures:
        if part.arrivals is None:
            continue
        numbers, shares = kinds[part.code]
        stream = crc32(part.code.encode())
        chance = np.random.Generator(np.random.Philox(key=[_mixed(seed, replication), stream]))
        calendar = model.variants[numbers[0]].rules.calendar_of(model.variants[numbers[0]].desk)
        at = _instants(part, part.arrivals, scenario, model, calendar, chance)
        chosen = np.searchsorted(np.cumsum(shares) / np.sum(shares), chance.random(at.size), side="right")
        instants.append(at)
        variants.append(np.array(numbers, dtype=np.int32)[np.minimum(chosen, len(numbers) - 1)])
        keys.append(_keys(_mixed(seed, replication) ^ stream, at.size))
    at, variant, key = np.concatenate(instants), np.concatenate(variants), np.concatenate(keys)
    order = np.argsort(at, kind="stable")
    return Arrivals(at=at[order], variant=variant[order], key=key[order])


def _kinds(model: Model) -> Mapping[str, tuple[list[int], list[float]]]:
    """Return by procedure its kinds and their shares, as the model's builder named them (``… *share``)."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for number, variant in enumerate(model.variants):
        if not variant.only_as_part:
            numbers, shares = found.setdefault(variant.rules.procedure.code, ([], []))
            numbers.append(number)
            shares.append(float(variant.name.rpartition("*")[2]))
    return found


def _instants(
    part: ProcedurePart,
    arrivals: ArrivalsPart,
    scenario: Scenario,
    model: Model,
    calendar: WorkingCalendar,
    chance: np.random.Generator,
) -> NDArray[np.int64]:
    """Return the instants at which dossiers of one procedure come."""
    days = _days(calendar, model)
    expected = np.array([_expected(part.code, arrivals, scenario, calendar, day) for day in days])
    if arrivals.pattern == "constant":
        counts = np.diff(np.floor(np.cumsum(expected) + 1e-9), prepend=0.0).astype(np.int64)
    else:
        counts = chance.poisson(expected)
    found = [
        _within(day, int(count), arrivals, calendar, chance) for day, count in zip(days, counts, strict=True) if count
    ]
    at = np.concatenate(found) if found else np.zeros(0, np.int64)
    return at[(at >= model.start) & (at < model.until)]


def _days(calendar: WorkingCalendar, model: Model) -> list[date]:
    first, last = calendar.local_date(model.start), calendar.local_date(model.until - 1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _expected(code: str, arrivals: ArrivalsPart, scenario: Scenario, calendar: WorkingCalendar, day: date) -> float:
    """Return how many dossiers are expected on a day."""
    number, unit = rate_of(arrivals.rate)
    is_worked = calendar.is_worked(day)
    daily = {"working day": number, "day": number * 5 / 7, "week": number / 5, "month": number / 21}[unit]
    if unit == "day":
        daily, is_worked = number, True
    factor = 1.0 if is_worked else arrivals.on_days_off
    if arrivals.by_weekday:
        factor *= arrivals.by_weekday.get(_DAYS[day.weekday()], 0.0)
    if arrivals.by_month:
        factor *= arrivals.by_month.get(day.month, 0.0)
    for surge in scenario.surges:
        if surge.since <= day <= surge.until and (not surge.procedures or code in surge.procedures):
            factor *= surge.factor
    return float(daily * factor)


def _within(
    day: date, count: int, arrivals: ArrivalsPart, calendar: WorkingCalendar, chance: np.random.Generator
) -> NDArray[np.int64]:
    """Return instants of a day: by its hours where given, else in office time, on days off between 8 and 20 o'clock."""
    even = (np.arange(count) + 0.5) / count if arrivals.pattern == "constant" else np.sort(chance.random(count))
    midnight = first_second(day, zone_of(calendar.zone))
    if arrivals.by_hour:
        hours = np.array([arrivals.by_hour.get(hour, 0.0) for hour in range(24)])
        edges = np.concatenate([[0.0], np.cumsum(hours) / (hours.sum() or 1.0)])
        chosen: NDArray[np.int64] = midnight + np.interp(even, edges, np.arange(25) * 3600.0).astype(np.int64)
        return chosen
    windows = calendar.windows(day) or ((midnight + 8 * 3600, midnight + 20 * 3600),)
    lengths = np.array([until - since for since, until in windows], dtype=np.float64)
    edges = np.concatenate([[0.0], np.cumsum(lengths) / lengths.sum()])
    place = np.minimum(np.searchsorted(edges, even, side="right") - 1, len(windows) - 1)
    begun = np.array([since for since, _ in windows], dtype=np.int64)
    inside = (even - edges[place]) / (edges[place + 1] - edges[place]) * lengths[place]
    found: NDArray[np.int64] = begun[place] + np.minimum(inside, lengths[place] - 1).astype(np.int64)
    return found


def _mixed(seed: int, replication: int) -> int:
    return int(np.random.SeedSequence([seed, replication]).generate_state(1, np.uint64)[0])


def _keys(stream: int, count: int) -> NDArray[np.uint64]:
    """Return a key a dossier (SplitMix64 from the stream's own beginning)."""
    with np.errstate(over="ignore"):
        z: Any = np.uint64(stream & 0xFFFFFFFFFFFFFFFF) + _GOLDEN * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        found: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return found
