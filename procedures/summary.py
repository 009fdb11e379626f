"""A procedure in short texts: its limits, its clock policy and its steps as rows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.limits import CountingRule, format_limit
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


def limit_texts(procedure: Procedure) -> list[str]:
    """Return the legal limits with their channels, e.g. ``3 working days (online), received by 15:00``."""
    return [
        ("no legal limit" if legal.terms is None else format_limit(legal.terms.limit))
        + (", from the instant" if legal.terms and legal.terms.rule is CountingRule.FROM_INSTANT else "")
        + (f" ({', '.join(sorted(legal.channels))})" if legal.channels else "")
        + (f", received by {legal.terms.cutoff:%H:%M}" if legal.terms and legal.terms.cutoff else "")
        for legal in procedure.limits
    ]


def clock_lines(procedure: Procedure) -> Iterator[str]:
    """Yield the clock policy, one sentence a line."""
    clock = procedure.clock
    supplement = clock.supplement
    window = f", window {format_limit(supplement.window)}" if supplement.window else ""
    asked = f", asked within {format_limit(supplement.ask_within)}" if supplement.ask_within else ""
    over = f", then {supplement.on_window_over}" if supplement.window else ""
    yield f"supplement: {supplement.effect}, at most {supplement.max_requests}{asked}{window}{over}"
    yield f"apology: {format_limit(clock.apology.lead)} before, new date at most {clock.apology.max_redatings} time(s)"
    if clock.intake_within:
        yield f"intake: within {format_limit(clock.intake_within)}"
    if clock.extension:
        yield f"extension: {format_limit(clock.extension.limit)}, at most {clock.extension.max_times} time(s)"
    for stop in clock.stops:
        yield f"stop: {stop.ground}{f', at most {format_limit(stop.cap)}' if stop.cap else ''}"


def step_rows(procedure: Procedure) -> list[dict[str, object]]:
    """Return one row a step: step, kind, agency (role), limit, title (vi) and next."""
    return [
        {
            "step": code,
            "kind": kind_of(node),
            "agency": getattr(node, "role", "applicant" if isinstance(node, ApplicantWait) else ""),
            "limit": term_text(node),
            "title": node.title.vi,
            "next": "; ".join(dict.fromkeys(way_text(node, number) for number in range(len(node.edges)))),
        }
        for code, node in procedure.nodes.items()
    ]


def kind_of(node: Node) -> str:
    """Return what the file calls this kind of step."""
    match node:
        case Step():
            return "step"
        case ServiceStep():
            return "service"
        case Decision():
            return "decision"
        case Split():
            return "split"
        case Join():
            return "join"
        case Consultation():
            return "consultation"
        case ApplicantWait():
            return "wait"
        case Posting():
            return "posting"
        case SubProcedure():
            return "sub_procedure"
        case End():
            return "end"


def term_text(node: Node) -> str:
    """Return the term of a node in words; empty where it has none."""
    match node:
        case Step():
            if node.limit is None:
                return ""
            return format_limit(node.limit) + (" from receipt" if node.limit_from == "received" else "")
        case ServiceStep() | ApplicantWait():
            return format_limit(node.limit) if node.limit is not None else ""
        case Posting():
            return format_limit(node.length)
        case Consultation():
            terms = dict.fromkeys(format_limit(asked.limit) for asked in node.consulted)
            return " / ".join(terms)
        case Decision() | Split() | Join() | SubProcedure() | End():
            return ""


def way_text(node: Node, number: int) -> str:
    """Return one way out of a node: its target, with the outcome or condition that leads there."""
    edge = node.edges[number]
    if isinstance(node, Decision):
        return f"{edge.target} if {edge.condition}" if edge.condition else f"{edge.target} otherwise"
    if edge.outcome == "done" or isinstance(node, Split | Join):
        return edge.target
    return f"{edge.outcome}: {edge.target}"
