"""Terms that do not fit into the legal limit, on some path or on some day."""

from __future__ import annotations

from engine.errors import InputError
from engine.instants import to_datetime
from engine.limits import format_limit
from engine.path_terms import mixes_units, overruns, worst_start
from engine.procedure import LegalLimit
from procedures.calendars import load_calendar
from procedures.checks.subject import Subject, listed


def check_fit(subject: Subject) -> None:
    """Report unknown calendars, terms that add up to more than the legal limit, and days on which they may."""
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
