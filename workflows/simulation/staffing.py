"""Where officers help most: one after the other to the agency where one more saves most late dossiers.

Every candidate meets the same applicants (common random numbers), so the difference between two is that of the officer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.simulation.measures import by_agency
from engine.simulation.statistics import compare, estimate
from workflows.simulation.replications import Place, figures_of, loaded

if TYPE_CHECKING:
    from engine.simulation.model import Model, Officer

CANDIDATES: Final = 6
"""Agencies tried at each step: the busiest."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One officer more: where, the late dossiers then (mean and interval), and how surely that is less (``p``)."""

    agency: str
    late: float
    low: float
    high: float
    p: float


def add_officers(
    path: Path, place: Place, *, budget: int, replications: int, seed: int, progress: Progress
) -> list[Step]:
    """Return where to add officers, in order; the first entry is how it is without.

    Raises:
        InputError: the scenario has faults.
    """
    scenario, model = loaded(path, place)
    base = [figures_of(scenario, model, seed, n) for n in range(replications)]
    late = [_late(one) for one in base]
    found = [_step("", late, late)]
    for done in range(budget):
        use = {
            agency: sum(by_agency(one).get(agency, {}).get("utilisation", 0.0) for one in base)
            for agency in (office.code for office in model.offices)
        }
        busiest = sorted(use, key=lambda agency: -use[agency])[:CANDIDATES]
        tried = {}
        for number, agency in enumerate(busiest):
            more = _with_one_more(model, agency)
            tried[agency] = (more, [figures_of(scenario, more, seed, n) for n in range(replications)])
            progress(done * CANDIDATES + number + 1, budget * CANDIDATES)
        best = min(tried, key=lambda agency: sum(_late(one) for one in tried[agency][1]))
        model, base = tried[best]
        now = [_late(one) for one in base]
        found.append(_step(best, late, now))
        late = now
    return found


def _late(figures: object) -> float:
    return float(figures["late_by_date"] + figures["open_late"])  # type: ignore[index]


def _step(agency: str, before: Sequence[float], now: Sequence[float]) -> Step:
    one = estimate(now)
    return Step(agency=agency, late=one.mean, low=one.low, high=one.high, p=compare(before, now).p)


def _with_one_more(model: Model, agency: str) -> Model:
    """Return the model with one more officer like an agency's first, who may do everything."""
    offices = []
    for office in model.offices:
        if office.code == agency:
            first: Officer = office.officers[0]
            more = replace(first, code=f"{agency}.more{len(office.officers) + 1}", steps=frozenset(), pace=1.0)
            office = replace(office, officers=(*office.officers, more))  # noqa: PLW2901
        offices.append(office)
    return replace(model, offices=tuple(offices))
