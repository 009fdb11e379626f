"""Decisions on signals: who may explain, who may judge, who may close, and when."""

from __future__ import annotations

from typing import Any, Final

from engine import events as ev
from engine.calendar import WorkingCalendar
from engine.counting import Terms, due_at
from engine.directory import Directory
from engine.errors import BeyondCalendarError, InputError, NotAllowedError, spelled
from engine.instants import to_datetime
from engine.limits import parse_limit
from engine.review import (
    VERDICTS,
    Close,
    Explain,
    Notify,
    Review,
    SignalCommand,
    SignalFile,
    SignalState,
    agencies_concerned,
    expire_signal,
    open_now,
)

_BY_WHOM: Final = {
    "notify": "by the engine",
    "explain": "by an officer of the agency concerned",
    "review": "by an officer of another agency, not under it and with no part in it",
    "close": "by a second officer of another agency, not the reviewer",
}
"""Who may do what is open: a refusal never offers somebody what is not his to do."""


def decide_signal(
    file: SignalFile, command: SignalCommand, directory: Directory, calendar: WorkingCalendar
) -> tuple[ev.Fact, ...]:
    """Return the facts a command leads to, first what time has done by then.

    Args:
        file: the folded history; it is not changed.
        command: what is asked, with ``at`` and ``by``.
        directory: who belongs where.
        calendar: the agency's, by which its limit counts.

    Raises:
        NotAllowedError: the rules forbid it now; ``open_now`` says what is open instead, ``breach`` holds facts to
            append where the attempt itself matters.
        InputError: the limit cannot be read, or there is no such verdict.
    """
    if command.recorded_at and command.at > command.recorded_at:
        why = "it is said to happen in the future; an act is recorded when it is done"
        raise _refuse(file, command, "in_the_future", why)
    if command.at < file.raised.occurred_at:
        why = "it is said to have happened before the signal was raised"
        raise _refuse(file, command, "before_raised", why)
    if file.state is SignalState.CLOSED:
        raise _refuse(file, command, "closed", "it was closed ({verdict})", verdict=file.verdict)
    passed = expire_signal(file, command.at)
    match command:
        case Notify():
            facts = _notify(file, command, calendar)
        case Explain():
            facts = _explain(file, command, directory)
        case Review():
            facts = _review(file, command, directory)
        case Close():
            facts = _close(file, command, directory)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a signal")
    if command.at < file.last_at:
        last = to_datetime(file.last_at, calendar.zone).isoformat()
        detail = f"said to have happened before {last}"
        facts = (*facts, ev.RuleBreached(**_header(command), rule="back_dated", detail=detail))
    return (*passed, *facts)


def _notify(file: SignalFile, command: Notify, calendar: WorkingCalendar) -> tuple[ev.Fact, ...]:
    if command.by != ev.SYSTEM:
        raise _refuse(file, command, "engine_notifies", "agencies are notified by the engine itself")
    if file.state is not SignalState.RAISED:
        raise _refuse(file, command, "notified_before", "the agency was notified before")
    limit = parse_limit(command.limit)
    try:
        due: int | None = due_at(calendar, Terms(limit), command.at)
    except BeyondCalendarError:
        due = None
    return (ev.SignalNotified(**_header(command) | {"agency": file.agency}, due=due, limit=command.limit),)


def _explain(file: SignalFile, command: Explain, directory: Directory) -> tuple[ev.Fact, ...]:
    own = agencies_concerned(file, directory)
    _check_officer(file, command, directory)
    if command.agency not in own:
        why, named = "explaining is up to {allowed}, not to {agency!r}", tuple(sorted(own))
        raise _refuse(file, command, "explained_by_others", why, allowed=named, agency=command.agency)
    if file.state is SignalState.RAISED:
        raise _refuse(file, command, "not_notified", "the agency has not been notified yet")
    if file.state is SignalState.REVIEWED:
        raise _refuse(file, command, "reviewed", "it was reviewed ({verdict})", verdict=file.verdict)
    if not command.reason.strip():
        raise _refuse(file, command, "explained_without_reason", "an explanation says why: a reason is required")
    said = ev.SignalExplained(**_header(command), facts=command.facts, remedy=command.remedy)
    if file.due is None or command.at <= file.due or file.explanations:
        return (said,)
    return (said, ev.RuleBreached(**_header(command, reason=""), rule="late_explanation"))


def _review(file: SignalFile, command: Review, directory: Directory) -> tuple[ev.Fact, ...]:
    _check_outsider(file, command, directory, breach="own_review")
    if file.state is SignalState.RAISED:
        raise _refuse(file, command, "not_notified", "the agency has not been notified yet")
    if file.state is SignalState.NOTIFIED and (file.due is None or command.at <= file.due):
        why = "the agency has not explained, and its limit to do so has not passed"
        raise _refuse(file, command, "may_still_explain", why)
    if any(review.by == command.by for review in file.reviews):
        why = "officer {officer!r} has reviewed it; another one may review it otherwise"
        raise _refuse(file, command, "reviewed_by_him", why, officer=command.by)
    if command.verdict not in VERDICTS:
        why = f"verdict {{given!r}} is not known: {' or '.join(VERDICTS)}"
        raise InputError.of("verdict_unknown", why, given=command.verdict)
    if not command.reason.strip():
        raise _refuse(file, command, "verdict_without_reason", "a verdict says why: a reason is required")
    return (ev.SignalReviewed(**_header(command), verdict=command.verdict),)


def _close(file: SignalFile, command: Close, directory: Directory) -> tuple[ev.Fact, ...]:
    _check_outsider(file, command, directory, breach="own_review")
    if file.state is not SignalState.REVIEWED:
        raise _refuse(file, command, "not_reviewed", "it has not been reviewed yet")
    if any(review.by == command.by for review in file.reviews):
        why = "who reviewed it does not close it: a second person does"
        raise _refuse(file, command, "closed_alone", why, breach="closed_alone")
    return (ev.SignalClosed(**_header(command), verdict=file.verdict),)


def _check_officer(file: SignalFile, command: SignalCommand, directory: Directory) -> None:
    if command.by not in directory.officers:
        why = "officer {officer!r} is not in the directory"
        raise _refuse(file, command, "officer_unknown", why, officer=command.by)
    if not directory.belongs(command.by, command.agency):
        why = "officer {officer!r} does not belong to agency {agency!r}"
        raise _refuse(file, command, "not_a_member", why, officer=command.by, agency=command.agency)


def _check_outsider(file: SignalFile, command: SignalCommand, directory: Directory, *, breach: str) -> None:
    """Refuse whoever judges his own cause, or his superior's: its officers, those under it, those who explained."""
    known = directory.officers.get(command.by)
    own = agencies_concerned(file, directory)
    if known is not None and known.agencies & own:
        why = "officer {officer!r} belongs to {agencies}, whose conduct it is; somebody else must"
        named = tuple(sorted(known.agencies & own))
        raise _refuse(file, command, "own_conduct", why, breach=breach, officer=command.by, agencies=named)
    if above := _superiors(command.agency, directory) & own:
        why = "agency {agency!r} is under {above}, whose conduct it is; somebody else must"
        named = tuple(sorted(above))
        raise _refuse(file, command, "superiors_conduct", why, breach=breach, agency=command.agency, above=named)
    if command.by in {*file.raised.officers, *(said.by for said in file.explanations)}:
        why = "officer {officer!r} has a part in it; somebody else must"
        raise _refuse(file, command, "has_a_part", why, breach=breach, officer=command.by)
    _check_officer(file, command, directory)


def _superiors(agency: str, directory: Directory) -> set[str]:
    """Return the agencies above one, up to the highest."""
    found: set[str] = set()
    known = directory.agencies.get(agency)
    while known is not None and known.parent and known.parent not in found:
        found.add(known.parent)
        known = directory.agencies.get(known.parent)
    return found


def _refuse(
    file: SignalFile, command: SignalCommand, key: str, why: str, *, breach: str = "", **fields: object
) -> NotAllowedError:
    """Return the refusal as one sentence; with ``breach`` the attempt itself is to be remembered."""
    name = str(command.__struct_config__.tag)
    is_open = open_now(file, command.at)
    told = ", ".join(f"{act} ({_BY_WHOM[act]})" for act in is_open)
    instead = f"open now: {told}" if is_open else "nothing is open any more"
    attempt = ev.RuleBreachAttempted(**_header(command, reason=""), rule=breach, command=name)
    sentence = f"signal {file.name}: cannot {name.removesuffix('-signal')}: {spelled(why, fields)}; {instead}"
    named = {"subject": file.name, "act": name, **fields}
    return NotAllowedError(sentence, is_open, (attempt,) if breach else (), key, named)


def _header(command: SignalCommand, **instead: str) -> dict[str, Any]:
    return {
        "occurred_at": command.at,
        "recorded_at": command.recorded_at or command.at,
        "by": command.by,
        "agency": command.agency,
        "reason": command.reason,
        "legal_basis": command.legal_basis,
        "document_no": command.document_no,
        "origin": ev.SIGNAL,
        **instead,
    }
