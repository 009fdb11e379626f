"""Reading a mapping file: YAML at the door, every fault reported at once with its line."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from procedures.fault import Fault, FaultyFileError
from procedures.shape import known_keys, path_of, text_faults
from procedures.yaml_text import Document, printable, read_text, read_yaml
from store.mapping import Mapping


def load_mapping(path: Path) -> Mapping:
    """Return the mapping in a YAML file.

    Raises:
        UnreadableError: not there, or not YAML.
        FaultyFileError: the file is wrong; the message lists every fault with its line.
    """
    document = read_yaml(read_text(path), str(path))
    faults = text_faults(document)
    mapping: Mapping | None = None
    try:
        mapping = Mapping.model_validate(document.data)
    except ValidationError as error:
        faults += [_fault(detail, document) for detail in error.errors(include_url=False) if not _is_of_other(detail)]
    if faults or mapping is None:
        raise FaultyFileError(str(path), tuple(faults))
    return mapping


def _is_of_other(detail: ErrorDetails) -> bool:
    """Tell whether a fault is only that a calendar's hours are no code, or a code no hours."""
    loc, value = detail["loc"], detail["input"]
    if len(loc) < 2 or loc[0] != "calendar":
        return False
    return loc[1] == "constrained-str" if not isinstance(value, str) else loc[1] == "PlainHours" and len(loc) == 2


def _fault(detail: ErrorDetails, document: Document) -> Fault:
    loc = tuple(key for key in detail["loc"] if key not in {"[key]", "PlainHours", "constrained-str"})
    if detail["type"] == "missing" and loc and loc[-1] == "attribute":
        message, remedy = "no attribute is named", "write attribute: and its name in the log"
    elif detail["type"] == "missing":
        message, remedy = f"{loc[-1]} is missing", f"add {loc[-1]}:"
    elif detail["type"] == "extra_forbidden":
        near = get_close_matches(str(loc[-1]), known_keys(Mapping), n=1)
        message = f"the key {printable(str(loc[-1]), 60)!r} is not known here"
        remedy = f"did you mean {near[0]!r}?" if near else "remove it"
    elif detail["type"] in {"model_type", "model_attributes_type"}:
        message, remedy = "neither a name nor a map", "write the attribute's name, or a map with attribute:"
    elif detail["type"] == "string_pattern_mismatch":
        message = f"{printable(str(detail['input']), 60)!r} cannot be used here"
        remedy = "write ASCII letters, digits, _ . or -, without blanks"
    else:
        said = detail["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
        value = detail["input"]
        shown = f"{printable(value, 60)!r} " if isinstance(value, str) else ""
        message, remedy = f"{shown}{said}", "change it; see docs/replay.md"
    return Fault(
        kind=detail["type"],
        path=path_of(loc, document.data),
        message=message,
        remedy=remedy,
        line=document.line_of(loc),
    )
