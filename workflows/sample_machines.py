"""Stand-ins for the machines that service steps call in the demo: an HTTP server on loopback that answers at once.

The answer to one idempotency key is always the same; about one in twenty says that the machine failed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

SERVICES: Final = ("population_database", "tax_registration")
"""The services that the procedures of the catalogue name."""

MOST_BYTES: Final = 1_000_000


def answer_to(key: str) -> dict[str, object]:
    """Return what a machine says to a question with this idempotency key.

    Example:
        >>> answer_to("a:1") == answer_to("a:1")
        True
    """
    digest = sha256(key.encode()).digest()
    failed = digest[0] < 13
    return {"outcome": "failed" if failed else "done", "data": {}}


@contextmanager
def sample_machines() -> Iterator[dict[str, str]]:
    """Serve on a free port of loopback while the context lasts; yields the addresses by service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Machine)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="sample machines", daemon=True)
    thread.start()
    try:
        yield {service: f"http://127.0.0.1:{server.server_port}/{service}" for service in SERVICES}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Machine(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(min(size, MOST_BYTES))
        body = json.dumps(answer_to(self.headers.get("Idempotency-Key", ""))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class wants this name
        """Say nothing: the board is on the screen."""
