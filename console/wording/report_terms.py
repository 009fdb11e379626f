"""What the report page says of terms, in Vietnamese and English: lateness, whose it was, crowds before a due date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

_LATENESS: Final = {
    "lateness_title": Phrase("Trễ hạn", "Lateness"),
    "lateness_finding": Phrase(
        "So theo ngày, đếm thực chất {late} trên {of} hồ sơ đã giải quyết bị trễ ({share}); đếm như báo cáo chính"
        " thức {official_late} trên {official_of} ({official_share}). Trong {open} hồ sơ chưa xong, {overdue} đã quá"
        " ngày hạn trả vào {at}; báo cáo chính thức đếm {official_overdue}.",
        "By date, counted honestly, {late} of {of} settled dossiers were late ({share}); as official reports count,"
        " {official_late} of {official_of} ({official_share}). Of {open} that were open, {overdue} were past their due"
        " date on {at}; official reports count {official_overdue}.",
    ),
    "lateness_no_due": Phrase(
        "Nguồn không ghi hạn trả của hồ sơ nào, nên không thể nói hồ sơ nào trễ.",
        "The source records no due date of any dossier, so none can be called late.",
    ),
    "lateness_no_due_limits": Phrase(
        "Không đoán hạn trả thay cho nguồn. Tệp ánh xạ có thể nêu cột ghi hạn trả, hoặc một thời hạn có căn cứ.",
        "No due date is guessed. The mapping file can name a column that holds it, or a term with its legal source.",
    ),
    "by_date": Phrase("so theo ngày", "by date"),
    "by_date_rolled": Phrase("theo ngày, dời khỏi ngày nghỉ", "by date, rolled off days off"),
    "by_instant": Phrase("so theo thời điểm", "by the instant"),
    "early": Phrase("trước hạn", "early"),
    "on_time": Phrase("đúng hạn", "on time"),
    "overdue": Phrase("quá hạn", "late"),
    "measure": Phrase("cách so", "measure"),
    "late_share": Phrase("tỷ lệ trễ", "share late"),
    "open_overdue": Phrase("chưa xong, quá hạn", "open, past due"),
    "open_share": Phrase("trên số chưa xong", "of open"),
    "grades_title": Phrase("Hồ sơ đã kết thúc theo hạn trả", "Ended dossiers against their due date"),
    "grades_caption": Phrase(
        "Cùng {of} hồ sơ đã kết thúc, so theo ba cách. Cách so quyết định con số, vì vậy mỗi con số đều nói rõ"
        " cách so.",
        "The same {of} ended dossiers by three measures. The measure decides the figure, so every figure names"
        " its own.",
    ),
    "months_title": Phrase("Tỷ lệ trễ theo tháng kết thúc", "Share late by month of ending"),
    "months_caption": Phrase(
        "Tỷ lệ trễ (so theo ngày) trong số hồ sơ kết thúc mỗi tháng; cột nhạt: dưới 20 hồ sơ.",
        "Share late (by date) of the dossiers that ended in each month; pale bars: fewer than 20 dossiers.",
    ),
    "months_told": Phrase("Cao nhất: {month}, {share} của {of} hồ sơ.", "Highest: {month}, {share} of {of} dossiers."),
    "months_x": Phrase("tháng kết thúc", "month of ending"),
    "months_y": Phrase("tỷ lệ trễ", "share late"),
    "by_measure_caption": Phrase(
        "Kết quả so với hạn trả: trên {of} hồ sơ đã kết thúc và {open_of} hồ sơ chưa xong có hạn trả",
        "Against the due date: of {of} ended dossiers and {open_of} open ones that had one",
    ),
    "by_measure_note": Phrase(
        "Theo ngày: kết thúc trước, trong hay sau ngày hạn trả. Dời khỏi ngày nghỉ: hạn trả rơi vào ngày nghỉ được dời"
        " đến ngày làm việc kế tiếp. Theo thời điểm: đúng đến giờ, phút.",
        "By date: ended before, on or after the due date. Rolled: a due date on a day off moves to the next"
        " working day."
        " By the instant: to the hour and minute.",
    ),
    "counting_caption": Phrase(
        "Thống kê chính thức và thực chất đặt cạnh nhau, so theo ngày",
        "Official and honest counting side by side, by date",
    ),
    "counting_note": Phrase(
        "Cột chính thức theo cách đếm của mẫu II.06a/VPCP/KSTT (đọc trong một hệ thống cấp tỉnh): hồ sơ rút"
        " hoặc trả lại"
        " tính là đúng hạn, hồ sơ chờ người nộp tính là trong hạn. Cột thực chất không giấu hai loại đó.",
        "The official column counts as form II.06a/VPCP/KSTT does (as read in a provincial system): what was withdrawn"
        " or returned counts as on time, what waits for the applicant as in time. The honest column hides neither.",
    ),
    "official": Phrase("chính thức", "official"),
    "honest": Phrase("thực chất", "honest"),
    "count_received": Phrase("tiếp nhận, kể cả kỳ trước chuyển qua", "received, with those carried over"),
    "count_carried": Phrase("trong đó kỳ trước chuyển qua", "of them carried over"),
    "count_settled": Phrase("đã giải quyết", "settled"),
    "count_early": Phrase("đã giải quyết, trước hạn", "settled early"),
    "count_on_time": Phrase("đã giải quyết, đúng hạn", "settled on time"),
    "count_overdue": Phrase("đã giải quyết, quá hạn", "settled late"),
    "count_returned": Phrase("rút, trả lại (tách riêng)", "withdrawn or returned (apart)"),
    "count_pending": Phrase("đang giải quyết", "pending"),
    "count_in_time": Phrase("đang giải quyết, trong hạn", "pending in time"),
    "count_pending_overdue": Phrase("đang giải quyết, quá hạn", "pending past due"),
    "count_waiting": Phrase("chờ người nộp (tách riêng)", "waiting for the applicant (apart)"),
    "count_without_due": Phrase("không có hạn trả", "without a due date"),
    "rates_caption": Phrase("Tỷ lệ trễ theo ba mẫu số đang dùng", "The share late by the three denominators in use"),
    "of_settled": Phrase("trễ / đã giải quyết", "late / settled"),
    "of_due": Phrase("trễ / đến hạn", "late / due"),
    "of_all": Phrase("trễ / tiếp nhận + chuyển qua", "late / received + carried over"),
    "lengths_caption": Phrase(
        "Thời hạn đã ghi: ngày hạn trả trừ ngày tiếp nhận, trên {of} hồ sơ",
        "Terms as recorded: due date minus date of receipt, of {of} dossiers",
    ),
    "length": Phrase("độ dài", "length"),
    "days": Phrase("{n} ngày", "{n} days"),
    "other_lengths": Phrase("{n} độ dài khác", "{n} other lengths"),
    "steps_caption": Phrase(
        "Thời hạn riêng của từng bước: kết thúc sau hạn đã ghi",
        "Terms of single steps: ended after their recorded due date",
    ),
    "ended_holds": Phrase("lượt kết thúc", "ended"),
    "late_by_date": Phrase("trễ (theo ngày)", "late (by date)"),
    "late_by_instant": Phrase("trễ (theo thời điểm)", "late (by instant)"),
    "terms_caption": Phrase("Thời hạn giữa hai bước", "Terms between two steps"),
    "term": Phrase("thời hạn", "term"),
    "pairs": Phrase("cặp", "pairs"),
    "over": Phrase("vượt", "over"),
    "lateness_limits_measures": Phrase(
        "So theo ngày, dời ngày nghỉ và theo thời điểm cho ba con số khác nhau; không con số nào sai, nhưng chỉ so sánh"
        " được những con số cùng cách so và cùng mẫu số.",
        "By date, rolled and by instant give three figures; none is wrong, but only figures with the same measure and"
        " denominator can be compared.",
    ),
    "lateness_limits_counting": Phrase(
        "Hồ sơ đã kết thúc không có hạn trả không nằm trong mẫu số trễ.",
        "Ended dossiers without a due date are in no denominator of lateness.",
    ),
    "lateness_limits_closed": Phrase(
        "Hạn trả là hạn đã ghi trong nguồn; trang này không xét hạn đó có đúng luật hay không.",
        "A due date is the one the source recorded; this page does not judge whether it was lawful.",
    ),
}

_ATTRIBUTION: Final = {
    "attribution_title": Phrase("Trễ là do đâu", "Whose lateness it was"),
    "attribution_none": Phrase("Không có hồ sơ nào trễ.", "No dossier was late."),
    "attribution_finding": Phrase(
        "{dossiers} hồ sơ trễ (so theo thời điểm), cộng lại {hours} giờ làm việc; {share} tính cho các cơ quan có tên,"
        " phần còn lại không tính cho ai hoặc nguồn không ghi là ai.",
        "{dossiers} dossiers were late (by the instant), {hours} office hours in all; {share} of it is charged to named"
        " agencies, the rest to nobody, or the source does not say to whom.",
    ),
    "attribution_most": Phrase("Nhiều nhất: {agency} ({share}).", "Most: {agency} ({share})."),
    "attribution_figure": Phrase("Giờ trễ tính cho từng cơ quan", "Hours of lateness charged to each agency"),
    "attribution_axis": Phrase("giờ làm việc trễ", "office hours of lateness"),
    "attribution_caption": Phrase(
        "Giờ làm việc trễ tính cho {n} cơ quan nhiều nhất, và tỷ lệ trên toàn bộ thời gian trễ.",
        "Office hours of lateness charged to the {n} agencies with most, and their share of all lateness.",
    ),
    "attribution_by_agency": Phrase(
        "Trễ do chính cơ quan và do bên khác: hồ sơ, giờ làm việc", "Late through itself and through others, by agency"
    ),
    "late_held": Phrase("hồ sơ trễ đã giữ", "late dossiers held"),
    "late_inside": Phrase("do chính mình", "through itself"),
    "late_outside": Phrase("do bên khác", "through others"),
    "inside_hours": Phrase("giờ tính cho mình", "hours charged"),
    "of_queue": Phrase("trong đó nằm chờ", "of them in queue"),
    "outside_hours": Phrase("giờ của bên khác", "hours of others"),
    "attribution_by_reason": Phrase("Vì sao bị tính hoặc không bị tính", "Why it is charged, or charged to nobody"),
    "why": Phrase("lý do", "reason"),
    "late_dossiers": Phrase("hồ sơ trễ", "late dossiers"),
    "hours_late": Phrase("giờ trễ", "hours late"),
    "attribution_handovers": Phrase(
        "Từng lượt giữ có hạn riêng, như phiếu kiểm soát ghi (so theo ngày)",
        "Each hold with a term of its own, as the control sheet grades it (by date)",
    ),
    "handover_holds": Phrase("lượt giữ có hạn", "holds with a term"),
    "share_overdue": Phrase("tỷ lệ trễ", "share late"),
    "attribution_limits": Phrase(
        "Tính cho ai giữ hồ sơ khi phần trễ phát sinh: vượt thời hạn của chính bước, dùng quá phần thời hạn còn"
        " lại, hoặc"
        " giữ khi đã quá hạn. Thời gian của người nộp và tạm dừng có căn cứ không tính cho ai.",
        "Charged is who had the dossier when the delay grew: beyond the hold's own term, beyond what the legal"
        " term left,"
        " or while it was overdue. The applicant's time and lawful stops are charged to nobody.",
    ),
    "attribution_limits_sum": Phrase(
        "Phần của mọi bên cộng lại đúng bằng thời gian trễ. Bị tính giờ không có nghĩa là có lỗi: xem cả nguyên"
        " nhân chờ.",
        "All shares add up exactly to the lateness. To be charged is not to be at fault: see the causes of"
        " waiting, too.",
    ),
}

_BUNCHING: Final = {
    "bunching_title": Phrase("Dồn sát hạn", "Bunching at the deadline"),
    "bunching_none": Phrase(
        "Nguồn không ghi thời hạn của hồ sơ hay của bước nào, nên không nói được việc có dồn sát hạn hay không.",
        "The source records no term of dossiers or steps, so nothing can be said about bunching.",
    ),
    "bunching_finding_dossiers": Phrase(
        "{near} trên {ends} hồ sơ đã kết thúc ({share}) kết thúc đúng hạn nhưng trong một phần mười cuối của thời hạn;"
        " {peak} trong một phần hai mươi cuối, {ratio}.",
        "{near} of {ends} ended dossiers ({share}) ended in time but within the last tenth of their term; {peak} within"
        " the last twentieth, {ratio}.",
    ),
    "bunching_finding_holds": Phrase(
        "{near} trên {ends} lượt giữ hồ sơ có hạn riêng ({share}) kết thúc đúng hạn nhưng trong một phần mười cuối của"
        " thời hạn; {peak} trong một phần hai mươi cuối, {ratio}.",
        "{near} of {ends} holds with a term of their own ({share}) ended in time but within the last tenth of"
        " it; {peak}"
        " within the last twentieth, {ratio}.",
    ),
    "bunching_ratio": Phrase(
        "gấp {ratio} lần trung bình các khoảng trước đó ({beside})",
        "{ratio} times the mean of the bins before ({beside})",
    ),
    "bunching_flat": Phrase(
        "không đông hơn các khoảng trước đó ({beside})", "no more than in the bins before ({beside})"
    ),
    "bunching_alone": Phrase("không có gì ở các khoảng trước đó", "with nothing in the bins before"),
    "bunching_of_dossiers": Phrase(
        "Hồ sơ: phần thời hạn đã dùng khi kết thúc.", "Dossiers: share of the legal term used at the end."
    ),
    "bunching_of_holds": Phrase(
        "Lượt giữ hồ sơ có hạn riêng: phần thời hạn đã dùng khi kết thúc.",
        "Holds with a term of their own: share of it used at the end.",
    ),
    "bunching_told": Phrase(
        "Trên {ends} lượt kết thúc: sớm hơn {early}, sát hạn {near}, sau hạn {late} (so theo thời điểm).",
        "Of {ends} ends: {early} sooner, {near} near the deadline, {late} after it (by the instant).",
    ),
    "bunching_x": Phrase("phần thời hạn đã dùng (giờ làm việc)", "share of the term used (office time)"),
    "bunching_y_dossiers": Phrase("hồ sơ", "dossiers"),
    "bunching_y_holds": Phrase("lượt giữ", "holds"),
    "bunching_early": Phrase("sớm hơn {near} % thời hạn", "before {near} % of the term"),
    "bunching_near": Phrase("sát hạn ({near}–100 %)", "near the deadline ({near}–100 %)"),
    "bunching_late": Phrase("sau hạn", "after it"),
    "deadline": Phrase("hạn", "deadline"),
    "bunching_by_agency_dossiers": Phrase("Theo nơi tiếp nhận", "By receiving desk"),
    "bunching_by_agency_holds": Phrase("Theo cơ quan giữ hồ sơ", "By agency that held"),
    "ends": Phrase("lượt kết thúc", "ends"),
    "median_used": Phrase("đã dùng (trung vị)", "used (median)"),
    "near_deadline": Phrase("sát hạn", "near the deadline"),
    "bunching_fewest": Phrase(
        "Chỉ nêu cơ quan có từ {n} lượt kết thúc trở lên.", "Only agencies with {n} ends or more are listed."
    ),
    "bunching_limits": Phrase(
        "Mỗi cột là {bin} % thời hạn, tính bằng giờ làm việc trên lịch của cơ quan. Sát hạn: từ {near} đến 100 % (đề"
        " xuất). So với trung bình các cột {low}–{high} % (đề xuất). Dồn sát hạn có thể do ký theo đợt, lịch"
        " họp, quá tải"
        " hoặc để đến ngày cuối: hình này không phân biệt được.",
        "Each bar is {bin} % of the term in office time on the agency's calendar. Near: {near} to 100 % (proposal)."
        " Compared with the mean of the bars from {low} to {high} % (proposal). A crowd can come from batch signing,"
        " meeting days, overload or leaving it to the last day: this picture cannot tell which.",
    ),
    "bunching_without": Phrase(
        "{n} hồ sơ đã kết thúc nhưng không có thời hạn tính được, không nằm trong hình.",
        "{n} ended dossiers without a measurable term are not in the picture.",
    ),
}

TERMS: Final[Mapping[str, Phrase]] = {**_LATENESS, **_ATTRIBUTION, **_BUNCHING}
"""Its phrases by their keys."""
