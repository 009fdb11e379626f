"""What a scenario changes about a procedure: the definition is rewritten and comes in by the ordinary door."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from engine.errors import InputError
from engine.procedure import Procedure
from procedures.checks.subject import Surroundings
from procedures.convert import to_procedure
from procedures.fault import FaultyFileError
from procedures.faults import file_adapter, find_faults, stops_publication
from procedures.scenarios.format import AddPart, ChangePart
from procedures.yaml_text import Document

_SOURCE: Final[dict[str, Any]] = {"text": "the scenario", "confirmed": False}
_TURN: Final = "_in_turn_"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def changed(definition: str, changes: Sequence[ChangePart], name: str) -> Procedure:
    """Return the procedure of a definition with a scenario's changes.

    Args:
        definition: see `procedures.convert.definition_of`.
        changes: in order.
        name: of the scenario, for what is said of faults.

    Raises:
        InputError: a step is not there, or cannot be changed so.
        FaultyFileError: the changed procedure has faults.
    """
    data: dict[str, Any] = json.loads(definition)
    for change in changes:
        where = f"{name}: changes of {change.procedure}"
        for part in change.add:
            _add(data, part, where)
        for code in change.cut:
            _cut(data, code, where)
        for code, limit in change.limits.items():
            _limit(data, code, limit, where)
        if change.parallel:
            _parallel(data, change.parallel, where)
        for code in change.in_turn:
            _in_turn(data, code, where)
    document = Document(data=_dated(data))
    faults = stops_publication(find_faults(document, Surroundings(), warnings=False, thorough=False))
    if faults:
        raise FaultyFileError(f"{name}, procedure {data['code']} as changed", faults)
    return to_procedure(file_adapter().validate_python(document.data))


def _dated(value: Any) -> Any:  # noqa: ANN401  plain data
    """Return plain data of JSON as YAML has it: with days as dates."""
    if isinstance(value, dict):
        return {key: _dated(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_dated(one) for one in value]
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


def _step(data: dict[str, Any], code: str, where: str) -> dict[str, Any]:
    for step in data["steps"]:
        if step["code"] == code:
            found: dict[str, Any] = step
            return found
    steps = ", ".join(step["code"] for step in data["steps"])
    raise InputError(f"{where}: there is no step {code!r}; there are {steps}")


def _ways(step: dict[str, Any]) -> dict[str, str]:
    """Return where a step leads, by outcome."""
    following = step.get("next") or {}
    return {"done": following} if isinstance(following, str) else dict(following)


def _only_way(step: dict[str, Any], where: str) -> str:
    """Return where a step leads; of several outcomes that of the first (as a rule the one that goes on)."""
    ways = _ways(step)
    if not ways:
        raise InputError(f"{where}: {step['code']!r} does not lead on by itself: only what does can be cut or moved")
    return ways[_first(ways)]


def _first(ways: dict[str, str]) -> str:
    return "done" if "done" in ways else next(iter(ways))


def _add(data: dict[str, Any], part: AddPart, where: str) -> None:
    before = _step(data, part.after, where)
    to = _only_way(before, where)
    title = part.title.model_dump() if part.title else {"vi": "bước thêm", "en": "an added step"}
    step: dict[str, Any] = {"code": part.code, "kind": "step", "title": title, "role": part.role, "next": {"done": to}}
    if part.limit is not None:
        step |= {"limit": part.limit, "source": _SOURCE}
    ways = _ways(before)
    before["next"] = {outcome: part.code if outcome == _first(ways) else way for outcome, way in ways.items()}
    data["steps"].append(step)


def _cut(data: dict[str, Any], code: str, where: str) -> None:
    step = _step(data, code, where)
    to = _only_way(step, where)
    data["steps"] = [one for one in data["steps"] if one["code"] != code]
    _lead(data, code, to)
    for one in data["steps"]:
        if code in (one.get("send_back_to") or []):
            one["send_back_to"] = [back for back in one["send_back_to"] if back != code]


def _lead(data: dict[str, Any], old: str, new: str) -> None:
    """Let everything that leads to one step lead to another."""
    if data["start"] == old:
        data["start"] = new
    for step in data["steps"]:
        following = step.get("next")
        if following == old:
            step["next"] = new
        elif isinstance(following, dict):
            step["next"] = {outcome: new if to == old else to for outcome, to in following.items()}
        if step.get("to"):
            step["to"] = list(dict.fromkeys(new if to == old else to for to in step["to"]))
        for choice in step.get("choose") or []:
            if choice.get("to") == old:
                choice["to"] = new


def _limit(data: dict[str, Any], code: str, limit: str, where: str) -> None:
    if code == "legal":
        for one in data["limits"]:
            one["limit"] = limit
        return
    step = _step(data, code, where)
    if step["kind"] == "consultation":
        for asked in step["consulted"]:
            asked["limit"] = limit
    else:
        step["limit"] = limit
        step["source"] = step.get("source") or _SOURCE


def _parallel(data: dict[str, Any], codes: Sequence[str], where: str) -> None:
    """Let steps that follow on each other run side by side, between a split and a join of their own."""
    if len(codes) < 2:
        raise InputError(f"{where}: name at least two steps to run side by side")
    steps = [_step(data, code, where) for code in codes]
    for one, other in zip(steps, codes[1:], strict=False):
        if _only_way(one, where) != other:
            raise InputError(
                f"{where}: {other!r} does not follow on {one['code']!r}, so they cannot be put side by side"
            )
    split, join = f"{codes[0]}_side_by_side"[:64], f"{codes[0]}_all_done"[:64]
    after = _only_way(steps[-1], where)
    _lead(data, codes[0], split)
    title = {"vi": "song song", "en": "side by side"}
    for step in steps:
        ways = _ways(step)
        step["next"] = join if set(ways) == {"done"} else {**ways, _first(ways): join}
        if step.get("send_back_to"):  # from one branch into another nothing can be sent back
            step["send_back_to"] = [back for back in step["send_back_to"] if back not in codes]
    data["steps"] += [
        {"code": split, "kind": "split", "title": title, "to": list(codes)},
        {"code": join, "kind": "join", "title": title, "next": after},
    ]


def _in_turn(data: dict[str, Any], code: str, where: str) -> None:
    """Let the agencies of a consultation be asked one after the other; who disagrees ends it where that ends it now."""
    step = _step(data, code, where)
    if step["kind"] != "consultation" or len(step["consulted"]) < 2:
        raise InputError(f"{where}: {code!r} does not ask several agencies, so they cannot be asked in turn")
    ways = _ways(step)
    agreed = ways.get("agreed", next(iter(ways.values())))
    disagreed = ways.get("disagreed", agreed)
    codes = [code, *(f"{code}{_TURN}{n}" for n in range(2, len(step["consulted"]) + 1))]
    for n, (own, asked) in enumerate(zip(codes, list(step["consulted"]), strict=True)):
        following = codes[n + 1] if n + 1 < len(codes) else agreed
        ended = following if disagreed == agreed else disagreed
        one = {**step, "code": own, "consulted": [asked], "next": {"agreed": following, "disagreed": ended}}
        if n:
            data["steps"].append(one)
        else:
            data["steps"][data["steps"].index(step)] = one


def origin_of(code: str) -> str:
    """Return the step of the published procedure that a step was made of, as `changed` names them."""
    return code.partition(_TURN)[0]
