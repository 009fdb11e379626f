"""Tables that are shown outside the command line: what is overdue now."""

from __future__ import annotations

from engine.dossier import Dossier
from engine.errors import InputError
from engine.instants import to_datetime
from engine.standing import judged_at, running_late
from store import Store
from workflows.rulebook import Rulebook


def overdue_table(
    store: Store, rulebook: Rulebook, at: int, zone: str, *, limit: int = 500
) -> list[dict[str, str | float]]:
    """Return the live open dossiers whose legal term has passed at ``at`` (epoch seconds), oldest first.

    ``late_hours`` is office time in which the clock ran, on the desk's calendar; empty texts where something is not
    known.
    """
    rows: list[dict[str, str | float]] = []
    for line in store.overdue(at, limit=limit):
        if line.origin != "live" or line.due is None:
            continue
        dossier = store.load(line.dossier_id)
        judged = judged_at(dossier, at)
        if line.due >= judged:
            continue
        holds = [hold for hold in store.holds(line.dossier_id) if hold.closed_at is None and hold.work != "opinion"]
        rows.append(
            {
                "dossier": line.name,
                "procedure": line.procedure,
                "desk": line.desk,
                "held_by": ", ".join(hold.agency for hold in holds if hold.agency),
                "step": ", ".join(hold.step for hold in holds),
                "due": to_datetime(line.due, zone).isoformat(),
                "late_hours": _late_hours(rulebook, dossier, line.due, judged),
            }
        )
    return rows


def _late_hours(rulebook: Rulebook, dossier: Dossier, due: int, at: int) -> str | float:
    agency = rulebook.directory.agencies.get(dossier.desk)
    calendar = rulebook.calendars.get(agency.calendar) if agency is not None else None
    if calendar is None:
        return ""
    try:
        return round(running_late(dossier, due, at, calendar) / 3600, 1)
    except InputError:
        return ""
