"""Names in a scenario that stand for nothing, and figures that can have no effect: all of them, each with its place.

Works on the plain data of a file, so that what is wrong in shape elsewhere hides nothing; parts that are themselves of
the wrong type are left to `procedures.shape`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic_core import PydanticCustomError

from engine.calendar import WorkingCalendar
from engine.conditions import data_names
from engine.directory import Directory
from engine.errors import InputError
from engine.nearest import nearest
from engine.procedure import ApplicantWait, Consultation, Decision, Node, Posting, Procedure, Step, SubProcedure
from procedures.calendars import load_all
from procedures.catalogue import Catalogue
from procedures.directory import load_directories
from procedures.scenarios.desks import desk_for, desks_of
from procedures.scenarios.format import after_period
from procedures.yaml_text import Loc, Plain, printable

Report = Callable[[str, Loc, str, str], None]
"""Told a fault: kind, place, what is wrong, what instead."""

_EFFECTS: Final[Mapping[str, str]] = {
    "supplement": "may not ask for papers",
    "send_back": "may not send a dossier back",
    "answers": "does not wait for the applicant",
    "opinions": "asks for no opinions",
    "service": "is no work",
    "delay": "is no work",
}


@dataclass(frozen=True, slots=True)
class World:
    """Where a scenario finds what it names."""

    catalogue: Catalogue
    calendars: Path | None = None


@dataclass(slots=True)
class _Names:
    data: dict[str, Any]
    world: World
    report: Report
    calendars: Mapping[str, WorkingCalendar]
    directory: Directory | None
    procedures: dict[str, Procedure] = field(default_factory=dict)
    """Those the scenario has, and their parts, as published."""


def check_names(data: Plain, world: World, report: Report) -> None:
    """Report names of a scenario's plain data that stand for nothing, and figures without effect."""
    if not isinstance(data, dict):
        return
    calendars = load_all(world.calendars)
    try:
        named = data.get("directory", "province")
        directory = load_directories(named, world.calendars) if isinstance(named, str) else None
    except InputError as error:
        report("unknown_directory", ("directory",), str(error), "name a directory, or several separated by commas")
        directory = None
    names = _Names(data, world, report, calendars, directory)
    _check_calendars(names)
    _check_procedures(names)
    _check_agencies(names)
    _check_conduct(names)
    _check_changes(names)
    _check_days(names)


def _check_calendars(names: _Names) -> None:
    places: list[tuple[Loc, Plain]] = [(("calendar",), names.data.get("calendar", "vn"))]
    for code, agency in _map(names.data.get("agencies")).items():
        places.append((("agencies", code, "calendar"), _map(agency).get("calendar")))
        for n, officer in _entries(_map(agency).get("officers")):
            places.append((("agencies", code, "officers", n, "calendar"), officer.get("calendar")))
    for loc, calendar in places:
        if isinstance(calendar, str) and calendar not in names.calendars:
            _unknown(names, "calendar", loc, calendar, names.calendars)


def _check_procedures(names: _Names) -> None:
    for n, part in _entries(names.data.get("procedures")):
        loc: Loc = ("procedures", n)
        procedure = _published(names, part, loc)
        if procedure is None:
            continue
        parts = list(_with_parts(names, procedure, loc))
        for key in ("channels", "by_channel"):
            for channel in _map(part.get(key)):
                if not procedure.offers(channel):
                    _unknown(names, "channel", (*loc, key, channel), channel, procedure.channels)
        for place in _map(part.get("places")):
            if names.directory is not None and place not in names.directory.territories:
                _unknown(names, "territory", (*loc, "places", place), place, names.directory.territories)
            else:
                _check_desk(names, procedure, place, (*loc, "places", place))
        versions = [*parts, *names.world.catalogue.versions(procedure.code)]  # a scenario may be set in another year
        read = {name.partition(".")[0] for one in versions for name in _data_of(one)} | {"territory"}
        for at, case in _entries(part.get("data")):
            for key in _map(case.get("values")):
                if key not in read:
                    _unknown(names, "fact", (*loc, "data", at, "values", key), key, read, " that a condition reads")
        known = dict(procedure.nodes) | dict.fromkeys(_added(names, procedure.code))
        for code, said in _map(part.get("steps")).items():
            if code not in known:
                _unknown(names, "step", (*loc, "steps", code), code, known)
            elif (node := known[code]) is not None:
                _check_step(names, procedure, node, _map(said), (*loc, "steps", code))


def _check_desk(names: _Names, procedure: Procedure, place: str, loc: Loc) -> None:
    """Report a territory that no desk serves, where several desks serve one each."""
    start = names.data.get("start")
    if names.directory is None or not isinstance(start, date):
        return
    with suppress(InputError):
        desks = desks_of(procedure, names.directory, start)
        if desks and desk_for(place, desks, names.directory) is None:
            message = f"no desk of {place} receives {procedure.code}"
            names.report("no_desk", loc, message, f"there are desks for {', '.join(sorted(desks))}")


def _published(names: _Names, part: Mapping[str, Any], loc: Loc) -> Procedure | None:
    code, version, start = part.get("code"), part.get("version"), names.data.get("start")
    if not isinstance(code, str):
        return None
    catalogue = names.world.catalogue
    if not catalogue.versions(code) and code not in catalogue.codes():
        _unknown(names, "procedure", (*loc, "code"), code, catalogue.codes())
        return None
    try:
        if isinstance(version, int):
            return names.procedures.setdefault(code, catalogue.get(code, version))
        day = start if isinstance(start, date) else date.max
        return names.procedures.setdefault(code, catalogue.in_force(code, day))
    except InputError as error:
        key = "version" if isinstance(version, int) else "code"
        names.report("unknown_procedure", (*loc, key), str(error), "choose another version or another start")
        return None


def _with_parts(names: _Names, procedure: Procedure, loc: Loc) -> Iterator[Procedure]:
    """Return a procedure and those of the parts it submits."""
    yield procedure
    for node in procedure.nodes.values():
        if isinstance(node, SubProcedure) and node.procedure != procedure.code:
            listed = [part for _, part in _entries(names.data.get("procedures")) if part.get("code") == node.procedure]
            found = _published(names, listed[0] if listed else {"code": node.procedure}, loc)
            if found is not None:
                yield found


def _data_of(procedure: Procedure) -> Iterator[str]:
    """Return the names of the data that a procedure's conditions read."""
    for node in procedure.nodes.values():
        conditions = [edge.condition for edge in node.edges if isinstance(node, Decision)]
        conditions += [one.condition for one in node.consulted] if isinstance(node, Consultation) else []
        for condition in conditions:
            yield from data_names(condition)
    for paper in procedure.papers:
        yield from data_names(paper.condition)


def _check_step(names: _Names, procedure: Procedure, node: Node, said: Mapping[str, Any], loc: Loc) -> None:
    outcomes = _map(said.get("outcomes"))
    known = [edge.outcome for edge in node.edges]
    for outcome in outcomes:
        if outcome not in known:
            _unknown(names, "outcome", (*loc, "outcomes", outcome), outcome, known, f" of {node.code}")
    chances = [chance for chance in outcomes.values() if isinstance(chance, int | float)]
    if sum(chances) > 1 + 1e-9:
        message = f"the chances of the outcomes add up to {sum(chances):g}"
        names.report("bad_value", (*loc, "outcomes"), message, "let them add up to 1 at most")
    without = {
        "supplement": isinstance(node, Step) and node.may_request_supplement,
        "send_back": isinstance(node, Step) and bool(node.send_back_to),
        "answers": isinstance(node, ApplicantWait),
        "opinions": isinstance(node, Consultation | Step),
        "service": bool(getattr(node, "role", "")) or isinstance(node, ApplicantWait),
        "delay": bool(getattr(node, "role", "")) or isinstance(node, ApplicantWait),
    }
    if isinstance(node, Posting | SubProcedure):
        without |= {"service": False, "delay": False}
    for key, has_effect in without.items():
        if key in said and not has_effect and said[key] not in (0, 1.0):
            names.report("no_effect", (*loc, key), f"the step {node.code} {_EFFECTS[key]}", f"leave {key} out")
    for agency in _map(said.get("opinions")):
        _check_asked(names, procedure, node, agency, (*loc, "opinions", agency))


def _check_asked(names: _Names, procedure: Procedure, node: Node, agency: str, loc: Loc) -> None:
    """Report an agency that does not exist, or that a consultation does not ask."""
    _check_agency(names, loc, agency)
    found = names.directory.agencies.get(agency) if names.directory is not None else None
    if found is None or not isinstance(node, Consultation):
        return
    asked = {procedure.roles[one.role].agency_kind for one in node.consulted}
    one_agency = {procedure.roles[one.role].agency for one in node.consulted}
    if found.kind not in asked and agency not in one_agency:
        names.report("no_effect", loc, f"{node.code} does not ask {agency}", "name an agency that it asks")


def _check_agencies(names: _Names) -> None:
    steps = _steps(names) | {"opinion"}
    for code, agency in _map(names.data.get("agencies")).items():
        _check_agency(names, ("agencies", code), code)
        for n, officer in _entries(_map(agency).get("officers")):
            _check_steps(names, ("agencies", code, "officers", n, "steps"), officer.get("steps"), steps)
    gone: set[str] = set()
    for n, merge in _entries(names.data.get("merge")):
        _check_agency(names, ("merge", n, "into"), merge.get("into"))
        for at, code in enumerate(merge["of"] if isinstance(merge.get("of"), list) else []):
            loc: Loc = ("merge", n, "of", at)
            _check_agency(names, loc, code)
            if code == merge.get("into"):
                names.report("bad_value", loc, f"{code} is merged into itself", "name the agencies that end")
            elif isinstance(code, str) and code in gone:
                names.report("bad_value", loc, f"{code} is merged twice", "merge each agency once")
            gone |= {code} if isinstance(code, str) else set()
    for n, merge in _entries(names.data.get("merge")):
        into, ending = merge.get("into"), merge.get("of")
        if isinstance(into, str) and into in gone and not (isinstance(ending, list) and into in ending):
            message = f"{into} is itself merged into another"
            names.report("bad_value", ("merge", n, "into"), message, "merge all into the one that remains")


def _check_conduct(names: _Names) -> None:
    steps = _steps(names) | {"opinion"}
    for n, one in _entries(names.data.get("conduct")):
        loc: Loc = ("conduct", n)
        agency, partner = one.get("agency"), one.get("partner")
        _check_agency(names, (*loc, "agency"), agency)
        _check_agency(names, (*loc, "partner"), partner)
        _check_steps(names, (*loc, "steps"), one.get("steps"), steps)
        if partner is not None and partner == agency:
            names.report("bad_value", (*loc, "partner"), "an agency is no partner of its own", "name another agency")
        if one.get("does") == "needless_opinion" and partner is None:
            names.report("missing", loc, "needless_opinion asks a partner, and none is named", "add partner:")
        known = names.directory.agencies if names.directory is not None else {}
        if (
            one.get("does") == "refers_up"
            and partner is None
            and isinstance(agency, str)
            and agency in known
            and not known[agency].parent
        ):
            names.report("missing", loc, f"no agency stands above {agency}", "add partner:")


def _check_changes(names: _Names) -> None:
    for n, change in _entries(names.data.get("changes")):
        loc: Loc = ("changes", n)
        procedure = names.procedures.get(str(change.get("procedure")))
        if procedure is None:
            _check_listed(names, (*loc, "procedure"), change.get("procedure"))
            continue
        known = {*procedure.nodes, *_added(names, procedure.code)}
        for key in ("cut", "parallel", "in_turn"):
            _check_steps(names, (*loc, key), change.get(key), known)
        for code in _map(change.get("limits")):
            if code not in known | {"legal"}:
                _unknown(names, "step", (*loc, "limits", code), code, known | {"legal"})
        for at, added in _entries(change.get("add")):
            after, role, own = added.get("after"), added.get("role"), added.get("code")
            if isinstance(after, str) and after not in known:
                _unknown(names, "step", (*loc, "add", at, "after"), after, known)
            if isinstance(role, str) and role not in procedure.roles:
                _unknown(names, "role", (*loc, "add", at, "role"), role, procedure.roles)
            if isinstance(own, str) and own in procedure.nodes:
                message = f"{procedure.code} has a step {own} already"
                names.report("bad_value", (*loc, "add", at, "code"), message, "give it another code")
    without_rate = {part.get("code") for _, part in _entries(names.data.get("procedures")) if not _has_rate(part)}
    for n, surge in _entries(names.data.get("surges")):
        for at, code in enumerate(surge["procedures"] if isinstance(surge.get("procedures"), list) else []):
            _check_listed(names, ("surges", n, "procedures", at), code)
            if code in without_rate:
                message = f"{code} comes by gaps or at instants, which a surge does not change"
                names.report("no_effect", ("surges", n, "procedures", at), message, "give its arrivals a rate")


def _has_rate(part: Mapping[str, Any]) -> bool:
    rules = [part.get("arrivals"), *_map(part.get("by_channel")).values()]
    return any(not isinstance(one, dict) or "rate" in one for one in rules if one is not None)


def _check_days(names: _Names) -> None:
    calendar = names.calendars.get(str(names.data.get("calendar", "vn")))
    places: list[tuple[Loc, Plain]] = [(("start",), names.data.get("start"))]
    off, worked = (
        list(enumerate(names.data[key] if isinstance(names.data.get(key), list) else []))
        for key in ("days_off", "worked_days")
    )
    places += [(("days_off", n), day) for n, day in off] + [(("worked_days", n), day) for n, day in worked]
    for loc, day in places:
        if calendar is None or not isinstance(day, date) or calendar.first_day <= day <= calendar.last_day:
            continue
        message = f"{day} lies outside the days that calendar {calendar.code} knows"
        names.report("bad_value", loc, message, f"choose a day from {calendar.first_day} to {calendar.last_day}")
    _check_length(names, calendar)
    for n, day in worked:
        if day in [other for _, other in off]:
            names.report("bad_value", ("worked_days", n), f"{day} is a day off too", "let it stand in one list")


def _check_length(names: _Names, calendar: WorkingCalendar | None) -> None:
    start = names.data.get("start")
    if not isinstance(start, date) or calendar is None or not calendar.first_day <= start <= calendar.last_day:
        return
    ends: dict[str, date] = {}
    for key, usual in (("length", "26 weeks"), ("warm_up", "4 weeks")):
        with suppress(TypeError, AttributeError, PydanticCustomError, OverflowError):
            ends[key] = after_period(start, str(names.data.get(key, usual)))
    if ends.get("length", start) > calendar.last_day + timedelta(days=1):
        message = f"the scenario lasts until {ends['length']}, longer than calendar {calendar.code} knows"
        names.report("bad_value", ("length",), message, f"let it end by {calendar.last_day}")
    if len(ends) == 2 and ends["warm_up"] >= ends["length"]:
        names.report("bad_value", ("warm_up",), "nothing is left after the warm-up", "make it shorter than length")


def _added(names: _Names, procedure: str) -> set[str]:
    """Return the codes of the steps that the scenario adds to a procedure."""
    changes = (change for _, change in _entries(names.data.get("changes")) if change.get("procedure") == procedure)
    return {
        one["code"] for change in changes for _, one in _entries(change.get("add")) if isinstance(one.get("code"), str)
    }


def _steps(names: _Names) -> set[str]:
    own = {code for procedure in names.procedures.values() for code in procedure.nodes}
    return own | {code for procedure in names.procedures for code in _added(names, procedure)}


def _check_steps(names: _Names, loc: Loc, codes: Plain, known: Collection[str]) -> None:
    for n, code in enumerate(codes if isinstance(codes, list) else []):
        if isinstance(code, str) and code not in known:
            _unknown(names, "step", (*loc, n), code, known)


def _check_agency(names: _Names, loc: Loc, code: Plain) -> None:
    if names.directory is not None and isinstance(code, str) and code not in names.directory.agencies:
        _unknown(names, "agency", loc, code, names.directory.agencies)


def _check_listed(names: _Names, loc: Loc, code: Plain) -> None:
    if isinstance(code, str) and code not in names.procedures:
        _unknown(names, "procedure", loc, code, names.procedures, " in this scenario")


def _unknown(names: _Names, what: str, loc: Loc, code: str, among: Collection[str], more: str = "") -> None:
    message = f"there is no {what} {printable(code, 60)!r}{more}"
    names.report(f"unknown_{what}", loc, message, nearest(code, among).removeprefix("; ") or "leave it out")


def _map(value: Plain) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _entries(value: Plain) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the entries of a list that are maps, each with its place."""
    yield from ((n, one) for n, one in enumerate(value if isinstance(value, list) else []) if isinstance(one, dict))
