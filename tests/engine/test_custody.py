"""Whose time a life was: it tiles, each second has the owner the rules give it, and it agrees with the clock."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import commands as co
from engine import events as ev
from engine.advance import StuckError
from engine.commands import Command
from engine.counting import unit_seconds
from engine.custody import authority_of, custody
from engine.dossier import Dossier, Work, replay
from engine.errors import NotAllowedError
from engine.ledger import Segment, TimeKind, totals
from engine.legal import legal_clock
from engine.limits import parse_limit
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Consulted,
    Edge,
    Join,
    OnSilence,
    Posting,
    Procedure,
    Split,
    SupplementEffect,
    WaitFor,
    WindowOver,
)

from .house import SOURCE, VN, Case, clock_face, directory, ended, name, procedure, step, t

HOUR = 3600
WAITS = {Work.APPLICANT, Work.POSTING}


def to(*targets: str) -> tuple[Edge, ...]:
    return tuple(Edge(target=target) for target in targets)


def pay(**more) -> ApplicantWait:
    given_ = {"stops_clock": True, "ground": "financial_obligation"} | more
    return ApplicantWait(code="pay", title=name("pay"), purpose=WaitFor.PAY, **({"edges": to("sign")} | given_))


def whole_life(*, stops: bool, limit: str, effect: SupplementEffect, over: WindowOver) -> Procedure:
    """Everything a dossier can meet: branches, opinions, a posting, payment, a way back."""
    asked = (
        Consulted(role="tax", limit=parse_limit("2 working days"), on_silence=OnSilence.ESCALATE, source=SOURCE),
        Consulted(role="police", limit=parse_limit("1 working day"), on_silence=OnSilence.DEEMED_AGREE, source=SOURCE),
    )
    return procedure(
        step("take_in", "desk", edges=to("split")),
        Split(code="split", title=name("split"), edges=to("check", "ask", "confirm")),
        step("check", may_request_supplement=True, limit=parse_limit("3 working days"), edges=to("meet")),
        Consultation(
            code="ask",
            title=name("ask"),
            role="land",
            consulted=asked,
            edges=(Edge(target="meet", outcome="agreed"), Edge(target="meet", outcome="disagreed")),
        ),
        ApplicantWait(code="confirm", title=name("confirm"), purpose=WaitFor.CONFIRM, edges=to("meet")),
        Join(code="meet", title=name("meet"), edges=to("post")),
        Posting(
            code="post",
            title=name("post"),
            role="land",
            length=parse_limit("3 calendar days"),
            source=SOURCE,
            stops_clock=stops,
            edges=(Edge(target="pay"), Edge(target="denied", outcome="objection")),
        ),
        pay(stops_clock=stops, ground="financial_obligation" if stops else ""),
        step(
            "sign", "police", may_request_supplement=True, send_back_to=("check",), limit=parse_limit("1 working day")
        ),
        limit=limit,
        effect=effect,
        on_window_over=over,
    )


def acts(case: Case, at: int) -> list[Command]:
    """Every act that may make sense now; the engine says which do."""
    found: list[Command] = []

    def said(agency: str, **more):
        return {"at": at, "by": f"{agency}.1", "agency": agency, "reason": "why"} | more

    if case.dossier.received_at is None:
        found += [co.Receive(**said("desk", serial=1)), co.RequestSupplement(**said("desk", papers=("form",)))]
    for hold in case.dossier.holds_now():
        named = said(hold.agency or "desk", hold=hold.number)
        match hold.work:
            case Work.STEP:
                found += [
                    co.FinishStep(**named),
                    co.RequestSupplement(**named, papers=("form",)),
                    co.SendBack(**named, to_step="check"),
                    co.Transfer(**named, to_agency="police" if hold.agency == "land" else "land"),
                    co.RequestOpinion(**named, consulted="tax", limit="1 working day"),
                ]
            case Work.OPINION:
                found += [co.GiveOpinion(**named, position="agree"), co.GiveOpinion(**named, position="disagree")]
            case Work.CONSULTATION:
                found.append(co.FinishStep(**named, outcome="agreed"))
            case Work.APPLICANT:
                found.append(co.ConfirmByApplicant(**said("desk", hold=hold.number)))
            case Work.POSTING:
                found.append(co.RecordObjection(**named))
            case _:
                pass
    found += [
        co.ReceiveSupplement(**said("desk", papers=("form",))),
        co.PauseClock(**said("desk", ground="force_majeure")),
        co.ResumeClock(**said("desk")),
        co.ExtendLimit(**said("desk")),
        co.Reopen(**said("desk", step="check")),
        co.Withdraw(at=at, by=ev.APPLICANT, requested=True),
    ]
    return found


ONWARDS = (co.Receive, co.FinishStep, co.GiveOpinion, co.ConfirmByApplicant, co.ReceiveSupplement)


def do(case: Case, command: Command) -> None:
    given_ = {field: getattr(command, field) for field in command.__struct_fields__ if field != "at"}
    agency = given_.pop("agency")
    try:
        case.act(type(command), clock_face(command.at), agency, **given_)
    except NotAllowedError:
        return


PROCEDURES = [
    whole_life(stops=stops, limit=limit, effect=effect, over=over)
    for stops in (True, False)
    for limit in ("10 working days", "20 office hours", "12 calendar days")
    for effect in SupplementEffect
    for over in (WindowOver.WAIT, WindowOver.STOP)
]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Case, int]:
    """A dossier on a random way, and an instant at or after the last thing that happened to it."""
    case = Case(draw(st.sampled_from(PROCEDURES)))
    at = t("2026-08-20 07:00") + 60 * draw(st.integers(0, 10 * 24 * 60))
    submitted = {"dossier_id": "d1", "procedure": "9.000001", "applicant": "a1"}
    case.act(co.Submit, clock_face(at), "desk", **submitted)
    for _ in range(draw(st.integers(0, 24))):
        at += 60 * draw(st.sampled_from([0, 1, 7, 60, 300, 24 * 60, 3 * 24 * 60]) | st.integers(0, 5_000))
        case.waited(clock_face(at))
        found = acts(case, at)[: None if draw(st.integers(0, 19)) == 0 else -1]
        onwards = [act for act in found if isinstance(act, ONWARDS)]
        do(case, draw(st.sampled_from(onwards if onwards and draw(st.booleans()) else found)))
        at += 60 * draw(st.sampled_from([0, 0, 1, 45]))
        try:
            case.waited(clock_face(at))
        except StuckError:
            break
    return case, at


def expected(dossier: Dossier, at: int, own: frozenset[str]) -> tuple[TimeKind, bool]:
    """Whose the second at ``at`` is, and whether the clock stands still: the rules once more, second by second."""
    waits = {hold.opened_at: hold.work for hold in dossier.holds.values() if hold.work in WAITS}
    stops = [
        stop
        for stop in dossier.stops
        if stop.since <= at and (stop.until if stop.until is not None else stop.cap_until or at + 1) > at
    ]
    if stops:
        applicants = {"supplement", "financial_obligation"}
        is_his = any(s.ground in applicants or waits.get(s.since) is Work.APPLICANT for s in stops)
        return (TimeKind.APPLICANT if is_his else TimeKind.NOBODY), True
    if dossier.received_at is None:
        asked = any(s.requested_at <= at and (s.received_at is None or at < s.received_at) for s in dossier.supplements)
        return (TimeKind.APPLICANT, True) if asked else (TimeKind.AUTHORITY, False)
    holds = [h for h in dossier.holds.values() if h.opened_at <= at and (h.closed_at is None or at < h.closed_at)]
    agencies = [hold for hold in holds if hold.work not in WAITS]
    if any(hold.work is Work.OPINION or hold.agency not in own for hold in agencies):
        return TimeKind.OTHER_AGENCY, False
    if agencies:
        return TimeKind.AUTHORITY, False
    is_his = any(hold.work is Work.APPLICANT for hold in holds)
    return (TimeKind.APPLICANT if is_his else TimeKind.NOBODY), False


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 20_000))
def test_a_life_is_tiled_and_every_second_has_its_owner(history: tuple[Case, int], later: int) -> None:
    case, last = history
    dossier, at = case.dossier, last + 60 * later
    tiles = custody(dossier, at)
    begun = dossier.received_at or dossier.submitted_at
    end = min(at, dossier.ended_at or at)
    assert all(one.until == other.since for one, other in pairwise(tiles))
    assert all(piece.since < piece.until for piece in tiles)
    if end > begun:
        assert (tiles[0].since, tiles[-1].until) == (begun, end)
    assert sum(totals(tiles).values()) == max(0, end - begun)
    assert sum(totals(tiles, VN).values()) == VN.seconds_between(begun, max(begun, end))
    own = authority_of(dossier)
    for piece in tiles:
        for moment in (piece.since, (piece.since + piece.until) // 2, piece.until - 1):
            assert (piece.kind, bool(piece.ground)) == expected(dossier, moment, own)
        if piece.kind in {TimeKind.AUTHORITY, TimeKind.OTHER_AGENCY}:
            assert piece.who


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 3_000))
def test_the_legal_clock_spends_exactly_the_tiles_without_a_ground(history: tuple[Case, int], later: int) -> None:
    case, last = history
    if case.dossier.ended_at is None:
        case.waited(clock_face(last + 60 * later))
    dossier = case.dossier
    at = dossier.ended_at or last + 60 * later
    clock = legal_clock(dossier, case.rules)
    if clock is None:
        return
    assert clock.spent(at) + clock.remaining(at) == clock.budget(at)
    if dossier.ended_at is None:
        assert clock.due_seconds == dossier.due
    term = next(term for term in reversed(clock.history) if term.start <= at)
    counted = [piece for piece in custody(dossier, at) if not piece.ground and piece.until > term.start]
    assert clock.spent(at) == sum(
        unit_seconds(VN, term.terms.limit, max(piece.since, term.start), piece.until) for piece in counted
    )


@given(histories())
def test_a_replayed_history_has_the_same_custody(history: tuple[Case, int]) -> None:
    case, last = history
    assert custody(replay(case.facts), last) == custody(case.dossier, last)


def table(case: Case, until: str, authority: frozenset[str] | None = None) -> list[tuple[str, str, str, str, str]]:
    return [
        (piece.kind.value, piece.who or piece.ground, piece.step, clock_face(piece.since), clock_face(piece.until))
        for piece in custody(case.dossier, t(until), authority)
    ]


def test_the_time_from_a_step_done_to_the_next_drive_is_nobodys() -> None:
    case = Case(procedure(step("check", edges=to("sign")), step("sign"))).received("2026-09-07 08:00")
    case.act(co.FinishStep, "2026-09-07 10:00", "land")
    case.moved("2026-09-07 10:02")
    assert table(case, "2026-09-07 11:00") == [
        ("authority", "land", "check", "2026-09-07 08:00", "2026-09-07 10:00"),
        ("nobody", "", "", "2026-09-07 10:00", "2026-09-07 10:02"),
        ("authority", "land", "sign", "2026-09-07 10:02", "2026-09-07 11:00"),
    ]


def test_an_opinion_is_the_time_of_the_agency_that_was_asked() -> None:
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    case.act(co.RequestOpinion, "2026-09-07 09:00", "land", consulted="tax", limit="2 working days")
    case.act(co.GiveOpinion, "2026-09-08 09:00", "tax", position="agree")
    tiles = custody(case.dossier, t("2026-09-08 11:30"))
    assert [(piece.kind.value, piece.who) for piece in tiles] == [
        ("authority", "land"),
        ("other_agency", "tax"),
        ("authority", "land"),
    ]
    assert totals(tiles, VN)[TimeKind.OTHER_AGENCY] == 8 * HOUR


@pytest.mark.parametrize("stops_clock", [True, False])
def test_waiting_for_payment_is_the_applicants_time_whether_or_not_it_stops_the_clock(stops_clock: bool) -> None:
    case = Case(procedure(pay(stops_clock=stops_clock), step("sign"))).received("2026-09-07 08:00")
    case.act(co.MeetFinancialObligation, "2026-09-09 08:00", "desk")
    case.moved("2026-09-09 08:00")
    first, second = custody(case.dossier, t("2026-09-09 10:00"))
    assert (first.kind, first.step) == (TimeKind.APPLICANT, "pay")
    assert first.ground == ("financial_obligation" if stops_clock else "")
    assert (second.kind, second.who) == (TimeKind.AUTHORITY, "land")


def test_beside_an_agency_at_work_a_wait_that_stops_nothing_is_not_the_applicants() -> None:
    made = procedure(
        Split(code="split", title=name("split"), edges=to("pay", "sign")),
        pay(stops_clock=False, ground="", edges=to("meet")),
        step("sign", edges=to("meet")),
        Join(code="meet", title=name("meet"), edges=to("granted")),
    )
    case = Case(made).received("2026-09-07 08:00")
    case.act(co.FinishStep, "2026-09-08 08:00", "land")
    assert table(case, "2026-09-09 08:00") == [
        ("authority", "land", "sign", "2026-09-07 08:00", "2026-09-08 08:00"),
        ("applicant", "", "pay", "2026-09-08 08:00", "2026-09-09 08:00"),
    ]


def test_before_receipt_the_desk_has_it_and_the_applicant_who_must_complete_it() -> None:
    case = Case(procedure(step("check")))
    case.act(co.Submit, "2026-09-07 08:00", "desk", dossier_id="d1", procedure="9.000001", applicant="a1")
    case.act(co.RequestSupplement, "2026-09-07 09:00", "desk", papers=("form",), reason="unreadable")
    assert table(case, "2026-09-07 10:00") == [
        ("authority", "desk", "", "2026-09-07 08:00", "2026-09-07 09:00"),
        ("applicant", "supplement", "", "2026-09-07 09:00", "2026-09-07 10:00"),
    ]
    assert custody(case.dossier, t("2026-09-07 07:00")) == ()
    assert custody(Dossier(), t("2026-09-07 07:00")) == ()


def test_an_open_stop_counts_no_longer_than_its_cap() -> None:
    case = Case(procedure(step("check"))).received("2026-09-07 08:00")
    case.act(co.PauseClock, "2026-09-08 08:00", "land", ground="force_majeure", reason="flood")
    assert table(case, "2026-09-16 08:00")[1:] == [
        ("nobody", "force_majeure", "", "2026-09-08 08:00", "2026-09-15 17:00"),
        ("authority", "land", "check", "2026-09-15 17:00", "2026-09-16 08:00"),
    ]


def test_who_passes_it_on_as_not_competent_does_not_lead() -> None:
    case = Case(procedure(step("check", "tax"))).received("2026-09-07 08:00")
    assert authority_of(case.dossier) == {"desk", "tax"}
    case.act(co.Transfer, "2026-09-07 10:00", "tax", to_agency="police", reason="not ours")
    case.moved("2026-09-07 10:00")
    assert authority_of(case.dossier) == {"desk", "police"}
    assert [piece.kind for piece in custody(case.dossier, t("2026-09-07 11:00"))] == [
        TimeKind.OTHER_AGENCY,
        TimeKind.AUTHORITY,
    ]


def test_those_above_the_lead_and_its_successors_are_the_authority() -> None:
    known = directory()
    parted = directory(
        land=ended(known.agencies["land"], VN.local_date(t("2026-09-30 08:00")), "tax"),
    )
    case = Case(procedure(step("check")), parted).received("2026-09-07 08:00")
    assert authority_of(case.dossier, parted) == {"desk", "land", "tax"}
    assert authority_of(case.dossier) == {"desk", "land"}


def test_a_foreign_log_does_not_tell_who_leads() -> None:
    common = {"recorded_at": 0, "origin": "replay"}
    dossier = replay(
        [
            ev.Submitted(
                occurred_at=0,
                agency="desk",
                dossier_id="d",
                procedure="p",
                procedure_version=1,
                channel="",
                applicant="",
                **common,
            ),
            ev.Received(occurred_at=0, agency="desk", dossier_no="1", counted_from=0, due=None, **common),
            ev.StepOpened(occurred_at=0, agency="group 1", hold=1, step="a", work="step", **common),
            ev.StepDone(occurred_at=10, agency="group 1", hold=1, outcome="done", **common),
            ev.StepOpened(occurred_at=30, agency="group 2", hold=2, step="b", work="step", **common),
            ev.StepDone(occurred_at=20, agency="group 2", hold=2, outcome="done", **common),
            ev.StepOpened(occurred_at=20, agency="group 3", hold=3, step="c", work="step", **common),
        ]
    )
    assert custody(dossier, 40) == (
        Segment(TimeKind.AUTHORITY, 0, 10, "group 1", step="a"),
        Segment(TimeKind.NOBODY, 10, 20),
        Segment(TimeKind.AUTHORITY, 20, 40, "group 3", step="c"),
    )
