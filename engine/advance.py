"""Move a dossier by itself: open steps, route, decide, fork, join, end, until it rests with somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine import events as ev
from engine.calendar import WorkingCalendar
from engine.conditions import evaluate
from engine.counting import Terms, due_at, due_or_none
from engine.directory import Agency
from engine.dossier import Dossier, Hold, Move, Work, evolve
from engine.errands import Errand, errands, open_opinions
from engine.errors import InputError
from engine.legal import entries_into, hold_pauses, spent_earlier
from engine.limits import Limit, format_limit
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Decision,
    End,
    EndKind,
    Join,
    Node,
    Posting,
    ServiceStep,
    Split,
    Step,
    SubProcedure,
    WaitFor,
)
from engine.rules import Rules

MOST_MOVES = 1_000
"""Moves one dossier may make in one go; more means that its procedure turns in a circle of machine steps."""


class StuckError(InputError):
    """A dossier cannot move on: no agency competent, no edge fits, a loop's cap is reached, or it turns in circles."""


@dataclass(slots=True)
class Advance:
    """What `advance` did: facts in order, already folded into the dossier, and what is to be done outside."""

    facts: list[ev.Fact] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)


def advance(dossier: Dossier, rules: Rules, at: int, recorded_at: int = 0) -> Advance:
    """Carry out every move that waits, and every one that follows, until the dossier rests; changes ``dossier``.

    Args:
        dossier: the state; folded further in place.
        rules: the procedure version it was received under.
        at: instant of the moves (epoch seconds); a move never happens before the act that caused it.
        recorded_at: when they enter the log; 0 means ``at``.

    Raises:
        StuckError: the dossier cannot move; its state holds the moves made before, none of which may be stored.
    """
    mover = _Mover(dossier, rules, at, recorded_at or at)
    for _ in range(MOST_MOVES):
        if dossier.ended_at is not None or not mover.step():
            return Advance(mover.facts, errands(dossier, rules))
    raise StuckError(f"dossier {dossier.name}: more than {MOST_MOVES} moves in one go; its procedure turns in circles")


_Opened = Step | ServiceStep | Consultation | Posting | SubProcedure | ApplicantWait


class _Mover:
    """One run of `advance`."""

    def __init__(self, dossier: Dossier, rules: Rules, at: int, recorded_at: int) -> None:
        self.dossier, self.rules, self.at, self.recorded_at = dossier, rules, at, recorded_at
        self.facts: list[ev.Fact] = []

    def step(self) -> bool:
        """Make one move; False when there is none left."""
        move = next(iter(self.dossier.moves.values()), None)
        if move is not None:
            self.at = max(self.at, move.at)
            self._enter(move, self._target(move))
            return True
        return self._close_consultation() or self._close_join()

    def _record(self, fact: ev.Fact) -> None:
        evolve(self.dossier, fact)
        self.facts.append(fact)

    def _header(self, agency: str = "", move: Move | None = None) -> dict[str, Any]:
        header: dict[str, Any] = {"occurred_at": self.at, "recorded_at": self.recorded_at, "agency": agency}
        if move is not None:
            header |= {"reason": move.reason, "legal_basis": move.legal_basis, "document_no": move.document_no}
        return header

    def _stuck(self, why: str) -> StuckError:
        return StuckError(f"dossier {self.dossier.name}, procedure {self.rules.procedure.code}: {why}")

    def _target(self, move: Move) -> str:
        if move.target:
            return move.target
        if not move.source:
            return self.rules.procedure.start
        for edge in self.rules.procedure.nodes[move.source].edges:
            if edge.outcome == move.outcome:
                return edge.target
        raise self._stuck(f"outcome {move.outcome!r} of step {move.source!r} leads nowhere")

    def _enter(self, move: Move, target: str) -> None:
        node = self.rules.procedure.nodes.get(target)
        match node:
            case Step() | ServiceStep() | Consultation() | Posting() | SubProcedure():
                self._open(move, node, self._agency(move, node))
            case ApplicantWait():
                self._open(move, node, None)
            case Decision():
                self._route(move, node)
            case Split():
                branches = tuple(edge.target for edge in node.edges)
                self._record(
                    ev.Forked(
                        **self._header(), node=target, branches=branches, token=move.token, arrived_from=move.source
                    )
                )
            case Join():
                self._record(
                    ev.BranchArrived(**self._header(), node=target, arrived_from=move.source, token=move.token)
                )
            case End():
                self._end(move, node)
            case None:
                raise self._stuck(f"step {target!r} does not exist in version {self.rules.procedure.version}")

    def _agency(self, move: Move, node: Step | ServiceStep | Consultation | Posting | SubProcedure) -> Agency:
        directory = self.rules.directory
        if move.outcome == "transferred":
            return directory.agency(move.source)
        before = next(
            (h for h in reversed(self.dossier.holds.values()) if h.step == node.code and not h.lead_hold), None
        )
        if before is not None and before.agency:
            return directory.current(before.agency, self.rules.desk_calendar(self.dossier).local_date(self.at))
        return self.rules.agency_for(node.role, self.dossier, self.at)

    def _open(
        self,
        move: Move,
        node: _Opened,
        agency: Agency | None,
    ) -> None:
        dossier, rules = self.dossier, self.rules
        number = len(dossier.holds) + 1
        code = agency.code if agency is not None else ""
        calendar = rules.calendar_of(code) if agency is not None else rules.desk_calendar(dossier)
        limit: Limit | None = node.length if isinstance(node, Posting) else getattr(node, "limit", None)
        entries, spent = self._earlier(node, limit, calendar)
        cap = node.max_entries
        if cap and entries >= cap:
            raise self._stuck(f"{node.code} has had the dossier {entries} times, the most the procedure allows")
        start = self.at
        if isinstance(node, Step) and node.limit_from == "received" and dossier.received_at is not None:
            start = dossier.received_at
        opened = ev.StepOpened(
            **self._header(code),
            hold=number,
            step=node.code,
            work=_WORK[type(node)].value,
            entry=entries + 1,
            spent_before=spent,
            due=None if limit is None else self._due(node, calendar, limit, start, spent),
            arrived_from=move.source,
            limit="" if limit is None else format_limit(limit),
            token=move.token,
        )
        giver = dossier.holds[move.from_hold].agency if move.from_hold else dossier.desk
        self._record(opened)
        if agency is not None and giver and giver != code:
            self._record(
                ev.HandedOver(
                    **self._header(code),
                    hold=number,
                    step=node.code,
                    from_agency=giver,
                    to_agency=code,
                    from_hold=move.from_hold,
                )
            )
        match node:
            case Consultation():
                self._consult(node, number, code)
            case Posting():
                until = due_at(calendar, Terms(node.length, node.counting), self.at)
                self._record(ev.PostingStarted(**self._header(code), hold=number, until=until))
                self._stop_clock(node)
            case ApplicantWait():
                if node.purpose is WaitFor.PAY:
                    self._record(ev.FinancialObligationSet(**self._header(), hold=number))
                self._stop_clock(node)
            case _:
                pass

    def _earlier(self, node: Node, limit: Limit | None, calendar: WorkingCalendar) -> tuple[int, int]:
        if not any(hold.step == node.code for hold in self.dossier.holds.values()):
            return 0, 0
        from_receipt = isinstance(node, Step) and node.limit_from == "received"
        if limit is None or from_receipt or isinstance(node, ApplicantWait | Posting):
            return entries_into(self.dossier, node.code), 0
        return spent_earlier(self.dossier, node.code, limit, calendar)

    def _due(self, node: _Opened, calendar: WorkingCalendar, limit: Limit, start: int, spent: int) -> int | None:
        terms = Terms(limit, node.counting) if not isinstance(node, SubProcedure) else Terms(limit)
        if not self.dossier.stops:
            return due_at(calendar, terms, start, (), spent)
        waiting = Hold(number=0, step=node.code, work=_WORK[type(node)], agency="", opened_at=start, spent_before=spent)
        return due_or_none(calendar, terms, start, hold_pauses(self.dossier, waiting, start), spent)

    def _consult(self, node: Consultation, lead_hold: int, lead: str) -> None:
        dossier = self.dossier
        for asked in node.consulted:
            if asked.condition and not self._holds(asked.condition, node.code):
                continue
            agency = self.rules.agency_for(asked.role, dossier, self.at)
            calendar = self.rules.calendar_of(agency.code)
            self._record(
                ev.OpinionRequested(
                    **self._header(agency.code),
                    hold=len(dossier.holds) + 1,
                    step=node.code,
                    lead_hold=lead_hold,
                    lead_agency=lead,
                    on_silence=asked.on_silence.value,
                    due=due_at(calendar, Terms(asked.limit, asked.counting), self.at),
                    limit=format_limit(asked.limit),
                    counting=asked.counting.value,
                )
            )

    def _stop_clock(self, node: Posting | ApplicantWait) -> None:
        if not node.stops_clock or any(s.until is None and s.ground == node.ground for s in self.dossier.stops):
            return
        calendar = self.rules.desk_calendar(self.dossier)
        cap = None if node.cap is None else due_at(calendar, Terms(node.cap), self.at)
        self._record(ev.ClockPaused(**self._header(), ground=node.ground, cap_until=cap))

    def _route(self, move: Move, node: Decision) -> None:
        for edge in node.edges:
            if not edge.condition or self._holds(edge.condition, node.code):
                self._record(
                    ev.Routed(
                        **self._header(),
                        node=node.code,
                        target=edge.target,
                        token=move.token,
                        arrived_from=move.source,
                        condition=edge.condition,
                    )
                )
                return
        raise self._stuck(f"no condition of decision {node.code!r} holds and it has no default")

    def _holds(self, condition: str, place: str) -> bool:
        dossier = self.dossier
        return evaluate(
            condition, data=dossier.data, channel=dossier.channel, papers=dossier.papers, place=f"step {place!r}"
        )

    def _end(self, move: Move, node: End) -> None:
        dossier = self.dossier
        others = len(dossier.moves) > 1 or dossier.open_holds or dossier.waiting_joins
        if node.end is EndKind.GRANTED and others:
            self._record(ev.BranchEnded(**self._header(), node=node.code, token=move.token, arrived_from=move.source))
            return
        decided_by = dossier.holds[move.from_hold].agency if move.from_hold else dossier.desk
        header = self._header(decided_by, move) | {"by": move.by}
        match node.end:
            case EndKind.GRANTED:
                self._record(ev.ResultDecided(**header, token=move.token))
            case EndKind.DENIED:
                self._record(ev.ResultDenied(**header, token=move.token))
            case EndKind.STOPPED:
                self._record(ev.HandlingStopped(**header, token=move.token))

    def _close_consultation(self) -> bool:
        for hold in self.dossier.holds_now():
            if hold.work is not Work.CONSULTATION or open_opinions(self.dossier, hold):
                continue
            opinions = [held for held in self.dossier.holds.values() if held.lead_hold == hold.number]
            outcome = "disagreed" if any(held.position == "disagree" for held in opinions) else "agreed"
            self._record(ev.StepDone(**self._header(hold.agency), hold=hold.number, outcome=outcome))
            return True
        return False

    def _close_join(self) -> bool:
        dossier, reach = self.dossier, self.rules.reach
        alive = {dossier.holds[number].step for number in dossier.open_holds} | set(dossier.waiting_joins)
        for node, arrived in dossier.waiting_joins.items():
            if not any(node in reach[place] for place in alive if place != node):
                self._record(ev.Joined(**self._header(), node=node, last_from=arrived[-1]))
                return True
        return False


_WORK: dict[type, Work] = {
    Step: Work.STEP,
    ServiceStep: Work.SERVICE,
    Consultation: Work.CONSULTATION,
    Posting: Work.POSTING,
    SubProcedure: Work.SUB_DOSSIER,
    ApplicantWait: Work.APPLICANT,
}
