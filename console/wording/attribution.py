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
    "other_agency": Phrase("ở cơ quan khác, không rõ cơ quan nào", "another agency, not named"),
    "limits_exceed_term": Phrase("thời hạn các bước vượt thời hạn giải quyết", "terms of steps exceed the legal term"),
    "nobody": Phrase("không ai giữ", "nobody had it"),
    "charged_nothing": Phrase("không bị tính", "charged nothing"),
}
"""Why a share is charged (`engine.responsibility.attribution.REASONS`)."""

SENTENCES: Final[Mapping[str, Phrase]] = {
    "head": Phrase("Trễ {late} tính theo giờ làm việc, là do:", "Of {late} late, in office time:"),
    "head_closed": Phrase(
        "Quá hạn sau giờ làm việc, không trễ giờ làm việc nào:",
        "Overdue after closing, with no office time late:",
    ),
    "beyond_own_limit": Phrase(
        "{who}, {step}: {seconds}. Có {own} cho bước này nhưng giữ {held}, dài quá {over}{slack}{rest}{queue}.",
        "{who}, {step}: {seconds}. Had {own} for this step and took {held}, {over} too long{slack}{rest}{queue}.",
    ),
    "beyond_no_limit": Phrase(
        "{who}, {step}: {seconds}. Thời hạn của bước đã hết khi hồ sơ đến; giữ {held}{slack}{rest}{queue}.",
        "{who}, {step}: {seconds}. The step's own term was over when the dossier came; took {held}{slack}{rest}"
        "{queue}.",
    ),
    "beyond_remainder": Phrase(
        "{who}, {step}: {seconds}. Bước không có thời hạn riêng và dùng quá phần mà các bước khác để lại trong thời hạn"
        " giải quyết{queue}.",
        "{who}, {step}: {seconds}. The step has no term of its own and took more of the legal term than the other steps"
        " leave{queue}.",
    ),
    "held_while_overdue": Phrase(
        "{who}, {step}: {seconds}. Giữ hồ sơ chừng ấy sau hạn trả{queue}.",
        "{who}, {step}: {seconds}. Had it that long after it was due{queue}.",
    ),
    "after_closing": Phrase("{who}, {step}: giữ sau cùng.", "{who}, {step}: had it last."),
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
    "other_agency": Phrase(
        "Không tính cho ai: {seconds} chờ một cơ quan khác mà nguồn không nêu tên ({step}).",
        "Nobody: {seconds} of waiting for another agency, which the source does not name ({step}).",
    ),
    "limits_exceed_term": Phrase(
        "Không tính cho ai: {seconds}, vì thời hạn các bước cộng lại dài hơn thời hạn giải quyết còn lại.",
        "Nobody: {seconds}, for the steps' own terms add up to more than the legal term leaves.",
    ),
    "nobody": Phrase("Không tính cho ai: {seconds} không ai giữ hồ sơ.", "Nobody: {seconds} in which no one had it."),
    "ahead": Phrase("; các bước trước để dư {slack}", "; earlier steps had left {slack} to spare"),
    "behind": Phrase("; khi đến hồ sơ đã chậm {slack}", "; the dossier came {slack} behind plan"),
    "rest": Phrase(
        "; {rest} không tính vào đây: về sau đã được bù, nằm trong thời hạn giải quyết hoặc tính cho nơi được hỏi ý"
        " kiến",
        "; {rest} are not charged here: made up for later, within the legal term, or charged to who was asked for an"
        " opinion",
    ),
    "queue": Phrase("; {queue} của phần bị tính là nằm chờ, chưa ai làm", "; {queue} of the charge it lay untouched"),
    "sum": Phrase("Cộng lại: {parts}.", "In sum: {parts}."),
    "sum_of": Phrase("{who} {seconds}", "{who} {seconds}"),
    "sum_nobody": Phrase("không tính cho ai {seconds}", "nobody {seconds}"),
    "nothing": Phrase("Không bị tính: {who}.", "Charged nothing: {who}."),
    "unrecorded": Phrase("không ghi cơ quan", "agency not recorded"),
}
"""Sentences of `motcua why` about a late dossier."""
