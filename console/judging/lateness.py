"""`lateness`: how many were late, each way of asking kept apart, and whose lateness it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.judging.table import heading, share, table
from console.wording.judging import word

if TYPE_CHECKING:
    import polars as pl

    from console.wording.days import Language
    from engine.casebook import Casebook, Term

_COUNTED = ("received", "online", "direct", "carried", "settled", "early", "on_time", "overdue", "returned")
_PENDING = ("pending", "in_time", "pending_overdue", "waiting", "without_due")


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

    late, of = found["late"], found["late_of"]
    write_pairs(
        [
            (word("dossiers", lang), found["dossiers"]),
            (word("ended", lang), found["ended"]),
            (word("late", lang), f"{word('late_of', lang)} {of:,}"),
            *(
                (f"  {word(f'by_the_{m}', lang)}", f"{n:,}  ({share(n / of if of else None) or '-'})")
                for m, n in late.items()
            ),
            (word("open", lang), found["open"]),
            (
                f"  {word('overdue', lang)}",
                f"{found['open_overdue']:,} {word('late_of', lang)} {found['open_overdue_of']:,}, {found['judged_at']}",
            ),
        ]
    )
    counting = found["counting"]["date"]
    heading(f"{word('counting', lang)} ({word('date', lang)})")
    rows = [{"counting": word(way, lang), **counting[way]} for way in ("official", "honest")]
    table(rows, ("counting", *_COUNTED), lang)
    table(rows, ("counting", *_PENDING), lang)
    heading(word("rates", lang))
    table(
        [
            {
                "measure": word(measure, lang),
                "counting": word(way, lang),
                **{name: share(value) for name, value in counted[f"{way}_rates"].items()},
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
