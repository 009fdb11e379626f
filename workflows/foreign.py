"""A foreign log seen through its mapping: dossiers and events as typed columns, faults refused, contradictions counted.

Pure: a frame goes in, two frames come out. Refused is what cannot be understood (an attribute that is not there, an
instant that is none, an event without a step); what merely contradicts itself is history and is kept as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from engine.calendar import DatedDay, WorkingCalendar
from engine.clock import Terms
from engine.counting import due_at
from engine.errors import InputError
from engine.instants import to_seconds
from engine.limits import ElapsedHours, OfficeHours, parse_limit
from procedures.calendars import load_calendar
from store.logs import EventLog, LogError, read_instants
from store.logs.event_log import CASE, CASE_LINE, EVENT, LINE
from store.logs.instants import UTC_INSTANT, BadInstant
from store.mapping import INSTANTS, TEXTS, Column, Mapping, PlainHours, week_of

_OF_CASE: Final = ("received", "due", "ended", "channel", "applicant")
_DUES: Final = ("due", "step_due")
_BARE_DATE: Final = r"^\d{4}-\d\d-\d\d$"
_LAST_SECOND: Final = "T23:59:59$"
"""How a register's reader writes a due date without an hour."""
_NUMBERS: Final = {"int": pl.Int64, "float": pl.Float64}
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class ForeignLog:
    """A log understood.

    ``dossiers`` has one row each, in order of their beginning: ``nr`` (from 0), ``dossier``, ``line``, ``events`` (how
    many), ``first_at``, ``last_at``, ``received``, ``due``, ``ended`` (instants in UTC, to the microsecond, null where
    the log is silent), ``begun`` (``received``, else when the first event began), ``channel``, ``applicant`` and one
    column ``data.<name>`` for each further attribute. ``events`` has one row each, by dossier and then in log order:
    ``nr`` of the dossier, ``at``, ``started``, ``step_due``, ``step``, ``agency``, ``officer``, ``state``, ``line`` and
    one column ``by.<name>`` for each group. ``contradictions`` counts dossiers by kind; ``left_out``
    counts events that ``only`` dropped and dossiers without any instant.
    """

    mapping: Mapping
    dossiers: pl.DataFrame
    events: pl.DataFrame
    contradictions: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def understand(log: EventLog, mapping: Mapping, calendars: Path | None = None) -> ForeignLog:
    """Return the log as its mapping tells to read it.

    Args:
        log: as it was written.
        mapping: how to read it.
        calendars: an agency's own folder of calendars, for terms that must be counted.

    Raises:
        LogError: an attribute is nowhere in the log (all such are named), or a value is missing or wrong; with place.
        InputError: the mapping's calendar is not there or does not reach far enough.
    """
    _check_attributes(log, mapping)
    frame = log.frame.select(CASE, EVENT, LINE, CASE_LINE)
    frame = frame.with_columns(
        *(texts_of(log, mapping, column).alias(name) for name, column in _chosen(mapping, TEXTS)),
        *(_instants(log, mapping, name, column, calendars).alias(name) for name, column in _chosen(mapping, INSTANTS)),
        *(_typed(log, mapping, column).alias(f"data.{name}") for name, column in mapping.attributes.items()),
        *(texts_of(log, mapping, column).alias(f"by.{name}") for name, column in mapping.groups.items()),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in TEXTS if getattr(mapping, name) is None),
        *(pl.lit(None, dtype=UTC_INSTANT).alias(name) for name in INSTANTS if getattr(mapping, name) is None),
    )
    kept = _kept(log, mapping)
    left_out = {"events": int((~kept & (frame[EVENT] > 0)).sum())}
    # A case whose events are all dropped stays a dossier; its rows only lose their event.
    frame = frame.with_columns(pl.when(kept).then(pl.col(EVENT)).otherwise(0).alias(EVENT))
    frame = _numbered(log, mapping, frame)
    events = frame.filter(pl.col(EVENT) > 0)
    for name in ("instant", "step"):
        if events[name].has_nulls():
            line = events.filter(pl.col(name).is_null())[LINE][0]
            attribute = getattr(mapping, name).attribute
            raise LogError(f"{log.name}: {log.place} {line}: the event has no {attribute!r}, which is its {name}")
    events = events.select(
        *("nr", pl.col("instant").alias("at"), "started", "step_due", "step", "agency", "officer", "state"),
        *(f"by.{name}" for name in mapping.groups),
        pl.col(LINE).alias("line"),
    )
    dossiers, differing = _dossiers(frame, events, mapping)
    dossiers = dossiers.with_columns(_references(dossiers["applicant"], mapping))
    if mapping.ended_by:
        dossiers = _ended_by(dossiers, events, mapping)
    silent = dossiers["received"].is_null() & dossiers["first_at"].is_null()
    left_out["dossiers"] = int(silent.sum())
    dossiers = dossiers.filter(~silent)
    contradictions = {"values_differ": differing, **_contradictions(dossiers, events, mapping)}
    first = pl.min_horizontal("first_at", "first_started")
    dossiers = dossiers.with_columns(pl.col("received").fill_null(first).alias("begun")).drop("first_started")
    if mapping.term is not None:
        dossiers = dossiers.with_columns(due_after(dossiers["begun"], mapping.term, calendar_of(mapping, calendars)))
    dossiers = dossiers.sort("begun", "dossier").with_row_index("rank")
    events = events.join(dossiers.select("nr", "rank"), on="nr", how="left", maintain_order="left")
    return ForeignLog(
        mapping=mapping,
        dossiers=dossiers.drop("nr").rename({"rank": "nr"}),
        events=events.drop("nr").rename({"rank": "nr"}).sort("nr", maintain_order=True),
        contradictions=contradictions,
        left_out=left_out,
    )


def calendar_of(mapping: Mapping, folder: Path | None = None) -> WorkingCalendar:
    """Return the calendar of a mapping, by its code or of its plain hours.

    Raises:
        InputError: no such calendar, or it lies in another zone than the mapping.
    """
    if isinstance(mapping.calendar, PlainHours):
        return plain_hours(mapping, mapping.calendar)
    calendar = load_calendar(mapping.calendar, folder)
    if mapping.zone != calendar.zone:
        raise InputError(
            f"the mapping reads dates in {mapping.zone}, calendar {calendar.code!r} lies in {calendar.zone}:"
            " choose a calendar of the same zone"
        )
    return calendar


def last_instant(foreign: ForeignLog) -> int:
    """Return a log's last event, at which what is open is judged (epoch seconds); of a register also its last end."""
    instants = foreign.events["at"] if foreign.events.height else foreign.dossiers["begun"]
    if foreign.mapping.register_ is not None:
        instants = pl.concat([instants, foreign.dossiers["ended"]])  # a register's rows begin at receipt
    last = instants.dt.epoch("us").max()
    return last // 1_000_000 if isinstance(last, int) else 0


def plain_hours(mapping: Mapping, hours: PlainHours) -> WorkingCalendar:
    """Return the calendar of a mapping's plain hours."""
    week = week_of(hours.week)
    return WorkingCalendar.build(
        code=f"{mapping.log}_hours",
        zone=mapping.zone,
        first_day=hours.first,
        last_day=hours.last,
        week=week,
        office_day=max(sum(closes - opens for opens, closes in day) for day in week),
        days_off=[
            DatedDay(day=day, name_vi="ngày nghỉ", name_en="day off", source="the mapping") for day in hours.days_off
        ],
    )


def due_after(begun: pl.Series, limit: str, calendar: WorkingCalendar, name: str = "due") -> pl.Series:
    """Return the due instants of a term counted in whole days from each instant, null where that is null.

    A term in days that ends where the office closes at midnight ends in the second before: on the day it belongs to.

    Raises:
        BeyondCalendarError: a due instant lies outside the calendar's known days.
    """
    terms = Terms(parse_limit(limit))
    seconds = begun.dt.epoch("us") // 1_000_000
    firsts = seconds.unique().drop_nulls()
    found = {int(first): due_at(calendar, terms, int(first)) * 1_000_000 for first in firsts}
    due = seconds.replace_strict(found, default=None, return_dtype=pl.Int64).cast(UTC_INSTANT).alias(name)
    if isinstance(terms.limit, (OfficeHours, ElapsedHours)):
        return due
    at_midnight = (due.dt.convert_time_zone(calendar.zone).dt.time() == time()).fill_null(value=False)
    return due.to_frame().select(
        pl.col(name) - pl.when(at_midnight).then(pl.duration(seconds=1)).otherwise(pl.duration())
    )[name]


def _references(applicants: pl.Series, mapping: Mapping) -> pl.Series:
    """Return who applied as references that tell people apart and name nobody."""
    known = {
        name: "log:" + hashlib.sha256(f"{mapping.log}\0{name}".encode()).hexdigest()[:20]
        for name in applicants.unique().drop_nulls()
    }
    return applicants.replace_strict(known, default=None, return_dtype=pl.String)


def _ended_by(dossiers: pl.DataFrame, events: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Let the last of certain steps end a dossier where no attribute tells its end."""
    last = events.filter(pl.col("step").is_in(list(mapping.ended_by))).group_by("nr").agg(pl.col("at").max())
    known = dossiers.join(last, on="nr", how="left", maintain_order="left")
    return known.with_columns(pl.col("ended").fill_null(pl.col("at"))).drop("at")


def _check_attributes(log: EventLog, mapping: Mapping) -> None:
    named = [(path, column.attribute) for path, column in mapping.columns()]
    named += [("only", name) for name in mapping.only]
    faults: list[str] = []
    for path, name in named:
        if name in log.seen:
            continue
        near = get_close_matches(name, log.seen, n=1, cutoff=0.5)
        faults.append(f"{name!r} ({path}" + (f"; near: {near[0]!r})" if near else ")"))
    if faults:
        known = "" if len(log.seen) > 30 else f"; it has {', '.join(log.seen)}"
        what = "the attribute" if len(faults) == 1 else "the attributes"
        raise LogError(
            f"{log.name}: nowhere in the log {'is' if len(faults) == 1 else 'are'} {what} " + ", ".join(faults) + known
        )


def _chosen(mapping: Mapping, names: tuple[str, ...]) -> Iterator[tuple[str, Column]]:
    for name in names:
        column: Column | None = getattr(mapping, name)
        if column is not None:
            yield name, column


def _raw(log: EventLog, column: Column) -> pl.Series:
    """Return the attribute as written; declared, but never with a value that was kept: all null."""
    if column.attribute in log.frame.columns:
        return log.frame[column.attribute]
    return pl.Series(column.attribute, [None] * log.frame.height, dtype=pl.String)


def texts_of(log: EventLog, mapping: Mapping, column: Column) -> pl.Series:
    """Return a mapped attribute of every row as text: cut, renamed, null where it is blank."""
    values = _raw(log, column)
    blank = ["", *mapping.blank, *column.blank]
    values = values.set(values.is_in(blank), None)
    if column.cut is not None:
        from store.mapping import groups_of

        cut = values.str.extract(column.cut, 1 if groups_of(column.cut) else 0)
        if column.otherwise is not None:
            values = values.set(values.is_not_null(), column.otherwise)
        values = cut.zip_with(cut.is_not_null(), values)
        values = values.set(values.is_in(blank), None)
    return values.replace(column.values) if column.values else values


def _place(log: EventLog, column: Column, row: int) -> str:
    of_case = log.cases and column.attribute.startswith("case:")
    return f"{log.name}: {log.place} {log.frame[CASE_LINE if of_case else LINE][row]}"


def _instants(log: EventLog, mapping: Mapping, name: str, column: Column, calendars: Path | None) -> pl.Series:
    values = texts_of(log, mapping, column)
    wrong = log.kinds.get(column.attribute, frozenset()) - {"date", "string"}
    if wrong:
        row = values.is_not_null().arg_max() or 0
        raise LogError(
            f"{_place(log, column, row)}: {column.attribute!r} is declared {min(wrong)}; as {name} it must be a date"
        )
    found = read_instants(values, mapping.zone if mapping.local_times else None)
    if isinstance(found, BadInstant):
        raise LogError(f"{_place(log, column, found.row)}: {column.attribute!r} ({name}): {found.why}")
    if name in _DUES:
        hours = _LAST_SECOND if mapping.register_ is not None else _BARE_DATE
        is_bare = values.str.contains(hours).fill_null(value=False)
        if is_bare.any():
            return _until_closing(found, is_bare, calendar_of(mapping, calendars))
    return found


def _until_closing(dues: pl.Series, is_bare: pl.Series, calendar: WorkingCalendar) -> pl.Series:
    """Return due instants of which some are dates without an hour: those last until the office closes that day.

    On a day off, and where the office does not close before midnight, until the last second of the day.
    """
    days = dues.dt.convert_time_zone(calendar.zone).dt.date()
    ends: dict[date, int] = {}
    for day in days.filter(is_bare).unique():
        end = to_seconds(datetime.combine(day, time(23, 59, 59), ZoneInfo(calendar.zone)))
        is_known = calendar.first_day <= day <= calendar.last_day and calendar.is_worked(day)
        ends[day] = min(calendar.closing(day), end) if is_known else end
    seconds = days.replace_strict(ends, default=None, return_dtype=pl.Int64)
    return (seconds * 1_000_000).cast(UTC_INSTANT).zip_with(is_bare, dues)


def _typed(log: EventLog, mapping: Mapping, column: Column) -> pl.Series:
    """Return a further attribute with the type it was declared with; text where the log does not keep to one."""
    values = texts_of(log, mapping, column)
    kinds = log.kinds.get(column.attribute, frozenset())
    kind = min(kinds) if len(kinds) == 1 else "string"
    typed = values
    if kind in _NUMBERS:
        typed = values.cast(_NUMBERS[kind], strict=False)
    elif kind == "boolean":
        typed = values.str.to_lowercase().replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)
    if (bad := typed.is_null() & values.is_not_null()).any():
        row = bad.arg_max() or 0
        raise LogError(f"{_place(log, column, row)}: {column.attribute!r} is declared {kind} but reads {values[row]!r}")
    return typed


def _kept(log: EventLog, mapping: Mapping) -> pl.Series:
    kept = pl.Series([True]).new_from_index(0, log.frame.height)
    for name, allowed in mapping.only.items():
        values = _raw(log, Column(attribute=name))
        kept = kept & values.is_in(list(allowed)).fill_null(value=False)
    return kept


def _numbered(log: EventLog, mapping: Mapping, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with ``nr``: dossiers in the order in which the log first names them."""
    if frame["dossier"].has_nulls():
        row = frame["dossier"].is_null().arg_max() or 0
        where = _place(log, mapping.dossier, row)
        raise LogError(f"{where}: no {mapping.dossier.attribute!r}, by which dossiers are told apart")
    if log.cases and mapping.dossier.attribute.startswith("case:"):
        firsts = frame.unique(CASE, keep="first", maintain_order=True).select(CASE, CASE_LINE, "dossier")
        twice = firsts.filter(firsts["dossier"].is_duplicated())
        if not twice.is_empty():
            same = twice.filter(pl.col("dossier") == twice["dossier"][0])[CASE_LINE]
            raise LogError(
                f"{log.name}: line {same[1]}: a second trace is called {twice['dossier'][0]!r}; line {same[0]} has one"
            )
    numbers = frame.select("dossier").unique(keep="first", maintain_order=True).with_row_index("nr")
    return frame.join(numbers, on="dossier", how="left", maintain_order="left")


def _dossiers(frame: pl.DataFrame, events: pl.DataFrame, mapping: Mapping) -> tuple[pl.DataFrame, int]:
    """Return one row a dossier (the first value the log gives), and how many dossiers have values that differ."""
    of_case = [*_OF_CASE, *(f"data.{name}" for name in mapping.attributes)]
    grouped = frame.group_by("nr", maintain_order=True).agg(
        pl.col("dossier").first(),
        pl.col(CASE_LINE).first().alias("line"),
        *(pl.col(name).drop_nulls().first() for name in of_case),
        pl.any_horizontal(*(pl.col(name).drop_nulls().n_unique() > 1 for name in of_case)).alias("differs"),
    )
    spans = events.group_by("nr").agg(
        pl.len().alias("events"),
        pl.col("at").first().alias("first_at"),
        pl.col("started").first().alias("first_started"),
        pl.col("at").max().alias("last_at"),
    )
    joined = grouped.join(spans, on="nr", how="left", maintain_order="left")
    joined = joined.with_columns(pl.col("events").fill_null(0))
    return joined.drop("differs"), int(grouped["differs"].sum())


def _contradictions(dossiers: pl.DataFrame, events: pl.DataFrame, mapping: Mapping) -> dict[str, int]:
    """Count the dossiers that contradict themselves, by kind."""
    disordered = events.filter(pl.col("at").diff().over("nr") < pl.duration())["nr"].n_unique()
    backwards = events.filter(pl.col("started") > pl.col("at"))["nr"].n_unique()
    earliest = events.group_by("nr").agg(pl.col("at").min().alias("earliest_at"))
    known = dossiers.join(earliest, on="nr", how="left", maintain_order="left")
    return {
        "events_out_of_order": disordered,
        "event_ends_before_it_starts": backwards,
        "event_before_receipt": known.filter(pl.col("earliest_at") < pl.col("received")).height,
        "event_after_end": known.filter(pl.col("last_at") > pl.col("ended")).height,
        "end_before_receipt": known.filter(pl.col("ended") < pl.col("received")).height,
        "due_before_receipt": known.filter(pl.col("due") < pl.col("received")).height,
        "receipt_missing": known["received"].null_count() if mapping.received is not None else 0,
        "without_event": known.filter(pl.col("events") == 0).height,
    }
