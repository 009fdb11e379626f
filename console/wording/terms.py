"""What facts and commands are called, in Vietnamese and English; the glossary and every face take words from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from console.wording import signals
from console.wording.phrases import Phrase
from engine import commands as co
from engine import events as ev

if TYPE_CHECKING:
    from console.wording.days import Language

FACTS: Final[Mapping[type[ev.Fact], Phrase]] = {
    ev.Submitted: Phrase("nộp hồ sơ", "submitted"),
    ev.Received: Phrase("tiếp nhận hồ sơ và hẹn trả kết quả", "received"),
    ev.IntakeDeclined: Phrase("từ chối tiếp nhận", "intake declined"),
    ev.StepOpened: Phrase("chuyển đến bước", "step opened"),
    ev.HandedOver: Phrase("bàn giao", "handed over"),
    ev.Assigned: Phrase("phân công", "assigned"),
    ev.TakenUp: Phrase("bắt đầu xử lý", "taken up"),
    ev.StepDone: Phrase("hoàn thành bước", "step done"),
    ev.SentBack: Phrase("trả lại bước trước", "sent back"),
    ev.Transferred: Phrase("chuyển cơ quan có thẩm quyền", "transferred"),
    ev.Routed: Phrase("rẽ nhánh theo điều kiện", "routed"),
    ev.Forked: Phrase("tách nhánh", "forked"),
    ev.BranchArrived: Phrase("nhánh đến điểm hợp", "branch arrived"),
    ev.BranchEnded: Phrase("nhánh kết thúc", "branch ended"),
    ev.Joined: Phrase("hợp nhánh", "joined"),
    ev.OpinionRequested: Phrase("lấy ý kiến", "opinion requested"),
    ev.OpinionGiven: Phrase("cho ý kiến", "opinion given"),
    ev.OpinionSilent: Phrase("không trả lời lấy ý kiến", "opinion silent"),
    ev.SupplementRequested: Phrase("yêu cầu bổ sung", "supplement requested"),
    ev.SupplementReceived: Phrase("đã bổ sung", "supplement received"),
    ev.ClockPaused: Phrase("tạm dừng tính thời hạn", "clock paused"),
    ev.ClockResumed: Phrase("tiếp tục tính thời hạn", "clock resumed"),
    ev.LimitExtended: Phrase("gia hạn", "limit extended"),
    ev.ApologyIssued: Phrase("xin lỗi và hẹn lại ngày trả kết quả", "apology issued"),
    ev.FinancialObligationSet: Phrase("yêu cầu thực hiện nghĩa vụ tài chính", "financial obligation set"),
    ev.FinancialObligationMet: Phrase("đã thực hiện nghĩa vụ tài chính", "financial obligation met"),
    ev.PostingStarted: Phrase("bắt đầu niêm yết", "posting started"),
    ev.PostingEnded: Phrase("kết thúc niêm yết", "posting ended"),
    ev.SubDossierStarted: Phrase("tạo hồ sơ liên thông", "sub-dossier started"),
    ev.SubDossierEnded: Phrase("hồ sơ liên thông kết thúc", "sub-dossier ended"),
    ev.HandlingStopped: Phrase("dừng giải quyết", "handling stopped"),
    ev.Withdrawn: Phrase("rút hồ sơ", "withdrawn"),
    ev.ResultDecided: Phrase("có kết quả giải quyết", "result decided"),
    ev.ResultDenied: Phrase("không đủ điều kiện giải quyết", "result denied"),
    ev.ResultIssued: Phrase("trả kết quả", "result issued"),
    ev.Reopened: Phrase("mở lại hồ sơ", "reopened"),
    ev.Urged: Phrase("đôn đốc", "urged"),
    ev.Escalated: Phrase("báo cáo cấp trên", "escalated"),
    ev.LimitPassed: Phrase("quá thời hạn", "limit passed"),
    ev.DueSoon: Phrase("sắp đến hạn", "due soon"),
    ev.DueChanged: Phrase("điều chỉnh hạn trả", "due changed"),
    ev.Corrected: Phrase("đính chính", "corrected"),
    **signals.FACTS,
    ev.RuleBreached: Phrase("ghi nhận việc làm trái quy định", "rule breached"),
    ev.RuleBreachAttempted: Phrase("ngăn việc làm trái quy định", "rule breach attempted"),
}

COMMANDS: Final[Mapping[type[co.Command], Phrase]] = {
    co.Submit: Phrase("nộp hồ sơ", "submit"),
    co.Receive: Phrase("tiếp nhận", "receive"),
    co.DeclineIntake: Phrase("từ chối tiếp nhận", "decline intake"),
    co.Assign: Phrase("phân công", "assign"),
    co.TakeUp: Phrase("bắt đầu xử lý", "take up"),
    co.FinishStep: Phrase("hoàn thành bước", "finish step"),
    co.SendBack: Phrase("trả lại bước trước", "send back"),
    co.Transfer: Phrase("chuyển cơ quan có thẩm quyền", "transfer"),
    co.RequestOpinion: Phrase("lấy ý kiến", "request opinion"),
    co.GiveOpinion: Phrase("cho ý kiến", "give opinion"),
    co.RequestSupplement: Phrase("yêu cầu bổ sung", "request supplement"),
    co.ReceiveSupplement: Phrase("nhận hồ sơ bổ sung", "receive supplement"),
    co.PauseClock: Phrase("tạm dừng tính thời hạn", "pause clock"),
    co.ResumeClock: Phrase("tiếp tục tính thời hạn", "resume clock"),
    co.ExtendLimit: Phrase("gia hạn", "extend limit"),
    co.IssueApology: Phrase("xin lỗi và hẹn lại", "issue apology"),
    co.ConfirmByApplicant: Phrase("tổ chức, cá nhân xác nhận", "confirm by applicant"),
    co.SetFinancialObligation: Phrase("thông báo nghĩa vụ tài chính", "set financial obligation"),
    co.MeetFinancialObligation: Phrase("ghi nhận nghĩa vụ tài chính", "meet financial obligation"),
    co.RecordObjection: Phrase("ghi nhận ý kiến phản đối", "record objection"),
    co.StopHandling: Phrase("dừng giải quyết", "stop handling"),
    co.Withdraw: Phrase("rút hồ sơ", "withdraw"),
    co.IssueResult: Phrase("trả kết quả", "issue result"),
    co.Reopen: Phrase("mở lại hồ sơ", "reopen"),
    co.Urge: Phrase("đôn đốc", "urge"),
    co.Escalate: Phrase("báo cáo cấp trên", "escalate"),
    co.Correct: Phrase("đính chính", "correct"),
}


_CALLED: Final[Mapping[str, Phrase]] = {co.name_of(kind): phrase for kind, phrase in COMMANDS.items()}


def commands_text(names: Iterable[str], lang: Language) -> str:
    """Return commands by the name that has to be typed, in Vietnamese with what people call it.

    Example:
        >>> commands_text(("urge", "finish-step"), "vi"), commands_text(("urge", "finish-step"), "en")
        ('urge (đôn đốc), finish-step (hoàn thành bước)', 'urge, finish-step')
    """
    return ", ".join(f"{name} ({_CALLED[name].vi})" if lang == "vi" and name in _CALLED else name for name in names)
