"""How the steps hang together: nothing unreachable, no dead end, no endless round, branches that meet at a join."""

from __future__ import annotations

import networkx as nx

from engine.graph import uncapped_loops
from engine.procedure import Decision, End, Join, Split
from procedures import format as f
from procedures.checks.subject import Subject, listed
from procedures.yaml_text import Loc


def check_flow(subject: Subject) -> None:
    """Report faults of the graph; needs codes only, so it runs on files with other faults too."""
    for loc, step in subject.steps():
        if isinstance(step, f.DecisionPart):
            _decision(subject, loc, step)
    if "steps" in subject.unsound or subject.procedure.start not in subject.procedure.nodes:
        return
    graph = subject.procedure.graph
    places = subject.places()
    reached = _reached(subject)
    for code in subject.procedure.nodes:
        if code not in reached:
            message = f"{code!r} can never be reached from {subject.procedure.start!r}"
            subject.fault("unreachable_step", places[code], message, "lead to it from another step, or remove it")
    ends = {code for code, node in subject.procedure.nodes.items() if isinstance(node, End)}
    finishing = ends.union(*(nx.ancestors(graph, code) for code in ends)) if ends else set()
    for code in graph:
        if code in finishing or code not in reached:
            continue
        if graph.out_degree(code) == 0:
            if code not in subject.unsound:
                message = f"{code!r} leads nowhere and is no end"
                subject.fault("dead_end", places[code], message, "add next:, or make it kind: end")
        else:
            message = f"from {code!r} no end can be reached"
            subject.fault("dead_end", places[code], message, "lead out of the round to an end")
    if not ends:
        subject.fault("dead_end", ("steps",), "there is no end", "add a step of kind: end, end: granted")
    elif not any(getattr(subject.procedure.nodes[code], "end", "") == "granted" for code in ends & reached):
        subject.warn("never_granted", ("steps",), "no path ends with end: granted", "is something missing?")
    for group in uncapped_loops(subject.procedure):
        if set(group) & subject.unsound:
            continue
        message = f"a dossier may go round for ever: {' → '.join((*group, group[0]))}"
        subject.fault("loop_without_cap", places[group[0]], message, "add max_entries: to one of these steps")
    for code, node in subject.procedure.nodes.items():
        if isinstance(node, Split):
            _split(subject, code, places[code])
        elif isinstance(node, Join) and code in reached:
            _join(subject, code, places[code])


def _reached(subject: Subject) -> set[str]:
    """Every node that a dossier can come to: along the edges, or sent back from a node it came to."""
    graph, nodes = subject.procedure.graph, subject.procedure.nodes
    reached: set[str] = set()
    waiting = [subject.procedure.start]
    while waiting:
        code = waiting.pop()
        if code in reached or code not in nodes:
            continue
        reached.add(code)
        waiting.extend(graph.successors(code))
        waiting.extend(getattr(nodes[code], "send_back_to", ()))
    return reached


def _decision(subject: Subject, loc: Loc, step: f.DecisionPart) -> None:
    defaults = [place for place, choice in enumerate(step.choose) if choice.when is None]
    if not defaults:
        message = "no choice is left when none of the conditions holds"
        subject.fault("decision_without_default", (*loc, "choose"), message, "add a last choice without when:")
    for place in range(defaults[0] + 1 if defaults else len(step.choose), len(step.choose)):
        message = "this choice is never reached: one without when: stands before it"
        subject.fault("choice_never_reached", (*loc, "choose", place), message, "put the choice without when: last")
    seen: set[str] = set()
    for place, choice in enumerate(step.choose):
        if choice.when is not None and choice.when in seen:
            where = (*loc, "choose", place)
            subject.fault("choice_never_reached", where, "the same condition stands before", "remove one of them")
        seen.add(choice.when or "")


def _branches(subject: Subject, split: str, *, without: set[str]) -> dict[str, set[str]]:
    """Return what each branch of a split can come to without passing the split again or one of ``without``."""
    graph = subject.procedure.graph
    found: dict[str, set[str]] = {}
    for first in dict.fromkeys(edge.target for edge in subject.procedure.nodes[split].edges):
        reached: set[str] = set()
        waiting = [first]
        while waiting:
            code = waiting.pop()
            if code in reached or code == split or code not in graph:
                continue
            reached.add(code)
            if code not in without:
                waiting.extend(graph.successors(code))
        found[first] = reached
    return found


def _split(subject: Subject, code: str, loc: Loc) -> None:
    nodes = subject.procedure.nodes
    targets = [edge.target for edge in nodes[code].edges]
    for target in sorted({target for target in targets if targets.count(target) > 1}):
        subject.fault("duplicate_code", (*loc, "to"), f"two branches begin at {target!r}", "name each branch once")
    if any(isinstance(nodes.get(target), Join) for target in targets):
        subject.warn("empty_branch", (*loc, "to"), "a branch leads straight to a join", "is a step missing?")
    branches = _branches(subject, code, without=set())
    joins = {
        join
        for join, node in nodes.items()
        if isinstance(node, Join) and sum(join in reached for reached in branches.values()) > 1
    }
    branches = _branches(subject, code, without=joins)
    firsts = list(branches)
    met: set[str] = set()
    for place, one in enumerate(firsts):
        for other in firsts[place + 1 :]:
            met |= branches[one] & branches[other]
    shared = {meeting for meeting in met if not isinstance(nodes[meeting], Join | End)}
    graph = subject.procedure.graph
    where_they_meet = [m for m in shared if not set(graph.predecessors(m)) & shared or m in firsts] or list(shared)
    for meeting in sorted(where_they_meet):
        message = f"branches of {code!r} meet at {meeting!r}, which is no join: it would be entered once by each"
        subject.fault("branches_without_join", subject.places()[meeting], message, "let them meet at a kind: join")
    early = {
        end
        for reached in branches.values()
        for end in reached
        if isinstance(nodes[end], End) and getattr(nodes[end], "end", "") != "granted"
    }
    if early:
        message = f"a branch of {code!r} can end the whole dossier ({listed(early)}) while others still run"
        subject.warn("branch_ends_early", loc, message, "is that meant? If not, let the branch lead to the join")


def _join(subject: Subject, code: str, loc: Loc) -> None:
    graph, nodes = subject.procedure.graph, subject.procedure.nodes
    sources = list(graph.predecessors(code))
    if len(sources) < 2 and sum(edge.target == code for source in sources for edge in nodes[source].edges) < 2:
        message = f"only {listed(sources)} leads to this join: there is nothing to wait for"
        subject.fault("join_unsatisfiable", loc, message, "lead the other branches here, or remove the join")
        return
    before = nx.ancestors(graph, code) | {code}
    splits = (
        split
        for split, node in nodes.items()
        if isinstance(node, Split)
        and sum(edge.target in before for edge in node.edges) > 1
        and sum(code in reached for reached in _branches(subject, split, without={code}).values()) > 1
    )
    if next(splits, None) is None:
        exclusive = [source for source in sources if isinstance(nodes[source], Decision)] or sources
        message = f"no split sends several branches to this join; {listed(exclusive)} exclude one another"
        subject.fault("join_unsatisfiable", loc, message, "split before, or lead to the next step without a join")
        return
    circular = [
        source for source in sources if code in nx.ancestors(graph, source) and not _enters(subject, source, code)
    ]
    for source in circular:
        message = f"the join waits for {source!r}, which can only be reached through the join itself"
        subject.fault("join_unsatisfiable", loc, message, "lead that way back to a step before the join's split")


def _enters(subject: Subject, source: str, join: str) -> bool:
    """Tell whether a node can be reached from the start without passing a join."""
    graph = subject.procedure.graph
    start = subject.procedure.start
    if start == join:
        return False
    without = graph.subgraph(code for code in graph if code != join)
    return source == start or nx.has_path(without, start, source)
