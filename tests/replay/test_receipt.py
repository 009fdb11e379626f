"""The receipt log of a Dutch municipality (J.C.A.M. Buijs, CoSeLoG project): the figures that must come out."""

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.events import HandedOver
from engine.lateness import Measure, due_date, is_late
from procedures.calendars import load_calendar
from store import open_store
from tests.command import run_text
from workflows.lateness_figures import figures_of_rows
from workflows.mapping_file import load_mapping
from workflows.replay import read_foreign, replay_log
from workflows.workplace import Workplace

LOG = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs" / "receipt.xes.gz"
MAP = Path(__file__).parents[2] / "examples" / "logs" / "receipt.yaml"
pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="needs logs/receipt.xes.gz in $MOTCUA_DATA")

HOLIDAYS = {
    date(2010, 12, 25), date(2010, 12, 26), date(2011, 1, 1), date(2011, 4, 22), date(2011, 4, 24), date(2011, 4, 25),
    date(2011, 4, 30), date(2011, 5, 5), date(2011, 6, 2), date(2011, 6, 12), date(2011, 6, 13), date(2011, 12, 25),
    date(2011, 12, 26), date(2012, 1, 1), date(2012, 4, 6), date(2012, 4, 8), date(2012, 4, 9), date(2012, 4, 30),
    date(2012, 5, 5), date(2012, 5, 17), date(2012, 5, 27), date(2012, 5, 28), date(2012, 12, 25), date(2012, 12, 26),
    date(2013, 1, 1),
}  # fmt: skip
"""Algemene termijnenwet, art. 3, written out by hand for the years the deadlines lie in."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Workplace(database=f"sqlite:///{tmp_path_factory.mktemp('receipt') / 'store.db'}", directory="nl")


@pytest.fixture(scope="module")
def report(place):
    return replay_log(LOG, load_mapping(MAP), place, recorded_at=1_700_000_000)


@pytest.fixture(scope="module")
def rows(place, report):
    with open_store(place.database) as store:
        found = []
        while page := store.register(origin="replay", after=found[-1].row if found else 0):
            found += page
    return found


@pytest.fixture(scope="module")
def calendar():
    return load_calendar("nl")


def test_the_command_prints_the_published_figures(tmp_path):
    ran = run_text("replay", LOG, "--map", MAP, "--json", "--no-prefect", folder=tmp_path, environment=os.environ)
    assert (ran.returncode, ran.stderr) == (0, "")
    found = json.loads(ran.stdout)
    assert found["dossiers"] == 1434
    assert found["events"] == 8577
    assert found["ended"] == 1329
    assert found["late"] == {"instant": 377, "date": 309, "date_rolled": 304}
    assert found["open_overdue"] == 39
    assert found["open_overdue_by"]["date"] == 37
    assert list(found["terms_days"].items())[:2] == [("56", 1080), ("98", 58)]
    assert sum(found["terms_days"].values()) == 1434
    assert found["hand_overs"] == 3853
    assert (tmp_path / "motcua.db").exists()


def test_the_figures_are_the_same_from_the_store(report, rows, calendar):
    assert len(rows) == 1434
    assert figures_of_rows(rows, now=report.at, calendar=calendar) == report.figures


def test_the_figures_are_the_same_one_dossier_at_a_time(rows, report, calendar):
    ended = [(row.due, row.ended_at) for row in rows if row.ended_at is not None]
    late = {measure.value: sum(is_late(due, at, calendar, measure) for due, at in ended) for measure in Measure}
    assert late == report.figures.late


def test_the_store_lists_what_is_overdue_at_the_logs_last_instant(place, report):
    with open_store(place.database) as store:
        assert store.last_instant(origin="replay") == report.at
        assert len(store.overdue(report.at, limit=5000)) == 39


def test_thirty_nine_deadlines_need_the_holiday_table(rows, calendar):
    def rolled(day, holidays):
        while day.weekday() >= 5 or day in holidays:
            day += timedelta(days=1)
        return day

    days = [calendar.local_date(row.due) for row in rows]
    expected = [rolled(day, HOLIDAYS) for day in days]
    assert [due_date(row.due, calendar, Measure.DATE_ROLLED) for row in rows] == expected
    assert sum(rolled(day, ()) != right for day, right in zip(days, expected, strict=True)) == 39


def test_run_twice_adds_nothing(place, report):
    again = replay_log(LOG, load_mapping(MAP), place, recorded_at=1_800_000_000)
    assert (again.appended.added, again.appended.facts, again.appended.different) == (0, 0, [])
    assert again.appended.already_there == 1434
    assert again.figures == report.figures


def test_hand_overs_are_counted_as_the_log_tells_them(place, report):
    with open_store(place.database) as store:
        counted, position = 0, None
        while page := store.facts_after(position, 5000) if position else store.facts_after(limit=5000):
            counted += sum(isinstance(logged.fact, HandedOver) for logged in page)
            position = page[-1].position
    assert counted == report.hand_overs == 3853


def test_contradictions_are_counted_and_the_log_is_left_as_it_is(report):
    told = {kind: count for kind, count in report.contradictions.items() if count}
    assert told == {"event_before_receipt": 2, "event_after_end": 145, "end_before_receipt": 2}
    assert report.left_out == {"events": 0, "dossiers": 0}


def test_every_open_dossier_lies_with_somebody_and_no_ended_one_does(place, rows):
    with open_store(place.database) as store:
        for row in rows:
            held = [hold for hold in store.holds(row.dossier_no) if hold.closed_at is None]
            assert len(held) == (1 if row.ended_at is None else 0)
            if held:
                assert held[0].agency
                assert held[0].step == "decide"


def test_every_step_and_agency_is_one_of_the_procedure_and_the_directory(place):
    foreign = read_foreign(LOG, load_mapping(MAP))
    with place.opened() as (_, rulebook):
        procedure = rulebook.procedure("nl.wabo_permit", 1)
        assert set(foreign.events["step"]) | {foreign.mapping.after_log} <= set(procedure.nodes)
        assert set(foreign.events["agency"].drop_nulls()) <= set(rulebook.directory.agencies)
        assert foreign.mapping.desk in rulebook.directory.agencies


def test_the_store_is_sound_and_nothing_moves_by_itself(place, report):
    with open_store(place.database) as store:
        assert store.verify() == []
        assert store.movable() == []
        assert store.due_to_wake(4_000_000_000) == []
        assert store.rebuild_views().repaired == ()


@pytest.mark.parametrize(
    ("command", "holds"),
    [
        (("overdue", "--json"), "case-"),
        (("inbox", "--agency", "group_2", "--json"), "case-"),
        (("why", "case-416"), "case-"),
        (("dossier", "show", "case-416"), "case-"),
        (("dossier", "history", "case-416"), "case-"),
        (("dossier", "control-sheet", "case-416"), "Nhóm 1"),
    ],
)
def test_commands_work_on_replayed_dossiers(place, report, tmp_path, command, holds):
    environment = {**os.environ, "MOTCUA_DATABASE": place.database, "MOTCUA_DIRECTORY": "nl"}
    ran = run_text(*command, folder=tmp_path, environment=environment)
    assert ran.stderr == ""
    assert ran.returncode == (1 if command[0] == "overdue" else 0)
    assert holds in ran.stdout
    if command[0] == "overdue":
        assert len(json.loads(ran.stdout)) == 39
