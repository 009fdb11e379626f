"""Every module of the engine stands in one wing or on the ground, so that the import contracts leave none out."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def contract(words: str) -> dict:
    (found,) = [one for one in CONTRACTS if words in one["name"]]
    return found


DECIDES = set(contract("decides does not know")["source_modules"])
JUDGES = set(contract("judges does not know")["source_modules"])
GROUND = set(contract("ground carries both")["source_modules"])
ABOVE = set(contract("above both wings")["forbidden_modules"])


def test_every_module_of_the_engine_has_its_place_and_only_one():
    found = {f"engine.{path.stem}" for path in (ROOT / "engine").iterdir() if path.suffix == ".py" or path.is_dir()}
    modules = found - {"engine.__init__", "engine.__pycache__"}
    placed = [*DECIDES, *JUDGES, *GROUND, *ABOVE]
    assert len(placed) == len(set(placed))
    assert set(placed) == modules, "name new modules in the contracts of pyproject.toml"


def test_the_contracts_face_each_other():
    assert set(contract("decides does not know")["forbidden_modules"]) == JUDGES
    assert set(contract("judges does not know")["forbidden_modules"]) == DECIDES
    assert set(contract("ground carries both")["forbidden_modules"]) == DECIDES | JUDGES
    assert set(contract("above both wings")["source_modules"]) == DECIDES | JUDGES | GROUND


def test_only_flows_are_let_past_the_ban_on_prefect():
    ignored = contract("Prefect stays")["ignore_imports"]
    assert all(line.startswith("workflows.flows") and line.endswith("-> prefect") for line in ignored)
