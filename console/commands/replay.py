"""`motcua replay`: turn a foreign event log into dossiers and say how many were late."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from console.output import JsonFlag, write_json, write_pairs

app = typer.Typer()

_Progress = Callable[[str, int, int], None]
_CONTRADICTIONS = {
    "values_differ": "values of the dossier differ between its events",
    "events_out_of_order": "events run backwards in time",
    "event_ends_before_it_starts": "an event ends before it starts",
    "event_before_receipt": "an event lies before receipt",
    "event_after_end": "an event lies after the end",
    "end_before_receipt": "the end lies before receipt",
    "due_before_receipt": "due before receipt",
    "receipt_missing": "no receipt: counted from the first event",
    "without_event": "no event at all",
}


@app.command()
def replay(
    log: Annotated[Path, typer.Argument(help="XES or CSV (also .gz), or Parquet.", metavar="LOG")],
    mapping: Annotated[Path, typer.Option("--map", help="Mapping file; docs/replay.md tells how to write one.")],
    database: Annotated[str | None, typer.Option("--db", help="Database; default: the setting.")] = None,
    *,
    prefect: Annotated[
        bool | None,
        typer.Option(
            "--prefect/--no-prefect",
            help="As a Prefect flow, or as plain functions; default: as a flow where a Prefect server answers.",
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Append the history in a foreign event log and report its lateness. Run twice it adds nothing."""
    from dataclasses import replace as altered

    from console.workplace import now, workplace
    from workflows.mapping_file import load_mapping

    place = workplace()
    if database is not None:
        place = altered(place, database=database)
    plan = load_mapping(mapping)
    server = "" if prefect is False else _prefect_server(demanded=prefect is True)
    with _progress_bar() as progress:
        if server:
            os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"  # its lines go to its pages, not here
            from workflows.flows_replay import run_replay

            report = run_replay(log, plan, place, server=server, recorded_at=now(), progress=progress)
        else:
            from workflows.replay import replay_log

            report = replay_log(log, plan, place, recorded_at=now(), progress=progress)
    found = report.as_json()
    if as_json:
        write_json(found)
    else:
        _tell(found, place.database)


def _prefect_server(*, demanded: bool) -> str:
    """Return the address of the Prefect server that answers, empty if none does.

    Raises:
        InputError: none answers although one is demanded.
    """
    import json
    from urllib.request import urlopen

    from console.settings import settings
    from engine.errors import InputError

    chosen = settings()
    known = chosen.prefect_api_url or os.environ.get("PREFECT_API_URL", "")
    address = known.rstrip("/") or f"http://127.0.0.1:{chosen.prefect_port}/api"
    try:
        if address.startswith(("http://", "https://")):
            with urlopen(f"{address}/health", timeout=2) as answer:  # noqa: S310  the scheme is checked above
                if json.loads(answer.read(100)) is True:
                    return address
    except (OSError, ValueError):
        pass  # nobody there, or somebody else: both mean that no Prefect server answers
    if demanded:
        raise InputError(f"no Prefect server answers at {address}: start one with `motcua up`, or leave out --prefect")
    return ""


@contextmanager
def _progress_bar() -> Iterator[_Progress]:
    """Show a bar on stderr where that is a terminal, and nothing where it is not."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task("reading", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(line, description=what, completed=done, total=total or None)

        yield show


def _tell(found: dict[str, Any], url: str) -> None:
    from console.settings import masked

    late, waiting = found["late"], found["open_overdue_by"]
    terms = ", ".join(f"{days} days x {count}" for days, count in list(found["terms_days"].items())[:5])
    more = len(found["terms_days"]) - 5
    pairs: list[tuple[str, object]] = [
        ("log", f"{found['log']}: {found['dossiers']} dossiers, {found['events']} events"),
        ("ended", f"{found['ended']} of {found['dossiers']}"),
        ("late", f"of {found['late_of']} ended dossiers with a due instant"),
        ("  by the instant", late["instant"]),
        ("  by the date", late["date"]),
        ("  by the rolled date", f"{late['date_rolled']} (a due date on a day off moves to the next working day)"),
        ("open and overdue", f"{found['open_overdue']} of {found['open_overdue_of']} at {found['judged_at']}"),
        ("  by the date", waiting["date"]),
        ("terms", terms + (f", {more} more" if more > 0 else "")),
        ("hand-overs", found["hand_overs"]),
        ("added", f"{found['added']} dossiers, {found['facts']} facts to {masked('database', url)}"),
    ]
    if found["already_there"]:
        pairs.append(("already there", found["already_there"]))
    if found["different"]:
        shown = ", ".join(found["different"][:5])
        pairs.append(("of these with another history", f"{len(found['different'])}: {shown}; left as they were"))
    if not found["procedure_known"]:
        pairs.append(
            ("procedure", f"{found['procedure']} is not known here: steps are shown by their names in the log")
        )
    counted = [f"{count} x {_CONTRADICTIONS[kind]}" for kind, count in found["contradictions"].items() if count]
    pairs.append(("contradictions kept", "\n".join(counted) or "none"))
    dropped = [f"{count} {what}" for what, count in found["left_out"].items() if count]
    if dropped:
        pairs.append(("left out", ", ".join(dropped)))
    write_pairs(pairs)
