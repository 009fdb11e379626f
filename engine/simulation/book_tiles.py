"""The compiled loops that cut simulated lives into whose time it was, as `engine.custody.custody` does.

Their tables are those of `engine.simulation.book_fold`; imported only when they are run.
"""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled
from engine.simulation.book_fold import (
    A_ANSWERED,
    A_AT,
    A_HOLD,
    H_AGENCY,
    H_NODE,
    H_SINCE,
    H_SUB,
    H_UNTIL,
    H_WORK,
    L_ASKED,
    L_DESK,
    L_ENDED,
    L_HOLD,
    L_RECEIVED,
    L_STOP,
    L_SUBMITTED,
    NEVER,
    S_CAP,
    S_GROUND,
    S_SINCE,
    S_UNTIL,
    SUPPLEMENT,
)
from engine.simulation.tables import APPLICANT, OPINION, POSTING

T_LIFE, T_SINCE, T_UNTIL, T_KIND, T_WHO, T_STEP, T_GROUND, T_KEY = range(8)
"""Columns of tiles, and of claims on them: ``T_WHO`` is an agency or, from their number on, a dossier; ``T_KEY`` puts
these in the order of their names."""
TILE = 8

IN_TIME_OF_APPLICANT, OF_NOBODY, OF_OTHER, OF_AUTHORITY = range(4)
"""Whose time it is, strongest first: see `engine.ledger.TimeKind`."""

_NAMELESS = -(1 << 60)


@compiled()
def tile_lives(lives, holds, stops, asked, ends, authority, own, keys, grounds, now, tiles):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Cut lives into whose time it was, as `engine.custody.custody` does, and return how many tiles there are.

    Args:
        lives: folded dossiers.
        holds: folded holds.
        stops: folded stops.
        asked: folded requests for papers.
        ends: how many holds, stops and requests there are.
        authority: row of ``own`` by dossier.
        own: by row and agency whether its time is the authority's.
        keys: by agency its place among all names.
        grounds: the ground that is always the applicant's, and the one without a name.
        now: end of the lives that are open.
        tiles: to be filled.
    """
    count = 0
    claims = np.empty((TILE, 64), np.int64)
    edges, order, taken = np.empty(130, np.int64), np.empty(64, np.int64), np.empty((2, 64), np.int64)
    last = lives.shape[1] - 1
    for d in range(lives.shape[1]):
        is_last = d == last
        spans = (
            (lives[L_HOLD, d], ends[0] if is_last else lives[L_HOLD, d + 1]),
            (lives[L_STOP, d], ends[1] if is_last else lives[L_STOP, d + 1]),
            (lives[L_ASKED, d], ends[2] if is_last else lives[L_ASKED, d + 1]),
        )
        begun = lives[L_RECEIVED, d] if lives[L_RECEIVED, d] >= 0 else lives[L_SUBMITTED, d]
        end = now if lives[L_ENDED, d] < 0 else min(now, lives[L_ENDED, d])
        if begun < 0 or end <= begun:
            continue
        waits = 0
        for h in range(spans[0][0], spans[0][1]):
            waits += _waits(holds, h)
        parts = np.int64(0)
        for first, upto in spans:
            parts += upto - first
        room = 1 + parts + waits * (parts + 1)
        if room > claims.shape[1]:
            claims, order = np.empty((TILE, 2 * room), np.int64), np.empty(2 * room, np.int64)
            edges, taken = np.empty(4 * room + 2, np.int64), np.empty((2, 2 * room), np.int64)
        n = _claim_intake(lives, asked, d, end, spans[2], keys, claims)
        n = _claim_stops(holds, stops, asked, spans, end, grounds, claims, n)
        n = _claim_holds(holds, stops, spans, end, own[authority[d]], keys, claims, taken, n)
        count = _tile(claims, n, begun, end, edges, order, tiles, count, d)
    return count


@compiled()
def _waits(holds, h):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    return holds[H_WORK, h] == APPLICANT or holds[H_WORK, h] == POSTING


@compiled()
def _claim(claims, n, kind, since, until, who, step, ground, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    if since >= until:
        return n
    claims[T_SINCE, n], claims[T_UNTIL, n], claims[T_KIND, n], claims[T_WHO, n] = since, until, kind, who
    claims[T_STEP, n], claims[T_GROUND, n], claims[T_KEY, n] = step, ground, key
    return n + 1


@compiled()
def _claim_intake(lives, asked, d, end, requests, keys, claims):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Before receipt the desk has it, or the applicant who was asked to complete it."""
    if lives[L_RECEIVED, d] >= 0:
        return 0
    desk = lives[L_DESK, d]
    n = _claim(claims, 0, OF_AUTHORITY, lives[L_SUBMITTED, d], end, desk, NEVER, NEVER, keys[desk])
    for place in range(requests[0], requests[1]):
        until = end if asked[A_ANSWERED, place] < 0 else asked[A_ANSWERED, place]
        n = _claim(claims, n, IN_TIME_OF_APPLICANT, asked[A_AT, place], until, NEVER, NEVER, SUPPLEMENT, _NAMELESS)
    return n


@compiled()
def _end_of(stops, place, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """When resumed, else at its cap, beyond which the clock runs again by itself."""
    if stops[S_UNTIL, place] >= 0:
        return stops[S_UNTIL, place]
    return end if stops[S_CAP, place] < 0 else min(end, stops[S_CAP, place])


@compiled()
def _claim_stops(holds, stops, asked, spans, end, grounds, claims, n):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """What stops the clock is the applicant's where he is waited for, else nobody's."""
    for place in range(spans[1][0], spans[1][1]):
        ground, since = stops[S_GROUND, place], stops[S_SINCE, place]
        found = NEVER
        if ground == SUPPLEMENT:
            for request in range(spans[2][0], spans[2][1]):
                if asked[A_AT, request] == since:
                    found = spans[0][0] + asked[A_HOLD, request] - 1 if asked[A_HOLD, request] else NEVER
        else:
            for h in range(spans[0][0], spans[0][1]):
                if _waits(holds, h) and holds[H_SINCE, h] == since:
                    found = h
        kind = OF_NOBODY
        if ground == SUPPLEMENT or ground == grounds[0] or (found >= 0 and holds[H_WORK, found] == APPLICANT):
            kind = IN_TIME_OF_APPLICANT
        step = holds[H_NODE, found] if found >= 0 else np.int64(NEVER)
        told = NEVER if ground == grounds[1] else ground
        n = _claim(claims, n, kind, since, _end_of(stops, place, end), NEVER, step, told, _NAMELESS)
    return n


@compiled()
def _claim_holds(holds, stops, spans, end, own, keys, claims, taken, n):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Agencies as long as they have it; a wait that stops no clock only where no agency can act beside it."""
    held = 0
    waits = 0
    for place in range(spans[1][0], spans[1][1]):
        held = _taken(taken, held, stops[S_SINCE, place], _end_of(stops, place, end))
    for h in range(spans[0][0], spans[0][1]):
        if _waits(holds, h):
            waits += 1
            continue
        since, agency, sub = holds[H_SINCE, h], holds[H_AGENCY, h], holds[H_SUB, h]
        until = end if holds[H_UNTIL, h] < 0 else holds[H_UNTIL, h]
        held = _taken(taken, held, since, until)
        is_own = holds[H_WORK, h] != OPINION and sub < 0 and (agency < 0 or own[agency])
        who, key = agency, keys[agency] if agency >= 0 else np.int64(_NAMELESS)
        if sub >= 0:
            who, key = own.size + sub, sub
        n = _claim(claims, n, OF_AUTHORITY if is_own else OF_OTHER, since, until, who, holds[H_NODE, h], NEVER, key)
    if waits == 0:
        return n
    for h in range(spans[0][0], spans[0][1]):
        if not _waits(holds, h):
            continue
        kind = IN_TIME_OF_APPLICANT if holds[H_WORK, h] == APPLICANT else OF_NOBODY
        since, step = holds[H_SINCE, h], holds[H_NODE, h]
        until = end if holds[H_UNTIL, h] < 0 else holds[H_UNTIL, h]
        for i in range(held):
            if taken[0, i] > since:
                n = _claim(claims, n, kind, since, min(taken[0, i], until), NEVER, step, NEVER, _NAMELESS)
            since = max(since, taken[1, i])
            if since >= until:
                break
        n = _claim(claims, n, kind, since, until, NEVER, step, NEVER, _NAMELESS)
    return n


@compiled()
def _taken(taken, held, since, until):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Put a span where it belongs in the order of beginnings, then of ends."""
    i = held
    while i > 0 and (taken[0, i - 1] > since or (taken[0, i - 1] == since and taken[1, i - 1] > until)):
        taken[0, i], taken[1, i] = taken[0, i - 1], taken[1, i - 1]
        i -= 1
    taken[0, i], taken[1, i] = since, until
    return held + 1


@compiled()
def _comes_before(claims, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    for column in (T_SINCE, T_KIND, T_UNTIL, T_KEY):
        if claims[column, a] != claims[column, b]:
            return claims[column, a] < claims[column, b]
    return False


@compiled()
def _tile(claims, n, begun, end, edges, order, tiles, count, d):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  compiled
    """Cut one life as `engine.ledger.tile` does; return how many tiles there are now."""
    edges[0], edges[1] = begun, end
    cuts = 2
    for i in range(n):
        j = i
        while j > 0 and _comes_before(claims, i, order[j - 1]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
        for edge in (claims[T_SINCE, i], claims[T_UNTIL, i]):
            if begun < edge < end:
                edges[cuts] = edge
                cuts += 1
    edges[:cuts].sort()
    first = count
    passed = 0
    for i in range(cuts - 1):
        since, until = edges[i], edges[i + 1]
        if since == until:
            continue
        owner = NEVER
        while passed < n and claims[T_UNTIL, order[passed]] <= since:
            passed += 1
        for j in range(passed, n):
            one = order[j]
            if claims[T_SINCE, one] > since:
                break
            if claims[T_UNTIL, one] > since and (owner < 0 or claims[T_KIND, one] < claims[T_KIND, owner]):
                owner = one
        kind, who, step, ground = OF_NOBODY, np.int64(NEVER), np.int64(NEVER), np.int64(NEVER)
        if owner >= 0:
            kind, who = claims[T_KIND, owner], claims[T_WHO, owner]
            step, ground = claims[T_STEP, owner], claims[T_GROUND, owner]
        if (
            count > first
            and tiles[T_KIND, count - 1] == kind
            and tiles[T_WHO, count - 1] == who
            and tiles[T_STEP, count - 1] == step
            and tiles[T_GROUND, count - 1] == ground
        ):
            tiles[T_UNTIL, count - 1] = until
            continue
        tiles[T_LIFE, count], tiles[T_SINCE, count], tiles[T_UNTIL, count] = d, since, until
        tiles[T_KIND, count], tiles[T_WHO, count], tiles[T_STEP, count], tiles[T_GROUND, count] = (
            kind,
            who,
            step,
            ground,
        )
        count += 1
    return count
