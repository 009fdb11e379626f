"""General phrases in Vietnamese and English: what people call grades, statuses, outcomes, grounds and breaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, cast, get_args

from console.wording.days import Language, day_text
from engine.errors import InputError
from engine.instants import to_datetime


class Phrase(NamedTuple):
    """One phrase in both languages; ``{name}`` stands for a value given when it is said."""

    vi: str
    en: str

    def say(self, lang: Language, **values: object) -> str:
        """Return the phrase in one language with its values put in."""
        text = self.vi if lang == "vi" else self.en
        return text.format(**values) if values else text


GRADES: Final[Mapping[str, Phrase]] = {
    "early": Phrase("trước hạn", "early"),
    "on_time": Phrase("đúng hạn", "on time"),
    "due_soon": Phrase("sắp đến hạn", "due soon"),
    "overdue": Phrase("quá hạn", "overdue"),
}
"""`engine.lateness.Grade`."""

STATUSES: Final[Mapping[int, Phrase]] = {
    1: Phrase("Mới đăng ký", "submitted"),
    2: Phrase("Được tiếp nhận", "received"),
    3: Phrase("Không được tiếp nhận", "declined"),
    4: Phrase("Đang xử lý", "in progress"),
    5: Phrase("Yêu cầu bổ sung giấy tờ", "awaiting supplement"),
    6: Phrase("Yêu cầu thực hiện nghĩa vụ tài chính", "awaiting payment"),
    7: Phrase("Công dân yêu cầu rút hồ sơ", "withdrawn"),
    8: Phrase("Dừng xử lý", "stopped"),
    9: Phrase("Đã xử lý xong", "decided"),
    10: Phrase("Đã trả kết quả", "result issued"),
}
"""The ten national statuses (`engine.status.Status`), in the words provincial systems use."""

OUTCOMES: Final[Mapping[str, Phrase]] = {
    "granted": Phrase("được giải quyết", "granted"),
    "denied": Phrase("không đủ điều kiện", "denied"),
    "stopped": Phrase("dừng giải quyết", "stopped"),
    "withdrawn": Phrase("rút hồ sơ", "withdrawn"),
    "declined": Phrase("từ chối tiếp nhận", "declined at intake"),
}
"""How a dossier ended (`engine.dossier.Dossier.outcome`)."""

STEP_OUTCOMES: Final[Mapping[str, Phrase]] = {
    "done": Phrase("xong", "done"),
    "agreed": Phrase("đồng ý", "agreed"),
    "disagreed": Phrase("không đồng ý", "disagreed"),
    "objection": Phrase("có phản đối", "objection"),
    "denied": Phrase("không đủ điều kiện", "denied"),
    "failed": Phrase("lỗi", "failed"),
    "reject": Phrase("từ chối", "reject"),
    "refuse": Phrase("từ chối", "refuse"),
    "refused": Phrase("từ chối", "refused"),
    "changed": Phrase("yêu cầu sửa", "changed"),
    "paid": Phrase("đã nộp", "paid"),
}
"""Common outcomes of steps; a procedure names its own beside these."""

WORKS: Final[Mapping[str, Phrase]] = {
    "step": Phrase("xử lý", "step"),
    "service": Phrase("hệ thống xử lý", "machine step"),
    "consultation": Phrase("lấy ý kiến", "consultation"),
    "opinion": Phrase("cho ý kiến", "opinion"),
    "applicant": Phrase("chờ tổ chức, cá nhân", "waiting for the applicant"),
    "posting": Phrase("niêm yết", "legal posting"),
    "sub_dossier": Phrase("hồ sơ liên thông", "sub-dossier"),
}
"""What kind of hold it is (`engine.dossier.Work`)."""

TIME_KINDS: Final[Mapping[str, Phrase]] = {
    "authority": Phrase("cơ quan giải quyết", "the authority"),
    "applicant": Phrase("tổ chức, cá nhân", "applicant"),
    "other_agency": Phrase("cơ quan phối hợp", "other agency"),
    "nobody": Phrase("không của ai", "nobody"),
}
"""Whose time it was (`engine.ledger.TimeKind`)."""

CHANNELS: Final[Mapping[str, Phrase]] = {
    "direct": Phrase("trực tiếp", "at the counter"),
    "online": Phrase("trực tuyến", "online"),
    "post": Phrase("bưu chính", "by post"),
}

POSITIONS: Final[Mapping[str, Phrase]] = {
    "agree": Phrase("đồng ý", "agree"),
    "disagree": Phrase("không đồng ý", "disagree"),
    "no_position": Phrase("không nêu chính kiến", "no position"),
    "deemed_agree": Phrase("coi như đồng ý", "deemed to agree"),
}

SILENCES: Final[Mapping[str, Phrase]] = {
    "escalate": Phrase("báo cáo người đứng đầu bộ phận một cửa", "the head of the desk is told"),
    "deemed_agree": Phrase("coi như đồng ý", "deemed agreement"),
    "block": Phrase("tiếp tục chờ", "the lead goes on waiting"),
}
"""What a consulted agency's silence means (`engine.procedure.OnSilence`)."""

SUBJECTS: Final[Mapping[str, Phrase]] = {
    "legal": Phrase("thời hạn giải quyết", "the legal term"),
    "promised": Phrase("ngày hẹn lại", "the promised date"),
    "step": Phrase("thời hạn của bước", "the step's term"),
    "opinion": Phrase("thời hạn cho ý kiến", "the term for an opinion"),
    "supplement": Phrase("thời hạn bổ sung", "the window for a supplement"),
    "wait": Phrase("thời hạn trả lời của tổ chức, cá nhân", "the applicant's time to answer"),
    "intake": Phrase("thời hạn kiểm tra, tiếp nhận", "the term for intake"),
    "pause": Phrase("thời gian tạm dừng tối đa", "the longest lawful stop"),
    "explanation": Phrase("thời hạn giải trình", "the limit to explain"),
}
"""Which term a `LimitPassed` or `Escalated` speaks of."""

GROUNDS: Final[Mapping[str, Phrase]] = {
    "supplement": Phrase("chờ bổ sung hồ sơ", "waiting for the applicant's supplement"),
    "financial_obligation": Phrase("chờ thực hiện nghĩa vụ tài chính", "waiting for payment"),
    "legal_posting": Phrase("niêm yết công khai", "legal posting"),
    "force_majeure": Phrase("sự kiện bất khả kháng", "force majeure"),
    "outage": Phrase("sự cố hệ thống", "outage of the system"),
}
"""Common grounds of stops; a procedure names its own beside these."""

BREACHES: Final[Mapping[str, Phrase]] = {
    "back_dated": Phrase("ghi lùi ngày", "recorded with an earlier date"),
    "closed_alone": Phrase("tự mình kết thúc việc mình xem xét", "closing alone what one reviewed"),
    "extension_beyond_maximum": Phrase("gia hạn quá số lần cho phép", "extension beyond the number allowed"),
    "late_apology": Phrase("xin lỗi muộn", "late apology"),
    "late_explanation": Phrase("giải trình muộn", "late explanation"),
    "late_extension": Phrase("gia hạn sau khi đã quá hạn", "extension after the term had passed"),
    "late_intake": Phrase("tiếp nhận muộn", "late intake"),
    "late_opinion": Phrase("cho ý kiến muộn", "late opinion"),
    "late_supplement_request": Phrase("yêu cầu bổ sung muộn", "late supplement request"),
    "loop_cap": Phrase("quay lại bước quá số lần cho phép", "more returns to a step than allowed"),
    "opinion_without_position": Phrase("cho ý kiến không rõ chính kiến", "opinion without a position"),
    "own_review": Phrase("tự xem xét việc của mình", "judging one's own cause"),
    "paper_outside_list": Phrase("yêu cầu giấy tờ ngoài quy định", "paper outside the published list"),
    "repeated_supplement": Phrase("yêu cầu bổ sung nhiều lần", "repeated supplement request"),
    "second_redating": Phrase("hẹn lại lần thứ hai", "second re-dating"),
    "stop_without_ground": Phrase("tạm dừng không có căn cứ", "stop without a lawful ground"),
    "supplement_beyond_maximum": Phrase("yêu cầu bổ sung quá số lần cho phép", "supplement beyond the number allowed"),
    "withdrawn_without_request": Phrase("rút hồ sơ khi không có yêu cầu", "withdrawn without the applicant's request"),
}
"""Rules that acts broke or tried to break (`RuleBreached`, `RuleBreachAttempted`)."""

GENERAL: Final[Mapping[str, Phrase]] = {
    "dossier": Phrase("hồ sơ", "dossier"),
    "dossier_no": Phrase("mã hồ sơ", "dossier number"),
    "procedure": Phrase("thủ tục hành chính", "procedure"),
    "step": Phrase("bước", "step"),
    "agency": Phrase("cơ quan", "agency"),
    "officer": Phrase("cán bộ", "officer"),
    "applicant": Phrase("tổ chức, cá nhân", "applicant"),
    "desk": Phrase("bộ phận một cửa", "one-stop desk"),
    "papers": Phrase("thành phần hồ sơ", "papers"),
    "status": Phrase("trạng thái", "status"),
    "received": Phrase("tiếp nhận", "received"),
    "due": Phrase("hạn trả", "due"),
    "step_due": Phrase("hạn xử lý", "due"),
    "recorded_due": Phrase("Hạn trả đã ghi (là căn cứ tính trễ)", "Due as recorded (by which lateness is judged)"),
    "promised": Phrase("ngày hẹn lại", "promised"),
    "limit": Phrase("thời hạn", "limit"),
    "late_by": Phrase("thời gian trễ", "late by"),
    "after_closing": Phrase("sau giờ làm việc", "after closing"),
    "still_since": Phrase("thời hạn tạm dừng từ {since}", "clock stopped since {since}"),
    "earlier_term": Phrase(
        "Kỳ hạn trước: từ {since}, hạn trả {due}; ngắt lúc {ended} ({ground}).",
        "An earlier term: from {since}, due {due}; broken off at {ended} ({ground}).",
    ),
    "broken_off": Phrase(
        "Ngắt lúc {ended} ({ground}): đồng hồ đang dừng, hiện không có hạn trả.",
        "Broken off at {ended} ({ground}): the clock stands still, nothing is due at present.",
    ),
    "passed_by_then": Phrase("Khi đó đã quá hạn.", "It had passed by then."),
    "held_since": Phrase("giữ từ", "held since"),
    "whose_time": Phrase("thời gian của ai", "whose time"),
    "outcome": Phrase("kết quả", "outcome"),
    "dossier_id": Phrase("mã định danh", "id"),
    "incident": Phrase("sự cố", "incident"),
    "open_now": Phrase("có thể làm", "open now"),
    "nothing_open": Phrase("không có việc nào", "nothing"),
    "moves_by_itself": Phrase(
        "hồ sơ tự chuyển tiếp ở lượt chạy tới (`motcua up`, hoặc `motcua drive` một lần)",
        "it moves on by itself with the next drive (`motcua up`, or `motcua drive` once)",
    ),
    "erased": Phrase(
        "đã xóa dữ liệu cá nhân của người nộp {ref}; thư đã in và bản sao lưu thì phải tự xóa",
        "erased: applicant {ref}; letters already written and backups are yours to remove",
    ),
    "repeated": Phrase(
        "mã lệnh này đã được ghi nhận trước đó; không ghi thêm gì",
        "recorded before under this command id; nothing was added",
    ),
    "intake": Phrase("chờ tiếp nhận", "waiting for receipt"),
    "whose": Phrase("của ai", "whose"),
    "who": Phrase("nơi giữ", "with"),
    "since": Phrase("từ", "from"),
    "until": Phrase("đến", "to"),
    "office_time": Phrase("giờ làm việc", "office time"),
    "elapsed_time": Phrase("kể cả ngoài giờ", "day and night"),
    "in_all": Phrase("cộng", "in all"),
    "being_moved": Phrase("chờ chuyển bước", "waiting to be moved on"),
    "with": Phrase("đang ở", "with"),
    "system": Phrase("hệ thống", "the system"),
    "nothing_overdue": Phrase("không có hồ sơ quá hạn", "nothing is overdue"),
    "no_dossiers": Phrase("không có hồ sơ nào", "no dossiers"),
    "provisional": Phrase("tạm tính, lịch chưa được công bố", "provisional: the calendar is not yet official"),
    "calendar_right": Phrase(
        "{file}: lịch {code} đúng, từ {first} đến {last}", "{file}: {code} is right, {first} to {last}"
    ),
    "yes": Phrase("có", "yes"),
    "no": Phrase("không", "no"),
    "unconfirmed": Phrase("chưa kiểm chứng", "not confirmed"),
}


def say(key: str, lang: Language = "vi", **values: object) -> str:
    """Return a general phrase; an unknown key is our bug and raises ``KeyError``.

    Example:
        >>> say("due"), say("due", "en")
        ('hạn trả', 'due')
    """
    return GENERAL[key].say(lang, **values)


def called(table: Mapping[str, Phrase], code: str, lang: Language = "vi") -> str:
    """Return what people call a code; a code that only a procedure or a foreign log knows stays as it is.

    Example:
        >>> called(OUTCOMES, "granted"), called(GROUNDS, "court_order", "en")
        ('được giải quyết', 'court_order')
    """
    return table[code].say(lang) if code in table else code


def language(text: str) -> Language:
    """Return a language people asked for.

    Raises:
        InputError: neither ``vi`` nor ``en``.
    """
    if text not in get_args(Language):
        raise InputError.of("language_unknown", "language {text!r} is not known: write vi or en", text=text)
    return cast("Language", text)


def moment(seconds: int, zone: str, lang: Language = "vi") -> str:
    """Return an instant (epoch seconds) as lists show it, to the minute; seconds only where there are any.

    Example:
        >>> moment(1787562000, "Asia/Ho_Chi_Minh"), moment(1787562000, "Asia/Ho_Chi_Minh", "en")
        ('16:00 24/08/2026', '16:00 24 Aug 2026')
    """
    local = to_datetime(seconds, zone)
    clock = local.format("HH:mm:ss" if local.second else "HH:mm")
    return f"{clock} {day_text(local, lang)}"
