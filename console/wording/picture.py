"""What the picture of a procedure says besides the procedure's own titles."""

from __future__ import annotations

from functools import partial
from typing import Final

from console.wording.days import Language
from console.wording.derivation import limit_text
from console.wording.phrases import STEP_OUTCOMES, Phrase
from procedures.drawing import Words

_PHRASES: Final = {
    "applicant": Phrase("Tổ chức, cá nhân", "Applicant"),
    "from_receipt": Phrase("kể từ khi tiếp nhận", "from receipt"),
    "clock_stops": Phrase("thời hạn tạm dừng", "the clock stands still"),
    "opinion": Phrase("Cho ý kiến", "Give an opinion"),
    "otherwise": Phrase("còn lại", "otherwise"),
    "critical": Phrase("đường găng: chuỗi bước có thời hạn dài nhất", "critical path: the terms that take longest"),
    "machine": Phrase("hệ thống tự xử lý", "done by a machine"),
    "send_back": Phrase("trả lại", "send back"),
    "consulted": Phrase("Cơ quan được lấy ý kiến", "Agencies consulted"),
    "version": Phrase("phiên bản", "version"),
    "legal_limit": Phrase("thời hạn giải quyết", "legal limit"),
    "no_limit": Phrase("không quy định", "none"),
}
_SILENCE: Final = {
    "escalate": Phrase("im lặng: báo cáo cấp trên", "silence: escalated"),
    "deemed_agree": Phrase("im lặng: coi như đồng ý", "silence: deemed agreement"),
    "block": Phrase("im lặng: chờ ý kiến", "silence: waits"),
}


def picture_words(language: Language) -> Words:
    """Return the words of a picture in one language."""
    return Words(
        language=language,
        limit=partial(limit_text, language=language),
        silence={key: phrase.say(language) for key, phrase in _SILENCE.items()},
        outcomes={key: phrase.say(language) for key, phrase in STEP_OUTCOMES.items()},
        **{key: phrase.say(language) for key, phrase in _PHRASES.items()},
    )
