"""What a reader of Vietnamese is told when an act is refused: a sentence for each reason the rules know, by its key.

The English sentence is the engine's own (`engine.decisions`); a reason without a sentence here is told in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from console.wording import signals
from console.wording.days import day_text
from console.wording.laws import cited
from console.wording.phrases import OUTCOMES, called
from console.wording.terms import COMMANDS
from engine.commands import name_of
from engine.decisions.common import OpenHold
from engine.errors import NotAllowedError, spelled

REASONS: Final[Mapping[str, str]] = {
    "answer_unknown": "“{given}” không phải là câu trả lời cho bước {step}; có thể trả lời: {outcomes}",
    "asked_already": "đã có một yêu cầu bổ sung đang chờ; chỉ yêu cầu một lần",
    "asked_too_often": "đã yêu cầu bổ sung {times} lần, mức tối đa thủ tục cho phép ({law})",
    "before_asked": "thời điểm đã nêu trước khi có yêu cầu bổ sung",
    "before_raised": "thời điểm đã nêu trước khi dấu hiệu được nêu",
    "before_submission": "thời điểm đã nêu trước khi nộp hồ sơ",
    "before_the_stop": "thời điểm đã nêu trước khi tạm dừng tính thời hạn",
    "before_the_term": "thời điểm đã nêu trước khi bắt đầu thời hạn hiện tại",
    "channel_not_offered": "thủ tục {procedure} không nhận hồ sơ theo cách “{channel}”; các cách nộp: {offered}",
    "closed": "đã kết thúc xem xét ({verdict})",
    "closed_alone": "người đã xem xét không tự kết thúc; phải là người thứ hai",
    "consults_itself": "{agency} không thể tự lấy ý kiến của mình",
    "desk_gone": "cơ quan {agency} không tồn tại vào ngày {day}; không rõ cơ quan kế thừa",
    "desk_succeeded": "cơ quan {agency} không tồn tại vào ngày {day}; cơ quan kế thừa: {successor}",
    "ended": "hồ sơ đã kết thúc ({outcome})",
    "ended_before_receipt": "hồ sơ đã kết thúc trước khi được tiếp nhận ({outcome})",
    "ended_without_result": "hồ sơ kết thúc không có kết quả để trả ({outcome})",
    "engine_notifies": "việc thông báo cho cơ quan do hệ thống tự làm",
    "explained_by_others": "giải trình là việc của {allowed}, không phải của {agency}",
    "explained_without_reason": "giải trình phải nêu lý do",
    "extended_late": "đã quá thời hạn; chỉ được gia hạn khi còn thời hạn",
    "extended_too_often": "thủ tục {procedure} chỉ cho gia hạn {times} lần và đã dùng hết",
    "given_out_before": "kết quả đã được trả trước đó",
    "ground_unknown": (
        "“{ground}” không phải là căn cứ để tạm dừng tính thời hạn của thủ tục {procedure}; các căn cứ: {grounds}"
    ),
    "has_a_part": "cán bộ {officer} có liên quan; phải do người khác làm",
    "hold_not_open": "lượt giữ {number} không còn mở; đang mở: {holds}",
    "in_the_future": "thời điểm đã nêu ở tương lai; việc chỉ được ghi khi đã làm",
    "loop_cap": "bước {step} đã nhận hồ sơ {times} lần, mức tối đa thủ tục cho phép",
    "may_not_ask": "bước {step} không được yêu cầu bổ sung hồ sơ",
    "may_still_explain": "cơ quan chưa giải trình và chưa hết thời hạn giải trình",
    "negative_amount": "số tiền không thể âm",
    "never_had_it": "bước {to_step} chưa từng nhận hồ sơ",
    "never_submitted": "hồ sơ chưa được nộp",
    "no_agency_said": "cán bộ {officer} chưa cho biết làm việc thay cho cơ quan nào",
    "no_due": "hồ sơ hiện không có hạn trả",
    "no_grounds": "“{ground}” không phải là căn cứ: thủ tục {procedure} không cho tạm dừng tính thời hạn",
    "no_objections": "bước {step} không có việc ghi nhận ý kiến phản đối",
    "no_outcomes": "bước {step} không kết thúc bằng một kết quả",
    "no_papers": "phải nêu các giấy tờ cần bổ sung",
    "no_payment": "bước {step} không chờ nộp tiền",
    "no_reason": "phải nêu lý do bằng văn bản ({basis})",
    "no_result": "chưa có kết quả giải quyết",
    "no_such_agency_then": "cơ quan {agency} không tồn tại vào ngày {day}",
    "no_such_step": "“{step}” không phải là bước của thủ tục {procedure}; các bước: {steps}",
    "no_supplement": "không có yêu cầu bổ sung nào đang chờ",
    "no_term": "không có thời hạn đang chạy để gia hạn",
    "none_such_open": "không có bước như vậy đang mở; đang mở: {holds}",
    "not_a_member": "cán bộ {officer} không thuộc cơ quan {agency}",
    "not_correctable": "không đính chính được “{field}”; có thể đính chính: channel, data.<tên>",
    "not_ended": "hồ sơ chưa kết thúc",
    "not_extendable": "thủ tục {procedure} không cho gia hạn",
    "not_in_force": "thủ tục {procedure} phiên bản {version} có hiệu lực từ {since} đến {until}, không phải ngày {day}",
    "not_in_force_yet": "thủ tục {procedure} phiên bản {version} có hiệu lực từ {since}, không phải ngày {day}",
    "not_notified": "cơ quan chưa được thông báo",
    "not_received": "hồ sơ chưa được tiếp nhận",
    "not_reviewed": "dấu hiệu chưa được xem xét",
    "not_standing": "thời hạn không đang tạm dừng vì căn cứ này",
    "not_the_applicants": "việc này không phải của tổ chức, cá nhân; hãy nêu cán bộ làm việc đó",
    "nothing_open": "không có bước nào đang mở",
    "nothing_owed": "không có khoản nào phải nộp ở bước {step}",
    "notified_before": "cơ quan đã được thông báo trước đó",
    "officer_unknown": "không có cán bộ “{officer}” trong danh bạ",
    "opinions_awaited": "còn chờ ý kiến của {agencies}",
    "outcome_not_said": "phải nêu kết quả của bước; có thể là: {outcomes}",
    "outcome_unknown": "“{given}” không phải là kết quả của bước {step}; có thể là: {outcomes}",
    "own_conduct": "cán bộ {officer} thuộc {agencies}, là cơ quan bị nêu; phải do người khác làm",
    "papers_owed": "tổ chức, cá nhân chưa bổ sung các giấy tờ đã yêu cầu",
    "position_unknown": "“{given}” không phải là chính kiến; có thể là: {positions}",
    "promised_too_early": "ngày hẹn lại phải sau hạn trả và sau hôm nay",
    "received_before": "hồ sơ đã được tiếp nhận, mã {number}",
    "redated_too_often": "đã hẹn lại {times} lần, mức tối đa pháp luật cho phép ({law})",
    "reviewed": "dấu hiệu đã được xem xét ({verdict})",
    "reviewed_by_him": "cán bộ {officer} đã xem xét; chỉ người khác mới có thể xem xét lại",
    "sends_back_elsewhere": "bước {step} chỉ được trả lại {allowed}, không được trả lại “{to_step}”",
    "sends_nothing_back": "bước {step} không được trả lại bước nào",
    "several_open": "nhiều bước đang mở: {holds}; hãy nêu rõ bước (step) hoặc lượt giữ (hold)",
    "stands_already": "thời hạn đã tạm dừng vì {ground}",
    "step_not_open": "bước “{step}” không đang mở; đang mở: {holds}",
    "submitted_before": "hồ sơ đã được nộp trước đó",
    "superiors_conduct": "cơ quan {agency} trực thuộc {above}, là cơ quan bị nêu; phải do người khác làm",
    "taken_up_before": "bước {step} đã được {officer} bắt đầu xử lý",
    "there_already": "bước {step} đang ở {agency} rồi",
    "up_to_others": "{what} là việc của {allowed}, không phải của {agency}",
    "verdict_without_reason": "kết luận xem xét phải nêu lý do",
    "waits_for_payment": "bước {step} chờ nộp tiền; hãy ghi nhận bằng meet-financial-obligation",
    "waits_for_supplement": "bước {step} đang chờ tổ chức, cá nhân bổ sung hồ sơ",
    "with_others": "không phải ở cơ quan {agency}: {holds}",
}
"""Why an act is refused, by the key of the engine's refusals (`engine.decisions.common.refuse`)."""

WHOLE: Final[Mapping[str, str]] = {
    "at_in_the_future": (
        "--at {at}: thời điểm ở tương lai, mà điều đã ghi thì không sửa được; `motcua overdue --at` và"
        " `motcua procedures rehearse` xem trước mà không ghi gì"
    ),
    "calendar_alone": "lịch: {officer} không thể tự xác nhận việc sửa của mình; phải có cán bộ thứ hai",
    "calendar_by_nobody": "lịch: không có cán bộ “{officer}” trong danh bạ {directory}",
    "engine_itself": "lệnh {act}: “{system}” là chính hệ thống; hãy nêu cán bộ thực hiện",
    "erased_by_others": "hồ sơ {dossier}: xóa dữ liệu cá nhân là việc của {allowed}, không phải của {officer}",
    "erased_too_early": "hồ sơ {dossier}: hồ sơ chưa kết thúc, còn phải liên hệ được với tổ chức, cá nhân",
    "nobody_known": "hồ sơ {dossier}: không có cán bộ “{officer}” trong danh bạ",
    "not_his_to_handle": "hồ sơ {dossier}: cán bộ {officer} thuộc {agencies}; hồ sơ đang ở {holders}",
    "published_at_once": "{target} vừa được người khác công bố; hãy xem lại trước",
    "published_otherwise": (
        "phiên bản {version} của {procedure} đã được công bố với nội dung khác ({where}): phiên bản đã công bố không"
        " bao giờ được sửa; hãy đặt version: {next}"
    ),
    "published_out_of_order": (
        "phiên bản {version} của {procedure} có hiệu lực từ {since}, còn phiên bản {other} từ {others}: phiên bản sau"
        " phải bắt đầu vào ngày sau; hãy sửa số phiên bản hoặc dùng --from"
    ),
}
"""Refusals that are whole sentences (`NotAllowedError.of`)."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "what": {
        "a supplement request at intake": "yêu cầu bổ sung khi tiếp nhận",
        "correcting": "đính chính",
        "escalation": "báo cáo cấp trên",
        "giving out results": "trả kết quả",
        "receipt": "tiếp nhận",
        "recording a payment": "ghi nhận việc nộp tiền",
        "recording a withdrawal": "ghi nhận việc rút hồ sơ",
        "reopening": "mở lại hồ sơ",
        "stopping": "dừng giải quyết",
        "taking in papers": "nhận hồ sơ bổ sung",
        "the applicant's answer": "ghi nhận trả lời của tổ chức, cá nhân",
        "this": "việc này",
        "urging": "đôn đốc",
    },
    "basis": {
        "a refusal or stop needs reasons, NĐ 61/2018/NĐ-CP art. 19(8)": (
            "từ chối hoặc dừng phải có lý do, NĐ 61/2018/NĐ-CP, khoản 8 Điều 19"
        ),
        "form 05 states the reason": "mẫu số 05 nêu lý do",
        "what the earlier step has to mend": "bước trước phải sửa gì",
        "why an ended dossier is taken up again": "vì sao mở lại hồ sơ đã kết thúc",
        "why another agency is competent": "vì sao cơ quan khác có thẩm quyền",
        "why the clock may stand still": "vì sao được tạm dừng tính thời hạn",
        "why the record is corrected": "vì sao đính chính",
        "why the term is extended": "vì sao gia hạn",
    },
}
"""What the engine puts into a field as English words, by field."""

_ACTS: Final[Mapping[str, str]] = {
    **{name_of(kind): phrase.vi for kind, phrase in COMMANDS.items()},
    **{str(kind.__struct_config__.tag): phrase.vi for kind, phrase in signals.COMMANDS.items()},
}
_OF_SIGNALS: Final = "-signal"


def refusal_text(refusal: NotAllowedError) -> str:
    """Return a refusal in Vietnamese; in English where its reason has no sentence of its own.

    Example:
        >>> fields = {"subject": "H99-1", "act": "receive", "number": "H99-1"}
        >>> refusal_text(NotAllowedError("…", ("urge",), key="received_before", fields=fields))
        'hồ sơ H99-1: không thể tiếp nhận: hồ sơ đã được tiếp nhận, mã H99-1; có thể làm: urge (đôn đốc)'
    """
    fields = {name: _said(name, value) for name, value in refusal.fields.items()}
    if refusal.key in WHOLE:
        return spelled(WHOLE[refusal.key], fields)
    if refusal.key not in REASONS:
        return refusal.sentence
    act, subject = str(refusal.fields["act"]), refusal.fields["subject"]
    thing = "dấu hiệu" if act.endswith(_OF_SIGNALS) else "hồ sơ"
    who = f"{thing} {subject}" if subject else thing
    return f"{who}: không thể {_ACTS.get(act, act)}: {spelled(REASONS[refusal.key], fields)}{_instead(refusal, act)}"


def _instead(refusal: NotAllowedError, act: str) -> str:
    """What can be done: by the name that has to be typed, and what people call it."""
    if act.endswith(_OF_SIGNALS):
        told = "; ".join(signals.WORDS[f"open_{name}"].vi for name in refusal.open_now)
        return f"; có thể làm: {told}" if told else "; không còn việc nào có thể làm"
    told = ", ".join(f"{name} ({_ACTS[name]})" if name in _ACTS else name for name in refusal.open_now)
    return f"; có thể làm: {told}" if told else ""


def _said(name: str, value: object) -> object:
    """Return a field's value in Vietnamese; codes that have to be typed stay as they are."""
    if isinstance(value, tuple):
        return tuple(_said(name, one) for one in value)
    if isinstance(value, OpenHold):
        return f"{value.step} (lượt giữ {value.number}, {value.agency or 'tổ chức, cá nhân'})"
    if isinstance(value, date):
        return day_text(value, "vi")
    if not isinstance(value, str):
        return value
    if name == "outcome":
        return called(OUTCOMES, value)
    if name == "verdict":
        return called(signals.VERDICTS, value)
    if name in {"law", "basis"}:
        return WORDS["basis"].get(value) or cited(value, "vi")
    return WORDS.get(name, {}).get(value, value)
