"""Which dossiers of a store are judged together, and by whose zone, calendar and clock."""

import json

import pytest

from console.judging.lateness import document
from engine.errors import InputError
from engine.instants import parse_instant, to_seconds
from engine.responsibility.judge import judge
from procedures.signals import load_signals
from tests.command import motcua
from tests.replay.logs import MAPPING, trace, write, xes
from tests.replay.registers import HEADING, ROWS, workbook
from tests.replay.test_register import MAP, NOW, at
from workflows.drive import drive
from workflows.log_book import read_book
from workflows.mapping_file import load_mapping
from workflows.register_import import import_register
from workflows.replay import replay_log
from workflows.store_book import open_casebook
from workflows.watch import watch
from workflows.workplace import Workplace

TODAY = at("2026-11-27 09:00")


@pytest.fixture
def place(tmp_path):
    return Workplace(database=f"sqlite:///{tmp_path / 'store.db'}")


def ended(when):
    return f'<date key="enddate" value="{when}"/>\n'


def plan(folder, name="sample", hours=""):
    """Write a mapping of the small log under another name, and perhaps with hours of its own."""
    text = MAPPING.replace("log: sample", f"log: {name}\nprefix: {name}-")
    if hours:
        text = text.replace("calendar: nl", f"calendar: {{week: '{hours}'}}")
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# Due at 23:30 in Amsterdam, which is 05:30 the next morning in Việt Nam.
LATE_EVENING = xes(
    trace("c1", ended("2011-12-07T00:30:00.000+01:00")), trace("c2", ended("2011-12-06T23:59:00.000+01:00"))
).replace("2011-12-06T13:41:31.788", "2011-12-06T23:30:00.000")


@pytest.mark.parametrize("hours", ["", "Mon-Sat 20:00-24:00"])
def test_a_replayed_log_is_judged_in_its_own_zone_and_by_its_own_calendar(tmp_path, place, hours):
    log, mapping = write(tmp_path / "log.xes", LATE_EVENING), plan(tmp_path, hours=hours)
    replay_log(log, load_mapping(mapping), place, recorded_at=1_700_000_000)
    with place.opened() as (store, rulebook):
        stored = open_casebook(store, rulebook, TODAY)
    _, filed = read_book(log, load_mapping(mapping))
    assert (stored.name, stored.zone, stored.now) == (filed.name, "Europe/Amsterdam", filed.now)
    assert stored.calendar.digest == filed.calendar.digest
    found = document(stored)
    assert found["late"] == {"instant": 2, "date": 1, "date_rolled": 1}
    assert found == document(filed)


def test_the_commands_on_single_dossiers_read_a_replayed_log_in_its_zone(tmp_path, place):
    replay_log(
        write(tmp_path / "log.xes", LATE_EVENING), load_mapping(plan(tmp_path)), place, recorded_at=1_700_000_000
    )
    for words in (("why", "sample-c1"), ("dossier", "show", "sample-c1"), ("register",)):
        done = motcua(*words, "--json", folder=tmp_path, MOTCUA_DATABASE=place.database)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "2011-12-06T23:30:00+01:00" in done.stdout.decode()


def test_of_several_logs_one_is_judged_at_its_own_end(tmp_path, place):
    later = LATE_EVENING.replace("2011-1", "2012-1")
    for name, text in (("first", LATE_EVENING), ("second", later)):
        mapping = load_mapping(plan(tmp_path, name))
        replay_log(write(tmp_path / f"{name}.xes", text), mapping, place, recorded_at=1_700_000_000)
    with place.opened() as (store, rulebook):
        with pytest.raises(InputError, match="several logs: choose one with --log: first, second"):
            open_casebook(store, rulebook, TODAY)
        with pytest.raises(InputError, match="--log third: no such log was replayed; there is first, second"):
            open_casebook(store, rulebook, TODAY, log="third")
        books = [open_casebook(store, rulebook, TODAY, log=name) for name in ("first", "second")]
    assert [sorted(book.dossiers["dossier"]) for book in books] == [
        ["first-c1", "first-c2"],
        ["second-c1", "second-c2"],
    ]
    assert books[0].now == to_seconds(parse_instant("2011-10-12 10:00", "Europe/Amsterdam"))
    assert books[1].now > books[0].now
    done = motcua("lateness", "--log", "second", "--json", folder=tmp_path, MOTCUA_DATABASE=place.database)
    assert json.loads(done.stdout)["source"] == "second"


@pytest.fixture
def taken_over(tmp_path, place):
    """A register of four rows, the third of which was overdue when it was taken over, and a log beside it."""
    rows = [list(row) for row in ROWS]
    rows[2][HEADING.index("Ngày tiếp nhận")] = "06/07/2026 14:05"
    rows[2][HEADING.index("Ngày hẹn trả")] = "20/07/2026 16:00"
    file = workbook(tmp_path / "register.xlsx", rows)
    import_register(file, load_mapping(MAP), place, at=NOW, recorded_at=NOW)
    replay_log(
        write(tmp_path / "log.xes", LATE_EVENING), load_mapping(plan(tmp_path)), place, recorded_at=1_700_000_000
    )
    return place


def test_finished_rows_of_a_register_count_beside_what_lives_and_logs_do_not(taken_over):
    with taken_over.opened() as (store, rulebook):
        drive(store, rulebook, NOW)
        book = open_casebook(store, rulebook, NOW)
    assert book.zone == "Asia/Ho_Chi_Minh"
    found = document(book)
    assert (found["dossiers"], found["ended"], found["late"]["date"], found["open_overdue"]) == (4, 2, 1, 1)
    # What was done to a finished row nobody tells: conduct is judged of the others alone.
    assert sorted(book.with_acts().dossiers["dossier"]) == ["H12-003", "H12-004"]


def test_what_passed_before_a_register_was_taken_over_is_held_against_nobody(taken_over):
    with taken_over.opened() as (store, rulebook):
        drive(store, rulebook, NOW)
        for when in ("2026-08-20 17:30", "2026-08-24 17:30", "2026-09-04 17:30"):
            watch(store, rulebook, at(when))
        facts = store.read("H12-003")
        signals = [store.read(row.dossier_id)[0] for row in store.register(origin="signal")]
        book = open_casebook(store, rulebook, at("2026-09-04 17:30"))
    legal = [fact for fact in facts if type(fact).__name__ == "LimitPassed" and fact.subject == "legal"]
    assert [fact.occurred_at for fact in legal] == [at("2026-07-20 16:00")]
    reported = [fact for fact in facts if type(fact).__name__ == "Escalated" and fact.subject == "legal"]
    assert reported
    assert all(fact.occurred_at > NOW for fact in reported)
    assert not [one for one in signals if one.code == "S1" and "H12-003" in str(one.evidence)]
    silent = judge(book, load_signals(), codes=["S1"]).occurrences
    named = book.dossiers.select("nr", "dossier")
    cleared = silent.join(named, on="nr").filter(dossier="H12-003")["excused"].to_list()
    assert cleared == ["untold"]


def test_a_log_replayed_by_an_earlier_version_is_replayed_once_more(tmp_path, place):
    log, mapping = write(tmp_path / "log.xes", LATE_EVENING), load_mapping(plan(tmp_path))
    replay_log(log, mapping, place, recorded_at=1_700_000_000)
    with place.opened() as (store, rulebook):
        with store.transaction():
            store.database.execute("DELETE FROM marks")
        with pytest.raises(InputError, match="replay it once more, which adds no dossier"):
            open_casebook(store, rulebook, TODAY)
    assert replay_log(log, mapping, place, recorded_at=1_700_000_000).appended.added == 0
    with place.opened() as (store, rulebook):
        assert open_casebook(store, rulebook, TODAY).dossiers.height == 2
