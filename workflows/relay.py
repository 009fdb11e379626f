"""The relay: facts leave the log in its order, to every webhook at least once; each reads with a cursor of its own.

A receiver that answers with anything but 2xx gets the same batch again, after short waits within a run and at the next
run from then on. It tells repeated events by their id.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from store import Logged, Store
from workflows.cloudevents import BATCH, cloud_event

BATCH_SIZE: Final = 200
"""Events in one request."""

WAITS: Final = (0.5, 2.0)
"""Seconds between the attempts of one run."""


@dataclass(slots=True, kw_only=True)
class RelayReport:
    """Events delivered, and for each webhook that could not be reached a sentence."""

    delivered: int = 0
    failed: list[str] = field(default_factory=list)


def subscriber_of(address: str) -> str:
    """Return the name a webhook's cursor is kept under: not the address, which may hold a secret."""
    return f"webhook:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def relay(
    store: Store,
    webhooks: Sequence[str],
    *,
    limit: int = 20_000,
    timeout: float = 10.0,
    sleep: Callable[[float], None] = time.sleep,
) -> RelayReport:
    """Send every webhook the facts it has not got yet, at most ``limit`` each; ``timeout`` in seconds a request."""
    report = RelayReport()
    with httpx.Client(timeout=timeout, follow_redirects=False) as client:
        for address in webhooks:
            for batch in unread(store, subscriber_of(address), limit):
                problem = _post(client, address, batch, sleep)
                if problem:
                    report.failed.append(f"webhook {urlsplit(address).hostname}: {problem}")
                    break
                store.move_cursor(subscriber_of(address), batch[-1].position)
                report.delivered += len(batch)
    return report


def unread(store: Store, subscriber: str, limit: int, size: int = BATCH_SIZE) -> Iterator[list[Logged]]:
    """Yield the facts a subscriber has not read, in batches, as long as it moves its cursor after each."""
    read = 0
    while read < limit:
        batch = store.facts_after(store.cursor(subscriber), min(size, limit - read))
        if not batch:
            return
        yield batch
        read += len(batch)


def _post(client: httpx.Client, address: str, batch: Sequence[Logged], sleep: Callable[[float], None]) -> str:
    """Send one batch; return why it failed, empty if it did not."""
    body = msgspec.json.encode([cloud_event(entry) for entry in batch])
    problem = ""
    for wait in (*WAITS, None):
        try:
            response = client.post(address, content=body, headers={"Content-Type": BATCH})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = type(error).__name__
        else:
            if response.is_success:
                return ""
            problem = f"answered with status {response.status_code}"
        if wait is None:
            break
        sleep(wait)
    return problem
