"""Mistakes found in other systems' handling of time; each is a test that ours does not make it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from engine.calendar import WorkingCalendar, changed_days
from engine.clock import DeadlineClock, Extension, Restart
from engine.counting import Pause, Terms, due_at
from engine.errors import BeyondCalendarError
from engine.instants import to_datetime
from engine.limits import CalendarDays, CountingRule, ElapsedHours, OfficeHours, SameDay, WorkingDays
from procedures.calendars import load_calendar
from tests.time.builders import DAY, HOUR, at, dated, office

VN, VN_0700, NL = load_calendar("vn"), load_calendar("vn_0700"), load_calendar("nl")
THREE_DAYS = Terms(WorkingDays(3))


def shown(seconds: int | None, calendar: WorkingCalendar = VN) -> str:
    assert seconds is not None
    return to_datetime(seconds, calendar.zone).format("YYYY-MM-DD HH:mm:ss")


def test_digit_two_agencies_bouncing_a_file_breach_their_terms() -> None:
    """DIGIT: the term of a step began anew at each entry."""
    terms = Terms(WorkingDays(2), CountingRule.FROM_INSTANT)
    moment, spent = at("2026-03-02 08:00"), 0
    for _ in range(4):
        moved = VN.add_seconds(moment, 3 * HOUR)
        spent += VN.seconds_between(moment, moved)
        moment = VN.add_seconds(moved, 4 * HOUR)  # with the other agency
    assert spent == 12 * HOUR
    assert VN.seconds_between(moment, due_at(VN, terms, moment, (), spent)) == 4 * HOUR
    assert due_at(VN, terms, moment, (), 16 * HOUR) == moment, "nothing left: due at once"
    assert due_at(VN, THREE_DAYS, moment, (), 24 * HOUR) == moment


def test_digit_re_entry_brings_no_new_free_day_of_receipt() -> None:
    fresh = due_at(VN, THREE_DAYS, at("2026-03-02 07:30"))
    again = due_at(VN, THREE_DAYS, at("2026-03-02 07:30"), (), 60)
    assert shown(fresh) == "2026-03-05 17:00:00"
    assert shown(again) == "2026-03-04 17:00:00"


def test_opencps_two_agencies_do_not_mix_their_calendars() -> None:
    start = at("2026-03-02 07:00")
    assert shown(VN.add_seconds(start, HOUR)) == "2026-03-02 08:30:00"
    assert shown(VN_0700.add_seconds(start, HOUR)) == "2026-03-02 08:00:00"
    assert shown(VN.add_seconds(start, HOUR)) == "2026-03-02 08:30:00"
    with pytest.raises(AttributeError, match="immutable"):
        VN.office_day = 7 * HOUR


def test_opencps_hours_are_not_truncated_nor_moved_to_a_quarter() -> None:
    due = VN.add_seconds(at("2026-03-02 08:07:13"), 3 * HOUR + 17 * 60 + 5)
    assert shown(due) == "2026-03-02 11:24:18"
    exact = VN.add_seconds(at("2026-03-02 08:00"), HOUR)
    assert shown(exact) == "2026-03-02 09:00:00"


def test_opencps_a_working_day_is_as_long_as_the_calendar_says() -> None:
    short = office(
        date(2026, 3, 2), date(2026, 3, 31), office_day=7 * HOUR, week=(*([((28_800, 54_000),)] * 5), (), ())
    )
    terms = Terms(WorkingDays(2), CountingRule.FROM_INSTANT)
    assert shown(due_at(short, terms, at("2026-03-02 08:00")), short) == "2026-03-03 15:00:00"


@pytest.mark.parametrize("limit", [OfficeHours(10), WorkingDays(3), WorkingDays(0.5), SameDay()])
@pytest.mark.parametrize("rule", list(CountingRule))
def test_frappe_glpi_a_pause_from_closing_to_opening_moves_nothing(limit: OfficeHours, rule: CountingRule) -> None:
    """Frappe, ERPNext, GLPI: the pause was measured on the wall clock and applied to the working clock."""
    terms, start = Terms(limit, rule), at("2026-03-02 10:00")
    night = Pause(at("2026-03-02 17:00"), at("2026-03-03 07:30"), "overnight")
    noon = Pause(at("2026-03-02 11:30"), at("2026-03-02 13:00"), "noon")
    weekend = Pause(at("2026-03-06 17:00"), at("2026-03-09 07:30"), "weekend")
    assert due_at(VN, terms, start, (night, noon, weekend)) == due_at(VN, terms, start)


def test_moj_the_number_of_stops_and_extensions_does_not_change_the_roll() -> None:
    """MOJ: each restart added to a date already rolled and rolled again."""
    terms, start = Terms(CalendarDays(5)), at("2026-03-02 10:00")  # ends on Saturday the 7th, rolls to Monday the 9th
    assert shown(due_at(VN, terms, start)) == "2026-03-09 17:00:00"
    one_midnight = Pause(at("2026-03-03 10:00"), at("2026-03-04 10:00"), "supplement")
    another = Pause(at("2026-03-05 10:00"), at("2026-03-06 10:00"), "supplement")
    assert shown(due_at(VN, terms, start, (one_midnight,))) == "2026-03-09 17:00:00"  # Sunday the 8th rolls
    assert shown(due_at(VN, terms, start, (one_midnight, another))) == "2026-03-09 17:00:00"  # Monday itself
    together = Pause(at("2026-03-03 10:00"), at("2026-03-05 10:00"), "supplement")
    assert due_at(VN, terms, start, (together,)) == due_at(VN, terms, start, (one_midnight, another))


def test_moj_an_extension_is_added_to_the_term_not_to_the_rolled_date() -> None:
    start = at("2010-10-08 12:00", NL.zone)  # 8 weeks later is Friday 3 December 2010
    eight, six = CalendarDays(56), CalendarDays(42)
    extended = DeadlineClock(NL, Terms(eight), start, extensions=(Extension(start + DAY, six),))
    assert extended.due_seconds == due_at(NL, Terms(CalendarDays(98)), start)
    rolled = DeadlineClock(NL, Terms(CalendarDays(1)), start, extensions=(Extension(start, CalendarDays(1)),))
    assert shown(rolled.due_seconds, NL) == "2010-10-11 17:00:00"  # Sunday rolls once, to Monday


def test_moj_a_second_restart_counts_the_whole_term_from_itself() -> None:
    start = at("2026-03-02 10:00")
    first = Restart(at("2026-03-03 10:00"), at("2026-03-06 15:00"), "supplement")
    second = Restart(at("2026-03-10 10:00"), at("2026-03-20 09:00"), "supplement")
    both = DeadlineClock(VN, THREE_DAYS, start, restarts=(first, second))
    last = DeadlineClock(VN, THREE_DAYS, start, restarts=(second,))
    assert both.due_seconds == last.due_seconds == due_at(VN, THREE_DAYS, at("2026-03-20 09:00"))
    assert [term.start for term in both.history] == [start, at("2026-03-06 15:00"), at("2026-03-20 09:00")]
    waiting = DeadlineClock(VN, THREE_DAYS, start, restarts=(Restart(at("2026-03-03 10:00"), None, "supplement"),))
    assert waiting.due is None
    assert waiting.is_stopped(at("2026-03-04 10:00"))
    assert waiting.spent(at("2026-03-20 10:00")) == VN.seconds_between(start, at("2026-03-03 10:00"))


def test_demarche_numerique_terms_roll_over_holidays_and_weekends() -> None:
    assert shown(due_at(VN, Terms(CalendarDays(10)), at("2026-04-20 09:00"))) == "2026-05-04 17:00:00"  # 30/4 + weekend


def test_demarche_numerique_several_corrections_do_not_crash() -> None:
    stops = tuple(
        Pause(at(f"2026-03-{day:02d} 09:00"), at(f"2026-03-{day:02d} 10:00"), "incomplete") for day in (3, 3, 4)
    )
    clock = DeadlineClock(VN, THREE_DAYS, at("2026-03-02 10:00"), pauses=stops)
    assert shown(clock.due_seconds) == "2026-03-06 17:00:00"
    assert [stop.given_back for stop in clock.derivation().stages[0].stops] == [HOUR, 0, HOUR]


def test_alaveteli_a_new_holiday_is_seen_at_once_and_names_the_days_it_changes() -> None:
    before = office(date(2026, 3, 2), date(2026, 3, 31))
    after = WorkingCalendar.of(replace(before.facts, days_off=(dated(date(2026, 3, 4)),)))
    start = at("2026-03-02 10:00")
    assert shown(due_at(before, THREE_DAYS, start)) == "2026-03-05 17:00:00"
    assert shown(due_at(after, THREE_DAYS, start)) == "2026-03-06 17:00:00"
    assert list(changed_days(before, after)) == [date(2026, 3, 4)]
    assert before.digest != after.digest


def test_businesstimedelta_ends_on_every_input() -> None:
    """businesstimedelta: one input never returned; ZoneInfo crashed; after the last holiday came a type error."""
    began = perf_counter()
    for zone in (ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Amsterdam"), UTC, timezone(timedelta(hours=7))):
        start = datetime(2026, 12, 31, 17, 0, tzinfo=zone)
        assert VN.between(start, VN.add(start, timedelta(hours=30))) == timedelta(hours=30)
        assert VN.add(start, timedelta(0)) == start
        assert VN.between(start, start) == timedelta(0)
    assert perf_counter() - began < 5
    with pytest.raises(BeyondCalendarError, match=r"vn covers 2019-01-01 to 2027-12-31.*last known day, 2027-12-31"):
        VN.add_seconds(at("2027-12-31 10:00"), 40 * HOUR)
    with pytest.raises(BeyondCalendarError, match="first known day, 2019-01-01"):
        VN.seconds_between(at("2018-12-31 10:00"), at("2019-01-02 10:00"))


def test_jmix_a_day_is_an_office_day_and_not_24_office_hours() -> None:
    terms = Terms(WorkingDays(1), CountingRule.FROM_INSTANT)
    assert shown(due_at(VN, terms, at("2026-03-02 09:00"))) == "2026-03-03 09:00:00"
    assert shown(due_at(VN, Terms(ElapsedHours(24)), at("2026-03-06 09:00"))) == "2026-03-07 09:00:00"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-02 06:00", "2026-03-02 09:30:00"),  # before opening
        ("2026-03-02 12:00", "2026-03-02 15:00:00"),  # at noon
        ("2026-03-02 17:00", "2026-03-03 09:30:00"),  # at closing
        ("2026-03-02 22:00", "2026-03-03 09:30:00"),  # at night
        ("2026-03-06 17:30", "2026-03-09 09:30:00"),  # before a weekend
    ],
)
def test_jbpm_timers_set_while_the_office_is_closed_are_right(received: str, due: str) -> None:
    assert shown(due_at(VN, Terms(OfficeHours(2)), at(received))) == due


def test_pm4py_the_holidays_and_the_zone_of_a_calendar_are_used() -> None:
    """PM4Py: the holiday calendar was stored and not used, the zone dropped, days shown with the factor 24."""
    tet = VN.seconds_between(at("2026-02-13 17:00"), at("2026-02-23 07:30"))
    assert tet == 0
    ends = NL.seconds_between(at("2014-03-28 17:00", NL.zone), at("2014-03-31 17:00", NL.zone))
    assert ends == 8 * HOUR  # the night the clocks go forward
    in_utc = NL.between(datetime(2014, 3, 28, 16, tzinfo=UTC), datetime(2014, 3, 31, 15, tzinfo=UTC))
    assert in_utc == timedelta(hours=8)


def test_bptlab_the_end_of_the_last_day_is_looked_at() -> None:
    """Work on the BPI Challenge 2020 log never cut the hours of the last day off at closing."""
    friday_evening = at("2026-03-06 20:00")
    assert VN.seconds_between(at("2026-03-06 16:00"), friday_evening) == HOUR
    assert VN.seconds_between(at("2026-03-06 16:00"), at("2026-03-09 08:00")) == HOUR + HOUR // 2


def test_a_deadline_is_not_always_at_closing_time() -> None:
    """Zeebe: all deadlines fell on one instant; `from_instant` spreads them."""
    terms = Terms(WorkingDays(2), CountingRule.FROM_INSTANT)
    dues = {due_at(VN, terms, at("2026-03-02 08:00") + 60 * minute) for minute in range(120)}
    assert len(dues) == 120


def test_a_stop_that_begins_after_the_term_ran_out_revives_nothing() -> None:
    start = at("2026-03-02 10:00")
    late = Pause(at("2026-03-05 17:00"), at("2026-03-20 10:00"), "too late")
    assert due_at(VN, THREE_DAYS, start, (late,)) == due_at(VN, THREE_DAYS, start)


def test_an_open_stop_has_no_due_instant_unless_the_law_caps_it() -> None:
    start, since = at("2026-03-02 10:00"), at("2026-03-03 07:30")
    open_ended = DeadlineClock(VN, THREE_DAYS, start, pauses=(Pause(since, None, "posting"),))
    assert open_ended.due is None
    assert open_ended.derivation().due is None
    assert open_ended.remaining(at("2026-03-10 10:00")) == open_ended.remaining(since)
    with pytest.raises(ValueError, match="no due instant"):
        due_at(VN, THREE_DAYS, start, (Pause(since, None, "posting"),))
    capped = DeadlineClock(VN, THREE_DAYS, start, pauses=(Pause(since, None, "posting", WorkingDays(2)),))
    assert shown(capped.due_seconds) == "2026-03-10 17:00:00"  # Tuesday to Thursday stand still
    assert capped.derivation().stages[0].stops[0].capped


def test_an_extension_in_another_unit_is_counted_on_from_the_end_of_the_term() -> None:
    clock = DeadlineClock(
        VN, THREE_DAYS, at("2026-03-02 10:00"), extensions=(Extension(at("2026-03-03 10:00"), CalendarDays(10)),)
    )
    assert shown(clock.due_seconds) == "2026-03-16 17:00:00"  # 5 March + 10 days is Sunday the 15th
    assert [stage.due for stage in clock.derivation().stages] == [at("2026-03-05 17:00"), at("2026-03-16 17:00")]
