"""Scenario files that build on one another, read as one document in which every value knows its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.errors import InputError
from procedures.fault import Fault
from procedures.shape import text_faults
from procedures.yaml_text import Document, Loc, Mark, Plain, read_text, read_yaml

MOST_BELOW: Final = 10
"""Files that may build on one another."""

_NAMED: Final[Mapping[Loc, str]] = {("procedures",): "code"}
"""Lists whose entries are known by a key: a file's own entry is merged into the one of that name."""
_ADDED: Final = frozenset({"conduct", "changes", "surges", "merge", "days_off", "worked_days"})
"""Lists to which a file's own entries are added; of any other list the file's own takes the place."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A value as it was read: maps and lists hold nodes; its file, and its mark there."""

    value: object
    file: str
    mark: Mark | None


@dataclass(slots=True)
class Layers:
    """A file and all it builds on: ``document`` holds the whole; ``files`` says where what is not its own was read."""

    document: Document
    flaws: list[tuple[Fault, str]] = field(default_factory=list)
    """What is wrong with the texts, and in which file."""
    files: dict[Loc, str] = field(default_factory=dict)

    def file_of(self, loc: Loc) -> str:
        """Return the name of the file in which a value stands, empty for the file itself."""
        return next((self.files[loc[:n]] for n in range(len(loc), -1, -1) if loc[:n] in self.files), "")


def read_layers(path: Path) -> Layers:
    """Return a scenario file with all that ``extends`` names, each beside the one that names it.

    A file's own value counts; maps are merged, entries of ``procedures`` by their code; conduct, changes, surges,
    mergers and days are added; ``null`` takes away what the file below says.

    Raises:
        InputError: a file is not there or not YAML, or files build on themselves.
    """
    found = Layers(Document())
    node = _read(path, "", (path.resolve(),), found)
    found.document.data = _flat(node, (), found)
    return found


def _read(path: Path, name: str, above: tuple[Path, ...], found: Layers) -> _Node:
    document = read_yaml(read_text(path), str(path))
    if not name:
        found.document.text = document.text
    found.flaws += [(fault, name) for fault in text_faults(document)]
    data = document.data
    node = _node(data, (), document, name)
    if not isinstance(data, dict) or "extends" not in data or not isinstance(node.value, dict):
        return node
    del node.value["extends"]
    extends = data["extends"]
    if not isinstance(extends, str):
        raise InputError(f"{path}: extends: write the name of a file beside this one, such as base.yaml")
    below = path.parent / extends
    if below.resolve() in above:
        raise InputError(f"{path}: extends: {extends} builds on this file itself; end the circle")
    if len(above) > MOST_BELOW:
        raise InputError(f"{path}: extends: more than {MOST_BELOW} files build on one another; join some")
    base = _read(below, extends, (*above, below.resolve()), found)
    return _merged(base, node, ())


def _node(data: Plain, loc: Loc, document: Document, name: str) -> _Node:
    value: object = data
    if isinstance(data, dict):
        value = {key: _node(one, (*loc, key), document, name) for key, one in data.items()}
    elif isinstance(data, list):
        value = [_node(one, (*loc, place), document, name) for place, one in enumerate(data)]
    return _Node(value, name, document.marks.get(loc))


def _merged(base: _Node, own: _Node, loc: Loc) -> _Node:
    before, now = base.value, own.value
    if isinstance(before, dict) and isinstance(now, dict):
        both = dict(before)
        for key, one in now.items():
            if key in before and one.value is None:
                del both[key]
            else:
                both[key] = _merged(before[key], one, (*loc, key)) if key in before else one
        return _Node(both, own.file, own.mark)
    if isinstance(before, list) and isinstance(now, list):
        if loc in _NAMED:
            return _Node(_by_name(before, now, _NAMED[loc]), own.file, own.mark)
        if len(loc) == 1 and loc[0] in _ADDED:
            return _Node([*before, *now], own.file, own.mark)
    return own


def _by_name(base: list[_Node], own: list[_Node], key: str) -> list[_Node]:
    found = list(base)
    places = {name: place for place, one in enumerate(base) if (name := _name(one, key)) is not None}
    for one in own:
        name = _name(one, key)
        place = None if name is None else places.get(name)
        if place is None:
            found.append(one)
        else:
            found[place] = _merged(found[place], one, ("an entry",))
    return found


def _name(node: _Node, key: str) -> str | None:
    name = node.value.get(key) if isinstance(node.value, dict) else None
    return name.value if isinstance(name, _Node) and isinstance(name.value, str) else None


def _flat(node: _Node, loc: Loc, found: Layers) -> Plain:
    """Return a node's plain data, and put down where it and all in it stand."""
    if node.mark is not None:
        found.document.marks[loc] = node.mark
    found.files[loc] = node.file
    value: Plain
    match node.value:
        case dict():
            value = {key: _flat(one, (*loc, key), found) for key, one in node.value.items()}
        case list():
            value = [_flat(one, (*loc, place), found) for place, one in enumerate(node.value)]
        case _:
            value = node.value  # type: ignore[assignment]
    return value
