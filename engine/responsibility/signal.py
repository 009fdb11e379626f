"""What a signal is: a question for review with its rule, its evidence and what speaks against it; never a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import polars as pl

from engine.casebook import INSTANT, Casebook
from engine.cited import Source, Title
from engine.errors import InputError
from engine.limits import CalendarDays, ElapsedHours, OfficeHours, WorkingDays, parse_limit


class Level(StrEnum):
    """What one signal is about: an act in one dossier that a text forbids, or an agency's conduct over many."""

    DOSSIER = "dossier"
    AGENCY = "agency"


class Severity(StrEnum):
    """How much it weighs if it is upheld."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number (or length, as in a procedure file) of a rule, and where it comes from: a text, or ``proposal``."""

    value: float | int | str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRule:
    """One rule as data; see ``procedures/signals``.

    Attributes:
        code: S1 … S30 as in the catalogue of behaviours, P1 … for those found in public logs.
        name: for people.
        basis: the text it rests on.
        certainty: ``A`` read in an official text, ``B`` in press or a summary, ``C`` seen in a real system, ``K``
            general knowledge, unconfirmed.
        level: what one signal is about.
        severity: how much it weighs.
        needs: what the source must tell (`Casebook.tells`), all of them.
        parameters: by name.
        explained: one paragraph for people: law, rule, counter-evidence, limits.
    """

    code: str
    name: Title
    basis: Source
    certainty: str
    level: Level
    severity: Severity
    explained: Title
    needs: frozenset[str] = frozenset()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """Return a parameter that is a plain number."""
        return float(self.parameters[name].value)

    def text(self, name: str) -> str:
        """Return a parameter as written."""
        return str(self.parameters[name].value)

    def office_seconds(self, name: str, office_day: int) -> int:
        """Return a parameter that is a length as office seconds.

        Working days are ``office_day`` seconds, office hours 3,600; elapsed hours and calendar days are converted as
        parts of an office day (24 hours make one), which is only meant for rough bounds.
        """
        match parse_limit(self.text(name)):
            case OfficeHours(n):
                return round(n * 3600)
            case WorkingDays(n) | CalendarDays(n):
                return round(n * office_day)
            case ElapsedHours(n):
                return round(n / 24 * office_day)
            case _:
                return office_day

    def with_parameters(self, values: Mapping[str, float | int | str], source: str) -> SignalRule:
        """Return the rule with other values for some of its parameters.

        Raises:
            InputError: the rule has no such parameter, or a value is of another kind than the rule's own.
        """
        if unknown := sorted(set(values) - set(self.parameters)):
            known = ", ".join(sorted(self.parameters)) or "none"
            raise InputError(f"signal {self.code} has no parameter {unknown[0]!r}; it has {known}")
        for name, value in values.items():
            usual = self.parameters[name].value
            if isinstance(usual, str):
                if _is_length(usual) and not _is_length(str(value)):
                    raise InputError(f"signal {self.code}, {name}: {value!r} is no length such as {usual!r}")
            elif isinstance(value, str):
                raise InputError(f"signal {self.code}, {name}: {value!r} is no number; usual is {usual}")
        changed = {name: Parameter(value=value, source=source) for name, value in values.items()}
        return replace(self, parameters={**self.parameters, **changed})


def _is_length(text: str) -> bool:
    try:
        parse_limit(text)
    except InputError:
        return False
    return True


_HITS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "nr": pl.UInt32,
    "agency": pl.String,
    "officer": pl.String,
    "hold": pl.UInt32,
    "at": INSTANT,
    "since": INSTANT,
    "until": INSTANT,
    "measure": pl.Float64,
    "detail": pl.String,
    "excused": pl.String,
}
HITS: Final = pl.Schema(_HITS)
"""One row an occurrence.

``nr`` the dossier; ``agency`` whose conduct it would be (null: nobody's in particular, then no signal is raised);
``officer`` if one person did it (internal only); ``hold`` the hold concerned, 0 if none; ``at`` when it happened, and
``since``/``until`` the time it took (for counter-evidence); ``measure`` how much, in the rule's own unit;
``detail`` a word of evidence; ``excused`` why this occurrence does not count (one of `EXCUSES`), null if it does.
"""

EXCUSES: Final = (
    "system_account",
    "designed_loop",
    "applicant",
    "lawful_stop",
    "absence",
    "overload",
    "not_held",
    "untold",
    "small",
    "needed",
)
"""Counter-evidence that clears a single occurrence; it is counted and shown, not dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a detector found.

    ``hits`` has the columns of `HITS`. ``chances`` has ``agency`` (String) and ``chances`` (Int64): how often each
    agency had the opportunity; agencies without a hit included. Every counted hit is one of the chances. ``figures``
    are further figures of the whole source worth reporting, by name.
    """

    hits: pl.DataFrame
    chances: pl.DataFrame
    figures: Mapping[str, float | int] = field(default_factory=dict)


Detector = Callable[[Casebook, SignalRule], Found]
"""A rule at work: pure, columnar, no loop over events in Python."""

DETECTORS: dict[str, Detector] = {}
"""Every detector by the code of its rule; filled by `detector`."""


def detector(code: str) -> Callable[[Detector], Detector]:
    """Register a function as the detector of a rule.

    Example:
        >>> @detector("X99")
        ... def nothing(book, rule):
        ...     return found(None)
        >>> DETECTORS.pop("X99") is nothing
        True
    """

    def register(function: Detector) -> Detector:
        DETECTORS[code] = function
        return function

    return register


def found(hits: pl.DataFrame | None, chances: pl.DataFrame | None = None, **figures: float) -> Found:
    """Return what a detector found; columns that ``hits`` lacks become null (``hold`` 0).

    Args:
        hits: with at least ``nr``, ``agency`` and ``at``; None for none.
        chances: frame with ``agency``, one row a chance (counted here), or with ``agency`` and ``chances``; None: the
            hits themselves.
        figures: see `Found`.
    """
    rows = pl.DataFrame(schema=HITS) if hits is None else hits
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in HITS.items() if name not in rows.columns]
    rows = rows.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in HITS.items())
    rows = rows.with_columns(pl.col("hold").fill_null(0))
    counted = rows.select("agency") if chances is None else chances
    if "chances" not in counted.columns:
        counted = counted.drop_nulls("agency").group_by("agency").agg(pl.len().cast(pl.Int64).alias("chances"))
    counted = counted.drop_nulls("agency").select(pl.col("agency").cast(pl.String), pl.col("chances").cast(pl.Int64))
    return Found(hits=rows, chances=counted.sort("agency"), figures=figures)
