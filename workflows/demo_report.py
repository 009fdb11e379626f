"""The result of a demo's month: how many dossiers came in, how they ended, what is open and what went wrong.

Lateness is graded by the instant (see `engine.lateness`): the decision against the legal due instant, never against
the date an apology promised. Parts of interlinked procedures are counted with their root, never by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import pendulum

from engine import events as ev
from engine.dossier import Dossier, Hold, Work
from engine.instants import to_datetime
from engine.lateness import Grade, grade
from engine.legal import legal_due
from engine.rules import Rules


@dataclass(slots=True, kw_only=True)
class Tally:
    """Dossiers counted. ``resolved`` is every received dossier that has ended; received = resolved + open.

    resolved = early + on_time + late + without_term (no legal limit, or its clock stood still) + stopped + withdrawn:
    the last two are no decisions and are never counted as in time. ``overdue`` are those open and past their due.
    """

    received: int = 0
    resolved: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    without_term: int = 0
    stopped: int = 0
    withdrawn: int = 0
    open: int = 0
    overdue: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally's figures."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True, kw_only=True)
class Handling:
    """What one agency had in hand: pieces of work ended, of them late; open, of them overdue; opinions not given."""

    ended: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    silent_opinions: int = 0


@dataclass(slots=True, kw_only=True)
class DemoReport:
    """A demo's result. ``by_agency`` counts by receiving desk, ``handling`` by the agency that had the work in hand."""

    seed: int
    days: int
    start: pendulum.DateTime
    until: pendulum.DateTime
    submitted: int = 0
    declined: int = 0
    at_intake: int = 0
    total: Tally = field(default_factory=Tally)
    by_agency: dict[str, Tally] = field(default_factory=dict)
    by_procedure: dict[str, Tally] = field(default_factory=dict)
    handling: dict[str, Handling] = field(default_factory=dict)
    sub_dossiers: int = 0
    supplements: int = 0
    apologies: int = 0
    silent_opinions: int = 0
    escalations: int = 0
    breaches: dict[str, int] = field(default_factory=dict)
    stuck: int = 0
    facts: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data; the totals stand at the top."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        total = plain.pop("total")
        head = {
            name: plain.pop(name) for name in ("seed", "days", "start", "until", "submitted", "declined", "at_intake")
        }
        rows = {
            name: {code: asdict(row) for code, row in plain.pop(name).items()}
            for name in ("by_agency", "by_procedure", "handling")
        }
        return {**head, **asdict(total), **plain, **rows}


def report_of(
    lives: Iterable[tuple[Dossier, list[ev.Fact]]],
    rules_of: Callable[[Dossier], Rules],
    *,
    seed: int,
    days: int,
    start: int,
    until: int,
    zone: str,
) -> DemoReport:
    """Return the report on dossiers as they stand at ``until``.

    Args:
        lives: dossiers with all their facts.
        rules_of: the rules a dossier was received under.
        seed: printed in the report.
        days: likewise.
        start: first instant of the period, epoch seconds.
        until: instant of judgement, epoch seconds.
        zone: in which the report shows instants.
    """
    report = DemoReport(seed=seed, days=days, start=to_datetime(start, zone), until=to_datetime(until, zone))
    breaches: Counter[str] = Counter()
    for dossier, facts in lives:
        rules = rules_of(dossier)
        _count_facts(report, dossier, facts, breaches)
        for hold in dossier.holds.values():
            if hold.agency and hold.work is not Work.SUB_DOSSIER:
                _count_hold(report.handling.setdefault(hold.agency, Handling()), dossier, hold, until)
        if dossier.root:
            report.sub_dossiers += 1
            continue
        report.submitted += 1
        if dossier.received_at is None:
            report.declined += dossier.outcome == "declined"
            report.at_intake += dossier.ended_at is None
            continue
        one = _count(dossier, rules, until)
        report.total.add(one)
        report.by_agency.setdefault(dossier.desk, Tally()).add(one)
        report.by_procedure.setdefault(dossier.procedure, Tally()).add(one)
    report.breaches = dict(sorted(breaches.items()))
    for name in ("by_agency", "by_procedure", "handling"):
        setattr(report, name, dict(sorted(getattr(report, name).items())))
    return report


def _count(dossier: Dossier, rules: Rules, until: int) -> Tally:
    one = Tally(received=1)
    if dossier.ended_at is None:
        one.open = 1
        one.overdue = dossier.due is not None and dossier.due < until
        return one
    one.resolved = 1
    if dossier.outcome in {"stopped", "withdrawn"}:
        setattr(one, dossier.outcome, 1)
        return one
    due = legal_due(dossier, rules)
    if due is None:
        one.without_term = 1
        return one
    match grade(due, calendar=rules.desk_calendar(dossier), finished=dossier.ended_at):
        case Grade.EARLY:
            one.early = 1
        case Grade.OVERDUE:
            one.late = 1
        case _:
            one.on_time = 1
    return one


def _count_hold(row: Handling, dossier: Dossier, hold: Hold, until: int) -> None:
    if hold.work is Work.OPINION:
        row.silent_opinions += ("silent", hold.number) in dossier.marks
    if hold.closed_at is None:
        row.open += 1
        row.overdue += hold.due is not None and hold.due < until
    else:
        row.ended += 1
        row.late += hold.due is not None and hold.closed_at > hold.due


def _count_facts(report: DemoReport, dossier: Dossier, facts: list[ev.Fact], breaches: Counter[str]) -> None:
    report.facts += len(facts)
    report.supplements += len(dossier.supplements)
    report.apologies += dossier.apologies
    breaches.update(dossier.breaches)
    for fact in facts:
        report.silent_opinions += isinstance(fact, ev.OpinionSilent)
        report.escalations += isinstance(fact, ev.Escalated)
