"""The compiled kernel lives through any world fact by fact as the engine itself does."""

from dataclasses import replace
from itertools import zip_longest

import msgspec
import pytest

from engine.limits import parse_limit
from engine.procedure import ApplicantWait, Edge, OnSilence, Posting, WaitFor
from engine.simulation.model import Applicants, Autonomy, Conduct, Desk, Discipline, Draw, Law, Policy, Treatment
from tests.engine.house import SOURCE, name, procedure, step
from tests.simulation.reference import lived
from tests.simulation.small import HOUR, arrivals, asking, consulting, kind, model, posting
from tests.simulation.worlds import procedures, world

running = pytest.importorskip("engine.simulation.run")

EVERY = sorted(code for code in procedures() if "@" in code)


def told(fact):
    """A fact as people read it."""
    return "-" if fact is None else str(msgspec.to_builtins(fact))


def difference(number, expected, found):
    """The first fact of a dossier that differs, with its neighbours; empty if none does."""
    longest = max(len(expected), len(found))
    for place in range(longest):
        one = expected[place] if place < len(expected) else None
        other = found[place] if place < len(found) else None
        if one != other:
            before = [f"    {told(fact)}" for fact in expected[max(0, place - 3) : place]]
            return "\n".join(
                [
                    f"dossier {number}, fact {place} of {len(expected)} (kernel: {len(found)})",
                    *before,
                    f"  engine: {told(one)}",
                    f"  kernel: {told(other)}",
                    *(f"    engine next: {told(fact)}" for fact in expected[place + 1 : place + 3]),
                    *(f"    kernel next: {told(fact)}" for fact in found[place + 1 : place + 3]),
                ]
            )
    return ""


def differences(model, arrivals):
    """All dossiers that differ, the one whose first differing fact is the earliest first."""
    expected, simulated = lived(model, arrivals), running.run(model, arrivals)
    found = []
    for number, facts in enumerate(expected):
        others = list(simulated.facts_of(number))
        if others != facts:
            pairs = zip_longest(facts, others)
            differing = next([one for one in pair if one is not None] for pair in pairs if pair[0] != pair[1])
            earliest = min(one.occurred_at for one in differing)
            found.append((earliest, number, difference(number, facts, others)))
    return [text for *_, text in sorted(found)]


def assert_equal(model, arrivals):
    found = differences(model, arrivals)
    assert not found, f"{len(found)} dossiers of {model.name} differ; the first:\n{found[0]}"


@pytest.mark.parametrize("code", EVERY)
def test_every_procedure_is_lived_through_alike(code):
    for seed in range(3):
        assert_equal(*world([code], seed=seed))


@pytest.mark.parametrize("code", EVERY)
def test_every_procedure_is_lived_through_alike_where_agencies_misbehave(code):
    for seed in range(3):
        assert_equal(*world([code], seed=100 + seed, policies=3 * len(Conduct), busy=2.0))


@pytest.mark.parametrize("autonomy", Autonomy)
@pytest.mark.parametrize("discipline", Discipline)
def test_many_procedures_share_their_offices_alike(discipline, autonomy):
    codes = ["1.000656", "1.001193", "2.002622", "3.000722", "1.013978", "1.009645"]
    model, arrivals = world(codes, seed=7, dossiers=60, discipline=discipline, autonomy=autonomy, policies=10, busy=2.0)
    assert_equal(model, arrivals)


@pytest.mark.parametrize("conduct", Conduct)
def test_each_conduct_alone_is_lived_through_alike(conduct):
    for seed in range(4):
        model, arrivals = world(
            ["1.013978", "1.013225", "3.000722"], seed=200 + seed, policies=3 * len(Conduct), busy=2.0
        )
        only = tuple(policy for policy in model.policies if policy.conduct is conduct)
        assert_equal(replace(model, policies=only), arrivals)


@pytest.mark.parametrize("autonomy", Autonomy)
@pytest.mark.parametrize("even", [900, 3600])
def test_what_happens_at_the_same_instant_happens_in_the_same_order(autonomy, even):
    codes = ["1.013225", "3.000722", "1.013978", "1.009645", "nl.wabo_permit"]
    for seed, code in enumerate(codes):
        assert_equal(*world([code], seed=300 + seed, dossiers=30, days=4, autonomy=autonomy, even=even))
        assert_equal(*world([code], seed=400 + seed, dossiers=20, days=3, autonomy=autonomy, even=even, policies=8))


SIGN = step("sign", "police", limit=parse_limit("1 working day"))
AGAIN = Edge(target="check", outcome="again")
TWICE = step("check", max_entries=2, edges=(Edge(target="review"),))
TURNING = {"review": Treatment(outcomes={"again": 1.0}, service=Draw(a=600.0))}
SLOW = Draw(law=Law.EXPONENTIAL, a=15.0 * HOUR)
TACIT = step(
    "check",
    limit=parse_limit("2 working days"),
    tacit_outcome="done",
    may_request_supplement=True,
    edges=(Edge(target="sign"), Edge(target="denied", outcome="no")),
)
CONFIRM = ApplicantWait(
    code="confirm",
    title=name("confirm"),
    purpose=WaitFor.CONFIRM,
    limit=parse_limit("3 working days"),
    on_silence="lapsed",
    stops_clock=True,
    ground="force_majeure",
    cap=parse_limit("2 working days"),
    edges=(Edge(target="sign"), Edge(target="denied", outcome="lapsed")),
)
POST = Posting(
    code="post",
    title=name("post"),
    role="land",
    length=parse_limit("5 calendar days"),
    source=SOURCE,
    stops_clock=True,
    edges=(Edge(target="sign"), Edge(target="denied", outcome="objection")),
)
SMALL = {
    "silence blocks": consulting(asking(OnSilence.BLOCK), tax=0.5),
    "silence agrees": consulting(asking(OnSilence.DEEMED_AGREE), tax=0.5),
    "silence is reported": consulting(asking(), tax=0.5, police=0.5),
    "a loop at its cap": kind(
        procedure(TWICE, step("review", edges=(AGAIN, Edge(target="granted")))), treatments=TURNING
    ),
    "a loop for ever": kind(procedure(TWICE, step("review", edges=(AGAIN,))), treatments=TURNING),
    "tacit": kind(procedure(TACIT, SIGN), treatments={"check": Treatment(service=SLOW, supplement=0.3)}),
    "a posting": posting(objection=0.5),
    "a posting that stops the clock": kind(
        procedure(POST, SIGN),
        treatments={"post": Treatment(outcomes={"objection": 0.3}), "sign": Treatment(service=SLOW)},
    ),
    "an applicant's silence": kind(
        procedure(CONFIRM, SIGN), treatments={"confirm": Treatment(service=SLOW, answers=0.8)}
    ),
}
CONDUCTS = [
    Policy(agency="land", conduct=Conduct.SITS, strength=0.5),
    Policy(agency="police", conduct=Conduct.PING_PONG, strength=0.5, partner="land"),
    Policy(agency="land", conduct=Conduct.NEEDLESS_OPINION, strength=0.5, partner="tax"),
    Policy(agency="police", conduct=Conduct.STOPS_CLOCK, strength=0.5, length=Draw(a=8.0 * HOUR)),
    Policy(agency="tax", conduct=Conduct.SITS, strength=0.5),
    Policy(agency="land", conduct=Conduct.CLOSES_EARLY, strength=0.5),
]
PEOPLE = Applicants(
    supplements=0.7,
    supplement_time=Draw(a=5.0 * HOUR),
    withdraws=0.1,
    withdrawal_time=Draw(a=8.0 * HOUR),
    collects=0.8,
    collection_time=Draw(a=HOUR),
)
BUSY = Desk(service=Draw(a=1800.0), supplement=0.3, declines=0.1, apologises=0.7, extends=0.7)


@pytest.mark.parametrize("case", SMALL)
def test_what_the_catalogue_does_not_have_is_lived_through_alike(case):
    made = replace(SMALL[case], applicants=PEOPLE, intake=BUSY)
    submitted = arrivals(*(f"2026-09-{day:02d} {hour:02d}:10" for day in range(7, 13) for hour in (6, 8, 11, 14, 16)))
    for discipline in Discipline:
        for autonomy in Autonomy:
            for policies in ((), CONDUCTS):
                small = model(made, officers=2, policies=policies, discipline=discipline, autonomy=autonomy)
                assert_equal(small, submitted)


def test_terms_of_several_holds_that_pass_at_the_same_instant_are_told_in_the_same_order():
    codes = ["X.child_identity_card@1", "1.013823@1"]
    served = {"discipline": Discipline.FIFO, "autonomy": Autonomy.CENTRAL}
    assert_equal(*world(codes, seed=622364, dossiers=80, policies=8, busy=4, **served))
