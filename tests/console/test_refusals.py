"""Refusals in the operator's language: each reason the rules know has a Vietnamese sentence with the same fields."""

import ast
import pickle
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import engine
from console.wording.details import ATTEMPTED, detail_text
from console.wording.laws import cited
from console.wording.refusals import REASONS, WHOLE, WORDS, refusal_text
from engine.decisions.common import OpenHold
from engine.errors import NotAllowedError
from tests.command import motcua
from workflows.changes import RefusedError

ROOT = Path(engine.__file__).parents[1]
DECIDING = [ROOT / "engine" / "decide.py", *sorted((ROOT / "engine" / "decisions").glob("*.py"))]
FACES = [
    *(ROOT / name for name in ("workflows/handle.py", "workflows/reproject.py", "procedures/catalogue.py")),
    *sorted((ROOT / "console").rglob("*.py")),
]


def named(sentence: str) -> set[str]:
    """The fields a sentence names."""
    return {field for _, field, _, _ in Formatter().parse(sentence) if field}


def functions(paths: list[Path]) -> Iterator[ast.FunctionDef]:
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def calls(function: ast.FunctionDef, *names: str) -> list[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def text(function: ast.FunctionDef, given: ast.expr) -> str:
    """The constant an argument is, or that the function last gave to the name it is."""
    if isinstance(given, ast.Name):
        before = [
            (node.lineno, value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and node.lineno <= given.lineno
            for target in node.targets
            for name, value in pairs(target, node.value)
            if name == given.id
        ]
        given = max(before, key=lambda found: found[0])[1]
    assert isinstance(given, ast.Constant), f"{function.name}: {ast.unparse(given)} is no constant"
    assert isinstance(given.value, str)
    return given.value


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from ((ast.unparse(one), its) for one, its in zip(target.elts, value.elts, strict=True))
    else:
        yield ast.unparse(target), value


def reasons() -> list[tuple[str, str]]:
    """Key and English sentence of each refusal the engine decides."""
    return [
        (text(function, call.args[2]), text(function, call.args[3]))
        for function in functions(DECIDING)
        for call in calls(function, "refuse", "_refuse")
    ]


def wholes() -> list[tuple[str, str]]:
    return [
        (text(function, call.args[0]), text(function, call.args[1]))
        for function in functions(FACES)
        for call in calls(function, "NotAllowedError.of")
    ]


def test_every_refusal_has_a_vietnamese_sentence_that_names_the_same_fields():
    assert {key for key, _ in reasons()} == set(REASONS)
    for key, english in reasons():
        assert named(REASONS[key]) == named(english), key


def test_refusals_that_are_whole_sentences_have_their_twin_too():
    assert {key for key, _ in wholes()} == set(WHOLE)
    for key, english in wholes():
        assert named(WHOLE[key]) == named(english), key


def test_a_reason_is_told_in_the_same_words_wherever_it_is_given():
    said: dict[str, set[str]] = {}
    for key, english in reasons():
        said.setdefault(key, set()).add(english)
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


def test_what_is_up_to_others_and_why_a_reason_is_needed_is_told_in_vietnamese():
    for function in functions(DECIDING):
        for call in calls(function, "check_agency"):
            assert text(function, call.args[3]) in WORDS["what"]
        for call in calls(function, "check_reason"):
            basis = text(function, call.args[2])
            assert basis in WORDS["basis"] or cited(basis, "vi") != basis


def test_an_attempt_that_is_remembered_is_told_as_its_refusal_was():
    remembered = {
        text(function, call.args[2]): text(function, call.args[3])
        for function in functions(DECIDING)
        for call in calls(function, "refuse")
        if any(given.arg == "breach" for given in call.keywords)
    }
    assert remembered == ATTEMPTED
    fields = {"times": 2, "law": "NĐ 61/2018/NĐ-CP, art. 15(3)", "step": "check", "procedure": "X.kiosk"}
    for key, english in ATTEMPTED.items():
        known = {**fields, "ground": "rain", "grounds": "outage, flood"}
        detail, told = english.format(**known), REASONS[key].format(**known).replace("art. 15(3)", "khoản 3 Điều 15")
        assert detail_text(detail, "vi", "Asia/Ho_Chi_Minh") == told
        assert detail_text(detail, "en", "Asia/Ho_Chi_Minh") == detail


def test_a_refusal_survives_the_way_between_processes():
    holds = (OpenHold(step="check", number=3, agency="police"),)
    refusal = NotAllowedError("no", ("urge",), (), "with_others", {"holds": holds, "agency": "tax"})
    for error in (refusal, RefusedError(*refusal.args, change=None)):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
        assert type(again) is type(error)
        assert (str(again), again.open_now, again.key, again.fields) == ("no", ("urge",), "with_others", error.fields)


def test_values_are_told_as_vietnamese_writes_them():
    def said(key: str, **fields: object) -> str:
        refusal = NotAllowedError("…", key=key, fields={"subject": "H99-1", "act": "finish-step", **fields})
        return refusal_text(refusal).removeprefix("hồ sơ H99-1: không thể hoàn thành bước: ")

    assert said("ended", outcome="granted") == "hồ sơ đã kết thúc (được giải quyết)"
    assert said("no_such_agency_then", agency="police", day=date(2026, 9, 14)).endswith("vào ngày 14/09/2026")
    assert said("no_reason", basis="NĐ 61/2018/NĐ-CP art. 19(9)").endswith("(NĐ 61/2018/NĐ-CP khoản 9 Điều 19)")
    holds = (OpenHold(step="check", number=3, agency="police"), OpenHold(step="pay", number=4, agency=""))
    listed = "check (lượt giữ 3, police), pay (lượt giữ 4, tổ chức, cá nhân)"
    assert said("none_such_open", holds=holds) == f"không có bước như vậy đang mở; đang mở: {listed}"


def test_a_reason_nobody_has_put_into_vietnamese_is_told_in_english():
    assert refusal_text(NotAllowedError("calendar: no")) == "calendar: no"


@pytest.fixture
def counter(tmp_path):
    """A counter with one dossier handed in."""

    def run(*words: str, code: int = 3, **more: str) -> str:
        done = motcua(*words, folder=tmp_path, **({"MOTCUA_PROCEDURES": "own"} | more))
        assert done.returncode == code, done.stderr
        return (done.stderr if code else done.stdout).decode("utf-8").strip()

    run("procedures", "new", "X.kiosk", "-o", "kiosk.yaml", code=0)
    run("procedures", "publish", "kiosk.yaml", "--from", "2026-01-01", code=0)
    submit = ("dossier", "submit", "X.kiosk", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    number = run(*submit, "--paper", "request", "--at", "2026-03-02 09:00", code=0).split()[0]
    return run, number


def test_an_operator_reads_why_in_the_language_of_the_setting_or_the_one_asked_for(counter):
    run, number = counter
    act = ("dossier", "act", number, "extend-limit", "--by", "cau_gio.desk.02")
    vietnamese = run(*act)
    assert vietnamese.startswith(f"motcua: hồ sơ {number}: không thể gia hạn: hồ sơ chưa được tiếp nhận; có thể làm: ")
    assert "receive (tiếp nhận)" in vietnamese
    english = f"motcua: dossier {number}: cannot extend-limit: it has not been received yet; open now: receive"
    assert run(*act, "--lang", "en").startswith(english)
    assert run(*act, "--lang=en").startswith(english)
    assert run(*act, MOTCUA_LANGUAGE="en").startswith(english)
    assert run(*act, "--lang", "vi", MOTCUA_LANGUAGE="en") == vietnamese


def test_an_officer_of_elsewhere_reads_where_the_dossier_is(counter):
    run, number = counter
    told = run("dossier", "act", number, "receive", "--by", "nobody.01")
    assert told == f"motcua: hồ sơ {number}: không có cán bộ “nobody.01” trong danh bạ"
    told = run("dossier", "act", number, "receive", "--by", "system")
    assert told == "motcua: lệnh receive: “system” là chính hệ thống; hãy nêu cán bộ thực hiện"
    told = run("drive", "--at", "2999-01-01")
    assert told.startswith("motcua: --at 2999-01-01: thời điểm ở tương lai")


def test_who_publishes_a_version_again_otherwise_reads_which_one_is_next(counter):
    run, _ = counter
    told = run("procedures", "publish", "kiosk.yaml", "--from", "2026-02-01")
    assert "đã được công bố với nội dung khác" in told
    assert told.endswith("hãy đặt version: 2")
