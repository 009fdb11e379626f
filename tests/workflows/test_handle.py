"""Human acts: recorded once, refused with a sentence, repeated without harm, decided anew when somebody was faster."""

from __future__ import annotations

import pytest

from engine.errors import InputError, NotAllowedError, StaleVersionError, UnknownNumberError
from store import Change, Store
from tests.workflows.conftest import DESK_OFFICER, UNIT_OFFICER, House, at
from workflows.handle import act, command_of, erase_applicant, submit


def test_a_dossier_gets_its_number_at_receipt_and_its_personal_data_stays_apart(house):
    submitted = house.submit("T.hand", "2026-09-14 08:00")
    assert submitted.dossier.dossier_no == ""
    received = house.act(submitted.dossier.dossier_id, "receive", "2026-09-14 08:10", by=DESK_OFFICER).dossier
    assert received.dossier_no == "H99.33.01-260914-0001"
    assert received.due == at("2026-09-21 17:00")
    assert house.store.applicants.get("a-1").name == "Trần Thị B"
    assert "Trần" not in repr(house.store.read(received.dossier_no))


def test_serial_numbers_of_a_day_follow_one_another(house):
    numbers = [house.received("T.hand", "2026-09-14 08:00").dossier_no for _ in range(3)]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_the_same_command_twice_is_one_act(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    once = house.act(dossier.dossier_no, "take-up", "2026-09-14 09:00", command_id="c-1")
    again = house.act(dossier.dossier_no, "take-up", "2026-09-14 09:30", command_id="c-1")
    assert not once.repeated
    assert again.repeated
    assert again.facts == once.facts
    assert house.kinds(dossier.dossier_no).count("TakenUp") == 1


def test_the_same_submission_twice_is_one_dossier(house):
    first = house.submit("T.hand", "2026-09-14 08:00", command_id="s-1")
    second = house.submit("T.hand", "2026-09-14 08:02", command_id="s-1")
    assert second.repeated
    assert second.dossier.dossier_id == first.dossier.dossier_id
    assert len(house.store.register()) == 1


def test_an_officer_acts_for_the_one_agency_of_his_that_has_the_dossier(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    done = house.act(dossier.dossier_no, "finish-step", "2026-09-14 09:00", by=UNIT_OFFICER)
    assert done.facts[0].agency == "doi_sim.committee"


@pytest.mark.parametrize("officer", ["p.construction.01", "somebody"])
def test_an_officer_of_another_agency_is_refused(house, officer):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    with pytest.raises(NotAllowedError) as refusal:
        house.act(dossier.dossier_no, "finish-step", "2026-09-14 09:00", by=officer)
    assert refusal.value.exit_code == 3
    assert officer in str(refusal.value)


def test_naming_an_agency_one_does_not_belong_to_does_not_help(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    with pytest.raises(NotAllowedError, match="does not belong"):
        house.act(
            dossier.dossier_no, "finish-step", "2026-09-14 09:00", by="p.construction.01", agency="doi_sim.committee"
        )


def test_a_forbidden_attempt_is_refused_and_remembered(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    apology = {"reason": "nhiều hồ sơ", "data": {"promised": at("2026-09-25 17:00"), "reason": "nhiều hồ sơ"}}
    house.act(dossier.dossier_no, "issue-apology", "2026-09-15 09:00", data=apology["data"])
    with pytest.raises(NotAllowedError, match="set anew"):
        house.act(dossier.dossier_no, "issue-apology", "2026-09-16 09:00", data=apology["data"])
    assert house.kinds(dossier.dossier_no)[-1] == "RuleBreachAttempted"


def test_an_act_meets_what_time_has_done_although_no_sweep_has_been_by(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    house.act(
        dossier.dossier_no,
        "request-supplement",
        "2026-09-14 10:00",
        data={"papers": ["form"], "reason": "thiếu chữ ký"},
    )
    with pytest.raises(NotAllowedError, match="no supplement is awaited"):
        house.act(dossier.dossier_no, "receive-supplement", "2026-10-20 09:00", by=DESK_OFFICER)
    kinds = house.kinds(dossier.dossier_no)
    assert "HandlingStopped" in kinds
    assert kinds.count("HandlingStopped") == 1


def test_somebody_faster_is_no_reason_to_fail(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    house.store = Overtaken(house, dossier.dossier_no, times=1)
    house.act(dossier.dossier_no, "finish-step", "2026-09-14 09:00")
    kinds = house.kinds(dossier.dossier_no)
    assert kinds.count("Assigned") == 1
    assert kinds.count("StepDone") == 1


def test_somebody_faster_twice_is_told(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:05")
    house.store = Overtaken(house, dossier.dossier_no, times=2)
    with pytest.raises(StaleVersionError):
        house.act(dossier.dossier_no, "finish-step", "2026-09-14 09:00")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("dance", {}, "not known"),
        ("submit", {}, "not known"),
        ("send-back", {}, "to_step"),
        ("finish-step", {"outcom": "done"}, "outcom"),
        ("finish-step", {"hold": "x"}, "int"),
        ("receive", {"serial": 7}, "serial"),
    ],
)
def test_a_command_that_cannot_be_read_is_one_sentence(name, data, said):
    with pytest.raises(InputError, match=said):
        command_of(name, data, by="x", at=0)


def test_unknown_numbers_are_named(house):
    with pytest.raises(UnknownNumberError, match="H99"):
        house.act("H99.33.01-260914-0009", "take-up", "2026-09-14 09:00")
    with pytest.raises(UnknownNumberError, match=r"X\.nothing"):
        house.submit("X.nothing", "2026-09-14 09:00")
    with pytest.raises(UnknownNumberError, match="a-9"):
        house.submit("T.hand", "2026-09-14 09:00", applicant="a-9")


def test_nothing_is_kept_of_a_submission_that_is_refused(house):
    with pytest.raises(InputError, match="not in force"):
        house.submit("T.hand", "2025-09-14 09:00")
    with pytest.raises(UnknownNumberError):
        house.store.applicants.get("a-1")


class Overtaken:
    """A store in which somebody else assigns the dossier just before our append, some times."""

    def __init__(self, house: House, number: str, times: int) -> None:
        self._store: Store = house.store
        self._house, self._number, self._times = house, number, times

    def __getattr__(self, name):
        return getattr(self._store, name)

    def append(self, change: Change) -> None:
        if self._times:
            self._times -= 1
            assigning = command_of("assign", {"officer": UNIT_OFFICER}, by=UNIT_OFFICER, at=at("2026-09-14 08:30"))
            act(self._store, self._house.rulebook, self._number, assigning)
        self._store.append(change)


def test_submission_by_reference_needs_a_known_applicant(house):
    house.submit("T.hand", "2026-09-14 08:00")
    again = submit(
        house.store,
        house.rulebook,
        procedure="T.hand",
        agency="doi_sim.desk",
        applicant="a-1",
        at=at("2026-09-14 08:30"),
    )
    assert again.dossier.applicant == "a-1"


def test_nobody_acts_as_the_engine_itself(house):
    with pytest.raises(NotAllowedError, match="is the engine itself"):
        house.submit("T.hand", "2026-09-14 08:00", by="system")
    dossier = house.submit("T.hand", "2026-09-14 08:00").dossier
    with pytest.raises(NotAllowedError, match="is the engine itself"):
        house.act(dossier.dossier_id, "receive", "2026-09-14 08:10", by="system")
    assert house.kinds(dossier.dossier_id) == ["Submitted"]


def test_an_applicant_does_no_officers_act(house):
    dossier = house.submit("T.hand", "2026-09-14 08:00").dossier
    with pytest.raises(NotAllowedError, match="not the applicant's to do"):
        house.act(dossier.dossier_id, "receive", "2026-09-14 08:10", by="applicant")
    house.act(dossier.dossier_id, "receive", "2026-09-14 08:10", by=DESK_OFFICER)
    house.drive("2026-09-14 08:15")
    with pytest.raises(NotAllowedError, match="not the applicant's to do"):
        house.act(dossier.dossier_id, "finish-step", "2026-09-14 09:00", by="applicant")
    assert house.act(dossier.dossier_id, "withdraw", "2026-09-14 09:00", by="applicant").dossier.outcome == "withdrawn"


def test_a_command_id_belongs_to_one_act(house):
    first = house.submit("T.hand", "2026-09-14 08:00", command_id="c-9").dossier
    other = house.submit("T.hand", "2026-09-14 08:00").dossier
    with pytest.raises(InputError, match=f"'c-9' was given to another act, on dossier {first.name}"):
        house.act(other.dossier_id, "receive", "2026-09-14 08:10", by=DESK_OFFICER, command_id="c-9")
    house.act(other.dossier_id, "receive", "2026-09-14 08:10", by=DESK_OFFICER, command_id="c-10")
    with pytest.raises(InputError, match="'c-10' was given to another act"):
        house.submit("T.hand", "2026-09-14 08:20", command_id="c-10")
    with pytest.raises(InputError, match="at most 200 characters"):
        house.submit("T.hand", "2026-09-14 08:20", command_id="c" * 201)


def test_an_applicant_is_erased_after_the_end_by_the_desk_alone_and_the_chain_stays_whole(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    erase = {"by": DESK_OFFICER, "at": at("2026-09-14 10:00")}
    with pytest.raises(NotAllowedError, match="still open"):
        erase_applicant(house.store, house.rulebook, dossier.dossier_no, **erase)
    house.act(dossier.dossier_no, "withdraw", "2026-09-14 09:00", by="applicant")
    with pytest.raises(NotAllowedError, match=r"not to 'p\.construction\.01'"):
        erase_applicant(house.store, house.rulebook, dossier.dossier_no, by="p.construction.01", at=erase["at"])
    assert erase_applicant(house.store, house.rulebook, dossier.dossier_no, **erase) == "a-1"
    assert house.store.applicants.get("a-1").name == ""
    assert house.store.verify() == []
