"""What a calendar edit does to dossiers, as a table for people and as rows for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from console.names import Names
from console.output import Column
from console.wording.days import Language
from console.wording.edits import EDITS
from console.wording.phrases import moment
from engine.errors import InputError
from engine.instants import to_datetime

if TYPE_CHECKING:
    from engine.reprojection import DueMove
    from workflows.edited_rules import Unmoved
    from workflows.reproject import Effect
    from workflows.rulebook import Rulebook

DATA_KEYS = ("dossier", "procedure", "desk", "hold", "step", "agency", "before", "after", "change")
"""Columns of the CSV; JSON rows hold ``dossier_id``, ``late_before`` and ``late_after`` besides."""


def columns(lang: Language) -> list[Column]:
    """Return the columns people read."""
    return [Column(key, EDITS[key].say(lang)) for key in ("dossier", "term", "agency", "before", "after", "change")]


def data_rows(effects: Sequence[Effect], rulebook: Rulebook, zone: str) -> list[dict[str, object]]:
    """Return a row for each due instant that moves, instants as ISO texts in the desk's zone (else in ``zone``)."""

    def iso(seconds: int | None, desk: str) -> str | None:
        return None if seconds is None else to_datetime(seconds, rulebook.zone_of(desk, zone)).isoformat()

    return [
        {
            "dossier": effect.dossier.name,
            "dossier_id": effect.dossier.dossier_id,
            "procedure": effect.dossier.procedure,
            "desk": effect.dossier.desk,
            "hold": effect.move.hold,
            "step": effect.move.step or None,
            "agency": effect.move.agency or None,
            "before": iso(effect.move.before, effect.dossier.desk),
            "after": iso(effect.move.after, effect.dossier.desk),
            "late_before": effect.move.late_before,
            "late_after": effect.move.late_after,
            "change": _change(effect.move),
        }
        for effect in effects
    ]


def table_rows(effects: Sequence[Effect], rulebook: Rulebook, zone: str, lang: Language) -> list[dict[str, object]]:
    """Return the same for people, in their language and with names instead of codes."""
    named: dict[tuple[str, int], Names] = {}

    def names_of(effect: Effect) -> Names:
        key = (effect.dossier.procedure, effect.dossier.procedure_version)
        if key not in named:
            try:
                named[key] = Names(rulebook, lang, rulebook.procedure(*key))
            except InputError:
                named[key] = Names(rulebook, lang)
        return named[key]

    def shown(seconds: int | None, desk: str) -> str | None:
        return None if seconds is None else moment(seconds, rulebook.zone_of(desk, zone), lang)

    rows: list[dict[str, object]] = []
    for effect in effects:
        move, names, change = effect.move, names_of(effect), _change(effect.move)
        rows.append(
            {
                "dossier": effect.dossier.name,
                "term": names(move.step) if move.hold else EDITS["legal_term"].say(lang),
                "agency": names(move.agency) if move.agency else None,
                "before": shown(move.before, effect.dossier.desk),
                "after": shown(move.after, effect.dossier.desk),
                "change": EDITS[change].say(lang) if change else None,
            }
        )
    return rows


def unmoved_rows(unmoved: Sequence[Unmoved]) -> list[dict[str, Any]]:
    """Return the dossiers an edit could not move, with the reason."""
    return [
        {"dossier": one.dossier.name, "dossier_id": one.dossier.dossier_id, "reason": one.sentence} for one in unmoved
    ]


def _change(move: DueMove) -> str | None:
    if move.becomes_late:
        return "becomes_late"
    return "no_longer_late" if move.no_longer_late else None
