"""A procedure as a picture: a lane for each agency, limits on the steps, the critical path marked.

Time runs downwards. Boxes are work, diamonds decisions, bars splits and joins, rounded boxes waits and ends; dashed
boxes are agencies asked for an opinion. The heavy red way is the one whose own terms take longest. Drawn by Graphviz,
which pygraphviz brings along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Any, Final, Literal

from engine.cited import Title
from engine.graph import critical_path, entry_cap, forward_graph, loop_edges, topological
from engine.limits import Limit
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Consulted,
    Decision,
    End,
    EndKind,
    Join,
    Node,
    Posting,
    Procedure,
    ServiceStep,
    Split,
    Step,
    SubProcedure,
)
from procedures.graphviz import drawn

Language = Literal["vi", "en"]
Format = Literal["svg", "png"]

_FONT: Final = "DejaVu Sans,Noto Sans,Arial,Helvetica,sans-serif"
_INK: Final = "#1f2933"
_CRITICAL: Final = "#c2410c"
_QUIET: Final = "#64748b"
_LANES: Final = ("#eef4fb", "#f6f3ea", "#eef7f0", "#f7eff6", "#eef5f6", "#f7f1ee", "#f1f1f8", "#f4f6ea")
_ENDS: Final[Mapping[EndKind, str]] = {
    EndKind.GRANTED: "#bfe3c8",
    EndKind.DENIED: "#f3c9c4",
    EndKind.STOPPED: "#d9dee5",
}
_APPLICANT: Final = " applicant"
_CONSULTED: Final = " consulted"
_WRAP: Final = 26
"""Letters a line in a box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a picture says besides the procedure's own titles; `console.wording` has them in both languages.

    ``limit`` puts a term into words; the others are single words or short phrases.
    """

    language: Language
    limit: Callable[[Limit], str]
    applicant: str
    from_receipt: str
    clock_stops: str
    opinion: str
    silence: Mapping[str, str]
    otherwise: str
    critical: str
    machine: str
    send_back: str
    consulted: str
    version: str
    legal_limit: str
    no_limit: str
    outcomes: Mapping[str, str]


def draw(procedure: Procedure, words: Words, format: Format = "svg") -> bytes:  # noqa: A002  the word people know
    """Return the picture of a procedure as SVG text (UTF-8) or as PNG of 110 dots per inch."""
    import pygraphviz

    picture = pygraphviz.AGraph(directed=True, strict=False, name="procedure")
    picture.graph_attr.update(
        rankdir="TB",
        newrank="true",
        compound="true",
        bgcolor="white",
        pad="0.3",
        nodesep="0.3",
        ranksep="0.42",
        fontname=_FONT,
        fontsize="15",
        fontcolor=_INK,
        labelloc="t",
        label=_heading(procedure, words),
        **({"dpi": "110"} if format == "png" else {}),
    )
    picture.node_attr.update(
        fontname=_FONT, fontsize="10", color=_INK, fontcolor=_INK, penwidth="1", shape="box", margin="0.13,0.08"
    )
    picture.edge_attr.update(
        fontname=_FONT, fontsize="9", color=_QUIET, fontcolor=_INK, arrowsize="0.7", penwidth="1.1"
    )
    _Painter(picture, procedure, words).paint()
    return drawn(picture, format=format, prog="dot")


class _Painter:
    """Puts nodes into lanes and edges between them."""

    def __init__(self, picture: Any, procedure: Procedure, words: Words) -> None:  # noqa: ANN401  pygraphviz is untyped
        self.picture = picture
        self.procedure = procedure
        self.words = words
        route = critical_path(procedure)
        self.critical = set(route)
        self.critical_edges = set(pairwise(route))
        self.loops = loop_edges(procedure)
        self.lanes = self._lanes()

    def paint(self) -> None:
        used = [lane for lane in self._order() if lane in set(self.lanes.values())]
        consulted = self._consulted_lanes()
        used += [lane for lane in dict.fromkeys(consulted.values()) if lane not in used]
        for code, node in self.procedure.nodes.items():
            self._node(code, node)
        for code, node in self.procedure.nodes.items():
            if isinstance(node, Consultation):
                self._opinions(code, node)
        titles = {lane: _wrapped(self._lane_title(lane), 24) for lane in used}
        tallest = max(len(lines) for lines in titles.values())
        members: dict[str, list[str]] = {lane: [] for lane in used}
        for code, lane in self.lanes.items():
            members[lane].append(code)
        for name, lane in consulted.items():
            members[lane].append(name)
        for place, lane in enumerate(used):
            self._lane(place, [*titles[lane], *[" "] * (tallest - len(titles[lane]))], members[lane])
        for ends in ("top", "bottom"):
            anchors = [f"{ends} {place}" for place in range(len(used))]
            self.picture.add_subgraph(anchors, rank="same")
            for left, right in pairwise(anchors):
                self.picture.add_edge(left, right, style="invis", weight="100")
        for code, node in self.procedure.nodes.items():
            if not self.procedure.graph.in_degree(code):
                self.picture.add_edge("top 0", code, style="invis", weight="0")
            if not node.edges:
                self.picture.add_edge(code, "bottom 0", style="invis", weight="0")
        for code, node in self.procedure.nodes.items():
            self._edges(code, node)

    def _lanes(self) -> dict[str, str]:
        """Return the lane of each node: its role's, the applicant's, the desk's for ends, else where one comes from."""
        forward = forward_graph(self.procedure)
        order = {code: place for place, code in enumerate(self.procedure.nodes)}
        walked = [*topological(forward, order)] + [code for code in self.procedure.nodes if code not in forward]
        found: dict[str, str] = {}
        for code in walked:
            node = self.procedure.nodes[code]
            role = getattr(node, "role", "")
            before = (
                [found[source] for source in forward.predecessors(code) if source in found] if code in forward else []
            )
            if role:
                found[code] = role
            elif isinstance(node, ApplicantWait):
                found[code] = _APPLICANT
            elif isinstance(node, End) or not before:
                found[code] = self.procedure.desk
            else:
                found[code] = before[0]
        return {code: found[code] for code in self.procedure.nodes}

    def _order(self) -> list[str]:
        walked = dict.fromkeys(self.lanes.values())
        return list(dict.fromkeys([_APPLICANT, self.procedure.desk, *walked]))

    def _consulted_lanes(self) -> dict[str, str]:
        """Return the lane of each box of consulted agencies: their own where they also work, else a common one."""
        return {
            name: lane
            for code, node in self.procedure.nodes.items()
            if isinstance(node, Consultation)
            for name, lane, _ in self._groups(code, node)
        }

    def _groups(self, code: str, node: Consultation) -> list[tuple[str, str, list[Consulted]]]:
        """Return the boxes of a consultation: name, lane and the agencies in it."""
        working = set(self.lanes.values())
        found: dict[str, list[Consulted]] = {}
        for asked in node.consulted:
            found.setdefault(asked.role if asked.role in working else _CONSULTED, []).append(asked)
        return [(f"{code} {lane}", lane, group) for lane, group in found.items()]

    def _lane(self, place: int, title: list[str], members: list[str]) -> None:
        for ends in ("top", "bottom"):
            self.picture.add_node(
                f"{ends} {place}", shape="point", style="invis", width="0.01", height="0.01", label=""
            )
        self.picture.add_edge(f"top {place}", f"bottom {place}", style="invis", weight="50")
        self.picture.add_subgraph(
            [f"top {place}", *members, f"bottom {place}"],
            name=f"cluster_{place}",
            label=_rows([f"<b>{line}</b>" for line in title]),
            labelloc="t",
            style="filled",
            fillcolor=_LANES[place % len(_LANES)],
            color="white",
            penwidth="4",
            fontname=_FONT,
            fontsize="11",
            fontcolor=_INK,
            margin="14",
        )

    def _lane_title(self, lane: str) -> str:
        if lane == _APPLICANT:
            return self.words.applicant
        if lane == _CONSULTED:
            return self.words.consulted
        return self._say(self.procedure.roles[lane].title)

    def _say(self, title: Title) -> str:
        return title.vi if self.words.language == "vi" else title.en

    def _node(self, code: str, node: Node) -> None:
        title = self._say(node.title)
        look: dict[str, str] = {"style": "filled", "fillcolor": "white"}
        lines = [f"<b>{line}</b>" for line in _wrapped(title, _WRAP)]
        match node:
            case End():
                look |= {"style": "rounded,filled", "fillcolor": _ENDS[node.end], "penwidth": "1.4"}
            case Decision():
                look |= {"shape": "diamond", "margin": "0.02,0.02", "fillcolor": "#fff7d6"}
                lines = _wrapped(title, 16)
            case Split() | Join():
                look |= {"fillcolor": _INK, "fontcolor": "white", "height": "0.24", "margin": "0.1,0.02"}
                lines = _small(title, "white", 40)
            case ApplicantWait() | Posting():
                look |= {"style": "rounded,filled", "fillcolor": "#fffdf5"}
            case ServiceStep():
                look |= {"shape": "component"}
            case SubProcedure():
                look |= {"peripheries": "2"}
                lines += _small(node.procedure)
            case Step() | Consultation():
                pass
        lines += [line for text in self._terms(node) for line in _small(text, _INK)]
        if code in self.critical and not isinstance(node, Split | Join):
            look |= {"color": _CRITICAL, "penwidth": "2.2"}
        self.picture.add_node(code, label=_rows(lines), tooltip=code, **look)

    def _terms(self, node: Node) -> list[str]:
        """Return the lines below a title: the limit, and what happens to the clock."""
        found: list[str] = []
        limit = node.length if isinstance(node, Posting) else getattr(node, "limit", None)
        if limit is not None:
            said = f"≤ {self.words.limit(limit)}" if not isinstance(node, Posting) else self.words.limit(limit)
            if isinstance(node, Step) and node.limit_from == "received":
                said += f" {self.words.from_receipt}"
            found.append(said)
        if isinstance(node, ServiceStep):
            found.append(self.words.machine)
        if isinstance(node, ApplicantWait | Posting) and node.stops_clock:
            found.append(self.words.clock_stops)
        return found

    def _opinions(self, code: str, node: Consultation) -> None:
        for name, lane, group in self._groups(code, node):
            terms = {self._opinion_terms(asked) for asked in group}
            lines = [f"<b>{escape(self.words.opinion)}</b>"]
            for asked in group:
                role = self.procedure.roles.get(asked.role)
                who = self._say(role.title) if role is not None else asked.role
                if lane == _CONSULTED:
                    lines += _small(f"• {who}", _INK)
                if len(terms) > 1 or lane != _CONSULTED:
                    lines += _small(self._opinion_terms(asked))
                if asked.condition:
                    lines += _small(_short_condition(asked.condition))
            if len(terms) == 1 and lane == _CONSULTED:
                lines += _small(terms.pop())
            self.picture.add_node(name, label=_rows(lines), style="dashed,filled", fillcolor="white")
            self.picture.add_edge(code, name, style="dashed", dir="both", arrowsize="0.5")

    def _opinion_terms(self, asked: Consulted) -> str:
        return f"≤ {self.words.limit(asked.limit)}, {self.words.silence[asked.on_silence.value]}"

    def _edges(self, code: str, node: Node) -> None:
        graph = self.procedure.graph
        for target in graph.successors(code):
            outcomes: tuple[tuple[str, str], ...] = graph.edges[code, target]["outcomes"]
            labels = [self._way(node, outcome, condition) for outcome, condition in outcomes]
            look: dict[str, str] = {}
            if (code, target) in self.critical_edges:
                look |= {"color": _CRITICAL, "penwidth": "2.6", "weight": "4"}
            if (code, target) in self.loops:
                look |= {"style": "dashed", "constraint": "false"}
                cap = entry_cap(self.procedure.nodes[target]) or entry_cap(node)
                labels.append(f"≤ {cap}×" if cap else "")
            lines = [line for label in labels if label for line in _small(label, _INK, 24)]
            self.picture.add_edge(code, target, label=_rows(lines) if lines else "", **look)
        for target in getattr(node, "send_back_to", ()):
            self.picture.add_edge(
                code,
                target,
                style="dotted",
                constraint="false",
                label=_rows(_small(self.words.send_back)),
                arrowhead="empty",
            )

    def _way(self, node: Node, outcome: str, condition: str) -> str:
        if isinstance(node, Decision):
            return _short_condition(condition) if condition else self.words.otherwise
        if isinstance(node, Split | Join) or len({edge.target for edge in node.edges}) == 1:
            return ""
        return self.words.outcomes.get(outcome, outcome.replace("_", " "))


def _heading(procedure: Procedure, words: Words) -> str:
    title = procedure.title.vi if words.language == "vi" else procedure.title.en
    limits = "; ".join(
        (words.no_limit if legal.terms is None else words.limit(legal.terms.limit))
        + (f" ({', '.join(sorted(legal.channels))})" if legal.channels and len(procedure.limits) > 1 else "")
        for legal in procedure.limits
    )
    second = f"{procedure.code} · {words.version} {procedure.version} · {words.legal_limit}: {limits}"
    key = f'<font color="{_CRITICAL}">━━</font> {escape(words.critical)}'
    lines = [f"<b>{line}</b>" for line in _wrapped(title, 80)]
    return _rows([*lines, *(f'<font point-size="11">{line}</font>' for line in (escape(second), key)), " "])


def _rows(lines: list[str]) -> str:
    """Return lines as an HTML-like label; a row each, since Vietnamese letters need room above and below."""
    rows = "".join(f'<tr><td align="center">{line}</td></tr>' for line in lines)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{rows}</table>>'


def _small(text: str, color: str = _QUIET, wide: int = 36) -> list[str]:
    return [f'<font point-size="9" color="{color}">{line}</font>' for line in _wrapped(text, wide)]


def _wrapped(text: str, wide: int) -> list[str]:
    return [escape(line) for line in wrap(text, wide, break_long_words=False)] or [" "]


def _short_condition(condition: str) -> str:
    """Return a condition without what a reader takes for granted: that the value is recorded, and ``== true``.

    Example:
        >>> _short_condition("has(data.urgent) && data.urgent == true")
        'urgent'
    """
    short = re.sub(r"has\([\w.]+\)\s*&&\s*", "", condition)
    return re.sub(r"\bdata\.", "", re.sub(r"\s*==\s*true\b", "", short))
