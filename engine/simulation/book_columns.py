"""Numbers become words and instants: what the frames of a simulation's casebook are made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from engine import events as ev
from engine.casebook import INSTANT
from engine.simulation.facts import POSITIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.simulation.tables import Names

Words = Sequence[str | None]

POSITION_WORDS: Final = (None, *(POSITIONS[code] for code in sorted(POSITIONS)), "deemed_agree")
"""Positions by `engine.simulation.book_fold.H_POSITION`."""


def doers(names: Names) -> list[str]:
    """Return who does things, by `engine.simulation.book_fold.BY_SYSTEM` and the following."""
    return [ev.SYSTEM, ev.APPLICANT, *names.officers]


def is_machine(doer: str) -> bool:
    """Return whether nobody did it himself."""
    return doer == ev.SYSTEM or doer.startswith(f"{ev.SYSTEM}:")


def place_of(word: str, words: Sequence[str]) -> int:
    """Return the place of a word; one that no number has if it is none of them."""
    return words.index(word) if word in words else -2


def texts(words: Words, places: NDArray[Any]) -> pl.Series:
    """Return the words at places, null at negative ones."""
    return pl.Series([None, *words], dtype=pl.String).gather((places + 1).astype(np.uint32))


def framed(columns: Mapping[str, NDArray[Any] | pl.Series], schema: pl.Schema) -> pl.DataFrame:
    """Return columns as a schema says; instants come as epoch seconds, negative where there is none."""
    frame = pl.DataFrame(
        {
            name: pl.Series(name, np.ascontiguousarray(column)) if isinstance(column, np.ndarray) else column
            for name, column in columns.items()
        }
    )
    instants = [
        pl.when(pl.col(name) >= 0).then(pl.col(name) * 1_000_000).cast(INSTANT).alias(name)
        for name, dtype in schema.items()
        if dtype == INSTANT
    ]
    return frame.with_columns(instants).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
