"""Words of the log as evidence: anchors, what `verify` finds, what `views rebuild` made again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from console.wording.numbers import number
from console.wording.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.wording.days import Language
    from store.values import Anchor, Finding, RebuildReport

WORDS: Final[Mapping[str, Phrase]] = {
    "anchor": Phrase("mốc niêm phong", "anchor"),
    "anchor_none": Phrase("chưa có mốc niêm phong nào", "no anchor yet"),
    "day": Phrase("ngày", "day"),
    "facts": Phrase("số sự việc", "facts"),
    "hash": Phrase("mã băm", "hash"),
    "looked_at": Phrase("hồ sơ đã kiểm tra", "dossiers looked at"),
    "made_again": Phrase("đã lập lại: {name}", "made again: {name}"),
    "number": Phrase("số", "number"),
    "rebuilt": Phrase(
        "{dossiers} hồ sơ, {holds} lượt giữ; lập lại {repaired}, hẹn giờ lại {rewoken}",
        "{dossiers} dossiers, {holds} holds, {repaired} made again, {rewoken} woken anew",
    ),
    "sealed": Phrase("niêm phong đến {day} bằng {anchors} mốc", "sealed up to {day} by {anchors} anchors"),
    "sound": Phrase(
        "nguyên vẹn: mọi sự việc đều đúng như khi được ghi; {sealed}",
        "sound: every fact is what was recorded; {sealed}",
    ),
}

_FOUND: Final = tuple(
    (re.compile(pattern), vietnamese)
    for pattern, vietnamese in (
        (r"fact (\d+) is gone: (\d+) were recorded, (\d+) are there", "sự việc {} bị mất: đã ghi {}, nay còn {}"),
        (r"fact (\d+) is gone, and those after it were moved up", "sự việc {} bị mất, các sự việc sau bị dồn lên"),
        (r"fact (\d+) is gone", "sự việc {} bị mất"),
        (r"fact (\d+) \((\S+)\) was put in between", "sự việc {} ({}) bị chèn vào giữa"),
        (r"fact (\d+) \((\S+)\) was added: only (\d+) were recorded", "sự việc {} ({}) bị thêm vào: chỉ ghi {}"),
        (r"fact (\d+) ends another chain than the one recorded", "sự việc {} kết thúc một chuỗi khác chuỗi đã ghi"),
        (r"fact (\d+) \((\S+)\) stands in another's place", "sự việc {} ({}) bị đổi chỗ"),
        (
            r"fact (\d+) \((\S+)\) was altered \(or fact (\d+) was, with its hash\): its hash does not follow",
            "sự việc {} ({}) bị sửa (hoặc sự việc {} cùng mã băm của nó bị sửa): mã băm không khớp",
        ),
        (
            r"fact (\d+) \((\S+)\) was altered: its hash does not follow",
            "sự việc {} ({}) bị sửa: mã băm không khớp",
        ),
        (r"its view is there, but no fact of it", "có trong danh sách nhưng không có sự việc nào"),
        (r"its facts are there, but not its view", "có các sự việc nhưng không có trong danh sách"),
        (
            r"its view says (\w+) (.+) of hold (\d+), its facts say (.+)",
            "danh sách ghi {} là {} ở lượt giữ {}, còn các sự việc cho thấy {}",
        ),
        (r"its view says (\w+) (.+), its facts say (.+)", "danh sách ghi {} là {}, còn các sự việc cho thấy {}"),
        (r"hold (\d+) is in its facts, not in its view", "lượt giữ {} có trong các sự việc, không có trong danh sách"),
        (r"hold (\d+) is in its view, not in its facts", "lượt giữ {} có trong danh sách, không có trong các sự việc"),
        (
            r"anchor (\d+) of (\S+) sealed (\d+) facts, (\d+) are there: facts were removed",
            "mốc niêm phong {} ngày {} ghi {} sự việc, nay có {}: có sự việc bị mất",
        ),
        (
            r"anchor (\d+) of (\S+) sealed (\d+) facts, (\d+) are there: facts were inserted",
            "mốc niêm phong {} ngày {} ghi {} sự việc, nay có {}: có sự việc bị chèn vào",
        ),
        (
            r"anchor (\d+) of (\S+) sealed other facts than those that are there: they were rewritten",
            "mốc niêm phong {} ngày {} không khớp các sự việc hiện có: chúng bị viết lại",
        ),
        (
            r"anchor (\d+) of (\S+) was itself altered, or an anchor before it was removed",
            "mốc niêm phong {} ngày {} bị sửa, hoặc một mốc trước đó bị xóa",
        ),
        (
            r"anchor (\w+) was kept outside and is not here: history was rewritten",
            "mốc niêm phong {} được giữ bên ngoài nhưng không có ở đây: lịch sử bị viết lại",
        ),
    )
)
"""What the store says in English (`store.evidence`, `store.rebuild`), and the same in Vietnamese."""


def found_text(finding: Finding, lang: Language) -> str:
    """Return what `verify` found as one sentence; what no pattern knows stays as the store says it."""
    if lang == "en":
        return finding.sentence
    subject = f"dossier {finding.dossier}: "
    is_of_one = finding.sentence.startswith(subject)
    said = finding.sentence.removeprefix(subject) if is_of_one else finding.sentence
    for pattern, vietnamese in _FOUND:
        if (found := pattern.fullmatch(said)) is not None:
            said = vietnamese.format(*found.groups())
            break
    return f"hồ sơ {finding.dossier}: {said}" if is_of_one else said


def sound_text(anchors: Sequence[Anchor], lang: Language) -> str:
    """Return the sentence that nothing was found, and up to when anchors seal it."""
    if not anchors:
        sealed = WORDS["anchor_none"].say(lang)
    else:
        sealed = WORDS["sealed"].say(lang, day=day_of(anchors[-1], lang), anchors=number(len(anchors), lang))
    return WORDS["sound"].say(lang, sealed=sealed)


def rebuilt_lines(report: RebuildReport, lang: Language) -> list[str]:
    """Return the dossiers whose lists were made again, and how many there are."""
    counts = {
        "dossiers": report.dossiers,
        "holds": report.holds,
        "repaired": len(report.repaired),
        "rewoken": report.rewoken,
    }
    figures = {name: number(count, lang) for name, count in counts.items()}
    named = [WORDS["made_again"].say(lang, name=name) for name in report.repaired]
    return [*named, WORDS["rebuilt"].say(lang, **figures)]


def day_of(anchor: Anchor, lang: Language) -> str:
    """Return the day an anchor is of, as people write it."""
    from datetime import date

    from console.wording.days import day_text

    return day_text(date.fromisoformat(anchor.day), lang)
