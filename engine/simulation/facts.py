"""Rows of the kernel told as the engine's own facts: for logs, stores and tests."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from engine import events as ev
from engine.codes import format_dossier_no
from engine.dossier import Work
from engine.instants import to_datetime
from engine.limits import format_limit
from engine.simulation import world as wd
from engine.simulation.tables import KINDS

if TYPE_CHECKING:
    from engine.procedure import Procedure
    from engine.rules import Rules
    from engine.simulation.run import Simulated

REASONS: Final = (
    *("", "incomplete", "mend", "not eligible", "consulted", "paused", "delayed", "extended", "withdrawn", "declined"),
    *("ping-pong", "referred up", "tacit decision: the term passed in silence", "no answer within the time given"),
    *("the stop has reached its cap", "the window for completing the dossier has passed"),
)
"""The reasons that facts carry, by `engine.simulation.world.NO_REASON` and the following."""

RULES: Final = (
    *("late_intake", "late_opinion", "opinion_without_position", "repeated_supplement", "late_supplement_request"),
    *("paper_outside_list", "late_apology", "withdrawn_without_request"),
)
SUBJECTS: Final = ("legal", "step", "opinion", "supplement", "intake", "wait", "promised", "pause")
SILENCES: Final = ("escalate", "deemed_agree", "block")
POSITIONS: Final = {wd.AGREE: "agree", wd.DISAGREE: "disagree", wd.WITHOUT_POSITION: "no_position"}
OUTCOMES: Final = ("granted", "denied", "stopped", "withdrawn", "declined")
PAPER: Final = "paper"
"""Asked for where a procedure lists no papers."""

WORKS: Final = (
    Work.STEP,
    Work.SERVICE,
    Work.CONSULTATION,
    Work.OPINION,
    Work.APPLICANT,
    Work.POSTING,
    Work.SUB_DOSSIER,
)
"""The work of holds, by `engine.simulation.tables.STEP` and the following."""

_SOURCED: Final = frozenset({wd.OPENED, wd.ROUTED})
"""Facts whose column ``officer`` says where the dossier came from."""


def dossier_id_of(number: int) -> str:
    """Return the id of the simulated dossier of a number."""
    return str(UUID(int=number + 1))


def papers_asked(procedure: Procedure) -> tuple[str, ...]:
    """Return the papers that a request for papers asks for."""
    return (procedure.papers[0].code if procedure.papers else PAPER,)


def limit_added(procedure: Procedure) -> str:
    """Return by how much an extension lengthens the legal term; empty where there is none."""
    policy = procedure.clock.extension
    return "" if policy is None else format_limit(policy.limit)


def told(simulated: Simulated) -> dict[int, list[ev.Fact]]:
    """Return the facts of every dossier, by its number, in order."""
    teller = _Teller(simulated)
    found: dict[int, list[ev.Fact]] = {}
    for row in simulated.facts.tolist():
        at, recorded, x, y, number, *rest = row
        found.setdefault(number, []).append(teller.fact(number, at, recorded, x, y, *rest))
    return found


class _Teller:
    def __init__(self, simulated: Simulated) -> None:
        self.model, self.names = simulated.model, simulated.names
        self.variant: dict[int, int] = {}
        self.papers: dict[int, tuple[str, ...]] = {}
        self.root: dict[int, int] = {}
        self.serials: Counter[tuple[str, date]] = Counter()

    def fact(
        self,
        no: int,
        at: int,
        recorded: int,
        x: int,
        y: int,
        node: int,
        agency: int,
        officer: int,
        z: int,
        hold: int,
        kind: int,
        reason: int,
    ) -> ev.Fact:
        """Return a row as the fact it is."""
        names = self.names
        if kind == wd.SUBMITTED:
            self.variant[no] = z
        rules = self.model.variants[self.variant[no]].rules
        header: dict[str, Any] = {
            "occurred_at": at,
            "recorded_at": recorded,
            "agency": names.offices[agency] if agency >= 0 else "",
            "reason": REASONS[reason],
        }
        if officer >= 0 and kind not in _SOURCED:
            header["by"] = names.officers[officer]
        elif officer == wd.BY_APPLICANT and kind not in _SOURCED:
            header["by"] = ev.APPLICANT
        if reason == wd.WINDOW_OVER:
            header["legal_basis"] = rules.procedure.clock.supplement.source.text
        step = names.nodes[node].code if node >= 0 else ""
        match kind:
            case wd.SUBMITTED:
                return self._submitted(no, x, y, z, hold, header)
            case wd.RECEIVED:
                return self._received(rules, at, x, y, header)
            case wd.DECLINED:
                return ev.IntakeDeclined(**header)
            case wd.OPENED:
                return self._opened(hold, node, officer, x, y, z, header)
            case wd.HANDED_OVER:
                giver = names.offices[x]
                return ev.HandedOver(
                    **header, hold=hold, step=step, from_agency=giver, to_agency=header["agency"], from_hold=y
                )
            case wd.TAKEN_UP:
                return ev.TakenUp(**header, hold=hold)
            case wd.DONE:
                return ev.StepDone(**header, hold=hold, outcome=names.outcomes[x])
            case wd.SENT_BACK:
                return ev.SentBack(**header, hold=hold, to_step=names.nodes[x].code)
            case wd.TRANSFERRED:
                return ev.Transferred(**header, hold=hold, to_agency=names.offices[x])
            case wd.ROUTED:
                came, condition = self._code(officer), names.conditions[z]
                target = names.nodes[x].code
                return ev.Routed(**header, node=step, target=target, token=y, arrived_from=came, condition=condition)
            case wd.FORKED:
                branches = tuple(edge.target for edge in names.nodes[node].edges)
                return ev.Forked(**header, node=step, branches=branches, token=x, arrived_from=self._code(y))
            case wd.ARRIVED:
                return ev.BranchArrived(**header, node=step, arrived_from=self._code(y), token=x)
            case wd.BRANCH_ENDED:
                return ev.BranchEnded(**header, node=step, token=x, arrived_from=self._code(y))
            case wd.JOINED:
                return ev.Joined(**header, node=step, last_from=self._code(x))
            case wd.OPINION_REQUESTED:
                return self._opinion_requested(hold, node, x, y, z, header)
            case wd.OPINION_GIVEN:
                return ev.OpinionGiven(**header, hold=hold, position=POSITIONS[x])
            case wd.OPINION_SILENT:
                return ev.OpinionSilent(**header, hold=hold, treated_as=SILENCES[x])
            case wd.SUPPLEMENT_REQUESTED:
                papers = self.papers[no] = papers_asked(rules.procedure)
                return ev.SupplementRequested(
                    **header, papers=papers, ordinal=y, hold=hold, window_due=_instant(x), restart=bool(z)
                )
            case wd.SUPPLEMENT_RECEIVED:
                return ev.SupplementReceived(**header, papers=self.papers[no], due=_instant(x))
            case wd.PAUSED:
                return ev.ClockPaused(**header, ground=names.grounds[z], cap_until=_instant(x))
            case wd.RESUMED:
                return ev.ClockResumed(**header, ground=names.grounds[z], due=_instant(x))
            case wd.EXTENDED:
                return ev.LimitExtended(**header, limit=limit_added(rules.procedure), due=x)
            case wd.APOLOGY:
                return ev.ApologyIssued(**header, promised=x)
            case wd.OBLIGATION_SET:
                return ev.FinancialObligationSet(**header, hold=hold)
            case wd.OBLIGATION_MET:
                return ev.FinancialObligationMet(**header, hold=hold)
            case wd.POSTING_STARTED:
                return ev.PostingStarted(**header, hold=hold, until=x)
            case wd.POSTING_ENDED:
                return ev.PostingEnded(**header, hold=hold, objections=bool(x))
            case wd.SUB_STARTED:
                code = getattr(names.nodes[node], "procedure", "")
                return ev.SubDossierStarted(**header, hold=hold, dossier_id=dossier_id_of(x), procedure=code)
            case wd.SUB_ENDED:
                return ev.SubDossierEnded(**header, hold=hold, dossier_id=dossier_id_of(x), outcome=OUTCOMES[y])
            case wd.STOPPED:
                return ev.HandlingStopped(**header, token=x)
            case wd.WITHDRAWN:
                return ev.Withdrawn(**header, requested=bool(x))
            case wd.DECIDED:
                return ev.ResultDecided(**header, token=x)
            case wd.DENIED:
                return ev.ResultDenied(**header, token=x)
            case wd.ISSUED:
                return ev.ResultIssued(**header)
            case wd.ESCALATED:
                told = (header["agency"], self._desk(no), names.parents[agency])[y] or self._desk(no)
                return ev.Escalated(**header, hold=hold, rung=x, to_agency=told, subject=SUBJECTS[z])
            case wd.PASSED:
                return ev.LimitPassed(**header, subject=SUBJECTS[z], due=x, hold=hold)
            case wd.DUE_SOON:
                return ev.DueSoon(**header, due=x, apology_due=bool(z))
            case wd.DUE_CHANGED:
                return ev.DueChanged(**header, before=_instant(y), after=_instant(x), hold=hold)
            case _:
                return ev.RuleBreached(**header, rule=RULES[z], detail=self._detail(rules, no, x, z), hold=hold)

    def _code(self, node: int) -> str:
        if node <= -10:
            return self.names.offices[-10 - node]
        return self.names.nodes[node].code if node >= 0 else ""

    def _desk(self, no: int) -> str:
        return self.model.variants[self.variant[no]].desk

    def _submitted(self, no: int, x: int, y: int, z: int, hold: int, header: dict[str, Any]) -> ev.Submitted:
        variant = self.model.variants[z]
        procedure = variant.rules.procedure
        root: dict[str, Any] = {} if y < 0 else {"root": dossier_id_of(y), "root_hold": hold}
        return ev.Submitted(
            **header,
            dossier_id=dossier_id_of(no),
            procedure=procedure.code,
            procedure_version=procedure.version,
            channel=variant.channel,
            applicant=f"s-{x}",
            data=dict(variant.data),
            **root,
        )

    def _received(self, rules: Rules, at: int, x: int, y: int, header: dict[str, Any]) -> ev.Received:
        desk = header["agency"]
        calendar = rules.calendar_of(desk)
        day = to_datetime(at, calendar.zone).date()
        self.serials[desk, day] += 1
        number = format_dossier_no(rules.directory.agency(desk).identifier, day, self.serials[desk, day])
        return ev.Received(**header, dossier_no=number, counted_from=y, due=_instant(x))

    def _opened(self, hold: int, node: int, came: int, x: int, y: int, z: int, header: dict[str, Any]) -> ev.StepOpened:
        one = self.names.nodes[node]
        limit = getattr(one, "length", None) or getattr(one, "limit", None)
        return ev.StepOpened(
            **header,
            hold=hold,
            step=one.code,
            work=WORKS[KINDS[type(one)]].value,
            entry=z,
            spent_before=y >> 20,
            due=_instant(x),
            arrived_from=self._code(came),
            limit="" if limit is None else format_limit(limit),
            token=y & 0xFFFFF,
        )

    def _opinion_requested(self, hold: int, node: int, x: int, y: int, z: int, header: dict[str, Any]) -> ev.Fact:
        asked = self.names.asked[z]
        return ev.OpinionRequested(
            **header,
            hold=hold,
            step=self.names.nodes[node].code,
            lead_hold=y & 0xFFFFF,
            lead_agency=self.names.offices[y >> 20],
            on_silence=SILENCES[asked.silence],
            due=_instant(x),
            planned=asked.is_planned,
            limit=asked.limit,
            counting=asked.counting,
        )

    def _detail(self, rules: Rules, no: int, x: int, rule: int) -> str:
        match rule:
            case wd.LATE_INTAKE:
                return "received after the time for checking a submission had passed"
            case wd.LATE_OPINION:
                return "answered after its term"
            case wd.REPEATED_SUPPLEMENT:
                return f"request number {x}"
            case wd.LATE_SUPPLEMENT:
                zone = rules.calendar_of(self._desk(no)).zone
                return f"allowed until {to_datetime(x, zone).isoformat()}"
            case wd.OUTSIDE_LIST:
                return ", ".join(self.papers[no])
            case wd.LATE_APOLOGY:
                return "later than the lead time before the due date"
            case wd.WITHDRAWN_UNASKED:
                return "no request of the applicant's is on file"
            case _:
                return ""


def _instant(seconds: int) -> int | None:
    return None if seconds < 0 else seconds
