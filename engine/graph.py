"""A procedure as a networkx graph: its paths, its loops and which path decides how long it takes.

Nodes are step codes with the attribute ``step``; edges carry ``outcomes``, a tuple of (outcome, condition). Sending
a dossier back (``send_back_to``) is an act against the direction of the graph and no edge of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx

from engine.limits import CalendarDays, ElapsedHours, Limit, Months, OfficeHours, SameDay, WorkingDays
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Decision,
    End,
    Join,
    Node,
    Posting,
    Procedure,
    ServiceStep,
    Split,
    Step,
    SubProcedure,
)

MAX_PATHS: Final = 1_000
"""How many paths are enumerated unless asked otherwise."""

_OFFICE_DAY_HOURS: Final = 8
_CALENDAR_DAYS_PER_WORKING_DAY: Final = 7 / 5
_CALENDAR_DAYS_PER_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Paths:
    """Ways through a procedure, each a tuple of node codes; ``complete`` is False where the bound cut them short."""

    routes: tuple[tuple[str, ...], ...]
    complete: bool


def build_graph(procedure: Procedure) -> nx.DiGraph[str]:
    """Return the graph of a procedure.

    Node attribute ``step`` is the node of the procedure (`engine.procedure.Node`). Edge attribute ``outcomes`` is a
    tuple of (outcome, condition) in the procedure's order: one pair for each way from the one node to the other.
    Edges to codes that do not exist are left out; `procedures.faults` reports them.
    """
    graph: nx.DiGraph[str] = nx.DiGraph(code=procedure.code, version=procedure.version, start=procedure.start)
    for code, node in procedure.nodes.items():
        graph.add_node(code, step=node)
    for code, node in procedure.nodes.items():
        ways: dict[str, list[tuple[str, str]]] = {}
        for edge in node.edges:
            if edge.target in procedure.nodes:
                ways.setdefault(edge.target, []).append((edge.outcome, edge.condition))
        for target, outcomes in ways.items():
            graph.add_edge(code, target, outcomes=tuple(outcomes))
    return graph


def loop_edges(procedure: Procedure) -> frozenset[tuple[str, str]]:
    """Return the edges that lead back into a node already on the way from the start (each closes a loop)."""
    graph = procedure.graph
    found: set[tuple[str, str]] = set()
    if procedure.start not in graph:
        return frozenset()
    on_the_way: set[str] = {procedure.start}
    done: set[str] = set()
    stack: list[tuple[str, Iterator[str]]] = [(procedure.start, iter(graph.successors(procedure.start)))]
    while stack:
        code, following = stack[-1]
        for target in following:
            if target in on_the_way:
                found.add((code, target))
            elif target not in done:
                on_the_way.add(target)
                stack.append((target, iter(graph.successors(target))))
                break
        else:
            on_the_way.discard(code)
            done.add(code)
            stack.pop()
    return frozenset(found)


def forward_graph(procedure: Procedure) -> nx.DiGraph[str]:
    """Return the part of the graph that the start reaches, without the edges that close loops: it has no cycle."""
    graph = procedure.graph
    if procedure.start not in graph:
        return nx.DiGraph()
    reached = {procedure.start} | nx.descendants(graph, procedure.start)
    forward: nx.DiGraph[str] = nx.DiGraph(graph.subgraph(reached))
    forward.remove_edges_from(loop_edges(procedure))
    return forward


def uncapped_loops(procedure: Procedure) -> list[tuple[str, ...]]:
    """Return the groups of nodes among which a dossier could go round for ever: none of them caps its entries."""
    free = [code for code, node in procedure.nodes.items() if not entry_cap(node)]
    graph = procedure.graph.subgraph(free)
    order = {code: place for place, code in enumerate(procedure.nodes)}
    return [
        tuple(sorted(group, key=order.__getitem__))
        for group in nx.strongly_connected_components(graph)
        if len(group) > 1 or any(graph.has_edge(code, code) for code in group)
    ]


def entry_cap(node: Node) -> int:
    """Return how often a node may be entered; 0 where it sets no cap."""
    match node:
        case Decision() | Split() | Join() | End():
            return 0
        case _:
            return node.max_entries


def enumerate_paths(procedure: Procedure, *, most: int = MAX_PATHS) -> Paths:
    """Return the paths from start to an end that enter no node twice, in the procedure's own order.

    A path follows one branch of a split; what the branches do together is in `engine.path_terms`. A path that can only
    go round again is left out. Stops after ``most`` paths or 100 times as many steps and says so.
    """
    graph = procedure.graph
    routes: list[tuple[str, ...]] = []
    if procedure.start not in graph:
        return Paths((), True)
    route = [procedure.start]
    walked = 0
    stack: list[Iterator[str]] = [iter((procedure.start,))] if not route else [iter(graph.successors(procedure.start))]
    if isinstance(procedure.nodes[procedure.start], End):
        return Paths((tuple(route),), True)
    while stack:
        target = next(stack[-1], None)
        walked += 1
        if walked > 100 * most:
            return Paths(tuple(routes), False)
        if target is None:
            stack.pop()
            route.pop()
        elif target not in route:
            if isinstance(procedure.nodes[target], End):
                if len(routes) == most:
                    return Paths(tuple(routes), False)
                routes.append((*route, target))
            else:
                route.append(target)
                stack.append(iter(graph.successors(target)))
    return Paths(tuple(routes), True)


def own_limit(node: Node) -> Limit | None:
    """Return the longest term that a node itself lays down: its limit, its posting, or its slowest consulted agency."""
    match node:
        case Step() | ServiceStep() | ApplicantWait():
            return node.limit
        case Posting():
            return node.length
        case Consultation():
            asked = [one.limit for one in node.consulted]
            return max((limit for limit in (node.limit, *asked) if limit is not None), key=nominal_days, default=None)
        case Decision() | Split() | Join() | SubProcedure() | End():
            return None


def stands_still(node: Node) -> bool:
    """Tell whether the legal clock stands still while a dossier lies at this node."""
    return isinstance(node, ApplicantWait | Posting) and node.stops_clock


def nominal_days(limit: Limit) -> float:
    """Return a limit's length in calendar days for *comparing* lengths of different units, never for a due date.

    Five working days of eight office hours are taken as seven calendar days, a month as a twelfth of 365.25 days.
    """
    match limit:
        case OfficeHours(n):
            return n / _OFFICE_DAY_HOURS * _CALENDAR_DAYS_PER_WORKING_DAY
        case WorkingDays(n):
            return n * _CALENDAR_DAYS_PER_WORKING_DAY
        case SameDay():
            return _CALENDAR_DAYS_PER_WORKING_DAY
        case ElapsedHours(n):
            return n / 24
        case CalendarDays(n):
            return float(n)
        case Months(n):
            return n * _CALENDAR_DAYS_PER_MONTH


def critical_path(procedure: Procedure) -> tuple[str, ...]:
    """Return the path whose own terms take longest, from start to an end (loops run once, nominal lengths).

    Time in which the clock stands still counts too: it is how long the applicant waits. Of two parallel branches the
    longer one is on the path. Ties go to the branch written first; an end that grants is preferred.
    """
    forward = forward_graph(procedure)
    weight = {
        code: (nominal_days(limit) if (limit := own_limit(procedure.nodes[code])) is not None else 0.0)
        for code in forward
    }
    return longest_path(forward, procedure, weight)


def longest_path(forward: nx.DiGraph[str], procedure: Procedure, weight: Mapping[str, float]) -> tuple[str, ...]:
    """Return the heaviest path from the start to an end in a graph without cycles; node weights by code."""
    order = {code: place for place, code in enumerate(procedure.nodes)}
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    for code in topological(forward, order):
        before = [
            best[source] for source in sorted(forward.predecessors(code), key=order.__getitem__) if source in best
        ]
        if not before and code != procedure.start:
            continue
        length, route = max(before, key=lambda found: found[0], default=(0.0, ()))
        best[code] = (length + weight.get(code, 0.0), (*route, code))
    ends = [code for code in best if isinstance(procedure.nodes[code], End)]
    if not ends:
        return ()
    granted = [code for code in ends if getattr(procedure.nodes[code], "end", None) == "granted"]
    return max((best[code] for code in granted or ends), key=lambda found: found[0])[1]


def topological(forward: nx.DiGraph[str], order: Mapping[str, int]) -> Iterable[str]:
    """Return the nodes so that each follows all that lead to it; ties in the procedure's own order."""
    return nx.lexicographical_topological_sort(forward, key=order.__getitem__)
