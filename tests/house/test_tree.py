"""What must never be in the project's tree: a machine's paths, an index's address, a lock that records hosts."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ITSELF = Path(__file__).resolve()

FORBIDDEN = {
    "a package index's address": re.compile(r"--(extra-)?index-url +\S|find-links *=|https?://\S*/simple\b|pypi\.org/"),
    "a path of one machine": re.compile(r"(?<![\w.~-])/(home|root|Users|work|mnt/data)/\w"),
    "the folder beside the checkout": re.compile(r"\.\./shared"),
}
MAY_NAME_THE_FOLDER = {".ci/run"}


def tracked() -> list[Path]:
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout: the list of tracked files is unknown")
    return [ROOT / name for name in found.stdout.split("\0") if name]


def lines() -> list[tuple[str, int, str]]:
    found = []
    for path in tracked():
        if path == ITSELF or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = str(path.relative_to(ROOT))
        found += [(name, number, line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def test_no_lock_records_download_hosts():
    assert not [path.name for path in tracked() if path.name in {"uv.lock", "poetry.lock", "Pipfile.lock"}]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_names_no(what):
    allowed = MAY_NAME_THE_FOLDER if what == "the folder beside the checkout" else set()
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, number, line in lines()
        if name not in allowed and FORBIDDEN[what].search(line)
    ]
    assert found == []


def test_the_patterns_catch_what_they_are_for():
    assert FORBIDDEN["a path of one machine"].search("open('/home/somebody/x')")
    assert not FORBIDDEN["a path of one machine"].search("GET /api/work/items")
    assert FORBIDDEN["a package index's address"].search("--index-url https://example.org")
