"""Signals beside the sweep: as an installation chooses, told to the agency, kept out of dossiers' ways."""

from __future__ import annotations

from datetime import date

import pytest

from console.settings import read_settings
from engine import events as ev
from engine.errors import InputError, UnknownNumberError
from engine.responsibility.judge import judge
from engine.review import Close, Explain, Review
from engine.status import Status
from procedures.signals import load_signals
from store import START, Applicant
from tests.responsibility import casebooks
from tests.workflows.conftest import DESK_OFFICER, UNIT, UNIT_OFFICER, at
from tests.workflows.signal_rules import BARS, RULES, registered
from workflows import watch as watching
from workflows.cloudevents import cloud_event
from workflows.drive import drive_one
from workflows.handle import erase_applicant
from workflows.notify import collect, send
from workflows.signal_facts import Raising, digest_of, occasions
from workflows.signal_files import act_on_signal, is_quiet, signal_files
from workflows.signals import raise_signals
from workflows.watch import watch, watch_conduct
from workflows.workplace import Workplace

LATE = at("2026-09-17 09:00")
BREACHES = ("late_supplement_request", "repeated_supplement", "paper_outside_list", "back_dated")


@pytest.fixture(autouse=True)
def rules():
    with registered():
        yield


@pytest.fixture
def number(house):
    """The number of a signal that was raised on a live dossier."""
    house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    watch(house.store, house.rulebook, LATE)
    raise_signals(house.store, house.rulebook, LATE, rules=RULES, bars=BARS)
    return next(signal_files(house.store)).name


def test_the_sweep_raises_by_the_projects_rules_unless_it_is_switched_off(house):
    for nth in range(3):
        house.received("T.hand", "2026-09-14 08:00", applicant=Applicant(ref=f"a-{nth}"))
    house.drive("2026-09-14 08:05")
    now = at("2026-09-28 09:00")
    watch(house.store, house.rulebook, now)
    assert watch_conduct(house.store, house.rulebook, now, Workplace(database="", signals=False)) == 0
    assert list(signal_files(house.store)) == []
    place = Workplace(database="", explain_within="2 working days")
    assert watch_conduct(house.store, house.rulebook, now, place) >= 3
    assert {file.raised.agency for file in signal_files(house.store, code="S1")} == {UNIT}
    assert {file.due for file in signal_files(house.store)} == {at("2026-09-30 17:00")}


def test_lateness_without_a_word_rests_on_the_legal_term_that_passed(house):
    """At the instant at which it passes a step's own term may pass, too, and a report upwards may follow."""
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-17 17:00")  # its step is due when the legal term is
    now = at("2026-09-28 09:00")
    watch(house.store, house.rulebook, now)
    watch_conduct(house.store, house.rulebook, now, Workplace(database=""))
    (silent,) = signal_files(house.store, code="S1")
    facts = house.store.read(dossier.dossier_no)
    (shown,) = silent.raised.evidence
    fact = facts[shown.version - 1]
    assert (type(fact).__name__, fact.subject) == ("LimitPassed", "legal")
    assert sum(one.occurred_at == fact.occurred_at for one in facts) > 1


@pytest.mark.parametrize(("code", "breach"), [("S6", "repeated_supplement"), ("S7", "paper_outside_list")])
def test_each_signal_about_one_request_rests_on_its_own_breach(code, breach):
    """A second request, for a paper nobody may ask for: two breaches at one instant, two signals."""
    again = "2026-09-15 09:00"
    acts = [
        casebooks.act(0, "2026-09-14 09:00", "supplement_requested", "dept", hold=1),
        casebooks.act(0, "2026-09-14 10:00", "supplement_received", "dept", hold=1),
        casebooks.act(0, again, "supplement_requested", "dept", hold=1),
        *(casebooks.act(0, again, "rule_breached", "dept", hold=1, detail=one) for one in BREACHES),
        casebooks.act(0, again, "due_changed", "dept", hold=1),
    ]
    told = casebooks.dossier("2026-09-14 08:00", "2026-09-25 17:00")
    whole = casebooks.book([told], [casebooks.hold(0, "dept", "2026-09-14 08:00")], acts, now="2026-09-16 17:00")
    found = judge(whole, load_signals(), codes=[code])
    (occasion,) = occasions(found, whole)
    (shown,) = Raising(book=whole, found=found, now=whole.now).fact(occasion, "SIG-1").evidence
    assert whole.acts.filter(version=shown.version)["detail"].to_list() == [breach]


def test_a_quiet_sweep_looks_at_nothing(house, number):
    assert is_quiet(house.store, house.rulebook, LATE + 60)
    assert not is_quiet(house.store, house.rulebook, LATE + 86_400)  # a new day: patterns
    house.act(house.store.register()[0].dossier_no, "urge", "2026-09-17 10:00", by=DESK_OFFICER)
    assert not is_quiet(house.store, house.rulebook, LATE + 60)


class Kept:
    """A sender that keeps what it was given."""

    def __init__(self):
        self.letters = []

    def send(self, letter):
        self.letters.append(letter)


@pytest.mark.parametrize(
    ("language", "said", "due"),
    [("en", "not a verdict", "17:00 2026-09-24"), ("vi", "không phải kết luận", "17:00 24/09/2026")],
)
def test_the_agency_is_told_by_letter(house, number, language, said, due):
    collect(house.store, LATE)
    kept = Kept()
    send(house.store, house.rulebook, kept, LATE, zone="Asia/Ho_Chi_Minh", language=language)
    (letter,) = [one for one in kept.letters if one.kind == "signal"]
    assert number in letter.subject
    assert said in letter.body
    assert due in letter.body
    assert "{" not in letter.body


def test_what_leaves_by_webhook_names_nobody(house, number):
    explained = Explain(at=LATE + 60, by=UNIT_OFFICER, reason="Bà Lan nghỉ", remedy="Bà Lan được thay")
    act_on_signal(house.store, house.rulebook, number, explained)
    sent = [cloud_event(entry) for entry in house.store.facts_after(START) if entry.fact.origin == ev.SIGNAL]
    assert [event["type"] for event in sent] == [
        "motcua.signal_raised.1", "motcua.signal_notified.1", "motcua.signal_explained.1",
    ]  # fmt: skip
    assert house.store.read(number)[0].evidence
    for event in sent:
        assert {"officers", "reason", "remedy"}.isdisjoint(event["data"])
    assert sent[0]["data"]["code"] == "S98"


def test_a_signal_is_no_dossier(house, number):
    for act in (
        lambda: house.act(number, "urge", "2026-09-17 10:00", by=DESK_OFFICER),
        lambda: drive_one(house.store, house.rulebook, LATE, number),
        lambda: erase_applicant(house.store, house.rulebook, number, by=DESK_OFFICER, at=LATE),
    ):
        with pytest.raises(UnknownNumberError, match=f"that is a signal; `motcua signal show {number}`"):
            act()
    assert house.store.incidents.list() == []
    assert house.drive("2026-09-17 10:00").dossiers == 0
    assert watching.watch(house.store, house.rulebook, at("2026-09-30 09:00")).incidents == 0


def test_its_row_keeps_to_received_until_it_is_closed(house, number):
    assert house.store.row(number).status == Status.RECEIVED
    act_on_signal(house.store, house.rulebook, number, Explain(at=LATE + 1, by=UNIT_OFFICER, reason="x"))
    told = Review(at=LATE + 2, by="p.committee.01", verdict="accepted", reason="y")
    act_on_signal(house.store, house.rulebook, number, told)
    act_on_signal(house.store, house.rulebook, number, Close(at=LATE + 3, by="p.committee.02"))
    row = house.store.row(number)
    assert (row.status, row.outcome, row.ended_at) == (Status.DECIDED, "accepted", LATE + 3)
    house.store.anchor(date(2026, 9, 17), LATE + 4)
    assert house.store.verify() == []


def test_the_digest_of_a_rule_changes_with_its_numbers():
    rule = RULES["S98"]
    assert digest_of(rule) == digest_of(RULES["S98"])
    assert digest_of(rule) != digest_of(rule.with_parameters({"days": 3}, "proposal"))


def test_settings_say_whether_how_far_back_and_how_long(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    chosen = read_settings()
    assert (chosen.signals, chosen.signals_days, chosen.explain_within) == (True, 90, "5 working days")
    monkeypatch.setenv("MOTCUA_SIGNALS", "false")
    monkeypatch.setenv("MOTCUA_EXPLAIN_WITHIN", "15 calendar days")
    assert (read_settings().signals, read_settings().explain_within) == (False, "15 calendar days")
    monkeypatch.setenv("MOTCUA_EXPLAIN_WITHIN", "5 days")
    with pytest.raises(InputError, match="MOTCUA_EXPLAIN_WITHIN is '5 days': expected a limit"):
        read_settings()
