"""`soon`: which open dossiers will probably miss their due instant, who has them, and how well such chances hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.wording.numbers import number, share
from console.wording.soon import SOON, SOON_LEVELS

if TYPE_CHECKING:
    import polars as pl

    from console.wording.days import Language
    from engine.calendar import WorkingCalendar
    from engine.casebook import Casebook
    from engine.responsibility.soon import BreachModel

MOST: Final = 200
"""Lines people get; programs get all."""

_LENGTHS: Final = ("budget", "critical", "slack")
_SHOWN: Final = ("dossier", "agency", "step", "due", *_LENGTHS, "chance", "observations", "level")


def document(
    book: Casebook,
    *,
    model: BreachModel | None = None,
    critical: pl.DataFrame | None = None,
    agency: str = "",
    within: str = "",
    min_chance: float = 0.0,
) -> dict[str, Any]:
    """Return the open dossiers as JSON values, the likeliest breach first; lengths are office seconds.

    ``open`` is what the agency has open = ``running`` (its clock runs towards a due instant) + ``waiting`` (its clock
    stands still) + ``without_due``; ``within`` and ``min_chance`` only choose what is listed.

    Args:
        book: all dossiers: the chances are learnt from those that ended.
        model: of the chance; the empirical one if None.
        critical: see `engine.responsibility.soon.soon_late`.
        agency: only what this agency has, or received as a desk.
        within: only what has at most so much of its term left, e.g. ``2 working days``.
        min_chance: only what has at least this chance.

    Raises:
        InputError: ``within`` is no length of office time, or ``min_chance`` no share.
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    import polars as pl

    from engine.errors import InputError
    from engine.instants import to_datetime
    from engine.responsibility.soon import soon_late
    from engine.responsibility.survival import SurvivalModel

    if not 0 <= min_chance <= 1:
        raise InputError.of(
            "no_share", "--min-chance {given}: give a share between 0 and 1, e.g. 0.5", given=f"{min_chance:g}"
        )
    longest = _office_seconds(within, book.calendar) if within else None
    found = soon_late(book, model or SurvivalModel.fit(book), critical)
    if agency:
        found = found.filter((pl.col("agency") == agency) | (pl.col("desk") == agency))
    # In a log waiting uses up the term like any other time: only where due instants move does the clock stand still.
    found = found.with_columns((pl.col("is_waiting") & ("received" in book.tells)).alias("is_stopped"))
    waiting = int(found["is_stopped"].sum())
    without_due = int((found["chance"].is_null() & ~found["is_stopped"]).sum())
    counted = {
        "open": found.height,
        "running": found.height - waiting - without_due,
        "waiting": waiting,
        "without_due": without_due,
    }
    if longest is not None:
        found = found.filter(pl.col("budget") <= longest)
    if min_chance:
        found = found.filter(pl.col("chance") >= min_chance)
    local = pl.col("since", "due").dt.convert_time_zone(book.zone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
    rows = found.with_columns(local, pl.col("chance").round(6))
    return {
        "source": book.name,
        "judged_at": to_datetime(book.now, book.zone).isoformat(),
        "zone": book.zone,
        "office_day": book.calendar.office_day,
        **counted,
        "dossiers": rows.drop("nr").to_dicts(),
    }


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print the dossiers that have a due instant for people, lengths in working days."""
    from console.output import Column, write_rows
    from console.wording.phrases import moment
    from engine.instants import parse_instant, to_seconds

    def when(text: str | None) -> str | None:
        return None if text is None else moment(to_seconds(parse_instant(text, found["zone"])), found["zone"], lang)

    listed = [row for row in found["dossiers"] if row["chance"] is not None]
    rows = [
        row
        | {name: _days(row[name], found["office_day"], lang) for name in _LENGTHS}
        | {"due": when(row["due"]), **_chance(row, lang)}
        for row in listed[:MOST]
    ]
    right = {*_LENGTHS, "chance", "observations"}
    write_rows(
        rows, [Column(key, SOON[key].say(lang), right=key in right) for key in _SHOWN], empty=SOON["nobody"].say(lang)
    )
    if len(listed) > MOST:
        print(SOON["more"].say(lang, count=len(listed) - MOST))
    counted = {name: found[name] for name in ("open", "running", "waiting", "without_due")}
    print()
    print(SOON["summary"].say(lang, **counted, shown=min(len(listed), MOST), at=when(found["judged_at"])))
    print(SOON["units"].say(lang))


def _chance(row: dict[str, Any], lang: Language) -> dict[str, str | None]:
    """Return chance and what it rests on; while the clock stands still nothing gets later, whatever it is."""
    if row["is_stopped"]:
        return {"chance": None, "observations": None, "level": SOON["stopped"].say(lang)}
    return {"chance": share(row["chance"], lang), "level": SOON_LEVELS[row["level"]].say(lang)}


def calibration(book: Casebook, split: float = 0.7) -> dict[str, Any]:
    """Return how well chances hold as JSON values: asked for at each coming to a step, and at quarters of the term.

    Raises:
        InputError: there is nothing to learn from, or nothing to try it on.
    """
    from engine.instants import to_datetime
    from engine.responsibility.soon_calibration import Moment, calibrate

    by_entry, by_quarters = (calibrate(book, split, moment=moment) for moment in (Moment.ENTRY, Moment.QUARTERS))
    return {
        "source": book.name,
        "split": to_datetime(by_entry.split, book.zone).isoformat(),
        **by_entry.as_json(),
        "quarters": by_quarters.as_json(),
    }


def tell_calibration(found: dict[str, Any], lang: Language) -> None:
    """Print the scores and the reliability curves for people."""
    from console.output import Column, write_pairs, write_rows

    print(f"{SOON['calibration'].say(lang)} ({found['split'][:10]})")
    for part in (found, found["quarters"]):
        print(f"\n{SOON[part['moment']].say(lang)}")
        skill = share(part["skill"], lang) or "-"
        scores = [(SOON[name].say(lang), number(part[name], lang, 4)) for name in ("brier", "brier_base")]
        counts = [(SOON[name].say(lang), number(part[name], lang)) for name in ("train", "test", "judged")]
        write_pairs([*counts, *scores, (SOON["skill"].say(lang), skill)])
        curve = [
            {"said": share(said, lang), "seen": share(seen, lang), "count": count}
            for said, seen, count in part["curve"]
        ]
        write_rows(curve, [Column(key, SOON[key].say(lang), right=True) for key in ("said", "seen", "count")])


def _office_seconds(text: str, calendar: WorkingCalendar) -> int:
    from engine.errors import InputError
    from engine.limits import OfficeHours, SameDay, WorkingDays, parse_limit

    match parse_limit(text):
        case WorkingDays(n):
            return int(n * calendar.office_day)
        case OfficeHours(n):
            return int(n * 3600)
        case SameDay():
            return calendar.office_day
        case _:
            raise InputError.of(
                "no_office_time",
                "--within {text!r}: give office time, e.g. '2 working days' or '6 office hours'",
                text=text,
            )


def _days(seconds: int | None, office_day: int, lang: Language) -> str | None:
    return None if seconds is None else number(seconds / office_day, lang, 1)
