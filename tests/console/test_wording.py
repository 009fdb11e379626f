"""Every fact and command has its words in both languages, and every fact is told in one sentence."""

import re
import typing
import unicodedata
from pathlib import Path

import msgspec
import pytest

from console.wording import phrases, terms
from console.wording.facts import present
from console.wording.phrases import Phrase, called, language, say
from engine import commands as co
from engine import events as ev
from engine.dossier import Work
from engine.errors import InputError
from engine.lateness import Grade
from engine.procedure import OnSilence
from engine.status import Status

FACTS = typing.get_args(ev.AnyFact)
COMMANDS = typing.get_args(co.AnyCommand)
HEADER = {"occurred_at": 1787562000, "recorded_at": 1787562000}
SAMPLES = {str: "a", int: 1787562000, bool: True}


def sample(kind: type[ev.Fact], **values) -> ev.Fact:
    """A fact of a kind with something in every required field."""
    given = dict(HEADER)
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in given:
            given[field.name] = next((SAMPLES[t] for t in SAMPLES if field.type is t), None)
            if given[field.name] is None:
                given[field.name] = ("a", "b") if "tuple" in str(field.type) else 1787562000
    return kind(**(given | values))


def test_facts_and_commands_are_all_named():
    assert set(terms.FACTS) == set(FACTS)
    assert set(terms.COMMANDS) == set(COMMANDS)


def test_every_code_the_engine_uses_has_its_phrase():
    assert set(phrases.GRADES) == set(Grade)
    assert set(phrases.STATUSES) == set(Status)
    assert set(phrases.WORKS) == set(Work)
    assert set(phrases.SILENCES) == set(OnSilence)


def test_every_breach_the_engine_records_has_its_phrase():
    sources = (Path(ev.__file__).parent).rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    recorded = set(re.findall(r"""(?:\bbreach\(\s*command,\s*|\bbreach=|\brule=)"(\w+)\"""", text))
    assert recorded
    assert recorded <= set(phrases.BREACHES)


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_every_fact_is_one_sentence_in_both_languages(kind):
    told = {lang: present(sample(kind, reason="mưa bão"), lang) for lang in ("vi", "en")}
    assert told["vi"] != told["en"]
    for sentence in told.values():
        assert "\n" not in sentence
        assert not re.search(r"[{}]", sentence)
        assert sentence.endswith("mưa bão.")
        assert unicodedata.is_normalized("NFC", sentence)


def test_the_reader_sees_dates_of_his_zone_and_names_instead_of_codes():
    fact = ev.Received(**HEADER, by="o1", agency="desk", dossier_no="H99-1", counted_from=0, due=1787562000)
    names = {"o1": "Bà Lan", "desk": "Bộ phận một cửa"}
    assert present(fact, name=names.__getitem__) == (
        "Bà Lan (Bộ phận một cửa) tiếp nhận, mã hồ sơ H99-1, hạn trả 16:00 24/08/2026."
    )
    assert "11:00 24 Aug 2026" in present(fact, "en", zone="Europe/Amsterdam", name=names.__getitem__)


def test_what_is_absent_is_not_mentioned():
    opened = ev.StepOpened(**HEADER, hold=1, step="sign", work="step", agency="unit")
    assert present(opened, "en") == "The dossier came to step sign at unit."
    again = ev.StepOpened(**HEADER, hold=1, step="sign", work="step", agency="unit", entry=2, due=1787562000)
    assert present(again, "en") == "The dossier came to step sign at unit, entry 2, due 16:00 24 Aug 2026."


def test_what_people_typed_is_never_read_as_a_placeholder():
    fact = ev.Withdrawn(**HEADER, requested=False, reason="{by} {0} {x.__class__}")
    assert present(fact, "en") == (
        "Withdrawn without a request of the applicant on file; reason: {by} {0} {x.__class__}."
    )


def test_a_refused_attempt_is_told_in_the_words_of_its_command():
    fact = ev.RuleBreachAttempted(**HEADER, by="o1", rule="second_redating", command="issue-apology")
    assert present(fact) == "o1 bị từ chối khi xin lỗi và hẹn lại: hẹn lại lần thứ hai."


def tables() -> list[Phrase]:
    general = [table for table in vars(phrases).values() if isinstance(table, dict)]
    return [phrase for table in (*general, terms.FACTS, terms.COMMANDS) for phrase in table.values()]


def test_every_phrase_has_both_languages_in_composed_letters():
    found = [phrase for phrase in tables() if isinstance(phrase, Phrase)]
    assert len(found) > 100
    for phrase in found:
        assert phrase.vi
        assert phrase.en
        assert unicodedata.is_normalized("NFC", phrase.vi)


def test_codes_without_a_phrase_stay_and_languages_without_one_are_refused():
    assert called(phrases.GROUNDS, "court_order") == "court_order"
    assert say("due", "en") == "due"
    with pytest.raises(InputError, match="language 'fr' is not known"):
        language("fr")


@pytest.mark.parametrize("instant", ["2026-11-12T10:00:00+07:00", "1794452400"])
def test_details_of_breaches_are_told_in_the_readers_language(instant):
    fact = ev.RuleBreached(
        occurred_at=0, recorded_at=0, rule="late_supplement_request", detail=f"allowed until {instant}"
    )
    assert present(fact) == "Ghi nhận trái quy định: yêu cầu bổ sung muộn (được yêu cầu đến 10:00 12/11/2026)."
    assert present(fact, "en").endswith("(allowed until 10:00 12 Nov 2026).")


def test_common_outcomes_of_steps_are_told_in_the_readers_language():
    fact = ev.StepDone(occurred_at=0, recorded_at=0, by="a", hold=1, outcome="done")
    assert present(fact) == "a hoàn thành bước, kết quả: xong."
    assert present(fact, "en") == "a finished the step: done."
