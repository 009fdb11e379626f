"""Whose lateness it was: by reason and by agency for many dossiers, in sentences for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.judging.table import heading, table
from console.wording.attribution import REASONS, SENTENCES
from console.wording.judging import word
from console.wording.numbers import hours, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from console.wording.days import Language
    from engine.casebook import Casebook

MOST: Final = 30
"""Agencies people get; programs get all."""

_TOLD: Final = (
    *("hold", "agency", "step", "reason", "ground", "seconds", "queue_seconds", "work_seconds"),
    *("own_limit", "held", "slack_inherited", "slack_eaten"),
)
_GRADES: Final = ("early", "on_time", "overdue")


def document(book: Casebook, shares: pl.DataFrame) -> dict[str, Any]:
    """Return whose lateness it was as JSON values; lengths are office seconds of the receiving desks.

    Args:
        book: dossiers.
        shares: of all its late dossiers, from `engine.responsibility.attribution.attribute`.
    """
    import polars as pl

    from engine.responsibility.attribution_agencies import handover_grades, inside_outside

    reasons = shares.group_by("reason").agg(
        pl.col("nr").n_unique().alias("dossiers"), pl.col("seconds", "queue_seconds", "work_seconds").sum()
    )
    graded = handover_grades(book)
    counted = graded.group_by("agency").agg(
        pl.len().alias("holds"),
        *((pl.col(f"by_{m}") == g).sum().alias(f"{g}_by_{m}") for m in ("instant", "date") for g in _GRADES),
    )
    total, agencies = int(shares["seconds"].sum()), inside_outside(book, shares)
    return {
        "dossiers": shares["nr"].n_unique(),
        "seconds": total,
        "nobody_seconds": total - int(agencies["inside_seconds"].sum()),
        "reasons": reasons.sort(["seconds", "reason"], descending=[True, False]).to_dicts(),
        "agencies": agencies.to_dicts(),
        "handovers": counted.sort("agency").to_dicts(),
    }


def tell(found: Mapping[str, Any], lang: Language) -> None:
    """Print whose lateness it was for people, in office hours."""
    late = f"{word('late', lang)} {number(found['dossiers'], lang)}"
    heading(f"{word('attribution', lang)}: {late}, {hours(found['seconds'], lang)}")
    if not found["dossiers"]:
        return
    reasons = [
        {"reason": REASONS[row["reason"]].say(lang), "dossiers": row["dossiers"], "hours": hours(row["seconds"], lang)}
        for row in found["reasons"]
    ]
    table(reasons, ("reason", "dossiers", "hours"), lang)
    print()
    agencies = [
        {
            **{key: row[key] for key in ("late", "inside", "outside")},
            "agency": row["agency"] or word("no_agency", lang),
            **{f"{key}_hours": hours(row[f"{key}_seconds"], lang) for key in ("inside", "queue", "work", "outside")},
        }
        for row in _most(found["agencies"])
    ]
    if found["agencies"]:
        rest = sum(row["inside_seconds"] for row in found["agencies"]) - sum(
            row["inside_seconds"] for row in _most(found["agencies"])
        )
        if rest:
            agencies.append({"agency": word("other_agencies", lang), "inside_hours": hours(rest, lang)})
        agencies.append(
            {"agency": word("charged_to_nobody", lang), "inside_hours": hours(found["nobody_seconds"], lang)}
        )
        agencies.append({"agency": word("total", lang), "inside_hours": hours(found["seconds"], lang)})
    keys = ("agency", "late", "inside", "inside_hours", "queue_hours", "work_hours", "outside", "outside_hours")
    table(agencies, keys, lang)


def _most(agencies: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the agencies that people get: the first, and what no agency is recorded of."""
    return [*agencies[:MOST], *(row for row in agencies[MOST:] if not row["agency"])]


def one(shares: pl.DataFrame) -> dict[str, Any] | None:
    """Return the shares of one late dossier as JSON values, charged nothing included; None where there are none."""
    if shares.is_empty():
        return None
    return {"late_by": shares["late_by"][0], "shares": shares.select(_TOLD).to_dicts()}


def sentences(found: Mapping[str, Any], name: Callable[[str], str], lang: Language) -> list[str]:
    """Return who is charged how much of one dossier's lateness, and why; a heading first.

    Args:
        found: from `one`.
        name: gives what people call the code of an agency or step.
        lang: ``vi`` or ``en``.
    """
    from console.wording.days import length_text

    late = found["late_by"]
    lines = [SENTENCES["head" if late else "head_closed"].say(lang, late=length_text(late, lang))]
    told = [share for share in found["shares"] if share["seconds"] or share["reason"] == "after_closing"]
    lines += [f"  {_sentence(share, name, lang)}" for share in told]
    if late and len(told) > 1:
        lines.append(f"  {_sum(told, name, lang)}")
    kept = [share for share in found["shares"] if share["reason"] == "charged_nothing" and share["agency"]]
    if kept:
        lines.append(f"  {SENTENCES['nothing'].say(lang, who=_listed(kept, name))}")
    return lines


def _sentence(share: Mapping[str, Any], name: Callable[[str], str], lang: Language) -> str:
    from console.wording.days import length_text
    from console.wording.phrases import GROUNDS, called

    def said(key: str, seconds: int | None) -> str:
        named = "slack" if key in {"ahead", "behind"} else key
        return SENTENCES[key].say(lang, **{named: text(seconds)}) if seconds else ""

    def text(seconds: int | None) -> str:
        return length_text(abs(seconds or 0), lang)

    inherited = share["slack_inherited"]
    rest = (share["slack_eaten"] or 0) - max(inherited or 0, 0) - share["seconds"]
    ground, step, reason = share["ground"], share["step"], share["reason"]
    if reason == "beyond_own_limit" and not share["own_limit"]:
        reason = "beyond_no_limit"
    return SENTENCES[reason].say(
        lang,
        who=name(share["agency"]) if share["agency"] else SENTENCES["unrecorded"].say(lang),
        step=name(step) if step else "-",
        seconds=text(share["seconds"]),
        held=text(share["held"]),
        own=text(share["own_limit"]),
        over=text(share["slack_eaten"]),
        slack=said("ahead" if (inherited or 0) > 0 else "behind", inherited),
        rest=said("rest", max(rest, 0)),
        queue=said("queue", share["queue_seconds"]),
        ground=called(GROUNDS, ground, lang) if ground in GROUNDS or not step else name(step),
    )


def _sum(told: Sequence[Mapping[str, Any]], name: Callable[[str], str], lang: Language) -> str:
    """Return how much each agency is charged with in all, and what nobody is, most first and nobody last."""
    from console.wording.days import length_text
    from engine.responsibility.attribution_agencies import UNRECORDED

    sums: dict[str, int] = {}
    for share in told:
        who = name(share["agency"]) if share["agency"] else ""
        if not who and share["hold"] and share["reason"] in UNRECORDED:
            who = SENTENCES["unrecorded"].say(lang)
        sums[who] = sums.get(who, 0) + share["seconds"]
    ranked = sorted(sums.items(), key=lambda one: (not one[0], -one[1]))
    parts = (
        SENTENCES["sum_of" if who else "sum_nobody"].say(lang, who=who, seconds=length_text(seconds, lang))
        for who, seconds in ranked
    )
    return SENTENCES["sum"].say(lang, parts="; ".join(parts))


def _listed(kept: Sequence[Mapping[str, Any]], name: Callable[[str], str]) -> str:
    """Return who kept its limits, each with its steps."""
    steps: dict[str, list[str]] = {}
    for share in kept:
        steps.setdefault(share["agency"], []).append(name(share["step"]))
    return "; ".join(f"{name(agency)} ({', '.join(dict.fromkeys(names))})" for agency, names in steps.items())
