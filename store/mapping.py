"""The mapping of a foreign log: which of its attributes is the dossier, the instant, the step, the agency, the due.

The model of the mapping file; `workflows.replay` reads the file and applies it. Every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from engine.errors import InputError
from engine.instants import zone_of

Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,79}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]

TEXTS: Final = ("dossier", "step", "agency", "officer", "channel")
"""Fields that hold a text."""

INSTANTS: Final = ("instant", "started", "received", "due", "ended")
"""Fields that hold an instant."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class SourceLine(_Part):
    """Who made the log, and under which terms."""

    text: Text
    url: Text | None = None


class Column(_Part):
    """One attribute of the log and what to make of its values.

    ``cut`` is a regular expression: a value becomes its first group (or the whole match), a value that does not match
    stays as it is. Then ``values`` renames. Values in ``blank`` (after cutting) count as absent, as empty ones do.
    """

    attribute: Text
    blank: tuple[str, ...] = ()
    cut: Text | None = None
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


class Mapping(_Part):
    """A mapping file. Attributes of the case are written with ``case:`` before their name.

    Attributes:
        log: short name of the log; part of the dossiers' identity, so that two logs never mix.
        zone: IANA zone in which people there read dates.
        local_times: whether instants without an offset are local times of ``zone``; else they are refused.
        calendar: code of the receiving desk's calendar.
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
    """

    log: Code
    title: Text | None = None
    source: SourceLine
    zone: Text
    local_times: bool = False
    calendar: Name
    procedure: Code
    procedure_version: Annotated[int, Field(ge=1)] = 1
    desk: Text = "desk"
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,20}$")] = ""
    dossier: Column
    instant: Column
    step: Column
    agency: Column | None = None
    officer: Column | None = None
    started: Column | None = None
    received: Column | None = None
    due: Column | None = None
    ended: Column | None = None
    channel: Column | None = None
    attributes: dict[Name, Column] = Field(default_factory=dict)
    blank: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    after_log: Text = "(after the log)"
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    separator: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","

    @field_validator(*TEXTS, *INSTANTS, mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"attribute": value} if isinstance(value, str) else value

    @field_validator("attributes", mode="before")
    @classmethod
    def _bare_names(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: {"attribute": column} if isinstance(column, str) else column for name, column in value.items()}

    @field_validator("blank", "system", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if isinstance(value, str) else value

    @field_validator("only", mode="before")
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

    def wanted(self) -> frozenset[str]:
        """Return the names of all attributes of the log that are looked at."""
        return frozenset({column.attribute for _, column in self.columns()} | set(self.only))
