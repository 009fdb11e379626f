"""Raising signals over every store: what changed is judged, each signal is raised and notified once, by whoever."""

import threading

import pytest

from engine import events as ev
from engine.decisions.review import decide_signal  # noqa: F401  compiled before threads start
from engine.errors import NotAllowedError, UnknownNumberError
from engine.review import Close, Explain, Review, SignalState
from store import START, Applicant, Position, open_store
from tests.workflows.conftest import DESK_OFFICER, UNIT, UNIT_OFFICER, House, at
from tests.workflows.signal_rules import BARS, PATTERN, RULES, registered
from workflows.signal_files import DAILY, SUBSCRIBER, act_on_signal, open_signal, signal_counts, signal_files
from workflows.signals import raise_signals
from workflows.watch import watch

LATE = at("2026-09-17 09:00")


@pytest.fixture(autouse=True)
def rules():
    with registered():
        yield


@pytest.fixture
def house(store, url):
    return House(store, url)


def with_late_steps(house, count, when="2026-09-14 08:00", until=LATE):
    dossiers = [house.received("T.hand", when, applicant=Applicant(ref=f"a-{n}")) for n in range(count)]
    house.drive(when)
    watch(house.store, house.rulebook, until)
    return dossiers


def sweep(house, now=LATE, rules=RULES, **more):
    return raise_signals(house.store, house.rulebook, now, rules=rules, bars=BARS, **more)


def signals(house, **more):
    return list(signal_files(house.store, **more))


def test_what_a_rule_forbids_is_raised_and_notified_with_the_facts_it_rests_on(house):
    (dossier,) = with_late_steps(house, 1)
    assert sweep(house).raised == 1
    (file,) = signals(house)
    raised = file.raised
    assert (raised.code, raised.agency, raised.signal_no) == ("S98", UNIT, "SIG-260917-0001")
    assert (raised.level, raised.severity, raised.legal_basis) == ("dossier", "medium", "made for a test")
    assert raised.parameters == {"days": 2}
    assert len(raised.rule) == 16
    (evidence,) = raised.evidence
    assert raised.dossiers == (dossier.dossier_id,)
    fact = house.store.read(evidence.dossier_id)[evidence.version - 1]
    assert isinstance(fact, ev.LimitPassed)
    assert (fact.subject, fact.hold, fact.due) == ("step", evidence.hold, evidence.at)
    assert raised.counter["queue"] == 1
    assert (file.state, file.due) == (SignalState.NOTIFIED, at("2026-09-24 17:00"))
    assert house.store.verify() == []


def test_nothing_new_is_nothing_to_judge(house):
    with_late_steps(house, 3)
    first, again = sweep(house), sweep(house)
    assert (first.raised, again.raised, again.judged, again.facts) == (3, 0, 0, 0)
    assert len({file.raised.signal_no for file in signals(house)}) == 3


def test_only_dossiers_with_new_facts_are_judged_but_counter_evidence_looks_around(house):
    dossiers = with_late_steps(house, 4)
    house.store.move_cursor(DAILY, Position(0, 10**6))
    assert sweep(house).judged == 4
    house.received("T.hand", "2026-09-17 10:00", applicant=Applicant(ref="new"))
    house.drive("2026-09-17 10:00")
    watch(house.store, house.rulebook, at("2026-09-22 09:00"))
    for dossier in dossiers[:3]:
        hold = house.store.load(dossier.dossier_no).holds_now()[0].number
        house.act(dossier.dossier_no, "finish-step", "2026-09-21 09:00", data={"hold": hold, "outcome": "done"})
    report = sweep(house, at("2026-09-22 09:00"))
    assert report.raised == 1
    (file,) = signals(house, since=at("2026-09-22 09:00"))
    assert file.raised.counter["queue"] > 1


def test_a_sweep_repeated_from_the_beginning_raises_nothing_twice(house):
    with_late_steps(house, 3)
    assert sweep(house).raised == 3
    house.store.move_cursor(SUBSCRIBER, START)
    house.store.move_cursor(DAILY, START)
    assert sweep(house, LATE + 60).raised == 0
    assert len(signals(house)) == 3


def test_two_sweeps_at_once_raise_each_signal_once(house, kind):
    with_late_steps(house, 12)
    if kind == "memory":
        pytest.skip("memory is one process's")
    start = threading.Barrier(2)
    raised = []

    def run():
        with open_store(house.url) as store:
            other = House(store, house.url)
            start.wait()
            raised.append(sweep(other).raised)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(raised) == 12
    numbers = sorted(file.raised.signal_no for file in signals(house))
    assert numbers == [f"SIG-260917-{n:04d}" for n in range(1, 13)]
    assert house.store.verify() == []


def test_what_ended_too_far_back_is_not_judged_and_what_is_still_open_is(house):
    ended, still_open = with_late_steps(house, 2)
    house.act(ended.dossier_no, "withdraw", "2026-09-17 10:00", by=DESK_OFFICER, data={"requested": True})
    report = sweep(house, at("2027-03-01 09:00"))
    assert (report.judged, report.raised) == (1, 1)
    (file,) = signals(house)
    assert file.raised.dossiers == (still_open.dossier_id,)
    assert file.raised.occurred_at == at("2027-03-01 09:00")


def test_patterns_are_judged_once_a_day_and_raised_once_a_quarter(house):
    with_late_steps(house, 6)
    assert sweep(house, rules=PATTERN).raised == 1
    (file,) = signals(house)
    assert (file.raised.key, file.raised.total, len(file.raised.evidence)) == (f"S99:{UNIT}:2026-Q3", 6, 6)
    assert file.raised.officers == ()
    assert file.raised.counter["hits"] == 6
    assert house.store.cursor(DAILY).sequence > 0
    for day in ("2026-09-18 09:00", "2026-09-19 09:00"):
        assert sweep(house, at(day), rules=PATTERN).raised == 0


def test_a_pattern_is_raised_again_in_a_later_quarter_only_when_its_file_is_closed_and_old(house):
    with_late_steps(house, 6)
    sweep(house, rules=PATTERN)
    assert sweep(house, at("2026-10-20 09:00"), rules=PATTERN).raised == 0  # still open
    number = signals(house)[0].name
    explain(house, number, "2026-10-20 10:00")
    review(house, number, "2026-10-20 11:00")
    act_on_signal(house.store, house.rulebook, number, Close(at=at("2026-10-20 12:00"), by="p.committee.02"))
    assert sweep(house, at("2026-10-21 09:00"), rules=PATTERN).raised == 0  # 90 days have not passed
    assert sweep(house, at("2026-12-21 09:00"), rules=PATTERN).raised == 1
    assert [file.raised.key[-7:] for file in signals(house)] == ["2026-Q3", "2026-Q4"]


def explain(house, number, when, **more):
    given = {"at": at(when), "by": UNIT_OFFICER, "reason": "ba người nghỉ ốm", **more}
    return act_on_signal(house.store, house.rulebook, number, Explain(**given))


def review(house, number, when, **more):
    given = {"at": at(when), "by": "p.committee.01", "verdict": "upheld", "reason": "không có căn cứ", **more}
    return act_on_signal(house.store, house.rulebook, number, Review(**given))


def test_the_limit_to_explain_passes_once_by_itself(house):
    with_late_steps(house, 1)
    sweep(house)
    assert sweep(house, at("2026-09-24 17:00")).limits_passed == 0
    assert sweep(house, at("2026-09-25 09:00")).limits_passed == 1
    assert sweep(house, at("2026-09-25 09:00")).limits_passed == 0
    (file,) = signals(house)
    passed = house.store.read(file.name)[-1]
    assert (passed.subject, passed.occurred_at, passed.recorded_at, passed.agency) == (
        "explanation",
        at("2026-09-24 17:00"),
        at("2026-09-25 09:00"),
        UNIT,
    )
    assert house.store.verify() == []


def test_a_file_is_answered_in_the_log_and_refused_attempts_that_matter_are_kept(house):
    (dossier,) = with_late_steps(house, 1)
    sweep(house)
    number = signals(house)[0].name
    reference = f"{dossier.dossier_no}/2"
    done = explain(house, number, "2026-09-18 10:00", facts=(reference, dossier.dossier_no), remedy="thêm người")
    assert done.file.state is SignalState.EXPLAINED
    assert done.facts[0].agency == UNIT
    with pytest.raises(NotAllowedError, match="whose conduct it is; somebody else must"):
        review(house, number, "2026-09-18 11:00", by=UNIT_OFFICER)
    attempt = house.store.read(number)[-1]
    assert (attempt.rule, attempt.by) == ("own_review", UNIT_OFFICER)
    review(house, number, "2026-09-18 12:00")
    act_on_signal(house.store, house.rulebook, number, Close(at=at("2026-09-18 13:00"), by="p.committee.02"))
    file = open_signal(house.store, number)
    assert (file.state, file.verdict, file.may_name) == (SignalState.CLOSED, "upheld", True)
    assert house.store.verify() == []
    assert house.store.rebuild_views(lambda found: None).repaired == ()


def test_an_explanation_points_at_what_exists(house):
    (dossier,) = with_late_steps(house, 1)
    sweep(house)
    number = signals(house)[0].name
    for wrong, said in (("H99-0", "no dossier H99-0"), (f"{dossier.dossier_no}/999", "has facts 1 to"), (number, "no")):
        with pytest.raises(UnknownNumberError, match=said):
            explain(house, number, "2026-09-18 10:00", facts=(wrong,))
    with pytest.raises(UnknownNumberError, match="that is a dossier"):
        open_signal(house.store, dossier.dossier_no)


def test_the_same_command_id_explains_once(house):
    with_late_steps(house, 1)
    sweep(house)
    number = signals(house)[0].name
    first = explain(house, number, "2026-09-18 10:00", command_id="c-1")
    again = explain(house, number, "2026-09-18 10:00", command_id="c-1")
    assert (first.repeated, again.repeated) == (False, True)
    assert len(open_signal(house.store, number).explanations) == 1


def test_signals_are_found_by_agency_code_and_state(house):
    with_late_steps(house, 2)
    sweep(house)
    number = signals(house)[0].name
    explain(house, number, "2026-09-18 10:00")
    assert [file.name for file in signals(house, state=SignalState.EXPLAINED)] == [number]
    assert len(signals(house, agency=UNIT, code="S98")) == 2
    assert signals(house, agency="p.committee") == signals(house, code="S1") == []


def test_signals_are_counted_for_scorecards_by_the_period_they_were_raised_in(house):
    with_late_steps(house, 3)
    sweep(house)
    first, second, _ = (file.name for file in signals(house))
    explain(house, first, "2026-09-18 10:00")
    explain(house, second, "2026-09-18 10:00")
    review(house, first, "2026-09-18 12:00")
    told = {"raised": 3, "explained": 2, "accepted": 0, "upheld": 1}
    for period, name in (("month", "2026-09"), ("quarter", "2026-Q3"), ("year", "2026"), ("all", "all")):
        assert signal_counts(house.store, "Asia/Ho_Chi_Minh", period=period) == {(UNIT, name): told}
    assert signal_counts(house.store, "Asia/Ho_Chi_Minh", since=LATE + 1) == {}


def test_a_dossier_that_cannot_be_folded_keeps_no_other_from_being_judged(house, kind):
    if kind == "memory":
        pytest.skip("nobody tampers with memory")
    dossiers = with_late_steps(house, 3)
    row = house.store.row(dossiers[0].dossier_no).row
    body = '{"kind":"step_done.1","occurred_at":1,"recorded_at":1,"hold":99,"outcome":"done"}'
    house.store.database.execute("UPDATE facts SET body = ? WHERE dossier = ? AND version = 5", (body, row))
    assert sweep(house).raised == 2
