"""What `motcua flows` tells: Prefect's runs by its API, and the work that waits in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from store import Store

DEPLOYMENT = "motcua"
MOST_LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """One flow: its last finished or running run, and the next one scheduled; ISO texts, None where there is none."""

    flow: str
    last: str | None
    state: str | None
    seconds: float | None
    next: str | None


def prefect_runs(api: str, timeout: float = 5.0) -> list[FlowLine] | None:
    """Return the last and next run of each of our flows; None where Prefect's server does not answer."""
    try:
        with httpx.Client(base_url=api, timeout=timeout) as client:
            deployments = _post(client, "/deployments/filter", {"deployments": {"name": {"any_": [DEPLOYMENT]}}})
            flows = {flow["id"]: flow["name"] for flow in _post(client, "/flows/filter", {})}
            lines = []
            for deployment in deployments:
                of_it = {"deployments": {"id": {"any_": [deployment["id"]]}}, "limit": 1}
                state = {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "RUNNING"]}}
                last = _post(
                    client, "/flow_runs/filter", of_it | {"flow_runs": {"state": state}, "sort": "START_TIME_DESC"}
                )
                coming = _post(
                    client,
                    "/flow_runs/filter",
                    of_it
                    | {
                        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
                        "sort": "NEXT_SCHEDULED_START_TIME_ASC",
                    },
                )
                lines.append(
                    FlowLine(
                        flow=flows.get(deployment["flow_id"], deployment["name"]),
                        last=last[0]["start_time"] if last else None,
                        state=last[0]["state_type"] if last else None,
                        seconds=last[0]["total_run_time"] if last else None,
                        next=coming[0]["next_scheduled_start_time"] if coming else None,
                    )
                )
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError):
        return None
    return sorted(lines, key=lambda line: line.flow)


def waiting(store: Store, now: int) -> dict[str, int]:
    """Return what waits: dossiers to be driven and swept, letters, incidents, and lags in seconds.

    ``drive_lag`` is how long the longest waiting of the first dossiers to be driven has waited, ``watch_lag`` how long
    ago the first instant passed at which the sweep had something to do.
    """
    movable = store.movable(100_000, now=now)
    due = store.due_to_wake(now, 100_000)
    since = [row.last_recorded_at for at in movable[:MOST_LOOKED_AT] for row in store.register(after=at - 1, limit=1)]
    woken = [row.wake_at for at in due[:MOST_LOOKED_AT] for row in store.register(after=at - 1, limit=1) if row.wake_at]
    return {
        "to_drive": len(movable),
        "drive_lag": max((max(now - at, 0) for at in since), default=0),
        "to_watch": len(due),
        "watch_lag": max((max(now - at, 0) for at in woken), default=0),
        "facts_for_letters": store.backlog("letters"),
        "letters_to_send": len(store.notifications.pending(now, 10_000)),
        "incidents": len(store.incidents.list(limit=100_000)),
    }


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    response = client.post(path, json=body)
    response.raise_for_status()
    found: list[dict[str, Any]] = response.json()
    return found
