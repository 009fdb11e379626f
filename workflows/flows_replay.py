"""Replay as a Prefect flow: the plain functions of `workflows.replay` seen as tasks, with a progress artifact.

Only names go to the server as parameters: the database's address, with its password, stays in this process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow, tags, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import PrefectException
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from engine.errors import InputError
from store.mapping import Mapping
from store.store import Store
from workflows.foreign import ForeignLog
from workflows.kept_logs import keep_log
from workflows.replay import (
    CHUNK,
    Appended,
    Progress,
    ReplayReport,
    append_chunk,
    check_target,
    judge,
    publish_procedure,
    read_foreign,
    report,
    silently,
)
from workflows.workplace import Workplace

MOST_TASKS = 10
"""Tasks a run appends in, at most: each costs the server about 27 ms."""

_PLAIN: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}

read = task(name="read the log", **_PLAIN)(read_foreign)
grade = task(name="grade its lateness", **_PLAIN)(judge)


@task(name="append", task_run_name="append dossiers {first} to {last}", **_PLAIN)
def append(store: Store, foreign: ForeignLog, first: int, last: int, *, recorded_at: int) -> Appended:
    """Append dossiers ``first`` to ``last`` (inclusive), `CHUNK` at a time."""
    done = Appended()
    for start in range(first, last + 1, CHUNK):
        done.add(append_chunk(store, foreign, start, recorded_at=recorded_at, count=min(CHUNK, last + 1 - start)))
    return done


def run_replay(
    path: Path,
    mapping: Mapping,
    place: Workplace,
    *,
    server: str,
    recorded_at: int,
    progress: Progress = silently,
) -> ReplayReport:
    """Do what `workflows.replay.replay_log` does as one flow run on the Prefect server at ``server``.

    Raises:
        InputError: as there; or the server stopped answering, in which case what was appended stays.
    """

    @flow(name="replay", flow_run_name="replay {log}", persist_result=False)
    def replay(log: str, file: str) -> ReplayReport:  # noqa: ARG001  what the server shows of the run
        progress("reading", 0, 0)
        foreign = read(path, mapping, calendars=place.calendars)
        calendar, at, figures = grade(foreign, place.calendars)
        with place.opened() as (store, rulebook):
            check_target(store, foreign)
            known = publish_procedure(rulebook, foreign)
            keep_log(store, mapping, at)
            appended = _append_all(store, foreign, recorded_at, progress)
        return report(foreign, at, figures, calendar, appended, procedure_known=known)

    settings = {
        PREFECT_API_URL: server,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    try:
        with temporary_settings(settings), tags(mapping.procedure, mapping.log):
            return replay(log=mapping.log, file=path.name)
    except (PrefectException, OSError) as error:
        raise InputError(
            f"the Prefect server at {server} stopped answering ({type(error).__name__}): what was appended stays;"
            " run it again with --no-prefect for the rest"
        ) from None


def _append_all(store: Store, foreign: ForeignLog, now: int, progress: Progress) -> Appended:
    count = foreign.dossiers.height
    size = max(CHUNK, -(-count // MOST_TASKS))
    artifact = create_progress_artifact(progress=0.0, key="replay", description=f"{foreign.mapping.log}: dossiers")
    done = Appended()
    for first in range(0, count, size):
        progress("appending", first, count)
        last = min(first + size, count) - 1
        done.add(append(store, foreign, first, last, recorded_at=now))
        if isinstance(artifact, UUID):
            update_progress_artifact(artifact_id=artifact, progress=100.0 * (last + 1) / count)
    progress("appending", count, count)
    return done
