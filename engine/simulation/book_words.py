"""The compiled loop that finds the words for what each simulated fact says; imported only when it is run."""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import world as wd
from engine.simulation.book_fold import L_DESK, L_VARIANT, NEVER, by

FROM_NOTHING, FROM_X, FROM_POSITION, FROM_Z, FROM_NODE, FROM_VARIANT, FROM_AGENCY, FROM_UPPER_Y, FROM_RUNG = range(9)
"""Where the rows of a kind of fact say what is told of it."""


@compiled()
def tell_acts(rows, firsts, lives, details, others, parents, officer, detail, other, life, version):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Say of each fact who did it, and where its detail and its other party stand in the lists of words.

    Args:
        rows: of facts, by dossier.
        firsts: where each dossier's begin.
        lives: folded.
        details: by kind of fact where its detail comes from and where the words for it begin (word 0 is none).
        others: the same of the other party.
        parents: by agency the word for the one above it, 0 none.
        officer: who did it (`engine.simulation.book_fold.by`); int32, to be filled as all that follow.
        detail: word of the detail.
        other: word of the other party.
        life: number of the dossier in the book.
        version: number of the fact in the dossier.
    """
    for d in range(firsts.size - 1):
        variant, desk = lives[L_VARIANT, d], lives[L_DESK, d]
        for i in range(firsts[d], firsts[d + 1]):
            f = rows[i]
            officer[i], life[i], version[i] = by(f), d, i - firsts[d] + 1
            detail[i] = _word(f, details, variant, desk, parents)
            other[i] = _word(f, others, variant, desk, parents)


@compiled()
def _word(f, words, variant, desk, parents):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    source, first = words[f.kind, 0], words[f.kind, 1]
    value = np.int64(NEVER)
    if source == FROM_X:
        value = f.x
    elif source == FROM_POSITION:
        value = f.x - wd.AGREE
    elif source == FROM_Z:
        value = f.z
    elif source == FROM_NODE:
        value = f.node
    elif source == FROM_VARIANT:
        value = variant
    elif source == FROM_AGENCY:
        value = f.agency
    elif source == FROM_UPPER_Y:
        value = f.y >> 20
    elif source == FROM_RUNG:
        value = desk
        if f.y == 0 and f.agency >= 0:
            value = f.agency
        elif f.y == 2 and parents[f.agency]:
            return parents[f.agency]
    return first + value if value >= 0 else np.int64(0)
