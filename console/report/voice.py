"""How the page says things in one language: phrases, numbers, shares, dates, and the names of agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from console.wording.days import Language, day_text
from console.wording.judging import EXCUSES, LEVELS, SEVERITIES
from console.wording.laws import cited
from console.wording.numbers import number
from console.wording.phrases import Phrase, called
from console.wording.report import REPORT

_MISSING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One language, and the names of agencies and steps in it (code to Vietnamese and English)."""

    lang: Language
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    steps: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """Return a phrase of the page; an unknown key is our bug and raises ``KeyError``."""
        return REPORT[key].say(self.lang, **values)

    def called(self, table: Mapping[str, Phrase], code: str) -> str:
        """Return what people call a code; one that only a log knows stays as it is."""
        return called(table, code, self.lang)

    def number(self, value: float | None, places: int = 0) -> str:
        """Return a number: thousands apart and decimals as the language writes them; a dash where there is none.

        Example:
            >>> Voice(lang="vi").number(1329), Voice(lang="en").number(1234.56, 1), Voice(lang="vi").number(0.5, 2)
            ('1.329', '1,234.6', '0,50')
        """
        if value is None:
            return _MISSING
        return number(value, self.lang, places)

    def share(self, part: float | None, whole: float | None = 1) -> str:
        """Return a part of a whole as per cent with one decimal; a dash where there is no whole.

        Example:
            >>> Voice(lang="vi").share(309, 1329), Voice(lang="en").share(0.05), Voice(lang="en").share(1, 0)
            ('23,3 %', '5.0 %', '–')
        """
        return f"{self.number(part / whole * 100, 1)} %" if part is not None and whole else _MISSING

    def chance(self, value: float | None) -> str:
        """Return a chance as per cent; one that rounds to certainty is told as a bound.

        Example:
            >>> Voice(lang="en").chance(0.99999), Voice(lang="en").chance(0.951)
            ('> 99.9 %', '95.1 %')
        """
        return f"> {self.share(0.999)}" if value is not None and value > 0.9995 else self.share(value)

    def cited(self, text: str) -> str:
        """Return a citation: articles are called so in the language of the page."""
        return cited(text, self.lang)

    def day(self, at: date | datetime | str) -> str:
        """Return the date of an instant (aware, or as ISO text) in the instant's own zone."""
        return day_text(datetime.fromisoformat(at) if isinstance(at, str) else at, self.lang)

    def agency(self, code: str | None) -> str:
        """Return the name of an agency; a code without one stands for itself."""
        if not code:
            return self.say("nobody_named")
        return self._named(self.titles.get(code), code)

    def step(self, code: str) -> str:
        """Return what a step is called; a code without a name stands for itself."""
        return self._named(self.steps.get(code), code)

    def _named(self, names: tuple[str, str] | None, code: str) -> str:
        return code if names is None else names[0] if self.lang == "vi" else names[1]

    def title(self, names: Mapping[str, Any]) -> str:
        """Return a title of a document (``vi``, ``en``)."""
        return str(names[self.lang])

    def excuse(self, code: str) -> str:
        """Return what counter-evidence is called."""
        return self.called(EXCUSES, code)

    def severity(self, code: str) -> str:
        """Return what a severity is called."""
        return self.called(SEVERITIES, code)

    def level(self, code: str) -> str:
        """Return what a signal is about."""
        return self.called(LEVELS, code)

    def list(self, words: list[str]) -> str:
        """Return words as a list in a sentence."""
        return ", ".join(words) or _MISSING
