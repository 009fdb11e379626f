"""`motcua up`: Prefect's server and the flows it schedules, in one place, ended in good order.

The engine does not depend on Prefect: while its server is down the same work is done here without it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import InputError
from store import Store, StoreBusyError
from workflows import flows_server
from workflows.drive import drive
from workflows.notify import collect, send
from workflows.relay import relay
from workflows.rulebook import Rulebook
from workflows.senders import sender_of
from workflows.watch import watch, watch_conduct
from workflows.workplace import Workplace

if TYPE_CHECKING:
    from workflows.flows_runner import Runner

POLL_SECONDS: Final = 1.0
EAGER_SECONDS: Final = 5.0
"""A drive starts at once when something can move, but not oftener than this: each run costs Prefect's server work."""

SCHEDULED_SECONDS: Final = 60.0
SCHEDULED: Final = ("drive", "watch", "relay")
PATIENCE_SECONDS: Final = 1.5 * SCHEDULED_SECONDS
"""A flow that Prefect's scheduler has not brought for so long is run without waiting for it."""


@dataclass(slots=True, kw_only=True)
class Pulse:
    """What a board shows of the flows: runs by flow, seconds the last one took, and whether Prefect is down."""

    runs: dict[str, int] = field(default_factory=dict)
    last_seconds: dict[str, float] = field(default_factory=dict)
    last_state: dict[str, str] = field(default_factory=dict)
    is_prefect_down: bool = False
    trouble: str = ""


class Up:
    """Everything `motcua up` runs. `start`, then `turn` again and again from the same thread, then `stop`.

    Args:
        place: the installation.
        home: folder of Prefect's database and log.
        port: of the embedded server, on loopback.
        api: address of a Prefect server that runs already; empty starts one.
        clock: present instant (epoch seconds); a demo may let it run faster.
    """

    def __init__(self, place: Workplace, *, home: Path, port: int, api: str = "", clock: Callable[[], int]) -> None:
        self.place = place
        self.pulse = Pulse()
        self.clock = clock
        self._home, self._port, self._given_api = home, port, api
        self._server: flows_server.Server | None = None
        self._runner: Runner | None = None
        self._last_drive = 0.0
        self._last_run: dict[str, float] = {}
        self._last_alone = 0.0
        self._stopping = threading.Event()

    @property
    def api(self) -> str:
        """Address of Prefect's API."""
        return self._given_api or flows_server.api_url(self._port)

    @property
    def pages(self) -> str:
        """Address of Prefect's pages."""
        return self.api.removesuffix("/api")

    def check(self) -> None:
        """Refuse a port that is taken, before anything is started.

        Raises:
            InputError: it is taken; the sentence says what to do.
        """
        if not self._given_api:
            flows_server.check_port(self._port)

    def start(self) -> None:
        """Start the server and register the flows; returns when both are ready.

        Raises:
            InputError: the port is taken or the folder cannot be written.
            ServerError: the server did not start.
        """
        if not self._given_api:
            self._server = flows_server.start_server(self._home, self._port)
        os.environ.update(flows_server.environment(self._home, self.api))
        try:
            if self._server is not None:
                self._server.wait_until_ready()
            self._deploy()
        except BaseException:
            self.stop()
            raise

    def turn(self, store: Store, rulebook: Rulebook) -> None:
        """Run what is due; sooner where something can move. Takes as long as the flows take."""
        from workflows.flows_runner import ERRORS

        if self._runner is None or self._stopping.is_set():
            return
        try:
            for served in self._runner.run_due():
                self._note(served.flow.name, served.last_seconds, served.last_state, served.runs)
            for name in self._wanted(store):
                served = self._runner.run_now(name)
                self._note(name, served.last_seconds, served.last_state, served.runs)
            self.pulse.is_prefect_down = False
        except ERRORS as error:
            self.pulse.is_prefect_down = not flows_server.is_up(self.api)
            self.pulse.trouble = f"{type(error).__name__}"
            self._alone(store, rulebook)

    def stop(self) -> None:
        """Let go of the store and end the server, if it was started here."""
        self._stopping.set()
        try:
            if self._runner is not None:
                from workflows import flows

                flows.close()
                if flows_server.is_up(self.api):
                    self._runner.settle()
        finally:
            self._runner = None
            if self._server is not None:
                self._server.stop()
                self._server = None

    def _deploy(self) -> None:
        from workflows import flows
        from workflows.flows_runner import ERRORS, Runner, Schedule

        flows.use(self.place, self.clock)
        runner = Runner()
        try:
            runner.deploy(
                {name: Schedule(seconds=SCHEDULED_SECONDS) for name in SCHEDULED}
                | {
                    "anchor": Schedule(cron="30 23 * * *", zone=self.place.zone),
                    "vacuum": Schedule(cron="15 * * * *", zone=self.place.zone),
                }
            )
        except ERRORS as error:
            raise flows_server.ServerError(f"Prefect's server at {self.api} did not take our flows: {error}") from None
        self._runner = runner

    def _wanted(self, store: Store) -> list[str]:
        """Return the flows to run outside their schedule: a drive where something can move, and what is overdue."""
        present = time.monotonic()
        wanted = [name for name in SCHEDULED if present - self._last_run.setdefault(name, present) > PATIENCE_SECONDS]
        if "drive" in wanted or present - self._last_drive < EAGER_SECONDS or not store.movable(1, now=self.clock()):
            return wanted
        self._last_drive = present
        return ["drive", *wanted]

    def _alone(self, store: Store, rulebook: Rulebook) -> None:
        """Do without Prefect what its flows would have done."""
        if time.monotonic() - self._last_alone < EAGER_SECONDS:
            return
        self._last_alone = time.monotonic()
        now = self.clock()
        try:
            drive(store, rulebook, now, services=self.place.machines())
            watch(store, rulebook, now)
            self._watch_conduct(store, rulebook, now)
            collect(store, now)
            sender = sender_of(self.place)
            if sender is not None:
                send(store, rulebook, sender, now, zone=self.place.zone, language=self.place.language)
            relay(store, self.place.webhooks)
        except StoreBusyError as error:
            self.pulse.trouble = str(error)

    def _watch_conduct(self, store: Store, rulebook: Rulebook, now: int) -> None:
        """Raise signals; a fault in a rule or a calendar is told and holds up nothing else."""
        try:
            watch_conduct(store, rulebook, now, self.place)
        except InputError as error:
            self.pulse.trouble = str(error)

    def _note(self, name: str, seconds: float, state: str, runs: int) -> None:
        self._last_run[name] = time.monotonic()
        self.pulse.runs[name] = runs
        self.pulse.last_seconds[name] = seconds
        self.pulse.last_state[name] = state
        if state not in {"COMPLETED", ""}:
            self.pulse.trouble = f"flow {name}: {state.lower()}"


def home_of(place: Workplace) -> Path:
    """Return where Prefect's files lie: beside an SQLite database, else in the current folder."""
    prefix = "sqlite:///"
    beside = Path(place.database.removeprefix(prefix).partition("?")[0]).parent if prefix in place.database else Path()
    return beside / ".motcua" / "prefect"
