"""Replay as a flow on a real Prefect server: the same report, each part seen as a task, no secret in its parameters."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.replay.logs import MAPPING, trace, write, xes
from workflows.flows_server import environment, start_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Prefect server of our own; yields the variables under which a command finds it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("prefect")
    running = start_server(home, port)
    try:
        running.wait_until_ready()
        yield {**os.environ, **environment(home, running.api), "MOTCUA_PREFECT_API_URL": running.api}
    finally:
        running.stop()


def replay(folder: Path, variables: dict[str, str], log: str) -> subprocess.CompletedProcess[str]:
    (folder / "map.yaml").write_text(MAPPING, encoding="utf-8")
    command = [
        Path(sys.executable).with_name("motcua"),
        "replay",
        log,
        "--map",
        "map.yaml",
        "--db",
        "sqlite:///s.db",
        "--json",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=variables, check=False)


def runs(variables: dict[str, str], what: str) -> list[dict]:
    """Return the server's newest runs (a task run is seen a little later than it ends)."""
    answer = httpx.post(f"{variables['PREFECT_API_URL']}/{what}/filter", json={"sort": "EXPECTED_START_TIME_DESC"})
    return answer.json()


def test_where_a_server_answers_replay_is_a_flow(tmp_path, server):
    write(tmp_path / "log.xes", xes(*(trace(f"c{number}") for number in range(1200))))
    first = replay(tmp_path, server, "log.xes")
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    found = json.loads(first.stdout)
    assert (found["dossiers"], found["added"]) == (1200, 1200)
    run = runs(server, "flow_runs")[0]
    assert (run["name"], run["state_name"]) == ("replay sample", "Completed")
    assert set(run["tags"]) == {"test.permit", "sample"}
    assert run["parameters"] == {"log": "sample", "file": "log.xes"}
    again = replay(tmp_path, server, "log.xes")
    assert json.loads(again.stdout)["already_there"] == 1200
    parts = {run["name"] for run in runs(server, "task_runs")}
    assert {"append dossiers 0 to 999", "append dossiers 1000 to 1199"} <= parts
    progress = httpx.post(f"{server['PREFECT_API_URL']}/artifacts/filter", json={}).json()
    assert {artifact["data"] for artifact in progress if artifact["type"] == "progress"} == {100.0}


def test_a_malformed_log_is_one_sentence_there_too(tmp_path, server):
    write(tmp_path / "log.xes", xes()[:700])
    ran = replay(tmp_path, server, "log.xes")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("motcua: log.xes: line ")
    assert not (tmp_path / "s.db").exists()
