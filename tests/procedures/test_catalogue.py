"""The catalogue and publication: versions in force, nothing overwritten, the same twice is once."""

from __future__ import annotations

from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from engine.errors import InputError, NotAllowedError, UnknownNumberError
from procedures.catalogue import Catalogue, publish, surroundings
from procedures.fault import FaultyFileError
from tests.procedures.samples import FIRST

AROUND = surroundings()


def edition(folder: Path, version: int, limit: str, name: str = "") -> Path:
    text = FIRST.read_text(encoding="utf-8").replace("limit: 10 working days", f"limit: {limit}")
    path = folder / (name or f"draft{version}.yaml")
    path.write_text(text.replace("version: 1\n", f"version: {version}\n", 1), encoding="utf-8")
    return path


def test_a_file_is_published_and_found(tmp_path: Path) -> None:
    done = publish(FIRST, tmp_path / "own", AROUND)
    assert done.is_new
    assert done.path == tmp_path / "own" / "X.tree_felling.v1.yaml"
    assert done.path.read_bytes() == FIRST.read_bytes()
    assert Catalogue([tmp_path / "own"]).get("X.tree_felling").digest == done.procedure.digest


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.touch()
    with pytest.raises(InputError, match="is not a folder; published procedures go into one"):
        publish(FIRST, file, AROUND)


def test_the_same_content_twice_is_published_once(tmp_path: Path) -> None:
    publish(FIRST, tmp_path, AROUND)
    again = tmp_path / "again.txt"
    again.write_text("# another comment\n" + FIRST.read_text(encoding="utf-8"), encoding="utf-8")
    assert not publish(again, tmp_path, AROUND).is_new
    assert [path.name for path in tmp_path.glob("*.yaml")] == ["X.tree_felling.v1.yaml"]


def test_a_published_version_is_not_changed(tmp_path: Path) -> None:
    own = tmp_path / "own"
    publish(FIRST, own, AROUND)
    before = (own / "X.tree_felling.v1.yaml").read_bytes()
    with pytest.raises(NotAllowedError, match=r"published with other content.*version: 2"):
        publish(edition(tmp_path, 1, "12 working days"), own, AROUND)
    with pytest.raises(NotAllowedError, match="published with other content"):
        publish(FIRST, own, AROUND, since=date(2027, 1, 1))
    assert (own / "X.tree_felling.v1.yaml").read_bytes() == before


def test_a_new_version_ends_the_one_before(tmp_path: Path) -> None:
    own = tmp_path / "own"
    publish(FIRST, own, AROUND)
    publish(edition(tmp_path, 2, "12 working days"), own, AROUND, since=date(2026, 12, 1))
    catalogue = Catalogue([own])
    first, second = catalogue.versions("X.tree_felling")
    assert (first.in_force_from, first.in_force_to) == (date(2026, 1, 1), date(2026, 11, 30))
    assert (second.in_force_from, second.in_force_to) == (date(2026, 12, 1), None)
    assert catalogue.in_force("X.tree_felling", date(2026, 11, 30)).version == 1
    assert catalogue.in_force("X.tree_felling", date(2026, 12, 1)).version == 2
    assert catalogue.get("X.tree_felling").version == 2
    with pytest.raises(InputError, match="not in force on 2025-12-31: version 1 from 2026-01-01 to 2026-11-30"):
        catalogue.in_force("X.tree_felling", date(2025, 12, 31))


def test_a_later_version_begins_on_a_later_day(tmp_path: Path) -> None:
    own = tmp_path / "own"
    publish(FIRST, own, AROUND)
    with pytest.raises(NotAllowedError, match="a later version begins on a later day"):
        publish(edition(tmp_path, 2, "12 working days"), own, AROUND)


def test_the_day_in_force_replaces_only_itself(tmp_path: Path) -> None:
    done = publish(FIRST, tmp_path, AROUND, since=date(2026, 12, 1))
    before = FIRST.read_text(encoding="utf-8")
    assert done.path.read_text(encoding="utf-8") == before.replace("{from: 2026-01-01}", "{from: 2026-12-01}")


def test_a_faulty_file_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(FaultyFileError, match="3 days"):
        publish(edition(tmp_path, 1, "3 days"), tmp_path / "own", AROUND)
    assert not (tmp_path / "own").exists()


def _publish(arguments: tuple[Path, Path]) -> str:
    try:
        return "new" if publish(*arguments, AROUND).is_new else "same"
    except NotAllowedError:
        return "refused"


def test_of_several_people_who_publish_at_once_one_wins(tmp_path: Path) -> None:
    own = tmp_path / "own"
    drafts = [(edition(tmp_path, 1, f"{n} working days", f"draft{n}.yaml"), own) for n in (10, 11, 12, 13)]
    with get_context("spawn").Pool(4) as pool:
        found = pool.map(_publish, drafts)
    assert sorted(found) == ["new", "refused", "refused", "refused"]
    assert len(list(own.iterdir())) == 1


def test_an_unknown_code_or_version_is_said() -> None:
    catalogue = Catalogue()
    with pytest.raises(UnknownNumberError, match=r"'9\.999999' is not published"):
        catalogue.get("9.999999")
    with pytest.raises(UnknownNumberError, match="no version 99; published: 1"):
        catalogue.get("1.001193", 99)


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text('code: "1.999999"\nversion: [', encoding="utf-8")
    catalogue = Catalogue([tmp_path])
    assert len(catalogue.all()) > 20
    assert [str(error) for error in catalogue.broken if "broken.yaml" in str(error)]
    with pytest.raises(InputError, match="is not YAML"):
        catalogue.get("1.999999")


def test_one_version_with_two_contents_is_reported(tmp_path: Path) -> None:
    edition(tmp_path, 1, "10 working days", "a.yaml")
    edition(tmp_path, 1, "12 working days", "b.yaml")
    [error] = Catalogue([tmp_path], with_own=False).broken
    assert "also stands, with other content" in str(error)
