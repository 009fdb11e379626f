"""The right of reply: a signal's own file, raised, notified, explained by the agency, reviewed by others, closed.

The file is a history of its own in the log, folded here as a dossier's is in `engine.dossier`; what may be done is
decided in `engine.decisions.review`. What is asked of a signal are the commands below; none concerns a dossier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import msgspec

from engine import events as ev
from engine.directory import Directory
from engine.dossier import Dossier

EXPLAIN_WITHIN: Final = "5 working days"
"""How long the agency may take to explain: a proposal, no text sets it for signals."""

VERDICTS: Final = ("accepted", "upheld")
"""The explanation holds, or the signal does."""

EXPLANATION: Final = "explanation"
"""``subject`` of `engine.events.LimitPassed` when the agency let its limit pass."""


class SignalState(StrEnum):
    """How far a signal has come."""

    RAISED = "raised"
    NOTIFIED = "notified"
    EXPLAINED = "explained"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class SignalCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", gc=False):
    """What all commands on signals carry; the fields mean what they mean in `engine.commands.Command`."""

    at: int
    by: str
    agency: str = ""
    recorded_at: int = 0
    command_id: str = ""
    reason: str = ""
    legal_basis: str = ""
    document_no: str = ""


class Notify(SignalCommand, frozen=True, kw_only=True, tag="notify-signal"):
    """Tell the agency; it may explain within ``limit``, counted on its own calendar."""

    limit: str = EXPLAIN_WITHIN


class Explain(SignalCommand, frozen=True, kw_only=True, tag="explain-signal"):
    """Explain: ``reason``, ``facts`` that show it (``NO`` or ``NO/VERSION``), and what the agency does about it."""

    facts: tuple[str, ...] = ()
    remedy: str = ""


class Review(SignalCommand, frozen=True, kw_only=True, tag="review-signal"):
    """Judge it with a ``reason``: the explanation is ``accepted``, or the signal ``upheld``."""

    verdict: str


class Close(SignalCommand, frozen=True, kw_only=True, tag="close-signal"):
    """Close the file on the last verdict."""


@dataclass(slots=True, kw_only=True)
class SignalFile:
    """The state of one signal; instants in epoch seconds. ``explanations`` and ``reviews`` are the facts, in order."""

    raised: ev.SignalRaised
    state: SignalState = SignalState.RAISED
    notified_at: int | None = None
    due: int | None = None
    is_overdue: bool = False
    explanations: list[ev.SignalExplained] = field(default_factory=list)
    reviews: list[ev.SignalReviewed] = field(default_factory=list)
    closed: ev.SignalClosed | None = None
    breaches: list[str] = field(default_factory=list)
    version: int = 0
    last_at: int = 0

    @property
    def name(self) -> str:
        """The number people know it by."""
        return self.raised.signal_no

    @property
    def agency(self) -> str:
        """The agency whose conduct it is."""
        return self.raised.agency

    @property
    def verdict(self) -> str:
        """The last verdict, empty before any."""
        return self.reviews[-1].verdict if self.reviews else ""

    @property
    def may_name(self) -> bool:
        """Whether public reports may name the officers: only when it is closed and upheld."""
        return self.closed is not None and self.verdict == "upheld"


def replay_signal(facts: Iterable[ev.Fact]) -> SignalFile:
    """Return the file that a history tells of.

    Raises:
        ValueError: the history does not begin with `engine.events.SignalRaised`.
    """
    file: SignalFile | None = None
    for fact in facts:
        if file is None:
            if not isinstance(fact, ev.SignalRaised):
                raise ValueError(f"the file of a signal begins with SignalRaised, not {type(fact).__name__}")
            file = SignalFile(raised=fact, version=1, last_at=fact.occurred_at)
        else:
            evolve_signal(file, fact)
    if file is None:
        raise ValueError("the file of a signal has at least one fact")
    return file


def evolve_signal(file: SignalFile, fact: ev.Fact) -> SignalFile:
    """Fold one fact into the file, in place, and return it."""
    match fact:
        case ev.SignalNotified():
            file.state, file.notified_at, file.due = SignalState.NOTIFIED, fact.occurred_at, fact.due
        case ev.LimitPassed():
            file.is_overdue = True
        case ev.SignalExplained():
            file.state = SignalState.EXPLAINED
            file.explanations.append(fact)
        case ev.SignalReviewed():
            file.state = SignalState.REVIEWED
            file.reviews.append(fact)
        case ev.SignalClosed():
            file.state, file.closed = SignalState.CLOSED, fact
        case ev.RuleBreached():
            file.breaches.append(fact.rule)
        case _:
            pass
    file.version += 1
    file.last_at = max(file.last_at, fact.occurred_at)
    return file


def wake_of(dossier: Dossier) -> int | None:
    """Return when time alone has something to record on a signal's file (as listed: a dossier), None: never."""
    due = dossier.due
    if due is None or dossier.ended_at is not None or (f"passed:{EXPLANATION}:{due}", 0) in dossier.marks:
        return None
    return due + 1


def expire_signal(file: SignalFile, at: int) -> tuple[ev.Fact, ...]:
    """Return what time has done to a file until ``at`` (epoch seconds): the limit to explain passed, once."""
    if file.state is not SignalState.NOTIFIED or file.due is None or at <= file.due or file.is_overdue:
        return ()
    header: dict[str, Any] = {
        "occurred_at": file.due,
        "recorded_at": max(at, file.due),
        "agency": file.agency,
        "origin": ev.SIGNAL,
    }
    return (ev.LimitPassed(**header, subject=EXPLANATION, due=file.due),)


def open_now(file: SignalFile, at: int) -> tuple[str, ...]:
    """Return what can be done on a file at ``at`` (epoch seconds), by name."""
    match file.state:
        case SignalState.RAISED:
            return ("notify",)
        case SignalState.NOTIFIED:
            return ("explain", "review") if file.due is not None and at > file.due else ("explain",)
        case SignalState.EXPLAINED:
            return ("explain", "review")
        case SignalState.REVIEWED:
            return ("close", "review")
        case SignalState.CLOSED:
            return ()


def agencies_concerned(file: SignalFile, directory: Directory) -> frozenset[str]:
    """Return the agency a signal concerns and, after a merger, those that followed it: they speak for it."""
    found = [file.agency]
    while (known := directory.agencies.get(found[-1])) is not None and known.successor not in {"", *found}:
        found.append(known.successor)
    return frozenset(found)
