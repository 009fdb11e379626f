"""A foreign log in memory: one row an event, everything as it was written, with the place it was written at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from engine.errors import InputError

CASE: Final = ":case"
"""Number of the event's case, in the order of the file, from 0 (UInt32)."""

EVENT: Final = ":event"
"""Number of the event within its case, in log order, from 1; 0 in the one row of a case that has no event (UInt32)."""

LINE: Final = ":line"
"""Line (XES) or record (CSV, Parquet) the event stands at, from 1 (UInt32)."""

CASE_LINE: Final = ":case_line"
"""Line the case begins at (XES); the same as `LINE` in tables (UInt32)."""

OWN: Final = (CASE, EVENT, LINE, CASE_LINE)


class LogError(InputError):
    """A log cannot be read or contradicts its mapping: what, where, what is expected. Nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class EventLog:
    """What a log file says, undigested.

    ``frame`` has the columns of `OWN` and one String column per attribute, null where the attribute is absent; an
    attribute of the case has the prefix ``case:`` and is repeated in each of its events. ``kinds`` tells as what each
    attribute was declared (``string``, ``date``, ``int``, ``float``, ``boolean``, ``id``), more than one where the
    file does not keep to one. ``place`` is ``"line"`` or ``"record"``. ``seen`` are all attributes of the file, also
    those that were not asked for. In a table (``cases`` False) events of one case are found by the mapping.
    """

    name: str
    frame: pl.DataFrame
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    place: str = "line"
    seen: tuple[str, ...] = ()
    cases: bool = True
