"""What a casebook holds, in a few figures: dossiers, events, who had them, how many ways they went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from engine.casebook import Casebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A casebook in figures.

    Attributes:
        dossiers: how many.
        ended: of these.
        events: holds that ended; in a foreign log its events (of a log of states the last state of an open dossier
            counts as well).
        agencies, officers: different ones (system accounts and the applicant not counted).
        variants: different sequences of steps, see `variants`.
        first, last: instants of the first and the last event, in the book's zone; None without any.
        median_events: per dossier.
        steps: step to how often, most first.
    """

    dossiers: int
    ended: int
    events: int
    agencies: int
    officers: int
    variants: int
    first: datetime | None
    last: datetime | None
    median_events: float
    steps: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        instants = {"first": self.first, "last": self.last}
        return {
            "dossiers": self.dossiers,
            "ended": self.ended,
            "events": self.events,
            "agencies": self.agencies,
            "officers": self.officers,
            "variants": self.variants,
            **{name: None if at is None else at.isoformat() for name, at in instants.items()},
            "median_events": self.median_events,
            "steps": dict(self.steps),
        }


def summary(book: Casebook) -> Summary:
    """Return a casebook in figures."""
    events = _events(book)
    known = events.filter(~pl.col("is_system") & ~pl.col("agency").fill_null("").is_in(list(book.outsiders)))
    counts = book.dossiers.select("nr").join(events.group_by("nr").len(), on="nr", how="left")["len"].fill_null(0)
    steps = events.group_by("step").len().sort(["len", "step"], descending=[True, False])
    zone = ZoneInfo(book.zone)
    at = events["at"].drop_nulls()
    first, last = at.min(), at.max()
    median = counts.median()
    return Summary(
        dossiers=book.dossiers.height,
        ended=book.dossiers["ended"].count(),
        events=events.height,
        agencies=known["agency"].drop_nulls().n_unique(),
        officers=known["officer"].drop_nulls().n_unique(),
        variants=variants(book),
        first=first.astimezone(zone) if isinstance(first, datetime) else None,
        last=last.astimezone(zone) if isinstance(last, datetime) else None,
        median_events=float(median) if isinstance(median, (int, float)) else 0.0,
        steps=dict(steps.iter_rows()),
    )


def variants(book: Casebook) -> int:
    """Return how many different sequences of steps the dossiers of a casebook went through, in the book's order.

    A dossier without any step has none.
    """
    return _events(book).group_by("nr", maintain_order=True).agg("step")["step"].n_unique()


def _events(book: Casebook) -> pl.DataFrame:
    """Return the holds that tell of something that happened, with ``at``: when."""
    states = "states" in book.tells
    told = book.holds if states else book.holds.filter(pl.col("until").is_not_null())
    return told.with_columns(pl.col("since" if states else "until").alias("at"))
