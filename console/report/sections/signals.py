"""Questions for review: each with its rule, who is asked beside its peers, evidence and counter-evidence."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from console.report import charts
from console.report.parts import Figure, Item, Section, Table
from console.report.sections import replies
from console.report.svg import inlined
from console.wording.evidence import DETAILS, HOURS, SHARES, UNITS
from console.wording.phrases import BREACHES, CHANNELS, GROUNDS, POSITIONS, SUBJECTS
from console.wording.report_judged import CERTAINTIES, REASONS, TOLD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.report.documents import Documents
    from console.report.sections.replies import Reply
    from console.report.voice import Voice

_AGENCIES = 12
_EVIDENCE = 8


def section(found: Documents, voice: Voice, filed: Sequence[Reply] = ()) -> Section:
    """Return the section: what was raised at length, what was looked for and not raised in one table.

    Args:
        found: the documents.
        voice: of the page.
        filed: signals of a store's log and how far each has come.
    """
    say, document = voice.say, found.signals
    rules = document["rules"]
    judged = [rule for rule in rules if not rule["not_judged"]]
    unjudged = [rule for rule in rules if rule["not_judged"]]
    raised = [rule for rule in judged if rule["raised"]]
    concerned = {one["agency"] for one in document["signals"]}
    finding = say(
        "signals_finding" if document["signals_total"] else "signals_finding_none",
        n=voice.number(document["signals_total"]),
        agencies=voice.number(len(concerned)),
        rules=voice.number(len(raised)),
    )
    told = {"judged": voice.number(len(judged)), "unjudged": voice.number(len(unjudged))}
    finding += " " + (say("judged_some", **told) if unjudged else say("judged_all", judged=told["judged"]))
    tables = [_overview(judged, document, voice), _unjudged(unjudged, voice)]
    if filed:
        tables.insert(0, replies.table(filed, voice))
    return Section(
        key="signals",
        title=say("signals_title"),
        finding=finding,
        paragraphs=[say("signals_notice"), say("signals_reply")],
        items=[_item(rule, found, voice) for rule in raised],
        tables=[table for table in tables if table.rows],
        limits=[say("signals_limits_pattern"), say("signals_limits_fact")],
    )


def _item(rule: Mapping[str, Any], found: Documents, voice: Voice) -> Item:
    say, code = voice.say, rule["code"]
    known = found.rules[code]
    explained = known.explained.vi if voice.lang == "vi" else known.explained.en
    is_pattern = rule["level"] == "agency"
    raised = [one for one in found.signals["signals"] if one["code"] == code]
    agencies = {one["agency"] for one in raised}
    labels = [
        say("label_severity", severity=voice.severity(rule["severity"])),
        say("label_raised", n=voice.number(rule["raised"])),
        voice.level(rule["level"]),
    ]
    basis = say("basis", text=voice.cited(rule["basis"]), certainty=voice.called(CERTAINTIES, rule["certainty"]))
    figures, tables = [], []
    if is_pattern:
        rates = [one for one in found.signals["rates"] if one["code"] == code and one["chances"]]
        figures.append(_rates_figure(code, rates, voice))
        tables.append(_rates(raised, rates, voice))
    else:
        tables.append(_by_agency(raised, voice))
    tables.append(_evidence(rule, agencies, found, voice))
    return Item(
        key=f"signal-{code}",
        heading=f"{code}: {voice.title(rule['name'])}",
        labels=labels,
        paragraphs=[explained, basis, _counter(rule, raised, voice)],
        figures=figures,
        tables=[table for table in tables if table.rows],
    )


def _rates_figure(code: str, rates: Sequence[Mapping[str, Any]], voice: Voice) -> Figure:
    say = voice.say
    shown = sorted(rates, key=lambda one: (not one["is_raised"], -one["hits"], -one["chances"]))[:_AGENCIES]
    rows = [
        {
            "label": voice.agency(one["agency"]),
            "rate": one["rate"],
            "low": one["low"],
            "high": one["high"],
            "peers": one["peers_rate"],
            "raised": one["is_raised"],
        }
        for one in shown
    ]
    words = {"raised": say("key_raised"), "not_raised": say("key_not_raised"), "peers": say("key_peers")}
    told = "; ".join(f"{row['label']}: {voice.share(row['rate'])}" for row in rows)
    svg = charts.intervals(rows, say("rate_axis"), words, voice.lang)
    return Figure(
        svg=inlined(svg, f"rates-{code.lower()}", say("rates_figure", code=code), told),
        caption=say("rates_figure_caption", n=voice.number(len(shown)), of=voice.number(len(rates))),
    )


def _rates(raised: Sequence[Mapping[str, Any]], rates: Sequence[Mapping[str, Any]], voice: Voice) -> Table:
    say = voice.say
    by_agency = {one["agency"]: one for one in rates}
    counter = {one["agency"]: one["counter"] for one in raised}
    rows = []
    for agency, found in counter.items():
        one = by_agency[agency]
        rows.append(
            [
                voice.agency(agency),
                say("hits_of", hits=voice.number(one["hits"]), chances=voice.number(one["chances"])),
                voice.share(one["rate"]),
                f"{voice.number(one['low'] * 100, 1)}–{voice.share(one['high'])}",
                say("peers_rate", rate=voice.share(one["peers_rate"]), n=voice.number(one["peers"])),
                voice.chance(one["confidence"]),
                voice.number(one["excused"]),
                voice.excuse(found) if found else say("no_counter"),
            ]
        )
    keys = ("agency", "hits_chances", "rate", "bounds", "peers_column", "confidence", "excused", "counter")
    return Table(
        caption=say("raised_caption"),
        headings=[say(key) for key in keys],
        rows=rows,
        numbers=frozenset({2, 3, 5, 6}),
        note=say("raised_note"),
    )


def _by_agency(raised: Sequence[Mapping[str, Any]], voice: Voice) -> Table:
    say = voice.say
    counts: dict[str, list[int]] = {}
    for one in raised:
        mine = counts.setdefault(one["agency"], [0, 0])
        mine[0] += 1
        mine[1] += one["counter"] is not None
    rows = [
        [voice.agency(agency), voice.number(number), voice.number(lowered)]
        for agency, (number, lowered) in sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))[:_AGENCIES]
    ]
    return Table(
        caption=say("acts_caption"),
        headings=[say("agency"), say("acts"), say("acts_lowered")],
        rows=rows,
        numbers=frozenset({1, 2}),
    )


def _evidence(rule: Mapping[str, Any], agencies: set[str], found: Documents, voice: Voice) -> Table:
    say = voice.say
    shown = _spread([one for one in found.signals["occurrences"] if one["code"] == rule["code"]], agencies)
    rows = [
        [
            one["dossier"] or "",
            voice.agency(one["agency"]),
            voice.day(one["at"]) if one["at"] else "",
            _detail(one["detail"], voice),
            _measured(one, voice),
            _load(one, voice),
        ]
        for one in shown
    ]
    keys = ("dossier", "agency", "when", "detail", "measured", "queue")
    kept = [place for place in range(len(keys)) if place < 3 or any(row[place] for row in rows)]
    return Table(
        caption=say("evidence_caption", n=voice.number(len(rows)), of=voice.number(rule["occurrences"])),
        headings=[say(keys[place]) for place in kept],
        rows=[[row[place] for place in kept] for row in rows],
        whole=frozenset({0, 2}),
        note=say("evidence_note") if 5 in kept else "",
    )


def _spread(occurrences: Sequence[Mapping[str, Any]], agencies: set[str]) -> list[Mapping[str, Any]]:
    """Return some occurrences, of every agency in turn, each from another dossier."""
    by_agency: dict[str, list[Mapping[str, Any]]] = {}
    seen: set[tuple[str, str]] = set()
    for one in occurrences:
        if one["agency"] in agencies and (one["agency"], one["dossier"]) not in seen:
            seen.add((one["agency"], one["dossier"]))
            by_agency.setdefault(one["agency"], []).append(one)
    turns = [one for turn in zip_longest(*by_agency.values()) for one in turn if one is not None]
    return turns[:_EVIDENCE]


def _detail(detail: str | None, voice: Voice) -> str:
    for table in (DETAILS, BREACHES, GROUNDS, POSITIONS, SUBJECTS, CHANNELS, TOLD):
        if detail is not None and detail in table:
            return voice.called(table, detail)
    return "" if not detail else voice.step(detail) if detail in voice.steps else voice.agency(detail)


def _measured(one: Mapping[str, Any], voice: Voice) -> str:
    """Return how much it was, in the unit of its signal."""
    code, measure = one["code"], one["measure"]
    if measure is None:
        return ""
    if code in HOURS:
        return UNITS["hours"].say(voice.lang, n=voice.number(measure / 3600, 1))
    if code in SHARES:
        return UNITS["share"].say(voice.lang, n=voice.share(measure))
    written = voice.number(measure, 0 if measure % 1 == 0 else 1)
    return UNITS[code].say(voice.lang, n=written) if code in UNITS else written


def _load(one: Mapping[str, Any], voice: Voice) -> str:
    queue, usual = one.get("queue_per_head"), one.get("usual_queue_per_head")
    if queue is None or usual is None:
        return ""
    return voice.say("queue_of", queue=voice.number(queue, 1), usual=voice.number(usual, 1))


def _counter(rule: Mapping[str, Any], raised: Sequence[Mapping[str, Any]], voice: Voice) -> str:
    say = voice.say
    parts = [
        say("counter_part", why=voice.excuse(why), n=voice.number(number)) for why, number in rule["excused"].items()
    ]
    told = say("counter_excused", parts="; ".join(parts)) if parts else say("counter_none")
    lowered = sum(1 for one in raised if one["counter"])
    if lowered:
        told += " " + say("counter_lowered", n=voice.number(lowered))
    return told


def _overview(judged: Sequence[Mapping[str, Any]], document: Mapping[str, Any], voice: Voice) -> Table:
    say = voice.say
    why: dict[str, dict[str, int]] = {}
    for one in document["rates"]:
        if one["why_not"]:
            mine = why.setdefault(one["code"], {})
            mine[one["why_not"]] = mine.get(one["why_not"], 0) + 1
    rows = [
        [
            rule["code"],
            voice.title(rule["name"]),
            voice.number(rule["raised"]),
            voice.number(rule["occurrences"]),
            voice.number(sum(rule["excused"].values())),
            "; ".join(
                f"{voice.called(REASONS, reason)}: {voice.number(number)}"
                for reason, number in sorted(why.get(rule["code"], {}).items(), key=lambda item: -item[1])
            ),
        ]
        for rule in judged
    ]
    return Table(
        caption=say("overview_caption"),
        headings=[say(key) for key in ("code", "looked_for", "raised", "occurrences", "excused", "not_raised")],
        rows=rows,
        numbers=frozenset({2, 3, 4}),
    )


def _unjudged(rules: Sequence[Mapping[str, Any]], voice: Voice) -> Table:
    say = voice.say
    rows = [
        [rule["code"], voice.title(rule["name"]), "; ".join(voice.called(TOLD, name) for name in rule["not_judged"])]
        for rule in rules
    ]
    return Table(caption=say("unjudged_caption"), headings=[say("code"), say("looked_for"), say("lacking")], rows=rows)
