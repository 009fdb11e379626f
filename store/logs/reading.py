"""Which reader for which file: by the ending of its name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from store.logs.event_log import EventLog, LogError
from store.logs.table import read_csv, read_parquet
from store.logs.xes import read_xes


def read_log(path: Path, wanted: Collection[str] | None = None, *, separator: str = ",") -> EventLog:
    """Return the event log in a file: ``.xes``, ``.xes.gz``, ``.csv``, ``.csv.gz`` or ``.parquet``.

    A workbook (``.xlsx``) is a register, which `store.logs.register.read_register` reads.

    Args:
        path: the file.
        wanted: attributes to keep; None keeps all.
        separator: between the values of a CSV file; one character.

    Raises:
        LogError: another ending, or the file cannot be read; one sentence with the place.
    """
    name = path.name.lower()
    if path.is_dir():
        raise LogError(f"{path}: is a folder; an event log is one file")
    if name.endswith((".xes", ".xes.gz")):
        return read_xes(path, wanted)
    if name.endswith((".csv", ".csv.gz")):
        return read_csv(path, wanted, separator=separator)
    if name.endswith(".parquet"):
        return read_parquet(path, wanted)
    if name.endswith(".xlsx"):
        raise LogError(f"{path}: a workbook is read as a register, one row a dossier: give the mapping register: {{}}")
    raise LogError(
        f"{path}: what kind of log is this? Read are .xes, .xes.gz, .csv, .csv.gz and .parquet,"
        " and .xlsx with register: in the mapping"
    )
