"""The demo's month in virtual time: the same for the same seed, balanced, and kept as any history is."""

from random import Random

import pytest

from engine import events as ev
from engine.dossier import replay
from engine.errors import BeyondCalendarError, InputError
from engine.expire import expire, wake_at
from engine.instants import to_seconds
from store import Applicant, open_store
from workflows import handle
from workflows.demo import DIRECTORY, START, Month, run_month
from workflows.demo_report import Tally
from workflows.rulebook import Rulebook

BEGIN = to_seconds(START)


@pytest.fixture(scope="module")
def month():
    """Ten days of the sample province."""
    lived = Month(Rulebook(open_store("memory:"), directory=DIRECTORY), Random(7))  # noqa: S311  the same each time
    lived.expect(BEGIN, BEGIN + 10 * 86_400)
    lived.run(BEGIN + 10 * 86_400)
    return lived


@pytest.fixture(scope="module")
def report(month):
    return month.report(seed=7, days=10, start=BEGIN, until=BEGIN + 10 * 86_400)


def test_the_same_seed_tells_the_same_month(report):
    assert run_month(10, 7).as_json() == report.as_json()


def test_another_seed_tells_another_month(report):
    assert run_month(10, 8).as_json() != report.as_json()


def test_what_was_received_is_resolved_or_open(report):
    rows = [report.total, *report.by_agency.values(), *report.by_procedure.values()]
    for row in rows:
        assert row.received == row.resolved + row.open
        in_parts = row.early + row.on_time + row.late + row.without_term + row.stopped + row.withdrawn
        assert row.resolved == in_parts
        assert row.overdue <= row.open
    assert report.total.received > 400


def test_agencies_and_procedures_add_up_to_the_whole(report):
    for table in (report.by_agency, report.by_procedure):
        added = Tally()
        for row in table.values():
            added.add(row)
        assert added == report.total


def test_the_month_shows_what_a_province_sees(report):
    assert len(report.by_procedure) >= 20
    assert report.total.early
    assert report.total.on_time
    assert report.total.late
    assert report.supplements
    assert report.apologies
    assert report.silent_opinions
    assert report.breaches
    assert report.sub_dossiers
    assert report.stuck == 0


def test_parts_of_interlinked_procedures_are_counted_with_their_root_only(month, report):
    parts = [life.dossier for life in month.lives if life.dossier.root]
    roots = {life.dossier.dossier_id: life.dossier for life in month.lives if not life.dossier.root}
    assert report.sub_dossiers == len(parts)
    assert report.submitted == len(roots)
    for part in parts:
        assert roots[part.root].holds[part.root_hold].sub_dossier == part.dossier_id


def test_every_dossier_is_what_its_facts_tell(month):
    for life in month.lives:
        assert replay(life.facts) == life.dossier
        recorded = [fact.recorded_at for fact in life.facts]
        assert recorded == sorted(recorded)


def test_nothing_that_time_does_is_left_undone_and_no_number_is_given_twice(month):
    end = BEGIN + 10 * 86_400
    numbers = [life.dossier.dossier_no for life in month.lives if life.dossier.dossier_no]
    assert len(numbers) == len(set(numbers))
    for life in month.lives:
        dossier = replay(life.facts)
        assert expire(dossier, life.rules, end - 1) == []
        assert wake_at(dossier, life.rules) == life.wake


SEEN = {
    ev.ApologyIssued,
    ev.ClockPaused,
    ev.ClockResumed,
    ev.Escalated,
    ev.FinancialObligationMet,
    ev.Forked,
    ev.HandedOver,
    ev.IntakeDeclined,
    ev.Joined,
    ev.OpinionGiven,
    ev.OpinionSilent,
    ev.PostingStarted,
    ev.ResultDenied,
    ev.ResultIssued,
    ev.RuleBreached,
    ev.SentBack,
    ev.SubDossierEnded,
    ev.SupplementReceived,
}


def test_what_a_province_sees_in_ten_days_has_happened(month):
    assert {type(fact) for life in month.lives for fact in life.facts} >= SEEN


def test_a_kept_month_is_whole(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/demo.db") as store:
        told = run_month(3, 7, store=store)
        assert store.is_demo
        assert store.verify() == []
        assert sum(one.dossiers for one in store.tally()) == told.submitted + told.sub_dossiers
        rows = store.register(limit=10_000)
        late = [row for row in rows if row.root == "" and row.ended_at is None and row.received_at is not None]
        assert len(late) == told.total.open
        assert store.applicants.get(rows[0].applicant).name


def a_real_dossier(store):
    rulebook = Rulebook(store)
    handle.submit(
        store,
        rulebook,
        procedure="2.000908",
        agency="cau_gio.desk",
        applicant=Applicant(ref="someone", name="Nguyễn Thị Thật"),
        at=BEGIN + 9 * 3_600,
        data={"territory": "cau_gio"},
    )


def test_a_database_with_real_dossiers_is_refused_and_left_as_it_is(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/real.db") as store:
        a_real_dossier(store)
        before = store.tally()
        with pytest.raises(InputError, match="holds dossiers that are not the demo's"):
            run_month(2, 7, store=store)
        assert store.tally() == before
        assert not store.is_demo


@pytest.mark.parametrize("days", [0, 367])
def test_too_short_or_too_long_a_demo_is_refused(days):
    with pytest.raises(InputError, match="1 to 366 days"):
        run_month(days)


def test_a_demo_beyond_the_calendar_says_so():
    with pytest.raises(BeyondCalendarError, match="vn"):
        run_month(5, 7, START.set(year=2027, month=12, day=28))
