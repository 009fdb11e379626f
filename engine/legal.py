"""The clocks of a dossier: the legal one owned by the desk, and each hold's own; both read from its history."""

from __future__ import annotations

from engine.calendar import WorkingCalendar
from engine.clock import DeadlineClock, Extension, Pause, Restart, Terms
from engine.counting import due_or_none
from engine.dossier import SUPPLEMENT_GROUND, UNSTOPPED, Dossier, Hold, Work
from engine.limits import CountingRule, Limit, parse_limit
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Posting,
    ServiceStep,
    Step,
    SupplementEffect,
)
from engine.rules import Rules, spent_in


def legal_terms(dossier: Dossier, rules: Rules) -> Terms | None:
    """Return the legal limit of the dossier's procedure for its channel; None where the law sets none."""
    limit = rules.procedure.legal_limit(dossier.channel)
    return limit.terms if limit is not None else None


def legal_clock(dossier: Dossier, rules: Rules) -> DeadlineClock | None:
    """Return the end-to-end clock, on the receiving desk's calendar; None before receipt or without a legal limit."""
    terms = legal_terms(dossier, rules)
    if terms is None or dossier.received_at is None:
        return None
    restarting = rules.procedure.clock.supplement.effect is SupplementEffect.RESTART
    restarts = tuple(
        Restart(supplement.requested_at, supplement.received_at, SUPPLEMENT_GROUND)
        for supplement in dossier.supplements
        if supplement.restart and supplement.requested_at >= dossier.received_at
    )
    return DeadlineClock(
        rules.desk_calendar(dossier),
        terms,
        dossier.received_at,
        pauses=_legal_pauses(dossier, skip_supplements=restarting),
        extensions=tuple(Extension(at, parse_limit(limit)) for at, limit in dossier.extensions),
        restarts=restarts,
    )


def legal_due(dossier: Dossier, rules: Rules) -> int | None:
    """Return the legal due instant (epoch seconds); None without a limit or while the clock stands still."""
    terms = legal_terms(dossier, rules)
    if terms is None or dossier.received_at is None:
        return None
    if not dossier.stops and not dossier.extensions:
        return due_or_none(rules.desk_calendar(dossier), terms, dossier.received_at)
    clock = legal_clock(dossier, rules)
    return clock.due_seconds if clock is not None else None


def hold_terms(hold: Hold, rules: Rules) -> Terms | None:
    """Return the own limit of a hold; None where the procedure sets none for it."""
    if hold.work is Work.OPINION:
        return Terms(parse_limit(hold.limit), CountingRule(hold.counting)) if hold.limit else None
    node = rules.procedure.nodes.get(hold.step)
    if isinstance(node, Step | ServiceStep | Consultation | ApplicantWait) and node.limit is not None:
        return Terms(node.limit, node.counting)
    if isinstance(node, Posting):
        return Terms(node.length, node.counting)
    return None


def hold_calendar(dossier: Dossier, hold: Hold, rules: Rules) -> WorkingCalendar:
    """Return the calendar a hold's own limit counts by: its agency's, or the desk's while the applicant has it."""
    return rules.calendar_of(hold.agency) if hold.agency else rules.desk_calendar(dossier)


def hold_clock(dossier: Dossier, hold: Hold, rules: Rules) -> DeadlineClock | None:
    """Return a hold's own clock; None where it has no limit of its own."""
    terms = hold_terms(hold, rules)
    if terms is None:
        return None
    return DeadlineClock(
        hold_calendar(dossier, hold, rules),
        terms,
        hold_start(dossier, hold, rules),
        pauses=hold_pauses(dossier, hold, hold_start(dossier, hold, rules)),
        spent_before=hold.spent_before,
    )


def hold_start(dossier: Dossier, hold: Hold, rules: Rules) -> int:
    """Return when a hold's limit begins to count: its opening, or receipt where the procedure says so."""
    node = rules.procedure.nodes.get(hold.step)
    counts_from_receipt = isinstance(node, Step) and node.limit_from == "received" and hold.work is Work.STEP
    return dossier.received_at if counts_from_receipt and dossier.received_at is not None else hold.opened_at


def hold_due(dossier: Dossier, hold: Hold, rules: Rules) -> int | None:
    """Return a hold's own due instant (epoch seconds); None without a limit or while it is stopped."""
    terms = hold_terms(hold, rules)
    if terms is None:
        return None
    start = hold_start(dossier, hold, rules)
    pauses = hold_pauses(dossier, hold, start)
    return due_or_none(hold_calendar(dossier, hold, rules), terms, start, pauses, hold.spent_before)


def hold_pauses(dossier: Dossier, hold: Hold, start: int) -> tuple[Pause, ...]:
    """Return the stops that also stop this hold's own clock, which counts from ``start`` (epoch seconds).

    Not those of what the applicant or a posting has to do, nor of a consulted agency: it can answer meanwhile.
    """
    if hold.work in UNSTOPPED:
        return ()
    until = hold.closed_at
    return tuple(
        Pause(stop.since, stop.until, stop.ground)
        for stop in dossier.stops
        if (stop.until is None or stop.until > start) and (until is None or stop.since < until)
    )


def entries_into(dossier: Dossier, step: str) -> int:
    """Return how often a step has had the dossier; a transfer to another agency is no new entry."""
    return sum(
        hold.step == step and hold.work is not Work.OPINION and hold.outcome != "transferred"
        for hold in dossier.holds.values()
    )


def spent_earlier(dossier: Dossier, step: str, limit: Limit, calendar: WorkingCalendar) -> tuple[int, int]:
    """Return (number of earlier entries into ``step``, seconds of ``limit``'s unit they used up).

    A step's budget is cumulative: agencies that bounce a dossier do not refresh each other's terms. Stops that fell
    into an earlier hold are taken out.
    """
    entries = 0
    spans: list[tuple[int, int]] = []
    for hold in dossier.holds.values():
        if hold.step != step or hold.work is Work.OPINION or hold.closed_at is None:
            continue
        entries += hold.outcome != "transferred"
        spans.extend(_without(hold.opened_at, hold.closed_at, [(stop.since, stop.until) for stop in dossier.stops]))
    return entries, spent_in(calendar, limit, spans) if spans else 0


def _without(since: int, until: int, stops: list[tuple[int, int | None]]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = since
    for first, last in sorted(stops, key=lambda stop: stop[0]):
        if first >= until:
            break
        if first > begin:
            spans.append((begin, first))
        begin = max(begin, until if last is None else last)
    if begin < until:
        spans.append((begin, until))
    return spans


def _legal_pauses(dossier: Dossier, *, skip_supplements: bool) -> tuple[Pause, ...]:
    return tuple(
        Pause(stop.since, stop.until, stop.ground)
        for stop in dossier.stops
        if not (skip_supplements and stop.ground == SUPPLEMENT_GROUND)
    )
