"""Each fault is found, at its place and with a remedy; all of them at once; and sound files have none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.limits import format_limit
from procedures.catalogue import Catalogue, surroundings
from procedures.door import load_procedure, procedure_from_definition
from procedures.fault import FaultyFileError, Severity
from procedures.skeleton import new_procedure
from tests.procedures.samples import FILES, FIRST, SOURCE, as_text, end, faults_of, first, kinds_of, step, with_steps

Change = Callable[[dict[str, Any]], object]


def _put(*way: Any, value: Any) -> Change:
    def change(data: Any) -> None:
        *path, last = way
        for key in path:
            data = data[key]
        data[last] = value

    return change


def _drop(*way: Any) -> Change:
    def change(data: Any) -> None:
        *path, last = way
        for key in path:
            data = data[key]
        del data[last]

    return change


# inspect 0, rare 1, ask 2, post 3, sign 4, granted 5, refused 6
_CHANGES: dict[str, tuple[Change, str, str]] = {
    "a bare length": (_put("steps", 0, "limit", value="3 days"), "bad_limit", "steps[inspect].limit"),
    "a number as length": (_put("steps", 0, "limit", value=3), "bad_limit", "steps[inspect].limit"),
    "a step without source": (_drop("steps", 0, "source"), "number_without_source", "steps[inspect].limit"),
    "a legal limit without source": (_drop("limits", 0, "source"), "number_without_source", "limits[0].source"),
    "a fee without source": (_drop("fees", 0, "source"), "number_without_source", "fees[0].source"),
    "a step without agency": (_drop("steps", 0, "role"), "step_without_agency", "steps[inspect].role"),
    "an unknown role": (_put("steps", 0, "role", value="nobody"), "unknown_role", "steps[inspect].role"),
    "an unknown desk": (_put("desk", value="nobody"), "unknown_role", "desk"),
    "a step that does not exist": (
        _put("steps", 0, "next", value="nowhere"),
        "unknown_step",
        "steps[inspect].next.done",
    ),
    "a start that does not exist": (_put("start", value="nowhere"), "unknown_step", "start"),
    "a step twice": (_put("steps", 4, "code", value="post"), "duplicate_code", "steps[post].code"),
    "a paper twice": (_put("papers", 1, "code", value="request"), "duplicate_code", "papers[request].code"),
    "no default": (
        _put("steps", 1, "choose", 1, "when", value="data.old == true"),
        "decision_without_default",
        "steps[rare].choose",
    ),
    "a default too early": (
        _drop("steps", 1, "choose", 0, "when"),
        "choice_never_reached",
        "steps[rare].choose[1]",
    ),
    "no syntax": (
        _put("steps", 1, "choose", 0, "when", value="data.x =="),
        "bad_condition",
        "steps[rare].choose[0].when",
    ),
    "an unknown name": (
        _put("steps", 1, "choose", 0, "when", value="now() > 1"),
        "bad_condition",
        "steps[rare].choose[0].when",
    ),
    "never true or false": (
        _put("steps", 1, "choose", 0, "when", value="1 + 1"),
        "bad_condition",
        "steps[rare].choose[0].when",
    ),
    "a number for a condition": (
        _put("steps", 1, "choose", 0, "when", value="data.x + 1"),
        "bad_condition",
        "steps[rare].choose[0].when",
    ),
    "an unknown channel": (
        _put("papers", 2, "when", value="channel == 'fax'"),
        "bad_condition",
        "papers[owner_consent].when",
    ),
    "an unknown paper": (
        _put("papers", 2, "when", value="'deed' in papers"),
        "bad_condition",
        "papers[owner_consent].when",
    ),
    "a stop on no lawful ground": (
        _put("steps", 3, "ground", value="holiday"),
        "stop_without_ground",
        "steps[post].ground",
    ),
    "no disagreement": (_put("steps", 2, "next", value={"agreed": "post"}), "missing_outcome", "steps[ask].next"),
    "a strange outcome": (
        _put("steps", 2, "next", "lost", value="post"),
        "unknown_outcome",
        "steps[ask].next.lost",
    ),
    "terms too long": (_put("limits", 0, "limit", value="7 working days"), "terms_exceed_limit", "limits[0].limit"),
    "an unknown calendar": (_put("calendar", value="mars"), "unknown_calendar", "calendar"),
    "an end before the start": (_put("in_force", "to", value=date(2025, 1, 1)), "bad_period", "in_force.to"),
    "an unknown key": (_put("steps", 0, "deadline", value=1), "unknown_key", "steps[inspect].deadline"),
    "a misspelt kind": (_put("steps", 0, "kind", value="stepp"), "bad_value", "steps[inspect]"),
    "a code with capitals": (_put("steps", 0, "code", value="Inspect"), "bad_code", "steps[Inspect].code"),
    "a code that is a number": (_put("code", value=1.001193), "wrong_type", "code"),
    "letters and marks apart": (_put("title", "vi", value="Ca\u0302\u0301p phe\u0301p"), "not_nfc", "title.vi"),
    "a fixed role without agency": (
        _put("roles", "unit", "jurisdiction", value="fixed"),
        "role_without_agency",
        "roles.unit",
    ),
    "two defaults of the legal limit": (
        lambda data: data["limits"].append(data["limits"][0]),
        "duplicate_code",
        "limits",
    ),
    "a silent outcome without limit": (
        lambda data: data["steps"][0].update(tacit="done") or data["steps"][0].pop("limit"),
        "silence_without_limit",
        "steps[inspect].tacit",
    ),
    "sent back to an end": (
        _put("steps", 4, "send_back_to", value=["granted"]),
        "bad_send_back",
        "steps[sign].send_back_to[0]",
    ),
    "its own sub-dossier": (
        lambda data: data["steps"].append(
            {
                "code": "sub",
                "kind": "sub_procedure",
                "title": data["title"],
                "role": "unit",
                "procedure": "X.tree_felling",
                "next": {"done": "granted", "denied": "refused"},
            }
        ),
        "unknown_procedure",
        "steps[sub].procedure",
    ),
}


@pytest.mark.parametrize("name", _CHANGES)
def test_a_fault_is_found_where_it_is(name: str) -> None:
    change, kind, path = _CHANGES[name]
    data = first()
    change(data)
    found = [(fault.kind, fault.path) for fault in faults_of(data)]
    assert (kind, path) in found
    assert all(fault.remedy and fault.message for fault in faults_of(data))


@pytest.mark.parametrize("path", [FIRST, *FILES], ids=lambda path: path.stem)
def test_a_file_of_the_project_has_no_fault(path: Path) -> None:
    faults = faults_of(path.read_text(encoding="utf-8"), around=surroundings())
    assert [str(fault) for fault in faults if fault.severity is Severity.FAULT] == []


def test_all_faults_are_told_at_once_though_some_parts_cannot_be_read() -> None:
    data = first()
    data["steps"][0]["limit"] = "3 days"
    data["steps"][1]["choose"][1]["when"] = "data.old == true"
    data["steps"][4].pop("role")
    data["steps"].append(
        {"code": "lost", "kind": "step", "title": {"vi": "?", "en": "?"}, "role": "unit", "next": "sign"}
    )
    data["roles"]["desk"]["kind"] = "no_such_kind"
    found = {fault.kind for fault in faults_of(data, around=surroundings())}
    assert {
        "bad_limit",
        "decision_without_default",
        "step_without_agency",
        "unreachable_step",
        "unknown_agency_kind",
    } <= found


def test_a_fault_names_its_line() -> None:
    text = FIRST.read_text(encoding="utf-8").replace("limit: 3 working days\n    source", "limit: 3 days\n    source")
    fault = next(fault for fault in faults_of(text) if fault.kind == "bad_limit")
    assert text.splitlines()[fault.line - 1].strip() == "limit: 3 days"


def test_a_step_that_nothing_leads_to_is_unreachable() -> None:
    assert kinds_of(with_steps(step("a", "granted"), step("b", "granted"), end())) == ["unreachable_step"]


def test_a_step_one_is_only_sent_back_to_is_reachable() -> None:
    assert kinds_of(with_steps(step("a", "granted", send_back_to=["b"]), step("b", "a"), end())) == []


def test_a_round_without_a_way_out_is_a_dead_end() -> None:
    data = with_steps(
        step("a", {"done": "b", "other": "granted"}), step("b", "c"), step("c", "b", max_entries=3), end()
    )
    assert kinds_of(data) == ["dead_end", "dead_end"]


def test_a_procedure_without_end_is_a_dead_end() -> None:
    assert "dead_end" in kinds_of(with_steps(step("a", "b"), step("b", "a", max_entries=2)))


def test_a_loop_needs_a_cap() -> None:
    steps = [step("a", "b"), step("b", {"done": "granted", "again": "a"}), end()]
    assert kinds_of(with_steps(*steps)) == ["loop_without_cap"]
    steps[1]["max_entries"] = 3
    assert kinds_of(with_steps(*steps)) == []


def test_a_step_that_leads_to_itself_is_a_loop() -> None:
    assert kinds_of(with_steps(step("a", {"done": "granted", "again": "a"}), end())) == ["loop_without_cap"]


def _fork(*to: str) -> dict[str, Any]:
    return {"code": "fork", "kind": "split", "to": list(to)}


def _meet(to: str = "granted", code: str = "meet") -> dict[str, Any]:
    return {"code": code, "kind": "join", "next": to}


def test_branches_that_meet_at_a_join_are_sound() -> None:
    assert kinds_of(with_steps(_fork("a", "b"), step("a", "meet"), step("b", "meet"), _meet(), end())) == []


def test_nested_branches_are_sound() -> None:
    inner = {"code": "inner", "kind": "split", "to": ["a", "b"]}
    data = with_steps(
        _fork("inner", "c"),
        inner,
        step("a", "meet_in"),
        step("b", "meet_in"),
        _meet("d", "meet_in"),
        step("d", "meet"),
        step("c", "meet"),
        _meet(),
        end(),
    )
    assert kinds_of(data) == []


def test_a_join_with_one_way_in_waits_for_nothing() -> None:
    assert kinds_of(with_steps(step("a", "meet"), _meet(), end())) == ["join_unsatisfiable"]


def test_a_join_after_a_decision_cannot_be_satisfied() -> None:
    choice = {"code": "which", "kind": "decision", "choose": [{"when": "data.x == 1", "to": "a"}, {"to": "b"}]}
    data = with_steps(choice, step("a", "meet"), step("b", "meet"), _meet(), end())
    assert kinds_of(data) == ["join_unsatisfiable"]


def test_a_join_that_waits_for_what_comes_after_it_cannot_be_satisfied() -> None:
    data = with_steps(
        _fork("a", "b"),
        step("a", "meet"),
        step("b", "meet"),
        _meet("after"),
        step("after", {"done": "granted", "again": "late"}),
        step("late", "meet", max_entries=2),
        end(),
    )
    assert "join_unsatisfiable" in kinds_of(data)


def test_branches_that_meet_at_a_step_would_enter_it_twice() -> None:
    data = with_steps(_fork("a", "b"), step("a", "c"), step("b", "c"), step("c", "granted"), end())
    assert kinds_of(data) == ["branches_without_join"]


def test_a_branch_that_ends_the_dossier_early_is_a_warning() -> None:
    data = with_steps(
        _fork("a", "b"),
        step("a", {"done": "meet", "reject": "refused"}),
        step("b", "meet"),
        _meet(),
        end(),
        end("refused", "denied"),
    )
    assert kinds_of(data) == []
    assert kinds_of(data, Severity.WARNING) == ["branch_ends_early"]


def test_parallel_terms_count_once() -> None:
    long = {"limit": "5 working days", "source": SOURCE}
    data = with_steps(_fork("a", "b"), step("a", "meet", **long), step("b", "meet", **long), _meet(), end())
    data["limits"][0]["limit"] = "5 working days"
    assert kinds_of(data) == []
    data["limits"][0]["limit"] = "4 working days"
    assert kinds_of(data) == ["terms_exceed_limit"]


def test_the_path_that_does_not_fit_is_named() -> None:
    terms = {"limit": "4 working days", "source": SOURCE}
    data = with_steps(step("a", "b", **terms), step("b", "c", **terms), step("c", "granted", **terms), end())
    fault = next(fault for fault in faults_of(data) if fault.kind == "terms_exceed_limit")
    assert "a → b → c" in fault.message
    assert "96 office hours" in fault.message
    assert "80" in fault.message


def test_time_in_which_the_clock_stands_still_does_not_count() -> None:
    posting = {"code": "post", "kind": "posting", "length": "15 calendar days", "source": SOURCE, "next": "sign"}
    sign = step("sign", "granted", limit="9 working days", source=SOURCE)
    running = with_steps(posting, sign, end())
    assert kinds_of(running, Severity.WARNING) == ["terms_may_exceed_limit"]
    assert kinds_of(with_steps({**posting, "stops_clock": True}, sign, end()), Severity.WARNING) == []


def test_mixed_units_name_the_worst_day() -> None:
    data = with_steps(step("a", "granted", limit="3 working days", source=SOURCE), end())
    data["limits"][0] = {"limit": "9 calendar days", "source": SOURCE}
    warning = next(fault for fault in faults_of(data) if fault.kind == "terms_may_exceed_limit")
    assert "-02-" in warning.message, "some Tết"
    assert "a may last until" in warning.message


def test_what_follows_a_sub_dossier_has_its_own_appointment() -> None:
    sub = {"code": "sub", "kind": "sub_procedure", "procedure": "1.004222", "next": {"done": "b", "denied": "refused"}}
    late = step("b", "granted", limit="20 working days", source=SOURCE)
    assert kinds_of(with_steps(sub, late, end(), end("refused", "denied"))) == []


def test_a_term_from_receipt_is_not_added_to_what_came_before() -> None:
    data = with_steps(
        step("a", "b", limit="6 working days", source=SOURCE),
        step("b", "granted", limit="10 working days", limit_from="received", source=SOURCE),
        end(),
    )
    assert kinds_of(data) == []


def test_a_wait_that_stops_the_clock_needs_a_ground() -> None:
    wait = {"code": "pay", "kind": "wait", "purpose": "pay", "stops_clock": True, "next": "granted"}
    assert kinds_of(with_steps(wait, end())) == ["stop_without_ground"]
    assert kinds_of(with_steps({**wait, "ground": "legal_posting"}, end())) == []


def test_an_unknown_kind_of_agency_suggests_the_nearest() -> None:
    data = first()
    data["roles"]["unit"]["kind"] = "commune_commitee"
    fault = next(fault for fault in faults_of(data, around=surroundings()) if fault.kind == "unknown_agency_kind")
    assert "commune_committee" in fault.remedy


def test_a_new_procedure_has_no_fault() -> None:
    text = new_procedure("X.new_one", title='Cấp "thẻ": mới', since=date(2026, 7, 1))
    assert faults_of(text, around=surroundings()) == []


def test_a_new_procedure_says_how_long_the_desk_has_to_receive_and_what_leaving_it_out_means(tmp_path: Path) -> None:
    text = new_procedure("X.new_one", title="Cấp thẻ", since=date(2026, 7, 1))
    assert "left out, nothing is late before receipt" in text
    path = tmp_path / "new.yaml"
    path.write_text(text, encoding="utf-8")
    within = load_procedure(path).clock.intake_within
    assert within is not None
    assert str(format_limit(within)) == "8 office hours"


def test_a_faulty_file_is_refused_with_every_fault(tmp_path: Path) -> None:
    data = first()
    data["steps"][0]["limit"] = "3 days"
    data["desk"] = "nobody"
    path = tmp_path / "faulty.yaml"
    path.write_text(as_text(data), encoding="utf-8")
    with pytest.raises(FaultyFileError) as caught:
        load_procedure(path)
    assert "2 faults" in str(caught.value)
    assert "steps[inspect].limit" in str(caught.value)
    assert "desk" in str(caught.value)


@pytest.mark.parametrize("code", Catalogue().codes())
def test_a_definition_reads_back_as_the_same_procedure(code: str) -> None:
    catalogue = Catalogue()
    for procedure in catalogue.versions(code):
        again = procedure_from_definition(catalogue.definition(code, procedure.version))
        assert again.digest == procedure.digest
        assert again.nodes == procedure.nodes
        assert again.limits == procedure.limits


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted() -> None:
    steps = [step(f"s{n}", {f"o{m}": "nowhere" for m in range(4)}) for n in range(100)]
    faults = [fault for fault in faults_of(with_steps(*steps, end())) if fault.severity is Severity.FAULT]
    assert len(faults) == 201
    assert faults[-1].kind == "more_faults"
