"""Whatever the file, `check` answers with faults or one refusal: never a traceback, never for ever."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.catalogue import surroundings
from procedures.convert import to_procedure
from procedures.faults import file_adapter, find_faults, stops_publication
from procedures.yaml_text import UnreadableError, read_yaml
from tests.procedures.samples import FILES, FIRST, as_text

_TEXTS = [path.read_text(encoding="utf-8") for path in (FIRST, *FILES[::4])]
_DATA: list[Any] = [read_yaml(text, "real").data for text in _TEXTS]
_AROUND = surroundings()
_KINDS = ["step", "split", "join", "decision", "end", "wait", "posting", "consultation", "service", "sub_procedure"]
_TERMS = ["same day", "3 days", "3 working days", "0 months", "none", "15:00", "2025-07-01", "1.001193"]
_OTHERS = ["", "done", "start", "check", "granted", "vn", "((", "data.x == true", "channel == 'fax'", "a\u0306"]
_WORDS = st.sampled_from([*_KINDS, *_TERMS, *_OTHERS])
_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), _WORDS, st.text(max_size=20))
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4), max_leaves=12
)
_SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def judged(text: str) -> None:
    """Judge a text; what has no faults must become a procedure."""
    try:
        document = read_yaml(text, "fuzz.yaml")
    except UnreadableError as error:
        _one_sentence(error)
        return
    faults = find_faults(document, _AROUND, warnings=False)
    for fault in faults:
        assert fault.message
        assert fault.remedy
        str(fault).encode("utf-8")
    if not stops_publication(faults):
        to_procedure(file_adapter().validate_python(document.data))


def _one_sentence(error: UnreadableError) -> None:
    assert "\n" not in str(error)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [found for key in keys for found in ((*way, key), *_places(value[key], (*way, key)))]


@st.composite
def mutated_procedures(draw: st.DrawFn) -> str:
    data = copy.deepcopy(draw(st.sampled_from(_DATA)))
    for _ in range(draw(st.integers(1, 4))):
        places = _places(data)
        *way, last = draw(st.sampled_from(places))
        at = data
        for key in way:
            at = at[key]
        match draw(st.sampled_from(["replace", "remove", "copy", "rename"])):
            case "replace":
                at[last] = draw(_VALUES)
            case "remove":
                del at[last]
            case "copy":
                *from_way, from_last = draw(st.sampled_from(places))
                source = data
                try:
                    for key in (*from_way, from_last):
                        source = source[key]
                except (KeyError, IndexError, TypeError):
                    continue
                at[last] = copy.deepcopy(source)
            case "rename" if isinstance(at, dict):
                at[draw(_WORDS)] = at.pop(last)
            case _:
                pass
    return as_text(data)


@_SLOW
@given(mutated_procedures())
def test_a_mutated_procedure_is_judged(text: str) -> None:
    judged(text)


@_SLOW
@given(st.sampled_from(_TEXTS), st.data())
def test_a_procedure_with_damaged_letters_is_judged(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 30))
        text = text[:at] + data.draw(st.text(max_size=12) | _WORDS) + text[at + length :]
    judged(text)


@_SLOW
@given(_VALUES)
def test_any_yaml_is_judged(value: Any) -> None:
    judged(as_text(value))


@_SLOW
@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    judged(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_judged(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    from procedures.yaml_text import read_text

    path = tmp_path_factory.mktemp("bytes") / "file.yaml"
    path.write_bytes(raw)
    try:
        text = read_text(path)
    except UnreadableError as error:
        _one_sentence(error)
        return
    judged(text)
