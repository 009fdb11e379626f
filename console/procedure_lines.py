"""How faults, rehearsals and differences of procedures are shown: rows for programs, lines for people."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.output import Column, write_rows

if TYPE_CHECKING:
    from engine.procedure import Procedure
    from procedures.difference import Change
    from procedures.fault import Fault
    from procedures.rehearsal import Walk

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def fault_row(fault: Fault) -> dict[str, object]:
    """Return a fault as a program reads it."""
    return {
        "severity": fault.severity,
        "kind": fault.kind,
        "path": fault.path,
        "line": fault.line or None,
        "message": fault.message,
        "remedy": fault.remedy,
    }


def print_faults(name: str, faults: list[Fault]) -> None:
    """Print the faults of one file, each with its remedy below it."""
    wrong = sum(fault.severity == "fault" for fault in faults)
    counts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((wrong, "fault"), (len(faults) - wrong, "warning"))
        if count
    ]
    print(f"{name}: {', '.join(counts) or 'no faults'}")
    for fault in faults:
        line = f"line {fault.line}" if fault.line else ""
        print(f"  {line:<9} {fault.severity:<7}  {fault.path or 'the file'}: {fault.message}")
        print(f"  {'':<9} {'':<7}  → {fault.remedy}")


def walk_row(number: int, walk: Walk, zone: str) -> dict[str, object]:
    """Return one walk as a program reads it; instants in ``zone``."""
    from engine.instants import to_datetime

    return {
        "path": number,
        "choices": [{"step": step, "outcome": outcome} for step, outcome in walk.choices],
        "outcome": walk.outcome or None,
        "ended": to_datetime(walk.ended_at, zone),
        "due": None if walk.due is None else to_datetime(walk.due, zone),
        "late": walk.is_late,
        "late_by_seconds": walk.late_by,
        "problem": walk.problem or None,
        "steps": [
            {
                "step": visit.step,
                "role": visit.role or None,
                "work": visit.work,
                "opened": to_datetime(visit.opened_at, zone),
                "closed": to_datetime(visit.closed_at, zone),
                "limit": visit.limit or None,
                "outcome": visit.outcome,
            }
            for visit in walk.visits
        ],
    }


def print_walks(procedure: Procedure, walks: list[dict[str, Any]]) -> None:
    """Print each walk as a table of its stays, and how many of them end late."""
    columns = [Column(key, key) for key in ("step", "role", "work", "opened", "closed", "limit", "outcome")]
    for walk in walks:
        chosen = ", ".join(f"{one['step']}: {one['outcome']}" for one in walk["choices"]) or "no choice"
        print(f"path {walk['path']} of {len(walks)}: {chosen}")
        rows = [
            {**step, "opened": _moment(step["opened"]), "closed": _moment(step["closed"])} for step in walk["steps"]
        ]
        write_rows(rows, columns)
        due = "no legal limit" if walk["due"] is None else f"legal due {_moment(walk['due'])}"
        grade = ", LATE" if walk["late"] else ""
        print(f"{walk['outcome'] or 'not ended'} {_moment(walk['ended'])}, {due}{grade}")
        if walk["problem"]:
            print(f"problem: {walk['problem']}")
        print()
    late = sum(bool(walk["late"]) for walk in walks)
    print(f"{procedure.code} version {procedure.version}: {len(walks)} paths, {late} of them late at the latest moment")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def print_changes(changes: list[Change]) -> None:
    """Print what changed, one place after the other."""
    for one in changes:
        print(f"{_SIGNS[one.kind]} {one.path}")
        if one.before is not None:
            print(f"    before  {_shortened(one.before)}")
        if one.after is not None:
            print(f"    after   {_shortened(one.after)}")
    print(f"{len(changes)} differences" if len(changes) != 1 else "1 difference")


def _shortened(value: object) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 300 else shown[:297] + "..."
