"""The compiled loops that fold a simulation's facts, dossier by dossier, into columns of numbers.

They tell what `engine.dossier.evolve` tells of the facts that rows stand for. All tables are int64 with a row a column,
-1 for none; imported only when they are run.
"""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation import world as wd
from engine.simulation.tables import APPLICANT, CONSULTATION, OPINION, POSTING, STEP

(
    L_NO, L_VARIANT, L_DESK, L_APPLICANT, L_SUBMITTED, L_RECEIVED, L_DUE, L_PROMISED, L_ENDED, L_ISSUED, L_OUTCOME,
    L_WAITS, L_TERM, L_LEAD, L_HOLD, L_STOP, L_ASKED,
) = range(17)  # fmt: skip
"""Columns of lives, a row a dossier; the last three are its first holds, stops and requests for papers."""
LIFE = 17

(
    H_LIFE, H_NUMBER, H_NODE, H_WORK, H_AGENCY, H_OFFICER, H_SINCE, H_TAKEN, H_UNTIL, H_DUE, H_ENTRY, H_FROM, H_LEAD,
    H_OUTCOME, H_POSITION, H_SUB, H_FINISHED,
) = range(17)  # fmt: skip
"""Columns of holds: who took one up and who finished it are numbers of `by`."""
HELD = 17

S_GROUND, S_SINCE, S_UNTIL, S_CAP = range(4)
"""Columns of stops."""
A_AT, A_ANSWERED, A_HOLD, A_RESTARTS = range(4)
"""Columns of requests for papers."""

BY_SYSTEM, BY_APPLICANT, BY_OFFICERS = range(3)
"""Who did something: numbers from ``BY_OFFICERS`` on are officers."""

O_SENT, O_TRANSFERRED, O_LAPSED, O_SILENT, O_POSITIONS, O_ENDS, O_NAMED = 0, 1, 2, 3, 4, 7, 12
"""How holds end: three positions, five ends of dossiers, then the outcomes of steps."""
AGREED_BY_SILENCE = 4
"""A position, after none and the three that are given."""

NEVER = -1
SUPPLEMENT = 0
"""Ground of the stop that lasts while the applicant completes the dossier; a model numbers it first."""


@compiled()
def by_dossier(facts, since):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return which rows belong to dossiers submitted from ``since`` on: by dossier, in the order of the log.

    Returns:
        the places of the rows, and where those of each dossier begin (with the end of the last).
    """
    most = 0
    for i in range(facts.size):
        most = max(most, facts[i].no + 1)
    submitted = np.full(most, np.int64(NEVER))
    counts = np.zeros(most, np.int64)
    for i in range(facts.size):
        f = facts[i]
        counts[f.no] += 1
        if f.kind == wd.SUBMITTED:
            submitted[f.no] = f.at
    kept = 0
    for no in range(most):
        kept += counts[no] > 0 and submitted[no] >= since
    firsts = np.zeros(kept + 1, np.int64)
    places = np.full(most, np.int64(NEVER))
    kept = total = 0
    for no in range(most):
        if counts[no] > 0 and submitted[no] >= since:
            places[no] = total
            total += counts[no]
            kept += 1
            firsts[kept] = total
    rows = np.empty(total, np.int64)
    for i in range(facts.size):
        no = facts[i].no
        if places[no] >= 0:
            rows[places[no]] = i
            places[no] += 1
    return rows, firsts


@compiled()
def fold(rows, firsts, branches, works, groundless, lives, holds, stops, asked):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Fill lives, holds, stops and requests for papers; return how many stops there are.

    Args:
        rows: of facts, by dossier.
        firsts: where each dossier's begin.
        branches: how many edges leave each node.
        works: the work at each node.
        groundless: number of the ground without a name.
        lives: dossiers (`L_NO` and the following), to be filled as all that follow.
        holds: `H_LIFE` and the following.
        stops: `S_GROUND` and the following.
        asked: requests for papers, `A_AT` and the following.
    """
    longest = most = 1
    for d in range(firsts.size - 1):
        longest = max(longest, firsts[d + 1] - firsts[d])
    for node in range(branches.size):
        most = max(most, branches[node])
    moves = np.empty(longest * most + 2, np.int64)
    hold = stop = request = 0
    for d in range(firsts.size - 1):
        lives[:, d] = NEVER
        lives[L_HOLD, d], lives[L_STOP, d], lives[L_ASKED, d] = hold, stop, request
        tokens = 0
        for i in range(firsts[d], firsts[d + 1]):
            f = rows[i]
            kind, row = f.kind, lives[L_HOLD, d] + f.hold - 1
            tokens = _moved(f, branches, lives, holds, moves, d, hold, tokens)
            if kind in (wd.OPENED, wd.OPINION_REQUESTED):
                _opened(f, works, holds, d, hold)
                hold += 1
            elif kind == wd.SUPPLEMENT_REQUESTED:
                asked[A_AT, request], asked[A_ANSWERED, request] = f.at, NEVER
                asked[A_HOLD, request], asked[A_RESTARTS, request] = f.hold, f.z
                request += 1
                if lives[L_RECEIVED, d] >= 0:
                    _stopped(lives, holds, stops, d, hold, stop, SUPPLEMENT, f.at, NEVER)
                    stop += 1
                    if f.z:
                        lives[L_DUE, d] = NEVER
            elif kind == wd.SUPPLEMENT_RECEIVED:
                _answered(f, lives, asked, d, request)
                _resumed(lives, stops, d, stop, SUPPLEMENT, groundless, f.at)
            elif kind == wd.PAUSED:
                _stopped(lives, holds, stops, d, hold, stop, f.z, f.at, f.x)
                stop += 1
            elif kind == wd.RESUMED:
                _resumed(lives, stops, d, stop, f.z, groundless, f.at)
                lives[L_DUE, d] = f.x
            elif not _acted(f, holds, hold, row):
                _lived(f, lives, holds, stops, d, hold, stop, row)
        _summed_up(lives, holds, stops, asked, d, hold, stop, request)
    return stop


@compiled()
def _moved(f, branches, lives, holds, moves, d, hold, tokens):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Follow where the dossier goes: ``moves`` is the hold each token comes from, -1 once it was driven."""
    kind = f.kind
    if kind in (wd.RECEIVED, wd.JOINED):
        tokens += 1
        moves[tokens] = 0
    elif kind in (wd.DONE, wd.SENT_BACK, wd.TRANSFERRED):
        tokens += 1
        moves[tokens] = f.hold
    elif kind in (wd.ROUTED, wd.FORKED):
        token = f.y if kind == wd.ROUTED else f.x
        source = moves[token]
        moves[token] = NEVER
        for _ in range(1 if kind == wd.ROUTED else branches[f.node]):
            tokens += 1
            moves[tokens] = source
    elif kind in (wd.ARRIVED, wd.BRANCH_ENDED):
        if f.x <= tokens:
            moves[f.x] = NEVER
    elif kind == wd.OPENED:
        token = f.y & 0xFFFFF
        source = f.hold - 1
        if 0 < token <= tokens and moves[token] >= 0:
            source = moves[token]
            moves[token] = NEVER
        holds[H_FROM, hold] = NEVER
        if source > 0:
            holds[H_FROM, hold] = holds[H_AGENCY, lives[L_HOLD, d] + source - 1]
    elif kind in (wd.DECLINED, wd.STOPPED, wd.WITHDRAWN, wd.DECIDED, wd.DENIED):
        moves[: tokens + 1] = NEVER
    return tokens


@compiled()
def _opened(f, works, holds, d, hold):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    is_opinion = f.kind == wd.OPINION_REQUESTED
    holds[H_LIFE, hold], holds[H_NUMBER, hold], holds[H_NODE, hold] = d, f.hold, f.node
    holds[H_WORK, hold] = OPINION if is_opinion else works[f.node]
    holds[H_AGENCY, hold], holds[H_OFFICER, hold], holds[H_FINISHED, hold] = f.agency, NEVER, NEVER
    holds[H_SINCE, hold], holds[H_TAKEN, hold], holds[H_UNTIL, hold] = f.at, NEVER, NEVER
    holds[H_DUE, hold] = f.x
    holds[H_ENTRY, hold] = 1 if is_opinion else f.z
    holds[H_LEAD, hold] = 0
    if is_opinion:
        holds[H_FROM, hold], holds[H_LEAD, hold] = f.y >> 20, f.y & 0xFFFFF
    holds[H_OUTCOME, hold], holds[H_POSITION, hold], holds[H_SUB, hold] = NEVER, 0, NEVER


@compiled()
def _stopped(lives, holds, stops, d, hold, stop, ground, at, cap):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Stop the clock: nothing becomes due but what the applicant, a posting or an opinion has to do."""
    stops[S_GROUND, stop], stops[S_SINCE, stop], stops[S_UNTIL, stop], stops[S_CAP, stop] = ground, at, NEVER, cap
    if lives[L_DUE, d] > at:
        lives[L_DUE, d] = NEVER
    for h in range(lives[L_HOLD, d], hold):
        work = holds[H_WORK, h]
        if holds[H_UNTIL, h] >= 0 or work in (APPLICANT, POSTING, OPINION):
            continue
        if holds[H_DUE, h] > max(at, holds[H_SINCE, h]):
            holds[H_DUE, h] = NEVER


@compiled()
def _resumed(lives, stops, d, stop, ground, groundless, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    for place in range(stop - 1, lives[L_STOP, d] - 1, -1):
        if stops[S_UNTIL, place] < 0 and (ground == groundless or stops[S_GROUND, place] == ground):
            stops[S_UNTIL, place] = at
            return


@compiled()
def _answered(f, lives, asked, d, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    is_received = lives[L_RECEIVED, d] >= 0
    if request > lives[L_ASKED, d]:
        asked[A_ANSWERED, request - 1] = f.at
        if asked[A_RESTARTS, request - 1] and is_received:
            lives[L_TERM, d] = f.at
    if is_received:
        lives[L_DUE, d] = f.x


@compiled()
def by(f):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return who did what a row tells; see `BY_SYSTEM`."""
    if f.kind in (wd.OPENED, wd.ROUTED):  # the column says something else there
        return BY_SYSTEM
    if f.officer >= 0:
        return BY_OFFICERS + f.officer
    return BY_APPLICANT if f.officer == wd.BY_APPLICANT else BY_SYSTEM


@compiled()
def _closed(holds, hold, row, outcome, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Close a hold, and the opinions it waited for."""
    holds[H_UNTIL, row], holds[H_OUTCOME, row] = at, outcome
    for h in range(row + 1, hold):
        if holds[H_LEAD, h] == holds[H_NUMBER, row] and holds[H_UNTIL, h] < 0:
            holds[H_UNTIL, h], holds[H_OUTCOME, h] = at, O_LAPSED


@compiled()
def _acted(f, holds, hold, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Fold a fact of one hold; return whether it was one."""
    kind = f.kind
    if kind in (wd.DONE, wd.SENT_BACK, wd.TRANSFERRED, wd.OPINION_GIVEN) and by(f) != BY_APPLICANT:
        holds[H_FINISHED, row] = by(f)
    if kind == wd.HANDED_OVER:
        holds[H_FROM, row] = f.x
    elif kind == wd.TAKEN_UP:
        holds[H_TAKEN, row] = f.at
        if holds[H_OFFICER, row] < 0:
            holds[H_OFFICER, row] = by(f)
    elif kind == wd.DONE:
        _closed(holds, hold, row, O_NAMED + f.x, f.at)
    elif kind == wd.SENT_BACK:
        _closed(holds, hold, row, O_SENT, f.at)
    elif kind == wd.TRANSFERRED:
        _closed(holds, hold, row, O_TRANSFERRED, f.at)
    elif kind == wd.OPINION_GIVEN:
        holds[H_POSITION, row] = 1 + f.x - wd.AGREE
        if holds[H_UNTIL, row] < 0:
            _closed(holds, hold, row, O_POSITIONS + f.x - wd.AGREE, f.at)
    elif kind == wd.OPINION_SILENT:
        if f.x == 1:
            holds[H_POSITION, row] = AGREED_BY_SILENCE
            _closed(holds, hold, row, O_SILENT, f.at)
    elif kind == wd.SUB_STARTED:
        holds[H_SUB, row] = f.x
    else:
        return False
    return True


@compiled()
def _lived(f, lives, holds, stops, d, hold, stop, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Fold a fact of the whole dossier."""
    kind, outcome = f.kind, NEVER
    if kind == wd.SUBMITTED:
        lives[L_NO, d], lives[L_VARIANT, d], lives[L_DESK, d] = f.no, f.z, f.agency
        lives[L_SUBMITTED, d], lives[L_APPLICANT, d] = f.at, f.x
    elif kind == wd.RECEIVED:
        lives[L_RECEIVED, d], lives[L_DUE, d] = f.at, f.x
    elif kind == wd.EXTENDED:
        lives[L_DUE, d] = f.x
    elif kind == wd.APOLOGY:
        lives[L_PROMISED, d] = f.x
    elif kind == wd.DUE_CHANGED:
        if f.hold:
            holds[H_DUE, row] = f.x
        else:
            lives[L_DUE, d] = f.x
    elif kind == wd.ISSUED:
        lives[L_ISSUED, d] = f.at
    elif kind == wd.DECLINED:
        outcome = wd.DECLINED_END
    elif kind == wd.STOPPED:
        outcome = wd.STOPPED_END
    elif kind == wd.WITHDRAWN:
        outcome = wd.WITHDRAWN_END
    elif kind == wd.DECIDED:
        outcome = wd.GRANTED
    elif kind == wd.DENIED:
        outcome = wd.DENIED_END
    if outcome < 0:
        return
    lives[L_OUTCOME, d], lives[L_ENDED, d] = outcome, f.at
    for h in range(lives[L_HOLD, d], hold):
        if holds[H_UNTIL, h] < 0:
            holds[H_UNTIL, h], holds[H_OUTCOME, h] = f.at, O_ENDS + outcome
    for place in range(lives[L_STOP, d], stop):
        if stops[S_UNTIL, place] < 0:
            stops[S_UNTIL, place] = f.at


@compiled()
def _summed_up(lives, holds, stops, asked, d, hold, stop, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Say whether the clock stands still, and who leads; see `engine.custody.authority_of`."""
    lives[L_WAITS, d] = 0
    if lives[L_ENDED, d] < 0:
        if request > lives[L_ASKED, d] and asked[A_ANSWERED, request - 1] < 0:
            lives[L_WAITS, d] = 1
        for place in range(lives[L_STOP, d], stop):
            if stops[S_UNTIL, place] < 0:
                lives[L_WAITS, d] = 1
    for h in range(lives[L_HOLD, d], hold):
        agency = holds[H_AGENCY, h]
        works = holds[H_WORK, h] == STEP or holds[H_WORK, h] == CONSULTATION
        if works and agency >= 0 and agency != lives[L_DESK, d] and holds[H_OUTCOME, h] != O_TRANSFERRED:
            lives[L_LEAD, d] = agency
            break
