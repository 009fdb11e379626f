"""The casebook of a simulation: its dossiers' facts read as those of live dossiers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casebook import Casebook
from engine.dossier import replay
from engine.procedure import Procedure
from engine.rules import Rules
from engine.simulation.facts import told
from workflows.casebook import casebook_of_histories
from workflows.rulebook import Rulebook

if TYPE_CHECKING:
    from engine.simulation.run import Simulated


class _AsSimulated(Rulebook):
    """The rules of a simulation: its calendars, directory and procedures, changed as its scenario says."""

    def __init__(self, simulated: Simulated) -> None:  # nothing is read from files
        rules = simulated.model.variants[0].rules
        self.calendars, self.directory = rules.calendars, rules.directory
        kinds = (one.rules for one in simulated.model.variants)
        self._known = {(one.procedure.code, one.procedure.version): one for one in kinds}

    def rules(self, code: str, version: int) -> Rules:
        """Return the rules of one version."""
        return self._known[code, version]

    def procedure(self, code: str, version: int) -> Procedure:
        """Return one version of a procedure."""
        return self._known[code, version].procedure


def casebook_of(simulated: Simulated, *, since: int) -> Casebook:
    """Return the casebook of dossiers submitted from ``since`` on (epoch seconds), judged at the simulation's end."""
    histories = ((replay(facts), facts) for facts in told(simulated).values())
    counted = (one for one in histories if (one[0].submitted_at or 0) >= since)
    return casebook_of_histories(_AsSimulated(simulated), simulated.model.until, counted)
