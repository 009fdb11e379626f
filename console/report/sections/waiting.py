"""Whose time the dossiers' lives were, and why they waited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.report import charts
from console.report.parts import Figure, Section, Table
from console.report.svg import inlined
from console.wording.waiting import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.report.documents import Documents
    from console.report.voice import Voice

_KINDS = {"authority": charts.BLUE, "other_agency": charts.PALE, "applicant": charts.SAND, "nobody": charts.GREY}
_CAUSES = {
    "contention": charts.BLUE,
    "prioritisation": charts.GREEN,
    "batching": charts.SAND,
    "unavailability": charts.GREY,
    "extraneous": charts.PALE,
}
_MOST = 12
_DRAWN = 8


def section(found: Documents, voice: Voice) -> Section:
    """Return the section; what the source does not tell it says."""
    say, waits = voice.say, found.waiting
    whole = sum(found.whose.values())
    figures, tables, finding = [], [], []
    if whole:
        told = voice.list([say(f"whose_{kind}", share=voice.share(s, whole)) for kind, s in _kinds(found)])
        finding.append(say("whose_finding", parts=told))
        figures.append(_whose(found, whole, told, voice))
    if waits["office"]:
        cause, one = largest(waits)
        finding.append(
            say(
                "waiting_finding",
                waited=voice.number(waits["waited"]),
                holds=voice.number(waits["holds"]),
                hours=voice.number(waits["office"] / 3600),
                cause=WAITING[cause].say(voice.lang),
                share=voice.share(one["share_office"]),
            )
        )
        figures.append(_why(waits, voice))
        tables += [_overall(waits, voice), _by_agency(waits, voice)]
    else:
        finding.append(say("waiting_none"))
    limits = [say("waiting_limits")]
    if waits["inferred"]:
        limits.append(say("waiting_inferred", n=voice.number(waits["inferred"]), of=voice.number(waits["holds"])))
    return Section(
        key="waiting",
        title=say("waiting_title"),
        finding=" ".join(finding),
        figures=figures,
        tables=[table for table in tables if table.rows],
        limits=limits,
    )


def largest(waits: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the cause with most office time, and its figures."""
    causes: Mapping[str, Mapping[str, Any]] = waits["causes"]
    cause = max(causes, key=lambda name: float(causes[name]["office"]))
    return cause, causes[cause]


def _kinds(found: Documents) -> list[tuple[str, float]]:
    known = [(kind, found.whose[kind]) for kind in _KINDS if found.whose.get(kind)]
    return sorted(known, key=lambda one: -one[1])


def _whose(found: Documents, whole: float, told: str, voice: Voice) -> Figure:
    say, kinds = voice.say, _kinds(found)
    parts = [(say(f"time_{kind}"), seconds, voice.share(seconds, whole)) for kind, seconds in kinds]
    colours = {say(f"time_{kind}"): _KINDS[kind] for kind, _ in kinds}
    svg = charts.stacked([(say("whose_bar"), parts)], colours, voice.lang)
    return Figure(svg=inlined(svg, "whose", say("whose_title"), told), caption=say("whose_caption"))


def _why(waits: Mapping[str, Any], voice: Voice) -> Figure:
    say = voice.say
    names = {cause: WAITING[cause].say(voice.lang) for cause in _CAUSES if cause in waits["causes"]}
    rows = [(say("waiting_all"), waits), *((voice.agency(one["agency"]), one) for one in _agencies(waits)[:_DRAWN])]
    bars = [
        (
            label,
            [
                (names[cause], one["causes"][cause]["office"], voice.share(one["causes"][cause]["share_office"]))
                for cause in names
            ],
        )
        for label, one in rows
    ]
    told = "; ".join(f"{names[cause]} {voice.share(waits['causes'][cause]['share_office'])}" for cause in names)
    colours = {names[cause]: _CAUSES[cause] for cause in names}
    return Figure(
        svg=inlined(charts.stacked(bars, colours, voice.lang), "causes", say("waiting_figure"), told),
        caption=say("waiting_caption", n=voice.number(len(bars) - 1)),
    )


def _agencies(waits: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = [one for one in waits["by"]["agency"] if one["agency"] and one["office"]]
    return sorted(rows, key=lambda one: -one["office"])


def _overall(waits: Mapping[str, Any], voice: Voice) -> Table:
    say = voice.say
    rows = [
        [
            WAITING[cause].say(voice.lang),
            voice.number(one["office"] / 3600),
            voice.share(one["share_office"]),
            voice.number(one["elapsed"] / 3600),
            voice.share(one["share_elapsed"]),
        ]
        for cause, one in waits["causes"].items()
    ]
    keys = ("waiting_cause", "office_hours", "share", "elapsed_hours", "share")
    return Table(
        caption=say("waiting_overall"),
        headings=[say(key) for key in keys],
        rows=rows,
        numbers=frozenset({1, 2, 3, 4}),
    )


def _by_agency(waits: Mapping[str, Any], voice: Voice) -> Table:
    say, agencies = voice.say, _agencies(waits)
    causes = list(waits["causes"])
    rows = [
        [
            voice.agency(one["agency"]),
            voice.number(one["holds"]),
            voice.number(one["office"] / 3600),
            *(voice.share(one["causes"][cause]["share_office"]) for cause in causes),
        ]
        for one in agencies[:_MOST]
    ]
    names = [WAITING[cause].say(voice.lang) for cause in causes]
    return Table(
        caption=say("waiting_by_agency"),
        headings=[say("agency"), say("holds"), say("office_hours"), *names],
        rows=rows,
        numbers=frozenset(range(1, 3 + len(causes))),
        note=say("first_of", n=voice.number(_MOST), of=voice.number(len(agencies))) if len(agencies) > _MOST else "",
    )
