"""The same rows as aligned lines, as JSON and as CSV."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from console.output import Column, aligned, width, write_json, write_pairs, write_rows
from engine.errors import InputError
from engine.procedure import OnSilence

COLUMNS = [Column("no", "hồ sơ"), Column("days", "days", right=True), Column("why", "why")]
ROWS = [
    {"no": "H61.12-260821-0001", "days": 3, "why": "chờ bổ sung", "at": 7},
    {"no": "H61.12-260821-0002", "days": 12, "why": None, "at": 8},
]


def printed(**flags) -> str:
    out = io.StringIO()
    write_rows(ROWS, COLUMNS, out=out, **flags)
    return out.getvalue()


def test_people_get_aligned_lines_under_headings():
    assert printed().splitlines() == [
        "hồ sơ               days  why",
        "H61.12-260821-0001     3  chờ bổ sung",
        "H61.12-260821-0002    12  -",
    ]


def test_programs_get_one_json_array_with_whole_rows():
    assert json.loads(printed(as_json=True)) == ROWS
    assert "chờ bổ sung" in printed(as_json=True)


def test_csv_has_the_keys_as_heading_and_empty_cells_for_what_is_missing():
    assert list(csv.reader(io.StringIO(printed(as_csv=True)))) == [
        ["no", "days", "why"],
        ["H61.12-260821-0001", "3", "chờ bổ sung"],
        ["H61.12-260821-0002", "12", ""],
    ]


def test_both_formats_at_once_are_refused():
    with pytest.raises(InputError, match="choose one"):
        printed(as_json=True, as_csv=True)


def test_an_empty_list_says_so_to_people_and_stays_a_list_for_programs():
    out = io.StringIO()
    write_rows([], COLUMNS, empty="nothing is late", out=out)
    assert out.getvalue() == "nothing is late\n"
    out = io.StringIO()
    write_rows([], COLUMNS, as_json=True, empty="nothing is late", out=out)
    assert json.loads(out.getvalue()) == []


def test_decomposed_letters_and_wide_ones_keep_the_columns_straight():
    assert width("ế") == width("e\u0302\u0301") == 1
    assert width("漢") == 2
    first, second = aligned([["ế", "x"], ["e\u0302\u0301", "x"]], COLUMNS[:1] + COLUMNS[2:])
    assert width(first) == width(second)


def test_a_cell_never_breaks_its_line():
    assert aligned([["a\nb", "c"]], COLUMNS[:1] + COLUMNS[2:]) == ["a b  c"]


def test_pairs_are_aligned_and_long_values_indented():
    out = io.StringIO()
    write_pairs([("số", "1"), ("giải trình", "một\nhai"), ("none", None)], out=out)
    assert out.getvalue().splitlines() == ["số          1", "giải trình  một", "            hai", "none        -"]


def test_json_knows_instants_lengths_enums_and_sets_and_refuses_the_rest():
    out = io.StringIO()
    write_json(
        {"at": datetime(2026, 8, 21, 16, tzinfo=UTC), "for": timedelta(hours=1), "s": OnSilence.BLOCK, "set": {2, 1}},
        out=out,
    )
    assert json.loads(out.getvalue()) == {"at": "2026-08-21T16:00:00+00:00", "for": 3600, "s": "block", "set": [1, 2]}
    with pytest.raises(TypeError, match="object has no JSON form"):
        write_json(object(), out=io.StringIO())
