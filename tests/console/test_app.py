"""The outermost face: pipes that close, locales that know no Vietnamese, full disks: never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MOTCUA = Path(sys.executable).with_name("motcua")
NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def motcua(*words: str | bytes, folder: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    return subprocess.run(
        [MOTCUA, *words], cwd=folder, env=kept | {"MOTCUA_LANGUAGE": "vi"} | more, capture_output=True, check=False
    )


@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_that_goes_away_is_no_error(reader, tmp_path):
    pipe = f"set -o pipefail; {MOTCUA} procedures list | {reader}"
    done = subprocess.run(["bash", "-c", pipe], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_vietnamese_is_typed_and_printed_in_a_locale_that_does_not_know_it(tmp_path):
    done = motcua("procedures", "new", "X.a", "--title", "Chặt hạ cây", folder=tmp_path, **NO_UTF8)
    assert done.returncode == 0, done.stderr
    assert 'vi: "Chặt hạ cây"' in done.stdout.decode("utf-8")


def test_a_word_that_is_no_text_is_named(tmp_path):
    done = motcua("dossier", "show", b"H99\xff", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode() == "motcua: b'H99\\xff' on the command line is not UTF-8\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_sentence(tmp_path):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [MOTCUA, "procedures", "list"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
