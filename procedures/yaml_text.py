"""YAML read as plain data with the place of every value; whatever the bytes, an answer or one clear refusal.

A small part of YAML, on purpose: one document of maps, lists and scalars. Aliases, tags, merge keys and duplicate keys
are refused (they hide what a reader sees, and a few bytes of aliases can unfold into gigabytes). Scalars follow
YAML 1.2: only ``true`` and ``false`` are booleans, ``15:00`` is text, ``2025-07-01`` is a date.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Union

import yaml

from engine.errors import InputError

MAX_BYTES: Final = 1_000_000
"""Largest file; the largest real procedure takes about 20 KB."""

MAX_DEPTH: Final = 24
MAX_NODES: Final = 50_000

Loc = tuple[str | int, ...]
"""The way to a value: keys and list indexes from the top."""

Plain = Union["dict[str, Plain]", "list[Plain]", str, int, float, bool, date, None]
"""What YAML becomes: maps, lists and scalars."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(InputError):
    """The file cannot be read at all: not there, not YAML, too large, or written with refused features.

    Args:
        sentence: what is wrong, with the line where known.
    """


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: first line from 1; ``start`` and ``end`` are character offsets into the text."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the text itself that is wrong although it can be read, e.g. a key written twice."""

    kind: str
    loc: Loc
    message: str
    remedy: str


@dataclass(slots=True)
class Document:
    """What was read: plain ``data``, the mark of each value by its way, and flaws that do not stop the reading."""

    data: Plain = None
    text: str = ""
    marks: dict[Loc, Mark] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def line_of(self, loc: Loc) -> int:
        """Return the line of a value, or of the nearest part around it (0: unknown)."""
        for length in range(len(loc), -1, -1):
            mark = self.marks.get(loc[:length])
            if mark is not None:
                return mark.line
        return 0


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        UnreadableError: not there, not a file, larger than `MAX_BYTES`, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UnreadableError.of("file_unreadable", "{path}: cannot be read: {why}", path=str(path), why=why) from None
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"{path}: larger than {MAX_BYTES:,} bytes; a procedure is a small text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None


def read_yaml(text: str, name: str) -> Document:
    """Return the data of a YAML text.

    Args:
        text: the text.
        name: what to call it in errors.

    Raises:
        UnreadableError: not YAML, or written with aliases, tags or several documents, or too deep or too large.
    """
    if len(text) > MAX_BYTES:
        raise UnreadableError(f"{name}: larger than {MAX_BYTES:,} characters; a procedure is a small text")
    try:
        return _Builder(text, name).build()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark is not None else ""
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).split("\n", 1)[0]
        raise UnreadableError.of(
            "not_yaml", "{name}:{place} is not YAML: {why}", name=name, place=place, why=printable(str(why))
        ) from None
    except RecursionError:
        raise UnreadableError(f"{name}: nested too deeply") from None


def printable(text: str, limit: int = 160) -> str:
    """Return ``text`` safe to print: no control characters, lone surrogates or line breaks, shortened."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[: limit - 3] + "..."


class _Builder:
    """Turns parser events into data without recursion into the parser."""

    def __init__(self, text: str, name: str) -> None:
        self.document = Document(text=text)
        self.name = name
        self.count = 0
        self.events: Any = yaml.parse(text, Loader=_LOADER)

    def build(self) -> Document:
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refusal(event, "holds a second document (---); keep one procedure a file")
            elif isinstance(event, yaml.NodeEvent):
                self.document.data = self.value(event, ())
        if not documents:
            raise UnreadableError(f"{self.name}: is empty")
        return self.document

    def refusal(self, event: yaml.Event, why: str) -> UnreadableError:
        return UnreadableError(f"{self.name}: line {_mark(event).line} {why}")

    def value(self, event: yaml.NodeEvent, loc: Loc) -> Plain:
        self.count += 1
        if self.count > MAX_NODES:
            raise self.refusal(event, f"holds more than {MAX_NODES:,} values")
        if len(loc) > MAX_DEPTH:
            raise self.refusal(event, "is nested too deeply")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self.refusal(event, "uses a YAML anchor or alias (& or *); write the value out")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise self.refusal(event, f"uses the YAML tag {printable(str(tag), 60)}; write plain values")
        self.document.marks[loc] = _mark(event)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, loc)
        return self.sequence(loc) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(loc)

    def sequence(self, loc: Loc) -> list[Plain]:
        found: list[Plain] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.value(event, (*loc, len(found))))
        return found

    def mapping(self, loc: Loc) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self.refusal(event, "has a list or map as a key; keys are plain words")
            key = str(event.value)
            if key == "<<" and event.implicit[0]:
                raise self.refusal(event, "uses a merge key (<<); write the values out")
            if len(key) > 200:
                raise self.refusal(event, "has a key longer than 200 characters")
            self.text(key, (*loc, printable(key, 60)))
            duplicate = key in found
            value = self.value(next(self.events), (*loc, key))
            if duplicate:
                message = f"the key {printable(key)!r} stands twice (again in line {_mark(event).line})"
                self.flaw("duplicate_key", (*loc, key), message, "keep one of them")
            else:
                found[key] = value
        return found

    def scalar(self, event: yaml.ScalarEvent, loc: Loc) -> Plain:
        text = str(event.value)
        if not event.implicit[0]:
            return self.text(text, loc)
        if text in {"", "~", "null", "Null", "NULL"}:
            return None
        if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
            return text.lower() == "true"
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        if found := _DATE.fullmatch(text):
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                self.flaw("bad_date", loc, f"{text} is not a day of the calendar", "write year-month-day")
                return text
        return self.text(text, loc)

    def text(self, text: str, loc: Loc) -> str:
        if any(0xD800 <= ord(c) <= 0xDFFF or (c < " " and c not in "\n\t") for c in text):
            self.flaw("control_character", loc, "holds a control character or half a letter", "type the text again")
            return printable(text, 2000)
        if not unicodedata.is_normalized("NFC", text):
            composed = unicodedata.normalize("NFC", text)
            self.flaw(
                "not_nfc",
                loc,
                f"{printable(text, 60)!r} is not in Unicode NFC (letters and their marks are stored apart)",
                f"write {printable(composed, 60)!r} with composed letters",
            )
            return composed
        return text

    def flaw(self, kind: str, loc: Loc, message: str, remedy: str) -> None:
        if len(self.document.flaws) < 200:
            self.document.flaws.append(Flaw(kind, loc, message, remedy))


def _mark(event: yaml.Event) -> Mark:
    start, end = event.start_mark, event.end_mark
    return Mark(start.line + 1, start.index, end.index) if start and end else Mark(0, 0, 0)
