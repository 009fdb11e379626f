"""YAML as it is read here: few features, no traps, the place of every value."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from procedures.yaml_text import MAX_BYTES, UnreadableError, read_text, read_yaml


def test_scalars_follow_yaml_1_2() -> None:
    text = 'a: 15:00\nb: no\nc: true\nd: 2025-07-01\ne: "1.001193"\nf: 010\ng: ~\nh: 1.5\ni: 0x10\n'
    assert read_yaml(text, "t").data == {
        "a": "15:00",
        "b": "no",
        "c": True,
        "d": date(2025, 7, 1),
        "e": "1.001193",
        "f": 10,
        "g": None,
        "h": 1.5,
        "i": "0x10",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x", "line 1 uses a YAML anchor or alias"),
        ("a: !!python/object/apply:os.system [ls]", "line 1 uses the YAML tag"),
        ("a: 1\n---\nb: 2", "line 2 holds a second document"),
        ("? [a]\n: b", "line 1 has a list or map as a key"),
        ("<<: {a: 1}", "line 1 uses a merge key"),
        ("[" * 5_000, "nested too deeply"),
        ("- " * 5_000, "nested too deeply"),
        ("a: [1, 2", "is not YAML"),
        ("a:\n\t- b", "line 2 is not YAML"),
        ("", "is empty"),
        ("# a comment", "is empty"),
        ("a: \x07", "is not YAML"),
        ("[" + "1," * 60_000 + "]", "more than 50,000 values"),
    ],
)
def test_what_is_refused_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said) as caught:
        read_yaml(text, "t")
    assert "\n" not in str(caught.value)


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ['a0: &a0 ["lol"]', *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20))]
    with pytest.raises(UnreadableError, match="anchor or alias"):
        read_yaml("\n".join(lines), "t")


def test_a_duplicate_key_is_a_flaw_with_both_lines() -> None:
    document = read_yaml("a: 1\nb: 2\na: 3\n", "t")
    assert document.data == {"a": 1, "b": 2}
    [flaw] = document.flaws
    assert flaw.kind == "duplicate_key"
    assert "line 3" in flaw.message


def test_letters_stored_apart_are_a_flaw() -> None:
    [flaw] = read_yaml("title: Ca\u0302\u0301p", "t").flaws
    assert (flaw.kind, flaw.loc) == ("not_nfc", ("title",))


def test_a_day_that_does_not_exist_is_a_flaw() -> None:
    assert [flaw.kind for flaw in read_yaml("a: 2025-02-30", "t").flaws] == ["bad_date"]


def test_marks_point_into_the_text_also_after_vietnamese_letters() -> None:
    text = "title: Đăng ký khai sinh\nin_force: {from: 2025-07-01}\n"
    document = read_yaml(text, "t")
    mark = document.marks["in_force", "from"]
    assert text[mark.start : mark.end] == "2025-07-01"
    assert mark.line == 2


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"a" * (MAX_BYTES + 1))
    with pytest.raises(UnreadableError, match="larger than"):
        read_text(path)


@pytest.mark.parametrize("name", ["missing.yaml", ".", "/dev/zero"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableError):
        read_text(tmp_path / name)


def test_other_encodings_are_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: é".encode("latin-1"))
    with pytest.raises(UnreadableError, match="not UTF-8 at byte 3"):
        read_text(path)
