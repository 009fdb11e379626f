"""Conditions that do not compile, cannot give true or false, or name a channel or paper that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any, Final

from engine.conditions import ConditionError, compile_condition, data_names, evaluate
from procedures import format as f
from procedures.checks.subject import Subject, listed
from procedures.yaml_text import Loc

_TRIALS: Final[tuple[Any, ...]] = (True, 1, "a", 1.5, ["a"], {"a": 1}, None)
_MOST_NAMES: Final = 4
_MOST_UNDECIDED: Final = 20
_CHANNEL: Final = re.compile(r"channel\s*[!=]=\s*(?:'([^']*)'|\"([^\"]*)\")")
_PAPER: Final = re.compile(r"(?:'([^']*)'|\"([^\"]*)\")\s+in\s+papers(?![\w.])")


def check_conditions(subject: Subject) -> None:
    """Report faulty conditions wherever they stand."""
    file = subject.file
    channels = {channel for limit in file.limits for channel in limit.channels or ()} | {"direct", "post", "online"}
    papers = {paper.code for paper in file.papers}
    undecided = 0
    for loc, expression in _conditions(subject):
        try:
            compile_condition(expression)
        except ConditionError as error:
            subject.fault("bad_condition", loc, str(error), "write CEL, e.g. data.area > 500 && channel == 'online'")
            continue
        if undecided < _MOST_UNDECIDED and not may_be_decided(expression):
            undecided += 1
            message = f"condition `{expression}`: never gives true or false, whatever the data"
            subject.fault("bad_condition", loc, message, "compare something, e.g. data.area > 500")
        for named in _CHANNEL.findall(expression):
            channel = named[0] or named[1]
            if channel not in channels and "limits" not in subject.unsound:
                message = f"condition `{expression}`: no dossier comes in by the channel {channel!r}"
                subject.fault("bad_condition", loc, message, f"use: {listed(channels)}")
        for named in _PAPER.findall(expression):
            paper = named[0] or named[1]
            if paper not in papers and "papers" not in subject.unsound:
                message = f"condition `{expression}`: the procedure has no paper {paper!r}"
                subject.fault("bad_condition", loc, message, f"use: {listed(papers)}")


def may_be_decided(expression: str) -> bool:
    """Tell whether some data make a condition give true or false; values of every type are tried.

    With many names not every combination can be tried: then the doubt is in the condition's favour.
    """
    names = data_names(expression)
    if len(names) > _MOST_NAMES or "data[" in expression:
        return True
    for values in product(_TRIALS, repeat=len(names)):
        data = _nested(dict(zip(names, values, strict=True)))
        for papers in ([], ["a"]):
            with suppress(ConditionError):
                evaluate(expression, data, "online", papers)
                return True
    return False


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Return dotted names as maps in maps; a name that is also the beginning of another becomes the map."""
    found: dict[str, Any] = {}
    for name, value in sorted(flat.items()):
        at = found
        *way, last = name.split(".")
        for key in way:
            if not isinstance(at.get(key), dict):
                at[key] = {}
            at = at[key]
        at[last] = value
    return found


def _conditions(subject: Subject) -> Iterator[tuple[Loc, str]]:
    for loc, step in subject.steps():
        if isinstance(step, f.DecisionPart):
            for place, choice in enumerate(step.choose):
                if choice.when is not None:
                    yield (*loc, "choose", place, "when"), choice.when
        elif isinstance(step, f.ConsultationPart):
            for place, asked in enumerate(step.consulted):
                if asked.when is not None:
                    yield (*loc, "consulted", place, "when"), asked.when
    for place, paper in enumerate(subject.file.papers):
        if paper.when is not None:
            yield ("papers", place, "when"), paper.when
