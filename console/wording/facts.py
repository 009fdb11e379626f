"""One sentence for each fact, in Vietnamese and English: what histories, boards and letters say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from console.wording.days import Language
from console.wording.details import detail_text
from console.wording.laws import cited
from console.wording.numbers import number
from console.wording.phrases import (
    BREACHES,
    CHANNELS,
    GROUNDS,
    OUTCOMES,
    POSITIONS,
    SILENCES,
    STEP_OUTCOMES,
    SUBJECTS,
    Phrase,
    called,
    moment,
    say,
)
from console.wording.signals import COMMANDS as SIGNAL_COMMANDS
from console.wording.signals import TOLD as SIGNALS
from console.wording.signals import VERDICTS
from console.wording.terms import COMMANDS
from engine import events as ev

VIETNAM: Final = "Asia/Ho_Chi_Minh"

_INSTANTS: Final = frozenset({"due", "until", "window_due", "cap_until", "promised", "before", "after"})
_CODES: Final[Mapping[str, Mapping[str, Phrase]]] = {
    "channel": CHANNELS,
    "command": {
        str(kind.__struct_config__.tag): phrase for kind, phrase in [*COMMANDS.items(), *SIGNAL_COMMANDS.items()]
    },
    "ground": GROUNDS,
    "position": POSITIONS,
    "rule": BREACHES,
    "subject": SUBJECTS,
    "treated_as": SILENCES,
    "verdict": VERDICTS,
}
_TEXTS: Final = frozenset({"reason", "legal_basis", "document_no", "dossier_no", "dossier_id", "root", "limit"}) | {
    *("question", "condition", "field", "before", "after", "currency", "detail"),
    *("signal_no", "code", "remedy"),
}
"""Fields that are said as they are written; every other text is a code that `name` may know."""


class _Part(NamedTuple):
    """What is added to a sentence when ``said_if`` holds of the value of ``field``."""

    field: str
    phrase: Phrase
    said_if: Callable[[Any], object] = bool


class _Sentence(NamedTuple):
    """How a fact is told: ``{field}`` is a field of the fact as people read it, ``{who}`` who did it."""

    phrase: Phrase
    parts: tuple[_Part, ...] = ()


def _as_it_is(code: str) -> str:
    return code


def present(
    fact: ev.Fact, lang: Language = "vi", *, zone: str = VIETNAM, name: Callable[[str], str] = _as_it_is
) -> str:
    """Return one sentence that tells a fact, with its reason, legal basis and document number where it has them.

    Args:
        fact: any fact.
        lang: ``vi`` or ``en``.
        zone: IANA zone in which instants are shown.
        name: what people call the code of an agency, step, officer, procedure or paper; the code itself by default.

    Example:
        >>> fact = ev.HandedOver(occurred_at=0, recorded_at=0, hold=2, step="sign", from_agency="a", to_agency="b")
        >>> present(fact), present(fact, "en")
        ('a bàn giao cho b, bước sign.', 'a handed over to b, step sign.')
    """
    values = _Values(fact, lang, zone, name)
    sentence = _TOLD[type(fact)]
    said = [part.phrase for part in sentence.parts + _ALWAYS if part.said_if(getattr(fact, part.field))]
    told = "".join(phrase.say(lang).format_map(values) for phrase in (sentence.phrase, *said)).rstrip(".")
    return told if told.endswith("?") else told + "."


class _Values(dict[str, str]):
    """The fields of one fact as one reader reads them, made when a sentence asks for them."""

    def __init__(self, fact: ev.Fact, lang: Language, zone: str, name: Callable[[str], str]) -> None:
        super().__init__()
        self._fact, self._lang, self._zone, self._name = fact, lang, zone, name

    def __missing__(self, field: str) -> str:
        if field == "who":
            return self._who()
        value = getattr(self._fact, field)
        if value is None or value == "":
            return "-"
        if field in _INSTANTS and isinstance(value, int):
            return moment(value, self._zone, self._lang)
        if field == "detail":
            return detail_text(value, self._lang, self._zone)
        if field == "legal_basis":
            return cited(value, self._lang)
        if field == "amount":
            return number(value, self._lang)
        if isinstance(value, tuple):
            return ", ".join(self._name(one) for one in value)
        if field == "outcome":
            table = OUTCOMES if isinstance(self._fact, ev.SubDossierEnded) else STEP_OUTCOMES
            return called(table, value, self._lang)
        if field in _CODES:
            return called(_CODES[field], value, self._lang)
        return str(value) if field in _TEXTS or not isinstance(value, str) else self._name(value)

    def _who(self) -> str:
        """The officer with his agency, the applicant, or the agency alone where the engine recorded it."""
        by, agency = self._fact.by, self._fact.agency
        if by == ev.APPLICANT:
            return say("applicant", self._lang)
        if by == ev.SYSTEM:
            return self._name(agency) if agency else say("system", self._lang)
        return f"{self._name(by)} ({self._name(agency)})" if agency else self._name(by)


def _is_set(value: object) -> bool:
    return value is not None


_DUE = _Part("due", Phrase(", hạn {due}", ", due {due}"), _is_set)
_RESULT_DUE = _Part("due", Phrase(", hạn trả {due}", ", due {due}"), _is_set)
_DETAIL = _Part("detail", Phrase(" ({detail})", " ({detail})"))
_ALWAYS = (
    _Part("reason", Phrase("; lý do: {reason}", "; reason: {reason}")),
    _Part("legal_basis", Phrase("; căn cứ: {legal_basis}", "; legal basis: {legal_basis}")),
    _Part("document_no", Phrase("; văn bản số {document_no}", "; document no. {document_no}")),
)

_TOLD: Final[Mapping[type[ev.Fact], _Sentence]] = {
    ev.Submitted: _Sentence(
        Phrase("Nộp hồ sơ {procedure} tại {agency}, {channel}", "Submitted {procedure} at {agency}, {channel}"),
        (_Part("root", Phrase(", thuộc hồ sơ liên thông {root}", ", part of dossier {root}")),),
    ),
    ev.Received: _Sentence(
        Phrase("{who} tiếp nhận, mã hồ sơ {dossier_no}", "{who} received it as {dossier_no}"),
        (_RESULT_DUE, _Part("due", Phrase(", không có thời hạn", ", no limit"), lambda due: due is None)),
    ),
    ev.IntakeDeclined: _Sentence(Phrase("{who} từ chối tiếp nhận", "{who} declined to receive it")),
    ev.StepOpened: _Sentence(
        Phrase("Hồ sơ đến bước {step}", "The dossier came to step {step}"),
        (
            _Part("agency", Phrase(" tại {agency}", " at {agency}")),
            _Part("entry", Phrase(", lần thứ {entry}", ", entry {entry}"), lambda entry: entry > 1),
            _DUE,
        ),
    ),
    ev.HandedOver: _Sentence(
        Phrase(
            "{from_agency} bàn giao cho {to_agency}, bước {step}",
            "{from_agency} handed over to {to_agency}, step {step}",
        )
    ),
    ev.Assigned: _Sentence(Phrase("{who} phân công cho {officer}", "{who} assigned it to {officer}")),
    ev.TakenUp: _Sentence(Phrase("{who} bắt đầu xử lý", "{who} took it up")),
    ev.StepDone: _Sentence(Phrase("{who} hoàn thành bước, kết quả: {outcome}", "{who} finished the step: {outcome}")),
    ev.SentBack: _Sentence(Phrase("{who} trả lại bước {to_step}", "{who} sent it back to step {to_step}")),
    ev.Transferred: _Sentence(Phrase("{who} chuyển hồ sơ cho {to_agency}", "{who} transferred it to {to_agency}")),
    ev.Routed: _Sentence(
        Phrase("Tại {node} đi tiếp đến {target}", "From {node} on to {target}"),
        (
            _Part("condition", Phrase(", vì {condition}", ", because {condition}")),
            _Part(
                "condition", Phrase(", không điều kiện nào khác đúng", ", no other condition holds"), lambda it: not it
            ),
        ),
    ),
    ev.Forked: _Sentence(Phrase("Tách nhánh tại {node}: {branches}", "Split at {node}: {branches}")),
    ev.BranchArrived: _Sentence(
        Phrase("Nhánh từ {arrived_from} đến điểm hợp {node}", "The branch from {arrived_from} reached {node}")
    ),
    ev.BranchEnded: _Sentence(Phrase("Một nhánh kết thúc tại {node}", "One branch ended at {node}")),
    ev.Joined: _Sentence(
        Phrase("Các nhánh đã hợp tại {node}", "All branches met at {node}"),
        (_Part("last_from", Phrase(", nhánh cuối từ {last_from}", ", the last from {last_from}")),),
    ),
    ev.OpinionRequested: _Sentence(
        Phrase("{lead_agency} lấy ý kiến {agency}", "{lead_agency} asked {agency} for an opinion"),
        (
            _DUE,
            _Part(
                "planned", Phrase(", ngoài quy trình", ", not planned by the procedure"), lambda planned: not planned
            ),
            _Part("question", Phrase(": {question}", ": {question}")),
        ),
    ),
    ev.OpinionGiven: _Sentence(Phrase("{who} cho ý kiến: {position}", "{who} gave its opinion: {position}")),
    ev.OpinionSilent: _Sentence(
        Phrase("{who} không trả lời đúng hạn: {treated_as}", "{who} did not answer in time: {treated_as}")
    ),
    ev.SupplementRequested: _Sentence(
        Phrase("{who} yêu cầu bổ sung lần {ordinal}: {papers}", "{who} asked for supplement no. {ordinal}: {papers}"),
        (_Part("window_due", Phrase(", trước {window_due}", ", by {window_due}"), _is_set),),
    ),
    ev.SupplementReceived: _Sentence(
        Phrase("Đã nhận hồ sơ bổ sung", "The supplement came in"),
        (_Part("papers", Phrase(": {papers}", ": {papers}")), _RESULT_DUE),
    ),
    ev.ClockPaused: _Sentence(
        Phrase("Tạm dừng tính thời hạn: {ground}", "The clock stands still: {ground}"),
        (_Part("cap_until", Phrase(", tối đa đến {cap_until}", ", until {cap_until} at most"), _is_set),),
    ),
    ev.ClockResumed: _Sentence(
        Phrase("Tiếp tục tính thời hạn ({ground})", "The clock runs again ({ground})"), (_RESULT_DUE,)
    ),
    ev.LimitExtended: _Sentence(
        Phrase("{who} gia hạn {limit}, hạn trả {due}", "{who} extended the limit by {limit}, due {due}")
    ),
    ev.ApologyIssued: _Sentence(
        Phrase("{who} xin lỗi và hẹn lại {promised}", "{who} apologised and promised {promised}")
    ),
    ev.FinancialObligationSet: _Sentence(
        Phrase("Yêu cầu thực hiện nghĩa vụ tài chính", "The applicant was told what to pay"),
        (_Part("amount", Phrase(": {amount} {currency}", ": {amount} {currency}")),),
    ),
    ev.FinancialObligationMet: _Sentence(Phrase("Đã thực hiện nghĩa vụ tài chính", "The payment was recorded")),
    ev.PostingStarted: _Sentence(Phrase("{who} niêm yết đến {until}", "{who} began a legal posting until {until}")),
    ev.PostingEnded: _Sentence(
        Phrase("Kết thúc niêm yết", "The legal posting ended"),
        (
            _Part("objections", Phrase(", có phản đối", " with objections")),
            _Part("objections", Phrase(", không có phản đối", " without objection"), lambda found: not found),
        ),
    ),
    ev.SubDossierStarted: _Sentence(
        Phrase("Tạo hồ sơ liên thông {procedure}: {dossier_id}", "Started sub-dossier {dossier_id} of {procedure}")
    ),
    ev.SubDossierEnded: _Sentence(
        Phrase("Hồ sơ liên thông {dossier_id} kết thúc: {outcome}", "Sub-dossier {dossier_id} ended: {outcome}")
    ),
    ev.HandlingStopped: _Sentence(Phrase("{who} dừng giải quyết hồ sơ", "{who} stopped handling it")),
    ev.Withdrawn: _Sentence(
        Phrase("Rút hồ sơ", "Withdrawn"),
        (
            _Part("requested", Phrase(" theo yêu cầu của tổ chức, cá nhân", " at the applicant's request")),
            _Part(
                "requested",
                Phrase(", không có yêu cầu của tổ chức, cá nhân", " without a request of the applicant on file"),
                lambda requested: not requested,
            ),
        ),
    ),
    ev.ResultDecided: _Sentence(Phrase("Có kết quả giải quyết: đồng ý", "Decided: granted")),
    ev.ResultDenied: _Sentence(Phrase("Có kết quả giải quyết: không đủ điều kiện", "Decided: denied")),
    ev.ResultIssued: _Sentence(Phrase("{who} trả kết quả", "{who} issued the result")),
    ev.Reopened: _Sentence(Phrase("{who} mở lại hồ sơ tại bước {step}", "{who} reopened it at step {step}")),
    ev.Urged: _Sentence(Phrase("{who} đôn đốc cơ quan đang giữ hồ sơ", "{who} urged the holder")),
    ev.Escalated: _Sentence(
        Phrase("Báo cáo {to_agency} về {subject}, nấc {rung}", "{to_agency} was told about {subject}, rung {rung}"),
        (_Part("agency", Phrase("; hồ sơ đang ở {agency}", "; it is with {agency}")),),
    ),
    ev.LimitPassed: _Sentence(
        Phrase("Quá {subject}, hạn {due}", "Past {subject}, due {due}"),
        (_Part("agency", Phrase(", hồ sơ đang ở {agency}", ", while with {agency}")),),
    ),
    ev.DueSoon: _Sentence(
        Phrase("Hạn {due}", "Due {due}"),
        (
            _Part("apology_due", Phrase(": sắp đến hạn", ": soon"), lambda owed: not owed),
            _Part(
                "apology_due",
                Phrase(": phải xin lỗi và hẹn lại nếu không kịp", ": an apology is owed if it is not met"),
            ),
        ),
    ),
    ev.DueChanged: _Sentence(
        Phrase("Hạn trả điều chỉnh từ {before} thành {after}", "Due moved from {before} to {after}"),
        (
            _Part("hold", Phrase(" (lần giữ số {hold})", " (hold {hold})")),
            _Part("confirmed_by", Phrase(", {confirmed_by} xác nhận", ", confirmed by {confirmed_by}")),
        ),
    ),
    ev.Corrected: _Sentence(
        Phrase("{who} đính chính {field}: {before} thành {after}", "{who} corrected {field}: {before} to {after}")
    ),
    **{kind: _Sentence(phrase, tuple(map(_Part._make, parts))) for kind, (phrase, parts) in SIGNALS.items()},
    ev.RuleBreached: _Sentence(
        Phrase("Ghi nhận trái quy định: {rule}", "Recorded against the rules: {rule}"), (_DETAIL,)
    ),
    ev.RuleBreachAttempted: _Sentence(
        Phrase("{who} bị từ chối khi {command}: {rule}", "{who} was refused {command}: {rule}"), (_DETAIL,)
    ),
}
