"""The ledger tiles a life: no gap, no overlap, every second with one owner."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.ledger import Segment, TimeKind, tile, totals
from procedures.calendars import load_calendar
from tests.time.builders import HOUR, at

claims = st.builds(
    lambda kind, since, length, who: Segment(kind, since, since + length, who),
    st.sampled_from(TimeKind),
    st.integers(-20, 120),
    st.integers(0, 60),
    st.sampled_from(["a", "b"]),
)


@given(st.lists(claims, max_size=8), st.integers(0, 100))
def test_a_life_is_tiled(found: list[Segment], until: int) -> None:
    tiles = tile(found, 0, until)
    assert sum(piece.until - piece.since for piece in tiles) == until
    assert all(one.until == other.since for one, other in pairwise(tiles))
    assert (
        totals(tiles)[TimeKind.NOBODY] + sum(totals(tiles)[kind] for kind in TimeKind if kind is not TimeKind.NOBODY)
        == until
    )
    strength = list(TimeKind)
    for moment in range(until):
        owner = next(piece for piece in tiles if piece.since <= moment < piece.until)
        claiming = [claim.kind for claim in found if claim.since <= moment < claim.until]
        expected = min(claiming, key=strength.index) if claiming else TimeKind.NOBODY
        assert owner.kind is expected


def test_office_time_of_the_kinds_adds_up_to_the_life() -> None:
    vn = load_calendar("vn")
    start, end = at("2026-03-02 08:00"), at("2026-03-10 16:00")
    tiles = tile(
        [
            Segment(TimeKind.AUTHORITY, start, end, "construction_department"),
            Segment(TimeKind.OTHER_AGENCY, at("2026-03-03 08:00"), at("2026-03-05 08:00"), "police"),
            Segment(TimeKind.APPLICANT, at("2026-03-04 08:00"), at("2026-03-06 08:00"), ground="supplement"),
        ],
        start,
        end,
    )
    sums = totals(tiles, vn)
    assert sum(sums.values()) == vn.seconds_between(start, end)
    assert sums[TimeKind.APPLICANT] == 16 * HOUR
    assert sums[TimeKind.OTHER_AGENCY] == 8 * HOUR
