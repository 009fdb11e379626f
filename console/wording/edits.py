"""What people read about a calendar edit: the headings of its lists and what a moved due instant means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

EDITS: Final[Mapping[str, Phrase]] = {
    "dossier": Phrase("hồ sơ", "dossier"),
    "term": Phrase("thời hạn", "term"),
    "agency": Phrase("cơ quan", "agency"),
    "before": Phrase("trước", "before"),
    "after": Phrase("sau", "after"),
    "change": Phrase("thay đổi", "change"),
    "legal_term": Phrase("hạn trả theo quy định", "legal term"),
    "becomes_late": Phrase("trở thành quá hạn", "becomes late"),
    "no_longer_late": Phrase("không còn quá hạn", "no longer late"),
    "none_moves": Phrase("không hồ sơ nào đang giải quyết đổi hạn", "no open dossier's due instant moves"),
    "open_dossiers": Phrase("hồ sơ đang giải quyết", "open dossiers"),
    "moves": Phrase("hạn thay đổi", "due instants that move"),
    "changed": Phrase("hồ sơ đã điều chỉnh hạn", "dossiers changed"),
    "facts": Phrase("sự việc đã ghi", "facts recorded"),
    "stale": Phrase("hồ sơ còn lại, hãy chạy lại lệnh", "dossiers left: run the command again"),
    "unmoved": Phrase("hồ sơ cần xem lại", "dossiers that need a look"),
    "in_force": Phrase("lịch có hiệu lực", "calendar in force"),
}
"""Words of `motcua calendar apply`."""
