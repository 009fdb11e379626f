"""The hand-over graph: agencies as circles by how many dossiers they had, lines by how often one passed between them.

Drawn by Graphviz from a networkx graph. Pairs between which dossiers went to and fro (A→B→A) are in the accent colour
with their count; what the procedure designs is dashed; the applicant is a box.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from console.report.charts import ACCENT, INK, QUIET
from console.report.svg import inlined
from procedures.graphviz import drawn

if TYPE_CHECKING:
    import networkx as nx

    from console.report.voice import Voice
    from engine.casebook import Casebook

STRONGEST: Final = 25
"""Pairs drawn for their hand-overs, and again for their A→B→A; the rest is counted in the caption."""

_SEEDS: Final = ("7", "1", "2", "3", "4", "5", "6", "8", "9", "10")
"""Layouts that are tried; the clearest is drawn, always the same one."""

_FITS: Final = 12
"""Letters of a name that fit a circle; if any is longer, circles are numbered and a table tells who they are."""

_FONT: Final = "Noto Sans,DejaVu Sans,Arial,Helvetica,sans-serif"
_APPLICANT: Final = "#6b5b95"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture of hand-overs, and what of the whole is in it (pairs of agencies).

    ``numbered`` has the agencies and how many dossiers they had in the order of the numbers in the circles; it is empty
    where the circles hold the names themselves.
    """

    svg: str
    numbered: tuple[tuple[str, int], ...]
    agencies: int
    agencies_of: int
    pairs: int
    pairs_of: int
    returning: int
    returning_of: int


def graph_of(book: Casebook) -> nx.Graph[str]:
    """Return who passed dossiers to whom: nodes with ``held``, edges with ``handovers``, ``returns``, ``by_design``.

    An edge joins two agencies whichever way the dossiers went; ``returns`` counts A→B→A over the pair.
    """
    import networkx as nx
    import polars as pl

    from engine.responsibility.ping_pong import ping_pong

    found = ping_pong(book, cycles=False)
    a, b = pl.min_horizontal("from", "to"), pl.max_horizontal("from", "to")
    between = found.moves.group_by(a.alias("a"), b.alias("b")).agg(pl.len().alias("handovers"))
    between = between.join(found.pairs, on=["a", "b"], how="left").sort("a", "b")
    held = book.holds.drop_nulls("agency").group_by("agency").agg(pl.col("nr").n_unique())
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from((agency, {"held": number}) for agency, number in held.sort("agency").iter_rows())
    for row in between.iter_rows(named=True):
        graph.add_edge(
            row["a"],
            row["b"],
            handovers=row["handovers"],
            returns=row["triples"] or 0,
            dossiers=row["dossiers"] or 0,
            by_design=bool(row["by_design"]),
            outside=row["a"] in book.outsiders or row["b"] in book.outsiders,
        )
    return graph


def chosen(graph: nx.Graph[str]) -> nx.Graph[str]:
    """Return the part that is drawn: the pairs with most hand-overs and those with most A→B→A."""
    edges = [(data["handovers"], data["returns"], a, b) for a, b, data in graph.edges(data=True)]
    busiest = sorted(edges, key=lambda one: (-one[0], one[2:]))[:STRONGEST]
    returning = sorted((one for one in edges if one[1]), key=lambda one: (-one[1], one[2:]))[:STRONGEST]
    return graph.edge_subgraph([one[2:] for one in {*busiest, *returning}])


def draw(book: Casebook, voice: Voice) -> Drawn | None:
    """Return the picture of a casebook's hand-overs; None where nothing was handed over."""
    import pygraphviz

    whole = graph_of(book)
    part = chosen(whole)
    if not part.number_of_edges():
        return None
    picture = pygraphviz.AGraph(directed=False, strict=True, name="handovers")
    picture.graph_attr.update(
        bgcolor="transparent",
        overlap="vpsc",
        splines="line",
        sep="+18",
        outputorder="edgesfirst",
        start="7",
        pad="0.2",
    )
    picture.node_attr.update(
        fontname=_FONT, fontsize="12", fontcolor=INK, shape="circle", fixedsize="true", style="filled"
    )
    picture.edge_attr.update(
        fontname=_FONT,
        fontsize="11",
        fontcolor=QUIET,
        color="#aab6c2",
        len="2.3" if part.number_of_nodes() < 16 else "1.4",
    )
    had: dict[str, int] = {agency: part.nodes[agency]["held"] for agency in sorted(part)}
    busiest = sorted(had.items(), key=lambda one: (-one[1], one[0]))
    is_numbered = any(len(voice.agency(agency)) > _FITS for agency in had)
    known = {agency: f"n{place}" for place, (agency, _) in enumerate(busiest, 1)}
    for agency, held in busiest:
        wide = (0.42 if is_numbered else 0.62) + 0.95 * (held / busiest[0][1]) ** 0.5
        outside = agency in book.outsiders
        name = known[agency][1:] if is_numbered else voice.agency(agency)
        picture.add_node(
            known[agency],
            label=_label(name, "" if is_numbered else voice.number(held), wide),
            width=f"{wide:.2f}",
            height=f"{wide if not outside else 0.6:.2f}",
            shape="box" if outside else "circle",
            fillcolor="#ece8f4" if outside else "#e3edf5",
            color=_APPLICANT if outside else "#6f93ad",
        )
    heaviest = max(data["handovers"] for _, _, data in part.edges(data=True))
    for a, b, data in sorted(part.edges(data=True), key=lambda edge: sorted(edge[:2])):
        look = {"penwidth": f"{0.8 + 5 * (data['handovers'] / heaviest) ** 0.5:.1f}"}
        if data["returns"]:
            look["label"] = _count(voice.number(data["returns"]))
            is_marked = not (data["by_design"] or data["outside"])
            look |= {"color": ACCENT, "fontcolor": ACCENT} if is_marked else {"color": QUIET}
        if data["by_design"]:
            look["style"] = "dashed"
        if data["outside"]:
            look |= {"color": _APPLICANT, "fontcolor": _APPLICANT}
        picture.add_edge(known[a], known[b], **look)
    picture.graph_attr["start"] = _clearest(picture)
    svg = drawn(picture, format="svg", prog="neato").decode()
    returning = sum(1 for _, _, data in whole.edges(data=True) if data["returns"])
    return Drawn(
        svg=inlined(svg, "graph", voice.say("graph_title"), _told(part, voice)),
        numbered=tuple(busiest) if is_numbered else (),
        agencies=part.number_of_nodes(),
        agencies_of=whole.number_of_nodes(),
        pairs=part.number_of_edges(),
        pairs_of=whole.number_of_edges(),
        returning=sum(1 for _, _, data in part.edges(data=True) if data["returns"]),
        returning_of=returning,
    )


def _clearest(picture: Any) -> str:  # noqa: ANN401  pygraphviz is untyped
    """Return the seed of the layout, of some, in which the fewest lines pass behind a circle of somebody else."""
    import pygraphviz

    found: dict[str, int] = {}
    for seed in _SEEDS:
        picture.graph_attr["start"] = seed
        laid = pygraphviz.AGraph(drawn(picture, format="dot", prog="neato").decode())
        places = {
            node: (complex(*map(float, node.attr["pos"].split(","))), float(node.attr["width"]) * 36)
            for node in laid.nodes()
        }
        found[seed] = sum(
            _distance(places[a][0], places[b][0], at) < radius
            for a, b in laid.edges()
            for node, (at, radius) in places.items()
            if node not in {a, b}
        )
        if not found[seed]:
            break
    return min(found, key=lambda seed: found[seed])


def _distance(a: complex, b: complex, at: complex) -> float:
    """Return how far a point lies from the line between two others."""
    along = b - a
    part = ((at - a) * along.conjugate()).real / (abs(along) ** 2 or 1.0)
    return abs(at - a - along * min(max(part, 0.0), 1.0))


def _told(part: nx.Graph[str], voice: Voice) -> str:
    strongest = sorted(part.edges(data=True), key=lambda edge: -edge[2]["returns"])[:5]
    pairs = [f"{voice.agency(a)} – {voice.agency(b)} {voice.number(data['returns'])}" for a, b, data in strongest]
    return voice.say("graph_told", pairs=voice.list(pairs))


def _count(number: str) -> str:
    """Return how often a pair went to and fro, on white, so that it can be read where it lies on its line."""
    cell = f'<td bgcolor="white"><b>{number}⇄</b></td>'
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1"><tr>{cell}</tr></table>>'


def _label(name: str, held: str, wide: float) -> str:
    """Return a name in lines that fit a circle (inches), how many dossiers below, as an HTML-like label."""
    from textwrap import wrap

    lines = wrap(name, max(8, int(wide * 11)))[:2]
    size = 12 if max(map(len, lines), default=1) <= wide * 9 else 9
    rows = [f'<font point-size="{size}"><b>{escape(line)}</b></font>' for line in lines]
    if held:
        rows.append(f'<font point-size="10" color="{QUIET}">{held}</font>')
    cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{cells}</table>>'
