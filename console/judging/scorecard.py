"""`scorecard`: each agency and period, with peers of similar load, and what became of its signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.judging.known import check_agency
from console.judging.table import heading, table
from console.wording.judging import word
from console.wording.numbers import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.wording.days import Language
    from engine.casebook import Casebook


def document(
    book: Casebook,
    *,
    period: str = "month",
    agency: str = "",
    signals: Mapping[tuple[str, str], Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """Return the scorecards as JSON values.

    Args:
        book: dossiers.
        period: month, quarter, year or all.
        agency: only this agency's (its peers still count).
        signals: for agency and period, how many signals were raised, explained, accepted, upheld; None: not known.

    Raises:
        InputError: no such period or agency.
    """
    from engine.errors import InputError
    from engine.responsibility.attribution import attribute
    from engine.responsibility.scorecard import scorecards

    check_agency(book, agency)
    try:
        cards = scorecards(book, attribute(book), period=period)
    except ValueError as error:
        raise InputError(f"--period: {error}") from None
    rows = [row for row in cards.to_dicts() if not agency or row["agency"] == agency]
    if signals is not None:
        none = {"raised": 0, "explained": 0, "accepted": 0, "upheld": 0}
        rows = [row | {"signals": {**none, **signals.get((row["agency"], row["period"]), {})}} for row in rows]
    told = {"agency": "agencies" in book.tells, "due": "due" in book.tells}
    return {"source": book.name, "period": period, "told": told, "cards": rows}


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print the scorecards for people."""
    rows = [
        {
            **card,
            "period": word("all_periods", lang) if card["period"] == "all" else card["period"],
            "hold_on_time_rate": share(card["hold_on_time_rate"], lang),
            "on_time_rate": share(card["on_time_rate"], lang),
            "peers_on_time_rate": share(card["peers_on_time_rate"], lang),
            "hours": round(card["attributed_hours"], 1),
            **{f"signals_{name}": count for name, count in card.get("signals", {}).items()},
        }
        for card in found["cards"]
    ]
    heading(word("scorecards", lang))
    known = [key for key in ("signals_raised", "signals_explained", "signals_upheld") if rows and key in rows[0]]
    table(
        rows,
        (
            *("agency", "period", "handled", "received", "settled", "late", "on_time_rate", "hold_on_time_rate"),
            *("peers_on_time_rate", "hours", "index1", "index2", "index3", *known),
        ),
        lang,
    )
    if rows:
        print(word("indices", lang))
    for name, is_told in found["told"].items():
        if not is_told:
            print(word(f"not_told_{name}", lang))
