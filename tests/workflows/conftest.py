"""What the tests of the workflows stand on: a real SQLite store, the sample province, small procedures."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.dossier import Dossier
from engine.instants import parse_instant, to_seconds
from store import Applicant, Store, open_store
from workflows.drive import drive
from workflows.handle import Handled, act_named, submit
from workflows.rulebook import Rulebook

PROCEDURES = Path(__file__).with_name("procedures")
ROOT = Path(__file__).parents[2]
DESK, DESK_OFFICER = "doi_sim.desk", "doi_sim.desk.02"
UNIT, UNIT_OFFICER = "doi_sim.committee", "doi_sim.committee.03"


def at(text: str) -> int:
    return to_seconds(parse_instant(text, "Asia/Ho_Chi_Minh"))


class House:
    """A store with its rules, and the few things every test does with them."""

    def __init__(self, store: Store, url: str) -> None:
        self.store = store
        self.url = url
        self.rulebook = Rulebook(store, procedures=[PROCEDURES])

    def submit(self, procedure: str, when: str, **more: Any) -> Handled:
        applicant = more.pop("applicant", Applicant(ref="a-1", name="Trần Thị B", email="b@example.vn"))
        more.setdefault("data", {"kind": "a"})
        return submit(
            self.store, self.rulebook, procedure=procedure, agency=DESK, applicant=applicant, at=at(when), **more
        )

    def act(self, number: str, command: str, when: str, by: str = UNIT_OFFICER, **more: Any) -> Handled:
        return act_named(self.store, self.rulebook, number, command, by=by, at=at(when), **more)

    def received(self, procedure: str, when: str, **more: Any) -> Dossier:
        submitted = self.submit(procedure, when, **more)
        return self.act(submitted.dossier.dossier_id, "receive", when, by=DESK_OFFICER).dossier

    def drive(self, when: str, **more: Any) -> Any:
        return drive(self.store, self.rulebook, at(when), **more)

    def kinds(self, number: str) -> list[str]:
        return [type(fact).__name__ for fact in self.store.read(number)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    with open_store(url) as store:
        yield House(store, url)


@pytest.fixture(scope="session")
def stub() -> ModuleType:
    spec = importlib.util.spec_from_file_location("agency_server", ROOT / "examples" / "agency_server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["agency_server"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def agency_server(stub: ModuleType) -> Iterator[Callable[..., Any]]:
    running: list[tuple[Any, threading.Thread]] = []

    def start(**more: Any) -> Any:
        server = stub.AgencyServer(**more)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
