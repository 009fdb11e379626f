"""Numbers that nobody can check for want of a source, and stops of the clock without a ground."""

from __future__ import annotations

from procedures import format as f
from procedures.checks.subject import Subject, listed
from procedures.yaml_text import Loc

_SOURCE = 'add source: {text: "the legal text and its article"}, with confirmed: false if nobody has read it'


def check_sources(subject: Subject) -> None:
    """Report numbers without a source and stops that the procedure's clock policy does not allow."""
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
