"""Lines for people out of documents: a heading, then aligned columns with their headings in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from console.output import Column, write_rows
from console.wording.judging import WORDS, word

if TYPE_CHECKING:
    from console.wording.days import Language


def heading(text: str) -> None:
    """Print the heading of a part."""
    print(f"\n{text}")


def table(rows: Iterable[Mapping[str, object]], keys: Sequence[str], lang: Language) -> None:
    """Print rows under headings; numbers are aligned right, shares are per cent."""
    listed = [{key: shown(row.get(key)) for key in keys} for row in rows]
    if not listed:
        print(f"  {word('nothing', lang)}")
        return
    numbers = {key for key in keys if all(_is_number(row[key]) for row in listed)}
    columns = [Column(key, word(key, lang) if key in WORDS else key, right=key in numbers) for key in keys]
    write_rows(listed, columns)


def share(value: float | None) -> str | None:
    """Return a share as per cent with one decimal.

    Example:
        >>> share(0.2346)
        '23.5 %'
    """
    if value is None:
        return None
    return "> 99.9 %" if 0.9995 <= value < 1 else f"{value * 100:.1f} %"


def hours(seconds: float | None) -> str | None:
    """Return seconds as hours with one decimal.

    Example:
        >>> hours(5400)
        '1.5'
    """
    return None if seconds is None else f"{seconds / 3600:,.1f}"


def shown(value: object) -> object:
    """Return a value as people read it: thousands apart."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return value


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, str) and value[:1].isdigit() and value[-1:] in "0123456789%")
