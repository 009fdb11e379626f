"""Whose time the dossiers' lives were, and why they waited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.report import charts
from console.report.parts import Figure, Section
from console.report.svg import inlined

if TYPE_CHECKING:
    from console.report.documents import Documents
    from console.report.voice import Voice

_KINDS = {"authority": charts.BLUE, "other_agency": charts.PALE, "applicant": charts.SAND, "nobody": charts.GREY}


def section(found: Documents, voice: Voice) -> Section:
    """Return the section; what the source does not tell it says."""
    say = voice.say
    whole = sum(found.whose.values())
    if not whole:
        return Section(key="waiting", title=say("waiting_title"), finding=say("waiting_none"))
    kinds = [(kind, found.whose[kind]) for kind in _KINDS if found.whose.get(kind)]
    parts = [
        say(f"whose_{kind}", share=voice.share(seconds, whole))
        for kind, seconds in sorted(kinds, key=lambda one: -one[1])
    ]
    told = voice.list(parts)
    bars = [
        (say("whose_bar"), [(say(f"time_{kind}"), seconds, voice.share(seconds, whole)) for kind, seconds in kinds])
    ]
    colours = {say(f"time_{kind}"): _KINDS[kind] for kind, _ in kinds}
    figure = Figure(
        svg=inlined(charts.stacked(bars, colours, voice.lang), "whose", say("whose_title"), told),
        caption=say("whose_caption"),
    )
    return Section(
        key="waiting",
        title=say("waiting_title"),
        finding=say("whose_finding", parts=told),
        figures=[figure],
        limits=[say("waiting_limits")],
    )
