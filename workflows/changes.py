"""From rules to a change that the store can append: decide, let time act, move; all in memory, nothing written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine import events as ev
from engine.advance import advance
from engine.commands import Command
from engine.decide import decide
from engine.dossier import Dossier, evolve
from engine.errands import Errand
from engine.errors import MotcuaError, NotAllowedError
from engine.expire import expire, wake_at
from engine.rules import Rules
from store.values import Change

DOSSIER_ERRORS = (MotcuaError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError)
"""What one bad dossier may raise while others of its chunk must go on: it becomes that dossier's incident.

Wider than the errors we foresee on purpose: a fault of ours on one odd history must not hold up a thousand others. It
is never swallowed: the incident names it and stays open until it is gone.
"""


class RefusedError(NotAllowedError):
    """A refusal, with the change to append all the same: what time had done by then, and the attempt if it matters."""

    def __init__(
        self,
        sentence: str,
        open_now: tuple[str, ...] = (),
        breach: tuple[object, ...] = (),
        key: str = "",
        fields: Mapping[str, object] | None = None,
        change: Change | None = None,
    ) -> None:
        super().__init__(sentence, open_now, breach, key, fields)
        self.args = (*self.args, change)
        self.change = change


@dataclass(slots=True, kw_only=True)
class Moved:
    """What became of one dossier in memory: the change to append (None: nothing) and what is to be done outside."""

    dossier: Dossier
    change: Change | None
    errands: list[Errand] = field(default_factory=list)


def change_of(dossier: Dossier, facts: Sequence[ev.Fact], expected: int, rules: Rules, command_id: str = "") -> Change:
    """Return the change that takes a dossier from version ``expected`` to its present state.

    Raises:
        BeyondCalendarError: the next instant at which time does something lies outside the calendar.
    """
    return Change(
        dossier=dossier, facts=facts, expected=expected, command_id=command_id, wake_at=wake_at(dossier, rules)
    )


def decided(dossier: Dossier | None, command: Command, rules: Rules) -> Change:
    """Return the change a command leads to; ``dossier`` is folded further in place.

    What time has done until then is recorded first, so that an act meets the same state whether or not the sweep has
    been by: a window that closed yesterday is closed.

    Raises:
        RefusedError: not allowed; its ``change`` holds what is true all the same.
        InputError: the command names what does not exist, or a calendar ends too early.
    """
    state = dossier if dossier is not None else Dossier()
    expected = state.version
    passed = expire(state, rules, command.at) if expected else []
    try:
        facts = decide(state if expected else None, command, rules)
    except NotAllowedError as refusal:
        attempts = [fact for fact in refusal.breach if isinstance(fact, ev.Fact)] if expected else []
        for attempt in attempts:
            evolve(state, attempt)
        left = change_of(state, (*passed, *attempts), expected, rules) if passed or attempts else None
        raise RefusedError(
            refusal.sentence, refusal.open_now, refusal.breach, refusal.key, refusal.fields, left
        ) from None
    for fact in facts:
        evolve(state, fact)
    return change_of(state, (*passed, *facts), expected, rules, command.command_id)


def moved(dossier: Dossier, rules: Rules, now: int, before: Sequence[ev.Fact] = ()) -> Moved:
    """Fold ``before`` in, let the dossier move until it rests, and return the change; ``dossier`` is folded in place.

    Raises:
        StuckError: it cannot move on.
        InputError: a calendar ends too early, or nobody is competent.
    """
    expected = dossier.version
    for fact in before:
        evolve(dossier, fact)
    went = advance(dossier, rules, now)
    facts = (*before, *went.facts)
    change = change_of(dossier, facts, expected, rules) if facts else None
    return Moved(dossier=dossier, change=change, errands=went.errands)
