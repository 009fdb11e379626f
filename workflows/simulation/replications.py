"""Simulating scenarios: replications one by one or on all processors, in figures; the same seed gives the same figures.

Plain functions; `workflows.flows_simulate` shows them to Prefect.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.simulation.statistics import Difference, Estimate, columns, compare, estimate
from workflows.simulation.kernel_cache import fresh_kernel

if TYPE_CHECKING:
    from engine.casebook import Casebook
    from engine.simulation.model import Model
    from engine.simulation.run import Simulated
    from procedures.scenarios.format import Scenario

Progress = Callable[[int, int], None]
"""Told how many replications are done, and of how many."""

MOST_REPLICATIONS: Final = 10_000


def silently(_done: int, _all: int) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where scenarios find procedures, calendars and agencies; small enough to be sent to another process."""

    calendars: Path | None = None
    procedures: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a scenario comes to: the figures of each replication."""

    scenario: Scenario
    seed: int
    replications: Sequence[Mapping[str, float]]

    def estimates(self) -> dict[str, Estimate]:
        """Return each figure's mean with its confidence interval; an agency without a figure has 0 of it."""
        return {name: estimate(values) for name, values in columns(self.replications).items()}

    def against(self, base: Outcome) -> dict[str, Difference]:
        """Return how each figure differs from another scenario's, replication by replication.

        Raises:
            ValueError: the two have different numbers of replications.
        """
        ours, theirs = columns(self.replications), columns(base.replications)
        nothing = [0.0] * len(self.replications)
        names = dict.fromkeys((*theirs, *ours))
        return {name: compare(theirs.get(name, nothing), ours.get(name, nothing)) for name in names}


def simulate(
    path: Path,
    place: Place,
    *,
    replications: int = 30,
    seed: int = 7,
    workers: int = 0,
    progress: Progress = silently,
) -> Outcome:
    """Run a scenario's replications and return their figures.

    Args:
        path: the scenario.
        place: where it finds what it names.
        replications: how many.
        seed: of all chance; replication ``n`` of two scenarios meets the same applicants.
        workers: processes; 0: as many as there are processors; 1: this one.
        progress: told after each replication.

    Raises:
        InputError: the scenario has faults, or does not hold together.
        BeyondCalendarError: a calendar ends before the scenario does.
    """
    scenario, _ = loaded(path, place)  # faults are told here, once
    fresh_kernel()
    count = min(workers or len(os.sched_getaffinity(0)), replications)
    figures: list[Mapping[str, float]] = []
    for one in _all(path, place, seed, replications, count):
        figures.append(one)
        progress(len(figures), replications)
    return Outcome(scenario=scenario, seed=seed, replications=tuple(figures))


def _all(path: Path, place: Place, seed: int, replications: int, workers: int) -> Iterator[Mapping[str, float]]:
    asked = [(path, place, seed, number) for number in range(replications)]
    if workers <= 1:
        yield from (_figures(one) for one in asked)
        return
    figures_of_first = _figures(asked[0])  # what has to be compiled is compiled once
    yield figures_of_first
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_figures, asked[1:])


def _figures(asked: tuple[Path, Place, int, int]) -> Mapping[str, float]:
    """Return the figures of one replication."""
    path, place, seed, number = asked
    return figures_of(*loaded(path, place), seed, number)


def figures_of(scenario: Scenario, model: Model, seed: int, number: int) -> Mapping[str, float]:
    """Return the figures of one replication of a model."""
    from engine.simulation.measures import measured

    simulated, book, since = lived(scenario, model, seed, number)
    return measured(simulated, book, since=since)


def lived(scenario: Scenario, model: Model, seed: int, number: int) -> tuple[Simulated, Casebook, int]:
    """Return one replication: what happened, its casebook after the warm-up, and when that ended (epoch seconds)."""
    from engine.simulation.book import casebook_of
    from engine.simulation.run import run
    from procedures.scenarios.arrivals import arrivals_of

    simulated = run(model, arrivals_of(scenario, model, seed, number))
    since = _warm_from(scenario, model)
    return simulated, casebook_of(simulated, since=since), since


def _warm_from(scenario: Scenario, model: Model) -> int:
    """Return the instant from which dossiers count (epoch seconds): the end of the warm-up."""
    from procedures.scenarios.model import after

    calendar = model.variants[0].rules.calendars[scenario.calendar]
    return after(scenario, scenario.warm_up, calendar)


@lru_cache(maxsize=8)
def loaded(path: Path, place: Place) -> tuple[Scenario, Model]:
    """Return a scenario and its model; read once.

    Raises:
        InputError: it has faults, or does not hold together.
    """
    from procedures.calendars import load_all
    from procedures.catalogue import Catalogue
    from procedures.directory import load_directories
    from procedures.scenarios.load import load_scenario
    from procedures.scenarios.model import model_of
    from procedures.scenarios.names import World

    catalogue = Catalogue(place.procedures, calendars=place.calendars)
    scenario = load_scenario(path, World(catalogue, place.calendars))
    model = model_of(
        scenario,
        catalogue=catalogue,
        calendars=load_all(place.calendars),
        directory=load_directories(scenario.directory, place.calendars),
    )
    return scenario, model
