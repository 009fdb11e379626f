"""Due instants of dossiers and holds, and the timers that ring when they pass: `engine.legal` and `engine.expire`."""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import clock
from engine.simulation.happenings import TIMERS, expect
from engine.simulation.tables import APPLICANT, OPINION, POSTING, STEP
from engine.simulation.world import (
    K_LETTER,
    K_PASSED,
    K_PROMISE,
    K_SOON,
    MOST_MARKS,
    MOST_STOPS,
    S_CAP,
    S_GROUND,
    S_SINCE,
    S_UNTIL,
    U_RECEIVED,
    U_REQUESTED,
    U_RESTART,
    U_WINDOW,
)

(
    T_INTAKE, T_WINDOW, T_CAP, T_HOLD, T_HOLD_RUNG, T_POSTING, T_WAIT, T_OPINION, T_LEGAL, T_PROMISE, T_RUNG,
    T_SOON, T_LETTER,
) = range(13)  # fmt: skip
"""Kinds of timers."""


@compiled()
def desk_calendar(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the calendar of a dossier's desk."""
    return w.offices[w.variants[w.slots[s].variant].desk].calendar


@compiled()
def is_stopped(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return whether the legal clock stands still."""
    sl = w.slots[s]
    for i in range(sl.stops):
        if sl.stop[i, S_UNTIL] < 0:
            return True
    return False


@compiled()
def _due(w, s, c, limit, length, start, begin, spent, closed, skips):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return a due instant with the stops of a dossier, -1 while an open one holds it; see `counting.due_or_none`.

    ``start``: where a stop must reach beyond; ``begin``: from where it counts; ``closed``: stops after it are left out
    (-1: none is); ``skips``: a ground that does not count (-1: all do).
    """
    sl = w.slots[s]
    due = clock.reach(w, c, limit, length, begin, 0, spent)
    if sl.stops == 0:
        return due
    since, until = np.empty(MOST_STOPS, np.int64), np.empty(MOST_STOPS, np.int64)
    count = 0
    for i in range(sl.stops):
        first, last = sl.stop[i, S_SINCE], sl.stop[i, S_UNTIL]
        if sl.stop[i, S_GROUND] == skips or 0 <= last <= max(start, first):
            continue
        if closed >= 0 and first >= closed:
            continue
        if count and until[count - 1] < 0:
            break
        if count and first <= until[count - 1]:
            until[count - 1] = -1 if last < 0 else max(until[count - 1], last)
            continue
        since[count], until[count] = first, last
        count += 1
    stopped = 0
    days = w.limits[limit].unit in (4, 5, 6, 7)
    for i in range(count):
        if 0 <= until[i] <= begin:
            continue
        if since[i] >= due or due <= begin:
            break
        if until[i] < 0:
            return -1
        first = max(since[i], begin)
        if days:
            stopped += clock.day_of(w, c, until[i]) - clock.day_of(w, c, first)
        else:
            stopped += clock.unit_seconds(w, c, limit, first, until[i])
        due = clock.reach(w, c, limit, length, begin, stopped, spent)
    return due


@compiled()
def _family(unit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    if unit == 8:
        return 3
    return unit - 1 if unit in (5, 7) else unit


@compiled()
def legal_due(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the legal due instant; -1 without a limit or while the clock stands still."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    if v.limit < 0 or sl.received < 0:
        return -1
    c = desk_calendar(w, s)
    limits = w.limits
    if sl.stops == 0 and sl.extensions == 0:
        begin = clock.counted_from(w, c, v.cutoff, sl.received)
        return clock.plain_due(w, c, v.limit, begin)
    start = sl.received
    skips = 0 if v.restart else -1
    for i in range(sl.supplements):
        if sl.supplement[i, U_RESTART] and sl.supplement[i, U_REQUESTED] >= sl.received:
            if sl.supplement[i, U_RECEIVED] < 0:
                return -1
            start = sl.supplement[i, U_RECEIVED]
    limit, length = v.limit, limits[v.limit].n
    due = np.int64(-1)
    begin = clock.counted_from(w, c, v.cutoff, start)
    for i in range(sl.extensions):
        if sl.extension[i] >= start or start == sl.received:
            if _family(limits[limit].unit) == _family(limits[v.extension].unit):
                length += limits[v.extension].n
            else:
                due = _due(w, s, c, limit, length, start, begin, 0, -1, skips)
                if due < 0:
                    return due
                begin, limit, length = due, v.extension, limits[v.extension].n
    return _due(w, s, c, limit, length, start, begin, 0, -1, skips)


@compiled()
def hold_calendar(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the calendar a hold's own limit counts by: its agency's, or the desk's while the applicant has it."""
    agency = w.holds[h].agency
    return w.offices[agency].calendar if agency >= 0 else desk_calendar(w, s)


@compiled()
def hold_due(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return a hold's own due instant; -1 without a limit or while it is stopped."""
    hold = w.holds[h]
    if hold.limit < 0:
        return -1
    c = hold_calendar(w, s, h)
    start = hold.opened
    if hold.work == STEP and w.nodes[hold.node].from_receipt:
        start = w.slots[s].received
    length = w.limits[hold.limit].n
    if hold.work in (OPINION, APPLICANT, POSTING):
        return clock.reach(w, c, hold.limit, length, start, 0, hold.spent)
    return _due(w, s, c, hold.limit, length, start, start, hold.spent, hold.closed, -1)


@compiled()
def is_marked(w, s, row, value):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return whether an instant is among a dossier's marks of a kind."""
    for i in range(MOST_MARKS):
        if w.slots[s].mark[row, i] == value:
            return True
    return False


@compiled()
def mark(w, s, row, value):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Remember an instant among a dossier's marks of a kind; the oldest is forgotten."""
    marks = w.slots[s].mark
    for i in range(MOST_MARKS - 1, 0, -1):
        marks[row, i] = marks[row, i - 1]
    marks[row, 0] = value


@compiled()
def rung_at(w, s, climbed, passed_at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return when the next rung of the ladder is climbed; -1 at its top."""
    v = w.variants[w.slots[s].variant]
    if climbed >= v.rungs:
        return -1
    return clock.plain_due(w, desk_calendar(w, s), w.rungs[v.ladder + climbed].limit, passed_at)


@compiled()
def _timer(w, s, h, now, kind, at, sub):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    expect(w, max(at, now), TIMERS, w.slots[s].no, (at << 20) | sub, kind, s, h, at)


@compiled()
def arm_hold(w, s, h, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Set the timer of a hold, as its state now asks for."""
    hold = w.holds[h]
    kind, at = hold_timer(w, s, h)
    if at >= 0:
        _timer(w, s, h, now, kind, at, 100 + hold.number)


@compiled()
def hold_timer(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the timer a hold has now: its kind and when it rings (-1: none)."""
    hold = w.holds[h]
    if hold.work == POSTING:
        return T_POSTING, hold.until
    if hold.work == APPLICANT:
        return T_WAIT, hold.due + 1 if hold.due >= 0 and hold.passed != hold.due else np.int64(-1)
    if hold.due < 0 or (hold.work != OPINION and is_stopped(w, s)):
        return T_HOLD, np.int64(-1)
    if hold.passed != hold.due:
        return T_OPINION if hold.work == OPINION else T_HOLD, hold.due + 1
    return T_HOLD_RUNG, rung_at(w, s, hold.rungs, hold.due)


@compiled()
def legal_timer(w, s, kind):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return when a timer of the legal clock rings, as the state now asks for (-1: not)."""
    sl = w.slots[s]
    if sl.due < 0 or sl.ended >= 0 or sl.received < 0 or is_stopped(w, s):
        return np.int64(-1)
    has_passed = is_marked(w, s, K_PASSED, sl.due)
    if kind == T_PROMISE:
        waits = has_passed and sl.promised >= 0 and not is_marked(w, s, K_PROMISE, sl.promised)
        return sl.promised + 1 if waits else np.int64(-1)
    if kind == T_RUNG:
        return rung_at(w, s, sl.rungs, sl.due) if has_passed else np.int64(-1)
    if has_passed:
        return np.int64(-1)
    if kind == T_LEGAL:
        return sl.due + 1
    v = w.variants[sl.variant]
    c = desk_calendar(w, s)
    running = sl.received
    for i in range(sl.stops):
        running = max(running, sl.stop[i, S_UNTIL])
    if kind == T_SOON:
        if is_marked(w, s, K_SOON, sl.due):
            return np.int64(-1)
        if v.due_soon >= 0:
            soon = clock.lead_before(w, c, sl.due, v.due_soon)
        else:
            soon = clock.subtract(w, c, sl.due, w.calendars[c].office_day)
        return max(soon, running)
    if sl.apologies or is_marked(w, s, K_LETTER, sl.due):
        return np.int64(-1)
    latest = clock.lead_before(w, c, sl.due, v.lead)
    return max(clock.subtract(w, c, latest, w.calendars[c].office_day), running)


@compiled()
def arm_legal(w, s, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Set the timers of the legal clock, as the state now asks for."""
    for kind in (T_PROMISE, T_RUNG, T_LEGAL, T_SOON, T_LETTER):
        at = legal_timer(w, s, kind)
        if at >= 0:
            _timer(w, s, -1, now, kind, at, 60_000 + kind)


@compiled()
def arm_window(w, s, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Set the timer of the window in which the applicant may complete the dossier."""
    sl = w.slots[s]
    window = sl.supplement[sl.supplements - 1, U_WINDOW]
    if window >= 0:
        _timer(w, s, -1, now, T_WINDOW, window + 1, 1)


@compiled()
def arm_caps(w, s, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Set the timers of open stops with a cap (a request for papers has a window instead)."""
    sl = w.slots[s]
    for i in range(sl.stops):
        if sl.stop[i, S_UNTIL] < 0 and sl.stop[i, S_CAP] >= 0 and sl.stop[i, S_GROUND] != 0:
            _timer(w, s, -1, now, T_CAP, sl.stop[i, S_CAP], 2 + i)


@compiled()
def intake_timer(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return when the time for checking a submission is over; -1 where there is none or papers are awaited."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    if v.intake_within < 0 or sl.received >= 0 or sl.ended >= 0 or sl.awaits:
        return np.int64(-1)
    since = sl.submitted if sl.supplements == 0 else sl.supplement[sl.supplements - 1, U_RECEIVED]
    due = clock.plain_due(w, desk_calendar(w, s), v.intake_within, since)
    return np.int64(-1) if is_marked(w, s, K_PASSED, due) else due + 1


@compiled()
def arm_intake(w, s, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Set the timer of the time for checking a submission."""
    at = intake_timer(w, s)
    if at >= 0:
        _timer(w, s, -1, now, T_INTAKE, at, 0)


@compiled()
def arm_all(w, s, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Set the timers of a dossier whose clock runs again."""
    arm_legal(w, s, now)
    h = w.slots[s].first
    while h >= 0:
        hold = w.holds[h]
        if hold.closed < 0 and hold.work not in (OPINION, APPLICANT, POSTING):
            arm_hold(w, s, h, now)
        h = hold.next
