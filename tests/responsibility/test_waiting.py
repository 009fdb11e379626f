"""Waiting causes: each by itself to the second, its innocent look-alikes, exact division, and a slow second opinion."""

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.judging.waiting import document, tell
from engine.calendar import WorkingCalendar
from engine.errors import InputError
from engine.responsibility.waiting import CAUSES, WAITS, Rules, column, left_out, totals, waiting
from tests.responsibility.casebooks import act, book, dossier, hold
from tests.responsibility.slow_waiting import NAMES, slow_waiting
from workflows.log_book import read_book
from workflows.mapping_file import load_mapping

FROM, TO = "2026-02-02 08:00", "2026-06-01 08:00"
LOGS = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
MAPS = Path(__file__).parents[2] / "examples" / "logs"
HOUR = 3600


def of(*holds, dossiers=12, **more):
    """A casebook of holds; every dossier lives longer than any of them."""
    return book([dossier(FROM, ended=TO)] * dossiers, holds, **more)


def lay(nr, came, taken, until=None, **more):
    """A hold of "dept" that came, was taken up and finished at wall-clock times of March 2026, "02 08:00" and so on."""
    day = "2026-03-{}".format
    return hold(nr, "dept", day(came), until and day(until), **{"taken_up": taken and day(taken)} | more)


def causes(found, place=0):
    """The causes of one wait that took any office time, in hours."""
    row = waiting(found).row(place, named=True)
    return {name: row[name] / HOUR for name in NAMES if row[name]}


# Contention and prioritisation.


def test_an_officer_at_work_on_what_came_earlier_is_contention():
    found = of(lay(0, "02 08:00", "02 08:00", "02 10:00"), lay(1, "02 08:30", "02 10:00", "02 10:30"))
    assert causes(found, 1) == {"contention": 1.5}


def test_an_officer_at_work_on_what_came_later_is_prioritisation():
    found = of(lay(0, "02 08:30", "02 10:00", "02 10:30"), lay(1, "02 09:00", "02 09:00", "02 10:00"))
    assert causes(found) == {"prioritisation": 1.0, "extraneous": 0.5}


def test_what_came_in_the_same_second_counts_as_earlier():
    found = of(lay(0, "02 08:00", "02 08:00", "02 10:00"), lay(1, "02 08:00", "02 10:00", "02 10:30"))
    assert causes(found, 1) == {"contention": 2.0}


def test_earlier_and_later_work_at_the_same_time_is_contention():
    found = of(
        lay(0, "02 08:00", "02 08:00", "02 10:00"),
        lay(1, "02 08:30", "02 10:00", "02 10:30"),
        lay(2, "02 09:00", "02 09:00", "02 09:30"),
    )
    assert causes(found, 1) == {"contention": 1.5}


def test_overlapping_earlier_works_count_once():
    found = of(
        lay(0, "02 07:30", "02 08:00", "02 09:30"),
        lay(1, "02 07:40", "02 08:30", "02 10:00"),
        lay(2, "02 08:00", "02 10:30", "02 11:00"),
    )
    assert causes(found, 2) == {"contention": 2.0, "extraneous": 0.5}


def test_the_work_of_a_colleague_explains_nothing():
    found = of(lay(0, "02 08:00", "02 08:00", "02 10:00", officer="binh"), lay(1, "02 08:30", "02 10:00", "02 10:30"))
    assert causes(found, 1) == {"extraneous": 1.5}


def test_a_namesake_in_another_agency_is_somebody_else():
    other = lay(0, "02 08:00", "02 08:00", "02 10:00") | {"agency": "other"}
    assert causes(of(other, lay(1, "02 08:30", "02 10:00", "02 10:30")), 1) == {"extraneous": 1.5}


def test_where_no_officer_is_known_the_work_of_the_whole_agency_counts():
    found = of(
        lay(0, "02 08:00", "02 08:00", "02 10:00", officer="binh"),
        lay(1, "02 08:30", "02 10:30", "02 11:00", officer=None),
        lay(2, "02 09:00", "02 10:00", "02 10:15", officer="chi"),
    )
    assert causes(found, 1) == {"contention": 1.5, "prioritisation": 0.25, "extraneous": 0.25}
    assert waiting(found)["by_agency"].to_list() == [False, True, False]


def test_an_officer_does_not_work_on_a_dossier_whose_clock_stands_still():
    stops = [(0, "2026-03-02 09:00", "2026-03-02 10:00", "supplement")]
    found = of(lay(0, "02 08:00", "02 08:00", "02 11:00"), lay(1, "02 08:30", "02 11:00", "02 11:15"), stops=stops)
    assert causes(found, 1) == {"contention": 1.5, "extraneous": 1.0}


def test_time_in_which_the_applicant_had_to_move_is_no_wait():
    stops = [(0, "2026-03-02 09:00", "2026-03-03 09:00", "supplement")]
    found = waiting(of(lay(0, "02 08:00", "03 10:00", "03 11:00"), stops=stops))
    assert found.select("elapsed", "office").row(0) == (2 * HOUR, 2 * HOUR)


# Unavailability.


def test_nights_weekends_and_the_lunch_break_are_closed_and_no_office_time():
    (row,) = waiting(of(lay(0, "06 16:00", "09 08:00", "09 09:00"))).to_dicts()  # Friday to Monday
    assert (row["elapsed"], row["office"]) == (64 * HOUR, HOUR + HOUR // 2)
    assert row["closed"] == row["elapsed"] - row["office"]


def test_a_dossier_taken_up_at_once_waits_for_nothing():
    (row,) = waiting(of(lay(0, "02 08:00", "02 08:00", "02 09:00"))).to_dicts()
    assert all(row[name] == 0 for name, dtype in WAITS.items() if dtype == pl.Int64)


def test_each_agency_is_closed_by_its_own_calendar():
    always = WorkingCalendar.build(
        code="always", zone="UTC", first_day=date(2024, 6, 1), last_day=date(2027, 12, 31), week=[[(0, 86_400)]] * 7
    )
    lines = [lay(n, "06 16:00", "09 08:00", "09 09:00") for n in range(2)]
    before = lay(2, "07 07:00", "07 07:00", "07 08:00")
    found = of(lines[0], *(one | {"agency": "open"} for one in (lines[1], before)), calendars={"open": always})
    rows = waiting(found).select("agency", "office", "closed", "prioritisation").rows()
    assert rows[:2] == [("dept", 5_400, 64 * HOUR - 5_400, 0), ("open", 64 * HOUR, 0, HOUR)]


def daily(*days, officer="an", **more):
    """Something small every day, early in the morning: he was there."""
    return [lay(9, f"{day:02} 07:30", f"{day:02} 07:30", f"{day:02} 07:31", officer=officer, **more) for day in days]


WEEKS = (*range(2, 7), *range(9, 14), *range(16, 21))
"""The worked days of three weeks of March 2026."""


def test_days_without_any_act_of_someone_regular_are_absence():
    there = daily(*(day for day in WEEKS if day not in {10, 11, 12}))
    found = of(*there, lay(0, "09 08:30", "13 08:30", "13 09:00"))
    (row,) = waiting(found).filter(pl.col("nr") == 0).to_dicts()
    assert row["absence"] == 24 * HOUR
    assert row["prioritisation"] == 60  # Friday morning's small thing, which came later
    assert row["office"] == row["absence"] + row["prioritisation"] + row["extraneous"]


def test_silent_days_of_someone_rarely_seen_show_nothing():
    found = of(*daily(2, 4, 6, 9, 13, 17, 19, 20), lay(0, "10 08:30", "12 08:30", "12 09:00"))
    assert waiting(found)["absence"].sum() == 0


def test_silent_days_of_someone_with_hardly_any_day_show_nothing():
    found = of(*daily(2, 3, 13), lay(0, "04 08:30", "12 08:30", "13 09:00"))
    assert waiting(found)["absence"].sum() == 0


def test_the_colleagues_being_there_does_not_make_him_present():
    there = daily(*(day for day in WEEKS if day not in {10, 11, 12}))
    found = of(*there, *daily(*WEEKS, officer="binh"), lay(0, "09 08:30", "13 08:30", "13 09:00"))
    assert waiting(found).filter(pl.col("nr") == 0)["absence"].item() == 24 * HOUR


def test_an_act_without_a_hold_shows_that_he_was_there():
    there = daily(*(day for day in WEEKS if day not in {10, 11, 12}))
    acts = [act(0, f"2026-03-{day} 09:00", "opinion_requested", "dept") for day in (10, 11, 12)]
    found = book([dossier(FROM, ended=TO)] * 12, [*there, lay(0, "09 08:30", "13 08:30", "13 09:00")], acts)
    assert waiting(found)["absence"].sum() == 0


def test_nobody_is_blamed_for_later_work_on_days_he_was_away():
    there = daily(*(day for day in WEEKS if day not in {10, 11, 12}))
    later = lay(1, "09 10:00", "09 10:00", "13 08:00")  # in hand all the while
    found = waiting(of(*there, lay(0, "09 08:30", "13 08:30", "13 09:00"), later)).filter(pl.col("nr") == 0)
    assert found["absence"].item() == 24 * HOUR
    assert found["prioritisation"].item() == 6 * HOUR  # the rest of Monday; Friday to 08:00


# Batching.


def signed(*came, minutes=5, start="02 10:30", **more):
    """Dossiers 0, 1, … that came at wall-clock times and are finished one after the other."""
    begun = datetime.fromisoformat(f"2026-03-{start}")
    ends = [begun + timedelta(minutes=minutes * n) for n in range(len(came) + 1)]
    text = [f"{end:%d %H:%M}" for end in ends]
    return [lay(n, one, text[n], text[n + 1], **more) for n, one in enumerate(came)]


def test_waiting_until_the_last_of_three_has_come_is_batching():
    found = of(*signed("02 08:00", "02 09:00", "02 10:00"))
    assert causes(found, 0) == {"batching": 2.0, "extraneous": 0.5}
    assert causes(found, 1) == {"batching": 1.0, "extraneous": 0.5, "contention": 5 / 60}
    assert causes(found, 2) == {"extraneous": 0.5, "contention": 10 / 60}


@pytest.mark.parametrize(
    "holds",
    [
        signed("02 08:00", "02 09:00"),
        signed("02 08:00", "02 09:00", "02 10:00", minutes=11),
        signed("02 08:00", "02 09:00", "02 10:32"),
        [one | {"nr": 0} for one in signed("02 08:00", "02 09:00", "02 10:00")],
        [one | {"step": f"s{n}"} for n, one in enumerate(signed("02 08:00", "02 09:00", "02 10:00"))],
        [one | {"officer": f"o{n}"} for n, one in enumerate(signed("02 08:00", "02 09:00", "02 10:00"))],
        [one | {"officer": None} for one in signed("02 08:00", "02 09:00", "02 10:00")],
    ],
    ids=["two", "too slow", "last came when he had begun", "one dossier", "three steps", "three officers", "nobody"],
)
def test_what_only_looks_like_a_batch_is_none(holds):
    assert waiting(of(*holds))["batching"].sum() == 0


def test_dates_without_a_time_of_day_make_no_batch():
    holds = [lay(n, f"0{n + 2} 00:00", "05 00:00", "05 00:00") for n in range(3)]
    assert waiting(of(*holds))["batching"].sum() == 0


def test_someone_at_work_on_earlier_things_gathers_no_batch():
    busy = lay(9, "02 07:30", "02 07:30", "02 10:30", step="other")
    found = waiting(of(busy, *signed("02 08:00", "02 09:00", "02 10:00")))
    assert found["batching"].sum() == 0


def test_what_makes_a_batch_is_a_parameter():
    found = of(*signed("02 08:00", "02 09:00"))
    assert waiting(found, Rules(batch=2))["batching"].sum() == HOUR


# When the source tells completions only.


def completions(*lines, **more):
    """Holds of which the source does not tell when work began."""
    return of(*(lay(nr, came, None, until, **more) for nr, came, until in lines), tells={"officers", "agencies"})


def local(found):
    """Until when each hold waited, as the wall clock in its place shows it."""
    ends = waiting(found)["until"].dt.convert_time_zone(found.zone)
    return [f"{one:%d %H:%M}" for one in ends]


def test_work_begins_when_the_officer_has_finished_the_thing_before():
    found = completions((0, "02 07:30", "02 09:00"), (1, "02 08:00", "02 09:20"), (2, "02 08:00", "02 09:40"))
    assert local(found) == ["02 08:40", "02 09:00", "02 09:20"]
    assert waiting(found)["is_inferred"].all()


def test_work_lasts_no_longer_than_usual():
    lines = [(n, "02 07:30", f"02 08:{10 * n:02}") for n in range(5)]
    assert local(completions(*lines, (5, "02 07:30", "02 11:00")))[-1] == "02 10:50"


def test_work_does_not_begin_before_the_dossier_comes():
    lines = [(n, "02 07:30", f"02 08:{10 * n:02}") for n in range(5)]
    assert local(completions(*lines, (5, "02 10:55", "02 11:00")))[-1] == "02 10:55"


def test_where_nothing_shows_how_long_work_lasts_none_is_assumed():
    assert local(completions((0, "02 08:00", "02 11:00"))) == ["02 11:00"]


def test_what_an_unknown_officer_did_begins_after_the_last_thing_of_the_agency():
    known = [lay(n, "02 07:30", None, f"02 08:{20 * n:02}") for n in range(3)]
    unknown = lay(5, "02 07:30", None, "02 08:50", officer=None)
    assert local(of(*known, unknown, tells={"officers"}))[-1] == "02 08:40"


def test_a_beginning_that_is_told_is_not_inferred_beside_one_that_is_not():
    found = of(lay(0, "02 08:00", "02 08:10", "02 09:00"), lay(1, "02 08:30", None, "02 09:30"))
    assert waiting(found)["is_inferred"].to_list() == [False, True]
    assert local(found) == ["02 08:10", "02 09:00"]


# States, open waits, what is left out.


def states(*lines):
    """Holds as a log of states tells them: a queue is never taken up, work is from its beginning."""
    holds = [
        lay(nr, since, since if is_work else None, until, officer=officer)
        for nr, is_work, since, until, officer in lines
    ]
    return of(*holds, tells={"states", "queue", "officers"})


def test_a_queue_is_a_wait_for_whoever_takes_it_up():
    found = states(
        (0, True, "02 08:00", "02 10:00", "binh"),
        (1, False, "02 08:30", "02 10:00", "an"),
        (1, True, "02 10:00", "02 10:30", "binh"),
    )
    assert causes(found, 1) == {"contention": 1.5}
    assert waiting(found)["officer"].to_list() == ["binh", "binh", "binh"]
    assert waiting(found)["office"].to_list() == [0, HOUR + HOUR // 2, 0]


def test_in_states_a_dossier_came_when_it_came_to_the_agency():
    found = states(
        (0, False, "02 08:00", "02 09:30", "an"),
        (0, True, "02 09:30", "02 10:30", "an"),
        (1, False, "02 09:00", "02 10:30", "an"),
        (1, True, "02 10:30", "02 11:00", "an"),
    )
    # Dossier 0 is taken up after dossier 1 came, yet had been there before it.
    assert causes(found, 2) == {"contention": 1.0, "extraneous": 0.5}


def test_what_nobody_took_up_waits_until_now():
    found = of(hold(0, "dept", "2026-06-30 15:00", None, taken_up=None, officer=None), now="2026-06-30 17:00")
    (row,) = waiting(found).to_dicts()
    assert (row["office"], row["is_open"], row["by_agency"]) == (2 * HOUR, True, True)


def test_what_is_left_out_is_counted_by_reason():
    found = book(
        [dossier(FROM, ended=TO, origin="replay")] * 5,
        [
            hold(0, "dept", "2026-03-02 08:00", "2026-03-02 09:00"),
            hold(1, "dept", "2026-03-02 08:00", "2026-03-02 09:00", officer="system:x", is_system=True),
            hold(2, "dept", "2026-03-02 08:00", None, taken_up=None),
            hold(3, None, "2026-03-02 08:00", "2026-03-02 09:00"),
            hold(4, "citizen", "2026-03-02 08:00", "2026-03-02 09:00", kind="applicant"),
        ],
        outsiders=frozenset({"citizen"}),
    )
    assert waiting(found)["nr"].to_list() == [0]
    out = {"machine": 1, "open": 1, "state": 0, "applicant": 1, "nobody": 0, "other_agency": 0, "no_agency": 1}
    assert left_out(found) == out


def test_holds_of_the_applicant_of_nobody_and_of_an_unrecorded_or_unnamed_agency_are_told_apart(capsys):
    found = of(
        lay(0, "02 08:00", "02 09:00", "02 10:00"),
        hold(1, "dept", "2026-03-02 08:00", "2026-03-02 09:00", kind="applicant", work="applicant"),
        hold(1, "firm", "2026-03-02 09:00", "2026-03-02 10:00", kind="authority"),
        hold(1, "dept", "2026-03-02 10:00", "2026-03-02 11:00", kind="nobody", work="posting"),
        hold(1, None, "2026-03-02 11:00", "2026-03-02 12:00"),
        hold(1, "dept", "2026-03-02 12:00", "2026-03-02 13:00", kind="other_agency", work="opinion"),
        outsiders=frozenset({"firm"}),
    )
    out = left_out(found)
    assert {why: count for why, count in out.items() if count} == {
        "applicant": 2,
        "nobody": 1,
        "other_agency": 1,
        "no_agency": 1,
    }
    tell(document(found), "en")
    told = "2 the applicant's, 1 nobody's move, 1 another agency's, not named, 1 with no agency recorded"
    assert told in capsys.readouterr().out


def test_a_casebook_without_holds_has_no_waits():
    assert waiting(of()).schema == WAITS
    assert totals(waiting(of()))["holds"].item() == 0


# Everything at once, against the slow way.

MINUTES = st.integers(0, 12 * 24 * 12).map(lambda n: n * 300)
"""Within twelve days, by five minutes, so that instants meet."""


DAYS = [*range(5), *range(7, 12)]
"""Worked days of two weeks from a Monday."""


@st.composite
def casebooks(draw):
    """Casebooks of any sort of source: holds anywhere, batches, and somebody who is there nearly every day."""
    is_states = draw(st.booleans())
    tells = {"officers"} | draw(st.sampled_from([{"queue"}, set()])) | ({"states"} if is_states else set())
    dossiers = draw(st.lists(chains() if is_states else anywhere(), min_size=1, max_size=7))
    if draw(st.booleans()):
        begun = draw(MINUTES)
        came = draw(st.lists(st.integers(0, 50), min_size=2, max_size=5))
        ends = [begun + 300 * (n + 1) for n in range(len(came))]
        told = draw(st.booleans())
        burst = zip(came, ends, strict=True)
        dossiers += [
            [one(begun - before * 1_800, end, end - 300 if told else None, is_states=is_states)]
            for before, end in burst
        ]
    if draw(st.booleans()):
        absent = draw(st.integers(0, 9))
        there = [day for n, day in enumerate(DAYS) if not absent <= n < absent + 3]
        dossiers.append([one(86_400 * day, 86_400 * day + 300, 86_400 * day, step="daily") for day in there])
        since, taken_up = min(draw(MINUTES), 86_400 * 10), 86_400 * 10 + 900
        work = one(since, taken_up + 900, taken_up, is_states=is_states)
        dossiers.append([one(since, taken_up, None), work] if is_states else [work])
    holds = [part | {"nr": nr} for nr, parts in enumerate(dossiers) for part in parts]
    stops = [
        (nr, _text(first), _text(first + 7_200), "supplement")
        for nr, first in draw(st.dictionaries(st.integers(0, 7), MINUTES, max_size=3)).items()
        if nr < len(dossiers)
    ]
    rows = [dossier(FROM, ended=TO, origin=draw(st.sampled_from(["live", "replay"])))] * len(dossiers)
    return book(rows, holds, stops=stops, tells=tells, now="2026-03-20 17:00")


def one(since, until, taken_up, *, is_states=False, agency="dept", **more):
    """A hold of dossier 0 in seconds since Monday, 2 March; work of which a source of states tells the state only."""
    begun = taken_up if is_states and taken_up is not None else since
    ends, taken = (None if part is None else _text(part) for part in (until, taken_up))
    return hold(0, agency, _text(begun), ends, **{"taken_up": taken} | more)


WHO = {
    "officer": st.sampled_from(["an", "an", "an", "binh", None]),
    "agency": st.sampled_from(["dept", "dept", "dept", "other"]),
    "step": st.sampled_from(["appraise", "appraise", "check"]),
    "is_system": st.sampled_from([*[False] * 15, True]),
}
LENGTHS = st.sampled_from([0, 300, 600, 3_600, 30_000, 300_000])


@st.composite
def anywhere(draw):
    """Holds of one dossier, side by side or not, taken up or not, some of them open."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        since, length, part = draw(MINUTES), draw(LENGTHS), draw(st.sampled_from([None, None, 0.0, 0.5, 1.0]))
        taken_up = None if part is None else since + int(length * part)
        until = since + length if draw(st.integers(0, 9)) else None
        found.append(one(since, until, taken_up, **draw(st.fixed_dictionaries(WHO))))
    return found


@st.composite
def chains(draw):
    """Holds of one dossier, one after the other, each a queue or work; the last may be open."""
    found, clock = [], draw(MINUTES)
    for _ in range(draw(st.integers(1, 5))):
        after = clock + draw(LENGTHS)
        found.append(one(clock, after, draw(st.sampled_from([None, clock])), **draw(st.fixed_dictionaries(WHO))))
        clock = after
    if draw(st.booleans()):
        found[-1] |= {"until": None}
    return found


def _text(seconds):
    return f"{datetime(2026, 3, 2, 7, 30) + timedelta(seconds=seconds):%Y-%m-%d %H:%M}"  # noqa: DTZ001  a wall clock's


@settings(deadline=None)
@given(found=casebooks())
def test_the_fast_way_and_the_slow_way_agree(found):
    rows = waiting(found).select("elapsed", "office", *NAMES).rows()
    assert rows == slow_waiting(found, batch=3, gap=600)


@settings(deadline=None)
@given(found=casebooks())
def test_every_wait_is_divided_exactly(found):
    rows = waiting(found)
    parts = [rows[column(cause)] for cause in CAUSES]
    assert (rows["office"] == sum(parts[1:], parts[0])).all()
    assert (rows["elapsed"] == rows["closed"] + rows["office"]).all()
    assert all((part >= 0).all() for part in [*parts, rows["closed"]])
    assert rows.height + sum(left_out(found).values()) == found.holds.height


# Reports.


def test_totals_add_up_and_shares_are_of_office_time():
    rows = waiting(of(*signed("02 08:00", "02 09:00", "02 10:00", from_agency="desk")))
    (whole,) = totals(rows).to_dicts()
    by_step = totals(rows, "step")
    assert by_step["office"].sum() == whole["office"]
    assert whole["share.batching"] == whole["batching"] / whole["office"]
    assert sum(whole[f"share.{cause}"] for cause in CAUSES) == pytest.approx(1)


def test_the_document_is_json_and_gives_both_divisions():
    found = json.loads(json.dumps(document(of(lay(0, "06 16:00", "09 08:00", "09 09:00")))))
    assert found["causes"]["unavailability"]["elapsed"] == 62 * HOUR + HOUR // 2
    assert found["causes"]["unavailability"]["office"] == 0
    assert found["causes"]["extraneous"]["office"] == found["office"] == HOUR + HOUR // 2
    assert [row["agency"] for row in found["by"]["agency"]] == ["dept"]
    assert all(one["source"] == "proposal" for one in found["parameters"].values())


def test_a_way_to_sum_that_does_not_exist_is_named():
    with pytest.raises(InputError, match="agency, step, pair"):
        document(of(), by=("officer",))


@pytest.mark.parametrize(("lang", "said"), [("vi", "ngoài giờ hoặc vắng mặt"), ("en", "closed or absent")])
def test_people_read_causes_in_their_language(capsys, lang, said):
    tell(document(of(*signed("02 08:00", "02 09:00", "02 10:00"))), lang)
    assert said in capsys.readouterr().out
    tell(document(of()), lang)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.skipif(not (LOGS / "receipt.xes.gz").is_file(), reason="needs logs/receipt.xes.gz in $MOTCUA_DATA")
def test_the_receipt_log_tells_completions_only():
    found = document(read_book(LOGS / "receipt.xes.gz", load_mapping(MAPS / "receipt.yaml"))[1])
    assert found["holds"] == found["inferred"] == 6_641
    whose = {"applicant": 0, "nobody": 0, "other_agency": 0, "no_agency": 1_936}
    assert found["left_out"] == {"machine": 0, "open": 105, "state": 0, **whose}
    assert sum(one["office"] for one in found["causes"].values()) == found["office"]
