"""One dossier walked through every path of a procedure by the engine itself, with the instants of each step.

Everybody uses the whole of his term: a step ends when it is due, an applicant answers on his last moment, a step
without a limit takes no time. Every agency of the procedure is invented for the walk and keeps the procedure's
calendar. Each loop is run once; what a decision would read from the dossier is decided by the walk; every planned
agency is consulted; sub-dossiers take no time of this one; sending back, supplements and pauses asked for by people
are not walked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

import networkx as nx

from engine import commands as co
from engine.advance import StuckError, advance
from engine.calendar import WorkingCalendar
from engine.cited import Source
from engine.conditions import ConditionError
from engine.decide import decide
from engine.directory import Agency, Directory, Officer, Territory
from engine.dossier import Dossier, Hold, Work, evolve
from engine.errands import served, sub_ended, sub_started
from engine.errors import NotAllowedError
from engine.events import Fact
from engine.expire import expire
from engine.procedure import ApplicantWait, Consultation, Decision, Edge, End, Jurisdiction, Node, Procedure, WaitFor
from engine.rules import Rules

MOST_PATHS: Final = 200
"""How many paths are walked unless asked otherwise."""

_MOST_ACTS: Final = 2_000
_ACTOR: Final = "rehearsal"
_DESK: Final = "desk"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stay at a step: from when, until when, due when (epoch seconds; ``due`` None without a limit)."""

    step: str
    role: str
    work: str
    opened_at: int
    closed_at: int
    due: int | None
    limit: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One path: the choices that led along it, the stays, how and when it ended, and the legal due instant.

    ``late_by`` is in office seconds of the calendar, 0 if in time or late after closing only; ``problem`` says where
    the engine refused to go on.
    """

    choices: tuple[tuple[str, str], ...]
    visits: tuple[Visit, ...]
    outcome: str
    ended_at: int
    due: int | None
    late_by: int
    is_late: bool
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Every walk; ``complete`` is False where the bound cut them short."""

    walks: tuple[Walk, ...]
    complete: bool


def rehearse(
    procedure: Procedure, calendar: WorkingCalendar, start: int, *, channel: str = "", most: int = MOST_PATHS
) -> Rehearsal:
    """Walk one dossier, received at ``start`` (epoch seconds), through the paths of a procedure.

    Args:
        procedure: what is rehearsed; its days in force are left out of account.
        calendar: the calendar of the procedure.
        start: receipt.
        channel: how the dossier comes in; the procedure's first channel if empty.
        most: how many paths to walk.

    Raises:
        BeyondCalendarError: a term ends after the calendar's last day.
        NotAllowedError: the procedure does not offer the channel.
    """
    channel = channel or procedure.channels[0]
    rules = _rules(procedure, calendar)
    distances = _distances(procedure)
    walks: list[Walk] = []
    script: list[int] = []
    while len(walks) < most:
        walker = _Walker(procedure, rules, distances, script)
        walks.append(walker.walk(start, channel))
        taken = walker.taken
        while taken and taken[-1][0] + 1 >= taken[-1][1]:
            taken.pop()
        if not taken:
            return Rehearsal(walks=tuple(walks), complete=True)
        script = [*(choice for choice, _ in taken[:-1]), taken[-1][0] + 1]
    return Rehearsal(walks=tuple(walks), complete=False)


class _Walker:
    """One walk: follows a script of choices, and takes the first way where the script has ended."""

    def __init__(self, procedure: Procedure, rules: Rules, distances: Mapping[str, int], script: Sequence[int]) -> None:
        self.procedure = procedure
        self.rules = rules
        self.distances = distances
        self.script = script
        self.taken: list[tuple[int, int]] = []
        self.choices: list[tuple[str, str]] = []
        self.entered: Counter[str] = Counter()
        self.positions: dict[int, str] = {}
        self.dossier = Dossier()
        self.now = 0

    def walk(self, start: int, channel: str) -> Walk:
        self.now = start
        submit = co.Submit(
            at=start,
            agency=_DESK,
            dossier_id=_ACTOR,
            procedure=self.procedure.code,
            channel=channel,
            applicant=_ACTOR,
            papers=tuple(paper.code for paper in self.procedure.papers),
            by=_ACTOR,
        )
        self._fold(decide(None, submit, self.rules))
        self._fold(decide(self.dossier, co.Receive(at=start, agency=_DESK, serial=1, by=_ACTOR), self.rules))
        due, problem = self.dossier.due, ""
        try:
            for _ in range(_MOST_ACTS):
                self._advance()
                due = self.dossier.due or due
                if self.dossier.ended_at is not None:
                    break
                self._act()
            else:
                problem = f"more than {_MOST_ACTS} acts"
        except (StuckError, NotAllowedError) as error:
            problem = str(error)
        return self._result(due, problem)

    def _fold(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            evolve(self.dossier, fact)

    def _advance(self) -> None:
        """Let the engine move the dossier on until it rests."""
        self._deciding(lambda: advance(self.dossier, self.rules, self.now))
        self.dossier.data.clear()

    def _decide(self, command: co.Command) -> None:
        self._fold(self._deciding(lambda: decide(self.dossier, command, self.rules)))

    def _deciding(self, act: Callable[[], _T]) -> _T:
        """Do what the engine does; where it asks for a decision that the walk has not taken yet, take it and go on."""
        for _ in range(_MOST_ACTS):
            try:
                return act()
            except ConditionError as error:
                code = error.expression.split(" ")[0].removeprefix("data.")
                node = self.procedure.nodes[code]
                edge = self._choose(node)
                self.choices.append((code, edge.condition or "otherwise"))
                self.dossier.data[code] = node.edges.index(edge)
        raise StuckError(f"more than {_MOST_ACTS} decisions in one go")

    def _choose(self, node: Node) -> Edge:
        """Take the next way out of a node: each target once, and on a second visit only towards an end."""
        self.entered[node.code] += 1
        ways = list({edge.target: edge for edge in reversed(node.edges)}.values())[::-1]
        if self.entered[node.code] > 1:
            near = self.distances[node.code]
            ways = [edge for edge in ways if self.distances.get(edge.target, near) < near] or ways
        place = len(self.taken)
        choice = self.script[place] if place < len(self.script) else 0
        self.taken.append((choice, len(ways)))
        return ways[choice]

    def _outcome(self, hold: Hold) -> str:
        node = self.procedure.nodes[hold.step]
        edge = self._choose(node)
        if len({way.target for way in node.edges}) > 1:
            self.choices.append((hold.step, edge.outcome))
        return edge.outcome

    def _act(self) -> None:
        """Let whoever is due first do what he has to, at the last moment."""
        moment, hold = min(
            ((self._moment(hold), hold) for hold in self.dossier.holds_now() if hold.work is not Work.CONSULTATION),
            key=lambda found: (found[0], found[1].number),
        )
        self.now = max(self.now, moment)
        expire(self.dossier, self.rules, self.now - 1)
        if hold.closed_at is not None:
            return
        act: dict[str, Any] = {"at": self.now, "by": _ACTOR, "agency": hold.agency, "hold": hold.number}
        match hold.work:
            case Work.STEP:
                self._decide(co.FinishStep(**act, outcome=self._outcome(hold), reason=_ACTOR))
            case Work.APPLICANT:
                self._applicant(hold, act | {"agency": _DESK})
            case Work.SERVICE:
                self._fold(served(self.dossier, hold.number, self._outcome(hold), {}, self.now))
            case Work.SUB_DOSSIER:
                self._sub_dossier(hold)
            case Work.POSTING:
                if self._outcome(hold) == "objection":
                    self._decide(co.RecordObjection(**act, reason=_ACTOR))
                else:
                    expire(self.dossier, self.rules, self.now)
            case Work.OPINION:
                if hold.lead_hold not in self.positions:
                    self.positions[hold.lead_hold] = self._outcome(self.dossier.holds[hold.lead_hold])
                position = "disagree" if self.positions[hold.lead_hold] == "disagreed" else "agree"
                self._decide(co.GiveOpinion(**act, position=position))
            case Work.CONSULTATION:
                pass

    def _applicant(self, hold: Hold, act: dict[str, Any]) -> None:
        """Let the applicant answer, pay, or keep silent until his time is over."""
        node = self.procedure.nodes[hold.step]
        outcome = self._outcome(hold)
        if isinstance(node, ApplicantWait) and outcome == node.on_silence != "done" and hold.due is not None:
            self.now = hold.due + 1
            expire(self.dossier, self.rules, self.now)
        elif isinstance(node, ApplicantWait) and node.purpose is WaitFor.PAY and outcome == "done":
            self._decide(co.MeetFinancialObligation(**act))
        else:
            self._decide(co.ConfirmByApplicant(**act, outcome=outcome))

    def _moment(self, hold: Hold) -> int:
        """When a hold ends: at its due instant; one whose clock stands still waits for the others."""
        if hold.work in {Work.SERVICE, Work.SUB_DOSSIER}:
            return hold.opened_at
        if hold.until is not None:
            return hold.until
        if hold.due is None and hold.limit and self.dossier.open_stop is not None:
            return self.rules.desk_calendar(self.dossier).table.midnights[-1] - 1
        return hold.opened_at if hold.due is None else hold.due

    def _sub_dossier(self, hold: Hold) -> None:
        outcome = self._outcome(hold)
        self._fold(sub_started(self.dossier, self.rules, hold.number, f"{_ACTOR}.{hold.number}", self.now))
        self._fold(sub_ended(self.dossier, hold.number, "granted" if outcome == "done" else "denied", self.now))

    def _result(self, due: int | None, problem: str) -> Walk:
        dossier = self.dossier
        ended = self.now if dossier.ended_at is None else dossier.ended_at
        calendar = self.rules.desk_calendar(dossier)
        late = due is not None and ended > due
        return Walk(
            choices=tuple(self.choices),
            visits=tuple(self._visit(hold, ended) for hold in dossier.holds.values()),
            outcome=dossier.outcome,
            ended_at=ended,
            due=due,
            late_by=calendar.seconds_between(due, ended) if late and due is not None else 0,
            is_late=late,
            problem=problem,
        )

    def _visit(self, hold: Hold, ended: int) -> Visit:
        node = self.procedure.nodes[hold.step]
        role = getattr(node, "role", "")
        if hold.work is Work.OPINION and isinstance(node, Consultation):
            asked = (one.role for one in node.consulted)
            role = next((code for code in asked if _agency_code(self.procedure, code) == hold.agency), role)
        return Visit(
            step=hold.step,
            role=role,
            work=hold.work.value,
            opened_at=hold.opened_at,
            closed_at=ended if hold.closed_at is None else hold.closed_at,
            due=hold.due,
            limit=hold.limit,
            outcome=hold.outcome,
        )


def _distances(procedure: Procedure) -> dict[str, int]:
    """Return how many edges lie between each node and the nearest end."""
    backwards = procedure.graph.reverse(copy=False)
    ends = {code for code, node in procedure.nodes.items() if isinstance(node, End)}
    found = nx.multi_source_dijkstra_path_length(backwards, ends) if ends else {}
    return {code: int(length) for code, length in found.items()}


def _rules(procedure: Procedure, calendar: WorkingCalendar) -> Rules:
    """Return rules under which the procedure can be walked: invented agencies, decisions taken by the walk."""
    source = Source(text="invented for a rehearsal", confirmed=False)
    places = {Jurisdiction.PROVINCE: "province", Jurisdiction.NATIONAL: "", Jurisdiction.FIXED: ""}
    agencies = {
        code: Agency(
            code=code,
            kind=role.agency_kind,
            level="",
            territory=places.get(role.jurisdiction, "commune"),
            identifier="X99.99",
            title_vi=role.title.vi,
            title_en=role.title.en,
            calendar=procedure.calendar,
            source=source,
        )
        for role in procedure.roles.values()
        for code in [_agency_code(procedure, role.code)]
    }
    agencies[_DESK] = replace(agencies[_agency_code(procedure, procedure.desk)], code=_DESK, territory="commune")
    directory = Directory(
        code=_ACTOR,
        agencies=agencies,
        officers={_ACTOR: Officer(code=_ACTOR, agencies=frozenset(agencies))},
        territories={
            "province": Territory(code="province", level="province", title_vi="", title_en=""),
            "commune": Territory(code="commune", level="commune", title_vi="", title_en="", parent="province"),
        },
    )
    walked = replace(
        procedure,
        in_force_from=date.min,
        in_force_to=None,
        nodes={code: _undecided(node) for code, node in procedure.nodes.items()},
    )
    return Rules(procedure=walked, calendars={procedure.calendar: calendar}, directory=directory)


def _undecided(node: Node) -> Node:
    """Return a node whose conditions ask the walk: a decision reads its own code, every consulted agency is asked."""
    match node:
        case Decision():
            edges = tuple(
                Edge(target=edge.target, outcome=edge.outcome, condition=f"data.{node.code} == {place}")
                for place, edge in enumerate(node.edges)
            )
            return replace(node, edges=edges)
        case Consultation():
            return replace(node, consulted=tuple(replace(asked, condition="") for asked in node.consulted))
        case _:
            return node


def _agency_code(procedure: Procedure, role: str) -> str:
    found = procedure.roles[role]
    if found.jurisdiction is Jurisdiction.RECEIVING:
        return _DESK
    return found.agency or f"{found.agency_kind}.{found.jurisdiction.value}"
