"""The command line starts fast: nothing of Prefect is imported but by what really drives flows."""

import json
import subprocess
import sys

import pytest

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
