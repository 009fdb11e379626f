"""The calendars that come with the project: what they say, and a second opinion on every day."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from engine.calendar import DayKind, WorkingCalendar
from procedures.calendars import FOLDER, check_calendar, list_calendars, load_all, load_calendar
from tests.time import nl_rules
from tests.time.builders import HOUR, at


def days(calendar: WorkingCalendar) -> list[date]:
    count = (calendar.last_day - calendar.first_day).days + 1
    return [calendar.first_day + timedelta(days=index) for index in range(count)]


def differences(calendar: WorkingCalendar, off: set[date], worked: set[date]) -> set[date]:
    return {
        day
        for day in days(calendar)
        if calendar.is_worked(day) != (day in worked or (day.weekday() < 5 and day not in off))
    }


@pytest.mark.parametrize("code", ["vn", "nl"])
def test_every_difference_from_the_second_opinion_is_explained(code: str) -> None:
    calendar = load_calendar(code)
    years = range(calendar.first_day.year, calendar.last_day.year + 1)
    opinion = (
        holidays.country_holidays("VN", years=years, language="en_US")
        if code == "vn"
        else holidays.country_holidays("NL", years=years)
    )
    made_up = set(getattr(opinion, "weekend_workdays", ())) if code == "vn" else set()
    check = check_calendar(FOLDER / f"{code}.yaml")
    assert check.file is not None
    explained = {entry.day for entry in check.file.second_opinion}
    assert differences(calendar, set(opinion), made_up) == explained


def test_the_dutch_table_is_what_its_rules_say() -> None:
    assert (FOLDER / "nl.yaml").read_text(encoding="utf-8") == nl_rules.text()


def test_exchanges_have_both_sides() -> None:
    vn = load_calendar("vn")
    pairs = {
        (date(2019, 4, 29), date(2019, 5, 4)),
        (date(2024, 4, 29), date(2024, 5, 4)),
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    }
    for off, worked in pairs:
        before, after = vn.reason(off), vn.reason(worked)
        assert before is not None
        assert after is not None
        assert (before.kind, before.swapped_with) == (DayKind.SWAPPED_OFF, worked)
        assert (after.kind, after.swapped_with) == (DayKind.SWAPPED_WORKED, off)
        assert not vn.is_worked(off)
        assert vn.closing(worked) - vn.opening(worked) == 9 * HOUR + HOUR // 2


def test_culture_day_is_off_from_2026_and_the_unpublished_year_is_provisional() -> None:
    vn = load_calendar("vn")
    assert vn.is_worked(date(2025, 11, 24))
    assert not vn.is_worked(date(2026, 11, 24))
    assert not vn.is_provisional(date(2026, 11, 24))
    assert all(vn.is_provisional(day) for day in days(vn) if day.year == 2027)
    assert not any(vn.is_provisional(day) for day in days(vn) if day.year < 2027)


def test_every_day_has_a_source() -> None:
    for calendar in load_all().values():
        assert calendar.facts.week_source
        for day in days(calendar):
            note = calendar.reason(day)
            assert note is None or note.source
            assert note is not None or calendar.is_worked(day)


def test_the_province_variant_has_the_days_of_the_national_calendar_and_its_own_hours() -> None:
    vn, variant = load_calendar("vn"), load_calendar("vn_0700")
    assert [vn.is_worked(day) for day in days(vn)] == [variant.is_worked(day) for day in days(vn)]
    assert variant.seconds_between(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == 8 * HOUR
    assert variant.is_open(at("2026-03-02 07:15"))
    assert not vn.is_open(at("2026-03-02 07:15"))
    assert variant.is_open(at("2026-08-22 07:15")), "the day worked in exchange has the variant's hours"
    assert list_calendars() == ["nl", "vn", "vn_0700"]


def test_a_reception_only_saturday_takes_dossiers_in_but_counts_for_nothing() -> None:
    monday = ((7 * HOUR, 11 * HOUR),)
    calendar = WorkingCalendar.build(
        code="desk",
        zone="Asia/Ho_Chi_Minh",
        first_day=date(2026, 3, 2),
        last_day=date(2026, 3, 15),
        week=[monday] * 5 + [(), ()],
        office_day=4 * HOUR,
        reception=[()] * 5 + [((8 * HOUR, 11 * HOUR),), ()],
    )
    saturday = at("2026-03-07 09:00")
    assert calendar.receives(saturday)
    assert not calendar.is_open(saturday)
    assert not calendar.receives(at("2026-03-08 09:00"))
    note = calendar.reason(date(2026, 3, 7))
    assert note is not None
    assert note.kind is DayKind.RECEPTION_ONLY
    assert calendar.add_seconds(saturday, HOUR) == at("2026-03-09 08:00")


def test_days_know_their_windows_and_neighbours() -> None:
    vn = load_calendar("vn")
    assert vn.opening(date(2026, 8, 21)) == at("2026-08-21 07:30")
    assert vn.closing(date(2026, 8, 21)) == at("2026-08-21 17:00")
    assert vn.next_worked(date(2026, 8, 21)) == date(2026, 8, 22)
    assert vn.next_worked(date(2026, 8, 28)) == date(2026, 9, 3)
    assert vn.roll_forward(date(2026, 8, 30)) == date(2026, 9, 3)
    assert vn.local_date(at("2026-08-21 23:59")) == date(2026, 8, 21)
    assert len(vn.windows(date(2026, 8, 21))) == 2
    with pytest.raises(ValueError, match="not worked"):
        vn.closing(date(2026, 8, 23))
