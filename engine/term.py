"""One run of a clock: what it counts, from when, with which stops and lengthenings."""

from __future__ import annotations

from dataclasses import dataclass

from engine.counting import Pause, Terms
from engine.limits import CalendarDays, ElapsedHours, Limit, Months, OfficeHours, WorkingDays


@dataclass(frozen=True, slots=True)
class Extension:
    """The term was lengthened by ``limit`` at ``at`` (epoch seconds) on a legal ``ground``."""

    at: int
    limit: Limit
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One run of the clock: ``[start, ended)``, ``ended`` None for the present one; instants in epoch seconds."""

    terms: Terms
    start: int
    counted_from: int
    due: int | None
    pauses: tuple[Pause, ...]
    extensions: tuple[Extension, ...]
    ended: int | None
    ground: str


def stages(term: Term) -> tuple[Terms, ...]:
    """Return the terms to count one after the other: limits of one unit are added up before anything is counted."""
    joined: list[Limit] = [term.terms.limit]
    for extension in term.extensions:
        summed = _sum_of(joined[-1], extension.limit)
        if summed is None:
            joined.append(extension.limit)
        else:
            joined[-1] = summed
    first = Terms(joined[0], term.terms.rule, term.terms.cutoff)
    return (first, *(Terms(limit, term.terms.rule) for limit in joined[1:]))


def _sum_of(a: Limit, b: Limit) -> Limit | None:
    match a, b:
        case OfficeHours(n), OfficeHours(m):
            return OfficeHours(n + m)
        case ElapsedHours(n), ElapsedHours(m):
            return ElapsedHours(n + m)
        case WorkingDays(n), WorkingDays(m):
            return WorkingDays(n + m)
        case CalendarDays(n), CalendarDays(m):
            return CalendarDays(n + m)
        case Months(n), Months(m):
            return Months(n + m)
        case _:
            return None
