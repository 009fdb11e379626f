"""The right of reply: who may explain, judge and close a signal, when, and what is remembered of what was refused."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import events as ev
from engine.cited import Source
from engine.decisions.review import decide_signal
from engine.directory import Agency, Directory, Officer
from engine.dossier import replay
from engine.errors import InputError, NotAllowedError
from engine.events import SYSTEM
from engine.instants import parse_instant, to_seconds
from engine.review import (
    Close,
    Explain,
    Notify,
    Review,
    SignalState,
    evolve_signal,
    expire_signal,
    open_now,
    replay_signal,
    wake_of,
)
from procedures.calendars import load_all

VN = load_all(None)["vn"]
HEADS = {"lan": ("committee",), "binh": ("committee", "inspectorate"), "chi": ("inspectorate",), "dung": ("province",)}
HEADS |= {"nga": ("front_desk",)}
HEADS |= {"minh": ("new_committee",), "hoa": ("inspectorate",)}


def at(text):
    return to_seconds(parse_instant(text, "Asia/Ho_Chi_Minh"))


RAISED = at("2026-11-09 09:00")  # a Monday
DUE = at("2026-11-16 17:00")


def agency(code, **more):
    source = Source(text="test", confirmed=False)
    return Agency(
        code=code, kind=code, level="province", territory="x", identifier=code, title_vi=code, title_en=code,
        calendar="vn", source=source, **more,
    )  # fmt: skip


DIRECTORY = Directory(
    code="test",
    agencies={
        one.code: one
        for one in (
            agency("committee", valid_to=date(2026, 11, 11), successor="new_committee"),
            agency("new_committee", valid_from=date(2026, 11, 12)),
            agency("inspectorate"),
            agency("front_desk", parent="committee"),
            agency("province"),
        )
    },
    officers={code: Officer(code=code, agencies=frozenset(agencies)) for code, agencies in HEADS.items()},
    territories={},
)


def signal_raised(**more):
    given = {
        "occurred_at": RAISED, "recorded_at": RAISED, "agency": "committee", "origin": ev.SIGNAL, "signal_id": "s-1",
        "signal_no": "SIG-261109-0001", "key": "S20:committee", "code": "S20", "level": "agency", "severity": "high",
        "rule": "a1", "confidence": 0.99, "dossiers": ("d-1",), "total": 3, "evidence": (),
    }  # fmt: skip
    return ev.SignalRaised(**given | more)


class Case:
    """A signal's file that grows by commands."""

    def __init__(self, *facts):
        self.facts = list(facts or (signal_raised(),))
        self.file = replay_signal(self.facts)

    def do(self, command):
        facts = decide_signal(self.file, command, DIRECTORY, VN)
        for fact in facts:
            evolve_signal(self.file, fact)
        self.facts += facts
        return facts

    def notified(self, limit="5 working days"):
        self.do(Notify(at=RAISED, by=SYSTEM, limit=limit))
        return self

    def explained(self, when="2026-11-11 10:00", by="lan", agency="committee", **more):
        return self.do(Explain(at=at(when), by=by, agency=agency, **{"reason": "hai người nghỉ ốm"} | more))

    def reviewed(self, when="2026-11-12 10:00", by="chi", agency="inspectorate", verdict="accepted", reason="đúng"):
        return self.do(Review(at=at(when), by=by, agency=agency, verdict=verdict, reason=reason))

    def shut(self, when="2026-11-13 10:00", by="dung", agency="province"):
        return self.do(Close(at=at(when), by=by, agency=agency))


def kinds(facts):
    return [type(fact).__name__ for fact in facts]


def refusal(act, *words, **more):
    with pytest.raises(NotAllowedError) as caught:
        act(*words, **more)
    sentence = str(caught.value)
    assert sentence.startswith("signal SIG-261109-0001: cannot ")
    assert "\n" not in sentence
    assert "; open now: " in sentence or sentence.endswith("; nothing is open any more")
    return caught.value


def test_a_signal_is_notified_explained_accepted_and_closed():
    case = Case().notified()
    assert (case.file.state, case.file.due) == (SignalState.NOTIFIED, DUE)
    (said,) = case.explained(facts=("H99-1/3",), remedy="bổ sung người")
    assert (said.facts, said.remedy, said.origin) == (("H99-1/3",), "bổ sung người", "signal")
    case.reviewed()
    case.shut()
    assert kinds(case.facts) == [
        "SignalRaised", "SignalNotified", "SignalExplained", "SignalReviewed", "SignalClosed",
    ]  # fmt: skip
    assert (case.file.state, case.file.verdict, case.file.may_name) == (SignalState.CLOSED, "accepted", False)


def test_the_limit_to_explain_counts_on_the_agencys_calendar():
    assert Case().notified("3 office hours").file.due == at("2026-11-09 13:30")
    with pytest.raises(InputError, match="which days"):
        Case().notified("5 days")


def test_where_the_calendar_ends_before_the_limit_there_is_none_and_an_explanation_is_awaited():
    case = Case().notified("48 months")
    assert case.file.due is None
    refusal(case.reviewed)
    assert kinds(case.explained("2026-12-20 10:00")) == ["SignalExplained"]
    assert kinds(case.reviewed("2026-12-21 10:00")) == ["SignalReviewed"]


def test_only_the_agency_explains_or_the_one_that_followed_it():
    case = Case().notified()
    why = refusal(case.explained, by="chi", agency="inspectorate")
    assert "explaining is up to committee, new_committee" in str(why)
    assert why.open_now == ("explain",)
    assert str(why).endswith("; open now: explain (by an officer of the agency concerned)")
    assert "does not belong to agency 'committee'" in str(refusal(case.explained, by="chi"))
    assert "not in the directory" in str(refusal(case.explained, by="nobody"))
    assert kinds(case.explained(by="minh", agency="new_committee")) == ["SignalExplained"]


def test_a_refusal_says_by_whom_what_is_open_can_be_done():
    case = Case().notified()
    case.explained()
    assert "open now: explain (by an officer of the agency concerned), review (by an officer of another agency" in str(
        refusal(case.explained, by="chi", agency="inspectorate")
    )
    case.reviewed()
    assert "close (by a second officer of another agency, not the reviewer)" in str(refusal(case.shut, by="chi"))


def test_an_explanation_says_why():
    assert "a reason is required" in str(refusal(Case().notified().explained, reason="  "))


def test_an_explanation_may_be_added_to_until_it_is_reviewed():
    case = Case().notified()
    case.explained()
    case.explained("2026-11-11 15:00", reason="thêm số liệu")
    assert [said.reason for said in case.file.explanations] == ["hai người nghỉ ốm", "thêm số liệu"]
    case.reviewed()
    assert "it was reviewed (accepted); open now: close (by" in str(refusal(case.explained, "2026-11-12 11:00"))


def test_a_late_explanation_is_recorded_with_its_breach_and_what_time_did_first():
    case = Case().notified()
    passed, said, breach = case.explained("2026-11-17 08:00")
    assert (passed.subject, passed.due, passed.occurred_at, passed.agency) == ("explanation", DUE, DUE, "committee")
    assert isinstance(said, ev.SignalExplained)
    assert breach.rule == "late_explanation"
    assert kinds(case.explained("2026-11-17 09:00")) == ["SignalExplained"]  # adding to it is no second breach
    assert case.file.breaches == ["late_explanation"]


def test_an_explanation_on_the_last_second_is_in_time():
    case = Case().notified()
    assert kinds(case.do(Explain(at=DUE, by="lan", agency="committee", reason="x"))) == ["SignalExplained"]


def test_the_limit_passes_once():
    case = Case().notified()
    assert expire_signal(case.file, DUE) == ()
    (passed,) = expire_signal(case.file, DUE + 90_000)
    assert (passed.occurred_at, passed.recorded_at) == (DUE, DUE + 90_000)
    evolve_signal(case.file, passed)
    assert expire_signal(case.file, DUE + 90_000) == ()
    assert wake_of(replay(case.facts)) == DUE + 1
    assert wake_of(replay([*case.facts, passed])) is None


def test_nobody_judges_before_the_agency_has_explained_or_let_its_limit_pass():
    case = Case().notified()
    assert "its limit to do so has not passed; open now: explain" in str(refusal(case.reviewed))
    assert open_now(case.file, DUE + 1) == ("explain", "review")
    assert kinds(case.reviewed("2026-11-17 08:00", verdict="upheld")) == ["LimitPassed", "SignalReviewed"]


@pytest.mark.parametrize(
    ("by", "agency", "said"),
    [
        ("lan", "committee", "belongs to committee, whose conduct it is"),
        ("binh", "inspectorate", "belongs to committee, whose conduct it is"),
        ("minh", "new_committee", "belongs to new_committee, whose conduct it is"),
        ("nga", "front_desk", "is under committee, whose conduct it is"),
        ("hoa", "inspectorate", "has a part in it"),
    ],
)
def test_nobody_judges_his_own_cause_and_the_attempt_is_remembered(by, agency, said):
    case = Case(signal_raised(officers=("hoa",))).notified()
    case.explained()
    why = refusal(case.reviewed, by=by, agency=agency)
    assert said in str(why)
    (attempt,) = why.breach
    assert (attempt.rule, attempt.by, attempt.command, attempt.origin) == ("own_review", by, "review-signal", "signal")


def test_a_verdict_has_a_reason_and_is_one_of_two():
    case = Case().notified()
    case.explained()
    assert "a reason is required" in str(refusal(case.reviewed, reason=""))
    with pytest.raises(InputError, match="accepted or upheld"):
        case.reviewed(verdict="guilty")


def test_who_reviewed_does_not_close():
    case = Case().notified()
    case.explained()
    assert "it has not been reviewed yet; open now: explain (by" in str(refusal(case.shut, "2026-11-11 11:00"))
    case.reviewed(verdict="upheld")
    why = refusal(case.shut, by="chi", agency="inspectorate")
    assert "a second person does" in str(why)
    assert [attempt.rule for attempt in why.breach] == ["closed_alone"]
    assert [attempt.rule for attempt in refusal(case.shut, by="lan", agency="committee").breach] == ["own_review"]
    (closed,) = case.shut()
    assert (closed.verdict, closed.by, case.file.may_name) == ("upheld", "dung", True)


def test_a_second_reviewer_may_judge_otherwise_before_it_is_closed_and_then_does_not_close_it():
    case = Case().notified()
    case.explained()
    case.reviewed(verdict="upheld")
    assert "another one may review it otherwise" in str(refusal(case.reviewed, verdict="accepted"))
    case.reviewed("2026-11-12 11:00", by="dung", agency="province", verdict="accepted")
    refusal(case.shut)
    (closed,) = case.shut(by="hoa", agency="inspectorate")
    assert closed.verdict == "accepted"
    assert [review.verdict for review in case.file.reviews] == ["upheld", "accepted"]


def test_officers_are_named_only_once_it_is_closed_and_upheld():
    case = Case().notified()
    case.explained()
    case.reviewed(verdict="upheld")
    assert not case.file.may_name
    case.shut()
    assert case.file.may_name


def test_nothing_is_done_to_a_closed_file():
    case = Case().notified()
    case.explained()
    case.reviewed()
    case.shut()
    for act in (case.explained, case.reviewed, case.shut):
        assert "it was closed (accepted); nothing is open any more" in str(refusal(act, "2026-11-14 10:00"))


def test_nothing_happens_before_it_was_raised_or_in_the_future_and_earlier_dates_are_remembered():
    case = Case().notified()
    assert "before the signal was raised" in str(refusal(case.explained, "2026-11-08 10:00"))
    later = Explain(at=DUE, by="lan", agency="committee", reason="x", recorded_at=DUE - 1)
    assert "in the future" in str(refusal(case.do, later))
    case.explained("2026-11-11 10:00")
    said, breach = case.explained("2026-11-10 10:00")
    assert (type(said), breach.rule) == (ev.SignalExplained, "back_dated")


def test_an_officer_does_not_notify_and_nobody_does_twice():
    case = Case()
    assert "has not been notified" in str(refusal(case.explained))
    assert "by the engine itself" in str(refusal(case.do, Notify(at=RAISED, by="lan", agency="committee")))
    case.notified()
    assert "notified before" in str(refusal(case.notified))


def test_its_row_in_lists_says_who_is_concerned_what_is_due_and_how_it_ended():
    case = Case().notified()
    listed = replay(case.facts)
    assert (listed.name, listed.procedure, listed.desk, listed.origin) == (
        "SIG-261109-0001", "S20", "committee", "signal",
    )  # fmt: skip
    assert (listed.due, listed.ended_at) == (DUE, None)
    case.explained()
    assert replay(case.facts).due is None
    case.reviewed()
    case.shut()
    listed = replay(case.facts)
    assert (listed.outcome, listed.ended_at) == ("accepted", at("2026-11-13 10:00"))


def test_a_file_begins_with_its_signal():
    with pytest.raises(ValueError, match="begins with SignalRaised"):
        replay_signal([ev.SignalClosed(occurred_at=0, recorded_at=0, verdict="upheld")])


OFFICERS = [(by, agencies[0]) for by, agencies in HEADS.items()]
ACTS = st.sampled_from(["explain", "accept", "uphold", "close"])
STEPS = st.lists(st.tuples(ACTS, st.sampled_from(OFFICERS), st.integers(1, 4 * 86_400)), max_size=14)


@given(steps=STEPS, accused=st.sampled_from(["", "hoa", "lan"]))
def test_whoever_does_what_nobody_judges_his_own_cause_or_closes_alone(steps, accused):
    case = Case(signal_raised(officers=(accused,) if accused else ())).notified()
    when = RAISED
    for act, (by, agency), later in steps:
        when += later
        head = {"at": when, "by": by, "agency": agency, "reason": "x"}
        kinds_of_act = {
            "explain": (Explain, {}),
            "accept": (Review, {"verdict": "accepted"}),
            "uphold": (Review, {"verdict": "upheld"}),
            "close": (Close, {}),
        }
        kind, more = kinds_of_act[act]
        with suppress(NotAllowedError):
            case.do(kind(**head, **more))
    file = case.file
    own = {"committee", "new_committee"}
    explained = {said.by for said in file.explanations}
    reviewed = {review.by for review in file.reviews}
    judged = reviewed | ({file.closed.by} if file.closed else set())
    assert all(set(HEADS[by]) & own for by in explained)
    assert not any(set(HEADS[by]) & own for by in judged)
    assert accused not in judged
    if file.closed is not None:
        assert file.reviews
        assert file.closed.by not in reviewed
        assert file.closed.verdict == file.verdict
    if file.reviews and not explained:
        assert file.reviews[0].occurred_at > DUE
    late = [said for said in file.explanations[:1] if said.occurred_at > DUE]
    assert file.breaches.count("late_explanation") == len(late)
    assert sum(isinstance(fact, ev.LimitPassed) for fact in case.facts) <= 1
    assert replay_signal(case.facts) == file
    assert replay(case.facts).version == file.version == len(case.facts)
