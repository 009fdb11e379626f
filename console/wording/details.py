"""The details of breaches in both languages: facts keep them as the engine wrote them, in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Final

from console.wording.days import Language
from console.wording.laws import cited
from console.wording.phrases import Phrase, moment
from console.wording.refusals import REASONS
from engine.errors import InputError
from engine.instants import parse_instant, to_seconds

_DETAILS: Final = tuple(
    (re.compile(pattern), phrase)
    for pattern, phrase in (
        (r"allowed until (?P<at>\S+)", Phrase("được yêu cầu đến {at}", "allowed until {at}")),
        (
            r"said to have happened before (?P<at>\S+)",
            Phrase("được ghi là xảy ra trước {at}", "said to have happened before {at}"),
        ),
        (r"request number (?P<number>\d+)", Phrase("yêu cầu lần {number}", "request number {number}")),
        (
            r"no request of the applicant's is on file",
            Phrase("hồ sơ không có yêu cầu rút", "no request of the applicant's is on file"),
        ),
        (
            r"received after the time for checking a submission had passed",
            Phrase(
                "tiếp nhận sau thời hạn kiểm tra hồ sơ", "received after the time for checking a submission had passed"
            ),
        ),
        (
            r"answered after silence was deemed agreement",
            Phrase("trả lời sau khi im lặng được coi là đồng ý", "answered after silence was deemed agreement"),
        ),
        (r"answered after its term", Phrase("trả lời sau thời hạn", "answered after its term")),
        (
            r"later than the lead time before the due date",
            Phrase("muộn hơn thời gian báo trước hạn trả", "later than the lead time before the due date"),
        ),
    )
)


ATTEMPTED: Final[Mapping[str, str]] = {
    "asked_too_often": "the applicant has been asked {times} times, the most the procedure allows ({law})",
    "extended_late": "the term has passed; it can only be extended before",
    "extended_too_often": "{procedure} allows its limit to be extended {times} time(s), and that is used up",
    "ground_unknown": "{ground!r} is no lawful ground in {procedure}; grounds: {grounds}",
    "loop_cap": "{step} has had the dossier {times} times, the most the procedure allows",
    "no_grounds": "{ground!r} is no lawful ground in {procedure}, which knows none",
    "not_extendable": "{procedure} does not allow its limit to be extended",
    "redated_too_often": "the date has been set anew {times} time(s), the most the law allows ({law})",
}
"""Why an attempt that is remembered was refused, as the engine writes it, by the key of `console.wording.refusals`."""


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = ""
    for text, field, _, quoted in Formatter().parse(sentence):
        quote = "['\"]" if quoted else ""
        parts += re.escape(text) + (f"{quote}(?P<{field}>.*?){quote}" if field else "")
    return re.compile(parts)


_ATTEMPTS: Final = tuple((_pattern(sentence), REASONS[key]) for key, sentence in ATTEMPTED.items())


def detail_text(detail: str, lang: Language, zone: str) -> str:
    """Return a breach's detail as people read it, instants in ``zone``; what is not known stays as it is.

    Example:
        >>> detail_text("allowed until 2026-11-12T10:00:00+07:00", "vi", "Asia/Ho_Chi_Minh")
        'được yêu cầu đến 10:00 12/11/2026'
        >>> detail_text("tax_receipt", "vi", "Asia/Ho_Chi_Minh")
        'tax_receipt'
    """
    for pattern, phrase in _DETAILS:
        if (found := pattern.fullmatch(detail)) is not None:
            values = found.groupdict()
            if "at" in values:
                values["at"] = _instant(values["at"], lang, zone)
            return phrase.say(lang, **values)
    for pattern, vietnamese in _ATTEMPTS if lang == "vi" else ():
        if (found := pattern.fullmatch(detail)) is not None:
            return vietnamese.format(**{name: cited(value, lang) for name, value in found.groupdict().items()})
    return detail


def _instant(text: str, lang: Language, zone: str) -> str:
    """Return an instant written with its offset, or as epoch seconds, as people read it."""
    if text.isdecimal():
        return moment(int(text), zone, lang)
    try:
        return moment(to_seconds(parse_instant(text, zone)), zone, lang)
    except InputError:
        return text
