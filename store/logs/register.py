"""Registers (sổ theo dõi hồ sơ): tables of one row a dossier, as offices keep them in CSV and XLSX.

Titles stand above the heading, which may take two rows; rows are empty, numbered, summed up; dates are written in the
local order or are dates of the workbook. A row becomes a case with one event, its receipt.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from store.logs.event_log import CASE, CASE_LINE, EVENT, LINE, OWN, EventLog, LogError
from store.mapping import HANDLING, INSTANTS, Register

if TYPE_CHECKING:
    from store.mapping import Mapping

MOST_FAULTS: Final = 20
"""Faults told at once."""

_LOOKED_AT: Final = 60
"""Rows from the top in which the heading is looked for."""

_TOTAL: Final = re.compile(r"^\W*(tổng|cộng|total|sum)\b", re.IGNORECASE)
_NUMBERING: Final = re.compile(r"^\(?\d{1,2}\)?$|^\([a-zđ]\)$")
_WRITTEN: Final = re.compile(
    r"(?P<a>\d{1,4})[/.-](?P<b>\d{1,2})[/.-](?P<c>\d{4})(?:[ T,]+(?P<clock>\d{1,2}[:hg]\d{2}(?::\d{2})?))?$"
)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?$")
_LAST_SECOND: Final = "23:59:59"

Row = Sequence[str]


def read_register(path: Path, mapping: Mapping, *, faults: list[str] | None = None) -> EventLog:
    """Return the register in a ``.xlsx`` or ``.csv`` file as a log.

    Dates become local instants (``YYYY-MM-DDTHH:MM:SS``); a date without an hour is its first second, a due date its
    last one. `LINE` and `CASE_LINE` are the rows of the sheet (the lines of a CSV file), from 1.

    Args:
        path: the file.
        mapping: with ``register``.
        faults: gets what is wrong with cells, and rows with such are left out; without it they are an error.

    Raises:
        LogError: unreadable, not UTF-8, no such sheet, no heading with the mapped names, or cells that cannot be
            understood: all of them, each with row and column.
    """
    register = mapping.register_ or Register()
    rows = _rows(path, register, mapping.separator)
    names = [column.attribute for _, column in mapping.columns() if column.attribute != HANDLING]
    at, heading = _heading(path, rows, register, list(dict.fromkeys(map(plain, names))))
    table = list(_entries(rows[at + 1 :], at + 2, heading, plain(mapping.dossier.attribute)))
    if not table:
        raise LogError(f"{path}: below the heading in row {at + 1} stands no dossier")
    numbers = [number for number, _ in table]
    spelled = {plain(name): name for name in names}
    columns = {
        spelled.get(name, name): _filled([row[place] for _, row in table], down=name in map(plain, register.fill_down))
        for name, place in heading.items()
    }
    wrong: list[tuple[int, str]] = []
    instants = {column.attribute: name for name in INSTANTS if (column := getattr(mapping, name)) is not None}
    for name, meaning in sorted(instants.items(), key=lambda item: item[0]):
        read = [_instant(text, register.dates, is_due=meaning == "due") for text in columns[name]]
        wrong += [
            (number, f"{name!r}: {text!r} is no date; expected {register.dates}")
            for number, text, found in zip(numbers, columns[name], read, strict=True)
            if text and found is None
        ]
        columns[name] = [found or "" for found in read]
    dossier, received = mapping.dossier.attribute, mapping.instant.attribute
    undated = {number for number, what in wrong if what.startswith(f"{received!r}:")}
    for name, what in ((dossier, "no number"), (received, "no date of receipt")):
        known = zip(numbers, columns[name], strict=True)
        wrong += [(n, f"{name!r}: {what}") for n, text in known if not text and not (name == received and n in undated)]
    wrong += _doubles(numbers, columns[dossier], dossier)
    sentences = [f"row {number}, {what}" for number, what in wrong]
    if faults is None:
        if sentences:
            raise LogError(f"{path}: " + told(sentences))
        return _log(path, numbers, columns)
    faults += sentences
    bad = {number for number, _ in wrong}
    sound = [place for place, number in enumerate(numbers) if number not in bad]
    return _log(path, [numbers[n] for n in sound], {name: [texts[n] for n in sound] for name, texts in columns.items()})


def told(faults: Sequence[str]) -> str:
    """Return many faults as one text, a line each where there are several."""
    if len(faults) == 1:
        return faults[0]
    more = [f"… and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    return "\n  ".join([f"{len(faults)} faults:", *faults[:MOST_FAULTS], *more])


def plain(text: str) -> str:
    """Return a heading as it is compared: composed, one blank between words, without line breaks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _rows(path: Path, register: Register, separator: str) -> list[Row]:
    if path.is_dir() or not path.is_file():
        raise LogError(f"{path}: cannot be read: {'is a folder' if path.is_dir() else 'no such file'}")
    if path.suffix.lower() == ".xlsx":
        return _sheet(path, register.sheet)
    if path.suffix.lower() != ".csv":
        raise LogError(f"{path}: a register is an .xlsx or a .csv file; save it as one of them")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LogError(f"{path}: line {line}: not UTF-8; save the file as 'CSV UTF-8', or as .xlsx") from None
    try:
        return [[plain(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as error:
        raise LogError(f"{path}: not a sound CSV file: {error}") from None


def _sheet(path: Path, sheet: str | None) -> list[Row]:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise LogError(f"{path}: not a sound workbook: {str(error).splitlines()[0][:120]}") from None
    if sheet is not None and sheet not in book.sheet_names:
        raise LogError(f"{path}: has no sheet {sheet!r}; it has {', '.join(map(repr, book.sheet_names))}")
    try:
        found = book.load_sheet(sheet or 0, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise LogError(f"{path}: a sheet cannot be read: {str(error).splitlines()[0][:120]}") from None
    return [[plain(cell or "") for cell in row] for row in found.iter_rows()]


def _heading(path: Path, rows: Sequence[Row], register: Register, names: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return the last row of the heading (from 0) and the place of each of its names."""
    tops: Iterable[int] = range(min(len(rows), _LOOKED_AT))
    if isinstance(register.heading_row, int):
        tops = [register.heading_row - 1] if register.heading_row <= len(rows) else []
    best: tuple[int, list[str]] = (0, list(names))
    for top in tops:
        for last in (top, top + 1):
            if last >= len(rows):
                continue
            found = _places(rows[top], rows[last])
            missing = [name for name in names if name not in found]
            if not missing:
                return last, found
            if len(missing) < len(best[1]):
                best = last, missing
    row, missing = best
    where = f"row {row + 1} comes nearest but lacks" if len(missing) < len(names) else "nowhere stand"
    lacking = f"{where} {', '.join(map(repr, missing))}"
    raise LogError(f"{path}: no heading with the mapped names: {lacking}{_other_sheets(path, register)}")


def _other_sheets(path: Path, register: Register) -> str:
    """Return the hint that the heading may stand on another sheet of a workbook of several."""
    if path.suffix.lower() != ".xlsx":
        return ""
    import fastexcel

    names = fastexcel.read_excel(path).sheet_names
    if len(names) < 2:
        return ""
    read = register.sheet or names[0]
    return f"; read was sheet {read!r} of {', '.join(map(repr, names))}: name another with register: {{sheet: …}}"


def _places(upper: Row, lower: Row) -> dict[str, int]:
    """Return the places of a heading's names; in two rows the lower name counts where there is one."""
    found: dict[str, int] = {}
    width = max(len(upper), len(lower))
    for place in range(width):
        cells = [row[place] if place < len(row) else "" for row in (lower, upper)]
        name = next((cell for cell in cells if cell), "")
        if name:
            found.setdefault(name, place)
    return found


def _entries(rows: Sequence[Row], first: int, heading: dict[str, int], dossier: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows that tell of dossiers, with their numbers: not the empty, numbering and total ones."""
    width = max(heading.values()) + 1
    begun = False
    for number, short in enumerate(rows, start=first):
        row = [*short, *[""] * (width - len(short))]
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        if not begun and len(filled) > 1 and all(_NUMBERING.match(cell) for cell in filled):
            continue
        if any(_TOTAL.match(cell) for cell in (filled[0], row[heading[dossier]])):
            continue
        begun = True
        yield number, row


def _filled(cells: list[str], *, down: bool) -> list[str]:
    if not down:
        return cells
    found: list[str] = []
    for cell in cells:
        found.append(cell or (found[-1] if found else ""))
    return found


def _instant(text: str, order: str, *, is_due: bool) -> str | None:
    """Return a written date as a local instant, None where it is none or there is none."""
    day, clock = "", ""
    if _ISO.match(text):
        day, clock = text[:10], text[11:]
    elif (found := _WRITTEN.match(text)) is not None and order != "yyyy-mm-dd":
        d, m = (found["a"], found["b"]) if order == "dd/mm/yyyy" else (found["b"], found["a"])
        day = f"{found['c']}-{int(m):02d}-{int(d):02d}"
        clock = re.sub("[hg]", ":", found["clock"] or "").rjust(5, "0") if found["clock"] else ""
    if clock in {"", "00:00", "00:00:00"}:
        clock = _LAST_SECOND if is_due else "00:00:00"
    written = f"{day}T{clock}"
    try:
        return datetime.fromisoformat(written).isoformat()
    except ValueError:
        return None


def _doubles(numbers: Sequence[int], dossiers: Sequence[str], column: str) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for number, dossier in zip(numbers, dossiers, strict=True):
        if dossier and dossier in seen:
            yield number, f"{column!r}: {dossier!r} stands in row {seen[dossier]} already"
        seen.setdefault(dossier, number)


def _log(path: Path, numbers: Sequence[int], columns: dict[str, list[str]]) -> EventLog:
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in columns.items()})
    frame = frame.with_columns(pl.all().replace("", None), pl.lit(HANDLING.removeprefix(":")).alias(HANDLING))
    places = {CASE: [0] * len(numbers), EVENT: [1] * len(numbers), LINE: numbers, CASE_LINE: numbers}
    own = pl.DataFrame({name: pl.Series(values, dtype=pl.UInt32) for name, values in places.items()})
    return EventLog(
        name=str(path),
        frame=pl.concat([own.select(OWN), frame], how="horizontal"),
        kinds={name: frozenset({"string"}) for name in frame.columns},
        place="row",
        seen=tuple(frame.columns),
        cases=False,
    )
