"""Properties of working time, over calendars with odd windows, swaps, summer time and year ends."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import time, timedelta

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.calendar import WorkingCalendar
from engine.clock import DeadlineClock
from engine.counting import Pause, Terms, due_at, unit_seconds
from engine.derivation_replay import replay
from engine.errors import BeyondCalendarError
from engine.instants import to_datetime
from engine.limits import (
    CalendarDays,
    CountingRule,
    ElapsedHours,
    Limit,
    Months,
    OfficeHours,
    SameDay,
    WorkingDays,
)
from procedures.calendars import load_calendar
from tests.time.builders import DAY, HOUR, calendars, instants
from tests.time.reference import slow, slow_due

VN, NL = load_calendar("vn"), load_calendar("nl")

limits: st.SearchStrategy[Limit] = st.one_of(
    st.builds(OfficeHours, st.integers(1, 12)),
    st.builds(OfficeHours, st.sampled_from([0.5, 1.25])),
    st.builds(ElapsedHours, st.integers(1, 60)),
    st.just(SameDay()),
    st.builds(WorkingDays, st.integers(1, 4)),
    st.builds(WorkingDays, st.sampled_from([0.25, 0.5, 1.5])),
    st.builds(CalendarDays, st.integers(1, 6)),
)
every_terms = st.builds(
    Terms, limits, st.sampled_from(CountingRule), st.sampled_from([None, time(15), time(11, 30), time(0)])
)
month_terms = st.builds(Terms, st.builds(Months, st.integers(1, 3)), st.sampled_from(CountingRule))


@st.composite
def pauses(draw: st.DrawFn, calendar: WorkingCalendar, most: int = 3) -> tuple[Pause, ...]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        since = draw(instants(calendar, last_day=10))
        until = min(since + draw(st.integers(0, 3 * 24 * 60)) * 60, calendar.table.midnights[-1])
        found.append(Pause(since, until, "a legal ground"))
    return tuple(found)


@given(st.data())
def test_between_agrees_with_looking_at_every_minute(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    a, b = data.draw(instants(calendar)), data.draw(instants(calendar))
    assert calendar.seconds_between(a, b) == slow(calendar).between(a, b)


@given(st.data())
def test_add_agrees_with_looking_at_every_minute(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    start = data.draw(instants(calendar))
    rest = calendar.seconds_between(start, calendar.table.midnights[-1])
    working = data.draw(st.integers(0, rest // 60)) * 60
    assert calendar.add_seconds(start, working) == slow(calendar).add(start, working)


@given(st.data())
def test_add_and_between_are_inverse(data: st.DataObject) -> None:
    calendar = data.draw(st.one_of(calendars(), st.sampled_from([VN, NL])))
    first, last = calendar.table.midnights[0], calendar.table.midnights[-1]
    a = data.draw(st.integers(first, last))
    working = data.draw(st.integers(0, calendar.seconds_between(a, last)))
    b = calendar.add_seconds(a, working)
    assert calendar.seconds_between(a, b) == working
    assert calendar.seconds_between(b, a) == -working
    if working:
        assert calendar.is_open(b - 1), "the answer is the first instant: the second before it is office time"
    back = calendar.subtract_seconds(b, working)
    assert calendar.seconds_between(back, b) == working
    assert back >= a or working == 0


@given(st.data())
def test_office_time_adds_up(data: st.DataObject) -> None:
    calendar = data.draw(st.one_of(calendars(), st.sampled_from([VN, NL])))
    first, last = calendar.table.midnights[0], calendar.table.midnights[-1]
    a, b, c = (data.draw(st.integers(first, last)) for _ in range(3))
    between = calendar.seconds_between
    assert between(a, b) + between(b, c) == between(a, c)
    rest = between(a, last)
    x = data.draw(st.integers(0, rest))
    y = data.draw(st.integers(0, rest - x))
    assert calendar.add_seconds(calendar.add_seconds(a, x), y) == calendar.add_seconds(a, x + y)


@given(st.data())
def test_arrays_and_datetimes_answer_as_integers_do(data: st.DataObject) -> None:
    calendar = data.draw(st.one_of(calendars(), st.sampled_from([VN, NL])))
    first, last = calendar.table.midnights[0], calendar.table.midnights[-1]
    starts = data.draw(st.lists(st.integers(first, last), min_size=1, max_size=8))
    ends = [data.draw(st.integers(first, last)) for _ in starts]
    lengths = [data.draw(st.integers(0, calendar.seconds_between(a, last))) for a in starts]
    a, b, w = (np.array(values, dtype=np.int64) for values in (starts, ends, lengths))
    between = [calendar.seconds_between(x, y) for x, y in zip(starts, ends, strict=True)]
    added = [calendar.add_seconds(x, y) for x, y in zip(starts, lengths, strict=True)]
    assert calendar.between_many(a, b).tolist() == between
    assert calendar.add_many(a, w).tolist() == added
    for unit in ("s", "ms", "us", "ns"):
        as_dates = [values.astype("datetime64[s]").astype(f"datetime64[{unit}]") for values in (a, b)]
        assert calendar.between_many(*as_dates).astype(np.int64).tolist() == between
        assert calendar.add_many(as_dates[0], w.astype("timedelta64[s]")).astype(np.int64).tolist() == added
    zone = data.draw(st.sampled_from([calendar.zone, "UTC", "America/New_York"]))
    for x, y, length, expected, reached in zip(starts, ends, lengths, between, added, strict=True):
        begin = to_datetime(x, zone)
        assert calendar.between(begin, to_datetime(y, zone)) == timedelta(seconds=expected)
        answer = calendar.add(begin, timedelta(seconds=length))
        assert (answer, answer.utcoffset()) == (
            to_datetime(reached, calendar.zone),
            to_datetime(reached, calendar.zone).utcoffset(),
        )


def test_the_search_in_numpy_answers_as_the_compiled_loops_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine import calendar_vector

    rng = np.random.default_rng(7)
    starts = rng.integers(VN.table.midnights[0], VN.table.midnights[-200], 20_000)
    ends = rng.integers(VN.table.midnights[0], VN.table.midnights[-1], 20_000)
    lengths = rng.integers(0, 100 * HOUR, 20_000)
    lengths[:50] = 0
    compiled = VN.between_many(starts, ends), VN.add_many(starts, lengths)
    monkeypatch.setattr(calendar_vector, "_kernels", lambda: None)
    searched = VN.between_many(starts, ends), VN.add_many(starts, lengths)
    assert all((one == other).all() for one, other in zip(compiled, searched, strict=True))
    with pytest.raises(BeyondCalendarError, match="the answer lies beyond its last known day"):
        VN.add_many(starts[:5], np.array([1, 1, 1, 10**9, 1]))


@given(st.data())
@settings(max_examples=150)
def test_a_due_instant_agrees_with_the_slow_walk(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    terms = data.draw(every_terms)
    start = data.draw(instants(calendar, last_day=8))
    stops = data.draw(pauses(calendar))
    try:
        due = due_at(calendar, terms, start, stops)
    except BeyondCalendarError:
        assume(False)
    assert due == slow_due(slow(calendar), terms, start, stops)


@given(st.data())
def test_a_derivation_replays_to_the_same_instant(data: st.DataObject) -> None:
    calendar = data.draw(st.one_of(calendars(), st.sampled_from([VN, NL])))
    terms = data.draw(every_terms if calendar not in (VN, NL) else st.one_of(every_terms, month_terms))
    first = calendar.table.midnights[0]
    start = first + data.draw(st.integers(0, 8 * 24 * 60)) * 60
    stops = data.draw(pauses(calendar))
    spent = data.draw(st.sampled_from([0, 0, 0, HOUR, 5 * HOUR, 3 * DAY]))
    clock = DeadlineClock(calendar, terms, start, pauses=stops, spent_before=spent)
    try:
        due = clock.due_seconds
        derivation = clock.derivation()
    except BeyondCalendarError:
        assume(False)
    assert derivation.due == due == due_at(calendar, terms, start, stops, spent)
    assert replay(derivation) == due
    assert replay(pickle.loads(pickle.dumps(derivation))) == due  # noqa: S301  our own bytes
    days = [line.day for line in derivation.days]
    assert days == sorted(set(days)), "every day once, in order"


@given(st.data())
def test_spent_and_remaining_are_the_budget_at_every_instant(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    terms = data.draw(every_terms)
    start = data.draw(instants(calendar, last_day=8))
    clock = DeadlineClock(calendar, terms, start, pauses=data.draw(pauses(calendar)))
    try:
        due = clock.due_seconds
    except BeyondCalendarError:
        assume(False)
    assert due is not None
    budget = clock.budget()
    before = -1
    for moment in sorted(data.draw(st.lists(instants(calendar), max_size=6))):
        spent = clock.spent(moment)
        assert spent + clock.remaining(moment) == budget
        assert spent >= before, "time spent never shrinks"
        before = spent
    assert clock.remaining(due) == 0
    if isinstance(terms.limit, OfficeHours):
        assert budget == round(terms.limit.n * HOUR)


@given(st.data())
def test_stops_are_counted_as_their_union(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    terms = data.draw(every_terms)
    start = data.draw(instants(calendar, last_day=8))
    since = data.draw(instants(calendar, last_day=9))
    length = data.draw(st.integers(2, 3 * 24 * 60)) * 60
    until = min(since + length, calendar.table.midnights[-1])
    assume(until - since > 120)
    cut_a = data.draw(st.integers(since + 60, until - 60))
    cut_b = data.draw(st.integers(since, cut_a))
    whole = (Pause(since, until, "one"),)
    parts = (Pause(cut_b, until, "two"), Pause(since, cut_a, "one"), Pause(cut_b, cut_a, "three"))
    try:
        expected = due_at(calendar, terms, start, whole)
    except BeyondCalendarError:
        assume(False)
    assert due_at(calendar, terms, start, parts) == expected


@given(st.data())
def test_a_stop_over_closed_hours_moves_no_office_term(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    limit = data.draw(limits.filter(lambda one: isinstance(one, OfficeHours | WorkingDays | SameDay)))
    terms = Terms(limit, data.draw(st.sampled_from(CountingRule)))
    start = data.draw(instants(calendar, last_day=8))
    table = calendar.table
    assume(len(table.opens) > 2)
    gap = data.draw(st.integers(1, len(table.opens) - 2))
    stop = Pause(table.closes[gap], table.opens[gap + 1], "closed")
    try:
        expected = due_at(calendar, terms, start)
    except BeyondCalendarError:
        assume(False)
    assert due_at(calendar, terms, start, (stop,)) == expected


@given(waits=st.lists(st.tuples(st.integers(0, 20 * 24 * 60), st.integers(0, 20 * 24 * 60)), max_size=6))
@example(waits=[(0, 600), (300, 900)])
def test_time_spent_waiting_for_the_applicant_is_never_counted(waits: list[tuple[int, int]]) -> None:
    start = VN.opening(VN.first_day.replace(month=3, day=4))
    stops = tuple(Pause(start + 60 * since, start + 60 * (since + length), "supplement") for since, length in waits)
    clock = DeadlineClock(VN, Terms(OfficeHours(40)), start, pauses=stops)
    due = clock.due_seconds
    assert due is not None
    assert clock.budget() == 40 * HOUR
    counted = sum(line.office_seconds for line in clock.derivation().days)
    assert counted == 40 * HOUR


@given(st.data())
def test_a_later_receipt_is_never_due_earlier(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    limit = data.draw(limits)
    terms = Terms(limit, data.draw(st.sampled_from(CountingRule)))
    start = data.draw(instants(calendar, last_day=8))
    later = start + data.draw(st.integers(0, 2 * 24 * 60)) * 60
    if isinstance(limit, CalendarDays) and terms.rule is CountingRule.FROM_INSTANT:
        assume(calendar.zone in {"Asia/Ho_Chi_Minh", "Asia/Kathmandu"})  # a skipped hour may swap two wall clocks
    try:
        assert due_at(calendar, terms, start) <= due_at(calendar, terms, later)
    except BeyondCalendarError:
        assume(False)


@given(st.data())
def test_a_budget_is_cumulative_over_re_entries(data: st.DataObject) -> None:
    limit = data.draw(limits)
    terms = Terms(limit, data.draw(st.sampled_from(CountingRule)))
    at = VN.table.midnights[400] + data.draw(st.integers(0, 7 * DAY))
    spent, fresh = 0, due_at(VN, terms, at)
    while spent == 0 or at < due_at(VN, terms, at, (), spent):
        leave = at + data.draw(st.integers(HOUR, DAY))
        used = unit_seconds(VN, limit, at, leave)
        spent += used
        at = leave + data.draw(st.integers(0, DAY))
        assert at < fresh + 400 * DAY, "a step that is entered again and again runs out"
        if used == 0:
            at = VN.opening(VN.next_worked(VN.local_date(at)))
    assert due_at(VN, terms, at, (), spent) <= at


@given(st.data())
def test_a_calendar_survives_the_way_to_another_process(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    copy = pickle.loads(pickle.dumps(calendar))  # noqa: S301  our own bytes
    assert copy == calendar
    assert hash(copy) == hash(calendar)
    assert copy.table == calendar.table
    other = WorkingCalendar.of(replace(calendar.facts, office_day=calendar.office_day + 60))
    assert other != calendar


def test_columns_that_a_calendar_does_not_reach_are_refused_with_the_date():
    far = np.array([0, 1_930_000_000], dtype=np.int64) + VN.table.midnights[0]
    day = to_datetime(int(far[1]), VN.zone).date()
    with pytest.raises(BeyondCalendarError, match=f"{day} lies beyond its last known day") as caught:
        VN.between_many(far[:1].repeat(2), far)
    assert caught.value.day == day
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (str(again), again.day) == (str(caught.value), day)
