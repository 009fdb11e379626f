"""A province's sample dossiers: who submits what, where and when.

Every number of this file is invented for the demo: it is no statistic of any province and no model of one. All chance
comes from the generator passed in, so that a seed tells the same story each time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from engine.calendar import WorkingCalendar
from engine.directory import Agency, Directory
from engine.instants import local_seconds, zone_of
from engine.procedure import Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How often a procedure is asked for: ``per_day`` dossiers on a working day in the whole province.

    ``online`` is the share that comes in online where the procedure offers other channels too; ``flags`` are the
    shares of dossiers in which a fact that conditions ask for is true.
    """

    procedure: str
    per_day: float
    online: float = 0.5
    flags: Mapping[str, float] = field(default_factory=dict)


DEMANDS: Final = (
    Demand(procedure="2.000908", per_day=12.0, online=0.2),
    Demand(procedure="3.000722", per_day=6.0, flags={"identity_card": 0.35, "birth_support": 0.3}),
    Demand(procedure="1.001193", per_day=3.0, online=0.4),
    Demand(procedure="1.000656", per_day=2.0, online=0.3),
    Demand(procedure="1.000894", per_day=3.0, online=0.3),
    Demand(procedure="2.000635", per_day=4.0, online=0.7),
    Demand(procedure="2.002622", per_day=1.0, flags={"insured": 0.6}),
    Demand(procedure="1.004222", per_day=6.0, online=0.6, flags={"verify_dwelling": 0.3}),
    Demand(procedure="1.001612", per_day=4.0, online=0.6),
    Demand(procedure="2.001583", per_day=3.0, online=0.9),
    Demand(procedure="3.000333", per_day=4.0, online=0.8, flags={"verify_records": 0.25}),
    Demand(
        procedure="1.013225",
        per_day=4.0,
        flags={"opinions_needed": 0.5, "fire_safety": 0.4, "heritage": 0.1},
    ),
    Demand(procedure="1.013227", per_day=1.0),
    Demand(procedure="1.013229", per_day=1.5, flags={"opinions_needed": 0.4, "fire_safety": 0.3, "heritage": 0.15}),
    Demand(procedure="1.013236", per_day=0.4, flags={"opinions_needed": 0.8, "fire_safety": 0.7, "environment": 0.6}),
    Demand(
        procedure="1.013831",
        per_day=5.0,
        online=0.3,
        flags={"map_needed": 0.3, "new_certificate": 0.5, "no_obligation": 0.2},
    ),
    Demand(procedure="1.013978", per_day=1.5, online=0.2, flags={"map_available": 0.6, "registration_only": 0.1}),
    Demand(procedure="1.012784", per_day=2.0, online=0.3),
    Demand(procedure="1.013949", per_day=0.8, online=0.2, flags={"no_obligation": 0.1}),
    Demand(procedure="1.013823", per_day=0.4, online=0.3, flags={"no_obligation": 0.1}),
    Demand(procedure="X.monthly_social_allowance", per_day=1.5, online=0.2, flags={"hiv": 0.05}),
    Demand(procedure="X.work_permit", per_day=1.0, online=0.8),
    Demand(procedure="3.000489", per_day=0.6, online=0.7),
    Demand(procedure="1.010733", per_day=0.3, flags={"special_public_investment": 0.1, "construction_works": 0.6}),
    Demand(
        procedure="1.009645",
        per_day=0.3,
        flags={"environment": 0.4, "health": 0.2, "sensitive_area": 0.2},
    ),
)
"""What the sample province asks for; parts of interlinked procedures are asked for by their roots."""

COMMUNES: Final[Mapping[str, float]] = {
    "cau_gio": 0.26,
    "ben_nang": 0.24,
    "doi_sim": 0.14,
    "suoi_may": 0.13,
    "dong_lua": 0.17,
    "dao_cat": 0.06,
}
"""Shares of the dossiers by the commune they concern (codes of the sample directory's territories)."""

ON_DAYS_OFF: Final = 0.25
"""Share of a working day's online dossiers that come in on a day off; counters are closed then."""

FAMILY_NAMES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLE_NAMES: Final = ("Văn", "Thị", "Minh", "Thanh", "Ngọc", "Quốc", "Thu", "Đức")
GIVEN_NAMES: Final = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Phúc", "Tú", "Yến")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Somebody hands in a dossier at ``at`` (epoch seconds)."""

    at: int
    procedure: str
    desk: str
    channel: str
    papers: tuple[str, ...]
    data: Mapping[str, Any]


def submissions_of(
    day: date,
    procedures: Mapping[str, Procedure],
    directory: Directory,
    calendar: WorkingCalendar,
    chance: Random,
    *,
    scale: float = 1.0,
) -> list[Submission]:
    """Return what is submitted on one day, in order of time.

    Args:
        day: local date.
        procedures: the versions in force that day, by code; a demand for another procedure is not met.
        directory: the sample province's.
        calendar: opening hours of the counters.
        chance: the seeded generator.
        scale: how many times the demand.
    """
    is_worked = calendar.is_worked(day)
    found = [
        submission
        for demand in DEMANDS
        if (procedure := procedures.get(demand.procedure)) is not None
        for submission in _of_one(demand, procedure, day, directory, calendar, chance, scale, is_worked=is_worked)
    ]
    return sorted(found, key=lambda submission: submission.at)


def name_of_applicant(chance: Random) -> str:
    """Return an invented name."""
    return f"{chance.choice(FAMILY_NAMES)} {chance.choice(MIDDLE_NAMES)} {chance.choice(GIVEN_NAMES)}"


def count_of(mean: float, chance: Random) -> int:
    """Return a Poisson count by Knuth's product of uniform numbers; for means below some fifty."""
    floor, product, count = math.exp(-mean), chance.random(), 0
    while product > floor:
        product *= chance.random()
        count += 1
    return count


def submissions_now(
    at: int,
    office_seconds: int,
    procedures: Mapping[str, Procedure],
    directory: Directory,
    calendar: WorkingCalendar,
    chance: Random,
    *,
    scale: float = 1.0,
) -> list[Submission]:
    """Return what comes in at ``at`` (epoch seconds), the demand of the ``office_seconds`` before it."""
    days = office_seconds / calendar.office_day
    found = []
    for demand in DEMANDS:
        procedure = procedures.get(demand.procedure)
        if procedure is None:
            continue
        for _ in range(count_of(demand.per_day * scale * days, chance)):
            channel = channel_of(demand, procedure, chance)
            found.append(new_submission(demand, procedure, at, channel, directory, chance))
    return found


def new_submission(
    demand: Demand, procedure: Procedure, at: int, channel: str, directory: Directory, chance: Random
) -> Submission:
    """Return one dossier of a demand, submitted at ``at`` (epoch seconds) at the desk that takes it."""
    commune = chance.choices(list(COMMUNES), list(COMMUNES.values()))[0]
    asked = {flag: chance.random() < share for flag, share in demand.flags.items()}
    return Submission(
        at=at,
        procedure=procedure.code,
        desk=desk_of(procedure, commune, directory).code,
        channel=channel,
        papers=tuple(paper.code for paper in procedure.papers if paper.required and not paper.condition),
        data={"territory": commune} | {flag: True for flag, is_so in asked.items() if is_so},
    )


def channel_of(demand: Demand, procedure: Procedure, chance: Random) -> str:
    """Return the channel a dossier comes in by, out of those the procedure offers."""
    offered = procedure.channels
    if "online" in offered and (len(offered) == 1 or chance.random() < demand.online):
        return "online"
    return "post" if "post" in offered and chance.random() < 0.1 else "direct" if "direct" in offered else offered[0]


def desk_of(procedure: Procedure, commune: str, directory: Directory) -> Agency:
    """Return the desk of the sample province that takes a procedure's dossiers from a commune."""
    kind = procedure.roles[procedure.desk].agency_kind
    return next(
        agency
        for agency in directory.agencies.values()
        if agency.kind == kind and agency.valid_to is None and (kind == "province_desk" or agency.territory == commune)
    )


def _of_one(
    demand: Demand,
    procedure: Procedure,
    day: date,
    directory: Directory,
    calendar: WorkingCalendar,
    chance: Random,
    scale: float,
    *,
    is_worked: bool,
) -> Iterator[Submission]:
    for _ in range(count_of(demand.per_day * scale, chance)):
        channel = channel_of(demand, procedure, chance)
        if not is_worked and (channel != "online" or chance.random() > ON_DAYS_OFF):
            continue
        at = _moment(day, channel, calendar, chance)
        yield new_submission(demand, procedure, at, channel, directory, chance)


def _moment(day: date, channel: str, calendar: WorkingCalendar, chance: Random) -> int:
    """Counters take dossiers in office hours, the portal from seven in the morning to ten at night."""
    if channel == "online":
        return local_seconds(day, chance.randrange(7 * 3600, 22 * 3600), zone_of(calendar.zone))
    windows = calendar.windows(day)
    opens, closes = chance.choices(windows, [close - open_ for open_, close in windows])[0]
    return chance.randrange(opens, closes)


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield the dates from ``first`` to ``last``, both included."""
    for nth in range((last - first).days + 1):
        yield first + timedelta(days=nth)
