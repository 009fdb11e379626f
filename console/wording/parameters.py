"""Parameters of the rules of signals as people read them: what each is called, and its value in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from console.wording.derivation import limit_text
from console.wording.numbers import number
from console.wording.phrases import CHANNELS, called
from engine.errors import InputError
from engine.limits import parse_limit

if TYPE_CHECKING:
    from console.wording.days import Language

VIETNAMESE: Final[Mapping[str, str]] = {
    "after": "sau khi hết hạn nhiều nhất",
    "again_days": "nộp lại trong số ngày",
    "batch": "số hồ sơ của một đợt",
    "days": "số ngày",
    "decline": "số cơ quan từ chối",
    "documented": "phần có văn bản ít nhất",
    "dossiers": "số hồ sơ một đợt",
    "frequent": "nộp thường xuyên nếu quá",
    "grace": "châm chước",
    "least": "ít nhất",
    "lead": "báo trước",
    "lift": "tiếp tục tính thời hạn trong vòng",
    "longest": "dài nhất",
    "minutes": "số phút",
    "most": "nhiều nhất",
    "near": "sát hạn",
    "near_due": "sát hạn từ phần thời hạn",
    "officers": "số cán bộ",
    "online": "cách nộp trực tuyến",
    "own": "nhiều nhất của một cơ quan",
    "reopened_days": "mở lại trong số ngày",
    "returns": "số lần trả lại",
    "rungs": "số cấp trên",
    "share": "phần thời hạn",
    "slack": "ghi chậm nhiều nhất",
    "usually_after": "phần thường ở sau khi kết thúc",
    "waited": "đã nằm chờ ít nhất",
    "within": "trong vòng",
}
"""What a parameter is called, by the name rules give it (`procedures/signals`)."""


def parameter_text(name: str, value: object, lang: Language) -> str:
    """Return a parameter with its value; in Vietnamese with the name the rule's file knows it by in brackets.

    Example:
        >>> parameter_text("lead", "1 working day", "vi"), parameter_text("lead", "1 working day", "en")
        ('báo trước (lead) = 1 ngày làm việc', 'lead = 1 working day')
        >>> parameter_text("share", 0.9, "vi")
        'phần thời hạn (share) = 0,9'
    """
    return f"{parameter_name(name, lang)} = {value if lang == 'en' else vietnamese_value(value)}"


def parameter_name(name: str, lang: Language) -> str:
    """Return what a parameter is called."""
    return f"{VIETNAMESE[name]} ({name})" if lang == "vi" and name in VIETNAMESE else name


def vietnamese_value(value: object) -> str:
    """Return a parameter's value: a length, a code of a channel, or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value, "vi", 0 if value == int(value) else 1)
    text = str(value)
    try:
        return limit_text(parse_limit(text), "vi")
    except InputError:
        return called(CHANNELS, text)
