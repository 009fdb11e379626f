"""`motcua simulate`: answers with intervals, comparisons over the same applicants, logs that can be read again."""

import json

import pytest

from tests.command import motcua

SCENARIO = """\
scenario: small
title: {vi: "nhỏ", en: "small"}
source: {text: "made up for tests", confirmed: false}
start: 2026-07-06
length: 5 weeks
warm_up: 1 weeks
officers: 1
procedures:
  - code: "1.012784"
    arrivals: 4 per working day
    service: {lognormal: {median: "3 office hours", sigma: 0.5}}
"""
MORE = """\
extends: small.yaml
scenario: more
title: {vi: "thêm người", en: "more officers"}
officers: 4
"""
MAP = """\
log: simulated
source: {text: "a simulation"}
zone: Asia/Ho_Chi_Minh
calendar: vn
procedure: "1.012784"
dossier: dossier
instant: completed
step: step
agency: agency
officer: officer
received: received
due: due
ended: ended
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {"small.yaml": SCENARIO, "more.yaml": MORE, "map.yaml": MAP}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def simulated(folder, *words):
    done = motcua("simulate", *words, "--json", "--workers", "1", folder=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_more_officers_mean_less_waiting_for_the_same_applicants(folder):
    found = simulated(folder, "small.yaml", "--compare", "more.yaml", "--replications", "4")
    assert (found["scenario"], found["replications"], found["seed"]) == ("small", 4, 7)
    figures = found["figures"]
    assert 50 < figures["submitted"]["mean"] < 110
    assert figures["on_time_by_date"]["low"] <= figures["on_time_by_date"]["mean"] <= 1
    (other,) = found["compared"]
    waits, submitted = (other["figures"][name] for name in ("wait_contention", "submitted"))
    assert submitted["difference"] == 0  # nobody came who did not come before
    assert waits["difference"] < 0
    assert waits["is_clear"]


def test_the_same_seed_gives_the_same_answers_and_another_others(folder):
    one, again, other = (
        simulated(folder, "small.yaml", "--replications", "2", "--seed", seed) for seed in ("3", "3", "4")
    )
    assert one == again
    assert one["figures"]["days_mean"] != other["figures"]["days_mean"]


def test_a_scenario_does_not_differ_from_itself(folder):
    found = simulated(folder, "small.yaml", "--compare", "small.yaml", "--replications", "3")
    assert {one["difference"] for one in found["compared"][0]["figures"].values()} == {0.0}


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.xes.gz", "out.parquet"])
def test_a_replication_is_a_log_that_can_be_judged(folder, name):
    found = simulated(folder, "small.yaml", "--replications", "1", "--log", name)
    mapping = MAP if "xes" not in name else MAP.replace("dossier: dossier", "dossier: case:concept:name").replace(
        "instant: completed", "instant: time:timestamp"
    ).replace("step: step", "step: concept:name").replace("agency: agency", "agency: org:group").replace(
        "officer: officer", "officer: org:resource"
    ).replace("received: received", "received: case:received").replace("due: due", "due: case:due").replace(
        "ended: ended", "ended: case:ended"
    )  # fmt: skip
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    done = motcua("log", "lateness", name, "--map", "map.yaml", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    judged = json.loads(done.stdout)
    assert judged["ended"] == found["figures"]["settled"]["mean"]
    assert judged["late"]["date"] == found["figures"]["late_by_date"]["mean"]


def test_people_get_tables_in_their_language(folder):
    words = ("simulate", "small.yaml", "--replications", "2", "--workers", "1", "--compare", "more.yaml")
    told = motcua(*words, folder=folder).stdout.decode("utf-8")
    assert "đúng hạn, đếm thực chất" in told
    assert "thêm người. So với nhỏ" in told
    assert "on time, counted honestly" in motcua(*words, "--lang", "en", folder=folder).stdout.decode("utf-8")


def test_officers_are_added_where_they_save_most(folder):
    words = ("small.yaml", "--optimise", "staff", "--budget", "1", "--replications", "2")
    without, more = simulated(folder, *words)
    assert (without["agency"], more["agency"] != "") == ("", True)
    assert more["late"] <= without["late"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.yaml",), "nowhere.yaml"),
        (("small.yaml", "--optimise", "luck"), "only staff can be optimised"),
        (("small.yaml", "--log", "out.pdf"), "a log is written as .csv"),
        (("small.yaml", "--replications", "0"), "replications"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(folder, words, said):
    done = motcua("simulate", *words, folder=folder)
    assert done.returncode == 2
    assert said in done.stderr.decode("utf-8")
    assert "Traceback" not in done.stderr.decode("utf-8")


def test_the_schema_of_scenarios_is_printed(folder):
    schema = json.loads(motcua("scenario-schema", folder=folder).stdout)
    assert {"scenario", "procedures", "extends", "conduct"} <= set(schema["properties"])
