"""Conditions: bounded, sandboxed, true or false, and clear about what they miss."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conditions import ConditionError, data_names, evaluate
from procedures.checks.conditions import may_be_decided


@pytest.mark.parametrize(
    ("expression", "data", "expected"),
    [
        ("data.area > 500", {"area": 501}, True),
        ("data.area > 500.5", {"area": 501}, True),
        ("channel == 'online'", {}, True),
        ("'request' in papers", {}, True),
        ("has(data.child) && data.child.age < 6", {}, False),
        ("has(data.child) && data.child.age < 6", {"child": {"age": 5}}, True),
        ("data.children.exists(c, c.age < 6)", {"children": [{"age": 9}, {"age": 3}]}, True),
        ("data.title == 'Đăng ký // mới'", {"title": "Đăng ký // mới"}, True),
        ("data.urgent ? channel == 'post' : true", {"urgent": False}, True),
    ],
)
def test_a_condition_is_decided(expression: str, data: dict[str, Any], expected: bool) -> None:
    assert evaluate(expression, data, "online", ["request"]) is expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("data.area > 500", "reads 'area', which is not recorded"),
        ("data.name", "gives 'An' instead of true or false"),
        ("data.name > 5", "cannot be decided"),
        ("1 / 0 == 1", "cannot be decided"),
        ("now() > 1", "uses 'now'"),
        ("os.system('ls')", "reads 'os'"),
        ("dta.area > 500", "reads 'dta'"),
        ("'a'.matches('(a+)+$')", "uses 'matches'"),
        ("[1].all(x, [1].all(y, x == y))", "more than one list macro"),
        ("true ||", "is not a CEL expression"),
        ("", "is not a CEL expression"),
        ("true // comment", "no comments"),
        ("r'a' == 'a'", "without prefixes"),
        ("true || " * 100 + "true", "longer than 500 characters"),
        ("(" * 240 + "true" + ")" * 240, "is not a CEL expression"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_one_sentence(expression: str, said: str) -> None:
    with pytest.raises(ConditionError) as caught:
        evaluate(expression, {"name": "An"}, place="step 'which'")
    assert said in str(caught.value)
    assert str(caught.value).startswith("step 'which': condition `")
    assert "\n" not in str(caught.value)


def test_the_names_a_condition_reads() -> None:
    assert data_names("has(data.a.b) && data.c == 'data.d' && data.list.exists(x, x.e == data.f)") == (
        "a.b",
        "c",
        "list",
        "f",
    )


def test_type_checking_tries_values() -> None:
    assert may_be_decided("data.a > 2 && data.b == 'x' && data.c")
    assert may_be_decided("data.list.exists(x, x == 'a')")
    assert not may_be_decided("data.a + 1")
    assert not may_be_decided("'text'")
    assert not may_be_decided("size(papers)")


def test_threads_share_compiled_conditions() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: evaluate("data.n % 2 == 0", {"n": n}), range(400)))
    assert found == [n % 2 == 0 for n in range(400)]


_SIGNS = ["(", ")", "&&", "||", "!", "==", "<", "in", "[", "]", ",", "?", ":", "+", "/", "%", "{", "}"]
_PARTS = ["data", "data.x", "channel", "papers", "1", "1.5", "'a'", "null", "has(data.y)", "size(papers)", "1e400"]
_TOKENS = st.sampled_from([*_SIGNS, *_PARTS, ".exists(p, p == 'a')"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(_TOKENS, max_size=12).map(" ".join) | st.text(max_size=40),
    st.dictionaries(st.sampled_from(["x", "y"]), _JSON),
)
def test_whatever_is_written_gives_true_false_or_a_refusal(expression: str, data: dict[str, Any]) -> None:
    try:
        found = evaluate(expression, data, "online", ["a"])
    except ConditionError:
        return
    assert isinstance(found, bool)
