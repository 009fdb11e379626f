"""The chain: each fact carries the hash of the one before it in its dossier, so that no change goes unseen.

``hash(n) = SHA-256(hash(n − 1) ‖ bytes(n))`` where ``bytes`` is the stored text of the fact in UTF-8 and ``hash(0)``
is `GENESIS`. The stored text *is* the canonical form: what is hashed is exactly what lies in the database.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

GENESIS: Final = bytes(32)
"""What the first fact of a dossier is chained to."""


def link(previous: bytes, body: bytes) -> bytes:
    """Return the hash of a fact whose stored bytes are ``body`` and whose predecessor has hash ``previous``."""
    return sha256(previous + body).digest()


def seal(previous: bytes, day: str, upto: int, facts: int, root: bytes) -> bytes:
    """Return the hash of a daily anchor.

    Args:
        previous: hash of the anchor before it, `GENESIS` for the first.
        day: ISO date.
        upto: sequence number of the last fact it covers.
        facts: how many facts were added since the anchor before it.
        root: SHA-256 over the hashes of those facts in the order of their sequence numbers.
    """
    return sha256(previous + f"{day}|{upto}|{facts}|".encode() + root).digest()
