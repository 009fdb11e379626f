"""The ledger of a life: every second of a dossier belongs to exactly one of four kinds of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise

from engine.calendar import WorkingCalendar


class TimeKind(StrEnum):
    """Whose time it is. Declared strongest first: where claims overlap, the earlier kind owns the second.

    The applicant's waiting takes precedence over everything, for no agency may then act; a stop for which nobody is
    answerable (legal posting, force majeure, outage) comes before the agencies' own holding; an opinion asked of
    another agency comes before the authority that waits for it.
    """

    APPLICANT = "applicant"
    NOBODY = "nobody"
    OTHER_AGENCY = "other_agency"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Segment:
    """A claim that ``[since, until)`` (epoch seconds) was of ``kind``: ``who`` had it at ``step``, for ``ground``."""

    kind: TimeKind
    since: int
    until: int
    who: str = ""
    ground: str = ""
    step: str = ""

    @property
    def owner(self) -> tuple[TimeKind, str, str, str]:
        """Whose time it is: everything but the instants."""
        return self.kind, self.who, self.ground, self.step


_STRENGTH = {kind: strength for strength, kind in enumerate(TimeKind)}


def tile(segments: Iterable[Segment], since: int, until: int) -> tuple[Segment, ...]:
    """Return the life ``[since, until)`` cut into segments with no gap and no overlap, in order.

    Where claims overlap the stronger kind wins (see `TimeKind`), within a kind the claim that began first; what
    nobody claims is nobody's time. Claims reaching outside the life are cut off. Neighbours of one owner are joined.

    Args:
        segments: claims, in any order.
        since: first instant of the life (epoch seconds).
        until: its end, excluded.

    Raises:
        ValueError: the life or a claim ends before it begins.

    Example:
        >>> life = tile([Segment(TimeKind.AUTHORITY, 0, 9), Segment(TimeKind.APPLICANT, 3, 5)], 0, 10)
        >>> [(str(tile.kind), tile.since, tile.until) for tile in life]
        [('authority', 0, 3), ('applicant', 3, 5), ('authority', 5, 9), ('nobody', 9, 10)]
    """
    if until < since:
        raise ValueError(f"a life cannot end ({until}) before it begins ({since})")
    claims = sorted(segments, key=lambda claim: (claim.since, _STRENGTH[claim.kind], claim.until, claim.who))
    for claim in claims:
        if claim.until < claim.since:
            raise ValueError(f"a segment cannot end ({claim.until}) before it begins ({claim.since})")
    bounds = {since, until}
    for claim in claims:
        bounds.update(edge for edge in (claim.since, claim.until) if since < edge < until)
    edges = sorted(bounds)
    tiles: list[Segment] = []
    alive: list[tuple[int, int, int]] = []
    upcoming = 0
    for start, end in pairwise(edges):
        while upcoming < len(claims) and claims[upcoming].since <= start:
            claim = claims[upcoming]
            heappush(alive, (_STRENGTH[claim.kind], claim.since, upcoming))
            upcoming += 1
        while alive and claims[alive[0][2]].until <= start:
            heappop(alive)
        owner = claims[alive[0][2]] if alive else Segment(TimeKind.NOBODY, start, end)
        begun = tiles.pop().since if tiles and tiles[-1].owner == owner.owner else start
        tiles.append(replace(owner, since=begun, until=end))
    return tuple(tiles)


def totals(tiles: Iterable[Segment], calendar: WorkingCalendar | None = None) -> Mapping[TimeKind, int]:
    """Return the seconds of each kind: office seconds on ``calendar``, or by day and night without one.

    Over the tiles of a life they add up to the life.
    """
    sums = dict.fromkeys(TimeKind, 0)
    for piece in tiles:
        length = piece.until - piece.since if calendar is None else calendar.seconds_between(piece.since, piece.until)
        sums[piece.kind] += length
    return sums
