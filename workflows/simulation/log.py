"""A simulated replication as an event log: CSV, Parquet or XES, as `motcua log` and other tools read it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

import polars as pl

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.casebook import Casebook

KINDS: Final = (".csv", ".csv.gz", ".parquet", ".xes", ".xes.gz")


def write_log(book: Casebook, path: Path) -> int:
    """Write the finished holds of a casebook as events, one row each; return how many.

    Instants are UTC with their offset. ``case:`` attributes of XES are the columns ``received``, ``due``, ``ended``,
    ``procedure`` and ``channel``.

    Raises:
        InputError: the name does not say a known kind, or the file cannot be written.
    """
    kind = check_kind(path)
    events = _events(book)
    try:
        if kind == ".parquet":
            events.write_parquet(path)
        elif kind.startswith(".csv"):
            text = events.with_columns(
                pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
                for name, dtype in events.schema.items()
                if isinstance(dtype, pl.Datetime)
            ).write_csv()
            _write(path, text, packed=kind.endswith(".gz"))
        else:
            _write(path, _xes(events), packed=kind.endswith(".gz"))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    return events.height


def check_kind(path: Path) -> str:
    """Return the kind of log that a file's name says.

    Raises:
        InputError: none that is known.
    """
    found = next((kind for kind in sorted(KINDS, key=len, reverse=True) if path.name.endswith(kind)), "")
    if not found:
        raise InputError(f"--log {path}: a log is written as {', '.join(KINDS)}")
    return found


def _events(book: Casebook) -> pl.DataFrame:
    cases = book.dossiers.select("nr", "dossier", "procedure", "channel", "received", "due", "ended")
    held = book.holds.filter(pl.col("until").is_not_null()).select(
        "nr", "step", "agency", "officer", pl.col("since").alias("opened"), pl.col("taken_up").alias("started"), "until"
    )
    return cases.join(held, on="nr", how="inner", maintain_order="left").drop("nr").rename({"until": "completed"})


def _write(path: Path, text: str, *, packed: bool) -> None:
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data, mtime=0) if packed else data)


def _xes(events: pl.DataFrame) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">',
    ]
    for rows in events.partition_by("dossier", maintain_order=True):
        first = rows.row(0, named=True)
        lines.append("<trace>")
        lines.append(_text("concept:name", first["dossier"]))
        lines += [_text(name, first[name]) for name in ("procedure", "channel") if first[name] is not None]
        lines += [_date(name, first[name]) for name in ("received", "due", "ended") if first[name] is not None]
        for row in rows.iter_rows(named=True):
            lines.append("<event>")
            lines.append(_text("concept:name", row["step"]))
            lines += [_text(key, row[name]) for key, name in _OF_EVENT if row[name] is not None]
            lines += [_date(key, row[name]) for key, name in _DATES if row[name] is not None]
            lines.append("</event>")
        lines.append("</trace>")
    return "\n".join([*lines, "</log>", ""])


_OF_EVENT: Final = (("org:group", "agency"), ("org:resource", "officer"))
_DATES: Final = (("opened", "opened"), ("start", "started"), ("time:timestamp", "completed"))


def _text(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>"


def _date(key: str, value: object) -> str:
    return f'<date key={quoteattr(key)} value="{value:%Y-%m-%dT%H:%M:%S.000+00:00}"/>'
