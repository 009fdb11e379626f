"""What a decision is made by: one procedure version, the calendars and the directory of agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.calendar import WorkingCalendar
from engine.counting import is_office_time
from engine.directory import Agency, Directory
from engine.dossier import Dossier
from engine.errors import UnknownNumberError
from engine.limits import CalendarDays, ElapsedHours, Limit, Months, OfficeHours, SameDay, WorkingDays
from engine.procedure import Procedure


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """The rules one dossier is decided by. Immutable and shared by all dossiers of the same procedure version."""

    procedure: Procedure
    calendars: Mapping[str, WorkingCalendar]
    directory: Directory
    _routes: dict[tuple[str, str, str, int], Agency] = field(default_factory=dict, repr=False)

    def calendar_named(self, code: str) -> WorkingCalendar:
        """Return a calendar by code.

        Raises:
            UnknownNumberError: no calendar has that code.
        """
        try:
            return self.calendars[code]
        except KeyError:
            raise UnknownNumberError(f"calendar {code!r} is not known; known: {', '.join(self.calendars)}") from None

    def calendar_of(self, agency: str) -> WorkingCalendar:
        """Return an agency's own calendar; the procedure's where no agency holds the dossier or it is unknown."""
        found = self.directory.agencies.get(agency)
        return self.calendar_named(found.calendar if found is not None else self.procedure.calendar)

    def desk_calendar(self, dossier: Dossier) -> WorkingCalendar:
        """Return the receiving desk's calendar, by which the legal term counts."""
        return self.calendar_of(dossier.desk)

    def agency_for(self, role: str, dossier: Dossier, at: int) -> Agency:
        """Return the agency competent for a role of this procedure at ``at`` (epoch seconds).

        Raises:
            InputError: none, or more than one, is competent.
        """
        territory = str(dossier.data.get("territory", "")) or self.directory.agency(dossier.desk).territory
        day = self.desk_calendar(dossier).local_date(at)
        key = (role, dossier.desk, territory, day.toordinal())
        found = self._routes.get(key)
        if found is None:
            found = self.directory.route(
                self.procedure.roles[role],
                receiving=dossier.desk,
                territory=territory,
                field_code=self.procedure.field_code,
                day=day,
            )
            if len(self._routes) > 20_000:
                self._routes.clear()
            self._routes[key] = found
        return found

    @cached_property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """For each node of the graph, the nodes that can still be reached from it."""
        import networkx as nx  # a third of a second: only where a procedure has a join

        graph = self.procedure.graph
        return {node: frozenset(nx.descendants(graph, node)) for node in graph}


def lead_before(calendar: WorkingCalendar, due: int, lead: Limit) -> int:
    """Return the instant that lies ``lead`` before ``due`` (both epoch seconds), counted back on ``calendar``.

    Office hours and working days are counted back in office time, calendar days and months as days of 24 hours
    (30 days a month): a lead is when to warn, never a term.
    """
    match lead:
        case OfficeHours(n):
            return calendar.subtract_seconds(due, round(n * 3600))
        case WorkingDays(n):
            return calendar.subtract_seconds(due, round(n * calendar.office_day))
        case SameDay():
            return calendar.opening(calendar.local_date(due - 1))
        case ElapsedHours(n):
            return due - round(n * 3600)
        case CalendarDays(n):
            return due - n * 86_400
        case Months(n):
            return due - n * 30 * 86_400


def spent_in(calendar: WorkingCalendar, limit: Limit, spans: list[tuple[int, int]]) -> int:
    """Return the seconds of ``limit``'s unit inside spans of time (epoch seconds, end excluded)."""
    if is_office_time(limit):
        return sum(calendar.seconds_between(since, until) for since, until in spans)
    return sum(until - since for since, until in spans)
