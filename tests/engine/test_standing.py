"""Lateness stands still with the clock: a stop after the due instant neither unmakes it nor adds to it."""

import pytest

from engine import commands as co
from engine.dossier import Work
from engine.procedure import SupplementEffect
from engine.standing import judged_at, running_late, still_since
from tests.engine.house import VN, Case, clock_face, procedure, step, t

HOUR = 3600
ASKED = "2026-03-18 10:00"


def late_and_asked(**more):
    """Ten working days from Monday 2 March; asked for papers two days after they had passed."""
    case = Case(procedure(step("appraise", may_request_supplement=True), **more)).received("2026-03-02 08:00")
    case.waited("2026-03-17 17:00")
    case.act(co.RequestSupplement, ASKED, "land", papers=("form",), reason="illegible")
    return case


def late(case, at):
    dossier = case.dossier
    return running_late(dossier, dossier.due, judged_at(dossier, t(at)), VN)


def test_what_was_late_when_its_clock_stopped_is_late_by_what_it_was_then():
    case = late_and_asked()
    assert clock_face(case.dossier.due) == "2026-03-16 17:00"
    assert {late(case, at) for at in (ASKED, "2026-03-18 16:00", "2026-03-26 09:00")} == {8 * HOUR + 9_000}
    assert clock_face(still_since(case.dossier, t("2026-03-26 09:00"))) == ASKED
    assert still_since(case.dossier, t("2026-03-18 09:59")) is None


def test_lateness_goes_on_from_there_when_the_clock_does():
    case = late_and_asked()
    case.act(co.ReceiveSupplement, "2026-03-25 07:30", "desk", papers=("form",))
    assert clock_face(case.dossier.due) == "2026-03-16 17:00"
    assert still_since(case.dossier, t("2026-03-25 07:30")) is None
    assert late(case, "2026-03-25 08:30") == 9 * HOUR + 9_000
    assert late(case, "2026-03-20 08:30") == 8 * HOUR + 9_000  # looked back at


def test_where_a_supplement_restarts_the_term_none_is_in_force_until_it_comes_and_the_fact_stays():
    case = late_and_asked(effect=SupplementEffect.RESTART)
    assert case.dossier.due is None
    assert any(mark.startswith("passed:legal") for mark, _ in case.dossier.marks)
    case.act(co.ReceiveSupplement, "2026-03-25 07:30", "desk", papers=("form",))
    assert case.dossier.due > t("2026-03-25 07:30")


@pytest.mark.parametrize(("at", "stands"), [("2026-03-03 12:00", True), ("2026-03-20 12:00", False)])
def test_a_stop_beyond_its_cap_stops_nothing(at, stands):
    case = Case(procedure(step("appraise"))).received("2026-03-02 08:00")
    case.act(co.PauseClock, "2026-03-03 08:00", "desk", ground="force_majeure", reason="flood", document_no="1")
    assert (still_since(case.dossier, t(at)) is not None) == stands
    assert case.hold("appraise").work is Work.STEP
