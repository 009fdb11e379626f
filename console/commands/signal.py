"""`motcua signal`: list and show signals; explain, review and close them: the right of reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.output import Column, JsonFlag, write_json, write_rows

if TYPE_CHECKING:
    from console.signal_view import Reader
    from engine.review import SignalCommand
    from workflows.rulebook import Rulebook
    from workflows.workplace import Workplace

app = typer.Typer(help="Signals and the right of reply: list, show, explain, review, close.", no_args_is_help=True)

_NO = Annotated[str, typer.Argument(metavar="NO", help="The signal's number, or its id.")]
_BY = Annotated[str, typer.Option(help="The officer who acts.")]
_AGENCY = Annotated[str, typer.Option(help="For which agency he acts, where he belongs to several.")]
_AT = Annotated[str | None, typer.Option("--at", help="When it happened, '2026-08-21 16:00'; default: now.")]
_COMMAND_ID = Annotated[str, typer.Option("--command-id", help="The same id twice is one act.")]
_LANG = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")]


@app.command("list")
def list_signals(
    agency: Annotated[str, typer.Option(help="Only those that concern this agency.")] = "",
    code: Annotated[str, typer.Option(help="Only those of this rule, e.g. S20.")] = "",
    state: Annotated[str, typer.Option(help="Only raised, notified, explained, reviewed or closed ones.")] = "",
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print the signals that were raised and how far each has come. A signal is a question for review, no verdict."""
    from console.names import Titles
    from console.signal_view import line
    from console.wording.judging import SEVERITIES
    from console.wording.phrases import called, moment
    from console.wording.signals import STATES, VERDICTS, word
    from console.workplace import workplace
    from engine.errors import InputError
    from engine.instants import parse_instant, to_seconds
    from engine.review import SignalState
    from workflows.signal_files import signal_files

    if state and state not in set(SignalState):
        raise InputError.of(
            "state_unknown", "--state {state!r} is not known: {states}", state=state, states=tuple(SignalState)
        )
    place = workplace()
    with place.opened() as (store, rulebook):
        reader = _reader(place, rulebook, lang)
        if code and code not in reader.rules and not store.register(origin="signal", procedure=code, limit=1):
            raise InputError.of(
                "signal_code_unknown",
                "--code {code}: no such signal; there are {codes}",
                code=code,
                codes=tuple(reader.rules),
            )
        if agency and not store.register(origin="signal", desk=agency, limit=1):
            rulebook.directory.agency(agency)
        titles = Titles(rulebook, reader.lang, plain=False)
        chosen = SignalState(state) if state else None
        rows = [line(file, reader) for file in signal_files(store, agency=agency, code=code, state=chosen)]
    if as_json:
        write_json(rows)
        return
    speaking = reader.lang
    if not rows:
        print(word("nothing", speaking))
        return

    def day(text: str | None) -> str | None:
        return None if text is None else moment(to_seconds(parse_instant(text, reader.zone)), reader.zone, speaking)

    keys = ("number", "code", "name", "agency", "severity", "state", "raised", "due", "verdict")
    shown = [
        row
        | {
            "number": row["signal"],
            "agency": titles.agency(row["agency"]),
            "severity": called(SEVERITIES, row["severity"], speaking),
            "state": called(STATES, row["state"], speaking)
            + (f" ({word('overdue', speaking)})" if row["is_overdue"] and row["state"] == "notified" else ""),
            "raised": day(row["raised"]),
            "due": day(row["due"]),
            "verdict": called(VERDICTS, row["verdict"], speaking) if row["verdict"] else None,
        }
        for row in rows
    ]
    write_rows(shown, [Column(key, word(key, speaking)) for key in keys])


@app.command()
def show(
    number: _NO,
    lang: _LANG = None,
    *,
    internal: Annotated[
        bool, typer.Option("--internal", help="Also officers and reasons; not for publication.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print a signal: rule and law, evidence, what speaks against it, what the agency explained, the verdict.

    No person is named unless the signal is closed and upheld, or with --internal.
    """
    from console.signal_view import document, told
    from console.workplace import now, workplace
    from workflows.signal_files import open_signal

    place = workplace()
    with place.opened() as (store, rulebook):
        file = open_signal(store, number)
        reader = _reader(place, rulebook, lang, agency=file.agency, internal=internal)
        found = document(store, file, reader, now())
    if as_json:
        write_json(found)
        return
    for text in told(found, reader):
        print(text)


@app.command()
def explain(
    number: _NO,
    by: _BY,
    reason: Annotated[str, typer.Option(help="Why it was so.")],
    remedy: Annotated[str, typer.Option(help="What the agency does about it.")] = "",
    facts: Annotated[
        list[str] | None, typer.Option("--facts", help="A dossier or fact that shows it, NO or NO/VERSION; repeatable.")
    ] = None,
    agency: _AGENCY = "",
    at: _AT = None,
    command_id: _COMMAND_ID = "",
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Record the agency's explanation. Only its own officers explain; after the limit it is recorded as late."""
    from console.workplace import instant, now, workplace
    from engine.review import Explain

    place = workplace()
    command = Explain(
        at=instant(at, place.zone),
        recorded_at=now() if at else 0,
        by=by,
        agency=agency,
        command_id=command_id,
        reason=reason,
        remedy=remedy,
        facts=tuple(facts or ()),
    )
    _act(place, number, command, lang, as_json=as_json)


@app.command()
def review(
    number: _NO,
    by: _BY,
    verdict: Annotated[str, typer.Option(help="accepted (the explanation holds) or upheld (the signal does).")],
    reason: Annotated[str, typer.Option(help="Why.")],
    agency: _AGENCY = "",
    at: _AT = None,
    command_id: _COMMAND_ID = "",
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Record a verdict. The reviewer belongs to another agency, and has no part in it."""
    from console.workplace import instant, now, workplace
    from engine.review import Review

    place = workplace()
    command = Review(
        at=instant(at, place.zone),
        recorded_at=now() if at else 0,
        by=by,
        agency=agency,
        command_id=command_id,
        reason=reason,
        verdict=verdict,
    )
    _act(place, number, command, lang, as_json=as_json)


@app.command()
def close(
    number: _NO,
    by: _BY,
    reason: Annotated[str, typer.Option(help="A remark.")] = "",
    agency: _AGENCY = "",
    at: _AT = None,
    command_id: _COMMAND_ID = "",
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Close a reviewed signal. A second person does: neither the reviewer nor one of the agency. Nothing is deleted."""
    from console.workplace import instant, now, workplace
    from engine.review import Close

    place = workplace()
    command = Close(
        at=instant(at, place.zone),
        recorded_at=now() if at else 0,
        by=by,
        agency=agency,
        command_id=command_id,
        reason=reason,
    )
    _act(place, number, command, lang, as_json=as_json)


def _act(place: Workplace, number: str, command: SignalCommand, lang: str | None, *, as_json: bool) -> None:
    """Record an act and print what it led to and what is open now."""
    import msgspec

    from console.names import Names
    from console.wording.facts import present
    from console.wording.phrases import called, language, say
    from console.wording.signals import STATES, word
    from engine.events import kind_of
    from engine.review import open_now
    from workflows.signal_files import act_on_signal

    speaking = language(lang or place.language)
    with place.opened() as (store, rulebook):
        handled = act_on_signal(store, rulebook, number, command)
        file = handled.file
        zone, names = rulebook.zone_of(file.agency, place.zone), Names(rulebook, speaking)
        sentences = [present(fact, speaking, zone=zone, name=names) for fact in handled.facts]
    is_open = open_now(file, command.at)
    if as_json:
        write_json(
            {
                "signal": file.name,
                "signal_id": file.raised.signal_id,
                "state": file.state.value,
                "verdict": file.verdict or None,
                "repeated": handled.repeated,
                "facts": [{"kind": kind_of(fact), **msgspec.to_builtins(fact)} for fact in handled.facts],
                "sentences": sentences,
                "open_now": list(is_open),
            }
        )
        return
    print(f"{file.name}  {called(STATES, file.state.value, speaking)}")
    for sentence in sentences:
        print(f"  {sentence}")
    if handled.repeated:
        print(f"  {word('repeated', speaking)}")
    named = ", ".join(word(f"open_{name}", speaking) for name in is_open) or say("nothing_open", speaking)
    print(f"  {word('open_now', speaking)}: {named}")


def _reader(
    place: Workplace, rulebook: Rulebook, lang: str | None, *, agency: str = "", internal: bool = False
) -> Reader:
    from console.signal_view import Reader
    from console.wording.phrases import language
    from procedures.signals import load_signals

    return Reader(
        rulebook=rulebook,
        rules=load_signals(),
        lang=language(lang or place.language),
        zone=rulebook.zone_of(agency, place.zone),
        is_internal=internal,
    )
