"""A malformed log gets one sentence with the place, and changes nothing."""

import gzip
import hashlib
import os

import polars as pl
import pytest

from engine.errors import InputError
from store import open_store
from tests.command import run_text
from tests.replay.logs import ENDED, MAPPING, event, trace, write, xes
from workflows.mapping_file import load_mapping
from workflows.replay import replay_log
from workflows.workplace import Workplace

NO_NAME = event().replace('<string key="concept:name" value="Check"/>\n', "")
NO_TIME = event().replace('<date key="time:timestamp" value="2011-10-12T10:00:00.000+02:00"/>', "")
STRAY = '<trace>\n<string key="note" value="no name"/>\n' + event() + "</trace>\n"
BOMB = (
    '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>\n"
)

XES = {
    "empty file": ("", "the file is empty"),
    "not XML": ("case,activity\n1,2\n", "line 1: not well-formed XML"),
    "not XES": ("<html><body/></html>", "line 1: the first element is <html>"),
    "no trace": ("<log></log>", "holds no <trace>"),
    "cut in the middle": (xes()[:600], "line 14: not well-formed XML: unclosed token"),
    "a tag closed by another": (xes().replace("</event>", "</evnt>", 1), "line 13: not well-formed XML: mismatched"),
    "text after the end": (xes() + "<log/>", "line 27: not well-formed XML: junk"),
    "not UTF-8": (xes().encode().replace(b"anna", b"ann\xe1"), "line 11: not well-formed XML: not well-formed"),
    "an unknown entity": (xes(trace(events=event("&nope;"))), "line 8: not well-formed XML: undefined entity"),
    "entities that unfold": (xes(before=BOMB), "line 2: a document type"),
    "an outside entity": (
        xes(before='<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "line 2: a document type",
    ),
    "an attribute twice": (
        xes(trace(events=event(more='\n<string key="concept:name" value="Again"/>'))),
        "line 12: the attribute 'concept:name' stands twice in one event",
    ),
    "an attribute twice, of two kinds": (
        xes(trace(events=event(more='\n<int key="concept:name" value="1"/>'))),
        "line 12: the attribute 'concept:name' stands twice in one event",
    ),
    "an attribute without value": (
        xes(trace(events=event(more='\n<string key="note"/>'))),
        "line 12: <string key=\"note\"> has no value",
    ),
    "an attribute without key": (
        xes(trace(events=event(more='\n<string value="note"/>'))),
        "line 12: <string value=\"note\"> has no key",
    ),
    "no kind of attribute": (
        xes(trace(events=event().replace("<string key=\"concept:name\"", "<text key=\"concept:name\""))),
        "line 8: <text> is no kind of XES attribute",
    ),
    "an event outside any trace": (xes(trace(), event()), "line 14: an <event> stands outside any <trace>"),
    "two traces of one name": (xes(trace("c1"), trace("c1")), "line 14: a second trace is called 'c1'; line 3 has one"),
    "a trace without a name": (xes(trace(), STRAY), "line 14: no 'case:concept:name'"),
    "an attribute that is nowhere": (
        xes().replace("deadline", "dedline"),
        "nowhere in the log is the attribute 'case:deadline' (due; near: 'case:dedline')",
    ),
    "an event without a step": (xes(trace(events=event() + NO_NAME)), "line 13: the event has no 'concept:name'"),
    "an event without an instant": (xes(trace(events=event() + NO_TIME)), "line 13: the event has no 'time:timestamp'"),
    "an instant that is none": (
        xes(trace(events=event(at="yesterday"))),
        "line 7: 'time:timestamp' (instant): 'yesterday' is no instant",
    ),
    "a day that is none": (
        xes(trace(events=event(at="2011-02-30T10:00:00+01:00"))),
        "line 7: 'time:timestamp' (instant): '2011-02-30T10:00:00+01:00' is no instant",
    ),
    "no zone": (
        xes(trace(events=event() + event(at="2011-10-12T10:00:00.000"))),
        "line 13: 'time:timestamp' (instant): '2011-10-12T10:00:00.000' has no offset from UTC",
    ),
    "no zone on the due": (
        xes(trace(), trace("c2").replace(".788+01:00", "")),
        "line 14: 'case:deadline' (due): '2011-12-06T13:41:31' has no offset from UTC",
    ),
    "a number for an instant": (
        xes(trace(events=event().replace('<date key="time', '<int key="time'))),
        "line 7: 'time:timestamp' is declared int; as instant it must be a date",
    ),
    "a due no calendar knows": (xes().replace("2011-12-06", "2031-12-06"), "calendar nl covers 1999-01-01 to 2030"),
}  # fmt: skip

CSV_MAPPING = MAPPING.replace("case:", "").replace("\ndossier: concept:name", "\ndossier: case")
HEADER = "case,concept:name,time:timestamp,org:group,org:resource,startdate,deadline,enddate\n"
LINE = "c1,Check,2011-10-12T10:00:00+02:00,G,anna,2011-10-11T09:00:00+02:00,2011-12-06T13:00:00+01:00,\n"
CSV = {
    "empty table": ("", "names no column"),
    "no record": (HEADER, "holds no record"),
    "a record too short": (HEADER + LINE + "c2,Check\n", "line 3: 2 values stand under 8 columns"),
    "a record too long": (HEADER + LINE.replace("anna", "anna,extra"), "line 2: 9 values stand under 8 columns"),
    "a column twice": (HEADER.replace("enddate", "deadline") + LINE, "line 1: the column 'deadline' is named twice"),
    "a quote left open": (HEADER + LINE + LINE.replace("anna", '"anna'), "line 3"),
    "not UTF-8": ((HEADER + LINE).encode().replace(b"anna", b"ann\xe1"), "line 2: not UTF-8"),
    "a cell left out": (HEADER + LINE + LINE.replace("c1", ""), "record 2: no 'case'"),
    "not a due": (HEADER + LINE.replace("2011-12-06T13:00:00+01:00", "soon"), "record 1: 'deadline' (due): 'soon'"),
}


def refused(tmp_path, log, mapping=MAPPING):
    """Replay a log that must be refused; return the sentence."""
    plan = tmp_path / "map.yaml"
    plan.write_text(mapping)
    database = tmp_path / "store.db"
    with pytest.raises(InputError) as caught:
        replay_log(log, load_mapping(plan), Workplace(database=f"sqlite:///{database}"), recorded_at=1)
    assert not database.exists()
    sentence = str(caught.value)
    assert sentence.startswith(f"{log}: ") or "calendar" in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


@pytest.mark.parametrize("suffix", [".xes", ".xes.gz"])
@pytest.mark.parametrize("what", XES)
def test_a_malformed_xes_log_is_one_sentence_with_the_place(tmp_path, what, suffix):
    text, place = XES[what]
    assert place in refused(tmp_path, write(tmp_path / f"log{suffix}", text))


@pytest.mark.parametrize("what", CSV)
def test_a_malformed_table_is_one_sentence_with_the_place(tmp_path, what):
    text, place = CSV[what]
    assert place in refused(tmp_path, write(tmp_path / "log.csv", text), CSV_MAPPING)


def test_a_truncated_gzip_is_never_a_shorter_log(tmp_path):
    raw = gzip.compress(xes(*(trace(f"c{n}", ENDED) for n in range(500))).encode())
    for cut in (12, len(raw) // 3, len(raw) // 2, len(raw) - 20, len(raw) - 3):
        log = tmp_path / "log.xes.gz"
        log.write_bytes(raw[:cut])
        assert "the gzip file is cut short" in refused(tmp_path, log)


def test_a_damaged_or_false_gzip_is_refused(tmp_path):
    log = tmp_path / "log.xes.gz"
    log.write_text(xes())
    assert "not a sound gzip file" in refused(tmp_path, log)
    raw = bytearray(gzip.compress(xes(*(trace(f"c{n}") for n in range(500))).encode()))
    raw[len(raw) // 2] ^= 0xFF
    log.write_bytes(raw)
    assert "log.xes.gz: " in refused(tmp_path, log)


def test_a_tag_without_end_does_not_fill_the_memory(tmp_path):
    log = tmp_path / "log.xes.gz"
    with gzip.open(log, "wb", compresslevel=1) as file:
        file.write(b'<log><trace><string key="concept:name" value="')
        for _ in range(24):
            file.write(b"a" * (1 << 20))
    assert "one tag is longer than 16 MiB" in refused(tmp_path, log)


def test_a_damaged_parquet_file_is_refused(tmp_path):
    log = tmp_path / "log.parquet"
    pl.DataFrame({"case": ["a"] * 100}).write_parquet(log)
    log.write_bytes(log.read_bytes()[:60])
    assert "not a sound Parquet file" in refused(tmp_path, log, CSV_MAPPING)


def test_a_parquet_column_of_lists_is_refused(tmp_path):
    log = tmp_path / "log.parquet"
    pl.DataFrame({"case": [["a"], ["b"]], "concept:name": ["x", "y"]}).write_parquet(log)
    assert "the column 'case' holds List(String)" in refused(tmp_path, log, CSV_MAPPING)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("absent.xes", "No such file"), ("log.txt", "and .xlsx with register:"), ("folder.xes", "is a folder")],
)
def test_what_is_no_log_file_is_refused(tmp_path, name, sentence):
    (tmp_path / "folder.xes").mkdir()
    assert sentence in refused(tmp_path, tmp_path / name)


def test_all_missing_attributes_are_named_at_once(tmp_path):
    log = write(tmp_path / "log.xes", xes().replace("deadline", "x1").replace("org:group", "x2"))
    sentence = refused(tmp_path, log)
    assert "'case:deadline' (due" in sentence
    assert "'org:group' (agency" in sentence


def test_a_mapping_of_another_zone_than_its_calendar_is_refused(tmp_path):
    log = write(tmp_path / "log.xes", xes())
    sentence = refused(tmp_path, log, MAPPING.replace("calendar: nl", "calendar: vn"))
    assert "choose a calendar of the same zone" in sentence


def test_a_database_that_is_there_stays_as_it_was(tmp_path):
    database = tmp_path / "store.db"
    (tmp_path / "map.yaml").write_text(MAPPING)
    place = Workplace(database=f"sqlite:///{database}")
    replay_log(write(tmp_path / "good.xes", xes()), load_mapping(tmp_path / "map.yaml"), place, recorded_at=1)
    with open_store(place.database) as store:
        before = [store.read(row.dossier_id) for row in store.register()]
    bad = write(tmp_path / "bad.xes", xes(trace("c8"), trace("c9", events=event(at="yesterday"))))
    with pytest.raises(InputError):
        replay_log(bad, load_mapping(tmp_path / "map.yaml"), place, recorded_at=2)
    with open_store(place.database) as store:
        assert [store.read(row.dossier_id) for row in store.register()] == before


def test_the_command_says_one_line_on_stderr_and_exits_2(tmp_path):
    log = write(tmp_path / "log.xes", XES["no zone"][0])
    (tmp_path / "map.yaml").write_text(MAPPING)
    words = ("replay", log, "--map", "map.yaml", "--db", "sqlite:///s.db", "--json", "--no-prefect")
    ran = run_text(*words, folder=tmp_path, environment=os.environ)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith(f"motcua: {log}: line 13: ")
    assert not (tmp_path / "s.db").exists()


def test_the_list_of_malformed_logs_has_no_two_alike():
    digests = {hashlib.sha256(text if isinstance(text, bytes) else text.encode()).digest() for text, _ in XES.values()}
    assert len(digests) == len(XES)
