"""Two writers, real processes: one wins, the other reads again and decides again; nothing is lost or doubled."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import events as ev
from store import open_store
from tests.store.stories import Story, journey

CHILD = Path(__file__).with_name("writing_child.py")
EACH = 60


@contextmanager
def running(environment, *arguments):
    """Children that have opened the store and begin at the same moment; none outlives the test."""
    children = [
        subprocess.Popen(
            [sys.executable, str(CHILD), *map(str, each)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in arguments
    ]
    try:
        assert [child.stdout.readline() for child in children] == ["ready\n"] * len(children)
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        yield children
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
            child.communicate()


def run_children(environment, *arguments):
    with running(environment, *arguments) as children:
        outcomes = [json.loads(child.communicate(timeout=120)[0]) for child in children]
    assert [child.returncode for child in children] == [0] * len(children)
    return outcomes


def test_two_processes_write_one_dossier_and_nothing_is_lost_or_doubled(disk_url, child_environment):
    story, changes = journey(1)
    with open_store(disk_url) as store:
        for change in changes:
            store.append(change)
        outcomes = run_children(
            child_environment,
            (disk_url, story.dossier_id, "left", EACH),
            (disk_url, story.dossier_id, "right", EACH),
        )
        facts = store.read(story.dossier_id)
        urged = [fact.reason for fact in facts if isinstance(fact, ev.Urged)]
        assert sorted(urged) == sorted(f"{who} {n}" for who in ("left", "right") for n in range(EACH))
        assert [reason for reason in urged if reason.startswith("left")] == [f"left {n}" for n in range(EACH)]
        assert store.row(story.dossier_id).version == 3 + 2 * EACH
        assert sum(outcome["stale"] for outcome in outcomes) > 0
        assert store.verify() == []
        assert store.rebuild_views().repaired == ()


def test_two_processes_that_send_the_same_commands_record_each_once(disk_url, child_environment):
    story, changes = journey(1)
    with open_store(disk_url) as store:
        for change in changes:
            store.append(change)
        outcomes = run_children(
            child_environment,
            (disk_url, story.dossier_id, "same", EACH),
            (disk_url, story.dossier_id, "same", EACH),
        )
        urged = [fact.reason for fact in store.read(story.dossier_id) if isinstance(fact, ev.Urged)]
        assert sorted(urged) == sorted(f"same {n}" for n in range(EACH))
        assert sum(outcome["recorded"] for outcome in outcomes) == EACH
        assert sum(outcome["repeated"] for outcome in outcomes) == EACH
        assert store.verify() == []


def test_two_processes_that_write_batches_lose_nothing(disk_url, child_environment):
    stories = [journey(number) for number in range(1, 60)]
    with open_store(disk_url) as store:
        store.append_many([change for _, three in stories for change in three])
        outcomes = run_children(
            child_environment,
            (disk_url, "*", "left", 8),
            (disk_url, "*", "right", 8),
        )
        assert sum(outcome["recorded"] for outcome in outcomes) == 59 * 8 * 2
        for story, _ in stories:
            assert store.row(story.dossier_id).version == 3 + 16
        assert store.verify() == []


def test_a_subscriber_misses_no_fact_while_two_processes_write(disk_url, child_environment):
    stories = [journey(number) for number in range(1, 3)]
    with open_store(disk_url) as store:
        store.append_many([change for _, three in stories for change in three])
        seen, position = [], store.cursor("relay")
        writers = [(disk_url, story.dossier_id, "writer", EACH) for story, _ in stories]
        with running(child_environment, *writers) as children:
            while any(child.poll() is None for child in children) or store.facts_after(position, 1):
                page = store.facts_after(position, 7)
                seen += [(logged.dossier_id, logged.version) for logged in page]
                position = page[-1].position if page else position
            assert [child.returncode for child in children] == [0, 0]
    assert sorted(seen) == [(story.dossier_id, version) for story, _ in stories for version in range(1, 4 + EACH)]


def test_serials_given_to_two_processes_are_never_the_same(disk_url, child_environment):
    outcomes = run_children(child_environment, (disk_url, "serial", "-", EACH), (disk_url, "serial", "-", EACH))
    given = [serial for outcome in outcomes for serial in outcome["serials"]]
    assert sorted(given) == list(range(1, 2 * EACH + 1))


def test_a_process_killed_in_the_middle_of_writing_leaves_whole_acts_only(disk_url, child_environment):
    story, changes = journey(1)
    with open_store(disk_url) as store:
        for change in changes:
            store.append(change)
        with running(child_environment, (disk_url, story.dossier_id, "doomed", 100_000)) as (child,):
            while store.row(story.dossier_id).version < 40:
                assert child.poll() is None
            child.kill()
            child.wait()
        assert store.verify() == []
        after = store.load(story.dossier_id)
        assert after.version == store.row(story.dossier_id).version
        other = Story("next")
        store.append(other.tell(other.submitted()))


@pytest.mark.parametrize("kind", ["memory"], indirect=True)
def test_memory_is_not_shared(url):
    with open_store(url) as one, open_store(url) as other:
        story = Story()
        one.append(story.tell(story.submitted()))
        assert other.find(story.dossier_id) is None
