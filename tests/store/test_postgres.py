"""What only PostgreSQL does: numbers of transactions, lost connections, texts it cannot hold."""

import psycopg
import pytest

from engine.errors import InputError
from store import Position, StoreUnreachableError, open_store
from tests.store.stories import Story, journey


@pytest.fixture
def kind():
    return "postgresql"


def fill(store, numbers):
    stories = [journey(number) for number in numbers]
    store.append_many([change for _, three in stories for change in three])
    return [story for story, _ in stories]


def test_a_fact_that_is_committed_late_is_not_skipped(url, store):
    early, late = fill(store, [1, 2])
    seen = store.facts_after()
    with open_store(url) as other, other.transaction():
        other.append(early.tell(early.taken_up()))  # has the lower number, is committed last
        store.append(late.tell(late.taken_up()))
        assert store.facts_after(seen[-1].position) == []
    rest = store.facts_after(seen[-1].position)
    assert sorted(logged.dossier_id for logged in rest) == sorted([early.dossier_id, late.dossier_id])


def test_facts_restored_into_a_younger_server_are_numbered_anew(url, store):
    (story,) = fill(store, [1])
    store.database.execute("UPDATE facts SET transaction_id = 4000000000")
    store.move_cursor("relay", Position(4_000_000_000, 1))
    assert store.facts_after() == []
    with open_store(url) as reopened:
        assert [logged.version for logged in reopened.facts_after()] == [1, 2, 3]
        assert reopened.backlog("relay") == 2
        reopened.append(story.tell(story.taken_up()))
        unread = reopened.facts_after(reopened.cursor("relay"))
        assert [logged.version for logged in unread] == [2, 3, 4]


def test_a_lost_connection_is_said_and_made_again(url, store):
    (story,) = fill(store, [1])
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'motcua'")
    with pytest.raises(StoreUnreachableError, match="cannot be reached"):
        store.append(story.tell(story.taken_up()))
    assert store.row(story.dossier_id).version == 3


def test_a_connection_lost_inside_a_transaction_undoes_it(url, store):
    (story,) = fill(store, [1])

    def write_and_lose():
        with store.transaction():
            store.append(story.tell(story.taken_up()))
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'motcua'"
                )
            store.append(story.tell(story.done()))

    with pytest.raises(StoreUnreachableError):
        write_and_lose()
    assert store.row(story.dossier_id).version == 3
    assert store.verify() == []


def test_a_zero_character_is_refused_in_words(store):
    story = Story()
    with pytest.raises(InputError, match="cannot be stored"):
        store.append(story.tell(story.submitted(channel="di\0rect")))
    assert store.find(story.dossier_id) is None
