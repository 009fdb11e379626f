"""Plain XES read at once by a compiled scanner; anything else is left to the strict pass of `store.logs.xes`.

Plain is what most programs write: UTF-8, elements, comments and blanks only, attribute values in double quotes without
entities and line breaks, no text, no carriage return. Whatever is not plain, not well-formed, or would be refused is
declined here, so that its sentence comes from one place. What is read here is read alike (a test compares both).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from store.logs.event_log import CASE, LINE, OWN, LogError
from store.logs.opening import opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGE: Final = 32 << 20
"""Bytes from which a file is worth the scanner's start."""

LARGEST: Final = 1 << 30
"""Bytes up to which a file is held in memory at once."""

_WORDS: Final = (
    *(b"string", b"date", b"int", b"float", b"boolean", b"id", b"list", b"container", b"values"),
    *(b"log", b"trace", b"event", b"global", b"key", b"value"),
)
_BEGIN: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:<\?xml version=\"1\.0\"(?: encoding=\"(?:UTF|utf)-8\")?(?: standalone=\"(?:yes|no)\")? ?\?>)?"
)
_SLICE: Final = 1 << 20

Scopes = tuple[pl.DataFrame, pl.DataFrame, dict[str, frozenset[str]]]
"""Events, traces, and the kinds of every attribute that is there or declared, as `store.logs.xes` gathers them."""


def read_plain(path: Path, wanted: Collection[str] | None = None, *, least: int = LARGE) -> Scopes | None:
    """Return what a plain XES file holds, or None where it is not plain, smaller than ``least`` or very large.

    Args:
        path: the file, ``.xes`` or ``.xes.gz``.
        wanted: attributes to keep (``case:`` before those of the case); None keeps all.
        least: bytes (unpacked) below which it is not looked at.
    """
    raw = _unpacked(path, least)
    if raw is None or not _is_text(raw):
        return None
    try:
        from store.logs import xes_kernel as kernel
    except ImportError:  # numba is missing or does not run on this machine
        return None
    begin = _BEGIN.match(raw)
    text = np.frombuffer(raw, dtype=np.uint8)
    words = np.zeros((len(_WORDS), max(map(len, _WORDS))), dtype=np.uint8)
    for row, word in zip(words, _WORDS, strict=True):
        row[: len(word)] = list(word)
    sizes = np.array([len(word) for word in _WORDS])
    event_count, trace_count, most = raw.count(b"<event"), raw.count(b"<trace"), raw.count(b"key=")
    event_line, event_case = (np.empty(event_count, dtype=np.uint32) for _ in range(2))
    trace_line = np.empty(trace_count, dtype=np.uint32)
    rows, keys, lengths = (np.empty(most, dtype=np.int32) for _ in range(3))
    starts = np.empty(most, dtype=np.int64)
    of_key = {name: np.empty(kernel.KEYS, dtype=np.int64) for name in ("scope", "start", "length", "last", "first")}
    twice, bits = (np.empty(kernel.KEYS, dtype=np.int64) for _ in range(2))
    events, traces, attributes, known = kernel.scan(
        *(text, begin.end() if begin else 0, words, sizes, event_line, event_case, trace_line),
        *(rows, keys, starts, lengths),
        *(of_key["scope"], of_key["start"], of_key["length"], of_key["last"], twice, bits, of_key["first"]),
        np.full(kernel.KEYS, -1, dtype=np.int64),
    )
    if events < 0:
        return None
    names = [
        raw[start : start + length].decode()
        for start, length in zip(of_key["start"][:known].tolist(), of_key["length"][:known].tolist(), strict=True)
    ]
    frames = [
        {LINE: pl.Series(event_line[:events]), CASE: pl.Series(event_case[:events])},
        {f"case:{LINE}": pl.Series(trace_line[:traces]), CASE: pl.int_range(traces, dtype=pl.UInt32, eager=True)},
    ]
    heights = (events, traces)
    kinds: dict[str, frozenset[str]] = {}
    found = keys[:attributes]
    order = np.argsort(found, kind="stable")
    bounds = np.searchsorted(found[order], np.arange(known + 1))
    for number in sorted(range(known), key=lambda n: (of_key["scope"][n] > 1, of_key["first"][n])):
        scope, key = int(of_key["scope"][number]) & 1, names[number]
        name = ("", "case:")[scope] + key
        keeps = of_key["scope"][number] < 2 and (wanted is None or name in wanted)
        seen = int(bits[number]) if keeps else 0
        kinds[name] = kinds.get(name, frozenset()) | {
            kind.decode() for code, kind in enumerate(kernel.KINDS) if seen >> code & 1
        }
        if not keeps or of_key["first"][number] < 0:
            continue
        if twice[number] or seen >> kernel.UNKNOWN & 1 or name in OWN or key == LINE:
            return None
        chosen = order[bounds[number] : bounds[number + 1]]
        values = _values(kernel, text, raw, starts[chosen], lengths[chosen])
        frames[scope][name] = _spread(values, rows[chosen], heights[scope]).alias(name)
    if not traces:
        return None
    return pl.DataFrame(frames[0]), pl.DataFrame(frames[1]), kinds


def _values(
    kernel: Any,  # noqa: ANN401  a module
    text: NDArray[np.uint8],
    raw: bytes,
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
) -> pl.Series:
    """Return the values that stand at spans of the file; each different one is made once."""
    numbers, firsts = np.empty(starts.size, dtype=np.uint32), np.empty(starts.size, dtype=np.int64)
    slots = np.full(1 << max(4, int(2 * starts.size).bit_length()), -1, dtype=np.int64)
    known = kernel.number_values(text, starts, lengths, slots, numbers, firsts)
    first = firsts[:known]
    spans = zip(starts[first].tolist(), lengths[first].tolist(), strict=True)
    different = pl.Series([raw[start : start + length].decode() for start, length in spans], dtype=pl.String)
    return different.gather(pl.Series(numbers))


def _spread(values: pl.Series, rows: NDArray[np.int32], height: int) -> pl.Series:
    """Return the values at their rows, null elsewhere."""
    if rows.size == height:
        return values
    places = np.full(height, -1, dtype=np.int64)
    places[rows] = np.arange(rows.size)
    at = pl.Series(places)
    return values.gather(at.set(at < 0, None))


def _unpacked(path: Path, least: int) -> bytes | None:
    try:
        packed = path.suffix.lower() == ".gz"
        if path.stat().st_size < (least // 64 if packed else least):
            return None
        with opened(path) as stream:
            raw = stream.read(LARGEST + 1)
    except (LogError, OSError):
        return None
    return raw if least <= len(raw) <= LARGEST else None


def _is_text(raw: bytes) -> bool:
    """Whether bytes are UTF-8 without the two characters that XML forbids beyond control characters."""
    if raw.isascii():
        return True
    if b"\xef\xbf\xbe" in raw or b"\xef\xbf\xbf" in raw:
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(raw)
    try:
        for first in range(0, len(raw), _SLICE):
            decoder.decode(view[first : first + _SLICE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
