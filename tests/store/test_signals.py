"""The files of signals lie in the same log: evidence covers them, and no list of dossiers shows or counts them."""

from datetime import date

from engine import events as ev
from tests.store.stories import DAY, START, journey, signal_story

LATE = START + 60 * DAY


def with_one_of_each(store):
    dossier, changes = journey(1, due=START + DAY)
    for change in changes:
        store.append(change)
    signal, change = signal_story(1)
    store.append(change)
    return dossier, signal


def test_lists_of_dossiers_neither_show_nor_count_signals(store):
    dossier, signal = with_one_of_each(store)
    signal.now = LATE
    store.append(signal.tell(ev.RuleBreached(**signal.common(rule="late_explanation")), wake_at=START))
    assert [row.dossier_id for row in store.register()] == [dossier.dossier_id]
    assert store.register(desk="construction") == store.register(procedure="S20") == store.register(is_open=False) == []
    assert [row.dossier_id for row in store.overdue(LATE)] == [dossier.dossier_id]
    assert store.overdue(LATE, desk="construction") == []
    assert sum(line.dossiers for line in store.tally()) == 1
    assert store.intake("construction") == store.due_to_wake(LATE) == []
    assert store.movable() == [store.row(dossier.dossier_id).row]
    assert [listed.dossier.dossier_id for listed in store.inbox("construction")] == [dossier.dossier_id]
    assert len(store.overdue_holds(LATE)) == 1
    assert store.last_instant() == dossier.now


def test_signals_are_listed_where_they_are_asked_for(store):
    _, signal = with_one_of_each(store)
    (row,) = store.register(origin="signal")
    assert (row.dossier_id, row.dossier_no, row.desk, row.procedure) == (
        signal.dossier_id,
        "SIG-260821-0001",
        "construction",
        "S20",
    )
    assert store.register(origin="signal", desk="tax") == []
    assert store.find("SIG-260821-0001") == store.find(signal.dossier_id) == row
    assert [(line.desk, line.procedure, line.dossiers) for line in store.tally(origin="signal")] == [
        ("construction", "S20", 1)
    ]
    due = START + 7 * DAY
    assert store.overdue(due, origin="signal") == []
    assert store.overdue(due + 1, origin="signal") == [row]
    assert store.due_to_wake(due, origin="signal") == []
    assert store.due_to_wake(due + 1, origin="signal") == [row.row]
    assert store.last_instant(origin="signal") == signal.now


def test_what_was_explained_is_not_due_any_more(store):
    _, signal = with_one_of_each(store)
    store.append(signal.tell(ev.SignalExplained(**signal.common(reason="thiếu người"))))
    assert store.overdue(LATE, origin="signal") == []
    assert store.due_to_wake(LATE, origin="signal") == []


def test_the_chain_and_the_anchors_cover_signals_and_views_can_be_made_again(store, kind):
    _, signal = with_one_of_each(store)
    anchor = store.anchor(date(2026, 8, 21), START)
    assert anchor.facts == 5
    assert store.verify() == []
    assert store.rebuild_views(lambda dossier: None).repaired == ()
    assert store.due_to_wake(LATE, origin="signal") == [store.row(signal.dossier_id).row]
    if kind != "memory":
        row = store.row(signal.dossier_id).row
        store.database.execute("UPDATE facts SET body = replace(body, 'S20', 'S21') WHERE dossier = ?", (row,))
        assert ("altered", "SIG-260821-0001") in {(found.what, found.dossier) for found in store.verify()}


def test_the_outbox_tells_of_signals_too(store):
    _, signal = with_one_of_each(store)
    told = [logged for logged in store.facts_after() if logged.dossier_id == signal.dossier_id]
    assert [type(logged.fact) for logged in told] == [ev.SignalRaised, ev.SignalNotified]
    assert told[0].fact.evidence[0].measure == 2.5


def test_the_same_signal_is_raised_once(store):
    with_one_of_each(store)
    _, again = signal_story(1, serial=2)
    report = store.append_many([again])
    assert (report.facts, len(report.stale)) == (0, 1)
    assert len(store.register(origin="signal")) == 1
