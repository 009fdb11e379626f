"""What changed from one version of a procedure to another, entry by entry; the order of entries does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from procedures.format import ProcedureFile

_MISSING: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: ``before`` None where something was added, ``after`` None where it was removed."""

    path: str
    kind: str
    before: Any
    after: Any


def differences(before: ProcedureFile, after: ProcedureFile) -> list[Change]:
    """Return every difference between two versions, in the order of the format.

    Lists whose entries have a code (steps, papers) or ground are compared by it, legal limits by their channels and
    other lists by place. What the files leave out counts as its default.
    """
    return list(_compared("", _plain(before), _plain(after)))


def _plain(file: ProcedureFile) -> dict[str, Any]:
    return file.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _compared(path: str, before: object, after: object) -> Iterator[Change]:
    if before is _MISSING:
        yield Change(path=path, kind="added", before=None, after=after)
    elif after is _MISSING:
        yield Change(path=path, kind="removed", before=before, after=None)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            below = f"{path}.{key}" if path else str(key)
            yield from _compared(below, before.get(key, _MISSING), after.get(key, _MISSING))
    elif isinstance(before, list) and isinstance(after, list):
        old, new = _by_name(before), _by_name(after)
        for name in dict.fromkeys([*old, *new]):
            yield from _compared(f"{path}[{name}]", old.get(name, _MISSING), new.get(name, _MISSING))
    elif before != after:
        yield Change(path=path, kind="changed", before=before, after=after)


def _by_name(entries: list[Any]) -> dict[str, Any]:
    """Name the entries of a list by what tells them apart; by place where that is not unique."""
    names = [_name(entry, place) for place, entry in enumerate(entries)]
    if len(set(names)) < len(names):
        names = [str(place) for place in range(len(entries))]
    return dict(zip(names, entries, strict=True))


def _name(entry: object, place: int) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    for key in ("code", "ground", "role"):
        if isinstance(entry.get(key), str):
            return str(entry[key])
    if "limit" in entry and "source" in entry:
        return ", ".join(sorted(entry.get("channels", ()))) or "all channels"
    if "amount" in entry:
        return str(entry["title"]["en"])
    if set(entry) <= {"text", "confirmed", "url", "from"}:
        return str(entry.get("text"))
    return str(entry.get("to", place)) if "when" in entry or set(entry) == {"to"} else str(place)
