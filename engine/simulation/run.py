"""Run a model: lay out the arrays, let the kernel go, make room when it asks, and hand over what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import BeyondCalendarError, InputError
from engine.events import Fact
from engine.simulation import world as wd
from engine.simulation.clock import BEYOND
from engine.simulation.model import Arrivals, Model
from engine.simulation.tables import Names, compiled_tables
from engine.simulation.world import World

_FACTS_AT_FIRST: Final = 1 << 16
_FACTS_AT_MOST: Final = 1 << 22
_SLOTS_AT_FIRST: Final = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What happened in one replication.

    Attributes:
        model: what was simulated.
        names: what numbers stand for.
        facts: rows of `engine.simulation.world.FACT`, in the order in which they happened.
        dossiers: how many were submitted.
        worked: office seconds each officer spent on pieces of work, in the order of ``names.officers``.
        events: how many the kernel took.
    """

    model: Model
    names: Names
    facts: NDArray[Any]
    dossiers: int
    worked: NDArray[np.int64]
    events: int

    def facts_of(self, number: int) -> list[Fact]:
        """Return the facts of one dossier, in order; serial numbers are counted over all of them."""
        from engine.simulation.facts import told

        return told(self).get(number, [])


def run(model: Model, arrivals: Arrivals, *, kept: Callable[[NDArray[Any]], None] | None = None) -> Simulated:
    """Let a model live through its arrivals.

    Args:
        model: who works, how, on what.
        arrivals: submissions.
        kept: gets the facts in parts whenever they fill their array, so that memory stays bounded; without it all are
            returned.

    Raises:
        InputError: the model does not hold together.
        BeyondCalendarError: a calendar ends before the simulation does.
    """
    from engine.simulation.kernel import run as go

    tables, names = compiled_tables(model)
    world = tables | _state(model, names, arrivals)
    n = world["n"]
    parts: list[NDArray[Any]] = []
    take = parts.append if kept is None else kept
    while True:
        go(World(*(world[name] for name in wd.ARRAYS)))
        status = n[wd.STATUS]
        n[wd.STATUS] = 0
        if status in {wd.FULL_FACTS, wd.DONE_ALL}:
            take(world["facts"][: n[wd.FACTS]].copy())
            n[wd.FACTS] = 0
            if status == wd.DONE_ALL:
                break
            if world["facts"].size < _FACTS_AT_MOST:
                world["facts"] = np.zeros(world["facts"].size * 4, wd.FACT)
        elif status == wd.FULL_EVENTS:
            world["events"] = _larger(world["events"])
        elif status == wd.FULL_SLOTS:
            world["slots"] = _chained(n, world["slots"], world["slots"].size, wd.FREE_SLOT, wd.SLOTS_FREE)
        elif status == wd.FULL_HOLDS:
            world["holds"] = _chained(n, world["holds"], world["holds"].size, wd.FREE_HOLD, wd.HOLDS_FREE)
        elif status == BEYOND:
            raise BeyondCalendarError(
                f"simulation {model.name}: a term or a piece of work reaches beyond the last known day of a calendar;"
                " let it end earlier"
            )
        else:
            raise InputError(
                f"simulation {model.name}: a dossier has more stops, branches or joins at once than can be simulated"
            )
    return Simulated(
        model=model,
        names=names,
        facts=np.concatenate(parts) if parts else np.zeros(0, wd.FACT),
        dossiers=int(n[wd.SUBMISSIONS]),
        worked=_worked(model, world["officers"]),
        events=int(n[wd.TIMED]),
    )


def _state(model: Model, names: Names, arrivals: Arrivals) -> dict[str, NDArray[Any]]:
    """Return the arrays of a world in which nothing has happened yet."""
    count = arrivals.at.size
    rows = np.zeros(count, wd.ARRIVAL_ROW)
    rows["at"], rows["variant"], rows["key"] = arrivals.at, arrivals.variant, arrivals.key
    officers = np.zeros(len(names.officers), wd.OFFICER)
    officers["hold"], officers["idle"] = -1, model.start
    n = np.zeros(wd.COUNTERS, np.int64)
    n[wd.NUMBER], n[wd.UNTIL] = count, model.until
    n[wd.FREE_SLOT] = n[wd.FREE_HOLD] = -1
    return {
        "n": n,
        "slots": _chained(n, np.zeros(_SLOTS_AT_FIRST, wd.SLOT), 0, wd.FREE_SLOT, wd.SLOTS_FREE),
        "holds": _chained(n, np.zeros(8 * _SLOTS_AT_FIRST, wd.HOLD), 0, wd.FREE_HOLD, wd.HOLDS_FREE),
        "events": np.zeros(16 * _SLOTS_AT_FIRST, wd.EVENT),
        "facts": np.zeros(_FACTS_AT_FIRST, wd.FACT),
        "officers": officers,
        "queues": np.full(max(names.queues, 1), -1, np.int64),
        "arrivals": rows,
        "freed": np.zeros(len(names.officers) + 1, np.int64),
    }


def _worked(model: Model, officers: NDArray[Any]) -> NDArray[np.int64]:
    """Return the office seconds each officer worked, with what is in his hands at the end."""
    found: NDArray[np.int64] = officers["worked"].copy()
    staff = [officer for office in model.offices for officer in office.officers]
    for place in np.flatnonzero(officers["hold"] >= 0):
        found[place] += staff[place].calendar.seconds_between(int(officers["began"][place]), model.until)
    return found


def _larger(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the rows in an array of twice the size."""
    found = np.zeros(rows.size * 2, rows.dtype)
    found[: rows.size] = rows
    return found


def _chained(n: NDArray[np.int64], rows: NDArray[Any], before: int, head: int, free: int) -> NDArray[Any]:
    """Return the rows (twice as many, if some were there before) with the new ones in the chain of free ones."""
    found = _larger(rows) if before else rows
    new = np.arange(before, found.size)
    found["next"][before:] = new + 1
    found["next"][-1] = n[head]
    found["no"][before:] = -1
    n[head] = before
    n[free] += new.size
    return found
