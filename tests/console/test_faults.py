"""What was given wrongly is named in the operator's language: each error with a key has a Vietnamese sentence."""

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import engine
from console.wording.faults import FAULTS, fault_text
from engine.errors import InputError, UnknownNumberError
from engine.nearest import nearest
from tests.command import motcua

ROOT = Path(engine.__file__).parents[1]


def keyed() -> Iterator[tuple[str, set[str]]]:
    """Key and named fields of each error that is raised with a key, refusals apart."""
    for room in ("engine", "store", "procedures", "workflows", "console"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("Error.of"):
                    continue
                if ast.unparse(node.func) == "NotAllowedError.of":
                    continue
                key = node.args[0]
                assert isinstance(key, ast.Constant), ast.unparse(node)
                yield str(key.value), {str(word.arg) for word in node.keywords}


def test_every_error_with_a_key_has_a_vietnamese_sentence_that_names_the_same_fields():
    found = list(keyed())
    assert {key for key, _ in found} == set(FAULTS)
    for key, fields in found:
        assert {name for _, name, _, _ in Formatter().parse(FAULTS[key]) if name} == fields, key


def test_an_error_survives_the_way_between_processes_and_keeps_its_english_sentence():
    error = UnknownNumberError.of("no_dossier", "no dossier {number}", number="H99-1")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert (type(again), str(again), again.key, again.fields) == (
        UnknownNumberError,
        "no dossier H99-1",
        "no_dossier",
        {"number": "H99-1"},
    )


def test_what_may_have_been_meant_is_asked_in_vietnamese():
    def said(near: str) -> str:
        return fault_text(InputError.of("agency_not_in_book", "{agency}{book}{near}", agency="a", book="sổ", near=near))

    assert said(nearest("grup_1", ["group_1"])) == "--agency a: trong sổ không có cơ quan này; có phải “group_1” không?"
    assert said(nearest("q", ["tax", "desk"])).endswith("; có: desk, tax")
    assert said("").endswith("không có cơ quan này")


def test_an_error_nobody_has_put_into_vietnamese_is_told_in_english():
    assert fault_text(InputError("calendar vn: no")) == "calendar vn: no"


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        ("dossier show H99-1", "không có hồ sơ H99-1", "no dossier H99-1"),
        ("inbox --agency nope", "không có cơ quan “nope” trong danh bạ", "agency 'nope' is not in directory"),
        ("overdue --at soon", "không đọc được thời điểm “soon”: hãy viết", "instant 'soon' cannot be read: write"),
        ("register --procedure 9", "thủ tục “9” chưa được công bố", "procedure '9' is not published"),
        ("dossier act N foo --by x --data gone.json", "gone.json: không đọc được: không có tệp", "cannot be read: No"),
        ("register --json --csv", "không dùng --json cùng với --csv", "cannot be given together"),
        ("dossier act N foo --by x", "không có lệnh “foo”; các lệnh: assign, ", "command 'foo' is not known"),
        ("signal show SIG-1", "không có dấu hiệu SIG-1", "no signal SIG-1"),
    ],
)
def test_an_operator_reads_what_is_wrong_in_the_language_he_chose(words, vietnamese, english, tmp_path):
    told = motcua(*words.split(), folder=tmp_path)
    assert told.returncode == 2
    assert told.stderr.decode().startswith(f"motcua: {vietnamese}")
    assert english in motcua(*words.split(), "--lang", "en", folder=tmp_path).stderr.decode()


def test_a_language_nobody_speaks_is_refused_in_that_of_the_setting(tmp_path):
    told = motcua("overdue", "--lang", "fr", folder=tmp_path).stderr.decode()
    assert told == "motcua: không có ngôn ngữ “fr”: hãy viết vi hoặc en\n"
