"""What the report page says, in Vietnamese and English: headings, findings, captions, and how to read each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase
from console.wording.report_judged import JUDGED
from console.wording.report_terms import TERMS
from console.wording.report_ways import WAYS

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
    "minute_late_honest": Phrase(
        "hồ sơ đã giải quyết bị trễ, đếm thực chất, so theo ngày: {late} trên {of}, không kể hồ sơ rút, trả lại và"
        " không có hạn trả (so theo thời điểm: {instant}).",
        "of settled dossiers were late, counted honestly, by date: {late} of {of}, leaving out what was withdrawn,"
        " returned or had no due date (by the instant: {instant}).",
    ),
    "minute_late_official": Phrase(
        "hồ sơ đã giải quyết bị trễ, đếm như báo cáo chính thức (mẫu II.06a), so theo ngày: {late} trên {of}; hồ sơ"
        " rút, trả lại tính là đúng hạn.",
        "of settled dossiers were late, counted as official reports do (form II.06a), by date: {late} of {of};"
        " what was withdrawn or returned counts as on time.",
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

REPORT: Final[Mapping[str, Phrase]] = {**_FRAME, **_MINUTE, **TERMS, **WAYS, **JUDGED}
"""Every phrase of the page by its key."""
