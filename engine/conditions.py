"""Conditions of a procedure: CEL expressions over dossier data that end, touch nothing, and give true or false.

An expression may read ``data`` (the dossier's data, a map), ``channel`` (a code) and ``papers`` (codes of the papers
handed in). The Common Expression Language has no loops, assignments or input and output; what could still run long
is refused when compiling: long texts, more than one list macro (nested ones multiply), functions that are not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from engine.errors import InputError

if TYPE_CHECKING:
    import cel

MAX_LENGTH: Final = 500
"""Longest expression in characters."""

NAMES: Final = frozenset({"data", "channel", "papers"})
"""The names an expression may read."""

_OPERATORS: Final = frozenset(
    {"_&&_", "_||_", "!_", "_?_:_", "_[_]", "@in", "@not_strictly_false"}
    | {"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"}
    | {"_+_", "_-_", "_*_", "_/_", "_%_", "-_"}
)
_FUNCTIONS: Final = frozenset(
    {"has", "size", "startsWith", "endsWith", "contains", "all", "exists", "exists_one", "filter", "map"}
    | {"int", "uint", "double", "string", "timestamp", "duration"}
    | {"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek"}
)
_STRING: Final = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_MACRO: Final = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*(\w*)")
_PATH: Final = re.compile(r"(?<![\w.])data((?:\s*\.\s*[A-Za-z_]\w*(?!\w|\s*\())+)")
_FAILURES: Final = (LookupError, ArithmeticError, TypeError, ValueError, RuntimeError)


class ConditionError(InputError):
    """A condition cannot be compiled, or cannot be decided on this dossier's data.

    Args:
        expression: the condition as written.
        why: what is wrong and what is expected.
        place: where it stands, e.g. ``procedure 1.001193 version 1, step 'eligible'``.
    """

    def __init__(self, expression: str, why: str, place: str = "") -> None:
        super().__init__(expression, why, place)
        self.expression = expression
        self.why = why
        self.place = place

    def __str__(self) -> str:
        shown = self.expression if len(self.expression) <= 120 else self.expression[:117] + "..."
        return f"{self.place + ': ' if self.place else ''}condition `{shown}`: {self.why}"


@lru_cache(maxsize=4096)
def compile_condition(expression: str) -> cel.Program:
    """Compile an expression once; later calls with the same text are a look-up.

    Raises:
        ConditionError: not CEL, too long, or it uses a name, function or macro that is not allowed.
    """
    if len(expression) > MAX_LENGTH:
        raise ConditionError(expression, f"longer than {MAX_LENGTH} characters; split it into two decisions")
    plain = _STRING.sub("''", expression)
    if "'''" in expression or '"""' in expression or re.search(r"\b[rRbB]+['\"]", plain) or "//" in plain:
        raise ConditionError(expression, "write strings as 'text' or \"text\", without prefixes, and no comments")
    macros = _MACRO.findall(plain)
    if len(macros) > 1:
        raise ConditionError(expression, "uses more than one list macro (all, exists, filter, map); use one at most")
    import cel  # half a second, and many procedures have no condition

    try:
        program = cel.compile(expression)
    except (ValueError, RuntimeError) as error:
        raise ConditionError(expression, f"is not a CEL expression ({_first_line(str(error))})") from None
    unknown = sorted(set(program.variables()) - NAMES - set(macros))
    if unknown:
        raise ConditionError(
            expression, f"reads {unknown[0]!r}, which does not exist; only data, channel and papers may be read"
        )
    forbidden = sorted(set(program.functions()) - _OPERATORS - _FUNCTIONS)
    if forbidden:
        raise ConditionError(expression, f"uses {forbidden[0]!r}, which is not among the allowed functions")
    return program


def evaluate(
    expression: str, data: Mapping[str, Any], channel: str = "", papers: Iterable[str] = (), *, place: str = ""
) -> bool:
    """Tell whether a condition holds; a value that nobody has recorded is an error, never quietly false.

    Args:
        expression: CEL, e.g. ``data.age < 6 && channel == "online"``; ``has(data.age)`` asks whether it is recorded.
        data: what later conditions may read; JSON-like values.
        channel: how the dossier came in.
        papers: codes of the papers handed in.
        place: where the condition stands, for the error's sentence.

    Raises:
        ConditionError: it does not compile, reads a value that is not there, mixes types, or gives no true or false.

    Example:
        >>> evaluate("data.children > 2 || channel == 'post'", {"children": 1}, "post")
        True
    """
    try:
        program = compile_condition(expression)
    except ConditionError as error:
        raise ConditionError(expression, error.why, place) from None
    try:
        found = program.execute({"data": dict(data), "channel": channel, "papers": list(papers)})
    except KeyError as error:
        missing = str(error.args[0]) if error.args else "a value"
        why = f"reads {missing!r}, which is not recorded for this dossier; record it, or ask has(...) first"
        raise ConditionError(expression, why, place) from None
    except _FAILURES as error:
        raise ConditionError(expression, f"cannot be decided: {_first_line(str(error))}", place) from None
    if not isinstance(found, bool):
        raise ConditionError(expression, f"gives {found!r:.60} instead of true or false", place)
    return found


def data_names(expression: str) -> tuple[str, ...]:
    """Return the dossier data an expression reads, as dotted names in order of appearance.

    Example:
        >>> data_names("has(data.parcel.area) && data.parcel.area > 100.0 || data.urgent")
        ('parcel.area', 'urgent')
    """
    found = (re.sub(r"\s", "", match.group(1)).lstrip(".") for match in _PATH.finditer(_STRING.sub("''", expression)))
    return tuple(dict.fromkeys(found))


def _first_line(message: str) -> str:
    """The telling part of a message of the CEL library, on one line."""
    found = re.search(r"ERROR: (?:<input>:)?([^\n]*)", message)
    return (found.group(1) if found else message.split("\n", 1)[0]).strip().rstrip(".")[:200]
