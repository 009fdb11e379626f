"""XES: one strict pass over the XML. What the file does not say is absent here, never filled in.

Left out on purpose: the values of ``<global>`` (defaults; taking them for values would invent end dates), attributes of
the log itself, and attributes nested in attributes. Refused: a document type (its entities could unfold without
bound), an attribute twice in one event, an attribute without key or value, anything that is not well-formed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

import numpy as np
import polars as pl

from store.logs.event_log import CASE, CASE_LINE, EVENT, LINE, OWN, EventLog, LogError
from store.logs.opening import opened
from store.logs.xes_plain import read_plain

KINDS: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
_SKIPPED: Final = frozenset({"list", "container", "values"})
_CHUNK: Final = 1 << 18
_LONGEST_TAG: Final = 16 << 20
_ROWS: Final = 1 << 16


@dataclass(slots=True)
class _Column:
    """One attribute as declared with one kind, sparse: ``values[i]`` stands in row ``rows[i]`` of the part."""

    rows: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Scope:
    """Cases or events as columns, moved into polars every `_ROWS` rows so that few Python texts are alive."""

    prefix: str
    kinds: dict[str, set[str]] = field(default_factory=dict)
    columns: dict[tuple[str, str], _Column] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    parts: list[pl.DataFrame] = field(default_factory=list)

    def flush(self) -> None:
        """Move what was gathered into one more part."""
        height = len(self.lines)
        found: dict[str, pl.Series] = {
            f"{self.prefix}{LINE}": pl.Series(self.lines, dtype=pl.UInt32),
            CASE: pl.Series(self.cases, dtype=pl.UInt32),
        }
        for (_kind, key), column in self.columns.items():
            if not column.rows:
                continue
            name = self.prefix + key
            values = pl.Series(name, column.values, dtype=pl.String)
            if len(values) < height:
                places = np.full(height, -1, dtype=np.int64)
                places[column.rows] = np.arange(len(values))
                at = pl.Series(places)
                values = values.gather(at.set(at < 0, None))
            found[name] = values if name not in found else found[name].zip_with(found[name].is_not_null(), values)
            column.rows.clear()
            column.values.clear()
        self.parts.append(pl.DataFrame(found))
        self.lines.clear()
        self.cases.clear()

    def frame(self) -> pl.DataFrame:
        """Return everything gathered so far."""
        self.flush()
        return pl.concat(self.parts, how="diagonal")


def read_xes(path: Path, wanted: Collection[str] | None = None) -> EventLog:
    """Return the log in a ``.xes`` or ``.xes.gz`` file.

    Args:
        path: the file.
        wanted: attributes to keep (``case:`` before those of the case); None keeps all.

    Raises:
        LogError: unreadable, not well-formed, not XES, or refused (see the module); the sentence gives the line.
    """
    if (plain := read_plain(path, wanted)) is not None:
        return assembled(path, *plain)
    return read_strictly(path, wanted)


def read_strictly(path: Path, wanted: Collection[str] | None = None) -> EventLog:
    """Return the log in a file of any writing, by the pass of `read_xes` that knows all of XML.

    Raises:
        LogError: as `read_xes`.
    """
    reader = _Reader(path, wanted)
    parser = reader.parser
    fed = 0
    try:
        with opened(path) as stream:
            while chunk := stream.read(_CHUNK):
                fed += len(chunk)
                parser.Parse(chunk)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise reader.refusal(f"one tag is longer than {_LONGEST_TAG >> 20} MiB; no log needs that")
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        if not fed:
            raise LogError(f"{path}: the file is empty; an XES log is expected") from None
        raise LogError(f"{path}: line {error.lineno}: not well-formed XML: {what}") from None
    return reader.log()


def assembled(path: Path, events: pl.DataFrame, traces: pl.DataFrame, kinds: Mapping[str, frozenset[str]]) -> EventLog:
    """Return the log of events and traces gathered apart.

    Raises:
        LogError: it holds no trace, or an event attribute looks like a case attribute.
    """
    traces = traces.drop(CASE)
    if traces.is_empty():
        raise LogError(f"{path}: the log holds no <trace>")
    both = set(events.columns) & set(traces.columns)
    if both:
        raise LogError(f"{path}: the event attribute {min(both)[:60]!r} has the name of a case attribute")
    # A case without events keeps one row, or its dossier would be lost.
    idle = np.setdiff1d(np.arange(traces.height, dtype=np.uint32), events[CASE].to_numpy())
    frame = events.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over(CASE).alias(EVENT))
    if idle.size:
        lines = traces["case:" + LINE].gather(idle)
        rows = pl.DataFrame({CASE: idle, EVENT: np.zeros(idle.size, dtype=np.uint32), LINE: lines})
        frame = pl.concat([frame, rows], how="diagonal").sort(CASE, maintain_order=True)
    frame = pl.concat([frame, traces[frame[CASE]]], how="horizontal").rename({"case:" + LINE: CASE_LINE})
    return EventLog(
        name=str(path),
        frame=frame,
        kinds={name: kind for name, kind in kinds.items() if kind},
        seen=tuple(sorted(kinds)),
    )


class _Reader:
    """The handlers of one pass; depth 1 is ``log``, 2 ``trace``, 3 an event or the case's attribute, 4 an event's."""

    def __init__(self, path: Path, wanted: Collection[str] | None) -> None:
        self.path = path
        self.events = _Scope("")
        self.traces = _Scope("case:")
        self.parser = parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        events, traces = self.events, self.traces
        event_lines, event_cases = events.lines, events.cases
        trace_count = depth = 0
        in_trace = in_event = False
        declares: _Scope | None = None
        keeps_event: dict[str, bool] = {}
        keeps_trace: dict[str, bool] = {}

        def start(name: str, attributes: list[str]) -> None:
            nonlocal depth, in_trace, in_event, declares, trace_count
            depth += 1
            if depth == 4:
                if in_event:
                    attribute(events, keeps_event, name, attributes)
            elif depth == 3:
                if in_trace:
                    in_event = name == "event"
                    if not in_event:
                        attribute(traces, keeps_trace, name, attributes)
                        return
                    if len(event_lines) >= _ROWS:
                        events.flush()
                    event_lines.append(parser.CurrentLineNumber)
                    event_cases.append(trace_count - 1)
                elif declares is not None and "key" in attributes[::2]:
                    declares.kinds.setdefault(attributes[attributes.index("key") + 1], set())
            elif depth == 2:
                in_trace, in_event, declares = name == "trace", False, None
                if in_trace:
                    if len(traces.lines) >= _ROWS:
                        traces.flush()
                    traces.lines.append(parser.CurrentLineNumber)
                    traces.cases.append(trace_count)
                    trace_count += 1
                elif name == "global":
                    declares = traces if "trace" in attributes[1::2] else events
                elif name == "event":
                    raise self.refusal("an <event> stands outside any <trace>")
            elif depth == 1 and name != "log":
                raise self.refusal(f"the first element is <{name[:40]}>, an XES log begins with <log>")

        def end(_name: str) -> None:
            nonlocal depth
            depth -= 1

        def attribute(scope: _Scope, keeps: dict[str, bool], kind: str, pairs: list[str]) -> None:
            if len(pairs) == 4 and pairs[0] == "key" and pairs[2] == "value":
                key, value = pairs[1], pairs[3]
            else:
                named = dict(zip(pairs[::2], pairs[1::2], strict=True))
                if kind in _SKIPPED:
                    return
                if "key" not in named or "value" not in named:
                    lacking = "key" if "key" not in named else "value"
                    raise self.refusal(f"<{kind[:40]} {_shown(named)}> has no {lacking}")
                key, value = named["key"], named["value"]
            keep = keeps.get(key)
            if keep is None:
                keep = keeps[key] = wanted is None or scope.prefix + key in wanted
                scope.kinds.setdefault(key, set())
            if not keep:
                return
            column = scope.columns.get((kind, key))
            if column is None:
                column = self._new_column(scope, kind, key)
                if column is None:
                    return
            row = len(scope.lines) - 1
            rows = column.rows
            if (rows and rows[-1] == row) or (len(scope.kinds[key]) > 1 and self._has(scope, kind, key, row)):
                raise self.refusal(f"the attribute {key[:60]!r} stands twice in one {_owner(scope)}")
            rows.append(row)
            column.values.append(value)

        parser.StartElementHandler = start
        parser.EndElementHandler = end

    def refusal(self, what: str) -> LogError:
        """Return an error that names the file and the line the parser stands at."""
        return LogError(f"{self.path}: line {self.parser.CurrentLineNumber}: {what}")

    def log(self) -> EventLog:
        """Return the log once the pass is over.

        Raises:
            LogError: it holds no trace, or an event attribute looks like a case attribute.
        """
        kinds = {
            scope.prefix + key: frozenset(kinds)
            for scope in (self.traces, self.events)
            for key, kinds in scope.kinds.items()
        }
        return assembled(self.path, self.events.frame(), self.traces.frame(), kinds)

    def _doctype(self, *_declared: object) -> None:
        raise self.refusal("a document type (<!DOCTYPE …>) is refused: its entities could unfold without bound")

    def _new_column(self, scope: _Scope, kind: str, key: str) -> _Column | None:
        if kind in _SKIPPED:
            return None
        if scope.prefix + key in OWN or key == LINE:
            raise self.refusal(f"an attribute cannot be called {key!r}")
        if kind not in KINDS:
            raise self.refusal(f"<{kind[:40]}> is no kind of XES attribute ({', '.join(sorted(KINDS))})")
        scope.kinds[key].add(kind)
        return scope.columns.setdefault((kind, key), _Column())

    @staticmethod
    def _has(scope: _Scope, kind: str, key: str, row: int) -> bool:
        return any(
            column.rows[-1:] == [row]
            for other in scope.kinds[key]
            if other != kind and (column := scope.columns.get((other, key))) is not None
        )


def _owner(scope: _Scope) -> str:
    return "trace" if scope.prefix else "event"


def _shown(named: dict[str, str]) -> str:
    return " ".join(f'{name[:20]}="{value[:40]}"' for name, value in list(named.items())[:2])
