"""The desk: submission, receipt with number and due instant, refusal to receive."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine import events as ev
from engine.codes import format_dossier_no
from engine.commands import DeclineIntake, Receive, Submit
from engine.counting import Terms, counted_from, due_at
from engine.decisions.common import breach, check_agency, check_reason, desks, header, open_now, refuse, refuse_ended
from engine.dossier import Dossier
from engine.errors import NotAllowedError
from engine.legal import legal_terms
from engine.procedure import Procedure
from engine.rules import Rules


def submit(dossier: Dossier | None, command: Submit, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record a submission: the desk must exist that day, the procedure be in force, the channel be offered."""
    procedure = rules.procedure
    if dossier is not None and dossier.submitted_at is not None:
        raise refuse(dossier, command, "submitted_before", "it was submitted before", open_now(dossier, rules))
    desk = rules.directory.agency(command.agency)
    day = rules.calendar_of(desk.code).local_date(command.at)
    if not desk.is_valid(day):
        if not desk.successor:
            why = "agency {agency!r} does not exist on {day}; no successor is recorded"
            raise refuse(None, command, "desk_gone", why, agency=desk.code, day=day)
        why, follower = "agency {agency!r} does not exist on {day}; successor: {successor}", rules.directory.current
        raise refuse(
            None, command, "desk_succeeded", why, agency=desk.code, day=day, successor=follower(desk.code, day).code
        )
    if day < procedure.in_force_from or (procedure.in_force_to is not None and day > procedure.in_force_to):
        raise _refuse_out_of_force(command, procedure, day)
    if not procedure.offers(command.channel):
        raise refuse(
            None,
            command,
            "channel_not_offered",
            "channel {channel!r} is not offered for {procedure}: {offered}",
            channel=command.channel,
            procedure=procedure.code,
            offered=tuple(procedure.channels),
        )
    return (
        ev.Submitted(
            **header(command),
            dossier_id=command.dossier_id,
            procedure=procedure.code,
            procedure_version=procedure.version,
            channel=command.channel,
            applicant=command.applicant,
            papers=command.papers,
            data=command.data,
            root=command.root,
            root_hold=command.root_hold,
        ),
    )


def receive(dossier: Dossier, command: Receive, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record receipt (form 01): the number is made here, and the legal due instant is fixed."""
    _check_at_intake(dossier, command, rules)
    if dossier.awaits_supplement is not None:
        why = "the applicant still owes the papers asked for"
        raise refuse(dossier, command, "papers_owed", why, open_now(dossier, rules))
    calendar = rules.desk_calendar(dossier)
    terms = legal_terms(dossier, rules)
    desk = rules.directory.agency(dossier.desk)
    number = format_dossier_no(desk.identifier, calendar.local_date(command.at), command.serial)
    facts: list[ev.Fact] = [
        ev.Received(
            **header(command),
            dossier_no=number,
            counted_from=command.at if terms is None else counted_from(calendar, terms, command.at),
            due=None if terms is None else due_at(calendar, terms, command.at),
        )
    ]
    within = rules.procedure.clock.intake_within
    since = dossier.supplements[-1].received_at if dossier.supplements else dossier.submitted_at
    if within is not None and since is not None and due_at(calendar, Terms(within), since) < command.at:
        facts.append(breach(command, "late_intake", "received after the time for checking a submission had passed"))
    return tuple(facts)


def decline(dossier: Dossier, command: DeclineIntake, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record the refusal to receive (form 03), with its reasons."""
    _check_at_intake(dossier, command, rules)
    check_reason(dossier, command, "NĐ 63/2010/NĐ-CP art. 18(5)")
    return (ev.IntakeDeclined(**header(command)),)


def _check_at_intake(dossier: Dossier, command: Receive | DeclineIntake, rules: Rules) -> None:
    if dossier.dossier_no:
        why, now = "it was received as {number}", open_now(dossier, rules)
        raise refuse(dossier, command, "received_before", why, now, number=dossier.dossier_no)
    if dossier.received_at is not None or dossier.outcome:
        raise refuse_ended(dossier, command, rules)
    check_agency(dossier, command, desks(dossier, command, rules), "receipt")


def _refuse_out_of_force(command: Submit, procedure: Procedure, day: date) -> NotAllowedError:
    named: dict[str, Any] = {
        "procedure": procedure.code,
        "version": procedure.version,
        "since": procedure.in_force_from,
        "day": day,
    }
    if procedure.in_force_to is None:
        why = "procedure {procedure} version {version} is in force from {since} to further notice, not on {day}"
        return refuse(None, command, "not_in_force_yet", why, **named)
    why = "procedure {procedure} version {version} is in force from {since} to {until}, not on {day}"
    return refuse(None, command, "not_in_force", why, until=procedure.in_force_to, **named)
