"""What happened, and what will: rows of facts, and a heap of events in the order in which they come about."""

from __future__ import annotations

from engine.compiled import compiled
from engine.simulation.world import EVENTS, FACTS, TIMED

TIMERS, TOLD, MACHINE, ACT, SUBMISSION, READY, WAKE = range(7)
"""Ranks of what happens at the same instant, lowest first."""


@compiled()
def emit(w, s, kind, at, recorded, hold, node, agency, officer, reason, x, y, z):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled; a fact has many sides
    """Write down one fact of the dossier in slot ``s``."""
    f = w.facts[w.n[FACTS]]
    w.n[FACTS] += 1
    f.no, f.kind, f.at, f.recorded = w.slots[s].no, kind, at, recorded
    f.hold, f.node, f.agency, f.officer, f.reason = hold, node, agency, officer, reason
    f.x, f.y, f.z = x, y, z


@compiled()
def _before(a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    if a.at != b.at:
        return a.at < b.at
    if a.first != b.first:
        return a.first < b.first
    return a.second < b.second


@compiled()
def _copied(to, of):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    to.at, to.first, to.second, to.kind = of.at, of.first, of.second, of.kind
    to.slot, to.hold, to.no, to.x = of.slot, of.hold, of.no, of.x


@compiled()
def expect(w, at, rank, no, place, kind, slot, hold, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Put an event into the heap.

    Args:
        w: the world.
        at: when it happens.
        rank: among what happens then.
        no: the dossier concerned (of an officer's wake: the officer).
        place: the hold's number within the dossier; of a timer its instant and its place among the timers.
        kind: what happens.
        slot: of the dossier.
        hold: row of the hold, -1 none.
        x: what the kind needs.
    """
    events = w.events
    i = w.n[EVENTS]
    w.n[EVENTS] += 1
    w.n[TIMED] += 1
    last = events[events.size - 1]  # never in the heap: room for what is carried
    last.at, last.first, last.kind = at, (rank << 40) | no, kind
    last.second = place if rank == TIMERS else (place << 44) | (w.n[TIMED] & 0xFFFFFFFFFFF)
    last.slot, last.hold, last.no, last.x = slot, hold, no, x
    while i > 0:
        parent = (i - 1) >> 2
        if not _before(last, events[parent]):
            break
        _copied(events[i], events[parent])
        i = parent
    _copied(events[i], last)


@compiled()
def next_event(w):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Take the first event out of the heap into the row before the last, and return that row's number."""
    events = w.events
    found = events.size - 2
    _copied(events[found], events[0])
    w.n[EVENTS] -= 1
    count = w.n[EVENTS]
    if count:
        last = events[count]
        i = 0
        while True:
            child = 4 * i + 1
            if child >= count:
                break
            best = child
            for other in range(child + 1, min(child + 4, count)):
                if _before(events[other], events[best]):
                    best = other
            if not _before(events[best], last):
                break
            _copied(events[i], events[best])
            i = best
        _copied(events[i], last)
    return found
