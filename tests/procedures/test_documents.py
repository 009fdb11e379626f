"""The document names every fault there is, and what it says about Python holds."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

from procedures.catalogue import Catalogue
from procedures.door import load_procedure
from tests.procedures.samples import FIRST, ROOT

PAGE = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8")


def kinds_in(path: Path) -> set[str]:
    """The first argument of every `fault`, `warn` and `flaw`, and the first of three returned by the shape's words."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PUTTING:
            found |= {first.value for first in node.args[:1] if isinstance(first, ast.Constant)}
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
            found |= {first.value for first in node.value.elts[:1] if isinstance(first, ast.Constant)}
    return {kind for kind in found if isinstance(kind, str)}


_PUTTING = {"fault", "warn", "flaw"}


def test_every_kind_of_fault_is_documented() -> None:
    folder = ROOT / "procedures"
    files = [*(folder / "checks").glob("*.py"), folder / "shape.py", folder / "yaml_text.py"]
    kinds = set().union(*(kinds_in(path) for path in files))
    assert len(kinds) > 35
    assert sorted(kind for kind in kinds if f"`{kind}`" not in PAGE) == []


def test_the_lines_of_python_hold() -> None:
    procedure = load_procedure(FIRST)
    assert procedure.graph.edges["rare", "ask"]["outcomes"] == (("done", "data.protected == true"),)
    assert Catalogue().in_force("1.001193", date(2026, 8, 21)).version == 1
