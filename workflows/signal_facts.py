"""From a judgement to facts: which signals it asks for, their ids, and what each of them says."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec
import polars as pl

from engine import events as ev
from engine.casebook import Casebook
from engine.instants import parse_instant, to_datetime, to_seconds
from engine.responsibility.judge import Judgement
from engine.responsibility.signal import Level, SignalRule
from workflows.ids import derived_id

MOST_EVIDENCE: Final = 50
"""Occurrences a signal's first fact names; it tells how many there are."""

_LOADS: Final = (
    *("queue", "staff", "queue_per_head", "usual_queue_per_head", "completed_per_day"),
    *("is_overloaded", "is_absent"),
)
_PROOF: Final = {
    "S1": ("limit_passed", "legal"),
    "S2": ("rule_breached", "late_apology"),
    "S5": ("rule_breached", "late_supplement_request"),
    "S6": ("rule_breached", "repeated_supplement"),
    "S7": ("rule_breached", "paper_outside_list"),
    "S10": ("rule_breached", "withdrawn_without_request"),
    "S12": ("rule_breached", "late_intake"),
    "S17": ("rule_breached", "late_opinion"),
    "S18": ("rule_breached", "opinion_without_position"),
}
"""The act, with its detail, that shows an occurrence of a signal, where others happen at the same instant."""
_CONSEQUENCES: Final = ("escalated", "due_soon", "due_changed")
"""Acts of the machine that follow from another fact."""
_RATES: Final = ("hits", "chances", "rate", "low", "high", "peers", "peers_rate", "q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One signal a judgement asks for.

    ``signal_id`` follows from ``key``; of a pattern, which has one key a quarter, ``before`` is the id of the quarter
    before. ``line`` is its row of `engine.responsibility.judge.SIGNALS`.
    """

    signal_id: str
    key: str
    code: str
    agency: str
    dossier_id: str
    before: str
    line: dict[str, Any]


def occasions(found: Judgement, book: Casebook) -> Iterator[Occasion]:
    """Yield the signals of a judgement that concern an agency, gravest first.

    The time in an id is that of the dossier's submission, or of the quarter's beginning: it must not move from one
    judgement to the next, as the instant of an occurrence that still lasts does.
    """
    lines = found.signals.filter(pl.col("agency").is_not_null() & (pl.col("agency") != ""))
    begun = dict(
        book.dossiers.select("dossier_id", pl.coalesce("submitted", "received").dt.epoch("s").fill_null(0)).iter_rows()
    )
    quarters = _quarters(book)
    for line in lines.iter_rows(named=True):
        if line["level"] == Level.AGENCY.value:
            keys = [(f"{line['key']}:{name}", start) for name, start in quarters]
        else:
            keys = [(line["key"], begun.get(line["dossier_id"], 0))]
        ids = [derived_id(at, f"signal:{key}") for key, at in keys]
        yield Occasion(
            signal_id=ids[0],
            key=keys[0][0],
            code=line["code"],
            agency=line["agency"],
            dossier_id=line["dossier_id"] or "",
            before=ids[1] if len(ids) > 1 else "",
            line=line,
        )


@dataclass(slots=True, kw_only=True)
class Raising:
    """Makes the facts of signals from one judgement; ``now`` in epoch seconds."""

    book: Casebook
    found: Judgement
    now: int
    _parts: dict[tuple[Any, ...], pl.DataFrame] = field(init=False)
    _rates: dict[tuple[str, str], dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        named = self.book.dossiers.select("nr", "dossier", "dossier_id")
        whole = self.found.occurrences.drop_nulls("agency").join(named, on="nr", how="left", maintain_order="left")
        self._parts = whole.partition_by("code", "agency", as_dict=True)
        self._rates = {(line["code"], line["agency"]): line for line in self.found.rates.iter_rows(named=True)}

    def fact(self, occasion: Occasion, number: str) -> ev.SignalRaised:
        """Return the first fact of a signal's file under a number."""
        line, rule = occasion.line, self.found.rules[occasion.code]
        everything = self._parts.get((occasion.code, occasion.agency))
        if everything is None:
            everything = self.found.occurrences.clear().with_columns(dossier=pl.lit(""), dossier_id=pl.lit(""))
        counted = everything.filter(pl.col("excused").is_null())
        is_pattern = line["level"] == Level.AGENCY.value
        if not is_pattern:
            same = (pl.col("dossier_id") == line["dossier_id"]) & (pl.col("hold") == (line["hold"] or 0))
            counted = counted.filter(same)
        shown = counted.sort("at", nulls_last=True).tail(MOST_EVIDENCE)
        officer = line["officer"] or ""
        return ev.SignalRaised(
            occurred_at=self.now,
            recorded_at=self.now,
            agency=occasion.agency,
            legal_basis=rule.basis.text,
            origin=ev.SIGNAL,
            signal_id=occasion.signal_id,
            signal_no=number,
            key=occasion.key,
            code=occasion.code,
            level=line["level"],
            severity=line["severity"],
            rule=digest_of(rule),
            confidence=_number(line["confidence"]),
            dossiers=tuple(dict.fromkeys(shown["dossier_id"].drop_nulls()))[:MOST_EVIDENCE],
            total=max(counted.height, line["occurrences"] or 0),
            evidence=tuple(self._evidence(shown, occasion.code)),
            parameters={name: parameter.value for name, parameter in rule.parameters.items()},
            counter=self._counter(occasion, everything, counted, is_pattern=is_pattern),
            officers=(officer,) if officer and not is_pattern else (),
        )

    def _evidence(self, shown: pl.DataFrame, code: str) -> Iterator[ev.Evidence]:
        """Yield what is shown, with the fact of that instant, else the last before (of its hold, if it has one).

        Of several at one instant the one that the rule is about counts, and never what only followed from another.
        """
        rows = shown.with_row_index("place").with_columns(pl.coalesce("at", "until", "since").alias("at"))
        numbers = shown["nr"].unique().implode()
        act, detail = _PROOF.get(code, ("", ""))
        acts = self.book.acts.filter(pl.col("nr").is_in(numbers)).select(
            *("nr", pl.col("at").alias("acted"), pl.col("hold").alias("act_hold"), "version"),
            (~pl.col("act").is_in(_CONSEQUENCES)).alias("is_cause"),
            ((pl.col("act") == act) & (pl.col("detail").fill_null("") == detail)).alias("is_proof"),
        )
        pairs = rows.select("place", "nr", "hold", "at").join(acts, on="nr").filter(pl.col("acted") <= pl.col("at"))
        is_then = pl.col("acted") == pl.col("at")
        last = (
            pairs.with_columns(
                is_then.alias("is_then"),
                (pl.col("act_hold") == pl.col("hold")).alias("is_same"),
                (is_then & pl.col("is_proof")).alias("is_proof"),
                (is_then & pl.col("is_cause")).alias("is_cause"),
            )
            .sort("is_then", "is_proof", "is_cause", "is_same", "version")
            .group_by("place", maintain_order=True)
            .agg(pl.col("version").last())
        )
        versions = dict(last.iter_rows())
        for row in rows.iter_rows(named=True):
            yield ev.Evidence(
                dossier_id=row["dossier_id"] or "",
                dossier=row["dossier"] or "",
                at=self.now if row["at"] is None else int(row["at"].timestamp()),
                version=versions.get(row["place"], 0),
                hold=row["hold"] or 0,
                measure=None if row["measure"] is None else _number(row["measure"]),
                detail=row["detail"] or "",
            )

    def _counter(
        self, occasion: Occasion, everything: pl.DataFrame, counted: pl.DataFrame, *, is_pattern: bool
    ) -> dict[str, Any]:
        figures: dict[str, Any] = {"found": occasion.line["counter"]}
        if is_pattern:
            rates = self._rates.get((occasion.code, occasion.agency), {})
            figures |= {name: rates.get(name) for name in _RATES}
        elif counted.height:
            first = counted.row(0, named=True)
            figures |= {name: first.get(name) for name in _LOADS}
        excused = everything.drop_nulls("excused")["excused"].value_counts(sort=True) if is_pattern else None
        if excused is not None:
            figures |= {f"excused_{why}": count for why, count in excused.iter_rows()}
        return {name: value for name, given in figures.items() if (value := _rounded(given)) is not None}


def digest_of(rule: SignalRule) -> str:
    """Return 16 hexadecimal digits that change with the rule: its code, basis, level, severity and parameters."""
    parameters = {name: [one.value, one.source] for name, one in rule.parameters.items()}
    text = [rule.code, rule.basis.text, rule.certainty, rule.level.value, rule.severity.value, parameters]
    return hashlib.sha256(msgspec.json.encode(text, order="sorted")).hexdigest()[:16]


def _quarters(book: Casebook) -> list[tuple[str, int]]:
    """Return the present quarter and the one before: name and beginning (epoch seconds)."""
    today = to_datetime(book.now, book.zone).date()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    before = date(first.year - (first.month == 1), (first.month - 4) % 12 + 1, 1)
    return [(f"{day.year}-Q{(day.month + 2) // 3}", _begin(day, book.zone)) for day in (first, before)]


def _begin(day: date, zone: str) -> int:
    return to_seconds(parse_instant(day.isoformat(), zone))


def _number(value: float | None) -> float:
    return round(value, 6) if value is not None and math.isfinite(value) else 0.0


def _rounded(value: object) -> object:
    """Return a value as JSON holds it: numbers that are none as None, others with six decimals at most."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
