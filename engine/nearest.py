"""What may have been meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 10


def nearest(value: str, among: Iterable[str]) -> str:
    """Return the end of a sentence that names what may have been meant, or what there is; empty where nothing is.

    Example:
        >>> nearest("grup_1", ["group_1", "tax"])
        "; did you mean 'group_1'?"
        >>> nearest("q", ["tax", "group_1"])
        '; there is group_1, tax'
    """
    listed = sorted(among)
    if near := get_close_matches(value, listed, n=1, cutoff=0.6):
        return f"; did you mean {near[0]!r}?"
    shown = ", ".join(listed[:_MOST]) + (", …" if len(listed) > _MOST else "")
    return f"; there is {shown}" if listed else ""
