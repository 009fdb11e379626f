"""Small calendars and strategies for tests of time."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from engine.calendar import DatedDay, Window, WorkingCalendar
from engine.instants import parse_instant, to_seconds

HOUR = 3600
DAY = 24 * HOUR
OFFICE = ((27_000, 41_400), (46_800, 61_200))  # 07:30-11:30, 13:00-17:00


def at(text: str, zone: str = "Asia/Ho_Chi_Minh") -> int:
    return to_seconds(parse_instant(text, zone))


def dated(day: date, *, swapped_with: date | None = None, windows: tuple[Window, ...] | None = None) -> DatedDay:
    return DatedDay(day=day, name_vi="ngày", name_en="day", source="test", swapped_with=swapped_with, windows=windows)


def office(first: date, last: date, **more: object) -> WorkingCalendar:
    week = (*([OFFICE] * 5), (), ())
    arguments: dict[str, object] = {"code": "office", "zone": "Asia/Ho_Chi_Minh", "week": week} | more
    return WorkingCalendar.build(first_day=first, last_day=last, **arguments)  # type: ignore[arg-type]  # plain keywords


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to three windows of a day; none begins or ends in the hours that summer time skips or repeats."""
    edges = draw(st.lists(st.integers(0, 24 * 4).filter(lambda q: not 7 < q < 13), max_size=6, unique=True))
    edges.sort()
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple((start * 900, end * 900) for start, end in pairs)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Two or three weeks with odd windows, days off, swaps, summer-time changes and year ends."""
    first = draw(
        st.sampled_from(
            [date(2026, 3, 20), date(2026, 10, 16), date(2025, 12, 22), date(2024, 2, 20), date(2026, 8, 17)]
        )
    )
    length = draw(st.integers(14, 24))
    days = [first + timedelta(days=index) for index in range(length)]
    usual = draw(windows().filter(bool))
    week = [draw(st.one_of(st.just(usual), st.just(()), windows())) for _ in range(7)]
    if not any(week):
        week[2] = usual
    off = draw(st.lists(st.sampled_from(days), max_size=3, unique=True))
    free = [day for day in days if day not in off]
    worked = draw(st.lists(st.sampled_from(free), max_size=2, unique=True))
    return WorkingCalendar.build(
        code="drawn",
        zone=draw(st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Amsterdam", "America/St_Johns", "Asia/Kathmandu"])),
        first_day=first,
        last_day=days[-1],
        week=week,
        office_day=draw(st.integers(1, 12)) * HOUR,
        days_off=[dated(day) for day in off],
        worked_days=[dated(day, windows=draw(windows().filter(bool))) for day in worked],
    )


@st.composite
def instants(draw: st.DrawFn, calendar: WorkingCalendar, last_day: int | None = None) -> int:
    """A whole minute inside the calendar's known days; in its first ``last_day`` days if given."""
    midnights = calendar.table.midnights
    end = midnights[-1] if last_day is None else midnights[min(last_day, len(midnights) - 1)]
    return draw(st.integers(midnights[0] // 60, end // 60)) * 60
