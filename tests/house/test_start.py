"""The command line starts fast: nothing of Prefect is imported but by what really drives flows."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("engine", "procedures", "store", "workflows", "console")

PROBE = """
import json, sys
from console.app import main
sys.argv = ["motcua", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as end:
    code = end.code
watched = {"prefect", "polars", "pandas", "altair", "rich.console"}
print(json.dumps({"code": code, "heavy": sorted(watched & set(sys.modules))}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["time", "due", "2026-08-21 16:00", "3 working days"],
        ["calendar", "list"],
        ["procedures", "list"],
        ["settings"],
        ["dossier", "act", "--help"],
        ["dossier", "submit", "X.a", "--agency", "x", "--applicant", "nobody"],
        ["inbox", "--agency", "cau_gio.desk"],
        ["overdue"],
    ],
    ids=" ".join,
)
def test_a_command_starts_without_prefect_table_libraries_or_rich(words, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(words)], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    found = json.loads(done.stderr.strip().splitlines()[-1])
    assert found["heavy"] == []
    assert found["code"] == (2 if "nobody" in words else 0)


ALONE = """
import os, sys, traceback
from importlib import import_module
for library in ("numba", "polars", "networkx", "sqlmodel"):
    import_module(library)
for module in sys.argv[1:]:
    if not (child := os.fork()):
        try:
            import_module(module)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(module)
"""


def late_imports():
    """Our modules that functions of the console import."""
    for path in sorted((ROOT / "console").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        imports = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
        yield from (node.module for node in imports if (node.module or "").split(".")[0] in OURS)


def test_what_a_command_imports_late_can_be_imported_before_all_else():
    modules = sorted(set(late_imports()))
    assert len(modules) > 50
    done = subprocess.run([sys.executable, "-c", ALONE, *modules], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "", done.stderr
