"""`motcua procedures`: define, check, draw, rehearse and publish administrative procedures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.output import Column, CsvFlag, JsonFlag, write_json, write_pairs, write_rows

if TYPE_CHECKING:
    from datetime import date

    from engine.procedure import Procedure
    from procedures.catalogue import Catalogue
    from procedures.checks.subject import Surroundings
    from procedures.format import ProcedureFile

app = typer.Typer(help="Administrative procedures: check, draw, rehearse, publish.", no_args_is_help=True)

_WHICH = Annotated[str, typer.Argument(help="Code of a published procedure, CODE@VERSION, or a file.")]
_OUTPUT = Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of printing.")]


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Procedure files.")],
    directory: Annotated[
        list[str] | None, typer.Option("--directory", help="Further directory of agencies (code or file).")
    ] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Tell every fault of the files with its place and remedy. Exit code 1 if there are faults, 2 if unreadable."""
    from console.procedure_lines import fault_row, print_faults
    from procedures.door import read_procedure
    from procedures.faults import find_faults, stops_publication
    from procedures.yaml_text import UnreadableError, printable

    around = _around(directory or ())
    report: list[dict[str, object]] = []
    code = 0
    for path in files:
        name = printable(str(path), 300)
        try:
            faults = find_faults(read_procedure(path), around)
        except UnreadableError as error:
            print(f"motcua: {printable(str(error), 600)}", file=sys.stderr)
            report.append({"file": name, "readable": False, "error": printable(str(error), 600), "faults": []})
            code = 2
            continue
        wrong = stops_publication(faults)
        code = max(code, 1 if wrong else 0)
        report.append({"file": name, "readable": True, "faults": [fault_row(fault) for fault in faults]})
        if not as_json:
            print_faults(name, faults)
    if as_json:
        write_json(report)
    if code:
        raise typer.Exit(code)


@app.command("list")
def list_(*, as_json: JsonFlag = False, as_csv: CsvFlag = False) -> None:
    """Print every published version: those of the agency's folders and those that come with the project."""
    from procedures.catalogue import period_of

    catalogue = _catalogue()
    rows = [
        {
            "code": one.code,
            "version": one.version,
            "title_vi": one.title.vi,
            "title_en": one.title.en,
            "field": one.field_code,
            "level": one.level,
            "limits": _limits_of(one),
            "in_force_from": one.in_force_from.isoformat(),
            "in_force_to": one.in_force_to.isoformat() if one.in_force_to else None,
            "period": period_of(one),
            "confirmed": one.confirmed,
            "steps": len(one.nodes),
        }
        for one in catalogue.all()
    ]
    shown = {"code": "code", "version": "version", "title_vi": "title", "limits": "legal limit", "period": "in force"}
    columns = [Column(key, heading, right=key == "version") for key, heading in shown.items()]
    write_rows(rows, columns, as_json=as_json, as_csv=as_csv, empty="no procedures are published")
    for error in catalogue.broken:
        print(f"motcua: {error}", file=sys.stderr)


@app.command()
def national(
    file: Annotated[Path, typer.Argument(help="A dump of the national procedure database: .jsonl or .jsonl.gz.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Count what the national procedure database says of limits, by unit and channel, and of opinions."""
    from procedures.national import survey

    found = survey(file).as_json()
    if as_json:
        write_json(found)
        return
    counted = [(f"limits in {unit.replace('_', ' ')}", number) for unit, number in found.pop("limits").items()]
    write_pairs([*((name.replace("_", " "), number) for name, number in found.items()), *counted])


@app.command()
def show(which: _WHICH, *, as_json: JsonFlag = False) -> None:
    """Print a procedure: limits, clock policy, agencies, papers, fees and every step."""
    import json

    from console.settings import settings
    from console.wording.numbers import number
    from procedures.catalogue import period_of
    from procedures.convert import definition_of
    from procedures.summary import clock_lines, step_rows

    file, procedure = _found(which)
    if as_json:
        content = {**json.loads(definition_of(file)), "digest": procedure.digest, "confirmed": procedure.confirmed}
        content["in_force"]["to"] = procedure.in_force_to
        write_json(content)
        return
    lang = settings().language
    write_pairs(
        [
            ("code", f"{procedure.code} version {procedure.version}"),
            ("title", f"{procedure.title.vi}\n{procedure.title.en}"),
            ("field", f"{procedure.field.vi} ({procedure.field_code}), {procedure.level}"),
            ("in force", period_of(procedure)),
            ("calendar", procedure.calendar),
            ("legal limit", _limits_of(procedure)),
            ("clock", "\n".join(clock_lines(procedure))),
            ("papers", "\n".join(f"{paper.code}: {paper.title.vi}" for paper in procedure.papers)),
            ("fees", "\n".join(f"{number(fee.amount, lang)} {fee.currency}: {fee.title.vi}" for fee in procedure.fees)),
            ("law", "\n".join(_source(one.text, one.confirmed) for one in procedure.legal_basis)),
            ("confirmed", "every source" if procedure.confirmed else "not every source has been confirmed"),
        ]
    )
    print()
    shown = ("step", "kind", "agency", "limit", "title", "next")
    write_rows(step_rows(procedure), [Column(key, key) for key in shown])


@app.command()
def schema() -> None:
    """Print the JSON Schema of procedure files, for editors."""
    from procedures.schema import json_schema

    write_json(json_schema())


@app.command()
def new(
    code: Annotated[str, typer.Argument(help="National code, or X.<slug> without one.")],
    title: Annotated[str, typer.Option("--title", help="Its name.")] = "",
    output: _OUTPUT = None,
) -> None:
    """Write a small sound procedure to begin with."""
    import pendulum

    from console.settings import settings
    from procedures.skeleton import new_procedure

    text = new_procedure(code, title=title or code, since=pendulum.now(settings().zone).date())
    _write(output, text)


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(help="Procedure file.")],
    since: Annotated[str | None, typer.Option("--from", help="First day in force, instead of the file's own.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to publish; default: the setting.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Put a sound file into the agency's folder of procedures, where it stays unchanged."""
    from console.settings import settings
    from engine.errors import InputError
    from procedures.catalogue import period_of
    from procedures.catalogue import publish as publish_file

    own = folder or next(iter(settings().procedures), None)
    if own is None:
        raise InputError(
            "there is no folder to publish into: set MOTCUA_PROCEDURES (or procedures in motcua.toml), or give --folder"
        )
    done = publish_file(file, own, _around((), own), since=_day(since))
    one = done.procedure
    if as_json:
        write_json(
            {
                "code": one.code,
                "version": one.version,
                "published": done.is_new,
                "in_force_from": one.in_force_from,
                "in_force_to": one.in_force_to,
                "file": done.path,
                "digest": one.digest,
            }
        )
    else:
        said = "published" if done.is_new else "already published with this content"
        print(f"{one.code} version {one.version} {said}, in force {period_of(one)}: {done.path}")


@app.command()
def diff(
    before: _WHICH,
    after: Annotated[str, typer.Argument(help="The other one: code, CODE@VERSION or file.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print what changed from one version to another."""
    from console.procedure_lines import print_changes
    from procedures.difference import differences

    changes = differences(_found(before)[0], _found(after)[0])
    if as_json:
        rows = [{"path": one.path, "kind": one.kind, "before": one.before, "after": one.after} for one in changes]
        write_json(rows)
    else:
        print_changes(changes)


@app.command()
def rehearse(
    which: _WHICH,
    start: Annotated[str | None, typer.Option("--from", help="Receipt, e.g. '2026-08-21 16:00'; default: now.")] = None,
    channel: Annotated[str, typer.Option("--channel", help="How the dossier comes in; default: the first.")] = "",
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many paths to walk.")] = 200,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Walk one dossier through every path, everybody using his whole term, and print the instants of each step."""
    import pendulum

    from console.procedure_lines import print_walks, walk_row
    from console.settings import settings
    from engine.instants import parse_instant, to_seconds
    from procedures.calendars import load_calendar
    from procedures.rehearsal import rehearse as walk_all

    _, procedure = _found(which)
    calendar = load_calendar(procedure.calendar, settings().calendars)
    received = parse_instant(start, calendar.zone) if start else pendulum.now(calendar.zone)
    found = walk_all(procedure, calendar, to_seconds(received), channel=channel, most=most)
    walks = [walk_row(number, walk, calendar.zone) for number, walk in enumerate(found.walks, 1)]
    if as_json:
        write_json(
            {
                "code": procedure.code,
                "version": procedure.version,
                "calendar": calendar.code,
                "received": received,
                "complete": found.complete,
                "paths": walks,
            }
        )
        return
    print_walks(procedure, walks)
    if not found.complete:
        print(f"Only the first {most} paths were walked; --most shows more.", file=sys.stderr)


@app.command()
def draw(
    which: _WHICH,
    output: Annotated[Path, typer.Option("--output", "-o", help="Picture to write: FILE.svg or FILE.png.")],
    language: Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting, vi.")] = None,
) -> None:
    """Draw a procedure: a lane for each agency, limits on the steps, the critical path marked."""
    from console.commands.time import chosen_language
    from console.wording.picture import picture_words
    from engine.errors import InputError
    from procedures.drawing import draw as draw_procedure

    kind = output.suffix.lower().removeprefix(".")
    if kind not in {"svg", "png"}:
        raise InputError(f"{output}: the name of the picture must end in .svg or .png")
    words = picture_words(chosen_language(language))
    _, procedure = _found(which)
    picture = draw_procedure(procedure, words, "png" if kind == "png" else "svg")
    try:
        output.write_bytes(picture)
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None


def _catalogue(own: Path | None = None) -> Catalogue:
    from console.settings import settings
    from procedures.catalogue import Catalogue

    found = settings()
    return Catalogue((*found.procedures, *(() if own is None else (own,))), calendars=found.calendars)


def _around(directories: tuple[str, ...] | list[str], own: Path | None = None) -> Surroundings:
    from console.settings import settings
    from procedures.catalogue import surroundings

    found = settings()
    folders = (*found.procedures, *(() if own is None else (own,)))
    named = (one.strip() for one in found.directory.split(",") if one.strip())
    return surroundings(folders, (*directories, *named), found.calendars)


def _found(which: str) -> tuple[ProcedureFile, Procedure]:
    """Return a file's or a published procedure; a text that is a path to a file is one."""
    from engine.errors import InputError
    from procedures.convert import to_procedure
    from procedures.door import load_file

    if which.endswith((".yaml", ".yml")) or Path(which).is_file():
        file = load_file(Path(which), _calendars_only())
        return file, to_procedure(file)
    code, at, version = which.partition("@")
    if (at and not version.isascii()) or (at and not version.isdigit()):
        raise InputError(f"{which!r}: write CODE@VERSION with a number, e.g. {code}@1")
    catalogue = _catalogue()
    procedure = catalogue.get(code, int(version) if version else None)
    return catalogue.file(procedure.code, procedure.version), procedure


def _calendars_only() -> Surroundings:
    from console.settings import settings
    from procedures.checks.subject import Surroundings

    return Surroundings(calendars=settings().calendars)


def _limits_of(procedure: Procedure) -> str:
    from procedures.summary import limit_texts

    return "; ".join(limit_texts(procedure))


def _source(text: str, confirmed: bool) -> str:
    return text if confirmed else f"{text} (not confirmed)"


def _day(text: str | None) -> date | None:
    from datetime import date

    from engine.errors import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day; write 2026-07-01") from None


def _write(output: Path | None, text: str) -> None:
    from engine.errors import InputError

    if output is None:
        print(text, end="")
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{output} exists already; choose another name") from None
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None
