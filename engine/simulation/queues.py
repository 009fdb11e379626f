"""Work waits in queues and is taken up by officers: leftist heaps over the rows of holds, one a class or an officer."""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import clock
from engine.simulation.deadlines import desk_calendar
from engine.simulation.happenings import WAKE, emit, expect
from engine.simulation.moves import IDLE, IN_HAND, QUEUED, worked_until
from engine.simulation.tables import INTAKE, OPINION
from engine.simulation.world import FREE_HOLD, FREED, HOLDS_FREE, NO_REASON, NOW, TAKEN_UP

PIECE_ENDS, WAKES = 20, 21
"""Kinds of events."""

_LAST = 1 << 60


@compiled()
def _goes_before(w, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    x, y = w.holds[a], w.holds[b]
    if x.key != y.key:
        return x.key < y.key
    if x.entered != y.entered:
        return x.entered < y.entered
    if x.no != y.no:
        return x.no < y.no
    return x.number < y.number


@compiled()
def _merged(w, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the root of two heaps made one."""
    if a < 0:
        return b
    if b < 0:
        return a
    root = np.int64(-1)
    above = np.int64(-1)
    while a >= 0 and b >= 0:
        if _goes_before(w, b, a):
            a, b = b, a
        if above < 0:
            root = a
        else:
            w.holds[above].right = a
        w.holds[a].above = above  # the way back, while it is merged
        above = a
        a = w.holds[a].right
    w.holds[above].right = a if a >= 0 else b
    while above >= 0:
        x = w.holds[above]
        left = w.holds[x.left].distance if x.left >= 0 else 0
        right = w.holds[x.right].distance if x.right >= 0 else 0
        if left < right:
            x.left, x.right = x.right, x.left
        x.distance = min(left, right) + 1
        above, x.above = x.above, -1
    return root


@compiled()
def _first(w, q):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the first piece of a queue, throwing away what nobody waits for any more; -1 if it is empty."""
    while w.queues[q] >= 0:
        h = w.queues[q]
        hold = w.holds[h]
        if hold.slot >= 0 and hold.stage == QUEUED and hold.closed < 0:
            return h
        _take_out(w, q)
    return np.int64(-1)


@compiled()
def _take_out(w, q):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    h = w.queues[q]
    hold = w.holds[h]
    w.queues[q] = _merged(w, hold.left, hold.right)
    hold.left = hold.right = hold.queue = -1
    hold.distance = 1
    if hold.slot < 0:  # its dossier has gone: the row was only waiting for this
        free_hold(w, h)


@compiled()
def free_hold(w, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Give a row of holds back."""
    w.holds[h].no = -1
    w.holds[h].next = w.n[FREE_HOLD]
    w.n[FREE_HOLD] = h
    w.n[HOLDS_FREE] += 1


@compiled()
def class_of(w, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the class of officers who may work on a hold."""
    hold = w.holds[h]
    if hold.work == INTAKE:
        return w.offices[hold.agency].intake
    return w.of_class[hold.agency, w.nodes[hold.node].code, 1 if hold.work == OPINION else 0]


@compiled()
def enqueue(w, s, h, piece, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let a piece of work of so many office seconds enter its queue; an officer who is free and on duty begins it."""
    hold = w.holds[h]
    office = w.offices[hold.agency]
    k = w.classes[class_of(w, h)]
    hold.piece, hold.entered, hold.stage = piece, at, QUEUED
    hold.key = at
    if office.discipline == 1:
        hold.key = hold.due if hold.due >= 0 else _LAST
    elif office.discipline == 2:
        hold.key = piece
    elif office.discipline == 3:
        hold.key = w.variants[w.slots[s].variant].priority
    q = k.queue
    first, count = k.officer, k.officers
    if q < 0:
        best = w.lists[first]
        for i in range(1, count):
            one = w.lists[first + i]
            if office.autonomy == 1:
                if w.officers[one].pieces < w.officers[best].pieces:
                    best = one
            elif w.officers[one].seconds < w.officers[best].seconds:
                best = one
        q = w.staff[best].own
        hold.worker = best
        w.officers[best].pieces += 1
        w.officers[best].seconds += piece
    # One who is free and on duty begins, the one idle longest.
    found = np.int64(-1)
    for i in range(count):
        one = w.lists[first + i]
        if hold.worker >= 0 and one != hold.worker:
            continue
        officer = w.officers[one]
        if officer.hold != -1:
            continue
        is_better = found < 0 or officer.idle < w.officers[found].idle
        if is_better and clock.is_open(w, w.staff[one].calendar, at):
            found = one
    if found >= 0:
        _begin(w, s, h, found, at)
        return
    hold.queue = q
    w.queues[q] = _merged(w, w.queues[q], h)
    for i in range(count):
        one = w.lists[first + i]
        if (hold.worker < 0 or one == hold.worker) and w.officers[one].hold == -1:
            _wake(w, one, at)


@compiled()
def _wake(w, one, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    if w.officers[one].wakes:
        return
    w.officers[one].wakes = 1
    opening = clock.next_opening(w, w.staff[one].calendar, at)
    expect(w, opening, WAKE, one, 0, WAKES, -1, -1, one)


@compiled()
def _begin(w, s, h, one, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Let an officer begin a piece of work."""
    hold, officer = w.holds[h], w.officers[one]
    if hold.worker < 0:
        officer.pieces += 1
        officer.seconds += hold.piece
    hold.worker, hold.stage = one, IN_HAND
    officer.hold = h
    if hold.work != INTAKE and hold.taken < 0:
        hold.taken, hold.officer = at, one
        emit(w, s, TAKEN_UP, at, at, hold.number, hold.node, hold.agency, one, NO_REASON, 0, 0, 0)
    seconds = np.int64(hold.piece * w.staff[one].pace)
    officer.began = at
    ends = clock.add(w, w.staff[one].calendar, at, seconds)
    expect(w, ends, 3, hold.no, hold.number, PIECE_ENDS, s, h, one)


@compiled()
def take_next(w, one, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let an officer who is free take the best piece of all his queues, or wake when he comes on duty."""
    mine = w.staff[one]
    best, queue = np.int64(-1), np.int64(-1)
    for i in range(mine.queues):
        q = w.lists[mine.queue + i]
        h = _first(w, q)
        if h >= 0 and (best < 0 or _goes_before(w, h, best)):
            best, queue = h, q
    if best < 0:
        return
    if clock.is_open(w, mine.calendar, at):
        _take_out(w, queue)
        _begin(w, w.holds[best].slot, best, one, at)
    else:
        _wake(w, one, at)


@compiled()
def end_piece(w, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Take a piece that is done out of its officer's hands; he is free in a moment."""
    hold = w.holds[h]
    officer = w.officers[hold.worker]
    worked_until(w, hold.worker, w.n[NOW])
    officer.pieces -= 1
    officer.seconds -= hold.piece
    officer.hold = -2
    w.freed[w.n[FREED]] = hold.worker
    w.n[FREED] += 1
    hold.worker, hold.stage = -1, IDLE


@compiled()
def let_freed_work(w, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let the officers that got free take their next pieces, in the order in which they got free."""
    count = w.n[FREED]
    for i in range(count):
        one = w.freed[i]
        w.officers[one].hold = -1
        w.officers[one].idle = at
    for i in range(count):
        one = w.freed[i]
        if w.officers[one].hold == -1:
            take_next(w, one, at)
    w.n[FREED] = 0


@compiled()
def calendar_of(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the calendar of the agency that has a hold, the desk's where nobody has."""
    agency = w.holds[h].agency
    return w.offices[agency].calendar if agency >= 0 else desk_calendar(w, s)
