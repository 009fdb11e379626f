"""Facts: what happened to a dossier, each named by the paper or trace it leaves, never changed once recorded.

Every fact carries when it occurred and when it was recorded, who did it for which agency, why, on which legal
basis and under which document number (a closed union, so that a new fact breaks the build wherever it is not
yet thought of). Kinds are stored under names we chose, with a number (``"handed_over.1"``), never class paths.
Instants are integer epoch seconds. No fact holds personal data: an applicant is a reference.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

SYSTEM: Final = "system"
"""``by`` of every fact that the engine itself recorded."""

APPLICANT: Final = "applicant"
"""``by`` of what the applicant did; which applicant is known only to the personal-data table."""

SIGNAL: Final = "signal"
"""``origin`` of the facts in a signal's own file; see `Fact` for those of dossiers."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False):
    """What all facts carry.

    ``occurred_at`` is when it happened, ``recorded_at`` when it entered the log (the only one that is monotone),
    both epoch seconds. ``origin`` is ``"live"``, ``"replay"`` (a foreign log's history, appended without rules),
    ``"register"`` (a finished row of a register that was taken over, appended likewise) or ``"signal"`` (the file of a
    signal, see `engine.review`).
    """

    occurred_at: int
    recorded_at: int
    by: str = SYSTEM
    agency: str = ""
    reason: str = ""
    legal_basis: str = ""
    document_no: str = ""
    origin: str = "live"


class Submitted(Fact, frozen=True, kw_only=True, tag="submitted.1"):
    """An applicant handed in (or sent) a dossier; it has a ``dossier_id`` from now on, a number only at receipt.

    ``agency`` is the receiving desk. ``data`` is what conditions may read; it holds no personal data.
    ``root`` is the ``dossier_id`` of the interlinked root dossier, empty for a root. ``known_from`` is set where the
    dossier was taken over from a register: before that instant (epoch seconds) nobody recorded what was done to it.
    """

    dossier_id: str
    procedure: str
    procedure_version: int
    channel: str
    applicant: str
    papers: tuple[str, ...] = ()
    data: dict[str, Any] = {}
    root: str = ""
    root_hold: int = 0
    known_from: int | None = None


class Received(Fact, frozen=True, kw_only=True, tag="received.1"):
    """Form 01: the desk accepted a full dossier; number and due instant are fixed.

    ``due`` is None where the procedure has no legal limit, ``counted_from`` where counting begins after a cut-off.
    """

    dossier_no: str
    counted_from: int
    due: int | None


class IntakeDeclined(Fact, frozen=True, kw_only=True, tag="intake_declined.1"):
    """Form 03: the desk refused to receive the dossier, with reasons."""


class StepOpened(Fact, frozen=True, kw_only=True, tag="step_opened.1"):
    """A hold began: the dossier lies at ``step`` with ``agency`` (empty: with the applicant or nobody).

    ``hold`` numbers holds within the dossier from 1. ``entry`` counts entries into the step, ``spent_before`` is
    the office time in seconds earlier entries used up (a step's budget is cumulative over re-entries).
    ``work`` is the kind of hold: see `engine.dossier.Work`. ``token`` is the move it carried out (0 in foreign logs).
    """

    hold: int
    step: str
    work: str
    entry: int = 1
    spent_before: int = 0
    due: int | None = None
    arrived_from: str = ""
    limit: str = ""
    token: int = 0


class HandedOver(Fact, frozen=True, kw_only=True, tag="handed_over.1"):
    """One line of the control sheet (form 06): ``from_agency`` gave the dossier to ``to_agency``."""

    hold: int
    step: str
    from_agency: str
    to_agency: str
    from_hold: int = 0


class Assigned(Fact, frozen=True, kw_only=True, tag="assigned.1"):
    """The head of the agency gave the hold to an officer."""

    hold: int
    officer: str


class TakenUp(Fact, frozen=True, kw_only=True, tag="taken_up.1"):
    """An officer opened the dossier and began to work on it; before that it lay in the queue."""

    hold: int


class StepDone(Fact, frozen=True, kw_only=True, tag="step_done.1"):
    """A step ended with an outcome; the dossier moves on at the next drive. ``data`` is merged into the dossier's."""

    hold: int
    outcome: str
    data: dict[str, Any] = {}


class SentBack(Fact, frozen=True, kw_only=True, tag="sent_back.1"):
    """The dossier goes back to an earlier step, with a reason."""

    hold: int
    to_step: str


class Transferred(Fact, frozen=True, kw_only=True, tag="transferred.1"):
    """The same step goes to another agency (wrong desk, wrong competence, merger); its budget is not refreshed."""

    hold: int
    to_agency: str


class Routed(Fact, frozen=True, kw_only=True, tag="routed.1"):
    """A decision node was evaluated: the condition that held and where it leads."""

    node: str
    target: str
    token: int
    arrived_from: str = ""
    condition: str = ""


class Forked(Fact, frozen=True, kw_only=True, tag="forked.1"):
    """A split sent the dossier along several branches at once."""

    node: str
    branches: tuple[str, ...]
    token: int
    arrived_from: str = ""


class BranchArrived(Fact, frozen=True, kw_only=True, tag="branch_arrived.1"):
    """One branch reached a join and waits for the others."""

    node: str
    arrived_from: str
    token: int


class BranchEnded(Fact, frozen=True, kw_only=True, tag="branch_ended.1"):
    """One branch reached an end while others still run; the dossier ends when the last one does."""

    node: str
    token: int
    arrived_from: str = ""


class Joined(Fact, frozen=True, kw_only=True, tag="joined.1"):
    """All branches a join waits for have arrived; ``last_from`` decided when."""

    node: str
    last_from: str = ""


class OpinionRequested(Fact, frozen=True, kw_only=True, tag="opinion_requested.1"):
    """The lead agency asked ``agency`` for an opinion, due at ``due``; ``hold`` is the consulted agency's hold."""

    hold: int
    step: str
    lead_hold: int
    lead_agency: str
    on_silence: str
    due: int | None = None
    question: str = ""
    planned: bool = True
    limit: str = ""
    counting: str = "whole_days"


class OpinionGiven(Fact, frozen=True, kw_only=True, tag="opinion_given.1"):
    """The consulted agency answered: ``agree``, ``disagree`` or ``no_position``."""

    hold: int
    position: str


class OpinionSilent(Fact, frozen=True, kw_only=True, tag="opinion_silent.1"):
    """A consulted agency let its term pass; ``treated_as`` is ``escalate``, ``deemed_agree`` or ``block``."""

    hold: int
    treated_as: str


class SupplementRequested(Fact, frozen=True, kw_only=True, tag="supplement_requested.1"):
    """Form 02: the applicant must complete the dossier. ``hold`` 0: at intake. ``restart`` begins a new legal term."""

    papers: tuple[str, ...]
    ordinal: int
    hold: int = 0
    window_due: int | None = None
    restart: bool = False


class SupplementReceived(Fact, frozen=True, kw_only=True, tag="supplement_received.1"):
    """The applicant handed in what was asked for; ``due`` is the legal due instant counted anew."""

    papers: tuple[str, ...] = ()
    due: int | None = None


class ClockPaused(Fact, frozen=True, kw_only=True, tag="clock_paused.1"):
    """The legal clock stands still on a legal ground; ``cap_until`` is the latest instant the pause may last."""

    ground: str
    cap_until: int | None = None


class ClockResumed(Fact, frozen=True, kw_only=True, tag="clock_resumed.1"):
    """The ground fell away (or the cap was reached); ``due`` is the legal due instant counted anew."""

    ground: str
    due: int | None = None


class LimitExtended(Fact, frozen=True, kw_only=True, tag="limit_extended.1"):
    """The law lets the agency lengthen the term: by ``limit`` (text, e.g. ``"6 weeks"``), giving ``due``."""

    limit: str
    due: int


class ApologyIssued(Fact, frozen=True, kw_only=True, tag="apology_issued.1"):
    """Form 04: apology with a new date. ``due`` stays what the law says; ``promised`` is the new date."""

    promised: int


class FinancialObligationSet(Fact, frozen=True, kw_only=True, tag="financial_obligation_set.1"):
    """The applicant was told what to pay; amounts in the smallest unit of ``currency``."""

    hold: int
    amount: int = 0
    currency: str = "VND"


class FinancialObligationMet(Fact, frozen=True, kw_only=True, tag="financial_obligation_met.1"):
    """The applicant paid, or the debt was recorded."""

    hold: int


class PostingStarted(Fact, frozen=True, kw_only=True, tag="posting_started.1"):
    """A legal posting (niêm yết) began; it ends at ``until``."""

    hold: int
    until: int


class PostingEnded(Fact, frozen=True, kw_only=True, tag="posting_ended.1"):
    """The posting ran its length; ``objections`` tells whether any came in."""

    hold: int
    objections: bool = False


class SubDossierStarted(Fact, frozen=True, kw_only=True, tag="sub_dossier_started.1"):
    """An interlinked sub-dossier was submitted; it refers to this one as its root and is never counted twice."""

    hold: int
    dossier_id: str
    procedure: str


class SubDossierEnded(Fact, frozen=True, kw_only=True, tag="sub_dossier_ended.1"):
    """An interlinked sub-dossier came to its end with ``outcome``."""

    hold: int
    dossier_id: str
    outcome: str


class HandlingStopped(Fact, frozen=True, kw_only=True, tag="handling_stopped.1"):
    """Form 05: the agency stopped handling the dossier; no result decision exists."""

    token: int = 0


class Withdrawn(Fact, frozen=True, kw_only=True, tag="withdrawn.1"):
    """The dossier was withdrawn; ``requested`` tells whether a request of the applicant's own is on file."""

    requested: bool


class ResultDecided(Fact, frozen=True, kw_only=True, tag="result_decided.1"):
    """The competent authority granted what was asked for; handling is over, the result waits at the desk."""

    token: int = 0


class ResultDenied(Fact, frozen=True, kw_only=True, tag="result_denied.1"):
    """The competent authority decided against the applicant, with reasons: a decision too."""

    token: int = 0


class ResultIssued(Fact, frozen=True, kw_only=True, tag="result_issued.1"):
    """The applicant got the result (or the refusal) in hand."""


class Reopened(Fact, frozen=True, kw_only=True, tag="reopened.1"):
    """An ended dossier is taken up again at ``step``, with a reason."""

    step: str


class Urged(Fact, frozen=True, kw_only=True, tag="urged.1"):
    """The desk urged (đôn đốc) the holder of ``hold``."""

    hold: int


class Escalated(Fact, frozen=True, kw_only=True, tag="escalated.1"):
    """Somebody above was told: ``rung`` of the ladder, to ``to_agency``, about ``subject`` and ``hold`` (0: whole)."""

    hold: int
    rung: int
    to_agency: str
    subject: str


class LimitPassed(Fact, frozen=True, kw_only=True, tag="limit_passed.1"):
    """A term ran out at ``due``.

    ``subject`` is ``legal``, ``promised``, ``step``, ``opinion``, ``supplement``, ``wait``, ``intake`` or ``pause``;
    of a signal ``explanation``.
    """

    subject: str
    due: int
    hold: int = 0


class DueSoon(Fact, frozen=True, kw_only=True, tag="due_soon.1"):
    """The legal term (``hold`` 0) or a hold's own term runs out soon; ``apology_due`` where a letter is owed by law."""

    due: int
    hold: int = 0
    apology_due: bool = False


class DueChanged(Fact, frozen=True, kw_only=True, tag="due_changed.1"):
    """A confirmed edit of a calendar or rule moved a due instant (``hold`` 0: the legal one)."""

    before: int | None
    after: int | None
    hold: int = 0
    confirmed_by: str = ""


class Corrected(Fact, frozen=True, kw_only=True, tag="corrected.1"):
    """Something recorded wrongly was set right beside the old value, never instead of it."""

    field: str
    before: str
    after: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a signal points at: a dossier, there a fact (``version``, 0: none in particular) and a hold, and when.

    ``measure`` says how much in the rule's own unit, ``detail`` one word of it; ``at`` is epoch seconds.
    """

    dossier_id: str
    dossier: str
    at: int
    version: int = 0
    hold: int = 0
    measure: float | None = None
    detail: str = ""


class SignalRaised(Fact, frozen=True, kw_only=True, tag="signal_raised.1"):
    """Conduct of ``agency`` asks for review: a question, not a verdict. The first fact of the signal's own file.

    ``key`` identifies the occurrence, ``rule`` is the digest of the rule and ``parameters`` its numbers as used then.
    ``dossiers`` and ``evidence`` are cut at 50, ``total`` counts all occurrences. ``counter`` holds the figures that
    speak against it. ``officers`` are codes, for internal use: public reports name nobody unless it is upheld.
    """

    signal_id: str
    signal_no: str
    key: str
    code: str
    level: str
    severity: str
    rule: str
    confidence: float
    dossiers: tuple[str, ...]
    total: int
    evidence: tuple[Evidence, ...]
    parameters: dict[str, Any] = {}
    counter: dict[str, Any] = {}
    officers: tuple[str, ...] = ()


class SignalNotified(Fact, frozen=True, kw_only=True, tag="signal_notified.1"):
    """The agency was told of the signal; it may explain until ``due`` (None where the calendar ends before)."""

    due: int | None
    limit: str


class SignalExplained(Fact, frozen=True, kw_only=True, tag="signal_explained.1"):
    """Giải trình: the agency's ``reason``, the ``facts`` it points at (``NO`` or ``NO/VERSION``) and its ``remedy``."""

    facts: tuple[str, ...] = ()
    remedy: str = ""


class SignalReviewed(Fact, frozen=True, kw_only=True, tag="signal_reviewed.1"):
    """Somebody outside the agency judged it, with a reason: ``accepted`` (the explanation holds) or ``upheld``."""

    verdict: str


class SignalClosed(Fact, frozen=True, kw_only=True, tag="signal_closed.1"):
    """A second person outside the agency closed the file; the verdict stands. Nothing is deleted."""

    verdict: str


class RuleBreached(Fact, frozen=True, kw_only=True, tag="rule_breached.1"):
    """Something the rules disapprove of happened in reality and is recorded: ``rule`` names it."""

    rule: str
    detail: str = ""
    hold: int = 0


class RuleBreachAttempted(Fact, frozen=True, kw_only=True, tag="rule_breach_attempted.1"):
    """Somebody tried what the rules forbid and was refused; the attempt itself matters."""

    rule: str
    command: str
    detail: str = ""


AnyFact = (
    Submitted
    | Received
    | IntakeDeclined
    | StepOpened
    | HandedOver
    | Assigned
    | TakenUp
    | StepDone
    | SentBack
    | Transferred
    | Routed
    | Forked
    | BranchArrived
    | BranchEnded
    | Joined
    | OpinionRequested
    | OpinionGiven
    | OpinionSilent
    | SupplementRequested
    | SupplementReceived
    | ClockPaused
    | ClockResumed
    | LimitExtended
    | ApologyIssued
    | FinancialObligationSet
    | FinancialObligationMet
    | PostingStarted
    | PostingEnded
    | SubDossierStarted
    | SubDossierEnded
    | HandlingStopped
    | Withdrawn
    | ResultDecided
    | ResultDenied
    | ResultIssued
    | Reopened
    | Urged
    | Escalated
    | LimitPassed
    | DueSoon
    | DueChanged
    | Corrected
    | SignalRaised
    | SignalNotified
    | SignalExplained
    | SignalReviewed
    | SignalClosed
    | RuleBreached
    | RuleBreachAttempted
)
"""The closed union of all facts; decode stored facts with ``msgspec.json.Decoder(AnyFact)``."""


def kind_of(fact: Fact) -> str:
    """Return the stored name of a fact's kind, e.g. ``"handed_over.1"``."""
    return str(type(fact).__struct_config__.tag)
