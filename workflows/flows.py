"""Prefect's faces of the workflows: each flow is a table of contents of plain functions that are tested without it.

A flow is batched, short and may be repeated; it never waits for the law's days. One task carries a chunk of dossiers,
given as a range of rows. Where a flow finds its store and rules is said by `use` (inside `motcua up`) or by the
function that `MOTCUA_WORKPLACE` names (a Prefect worker): ``module:function``, by default the settings'.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from math import ceil
from typing import Final, cast
from uuid import UUID

from prefect import flow, get_run_logger, tags, task
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterEndTime, FlowRunFilterTags
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events import emit_event
from prefect.runtime import flow_run

from engine.errors import MotcuaError
from engine.events import DueSoon, Fact, LimitPassed, ResultDecided, ResultDenied, ResultIssued, kind_of
from engine.expire import expire
from engine.instants import to_datetime
from store import Logged, Store
from workflows.changes import change_of
from workflows.drive import DriveReport, drive_one, drive_rows, tell
from workflows.notify import collect, send
from workflows.relay import relay as relay_webhooks
from workflows.relay import unread
from workflows.rulebook import Rulebook
from workflows.senders import sender_of
from workflows.tables import overdue_table
from workflows.watch import SweepReport, sweep_rows, watch_conduct
from workflows.workplace import Workplace

TAG: Final = "motcua"
MOST_TASKS: Final = 10
"""Chunks, and with them task runs, in one flow run: Prefect's price is paid by the task."""

CHUNK: Final = 1_000
MOST_TAGS: Final = 20
PREFECT_SUBSCRIBER: Final = "prefect"
TOLD_TO_PREFECT: Final[tuple[type[Fact], ...]] = (DueSoon, LimitPassed, ResultDecided, ResultDenied, ResultIssued)
"""Facts that become Prefect events, so that its automations can react; all of them would drown its server."""

_PLACE: list[Workplace] = []
_CLOCK: list[Callable[[], int]] = []
_OPEN: list[tuple[Store, Rulebook]] = []


def use(place: Workplace, clock: Callable[[], int] | None = None) -> None:
    """Say where the flows of this process find their store and rules, and (for a demo's virtual time) their clock."""
    close()
    _PLACE[:] = [place]
    _CLOCK[:] = [] if clock is None else [clock]


def close() -> None:
    """Let go of this process's store."""
    while _OPEN:
        _OPEN.pop()[0].close()


def workplace() -> Workplace:
    """Return where this process works.

    Raises:
        MotcuaError: the settings are wrong, or `MOTCUA_WORKPLACE` names nothing.
    """
    if not _PLACE:
        name = os.environ.get("MOTCUA_WORKPLACE", "console.workplace:workplace")
        module, _, function = name.partition(":")
        try:
            _PLACE.append(getattr(import_module(module), function)())
        except (ImportError, AttributeError, ValueError):
            raise MotcuaError(f"MOTCUA_WORKPLACE is {name!r}: expected module:function of a workplace") from None
    return _PLACE[0]


def now() -> int:
    """Return the present instant, epoch seconds."""
    return _CLOCK[0]() if _CLOCK else int(time.time())


@flow(name="drive", persist_result=False)
def drive(limit: int = 50_000) -> dict[str, int]:
    """Move every dossier that can move by itself, at most ``limit`` of them."""
    total = DriveReport()
    store, _ = _opened()
    ranges = _ranges(store.movable(limit, now=now()))
    with _progress(len(ranges), "drive") as advanced:
        for first, last in ranges:
            total.add(drive_chunk(first, last))
            advanced()
    total.add(tell_roots())
    _tag(total.places)
    return total.figures()


@flow(name="watch", persist_result=False)
def watch(limit: int = 50_000) -> dict[str, int]:
    """Record everything time has done, publish what is overdue, and raise signals on what changed."""
    total = SweepReport()
    store, _ = _opened()
    ranges = _ranges(store.due_to_wake(now(), limit))
    with _progress(len(ranges), "watch") as advanced:
        for first, last in ranges:
            total.add(sweep_chunk(first, last))
            advanced()
    publish_overdue()
    return asdict(total) | {"signals": watch_signals()}


@flow(name="process-dossier", persist_result=False, flow_run_name="dossier {number}")
def process_dossier(number: str) -> dict[str, int]:
    """Carry one dossier as far as it goes, each step of the way a task run of its own."""
    total = DriveReport()
    store, _ = _opened()
    row = store.row(number)
    _tag({f"agency:{row.desk}", f"procedure:{row.procedure}"})
    with tags(f"agency:{row.desk}", f"procedure:{row.procedure}"):
        let_time_act(number)
        total.add(move_on(number))
        for fact in store.read(number)[row.version :]:
            _shown_step(fact)
    return total.figures()


@flow(name="relay", persist_result=False)
def relay(limit: int = 20_000) -> dict[str, int]:
    """Tell others what happened: letters, webhooks, Prefect's own events."""
    entered = enter_letters()
    sent, unsent = send_letters()
    delivered = deliver_webhooks(limit)
    return {
        "letters_entered": entered,
        "letters_sent": sent,
        "letters_failed": unsent,
        "events_delivered": delivered,
        "prefect_events": tell_prefect(limit),
    }


@flow(name="anchor", persist_result=False)
def anchor() -> str:
    """Seal every fact recorded so far under today's date; the hash belongs kept outside the database."""
    store, _ = _opened()
    at = now()
    sealed = store.anchor(to_datetime(at, workplace().zone).date(), at)
    get_run_logger().info("anchor %s %s", sealed.day, sealed.hash.hex())
    create_table_artifact(
        key="anchor",
        table=[{"day": sealed.day, "upto": sealed.upto, "facts": sealed.facts, "hash": sealed.hash.hex()}],
        description="Daily anchor: keep this hash outside the database",
    )
    return sealed.hash.hex()


@flow(name="vacuum", persist_result=False)
def vacuum(keep_hours: int = 24, limit: int = 2_000) -> int:
    """Delete our finished flow runs older than ``keep_hours`` from Prefect's server, at most ``limit``."""
    before = to_datetime(int(time.time()) - keep_hours * 3600, "UTC")
    deleted = 0
    with get_client(sync_client=True) as client:
        while deleted < limit:
            old = client.read_flow_runs(
                flow_run_filter=FlowRunFilter(
                    tags=FlowRunFilterTags(all_=[TAG]),
                    end_time=FlowRunFilterEndTime.model_validate({"before_": before}),
                ),
                sort=FlowRunSort.START_TIME_ASC,
                limit=min(200, limit - deleted),
            )
            if not old:
                break
            for run in old:
                client.delete_flow_run(run.id)
            deleted += len(old)
    return deleted


@task(name="drive-chunk", task_run_name="drive rows {first}-{last}", cache_policy=NO_CACHE, persist_result=False)
def drive_chunk(first: int, last: int) -> DriveReport:
    """Drive the movable dossiers of a range of rows, both ends included."""
    store, rulebook = _opened()
    with workplace().machines() as machines:
        at = now()
        report = DriveReport()
        for rows in _rows(lambda after: store.movable(CHUNK, after, now=at), first, last):
            report.add(drive_rows(store, rulebook, at, rows, services=machines))
        return report


@task(name="tell-roots", cache_policy=NO_CACHE, persist_result=False)
def tell_roots() -> DriveReport:
    """Record on their roots that interlinked sub-dossiers have ended."""
    store, rulebook = _opened()
    return tell(store, rulebook, now())


@task(name="sweep-chunk", task_run_name="sweep rows {first}-{last}", cache_policy=NO_CACHE, persist_result=False)
def sweep_chunk(first: int, last: int) -> SweepReport:
    """Let time act on the dossiers of a range of rows that are due to wake, both ends included."""
    store, rulebook = _opened()
    at = now()
    report = SweepReport()
    for rows in _rows(lambda after: store.due_to_wake(at, CHUNK, after), first, last):
        report.add(sweep_rows(store, rulebook, at, rows))
    return report


@task(name="time", task_run_name="time", cache_policy=NO_CACHE, persist_result=False)
def let_time_act(number: str) -> int:
    """Record what time has done to one dossier; return how many facts."""
    store, rulebook = _opened()
    dossier = store.load(number)
    rules = rulebook.rules_of(dossier)
    expected = dossier.version
    facts = expire(dossier, rules, now())
    if facts:
        store.append(change_of(dossier, facts, expected, rules))
    return len(facts)


@task(name="move", task_run_name="move", cache_policy=NO_CACHE, persist_result=False)
def move_on(number: str) -> DriveReport:
    """Move one dossier until it rests, its machines asked and its sub-dossiers started."""
    store, rulebook = _opened()
    with workplace().machines() as machines:
        return drive_one(store, rulebook, now(), number, services=machines)


@task(name="step", cache_policy=NO_CACHE, persist_result=False)
def step(said: str) -> str:
    """Show one thing that happened."""
    return said


@task(name="overdue-table", cache_policy=NO_CACHE, persist_result=False)
def publish_overdue() -> int:
    """Publish the overdue dossiers as a Prefect artifact; return how many there are."""
    store, rulebook = _opened()
    rows = overdue_table(store, rulebook, now(), workplace().zone)
    create_table_artifact(key="overdue", table=rows, description=f"Overdue dossiers: {len(rows)}")
    return len(rows)


@task(name="signals", cache_policy=NO_CACHE, persist_result=False)
def watch_signals() -> int:
    """Raise signals on what changed; return how many. A fault here holds up nothing else of the sweep."""
    store, rulebook = _opened()
    try:
        return watch_conduct(store, rulebook, now(), workplace())
    except MotcuaError as error:
        get_run_logger().warning("signals: %s", error)
        return 0


@task(name="letters-enter", cache_policy=NO_CACHE, persist_result=False)
def enter_letters() -> int:
    """Enter the letters that new facts call for."""
    store, _ = _opened()
    return collect(store, now()).entered


@task(name="letters-send", cache_policy=NO_CACHE, persist_result=False)
def send_letters() -> tuple[int, int]:
    """Send what is in the outbox; return how many were sent and how many failed."""
    place = workplace()
    sender = sender_of(place)
    if sender is None:
        return 0, 0
    store, rulebook = _opened()
    report = send(store, rulebook, sender, now(), zone=place.zone, language=place.language)
    if report.failed:
        get_run_logger().warning("letters that failed: %d", report.failed)
    return report.sent, report.failed


@task(name="webhooks", cache_policy=NO_CACHE, persist_result=False)
def deliver_webhooks(limit: int) -> int:
    """Send new facts to the webhooks."""
    store, _ = _opened()
    report = relay_webhooks(store, workplace().webhooks, limit=limit)
    for problem in report.failed:
        get_run_logger().warning("%s", problem)
    return report.delivered


@task(name="prefect-events", cache_policy=NO_CACHE, persist_result=False)
def tell_prefect(limit: int) -> int:
    """Emit the facts Prefect's automations may want to react to."""
    told = 0
    store, _ = _opened()
    for batch in unread(store, PREFECT_SUBSCRIBER, limit, 1_000):
        for entry in batch:
            if isinstance(entry.fact, TOLD_TO_PREFECT) and entry.fact.origin == "live":
                _emit(entry)
                told += 1
        store.move_cursor(PREFECT_SUBSCRIBER, batch[-1].position)
    return told


FLOWS: Final = (drive, watch, relay, anchor, vacuum, process_dossier)


def _emit(entry: Logged) -> None:
    emit_event(
        event=f"motcua.{kind_of(entry.fact)}",
        resource={"prefect.resource.id": f"motcua.dossier.{entry.dossier_id}"},
        related=[
            {"prefect.resource.id": f"motcua.agency.{entry.fact.agency}", "prefect.resource.role": "agency"}
            for _ in range(bool(entry.fact.agency))
        ],
        payload={"dossier": entry.dossier_id, "version": entry.version},
    )


def _shown_step(fact: Fact) -> None:
    """Make one task run that bears the name of what happened."""
    place = getattr(fact, "step", "") or getattr(fact, "node", "")
    said = " ".join(part for part in (kind_of(fact).partition(".")[0], place, fact.agency) if part)
    step.with_options(task_run_name=said.replace("{", "(").replace("}", ")"))(said)


def _opened() -> tuple[Store, Rulebook]:
    """Return this process's store and rules, opened once; calendars, directory and folders are looked at again."""
    if not _OPEN:
        store = workplace().open_store()
        _OPEN.append((store, workplace().rulebook(store)))
    store, rulebook = _OPEN[0]
    rulebook.refresh()
    return store, rulebook


def _ranges(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Cut ascending rows into at most `MOST_TASKS` ranges of at least `CHUNK` dossiers."""
    size = max(CHUNK, ceil(len(rows) / MOST_TASKS))
    return [(rows[at], rows[min(at + size, len(rows)) - 1]) for at in range(0, len(rows), size)]


def _rows(page: Callable[[int], list[int]], first: int, last: int) -> Iterator[list[int]]:
    """Yield pages of rows between ``first`` and ``last``, both included."""
    after = first - 1
    while rows := [row for row in page(after) if row <= last]:
        yield rows
        after = rows[-1]


@contextmanager
def _progress(parts: int, what: str) -> Iterator[Callable[[], None]]:
    """Show the progress of more than one chunk as an artifact."""
    if parts < 2:
        yield lambda: None
        return
    artifact = cast(
        "UUID", create_progress_artifact(0.0, key=f"progress-{what}", description=f"{what}: {parts} chunks")
    )
    done = 0

    def advanced() -> None:
        nonlocal done
        done += 1
        update_progress_artifact(artifact, 100.0 * done / parts)

    yield advanced


def _tag(places: set[str]) -> None:
    """Tag this flow run with the agencies and procedures it touched; a few, or none where they are too many."""
    run_id = flow_run.id
    if not places or not run_id:
        return
    chosen = sorted(places)[:MOST_TAGS]
    with get_client(sync_client=True) as client:
        present = client.read_flow_run(run_id)
        client.update_flow_run(run_id, tags=sorted({TAG, *(present.tags or []), *chosen}))
