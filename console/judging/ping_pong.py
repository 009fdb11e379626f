"""`pingpong`: between whom dossiers went to and fro, as cycles and as literal A→B→A; turns with the applicant apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.judging.table import heading, table
from console.wording.judging import word
from console.wording.numbers import number

if TYPE_CHECKING:
    from console.wording.days import Language
    from engine.casebook import Casebook

TOP = 20
"""Cycles and pairs that people get; programs get all."""


def document(book: Casebook, by: str = "agency", *, without_system: bool = False) -> dict[str, Any]:
    """Return cycles and triples as JSON values; ``told`` is whether the source tells who had dossiers at all.

    Raises:
        InputError: the source has no such attribute.
    """
    from engine.responsibility.ping_pong import ping_pong
    from engine.responsibility.returns import returns

    found = ping_pong(book, by, without_system=without_system)
    cycles = found.cycles
    pairs = found.pairs
    outside, other = pairs.filter("with_applicant"), pairs.filter(~pairs["with_applicant"])
    document: dict[str, Any] = {
        "source": book.name,
        "by": by,
        "told": is_told(book, by),
        "handovers": found.handovers,
        "triples": {
            "total": found.triples,
            "dossiers": found.triple_dossiers,
            "with_applicant": int(outside["triples"].sum()),
            "by_design": int(other["designed"].sum()),
        },
        "pairs": pairs.to_dicts(),
        "returns": returns(book).as_json(),
    }
    if cycles is not None:
        document["cycles"] = {
            "distinct": len(cycles.by_cycle),
            "total": cycles.total,
            "dossiers": cycles.dossiers,
            "cut": list(cycles.cut),
        }
        document["top"] = [[list(members), count] for members, count in cycles.by_cycle]
    return document


def is_told(book: Casebook, by: str) -> bool:
    """Return whether the source tells what ``--by`` names; the desk that has what is open after a log tells nothing."""
    from engine.responsibility.ping_pong import column_of

    needed = {"agency": "agencies", "officer": "officers"}.get(by)
    return needed in book.tells if needed else book.holds[column_of(book, by)].drop_nulls().len() > 0


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print the figures for people."""
    from console.output import write_pairs

    if not found["told"]:
        print(word(f"not_told_{found['by']}" if found["by"] in {"agency", "officer"} else "not_told", lang))
        return
    cycles, triples = found["cycles"], found["triples"]
    write_pairs(
        [
            (word("hand_overs", lang), f"{number(found['handovers'], lang)}"),
            (
                word("cycles", lang),
                word("cycles_counted", lang).format(
                    total=f"{number(cycles['total'], lang)}",
                    distinct=f"{number(cycles['distinct'], lang)}",
                    dossiers=f"{number(cycles['dossiers'], lang)}",
                ),
            ),
            (
                word("triples", lang),
                f"{number(triples['total'], lang)}, {number(triples['dossiers'], lang)} {word('dossiers', lang)}",
            ),
            (f"  {word('with_applicant', lang)}", f"{number(triples['with_applicant'], lang)}"),
            (f"  {word('by_design', lang)}", f"{number(triples['by_design'], lang)}"),
        ]
    )
    if cycles["cut"]:
        print(word("cut", lang).format(dossiers=", ".join(cycles["cut"][:10])))
    heading(word("top", lang))
    table(
        [{"cycles": " → ".join(members), "hits": count} for members, count in found["top"][:TOP]],
        ("cycles", "hits"),
        lang,
    )
    heading(word("triples", lang))
    rows = [
        {**pair, "between": f"{pair['a']} – {pair['b']}", "by_design": pair["designed"]}
        for pair in found["pairs"][:TOP]
    ]
    table(rows, ("between", "triples", "dossiers", "with_applicant", "by_design"), lang)
    if found["returns"]["total"]:
        heading(word("returns", lang))
        table(
            [{"agency": who, "hits": count} for who, count in found["returns"]["by"].items()], ("agency", "hits"), lang
        )
