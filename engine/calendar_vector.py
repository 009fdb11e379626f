"""Arrays of office time: the calendar's tables as numpy arrays, read by compiled loops.

Time is cut into buckets of 2^k seconds, so small that a bucket meets at most one open window; office time inside a
bucket is then one clamp and one addition, without a search and without a branch. Where numba is missing or cannot
compile here, `numpy.searchsorted` gives the same answers more slowly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.errors import BeyondCalendarError

Ints = NDArray[np.int64]

_MOST_BUCKETS = 1 << 21  # 48 MB of tables; beyond it the search is used


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Prefix sums for `searchsorted`: int64 arrays, one entry per window (see `CalendarTable`)."""

    opens: Ints
    closes: Ints
    until: Ints
    shift: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Buckets:
    """``forward[b] = (low, high, plus)``: office time at ``t`` in bucket ``b`` is ``clamp(t, low, high) + plus``.

    All relative to the calendar's first instant. ``backward[b] = (edge, plus, plus_after)``: office second ``k`` of
    bucket ``b`` is spent at ``k + plus`` if ``k <= edge``, else at ``k + plus_after``. int64, C order.
    """

    forward: Ints
    forward_bits: int
    backward: Ints
    backward_bits: int


def between_many(calendar: WorkingCalendar, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """Return the office time from each ``a`` to each ``b``; see `WorkingCalendar.between_many`."""
    first, dated = _as_seconds(a, "a")
    second, dated_too = _as_seconds(b, "b")
    if dated != dated_too:
        raise ValueError("between_many needs two integer arrays or two datetime64 arrays, not one of each")
    first, second = _broadcast(first, second)
    flat_a, flat_b = first.reshape(-1), second.reshape(-1)
    start, end = calendar.table.midnights[0], calendar.table.midnights[-1]
    buckets = _buckets(calendar)
    found = None
    if buckets is not None and (kernels := _kernels()) is not None:
        found = np.empty(flat_a.shape, dtype=np.int64)
        bad = kernels.between(flat_a, flat_b, start, end, buckets.forward, buckets.forward_bits, found)
    else:
        bad = _first_outside(flat_a, start, end)
        bad = bad if bad >= 0 else _first_outside(flat_b, start, end)
    if bad >= 0:
        raise _beyond_at(calendar, flat_a, flat_b, int(bad))
    if found is None:
        search = _search(calendar)
        found = _passed(search, flat_b) - _passed(search, flat_a)
    shaped = found.reshape(first.shape)
    return shaped.astype("timedelta64[s]") if dated else shaped


def add_many(calendar: WorkingCalendar, start: NDArray[Any], working: NDArray[Any] | int) -> NDArray[Any]:
    """Return each start moved by its office time; see `WorkingCalendar.add_many`."""
    begins, dated = _as_seconds(start, "start")
    lengths = _as_lengths(working)
    begins, lengths = _broadcast(begins, lengths)
    flat, add = begins.reshape(-1), lengths.reshape(-1)
    if add.size and int(add.min()) < 0:
        at = int(np.argmax(add < 0))
        raise ValueError(f"cannot add {int(add[at])} office seconds (element {at}): the length is negative")
    table = calendar.table
    first, end = table.midnights[0], table.midnights[-1]
    bad = _first_outside(flat, first, end)
    if bad >= 0:
        raise _beyond_at(calendar, flat, flat, bad)
    total = table.until[-1]
    buckets = _buckets(calendar)
    if buckets is not None and (kernels := _kernels()) is not None:
        found = np.empty(flat.shape, dtype=np.int64)
        bad = kernels.add(
            flat,
            add,
            first,
            total,
            buckets.forward,
            buckets.forward_bits,
            buckets.backward,
            buckets.backward_bits,
            found,
        )
    else:
        search = _search(calendar)
        passed = _passed(search, flat)
        bad = int(np.argmax(add > total - passed)) if bool(np.any((add > total - passed) & (add > 0))) else -1
        if bad < 0:
            wanted = passed + add
            window = np.searchsorted(search.until, wanted, side="left")
            found = np.where(add == 0, flat, wanted - search.shift[np.minimum(window, len(search.until) - 1)])
    if bad >= 0:
        raise calendar.beyond(end + 1)
    shaped = found.reshape(begins.shape)
    return shaped.astype("datetime64[s]") if dated else shaped


def _as_seconds(values: NDArray[Any], name: str) -> tuple[Ints, bool]:
    array = np.asarray(values)
    if array.dtype.kind in "iu":
        return array.astype(np.int64, copy=False), False
    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise ValueError(
                f"{name} holds NaT (element {int(np.argmax(np.isnat(array)))}): every instant must be known"
            )
        return array.astype("datetime64[s]", copy=False).view(np.int64), True
    raise ValueError(f"{name} is {array.dtype}: give epoch seconds as integers, or datetime64")


def _as_lengths(working: NDArray[Any] | int) -> Ints:
    array = np.asarray(working)
    if array.dtype.kind == "m":
        if np.isnat(array).any():
            raise ValueError("working holds NaT: every length must be known")
        return array.astype("timedelta64[s]", copy=False).view(np.int64)
    if array.dtype.kind in "iu":
        return array.astype(np.int64, copy=False)
    raise ValueError(f"working is {array.dtype}: give seconds as integers, or timedelta64")


def _broadcast(a: Ints, b: Ints) -> tuple[Ints, Ints]:
    if a.shape != b.shape:
        a, b = np.broadcast_arrays(a, b)
    return np.ascontiguousarray(a), np.ascontiguousarray(b)


def _first_outside(values: Ints, start: int, end: int) -> int:
    if not values.size or (int(values.min()) >= start and int(values.max()) <= end):
        return -1
    return int(np.argmax((values < start) | (values > end)))


def _beyond_at(calendar: WorkingCalendar, a: Ints, b: Ints, element: int) -> BeyondCalendarError:
    start, end = calendar.table.midnights[0], calendar.table.midnights[-1]
    at = int(a[element]) if not start <= int(a[element]) <= end else int(b[element])
    return calendar.beyond(at)


def _passed(search: _Search, at: Ints) -> Ints:
    window = np.searchsorted(search.opens, at, side="right") - 1
    passed: Ints = np.minimum(at + search.shift[window], search.until[window])
    return passed


@lru_cache(maxsize=16)
def _search(calendar: WorkingCalendar) -> _Search:
    table = calendar.table
    return _Search(
        opens=np.array(table.opens, dtype=np.int64),
        closes=np.array(table.closes, dtype=np.int64),
        until=np.array(table.until, dtype=np.int64),
        shift=np.array(table.shift, dtype=np.int64),
    )


@lru_cache(maxsize=16)
def _buckets(calendar: WorkingCalendar) -> _Buckets | None:
    """Return the bucket tables of ``calendar``, or None where its windows lie too close together for them."""
    search = _search(calendar)
    start, end = calendar.table.midnights[0], calendar.table.midnights[-1]
    opens, closes, until, shift = search.opens[1:], search.closes[1:], search.until, search.shift
    if not opens.size:
        return None
    gap = int((opens[1:] - closes[:-1]).min()) if opens.size > 1 else end - start
    forward_bits = max(gap.bit_length() - 1, 0)
    backward_bits = int((closes - opens).min()).bit_length() - 1
    total = int(until[-1])
    if ((end - start) >> forward_bits) > _MOST_BUCKETS or (total >> backward_bits) > _MOST_BUCKETS:
        return None
    size = 1 << forward_bits
    lows = start + np.arange(((end - start) >> forward_bits) + 1, dtype=np.int64) * size
    # The one window a bucket can meet is the first that closes after the bucket begins.
    window = np.minimum(np.searchsorted(closes, lows, side="right"), len(opens) - 1)
    low = np.clip(opens[window], lows, lows + size)
    high = np.clip(closes[window], low, lows + size)
    plus = _passed(search, lows) - low
    forward = np.stack([low - start, high - start, plus + start], axis=1)
    # The window in which a bucket's first office second is spent, and the one after it.
    ks = np.arange((total >> backward_bits) + 1, dtype=np.int64) << backward_bits
    holder = np.minimum(np.searchsorted(until, ks, side="left"), len(until) - 1)
    following = np.minimum(holder + 1, len(until) - 1)
    backward = np.stack([until[holder], -shift[holder], -shift[following]], axis=1)
    return _Buckets(
        forward=np.ascontiguousarray(forward),
        forward_bits=forward_bits,
        backward=np.ascontiguousarray(backward),
        backward_bits=backward_bits,
    )


@dataclass(frozen=True, slots=True)
class _Kernels:
    between: Any
    add: Any


@lru_cache(maxsize=1)
def _kernels() -> _Kernels | None:
    """Return the compiled loops, or None where numba cannot be used; where it cannot cache, it compiles each time."""
    try:
        from engine import calendar_kernels
    except (ImportError, OSError):
        return None
    return _Kernels(calendar_kernels.between, calendar_kernels.add)
