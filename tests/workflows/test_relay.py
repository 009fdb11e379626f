"""The relay: facts reach a webhook in order, at least once, as CloudEvents; a receiver that is down gets them later."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engine.events import kind_of
from workflows.relay import relay, subscriber_of


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hook)
        self.batches, self.status, self.types = [], 204, []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/hook?token=secret"

    @property
    def events(self):
        return [event for batch in self.batches for event in batch]


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status < 300:
            self.server.types.append(self.headers["Content-Type"])
            self.server.batches.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_fact_arrives_once_in_order_as_a_cloud_event(house, receiver):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01")
    assert relay(house.store, [receiver.address]).delivered == 5
    assert relay(house.store, [receiver.address]).delivered == 0
    facts = house.store.read(dossier.dossier_no)
    assert [event["type"] for event in receiver.events] == [f"motcua.{kind_of(fact)}" for fact in facts]
    first = receiver.events[0]
    assert first["specversion"] == "1.0"
    assert first["id"] == f"{dossier.dossier_id}/1"
    assert first["source"]
    assert first["subject"] == dossier.dossier_id
    assert first["time"] == "2026-09-14T01:00:00Z"
    assert receiver.types[0].startswith("application/cloudevents-batch+json")
    assert "Trần" not in json.dumps(receiver.batches, ensure_ascii=False)


def test_a_receiver_that_is_down_gets_everything_later(house, receiver):
    house.received("T.hand", "2026-09-14 08:00")
    receiver.status = 500
    naps = []
    report = relay(house.store, [receiver.address], sleep=naps.append)
    assert report.delivered == 0
    assert naps == [0.5, 2.0]
    assert "500" in report.failed[0]
    assert "secret" not in report.failed[0]
    receiver.status = 200
    assert relay(house.store, [receiver.address]).delivered == 2


def test_one_dead_webhook_does_not_hold_up_another(house, receiver):
    house.received("T.hand", "2026-09-14 08:00")
    report = relay(house.store, ["http://127.0.0.1:9/dead", receiver.address], sleep=lambda _: None)
    assert report.delivered == 2
    assert len(report.failed) == 1


def test_a_cursor_does_not_show_the_address(receiver):
    assert "secret" not in subscriber_of(receiver.address)
