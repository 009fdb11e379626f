"""What Prefect costs: 10,000 dossiers driven through 8 machine steps by the flow `drive`, and by the plain function.

Both do the same work on stores made alike: every step opened, its machine asked (it answers in this process), its
answer recorded, chain, views and holds written. The server of Prefect runs already, on SQLite, as `motcua up` starts
it; its start and the registration of flows are not counted. Bar: at most 1.3 times the plain function.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where this file would stand in for the package of the same name

from engine import commands as co  # noqa: E402  the path comes first
from store import Change, Store  # noqa: E402
from workflows.changes import change_of, decided  # noqa: E402
from workflows.drive import drive  # noqa: E402
from workflows.flows_server import api_url, environment, start_server  # noqa: E402
from workflows.ids import derived_id  # noqa: E402
from workflows.rulebook import Rulebook  # noqa: E402
from workflows.services import Answer, Question, Services  # noqa: E402
from workflows.workplace import Workplace  # noqa: E402

BAR = 1.3
STEPS = 8
AT = 1_789_347_600
"""14 September 2026 08:00 in Vietnam."""

PROCEDURE = """\
motcua: procedure/1
code: B.machines
version: 1
in_force: {{from: 2026-01-01}}
title: {{vi: "Tám bước máy", en: "Eight machine steps"}}
field: {{code: benchmark, vi: "Đo", en: "Benchmark"}}
level: commune
calendar: vn
legal_basis: [{{text: "made for a benchmark", confirmed: false}}]
limits: [{{limit: 10 working days, source: {{text: "benchmark", confirmed: false}}}}]
clock:
  supplement: {{effect: restart, max_requests: 1, window: 7 working days, on_window_over: stop,
    source: {{text: "benchmark", confirmed: false}}}}
  apology: {{lead: 1 working day, max_redatings: 1, source: {{text: "benchmark", confirmed: false}}}}
papers: []
roles:
  desk: {{kind: commune_desk, jurisdiction: receiving, title: {{vi: "Một cửa", en: "Desk"}}}}
  unit: {{kind: commune_committee, jurisdiction: territory, title: {{vi: "Ủy ban", en: "Committee"}}}}
desk: desk
start: s1
steps:
{steps}
  - {{code: granted, kind: end, end: granted, title: {{vi: "Được", en: "Granted"}}}}
"""
STEP = """\
  - {{code: s{n}, kind: service, title: {{vi: "Bước {n}", en: "Step {n}"}}, role: unit, service: machine,
     limit: 1 working day, source: {{text: "benchmark", confirmed: false}}, next: {{done: {next}}}}}
"""


class Instant(Services):
    """A machine that answers at once, in this process."""

    def ask(self, question: Question) -> Answer:  # noqa: ARG002  every answer is the same
        """Answer."""
        return Answer(outcome="done", data={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Workplace):
    """A workplace whose machines answer at once."""

    def machines(self) -> Services:
        """Return the machine."""
        return Instant()


def prepare(place: Place, dossiers: int) -> None:
    """Fill a store with received dossiers."""
    with place.open_store() as store:
        rulebook = place.rulebook(store)
        rules = rulebook.in_force("B.machines", date(2026, 9, 14))
        changes = []
        for n in range(dossiers):
            submit = co.Submit(
                at=AT,
                by="applicant",
                agency="doi_sim.desk",
                dossier_id=derived_id(AT, str(n)),
                procedure="B.machines",
                applicant="",
            )
            first = decided(None, submit, rules)
            receive = co.Receive(at=AT + 60, by="doi_sim.desk.02", agency="doi_sim.desk", serial=n + 1)
            second = decided(first.dossier, receive, rules)
            facts = (*first.facts, *second.facts)
            changes.append(change_of(second.dossier, facts, 0, rules))
        _append(store, changes)


def plainly(place: Place) -> tuple[float, int]:
    """Drive without Prefect; return seconds and facts."""
    with place.open_store() as store:
        rulebook = Rulebook(store, procedures=place.procedures)
        begun = time.perf_counter()
        report = drive(store, rulebook, AT + 120, services=place.machines())
        return time.perf_counter() - begun, report.facts


def with_prefect(place: Place) -> tuple[float, int]:
    """Drive by a flow run against the running server; return seconds and facts."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from workflows import flows

    flows.use(place, clock=lambda: AT + 120)
    flows.workplace()
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        begun = time.perf_counter()
        figures = flows.drive()
        took = time.perf_counter() - begun
    flows.close()
    return took, figures["facts"]


def measure(dossiers: int) -> dict[str, object]:
    """Start a server, run both and compare."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "procedures").mkdir()
        steps = "".join(STEP.format(n=n, next=f"s{n + 1}" if n < STEPS else "granted") for n in range(1, STEPS + 1))
        (home / "procedures" / "machines.yaml").write_text(PROCEDURE.format(steps=steps.rstrip()), encoding="utf-8")
        places = {
            name: Place(database=f"sqlite:///{home / name}.db?synchronous=NORMAL", procedures=(home / "procedures",))
            for name in ("plain", "prefect")
        }
        port = _free_port()
        begun = time.perf_counter()
        server = start_server(home / "prefect-home", port)
        os.environ.update(environment(home / "prefect-home", api_url(port)))
        try:
            for place in places.values():
                prepare(place, dossiers)
            server.wait_until_ready()
            started = time.perf_counter() - begun
            plain, facts = plainly(places["plain"])
            prefect, same = with_prefect(places["prefect"])
        finally:
            server.stop()
        if facts != same:
            raise SystemExit(f"the two did not do the same: {facts} and {same} facts")
    return {
        "benchmark": "prefect",
        "dossiers": dossiers,
        "steps": STEPS,
        "facts": facts,
        "server_start_s": round(started, 1),
        "plain_s": round(plain, 2),
        "prefect_s": round(prefect, 2),
        "ratio": round(prefect / plain, 3),
        "bar": BAR,
        "facts_per_s": round(facts / prefect),
        "passed": prefect / plain <= BAR,
    }


def _append(store: Store, changes: list[Change]) -> None:
    report = store.append_many(changes)
    if report.stale:
        raise SystemExit("the stores could not be prepared")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Measure, print, exit 1 below the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--dossiers", type=int, default=10_000)
    chosen = parser.parse_args()
    found = measure(chosen.dossiers)
    if chosen.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:>16}  {value}")
    raise SystemExit(0 if found["passed"] else 1)


if __name__ == "__main__":
    main()
