"""A new version of a calendar on the command line: what it would change, and putting it in force."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from console import calendar_effects as effects
from console.output import Column, write_json, write_pairs, write_rows
from console.progress import counted
from console.wording.calendar_days import reason_text, windows_text
from console.wording.edits import EDITS
from console.workplace import instant, now, workplace
from engine.calendar import changed_days
from engine.errors import InputError
from store.errors import StoreUnreachableError
from workflows import reproject

if TYPE_CHECKING:
    from console.wording.days import Language
    from procedures.calendar_edits import CalendarEdit

_OF_DOSSIERS = ("open_dossiers", "moves", "becomes_late", "no_longer_late", "affected", "unmoved")


def show_preview(
    edit: CalendarEdit, at: str | None, speaking: Language, *, as_json: bool = False, as_csv: bool = False
) -> None:
    """Print which days an edit changes and what that does to the open dossiers, judged ``at`` (None: now).

    Raises:
        InputError: ``at`` cannot be read, or a CSV of dossiers is asked for and there is no database.
    """
    place = workplace()
    judged = instant(at, place.zone)
    days = _day_changes(edit, speaking)
    try:
        store = place.open_store(create=False)
    except StoreUnreachableError as error:
        if as_csv:
            raise
        print(f"motcua: {error}; only the days are compared", file=sys.stderr)
        _print_days(edit, days, as_json=as_json)
        return
    with store:
        rulebook = place.rulebook(store)
        with counted("dossiers") as count:
            found = reproject.preview(store, rulebook, edit, judged, progress=count)
        if as_json or as_csv:
            rows = effects.data_rows(found.effects, rulebook, place.zone)
        else:
            rows = effects.table_rows(found.effects, rulebook, place.zone, speaking)
    if as_csv:
        write_rows(rows, [Column(key, key) for key in effects.DATA_KEYS], as_csv=True)
        return
    figures = {
        "open_dossiers": found.dossiers,
        "moves": len(found.effects),
        "becomes_late": sum(effect.move.becomes_late for effect in found.effects),
        "no_longer_late": sum(effect.move.no_longer_late for effect in found.effects),
    }
    unmoved = effects.unmoved_rows(found.unmoved)
    _print_days(edit, days, as_json=as_json, dossiers={**figures, "affected": rows, "unmoved": unmoved})
    if not as_json:
        print()
        write_pairs([(EDITS[key].say(speaking), value) for key, value in figures.items()])
        write_rows(rows, effects.columns(speaking), empty=EDITS["none_moves"].say(speaking))
        _print_unmoved(unmoved, speaking)


def put_in_force(
    edit: CalendarEdit,
    file: Path,
    *,
    by: str,
    confirmed_by: str,
    reason: str,
    document_no: str,
    at: str | None,
    speaking: Language,
    as_json: bool = False,
) -> None:
    """Install a new version of a calendar, record what it moves, and print what was done.

    Raises:
        NotAllowedError: not two different known officers stand for it.
        InputError: no reason, no document, ``at`` lies in the future, or the agency has no folder of calendars.
    """
    place, recorded_at = workplace(), now()
    folder, judged = place.calendars, instant(at, place.zone)
    if folder is None:
        raise InputError(
            "the agency has no folder of its own calendars: set MOTCUA_CALENDARS, or calendars in motcua.toml"
        )
    if judged > recorded_at:
        raise InputError(f"--at {at} lies in the future; only --preview may look ahead")
    confirmation = reproject.Confirmation(
        at=judged,
        by=by,
        confirmed_by=confirmed_by,
        reason=reason,
        document_no=document_no,
        recorded_at=recorded_at,
    )
    with place.opened() as (store, rulebook), counted("dossiers") as count:
        report = reproject.apply_edit(store, rulebook, edit, confirmation, file=file, folder=folder, progress=count)
    after, unmoved = edit.after[edit.code], effects.unmoved_rows(report.unmoved)
    figures: dict[str, object] = {
        "open_dossiers": report.dossiers,
        "changed": report.changed,
        "facts": report.facts,
        "becomes_late": report.became_late,
        "no_longer_late": report.no_longer_late,
        "stale": report.stale,
    }
    if as_json:
        about = {"calendar": edit.code, "digest": after.digest, "calendars_changed": edit.changed}
        write_json({**about, **figures, "unmoved": unmoved})
        return
    in_force = f"{edit.code}  {after.digest[:12]}  {after.first_day} to {after.last_day}"
    shown = {"in_force": in_force} | {key: value for key, value in figures.items() if value or key != "stale"}
    write_pairs([(EDITS[key].say(speaking), value) for key, value in shown.items()])
    _print_unmoved(unmoved, speaking)


def _print_unmoved(unmoved: list[dict[str, object]], speaking: Language) -> None:
    if unmoved:
        print(f"\n{EDITS['unmoved'].say(speaking)}:")
    for one in unmoved:
        print(f"  {one['dossier']}: {one['reason']}")


def _day_changes(edit: CalendarEdit, speaking: Language) -> list[dict[str, object]]:
    old, new = edit.before.get(edit.code), edit.after[edit.code]
    if old is None:
        return []
    return [
        {
            "day": day.isoformat(),
            "windows_before": windows_text(old, day),
            "windows_after": windows_text(new, day),
            "reason_before": reason_text(before, speaking),
            "reason_after": reason_text(after, speaking),
            "source": after.source if after is not None else "",
        }
        for day, (before, after) in changed_days(old, new).items()
    ]


def _print_days(
    edit: CalendarEdit,
    days: list[dict[str, object]],
    *,
    as_json: bool,
    dossiers: Mapping[str, object] = MappingProxyType(dict.fromkeys(_OF_DOSSIERS)),
) -> None:
    """Print which days change; in JSON also what that does to ``dossiers``, null where there is no database."""
    old, new = edit.before.get(edit.code), edit.after[edit.code]
    if as_json:
        write_json(
            {
                "calendar": new.code,
                "digest_before": None if old is None else old.digest,
                "digest_after": new.digest,
                "known_before": None if old is None else [old.first_day, old.last_day],
                "known_after": [new.first_day, new.last_day],
                "calendars_changed": edit.changed,
                "changed_days": days,
                **dossiers,
            }
        )
        return
    write_pairs(
        [
            ("calendar", new.code),
            ("before", None if old is None else f"{old.digest[:12]}  {old.first_day} to {old.last_day}"),
            ("after", f"{new.digest[:12]}  {new.first_day} to {new.last_day}"),
            ("changed days", len(days)),
        ]
    )
    columns = ("day", "windows_before", "windows_after", "reason_before", "reason_after")
    if days:
        write_rows(days, [Column(key, key) for key in columns])
