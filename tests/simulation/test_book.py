"""The casebook made in columns from a simulation's rows is that of the same dossiers in a store, in every cell."""

from dataclasses import fields, replace

import pytest
from polars.testing import assert_frame_equal

from engine.dossier import replay
from engine.expire import wake_at
from engine.simulation.facts import told
from engine.simulation.model import Autonomy, Conduct, Discipline
from store import open_store
from store.values import Change
from tests.simulation.simulated_rules import SimulatedRules
from tests.simulation.small import arrivals, model
from tests.simulation.test_kernel_equals_engine import BUSY, CONDUCTS, EVERY, PEOPLE, SMALL
from tests.simulation.worlds import world
from workflows.casebook import casebook_of_rows

running = pytest.importorskip("engine.simulation.run")
making = pytest.importorskip("engine.simulation.book")

FRAMES = ("dossiers", "holds", "tiles", "acts")


def stored(simulated, now, since=None):
    """The casebook of the simulated dossiers once they lie in a store."""
    facts = told(simulated)
    rulebook = SimulatedRules(simulated.model)
    with open_store("memory:") as store:
        for number in sorted(facts):
            dossier = replay(facts[number])
            wakes = wake_at(dossier, rulebook.rules_of(dossier))
            store.append(Change(dossier=dossier, facts=facts[number], expected=0, wake_at=wakes))
        rows = sorted(store.register(limit=1_000_000), key=lambda row: row.dossier_id)
        kept = [row for row in rows if since is None or store.read(row.dossier_id)[0].occurred_at >= since]
        return casebook_of_rows(store, rulebook, now, kept)


def assert_alike(simulated, now=None, since=None):
    found = making.casebook_of(simulated, now=now, since=since)
    expected = stored(simulated, simulated.model.until if now is None else now, since)
    for name in FRAMES:
        assert_frame_equal(getattr(found, name), getattr(expected, name))
    for one in fields(found):
        if one.name not in FRAMES:
            assert getattr(found, one.name) == getattr(expected, one.name), one.name
    return found


@pytest.mark.parametrize("code", EVERY)
def test_the_dossiers_of_every_procedure_make_the_same_book(code):
    assert_alike(running.run(*world([code], seed=1, until=60)))
    assert_alike(running.run(*world([code], seed=101, policies=3 * len(Conduct), busy=2.0)))


@pytest.mark.parametrize("autonomy", Autonomy)
@pytest.mark.parametrize("even", [0, 900])
def test_dossiers_of_many_procedures_make_the_same_book(autonomy, even):
    codes = ["1.000656", "1.001193", "2.002622", "3.000722", "1.013978", "1.009645", "1.013225"]
    for seed in range(3):
        asked = {"dossiers": 80, "until": 40, "policies": 20, "busy": 3.0, "even": even, "autonomy": autonomy}
        assert_alike(running.run(*world(codes, seed=500 + seed, **asked)))


@pytest.mark.parametrize("case", SMALL)
def test_what_the_catalogue_does_not_have_makes_the_same_book(case):
    made = replace(SMALL[case], applicants=PEOPLE, intake=BUSY)
    submitted = arrivals(*(f"2026-09-{day:02d} {hour:02d}:10" for day in range(7, 13) for hour in (6, 8, 11, 14, 16)))
    for policies in ((), CONDUCTS):
        for until in ("2026-09-14 10:00", "2026-12-01 00:00"):
            small = model(made, officers=2, policies=policies, until=until, discipline=Discipline.FIFO)
            assert_alike(running.run(small, submitted))


def test_only_dossiers_submitted_after_the_warm_up_are_in_it_and_keep_their_numbers():
    simulated = running.run(*world(["1.013225", "1.012784"], seed=3, dossiers=60, until=30))
    since = simulated.model.start + 7 * 86_400
    every, some = assert_alike(simulated), assert_alike(simulated, since=since)
    assert 0 < some.dossiers.height < every.dossiers.height
    assert set(some.dossiers["dossier"]) < set(every.dossiers["dossier"])
    assert assert_alike(simulated, since=simulated.model.until).dossiers.is_empty()


def test_a_life_that_is_not_over_lasts_until_it_is_judged():
    simulated = running.run(*world(["1.013225"], seed=5, dossiers=60, until=25, busy=4.0))
    for days in (3, 12, 20):
        assert_alike(simulated, now=simulated.model.start + days * 86_400 + 40_000)


def test_a_simulation_in_which_nothing_was_submitted_makes_an_empty_book():
    simulated = running.run(*world(["1.013225"], dossiers=0))
    assert all(getattr(assert_alike(simulated), name).is_empty() for name in FRAMES)
