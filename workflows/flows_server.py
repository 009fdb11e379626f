"""Prefect's server as a child of `motcua up`: on loopback, in a folder of its own, quiet, sweeping up after itself."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from engine.errors import InputError, MotcuaError

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 180.0
STOP_SECONDS: Final = 15.0
KEEP_HOURS: Final = 24
"""How long the embedded server keeps finished runs and events: at three runs a minute a day is some 150 MB."""


class ServerError(MotcuaError):
    """Prefect's server did not start or is not there."""


def api_url(port: int) -> str:
    """Return the address of the embedded server's API."""
    return f"http://{HOST}:{port}/api"


def environment(home: Path, api: str) -> dict[str, str]:
    """Return the variables under which Prefect runs here, server and flows alike."""
    return {
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "900",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEEP_HOURS * 3600),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"PT{KEEP_HOURS}H",
    }


def check_port(port: int) -> None:
    """Refuse a port that somebody else listens on.

    Raises:
        InputError: it is taken; the sentence says what to do.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(
                f"port {port} on {HOST} cannot be used ({error.strerror}): another `motcua up` or Prefect server may be"
                f" running there; give another with --port {port + 1} or MOTCUA_PREFECT_PORT={port + 1}, or use that"
                f" server with MOTCUA_PREFECT_API_URL={api_url(port)}"
            ) from None


@dataclass(slots=True)
class Server:
    """A running server and where it is; only what was started here is ever ended."""

    process: subprocess.Popen[bytes]
    api: str
    log: Path

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until the server answers.

        Raises:
            ServerError: it ended, or did not answer in time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.is_alive:
                raise ServerError(f"Prefect's server ended while starting; see {self.log}: {self._last_words()}")
            if is_up(self.api):
                return
            time.sleep(0.2)
        raise ServerError(f"Prefect's server did not answer within {seconds:.0f} s; see {self.log}")

    def stop(self) -> None:
        """End the server: ask first, insist after some seconds."""
        if not self.is_alive:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


def start_server(home: Path, port: int, extra: Mapping[str, str] | None = None) -> Server:
    """Start Prefect's server in a process of its own and return at once.

    Args:
        home: where it keeps its database and log; made if needed.
        port: on loopback.
        extra: further variables, for tests.

    Raises:
        InputError: the port is taken or the folder cannot be written.
    """
    check_port(port)
    api = api_url(port)
    log = home / "server.log"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603  our own interpreter with fixed arguments
                [
                    *(sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"),
                    *("--host", HOST, "--port", str(port), "--log-level", "warning", "--lifespan", "on"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment(home, api), **(extra or {})},
                preexec_fn=_alone if os.name == "posix" else None,  # noqa: PLW1509  no threads have started yet
            )
    except OSError as error:
        raise InputError(f"Prefect's folder {home} cannot be used: {error.strerror or error}") from None
    return Server(process, api, log)


def is_up(api: str, timeout: float = 2.0) -> bool:
    """Tell whether a Prefect server answers at an address."""
    try:
        return httpx.get(f"{api}/health", timeout=timeout).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG: Final = 1


def _alone() -> None:
    """Ctrl-C goes to `motcua up` alone, which then ends the server in good order; killed, it leaves none behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
