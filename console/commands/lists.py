"""`motcua inbox`, `overdue`, `register`: what lies where, what is late, and the register (form 07)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.output import CsvFlag, JsonFlag, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from console.names import Titles
    from console.wording.days import Language
    from engine.calendar import WorkingCalendar
    from engine.dossier import Dossier
    from store import DossierRow, Store
    from workflows.kept_logs import KeptLog
    from workflows.rulebook import Rulebook

app = typer.Typer()

_LANG = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")]
_PAGE = 1_000
_REGISTER = (
    *("dossier", "dossier_id", "procedure", "desk", "channel", "submitted", "received", "due", "promised"),
    *("status", "status_text", "outcome", "ended", "issued"),
)
"""The register's columns for programs, be there dossiers or not."""


@app.command()
def inbox(
    agency: Annotated[str, typer.Option(help="Whose inbox.")],
    officer: Annotated[str, typer.Option(help="Only what is assigned to this officer.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many lines.")] = 200,
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Print what lies with an agency, soonest due first; at a desk also what waits to be received."""
    from console.names import Titles
    from console.wording.headings import columns
    from console.wording.phrases import language, say
    from console.workplace import now, workplace
    from engine.errors import InputError, UnknownNumberError
    from engine.lateness import grade

    place = workplace()
    speaking = language(lang or place.language)
    shown = _Shown(place.zone, speaking, plain=as_json or as_csv)
    at = now()
    with place.opened() as (store, rulebook):
        rulebook.directory.agency(agency)
        if officer and not rulebook.directory.belongs(officer, agency):
            raise UnknownNumberError.of(
                "officer_elsewhere", "officer {officer!r} does not belong to {agency}", officer=officer, agency=agency
            )
        shown = shown.at(rulebook, agency)
        calendar = rulebook.calendars.get(rulebook.directory.agency(agency).calendar)
        titles = Titles(rulebook, speaking, plain=as_json or as_csv)
        rows: list[dict[str, object]] = [
            _inbox_row(line, shown, step=None, since=line.submitted_at, due=None, graded=None)
            for line in store.intake(agency, limit=limit)
        ]
        for listed in store.inbox(agency, officer=officer, limit=limit):
            hold, line = listed
            graded = None
            if hold.due is not None and calendar is not None:
                try:
                    graded = grade(hold.due, calendar=calendar, now=at).value
                except InputError:
                    graded = None
            step = titles.step(hold.step, line.procedure, line.procedure_version)
            rows.append(
                _inbox_row(line, shown, step=step, since=hold.opened_at, due=hold.due, graded=graded, hold=hold.number)
                | {"work": hold.work, "officer": hold.officer or None}
            )
    rows = rows[:limit]
    keys = ["dossier", "procedure", "step", "work", "officer", "since", "due", "grade"]
    write_rows(
        _graded(rows, speaking, plain=as_json or as_csv),
        columns(keys, speaking, of_steps=True),
        as_json=as_json,
        as_csv=as_csv,
        empty=say("no_dossiers", speaking),
    )


@app.command()
def overdue(
    at: Annotated[str | None, typer.Option("--at", help="Judged at this instant; default: now.")] = None,
    desk: Annotated[str, typer.Option(help="Only of this desk.")] = "",
    lang: _LANG = None,
    *,
    steps: Annotated[bool, typer.Option("--steps", help="Terms of single steps and opinions instead.")] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Print the open dossiers whose legal term has passed, and who has them. Exit code 1 if there are any.

    Dossiers of a replayed log are judged at the log's last instant unless --at is given. `late_by` is office time in
    which the clock ran: what was late when its clock stopped stays listed, and is no later for the stop.
    """
    from console.names import Titles
    from console.wording.headings import columns
    from console.wording.phrases import language, say
    from console.workplace import instant, workplace

    place = workplace()
    speaking = language(lang or place.language)
    shown = _Shown(place.zone, speaking, plain=as_json or as_csv)
    with place.opened() as (store, rulebook):
        _check_desk(store, rulebook, desk)
        moment = instant(at, place.zone)
        logs = _Logs(store, rulebook)
        is_given = at is not None
        titles = Titles(rulebook, speaking, plain=as_json or as_csv)
        if steps:
            rows = list(_late_steps(store, rulebook, logs, moment, desk, shown, titles, is_given=is_given))
            keys = ["dossier", "procedure", "step", "work", "agency", "officer", "since", "due", "late_by"]
        else:
            rows = list(_late_dossiers(store, rulebook, logs, moment, desk, shown, titles, is_given=is_given))
            keys = ["dossier", "procedure", "desk", "due", "late_by", "held_by", "step", "since"]
    write_rows(
        _graded(rows, speaking, plain=as_json or as_csv),
        columns(keys, speaking, of_steps=steps),
        as_json=as_json,
        as_csv=as_csv,
        empty=say("nothing_overdue", speaking),
    )
    if rows:
        raise typer.Exit(1)


@app.command()
def register(
    desk: Annotated[str, typer.Option(help="Only of this desk.")] = "",
    procedure: Annotated[str, typer.Option(help="Only of this procedure.")] = "",
    status: Annotated[int, typer.Option(min=0, max=10, help="Only with this national status, 1 to 10.")] = 0,
    since: Annotated[str | None, typer.Option("--from", help="Received from this instant on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Received before this instant.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many lines; 0: all.")] = 1_000,
    lang: _LANG = None,
    *,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Print the register (form 07): every dossier with its dates, status and outcome."""
    from console.names import Titles
    from console.wording.headings import columns
    from console.wording.phrases import STATUSES, language, say
    from console.workplace import instant, workplace

    place = workplace()
    speaking = language(lang or place.language)
    shown = _Shown(place.zone, speaking, plain=as_json or as_csv)
    filters: dict[str, Any] = {
        "desk": desk,
        "procedure": procedure,
        "status": status,
        "received_from": instant(since, place.zone) if since else None,
        "received_to": instant(until, place.zone) if until else None,
    }
    rows: list[dict[str, object]] = []
    with place.opened() as (store, rulebook):
        _check_desk(store, rulebook, desk)
        _check_procedure(store, rulebook, procedure)
        titles = Titles(rulebook, speaking, plain=as_json or as_csv)
        logs = _Logs(store, rulebook)
        after = 0
        while page := store.register(**filters, limit=min(_PAGE, limit - len(rows)) if limit else _PAGE, after=after):
            after = page[-1].row
            rows += [
                {
                    "dossier": line.name,
                    "dossier_id": line.dossier_id,
                    "procedure": line.procedure,
                    "desk": titles.agency(line.desk),
                    "channel": line.channel,
                    "submitted": there(line.submitted_at),
                    "received": there(line.received_at),
                    "due": there(line.due),
                    "promised": there(line.promised),
                    "status": line.status,
                    "status_text": STATUSES[line.status].say(speaking),
                    "outcome": line.outcome or None,
                    "ended": there(line.ended_at),
                    "issued": there(line.issued_at),
                }
                for line in page
                for there in (shown.at(rulebook, line.desk, logs.of(line)),)
            ]
            if limit and len(rows) >= limit:
                break
    keys = ["dossier", "procedure", "desk", "received", "due", "status_text", "ended", "issued"]
    if as_csv:
        keys = list(_REGISTER)
    write_rows(
        rows,
        columns(keys, speaking),
        as_json=as_json,
        as_csv=as_csv,
        empty=say("no_dossiers", speaking),
    )


def _check_desk(store: Store, rulebook: Rulebook, desk: str) -> None:
    """Refuse a desk that neither the directory nor any dossier knows: an empty list would read as good news."""
    if desk and desk not in rulebook.directory.agencies and not store.register(desk=desk, limit=1):
        rulebook.directory.agency(desk)


def _check_procedure(store: Store, rulebook: Rulebook, procedure: str) -> None:
    """Refuse a procedure that is neither published nor followed by any dossier."""
    if procedure and not store.register(procedure=procedure, limit=1):
        rulebook.catalogue.get(procedure)


class _Shown:
    """How instants and lengths are shown: for people in their language, for programs as ISO text and seconds."""

    def __init__(self, zone: str, lang: Language, *, plain: bool) -> None:
        self._zone, self._lang, self._plain = zone, lang, plain

    def at(self, rulebook: Rulebook, desk: str, log: KeptLog | None = None) -> _Shown:
        """Return the same in the zone of a replayed log, else in the one a desk keeps its hours in."""
        zone = rulebook.zone_of(desk, self._zone) if log is None else log.mapping.zone
        return _Shown(zone, self._lang, plain=self._plain)

    def __call__(self, seconds: int | None) -> str | None:
        from console.wording.phrases import moment
        from engine.instants import to_datetime

        if seconds is None:
            return None
        return to_datetime(seconds, self._zone).isoformat() if self._plain else moment(seconds, self._zone, self._lang)

    def late(
        self, counted: Callable[[WorkingCalendar], int], calendar: WorkingCalendar | None, still: int | None
    ) -> object:
        """Return office seconds ``counted`` on a calendar, and since when the clock stands still if it does."""
        from console.wording.days import length_text
        from console.wording.phrases import say
        from engine.errors import InputError

        if calendar is None:
            return None
        try:
            seconds = counted(calendar)
        except InputError:
            return None
        if self._plain:
            return seconds
        text = length_text(seconds, self._lang) if seconds else say("after_closing", self._lang)
        return text if still is None else f"{text}; {say('still_since', self._lang, since=str(self(still)))}"


def _inbox_row(
    line: DossierRow,
    shown: _Shown,
    *,
    step: str | None,
    since: int | None,
    due: int | None,
    graded: str | None,
    hold: int = 0,
) -> dict[str, object]:
    return {
        "dossier": line.name,
        "dossier_id": line.dossier_id,
        "procedure": line.procedure,
        "hold": hold or None,
        "step": step,
        "work": "intake",
        "officer": None,
        "since": shown(since),
        "due": shown(due),
        "grade": graded,
        "legal_due": shown(line.due),
    }


def _graded(rows: list[dict[str, object]], lang: Language, *, plain: bool) -> list[dict[str, object]]:
    """Put grades and kinds of work in people's words."""
    from console.wording.phrases import GRADES, WORKS, Phrase, called, say

    works = {**WORKS, "intake": Phrase(say("intake", "vi"), say("intake", "en"))}
    words = {"grade": GRADES, "work": works}
    if plain:
        return rows
    return [
        row | {key: called(table, str(row[key] or ""), lang) for key, table in words.items() if key in row}
        for row in rows
    ]


def _late_dossiers(
    store: Store, rulebook: Rulebook, logs: _Logs, at: int, desk: str, shown: _Shown, titles: Titles, *, is_given: bool
) -> Iterator[dict[str, object]]:
    from engine.standing import judged_at, still_since

    for line in _pages(store, at, desk):
        log = logs.of(line)
        judged = at if log is None or is_given else log.until
        dossier = _loaded(store, line)
        counted_to = judged if dossier is None else judged_at(dossier, judged)
        if line.due is None or line.due >= counted_to:
            continue
        still = None if dossier is None else still_since(dossier, judged)
        counted = partial(_late_by, dossier, line.due, counted_to)
        holds = [hold for hold in store.holds(line.dossier_id) if hold.closed_at is None and hold.work != "opinion"]
        there = shown.at(rulebook, line.desk, log)
        yield {
            "dossier": line.name,
            "dossier_id": line.dossier_id,
            "procedure": line.procedure,
            "desk": titles.agency(line.desk),
            "due": there(line.due),
            "promised": there(line.promised),
            "judged_at": there(judged),
            "stopped_since": there(still),
            "late_by": there.late(counted, _calendar(rulebook, line, log), still),
            "held_by": [titles.agency(hold.agency) for hold in holds if hold.agency] or None,
            "step": [titles.step(hold.step, line.procedure, line.procedure_version) for hold in holds] or None,
            "since": there(min((hold.opened_at for hold in holds), default=None)),
        }


def _late_steps(
    store: Store, rulebook: Rulebook, logs: _Logs, at: int, desk: str, shown: _Shown, titles: Titles, *, is_given: bool
) -> Iterator[dict[str, object]]:
    from engine.dossier import UNSTOPPED
    from engine.standing import judged_at, still_since

    after = None
    while page := store.overdue_holds(at, limit=_PAGE, after=after):
        after = page[-1]
        for hold, line in page:
            log = logs.of(line)
            judged = at if log is None or is_given else log.until
            if (desk and line.desk != desk) or hold.due is None or hold.due >= judged:
                continue
            dossier = None if hold.work in UNSTOPPED else _loaded(store, line)
            counted_to = judged if dossier is None else judged_at(dossier, judged)
            if hold.due >= counted_to:
                continue
            still = None if dossier is None else still_since(dossier, judged)
            counted = partial(_late_by, dossier, hold.due, counted_to)
            agency = rulebook.directory.agencies.get(hold.agency)
            if log is not None or agency is None:
                calendar = _calendar(rulebook, line, log)
            else:
                calendar = rulebook.calendars.get(agency.calendar)
            there = shown.at(rulebook, line.desk, log)
            yield {
                "dossier": line.name,
                "dossier_id": line.dossier_id,
                "procedure": line.procedure,
                "hold": hold.number,
                "step": titles.step(hold.step, line.procedure, line.procedure_version),
                "work": hold.work,
                "agency": titles.agency(hold.agency) if hold.agency else None,
                "officer": hold.officer or None,
                "since": there(hold.opened_at),
                "due": there(hold.due),
                "judged_at": there(judged),
                "stopped_since": there(still),
                "late_by": there.late(counted, calendar, still),
            }


def _loaded(store: Store, line: DossierRow) -> Dossier | None:
    """Return a dossier whose lateness stands still with its clock, None for a replayed one."""
    return store.load(line.dossier_id) if line.origin == "live" else None


def _late_by(dossier: Dossier | None, due: int, at: int, calendar: WorkingCalendar) -> int:
    from engine.lateness import late_by
    from engine.standing import running_late

    return late_by(due, at, calendar) if dossier is None else running_late(dossier, due, at, calendar)


class _Logs:
    """The replayed logs of a store, for the rows of their dossiers."""

    def __init__(self, store: Store, rulebook: Rulebook) -> None:
        from workflows.kept_logs import kept_logs

        self._store = store
        self._logs = kept_logs(store, rulebook.calendars)

    def of(self, line: DossierRow) -> KeptLog | None:
        """Return the log a row is from, None for the store's own dossiers."""
        from workflows.kept_logs import LOG

        if line.origin != "replay" or not self._logs:
            return None
        if len(self._logs) == 1:
            return next(iter(self._logs.values()))
        return self._logs.get(str(self._store.load(line.dossier_id).data.get(LOG, "")))


def _pages(store: Store, at: int, desk: str) -> Iterator[DossierRow]:
    after = None
    while page := store.overdue(at, desk=desk, limit=_PAGE, after=after):
        after = page[-1]
        yield from page


def _calendar(rulebook: Rulebook, line: DossierRow, log: KeptLog | None) -> WorkingCalendar | None:
    """Return the calendar of the log, of the desk, else the procedure's, None where none of them is known."""
    from engine.errors import InputError

    if log is not None:
        return log.calendar
    desk = rulebook.directory.agencies.get(line.desk)
    if desk is not None:
        return rulebook.calendars.get(desk.calendar)
    try:
        return rulebook.calendars.get(rulebook.procedure(line.procedure, line.procedure_version).calendar)
    except InputError:
        return None
