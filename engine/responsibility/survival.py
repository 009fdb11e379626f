"""The chance of breach from history: how long dossiers lasted after they came to a step, measured in their own term.

Empirical survival with right-censoring (what is open lasts at least until now), so that what is still open counts too.
Lengths are shares of each dossier's own term: a dossier of 14 weeks is not compared, hour by hour, with one of 8.

Levels lean on each other. All dossiers, those of a procedure, those at one of its steps: each level's cumulative hazard
is Hjort's beta-process estimate (N. L. Hjort, Annals of Statistics 18, 1990, 1259-1294) around the level above it, as
if `LEAN` more dossiers had been seen that behaved like the level above; the topmost leans on a constant
hazard. Survival is the exponential of minus that. So small samples move little, nothing is ever quite certain, and
beyond the last observation a level goes on as the one above it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.casebook import Casebook
from engine.responsibility.positions import entries, instant, running_seconds, terms
from engine.responsibility.soon import CHANCES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MINIMUM: Final = 30
"""Dossiers of history below which a level is passed over for the one above it (proposal)."""

LEAN: Final = 5.0
"""Dossiers that the level above weighs as (proposal)."""

LEVELS: Final = ("all", "procedure", "step")

_LEAST: Final = 1e-6
"""Nearest that a chance comes to 0 and 1 while there is a budget, whatever floating point makes of it."""

_ANY: Final = 1e-6
"""Dossiers under observation that are any at all; weights are sums of fractions."""

_PARTS: Final = 1_000_000
_BITS: Final = 40
"""Shares of a term are whole millionths, up to about a million terms, below the number of their group in one key."""


@dataclass(frozen=True, slots=True)
class _Level:
    """All groups of one level, their observations sorted by group and length.

    ``keys`` holds group and length; ``hazard`` the cumulative hazard of the group from 0 to there, ``above`` that of
    the level above, ``left`` the dossiers still under observation afterwards; ``sizes`` the dossiers of each group.
    """

    keys: Ints
    hazard: Floats
    above: Floats
    left: Floats
    sizes: Floats

    def at(self, groups: Ints, lengths: Ints, above: Floats, lean: float) -> tuple[Floats, Floats]:
        """Return cumulative hazards and dossiers under observation of groups (-1: none) at lengths."""
        places = np.searchsorted(self.keys, (groups << _BITS) | lengths, side="right") - 1
        places = np.where(groups < 0, -1, places)
        safe = np.maximum(places, 0)
        own = (places >= 0) & (self.keys[safe] >> _BITS == groups) if self.keys.size else np.zeros(groups.shape, bool)
        sizes = np.append(self.sizes, 0.0)[groups]
        if not self.keys.size:
            return above, sizes
        left = np.where(own, self.left[safe], sizes)
        gone = np.where(own, self.hazard[safe], 0.0)
        return gone + lean / (left + lean) * (above - np.where(own, self.above[safe], 0.0)), left


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalModel:
    """`engine.responsibility.soon.BreachModel` out of history; see `fit`.

    Attributes:
        rate: constant hazard per millionth of a term on which the topmost level leans.
        levels: from all to step.
        groups: ``procedure``, ``step`` and their numbers ``of_procedure``, ``of_step``.
        minimum: see `MINIMUM`.
        lean: see `LEAN`.
    """

    rate: float
    levels: tuple[_Level, ...]
    groups: pl.DataFrame
    minimum: int
    lean: float

    @classmethod
    def fit(cls, book: Casebook, *, minimum: int = MINIMUM, lean: float = LEAN) -> SurvivalModel:
        """Return the model of everything a casebook knows at its ``now``.

        Each coming to a step is an observation of how long the dossier still lasted; a dossier that came several times
        counts as one in all. Dossiers without a term are no history for a share of it.

        Args:
            book: history; whatever it knows is used, so cut it off first where the model is to be tried on the rest.
            minimum: dossiers below which a level is passed over; at least 1.
            lean: dossiers that the level above weighs as; more than 0.

        Raises:
            BeyondCalendarError: an instant lies outside a calendar's known days.
            ValueError: ``minimum`` or ``lean`` is too small.
        """
        if minimum < 1 or lean <= 0:
            raise ValueError("a level rests on at least 1 dossier and leans on the one above by more than 0")
        seen, names = _observations(book)
        length, is_end = seen["length"].to_numpy(), ~seen["is_open"].to_numpy()
        weights = [seen["of_all"].to_numpy(), seen["of_all"].to_numpy(), seen["of_each"].to_numpy()]
        # One end in one term more than were seen: what is said before there is any history.
        rate = (float(weights[0][is_end].sum()) + 1) / (float(np.dot(weights[0], length)) + _PARTS)
        above = rate * length
        levels = []
        numbers = [np.zeros(len(seen), np.int64), *(seen[f"of_{one}"].to_numpy() for one in LEVELS[1:])]
        for number, weight in zip(numbers, weights, strict=True):
            level, above = _leaning(number.astype(np.int64), length, is_end, weight, above, lean)
            levels.append(level)
        return cls(rate=rate, levels=tuple(levels), groups=names, minimum=minimum, lean=lean)

    def chances(self, states: pl.DataFrame) -> pl.DataFrame:
        """Return `CHANCES`: of lasting longer than elapsed plus budget, for what has lasted so long already.

        It is between 0 and 1, neither reached while a budget is left; 1 where none is left. It rests on the lowest
        level at which at least ``minimum`` dossiers lasted as long as this one has; ``observations`` counts them.
        Where nobody lasted so long the constant hazard answers, and the level is ``none``.
        """
        numbered = states.join(self.groups, on=["procedure", "step"], how="left", maintain_order="left")
        by_procedure = self.groups.select("procedure", "of_procedure").unique()
        numbered = numbered.drop("of_procedure").join(by_procedure, on="procedure", how="left", maintain_order="left")
        known = (states["budget"].is_not_null() & states["term"].is_not_null()).to_numpy()
        term = np.maximum(states["term"].fill_null(1).to_numpy(), 1)
        budget = np.maximum(states["budget"].fill_null(0).to_numpy(), 0)
        begun = _share(states["elapsed"].to_numpy(), term)
        until = _share(states["elapsed"].to_numpy() + budget, term)
        passed = np.asarray(self.rate * begun, dtype=np.float64)
        ahead = np.asarray(self.rate * until, dtype=np.float64)
        chance = np.exp(passed - ahead)
        seen, found = np.zeros(len(states)), np.full(len(states), "none", dtype=object)
        for name, level in zip(LEVELS, self.levels, strict=True):
            groups = np.zeros(len(states), np.int64)
            if name != "all":
                groups = numbered[f"of_{name}"].cast(pl.Int64).fill_null(-1).to_numpy()
            passed, left = level.at(groups, begun, passed, self.lean)
            ahead, _ = level.at(groups, until, ahead, self.lean)
            rests = left >= (_ANY if name == "all" else self.minimum)
            chance = np.where(rests, np.exp(passed - ahead), chance)
            seen, found = np.where(rests, left, seen), np.where(rests, name, found)
        chance = np.where(budget > 0, np.clip(chance, _LEAST, 1 - _LEAST), 1.0)
        return pl.DataFrame(
            {"chance": chance, "observations": seen.round().astype(np.int64), "level": found.tolist()},
            schema={**CHANCES, "observations": pl.Int64},
        ).with_columns(pl.when(pl.Series(known)).then("chance").alias("chance"), pl.col("observations").cast(pl.UInt32))


def _observations(book: Casebook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return comings to steps by length, and the names of their groups.

    The former: numbers ``of_procedure`` and ``of_step``, ``length`` in millionths of the term, ``is_open`` (lasts at
    least so long), weights within the dossier; an end comes before what is open and of the same length.
    """
    lives = book.dossiers.select(
        "nr", "procedure", end=pl.col("ended").fill_null(instant(book.now)), is_open=pl.col("ended").is_null()
    )
    procedures = lives.select("procedure").unique(maintain_order=True).with_row_index("of_procedure")
    known = lives.join(procedures, on="procedure", maintain_order="left").join(terms(book), on="nr")
    known = known.filter(pl.col("term") > 0).drop("procedure")
    seen = entries(book).join(known, on="nr", maintain_order="left")
    # Texts become numbers once: grouping a million rows by them is what takes time.
    seen = seen.with_columns(pl.col("step").cast(pl.Categorical).to_physical().alias("code"))
    names = seen.group_by("of_procedure", "code", maintain_order=True).agg(pl.col("step").first())
    names = names.with_row_index("of_step").join(procedures, on="of_procedure", maintain_order="left")
    length = _share(running_seconds(book, seen, "at", "end"), seen["term"].to_numpy())
    each = pl.col("nr").cast(pl.UInt64) * (1 << 32) + pl.col("code")
    seen = seen.join(names.drop("step", "procedure"), on=["of_procedure", "code"], how="left", maintain_order="left")
    seen = seen.select(
        "of_procedure",
        "of_step",
        "is_open",
        pl.Series("length", length),
        of_all=1 / pl.len().over("nr"),
        of_each=1 / pl.len().over(each),
    )
    return seen.sort("length", "is_open"), names.drop("code")


def _share(seconds: Ints, term: Ints) -> Ints:
    """Return seconds in millionths of a term, whole and within the bits there are for them."""
    # In floating point: seconds times a million may not fit, and a millionth more or less of a term is nothing.
    shares = seconds.astype(np.float64) * _PARTS / term
    return np.minimum(shares, float((1 << _BITS) - 1)).astype(np.int64)


def _leaning(
    number: Ints, length: Ints, is_end: NDArray[np.bool_], weight: Floats, above: Floats, lean: float
) -> tuple[_Level, Floats]:
    """Return one level, and its cumulative hazard at each observation in the order they were given in (by length)."""
    small = number.astype(np.uint16) if number.size and number.max() < 1 << 16 else number
    order = np.argsort(small, kind="stable")  # by radix, where numbers are small
    number, length, is_end = number[order], length[order], is_end[order]
    weight, over = weight[order], above[order]
    first = np.flatnonzero(np.diff(number, prepend=-1))
    sizes = np.add.reduceat(weight, first) if first.size else np.empty(0)
    gone: Floats = np.cumsum(weight)
    before = np.repeat(np.concatenate([[0.0], gone[first[1:] - 1]]) if first.size else sizes, _runs(first, gone.size))
    whole = np.repeat(sizes, _runs(first, gone.size))
    left = np.maximum(whole - (gone - before), 0.0)
    watched = left + weight
    step = np.diff(over, prepend=0.0)
    step[first] = over[first]
    steps = (lean * step + np.where(is_end, weight, 0.0)) / (watched + lean)
    hazard = np.cumsum(steps)
    start = np.repeat(np.concatenate([[0.0], hazard[first[1:] - 1]]) if first.size else sizes, _runs(first, gone.size))
    hazard = hazard - start
    back = np.empty_like(hazard)
    back[order] = hazard
    return _Level((number << _BITS) | length, hazard, over, left, sizes), back


def _runs(first: Ints, total: int) -> Ints:
    return np.diff(np.append(first, total)).astype(np.int64)
