"""Dossiers move by themselves: open steps, route, fork, join, end, until they rest, as in `engine.advance`."""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import clock
from engine.simulation import world as wd
from engine.simulation.clock import STATUS
from engine.simulation.deadlines import (
    _due,
    arm_all,
    arm_caps,
    arm_hold,
    desk_calendar,
    hold_due,
    is_stopped,
    legal_due,
)
from engine.simulation.happenings import emit
from engine.simulation.tables import (
    APPLICANT,
    CONSULTATION,
    DECISION,
    END,
    JOIN,
    OPINION,
    POSTING,
    SPLIT,
)
from engine.simulation.world import (
    BY_SYSTEM,
    FREE_HOLD,
    FREED,
    HOLDS_FREE,
    M_AGENCY,
    M_AT,
    M_BY,
    M_HOLD,
    M_REASON,
    M_SOURCE,
    M_TARGET,
    M_TOKEN,
    MOST_JOINS,
    MOST_MOVES,
    MOST_STOPS,
    NO_REASON,
    NOW,
    S_CAP,
    S_GROUND,
    S_SINCE,
    S_UNTIL,
    TOO_MANY,
)

MOST = 1_000
"""Moves in one go; more means that a procedure turns in circles."""

IDLE, WAITS_READY, QUEUED, IN_HAND, WAITS_PAPERS, WAITS_OPINION = range(6)
"""Stages of the work on a hold."""


@compiled()
def new_hold(w, s, node, work, agency, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Open a hold, the dossier's next, and return its row."""
    h = w.n[FREE_HOLD]
    hold = w.holds[h]
    w.n[FREE_HOLD] = hold.next
    w.n[HOLDS_FREE] -= 1
    sl = w.slots[s]
    sl.holds += 1
    sl.opened += 1
    hold.no, hold.slot, hold.number, hold.node, hold.work, hold.agency = sl.no, s, sl.holds, node, work, agency
    hold.opened, hold.entry, hold.spent, hold.limit, hold.silence = at, 1, 0, -1, -1
    hold.officer = hold.taken = hold.closed = hold.due = hold.until = -1
    hold.lead = hold.giver = hold.position = hold.outcome = hold.passed = -1
    hold.is_silent = hold.rungs = hold.asked = hold.consulted = 0
    hold.next = hold.left = hold.right = hold.queue = hold.worker = hold.sub = hold.above = hold.asked_row = -1
    hold.stage, hold.service, hold.piece, hold.entered, hold.key, hold.chosen = IDLE, 0, 0, 0, 0, -1
    hold.distance = 1
    if sl.last >= 0:
        w.holds[sl.last].next = h
    else:
        sl.first = h
    sl.last = h
    return h


@compiled()
def hold_numbered(w, s, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the row of a dossier's hold by its number, -1 if there is none."""
    h = w.slots[s].first
    while h >= 0 and w.holds[h].number != number:
        h = w.holds[h].next
    return h


@compiled()
def add_move(w, s, source, target, agency, hold, at, by, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let a dossier move to ``target``; ``agency`` -1, or the one a step was passed on to."""
    sl = w.slots[s]
    if sl.moves >= MOST_MOVES:
        w.n[STATUS] = TOO_MANY
        return
    sl.tokens += 1
    m = sl.waiting[(sl.move + sl.moves) % MOST_MOVES]
    sl.moves += 1
    m[M_TOKEN], m[M_SOURCE], m[M_TARGET], m[M_AGENCY], m[M_HOLD] = sl.tokens, source, target, agency, hold
    m[M_AT], m[M_BY], m[M_REASON] = at, by, reason


@compiled()
def close(w, s, h, outcome, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Close a hold, let opinions it waits for lapse, and set free whoever works on them."""
    hold = w.holds[h]
    hold.closed, hold.outcome = at, outcome
    w.slots[s].opened -= 1
    _let_go(w, h)
    other = w.slots[s].first
    while other >= 0:
        one = w.holds[other]
        if one.closed < 0 and one.lead == h:
            one.closed, one.outcome = at, wd.LAPSED
            w.slots[s].opened -= 1
            _let_go(w, other)
        other = one.next


@compiled()
def _let_go(w, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Take the work on a hold off its officer; what still lies in a queue is thrown away when its turn comes."""
    hold = w.holds[h]
    if hold.worker >= 0:
        officer = w.officers[hold.worker]
        officer.pieces -= 1
        officer.seconds -= hold.piece
        if officer.hold == h:
            worked_until(w, hold.worker, w.n[NOW])
            officer.hold = -2  # free in a moment: whatever is opened now finds him busy still
            w.freed[w.n[FREED]] = hold.worker
            w.n[FREED] += 1
        hold.worker = -1
    if hold.stage != QUEUED:
        hold.stage = IDLE


@compiled()
def worked_until(w, one, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Count the office time that an officer has spent on what is in his hands."""
    officer, c = w.officers[one], w.staff[one].calendar
    officer.worked += clock.passed(w, c, at) - clock.passed(w, c, officer.began)
    officer.began = at


@compiled()
def finish(w, s, h, outcome, at, recorded, officer, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Record that a hold ended by an outcome of its node, and let the dossier move on."""
    hold = w.holds[h]
    row = w.nodes[hold.node].outcome + outcome
    agency = -1 if officer == wd.BY_APPLICANT else hold.agency
    emit(w, s, wd.DONE, at, recorded, hold.number, hold.node, agency, officer, reason, w.outcomes[row].name, 0, 0)
    close(w, s, h, w.outcomes[row].name, at)
    add_move(w, s, hold.node, w.outcomes[row].target, -1, hold.number, at, officer, reason)


@compiled()
def stand_still(w, s, since):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Nothing becomes due while the clock stands still but what others have to do; what had passed stays."""
    sl = w.slots[s]
    if sl.due > since:
        sl.due = -1
    h = sl.first
    while h >= 0:
        hold = w.holds[h]
        if hold.closed < 0 and hold.work not in (APPLICANT, POSTING, OPINION) and hold.due > max(since, hold.opened):
            hold.due = -1
        h = hold.next


@compiled()
def stop_clock(w, s, ground, at, cap, agency, officer, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Record that the clock stands still on a ground; ``cap`` -1 or how long at most."""
    sl = w.slots[s]
    if sl.stops >= MOST_STOPS:
        w.n[STATUS] = TOO_MANY
        return
    emit(w, s, wd.PAUSED, at, at, 0, -1, agency, officer, reason, cap, 0, ground)
    _stop(w, s, ground, at, cap)
    arm_caps(w, s, at)


@compiled()
def _stop(w, s, ground, at, cap):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    sl = w.slots[s]
    row = sl.stop[sl.stops]
    sl.stops += 1
    row[S_GROUND], row[S_SINCE], row[S_UNTIL], row[S_CAP] = ground, at, -1, cap
    stand_still(w, s, at)


@compiled()
def stop_for_papers(w, s, at, restarts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let the clock stand still until papers come; a term that will begin anew has no due instant."""
    if w.slots[s].stops >= MOST_STOPS:
        w.n[STATUS] = TOO_MANY
        return
    _stop(w, s, 0, at, -1)
    if restarts:
        w.slots[s].due = -1


@compiled()
def end_stop(w, s, ground, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """End the last open stop on a ground; return whether there was one."""
    sl = w.slots[s]
    for i in range(sl.stops - 1, -1, -1):
        if sl.stop[i, S_UNTIL] < 0 and sl.stop[i, S_GROUND] == ground:
            sl.stop[i, S_UNTIL] = at
            return True
    return False


@compiled()
def dues_after(w, s, at, recorded, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Record the due instants of open holds that a stop's end has changed."""
    h = w.slots[s].first
    while h >= 0:
        hold = w.holds[h]
        if hold.closed < 0:
            after = hold_due(w, s, h)
            if after != hold.due:
                emit(
                    w, s, wd.DUE_CHANGED, at, recorded, hold.number, hold.node, hold.agency, BY_SYSTEM, reason,
                    after, hold.due, 0,
                )  # fmt: skip
                hold.due = after
                if hold.until >= 0:
                    hold.until = after
        h = hold.next


@compiled()
def resume(w, s, ground, at, recorded, agency, officer, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let the clock run again, unless it does not stand still on that ground any more."""
    if not end_stop(w, s, ground, at):
        return
    due = legal_due(w, s)
    emit(w, s, wd.RESUMED, at, recorded, 0, -1, agency, officer, reason, due, 0, ground)
    w.slots[s].due = due
    dues_after(w, s, at, recorded, reason)
    if not is_stopped(w, s):
        arm_all(w, s, recorded)


@compiled()
def resumed_by(w, s, node, at, recorded, agency, officer, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let the clock run again after a wait that had stopped it."""
    if w.nodes[node].stops:
        resume(w, s, w.nodes[node].ground, at, recorded, agency, officer, reason)


@compiled()
def entries_into(w, s, node):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return how often a step has had the dossier; one that was passed on is no new entry."""
    count = 0
    h = w.slots[s].first
    while h >= 0:
        hold = w.holds[h]
        count += hold.node == node and hold.work != OPINION and hold.outcome != wd.PASSED_ON
        h = hold.next
    return count


@compiled()
def is_full(w, s, node):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return whether a step has had the dossier as often as it may; decisions on the way are followed."""
    while w.nodes[node].kind == DECISION:
        node = w.nodes[node].target
        if node < 0:
            return False
    most = w.nodes[node].most
    return most > 0 and entries_into(w, s, node) >= most


@compiled()
def _spent(w, s, node, limit, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return earlier entries into a step and the seconds of a limit's unit they used up, stops taken out."""
    sl = w.slots[s]
    entries, seconds = 0, np.int64(0)
    h = sl.first
    while h >= 0:
        hold = w.holds[h]
        if hold.node == node and hold.work != OPINION and hold.closed >= 0:
            entries += hold.outcome != wd.PASSED_ON
            begin = hold.opened
            for i in range(sl.stops):
                first, last = sl.stop[i, S_SINCE], sl.stop[i, S_UNTIL]
                if first >= hold.closed:
                    break
                if first > begin:
                    seconds += clock.unit_seconds(w, c, limit, begin, first)
                begin = max(begin, hold.closed if last < 0 else last)
            if begin < hold.closed:
                seconds += clock.unit_seconds(w, c, limit, begin, hold.closed)
        h = hold.next
    return entries, seconds


@compiled()
def _open(w, s, m, node, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Open the hold that a move leads to; return False where the step has had the dossier too often."""
    sl, nd = w.slots[s], w.nodes[node]
    agency, met = nd.agency, False
    h = sl.first
    while h >= 0:
        hold = w.holds[h]
        if hold.node == node:
            met = True
            if hold.work != OPINION and hold.agency >= 0:
                agency = hold.agency
        h = hold.next
    if m[M_AGENCY] >= 0:
        agency = m[M_AGENCY]
    c = w.offices[agency].calendar if agency >= 0 else desk_calendar(w, s)
    entries, spent = 0, np.int64(0)
    if met:
        if nd.limit < 0 or nd.from_receipt or nd.kind in (APPLICANT, POSTING):
            entries = entries_into(w, s, node)
        else:
            entries, spent = _spent(w, s, node, nd.limit, c)
    if nd.most > 0 and entries >= nd.most:
        return False
    start = sl.received if nd.from_receipt and sl.received >= 0 else at
    due = np.int64(-1)
    if nd.limit >= 0:
        length = w.limits[nd.limit].n
        if sl.stops == 0 or nd.kind in (APPLICANT, POSTING):
            due = clock.reach(w, c, nd.limit, length, start, 0, spent)
        else:
            due = _due(w, s, c, nd.limit, length, start, start, spent, -1, -1)
    giver = sl_desk(w, s)
    if m[M_HOLD] > 0:
        giver = w.holds[hold_numbered(w, s, m[M_HOLD])].agency
    h = new_hold(w, s, node, nd.kind, agency, at)
    hold = w.holds[h]
    hold.entry, hold.spent, hold.due, hold.limit, hold.giver = entries + 1, spent, due, nd.limit, giver
    came = m[M_SOURCE] if m[M_AGENCY] < 0 else -10 - m[M_AGENCY]
    emit(
        w, s, wd.OPENED, at, at, hold.number, node, agency, came, NO_REASON, due, spent << 20 | m[M_TOKEN], entries + 1
    )
    if agency >= 0 and giver >= 0 and giver != agency:
        emit(w, s, wd.HANDED_OVER, at, at, hold.number, node, agency, BY_SYSTEM, NO_REASON, giver, m[M_HOLD], 0)
    if nd.kind == CONSULTATION:
        for i in range(nd.consults):
            ask(w, s, h, nd.consulted + i, -1, at, BY_SYSTEM, NO_REASON)
    elif nd.kind == POSTING:
        hold.until = clock.plain_due(w, c, nd.limit, at)
        emit(w, s, wd.POSTING_STARTED, at, at, hold.number, node, agency, BY_SYSTEM, NO_REASON, hold.until, 0, 0)
        _stop_for(w, s, node, at)
    elif nd.kind == APPLICANT:
        if nd.pays:
            emit(w, s, wd.OBLIGATION_SET, at, at, hold.number, node, -1, BY_SYSTEM, NO_REASON, 0, 0, 0)
        _stop_for(w, s, node, at)
    arm_hold(w, s, h, at)
    return True


@compiled()
def sl_desk(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the office of a dossier's desk."""
    return w.variants[w.slots[s].variant].desk


@compiled()
def _stop_for(w, s, node, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    nd, sl = w.nodes[node], w.slots[s]
    if not nd.stops:
        return
    for i in range(sl.stops):
        if sl.stop[i, S_UNTIL] < 0 and sl.stop[i, S_GROUND] == nd.ground:
            return
    cap = np.int64(-1)
    if nd.cap >= 0:
        cap = clock.plain_due(w, desk_calendar(w, s), nd.cap, at)
    stop_clock(w, s, nd.ground, at, cap, -1, BY_SYSTEM, NO_REASON)


@compiled()
def ask(w, s, lead, row, agency, at, officer, reason):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Ask for an opinion (a row of ``consulted``; ``agency`` -1: the row's own) and return its hold."""
    asked = w.consulted[row]
    office = asked.agency if agency < 0 else agency
    node = w.holds[lead].node
    h = new_hold(w, s, node, OPINION, office, at)
    hold = w.holds[h]
    hold.lead, hold.giver, hold.silence, hold.limit, hold.asked_row = (
        lead,
        w.holds[lead].agency,
        asked.silence,
        asked.limit,
        row,
    )
    hold.due = clock.plain_due(w, w.offices[office].calendar, asked.limit, at)
    hold.entry = w.holds[lead].entry if agency < 0 else 100 + w.holds[lead].entry
    emit(
        w, s, wd.OPINION_REQUESTED, at, at, hold.number, node, office, officer, reason,
        hold.due, w.holds[lead].number | (w.holds[lead].agency << 20), row,
    )  # fmt: skip
    arm_hold(w, s, h, at)
    return h


@compiled()
def end(w, s, outcome, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """End a dossier: close its holds and stops, forget its moves."""
    sl = w.slots[s]
    sl.outcome, sl.ended = outcome, at
    h = sl.first
    while h >= 0:
        if w.holds[h].closed < 0:
            close(w, s, h, wd.CLOSED_WITH_IT, at)
        h = w.holds[h].next
    for i in range(sl.stops):
        if sl.stop[i, S_UNTIL] < 0:
            sl.stop[i, S_UNTIL] = at
    sl.moves = sl.joins = sl.awaits = 0


@compiled()
def _enter(w, s, m, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Carry out one move; return False where it is stuck."""
    sl = w.slots[s]
    node = m[M_TARGET]
    nd = w.nodes[node]
    if nd.kind < DECISION:
        return _open(w, s, m, node, at)
    if nd.kind == DECISION:
        if nd.target < 0:
            return False
        emit(w, s, wd.ROUTED, at, at, 0, node, -1, m[M_SOURCE], NO_REASON, nd.target, m[M_TOKEN], nd.edge_taken)
        add_move(w, s, node, nd.target, -1, m[M_HOLD], m[M_AT], m[M_BY], m[M_REASON])
    elif nd.kind == SPLIT:
        emit(w, s, wd.FORKED, at, at, 0, node, -1, BY_SYSTEM, NO_REASON, m[M_TOKEN], m[M_SOURCE], 0)
        for i in range(nd.edges):
            add_move(w, s, node, w.lists[nd.edge + i], -1, m[M_HOLD], m[M_AT], m[M_BY], m[M_REASON])
    elif nd.kind == JOIN:
        emit(w, s, wd.ARRIVED, at, at, 0, node, -1, BY_SYSTEM, NO_REASON, m[M_TOKEN], m[M_SOURCE], 0)
        for i in range(sl.joins):
            if sl.join[i, 0] == node:
                sl.join[i, 1] = m[M_SOURCE]
                return True
        if sl.joins >= MOST_JOINS:
            w.n[STATUS] = TOO_MANY
            return False
        sl.join[sl.joins, 0], sl.join[sl.joins, 1] = node, m[M_SOURCE]
        sl.joins += 1
    elif nd.kind == END:
        if nd.end == 0 and (sl.moves > 0 or sl.opened > 0 or sl.joins > 0):
            emit(w, s, wd.BRANCH_ENDED, at, at, 0, node, -1, BY_SYSTEM, NO_REASON, m[M_TOKEN], m[M_SOURCE], 0)
            return True
        agency = sl_desk(w, s) if m[M_HOLD] <= 0 else w.holds[hold_numbered(w, s, m[M_HOLD])].agency
        kind = wd.DECIDED if nd.end == 0 else wd.DENIED if nd.end == 1 else wd.STOPPED
        emit(w, s, kind, at, at, 0, node, agency, m[M_BY], m[M_REASON], m[M_TOKEN], 0, 0)
        end(w, s, wd.GRANTED if nd.end == 0 else wd.DENIED_END if nd.end == 1 else wd.STOPPED_END, at)
    return True


@compiled()
def _close_consultation(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    h = w.slots[s].first
    while h >= 0:
        hold = w.holds[h]
        if hold.work == CONSULTATION and hold.closed < 0:
            waits, disagrees = False, False
            other = w.slots[s].first
            while other >= 0:
                one = w.holds[other]
                if one.lead == h:
                    waits = waits or one.closed < 0
                    disagrees = disagrees or one.position == wd.DISAGREE
                other = one.next
            if not waits:
                nd = w.nodes[hold.node]
                finish(w, s, h, nd.disagreed if disagrees else nd.agreed, at, at, BY_SYSTEM, NO_REASON)
                return True
        h = hold.next
    return False


@compiled()
def _close_join(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    sl = w.slots[s]
    for i in range(sl.joins):
        node = sl.join[i, 0]
        bit = np.int64(1) << w.nodes[node].join
        is_expected = False
        for j in range(sl.joins):
            place = sl.join[j, 0]
            is_expected = is_expected or (place != node and w.nodes[place].reach & bit != 0)
        h = sl.first
        while h >= 0 and not is_expected:
            hold = w.holds[h]
            is_expected = hold.closed < 0 and w.nodes[hold.node].reach & bit != 0
            h = hold.next
        if not is_expected:
            emit(w, s, wd.JOINED, at, at, 0, node, -1, BY_SYSTEM, NO_REASON, sl.join[i, 1], 0, 0)
            for j in range(i, sl.joins - 1):
                sl.join[j, 0], sl.join[j, 1] = sl.join[j + 1, 0], sl.join[j + 1, 1]
            sl.joins -= 1
            target = w.outcomes[w.nodes[node].outcome].target
            add_move(w, s, node, target, -1, 0, at, BY_SYSTEM, NO_REASON)
            return True
    return False


@compiled()
def advance(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Carry out every move that waits, and every one that follows, until the dossier rests."""
    sl = w.slots[s]
    m = np.empty(8, np.int64)
    for _ in range(MOST):
        if sl.ended >= 0 or sl.received < 0:
            return
        if sl.moves > 0:
            row = sl.waiting[sl.move]
            for i in range(8):
                m[i] = row[i]
            at = max(at, m[M_AT])
            sl.move = (sl.move + 1) % MOST_MOVES
            sl.moves -= 1
            if not _enter(w, s, m, at):
                return
        elif not _close_consultation(w, s, at) and not _close_join(w, s, at):
            return
