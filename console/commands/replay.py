"""`motcua replay`: turn a foreign event log into dossiers and say how many were late."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.output import JsonFlag, write_json, write_pairs

if TYPE_CHECKING:
    from console.wording.days import Language

app = typer.Typer()

_Progress = Callable[[str, int, int], None]


@app.command()
def replay(
    log: Annotated[Path, typer.Argument(help="XES or CSV (also .gz), or Parquet.", metavar="LOG")],
    mapping: Annotated[Path, typer.Option("--map", help="Mapping file; docs/replay.md tells how to write one.")],
    database: Annotated[str | None, typer.Option("--db", help="Database; default: the setting.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")] = None,
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

    from console.wording.phrases import language
    from console.workplace import now, workplace
    from workflows.mapping_file import load_mapping

    place = workplace()
    speaking = language(lang or place.language)
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
        _tell(found, place.database, speaking)


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


def _tell(found: dict[str, Any], url: str, lang: Language) -> None:
    from datetime import datetime

    from console.settings import masked
    from console.wording.days import instant_text
    from console.wording.moving import CONTRADICTIONS, word
    from console.wording.numbers import number

    def say(key: str, **values: object) -> str:
        return word(key, lang, **{name: number(it, lang) if isinstance(it, int) else it for name, it in values.items()})

    late, at = found["late"], instant_text(datetime.fromisoformat(found["judged_at"]), lang)
    terms = [say("term", days=days, count=count) for days, count in list(found["terms_days"].items())[:5]]
    if (more := len(found["terms_days"]) - 5) > 0:
        terms.append(say("more", count=more))
    overdue = say("open_overdue_told", overdue=found["open_overdue"], of=found["open_overdue_of"], at=at)
    log = say("log_told", log=found["log"], dossiers=found["dossiers"], events=found["events"])
    added = say("added_told", dossiers=found["added"], facts=found["facts"], url=masked("database", url))
    pairs: list[tuple[str, object]] = [
        (say("log"), log),
        (say("ended"), say("ended_told", ended=found["ended"], dossiers=found["dossiers"])),
        (say("late"), say("late_of", of=found["late_of"])),
        (say("by_instant"), number(late["instant"], lang)),
        (say("by_date"), number(late["date"], lang)),
        (say("by_rolled"), say("rolled_told", count=late["date_rolled"])),
        (say("open_overdue"), overdue),
        (say("by_date"), number(found["open_overdue_by"]["date"], lang)),
        (say("terms"), ", ".join(terms)),
        (say("hand_overs"), number(found["hand_overs"], lang)),
        (say("added"), added),
    ]
    if found["already_there"]:
        pairs.append((say("already_there"), number(found["already_there"], lang)))
    if found["different"]:
        shown = ", ".join(found["different"][:5])
        pairs.append((say("different"), say("different_told", count=len(found["different"]), shown=shown)))
    if not found["procedure_known"]:
        pairs.append((say("procedure"), say("procedure_unknown", procedure=found["procedure"])))
    counted = [
        f"{number(count, lang)} x {CONTRADICTIONS[kind].say(lang)}"
        for kind, count in found["contradictions"].items()
        if count
    ]
    pairs.append((say("contradictions"), "\n".join(counted) or say("none")))
    dropped = [say(f"left_out_{what}", count=count) for what, count in found["left_out"].items() if count]
    if dropped:
        pairs.append((say("left_out"), ", ".join(dropped)))
    write_pairs(pairs)
