"""Parameters of rules are called by Vietnamese names, each of them."""

from console.wording.facts import present
from console.wording.parameters import VIETNAMESE, parameter_text
from engine import events as ev
from procedures.signals import load_signals


def test_every_parameter_of_every_rule_has_a_vietnamese_name_and_none_is_left_over():
    assert {name for rule in load_signals().values() for name in rule.parameters} == set(VIETNAMESE)


def test_values_are_told_as_vietnamese_writes_them():
    assert parameter_text("within", "8 office hours", "vi") == "trong vòng (within) = 8 giờ làm việc"
    assert parameter_text("documented", 0.5, "vi").endswith(" = 0,5")
    assert parameter_text("minutes", 15, "vi").endswith(" = 15")
    assert parameter_text("online", "online", "vi").endswith(" = trực tuyến")


def test_the_legal_basis_of_a_fact_is_cited_as_vietnamese_cites():
    fact = ev.Urged(occurred_at=0, recorded_at=0, by="a", agency="b", hold=1, legal_basis="NĐ 61/2018/NĐ-CP, art. 8(2)")
    assert present(fact).endswith("; căn cứ: NĐ 61/2018/NĐ-CP, khoản 2 Điều 8.")
