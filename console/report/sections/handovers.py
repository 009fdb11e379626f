"""Who passed dossiers to whom, and between whom they went to and fro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.report.graph import Drawn, draw
from console.report.parts import Figure, Section, Table

if TYPE_CHECKING:
    from console.report.documents import Documents
    from console.report.voice import Voice
    from engine.casebook import Casebook

_MOST = 15


def section(found: Documents, book: Casebook, voice: Voice) -> Section:
    """Return the section; without hand-overs it says so."""
    say, ping = voice.say, found.ping_pong
    if not ping["handovers"]:
        return Section(key="handovers", title=say("handovers_title"), finding=say("handovers_none"))
    triples, cycles = ping["triples"], ping["cycles"]
    between = triples["total"] - triples["with_applicant"] - triples["by_design"]
    is_apart = bool(triples["with_applicant"] or triples["by_design"])
    finding = say(
        "handovers_finding_apart" if is_apart else "handovers_finding",
        handovers=voice.number(ping["handovers"]),
        triples=voice.number(triples["total"]),
        dossiers=voice.number(triples["dossiers"]),
        applicant=voice.number(triples["with_applicant"]),
        design=voice.number(triples["by_design"]),
        between=voice.number(between),
    )
    tables = [_pairs(found, voice), _cycles(found, voice)]
    if ping["returns"]["total"]:
        tables.append(_returns(found, voice))
    figures = []
    if (drawn := draw(book, voice)) is not None:
        caption = say(
            "graph_caption",
            pairs=voice.number(drawn.pairs),
            pairs_of=voice.number(drawn.pairs_of),
            returning=voice.number(drawn.returning),
            returning_of=voice.number(drawn.returning_of),
        )
        if drawn.numbered:
            caption += " " + say("graph_numbered")
            tables.insert(0, _numbers(drawn, voice))
        figures.append(Figure(svg=drawn.svg, caption=caption))
    limits = [say("handovers_limits_reading"), say("handovers_limits_cause")]
    if not book.loops:
        limits.append(say("handovers_no_design"))
    if cycles["cut"]:
        limits.append(say("handovers_cut", n=voice.number(len(cycles["cut"]))))
    return Section(
        key="handovers",
        title=say("handovers_title"),
        finding=finding,
        figures=figures,
        tables=[table for table in tables if table.rows],
        limits=limits,
    )


def _numbers(drawn: Drawn, voice: Voice) -> Table:
    say = voice.say
    rows = [
        [str(place), voice.agency(agency), voice.number(held)] for place, (agency, held) in enumerate(drawn.numbered, 1)
    ]
    return Table(
        caption=say("graph_numbers"),
        headings=[say(key) for key in ("number_in_picture", "agency", "handled")],
        rows=rows,
        numbers=frozenset({2}),
    )


def _pairs(found: Documents, voice: Voice) -> Table:
    say = voice.say
    rows = [
        [
            f"{voice.agency(pair['a'])} ⇄ {voice.agency(pair['b'])}",
            voice.number(pair["triples"]),
            voice.number(pair["dossiers"]),
            say("pair_applicant") if pair["with_applicant"] else say("pair_design") if pair["by_design"] else "",
        ]
        for pair in found.ping_pong["pairs"][:_MOST]
    ]
    kept = 4 if any(row[3] for row in rows) else 3
    return Table(
        caption=say("pairs_caption"),
        headings=[say(key) for key in ("between", "times_aba", "in_dossiers", "remark")[:kept]],
        rows=[row[:kept] for row in rows],
        numbers=frozenset({1, 2}),
    )


def _cycles(found: Documents, voice: Voice) -> Table:
    say, cycles = voice.say, found.ping_pong["cycles"]
    rows = [
        [" → ".join([*(voice.agency(one) for one in members), voice.agency(members[0])]), voice.number(number)]
        for members, number in found.ping_pong["top"][:10]
    ]
    return Table(
        caption=say(
            "cycles_caption",
            total=voice.number(cycles["total"]),
            distinct=voice.number(cycles["distinct"]),
            dossiers=voice.number(cycles["dossiers"]),
        ),
        headings=[say("cycle"), say("in_dossiers")],
        rows=rows,
        numbers=frozenset({1}),
        note=say("cycles_note"),
    )


def _returns(found: Documents, voice: Voice) -> Table:
    say, returns = voice.say, found.ping_pong["returns"]
    rows = [[voice.agency(who), voice.number(number)] for who, number in list(returns["by"].items())[:_MOST]]
    return Table(
        caption=say("returns_caption", total=voice.number(returns["total"])),
        headings=[say("by_whom"), say("times")],
        rows=rows,
        numbers=frozenset({1}),
    )
