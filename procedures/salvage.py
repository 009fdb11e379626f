"""What can still be judged in a file with faults of shape: good parts as they are, bad ones replaced or left out.

So that a bare ``3 days`` in one step does not hide an unreachable step elsewhere: all faults are told at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from procedures import format as f
from procedures.yaml_text import Plain

_T = TypeVar("_T", bound=BaseModel)
_SOURCE = f.SourcePart(text="unknown", confirmed=False)
_TITLE = f.TitlePart(vi="?", en="?")
_STEP: TypeAdapter[f.AnyStep] = TypeAdapter(f.AnyStep)


def salvage(data: dict[str, Plain]) -> tuple[f.ProcedureFile, frozenset[str]]:
    """Return a file made of the sound parts of ``data``, and the codes of steps and sections that were not sound.

    Unsound steps keep their code and the targets that can be read; sections are named by their key.
    """
    unsound: set[str] = set()

    def part(key: str, model: type[_T], default: _T) -> _T:
        found = _validated(TypeAdapter(model), data.get(key))
        if found is None:
            unsound.add(key)
        return default if found is None else found

    def parts(key: str, model: type[_T]) -> list[_T]:
        raw = data.get(key)
        entries = raw if isinstance(raw, list) else []
        found = [_validated(TypeAdapter(model), entry) for entry in entries]
        if None in found or (raw is not None and not isinstance(raw, list)):
            unsound.add(key)
        return [entry for entry in found if entry is not None]

    def scalar(key: str, default: Any) -> Any:  # noqa: ANN401  one look-up for every type of scalar
        adapter = TypeAdapter(f.ProcedureFile.model_fields[key].rebuild_annotation(), config=f.Part.model_config)
        found = _validated(adapter, data.get(key))
        if found is None:
            unsound.add(key)
        return default if found is None else found

    raw_roles = data.get("roles")
    roles: dict[str, f.RolePart] = {}
    for code, entry in raw_roles.items() if isinstance(raw_roles, dict) else ():
        role = _validated(TypeAdapter(f.RolePart), entry)
        if role is None:
            unsound.add("roles")
            role = f.RolePart(kind="unknown", jurisdiction="receiving", title=_TITLE)
        roles[code] = role
    if not roles:
        unsound.add("roles")

    steps: list[f.AnyStep] = []
    raw_steps = data.get("steps")
    for entry in raw_steps if isinstance(raw_steps, list) else ():
        step = _validated(_STEP, entry)
        if step is None:
            step = _opaque(entry)
            unsound.add(step.code if step is not None else "steps")
        if step is not None:
            steps.append(step)
    if not isinstance(raw_steps, list):
        unsound.add("steps")

    default_clock = f.ClockPart(
        supplement=f.SupplementPart(effect="pause", max_requests=0, source=_SOURCE),
        apology=f.ApologyPart(lead="1 working day", max_redatings=0, source=_SOURCE),
    )
    file = f.ProcedureFile.model_construct(
        motcua="procedure/1",
        code=scalar("code", "X.unknown"),
        version=scalar("version", 1),
        in_force=part("in_force", f.InForcePart, f.InForcePart.model_validate({"from": date(2000, 1, 1)})),
        title=part("title", f.TitlePart, _TITLE),
        field=part("field", f.FieldPart, f.FieldPart(code="unknown", vi="?", en="?")),
        level=scalar("level", "commune"),
        calendar=scalar("calendar", "vn"),
        legal_basis=parts("legal_basis", f.SourcePart),
        limits=parts("limits", f.LimitPart),
        clock=part("clock", f.ClockPart, default_clock),
        papers=parts("papers", f.PaperPart),
        fees=parts("fees", f.FeePart),
        roles=roles,
        desk=scalar("desk", ""),
        start=scalar("start", ""),
        steps=steps,
    )
    return file, frozenset(unsound)


def _validated(adapter: TypeAdapter[_T], data: Plain) -> _T | None:
    """Return the part, dropping keys that are wrong but not needed; None where it is beyond that."""
    for _ in range(3):
        try:
            return adapter.validate_python(data)
        except ValidationError as error:
            if not isinstance(data, dict):
                return None
            kept = dict(data)
            for detail in error.errors(include_url=False, include_context=False, include_input=False):
                named = [key for key in detail["loc"] if key in data]
                if detail["type"] != "missing" and named:
                    kept.pop(str(named[0]), None)
            if len(kept) == len(data):
                return None
            data = kept
    return None


def _opaque(entry: Plain) -> f.AnyStep | None:
    """Return a stand-in for a step that cannot be read: its code and where it leads, nothing else."""
    if not isinstance(entry, dict) or not f.is_code(entry.get("code")):
        return None
    code = str(entry["code"])
    if entry.get("kind") == "end":
        return f.EndPart(code=code, title=_TITLE, kind="end", end="granted")
    targets = [target for key in ("next", "to", "choose") for target in _targets(entry.get(key))]
    ways = {f"way_{place}": target for place, target in enumerate(dict.fromkeys(targets))}
    role = entry.get("role")
    return f.StepPart.model_construct(
        code=code, title=_TITLE, kind="step", role=role if isinstance(role, str) else "", next=ways, send_back_to=[]
    )


def _targets(value: Plain) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [target for key, entry in value.items() if key != "when" for target in _targets(entry)]
    if isinstance(value, list):
        return [target for entry in value for target in _targets(entry)]
    return []
