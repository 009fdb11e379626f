"""CSV and Parquet: tables of one event a row, every value kept as text with the kind it was stored as."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path

import polars as pl

from store.logs.event_log import CASE, CASE_LINE, EVENT, LINE, OWN, EventLog, LogError
from store.logs.opening import opened


def read_csv(path: Path, wanted: Collection[str] | None = None, *, separator: str = ",") -> EventLog:
    """Return the log in a ``.csv`` or ``.csv.gz`` file with a header, UTF-8; an empty cell is an absent value.

    Raises:
        LogError: unreadable, not UTF-8, no header, a column named twice, or a record of another width.
    """
    with opened(path) as stream:
        raw = stream.read()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LogError(f"{path}: line {line}: not UTF-8; save the file as UTF-8") from None
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    first_line = raw.split(b"\n", 1)[0].decode("utf-8")
    header = next(csv.reader(io.StringIO(first_line), delimiter=separator), [])
    _check_header(path, header)
    try:
        frame = pl.read_csv(
            io.BytesIO(raw),
            separator=separator,
            infer_schema=False,
            truncate_ragged_lines=False,
        )
    except pl.exceptions.PolarsError as error:
        place = _first_ragged(raw, separator, len(header))
        raise LogError(f"{path}: {place or _first_line(error)}") from None
    if place := _first_ragged(raw, separator, len(header)):
        raise LogError(f"{path}: {place}")
    return _log(path, frame, wanted, dict.fromkeys(header, "string"), first=1)


def read_parquet(path: Path, wanted: Collection[str] | None = None) -> EventLog:
    """Return the log in a ``.parquet`` file.

    Raises:
        LogError: unreadable, damaged, or a wanted column that holds lists or structures.
    """
    if not path.is_file():
        raise LogError(f"{path}: cannot be read: no such file")
    try:
        schema = pl.read_parquet_schema(path)
        kept = [name for name in schema if wanted is None or name in wanted]
        frame = pl.read_parquet(path, columns=kept)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LogError(f"{path}: not a sound Parquet file: {_first_line(error)}") from None
    kinds: dict[str, str] = {}
    texts: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        kinds[name], text = _as_text(path, name, dtype)
        texts.append(text)
    return _log(path, frame.select(texts), wanted, kinds, first=1, seen=tuple(schema))


def _as_text(path: Path, name: str, dtype: pl.DataType) -> tuple[str, pl.Expr]:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return "date", column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
        return "date", column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.6f+00:00")
    if isinstance(dtype, pl.Date):
        return "date", column.dt.to_string("%Y-%m-%d")
    if dtype.is_integer():
        return "int", column.cast(pl.String)
    if dtype.is_numeric():
        return "float", column.cast(pl.String)
    if isinstance(dtype, pl.Boolean):
        return "boolean", column.cast(pl.String)
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        return "string", column.cast(pl.String)
    raise LogError(f"{path}: the column {name!r} holds {dtype}; a single value a cell is expected")


def _log(
    path: Path,
    frame: pl.DataFrame,
    wanted: Collection[str] | None,
    kinds: dict[str, str],
    *,
    first: int,
    seen: tuple[str, ...] = (),
) -> EventLog:
    if frame.is_empty():
        raise LogError(f"{path}: the table holds no record")
    seen = seen or tuple(frame.columns)
    kept = [name for name in frame.columns if wanted is None or name in wanted]
    number = pl.int_range(first, pl.len() + first, dtype=pl.UInt32)
    own = frame.select(number.alias(LINE), number.alias(CASE_LINE))
    own = own.with_columns(pl.lit(0, dtype=pl.UInt32).alias(CASE), pl.lit(1, dtype=pl.UInt32).alias(EVENT))
    return EventLog(
        name=str(path),
        frame=pl.concat([own.select(OWN), frame.select(kept)], how="horizontal"),
        kinds={name: frozenset({kinds[name]}) for name in kept},
        place="record",
        seen=seen,
        cases=False,
    )


def _check_header(path: Path, header: list[str]) -> None:
    if not any(name.strip() for name in header):
        raise LogError(f"{path}: the first line names no column; a header is expected")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise LogError(f"{path}: line 1: the column {twice[0]!r} is named twice")
    own = sorted(set(header) & set(OWN))
    if own:
        raise LogError(f"{path}: line 1: a column cannot be called {own[0]!r}")


def _first_ragged(raw: bytes, separator: str, width: int) -> str:
    """Return the place of the first record whose width is not the header's, empty if there is none."""
    records = csv.reader(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", newline=""), delimiter=separator)
    try:
        for record in records:
            if record and len(record) != width:
                return f"line {records.line_num}: {len(record)} values stand under {width} columns"
    except csv.Error as error:
        return f"line {records.line_num}: {error}"
    return ""


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200]
