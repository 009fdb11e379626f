"""Compiling loops with numba, keeping the machine code on disk where a folder for it can be written.

numba is slow to start: import the modules that hold compiled loops only when they are run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def compiled(signature: str = "") -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function at once for a signature of types, without one at its first call."""
    import numba

    wanted = signature or None

    def compile_(function: Callable[..., Any]) -> Any:  # noqa: ANN401  numba's dispatcher has no public type
        try:
            return numba.njit(wanted, cache=True, nogil=True)(function)
        except RuntimeError:  # no folder in which numba could keep it
            return numba.njit(wanted, nogil=True)(function)

    return compile_
