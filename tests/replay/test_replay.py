"""A foreign log becomes dossiers: history as it was, held by who held it, written once, never moved by itself."""

import json
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from engine import events as ev
from engine.dossier import evolve
from engine.errors import InputError
from engine.instants import parse_instant, to_seconds
from store import Change, open_store
from tests.command import run_text
from tests.replay.logs import ENDED, MAPPING, event, trace, write, xes
from workflows.foreign import understand
from workflows.foreign_facts import dossiers_of, facts_of
from workflows.mapping_file import load_mapping
from workflows.replay import read_foreign, replay_log
from workflows.workplace import Workplace


def at(text: str) -> int:
    return to_seconds(parse_instant(text, "Europe/Amsterdam"))


@pytest.fixture
def place(tmp_path):
    return Workplace(database=f"sqlite:///{tmp_path / 'store.db'}")


def replayed(tmp_path, place, text=None, mapping=MAPPING, recorded_at=1_700_000_000):
    """Replay a log into the place's database and return the report."""
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    log = write(tmp_path / "log.xes", text or xes())
    return replay_log(log, load_mapping(tmp_path / "map.yaml"), place, recorded_at=recorded_at)


def facts_from(tmp_path, text):
    """Return the facts of the log's first dossier."""
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    foreign = read_foreign(write(tmp_path / "log.xes", text), load_mapping(tmp_path / "map.yaml"))
    return facts_of(foreign.mapping, dossiers_of(foreign, 0, 1)[0], recorded_at=7)


ROUND = (
    event("Enter", "2011-10-12T10:00:00+02:00", "North")
    + event("Check", "2011-10-13T10:00:00+02:00", "South")
    + event("Scan", "2011-10-13T11:00:00+02:00", "EMPTY")
    + event("Check", "2011-10-14T10:00:00+02:00", "North", "bert")
)


def test_a_history_is_told_as_facts(tmp_path):
    facts = facts_from(tmp_path, xes(trace(inside=ENDED, events=ROUND)))
    told = [(ev.kind_of(fact).split(".")[0], fact.agency, fact.by, fact.occurred_at) for fact in facts]
    begun, first, second = at("2011-10-11 09:00"), at("2011-10-12 10:00"), at("2011-10-13 10:00")
    third, last = at("2011-10-13 11:00"), at("2011-10-14 10:00")
    assert told == [
        ("submitted", "front", "applicant", begun),
        ("received", "front", "system", begun),
        ("step_opened", "North", "system", begun),
        ("step_done", "North", "anna", first),
        ("step_opened", "South", "system", first),
        ("handed_over", "South", "system", first),
        ("step_done", "South", "anna", second),
        ("step_opened", "", "system", second),
        ("step_done", "", "anna", third),
        ("step_opened", "North", "system", third),
        ("handed_over", "North", "system", third),
        ("step_done", "North", "bert", last),
        ("result_decided", "front", "system", at("2011-12-01 10:00")),
    ]
    assert {fact.origin for fact in facts} == {"replay"}
    assert {fact.recorded_at for fact in facts} == {7}
    assert facts[1].due == at("2011-12-06 13:41:31")
    assert [fact.entry for fact in facts if isinstance(fact, ev.StepOpened)] == [1, 1, 1, 2]
    over = [fact for fact in facts if isinstance(fact, ev.HandedOver)]
    assert [(fact.from_agency, fact.to_agency, fact.from_hold, fact.hold) for fact in over] == [
        ("North", "South", 1, 2),
        ("South", "North", 2, 4),
    ]


def test_an_open_dossier_stays_with_its_last_holder(tmp_path, place):
    replayed(tmp_path, place, xes(trace("c1", events=ROUND + event("Wait", "2011-10-15T10:00:00+02:00", "EMPTY"))))
    with open_store(place.database) as store:
        (hold,) = store.load("c1").holds_now()
        assert (hold.agency, hold.step, hold.opened_at) == ("North", "(after the log)", at("2011-10-15 10:00"))
        assert [listed.dossier.dossier_no for listed in store.inbox("North")] == ["c1"]
        assert store.inbox("South") == []


def test_a_dossier_without_any_event_lies_at_the_desk(tmp_path, place):
    report = replayed(tmp_path, place, xes(trace("c1", events=""), trace("c2")))
    assert report.contradictions["without_event"] == 1
    with open_store(place.database) as store:
        assert [hold.agency for hold in store.load("c1").holds_now()] == ["front"]


def test_contradictions_are_counted_and_kept(tmp_path, place):
    backwards = event("B", "2011-10-20T10:00:00+02:00") + event("A", "2011-10-05T10:00:00+02:00")
    early = ENDED.replace("2011-12-01", "2011-10-01")
    report = replayed(tmp_path, place, xes(trace("c1", early, backwards), trace("c2")))
    told = {kind: count for kind, count in report.contradictions.items() if count}
    assert told == {
        "events_out_of_order": 1,
        "event_before_receipt": 1,
        "event_after_end": 1,
        "end_before_receipt": 1,
    }
    with open_store(place.database) as store:
        dossier = store.load("c1")
        assert dossier.ended_at == at("2011-10-01 11:00")
        holds = [(hold.step, hold.opened_at, hold.closed_at) for hold in dossier.holds.values()]
        first, second = at("2011-10-20 10:00"), at("2011-10-05 10:00")
        assert holds == [("B", at("2011-10-11 09:00"), first), ("A", second, second)]
        assert store.verify() == []


def test_an_end_within_the_second_after_due_stays_late(tmp_path, place):
    ended = '<date key="enddate" value="2011-12-06T13:41:31.789+01:00"/>'
    in_time = ended.replace(".789", ".787")
    report = replayed(tmp_path, place, xes(trace("late", ended), trace("even", in_time)))
    assert report.figures.late == {"instant": 1, "date": 0, "date_rolled": 0}
    with open_store(place.database) as store:
        late = [no for no in ("late", "even") if (row := store.row(no)).ended_at > row.due]
    assert late == ["late"]


def test_run_twice_adds_nothing(tmp_path, place):
    first = replayed(tmp_path, place, recorded_at=1_700_000_000)
    assert (first.appended.added, first.appended.facts) == (2, 10)
    with open_store(place.database) as store:
        before = [(row.dossier_id, row.head) for row in store.register()]
    again = replayed(tmp_path, place, recorded_at=1_800_000_000)
    assert (again.appended.added, again.appended.already_there, again.appended.different) == (0, 2, [])
    assert again.figures == first.figures
    with open_store(place.database) as store:
        assert [(row.dossier_id, row.head) for row in store.register()] == before


def test_a_longer_log_adds_what_is_new(tmp_path, place):
    replayed(tmp_path, place)
    more = replayed(tmp_path, place, xes(trace("c1", ENDED), trace("c2"), trace("c3")))
    assert (more.appended.added, more.appended.already_there) == (1, 2)


def test_later_acts_on_a_replayed_dossier_are_no_difference(tmp_path, place):
    replayed(tmp_path, place)
    with open_store(place.database) as store:
        dossier = store.load("c2")
        version = dossier.version
        urged = ev.Urged(occurred_at=1_700_000_001, recorded_at=1_700_000_001, by="anna", hold=2)
        store.append(Change(dossier=evolve(dossier, urged), facts=[urged], expected=version))
    assert replayed(tmp_path, place).appended.different == []


def test_a_log_that_tells_another_history_is_told_not_written(tmp_path, place):
    replayed(tmp_path, place)
    with open_store(place.database) as store:
        before = store.read("c2")
    changed = replayed(tmp_path, place, xes(trace("c1", ENDED), trace("c2", events=event("Other"))))
    assert (changed.appended.already_there, changed.appended.different) == (2, ["c2"])
    with open_store(place.database) as store:
        assert store.read("c2") == before


def test_two_logs_with_the_same_numbers_need_a_prefix(tmp_path, place):
    replayed(tmp_path, place)
    other = MAPPING.replace("log: sample", "log: other")
    with pytest.raises(InputError, match="number c1 belongs to another dossier of the store; give the mapping 'other'"):
        replayed(tmp_path, place, mapping=other)
    assert replayed(tmp_path, place, mapping=other + "prefix: B-\n").appended.added == 2
    with open_store(place.database) as store:
        assert {row.dossier_no for row in store.register()} == {"c1", "c2", "B-c1", "B-c2"}


def test_a_demonstrations_database_is_not_touched(tmp_path, place):
    with open_store(place.database) as store:
        store.mark_demo()
    with pytest.raises(InputError, match="belongs to a demonstration"):
        replayed(tmp_path, place)
    with open_store(place.database) as store:
        assert store.register() == []


def test_replayed_dossiers_are_neither_driven_nor_swept(tmp_path, place):
    replayed(tmp_path, place)
    with open_store(place.database) as store:
        assert store.movable() == []
        assert store.due_to_wake(4_000_000_000) == []


def test_ids_are_time_ordered_and_always_the_same(tmp_path):
    first, second = (facts_from(tmp_path, xes())[0].dossier_id for _ in range(2))
    assert first == second
    assert int(first.replace("-", "")[:12], 16) == at("2011-10-11 09:00") * 1000
    assert (first[14], first[19] in "89ab") == ("7", True)


def test_memory_holds_one_chunk_of_dossiers_at_a_time(tmp_path, place, monkeypatch):
    """However long the log, the facts of at most `CHUNK` dossiers are made at once."""
    from workflows import replay as replaying

    monkeypatch.setattr(replaying, "CHUNK", 7)
    sizes = []
    real = replaying.dossiers_of

    def counted(foreign, first, count):
        found = real(foreign, first, count)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(replaying, "dossiers_of", counted)
    report = replayed(tmp_path, place, xes(*(trace(f"c{number}") for number in range(30))))
    assert report.appended.added == 30
    assert max(sizes) == 7


def test_progress_is_told_up_to_the_end(tmp_path, place):
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    told = []
    log = write(tmp_path / "log.xes", xes())
    plan = load_mapping(tmp_path / "map.yaml")
    replay_log(log, plan, place, recorded_at=1, progress=lambda *it: told.append(it))
    assert told == [("reading", 0, 0), ("understanding", 0, 0), ("appending", 0, 2), ("appending", 2, 2)]


def test_understanding_does_not_change_the_log_it_was_given(tmp_path):
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    plan = load_mapping(tmp_path / "map.yaml")
    from store.logs import read_log

    log = read_log(write(tmp_path / "log.xes", xes()), plan.wanted())
    before = log.frame.clone()
    understand(log, plan)
    assert log.frame.equals(before)


def motcua(folder: Path, *arguments: str) -> CompletedProcess[str]:
    """Run the command in a folder."""
    return run_text(*arguments, folder=folder, environment=os.environ)


def test_the_command_prints_for_programs_and_for_people(tmp_path):
    write(tmp_path / "log.xes.gz", xes())
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    first = motcua(
        tmp_path, "replay", "log.xes.gz", "--map", "map.yaml", "--db", "sqlite:///s.db", "--json", "--no-prefect"
    )
    assert (first.returncode, first.stderr) == (0, "")
    found = json.loads(first.stdout)
    assert (found["dossiers"], found["ended"]) == (2, 1)
    assert found["terms_days"] == {"56": 2}
    assert found["procedure_known"] is False
    again = ("replay", "log.xes.gz", "--map", "map.yaml", "--db", "sqlite:///s.db", "--no-prefect", "--lang")
    assert "đã có từ trước          2" in motcua(tmp_path, *again, "vi").stdout
    people = motcua(tmp_path, *again, "en")
    assert (people.returncode, people.stderr) == (0, "")
    assert "added                 0 dossiers, 0 facts to sqlite:///s.db" in people.stdout
    assert "already there         2" in people.stdout


def test_a_prefect_server_that_is_asked_for_must_answer(tmp_path, monkeypatch):
    write(tmp_path / "log.xes", xes())
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    monkeypatch.setenv("MOTCUA_PREFECT_API_URL", "http://127.0.0.1:9/api")
    ran = motcua(tmp_path, "replay", "log.xes", "--map", "map.yaml", "--db", "sqlite:///s.db", "--prefect")
    assert ran.returncode == 2
    assert ran.stderr.startswith("motcua: no Prefect server answers at http://127.0.0.1:9/api: start one with")
    assert ran.stderr.count("\n") == 1
    assert not (tmp_path / "s.db").exists()
