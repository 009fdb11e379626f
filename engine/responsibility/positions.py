"""Where dossiers stood: when each came to a step, how much running office time lay between, what its term left.

A live dossier comes into a step when its hold begins. A foreign log that tells completions shows a step only when it is
over: what is known before that is the step completed last, so that is where its dossiers stand. Nothing here uses what
was recorded later than the instant asked about, except that a log's own due instant is taken to have been known.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.casebook import INSTANT, Casebook
from engine.responsibility.still import judged

STATES: Final = pl.Schema(
    {
        "procedure": pl.String,
        "step": pl.String,
        "elapsed": pl.Int64,
        "budget": pl.Int64,
        "term": pl.Int64,
    }
)
"""What a model of breaches may ask about a dossier, in office seconds of a clock that runs.

``step`` where it stands (see above; empty: received and nothing yet done); ``elapsed`` since it came there; ``budget``
until its due instant, negative if that has passed and null if there is none; ``term`` from receipt to the due instant.
"""

_DUES: Final = ("received", "supplement_received", "clock_resumed", "limit_extended", "due_changed")


def running_seconds(book: Casebook, frame: pl.DataFrame, since: str, until: str) -> NDArray[np.int64]:
    """Return the office seconds between two columns of a frame with ``nr`` in which the legal clock ran.

    0 where an instant is null or ``until`` is not after ``since``. Where due instants do not move with the stops (a
    foreign log has one for each dossier, whatever happened) waiting uses up the time until then like any other.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    seconds = book.desk_seconds(frame, since, until)
    stops = book.tiles.filter(pl.col("ground") != "").select("nr", stop="since", go="until")
    if stops.is_empty() or "received" not in book.tells:
        return seconds
    rows = frame.select("nr", begun=pl.col(since), ended=pl.col(until)).with_row_index("row")
    pieces = rows.join(stops, on="nr", maintain_order="left").with_columns(
        pl.max_horizontal("begun", "stop").alias("stop"), pl.min_horizontal("ended", "go").alias("go")
    )
    pieces = pieces.filter(pl.col("begun").is_not_null() & pl.col("ended").is_not_null())
    stood = book.desk_seconds(pieces, "stop", "go")
    return seconds - np.bincount(pieces["row"].to_numpy(), stood, len(seconds)).astype(np.int64)


def tells_entries(book: Casebook) -> bool:
    """Tell whether the source says where a dossier is while it is there, not only when that step is over."""
    return not {"step_opened", "states"}.isdisjoint(book.tells)


def entries(book: Casebook) -> pl.DataFrame:
    """Return when dossiers came to where they stood: ``nr``, ``step``, ``at``, in no order.

    Only what happened from receipt to the end (or now); opinions asked beside the main way are left out.
    """
    lives = book.dossiers.filter(pl.col("received").is_not_null()).select(
        "nr", "received", end=pl.coalesce("ended", instant(book.now))
    )
    holds = book.holds.lazy().filter((pl.col("work") != "opinion") | (pl.col("lead_hold") == 0))
    if tells_entries(book):
        found = holds.select("nr", "step", at="since")
    else:
        done = holds.filter(pl.col("until").is_not_null()).select("nr", "step", at="until")
        begun = lives.lazy().select("nr", step=pl.lit(""), at="received")
        found = pl.concat([begun, done])
    found = found.join(lives.lazy(), on="nr", maintain_order="left")
    within = (pl.col("at") >= pl.col("received")) & (pl.col("at") <= pl.col("end"))
    return found.filter(within).select("nr", "step", "at").collect()


def at_now(book: Casebook) -> pl.DataFrame:
    """Return each open dossier's place: ``nr``, ``procedure``, ``agency``, ``step``, ``since`` of its last open hold.

    And ``stands``, ``entered``: where it stands for a model and since when; ``due``; ``at``: now, or when its legal
    clock stopped that stands still now.
    """
    is_open = pl.col("ended").is_null() & pl.col("received").is_not_null()
    found = book.dossiers.filter(is_open)
    found = found.with_columns(at=judged(book, found)).select("nr", "procedure", "received", "due", "at")
    is_main = (pl.col("work") != "opinion") | (pl.col("lead_hold") == 0)
    held = book.holds.filter(pl.col("until").is_null() & is_main).sort("nr", "since", maintain_order=True)
    held = held.group_by("nr").agg(pl.col("agency", "step", "since").last())
    stands = (
        entries(book.only(found["nr"]))
        .group_by("nr")
        .agg(pl.col("step", "at").last())
        .rename({"step": "stands", "at": "entered"})
    )
    found = found.join(held, on="nr", how="left", maintain_order="left")
    found = found.join(stands, on="nr", how="left", maintain_order="left")
    if tells_entries(book):
        found = found.with_columns(stands=pl.coalesce("step", "stands"), entered=pl.coalesce("since", "entered"))
    return found.with_columns(pl.col("stands").fill_null(""), entered=pl.coalesce("entered", "received"))


def states_at(book: Casebook, places: pl.DataFrame) -> pl.DataFrame:
    """Return the states (`STATES`) of dossiers standing at ``stands`` since ``entered``, seen at ``at``.

    Args:
        book: dossiers.
        places: ``nr``, ``procedure``, ``stands``, ``entered``, ``at``, ``received`` and ``due`` as known at ``at``.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    over = running_seconds(book, places, "due", "at")
    # Past due with no office time since is over the budget all the same: "after closing".
    is_over = (places["due"] < places["at"]).fill_null(value=False).to_numpy()
    budget = book.desk_seconds(places, "at", "due") - np.where(is_over, np.maximum(over, 1), 0)
    term = running_seconds(book, places, "received", "at") + budget
    is_due = places["due"].is_not_null()
    return places.select("procedure", pl.col("stands").alias("step")).with_columns(
        pl.Series("elapsed", running_seconds(book, places, "entered", "at")),
        pl.when(is_due).then(pl.Series(budget)).alias("budget"),
        pl.when(is_due).then(pl.Series(term)).alias("term"),
    )


def due_known(book: Casebook, places: pl.DataFrame) -> pl.Series:
    """Return the legal due instant as it was known ``at`` each place (``nr``, ``at``).

    Where the source records each due instant when it was fixed it is the last one before; else the dossier's own.
    """
    fixed = book.acts.filter(pl.col("act").is_in(_DUES) & pl.col("until").is_not_null() & (pl.col("hold") == 0))
    dues = book.dossiers.select("nr", "due")
    final = places.select("nr").join(dues, on="nr", how="left", maintain_order="left")["due"]
    if fixed.is_empty():
        return final
    rows = places.select("nr", "at").with_row_index("row").sort("at")
    steps = fixed.select("nr", "at", known="until").sort("at")
    known = rows.join_asof(steps, on="at", by="nr", check_sortedness=False).sort("row")["known"]
    return known.zip_with(known.is_not_null(), final)


def terms(book: Casebook) -> pl.DataFrame:
    """Return ``nr`` and ``term``: running office seconds from receipt to the legal due instant, null without one."""
    frame = book.dossiers.select("nr", "received", at=pl.col("ended").fill_null(instant(book.now)))
    frame = frame.with_columns(due_known(book, frame).alias("due"))
    length = pl.Series(running_seconds(book, frame, "received", "due"))
    is_known = pl.col("due").is_not_null() & pl.col("received").is_not_null()
    return frame.select("nr", pl.when(is_known).then(length).alias("term"))


def instant(seconds: int) -> pl.Expr:
    """Return epoch seconds as an instant of the casebook's columns."""
    return pl.lit(seconds * 1_000_000).cast(INSTANT)
