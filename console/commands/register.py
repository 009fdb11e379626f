"""`motcua import-register`: take a desk's own register over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.output import JsonFlag, write_json, write_pairs

app = typer.Typer()


@app.command()
def import_register(
    file: Annotated[Path, typer.Argument(help="The register, .xlsx or .csv.", metavar="FILE")],
    mapping: Annotated[Path, typer.Option("--map", help="Mapping file; docs/registers.md tells how to write one.")],
    at: Annotated[
        str | None, typer.Option("--at", help="Up to when the register tells, '2026-08-21 16:00'; default: now.")
    ] = None,
    database: Annotated[str | None, typer.Option("--db", help="Database; default: the setting.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make live dossiers of a register's open rows and history of its finished ones. Run twice it adds nothing."""
    from dataclasses import replace as altered

    from console.wording.moving import word
    from console.wording.numbers import number
    from console.wording.phrases import language
    from console.workplace import instant, now, workplace
    from workflows.mapping_file import load_mapping
    from workflows.register_import import import_register as take_over

    place = workplace()
    speaking = language(lang or place.language)
    if database is not None:
        place = altered(place, database=database)
    plan = load_mapping(mapping)
    found = take_over(file, plan, place, at=instant(at, plan.zone), recorded_at=now(), dry_run=dry_run).as_json()
    if as_json:
        write_json(found)
        return
    write_pairs(
        [
            (word("now_live", speaking), number(found["opened"], speaking)),
            (word("finished", speaking), number(found["finished"], speaking)),
            (word("already_there", speaking), number(found["already_there"], speaking)),
            (word("written", speaking), word("yes" if found["written"] else "dry_run", speaking)),
        ]
    )
