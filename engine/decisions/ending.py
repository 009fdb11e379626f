"""The end of a dossier and what may follow: stop, withdrawal, result in hand, reopening, correction."""

from __future__ import annotations

from engine import events as ev
from engine.commands import Command, Correct, IssueResult, Reopen, StopHandling, Withdraw
from engine.decisions.common import (
    HANDLED,
    breach,
    check_agency,
    check_entries,
    check_open,
    check_reason,
    desks,
    header,
    open_now,
    refuse,
    refuse_ended,
)
from engine.dossier import Dossier
from engine.procedure import End
from engine.restart import dues_after
from engine.rules import Rules


def stop_handling(dossier: Dossier, command: StopHandling, rules: Rules) -> tuple[ev.Fact, ...]:
    """Stop the handling (form 05), only while no result decision exists, with reasons."""
    check_open(dossier, command, rules)
    holders = {hold.agency for hold in dossier.holds_now() if hold.work in HANDLED}
    check_agency(dossier, command, desks(dossier, command, rules) | holders, "stopping")
    check_reason(dossier, command, "form 05 states the reason")
    return (ev.HandlingStopped(**header(command)),)


def withdraw(dossier: Dossier, command: Withdraw, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record a withdrawal; one without the applicant's own request on file is recorded as a breach."""
    if dossier.ended_at is not None:
        raise refuse_ended(dossier, command, rules)
    check_agency(dossier, command, desks(dossier, command, rules), "recording a withdrawal")
    requested = command.requested or command.by == ev.APPLICANT
    facts: list[ev.Fact] = [ev.Withdrawn(**header(command), requested=requested)]
    if not requested:
        facts.append(breach(command, "withdrawn_without_request", "no request of the applicant's is on file"))
    return tuple(facts)


def issue_result(dossier: Dossier, command: IssueResult, rules: Rules) -> tuple[ev.Fact, ...]:
    """Record that the applicant got the result; closing without one is what this refuses."""
    check_agency(dossier, command, desks(dossier, command, rules), "giving out results")
    if dossier.outcome not in {"granted", "denied"}:
        now = open_now(dossier, rules)
        if not dossier.outcome:
            raise refuse(dossier, command, "no_result", "no result has been decided", now)
        raise refuse(dossier, command, "ended_without_result", "it ended as {outcome}", now, outcome=dossier.outcome)
    if dossier.issued_at is not None:
        why = "the result was given out before"
        raise refuse(dossier, command, "given_out_before", why, open_now(dossier, rules))
    return (ev.ResultIssued(**header(command)),)


def reopen(dossier: Dossier, command: Reopen, rules: Rules) -> tuple[ev.Fact, ...]:
    """Take an ended dossier up again, e.g. to mend a wrong result at the agency's own cost (art. 21)."""
    if dossier.ended_at is None or dossier.received_at is None:
        raise refuse(dossier, command, "not_ended", "it has not ended", open_now(dossier, rules))
    check_agency(dossier, command, desks(dossier, command, rules), "reopening")
    check_reason(dossier, command, "why an ended dossier is taken up again")
    node = rules.procedure.nodes.get(command.step)
    if node is None or isinstance(node, End):
        why = "{step!r} is no step of {procedure}; steps: {steps}"
        steps = tuple(code for code, known in rules.procedure.nodes.items() if not isinstance(known, End))
        code = rules.procedure.code
        raise refuse(dossier, command, "no_such_step", why, step=command.step, procedure=code, steps=steps)
    check_entries(dossier, command, command.step, rules)
    return _with_due(dossier, ev.Reopened(**header(command), step=command.step), command, rules)


def correct(dossier: Dossier, command: Correct, rules: Rules) -> tuple[ev.Fact, ...]:
    """Set right the channel or a value of the dossier's data; the old value stays in the log."""
    if dossier.submitted_at is None:
        raise refuse(dossier, command, "never_submitted", "it was never submitted")
    check_agency(dossier, command, desks(dossier, command, rules), "correcting")
    check_reason(dossier, command, "why the record is corrected")
    if command.field == "channel":
        if not rules.procedure.offers(command.after):
            raise refuse(
                dossier,
                command,
                "channel_not_offered",
                "channel {channel!r} is not offered for {procedure}: {offered}",
                channel=command.after,
                procedure=rules.procedure.code,
                offered=tuple(rules.procedure.channels),
            )
        before = dossier.channel
    elif command.field.startswith("data.") and len(command.field) > len("data."):
        before = str(dossier.data.get(command.field.removeprefix("data."), ""))
    else:
        why = "{field!r} cannot be corrected; fields: channel, data.<name>"
        raise refuse(dossier, command, "not_correctable", why, field=command.field)
    fact = ev.Corrected(**header(command), field=command.field, before=before, after=command.after)
    return _with_due(dossier, fact, command, rules) if dossier.is_open else (fact,)


def _with_due(dossier: Dossier, fact: ev.Fact, command: Command, rules: Rules) -> tuple[ev.Fact, ...]:
    """Return the fact and, where it moves the legal due instant, what that was and is."""
    due, _ = dues_after(dossier, fact, rules)
    if due == dossier.due:
        return (fact,)
    return (fact, ev.DueChanged(**header(command), before=dossier.due, after=due))
