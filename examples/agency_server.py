"""A stub of an agency's machine: answers service steps over HTTP, on loopback, the way a real one should.

    python examples/agency_server.py --port 8099 --outcome done --data '{"found": true}'
    MOTCUA_SERVICES='{"population_database": "http://127.0.0.1:8099/population"}' motcua drive

It answers ``POST`` with ``{"outcome": …, "data": …}`` and gives the same ``Idempotency-Key`` the same answer again
without doing its work twice. ``--fail 2`` makes the first two requests fail with status 503.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class AgencyServer(ThreadingHTTPServer):
    """Answers with ``outcome`` and ``data``; ``work_done`` counts real work by key, ``asked`` all requests."""

    daemon_threads = True

    def __init__(
        self, port: int = 0, *, outcome: str = "done", data: dict[str, Any] | None = None, fail: int = 0
    ) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.outcome, self.data, self.failures_left = outcome, data or {}, fail
        self.asked: list[dict[str, Any]] = []
        self.work_done: Counter[str] = Counter()
        self.guard = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: AgencyServer

    def do_POST(self) -> None:
        """Answer one request."""
        length = int(self.headers.get("Content-Length", 0))
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            self._reply(400, {"error": "the body is not JSON"})
            return
        key = self.headers.get("Idempotency-Key", "")
        if not key:
            self._reply(400, {"error": "the header Idempotency-Key is missing"})
            return
        with self.server.guard:
            self.server.asked.append(body)
            if self.server.failures_left > 0:
                self.server.failures_left -= 1
                self._reply(503, {"error": "try again later"})
                return
            self.server.work_done[key] = 1
        self._reply(200, {"outcome": self.server.outcome, "data": self.server.data})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name http.server gives
        """Say nothing."""

    def _reply(self, status: int, content: dict[str, Any]) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A stub of an agency's machine, on loopback.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--outcome", default="done")
    parser.add_argument("--data", type=json.loads, default={})
    parser.add_argument("--fail", type=int, default=0, help="let the first requests fail with 503")
    chosen = parser.parse_args()
    with AgencyServer(chosen.port, outcome=chosen.outcome, data=chosen.data, fail=chosen.fail) as server:
        print(f"answering {chosen.outcome!r} at {server.address}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("ended")


if __name__ == "__main__":
    main()
