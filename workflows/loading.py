"""Dossiers of many rows at once; one that cannot be read does not keep the others from being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from engine.dossier import Dossier
from engine.errors import UnknownNumberError
from engine.events import SIGNAL
from store.store import Store
from workflows.changes import DOSSIER_ERRORS

_UNREADABLE = (*DOSSIER_ERRORS, msgspec.MsgspecError)


@dataclass(slots=True, kw_only=True)
class Loaded:
    """What was read: dossiers by row, ascending, and the ids of those that could not be read, with the error."""

    dossiers: list[tuple[int, Dossier]] = field(default_factory=list)
    unreadable: list[tuple[int, str, BaseException]] = field(default_factory=list)


def check_dossier(store: Store, number: str) -> None:
    """Refuse the number of a signal where a dossier is meant.

    Raises:
        UnknownNumberError: no such dossier.
    """
    row = store.row(number)
    if row.origin == SIGNAL:
        raise UnknownNumberError.of(
            "dossier_is_signal",
            "no dossier {number}: that is a signal; `motcua signal show {name}` tells of it",
            number=number,
            name=row.name,
        )


def load_rows(store: Store, rows: Sequence[int]) -> Loaded:
    """Return the dossiers of rows that exist."""
    ordered = sorted(rows)
    try:
        found = store.load_many(ordered)
    except _UNREADABLE:
        found = []
    if len(found) == len(ordered):
        return Loaded(dossiers=list(zip(ordered, found, strict=True)))
    loaded = Loaded()
    for row in ordered:
        try:
            loaded.dossiers.extend((row, dossier) for dossier in store.load_many([row]))
        except _UNREADABLE as error:
            loaded.unreadable.extend((row, known.dossier_id, error) for known in store.register(after=row - 1, limit=1))
    return loaded
