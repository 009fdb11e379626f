"""`motcua time` and `motcua calendar` as people and programs use them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from procedures.calendars import FOLDER
from tests.command import run_text

FRIDAY = "2026-08-21 16:00"


def motcua(*arguments: str, **more: str) -> CompletedProcess[str]:
    return run_text(*arguments, folder=Path(), environment={**os.environ, **more})


@pytest.mark.parametrize(
    ("options", "due", "office_seconds"),
    [
        ([], "2026-08-25T17:00:00+07:00", 90_000),
        (["--rule", "from_instant"], "2026-08-25T16:00:00+07:00", 86_400),
        (["--cutoff", "15:00"], "2026-08-26T17:00:00+07:00", 118_800),
        (["--rule", "from_instant", "--cutoff", "15:00"], "2026-08-25T17:00:00+07:00", 90_000),
    ],
)
def test_three_working_days_from_a_friday_before_a_worked_saturday(
    options: list[str], due: str, office_seconds: int
) -> None:
    done = motcua("time", "due", FRIDAY, "3 working days", "--json", *options)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["due"], answer["office_seconds"]) == (due, office_seconds)
    verdicts = {line["day"]: line["verdict"] for line in answer["derivation"]["stages"][0]["days"]}
    assert verdicts["2026-08-23"] == "skipped"
    assert answer["derivation"]["provisional"] is False


def test_the_derivation_is_told_in_both_languages() -> None:
    vi = motcua("time", "due", FRIDAY, "3 working days", "--explain", "--lang", "vi").stdout
    en = motcua("time", "due", FRIDAY, "3 working days", "--explain", "--lang", "en").stdout
    assert "T7   22/08/2026   tính, ngày thứ 1" in vi
    assert "làm bù (thay cho T2 31/08/2026)" in vi
    assert vi.endswith("Hạn trả: 17:00 thứ Ba 25/08/2026.\n")
    assert "Sat 22 Aug 2026   counted, day 1" in en
    assert en.endswith("Due: 17:00 on Tuesday 25 Aug 2026.\n")


def test_days_not_yet_decreed_are_shown_as_provisional() -> None:
    done = motcua("time", "due", "2026-12-30 10:00", "5 working days", "--explain", "--lang", "en")
    assert "Fri  1 Jan 2027 ?" in done.stdout
    assert "Provisional" in done.stdout


def test_between_says_office_and_elapsed_time() -> None:
    answer = json.loads(motcua("time", "between", FRIDAY, "2026-08-25 17:00", "--json").stdout)
    assert (answer["office_seconds"], answer["elapsed_seconds"]) == (90_000, 349_200)
    back = json.loads(motcua("time", "between", "2026-08-25 17:00", FRIDAY, "--json").stdout)
    assert back["office_seconds"] == -90_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["time", "due", FRIDAY, "3 days"], "which days"),
        (["time", "due", "yesterday", "3 working days"], "cannot be read"),
        (["time", "due", "2027-12-30", "3 working days"], "calendar vn covers 2019-01-01 to 2027-12-31"),
        (["time", "due", FRIDAY, "3 working days", "--calendar", "mars"], "known are"),
        (["time", "due", FRIDAY, "3 working days", "--rule", "soon"], "whole_days or from_instant"),
        (["time", "due", FRIDAY, "3 working days", "--cutoff", "25:00"], "15:00"),
        (["time", "due", FRIDAY, "3 working days", "--stop", "now"], "SINCE..UNTIL"),
        (["time", "between", FRIDAY, "x"], "cannot be read"),
        (["calendar", "show", "vn", "2030-01"], "nothing of 2030-01"),
        (["calendar", "check", "/nowhere/vn.yaml"], "cannot be read"),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    done = motcua(*arguments, MOTCUA_LANGUAGE="en")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not done.stdout


def test_calendars_are_listed_and_shown() -> None:
    listed = json.loads(motcua("calendar", "list", "--json").stdout)
    assert {"vn", "vn_0700", "nl"} <= {entry["code"] for entry in listed}
    august = json.loads(motcua("calendar", "show", "vn", "2026-08", "--json").stdout)
    assert len(august) == 31
    saturday = august[21]
    assert (saturday["day"], saturday["windows"]) == ("2026-08-22", "07:30-11:30 13:00-17:00")
    assert "9441/TB-BNV" in saturday["source"]


def test_a_file_is_checked_and_its_changes_previewed(tmp_path: Path) -> None:
    text = (FOLDER / "vn.yaml").read_text(encoding="utf-8")
    added = "days_off:\n  - {day: 2026-11-25, name: culture_day, source: resolution_28}"
    new = tmp_path / "vn.yaml"
    new.write_text(text.replace("days_off:", added), encoding="utf-8")
    assert motcua("calendar", "check", str(new)).returncode == 0
    preview = json.loads(motcua("calendar", "apply", str(new), "--preview", "--json").stdout)
    assert [entry["day"] for entry in preview["changed_days"]] == ["2026-11-25"]
    assert preview["digest_before"] != preview["digest_after"]
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("office_day: 8 hours", "office_day: long"), encoding="utf-8")
    done = motcua("calendar", "check", str(broken))
    assert done.returncode == 2
    assert "line 14, office_day: has the wrong form; write for example '8 hours'" in done.stdout
