"""A register taken over: its open rows become live dossiers that are driven and watched, its finished rows history.

Everything is checked before anything is written. An open dossier keeps the register's number, receipt and due instant;
its first step opens when it is driven, for the register does not tell how far it is. Names go to the applicants only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import polars as pl
from msgspec import structs

from engine import commands as co
from engine import events as ev
from engine.calendar import WorkingCalendar
from engine.counting import due_at
from engine.dossier import evolve
from engine.errors import InputError, MotcuaError, NotAllowedError
from engine.instants import to_datetime
from engine.rules import Rules
from store.apart import Applicant
from store.logs import EventLog, LogError
from store.logs.event_log import LINE
from store.logs.register import read_register, told
from store.mapping import Mapping
from store.store import Store
from store.values import Change
from workflows.changes import change_of, decided
from workflows.foreign import ForeignLog, texts_of, understand
from workflows.foreign_facts import REGISTER, ForeignDossier, dossier_id_of, dossier_no_of, dossiers_of
from workflows.replay import append_foreign
from workflows.rulebook import Rulebook
from workflows.workplace import Workplace

CHANNEL: Final = "direct"
"""How dossiers came in where the register does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a register: rows open and finished, dossiers that were there already, whether it was written."""

    opened: int
    finished: int
    already_there: int
    written: bool

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An open row ready to be written."""

    applicant: Applicant
    change: Change


def import_register(
    path: Path, mapping: Mapping, place: Workplace, *, at: int, recorded_at: int, dry_run: bool = False
) -> Imported:
    """Take a register over; run again it adds what is new and leaves what is there.

    Args:
        path: ``.xlsx`` or ``.csv``.
        mapping: with ``register``; its ``procedure`` and ``desk`` must be known, unless columns tell them.
        place: database, procedures, calendars and directory.
        at: instant up to which the register tells (epoch seconds); nothing in it may lie later.
        recorded_at: when it enters the store (epoch seconds).
        dry_run: only check.

    Raises:
        InputError: the file or its rows have faults: all of them, each with row, column and what is expected.
            Nothing was written.
    """
    if mapping.register_ is None:
        raise InputError(f"the mapping {mapping.log!r} is not of a register; say so with register:")
    faults: list[str] = []
    log = read_register(path, mapping, faults=faults)
    if log.frame.is_empty():
        raise LogError(f"{path}: {told(faults)}; nothing was imported")
    foreign = understand(log, mapping, place.calendars)
    rows = dict(zip(log.frame[LINE], _row_texts(log, mapping), strict=True))
    with (_as_it_is(place) if dry_run else place).opened() as (store, rulebook):
        if store.is_demo:
            raise InputError("this database belongs to a demonstration: choose another with --db")
        opened: list[_Opened] = []
        new: list[int] = []
        there = 0
        is_open = foreign.dossiers["ended"].is_null().to_list()
        lines = foreign.dossiers["line"].to_list()
        for nr, dossier in enumerate(dossiers_of(foreign, 0, foreign.dossiers.height)):
            line = lines[nr]
            row = _Row(mapping=mapping, line=line, texts=rows[line], dossier=dossier, rulebook=rulebook, at=at)
            found = list(row.faults(store))
            faults += found
            if found:
                continue
            if store.find(row.dossier_id) is not None:
                there += 1
            elif is_open[nr]:
                try:
                    opened.append(row.opened(recorded_at))
                except MotcuaError as error:
                    faults.append(f"row {line}: {error}")
            else:
                new.append(nr)
        if faults:
            raise LogError(f"{path}: {told(sorted(faults, key=_row_of))}; nothing was imported")
        finished = _part(foreign, new)
        if not dry_run:
            with store.transaction():
                for one in opened:
                    store.applicants.put(one.applicant)
                    store.append(one.change)
            append_foreign(store, finished, recorded_at=recorded_at, origin=REGISTER)
    return Imported(opened=len(opened), finished=len(new), already_there=there, written=not dry_run)


def _row_of(fault: str) -> int:
    """Return the row a fault lies in, so that faults are told from top to bottom."""
    return int(fault.removeprefix("row ").partition(",")[0].partition(":")[0])


def _as_it_is(place: Workplace) -> Workplace:
    """Return the place, or one in memory where its database is not there yet: to look makes none."""
    try:
        place.open_store(create=False).close()
    except MotcuaError:
        return replace(place, database="memory:")
    return place


def _row_texts(log: EventLog, mapping: Mapping) -> Iterator[dict[str, str | None]]:
    """Yield what rows say beyond a log: the applicant's name, the desk, the procedure."""
    register = mapping.register_
    columns = {name: getattr(register, name) for name in ("name", "desk", "procedure")}
    listed = {
        name: [None] * log.frame.height if column is None else texts_of(log, mapping, column).to_list()
        for name, column in columns.items()
    }
    for number in range(log.frame.height):
        yield {name: texts[number] for name, texts in listed.items()}


def _part(foreign: ForeignLog, numbers: Sequence[int]) -> ForeignLog:
    """Return the log with some of its dossiers only."""
    kept = foreign.dossiers.filter(pl.col("nr").is_in(list(numbers))).rename({"nr": "old"}).with_row_index("nr")
    events = foreign.events.rename({"nr": "old"}).join(kept.select("old", "nr"), on="old", maintain_order="left")
    return replace(foreign, dossiers=kept.drop("old"), events=events.drop("old"))


def _no_agency(code: str, agencies: Iterable[str]) -> str:
    near = get_close_matches(code, list(agencies), n=1, cutoff=0.5)
    hint = f", perhaps {near[0]!r}" if near else ""
    return f"{code!r} is no agency; a code of the directory is expected{hint} (motcua settings shows which directory)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row against the rules."""

    mapping: Mapping
    line: int
    texts: dict[str, str | None]
    dossier: ForeignDossier
    rulebook: Rulebook
    at: int

    @property
    def dossier_id(self) -> str:
        return dossier_id_of(self.mapping, self.dossier)

    @property
    def desk(self) -> str:
        return self.texts["desk"] or self.mapping.desk

    @property
    def procedure(self) -> str:
        return self.texts["procedure"] or self.mapping.procedure

    def faults(self, store: Store) -> Iterator[str]:
        """Yield what is wrong with the row, each with its column and what is expected."""
        mapping, dossier = self.mapping, self.dossier
        zone = mapping.zone
        for name, instant in (("received", dossier.received), ("ended", dossier.ended)):
            if instant is not None and instant > self.at:
                when = to_datetime(self.at, zone).strftime("%d/%m/%Y %H:%M")
                yield self._fault(name, f"lies after {when}, up to which the register is imported")
        for name, instant in (("due", dossier.due), ("ended", dossier.ended)):
            if instant is not None and instant < dossier.received:
                yield self._fault(name, "lies before the receipt")
        found = store.find(dossier_no_of(mapping, dossier))
        if found is not None and found.dossier_id != self.dossier_id:
            yield self._fault(
                "dossier", "the number belongs to another dossier of the store; give the mapping a prefix:"
            )
        agencies = self.rulebook.directory.agencies
        named = {"desk": self.desk, "agency": dossier.events[0].agency if dossier.events else None}
        for name, code in named.items():
            if code and code not in agencies:
                yield self._fault(name, _no_agency(code, agencies))
        if dossier.ended is None and self.desk in agencies:
            try:
                self._rules()
            except MotcuaError as error:
                yield self._fault("procedure", str(error))

    def opened(self, recorded_at: int) -> _Opened:
        """Return the row as a live dossier.

        Raises:
            MotcuaError: the rules refuse it.
        """
        rules, dossier = self._rules(), self.dossier
        ref = "register:" + hashlib.sha256(self.dossier_id.encode()).hexdigest()[:20]
        command = co.Submit(
            at=dossier.received,
            by=ev.APPLICANT,
            agency=self.desk,
            recorded_at=recorded_at,
            reason=f"register {self.mapping.log}",
            dossier_id=self.dossier_id,
            procedure=self.procedure,
            channel=dossier.channel or CHANNEL,
            applicant=ref,
            data={"log": self.mapping.log, **dossier.data},
        )
        try:
            state = decided(None, command, rules)
        except NotAllowedError as refusal:
            raise InputError(refusal.sentence) from None
        state.dossier.known_from = self.at
        submitted = [
            structs.replace(fact, known_from=self.at) for fact in state.facts if isinstance(fact, ev.Submitted)
        ]
        received = ev.Received(
            occurred_at=dossier.received,
            recorded_at=recorded_at,
            agency=self.desk,
            reason=f"register {self.mapping.log}",
            dossier_no=dossier_no_of(self.mapping, dossier),
            counted_from=dossier.received,
            due=self._due(rules, rules.calendar_of(self.desk)),
        )
        facts = (*submitted, received)
        change = change_of(evolve(state.dossier, received), facts, 0, rules)
        return _Opened(applicant=Applicant(ref=ref, name=self.texts["name"] or ""), change=change)

    def _rules(self) -> Rules:
        return self.rulebook.in_force(self.procedure, self.rulebook.today(self.desk, self.dossier.received))

    def _due(self, rules: Rules, calendar: WorkingCalendar) -> int | None:
        """Return the recorded due instant: on a date alone the desk's closing; the law's where none is recorded."""
        due = self.dossier.due
        if due is not None:
            day = calendar.local_date(due)
            on_the_day = to_datetime(due, self.mapping.zone).strftime("%H:%M:%S") == "23:59:59"
            return calendar.closing(day) if on_the_day and calendar.is_worked(day) else due
        limit = rules.procedure.legal_limit(self.dossier.channel or CHANNEL)
        if limit is None or limit.terms is None:
            return None
        return due_at(calendar, limit.terms, self.dossier.received)

    def _fault(self, name: str, what: str) -> str:
        column = getattr(self.mapping.register_, name, None) or getattr(self.mapping, name)
        where = f", {column.attribute!r}" if hasattr(column, "attribute") else ""
        return f"row {self.line}{where}: {what}"
