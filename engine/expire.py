"""What time does by itself: terms pass, silence speaks, windows close, stops reach their cap, rungs are climbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from engine import events as ev
from engine.counting import Terms, due_at
from engine.dossier import SUPPLEMENT_GROUND, Dossier, Hold, Work, evolve
from engine.errors import BeyondCalendarError
from engine.procedure import ApplicantWait, Posting, Step, WindowOver
from engine.restart import resumed
from engine.rules import Rules, lead_before

MOST_TIMERS = 1_000
"""Timers one dossier may set off in one go; more would be a fault of ours."""


class _Timer(NamedTuple):
    """At ``at`` (epoch seconds) ``ring`` returns the facts; each timer rings once."""

    at: int
    ring: Callable[[int], tuple[ev.Fact, ...]]


def expire(dossier: Dossier, rules: Rules, at: int) -> list[ev.Fact]:
    """Record everything that time has done to a dossier until ``at`` (epoch seconds); changes ``dossier``.

    What passed is dated when it passed and recorded ``at``, so that a late sweep tells the same story as a punctual
    one. Each thing is recorded exactly once: a second sweep finds nothing.
    """
    facts: list[ev.Fact] = []
    for _ in range(MOST_TIMERS):
        first = min(_timers(dossier, rules), key=lambda timer: timer.at, default=None)
        if first is None or first.at > at:
            return facts
        for fact in first.ring(at):
            evolve(dossier, fact)
            facts.append(fact)
    raise RuntimeError(f"dossier {dossier.name}: more than {MOST_TIMERS} timers rang in one go")


def wake_at(dossier: Dossier, rules: Rules) -> int | None:
    """Return the earliest instant (epoch seconds) at which `expire` will have something to record; None: never."""
    return min((timer.at for timer in _timers(dossier, rules)), default=None)


def _timers(dossier: Dossier, rules: Rules) -> Iterator[_Timer]:
    if dossier.origin != "live" or dossier.submitted_at is None or dossier.ended_at is not None:
        return
    if dossier.received_at is None:
        yield from _intake(dossier, rules)
        return
    waiting = dossier.awaits_supplement
    if waiting is not None and waiting.window_due is not None:
        yield from _window(dossier, rules, waiting.window_due, waiting.hold)
    for stop in dossier.stops:
        if stop.until is None and stop.cap_until is not None and stop.ground != SUPPLEMENT_GROUND:
            yield _cap(dossier, rules, stop.ground, stop.cap_until)
    stopped = dossier.open_stop is not None
    for number in sorted(dossier.open_holds):  # of equal instants the earlier hold first
        hold = dossier.holds[number]
        match hold.work:
            case Work.POSTING:
                if hold.until is not None:
                    yield _posting(dossier, rules, hold, hold.until)
            case Work.APPLICANT:
                yield from _wait(dossier, rules, hold)
            case Work.OPINION:
                yield from _opinion(dossier, rules, hold)
            case _ if not stopped:
                yield from _step(dossier, rules, hold)
            case _:
                pass
    if not stopped:
        yield from _legal(dossier, rules)


def _header(occurred_at: int, recorded_at: int, agency: str = "") -> dict[str, Any]:
    return {"occurred_at": occurred_at, "recorded_at": max(recorded_at, occurred_at), "agency": agency}


def _passed(dossier: Dossier, subject: str, due: int, hold: int) -> bool:
    return (f"passed:{subject}:{due}", hold) in dossier.marks


def _limit_passed(subject: str, due: int, hold: int, now: int, agency: str) -> ev.LimitPassed:
    return ev.LimitPassed(**_header(due, now, agency), subject=subject, due=due, hold=hold)


def _intake(dossier: Dossier, rules: Rules) -> Iterator[_Timer]:
    waiting = dossier.awaits_supplement
    if waiting is not None:
        if waiting.window_due is not None:
            yield from _window(dossier, rules, waiting.window_due, 0)
        return
    within = rules.procedure.clock.intake_within
    since = dossier.supplements[-1].received_at if dossier.supplements else dossier.submitted_at
    if within is None or since is None:
        return
    due = due_at(rules.desk_calendar(dossier), Terms(within), since)
    if not _passed(dossier, "intake", due, 0):
        yield _Timer(due + 1, lambda now: (_limit_passed("intake", due, 0, now, dossier.desk),))


def _window(dossier: Dossier, rules: Rules, due: int, hold: int) -> Iterator[_Timer]:
    if _passed(dossier, "supplement", due, hold):
        return
    policy = rules.procedure.clock.supplement

    def ring(now: int) -> tuple[ev.Fact, ...]:
        passed = _limit_passed("supplement", due, hold, now, "")
        header = _header(due, now, dossier.desk)
        header |= {"reason": "the window for completing the dossier has passed", "legal_basis": policy.source.text}
        match policy.on_window_over:
            case WindowOver.WAIT:
                return (passed,)
            case WindowOver.STOP | WindowOver.DENY if dossier.received_at is None:
                return (passed, ev.IntakeDeclined(**header))
            case WindowOver.STOP:
                return (passed, ev.HandlingStopped(**header))
            case WindowOver.DENY:
                return (passed, ev.ResultDenied(**header))

    yield _Timer(due + 1, ring)


def _cap(dossier: Dossier, rules: Rules, ground: str, cap: int) -> _Timer:
    def ring(now: int) -> tuple[ev.Fact, ...]:
        header = _header(cap, now) | {"reason": "the stop has reached its cap"}
        return (_limit_passed("pause", cap, 0, now, ""), *resumed(dossier, rules, ground, header))

    return _Timer(cap, ring)


def _posting(dossier: Dossier, rules: Rules, hold: Hold, until: int) -> _Timer:
    def ring(now: int) -> tuple[ev.Fact, ...]:
        header = _header(until, now, hold.agency)
        return (
            ev.PostingEnded(**header, hold=hold.number),
            *_resumed_after(dossier, rules, hold, header),
            ev.StepDone(**header, hold=hold.number, outcome="done"),
        )

    return _Timer(until, ring)


def _wait(dossier: Dossier, rules: Rules, hold: Hold) -> Iterator[_Timer]:
    due = hold.due
    if due is None or _passed(dossier, "wait", due, hold.number):
        return
    node = rules.procedure.nodes[hold.step]
    silence = node.on_silence if isinstance(node, ApplicantWait) else ""

    def ring(now: int) -> tuple[ev.Fact, ...]:
        passed = _limit_passed("wait", due, hold.number, now, "")
        if not silence:
            return (passed,)
        header = _header(due, now) | {"reason": "no answer within the time given"}
        done = ev.StepDone(**header, hold=hold.number, outcome=silence)
        return (passed, *_resumed_after(dossier, rules, hold, header), done)

    yield _Timer(due + 1, ring)


def _opinion(dossier: Dossier, rules: Rules, hold: Hold) -> Iterator[_Timer]:
    due = hold.due
    if due is None:
        return
    if not _passed(dossier, "opinion", due, hold.number):
        yield _Timer(
            due + 1,
            lambda now: (
                _limit_passed("opinion", due, hold.number, now, hold.agency),
                ev.OpinionSilent(**_header(due, now, hold.agency), hold=hold.number, treated_as=hold.on_silence),
            ),
        )
    else:
        yield from _ladder(dossier, rules, "opinion", due, hold)


def _step(dossier: Dossier, rules: Rules, hold: Hold) -> Iterator[_Timer]:
    due = hold.due
    if due is None:
        return
    node = rules.procedure.nodes.get(hold.step)
    tacit = node.tacit_outcome if isinstance(node, Step) else ""
    if not _passed(dossier, "step", due, hold.number):

        def ring(now: int) -> tuple[ev.Fact, ...]:
            passed = _limit_passed("step", due, hold.number, now, hold.agency)
            if not tacit:
                return (passed,)
            header = _header(due, now, hold.agency) | {"reason": "tacit decision: the term passed in silence"}
            return (passed, ev.StepDone(**header, hold=hold.number, outcome=tacit))

        yield _Timer(due + 1, ring)
    else:
        yield from _ladder(dossier, rules, "step", due, hold)


def _legal(dossier: Dossier, rules: Rules) -> Iterator[_Timer]:
    due = dossier.due
    if due is None:
        return
    calendar, policy = rules.desk_calendar(dossier), rules.procedure.clock
    if _passed(dossier, "legal", due, 0):
        promised = dossier.promised
        if promised is not None and not _passed(dossier, "promised", promised, 0):
            yield _Timer(promised + 1, lambda now: (_limit_passed("promised", promised, 0, now, ""),))
        yield from _ladder(dossier, rules, "legal", due, None)
        return
    yield _Timer(due + 1, lambda now: (_limit_passed("legal", due, 0, now, ""),))
    known = dossier.known_from or 0
    running = max(dossier.received_at or due, *(stop.until or due for stop in dossier.stops), known)
    if (f"soon:{due}", 0) not in dossier.marks:
        if policy.due_soon is not None:
            soon = lead_before(calendar, due, policy.due_soon)
        else:
            soon = calendar.subtract_seconds(due, calendar.office_day)
        soon = max(soon, running)
        yield _Timer(soon, lambda now: (ev.DueSoon(**_header(soon, now), due=due),))
    if not dossier.apologies and (f"apology_due:{due}", 0) not in dossier.marks:
        latest = lead_before(calendar, due, policy.apology.lead)
        owed = max(calendar.subtract_seconds(latest, calendar.office_day), running)
        yield _Timer(owed, lambda now: (ev.DueSoon(**_header(owed, now), due=due, apology_due=True),))


def _ladder(dossier: Dossier, rules: Rules, subject: str, passed: int, hold: Hold | None) -> Iterator[_Timer]:
    """The next rung of the escalation ladder after a passed term, counted on the desk's calendar.

    Of a term that passed before the dossier was taken over from a register it counts from then: nobody could report.
    """
    number = hold.number if hold is not None else 0
    climbed = dossier.rungs.get((subject, number), 0)
    ladder = rules.procedure.clock.ladder
    if climbed >= len(ladder):
        return
    rung = ladder[climbed]
    try:
        at = due_at(rules.desk_calendar(dossier), Terms(rung.after), max(passed, dossier.known_from or 0))
    except BeyondCalendarError:
        return
    holders = [held.agency for held in dossier.holds_now() if held.agency]
    holder = hold.agency if hold is not None else (holders[0] if holders else dossier.desk)
    above = rules.directory.agencies.get(holder)
    told = {"holder": holder, "desk": dossier.desk, "parent": (above.parent if above is not None else "")}[rung.to]

    def ring(now: int) -> tuple[ev.Fact, ...]:
        escalated = ev.Escalated(
            **_header(at, now, holder),
            hold=number,
            rung=climbed + 1,
            to_agency=told or dossier.desk,
            subject=subject,
        )
        return (escalated,)

    yield _Timer(at, ring)


def _resumed_after(dossier: Dossier, rules: Rules, hold: Hold, header: dict[str, Any]) -> tuple[ev.Fact, ...]:
    node = rules.procedure.nodes[hold.step]
    if not isinstance(node, ApplicantWait | Posting) or not node.stops_clock:
        return ()
    return resumed(dossier, rules, node.ground, header)
