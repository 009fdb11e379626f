"""`lateness`: how many were late, each way of asking kept apart, and whose lateness it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.judging.table import heading, table
from console.wording.judging import word
from console.wording.numbers import number, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from console.wording.days import Language
    from engine.casebook import Casebook, Term

_COUNTED = (
    *("received", "online", "direct", "carried"),
    *("settled", "early", "on_time", "overdue", "returned", "without_due"),
)
_PENDING = ("pending", "in_time", "pending_overdue", "waiting")

CHANNELS = ("online", "direct", "post", "email", "internal")
"""Channels that are understood: the first is online, the others are counted as direct, by post."""


def document(book: Casebook, *, since: int | None = None, until: int | None = None) -> dict[str, Any]:
    """Return the figures of lateness as JSON values; instants are compared to the source's full precision.

    Args:
        book: dossiers.
        since: first instant of the period counted (epoch seconds); None: the first receipt.
        until: its end, excluded, at which what is open is judged; None: the source's now.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    from console.judging.attribution import document as charged
    from engine.instants import to_datetime
    from engine.lateness import Measure
    from engine.responsibility.attribution import attribute
    from engine.responsibility.counting import count, standing

    graded = {measure: standing(book, measure=measure, at=until) for measure in Measure}
    closed = {measure: frame.filter(~frame["is_open"]) for measure, frame in graded.items()}
    still_open = {measure: frame.filter(frame["is_open"]) for measure, frame in graded.items()}
    settled, pending = closed[Measure.INSTANT], still_open[Measure.INSTANT]
    return {
        "source": book.name,
        "dossiers": graded[Measure.INSTANT].height,
        "ended": settled.height,
        "late": {measure.value: _late(frame) for measure, frame in closed.items()},
        "late_of": int((settled["grade"] != "").sum()),
        "grades": {
            measure.value: {grade: int((frame["grade"] == grade).sum()) for grade in ("early", "on_time", "overdue")}
            for measure, frame in closed.items()
        },
        "open": pending.height,
        "open_overdue": _late(pending),
        "open_overdue_by": {measure.value: _late(frame) for measure, frame in still_open.items()},
        "open_overdue_of": int((pending["grade"] != "").sum()),
        "told": _told(book),
        "channels": _channels(settled, pending),
        "judged_at": to_datetime(book.now if until is None else until, book.zone).isoformat(),
        "terms_days": _terms_days(book),
        "counting": {m.value: count(book, measure=m, since=since, until=until).as_json() for m in Measure},
        "steps": _steps(book),
        "terms": [_term(book, term) for term in book.terms],
        "attribution": charged(book, attribute(book)),
    }


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print the figures for people."""
    from console.judging.attribution import tell as tell_charged
    from console.output import write_pairs

    late, of, told = found["late"], found["late_of"], found["told"]
    if not told["due"]:
        write_pairs((word(name, lang), found[name]) for name in ("dossiers", "ended", "open"))
        print(word("not_told_due", lang))
        _tell_counting(found, lang)
        return
    write_pairs(
        [
            (word("dossiers", lang), number(found["dossiers"], lang)),
            (word("ended", lang), number(found["ended"], lang)),
            (word("late", lang), f"{word('late_of', lang)} {number(of, lang)}"),
            *(
                (f"  {word(f'by_the_{m}', lang)}", f"{number(n, lang)}  ({share(n / of if of else None, lang) or '-'})")
                for m, n in late.items()
            ),
            (word("open", lang), number(found["open"], lang)),
            (
                f"  {word('overdue', lang)}",
                f"{number(found['open_overdue'], lang)} {word('late_of', lang)}"
                f" {number(found['open_overdue_of'], lang)}, {_moment(found['judged_at'], lang)}",
            ),
        ]
    )
    _tell_counting(found, lang)
    heading(word("rates", lang))
    table(
        [
            {
                "measure": word(measure, lang),
                "counting": word(way, lang),
                **{name: share(value, lang) for name, value in counted[f"{way}_rates"].items()},
            }
            for measure, counted in found["counting"].items()
            for way in ("official", "honest")
        ],
        ("measure", "counting", "of_settled", "of_due", "of_all"),
        lang,
    )
    if found["steps"]:
        heading(word("steps", lang))
        table(found["steps"], ("step", "total", "date", "instant"), lang)
    if found["terms"]:
        heading(word("terms", lang))
        table(found["terms"], ("name", "limit", "pairs", "over", "late", "equal"), lang)
    tell_charged(found["attribution"], lang)


def _tell_counting(found: dict[str, Any], lang: Language) -> None:
    """Print the official and the honest counting, and how channels that are not understood were counted."""
    counting = found["counting"]["date"]
    heading(f"{word('counting', lang)} ({word('date', lang)})")
    rows = [{"counting": word(way, lang), **counting[way]} for way in ("official", "honest")]
    table(rows, ("counting", *_COUNTED), lang)
    table(rows, ("counting", *_PENDING), lang)
    for note in untold(found, lang):
        print(note)


def untold(found: Mapping[str, Any], lang: Language) -> list[str]:
    """Return what the source does not tell, or not understandably, and how that was counted: one sentence each."""
    told, channels = found["told"], found["channels"]
    notes = [] if told["ended"] else [word("not_told_ended", lang)]
    if not told["channel"]:
        return [*notes, word("not_told_channel", lang)]
    if channels["not_understood"]:
        values = ", ".join(f"{value} ({number(count, lang)})" for value, count in channels["not_understood"].items())
        notes.append(word("channels_unknown", lang).format(values=values, codes=", ".join(CHANNELS)))
    if channels["not_recorded"]:
        notes.append(word("channels_blank", lang).format(count=f"{number(channels['not_recorded'], lang)}"))
    return notes


def _told(book: Casebook) -> dict[str, bool]:
    """Return whether the source tells when dossiers are due, when they ended and how they came in."""
    dossiers = book.dossiers
    foreign = dossiers.height > 0 and bool((dossiers["origin"] == "replay").all())
    return {
        "due": "due" in book.tells,
        "ended": not foreign or dossiers["ended"].null_count() < dossiers.height,
        "channel": not foreign or dossiers["channel"].null_count() < dossiers.height,
    }


def _channels(*frames: pl.DataFrame) -> dict[str, Any]:
    """Return which channels are not understood, with how many dossiers, most first; all of them count as direct."""
    import polars as pl

    channels = pl.concat([frame.select("channel") for frame in frames])["channel"]
    counted = channels.drop_nulls().value_counts().sort(["count", "channel"], descending=[True, False])
    return {
        "understood": list(CHANNELS),
        "not_understood": {value: count for value, count in counted.iter_rows() if value not in CHANNELS},
        "not_recorded": channels.null_count(),
    }


def _moment(iso: str, lang: Language) -> str:
    from datetime import datetime

    at = datetime.fromisoformat(iso)
    return f"{at:%d/%m/%Y %H:%M}" if lang == "vi" else at.isoformat(sep=" ", timespec="minutes")


def _late(frame: pl.DataFrame) -> int:
    return int((frame["grade"] == "overdue").sum())


def _terms_days(book: Casebook) -> dict[str, int]:
    """Count the lengths of terms: due date minus date of receipt, most frequent first."""
    from collections import Counter

    from engine.lateness_vector import term_days_many

    days = Counter(term_days_many(book.dossiers["received"], book.dossiers["due"], book.calendar).tolist())
    return {str(length): times for length, times in sorted(days.items(), key=lambda item: (-item[1], item[0]))}


def _steps(book: Casebook) -> list[dict[str, Any]]:
    """Count for each step how many ended after their own recorded due, by date and by instant."""
    import polars as pl

    from engine.lateness import Measure
    from engine.lateness_vector import are_late

    # An officer's own calendar may differ from the desk's, its zone does not: dates are read in the book's zone.
    held = book.holds.filter(pl.col("due").is_not_null() & pl.col("until").is_not_null())
    if held.is_empty():
        return []
    late = {m.value: are_late(held["due"], held["until"], book.calendar, m) for m in (Measure.DATE, Measure.INSTANT)}
    counted = (
        held.select("step", *(pl.Series(name, values) for name, values in late.items()))
        .group_by("step")
        .agg(pl.len().alias("total"), pl.col("date", "instant").sum())
        .sort(["date", "total", "step"], descending=[True, True, False])
    )
    return counted.to_dicts()


def _term(book: Casebook, term: Term) -> dict[str, Any]:
    """Count the pairs of one term: over it, late by the instant, and exactly on the due date."""
    import polars as pl

    pairs = term.pairs
    local = [pl.col(name).dt.convert_time_zone(book.zone).dt.date() for name in ("until", "due")]
    counted = pairs.select(
        pl.len().alias("pairs"),
        (pl.col("over") > 0).sum().alias("over"),
        (pl.col("until") > pl.col("due")).sum().alias("late"),
        (local[0] == local[1]).sum().alias("equal"),
    )
    return {"name": term.name, "limit": term.limit, **counted.row(0, named=True)}
