"""Logs are read as they are: nothing filled in, nothing lost, the same from XES, CSV and Parquet."""

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from store.logs import BadInstant, LogError, read_instants, read_log
from store.logs.event_log import CASE, CASE_LINE, EVENT, LINE
from tests.replay.logs import ENDED, event, trace, write, xes

DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="MOTCUA_DATA does not name the folder of real logs")

DEFAULTS = """<global scope="trace"><date key="enddate" value="1970-01-01T00:00:00.000+01:00"/></global>
<global scope="event"><string key="org:group" value="UNKNOWN"/></global>
"""


def read(tmp_path, text, name="log.xes", wanted=None):
    return read_log(write(tmp_path / name, text), wanted)


def test_declared_defaults_are_not_taken_for_values(tmp_path):
    """A reader that fills in defaults ends every open case in 1970."""
    bare = event().replace('<string key="org:group" value="Group 1"/>\n', "")
    log = read(tmp_path, xes(DEFAULTS, trace("c1", ENDED), trace("c2", events=bare)))
    assert log.frame["case:enddate"].to_list() == ["2011-12-01T10:00:00.000+01:00", None]
    assert log.frame["org:group"].to_list() == ["Group 1", None]


def test_every_event_knows_its_case_and_its_place(tmp_path):
    log = read(tmp_path, xes(trace("c1", events=event("A") + event("B")), trace("c2")))
    assert log.frame.select(CASE, EVENT).rows() == [(0, 1), (0, 2), (1, 1)]
    assert log.frame[CASE_LINE].to_list() == [3, 3, 20]
    assert log.frame[LINE].to_list() == [7, 13, 24]


def test_a_case_without_events_is_not_lost(tmp_path):
    log = read(tmp_path, xes(trace("c1", events=""), trace("c2"), trace("c3", events="")))
    assert log.frame.select("case:concept:name", EVENT).rows() == [("c1", 0), ("c2", 1), ("c3", 0)]


def test_nested_attributes_lists_and_log_attributes_are_passed_over(tmp_path):
    more = '<string key="note" value="x"><string key="org:group" value="Inner"/></string><list key="l"><values/></list>'
    text = xes('<string key="concept:name" value="the log"/>', trace(events=event(more=more)))
    log = read(tmp_path, text)
    assert log.frame["org:group"].to_list() == ["Group 1"]
    assert log.frame["note"].to_list() == ["x"]
    assert "concept:name" in log.frame.columns


def test_any_well_formed_writing_will_do(tmp_path):
    text = (
        "<log><trace><string value='c&amp;1 &#x1EC7; &lt;' key='concept:name'></string><!-- <event> -->"
        "<event><date value=\"2011-10-12T10:00:00+02:00\" key='time:timestamp' /></event></trace></log>"
    )
    log = read(tmp_path, text)
    assert log.frame["case:concept:name"].to_list() == ["c&1 ệ <"]
    assert log.frame.height == 1


def test_only_what_is_wanted_is_kept_but_all_that_is_there_is_known(tmp_path):
    log = read(tmp_path, xes(), wanted={"concept:name", "case:deadline"})
    assert set(log.frame.columns) == {CASE, EVENT, LINE, CASE_LINE, "concept:name", "case:deadline"}
    assert {"org:group", "case:startdate"} <= set(log.seen)


def test_an_attribute_declared_in_two_ways_keeps_both_kinds(tmp_path):
    first, second = event(more='<int key="n" value="1"/>'), event(more='<string key="n" value="one"/>')
    log = read(tmp_path, xes(trace(events=first + second)))
    assert log.kinds["n"] == {"int", "string"}
    assert log.frame["n"].to_list() == ["1", "one"]


def test_an_attribute_cannot_take_the_name_of_a_place(tmp_path):
    with pytest.raises(LogError, match="line 12: an attribute cannot be called ':line'"):
        read(tmp_path, xes(trace(events=event(more='\n<string key=":line" value="1"/>'))))


def test_csv_and_parquet_read_alike(tmp_path):
    frame = pl.DataFrame(
        {
            "case": ["a", "b"],
            "at": [datetime(2011, 1, 1, 12, tzinfo=UTC), None],
            "n": [1, 2],
            "late": [True, False],
            "who": ["x, y", None],
        }
    )
    frame.write_parquet(tmp_path / "log.parquet")
    table = 'case,at,n,late,who\na,2011-01-01T12:00:00.000000+00:00,1,true,"x, y"\nb,,2,false,\n'
    parquet = read_log(tmp_path / "log.parquet")
    for name in ("log.csv", "log.csv.gz"):
        plain = read_log(write(tmp_path / name, table))
        assert plain.frame.equals(parquet.frame)
    assert parquet.kinds["at"] == {"date"}
    assert parquet.kinds["n"] == {"int"}
    assert plain.kinds["n"] == {"string"}


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2011-10-11T13:42:22.688+02:00", datetime(2011, 10, 11, 11, 42, 22, 688000, tzinfo=UTC)),
        ("2011-10-11T13:42:22.688123456+02:00", datetime(2011, 10, 11, 11, 42, 22, 688123, tzinfo=UTC)),
        ("2011-10-11T13:42:22Z", datetime(2011, 10, 11, 13, 42, 22, tzinfo=UTC)),
        ("2011-10-11 13:42+0530", datetime(2011, 10, 11, 8, 12, tzinfo=UTC)),
        ("1969-12-31T23:59:59.500-01:00", datetime(1970, 1, 1, 0, 59, 59, 500000, tzinfo=UTC)),
    ],
)
def test_offsets_become_utc_and_fractions_stay(text, utc):
    assert read_instants(pl.Series([None, text])).to_list() == [None, utc]


def test_a_time_without_offset_is_refused_unless_a_zone_is_given():
    texts = pl.Series(["2011-10-11T13:42:22+02:00", "2011-07-01T12:00:00", "2011-01-01 12:00"])
    refused = read_instants(texts)
    assert isinstance(refused, BadInstant)
    assert (refused.row, "no offset" in refused.why) == (1, True)
    assert [instant.hour for instant in read_instants(texts, "Europe/Amsterdam")] == [11, 10, 11]


def test_an_hour_that_never_was_is_refused_and_one_that_was_twice_is_its_first():
    skipped = read_instants(pl.Series(["2011-03-27T02:30:00"]), "Europe/Amsterdam")
    assert isinstance(skipped, BadInstant)
    assert "never happened" in skipped.why
    twice = read_instants(pl.Series(["2011-10-30T02:30:00"]), "Europe/Amsterdam")
    assert twice.to_list() == [datetime(2011, 10, 30, 0, 30, tzinfo=UTC)]


@needs_data
@pytest.mark.parametrize(
    ("name", "cases", "events"),
    [("receipt.xes.gz", 1434, 8577), ("BPIC15_1.xes.gz", 1199, 52217), ("BPIC13_incidents.xes.gz", 7554, 65533),
     ("BPIC20_DomesticDeclarations.xes.gz", 10357, 55628)],
)  # fmt: skip
def test_real_logs_are_read_whole(name, cases, events):
    frame = read_log(DATA / name, {"time:timestamp"}).frame
    assert frame[CASE].n_unique() == cases
    assert int((frame[EVENT] > 0).sum()) == events
    instants = read_instants(frame["time:timestamp"])
    assert isinstance(instants, pl.Series)
    assert not instants.has_nulls()


@needs_data
def test_another_reader_sees_the_same_log():
    """The second opinion is rustxes, its filled-in defaults taken out."""
    import rustxes

    other = rustxes.import_xes(str(DATA / "receipt.xes.gz"))[0]
    ours = read_log(DATA / "receipt.xes.gz").frame
    for name in other.columns:
        if other[name].dtype == pl.String:
            theirs = other[name].replace({"UNKNOWN": None})
            mine = ours[name].replace({"UNKNOWN": None})
        else:
            theirs = other[name].dt.replace_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
            theirs = theirs.set(theirs == datetime(1969, 12, 31, 23, tzinfo=UTC), None)
            mine = read_instants(ours[name])
        assert mine.equals(theirs.alias(mine.name), null_equal=True), name
