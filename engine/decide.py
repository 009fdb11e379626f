"""May this be done now? A command and the rules in, facts or a refusal out; nothing is changed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import commands as co
from engine import events as ev
from engine.decisions import ending, handling, intake, waiting
from engine.decisions.common import breach, check_actor, open_now, refuse
from engine.dossier import Dossier
from engine.instants import to_datetime
from engine.rules import Rules

__all__ = ["decide", "open_now"]


def decide(dossier: Dossier | None, command: co.Command, rules: Rules) -> tuple[ev.Fact, ...]:
    """Return the facts a command leads to.

    Args:
        dossier: the folded history; None before submission. It is not changed.
        command: what is asked, with ``at`` and ``by``.
        rules: the procedure version the dossier was received under, calendars and directory.

    Raises:
        NotAllowedError: the rules forbid it now; ``open_now`` says what is open instead, ``breach`` holds facts to
            append where the attempt itself matters.
        InputError: the command names something that does not exist, or a calendar does not reach far enough.
    """
    if command.recorded_at and command.at > command.recorded_at:
        why = "it is said to happen in the future; an act is recorded when it is done"
        raise refuse(dossier, command, "in_the_future", why)
    check_actor(dossier, command, rules)
    if isinstance(command, co.Submit):
        return intake.submit(dossier, command, rules)
    if dossier is None or dossier.submitted_at is None:
        raise refuse(dossier, command, "never_submitted", "it was never submitted", ("submit",))
    if command.at < dossier.submitted_at:
        why = "it is said to have happened before the dossier was submitted"
        raise refuse(dossier, command, "before_submission", why)
    facts = _DECIDE[type(command)](dossier, command, rules)
    if command.at < dossier.last_at:
        last = to_datetime(dossier.last_at, rules.desk_calendar(dossier).zone).isoformat()
        return (*facts, breach(command, "back_dated", f"said to have happened before {last}"))
    return facts


_DECIDE: dict[type[co.Command], Callable[[Dossier, Any, Rules], tuple[ev.Fact, ...]]] = {
    co.Receive: intake.receive,
    co.DeclineIntake: intake.decline,
    co.Assign: handling.assign,
    co.TakeUp: handling.take_up,
    co.FinishStep: handling.finish_step,
    co.SendBack: handling.send_back,
    co.Transfer: handling.transfer,
    co.Urge: handling.urge,
    co.Escalate: handling.escalate,
    co.RequestOpinion: waiting.request_opinion,
    co.GiveOpinion: waiting.give_opinion,
    co.RequestSupplement: waiting.request_supplement,
    co.ReceiveSupplement: waiting.receive_supplement,
    co.PauseClock: waiting.pause_clock,
    co.ResumeClock: waiting.resume_clock,
    co.ExtendLimit: waiting.extend_limit,
    co.IssueApology: waiting.issue_apology,
    co.ConfirmByApplicant: waiting.confirm_by_applicant,
    co.SetFinancialObligation: waiting.set_financial_obligation,
    co.MeetFinancialObligation: waiting.meet_financial_obligation,
    co.RecordObjection: waiting.record_objection,
    co.StopHandling: ending.stop_handling,
    co.Withdraw: ending.withdraw,
    co.IssueResult: ending.issue_result,
    co.Reopen: ending.reopen,
    co.Correct: ending.correct,
}
