"""The same dossiers read twice: a log's casebook, and the casebook of the log replayed into a store."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import polars as pl

from engine.casebook import Casebook
from store import open_store
from workflows.casebook import casebook_of_rows
from workflows.casebook_foreign import casebook_of
from workflows.foreign import ForeignLog, calendar_of
from workflows.kept_logs import KeptLog
from workflows.replay import append_foreign
from workflows.rulebook import Rulebook
from workflows.store_book import as_read

INSTANTS = ("submitted", "received", "due", "ended", "issued")
UNLIKE = ("nr", "dossier_id", "version", "recorded")


def every(foreign: ForeignLog, step: int) -> ForeignLog:
    """Return the log with every so manieth dossier only."""
    kept = foreign.dossiers.filter(pl.col("nr") % step == 0).rename({"nr": "old"}).with_row_index("nr")
    events = foreign.events.rename({"nr": "old"}).join(kept.select("old", "nr"), on="old", maintain_order="left")
    return replace(foreign, dossiers=kept.drop("old"), events=events.drop("old"))


def both(foreign: ForeignLog, now: int) -> tuple[Casebook, Casebook]:
    """Return the log's casebook and that of the same log replayed."""
    with open_store("memory:") as store:
        append_foreign(store, foreign, recorded_at=1_700_000_000)
        rows = store.register(origin="replay", limit=100_000)
        kept = KeptLog(mapping=foreign.mapping, calendar=calendar_of(foreign.mapping), until=now)
        replayed = as_read(casebook_of_rows(store, _rulebook(), now, rows), kept)
    return casebook_of(foreign, kept.calendar, now), replayed


def told(book: Casebook, name: str, columns: list[str]) -> pl.DataFrame:
    """Return one frame of a casebook by the dossiers' names, in whole seconds: as both ways tell it."""
    frame = getattr(book, name).select(columns)
    if name == "dossiers":
        # The columns of a log keep fractions; an end within the second of its due instant is told in the next one.
        second = [pl.col(name).dt.truncate("1s") for name in ("ended", "due")]
        late = (pl.col("ended") > pl.col("due")) & (second[0] == second[1])
        ended = pl.when(late).then(pl.col("ended") + pl.duration(seconds=1)).otherwise(pl.col("ended"))
        frame = frame.with_columns(ended).with_columns(pl.col(INSTANTS).dt.truncate("1s"))
        return frame.drop(UNLIKE, strict=False).sort("dossier")
    named = frame.join(book.dossiers.select("nr", "dossier"), on="nr", how="left", maintain_order="left")
    return named.drop(UNLIKE, strict=False).sort("dossier", maintain_order=True)


@lru_cache
def _rulebook() -> Rulebook:
    return Rulebook(open_store("memory:"), directory="nl")
