"""Official and honest counting, and the three denominators, on a handful of dossiers whose answer is plain."""

from datetime import UTC, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.casebook import ACTS, DOSSIERS, HOLDS, TILES, Casebook, empty, fitted
from engine.instants import parse_instant, to_seconds
from engine.lateness import Measure
from engine.responsibility.counting import count
from procedures.calendars import load_calendar

ZONE = "Asia/Ho_Chi_Minh"


def at(text):
    return None if text is None else parse_instant(text, ZONE)


def book(*dossiers, now="2026-03-31 17:00"):
    """Dossiers as (received, due, ended, outcome, channel, waits)."""
    rows = [
        {
            "nr": nr,
            "dossier": f"d{nr}",
            "desk": "desk",
            "received": at(received),
            "due": at(due),
            "ended": at(ended),
            "outcome": outcome,
            "channel": channel,
            "is_waiting": waits,
        }
        for nr, (received, due, ended, outcome, channel, waits) in enumerate(dossiers)
    ]
    frame = fitted(pl.DataFrame(rows, infer_schema_length=None), DOSSIERS) if rows else empty(DOSSIERS)
    return Casebook(
        name="made up",
        zone=ZONE,
        now=to_seconds(parse_instant(now, ZONE)),
        calendar=load_calendar("vn"),
        dossiers=frame,
        holds=empty(HOLDS),
        tiles=empty(TILES),
        acts=empty(ACTS),
    )


EARLY = ("2026-03-02 09:00", "2026-03-06 17:00", "2026-03-05 10:00", "granted", "online", False)
SAME_DAY = ("2026-03-02 09:00", "2026-03-06 09:00", "2026-03-06 16:00", "granted", "direct", False)
LATE = ("2026-03-02 09:00", "2026-03-06 17:00", "2026-03-10 10:00", "denied", "direct", False)
WITHDRAWN_LATE = ("2026-03-02 09:00", "2026-03-06 17:00", "2026-03-20 10:00", "withdrawn", "direct", False)
OPEN_LATE = ("2026-03-20 09:00", "2026-03-25 17:00", None, None, "direct", False)
OPEN = ("2026-03-30 09:00", "2026-04-03 17:00", None, None, "direct", False)
WAITING = ("2026-03-20 09:00", None, None, None, "direct", True)
WAITING_PAST_DUE = ("2026-03-20 09:00", "2026-03-25 17:00", None, None, "direct", True)


def test_an_end_on_the_due_date_but_after_the_hour_is_late_by_the_instant_only():
    found = book(SAME_DAY)
    assert count(found, measure=Measure.INSTANT).honest.overdue == 1
    assert count(found, measure=Measure.DATE).honest.overdue == 0


def test_a_withdrawn_dossier_is_on_time_officially_and_apart_honestly():
    counted = count(book(WITHDRAWN_LATE))
    assert (counted.official.on_time, counted.official.overdue) == (1, 0)
    assert (counted.honest.on_time, counted.honest.returned) == (0, 1)


def test_waiting_past_the_due_date_is_in_time_officially_and_overdue_honestly():
    counted = count(book(WAITING, WAITING_PAST_DUE))
    assert (counted.official.in_time, counted.official.pending_overdue) == (2, 0)
    assert (counted.honest.in_time, counted.honest.waiting, counted.honest.pending_overdue) == (0, 1, 1)


def test_what_has_no_due_instant_is_on_time_officially_and_unknown_honestly():
    counted = count(book(("2026-03-02 09:00", None, "2026-03-05 10:00", "granted", "direct", False)))
    assert (counted.official.on_time, counted.honest.on_time, counted.honest.without_due) == (1, 0, 1)
    assert counted.honest_rates.of_settled is None


def test_the_three_denominators_are_told_apart():
    counted = count(book(EARLY, SAME_DAY, LATE, WITHDRAWN_LATE, OPEN_LATE, OPEN))
    assert (counted.honest_rates.of_settled, counted.honest_rates.of_due) == (1 / 3, 2 / 4)
    assert counted.honest_rates.of_all == 2 / 6
    assert counted.official_rates.of_settled == 1 / 4


def test_what_was_received_before_the_period_is_carried_over_unless_it_had_ended():
    since = to_seconds(parse_instant("2026-03-25 00:00", ZONE))
    counted = count(book(EARLY, OPEN_LATE, OPEN), since=since).official
    assert (counted.received, counted.carried, counted.direct, counted.online) == (2, 1, 1, 0)


def test_a_past_instant_is_judged_as_it_was_then():
    until = to_seconds(parse_instant("2026-03-09 00:00", ZONE))
    counted = count(book(EARLY, LATE, OPEN), until=until).honest
    assert (counted.received, counted.settled, counted.pending, counted.pending_overdue) == (2, 1, 1, 1)


def test_an_end_recorded_after_the_last_event_of_a_log_is_an_end():
    counted = count(book(LATE, now="2026-03-04 17:00")).honest
    assert (counted.settled, counted.overdue, counted.pending) == (1, 1, 0)


def test_no_dossier_gives_no_rate():
    counted = count(book())
    assert counted.official.received == 0
    assert counted.honest_rates.of_settled is None


days = st.integers(0, 40).map(lambda day: datetime(2026, 2, 2, 3, tzinfo=UTC).timestamp() + day * 86_400)


@st.composite
def dossiers(draw):
    received = draw(days)
    due = draw(st.none() | st.integers(0, 20).map(lambda n: received + n * 86_400))
    ended = draw(st.none() | st.integers(0, 30).map(lambda n: received + n * 86_400))
    outcome = (
        None if ended is None else draw(st.sampled_from(["granted", "denied", "withdrawn", "declined", "stopped"]))
    )
    texts = [None if s is None else datetime.fromtimestamp(s, UTC).isoformat() for s in (received, due, ended)]
    return (*texts, outcome, draw(st.sampled_from(["online", "direct", None])), ended is None and draw(st.booleans()))


@given(st.lists(dossiers(), max_size=8), st.sampled_from(list(Measure)), days)
@settings(max_examples=60, deadline=None)
def test_received_is_settled_plus_pending_and_every_column_adds_up(drawn, measure, since):
    counted = count(book(*drawn), measure=measure, since=int(since))
    for counts in (counted.official, counted.honest):
        assert counts.received == counts.online + counts.direct + counts.carried == counts.settled + counts.pending
        assert counts.settled == (counts.early + counts.on_time + counts.overdue + counts.returned + counts.without_due)
        assert counts.pending == counts.in_time + counts.pending_overdue + counts.waiting
    assert counted.honest.overdue == counted.official.overdue
    assert counted.honest.pending_overdue >= counted.official.pending_overdue
