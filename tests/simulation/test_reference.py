"""The slow simulator by hand: small offices whose every instant can be reckoned with a pencil."""

from dataclasses import replace

import pytest

from engine import events as ev
from engine.dossier import replay
from engine.expire import expire
from engine.limits import parse_limit
from engine.procedure import ApplicantWait, Edge, OnSilence, SubProcedure, WaitFor
from engine.simulation.chance import Purpose
from engine.simulation.model import (
    Applicants,
    Autonomy,
    Conduct,
    Desk,
    Discipline,
    Draw,
    Policy,
    Treatment,
)
from tests.engine.house import VN, clock_face, kinds, name, procedure, step, t
from tests.simulation.reference import World, dossier_id, lived
from tests.simulation.small import (
    CHECK,
    HOUR,
    arrivals,
    asking,
    at_work,
    chance,
    consulting,
    kind,
    model,
    posting,
    times,
)
from tests.simulation.worlds import world


def test_one_officer_works_one_dossier_after_the_other_over_lunch_and_the_weekend():
    lives = lived(
        model(kind(CHECK, {"check": 3})),
        arrivals("2026-09-10 10:00", "2026-09-10 10:10", "2026-09-11 15:30", "2026-09-12 09:00"),
    )
    assert [at_work(facts) for facts in lives] == [
        ["2026-09-10 10:00", "2026-09-10 14:30"],
        ["2026-09-10 14:30", "2026-09-11 08:00"],
        ["2026-09-11 15:30", "2026-09-14 09:00"],
        ["2026-09-14 09:00", "2026-09-14 13:30"],
    ]
    assert [times(facts, ev.Received) for facts in lives] == [
        ["2026-09-10 10:00"],
        ["2026-09-10 10:10"],
        ["2026-09-11 15:30"],
        ["2026-09-14 07:30"],
    ]


def test_ids_applicants_and_numbers_of_the_day_follow_from_the_order():
    lives = lived(model(kind(CHECK)), arrivals("2026-09-10 10:00", "2026-09-10 10:10", "2026-09-11 09:00"))
    assert [facts[0].dossier_id for facts in lives] == [dossier_id(number) for number in range(3)]
    assert [facts[0].applicant for facts in lives] == ["s-0", "s-1", "s-2"]
    assert dossier_id(0) == "00000000-0000-0000-0000-000000000001"
    assert [int(facts[1].dossier_no.split("-")[-1]) for facts in lives] == [1, 2, 1]


def test_three_dossiers_wait_for_two_officers_and_who_was_idle_longest_is_next():
    lives = lived(
        model(kind(CHECK, {"check": 1}), officers=2),
        arrivals("2026-09-10 08:00", "2026-09-10 08:10", "2026-09-10 08:20", "2026-09-10 10:30"),
    )
    assert [at_work(facts) for facts in lives] == [
        ["2026-09-10 08:00", "2026-09-10 09:00"],
        ["2026-09-10 08:10", "2026-09-10 09:10"],
        ["2026-09-10 09:00", "2026-09-10 10:00"],
        ["2026-09-10 10:30", "2026-09-10 11:30"],
    ]
    taken = [fact.by for facts in lives for fact in facts if isinstance(fact, ev.TakenUp)]
    assert taken == ["land.1", "land.2", "land.1", "land.2"]


@pytest.mark.parametrize(
    ("discipline", "last"),
    [(Discipline.FIFO, 2), (Discipline.EARLIEST_DUE, 1), (Discipline.SHORTEST, 1), (Discipline.PRIORITY, 1)],
)
def test_what_is_urgent_overtakes(discipline, last):
    slow = kind(procedure(step("check", limit=parse_limit("5 working days"))), {"check": 2}, priority=2)
    fast = kind(procedure(step("check", limit=parse_limit("1 working day"))), {"check": 1}, priority=1)
    lives = lived(
        model(slow, fast, discipline=discipline),
        arrivals("2026-09-10 07:30", "2026-09-10 07:40", "2026-09-10 07:50", variants=[0, 0, 1]),
    )
    began = [times(facts, ev.TakenUp)[0] for facts in lives]
    assert began.index(max(began)) == last
    assert min(began[1:]) == "2026-09-10 09:30"


def test_while_the_applicant_completes_his_dossier_the_officer_does_another():
    asks = {"check": Treatment(service=Draw(a=4 * HOUR), supplement=1.0)}
    applicants = Applicants(supplement_time=Draw(a=8 * HOUR), collects=0.0)
    asking = kind(procedure(step("check", may_request_supplement=True)), treatments=asks, applicants=applicants)
    lives = lived(model(asking), arrivals("2026-09-07 07:30", "2026-09-07 10:00"))
    assert times(lives[0], ev.SupplementRequested, ev.SupplementReceived) == ["2026-09-07 11:30", "2026-09-08 11:30"]
    assert at_work(lives[0]) == ["2026-09-07 07:30", "2026-09-08 14:00"]
    assert times(lives[1], ev.TakenUp, ev.SupplementRequested) == ["2026-09-07 13:00", "2026-09-07 17:00"]


def test_papers_asked_for_at_intake_are_brought_and_looked_at_again():
    intake = Desk(service=Draw(a=HOUR), supplement=1.0)
    applicants = Applicants(supplement_time=Draw(a=2 * HOUR), collects=0.0)
    lives = lived(model(kind(CHECK, intake=intake, applicants=applicants)), arrivals("2026-09-07 08:00"))
    assert times(lives[0], ev.SupplementRequested, ev.SupplementReceived, ev.Received) == [
        "2026-09-07 09:00",
        "2026-09-07 11:00",
        "2026-09-07 13:30",
    ]


def test_the_lead_concludes_after_the_silence_of_an_agency():
    (facts,) = lived(model(consulting(asking(), tax=1.0)), arrivals("2026-09-07 08:00"))
    assert times(facts, ev.OpinionGiven) == ["2026-09-07 10:00"]
    assert times(facts, ev.OpinionSilent) == ["2026-09-09 17:00"]
    assert at_work(facts) == ["2026-09-07 08:00", "2026-09-10 07:30", "2026-09-10 08:30"]


def test_where_all_answer_the_machine_concludes_and_where_silence_blocks_nobody_does():
    (facts,) = lived(model(consulting(asking())), arrivals("2026-09-07 08:00"))
    assert times(facts, ev.StepDone, ev.ResultDecided) == ["2026-09-07 10:00", "2026-09-07 10:00"]
    (facts,) = lived(model(consulting(asking(OnSilence.BLOCK), tax=1.0)), arrivals("2026-09-07 08:00"))
    assert times(facts, ev.StepDone) == []


def test_a_posting_runs_its_length_or_until_somebody_objects():
    (facts,) = lived(model(posting()), arrivals("2026-09-07 08:00"))
    started = next(fact for fact in facts if isinstance(fact, ev.PostingStarted))
    assert kinds(facts)[-1] == "ResultDecided"
    assert facts[-1].occurred_at == started.until
    (facts,) = lived(model(posting(objection=1.0)), arrivals("2026-09-07 08:00"))
    opened = t("2026-09-07 08:00")
    assert kinds(facts)[-1] == "ResultDenied"
    assert facts[-1].occurred_at == opened + int(chance(Purpose.OBJECTION_TIME, "post", 1) * (started.until - opened))


def test_a_loop_at_its_cap_is_left_by_another_way_or_the_dossier_stays_for_ever():
    again = Edge(target="check", outcome="again")
    check = step("check", max_entries=2, edges=(Edge(target="review"),))
    turning = {"review": Treatment(outcomes={"again": 1.0})}
    both = procedure(check, step("review", edges=(again, Edge(target="granted"))))
    (facts,) = lived(model(kind(both, treatments=turning)), arrivals("2026-09-07 08:00"))
    assert [fact.outcome for fact in facts if isinstance(fact, ev.StepDone)] == ["done", "again", "done", "done"]
    only = procedure(check, step("review", edges=(again,)))
    (facts,) = lived(model(kind(only, treatments=turning)), arrivals("2026-09-07 08:00"))
    assert [fact.outcome for fact in facts if isinstance(fact, ev.StepDone)] == ["done", "again", "done"]
    assert not any(isinstance(fact, ev.ResultDecided) for fact in facts)


LIMITED = procedure(step("check", limit=parse_limit("3 working days")))


def test_an_agency_that_sits_on_dossiers_begins_when_half_an_hour_more_than_the_work_is_left():
    sits = Policy(agency="land", conduct=Conduct.SITS, strength=1.0)
    (facts,) = lived(model(kind(LIMITED, {"check": 2}), policies=[sits]), arrivals("2026-09-07 08:00"))
    assert at_work(facts) == ["2026-09-09 15:00", "2026-09-09 17:00"]


def test_an_agency_that_forwards_at_expiry_does_so_within_the_last_hour():
    forwards = Policy(agency="land", conduct=Conduct.FORWARDS_AT_EXPIRY, strength=1.0)
    (facts,) = lived(model(kind(LIMITED, {"check": 2}), policies=[forwards]), arrivals("2026-09-07 08:00"))
    left = int(chance(Purpose.POLICY_LENGTH, "check", 1) * HOUR)
    morning = t("2026-09-10 08:00") - left
    expected = morning if left < HOUR / 2 else t("2026-09-09 17:00") - (left - 1800)
    assert [fact.occurred_at for fact in facts if isinstance(fact, ev.TakenUp | ev.StepDone)] == [expected, expected]


def test_a_dossier_withdrawn_on_advice_comes_back_after_half_an_hour():
    advises = Policy(agency="land", conduct=Conduct.ASKS_TO_WITHDRAW, strength=1.0)
    made = model(kind(LIMITED, {"check": 200}), policies=[advises], until="2026-09-25 00:00")
    lives = lived(made, arrivals("2026-09-07 08:00"))
    due = next(fact.due for fact in lives[0] if isinstance(fact, ev.Received))
    assert [fact.occurred_at for fact in lives[0] if isinstance(fact, ev.Withdrawn)] == [
        VN.subtract_seconds(due, 4 * HOUR)
    ]
    assert lives[1][0].occurred_at == VN.subtract_seconds(due, 4 * HOUR) + 1800
    assert (lives[1][0].applicant, lives[1][0].dossier_id) == ("s-0", dossier_id(1))


def test_ping_pong_goes_on_three_times():
    back = Policy(agency="land", conduct=Conduct.PING_PONG, strength=1.0, partner="tax")
    forth = Policy(agency="tax", conduct=Conduct.PING_PONG, strength=1.0)
    (facts,) = lived(model(kind(CHECK, {"check": 1}), policies=[back, forth]), arrivals("2026-09-07 07:30"))
    assert [fact.to_agency for fact in facts if isinstance(fact, ev.Transferred)] == ["tax", "land"] * 3
    assert times(facts, ev.StepDone) == ["2026-09-07 16:00"]


def test_a_needless_opinion_is_waited_for_and_a_quarter_of_the_work_remains():
    asks = Policy(agency="land", conduct=Conduct.NEEDLESS_OPINION, strength=1.0, partner="tax")
    (facts,) = lived(model(kind(CHECK, {"check": 2}), policies=[asks]), arrivals("2026-09-07 07:30"))
    assert times(facts, ev.OpinionRequested, ev.OpinionGiven) == ["2026-09-07 09:30", "2026-09-07 15:00"]
    assert times(facts, ev.StepDone) == ["2026-09-07 15:30"]


def test_a_step_is_referred_up_once_and_papers_are_asked_for_needlessly():
    up = Policy(agency="land", conduct=Conduct.REFERS_UP, strength=1.0)
    (facts,) = lived(model(kind(CHECK, {"check": 1}), policies=[up]), arrivals("2026-09-07 07:30"))
    moved = [(fact.to_agency, fact.reason) for fact in facts if isinstance(fact, ev.Transferred)]
    assert moved == [("desk", "referred up")]
    assert times(facts, ev.StepDone) == ["2026-09-07 09:30"]
    papers = Policy(agency="land", conduct=Conduct.NEEDLESS_SUPPLEMENT, strength=1.0)
    asks = kind(procedure(step("check", may_request_supplement=True)), {"check": 4})
    (facts,) = lived(model(asks, policies=[papers]), arrivals("2026-09-07 07:30"))
    assert times(facts, ev.SupplementRequested, ev.SupplementReceived) == ["2026-09-07 11:30", "2026-09-07 11:30"]
    assert times(facts, ev.StepDone) == ["2026-09-07 14:00"]


def test_a_desk_that_registers_late_lets_the_submission_lie():
    late = Policy(agency="desk", conduct=Conduct.REGISTERS_LATE, strength=1.0, length=Draw(a=9 * HOUR))
    (facts,) = lived(model(kind(CHECK), policies=[late]), arrivals("2026-09-07 08:00"))
    assert times(facts, ev.Submitted, ev.Received) == ["2026-09-07 08:00", "2026-09-08 09:00"]


def test_the_clock_is_stopped_half_a_day_before_the_term_and_runs_on_after_a_while():
    stops = Policy(agency="land", conduct=Conduct.STOPS_CLOCK, strength=1.0, length=Draw(a=16 * HOUR))
    (facts,) = lived(model(kind(CHECK, {"check": 200}), policies=[stops]), arrivals("2026-09-07 08:00"))
    due = next(fact.due for fact in facts if isinstance(fact, ev.Received))
    paused, resumed = (next(f for f in facts if isinstance(f, one)) for one in (ev.ClockPaused, ev.ClockResumed))
    assert (paused.occurred_at, paused.reason, paused.by) == (VN.subtract_seconds(due, 4 * HOUR), "paused", "land.1")
    assert resumed.occurred_at == VN.add_seconds(paused.occurred_at, 16 * HOUR)


def test_a_result_is_closed_in_the_books_before_its_term_and_handed_out_later():
    closes = Policy(agency="land", conduct=Conduct.CLOSES_EARLY, strength=1.0, length=Draw(a=8 * HOUR))
    made = kind(CHECK, {"check": 200}, applicants=Applicants(collection_time=Draw(a=HOUR)))
    (facts,) = lived(model(made, policies=[closes]), arrivals("2026-09-07 08:00"))
    due = next(fact.due for fact in facts if isinstance(fact, ev.Received))
    done = next(fact.occurred_at for fact in facts if isinstance(fact, ev.ResultDecided))
    assert done == VN.subtract_seconds(due, HOUR // 2)
    assert facts[-1] == ev.ResultIssued(
        occurred_at=VN.add_seconds(done, 9 * HOUR),
        recorded_at=VN.add_seconds(done, 9 * HOUR),
        by="desk.1",
        agency="desk",
    )


def test_apology_and_extension_come_when_they_are_due_soon():
    desk = Desk(apologises=1.0, apology=Draw(a=12 * HOUR), extends=1.0)
    (facts,) = lived(model(kind(CHECK, {"check": 100}, intake=desk)), arrivals("2026-09-07 08:00"))
    owed = [fact.occurred_at for fact in facts if isinstance(fact, ev.DueSoon) and fact.apology_due]
    near = [fact.occurred_at for fact in facts if isinstance(fact, ev.DueSoon) and not fact.apology_due]
    apology = next(fact for fact in facts if isinstance(fact, ev.ApologyIssued))
    extended = next(fact for fact in facts if isinstance(fact, ev.LimitExtended))
    due = next(fact.due for fact in facts if isinstance(fact, ev.Received))
    assert (apology.occurred_at, apology.reason, extended.reason) == (owed[0], "delayed", "extended")
    assert extended.occurred_at == near[0]
    assert apology.promised == VN.closing(VN.local_date(VN.add_seconds(due, 12 * HOUR)))


def test_who_withdraws_does_so_some_time_after_receipt():
    applicants = Applicants(withdraws=1.0, withdrawal_time=Draw(a=10 * HOUR), unasked=1.0)
    (facts,) = lived(model(kind(CHECK, {"check": 60}, applicants=applicants)), arrivals("2026-09-07 08:00"))
    withdrawn = next(fact for fact in facts if isinstance(fact, ev.Withdrawn))
    assert (clock_face(withdrawn.occurred_at), withdrawn.by, withdrawn.requested) == (
        "2026-09-08 10:00",
        "desk.1",
        False,
    )
    assert kinds(facts)[-1] == "RuleBreached"
    asked = replace(applicants, unasked=0.0)
    (facts,) = lived(model(kind(CHECK, {"check": 60}, applicants=asked)), arrivals("2026-09-07 08:00"))
    assert (facts[-1].by, facts[-1].requested) == (ev.APPLICANT, True)


@pytest.mark.parametrize(
    ("autonomy", "third"),
    [
        (Autonomy.PULL, ("2026-09-10 09:05", "land.2")),
        (Autonomy.PUSH, ("2026-09-10 13:30", "land.1")),
        (Autonomy.CENTRAL, ("2026-09-10 09:05", "land.2")),
    ],
)
def test_pushed_work_waits_for_its_officer_though_another_is_idle(autonomy, third):
    long, short = kind(CHECK, {"check": 4}), kind(CHECK, {"check": 1})
    lives = lived(
        model(long, short, officers=2, autonomy=autonomy),
        arrivals("2026-09-10 08:00", "2026-09-10 08:05", "2026-09-10 08:10", variants=[0, 1, 0]),
    )
    taken = next(fact for fact in lives[2] if isinstance(fact, ev.TakenUp))
    assert (clock_face(taken.occurred_at), taken.by) == third


def test_officers_know_how_long_they_were_busy():
    made = World(model(kind(CHECK, {"check": 3})), arrivals("2026-09-10 10:00", "2026-09-11 15:30"))
    made.lived()
    assert {worker.officer.code: worker.busy for worker in made.workers}["land.1"] == 6 * HOUR


def test_an_applicant_pays_after_a_while_and_collects_his_result():
    pay = ApplicantWait(code="pay", title=name("pay"), purpose=WaitFor.PAY, edges=(Edge(target="granted"),))
    applicants = Applicants(collection_time=Draw(a=2 * HOUR))
    (facts,) = lived(model(kind(procedure(pay), {"pay": 5}, applicants=applicants)), arrivals("2026-09-11 15:00"))
    assert times(facts, ev.FinancialObligationMet, ev.ResultIssued) == ["2026-09-14 10:30", "2026-09-14 14:00"]


def test_a_sub_dossier_is_received_at_once_and_its_end_is_told_at_once():
    node = SubProcedure(
        code="sub",
        title=name("sub"),
        role="land",
        procedure="9.000002",
        edges=(Edge(target="granted"), Edge(target="denied", outcome="denied")),
    )
    other = replace(procedure(step("look", "tax")), code="9.000002")
    part = kind(other, {"look": 2}, desk="land", only_as_part=True)
    lives = lived(model(kind(procedure(node)), part), arrivals("2026-09-07 08:00"))
    assert kinds(lives[1])[:2] == ["Submitted", "Received"]
    assert (lives[1][0].root, lives[1][0].root_hold, lives[1][0].applicant) == (dossier_id(0), 1, "s-0")
    assert times(lives[1], ev.Received, ev.ResultDecided) == ["2026-09-07 08:00", "2026-09-07 10:00"]
    assert times(lives[0], ev.SubDossierStarted, ev.SubDossierEnded) == ["2026-09-07 08:00", "2026-09-07 10:00"]
    assert kinds(lives[0])[-1] == "ResultDecided"


@pytest.mark.parametrize("code", ["1.013978", "1.009645", "3.000722", "nl.wabo_permit"])
@pytest.mark.parametrize("autonomy", Autonomy)
def test_every_life_replays_and_time_has_nothing_to_add(code, autonomy):
    made, submitted = world([code], seed=3, policies=20, busy=2.0, autonomy=autonomy)
    lives = World(made, submitted)
    facts = lives.lived()
    assert len(facts) >= len(submitted.at)
    for number, life in lives.lives.items():
        assert life.facts == facts[number]
        assert replay(life.facts) == life.dossier
        assert expire(life.dossier, life.rules, made.until - 1) == []


@pytest.mark.parametrize("autonomy", Autonomy)
def test_no_officer_has_two_pieces_in_hand_and_all_begin_in_office_time(autonomy):
    made, submitted = world(["1.000656", "1.013978"], seed=5, autonomy=autonomy, busy=3.0)
    lives = World(made, submitted)
    begun = []
    begin = lives.offices._begin

    def watched(worker, piece, at):
        begun.append((worker.index, at, worker.officer.calendar.is_open(at)))
        assert worker.piece is piece
        begin(worker, piece, at)

    lives.offices._begin = watched
    lives.lived()
    assert len(begun) > 50
    assert all(is_open for *_, is_open in begun)


def test_the_same_dossier_makes_the_same_choices_where_there_are_more_officers():
    made, submitted = world(["1.001193"], seed=11)
    more = replace(made, offices=tuple(replace(office, discipline=Discipline.EARLIEST_DUE) for office in made.offices))

    def first_choices(facts):
        return [next((f.outcome for f in life if isinstance(f, ev.StepDone)), "") for life in facts]

    before, after = first_choices(lived(made, submitted)), first_choices(lived(more, submitted))
    assert [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1] and all(pair)] == []
