"""Machine code that was compiled from other sources than today's is thrown away before anything runs.

numba keeps what it compiled beside the source and looks at the date of that one file only: a loop that calls a changed
loop of another file would go on with the old one.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

import engine.simulation

_STAMP: Final = "sources.sha256"
_NEVER_COMPILED: Final = frozenset(
    {"book.py", "book_acts.py", "book_columns.py", "facts.py", "measures.py", "run.py", "statistics.py"}
)


def fresh_kernel() -> bool:
    """Make sure that the compiled simulation is of today's sources; return whether it was.

    Where no cache can be kept there is nothing to do.
    """
    from engine.simulation.kernel import run

    place = getattr(getattr(run, "stats", None), "cache_path", None)
    if not place:
        return True
    folder, digest = Path(place), _digest()
    stamp = folder / _STAMP
    try:
        if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
            return True
        for kept in (*folder.glob("*.nbi"), *folder.glob("*.nbc")):
            kept.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest, encoding="ascii")
    except OSError:
        return True  # a folder that cannot be written holds no cache either
    return False


def _digest() -> str:
    """Return what the sources of the compiled loops come to."""
    found = sha256()
    for folder in engine.simulation.__path__:
        for path in sorted(Path(folder).glob("*.py")):
            if path.name not in _NEVER_COMPILED:
                found.update(path.read_bytes())
    return found.hexdigest()
