"""Whose lateness it was: by agency, by reason, and hand-over by hand-over as the control sheet grades them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.report import charts
from console.report.parts import Figure, Section, Table
from console.report.svg import inlined
from console.wording.attribution import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.report.documents import Documents
    from console.report.voice import Voice

_MOST = 15
_DRAWN = 12
_HOUR = 3600


def section(found: Documents, voice: Voice) -> Section | None:
    """Return the section; None where no dossier has a due instant."""
    if not found.has_due:
        return None
    say, charged = voice.say, found.lateness["attribution"]
    title = say("attribution_title")
    if not charged["dossiers"]:
        return Section(key="attribution", title=title, finding=say("attribution_none"))
    agencies = [one for one in charged["agencies"] if one["agency"]]
    inside = sum(one["inside_seconds"] for one in agencies)
    finding = say(
        "attribution_finding",
        dossiers=voice.number(charged["dossiers"]),
        hours=voice.number(charged["seconds"] / _HOUR),
        share=voice.share(inside, charged["seconds"]),
    )
    top = [one for one in agencies if one["inside_seconds"]][:_DRAWN]
    if top:
        finding += " " + say(
            "attribution_most",
            agency=voice.agency(top[0]["agency"]),
            share=voice.share(top[0]["inside_seconds"], charged["seconds"]),
        )
    tables = [_agencies(agencies, charged["seconds"], voice), _reasons(charged, voice), _handovers(charged, voice)]
    return Section(
        key="attribution",
        title=title,
        finding=finding,
        figures=[_figure(top, charged["seconds"], voice)] if top else [],
        tables=[table for table in tables if table.rows],
        limits=[say("attribution_limits"), say("attribution_limits_sum")],
    )


def _figure(top: Sequence[Mapping[str, Any]], whole: float, voice: Voice) -> Figure:
    say = voice.say
    rows = [
        (
            voice.agency(one["agency"]),
            one["inside_seconds"] / _HOUR,
            f"{voice.number(one['inside_seconds'] / _HOUR)} ({voice.share(one['inside_seconds'], whole)})",
        )
        for one in top
    ]
    told = "; ".join(f"{label}: {written}" for label, _, written in rows)
    svg = charts.ranked(rows, say("attribution_axis"), voice.lang, colour=charts.ACCENT)
    return Figure(
        svg=inlined(svg, "charged", say("attribution_figure"), told),
        caption=say("attribution_caption", n=voice.number(len(rows))),
    )


def _agencies(agencies: Sequence[Mapping[str, Any]], whole: float, voice: Voice) -> Table:
    say = voice.say
    rows = [
        [
            voice.agency(one["agency"]),
            voice.number(one["late"]),
            voice.number(one["inside"]),
            voice.number(one["outside"]),
            voice.number(one["inside_seconds"] / _HOUR, 1),
            voice.share(one["inside_seconds"], whole),
            voice.number(one["queue_seconds"] / _HOUR, 1),
            voice.number(one["outside_seconds"] / _HOUR, 1),
        ]
        for one in agencies[:_MOST]
    ]
    keys = ("agency", "late_held", "late_inside", "late_outside", "inside_hours", "share", "of_queue", "outside_hours")
    return Table(
        caption=say("attribution_by_agency"),
        headings=[say(key) for key in keys],
        rows=rows,
        numbers=frozenset(range(1, 8)),
        note=say("first_of", n=voice.number(_MOST), of=voice.number(len(agencies))) if len(agencies) > _MOST else "",
    )


def _reasons(charged: Mapping[str, Any], voice: Voice) -> Table:
    say = voice.say
    rows = [
        [
            voice.called(REASONS, one["reason"]),
            voice.number(one["dossiers"]),
            voice.number(one["seconds"] / _HOUR, 1),
            voice.share(one["seconds"], charged["seconds"]),
        ]
        for one in charged["reasons"]
    ]
    return Table(
        caption=say("attribution_by_reason"),
        headings=[say(key) for key in ("why", "late_dossiers", "hours_late", "share")],
        rows=rows,
        numbers=frozenset({1, 2, 3}),
    )


def _handovers(charged: Mapping[str, Any], voice: Voice) -> Table:
    """Return how the agencies kept the terms of their own steps; what is still within its term is only counted."""
    say = voice.say
    graded = sorted(charged["handovers"], key=lambda one: (-one["overdue_by_date"], one["agency"] or ""))
    rows = [
        [
            voice.agency(one["agency"]),
            voice.number(one["holds"]),
            *(voice.number(one[f"{grade}_by_date"]) for grade in ("early", "on_time", "overdue")),
            voice.share(one["overdue_by_date"], one["holds"]),
        ]
        for one in graded[:_MOST]
    ]
    keys = ("agency", "handover_holds", "early", "on_time", "overdue", "share_overdue")
    return Table(
        caption=say("attribution_handovers"),
        headings=[say(key) for key in keys],
        rows=rows,
        numbers=frozenset(range(1, 6)),
        note=say("first_of", n=voice.number(_MOST), of=voice.number(len(graded))) if len(graded) > _MOST else "",
    )
