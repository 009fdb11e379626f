"""What moves dossiers, and what takes histories over, tells its figures in the reader's language."""

from string import Formatter

import pytest

from console.flow_status import waiting
from console.wording.moving import CONTRADICTIONS, WORDS
from console.wording.phrases import Phrase
from store import open_store
from tests.command import motcua
from workflows.drive import DriveReport


def named(sentence: str) -> set[str]:
    """The fields a sentence names."""
    return {field for _, field, _, _ in Formatter().parse(sentence) if field}


def test_every_figure_has_its_word(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/s.db") as store:
        waits = waiting(store, 0)
    assert set(waits) | set(DriveReport().figures()) | {"signals"} <= set(WORDS)


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (("drive",), "hồ sơ liên thông", "sub-dossiers"),
        (("watch",), "dấu hiệu đã nêu", "signals"),
        (("flows",), "Prefect không chạy ở http://127.0.0.1:9/api;", "Prefect is down at http://127.0.0.1:9/api;"),
        (("flows",), "thư chờ gửi", "letters to send"),
        (("incidents",), "không có sự cố nào", "no incidents"),
    ],
)
def test_figures_are_told_in_the_readers_language(words, vietnamese, english, tmp_path):
    def said(*more: str) -> str:
        done = motcua(*words, *more, folder=tmp_path, MOTCUA_PREFECT_API_URL="http://127.0.0.1:9/api")
        assert done.returncode == 0, done.stderr
        return done.stdout.decode("utf-8")

    assert vietnamese in said()
    assert english in said("--lang", "en")
    assert vietnamese not in said("--lang", "en")


def test_every_word_is_said_in_both_languages():
    said: list[Phrase] = [*WORDS.values(), *CONTRADICTIONS.values()]
    for phrase in said:
        assert phrase.vi.strip()
        assert named(phrase.vi) == named(phrase.en)
