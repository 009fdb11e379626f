"""How good the chances of breach are: learnt from what was known at an instant, tried on what was received after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np
import polars as pl

from engine.casebook import INSTANT, Casebook
from engine.errors import InputError
from engine.responsibility.positions import due_known, entries, instant, states_at
from engine.responsibility.soon import BreachModel
from engine.responsibility.survival import SurvivalModel

BINS: Final = 10
SHARES: Final = (0.0, 0.25, 0.5, 0.75)


class Moment(StrEnum):
    """When a dossier's chance is asked for: each time it comes to a step, or when shares of its term have passed."""

    ENTRY = "entry"
    QUARTERS = "quarters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Chances against what became of the dossiers.

    Attributes:
        moment: when the chances were asked for.
        split: epoch seconds before which a dossier had to be received to be learnt from; nothing later was known.
        train: dossiers learnt from.
        test: dossiers received from then on whose due instant has passed, so that their fate is known.
        judged: chances asked for.
        brier: mean squared difference between chance and fate (0 or 1).
        brier_base: the same for one who always says the share of breaches among those judged, though nobody could
            know it beforehand; None where there is nothing to judge.
        skill: 1 - ``brier`` / ``brier_base``; None where all had one fate.
        curve: by tenths of the chance: mean chance, share of breaches, number judged; empty tenths are left out.
    """

    moment: Moment
    split: int
    train: int
    test: int
    judged: int
    brier: float
    brier_base: float
    skill: float | None
    curve: tuple[tuple[float, float, int], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON values; chances and scores to six places."""
        return {
            "moment": self.moment.value,
            "brier": round(self.brier, 6),
            "brier_base": round(self.brier_base, 6),
            "skill": None if self.skill is None else round(self.skill, 6),
            "curve": [[round(said, 6), round(seen, 6), count] for said, seen, count in self.curve],
            "train": self.train,
            "test": self.test,
            "judged": self.judged,
        }


def calibrate(
    book: Casebook,
    split: float = 0.7,
    *,
    moment: Moment = Moment.ENTRY,
    fit: Callable[[Casebook], BreachModel] = SurvivalModel.fit,
) -> Calibration:
    """Return how well chances hold that are learnt from the earlier dossiers and tried on the later ones.

    A breach is an end after the due instant, or none by now. Tried are dossiers whose due instant has passed, whether
    they have ended or not: counting those that ended early among the undecided would flatter.

    Args:
        book: dossiers.
        split: share of them, by receipt, to learn from.
        moment: when chances are asked for.
        fit: makes a model out of history.

    Raises:
        InputError: nothing can be learnt or tried.
        ValueError: ``split`` is not between 0 and 1.
    """
    if not 0 < split < 1:
        raise ValueError(f"the share to learn from lies between 0 and 1: {split}")
    received = book.dossiers["received"].drop_nulls().sort()
    if received.is_empty():
        raise InputError("no dossier was received: there is nothing to learn chances of breach from")
    if book.dossiers["due"].null_count() == book.dossiers.height:
        raise InputError("no dossier has a due instant: there is nothing to breach")
    at = int(received.dt.epoch("us")[int(len(received) * split)]) // 1_000_000
    train = known_at(book, at)
    now, cut = instant(book.now), instant(at)
    tested = book.dossiers.filter(
        (pl.col("received") >= cut) & (pl.col("due") <= now) & (pl.col("due") > pl.col("received"))
    )
    if train.dossiers.is_empty() or tested.is_empty():
        raise InputError(
            "chances of breach cannot be tried: no dossier was received before the split, or none after it whose"
            " due instant has passed"
        )
    tested = tested.select("nr", "procedure", "received", end="ended", final="due")
    later = book.only(tested["nr"])
    places = _entered(later, tested) if moment is Moment.ENTRY else _quarters(later, tested)
    places = places.with_columns(due_known(book, places).alias("due"))
    is_undecided = (pl.col("at") < pl.col("due")) & (pl.col("at") < pl.col("end").fill_null(now))
    places = places.filter(is_undecided)
    if places.is_empty():
        raise InputError("chances of breach cannot be tried: no later dossier was open before it was due")
    said = fit(train).chances(states_at(later, places))["chance"].fill_null(0.5).to_numpy()
    fate = places.select((pl.col("end").is_null() | (pl.col("end") > pl.col("final"))).alias("late"))["late"].to_numpy()
    rate = float(fate.mean())
    brier, base = float(np.mean((said - fate) ** 2)), rate * (1 - rate)
    tenths = np.minimum((said * BINS).astype(np.int64), BINS - 1)
    curve = tuple(
        (float(said[one].mean()), float(fate[one].mean()), int(one.sum()))
        for one in (tenths == number for number in range(BINS))
        if one.any()
    )
    return Calibration(
        moment=moment,
        split=at,
        train=train.dossiers.height,
        test=tested.height,
        judged=places.height,
        brier=brier,
        brier_base=base,
        skill=1 - brier / base if base else None,
        curve=curve,
    )


def known_at(book: Casebook, at: int) -> Casebook:
    """Return what a casebook knew at an earlier instant: later dossiers, ends, holds, acts are not there yet.

    A foreign log's due instants are kept: it does not tell when they were fixed.

    Args:
        book: dossiers.
        at: epoch seconds.
    """
    moment = instant(at)

    def before(name: str) -> pl.Expr:
        return pl.when(pl.col(name) <= moment).then(pl.col(name)).alias(name)

    dossiers = book.dossiers.filter(pl.col("received") < moment)
    open_then = pl.col("ended").is_null() | (pl.col("ended") > moment)
    dossiers = dossiers.with_columns(
        before("ended"), before("issued"), pl.when(~open_then).then(pl.col("outcome")).alias("outcome")
    )
    kept = book.only(dossiers["nr"])
    return replace(
        kept,
        now=at,
        dossiers=dossiers,
        holds=kept.holds.filter(pl.col("since") <= moment).with_columns(before("until"), before("taken_up")),
        tiles=kept.tiles.filter(pl.col("since") < moment).with_columns(
            pl.min_horizontal("until", moment).alias("until")
        ),
        acts=kept.acts.filter(pl.col("at") <= moment),
    )


def _entered(book: Casebook, tested: pl.DataFrame) -> pl.DataFrame:
    """Return the places at which dossiers were when they had just come there."""
    found = entries(book).join(tested, on="nr", maintain_order="left")
    return found.rename({"step": "stands"}).with_columns(entered="at")


def _quarters(book: Casebook, tested: pl.DataFrame) -> pl.DataFrame:
    """Return where dossiers were when shares of the term had passed that they were given at receipt."""
    given = tested.with_columns(at="received")
    given = given.with_columns(due_known(book, given).alias("due"))
    term = book.desk_seconds(given, "received", "due")
    begun = given["received"].dt.epoch("us").to_numpy() // 1_000_000
    parts = []
    for share in SHARES:
        # One calendar is enough to say when to ask; the lengths themselves are counted on each desk's own.
        at = book.calendar.add_many(begun, (term * share).astype(np.int64)) if share else begun
        parts.append(tested.with_columns((pl.Series(at) * 1_000_000).cast(INSTANT).alias("at")))
    asked = pl.concat(parts).with_row_index("row").sort("at")
    came = entries(book).with_columns(entered="at").sort("at", maintain_order=True)
    found = asked.join_asof(came, on="at", by="nr", check_sortedness=False).sort("row").drop("row")
    return found.with_columns(
        pl.col("step").fill_null("").alias("stands"), pl.col("entered").fill_null(pl.col("received"))
    )
