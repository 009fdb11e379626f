"""Time-ordered ids (UUID version 7): their first 48 bits are milliseconds, so that an index grows at its end only."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID


def new_id(at: int, entropy: bytes | None = None) -> str:
    """Return a UUIDv7 of the instant ``at`` (epoch seconds).

    Args:
        at: when the thing named came to be.
        entropy: ten bytes; None takes them from the operating system.
    """
    random = int.from_bytes(entropy if entropy is not None else secrets.token_bytes(10), "big")
    value = (at * 1000 & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62
    return str(UUID(int=value | random & (1 << 62) - 1))


def derived_id(at: int, key: str) -> str:
    """Return the UUIDv7 that belongs to ``key``: the same each time, so that a repeated act makes no second dossier.

    Example:
        >>> derived_id(1_787_000_000, "a:1") == derived_id(1_787_000_000, "a:1")
        True
        >>> derived_id(1_787_000_000, "a:1") < derived_id(1_787_000_001, "a:0")
        True
    """
    return new_id(at, hashlib.sha256(key.encode()).digest()[:10])
