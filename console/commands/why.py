"""`motcua why`: how a dossier's due instants came about, and who has it since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.output import JsonFlag, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.dossier_view import Measured
    from console.wording.days import Language
    from engine.derivation import Derivation
    from engine.dossier import Dossier, Hold
    from engine.rules import Rules
    from engine.term import Term
    from store import Store
    from workflows.rulebook import Rulebook

app = typer.Typer()


@app.command()
def why(
    number: Annotated[str, typer.Argument(metavar="NO", help="The dossier's number, or its id.")],
    lang: Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Judged at, '2026-08-21 16:00'; default: now.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also the terms of steps that are done.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print every day counted or skipped, every stop and roll, of the legal term and of the steps open now.

    Then whose time it was: who had it at which step, from when to when, in office time and by day and night. Of a late
    dossier also whose lateness it is: who is charged how much of it, and why.
    """
    from console.dossier_view import measured, standing
    from console.names import Names
    from console.whose_time import whose_time
    from console.wording.phrases import language, moment, say
    from console.workplace import instant, workplace
    from engine.derivation import as_data
    from engine.instants import to_datetime
    from engine.legal import legal_clock
    from workflows.loading import check_dossier

    place = workplace()
    speaking = language(lang or place.language)
    with place.opened() as (store, rulebook):
        check_dossier(store, number)
        dossier = store.load(number)
        names = Names.of(rulebook, speaking, dossier)
        by = measured(store, rulebook, dossier, place.zone, instant(at, rulebook.zone_of(dossier.desk, place.zone)))
        zone, calendar, judged = by.zone, by.calendar, by.at
        rules = _rules(rulebook, dossier)
        clock = legal_clock(dossier, rules) if rules is not None else None
        legal = None if clock is None else clock.derivation()
        stands = standing(dossier, calendar, judged)
        whose = whose_time(dossier, rulebook.directory, calendar, judged)
        holds = [hold for hold in dossier.holds.values() if every or hold.closed_at is None]
        derived = list(_hold_derivations(dossier, holds, rules))
        charged = _charged(store, rulebook, dossier, by) if stands.grade == "overdue" else None

    terms = () if clock is None else clock.history
    broken = terms[-1] if terms and terms[-1].ended is not None else None
    due = None if clock is None else clock.due_seconds
    agrees = clock is None or due == dossier.due or (dossier.origin == "live" and dossier.ended_at is not None)

    def iso(seconds: int | None) -> str | None:
        return None if seconds is None else to_datetime(seconds, zone).isoformat()

    if as_json:
        write_json(
            {
                "dossier": dossier.name,
                "recorded_due": iso(dossier.due),
                "legal": None if legal is None else as_data(legal),
                "earlier_terms": [
                    {
                        "from": iso(term.start),
                        "due": iso(term.due),
                        "ended": iso(term.ended),
                        "ground": term.ground,
                        "passed": _has_passed(term),
                    }
                    for term in terms
                    if term.ended is not None
                ],
                "agrees": agrees,
                "grade": stands.grade,
                "late_by": stands.late_by,
                "stopped_since": iso(stands.still_since),
                "judged_at": iso(judged),
                "held_by": [
                    {
                        "hold": hold.number,
                        "step": hold.step,
                        "agency": hold.agency or None,
                        "officer": hold.officer or None,
                        "since": iso(hold.opened_at),
                        "until": iso(hold.closed_at),
                        "due": iso(hold.due),
                        "derivation": None if derivation is None else as_data(derivation),
                    }
                    for hold, derivation in derived
                ],
                "whose_time": whose.as_json(zone),
                **({} if charged is None else {"attribution": charged}),
            }
        )
        return
    print(f"{dossier.name}  {names.procedure_title()}".rstrip())
    for term in terms[:-1]:
        print(f"  {_broken_off('earlier_term', term, zone, speaking)}")
    if legal is not None:
        _print(legal, speaking, "  ", from_receipt=len(terms) == 1)
        if broken is not None:
            print(f"  {_broken_off('broken_off', broken, zone, speaking)}")
        if not agrees and dossier.due is not None:
            print(f"  {say('recorded_due', speaking)}: {moment(dossier.due, zone, speaking)}")
    elif dossier.due is not None:
        print(f"  {say('due', speaking)}: {moment(dossier.due, zone, speaking)}")
    if stands.grade is not None:
        text = _standing_text(stands.grade, stands.late_by, speaking)
        if stands.still_since is not None:
            text += f"; {say('still_since', speaking, since=moment(stands.still_since, zone, speaking))}"
        print(f"  {text}")
    for hold, derivation in derived:
        who = names(hold.agency) if hold.agency else say("applicant", speaking)
        officer = f", {hold.officer}" if hold.officer else ""
        print()
        print(
            f"{names(hold.step)}: {who}{officer},"
            f" {say('held_since', speaking)} {moment(hold.opened_at, zone, speaking)}"
        )
        if derivation is not None:
            _print(derivation, speaking, "  ", from_receipt=False, of_step=True)
    if whose.tiles:
        print(f"\n{say('whose_time', speaking).capitalize()}:")
        for line in whose.lines(names, zone, speaking):
            print(f"  {line}")
    if charged is not None:
        from console.judging.attribution import sentences

        print()
        for line in sentences(charged, names, speaking):
            print(line)


def _hold_derivations(
    dossier: Dossier, holds: list[Hold], rules: Rules | None
) -> Iterator[tuple[Hold, Derivation | None]]:
    from engine.errors import InputError
    from engine.legal import hold_clock

    for hold in holds:
        try:
            clock = hold_clock(dossier, hold, rules) if rules is not None else None
            yield hold, None if clock is None else clock.derivation()
        except InputError:
            yield hold, None


def _charged(store: Store, rulebook: Rulebook, dossier: Dossier, by: Measured) -> dict[str, Any] | None:
    """Return whose lateness it is; None where a calendar does not reach that far."""
    from console.judging.attribution import one
    from engine.errors import InputError
    from engine.responsibility.attribution import attribute
    from workflows.store_book import casebook_of_one

    try:
        now = max(by.at, dossier.ended_at or by.at)
        book = casebook_of_one(store, rulebook, store.row(dossier.dossier_id), now, by.log)
        return one(attribute(book, every=True))
    except InputError:
        return None


def _rules(rulebook: Rulebook, dossier: Dossier) -> Rules | None:
    """Return the dossier's rules; None for a replayed one whose procedure is not known here."""
    from engine.errors import InputError

    try:
        return rulebook.rules_of(dossier)
    except InputError:
        return None


def _has_passed(term: Term) -> bool:
    """Tell whether a term that was broken off had run out by then."""
    return term.due is not None and term.ended is not None and term.due < term.ended


def _broken_off(phrase: str, term: Term, zone: str, lang: Language) -> str:
    """Return the sentence about a term that was broken off, and whether it had passed by then."""
    from console.wording.phrases import GROUNDS, called, moment, say

    def shown(seconds: int | None) -> str:
        return "-" if seconds is None else moment(seconds, zone, lang)

    ground = called(GROUNDS, term.ground, lang)
    told = say(phrase, lang, since=shown(term.start), due=shown(term.due), ended=shown(term.ended), ground=ground)
    return f"{told} {say('passed_by_then', lang)}" if _has_passed(term) else told


def _print(derivation: Derivation, lang: Language, indent: str, *, from_receipt: bool, of_step: bool = False) -> None:
    from console.wording.derivation import derivation_lines

    for line in derivation_lines(derivation, lang, from_receipt=from_receipt, of_step=of_step):
        print(f"{indent}{line}")


def _standing_text(graded: str, late: int | None, lang: Language) -> str:
    from console.wording.days import length_text
    from console.wording.phrases import GRADES, called, say

    text = called(GRADES, graded, lang)
    if graded == "overdue" and late is not None:
        text += f", {say('late_by', lang)} {length_text(late, lang)}" if late else f", {say('after_closing', lang)}"
    return text
