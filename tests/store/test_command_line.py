"""`motcua verify`, `anchor` and `views rebuild` as people and programs call them."""

import json
import shutil

import pytest

from store import open_store
from tests.command import run_text
from tests.store.stories import START, journey


@pytest.fixture
def motcua(migrated_sqlite, tmp_path, child_environment):
    path = tmp_path / "motcua.db"
    shutil.copy(migrated_sqlite, path)
    with open_store(str(path)) as store:
        for number in range(1, 4):
            for change in journey(number, due=START)[1]:
                store.append(change)

    def run(*arguments):
        environment = child_environment | {"MOTCUA_DATABASE": f"sqlite:///{path}"}
        return run_text(*arguments, folder=tmp_path, environment=environment)

    def tamper(sql):
        with open_store(str(path)) as store:
            store.database.execute(sql)

    run.tamper = tamper
    return run


def test_a_sound_log_is_called_sound_and_a_touched_one_is_not(motcua):
    done = motcua("verify", "--lang", "en")
    assert (done.returncode, done.stdout) == (0, "sound: every fact is what was recorded; no anchor yet\n")
    motcua.tamper("UPDATE facts SET body = replace(body, 'construction', 'tax') WHERE dossier = 2 AND version = 3")
    done = motcua("verify", "--lang", "en")
    assert done.returncode == 1
    assert done.stdout.startswith("dossier H61.12-260821-0002: fact 3 (step_opened.1) was altered")
    found = json.loads(motcua("verify", "--json").stdout)
    assert not found["sound"]
    assert [(one["what"], one["dossier"], one["version"]) for one in found["findings"]] == [
        ("altered", "H61.12-260821-0002", 3)
    ]


def test_an_anchor_is_printed_to_be_kept_and_missed_when_it_is_gone(motcua):
    made = json.loads(motcua("anchor", "--json").stdout)
    assert (made["number"], made["facts"], len(made["hash"])) == (1, 9, 64)
    assert made["hash"] in motcua("anchor", "--list").stdout
    assert motcua("verify", "--kept", made["hash"]).returncode == 0
    motcua.tamper("DELETE FROM anchors")
    done = motcua("verify", "--kept", made["hash"], "--lang", "en")
    assert (done.returncode, "history was rewritten" in done.stdout) == (1, True)
    done = motcua("verify", "--kept", "abc", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "64 hexadecimal digits" in done.stderr


def test_views_are_made_again_and_named(motcua):
    motcua.tamper("UPDATE dossiers SET due = 1 WHERE id = 3")
    assert motcua("verify").returncode == 1
    assert motcua("verify", "--chain-only").returncode == 0
    done = motcua("views", "rebuild", "--json")
    assert json.loads(done.stdout)["repaired"] == ["H61.12-260821-0003"]
    assert motcua("verify").returncode == 0


def test_a_database_that_is_not_there_is_named_and_not_made(motcua, tmp_path):
    for command in (["verify"], ["anchor"], ["views", "rebuild"]):
        done = motcua(*command, "--db", f"sqlite:///{tmp_path}/none.db")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"motcua: database {tmp_path}/none.db does not exist\n"


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE facts SET body = replace(body, 'construction', 'tax') WHERE dossier = 2 AND version = 3", "bị sửa"),
        ("DELETE FROM facts WHERE dossier = 2 AND version = 3", "sự việc 3 bị mất: đã ghi 3, nay còn 2"),
        ("DELETE FROM facts WHERE dossier = 2 AND version = 2", "sự việc 2 bị mất"),
        ("UPDATE dossiers SET version = 2 WHERE id = 2", "sự việc 3 (step_opened.1) bị thêm vào: chỉ ghi 2"),
        ("UPDATE dossiers SET head = zeroblob(32) WHERE id = 2", "kết thúc một chuỗi khác chuỗi đã ghi"),
        ("UPDATE dossiers SET due = 1 WHERE id = 2", "danh sách ghi due là 1, còn các sự việc cho thấy"),
        ("UPDATE holds SET step = 'x' WHERE dossier = 2", "ở lượt giữ 1, còn các sự việc cho thấy"),
        ("DELETE FROM holds WHERE dossier = 2", "lượt giữ 1 có trong các sự việc, không có trong danh sách"),
        ("UPDATE anchors SET root = zeroblob(32)", "không khớp các sự việc hiện có"),
        ("UPDATE anchors SET day = '2026-01-01'", "ngày 2026-01-01 bị sửa"),
        ("UPDATE anchors SET facts = 5", "ghi 5 sự việc, nay có 9: có sự việc bị chèn vào"),
    ],
)
def test_what_is_found_is_told_in_vietnamese(motcua, tampering, said):
    assert motcua("anchor").stdout.startswith("số")
    sound = motcua("verify").stdout
    assert sound.startswith("nguyên vẹn: mọi sự việc đều đúng như khi được ghi; niêm phong đến ")
    motcua.tamper(tampering)
    done = motcua("verify")
    assert done.returncode == 1
    assert said in done.stdout
    assert not any(word in done.stdout.split() for word in ("dossier", "fact", "facts", "was", "is", "anchor", "says"))
    assert motcua("views", "rebuild").stdout.splitlines()[-1].startswith("3 hồ sơ, ")
