"""Codes that stand twice, codes that lead nowhere, and outcomes that the kind of a step needs or does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from procedures import format as f
from procedures.checks.subject import Subject, listed
from procedures.yaml_text import Loc

_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "consultation": ("agreed", "disagreed"),
    "posting": ("done",),
    "service": ("done",),
    "sub_procedure": ("done", "denied"),
}
_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "consultation": ("agreed", "disagreed"),
    "posting": ("done", "objection"),
    "sub_procedure": ("done", "denied"),
}


def check_names(subject: Subject) -> None:
    """Report duplicate codes, unknown references and impossible outcomes."""
    _duplicates(subject)
    _references(subject)
    _roles(subject)
    _channels(subject)
    for loc, step in subject.steps():
        _outcomes(subject, loc, step)
    in_force = subject.file.in_force
    if in_force.to is not None and in_force.to < in_force.since:
        subject.fault("bad_period", ("in_force", "to"), f"{in_force.to} lies before {in_force.since}", "correct one")


def ways(step: f.AnyStep) -> list[tuple[Loc, str]]:
    """Return where a step leads: the way to each target below the step, and the target."""
    match step:
        case f.DecisionPart():
            return [(("choose", place, "to"), choice.to) for place, choice in enumerate(step.choose)]
        case f.SplitPart():
            return [(("to", place), target) for place, target in enumerate(step.to)]
        case f.JoinPart():
            return [(("next",), step.next)]
        case f.EndPart():
            return []
        case _:
            return [(("next", outcome), target) for outcome, target in step.next.items()]


def _duplicates(subject: Subject) -> None:
    groups: list[tuple[Loc, Iterable[object], str]] = [
        (("steps",), subject.entries("steps"), "code"),
        (("papers",), subject.entries("papers"), "code"),
        (("clock", "stops"), [stop.model_dump() for stop in subject.file.clock.stops], "ground"),
    ]
    for loc, entries, key in groups:
        seen: set[str] = set()
        for place, entry in enumerate(entries):
            code = entry.get(key) if isinstance(entry, dict) else None
            if not isinstance(code, str):
                continue
            if code in seen:
                where: Loc = (*loc, place, key)
                subject.fault("duplicate_code", where, f"the {key} {code!r} stands twice", "give each its own")
            seen.add(code)


def _references(subject: Subject) -> None:
    codes = set(subject.places())
    steps = {step.code: step for step in subject.file.steps}
    file = subject.file
    if file.start and file.start not in codes:
        subject.fault(
            "unknown_step", ("start",), f"there is no step {file.start!r}", f"name one of: {listed(tuple(steps))}"
        )
    for loc, step in subject.steps():
        for way, target in ways(step):
            if target not in codes:
                remedy = "correct the code, or add that step"
                subject.fault("unknown_step", (*loc, *way), f"leads to {target!r}, which does not exist", remedy)
        if isinstance(step, f.StepPart):
            for place, target in enumerate(step.send_back_to):
                where = (*loc, "send_back_to", place)
                if target not in codes:
                    subject.fault("unknown_step", where, f"{target!r} does not exist", "correct the code")
                elif target in steps and steps[target].kind in {"end", "split", "join", "decision"}:
                    message = f"a dossier cannot be sent back to {target!r}, which is a {steps[target].kind}"
                    subject.fault("bad_send_back", where, message, "name a step at which an agency works")


def _roles(subject: Subject) -> None:
    file = subject.file
    used = {file.desk}
    for loc, step in subject.steps():
        named: list[tuple[Loc, str]] = []
        role = getattr(step, "role", None)
        if role is not None:
            named.append(((*loc, "role"), role))
        if isinstance(step, f.ConsultationPart):
            named += [((*loc, "consulted", place, "role"), one.role) for place, one in enumerate(step.consulted)]
        for where, code in named:
            used.add(code)
            if code not in file.roles:
                message = f"the role {code!r} is not among roles"
                subject.fault("unknown_role", where, message, f"name one of: {listed(tuple(file.roles))}")
    if file.desk and file.desk not in file.roles:
        message = f"the role {file.desk!r} is not among roles"
        subject.fault("unknown_role", ("desk",), message, f"name one of: {listed(tuple(file.roles))}")
    for code, part in file.roles.items():
        if part.jurisdiction == "fixed" and part.agency is None:
            message = "jurisdiction: fixed does not say which agency"
            subject.fault("role_without_agency", ("roles", code), message, "add agency: with the agency's code")
        if part.jurisdiction != "fixed" and part.agency is not None:
            message = f"an agency is named although jurisdiction is {part.jurisdiction}"
            subject.fault("role_without_agency", ("roles", code, "agency"), message, "remove it, or say fixed")
        if code not in used and not subject.unsound:
            message = f"no step uses the role {code!r}"
            subject.warn("unused_role", ("roles", code), message, "remove it, or use it")
    desk = file.roles.get(file.desk)
    if desk is not None and desk.jurisdiction != "receiving":
        message = f"the desk's jurisdiction is {desk.jurisdiction}; the desk that receives owns the clock"
        subject.warn("desk_not_receiving", ("roles", file.desk, "jurisdiction"), message, "say receiving")


def _channels(subject: Subject) -> None:
    seen: set[str] = set()
    defaults = 0
    for place, limit in enumerate(subject.file.limits):
        for channel in limit.channels or ():
            if channel in seen:
                message = f"the channel {channel!r} has two legal limits"
                subject.fault("duplicate_code", ("limits", place, "channels"), message, "keep one")
            seen.add(channel)
        defaults += limit.channels is None
    if defaults > 1:
        message = "more than one legal limit names no channels"
        subject.fault("duplicate_code", ("limits",), message, "keep one limit for all other channels")


def _outcomes(subject: Subject, loc: Loc, step: f.AnyStep) -> None:
    outcomes = getattr(step, "next", None)
    if not isinstance(outcomes, dict):
        return
    needed = ("done",) if isinstance(step, f.WaitPart) and step.purpose == "pay" else _NEEDED.get(step.kind, ())
    for outcome in needed:
        missing = outcome not in outcomes and not (outcome == "denied" and not getattr(step, "wait", True))
        if missing:
            message = f"a {step.kind} may end {outcome!r}, and that leads nowhere"
            subject.fault("missing_outcome", (*loc, "next"), message, f"add {outcome}: with the next step")
    known = _KNOWN.get(step.kind)
    for outcome in outcomes if known else ():
        if outcome not in (known or ()):
            message = f"a {step.kind} never ends {outcome!r}"
            subject.fault("unknown_outcome", (*loc, "next", outcome), message, f"use: {listed(known)}")
    for key, meaning in (("tacit", "when the limit passes"), ("on_silence", "when the applicant is silent")):
        taken = getattr(step, key, None)
        if taken is None:
            continue
        if taken not in outcomes:
            message = f"the outcome {taken!r}, taken {meaning}, leads nowhere"
            subject.fault("unknown_outcome", (*loc, key), message, f"name one of: {listed(tuple(outcomes))}")
        if getattr(step, "limit", None) is None:
            message = f"an outcome is taken {meaning}, but there is no limit"
            subject.fault("silence_without_limit", (*loc, key), message, "add limit: and its source")
