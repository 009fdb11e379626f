"""Lists that are asked for what does not exist say so: an empty list would read as good news."""

import pytest

from tests.command import motcua


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("overdue --desk cau_gio.dsk", 2, "agency 'cau_gio.dsk' is not in directory"),
        ("register --desk cau_gio.dsk", 2, "agency 'cau_gio.dsk' is not in directory"),
        ("register --procedure 1.00119", 2, "procedure '1.00119' is not published"),
        ("inbox --agency cau_gio.desk --officer cau_gio.committee.03", 2, "does not belong to cau_gio.desk"),
        ("inbox --agency cau_gio.desk --limit 99999999999999999999", 2, "Invalid value for '--limit'"),
        ("incidents --retry 99999999999999999999", 2, "Invalid value for '--retry'"),
        ("watch --at 2027-12-01 --lang en", 3, "lies in the future, and facts are recorded for good"),
        ("drive --at 2027-12-01 --lang en", 3, "lies in the future, and facts are recorded for good"),
        ("overdue --desk cau_gio.desk", 0, ""),
        ("register --procedure 1.001193", 0, ""),
        ("overdue --at 2027-12-01", 0, ""),
    ],
)
def test_what_does_not_exist_is_named(words, code, said, tmp_path):
    done = motcua(*words.split(), folder=tmp_path, MOTCUA_LANGUAGE="en")
    assert done.returncode == code, done.stderr
    assert said in done.stderr.decode("utf-8")
    assert "Traceback" not in done.stderr.decode("utf-8")


def test_the_registers_csv_has_the_same_columns_when_it_is_empty(tmp_path):
    empty = motcua("register", "--csv", folder=tmp_path).stdout
    submit = ("dossier", "submit", "1.001193", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    assert motcua(*submit, folder=tmp_path).returncode == 0
    filled = motcua("register", "--csv", folder=tmp_path).stdout
    assert empty.splitlines() == filled.splitlines()[:1]
    assert len(filled.splitlines()) == 2
