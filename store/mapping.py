"""The mapping of a foreign log: which of its attributes is the dossier, the instant, the step, the agency, the due.

The model of the mapping file; `workflows.replay` reads the file and applies it. Every fault is reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from engine.errors import InputError
from engine.instants import zone_of
from engine.limits import parse_limit

Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,79}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]

TEXTS: Final = ("dossier", "step", "agency", "officer", "channel", "applicant", "state")
"""Fields that hold a text."""

INSTANTS: Final = ("instant", "started", "step_due", "received", "due", "ended")
"""Fields that hold an instant."""

ACTS: Final = (
    "supplement_requested",
    "supplement_received",
    "clock_paused",
    "clock_resumed",
    "submitted",
    "resubmitted",
    "sent_back",
    "transferred",
    "escalated",
    "opinion_requested",
    "opinion_given",
    "apology_issued",
    "limit_extended",
    "result_denied",
    "result_issued",
    "withdrawn",
    "intake_declined",
)
"""What a step of a foreign log can be said to mean, in `Mapping.acts`."""

STATES: Final = ("work", "queue", "applicant", "other_agency", "nobody")
"""Whose move it is in a state of a foreign log, in the values of `Mapping.state`."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class SourceLine(_Part):
    """Who made the log, and under which terms."""

    text: Text
    url: Text | None = None


class Column(_Part):
    """One attribute of the log and what to make of its values.

    ``cut`` is a regular expression: a value becomes its first group (or the whole match), a value that does not match
    becomes ``otherwise``, or stays as it is without one. Then ``values`` renames. Values in ``blank`` (after cutting)
    count as absent, as empty ones do.
    """

    attribute: Text
    blank: tuple[str, ...] = ()
    cut: Text | None = None
    otherwise: Text | None = None
    values: dict[str, str] = Field(default_factory=dict)

    @field_validator("blank", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if isinstance(value, str) else value

    @field_validator("cut")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None and groups_of(value) > 1:
            raise ValueError("has more than one group: say which part with one, the others as (?:…)")
        return value


def groups_of(pattern: str) -> int:
    """Return the number of groups of a regular expression in the dialect that is run over logs (it cannot hang).

    Raises:
        ValueError: no such expression.
    """
    import polars as pl

    try:
        found = pl.Series([""]).str.extract_groups(pattern)
    except pl.exceptions.PolarsError as error:
        what = str(error).strip().rsplit("\n", 1)[-1].removeprefix("error: ")
        raise ValueError(f"is no regular expression: {what}") from None
    return len(found.struct.fields) if isinstance(found.dtype, pl.Struct) else 0


class PlainHours(_Part):
    """Office hours of a log whose calendar nobody has written down: the same every week, with dated days off.

    ``week`` names days and hours, e.g. ``Mon-Fri 08:00-12:00 13:00-17:00; Sat 08:00-12:00``. The days known reach from
    ``first`` to ``last``.
    """

    week: Text
    days_off: tuple[date, ...] = ()
    first: date = date(1990, 1, 1)
    last: date = date(2059, 12, 31)

    @field_validator("days_off", "first", "last", mode="before")
    @classmethod
    def _as_dates(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple(date.fromisoformat(one) if isinstance(one, str) else one for one in value)
        return date.fromisoformat(value) if isinstance(value, str) else value

    @field_validator("week")
    @classmethod
    def _readable(cls, value: str) -> str:
        week_of(value)
        return value


_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS: Final = re.compile(r"^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")


def week_of(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the windows of Monday to Sunday (seconds after midnight) that a text names.

    Raises:
        ValueError: the text names none; the sentence says what is expected.

    Example:
        >>> week_of("Sat-Sun 09:00-10:00")[5:]
        (((32400, 36000),), ((32400, 36000),))
    """
    week: list[tuple[tuple[int, int], ...]] = [()] * 7
    for part in text.split(";"):
        days, *hours = part.split()
        first, _, last = days.lower().partition("-")
        last = last or first
        if first not in _DAYS or last not in _DAYS or not hours:
            raise ValueError(f"{part.strip()!r}: write days and hours, e.g. Mon-Fri 08:00-12:00 13:00-17:00")
        windows = []
        for one in hours:
            found = _HOURS.match(one)
            if found is None:
                raise ValueError(f"{one!r}: write hours as 08:00-12:00")
            opens, closes = (int(found[n]) * 3600 + int(found[n + 1]) * 60 for n in (1, 3))
            if not opens < closes <= 86_400:
                raise ValueError(f"{one!r}: closes before it opens")
            windows.append((opens, closes))
        for day in range(_DAYS.index(first), _DAYS.index(last) + 1):
            week[day] = tuple(windows)
    return tuple(week)


class Term(_Part):
    """A term between two steps of a log: the law's own, e.g. a penalty 60 calendar days after notification.

    It runs from a step of ``since`` to the first later step of ``until``; of several ``since`` before that ``until``
    the last one counts (``pick: last``) or the first (``pick: first``). ``limit`` is a length as in a procedure file.
    """

    name: Name
    since: tuple[str, ...]
    until: tuple[str, ...]
    limit: Text
    pick: str = "last"

    @field_validator("since", "until", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if isinstance(value, str) else value

    @field_validator("limit")
    @classmethod
    def _is_limit(cls, value: str) -> str:
        return _limit(value)

    @field_validator("pick")
    @classmethod
    def _first_or_last(cls, value: str) -> str:
        if value not in {"first", "last"}:
            raise ValueError("pick is first or last")
        return value


DATES: Final = ("dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd")
"""In which order a register writes dates, in `Register.dates`."""

HANDLING: Final = ":handling"
"""Attribute of a register that is its one step: a register tells who finished a dossier, not what was done."""


class Register(_Part):
    """The log is a register: a table, CSV or XLSX, with one row a dossier and titles above the heading.

    Attributes:
        sheet: of the workbook; the first where not said.
        heading_row: number of the row with the headings (the upper one of two), found by the mapped names if ``auto``.
        dates: order of written dates; ISO dates and real dates of a workbook are understood besides.
        fill_down: headings whose empty cells mean the cell above (merged over several rows).
        name: heading of the applicant's name; import keeps it apart, nothing else looks at it.
        desk: heading of the receiving desk, where rows differ.
        procedure: heading of the procedure, where rows differ.
    """

    sheet: Text | None = None
    heading_row: Annotated[int, Field(ge=1)] | str = "auto"
    dates: str = DATES[0]
    fill_down: tuple[str, ...] = ()
    name: Column | None = None
    desk: Column | None = None
    procedure: Column | None = None

    @field_validator("name", "desk", "procedure", mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"attribute": value} if isinstance(value, str) else value

    @field_validator("fill_down", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if isinstance(value, str) else value

    @field_validator("heading_row")
    @classmethod
    def _auto_or_number(cls, value: int | str) -> int | str:
        if isinstance(value, str) and value != "auto":
            raise ValueError("heading_row is auto or a number")
        return value

    @field_validator("dates")
    @classmethod
    def _known_order(cls, value: str) -> str:
        if value not in DATES:
            raise ValueError(f"dates is one of {', '.join(DATES)}")
        return value

    def columns(self) -> Iterator[tuple[str, Column]]:
        """Yield path and column of what only a register has."""
        for name in ("name", "desk", "procedure"):
            column: Column | None = getattr(self, name)
            if column is not None:
                yield f"register.{name}", column


class Levels(_Part):
    """Lines of support in the order in which they should be reached: ``group`` names one of ``groups``."""

    group: Name
    order: tuple[str, ...]

    @field_validator("order", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


def _limit(text: str) -> str:
    try:
        parse_limit(text)
    except InputError as error:
        raise ValueError(str(error)) from None
    return text


class Mapping(_Part):
    """A mapping file. Attributes of the case are written with ``case:`` before their name.

    Attributes:
        log: short name of the log; part of the dossiers' identity, so that two logs never mix.
        zone: IANA zone in which people there read dates.
        local_times: whether instants without an offset are local times of ``zone``; else they are refused.
        calendar: code of the receiving desk's calendar, or its plain hours.
        procedure: code of the procedure the dossiers follow.
        desk: code of the desk that receives them.
        prefix: put before the case's identifier to make the dossier number.
        instant: when the event was completed.
        started: when work on the event began, where the log knows; else its hold begins at the event before.
        only: values an attribute of the event must have, e.g. ``{"lifecycle:transition": [complete]}``.
        attributes: further attributes of the case kept with the dossier, by a name of your own.
        after_log: step at which an open dossier stays with its last holder, for the log ends before the case does.
        system: officers that are accounts of a machine; recorded as ``system:<account>``.
        separator: between the values of a CSV file.
        event: what an event tells: ``completion`` of a step, or the ``beginning`` of a state that lasts until the next.
        state: whose move it is, by values of `STATES`; without it every hold is work of its agency.
        step_due: the recorded due instant of the event's own step.
        applicant: who applied, as a reference; tells dossiers of one person apart.
        groups: further ways to group events (``--by``), by a name of your own.
        levels: lines of support in their right order.
        acts: what steps mean: name of an act (`ACTS`) to step names (after renaming).
        ended_by: steps that end a dossier (the last of them), where no attribute tells.
        term: the legal term from receipt, where the log records no due instant.
        terms: terms between two steps.
        outsiders: values of ``agency`` that are the applicant and no agency.
        designed_loops: pairs of agencies between which a dossier goes back and forth by design.
        parameters: other values for the parameters of signals: code to name to value.
        register: the log is a register, one row a dossier; ``instant`` and ``step`` are left out then.
    """

    log: Code
    title: Text | None = None
    source: SourceLine
    zone: Text
    local_times: bool = False
    calendar: Name | PlainHours
    procedure: Code
    procedure_version: Annotated[int, Field(ge=1)] = 1
    desk: Text = "desk"
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,20}$")] = ""
    event: str = "completion"
    dossier: Column
    instant: Column
    step: Column
    state: Column | None = None
    step_due: Column | None = None
    applicant: Column | None = None
    agency: Column | None = None
    officer: Column | None = None
    started: Column | None = None
    received: Column | None = None
    due: Column | None = None
    ended: Column | None = None
    channel: Column | None = None
    attributes: dict[Name, Column] = Field(default_factory=dict)
    groups: dict[Name, Column] = Field(default_factory=dict)
    levels: Levels | None = None
    acts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    ended_by: tuple[str, ...] = ()
    term: Text | None = None
    terms: tuple[Term, ...] = ()
    outsiders: tuple[str, ...] = ()
    designed_loops: tuple[tuple[str, str], ...] = ()
    parameters: dict[str, dict[str, float | int | str]] = Field(default_factory=dict)
    blank: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    after_log: Text = "(after the log)"
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    separator: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    register_: Register | None = Field(default=None, alias="register")

    @model_validator(mode="before")
    @classmethod
    def _row_as_event(cls, value: object) -> object:
        """A register's row is one state: handled by its agency from receipt until the end."""
        if not isinstance(value, dict) or value.get("register") is None:
            return value
        if value.get("received") is None:
            raise ValueError("register: name the column of the receipt with received:")
        implied = {"event": "beginning", "instant": value["received"], "step": HANDLING, "local_times": True}
        return {**implied, **value}

    @field_validator(*TEXTS, *INSTANTS, mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"attribute": value} if isinstance(value, str) else value

    @field_validator("attributes", "groups", mode="before")
    @classmethod
    def _bare_names(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: {"attribute": column} if isinstance(column, str) else column for name, column in value.items()}

    @field_validator("blank", "system", "ended_by", "outsiders", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if isinstance(value, str) else value

    @field_validator("designed_loops", "terms", mode="before")
    @classmethod
    def _as_pairs(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        return tuple(tuple(one) if isinstance(one, list) else one for one in value)

    @field_validator("only", "acts", mode="before")
    @classmethod
    def _as_tuples(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: tuple(v) if isinstance(v, list) else (v,) for name, v in value.items()}

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zone_of(value)
        except InputError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("acts")
    @classmethod
    def _known_acts(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := sorted(set(value) - set(ACTS)):
            raise ValueError(f"{unknown[0]!r} is no act; acts are {', '.join(ACTS)}")
        return value

    @field_validator("event")
    @classmethod
    def _known_event(cls, value: str) -> str:
        if value not in {"completion", "beginning"}:
            raise ValueError("event is completion (of a step) or beginning (of a state)")
        return value

    @field_validator("term")
    @classmethod
    def _is_limit(cls, value: str | None) -> str | None:
        return value if value is None else _limit(value)

    @model_validator(mode="after")
    def _names_meet(self) -> Mapping:
        if self.levels is not None and self.levels.group not in self.groups:
            raise ValueError(f"levels: group {self.levels.group!r} is not among groups")
        if self.state is not None and (unknown := sorted(set(self.state.values.values()) - set(STATES))):
            raise ValueError(f"state: {unknown[0]!r} is no state; states are {', '.join(STATES)}")
        if self.acts and self.event == "beginning":
            raise ValueError("acts: say what states mean with state, where an event tells the beginning of one")
        if self.term is not None and self.due is not None:
            raise ValueError("term: the log records the due instant (due); give one of the two")
        return self

    @model_validator(mode="after")
    def _instants_are_plain(self) -> Mapping:
        for name in INSTANTS:
            column: Column | None = getattr(self, name)
            if column is not None and column.values:
                raise ValueError(f"{name}: an instant has no values to rename; use cut or blank")
        return self

    def columns(self) -> Iterator[tuple[str, Column]]:
        """Yield the path and the column of every mapped attribute."""
        for name in (*TEXTS, *INSTANTS):
            column: Column | None = getattr(self, name)
            if column is not None:
                yield name, column
        for name, column in self.attributes.items():
            yield f"attributes.{name}", column
        for name, column in self.groups.items():
            yield f"groups.{name}", column
        if self.register_ is not None:
            yield from self.register_.columns()

    def keeping_blanks(self) -> Mapping:
        """Return the mapping with what counts as blank kept as values of their own (empty ones stay absent)."""
        columns: dict[str, object] = {
            name: column.model_copy(update={"blank": ()})
            for name in TEXTS
            if (column := getattr(self, name)) is not None
        }
        groups = {name: column.model_copy(update={"blank": ()}) for name, column in self.groups.items()}
        return self.model_copy(update={**columns, "groups": groups, "blank": ()})

    def wanted(self) -> frozenset[str]:
        """Return the names of all attributes of the log that are looked at."""
        return frozenset({column.attribute for _, column in self.columns()} | set(self.only))
