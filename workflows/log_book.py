"""From a log file and its mapping to a casebook, without a database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.errors import InputError
from engine.nearest import nearest
from engine.procedure import CHANNELS
from store.mapping import Mapping
from workflows.casebook_foreign import casebook_of
from workflows.foreign import ForeignLog, calendar_of, last_instant
from workflows.replay import Progress, read_foreign, silently

_CODES: Final = {"channel": CHANNELS, "outcome": ("granted", "denied", "stopped", "withdrawn", "declined")}
"""Values that are not wrong where no dossier happens to have them."""

_CONDITION: Final = re.compile(r"^([a-z][a-z0-9_]*)\s*(!?=)\s*(.*)$", re.DOTALL)


def read_book(
    path: Path,
    mapping: Mapping,
    *,
    calendars: Path | None = None,
    keep_blanks: bool = False,
    where: Sequence[str] = (),
    ended: bool = False,
    progress: Progress = silently,
) -> tuple[ForeignLog, Casebook]:
    """Return a log understood and in columns; what is open is judged at the log's last instant.

    Args:
        path: the log.
        mapping: how to read it.
        calendars: an agency's own folder of calendars.
        keep_blanks: take what the mapping calls blank for a value of its own.
        where: conditions on dossiers, ``NAME=VALUE`` or ``NAME!=VALUE``; a missing value is unlike every value. Names
            are ``channel``, ``outcome`` and the mapping's ``attributes``.
        ended: only dossiers that have ended.
        progress: told what is being done.

    Raises:
        InputError: the log, or the mapping on it, cannot be understood, or a condition names what is not there, or a
            value no dossier has.
    """
    foreign = read_foreign(path, mapping.keeping_blanks() if keep_blanks else mapping, progress, calendars)
    calendar = calendar_of(mapping, calendars)
    progress("putting in columns", 0, 0)
    book = casebook_of(foreign, calendar, last_instant(foreign))
    if not where and not ended:
        return foreign, book
    kept = book.dossiers
    for condition in where:
        kept = kept.filter(_holds(condition, book.dossiers))
    if ended:
        kept = kept.filter(pl.col("ended").is_not_null())
    return foreign, book.only(kept["nr"])


def _holds(condition: str, dossiers: pl.DataFrame) -> pl.Expr:
    found = _CONDITION.match(condition)
    known = ["channel", "outcome", *(n.removeprefix("data.") for n in dossiers.columns if n.startswith("data."))]
    if found is None:
        raise InputError(f"--where {condition!r}: write NAME=VALUE or NAME!=VALUE; names are {', '.join(known)}")
    name, sign, value = found.groups()
    if name not in known:
        raise InputError(f"--where {condition!r}: dossiers have no {name!r}; there is {', '.join(known)}")
    of = name if name in {"channel", "outcome"} else f"data.{name}"
    column = pl.col(of).cast(pl.String)
    there = set(dossiers.select(column.drop_nulls().unique())[of])
    if value not in there | set(_CODES.get(name, ())):
        raise InputError(f"--where {condition!r}: no dossier has {name} {value!r}{nearest(value, there)}")
    same = (column == value).fill_null(value=False)
    return same if sign == "=" else ~same
