"""What has to be done outside the engine before a dossier can move on, and the facts its result leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import events as ev
from engine.dossier import Dossier, Hold, Work
from engine.errors import NotAllowedError
from engine.procedure import ServiceStep, SubProcedure
from engine.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class CallService:
    """A machine step is open: call ``service`` for ``hold`` with the idempotency key ``key``."""

    hold: int
    step: str
    service: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSubDossier:
    """An interlinked sub-dossier of ``procedure`` is to be submitted at ``agency`` for ``hold``."""

    hold: int
    step: str
    procedure: str
    agency: str
    key: str


Errand = CallService | StartSubDossier


def errands(dossier: Dossier, rules: Rules) -> list[Errand]:
    """Return what is to be done outside for the open holds; the same errand has the same key each time."""
    found: list[Errand] = []
    if dossier.ended_at is not None:
        return found
    for hold in dossier.holds_now():
        if hold.work is not Work.SERVICE and hold.work is not Work.SUB_DOSSIER:
            continue
        node = rules.procedure.nodes.get(hold.step)
        key = f"{dossier.dossier_id}:{hold.number}"
        if isinstance(node, ServiceStep):
            found.append(CallService(hold=hold.number, step=hold.step, service=node.service, key=key))
        elif isinstance(node, SubProcedure) and not hold.sub_dossier:
            found.append(
                StartSubDossier(hold=hold.number, step=hold.step, procedure=node.procedure, agency=hold.agency, key=key)
            )
    return found


def can_move(dossier: Dossier) -> bool:
    """Tell whether a drive would find something to do: a move, an errand, or a consultation to close."""
    if dossier.origin != "live" or not dossier.is_open:
        return False
    if dossier.moves:
        return True
    for number in dossier.open_holds:
        hold = dossier.holds[number]
        if (
            hold.work is Work.SERVICE
            or (hold.work is Work.SUB_DOSSIER and not hold.sub_dossier)
            or (hold.work is Work.CONSULTATION and not open_opinions(dossier, hold))
        ):
            return True
    return False


def open_opinions(dossier: Dossier, lead: Hold) -> list[Hold]:
    """Return the opinions a lead's hold still waits for."""
    return [dossier.holds[number] for number in dossier.open_holds if dossier.holds[number].lead_hold == lead.number]


def served(dossier: Dossier, hold: int, outcome: str, data: dict[str, Any], at: int) -> tuple[ev.Fact, ...]:
    """Return the fact that a machine step ended with ``outcome`` at ``at`` (epoch seconds).

    Raises:
        NotAllowedError: the hold is not open any more (somebody else has recorded the same answer).
    """
    held = _open_hold(dossier, hold)
    return (ev.StepDone(occurred_at=at, recorded_at=at, agency=held.agency, hold=hold, outcome=outcome, data=data),)


def sub_started(dossier: Dossier, rules: Rules, hold: int, dossier_id: str, at: int) -> tuple[ev.Fact, ...]:
    """Return the facts that an interlinked sub-dossier was submitted; a step that does not wait for it ends."""
    held = _open_hold(dossier, hold)
    node = rules.procedure.nodes[held.step]
    if not isinstance(node, SubProcedure):
        raise NotAllowedError(f"dossier {dossier.name}: {held.step} starts no sub-dossier")
    started = ev.SubDossierStarted(
        occurred_at=at, recorded_at=at, agency=held.agency, hold=hold, dossier_id=dossier_id, procedure=node.procedure
    )
    if node.wait:
        return (started,)
    done = ev.StepDone(occurred_at=at, recorded_at=at, agency=held.agency, hold=hold, outcome="done")
    return (started, done)


def sub_ended(dossier: Dossier, hold: int, outcome: str, at: int) -> tuple[ev.Fact, ...]:
    """Return the facts that an interlinked sub-dossier ended with ``outcome`` and that the waiting step ends with it.

    ``granted`` leads on by ``done``, every other end by ``denied``. Nothing where the step waits no longer.
    """
    held = dossier.holds.get(hold)
    if held is None or held.closed_at is not None or dossier.ended_at is not None:
        return ()
    ended = ev.SubDossierEnded(
        occurred_at=at, recorded_at=at, agency=held.agency, hold=hold, dossier_id=held.sub_dossier, outcome=outcome
    )
    leads_by = "done" if outcome == "granted" else "denied"
    return (
        ended,
        ev.StepDone(occurred_at=at, recorded_at=at, agency=held.agency, hold=hold, outcome=leads_by),
    )


def _open_hold(dossier: Dossier, number: int) -> Hold:
    held = dossier.holds.get(number)
    if held is None or held.closed_at is not None:
        raise NotAllowedError(f"dossier {dossier.name}: hold {number} is not open any more")
    return held
