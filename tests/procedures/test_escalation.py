from pathlib import Path

import pytest

from engine.errors import InputError
from engine.limits import OfficeHours, WorkingDays
from procedures.door import load_procedure

FIRST = Path(__file__).parents[2] / "examples" / "first_procedure.yaml"


def with_ladder(tmp_path, ladder):
    file = tmp_path / "first.yaml"
    text = FIRST.read_text(encoding="utf-8")
    assert "\nclock:\n" in text
    file.write_text(text.replace("\nclock:\n", f"\nclock:\n  escalation: {ladder}\n"), encoding="utf-8")
    return file


def test_a_procedure_without_a_ladder_gets_the_houses():
    ladder = load_procedure(FIRST).clock.ladder
    assert [(rung.after, rung.to) for rung in ladder] == [
        (OfficeHours(4), "holder"),
        (WorkingDays(1), "desk"),
        (WorkingDays(3), "parent"),
    ]
    assert not any(rung.source.confirmed for rung in ladder)


def test_a_procedure_may_name_its_own_ladder_or_none(tmp_path):
    own = "[{after: 2 working days, to: parent, source: {text: QD 1}}]"
    assert [rung.to for rung in load_procedure(with_ladder(tmp_path, own)).clock.ladder] == ["parent"]
    assert load_procedure(with_ladder(tmp_path, "[]")).clock.ladder == ()


def test_a_rung_says_which_days_and_to_whom(tmp_path):
    with pytest.raises(InputError, match="which days"):
        load_procedure(with_ladder(tmp_path, "[{after: 2 days, to: parent, source: {text: QD 1}}]"))
    with pytest.raises(InputError, match=r"escalation\[0\]\.to"):
        load_procedure(with_ladder(tmp_path, "[{after: 2 working days, to: minister, source: {text: QD 1}}]"))
