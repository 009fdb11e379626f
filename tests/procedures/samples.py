"""Small builders: the first procedure as text and data, and procedures made of a few steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from procedures.fault import Fault, Severity
from procedures.faults import find_faults
from procedures.yaml_text import read_yaml

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "examples" / "first_procedure.yaml"
FILES = sorted((ROOT / "procedures" / "catalogue").rglob("*.yaml"))
SOURCE = {"text": "a test", "confirmed": False}


def title(name: str) -> dict[str, str]:
    return {"vi": name, "en": name}


def first() -> dict[str, Any]:
    """The first procedure as data that may be changed."""
    found = read_yaml(FIRST.read_text(encoding="utf-8"), "first").data
    assert isinstance(found, dict)
    return found


def with_steps(*steps: dict[str, Any], start: str = "") -> dict[str, Any]:
    """The first procedure with other steps; titles, kinds and roles are filled in."""
    data = first()
    data["roles"] = {key: data["roles"][key] for key in ("desk", "unit")}
    filled = []
    for step in steps:
        known = {"kind": "step", "title": title(step["code"]), **step}
        if known["kind"] in {"step", "service", "consultation", "posting", "sub_procedure"}:
            known.setdefault("role", "unit")
        filled.append(known)
    data["steps"] = filled
    data["start"] = start or filled[0]["code"]
    return data


def step(code: str, to: Any, **more: Any) -> dict[str, Any]:
    return {"code": code, "next": to, **more}


def end(code: str = "granted", kind: str = "granted") -> dict[str, Any]:
    return {"code": code, "kind": "end", "end": kind}


class _Plain(yaml.SafeDumper):
    """Writes the same value twice rather than an alias, which the door refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_text(data: Any) -> str:
    return yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False)


def faults_of(data: dict[str, Any] | str, **options: Any) -> list[Fault]:
    text = data if isinstance(data, str) else as_text(data)
    return find_faults(read_yaml(text, "test.yaml"), **options)


def kinds_of(data: dict[str, Any] | str, severity: Severity = Severity.FAULT) -> list[str]:
    return [fault.kind for fault in faults_of(data) if fault.severity is severity]
