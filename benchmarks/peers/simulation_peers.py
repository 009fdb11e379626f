"""Runs inside the peers' own environment: six stages of five officers in SimPy and in Ciw, prints JSON.

Reads one JSON object from stdin: {"dossiers": how many, "gap": mean seconds between two, "service": mean seconds of a
stage}. Rates are dossiers in a second of processor time; neither peer knows office hours, terms or facts.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator


def simpy_rate(dossiers: int, gap: float, service: float) -> float:
    import simpy

    chance = random.Random(1)  # noqa: S311
    env = simpy.Environment()
    stages = [simpy.Resource(env, capacity=5) for _ in range(6)]

    def dossier() -> Iterator[object]:
        for stage in stages:
            with stage.request() as turn:
                yield turn
                yield env.timeout(chance.expovariate(1 / service))

    def source() -> Iterator[object]:
        for _ in range(dossiers):
            env.process(dossier())
            yield env.timeout(chance.expovariate(1 / gap))

    began = time.process_time()
    env.process(source())
    env.run()
    return dossiers / (time.process_time() - began)


def ciw_rate(dossiers: int, gap: float, service: float) -> float:
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1 / gap), *([None] * 5)],
        service_distributions=[ciw.dists.Exponential(1 / service)] * 6,
        number_of_servers=[5] * 6,
        routing=[[1.0 if column == row + 1 else 0.0 for column in range(6)] for row in range(6)],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_customers(dossiers)
    return dossiers / (time.process_time() - began)


def main() -> None:
    order = json.load(sys.stdin)
    found: dict[str, object] = {}
    for name, measure in {"simpy": simpy_rate, "ciw": ciw_rate}.items():
        try:
            found[name] = measure(order["dossiers"], order["gap"], order["service"])
        except ImportError as error:
            found[f"{name}_absent"] = str(error)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
