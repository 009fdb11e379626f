"""Headings of lists: what people read above a column, by the key programs know it by."""

from __future__ import annotations

from collections.abc import Iterable

from console.output import Column
from console.wording.days import Language
from console.wording.phrases import Phrase

HEADINGS: dict[str, Phrase] = {
    "agency": Phrase("cơ quan", "agency"),
    "at": Phrase("lúc", "at"),
    "attempts": Phrase("số lần", "attempts"),
    "by": Phrase("người thực hiện", "by"),
    "desk": Phrase("bộ phận một cửa", "desk"),
    "dossier": Phrase("hồ sơ", "dossier"),
    "due": Phrase("hạn trả", "due"),
    "ended": Phrase("kết thúc", "ended"),
    "error": Phrase("lỗi", "error"),
    "giver": Phrase("bên giao", "giver"),
    "grade": Phrase("mức độ", "grade"),
    "held_by": Phrase("đang giữ", "held by"),
    "id": Phrase("số", "id"),
    "issued": Phrase("trả kết quả", "issued"),
    "kind": Phrase("loại", "kind"),
    "late_by": Phrase("trễ", "late by"),
    "limit": Phrase("thời hạn", "limit"),
    "officer": Phrase("cán bộ", "officer"),
    "outcome": Phrase("kết quả", "outcome"),
    "procedure": Phrase("thủ tục", "procedure"),
    "received": Phrase("tiếp nhận", "received"),
    "receiver": Phrase("bên nhận", "receiver"),
    "sentence": Phrase("sự việc", "fact"),
    "since": Phrase("từ", "since"),
    "status_text": Phrase("trạng thái", "status"),
    "step": Phrase("bước", "step"),
    "until": Phrase("đến", "until"),
    "code": Phrase("mã", "code"),
    "confirmed_through": Phrase("chính thức đến", "confirmed_through"),
    "day": Phrase("ngày", "day"),
    "digest": Phrase("mã băm", "digest"),
    "first_day": Phrase("ngày đầu", "first_day"),
    "last_day": Phrase("ngày cuối", "last_day"),
    "office_day_hours": Phrase("giờ mỗi ngày", "office_day_hours"),
    "provisional": Phrase("tạm tính", "provisional"),
    "reason": Phrase("lý do", "reason"),
    "source": Phrase("nguồn", "source"),
    "title_vi": Phrase("tên", "title_vi"),
    "weekday": Phrase("thứ", "weekday"),
    "windows": Phrase("giờ làm việc", "windows"),
    "zone": Phrase("múi giờ", "zone"),
    "version": Phrase("stt", "#"),
    "work": Phrase("việc", "work"),
}
_OF_STEPS: dict[str, Phrase] = {"due": Phrase("hạn xử lý", "due")}
_RIGHT = frozenset({"version", "attempts"})


def columns(keys: Iterable[str], lang: Language, *, of_steps: bool = False) -> list[Column]:
    """Return the columns of a list with their headings in one language; a key without a heading stands for itself.

    ``of_steps``: the due instants are those of steps, not of dossiers.
    """
    headings = HEADINGS | _OF_STEPS if of_steps else HEADINGS
    return [Column(key, headings[key].say(lang) if key in headings else key, right=key in _RIGHT) for key in keys]
