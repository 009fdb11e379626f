"""Replayed logs as the store keeps them: how each was read, by whose calendar, up to when.

A log's dates are its own zone's and its terms its own calendar's; judged in the store they give the figures that the
file itself gives.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

import msgspec

from engine.calendar import WorkingCalendar
from engine.dossier import Dossier
from engine.errors import InputError
from store.mapping import Mapping, PlainHours
from store.store import Store

LOG = "log"
"""Where the data of a replayed dossier tell which log it is from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLog:
    """A replayed log: how it was read, the calendar of its desk, its last event (epoch seconds)."""

    mapping: Mapping
    calendar: WorkingCalendar
    until: int


def keep_log(store: Store, mapping: Mapping, until: int) -> None:
    """Keep how a log was read, and its last event (epoch seconds; a part of a log never moves it back)."""
    before = store.kept_logs().get(mapping.log)
    if before is not None:
        until = max(until, msgspec.json.decode(before)["until"])
    plan = msgspec.Raw(mapping.model_dump_json(by_alias=True, exclude_defaults=True).encode())
    store.keep_log(mapping.log, msgspec.json.encode({"mapping": plan, "until": until}).decode())


def kept_logs(store: Store, calendars: MappingOf[str, WorkingCalendar]) -> dict[str, KeptLog]:
    """Return the logs of a store by their names.

    Args:
        store: where they were replayed into.
        calendars: by code.

    Raises:
        InputError: the calendar of a log is not known any more.
    """
    found: dict[str, KeptLog] = {}
    for name, content in store.kept_logs().items():
        kept = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        mapping = Mapping.model_validate_json(bytes(kept["mapping"]))
        if isinstance(mapping.calendar, PlainHours):
            from workflows.foreign import plain_hours  # it brings the table library, which no list needs

            calendar = plain_hours(mapping, mapping.calendar)
        elif mapping.calendar in calendars:
            calendar = calendars[mapping.calendar]
        else:
            raise InputError(
                f"log {name!r} was replayed with calendar {mapping.calendar!r}, which is not known any more:"
                " put its file back, or name its folder in the setting calendars"
            )
        found[name] = KeptLog(mapping=mapping, calendar=calendar, until=msgspec.json.decode(kept["until"], type=int))
    return found


def log_of(store: Store, calendars: MappingOf[str, WorkingCalendar], dossier: Dossier) -> KeptLog | None:
    """Return the log a replayed dossier is from, None for others and for logs that an earlier version replayed."""
    if dossier.origin == "live":
        return None
    return kept_logs(store, calendars).get(str(dossier.data.get(LOG, "")))
