"""How well chances of missing a due instant, learnt from earlier dossiers, held on later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.report import charts
from console.report.parts import Figure, Section, Table
from console.report.svg import inlined

if TYPE_CHECKING:
    from console.report.documents import Documents
    from console.report.voice import Voice


def section(found: Documents, voice: Voice) -> Section | None:
    """Return the section; None where chances cannot be tried, which the appendix says."""
    tried = found.chances
    if tried is None:
        return None
    say = voice.say
    skill = tried["skill"]
    finding = say(
        "chances_finding",
        train=voice.number(tried["train"]),
        test=voice.number(tried["test"]),
        judged=voice.number(tried["judged"]),
        brier=voice.number(tried["brier"], 3),
        base=voice.number(tried["brier_base"], 3),
    )
    verdict = "chances_no_skill" if skill is None or skill <= 0 else "chances_skill"
    finding += " " + say(verdict, skill=voice.share(skill))
    points = [(said, seen, number) for said, seen, number in tried["curve"]]
    words = {"x": say("chances_said"), "y": say("chances_seen")}
    told = "; ".join(f"{voice.share(said)}: {voice.share(seen)} ({voice.number(n)})" for said, seen, n in points)
    rows = [[voice.share(said), voice.share(seen), voice.number(n)] for said, seen, n in points]
    return Section(
        key="chances",
        title=say("chances_title"),
        finding=finding,
        figures=[
            Figure(
                svg=inlined(charts.reliability(points, words, voice.lang), "chances", say("chances_figure"), told),
                caption=say("chances_caption"),
            )
        ],
        tables=[
            Table(
                caption=say("chances_table"),
                headings=[say("chances_said"), say("chances_seen"), say("chances_number")],
                rows=rows,
                numbers=frozenset({0, 1, 2}),
            )
        ],
        limits=[say("chances_limits")],
    )
