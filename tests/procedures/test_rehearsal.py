"""Rehearsals: the engine itself walks every path, everybody using his whole term."""

from __future__ import annotations

import pendulum
import pytest

from engine.errors import NotAllowedError
from engine.instants import to_datetime, to_seconds
from engine.procedure import Procedure
from procedures.calendars import load_calendar
from procedures.catalogue import Catalogue
from procedures.door import load_procedure
from procedures.rehearsal import MOST_PATHS, Walk, rehearse
from tests.procedures.samples import FIRST

VN = load_calendar("vn")
FRIDAY = to_seconds(pendulum.datetime(2026, 8, 21, 16, tz="Asia/Ho_Chi_Minh"))


def shown(at: int) -> str:
    return f"{to_datetime(at, VN.zone):%d/%m %H:%M}"


def test_the_instants_of_each_step_are_the_last_lawful_ones() -> None:
    walk = rehearse(load_procedure(FIRST), VN, FRIDAY).walks[0]
    assert [(visit.step, shown(visit.closed_at)) for visit in walk.visits] == [
        ("inspect", "25/08 16:00"),
        ("ask", "28/08 17:00"),
        ("ask", "28/08 17:00"),
        ("post", "09/09 17:00"),
        ("sign", "11/09 17:00"),
    ]
    assert walk.due is not None
    assert shown(walk.due) == "16/09 17:00"
    assert (walk.outcome, walk.is_late, walk.late_by) == ("granted", False, 0)
    assert [visit.role for visit in walk.visits] == ["unit", "unit", "builders", "unit", "unit"]


def test_every_path_is_walked_once() -> None:
    found = rehearse(load_procedure(FIRST), VN, FRIDAY)
    assert found.complete
    assert len({walk.choices for walk in found.walks}) == len(found.walks) == 6
    assert {walk.outcome for walk in found.walks} == {"granted", "denied"}


def test_a_bound_is_said() -> None:
    found = rehearse(load_procedure(FIRST), VN, FRIDAY, most=2)
    assert (len(found.walks), found.complete) == (2, False)


def test_a_channel_that_is_not_offered_is_refused() -> None:
    with pytest.raises(NotAllowedError, match="'fax' is not offered"):
        rehearse(Catalogue().get("1.001193"), VN, FRIDAY, channel="fax")


@pytest.mark.parametrize("procedure", Catalogue().all(), ids=lambda one: f"{one.code}v{one.version}")
def test_every_published_procedure_can_be_walked_to_an_end_by_every_path(procedure: Procedure) -> None:
    calendar = load_calendar(procedure.calendar)
    year = 2011 if calendar.code == "nl" else 2026
    start = to_seconds(pendulum.datetime(year, 8, 22, 9, tz=calendar.zone))

    found = rehearse(procedure, calendar, start)
    assert found.complete or len(found.walks) == MOST_PATHS
    assert [walk.problem for walk in found.walks if walk.problem] == []
    assert all(walk.outcome in {"granted", "denied", "stopped"} for walk in found.walks)
    assert all(_tiles(walk) for walk in found.walks)


def _tiles(walk: Walk) -> bool:
    return all(visit.opened_at <= visit.closed_at <= walk.ended_at for visit in walk.visits)
