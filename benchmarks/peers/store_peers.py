"""Runs inside the peer's own environment: SpiffWorkflow's load-step-save on SQLite, prints JSON.

A process of eight steps in a row, as BPMN; per step: read the instance's text, deserialise, complete the step that is
ready, serialise, update, commit (WAL, NORMAL).
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

STEPS, INSTANCES, ROUNDS = 8, 60, 2
SPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def process() -> bytes:
    names = ["start", *(f"step_{n}" for n in range(1, STEPS + 1)), "end"]
    nodes = [
        '<startEvent id="start"/>',
        *(f'<manualTask id="{name}"/>' for name in names[1:-1]),
        '<endEvent id="end"/>',
    ]
    flows = [
        f'<sequenceFlow id="flow_{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairwise(names))
    ]
    inner = "".join(nodes + flows)
    permit = f'<process id="permit" isExecutable="true">{inner}</process>'
    return f'<definitions xmlns="{SPACE}">{permit}</definitions>'.encode()


def main() -> None:
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(BytesIO(process())), filename="permit.bpmn")
    spec = parser.get_spec("permit")
    serializer = BpmnWorkflowSerializer()
    by_clock = by_processor = 0.0
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "peer.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE instances (id INTEGER PRIMARY KEY, state TEXT)")
        for turn in range(ROUNDS):
            rows = range(turn * INSTANCES, (turn + 1) * INSTANCES)
            for row in rows:
                workflow = BpmnWorkflow(spec)
                workflow.do_engine_steps()
                database.execute("INSERT INTO instances VALUES (?, ?)", (row, serializer.serialize_json(workflow)))
            clock, processor = time.perf_counter(), time.process_time()
            for _ in range(STEPS):
                for row in rows:
                    database.execute("BEGIN IMMEDIATE")
                    (state,) = database.execute("SELECT state FROM instances WHERE id = ?", (row,)).fetchone()
                    workflow = serializer.deserialize_json(state)
                    (ready,) = workflow.get_tasks(state=TaskState.READY, manual=True)
                    ready.run()
                    workflow.do_engine_steps()
                    state = serializer.serialize_json(workflow)
                    database.execute("UPDATE instances SET state = ? WHERE id = ?", (state, row))
                    database.execute("COMMIT")
            count = STEPS * INSTANCES
            by_clock = max(by_clock, count / (time.perf_counter() - clock))
            by_processor = max(by_processor, count / (time.process_time() - processor))
            assert workflow.is_completed()
        database.close()
    print(json.dumps({"per_second": round(by_clock), "by_processor": by_processor}))


if __name__ == "__main__":
    main()
