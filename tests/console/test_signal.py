"""`motcua signal` from the outside: who may do what, what is printed, and that nobody is named too early."""

import json
import shutil

import pytest

from store import open_store
from tests.command import motcua
from tests.workflows.conftest import PROCEDURES, House, at
from workflows.signal_files import signal_files
from workflows.signals import raise_signals
from workflows.watch import watch

NAMED = "doi_sim.committee.04"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder whose database holds a signal: papers asked for that are not on the list."""
    folder = tmp_path_factory.mktemp("signal")
    url = f"sqlite:///{folder / 'motcua.db'}"
    with open_store(url) as store:
        house = House(store, url)
        dossier = house.received("T.hand", "2026-09-14 08:00")
        house.drive("2026-09-14 08:05")
        ask = {"papers": ["map"], "reason": f"theo {NAMED}"}
        house.act(dossier.dossier_no, "request-supplement", "2026-09-14 10:00", data=ask)
        watch(store, house.rulebook, at("2026-09-14 11:00"))
        raise_signals(store, house.rulebook, at("2026-09-14 11:00"))
        (found,) = [file.name for file in signal_files(store, code="S7")]
    return folder, found, dossier.dossier_no


@pytest.fixture
def place(made, tmp_path):
    """A copy of it, and a function that runs a command there."""
    folder, number, dossier = made
    for path in folder.iterdir():
        shutil.copy(path, tmp_path)

    def run(*words, code=0, lang="en"):
        done = motcua(*words, folder=tmp_path, MOTCUA_LANGUAGE=lang, MOTCUA_PROCEDURES=str(PROCEDURES))
        assert done.returncode == code, done.stderr.decode()
        return (done.stdout if code == 0 else done.stderr).decode()

    return run, number, dossier


def test_signals_are_listed_and_found(place):
    run, number, _ = place
    rows = json.loads(run("signal", "list", "--code", "S7", "--json"))
    assert [(row["signal"], row["state"], row["agency"]) for row in rows] == [(number, "notified", "doi_sim.committee")]
    assert number in run("signal", "list", "--agency", "doi_sim.committee", "--state", "notified")
    assert run("signal", "list", "--state", "closed") == "no signals\n"
    assert run("signal", "list", "--state", "closed", lang="vi") == "không có dấu hiệu nào\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--state", "x"), "is not known: raised, notified, explained, reviewed, closed"),
        (("list", "--code", "S99"), "no such signal; there are S"),
        (("list", "--agency", "x"), "agency 'x' is not in directory"),
        (("show", "SIG-0"), "no signal SIG-0"),
        (("explain", "SIG-0", "--by", "x", "--reason", "y"), "no signal SIG-0"),
    ],
)
def test_what_does_not_exist_is_named(place, words, said):
    assert said in place[0]("signal", *words, code=2)


def test_a_dossier_is_no_signal_and_a_signal_no_dossier(place):
    run, number, dossier = place
    assert "that is a dossier" in run("signal", "show", dossier, code=2)
    for words in (("dossier", "show"), ("dossier", "history"), ("dossier", "control-sheet"), ("why",)):
        assert f"`motcua signal show {number}`" in run(*words, number, code=2)
    assert number not in run("register")


def test_a_signal_is_told_with_law_evidence_and_counter_evidence_and_without_people(place):
    run, number, dossier = place
    told = run("signal", "show", number)
    assert "NĐ 61/2018/NĐ-CP" in told
    assert "read in an official text" in told
    assert f"{dossier}/" in told
    assert "paper outside the published list (map)" in told
    assert "queue then" in told
    assert "committee.0" not in told
    assert "theo" not in told  # the reason of the fact
    internal = run("signal", "show", number, "--internal")
    assert "officers concerned" in internal
    assert f"theo {NAMED}" in internal
    found = json.loads(run("signal", "show", number, "--json"))
    assert "officers" not in found
    assert "committee.0" not in json.dumps(found)
    assert (found["rule"]["has_changed"], found["open_now"]) == (False, ["explain", "review"])


def test_the_right_of_reply_from_end_to_end(place):
    run, number, dossier = place
    when = ("--at", "2026-09-15 09:00")
    explain = ("signal", "explain", number, "--by", "doi_sim.committee.03", "--reason", f"{NAMED} nhầm", *when)
    said = run(*explain, "--remedy", "đã tập huấn", "--facts", dossier, "--facts", f"{dossier}/5")
    assert "explained, waiting for review" in said
    review = ("signal", "review", number, "--verdict", "upheld", "--reason", "không có căn cứ", *when, "--by")
    assert "whose conduct it is" in run(*review, "doi_sim.committee.04", code=3)
    told = run("signal", "show", number)
    assert "nhầm" not in told  # anybody may be named in what people write
    assert f"{NAMED} nhầm" in run("signal", "show", number, "--internal")
    assert "judging one's own cause" in told
    assert "committee.0" not in told
    assert json.loads(run(*review, "p.committee.01", "--json"))["state"] == "reviewed"
    close = ("signal", "close", number, *when, "--by")
    assert "a second person does" in run(*close, "p.committee.01", code=3)
    assert "committee.0" not in run("signal", "show", number)  # upheld, but not closed yet
    assert json.loads(run(*close, "p.committee.02", "--json"))["verdict"] == "upheld"
    upheld = run("signal", "show", number)
    assert "doi_sim.committee.03" in upheld  # whose conduct it was
    assert "p.committee.0" not in upheld  # who judged
    assert NAMED not in upheld  # who tried to
    assert "nothing is open any more" in run(*explain, code=3)
    assert "sound" in run("verify")
