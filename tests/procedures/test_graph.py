"""The graph anyone can get: nodes, edges with their outcomes, paths, loops, the critical path."""

from __future__ import annotations

import networkx as nx

from engine.graph import critical_path, enumerate_paths, forward_graph, loop_edges, uncapped_loops
from engine.procedure import Procedure
from procedures.catalogue import Catalogue
from procedures.convert import to_procedure
from procedures.door import load_procedure
from procedures.faults import file_adapter
from procedures.yaml_text import read_yaml
from tests.procedures.samples import FIRST, SOURCE, as_text, end, step, with_steps


def made_of(*steps: dict[str, object]) -> Procedure:
    return to_procedure(file_adapter().validate_python(read_yaml(as_text(with_steps(*steps)), "t").data))


def test_an_edge_carries_its_outcomes_and_conditions() -> None:
    graph = load_procedure(FIRST).graph
    assert isinstance(graph, nx.DiGraph)
    assert graph.edges["rare", "ask"]["outcomes"] == (("done", "data.protected == true"),)
    assert graph.edges["rare", "sign"]["outcomes"] == (("done", ""),)
    assert graph.edges["post", "refused"]["outcomes"] == (("objection", ""),)
    assert graph.nodes["sign"]["step"].role == "unit"


def test_two_outcomes_to_one_step_are_one_edge() -> None:
    graph = made_of(step("a", {"done": "granted", "short": "granted"}), end()).graph
    assert graph.edges["a", "granted"]["outcomes"] == (("done", ""), ("short", ""))


def test_paths_are_complete_or_say_that_they_are_not() -> None:
    procedure = load_procedure(FIRST)
    found = enumerate_paths(procedure)
    assert found.complete
    assert len(found.routes) == 6
    assert all(route[0] == "inspect" and route[-1] in {"granted", "refused"} for route in found.routes)
    cut = enumerate_paths(procedure, most=2)
    assert (len(cut.routes), cut.complete) == (2, False)


def test_many_diamonds_do_not_take_for_ever() -> None:
    steps = []
    for n in range(60):
        choose = [{"when": "data.x == 1", "to": f"a{n}"}, {"to": f"b{n}"}]
        steps += [{"code": f"d{n}", "kind": "decision", "choose": choose}]
        steps += [step(f"{side}{n}", f"d{n + 1}" if n < 59 else "granted") for side in "ab"]
    procedure = made_of(*steps, end())
    assert not enumerate_paths(procedure, most=100).complete
    assert len(critical_path(procedure)) == 121


def test_a_loop_is_known_by_the_edge_that_closes_it() -> None:
    procedure = made_of(step("a", "b"), step("b", {"done": "granted", "again": "a"}), end())
    assert loop_edges(procedure) == {("b", "a")}
    assert uncapped_loops(procedure) == [("a", "b")]
    assert nx.is_directed_acyclic_graph(forward_graph(procedure))


def test_the_critical_path_takes_the_longer_branch() -> None:
    fork = {"code": "fork", "kind": "split", "to": ["a", "b"]}
    meet = {"code": "meet", "kind": "join", "next": "granted"}
    procedure = made_of(
        fork,
        step("a", "meet", limit="7 working days", source=SOURCE),
        step("b", "meet", limit="9 calendar days", source=SOURCE),
        meet,
        end(),
    )
    assert critical_path(procedure) == ("fork", "a", "meet", "granted")


def test_every_published_procedure_has_a_critical_path_that_it_can_walk() -> None:
    for procedure in Catalogue().all():
        route = critical_path(procedure)
        assert route[0] == procedure.start
        assert nx.is_path(procedure.graph, route)
        assert procedure.nodes[route[-1]].edges == ()
