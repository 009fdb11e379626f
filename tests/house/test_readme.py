"""What the README tells a newcomer to type does what it says, word for word, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXPECTED_CODES = {"motcua overdue": 1, "issue-result": 3}


def lines(heading: str) -> list[str]:
    """The lines of all shell blocks below a heading."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def type_in(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = kept | {"PATH": path, "MOTCUA_LANGUAGE": "en", "PYTHONUTF8": "1"}
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.timeout(600)
def test_ten_minutes_end_with_a_late_dossier(tmp_path):
    told: dict[str, str] = {}
    dossier_id = "ID"
    for line in lines("Ten minutes: define a procedure, submit a dossier, see it late")[3:]:
        done = type_in(line.replace(" ID ", f" {dossier_id} "), tmp_path)
        wanted = next((code for words, code in EXPECTED_CODES.items() if words in line), 0)
        assert done.returncode == wanted, f"{line}\n{done.stdout}{done.stderr}"
        told[line.split("#")[0].strip()] = done.stdout + done.stderr
        if "dossier submit" in line:
            dossier_id = done.stdout.split()[0]
    assert (tmp_path / "kiosk.svg").read_text(encoding="utf-8").count("<svg") == 1
    assert "H99.31.01-261109-0001" in told["motcua inbox --agency cau_gio.committee"]
    assert re.search(r"H99.31.01-261109-0001 +X.kiosk +.+ \(cau_gio.desk\) +17:00 16 Nov 2026", told["motcua overdue"])
    assert "Mon 16 Nov 2026   counted, day 5" in told["motcua why H99.31.01-261109-0001"]
    assert "Past the legal term, due 17:00 16 Nov 2026." in told["motcua dossier history H99.31.01-261109-0001"]
    assert "no result has been decided" in next(text for line, text in told.items() if "issue-result" in line)


def test_the_setup_lines_are_the_two_commands_and_setup():
    assert [line.split("#")[0].strip() for line in lines("Two commands")] == ["make run", "make test"]
    assert lines("Ten minutes: define a procedure, submit a dossier, see it late")[0] == "make setup"


def test_working_time_alone(tmp_path):
    for line in lines("Working time alone"):
        done = type_in(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout
