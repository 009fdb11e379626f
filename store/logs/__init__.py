"""Foreign event logs: XES, CSV and Parquet read strictly into one frame, each refusal one sentence with the place."""

from __future__ import annotations

from store.logs.event_log import EventLog, LogError
from store.logs.instants import BadInstant, read_instants
from store.logs.reading import read_log

__all__ = ["BadInstant", "EventLog", "LogError", "read_instants", "read_log"]
