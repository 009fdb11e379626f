"""Drawing with Graphviz in this process; what its font library grumbles about the machine's settings is left unsaid.

The library that comes with Graphviz is often older than the machine's font settings, or finds none; it says so on
stderr at every picture, which then comes out well. Everything else that is written there meanwhile is passed on.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

_STDERR: Final = 2
_GRUMBLES: Final = (b"Fontconfig warning:", b"Fontconfig error:")


def drawn(picture: Any, *, format: str, prog: str) -> bytes:  # noqa: A002, ANN401  as pygraphviz, which is untyped
    """Return a picture (`pygraphviz.AGraph`) laid out by ``prog`` in a format, e.g. ``svg``."""
    with _without_grumbles():
        return bytes(picture.draw(format=format, prog=prog))


@contextmanager
def _without_grumbles() -> Iterator[None]:
    try:
        own = os.dup(_STDERR)
    except OSError:  # closed: nobody would read it
        yield
        return
    with tempfile.TemporaryFile() as caught:
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        os.dup2(caught.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(own, _STDERR)
            os.close(own)
            caught.seek(0)
            if kept := b"".join(line for line in caught if not line.startswith(_GRUMBLES)):
                os.write(_STDERR, kept)
