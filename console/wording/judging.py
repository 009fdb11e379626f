"""Words of lateness, ping-pong, signals, waiting and scorecards, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from console.wording.phrases import Phrase

if TYPE_CHECKING:
    from console.wording.days import Language

WORDS: Final[Mapping[str, Phrase]] = {
    "agencies": Phrase("cơ quan", "agencies"),
    "agency": Phrase("cơ quan", "agency"),
    "and_more": Phrase("… và {more} dấu hiệu nữa (--json in nhiều hơn)", "… and {more} more (--json prints more)"),
    "attribution": Phrase("Trách nhiệm chậm trễ (giờ làm việc)", "Whose lateness it is (office hours)"),
    "between": Phrase("giữa", "between"),
    "by_design": Phrase("theo quy trình", "by design"),
    "by_the_date": Phrase("theo ngày", "by the date"),
    "by_the_date_rolled": Phrase("theo ngày, đã dời khỏi ngày nghỉ", "by the rolled date"),
    "by_the_instant": Phrase("theo thời điểm", "by the instant"),
    "carried": Phrase("kỳ trước chuyển qua", "carried over"),
    "chances": Phrase("số lần có thể", "chances"),
    "code": Phrase("mã", "code"),
    "confidence": Phrase("độ tin cậy", "confidence"),
    "counter": Phrase("tình tiết có lợi cho cơ quan", "counter-evidence"),
    "counting": Phrase("Thống kê", "Counting"),
    "cycles": Phrase("vòng lặp", "cycles"),
    "cycles_counted": Phrase(
        "{total}, {distinct} vòng khác nhau, {dossiers} hồ sơ", "{total}, {distinct} different, {dossiers} dossiers"
    ),
    "not_told": Phrase("Nguồn không cho biết điều này.", "The source does not tell this."),
    "not_told_agency": Phrase(
        "Nguồn không cho biết cơ quan nào giữ hồ sơ.", "The source does not tell which agency had dossiers."
    ),
    "not_told_officer": Phrase(
        "Nguồn không cho biết ai xử lý hồ sơ.", "The source does not tell who handled dossiers."
    ),
    "not_told_due": Phrase(
        "Nguồn không cho biết hạn trả, nên không hồ sơ nào có thể coi là trễ.",
        "The source does not tell when dossiers are due; none can be late.",
    ),
    "not_told_ended": Phrase(
        "Nguồn không cho biết hồ sơ kết thúc khi nào, nên mọi hồ sơ đều coi là chưa xong.",
        "The source does not tell when dossiers ended; all count as open.",
    ),
    "not_told_channel": Phrase(
        "Nguồn không cho biết hồ sơ nộp theo cách nào, nên mọi hồ sơ đều tính là trực tiếp, bưu chính.",
        "The source does not tell how applications came in; all count as direct, by post.",
    ),
    "channels_unknown": Phrase(
        "Không hiểu cách nộp: {values}; tính là trực tiếp, bưu chính. Trong tệp ánh xạ, dưới channel: values:, hãy đổi"
        " mỗi giá trị thành một trong {codes}.",
        "Channels not understood: {values}; counted as direct, by post. Under channel: values: in the mapping rename"
        " each to one of {codes}.",
    ),
    "channels_blank": Phrase(
        "{count} hồ sơ không ghi cách nộp: tính là trực tiếp, bưu chính.",
        "Dossiers with no channel recorded: {count}; counted as direct, by post.",
    ),
    "indices": Phrase(
        "Chỉ số 1–3 theo TT 01/2018/TT-VPCP, Điều 13–15, thang 0–2: (1) thời gian giải quyết hồ sơ so với quy định, cơ"
        " quan tiếp nhận; (2) thời gian của cơ quan ở từng bước so với quy định; (3) số lần yêu cầu bổ sung hồ sơ.",
        "Indices 1–3 after TT 01/2018/TT-VPCP, art. 13–15, from 0 to 2: (1) time to settle against the limit, of the"
        " desk that received; (2) the agency's own time at each step against its limit; (3) how often papers were asked"
        " for.",
    ),
    "date": Phrase("theo ngày", "by date"),
    "date_rolled": Phrase("ngày đã dời", "rolled date"),
    "direct": Phrase("trực tiếp, bưu chính", "direct, by post"),
    "dossier": Phrase("hồ sơ", "dossier"),
    "dossiers": Phrase("hồ sơ", "dossiers"),
    "early": Phrase("trước hạn", "early"),
    "ended": Phrase("đã kết thúc", "ended"),
    "events": Phrase("sự kiện", "events"),
    "excused": Phrase("được loại trừ", "excused"),
    "hand_overs": Phrase("lượt bàn giao", "hand-overs"),
    "hits": Phrase("số lần", "times"),
    "honest": Phrase("thực chất", "honest"),
    "hours": Phrase("giờ", "hours"),
    "in_time": Phrase("trong hạn", "in time"),
    "inside": Phrase("do chính mình", "through itself"),
    "instant": Phrase("theo thời điểm", "by instant"),
    "late": Phrase("trễ", "late"),
    "late_of": Phrase("trên", "of"),
    "level": Phrase("đối tượng", "about"),
    "limit": Phrase("thời hạn", "limit"),
    "measure": Phrase("cách so", "measure"),
    "name": Phrase("dấu hiệu", "signal"),
    "no_agency": Phrase("(không ghi cơ quan)", "(no agency recorded)"),
    "other_agencies": Phrase("(các cơ quan khác)", "(other agencies)"),
    "charged_to_nobody": Phrase("(không tính cho ai)", "(charged to nobody)"),
    "not_judged": Phrase("Không xét được, vì nguồn không cho biết", "Not judged, the source does not tell"),
    "nothing": Phrase("không có", "none"),
    "only_store": Phrase("* chỉ hồ sơ xử lý trong motcua mới cho biết", "* only dossiers handled in motcua tell it"),
    "add_to_mapping": Phrase(
        "Trong ngoặc: khóa thêm vào tệp ánh xạ để xét được (docs/replay.md).",
        "In brackets: the key to add to the mapping so that it can be judged (docs/replay.md).",
    ),
    "of_all": Phrase("trễ / tiếp nhận + chuyển qua", "late / received + carried over"),
    "of_due": Phrase("trễ / đến hạn", "late / due"),
    "of_settled": Phrase("trễ / đã giải quyết", "late / settled"),
    "official": Phrase("chính thức", "official"),
    "officers": Phrase("cán bộ", "officers"),
    "on_time": Phrase("đúng hạn", "on time"),
    "online": Phrase("trực tuyến", "online"),
    "open": Phrase("chưa xong", "open"),
    "outside": Phrase("do bên khác", "through others"),
    "over": Phrase("vượt", "over"),
    "overdue": Phrase("quá hạn", "overdue"),
    "pairs": Phrase("cặp", "pairs"),
    "peers_rate": Phrase("tỷ lệ cơ quan tương tự", "peers' rate"),
    "pending": Phrase("đang giải quyết", "pending"),
    "pending_overdue": Phrase("đang giải quyết, quá hạn", "pending, overdue"),
    "q": Phrase("q", "q"),
    "question": Phrase(
        "Dấu hiệu là câu hỏi để xem xét, không phải kết luận; cơ quan có quyền giải trình.",
        "A signal is a question for review, not a verdict; the agency has a right of reply.",
    ),
    "rate": Phrase("tỷ lệ", "rate"),
    "rates": Phrase("Tỷ lệ trễ", "Rates of lateness"),
    "raised": Phrase("Dấu hiệu cần xem xét", "Signals for review"),
    "received": Phrase("tiếp nhận", "received"),
    "returned": Phrase("trả lại, rút", "returned, withdrawn"),
    "returns": Phrase("Trả lại", "Returned"),
    "severity": Phrase("mức độ", "severity"),
    "settled": Phrase("đã giải quyết", "settled"),
    "share": Phrase("tỷ trọng", "share"),
    "signals": Phrase("dấu hiệu", "signals"),
    "step": Phrase("bước", "step"),
    "steps": Phrase("Thời hạn từng bước", "Terms of single steps"),
    "terms": Phrase("Thời hạn giữa hai bước", "Terms between two steps"),
    "top": Phrase("Vòng lặp nhiều nhất", "Most frequent cycles"),
    "total": Phrase("tổng", "total"),
    "triples": Phrase("A→B→A", "A→B→A"),
    "variants": Phrase("biến thể", "variants"),
    "waiting": Phrase("chờ tổ chức, cá nhân", "waiting for the applicant"),
    "cut": Phrase(
        "Quá nhiều vòng lặp, chỉ đếm 10.000 đầu tiên: {dossiers}",
        "Too many cycles, only the first 10,000 counted: {dossiers}",
    ),
    "equal": Phrase("đúng ngày hạn", "on the due date"),
    "first": Phrase("từ", "from"),
    "last": Phrase("đến", "to"),
    "handled": Phrase("đã giữ", "handled"),
    "hold_on_time_rate": Phrase("bước đúng hạn", "steps on time"),
    "on_time_rate": Phrase("hồ sơ đúng hạn", "dossiers on time"),
    "peers_on_time_rate": Phrase("cơ quan tương tự", "peers"),
    "period": Phrase("kỳ", "period"),
    "index1": Phrase("chỉ số 1", "index 1"),
    "index2": Phrase("chỉ số 2", "index 2"),
    "index3": Phrase("chỉ số 3", "index 3"),
    "scorecards": Phrase("Phiếu điểm", "Scorecards"),
    "signals_raised": Phrase("dấu hiệu", "signals"),
    "signals_explained": Phrase("đã giải trình", "explained"),
    "signals_upheld": Phrase("giữ nguyên", "upheld"),
    "all_periods": Phrase("cả thời gian", "all"),
    "contradictions": Phrase("Mâu thuẫn", "Contradictions"),
    "values_differ": Phrase("giá trị khác nhau trong một hồ sơ", "values that differ within a dossier"),
    "events_out_of_order": Phrase("sự kiện đi ngược thời gian", "events that run backwards in time"),
    "event_ends_before_it_starts": Phrase("sự kiện xong trước khi bắt đầu", "an event that ends before it starts"),
    "event_before_receipt": Phrase("sự kiện trước khi tiếp nhận", "an event before receipt"),
    "event_after_end": Phrase("sự kiện sau khi kết thúc", "an event after the end"),
    "end_before_receipt": Phrase("kết thúc trước khi tiếp nhận", "an end before receipt"),
    "due_before_receipt": Phrase("hạn trả trước khi tiếp nhận", "due before receipt"),
    "receipt_missing": Phrase("không ghi lúc tiếp nhận", "no receipt recorded"),
    "without_event": Phrase("không có sự kiện nào", "without any event"),
    "left_out": Phrase("Bỏ qua", "Left out"),
    "median_events": Phrase("sự kiện mỗi hồ sơ (trung vị)", "events a dossier (median)"),
    "times": Phrase("số lần", "times"),
    "with_applicant": Phrase("với người nộp", "with the applicant"),
    "reason": Phrase("lý do", "reason"),
    "inside_hours": Phrase("giờ", "hours"),
    "outside_hours": Phrase("giờ", "hours"),
    "queue_hours": Phrase("nằm chờ", "in the queue"),
    "work_hours": Phrase("đang làm", "at work"),
    "without_due": Phrase("không có hạn", "without due date"),
}
"""Headings and labels of judgements, by the key programs know them by."""

SEVERITIES: Final[Mapping[str, Phrase]] = {
    "low": Phrase("thấp", "low"),
    "medium": Phrase("vừa", "medium"),
    "high": Phrase("cao", "high"),
}

LEVELS: Final[Mapping[str, Phrase]] = {
    "dossier": Phrase("một hồ sơ", "one dossier"),
    "agency": Phrase("cách làm của cơ quan", "an agency's conduct"),
}

EXCUSES: Final[Mapping[str, Phrase]] = {
    "system_account": Phrase("tài khoản hệ thống", "account of a machine"),
    "designed_loop": Phrase("vòng lặp theo quy trình", "loop by design"),
    "applicant": Phrase("thời gian của tổ chức, cá nhân", "the applicant's own time"),
    "lawful_stop": Phrase("tạm dừng có căn cứ", "lawful stop"),
    "absence": Phrase("vắng mặt", "absence"),
    "overload": Phrase("quá tải", "overload"),
    "not_held": Phrase("không giữ hồ sơ", "did not hold the dossier"),
    "untold": Phrase("trước khi tiếp nhận sổ theo dõi", "before the register was taken over"),
    "small": Phrase("dưới mức đáng kể", "too few"),
    "needed": Phrase("việc hỏi hóa ra cần thiết", "asking proved necessary"),
}
"""Counter-evidence (`engine.responsibility.signal.EXCUSES`)."""


def word(key: str, lang: Language) -> str:
    """Return a heading or label; a key without one stands for itself."""
    return WORDS[key].say(lang) if key in WORDS else key
