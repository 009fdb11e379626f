"""Whole casebooks judged by every rule: planted conduct, innocent agencies beside it, a signal alone and among all."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.casebook import Casebook
from engine.responsibility.judge import Judgement, judge
from procedures.signals import load_bars, load_signals
from tests.responsibility.any_lives import in_turn, lives
from tests.responsibility.casebooks import Row, act, book, dossier, hold

RULES = load_signals()
MONDAY = datetime(2025, 8, 4, 8)  # noqa: DTZ001  a wall clock's


def judged(casebook: Casebook, *codes: str) -> Judgement:
    return judge(casebook, RULES, codes=codes, bars=load_bars())


def raised(found: Judgement, *codes: str) -> set[tuple[str, str]]:
    return set(found.signals.filter(pl.col("code").is_in(codes)).select("code", "agency").iter_rows())


# What is asked for.


@settings(max_examples=15, deadline=None)
@given(casebook=lives(), code=st.sampled_from(list(RULES)))
def test_a_signal_asked_for_alone_is_what_it_is_among_all(casebook: Casebook, code: str) -> None:
    whole, alone = judged(casebook), judged(casebook, code)
    for name in ("signals", "rates", "occurrences"):
        assert getattr(alone, name).equals(getattr(whole, name).filter(code=code)), name


PARTNERS = [f"unit {n}" for n in range(6)]


@cache
def bouncing() -> Casebook:
    """Sixty dossiers come to one agency, which sends 31 of them back to whoever had them; others go their way."""
    ways = [
        [partner := PARTNERS[n % 6], "bouncer", *([partner, "bouncer"] * 2 if n < 31 else []), "end"] for n in range(60)
    ]
    ways += [[PARTNERS[n % 6], PARTNERS[(n + 1 + n // 6 % 5) % 6], "end"] for n in range(900)]
    ways += [[a, b, a, b, a] for a, b in pairwise(PARTNERS)]
    rows = [row for nr, life in enumerate(ways) for row in in_turn(nr, *life)]
    return book([dossier("2026-03-02 08:00")] * len(ways), rows)


@pytest.mark.parametrize("codes", [(), ("S20",)])
def test_who_bounces_every_other_dossier_is_raised_among_all_and_alone(codes: tuple[str, ...]) -> None:
    found = judged(bouncing(), *codes)
    assert raised(found, "S20") == {("S20", "bouncer")}
    assert found.rates.filter(code="S20", agency="bouncer")["q"][0] < 1e-6


# Overload.


def week_of(week: int, days: int, hour: int) -> str:
    return f"{MONDAY + timedelta(weeks=week, days=days, hours=hour - 8):%Y-%m-%d %H:%M}"


def work(agency: str, week: int, nr: int, *, is_late: bool) -> tuple[Row, Row, Row]:
    """One dossier of a week: taken up, with a request for papers, on Monday or only at the end of its term."""
    received, begun, done = (
        week_of(week, day, hour) for day, hour in [(0, 8), (4, 15) if is_late else (0, 10), (4, 16)]
    )
    due = week_of(week, 4, 17)
    return (
        dossier(received, due, done, origin="replay"),
        hold(nr, agency, received, done, due=due, taken_up=begun, officer=f"{agency}.an"),
        act(nr, begun, "supplement_requested", agency, hold=1, by=f"{agency}.an"),
    )


def told(plans: dict[str, list[tuple[int, int]]]) -> Casebook:
    """A casebook of agencies: for each week how many dossiers they got, and how many of them lay."""
    rows: list[tuple[Row, Row, Row]] = []
    for agency, weeks in plans.items():
        for week, (many, lay) in enumerate(weeks):
            rows += [work(agency, week, len(rows) + n, is_late=n < lay) for n in range(many)]
    return book(*([one[place] for one in rows] for place in range(3)))


CALM = [(4, int(week % 8 == 0)) for week in range(43)]
PEERS = {f"peer {n}": CALM for n in range(5)}


@cache
def surging() -> Judgement:
    surge = [*CALM[:40], *([(110, 90)] * 3)]
    lazy = [(12, 7)] * 43
    return judged(told(PEERS | {"surged": surge, "lazy": lazy}))


def test_an_agency_in_a_surge_of_most_of_its_dossiers_is_overloaded_not_lazy() -> None:
    rates = surging().rates.filter(code="S22", agency="surged")
    assert rates.select("hits", "excused", "chances", "why_not").row(0) == (5, 270, 490, "like_peers")
    assert ("S22", "surged") not in raised(surging(), "S22")


def test_what_a_text_forbids_is_told_with_the_surge_beside_it() -> None:
    late = surging().signals.filter(code="S5", agency="surged")
    assert late.group_by("counter", "severity").len().sort("len").rows() == [
        (None, "medium", 5),
        ("overload", "low", 270),
    ]


def test_a_lazy_agency_whose_queue_is_always_the_same_is_still_raised() -> None:
    assert raised(surging(), "S22") == {("S22", "lazy")}
    late = surging().signals.filter(code="S5", agency="lazy")
    assert (late.height, late["counter"].null_count()) == (43 * 7, 43 * 7)


def test_who_had_too_much_all_its_life_has_no_calmer_time_to_be_compared_with() -> None:
    """A queue that always stood may be the cause of slowness or its outcome; the causes of waiting tell, not this."""
    found = judged(told(PEERS | {"crowded": [(30, 20)] * 43}))
    assert raised(found, "S22") == {("S22", "crowded")}
    rows = found.occurrences.filter(agency="crowded")
    assert not rows["is_overloaded"].any()
    assert (rows["usual_queue_per_head"] >= 10).all()
