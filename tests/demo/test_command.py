"""`motcua demo` as people and programs meet it."""

import json
import os

from console.commands.demo import tell
from store import open_store
from tests.command import run_text
from tests.demo.test_month import a_real_dossier
from workflows.demo import run_month


def motcua(*words, cwd):
    """Run the command line in a folder of its own."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    return run_text(*words, folder=cwd, environment=told)


def test_programs_get_one_document(tmp_path):
    done = motcua("demo", "--days", "2", "--seed", "3", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["seed"] == 3
    assert told["received"] == told["resolved"] + told["open"]
    assert {"early", "on_time", "late", "overdue", "by_agency", "by_procedure"} <= set(told)
    assert list(tmp_path.iterdir()) == []


def test_people_get_aligned_lines_in_their_language(tmp_path):
    vietnamese = motcua("demo", "--days", "2", cwd=tmp_path).stdout
    english = motcua("demo", "--days", "2", "--lang", "en", cwd=tmp_path).stdout
    assert "Theo nơi tiếp nhận" in vietnamese
    assert "By receiving desk" in english
    table = english.split("By receiving desk\n")[1].split("\n\n")[0].splitlines()
    assert len({len(line) for line in table}) == 1


def test_real_dossiers_are_refused_in_one_sentence(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/real.db") as store:
        a_real_dossier(store)
    done = motcua("demo", "--days", "2", "--db", f"sqlite:///{tmp_path}/real.db", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "not the demo's" in done.stderr


def test_a_day_beyond_the_calendar_is_one_sentence(tmp_path):
    done = motcua("demo", "--days", "2", "--from", "2027-12-29", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "2027" in done.stderr


def test_days_that_are_still_to_come_are_said_to_be(capsys):
    report = run_month(2, 3)

    def lines(now, **more):
        tell(report, "en", int(now.timestamp()), **more)
        return capsys.readouterr().out

    ends = report.until
    assert "still to come" not in lines(ends, is_kept=True)
    ahead = lines(ends.subtract(hours=1), is_kept=True)
    assert "these days last until 4 Nov 2026, which is still to come" in ahead
    assert '--at "2026-11-04 00:00"' in ahead
    assert "--at" not in lines(ends.subtract(hours=1), is_kept=False)
