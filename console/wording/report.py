"""What the report page says, in Vietnamese and English: headings, findings, captions, and how to read each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase
from console.wording.report_judged import JUDGED

_FRAME: Final = {
    "page_title": Phrase("Báo cáo chậm trễ và trách nhiệm", "Report on lateness and responsibility"),
    "skip": Phrase("Đến nội dung", "Skip to the contents"),
    "contents": Phrase("Mục lục", "Contents"),
    "one_minute": Phrase("Trong một phút", "In one minute"),
    "facts": Phrase("Báo cáo này nói về gì", "What this page is about"),
    "how_to_read": Phrase("Cách đọc và giới hạn", "How to read this, and its limits"),
    "fact_source": Phrase("Nguồn", "Source"),
    "fact_period": Phrase("Tiếp nhận", "Received"),
    "fact_judged": Phrase("Xét đến", "Judged as of"),
    "fact_calendar": Phrase("Lịch làm việc, múi giờ", "Working calendar, time zone"),
    "fact_dossiers": Phrase("Hồ sơ", "Dossiers"),
    "store_title": Phrase("Hồ sơ của hệ thống", "Dossiers of this installation"),
    "store_source": Phrase("sổ ghi hồ sơ của hệ thống này", "the log of this installation"),
    "from_to": Phrase("từ {first} đến {last}", "from {first} to {last}"),
    "notice": Phrase(
        "Dấu hiệu là câu hỏi để xem xét, không phải kết luận. Cơ quan được nêu tên có quyền giải trình trước khi ai đó"
        " kết luận. Không nêu tên cá nhân nào.",
        "A signal is a question for review, not a verdict. An agency that is named has the right of reply before anyone"
        " concludes anything. No person is named.",
    ),
    "footer": Phrase(
        "Trang này tự đủ: không tải gì từ mạng, không chạy chương trình nào. Lập bằng Motcua; cùng một nguồn luôn cho"
        " cùng một trang.",
        "This page is complete in itself: it loads nothing and runs nothing. Made by Motcua; the same source always"
        " gives the same page.",
    ),
    "nobody_named": Phrase("không ghi", "not recorded"),
    "table_of": Phrase("Bảng: {caption}", "Table: {caption}"),
    "first_of": Phrase("{n} dòng đầu trong {of}.", "The first {n} of {of}."),
    "dossiers": Phrase("hồ sơ", "dossiers"),
    "dossier": Phrase("hồ sơ", "dossier"),
    "agency": Phrase("cơ quan", "agency"),
    "share": Phrase("tỷ lệ", "share"),
    "times": Phrase("số lần", "times"),
    "limit": Phrase("thời hạn", "limit"),
    "step": Phrase("bước", "step"),
    "code": Phrase("mã", "code"),
    "value": Phrase("giá trị", "value"),
    "source": Phrase("nguồn gốc", "where it comes from"),
    "proposal": Phrase("đề xuất", "proposal"),
    "unconfirmed": Phrase("chưa kiểm chứng", "not confirmed"),
}

_MINUTE: Final = {
    "minute_dossiers": Phrase(
        "hồ sơ tiếp nhận từ {first} đến {last}; {ended} đã kết thúc, {open} chưa xong khi xét đến {at}.",
        "dossiers received from {first} to {last}; {ended} had ended, {open} were open as of {at}.",
    ),
    "minute_late": Phrase(
        "hồ sơ đã kết thúc bị trễ, so theo ngày: {late} trên {of} hồ sơ có hạn trả (so theo thời điểm: {instant}).",
        "of ended dossiers were late by date: {late} of {of} that had a due date (by the instant: {instant}).",
    ),
    "minute_unended": Phrase(
        "hồ sơ tiếp nhận từ {first} đến {last}; nguồn không ghi lúc kết thúc của hồ sơ nào.",
        "dossiers received from {first} to {last}; the source does not record when any of them ended.",
    ),
    "minute_charged": Phrase(
        "giờ làm việc trễ, cộng trên {dossiers} hồ sơ trễ; {share} tính cho các cơ quan có tên.",
        "office hours of lateness in {dossiers} late dossiers; {share} of it is charged to named agencies.",
    ),
    "minute_no_due": Phrase(
        "hạn trả: nguồn không ghi, nên không nói được hồ sơ nào trễ, chỉ nói được ai giữ, bao lâu, qua lại thế nào.",
        "due dates: the source records none, so nothing can be called late; who held dossiers, how long, and between"
        " whom they went can be told.",
    ),
    "minute_open": Phrase(
        "hồ sơ chưa xong đã quá hạn vào {at}, so theo thời điểm, trên {of} hồ sơ chưa xong có hạn trả.",
        "open dossiers were past their due instant on {at}, of {of} open ones that had one.",
    ),
    "minute_near": Phrase(
        "kết thúc trong một phần mười cuối của thời hạn ({near} trên {ends}); {peak} trong một phần hai mươi"
        " cuối, gấp {ratio} lần các"
        " khoảng trước đó.",
        "ended within the last tenth of the term ({near} of {ends}); {peak} within the last twentieth, {ratio}"
        " times as many"
        " as in those before it.",
    ),
    "minute_near_none": Phrase(
        "kết thúc trong một phần mười cuối của thời hạn ({near} trên {ends}); không dồn sát hạn.",
        "ended within the last tenth of the term ({near} of {ends}); there is no crowd just before the deadline.",
    ),
    "minute_ping": Phrase(
        "lần hồ sơ đi từ A sang B rồi quay lại A, trong {dossiers} hồ sơ ({handovers} lượt chuyển); {apart} lần là với"
        " người nộp hoặc theo quy trình.",
        "times a dossier went from A to B and back to A, in {dossiers} dossiers ({handovers} hand-overs); {apart} of"
        " them with the applicant or by design.",
    ),
    "minute_waiting": Phrase(
        "thời gian chờ có một nguyên nhân chung: {cause}. Tổng cộng chờ {hours} giờ làm việc.",
        "of the time spent waiting has one cause: {cause}. In all {hours} office hours were waited.",
    ),
    "minute_unexplained": Phrase(
        "trong {hours} giờ làm việc hồ sơ phải chờ là phần mà nguồn không giải thích được.",
        "of the {hours} office hours that dossiers waited is not explained by the source.",
    ),
    "minute_no_signals": Phrase(
        "câu hỏi để xem xét: không quy tắc nào thấy điều gì nổi bật so với cơ quan tương tự.",
        "questions for review: no rule found conduct that stands out from its peers.",
    ),
    "minute_signals": Phrase(
        "câu hỏi để xem xét, về {agencies} cơ quan, không phải kết luận.",
        "questions for review, about {agencies} agencies; none is a verdict.",
    ),
}

_LATENESS: Final = {
    "lateness_title": Phrase("Trễ hạn", "Lateness"),
    "lateness_finding": Phrase(
        "Trong {of} hồ sơ đã kết thúc và có hạn trả, {late} hồ sơ ({share}) kết thúc sau ngày hạn trả. Trong {open} hồ"
        " sơ chưa xong, {overdue} đã quá ngày hạn trả vào {at}.",
        "Of {of} dossiers that had ended and had a due date, {late} ({share}) ended after that date. Of {open} that"
        " were open, {overdue} were past their due date on {at}.",
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
        "Thống kê chính thức và trung thực đặt cạnh nhau, so theo ngày",
        "Official and honest counting side by side, by date",
    ),
    "counting_note": Phrase(
        "Cột chính thức theo cách đếm của mẫu II.06a/VPCP/KSTT (đọc trong một hệ thống cấp tỉnh): hồ sơ rút"
        " hoặc trả lại"
        " tính là đúng hạn, hồ sơ chờ người nộp tính là trong hạn. Cột trung thực không giấu hai loại đó.",
        "The official column counts as form II.06a/VPCP/KSTT does (as read in a provincial system): what was withdrawn"
        " or returned counts as on time, what waits for the applicant as in time. The honest column hides neither.",
    ),
    "official": Phrase("chính thức", "official"),
    "honest": Phrase("trung thực", "honest"),
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

_HANDOVERS: Final = {
    "handovers_title": Phrase("Bàn giao và qua lại", "Hand-overs and ping-pong"),
    "handovers_none": Phrase(
        "Nguồn không ghi lần bàn giao nào giữa các cơ quan.", "The source records no hand-over between agencies."
    ),
    "handovers_finding": Phrase(
        "Trong {handovers} lượt bàn giao giữa các cơ quan, {triples} lần hồ sơ đi từ A sang B rồi quay lại A, trong"
        " {dossiers} hồ sơ.",
        "In {handovers} hand-overs between agencies a dossier went {triples} times from A to B and back to A, in"
        " {dossiers} dossiers.",
    ),
    "handovers_finding_apart": Phrase(
        "Trong {handovers} lượt bàn giao, {triples} lần hồ sơ đi từ A sang B rồi quay lại A, trong {dossiers} hồ sơ:"
        " {applicant} lần với người nộp, {design} lần theo quy trình, {between} lần giữa các cơ quan với nhau.",
        "In {handovers} hand-overs a dossier went {triples} times from A to B and back to A, in {dossiers} dossiers:"
        " {applicant} times with the applicant, {design} by design, {between} between agencies.",
    ),
    "graph_title": Phrase("Hồ sơ đi giữa những cơ quan nào", "Between which agencies dossiers went"),
    "graph_told": Phrase("Nhiều lần qua lại nhất (A→B→A): {pairs}.", "Most often to and fro (A→B→A): {pairs}."),
    "graph_caption": Phrase(
        "Vòng tròn: cơ quan, to theo số hồ sơ đã giữ. Đường nối: dày theo số lượt bàn giao;"
        " màu cam và"
        " số kèm ⇄ là số lần qua lại A→B→A; nét đứt là theo quy trình; ô vuông tím là người nộp. Vẽ {pairs} trên"
        " {pairs_of} cặp, trong đó {returning} trên {returning_of} cặp có qua lại.",
        "Circles: agencies, sized by the dossiers they had. Lines: as thick as the hand-overs"
        " are many;"
        " orange with ⇄ is how often a dossier went A→B→A; dashed is by design; the violet box is the applicant. Drawn"
        " are {pairs} of {pairs_of} pairs, among them {returning} of the {returning_of} with ping-pong.",
    ),
    "graph_numbered": Phrase("Số trong vòng tròn: xem bảng dưới.", "The numbers are those of the table below."),
    "graph_numbers": Phrase("Cơ quan trong hình", "Agencies in the picture"),
    "number_in_picture": Phrase("số", "no."),
    "pairs_caption": Phrase("Qua lại nhiều nhất (A→B→A)", "Most ping-pong (A→B→A)"),
    "between": Phrase("giữa", "between"),
    "times_aba": Phrase("số lần", "times"),
    "in_dossiers": Phrase("trong số hồ sơ", "in dossiers"),
    "remark": Phrase("ghi chú", "remark"),
    "pair_applicant": Phrase("với người nộp", "with the applicant"),
    "pair_design": Phrase("theo quy trình", "by design"),
    "cycles_caption": Phrase(
        "Vòng lặp đơn nhiều nhất: {total} lần, {distinct} vòng khác nhau, trong {dossiers} hồ sơ",
        "Most frequent simple cycles: {total} in all, {distinct} distinct, in {dossiers} dossiers",
    ),
    "cycle": Phrase("vòng lặp", "cycle"),
    "cycles_note": Phrase(
        "Mỗi vòng lặp đếm một lần cho mỗi hồ sơ (J. Paszkiewicz và W. Picard, CEUR-WS Vol-1052).",
        "Each cycle counts once a dossier (J. Paszkiewicz and W. Picard, CEUR-WS Vol-1052).",
    ),
    "returns_caption": Phrase("Trả lại hồ sơ: {total} lần", "Sent back or returned: {total} times"),
    "by_whom": Phrase("ai trả lại", "by whom"),
    "handovers_limits_reading": Phrase(
        "Đếm theo thứ tự trong nguồn, bỏ chỗ trống, gộp các lần liền nhau của cùng một cơ quan.",
        "Counted in the order of the source; blanks are left out and repeats of one agency joined.",
    ),
    "handovers_limits_cause": Phrase(
        "Qua lại không nói ai bắt đầu, cũng không nói trả lại là đúng hay sai; lý do ghi kèm mỗi lần mới cho biết.",
        "Ping-pong does not tell who began it, or whether sending back was right; the reasons recorded with it do.",
    ),
    "handovers_no_design": Phrase(
        "Nguồn không khai vòng lặp nào là theo quy trình: bước kiểm tra và chỉnh sửa do thiết kế cũng nằm trong"
        " các số này.",
        "No loop was declared as designed for this source: checks and corrections that the procedure intends are in"
        " these figures, too.",
    ),
    "handovers_cut": Phrase(
        "Ở {n} hồ sơ có quá nhiều vòng lặp; chỉ đếm 10.000 vòng đầu.",
        "{n} dossiers have too many cycles; only the first 10,000 of each were counted.",
    ),
}

_WAITING: Final = {
    "waiting_title": Phrase("Thời gian của ai, chờ vì sao", "Whose time it was, and why it waited"),
    "waiting_none": Phrase(
        "Nguồn không cho biết thời gian chờ giữa các bước.", "The source does not tell waiting between steps."
    ),
    "whose_finding": Phrase(
        "Trong toàn bộ thời gian từ tiếp nhận đến kết thúc (kể cả ngoài giờ), {parts}.",
        "Of all time from receipt to the end (day and night), {parts}.",
    ),
    "whose_authority": Phrase("{share} ở cơ quan giải quyết", "{share} was with the authority"),
    "whose_applicant": Phrase("{share} ở tổ chức, cá nhân", "{share} was the applicant's"),
    "whose_other_agency": Phrase("{share} ở cơ quan phối hợp", "{share} was with other agencies"),
    "whose_nobody": Phrase("{share} không tính cho ai", "{share} was nobody's"),
    "whose_title": Phrase("Thời gian của ai", "Whose time it was"),
    "whose_bar": Phrase("thời gian", "time"),
    "whose_caption": Phrase(
        "Đời sống của mỗi hồ sơ được chia hết, không chồng lên nhau: kể cả đêm, cuối tuần, ngày nghỉ.",
        "The life of every dossier is divided without gap or overlap, nights, weekends and days off included.",
    ),
    "time_authority": Phrase("cơ quan giải quyết", "the authority"),
    "time_applicant": Phrase("tổ chức, cá nhân", "the applicant"),
    "time_other_agency": Phrase("cơ quan phối hợp", "other agencies"),
    "time_nobody": Phrase("không tính cho ai", "nobody"),
    "waiting_finding": Phrase(
        "Trong {holds} lượt giữ hồ sơ, {waited} lượt phải chờ trước khi có người xử lý, cộng {hours} giờ làm"
        " việc; nguyên"
        " nhân lớn nhất: {cause} ({share}).",
        "Of {holds} holds {waited} waited before somebody worked on them, {hours} office hours in all; the"
        " largest cause:"
        " {cause} ({share}).",
    ),
    "waiting_all": Phrase("tất cả", "all"),
    "waiting_figure": Phrase("Vì sao hồ sơ phải chờ", "Why dossiers waited"),
    "waiting_caption": Phrase(
        "Tỷ lệ giờ làm việc chờ theo nguyên nhân: tất cả, và {n} cơ quan có nhiều giờ chờ nhất.",
        "Shares of office time waited by cause: all, and the {n} agencies with most of it.",
    ),
    "waiting_overall": Phrase("Nguyên nhân chờ", "Causes of waiting"),
    "waiting_by_agency": Phrase(
        "Chờ ở từng cơ quan: tỷ lệ giờ làm việc theo nguyên nhân", "Waiting by agency: shares of office time by cause"
    ),
    "waiting_cause": Phrase("nguyên nhân", "cause"),
    "office_hours": Phrase("giờ làm việc", "office hours"),
    "elapsed_hours": Phrase("giờ kể cả ngoài giờ", "hours day and night"),
    "holds": Phrase("lượt giữ", "holds"),
    "waiting_inferred": Phrase(
        "Ở {n} trên {of} lượt giữ, nguồn không ghi lúc bắt đầu xử lý; lúc đó được suy ra từ việc khác của cùng người.",
        "For {n} of {of} holds the source does not tell when work began; it was inferred from the same people's"
        " other work.",
    ),
    "waiting_limits": Phrase(
        "Quá tải và vắng mặt không phải là né tránh. Phần nguồn không giải thích được không phải là lỗi của ai.",
        "Overload and absence are not avoidance. What the source does not explain is nobody's fault by that alone.",
    ),
}

REPORT: Final[Mapping[str, Phrase]] = {
    **_FRAME,
    **_MINUTE,
    **_LATENESS,
    **_ATTRIBUTION,
    **_BUNCHING,
    **_HANDOVERS,
    **_WAITING,
    **JUDGED,
}
"""Every phrase of the page by its key."""
