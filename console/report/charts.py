"""Charts of the report, drawn on the server by Altair and vl-convert as SVG; colours that also differ in grey.

Every chart is as wide as a page of A4 allows; what axes and marks say the caller gives in the page's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import altair

    from console.wording.days import Language

INK: Final = "#1b2733"
QUIET: Final = "#5b6b7b"
LINE: Final = "#d5dce3"
ACCENT: Final = "#b5411a"
BLUE: Final = "#2f6f9f"
PALE: Final = "#a9c9e0"
GREY: Final = "#c3cbd3"
GREEN: Final = "#5d8f74"
SAND: Final = "#d9b65c"
WIDE: Final = 560
_LINE: Final = 30
"""Letters a line of a label."""
_FONT: Final = "Noto Sans, DejaVu Sans, Arial, Helvetica, sans-serif"

_LOCALES: Final[Mapping[str, dict[str, Any]]] = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " ₫"]},
}


def stacked(
    bars: Sequence[tuple[str, Sequence[tuple[str, float, str]]]], colours: Mapping[str, str], lang: Language
) -> str:
    """Return bars of one length, each cut into its parts.

    Args:
        bars: label, and its parts as name, size and what is written in it.
        colours: of the parts by name, in the order of the key above the chart.
        lang: how numbers on axes are written.
    """
    import altair as alt

    rows = []
    for label, parts in bars:
        whole = sum(size for _, size, _ in parts) or 1.0
        begin = 0.0
        for name, size, written in parts:
            end = begin + size / whole
            wide = (end - begin) * WIDE
            shown = written if wide > 7 * len(written) else ""
            rows.append(
                {"bar": _lines(label), "part": name, "from": begin, "to": end, "mid": (begin + end) / 2, "text": shown}
            )
            begin = end
    order = [_lines(label) for label, _ in bars]
    names, paints = list(colours), list(colours.values())
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=alt.Y("bar:N", sort=order, title=None, axis=_labels()))
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=names, range=paints),
        legend=alt.Legend(title=None, orient="top", columns=3 if len(colours) > 4 else 4),
    )
    drawn = base.mark_bar(height=24, stroke="white").encode(
        x=alt.X("from:Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
        x2="to:Q",
        color=colour,
    )
    dark = {name: paint in {ACCENT, BLUE, QUIET, GREEN} for name, paint in colours.items()}
    light = alt.FieldOneOfPredicate(field="part", oneOf=[name for name in names if dark[name]])
    texts = base.mark_text(fontSize=12).encode(
        x="mid:Q", text="text:N", color=alt.when(light).then(alt.value("white")).otherwise(alt.value(INK))
    )
    return _svg(alt.layer(drawn, texts).properties(width=WIDE, height=max(len(bars), 1) * 36), lang)


def ranked(rows: Sequence[tuple[str, float, str]], axis: str, lang: Language, *, colour: str = BLUE) -> str:
    """Return horizontal bars, one a row: label, length, and what is written behind it."""
    import altair as alt

    values = [{"label": _lines(label), "value": value, "text": text} for label, value, text in rows]
    longest = max((value for _, value, _ in rows), default=1.0) or 1.0
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=_labels()),
        x=alt.X("value:Q", title=axis, scale=alt.Scale(domain=[0, longest * 1.18]), axis=alt.Axis(tickCount=5)),
    )
    drawn = base.mark_bar(height=16, color=colour)
    texts = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(text="text:N")
    return _svg(alt.layer(drawn, texts).properties(width=WIDE - 60, height=max(len(rows), 1) * 29), lang)


def histogram(bins: Sequence[tuple[int, int]], width: int, near: int, words: Mapping[str, str], lang: Language) -> str:
    """Return how ends lie in their term, those just before and those after the deadline in their own colours.

    Args:
        bins: lower end in per cent of the term, and how many ended there.
        width: of a bin in per cent; the last bin holds everything beyond.
        near: from so many per cent on an end is near the deadline.
        words: ``x``, ``y``, ``early``, ``near``, ``late``, ``deadline``, ``beyond`` (label of the last bin).
        lang: how numbers on axes are written.
    """
    import altair as alt

    def part(lower: int) -> str:
        return words["early"] if lower < near else words["near"] if lower < 100 else words["late"]

    last = bins[-1][0]
    rows = [
        {"from": lower + 0.4, "to": lower + width - 0.4, "n": number, "part": part(lower), "zero": 0}
        for lower, number in bins
    ]
    ticks = list(range(0, last + 1, 20))
    label = f"datum.value == {last} ? '{words['beyond']}' : datum.value + ' %'"
    names = [words["early"], words["near"], words["late"]]
    drawn = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            x=alt.X(
                "from:Q",
                title=words["x"],
                scale=alt.Scale(domain=[0, last + width], nice=False),
                axis=alt.Axis(values=ticks, labelExpr=label, grid=False),
            ),
            x2="to:Q",
            y=alt.Y("n:Q", title=words["y"], axis=alt.Axis(tickCount=5)),
            y2="zero:Q",
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=names, range=[PALE, SAND, ACCENT]),
                legend=alt.Legend(title=None, orient="top"),
            ),
        )
    )
    highest = max((number for _, number in bins), default=1)
    mark = alt.Chart(alt.InlineData(values=[{"x": 100, "y": highest, "text": words["deadline"]}]))
    rule = mark.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="x:Q")
    text = mark.mark_text(align="left", dx=6, dy=2, color=INK, fontSize=12).encode(x="x:Q", y="y:Q", text="text:N")
    return _svg(alt.layer(drawn, rule, text).properties(width=WIDE, height=220), lang)


def intervals(rows: Sequence[Mapping[str, Any]], axis: str, words: Mapping[str, str], lang: Language) -> str:
    """Return rates with their bounds, one a row, beside the rate of the peers.

    Args:
        rows: ``label``, ``rate``, ``low``, ``high``, ``peers`` (or None) and ``raised``.
        axis: what the rate is a share of.
        words: ``raised``, ``not_raised``, ``peers`` for the key.
        lang: how numbers on axes are written.
    """
    import altair as alt

    values = [
        {
            **row,
            "label": _lines(row["label"]),
            "part": words["raised"] if row["raised"] else words["not_raised"],
            "peer": words["peers"],
        }
        for row in rows
    ]
    scale = alt.Scale(domain=[words["raised"], words["not_raised"], words["peers"]], range=[ACCENT, BLUE, INK])
    base = alt.Chart(alt.InlineData(values=values)).encode(y=alt.Y("label:N", sort=None, title=None, axis=_labels()))
    colour = alt.Color("part:N", scale=scale, legend=alt.Legend(title=None, orient="top"))
    bounds = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=axis, axis=alt.Axis(format="%", tickCount=5)), x2="high:Q", color=colour
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(x="rate:Q", color=colour)
    peers = base.mark_tick(thickness=3, size=16).encode(x="peers:Q", color=alt.Color("peer:N", scale=scale))
    return _svg(alt.layer(bounds, points, peers).properties(width=WIDE - 60, height=max(len(rows), 1) * 29), lang)


def months(rows: Sequence[tuple[str, float, int]], words: Mapping[str, str], lang: Language) -> str:
    """Return a share by month (``2011-03``) as bars; a month of fewer than 20 is paler."""
    import altair as alt

    values = [{"month": month, "share": share, "n": number} for month, share, number in rows]
    step = -(-len(rows) // 9)
    shown = [month for month, _, _ in rows][::step]
    drawn = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(color=ACCENT, size=max(3, min(24, int(WIDE / max(len(rows), 1) * 0.7))))
        .encode(
            x=alt.X("month:O", title=words["x"], axis=alt.Axis(values=shown, labelAngle=0, labelExpr=_MONTH)),
            y=alt.Y("share:Q", title=words["y"], axis=alt.Axis(format="%", tickCount=5)),
            opacity=alt.when(alt.datum.n < 20).then(alt.value(0.35)).otherwise(alt.value(1)),
        )
    )
    return _svg(drawn.properties(width=WIDE, height=150), lang)


def reliability(points: Sequence[tuple[float, float, int]], words: Mapping[str, str], lang: Language) -> str:
    """Return what was foretold against what happened: mean chance, share that happened, and how many."""
    import altair as alt

    axis = alt.Axis(format="%", tickCount=5)
    scale = alt.Scale(domain=[0, 1])
    values = [{"said": said, "was": was, "n": number} for said, was, number in points]
    line = (
        alt.Chart(alt.InlineData(values=[{"said": 0, "was": 0}, {"said": 1, "was": 1}]))
        .mark_line(color=QUIET, strokeDash=[4, 3])
        .encode(
            x=alt.X("said:Q", title=words["x"], axis=axis, scale=scale), y=alt.Y("was:Q", title=words["y"], axis=axis)
        )
    )
    dots = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=80, color=BLUE), color=BLUE)
        .encode(x=alt.X("said:Q", scale=scale), y=alt.Y("was:Q", scale=scale), order="said:Q")
    )
    return _svg(alt.layer(line, dots).properties(width=320, height=260), lang)


def _lines(label: str) -> str:
    """Return a label in at most two lines."""
    lines = wrap(label, _LINE) or [""]
    return "\n".join([lines[0], shorten(" ".join(lines[1:]), _LINE + 4, placeholder=" …")] if lines[1:] else lines)


def _labels() -> altair.Axis:
    import altair as alt

    return alt.Axis(
        domain=False, ticks=False, labelExpr="split(datum.label, '\\n')", labelLineHeight=13, labelFontSize=11
    )


_MONTH: Final = "slice(datum.value, 5) + '/' + slice(datum.value, 2, 4)"


def _svg(chart: altair.Chart | altair.LayerChart | altair.FacetChart, lang: Language) -> str:
    import altair as alt
    import vl_convert

    styled = (
        chart.configure(font=_FONT, background="transparent", aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=QUIET,
            titleFontWeight="normal",
            labelFontSize=12,
            titleFontSize=12,
            gridColor=LINE,
            domainColor=QUIET,
            tickColor=QUIET,
            labelLimit=230,
            labelPadding=6,
        )
        .configure_legend(labelColor=INK, labelFontSize=12, labelLimit=260, symbolType="square", padding=0, offset=8)
    )
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    drawn: str = vl_convert.vegalite_to_svg(
        styled.to_dict(), vl_version=version, allowed_base_urls=[], format_locale=_LOCALES[lang]
    )
    return drawn
