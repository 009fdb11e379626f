"""How ends lie in their term: the crowd just before the deadline, of dossiers and of the agencies' own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.report import charts
from console.report.parts import Figure, Section, Table
from console.report.svg import inlined
from engine.responsibility.bunching import BIN, LAST, NEAR, PEAK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.report.documents import Documents
    from console.report.voice import Voice

CROWD = 1.2
"""The last twentieth of the term is called crowded from so many times the bins before. Proposal."""

_FEWEST = 20
"""Ends an agency must have to be listed."""

_MOST = 15


def section(found: Documents, voice: Voice) -> Section:
    """Return the section; without terms it says so."""
    say = voice.say
    parts = [(name, one) for name, one in (("dossiers", found.bunching), ("holds", found.hold_bunching)) if one["ends"]]
    if not parts:
        return Section(key="bunching", title=say("bunching_title"), finding=say("bunching_none"))
    name, first = parts[0]
    finding = say(
        f"bunching_finding_{name}",
        ends=voice.number(first["ends"]),
        near=voice.number(first["near"]),
        share=voice.share(first["near"], first["ends"]),
        peak=voice.number(first["peak"]),
        ratio=_ratio(first, voice),
    )
    limits = [say("bunching_limits", bin=BIN, near=NEAR, low=PEAK[0], high=PEAK[1])]
    if found.bunching["without_term"]:
        limits.append(say("bunching_without", n=voice.number(found.bunching["without_term"])))
    return Section(
        key="bunching",
        title=say("bunching_title"),
        finding=finding,
        figures=[_figure(name, one, voice) for name, one in parts],
        tables=[table for name, one in parts if (table := _by_agency(name, one, voice)).rows],
        limits=limits,
    )


def _ratio(one: Mapping[str, Any], voice: Voice) -> str:
    if not one["beside"]:
        return voice.say("bunching_alone")
    if one["peak"] < CROWD * one["beside"]:
        return voice.say("bunching_flat", beside=voice.number(one["beside"], 1))
    return voice.say(
        "bunching_ratio", ratio=voice.number(one["peak"] / one["beside"], 1), beside=voice.number(one["beside"], 1)
    )


def _figure(name: str, one: Mapping[str, Any], voice: Voice) -> Figure:
    say = voice.say
    words = {
        "x": say("bunching_x"),
        "y": say(f"bunching_y_{name}"),
        "early": say("bunching_early", near=NEAR),
        "near": say("bunching_near", near=NEAR),
        "late": say("bunching_late"),
        "deadline": say("deadline"),
        "beyond": f"≥ {LAST} %",
    }
    bins = [(lower, number) for lower, number in one["bins"]]
    told = say(
        "bunching_told",
        ends=voice.number(one["ends"]),
        early=voice.number(one["ends"] - one["near"] - one["late"]),
        near=voice.number(one["near"]),
        late=voice.number(one["late"]),
    )
    return Figure(
        svg=inlined(
            charts.histogram(bins, BIN, NEAR, words, voice.lang), f"bunching-{name}", say(f"bunching_of_{name}"), told
        ),
        caption=f"{say(f'bunching_of_{name}')} {told}",
    )


def _by_agency(name: str, one: Mapping[str, Any], voice: Voice) -> Table:
    say = voice.say
    known = [row for row in one["by_agency"] if row["ends"] >= _FEWEST]
    rows = [
        [
            voice.agency(row["agency"]),
            voice.number(row["ends"]),
            f"{voice.number(row['median'] * 100)} %",
            voice.number(row["near"]),
            voice.share(row["near"], row["ends"]),
            voice.number(row["late"]),
        ]
        for row in known[:_MOST]
    ]
    return Table(
        caption=say(f"bunching_by_agency_{name}"),
        headings=[say(key) for key in ("agency", "ends", "median_used", "near_deadline", "share", "late_by_instant")],
        rows=rows,
        numbers=frozenset(range(1, 6)),
        note=say("bunching_fewest", n=_FEWEST),
    )
