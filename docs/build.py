"""Write docs/cli.md, docs/signals.md and the tables of docs/glossary.md from the code: `make docs`; a test asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from console.app import build
from console.wording import judging, phrases, terms
from engine.commands import name_of
from engine.events import Fact
from procedures.signals import BARS, load_signals

CLI = Path(__file__).with_name("cli.md")
GLOSSARY = Path(__file__).with_name("glossary.md")
SIGNALS = Path(__file__).with_name("signals.md")
BEGIN, END = "<!-- generated: make docs -->\n", "<!-- end -->\n"
HEAD = """\
# The commands

Written by `make docs` from the commands themselves; change their docstrings, not this file.

Every command takes `--help`. Results go to stdout, complaints to stderr. Exit codes: 0 done; 1 only where
`procedures check`, `overdue` or `verify` find something; 2 wrong usage, unreadable input or an unknown number;
3 not allowed; 4 somebody else changed the dossier meanwhile.
"""


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Walk the command tree in the order people see it, giving each command that does something."""
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from leaves(child, f"{path} {name}")
    else:
        yield path, command


def glossary() -> str:
    """Return docs/glossary.md with its generated tables made anew."""
    written, rest = GLOSSARY.read_text(encoding="utf-8").split(BEGIN)
    tables = [
        _table("Facts", ("in code", "stored as", "tiếng Việt", "meaning"), map(_fact_row, terms.FACTS.items())),
        _table(
            "Commands", ("in code", "written as", "tiếng Việt", "meaning"), map(_command_row, terms.COMMANDS.items())
        ),
        *(
            _table(title, ("code", "tiếng Việt", "English"), ((f"`{code}`", *it) for code, it in table.items()))
            for title, table in CODES.items()
        ),
    ]
    return f"{written}{BEGIN}\n" + "\n".join(tables) + f"\n{END}{rest.split(END)[1]}"


CODES: dict[str, Any] = {
    "Grades of lateness": phrases.GRADES,
    "National statuses": phrases.STATUSES,
    "Outcomes": phrases.OUTCOMES,
    "Kinds of holds": phrases.WORKS,
    "Positions in an opinion": phrases.POSITIONS,
    "Grounds for stopping the clock": phrases.GROUNDS,
    "Breaches that are recorded": phrases.BREACHES,
    "Counter-evidence": judging.EXCUSES,
}


def _fact_row(item: tuple[type[Fact], phrases.Phrase]) -> tuple[str, ...]:
    kind, phrase = item
    return f"`{kind.__name__}`", f"`{kind.__struct_config__.tag}`", phrase.vi, _first_line(kind)


def _command_row(item: tuple[type[Any], phrases.Phrase]) -> tuple[str, ...]:
    kind, phrase = item
    return f"`{kind.__name__}`", f"`{name_of(kind)}`", phrase.vi, _first_line(kind)


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ").replace("``", "`")


def _table(title: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    lines += [f"| {' | '.join(' '.join(cell.split()) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


SIGNALS_HEAD = """\
# Signals

Written by `make docs` from the rules themselves (`procedures/signals/*.yaml`); change those, not this file.

A signal is a question for review, not a verdict. Each rests on facts, names its rule with law and certainty, shows what
speaks against it, and can be answered by the agency before anybody decides ([right of reply](decisions/{reply})).

**Two kinds.** An act that a text forbids is a signal by itself: one for each dossier in which facts show it. Conduct
that only a pattern shows is raised against an agency when it does it more often than its peers by more than chance
explains: {bars}. What an overloaded or absent agency left undone counts as an opportunity, not as an occurrence.
Accounts of machines never count, loops by design and the applicant's own time are cleared, and both are shown.

False alarms are kept low over the agencies that each signal compares, so who is raised does not depend on `--signal`;
occurrences of one dossier count together. An agency's usual load is the median over its office days, each weighed by
what the other agencies got done in its week: neither a surge of its own nor the thin ends of a log pass for usual. A
source of less than eight such weeks tells no overload. One that was overloaded throughout, or together with all, has no
calmer time to be compared with, so look at its causes of waiting, too.

**Certainty** of the law: A read in an official text, B in press or a summary, C seen in a real system, K general
knowledge that nobody has confirmed. A number marked *proposal* is ours and waits for an agency's own.

**What a source must tell** stands with each rule; a source that lacks it leaves the rule *not judged*, never *clean*.
A mapping may set other values: `parameters: {{S5: {{within: 42 calendar days}}}}` ([mapping](replay.md)).
"""


def signals() -> str:
    """Return docs/signals.md as it should stand."""
    bars = yaml.safe_load(BARS.read_text(encoding="utf-8"))
    named = ", ".join(f"{name.replace('_', ' ')} {bar['value']}" for name, bar in bars.items())
    (reply,) = sorted(path.name for path in (SIGNALS.parent / "decisions").glob("*-a-signal-is-a-file-of-its-own.md"))
    parts = [SIGNALS_HEAD.format(bars=f"{named} (`procedures/judging.yaml`)", reply=reply)]
    for rule in load_signals().values():
        law = rule.basis.text + ("" if rule.basis.confirmed else " (unconfirmed)")
        about = "one dossier" if rule.level.value == "dossier" else "an agency's conduct"
        needs = ", ".join(f"`{need}`" for need in sorted(rule.needs)) or "nothing special"
        numbers = [
            f"- `{name}`: {one.value} ({one.source})"
            for name, one in sorted(rule.parameters.items(), key=lambda it: it[0])
        ]
        parts += [
            f"## {rule.code} {rule.name.en} ({rule.name.vi})\n",
            " ".join(rule.explained.en.split()) + "\n",
            f"*Law:* {law}; certainty {rule.certainty}. *About:* {about}. *Severity:* {rule.severity.value}."
            f" *The source must tell:* {needs}.\n",
            *(["\n".join(numbers) + "\n"] if numbers else []),
        ]
    return "\n".join(parts).rstrip() + "\n"


def commands() -> str:
    """Return docs/cli.md as it should stand."""
    parts = [HEAD]
    group = ""
    for path, command in leaves(get_command(build()), "motcua"):
        first = path.split()[1]
        if first != group and path != f"motcua {first}":
            parts.append(f"## motcua {first}\n")
        elif path == f"motcua {first}":
            parts.append(f"## {path}\n")
        group = first
        parts += _command(path, command)
    return "\n".join(parts).rstrip() + "\n"


def _command(path: str, command: Any) -> list[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    words = [_placeholder(one) for one in arguments] + (["[OPTIONS]"] if options else [])
    lines = [f"### `{' '.join([path, *words])}`\n", _paragraphs(command.help or ""), ""]
    rows = [(f"`{_placeholder(one)}`", one.help) for one in arguments] + [(_option(one), one.help) for one in options]
    if rows:
        lines += ["| | |", "|---|---|"]
        lines += [f"| {name} | {' '.join((text or '').split()).replace('|', chr(92) + '|')} |" for name, text in rows]
        lines.append("")
    return lines


def _placeholder(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    many = "…" if argument.nargs == -1 else ""
    return f"{name}{many}" if argument.required else f"[{name}{many}]"


def _option(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    if option.required:
        return f"{names} (required)"
    default = option.default
    if default in (None, False, "", (), []) or callable(default) or option.is_flag:
        return names
    return f"{names} (default `{getattr(default, 'value', default)}`)"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


if __name__ == "__main__":
    CLI.write_text(commands(), encoding="utf-8")
    GLOSSARY.write_text(glossary(), encoding="utf-8")
    SIGNALS.write_text(signals(), encoding="utf-8")
