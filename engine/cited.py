"""What cites and what names: a source in law or elsewhere, and a name in two languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number or rule comes from; ``confirmed`` is False for what nobody has read in an official text."""

    text: str
    confirmed: bool = True
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A name in Vietnamese and English."""

    vi: str
    en: str
