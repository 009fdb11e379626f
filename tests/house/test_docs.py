"""What is written from the code is fresh, and every command is in the docs."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

from console.app import build

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_fresh(writer):
    assert writer.CLI.read_text(encoding="utf-8") == writer.commands(), "run make docs"
    assert writer.GLOSSARY.read_text(encoding="utf-8") == writer.glossary(), "run make docs"
    assert writer.SIGNALS.read_text(encoding="utf-8") == writer.signals(), "run make docs"


def test_every_command_is_documented_with_a_sentence_and_help_for_each_option(writer):
    page = writer.CLI.read_text(encoding="utf-8")
    for path, command in writer.leaves(get_command(build()), "motcua"):
        assert f"### `{path}" in page
        assert command.help, f"{path} has no docstring"
        silent = [one.name for one in command.params if not one.help and not one.hidden]
        assert not silent, f"{path}: no help for {silent}"


def test_every_behaviour_of_the_catalogue_is_a_signal_that_is_explained_and_has_a_detector(writer):
    import engine.responsibility.detectors  # noqa: F401  registers them
    from engine.responsibility.signal import DETECTORS
    from procedures.signals import load_signals

    rules = load_signals()
    assert {f"S{number}" for number in range(1, 31)} <= set(rules)
    assert set(DETECTORS) == set(rules)
    for rule in rules.values():
        assert len(rule.explained.en) > 200, rule.code
        assert len(rule.explained.vi) > 150, rule.code
        assert all(one.source for one in rule.parameters.values()), rule.code


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_and_tell_context_choice_and_cost():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for heading in ("## Context", "## Choice", "## Cost"):
            assert heading in text, f"{page.name} lacks {heading}"
