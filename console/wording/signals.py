"""Words of the right of reply: facts of a signal's file, its states and verdicts, what `motcua signal` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from console.wording.phrases import Phrase
from engine import events as ev
from engine import review as rv

if TYPE_CHECKING:
    from console.wording.days import Language

FACTS: Final[Mapping[type[ev.Fact], Phrase]] = {
    ev.SignalRaised: Phrase("nêu dấu hiệu", "signal raised"),
    ev.SignalNotified: Phrase("thông báo dấu hiệu cho cơ quan", "signal notified"),
    ev.SignalExplained: Phrase("giải trình", "signal explained"),
    ev.SignalReviewed: Phrase("xem xét dấu hiệu", "signal reviewed"),
    ev.SignalClosed: Phrase("kết thúc xem xét dấu hiệu", "signal closed"),
}

TOLD: Final[Mapping[type[ev.Fact], tuple[Phrase, tuple[tuple[str, Phrase, Callable[[Any], object]], ...]]]] = {
    ev.SignalRaised: (
        Phrase(
            "Nêu dấu hiệu {signal_no} ({code}) đối với {agency}, để xem xét",
            "Signal {signal_no} ({code}) raised about {agency}, for review",
        ),
        (("total", Phrase(", số lần: {total}", ", occurrences: {total}"), lambda total: total > 1),),
    ),
    ev.SignalNotified: (
        Phrase("Thông báo cho {agency} để giải trình", "{agency} was told and may explain"),
        (("due", Phrase(", trước {due}", ", by {due}"), lambda due: due is not None),),
    ),
    ev.SignalExplained: (
        Phrase("{who} giải trình", "{who} explained"),
        (
            ("facts", Phrase(", dẫn chứng: {facts}", ", pointing at {facts}"), bool),
            ("remedy", Phrase(", khắc phục: {remedy}", ", remedy: {remedy}"), bool),
        ),
    ),
    ev.SignalReviewed: (Phrase("{who} xem xét: {verdict}", "{who} reviewed it: {verdict}"), ()),
    ev.SignalClosed: (Phrase("{who} kết thúc xem xét: {verdict}", "{who} closed it: {verdict}"), ()),
}
"""Sentence of each fact, and what is added where a field says so; see `console.wording.facts`."""

COMMANDS: Final[Mapping[type[rv.SignalCommand], Phrase]] = {
    rv.Notify: Phrase("thông báo dấu hiệu", "notify"),
    rv.Explain: Phrase("giải trình", "explain"),
    rv.Review: Phrase("xem xét dấu hiệu", "review a signal"),
    rv.Close: Phrase("kết thúc xem xét dấu hiệu", "close a signal"),
}

STATES: Final[Mapping[str, Phrase]] = {
    "raised": Phrase("mới nêu", "raised"),
    "notified": Phrase("chờ giải trình", "waiting for an explanation"),
    "explained": Phrase("đã giải trình, chờ xem xét", "explained, waiting for review"),
    "reviewed": Phrase("đã xem xét, chờ người thứ hai kết thúc", "reviewed, waiting for a second person to close it"),
    "closed": Phrase("đã kết thúc", "closed"),
}
"""`engine.review.SignalState`."""

VERDICTS: Final[Mapping[str, Phrase]] = {
    "accepted": Phrase("chấp nhận giải trình", "explanation accepted"),
    "upheld": Phrase("giữ nguyên dấu hiệu", "signal upheld"),
}

CERTAINTIES: Final[Mapping[str, Phrase]] = {
    "A": Phrase("đọc trong văn bản chính thức", "read in an official text"),
    "B": Phrase("theo báo chí hoặc bản tóm tắt", "from press or a summary"),
    "C": Phrase("thấy trong một hệ thống thực tế", "seen in a real system"),
    "K": Phrase("hiểu biết chung, chưa kiểm chứng", "general knowledge, not confirmed"),
}
"""How sure the basis of a rule is."""

WORDS: Final[Mapping[str, Phrase]] = {
    "agency": Phrase("cơ quan", "agency"),
    "code": Phrase("mã", "code"),
    "confidence": Phrase("độ tin cậy", "confidence"),
    "counter": Phrase("Tình tiết có lợi cho cơ quan", "What speaks against it"),
    "due": Phrase("hạn giải trình", "explain by"),
    "evidence": Phrase("Căn cứ: {shown}/{total}", "Evidence: {shown} of {total}"),
    "history": Phrase("Diễn biến", "What happened to it"),
    "law": Phrase("căn cứ pháp lý", "legal basis"),
    "limit": Phrase("thời hạn giải trình", "limit to explain"),
    "measure": Phrase("mức", "measure"),
    "name": Phrase("dấu hiệu", "signal"),
    "none": Phrase("không có", "none"),
    "nothing": Phrase("không có dấu hiệu nào", "no signals"),
    "number": Phrase("số", "number"),
    "officer": Phrase("cán bộ", "an officer"),
    "officers": Phrase("cán bộ liên quan", "officers concerned"),
    "open_now": Phrase("có thể làm", "open now"),
    "overdue": Phrase("đã quá hạn giải trình", "past its limit to explain"),
    "parameters": Phrase("tham số", "parameters"),
    "raised": Phrase("nêu lúc", "raised"),
    "repeated": Phrase(
        "mã lệnh này đã được ghi nhận trước đó; không ghi thêm gì",
        "recorded before under this command id; nothing was added",
    ),
    "rule": Phrase("quy tắc", "rule"),
    "severity": Phrase("mức độ", "severity"),
    "state": Phrase("tình trạng", "state"),
    "verdict": Phrase("kết luận xem xét", "verdict"),
    "without_reason": Phrase(
        "lý do và tên người chỉ hiện với --internal", "reasons and people are shown with --internal only"
    ),
    "open_explain": Phrase("giải trình (cán bộ của cơ quan)", "explain (an officer of the agency)"),
    "open_review": Phrase("xem xét (người ngoài cơ quan)", "review (somebody outside the agency)"),
    "open_close": Phrase("kết thúc (người thứ hai, ngoài cơ quan)", "close (a second person, outside the agency)"),
    "open_notify": Phrase("thông báo", "notify"),
}

COUNTERS: Final[Mapping[str, Phrase]] = {
    "absence": Phrase("vắng mặt", "absence"),
    "chances": Phrase("số lần có thể", "chances"),
    "completed_per_day": Phrase("hoàn thành mỗi ngày làm việc", "completed each office day"),
    "found": Phrase("tình tiết có lợi cho cơ quan tìm thấy", "counter-evidence found"),
    "high": Phrase("cận trên", "upper bound"),
    "hits": Phrase("số lần", "times"),
    "is_absent": Phrase("khi đó vắng mặt", "absent then"),
    "is_overloaded": Phrase("khi đó quá tải", "overloaded then"),
    "low": Phrase("cận dưới", "lower bound"),
    "overload": Phrase("quá tải", "overload"),
    "peers": Phrase("cơ quan tương tự", "peers"),
    "peers_rate": Phrase("tỷ lệ cơ quan tương tự", "peers' rate"),
    "q": Phrase("q", "q"),
    "queue": Phrase("hồ sơ đang chờ khi đó", "queue then"),
    "queue_per_head": Phrase("hồ sơ chờ mỗi người", "queue per head"),
    "rate": Phrase("tỷ lệ", "rate"),
    "staff": Phrase("số người", "staff"),
    "usual_queue_per_head": Phrase("thường ngày mỗi người", "usual queue per head"),
}
"""Figures of `engine.events.SignalRaised.counter`; ``excused_…`` counts what counter-evidence cleared."""


def word(key: str, lang: Language, **values: object) -> str:
    """Return a word of this file; an unknown key is our bug and raises ``KeyError``."""
    return WORDS[key].say(lang, **values)
