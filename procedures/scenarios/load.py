"""The door for scenarios: a file comes in, a sound scenario or all its faults go out; one may build on another."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from procedures.fault import MOST_SHOWN, Fault, FaultyFileError
from procedures.scenarios.format import Scenario
from procedures.scenarios.layers import Layers, read_layers
from procedures.scenarios.names import World, check_names
from procedures.shape import known_keys, path_of, placed_faults
from procedures.yaml_text import Loc

_SHORT: Final[dict[str, dict[str, Any]]] = {
    "ArrivalsPart": {"type": "string", "description": "a rate, such as 4 per working day"},
    "DrawPart": {"type": ["string", "number"], "description": "a length that is always the same"},
}
"""Parts that may be written as one value, and how."""


def load_scenario(path: Path, world: World | None = None) -> Scenario:
    """Return the scenario of a sound file; ``extends`` names the file it builds on, beside it.

    Args:
        path: the file.
        world: where it finds what it names; None: names are not looked up, `procedures.scenarios.model` will.

    Raises:
        InputError: it, or one it builds on, is not there or not YAML, or they build on themselves.
        FaultyFileError: it has faults: all of them, each with its place.
    """
    layers = read_layers(path)
    faults = scenario_faults(layers, world)
    if faults:
        raise FaultyFileError(str(path), tuple(faults))
    found: Scenario = _adapter().validate_python(layers.document.data)
    return found


def scenario_faults(layers: Layers, world: World | None = None) -> list[Fault]:
    """Return everything that is wrong with a scenario: its own faults by line, then those of what it builds on."""
    document = layers.document
    if not isinstance(document.data, dict):
        message = "the file is not a map of keys and values"
        return [Fault(kind="wrong_type", path="", message=message, remedy="see docs/scenarios.md", line=1)]
    own: list[Fault] = [flaw for flaw, file in layers.flaws if not file]
    below: list[Fault] = [replace(flaw, path=f"{file}: {flaw.path}") for flaw, file in layers.flaws if file]

    def report(kind: str, loc: Loc, message: str, remedy: str) -> None:
        file, path, line = layers.file_of(loc), path_of(loc, document.data), document.line_of(loc)
        shown = f"{file}: {path}" if file else path
        fault = Fault(kind=kind, path=shown, message=message, remedy=remedy, line=line)
        (below if file else own).append(fault)

    for loc, fault in placed_faults(_adapter(), document):
        report(fault.kind, loc, fault.message, _remedy(loc, fault))
    if world is not None:
        check_names(document.data, world, report)
    found = sorted(own, key=lambda fault: fault.line) + sorted(below, key=lambda fault: fault.line)
    more = len(found) - MOST_SHOWN
    if more > 0:
        found[MOST_SHOWN:] = [Fault(kind="more_faults", path="", message=f"{more:,} more", remedy="mend those first")]
    return found


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of scenario files, with descriptions of every part."""
    schema = _adapter().json_schema(by_alias=True)
    for name, short in _SHORT.items():
        schema["$defs"][name] = {"anyOf": [short, schema["$defs"][name]]}
    officers = schema["$defs"]["OfficePart"]["properties"]["officers"]
    officers["anyOf"].insert(0, {"type": "integer", "minimum": 1, "maximum": 1000})
    schema["properties"]["extends"] = {"type": "string", "description": "the file this one builds on, beside it"}
    schema["required"] = ["scenario"]  # what it builds on may say the rest
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:motcua:scenario:1",
        **schema,
        "title": "Motcua scenario file, version 1",
    }


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Scenario)


def _remedy(loc: Loc, fault: Fault) -> str:
    """Return a fault's remedy: for an unknown key the nearest one of scenarios."""
    if fault.kind == "bad_limit":
        return "docs/scenarios.md lists what is expected"
    if fault.kind != "unknown_key" or not loc:
        return fault.remedy
    known = known_keys(Scenario) if len(loc) > 1 else {*Scenario.model_fields, "extends"}
    near = get_close_matches(str(loc[-1]), known, n=1)
    return f"did you mean {near[0]!r}?" if near else "remove it"
