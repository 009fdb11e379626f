"""The drive: everything moves that can, machines are asked once, sub-dossiers start once, a bad dossier waits alone."""

from __future__ import annotations

import pytest

from store import Applicant
from tests.workflows.conftest import DESK_OFFICER, at
from workflows.drive import drive_rows
from workflows.services import Services


def machines(server, **more):
    return Services(addresses={"registry": f"{server.address}/registry"}, waits=(0.0, 0.0), **more)


def test_a_dossier_goes_from_desk_to_result(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    for when, outcome in (("2026-09-14 09:00", ""), ("2026-09-14 10:00", "done")):
        house.drive(when)
        house.act(dossier.dossier_no, "finish-step", when, data={"outcome": outcome} if outcome else {})
    house.drive("2026-09-14 10:01")
    ended = house.store.load(dossier.dossier_no)
    assert ended.outcome == "granted"
    assert house.store.movable(now=at("2026-09-14 11:00")) == []
    house.act(dossier.dossier_no, "issue-result", "2026-09-14 11:00", by=DESK_OFFICER)
    assert house.store.row(dossier.dossier_no).status == 10


def test_a_second_drive_finds_nothing(house):
    house.received("T.hand", "2026-09-14 08:00")
    assert house.drive("2026-09-14 09:00").facts == 3
    assert house.drive("2026-09-14 09:00").facts == 0


def test_a_drive_at_a_past_instant_leaves_alone_what_happened_since(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    assert house.drive("2026-09-14 07:00").facts == 0
    assert house.store.load(dossier.dossier_no).last_at == at("2026-09-14 08:00")
    assert house.drive("2026-09-14 08:00").facts == 3


def test_a_machine_is_asked_with_the_same_key_and_its_answer_leads_on(house, agency_server):
    server = agency_server(data={"found": True}, fail=1)
    dossier = house.received("T.machine", "2026-09-14 08:00")
    report = house.drive("2026-09-14 08:01", services=machines(server))
    assert report.services == 1
    assert house.store.load(dossier.dossier_no).outcome == "granted"
    assert len(server.asked) == 2
    assert len(server.work_done) == 1
    assert server.asked[0]["dossier_id"] == dossier.dossier_id
    assert "Trần" not in str(server.asked)


def test_a_machine_that_is_down_makes_an_incident_that_is_tried_again_later(house, agency_server):
    server = agency_server(data={"found": True}, fail=3)
    dossier = house.received("T.machine", "2026-09-14 08:00")
    assert house.drive("2026-09-14 08:01", services=machines(server)).incidents == 1
    (incident,) = house.store.incidents.list()
    assert incident.stage == "service:registry"
    assert "503" in incident.error
    assert incident.retry_at == at("2026-09-14 08:02")
    house.drive("2026-09-14 08:01", services=machines(server))
    assert len(server.asked) == 3
    house.drive("2026-09-14 08:03", services=machines(server))
    assert house.store.load(dossier.dossier_no).outcome == "granted"
    assert house.store.incidents.list() == []


def test_when_its_term_has_passed_a_dead_machine_fails_over_to_people(house):
    dossier = house.received("T.machine", "2026-09-14 08:00")
    nowhere = Services(addresses={"registry": "http://127.0.0.1:9/"}, waits=(), timeout=1)
    house.drive("2026-09-14 08:01", services=nowhere)
    house.drive("2026-09-15 09:00", services=nowhere)
    held = house.store.load(dossier.dossier_no).holds_now()
    assert [hold.step for hold in held] == ["by_hand"]
    assert house.store.incidents.list() == []


@pytest.mark.parametrize(("outcome", "data", "said"), [("maybe", {}, "no outcome"), ("done", [1], "outcome")])
def test_an_answer_that_cannot_be_used_is_an_incident(house, agency_server, outcome, data, said):
    server = agency_server(outcome=outcome, data=data)
    house.received("T.machine", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01", services=machines(server))
    (incident,) = house.store.incidents.list()
    assert said in incident.error


def test_one_bad_dossier_does_not_hold_up_the_others(house):
    bad = house.received("T.hand", "2026-09-14 08:00", data={})
    good = [house.received("T.hand", "2026-09-14 08:00", applicant=Applicant(ref=f"a-{n}")) for n in range(1, 4)]
    report = house.drive("2026-09-14 09:01")
    assert report.incidents == 1
    (incident,) = house.store.incidents.list()
    assert incident.dossier_no == bad.dossier_no
    for dossier in good:
        assert [hold.step for hold in house.store.load(dossier.dossier_no).holds_now()] == ["check"]


def test_an_incident_ends_when_its_cause_does(house):
    bad = house.received("T.hand", "2026-09-14 08:00", data={})
    house.drive("2026-09-14 09:01")
    assert house.drive("2026-09-14 09:01").dossiers == 0
    first = house.store.incidents.list()[0]
    house.store.incidents.retry(first.number, at("2026-09-14 09:02"))
    house.drive("2026-09-14 09:02")
    (second,) = house.store.incidents.list()
    assert second.attempts == 2
    assert second.retry_at is not None
    assert second.retry_at - at("2026-09-14 09:02") == 120
    mended = {"field": "data.kind", "after": "a", "reason": "nhập sai"}
    house.act(bad.dossier_no, "correct", "2026-09-14 09:03", by=DESK_OFFICER, data=mended)
    house.drive("2026-09-14 09:03")
    assert house.store.incidents.list() == []
    assert [hold.step for hold in house.store.load(bad.dossier_no).holds_now()] == ["check"]


def test_interlinked_sub_dossiers_start_once_and_their_ends_lead_the_root_on(house):
    root = house.received("T.root", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01")
    house.drive("2026-09-14 08:02")
    subs = [row for row in house.store.register() if row.root == root.dossier_id]
    assert len(subs) == 2
    assert all(row.dossier_no for row in subs)
    assert [hold.work.value for hold in house.store.load(root.dossier_no).holds_now()] == ["sub_dossier"] * 2
    for sub, outcome in zip(subs, ("done", "reject"), strict=True):
        house.act(sub.dossier_no, "finish-step", "2026-09-14 09:00")
        house.drive("2026-09-14 09:01")
        data = {"outcome": outcome, "reason": "không đủ điều kiện"}
        house.act(sub.dossier_no, "finish-step", "2026-09-14 10:00", data=data)
        house.drive("2026-09-14 10:01")
    ended = house.store.load(root.dossier_no)
    assert ended.outcome == "granted"
    assert [hold.outcome for hold in ended.holds.values()] == ["done", "denied"]
    assert house.kinds(root.dossier_no).count("SubDossierEnded") == 2


def test_a_drive_over_rows_that_somebody_else_drove_adds_nothing(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    rows = house.store.movable()
    house.drive("2026-09-14 08:10")
    before = house.store.row(dossier.dossier_no).version
    assert drive_rows(house.store, house.rulebook, at("2026-09-14 08:11"), rows).facts == 0
    assert house.store.row(dossier.dossier_no).version == before


def test_an_act_on_a_dossier_with_an_incident_lets_the_next_drive_try_at_once(house, agency_server):
    server = agency_server(fail=100)
    dossier = house.received("T.machine", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01", services=machines(server))
    assert house.store.movable(now=at("2026-09-14 08:01")) == []
    house.act(dossier.dossier_no, "urge", "2026-09-14 08:01", by=DESK_OFFICER)
    assert len(house.store.movable(now=at("2026-09-14 08:01"))) == 1
