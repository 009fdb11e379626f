"""The loops of attribution over flat arrays: run as they are for a few dossiers, compiled for many.

`chain` walks each late dossier backwards over the holds that decided when it ended; `plan` goes the same way forwards,
keeps the running plan and charges what made the delay grow. docs/attribution.md gives the reasoning.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.compiled import compiled

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

GAP: Final = -1
"""In the place of a hold: nobody had the dossier. In the place of a lead: there is none."""

AGENCY: Final = 0
"""Kind of a hold in which an agency has to act; others wait for the applicant, by law, or for an agency elsewhere."""

UNKNOWN: Final = -(1 << 62)


class Lives(NamedTuple):
    """One entry a late dossier; ``first`` has one more: the holds of dossier i are ``first[i]`` to ``first[i + 1]``.

    ``lo`` and ``end`` are microseconds: where its term began and where it ended. ``w_lo``, ``w_due`` and ``w_end`` are
    running office seconds (office time of the desk outside lawful stops). ``overlaps``: its holds may overlap without
    being branches, as in a foreign log.
    """

    first: Ints
    lo: Ints
    end: Ints
    w_lo: Ints
    w_due: Ints
    w_end: Ints
    overlaps: Flags


class Holds(NamedTuple):
    """One entry a hold, by dossier and then by ``until``; within ``lo`` and ``end`` of its dossier.

    ``lead`` is the place of the hold that asked for this opinion, else `GAP`; ``decides`` whether it can have decided
    anything; ``due`` its own term in microseconds, else the largest number; ``w_…`` running office seconds.
    """

    since: Ints
    until: Ints
    due: Ints
    number: Ints
    lead: Ints
    agency: Ints
    giver: Ints
    kind: Ints
    decides: Flags
    has_own: Flags
    w_since: Ints
    w_until: Ints
    w_own: Ints
    w_taken: Ints


class Pieces(NamedTuple):
    """The deciding chain, last first; those of dossier i from ``4 * first[i] + 2 * i`` on, ``filled[i]`` of them.

    ``hold`` (or `GAP`) had the dossier from ``begin`` to ``end`` (running office seconds) within the main hold
    ``main``; ``cut`` where the next one began before it was done.
    """

    filled: Ints
    hold: Ints
    main: Ints
    begin: Ints
    end: Ints
    cut: Flags


class Charged(NamedTuple):
    """What `plan` finds. By hold: ``seconds`` charged; ``held`` running office seconds on the chain (-1: not on it).

    ``queue`` of ``measured`` seconds were before it was taken up; ``allowed`` its own term and ``inherited`` the slack
    it found, both `UNKNOWN` without an own term. By dossier: ``nobody`` had it; ``design``: own terms beyond the legal
    one; ``planned``: own terms counted; ``last`` hold of an agency (or `GAP`).
    """

    seconds: Ints
    held: Ints
    queue: Ints
    measured: Ints
    allowed: Ints
    inherited: Ints
    nobody: Ints
    design: Ints
    planned: Flags
    last: Ints


@lru_cache(maxsize=2)
def loops(*, fast: bool) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return `chain` and `plan`; compiled if wanted and numba can be used, on disk where a folder can be written."""
    if not fast:
        return chain, plan
    try:
        compile_ = compiled()
    except (ImportError, OSError):
        return chain, plan
    return compile_(chain), compile_(plan)


def chain(lives: Lives, holds: Holds, pieces: Pieces) -> None:
    """Fill the pieces of the deciding chain of each dossier."""
    since, until = holds.since, holds.until
    for i in range(lives.lo.size):
        a, b = lives.first[i], lives.first[i + 1]
        lo, w_lo = lives.lo[i], lives.w_lo[i]
        asks = False
        for p in range(a, b):
            asks = asks or holds.lead[p] != GAP
        m = 4 * a + 2 * i
        c, w_c = lives.end[i], lives.w_end[i]
        place, came_from = b - 1, -1
        while c > lo:
            # The hold that ended last by now; of several that ended at one instant the one most likely to decide.
            while place >= a and until[place] > c:
                place -= 1
            best = GAP
            p = place
            while p >= a and (best == GAP or until[p] == until[best]):
                if holds.decides[p] and holds.lead[p] == GAP and since[p] < c:
                    better = best == GAP
                    if better:
                        place = p
                    elif (holds.kind[p] == AGENCY) != (holds.kind[best] == AGENCY):
                        better = holds.kind[p] == AGENCY
                    elif (holds.agency[p] == came_from) != (holds.agency[best] == came_from):
                        better = holds.agency[p] == came_from
                    elif holds.due[p] != holds.due[best]:
                        better = holds.due[p] < holds.due[best]
                    elif since[p] != since[best]:
                        better = since[p] < since[best]
                    else:
                        better = holds.number[p] < holds.number[best]
                    if better:
                        best = p
                p -= 1
            is_cut = False
            if lives.overlaps[i] and (best == GAP or until[best] < c):
                p = a if best == GAP else place + 1
                while p < b and not is_cut:
                    if until[p] > c and holds.decides[p] and holds.lead[p] == GAP and since[p] < c:
                        best, is_cut = p, True
                    p += 1
            if best == GAP or (not is_cut and until[best] < c):
                w_from = w_lo if best == GAP else holds.w_until[best]
                pieces.hold[m], pieces.main[m], pieces.cut[m] = GAP, GAP, False
                pieces.begin[m], pieces.end[m] = w_from, w_c
                m += 1
                if best == GAP:
                    break
                c, w_c = until[best], w_from
            # Within the hold: the opinions it waited for, the last to come first.
            at, w_at, at_cut = c, w_c, is_cut
            while asks:
                asked, come = GAP, since[best]
                for p in range(a, b):
                    if holds.lead[p] == best and since[p] < at and min(until[p], at) > come:
                        asked, come = p, min(until[p], at)
                if asked == GAP:
                    break
                w_come = holds.w_until[asked] if until[asked] <= at else w_at
                if come < at:
                    pieces.hold[m], pieces.main[m], pieces.cut[m] = best, best, at_cut
                    pieces.begin[m], pieces.end[m] = w_come, w_at
                    m += 1
                pieces.hold[m], pieces.main[m], pieces.cut[m] = asked, best, until[asked] > at
                w_at = max(holds.w_since[asked], holds.w_since[best])
                pieces.begin[m], pieces.end[m] = w_at, w_come
                m += 1
                at, at_cut = max(since[asked], since[best]), False
            if at > since[best]:
                pieces.hold[m], pieces.main[m], pieces.cut[m] = best, best, at_cut
                pieces.begin[m], pieces.end[m] = holds.w_since[best], w_at
                m += 1
            came_from = holds.giver[best]
            c, w_c = since[best], holds.w_since[best]
        pieces.filled[i] = m - 4 * a - 2 * i


def plan(lives: Lives, holds: Holds, pieces: Pieces, charged: Charged) -> None:
    """Fill what is charged to each hold, and to nobody, along the chain of each dossier."""
    for i in range(lives.lo.size):
        a, b = lives.first[i], lives.first[i + 1]
        base, n = 4 * a + 2 * i, pieces.filled[i]
        w_lo, w_due = lives.w_lo[i], lives.w_due[i]
        last = GAP
        for k in range(base, base + n):
            main = pieces.main[k]
            if main != GAP and (last == GAP or (holds.kind[last] != AGENCY and holds.kind[main] == AGENCY)):
                last = main
        charged.last[i] = last
        late = lives.w_end[i] - w_due
        before = min(max(w_lo - w_due, 0), late)  # fell due before the term began: nobody had it then
        rest, w_term = late - before, max(w_due, w_lo)

        # The steps of the plan: a main hold with its own term with the opinions it waited for, else single pieces.
        step = np.empty(n, dtype=np.int64)
        used = np.zeros(n, dtype=np.int64)
        own = np.full(n, -1, dtype=np.int64)
        who = np.full(n, GAP, dtype=np.int64)
        is_cut = np.zeros(n, dtype=np.bool_)
        steps = 0
        for j in range(n):
            k = base + n - 1 - j
            main = pieces.main[k]
            whole = main != GAP and holds.has_own[main]
            if not (j > 0 and whole and pieces.main[k + 1] == main):
                steps += 1
            s = steps - 1
            step[j] = s
            used[s] += pieces.end[k] - pieces.begin[k]
            who[s] = main if whole else pieces.hold[k]
            is_cut[s] = pieces.cut[k] and who[s] == pieces.hold[k]
            if who[s] != GAP and holds.has_own[who[s]]:
                own[s] = max(holds.w_own[who[s]] - holds.w_since[who[s]], 0)
        planned = False
        for s in range(steps):
            planned = planned or (own[s] >= 0 and holds.kind[who[s]] == AGENCY)
        charged.planned[i] = planned
        spare = w_term - w_lo
        for s in range(steps):
            if not planned:
                own[s] = -1
            elif own[s] >= 0:
                if is_cut[s] or holds.kind[who[s]] != AGENCY:  # what is not done leaves no slack, nor does a wait
                    own[s] = min(own[s], used[s])
                spare -= own[s]
        spare = max(spare, 0)

        # The running plan: what made the delay grow is charged, what it shrank by is given back in proportion.
        grown = np.zeros(n)
        beyond = np.zeros(n)
        factor, kept = 1.0, 0
        w_plan, w_at, delay = w_lo, w_lo, 0
        for s in range(steps):
            allowed = own[s]
            if allowed < 0:
                allowed = min(used[s], spare)
                spare -= allowed
            else:
                charged.allowed[who[s]] = allowed
                charged.inherited[who[s]] = w_plan - w_at
            w_plan = min(w_plan + allowed, w_term)
            w_at += used[s]
            after = max(w_at - w_plan, 0)
            if after > delay:
                mine = after - delay
                if who[s] == GAP or holds.kind[who[s]] == AGENCY:
                    mine = min(mine, max(used[s] - allowed, 0))
                grown[s] = mine / factor
                beyond[s] = (after - delay - mine) / factor
            elif after < delay and after > 0:
                factor *= after / delay
            if after == 0 or factor < 1e-9:
                scale = factor if after > 0 else 0.0
                for t in range(kept, s + 1):
                    grown[t] *= scale
                    beyond[t] *= scale
                factor = 1.0
                kept = s + 1 if after == 0 else kept
            delay = after

        # What is outstanding, by hold; the last two places are nobody's.
        weight = np.zeros(b - a + 2)
        for j in range(n):
            s = step[j]
            if j > 0 and step[j - 1] == s:
                continue
            share = grown[s] * factor
            weight[b - a + 1] += beyond[s] * factor
            if who[s] == GAP:
                weight[b - a] += share
                continue
            over = 0
            for t in range(j, n):  # opinions of a lead with its own term: each beyond its own
                k = base + n - 1 - t
                if step[t] != s:
                    break
                if pieces.hold[k] != who[s] and holds.has_own[pieces.hold[k]]:
                    asked_of = pieces.hold[k]
                    charged.allowed[asked_of] = max(holds.w_own[asked_of] - holds.w_since[asked_of], 0)
                    over += max(pieces.end[k] - max(pieces.begin[k], holds.w_own[pieces.hold[k]]), 0)
            if over > 0:
                asked = min(share, over * 1.0)
                for t in range(j, n):
                    k = base + n - 1 - t
                    if step[t] != s:
                        break
                    if pieces.hold[k] != who[s] and holds.has_own[pieces.hold[k]]:
                        by = max(pieces.end[k] - max(pieces.begin[k], holds.w_own[pieces.hold[k]]), 0)
                        weight[pieces.hold[k] - a] += asked * (by / over)
                share -= asked
            weight[who[s] - a] += share

        # In whole seconds, by largest remainder; of equal remainders the earlier hold takes the second.
        total = weight.sum()
        whole_seconds = np.zeros(weight.size, dtype=np.int64)
        if rest > 0 and total > 0:
            part = np.empty(weight.size)
            left = rest
            for h in range(weight.size):
                exact = weight[h] * (rest / total)
                whole_seconds[h] = min(np.int64(np.floor(exact)), left)
                part[h] = exact - whole_seconds[h] if weight[h] > 0 else -1.0
                left -= whole_seconds[h]
            while left > 0:
                h = int(np.argmax(part))
                whole_seconds[h] += 1
                part[h] = max(part[h] - 1.0, -0.5) if weight[h] > 0 else -1.0
                left -= 1
        for h in range(a, b):
            charged.seconds[h] = whole_seconds[h - a]
        charged.nobody[i] = before + whole_seconds[b - a]
        charged.design[i] = whole_seconds[b - a + 1]

        # How much lay in the queue: of all its time on the chain where a plan counted, else of that after the due.
        for k in range(base, base + n):
            hold = pieces.hold[k]
            if hold == GAP:
                continue
            charged.held[hold] = max(charged.held[hold], 0) + pieces.end[k] - pieces.begin[k]
            main = pieces.main[k]
            if main != hold and holds.has_own[main]:  # its own term runs while it waits for opinions
                charged.held[main] = max(charged.held[main], 0) + pieces.end[k] - pieces.begin[k]
            begins = pieces.begin[k] if planned else max(pieces.begin[k], w_term)
            if pieces.end[k] > begins:
                charged.measured[hold] += pieces.end[k] - begins
                charged.queue[hold] += min(max(holds.w_taken[hold] - begins, 0), pieces.end[k] - begins)
