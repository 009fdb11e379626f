"""Lists call agencies and steps by their titles, in the reader's language."""

from tests.command import motcua


def test_people_read_titles_with_the_codes_they_type_and_programs_codes_alone(tmp_path):
    submit = ("dossier", "submit", "1.001193", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    number = motcua(*submit, folder=tmp_path).stdout.decode().split()[0]
    assert motcua("dossier", "act", number, "receive", "--by", "cau_gio.desk.02", folder=tmp_path).returncode == 0
    assert motcua("drive", folder=tmp_path).returncode == 0

    def read(*words):
        return motcua(*words, folder=tmp_path).stdout.decode()

    desk, committee = "Trung tâm Phục vụ hành chính công phường Cầu Gió (cau_gio.desk)", "cau_gio.committee"
    assert desk in read("register")
    assert ",cau_gio.desk," in read("register", "--csv")
    assert "Thẩm tra hồ sơ (check)" in read("inbox", "--agency", committee)
    assert ",check," in read("inbox", "--agency", committee, "--csv")
    late = read("overdue", "--steps", "--at", "2027-01-20")
    assert "Thẩm tra hồ sơ (check)" in late
    assert "Ủy ban nhân dân phường Cầu Gió (cau_gio.committee)" in late
    assert "check" in read("overdue", "--steps", "--at", "2027-01-20", "--lang", "en")
    legal = read("overdue", "--at", "2027-01-20")
    assert desk in legal
    assert "Thẩm tra hồ sơ (check)" in legal
    assert ",cau_gio.committee,check," in read("overdue", "--at", "2027-01-20", "--csv")
