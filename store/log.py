"""The log: facts to stored text and back.

Every fact becomes one JSON text, keys in the order of its fields and those of ``data`` sorted, so that a decoded
fact encodes to the same bytes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from engine.errors import InputError
from engine.events import AnyFact, Fact
from store.chain import extend
from store.values import Change

_ENCODER = msgspec.json.Encoder(order="deterministic")
_ONE = msgspec.json.Decoder(AnyFact)
_MANY = msgspec.json.Decoder(list[AnyFact])

FactRow = tuple[int, int, str | None, str, bytes]
"""version, place within its append from 0, command id (first fact only), text, hash."""


def encode(fact: Fact) -> bytes:
    """Return the canonical bytes of a fact.

    Raises:
        InputError: a text in it cannot be written as UTF-8, or a value in ``data`` is not JSON.
    """
    try:
        return _ENCODER.encode(fact)
    except (UnicodeEncodeError, TypeError, msgspec.MsgspecError) as error:
        raise InputError(f"a {type(fact).__name__} fact cannot be stored: {error}") from None


def decode(body: str) -> Fact:
    """Return the fact a stored text tells of."""
    fact: Fact = _ONE.decode(body)
    return fact


def decode_all(bodies: Iterable[str]) -> list[Fact]:
    """Return the facts of stored texts, in one pass of the decoder."""
    return list(_MANY.decode("[" + ",".join(bodies) + "]"))


def fact_rows(change: Change, head: bytes) -> list[FactRow]:
    """Return the rows that append a change after the chain's ``head``.

    Raises:
        InputError: a fact cannot be stored.
    """
    bodies = [encode(fact) for fact in change.facts]
    hashes = extend(head, bodies)
    version = change.expected
    return [
        (version + nth + 1, nth, (change.command_id or None) if nth == 0 else None, body.decode(), digest)
        for nth, (body, digest) in enumerate(zip(bodies, hashes, strict=True))
    ]


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


def bodies_of(rows: Sequence[Sequence[str]]) -> list[Fact]:
    """Return the facts of rows whose first column is the stored text."""
    return decode_all(row[0] for row in rows)
