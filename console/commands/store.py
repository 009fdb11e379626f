"""`motcua verify`, `anchor`, `views rebuild`: the log as evidence, and the lists made of it."""

from __future__ import annotations

from typing import Annotated

import typer

from console.output import Column, JsonFlag, write_json, write_pairs, write_rows

app = typer.Typer()
views = typer.Typer(help="The lists and states made of the log.", no_args_is_help=True)
app.add_typer(views, name="views")

_LANG = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")]
_DB = Annotated[str | None, typer.Option("--db", help="Address of the database; default: the setting.")]


@app.command()
def verify(
    database: _DB = None,
    kept: Annotated[
        list[str] | None, typer.Option("--kept", help="Hash of an anchor kept outside; give it as often as needed.")
    ] = None,
    lang: _LANG = None,
    *,
    chain_only: Annotated[bool, typer.Option("--chain-only", help="Leave out whether the views agree.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Look for facts altered, removed or inserted behind the engine's back; ends with 1 where there are any."""
    from console.progress import counted
    from console.settings import settings
    from console.wording.phrases import language
    from console.wording.sealing import WORDS, found_text, sound_text
    from store import open_store

    speaking = language(lang or settings().language)
    hashes = [_hash(text) for text in kept or []]
    with (
        open_store(database or settings().database, create=False) as store,
        counted(WORDS["looked_at"].say(speaking), quiet=as_json) as progress,
    ):
        findings = store.verify(views=not chain_only, kept=hashes, progress=progress)
        anchors = store.anchors()
    if as_json:
        rows = [
            {"what": one.what, "dossier": one.dossier, "version": one.version, "sentence": one.sentence}
            for one in findings
        ]
        last = {"day": anchors[-1].day, "hash": anchors[-1].hash.hex()} if anchors else None
        write_json({"sound": not findings, "findings": rows, "anchors": len(anchors), "last_anchor": last})
    elif findings:
        for one in findings:
            typer.echo(found_text(one, speaking))
    else:
        typer.echo(sound_text(anchors, speaking))
    raise typer.Exit(1 if findings else 0)


@app.command()
def anchor(
    database: _DB = None,
    lang: _LANG = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="Print the anchors there are and make none.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Seal every fact recorded so far with one hash; keep that hash somewhere else, too."""
    from datetime import date

    from console.settings import settings
    from console.wording.numbers import number
    from console.wording.phrases import language
    from console.wording.sealing import WORDS, day_of
    from console.workplace import now
    from engine.instants import to_datetime
    from store import open_store

    chosen = settings()
    speaking = language(lang or chosen.language)
    with open_store(database or chosen.database, create=False) as store:
        at = now()
        today = to_datetime(at, chosen.zone)
        found = store.anchors() if listed else [store.anchor(date(today.year, today.month, today.day), at)]
    rows = [
        {
            "number": one.number,
            "day": one.day,
            "facts": one.facts,
            "upto": one.upto,
            "hash": one.hash.hex(),
            "made_at": to_datetime(one.made_at, chosen.zone),
        }
        for one in found
    ]
    if as_json:
        write_json(rows if listed else rows[0])
        return
    told = [
        row | {"day": day_of(one, speaking), "facts": number(one.facts, speaking)}
        for one, row in zip(found, rows, strict=True)
    ]
    keys = ("number", "day", "facts", "hash")
    if listed:
        headings = {key: WORDS["anchor" if key == "number" else key].say(speaking) for key in keys}
        columns = [Column(key, headings[key], right=key in {"number", "facts"}) for key in keys]
        write_rows(told, columns, empty=WORDS["anchor_none"].say(speaking))
    else:
        write_pairs((WORDS[key].say(speaking), told[0][key]) for key in keys)


@views.command()
def rebuild(database: _DB = None, lang: _LANG = None, *, as_json: JsonFlag = False) -> None:
    """Make the lists and states again from the log, and name the dossiers whose lists differed from it."""
    from dataclasses import replace

    from console.progress import counted
    from console.wording.phrases import language
    from console.wording.sealing import WORDS, rebuilt_lines
    from console.workplace import workplace
    from engine.dossier import Dossier
    from engine.errors import MotcuaError
    from engine.expire import wake_at

    place = workplace()
    speaking = language(lang or place.language)
    place = place if database is None else replace(place, database=database)
    with place.opened(create=False) as (store, rulebook):

        def wake(dossier: Dossier) -> int | None:
            try:
                return wake_at(dossier, rulebook.rules_of(dossier))
            except MotcuaError:  # the sweep meets the same sentence and makes it that dossier's incident
                return dossier.last_recorded_at

        with counted(WORDS["looked_at"].say(speaking), quiet=as_json) as progress:
            report = store.rebuild_views(wake, progress=progress)
    if as_json:
        write_json(
            {
                "dossiers": report.dossiers,
                "holds": report.holds,
                "rewoken": report.rewoken,
                "repaired": list(report.repaired),
            }
        )
        return
    for line in rebuilt_lines(report, speaking):
        typer.echo(line)


def _hash(text: str) -> bytes:
    from engine.errors import InputError

    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise InputError.of(
            "no_anchor_hash",
            "--kept {text!r} is not the hash of an anchor: 64 hexadecimal digits are expected",
            text=text,
        )
    return found
