"""What lies beside the log: personal data, incidents, letters, published procedures, the demo's mark."""

import contextlib
import sqlite3

import pytest

from engine.errors import InputError, UnknownNumberError
from store import Applicant, Notification, Published, open_store
from tests.store.stories import START, Story, journey

LAN = Applicant(
    ref="a-1", name="Nguyễn Thị Lan", address="12 Lê Lợi", phone="0900000001", email="lan@example.vn", id_number="079"
)


def letter(key, **more):
    given = {"kind": "receipt", "recipient_kind": "applicant", "recipient": "a-1", "dossier_id": "d-1"}
    return Notification(key=key, created_at=START, **(given | more))


def test_an_applicant_is_entered_and_corrected(store):
    store.applicants.put(LAN)
    assert store.applicants.get("a-1") == LAN
    moved = Applicant(ref="a-1", name="Nguyễn Thị Lan", address="3 Hàng Bài")
    store.applicants.put(moved)
    assert store.applicants.get_many(["a-1", "a-2"]) == {"a-1": moved}
    with pytest.raises(UnknownNumberError, match="a-2"):
        store.applicants.get("a-2")


def test_an_erased_applicant_is_gone_and_his_letters_with_him(store):
    story = Story()
    store.append(story.tell(story.submitted(applicant="a-1")))
    store.applicants.put(LAN)
    store.notifications.put(letter("k-1"))
    store.notifications.put(letter("k-2", recipient_kind="officer", recipient="o-1"))
    store.applicants.erase("a-1", START + 5)
    assert store.applicants.get("a-1") == Applicant(ref="a-1", erased_at=START + 5)
    assert [waiting.key for waiting in store.notifications.pending(START)] == ["k-2"]
    assert store.verify() == []
    store.applicants.erase("a-1", START + 9)
    assert store.applicants.get("a-1").erased_at == START + 5
    with pytest.raises(InputError, match="was erased"):
        store.applicants.put(LAN)
    with pytest.raises(UnknownNumberError):
        store.applicants.erase("a-2", START)


def test_erased_bytes_are_gone_from_the_files(migrated_sqlite, tmp_path):
    path = tmp_path / "erase.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    with open_store(f"sqlite:///{path}") as store:
        for number in range(50):
            store.applicants.put(
                Applicant(ref=f"a-{number}", name=f"Trần Văn {number}", id_number=f"07909{number:04d}")
            )
        store.applicants.erase("a-7", START)
        bytes_there = b"".join(
            found.read_bytes()
            for found in (path, tmp_path / "erase.db-wal", tmp_path / "erase.db-shm")
            if found.exists()
        )
    assert b"079090008" in bytes_there
    assert b"079090007" not in bytes_there


def test_no_personal_data_lies_in_any_other_table(migrated_sqlite, tmp_path):
    path = tmp_path / "apart.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    with open_store(f"sqlite:///{path}") as store:
        _, changes = journey(1)
        store.applicants.put(LAN)
        for change in changes:
            store.append(change)
        store.notifications.put(letter("k-1"))
    with contextlib.closing(sqlite3.connect(path)) as raw:
        for (table,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'applicants'"):
            rows = raw.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608  names of our own
            assert "Lan" not in str(rows)


def test_an_incident_counts_its_attempts_and_is_closed(store):
    story, changes = journey(1)
    for change in changes:
        store.append(change)
    number = story.dossier.dossier_no
    first = store.incidents.open(number, "drive", "no agency", START, retry_at=START + 60)
    again = store.incidents.open(story.dossier_id, "drive", "still no agency", START + 60)
    other = store.incidents.open(number, "service:police", "no answer", START)
    assert (again.number, again.attempts, again.opened_at, again.last_at) == (first.number, 2, START, START + 60)
    assert (again.error, again.retry_at, again.dossier_no) == ("still no agency", None, number)
    assert [incident.number for incident in store.incidents.list()] == [other.number, again.number]
    assert store.incidents.retry(again.number, START + 99).retry_at == START + 99
    assert store.incidents.close(number, START + 100, stage="drive") == 1
    assert [incident.stage for incident in store.incidents.list(dossier=number)] == ["service:police"]
    assert [incident.closed_at for incident in store.incidents.list(is_open=False)] == [START + 100]
    assert len(store.incidents.list(is_open=None)) == 2
    assert store.incidents.close(number, START + 100) == 1
    with pytest.raises(UnknownNumberError, match="no open incident"):
        store.incidents.retry(again.number, START)
    with pytest.raises(UnknownNumberError):
        store.incidents.open("nobody", "drive", "x", START)
    fresh = store.incidents.open(number, "drive", "again", START + 200)
    assert (fresh.attempts, fresh.number > other.number) == (1, True)


def test_a_letter_is_entered_once_and_sent_once(store):
    assert store.notifications.put(letter("k-1", params={"due": START, "papers": ["bản vẽ"]}))
    assert not store.notifications.put(letter("k-1"))
    assert store.notifications.put(letter("k-2", send_after=START + 60))
    (waiting,) = store.notifications.pending(START)
    assert (waiting.key, waiting.params) == ("k-1", {"due": START, "papers": ["bản vẽ"]})
    store.notifications.failed(waiting.number, "no route", START + 30)
    assert store.notifications.pending(START) == []
    assert [(found.key, found.attempts) for found in store.notifications.pending(START + 60)] == [
        ("k-1", 1),
        ("k-2", 0),
    ]
    store.notifications.sent(waiting.number, START + 31)
    assert [found.key for found in store.notifications.pending(START + 99)] == ["k-2"]
    newest = store.notifications.list(dossier_id="d-1")
    assert [(found.key, found.sent_at, found.attempts) for found in newest] == [
        ("k-2", None, 0),
        ("k-1", START + 31, 2),
    ]
    assert store.notifications.list(dossier_id="d-9") == []


def test_a_published_version_never_changes(store):
    one = Published(code="1.004827", version=1, digest="", content='{"a":1}', in_force_from="2026-07-01")
    assert store.procedures.publish(one)
    assert not store.procedures.publish(one)
    with pytest.raises(InputError, match="version 1 is published with other content"):
        store.procedures.publish(
            Published(code="1.004827", version=1, digest="", content="{}", in_force_from="2026-07-01")
        )
    with pytest.raises(InputError, match="its digest is"):
        store.procedures.publish(Published(code="x", version=1, digest="abc", content="{}", in_force_from="2026-07-01"))
    found = store.procedures.get("1.004827", 1)
    assert (found.content, len(found.digest)) == ('{"a":1}', 64)
    with pytest.raises(UnknownNumberError, match="version 2"):
        store.procedures.get("1.004827", 2)


def test_the_next_version_ends_the_one_before_it(store):
    calendar = store.procedures.keep_calendar("vn", "days off: []")
    assert store.procedures.keep_calendar("vn", "days off: []") == calendar
    assert store.procedures.calendar(calendar) == "days off: []"
    with pytest.raises(UnknownNumberError):
        store.procedures.calendar("0" * 64)
    for version, begins in ((1, "2026-07-01"), (2, "2027-01-01")):
        store.procedures.publish(
            Published(
                code="p",
                version=version,
                digest="",
                content=str(version),
                in_force_from=begins,
                calendars={"vn": calendar},
                published_at=START,
                published_by="officer.lan",
            )
        )
    assert [(found.version, found.in_force_to) for found in store.procedures.list("p")] == [(1, "2027-01-01"), (2, "")]
    assert store.procedures.in_force("p", "2026-12-31").version == 1
    assert store.procedures.in_force("p", "2027-01-01").version == 2
    assert store.procedures.in_force("p", "2027-01-01").calendars == {"vn": calendar}
    with pytest.raises(UnknownNumberError, match="in force on 2026-06-30"):
        store.procedures.in_force("p", "2026-06-30")
    assert store.procedures.list("q") == []


def test_the_demo_takes_only_a_database_without_dossiers_or_its_own(store):
    assert not store.is_demo
    store.mark_demo()
    assert store.is_demo
    story = Story()
    store.append(story.tell(story.submitted()))
    store.mark_demo()


def test_the_demo_refuses_real_dossiers(store):
    story = Story()
    store.append(story.tell(story.submitted()))
    with pytest.raises(InputError, match="demo does not touch"):
        store.mark_demo()
    assert not store.is_demo


def test_how_a_log_was_read_is_kept_by_its_name(store):
    assert store.kept_logs() == {}
    for name, content in (("b", "{}"), ("a", '{"zone":"x"}'), ("b", '{"zone":"y"}')):
        store.keep_log(name, content)
    assert list(store.kept_logs().items()) == [("a", '{"zone":"x"}'), ("b", '{"zone":"y"}')]
    assert not store.is_demo
