"""The sweep: each thing once, whoever sweeps and however often, dated when it happened; killed anywhere, it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

from store import Applicant, open_store
from tests.workflows.conftest import PROCEDURES, ROOT, at
from workflows.rulebook import Rulebook
from workflows.watch import watch


def many(house, count):
    return [house.received("T.hand", "2026-09-14 08:00", applicant=Applicant(ref=f"a-{n}")) for n in range(count)]


def test_a_passed_term_is_recorded_once_and_dated_when_it_passed(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    first = watch(house.store, house.rulebook, at("2026-10-01 09:00"))
    again = watch(house.store, house.rulebook, at("2026-10-01 09:00"))
    assert first.facts >= 3
    assert again.facts == 0
    passed = [fact for fact in house.store.read(dossier.dossier_no) if type(fact).__name__ == "LimitPassed"]
    legal = next(fact for fact in passed if fact.subject == "legal")
    assert legal.due == at("2026-09-21 17:00") == legal.occurred_at
    assert legal.recorded_at == at("2026-10-01 09:00")


def test_the_ladder_is_climbed_rung_by_rung(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    for day in range(15, 31):
        watch(house.store, house.rulebook, at(f"2026-09-{day} 17:30"))
    rungs = [
        (fact.subject, fact.rung) for fact in house.store.read(dossier.dossier_no) if type(fact).__name__ == "Escalated"
    ]
    assert len(rungs) == len(set(rungs))
    assert ("legal", 1) in rungs


def test_two_sweeps_at_once_record_each_thing_once(house):
    dossiers = many(house, 40)
    house.drive("2026-09-14 08:05")
    start = threading.Barrier(2)
    stale = []

    def sweep():
        with open_store(house.url) as store:
            rulebook = Rulebook(store, procedures=[PROCEDURES])
            start.wait()
            stale.append(watch(store, rulebook, at("2026-10-01 09:00"), chunk=5).stale)

    sweeps = [threading.Thread(target=sweep) for _ in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    for dossier in dossiers:
        told = [
            (fact.subject, fact.hold, fact.due)
            for fact in house.store.read(dossier.dossier_no)
            if type(fact).__name__ == "LimitPassed"
        ]
        assert told
        assert len(told) == len(set(told))
    assert watch(house.store, house.rulebook, at("2026-10-01 09:00")).facts == 0
    assert house.store.verify() == []


def test_a_sweep_is_bounded_and_the_next_goes_on(house):
    many(house, 7)
    house.drive("2026-09-14 08:05")
    now = at("2026-10-01 09:00")
    looked = [watch(house.store, house.rulebook, now, limit=3, chunk=2).dossiers for _ in range(4)]
    assert looked == [3, 3, 1, 0]


def test_a_drive_killed_in_the_middle_is_finished_by_the_next(house):
    dossiers = many(house, 60)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.workflows.driving_child", house.url, str(at("2026-09-14 08:05"))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "driving"
    deadline = time.monotonic() + 60
    while not house.store.inbox("doi_sim.committee", limit=1):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    driven = len(house.store.inbox("doi_sim.committee", limit=100))
    assert 0 < driven < 60
    house.drive("2026-09-14 08:06")
    for dossier in dossiers:
        assert house.kinds(dossier.dossier_no) == ["Submitted", "Received", "Routed", "StepOpened", "HandedOver"]
    assert house.store.verify() == []


def test_replayed_dossiers_are_neither_driven_nor_swept(house):
    from engine import events as ev
    from engine.dossier import replay
    from store import Change

    facts = [
        ev.Submitted(
            occurred_at=1, recorded_at=1, dossier_id="r-1", procedure="T.hand", procedure_version=1,
            channel="direct", applicant="", origin="replay",
        ),
        ev.Received(occurred_at=2, recorded_at=2, dossier_no="R-1", counted_from=2, due=3, origin="replay"),
    ]  # fmt: skip
    house.store.append(Change(dossier=replay(facts), facts=facts, expected=0))
    assert house.drive("2026-09-14 08:05").dossiers == 0
    assert watch(house.store, house.rulebook, at("2026-09-14 08:05")).dossiers == 0
