"""The procedure file as people write it: one pydantic model a part; what is legal to write and nothing about time.

Limits stay text here (``3 working days``); `procedures.door` turns a whole file into engine types and
`procedures.faults` judges how the parts fit together.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from engine.errors import InputError
from engine.limits import parse_limit

_CODE_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"


def _limit_text(text: str) -> str:
    try:
        parse_limit(text)
    except InputError as error:
        raise PydanticCustomError("limit", "{sentence}", {"sentence": str(error)}) from None
    return text


def _limit_or_none(text: str) -> str:
    return text if text == "none" else _limit_text(text)


_LIMIT_SCHEMA: dict[str, Any] = {
    "pattern": (
        r"^(same day|[0-9.]+ (working days?|office hours?|elapsed hours?)|[0-9]+ (calendar days?|weeks?|months?))$"
    ),
    "examples": ["3 working days", "8 office hours", "same day", "15 calendar days", "8 weeks", "2 months"],
}

Code = Annotated[
    str,
    StringConstraints(pattern=_CODE_PATTERN),
    Field(description="small ASCII letters, digits and _"),
]
ProcedureCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$", max_length=64),
    Field(description='the national code in quotes, e.g. "1.001193"; without one, X.<slug>'),
]
AgencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
LimitText = Annotated[
    str,
    AfterValidator(_limit_text),
    Field(description="a length with its unit, e.g. 3 working days", json_schema_extra=_LIMIT_SCHEMA),
]
LegalLimitText = Annotated[
    str,
    AfterValidator(_limit_or_none),
    Field(description="a length with its unit, or none where the law sets no limit (the source says so)"),
]
Clock = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(description="hours and minutes, e.g. 15:00"),
]
Condition = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(description="a CEL expression over data, channel and papers"),
]
Counting = Literal["whole_days", "from_instant"]


class Part(BaseModel):
    """A part of a file: unknown keys are refused, nothing is converted silently, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class SourcePart(Part):
    """Where a number or rule comes from; ``confirmed: false`` for what nobody has read in an official text."""

    text: Text = Field(description="the legal text and its article")
    confirmed: bool = True
    url: str = ""
    since: Annotated[date | None, Field(alias="from", description="the day from which the text says so")] = None


class TitlePart(Part):
    """A name in Vietnamese and English."""

    vi: Text
    en: Text


class FieldPart(TitlePart):
    """The administrative field (lĩnh vực) a procedure belongs to."""

    code: Code


class InForcePart(Part):
    """First and last day on which dossiers are received under this version (inclusive; no ``to``: still)."""

    since: Annotated[date, Field(alias="from")]
    to: date | None = None


class LimitPart(Part):
    """The end-to-end legal limit of some channels (no ``channels``: all that no other entry names)."""

    limit: LegalLimitText
    channels: Annotated[list[Code], Field(min_length=1)] | None = None
    counting: Counting = "whole_days"
    cutoff: Clock | None = None
    source: SourcePart


class IntakePart(Part):
    """How soon a dossier sent in must be accepted, declined or sent back for completion."""

    within: LimitText
    source: SourcePart


class SupplementPart(Part):
    """Supplement requests: what they do to the legal clock and how many there may be."""

    effect: Literal["restart", "pause"]
    max_requests: Annotated[int, Field(ge=0, le=20)]
    window: LimitText | None = None
    ask_within: LimitText | None = None
    on_window_over: Literal["stop", "deny", "wait"] = "wait"
    source: SourcePart


class ApologyPart(Part):
    """Apology letters: owed ``lead`` before the due instant; the date may be set anew ``max_redatings`` times."""

    lead: LimitText
    max_redatings: Annotated[int, Field(ge=0, le=20)]
    source: SourcePart


class ExtensionPart(Part):
    """How far and how often the law lets the agency lengthen the term."""

    limit: LimitText
    max_times: Annotated[int, Field(ge=1, le=20)]
    source: SourcePart


class StopPart(Part):
    """A lawful ground to stop the clock, with the longest a single stop may last."""

    ground: Code
    title: TitlePart
    cap: LimitText | None = None
    source: SourcePart


class RungPart(Part):
    """One rung of the escalation ladder: who is told how long after a term has passed."""

    after: LimitText
    to: Literal["holder", "desk", "parent"]
    source: SourcePart


class ClockPart(Part):
    """Everything that may move or stop the legal clock, and who is told when a term has passed."""

    supplement: SupplementPart
    apology: ApologyPart
    intake: IntakePart | None = None
    extension: ExtensionPart | None = None
    stops: list[StopPart] = []
    due_soon: LimitText | None = None
    escalation: Annotated[list[RungPart], Field(max_length=10)] | None = None


class PaperPart(Part):
    """One paper of the dossier; ``when`` tells when it is required."""

    code: Code
    title: TitlePart
    originals: Annotated[int, Field(ge=0, le=100)] = 1
    copies: Annotated[int, Field(ge=0, le=100)] = 0
    required: bool = True
    when: Condition | None = None


class FeePart(Part):
    """A fee in the smallest unit of its currency (VND has no smaller one), for some channels (none: all)."""

    amount: Annotated[int, Field(ge=0, le=10**12)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "VND"
    channels: Annotated[list[Code], Field(min_length=1)] | None = None
    title: TitlePart
    source: SourcePart


class RolePart(Part):
    """A part an agency plays; ``agency`` names it only with ``jurisdiction: fixed``."""

    kind: Code
    jurisdiction: Literal["receiving", "territory", "province", "national", "fixed"]
    title: TitlePart
    agency: AgencyCode | None = None


def _by_outcome(value: object) -> object:
    return {"done": value} if isinstance(value, str) else value


def _whatever_the_opinions(value: object) -> object:
    return {"agreed": value, "disagreed": value} if isinstance(value, str) else value


_NEXT_SCHEMA = WithJsonSchema(
    {
        "description": "the next step, or outcome: step for each outcome",
        "anyOf": [
            {"type": "string", "pattern": _CODE_PATTERN},
            {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": _CODE_PATTERN},
                "additionalProperties": {"type": "string", "pattern": _CODE_PATTERN},
            },
        ],
    }
)
_Ways = Annotated[dict[Code, Code], Field(min_length=1, max_length=50)]
Next = Annotated[_Ways, BeforeValidator(_by_outcome), _NEXT_SCHEMA]
NextAfterOpinions = Annotated[_Ways, BeforeValidator(_whatever_the_opinions), _NEXT_SCHEMA]


class _NodePart(Part):
    code: Code
    title: TitlePart


class _LoopPart(_NodePart):
    max_entries: Annotated[int, Field(ge=0, le=1000, description="cap of a loop through this step")] = 0
    designed_loop: bool = False


class StepPart(_LoopPart):
    """Work of one agency."""

    kind: Literal["step"]
    role: Code
    next: Next
    limit: LimitText | None = None
    limit_from: Literal["opened", "received"] = "opened"
    counting: Counting | None = None
    source: SourcePart | None = None
    may_request_supplement: bool = False
    send_back_to: list[Code] = []
    tacit: Annotated[Code | None, Field(description="outcome taken when the limit passes in silence")] = None


class ServicePart(_LoopPart):
    """Work of a machine, called over HTTP."""

    kind: Literal["service"]
    role: Code
    service: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$|^https?://\S{1,500}$")]
    next: Next
    limit: LimitText | None = None
    counting: Counting | None = None
    source: SourcePart | None = None


class ChoicePart(Part):
    """One way out of a decision; the one without ``when`` is the default and stands last."""

    to: Code
    when: Condition | None = None


class DecisionPart(_NodePart):
    """An exclusive choice, tried in order."""

    kind: Literal["decision"]
    choose: Annotated[list[ChoicePart], Field(min_length=1, max_length=50)]
    source: SourcePart | None = None


class SplitPart(_NodePart):
    """All branches are taken at once."""

    kind: Literal["split"]
    to: Annotated[list[Code], Field(min_length=2, max_length=20)]


class JoinPart(_NodePart):
    """Waits for every branch that can still arrive."""

    kind: Literal["join"]
    next: Code


class ConsultedPart(Part):
    """One agency asked for an opinion."""

    role: Code
    limit: LimitText
    on_silence: Literal["escalate", "deemed_agree", "block"]
    counting: Counting | None = None
    when: Condition | None = None
    source: SourcePart


class ConsultationPart(_LoopPart):
    """The lead asks several agencies at once; outcomes ``agreed`` and ``disagreed`` (a plain ``next``: both)."""

    kind: Literal["consultation"]
    role: Code
    consulted: Annotated[list[ConsultedPart], Field(min_length=1, max_length=100)]
    next: NextAfterOpinions
    limit: LimitText | None = None
    counting: Counting | None = None
    source: SourcePart | None = None


class WaitPart(_LoopPart):
    """Waits for the applicant; ``on_silence`` is the outcome taken after ``limit``."""

    kind: Literal["wait"]
    purpose: Literal["confirm", "pay", "revise"]
    next: Next
    limit: LimitText | None = None
    counting: Counting | None = None
    on_silence: Code | None = None
    stops_clock: bool = False
    ground: Code | None = None
    cap: LimitText | None = None
    source: SourcePart | None = None


class PostingPart(_LoopPart):
    """A legal posting (niêm yết); outcomes ``done`` and, where designed, ``objection``."""

    kind: Literal["posting"]
    role: Code
    length: LimitText
    next: Next
    counting: Counting | None = None
    stops_clock: bool = False
    ground: Code = "legal_posting"
    cap: LimitText | None = None
    source: SourcePart


class SubProcedurePart(_LoopPart):
    """Submits an interlinked sub-dossier; outcomes ``done`` and ``denied``."""

    kind: Literal["sub_procedure"]
    role: Code
    procedure: ProcedureCode
    wait: bool = True
    next: Next


class EndPart(_NodePart):
    """The end of a path."""

    kind: Literal["end"]
    end: Literal["granted", "denied", "stopped"]


AnyStep = Annotated[
    StepPart
    | ServicePart
    | DecisionPart
    | SplitPart
    | JoinPart
    | ConsultationPart
    | WaitPart
    | PostingPart
    | SubProcedurePart
    | EndPart,
    Field(discriminator="kind"),
]
"""One entry of ``steps``; ``kind`` says which."""


class ProcedureFile(Part):
    """A whole procedure file, version 1 of the format."""

    motcua: Literal["procedure/1"]
    code: ProcedureCode
    version: Annotated[int, Field(ge=1, le=100_000)]
    in_force: InForcePart
    title: TitlePart
    field: FieldPart
    level: Literal["ministry", "province", "commune"]
    calendar: Code
    legal_basis: Annotated[list[SourcePart], Field(min_length=1)]
    limits: Annotated[list[LimitPart], Field(min_length=1, max_length=50)]
    clock: ClockPart
    papers: Annotated[list[PaperPart], Field(max_length=200)] = []
    fees: Annotated[list[FeePart], Field(max_length=200)] = []
    roles: Annotated[dict[Code, RolePart], Field(min_length=1, max_length=100)]
    desk: Code
    start: Code
    steps: Annotated[list[AnyStep], Field(min_length=1, max_length=200)]


_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


def is_code(text: object) -> bool:
    """Tell whether ``text`` may be the code of a step, role, paper, ground or channel."""
    return isinstance(text, str) and _CODE.fullmatch(text) is not None
