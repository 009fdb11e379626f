"""What a new calendar makes of one dossier's due instants, by the rules alone."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import commands as co
from engine import events as ev
from engine.calendar import DatedDay, WorkingCalendar
from engine.calendar_facts import CalendarFacts
from engine.dossier import evolve
from engine.legal import hold_due, legal_due
from engine.limits import parse_limit
from engine.procedure import ApplicantWait, Edge, Posting, WaitFor
from engine.reprojection import Reprojection, reprojection
from engine.rules import Rules

from .house import SOURCE, VN, Case, clock_face, name, procedure, step, t
from .test_custody import histories


def with_days_off(*days: date) -> WorkingCalendar:
    more = tuple(DatedDay(day=day, name_vi="bão", name_en="storm", source="a decree") for day in days)
    values = {field: getattr(VN.facts, field) for field in CalendarFacts.__dataclass_fields__}
    values["days_off"] = tuple(sorted((*VN.facts.days_off, *more), key=lambda dated: dated.day))
    return WorkingCalendar.of(CalendarFacts(**values))


STORM = with_days_off(date(2026, 9, 14))


def under(case: Case, calendar: WorkingCalendar) -> Rules:
    return Rules(procedure=case.rules.procedure, calendars={"vn": calendar}, directory=case.rules.directory)


def project(case: Case, at: str, calendar: WorkingCalendar = STORM) -> Reprojection:
    return reprojection(case.dossier, case.rules, under(case, calendar), t(at))


def journal(case: Case, found: Reprojection, at: str) -> None:
    for move in found.moves:
        fact = ev.DueChanged(occurred_at=t(at), recorded_at=t(at), hold=move.hold, before=move.before, after=move.after)
        evolve(case.dossier, fact)


def told(found: Reprojection) -> list[tuple[int, str, str, str]]:
    return [(move.hold, move.step, clock_face(move.before), clock_face(move.after)) for move in found.moves]


def test_the_legal_term_and_the_open_hold_move_with_the_calendar() -> None:
    case = Case(procedure(step("check", limit=parse_limit("6 working days")))).received("2026-09-07 08:00")
    assert told(project(case, "2026-09-08 08:00")) == [
        (0, "", "2026-09-21 17:00", "2026-09-22 17:00"),
        (1, "check", "2026-09-15 08:00", "2026-09-16 08:00"),
    ]


def test_a_hold_that_ends_before_the_new_day_off_stays() -> None:
    case = Case(procedure(step("check", limit=parse_limit("2 working days")))).received("2026-09-07 08:00")
    assert [move.hold for move in project(case, "2026-09-08 08:00").moves] == [0]


def test_it_is_told_who_becomes_late_and_who_no_longer_is() -> None:
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    (saved,) = project(case, "2026-09-22 08:00").moves
    assert (saved.late_before, saved.late_after, saved.no_longer_late) == (True, False, True)
    journal(case, project(case, "2026-09-08 08:00"), "2026-09-08 08:00")
    (lost,) = reprojection(case.dossier, under(case, STORM), case.rules, t("2026-09-22 08:00")).moves
    assert (lost.becomes_late, lost.no_longer_late) == (True, False)
    assert not project(case, "2026-09-23 08:00").moves


def test_what_stands_still_has_nothing_to_move_and_the_new_calendar_counts_when_it_runs_again() -> None:
    case = Case(procedure(step("check", may_request_supplement=True))).received("2026-09-07 08:00")
    case.act(co.RequestSupplement, "2026-09-08 08:00", "land", papers=("form",), reason="unreadable")
    assert project(case, "2026-09-08 09:00") == Reprojection()
    case.rules = under(case, STORM)
    case.act(co.ReceiveSupplement, "2026-09-10 08:00", "desk", papers=("form",))
    assert clock_face(case.dossier.due) == "2026-09-24 17:00"


def test_what_has_ended_or_was_never_received_has_nothing_to_move() -> None:
    case = Case(procedure(step("check")))
    case.act(co.Submit, "2026-09-07 08:00", "desk", dossier_id="d1", procedure="9.000001", applicant="a1")
    assert project(case, "2026-09-08 08:00") == Reprojection()
    done = Case(procedure(step("check"))).received("2026-09-07 08:00")
    done.act(co.FinishStep, "2026-09-07 09:00", "land")
    done.moved("2026-09-07 09:00")
    assert project(done, "2026-09-08 08:00") == Reprojection()


def test_the_promised_new_date_stays() -> None:
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    promised = t("2026-09-25 17:00")
    case.act(co.IssueApology, "2026-09-08 08:00", "land", promised=promised, reason="survey late")
    journal(case, project(case, "2026-09-08 09:00"), "2026-09-08 09:00")
    assert (clock_face(case.dossier.due), case.dossier.promised) == ("2026-09-22 17:00", promised)


def test_a_posting_ends_when_its_moved_term_does() -> None:
    post = Posting(
        code="post",
        title=name("post"),
        role="land",
        length=parse_limit("7 calendar days"),
        source=SOURCE,
        stops_clock=True,
        edges=(Edge(target="sign"),),
    )
    case = Case(procedure(post, step("sign"))).received("2026-09-07 08:00")
    found = project(case, "2026-09-08 08:00")
    assert told(found) == [(1, "post", "2026-09-14 17:00", "2026-09-15 17:00")]
    journal(case, found, "2026-09-08 08:00")
    case.rules = under(case, STORM)
    done = next(fact for fact in case.waited("2026-09-20 08:00") if isinstance(fact, ev.PostingEnded))
    assert clock_face(done.occurred_at) == "2026-09-15 17:00"


def test_the_applicants_time_to_answer_moves_too() -> None:
    confirm = ApplicantWait(
        code="confirm",
        title=name("confirm"),
        purpose=WaitFor.CONFIRM,
        edges=(Edge(target="sign"),),
        limit=parse_limit("6 working days"),
        on_silence="done",
    )
    case = Case(procedure(confirm, step("sign"))).received("2026-09-07 08:00")
    assert told(project(case, "2026-09-08 08:00"))[1:] == [(1, "confirm", "2026-09-15 17:00", "2026-09-16 17:00")]


def test_a_recorded_due_instant_that_follows_from_neither_calendar_is_left_alone() -> None:
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    odd = ev.DueChanged(occurred_at=0, recorded_at=0, before=case.dossier.due, after=t("2026-10-01 17:00"))
    evolve(case.dossier, odd)
    assert project(case, "2026-09-08 08:00") == Reprojection(unexplained=(0,))


def test_a_calendar_that_ended_too_early_before_does_not_hinder() -> None:
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    journal(case, project(case, "2026-09-08 08:00"), "2026-09-08 08:00")
    values = {field: getattr(VN.facts, field) for field in CalendarFacts.__dataclass_fields__}
    soon = date(2026, 9, 10)
    kept = {part: tuple(day for day in values[part] if day.day <= soon) for part in ("days_off", "worked_days")}
    short = WorkingCalendar.of(CalendarFacts(**(values | kept | {"last_day": soon, "confirmed_through": soon})))
    back = reprojection(case.dossier, under(case, short), case.rules, t("2026-09-08 08:00"))
    assert told(back) == [(0, "", "2026-09-22 17:00", "2026-09-21 17:00")]


@settings(max_examples=100, deadline=None)
@given(histories(), st.sets(st.dates(date(2026, 8, 24), date(2026, 11, 20)), max_size=12))
def test_once_journaled_every_due_instant_is_that_of_the_new_calendar_and_nothing_is_left(
    history: tuple[Case, int], off: set[date]
) -> None:
    case, at = history
    taken = {dated.day for dated in (*VN.facts.days_off, *VN.facts.worked_days)}
    calendar = with_days_off(*(off - taken))
    after = under(case, calendar)
    found = reprojection(case.dossier, case.rules, after, at)
    assert found.unexplained == ()
    journal(case, found, clock_face(at))
    assert reprojection(case.dossier, case.rules, after, at) == Reprojection()
    if case.dossier.is_open:
        assert case.dossier.due == legal_due(case.dossier, after)
        for hold in case.dossier.holds_now():
            assert hold.due == hold_due(case.dossier, hold, after)
