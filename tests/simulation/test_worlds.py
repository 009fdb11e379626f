"""Worlds at random leave no way of any procedure untried."""

import numpy as np
import pytest

from engine import events as ev
from engine.procedure import Decision, Split
from tests.simulation.reference import World
from tests.simulation.worlds import procedures, world

EVERY = sorted(code for code in procedures() if "@" in code)


def ways(procedure):
    """All ways out of the nodes of a procedure."""
    return {
        (code, edge.target if isinstance(node, Decision | Split) else edge.outcome)
        for code, node in procedure.nodes.items()
        for edge in node.edges
    }


def taken(life):
    """The ways that a dossier went."""
    for fact in life.facts:
        match fact:
            case ev.StepDone():
                yield life.dossier.holds[fact.hold].step, fact.outcome
            case ev.Routed():
                yield fact.node, fact.target
            case ev.Forked():
                yield from ((fact.node, branch) for branch in fact.branches)
            case ev.Joined():
                yield fact.node, "done"
            case _:
                pass


@pytest.mark.parametrize("code", EVERY)
def test_every_way_out_of_every_step_is_gone(code):
    missing = ways(procedures()[code])
    for seed in range(8):
        lives = World(*world([code], seed=seed))
        lives.lived()
        missing -= {
            way for life in lives.lives.values() if life.rules.procedure is procedures()[code] for way in taken(life)
        }
        if not missing:
            return
    assert not missing


@pytest.mark.parametrize("code", EVERY)
def test_submissions_come_in_order_before_the_end(code):
    made, submitted = world([code], seed=1)
    assert (np.diff(submitted.at) >= 0).all()
    assert made.start <= submitted.at[0]
    assert submitted.at[-1] < made.until
    assert not any(made.variants[kind].only_as_part for kind in submitted.variant)
