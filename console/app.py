"""The command `motcua`: puts the command groups together and turns errors into one sentence and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from itertools import pairwise
from typing import NoReturn

import typer

from engine.errors import MotcuaError, NotAllowedError

# (module below console.commands, group name or None where its commands stand at the top level)
_GROUPS: tuple[tuple[str, str | None], ...] = (
    ("time", "time"),
    ("calendar", "calendar"),
    ("settings", None),
    ("procedures", "procedures"),
    ("dossier", "dossier"),
    ("lists", None),
    ("why", None),
    ("flows", None),
    ("replay", None),
    ("register", None),
    ("log", "log"),
    ("judge", None),
    ("signal", "signal"),
    ("soon", None),
    ("simulate", None),
    ("demo", None),
    ("store", None),
)


def build() -> typer.Typer:
    """Return the whole command tree."""
    app = typer.Typer(
        name="motcua",
        help="A workflow engine for administrative procedures with deadline tracking.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # drawing help with rich costs three times what the rest of the start does
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for module, name in _GROUPS:
        app.add_typer(import_module(f"console.commands.{module}").app, name=name)
    return app


def main() -> None:
    """Run the command line; every foreseen error becomes one line on stderr and a documented exit code.

    A reader that goes away (``| head``) is no error. What is typed and what is printed is UTF-8, whatever the locale.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.argv[1:] = [os.fsencode(word).decode("utf-8") for word in sys.argv[1:]]
    except UnicodeDecodeError as error:
        print(f"motcua: {error.object!r} on the command line is not UTF-8", file=sys.stderr)
        raise SystemExit(2) from None
    try:
        try:
            build()()
        finally:
            sys.stdout.flush()
    except MotcuaError as error:
        print(f"motcua: {_told(error, sys.argv[1:])}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except SystemExit as ending:
        if _is_closed_pipe(ending.__context__):  # typer makes exit code 1 of it
            _leave_the_pipe()
        raise
    except OSError as error:
        if _is_closed_pipe(error):
            _leave_the_pipe()
        print(f"motcua: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(2) from None


def _told(error: MotcuaError, words: Sequence[str]) -> str:
    """Return an error as its reader gets it: in the language of --lang, else of the setting, where it has a key."""
    if not error.key or _language(words) != "vi":
        return str(error)
    if isinstance(error, NotAllowedError):
        from console.wording.refusals import refusal_text

        return refusal_text(error)
    from console.wording.faults import fault_text

    return fault_text(error)


def _language(words: Sequence[str]) -> str:
    """Return the language the command line asks for, else the setting's, Vietnamese where that cannot be read."""
    from console.settings import settings

    asked = [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    asked += [after for word, after in pairwise(words) if word == "--lang"]
    known = [word for word in asked if word in {"vi", "en"}]
    try:
        return known[-1] if known else settings().language
    except MotcuaError:
        return "vi"


def _is_closed_pipe(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _leave_the_pipe() -> NoReturn:
    """End without a complaint; what is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise SystemExit(0) from None
