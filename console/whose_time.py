"""Whose time a dossier's life was, as a table for people and as data for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.output import Column, aligned
from console.wording.days import Language, length_text
from console.wording.phrases import GROUNDS, TIME_KINDS, called, moment, say
from engine.custody import authority_of, custody
from engine.errors import BeyondCalendarError
from engine.instants import to_datetime
from engine.ledger import Segment, TimeKind, totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.names import Names
    from engine.calendar import WorkingCalendar
    from engine.directory import Directory
    from engine.dossier import Dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoseTime:
    """The tiles of one life and their sums by kind; office seconds None where its calendar is not known."""

    tiles: tuple[Segment, ...]
    office: tuple[int | None, ...]
    elapsed_sums: Mapping[TimeKind, int]
    office_sums: Mapping[TimeKind, int] | None

    def as_json(self, zone: str) -> dict[str, object]:
        """Return it as data: ``totals`` by kind and ``tiles`` in order, lengths in seconds."""
        return {
            "totals": {
                kind.value: {
                    "office_seconds": None if self.office_sums is None else self.office_sums[kind],
                    "elapsed_seconds": self.elapsed_sums[kind],
                }
                for kind in TimeKind
            },
            "tiles": [
                {
                    "kind": tile.kind.value,
                    "who": tile.who or None,
                    "step": tile.step or None,
                    "ground": tile.ground or None,
                    "since": to_datetime(tile.since, zone).isoformat(),
                    "until": to_datetime(tile.until, zone).isoformat(),
                    "office_seconds": office,
                    "elapsed_seconds": tile.until - tile.since,
                }
                for tile, office in zip(self.tiles, self.office, strict=True)
            ],
        }

    def lines(self, names: Names, zone: str, lang: Language) -> list[str]:
        """Return it as an aligned table under its heading, the sums last."""
        columns = [Column(key, say(key, lang)) for key in ("whose", "who", "step", "since", "until")]
        columns.append(Column("office_time", say("office_time", lang), right=True))
        columns.append(Column("elapsed_time", say("elapsed_time", lang), right=True))
        rows = [[column.heading for column in columns]]
        for tile, office in zip(self.tiles, self.office, strict=True):
            rows.append(
                [
                    TIME_KINDS[tile.kind].say(lang),
                    _holder(tile, names, lang),
                    names(tile.step) if tile.step else "",
                    moment(tile.since, zone, lang),
                    moment(tile.until, zone, lang),
                    _length(office, lang),
                    _length(tile.until - tile.since, lang),
                ]
            )
        for kind, elapsed in self.elapsed_sums.items():
            if elapsed:
                office = None if self.office_sums is None else self.office_sums[kind]
                whose = TIME_KINDS[kind].say(lang)
                rows.append([whose, say("in_all", lang), "", "", "", _length(office, lang), _length(elapsed, lang)])
        return aligned(rows, columns)

    def sentence(self, lang: Language) -> str:
        """Return the sums on one line, in office time (day and night where that is not known); empty without a life."""
        sums = self.elapsed_sums if self.office_sums is None else self.office_sums
        had = (kind for kind, elapsed in self.elapsed_sums.items() if elapsed)
        return ", ".join(f"{TIME_KINDS[kind].say(lang)} {length_text(sums[kind], lang)}" for kind in had)


def whose_time(dossier: Dossier, directory: Directory, calendar: WorkingCalendar | None, at: int) -> WhoseTime:
    """Return whose time the life of a dossier was until ``at`` (epoch seconds), in office time of ``calendar``."""
    tiles = custody(dossier, at, authority_of(dossier, directory))
    elapsed = totals(tiles)
    try:
        if calendar is not None:
            office = tuple(calendar.seconds_between(tile.since, tile.until) for tile in tiles)
            return WhoseTime(tiles=tiles, office=office, elapsed_sums=elapsed, office_sums=totals(tiles, calendar))
    except BeyondCalendarError:
        pass
    return WhoseTime(tiles=tiles, office=(None,) * len(tiles), elapsed_sums=elapsed, office_sums=None)


def _holder(tile: Segment, names: Names, lang: Language) -> str:
    if tile.who:
        return names(tile.who)
    if tile.ground:
        return called(GROUNDS, tile.ground, lang)
    return "" if tile.step else say("being_moved", lang)


def _length(seconds: int | None, lang: Language) -> str:
    return "-" if seconds is None else length_text(seconds, lang)
