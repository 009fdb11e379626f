"""Runs our deployments' flow runs inside this process: Prefect schedules and records, no process is started for a run.

A process per run costs two to three seconds of import each; here a run costs some tenths. Runs go one after another,
because on SQLite overlapping runs make Prefect's server collapse. What was scheduled while nobody ran it (a computer
asleep) is not made up for: the newest run of each deployment is enough, older ones are marked cancelled.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.events.worker import EventsWorker
from prefect.exceptions import ObjectNotFound, PrefectException
from prefect.flow_engine import run_flow
from prefect.flows import Flow
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Cancelled, Pending, Scheduled

from engine.instants import to_datetime
from workflows import flows

DEPLOYMENT: Final = "motcua"
ERRORS: Final = (PrefectException, httpx.HTTPError, OSError, RuntimeError)
"""What a Prefect server that is down, slow or restarting makes its client raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often a flow runs: every so many ``seconds``, or by ``cron`` in ``zone``; neither: on request."""

    seconds: float = 0.0
    cron: str = ""
    zone: str = "UTC"

    def as_prefect(self) -> IntervalSchedule | CronSchedule | None:
        """Return the schedule as Prefect knows it."""
        if self.cron:
            return CronSchedule(cron=self.cron, timezone=self.zone)
        return IntervalSchedule(interval=timedelta(seconds=self.seconds)) if self.seconds else None


class _Due(NamedTuple):
    number: UUID
    deployment: UUID
    is_scheduled: bool
    at: str


@dataclass(slots=True)
class Served:
    """One flow and its deployment."""

    flow: Flow[Any, Any]
    deployment: UUID
    runs: int = 0
    last_state: str = ""
    last_seconds: float = 0.0


@dataclass(slots=True)
class Runner:
    """Serves flows from this process. Used from one thread."""

    served: dict[UUID, Served] = field(default_factory=dict)

    def deploy(self, schedules: dict[str, Schedule]) -> None:
        """Register every flow with its schedule; done again it changes nothing.

        Raises:
            PrefectException: the server refused or could not be reached.
        """
        for one in flows.FLOWS:
            chosen = schedules.get(one.name, Schedule())
            made = one.to_deployment(
                DEPLOYMENT,
                schedules=[schedule] if (schedule := chosen.as_prefect()) else [],
                tags=[flows.TAG],
                concurrency_limit=1,
                description=(one.fn.__doc__ or "").strip().splitlines()[0],
            )
            made = cast("RunnerDeployment", made)
            made.entrypoint = f"workflows/flows.py:{one.fn.__name__}"
            deployment = cast("UUID", made.apply())
            self.served[deployment] = Served(one, deployment)

    def run_due(self) -> list[Served]:
        """Run what is due, oldest first, and return what ran.

        Raises:
            PrefectException: the server refused or could not be reached; what ran is recorded all the same.
        """
        with get_client(sync_client=True) as client:
            return [self._run(client, self.served[run.deployment], run.number) for run in self._due(client)]

    def run_now(self, name: str, parameters: dict[str, Any] | None = None) -> Served:
        """Run one flow at once, outside its schedule.

        Raises:
            PrefectException: the server refused or could not be reached.
        """
        served = next(one for one in self.served.values() if one.flow.name == name)
        with get_client(sync_client=True) as client:
            run = client.create_flow_run_from_deployment(
                served.deployment, parameters=parameters or {}, state=Scheduled(), tags=[flows.TAG]
            )
            return self._run(client, served, run.id)

    @staticmethod
    def settle(seconds: float = 5.0) -> None:
        """Let Prefect hand in what it still has for its server, before that server ends; give up after some seconds."""
        APILogWorker.drain_all(timeout=seconds)
        EventsWorker.drain_all(timeout=seconds)

    def _due(self, client: SyncPrefectClient) -> list[_Due]:
        """Return the newest due run of each deployment and all asked for by hand; cancel the older scheduled ones."""
        found = client.get_scheduled_flow_runs_for_deployments(
            list(self.served), scheduled_before=to_datetime(int(time.time()) + 1, "UTC"), limit=200
        )
        due = [
            _Due(run.id, run.deployment_id, bool(run.auto_scheduled), str(run.next_scheduled_start_time))
            for run in found
            if run.deployment_id in self.served
        ]
        due.sort(key=lambda one: one.at)
        newest = {one.deployment: one for one in due if one.is_scheduled}
        for one in due:
            if one.is_scheduled and newest[one.deployment] is not one:
                client.set_flow_run_state(one.number, Cancelled(message="a later run of the same schedule covers it"))
        return [one for one in due if not one.is_scheduled or newest[one.deployment] is one]

    def _run(self, client: SyncPrefectClient, served: Served, number: UUID) -> Served:
        begun = time.monotonic()
        try:
            client.set_flow_run_state(number, Pending())
            present = client.read_flow_run(number)
        except ObjectNotFound:
            return served
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            state = run_flow(served.flow, flow_run=present, parameters=present.parameters, return_type="state")
        served.runs += 1
        served.last_state = getattr(getattr(state, "type", None), "value", "")
        served.last_seconds = time.monotonic() - begun
        return served
