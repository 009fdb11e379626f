"""`motcua calendar`: what the calendars know, whether a file is right, and what a new version would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.output import CsvFlag, JsonFlag, write_json, write_rows

if TYPE_CHECKING:
    from datetime import date

    from console.wording.days import Language
    from engine.calendar import WorkingCalendar

app = typer.Typer(help="Working calendars: dated days off and worked, with their sources.", no_args_is_help=True)

_LANGUAGE = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting, vi.")]


@app.command("list")
def list_(*, as_json: JsonFlag = False, as_csv: CsvFlag = False) -> None:
    """Print every calendar: those of the agency's folder and those that come with the project."""
    from console.commands.time import chosen_language
    from console.settings import settings
    from console.wording.headings import columns
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
    write_rows(rows, columns(shown, chosen_language(None)), as_json=as_json, as_csv=as_csv)


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
    from console.wording.headings import columns
    from console.wording.phrases import say

    calendar = chosen_calendar(code)
    speaking = chosen_language(language)
    rows = [_day_row(calendar, day, speaking) for day in _days_of(calendar, period)]
    if not (as_json or as_csv):
        rows = [row | {"provisional": say("yes" if row["provisional"] else "no", speaking)} for row in rows]
    keys = ("day", "weekday", "windows", "reason", "provisional", "source")
    write_rows(rows, columns(keys, speaking), as_json=as_json, as_csv=as_csv)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Calendar files.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print every fault of the files with its place and what is expected; exit code 2 if there are any."""
    from console.commands.time import chosen_language
    from console.settings import settings
    from console.wording.phrases import say
    from procedures.calendars import check_calendar

    speaking = chosen_language(None)
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
                days = {"first": calendar.first_day, "last": calendar.last_day}
                print(say("calendar_right", speaking, file=found.name, code=calendar.code, **days))
    if any(found.faults for found in checks):
        raise typer.Exit(2)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The new version of a calendar, named as its code: vn.yaml.")],
    by: Annotated[str, typer.Option("--by", help="The officer who edits the calendar.")] = "",
    confirmed_by: Annotated[str, typer.Option("--confirmed-by", help="Another officer, who has checked it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, as it stands on each dossier.")] = "",
    document: Annotated[str, typer.Option("--document", help="Number of the document that lays it down.")] = "",
    at: Annotated[str | None, typer.Option("--at", help="Late or not at, '2026-08-21 16:00'; default: now.")] = None,
    language: _LANGUAGE = None,
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would change.")] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Show what a new version of a calendar changes, or put it in force and move the due instants of open dossiers.

    With --preview: which days change, and every open dossier and hold whose due instant moves, who becomes late and
    who no longer is. Nothing is written.

    With --by and --confirmed-by, two different officers (exit code 3 otherwise): the file is installed into the
    agency's own folder of calendars, and each moved due instant is recorded on its dossier with reason and document.
    It may be interrupted and run again: what is left is done, then nothing.
    """
    from console.calendar_edit import put_in_force, show_preview
    from console.commands.time import chosen_language
    from console.settings import settings
    from engine.errors import InputError
    from procedures.calendar_edits import read_edit

    if preview == bool(by or confirmed_by):
        raise InputError(f"calendar {file}: give either --preview, or --by and --confirmed-by to put it in force")
    edit = read_edit(file, settings().calendars)
    speaking = chosen_language(language)
    if preview:
        show_preview(edit, at, speaking, as_json=as_json, as_csv=as_csv)
        return
    if as_csv:
        raise InputError("--csv goes with --preview only")
    put_in_force(
        edit,
        file,
        by=by,
        confirmed_by=confirmed_by,
        reason=reason,
        document_no=document,
        at=at,
        speaking=speaking,
        as_json=as_json,
    )


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
    from console.wording.calendar_days import reason_text, windows_text
    from console.wording.days import short_weekday_text

    note, week_source = calendar.reason(day), calendar.facts.week_source
    return {
        "day": day.isoformat(),
        "weekday": short_weekday_text(day, language),
        "windows": windows_text(calendar, day),
        "reason": reason_text(note, language),
        "provisional": calendar.is_provisional(day),
        "source": note.source if note is not None and note.source != week_source else "",
        "week_source": week_source,
    }
