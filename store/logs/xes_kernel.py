"""The compiled scanner of plain XES: attributes found as spans of bytes; imported only for large files.

It understands only the writing that most programs produce (see `store.logs.xes_plain`) and stops at anything else.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.compiled import compiled

KINDS: Final = (b"string", b"date", b"int", b"float", b"boolean", b"id")
"""Kinds by code; then `SKIPPED` and `UNKNOWN`."""

SKIPPED: Final = 6
UNKNOWN: Final = 7
KEYS: Final = 4096
"""Slots for different attributes; a log with more than half as many is not plain."""

_DEPTH: Final = 32
_PAIRS: Final = 16
_LONGEST_TAG: Final = 1 << 20


# ruff: noqa: ANN001, ANN201, ANN202, D417, PLR1714, SIM110
# The functions below are compiled: numba finds their types, and understands plain loops and comparisons best.


@compiled()
def _is(text, start, length, word):  # type: ignore[no-untyped-def]
    if length != word.size:
        return False
    for i in range(length):
        if text[start + i] != word[i]:
            return False
    return True


@compiled()
def _same(text, a, b, length):  # type: ignore[no-untyped-def]
    for i in range(length):
        if text[a + i] != text[b + i]:
            return False
    return True


@compiled()
def _name_end(text, at, end):  # type: ignore[no-untyped-def]
    """Return where the name that begins at ``at`` ends; ``at`` itself where none begins."""
    c = text[at]
    if not (97 <= c <= 122 or 65 <= c <= 90 or c == 95):
        return at
    while at < end:
        c = text[at]
        if not (97 <= c <= 122 or 65 <= c <= 90 or 48 <= c <= 58 or c == 95 or c == 45 or c == 46):
            break
        at += 1
    return at


@compiled()
def scan(  # type: ignore[no-untyped-def]
    text, at, words, sizes, event_line, event_case, trace_line, rows, keys, starts, lengths,
    key_scope, key_start, key_length, key_last, key_twice, key_kinds, key_first, slots,
):  # fmt: skip
    """Find the traces, events and attributes of a log.

    Args:
        text: the file (uint8).
        at: where its first element or comment may begin.
        words: names to know, one a row (uint8, filled up): kinds, ``list``, ``container``, ``values``, ``log``,
            ``trace``, ``event``, ``global``, ``key``, ``value``; ``sizes`` their lengths.
        event_line, event_case, trace_line: filled for each event and each trace.
        rows, keys, starts, lengths: filled for each attribute: row of its scope, number of its key, span of its value.
        key_scope, key_start, key_length: filled for each key: 0 events, 1 traces, 2 and 3 declared as such; its span.
        key_last, key_twice: scratch; whether a key stands twice in one owner.
        key_kinds, key_first: bits of the kinds seen; number of the first attribute that is not skipped.
        slots: hash table of keys, filled with -1.

    Returns:
        Numbers of events, traces, attributes and keys; the first is -1 where the file is not plain.
    """
    end = text.size
    line = 1
    events = traces = attributes = known = 0
    depth = 0
    in_trace = in_event = False
    in_global = 0
    closed = False
    stack = np.empty((_DEPTH, 2), dtype=np.int64)
    pairs = np.empty((_PAIRS, 4), dtype=np.int64)
    mask = slots.size - 1
    no = (-1, at, line, depth)
    for i in range(at):
        if text[i] == 10:
            line += 1
    while at < end:
        c = text[at]
        if c == 10:
            line += 1
            at += 1
            continue
        if c == 32 or c == 9:
            at += 1
            continue
        if c != 60 or at + 3 >= end:
            return no
        c = text[at + 1]
        if c == 33:  # a comment
            if at + 6 >= end or text[at + 2] != 45 or text[at + 3] != 45:
                return no
            at += 4
            while True:
                if at + 2 >= end:
                    return no
                c = text[at]
                if c == 45 and text[at + 1] == 45:
                    if text[at + 2] != 62:
                        return no
                    at += 3
                    break
                if c == 10:
                    line += 1
                elif c < 32 and c != 9:
                    return no
                at += 1
            continue
        if c == 47:  # an end tag
            start = at + 2
            at = _name_end(text, start, end)
            if at == start or at >= end or text[at] != 62 or depth == 0:
                return no
            depth -= 1
            if stack[depth, 1] != at - start or not _same(text, stack[depth, 0], start, at - start):
                return no
            at += 1
            if depth == 0:
                closed = True
            continue
        if closed:
            return no
        tag_line = line
        name = at + 1
        at = _name_end(text, name, end)
        size = at - name
        if size == 0:
            return no
        count = 0
        is_empty = False
        while True:
            blank = False
            while at < end and (text[at] == 32 or text[at] == 9 or text[at] == 10):
                if text[at] == 10:
                    line += 1
                blank = True
                at += 1
            if at + 1 >= end or at - name > _LONGEST_TAG:
                return no
            c = text[at]
            if c == 62:
                at += 1
                break
            if c == 47:
                if text[at + 1] != 62:
                    return no
                at += 2
                is_empty = True
                break
            if not blank or count == _PAIRS:
                return no
            first = at
            at = _name_end(text, first, end)
            if at == first or at + 1 >= end or text[at] != 61 or text[at + 1] != 34:
                return no
            pairs[count, 0] = first
            pairs[count, 1] = at - first
            at += 2
            first = at
            while at < end:
                c = text[at]
                if c == 34 or c == 60 or c == 38 or c < 32:
                    break
                at += 1
            if at >= end or text[at] != 34:
                return no
            pairs[count, 2] = first
            pairs[count, 3] = at - first
            at += 1
            for i in range(count):
                if pairs[i, 1] == pairs[count, 1] and _same(text, pairs[i, 0], pairs[count, 0], pairs[i, 1]):
                    return no
            count += 1
        depth += 1
        if depth >= _DEPTH:
            return no
        scope = -1
        if depth == 4:
            if in_event:
                scope = 0
        elif depth == 3:
            if in_trace:
                in_event = _is(text, name, size, words[11, : sizes[11]])
                if in_event:
                    if events == event_line.size:
                        return no
                    event_line[events] = tag_line
                    event_case[events] = traces - 1
                    events += 1
                else:
                    scope = 1
            elif in_global:
                scope = in_global
        elif depth == 2:
            in_event = False
            in_global = 0
            in_trace = _is(text, name, size, words[10, : sizes[10]])
            if in_trace:
                if traces == trace_line.size:
                    return no
                trace_line[traces] = tag_line
                traces += 1
            elif _is(text, name, size, words[12, : sizes[12]]):
                in_global = 2
                for i in range(count):
                    if _is(text, pairs[i, 2], pairs[i, 3], words[10, : sizes[10]]):
                        in_global = 3
            elif _is(text, name, size, words[11, : sizes[11]]):
                return no
        elif depth == 1 and not _is(text, name, size, words[9, : sizes[9]]):
            return no
        if scope >= 0:
            kind = UNKNOWN
            for i in range(9):
                if _is(text, name, size, words[i, : sizes[i]]):
                    kind = min(i, SKIPPED)
                    break
            usual = (
                count == 2
                and _is(text, pairs[0, 0], pairs[0, 1], words[13, : sizes[13]])
                and _is(text, pairs[1, 0], pairs[1, 1], words[14, : sizes[14]])
            )
            key = -1
            if usual:
                key = 0
            elif scope >= 2:
                for i in range(count):
                    if _is(text, pairs[i, 0], pairs[i, 1], words[13, : sizes[13]]):
                        key = i
            elif kind != SKIPPED:
                return no
            if key >= 0:
                start = pairs[key, 2]
                length = pairs[key, 3]
                mixed = np.uint64(14695981039346656037) ^ np.uint64(scope)
                for i in range(length):
                    mixed = (mixed ^ np.uint64(text[start + i])) * np.uint64(1099511628211)
                slot = np.int64(mixed >> np.uint64(32)) & mask
                while True:
                    number = slots[slot]
                    if number < 0:
                        if known * 2 >= slots.size:
                            return no
                        number = known
                        slots[slot] = number
                        key_scope[number] = scope
                        key_start[number] = start
                        key_length[number] = length
                        key_last[number] = -1
                        key_twice[number] = 0
                        key_kinds[number] = 0
                        key_first[number] = -1
                        known += 1
                        break
                    if (
                        key_scope[number] == scope
                        and key_length[number] == length
                        and _same(text, key_start[number], start, length)
                    ):
                        break
                    slot = (slot + 1) & mask
                if scope < 2:
                    key_kinds[number] |= 1 << kind
                    if kind != SKIPPED:
                        row = events - 1 if scope == 0 else traces - 1
                        if key_last[number] == row:
                            key_twice[number] = 1
                        key_last[number] = row
                        if attributes == rows.size:
                            return no
                        if key_first[number] < 0:
                            key_first[number] = attributes
                        rows[attributes] = row
                        keys[attributes] = number
                        starts[attributes] = pairs[1, 2]
                        lengths[attributes] = pairs[1, 3]
                        attributes += 1
        if is_empty:
            depth -= 1
            if depth == 0:
                closed = True
        else:
            stack[depth - 1, 0] = name
            stack[depth - 1, 1] = size
    if not closed or depth != 0:
        return no
    return events, traces, attributes, known


@compiled()
def number_values(text, starts, lengths, slots, numbers, firsts):  # type: ignore[no-untyped-def]
    """Number the different values among spans in the order they come; return how many there are.

    Args:
        text: the file (uint8).
        starts, lengths: the spans.
        slots: hash table, at least twice as large as there are spans, a power of two, filled with -1.
        numbers: filled with the number of each span's value.
        firsts: filled with the first span of each value.
    """
    mask = slots.size - 1
    known = 0
    for n in range(starts.size):
        start = starts[n]
        length = lengths[n]
        mixed = np.uint64(14695981039346656037)
        for i in range(length):
            mixed = (mixed ^ np.uint64(text[start + i])) * np.uint64(1099511628211)
        slot = np.int64((mixed ^ (mixed >> np.uint64(29))) >> np.uint64(20)) & mask
        while True:
            number = slots[slot]
            if number < 0:
                slots[slot] = number = known
                firsts[known] = n
                known += 1
                break
            other = firsts[number]
            if lengths[other] == length and _same(text, starts[other], start, length):
                break
            slot = (slot + 1) & mask
        numbers[n] = number
    return known
