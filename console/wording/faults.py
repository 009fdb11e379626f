"""What a reader of Vietnamese is told when something he gave cannot be read or is not there, by the error's key.

The English sentence is the error's own (`engine.errors.MotcuaError.of`); an error without a key is told in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from engine.errors import MotcuaError, spelled

FAULTS: Final[Mapping[str, str]] = {
    "agency_not_in_book": "--agency {agency}: trong {book} không có cơ quan này{near}",
    "agency_unknown": "không có cơ quan “{code}” trong danh bạ {directory}",
    "applicant_empty": "--applicant để trống: hãy nêu tệp, {example} hoặc mã của người nộp đã có",
    "applicant_erased": "dữ liệu của người nộp {ref} đã bị xóa: hãy dùng mã mới cho người nộp hồ sơ mới",
    "applicant_fields": "--applicant: không dùng được {wrong}; chỉ gồm các chữ có tên {known}",
    "applicant_nameless": "--applicant: thiếu 'name'; hồ sơ phải là của một người",
    "applicant_no_file": "--applicant {text}: không có tệp này",
    "command_unknown": "không có lệnh “{act}”; các lệnh: {commands}",
    "data_unknown": "lệnh {act}: không có mục {unknown}; các mục: {known}",
    "data_wrong": "lệnh {act}: dữ liệu không đúng: {error}",
    "dossier_is_signal": "không có hồ sơ {number}: đó là một dấu hiệu; xem bằng `motcua signal show {name}`",
    "fact_unknown": "sự việc “{reference}”: hồ sơ {number} có các sự việc từ 1 đến {last}",
    "fact_without_dossier": "sự việc “{reference}”: không có hồ sơ {number}",
    "file_unreadable": "{path}: không đọc được: {why}",
    "id_of_other_act": "mã lệnh “{id}” đã dùng cho việc khác: mỗi việc có một mã riêng",
    "id_of_other_dossier": "mã lệnh “{id}” đã dùng cho việc khác, ở hồ sơ {number}: mỗi việc có một mã riêng",
    "id_too_long": "mã lệnh dài tối đa {most} ký tự, mã này dài {length}",
    "instant_impossible": (
        "thời điểm “{text}” không phải là ngày giờ có thật: hãy viết 2026-08-21 16:00, 2026-08-21T16:00:00+07:00, hoặc"
        " 2026-08-21 cho lúc bắt đầu ngày đó"
    ),
    "instant_unreadable": (
        "không đọc được thời điểm “{text}”: hãy viết 2026-08-21 16:00, 2026-08-21T16:00:00+07:00, hoặc 2026-08-21 cho"
        " lúc bắt đầu ngày đó"
    ),
    "json_and_csv": "không dùng --json cùng với --csv: hãy chọn một",
    "language_unknown": "không có ngôn ngữ “{text}”: hãy viết vi hoặc en",
    "limit_unreadable": (
        "không đọc được thời hạn “{text}”: hãy viết '3 working days' (ngày làm việc), '8 office hours' (giờ làm việc),"
        " '24 elapsed hours' (giờ liên tục), 'same day' (trong ngày), '15 calendar days' (ngày), '8 weeks' (tuần) hoặc"
        " '2 months' (tháng)"
    ),
    "log_unknown": "--log {name}: chưa tiếp nhận sổ này; có: {logs}",
    "no_anchor_hash": "--kept “{text}” không phải là mã băm của một mốc niêm phong: cần 64 chữ số thập lục phân",
    "no_applicant": "không có người nộp {ref}",
    "no_dossier": "không có hồ sơ {number}",
    "no_incident": "không có sự cố {number} đang mở",
    "no_mapping": "{name}: cần các cặp tên và giá trị",
    "no_office_time": "--within “{text}”: hãy nêu thời gian làm việc, ví dụ '2 working days' hoặc '6 office hours'",
    "no_share": "--min-chance {given}: hãy nêu tỷ lệ từ 0 đến 1, ví dụ 0.5",
    "no_signal": "không có dấu hiệu {number}",
    "not_yaml": "{name}:{place} không phải là YAML: {why}",
    "officer_elsewhere": "cán bộ {officer} không thuộc cơ quan {agency}",
    "period_empty": "--to {until}: không sau --from {since}; không có hồ sơ nào tiếp nhận trong khoảng đó",
    "procedure_unknown": "thủ tục “{code}” chưa được công bố; xem `motcua procedures list`",
    "say_agency": "hồ sơ {number}: cán bộ {officer} thuộc {agencies}; hãy nêu rõ cơ quan nào (--agency)",
    "say_agency_of_signal": "dấu hiệu {number}: cán bộ {officer} thuộc {agencies}; hãy nêu rõ cơ quan nào (--agency)",
    "several_logs": "cơ sở dữ liệu này có nhiều sổ: hãy chọn một bằng --log: {logs}",
    "signal_code_unknown": "--code {code}: không có dấu hiệu này; các mã: {codes}",
    "signal_is_dossier": "không có dấu hiệu {number}: đó là một hồ sơ",
    "signal_unknown": "--signal {code}: không có dấu hiệu này; các mã: {codes}",
    "state_unknown": "--state “{state}” không có; các tình trạng: {states}",
    "verdict_unknown": (
        "không có kết luận xem xét “{given}”: chọn accepted (chấp nhận giải trình) hoặc upheld (giữ nguyên dấu hiệu)"
    ),
    "waiting_by_unknown": "không tính thời gian chờ theo “{given}” được: hãy chọn {known}",
    "which_days": "thời hạn “{text}”: ngày nào? Hãy viết 'working days' (ngày làm việc) hoặc 'calendar days' (ngày)",
    "which_hours": (
        "thời hạn “{text}”: giờ nào? Hãy viết 'office hours' (giờ làm việc) hoặc 'elapsed hours' (giờ liên tục)"
    ),
}

_ENGLISH: Final = (
    (re.compile(r"; did you mean '(.+)'\?"), r"; có phải “\1” không?"),
    (re.compile(r"; there is (.+)"), r"; có: \1"),
    (re.compile(r"No such file or directory"), "không có tệp hoặc thư mục này"),
    (re.compile(r"Is a directory"), "đó là một thư mục"),
    (re.compile(r"Permission denied"), "không có quyền đọc"),
    (re.compile(r" line (\d+)"), r" dòng \1"),
    (re.compile(r"none"), "không có"),
)
"""What a field may hold that was already put in words: `engine.nearest`, the system's own."""
_WORDED: Final = frozenset({"near", "why", "place", "logs"})


def fault_text(error: MotcuaError) -> str:
    """Return an error in Vietnamese; in English where it has no key of its own.

    Example:
        >>> fault_text(MotcuaError.of("no_dossier", "no dossier {number}", number="H99-1"))
        'không có hồ sơ H99-1'
    """
    if error.key not in FAULTS:
        return str(error)
    return spelled(FAULTS[error.key], {name: _said(name, value) for name, value in error.fields.items()})


def _said(name: str, value: object) -> object:
    if name not in _WORDED or not isinstance(value, str):
        return value
    for pattern, vietnamese in _ENGLISH:
        if (found := pattern.fullmatch(value)) is not None:
            return found.expand(vietnamese)
    return value
