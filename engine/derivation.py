"""How a due instant came about: every day counted or skipped and why, stops, rolls, cut-off, as data that replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.calendar import WorkingCalendar
from engine.calendar_facts import DayNote, Window
from engine.counting import (
    Terms,
    calendar_days_of,
    is_whole_working_days,
    reach,
    stop_end,
    stopped_units,
    union_of,
)
from engine.instants import to_datetime
from engine.limits import (
    CalendarDays,
    CountingRule,
    ElapsedHours,
    Limit,
    Months,
    SameDay,
    WorkingDays,
    format_limit,
)
from engine.term import Term, stages

Interval = tuple[int, int | None]


class DayVerdict(StrEnum):
    """What one day did for the term.

    ``RECEIPT``: the day of receipt, not counted. ``COUNTED``: it used up some of the term. ``SKIPPED``: no office time
    on it, or not from this instant on. ``STOPPED``: the clock stood still. ``GIVEN_BACK``: stopped office time was made
    up here, after the last counted day. ``ROLLED``: a calendar term ended on a day off and moved past this day.
    ``REACHED``: the working day it moved to.
    """

    RECEIPT = "receipt"
    COUNTED = "counted"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    GIVEN_BACK = "given_back"
    ROLLED = "rolled"
    REACHED = "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One day of a derivation; instants are epoch seconds, lengths seconds.

    ``number`` says which day of the term it is (0: none). ``office_seconds`` is the running office time of that day
    between the start of counting and the due instant; ``stopped_seconds`` the office time during which a stop held the
    clock. ``note`` is why the day is off or worked out of turn; None for an ordinary working day.
    """

    day: date
    midnight: int
    windows: tuple[Window, ...]
    verdict: DayVerdict
    number: int
    office_seconds: int
    stopped_seconds: int
    note: DayNote | None
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """One stop as counted, ``[since, until)`` after its cap; ``until`` None where it still holds the clock.

    ``given_back`` is by how much it moved the term, in `stopped_units`; what two stops share is given back once.
    """

    since: int
    until: int | None
    ground: str
    capped: bool
    given_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One limit counted from ``begin`` to ``due``; an extension in another unit makes a second stage.

    ``due`` None: an open stop holds the clock.
    """

    limit: Limit
    begin: int
    spent_before: int
    stops: tuple[StopLine, ...]
    days: tuple[DayLine, ...]
    due: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How one term was counted: enough to arrive at ``due`` again without the calendar (`derivation_replay.replay`)."""

    calendar: str
    digest: str
    zone: str
    office_day: int
    rule: CountingRule
    cutoff: str | None
    start: int
    counted_from: int
    stages: tuple[Stage, ...]
    due: int | None

    @property
    def moved_by_cutoff(self) -> bool:
        """Whether the cut-off made it count as received on the next working day."""
        return self.counted_from != self.start

    @property
    def days(self) -> tuple[DayLine, ...]:
        """Every day of every stage, in order."""
        return tuple(line for stage in self.stages for line in stage.days)

    @property
    def provisional(self) -> bool:
        """Whether any day that mattered may still change."""
        return any(line.provisional for line in self.days)


def derive(calendar: WorkingCalendar, term: Term, spent_before: int = 0) -> Derivation:
    """Return how the due instant of ``term`` comes about.

    Args:
        calendar: the one on which the term was counted.
        term: one run of a `DeadlineClock`.
        spent_before: what earlier holds consumed, in seconds of the limit's unit.

    Raises:
        BeyondCalendarError: a day that matters lies outside the known days.
    """
    counted: list[Stage] = []
    due: int | None = term.counted_from
    for terms in stages(term):
        if due is None:
            break
        counted.append(_stage(calendar, terms, due, term, 0 if counted else spent_before))
        due = counted[-1].due
    cutoff = term.terms.cutoff
    return Derivation(
        calendar=calendar.code,
        digest=calendar.digest,
        zone=calendar.zone,
        office_day=calendar.office_day,
        rule=term.terms.rule,
        cutoff=None if cutoff is None else cutoff.isoformat("seconds" if cutoff.second else "minutes"),
        start=term.start,
        counted_from=term.counted_from,
        stages=tuple(counted),
        due=due,
    )


def as_data(derivation: Derivation) -> dict[str, object]:
    """Return ``derivation`` as JSON-ready data: instants as ISO text in its zone, lengths as seconds."""

    def iso(at: int | None) -> str | None:
        return None if at is None else to_datetime(at, derivation.zone).isoformat()

    return {
        "calendar": derivation.calendar,
        "calendar_digest": derivation.digest,
        "zone": derivation.zone,
        "rule": str(derivation.rule),
        "cutoff": derivation.cutoff,
        "start": iso(derivation.start),
        "counted_from": iso(derivation.counted_from),
        "moved_by_cutoff": derivation.moved_by_cutoff,
        "provisional": derivation.provisional,
        "due": iso(derivation.due),
        "stages": [
            {
                "limit": format_limit(stage.limit),
                "begin": iso(stage.begin),
                "spent_before": stage.spent_before,
                "due": iso(stage.due),
                "stops": [
                    {
                        "since": iso(stop.since),
                        "until": iso(stop.until),
                        "ground": stop.ground,
                        "capped": stop.capped,
                        "given_back": stop.given_back,
                    }
                    for stop in stage.stops
                ],
                "days": [_line_data(line) for line in stage.days],
            }
            for stage in derivation.stages
        ],
    }


def _line_data(line: DayLine) -> Mapping[str, object]:
    note = line.note
    return {
        "day": line.day.isoformat(),
        "verdict": str(line.verdict),
        "number": line.number,
        "office_seconds": line.office_seconds,
        "stopped_seconds": line.stopped_seconds,
        "provisional": line.provisional,
        "reason": None
        if note is None
        else {
            "kind": str(note.kind),
            "vi": note.name_vi,
            "en": note.name_en,
            "source": note.source,
            "confirmed": note.confirmed,
            "swapped_with": note.swapped_with.isoformat() if note.swapped_with else None,
        },
    }


def _stage(calendar: WorkingCalendar, terms: Terms, begin: int, term: Term, spent_before: int) -> Stage:
    due: int | None = reach(calendar, terms, begin, 0, spent_before)
    last = begin if due is None else due
    used: list[Interval] = []
    stopped = 0
    for since, until in union_of(calendar, terms, term.pauses):
        if until is not None and until <= begin:
            continue
        if since >= last or last <= begin:
            break
        used.append((max(since, begin), until))
        if until is None:
            due, last = None, max(since, begin)
            break
        stopped += stopped_units(calendar, terms.limit, max(since, begin), until)
        due = last = reach(calendar, terms, begin, stopped, spent_before)
    indexes = range(calendar.day_index(begin), calendar.day_index(max(begin, last - 1)) + 1)
    judged = _judge(calendar, terms, begin, last, indexes, used, spent_before)
    return Stage(
        limit=terms.limit,
        begin=begin,
        spent_before=spent_before,
        stops=_stop_lines(calendar, terms, term, begin, used),
        days=tuple(
            _line(calendar, index, verdict, number, (begin, last), used)
            for index, (verdict, number) in zip(indexes, judged, strict=True)
        ),
        due=due,
    )


def _line(
    calendar: WorkingCalendar, index: int, verdict: DayVerdict, number: int, span: Window, used: Sequence[Interval]
) -> DayLine:
    table = calendar.table
    day = date(*table.dates[index])
    windows = table.windows_of(index)
    total, stopped = _office_seconds(windows, span, used)
    return DayLine(
        day=day,
        midnight=table.midnights[index],
        windows=windows,
        verdict=verdict,
        number=number,
        office_seconds=total - stopped,
        stopped_seconds=stopped,
        note=calendar.reason(day),
        provisional=calendar.is_provisional(day),
    )


def _office_seconds(windows: Sequence[Window], span: Window, used: Sequence[Interval]) -> tuple[int, int]:
    """Return the office seconds of a day inside ``span``, and how many of them a stop held."""
    total = stopped = 0
    for opening, closing in windows:
        first, last = max(opening, span[0]), min(closing, span[1])
        if first >= last:
            continue
        total += last - first
        for since, until in used:
            stopped += max(0, min(last, last if until is None else until) - max(first, since))
    return total, stopped


def _judge(
    calendar: WorkingCalendar,
    terms: Terms,
    begin: int,
    last: int,
    indexes: range,
    used: Sequence[Interval],
    spent_before: int,
) -> list[tuple[DayVerdict, int]]:
    limit = terms.limit
    if isinstance(limit, CalendarDays | Months):
        return _judge_calendar(calendar, limit, indexes, used, spent_before)
    if isinstance(limit, ElapsedHours):
        return [(DayVerdict.COUNTED, number) for number, _ in enumerate(indexes, 1)]
    if isinstance(limit, SameDay):
        return _judge_worked(calendar, begin, last, indexes, (), 1)
    if isinstance(limit, WorkingDays) and is_whole_working_days(terms) and not spent_before:
        after_receipt = _judge_worked(calendar, begin, last, indexes[1:], (), int(limit.n))
        first = DayVerdict.RECEIPT if calendar.table.windows_of(indexes[0]) else DayVerdict.SKIPPED
        return [(first, 0), *after_receipt]
    return _judge_worked(calendar, begin, last, indexes, used, len(indexes))


def _judge_worked(
    calendar: WorkingCalendar, begin: int, last: int, indexes: range, used: Sequence[Interval], most: int
) -> list[tuple[DayVerdict, int]]:
    """Judge days by their office time: the first ``most`` with any are counted, later ones make up for stops."""
    judged: list[tuple[DayVerdict, int]] = []
    number = 0
    for index in indexes:
        total, stopped = _office_seconds(calendar.table.windows_of(index), (begin, last), used)
        if not total:
            judged.append((DayVerdict.SKIPPED, 0))
        elif total == stopped:
            judged.append((DayVerdict.STOPPED, 0))
        elif number < most:
            number += 1
            judged.append((DayVerdict.COUNTED, number))
        else:
            judged.append((DayVerdict.GIVEN_BACK, 0))
    return judged


def _judge_calendar(
    calendar: WorkingCalendar, limit: CalendarDays | Months, indexes: range, used: Sequence[Interval], spent_before: int
) -> list[tuple[DayVerdict, int]]:
    """Judge days of a calendar term: a day whose first instant a stop held is stopped, the others count."""
    midnights = calendar.table.midnights
    before = spent_before // 86_400
    length = calendar_days_of(calendar, limit, indexes[0])
    judged = [(DayVerdict.RECEIPT, 0)]
    number = min(before, length)
    for index in indexes[1:]:
        held = any(since < midnights[index] and (until is None or midnights[index] <= until) for since, until in used)
        if number < length:
            if held:
                judged.append((DayVerdict.STOPPED, 0))
            else:
                number += 1
                judged.append((DayVerdict.COUNTED, number))
        else:
            worked = bool(calendar.table.windows_of(index))
            judged.append((DayVerdict.REACHED if worked else DayVerdict.ROLLED, 0))
    if len(judged) > 1 and judged[-1][0] is DayVerdict.REACHED:
        ended = max(place for place, (verdict, _) in enumerate(judged[:-1]) if verdict is not DayVerdict.ROLLED)
        judged[ended] = (DayVerdict.ROLLED, judged[ended][1])
    return judged


def _stop_lines(
    calendar: WorkingCalendar, terms: Terms, term: Term, begin: int, used: Sequence[Interval]
) -> tuple[StopLine, ...]:
    lines: list[StopLine] = []
    covered = begin
    for pause in sorted(term.pauses, key=lambda pause: pause.since):
        until = stop_end(calendar, terms, pause)
        since = max(pause.since, begin)
        inside = any(first <= since and (last is None or since < last) for first, last in used)
        if not inside or (until is not None and until <= since):
            continue
        given = 0
        if until is not None and until > covered:
            given = stopped_units(calendar, terms.limit, max(since, covered), until)
            covered = until
        lines.append(
            StopLine(since=pause.since, until=until, ground=pause.ground, capped=until != pause.until, given_back=given)
        )
    return tuple(lines)
