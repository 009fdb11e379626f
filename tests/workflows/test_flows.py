"""Prefect's faces against a real server: flows do what the functions do, the runner runs them, all ends well."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.workflows.conftest import PROCEDURES, ROOT, House, at
from workflows import flows_server
from workflows.flows_server import api_url, check_port, environment, is_up, start_server

pytestmark = pytest.mark.timeout(300)
MOTCUA = str(Path(sys.executable).with_name("motcua"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[flows_server.Server]:
    home = tmp_path_factory.mktemp("prefect")
    port = free_port()
    running = start_server(home, port)
    running.wait_until_ready()
    yield running
    running.stop()
    assert not running.is_alive
    assert not is_up(api_url(port))


def run_in_child(house: House, server: flows_server.Server, script: str) -> dict[str, object]:
    """Run a script with Prefect in a process of its own, so that its clients and threads end with it."""
    environ = {
        **os.environ,
        **environment(Path(server.log).parent, server.api),
        "MOTCUA_DATABASE": house.url,
        "MOTCUA_PROCEDURES": str(PROCEDURES),
        "MOTCUA_NOTICES": "off",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


RUNNER = """
import json, sys, time
from console.workplace import workplace
from workflows import flows
from workflows.flows_runner import Runner, Schedule

flows.use(workplace(), clock=lambda: {now})
runner = Runner()
runner.deploy({{"watch": Schedule(seconds=3600)}})
{body}
flows.close()
"""


def test_the_flow_drives_as_the_function_does(house, server):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    body = 'one = runner.run_now("drive"); print(json.dumps({"state": one.last_state, "seconds": one.last_seconds}))'
    found = run_in_child(house, server, RUNNER.format(now=at("2026-09-14 08:05"), body=body))
    assert found["state"] == "COMPLETED"
    assert [hold.step for hold in house.store.load(dossier.dossier_no).holds_now()] == ["check"]
    runs = _runs(server.api, "drive")
    assert {"motcua", "agency:doi_sim.desk", "procedure:T.hand"} <= set(runs[0]["tags"])
    assert runs[0]["state_type"] == "COMPLETED"


def test_the_sweep_publishes_what_is_overdue_as_an_artifact(house, server):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    body = 'print(json.dumps({"state": runner.run_now("watch").last_state}))'
    found = run_in_child(house, server, RUNNER.format(now=at("2026-10-01 09:00"), body=body))
    assert found["state"] == "COMPLETED"
    assert "LimitPassed" in house.kinds(dossier.dossier_no)
    latest = httpx.get(f"{server.api}/artifacts/overdue/latest", timeout=30).json()
    table = json.loads(latest["data"])
    assert [row["dossier"] for row in table] == [dossier.dossier_no]
    assert table[0]["late_hours"] > 0


def test_one_dossier_on_request_shows_each_step_as_a_task_run(house, server):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    body = (
        f'one = runner.run_now("process-dossier", {{"number": "{dossier.dossier_no}"}});'
        ' print(json.dumps({"state": one.last_state}))'
    )
    found = run_in_child(house, server, RUNNER.format(now=at("2026-09-14 08:05"), body=body))
    assert found["state"] == "COMPLETED"
    run = _runs(server.api, "process-dossier")[0]
    assert run["name"] == f"dossier {dossier.dossier_no}"
    names = _task_names(server.api, run["id"], 5)
    assert "step_opened check doi_sim.committee" in names
    assert {"time", "move"} <= names


def test_other_flows_run_too(house, server):
    house.received("T.hand", "2026-09-14 08:00")
    body = (
        'print(json.dumps({name: runner.run_now(name).last_state for name in ("relay", "anchor", "vacuum", "drive")}))'
    )
    found = run_in_child(house, server, RUNNER.format(now=at("2026-09-14 08:05"), body=body))
    assert set(found.values()) == {"COMPLETED"}
    assert len(house.store.anchors()) == 1
    assert house.store.backlog("letters") <= 3


def test_a_taken_port_is_one_sentence_with_a_remedy(server):
    port = int(server.api.rsplit(":", 1)[1].split("/")[0])
    with pytest.raises(flows_server.InputError, match="--port") as taken:
        check_port(port)
    assert str(port) in str(taken.value)


def test_up_moves_dossiers_tells_its_pages_and_ends_in_good_order(house, tmp_path):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    port = free_port()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "MOTCUA_DATABASE": house.url,
        "MOTCUA_PROCEDURES": str(PROCEDURES),
        "MOTCUA_NOTICES_FOLDER": str(tmp_path / "notices"),
        "MOTCUA_PREFECT_PORT": str(port),
    }
    with subprocess.Popen(
        [MOTCUA, "up"], env=environ, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as up:
        try:
            deadline = time.monotonic() + 200
            while not house.store.load(dossier.dossier_no).holds:
                assert up.poll() is None, up.stderr.read() if up.stderr else ""
                assert time.monotonic() < deadline
                time.sleep(0.3)
            told = subprocess.run(
                [MOTCUA, "flows", "--json"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
            )
            status = json.loads(told.stdout)
            taken = subprocess.run(
                [MOTCUA, "up"], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
            )
        finally:
            up.send_signal(signal.SIGTERM)
            out, err = up.communicate(timeout=100)
    assert status["prefect"]["is_up"]
    assert {flow["flow"] for flow in status["prefect"]["flows"]} >= {"drive", "watch", "relay"}
    assert status["to_drive"] == 0
    assert taken.returncode == 2
    assert "--port" in taken.stderr
    assert taken.stderr.count("\n") == 1
    assert up.returncode == 0, err
    assert f"http://127.0.0.1:{port}" in out
    assert "đã kết thúc" in err
    assert not is_up(api_url(port))


def test_with_prefect_down_everything_works_only_later(house, tmp_path):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    environ = {**os.environ, "MOTCUA_DATABASE": house.url, "MOTCUA_PROCEDURES": str(PROCEDURES)}
    environ |= {"MOTCUA_PREFECT_PORT": str(free_port())}
    told = subprocess.run(
        [MOTCUA, "flows", "--json"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    status = json.loads(told.stdout)
    assert not status["prefect"]["is_up"]
    assert status["to_drive"] == 1
    done = subprocess.run(
        [MOTCUA, "drive", "--json"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["dossiers"] == 1
    assert [hold.step for hold in house.store.load(dossier.dossier_no).holds_now()] == ["check"]


def _runs(api: str, flow: str) -> list[dict[str, object]]:
    found = httpx.post(
        f"{api}/flow_runs/filter",
        json={"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_DESC", "limit": 5},
        timeout=30,
    )
    rows: list[dict[str, object]] = found.raise_for_status().json()
    return rows


def _task_names(api: str, run: object, least: int) -> set[str]:
    """Return the names of a run's task runs, which become visible some seconds later."""
    deadline = time.monotonic() + 60
    while True:
        found = httpx.post(f"{api}/task_runs/filter", json={"flow_runs": {"id": {"any_": [run]}}}, timeout=30)
        names = {row["name"] for row in found.raise_for_status().json()}
        if len(names) >= least or time.monotonic() > deadline:
            return names
        time.sleep(0.5)
