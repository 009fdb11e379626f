"""What the report page says of questions for review, scorecards, forecasts and rules, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase
from console.wording.terms import FACTS

_SIGNALS: Final = {
    "signals_title": Phrase("Câu hỏi để xem xét", "Questions for review"),
    "signals_finding": Phrase(
        "{n} câu hỏi theo {rules} quy tắc, về {agencies} cơ quan.",
        "Questions raised: {n}, by {rules} rules, about {agencies} agencies.",
    ),
    "judged_all": Phrase("Đã xét cả {judged} quy tắc.", "All {judged} rules were applied."),
    "judged_some": Phrase(
        "Đã xét {judged} quy tắc; {unjudged} quy tắc không xét được vì nguồn không cho biết điều cần thiết.",
        "{judged} rules were applied; {unjudged} could not be, because the source does not tell what they need.",
    ),
    "signals_finding_none": Phrase("Không có câu hỏi nào.", "No question was raised."),
    "signals_notice": Phrase(
        "Dấu hiệu là câu hỏi để xem xét, không phải kết luận.", "A signal is a question for review, not a verdict."
    ),
    "signals_reply": Phrase(
        "Quyền giải trình: cơ quan được nêu có thể trả lời từng câu hỏi (lý do, sự việc, cách khắc phục); người xem xét"
        " không thuộc cơ quan đó chấp nhận hoặc giữ nguyên; không có gì bị xóa.",
        "Right of reply: an agency that is named can answer each question (reason, facts, remedy); a reviewer"
        " from outside"
        " the agency accepts the answer or upholds the question; nothing is deleted.",
    ),
    "replies_caption": Phrase(
        "Quyền giải trình: {n} dấu hiệu đã vào sổ", "The right of reply: {n} signals filed in the log"
    ),
    "replies_note": Phrase(
        "Vào sổ: do lệnh theo dõi nêu khi hồ sơ còn sống, gửi cho cơ quan, và có hạn giải trình; khác với số"
        " câu hỏi tính"
        " lại ở trên.",
        "Filed: raised by the watch while dossiers were live, sent to the agency, with a time to explain; not"
        " the same as"
        " the questions counted anew above.",
    ),
    "reply_raised": Phrase("đã nêu", "raised"),
    "reply_notified": Phrase("chờ giải trình", "waiting for it"),
    "reply_explained": Phrase("đã giải trình", "explained"),
    "reply_accepted": Phrase("chấp nhận", "accepted"),
    "reply_upheld": Phrase("giữ nguyên", "upheld"),
    "reply_closed": Phrase("kết thúc", "closed"),
    "reply_overdue": Phrase("quá hạn giải trình", "reply overdue"),
    "label_severity": Phrase("mức độ: {severity}", "severity: {severity}"),
    "label_raised": Phrase("{n} câu hỏi", "questions: {n}"),
    "basis": Phrase("Căn cứ: {text}. Mức tin cậy: {certainty}.", "Basis: {text}. Certainty: {certainty}."),
    "counter_excused": Phrase(
        "Tình tiết có lợi cho cơ quan, đã trừ ra: {parts}.", "Counter-evidence, already taken out: {parts}."
    ),
    "counter_part": Phrase("{why} {n} lần", "{why}, {n} times"),
    "counter_none": Phrase(
        "Tình tiết có lợi cho cơ quan: không có lần nào được loại trừ.",
        "Counter-evidence: no occurrence was cleared by it.",
    ),
    "counter_lowered": Phrase(
        "{n} câu hỏi được giảm một mức vì quá tải hoặc vắng mặt lúc đó.",
        "{n} questions were lowered by one degree for overload or absence at the time.",
    ),
    "rate_axis": Phrase("số lần / số lần có thể", "occurrences / opportunities"),
    "key_raised": Phrase("nêu để xem xét", "raised for review"),
    "key_not_raised": Phrase("không nêu", "not raised"),
    "key_peers": Phrase("cơ quan tương tự", "peers"),
    "rates_figure": Phrase("{code}: tỷ lệ của từng cơ quan", "{code}: rate of each agency"),
    "rates_figure_caption": Phrase(
        "Chấm: tỷ lệ; đường: khoảng tin cậy 95 % (Wilson); vạch đen: tỷ lệ của các cơ quan tương tự. {n} trên {of} cơ"
        " quan.",
        "Dot: rate; line: 95 % bounds (Wilson); black tick: rate of its peers. {n} of {of} agencies.",
    ),
    "raised_caption": Phrase("Cơ quan được hỏi", "Agencies that are asked"),
    "hits_chances": Phrase("số lần / có thể", "times / chances"),
    "hits_of": Phrase("{hits} / {chances}", "{hits} / {chances}"),
    "rate": Phrase("tỷ lệ", "rate"),
    "bounds": Phrase("khoảng 95 %", "95 % bounds"),
    "peers_column": Phrase("cơ quan tương tự", "peers"),
    "peers_rate": Phrase("{rate} (của {n})", "{rate} (of {n})"),
    "confidence": Phrase("độ tin cậy", "confidence"),
    "excused": Phrase("đã loại trừ", "cleared"),
    "counter": Phrase("tình tiết có lợi cho cơ quan", "counter-evidence"),
    "no_counter": Phrase("không thấy", "none found"),
    "raised_note": Phrase(
        "Độ tin cậy: xác suất hậu nghiệm rằng tỷ lệ cao hơn cơ quan tương tự; đã kiểm soát báo động giả trên"
        " mọi so sánh.",
        "Confidence: posterior chance that the rate exceeds the peers'; false alarms are controlled over all"
        " comparisons.",
    ),
    "acts_caption": Phrase("Theo cơ quan", "By agency"),
    "acts": Phrase("câu hỏi", "questions"),
    "acts_lowered": Phrase("giảm mức (quá tải, vắng mặt)", "lowered (overload, absence)"),
    "evidence_caption": Phrase(
        "Chứng cứ: {n} trên {of} lần được đếm, để kiểm tra lại trong hồ sơ",
        "Evidence: {n} of {of} occurrences counted, to be checked in the dossiers",
    ),
    "evidence_note": Phrase(
        "Hàng chờ: số hồ sơ mỗi người đang giữ lúc đó, so với mức thường của cơ quan.",
        "Queue: dossiers a head waiting then, beside what is usual for the agency.",
    ),
    "when": Phrase("ngày", "date"),
    "detail": Phrase("chi tiết", "detail"),
    "measured": Phrase("mức đo", "measure"),
    "queue": Phrase("hàng chờ", "queue"),
    "queue_of": Phrase("{queue} (thường {usual})", "{queue} (usually {usual})"),
    "overview_caption": Phrase("Mọi quy tắc đã xét", "Every rule that was applied"),
    "looked_for": Phrase("dấu hiệu", "what was looked for"),
    "raised": Phrase("nêu", "raised"),
    "occurrences": Phrase("số lần", "occurrences"),
    "not_raised": Phrase("cơ quan không bị nêu, vì", "agencies not raised, because"),
    "unjudged_caption": Phrase("Không xét được với nguồn này", "Not judged with this source"),
    "lacking": Phrase("nguồn không cho biết", "the source does not tell"),
    "signals_limits_pattern": Phrase(
        "Cách làm của một cơ quan chỉ được hỏi khi đủ số mẫu, cao hơn rõ rệt so với cơ quan tương tự và không do ngẫu"
        " nhiên; các ngưỡng ở phụ lục là đề xuất.",
        "An agency's conduct is asked about only with enough cases, clearly more often than its peers, and"
        " beyond chance;"
        " the bars in the appendix are proposals.",
    ),
    "signals_limits_fact": Phrase(
        "Việc mà văn bản cấm được hỏi từng lần theo sự kiện đã ghi; sự kiện ghi sai thì câu hỏi cũng sai.",
        "Acts that a text forbids are asked about one by one as they were recorded; a wrong record makes a"
        " wrong question.",
    ),
}

_CARDS: Final = {
    "cards_title": Phrase("Phiếu điểm cơ quan", "Scorecards"),
    "cards_none": Phrase("Nguồn không ghi cơ quan nào.", "The source records no agency."),
    "cards_finding": Phrase(
        "{n} cơ quan, trong đó {handled} đã giữ hồ sơ.", "{n} agencies, {handled} of which had dossiers in hand."
    ),
    "cards_most": Phrase(
        "Nhiều giờ trễ nhất thuộc về {agency}: {hours} giờ làm việc.",
        "Most lateness is charged to {agency}: {hours} office hours.",
    ),
    "cards_desks": Phrase("Nơi tiếp nhận, cả kỳ", "Receiving desks, whole period"),
    "cards_workers": Phrase("Cơ quan giữ hồ sơ, cả kỳ", "Agencies that held dossiers, whole period"),
    "desk": Phrase("nơi tiếp nhận", "desk"),
    "received": Phrase("tiếp nhận", "received"),
    "settled": Phrase("đã giải quyết", "settled"),
    "on_time_of_settled": Phrase("đúng hạn / đã giải quyết", "on time / settled"),
    "index1": Phrase("chỉ số 1", "index 1"),
    "index2": Phrase("chỉ số 2", "index 2"),
    "index3": Phrase("chỉ số 3", "index 3"),
    "handled": Phrase("hồ sơ đã giữ", "dossiers held"),
    "load": Phrase("hồ sơ / người", "dossiers / head"),
    "holds_on_time": Phrase("bước đúng hạn (trên)", "steps on time (of)"),
    "peers_on_time": Phrase("tương tự: đúng hạn", "peers: on time"),
    "attributed": Phrase("giờ trễ", "hours late"),
    "peers_attributed": Phrase("tương tự: giờ trễ", "peers: hours late"),
    "peers": Phrase("số cơ quan tương tự", "peers"),
    "questions_raised": Phrase("câu hỏi", "questions"),
    "questions_explained": Phrase("đã giải trình", "explained"),
    "questions_upheld": Phrase("giữ nguyên", "upheld"),
    "cards_limits": Phrase(
        "Cơ quan tương tự: cùng loại, tải (hồ sơ trên đầu người) từ một nửa đến gấp đôi. Giờ trễ: giờ làm việc bị tính"
        " cho cơ quan theo phần xác định trách nhiệm.",
        "Peers: of the same kind, with half to twice the load (dossiers a head). Hours late: office hours"
        " charged to the"
        " agency by attribution.",
    ),
    "cards_limits_index": Phrase(
        "Chỉ số 1–3 theo TT 01/2018/TT-VPCP, Điều 13–15: thang 0–2, trung bình trên hồ sơ; văn bản hướng dẫn"
        " mới hơn chưa"
        " được đọc.",
        "Indices 1–3 after TT 01/2018/TT-VPCP, art. 13–15: 0 to 2, mean over dossiers; the newer circular has not been"
        " read.",
    ),
}

_CHANCES: Final = {
    "chances_title": Phrase("Dự báo trễ có đáng tin không", "How far forecasts of lateness hold"),
    "chances_finding": Phrase(
        "Học từ {train} hồ sơ tiếp nhận trước, thử trên {test} hồ sơ sau ({judged} lần hỏi): điểm Brier {brier}, so với"
        " {base} nếu chỉ biết tỷ lệ trễ chung.",
        "Learnt from the {train} dossiers received first, tried on {test} later ones ({judged} forecasts): Brier score"
        " {brier}, against {base} for one who knows only the overall share.",
    ),
    "chances_skill": Phrase("Tốt hơn {skill}.", "That is better by {skill}."),
    "chances_no_skill": Phrase(
        "Không tốt hơn: chưa nên dựa vào dự báo này.", "That is no better: do not rely on these forecasts yet."
    ),
    "chances_figure": Phrase("Đã nói và đã xảy ra", "What was said and what happened"),
    "chances_caption": Phrase(
        "Càng gần đường đứt càng tốt: nói 30 % thì nên xảy ra 30 %.",
        "The nearer to the dashed line the better: what is given 30 % should happen 30 % of the time.",
    ),
    "chances_table": Phrase("Theo từng mức xác suất đã nói", "By the chance that was said"),
    "chances_said": Phrase("xác suất đã nói (trung bình)", "chance said (mean)"),
    "chances_seen": Phrase("đã trễ", "were late"),
    "chances_number": Phrase("số lần", "number"),
    "chances_limits": Phrase(
        "Điểm Brier: trung bình bình phương sai lệch, 0 là hoàn hảo. Dự báo nói về hồ sơ, không về cơ quan hay"
        " người nào.",
        "Brier score: mean squared error, 0 is perfect. A forecast speaks of dossiers, not of any agency or person.",
    ),
}

_RULES: Final = {
    "rules_title": Phrase("Phụ lục: quy tắc, tham số, nguồn", "Appendix: rules, parameters, sources"),
    "rules_finding": Phrase(
        "{n} quy tắc; mỗi con số có nguồn, con số chúng tôi tự chọn ghi là đề xuất.",
        "{n} rules; every number has its source, numbers we chose are called proposals.",
    ),
    "rules_caption": Phrase("Quy tắc và tham số", "Rules and their parameters"),
    "legal_basis": Phrase("căn cứ", "basis"),
    "certainty": Phrase("mức tin cậy", "certainty"),
    "parameters": Phrase("tham số", "parameters"),
    "bars_caption": Phrase("Khi nào một cách làm được nêu", "When a pattern of conduct is raised"),
    "bar": Phrase("ngưỡng", "bar"),
    "source_line": Phrase("Nguồn dữ liệu: {source}.", "Source of the data: {source}."),
    "rights_line": Phrase(
        "Quyền đối với dữ liệu thuộc nguồn nêu trên; điều khoản sử dụng của nguồn được áp dụng.",
        "Rights in the data stay with the source named; its licence or terms of use apply.",
    ),
    "rules_check": Phrase(
        "Mọi con số trên trang này lấy từ các lệnh motcua lateness, pingpong, waiting, signals, scorecard, soon"
        " (--json); ai có cùng nguồn đều kiểm tra lại được.",
        "Every figure of this page comes from the commands motcua lateness, pingpong, waiting, signals,"
        " scorecard and soon"
        " (--json); whoever has the source can check it.",
    ),
}

JUDGED: Final[Mapping[str, Phrase]] = {**_SIGNALS, **_CARDS, **_CHANCES, **_RULES}
"""Phrases of the later sections by their key."""

CERTAINTIES: Final[Mapping[str, Phrase]] = {
    "A": Phrase("đã đọc trong văn bản chính thức", "read in an official text"),
    "B": Phrase("theo báo chí hoặc bản tóm tắt", "from press or a summary"),
    "C": Phrase("thấy trong một hệ thống thực tế", "seen in a real system"),
    "K": Phrase("hiểu biết chung, chưa kiểm chứng", "general knowledge, not confirmed"),
}
"""How sure a legal basis is (`engine.responsibility.signal.SignalRule.certainty`)."""

REASONS: Final[Mapping[str, Phrase]] = {
    "few_chances": Phrase("số cơ hội dưới mức đáng kể", "too few opportunities"),
    "few_hits": Phrase("số lần dưới mức đáng kể", "too few occurrences"),
    "no_peers": Phrase("không có cơ quan tương tự", "no peers"),
    "like_peers": Phrase("như cơ quan tương tự", "like its peers"),
    "chance": Phrase("có thể do ngẫu nhiên", "chance may explain it"),
}
"""Why a pattern was not raised (`engine.responsibility.judge.RATES`)."""

BARS: Final[Mapping[str, Phrase]] = {
    "chances": Phrase("số cơ hội ít nhất", "fewest opportunities"),
    "hits": Phrase("số lần ít nhất", "fewest occurrences"),
    "ratio": Phrase("gấp mấy lần cơ quan tương tự", "times the peers' rate"),
    "confidence": Phrase("độ tin cậy ít nhất", "least confidence"),
    "false_alarms": Phrase("tỷ lệ báo động giả nhiều nhất", "highest share of false alarms"),
    "z": Phrase("z của khoảng Wilson", "z of the Wilson bounds"),
}
"""When a pattern is raised (`engine.responsibility.judge.Bars`)."""

_FACTS_OF_LIFE: Final = {
    "agencies": Phrase("cơ quan nào giữ", "which agency held it"),
    "applicants": Phrase("người nộp là ai (mã)", "which applicant (a reference)"),
    "directory": Phrase("danh bạ cơ quan", "the directory of agencies"),
    "documents": Phrase("số văn bản", "document numbers"),
    "due": Phrase("hạn trả", "due dates"),
    "levels": Phrase("thứ tự các cấp", "the order of levels"),
    "officers": Phrase("ai xử lý (chỉ dùng nội bộ)", "who worked on it (for internal use)"),
    "queue": Phrase("lúc bắt đầu xử lý", "when work began"),
    "recorded": Phrase("lúc ghi nhận", "when it was recorded"),
    "step_due": Phrase("hạn của từng bước", "the due date of steps"),
    "waiting": Phrase("lúc chờ người nộp", "waiting for the applicant"),
}


TOLD: Final[Mapping[str, Phrase]] = {
    **{str(kind.__struct_config__.tag).rsplit(".", 1)[0]: phrase for kind, phrase in FACTS.items()},
    **_FACTS_OF_LIFE,
}
"""What a source tells (`engine.casebook.Casebook.tells`)."""
