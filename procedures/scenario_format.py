"""The scenario file as people write it: one pydantic model a part; what is legal to write, and its defaults.

Lengths and rates stay text here; `procedures.scenario_model` turns a whole file into `engine.simulation.model.Model`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from engine.simulation.model import Conduct
from procedures.format import AgencyCode, Code, LimitText, Part, ProcedureCode, SourcePart, TitlePart

OFFICE_DAY: Final = 8 * 3600
"""Office seconds in a working day of a length."""

_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?) (minutes?|hours?|office hours?|working days?|days?|weeks?)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "office hour": 3600, "working day": OFFICE_DAY}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?) per (working day|day|week|month)")
_PERIOD: Final = re.compile(r"(\d{1,4}) (days?|weeks?|months?)")
_STRENGTHS: Final = {"mild": 0.15, "medium": 0.35, "strong": 0.7}


def seconds_of(text: str) -> float:
    """Return a length in seconds; a working day is eight office hours.

    Raises:
        PydanticCustomError: the text is no length.

    Example:
        >>> seconds_of("1.5 working days"), seconds_of("30 minutes")
        (43200.0, 1800.0)
    """
    found = _LENGTH.fullmatch(" ".join(text.split()))
    unit = found[2].removesuffix("s") if found else ""
    if found is None or unit not in _SECONDS:
        sentence = f"{text!r} is no length: write '30 minutes', '2 office hours' or '1.5 working days'"
        raise PydanticCustomError("limit", "{sentence}", {"sentence": sentence})
    return float(found[1]) * _SECONDS[unit]


def _length(text: str) -> str:
    seconds_of(text)
    return text


def rate_of(text: str) -> tuple[float, str]:
    """Return how many, and per what.

    Raises:
        PydanticCustomError: the text is no rate.

    Example:
        >>> rate_of("4 per working day")
        (4.0, 'working day')
    """
    found = _RATE.fullmatch(" ".join(text.split()))
    if found is None:
        sentence = f"{text!r} is no rate: write '4 per working day', '2 per day', '20 per week' or '80 per month'"
        raise PydanticCustomError("limit", "{sentence}", {"sentence": sentence})
    return float(found[1]), found[2]


def _rate(text: str) -> str:
    rate_of(text)
    return text


def period_of(text: str) -> tuple[int, str]:
    """Return a period as a number of days, weeks or months.

    Raises:
        PydanticCustomError: the text is no period.
    """
    found = _PERIOD.fullmatch(" ".join(text.split()))
    if found is None:
        sentence = f"{text!r} is no period: write '26 weeks', '12 months' or '90 days'"
        raise PydanticCustomError("limit", "{sentence}", {"sentence": sentence})
    return int(found[1]), found[2].removesuffix("s")


def _period(text: str) -> str:
    period_of(text)
    return text


LengthText = Annotated[str, AfterValidator(_length), Field(description="office time, e.g. 2 office hours")]
RateText = Annotated[str, AfterValidator(_rate), Field(description="e.g. 4 per working day")]
PeriodText = Annotated[str, AfterValidator(_period), Field(description="e.g. 26 weeks")]
Share = Annotated[float, Field(ge=0, le=1, description="a chance or share, from 0 to 1")]
Weight = Annotated[float, Field(gt=0)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Around(Part):
    """A middle and how far values scatter around it."""

    median: LengthText | Annotated[float, Field(gt=0)] | None = None
    mean: LengthText | Annotated[float, Field(gt=0)] | None = None
    sigma: Annotated[float, Field(ge=0, le=5)] = 0.5
    shape: Annotated[float, Field(gt=0, le=1000)] = 1.0


class DrawPart(Part):
    """How a length is drawn: one of the laws; with ``share_of_term`` the numbers are shares of the step's own term."""

    constant: LengthText | Annotated[float, Field(ge=0)] | None = None
    uniform: Annotated[list[LengthText | float], Field(min_length=2, max_length=2)] | None = None
    exponential: LengthText | Annotated[float, Field(gt=0)] | None = None
    lognormal: Around | None = None
    gamma: Around | None = None
    empirical: Annotated[list[LengthText | float], Field(min_length=1, max_length=100_000)] | None = None
    share_of_term: bool = False

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"constant": value} if isinstance(value, str | int | float) else value

    @model_validator(mode="after")
    def _one_law(self) -> DrawPart:
        laws = [name for name in LAWS if getattr(self, name) is not None]
        if len(laws) != 1:
            given = ", ".join(laws) or "none"
            sentence = f"one law is needed, not {given}: {', '.join(LAWS)}"
            raise PydanticCustomError("limit", "{sentence}", {"sentence": sentence})
        if self.lognormal is not None and self.lognormal.median is None:
            raise PydanticCustomError("limit", "{sentence}", {"sentence": "lognormal needs its median"})
        if self.gamma is not None and self.gamma.mean is None:
            raise PydanticCustomError("limit", "{sentence}", {"sentence": "gamma needs its mean (and shape)"})
        for text in self._values():
            if isinstance(text, str) == self.share_of_term:
                what = "a share such as 0.5" if self.share_of_term else "a length such as '2 office hours'"
                raise PydanticCustomError("limit", "{sentence}", {"sentence": f"{text!r} is not {what}"})
        return self

    def _values(self) -> list[object]:
        around = self.lognormal or self.gamma
        middle = None if around is None else around.median if self.lognormal is not None else around.mean
        found = [self.constant, self.exponential, middle, *(self.uniform or ()), *(self.empirical or ())]
        return [value for value in found if value is not None and value != 0]


LAWS: Final = ("constant", "uniform", "exponential", "lognormal", "gamma", "empirical")


class OpinionPart(Part):
    """How a consulted agency answers."""

    service: DrawPart | None = None
    delay: DrawPart | None = None
    silent: Share = 0.0
    disagrees: Share = 0.0
    no_position: Share = 0.0


class StepPart(Part):
    """How one step is treated; see `engine.simulation.model.Treatment`."""

    service: DrawPart | None = None
    delay: DrawPart | None = None
    outcomes: dict[Word, Share] = Field(default_factory=dict)
    supplement: Share = 0.0
    send_back: Share = 0.0
    answers: Share = 1.0
    opinion: OpinionPart = Field(default_factory=OpinionPart)
    opinions: dict[AgencyCode, OpinionPart] = Field(default_factory=dict)


class ApplicantsPart(Part):
    """What applicants do; lengths are office time of the desk."""

    supplements: Share = 0.9
    supplement_time: DrawPart = Field(default_factory=lambda: DrawPart(lognormal=Around(median="3 working days")))
    withdraws: Share = 0.0
    withdrawal_time: DrawPart = Field(default_factory=lambda: DrawPart(uniform=["1 working day", "5 working days"]))
    unasked: Share = 0.0
    collects: Share = 1.0
    collection_time: DrawPart = Field(default_factory=lambda: DrawPart(uniform=["1 office hour", "2 working days"]))


class IntakePart(Part):
    """What the receiving desk does."""

    service: DrawPart = Field(default_factory=lambda: DrawPart(lognormal=Around(median="15 minutes")))
    declines: Share = 0.0
    supplement: Share = 0.0
    apologises: Share = 0.0
    apology: DrawPart = Field(default_factory=lambda: DrawPart(constant="3 working days"))
    extends: Share = 0.0


class CasePart(Part):
    """Dossiers of some data: conditions of the procedure read them."""

    share: Weight = 1.0
    values: dict[Word, bool | int | float | str] = Field(default_factory=dict)


class ArrivalsPart(Part):
    """When dossiers come: how many on average, by chance or evenly, and at which times more than at others."""

    rate: RateText
    pattern: Literal["poisson", "constant"] = "poisson"
    on_days_off: Annotated[float, Field(ge=0)] = 0.0
    by_hour: dict[Annotated[int, Field(ge=0, le=23)], Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    by_weekday: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict
    )
    by_month: dict[Annotated[int, Field(ge=1, le=12)], Annotated[float, Field(ge=0)]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"rate": value} if isinstance(value, str) else value


class ProcedurePart(Part):
    """One procedure of the scenario: how often, where, which way, of which kinds, and how it is treated."""

    code: ProcedureCode
    version: Annotated[int, Field(ge=1)] | None = None
    arrivals: ArrivalsPart | None = Field(None, description="none: only as a part of others")
    places: dict[Word, Weight] = Field(default_factory=dict, description="territories and their shares")
    channels: dict[Word, Weight] = Field(default_factory=dict)
    data: list[CasePart] = Field(default_factory=list)
    service: DrawPart = Field(
        default_factory=lambda: DrawPart(lognormal=Around(median=0.4, sigma=0.5), share_of_term=True)
    )
    steps: dict[Code, StepPart] = Field(default_factory=dict)
    opinion: OpinionPart = Field(default_factory=OpinionPart)
    applicants: ApplicantsPart = Field(default_factory=ApplicantsPart)
    intake: IntakePart = Field(default_factory=IntakePart)
    priority: int = 0


class AbsencePart(Part):
    """Days on which an officer is away, both included."""

    since: date = Field(alias="from")
    until: date = Field(alias="to")


class OfficerPart(Part):
    """One officer, or ``number`` alike."""

    name: Word = ""
    number: Annotated[int, Field(ge=1, le=1000)] = 1
    steps: list[Code] = Field(default_factory=list)
    pace: Annotated[float, Field(gt=0, le=20)] = 1.0
    absences: list[AbsencePart] = Field(default_factory=list)
    intake: bool = True


class OfficePart(Part):
    """An agency at work."""

    officers: Annotated[int, Field(ge=1, le=1000)] | list[OfficerPart] | None = None
    discipline: Literal["fifo", "earliest_due", "shortest", "priority"] = "fifo"
    autonomy: Literal["pull", "push", "central"] = "pull"


class ConductPart(Part):
    """An agency's conduct; ``strength`` is the chance that it does so at an occasion."""

    agency: AgencyCode
    does: Literal[tuple(one.name.lower() for one in Conduct)]  # type: ignore[valid-type]
    strength: Annotated[float, Field(gt=0, le=1)] | Literal["mild", "medium", "strong"] = "medium"
    partner: AgencyCode | None = None
    steps: list[Code] = Field(default_factory=list)
    length: DrawPart = Field(default_factory=lambda: DrawPart(constant="2 working days"))

    @property
    def chance(self) -> float:
        """The strength as a number."""
        return _STRENGTHS[self.strength] if isinstance(self.strength, str) else self.strength


class ChangePart(Part):
    """What is different about a procedure: steps cut out, limits, steps that run side by side."""

    procedure: ProcedureCode
    cut: list[Code] = Field(default_factory=list)
    limits: dict[Word, LimitText] = Field(default_factory=dict, description="by step, or legal")
    parallel: list[Code] = Field(
        default_factory=list, description="steps that follow on each other and shall run side by side"
    )


class SurgePart(Part):
    """A time in which more (or fewer) dossiers come."""

    since: date = Field(alias="from")
    until: date = Field(alias="to")
    factor: Annotated[float, Field(ge=0, le=100)]
    procedures: list[ProcedureCode] = Field(default_factory=list)


class MergePart(Part):
    """Agencies whose work and officers are taken over by another from the beginning."""

    into: AgencyCode
    of: Annotated[list[AgencyCode], Field(min_length=1)]


class Scenario(Part):
    """A whole scenario file."""

    scenario: Code
    title: TitlePart
    question: TitlePart | None = None
    source: SourcePart
    start: date
    length: PeriodText = "26 weeks"
    warm_up: PeriodText = "4 weeks"
    directory: Word = "province"
    calendar: Code = "vn"
    officers: Annotated[int, Field(ge=1, le=1000)] = 2
    procedures: Annotated[list[ProcedurePart], Field(min_length=1)]
    agencies: dict[AgencyCode, OfficePart] = Field(default_factory=dict)
    conduct: list[ConductPart] = Field(default_factory=list)
    changes: list[ChangePart] = Field(default_factory=list)
    merge: list[MergePart] = Field(default_factory=list)
    days_off: list[date] = Field(default_factory=list)
    worked_days: list[date] = Field(default_factory=list)
    surges: list[SurgePart] = Field(default_factory=list)

    @field_validator("procedures")
    @classmethod
    def _each_once(cls, value: list[ProcedurePart]) -> list[ProcedurePart]:
        codes = [one.code for one in value]
        if doubled := sorted({code for code in codes if codes.count(code) > 1}):
            sentence = f"procedure {doubled[0]} stands here more than once"
            raise PydanticCustomError("limit", "{sentence}", {"sentence": sentence})
        return value


def number_of(value: Any) -> float:  # noqa: ANN401  a length or a share, as a draw holds it
    """Return a value of a draw as a number: seconds, or a share."""
    return seconds_of(value) if isinstance(value, str) else float(value)
