"""The state of one dossier: the fold of its facts. `evolve` never says no; `engine.decide` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import msgspec

from engine import events as ev


class Work(StrEnum):
    """What kind of hold it is: whose move it is while it lasts."""

    STEP = "step"
    SERVICE = "service"
    CONSULTATION = "consultation"
    OPINION = "opinion"
    APPLICANT = "applicant"
    POSTING = "posting"
    SUB_DOSSIER = "sub_dossier"


UNSTOPPED: Final = frozenset({Work.APPLICANT, Work.POSTING, Work.OPINION})
"""Holds whose own term runs on while the legal clock stands still: a consulted agency, say, can answer meanwhile."""


class Hold(msgspec.Struct, kw_only=True, gc=False):
    """Who has the dossier at which step, from when to when (epoch seconds; ``closed_at`` None while it lasts)."""

    number: int
    step: str
    work: Work
    agency: str
    opened_at: int
    due: int | None = None
    limit: str = ""
    counting: str = "whole_days"
    entry: int = 1
    spent_before: int = 0
    from_agency: str = ""
    officer: str = ""
    taken_up_at: int | None = None
    closed_at: int | None = None
    outcome: str = ""
    lead_hold: int = 0
    on_silence: str = ""
    position: str = ""
    until: int | None = None
    sub_dossier: str = ""


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A move waiting to be driven: leave ``source`` by ``outcome`` (or straight to ``target``), since ``at``.

    ``reason``, ``legal_basis`` and ``document_no`` are those of the act that caused it: a decision carries them on.
    """

    token: int
    source: str
    outcome: str
    target: str
    from_hold: int
    at: int
    by: str = ev.SYSTEM
    reason: str = ""
    legal_basis: str = ""
    document_no: str = ""


@dataclass(slots=True, kw_only=True)
class Stop:
    """One stop of the legal clock; ``restart`` stops (supplements that begin a new term) count as stops too."""

    ground: str
    since: int
    until: int | None = None
    cap_until: int | None = None


@dataclass(slots=True, kw_only=True)
class Supplement:
    """One supplement request and its answer."""

    requested_at: int
    hold: int
    by_agency: str
    papers: tuple[str, ...]
    restart: bool
    window_due: int | None = None
    received_at: int | None = None


SUPPLEMENT_GROUND = "supplement"
"""Ground of the stop that lasts while the applicant completes the dossier."""


@dataclass(slots=True, kw_only=True)
class Dossier:
    """One dossier, as its facts tell it.

    ``version`` is the number of facts folded in; ``due`` the legal due instant, None without a limit and while the
    clock stands still (unless it had passed before). ``outcome`` is empty while the dossier is open, else
    ``granted``, ``denied``, ``stopped``, ``withdrawn`` or ``declined``; ``ended_at`` is when that was decided,
    ``issued_at`` when the applicant got the result. ``term_from`` is where the legal term in force began to count
    (moved by a restart; earlier ones in ``terms``). ``known_from`` is when it was taken over from a register, None for
    others: what was done before is not known.
    """

    dossier_id: str = ""
    dossier_no: str = ""
    procedure: str = ""
    procedure_version: int = 0
    channel: str = ""
    desk: str = ""
    applicant: str = ""
    papers: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    root: str = ""
    root_hold: int = 0
    origin: str = "live"
    version: int = 0
    known_from: int | None = None
    submitted_at: int | None = None
    received_at: int | None = None
    counted_from: int | None = None
    term_from: int | None = None
    terms: list[int] = field(default_factory=list)
    due: int | None = None
    promised: int | None = None
    outcome: str = ""
    ended_at: int | None = None
    issued_at: int | None = None
    last_at: int = 0
    last_recorded_at: int = 0
    holds: dict[int, Hold] = field(default_factory=dict)
    open_holds: set[int] = field(default_factory=set)
    moves: dict[int, Move] = field(default_factory=dict)
    tokens: int = 0
    waiting_joins: dict[str, list[str]] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)
    supplements: list[Supplement] = field(default_factory=list)
    extensions: list[tuple[int, str]] = field(default_factory=list)
    apologies: int = 0
    marks: set[tuple[str, int]] = field(default_factory=set)
    rungs: dict[tuple[str, int], int] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The number people know it by: ``dossier_no`` once received, ``dossier_id`` before."""
        return self.dossier_no or self.dossier_id

    @property
    def is_open(self) -> bool:
        """Whether it was received and no result, stop or withdrawal has ended it."""
        return self.received_at is not None and self.ended_at is None

    @property
    def awaits_supplement(self) -> Supplement | None:
        """The supplement request the applicant has not answered yet, if any."""
        last = self.supplements[-1] if self.supplements else None
        return last if last is not None and last.received_at is None and self.ended_at is None else None

    @property
    def open_stop(self) -> Stop | None:
        """The stop of the legal clock that lasts now, if any (the first of several)."""
        return next((stop for stop in self.stops if stop.until is None), None)

    def holds_now(self) -> list[Hold]:
        """Return the open holds in the order they began."""
        return [self.holds[number] for number in sorted(self.open_holds)]


def evolve(dossier: Dossier, fact: ev.Fact) -> Dossier:
    """Fold one fact into the dossier, in place, and return it."""
    _FOLD[type(fact)](dossier, fact)
    dossier.version += 1
    dossier.last_at = max(dossier.last_at, fact.occurred_at)
    dossier.last_recorded_at = fact.recorded_at
    return dossier


def replay(facts: Iterable[ev.Fact]) -> Dossier:
    """Return the dossier that a history tells of."""
    dossier = Dossier()
    for fact in facts:
        evolve(dossier, fact)
    return dossier


def _submitted(d: Dossier, f: ev.Submitted) -> None:
    d.dossier_id, d.procedure, d.procedure_version = f.dossier_id, f.procedure, f.procedure_version
    d.channel, d.desk, d.applicant, d.papers = f.channel, f.agency, f.applicant, f.papers
    d.data, d.root, d.root_hold, d.origin = dict(f.data), f.root, f.root_hold, f.origin
    d.submitted_at, d.known_from = f.occurred_at, f.known_from


def _received(d: Dossier, f: ev.Received) -> None:
    d.dossier_no, d.received_at, d.counted_from, d.due = f.dossier_no, f.occurred_at, f.counted_from, f.due
    d.term_from = f.counted_from
    if d.origin == "live":
        _add_move(d, source="", outcome="", target="", from_hold=0, cause=f)


def _declined(d: Dossier, f: ev.IntakeDeclined) -> None:
    _end(d, "declined", f.occurred_at)


def _step_opened(d: Dossier, f: ev.StepOpened) -> None:
    move = d.moves.pop(f.token, None)
    origin = d.holds.get(move.from_hold if move else f.hold - 1)
    d.holds[f.hold] = Hold(
        number=f.hold,
        step=f.step,
        work=Work(f.work),
        agency=f.agency,
        opened_at=f.occurred_at,
        due=f.due,
        limit=f.limit,
        entry=f.entry,
        spent_before=f.spent_before,
        from_agency=origin.agency if origin else "",
    )
    d.open_holds.add(f.hold)


def _handed_over(d: Dossier, f: ev.HandedOver) -> None:
    if (hold := d.holds.get(f.hold)) is not None:
        hold.from_agency = f.from_agency


def _assigned(d: Dossier, f: ev.Assigned) -> None:
    d.holds[f.hold].officer = f.officer


def _taken_up(d: Dossier, f: ev.TakenUp) -> None:
    hold = d.holds[f.hold]
    hold.taken_up_at = f.occurred_at
    hold.officer = hold.officer or f.by


def _step_done(d: Dossier, f: ev.StepDone) -> None:
    hold = _close(d, f.hold, f.outcome, f.occurred_at)
    d.data.update(f.data)
    if d.origin == "live":
        _add_move(d, source=hold.step, outcome=f.outcome, target="", from_hold=f.hold, cause=f)


def _sent_back(d: Dossier, f: ev.SentBack) -> None:
    hold = _close(d, f.hold, "sent_back", f.occurred_at)
    if d.origin == "live":
        _add_move(d, source=hold.step, outcome="sent_back", target=f.to_step, from_hold=f.hold, cause=f)


def _transferred(d: Dossier, f: ev.Transferred) -> None:
    hold = _close(d, f.hold, "transferred", f.occurred_at)
    if d.origin == "live":
        _add_move(d, source=f.to_agency, outcome="transferred", target=hold.step, from_hold=f.hold, cause=f)


def _routed(d: Dossier, f: ev.Routed) -> None:
    move = d.moves.pop(f.token)
    _add_move(d, source=f.node, outcome="", target=f.target, from_hold=move.from_hold, cause=move)


def _forked(d: Dossier, f: ev.Forked) -> None:
    move = d.moves.pop(f.token)
    for branch in f.branches:
        _add_move(d, source=f.node, outcome="", target=branch, from_hold=move.from_hold, cause=move)


def _branch_arrived(d: Dossier, f: ev.BranchArrived) -> None:
    d.moves.pop(f.token, None)
    d.waiting_joins.setdefault(f.node, []).append(f.arrived_from)


def _branch_ended(d: Dossier, f: ev.BranchEnded) -> None:
    d.moves.pop(f.token, None)


def _joined(d: Dossier, f: ev.Joined) -> None:
    d.waiting_joins.pop(f.node, None)
    _add_move(d, source=f.node, outcome="done", target="", from_hold=0, cause=f)


def _opinion_requested(d: Dossier, f: ev.OpinionRequested) -> None:
    d.holds[f.hold] = Hold(
        number=f.hold,
        step=f.step,
        work=Work.OPINION,
        agency=f.agency,
        opened_at=f.occurred_at,
        due=f.due,
        limit=f.limit,
        from_agency=f.lead_agency,
        lead_hold=f.lead_hold,
        on_silence=f.on_silence,
        counting=f.counting,
    )
    d.open_holds.add(f.hold)


def _opinion_given(d: Dossier, f: ev.OpinionGiven) -> None:
    hold = d.holds[f.hold]
    hold.position = f.position
    if hold.closed_at is None:
        _close(d, f.hold, f.position, f.occurred_at)


def _opinion_silent(d: Dossier, f: ev.OpinionSilent) -> None:
    d.marks.add(("silent", f.hold))
    if f.treated_as == "deemed_agree":
        d.holds[f.hold].position = "deemed_agree"
        _close(d, f.hold, "silent", f.occurred_at)


def _supplement_requested(d: Dossier, f: ev.SupplementRequested) -> None:
    d.supplements.append(
        Supplement(
            requested_at=f.occurred_at,
            hold=f.hold,
            by_agency=f.agency,
            papers=f.papers,
            restart=f.restart,
            window_due=f.window_due,
        )
    )
    if d.received_at is not None:
        d.stops.append(Stop(ground=SUPPLEMENT_GROUND, since=f.occurred_at))
        _stand_still(d, f.occurred_at)
        d.due = None if f.restart else d.due


def _supplement_received(d: Dossier, f: ev.SupplementReceived) -> None:
    if d.supplements:
        last = d.supplements[-1]
        last.received_at = f.occurred_at
        if last.restart and d.received_at is not None:
            if d.term_from is not None:
                d.terms.append(d.term_from)
            d.term_from = f.occurred_at
    d.papers = tuple(dict.fromkeys((*d.papers, *f.papers)))
    _end_stop(d, SUPPLEMENT_GROUND, f.occurred_at)
    d.due = f.due if d.received_at is not None else d.due


def _clock_paused(d: Dossier, f: ev.ClockPaused) -> None:
    d.stops.append(Stop(ground=f.ground, since=f.occurred_at, cap_until=f.cap_until))
    _stand_still(d, f.occurred_at)


def _clock_resumed(d: Dossier, f: ev.ClockResumed) -> None:
    _end_stop(d, f.ground, f.occurred_at)
    d.due = f.due


def _limit_extended(d: Dossier, f: ev.LimitExtended) -> None:
    d.extensions.append((f.occurred_at, f.limit))
    d.due = f.due


def _apology_issued(d: Dossier, f: ev.ApologyIssued) -> None:
    d.apologies += 1
    d.promised = f.promised


def _financial_obligation_set(d: Dossier, f: ev.FinancialObligationSet) -> None:
    d.marks.add(("financial_obligation", f.hold))


def _financial_obligation_met(d: Dossier, f: ev.FinancialObligationMet) -> None:
    d.marks.discard(("financial_obligation", f.hold))


def _posting_started(d: Dossier, f: ev.PostingStarted) -> None:
    d.holds[f.hold].until = f.until


def _sub_dossier_started(d: Dossier, f: ev.SubDossierStarted) -> None:
    d.holds[f.hold].sub_dossier = f.dossier_id


def _handling_stopped(d: Dossier, f: ev.HandlingStopped) -> None:
    _end(d, "stopped", f.occurred_at)


def _withdrawn(d: Dossier, f: ev.Withdrawn) -> None:
    _end(d, "withdrawn", f.occurred_at)


def _result_decided(d: Dossier, f: ev.ResultDecided) -> None:
    _end(d, "granted", f.occurred_at)


def _result_denied(d: Dossier, f: ev.ResultDenied) -> None:
    _end(d, "denied", f.occurred_at)


def _result_issued(d: Dossier, f: ev.ResultIssued) -> None:
    d.issued_at = f.occurred_at


def _reopened(d: Dossier, f: ev.Reopened) -> None:
    d.outcome, d.ended_at, d.issued_at = "", None, None
    if d.origin == "live":
        _add_move(d, source="", outcome="reopened", target=f.step, from_hold=0, cause=f)


def _escalated(d: Dossier, f: ev.Escalated) -> None:
    key = (f.subject, f.hold)
    d.rungs[key] = max(d.rungs.get(key, 0), f.rung)


def _limit_passed(d: Dossier, f: ev.LimitPassed) -> None:
    d.marks.add((f"passed:{f.subject}:{f.due}", f.hold))


def _due_soon(d: Dossier, f: ev.DueSoon) -> None:
    d.marks.add((f"{'apology_due' if f.apology_due else 'soon'}:{f.due}", f.hold))


def _due_changed(d: Dossier, f: ev.DueChanged) -> None:
    if f.hold:
        hold = d.holds[f.hold]
        hold.due = f.after
        if hold.until is not None:  # a posting ends when its term does
            hold.until = f.after
    else:
        d.due = f.after


def _corrected(d: Dossier, f: ev.Corrected) -> None:
    if f.field == "channel":
        d.channel = f.after
    elif f.field.startswith("data."):
        d.data[f.field.removeprefix("data.")] = f.after


def _signal_raised(d: Dossier, f: ev.SignalRaised) -> None:
    """The file of a signal is listed like a dossier: who is concerned, since when, what is due; see `engine.review`."""
    d.dossier_id, d.dossier_no, d.procedure, d.desk, d.origin = f.signal_id, f.signal_no, f.code, f.agency, ev.SIGNAL
    d.submitted_at = d.received_at = f.occurred_at


def _signal_notified(d: Dossier, f: ev.SignalNotified) -> None:
    d.due = f.due


def _signal_answered(d: Dossier, f: ev.SignalExplained | ev.SignalReviewed) -> None:  # noqa: ARG001  a fold's shape
    d.due = None


def _signal_closed(d: Dossier, f: ev.SignalClosed) -> None:
    _end(d, f.verdict, f.occurred_at)


def _rule_breached(d: Dossier, f: ev.RuleBreached | ev.RuleBreachAttempted) -> None:
    d.breaches.append(f.rule)


def _nothing(d: Dossier, f: ev.Fact) -> None:
    """Facts that are evidence only and move nothing."""


def _add_move(d: Dossier, *, source: str, outcome: str, target: str, from_hold: int, cause: ev.Fact | Move) -> None:
    d.tokens += 1
    d.moves[d.tokens] = Move(
        token=d.tokens,
        source=source,
        outcome=outcome,
        target=target,
        from_hold=from_hold,
        at=cause.occurred_at if isinstance(cause, ev.Fact) else cause.at,
        by=cause.by,
        reason=cause.reason,
        legal_basis=cause.legal_basis,
        document_no=cause.document_no,
    )


def _close(d: Dossier, number: int, outcome: str, at: int) -> Hold:
    hold = d.holds[number]
    hold.closed_at, hold.outcome = at, outcome
    d.open_holds.discard(number)
    d.marks.discard(("financial_obligation", number))
    for other in tuple(d.open_holds):
        if d.holds[other].lead_hold == number:
            _close(d, other, "lapsed", at)
    return hold


def _stand_still(d: Dossier, since: int) -> None:
    """While the clock stands still nothing becomes due but what the applicant, a posting or an opinion has to do.

    A term that had run out before stays overdue: a later stop does not hide it.
    """
    if d.origin != "live":
        return
    if d.due is not None and d.due > since:
        d.due = None
    for number in d.open_holds:
        hold = d.holds[number]
        if hold.work in UNSTOPPED or hold.due is None:
            continue
        if hold.due > max(since, hold.opened_at):  # one with nothing left was due at once
            hold.due = None


def _end_stop(d: Dossier, ground: str, at: int) -> None:
    for stop in reversed(d.stops):
        if stop.until is None and (not ground or stop.ground == ground):
            stop.until = at
            return


def _end(d: Dossier, outcome: str, at: int) -> None:
    d.outcome, d.ended_at = outcome, at
    for number in tuple(d.open_holds):
        _close(d, number, outcome, at)
    for stop in d.stops:
        if stop.until is None:
            stop.until = at
    d.moves.clear()
    d.waiting_joins.clear()


_FOLD: dict[type[ev.Fact], Callable[[Dossier, Any], None]] = {
    ev.Submitted: _submitted,
    ev.Received: _received,
    ev.IntakeDeclined: _declined,
    ev.StepOpened: _step_opened,
    ev.HandedOver: _handed_over,
    ev.Assigned: _assigned,
    ev.TakenUp: _taken_up,
    ev.StepDone: _step_done,
    ev.SentBack: _sent_back,
    ev.Transferred: _transferred,
    ev.Routed: _routed,
    ev.Forked: _forked,
    ev.BranchArrived: _branch_arrived,
    ev.BranchEnded: _branch_ended,
    ev.Joined: _joined,
    ev.OpinionRequested: _opinion_requested,
    ev.OpinionGiven: _opinion_given,
    ev.OpinionSilent: _opinion_silent,
    ev.SupplementRequested: _supplement_requested,
    ev.SupplementReceived: _supplement_received,
    ev.ClockPaused: _clock_paused,
    ev.ClockResumed: _clock_resumed,
    ev.LimitExtended: _limit_extended,
    ev.ApologyIssued: _apology_issued,
    ev.FinancialObligationSet: _financial_obligation_set,
    ev.FinancialObligationMet: _financial_obligation_met,
    ev.PostingStarted: _posting_started,
    ev.PostingEnded: _nothing,
    ev.SubDossierStarted: _sub_dossier_started,
    ev.SubDossierEnded: _nothing,
    ev.HandlingStopped: _handling_stopped,
    ev.Withdrawn: _withdrawn,
    ev.ResultDecided: _result_decided,
    ev.ResultDenied: _result_denied,
    ev.ResultIssued: _result_issued,
    ev.Reopened: _reopened,
    ev.Urged: _nothing,
    ev.Escalated: _escalated,
    ev.LimitPassed: _limit_passed,
    ev.DueSoon: _due_soon,
    ev.DueChanged: _due_changed,
    ev.Corrected: _corrected,
    ev.SignalRaised: _signal_raised,
    ev.SignalNotified: _signal_notified,
    ev.SignalExplained: _signal_answered,
    ev.SignalReviewed: _signal_answered,
    ev.SignalClosed: _signal_closed,
    ev.RuleBreached: _rule_breached,
    ev.RuleBreachAttempted: _rule_breached,
}
