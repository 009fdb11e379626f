"""Asking the machines of many dossiers at once, and turning what they say into facts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from engine.dossier import Dossier
from engine.errands import CallService, served
from engine.events import Fact
from engine.procedure import ServiceStep
from engine.rules import Rules
from workflows.services import Answer, Question, ServiceError, Services

AT_ONCE: Final = 8
"""Machines asked at the same time."""

FAILED: Final = "failed"
"""The outcome a machine step takes by itself when its term has passed and the machine still cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of one errand: an answer, or why there is none."""

    dossier: Dossier
    errand: CallService
    said: Answer | ServiceError

    def facts(self, rules: Rules, now: int) -> tuple[Fact, ...]:
        """Return the facts the answer leads to.

        Where the machine cannot be used, the step's term has passed and its procedure knows the outcome ``failed``,
        that outcome is taken, so that people can go on by hand.

        Raises:
            ServiceError: there is no usable answer.
            NotAllowedError: the hold is not open any more.
        """
        node = rules.procedure.nodes[self.errand.step]
        outcomes = tuple(dict.fromkeys(edge.outcome for edge in node.edges)) if isinstance(node, ServiceStep) else ()
        hold = self.dossier.holds[self.errand.hold]
        if isinstance(self.said, ServiceError):
            if FAILED in outcomes and hold.due is not None and now > hold.due:
                return served(self.dossier, self.errand.hold, FAILED, {}, now)
            raise self.said
        if self.said.outcome not in outcomes:
            raise ServiceError(
                f"service {self.errand.service!r} answered {self.said.outcome!r}, which is no outcome of"
                f" {self.errand.step}: {', '.join(outcomes)}",
                may_recover=False,
            )
        return served(self.dossier, self.errand.hold, self.said.outcome, self.said.data, now)


def ask_machines(services: Services, errands: Sequence[tuple[Dossier, CallService]]) -> list[Reply]:
    """Ask for every errand, several at once; the replies come in the order of the errands."""
    if not errands:
        return []
    replies: list[Reply | None] = [None] * len(errands)

    def ask_every(nth: int) -> None:
        for place in range(nth, len(errands), AT_ONCE):
            replies[place] = _ask(services, *errands[place])

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for _ in pool.map(ask_every, range(min(AT_ONCE, len(errands)))):
            pass
    return [reply for reply in replies if reply is not None]


def _ask(services: Services, dossier: Dossier, errand: CallService) -> Reply:
    question = Question(
        service=errand.service,
        key=errand.key,
        dossier_id=dossier.dossier_id,
        dossier_no=dossier.dossier_no,
        procedure=dossier.procedure,
        step=errand.step,
        hold=errand.hold,
        data=dossier.data,
    )
    try:
        return Reply(dossier=dossier, errand=errand, said=services.ask(question))
    except ServiceError as error:
        return Reply(dossier=dossier, errand=errand, said=error)
