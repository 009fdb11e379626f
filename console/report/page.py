"""Writing the page: documents gathered, sections made of them, all put into the template with every text escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.report.sections.replies import Reply
    from console.wording.days import Language
    from engine.casebook import Casebook

_TEMPLATE: Final = Path(__file__).with_name("page.html.jinja")
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What the page may do in a browser: show itself."""


def write_report(
    book: Casebook, output: Path, *, title: str, source: str, lang: Language, filed: Sequence[Reply] = ()
) -> None:
    """Write one self-contained HTML page about a casebook.

    Args:
        book: a log's, or a store's.
        output: the file; one that is there is replaced.
        title: what the source is called.
        source: where it comes from, to be cited.
        lang: of the page.
        filed: signals of a store's log and how far each has come.

    Raises:
        InputError: the file cannot be written, or the mapping has values for a parameter that no signal has.
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    from engine.errors import InputError

    text = page(book, title=title, source=source, lang=lang, filed=filed)
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror or error}") from None


def page(book: Casebook, *, title: str, source: str, lang: Language, filed: Sequence[Reply] = ()) -> str:
    """Return the page as HTML; the same casebook always gives the same page.

    Raises:
        InputError: the mapping has values for a parameter that no signal has.
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from console.report.documents import gather
    from console.report.minute import key_figures
    from console.report.sections import (
        attribution,
        bunching,
        chances,
        handovers,
        lateness,
        rules,
        scorecards,
        signals,
        waiting,
    )
    from console.report.voice import Voice

    voice = Voice(lang=lang, titles=book.titles, steps=book.steps)
    found = gather(book, filed)
    sections = [
        lateness.section(found, voice),
        attribution.section(found, voice),
        bunching.section(found, voice),
        handovers.section(found, book, voice),
        waiting.section(found, voice),
        signals.section(found, voice, filed),
        scorecards.section(found, voice),
        chances.section(found, voice),
        rules.section(found, source, voice),
    ]
    first, last = found.period or ("", "")
    facts = [
        (voice.say("fact_source"), source),
        (voice.say("fact_dossiers"), voice.number(found.lateness["dossiers"])),
        (voice.say("fact_judged"), voice.day(found.lateness["judged_at"])),
        (voice.say("fact_calendar"), f"{book.calendar.code}, {book.zone}"),
    ]
    if found.period:
        facts.insert(1, (voice.say("fact_period"), voice.say("from_to", first=voice.day(first), last=voice.day(last))))
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["drawn"] = Markup
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        lang=lang,
        policy=POLICY,
        title=title,
        say=voice.say,
        facts=facts,
        keys=key_figures(found, voice),
        sections=[one for one in sections if one is not None],
    )
