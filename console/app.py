"""The command `motcua`: puts the command groups together and turns errors into one sentence and an exit code."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from engine.errors import MotcuaError

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
    """Run the command line; every foreseen error becomes one line on stderr and a documented exit code."""
    try:
        build()()
    except MotcuaError as error:
        print(f"motcua: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
