"""`motcua lateness`, `pingpong`, `signals`, `waiting`, `scorecard`: the store's dossiers judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.commands.log import By, Codes, Lang, WithoutSystem, present
from console.judging.known import naming
from console.output import JsonFlag

if TYPE_CHECKING:
    from engine.casebook import Casebook

app = typer.Typer()

_Agency = Annotated[str, typer.Option(help="Only dossiers that this agency received or had.")]
_From = Annotated[str | None, typer.Option("--from", help="Only dossiers received from this instant on.")]
_To = Annotated[str | None, typer.Option("--to", help="Only dossiers received before this instant.")]
_Log = Annotated[str, typer.Option("--log", help="A replayed log, by its name; default: the store's own dossiers.")]
_At = Annotated[str | None, typer.Option("--at", help="Judged at this instant; default: now.")]


@contextmanager
def opened_book(
    agency: str, since: str | None, until: str | None, at: str | None = None, *, log: str = ""
) -> Iterator[Casebook]:
    """Open the store and give its casebook.

    Raises:
        InputError: an instant cannot be read, or no dossier and no entry of the directory knows the agency.
    """
    from console.workplace import instant, workplace
    from engine.errors import InputError
    from workflows.store_book import open_casebook

    place = workplace()
    begin, end = (instant(text, place.zone) if text else None for text in (since, until))
    if begin is not None and end is not None and end <= begin:
        raise InputError.of(
            "period_empty",
            "--to {until}: that is not after --from {since}; nothing was received in between",
            until=until,
            since=since,
        )
    with place.opened() as (store, rulebook):
        book = open_casebook(store, rulebook, instant(at, place.zone), log=log, agency=agency, since=begin, until=end)
        with naming(book):
            yield book


@app.command()
def lateness(
    agency: _Agency = "",
    since: _From = None,
    until: _To = None,
    at: _At = None,
    log: _Log = "",
    lang: Lang = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print how many dossiers are late, by instant, date and rolled date, by which denominator, and through whom."""
    from console.judging.lateness import document, tell

    with opened_book(agency, since, until, at, log=log) as book:
        present(document(book), tell, lang, as_json=as_json, book=book)


@app.command()
def pingpong(
    by: By = "agency",
    agency: _Agency = "",
    since: _From = None,
    until: _To = None,
    log: _Log = "",
    lang: Lang = None,
    *,
    without_system: WithoutSystem = False,
    as_json: JsonFlag = False,
) -> None:
    """Print between whom dossiers went to and fro: simple cycles of each dossier, and literal A→B→A."""
    from console.judging.ping_pong import document, tell

    with opened_book(agency, since, until, log=log) as book:
        present(document(book, by, without_system=without_system), tell, lang, as_json=as_json, book=book)


@app.command()
def signals(
    codes: Codes = None,
    agency: Annotated[str, typer.Option(help="Only what concerns this agency.")] = "",
    since: _From = None,
    until: _To = None,
    at: _At = None,
    log: _Log = "",
    lang: Lang = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print conduct that asks for review, with rule, evidence, peers and what speaks against it. Never a verdict.

    This looks and records nothing; `motcua watch` raises signals, `motcua signal` shows and answers them.
    """
    from console.judging.signals import document, tell

    with opened_book("", since, until, at, log=log) as book:
        present(document(book, codes or (), agency=agency), tell, lang, as_json=as_json, book=book)


@app.command()
def waiting(
    agency: _Agency = "",
    since: _From = None,
    until: _To = None,
    log: _Log = "",
    lang: Lang = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print why dossiers waited: contention, unavailability, batching, prioritisation, or none of these."""
    from console.judging.waiting import document, tell

    with opened_book(agency, since, until, log=log) as book:
        present(document(book), tell, lang, as_json=as_json, book=book)


@app.command()
def scorecard(
    agency: _Agency = "",
    since: _From = None,
    until: _To = None,
    period: Annotated[str, typer.Option("--period", help="month, quarter, year or all.")] = "month",
    log: _Log = "",
    lang: Lang = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print a scorecard for each agency and period: on-time rates, attributed lateness, signals, trend, load."""
    from console.judging.scorecard import document, tell

    with opened_book("", since, until, log=log) as book:
        counts = _signal_counts(book.zone, period)
        present(document(book, period=period, agency=agency, signals=counts), tell, lang, as_json=as_json, book=book)


def _signal_counts(zone: str, period: str) -> dict[tuple[str, str], dict[str, int]]:
    """Count the store's signals by agency and period."""
    from console.workplace import workplace
    from workflows.signal_files import signal_counts

    with workplace().opened() as (store, _):
        return signal_counts(store, zone, period=period)


@app.command()
def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    agency: _Agency = "",
    since: _From = None,
    until: _To = None,
    at: _At = None,
    log: _Log = "",
    lang: Lang = None,
) -> None:
    """Write one self-contained page about the store: lateness, bunching, hand-overs, waiting, signals, scorecards."""
    from console.report.page import write_report
    from console.report.sections.replies import replies
    from console.wording.phrases import language
    from console.wording.report import REPORT
    from console.workplace import workplace
    from workflows.signal_files import signal_files

    speaking = language(lang or workplace().language)
    title, source = (REPORT[key].say(speaking) for key in ("store_title", "store_source"))
    with workplace().opened() as (store, _):
        filed = replies(signal_files(store, agency=agency))
    with opened_book(agency, since, until, at, log=log) as book:
        write_report(book, output, title=title, source=source, lang=speaking, filed=filed)
    print(output)
