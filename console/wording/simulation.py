"""Words of simulations, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

SIMULATION: Final[Mapping[str, Phrase]] = {
    "heading": Phrase("{title}: {count} lần lặp, số khởi tạo {seed}", "{title}: {count} replications, seed {seed}"),
    "figures": Phrase("Kết quả (trung bình, khoảng tin cậy 95 %)", "Answers (mean, 95 % confidence interval)"),
    "agencies": Phrase("Theo cơ quan (trung bình)", "By agency (means)"),
    "compared": Phrase("So với {base}: cùng người nộp, từng cặp", "Against {base}: the same applicants, pair by pair"),
    "who_pays": Phrase("Theo cơ quan: thay đổi rõ rệt", "By agency: what clearly changes"),
    "nothing_clear": Phrase("Không cơ quan nào thay đổi rõ rệt.", "No agency clearly changes."),
    "figure": Phrase("chỉ tiêu", "figure"),
    "mean": Phrase("trung bình", "mean"),
    "interval": Phrase("khoảng", "interval"),
    "base": Phrase("gốc", "base"),
    "other": Phrase("phương án", "other"),
    "difference": Phrase("chênh lệch", "difference"),
    "p": Phrase("p", "p"),
    "is_clear": Phrase("rõ rệt", "clear"),
    "agency": Phrase("cơ quan", "agency"),
    "yes": Phrase("có", "yes"),
    "no": Phrase("không", "no"),
    "added": Phrase("thêm 1 cán bộ", "one more officer"),
    "late": Phrase("hồ sơ trễ", "late dossiers"),
    "frontier": Phrase(
        "Thêm cán bộ ở đâu (trễ theo ngày, trung bình)", "Where to add officers (late by the date, mean)"
    ),
    "submitted": Phrase("nộp", "submitted"),
    "received": Phrase("tiếp nhận", "received"),
    "settled": Phrase("đã giải quyết", "settled"),
    "open": Phrase("chưa xong", "open at the end"),
    "late_by_instant": Phrase("trễ, theo thời điểm", "late, by the instant"),
    "late_by_date": Phrase("trễ, theo ngày", "late, by the date"),
    "open_late": Phrase("chưa xong, quá hạn", "open and overdue"),
    "on_time_by_instant": Phrase("đúng hạn, theo thời điểm", "on time, by the instant"),
    "on_time_by_date": Phrase("đúng hạn, theo ngày", "on time, by the date"),
    "on_time_honest": Phrase("đúng hạn, đếm thực chất", "on time, counted honestly"),
    "on_time_official": Phrase("đúng hạn, đếm như báo cáo", "on time, as reports count"),
    "late_hours": Phrase("giờ trễ", "hours late"),
    "late_outside_hours": Phrase("giờ trễ do nơi khác", "hours late through others"),
    "late_dossiers": Phrase("hồ sơ trễ do mình", "dossiers late through it"),
    "days_mean": Phrase("ngày làm việc, trung bình", "office days, mean"),
    "days_median": Phrase("ngày làm việc, trung vị", "office days, median"),
    "days_p90": Phrase("ngày làm việc, 90 % xong trong", "office days in which 90 % end"),
    "supplements": Phrase("lần yêu cầu bổ sung", "requests for papers"),
    "hand_overs": Phrase("lần bàn giao", "hand-overs"),
    "wait_hours": Phrase("giờ chờ", "hours waited"),
    "wait_contention": Phrase("  vì hồ sơ khác", "  for other dossiers"),
    "wait_unavailability": Phrase("  vì vắng mặt", "  for somebody absent"),
    "wait_batching": Phrase("  vì gom xử lý", "  for a batch"),
    "wait_prioritisation": Phrase("  vì hồ sơ được ưu tiên", "  for others preferred"),
    "wait_extraneous": Phrase("  không rõ vì sao", "  for no cause told"),
    "utilisation": Phrase("mức bận", "utilisation"),
    "queue": Phrase("hồ sơ đang giữ", "dossiers held"),
    "finished": Phrase("việc đã xong", "pieces finished"),
}
