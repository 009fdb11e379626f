"""`motcua simulate`: live through a scenario many times, and say what it comes to and how another differs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from console.output import JsonFlag, write_json

app = typer.Typer()


@app.command()
def simulate(
    scenario: Annotated[Path, typer.Argument(help="Scenario file; docs/scenarios.md tells how to write one.")],
    replications: Annotated[int, typer.Option(min=1, max=10_000, help="How many times it is lived through.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Of all chance; the same seed gives the same answers.")] = 7,
    compare: Annotated[
        list[Path] | None, typer.Option("--compare", help="Another scenario, met by the same applicants; repeatable.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", help="Write the first replication as .csv, .parquet, .xes (also .gz).")
    ] = None,
    optimise: Annotated[
        str | None, typer.Option("--optimise", help="staff: where --budget officers help most.")
    ] = None,
    budget: Annotated[int, typer.Option(min=1, max=100, help="Officers to add with --optimise staff.")] = 3,
    workers: Annotated[int, typer.Option(min=0, max=256, help="Processes; 0: one a processor.")] = 0,
    lang: Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Live through a scenario and print on-time rates, lateness, waits and load, with confidence intervals.

    A scenario to compare meets the same applicants, so that what differs is what was changed. The first simulation on a
    machine compiles for one to two minutes.
    """
    from console.judging.simulation import document, tell, tell_frontier
    from console.wording.phrases import language
    from console.workplace import workplace
    from engine.errors import InputError
    from workflows.simulation.log import check_kind, write_log
    from workflows.simulation.replications import Place, lived, loaded
    from workflows.simulation.replications import simulate as run

    place = workplace()
    speaking = language(lang or place.language)
    where = Place(calendars=place.calendars, procedures=place.procedures)
    if optimise not in {None, "staff"}:
        raise InputError(f"--optimise {optimise}: only staff can be optimised")
    if log is not None:
        check_kind(log)
    with _progress(quiet=as_json) as progress:
        if optimise:
            from dataclasses import asdict

            from workflows.simulation.staffing import add_officers

            steps = [
                asdict(step)
                for step in add_officers(
                    scenario, where, budget=budget, replications=replications, seed=seed, progress=progress
                )
            ]
            if as_json:
                write_json(steps)
            else:
                tell_frontier(steps, speaking)
            return
        outcomes = [
            run(path, where, replications=replications, seed=seed, workers=workers, progress=progress)
            for path in (scenario, *(compare or ()))
        ]
    if log is not None:
        _, book, _ = lived(*loaded(scenario, where), seed, 0)
        write_log(book, log)
    found = document(outcomes[0], outcomes[1:])
    if as_json:
        write_json(found)
    else:
        tell(found, speaking)


@app.command("scenario-schema")
def scenario_schema() -> None:
    """Print the JSON Schema of scenario files."""
    from procedures.scenarios.load import scenario_schema as schema

    write_json(schema())


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr where that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
