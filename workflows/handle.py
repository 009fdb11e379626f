"""Human acts: read, decide, append, project, in one transaction; stale once more, refusals remembered. No Prefect.

An act is done when this returns; what follows from it by itself (the next step opens, a machine is asked) is the
drive's, a few seconds or, with everything else stopped, some hours later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from engine import commands as co
from engine.dossier import Dossier
from engine.errors import InputError, NotAllowedError, StaleVersionError
from engine.events import APPLICANT, SIGNAL, SYSTEM, Fact, Submitted
from engine.rules import Rules
from store.apart import Applicant
from store.errors import AlreadyRecorded, NumberTakenError
from store.store import Store
from store.values import Change
from workflows.changes import RefusedError, decided
from workflows.ids import new_id
from workflows.loading import check_dossier
from workflows.rulebook import Rulebook

MOST_SERIALS: Final = 1_000
"""Serial numbers tried in a row where imported dossiers already carry them."""

LONGEST_COMMAND_ID: Final = 200
"""Characters; ids stand in an index of the database."""

COMMANDS: Final = {co.name_of(kind): kind for kind in co.Command.__subclasses__()}
"""Every command by the name people call it."""

_GIVEN: Final = frozenset({"at", "by", "agency", "recorded_at", "command_id", "serial"})
"""What a command's data may not set: it comes from who acts, when and for whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What an act led to; ``repeated`` tells that its command id had been recorded before and nothing was added."""

    dossier: Dossier
    facts: tuple[Fact, ...]
    repeated: bool = False


def submit(
    store: Store,
    rulebook: Rulebook,
    *,
    procedure: str,
    agency: str,
    applicant: Applicant | str,
    at: int,
    by: str = APPLICANT,
    recorded_at: int = 0,
    channel: str = "direct",
    papers: tuple[str, ...] = (),
    data: Mapping[str, Any] | None = None,
    dossier_id: str = "",
    command_id: str = "",
) -> Handled:
    """Record a submission at desk ``agency`` under the procedure version in force that day.

    Args:
        store: where it is recorded.
        rulebook: the rules.
        procedure: its code.
        agency: the receiving desk.
        applicant: who submits; his data is kept apart. A text is the reference of a known applicant.
        at: when (epoch seconds).
        by: the applicant, or the officer of the desk who enters it.
        recorded_at: when it is entered; 0 means ``at``.
        channel: how it came in, as the procedure's limits name channels.
        papers: codes of the papers handed in.
        data: what conditions may read; no personal data.
        dossier_id: taken as is, for tests and imports; empty makes one.
        command_id: makes the act idempotent.

    Raises:
        UnknownNumberError: no such procedure, agency or applicant.
        NotAllowedError: the desk does not exist that day, the procedure or channel is not offered, or somebody acts
            as the engine itself.
        InputError: the command id is too long, or was given to another act before.
    """
    if by == SYSTEM:
        raise _refuse_engine("submit")
    if (before := _repeated(store, command_id)) is not None:
        first = before.facts[0] if before.facts else None
        if not isinstance(first, Submitted) or (first.procedure, first.agency) != (procedure, agency):
            raise _used(command_id, before)
        return before
    rules = rulebook.in_force(procedure, rulebook.today(agency, at))
    if isinstance(applicant, str):
        store.applicants.get(applicant)
    ref = applicant if isinstance(applicant, str) else applicant.ref
    command = co.Submit(
        at=at,
        by=by,
        agency=agency,
        recorded_at=recorded_at,
        command_id=command_id,
        dossier_id=dossier_id or new_id(at),
        procedure=procedure,
        channel=channel,
        applicant=ref,
        papers=papers,
        data=dict(data or {}),
    )
    change = decided(None, command, rules)
    try:
        with store.transaction():
            if isinstance(applicant, Applicant):
                store.applicants.put(applicant)
            store.append(change)
    except AlreadyRecorded as known:
        return _known(store, known.dossier_id, known.facts)
    return Handled(dossier=change.dossier, facts=tuple(change.facts))


def act(store: Store, rulebook: Rulebook, number: str, command: co.Command) -> Handled:
    """Record what a command leads to on a dossier.

    The officer's agency is inferred where the command names none and he belongs to exactly one that has the dossier.

    Raises:
        UnknownNumberError: no such dossier, agency or procedure version.
        NotAllowedError: refused; what is true all the same (the attempt, what time did) has been recorded.
        StaleVersionError: somebody else was faster twice in a row.
        InputError: it cannot be told for which agency he acts, the command names what does not exist, or its id is
            too long or was given to an act on another dossier before.
    """
    if (before := _repeated(store, command.command_id)) is not None:
        if store.load(number).dossier_id != before.dossier.dossier_id:
            raise _used(command.command_id, before)
        return before
    try:
        return _act_once(store, rulebook, number, command)
    except StaleVersionError:
        return _act_once(store, rulebook, number, command)


def act_named(
    store: Store,
    rulebook: Rulebook,
    number: str,
    name: str,
    *,
    by: str,
    at: int,
    agency: str = "",
    recorded_at: int = 0,
    command_id: str = "",
    data: Mapping[str, Any] | None = None,
) -> Handled:
    """Do what `act` does with a command given by name and plain data, as a form or a file holds it.

    Raises:
        InputError: no such command, or its data does not fit; the sentence says what is expected.
    """
    return act(
        store,
        rulebook,
        number,
        command_of(name, data or {}, by=by, at=at, agency=agency, recorded_at=recorded_at, command_id=command_id),
    )


def erase_applicant(store: Store, rulebook: Rulebook, number: str, *, by: str, at: int) -> str:
    """Erase the personal data of a dossier's applicant for good, and return the reference that stays.

    The facts hold the reference alone, so the chain stays whole.

    Args:
        store: where the data lies.
        rulebook: the directory, for who may do it.
        number: of the dossier.
        by: an officer of the desk that received it.
        at: when (epoch seconds).

    Raises:
        UnknownNumberError: no such dossier, or nothing is kept of its applicant.
        NotAllowedError: the officer does not belong to the desk, or the dossier is still open.
    """
    check_dossier(store, number)
    dossier = store.load(number)
    rules = rulebook.rules_of(dossier)
    desks = _desks(dossier, rules)
    if not any(rules.directory.belongs(by, desk) for desk in desks):
        raise NotAllowedError.of(
            "erased_by_others",
            "dossier {dossier}: erasing personal data is up to {allowed}, not to {officer!r}",
            dossier=dossier.name,
            allowed=tuple(sorted(desks)),
            officer=by,
        )
    if dossier.ended_at is None:
        raise NotAllowedError.of(
            "erased_too_early",
            "dossier {dossier}: it is still open; its applicant must be reachable until it ends",
            dossier=dossier.name,
        )
    store.applicants.erase(dossier.applicant, at)
    return dossier.applicant


def command_of(
    name: str,
    data: Mapping[str, Any],
    *,
    by: str,
    at: int,
    agency: str = "",
    recorded_at: int = 0,
    command_id: str = "",
) -> co.Command:
    """Return the command of a name with its data.

    Raises:
        InputError: no such command, or its data does not fit; the sentence says what is expected.
        NotAllowedError: somebody acts as the engine itself.
    """
    if by == SYSTEM:
        raise _refuse_engine(name)
    kind = COMMANDS.get(name)
    if kind is None or kind is co.Submit:
        known = tuple(sorted(set(COMMANDS) - {"submit"}))
        raise InputError.of(
            "command_unknown", "command {act!r} is not known; commands: {commands}", act=name, commands=known
        )
    fields = set(kind.__struct_fields__) - _GIVEN
    unknown = sorted(set(data) - fields)
    if unknown:
        raise InputError.of(
            "data_unknown",
            "command {act}: unknown {unknown}; it takes {known}",
            act=name,
            unknown=tuple(map(repr, unknown)),
            known=tuple(sorted(fields)),
        )
    given: dict[str, Any] = {
        "at": at,
        "by": by,
        "agency": agency,
        "recorded_at": recorded_at,
        "command_id": command_id,
    }
    if kind is co.Receive:
        given["serial"] = 1
    try:
        return msgspec.convert({**data, **given, "command": name}, kind)
    except msgspec.ValidationError as error:
        raise InputError.of("data_wrong", "command {act}: {error}", act=name, error=str(error)) from None


def agency_of(dossier: Dossier, officer: str, rules: Rules) -> str:
    """Return the agency an officer acts for on a dossier: the only one of his that has it, else its desk if it is his.

    Raises:
        NotAllowedError: he belongs to no agency that has to do with the dossier.
        InputError: he belongs to several that have it now.
    """
    known = rules.directory.officers.get(officer)
    if known is None:
        raise NotAllowedError.of(
            "nobody_known",
            "dossier {dossier}: officer {officer!r} is not in the directory",
            dossier=dossier.name,
            officer=officer,
        )
    holders = {hold.agency for hold in dossier.holds_now() if hold.agency}
    desks = _desks(dossier, rules)
    own = sorted(known.agencies & holders) or sorted(known.agencies & desks)
    if len(own) == 1:
        return own[0]
    if own:
        raise InputError.of(
            "say_agency",
            "dossier {number}: officer {officer} belongs to {agencies}; say which (--agency)",
            number=dossier.name,
            officer=officer,
            agencies=tuple(own),
        )
    raise NotAllowedError.of(
        "not_his_to_handle",
        "dossier {dossier}: officer {officer} belongs to {agencies}; it is with {holders}",
        dossier=dossier.name,
        officer=officer,
        agencies=tuple(sorted(known.agencies)),
        holders=tuple(sorted(holders or desks)),
    )


def _refuse_engine(name: str) -> NotAllowedError:
    why = "command {act}: {system!r} is the engine itself; name the officer who acts"
    return NotAllowedError.of("engine_itself", why, act=name, system=SYSTEM)


def _act_once(store: Store, rulebook: Rulebook, number: str, command: co.Command) -> Handled:
    dossier = store.load(number)
    if dossier.origin == SIGNAL:
        check_dossier(store, number)
    rules = rulebook.rules_of(dossier)
    if not command.agency and command.by not in {SYSTEM, APPLICANT}:
        command = msgspec.structs.replace(command, agency=agency_of(dossier, command.by, rules))
    try:
        if isinstance(command, co.Receive):
            change = _receive(store, dossier, command, rules)
        else:
            change = decided(dossier, command, rules)
            store.append(change)
    except RefusedError as refusal:
        if refusal.change is not None:
            store.append(refusal.change)
        raise
    except AlreadyRecorded as known:
        return _known(store, known.dossier_id, known.facts)
    for incident in store.incidents.list(dossier=dossier.dossier_id):
        store.incidents.retry(incident.number, command.at)
    return Handled(dossier=change.dossier, facts=tuple(change.facts))


def _receive(store: Store, dossier: Dossier, command: co.Receive, rules: Rules) -> Change:
    """Take the desk's next serial number of the day and receive under it; a failed receipt gives it back."""
    day = rules.desk_calendar(dossier).local_date(command.at)
    for _ in range(MOST_SERIALS):
        try:
            with store.transaction():
                serial = store.next_serial(dossier.desk, day)
                fresh = store.load(dossier.dossier_id)
                change = decided(fresh, msgspec.structs.replace(command, serial=serial), rules)
                store.append(change)
        except NumberTakenError:
            with store.transaction():
                store.next_serial(dossier.desk, day)
        else:
            return change
    raise InputError(f"dossier {dossier.name}: desk {dossier.desk} has used {MOST_SERIALS} serial numbers in a row")


def _used(command_id: str, before: Handled) -> InputError:
    return InputError.of(
        "id_of_other_dossier",
        "command id {id!r} was given to another act, on dossier {number}: each act has its own",
        id=command_id,
        number=before.dossier.name,
    )


def _repeated(store: Store, command_id: str) -> Handled | None:
    if len(command_id) > LONGEST_COMMAND_ID:
        raise InputError.of(
            "id_too_long",
            "a command id has at most {most} characters, this one {length}",
            most=LONGEST_COMMAND_ID,
            length=len(command_id),
        )
    recorded = store.recorded(command_id) if command_id else None
    return None if recorded is None else _known(store, recorded.dossier_id, recorded.facts)


def _known(store: Store, dossier_id: str, facts: tuple[Fact, ...]) -> Handled:
    return Handled(dossier=store.load(dossier_id), facts=facts, repeated=True)


def _desks(dossier: Dossier, rules: Rules) -> set[str]:
    """The receiving desk and, after a merger, those that followed it."""
    desks = [dossier.desk]
    while (found := rules.directory.agencies.get(desks[-1])) is not None and found.successor not in {"", *desks}:
        desks.append(found.successor)
    return set(desks)
