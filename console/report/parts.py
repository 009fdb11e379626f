"""What a page is made of: sections with a finding, pictures, tables and the line that tells how to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of texts; the first cell of a row is its heading.

    ``numbers`` are the columns (from 0) that are aligned right, ``whole`` those not broken into lines; ``note`` stands
    below.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    whole: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture as inline SVG (already safe) and what it shows: a caption, and a sentence for those who cannot see."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing told at length below a section: a heading, labels after it, paragraphs, pictures, tables."""

    key: str
    heading: str
    labels: Sequence[str] = ()
    paragraphs: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the page; ``key`` is its address within it."""

    key: str
    title: str
    finding: str
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    items: Sequence[Item] = ()
    paragraphs: Sequence[str] = ()
    limits: Sequence[str] = ()
