"""Each agency over the whole period, beside agencies of its kind with a similar load."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from console.report.parts import Section, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.report.documents import Documents
    from console.report.voice import Voice

_MOST = 30


def section(found: Documents, voice: Voice) -> Section:
    """Return the section: the busiest agencies, every column with its denominator."""
    say = voice.say
    cards = sorted(found.cards["cards"], key=lambda card: (-(card["handled"] or 0), card["agency"] or ""))
    if not cards:
        return Section(key="scorecards", title=say("cards_title"), finding=say("cards_none"))
    desks = [card for card in cards if card["received"]]
    workers = [card for card in cards if card["handled"]]
    tables = [table for table in (_desks(desks, voice), _workers(workers, voice)) if table.rows]
    charged = sorted(workers, key=lambda card: -card["attributed_hours"])
    finding = say("cards_finding", n=voice.number(len(cards)), handled=voice.number(len(workers)))
    if charged and charged[0]["attributed_hours"] > 0:
        top = charged[0]
        finding += " " + say(
            "cards_most", agency=voice.agency(top["agency"]), hours=voice.number(top["attributed_hours"], 1)
        )
    return Section(
        key="scorecards",
        title=say("cards_title"),
        finding=finding,
        tables=tables,
        limits=[say("cards_limits"), say("cards_limits_index")],
    )


def _desks(cards: list[Mapping[str, Any]], voice: Voice) -> Table:
    say = voice.say
    rows = [
        [
            voice.agency(card["agency"]),
            voice.number(card["received"]),
            voice.number(card["settled"]),
            voice.number(card["late"]),
            voice.share(card["on_time_rate"]),
            voice.number(card["index1"], 1),
            voice.number(card["index3"], 1),
        ]
        for card in cards[:_MOST]
    ]
    keys = ("desk", "received", "settled", "late_by_date", "on_time_of_settled", "index1", "index3")
    return Table(
        caption=say("cards_desks"),
        headings=[say(key) for key in keys],
        rows=rows,
        numbers=frozenset(range(1, 7)),
    )


def _workers(cards: list[Mapping[str, Any]], voice: Voice) -> Table:
    say = voice.say
    has_terms = any(card["holds_with_due"] for card in cards)
    has_lateness = any(card["attributed_hours"] for card in cards)
    columns: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "agency": lambda card: voice.agency(card["agency"]),
        "handled": lambda card: voice.number(card["handled"]),
        "load": lambda card: voice.number(card["load"], 1),
    }
    if has_terms:
        columns["holds_on_time"] = lambda card: _of(card, voice)
        columns["index2"] = lambda card: voice.number(card["index2"], 1)
        columns["peers_on_time"] = lambda card: voice.share(card["peers_on_time_rate"])
    if has_lateness:
        columns["attributed"] = lambda card: voice.number(card["attributed_hours"], 1)
        columns["peers_attributed"] = lambda card: voice.number(card["peers_hours"], 1)
    columns["peers"] = lambda card: voice.number(card["peers"])
    for name in ("raised", "explained", "upheld"):
        if any(card.get("signals", {}).get(name) for card in cards):
            columns[f"questions_{name}"] = partial(_signals, name, voice)
    return Table(
        caption=say("cards_workers"),
        headings=[say(key) for key in columns],
        rows=[[cell(card) for cell in columns.values()] for card in cards[:_MOST]],
        numbers=frozenset(range(1, len(columns))),
        note=say("first_of", n=voice.number(_MOST), of=voice.number(len(cards))) if len(cards) > _MOST else "",
    )


def _of(card: Mapping[str, Any], voice: Voice) -> str:
    rate = voice.share(card["hold_on_time_rate"])
    return f"{rate} ({voice.number(card['holds_with_due'])})" if card["holds_with_due"] else rate


def _signals(name: str, voice: Voice, card: Mapping[str, Any]) -> str:
    return voice.number(card["signals"][name])
