from pathlib import Path

import pytest

import procedures
from engine.errors import InputError
from procedures.directory import load_directories

DIRECTORY = """\
motcua: directory/1
code: island
title: {vi: Đảo, en: Island}
territories:
  - {code: island, level: province, title: {vi: Đảo, en: Island}}
agencies:
  - code: island.desk
    kind: desk
    level: province
    territory: island
    identifier: H98.01
    title: {vi: Một cửa, en: Desk}
    calendar: island
    source: {text: a test}
officers: []
"""


def test_an_agency_may_keep_the_hours_of_a_calendar_of_its_own(tmp_path):
    folder = tmp_path / "calendars"
    folder.mkdir()
    file = tmp_path / "island.yaml"
    file.write_text(DIRECTORY, encoding="utf-8")
    with pytest.raises(InputError, match="island"):
        load_directories(str(file), folder)
    shipped = Path(procedures.__file__).parent / "calendars" / "vn_0700.yaml"
    text = shipped.read_text(encoding="utf-8").replace("vn_0700", "island")
    (folder / "island.yaml").write_text(text, encoding="utf-8")
    assert load_directories(f"{file}, province", folder).agency("island.desk").calendar == "island"
