"""`motcua dossier`: submit a dossier, act on it, look at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.output import CsvFlag, JsonFlag, write_json, write_pairs, write_rows

if TYPE_CHECKING:
    from engine.dossier import Dossier, Hold
    from engine.rules import Rules
    from store import Applicant, Store
    from workflows.handle import Handled
    from workflows.rulebook import Rulebook

app = typer.Typer(help="One dossier: submit it, act on it, look at it.", no_args_is_help=True)

NumberArgument = Annotated[str, typer.Argument(metavar="NO", help="The dossier's number, or its id.")]
_LANG = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")]
_AT = Annotated[str | None, typer.Option("--at", help="When it happened, '2026-08-21 16:00'; default: now.")]
_DATA = Annotated[str | None, typer.Option("--data", help="JSON or YAML file with its data, - for stdin, or {…}.")]
_COMMAND_ID = Annotated[str, typer.Option("--command-id", help="The same id twice is one act.")]


@app.command()
def submit(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The procedure's code.")],
    agency: Annotated[str, typer.Option(help="The receiving desk.")],
    applicant: Annotated[
        str, typer.Option(help="File (JSON or YAML) with name, address, phone, email, id_number; or a known reference.")
    ],
    channel: Annotated[str, typer.Option(help="direct, post or online.")] = "direct",
    paper: Annotated[list[str] | None, typer.Option(help="A paper handed in; may be given several times.")] = None,
    data: _DATA = None,
    by: Annotated[str, typer.Option(help="The officer who enters it; default: the applicant himself.")] = "applicant",
    at: _AT = None,
    command_id: _COMMAND_ID = "",
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Hand in a dossier. It gets an id now and a number when the desk receives it."""
    from console.workplace import instant, now, workplace
    from workflows.handle import submit as hand_in

    place = workplace()
    happened = instant(at, place.zone)
    read = _read_data(data)
    with place.opened() as (store, rulebook):
        handled = hand_in(
            store,
            rulebook,
            procedure=code,
            agency=agency,
            applicant=_read_applicant(applicant, happened),
            at=happened,
            by=by,
            recorded_at=now() if at else 0,
            channel=channel,
            papers=tuple(paper or ()),
            data=read,
            command_id=command_id,
        )
        _tell(store, rulebook, handled, lang, as_json=as_json)


@app.command()
def act(
    number: NumberArgument,
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="receive, finish-step, send-back … (see docs)")],
    by: Annotated[str, typer.Option(help="The officer who acts.")],
    data: _DATA = None,
    agency: Annotated[str, typer.Option(help="For which agency, where he belongs to several.")] = "",
    at: _AT = None,
    command_id: _COMMAND_ID = "",
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Record what an officer does. Exit code 3 if the rules forbid it now, 4 if somebody else was faster."""
    from console.workplace import instant, now, workplace
    from workflows.handle import act_named

    place = workplace()
    read = _read_data(data)
    if "promised" in read and isinstance(read["promised"], str):
        read["promised"] = instant(read["promised"], place.zone)
    with place.opened() as (store, rulebook):
        handled = act_named(
            store,
            rulebook,
            number,
            command,
            by=by,
            at=instant(at, place.zone),
            agency=agency,
            recorded_at=now() if at else 0,
            command_id=command_id,
            data=read,
        )
        _tell(store, rulebook, handled, lang, as_json=as_json)


@app.command("erase-applicant")
def erase_applicant(
    number: NumberArgument,
    by: Annotated[str, typer.Option(help="An officer of the desk that received it.")],
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Erase the personal data of an ended dossier's applicant for good; its facts and their chain stay as they are."""
    from console.wording.phrases import language, say
    from console.workplace import now, workplace
    from workflows.handle import erase_applicant as erase

    place = workplace()
    speaking = language(lang or place.language)
    with place.opened() as (store, rulebook):
        ref = erase(store, rulebook, number, by=by, at=now())
    if as_json:
        write_json({"applicant": ref, "erased": True})
    else:
        print(say("erased", speaking, ref=ref))


@app.command()
def show(number: NumberArgument, lang: _LANG = None, *, as_json: JsonFlag = False) -> None:
    """Print where a dossier stands: status, due instants, who has it since when, what is open now."""
    from console.dossier_view import summary
    from console.wording.phrases import language
    from console.workplace import now, workplace
    from workflows.loading import check_dossier

    place = workplace()
    with place.opened() as (store, rulebook):
        check_dossier(store, number)
        view = summary(store, rulebook, number, language(lang or place.language), place.zone, now())
    if as_json:
        write_json(view.as_json)
    else:
        write_pairs(view.pairs)


@app.command()
def history(number: NumberArgument, lang: _LANG = None, *, as_json: JsonFlag = False, as_csv: CsvFlag = False) -> None:
    """Print everything that happened to a dossier, one sentence a fact."""
    import msgspec

    from console.dossier_view import zone_of
    from console.names import Names
    from console.wording.facts import present
    from console.wording.headings import columns
    from console.wording.phrases import language, moment
    from console.workplace import workplace
    from engine.dossier import replay
    from engine.events import kind_of
    from engine.instants import to_datetime
    from workflows.loading import check_dossier

    place = workplace()
    speaking = language(lang or place.language)
    with place.opened() as (store, rulebook):
        check_dossier(store, number)
        facts = store.read(number)
        dossier = replay(facts)
        names, zone = Names.of(rulebook, speaking, dossier), zone_of(store, rulebook, dossier, place.zone)
        rows: list[dict[str, object]] = [
            {
                "version": version,
                "at": to_datetime(fact.occurred_at, zone).isoformat()
                if as_json or as_csv
                else moment(fact.occurred_at, zone, speaking),
                "kind": kind_of(fact),
                "by": fact.by,
                "agency": fact.agency,
                "sentence": present(fact, speaking, zone=zone, name=names),
                "fact": msgspec.to_builtins(fact) if as_json else None,
            }
            for version, fact in enumerate(facts, 1)
        ]
    keys = ["version", "at", *(["kind", "by", "agency"] if as_csv else []), "sentence"]
    write_rows(rows, columns(keys, speaking), as_json=as_json, as_csv=as_csv)


@app.command("control-sheet")
def control_sheet(
    number: NumberArgument, lang: _LANG = None, *, as_json: JsonFlag = False, as_csv: CsvFlag = False
) -> None:
    """Print the control sheet (form 06): who gave the dossier to whom, when it was due there and how that went."""
    from console.dossier_view import zone_of
    from console.names import Names
    from console.wording.headings import columns
    from console.wording.phrases import GRADES, called, language, moment
    from console.workplace import now, workplace
    from engine.instants import to_datetime
    from workflows.loading import check_dossier

    place = workplace()
    speaking = language(lang or place.language)
    at = now()

    with place.opened() as (store, rulebook):
        check_dossier(store, number)
        dossier = store.load(number)
        names, zone = Names.of(rulebook, speaking, dossier), zone_of(store, rulebook, dossier, place.zone)

        def shown(seconds: int | None) -> str | None:
            if seconds is None:
                return None
            if as_json or as_csv:
                return to_datetime(seconds, zone).isoformat()
            return moment(seconds, zone, speaking)

        rules = _rules_if_known(rulebook, dossier)
        rows: list[dict[str, object]] = [
            {
                "hold": hold.number,
                "giver": names(hold.from_agency or dossier.desk),
                "receiver": names(hold.agency) if hold.agency else None,
                "step": names(hold.step),
                "officer": hold.officer,
                "since": shown(hold.opened_at),
                "due": shown(hold.due),
                "until": shown(hold.closed_at),
                "outcome": hold.outcome,
                "grade": _hold_grade(dossier, hold, rules, at),
                "limit": hold.limit,
                "entry": hold.entry,
            }
            for hold in dossier.holds.values()
        ]
    if not as_json and not as_csv:
        for row in rows:
            row["grade"] = called(GRADES, str(row["grade"] or ""), speaking)
    keys = ["giver", "receiver", "step", "since", "due", "until", "grade"]
    if as_csv:
        keys = ["hold", *keys[:3], "officer", *keys[3:], "outcome", "limit", "entry"]
    write_rows(rows, columns(keys, speaking, of_steps=True), as_json=as_json, as_csv=as_csv)


def _hold_grade(dossier: Dossier, hold: Hold, rules: Rules | None, at: int) -> str | None:
    """Return early, on time, due soon or overdue; None without a term, or where its calendar is not known."""
    from engine.errors import InputError
    from engine.lateness import grade
    from engine.legal import hold_calendar

    if hold.due is None or rules is None:
        return None
    last = dossier.ended_at if dossier.origin == "live" or dossier.ended_at is not None else dossier.last_at
    try:
        calendar = hold_calendar(dossier, hold, rules)
        return grade(hold.due, calendar=calendar, finished=hold.closed_at, now=last or at).value
    except InputError:
        return None


def _rules_if_known(rulebook: Rulebook, dossier: Dossier) -> Rules | None:
    from engine.errors import InputError

    try:
        return rulebook.rules_of(dossier)
    except InputError:
        return None


def _read_data(text: str | None) -> dict[str, Any]:
    """Return the mapping a file, standard input or an argument that begins with ``{`` holds."""
    if text is None:
        return {}
    return _mapping(text, "--data")


def _read_applicant(text: str, at: int) -> Applicant | str:
    from engine.errors import InputError
    from store import Applicant
    from workflows.ids import new_id

    if not text.strip():
        raise InputError.of(
            "applicant_empty",
            "--applicant is empty: give a file, {example} or the reference of a known applicant",
            example="{…}",
        )
    if not text.startswith("{") and text != "-" and not Path(text).exists():
        if Path(text).suffix:
            raise InputError.of("applicant_no_file", "--applicant {text}: no such file", text=text)
        return text
    found = _mapping(text, "--applicant")
    fields = {"ref", "name", "address", "phone", "email", "id_number"}
    unknown = sorted(set(found) - fields)
    wrong = sorted(key for key, value in found.items() if key in fields and not isinstance(value, str | int))
    if unknown or wrong:
        raise InputError.of(
            "applicant_fields",
            "--applicant: {wrong} cannot be used; it holds texts named {known}",
            wrong=tuple(unknown + wrong),
            known=tuple(sorted(fields)),
        )
    texts = {key: str(value) for key, value in found.items()}
    if not texts.get("name", "").strip():
        raise InputError.of("applicant_nameless", "--applicant: 'name' is missing; a dossier is somebody's")
    return Applicant(
        ref=texts.get("ref") or new_id(at),
        name=texts.get("name", ""),
        address=texts.get("address", ""),
        phone=texts.get("phone", ""),
        email=texts.get("email", ""),
        id_number=texts.get("id_number", ""),
    )


def _mapping(text: str, option: str) -> dict[str, Any]:
    """Return the mapping written as JSON or YAML.

    Raises:
        InputError: it cannot be read, or is no mapping.
    """
    import sys

    from engine.errors import InputError
    from procedures.yaml_text import read_text, read_yaml

    if text.startswith("{"):
        content, name = text, option
    elif text == "-":
        content, name = sys.stdin.read(), f"{option} (stdin)"
    else:
        content, name = read_text(Path(text)), text
    document = read_yaml(content, name)
    if document.flaws:
        flaw = document.flaws[0]
        raise InputError(f"{name}: {flaw.message}; {flaw.remedy}")
    found = document.data
    if not isinstance(found, dict):
        raise InputError.of("no_mapping", "{name}: expected a mapping of names to values", name=name)
    return {str(key): value for key, value in found.items()}


def _tell(store: Store, rulebook: Rulebook, handled: Handled, lang: str | None, *, as_json: bool) -> None:
    """Print what an act led to and what is open now."""
    import msgspec

    from console.names import Names
    from console.wording.facts import present
    from console.wording.phrases import language, say
    from console.wording.terms import commands_text
    from console.workplace import workplace
    from engine.decide import open_now
    from engine.events import kind_of

    place = workplace()
    speaking = language(lang or place.language)
    dossier = handled.dossier
    names = Names.of(rulebook, speaking, dossier)
    zone = rulebook.zone_of(dossier.desk, place.zone)
    sentences = [present(fact, speaking, zone=zone, name=names) for fact in handled.facts]
    row = store.row(dossier.dossier_id)
    if as_json:
        write_json(
            {
                "dossier_id": dossier.dossier_id,
                "dossier_no": dossier.dossier_no or None,
                "version": dossier.version,
                "repeated": handled.repeated,
                "status": row.status,
                "is_movable": bool(row.is_movable),
                "facts": [{"kind": kind_of(fact), **msgspec.to_builtins(fact)} for fact in handled.facts],
                "sentences": sentences,
                "open_now": list(open_now(dossier)),
            }
        )
        return
    print(dossier.name)
    for sentence in sentences:
        print(f"  {sentence}")
    if handled.repeated:
        print(f"  {say('repeated', speaking)}")
    if row.is_movable:
        print(f"  {say('moves_by_itself', speaking)}")
    else:
        commands = commands_text(open_now(dossier), speaking) or say("nothing_open", speaking)
        print(f"  {say('open_now', speaking)}: {commands}")
