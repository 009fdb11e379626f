"""Every procedure of the catalogue can be lived through, in each commune and channel, to every one of its ends."""

from datetime import date

import pytest

from engine.procedure import End
from procedures.catalogue import Catalogue
from procedures.directory import load_directory
from tests.catalogue.walk import Walk

CATALOGUE = Catalogue()
PROVINCE = load_directory("province")
COMMUNES = sorted(code for code, territory in PROVINCE.territories.items() if territory.level == "commune")
VIETNAMESE = [one for one in CATALOGUE.all() if one.calendar == "vn"]
START = {("X.work_permit", 1): "2025-07-07 09:00", ("1.013225", 1): "2025-09-08 09:00"}


def name(procedure):
    return f"{procedure.code}@{procedure.version}"


@pytest.mark.parametrize("procedure", VIETNAMESE, ids=name)
def test_every_step_and_every_end_is_reached_by_some_dossier(procedure):
    seen, ends = set(), set()
    for seed in range(90):
        commune = COMMUNES[seed % len(COMMUNES)]
        walk = Walk(
            procedure=procedure,
            directory=PROVINCE,
            desk=f"{commune}.desk" if procedure.level == "commune" or seed % 2 else "p.desk",
            territory=commune,
            channel=procedure.channels[seed % len(procedure.channels)],
            seed=seed,
            start=START.get((procedure.code, procedure.version), "2026-09-07 09:00"),
        ).to_its_end()
        seen |= set(walk.visited)
        ends.add(walk.dossier.outcome)
    works = {code for code, node in procedure.nodes.items() if getattr(node, "role", "")} | {
        code for code, node in procedure.nodes.items() if hasattr(node, "purpose")
    }
    consultations = {code for code, node in procedure.nodes.items() if hasattr(node, "consulted")}
    assert works - consultations - seen == set()
    assert ends == {node.end.value for node in procedure.nodes.values() if isinstance(node, End)}


@pytest.mark.parametrize("procedure", VIETNAMESE, ids=name)
def test_every_role_finds_one_agency_in_each_commune_with_an_officer_to_act(procedure):
    day = date(2026, 10, 8)
    for commune in COMMUNES:
        for role in procedure.roles.values():
            agency = PROVINCE.route(
                role, receiving=f"{commune}.desk", territory=commune, field_code=procedure.field_code, day=day
            )
            assert agency.is_valid(day)
            assert any(agency.code in officer.agencies for officer in PROVINCE.officers.values())


def test_the_receipt_phase_of_the_dutch_permit_is_lived_through():
    procedure, directory = CATALOGUE.get("nl.wabo_permit"), load_directory("nl")
    seen = set()
    for seed in range(60):
        walk = Walk(
            procedure=procedure,
            directory=directory,
            desk="municipality",
            territory="nl_municipality",
            channel="online",
            seed=seed,
            start="2011-03-07 09:00",
            zone="Europe/Amsterdam",
        ).to_its_end()
        seen |= set(walk.visited)
    assert {code for code in procedure.nodes if code[:2] == "t0" or code[:2] in {"t1", "t2"}} <= seen
