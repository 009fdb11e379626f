"""The glossary holds every fact, command, grade and status with its Vietnamese term, and the vocabulary's things."""

from pathlib import Path

import pytest

from console.wording import phrases, terms

GLOSSARY = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in GLOSSARY.splitlines() if line.startswith("|")]


def row_of(name: str) -> list[str]:
    found = [row for row in ROWS if row[0] == f"`{name}`"]
    assert len(found) == 1, f"{name} should stand in docs/glossary.md exactly once: run make docs"
    return found[0]


@pytest.mark.parametrize("kind", [*terms.FACTS, *terms.COMMANDS], ids=lambda kind: kind.__name__)
def test_every_fact_and_command_is_in_the_glossary_with_its_vietnamese_term_and_meaning(kind):
    phrase = terms.FACTS.get(kind) or terms.COMMANDS[kind]
    row = row_of(kind.__name__)
    assert row[2] == phrase.vi
    assert len(row[3]) > 10


@pytest.mark.parametrize("table", ["GRADES", "STATUSES", "OUTCOMES", "WORKS", "POSITIONS", "GROUNDS", "BREACHES"])
def test_every_code_people_meet_is_in_the_glossary(table):
    for code, phrase in getattr(phrases, table).items():
        assert f"| `{code}` | {phrase.vi} | {phrase.en} |" in GLOSSARY


@pytest.mark.parametrize("thing", ["Procedure", "Dossier", "Hold", "WorkingCalendar", "limit", "due", "promised"])
def test_the_things_of_the_vocabulary_are_explained(thing):
    assert f"`{thing}`" in GLOSSARY
