"""The scenario file as people write it: one pydantic model a part; what is legal to write, and its defaults.

Lengths and rates stay text here; `procedures.scenarios.model` turns a whole file into `engine.simulation.model.Model`.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from engine.simulation.model import Conduct
from procedures.format import AgencyCode, Code, LimitText, Part, ProcedureCode, SourcePart, TitlePart

OFFICE_DAY: Final = 8 * 3600
"""Office seconds in a working day of a length."""

_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?) (minutes?|hours?|office hours?|working days?|days?|weeks?)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "office hour": 3600, "working day": OFFICE_DAY}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?) per (working day|day|week|month)")
_PERIOD: Final = re.compile(r"(\d{1,4}) (days?|weeks?|months?)")
_STRENGTHS: Final[dict[str, float]] = {"mild": 0.15, "medium": 0.35, "strong": 0.7}


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("limit", "{sentence}", {"sentence": sentence})


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
        raise _refused(f"{text!r} is no length: write '30 minutes', '2 office hours' or '1.5 working days'")
    return float(found[1]) * _SECONDS[unit]


def _measure(value: object) -> object:
    """Take a length, or a number that is a share of the term."""
    if isinstance(value, str):
        seconds_of(value)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise _refused("expected a length such as '2 office hours', or a number with share_of_term: true")
    return float(value)


def _strength(value: object) -> object:
    """Take a chance, or a word for one."""
    if isinstance(value, str) and value in _STRENGTHS:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise _refused("expected mild, medium or strong, or a chance above 0 and at most 1")
    return float(value)


def _scalar(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise _refused("expected true, false, a number or text")
    return value


def _numbered(value: object) -> object:
    """Take the keys of a map, which are text in YAML, for numbers."""
    if not isinstance(value, dict):
        return value
    return {
        int(key) if isinstance(key, str) and key.isascii() and key.isdigit() else key: one for key, one in value.items()
    }


def _alike(value: object) -> object:
    """Take a number of officers for that many who are alike."""
    return [{"number": value}] if isinstance(value, int) and not isinstance(value, bool) else value


def _instant(text: str) -> str:
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or len(text) < len("2026-03-02 08:15"):
        raise _refused(f"{text!r} is no instant: write local date and time, such as '2026-03-02 08:15'")
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
        raise _refused(f"{text!r} is no rate: write '4 per working day', '2 per day', '20 per week' or '80 per month'")
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
        raise _refused(f"{text!r} is no period: write '26 weeks', '12 months' or '90 days'")
    return int(found[1]), found[2].removesuffix("s")


def after_period(day: date, text: str) -> date:
    """Return the first day after a period that begins on a day; a month ends before the same day of the next.

    Raises:
        PydanticCustomError: the text is no period.

    Example:
        >>> after_period(date(2026, 1, 31), "1 month")
        datetime.date(2026, 2, 28)
    """
    number, unit = period_of(text)
    if unit != "month":
        return day + timedelta(days=number * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _period(text: str) -> str:
    period_of(text)
    return text


Measure = Annotated[
    Any,
    AfterValidator(_measure),
    WithJsonSchema(
        {
            "description": "office time, e.g. 2 office hours; with share_of_term a share of the term",
            "anyOf": [{"type": "string", "pattern": _LENGTH.pattern}, {"type": "number", "minimum": 0}],
        }
    ),
]
Strength = Annotated[
    Any,
    AfterValidator(_strength),
    WithJsonSchema({"anyOf": [{"enum": [*_STRENGTHS]}, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}]}),
]
Scalar = Annotated[Any, AfterValidator(_scalar), WithJsonSchema({"type": ["boolean", "integer", "number", "string"]})]
InstantText = Annotated[str, AfterValidator(_instant), Field(description="local time, e.g. 2026-03-02 08:15")]
RateText = Annotated[str, AfterValidator(_rate), Field(description="e.g. 4 per working day")]
PeriodText = Annotated[str, AfterValidator(_period), Field(description="e.g. 26 weeks")]
Share = Annotated[float, Field(ge=0, le=1, description="a chance or share, from 0 to 1")]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Around(Part):
    """A middle and how far values scatter around it."""

    median: Measure = None
    mean: Measure = None
    sigma: Annotated[float, Field(ge=0, le=5)] = 0.5
    shape: Annotated[float, Field(gt=0, le=1000)] = 1.0


class DrawPart(Part):
    """How a length is drawn: one of the laws; with ``share_of_term`` the numbers are shares of the step's own term."""

    constant: Measure = None
    uniform: Annotated[list[Measure], Field(min_length=2, max_length=2)] | None = None
    exponential: Measure = None
    lognormal: Around | None = None
    gamma: Around | None = None
    empirical: Annotated[list[Measure], Field(min_length=1, max_length=100_000)] | None = None
    share_of_term: bool = False

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"constant": value} if isinstance(value, str | int | float) else value

    @model_validator(mode="after")
    def _one_law(self) -> DrawPart:
        laws = [name for name in LAWS if getattr(self, name) is not None]
        if len(laws) != 1:
            raise _refused(f"one law is needed, not {' and '.join(laws) or 'none'}; there are {', '.join(LAWS)}")
        if self.lognormal is not None and not self._is_set(self.lognormal.median, self.lognormal.mean):
            raise _refused("lognormal needs its median (and sigma), no mean")
        if self.gamma is not None and not self._is_set(self.gamma.mean, self.gamma.median):
            raise _refused("gamma needs its mean (and shape), no median")
        for text in self._values():
            if isinstance(text, str) == self.share_of_term:
                what = "a share such as 0.5" if self.share_of_term else "a length such as '2 office hours'"
                raise _refused(f"{text!r} is not {what}")
        if self.uniform is not None and number_of(self.uniform[0]) > number_of(self.uniform[1]):
            raise _refused("uniform needs the least before the most")
        return self

    @staticmethod
    def _is_set(middle: object, other: object) -> bool:
        return middle is not None and other is None and number_of(middle) > 0

    def _values(self) -> list[object]:
        around = self.lognormal or self.gamma
        middle = None if around is None else around.median if self.lognormal is not None else around.mean
        found = [self.constant, self.exponential, middle, *(self.uniform or ()), *(self.empirical or ())]
        return [value for value in found if value is not None and value != 0]


LAWS: Final = ("constant", "uniform", "exponential", "lognormal", "gamma", "empirical")


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


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
    values: dict[Word, Scalar] = Field(default_factory=dict)


_OF_A_RATE: Final = frozenset({"pattern", "on_days_off", "by_hour", "by_weekday", "by_month"})

Factor = Annotated[float, Field(ge=0, allow_inf_nan=False, description="times as many as at a factor of 1")]


class ArrivalsPart(Part):
    """When dossiers come: a ``rate`` with its pattern over day, week and year, or ``gaps``, or the instants ``at``."""

    rate: RateText | None = None
    pattern: Literal["poisson", "constant"] = "poisson"
    on_days_off: Factor = 0.0
    by_hour: Annotated[dict[Annotated[int, Field(ge=0, le=23)], Factor], BeforeValidator(_numbered)] = Field(
        default_factory=dict, description="how the dossiers of a day are shared out; none: evenly over office time"
    )
    by_weekday: dict[Weekday, Factor] = Field(
        default_factory=dict, description="a day not named: 1; the rate is kept over a usual week"
    )
    by_month: Annotated[dict[Annotated[int, Field(ge=1, le=12)], Factor], BeforeValidator(_numbered)] = Field(
        default_factory=dict, description="a month not named: 1; the rate is kept over a year"
    )
    gaps: DrawPart | None = Field(default=None, description="office time of the desk from one dossier to the next")
    at: Annotated[list[InstantText], Field(min_length=1, max_length=1_000_000)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"rate": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> ArrivalsPart:
        given = [name for name in ("rate", "gaps", "at") if getattr(self, name) is not None]
        if len(given) != 1:
            raise _refused(f"one of rate, gaps and at is needed, not {' and '.join(given) or 'none'}")
        if self.by_hour and not any(self.by_hour.values()):
            raise _refused("by_hour leaves no hour in which dossiers come")
        for key, whole, what in (("by_weekday", 7, "day of the week"), ("by_month", 12, "month")):
            factors = getattr(self, key)
            if len(factors) == whole and not any(factors.values()):
                raise _refused(f"{key} leaves no {what} in which dossiers come")
        if self.rate is None and (unused := self.model_fields_set & _OF_A_RATE):
            raise _refused(f"{min(unused)} says how a rate is shared out, and there is none")
        if self.gaps is not None and self.gaps.share_of_term:
            raise _refused("gaps are lengths; a share of a term is none")
        return self


class ProcedurePart(Part):
    """One procedure of the scenario: how often, where, which way, of which kinds, and how it is treated."""

    code: ProcedureCode
    version: Annotated[int, Field(ge=1)] | None = None
    arrivals: ArrivalsPart | None = Field(default=None, description="none: only as a part of others")
    by_channel: dict[Code, ArrivalsPart] = Field(
        default_factory=dict, description="arrivals of each channel, in place of arrivals and channels"
    )
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

    @property
    def comes(self) -> bool:
        """Whether its dossiers come by themselves, and not only as parts of others."""
        return self.arrivals is not None or bool(self.by_channel)

    @model_validator(mode="after")
    def _one_way(self) -> ProcedurePart:
        if self.by_channel and (self.arrivals is not None or self.channels):
            raise _refused("by_channel stands in place of arrivals and channels; leave these out")
        return self


class DaysPart(Part):
    """From a day to another, both included."""

    since: date = Field(alias="from")
    until: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> DaysPart:
        if self.until < self.since:
            raise _refused(f"to: {self.until} lies before from: {self.since}")
        return self


class AbsencePart(DaysPart):
    """Days on which an officer is away."""


class OfficerPart(Part):
    """One officer, or ``number`` alike."""

    name: Word | None = None
    number: Annotated[int, Field(ge=1, le=1000)] = 1
    steps: list[Code] = Field(default_factory=list)
    pace: Annotated[float, Field(gt=0, le=20)] = 1.0
    absences: list[AbsencePart] = Field(default_factory=list)
    calendar: Code | None = Field(default=None, description="other hours than those of his agency")
    weekdays: Annotated[list[Weekday], Field(min_length=1)] | None = Field(
        default=None, description="the days he works"
    )
    intake: bool = True


class OfficePart(Part):
    """An agency at work."""

    officers: Annotated[list[OfficerPart], BeforeValidator(_alike), Field(min_length=1)] | None = Field(
        default=None, description="a number, or one entry for each kind of officer"
    )
    calendar: Code | None = Field(
        default=None, description="other hours than the directory says; its terms count by them"
    )
    discipline: Literal["fifo", "earliest_due", "shortest", "priority"] = "fifo"
    autonomy: Literal["pull", "push", "central"] = "pull"


class ConductPart(Part):
    """An agency's conduct; ``strength`` is the chance that it does so at an occasion."""

    agency: AgencyCode
    does: Literal[tuple(one.name.lower() for one in Conduct)]  # type: ignore[valid-type]
    strength: Strength = "medium"
    partner: AgencyCode | None = None
    steps: list[Code] = Field(default_factory=list)
    length: DrawPart = Field(default_factory=lambda: DrawPart(constant="2 working days"))

    @property
    def chance(self) -> float:
        """The strength as a number."""
        return _STRENGTHS[self.strength] if isinstance(self.strength, str) else float(self.strength)


class AddPart(Part):
    """A step put in behind another: whatever led on from that one leads to it, and it leads on to where that led."""

    code: Code
    after: Code
    role: Code = Field(description="a role of the procedure")
    title: TitlePart | None = None
    limit: LimitText | None = None


class ChangePart(Part):
    """What is different about a procedure, in this order: steps added, cut, limits, side by side, one by one."""

    procedure: ProcedureCode
    add: list[AddPart] = Field(default_factory=list)
    cut: list[Code] = Field(default_factory=list)
    limits: dict[Word, LimitText] = Field(default_factory=dict, description="by step, or legal")
    parallel: list[Code] = Field(
        default_factory=list, description="steps that follow on each other and shall run side by side"
    )
    in_turn: list[Code] = Field(
        default_factory=list, description="consultations whose agencies shall be asked one after the other"
    )


class SurgePart(DaysPart):
    """A time in which more (or fewer) dossiers come."""

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
            raise _refused(f"procedure {doubled[0]} stands here more than once")
        return value


def number_of(value: Any) -> float:  # noqa: ANN401  a length or a share, as a draw holds it
    """Return a value of a draw as a number: seconds, or a share."""
    return seconds_of(value) if isinstance(value, str) else float(value)
