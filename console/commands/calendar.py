"""`motcua calendar`: what the calendars know, whether a file is right, and what a new version would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.output import Column, CsvFlag, JsonFlag, write_json, write_pairs, write_rows

if TYPE_CHECKING:
    from datetime import date

    from console.wording.days import Language
    from engine.calendar import DayNote, WorkingCalendar

app = typer.Typer(help="Working calendars: dated days off and worked, with their sources.", no_args_is_help=True)

_LANGUAGE = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting, vi.")]


@app.command("list")
def list_(*, as_json: JsonFlag = False, as_csv: CsvFlag = False) -> None:
    """Print every calendar: those of the agency's folder and those that come with the project."""
    from console.settings import settings
    from procedures.calendars import load_all

    rows = [
        {
            "code": calendar.code,
            "title_vi": calendar.facts.title_vi,
            "title_en": calendar.facts.title_en,
            "zone": calendar.zone,
            "first_day": calendar.first_day.isoformat(),
            "last_day": calendar.last_day.isoformat(),
            "confirmed_through": calendar.facts.confirmed_through.isoformat(),
            "office_day_hours": calendar.office_day / 3600,
            "digest": calendar.digest[:12],
        }
        for calendar in load_all(settings().calendars).values()
    ]
    shown = ("code", "title_vi", "zone", "first_day", "last_day", "confirmed_through", "office_day_hours", "digest")
    write_rows(rows, [Column(key, key) for key in shown], as_json=as_json, as_csv=as_csv)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="Code or file of the calendar.")],
    period: Annotated[str, typer.Argument(help="A month 2026-08, a year 2026 or a day 2026-08-22.")],
    language: _LANGUAGE = None,
    *,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Print the days of a period: windows, why a day is off or worked out of turn, and the source of that."""
    from console.commands.time import chosen_calendar, chosen_language

    calendar = chosen_calendar(code)
    speaking = chosen_language(language)
    rows = [_day_row(calendar, day, speaking) for day in _days_of(calendar, period)]
    columns = [Column(key, key) for key in ("day", "weekday", "windows", "reason", "provisional", "source")]
    write_rows(rows, columns, as_json=as_json, as_csv=as_csv)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Calendar files.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print every fault of the files with its place and what is expected; exit code 2 if there are any."""
    from console.settings import settings
    from procedures.calendars import check_calendar

    checks = [check_calendar(path, settings().calendars) for path in files]
    if as_json:
        write_json(
            [
                {
                    "file": found.name,
                    "digest": found.calendar.digest if found.calendar else None,
                    "faults": [
                        {"path": fault.path, "line": fault.line, "message": fault.message, "remedy": fault.remedy}
                        for fault in found.faults
                    ],
                }
                for found in checks
            ]
        )
    else:
        for found in checks:
            for fault in found.faults:
                print(f"{found.name}: {fault}")
            if found.calendar is not None:
                calendar = found.calendar
                print(f"{found.name}: {calendar.code} is right, {calendar.first_day} to {calendar.last_day}")
    if any(found.faults for found in checks):
        raise typer.Exit(2)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The new version of a calendar.")],
    language: _LANGUAGE = None,
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would change.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print which days the new version changes against the one in force."""
    from console.commands.time import chosen_calendar, chosen_language
    from engine.calendar import changed_days
    from engine.errors import InputError
    from procedures.calendars import load_calendar

    if not preview:
        raise InputError(f"calendar {file}: give --preview to see what the new version would change")
    new = load_calendar(file)
    old = chosen_calendar(new.code)
    speaking = chosen_language(language)
    rows = [
        {
            "day": day.isoformat(),
            "windows_before": _windows_text(old, day),
            "windows_after": _windows_text(new, day),
            "reason_before": _reason(before, speaking),
            "reason_after": _reason(after, speaking),
            "source": after.source if after is not None else "",
        }
        for day, (before, after) in changed_days(old, new).items()
    ]
    if as_json:
        write_json(
            {
                "calendar": new.code,
                "digest_before": old.digest,
                "digest_after": new.digest,
                "known_before": [old.first_day, old.last_day],
                "known_after": [new.first_day, new.last_day],
                "changed_days": rows,
            }
        )
        return
    write_pairs(
        [
            ("calendar", new.code),
            ("before", f"{old.digest[:12]}  {old.first_day} to {old.last_day}"),
            ("after", f"{new.digest[:12]}  {new.first_day} to {new.last_day}"),
            ("changed days", len(rows)),
        ]
    )
    columns = ("day", "windows_before", "windows_after", "reason_before", "reason_after")
    if rows:
        write_rows(rows, [Column(key, key) for key in columns])


def _days_of(calendar: WorkingCalendar, period: str) -> list[date]:
    import re
    from calendar import monthrange
    from datetime import date, timedelta

    from engine.errors import InputError

    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", period, re.ASCII)
    try:
        if found is None:
            raise ValueError
        year, month, day = (None if part is None else int(part) for part in found.groups())
        first = date(year or 0, month or 1, day or 1)
        last = first if day else date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    except ValueError:
        raise InputError(f"period {period!r} cannot be read: write 2026-08, 2026 or 2026-08-22") from None
    first, last = max(first, calendar.first_day), min(last, calendar.last_day)
    if first > last:
        raise InputError(
            f"calendar {calendar.code} covers {calendar.first_day} to {calendar.last_day}, nothing of {period}"
        )
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def _day_row(calendar: WorkingCalendar, day: date, language: Language) -> dict[str, object]:
    from console.wording.days import short_weekday_text

    note, week_source = calendar.reason(day), calendar.facts.week_source
    return {
        "day": day.isoformat(),
        "weekday": short_weekday_text(day, language),
        "windows": _windows_text(calendar, day),
        "reason": _reason(note, language),
        "provisional": calendar.is_provisional(day),
        "source": note.source if note is not None and note.source != week_source else "",
        "week_source": week_source,
    }


def _windows_text(calendar: WorkingCalendar, day: date) -> str:
    from engine.instants import to_datetime

    def clock(at: int) -> str:
        local = to_datetime(at, calendar.zone)
        return f"{local:%H:%M}" if local.date() == day else "24:00"

    return " ".join(f"{clock(opening)}-{clock(closing)}" for opening, closing in calendar.windows(day))


def _reason(note: DayNote | None, language: Language) -> str:
    from console.wording.derivation import note_text

    return "" if note is None else note_text(note, language)
