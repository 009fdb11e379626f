"""The log over every store: append, read, refuse what is stale, answer a repeated command, many at once."""

import threading
from datetime import date
from random import Random
from typing import get_args

import pytest

from engine import events as ev
from engine.dossier import replay
from engine.errors import InputError, StaleVersionError, UnknownNumberError
from store import AlreadyRecorded, Change, NumberTakenError, open_store
from tests.store.stories import DAY, START, Story, journey, wild


def append_all(store, changes):
    for change in changes:
        store.append(change)


def test_what_was_appended_is_read_back_fact_by_fact(store):
    story = Story()
    facts = [story.submitted(data={"phường": "Bến Thành"}), story.received(due=START + DAY), story.opened()]
    for fact in facts:
        store.append(story.tell(fact))
    assert store.read(story.dossier_id) == facts
    assert store.load(story.dossier.dossier_no) == story.dossier


def test_a_dossier_is_found_by_its_id_before_receipt_and_by_both_after(store):
    story = Story()
    store.append(story.tell(story.submitted()))
    assert store.row(story.dossier_id).dossier_no == ""
    store.append(story.tell(story.received("H61.12-260821-0007")))
    assert store.row("H61.12-260821-0007") == store.row(story.dossier_id)


def test_an_unknown_number_is_named(store):
    assert store.find("H1-260821-0001") is None
    for ask in (store.read, store.load, store.row, store.holds):
        with pytest.raises(UnknownNumberError, match="H1-260821-0001"):
            ask("H1-260821-0001")
    assert store.find("") is None


def test_several_facts_are_one_append(store):
    story = Story()
    store.append(story.tell(story.submitted(), story.received(), story.opened()))
    assert store.row(story.dossier_id).version == 3
    assert [hold.step for hold in store.holds(story.dossier_id)] == ["step1"]


def test_a_stale_change_is_refused_and_changes_nothing(store):
    story, changes = journey(1)
    append_all(store, changes)
    late = Change(dossier=story.dossier, facts=[story.taken_up()], expected=story.dossier.version - 1)
    with pytest.raises(StaleVersionError) as refused:
        store.append(late)
    assert (refused.value.expected, refused.value.found) == (2, 3)
    assert len(store.read(story.dossier_id)) == 3


def test_a_dossier_begins_once(store):
    first, again = Story(), Story()
    store.append(first.tell(first.submitted()))
    with pytest.raises(StaleVersionError):
        store.append(again.tell(again.submitted()))
    assert len(store.read(first.dossier_id)) == 1


def test_a_change_that_contradicts_itself_is_our_mistake(store):
    story = Story()
    change = story.tell(story.submitted())
    with pytest.raises(ValueError, match="at least one fact"):
        store.append(Change(dossier=story.dossier, facts=[], expected=1))
    with pytest.raises(ValueError, match="version 1 is not 4 plus 1"):
        store.append(Change(dossier=story.dossier, facts=change.facts, expected=4))


def test_the_same_command_twice_is_one_act(store):
    story = Story()
    facts = (story.submitted(), story.received("H61.12-260821-0007"))
    store.append(story.tell(*facts, command_id="c-1"))
    store.append(story.tell(story.opened()))
    again = Story()
    with pytest.raises(AlreadyRecorded) as known:
        store.append(again.tell(again.submitted(), again.received(), command_id="c-1"))
    assert known.value.facts == facts
    assert (known.value.dossier_id, known.value.version) == (story.dossier_id, 2)
    assert store.recorded("c-1") == (story.dossier_id, 2, facts)
    assert len(store.read(story.dossier_id)) == 3


def test_a_repeated_command_is_known_although_its_dossier_went_on(store):
    story, changes = journey(1)
    append_all(store, changes)
    twin = replay(store.read(story.dossier_id))
    taken = story.taken_up()
    store.append(story.tell(taken, command_id="c-2"))
    store.append(story.tell(story.done()))
    late = Change(
        dossier=replay([*store.read(story.dossier_id)[:3], taken]), facts=[taken], expected=3, command_id="c-2"
    )
    assert twin.version == 3
    with pytest.raises(AlreadyRecorded):
        store.append(late)
    assert store.recorded("c-2") == (story.dossier_id, 4, (taken,))
    assert store.recorded("never") is None


def test_a_command_id_of_another_dossier_is_refused_in_words(store):
    one, changes = journey(1)
    other, others = journey(2)
    append_all(store, [*changes, *others])
    store.append(one.tell(one.taken_up(), command_id="c-3"))
    with pytest.raises(InputError, match="c-3 was used for dossier"):
        store.append(other.tell(other.taken_up(), command_id="c-3"))
    assert store.row(other.dossier_id).version == 3


def test_a_number_is_one_dossiers(store):
    one, other = Story("id-1"), Story("id-2")
    store.append(one.tell(one.submitted(), one.received("H61.12-260821-0007")))
    store.append(other.tell(other.submitted()))
    with pytest.raises(NumberTakenError, match=r"H61\.12-260821-0007"):
        store.append(other.tell(other.received("H61.12-260821-0007")))
    assert store.row("id-2").version == 1


def test_serials_count_by_desk_and_day(store):
    day = date(2026, 8, 21)
    assert [store.next_serial("H61.12", day) for _ in range(3)] == [1, 2, 3]
    assert store.next_serial("H61.13", day) == 1
    assert store.next_serial("H61.12", date(2026, 8, 22)) == 1


def test_a_failed_transaction_leaves_nothing_and_gives_its_serial_back(store):
    story, changes = journey(1)
    append_all(store, changes)
    mark = RuntimeError("power cut")

    def receive_and_fail():
        with store.transaction():
            assert store.next_serial("H61.12", date(2026, 8, 21)) == 1
            store.append(story.tell(story.taken_up()))
            raise mark

    with pytest.raises(RuntimeError) as failed:
        receive_and_fail()
    assert failed.value is mark
    assert store.next_serial("H61.12", date(2026, 8, 21)) == 1
    assert store.row(story.dossier_id).version == 3
    with pytest.raises(StaleVersionError):
        store.append(story.tell(story.done()))
    fresh = store.load(story.dossier_id)
    taken = story.taken_up()
    store.append(Change(dossier=replay([*store.read(story.dossier_id), taken]), facts=[taken], expected=fresh.version))
    assert store.verify() == []


def test_a_refused_append_inside_a_transaction_leaves_the_rest_of_it(store):
    one, changes = journey(1)
    append_all(store, changes)
    other = Story("id-2")
    with store.transaction():
        store.append(other.tell(other.submitted()))
        with pytest.raises(StaleVersionError):
            store.append(Change(dossier=one.dossier, facts=[one.taken_up()], expected=2))
        store.append(other.tell(other.received("H61.12-260821-0008")))
    assert store.row("id-2").version == 2
    assert store.verify() == []


def test_a_text_that_is_not_unicode_is_refused_in_words(store):
    story = Story()
    with pytest.raises(InputError, match="Submitted fact cannot be stored"):
        store.append(story.tell(story.submitted(reason="\ud800")))
    assert store.find(story.dossier_id) is None


def test_many_changes_of_many_dossiers_in_one_go(store):
    stories = [journey(number) for number in range(1, 40)]
    changes = [change for _, three in stories for change in three]
    for story, _ in stories:
        changes.append(story.tell(story.taken_up(), command_id=f"take {story.dossier_id}"))
    Random(4).shuffle(changes)  # noqa: S311  any order, the same each time
    report = store.append_many(changes)
    assert (report.dossiers, report.facts, report.stale, report.repeated) == (39, 39 * 4, (), ())
    for story, _ in stories:
        assert store.load(story.dossier_id) == story.dossier
    assert store.verify() == []


def test_many_changes_may_come_one_by_one(store):
    stories = [journey(number) for number in range(1, 5)]
    report = store.append_many(change for _, three in stories for change in three)
    assert (report.dossiers, report.facts) == (4, 12)
    assert store.append_many([]).facts == 0


def test_stale_and_repeated_changes_are_reported_and_the_others_written(store):
    stories = [journey(number) for number in range(1, 6)]
    append_all(store, [change for _, three in stories for change in three])
    first, second, third, fourth, fifth = (story for story, _ in stories)
    store.append(second.tell(second.taken_up(), command_id="known"))
    fact = first.taken_up()
    stale = Change(dossier=first.dossier, facts=[fact], expected=2)
    repeated = Change(
        dossier=replay([*store.read(second.dossier_id)[:3], second.taken_up()]),
        facts=[second.taken_up()],
        expected=3,
        command_id="known",
    )
    new_again = Story(fifth.dossier_id)
    report = store.append_many(
        [
            stale,
            repeated,
            third.tell(third.taken_up()),
            new_again.tell(new_again.submitted()),
            fourth.tell(fourth.taken_up(), fourth.done()),
        ]
    )
    assert (report.dossiers, report.facts, report.repeated) == (2, 3, ("known",))
    assert sorted((error.expected, error.found) for error in report.stale) == [(0, 3), (2, 3)]
    assert [store.row(story.dossier_id).version for story, _ in stories] == [3, 4, 4, 5, 3]
    assert store.verify() == []


def test_two_dossiers_under_one_number_undo_their_chunk_only(store):
    one, other = Story("id-1"), Story("id-2")
    changes = [
        one.tell(one.submitted(), one.received("H61.12-260821-0007")),
        other.tell(other.submitted(), other.received("H61.12-260821-0007")),
    ]
    with pytest.raises(NumberTakenError):
        store.append_many(changes)
    assert store.verify() == []


def test_dossiers_are_loaded_by_row_in_order(store):
    stories = [journey(number) for number in range(1, 5)]
    append_all(store, [change for _, three in stories for change in three])
    rows = [store.row(story.dossier_id).row for story, _ in stories]
    assert store.load_many([rows[3], 9_999, rows[0], rows[3]]) == [stories[0][0].dossier, stories[3][0].dossier]


def test_subscribers_see_every_fact_once_and_in_order(store):
    stories = [journey(number) for number in range(1, 4)]
    append_all(store, [change for _, three in stories for change in three])
    seen, position = [], store.cursor("relay")
    while page := store.facts_after(position, limit=2):
        seen += page
        position = page[-1].position
    assert [(logged.dossier_id, logged.version) for logged in seen] == [
        (story.dossier_id, version) for story, _ in stories for version in (1, 2, 3)
    ]
    assert store.backlog("relay") == 9
    store.move_cursor("relay", seen[6].position)
    assert (store.cursor("relay"), store.backlog("relay"), store.backlog("other")) == (seen[6].position, 2, 9)
    assert [logged.fact for logged in seen[:3]] == store.read(stories[0][0].dossier_id)


def test_threads_share_a_store(store):
    def write(number):
        story, changes = journey(number)
        append_all(store, changes)
        store.append(story.tell(story.taken_up()))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.register()) == 8
    assert store.verify() == []


def test_the_wild_stories_tell_every_kind_of_fact():
    told = {type(fact) for seed in range(12) for story, fact in wild(seed) if story.tell(fact)}
    assert told == set(get_args(ev.AnyFact))


@pytest.mark.parametrize("seed", range(12))
def test_views_follow_every_kind_of_fact_as_if_made_from_the_whole_history(store, seed):
    chance = Random(seed)  # noqa: S311  a seeded story, no secret
    for story, fact in wild(seed):
        change = story.tell(fact, wake_at=START)
        if chance.random() < 0.5:
            assert store.append_many([change]).stale == ()
        else:
            store.append(change)
    assert store.verify() == []
    assert store.rebuild_views().repaired == ()
    assert store.load(story.dossier_id) == story.dossier


def test_all_stores_tell_the_same(migrated_sqlite, migrated_postgres, tmp_path):
    (tmp_path / "a.db").write_bytes(migrated_sqlite.read_bytes())
    seen = []
    for url in ("memory:", f"sqlite:///{tmp_path / 'a.db'}", migrated_postgres()):
        with open_store(url) as store:
            for seed in range(6):
                for story, fact in wild(seed):
                    store.append(story.tell(fact, wake_at=START + seed))
            names = [row.dossier_id for row in store.register()]
            seen.append(
                (
                    store.register(),
                    store.register(origin=ev.SIGNAL),
                    [store.holds(name) for name in names],
                    store.tally(),
                    store.overdue(START + 30 * DAY),
                    store.overdue_holds(START + 30 * DAY),
                    store.inbox("construction"),
                    store.movable(),
                    store.due_to_wake(START + 3),
                    store.last_instant(),
                    store.anchor(date(2026, 8, 21), START).hash,
                )
            )
    assert seen[0] == seen[1] == seen[2]
