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


def test_judgements_call_agencies_and_steps_by_their_titles_and_give_programs_the_codes(tmp_path):
    submit = ("dossier", "submit", "1.001193", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    number = motcua(*submit, folder=tmp_path).stdout.decode().split()[0]
    told = motcua("dossier", "act", number, "receive", "--by", "cau_gio.desk.02", folder=tmp_path).stdout.decode()
    number = told.split()[0]
    assert motcua("drive", folder=tmp_path).returncode == 0
    check = ("dossier", "act", number, "finish-step", "--by", "cau_gio.committee.03", "--data", '{"outcome": "done"}')
    assert motcua(*check, folder=tmp_path).returncode == 0
    assert motcua("drive", folder=tmp_path).returncode == 0
    late = ("lateness", "--at", "2027-01-20")
    told = motcua(*late, folder=tmp_path).stdout.decode()
    assert "Thẩm tra hồ sơ (check)" in told
    assert "Ủy ban nhân dân phường Cầu Gió (cau_gio.committee)" in told
    as_json = motcua(*late, "--json", folder=tmp_path).stdout.decode()
    assert '"agency": "cau_gio.committee"' in as_json
    assert "(cau_gio.committee)" not in as_json
