"""The way still to go: what the procedure still lays down for an open dossier, in office time."""

import json
from itertools import islice

import networkx as nx
import pytest

from engine.graph import forward_graph
from tests.command import motcua
from tests.workflows.conftest import UNIT, at
from workflows.critical_path import critical_paths, lengths
from workflows.store_book import open_casebook

DAY = 8 * 3600


def ways(house, when):
    book = open_casebook(house.store, house.rulebook, at(when))
    found = critical_paths(house.store, house.rulebook, book)
    return dict(found.join(book.dossiers, on="nr").select("dossier", "critical").rows())


def test_it_is_what_the_step_has_left_and_the_terms_after_it(house):
    dossier = house.received("T.hand", "2026-09-14 07:30")
    house.drive("2026-09-14 07:30")
    # "check" has two working days from the instant it began, "sign" one after it.
    assert ways(house, "2026-09-14 07:30") == {dossier.dossier_no: 3 * DAY}
    assert ways(house, "2026-09-15 07:30") == {dossier.dossier_no: 2 * DAY}
    # What is overdue has nothing left; what comes after it has all of its term.
    assert ways(house, "2026-09-18 07:30") == {dossier.dossier_no: DAY}


def test_an_ended_dossier_has_no_way_to_go(house):
    dossier = house.received("T.hand", "2026-09-14 07:30")
    for when, outcome in (("2026-09-14 08:00", ""), ("2026-09-14 09:00", "done")):
        house.drive(when)
        house.act(dossier.dossier_no, "finish-step", when, data={"outcome": outcome} if outcome else {})
    house.drive("2026-09-14 09:01")
    assert ways(house, "2026-09-14 10:00") == {}


def test_it_is_the_longest_of_all_ways_whatever_the_procedure(house):
    calendar = house.rulebook.calendars["vn"]
    tried = 0
    for procedure in house.rulebook.catalogue.all():
        if procedure.calendar != "vn":
            continue
        found = lengths(procedure, calendar, at("2026-09-14 07:30"))
        forward = forward_graph(procedure)
        ends = [code for code in forward if not forward.out_degree(code)]
        routes = list(islice(nx.all_simple_paths(forward, procedure.start, ends), 5_000))
        if len(routes) < 5_000:
            assert sum(found[procedure.start]) == max(sum(found[code][0] for code in route) for route in routes)
            tried += 1
    assert tried > 10


def test_the_command_lists_what_is_open_with_the_way_still_to_go(house, tmp_path):
    dossier = house.received("T.hand", "2026-09-14 07:30")
    house.drive("2026-09-14 07:30")
    words = ("soon", "--at", "2026-09-14 09:30", "--agency", UNIT, "--within", "6 working days")
    done = motcua(*words, "--json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert (found["open"], found["without_due"], found["waiting"]) == (1, 0, 0)
    (row,) = found["dossiers"]
    assert row["dossier"] == dossier.dossier_no
    assert row["agency"] == UNIT
    assert row["critical"] == 3 * DAY - 2 * 3600
    assert row["slack"] == row["budget"] - row["critical"]
    assert row["level"] == "none"  # nobody ended yet
    assert 0 < row["chance"] < 1
    told = motcua(*words, folder=tmp_path, MOTCUA_LANGUAGE="en").stdout.decode("utf-8")
    assert "chance of breach" in told
    assert dossier.dossier_no in told
    assert motcua(*words, "--min-chance", "0.999999", "--json", folder=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--within", "2 calendar days"), "give office time"),
        (("--agency", "doi_sim.dsk"), "agency 'doi_sim.dsk' is not in directory"),
        (("--calibrate",), "nothing to learn chances of breach from"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(words, said, tmp_path):
    done = motcua("soon", *words, folder=tmp_path, MOTCUA_LANGUAGE="en")
    assert done.returncode == 2
    assert said in done.stderr.decode("utf-8")
    assert "Traceback" not in done.stderr.decode("utf-8")
