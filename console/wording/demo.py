"""The words of the demo's report, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

TITLE: Final = Phrase(
    "Tỉnh mẫu, {days} ngày từ {since} đến hết {until}, số khởi tạo {seed}",
    "Sample province, {days} days from {since} to {until}, seed {seed}",
)
INVENTED: Final = Phrase(
    "Mọi số liệu đều do phần mềm tạo ra để minh họa, không phải số liệu của tỉnh nào.",
    "All figures are made up for the demo; they are no statistics of any province.",
)
AHEAD: Final = Phrase(
    "Thời gian là thời gian ảo: các ngày này kéo dài đến {until}, sau thời điểm hiện tại.",
    "Time is virtual: these days last until {until}, which is still to come.",
)
AHEAD_KEPT: Final = Phrase(
    'Xem cơ sở dữ liệu này bằng các lệnh khác với --at "{at}", hoặc chọn những ngày đã qua bằng --from.',
    'Look at this database with other commands and --at "{at}", or choose days that are over with --from.',
)
BY_AGENCY: Final = Phrase("Theo nơi tiếp nhận", "By receiving desk")
BY_PROCEDURE: Final = Phrase("Theo thủ tục", "By procedure")
HANDLING: Final = Phrase("Theo cơ quan xử lý (số lượt việc)", "By handling agency (pieces of work)")
BREACHES: Final = Phrase("Ghi nhận trái quy định", "Breaches recorded")
AGENCY: Final = Phrase("cơ quan", "agency")
PROCEDURE: Final = Phrase("thủ tục", "procedure")
ALL: Final = Phrase("Toàn tỉnh", "whole province")

FIGURES: Final[Mapping[str, Phrase]] = {
    "submitted": Phrase("nộp", "submitted"),
    "declined": Phrase("từ chối tiếp nhận", "declined at intake"),
    "at_intake": Phrase("chờ tiếp nhận", "waiting for receipt"),
    "received": Phrase("tiếp nhận", "received"),
    "resolved": Phrase("đã xong", "resolved"),
    "early": Phrase("trước hạn", "early"),
    "on_time": Phrase("đúng hạn", "on time"),
    "late": Phrase("trễ hạn", "late"),
    "without_term": Phrase("không có hạn", "no term"),
    "stopped": Phrase("dừng", "stopped"),
    "withdrawn": Phrase("rút", "withdrawn"),
    "open": Phrase("đang xử lý", "open"),
    "overdue": Phrase("quá hạn", "overdue"),
    "ended": Phrase("đã làm", "done"),
    "silent_opinions": Phrase("không trả lời khi được lấy ý kiến", "silent opinions"),
    "sub_dossiers": Phrase("hồ sơ thành phần liên thông", "interlinked parts"),
    "supplements": Phrase("yêu cầu bổ sung", "supplements asked for"),
    "apologies": Phrase("phiếu xin lỗi", "apologies"),
    "escalations": Phrase("báo cáo cấp trên", "escalations"),
    "stuck": Phrase("hồ sơ mắc kẹt", "stuck"),
    "facts": Phrase("sự việc ghi nhận", "facts recorded"),
}
