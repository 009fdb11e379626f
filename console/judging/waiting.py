"""`waiting`: why dossiers waited before somebody worked on them, over all and by agency, step and hand-over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from console.wording.numbers import hours, number, share
from console.wording.waiting import WAITING

if TYPE_CHECKING:
    import polars as pl

    from console.wording.days import Language
    from engine.casebook import Casebook

BY: Final = {"agency": ("agency",), "step": ("step",), "pair": ("from_agency", "agency")}
"""Ways to sum waits: the columns of `engine.responsibility.waiting.WAITS` that make a row."""

MOST: Final = 15
"""Rows of each table printed for people."""


def document(book: Casebook, by: Sequence[str] = tuple(BY)) -> dict[str, Any]:
    """Return waits and their causes as JSON values, lengths in whole seconds.

    Args:
        book: dossiers.
        by: keys of `BY`.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
        InputError: ``by`` names another way.
    """
    from engine.errors import InputError
    from engine.responsibility.presence import ACTIVE_DAYS, SILENCE
    from engine.responsibility.waiting import Rules, left_out, totals, waiting

    if unknown := [one for one in by if one not in BY]:
        raise InputError.of(
            "waiting_by_unknown", "waiting by {given!r}: choose from {known}", given=unknown[0], known=tuple(BY)
        )
    rules = Rules()
    waits = waiting(book, rules)
    whole = totals(waits).row(0, named=True)
    parameters = {
        "batch": rules.batch,
        "batch_gap_seconds": rules.batch_gap,
        "absence_chance": SILENCE,
        "absence_active_days": ACTIVE_DAYS,
    }
    return {
        "source": book.name,
        "holds": whole["holds"],
        "waited": whole["waited"],
        "inferred": whole["inferred"],
        "still_waiting": int(waits["is_open"].sum()),
        "by_agency_only": int(waits["by_agency"].sum()),
        "left_out": left_out(book),
        "elapsed": whole["elapsed"],
        "office": whole["office"],
        "causes": _causes(whole),
        "by": {one: _rows(totals(waits, *BY[one]), BY[one]) for one in by},
        "parameters": {name: {"value": value, "source": "proposal"} for name, value in parameters.items()},
    }


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print causes and tables for people, lengths in hours."""
    from console.output import Column, write_pairs, write_rows

    def say(key: str, **values: object) -> str:
        return WAITING[key].say(lang, **values)

    if not found["holds"]:
        print(say("nothing"))
        return
    counts = [("holds", "holds"), ("waited", "waited"), ("inferred", "inferred")]
    counts += [("still_waiting", "still"), ("by_agency_only", "by_agency")]
    out = ", ".join(f"{number(count, lang)} {say(why)}" for why, count in found["left_out"].items() if count)
    write_pairs(
        [
            *(
                (say(word), f"{number(found[name], lang)}")
                for name, word in counts
                if found[name] or name in {"holds", "waited"}
            ),
            (say("office_hours"), hours(found["office"], lang) or "0"),
            (say("elapsed_hours"), hours(found["elapsed"], lang) or "0"),
            *([(say("left_out"), out)] if out else []),
        ]
    )
    print()
    rows = [
        {
            "cause": say(cause),
            "office_hours": hours(one["office"], lang),
            "share": share(one["share_office"], lang),
            "elapsed_hours": hours(one["elapsed"], lang),
            "share_elapsed": share(one["share_elapsed"], lang),
        }
        for cause, one in found["causes"].items()
    ]
    numbers = [("office_hours", "office_hours"), ("share", "share"), ("elapsed_hours", "elapsed_hours")]
    numbers += [("share_elapsed", "share")]
    right = [Column(key, say(word), right=True) for key, word in numbers]
    write_rows(rows, [Column("cause", say("cause")), *right])
    for by, listed in found["by"].items():
        print(f"\n{say('by', what=say(by))}")
        named = [
            {
                by: " → ".join(one[name] or say("unknown") for name in BY[by]),
                "holds": f"{number(one['holds'], lang)}",
                "office_hours": hours(one["office"], lang),
            }
            | {cause: share(part["share_office"], lang) for cause, part in one["causes"].items()}
            for one in listed[:MOST]
        ]
        right = [Column(key, say(key), right=True) for key in ("holds", "office_hours", *found["causes"])]
        write_rows(named, [Column(by, say(by)), *right])
        if len(listed) > MOST:
            print(say("more", count=len(listed) - MOST))
    print(f"\n{say('limits')}")


def _rows(summed: pl.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    kept = (*names, "holds", "waited", "inferred", "elapsed", "office")
    return [{name: row[name] for name in kept} | {"causes": _causes(row)} for row in summed.iter_rows(named=True)]


def _causes(row: dict[str, Any]) -> dict[str, dict[str, float | int | None]]:
    from engine.responsibility.waiting import CAUSES, column

    found = {}
    for cause in CAUSES:
        office = row[column(cause)]
        elapsed = office + (row["closed"] if cause == "unavailability" else 0)
        found[cause] = {
            "office": office,
            "elapsed": elapsed,
            "share_office": round(office / row["office"], 6) if row["office"] else None,
            "share_elapsed": round(elapsed / row["elapsed"], 6) if row["elapsed"] else None,
        }
    return found
