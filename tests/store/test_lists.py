"""The lists over every store: what an agency has, what is late, what can move, what is to be woken."""

from engine import events as ev
from tests.store.stories import DAY, START, Story, journey


def told(store, story, *facts, **more):
    store.append(story.tell(*facts, **more))


def filled(store, dues, **more):
    stories = []
    for number, due in enumerate(dues, start=1):
        story, changes = journey(number, due=due, **more)
        for change in changes:
            store.append(change)
        stories.append(story)
    return stories


def test_an_inbox_is_ordered_by_due_and_paged_by_the_last_line(store):
    stories = filled(store, [START + 3 * DAY, None, START + DAY, START + DAY])
    names = [stories[at].dossier_id for at in (2, 3, 0, 1)]
    assert [listed.dossier.dossier_id for listed in store.inbox("construction")] == names
    page = store.inbox("construction", limit=3)
    assert [listed.dossier.dossier_id for listed in page] == names[:3]
    rest = store.inbox("construction", limit=3, after=page[-1])
    assert [listed.dossier.dossier_id for listed in rest] == names[3:]
    assert store.inbox("construction", after=rest[-1]) == []
    assert store.inbox("tax") == []


def test_an_inbox_of_one_officer(store):
    stories = filled(store, [None, None])
    told(store, stories[1], stories[1].taken_up(by="officer.lan"))
    (listed,) = store.inbox("construction", officer="officer.lan")
    assert (listed.dossier.dossier_id, listed.hold.officer) == (stories[1].dossier_id, "officer.lan")


def test_a_closed_hold_leaves_the_inbox_and_stays_on_the_control_sheet(store):
    (story,) = filled(store, [None])
    told(store, story, story.done(outcome="agreed"))
    assert store.inbox("construction") == []
    (hold,) = store.holds(story.dossier_id)
    assert (hold.outcome, hold.closed_at) == ("agreed", story.now)


def test_intake_lists_what_the_desk_has_not_received(store):
    waiting, declined = Story("id-1"), Story("id-2")
    told(store, waiting, waiting.submitted())
    told(store, declined, declined.submitted())
    filled(store, [None])
    assert [row.dossier_id for row in store.intake("H61.12")] == ["id-1", "id-2"]
    told(store, declined, ev.IntakeDeclined(**declined.common(reason="thiếu bản vẽ")))
    assert [row.dossier_id for row in store.intake("H61.12")] == ["id-1"]
    assert store.intake("H61.12", after=store.row("id-1").row) == []


def test_overdue_means_after_due_and_open(store):
    late, later, on_time, without = filled(store, [START + DAY, START + 2 * DAY, START + 9 * DAY, None])
    at = START + 3 * DAY
    assert [row.dossier_id for row in store.overdue(at)] == [late.dossier_id, later.dossier_id]
    assert store.overdue(START + DAY) == []
    assert [row.dossier_id for row in store.overdue(START + DAY + 1)] == [late.dossier_id]
    assert [listed.dossier.dossier_id for listed in store.overdue_holds(at)] == [late.dossier_id, later.dossier_id]
    assert [listed.dossier.dossier_id for listed in store.overdue_holds(at, agency="construction", limit=1)] == [
        late.dossier_id
    ]
    first = store.overdue(at, limit=1)
    assert [row.dossier_id for row in store.overdue(at, after=first[0])] == [later.dossier_id]
    assert store.overdue(at, desk="H61.99") == []
    told(store, late, late.granted())
    assert [row.dossier_id for row in store.overdue(at)] == [later.dossier_id]
    assert {on_time.dossier_id, without.dossier_id}.isdisjoint(row.dossier_id for row in store.overdue(at))


def test_a_foreign_dossier_whose_clock_stood_still_before_due_is_not_overdue(store):
    stopped, late = Story("id-1", origin="replay"), Story("id-2", origin="replay")
    for story, due in ((stopped, START + 2 * DAY), (late, START + 2 * 3600)):
        told(store, story, story.submitted(), story.received(due=due))
    told(store, stopped, ev.ClockPaused(**stopped.common(ground="posting")))
    late.now += DAY
    told(store, late, ev.ClockPaused(**late.common(ground="posting")))
    assert [row.dossier_id for row in store.overdue(START + 9 * DAY)] == ["id-2"]


def test_the_register_by_desk_procedure_status_time_and_origin(store):
    one, two, three = filled(store, [None, None, None])
    old = Story("id-9", desk="H61.99", origin="replay")
    told(store, old, old.submitted(procedure="foreign"), old.received())
    told(store, two, two.granted())
    everyone = [one.dossier_id, two.dossier_id, three.dossier_id, "id-9"]

    def names(**filters):
        return [row.dossier_id for row in store.register(**filters)]

    assert names() == everyone
    assert names(desk="H61.99") == names(procedure="foreign") == names(origin="replay") == ["id-9"]
    assert names(status=9) == names(is_open=False) == [two.dossier_id]
    assert names(is_open=True, desk="H61.12") == [one.dossier_id, three.dossier_id]
    received = store.row("id-9").received_at
    assert names(received_to=received, procedure="foreign") == []
    assert names(received_from=received, received_to=received + 1, origin="replay") == ["id-9"]
    assert names(limit=2) == everyone[:2]
    assert names(after=store.row(two.dossier_id).row) == everyone[2:]


def test_a_tally_counts_by_desk_procedure_status_and_outcome(store):
    stories = filled(store, [None, None, None])
    told(store, stories[0], stories[0].granted())
    assert [(t.desk, t.status, t.outcome, t.dossiers) for t in store.tally()] == [
        ("H61.12", 4, "", 2),
        ("H61.12", 9, "granted", 1),
    ]
    assert store.tally(origin="replay") == []


def test_what_can_move_by_itself_is_listed_until_it_has_moved(store):
    story = Story()
    told(store, story, story.submitted(), story.received())
    row = store.row(story.dossier_id).row
    assert store.movable() == [row]
    assert store.movable(after=row) == []
    told(store, story, story.opened(token=next(iter(story.dossier.moves))))
    assert store.movable() == []
    told(store, story, story.done())
    assert store.movable() == [row]


def test_an_incident_holds_a_dossier_back_until_its_retry(store):
    story = Story()
    told(store, story, story.submitted(), story.received())
    row = store.row(story.dossier_id).row
    store.incidents.open(story.dossier_id, "drive", "nobody is competent", START, retry_at=START + 60)
    assert store.movable(now=START + 59) == []
    assert store.movable(now=START + 60) == [row]
    store.incidents.open(story.dossier_id, "drive", "nobody is competent", START + 60)
    assert store.movable(now=START + 9 * DAY) == []
    store.incidents.close(story.dossier_id, START + 61)
    assert store.movable(now=START) == [row]


def test_dossiers_are_woken_at_their_instant_and_only_then(store):
    stories = [Story(f"id-{number}") for number in range(4)]
    for story, wake_at in zip(stories, (START + 5, None, START + 1, START + 9), strict=True):
        told(store, story, story.submitted(), wake_at=wake_at)
    rows = [store.row(story.dossier_id).row for story in stories]
    assert store.due_to_wake(START + 5) == [rows[0], rows[2]]
    assert store.due_to_wake(START + 5, limit=1) == [rows[0]]
    assert store.due_to_wake(START + 5, after=rows[0]) == [rows[2]]
    store.set_wakes([(rows[0], None), (rows[1], START)])
    assert store.due_to_wake(START + 5) == [rows[1], rows[2]]


def test_a_root_learns_of_the_end_of_its_sub_dossier(store):
    root, sub = Story("root"), Story("sub")
    told(store, root, root.submitted(), root.received(), root.opened(work="sub_dossier"))
    told(store, sub, sub.submitted(root="root", root_hold=1), sub.received())
    told(store, root, ev.SubDossierStarted(**root.common(hold=1, dossier_id="sub", procedure="1.004827")))
    assert store.ended_subs() == []
    told(store, sub, sub.granted())
    ((hold, ended),) = store.ended_subs()
    assert (hold.dossier, hold.number, ended.dossier_id, ended.outcome) == (store.row("root").row, 1, "sub", "granted")
    told(store, root, root.done())
    assert store.ended_subs() == []


def test_the_last_instant_of_a_foreign_log(store):
    assert store.last_instant() is None
    live, old = Story("live"), Story("old", origin="replay")
    told(store, old, old.submitted())
    live.now += DAY
    told(store, live, live.submitted())
    assert (store.last_instant(origin="replay"), store.last_instant()) == (old.now, live.now)
