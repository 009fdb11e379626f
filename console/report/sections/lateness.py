"""How many dossiers were late: each way of asking kept apart, officially and honestly counted, and whose lateness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.judging.lateness import untold
from console.report import charts
from console.report.parts import Figure, Section, Table
from console.report.svg import inlined
from console.wording.derivation import limit_text
from engine.limits import parse_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.report.documents import Documents
    from console.report.voice import Voice

MEASURES = ("date", "date_rolled", "instant")
_COLUMNS = ("received", "carried", "settled", "early", "on_time", "overdue", "returned", "pending", "in_time")
_BEHIND = ("pending_overdue", "waiting")
_MOST = 20


def section(found: Documents, voice: Voice) -> Section:
    """Return the section; without due instants it says why lateness cannot be told."""
    late, say = found.lateness, voice.say
    if not found.has_due:
        return Section(
            key="lateness",
            title=say("lateness_title"),
            finding=say("lateness_no_due"),
            tables=[_terms(late, voice)] if late["terms"] else [],
            limits=[say("lateness_no_due_limits")],
        )
    of = late["late_of"]
    figures, tables = [], []
    if of:
        figures.append(_grades(late, voice))
    if len(found.months) > 1:
        figures.append(_months(found, voice))
    tables += [_by_measure(late, voice), _counting(late, voice), _rates(late, voice)]
    if late["terms_days"]:
        tables.append(_lengths(late, voice))
    if late["steps"]:
        tables.append(_steps(late, voice))
    if late["terms"]:
        tables.append(_terms(late, voice))
    (honest, honest_of), (official, official_of) = (settled_late(late, way) for way in ("honest", "official"))
    finding = say(
        "lateness_finding",
        of=voice.number(honest_of),
        late=voice.number(honest),
        share=voice.share(honest, honest_of),
        official_of=voice.number(official_of),
        official_late=voice.number(official),
        official_share=voice.share(official, official_of),
        open=voice.number(late["open"]),
        overdue=voice.number(late["counting"]["date"]["honest"]["pending_overdue"]),
        official_overdue=voice.number(late["counting"]["date"]["official"]["pending_overdue"]),
        at=voice.day(late["judged_at"]),
    )
    limits = [say("lateness_limits_measures"), say("lateness_limits_counting"), say("lateness_limits_closed")]
    limits += untold(late, voice.lang)
    return Section(
        key="lateness", title=say("lateness_title"), finding=finding, figures=figures, tables=tables, limits=limits
    )


def settled_late(late: Mapping[str, Any], way: str) -> tuple[int, int]:
    """Return how many settled dossiers were late by date, and of how many, counted ``official`` or ``honest``."""
    counted = late["counting"]["date"][way]
    return counted["overdue"], counted["settled"] - counted["returned"] - counted["without_due"]


def _grades(late: Mapping[str, Any], voice: Voice) -> Figure:
    grades = ("early", "on_time", "overdue")
    colours = dict(zip((voice.say(g) for g in grades), (charts.PALE, charts.BLUE, charts.ACCENT), strict=True))
    bars = [
        (
            voice.say(f"by_{measure}"),
            [
                (voice.say(grade), late["grades"][measure][grade], voice.number(late["grades"][measure][grade]))
                for grade in grades
            ],
        )
        for measure in MEASURES
    ]
    caption = voice.say("grades_caption", of=voice.number(late["late_of"]))
    told = "; ".join(
        f"{label}: " + ", ".join(f"{name} {written}" for name, _, written in parts) for label, parts in bars
    )
    return Figure(
        svg=inlined(charts.stacked(bars, colours, voice.lang), "grades", voice.say("grades_title"), told),
        caption=caption,
    )


def _months(found: Documents, voice: Voice) -> Figure:
    rows = [(month, late / ended, ended) for month, late, ended in found.months]
    words = {"x": voice.say("months_x"), "y": voice.say("months_y")}
    worst = max((row for row in rows if row[2] >= 20), default=max(rows, key=lambda row: row[1]), key=lambda r: r[1])
    told = voice.say("months_told", month=_month(worst[0]), share=voice.share(worst[1]), of=voice.number(worst[2]))
    return Figure(
        svg=inlined(charts.months(rows, words, voice.lang), "months", voice.say("months_title"), told),
        caption=f"{voice.say('months_caption')} {told}",
    )


def _month(text: str) -> str:
    return f"{text[5:]}/{text[:4]}"


def _by_measure(late: Mapping[str, Any], voice: Voice) -> Table:
    of, open_of = late["late_of"], late["open_overdue_of"]
    rows = []
    for measure in MEASURES:
        grades, number = late["grades"][measure], late["late"][measure]
        still = late["open_overdue_by"][measure]
        rows.append(
            [
                voice.say(f"by_{measure}"),
                *(voice.number(grades[grade]) for grade in ("early", "on_time", "overdue")),
                voice.share(number, of),
                voice.number(still),
                voice.share(still, open_of),
            ]
        )
    headings = ["measure", "early", "on_time", "overdue", "late_share", "open_overdue", "open_share"]
    return Table(
        caption=voice.say("by_measure_caption", of=voice.number(of), open_of=voice.number(open_of)),
        headings=[voice.say(key) for key in headings],
        rows=rows,
        numbers=frozenset(range(1, 7)),
        note=voice.say("by_measure_note"),
    )


def _counting(late: Mapping[str, Any], voice: Voice) -> Table:
    counted = late["counting"]["date"]
    keys = (*_COLUMNS, *_BEHIND)
    rows = [
        [voice.say(f"count_{key}"), *(voice.number(counted[way][key]) for way in ("official", "honest"))]
        for key in (*keys, "without_due")
    ]
    return Table(
        caption=voice.say("counting_caption"),
        headings=[voice.say("dossiers"), voice.say("official"), voice.say("honest")],
        rows=rows,
        numbers=frozenset({1, 2}),
        note=voice.say("counting_note"),
    )


def _rates(late: Mapping[str, Any], voice: Voice) -> Table:
    rows = [
        [
            f"{voice.say(f'by_{measure}')}, {voice.say(way)}",
            *(voice.share(late["counting"][measure][f"{way}_rates"][of]) for of in ("of_settled", "of_due", "of_all")),
        ]
        for measure in MEASURES
        for way in ("official", "honest")
    ]
    return Table(
        caption=voice.say("rates_caption"),
        headings=[voice.say(key) for key in ("measure", "of_settled", "of_due", "of_all")],
        rows=rows,
        numbers=frozenset({1, 2, 3}),
    )


def _lengths(late: Mapping[str, Any], voice: Voice) -> Table:
    lengths = list(late["terms_days"].items())
    whole = sum(number for _, number in lengths)
    rows = [
        [voice.say("days", n=voice.number(int(length))), voice.number(n), voice.share(n, whole)]
        for length, n in lengths[:5]
    ]
    if rest := sum(n for _, n in lengths[5:]):
        rows.append(
            [voice.say("other_lengths", n=voice.number(len(lengths) - 5)), voice.number(rest), voice.share(rest, whole)]
        )
    return Table(
        caption=voice.say("lengths_caption", of=voice.number(whole)),
        headings=[voice.say("length"), voice.say("dossiers"), voice.say("share")],
        rows=rows,
        numbers=frozenset({1, 2}),
    )


def _steps(late: Mapping[str, Any], voice: Voice) -> Table:
    steps = late["steps"]
    rows = [
        [
            voice.step(one["step"]),
            voice.number(one["total"]),
            voice.number(one["date"]),
            voice.share(one["date"], one["total"]),
            voice.number(one["instant"]),
        ]
        for one in steps[:_MOST]
    ]
    return Table(
        caption=voice.say("steps_caption"),
        headings=[voice.say(key) for key in ("step", "ended_holds", "late_by_date", "share", "late_by_instant")],
        rows=rows,
        numbers=frozenset({1, 2, 3, 4}),
        note=voice.say("first_of", n=voice.number(_MOST), of=voice.number(len(steps))) if len(steps) > _MOST else "",
    )


def _terms(late: Mapping[str, Any], voice: Voice) -> Table:
    rows = [
        [
            term["name"],
            limit_text(parse_limit(term["limit"]), voice.lang),
            voice.number(term["pairs"]),
            voice.number(term["over"]),
            voice.share(term["over"], term["pairs"]),
            voice.number(term["late"]),
        ]
        for term in late["terms"]
    ]
    return Table(
        caption=voice.say("terms_caption"),
        headings=[voice.say(key) for key in ("term", "limit", "pairs", "over", "share", "late_by_instant")],
        rows=rows,
        numbers=frozenset({2, 3, 4, 5}),
    )
