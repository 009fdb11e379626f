"""What the fast scanner reads it reads as the strict pass does; whatever it does not fully understand it declines."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.logs import LogError, read_log
from store.logs.xes import assembled, read_strictly
from store.logs.xes_plain import LARGE, read_plain
from tests.replay.logs import DECLARED, ENDED, event, trace, write, xes

DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
REAL = sorted(DATA.glob("*.xes.gz"))


def plain(path, wanted=None):
    found = read_plain(path, wanted, least=0)
    return None if found is None else assembled(path, *found)


def strict(path, wanted=None):
    try:
        return read_strictly(path, wanted)
    except LogError as refused:
        return str(refused)


def assert_alike(path, wanted=None):
    """Compare both ways; return whether the file was plain."""
    try:
        quick = plain(path, wanted)
    except LogError as refused:
        same = str(refused) == strict(path, wanted)
        return same or pytest.fail(f"only the scanner refuses: {refused}")
    if quick is None:
        return False
    slow = strict(path, wanted)
    assert not isinstance(slow, str), slow
    assert quick.frame.columns == slow.frame.columns
    assert quick.frame.equals(slow.frame)
    assert (quick.kinds, quick.seen) == (slow.kinds, slow.seen)
    return True


@pytest.mark.skipif(not REAL, reason="MOTCUA_DATA does not name the folder of real logs")
@pytest.mark.parametrize("path", REAL, ids=[path.name.split(".")[0] for path in REAL])
def test_real_logs_are_plain_and_read_alike(path):
    assert assert_alike(path)
    assert assert_alike(path, {"concept:name", "case:concept:name", "time:timestamp", "case:enddate"})


NESTED = '<string key="note" value="x"><string key="org:group" value="Inner"/></string>'
LISTS = '<list key="l"><values/></list><list><string key="n" value="1"/></list><container key="c" value="1"/>'


@pytest.mark.parametrize(
    "text",
    [
        xes(),
        "\ufeff" + xes(),
        xes(trace("c1", events=""), trace("c2"), trace("c3", events="")),
        xes(trace("c1", ENDED, event("Kiểm tra hồ sơ") + event(more=NESTED + LISTS)), trace("c2")),
        xes(trace(events=event(more='<int key="n" value="1"/>') + event(more='<string key="n" value="one"/>'))),
        xes(trace(), before="<!-- made\nby hand -->"),
        xes('<string key="concept:name" value="the log"><int key="n" value="1"/></string>', DECLARED, trace()),
        xes(trace(events='<event/><event><date key="time:timestamp" value="2011-01-01"/></event>')),
        xes(trace(inside='<string key="other" value=""></string>')),
    ],
)
def test_usual_writing_is_plain(tmp_path, text):
    assert assert_alike(write(tmp_path / "log.xes", text))
    assert assert_alike(write(tmp_path / "log.xes.gz", text))


@pytest.mark.parametrize(
    "text",
    [
        xes().replace("Group 1", "Group &amp; 1"),
        xes().replace("\n", "\r\n"),
        xes().replace('"Group 1"', "'Group 1'"),
        xes().replace("Group 1", "Group\n1"),
        xes().replace("<trace>", "<trace>text", 1),
        xes().replace("<trace>", "<trace><![CDATA[ ]]>", 1),
        xes().replace("<trace>", "<trace><?target?>", 1),
        xes().replace("<trace>", "<trace><!-- a -- b -->", 1),
        xes().replace("</event>", "</evnt>", 1),
        xes().replace('value="Check"', 'value="Check" value="Scan"', 1),
        xes().replace('value="Check"', '\u00e9="1" value="Check"', 1),
        xes().replace('" value="Check"', '"value="Check"', 1),
        xes(before="<!DOCTYPE log>"),
        xes(trace(events=event(more='<string key="org:group" value="Group 2"/>'))),
        xes(trace(events=event(more='<string key=":line" value="1"/>'))),
        xes(trace(events=event(more='<text key="n" value="1"/>'))),
        xes(trace(events=event(more='<string key="n"/>'))),
        xes().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
        xes() + "<log/>",
        xes()[:-8],
        "<event/>",
        "",
    ],
)
def test_anything_else_is_left_to_the_strict_pass(tmp_path, text):
    assert plain(write(tmp_path / "log.xes", text)) is None


def test_bytes_that_are_no_text_are_left_to_the_strict_pass(tmp_path):
    for bad in (b"\xff", b"\xc3", b"\xef\xbf\xbf", b"\x00", b"\x1f"):
        raw = xes().encode().replace(b"Group 1", b"Group " + bad)
        assert plain(write(tmp_path / "log.xes", raw)) is None


def test_small_and_damaged_files_are_left_to_the_strict_pass(tmp_path):
    path = write(tmp_path / "log.xes.gz", xes())
    assert read_plain(path) is None
    path.write_bytes(path.read_bytes()[:-9])
    assert plain(path) is None
    assert plain(tmp_path / "nowhere.xes") is None


def test_a_large_file_goes_through_the_scanner(tmp_path):
    text = xes(trace("c1", ENDED), *(trace(f"d{n}", events=event() * 40) for n in range(LARGE // 8_000)))
    path = write(tmp_path / "log.xes", text)
    assert path.stat().st_size > LARGE
    assert read_plain(path) is not None
    assert read_log(path).frame.equals(read_strictly(path).frame)


PIECES = [
    *("<", ">", "/>", '"', "'", "=", " ", "\n", "\t", "\r", "&", "&lt;", "-->", "<!--", "<!-- x -->", "]]>", "\u1ec7"),
    *("<event>", "</event>", "<trace>", "</trace>", "<log>", "</log>", "<event/>", "<global scope='event'>"),
    *('<global scope="trace">', "</global>", '<string key="k" value="v"/>', '<int key="k" value="1"/>', "<list>"),
    *('<list key="l" value="m">', "</list>", '<id key="concept:name" value="i"/>', '<x key="k" value="v"/>', "string"),
    *('<string value="v" key="k"/>', "</string>", 'key="k"', 'value="v"', "\x01", "\u00a0", ":line", "case:"),
]
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(["", *PIECES])), min_size=1, max_size=3)
SAMPLE = xes(
    "<!-- a log -->\n",
    '<global scope="event"><string key="org:group" value="?"/></global>',
    trace("c1", ENDED, event() + event("Scan", more=NESTED + LISTS)),
    trace("c2", events=""),
    trace("c3", '<int key="n" value="1"/>', event(more='<int key="n" value="2"/>')),
)


@given(edits=edits, only=st.booleans())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spoiled_logs_are_declined_or_read_alike(tmp_path, edits, only):
    text = SAMPLE
    for place, dropped, piece in edits:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + dropped :]
    assert_alike(write(tmp_path / "log.xes", text), {"concept:name", "case:n", "note"} if only else None)


@given(drawn=st.lists(st.sampled_from(PIECES), max_size=14))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pieces_put_together_are_declined_or_read_alike(tmp_path, drawn):
    assert_alike(write(tmp_path / "log.xes", f"<log><trace><event>{''.join(drawn)}</event></trace></log>"))
