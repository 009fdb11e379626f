"""What a supplement, a resumed clock or an extension does to the due instants of a dossier and its open holds."""

from __future__ import annotations

import copy
from typing import Any

from engine import events as ev
from engine.dossier import Dossier, evolve
from engine.legal import hold_due, legal_due
from engine.rules import Rules


def dues_after(dossier: Dossier, fact: ev.Fact, rules: Rules) -> tuple[int | None, tuple[ev.DueChanged, ...]]:
    """Return the legal due instant after ``fact`` and the changed due instants of open holds, as facts.

    The dossier itself is not changed.
    """
    ahead = copy.deepcopy(dossier)
    evolve(ahead, fact)
    changed = tuple(
        ev.DueChanged(
            occurred_at=fact.occurred_at,
            recorded_at=fact.recorded_at,
            agency=hold.agency,
            reason=fact.reason,
            hold=hold.number,
            before=hold.due,
            after=after,
        )
        for hold in ahead.holds_now()
        if (after := hold_due(ahead, hold, rules)) != hold.due
    )
    return legal_due(ahead, rules), changed


def resumed(dossier: Dossier, rules: Rules, ground: str, header: dict[str, Any]) -> tuple[ev.Fact, ...]:
    """Return the facts that end the stop on ``ground``: the resumption with the new due instant, and changed holds.

    Nothing where the clock does not stand still on that ground any more (its cap was reached).
    """
    if not any(stop.until is None and stop.ground == ground for stop in dossier.stops):
        return ()
    due, changed = dues_after(dossier, ev.ClockResumed(**header, ground=ground, due=None), rules)
    return (ev.ClockResumed(**header, ground=ground, due=due), *changed)
