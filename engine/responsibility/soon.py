"""Soon late: for each open dossier the budget left, the way still to go, and the chance that it misses its due instant.

The chance comes from a `BreachModel`; `engine.responsibility.survival` fits one to history, a simulation may bring
another. Everything is office time on the calendar of the receiving desk, in seconds, while the legal clock runs.
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.casebook import INSTANT, Casebook
from engine.responsibility.positions import at_now, states_at

_LONGEST: Final = 16
"""Terms beyond which no median of what remains is looked for."""

_HALVINGS: Final = 13  # 16 terms into parts below a 500th of one

_Columns = dict[str, type[pl.DataType] | pl.DataType]

_CHANCES: Final[_Columns] = {"chance": pl.Float64, "observations": pl.UInt32, "level": pl.String}
CHANCES: Final = pl.Schema(_CHANCES)
"""A model's answer, one row a state. ``chance`` is null where there is no budget to breach; ``observations`` how many
dossiers of history it rests on and ``level`` on which of them (a name of the model's own, e.g. ``step``)."""

_SOON_LATE: Final[_Columns] = {
    "nr": pl.UInt32,
    "dossier": pl.String,
    "procedure": pl.String,
    "desk": pl.String,
    "agency": pl.String,
    "step": pl.String,
    "since": INSTANT,
    "due": INSTANT,
    "is_waiting": pl.Boolean,
    "budget": pl.Int64,
    "critical": pl.Int64,
    "slack": pl.Int64,
    "chance": pl.Float64,
    "observations": pl.UInt32,
    "level": pl.String,
}
SOON_LATE: Final = pl.Schema(_SOON_LATE)
"""One row an open dossier: see `soon_late`."""


class BreachModel(Protocol):
    """Whatever can say how likely a dossier misses its due instant."""

    def chances(self, states: pl.DataFrame) -> pl.DataFrame:
        """Return `CHANCES` for states of dossiers (`engine.responsibility.positions.STATES`), row by row.

        The chance must not rise with the budget, and is null only where budget or term is null.
        """
        ...


def soon_late(book: Casebook, model: BreachModel, critical: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return every open dossier with what is left of its term and the chance that this is not enough (`SOON_LATE`).

    ``budget`` is what is left until ``due`` (negative: what it is over), null where the clock stands still or there is
    no term; ``critical`` the way still to go and ``slack`` what the budget leaves beyond it. Of what is overdue the
    chance is 1. The likeliest breach comes first, then the smallest budget; without a due instant it comes last.

    Args:
        book: dossiers, judged at its ``now``.
        model: of the chance.
        critical: ``nr`` and ``critical``, office seconds that the procedure still lays down, where somebody knows the
            procedure; elsewhere it is the median of what remained in history.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    places = at_now(book)
    states = states_at(book, places)
    found = pl.concat([places, states.select("elapsed", "budget", "term"), model.chances(states)], how="horizontal")
    median = half_remaining(model, states)
    if critical is None:
        found = found.with_columns(median.alias("critical"))
    else:
        known = critical.select(pl.col("nr").cast(pl.UInt32), pl.col("critical").cast(pl.Int64))
        found = found.with_columns(median).join(known, on="nr", how="left", maintain_order="left")
        found = found.with_columns(pl.coalesce("critical", "median").alias("critical"))
    found = found.with_columns((pl.col("budget") - pl.col("critical")).alias("slack"))
    found = found.join(book.dossiers.select("nr", "dossier", "desk", "is_waiting"), on="nr", maintain_order="left")
    found = found.select(pl.col(name).cast(dtype) for name, dtype in SOON_LATE.items())
    return found.sort("chance", "budget", "nr", descending=[True, False, False], nulls_last=True)


def half_remaining(model: BreachModel, states: pl.DataFrame) -> pl.Series:
    """Return the office seconds after which half of such dossiers have ended, to a 500th of the term; at least that.

    Null where there is no term, or where half of them last longer than 16 terms.
    """
    term = states["term"].fill_null(0).to_numpy().astype(np.float64)
    low: NDArray[np.float64] = np.zeros(states.height)
    high: NDArray[np.float64] = term * _LONGEST

    def lasts(budget: NDArray[np.float64]) -> NDArray[np.bool_]:
        asked = states.with_columns(pl.Series("budget", budget.astype(np.int64)))
        found: NDArray[np.bool_] = model.chances(asked)["chance"].fill_null(1.0).to_numpy() > 0.5
        return found

    known = pl.Series(~lasts(high) & (term > 0))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        beyond = lasts(middle)
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    return pl.select(pl.when(known).then(pl.Series(high.astype(np.int64))).alias("median"))["median"]
