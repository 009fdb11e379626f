"""`motcua up`, `flows`, `drive`, `watch`, `incidents`: what moves dossiers by itself, with Prefect and without."""

from __future__ import annotations

from typing import Annotated

import typer

from console.output import CsvFlag, JsonFlag, write_json, write_pairs, write_rows

app = typer.Typer()

_LIMIT = Annotated[int, typer.Option("--limit", min=0, help="At most so many dossiers; 0: all.")]
_LANG = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")]
_AT = Annotated[str | None, typer.Option("--at", help="As if it were this instant, not a future one; default: now.")]


@app.command()
def up(
    database: Annotated[str | None, typer.Option("--db", help="Address of the database; default: the setting.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of Prefect's server on loopback; default: the setting.")
    ] = None,
    seconds: Annotated[float, typer.Option("--for", min=0, help="End by itself after so many seconds; 0: stay.")] = 0,
    lang: _LANG = None,
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="With a sample province's dossiers, in a database apart.")
    ] = False,
) -> None:
    """Start Prefect's server and the flows that drive dossiers, show a board, stay until Ctrl-C."""
    from console.upstairs import run_up

    run_up(database=database, port=port, seconds=seconds, lang=lang, demo=demo)


@app.command()
def flows(lang: _LANG = None, *, as_json: JsonFlag = False) -> None:
    """Print the flows' last and next runs, what waits and for how long, and whether Prefect is down."""
    from console.flow_status import prefect_runs, waiting
    from console.settings import settings
    from console.wording.moving import columns, told, word
    from console.wording.numbers import number
    from console.wording.phrases import language, moment
    from console.workplace import now, workplace
    from engine.instants import parse_instant, to_seconds

    place = workplace()
    speaking = language(lang or place.language)
    chosen = settings()
    api = chosen.prefect_api_url or f"http://127.0.0.1:{chosen.prefect_port}/api"
    lines = prefect_runs(api)
    with place.opened() as (store, _):
        waits = waiting(store, now())
    if as_json:
        runs = [
            {"flow": one.flow, "last": one.last, "state": one.state, "seconds": one.seconds, "next": one.next}
            for one in lines or []
        ]
        write_json({"prefect": {"api": api, "is_up": lines is not None, "flows": runs}, **waits})
        return

    def shown(text: str | None) -> str | None:
        return None if text is None else moment(to_seconds(parse_instant(text, "UTC")), place.zone, speaking)

    if lines is None:
        print(word("prefect_down", speaking, api=api))
    else:
        print(word("prefect_up", speaking, api=api.removesuffix("/api")))
        rows = [
            {
                "flow": one.flow,
                "last": shown(one.last),
                "state": (one.state or "").lower() or None,
                "seconds": None if one.seconds is None else number(one.seconds, speaking, 1),
                "next": shown(one.next),
            }
            for one in lines
        ]
        keys = ("flow", "last", "state", "seconds", "next")
        write_rows(rows, columns(keys, speaking), empty=word("no_flows", speaking))
    write_pairs(told(waits, speaking))


@app.command()
def drive(
    number: Annotated[str | None, typer.Argument(metavar="[NO]", help="Only this dossier.")] = None,
    at: _AT = None,
    limit: _LIMIT = 0,
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Move every dossier that can move by itself, once, in this process; needs no Prefect."""
    from console.progress import counted
    from console.wording.moving import told, word
    from console.wording.phrases import language
    from console.workplace import workplace
    from workflows.drive import drive as drive_all
    from workflows.drive import drive_one

    place = workplace()
    speaking = language(lang or place.language)
    with place.opened() as (store, rulebook), counted(word("driven", speaking), quiet=as_json) as count:
        now = _not_in_the_future(at, place.zone)
        if number is not None:
            with place.machines() as machines:
                report = drive_one(store, rulebook, now, number, services=machines)
        else:
            report = drive_all(
                store,
                rulebook,
                now,
                services=place.machines(),
                limit=limit or None,
                progress=lambda so_far: count(so_far.dossiers),
            )
    figures = report.figures()
    write_json(figures) if as_json else write_pairs(told(figures, speaking))


@app.command()
def watch(at: _AT = None, limit: _LIMIT = 0, lang: _LANG = None, *, as_json: JsonFlag = False) -> None:
    """Record everything time has done (terms passed, silence, escalation), once, in this process; needs no Prefect.

    Then signals are raised on the dossiers that changed, and their agencies told, unless the setting `signals` is off.
    """
    from console.progress import counted
    from console.wording.moving import told, word
    from console.wording.phrases import language
    from console.workplace import workplace
    from workflows.watch import watch as sweep
    from workflows.watch import watch_conduct

    place = workplace()
    speaking = language(lang or place.language)
    with place.opened() as (store, rulebook), counted(word("looked_at", speaking), quiet=as_json) as count:
        now = _not_in_the_future(at, place.zone)
        report = sweep(store, rulebook, now, limit=limit or None, progress=lambda so_far: count(so_far.dossiers))
        conduct = watch_conduct(store, rulebook, now, place)
    figures = {
        "dossiers": report.dossiers,
        "facts": report.facts,
        "stale": report.stale,
        "incidents": report.incidents,
        "signals": conduct,
    }
    write_json(figures) if as_json else write_pairs(told(figures, speaking))


def _not_in_the_future(at: str | None, zone: str) -> int:
    """Return the instant, epoch seconds; what the log tells must have happened, so a future one is refused."""
    from console.workplace import instant, now
    from engine.errors import NotAllowedError

    given = instant(at, zone)
    if given > now():
        raise NotAllowedError.of(
            "at_in_the_future",
            "--at {at}: that lies in the future, and facts are recorded for good;"
            " `motcua overdue --at` and `motcua procedures rehearse` look ahead and record nothing",
            at=at,
        )
    return given


@app.command()
def incidents(
    retry: Annotated[
        int | None,
        typer.Option("--retry", metavar="ID", min=1, max=2**63 - 1, help="Let the next drive try this one."),
    ] = None,
    lang: _LANG = None,
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Also those that are over.")] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Print the dossiers that could not be driven, why, and when they are tried again."""
    from console.wording.moving import STAGES, columns, word
    from console.wording.phrases import called, language, moment
    from console.workplace import now, workplace
    from engine.instants import to_datetime

    place = workplace()
    speaking = language(lang or place.language)
    plain = as_json or as_csv

    def shown(seconds: int | None) -> str | None:
        if seconds is None:
            return None
        return to_datetime(seconds, place.zone).isoformat() if plain else moment(seconds, place.zone, speaking)

    with place.opened() as (store, _):
        found = (
            [store.incidents.retry(retry, now())]
            if retry is not None
            else store.incidents.list(is_open=None if closed else True)
        )
    rows = [
        {
            "id": one.number,
            "dossier": one.dossier_no or one.dossier_id,
            "stage": one.stage if plain else called(STAGES, one.stage, speaking),
            "attempts": one.attempts,
            "opened": shown(one.opened_at),
            "last": shown(one.last_at),
            "retry": shown(one.retry_at),
            "closed": shown(one.closed_at),
            "error": one.error,
        }
        for one in found
    ]
    keys = ["id", "dossier", "stage", "attempts", "opened", "retry", *(["closed"] if closed else []), "error"]
    empty = word("no_incidents", speaking)
    write_rows(rows, columns(keys, speaking), as_json=as_json, as_csv=as_csv, empty=empty)
