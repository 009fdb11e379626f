"""How many dossiers a second are simulated: six stages of five officers with office hours, terms, stops and facts.

Ours runs 100,000 dossiers with every timer, deadline, supplement and fact; SimPy and Ciw run 2,000 without any of
these, in `.bench/simulation`, built by `make bench-setup`. Seconds are processor time of each process. Bar: at least
four times SimPy; some 100,000 dossiers a second are expected of a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from engine.cited import Source, Title
from engine.clock import Terms
from engine.directory import Agency, Directory, Territory
from engine.limits import parse_limit
from engine.procedure import (
    ApologyPolicy,
    ClockPolicy,
    Edge,
    End,
    EndKind,
    Jurisdiction,
    LegalLimit,
    Procedure,
    Role,
    Step,
    SupplementEffect,
    SupplementPolicy,
)
from engine.rules import Rules
from engine.simulation.model import Applicants, Arrivals, Desk, Draw, Law, Model, Office, Officer, Treatment, Variant
from engine.simulation.run import run
from procedures.calendars import load_calendar
from workflows.simulation.kernel_cache import fresh_kernel

DOSSIERS, PEER_DOSSIERS = 100_000, 2_000
STAGES, OFFICERS = 6, 5
SERVICE = 600.0
GAP = SERVICE / OFFICERS / 0.8
LEAST = {"times_simpy": 4.0}
PEER_PYTHON = Path(__file__).parents[1] / ".bench" / "simulation" / "bin" / "python"
PEER = Path(__file__).with_name("peers") / "simulation_peers.py"
PEER_PATIENCE = 60
SOURCE = Source(text="a benchmark")
NAME = Title(vi="đo", en="benchmark")


def made_up() -> tuple[Model, Arrivals]:
    """Return six agencies in a row, and dossiers that keep their officers busy four fifths of their time."""
    calendar = load_calendar("vn")
    codes = [f"stage_{n}" for n in range(STAGES)]
    steps = [
        Step(
            code=code,
            title=NAME,
            role=code,
            edges=(Edge(target=codes[n + 1] if n + 1 < STAGES else "granted"),),
            limit=parse_limit("1 working day"),
            source=SOURCE,
            may_request_supplement=n == 1,
        )
        for n, code in enumerate(codes)
    ]
    roles = {code: Role(code=code, agency_kind=code, jurisdiction=Jurisdiction.PROVINCE, title=NAME) for code in codes}
    roles["desk"] = Role(code="desk", agency_kind="desk", jurisdiction=Jurisdiction.RECEIVING, title=NAME)
    procedure = Procedure(
        code="9.000001",
        version=1,
        title=NAME,
        field=NAME,
        field_code="field",
        level="province",
        calendar="vn",
        in_force_from=date(2020, 1, 1),
        in_force_to=None,
        legal_basis=(SOURCE,),
        limits=(LegalLimit(channels=frozenset({"direct"}), terms=Terms(parse_limit("5 working days")), source=SOURCE),),
        clock=ClockPolicy(
            supplement=SupplementPolicy(effect=SupplementEffect.PAUSE, max_requests=1, source=SOURCE),
            apology=ApologyPolicy(lead=parse_limit("1 working day"), max_redatings=1, source=SOURCE),
        ),
        roles=roles,
        nodes={node.code: node for node in (*steps, End(code="granted", title=NAME, end=EndKind.GRANTED))},
        start=codes[0],
        desk="desk",
    )
    agencies = {
        code: Agency(
            code=code, kind=code, level="province", territory="p", identifier="H1", title_vi=code, title_en=code,
            calendar="vn", source=SOURCE,
        )
        for code in ("desk", *codes)
    }  # fmt: skip
    territories = {"p": Territory(code="p", level="province", title_vi="P", title_en="P")}
    directory = Directory(code="benchmark", agencies=agencies, officers={}, territories=territories)
    exponential = Treatment(service=Draw(law=Law.EXPONENTIAL, a=SERVICE))
    variant = Variant(
        name="kind",
        rules=Rules(procedure=procedure, calendars={"vn": calendar}, directory=directory),
        desk="desk",
        channel="direct",
        treatments=dict.fromkeys(codes, exponential) | {codes[1]: replace(exponential, supplement=0.05)},
        applicants=Applicants(supplement_time=Draw(a=3600), collects=0.0),
        intake=Desk(),
    )
    begin = calendar.opening(date(2019, 1, 2))
    work = calendar.seconds_between(begin, calendar.closing(date(2025, 12, 31)))
    drawn = np.random.default_rng(1)
    gaps = drawn.exponential(GAP, DOSSIERS)
    spent = np.cumsum(gaps).astype(np.int64)
    if spent[-1] >= work:
        raise SystemExit("the calendar is too short for so many dossiers")
    at = np.asarray(calendar.add_many(np.full(DOSSIERS, begin, dtype=np.int64), spent))
    offices = tuple(
        Office(
            code=code,
            calendar=calendar,
            officers=tuple(Officer(code=f"{code}.{n}", calendar=calendar) for n in range(k)),
        )
        for code, k in (("desk", 5), *((code, OFFICERS) for code in codes))
    )
    until = calendar.closing(date(2026, 6, 30))
    model = Model(name="benchmark", start=begin - 3600, until=until, variants=(variant,), offices=offices)
    key = drawn.integers(0, 2**64, DOSSIERS, dtype=np.uint64)
    return model, Arrivals(at=at, variant=np.zeros(DOSSIERS, np.int32), key=key)


def part(arrivals: Arrivals, count: int) -> Arrivals:
    return Arrivals(at=arrivals.at[:count], variant=arrivals.variant[:count], key=arrivals.key[:count])


def measure() -> dict[str, object]:
    """Run ours (compiled before it is timed) and the peers."""
    model, arrivals = made_up()
    fresh_kernel()
    run(model, part(arrivals, 100))
    best, rows = 0.0, 0
    for _ in range(3):
        counted: list[int] = []
        began = time.process_time()
        simulated = run(model, arrivals, kept=lambda facts: counted.append(facts.size))  # noqa: B023
        best = max(best, DOSSIERS / (time.process_time() - began))
        rows = sum(counted)
        if simulated.dossiers != DOSSIERS:
            raise SystemExit("not every dossier was submitted")
    found: dict[str, object] = {
        "benchmark": "simulation",
        "dossiers": DOSSIERS,
        "facts": rows,
        "per_second": round(best),
        "facts_per_second": round(best * rows / DOSSIERS),
    }
    peers = _peers()
    found |= {f"{name}_per_second": round(rate) for name, rate in peers.items() if isinstance(rate, float)}
    if isinstance(simpy := peers.get("simpy"), float):
        found["times_simpy"] = round(best / simpy, 1)
    found["ok"] = all(float(found[name]) >= least for name, least in LEAST.items() if name in found)  # type: ignore[arg-type]
    return found


def _peers() -> dict[str, object]:
    if not PEER_PYTHON.exists():
        return {}
    order = json.dumps({"dossiers": PEER_DOSSIERS, "gap": GAP, "service": SERVICE})
    done = subprocess.run(
        [PEER_PYTHON, PEER], input=order, capture_output=True, text=True, timeout=PEER_PATIENCE, check=False
    )
    if done.returncode:
        raise SystemExit(f"the peers ended with {done.returncode}: {done.stderr[-300:]}")
    peers: dict[str, object] = json.loads(done.stdout)
    return peers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines for people")
    as_json = parser.parse_args().json
    found = measure()
    if as_json:
        print(json.dumps(found))
    else:
        for key, value in found.items():
            print(f"{key:18}  {value}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
