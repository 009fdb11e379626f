"""requirements.lock pins everything pyproject.toml asks for, exactly, within its ranges, and names no index."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = [
    line for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if not line.startswith(" ")
]
PINS = {canonicalize_name(Requirement(line).name): Requirement(line) for line in LOCK}
WANTED = [Requirement(text) for text in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]]


def test_every_line_is_one_exact_pin():
    wrong = [line for line in LOCK if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+( ; .+)?", line)]
    assert wrong == []


def test_every_dependency_is_pinned_within_its_range():
    for wanted in WANTED:
        pin = PINS[canonicalize_name(wanted.name)]
        version = Version(next(iter(pin.specifier)).version)
        assert wanted.specifier.contains(version), f"{pin} does not answer {wanted}: run make lock"


def test_fastapi_stays_where_prefects_server_still_imports():
    (fastapi,) = [wanted for wanted in WANTED if wanted.name == "fastapi"]
    assert not fastapi.specifier.contains(Version("0.155"))
