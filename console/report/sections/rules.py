"""The appendix: every rule with its parameters and where each comes from, when a pattern is raised, how to check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from console.report.parts import Section, Table
from console.wording.parameters import parameter_name, vietnamese_value
from console.wording.report_judged import BARS, CERTAINTIES

if TYPE_CHECKING:
    from console.report.documents import Documents
    from console.report.voice import Voice


def section(found: Documents, source: str, voice: Voice) -> Section:
    """Return the appendix."""
    say = voice.say
    return Section(
        key="rules",
        title=say("rules_title"),
        finding=say("rules_finding", n=voice.number(len(found.signals["rules"]))),
        tables=[_rules(found, voice), _bars(found, voice)],
        paragraphs=[say("source_line", source=source), say("rights_line")],
        limits=[say("rules_check")],
    )


def _rules(found: Documents, voice: Voice) -> Table:
    say = voice.say
    rows = []
    for rule in found.signals["rules"]:
        parameters = [
            Markup("{} = {} <small>({})</small>").format(
                parameter_name(name, voice.lang), _value(one["value"], voice), _source(one["source"], voice)
            )
            for name, one in rule["parameters"].items()
        ]
        basis = voice.cited(rule["basis"]) + ("" if rule["confirmed"] else f" ({say('unconfirmed')})")
        rows.append(
            [
                rule["code"],
                voice.title(rule["name"]),
                basis,
                voice.called(CERTAINTIES, rule["certainty"]),
                Markup("<br>").join(parameters),
            ]
        )
    return Table(
        caption=say("rules_caption"),
        headings=[say(key) for key in ("code", "looked_for", "legal_basis", "certainty", "parameters")],
        rows=rows,
    )


def _bars(found: Documents, voice: Voice) -> Table:
    say = voice.say
    rows = [
        [voice.called(BARS, name), _value(one["value"], voice), _source(str(one["source"]), voice)]
        for name, one in found.bars.items()
    ]
    return Table(
        caption=say("bars_caption"),
        headings=[say("bar"), say("value"), say("source")],
        rows=rows,
        numbers=frozenset({1}),
    )


def _value(value: Any, voice: Voice) -> str:  # noqa: ANN401  a number or a length as written
    if isinstance(value, str):
        return vietnamese_value(value) if voice.lang == "vi" else value
    return voice.number(value, 0 if float(value).is_integer() else len(f"{value:.6g}".partition(".")[2]))


def _source(text: str, voice: Voice) -> Markup | str:
    """Return where a number comes from; what was written in English is marked as such on a Vietnamese page."""
    is_proposal = text.startswith("proposal")
    if voice.lang == "en":
        return text
    rest = text.removeprefix("proposal").lstrip(": ")
    told = Markup('<span lang="en">{}</span>').format(rest) if rest else Markup("")
    if not is_proposal:
        return told
    return Markup("{}: {}").format(voice.say("proposal"), told) if rest else voice.say("proposal")
