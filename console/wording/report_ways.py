"""What the report page says of the ways dossiers go in Vietnamese and English: hand-overs, to and fro, waiting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

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

WAYS: Final[Mapping[str, Phrase]] = {**_HANDOVERS, **_WAITING}
"""Its phrases by their keys."""
