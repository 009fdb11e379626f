"""The door for scenarios: a file comes in, a sound scenario or all its faults go out; one may build on another."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from engine.errors import InputError
from procedures.fault import FaultyFileError
from procedures.scenario_format import Scenario
from procedures.shape import shape_faults, text_faults
from procedures.yaml_text import Document, Plain, read_text, read_yaml

MOST_BELOW: Final = 10
"""Files that may build on one another."""

_NAMED: Final = {"procedures": "code"}
"""Lists whose entries are merged by a key; of others a file's own take the place of what it builds on."""
_ADDED: Final = frozenset({"conduct", "changes", "surges", "merge", "days_off", "worked_days"})
"""Lists to which a file's own are added."""


def load_scenario(path: Path) -> Scenario:
    """Return the scenario of a sound file; ``extends`` names the file it builds on, beside it.

    Raises:
        UnreadableError: it, or one it builds on, is not there or not YAML.
        FaultyFileError: it has faults: all of them, each with its place.
    """
    document = read_yaml(read_text(path), str(path))
    faults = text_faults(document)
    if not faults:
        merged = _whole(path, document, MOST_BELOW)
        adapter = TypeAdapter(Scenario)
        faults = shape_faults(adapter, Document(data=merged, marks=document.marks))
        if not faults:
            found: Scenario = adapter.validate_python(merged)
            return found
    raise FaultyFileError(str(path), tuple(faults))


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files."""
    schema = TypeAdapter(Scenario).json_schema(by_alias=True)
    schema["properties"]["extends"] = {"type": "string", "description": "a file this one builds on"}
    return schema | {"title": "Motcua scenario", "$schema": "https://json-schema.org/draft/2020-12/schema"}


def _whole(path: Path, document: Document, left: int) -> Plain:
    """Return a file's data together with what it builds on."""
    data = document.data
    if not isinstance(data, dict) or "extends" not in data:
        return data
    name = data["extends"]
    if not isinstance(name, str):
        raise InputError(f"{path}: extends: write the name of a file beside this one")
    if not left:
        raise InputError(f"{path}: more than {MOST_BELOW} files build on one another; perhaps one builds on itself")
    below = path.parent / name
    base = _whole(below, read_yaml(read_text(below), str(below)), left - 1)
    own = {key: value for key, value in data.items() if key != "extends"}
    return _merged(base, own) if isinstance(base, dict) else own


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return two maps as one; where both say something, the own counts."""
    found = dict(base)
    for key, value in own.items():
        before = found.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            found[key] = _merged(before, value)
        elif isinstance(before, list) and isinstance(value, list) and key in _NAMED:
            found[key] = _by_name(before, value, _NAMED[key])
        elif isinstance(before, list) and isinstance(value, list) and key in _ADDED:
            found[key] = [*before, *value]
        else:
            found[key] = value
    return found


def _by_name(base: list[Any], own: list[Any], name: str) -> list[Any]:
    found = list(base)
    for entry in own:
        code = entry.get(name) if isinstance(entry, dict) else None
        place = next((n for n, one in enumerate(found) if isinstance(one, dict) and one.get(name) == code), -1)
        if place < 0 or not isinstance(entry, dict):
            found.append(entry)
        else:
            found[place] = _merged(found[place], entry)
    return found
