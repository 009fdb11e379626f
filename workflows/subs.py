"""Interlinked sub-dossiers: started for a root's step, received by the system at once, their end told to the root.

A sub-dossier's id follows from its root's hold, so that a start repeated after a crash finds the dossier it made.
"""

from __future__ import annotations

from engine import commands as co
from engine.dossier import Dossier, evolve
from engine.errands import StartSubDossier, sub_ended, sub_started
from engine.errors import StaleVersionError
from engine.events import SYSTEM, Fact
from engine.rules import Rules
from store.errors import NumberTakenError
from store.store import Store
from store.values import Change
from workflows.changes import Moved, change_of, decided, moved
from workflows.ids import derived_id
from workflows.rulebook import Rulebook

MOST_SERIALS = 1_000
"""Serial numbers tried in a row where imported dossiers already carry them."""


def start_sub(store: Store, rulebook: Rulebook, root: Dossier, errand: StartSubDossier, now: int) -> Moved:
    """Submit and receive the sub-dossier and record its start on the root, in one transaction; the root moves on.

    Raises:
        NotAllowedError: the procedure or channel is not offered at that agency, or the root's step has ended.
        StaleVersionError: somebody else changed the root meanwhile; nothing was recorded.
        InputError: no version of the procedure is in force.
    """
    rules = rulebook.in_force(errand.procedure, rulebook.today(errand.agency, now))
    dossier_id = derived_id(root.holds[errand.hold].opened_at, errand.key)
    for _ in range(MOST_SERIALS):
        try:
            with store.transaction():
                if store.find(dossier_id) is None:
                    _submit_and_receive(store, rules, root, errand, dossier_id, now)
                root_rules = rulebook.rules_of(root)
                went = moved(root, root_rules, now, sub_started(root, root_rules, errand.hold, dossier_id, now))
                if went.change is not None:
                    store.append(went.change)
                return went
        except NumberTakenError:
            store.next_serial(errand.agency, rulebook.today(errand.agency, now))
            root = store.load(root.dossier_id)
    raise StaleVersionError(root.name, root.version, root.version)


def tell_roots(store: Store, rulebook: Rulebook, now: int, limit: int = 1_000) -> list[Change]:
    """Return the changes that tell roots of sub-dossiers that have ended; several of one root come one drive later."""
    changes: dict[int, Change] = {}
    for hold, sub in store.ended_subs(limit):
        if hold.dossier in changes:
            continue
        for root in store.load_many([hold.dossier]):
            expected = root.version
            facts: tuple[Fact, ...] = sub_ended(root, hold.number, sub.outcome, now)
            for fact in facts:
                evolve(root, fact)
            if facts:
                changes[hold.dossier] = change_of(root, facts, expected, rulebook.rules_of(root))
    return list(changes.values())


def _submit_and_receive(
    store: Store, rules: Rules, root: Dossier, errand: StartSubDossier, dossier_id: str, now: int
) -> None:
    procedure = rules.procedure
    channel = root.channel if procedure.offers(root.channel) else procedure.channels[0]
    submit = co.Submit(
        at=now,
        by=SYSTEM,
        agency=errand.agency,
        dossier_id=dossier_id,
        procedure=procedure.code,
        channel=channel,
        applicant=root.applicant,
        papers=root.papers,
        data=dict(root.data),
        root=root.dossier_id,
        root_hold=errand.hold,
    )
    submitted = decided(None, submit, rules)
    store.append(submitted)
    serial = store.next_serial(errand.agency, rules.desk_calendar(submitted.dossier).local_date(now))
    receive = co.Receive(at=now, by=SYSTEM, agency=errand.agency, serial=serial)
    store.append(decided(submitted.dossier, receive, rules))
