"""Calendar files at the door: every fault at once with its place, and never a traceback."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import changed_days
from engine.errors import InputError, UnknownNumberError
from procedures.calendars import FOLDER, check_calendar, load_calendar

VN = (FOLDER / "vn.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "vn.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_file_has_no_faults(tmp_path: Path) -> None:
    check = check_calendar(written(tmp_path, VN))
    assert check.faults == ()
    assert check.calendar == load_calendar("vn")


def test_all_faults_are_reported_at_once_with_path_line_and_remedy(tmp_path: Path) -> None:
    text = (
        VN.replace("zone: Asia/Ho_Chi_Minh", "zone: 7")
        .replace("office_day: 8 hours", "office_day: 8")
        .replace('monday: ["07:30-11:30", "13:00-17:00"]', 'monday: ["7h30"]')
        .replace("name: new_year, source: labour_code_2012}", "source: labour_code_2012}", 1)
    )
    check = check_calendar(written(tmp_path, text))
    paths = {fault.path for fault in check.faults}
    assert {"zone", "office_day", "week.monday.0", "days_off.0.name"} <= paths
    assert all(fault.line > 0 and fault.remedy for fault in check.faults)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("source: resolution_28}", "source: hearsay}", "hearsay is unknown"),
        (
            "{day: 2026-08-22, name: made_up, source: notice_2026, swapped_with: 2026-08-31}",
            None,
            "not listed as worked",
        ),
        ("- {day: 2019-01-01, name: new_year", "- {day: 2019-02-04, name: new_year", "listed twice"),
        ("- {day: 2019-01-01, name: new_year", "- {day: 2018-01-01, name: new_year", "outside the known days"),
        ('["07:30-11:30", "13:00-17:00"]', '["13:00-17:00", "07:30-11:30"]', "out of order"),
        ("last_day: 2027-12-31", "last_day: 2017-12-31", "before first_day"),
        ("zone: Asia/Ho_Chi_Minh", "zone: Asia/Nowhere", "not in the IANA database"),
        ("code: vn", "code: other", "name it as the file"),
        ("office_day: 8 hours", "office_day: 80 hours", "at most 24 hours"),
    ],
)
def test_contradictions_are_named(tmp_path: Path, old: str, new: str | None, sentence: str) -> None:
    text = VN.replace(f"  - {old}\n", "") if new is None else VN.replace(old, new)
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=sentence):
        load_calendar(path)


def test_an_agency_keeps_its_own_calendar_based_on_the_national_one(tmp_path: Path) -> None:
    written(
        tmp_path,
        """
code: district
title: {vi: Lịch riêng, en: Own calendar}
based_on: vn
worked_days:
  - {day: 2026-08-22, name: made_up, source: notice_2026, swapped_with: 2026-08-31, windows: ["08:00-12:00"]}
""",
        "district.yaml",
    )
    own, vn = load_calendar("district", tmp_path), load_calendar("vn")
    changed = changed_days(vn, own)
    assert [day.isoformat() for day in changed if day.year == 2026 and day.month == 8] == ["2026-08-22"]
    with pytest.raises(UnknownNumberError, match="no calendar is called 'district'"):
        load_calendar("district")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, VN)
    before = load_calendar(path)
    path.write_text(VN.replace("office_day: 8 hours", "office_day: 7.5 hours"), encoding="utf-8")
    assert load_calendar(path).office_day == 27_000
    assert before.office_day == 28_800


@pytest.mark.parametrize("code", ["", "../vn", "VN", "vn\x00", "nothing"])
def test_unknown_codes_are_named(code: str) -> None:
    with pytest.raises(InputError):
        load_calendar(code)


@given(st.data())
def test_no_file_makes_the_door_stumble(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    lines = VN.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        junk = data.draw(
            st.sampled_from(["\n", "- {}\n", "week: 3\n", "code: [vn]\n", "  {\n", "based_on: nl\n", "\t\n"])
        )
        lines[index] = data.draw(
            st.sampled_from([junk, lines[index][: len(lines[index]) // 2] + "\n", lines[index] * 2])
        )
    path = written(tmp_path_factory.mktemp("calendars"), "".join(lines))
    with suppress(InputError):
        check = check_calendar(path)
        assert (check.calendar is None) == bool(check.faults)
