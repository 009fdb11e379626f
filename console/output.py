"""What commands print: aligned lines for people, one JSON document or CSV for programs; the same rows in all three."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import PurePath
from shutil import get_terminal_size
from typing import Annotated, Final, NamedTuple, TextIO

import typer

from engine.errors import InputError

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document instead of lines for people.")]
CsvFlag = Annotated[bool, typer.Option("--csv", help="CSV with a heading instead of lines for people.")]

_MISSING: Final = "-"
_NARROWEST: Final = 12


class Column(NamedTuple):
    """One column of a list: the row's key, the heading people read, and whether it is aligned right (numbers)."""

    key: str
    heading: str
    right: bool = False


def write_rows(
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[Column],
    *,
    as_json: bool = False,
    as_csv: bool = False,
    empty: str = "",
    out: TextIO | None = None,
) -> None:
    """Print a list: a JSON array of objects, CSV with the keys as heading, or aligned lines under their headings.

    Args:
        rows: mappings that hold every column's key; JSON gets the whole row, lines and CSV the columns only.
        columns: in the order in which people read them.
        as_json: one JSON array.
        as_csv: CSV (RFC 4180, but lines end with a line feed alone).
        empty: what people read where there are no rows; programs get an empty list.
        out: where to print, stdout if None.

    Raises:
        InputError: both formats were asked for.
    """
    stream = out or sys.stdout
    if as_json and as_csv:
        raise InputError.of("json_and_csv", "--json and --csv cannot be given together: choose one")
    if as_json:
        write_json([dict(row) for row in rows], out=stream)
    elif as_csv:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([column.key for column in columns])
        writer.writerows([_cell(row[column.key], "") for column in columns] for row in rows)
    else:
        lines = [[_cell(row[column.key], _MISSING) for column in columns] for row in rows]
        if not lines and empty:
            stream.write(f"{empty}\n")
            return
        table = [[column.heading for column in columns], *lines]
        if stream.isatty():
            table = fitted(table, get_terminal_size().columns)
        stream.writelines(f"{line}\n" for line in aligned(table, columns))


def write_pairs(pairs: Iterable[tuple[str, object]], *, out: TextIO | None = None) -> None:
    """Print what a thing is: one line a property, the names aligned, values of several lines indented."""
    stream = out or sys.stdout
    known = [(name, _cell(value, _MISSING)) for name, value in pairs]
    wide = max((width(name) for name, _ in known), default=0)
    for name, value in known:
        first, *rest = value.split("\n")
        stream.write(f"{name}{' ' * (wide - width(name))}  {first}".rstrip() + "\n")
        stream.writelines(f"{' ' * wide}  {line}\n" for line in rest)


def write_json(value: object, *, out: TextIO | None = None) -> None:
    """Print one JSON document: letters as they are, instants as ISO texts with their zone, lengths in seconds."""
    stream = out or sys.stdout
    stream.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def aligned(lines: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[str]:
    """Return lines whose cells stand below each other, two spaces apart.

    Example:
        >>> aligned([["no", "days"], ["a", "3"], ["ấp", "12"]], [Column("n", "no"), Column("d", "days", right=True)])
        ['no  days', 'a      3', 'ấp    12']
    """
    flat = [[" ".join(cell.split()) for cell in line] for line in lines]
    widths = [max((width(line[index]) for line in flat), default=0) for index in range(len(columns))]
    return [
        "  ".join(
            " " * (wide - width(cell)) + cell if column.right else cell + " " * (wide - width(cell))
            for cell, wide, column in zip(line, widths, columns, strict=True)
        ).rstrip()
        for line in flat
    ]


def fitted(lines: Sequence[Sequence[str]], room: int) -> list[list[str]]:
    """Return the lines with the widest columns cut, so that they fit ``room`` columns of a terminal; "…" marks a cut.

    The first column is what a line is known by and stays whole; no other is cut below 12, so that dates can be read. A
    terminal narrower than that wraps.

    Example:
        >>> fitted([["no", "title"], ["H61.12-260821-0001", "Building permit for a house"]], 32)
        [['no', 'title'], ['H61.12-260821-0001', 'Building pe…']]
        >>> fitted([["no", "step"], ["H61.12-260821-0001", "Appraise the dossier (appraise)"]], 36)
        [['no', 'step'], ['H61.12-260821-0001', 'Appr… (appraise)']]
    """
    first, *widths = [max(width(line[index]) for line in lines) for index in range(len(lines[0]))]
    while widths and first + sum(widths) + 2 * len(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    widths.insert(0, first)
    return [
        [cell if width(cell) <= wide else _cut(cell, wide) for cell, wide in zip(line, widths, strict=True)]
        for line in lines
    ]


def _cut(cell: str, wide: int) -> str:
    """Cut a cell at its end, but before a code in brackets, which people type, where that fits."""
    title, bracket, code = cell.rpartition(" (")
    tail = f"{bracket}{code}" if code.endswith(")") and width(code) < wide - 3 else ""
    kept = title if tail else cell
    while width(kept) > wide - 1 - width(tail):
        kept = kept[:-1]
    return f"{kept.rstrip()}…{tail}"


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: none for combining marks, two for wide letters."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _cell(value: object, missing: str) -> str:
    if value is None or value == "":
        return missing
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={_cell(one, missing)}" for key, one in value.items()) or missing
    if isinstance(value, Sequence | set | frozenset):
        return ", ".join(_cell(one, missing) for one in value) or missing
    return str(_plain(value)) if isinstance(value, Enum | date | timedelta) else str(value)


def _plain(value: object) -> object:
    """Turn what JSON lacks into what it has."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
