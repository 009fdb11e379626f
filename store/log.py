"""The log: facts to stored text and back.

Every fact becomes one JSON text, keys in the order of its fields and those of ``data`` sorted, so that a decoded
fact encodes to the same bytes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from engine.errors import InputError
from engine.events import AnyFact, Fact
from store.values import Change

_ENCODER = msgspec.json.Encoder(order="deterministic")
_ONE = msgspec.json.Decoder(AnyFact)
_MANY = msgspec.json.Decoder(list[AnyFact])
_UNWRITABLE = (UnicodeEncodeError, TypeError, msgspec.MsgspecError)

FactRow = tuple[int, int, int, str | None, str, bytes]
"""Dossier row, version, place within its append from 0, command id (first fact only), text, hash."""


def encode(fact: Fact) -> bytes:
    """Return the canonical bytes of a fact.

    Raises:
        InputError: a text in it cannot be written as UTF-8, or a value in ``data`` is not JSON.
    """
    try:
        return _ENCODER.encode(fact)
    except _UNWRITABLE as error:
        raise _unwritable(fact, error) from None


def decode(body: str) -> Fact:
    """Return the fact a stored text tells of."""
    fact: Fact = _ONE.decode(body)
    return fact


def decode_all(bodies: Iterable[str]) -> list[Fact]:
    """Return the facts of stored texts, in one pass of the decoder."""
    return list(_MANY.decode("[" + ",".join(bodies) + "]"))


def fact_rows(change: Change, head: bytes, row: int) -> list[FactRow]:
    """Return the rows that append a change to dossier ``row`` after the chain's ``head``.

    Raises:
        InputError: a fact cannot be stored.
    """
    rows: list[FactRow] = []
    version, command_id = change.expected, change.command_id or None
    add, encoded = rows.append, _ENCODER.encode
    fact: Fact | None = None
    try:
        for nth, fact in enumerate(change.facts):
            body = encoded(fact)
            head = sha256(head + body).digest()
            version += 1
            add((row, version, nth, command_id, body.decode(), head))
            command_id = None
    except _UNWRITABLE as error:
        raise _unwritable(fact, error) from None
    return rows


def check(change: Change) -> None:
    """Refuse a change that contradicts itself; our own mistake, never a user's.

    Raises:
        ValueError: no facts, no ``dossier_id``, or a version that does not fit.
    """
    if not change.facts:
        raise ValueError("a change needs at least one fact")
    if not change.dossier.dossier_id:
        raise ValueError("a dossier begins with Submitted: it has no dossier_id")
    if change.dossier.version != change.expected + len(change.facts):
        raise ValueError(
            f"dossier {change.dossier.name}: version {change.dossier.version} is not"
            f" {change.expected} plus {len(change.facts)} facts"
        )


def bodies_of(rows: Sequence[tuple[Any, ...]]) -> list[Fact]:
    """Return the facts of rows whose first column is the stored text."""
    return decode_all(row[0] for row in rows)


def _unwritable(fact: Fact | None, error: Exception) -> InputError:
    return InputError(f"a {type(fact).__name__} fact cannot be stored: {error}")
