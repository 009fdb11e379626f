"""`motcua soon`: whom to call now, before dossiers are late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.commands.log import Lang, present
from console.output import JsonFlag

if TYPE_CHECKING:
    from engine.casebook import Casebook

app = typer.Typer()


@app.command()
def soon(
    agency: Annotated[str, typer.Option(help="Only what this agency has, or received as a desk.")] = "",
    within: Annotated[
        str, typer.Option("--within", help="Only with at most so much office time left, e.g. '2 working days'.")
    ] = "",
    min_chance: Annotated[
        float, typer.Option("--min-chance", min=0, max=1, help="Only with at least this chance of breach, e.g. 0.5.")
    ] = 0.0,
    at: Annotated[str | None, typer.Option("--at", help="Judged at this instant; default: now.")] = None,
    log: Annotated[
        str, typer.Option("--log", help="A replayed log, by its name; default: the store's own dossiers.")
    ] = "",
    lang: Lang = None,
    *,
    calibrate: Annotated[bool, typer.Option("--calibrate", help="Report how good the chances are instead.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print for each open dossier the term left, the way still to go and the chance of breach, likeliest first.

    Chances are learnt from the store's own dossiers that ended; docs/soon.md tells how, and how far to trust them.
    """
    from console.judging import soon as face
    from console.workplace import instant, workplace
    from workflows.critical_path import critical_paths
    from workflows.store_book import open_casebook

    place = workplace()
    with place.opened() as (store, rulebook):
        # All dossiers are read, whatever is shown: history is everybody's.
        book = open_casebook(store, rulebook, instant(at, place.zone), log=log).with_acts()
        if agency and agency not in rulebook.directory.agencies and not _is_known(book, agency):
            rulebook.directory.agency(agency)
        if calibrate:
            present(face.calibration(book), face.tell_calibration, lang, as_json=as_json)
            return
        ways = critical_paths(store, rulebook, book)
    found = face.document(book, critical=ways, agency=agency, within=within, min_chance=min_chance)
    present(found, face.tell, lang, as_json=as_json, book=book)


def _is_known(book: Casebook, agency: str) -> bool:
    return bool((book.holds["agency"] == agency).any() or (book.dossiers["desk"] == agency).any())
