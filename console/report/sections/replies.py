"""The right of reply as it stands: for each agency how many signals were raised, explained, accepted, upheld."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from console.report.parts import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.report.voice import Voice
    from engine.review import SignalFile

_COLUMNS = ("raised", "notified", "explained", "accepted", "upheld", "closed", "overdue")


class Reply(NamedTuple):
    """How far one signal of the log has come; it names nobody."""

    code: str
    agency: str
    state: str
    is_explained: bool
    is_overdue: bool
    verdict: str


def replies(files: Iterable[SignalFile]) -> list[Reply]:
    """Return the signals of a log without anything that could name a person."""
    return [
        Reply(
            code=file.raised.code,
            agency=file.agency,
            state=file.state.value,
            is_explained=bool(file.explanations),
            is_overdue=file.is_overdue,
            verdict=file.verdict,
        )
        for file in files
    ]


def counts(known: Sequence[Reply]) -> dict[str, Counter[str]]:
    """Return for each agency how many signals were ``raised`` (all), ``explained``, ``accepted``, ``upheld``, ….

    ``overdue`` let the time to explain pass and have not explained yet.
    """
    found: dict[str, Counter[str]] = {}
    for one in known:
        mine = found.setdefault(one.agency, Counter())
        mine["raised"] += 1
        mine["notified"] += one.state == "notified"
        mine["explained"] += one.is_explained
        mine["overdue"] += one.is_overdue and one.state == "notified"
        mine["closed"] += one.state == "closed"
        if one.verdict:
            mine[one.verdict] += 1
    return found


def table(known: Sequence[Reply], voice: Voice) -> Table:
    """Return the table of replies, the agencies with most signals first."""
    say = voice.say
    by_agency = sorted(counts(known).items(), key=lambda one: (-one[1]["raised"], one[0]))
    return Table(
        caption=say("replies_caption", n=voice.number(len(known))),
        headings=[say("agency"), *(say(f"reply_{name}") for name in _COLUMNS)],
        rows=[[voice.agency(agency), *(voice.number(mine[name]) for name in _COLUMNS)] for agency, mine in by_agency],
        numbers=frozenset(range(1, 1 + len(_COLUMNS))),
        note=say("replies_note"),
    )
