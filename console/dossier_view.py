"""Where one dossier stands, as pairs for people and as data for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.names import Names
from console.whose_time import whose_time
from console.wording.days import Language, length_text
from console.wording.phrases import GRADES, GROUNDS, OUTCOMES, STATUSES, called, moment, say
from console.wording.terms import commands_text
from engine.decide import open_now
from engine.errors import InputError
from engine.instants import to_datetime
from engine.lateness import Grade, grade
from engine.standing import judged_at, running_late, still_since
from workflows.kept_logs import log_of

if TYPE_CHECKING:
    from engine.calendar import WorkingCalendar
    from engine.dossier import Dossier
    from store import Store
    from workflows.kept_logs import KeptLog
    from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The same view twice."""

    pairs: list[tuple[str, object]]
    as_json: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a dossier stands towards its legal due instant: grade and office seconds late; None where there is none.

    ``still_since``: since when its clock stands still (epoch seconds), None while it runs.
    """

    grade: str | None
    late_by: int | None
    still_since: int | None = None


def standing(dossier: Dossier, calendar: WorkingCalendar | None, at: int) -> Standing:
    """Return how a dossier stands at an instant (epoch seconds).

    A clock that stands still is not graded, unless the term had passed before: see `engine.standing`.
    """
    still = still_since(dossier, at)
    none = Standing(grade=None, late_by=None, still_since=still)
    if dossier.due is None or calendar is None:
        return none
    judged = judged_at(dossier, at)
    try:
        graded = grade(dossier.due, calendar=calendar, finished=dossier.ended_at, now=judged)
        late = running_late(dossier, dossier.due, judged, calendar)
    except InputError:
        return none
    if still is not None and graded is not Grade.OVERDUE:
        return none
    return Standing(grade=graded.value, late_by=late, still_since=still)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """By what a dossier is measured: its zone, its desk's calendar (None: not known), the instant (epoch seconds)."""

    zone: str
    calendar: WorkingCalendar | None
    at: int
    log: KeptLog | None = None


def measured(store: Store, rulebook: Rulebook, dossier: Dossier, zone: str, at: int) -> Measured:
    """Return by what a dossier is measured at an instant: a replayed one by its log's zone, calendar and last instant.

    Args:
        store: where it is.
        rulebook: its rules.
        dossier: live or replayed.
        zone: where its desk's zone is not known.
        at: epoch seconds.
    """
    log = log_of(store, rulebook.calendars, dossier)
    if log is not None:
        return Measured(zone=log.mapping.zone, calendar=log.calendar, at=log.until, log=log)
    try:
        calendar = rulebook.rules_of(dossier).desk_calendar(dossier)
    except InputError:
        calendar = None
    return Measured(zone=rulebook.zone_of(dossier.desk, zone), calendar=calendar, at=at)


def zone_of(store: Store, rulebook: Rulebook, dossier: Dossier, otherwise: str) -> str:
    """Return the zone in which a dossier's dates are read: its log's, its desk's, else ``otherwise``."""
    log = log_of(store, rulebook.calendars, dossier)
    return rulebook.zone_of(dossier.desk, otherwise) if log is None else log.mapping.zone


def summary(store: Store, rulebook: Rulebook, number: str, lang: Language, zone: str, at: int) -> Summary:
    """Return where a dossier stands at an instant (epoch seconds), in its desk's zone, else in ``zone``.

    Raises:
        UnknownNumberError: no such dossier.
    """
    dossier = store.load(number)
    by = measured(store, rulebook, dossier, zone, at)
    zone, calendar, now = by.zone, by.calendar, by.at
    row = store.row(dossier.dossier_id)
    names = Names.of(rulebook, lang, dossier)
    stands = standing(dossier, calendar, now)
    whose = whose_time(dossier, rulebook.directory, calendar, now)
    incidents = store.incidents.list(dossier=dossier.dossier_id)
    waiting = dossier.awaits_supplement

    def shown(seconds: int | None) -> str | None:
        return None if seconds is None else moment(seconds, zone, lang)

    def iso(seconds: int | None) -> str | None:
        return None if seconds is None else to_datetime(seconds, zone).isoformat()

    pairs: list[tuple[str, object]] = [
        (say("dossier_no", lang), dossier.dossier_no or "-"),
        (say("dossier_id", lang), dossier.dossier_id),
        (
            say("procedure", lang),
            f"{dossier.procedure} v{dossier.procedure_version}  {names.procedure_title()}".rstrip(),
        ),
        (say("desk", lang), f"{names(dossier.desk)} ({dossier.desk})"),
        (say("status", lang), f"{row.status} {STATUSES[row.status].say(lang)}"),
    ]
    if dossier.received_at is not None:
        pairs.append((say("received", lang), shown(dossier.received_at)))
        pairs.append((say("due", lang), _due_text(dossier, stands, lang, zone)))
    if dossier.promised is not None:
        pairs.append((say("promised", lang), shown(dossier.promised)))
    if dossier.outcome:
        pairs.append((say("outcome", lang), f"{called(OUTCOMES, dossier.outcome, lang)}, {shown(dossier.ended_at)}"))
    if waiting is not None:
        pairs.append((STATUSES[5].say(lang), f"{', '.join(map(names, waiting.papers))}, {shown(waiting.requested_at)}"))
    pairs.extend(
        (
            say("with", lang),
            f"{names(hold.agency) if hold.agency else say('applicant', lang)}"
            f"{f' ({hold.agency})' if hold.agency else ''}: {names(hold.step)} [{hold.step}],"
            f" {say('held_since', lang)} {shown(hold.opened_at)}, {say('step_due', lang)} {shown(hold.due) or '-'}",
        )
        for hold in dossier.holds_now()
    )
    if whose.tiles:
        pairs.append((say("whose_time", lang), whose.sentence(lang)))
    pairs.extend((say("incident", lang), f"{one.number}, {one.stage}: {one.error}") for one in incidents)
    pairs.append((say("open_now", lang), commands_text(open_now(dossier), lang) or "-"))
    as_json: dict[str, Any] = {
        "dossier_no": dossier.dossier_no or None,
        "dossier_id": dossier.dossier_id,
        "procedure": dossier.procedure,
        "procedure_version": dossier.procedure_version,
        "channel": dossier.channel,
        "desk": dossier.desk,
        "applicant": dossier.applicant,
        "origin": dossier.origin,
        "root": dossier.root or None,
        "status": row.status,
        "status_text": STATUSES[row.status].say(lang),
        "submitted_at": iso(dossier.submitted_at),
        "received_at": iso(dossier.received_at),
        "due": iso(dossier.due),
        "promised": iso(dossier.promised),
        "judged_at": iso(now),
        "grade": stands.grade,
        "late_by": stands.late_by,
        "stopped_since": iso(row.stopped_since),
        "outcome": dossier.outcome or None,
        "ended_at": iso(dossier.ended_at),
        "issued_at": iso(dossier.issued_at),
        "awaits_papers": list(waiting.papers) if waiting is not None else [],
        "holds": [
            {
                "hold": hold.number,
                "step": hold.step,
                "work": hold.work.value,
                "agency": hold.agency or None,
                "officer": hold.officer or None,
                "since": iso(hold.opened_at),
                "due": iso(hold.due),
            }
            for hold in dossier.holds_now()
        ],
        "whose_time": whose.as_json(zone)["totals"],
        "is_movable": bool(row.is_movable),
        "incidents": [{"number": one.number, "stage": one.stage, "error": one.error} for one in incidents],
        "breaches": list(dossier.breaches),
        "data": dossier.data,
        "papers": list(dossier.papers),
        "version": dossier.version,
        "open_now": list(open_now(dossier)),
    }
    return Summary(pairs=pairs, as_json=as_json)


def _due_text(dossier: Dossier, stands: Standing, lang: Language, zone: str) -> str:
    stop = dossier.open_stop
    if stop is not None and dossier.ended_at is None and stands.grade is None:
        return f"- ({called(GROUNDS, stop.ground, lang)}, {moment(stop.since, zone, lang)})"
    if dossier.due is None:
        return "-"
    text = moment(dossier.due, zone, lang)
    if stands.grade is None:
        return text
    text += f" ({called(GRADES, stands.grade, lang)}"
    if stands.grade == "overdue" and stands.late_by is not None:
        late = say("after_closing", lang) if stands.late_by == 0 else length_text(stands.late_by, lang)
        text += f", {late}"
    return f"{text}{_still(dossier, stands, lang, zone)})"


def _still(dossier: Dossier, stands: Standing, lang: Language, zone: str) -> str:
    """Return since when the clock stands still, and why; nothing while it runs."""
    if stands.still_since is None or dossier.open_stop is None:
        return ""
    since = say("still_since", lang, since=moment(stands.still_since, zone, lang))
    return f"; {since}: {called(GROUNDS, dossier.open_stop.ground, lang)}"
