"""Registers as desks keep them, made for tests: titles, merged cells, three ways to write a date, a total."""

from datetime import datetime
from functools import partial

import xlsxwriter

HEADING = [
    *("STT", "Thủ tục", "Mã hồ sơ", "Tên tổ chức, cá nhân", "Hình thức nộp"),
    *("Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả", "Cơ quan giải quyết"),
]
REPAIR, EXTEND = "Sửa chữa, cải tạo công trình", "Gia hạn giấy phép xây dựng"
BUILD, DESK = "Sở Xây dựng", "Bộ phận một cửa"

local = partial(datetime, tzinfo=None)
"""A date of a workbook has no zone."""

ROWS = [
    [1, REPAIR, "H12-001", "Nguyễn Văn A", "Trực tiếp", "03/08/2026 08:30", "14/08/2026", "14/08/2026", BUILD],
    [2, "", "H12-002", "Trần Thị B", "Trực tuyến", local(2026, 8, 3, 9), local(2026, 8, 14), "17/8/2026", BUILD],
    [3, "", "H12-003", "Công ty C", "", local(2026, 8, 17, 14, 5), "28/08/2026 16:00", "", BUILD],
    [],
    [4, EXTEND, "H12-004", "Lê Thị D", "Bưu chính", "19/08/2026", local(2026, 8, 26), "", DESK],
]


def workbook(path, rows=None, heading=None, *, sheet="Sổ theo dõi"):
    """Write a register as an .xlsx file."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        dated = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        page.merge_range("A1:I1", "ỦY BAN NHÂN DÂN TỈNH SÔNG MÂY (mẫu)")
        page.merge_range("A3:I3", "SỔ THEO DÕI HỒ SƠ THÁNG 8 NĂM 2026")
        page.write_row(4, 0, heading or HEADING)
        page.write_row(5, 0, [f"({n})" for n in range(1, 10)])
        at = 6
        for row in ROWS if rows is None else rows:
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    page.write_datetime(at, column, value, dated)
                elif value != "":
                    page.write(at, column, value)
            at += 1
        page.merge_range(at, 0, at, 3, "Tổng cộng")
        page.write(at, 5, 4)
    return path
