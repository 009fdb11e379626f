"""A mapping file says everything it needs, and every fault of it at once."""

from datetime import UTC, datetime

import pytest

from engine.errors import InputError
from procedures.fault import FaultyFileError
from store.logs import read_log
from tests.replay.logs import ENDED, MAPPING, event, trace, write, xes
from workflows.foreign import understand
from workflows.foreign_facts import dossiers_of, facts_of
from workflows.mapping_file import load_mapping


def mapped(tmp_path, mapping):
    """Load a mapping from text."""
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    return load_mapping(tmp_path / "map.yaml")


def understood(tmp_path, mapping, text=None, name="log.xes"):
    plan = mapped(tmp_path, mapping)
    return understand(read_log(write(tmp_path / name, text or xes()), plan.wanted(), separator=plan.separator), plan)


def test_every_fault_is_reported_at_once_with_its_line(tmp_path):
    with pytest.raises(FaultyFileError) as caught:
        mapped(
            tmp_path,
            "log: a b\nzone: Mars/Base\ncalendar: nl\nprocedure: x\ndossiers: a\nstep: {attribute: x, cut: '(?=a'}\n"
            "agency: {blank: x}\nofficer: 5\ndue: {attribute: q, values: {a: b}}\n",
        )
    told = {(fault.line, fault.path) for fault in caught.value.faults}
    assert {(1, "log"), (2, "zone"), (5, "dossiers"), (6, "step.cut"), (7, "agency.attribute"), (8, "officer")} <= told
    assert {(1, "source"), (1, "dossier"), (1, "instant")} <= told
    assert "did you mean 'dossier'?" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("due: case:deadline", "due: {attribute: case:deadline, values: {a: b}}"), "no values to rename"),
        (("step: concept:name", "step: {attribute: concept:name, cut: '(a)(b)'}"), "more than one group"),
        (("step: concept:name", "step: {attribute: concept:name, cut: '(a'}"), "no regular expression"),
        (("step: concept:name", "step: &x concept:name"), "anchor"),
        (("log: sample", "log: sample\nlog: twice"), "twice"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(tmp_path, change, said):
    with pytest.raises(InputError, match=said):
        mapped(tmp_path, MAPPING.replace(*change))


def test_no_mapping_hangs_on_a_greedy_expression(tmp_path):
    greedy = MAPPING.replace("officer: org:resource", "officer: {attribute: org:resource, cut: '^(?:a+)+(b)$'}")
    text = xes(trace(events=event(officer="a" * 50_000)))
    assert understood(tmp_path, greedy, text).events["officer"].to_list() == ["a" * 50_000]


def test_values_are_cut_renamed_and_blanked(tmp_path):
    mapping = MAPPING.replace(
        "agency: {attribute: org:group, blank: EMPTY}",
        "agency: {attribute: org:group, cut: '^Group ([0-9]+)', blank: ['9', EMPTY], values: {'1': one}}",
    ).replace("officer: org:resource", "officer: org:resource\nblank: ['?']")
    events = (
        event(group="Group 1 2nd") + event(group="EMPTY") + event(group="Group 9") + event(group="Desk", officer="?")
    )
    found = understood(tmp_path, mapping, xes(trace(events=events))).events
    assert found["agency"].to_list() == ["one", None, None, "Desk"]
    assert found["officer"].to_list() == ["anna", "anna", "anna", None]


def test_accounts_of_machines_are_labelled(tmp_path):
    foreign = understood(tmp_path, MAPPING + "system: anna\n")
    facts = facts_of(foreign.mapping, dossiers_of(foreign, 0, 1)[0], recorded_at=1)
    assert [fact.by for fact in facts if type(fact).__name__ == "StepDone"] == ["system:anna"]


def test_only_some_events_count_and_the_others_are_told(tmp_path):
    started = '<string key="lifecycle:transition" value="start"/>'
    done = '<string key="lifecycle:transition" value="complete"/>'
    text = xes(
        trace("c1", events=event("A", more=started) + event("A", more=done) + event("B")),
        trace("c2", events=event("A", more=started)),
    )
    foreign = understood(tmp_path, MAPPING + "only: {'lifecycle:transition': complete}\n", text)
    assert foreign.events["step"].to_list() == ["A"]
    assert foreign.left_out == {"events": 3, "dossiers": 0}
    assert foreign.dossiers["events"].to_list() == [1, 0]
    assert foreign.contradictions["without_event"] == 1


def test_further_attributes_keep_the_type_they_were_declared_with(tmp_path):
    inside = ENDED + (
        '<int key="pages" value="12"/><float key="fee" value="10.5"/><boolean key="urgent" value="true"/>'
        '<string key="area" value="North"/>'
    )
    mapping = MAPPING + "attributes: {pages: case:pages, fee: case:fee, urgent: case:urgent, area: case:area}\n"
    foreign = understood(tmp_path, mapping, xes(trace(inside=inside)))
    assert dossiers_of(foreign, 0, 1)[0].data == {"pages": 12, "fee": 10.5, "urgent": True, "area": "North"}
    with pytest.raises(InputError, match="line 3: 'case:pages' is declared int but reads 'many'"):
        understood(tmp_path, mapping, xes(trace(inside=inside.replace('"12"', '"many"'))))


def test_local_times_are_read_in_the_zone_the_mapping_names(tmp_path):
    text = xes(trace(events=event(at="2011-10-12T10:00:00"))).replace("+02:00", "").replace("+01:00", "")
    found = understood(tmp_path, MAPPING + "local_times: true\n", text)
    assert found.events["at"].to_list() == [datetime(2011, 10, 12, 8, tzinfo=UTC)]
    assert found.dossiers["due"].to_list() == [datetime(2011, 12, 6, 12, 41, 31, 788000, tzinfo=UTC)]


TABLE = """\
file;begun;finished;what;who
k1;2023-03-01T09:00:00+01:00;2023-03-01T10:00:00+01:00;Enter;anna
k2;2023-03-01T09:30:00+01:00;2023-03-01T09:45:00+01:00;Enter;anna
k1;2023-03-02T09:00:00+01:00;2023-03-02T11:00:00+01:00;Check;bert
"""
TABLE_MAPPING = """\
log: table
source: {text: "made up for tests"}
zone: Europe/Amsterdam
calendar: nl
procedure: test.permit
dossier: file
instant: finished
started: begun
step: what
officer: who
prefix: T-
separator: ";"
"""


def test_events_of_one_case_may_lie_apart_in_a_table(tmp_path):
    foreign = understood(tmp_path, TABLE_MAPPING, TABLE, "log.csv")
    assert foreign.dossiers["dossier"].to_list() == ["k1", "k2"]  # in the order in which work on them began
    assert foreign.dossiers["events"].to_list() == [2, 1]
    assert foreign.events["step"].to_list() == ["Enter", "Check", "Enter"]


def test_where_work_began_the_hold_is_taken_up(tmp_path):
    foreign = understood(tmp_path, TABLE_MAPPING, TABLE, "log.csv")
    facts = facts_of(foreign.mapping, dossiers_of(foreign, 0, 1)[0], recorded_at=1)
    taken_up = [fact.occurred_at for fact in facts if type(fact).__name__ == "TakenUp"]
    assert taken_up[:2] == [int(datetime(2023, 3, day, 8, tzinfo=UTC).timestamp()) for day in (1, 2)]


def test_a_case_whose_rows_disagree_is_counted_and_its_first_value_kept(tmp_path):
    table = TABLE.replace("who\n", "who;due\n").replace("anna\n", "anna;2023-04-01T00:00:00Z\n")
    table = table.replace("bert\n", "bert;2023-05-01T00:00:00Z\n")
    foreign = understood(tmp_path, TABLE_MAPPING + "due: due\n", table, "log.csv")
    assert foreign.contradictions["values_differ"] == 1
    assert set(foreign.dossiers["due"]) == {datetime(2023, 4, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("day", "until"),
    [("2026-03-06", "2026-03-06T17:00:00+07:00"), ("2026-03-07", "2026-03-07T23:59:59+07:00")],
    ids=["worked day: closing", "day off: midnight"],
)
def test_a_due_date_without_an_hour_lasts_until_the_office_closes(tmp_path, day, until):
    text = f"case,step,at,due\n1,check,2026-03-02T08:30,{day}\n2,check,2026-03-02T08:30,{day} 09:00\n"
    plan = (
        'log: dates\nsource: {text: "made up"}\nzone: Asia/Ho_Chi_Minh\nlocal_times: true\ncalendar: vn\n'
        "procedure: test.permit\ndossier: case\ninstant: at\nstep: step\ndue: due\n"
    )
    dues = understood(tmp_path, plan, text, "log.csv").dossiers["due"].to_list()
    assert dues == [datetime.fromisoformat(until), datetime.fromisoformat(f"{day}T09:00:00+07:00")]
