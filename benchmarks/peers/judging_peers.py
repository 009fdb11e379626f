"""Runs inside the peer's own environment: measures pm4py's hand-over network and its XES reader, prints JSON.

Reads one JSON object from stdin: {"events": path of a Parquet file with case, step, agency and at, "xes": path of a log
or null}. Rates are events in a second of processor time; the reader is given the wall clock, too.
"""

from __future__ import annotations

import json
import sys
import time
import warnings


def main() -> None:
    warnings.simplefilter("ignore")
    order = json.load(sys.stdin)
    found: dict[str, object] = {}
    try:
        import pandas as pd
        import pm4py
    except ImportError as error:
        print(json.dumps({"absent": str(error)}))
        return
    frame = pd.read_parquet(order["events"])
    frame = pm4py.format_dataframe(frame, case_id="case", activity_key="step", timestamp_key="at")
    began = time.process_time()
    network = pm4py.discover_handover_of_work_network(frame, resource_key="agency")
    found["hand_overs_per_second"] = len(frame) / (time.process_time() - began)
    found["pairs"] = len(network.connections)
    if order["xes"]:
        began = time.monotonic()
        log = pm4py.read_xes(order["xes"], show_progress_bar=False)
        found["read_seconds"] = time.monotonic() - began
        found["read_events"] = len(log)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
