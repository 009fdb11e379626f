"""The rules from which `procedures/calendars/nl.yaml` was written, and the program that writes it.

Run from the project's folder: ``python tests/time/nl_rules.py > procedures/calendars/nl.yaml``. A test compares the
file with what this prints.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST, LAST = 1999, 2030

HEAD = f"""\
# Days on which no Dutch statutory term may end: weekends and the recognised holidays of the Algemene termijnenwet.
#
# Written by `python tests/time/nl_rules.py`; change that program, not this file. Its rules, for {FIRST} to {LAST}:
# New Year's Day, Good Friday, Easter Monday, Ascension Day, Whit Monday, both Christmas days, 5 May in every year, and
# the day on which the monarch's birthday is celebrated: 30 April until 2013, 27 April from 2014, a day earlier where
# that is a Sunday. Easter Sunday and Whit Sunday are Sundays anyway. Easter by the Gregorian computus. Days that a
# decree equates with holidays for single years (art. 3, third paragraph) are not included.
code: nl
title:
  vi: Lịch ngày làm việc của Hà Lan (Algemene termijnenwet)
  en: Dutch working days (Algemene termijnenwet)
zone: Europe/Amsterdam
first_day: {FIRST}-01-01
last_day: {LAST}-12-31
office_day: 8 hours
week:
  monday: ["09:00-17:00"]
  tuesday: ["09:00-17:00"]
  wednesday: ["09:00-17:00"]
  thursday: ["09:00-17:00"]
  friday: ["09:00-17:00"]
  saturday: []
  sunday: []
week_source: weekend

sources:
  weekend:
    text: Algemene termijnenwet, art. 1 (Saturday and Sunday)
    note: the law names no office hours; 09:00 to 17:00 is a convention of this calendar
    confirmed: true
  holidays:
    text: Algemene termijnenwet, art. 3, first paragraph
    confirmed: true
  good_friday:
    text: Algemene termijnenwet, art. 3, second paragraph
    confirmed: true

names:
  new_year: {{vi: Năm mới, en: New Year's Day}}
  good_friday: {{vi: Thứ Sáu Tuần Thánh, en: Good Friday}}
  easter_monday: {{vi: Thứ Hai Phục sinh, en: Easter Monday}}
  monarch: {{vi: Ngày sinh nhật Vua hoặc Nữ hoàng, en: King's or Queen's Day}}
  liberation: {{vi: Ngày Giải phóng, en: Liberation Day}}
  ascension: {{vi: Lễ Thăng thiên, en: Ascension Day}}
  whit_monday: {{vi: Thứ Hai Hiện xuống, en: Whit Monday}}
  christmas: {{vi: Giáng sinh, en: Christmas}}

days_off:"""


def easter(year: int) -> date:
    """Return Easter Sunday (Gregorian computus, Meeus)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def monarchs_day(year: int) -> date:
    """Return the day on which the monarch's birthday is celebrated."""
    day = date(year, 4, 30) if year <= 2013 else date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == 6 else day


def days_off(year: int) -> list[tuple[date, str, str]]:
    """Return the holidays of a year as (day, name, source), in order; where two coincide the first name stands."""
    sunday = easter(year)
    named = [
        (date(year, 1, 1), "new_year", "holidays"),
        (sunday - timedelta(days=2), "good_friday", "good_friday"),
        (sunday + timedelta(days=1), "easter_monday", "holidays"),
        (monarchs_day(year), "monarch", "holidays"),
        (date(year, 5, 5), "liberation", "holidays"),
        (sunday + timedelta(days=39), "ascension", "holidays"),
        (sunday + timedelta(days=50), "whit_monday", "holidays"),
        (date(year, 12, 25), "christmas", "holidays"),
        (date(year, 12, 26), "christmas", "holidays"),
    ]
    first: dict[date, tuple[date, str, str]] = {}
    for entry in named:
        first.setdefault(entry[0], entry)
    return sorted(first.values())


def text() -> str:
    """Return the whole file."""
    lines = [HEAD]
    for year in range(FIRST, LAST + 1):
        lines += [f"  - {{day: {day}, name: {name}, source: {source}}}" for day, name, source in days_off(year)]
    lines += [
        "",
        "# Where the package `holidays` says otherwise about a day being worked, and why this table stands.",
        "second_opinion:",
    ]
    for year in range(FIRST, LAST + 1):
        day = date(year, 5, 5)
        is_ascension = day == easter(year) + timedelta(days=39)
        if day.weekday() < 5 and year % 5 and not is_ascension:
            lines.append(f"  - {{day: {day}, text: a general day off in lustrum years only; art. 3 names every 5 May}}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(text(), end="")
