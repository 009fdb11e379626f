"""Numbers without a source, stops without a ground, terms that do not fit into the legal limit."""

from __future__ import annotations

from engine.errors import InputError
from engine.instants import to_datetime
from engine.limits import format_limit
from engine.path_terms import mixes_units, overruns, worst_start
from engine.procedure import LegalLimit
from procedures import format as f
from procedures.calendars import load_calendar
from procedures.checks.subject import Subject, listed
from procedures.yaml_text import Loc

_SOURCE = 'add source: {text: "the legal text and its article"}, with confirmed: false if nobody has read it'


def check_clock(subject: Subject) -> None:
    """Report numbers nobody can check, stops the law does not know, and terms that cannot be kept."""
    grounds = {stop.ground: stop for stop in subject.file.clock.stops}
    for loc, step in subject.steps():
        numbers = [key for key in ("limit", "cap") if getattr(step, key, None) is not None]
        if numbers and getattr(step, "source", None) is None:
            message = f"{numbers[0]} {getattr(step, numbers[0])!r} has no source"
            subject.fault("number_without_source", (*loc, numbers[0]), message, _SOURCE)
        if isinstance(step, f.StepPart) and step.limit_from == "received" and step.limit is None:
            subject.fault(
                "limit_missing", (*loc, "limit_from"), "counts from receipt, but there is no limit", "add limit:"
            )
        if isinstance(step, f.WaitPart | f.PostingPart):
            _stop(subject, loc, step, grounds)
    for place, stop in enumerate(subject.file.clock.stops):
        if stop.cap is None:
            message = f"a stop on the ground {stop.ground!r} may last for ever"
            subject.warn("stop_without_cap", ("clock", "stops", place), message, "add cap: where the law sets one")
    _fit(subject)


def _stop(subject: Subject, loc: Loc, step: f.WaitPart | f.PostingPart, grounds: dict[str, f.StopPart]) -> None:
    if not step.stops_clock:
        if isinstance(step, f.WaitPart) and step.limit is None:
            message = "waits for the applicant without a limit while the legal clock runs"
            subject.warn("wait_without_limit", loc, message, "add limit: and on_silence:, or stops_clock: true")
        return
    if step.ground is None:
        message = "stops the legal clock without a ground"
        subject.fault("stop_without_ground", (*loc, "stops_clock"), message, f"add ground: {listed(tuple(grounds))}")
    elif step.ground not in grounds and "clock" not in subject.unsound:
        message = f"stops the clock on the ground {step.ground!r}, which clock.stops does not allow"
        remedy = f"add it there with its source and cap (allowed now: {listed(tuple(grounds))})"
        subject.fault("stop_without_ground", (*loc, "ground"), message, remedy)


def _fit(subject: Subject) -> None:
    procedure = subject.procedure
    if procedure.start not in procedure.nodes or "limits" in subject.unsound:
        return
    try:
        calendar = load_calendar(procedure.calendar, subject.around.calendars)
    except InputError as error:
        if "calendar" not in subject.unsound:
            subject.fault("unknown_calendar", ("calendar",), str(error), "name a calendar of `motcua calendar list`")
        return
    hours = calendar.office_day / 3600
    too_long = {id(found.legal) for found in overruns(procedure, office_day_hours=hours)}
    for found in overruns(procedure, office_day_hours=hours):
        place = next(place for place, legal in enumerate(procedure.limits) if legal is found.legal)
        message = (
            f"the terms along {' → '.join(found.route)} add up to {found.needed:g} {found.unit},"
            f" more than the legal limit of {found.allowed:g}{_of(found.legal)}"
        )
        remedy = "shorten the terms of these steps, run some in parallel, or correct the legal limit"
        subject.fault("terms_exceed_limit", ("limits", place, "limit"), message, remedy)
    if subject.unsound or not subject.warnings:
        return
    for place, legal in enumerate(procedure.limits):
        if id(legal) in too_long or legal.terms is None or not mixes_units(procedure, legal):
            continue
        worst = worst_start(procedure, legal, calendar)
        if worst is None:
            continue
        start, finish, due = (to_datetime(at, calendar.zone) for at in (worst.start, worst.finish, worst.due))
        message = (
            f"terms of different units may not fit the legal limit{_of(legal)}: received {start:%Y-%m-%d %H:%M} (the"
            f" worst day), {' → '.join(worst.route)} may last until {finish:%Y-%m-%d %H:%M}; due {due:%Y-%m-%d %H:%M}"
        )
        remedy = "is that known? Otherwise use one unit, or shorten a term"
        subject.warn("terms_may_exceed_limit", ("limits", place, "limit"), message, remedy)


def _of(legal: LegalLimit) -> str:
    channels = f", channel {listed(legal.channels)}" if legal.channels else ""
    return f" ({format_limit(legal.terms.limit)}{channels})" if legal.terms else channels
