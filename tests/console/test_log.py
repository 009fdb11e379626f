"""`motcua log …` on real logs prints the published figures, and one sentence where it cannot."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.command import run_text

ROOT = Path(__file__).parents[2]
LOGS = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
needs_logs = pytest.mark.skipif(not LOGS.is_dir(), reason="needs logs in $MOTCUA_DATA")


def run(*words, **more):
    return run_text("log", *words, folder=ROOT, environment={**os.environ, **more})


def told(word, log, mapping, *more):
    done = run(word, LOGS / log, "--map", ROOT / "examples/logs" / mapping, *more, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


INCIDENTS = ("BPIC13_incidents.xes.gz", "bpic13.yaml")
RECEIPT = ("receipt.xes.gz", "receipt.yaml")


@needs_logs
def test_cycles_and_triples_of_teams_are_the_published_ones():
    found = told("pingpong", *INCIDENTS, "--by", "agency")
    assert {key: found["cycles"][key] for key in ("distinct", "total", "dossiers")} == {
        "distinct": 866,
        "total": 1982,
        "dossiers": 1258,
    }
    assert (found["triples"]["total"], found["triples"]["dossiers"], found["handovers"]) == (2394, 1177, 9454)
    assert found["top"][:5] == [
        [["D4", "D5"], 57],
        [["D4", "N26"], 50],
        [["D8", "G179"], 40],
        [["D4", "D7"], 35],
        [["G230", "G97"], 31],
    ]


@needs_logs
@pytest.mark.parametrize(
    ("by", "distinct", "total", "dossiers"),
    [("organisation", 58, 943, 805), ("function", 150, 955, 779), ("officer", 2794, 3574, 1879)],
)
def test_cycles_by_other_attributes(by, distinct, total, dossiers):
    found = told("pingpong", *INCIDENTS, "--by", by)["cycles"]
    assert (found["distinct"], found["total"], found["dossiers"]) == (distinct, total, dossiers)


@needs_logs
def test_blank_values_are_skipped_unless_they_are_kept():
    skipped, kept = (told("pingpong", *INCIDENTS, "--by", "organisation", *more) for more in ((), ("--keep-blanks",)))
    assert (skipped["triples"]["total"], skipped["triples"]["dossiers"], skipped["handovers"]) == (1760, 797, 3785)
    assert (kept["triples"]["total"], kept["triples"]["dossiers"], kept["handovers"]) == (1876, 883, 4350)
    assert skipped["top"][:3] == [[["A2", "C"], 408], [["B", "C"], 130], [["C", "V11"], 64]]


@needs_logs
def test_the_receipt_log_with_and_without_empty_groups():
    skipped, kept = (told("pingpong", *RECEIPT, *more) for more in ((), ("--keep-blanks",)))
    assert (skipped["triples"]["total"], skipped["triples"]["dossiers"], skipped["handovers"]) == (165, 103, 3853)
    assert (kept["triples"]["total"], kept["triples"]["dossiers"], kept["handovers"]) == (439, 269, 5440)
    first = skipped["pairs"][0]
    assert (first["a"], first["b"], first["triples"], first["by_design"]) == ("group_1", "group_4", 70, True)


@needs_logs
def test_the_receipt_log_is_late_by_instant_by_date_and_by_rolled_date():
    found = told("lateness", *RECEIPT)
    assert found["late"] == {"instant": 377, "date": 309, "date_rolled": 304}
    assert (found["late_of"], found["open_overdue"], found["open_overdue_by"]["date"]) == (1329, 39, 37)
    assert (found["terms_days"]["56"], found["terms_days"]["98"]) == (1080, 58)
    assert found["attribution"]["dossiers"] == 377 + 39


@needs_logs
def test_waiting_for_the_user_and_pushing_to_the_front_and_nobody_is_accused_of_two_in_ten():
    found = told("signals", *INCIDENTS, "--signal", "P1", "--signal", "P5", "--by", "organisation")
    figures = {rule["code"]: rule["figures"] for rule in found["rules"]}
    assert (figures["P1"]["events"], figures["P1"]["cases"]) == (4217, 2495)
    assert figures["P1"]["share_of_time"] == pytest.approx(0.212, abs=0.0005)
    assert (figures["P1"]["twice_or_more"], figures["P1"]["five_times_or_more"]) == (911, 89)
    assert (figures["P5"]["right_order"], figures["P5"]["wrong_order"]) == (6553, 1001)
    rates = {rate["agency"]: rate for rate in found["rates"] if rate["code"] == "P1"}
    assert (rates["I"]["hits"] + rates["I"]["excused"], rates["I"]["chances"]) == (2, 10)
    assert {"I", "V1"}.isdisjoint({one["agency"] for one in found["signals"]})


@needs_logs
@pytest.mark.parametrize("word", ["summary", "waiting", "soon", "scorecard"])
def test_every_word_speaks_to_people_in_both_languages(word):
    log, mapping = LOGS / RECEIPT[0], ROOT / "examples/logs" / RECEIPT[1]
    vi, en = (run(word, log, "--map", mapping, "--lang", lang) for lang in ("vi", "en"))
    assert (vi.returncode, en.returncode) == (0, 0)
    assert vi.stdout != en.stdout
    assert len(en.stdout.splitlines()) > 3


SMALL = "case;at;step;who\na;2026-03-02 08:00;one;x\na;2026-03-03 08:00;two;y\n"
MAP = """\
log: small
source: {text: "made up"}
zone: Asia/Ho_Chi_Minh
local_times: true
calendar: {week: "Mon-Fri 08:00-17:00"}
procedure: x.small
separator: ";"
dossier: case
instant: at
step: step
agency: who
"""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("pingpong", "--by", "colour"), "there is agency, officer, step"),
        (("signals", "--signal", "S99"), "no such signal"),
        (("signals", "--by", "officer"), "never by person"),
        (("lateness", "--where", "nonsense"), "write NAME=VALUE"),
        (("lateness", "--where", "colour=red"), "no 'colour'"),
        (("scorecard", "--period", "week"), "not 'week'"),
        (("soon", "--calibrate"), "nothing to breach"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_two(tmp_path, words, sentence):
    (tmp_path / "log.csv").write_text(SMALL, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    word, *more = words
    done = run(word, tmp_path / "log.csv", "--map", tmp_path / "map.yaml", *more, MOTCUA_LANGUAGE="en")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.startswith("motcua: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("parameters: {S5: {wthin: 3}}", "no parameter 'wthin'"),
        ("parameters: {S5: {within: 42 days}}", "is no length"),
        ("parameters: {S99: {within: 3}}", "no signal 'S99'"),
    ],
)
def test_parameters_that_do_not_exist_are_refused(tmp_path, line, sentence):
    (tmp_path / "log.csv").write_text(SMALL, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAP + line + "\n", encoding="utf-8")
    done = run("signals", tmp_path / "log.csv", "--map", tmp_path / "map.yaml")
    assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr


TINY = """\
log: tiny
source: {text: made up}
zone: Asia/Ho_Chi_Minh
calendar: vn
procedure: X.tiny
dossier: case
instant: when
step: act
"""
LINES = """\
case,act,when,who,how
1,receive,2026-03-02T08:00:00+07:00,desk_a,Trực tuyến
1,decide,2026-03-05T08:00:00+07:00,desk_b,Trực tuyến
2,receive,2026-03-02T09:00:00+07:00,desk_a,online
3,receive,2026-03-02T10:00:00+07:00,desk_a,
"""


def tiny(folder, word, *more, mapping="", lines=LINES, name="tiny.csv"):
    """A log of three dossiers asked with a mapping of a few lines; what it printed, or its error and exit code."""
    (folder / name).write_text(lines, encoding="utf-8")
    (folder / "tiny.yaml").write_text(TINY + mapping, encoding="utf-8")
    done = run(word, folder / name, "--map", folder / "tiny.yaml", *more)
    return done.stdout if done.returncode == 0 else (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("word", "more", "told"),
    [
        ("signals", ("--agency", "desk_c"), "--agency desk_c: tiny knows no such agency; did you mean 'desk_b'?"),
        ("lateness", ("--where", "channel=Nada"), "no dossier has channel 'Nada'; there is Trực tuyến, online"),
        ("lateness", ("--where", "channel!=onlin"), "no dossier has channel 'onlin'; did you mean 'online'?"),
    ],
)
def test_a_value_nobody_has_is_refused_with_the_nearest_one(tmp_path, word, more, told):
    code, said = tiny(tmp_path, word, *more, "--lang", "en", mapping="agency: who\nchannel: how\n")
    assert (code, told in said) == (2, True)


def test_a_value_that_leaves_nothing_after_another_condition_is_no_fault(tmp_path):
    conditions = ("--where", "channel=online", "--where", "outcome=granted", "--json")
    assert json.loads(tiny(tmp_path, "lateness", *conditions, mapping="channel: how\n"))["dossiers"] == 0


def test_what_the_source_does_not_tell_is_said_instead_of_zeros(tmp_path):
    assert tiny(tmp_path, "pingpong", "--lang", "en") == "The source does not tell which agency had dossiers.\n"
    assert tiny(tmp_path, "pingpong", "--by", "officer", "--lang", "vi") == "Nguồn không cho biết ai xử lý hồ sơ.\n"
    assert json.loads(tiny(tmp_path, "pingpong", "--json"))["told"] is False
    assert json.loads(tiny(tmp_path, "pingpong", "--json", mapping="agency: who\n"))["told"] is True
    late = tiny(tmp_path, "lateness", "--lang", "en")
    for said in ("when dossiers are due; none can be late", "when dossiers ended; all count as open", "came in; all"):
        assert f"The source does not tell {said}" in late or f"how applications {said}" in late
    assert "by the instant" not in late
    scores = tiny(tmp_path, "scorecard", "--lang", "en")
    assert "The source does not tell which agency had dossiers." in scores
    assert re.search(r"^agencies +-$", tiny(tmp_path, "summary", "--lang", "en"), re.MULTILINE)


def test_channels_that_are_not_understood_are_told_with_counts_and_what_to_write(tmp_path):
    said = tiny(tmp_path, "lateness", "--lang", "en", mapping="channel: how\n")
    assert "Channels not understood: Trực tuyến (1); counted as direct, by post." in said
    assert "Under channel: values: in the mapping rename each to one of online, direct, post, email, internal." in said
    assert "Dossiers with no channel recorded: 1; counted as direct, by post." in said
    assert "Không hiểu cách nộp: Trực tuyến (1)" in tiny(tmp_path, "lateness", "--lang", "vi", mapping="channel: how\n")
    channels = json.loads(tiny(tmp_path, "lateness", "--json", mapping="channel: how\n"))["channels"]
    assert (channels["not_understood"], channels["not_recorded"]) == ({"Trực tuyến": 1}, 1)
    mapped = "channel: {attribute: how, values: {Trực tuyến: online}}\n"
    assert "not understood" not in tiny(tmp_path, "lateness", "--lang", "en", mapping=mapped)


def test_a_signal_that_is_not_judged_tells_what_to_add_to_the_mapping(tmp_path):
    said = tiny(tmp_path, "signals", "--lang", "en")
    assert "agencies (agency), apology_issued (acts: apology_issued), due (due or term)" in said
    assert re.search(r"S14 .*: applicants \(applicant\), received\*$", said, re.MULTILINE)
    assert "In brackets: the key to add to the mapping" in said
    assert "* only dossiers handled in motcua tell it." in said
    rules = {rule["code"]: rule for rule in json.loads(tiny(tmp_path, "signals", "--json"))["rules"]}
    assert rules["S14"]["add_to_mapping"] == {"applicants": "applicant", "received": None}


def test_contradictions_periods_and_indices_are_said_in_the_readers_language(tmp_path):
    backwards = LINES.replace("2026-03-05T08", "2026-03-01T08")
    assert "sự kiện đi ngược thời gian" in tiny(tmp_path, "summary", "--lang", "vi", lines=backwards)
    assert "events that run backwards in time" in tiny(tmp_path, "summary", "--lang", "en", lines=backwards)
    scores = tiny(tmp_path, "scorecard", "--lang", "vi", mapping="agency: who\n")
    assert "cả thời gian" in scores
    assert "Chỉ số 1–3 theo TT 01/2018/TT-VPCP" in scores
    assert "(2) the agency's own time at each step" in tiny(tmp_path, "scorecard", "--lang", "en")


def test_the_instant_of_judgement_is_written_as_people_do(tmp_path):
    lines = LINES.replace("who,how", "due,how").replace("desk_a", "2026-03-04T17:00:00+07:00")
    lines = lines.replace("desk_b", "2026-03-04T17:00:00+07:00")
    assert ", 05/03/2026 08:00" in tiny(tmp_path, "lateness", "--lang", "vi", mapping="due: due\n", lines=lines)
    said = tiny(tmp_path, "lateness", "--lang", "en", mapping="due: due\n", lines=lines)
    assert ", 2026-03-05 08:00+07:00" in said
    heading = next(line for line in said.splitlines() if "without due date" in line)
    assert "settled" in heading  # it is counted among what was settled, not among what is pending


@needs_logs
def test_pingpong_explains_its_figures_and_gives_programs_all_of_them():
    said = run("pingpong", LOGS / RECEIPT[0], "--map", ROOT / "examples/logs" / RECEIPT[1], "--lang", "en").stdout
    found = told("pingpong", *RECEIPT)
    cycles = found["cycles"]
    assert f"{cycles['total']:,}, {cycles['distinct']:,} different, {cycles['dossiers']:,} dossiers" in said
    assert len(found["top"]) == cycles["distinct"] > 20
    assert sum(pair["triples"] for pair in found["pairs"]) == found["triples"]["total"]
    assert sum(pair["designed"] for pair in found["pairs"]) == found["triples"]["by_design"]


@pytest.mark.parametrize("word", ["lateness", "soon", "scorecard"])
def test_a_date_the_calendar_does_not_reach_is_told_with_its_dossier(tmp_path, word):
    lines = "case,act,when,due\n7,receive,2026-03-02T08:00:00+07:00,2031-03-04T08:00:00+07:00\n"
    code, said = tiny(tmp_path, word, mapping="due: due\n", lines=lines)
    assert code == 2
    assert said.startswith("motcua: dossier 7 (due): calendar vn covers")
    assert "2031-03-04 lies beyond its last known day" in said
    assert "element" not in said
