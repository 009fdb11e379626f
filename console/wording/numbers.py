"""Numbers as people write them: 1.234,5 in Vietnamese, 1,234.5 in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.wording.days import Language

_SWAPPED: Final = str.maketrans(",.", ".,")


def number(value: float, lang: Language, places: int = 0) -> str:
    """Return a number.

    Example:
        >>> number(1329, "vi"), number(1234.56, "en", 1), number(0.5, "vi", 2), number(-0.02, "vi", 1)
        ('1.329', '1,234.6', '0,50', '0,0')
    """
    written = f"{value:z,.{places}f}" if isinstance(value, float) else f"{value:,.{places}f}"
    return written if lang == "en" else written.translate(_SWAPPED)


def share(value: float | None, lang: Language) -> str | None:
    """Return a share as per cent with one decimal; one that rounds to all is told as a bound.

    Example:
        >>> share(0.2346, "en"), share(0.2346, "vi"), share(0.99999, "en")
        ('23.5 %', '23,5 %', '> 99.9 %')
    """
    if value is None:
        return None
    return f"> {number(99.9, lang, 1)} %" if 0.9995 <= value < 1 else f"{number(value * 100, lang, 1)} %"


def hours(seconds: float | None, lang: Language) -> str | None:
    """Return seconds as hours with one decimal.

    Example:
        >>> hours(5400, "en"), hours(5400, "vi")
        ('1.5', '1,5')
    """
    return None if seconds is None else number(seconds / 3600, lang, 1)
