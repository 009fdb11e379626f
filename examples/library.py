"""Motcua as a library: define a procedure, drive a dossier through it, judge it. No database, no flows, no clock.

Run it with ``python examples/library.py``; it needs nothing but the installed package and the file beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx

from console.wording.derivation import derivation_lines
from console.wording.facts import present
from console.wording.phrases import GRADES
from engine.advance import advance
from engine.commands import Command, FinishStep, IssueResult, Receive, Submit
from engine.decide import decide
from engine.dossier import Dossier, evolve
from engine.errors import NotAllowedError
from engine.events import APPLICANT, Fact
from engine.expire import expire
from engine.graph import critical_path
from engine.instants import parse_instant, to_seconds
from engine.lateness import Measure, grade, late_by
from engine.legal import legal_clock
from engine.rules import Rules
from procedures.calendars import load_all
from procedures.directory import load_directory
from procedures.door import load_procedure

ZONE = "Asia/Ho_Chi_Minh"
DESK, OFFICER = "cau_gio.desk", "cau_gio.desk.02"
COMMITTEE, CHAIR = "cau_gio.committee", "cau_gio.committee.01"


def at(text: str) -> int:
    """Return a local date and hour as the engine's epoch seconds."""
    return to_seconds(parse_instant(text, ZONE))


@dataclass
class Life:
    """One dossier in memory with everything that happened to it."""

    rules: Rules
    dossier: Dossier = field(default_factory=Dossier)
    facts: list[Fact] = field(default_factory=list)

    def do(self, command: Command) -> None:
        """Let time act first, then decide the command, then let the dossier move until it rests with somebody."""
        self.facts += expire(self.dossier, self.rules, command.at)
        for fact in decide(self.dossier, command, self.rules):
            evolve(self.dossier, fact)
            self.facts.append(fact)
        self.facts += advance(self.dossier, self.rules, command.at).facts


def define() -> Rules:
    """Read a procedure, the working calendars and a province's agencies; a procedure is a networkx graph."""
    procedure = load_procedure(Path(__file__).with_name("first_procedure.yaml"))
    graph: nx.DiGraph[str] = procedure.graph
    print(f"{procedure.title.en}: {graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges")
    print("critical path:", " > ".join(critical_path(procedure)))
    return Rules(procedure=procedure, calendars=load_all(), directory=load_directory("province"))


def drive(rules: Rules) -> Life:
    """Submit, receive and handle one dossier; the committee signs one day late."""
    life = Life(rules)
    life.do(
        Submit(
            at=at("2026-08-20 09:00"),
            by=APPLICANT,
            agency=DESK,
            dossier_id="tree-1",
            procedure=rules.procedure.code,
            applicant="someone",
            papers=("request", "photo"),
            data={"protected": False},
        )
    )
    life.do(Receive(at=at("2026-08-20 15:30"), by=OFFICER, agency=DESK, serial=1))
    life.do(FinishStep(at=at("2026-08-25 10:00"), by=CHAIR, agency=COMMITTEE, step="inspect", outcome="done"))
    try:
        life.do(IssueResult(at=at("2026-08-26 09:00"), by=OFFICER, agency=DESK))
    except NotAllowedError as refusal:
        print("refused:", refusal)
    life.do(FinishStep(at=at("2026-09-09 10:00"), by=CHAIR, agency=COMMITTEE, step="sign", outcome="done"))
    life.do(IssueResult(at=at("2026-09-09 14:00"), by=OFFICER, agency=DESK))
    return life


def judge(life: Life) -> None:
    """Tell the story, the derivation of the due instant, and how late it was."""
    agencies, procedure = life.rules.directory.agencies, life.rules.procedure

    def name(code: str) -> str:
        if code in agencies:
            return agencies[code].title_en
        return procedure.nodes[code].title.en if code in procedure.nodes else code

    print("\nWhat happened")
    for fact in life.facts:
        print(" ", present(fact, "en", zone=ZONE, name=name))
    clock = legal_clock(life.dossier, life.rules)
    finished, due = life.dossier.ended_at, life.dossier.due
    if clock is None or finished is None or due is None:
        raise SystemExit("the dossier has no legal term, or has not ended")
    print("\nWhy it was due when it was")
    for line in derivation_lines(clock.derivation(), "en"):
        print(" ", line)
    calendar = life.rules.desk_calendar(life.dossier)
    print("\nHow late")
    for measure in (Measure.INSTANT, Measure.DATE):
        found = grade(due, calendar=calendar, finished=finished, measure=measure)
        print(f"  by {measure.value}: {GRADES[found].en} ({GRADES[found].vi})")
    print(f"  late by {late_by(due, finished, calendar) / 3600:g} office hours")


if __name__ == "__main__":
    judge(drive(define()))
