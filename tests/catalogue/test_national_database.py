"""The catalogue beside the national procedure database of July 2026: same titles; limits differ only with a note."""

import gzip
import json
import os
import re
from functools import cache
from pathlib import Path

import pytest

from engine.limits import CalendarDays, Limit, OfficeHours, SameDay, WorkingDays
from procedures.catalogue import Catalogue
from procedures.national import survey

CATALOGUE = Catalogue()
DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "national-procedures.jsonl.gz"
CHANNELS = {"Trực tuyến": "online", "Dịch vụ bưu chính": "post", "Trực tiếp": "direct"}
ENTRY = re.compile(r"(Trực tuyến|Dịch vụ bưu chính|Trực tiếp)(\d+)(?:\s(Ngày làm việc|Ngày|Giờ))?(?=\D)")

pytestmark = pytest.mark.skipif(not DATA.is_file(), reason="needs national-procedures.jsonl.gz in $MOTCUA_DATA")

NATIONAL = [one for one in CATALOGUE.all() if re.fullmatch(r"\d\.\d{6}", one.code)]
NOT_IN_THE_DATABASE = {"3.000722", "2.002622"}
SHARED = [one for one in NATIONAL if one.code not in NOT_IN_THE_DATABASE]


@cache
def database() -> dict[str, dict[str, str]]:
    wanted = {one.code for one in NATIONAL}
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        return {row["ma_thu_tuc"]: row for row in map(json.loads, lines) if row["ma_thu_tuc"] in wanted}


def published(code: str) -> dict[str, tuple[int, Limit]]:
    """Channel to the number shown and the limit it means; the last entry of a channel counts."""
    found: dict[str, tuple[int, Limit]] = {}
    for channel, amount, unit in ENTRY.findall(database()[code]["cach_thuc_thuc_hien"]):
        n = int(amount)
        limit: Limit = SameDay()
        if unit == "Ngày làm việc":
            limit = WorkingDays(n)
        elif unit == "Ngày":
            limit = CalendarDays(n)
        elif unit == "Giờ":
            limit = OfficeHours(n)
        found[CHANNELS[channel]] = (n, limit)
    return found


def plain(title: str) -> str:
    """A title without what stands in brackets, the word for procedure and a final stop, in small letters."""
    title = re.sub(r"\([^()]*\)", "", title)
    title = " ".join(title.lower().split()).removeprefix("thủ tục ").replace("uỷ ban", "ủy ban")
    return title.rstrip(" .:")


def test_all_but_the_interlinked_ones_are_in_the_database():
    assert {one.code for one in NATIONAL} - set(database()) == NOT_IN_THE_DATABASE


@pytest.mark.parametrize("procedure", SHARED, ids=lambda one: f"{one.code}@{one.version}")
def test_the_title_is_the_databases_or_its_beginning(procedure):
    theirs = plain(database()[procedure.code]["ten_thu_tuc"])
    assert theirs.startswith(plain(procedure.title.vi))


@pytest.mark.parametrize("procedure", SHARED, ids=lambda one: f"{one.code}@{one.version}")
def test_a_limit_that_differs_is_explained_in_its_source(procedure):
    found = published(procedure.code)
    for channel in procedure.channels:
        legal = procedure.legal_limit(channel)
        assert legal is not None
        assert legal.terms is not None
        text = legal.source.text
        if channel not in found:
            assert "channel table is empty" in text
            continue
        amount, limit = found[channel]
        if legal.terms.limit != limit:
            assert "database" in text
            assert re.search(rf"\b{amount}\b", text), f"{channel}: the database shows {amount}; say so: {text}"
    assert set(found) <= set(procedure.channels)


def test_the_reader_of_the_database_finds_limits():
    assert published("1.009645") == dict.fromkeys(("direct", "online", "post"), (17, WorkingDays(17)))
    assert published("1.013225")["direct"] == (15, CalendarDays(15))
    assert published("1.001193")["online"] == (1, SameDay())


def test_the_known_facts_about_the_database_come_out():
    assert survey(DATA).as_json() == {
        "procedures": 2642,
        "limits": {"working_days": 4154, "calendar_days": 1577, "hours": 137, "months": 14},
        "limits_spelled_freely": 1,
        "several_limits": 192,
        "differ_by_channel": 132,
        "opinions": 266,
        "deemed_agreement": 8,
    }
