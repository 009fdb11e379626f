"""The examples run as they stand, and say what their readers are promised."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from console.app import build

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_library_example_defines_drives_and_judges(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "library.py")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "critical path: inspect > rare > ask > post > sign > granted" in told
    assert "refused: dossier H99.31.01-260820-0001: cannot issue-result" in told
    assert "received it as H99.31.01-260820-0001, due 17:00 8 Sep 2026." in told
    assert "Past the legal term, due 17:00 8 Sep 2026." in told
    assert "by date: overdue (quá hạn)" in told
    assert "late by 2.5 office hours" in told


def test_the_first_procedure_is_free_of_faults():
    result = CliRunner().invoke(build(), ["procedures", "check", str(EXAMPLES / "first_procedure.yaml")])
    assert result.exit_code == 0, result.output
