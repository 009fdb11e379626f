"""Titles of agencies and steps in what people read of a judgement; programs get the codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from console.wording.days import Language
    from engine.casebook import Casebook

_AGENCIES: Final = frozenset({"agency", "desk"})
_EITHER: Final = frozenset({"a", "b", "by", "step", "top"})
"""Keys whose values are codes of agencies, or of either agencies or steps."""


def titled(found: dict[str, Any], book: Casebook, lang: Language) -> dict[str, Any]:
    """Return a judgement with agencies and steps called by their titles, and the codes people type in brackets.

    What a procedure calls a step only it knows; a code that procedures do not agree on stays a code.
    """
    said = 0 if lang == "vi" else 1
    agencies = {code: f"{title[said]} ({code})" for code, title in book.titles.items()}
    steps = {code: f"{title[said]} ({code})" for code, title in book.steps.items()}
    return {key: _titled(key, value, agencies, steps | agencies) for key, value in found.items()}


def _titled(key: str, value: object, agencies: Mapping[str, str], either: Mapping[str, str]) -> object:
    """Put titles into whatever stands under a key; ``by`` may also count by code."""
    known = agencies if key in _AGENCIES else either if key in _EITHER else {}
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, dict):
        return {known.get(name, name): _titled(name, one, agencies, either) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_titled(key, one, agencies, either) for one in value]
    return value
