"""Progress of long work on a terminal; nothing where the output is piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counted(what: str, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Show a running count on stderr while the work lasts.

    Args:
        what: what is counted, in plural.
        quiet: show nothing, also on a terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"0 {what}") as status:
        yield lambda count: status.update(f"{count} {what}")
