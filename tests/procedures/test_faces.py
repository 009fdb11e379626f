"""The rest of the door: pictures, differences, schema, directories and the commands."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from console.wording.picture import picture_words
from engine.errors import UnknownNumberError
from procedures.catalogue import Catalogue
from procedures.difference import differences
from procedures.directory import directory_codes, load_directory
from procedures.door import load_file, load_procedure
from procedures.drawing import draw
from procedures.fault import FaultyFileError
from procedures.schema import json_schema
from procedures.yaml_text import read_yaml
from tests.command import run_text
from tests.procedures.samples import FILES, FIRST, as_text, first


def motcua(*arguments: object, folder: Path | None = None, **more: str) -> CompletedProcess[str]:
    root = Path(__file__).parents[2]
    environment = {"PATH": ""}
    if folder is not None:
        environment["MOTCUA_PROCEDURES"] = str(folder)
    return run_text("procedures", *arguments, folder=folder or root, environment=environment | more)


def test_a_picture_shows_lanes_limits_and_the_critical_path() -> None:
    svg = draw(load_procedure(FIRST), picture_words("vi")).decode("utf-8")
    root = ET.fromstring(svg)  # noqa: S314  our own picture
    texts = " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    for said in ("Bộ phận một cửa", "Ủy ban nhân dân xã", "≤ 3 ngày làm việc", "Lãnh đạo ký giấy phép", "đường găng"):
        assert said in texts
    assert "#c2410c" in svg
    assert "Inspect the tree" in draw(load_procedure(FIRST), picture_words("en")).decode("utf-8")


def test_a_picture_may_be_a_png() -> None:
    assert draw(load_procedure(FIRST), picture_words("en"), "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("code", Catalogue().codes()[::5])
def test_published_procedures_can_be_drawn(code: str) -> None:
    assert b"</svg>" in draw(Catalogue().get(code), picture_words("vi"))


def test_titles_with_markup_are_drawn_as_they_are(tmp_path: Path) -> None:
    data = first()
    data["title"]["vi"] = "A & B <b>c</b>"
    data["steps"][0]["title"]["vi"] = '"<script>" & more'
    path = tmp_path / "markup.yaml"
    path.write_text(as_text(data), encoding="utf-8")
    svg = draw(load_procedure(path), picture_words("vi")).decode("utf-8")
    assert "<script>" not in svg
    ET.fromstring(svg)  # noqa: S314  our own picture


def test_a_difference_names_what_changed(tmp_path: Path) -> None:
    data = first()
    data["limits"][0]["limit"] = "12 working days"
    data["steps"].reverse()
    data["steps"] = [step for step in data["steps"] if step["code"] != "post"]
    data["steps"][-3]["next"]["agreed"] = "sign"
    path = tmp_path / "other.yaml"
    path.write_text(as_text(data), encoding="utf-8")
    found = {(one.kind, one.path) for one in differences(load_file(FIRST), load_file(path))}
    assert found == {
        ("changed", "limits[all channels].limit"),
        ("removed", "steps[post]"),
        ("changed", "steps[ask].next.agreed"),
    }
    assert differences(load_file(FIRST), load_file(FIRST)) == []


def test_the_schema_accepts_the_files_of_the_project_and_refuses_others() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.check_schema(json_schema())

    def plain(value: Any) -> Any:
        return json.loads(json.dumps(value, default=str))

    for path in (FIRST, *FILES):
        document = read_yaml(path.read_text(encoding="utf-8"), path.name)
        assert list(validator.iter_errors(plain(document.data))) == []
    wrong = plain(first())
    wrong["steps"][0]["limit"] = "3 days"
    assert not validator.is_valid(wrong)


@pytest.mark.parametrize("code", directory_codes())
def test_directories_of_the_project_load(code: str) -> None:
    assert load_directory(code).agencies


def test_a_faulty_directory_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(
        """
motcua: directory/1
code: faulty
title: {vi: a, en: a}
territories: [{code: a, level: commune, parent: a, title: {vi: a, en: a}}]
agencies:
  - {code: x, kind: desk, level: commune, identifier: H99, territory: b, calendar: mars, parent: y, successor: x,
     title: {vi: a, en: a}, source: {text: a}}
officers: [{code: x.1, agencies: [z]}]
""",
        encoding="utf-8",
    )
    with pytest.raises(FaultyFileError) as caught:
        load_directory(path)
    said = str(caught.value)
    for part in ("lies in itself", "no territory 'b'", "no agency 'y'", "no agency 'z'", "mars", "no last day"):
        assert part in said
    with pytest.raises(UnknownNumberError, match="directory 'nowhere' is not known"):
        load_directory("nowhere")


def test_check_says_what_is_wrong_and_how_bad_by_its_exit_code(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(FIRST.read_text(encoding="utf-8").replace("limit: 2 working days", "limit: 2 days"), "utf-8")
    assert motcua("check", FIRST).returncode == 0
    done = motcua("check", FIRST, faulty)
    assert done.returncode == 1
    assert "steps[sign].limit" in done.stdout
    assert done.stderr == ""
    done = motcua("check", faulty, tmp_path / "missing.yaml", "--json")
    assert done.returncode == 2
    assert "missing.yaml" in done.stderr
    [report, missing] = json.loads(done.stdout)
    assert [(fault["kind"], fault["path"]) for fault in report["faults"]] == [("bad_limit", "steps[sign].limit")]
    assert not missing["readable"]


def test_from_a_new_file_to_a_published_picture(tmp_path: Path) -> None:
    assert (
        motcua("new", "X.fishing", "--title", "Cấp phép câu cá", "-o", "fishing.yaml", folder=tmp_path).returncode == 0
    )
    assert motcua("check", "fishing.yaml", folder=tmp_path).stdout == "fishing.yaml: no faults\n"
    assert motcua("new", "X.fishing", "-o", "fishing.yaml", folder=tmp_path).returncode == 2
    (tmp_path / "own").mkdir()
    published = motcua("publish", tmp_path / "fishing.yaml", "--json", "--from", "2026-12-01", folder=tmp_path / "own")
    assert json.loads(published.stdout)["in_force_from"] == "2026-12-01"
    listed = json.loads(motcua("list", "--json", folder=tmp_path / "own").stdout)
    assert [one["title_vi"] for one in listed if one["code"] == "X.fishing"] == ["Cấp phép câu cá"]
    walked = motcua("rehearse", "X.fishing@1", "--from", "2026-08-21 16:00", "--json", folder=tmp_path / "own")
    assert json.loads(walked.stdout)["paths"][0]["ended"] == "2026-08-27T10:30:00+07:00"
    drawn = motcua("draw", "X.fishing", "-o", tmp_path / "fishing.svg", folder=tmp_path / "own")
    assert drawn.returncode == 0
    assert "Thẩm định hồ sơ" in (tmp_path / "fishing.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "9.999999"], "is not published"),
        (["show", "1.001193@x"], "write CODE@VERSION"),
        (["draw", "1.001193", "-o", "picture.gif"], "must end in .svg or .png"),
        (["rehearse", "1.001193", "--from", "tomorrow"], "cannot be read"),
        (["new", "../x"], "cannot be a procedure's code"),
        (["publish", str(FIRST)], "there is no folder to publish into"),
        (["publish", str(FIRST), "--folder", "x", "--from", "soon"], "is no day"),
        (["diff", str(FIRST), "missing.yaml"], "missing.yaml: cannot be read"),
    ],
)
def test_bad_input_gets_one_sentence(arguments: list[str], said: str) -> None:
    done = motcua(*arguments, MOTCUA_LANGUAGE="en")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
