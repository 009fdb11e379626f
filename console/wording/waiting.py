"""Words of waiting causes, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

WAITING: Final[Mapping[str, Phrase]] = {
    "contention": Phrase("đang xử lý hồ sơ đến trước", "at work on what came earlier"),
    "unavailability": Phrase("ngoài giờ hoặc vắng mặt", "closed or absent"),
    "batching": Phrase("chờ gom thành lô", "gathering a batch"),
    "prioritisation": Phrase("đang xử lý hồ sơ đến sau", "at work on what came later"),
    "extraneous": Phrase("nguồn không cho biết", "not told by the source"),
    "holds": Phrase("lượt giữ hồ sơ", "holds"),
    "waited": Phrase("có chờ", "that waited"),
    "inferred": Phrase("suy ra lúc bắt đầu", "beginning inferred"),
    "still": Phrase("còn đang chờ", "still waiting"),
    "by_agency": Phrase("không rõ cán bộ, xét cả cơ quan", "officer unknown, whole agency looked at"),
    "left_out": Phrase("không xét", "left out"),
    "machine": Phrase("máy xử lý", "held by a machine"),
    "applicant": Phrase("của tổ chức, cá nhân nộp hồ sơ", "the applicant's"),
    "nobody": Phrase("không phải lượt của ai", "nobody's move"),
    "other_agency": Phrase("ở cơ quan khác không rõ tên", "another agency's, not named"),
    "no_agency": Phrase("không ghi cơ quan", "with no agency recorded"),
    "open": Phrase("chưa xong, không rõ đã bắt đầu chưa", "open, not told whether begun"),
    "state": Phrase("không rõ có phải đang xử lý", "not told whether work"),
    "office_hours": Phrase("giờ làm việc", "office hours"),
    "elapsed_hours": Phrase("giờ kể cả ngoài giờ", "hours day and night"),
    "cause": Phrase("nguyên nhân chờ", "cause of waiting"),
    "share": Phrase("tỷ lệ", "share"),
    "agency": Phrase("cơ quan", "agency"),
    "step": Phrase("bước", "step"),
    "pair": Phrase("từ → đến", "from → to"),
    "unknown": Phrase("(không rõ)", "(unknown)"),
    "by": Phrase("Chờ theo {what}, tỷ lệ giờ làm việc", "Waiting by {what}, shares of office time"),
    "more": Phrase("… và {count} dòng nữa (--json in tất cả)", "… and {count} more (--json prints all)"),
    "nothing": Phrase(
        "Nguồn không cho biết hồ sơ chờ ở đâu, bao lâu.", "The source does not tell where dossiers wait, or how long."
    ),
    "limits": Phrase(
        "Quá tải và vắng mặt không phải là né tránh; phần không giải thích được không phải lỗi của ai.",
        "Overload and absence are not avoidance; what is not explained is nobody's fault by that alone.",
    ),
}
"""Headings and sentences of `motcua waiting`, by the key programs know them by."""
