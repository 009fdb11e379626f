"""Lines for people out of documents: a heading, then aligned columns with their headings in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from console.output import Column, write_rows
from console.wording.judging import WORDS, word
from console.wording.numbers import number

if TYPE_CHECKING:
    from console.wording.days import Language


def heading(text: str) -> None:
    """Print the heading of a part."""
    print(f"\n{text}")


def table(rows: Iterable[Mapping[str, object]], keys: Sequence[str], lang: Language) -> None:
    """Print rows under headings; numbers are aligned right, shares are per cent."""
    listed = [{key: shown(row.get(key), lang) for key in keys} for row in rows]
    if not listed:
        print(f"  {word('nothing', lang)}")
        return
    numbers = {key for key in keys if all(_is_number(row[key]) for row in listed)}
    columns = [Column(key, word(key, lang) if key in WORDS else key, right=key in numbers) for key in keys]
    write_rows(listed, columns)


def shown(value: object, lang: Language) -> object:
    """Return a value as people read it: thousands apart."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return number(value, lang)
    if isinstance(value, float):
        return number(value, lang, 1)
    return value


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, str) and value[:1].isdigit() and value[-1:] in "0123456789%")
