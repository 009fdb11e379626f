"""Calendars as people read them: headings and yes or no in their language; programs get the keys."""

from tests.command import motcua


def test_a_month_is_shown_under_vietnamese_headings_and_with_its_keys_as_csv(tmp_path):
    def read(*words):
        return motcua("calendar", *words, folder=tmp_path).stdout.decode().splitlines()

    heading, first, *_ = read("show", "vn", "2026-11")
    assert heading.split("  ")[0] == "ngày"
    assert "không" in first.split()
    assert "no" in read("show", "vn", "2026-11", "--lang", "en")[1].split()
    assert read("show", "vn", "2026-11", "--csv")[0] == "day,weekday,windows,reason,provisional,source"
    assert read("list")[0].startswith("mã ")
