"""What all decisions share: who may act, which hold is meant, and the header of the facts that result."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine import events as ev
from engine.commands import Command, name_of
from engine.dossier import Dossier, Hold, Work
from engine.errors import NotAllowedError
from engine.rules import Rules

HANDLED = frozenset({Work.STEP, Work.SERVICE, Work.CONSULTATION})
"""Holds that end by an outcome of the agency that has them."""


def header(command: Command, **instead: str) -> dict[str, Any]:
    """Return what a fact carries over from the command it answers; ``instead`` replaces single values."""
    return {
        "occurred_at": command.at,
        "recorded_at": command.recorded_at or command.at,
        "by": command.by,
        "agency": command.agency,
        "reason": command.reason,
        "legal_basis": command.legal_basis,
        "document_no": command.document_no,
        **instead,
    }


def refuse(
    dossier: Dossier | None,
    command: Command,
    why: str,
    open_now: tuple[str, ...] = (),
    *,
    breach: str = "",
) -> NotAllowedError:
    """Return the refusal of a command as a sentence; with ``breach`` the attempt itself is to be remembered."""
    who = f"dossier {dossier.name}" if dossier is not None else "dossier"
    instead = f"; open now: {', '.join(open_now)}" if open_now else ""
    remembered = (
        (ev.RuleBreachAttempted(**header(command), rule=breach, command=name_of(command), detail=why),)
        if breach
        else ()
    )
    return NotAllowedError(f"{who}: cannot {name_of(command)}: {why}{instead}", open_now, remembered)


def breach(command: Command, rule: str, detail: str = "", hold: int = 0) -> ev.RuleBreached:
    """Return the fact that something the rules disapprove of happened and was recorded all the same."""
    return ev.RuleBreached(**header(command), rule=rule, detail=detail, hold=hold)


def check_actor(dossier: Dossier | None, command: Command, rules: Rules) -> None:
    """Refuse an officer who acts for an agency he does not belong to; the system and the applicant pass."""
    if command.by in {ev.SYSTEM, ev.APPLICANT}:
        return
    if not command.agency:
        raise refuse(dossier, command, f"officer {command.by!r} did not say for which agency he acts")
    if not rules.directory.belongs(command.by, command.agency):
        raise refuse(dossier, command, f"officer {command.by!r} does not belong to agency {command.agency!r}")


def desks(dossier: Dossier, command: Command, rules: Rules) -> set[str]:
    """Return the desk that received the dossier and, after a merger, the one that stands in its place."""
    day = rules.desk_calendar(dossier).local_date(command.at)
    return {dossier.desk, rules.directory.current(dossier.desk, day).code}


def check_agency(dossier: Dossier, command: Command, allowed: Collection[str], what: str) -> None:
    """Refuse an officer whose agency is not among those that may do this."""
    if command.by not in {ev.SYSTEM, ev.APPLICANT} and command.agency not in allowed:
        named = ", ".join(sorted(allowed)) or "no agency"
        raise refuse(dossier, command, f"{what} is up to {named}, not to {command.agency!r}")


def check_open(dossier: Dossier, command: Command) -> None:
    """Refuse what needs a dossier that was received and has not ended."""
    if dossier.received_at is None:
        state = "was declined" if dossier.outcome else "has not been received yet"
        raise refuse(dossier, command, f"it {state}", open_now(dossier))
    if dossier.ended_at is not None:
        raise refuse(dossier, command, f"it has ended ({dossier.outcome})", open_now(dossier))


def check_reason(dossier: Dossier | None, command: Command, basis: str) -> None:
    """Refuse an act that the law wants reasons for when none is given."""
    if not command.reason.strip():
        raise refuse(dossier, command, f"a written reason is required ({basis})")


def find_hold(
    dossier: Dossier, command: Command, number: int, step: str, works: Collection[Work], *, any_agency: bool = False
) -> Hold:
    """Return the open hold a command means: by number, by step, or the only one the acting agency has.

    Raises:
        NotAllowedError: no such open hold, more than one, or another agency has it.
    """
    candidates = [hold for hold in dossier.holds_now() if hold.work in works]
    if number:
        candidates = [hold for hold in candidates if hold.number == number]
    if step:
        candidates = [hold for hold in candidates if hold.step == step]
    own = [
        hold
        for hold in candidates
        if any_agency or command.by in {ev.SYSTEM, ev.APPLICANT} or hold.agency == command.agency
    ]
    if len(own) == 1:
        return own[0]
    named = f"step {step!r}" if step else f"hold {number}" if number else "such a step"
    if len(own) > 1:
        raise refuse(dossier, command, f"several steps are open: {_listed(own)}; say which (step or hold)")
    if candidates:
        raise refuse(dossier, command, f"{_listed(candidates)}: not with agency {command.agency!r}")
    everywhere = dossier.holds_now()
    raise refuse(dossier, command, f"{named} is not open; open now: {_listed(everywhere) or 'nothing'}")


def open_now(dossier: Dossier) -> tuple[str, ...]:
    """Return the names of commands that make sense in the dossier's present state, whoever may give them."""
    if dossier.submitted_at is None:
        return ("submit",)
    if dossier.outcome == "declined":
        return ()
    if dossier.received_at is None:
        waiting = ("receive-supplement",) if dossier.awaits_supplement else ("receive", "request-supplement")
        return (*waiting, "decline-intake", "withdraw")
    if dossier.ended_at is not None:
        return () if dossier.issued_at is not None else ("issue-result", "reopen")
    commands: list[str] = []
    works = {dossier.holds[number].work for number in dossier.open_holds}
    if works & {Work.STEP, Work.CONSULTATION}:
        commands += ["finish-step", "assign", "take-up", "send-back", "transfer", "request-opinion", "urge", "escalate"]
        if dossier.awaits_supplement is None:
            commands.append("request-supplement")
    if Work.OPINION in works:
        commands.append("give-opinion")
    if Work.APPLICANT in works:
        commands += ["confirm-by-applicant", "set-financial-obligation", "meet-financial-obligation"]
    if Work.POSTING in works:
        commands.append("record-objection")
    if dossier.awaits_supplement is not None:
        commands.append("receive-supplement")
    commands.append("resume-clock" if dossier.open_stop is not None else "pause-clock")
    return (*commands, "extend-limit", "issue-apology", "stop-handling", "withdraw", "correct")


def _listed(holds: list[Hold]) -> str:
    return ", ".join(f"{hold.step} (hold {hold.number}, {hold.agency or 'applicant'})" for hold in holds)
