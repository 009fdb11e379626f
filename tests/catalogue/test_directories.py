"""The sample province and the Dutch municipality: who exists when, and whom he follows."""

import gzip
import os
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from engine.codes import parse_dossier_no
from engine.errors import InputError
from procedures.catalogue import Catalogue
from procedures.directory import load_directory

PROVINCE = load_directory("province")
NL = load_directory("nl")
DAY = date(2026, 10, 8)
COMMUNES = [code for code, territory in PROVINCE.territories.items() if territory.level == "commune"]
LOG = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs" / "receipt.xes.gz"


def kinds_in(territory):
    return sorted(one.kind for one in PROVINCE.agencies.values() if one.territory == territory and one.is_valid(DAY))


def test_there_are_six_communes_each_with_its_five_agencies():
    assert len(COMMUNES) == 6
    for commune in COMMUNES:
        assert kinds_in(commune) == [
            "commune_committee",
            "commune_culture_social_unit",
            "commune_desk",
            "commune_economic_unit",
            "commune_police",
        ]


def test_each_area_has_its_branches():
    for area in ("bac_song", "nam_song"):
        assert kinds_in(area) == ["land_registry_branch", "social_insurance_unit", "tax_unit"]


def test_the_branch_of_a_commune_is_that_of_its_area():
    role = Catalogue().get("1.012784").roles["branch"]
    found = {
        commune: PROVINCE.route(role, receiving="p.desk", territory=commune, field_code="land", day=DAY).code
        for commune in ("cau_gio", "doi_sim", "dao_cat")
    }
    assert found == {
        "cau_gio": "bac_song.land_registry",
        "doi_sim": "bac_song.land_registry",
        "dao_cat": "nam_song.land_registry",
    }


def test_a_commune_has_no_agency_of_its_neighbour():
    role = Catalogue().get("1.001193").roles["civil"]
    with pytest.raises(InputError, match="no agency of kind 'commune_committee' for territory 'bac_song'"):
        PROVINCE.route(role, receiving="p.desk", territory="bac_song", field_code="civil_status", day=DAY)


@pytest.mark.parametrize(
    ("ended", "last_day", "successor"),
    [
        ("p.planning_investment", date(2025, 2, 28), "p.finance"),
        ("p.transport", date(2025, 2, 28), "p.construction"),
        ("d.bac_song.desk", date(2025, 6, 30), "cau_gio.desk"),
    ],
)
def test_the_merged_agencies_of_2025_have_successors(ended, last_day, successor):
    assert PROVINCE.current(ended, last_day).code == ended
    assert PROVINCE.current(ended, DAY).code == successor


def test_every_agency_has_two_to_six_officers_while_it_exists():
    for agency in PROVINCE.agencies.values():
        count = sum(agency.code in officer.agencies for officer in PROVINCE.officers.values())
        assert 2 <= count <= 6 if agency.is_valid(DAY) else count == 0, agency.code


def test_identifiers_are_invented_unique_and_fit_into_dossier_numbers():
    identifiers = [agency.identifier for agency in PROVINCE.agencies.values()]
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.match(r"[HG]99(\.|$)", one) for one in identifiers)
    for one in identifiers:
        assert parse_dossier_no(f"{one}-261008-0001").identifier == one


def test_no_agency_claims_to_be_confirmed():
    assert not any(agency.source.confirmed for agency in PROVINCE.agencies.values())


def test_matters_escalate_to_the_provincial_committee():
    for agency in PROVINCE.agencies.values():
        at, seen = agency, []
        while at.parent:
            seen.append(at.code)
            at = PROVINCE.agency(at.parent)
        assert at.code in {"p.committee", "n.population_database"}, seen


@pytest.mark.skipif(not LOG.is_file(), reason="needs logs/receipt.xes.gz in $MOTCUA_DATA")
def test_the_dutch_groups_officers_and_activities_are_those_of_the_log():
    activities, members = set(), {}
    with gzip.open(LOG) as file:
        for _, element in ET.iterparse(file):  # noqa: S314 - a log of ours, read in a test
            if element.tag.endswith("event"):
                values = {child.get("key"): child.get("value") for child in element}
                activities.add(values["concept:name"])
                members.setdefault(values["org:resource"], set()).add(values["org:group"])
    permit = Catalogue().get("nl.wabo_permit")
    assert activities == {node.title.en for code, node in permit.nodes.items() if re.match(r"t\d\d|receipt$", code)}
    assert set(members) == set(NL.officers)
    for officer, groups in members.items():
        named = {group.lower().replace(" ", "_") for group in groups - {"EMPTY"}}
        assert named <= NL.officers[officer].agencies, officer
