"""`motcua demo`: a month of the sample province in virtual time, and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.output import Column, JsonFlag, write_json, write_pairs, write_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.wording.days import Language
    from workflows.demo_report import DemoReport

app = typer.Typer()

_DOSSIERS = (
    "received",
    "resolved",
    "early",
    "on_time",
    "late",
    "without_term",
    "stopped",
    "withdrawn",
    "open",
    "overdue",
)
_WORK = ("ended", "late", "open", "overdue", "silent_opinions")
_BESIDE = ("submitted", "declined", "at_intake", "sub_dossiers", "supplements", "silent_opinions", "apologies")


@app.command("demo")
def demo(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed tells the same month.")] = 7,
    start: Annotated[str | None, typer.Option("--from", help="First day; default: 2 November 2026.")] = None,
    database: Annotated[
        str | None, typer.Option("--db", help="Keep the dossiers in this database, an empty one or a demo's.")
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="vi or en; default: the setting.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Live through some days of a sample province in virtual time and print the result.

    Touches no database unless one is named, and never one that holds real dossiers.
    """
    from console.settings import settings
    from console.wording.phrases import language
    from console.workplace import now
    from engine.instants import parse_instant
    from store import open_store
    from workflows.demo import START, run_month

    speaking = language(lang or settings().language)
    begins = START if start is None else parse_instant(start, START.timezone_name or "UTC").start_of("day")
    if database is None:
        report = run_month(days, seed, begins)
    else:
        with open_store(database) as store:
            report = run_month(days, seed, begins, store)
    if as_json:
        write_json(report.as_json())
    else:
        tell(report, speaking, now(), is_kept=database is not None)


def tell(report: DemoReport, lang: Language, now: int, *, is_kept: bool) -> None:
    """Print the result for people, and whether it ends after ``now`` (epoch seconds)."""
    from dataclasses import asdict

    from console.wording import demo as say
    from console.wording.days import day_text
    from console.wording.phrases import BREACHES

    since, until = (day_text(day.date(), lang) for day in (report.start, report.until.subtract(days=1)))
    print(say.TITLE.say(lang, days=report.days, since=since, until=until, seed=report.seed))
    print(say.INVENTED.say(lang))
    if report.until.timestamp() > now:
        print(say.AHEAD.say(lang, until=day_text(report.until.date(), lang)))
        if is_kept:
            print(say.AHEAD_KEPT.say(lang, at=report.until.format("YYYY-MM-DD HH:mm")))
    print()
    total = asdict(report.total)
    write_pairs((say.FIGURES[key].say(lang), value) for key, value in _aligned({key: total[key] for key in _DOSSIERS}))
    print()
    write_pairs(
        (say.FIGURES[key].say(lang), value) for key, value in _aligned({key: getattr(report, key) for key in _BESIDE})
    )
    if report.breaches:
        print(f"\n{say.BREACHES.say(lang)}")
        write_pairs((f"  {BREACHES[rule].say(lang)}", value) for rule, value in _aligned(report.breaches))
    titles = _titles(lang)
    for title, kind, rows, keys in (
        (say.BY_AGENCY, say.AGENCY, report.by_agency, _DOSSIERS),
        (say.BY_PROCEDURE, say.PROCEDURE, report.by_procedure, _DOSSIERS),
        (say.HANDLING, say.AGENCY, report.handling, _WORK),
    ):
        print(f"\n{title.say(lang)}")
        lines = [{"name": _short(titles.get(code, code))} | asdict(row) for code, row in rows.items()]
        if keys is _DOSSIERS:
            lines.append({"name": say.ALL.say(lang)} | total)
        named = [Column("name", kind.say(lang)), *(Column(key, say.FIGURES[key].say(lang), right=True) for key in keys)]
        write_rows(lines, named)


def _aligned(figures: Mapping[str, int]) -> list[tuple[str, str]]:
    """Figures as texts of one width."""
    wide = max(len(str(value)) for value in figures.values())
    return [(key, f"{value:>{wide}}") for key, value in figures.items()]


def _titles(lang: Language) -> dict[str, str]:
    """What people call the agencies of the sample province and its procedures."""
    from procedures.catalogue import Catalogue
    from procedures.directory import load_directory
    from workflows.demo import DIRECTORY

    agencies = load_directory(DIRECTORY).agencies.values()
    found = {one.code: one.title_vi if lang == "vi" else one.title_en for one in agencies}
    for procedure in Catalogue().all():
        found[procedure.code] = f"{procedure.code} {procedure.title.vi if lang == 'vi' else procedure.title.en}"
    return found


def _short(title: str, most: int = 52) -> str:
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"
