"""Whose lateness it is, in words and sentences, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

REASONS: Final[Mapping[str, Phrase]] = {
    "beyond_own_limit": Phrase("vượt thời hạn của chính bước", "beyond the hold's own term"),
    "beyond_remainder": Phrase("vượt phần thời hạn còn lại", "beyond what the legal term leaves"),
    "held_while_overdue": Phrase("giữ khi đã quá hạn", "held it while overdue"),
    "after_closing": Phrase("sau giờ làm việc", "after closing"),
    "linked_dossier": Phrase("chờ hồ sơ liên thông", "waited for a linked dossier"),
    "applicant": Phrase("thời gian của tổ chức, cá nhân", "the applicant's time"),
    "lawful_stop": Phrase("tạm dừng có căn cứ", "lawful stop"),
    "limits_exceed_term": Phrase("thời hạn các bước vượt thời hạn giải quyết", "terms of steps exceed the legal term"),
    "nobody": Phrase("không ai giữ", "nobody had it"),
    "charged_nothing": Phrase("không bị tính", "charged nothing"),
}
"""Why a share is charged (`engine.responsibility.attribution.REASONS`)."""

SENTENCES: Final[Mapping[str, Phrase]] = {
    "head": Phrase("Trễ {late} giờ làm việc là do:", "Of {late} late, in office time:"),
    "head_closed": Phrase(
        "Quá hạn sau giờ làm việc, không trễ giờ làm việc nào:",
        "Overdue after closing, with no office time late:",
    ),
    "beyond_own_limit": Phrase(
        "{who} ({step}): {seconds}. Giữ {held}, vượt {over} so với thời hạn {own} của chính bước{slack}{rest}{queue}.",
        "{who} ({step}): {seconds}. Had it {held}, {over} beyond its own term of {own}{slack}{rest}{queue}.",
    ),
    "beyond_remainder": Phrase(
        "{who} ({step}): {seconds}. Bước không có thời hạn riêng và dùng quá phần mà thời hạn giải quyết còn để lại"
        "{queue}.",
        "{who} ({step}): {seconds}. Has no term of its own and took more than the legal term leaves beside those of the"
        " others{queue}.",
    ),
    "held_while_overdue": Phrase(
        "{who} ({step}): {seconds}. Giữ hồ sơ chừng ấy sau hạn trả{queue}.",
        "{who} ({step}): {seconds}. Had it that long after it was due{queue}.",
    ),
    "after_closing": Phrase("{who} ({step}) giữ sau cùng.", "{who} ({step}) had it last."),
    "linked_dossier": Phrase(
        "Không tính cho ai: {seconds} chờ hồ sơ liên thông ({step}), hồ sơ ấy được xét riêng.",
        "Nobody: {seconds} of waiting for the linked dossier ({step}), which is judged by itself.",
    ),
    "applicant": Phrase(
        "Không tính cho ai: {seconds} là của tổ chức, cá nhân ({ground}).",
        "Nobody: {seconds} were the applicant's ({ground}).",
    ),
    "lawful_stop": Phrase(
        "Không tính cho ai: {seconds} tạm dừng có căn cứ ({ground}).",
        "Nobody: {seconds} of lawful stop ({ground}).",
    ),
    "limits_exceed_term": Phrase(
        "Không tính cho ai: {seconds}, vì thời hạn các bước cộng lại dài hơn thời hạn giải quyết còn lại.",
        "Nobody: {seconds}, for the steps' own terms add up to more than the legal term leaves.",
    ),
    "nobody": Phrase("Không tính cho ai: {seconds} không ai giữ hồ sơ.", "Nobody: {seconds} in which no one had it."),
    "ahead": Phrase("; trước đó còn dư {slack}", "; earlier holders had left {slack} of slack"),
    "behind": Phrase("; khi nhận đã chậm {slack}", "; it came {slack} behind plan"),
    "rest": Phrase(
        "; {rest} còn lại đã được bù, còn nằm trong thời hạn giải quyết hoặc do bên khác",
        "; the other {rest} were made up for, covered by the legal term, or are others'",
    ),
    "queue": Phrase("; {queue} trong đó nằm chờ, chưa ai làm", "; {queue} of the share lay in the queue"),
    "nothing": Phrase("Không bị tính: {who}.", "Charged nothing: {who}."),
    "unrecorded": Phrase("không ghi cơ quan", "agency not recorded"),
}
"""Sentences of `motcua why` about a late dossier."""
