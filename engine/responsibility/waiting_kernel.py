"""The compiled loops behind waiting causes: batches, and the division of waits; imported only when they are run."""

from __future__ import annotations

import numpy as np

from engine.compiled import compiled

_INTS = "int64[::1]"
_BATCHES = f"void({_INTS}, {_INTS}, {_INTS}, {_INTS}, {_INTS}, {_INTS}, int64, int64, {_INTS}, {_INTS})"
_ROWS = "int64[:, ::1]"
_DIVIDE = f"void({_INTS}, {_INTS}, {_ROWS}, {_INTS}, {_ROWS}, {_INTS}, {_ROWS}, {_INTS}, {_INTS}, {_ROWS})"

NOTHING, AWAY, LATER, EARLIER = 0, 1, 2, 3
"""What someone does in a stretch of time: nothing known, absent, at work on what came later, on what came earlier."""


@compiled(_BATCHES)
def batches(server, step, nr, came, begun, ended, gap, least, seen, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled from the signature
    """Fill ``last`` with the instant at which the last member of its batch came, -1 for what is in none.

    Rows are finished work in the order of server and end; a negative step is never part of a batch. ``seen`` (by
    dossier, all -1) is scratch.
    """
    first = 0
    n = server.size
    while first < n:
        after = first + 1
        latest = came[first]
        count = 1
        seen[nr[first]] = first
        while (
            after < n
            and server[after] == server[first]
            and step[after] == step[first]
            and step[first] >= 0
            and ended[after] - ended[after - 1] <= gap
            and came[after] <= begun[first]
        ):
            if seen[nr[after]] != first:
                seen[nr[after]] = first
                count += 1
            latest = max(latest, came[after])
            after += 1
        for i in range(first, after):
            last[i] = latest if count >= least else -1
        first = after


@compiled(f"int64({_INTS}, int64, int64, int64)")
def _place(values, low, high, wanted):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  as above
    """Return the first place of the sorted ``values[low:high]`` with at least ``wanted``; ``high`` if there is none."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled(f"int64({_INTS}, {_INTS}, {_INTS}, {_INTS}, {_INTS}, {_INTS})")
def pieces(starts, stop_begun, stop_ended, nr, begun, ended):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  as above
    """Return into how many pieces all intervals fall without the stops of their dossiers; see `cut`."""
    total = nr.size
    for i in range(nr.size):
        low, high = starts[nr[i]], starts[nr[i] + 1]
        if low < high:
            first = _place(stop_ended, low, high, begun[i] + 1)
            total += max(_place(stop_begun, low, high, ended[i]) - first, 0)
    return total


@compiled(f"void({_INTS}, {_INTS}, {_INTS}, {_INTS}, {_INTS}, {_INTS}, {_ROWS})")
def cut(starts, stop_begun, stop_ended, nr, begun, ended, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  as above
    """Fill ``found`` with place, begun, ended of every piece of the intervals; a piece may be empty.

    Stops of dossier ``n`` are those from ``starts[n]`` to before ``starts[n + 1]``, in order and disjoint.
    """
    piece = 0
    for i in range(nr.size):
        low, high = starts[nr[i]], starts[nr[i] + 1]
        since = begun[i]
        stop = _place(stop_ended, low, high, since + 1)
        while stop < high and stop_begun[stop] < ended[i]:
            found[0, piece], found[1, piece], found[2, piece] = i, since, max(stop_begun[stop], since)
            since = min(stop_ended[stop], ended[i])
            piece += 1
            stop += 1
        found[0, piece], found[1, piece], found[2, piece] = i, since, ended[i]
        piece += 1


@compiled(f"void(int64[:, ::1], {_INTS}, {_INTS}, int64, int64, int64, {_INTS})")
def _before(tree, what, edges, start, end, at, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  as above
    """Fill ``found`` with the time before ``at`` that a server is away, at work on later and on earlier things."""
    found[0] = found[1] = found[2] = 0
    place = _place(edges, start, end, at + 1) - 1
    if place < start:
        return
    if place < end - 1 and what[place - start] > 0:
        found[what[place - start] - 1] += at - edges[place]
    node = place - start
    while node > 0:
        found[0] += tree[node, 0]
        found[1] += tree[node, 1]
        found[2] += tree[node, 2]
        node -= node & -node


@compiled(_DIVIDE)
def divide(edges, edges_from, work, work_from, away, away_from, waits, waits_from, place, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  as above
    """Divide each wait; all instants but those of coming are on the office axis.

    A server's time is cut into stretches at its ``edges``. Each stretch is something (`NOTHING` and so on) and becomes
    work on what came earlier once work that covers it came no later than the wait that is asked about. Waits are asked
    in the order in which they came, so a stretch changes once. A Fenwick tree sums the stretches of each sort; a
    chain of those that are still to change skips the rest. So n waits and works take n log n.

    Args:
        edges: of each server in order: where its stretches begin and end; repeats do no harm.
        edges_from: where each server's edges begin, and the number of all; likewise the other ``_from``.
        work: came, begun, ended (its rows) of what a server worked on, in the order in which it came.
        work_from: see ``edges_from``.
        away: begun, ended of absences; their ends are edges.
        away_from: see ``edges_from``.
        waits: came, begun, until when the batch gathered (between both ends), ended; in the order in which they came.
        waits_from: see ``edges_from``.
        place: of each wait in ``out``.
        out: filled for each place: contention, absence, batching, prioritisation, extraneous.
    """
    most = 1
    for server in range(edges_from.size - 1):
        most = max(most, edges_from[server + 1] - edges_from[server])
    tree = np.zeros((most + 1, 3), dtype=np.int64)
    what = np.zeros(most + 1, dtype=np.int64)
    chain = np.zeros(most + 2, dtype=np.int64)
    covered = np.zeros(most + 2, dtype=np.int64)
    at = np.zeros((3, 3), dtype=np.int64)
    for server in range(edges_from.size - 1):
        first_wait, after_wait = waits_from[server], waits_from[server + 1]
        if first_wait == after_wait:
            continue
        start, end = edges_from[server], edges_from[server + 1]
        stretches = max(end - start - 1, 0)
        for i in range(stretches + 2):
            covered[i] = 0
            chain[i] = i
        for i in range(work_from[server], work_from[server + 1]):
            covered[_place(edges, start, end, work[1, i]) - start] += 1
            covered[_place(edges, start, end, work[2, i]) - start] -= 1
        depth = 0
        for i in range(stretches):
            depth += covered[i]
            what[i] = LATER if depth > 0 else NOTHING
        for i in range(away_from[server], away_from[server + 1]):
            j = _place(edges, start, end, away[0, i])
            while j < end - 1 and edges[j] < away[1, i]:
                what[j - start] = AWAY
                j += 1
        for node in range(1, stretches + 1):
            tree[node, 0] = tree[node, 1] = tree[node, 2] = 0
        for node in range(1, stretches + 1):
            kind = what[node - 1]
            if kind != NOTHING:
                tree[node, kind - 1] += edges[start + node] - edges[start + node - 1]
            parent = node + (node & -node)
            if parent <= stretches:
                tree[parent, 0] += tree[node, 0]
                tree[parent, 1] += tree[node, 1]
                tree[parent, 2] += tree[node, 2]
        earlier = work_from[server]
        for i in range(first_wait, after_wait):
            while earlier < work_from[server + 1] and work[0, earlier] <= waits[0, i]:
                last = _place(edges, start, end, work[2, earlier]) - start
                j = _place(edges, start, end, work[1, earlier]) - start
                while True:
                    root = j
                    while chain[root] != root:
                        root = chain[root]
                    while chain[j] != root:
                        chain[j], j = root, chain[j]
                    j = root
                    if j >= last:
                        break
                    length = edges[start + j + 1] - edges[start + j]
                    old = what[j]
                    what[j] = EARLIER
                    chain[j] = j + 1
                    if length > 0:
                        node = j + 1
                        while node <= stretches:
                            tree[node, EARLIER - 1] += length
                            if old != NOTHING:
                                tree[node, old - 1] -= length
                            node += node & -node
                earlier += 1
            begun, batch, ended = waits[1, i], waits[2, i], waits[3, i]
            if ended <= begun:
                continue
            _before(tree, what, edges, start, end, begun, at[0])
            if batch > begun:
                _before(tree, what, edges, start, end, batch, at[1])
            else:
                at[1] = at[0]
            _before(tree, what, edges, start, end, ended, at[2])
            row = out[place[i]]
            row[0] = at[2, 2] - at[0, 2]
            row[1] = at[2, 0] - at[0, 0]
            row[2] = batch - begun - (at[1, 2] - at[0, 2]) - (at[1, 0] - at[0, 0])
            row[3] = at[2, 1] - at[1, 1]
            row[4] = ended - begun - row[0] - row[1] - row[2] - row[3]
