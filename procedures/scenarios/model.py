"""A scenario made into what is simulated: kinds of dossiers, offices with officers and calendars, conduct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

import numpy as np

from engine.calendar import WorkingCalendar
from engine.directory import Agency, Directory
from engine.directory import Officer as Person
from engine.dossier import Dossier
from engine.errors import InputError
from engine.instants import first_second, zone_of
from engine.nearest import nearest
from engine.procedure import ApplicantWait, Consultation, Procedure, SubProcedure
from engine.rules import Rules
from engine.simulation.model import (
    Applicants,
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
from procedures.catalogue import Catalogue
from procedures.scenarios.calendars import on_weekdays, with_days, without
from procedures.scenarios.changes import changed, origin_of
from procedures.scenarios.desks import desk_for, desks_of
from procedures.scenarios.format import (
    Around,
    CasePart,
    DrawPart,
    OfficePart,
    OfficerPart,
    OpinionPart,
    ProcedurePart,
    Scenario,
    StepPart,
    after_period,
    number_of,
)

_STEPS_OF_A_TABLE: Final = 1_025
_MOST_KINDS: Final = 2_000
_WHOLE: Final = CasePart(share=1.0)


def start_of(scenario: Scenario, calendar: WorkingCalendar) -> int:
    """Return the first instant (epoch seconds)."""
    return first_second(scenario.start, zone_of(calendar.zone))


def after(scenario: Scenario, text: str, calendar: WorkingCalendar) -> int:
    """Return the first instant (epoch seconds) of the day a period after the scenario's first."""
    return first_second(after_period(scenario.start, text), zone_of(calendar.zone))


def model_of(
    scenario: Scenario, *, catalogue: Catalogue, calendars: Mapping[str, WorkingCalendar], directory: Directory
) -> Model:
    """Return what a scenario says, ready to be simulated.

    Raises:
        InputError: it names what does not exist, or does not hold together; one sentence.
        FaultyFileError: a procedure as changed has faults.
    """
    return _Builder(scenario, catalogue, calendars, directory).built()


class _Builder:
    def __init__(
        self, scenario: Scenario, catalogue: Catalogue, calendars: Mapping[str, WorkingCalendar], directory: Directory
    ) -> None:
        self.scenario, self.catalogue = scenario, catalogue
        if scenario.calendar not in calendars:
            raise InputError(
                f"{self._name}: there is no calendar {scenario.calendar!r}{nearest(scenario.calendar, calendars)}"
            )
        self.calendars = {
            code: with_days(calendar, scenario.days_off, scenario.worked_days) for code, calendar in calendars.items()
        }
        self.calendar = self.calendars[scenario.calendar]
        self.start = start_of(scenario, self.calendar)
        self.until = after(scenario, scenario.length, self.calendar)
        merged = _merged(directory, scenario, self._timed(self._known(directory)))
        self.staff = {code: self._staff(merged.agencies[code]) for code in merged.agencies}
        self.directory = replace(merged, officers=_people(self.staff))
        self.variants: list[Variant] = []
        self.involved: dict[str, None] = {}
        self.parts = {part.code: part for part in scenario.procedures}

    @property
    def _name(self) -> str:
        return f"scenario {self.scenario.scenario}"

    def _known(self, directory: Directory) -> Mapping[str, Agency]:
        for where, code in self._agencies_named():
            if code not in directory.agencies:
                raise InputError(f"{self._name}: {where}: {code!r} is no agency{nearest(code, directory.agencies)}")
        return directory.agencies

    def _timed(self, known: Mapping[str, Agency]) -> Mapping[str, Agency]:
        """Return the agencies, each with the calendar that the scenario gives it."""
        own = {code: said.calendar for code, said in self.scenario.agencies.items() if said.calendar is not None}
        for code in own.values():
            self._calendar(code)
        return {code: replace(one, calendar=own[code]) if code in own else one for code, one in known.items()}

    def _calendar(self, code: str) -> WorkingCalendar:
        if code not in self.calendars:
            raise InputError(f"{self._name}: there is no calendar {code!r}{nearest(code, self.calendars)}")
        return self.calendars[code]

    def _agencies_named(self) -> Iterator[tuple[str, str]]:
        scenario = self.scenario
        yield from (("agencies", code) for code in scenario.agencies)
        for policy in scenario.conduct:
            yield "conduct", policy.agency
            if policy.partner is not None:
                yield "conduct", policy.partner
        for merge in scenario.merge:
            yield from (("merge", code) for code in (merge.into, *merge.of))

    def built(self) -> Model:
        for part in self.scenario.procedures:
            if part.comes:
                self._kinds(part)
        if not self.variants:
            raise InputError(f"{self._name}: no procedure has arrivals; nothing would happen")
        for policy in self.scenario.conduct:
            self.involved.setdefault(policy.agency)
            if policy.partner is not None:
                self.involved.setdefault(policy.partner)
            elif policy.does == "refers_up":
                above = self.directory.agencies[policy.agency].parent
                if above:
                    self.involved.setdefault(above)
        return Model(
            name=self.scenario.scenario,
            start=self.start,
            until=self.until,
            variants=tuple(self.variants),
            offices=tuple(self._office(code) for code in sorted(self.involved)),
            policies=tuple(
                Policy(
                    agency=one.agency,
                    conduct=Conduct[one.does.upper()],
                    strength=one.chance,
                    partner=one.partner or "",
                    steps=frozenset(one.steps),
                    length=draw_of(one.length),
                )
                for one in self.scenario.conduct
            ),
        )

    # kinds of dossiers

    def _procedure(self, code: str, version: int | None) -> Procedure:
        changes = [one for one in self.scenario.changes if one.procedure == code]
        found = self._published(code, version)
        if not changes:
            return found
        return changed(self.catalogue.definition(code, found.version), changes, self._name)

    def _published(self, code: str, version: int | None) -> Procedure:
        return self.catalogue.get(code, version) if version else self.catalogue.in_force(code, self.scenario.start)

    def _kinds(self, part: ProcedurePart) -> None:
        procedure = self._procedure(part.code, part.version)
        as_published = self._published(part.code, part.version)  # of a step that was cut, nothing is needed
        known = {**as_published.nodes, **procedure.nodes}
        unknown = [code for code in part.steps if code not in known]
        if unknown:
            raise InputError(
                f"{self._name}: procedures[{part.code}].steps: there is no step {unknown[0]!r}"
                f"{nearest(unknown[0], known)}"
            )
        channels = part.channels or dict.fromkeys(part.by_channel or procedure.channels, 1.0)
        for channel in channels:
            if not procedure.offers(channel):
                offered = ", ".join(procedure.channels)
                raise InputError(f"{self._name}: {part.code} is not offered by channel {channel!r}: {offered}")
        places = self._places(part, procedure)
        cases = part.data or [_WHOLE]
        ways = list(product(places, channels.items(), cases))
        if len(ways) * len(self.parts) > _MOST_KINDS * 10 or len(ways) > _MOST_KINDS:
            raise InputError(
                f"{self._name}: {part.code} comes in {len(ways)} kinds; at most {_MOST_KINDS} can be told apart"
            )
        for (desk, territory, share), (channel, by), case in ways:
            data = {"territory": territory, **case.values}
            self._kind(part, procedure, desk, channel, data, share * by * case.share)

    def _places(self, part: ProcedurePart, procedure: Procedure) -> list[tuple[str, str, float]]:
        """Return the desks at which a procedure is received, with the territory it is about and the share."""
        own = desks_of(procedure, self.directory, self.scenario.start)
        if not own:
            kind = procedure.roles[procedure.desk].agency_kind
            raise InputError(f"{self._name}: no agency of the directory receives {part.code} ({kind})")
        if not part.places:
            territories = dict.fromkeys(own, 1.0)
            if len(own) == 1:  # one desk for all: what it is about lies anywhere below
                territories = dict.fromkeys(self._leaves(), 1.0)
        else:
            for place in part.places:
                if place not in self.directory.territories:
                    raise InputError(
                        f"{self._name}: procedures[{part.code}].places: {place!r} is no territory"
                        f"{nearest(place, self.directory.territories)}"
                    )
            territories = dict(part.places)
        return [(self._desk(part.code, place, own), place, share) for place, share in territories.items()]

    def _desk(self, procedure: str, place: str, desks: Mapping[str, str]) -> str:
        found = desk_for(place, desks, self.directory)
        if found is None:
            raise InputError(
                f"{self._name}: procedures[{procedure}].places: no desk of {place!r} receives it; "
                f"there are desks for {', '.join(desks)}"
            )
        return found

    def _leaves(self) -> list[str]:
        """Return the territories that have none below them."""
        parents = {one.parent for one in self.directory.territories.values()}
        return [code for code in self.directory.territories if code not in parents]

    def _kind(
        self,
        part: ProcedurePart,
        procedure: Procedure,
        desk: str,
        channel: str,
        data: dict[str, Any],
        share: float,
        *,
        is_part: bool = False,
    ) -> None:
        if is_part and any(
            one.only_as_part and one.desk == desk and one.rules.procedure.code == procedure.code
            for one in self.variants
        ):
            return
        rules = Rules(procedure=procedure, calendars=self.calendars, directory=self.directory)
        self.involved.setdefault(desk)
        treatments = {}
        for code, node in procedure.nodes.items():
            said = part.steps.get(code) or part.steps.get(origin_of(code), StepPart())
            for role in _roles(node):
                self.involved.setdefault(self._agency(rules, role, desk, data))
            default = None if isinstance(node, Consultation | SubProcedure) else part.service
            if isinstance(node, ApplicantWait) and said.service is None:
                default = DrawPart(lognormal=Around(median="2 working days"))
            treatments[code] = _treatment(said, default, part.opinion, part.service)
        self.variants.append(
            Variant(
                name=f"{procedure.code} {desk} {channel} *{share}",
                rules=rules,
                desk=desk,
                channel=channel,
                data=data,
                treatments=treatments,
                applicants=Applicants(
                    supplements=part.applicants.supplements,
                    supplement_time=draw_of(part.applicants.supplement_time),
                    withdraws=part.applicants.withdraws,
                    withdrawal_time=draw_of(part.applicants.withdrawal_time),
                    unasked=part.applicants.unasked,
                    collects=part.applicants.collects,
                    collection_time=draw_of(part.applicants.collection_time),
                ),
                intake=Desk(
                    service=draw_of(part.intake.service),
                    declines=part.intake.declines,
                    supplement=part.intake.supplement,
                    apologises=part.intake.apologises,
                    apology=draw_of(part.intake.apology),
                    extends=part.intake.extends,
                ),
                only_as_part=is_part,
                priority=part.priority,
            )
        )
        for node in procedure.nodes.values():
            if isinstance(node, SubProcedure):
                below = self.parts.get(node.procedure, ProcedurePart(code=node.procedure, arrivals=None))
                other = self._procedure(below.code, below.version)
                at = self._agency(rules, node.role, desk, data)
                offered = channel if other.offers(channel) else other.channels[0]
                self._kind(below, other, at, offered, data, share, is_part=True)

    def _agency(self, rules: Rules, role: str, desk: str, data: dict[str, Any]) -> str:
        return rules.agency_for(role, Dossier(desk=desk, data=data), self.start).code

    # agencies

    def _office(self, code: str) -> Office:
        agency = self.directory.agency(code)
        said = self.scenario.agencies.get(code, OfficePart())
        return Office(
            code=code,
            calendar=self._calendar(agency.calendar),
            officers=self.staff[code],
            discipline=Discipline[said.discipline.upper()],
            autonomy=Autonomy[said.autonomy.upper()],
        )

    def _staff(self, agency: Agency) -> tuple[Officer, ...]:
        """Return an agency's officers and those of the agencies merged into it, by its hours where they have no own."""
        calendar = self._calendar(agency.calendar)
        return tuple(one for code in self._merged_into(agency.code) for one in self._officers(code, calendar))

    def _merged_into(self, code: str) -> list[str]:
        return [code, *(other for one in self.scenario.merge if one.into == code for other in one.of)]

    def _officers(self, code: str, calendar: WorkingCalendar) -> Iterator[Officer]:
        said = self.scenario.agencies.get(code, OfficePart()).officers
        count = 0
        for one in said or [OfficerPart(number=self.scenario.officers)]:
            own = self._calendar_of(one, calendar)
            for nth in range(one.number):
                count += 1
                named = f"{one.name}.{nth + 1}" if one.number > 1 else one.name
                yield Officer(
                    code=named if one.name and named else f"{code}.{count:02}",
                    calendar=own,
                    steps=frozenset(one.steps),
                    pace=one.pace,
                    takes_intake=one.intake,
                )

    def _calendar_of(self, said: OfficerPart, usual: WorkingCalendar) -> WorkingCalendar:
        """Return when an officer works: his own hours or his agency's, on his weekdays, without his absences."""
        found = usual if said.calendar is None else self._calendar(said.calendar)
        if said.weekdays is not None:
            found = on_weekdays(found, said.weekdays)
        away = [(part.since, part.until) for part in said.absences]
        return without(found, away) if away else found


def _merged(directory: Directory, scenario: Scenario, known: Mapping[str, Agency]) -> Directory:
    """Return the directory of agencies in which who asks for a merged one finds the one that took it over."""
    into = {code: one.into for one in scenario.merge for code in one.of}
    agencies = {code: replace(agency, code=into[code]) if code in into else agency for code, agency in known.items()}
    return replace(directory, agencies=agencies)


def _people(staff: Mapping[str, Sequence[Officer]]) -> dict[str, Person]:
    """Return all officers as a directory lists them; who is named in several agencies belongs to each."""
    belongs: dict[str, set[str]] = {}
    for agency, officers in staff.items():
        for officer in officers:
            belongs.setdefault(officer.code, set()).add(agency)
    return {code: Person(code=code, agencies=frozenset(agencies)) for code, agencies in belongs.items()}


def _roles(node: Any) -> Iterator[str]:  # noqa: ANN401  any node
    if getattr(node, "role", ""):
        yield node.role
    for asked in getattr(node, "consulted", ()):
        yield asked.role


def _treatment(said: StepPart, default: DrawPart | None, opinion: OpinionPart, service: DrawPart) -> Treatment:
    own = said.opinion if said.opinion.model_fields_set else opinion
    chosen = said.service or default
    return Treatment(
        service=Draw() if chosen is None else draw_of(chosen),
        delay=Draw() if said.delay is None else draw_of(said.delay),
        outcomes=dict(said.outcomes),
        supplement=said.supplement,
        send_back=said.send_back,
        answers=said.answers,
        opinions={code: _opinion(one, service) for code, one in said.opinions.items()},
        opinion=_opinion(own, service),
    )


def _opinion(part: OpinionPart, service: DrawPart) -> Opinion:
    return Opinion(
        service=draw_of(part.service or service),
        delay=Draw() if part.delay is None else draw_of(part.delay),
        silent=part.silent,
        disagrees=part.disagrees,
        no_position=part.no_position,
    )


def draw_of(part: DrawPart) -> Draw:
    """Return how a length is drawn, in seconds or shares of the term."""
    of_term = part.share_of_term
    if part.constant is not None:
        return Draw(a=number_of(part.constant), of_term=of_term)
    if part.uniform is not None:
        first, last = (number_of(edge) for edge in part.uniform)
        return Draw(law=Law.UNIFORM, a=first, b=last, of_term=of_term)
    if part.exponential is not None:
        return Draw(law=Law.EXPONENTIAL, a=number_of(part.exponential), of_term=of_term)
    if part.lognormal is not None:
        return Draw(law=Law.LOGNORMAL, a=number_of(part.lognormal.median), b=part.lognormal.sigma, of_term=of_term)
    if part.gamma is not None:
        from scipy.special import gammaincinv

        mean, shape = number_of(part.gamma.mean), part.gamma.shape
        steps = np.clip(np.linspace(0, 1, _STEPS_OF_A_TABLE), 1e-6, 1 - 1e-6)
        table = tuple(float(x) for x in gammaincinv(shape, steps) * (mean / shape))
        return Draw(law=Law.QUANTILES, table=table, of_term=of_term)
    values = tuple(sorted(number_of(value) for value in part.empirical or (0.0,)))
    return Draw(law=Law.VALUES, table=values, of_term=of_term)
