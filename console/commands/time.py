"""`motcua time`: due instants with their derivation, and office time between two instants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.output import JsonFlag, write_json, write_pairs

if TYPE_CHECKING:
    from datetime import time

    from console.wording.days import Language
    from engine.calendar import WorkingCalendar
    from engine.counting import Pause
    from engine.limits import CountingRule

app = typer.Typer(help="Working time: due instants and office time.", no_args_is_help=True)

CalendarOption = Annotated[
    str | None, typer.Option("--calendar", help="Code or file of the calendar; default: the setting, vn.")
]
LanguageOption = Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting, vi.")]


@app.command()
def due(
    received: Annotated[str, typer.Argument(metavar="INSTANT", help="When counting begins: '2026-08-21 16:00'.")],
    limit: Annotated[str, typer.Argument(metavar="LIMIT", help="'3 working days', '8 office hours', '2 months' …")],
    rule: Annotated[str, typer.Option(help="whole_days or from_instant.")] = "whole_days",
    cutoff: Annotated[
        str | None, typer.Option(help="After this hour it counts as received on the next working day: 15:00.")
    ] = None,
    stop: Annotated[
        list[str] | None, typer.Option(help="A stop of the clock, 'SINCE..UNTIL'; may be given several times.")
    ] = None,
    calendar: CalendarOption = None,
    language: LanguageOption = None,
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Every day counted or skipped, and why.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print when LIMIT, counted from INSTANT, runs out.

    An instant without an offset is local time of the calendar's zone.
    """
    from console.wording.days import instant_text, length_text
    from console.wording.derivation import derivation_lines
    from engine.clock import DeadlineClock
    from engine.counting import Terms
    from engine.derivation import as_data
    from engine.instants import parse_instant, to_datetime, to_seconds
    from engine.limits import format_limit, parse_limit

    speaking = chosen_language(language)
    days = chosen_calendar(calendar)
    start = to_seconds(parse_instant(received, days.zone))
    terms = Terms(parse_limit(limit), _rule(rule), None if cutoff is None else _clock(cutoff))
    clock = DeadlineClock(days, terms, start, pauses=_stops(stop or [], days))
    ends = clock.due_seconds
    derivation = clock.derivation()
    office = None if ends is None else days.seconds_between(start, ends)
    if as_json:
        write_json(
            {
                "due": None if ends is None else to_datetime(ends, days.zone).isoformat(),
                "office_seconds": office,
                "start": to_datetime(start, days.zone).isoformat(),
                "limit": format_limit(terms.limit),
                "provisional": derivation.provisional,
                "derivation": as_data(derivation),
            }
        )
        return
    if explain:
        print("\n".join(derivation_lines(derivation, speaking)))
        return
    vi = speaking == "vi"
    pairs: list[tuple[str, object]] = []
    if ends is not None and office is not None:
        pairs.append(("hạn trả" if vi else "due", instant_text(to_datetime(ends, days.zone), speaking)))
        pairs.append(("giờ làm việc" if vi else "office time", length_text(office, speaking)))
    else:
        pairs.append(("hạn trả" if vi else "due", "chưa có, đồng hồ đang dừng" if vi else "none, the clock is stopped"))
    if derivation.provisional:
        pairs.append(
            ("tạm tính", "có ngày chưa được công bố") if vi else ("provisional", "some days are not confirmed yet")
        )
    write_pairs(pairs)


@app.command()
def between(
    a: Annotated[str, typer.Argument(metavar="A", help="From: '2026-08-21 16:00'.")],
    b: Annotated[str, typer.Argument(metavar="B", help="To; negative when it lies before A.")],
    calendar: CalendarOption = None,
    language: LanguageOption = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print the office time from A to B."""
    from console.wording.days import length_text
    from engine.instants import parse_instant, to_seconds

    speaking = chosen_language(language)
    days = chosen_calendar(calendar)
    first, last = parse_instant(a, days.zone), parse_instant(b, days.zone)
    start, end = to_seconds(first), to_seconds(last)
    office = days.seconds_between(start, end)
    if as_json:
        write_json(
            {
                "office_seconds": office,
                "elapsed_seconds": end - start,
                "from": first.isoformat(),
                "to": last.isoformat(),
                "calendar": days.code,
            }
        )
        return
    names = ("giờ làm việc", "thời gian trôi qua") if speaking == "vi" else ("office time", "elapsed time")
    write_pairs([(names[0], length_text(office, speaking)), (names[1], length_text(end - start, speaking))])


def chosen_calendar(code: str | None) -> WorkingCalendar:
    """Return the calendar named on the command line, or the one of the settings."""
    from console.settings import settings
    from procedures.calendars import load_calendar

    chosen = settings()
    return load_calendar(code or chosen.calendar, chosen.calendars)


def chosen_language(text: str | None) -> Language:
    """Return the language named on the command line, or the one of the settings."""
    from console.settings import settings
    from engine.errors import InputError

    chosen = text or settings().language
    if chosen not in {"vi", "en"}:
        raise InputError(f"--lang {chosen!r} is unknown: write vi or en")
    return "vi" if chosen == "vi" else "en"


def _rule(text: str) -> CountingRule:
    from engine.errors import InputError
    from engine.limits import CountingRule

    try:
        return CountingRule(text)
    except ValueError:
        raise InputError(f"--rule {text!r} is unknown: write whole_days or from_instant") from None


def _clock(text: str) -> time:
    import re
    from datetime import time

    from engine.errors import InputError

    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII)
    if found is None:
        raise InputError(f"--cutoff {text!r} is no hour of the day: write 15:00")
    return time(int(found[1]), int(found[2]))


def _stops(texts: list[str], days: WorkingCalendar) -> tuple[Pause, ...]:
    from engine.counting import Pause
    from engine.errors import InputError
    from engine.instants import parse_instant, to_seconds

    found: list[Pause] = []
    for text in texts:
        since, dots, until = text.partition("..")
        if not dots:
            raise InputError(f"--stop {text!r} cannot be read: write 'SINCE..UNTIL', or 'SINCE..' while it lasts")
        begin = to_seconds(parse_instant(since, days.zone))
        end = to_seconds(parse_instant(until, days.zone)) if until.strip() else None
        if end is not None and end < begin:
            raise InputError(f"--stop {text!r} ends before it begins")
        found.append(Pause(begin, end, ""))
    return tuple(found)
