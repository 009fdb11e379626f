"""Columns of written instants, read at once: to UTC, to the microsecond, without guessing a zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from engine.errors import InputError
from engine.instants import parse_instant

_SHAPE: Final = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|z|[+-]\d\d(?::?\d\d)?)?)?$"
_OFFSET: Final = r"\d\d:\d\d.*(?:Z|z|[+-]\d\d(?::?\d\d)?)$"
_USUAL: Final = "%Y-%m-%dT%H:%M:%S%.f%:z"
_LOCAL: Final = "%Y-%m-%dT%H:%M:%S%.f"
_EXPECTED: Final = "expected an instant such as 2011-10-11T13:42:22.688+02:00"
UTC_INSTANT: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True)
class BadInstant:
    """The first value that is no instant: its row, and why."""

    row: int
    why: str


def read_instants(texts: pl.Series, local_zone: str | None = None) -> pl.Series | BadInstant:
    """Return the instants (UTC, microseconds; further digits are cut off), null where the text is null.

    Args:
        texts: String series of ISO 8601 date-times with ``T`` or a blank, or bare dates.
        local_zone: IANA zone of texts without an offset; None refuses them. An hour that occurs twice means its
            first occurrence; one that summer time skips is refused; a bare date is its first instant.

    Raises:
        InputError: no such zone.
    """
    usual = texts.str.to_datetime(_USUAL, strict=False, time_unit="us")
    left = usual.is_null() & texts.is_not_null()
    if not left.any():
        return usual
    offset = texts.str.contains(_OFFSET)
    if local_zone is None and (bare := left & ~offset & texts.str.contains(_SHAPE)).any():
        row = bare.arg_max() or 0
        return BadInstant(row, f"{_shown(texts[row])} has no offset from UTC; say in the mapping local_times: true")
    if local_zone is not None:
        wall = texts.set(offset, None).str.replace(" ", "T", literal=True).str.to_datetime(_LOCAL, strict=False)
        there = wall.dt.replace_time_zone(local_zone, ambiguous="earliest", non_existent="null")
        usual = usual.zip_with(usual.is_not_null(), there.dt.convert_time_zone("UTC").cast(UTC_INSTANT))
        left = usual.is_null() & texts.is_not_null()
    rare = _one_by_one(texts.filter(left).unique(), local_zone)
    if isinstance(rare, InputError):
        text, why = rare.args
        return BadInstant((texts == text).arg_max() or 0, why)
    if rare:
        found = texts.replace_strict(list(rare), pl.Series(list(rare.values())), default=None, return_dtype=UTC_INSTANT)
        usual = usual.zip_with(usual.is_not_null(), found)
    return usual


def _one_by_one(texts: pl.Series, local_zone: str | None) -> dict[str, object] | InputError:
    found: dict[str, object] = {}
    for text in texts:
        try:
            found[text] = parse_instant(text, local_zone or "UTC")
        except InputError as error:
            skipped = "never happened" in str(error)
            why = str(error).removeprefix("instant ") if skipped else f"{_shown(text)} is no instant; {_EXPECTED}"
            return InputError(text, why)
    return found


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
