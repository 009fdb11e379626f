"""Ping-pong: literal A→B→A and simple cycles, against slow counts of the same definitions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.casebook import ACTS, DOSSIERS, HOLDS, TILES, Casebook, empty, fitted
from engine.errors import InputError
from engine.responsibility import ping_pong as pp
from procedures.calendars import load_calendar

BEGIN = datetime(2026, 3, 2, 2, tzinfo=UTC)


def book(*lives, system=(), outsiders=(), loops=()):
    """A casebook in which each dossier goes through the agencies of one life; None is nobody recorded."""
    rows = [
        {
            "nr": nr,
            "hold": place + 1,
            "step": "s",
            "work": "step",
            "agency": agency,
            "officer": agency,
            "is_system": agency in system,
            "since": BEGIN + timedelta(hours=place),
            "lead_hold": 0,
        }
        for nr, life in enumerate(lives)
        for place, agency in enumerate(life)
    ]
    dossiers = pl.DataFrame({"nr": range(len(lives)), "dossier": [f"d{nr}" for nr in range(len(lives))]})
    holds = fitted(pl.DataFrame(rows), HOLDS) if rows else empty(HOLDS)
    return Casebook(
        name="made up",
        zone="Asia/Ho_Chi_Minh",
        now=int(BEGIN.timestamp()),
        calendar=load_calendar("vn"),
        dossiers=fitted(dossiers, DOSSIERS),
        holds=holds,
        tiles=empty(TILES),
        acts=empty(ACTS),
        outsiders=frozenset(outsiders),
        loops=frozenset(loops),
    )


def test_a_dossier_that_comes_back_is_one_triple_and_one_cycle():
    found = pp.ping_pong(book(["a", "b", "a"]))
    assert (found.handovers, found.triples, found.triple_dossiers) == (2, 1, 1)
    assert found.cycles.by_cycle == ((("a", "b"), 1),)


def test_staying_with_one_agency_and_unrecorded_events_change_nothing():
    assert pp.ping_pong(book(["a", None, "a", "b", "b", None, "a"])).triples == 1


def test_a_dossier_of_three_agencies_in_a_row_is_no_ping_pong():
    found = pp.ping_pong(book(["a", "b", "c"]))
    assert (found.triples, found.cycles.total) == (0, 0)


def test_a_ring_of_three_is_a_cycle_but_no_literal_return():
    found = pp.ping_pong(book(["c", "a", "b", "c"]))
    assert (found.triples, found.cycles.by_cycle) == (0, ((("a", "b", "c"), 1),))


def test_a_cycle_counts_once_for_a_dossier_however_often_it_turns():
    found = pp.ping_pong(book(["a", "b", "a", "b", "a"], ["b", "a", "b"]))
    assert (found.triples, found.cycles.total, found.cycles.dossiers) == (4, 2, 2)


def test_dossiers_do_not_run_into_each_other():
    assert pp.ping_pong(book(["a", "b"], ["a", "b"])).triples == 0


def test_accounts_of_machines_stay_unless_they_are_left_out():
    lives = book(["a", "robot", "a"], system={"robot"})
    assert pp.ping_pong(lives, "officer").triples == 1
    assert pp.ping_pong(lives, "officer", without_system=True).triples == 0


def test_turns_with_the_applicant_and_loops_by_design_are_told_apart():
    pairs = pp.ping_pong(
        book(["a", "citizen", "a"], ["a", "b", "a"], ["a", "c", "a"], outsiders={"citizen"}, loops={("b", "a")})
    ).pairs
    told = {(row["a"], row["b"]): (row["with_applicant"], row["by_design"]) for row in pairs.to_dicts()}
    assert told == {("a", "citizen"): (True, False), ("a", "b"): (False, True), ("a", "c"): (False, False)}


def test_an_attribute_the_source_lacks_is_refused_with_those_it_has():
    with pytest.raises(InputError, match="there is agency, officer, step"):
        pp.ping_pong(book(["a"]), "line")


def test_enumeration_stops_and_says_in_which_dossier(monkeypatch):
    monkeypatch.setattr(pp, "MOST_CYCLES", 3)
    pp._cycles.cache_clear()
    everywhere = [a for pair in nx.eulerian_circuit(nx.complete_graph(list("abcde"), nx.DiGraph())) for a in pair]
    found = pp.ping_pong(book(everywhere)).cycles
    pp._cycles.cache_clear()
    assert (found.total, found.cut) == (3, ("d0",))


lives = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=9), max_size=5)


@given(lives)
def test_both_ways_agree_with_a_slow_count(drawn):
    triples = cycles = handovers = 0
    for life in drawn:
        known = [agency for agency in life if agency is not None]
        turns = [agency for place, agency in enumerate(known) if place == 0 or known[place - 1] != agency]
        handovers += max(len(turns) - 1, 0)
        triples += sum(turns[place] == turns[place - 2] for place in range(2, len(turns)))
        cycles += len(list(nx.simple_cycles(nx.DiGraph(list(pairwise(turns))))))
    found = pp.ping_pong(book(*drawn))
    assert (found.handovers, found.triples, found.cycles.total) == (handovers, triples, cycles)


def test_loops_by_design_of_steps_are_told_apart_as_the_signals_do():
    lives = book(["a", "b", "a"], ["a", "c", "a"])
    returning = pl.when((pl.col("nr") == 0) & (pl.col("hold") == 3)).then(pl.lit("back")).otherwise("step")
    lives = replace(lives, holds=lives.holds.with_columns(step=returning), loops=frozenset({("", "back")}))
    pairs = pp.ping_pong(lives).pairs
    assert {(row["a"], row["b"]): row["by_design"] for row in pairs.to_dicts()} == {("a", "b"): True, ("a", "c"): False}
