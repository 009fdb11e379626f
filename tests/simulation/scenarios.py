"""Small scenario files for tests, and what the project's own procedures make of them."""

import textwrap
from pathlib import Path

from procedures.calendars import load_all
from procedures.catalogue import Catalogue
from procedures.directory import load_directories
from procedures.scenarios.load import load_scenario
from procedures.scenarios.model import model_of
from procedures.scenarios.names import World

CATALOGUE = Catalogue()
WORLD = World(CATALOGUE)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "scenarios"

HEAD = """\
scenario: small
title: {vi: "nhỏ", en: "small"}
source: {text: "made up for tests", confirmed: false}
start: 2026-07-06
length: 4 weeks
warm_up: 1 weeks
"""
SPLIT = """\
procedures:
  - code: "1.012784"
    arrivals: 4 per working day
"""


def written(folder, text, name="small.yaml", head=HEAD):
    path = folder / name
    path.write_text(head + textwrap.dedent(text), encoding="utf-8")
    return path


def modelled(path):
    scenario = load_scenario(path, WORLD)
    return scenario, model_of(
        scenario, catalogue=CATALOGUE, calendars=load_all(), directory=load_directories(scenario.directory)
    )


def made(folder, text=SPLIT, head=HEAD):
    return modelled(written(folder, text, head=head))
