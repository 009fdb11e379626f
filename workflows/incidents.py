"""Incidents: one bad dossier waits by itself, visible, tried again later and later, and never holds up the others."""

from __future__ import annotations

from typing import Final

from store.apart import Incident
from store.store import Store

FIRST_WAIT: Final = 60
"""Seconds until the first new attempt; each further wait is twice as long."""

LONGEST_WAIT: Final = 6 * 3600
"""Seconds; no wait is longer."""


def wait_after(attempts: int) -> int:
    """Return how many seconds to wait after a number of failed attempts.

    Example:
        >>> [wait_after(n) for n in (1, 2, 3, 20)]
        [60, 120, 240, 21600]
    """
    return min(FIRST_WAIT << min(max(attempts, 1) - 1, 20), LONGEST_WAIT)


def report(store: Store, dossier_id: str, stage: str, error: BaseException, now: int) -> Incident:
    """Open an incident on a dossier, or count one more attempt on the open one, and say when to try again."""
    earlier = [found for found in store.incidents.list(dossier=dossier_id) if found.stage == stage]
    attempts = earlier[0].attempts if earlier else 0
    sentence = str(error) or type(error).__name__
    named = sentence if hasattr(error, "exit_code") else f"{type(error).__name__}: {sentence}"
    return store.incidents.open(dossier_id, stage, named, now, retry_at=now + wait_after(attempts + 1))


def waiting(store: Store) -> frozenset[str]:
    """Return the ids of the dossiers that have an open incident."""
    return frozenset(incident.dossier_id for incident in store.incidents.list(limit=100_000))
