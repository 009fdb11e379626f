"""The live face: a demo's database in which people act turn by turn, beside the same flows as everywhere."""

import httpx
import pytest

from engine.errors import InputError
from engine.instants import parse_instant, to_seconds
from engine.status import Status
from store import open_store
from tests.demo.test_month import a_real_dossier
from workflows import demo_live
from workflows.drive import drive
from workflows.rulebook import Rulebook
from workflows.sample_machines import SERVICES, answer_to, sample_machines
from workflows.services import Services
from workflows.watch import watch

NOW = to_seconds(parse_instant("2026-11-23 09:00", "Asia/Ho_Chi_Minh"))


@pytest.fixture
def demo(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/demo.db?synchronous=NORMAL") as store:
        rulebook = Rulebook(store)
        yield store, rulebook, demo_live.prepare(store, rulebook, NOW)


def test_a_new_demo_shows_life_at_once(demo):
    store, _, _ = demo
    assert store.is_demo
    statuses = {one.status for one in store.tally()}
    assert {Status.IN_PROGRESS, Status.AWAITING_SUPPLEMENT, Status.DECIDED, Status.ISSUED} <= statuses
    assert 200 < sum(one.dossiers for one in store.tally()) < 2_000
    assert store.overdue(NOW)
    assert store.last_instant() <= NOW


def test_people_go_on_acting_and_the_flows_go_on_driving(demo):
    store, rulebook, live = demo
    before = {row.dossier_id: row.version for row in store.register(limit=5_000)}
    submitted = acts = 0
    with sample_machines() as addresses:
        for second in range(0, 240, 5):
            now = live.clock.at(NOW + second)
            turn = live.turn(now)
            assert turn.acts + turn.refused <= demo_live.MOST_ACTS
            submitted, acts = submitted + turn.submitted, acts + turn.acts
            drive(store, rulebook, now, services=Services(addresses=addresses))
            watch(store, rulebook, now)
    after = {row.dossier_id: row.version for row in store.register(limit=5_000)}
    assert submitted > 10
    assert acts > 50
    assert len(set(after) - set(before)) >= submitted
    assert sum(after[known] > version for known, version in before.items()) > 20
    assert store.incidents.list() == []
    assert store.verify() == []


def test_the_demos_time_passes_in_office_hours_only(demo):
    _, _, live = demo
    instants = [live.clock.at(NOW + second) for second in range(0, 2_000, 7)]
    assert instants == sorted(instants)
    assert all(live.clock.calendar.is_open(at - 1) for at in instants)
    assert live.clock.at(NOW - 3_600) == instants[0]
    assert live.clock.calendar.seconds_between(instants[0], instants[-1]) == 1_995 * demo_live.SPEED


def test_a_demo_begun_again_goes_on_where_it_ended(demo):
    store, rulebook, live = demo
    live.turn(live.clock.at(NOW + 60))
    count = sum(one.dossiers for one in store.tally())
    again = demo_live.prepare(store, rulebook, NOW + 86_400)
    assert sum(one.dossiers for one in store.tally()) == count
    assert again.clock.at(NOW + 86_400) >= live.clock.at(NOW)


@pytest.mark.parametrize("today", ["2024-02-01 08:00", "2031-01-01 00:00"])
def test_where_the_machines_clock_fits_no_calendar_the_demo_takes_a_month_of_its_own(tmp_path, today):
    with open_store(f"sqlite:///{tmp_path}/demo.db?synchronous=NORMAL") as store:
        real = to_seconds(parse_instant(today, "Asia/Ho_Chi_Minh"))
        live = demo_live.prepare(store, Rulebook(store), real)
        assert live.clock.calendar.local_date(live.clock.at(real)).isoformat() == "2026-11-02"


def test_a_database_with_real_dossiers_is_refused(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/real.db") as store:
        a_real_dossier(store)
        with pytest.raises(InputError, match="holds dossiers that are not the demo's"):
            demo_live.prepare(store, Rulebook(store), NOW)
        assert sum(one.dossiers for one in store.tally()) == 1


def test_a_machine_of_the_demo_answers_a_key_always_alike():
    with sample_machines() as addresses:
        assert set(addresses) == set(SERVICES)
        for _ in range(2):
            answer = httpx.post(addresses["population_database"], json={}, headers={"Idempotency-Key": "a:1"})
            assert answer.json() == answer_to("a:1")
