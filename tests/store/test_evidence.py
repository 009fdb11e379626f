"""Whatever is changed behind the engine's back is found, and the first fact concerned is named."""

from datetime import date

import pytest

from engine.errors import InputError
from store import START as FIRST
from store.chain import GENESIS, link
from tests.store.stories import DAY, START, journey

DAY_ONE, DAY_TWO = date(2026, 8, 21), date(2026, 8, 22)


@pytest.fixture
def kept(store):
    """Three dossiers of five facts each."""
    stories = []
    for number in range(1, 4):
        story, changes = journey(number, due=START + 9 * DAY)
        for change in changes:
            store.append(change)
        store.append(story.tell(story.taken_up()))
        store.append(story.tell(story.done(fit=True)))
        stories.append(story)
    return stories


class Intruder:
    """Somebody with write access to the database and no respect for the engine."""

    def __init__(self, store, story):
        self.sql = store.database.execute
        self.rows = store.database.rows
        self.row = store.row(story.dossier_id).row

    def line(self, version):
        ((body, digest),) = self.rows(
            "SELECT body, hash FROM facts WHERE dossier = ? AND version = ?", (self.row, version)
        )
        return body, bytes(digest)

    def alter(self, version, before, after):
        body, _ = self.line(version)
        assert before in body
        self.put(version, body=body.replace(before, after))

    def put(self, version, /, **columns):
        for name, value in columns.items():
            where = "WHERE dossier = ? AND version = ?"
            self.sql(f"UPDATE facts SET {name} = ? {where}", (value, self.row, version))  # noqa: S608  names of our own

    def remove(self, version):
        self.sql("DELETE FROM facts WHERE dossier = ? AND version = ?", (self.row, version))

    def insert(self, version, body, digest):
        self.sql(
            "INSERT INTO facts (dossier, version, nth, transaction_id, body, hash) VALUES (?, ?, 0, 0, ?, ?)",
            (self.row, version, body, digest),
        )

    def shift(self, start, stop, by):
        versions = range(start, stop)
        for version in reversed(versions) if by > 0 else versions:
            self.put(version, version=version + by)

    def rehash(self, start, stop):
        """Forge the chain from ``start`` on, and the head the view remembers."""
        previous = self.line(start - 1)[1] if start > 1 else GENESIS
        for version in range(start, stop):
            previous = link(previous, self.line(version)[0].encode())
            self.put(version, hash=previous)
        self.sql("UPDATE dossiers SET version = ?, head = ? WHERE id = ?", (stop - 1, previous, self.row))


@pytest.fixture
def intruder(store, kept, kind):
    if kind == "memory":
        pytest.skip("nobody gets behind the engine's back in its own memory")
    return Intruder(store, kept[1])


def found(store, **more):
    return [(finding.what, finding.version) for finding in store.verify(**more)]


def test_nothing_is_found_where_nothing_was_done(store, kept):
    store.anchor(DAY_ONE, START)
    assert store.verify() == []


def test_an_altered_fact_is_named(store, kept, intruder):
    intruder.alter(3, '"construction"', '"tax"')
    (finding,) = store.verify()
    assert (finding.what, finding.dossier, finding.version) == ("altered", kept[1].dossier.dossier_no, 3)
    assert finding.sentence == (
        f"dossier {finding.dossier}: fact 3 (step_opened.1) was altered (or fact 2 was, with its hash):"
        " its hash does not follow"
    )


def test_an_altered_fact_with_its_own_hash_forged_breaks_the_chain_at_the_next(store, intruder):
    intruder.alter(3, '"construction"', '"tax"')
    intruder.put(3, hash=link(intruder.line(2)[1], intruder.line(3)[0].encode()))
    assert found(store) == [("altered", 4)]


def test_a_fact_that_is_no_longer_json_is_named(store, intruder):
    intruder.put(4, body="nonsense")
    assert found(store) == [("altered", 4)]


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_removed_fact_is_named(store, intruder, version):
    intruder.remove(version)
    assert found(store) == [("removed", version)]


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_removed_fact_is_named_although_the_others_moved_up(store, intruder, version):
    intruder.remove(version)
    intruder.shift(version + 1, 6, -1)
    assert found(store) == [("removed", version)]


@pytest.mark.parametrize("version", [1, 3, 5])
def test_an_inserted_fact_is_named_although_its_hash_is_right(store, intruder, version):
    body = '{"kind":"urged.1","occurred_at":1,"recorded_at":1,"hold":1}'
    previous = intruder.line(version - 1)[1] if version > 1 else GENESIS
    intruder.shift(version, 6, 1)
    intruder.insert(version, body, link(previous, body.encode()))
    assert found(store) == [("inserted", version)]


def test_a_fact_added_at_the_end_is_named(store, intruder):
    body = '{"kind":"result_issued.1","occurred_at":1,"recorded_at":1}'
    intruder.insert(6, body, link(intruder.line(5)[1], body.encode()))
    assert found(store) == [("inserted", 6)]


def test_facts_that_changed_places_are_named(store, intruder):
    second, third = intruder.line(3), intruder.line(4)
    intruder.put(3, body=third[0], hash=third[1])
    intruder.put(4, body=second[0], hash=second[1])
    assert found(store) == [("reordered", 3)]


def test_a_fact_moved_to_another_dossier_is_missed_there_and_foreign_here(store, kept, intruder):
    other = store.row(kept[2].dossier_id).row
    intruder.sql("UPDATE facts SET dossier = ?, version = 6 WHERE dossier = ? AND version = 5", (other, intruder.row))
    assert sorted(found(store)) == [("inserted", 6), ("removed", 5)]


def test_a_cut_tail_is_named(store, intruder):
    intruder.remove(5)
    assert found(store) == [("removed", 5)]


def test_a_cut_tail_with_the_view_made_to_fit_is_caught_by_the_anchor(store, intruder):
    store.anchor(DAY_ONE, START)
    intruder.remove(5)
    intruder.rehash(4, 5)
    store.rebuild_views()
    (finding,) = store.verify()
    assert finding.what == "anchor"
    assert finding.sentence == "anchor 1 of 2026-08-21 sealed 15 facts, 14 are there: facts were removed"


def test_a_history_rewritten_to_its_end_is_caught_by_the_anchor(store, intruder):
    store.anchor(DAY_ONE, START)
    intruder.alter(3, '"construction"', '"tax"')
    intruder.rehash(3, 6)
    store.rebuild_views()
    assert found(store) == [("anchor", 0)]


def test_a_dossier_that_vanished_whole_is_caught_by_the_anchor(store, intruder):
    store.anchor(DAY_ONE, START)
    for table, key in (("facts", "dossier"), ("holds", "dossier"), ("dossiers", "id")):
        intruder.sql(f"DELETE FROM {table} WHERE {key} = ?", (intruder.row,))  # noqa: S608  names of our own
    assert found(store) == [("anchor", 0)]


def test_a_dossier_without_any_fact_left_misses_its_first(store, intruder):
    intruder.sql("DELETE FROM facts WHERE dossier = ?", (intruder.row,))
    assert found(store) == [("removed", 1)]


def test_a_rewritten_anchor_does_not_fit_the_one_kept_outside(store, kept, intruder):
    first = store.anchor(DAY_ONE, START)
    more = kept[0]
    store.append(more.tell(more.granted()))
    second = store.anchor(DAY_TWO, START + DAY)
    assert (second.number, second.facts, second.upto > first.upto) == (2, 1, True)
    assert store.verify(kept=[first.hash, second.hash]) == []
    intruder.alter(3, '"construction"', '"tax"')
    intruder.rehash(3, 6)
    store.rebuild_views()
    intruder.sql("DELETE FROM anchors")
    store.anchor(DAY_ONE, START)
    assert store.verify() == []
    assert found(store, kept=[first.hash]) == [("anchor", 0)]


def test_an_altered_or_missing_anchor_is_named(store, kept, intruder):
    store.anchor(DAY_ONE, START)
    more = kept[0]
    store.append(more.tell(more.granted()))
    store.anchor(DAY_TWO, START + DAY)
    intruder.sql("UPDATE anchors SET day = '2026-08-20' WHERE number = 1")
    (finding,) = store.verify()
    assert finding.sentence == "anchor 1 of 2026-08-20 was itself altered, or an anchor before it was removed"
    intruder.sql("DELETE FROM anchors WHERE number = 1")
    assert [finding.what for finding in store.verify()] == ["anchor"]


def test_with_nothing_new_a_day_has_the_anchor_of_the_day_before(store, kept):
    first = store.anchor(DAY_ONE, START)
    assert store.anchor(DAY_TWO, START + DAY) == first
    assert store.anchors() == [first]


def test_every_fact_is_sealed_by_exactly_one_anchor(store, kept):
    store.anchor(DAY_ONE, START)
    for story in kept:
        store.append(story.tell(story.granted()))
    store.anchor(DAY_TWO, START + DAY)
    assert [anchor.facts for anchor in store.anchors()] == [15, 3]


def test_a_view_that_was_touched_is_named_and_made_again(store, kept, intruder):
    before = store.register(), store.holds(kept[1].dossier_id)
    intruder.sql("UPDATE dossiers SET due = due + 86400 WHERE id = ?", (intruder.row,))
    (finding,) = store.verify()
    assert finding.what == "view"
    assert finding.sentence.endswith(f"its view says due {START + 10 * DAY}, its facts say {START + 9 * DAY}")
    assert store.verify(views=False) == []
    report = store.rebuild_views()
    assert (report.dossiers, report.holds, report.repaired) == (3, 3, (kept[1].dossier.dossier_no,))
    assert (store.register(), store.holds(kept[1].dossier_id)) == before
    assert store.verify() == []


def test_a_touched_hold_is_named(store, kept, intruder):
    intruder.sql("UPDATE holds SET agency = 'tax' WHERE dossier = ?", (intruder.row,))
    (finding,) = store.verify()
    assert finding.sentence.endswith("its view says agency tax of hold 1, its facts say construction")


def test_views_that_were_lost_are_all_made_again(store, kept, intruder):
    before = store.register(), [store.holds(story.dossier_id) for story in kept]
    intruder.sql("DELETE FROM dossiers")
    intruder.sql("DELETE FROM holds WHERE dossier = ?", (intruder.row,))
    assert len(store.verify()) == 3
    report = store.rebuild_views(lambda _: None)
    assert len(report.repaired) == 3
    assert (store.register(), [store.holds(story.dossier_id) for story in kept]) == before
    assert store.verify() == []
    story = kept[0]
    store.append(story.tell(story.granted()))


def test_a_lost_live_dossier_is_woken_at_once(store, kept, intruder):
    intruder.sql("DELETE FROM dossiers")
    store.rebuild_views()
    assert len(store.due_to_wake(START + DAY)) == 3


def test_a_view_without_any_fact_is_dropped(store, intruder):
    intruder.sql("DELETE FROM facts WHERE dossier = ?", (intruder.row,))
    store.rebuild_views()
    assert len(store.register()) == 2
    assert intruder.rows("SELECT 1 FROM holds WHERE dossier = ?", (intruder.row,)) == []


def test_rebuilding_leaves_what_is_right_alone(store, kept):
    assert store.rebuild_views().repaired == ()
    assert len(store.facts_after(FIRST)) == 15


def test_facts_that_tell_no_story_are_named_and_never_made_into_a_view(store, intruder):
    body = '{"kind":"taken_up.1","occurred_at":1,"recorded_at":1,"hold":7}'
    intruder.put(5, body=body)
    intruder.rehash(5, 6)
    assert [(finding.what, "cannot be read" in finding.sentence) for finding in store.verify()] == [("view", True)]
    with pytest.raises(InputError, match="see motcua verify"):
        store.rebuild_views()


def test_whoever_waits_is_told_how_far_the_search_has_come(store, kept):
    told = []
    store.verify(progress=told.append)
    store.rebuild_views(progress=told.append)
    assert told == [3, 3]


def test_when_to_wake_a_dossier_is_computed_anew_and_is_no_difference(store, kept):
    report = store.rebuild_views(lambda dossier: dossier.last_at + 5)
    assert (report.rewoken, report.repaired) == (3, ())
    assert len(store.due_to_wake(START + DAY)) == 3
    assert store.rebuild_views(lambda dossier: dossier.last_at + 5).rewoken == 0
