"""Commands: what a person (or a flow) asks the engine to record; refused with a sentence or turned into facts."""

from __future__ import annotations

from typing import Any

import msgspec


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", gc=False):
    """What all commands carry.

    ``at`` is when the act happened and ``recorded_at`` when it is entered (0: the same), epoch seconds. ``agency``
    is the agency the officer acts for. ``command_id`` makes the command idempotent: the same id twice is one act.
    """

    at: int
    by: str
    agency: str = ""
    recorded_at: int = 0
    command_id: str = ""
    reason: str = ""
    legal_basis: str = ""
    document_no: str = ""


class Submit(Command, frozen=True, kw_only=True, tag="submit"):
    """Hand in a dossier at desk ``agency``."""

    dossier_id: str
    procedure: str
    channel: str = "direct"
    applicant: str
    papers: tuple[str, ...] = ()
    data: dict[str, Any] = {}
    root: str = ""
    root_hold: int = 0


class Receive(Command, frozen=True, kw_only=True, tag="receive"):
    """Accept a submitted dossier (form 01). ``serial`` is the desk's serial number of the day, given by the store."""

    serial: int


class DeclineIntake(Command, frozen=True, kw_only=True, tag="decline-intake"):
    """Refuse to receive the dossier (form 03); needs a reason."""


class Assign(Command, frozen=True, kw_only=True, tag="assign"):
    """Give a hold to an officer."""

    officer: str
    step: str = ""
    hold: int = 0


class TakeUp(Command, frozen=True, kw_only=True, tag="take-up"):
    """Begin work on a hold."""

    step: str = ""
    hold: int = 0


class FinishStep(Command, frozen=True, kw_only=True, tag="finish-step"):
    """End a step with one of its outcomes; ``data`` is what later conditions may read."""

    outcome: str = ""
    step: str = ""
    hold: int = 0
    data: dict[str, Any] = {}


class SendBack(Command, frozen=True, kw_only=True, tag="send-back"):
    """Send the dossier back to an earlier step; needs a reason."""

    to_step: str
    step: str = ""
    hold: int = 0


class Transfer(Command, frozen=True, kw_only=True, tag="transfer"):
    """Pass the same step on to another agency (wrong competence); needs a reason."""

    to_agency: str
    step: str = ""
    hold: int = 0


class RequestOpinion(Command, frozen=True, kw_only=True, tag="request-opinion"):
    """Ask another agency for an opinion beside those the procedure plans; ``limit`` e.g. ``2 working days``."""

    consulted: str
    limit: str
    question: str = ""
    step: str = ""
    hold: int = 0


class GiveOpinion(Command, frozen=True, kw_only=True, tag="give-opinion"):
    """Answer an opinion request: ``agree``, ``disagree`` or ``no_position``."""

    position: str
    hold: int = 0


class RequestSupplement(Command, frozen=True, kw_only=True, tag="request-supplement"):
    """Ask the applicant for what is missing (form 02), at intake or during a step."""

    papers: tuple[str, ...]
    step: str = ""
    hold: int = 0


class ReceiveSupplement(Command, frozen=True, kw_only=True, tag="receive-supplement"):
    """Record what the applicant handed in after a request."""

    papers: tuple[str, ...] = ()


class PauseClock(Command, frozen=True, kw_only=True, tag="pause-clock"):
    """Stop the legal clock on a ground the procedure allows."""

    ground: str


class ResumeClock(Command, frozen=True, kw_only=True, tag="resume-clock"):
    """Let the legal clock run again."""

    ground: str = ""


class ExtendLimit(Command, frozen=True, kw_only=True, tag="extend-limit"):
    """Use the extension the law allows, once or as often as the procedure says."""


class IssueApology(Command, frozen=True, kw_only=True, tag="issue-apology"):
    """Apologise and promise a new date (form 04); at most once."""

    promised: int


class ConfirmByApplicant(Command, frozen=True, kw_only=True, tag="confirm-by-applicant"):
    """Record the applicant's answer to a step that waits for him (confirmation, revision)."""

    outcome: str = ""
    step: str = ""
    hold: int = 0
    data: dict[str, Any] = {}


class SetFinancialObligation(Command, frozen=True, kw_only=True, tag="set-financial-obligation"):
    """Tell the applicant what to pay."""

    amount: int
    currency: str = "VND"
    step: str = ""
    hold: int = 0


class MeetFinancialObligation(Command, frozen=True, kw_only=True, tag="meet-financial-obligation"):
    """Record payment, or that the debt was recorded."""

    step: str = ""
    hold: int = 0


class RecordObjection(Command, frozen=True, kw_only=True, tag="record-objection"):
    """End a posting with an objection."""

    step: str = ""
    hold: int = 0


class StopHandling(Command, frozen=True, kw_only=True, tag="stop-handling"):
    """Stop the handling (form 05); only while no result decision exists."""


class Withdraw(Command, frozen=True, kw_only=True, tag="withdraw"):
    """Record a withdrawal; ``requested`` only where the applicant's own request is on file."""

    requested: bool = False


class IssueResult(Command, frozen=True, kw_only=True, tag="issue-result"):
    """Give the result to the applicant."""


class Reopen(Command, frozen=True, kw_only=True, tag="reopen"):
    """Take an ended dossier up again at a step; needs a reason."""

    step: str


class Urge(Command, frozen=True, kw_only=True, tag="urge"):
    """Urge the holder (đôn đốc)."""

    step: str = ""
    hold: int = 0


class Escalate(Command, frozen=True, kw_only=True, tag="escalate"):
    """Tell the head of the desk or the superior agency about a late or silent agency."""

    to_agency: str = ""
    step: str = ""
    hold: int = 0


class Correct(Command, frozen=True, kw_only=True, tag="correct"):
    """Set right a recorded value; the old one stays in the log."""

    field: str
    after: str


AnyCommand = (
    Submit
    | Receive
    | DeclineIntake
    | Assign
    | TakeUp
    | FinishStep
    | SendBack
    | Transfer
    | RequestOpinion
    | GiveOpinion
    | RequestSupplement
    | ReceiveSupplement
    | PauseClock
    | ResumeClock
    | ExtendLimit
    | IssueApology
    | ConfirmByApplicant
    | SetFinancialObligation
    | MeetFinancialObligation
    | RecordObjection
    | StopHandling
    | Withdraw
    | IssueResult
    | Reopen
    | Urge
    | Escalate
    | Correct
)
"""The closed union of all commands; decode requests with ``msgspec.convert(…, AnyCommand)``."""


def name_of(command: Command | type[Command]) -> str:
    """Return the name by which people call a command, e.g. ``"finish-step"``."""
    kind = command if isinstance(command, type) else type(command)
    return str(kind.__struct_config__.tag)
