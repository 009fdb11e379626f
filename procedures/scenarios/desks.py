"""At which desk a matter is received, by the territory it lies in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.directory import Directory
from engine.procedure import Jurisdiction, Procedure


def desks_of(procedure: Procedure, directory: Directory, day: date) -> dict[str, str]:
    """Return the desks at which a procedure is received on a day, by the territory each serves.

    Raises:
        UnknownNumberError: the one agency that the procedure names is not in the directory.
    """
    role = procedure.roles[procedure.desk]
    if role.jurisdiction is Jurisdiction.FIXED:
        only = directory.agency(role.agency)
        return {only.territory: only.code}
    return {
        agency.territory: agency.code
        for agency in directory.agencies.values()
        if agency.kind == role.agency_kind and agency.is_valid(day)
    }


def desk_for(place: str, desks: Mapping[str, str], directory: Directory) -> str | None:
    """Return the desk of a territory, or of the next larger one that has one; a desk that is the only one serves all.

    Returns:
        None where there are several, and none of them serves the territory.
    """
    if len(desks) == 1:
        return next(iter(desks.values()))
    seen: set[str] = set()
    while place and place not in seen:
        if place in desks:
            return desks[place]
        seen.add(place)
        found = directory.territories.get(place)
        place = found.parent if found is not None else ""
    return None
