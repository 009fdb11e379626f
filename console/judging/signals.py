"""`signals`: what conduct asks for review, how sure that is, and what speaks against it. No officer is ever named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.judging.known import check_agency
from console.judging.table import heading, table
from console.wording.judging import EXCUSES, LEVELS, SEVERITIES, word
from console.wording.numbers import number, share
from console.wording.phrases import called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.wording.days import Language
    from engine.casebook import Casebook

MOST = 1_000
"""Signals and occurrences that are listed; the counts are of all."""


_TOLD = 50

_MAPPED: Final = {
    "agencies": "agency",
    "applicants": "applicant",
    "due": "due or term",
    "levels": "levels",
    "officers": "officer",
    "queue": "started, or state: queue",
    "step_due": "step_due",
    "waiting": "outsiders, or state: applicant",
}
"""What a rule needs to the key of a mapping that tells it; of the rest `store.mapping.ACTS` can be told by ``acts``."""


def document(
    book: Casebook,
    codes: Sequence[str] = (),
    *,
    agency: str = "",
    by: str = "agency",
    most: int = MOST,
    mapped: bool = False,
) -> dict[str, Any]:
    """Return the judgement as JSON values.

    Args:
        book: dossiers.
        codes: only these signals; empty: all.
        agency: only what concerns this agency.
        by: whose conduct: ``agency``, or a group of the mapping.
        most: signals and occurrences listed.
        mapped: whether a mapping file says what the source tells; what it lacks is then told with the key to add.

    Raises:
        InputError: an unknown code, agency or group, or the mapping has values for a parameter that does not exist.
    """
    import polars as pl

    from engine.casebook import epoch_seconds
    from engine.errors import InputError
    from engine.instants import to_datetime
    from engine.responsibility.judge import judge
    from procedures.signals import load_bars, load_signals

    rules = load_signals()
    if unknown := [code for code in codes if code not in rules]:
        raise InputError.of(
            "signal_unknown", "--signal {code}: no such signal; there are {codes}", code=unknown[0], codes=tuple(rules)
        )
    chosen = grouped(book, by)
    check_agency(chosen, agency)
    found = judge(chosen, rules, codes=codes, bars=load_bars())
    signals, rates, occurrences = found.signals, found.rates, found.occurrences.drop_nulls("agency")
    if agency:
        signals, rates, occurrences = (f.filter(pl.col("agency") == agency) for f in (signals, rates, occurrences))
    counts = {code: {"raised": 0, "occurrences": 0, "excused": {}} for code in found.rules}
    for code, raised in signals.group_by("code").len().iter_rows():
        counts[code]["raised"] = raised
    for code, excuse, times in occurrences.group_by("code", "excused").len().iter_rows():
        if excuse is None:
            counts[code]["occurrences"] = times
        else:
            counts[code]["excused"][excuse] = times  # type: ignore[index]
    names = book.dossiers.select("nr", "dossier")
    listed = occurrences.filter(pl.col("excused").is_null()).group_by("code", maintain_order=True).head(most)
    listed = listed.join(names, on="nr", how="left", maintain_order="left")
    public = ["code", "agency", "dossier", "hold", "at", "measure", "detail"]
    counter = [
        name
        for name in ("queue_per_head", "usual_queue_per_head", "is_overloaded", "is_absent")
        if name in listed.columns
    ]

    def dated(frame: pl.DataFrame) -> list[dict[str, Any]]:
        seconds = epoch_seconds(frame["at"])
        times = [to_datetime(int(at), book.zone).isoformat() for at in seconds]
        known = frame["at"].is_not_null()
        return [
            row | {"at": at if has else None}
            for row, at, has in zip(frame.drop("at").iter_rows(named=True), times, known, strict=True)
        ]

    return {
        "source": book.name,
        "by": by,
        "rules": [
            {
                "code": code,
                "name": {"vi": rule.name.vi, "en": rule.name.en},
                "basis": rule.basis.text,
                "confirmed": rule.basis.confirmed,
                "certainty": rule.certainty,
                "level": rule.level.value,
                "severity": rule.severity.value,
                "parameters": {n: {"value": p.value, "source": p.source} for n, p in rule.parameters.items()},
                **counts[code],
                "not_judged": list(found.not_judged.get(code, ())) or None,
                **({"add_to_mapping": _keys(found.not_judged.get(code, ()))} if mapped else {}),
                "figures": dict(found.figures.get(code, {})) or None,
            }
            for code, rule in found.rules.items()
        ],
        "signals": dated(signals.head(most).drop("officer", "nr", "dossier_id")),
        "signals_total": signals.height,
        "rates": rates.to_dicts(),
        "occurrences": dated(listed.select(*public, *counter)),
    }


def _keys(lacking: Sequence[str]) -> dict[str, str | None]:
    """Return for all a log does not tell the key of the mapping that would, None where no log can."""
    from store.mapping import ACTS

    return {need: _MAPPED.get(need, f"acts: {need}" if need in ACTS else None) for need in lacking}


def grouped(book: Casebook, by: str) -> Casebook:
    """Return the casebook with the conduct of another grouping in the place of agencies.

    Raises:
        InputError: the source has no such group.
    """
    if by == "agency":
        return book
    from dataclasses import replace

    import polars as pl

    from engine.errors import InputError
    from engine.responsibility.ping_pong import column_of

    column = column_of(book, by)
    if not column.startswith("by."):
        raise InputError(
            f"--by {by}: signals are judged by agency or by a group of the mapping, never by person or step"
        )
    before = pl.col(column).forward_fill().shift(1).over("nr")
    holds = book.holds.with_columns(pl.col(column).alias("agency"), before.alias("from_agency"))
    acts = book.acts.drop("agency").join(
        holds.select("nr", "hold", "agency"), on=["nr", "hold"], how="left", maintain_order="left"
    )
    return replace(book, holds=holds, acts=acts.select(book.acts.columns), kinds={}, parents={})


def _varied(signals: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first of each kind in turn, in the order given, so that one kind does not hide the others."""
    seen: dict[str, int] = {}
    ranked = []
    for place, one in enumerate(signals):
        seen[one["code"]] = nth = seen.get(one["code"], 0) + 1
        ranked.append((nth, place))
    chosen = sorted(place for _, place in sorted(ranked)[:_TOLD])
    return [signals[place] for place in chosen]


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print the judgement for people."""
    names = {rule["code"]: rule["name"][lang] for rule in found["rules"]}
    print(word("question", lang))
    heading(f"{word('raised', lang)}: {number(found['signals_total'], lang)}")
    table(
        [
            {
                "code": one["code"],
                "name": names[one["code"]],
                "severity": called(SEVERITIES, one["severity"], lang),
                "level": one["dossier"] or called(LEVELS, one["level"], lang),
                "agency": one["agency"],
                "hits": one["occurrences"],
                "confidence": share(one["confidence"], lang),
                "counter": called(EXCUSES, one["counter"], lang) if one["counter"] else None,
            }
            for one in _varied(found["signals"])
        ],
        ("code", "name", "severity", "agency", "level", "hits", "confidence", "counter"),
        lang,
    )
    if (more := found["signals_total"] - _TOLD) > 0:
        print(word("and_more", lang).format(more=more))
    heading(word("signals", lang).capitalize())
    table(
        [
            {
                "code": rule["code"],
                "name": names[rule["code"]],
                "raised": rule["raised"],
                "hits": rule["occurrences"],
                "excused": ", ".join(
                    f"{called(EXCUSES, why, lang)} {number(n, lang)}" for why, n in rule["excused"].items()
                )
                or None,
            }
            for rule in found["rules"]
            if not rule["not_judged"]
        ],
        ("code", "name", "raised", "hits", "excused"),
        lang,
    )
    unjudged = [rule for rule in found["rules"] if rule["not_judged"]]
    if unjudged:
        heading(word("not_judged", lang))
        for rule in unjudged:
            keys = rule.get("add_to_mapping")
            lacking = rule["not_judged"]
            if keys is not None:
                lacking = [f"{need} ({keys[need]})" if keys[need] else f"{need}*" for need in lacking]
            print(f"  {rule['code']} {rule['name'][lang]}: {', '.join(lacking)}")
        if any("add_to_mapping" in rule for rule in unjudged):
            print(f"{word('add_to_mapping', lang)} {word('only_store', lang)}.")
