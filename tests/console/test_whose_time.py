"""`motcua why` and `motcua dossier show` say whose time it was, and which days of a term are only provisional."""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from console.dossier_view import summary
from console.whose_time import whose_time
from console.wording.phrases import TIME_KINDS
from engine import commands as co
from engine import events as ev
from engine.dossier import replay
from engine.instants import parse_instant, to_seconds
from engine.ledger import TimeKind
from procedures.calendars import load_calendar
from procedures.directory import load_directory
from store import Applicant, open_store
from tests.command import run_text
from workflows.drive import drive_one
from workflows.handle import act, submit
from workflows.rulebook import Rulebook

ZONE = "Asia/Ho_Chi_Minh"
NUMBER = "0198a000-0000-7000-8000-000000000001"


def t(text: str) -> int:
    return to_seconds(parse_instant(text, ZONE))


def motcua(folder: Path, *arguments: str) -> CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    environment = kept | {"MOTCUA_DATABASE": f"sqlite:///{folder / 'motcua.db'}"}
    return run_text(*arguments, folder=folder, environment=environment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one dossier, received just before a new year that is not decreed yet, and asked to be completed."""
    with open_store(f"sqlite:///{tmp_path / 'motcua.db'}") as store:
        rules = Rulebook(store)
        at = t("2026-12-28 08:00")
        submit(
            store,
            rules,
            procedure="1.013225",
            agency="cau_gio.desk",
            applicant=Applicant(ref="a1", name="Nguyễn Văn An"),
            at=at,
            data={"territory": "cau_gio"},
            dossier_id=NUMBER,
        )
        act(store, rules, NUMBER, co.Receive(at=at, by="cau_gio.desk.02", serial=1))
        drive_one(store, rules, at, NUMBER)
        act(store, rules, NUMBER, co.FinishStep(at=at + 3600, by="cau_gio.desk.02"))
        drive_one(store, rules, at + 3600 + 90, NUMBER)
    return tmp_path


def test_every_kind_of_time_has_its_words() -> None:
    assert set(TIME_KINDS) == set(TimeKind)


def test_why_tells_whose_time_it_was(folder: Path) -> None:
    told = json.loads(motcua(folder, "why", NUMBER, "--at", "2026-12-28 10:00", "--json").stdout)["whose_time"]
    assert [(tile["kind"], tile["who"], tile["step"], tile["since"]) for tile in told["tiles"]] == [
        ("authority", "cau_gio.desk", "receive", "2026-12-28T08:00:00+07:00"),
        ("nobody", None, None, "2026-12-28T09:00:00+07:00"),
        ("authority", "cau_gio.economic", "appraise", "2026-12-28T09:01:30+07:00"),
    ]
    assert told["tiles"][0]["office_seconds"] == 3600
    assert told["totals"]["nobody"] == {"office_seconds": 90, "elapsed_seconds": 90}
    lines = motcua(folder, "why", NUMBER, "--at", "2026-12-28 10:00", "--lang", "en").stdout.splitlines()
    table = lines[lines.index("Whose time:") + 1 :]
    assert table[0].split()[:2] == ["whose", "with"]
    assert "One-stop service centre of Cau Gio ward" in table[1]
    assert "waiting to be moved on" in table[2]
    assert table[2].endswith("1 min 30 s")


def test_a_dossier_shows_the_sums(folder: Path) -> None:
    with open_store(f"sqlite:///{folder / 'motcua.db'}") as store:
        shown = summary(store, Rulebook(store), NUMBER, "vi", ZONE, t("2026-12-28 10:00"))
    sums = "không của ai 1 phút 30 giây, cơ quan giải quyết 1 giờ 58 phút 30 giây"
    assert dict(shown.pairs)["thời gian của ai"] == sums
    assert shown.as_json["whose_time"]["authority"]["elapsed_seconds"] == 7110


def test_days_not_yet_decreed_are_provisional_in_why(folder: Path) -> None:
    told = json.loads(motcua(folder, "why", NUMBER, "--json").stdout)["legal"]
    assert told["provisional"] is True
    days = {day["day"]: day["provisional"] for stage in told["stages"] for day in stage["days"]}
    assert (days["2026-12-31"], days["2027-01-01"], days["2027-01-04"]) == (False, True, True)
    vi, en = (motcua(folder, "why", NUMBER, "--lang", lang).stdout for lang in ("vi", "en"))
    assert "01/01/2027 ?" in vi
    assert "Tạm tính: có ngày chưa được công bố chính thức (đánh dấu ?)." in vi
    assert "Provisional: days marked ? are not decreed or not confirmed." in en


def test_beyond_the_known_days_of_the_calendar_only_elapsed_time_is_told() -> None:
    common = {"recorded_at": 0, "origin": "replay"}
    dossier = replay(
        [
            ev.Submitted(
                occurred_at=0,
                agency="desk",
                dossier_id="d",
                procedure="p",
                procedure_version=1,
                channel="",
                applicant="",
                **common,
            ),
            ev.Received(occurred_at=0, agency="desk", dossier_no="1", counted_from=0, due=None, **common),
        ]
    )
    found = whose_time(dossier, load_directory("province"), load_calendar("vn"), 7200)
    assert found.office_sums is None
    assert found.sentence("vi") == "không của ai 2 giờ"
    assert found.as_json(ZONE)["totals"]["nobody"] == {"office_seconds": None, "elapsed_seconds": 7200}
