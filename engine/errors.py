"""Sentences with fields: what went wrong, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Self


class MotcuaError(Exception):
    """Base of every error meant to be read by a person.

    ``exit_code`` is the status with which the command line ends: 2 wrong usage or unreadable input,
    3 not allowed, 4 stale. Arguments go to ``Exception.__init__`` so that an error survives pickling
    between processes.

    ``key`` names what is said for good and ``fields`` what is named in it, so that a face can tell it in its reader's
    language; the key is empty where there is the sentence alone.
    """

    exit_code = 2
    key: str = ""
    fields: Mapping[str, object] = MappingProxyType({})

    @classmethod
    def of(cls, key: str, sentence: str, **fields: object) -> Self:
        """Return the error whose sentence names fields as ``{name}``."""
        error = cls(spelled(sentence, fields))
        error.key, error.fields = key, fields
        return error


class InputError(MotcuaError):
    """Something handed in cannot be read or does not make sense; the sentence says where and what is expected."""


class NotAllowedError(MotcuaError):
    """The rules forbid this act now; nothing was recorded except, where it matters, the attempt.

    Args:
        sentence: what is refused, why, and what is open instead.
        open_now: names of the commands that are allowed at this moment.
        breach: facts that remember the attempt (``RuleBreachAttempted``), to be appended by the caller.
        key: names the reason for good, so that a face can tell it in its reader's language; empty where none does.
        fields: what the sentence names, by name.
    """

    exit_code = 3

    def __init__(
        self,
        sentence: str,
        open_now: tuple[str, ...] = (),
        breach: tuple[object, ...] = (),
        key: str = "",
        fields: Mapping[str, object] | None = None,
    ) -> None:
        known = dict(fields or {})
        super().__init__(sentence, open_now, breach, key, known)
        self.sentence = sentence
        self.open_now = open_now
        self.breach = breach
        self.key = key
        self.fields = known

    @classmethod
    def of(cls, key: str, sentence: str, **fields: object) -> Self:
        """Return the refusal whose sentence names fields as ``{name}``."""
        return cls(spelled(sentence, fields), key=key, fields=fields)

    def __str__(self) -> str:
        return self.sentence


def spelled(sentence: str, fields: Mapping[str, object]) -> str:
    """Return a sentence with its fields put in; several of a kind are listed.

    Example:
        >>> spelled("{step} may send back to {allowed}", {"step": "sign", "allowed": ("check", "appraise")})
        'sign may send back to check, appraise'
    """
    listed = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in fields.items()}
    return sentence.format(**listed)


class StaleVersionError(MotcuaError):
    """Somebody else appended to the dossier in the meantime: read again, decide again, once."""

    exit_code = 4

    def __init__(self, dossier: str, expected: int, found: int) -> None:
        super().__init__(dossier, expected, found)
        self.dossier = dossier
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return (
            f"dossier {self.dossier}: changed by somebody else (expected version {self.expected},"
            f" found {self.found}); read it again and repeat the act"
        )


class UnknownNumberError(InputError):
    """No dossier, procedure, agency or calendar carries this number or code."""


class BeyondCalendarError(InputError):
    """The answer lies outside the days a calendar knows; the sentence names the calendar and its limits.

    ``day`` is the date that was asked for, None where no such date but only the answer lies outside.
    """

    day: date | None = None

    def on(self, day: date) -> BeyondCalendarError:
        """Return this error with the date that was asked for."""
        self.day = day
        return self
