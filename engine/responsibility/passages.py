"""What detectors share: who works on a dossier, who gives it to whom, who ends it, when it lawfully stood still."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import INSTANT, Casebook

WORKS: Final = ("step", "consultation")
"""Holds at which an agency itself has to act."""

ELSEWHERE: Final = (pl.col("kind") == "other_agency") & (pl.col("work") == "opinion") & (pl.col("lead_hold") == 0)
"""Holds of a foreign log in a state of another agency, which the event does not name: it names who waits for it."""

STATES: Final = "states"
"""In `Casebook.tells`: steps are states a dossier takes again and again, so that a first entry tells nothing."""


def instant(seconds: int) -> pl.Expr:
    """Return epoch seconds as an instant."""
    return pl.lit(seconds * 1_000_000).cast(INSTANT)


def is_agency(book: Casebook, column: str = "agency") -> pl.Expr:
    """Return whether a column names an agency: not nobody, not the applicant."""
    name = pl.col(column)
    return name.is_not_null() & ~name.is_in(list(book.outsiders)) if book.outsiders else name.is_not_null()


def steps_of(book: Casebook, *columns: str) -> pl.DataFrame:
    """Return the holds of agencies that work themselves, without machines: ``nr``, ``agency`` and other columns."""
    names = dict.fromkeys(("nr", "agency", *columns))
    return book.holds.lazy().filter(_is_worked(book)).select(*names).collect()


def acts_of(book: Casebook, *names: str) -> pl.DataFrame:
    """Return acts of those names that people did for an agency; the applicant's and the machines' are left out."""
    return book.acts.filter(pl.col("act").is_in(names) & ~pl.col("is_system") & is_agency(book))


def filed(book: Casebook) -> pl.DataFrame:
    """Return the dossiers that applicants filed: sub-dossiers, which a machine submits for their root, are left out."""
    machine = book.acts.filter((pl.col("act") == "submitted") & pl.col("is_system"))["nr"]
    return book.dossiers.filter(~pl.col("nr").is_in(machine.implode())) if machine.len() else book.dossiers


def chances_of(frame: pl.DataFrame, column: str = "agency") -> pl.DataFrame:
    """Return how many rows each agency has, as `engine.responsibility.signal.Found.chances`."""
    return frame.group_by(pl.col(column).alias("agency")).agg(pl.len().cast(pl.Int64).alias("chances"))


def office(book: Casebook, frame: pl.DataFrame, since: str, until: str, who: str = "agency") -> NDArray[np.int64]:
    """Return the office seconds between two columns on the calendar of each row's agency (0 where one is null)."""
    return book.office_seconds(frame[since], frame[until], frame[who])


def stood_still(book: Casebook, frame: pl.DataFrame, since: str = "since", until: str = "until") -> NDArray[np.int64]:
    """Return the office seconds between two columns at which nobody had to act.

    That is the applicant's time, and time at which the legal clock stood still on a ground.

    Args:
        book: its tiles say whose time it was.
        frame: with ``nr``, ``agency`` and the two columns.
        since: name of the first.
        until: name of the second.
    """
    still = (pl.col("kind") == "applicant") | (pl.col("ground").str.len_bytes() > 0)
    stops = book.tiles.filter(still).select("nr", pl.col("since").alias("first"), pl.col("until").alias("last"))
    covered = np.zeros(frame.height, dtype=np.int64)
    if stops.is_empty() or frame.is_empty():
        return covered
    rows = frame.select("nr", "agency", pl.col(since).alias("begun"), pl.col(until).alias("done")).with_row_index()
    both = (
        rows.filter(pl.col("nr").is_in(stops["nr"].unique().implode()))
        .join(stops, on="nr")
        .with_columns(pl.max_horizontal("begun", "first").alias("a"), pl.min_horizontal("done", "last").alias("b"))
        .filter(pl.col("a") < pl.col("b"))
    )
    np.add.at(covered, both["index"].to_numpy(), office(book, both, "a", "b"))
    return covered


def by_design(book: Casebook, *, a: str, b: str, step: str = "step", entry: str = "entry") -> pl.Expr:
    """Return whether a procedure itself leads from agency ``b`` back to ``a`` (names of columns).

    So it does along a designed loop, and where the dossier comes to a step at which it never was before: it moves on.
    """
    design: pl.Expr = pl.lit(value=False)
    pairs = [f"{one}\t{other}" for pair in book.loops if pair[0] for one, other in (pair, pair[::-1])]
    if pairs:
        design = design | pl.concat_str(a, pl.lit("\t"), b).is_in(pairs)
    steps = [other for one, other in book.loops if not one]
    if steps:
        design = design | pl.col(step).is_in(steps)
    if STATES not in book.tells:
        design = design | (pl.col(entry) == 1)
    return design.fill_null(value=False)


def handovers(book: Casebook, *columns: str) -> pl.DataFrame:
    """Return each time one agency gave a dossier to another.

    Besides ``nr`` the giver's ``agency``, ``hold``, ``officer``, ``since``, ``until``, ``due`` and further columns of
    its hold; and of the receiver's hold ``to``, ``to_hold``, ``to_since``, ``to_due``. Machines give and get nothing.
    """
    names = list(dict.fromkeys(("hold", "officer", "since", "until", "due", *columns)))
    worked = book.holds.select(_is_worked(book)).to_series().arg_true()
    rows = book.holds.select("nr", "agency", "from_agency")[worked]
    is_next = (pl.col("nr") == pl.col("nr").shift(1)) & (pl.col("agency") != pl.col("from_agency"))
    place = rows.select(is_next.fill_null(value=False)).to_series().arg_true()
    # Gathering the few rows concerned beats carrying all columns of all rows along.
    given = book.holds.select("nr", "agency", *names)[worked.gather(place.cast(pl.Int64) - 1)]
    taken = {"agency": "to", "hold": "to_hold", "since": "to_since", "due": "to_due"}
    got = book.holds.select(*(pl.col(old).alias(new) for old, new in taken.items()), "from_agency")
    pairs = pl.concat([given, got[worked.gather(place)]], how="horizontal")
    is_straight = ((pl.col("agency") == pl.col("from_agency")) & (pl.col("until") <= pl.col("to_since"))).fill_null(
        value=False
    )
    straight = pairs.filter(is_straight).drop("from_agency")
    crossed = pairs.filter(~is_straight)
    if crossed.is_empty():
        return straight
    # Beside a parallel branch the giver is not the row before: it is the last one of that agency to end by then.
    beside = pl.col("nr").is_in(crossed["nr"].unique().implode()) & pl.col("until").is_not_null()
    givers = book.holds.filter(_is_worked(book) & beside).select("nr", "agency", *names).sort("until")
    found = (
        crossed.select("nr", "from_agency", *taken.values())
        .sort("to_since")
        .join_asof(
            givers,
            left_on="to_since",
            right_on="until",
            by_left=["nr", "from_agency"],
            by_right=["nr", "agency"],
            coalesce=False,
            check_sortedness=False,
        )
        .filter(pl.col("until").is_not_null())
        .with_columns(pl.col("from_agency").alias("agency"))
    )
    return pl.concat([straight, found.select(straight.columns)]).sort("nr", "to_hold")


def last_steps(book: Casebook) -> pl.DataFrame:
    """Return the hold in which each dossier ended: ``nr``, ``agency``, ``officer``, ``hold``, ``since``, ``until``.

    A dossier that ended after its log did, or by itself, has none: nobody is known to have ended it. Holds of logs have
    whole seconds, so both ends are compared in these.
    """
    rows = book.holds.select("nr", pl.col("until").dt.epoch("us") // 1_000_000)
    ended = np.full(1 + max(_highest(rows["nr"]), _highest(book.dossiers["nr"])), np.iinfo(np.int64).min)
    ended[book.dossiers["nr"].to_numpy()] = (
        (book.dossiers["ended"].dt.epoch("us") // 1_000_000).fill_null(np.iinfo(np.int64).min).to_numpy()
    )
    is_last = (rows["until"].fill_null(0).to_numpy() == ended[rows["nr"].to_numpy()]) & rows[
        "until"
    ].is_not_null().to_numpy()
    last = book.holds.select("nr", "agency", "officer", "hold", "since", "until", "work", "is_system")
    last = last.filter(pl.Series(is_last)).filter(_is_worked(book))
    return last.drop("work", "is_system").unique("nr", keep="last", maintain_order=True)


def _highest(numbers: pl.Series) -> int:
    found = numbers.max()
    return found if isinstance(found, int) else 0


def _is_worked(book: Casebook) -> pl.Expr:
    return ((pl.col("work") == WORKS[0]) | (pl.col("work") == WORKS[1])) & ~pl.col("is_system") & is_agency(book)


def worked_days_left(instants: pl.Series, calendar: WorkingCalendar) -> NDArray[np.int64]:
    """Return how many worked days of its month lie on or after each instant's local date (0: the month's are over).

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
    """
    dates = instants.dt.convert_time_zone(calendar.zone).dt.date()
    first = calendar.first_day.toordinal()
    epoch = 719_163  # 1 January 1970 as an ordinal
    day = dates.to_physical().to_numpy().astype(np.int64) + epoch - first
    ends = (dates.dt.month_end().to_physical().to_numpy().astype(np.int64)) + epoch - first
    rank = np.asarray(calendar.table.rank, dtype=np.int64)
    for outside in (day < 0, ends + 1 >= rank.size):
        if outside.any():
            raise calendar.beyond(int(instants.dt.epoch("s").to_numpy()[int(np.argmax(outside))]))
    return np.asarray(rank[ends + 1] - rank[day], dtype=np.int64)
