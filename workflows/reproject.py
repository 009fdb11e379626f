"""A calendar edit and the dossiers it touches: previewed, then, confirmed by a second person, journaled on each.

Every due instant follows from history and calendar, so a new calendar moves it: the legal one and those of open holds.
What was decided or told as a date stays: the promised new date, the end of a supplement window, the cap of a stop.
An edit may die anywhere: what was written is whole, and the same edit again does what is left, then nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine import events as ev
from engine.directory import Directory
from engine.dossier import Dossier, evolve
from engine.errors import InputError, NotAllowedError
from engine.expire import expire, wake_at
from engine.reprojection import DueMove, Reprojection, reprojection
from procedures.calendar_edits import CalendarEdit, install, settle
from store.store import Store
from store.values import Change, DossierRow
from workflows import incidents
from workflows.changes import DOSSIER_ERRORS, change_of
from workflows.edited_rules import Edited, Unmoved, loaded_rows, open_rows, unexplained, unmoved_by
from workflows.rulebook import Rulebook

CHUNK: Final = 1_000
"""Dossiers looked at between two writes."""

STAGE: Final = "calendar"

MOST_ROUNDS: Final = 5
"""Times dossiers are read again on which somebody else was faster; what is left then is for the next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One due instant of one dossier that an edit moves."""

    dossier: DossierRow
    move: DueMove


@dataclass(slots=True, kw_only=True)
class Preview:
    """What an edit would do: open dossiers looked at, due instants that move, dossiers that need a look."""

    dossiers: int = 0
    effects: list[Effect] = field(default_factory=list)
    unmoved: list[Unmoved] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Who edits and who confirms, when, why and on which document; epoch seconds, ``recorded_at`` 0 means ``at``."""

    at: int
    by: str
    confirmed_by: str
    reason: str
    document_no: str
    legal_basis: str = ""
    recorded_at: int = 0

    @property
    def entered_at(self) -> int:
        """When it is entered (epoch seconds)."""
        return self.recorded_at or self.at


@dataclass(slots=True, kw_only=True)
class ReprojectReport:
    """What an edit did.

    Dossiers looked at, dossiers changed, facts recorded, due instants that became late or timely, dossiers left to
    the next run because others were faster every time, dossiers left as they are with the reason.
    """

    dossiers: int = 0
    changed: int = 0
    facts: int = 0
    became_late: int = 0
    no_longer_late: int = 0
    stale: int = 0
    unmoved: list[Unmoved] = field(default_factory=list)


def preview(
    store: Store,
    rulebook: Rulebook,
    edit: CalendarEdit,
    at: int,
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> Preview:
    """Return what an edit would do to the open dossiers; nothing is written.

    Args:
        store: holds the dossiers.
        rulebook: their procedures and the directory.
        edit: the calendars before and after.
        at: instant at which late and timely are told apart (epoch seconds).
        chunk: dossiers read at once.
        progress: told the number of dossiers looked at after each chunk.
    """
    found = Preview()
    edited = Edited(rulebook, edit)
    for rows in open_rows(store, edit, chunk):
        for row, dossier, error in loaded_rows(store, rows):
            projected = edited.project(dossier, at) if dossier is not None else error
            if isinstance(projected, Reprojection):
                found.effects.extend(Effect(dossier=row, move=move) for move in projected.moves)
                found.unmoved.extend(unexplained(row, projected))
            else:
                found.unmoved.append(unmoved_by(row, projected))
        found.dossiers += len(rows)
        if progress is not None:
            progress(found.dossiers)
    return found


def check_confirmation(directory: Directory, confirmation: Confirmation) -> None:
    """Refuse an edit that not two different officers of the directory stand for, or that does not say why.

    Raises:
        NotAllowedError: it is one and the same officer, or one of them is not known.
        InputError: there is no reason or no document.
    """
    for officer in (confirmation.by, confirmation.confirmed_by):
        if officer not in directory.officers:
            why = "calendar: officer {officer!r} is not in directory {directory!r}"
            raise NotAllowedError.of("calendar_by_nobody", why, officer=officer, directory=directory.code)
    if confirmation.by == confirmation.confirmed_by:
        why = "calendar: {officer} cannot confirm his own edit; a second officer has to"
        raise NotAllowedError.of("calendar_alone", why, officer=confirmation.by)
    if not confirmation.reason.strip() or not confirmation.document_no.strip():
        raise InputError("calendar: an edit that moves due instants needs a reason and the number of a document")


def apply_edit(
    store: Store,
    rulebook: Rulebook,
    edit: CalendarEdit,
    confirmation: Confirmation,
    *,
    file: Path,
    folder: Path,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> ReprojectReport:
    """Put a new version of a calendar in force and carry it through.

    Args:
        store: holds the dossiers.
        rulebook: their procedures, the directory and the calendars; read again.
        edit: what `procedures.calendar_edits.read_edit` made of ``file`` and ``folder``.
        confirmation: who, when and why.
        file: the new version.
        folder: the agency's own calendars.
        chunk: dossiers between two writes.
        progress: told the number of dossiers looked at after each chunk.

    Raises:
        NotAllowedError: not two different known officers stand for it; nothing was changed.
        InputError: there is no reason or no document, or the folder cannot be written.
    """
    check_confirmation(rulebook.directory, confirmation)
    install(edit, file, folder)
    rulebook.refresh()
    report = reproject(store, rulebook, edit, confirmation, chunk=chunk, progress=progress)
    if not report.stale:
        settle(edit, folder)
    return report


def reproject(
    store: Store,
    rulebook: Rulebook,
    edit: CalendarEdit,
    confirmation: Confirmation,
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> ReprojectReport:
    """Journal on every open dossier how an edit moves its due instants, as `DueChanged`.

    What time had done until then under the calendar before is recorded first, so that the story does not hang on when
    the sweep last came by. Install the new version before: what is decided meanwhile then counts by it.

    Args:
        store: holds the dossiers.
        rulebook: their procedures and the directory.
        edit: the calendars before and after.
        confirmation: who, when and why.
        chunk: dossiers between two writes.
        progress: told the number of dossiers looked at after each chunk.

    Raises:
        NotAllowedError: not two different known officers stand for it.
        InputError: there is no reason or no document.
    """
    check_confirmation(rulebook.directory, confirmation)
    report = ReprojectReport()
    edited = Edited(rulebook, edit)
    for rows in open_rows(store, edit, chunk):
        _journal(store, edited, confirmation, rows, report)
        report.dossiers += len(rows)
        if progress is not None:
            progress(report.dossiers)
    for _ in range(MOST_ROUNDS):  # who still had the calendar before in memory may have acted behind our back
        facts = report.facts
        for rows in open_rows(store, edit, chunk, recorded_since=confirmation.entered_at):
            _journal(store, edited, confirmation, rows, report)
        if report.facts == facts:
            break
    return report


def _journal(
    store: Store, edited: Edited, confirmation: Confirmation, rows: Sequence[DossierRow], report: ReprojectReport
) -> None:
    """Journal what an edit does to some dossiers; read those again on which somebody else was faster."""
    left = list(rows)
    troubled = incidents.waiting(store)
    for _ in range(MOST_ROUNDS):
        changes: list[Change] = []
        moves: dict[str, tuple[DueMove, ...]] = {}
        earlier: list[tuple[int, int | None]] = []
        for row, dossier, error in loaded_rows(store, left):
            found = edited.project(dossier, confirmation.at) if dossier is not None else error
            if dossier is None or not isinstance(found, Reprojection):
                _give_up(store, confirmation, row, found, report)
                continue
            report.unmoved.extend(one for one in unexplained(row, found) if one not in report.unmoved)
            try:
                if found.moves:
                    changes.append(_change(dossier, edited, confirmation))
                    moves[dossier.dossier_id] = found.moves
                elif (wake := _earlier_wake(row, dossier, edited)) is not None:
                    earlier.append((row.row, wake))
            except DOSSIER_ERRORS as failure:
                _give_up(store, confirmation, row, failure, report)
                continue
            if row.dossier_id in troubled:
                store.incidents.close(row.dossier_id, confirmation.entered_at, stage=STAGE)
        written = store.append_many(changes)
        store.set_wakes(earlier)
        slower = {stale.dossier for stale in written.stale}
        left = [row for row in left if slower & {row.dossier_id, row.dossier_no}]
        for row in left:
            moves.pop(row.dossier_id, None)
        report.facts += written.facts
        report.changed += len(moves)
        report.became_late += sum(move.becomes_late for moved in moves.values() for move in moved)
        report.no_longer_late += sum(move.no_longer_late for moved in moves.values() for move in moved)
        if not left:
            return
    report.stale += len(left)


def _change(dossier: Dossier, edited: Edited, confirmation: Confirmation) -> Change:
    """Return what is to be journaled on a dossier: what time has done, then the moved due instants."""
    before, after = edited.rules_of(dossier)
    expected = dossier.version
    at = max(confirmation.at, dossier.last_at)
    facts: list[ev.Fact] = [*expire(dossier, before, at)]
    for move in reprojection(dossier, before, after, at).moves:
        changed = ev.DueChanged(
            occurred_at=at,
            recorded_at=max(confirmation.entered_at, at),
            by=confirmation.by,
            agency=_agency_of(edited.directory, confirmation.by),
            reason=confirmation.reason,
            legal_basis=confirmation.legal_basis,
            document_no=confirmation.document_no,
            hold=move.hold,
            before=move.before,
            after=move.after,
            confirmed_by=confirmation.confirmed_by,
        )
        evolve(dossier, changed)
        facts.append(changed)
    return change_of(dossier, facts, expected, after)


def _earlier_wake(row: DossierRow, dossier: Dossier, edited: Edited) -> int | None:
    """Return when time will do something under the new calendar, if that is earlier than planned.

    Where it is later, the sweep that comes too early plans anew.
    """
    wake = wake_at(dossier, edited.rules_of(dossier)[1])
    return wake if wake is not None and (row.wake_at is None or wake < row.wake_at) else None


def _agency_of(directory: Directory, officer: str) -> str:
    """Return the agency an officer acts for; empty where he belongs to several."""
    agencies = directory.officers[officer].agencies
    return next(iter(agencies)) if len(agencies) == 1 else ""


def _give_up(store: Store, confirmation: Confirmation, row: DossierRow, error: object, report: ReprojectReport) -> None:
    """Leave a dossier that the edit cannot be carried through on, with an incident."""
    failure = error if isinstance(error, BaseException) else RuntimeError(str(error))
    incidents.report(store, row.dossier_id, STAGE, failure, confirmation.entered_at)
    report.unmoved.append(unmoved_by(row, error))
