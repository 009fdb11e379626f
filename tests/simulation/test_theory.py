"""Queues that theory knows: the kernel's waits, loads and numbers lie within their confidence intervals."""

from dataclasses import replace
from datetime import date
from math import factorial

import numpy as np
import pytest

from engine.calendar import WorkingCalendar
from engine.instants import parse_instant, to_seconds
from engine.procedure import Edge
from engine.rules import Rules
from engine.simulation import world as wd
from engine.simulation.model import Applicants, Arrivals, Draw, Law, Model, Office, Officer, Treatment, Variant
from engine.simulation.run import run
from engine.simulation.statistics import estimate
from tests.engine.house import AGENCIES, procedure, step
from tests.simulation.small import where

DAY_AND_NIGHT = WorkingCalendar.build(
    code="vn",
    zone="Asia/Ho_Chi_Minh",
    first_day=date(2025, 1, 1),
    last_day=date(2032, 12, 31),
    week=[[(0, 86_400)]] * 7,
    office_day=86_400,
)
START = to_seconds(parse_instant("2026-01-01 00:00", "Asia/Ho_Chi_Minh"))
MEAN = 3_600.0
"""Mean service time in seconds."""


def queueing(made, officers, **services):
    """An office that never closes, on its own."""
    directory = where()
    rules = Rules(procedure=made, calendars={"vn": DAY_AND_NIGHT}, directory=directory)
    variant = Variant(
        name="kind",
        rules=rules,
        desk="desk",
        channel="direct",
        treatments={code: Treatment(service=draw) for code, draw in services.items()},
        applicants=Applicants(collects=0.0),
    )
    offices = tuple(
        Office(
            code=code,
            calendar=DAY_AND_NIGHT,
            officers=tuple(
                Officer(code=f"{code}.{n}", calendar=DAY_AND_NIGHT, steps=skills)
                for n, skills in enumerate(officers if code == "land" else [frozenset()])
            ),
        )
        for code in AGENCIES
    )
    until = START + 6 * 365 * 86_400
    return Model(name="queue", start=START, until=until, variants=(variant,), offices=offices)


def poisson(rate, count, seed):
    """Arrivals of a Poisson stream, ``rate`` a second."""
    drawn = np.random.default_rng(seed)
    at = START + np.cumsum(drawn.exponential(1 / rate, count)).astype(np.int64)
    key = drawn.integers(0, 2**64, count, dtype=np.uint64)
    return Arrivals(at=at, variant=np.zeros(count, np.int32), key=key)


def waits(simulated, step_):
    """Seconds from the opening of a step to its taking up, by dossier, the first fifth left out."""
    facts = simulated.facts
    codes = [node.code for node in simulated.names.nodes]
    mine = facts[facts["node"] == codes.index(step_)]
    opened, taken = (mine[mine["kind"] == kind] for kind in (wd.OPENED, wd.TAKEN_UP))
    at = dict(zip(opened["no"].tolist(), opened["at"].tolist(), strict=True))
    found = np.array([row["at"] - at[int(row["no"])] for row in taken], dtype=np.float64)
    return found[found.size // 5 :]


def within(values, expected):
    """Whether an expectation lies within four standard errors of the mean over replications."""
    found = estimate(values)
    error = found.spread / np.sqrt(found.count)
    return abs(found.mean - expected) <= 4 * error + 1.0, (found, expected)


def erlang_c(servers, load):
    """The chance of waiting in M/M/c (A. K. Erlang 1917)."""
    below = sum(load**k / factorial(k) for k in range(servers))
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (below + last)


@pytest.mark.parametrize(("servers", "use"), [(1, 0.7), (3, 0.8), (10, 0.9)])
def test_waits_with_several_officers_are_those_of_erlang(servers, use):
    model = queueing(procedure(step("check")), [frozenset()] * servers, check=Draw(law=Law.EXPONENTIAL, a=MEAN))
    rate = use * servers / MEAN
    expected = erlang_c(servers, use * servers) * MEAN / (servers * (1 - use))
    found = [waits(run(model, poisson(rate, 20_000, seed)), "check").mean() for seed in range(10)]
    assert within(found, expected)[0], within(found, expected)[1]


@pytest.mark.parametrize(
    ("draw", "mean", "squared"),
    [
        (Draw(a=MEAN), MEAN, MEAN**2),
        (Draw(law=Law.UNIFORM, a=0, b=2 * MEAN), MEAN, 4 / 3 * MEAN**2),
        (
            Draw(law=Law.LOGNORMAL, a=MEAN, b=0.8),
            MEAN * np.exp(0.32),
            MEAN**2 * np.exp(2 * 0.64),
        ),
    ],
    ids=["constant", "uniform", "lognormal"],
)
def test_waits_for_one_officer_are_those_of_pollaczek_and_khinchine(draw, mean, squared):
    model = queueing(procedure(step("check")), [frozenset()], check=draw)
    rate = 0.6 / mean
    expected = rate * squared / (2 * (1 - 0.6))
    found = [waits(run(model, poisson(rate, 20_000, seed)), "check").mean() for seed in range(10)]
    assert within(found, expected)[0], within(found, expected)[1]


def test_stations_in_a_row_wait_as_each_would_alone():
    """Jackson's network: what leaves an M/M/c station is Poisson again (P. J. Burke 1956)."""
    made = procedure(
        step("first", edges=(Edge(target="second"),)), step("second", edges=(Edge(target="third"),)), step("third")
    )
    crew = [frozenset({"first"})] * 2 + [frozenset({"second"})] + [frozenset({"third"})] * 3
    means = {"first": MEAN, "second": 0.4 * MEAN, "third": 1.8 * MEAN}
    servers = {"first": 2, "second": 1, "third": 3}
    draws = {code: Draw(law=Law.EXPONENTIAL, a=mean) for code, mean in means.items()}
    rate = 1.4 / MEAN
    model = queueing(made, crew, **draws)
    lived = [run(model, poisson(rate, 15_000, seed)) for seed in range(10)]
    for code, mean in means.items():
        load = rate * mean
        expected = erlang_c(servers[code], load) * mean / (servers[code] - load)
        found = [waits(one, code).mean() for one in lived]
        assert within(found, expected)[0], (code, within(found, expected)[1])


def test_what_is_there_on_average_is_what_comes_times_how_long_it_stays():
    """Little's law holds exactly over a time that begins and ends empty."""
    model = queueing(procedure(step("check")), [frozenset()] * 2, check=Draw(law=Law.EXPONENTIAL, a=MEAN))
    simulated = run(model, poisson(1.5 / MEAN, 5_000, 3))
    facts = simulated.facts
    begun = facts[facts["kind"] == wd.RECEIVED]["at"].astype(np.int64)
    ended = facts[facts["kind"] == wd.DECIDED]["at"].astype(np.int64)
    assert begun.size == ended.size == 5_000
    stays = ended.sum() - begun.sum()
    events = np.concatenate([begun, ended])
    change = np.concatenate([np.ones(begun.size, np.int64), -np.ones(ended.size, np.int64)])
    order = np.argsort(events, kind="stable")
    there = np.cumsum(change[order])
    assert int((there[:-1] * np.diff(events[order])).sum()) == stays


def test_the_officers_are_busy_as_much_as_comes():
    model = queueing(procedure(step("check")), [frozenset()] * 4, check=Draw(law=Law.EXPONENTIAL, a=MEAN))
    arrivals = poisson(3.0 / MEAN, 20_000, 5)
    simulated = run(model, arrivals)
    span = int(simulated.facts["at"].max()) - START
    land = [n for n, code in enumerate(simulated.names.officers) if code.startswith("land.")]
    assert simulated.worked[land].sum() / (4 * span) == pytest.approx(0.75, rel=0.03)


def test_the_same_seed_tells_the_same_story_and_another_a_different_one():
    model = queueing(procedure(step("check")), [frozenset()], check=Draw(law=Law.EXPONENTIAL, a=MEAN))
    one, again, other = (run(model, poisson(0.5 / MEAN, 500, seed)) for seed in (1, 1, 2))
    assert (one.facts == again.facts).all()
    assert one.facts["at"].tolist() != other.facts["at"].tolist()


def test_another_officer_changes_nobodys_own_choices():
    """Common random numbers: the same dossier takes the same work, whoever does it."""
    model = queueing(procedure(step("check")), [frozenset()], check=Draw(law=Law.EXPONENTIAL, a=MEAN))
    more = replace(
        model,
        offices=tuple(
            replace(one, officers=(*one.officers, Officer(code="land.9", calendar=DAY_AND_NIGHT)))
            if one.code == "land"
            else one
            for one in model.offices
        ),
    )
    arrivals = poisson(0.9 / MEAN, 2_000, 4)
    took = []
    for each in (model, more):
        facts = run(each, arrivals).facts
        taken = facts[facts["kind"] == wd.TAKEN_UP]
        done = facts[facts["kind"] == wd.DONE]
        began = dict(zip(taken["no"].tolist(), taken["at"].tolist(), strict=True))
        took.append({int(row["no"]): int(row["at"]) - began[int(row["no"])] for row in done})
    assert took[0] == took[1]
