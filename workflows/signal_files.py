"""The files of signals: found, listed, and acted on: read, decide, append, stale once more, attempts remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from engine.calendar import WorkingCalendar
from engine.decisions.review import decide_signal
from engine.dossier import evolve, replay
from engine.errors import InputError, NotAllowedError, StaleVersionError, UnknownNumberError
from engine.events import SIGNAL, SYSTEM, Fact
from engine.instants import to_datetime
from engine.review import (
    Explain,
    SignalCommand,
    SignalFile,
    SignalState,
    agencies_concerned,
    evolve_signal,
    replay_signal,
    wake_of,
)
from store.errors import AlreadyRecorded
from store.store import Store
from store.values import Change
from workflows.handle import LONGEST_COMMAND_ID
from workflows.rulebook import Rulebook

SUBSCRIBER: Final = "signals"
"""Whose cursor says up to which fact dossiers were judged."""

DAILY: Final = "signals:patterns"
"""Whose cursor holds the day (its ordinal) on which patterns were judged last."""

PAGE: Final = 1_000
DEFAULT_CALENDAR: Final = "vn"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalHandled:
    """What an act on a signal led to; ``repeated``: its command id had been recorded before, nothing was added."""

    file: SignalFile
    facts: tuple[Fact, ...]
    repeated: bool = False


def open_signal(store: Store, number: str) -> SignalFile:
    """Return a signal's file by its number or id.

    Raises:
        UnknownNumberError: there is no such signal.
    """
    return replay_signal(_facts(store, number))


def signal_files(
    store: Store,
    *,
    agency: str = "",
    code: str = "",
    state: SignalState | None = None,
    since: int | None = None,
    until: int | None = None,
) -> Iterator[SignalFile]:
    """Yield signals in the order in which they were raised.

    Args:
        store: where they are.
        agency: only those that concern it.
        code: only of this rule.
        state: only those that stand there now.
        since: only those raised from this instant on (epoch seconds).
        until: only those raised before this instant.
    """
    after = 0
    while page := store.register(
        origin=SIGNAL, desk=agency, procedure=code, received_from=since, received_to=until, limit=PAGE, after=after
    ):
        for row in page:
            file = replay_signal(store.read(row.dossier_id))
            if state in {None, file.state}:
                yield file
        after = page[-1].row


def signal_counts(
    store: Store, zone: str, *, period: str = "month", since: int | None = None, until: int | None = None
) -> dict[tuple[str, str], dict[str, int]]:
    """Count signals by agency and by the period in which they were raised, for scorecards.

    Args:
        store: where they are.
        zone: IANA zone of the periods.
        period: ``month`` (``2026-09``), ``quarter`` (``2026-Q3``), ``year`` or ``all``.
        since: only those raised from this instant on (epoch seconds).
        until: only those raised before this instant.

    Returns:
        ``raised``, ``explained`` (at all), and by the last verdict ``accepted`` and ``upheld``.
    """
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for file in signal_files(store, since=since, until=until):
        key = (file.agency, _period(file.raised.occurred_at, zone, period))
        count = counts.setdefault(key, {"raised": 0, "explained": 0, "accepted": 0, "upheld": 0})
        count["raised"] += 1
        count["explained"] += bool(file.explanations)
        if file.verdict:
            count[file.verdict] += 1
    return counts


def act_on_signal(store: Store, rulebook: Rulebook, number: str, command: SignalCommand) -> SignalHandled:
    """Record what a command leads to on a signal.

    The officer's agency is inferred where the command names none and only one comes into question.

    Raises:
        UnknownNumberError: no such signal, or an explanation points at a dossier or fact that is not there.
        NotAllowedError: refused; an attempt that matters has been recorded.
        StaleVersionError: somebody else was faster twice in a row.
        InputError: it cannot be told for which agency he acts, or the command's id belongs to another act.
    """
    if len(command.command_id) > LONGEST_COMMAND_ID:
        raise InputError.of(
            "id_too_long",
            "a command id has at most {most} characters, this one {length}",
            most=LONGEST_COMMAND_ID,
            length=len(command.command_id),
        )
    if command.command_id and (recorded := store.recorded(command.command_id)) is not None:
        file = open_signal(store, number)
        if recorded.dossier_id != file.raised.signal_id:
            raise InputError.of(
                "id_of_other_act",
                "command id {id!r} was given to another act: each act has its own",
                id=command.command_id,
            )
        return SignalHandled(file=file, facts=recorded.facts, repeated=True)
    try:
        return _act_once(store, rulebook, number, command)
    except StaleVersionError:
        return _act_once(store, rulebook, number, command)


def is_quiet(store: Store, rulebook: Rulebook, now: int) -> bool:
    """Whether a sweep for signals at ``now`` (epoch seconds) would find nothing to do."""
    if store.cursor(DAILY).sequence < day_of(rulebook, now) or store.due_to_wake(now, 1, origin=SIGNAL):
        return False
    return not store.facts_after(store.cursor(SUBSCRIBER), 1)


def day_of(rulebook: Rulebook, now: int) -> int:
    """Return the ordinal of the local day at ``now`` (epoch seconds)."""
    return to_datetime(now, rulebook.calendars[DEFAULT_CALENDAR].zone).date().toordinal()


def signal_change(before: Sequence[Fact], facts: Sequence[Fact], command_id: str = "") -> Change:
    """Return the change that appends facts to a signal's file (``before`` empty: a new one)."""
    listed = replay(before)
    for fact in facts:
        evolve(listed, fact)
    return Change(
        dossier=listed, facts=tuple(facts), expected=len(before), command_id=command_id, wake_at=wake_of(listed)
    )


def calendar_of(rulebook: Rulebook, agency: str) -> WorkingCalendar:
    """Return the calendar an agency keeps, the country's where agency or calendar is not known."""
    known = rulebook.directory.agencies.get(agency)
    found = rulebook.calendars.get(known.calendar) if known is not None else None
    return found or rulebook.calendars[DEFAULT_CALENDAR]


def _period(seconds: int, zone: str, period: str) -> str:
    day = to_datetime(seconds, zone)
    names = {"month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{day.quarter}", "year": str(day.year)}
    return names.get(period, "all")


def _act_once(store: Store, rulebook: Rulebook, number: str, command: SignalCommand) -> SignalHandled:
    history = _facts(store, number)
    file = replay_signal(history)
    if isinstance(command, Explain):
        _check_references(store, command.facts)
    if not command.agency and command.by != SYSTEM:
        command = msgspec.structs.replace(command, agency=_agency_of(file, command, rulebook))
    try:
        facts = decide_signal(file, command, rulebook.directory, calendar_of(rulebook, file.agency))
    except NotAllowedError as refusal:
        attempts = [fact for fact in refusal.breach if isinstance(fact, Fact)]
        if attempts:
            store.append(signal_change(history, attempts))
        raise
    try:
        store.append(signal_change(history, facts, command.command_id))
    except AlreadyRecorded as known:
        return SignalHandled(file=open_signal(store, number), facts=known.facts, repeated=True)
    for fact in facts:
        evolve_signal(file, fact)
    return SignalHandled(file=file, facts=tuple(facts))


def _facts(store: Store, number: str) -> list[Fact]:
    row = store.find(number)
    if row is None:
        raise UnknownNumberError.of("no_signal", "no signal {number}", number=number)
    if row.origin != SIGNAL:
        raise UnknownNumberError.of("signal_is_dossier", "no signal {number}: that is a dossier", number=number)
    return store.read(row.dossier_id)


def _agency_of(file: SignalFile, command: SignalCommand, rulebook: Rulebook) -> str:
    """Return the agency an officer acts for: the one concerned if it is his, else the only one he has."""
    known = rulebook.directory.officers.get(command.by)
    if known is None:
        return ""
    own = sorted(known.agencies & agencies_concerned(file, rulebook.directory)) or sorted(known.agencies)
    if len(own) == 1:
        return own[0]
    raise InputError.of(
        "say_agency_of_signal",
        "signal {number}: officer {officer} belongs to {agencies}; say which (--agency)",
        number=file.name,
        officer=command.by,
        agencies=tuple(own),
    )


def _check_references(store: Store, references: Sequence[str]) -> None:
    for reference in references:
        number, slash, version = reference.partition("/")
        row = store.find(number)
        if row is None or row.origin == SIGNAL:
            raise UnknownNumberError.of(
                "fact_without_dossier",
                "fact {reference!r}: there is no dossier {number}",
                reference=reference,
                number=number,
            )
        if slash and not (version.isdecimal() and 1 <= int(version) <= row.version):
            raise UnknownNumberError.of(
                "fact_unknown",
                "fact {reference!r}: dossier {number} has facts 1 to {last}",
                reference=reference,
                number=row.name,
                last=row.version,
            )
