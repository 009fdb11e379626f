"""Letters the law wants written: found in the facts, kept in an outbox, composed and sent when their time comes.

The outbox holds codes and instants only. Names and addresses are looked up when a letter is sent, so that an erased
applicant gets none, and stand in no log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine import events as ev
from engine.errors import InputError, MotcuaError
from store import DossierRow, HoldRow, Logged, Notification, Store
from workflows.incidents import wait_after
from workflows.letter import compose
from workflows.rulebook import Rulebook
from workflows.senders import Sender, SenderError

SUBSCRIBER: Final = "letters"
APPLICANT: Final = "applicant"
AGENCY: Final = "agency"


@dataclass(slots=True, kw_only=True)
class NotifyReport:
    """What was done: facts read, letters entered, sent, and failed attempts."""

    facts: int = 0
    entered: int = 0
    sent: int = 0
    failed: int = 0


def collect(store: Store, now: int, *, limit: int = 5_000) -> NotifyReport:
    """Read facts not read yet and enter the letters they call for, each once."""
    report = NotifyReport()
    while report.facts < limit:
        logged = store.facts_after(store.cursor(SUBSCRIBER), min(1_000, limit - report.facts))
        if not logged:
            break
        with store.transaction():
            for entry in logged:
                for letter in _letters(store, entry, now):
                    report.entered += store.notifications.put(letter)
            store.move_cursor(SUBSCRIBER, logged[-1].position)
        report.facts += len(logged)
    return report


def send(
    store: Store, rulebook: Rulebook, sender: Sender, now: int, *, zone: str, language: str, limit: int = 500
) -> NotifyReport:
    """Send the letters whose time has come; one that fails waits longer each time and holds up no other."""
    report = NotifyReport()
    for letter in store.notifications.pending(now, limit):
        try:
            sender.send(compose(store, rulebook, letter, zone=zone, language=language))
        except (SenderError, InputError) as error:
            store.notifications.failed(letter.number, _plain(error), now + wait_after(letter.attempts + 1))
            report.failed += 1
        else:
            store.notifications.sent(letter.number, now)
            report.sent += 1
    return report


def _plain(error: MotcuaError) -> str:
    """Return why it failed, without anything of the applicant's."""
    return str(error)[:300]


def _letters(store: Store, entry: Logged, now: int) -> Iterator[Notification]:
    fact = entry.fact
    if isinstance(fact, ev.SignalNotified):
        told = {"at": fact.occurred_at, "due": fact.due, "code": store.row(entry.dossier_id).procedure}
        yield _letter(entry, now, "signal", AGENCY, fact.agency, told)
    if fact.origin != "live" or not isinstance(fact, _CALLS_FOR_A_LETTER):
        return
    row = store.row(entry.dossier_id)
    params: dict[str, Any] = {"at": fact.occurred_at, "reason": fact.reason, "legal_basis": fact.legal_basis}
    params |= {"agency": fact.agency, "due": row.due}
    match fact:
        case ev.Received():
            yield from _to_applicant(entry, row, now, "receipt", params | {"due": fact.due})
        case ev.SupplementRequested():
            more: dict[str, Any] = {"papers": list(fact.papers), "window_due": fact.window_due}
            yield from _to_applicant(entry, row, now, "supplement", params | more)
        case ev.IntakeDeclined():
            yield from _to_applicant(entry, row, now, "declined", params)
        case ev.ApologyIssued():
            yield from _to_applicant(entry, row, now, "apology", params | {"promised": fact.promised})
        case ev.HandlingStopped():
            yield from _to_applicant(entry, row, now, "stopped", params)
        case ev.ResultDecided():
            yield from _to_applicant(entry, row, now, "granted", params)
        case ev.ResultDenied():
            yield from _to_applicant(entry, row, now, "denied", params)
        case ev.Urged():
            hold = next((held for held in store.holds(entry.dossier_id) if held.number == fact.hold), None)
            if hold is not None and hold.agency:
                more = {"step": hold.step, "step_due": hold.due}
                yield _letter(entry, now, "urging", AGENCY, hold.agency, params | more)
        case ev.Escalated():
            yield _letter(entry, now, "escalation", AGENCY, fact.to_agency, params | {"rung": fact.rung})
        case ev.DueSoon() if fact.apology_due:
            for agency in _holders(store, row):
                yield _letter(entry, now, "apology_owed", AGENCY, agency, params)
        case ev.LimitPassed() if fact.subject == "legal":
            for agency in _holders(store, row):
                yield _letter(entry, now, "overdue", AGENCY, agency, params)
        case _:
            return


_CALLS_FOR_A_LETTER = (
    ev.Received,
    ev.SupplementRequested,
    ev.IntakeDeclined,
    ev.ApologyIssued,
    ev.HandlingStopped,
    ev.ResultDecided,
    ev.ResultDenied,
    ev.Urged,
    ev.Escalated,
    ev.DueSoon,
    ev.LimitPassed,
)


def _to_applicant(
    entry: Logged, row: DossierRow, now: int, kind: str, params: dict[str, Any]
) -> Iterator[Notification]:
    """A letter to the applicant; of interlinked dossiers he is told about the root only."""
    if row.applicant and not row.root:
        yield _letter(entry, now, kind, APPLICANT, row.applicant, params)


def _holders(store: Store, row: DossierRow) -> list[str]:
    holds: list[HoldRow] = [hold for hold in store.holds(row.dossier_id) if hold.closed_at is None and hold.agency]
    return sorted({row.desk, *(hold.agency for hold in holds)})


def _letter(entry: Logged, now: int, kind: str, to: str, recipient: str, params: dict[str, Any]) -> Notification:
    return Notification(
        key=f"{entry.dossier_id}/{entry.version}/{kind}/{recipient}",
        kind=kind,
        recipient_kind=to,
        recipient=recipient,
        dossier_id=entry.dossier_id,
        created_at=now,
        params={name: value for name, value in params.items() if value not in (None, "")},
    )
