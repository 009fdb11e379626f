"""Words of what will be late soon and how well that is known, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

SOON: Final[Mapping[str, Phrase]] = {
    "agency": Phrase("đang giữ", "held by"),
    "budget": Phrase("còn lại", "left"),
    "chance": Phrase("khả năng trễ", "chance of breach"),
    "critical": Phrase("việc còn lại", "way to go"),
    "dossier": Phrase("hồ sơ", "dossier"),
    "due": Phrase("hạn trả", "due"),
    "level": Phrase("cơ sở", "rests on"),
    "observations": Phrase("hồ sơ tương tự", "such dossiers"),
    "since": Phrase("từ", "since"),
    "slack": Phrase("dư", "slack"),
    "step": Phrase("bước", "step"),
    "summary": Phrase(
        "{open} hồ sơ chưa xong lúc {at} = {running} đang tính giờ + {waiting} đang dừng đồng hồ + {without_due} không"
        " có hạn; liệt kê {shown}",
        "{open} dossiers open at {at} = {running} with the clock running + {waiting} with the clock standing still +"
        " {without_due} without due; {shown} listed",
    ),
    "stopped": Phrase("đồng hồ đang dừng", "the clock stands still"),
    "units": Phrase(
        "Còn lại, việc còn lại và dư tính bằng ngày làm việc. Khả năng trễ suy từ lịch sử, không phải kết luận.",
        "Left, way to go and slack are working days. The chance is drawn from history and is no verdict.",
    ),
    "more": Phrase("… và {count} hồ sơ nữa (--json in tất cả)", "… and {count} more (--json prints all)"),
    "nobody": Phrase("không có hồ sơ nào", "no dossiers"),
    "calibration": Phrase("Độ tin cậy của khả năng trễ", "How well the chances hold"),
    "entry": Phrase("xét khi hồ sơ đến mỗi bước", "asked for when dossiers come to a step"),
    "quarters": Phrase("xét ở 0, 25, 50, 75 % thời hạn", "asked for at 0, 25, 50, 75 % of the term"),
    "train": Phrase("học từ", "learnt from"),
    "test": Phrase("thử trên", "tried on"),
    "judged": Phrase("số lần xét", "chances asked for"),
    "brier": Phrase("điểm Brier", "Brier score"),
    "brier_base": Phrase("điểm nếu luôn nói tỷ lệ chung", "score of always saying the common rate"),
    "skill": Phrase("hơn tỷ lệ chung", "skill over the common rate"),
    "said": Phrase("đã nói", "said"),
    "seen": Phrase("thực tế", "happened"),
    "count": Phrase("số lần", "times"),
}
"""Headings and sentences of `motcua soon`, by the key programs know them by."""

SOON_LEVELS: Final[Mapping[str, Phrase]] = {
    "step": Phrase("cùng bước", "same step"),
    "procedure": Phrase("cùng thủ tục", "same procedure"),
    "all": Phrase("mọi hồ sơ", "all dossiers"),
    "none": Phrase("chưa có lịch sử", "no history"),
}
"""What a chance rests on (`engine.responsibility.survival.LEVELS`)."""
