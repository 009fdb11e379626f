"""Faults of shape: a key that is missing or unknown, a value of the wrong type; said in words, with the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from procedures.fault import Fault
from procedures.yaml_text import Document, Loc, Plain, printable

_TAGS: Final = frozenset(
    {"step", "service", "decision", "split", "join", "consultation", "wait", "posting", "sub_procedure", "end"}
)
_LIMITS: Final = frozenset({"limit", "within", "window", "ask_within", "lead", "cap", "length", "due_soon", "after"})
_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "date_type": "a day such as 2026-07-01",
    "date_parsing": "a day such as 2026-07-01",
    "date_from_datetime_parsing": "a day such as 2026-07-01",
    "list_type": "a list (lines that begin with -)",
    "dict_type": "a map (key: value)",
    "model_type": "a map (key: value)",
    "model_attributes_type": "a map (key: value)",
}
_CODES: Final = "write small ASCII letters, digits and _, beginning with a letter"


def shape_faults(adapter: TypeAdapter[Any], document: Document) -> list[Fault]:
    """Return what keeps a document from having the shape of ``adapter``'s model, in the order of the file."""
    return [fault for _, fault in placed_faults(adapter, document)]


def placed_faults(adapter: TypeAdapter[Any], document: Document) -> list[tuple[Loc, Fault]]:
    """Return the faults of shape, each with the way to its place."""
    try:
        adapter.validate_python(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [(real_loc(detail["loc"]), _fault(detail, document)) for detail in details]
    return []


def text_faults(document: Document) -> list[Fault]:
    """Return the flaws of the text itself (duplicate keys, letters not in NFC, …)."""
    return [
        Fault(
            kind=flaw.kind,
            path=path_of(flaw.loc, document.data),
            message=flaw.message,
            remedy=flaw.remedy,
            line=document.line_of(flaw.loc),
        )
        for flaw in document.flaws
    ]


def path_of(loc: Loc, data: Plain) -> str:
    """Return the way to a value for people: entries with a code are named by it, others by their place from 0.

    Example:
        >>> path_of(("steps", 0, "limit"), {"steps": [{"code": "check"}]})
        'steps[check].limit'
    """
    shown = ""
    at: Plain = data
    for key in loc:
        if isinstance(key, int):
            at = at[key] if isinstance(at, list) and key < len(at) else None
            code = at.get("code", at.get("ground")) if isinstance(at, dict) else None
            shown += f"[{printable(code, 70) if isinstance(code, str) else key}]"
        else:
            at = at.get(key) if isinstance(at, dict) else None
            shown += f".{printable(key, 70)}" if shown else printable(key, 70)
    return shown


def known_keys(model: type[BaseModel]) -> frozenset[str]:
    """Return every key that any part of a model's file may have."""
    found: set[str] = set()
    for part in _models_below(model, set()):
        found.update(field.alias or name for name, field in part.model_fields.items())
    return frozenset(found)


def _models_below(annotation: object, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for field in annotation.model_fields.values():
                _models_below(field.annotation, seen)
    else:
        for argument in getattr(annotation, "__args__", ()):
            _models_below(argument, seen)
    return seen


def real_loc(loc: tuple[int | str, ...]) -> Loc:
    """Return the way in the file for a way in the model: without the names of union members."""
    found: list[int | str] = []
    for place, key in enumerate(loc):
        if key == "[key]" or (place == 2 and loc[0] == "steps" and key in _TAGS):
            continue
        found.append(key)
    return tuple(found)


def _fault(detail: ErrorDetails, document: Document) -> Fault:
    loc = real_loc(detail["loc"])
    kind, message, remedy = _words(detail, loc, document)
    return Fault(
        kind=kind, path=path_of(loc, document.data), message=message, remedy=remedy, line=document.line_of(loc)
    )


def _words(detail: ErrorDetails, loc: Loc, document: Document) -> tuple[str, str, str]:
    what = detail["type"]
    key = str(loc[-1]) if loc else ""
    context = detail.get("ctx") or {}
    value = detail.get("input")
    if what == "missing":
        return _missing(key)
    if what == "extra_forbidden":
        return "unknown_key", f"the key {printable(key, 60)!r} is not known here", _nearest(key)
    if what == "limit":
        return "bad_limit", str(context["sentence"]), "every limit says its unit"
    if detail["loc"] and detail["loc"][-1] == "[key]":
        return "bad_code", f"{printable(str(value), 60)!r} cannot be a code", _CODES
    if what in {"literal_error", "union_tag_invalid", "enum"}:
        expected = str(context.get("expected") or context.get("expected_tags"))
        return "bad_value", f"{_shown(value)} is not one of {expected}", "choose one of them"
    if what == "union_tag_not_found":
        return (
            "missing",
            "kind is missing",
            "say kind: step, decision, split, join, consultation, wait, posting, end, …",
        )
    if what == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        mark = document.marks.get(loc)
        raw = document.text[mark.start : mark.end] if mark else str(value)
        if key in _LIMITS:
            return "bad_limit", f"{raw} has no unit", f"write '{raw} working days', '{raw} calendar days', …"
        return "wrong_type", f"{printable(raw, 60)} is read as a number, text is expected", f'put it in quotes: "{raw}"'
    if what in _EXPECTED:
        return "wrong_type", f"{_shown(value)} stands where {_EXPECTED[what]} is expected", f"write {_EXPECTED[what]}"
    if what == "string_pattern_mismatch":
        return "bad_code", f"{_shown(value)} does not have the expected form", _form(key)
    sentence = detail["msg"].replace("Input should", "should").replace("Value error, ", "")
    return "bad_value", f"{_shown(value)} {sentence}", "change it"


def _missing(key: str) -> tuple[str, str, str]:
    if key == "source":
        remedy = 'add source: {text: "the legal text and its article"}, with confirmed: false if nobody has read it'
        return "number_without_source", "this number or rule has no source", remedy
    if key == "role":
        return "step_without_agency", "no agency is responsible here", "add role: with one of the procedure's roles"
    return "missing", f"{key} is missing", f"add {key}:"


def _nearest(key: str) -> str:
    from procedures.format import ProcedureFile

    near = get_close_matches(key, known_keys(ProcedureFile), n=1)
    return f"did you mean {near[0]!r}?" if near else "remove it"


def _form(key: str) -> str:
    if key == "cutoff":
        return "write hours and minutes, e.g. 15:00"
    if key == "currency":
        return "write the three capital letters of the currency, e.g. VND"
    if key == "service":
        return "write the name of a setting or an address that begins with https://"
    return _CODES


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return repr(printable(str(value), 60)) if isinstance(value, str) else printable(str(value), 60)
