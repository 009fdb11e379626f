"""Do the terms of the steps fit into the legal limit: on which path not, and on which day of receipt worst?

Terms of one family of units are added up and compared: office time (office hours, working days) with office time,
elapsed time (elapsed hours, calendar days) with elapsed time, months with months. Where a path mixes families the
answer depends on the day of receipt, so every day that the calendar knows is tried. Parallel branches run at the
same time: the longer one counts. What follows a sub-dossier that is waited for has its own appointment and is left
out, and so is time in which the clock stands still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from engine.calendar import WorkingCalendar
from engine.clock import Terms, due_at
from engine.errors import BeyondCalendarError
from engine.graph import forward_graph, stands_still, topological
from engine.instants import local_seconds, zone_of
from engine.limits import (
    CalendarDays,
    CountingRule,
    ElapsedHours,
    Limit,
    Months,
    OfficeHours,
    SameDay,
    WorkingDays,
)
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Decision,
    End,
    Join,
    LegalLimit,
    Node,
    Posting,
    Procedure,
    ServiceStep,
    Split,
    Step,
    SubProcedure,
)

_HOURS_A_DAY = 24
_V = TypeVar("_V", int, float)


@dataclass(frozen=True, slots=True)
class Overrun:
    """Along ``route`` terms of ``needed`` (in ``unit``) cannot fit into a legal limit of ``allowed``."""

    legal: LegalLimit
    route: tuple[str, ...]
    needed: float
    allowed: float
    unit: str


@dataclass(frozen=True, slots=True)
class WorstStart:
    """Received at ``start``, terms along ``route`` may end at ``finish``, after the legal ``due`` (epoch seconds)."""

    legal: LegalLimit
    route: tuple[str, ...]
    start: int
    finish: int
    due: int


def overruns(procedure: Procedure, *, office_day_hours: float = 8) -> list[Overrun]:
    """Return, for each legal limit, the path whose terms of the limit's own family exceed it most.

    Args:
        procedure: the procedure.
        office_day_hours: length of one working day of its calendar.
    """
    found: list[Overrun] = []
    plan = _plan(procedure)
    for legal in procedure.limits:
        if legal.terms is None:
            continue
        unit, allowed = _amount(legal.terms.limit, office_day_hours)

        def spend(value: float, node: Node, unit: str = unit) -> float:
            amounts = [
                amount
                for limit, _ in node_terms(node)
                if not isinstance(limit, SameDay)
                for own, amount in [_amount(limit, office_day_hours)]
                if own == unit
            ]
            longest = max(amounts, default=0.0)
            return max(value, longest) if _counts_from_receipt(node) else value + longest

        needed, route = _latest(procedure, plan, 0.0, spend)
        if needed > allowed + 1e-9:
            found.append(Overrun(legal, route, needed, allowed, unit))
    return found


def mixes_units(procedure: Procedure, legal: LegalLimit) -> bool:
    """Tell whether the answer depends on the day: a counted term is of another family of units than the legal limit.

    ``same day`` is a family of its own: how much of the day is left depends on the hour of receipt.
    """
    if legal.terms is None:
        return False
    if isinstance(legal.terms.limit, SameDay):
        return True
    unit, _ = _amount(legal.terms.limit, 8)
    counted = (node for node in procedure.nodes.values() if not stands_still(node))
    return any(_amount(limit, 8)[0] != unit for node in counted for limit, _ in node_terms(node))


def worst_start(procedure: Procedure, legal: LegalLimit, calendar: WorkingCalendar) -> WorstStart | None:
    """Return the receipt in the known calendar after which the terms overrun the legal due instant furthest.

    Every working day from the first day in force is tried, at its first opening and one minute before its last closing
    (or at the cut-off hour). None where the terms always fit.
    """
    if legal.terms is None:
        return None
    worst: WorstStart | None = None
    plan = _plan(procedure)
    for start in _receipts(procedure, legal.terms, calendar):

        def spend(at: int, node: Node, received: int = start) -> int:
            return _ends(calendar, at, node, received)

        try:
            due = due_at(calendar, legal.terms, start)
            finish, route = _latest(procedure, plan, start, spend)
        except BeyondCalendarError:
            continue
        if finish > due and (worst is None or finish - due > worst.finish - worst.due):
            worst = WorstStart(legal, route, start, finish, due)
    return worst


def node_terms(node: Node) -> tuple[tuple[Limit, CountingRule], ...]:
    """Return the terms that run while a dossier lies at a node, each with its counting rule."""
    match node:
        case Step() | ServiceStep() | ApplicantWait():
            return () if node.limit is None else ((node.limit, node.counting),)
        case Posting():
            return ((node.length, node.counting),)
        case Consultation():
            own = () if node.limit is None else ((node.limit, node.counting),)
            return (*own, *((asked.limit, asked.counting) for asked in node.consulted))
        case Decision() | Split() | Join() | SubProcedure() | End():
            return ()


def _counts_from_receipt(node: Node) -> bool:
    return isinstance(node, Step) and node.limit_from == "received"


def _ends(calendar: WorkingCalendar, at: int, node: Node, received: int) -> int:
    start = received if _counts_from_receipt(node) else at
    return max([at, *(due_at(calendar, Terms(limit, rule), start) for limit, rule in node_terms(node))])


def _plan(procedure: Procedure) -> list[tuple[str, list[str]]]:
    """Return the nodes in an order of work, each with those that lead to it (loops run once)."""
    forward = forward_graph(procedure)
    order = {code: place for place, code in enumerate(procedure.nodes)}
    return [(code, sorted(forward.predecessors(code), key=order.__getitem__)) for code in topological(forward, order)]


def _latest(
    procedure: Procedure, plan: list[tuple[str, list[str]]], start: _V, spend: Callable[[_V, Node], _V]
) -> tuple[_V, tuple[str, ...]]:
    """Return the latest value at any end and the way to it; ``spend`` says what a node makes of the value before it.

    A join takes the latest of its branches; it has no value if one of them has its own appointment.
    """
    best: dict[str, tuple[_V, str]] = {}
    latest = (start, "")
    for code, sources in plan:
        node = procedure.nodes[code]
        arrived = [(best[source][0], source) for source in sources if source in best]
        if code == procedure.start:
            arrived = [(start, "")]
        if not arrived or (isinstance(node, Join) and len(arrived) < len(sources)):
            continue
        value, source = max(arrived, key=lambda found: found[0])
        if isinstance(node, SubProcedure) and node.wait:
            continue
        best[code] = (value if stands_still(node) else spend(value, node), source)
        if best[code][0] > latest[0]:
            latest = (best[code][0], code)
    route: list[str] = []
    at = latest[1]
    while at:
        route.append(at)
        at = best[at][1]
    return latest[0], tuple(reversed(route))


def _receipts(procedure: Procedure, legal: Terms, calendar: WorkingCalendar) -> Iterator[int]:
    first = max(procedure.in_force_from, calendar.first_day)
    last = min(procedure.in_force_to or calendar.last_day, calendar.last_day)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if not calendar.is_worked(day):
            continue
        opening, latest = calendar.opening(day), calendar.closing(day) - 60
        if legal.cutoff is not None:
            seconds = legal.cutoff.hour * 3600 + legal.cutoff.minute * 60
            latest = min(latest, local_seconds(day, seconds, zone_of(calendar.zone)))
        yield opening
        if latest > opening:
            yield latest


def _amount(limit: Limit, office_day_hours: float) -> tuple[str, float]:
    match limit:
        case OfficeHours(n):
            return "office hours", float(n)
        case WorkingDays(n):
            return "office hours", n * office_day_hours
        case SameDay():
            return "office hours", office_day_hours
        case ElapsedHours(n):
            return "elapsed hours", float(n)
        case CalendarDays(n):
            return "elapsed hours", float(n * _HOURS_A_DAY)
        case Months(n):
            return "months", float(n)
