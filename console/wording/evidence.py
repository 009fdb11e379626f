"""Words of evidence: what a detector says of an occurrence in one word, and the unit in which it measures it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.wording.phrases import Phrase

DETAILS: Final[Mapping[str, Phrase]] = {
    "after_due": Phrase("sau khi đã quá hạn", "after it was due"),
    "again": Phrase("lần nữa", "again"),
    "asked_again": Phrase("phải hỏi lại", "had to be asked again"),
    "attempted": Phrase("bị hệ thống từ chối", "refused by the system"),
    "beyond_most": Phrase("quá số lần cho phép", "beyond the number allowed"),
    "code_changed": Phrase("đổi mã thủ tục", "code of the procedure changed"),
    "declined_late": Phrase("từ chối muộn", "declined late"),
    "due_moved": Phrase("lùi hạn trả", "due date moved later"),
    "ended_late": Phrase("kết thúc trễ", "ended late"),
    "hopping": Phrase("đổi người nhiều lần", "passed from head to head"),
    "keyed_again": Phrase("nhập lại", "keyed in again"),
    "kept_after_reply": Phrase("vẫn dừng sau khi đã trả lời", "kept on after the answer"),
    "late": Phrase("muộn", "late"),
    "lay": Phrase("nằm yên", "lay idle"),
    "longer_term": Phrase("mã có thời hạn dài hơn", "under a longer term"),
    "near_due": Phrase("sát hạn", "near the due date"),
    "near_due_and_back": Phrase("sát hạn, rồi nộp lại", "near the due date, then handed in again"),
    "needed": Phrase("cần thiết", "needed"),
    "no_document": Phrase("không có văn bản", "no document"),
    "no_position": Phrase("không nêu chính kiến", "no position"),
    "no_reason": Phrase("không ghi lý do", "no reason given"),
    "no_request": Phrase("không có đề nghị của cơ quan xử lý", "not asked for by the agency"),
    "not_issued": Phrase("chưa trả", "not issued"),
    "not_requested": Phrase("không có yêu cầu của người nộp", "not requested by the applicant"),
    "not_requested_and_back": Phrase("không có yêu cầu, rồi nộp lại", "not requested, then handed in again"),
    "received_late": Phrase("tiếp nhận muộn", "received late"),
    "reopened": Phrase("mở lại", "reopened"),
    "set_again": Phrase("hẹn lại lần nữa", "set again"),
    "silent": Phrase("không trả lời", "silent"),
    "split": Phrase("tách hồ sơ", "split"),
    "still_lies": Phrase("còn nằm yên", "still lies idle"),
    "still_open": Phrase("chưa xong", "still open"),
    "supplement": Phrase("chờ bổ sung", "waiting for a supplement"),
    "too_short": Phrase("báo quá sát hạn", "too short before the due date"),
    "unanswered": Phrase("chưa trả lời", "unanswered"),
    "unassigned": Phrase("chưa phân công", "unassigned"),
    "unplanned": Phrase("ngoài quy trình", "not in the procedure"),
    "worked_after_end": Phrase("còn xử lý sau khi kết thúc", "worked on after the end"),
    "worked_before_receipt": Phrase("xử lý trước khi tiếp nhận", "worked on before receipt"),
}
"""One word of evidence (``detail`` of `engine.responsibility.signal.HITS`) that a detector gives itself."""

HOURS: Final = frozenset(
    {"S1", "S2", "S10", "S11", "S12", "S13", "S14", "S17", "S19", "S21", "S22", "S24", "S25", "S26", "S28", "S30"}
    | {"P1", "P3"}
)
"""Signals whose ``measure`` is office seconds."""

SHARES: Final = frozenset({"S27", "P2"})
"""Signals whose ``measure`` is a part of a term."""

UNITS: Final[Mapping[str, Phrase]] = {
    "hours": Phrase("{n} giờ làm việc", "{n} office hours"),
    "share": Phrase("{n} thời hạn", "{n} of the term"),
    "S3": Phrase("lần thứ {n}", "number {n}"),
    "S5": Phrase("sau {n} ngày", "after {n} days"),
    "S6": Phrase("lần thứ {n}", "number {n}"),
    "S7": Phrase("{n} giấy tờ", "papers: {n}"),
    "S15": Phrase("{n} lần", "times: {n}"),
    "S16": Phrase("lên {n} cấp", "levels up: {n}"),
    "S18": Phrase("hỏi lại {n} lần", "asked again {n} times"),
    "S20": Phrase("{n} lần", "times: {n}"),
    "S23": Phrase("lần thứ {n}", "number {n}"),
    "P4": Phrase("sau {n} ngày", "after {n} days"),
    "P5": Phrase("dòng {n}", "line {n}"),
    "P6": Phrase("{n} bên", "parties: {n}"),
    "P7": Phrase("giữ {n} phút", "kept {n} minutes"),
    "P8": Phrase("sau {n} ngày", "after {n} days"),
    "P9": Phrase("{n} hồ sơ một lúc", "{n} dossiers at once"),
}
"""How the ``measure`` of a signal is told; one without an entry stays a bare number."""
