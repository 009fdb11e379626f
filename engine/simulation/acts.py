"""What people do, and what follows from each fact: intake, steps, opinions, applicants, conduct, acts of the clock.

The behaviour is told in docs/simulation.md; the rules it keeps to are `engine.decide`'s.
"""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import clock
from engine.simulation import world as wd
from engine.simulation.chance import Purpose, length, mixed, uniform
from engine.simulation.deadlines import (
    arm_all,
    arm_intake,
    arm_legal,
    arm_window,
    desk_calendar,
    is_stopped,
    legal_due,
)
from engine.simulation.happenings import ACT, MACHINE, READY, SUBMISSION, TOLD, emit, expect
from engine.simulation.model import Conduct
from engine.simulation.moves import (
    IDLE,
    WAITS_OPINION,
    WAITS_PAPERS,
    WAITS_READY,
    add_move,
    advance,
    ask,
    close,
    dues_after,
    end,
    end_stop,
    finish,
    is_full,
    new_hold,
    resume,
    resumed_by,
    sl_desk,
    stop_clock,
    stop_for_papers,
)
from engine.simulation.queues import calendar_of, end_piece, enqueue, free_hold
from engine.simulation.tables import (
    APPLICANT,
    CONSULTATION,
    INTAKE,
    OPINION,
    POSTING,
    SERVICE,
    STEP,
    SUB_DOSSIER,
)
from engine.simulation.world import (
    BY_APPLICANT,
    BY_SYSTEM,
    FACTS,
    FREE_SLOT,
    MOST_EXTENSIONS,
    MOST_MARKS,
    MOST_SUPPLEMENTS,
    NO_REASON,
    NUMBER,
    S_GROUND,
    S_UNTIL,
    SLOTS_FREE,
    SUBMISSIONS,
    U_HOLD,
    U_RECEIVED,
    U_REQUESTED,
    U_RESTART,
    U_WINDOW,
)

(
    E_READY, E_SUPPLEMENT, E_WITHDRAW, E_MACHINE, E_APPLICANT, E_OBJECTION, E_ISSUE, E_APOLOGY, E_EXTENSION,
    E_TOLD, E_FORWARD, E_PAUSE, E_RESUME, E_ASKS_TO_WITHDRAW, E_CLOSE_EARLY, E_AGAIN,
) = range(30, 46)  # fmt: skip
"""Kinds of events."""

FOUR_HOURS = 4 * 3600
HALF_AN_HOUR = 1800
AGAIN = 0.25
"""Share of its service that a piece takes when it is gone on with."""
MOST_BOUNCES, MOST_BOUNCES_IN_ALL = 3, 6

_SERVICE, _DELAY, _OUTCOME = int(Purpose.SERVICE), int(Purpose.DELAY), int(Purpose.OUTCOME)
_SUPPLEMENT, _BROUGHT = int(Purpose.SUPPLEMENT), int(Purpose.SUPPLEMENT_BROUGHT)
_SUPPLEMENT_TIME, _SEND_BACK = int(Purpose.SUPPLEMENT_TIME), int(Purpose.SEND_BACK)
_INTAKE, _INTAKE_SERVICE = int(Purpose.INTAKE), int(Purpose.INTAKE_SERVICE)
_ANSWERS, _APPLICANT_TIME = int(Purpose.APPLICANT_ANSWERS), int(Purpose.APPLICANT_TIME)
_SILENT, _POSITION = int(Purpose.OPINION_SILENT), int(Purpose.OPINION_POSITION)
_OBJECTION, _OBJECTION_TIME = int(Purpose.OBJECTION), int(Purpose.OBJECTION_TIME)
_WITHDRAWS, _WITHDRAWAL_TIME, _UNASKED = int(Purpose.WITHDRAWS), int(Purpose.WITHDRAWAL_TIME), int(Purpose.UNASKED)
_MACHINE_TIME, _APOLOGY, _APOLOGY_TIME = int(Purpose.MACHINE_TIME), int(Purpose.APOLOGY), int(Purpose.APOLOGY_TIME)
_EXTENSION, _COLLECTS, _COLLECTION = int(Purpose.EXTENSION), int(Purpose.COLLECTS), int(Purpose.COLLECTION_TIME)
_POLICY, _POLICY_LENGTH = int(Purpose.POLICY), int(Purpose.POLICY_LENGTH)

_SITS, _FORWARDS, _PING_PONG = int(Conduct.SITS), int(Conduct.FORWARDS_AT_EXPIRY), int(Conduct.PING_PONG)
_NEEDLESS_PAPERS, _NEEDLESS_OPINION = int(Conduct.NEEDLESS_SUPPLEMENT), int(Conduct.NEEDLESS_OPINION)
_STOPS_CLOCK, _REFERS_UP = int(Conduct.STOPS_CLOCK), int(Conduct.REFERS_UP)
_REGISTERS_LATE, _CLOSES_EARLY = int(Conduct.REGISTERS_LATE), int(Conduct.CLOSES_EARLY)
_ASKS_TO_WITHDRAW = int(Conduct.ASKS_TO_WITHDRAW)


# chance


@compiled()
def _u(w, s, purpose, place, turn):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    return uniform(np.uint64(w.slots[s].key), purpose, place, turn)


@compiled()
def _drawn(w, s, draw, term, purpose, place, turn):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return a length in whole seconds; ``term`` is what a share is of."""
    d = w.draws[draw]
    if d.law == 0 and not d.of_term:
        return np.int64(max(d.a, 0.0))
    found = length(d.law, d.a, d.b, w.numbers, d.first, d.count, _u(w, s, purpose, place, turn))
    return np.int64(found * term if d.of_term else found)


@compiled()
def _term_of(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the office seconds of a hold's own term; four hours where it has none."""
    hold = w.holds[h]
    if hold.due <= hold.opened:
        return FOUR_HOURS
    c = calendar_of(w, s, h)
    return clock.passed(w, c, hold.due) - clock.passed(w, c, hold.opened)


@compiled()
def _on_desk(w, s, at, seconds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    return clock.add(w, desk_calendar(w, s), at, seconds)


@compiled()
def _outcome(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the outcome chosen for a hold, as a place among those of its node."""
    nd = w.nodes[w.holds[h].node]
    if nd.outcomes == 1:
        return 0
    u = _u(w, s, _OUTCOME, nd.place, w.holds[h].entry)
    for i in range(nd.outcomes - 1):
        if u < w.outcomes[nd.outcome + i].upto:
            return i
    return nd.outcomes - 1


@compiled()
def _officer_of(w, office):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    return w.offices[office].officer


# submission and intake


@compiled()
def new_dossier(w, variant, key, applicant, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Open a slot for a dossier submitted at ``at`` and return it; ``applicant`` -1: an applicant of its own."""
    s = w.n[FREE_SLOT]
    sl = w.slots[s]
    w.n[FREE_SLOT] = sl.next
    w.n[SLOTS_FREE] -= 1
    sl.variant, sl.key, sl.submitted = variant, np.int64(key), at
    sl.root = sl.root_no = sl.root_hold = sl.received = sl.counted_from = sl.term_from = sl.due = sl.promised = -1
    sl.ended = sl.outcome = sl.issued = sl.first = sl.last = sl.intake = sl.next = -1
    sl.is_sub = sl.holds = sl.opened = sl.tokens = sl.move = sl.moves = sl.joins = sl.supplements = sl.stops = 0
    sl.extensions = sl.apologies = sl.awaits = sl.rungs = sl.later = sl.bounced = 0
    for i in range(MOST_MARKS):
        for row in range(4):
            sl.mark[row, i] = -1
    for i in range(sl.used.size):
        sl.used[i] = 0
    w.n[SUBMISSIONS] += 1
    sl.applicant = applicant
    return s


@compiled()
def submit(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Record the submission of a dossier by its applicant, and let the desk look at it."""
    sl = w.slots[s]
    desk = sl_desk(w, s)
    emit(w, s, wd.SUBMITTED, at, at, 0, -1, desk, BY_APPLICANT, NO_REASON, sl.applicant, -1, sl.variant)
    arm_intake(w, s, at)
    ready = at
    office = w.offices[desk]
    for i in range(office.policies):
        p = w.policies[office.policy + i]
        if p.conduct == _REGISTERS_LATE and _u(w, s, _POLICY + p.index, 0, 0) < p.strength:
            later = _drawn(w, s, p.length, FOUR_HOURS, _POLICY_LENGTH + p.index, 0, 0)
            ready = clock.add(w, office.calendar, at, later)
            break
    _to_intake(w, s, at, ready)


@compiled()
def _to_intake(w, s, at, ready):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Let the desk look at a submission from ``ready`` on."""
    sl = w.slots[s]
    h = sl.intake
    if h < 0:
        h = new_hold(w, s, -1, INTAKE, sl_desk(w, s), at)
        # It is no hold of the dossier's: no number, not in its list.
        sl.intake, sl.first, sl.last = h, -1, -1
        sl.holds = sl.opened = 0
        w.holds[h].number = 0
    if ready > at:
        w.holds[h].stage = WAITS_READY
        expect(w, ready, READY, sl.no, 0, E_READY, s, h, 0)
    else:
        enqueue(w, s, h, _intake_piece(w, s), at)


@compiled()
def _intake_piece(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    sl = w.slots[s]
    return _drawn(w, s, w.variants[sl.variant].intake, FOUR_HOURS, _INTAKE_SERVICE, 0, _brought(w, s))


@compiled()
def _brought(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return how many supplements were brought."""
    sl = w.slots[s]
    return sl.supplements - sl.awaits


@compiled()
def _intake_ends(w, s, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """The desk has looked: refuse, ask for papers, or receive."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    k = _brought(w, s)
    u = _u(w, s, _INTAKE, 0, k)
    if u < v.declines:
        emit(w, s, wd.DECLINED, at, at, 0, -1, sl_desk(w, s), officer, wd.REFUSED, 0, 0, 0)
        end(w, s, wd.DECLINED_END, at)
    elif u < v.declines + v.intake_supplement and k == 0 and v.most_supplements > 0:
        request_papers(w, s, -1, at, officer)
    else:
        receive(w, s, at, officer)


@compiled()
def receive(w, s, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Record receipt (form 01); the dossier will enter its first step."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    c = desk_calendar(w, s)
    sl.received = at
    sl.counted_from = sl.term_from = at
    if v.limit >= 0:
        sl.counted_from = sl.term_from = clock.counted_from(w, c, v.cutoff, at)
        sl.due = clock.plain_due(w, c, v.limit, sl.counted_from)
    emit(w, s, wd.RECEIVED, at, at, 0, -1, sl_desk(w, s), officer, NO_REASON, sl.due, sl.counted_from, 0)
    if v.intake_within >= 0:
        since = sl.submitted if sl.supplements == 0 else sl.supplement[sl.supplements - 1, U_RECEIVED]
        if clock.plain_due(w, c, v.intake_within, since) < at:
            breach(w, s, wd.LATE_INTAKE, at, 0, sl_desk(w, s), officer, NO_REASON, 0)
    add_move(w, s, -1, v.start, -1, 0, at, officer, NO_REASON)
    arm_legal(w, s, at)


@compiled()
def breach(w, s, rule, at, hold, agency, officer, reason, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Record that something the rules disapprove of happened."""
    emit(w, s, wd.BREACHED, at, at, hold, -1, agency, officer, reason, x, 0, rule)


# papers


@compiled()
def may_request_papers(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return whether the applicant may be asked for papers at a step."""
    sl = w.slots[s]
    nd = w.nodes[w.holds[h].node]
    most = min(w.variants[sl.variant].most_supplements, MOST_SUPPLEMENTS)
    return nd.asks and not sl.awaits and sl.supplements < most and sl.stops < wd.MOST_STOPS


@compiled()
def request_papers(w, s, h, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Ask the applicant to complete the dossier (form 02), at a step or (``h`` -1) at intake."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    c = desk_calendar(w, s)
    number = w.holds[h].number if h >= 0 else 0
    agency = w.holds[h].agency if h >= 0 else sl_desk(w, s)
    restarts = bool(v.restart) and h >= 0
    window = clock.plain_due(w, c, v.window, at) if v.window >= 0 else np.int64(-1)
    row = sl.supplement[sl.supplements]
    row[U_REQUESTED], row[U_RECEIVED], row[U_HOLD], row[U_WINDOW], row[U_RESTART] = at, -1, number, window, restarts
    sl.supplements += 1
    sl.awaits = 1
    emit(
        w, s, wd.SUPPLEMENT_REQUESTED, at, at, number, -1, agency, officer, wd.INCOMPLETE,
        window, sl.supplements, restarts,
    )  # fmt: skip
    if sl.received >= 0:
        stop_for_papers(w, s, at, restarts)
    if sl.supplements > 1:
        breach(w, s, wd.REPEATED_SUPPLEMENT, at, number, agency, officer, wd.INCOMPLETE, sl.supplements)
    if h >= 0 and v.ask_within >= 0:
        latest = clock.plain_due(w, c, v.ask_within, sl.received)
        if at > latest:
            breach(w, s, wd.LATE_SUPPLEMENT, at, number, agency, officer, wd.INCOMPLETE, latest)
    if not v.has_paper:
        breach(w, s, wd.OUTSIDE_LIST, at, number, agency, officer, wd.INCOMPLETE, 0)
    arm_window(w, s, at)


@compiled()
def _papers_come(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """The applicant brings what was asked for."""
    sl = w.slots[s]
    row = sl.supplement[sl.supplements - 1]
    row[U_RECEIVED] = at
    sl.awaits = 0
    if sl.received < 0:
        emit(w, s, wd.SUPPLEMENT_RECEIVED, at, at, 0, -1, -1, BY_APPLICANT, NO_REASON, -1, 0, 0)
        arm_intake(w, s, at)
        _to_intake(w, s, at, at)
        return
    if row[U_RESTART]:
        sl.term_from = at
    end_stop(w, s, 0, at)
    sl.due = legal_due(w, s)
    emit(w, s, wd.SUPPLEMENT_RECEIVED, at, at, 0, -1, -1, BY_APPLICANT, NO_REASON, sl.due, 0, 0)
    dues_after(w, s, at, at, NO_REASON)
    if not is_stopped(w, s):
        arm_all(w, s, at)


# reactions


@compiled()
def react(w, s, f, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """See to what people will do because of one fact (a row) of a dossier."""
    fact = w.facts[f]
    kind = fact.kind
    sl = w.slots[s]
    if kind in (wd.OPENED, wd.OPINION_REQUESTED):
        h = _numbered(w, s, fact.hold)
        if w.holds[h].closed < 0:
            _at_hold(w, s, h, at)
    elif kind in (wd.OPINION_GIVEN, wd.OPINION_SILENT):
        _after_opinion(w, s, _numbered(w, s, fact.hold), at)
    elif kind == wd.SUPPLEMENT_REQUESTED:
        v = w.variants[sl.variant]
        k = fact.y - 1
        if _u(w, s, _BROUGHT, 0, k) < v.supplements:
            later = _drawn(w, s, v.supplement_time, FOUR_HOURS, _SUPPLEMENT_TIME, 0, k)
            expect(w, _on_desk(w, s, at, later), ACT, sl.no, fact.hold, E_SUPPLEMENT, s, -1, fact.y)
    elif kind == wd.SUPPLEMENT_RECEIVED:
        number = sl.supplement[sl.supplements - 1, U_HOLD]
        if number > 0:
            h = _numbered(w, s, number)
            hold = w.holds[h]
            if hold.closed < 0 and hold.stage == WAITS_PAPERS:
                enqueue(w, s, h, np.int64(AGAIN * hold.service), at)
    elif sl.is_sub:
        return
    elif kind == wd.RECEIVED:
        v = w.variants[sl.variant]
        if v.withdraws > 0.0 and _u(w, s, _WITHDRAWS, 0, 0) < v.withdraws:
            later = _drawn(w, s, v.withdrawal, FOUR_HOURS, _WITHDRAWAL_TIME, 0, 0)
            expect(w, _on_desk(w, s, at, later), ACT, sl.no, 0, E_WITHDRAW, s, -1, 0)
    elif kind == wd.DUE_SOON:
        v = w.variants[sl.variant]
        if fact.z:
            if v.apologises > 0.0 and _u(w, s, _APOLOGY, 0, sl.apologies) < v.apologises:
                expect(w, at, ACT, sl.no, 0, E_APOLOGY, s, -1, 0)
        elif v.extends > 0.0 and _u(w, s, _EXTENSION, 0, sl.extensions) < v.extends:
            expect(w, at, ACT, sl.no, 0, E_EXTENSION, s, -1, 0)
    elif kind in (wd.DECIDED, wd.DENIED):
        v = w.variants[sl.variant]
        if _u(w, s, _COLLECTS, 0, 0) < v.collects:
            later = _drawn(w, s, v.collection, FOUR_HOURS, _COLLECTION, 0, 0) + sl.later
            expect(w, _on_desk(w, s, at, later), ACT, sl.no, 0, E_ISSUE, s, -1, 0)
            sl.issued = -2  # somebody will come for it


@compiled()
def _numbered(w, s, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    h = w.slots[s].last if w.slots[s].holds == number else w.slots[s].first
    while h >= 0 and w.holds[h].number != number:
        h = w.holds[h].next
    return h


@compiled()
def _at_hold(w, s, h, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """What whoever has the dossier at a new hold does with it."""
    hold, sl = w.holds[h], w.slots[s]
    nd = w.nodes[hold.node]
    if hold.work == STEP:
        hold.service = _drawn(w, s, nd.service, _term_of(w, s, h), _SERVICE, nd.place, hold.entry)
        delay = _drawn(w, s, nd.delay, _term_of(w, s, h), _DELAY, nd.place, hold.entry)
        _to_work(w, s, h, delay, nd.place, at)
    elif hold.work == OPINION:
        asked = w.consulted[hold.asked_row]
        place = asked.place or nd.place
        if asked.silent > 0.0 and _u(w, s, _SILENT, place, hold.entry) < asked.silent:
            return
        hold.service = _drawn(w, s, asked.service, _term_of(w, s, h), _SERVICE, place, hold.entry)
        delay = _drawn(w, s, asked.delay, _term_of(w, s, h), _DELAY, place, hold.entry)
        _to_work(w, s, h, delay, place, at)
    elif hold.work == SERVICE:
        takes = _drawn(w, s, nd.service, _term_of(w, s, h), _MACHINE_TIME, nd.place, hold.entry)
        expect(w, at + takes, MACHINE, sl.no, hold.number, E_MACHINE, s, h, 0)
    elif hold.work == APPLICANT:
        if _u(w, s, _ANSWERS, nd.place, hold.entry) < nd.answers:
            takes = _drawn(w, s, nd.service, _term_of(w, s, h), _APPLICANT_TIME, nd.place, hold.entry)
            expect(w, _on_desk(w, s, at, takes), ACT, sl.no, hold.number, E_APPLICANT, s, h, 0)
    elif hold.work == POSTING and nd.objection >= 0 and _u(w, s, _OBJECTION, nd.place, hold.entry) < nd.objects:
        share = _u(w, s, _OBJECTION_TIME, nd.place, hold.entry)
        when = hold.opened + np.int64(share * (hold.until - hold.opened))
        expect(w, when, ACT, sl.no, hold.number, E_OBJECTION, s, h, 0)


@compiled()
def _to_work(w, s, h, delay, place, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Let the work on a step or an opinion become ready, as the agency behaves."""
    hold, sl = w.holds[h], w.slots[s]
    office = w.offices[hold.agency]
    ready = clock.add(w, office.calendar, at, delay)
    if office.policies:
        code = w.nodes[hold.node].code
        is_settled = False
        for i in range(office.policies):
            row = office.policy + i
            p = w.policies[row]
            if not w.fits[row, code] or p.conduct in (_PING_PONG, _NEEDLESS_PAPERS, _NEEDLESS_OPINION):
                continue
            if p.conduct in (_REFERS_UP, _REGISTERS_LATE):
                continue
            if _u(w, s, _POLICY + p.index, place, hold.entry) >= p.strength:
                continue
            if p.conduct == _SITS:
                if is_settled or hold.due < 0:
                    continue
                is_settled = True
                until = clock.subtract(w, office.calendar, hold.due, hold.service + HALF_AN_HOUR)
                ready = max(ready, until)
            elif hold.work != STEP:
                continue
            elif p.conduct == _FORWARDS:
                if is_settled or hold.due < 0:
                    continue
                is_settled = True
                left = np.int64(_u(w, s, _POLICY_LENGTH + p.index, place, hold.entry) * 3600)
                when = clock.subtract(w, office.calendar, hold.due, left)
                if when >= at:
                    expect(w, when, ACT, sl.no, hold.number, E_FORWARD, s, h, 0)
                    ready = np.int64(-1)
            elif sl.due >= 0:
                _near_the_end(w, s, h, row, at)
        if ready < 0:
            return
    if ready > at:
        hold.stage = WAITS_READY
        expect(w, ready, READY, sl.no, hold.number, E_READY, s, h, 0)
    else:
        enqueue(w, s, h, hold.service, at)


@compiled()
def _near_the_end(w, s, h, row, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Conduct that waits until the legal term is nearly over."""
    hold, sl, p = w.holds[h], w.slots[s], w.policies[row]
    office = w.offices[hold.agency]
    before = HALF_AN_HOUR if p.conduct == _CLOSES_EARLY else FOUR_HOURS
    when = clock.subtract(w, office.calendar, sl.due, before)
    if when <= at:
        return
    if p.conduct == _STOPS_CLOCK:
        if w.variants[sl.variant].ground >= 0:
            expect(w, when, ACT, sl.no, hold.number, E_PAUSE, s, h, row)
    elif p.conduct == _ASKS_TO_WITHDRAW:
        if not sl.is_sub:
            expect(w, when, ACT, sl.no, hold.number, E_ASKS_TO_WITHDRAW, s, h, row)
    elif p.conduct == _CLOSES_EARLY:
        nd = w.nodes[hold.node]
        target = w.outcomes[nd.outcome + _outcome(w, s, h)].target
        if w.nodes[target].end == 0:
            expect(w, when, ACT, sl.no, hold.number, E_CLOSE_EARLY, s, h, row)


@compiled()
def _after_opinion(w, s, h, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """The lead goes on: with its step, or concludes when those who are silent are all that is missing."""
    hold = w.holds[h]
    lead = hold.lead
    if lead < 0 or w.holds[lead].closed >= 0 or w.slots[s].ended >= 0:
        return
    if w.holds[lead].work == STEP:
        if w.holds[lead].stage == WAITS_OPINION and w.holds[lead].consulted == hold.number:
            enqueue(w, s, lead, np.int64(AGAIN * w.holds[lead].service), at)
        return
    if w.holds[lead].work != CONSULTATION or w.holds[lead].stage != IDLE or w.holds[lead].asked:
        return
    is_open = False
    other = w.slots[s].first
    while other >= 0:
        one = w.holds[other]
        if one.lead == lead and one.closed < 0:
            is_open = True
            if not one.is_silent or one.silence == 2:
                return
        other = one.next
    if is_open:
        nd = w.nodes[w.holds[lead].node]
        w.holds[lead].asked = 1
        w.holds[lead].service = _drawn(w, s, nd.service, _term_of(w, s, lead), _SERVICE, nd.place, w.holds[lead].entry)
        enqueue(w, s, lead, w.holds[lead].service, at)


# ends of work


@compiled()
def piece_ends(w, s, h, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """An officer has done a piece of work."""
    hold = w.holds[h]
    end_piece(w, h)
    if hold.work == INTAKE:
        _intake_ends(w, s, at, officer)
    elif hold.work == OPINION:
        _give_opinion(w, s, h, at, officer)
    elif hold.work == CONSULTATION:
        disagrees = False
        other = w.slots[s].first
        while other >= 0:
            disagrees = disagrees or (w.holds[other].lead == h and w.holds[other].position == wd.DISAGREE)
            other = w.holds[other].next
        nd = w.nodes[hold.node]
        chosen = nd.disagreed if disagrees else nd.agreed
        _finish_step(w, s, h, max(chosen, 0), at, officer)
    else:
        _step_ends(w, s, h, at, officer)


@compiled()
def _give_opinion(w, s, h, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    hold = w.holds[h]
    asked = w.consulted[hold.asked_row]
    place = asked.place or w.nodes[hold.node].place
    u = _u(w, s, _POSITION, place, hold.entry)
    position = wd.AGREE
    if u < asked.disagrees:
        position = wd.DISAGREE
    elif u < asked.disagrees + asked.no_position:
        position = wd.WITHOUT_POSITION
    emit(w, s, wd.OPINION_GIVEN, at, at, hold.number, hold.node, hold.agency, officer, NO_REASON, position, 0, 0)
    hold.position = position
    due = hold.due
    close(w, s, h, position, at)
    if 0 <= due < at:
        breach(w, s, wd.LATE_OPINION, at, hold.number, hold.agency, officer, NO_REASON, 0)
    if position == wd.WITHOUT_POSITION:
        breach(w, s, wd.NO_POSITION, at, hold.number, hold.agency, officer, NO_REASON, 0)


@compiled()
def _step_ends(w, s, h, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """The work on a step is done: what becomes of the dossier."""
    hold = w.holds[h]
    nd = w.nodes[hold.node]
    office = w.offices[hold.agency]
    for i in range(office.policies):
        row = office.policy + i
        p = w.policies[row]
        if p.conduct not in (_PING_PONG, _NEEDLESS_PAPERS, _NEEDLESS_OPINION, _REFERS_UP) or not w.fits[row, nd.code]:
            continue
        if _u(w, s, _POLICY + p.index, nd.place, hold.entry) >= p.strength:
            continue
        if _misbehave(w, s, h, row, at, officer):
            return
    if (
        nd.supplement > 0.0
        and not hold.asked
        and may_request_papers(w, s, h)
        and _u(w, s, _SUPPLEMENT, nd.place, hold.entry) < nd.supplement
    ):
        hold.asked, hold.stage = 1, WAITS_PAPERS
        request_papers(w, s, h, at, officer)
        return
    if nd.backs and hold.entry == 1 and nd.send_back > 0.0 and _u(w, s, _SEND_BACK, nd.place, 1) < nd.send_back:
        back = _way_back(w, s, hold.node)
        if back >= 0:
            _send_back(w, s, h, back, at, officer)
            return
    _finish_step(w, s, h, _outcome(w, s, h), at, officer)


@compiled()
def _misbehave(w, s, h, row, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Do what a policy makes of the end of a step; return whether anything was done."""
    hold, sl, p = w.holds[h], w.slots[s], w.policies[row]
    if p.conduct == _NEEDLESS_PAPERS:
        if hold.asked or not may_request_papers(w, s, h):
            return False
        hold.asked, hold.stage = 1, WAITS_PAPERS
        request_papers(w, s, h, at, officer)
        return True
    if p.conduct == _NEEDLESS_OPINION:
        if p.partner < 0 or p.partner == hold.agency or hold.consulted:
            return False
        hold.stage = WAITS_OPINION
        asked = ask(w, s, h, w.consulted.size - 1, p.partner, at, officer, wd.CONSULTED)
        hold.consulted = w.holds[asked].number
        return True
    used = p.bounces
    most = 1 if p.conduct == _REFERS_UP else MOST_BOUNCES
    if sl.used[used] >= most or (p.conduct == _PING_PONG and sl.bounced >= MOST_BOUNCES_IN_ALL):
        return False
    to = p.partner
    if p.conduct == _REFERS_UP:
        to = w.offices[hold.agency].parent if to < 0 else to
        reason = wd.REFERRED_UP
    else:
        back = _way_back(w, s, hold.node)
        if back >= 0:
            sl.used[used] += 1
            sl.bounced += 1
            _send_back(w, s, h, back, at, officer)
            return True
        to = hold.giver if to < 0 else to
        reason = wd.PING_PONG
    if to < 0 or to == hold.agency:
        return False
    sl.used[used] += 1
    sl.bounced += 1
    emit(w, s, wd.TRANSFERRED, at, at, hold.number, hold.node, hold.agency, officer, reason, to, 0, 0)
    close(w, s, h, wd.PASSED_ON, at)
    add_move(w, s, -1, hold.node, to, hold.number, at, officer, reason)
    return True


@compiled()
def _way_back(w, s, node):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Return the first step a step may send back to that has had the dossier, -1 if it may not now."""
    nd = w.nodes[node]
    for i in range(nd.backs):
        back = w.lists[nd.back + i]
        h = w.slots[s].first
        while h >= 0:
            if w.holds[h].node == back:
                return np.int64(-1) if is_full(w, s, back) else np.int64(back)
            h = w.holds[h].next
    return np.int64(-1)


@compiled()
def _send_back(w, s, h, back, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    hold = w.holds[h]
    emit(w, s, wd.SENT_BACK, at, at, hold.number, hold.node, hold.agency, officer, wd.MEND, back, 0, 0)
    close(w, s, h, wd.SENT, at)
    add_move(w, s, hold.node, back, -1, hold.number, at, officer, wd.MEND)


@compiled()
def _finish_step(w, s, h, chosen, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """End a step by an outcome; by another where that one leads to a step that has had the dossier too often."""
    nd = w.nodes[w.holds[h].node]
    for i in range(-1, nd.outcomes):
        outcome = chosen if i < 0 else i
        row = w.outcomes[nd.outcome + outcome]
        if i == chosen or is_full(w, s, row.target):
            continue
        finish(w, s, h, outcome, at, at, officer, wd.NOT_ELIGIBLE if row.refuses else NO_REASON)
        return


@compiled()
def _take_up(w, s, h, at, officer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    hold = w.holds[h]
    if hold.taken < 0:
        hold.taken, hold.officer = at, officer
        emit(w, s, wd.TAKEN_UP, at, at, hold.number, hold.node, hold.agency, officer, NO_REASON, 0, 0, 0)


@compiled()
def _waits_for_papers(w, s, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    sl = w.slots[s]
    return sl.awaits and sl.supplement[sl.supplements - 1, U_HOLD] == w.holds[h].number


# what comes about later


@compiled()
def happen(w, kind, s, h, at, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled; one case a kind
    """Let an act on a dossier (and a hold of it that is still open) happen."""
    sl = w.slots[s]
    if kind == E_READY:
        hold = w.holds[h]
        if hold.stage == WAITS_READY:
            enqueue(w, s, h, _intake_piece(w, s) if hold.work == INTAKE else hold.service, at)
    elif kind == E_SUPPLEMENT:
        if sl.ended < 0 and sl.awaits and sl.supplements == x:
            _papers_come(w, s, at)
    elif kind == E_WITHDRAW:
        if sl.ended < 0:
            if _u(w, s, _UNASKED, 0, 0) < w.variants[sl.variant].unasked:
                _withdraw_unasked(w, s, at)
            else:
                emit(w, s, wd.WITHDRAWN, at, at, 0, -1, -1, BY_APPLICANT, NO_REASON, 1, 0, 0)
                end(w, s, wd.WITHDRAWN_END, at)
    elif kind == E_MACHINE:
        finish(w, s, h, _outcome(w, s, h), at, at, BY_SYSTEM, NO_REASON)
    elif kind == E_APPLICANT:
        _applicant_acts(w, s, h, at)
    elif kind == E_OBJECTION:
        hold = w.holds[h]
        nd = w.nodes[hold.node]
        officer = _officer_of(w, hold.agency)
        if not is_full(w, s, w.outcomes[nd.outcome + nd.objection].target):
            emit(w, s, wd.POSTING_ENDED, at, at, hold.number, hold.node, hold.agency, officer, NO_REASON, 1, 0, 0)
            resumed_by(w, s, hold.node, at, at, hold.agency, officer, NO_REASON)
            finish(w, s, h, nd.objection, at, at, officer, NO_REASON)
    elif kind == E_ISSUE:
        desk = sl_desk(w, s)
        emit(w, s, wd.ISSUED, at, at, 0, -1, desk, _officer_of(w, desk), NO_REASON, 0, 0, 0)
        sl.issued = at
    elif kind == E_APOLOGY:
        _apologise(w, s, at)
    elif kind == E_EXTENSION:
        _extend(w, s, at)
    elif kind == E_TOLD:
        hold = w.holds[h]
        emit(w, s, wd.SUB_ENDED, at, at, hold.number, hold.node, hold.agency, BY_SYSTEM, NO_REASON, hold.sub, x, 0)
        nd = w.nodes[hold.node]
        for i in range(nd.outcomes):
            if (w.outcomes[nd.outcome + i].name == 0) == (x == wd.GRANTED):
                finish(w, s, h, i, at, at, BY_SYSTEM, NO_REASON)
                break
    elif kind == E_FORWARD:
        officer = _first_able(w, h)
        if not _waits_for_papers(w, s, h):
            _take_up(w, s, h, at, officer)
            _finish_step(w, s, h, _outcome(w, s, h), at, officer)
    elif kind == E_PAUSE:
        v = w.variants[sl.variant]
        if not is_stopped(w, s):
            hold, p = w.holds[h], w.policies[x]
            officer = _officer_of(w, hold.agency)
            cap = np.int64(-1)
            if v.ground_cap >= 0:
                cap = clock.plain_due(w, desk_calendar(w, s), v.ground_cap, at)
            stop_clock(w, s, v.ground, at, cap, hold.agency, officer, wd.STANDS_STILL)
            place = w.nodes[hold.node].place
            later = _drawn(w, s, p.length, _term_of(w, s, h), _POLICY_LENGTH + p.index, place, hold.entry)
            ends = clock.add(w, w.offices[hold.agency].calendar, at, later)
            expect(w, ends, ACT, sl.no, hold.number, E_RESUME, s, -1, hold.agency)
    elif kind == E_RESUME:
        ground = w.variants[sl.variant].ground
        if sl.ended < 0 and _is_involved(w, s, x) and _stands_on(w, s, ground):
            resume(w, s, ground, at, at, x, _officer_of(w, x), NO_REASON)
    elif kind == E_ASKS_TO_WITHDRAW:
        _withdraw_unasked(w, s, at)
        expect(w, at + HALF_AN_HOUR, SUBMISSION, sl.no, 0, E_AGAIN, s, -1, 0)
        sl.issued = -2
    elif kind == E_CLOSE_EARLY:
        hold, p = w.holds[h], w.policies[x]
        nd = w.nodes[hold.node]
        outcome = _outcome(w, s, h)
        officer = _officer_of(w, hold.agency)
        if not _waits_for_papers(w, s, h):
            _take_up(w, s, h, at, officer)
            later = _drawn(w, s, p.length, _term_of(w, s, h), _POLICY_LENGTH + p.index, nd.place, hold.entry)
            sl.later += later
            finish(w, s, h, outcome, at, at, officer, NO_REASON)


@compiled()
def _withdraw_unasked(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    desk = sl_desk(w, s)
    officer = _officer_of(w, desk)
    emit(w, s, wd.WITHDRAWN, at, at, 0, -1, desk, officer, wd.GIVEN_UP, 0, 0, 0)
    end(w, s, wd.WITHDRAWN_END, at)
    breach(w, s, wd.WITHDRAWN_UNASKED, at, 0, desk, officer, wd.GIVEN_UP, 0)


@compiled()
def _is_involved(w, s, agency):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    if agency == sl_desk(w, s):
        return True
    h = w.slots[s].first
    while h >= 0:
        hold = w.holds[h]
        if hold.closed < 0 and hold.agency == agency and hold.work in (STEP, SERVICE, CONSULTATION, POSTING):
            return True
        h = hold.next
    return False


@compiled()
def _stands_on(w, s, ground):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    sl = w.slots[s]
    for i in range(sl.stops):
        if sl.stop[i, S_UNTIL] < 0 and sl.stop[i, S_GROUND] == ground:
            return True
    return False


@compiled()
def _first_able(w, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    hold = w.holds[h]
    k = w.of_class[hold.agency, w.nodes[hold.node].code, 0]
    return w.lists[w.classes[k].officer]


@compiled()
def _applicant_acts(w, s, h, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    hold = w.holds[h]
    nd = w.nodes[hold.node]
    if nd.pays:
        emit(w, s, wd.OBLIGATION_MET, at, at, hold.number, hold.node, -1, BY_APPLICANT, NO_REASON, 0, 0, 0)
        resumed_by(w, s, hold.node, at, at, -1, BY_APPLICANT, NO_REASON)
        for i in range(nd.outcomes):
            if w.outcomes[nd.outcome + i].name == 0:
                finish(w, s, h, i, at, at, BY_APPLICANT, NO_REASON)
                return
        return
    outcome = _outcome(w, s, h)
    if is_full(w, s, w.outcomes[nd.outcome + outcome].target):
        return
    resumed_by(w, s, hold.node, at, at, -1, BY_APPLICANT, NO_REASON)
    finish(w, s, h, outcome, at, at, BY_APPLICANT, NO_REASON)


@compiled()
def _apologise(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Send the letter with a new date, while the law allows one."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    if sl.ended >= 0 or sl.received < 0 or sl.due < 0 or sl.apologies >= v.most_apologies:
        return
    c = desk_calendar(w, s)
    after = max(sl.due, sl.promised, at)
    reached = _on_desk(w, s, after, _drawn(w, s, v.apology, FOUR_HOURS, _APOLOGY_TIME, 0, sl.apologies))
    day = w.calendars[c].day + clock.day_of(w, c, reached)
    if w.days[day + 1].rank == w.days[day].rank:
        return
    promised = w.worked[w.calendars[c].worked + w.days[day].rank].closing
    if promised <= max(sl.due, at):
        return
    desk = sl_desk(w, s)
    officer = _officer_of(w, desk)
    emit(w, s, wd.APOLOGY, at, at, 0, -1, desk, officer, wd.DELAYED, promised, 0, 0)
    if at > clock.lead_before(w, c, sl.due, v.lead):
        breach(w, s, wd.LATE_APOLOGY, at, 0, desk, officer, wd.DELAYED, 0)
    sl.apologies += 1
    sl.promised = promised
    arm_legal(w, s, at)


@compiled()
def _extend(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Use the extension that the law allows."""
    sl = w.slots[s]
    v = w.variants[sl.variant]
    most = min(v.most_extensions, MOST_EXTENSIONS)
    if sl.ended >= 0 or sl.received < 0 or sl.extensions >= most or v.extension < 0 or 0 <= sl.due < at:
        return
    sl.extension[sl.extensions] = at
    sl.extensions += 1
    due = legal_due(w, s)
    if due < 0:
        sl.extensions -= 1
        return
    desk = sl_desk(w, s)
    emit(w, s, wd.EXTENDED, at, at, 0, -1, desk, _officer_of(w, desk), wd.LENGTHENED, due, v.extension, 0)
    sl.due = due
    arm_legal(w, s, at)


# whole dossiers


@compiled()
def settle(w, s, since, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Let a dossier move on, start what it needs, and see to what follows from its facts from row ``since`` on."""
    advance(w, s, at)
    while _start_sub(w, s, at):
        advance(w, s, at)
    _see_to(w, s, since, at)


@compiled()
def _see_to(w, s, since, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    no = w.slots[s].no
    for f in range(since, w.n[FACTS]):
        if w.facts[f].no == no:
            react(w, s, f, at)
    sl = w.slots[s]
    if sl.ended >= 0:
        if sl.is_sub and sl.issued != -3:
            expect(w, at, TOLD, sl.root_no, sl.root_hold, E_TOLD, sl.root, -1, sl.outcome)
            sl.issued = -3
        if sl.issued != -2:
            free_slot(w, s)


@compiled()
def _start_sub(w, s, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Submit the interlinked dossier of the first hold that has none yet; return whether there was one."""
    if w.slots[s].ended >= 0:
        return False
    h = w.slots[s].first
    while h >= 0:
        hold = w.holds[h]
        if hold.work == SUB_DOSSIER and hold.closed < 0 and hold.sub < 0:
            nd = w.nodes[hold.node]
            key = mixed(np.uint64(w.slots[s].key) + np.uint64(hold.number) + np.uint64(1))
            sub = new_dossier(w, nd.sub, key, w.slots[s].applicant, at)
            new, root = w.slots[sub], w.slots[s]
            new.no = w.n[NUMBER]
            w.n[NUMBER] += 1
            new.is_sub, new.root, new.root_no, new.root_hold = 1, s, root.no, hold.number
            since = w.n[FACTS]
            desk = sl_desk(w, sub)
            emit(
                w, sub, wd.SUBMITTED, at, at, hold.number, -1, desk, BY_SYSTEM, NO_REASON,
                new.applicant, root.no, new.variant,
            )  # fmt: skip
            receive(w, sub, at, BY_SYSTEM)
            hold.sub = new.no
            advance(w, sub, at)
            _see_to(w, sub, since, at)
            emit(
                w, s, wd.SUB_STARTED, at, at, hold.number, hold.node, hold.agency, BY_SYSTEM, NO_REASON, hold.sub, 0, 0
            )
            if not nd.waits:
                for i in range(nd.outcomes):
                    if w.outcomes[nd.outcome + i].name == 0:
                        finish(w, s, h, i, at, at, BY_SYSTEM, NO_REASON)
                        break
            return True
        h = hold.next
    return False


@compiled()
def free_slot(w, s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Give a dossier's slot and holds back; a hold that still lies in a queue is given back when it leaves it."""
    sl = w.slots[s]
    if sl.intake >= 0:
        w.holds[sl.intake].slot = -1
        if w.holds[sl.intake].queue < 0:
            free_hold(w, sl.intake)
    h = sl.first
    while h >= 0:
        following = w.holds[h].next
        w.holds[h].slot = -1
        if w.holds[h].queue < 0:
            free_hold(w, h)
        h = following
    sl.no = -1
    sl.next = w.n[FREE_SLOT]
    w.n[FREE_SLOT] = s
    w.n[SLOTS_FREE] += 1
