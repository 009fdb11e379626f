"""The catalogue's files: without a fault, every number with its source, every doubt said."""

from pathlib import Path

import pytest

from procedures.catalogue import FOLDER, Catalogue, surroundings
from procedures.convert import sources_of
from procedures.door import load_file, read_procedure
from procedures.faults import find_faults, stops_publication

FILES = sorted(FOLDER.rglob("*.yaml"))
AROUND = surroundings()
NUMBERS = {"limit", "cap", "window", "ask_within", "lead", "within", "length", "amount", "max_requests", "max_times"}


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_has_no_fault(path):
    faults = stops_publication(find_faults(read_procedure(path), AROUND, warnings=False))
    assert [str(fault) for fault in faults] == []


def test_no_file_is_left_out_of_the_catalogue():
    assert Catalogue().broken == ()
    assert len(Catalogue().all()) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_number_stands_beside_a_source(path):
    def without(part, way):
        if isinstance(part, dict):
            named = NUMBERS & set(part)
            if named and "source" not in part:
                yield f"{way}: {sorted(named)}"
            for key, value in part.items():
                yield from without(value, f"{way}.{key}")
        elif isinstance(part, list):
            for place, value in enumerate(part):
                yield from without(value, f"{way}[{place}]")

    assert list(without(read_procedure(path).data, path.stem)) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_what_is_a_sample_or_was_not_read_is_marked_as_unconfirmed(path):
    doubtful = ("Sample", "sample", "not read", "was not", "were not", "our reading", "stands for unknown")
    for source in sources_of(load_file(path)):
        if source.confirmed:
            assert not any(word in source.text for word in doubtful), source.text


@pytest.mark.parametrize("path", FILES, ids=name)
def test_texts_are_in_both_languages(path):
    def same(part, way):
        if isinstance(part, dict):
            if {"vi", "en"} <= set(part) and part["vi"] == part["en"]:
                yield way
            for key, value in part.items():
                yield from same(value, f"{way}.{key}")
        elif isinstance(part, list):
            for place, value in enumerate(part):
                yield from same(value, f"{way}[{place}]")

    assert list(same(read_procedure(path).data, path.stem)) == []
