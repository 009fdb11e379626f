"""The ten national statuses, derived from a dossier's state, never stored as truth."""

from __future__ import annotations

from enum import IntEnum

from engine.dossier import Dossier


class Status(IntEnum):
    """National status list used by provincial one-stop systems (domain facts §1.7)."""

    SUBMITTED = 1
    RECEIVED = 2
    DECLINED = 3
    IN_PROGRESS = 4
    AWAITING_SUPPLEMENT = 5
    FINANCIAL_OBLIGATION = 6
    WITHDRAWN = 7
    STOPPED = 8
    DECIDED = 9
    ISSUED = 10


_BY_OUTCOME = {
    "declined": Status.DECLINED,
    "withdrawn": Status.WITHDRAWN,
    "stopped": Status.STOPPED,
    "granted": Status.DECIDED,
    "denied": Status.DECIDED,
    "accepted": Status.DECIDED,
    "upheld": Status.DECIDED,
}


def status(dossier: Dossier) -> Status:
    """Return the one national status; with parallel branches 7 > 8 > 10 > 9 > 6 > 5 > 4 > 2.

    The file of a signal has no national status; it is listed as received (2) until it is closed (9).

    Legal posting and opinions are work in progress (4).
    """
    if dossier.outcome in {"withdrawn", "stopped"}:
        return _BY_OUTCOME[dossier.outcome]
    if dossier.issued_at is not None:
        return Status.ISSUED
    if dossier.outcome:
        return _BY_OUTCOME[dossier.outcome]
    if any(mark == "financial_obligation" for mark, _ in dossier.marks):
        return Status.FINANCIAL_OBLIGATION
    if dossier.awaits_supplement is not None:
        return Status.AWAITING_SUPPLEMENT
    if dossier.received_at is None:
        return Status.SUBMITTED
    return Status.IN_PROGRESS if dossier.holds else Status.RECEIVED
