"""The dossiers a calendar edit touches, under the rules before and after it: what previews and journals share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.dossier import Dossier
from engine.reprojection import Reprojection, reprojection
from engine.rules import Rules
from procedures.calendar_edits import CalendarEdit
from store.store import Store
from store.values import DossierRow
from workflows.changes import DOSSIER_ERRORS
from workflows.loading import load_rows
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmoved:
    """A dossier with a due instant that an edit cannot move, and why."""

    dossier: DossierRow
    sentence: str


class Edited:
    """The rules of each procedure version before and after an edit."""

    def __init__(self, rulebook: Rulebook, edit: CalendarEdit) -> None:
        self.directory = rulebook.directory
        self._rulebook, self._edit = rulebook, edit
        self._known: dict[tuple[str, int], tuple[Rules, Rules]] = {}

    def rules_of(self, dossier: Dossier) -> tuple[Rules, Rules]:
        """Return the dossier's rules before and after."""
        key = (dossier.procedure, dossier.procedure_version)
        found = self._known.get(key)
        if found is None:
            procedure = self._rulebook.procedure(*key)
            before = Rules(procedure=procedure, calendars=self._edit.before, directory=self.directory)
            after = Rules(procedure=procedure, calendars=self._edit.after, directory=self.directory)
            self._known[key] = found = (before, after)
        return found

    def project(self, dossier: Dossier, at: int) -> Reprojection | Exception:
        """Return what the edit does to a dossier, or why that cannot be told."""
        try:
            return reprojection(dossier, *self.rules_of(dossier), at)
        except DOSSIER_ERRORS as error:
            return error


def open_rows(
    store: Store, edit: CalendarEdit, chunk: int, *, recorded_since: int | None = None
) -> Iterator[list[DossierRow]]:
    """Yield the received, open, live dossiers in pages; none where the edit changes nothing."""
    after = 0
    while edit.changed:
        page = store.register(origin="live", is_open=True, received_from=0, limit=chunk, after=after)
        if not page:
            return
        after = page[-1].row
        rows = [row for row in page if recorded_since is None or row.last_recorded_at >= recorded_since]
        if rows:
            yield rows


def loaded_rows(
    store: Store, rows: Sequence[DossierRow]
) -> Iterator[tuple[DossierRow, Dossier | None, BaseException | None]]:
    """Yield each row with its dossier, or with why it cannot be read."""
    known = {row.row: row for row in rows}
    loaded = load_rows(store, list(known))
    for row, dossier in loaded.dossiers:
        yield known[row], dossier, None
    for row, _, error in loaded.unreadable:
        yield known[row], None, error


def unexplained(row: DossierRow, projected: Reprojection) -> Iterator[Unmoved]:
    """Yield the due instants of a dossier that an edit touches and cannot explain."""
    for hold in projected.unexplained:
        what = f"the due instant of hold {hold}" if hold else "its legal due instant"
        yield Unmoved(dossier=row, sentence=f"{what} follows from neither calendar and stays as it is")


def unmoved_by(row: DossierRow, error: object) -> Unmoved:
    """Return a dossier that an error keeps from being moved."""
    return Unmoved(dossier=row, sentence=str(error) or type(error).__name__)
