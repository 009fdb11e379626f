"""The compiled loop: what comes next happens, until the time is over or an array must be emptied or made larger."""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import deadlines as dl
from engine.simulation import world as wd
from engine.simulation.acts import (
    E_AGAIN,
    E_APOLOGY,
    E_EXTENSION,
    E_ISSUE,
    E_READY,
    E_RESUME,
    E_SUPPLEMENT,
    E_TOLD,
    E_WITHDRAW,
    free_slot,
    happen,
    new_dossier,
    piece_ends,
    settle,
    submit,
)
from engine.simulation.chance import mixed
from engine.simulation.happenings import SUBMISSION, TIMERS, emit, next_event
from engine.simulation.moves import IN_HAND, close, end, finish, hold_numbered, resume, resumed_by, sl_desk
from engine.simulation.queues import PIECE_ENDS, WAKES, let_freed_work, take_next
from engine.simulation.tables import OPINION
from engine.simulation.world import (
    ARRIVAL,
    BY_SYSTEM,
    EVENTS,
    FACTS,
    HOLDS_FREE,
    K_LETTER,
    K_PASSED,
    K_PROMISE,
    K_SOON,
    NO_REASON,
    NOW,
    NUMBER,
    S_CAP,
    S_GROUND,
    S_UNTIL,
    SLOTS_FREE,
    STATUS,
    U_HOLD,
    U_WINDOW,
    UNTIL,
)

ROOM = 4_096
"""Rows of facts and events that must be free before anything happens."""


@compiled()
def _passes(w, s, subject, due, hold, agency, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    emit(w, s, wd.PASSED, due, now, hold, -1, agency, BY_SYSTEM, NO_REASON, due, 0, subject)


@compiled()
def _climb(w, s, h, at, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Report a term that has passed to the next on the ladder."""
    sl = w.slots[s]
    number, holder, subject = 0, np.int64(-1), wd.LEGAL
    if h >= 0:
        hold = w.holds[h]
        number, holder = hold.number, hold.agency
        subject = wd.OF_OPINION if hold.work == OPINION else wd.OWN_TERM
        hold.rungs += 1
        rung = hold.rungs
    else:
        other = sl.first
        while other >= 0 and holder < 0:
            if w.holds[other].closed < 0:
                holder = w.holds[other].agency
            other = w.holds[other].next
        sl.rungs += 1
        rung = sl.rungs
    if holder < 0:
        holder = sl_desk(w, s)
    to = w.rungs[w.variants[sl.variant].ladder + rung - 1].to
    emit(w, s, wd.ESCALATED, at, now, number, -1, holder, BY_SYSTEM, NO_REASON, rung, to, subject)


@compiled()
def _ring_legal(w, s, kind, at, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Record what a timer of the legal clock tells; return whether it still had something to tell."""
    sl = w.slots[s]
    if dl.legal_timer(w, s, kind) != at:
        return False
    if kind == dl.T_LEGAL:
        dl.mark(w, s, K_PASSED, sl.due)
        _passes(w, s, wd.LEGAL, sl.due, 0, -1, now)
    elif kind == dl.T_PROMISE:
        dl.mark(w, s, K_PROMISE, sl.promised)
        _passes(w, s, wd.OF_PROMISE, sl.promised, 0, -1, now)
    elif kind == dl.T_RUNG:
        _climb(w, s, -1, at, now)
    elif kind == dl.T_SOON:
        dl.mark(w, s, K_SOON, sl.due)
        emit(w, s, wd.DUE_SOON, at, now, 0, -1, -1, BY_SYSTEM, NO_REASON, sl.due, 0, 0)
    else:
        dl.mark(w, s, K_LETTER, sl.due)
        emit(w, s, wd.DUE_SOON, at, now, 0, -1, -1, BY_SYSTEM, NO_REASON, sl.due, 0, 1)
    dl.arm_legal(w, s, now)
    return True


@compiled()
def _ring_hold(w, s, h, kind, at, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Record what a timer of a hold tells; return whether it still had something to tell."""
    hold = w.holds[h]
    expected, when = dl.hold_timer(w, s, h)
    if expected != kind or when != at:
        return False
    nd = w.nodes[hold.node]
    due = hold.due
    if kind == dl.T_POSTING:
        until = hold.until
        emit(w, s, wd.POSTING_ENDED, until, now, hold.number, hold.node, hold.agency, BY_SYSTEM, NO_REASON, 0, 0, 0)
        resumed_by(w, s, hold.node, until, now, hold.agency, BY_SYSTEM, NO_REASON)
        for i in range(nd.outcomes):
            if w.outcomes[nd.outcome + i].name == 0:
                finish(w, s, h, i, until, now, BY_SYSTEM, NO_REASON)
                break
        return True
    if kind == dl.T_HOLD_RUNG:
        _climb(w, s, h, at, now)
    elif kind == dl.T_WAIT:
        hold.passed = due
        _passes(w, s, wd.OF_WAIT, due, hold.number, -1, now)
        if nd.tacit >= 0:
            resumed_by(w, s, hold.node, due, now, -1, BY_SYSTEM, wd.NO_ANSWER)
            finish(w, s, h, nd.tacit, due, now, BY_SYSTEM, wd.NO_ANSWER)
    elif kind == dl.T_OPINION:
        hold.passed = due
        _passes(w, s, wd.OF_OPINION, due, hold.number, hold.agency, now)
        emit(
            w, s, wd.OPINION_SILENT, due, now, hold.number, hold.node, hold.agency, BY_SYSTEM, NO_REASON,
            hold.silence, 0, 0,
        )  # fmt: skip
        hold.is_silent = 1
        if hold.silence == 1:
            hold.position = wd.SILENT
            close(w, s, h, wd.SILENT, due)
    else:
        hold.passed = due
        _passes(w, s, wd.OWN_TERM, due, hold.number, hold.agency, now)
        if nd.tacit >= 0:
            finish(w, s, h, nd.tacit, due, now, BY_SYSTEM, wd.TACIT)
    if hold.closed < 0:
        dl.arm_hold(w, s, h, now)
    return True


@compiled()
def _ring_window(w, s, at, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """The applicant has let the time for completing the dossier pass."""
    sl = w.slots[s]
    if not sl.awaits or sl.ended >= 0:
        return False
    row = sl.supplement[sl.supplements - 1]
    due = row[U_WINDOW]
    if due + 1 != at:
        return False
    row[U_WINDOW] = -1
    _passes(w, s, wd.OF_SUPPLEMENT, due, row[U_HOLD], -1, now)
    over = w.variants[sl.variant].on_window
    if over == 2:
        return True
    desk = sl_desk(w, s)
    kind = wd.DECLINED if sl.received < 0 else wd.STOPPED if over == 0 else wd.DENIED
    emit(w, s, kind, due, now, 0, -1, desk, BY_SYSTEM, wd.WINDOW_OVER, 0, 0, 0)
    outcome = wd.DECLINED_END if sl.received < 0 else wd.STOPPED_END if over == 0 else wd.DENIED_END
    end(w, s, outcome, due)
    return True


@compiled()
def _ring(w, kind, s, h, at, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Let a timer ring; return whether it still had something to tell."""
    sl = w.slots[s]
    if sl.ended >= 0:
        return False
    if kind >= dl.T_LEGAL:
        return _ring_legal(w, s, kind, at, now)
    if kind == dl.T_WINDOW:
        return _ring_window(w, s, at, now)
    if kind == dl.T_INTAKE:
        if dl.intake_timer(w, s) != at:
            return False
        dl.mark(w, s, K_PASSED, at - 1)
        _passes(w, s, wd.OF_INTAKE, at - 1, 0, sl_desk(w, s), now)
        return True
    if kind == dl.T_CAP:
        for i in range(sl.stops):
            if sl.stop[i, S_UNTIL] < 0 and sl.stop[i, S_CAP] == at and sl.stop[i, S_GROUND] != 0:
                _passes(w, s, wd.OF_PAUSE, at, 0, -1, now)
                resume(w, s, sl.stop[i, S_GROUND], at, now, -1, BY_SYSTEM, wd.AT_CAP)
                return True
        return False
    return _ring_hold(w, s, h, kind, at, now)


@compiled()
def _is_hold_open(w, h, no, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    hold = w.holds[h]
    return hold.no == no and hold.slot >= 0 and hold.number == number and hold.closed < 0


@compiled()
def _timers(w, kind, s, h, no, at, orig):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Let a timer ring, and all of the same dossier that ring at the same instant; return whether any did."""
    rang = False
    while True:
        is_hold = dl.T_HOLD <= kind <= dl.T_OPINION
        if not is_hold or (w.holds[h].no == no and w.holds[h].slot == s and w.holds[h].closed < 0):
            rang = _ring(w, kind, s, h, orig, at) or rang
        if w.n[EVENTS] == 0:
            break
        following = w.events[0]
        if following.at != at or following.first != no:
            break
        e = w.events[next_event(w)]
        kind, h, orig = e.kind, e.hold, e.x
    return rang


@compiled()
def _handle(w, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Let one event happen."""
    e = w.events[found]
    kind, s, h, no, at, x = e.kind, e.slot, e.hold, e.no, e.at, e.x
    number = e.second >> 44
    if kind == WAKES:
        w.officers[x].wakes = 0
        if w.officers[x].hold == -1:
            take_next(w, x, at)
        return
    if w.slots[s].no != no:
        return
    since = w.n[FACTS]
    if e.first >> 40 == TIMERS:
        if not _timers(w, kind, s, h, no, at, x):
            return
    elif kind == PIECE_ENDS:
        hold = w.holds[h]
        if not (hold.no == no and hold.number == number and hold.stage == IN_HAND and hold.worker == x):
            return
        piece_ends(w, s, h, at, x)
    elif kind == E_AGAIN:
        sl = w.slots[s]
        again = new_dossier(w, sl.variant, mixed(np.uint64(sl.key) + np.uint64(0x5EED)), sl.applicant, at)
        w.slots[again].no = w.n[NUMBER]
        w.n[NUMBER] += 1
        free_slot(w, s)
        submit(w, again, at)
        s = again
    else:
        if kind == E_TOLD:
            h = hold_numbered(w, s, number)
        if kind not in (E_SUPPLEMENT, E_WITHDRAW, E_ISSUE, E_APOLOGY, E_EXTENSION, E_RESUME):
            is_intake = kind == E_READY and number == 0 and w.holds[h].no == no
            if h < 0 or not (is_intake or _is_hold_open(w, h, no, number)):
                return
        happen(w, kind, s, h, at, x)
    settle(w, s, since, at)
    let_freed_work(w, at)


@compiled()
def run(w):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let everything happen that happens before ``n[UNTIL]``; ``n[STATUS]`` tells why it came back.

    It can be called again when what was full has room.
    """
    n = w.n
    arrivals, count = w.arrivals, w.arrivals.size
    while True:
        if n[FACTS] + ROOM > w.facts.size:
            n[STATUS] = wd.FULL_FACTS
        elif n[EVENTS] + ROOM > w.events.size:
            n[STATUS] = wd.FULL_EVENTS
        elif n[SLOTS_FREE] < 64:
            n[STATUS] = wd.FULL_SLOTS
        elif n[HOLDS_FREE] < 1024:
            n[STATUS] = wd.FULL_HOLDS
        if n[STATUS]:
            return
        i = n[ARRIVAL]
        has_event, has_arrival = n[EVENTS] > 0, i < count
        if not has_event and not has_arrival:
            n[STATUS] = wd.DONE_ALL
            return
        is_event = has_event
        if has_event and has_arrival:
            top = w.events[0]
            is_event = top.at < arrivals[i].at or (top.at == arrivals[i].at and top.first < (SUBMISSION << 40 | i))
        at = w.events[0].at if is_event else arrivals[i].at
        if at >= n[UNTIL]:
            n[STATUS] = wd.DONE_ALL
            return
        n[NOW] = at
        if is_event:
            _handle(w, next_event(w))
            continue
        n[ARRIVAL] += 1
        s = new_dossier(w, arrivals[i].variant, arrivals[i].key, i, at)
        w.slots[s].no = i
        since = n[FACTS]
        submit(w, s, at)
        settle(w, s, since, at)
        let_freed_work(w, at)
