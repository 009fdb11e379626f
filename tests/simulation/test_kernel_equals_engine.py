"""The compiled kernel lives through any world fact by fact as the engine itself does."""

from dataclasses import replace

import msgspec
import pytest

from engine.simulation.model import Autonomy, Conduct, Discipline
from tests.simulation.reference import lived
from tests.simulation.worlds import procedures, world

running = pytest.importorskip("engine.simulation.run")

EVERY = sorted(code for code in procedures() if "@" in code)


def told(fact):
    """A fact as people read it."""
    return "-" if fact is None else str(msgspec.to_builtins(fact))


def difference(number, expected, found, variant=""):
    """The first fact of a dossier that differs, with its neighbours; empty if none does."""
    longest = max(len(expected), len(found))
    for place in range(longest):
        one = expected[place] if place < len(expected) else None
        other = found[place] if place < len(found) else None
        if one != other:
            before = [f"    {told(fact)}" for fact in expected[max(0, place - 3) : place]]
            return "\n".join(
                [
                    f"dossier {number} {variant}, fact {place} of {len(expected)} (kernel: {len(found)})",
                    *before,
                    f"  engine: {told(one)}",
                    f"  kernel: {told(other)}",
                    *(f"    engine next: {told(fact)}" for fact in expected[place + 1 : place + 3]),
                    *(f"    kernel next: {told(fact)}" for fact in found[place + 1 : place + 3]),
                ]
            )
    return ""


def differences(model, arrivals):
    """All dossiers that differ, the one whose first differing fact is the earliest first."""
    expected, simulated = lived(model, arrivals), running.run(model, arrivals)
    found = []
    for number, facts in enumerate(expected):
        others = list(simulated.facts_of(number))
        if others != facts:
            place = next((at for at, (a, b) in enumerate(zip(facts, others, strict=False)) if a != b), len(facts))
            earliest = min(one.occurred_at for one in [*facts[place : place + 1], *others[place : place + 1]])
            found.append((earliest, number, difference(number, facts, others)))
    return [text for *_, text in sorted(found)]


def assert_equal(model, arrivals):
    found = differences(model, arrivals)
    assert not found, f"{len(found)} dossiers of {model.name} differ; the first:\n{found[0]}"


@pytest.mark.parametrize("code", EVERY)
def test_every_procedure_is_lived_through_alike(code):
    for seed in range(3):
        assert_equal(*world([code], seed=seed))


@pytest.mark.parametrize("code", EVERY)
def test_every_procedure_is_lived_through_alike_where_agencies_misbehave(code):
    for seed in range(3):
        assert_equal(*world([code], seed=100 + seed, policies=3 * len(Conduct), busy=2.0))


@pytest.mark.parametrize("autonomy", Autonomy)
@pytest.mark.parametrize("discipline", Discipline)
def test_many_procedures_share_their_offices_alike(discipline, autonomy):
    codes = ["1.000656", "1.001193", "2.002622", "3.000722", "1.013978", "1.009645"]
    model, arrivals = world(codes, seed=7, dossiers=60, discipline=discipline, autonomy=autonomy, policies=10, busy=2.0)
    assert_equal(model, arrivals)


@pytest.mark.parametrize("conduct", Conduct)
def test_each_conduct_alone_is_lived_through_alike(conduct):
    for seed in range(4):
        model, arrivals = world(
            ["1.013978", "1.013225", "3.000722"], seed=200 + seed, policies=3 * len(Conduct), busy=2.0
        )
        only = tuple(policy for policy in model.policies if policy.conduct is conduct)
        assert_equal(replace(model, policies=only), arrivals)
