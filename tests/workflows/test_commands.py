"""The journey of a dossier through the real commands: handed in, received, driven, late, explained, ended."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run_text
from tests.workflows.conftest import PROCEDURES

APPLICANT = '{"name": "Trần Thị B", "address": "12 Hoa Sim", "email": "b@example.vn", "id_number": "0012"}'


class Counter:
    """Someone at a counter with a terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PREFECT_"))}
        self.environ = kept | {
            "MOTCUA_DATABASE": f"sqlite:///{folder / 'motcua.db'}",
            "MOTCUA_PROCEDURES": str(PROCEDURES),
            "MOTCUA_LANGUAGE": "en",
        }

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = run_text(*words, folder=self.folder, environment=self.environ)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        if code in {2, 3, 4}:
            assert done.stdout == ""
            assert done.stderr.startswith("motcua: ")
            assert done.stderr.count("\n") == 1
        return done

    def json(self, *words: str, code: int = 0):
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def received(self, when: str) -> str:
        submitted = self.json(
            *("dossier", "submit", "T.hand", "--agency", "doi_sim.desk", "--applicant", "applicant.json"),
            *("--data", '{"kind": "a"}', "--at", when),
        )
        received = self.json(
            "dossier", "act", submitted["dossier_id"], "receive", "--by", "doi_sim.desk.02", "--at", when
        )
        return received["dossier_no"]


@pytest.fixture
def counter(tmp_path) -> Counter:
    (tmp_path / "applicant.json").write_text(APPLICANT, encoding="utf-8")
    return Counter(tmp_path)


def test_a_dossier_goes_through_and_every_command_tells_of_it(counter):
    no = counter.received("2026-09-14 08:00")
    assert no == "H99.33.01-260914-0001"
    assert counter.json("drive", "--at", "2026-09-14 08:05")["facts"] == 3
    (line,) = counter.json("inbox", "--agency", "doi_sim.committee")
    assert (line["dossier"], line["step"]) == (no, "check")
    counter.run("dossier", "act", no, "take-up", "--by", "doi_sim.committee.03", "--at", "2026-09-14 09:00")
    counter.run("dossier", "act", no, "finish-step", "--by", "doi_sim.committee.03", "--at", "2026-09-14 10:00")
    counter.run("drive", "--at", "2026-09-14 10:01")
    (counter.folder / "done.yaml").write_text("outcome: done\n", encoding="utf-8")
    counter.run(
        *("dossier", "act", no, "finish-step", "--by", "doi_sim.committee.01"),
        *("--data", "done.yaml", "--at", "2026-09-14 11:00"),
    )
    counter.run("drive", "--at", "2026-09-14 11:01")
    counter.run("dossier", "act", no, "issue-result", "--by", "doi_sim.desk.02", "--at", "2026-09-14 14:00")
    shown = counter.json("dossier", "show", no)
    assert shown["status"] == 10
    assert shown["outcome"] == "granted"
    assert shown["grade"] == "early"
    assert "result issued" in counter.run("dossier", "show", no).stdout
    history = counter.json("dossier", "history", no)
    assert [row["version"] for row in history] == list(range(1, len(history) + 1))
    assert history[-1]["kind"] == "result_issued.1"
    sheet = list(csv.DictReader(io.StringIO(counter.run("dossier", "control-sheet", no, "--csv").stdout)))
    assert [row["step"] for row in sheet] == ["Check", "Sign"]
    assert {row["grade"] for row in sheet} == {"early"}
    register = list(csv.DictReader(io.StringIO(counter.run("register", "--csv").stdout)))
    assert register[0]["dossier"] == no
    assert "Trần" not in counter.run("dossier", "history", no).stdout


def test_a_late_dossier_is_found_and_explained(counter):
    no = counter.received("2026-09-14 08:00")
    counter.run("drive", "--at", "2026-09-14 08:05")
    assert "nothing is overdue" in counter.run("overdue", "--at", "2026-09-15 09:00").stdout
    (late,) = counter.json("overdue", "--at", "2026-09-22 09:00", code=1)
    assert late["dossier"] == no
    assert late["late_by"] == 5_400
    assert late["held_by"] == ["doi_sim.committee"]
    assert no in counter.run("overdue", "--at", "2026-09-22 09:00", "--csv", code=1).stdout
    assert counter.json("overdue", "--at", "2026-09-22 09:00", "--steps", code=1)[0]["step"] == "check"
    why = counter.json("why", no)
    assert why["agrees"]
    assert why["legal"]["due"] == "2026-09-21T17:00:00+07:00" == why["recorded_due"]
    assert [held["step"] for held in why["held_by"]] == ["check"]
    english, vietnamese = counter.run("why", no).stdout, counter.run("why", no, "--lang", "vi").stdout
    assert "counted, day 5" in english
    assert "tính, ngày thứ 5" in vietnamese
    assert counter.json("watch", "--at", "2026-10-01 09:00")["facts"] > 0
    assert counter.json("watch", "--at", "2026-10-01 09:00")["facts"] == 0


def test_what_the_rules_forbid_is_one_sentence_and_three(counter):
    no = counter.received("2026-09-14 08:00")
    counter.run("drive", "--at", "2026-09-14 08:05")
    told = counter.run("dossier", "act", no, "finish-step", "--by", "p.construction.01", code=3).stderr
    assert "p.construction.01" in told
    told = counter.run(
        *("dossier", "act", no, "finish-step", "--by", "doi_sim.committee.03", "--agency", "p.construction"), code=3
    ).stderr
    assert "does not belong" in told
    assert "open now" in counter.run("dossier", "act", no, "issue-result", "--by", "doi_sim.desk.02", code=3).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dossier", "show", "H00-260101-0001"], "no dossier"),
        (["why", "nothing"], "no dossier"),
        (["inbox", "--agency", "nobody"], "nobody"),
        (["overdue", "--at", "soon"], "instant"),
        (["overdue", "--json", "--csv"], "choose one"),
        (["incidents", "--retry", "7"], "7"),
        (["register", "--from", "2026-13-01"], "instant"),
    ],
)
def test_wrong_usage_is_one_sentence_and_two(counter, words, said):
    assert said in counter.run(*words, code=2).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1, 2]", "mapping"),
        ('{"name": ["x"]}', "name"),
        ('{"nickname": "x"}', "nickname"),
        ("{", "applicant.json"),
        ("", "empty"),
    ],
)
def test_an_applicant_that_cannot_be_read_is_one_sentence(counter, content, said):
    (counter.folder / "applicant.json").write_text(content, encoding="utf-8")
    told = counter.run(
        "dossier", "submit", "T.hand", "--agency", "doi_sim.desk", "--applicant", "applicant.json", code=2
    )
    assert said in told.stderr


def test_the_same_command_twice_is_told(counter):
    no = counter.received("2026-09-14 08:00")
    counter.run("drive", "--at", "2026-09-14 08:05")
    act = ("dossier", "act", no, "take-up", "--by", "doi_sim.committee.03", "--command-id", "c-1")
    assert not counter.json(*act)["repeated"]
    assert counter.json(*act)["repeated"]


def test_an_incident_is_listed_and_can_be_retried(counter):
    submitted = counter.json(
        "dossier", "submit", "T.hand", "--agency", "doi_sim.desk", "--applicant", APPLICANT, "--at", "2026-09-14 08:00"
    )
    counter.run("dossier", "act", submitted["dossier_id"], "receive", "--by", "doi_sim.desk.02")
    assert counter.json("drive")["incidents"] == 1
    (incident,) = counter.json("incidents")
    assert incident["stage"] == "drive"
    assert "kind" in incident["error"]
    assert counter.json("drive")["dossiers"] == 0
    counter.run("incidents", "--retry", str(incident["id"]))
    assert counter.json("drive")["incidents"] == 1
    assert counter.json("incidents")[0]["attempts"] == 2


def test_commands_do_not_import_prefect(counter):
    words = ["flows", "--json"]
    script = (
        "import sys\nfrom console.app import main\n"
        f"sys.argv = {['motcua', *words]!r}\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'prefect']\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=counter.environ, cwd=counter.folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not json.loads(done.stdout)["prefect"]["is_up"]
