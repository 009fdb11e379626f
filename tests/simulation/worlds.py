"""Models made at random (seeded) over the real catalogue, calendars and sample directories, and arrivals for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Any

import numpy as np

from engine.calendar import WorkingCalendar
from engine.conditions import data_names
from engine.directory import Directory
from engine.dossier import Dossier
from engine.instants import parse_instant, to_seconds
from engine.procedure import Consultation, Procedure, Step, SubProcedure
from engine.rules import Rules
from engine.simulation.model import (
    Applicants,
    Arrivals,
    Autonomy,
    Conduct,
    Desk,
    Discipline,
    Draw,
    Law,
    Model,
    Office,
    Officer,
    Opinion,
    Policy,
    Treatment,
    Variant,
)
from procedures.calendars import load_all
from procedures.catalogue import Catalogue
from procedures.directory import load_directory
from tests.simulation.reference import outcomes_of

HOUR, DAY = 3600, 86_400
USUAL = date(2026, 9, 7)
"""The Monday on which worlds begin whose procedures are in force then; a term of a year still ends on a known day."""

COMMUNES = ("cau_gio", "dao_cat", "dong_lua")


@cache
def procedures() -> dict[str, Procedure]:
    """The catalogue by ``code@version``; the code alone names the newest version."""
    every = Catalogue().all()
    newest = {one.code: one for one in sorted(every, key=lambda one: one.version)}
    return newest | {f"{one.code}@{one.version}": one for one in every}


@cache
def calendars() -> dict[str, WorkingCalendar]:
    return load_all()


@cache
def directory(code: str = "province") -> Directory:
    return load_directory(code)


def period(procedure: Procedure, until: int) -> tuple[date, date]:
    """The days of a world, the last excluded, in which a procedure is in force: ``until`` of them if possible."""
    ends = procedure.in_force_to
    if ends is None or ends >= USUAL + timedelta(days=until):
        first = max(USUAL, procedure.in_force_from)
        return first, first + timedelta(days=until)
    merged = date(2025, 7, 1) if procedure.calendar == "vn" else procedure.in_force_from
    return max(ends - timedelta(days=until), procedure.in_force_from, merged), ends


def world(
    procedures: Sequence[str],
    *,
    seed: int = 0,
    dossiers: int = 30,
    days: int = 21,
    until: int = 110,
    cases: int = 6,
    discipline: Discipline | None = None,
    autonomy: Autonomy | None = None,
    policies: int | Sequence[Policy] = 0,
    busy: float = 1.0,
    even: int = 0,
) -> tuple[Model, Arrivals]:
    """A model of some procedures and what is submitted in it.

    Args:
        procedures: codes, or ``code@version``.
        seed: of all that is random.
        dossiers: how many are submitted by themselves.
        days: in which they arrive.
        until: days after which the world ends; before that where the first procedure is in force no longer.
        cases: kinds of dossiers a procedure has at most: channel, commune and data.
        discipline: of every office; at random if not given.
        autonomy: of every office; at random if not given.
        policies: conduct of agencies, or how many to invent.
        busy: multiplies service times.
        even: where given, everything takes and begins at multiples of so many seconds, so that much coincides.
    """
    chance = Random(seed)  # noqa: S311  a made-up world
    asked = [_found(code) for code in procedures]
    first, last = period(asked[0], until)
    abroad = asked[0].calendar == "nl"
    home = directory("nl" if abroad else "province")
    zone = calendars()[asked[0].calendar].zone
    start = to_seconds(parse_instant(f"{first} 00:00", zone))
    builder = _Builder(chance, home, start, first, busy, even)
    for procedure in asked:
        builder.kinds(procedure, cases)
    offices = builder.offices(discipline, autonomy)
    invented = builder.policies(policies) if isinstance(policies, int) else tuple(policies)
    model = Model(
        name=f"world {seed}",
        start=start,
        until=to_seconds(parse_instant(f"{last} 00:00", zone)),
        variants=tuple(builder.variants),
        offices=offices,
        policies=invented,
    )
    arrivals = arrivals_of(model, dossiers, days, seed)
    if even:
        arrivals = replace(arrivals, at=start + (arrivals.at - start) // even * even)
    return model, arrivals


def arrivals_of(model: Model, dossiers: int, days: int, seed: int) -> Arrivals:
    """Submissions by day and night, some at the same instant, each kind at least once where there are enough."""
    drawn = np.random.default_rng(seed)
    at = np.sort(drawn.integers(model.start, model.start + days * DAY, dossiers))
    office = drawn.random(dossiers) < 0.7
    at[office] = at[office] // DAY * DAY + drawn.integers(0, 10 * HOUR, int(office.sum()))
    at = np.clip(np.sort(at), model.start, model.until - 1)
    at[1::7] = at[0::7][: len(at[1::7])]
    kinds = [number for number, variant in enumerate(model.variants) if not variant.only_as_part]
    variant = np.array([kinds[place % len(kinds)] for place in range(dossiers)], dtype=np.int32)
    drawn.shuffle(variant)
    key = drawn.integers(0, 2**64, dossiers, dtype=np.uint64)
    return Arrivals(at=at.astype(np.int64), variant=variant, key=key)


def _found(code: str) -> Procedure:
    return procedures()[code]


class _Builder:
    def __init__(self, chance: Random, home: Directory, start: int, first: date, busy: float, even: int) -> None:
        self.chance, self.home, self.start, self.first = chance, home, start, first
        self.busy, self.even = busy, even
        self.variants: list[Variant] = []

    def kinds(self, procedure: Procedure, most: int) -> None:
        """Kinds of one procedure over its channels and what its conditions ask, and those of its sub-procedures."""
        flags = sorted({name for condition in _conditions(procedure) for name in data_names(condition)} - {"territory"})
        ways = list(product(procedure.channels, *([False, True] for _ in flags)))
        self.chance.shuffle(ways)
        ways.sort(key=lambda way: abs(sum(way[1:]) * 2 - len(flags)), reverse=True)
        for number, (channel, *values) in enumerate(ways[: max(most, 2)]):
            desk, territory = self._place(procedure, number)
            data = dict(zip(flags, values, strict=True)) | {"territory": territory}
            self._kind(procedure, desk, str(channel), data, name=f"{procedure.code}/{number}")

    def offices(self, discipline: Discipline | None, autonomy: Autonomy | None) -> tuple[Office, ...]:
        chance, every = self.chance, calendars()
        steps = sorted({node.code for one in self.variants for node in one.rules.procedure.nodes.values()})
        found = []
        for agency in self.home.agencies.values():
            known = [one.code for one in self.home.officers.values() if agency.code in one.agencies]
            if not agency.is_valid(self.first) or not known:
                continue
            own = every[agency.calendar]
            others = [own, own, own, every["vn_0700"] if own.zone == every["vn_0700"].zone else own]
            officers = [
                Officer(
                    code=code,
                    calendar=chance.choice(others),
                    steps=frozenset(chance.sample(steps, len(steps) // 2)) if chance.random() < 0.25 else frozenset(),
                    pace=1.0 if self.even else chance.choice((1.0, 1.0, 0.8, 1.37)),
                    takes_intake=chance.random() < 0.7,
                )
                for code in known[: chance.randint(1, 3)]
            ]
            found.append(
                Office(
                    code=agency.code,
                    calendar=own,
                    officers=tuple(officers),
                    discipline=chance.choice(list(Discipline)) if discipline is None else discipline,
                    autonomy=chance.choice(list(Autonomy)) if autonomy is None else autonomy,
                )
            )
        return tuple(found)

    def policies(self, number: int) -> tuple[Policy, ...]:
        """Invent conduct for agencies that have to do with the procedures."""
        chance = self.chance
        involved = sorted({code for one in self.variants for code in self._involved(one)})
        steps = sorted(
            {
                node.code
                for one in self.variants
                for node in one.rules.procedure.nodes.values()
                if isinstance(node, Step)
            }
        )
        found = []
        for place in range(number):
            conduct = list(Conduct)[place % len(Conduct)]
            agency = chance.choice(involved)
            partner = chance.choice(involved) if conduct in _PARTNERED and chance.random() < 0.7 else ""
            found.append(
                Policy(
                    agency=agency,
                    conduct=conduct,
                    strength=chance.choice((0.3, 0.6, 1.0)),
                    partner=partner,
                    steps=frozenset(chance.sample(steps, max(1, len(steps) // 2)))
                    if chance.random() < 0.3
                    else frozenset(),
                    length=self._draw(2 * 8 * HOUR),
                )
            )
        return tuple(found)

    def _involved(self, variant: Variant) -> set[str]:
        procedure = variant.rules.procedure
        roles = {node.role for node in procedure.nodes.values() if isinstance(node, Step)} | {procedure.desk}
        roles |= {asked.role for node in procedure.nodes.values() for asked in getattr(node, "consulted", ())}
        return {self._agency(variant.rules, role, variant.desk, dict(variant.data)) for role in roles}

    def _agency(self, rules: Rules, role: str, desk: str, data: dict[str, Any]) -> str:
        return rules.agency_for(role, Dossier(desk=desk, data=data), self.start).code

    def _place(self, procedure: Procedure, number: int) -> tuple[str, str]:
        """Desk and territory."""
        if procedure.calendar == "nl":
            return "municipality", "nl_municipality"
        commune = COMMUNES[number % len(COMMUNES)]
        return f"{commune}.desk" if procedure.level == "commune" else "p.desk", commune

    def _kind(
        self, procedure: Procedure, desk: str, channel: str, data: dict[str, Any], *, name: str, part: bool = False
    ) -> None:
        if part and any(
            one.only_as_part and one.desk == desk and one.rules.procedure.code == procedure.code
            for one in self.variants
        ):
            return
        rules = Rules(procedure=procedure, calendars=calendars(), directory=self.home)
        chance = self.chance
        self.variants.append(
            Variant(
                name=name,
                rules=rules,
                desk=desk,
                channel=channel,
                data=data,
                treatments={code: self._treatment(node) for code, node in procedure.nodes.items() if node.edges},
                applicants=self._applicants(),
                intake=self._desk(),
                only_as_part=part,
                priority=chance.randrange(3),
            )
        )
        for node in procedure.nodes.values():
            if isinstance(node, SubProcedure):
                other = _found(node.procedure)
                at = self._agency(rules, node.role, desk, data)
                offered = channel if other.offers(channel) else other.channels[0]
                self._kind(other, at, offered, dict(data), name=f"{name}/{node.code}/{at}", part=True)

    def _treatment(self, node: Any) -> Treatment:
        chance = self.chance
        works = isinstance(node, Step | Consultation)
        usual, shares = (DAY, (0.2, 0.6, 1.1)) if works else (2 * DAY, (0.02, 0.1, 0.2))
        outcomes: dict[str, float] = {}
        codes = outcomes_of(node)
        if len(codes) > 1 and chance.random() < 0.9:
            named = codes if chance.random() < 0.6 else codes[:1]
            outcomes = {code: chance.choice((0.2, 0.5, 0.8)) for code in named}
        elif codes == ("done", "objection"):
            outcomes = {"objection": 0.5}
        return Treatment(
            service=self._draw(usual / 4 * self.busy, of_term=True, shares=shares),
            delay=self._draw(4 * HOUR, of_term=True) if chance.random() < 0.4 else Draw(),
            outcomes=outcomes,
            supplement=chance.choice((0.0, 0.2, 0.6)),
            send_back=chance.choice((0.0, 0.3, 0.6)),
            answers=chance.choice((0.6, 0.9, 1.0)),
            opinions={"p.construction": self._opinion()},
            opinion=self._opinion(),
        )

    def _opinion(self) -> Opinion:
        chance = self.chance
        return Opinion(
            service=self._draw(DAY / 2 * self.busy, of_term=True),
            delay=self._draw(4 * HOUR) if chance.random() < 0.3 else Draw(),
            silent=chance.choice((0.0, 0.3, 0.6)),
            disagrees=0.2,
            no_position=0.2,
        )

    def _applicants(self) -> Applicants:
        chance = self.chance
        return Applicants(
            supplements=chance.choice((0.5, 0.8, 1.0)),
            supplement_time=self._draw(3 * DAY),
            withdraws=0.1,
            withdrawal_time=self._draw(2 * DAY),
            unasked=0.4,
            collects=0.8,
            collection_time=self._draw(DAY),
        )

    def _desk(self) -> Desk:
        chance = self.chance
        return Desk(
            service=self._draw(HOUR),
            declines=0.06,
            supplement=chance.choice((0.0, 0.15)),
            apologises=0.5,
            apology=Draw(law=Law.UNIFORM, a=HOUR, b=40 * HOUR),
            extends=0.5,
        )

    def _draw(self, mean: float, *, of_term: bool = False, shares: tuple[float, ...] = (0.2, 0.6, 1.1)) -> Draw:
        """A law around some seconds; sometimes none at all, sometimes a share of the term."""
        chance = self.chance
        if self.even:
            return Draw(a=chance.choice((0, 1, 1, 2, 4)) * self.even)
        share = of_term and chance.random() < 0.4
        size = chance.choice(shares) if share else mean * chance.choice((0.3, 1.0, 2.0))
        laws: dict[Law, Callable[[], Draw]] = {
            Law.CONSTANT: lambda: Draw(a=size, of_term=share),
            Law.UNIFORM: lambda: Draw(law=Law.UNIFORM, a=0.2 * size, b=1.8 * size, of_term=share),
            Law.EXPONENTIAL: lambda: Draw(law=Law.EXPONENTIAL, a=size, of_term=share),
            Law.LOGNORMAL: lambda: Draw(law=Law.LOGNORMAL, a=size, b=0.7, of_term=share),
            Law.QUANTILES: lambda: Draw(
                law=Law.QUANTILES, table=(0.0, 0.4 * size, 0.8 * size, 3 * size), of_term=share
            ),
            Law.VALUES: lambda: Draw(law=Law.VALUES, table=(0.1 * size, size, 1.5 * size), of_term=share),
        }
        return laws[chance.choice(list(Law))]()


_PARTNERED = (Conduct.PING_PONG, Conduct.NEEDLESS_OPINION, Conduct.REFERS_UP)


def _conditions(procedure: Procedure) -> Iterable[str]:
    for node in procedure.nodes.values():
        yield from (edge.condition for edge in node.edges if edge.condition)
        yield from (asked.condition for asked in getattr(node, "consulted", ()) if asked.condition)
