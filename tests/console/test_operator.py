"""What the operator reads while working on a dossier, in Vietnamese where nothing else is chosen."""

import pytest

from console.wording.facts import present
from engine import events as ev
from tests.command import motcua


@pytest.fixture
def counter(tmp_path):
    """A counter with one birth registration handed in."""

    def run(*words: str, code: int = 0) -> str:
        done = motcua(*words, folder=tmp_path)
        assert done.returncode == code, done.stderr
        return (done.stderr if code else done.stdout).decode("utf-8")

    submit = ("dossier", "submit", "1.001193", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    return run, run(*submit)


def test_what_is_open_is_told_by_the_name_to_type_and_by_what_it_is_called(counter):
    run, told = counter
    assert "có thể làm: receive (tiếp nhận), request-supplement (yêu cầu bổ sung), " in told
    number = told.split()[0]
    assert "receive (tiếp nhận)" in run("dossier", "show", number)
    assert "receive, request-supplement, " in run("dossier", "show", number, "--lang", "en")


def test_a_step_is_to_be_handled_by_an_instant_and_the_result_given_by_another(counter):
    run, told = counter
    number = told.split()[0]
    run("dossier", "act", number, "receive", "--by", "cau_gio.desk.02")
    run("drive")
    legal, step = run("why", number).split("Thẩm tra hồ sơ: ")
    assert "Hạn trả: " in legal
    assert "Hạn xử lý: " in step
    assert "Hạn trả" not in step.split("\n\n")[0]


def test_an_erasure_is_told_in_the_readers_language(counter):
    run, told = counter
    number = told.split()[0]
    run("dossier", "act", number, "decline-intake", "--by", "cau_gio.desk.02", "--data", '{"reason": "sai nơi nộp"}')
    assert run("dossier", "erase-applicant", number, "--by", "cau_gio.desk.02").startswith("đã xóa dữ liệu cá nhân")


def test_a_sentence_that_ends_with_a_question_gets_no_full_stop():
    fact = ev.BranchArrived(occurred_at=0, recorded_at=0, node="j", arrived_from="b", token=1)
    told = present(fact, name={"j": "Đủ giấy tờ?", "b": "Thẩm định"}.get)
    assert told.endswith("Đủ giấy tờ?")
