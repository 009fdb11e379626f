"""Registers are read as desks keep them, graded as a log, and taken over as dossiers that live on."""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from engine.errors import InputError
from engine.instants import parse_instant, to_seconds
from procedures.fault import FaultyFileError
from store import open_store
from store.logs import LogError
from tests.command import run_text
from tests.replay.registers import HEADING, ROWS, workbook
from workflows.drive import drive
from workflows.mapping_file import load_mapping
from workflows.register_import import import_register
from workflows.replay import judge, read_foreign
from workflows.workplace import Workplace

MAP = Path(__file__).parents[2] / "examples" / "registers" / "one_stop.yaml"
ZONE = "Asia/Ho_Chi_Minh"


def at(text):
    return to_seconds(parse_instant(text, ZONE))


NOW = at("2026-08-20 10:00")


def changed(row, column, value):
    """Return the rows with one cell altered."""
    rows = [list(one) for one in ROWS]
    rows[row][HEADING.index(column)] = value
    return rows


@pytest.fixture
def place(tmp_path):
    return Workplace(database=f"sqlite:///{tmp_path / 'store.db'}")


@pytest.fixture
def file(tmp_path):
    return workbook(tmp_path / "register.xlsx")


def test_titles_merged_cells_numbering_and_total_are_passed_over(file):
    foreign = read_foreign(file, load_mapping(MAP))
    assert foreign.dossiers["dossier"].to_list() == ["H12-001", "H12-002", "H12-003", "H12-004"]
    assert foreign.dossiers["line"].to_list() == [7, 8, 9, 11]
    assert foreign.events["agency"].to_list() == ["p.construction"] * 3 + ["p.desk"]


def test_dates_are_understood_as_they_are_written(file):
    dossiers = read_foreign(file, load_mapping(MAP)).dossiers
    assert dossiers["received"].dt.epoch("s").to_list() == [
        at(text) for text in ("2026-08-03 08:30", "2026-08-03 09:00", "2026-08-17 14:05", "2026-08-19 00:00")
    ]
    assert dossiers["due"].dt.epoch("s").to_list() == [
        at(text) for text in ("2026-08-14 17:00", "2026-08-14 17:00", "2026-08-28 16:00", "2026-08-26 17:00")
    ]
    assert dossiers["ended"].null_count() == 2


def test_a_register_is_a_log_and_has_its_lateness(file):
    _, last, figures = judge(read_foreign(file, load_mapping(MAP)))
    assert (figures.dossiers, figures.ended, figures.late) == (4, 2, {"instant": 1, "date": 1, "date_rolled": 1})
    assert last == at("2026-08-19")


def test_csv_is_read_alike(tmp_path, file):
    texts = [[cell.strftime("%d/%m/%Y %H:%M") if isinstance(cell, datetime) else str(cell) for cell in r] for r in ROWS]
    lines = [["SỔ THEO DÕI"], [], HEADING, *texts, ["Tổng cộng", "", "4"]]
    quoted = "\r\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    (tmp_path / "register.csv").write_bytes(b"\xef\xbb\xbf" + quoted.encode())
    table = read_foreign(tmp_path / "register.csv", load_mapping(MAP))
    assert table.dossiers.drop("line").equals(read_foreign(file, load_mapping(MAP)).dossiers.drop("line"))


def test_a_heading_may_take_two_rows(tmp_path):
    rows = [["", "", "", "", "", "tiếp nhận", "hẹn trả", "trả kết quả", ""], *ROWS]
    upper = [*HEADING[:5], "Ngày", "", "", HEADING[8]]
    text = MAP.read_text("utf-8").replace("Ngày tiếp nhận", "tiếp nhận").replace("Ngày hẹn trả", "hẹn trả")
    (tmp_path / "map.yaml").write_text(text.replace("Ngày trả kết quả", "trả kết quả"), "utf-8")
    lines = ["TITLE", *(",".join(f'"{cell}"' for cell in row) for row in [upper, *rows[:1], ROWS[0]])]
    (tmp_path / "r.csv").write_text("\n".join(lines), "utf-8")
    foreign = read_foreign(tmp_path / "r.csv", load_mapping(tmp_path / "map.yaml"))
    assert foreign.dossiers["dossier"].to_list() == ["H12-001"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("Ngày hẹn trả", "31/02/2026", "row 9, 'Ngày hẹn trả': '31/02/2026' is no date; expected dd/mm/yyyy"),
        ("Ngày tiếp nhận", "hôm qua", "row 9, 'Ngày tiếp nhận': 'hôm qua' is no date"),
        ("Ngày tiếp nhận", "", "row 9, 'Ngày tiếp nhận': no date of receipt"),
        ("Mã hồ sơ", "", "row 9, 'Mã hồ sơ': no number"),
        ("Mã hồ sơ", "H12-001", "row 9, 'Mã hồ sơ': 'H12-001' stands in row 7 already"),
    ],
)
def test_a_cell_that_cannot_be_understood_is_named(tmp_path, column, value, said):
    with pytest.raises(LogError) as refused:
        read_foreign(workbook(tmp_path / "r.xlsx", changed(2, column, value)), load_mapping(MAP))
    assert said in str(refused.value)


def test_all_faults_are_told_at_once(tmp_path):
    rows = changed(2, "Ngày hẹn trả", "?")
    rows[0][HEADING.index("Ngày tiếp nhận")] = "?"
    with pytest.raises(LogError, match=r"2 faults:\n  row 9.*\n  row 7"):
        read_foreign(workbook(tmp_path / "r.xlsx", rows), load_mapping(MAP))


def test_what_is_no_register_is_refused_in_a_sentence(tmp_path):
    plan = load_mapping(MAP)
    (tmp_path / "old.csv").write_bytes("Mã hồ sơ,Ngày".encode("utf-16"))
    (tmp_path / "bad.xlsx").write_bytes(b"PK nothing")
    (tmp_path / "r.ods").write_bytes(b"x")
    lacking = workbook(tmp_path / "lacking.xlsx", heading=[name.replace("Mã hồ sơ", "Số") for name in HEADING])
    for name, said in {
        "old.csv": "line 1: not UTF-8; save the file as 'CSV UTF-8'",
        "bad.xlsx": "not a sound workbook",
        "r.ods": "a register is an .xlsx or a .csv file",
        "nowhere.xlsx": "no such file",
        lacking.name: "row 5 comes nearest but lacks 'Mã hồ sơ'",
    }.items():
        with pytest.raises(LogError) as refused:
            read_foreign(tmp_path / name, plan)
        assert said in str(refused.value)


def test_a_sheet_is_chosen_by_its_name(tmp_path, file):
    for sheet, fits in (("Sổ theo dõi", True), ("Sổ khác", False)):
        text = MAP.read_text("utf-8").replace("register:\n", f"register:\n  sheet: {sheet}\n")
        (tmp_path / "map.yaml").write_text(text, "utf-8")
        if fits:
            assert read_foreign(file, load_mapping(tmp_path / "map.yaml")).dossiers.height == 4
        else:
            with pytest.raises(LogError, match="has no sheet 'Sổ khác'; it has 'Sổ theo dõi'"):
                read_foreign(file, load_mapping(tmp_path / "map.yaml"))


def test_a_register_without_the_receipt_is_refused(tmp_path):
    (tmp_path / "map.yaml").write_text(MAP.read_text("utf-8").replace("received:", "# received:"), "utf-8")
    with pytest.raises(FaultyFileError, match="name the column of the receipt"):
        load_mapping(tmp_path / "map.yaml")


class TestImport:
    """Open rows become live dossiers, finished ones history."""

    def test_open_rows_keep_number_receipt_and_due_and_are_driven(self, file, place):
        found = import_register(file, load_mapping(MAP), place, at=NOW, recorded_at=NOW)
        assert found.as_json() == {"opened": 2, "finished": 2, "already_there": 0, "written": True}
        with place.opened() as (store, rulebook):
            drive(store, rulebook, NOW)
            first, second = store.load("H12-003"), store.load("H12-004")
            assert (first.origin, first.received_at) == ("live", at("2026-08-17 14:05"))
            assert first.due == at("2026-08-28 16:00")
            assert (second.procedure, second.channel) == ("1.013227", "post")
            assert second.due == at("2026-08-26 17:00")  # a date alone lasts until the desk closes
            assert [hold.opened_at for hold in first.holds_now()] == [NOW]
            assert store.load("H12-001").origin == "register"
            assert store.applicants.get(first.applicant).name == "Công ty C"
            assert "Công ty C" not in str(store.read("H12-003"))

    def test_again_it_adds_nothing(self, file, place):
        for expected in ((2, 2, 0), (0, 0, 4)):
            found = import_register(file, load_mapping(MAP), place, at=NOW, recorded_at=NOW)
            assert (found.opened, found.finished, found.already_there) == expected
        with open_store(place.database) as store:
            assert len(store.register(origin="live")) == 2

    def test_a_dry_run_makes_no_database(self, tmp_path, file, place):
        found = import_register(file, load_mapping(MAP), place, at=NOW, recorded_at=NOW, dry_run=True)
        assert (found.opened, found.written) == (2, False)
        assert not (tmp_path / "store.db").exists()

    def test_every_fault_is_told_and_nothing_written(self, tmp_path, place):
        rows = changed(2, "Thủ tục", "Thủ tục lạ")
        rows[4][HEADING.index("Ngày tiếp nhận")] = "21/08/2026"
        rows[0][HEADING.index("Ngày hẹn trả")] = "01/08/2026"
        rows[1][HEADING.index("Ngày hẹn trả")] = "mai"
        rows[4][HEADING.index("Hình thức nộp")] = "Fax"
        with pytest.raises(InputError) as refused:
            import_register(workbook(tmp_path / "r.xlsx", rows), load_mapping(MAP), place, at=NOW, recorded_at=NOW)
        said = str(refused.value)
        assert "row 7, 'Ngày hẹn trả': lies before the receipt" in said
        assert "row 8, 'Ngày hẹn trả': 'mai' is no date" in said
        assert said.index("row 7") < said.index("row 8") < said.index("row 9") < said.index("row 11")
        assert "row 9, 'Thủ tục':" in said
        assert "Thủ tục lạ" in said
        assert "row 11, 'Ngày tiếp nhận': lies after 20/08/2026 10:00" in said
        assert "nothing was imported" in said
        with open_store(place.database) as store:
            assert store.register(limit=10) == []

    def test_an_unknown_desk_and_channel_are_faults(self, tmp_path, file, place):
        (tmp_path / "map.yaml").write_text(MAP.read_text("utf-8").replace("desk: p.desk", "desk: p.dsk"), "utf-8")
        with pytest.raises(
            InputError, match=r"'p\.dsk' is no agency; a code of the directory is expected, perhaps 'p\.desk'"
        ):
            import_register(file, load_mapping(tmp_path / "map.yaml"), place, at=NOW, recorded_at=NOW)
        other = workbook(tmp_path / "other.xlsx", changed(0, "Cơ quan giải quyết", "Sở Lạ"))
        with pytest.raises(InputError, match="row 7, 'Cơ quan giải quyết': 'Sở Lạ' is no agency"):
            import_register(other, load_mapping(MAP), place, at=NOW, recorded_at=NOW, dry_run=True)
        faxed = workbook(tmp_path / "fax.xlsx", changed(4, "Hình thức nộp", "fax"))
        with pytest.raises(InputError, match=r"row 11: .*channel 'fax' is not offered"):
            import_register(faxed, load_mapping(MAP), place, at=NOW, recorded_at=NOW)

    def test_the_command_imports(self, tmp_path, file):
        words = ("import-register", file, "--map", MAP, "--json", "--at", "2026-08-20 10:00")
        ran = run_text(*words, folder=tmp_path, environment=os.environ)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert json.loads(ran.stdout) == {"opened": 2, "finished": 2, "already_there": 0, "written": True}


def test_a_workbook_whose_rows_lie_on_the_second_sheet_is_refused_with_the_key_that_names_it(tmp_path):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Bìa").write("A1", "SỔ THEO DÕI")
        book.add_worksheet("Hồ sơ").write_row(0, 0, HEADING)
    with pytest.raises(LogError) as refused:
        read_foreign(path, load_mapping(MAP))
    assert "read was sheet 'Bìa' of 'Bìa', 'Hồ sơ': name another with register: {sheet: …}" in str(refused.value)
