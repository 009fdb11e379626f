"""What a casebook of live dossiers says beside its four frames: whoever makes the frames, from rows or in columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from engine import events as ev
from engine.casebook import Casebook
from engine.dossier import Work
from engine.ledger import TimeKind

if TYPE_CHECKING:
    import polars as pl

    from engine.calendar import WorkingCalendar
    from engine.directory import Directory
    from engine.procedure import Procedure

TIME_OF: Final = {
    Work.APPLICANT: TimeKind.APPLICANT,
    Work.POSTING: TimeKind.NOBODY,
    Work.OPINION: TimeKind.OTHER_AGENCY,
    Work.SUB_DOSSIER: TimeKind.OTHER_AGENCY,
}
"""Whose time a hold is by its work; all others are the authority's."""

LIVE_TELLS: Final = frozenset(
    {str(kind.__struct_config__.tag).rsplit(".", 1)[0] for kind in ev.Fact.__subclasses__()}
    | {
        "officers",
        "agencies",
        "queue",
        "recorded",
        "step_due",
        "applicants",
        "documents",
        "due",
        "waiting",
        "directory",
    }
)
"""What live dossiers tell: everything."""


def live_casebook(
    frames: Mapping[str, pl.DataFrame],
    now: int,
    *,
    directory: Directory,
    calendars: Mapping[str, WorkingCalendar],
    procedures: Sequence[Procedure],
    desks: Iterable[str],
) -> Casebook:
    """Return the casebook of live dossiers.

    Args:
        frames: ``dossiers``, ``holds``, ``tiles``, ``acts``.
        now: epoch seconds at which what is open is judged.
        directory: of agencies.
        calendars: by name.
        procedures: the versions that the dossiers are decided by, sorted.
        desks: that received them; the calendar of the first by code is the book's own.
    """
    by_agency = {
        code: calendars[agency.calendar] for code, agency in directory.agencies.items() if agency.calendar in calendars
    }
    first = next((by_agency[desk] for desk in sorted(desks) if desk in by_agency), None)
    if first is None:
        first = calendars[next((one.calendar for one in procedures if one.calendar in calendars), "vn")]
    return Casebook(
        name="store",
        zone=first.zone,
        now=now,
        calendar=first,
        dossiers=frames["dossiers"],
        holds=frames["holds"],
        tiles=frames["tiles"],
        acts=frames["acts"],
        tells=LIVE_TELLS,
        calendars=by_agency,
        parents={code: agency.parent for code, agency in directory.agencies.items() if agency.parent},
        kinds={code: agency.kind for code, agency in directory.agencies.items()},
        titles={code: (agency.title_vi, agency.title_en) for code, agency in directory.agencies.items()},
        steps=_step_titles(procedures),
        loops=_loops(procedures),
    )


def _step_titles(procedures: Iterable[Procedure]) -> dict[str, tuple[str, str]]:
    """Return what most procedures call each code of a step; a code they do not agree on has no title."""
    said: dict[str, Counter[tuple[str, str]]] = {}
    for procedure in procedures:
        for code, node in procedure.nodes.items():
            said.setdefault(code, Counter())[node.title.vi, node.title.en] += 1
    most = {code: (titles.most_common(1)[0], titles.total()) for code, titles in said.items()}
    return {code: title for code, ((title, times), of) in most.items() if 2 * times > of}


def _loops(procedures: Iterable[Procedure]) -> frozenset[tuple[str, str]]:
    """Return the steps that procedures let a dossier come back to by design."""
    return frozenset(
        ("", node.code) for p in procedures for node in p.nodes.values() if getattr(node, "designed_loop", False)
    )
