from engine import commands as co
from engine import events as ev
from engine.dossier import replay
from engine.expire import expire, wake_at
from engine.limits import parse_limit
from engine.procedure import Consultation, Consulted, Edge, OnSilence

from .house import SOURCE, Case, clock_face, kinds, name, procedure, step, t


def late_case():
    return Case(procedure(step("check", limit=parse_limit("2 working days")), limit="3 working days")).received(
        "2026-09-07 08:00"
    )


def test_every_warning_and_passing_is_recorded_once_and_dated_when_it_happened():
    case = late_case()
    found = case.waited("2026-09-18 08:00")
    assert [(type(fact).__name__, clock_face(fact.occurred_at)) for fact in found] == [
        ("DueSoon", "2026-09-09 07:30"),
        ("LimitPassed", "2026-09-09 08:00"),
        ("DueSoon", "2026-09-10 07:30"),
        ("Escalated", "2026-09-10 17:00"),
        ("LimitPassed", "2026-09-10 17:00"),
        ("Escalated", "2026-09-11 17:00"),
        ("Escalated", "2026-09-14 17:00"),
        ("Escalated", "2026-09-15 17:00"),
    ]
    assert case.waited("2026-09-18 08:00") == []


def test_a_late_sweep_tells_the_same_story_as_a_punctual_one():
    punctual, late = late_case(), late_case()
    for day in range(7, 29):
        punctual.waited(f"2026-09-{day:02d} 23:00")
    late.waited("2026-09-28 23:00")

    def story(case):
        return sorted((fact.occurred_at, type(fact).__name__) for fact in case.facts)

    assert story(punctual) == story(late)


def test_the_wake_up_instant_is_when_there_is_something_to_record():
    case = late_case()
    for _ in range(20):
        at = wake_at(case.dossier, case.rules)
        if at is None:
            break
        assert expire(case.dossier, case.rules, at - 1) == []
        assert expire(case.dossier, case.rules, at) != []
    else:
        raise AssertionError("the dossier never rests")


def test_an_apology_in_time_takes_the_reminder_away():
    case = late_case()
    case.act(co.IssueApology, "2026-09-08 08:00", "land", promised=t("2026-09-14 17:00"), reason="flood")
    found = case.waited("2026-09-18 08:00")
    assert not any(getattr(fact, "apology_due", False) for fact in found)
    assert [fact.subject for fact in found if type(fact).__name__ == "LimitPassed"] == ["step", "legal", "promised"]


def test_replaying_the_facts_gives_the_same_dossier():
    case = late_case()
    case.waited("2026-09-18 08:00")
    case.act(co.FinishStep, "2026-09-18 09:00", "land")
    case.moved("2026-09-18 09:00")
    assert replay(case.facts) == case.dossier
    assert kinds(case.facts)[-1] == "ResultDecided"


def test_of_terms_that_pass_at_the_same_instant_the_earlier_hold_is_told_first():
    asked = tuple(
        Consulted(role=role, limit=parse_limit("2 working days"), on_silence=OnSilence.ESCALATE, source=SOURCE)
        for role in ("tax", "police")
    )
    steps = [step(f"s{nth}", edges=(Edge(target=f"s{nth + 1}" if nth < 5 else "ask"),)) for nth in range(1, 6)]
    edges = (Edge(target="granted", outcome="agreed"), Edge(target="denied", outcome="disagreed"))
    ask = Consultation(code="ask", title=name("ask"), role="land", consulted=asked, edges=edges)
    case = Case(procedure(*steps, ask)).received("2026-09-07 08:00")
    for _ in steps:
        case.act(co.FinishStep, "2026-09-07 09:00", "land")
        case.moved("2026-09-07 09:00")
    silent = [fact.hold for fact in case.waited("2026-09-10 08:00") if isinstance(fact, ev.OpinionSilent)]
    assert silent == [7, 8]
