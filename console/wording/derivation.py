"""How a due instant came about, in sentences: one line for each day, stop and roll."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from console.wording.days import Language, day_text, instant_text, length_text, short_weekday_text
from engine.calendar_facts import DayKind, DayNote
from engine.derivation import DayLine, DayVerdict, Derivation, Stage, StopLine
from engine.instants import to_datetime
from engine.limits import (
    CalendarDays,
    CountingRule,
    ElapsedHours,
    Limit,
    Months,
    OfficeHours,
    SameDay,
    WorkingDays,
)

_VERDICTS: Final[dict[Language, dict[DayVerdict, str]]] = {
    "vi": {
        DayVerdict.RECEIPT: "ngày tiếp nhận, không tính",
        DayVerdict.COUNTED: "tính, ngày thứ {number}",
        DayVerdict.SKIPPED: "không tính",
        DayVerdict.STOPPED: "đồng hồ dừng, không tính",
        DayVerdict.GIVEN_BACK: "bù thời gian dừng",
        DayVerdict.ROLLED: "hết hạn vào ngày nghỉ, chuyển tiếp",
        DayVerdict.REACHED: "ngày làm việc tiếp theo",
    },
    "en": {
        DayVerdict.RECEIPT: "day of receipt, not counted",
        DayVerdict.COUNTED: "counted, day {number}",
        DayVerdict.SKIPPED: "not counted",
        DayVerdict.STOPPED: "clock stopped, not counted",
        DayVerdict.GIVEN_BACK: "makes up for stopped time",
        DayVerdict.ROLLED: "ends on a day off, moves on",
        DayVerdict.REACHED: "next working day",
    },
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "vi": {
        "received": "Tiếp nhận lúc {at}.",
        "opened": "Bắt đầu tính lúc {at}.",
        "cutoff": "Sau {cutoff} nên tính như tiếp nhận lúc {at}.",
        "limit": "Thời hạn {limit}, {rule}, theo lịch {calendar}.",
        "spent": "Đã dùng {length} ở những lần giữ hồ sơ trước.",
        "exhausted": "Thời hạn của bước đã hết trước khi hồ sơ quay lại.",
        "stop": "Dừng từ {since} đến {until}: {ground}",
        "open_stop": "Dừng từ {since}, chưa tiếp tục: {ground}",
        "capped": "hết mức cho phép",
        "given": "trả lại {amount}",
        "midnights": "{n} ngày",
        "due": "Hạn trả: {at}.",
        "no_due": "Chưa có hạn trả: đồng hồ đang dừng.",
        "step_due": "Hạn xử lý: {at}.",
        "no_step_due": "Chưa có hạn xử lý: đồng hồ đang dừng.",
        "provisional": "Tạm tính: có ngày chưa được công bố chính thức (đánh dấu ?).",
        "instead": "thay cho",
        "off_for": "đổi với",
        "from_instant": "tính từ thời điểm tiếp nhận",
        "from_opening": "tính từ thời điểm đó",
        "whole_days": "tính trọn ngày",
        "starts": "bắt đầu tính trong ngày",
        "first_day": "ngày đầu, không tính",
        "past": "đã hết giờ làm việc",
        "no_reason": "không nêu lý do",
    },
    "en": {
        "received": "Received at {at}.",
        "opened": "Counting begins at {at}.",
        "cutoff": "That is after {cutoff}: it counts as received at {at}.",
        "limit": "Limit of {limit}, {rule}, by calendar {calendar}.",
        "spent": "Earlier holds have used {length} of it.",
        "exhausted": "The step's term was used up before the dossier came back.",
        "stop": "Stopped from {since} to {until}: {ground}",
        "open_stop": "Stopped since {since}, not resumed: {ground}",
        "capped": "cut off at its cap",
        "given": "gives back {amount}",
        "midnights": "{n} days",
        "due": "Due: {at}.",
        "no_due": "No due instant yet: the clock stands still.",
        "step_due": "Due: {at}.",
        "no_step_due": "No due instant yet: the clock stands still.",
        "provisional": "Provisional: days marked ? are not decreed or not confirmed.",
        "instead": "in place of",
        "off_for": "exchanged for",
        "from_instant": "counted from the moment of receipt",
        "from_opening": "counted from that moment",
        "whole_days": "counted in whole days",
        "starts": "counting starts on this day",
        "first_day": "first day, not counted",
        "past": "no office time left",
        "no_reason": "no ground given",
    },
}
_UNITS: Final[dict[Language, dict[type, str]]] = {
    "vi": {
        OfficeHours: "{n} giờ làm việc",
        ElapsedHours: "{n} giờ",
        SameDay: "trong ngày",
        WorkingDays: "{n} ngày làm việc",
        CalendarDays: "{n} ngày",
        Months: "{n} tháng",
    },
    "en": {
        OfficeHours: "{n} office hour{s}",
        ElapsedHours: "{n} elapsed hour{s}",
        SameDay: "the same day",
        WorkingDays: "{n} working day{s}",
        CalendarDays: "{n} calendar day{s}",
        Months: "{n} month{s}",
    },
}


def limit_text(limit: Limit, language: Language) -> str:
    """Return a limit as people say it.

    Example:
        >>> limit_text(WorkingDays(3), "vi"), limit_text(Months(1), "en")
        ('3 ngày làm việc', '1 month')
    """
    n = 0.0 if isinstance(limit, SameDay) else limit.n
    amount = f"{n:g}" if language == "en" else f"{n:g}".replace(".", ",")
    return _UNITS[language][type(limit)].format(n=amount, s="" if n == 1 else "s")


def derivation_lines(
    derivation: Derivation, language: Language, *, from_receipt: bool = True, of_step: bool = False
) -> list[str]:
    """Return the derivation as lines to read from top to bottom; days are indented by two spaces.

    Args:
        derivation: how one term was counted.
        language: ``vi`` or ``en``.
        from_receipt: whether counting began with receipt; False for a step, or a term that began anew.
        of_step: whether the term is a step's, not the dossier's.
    """
    words = _WORDS[language]

    def at(seconds: int) -> datetime:
        return to_datetime(seconds, derivation.zone)

    lines = [words["received" if from_receipt else "opened"].format(at=instant_text(at(derivation.start), language))]
    if derivation.moved_by_cutoff:
        moved = instant_text(at(derivation.counted_from), language)
        lines.append(words["cutoff"].format(cutoff=derivation.cutoff, at=moved))
    for stage in derivation.stages:
        lines += _stage_lines(derivation, stage, language, from_receipt=from_receipt)
    due = derivation.due
    told = "step_due" if of_step else "due"
    lines.append(words[f"no_{told}"] if due is None else words[told].format(at=instant_text(at(due), language)))
    if derivation.provisional:
        lines.append(words["provisional"])
    return lines


def note_text(note: DayNote, language: Language) -> str:
    """Return why a day is off or worked out of turn, with the day it was exchanged for."""
    name = note.name_vi if language == "vi" else note.name_en
    if note.swapped_with is None:
        return name
    words = _WORDS[language]
    link = words["instead"] if note.kind is DayKind.SWAPPED_WORKED else words["off_for"]
    short = short_weekday_text(note.swapped_with, language)
    day = f"{short} {day_text(note.swapped_with, language)}"
    return f"{name} ({link} {day})"


def _stage_lines(derivation: Derivation, stage: Stage, language: Language, *, from_receipt: bool) -> list[str]:
    words = _WORDS[language]
    rule = words["whole_days"]
    if derivation.rule is CountingRule.FROM_INSTANT or isinstance(stage.limit, OfficeHours | ElapsedHours):
        rule = words["from_instant" if from_receipt else "from_opening"]
    lines = [words["limit"].format(limit=limit_text(stage.limit, language), rule=rule, calendar=derivation.calendar)]
    if stage.spent_before:
        lines.append(words["spent"].format(length=length_text(stage.spent_before, language)))
        if stage.due == stage.begin:
            return [*lines, words["exhausted"]]
    lines += [_stop_line(derivation, stage, stop, language) for stop in stage.stops]
    texts = [
        (f"{short_weekday_text(line.day, language):<3} {day_text(line.day, language):>11}", line) for line in stage.days
    ]
    return lines + [_day_line(derivation, place, line, language, from_receipt=from_receipt) for place, line in texts]


def _stop_line(derivation: Derivation, stage: Stage, stop: StopLine, language: Language) -> str:
    words = _WORDS[language]
    since = instant_text(to_datetime(stop.since, derivation.zone), language)
    ground = stop.ground or words["no_reason"]
    if stop.until is None:
        return words["open_stop"].format(since=since, ground=ground)
    until = instant_text(to_datetime(stop.until, derivation.zone), language)
    amount = length_text(stop.given_back, language)
    if isinstance(stage.limit, CalendarDays | Months):
        amount = words["midnights"].format(n=stop.given_back)
    remarks = [words["given"].format(amount=amount), *([words["capped"]] if stop.capped else [])]
    return f"{words['stop'].format(since=since, until=until, ground=ground)} ({', '.join(remarks)})"


def _day_line(derivation: Derivation, place: str, line: DayLine, language: Language, *, from_receipt: bool) -> str:
    words = _WORDS[language]
    said = _VERDICTS[language][line.verdict].format(number=line.number)
    if line.verdict is DayVerdict.RECEIPT and derivation.rule is CountingRule.FROM_INSTANT:
        said = words["starts"]
    elif line.verdict is DayVerdict.RECEIPT and not from_receipt:
        said = words["first_day"]
    why: list[str] = []
    if line.note is not None:
        why.append(note_text(line.note, language))
        if line.note.kind is not DayKind.WEEKLY_REST:
            why.append(f"[{line.note.source}]")
    elif line.verdict is DayVerdict.SKIPPED:
        why.append(words["past"])
    if line.verdict is DayVerdict.COUNTED and line.stopped_seconds:
        why.append(f"[{length_text(line.stopped_seconds, language)} {'dừng' if language == 'vi' else 'stopped'}]")
    mark = "?" if line.provisional else " "
    return f"  {place} {mark} {said:<34} {' '.join(why)}".rstrip()
