"""`motcua log …`: lateness, ping-pong, signals and waiting of a foreign event log, without a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.judging.known import naming
from console.output import JsonFlag, write_json

if TYPE_CHECKING:
    from console.wording.days import Language
    from engine.casebook import Casebook

app = typer.Typer(
    help="Judge a foreign event log: lateness, ping-pong, signals, waiting; no database.", no_args_is_help=True
)

LogFile = Annotated[Path, typer.Argument(help="XES or CSV (also .gz), Parquet or XLSX.", metavar="LOG")]
MapFile = Annotated[Path, typer.Option("--map", help="Mapping file; docs/replay.md tells how to write one.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only dossiers of which this is true: NAME=VALUE or NAME!=VALUE; may be repeated."),
]
EndedOnly = Annotated[bool, typer.Option("--ended", help="Only dossiers that have ended.")]
KeepBlanks = Annotated[bool, typer.Option("--keep-blanks", help="Take what the mapping calls blank for a value.")]
Lang = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")]
By = Annotated[str, typer.Option("--by", help="agency, officer, step, or a group of the mapping.")]
WithoutSystem = Annotated[bool, typer.Option("--without-system", help="Leave out what accounts of machines did.")]
Codes = Annotated[list[str] | None, typer.Option("--signal", help="Only this signal, e.g. S5; may be repeated.")]


def present(
    found: dict[str, Any],
    tell: Callable[[dict[str, Any], Language], None],
    lang: str | None,
    *,
    as_json: bool,
    book: Casebook | None = None,
) -> None:
    """Print a document as JSON, or tell it in lines for people, with the titles ``book`` knows."""
    if as_json:
        write_json(found)
        return
    from console.judging.titles import titled
    from console.wording.phrases import language
    from console.workplace import workplace

    speaking = language(lang or workplace().language)
    tell(found if book is None else titled(found, book, speaking), speaking)


def _book(
    log: Path, mapping: Path, where: list[str] | None = None, *, ended: bool = False, keep_blanks: bool = False
) -> Casebook:
    from console.workplace import workplace
    from workflows.log_book import read_book
    from workflows.mapping_file import load_mapping

    _, book = read_book(
        log,
        load_mapping(mapping),
        calendars=workplace().calendars,
        where=where or (),
        ended=ended,
        keep_blanks=keep_blanks,
    )
    return book


@app.command()
def summary(
    log: LogFile,
    mapping: MapFile,
    where: Where = None,
    lang: Lang = None,
    *,
    ended: EndedOnly = False,
    keep_blanks: KeepBlanks = False,
    as_json: JsonFlag = False,
) -> None:
    """Print what is in a log: dossiers, events, agencies, officers, steps, variants, and what contradicts itself."""
    from console.judging.summary import document, tell
    from console.workplace import workplace
    from workflows.log_book import read_book
    from workflows.mapping_file import load_mapping

    plan = load_mapping(mapping)
    folder = workplace().calendars
    foreign, book = read_book(log, plan, calendars=folder, where=where or (), ended=ended, keep_blanks=keep_blanks)
    present(document(book, foreign.contradictions, foreign.left_out), tell, lang, as_json=as_json)


@app.command()
def lateness(
    log: LogFile,
    mapping: MapFile,
    where: Where = None,
    lang: Lang = None,
    *,
    ended: EndedOnly = False,
    as_json: JsonFlag = False,
) -> None:
    """Print how many dossiers were late, by instant, date and rolled date, by which denominator, and through whom."""
    from console.judging.lateness import document, tell

    book = _book(log, mapping, where, ended=ended)
    with naming(book):
        present(document(book), tell, lang, as_json=as_json)


@app.command()
def pingpong(
    log: LogFile,
    mapping: MapFile,
    by: By = "agency",
    where: Where = None,
    lang: Lang = None,
    *,
    ended: EndedOnly = False,
    keep_blanks: KeepBlanks = False,
    without_system: WithoutSystem = False,
    as_json: JsonFlag = False,
) -> None:
    """Print between whom dossiers went to and fro: simple cycles of each dossier, and literal A→B→A."""
    from console.judging.ping_pong import document, tell

    book = _book(log, mapping, where, ended=ended, keep_blanks=keep_blanks)
    present(document(book, by, without_system=without_system), tell, lang, as_json=as_json)


@app.command()
def signals(
    log: LogFile,
    mapping: MapFile,
    codes: Codes = None,
    agency: Annotated[str, typer.Option(help="Only what concerns this agency.")] = "",
    by: Annotated[str, typer.Option("--by", help="Whose conduct: agency, or a group of the mapping.")] = "agency",
    where: Where = None,
    lang: Lang = None,
    *,
    ended: EndedOnly = False,
    as_json: JsonFlag = False,
) -> None:
    """Print conduct that asks for review, with rule, evidence, peers and what speaks against it. Never a verdict."""
    from console.judging.signals import document, tell

    book = _book(log, mapping, where, ended=ended)
    with naming(book):
        present(document(book, codes or (), agency=agency, by=by, mapped=True), tell, lang, as_json=as_json)


@app.command()
def waiting(
    log: LogFile,
    mapping: MapFile,
    where: Where = None,
    lang: Lang = None,
    *,
    ended: EndedOnly = False,
    as_json: JsonFlag = False,
) -> None:
    """Print why dossiers waited: contention, unavailability, batching, prioritisation, or none of these."""
    from console.judging.waiting import document, tell

    book = _book(log, mapping, where, ended=ended)
    with naming(book):
        present(document(book), tell, lang, as_json=as_json)


@app.command()
def soon(
    log: LogFile,
    mapping: MapFile,
    where: Where = None,
    lang: Lang = None,
    *,
    calibrate: Annotated[bool, typer.Option("--calibrate", help="Report how good the chances are instead.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print for each open dossier the budget left and the chance of breach; or how well such chances hold."""
    from console.judging import soon as face

    book = _book(log, mapping, where)
    with naming(book):
        if calibrate:
            present(face.calibration(book), face.tell_calibration, lang, as_json=as_json)
        else:
            present(face.document(book), face.tell, lang, as_json=as_json)


@app.command()
def scorecard(
    log: LogFile,
    mapping: MapFile,
    period: Annotated[str, typer.Option("--period", help="month, quarter, year or all.")] = "all",
    where: Where = None,
    lang: Lang = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print a scorecard for each agency and period: on-time rates, attributed lateness, signals, trend, load."""
    from console.judging.scorecard import document, tell

    book = _book(log, mapping, where)
    with naming(book):
        present(document(book, period=period), tell, lang, as_json=as_json)


@app.command()
def report(
    log: LogFile,
    mapping: MapFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    where: Where = None,
    lang: Lang = None,
) -> None:
    """Write one self-contained page about a log: lateness, bunching, hand-overs, waiting, signals, scorecards."""
    from console.report.page import write_report
    from console.wording.phrases import language
    from console.workplace import workplace
    from workflows.mapping_file import load_mapping

    plan = load_mapping(mapping)
    speaking = language(lang or workplace().language)
    cited = ", ".join(part for part in (plan.source.text, plan.source.url) if part)
    book = _book(log, mapping, where)
    with naming(book):
        write_report(book, output, title=plan.title or plan.log, source=cited, lang=speaking)
    print(output)
