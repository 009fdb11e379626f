"""The rules of signals as data: read, checked with all faults told at once, and joined from the files of one folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, field_validator

from engine.cited import Source, Title
from engine.errors import InputError
from engine.responsibility.judge import Bars
from engine.responsibility.signal import Level, Parameter, Severity, SignalRule
from procedures.yaml_text import read_text, read_yaml

FOLDER: Final = Path(__file__).with_name("signals")
BARS: Final = Path(__file__).with_name("judging.yaml")
_WHOLE: Final = {"chances", "hits"}

_Code = Annotated[str, StringConstraints(pattern=r"^[SP][1-9][0-9]?$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
_Text = Annotated[str, StringConstraints(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Title(_Part):
    vi: _Text
    en: _Text


class _Source(_Part):
    text: _Text
    confirmed: bool = True
    url: str = ""


class _Parameter(_Part):
    value: float | int | str
    source: _Text


class _Rule(_Part):
    code: _Code
    name: _Title
    basis: _Source
    certainty: str
    level: Level
    severity: Severity
    needs: tuple[str, ...] = ()
    parameters: dict[_Name, _Parameter] = Field(default_factory=dict)
    explained: _Title

    @field_validator("certainty")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in {"A", "B", "C", "K"}:
            raise ValueError("certainty is A, B, C or K")
        return value


_Bars: Final = TypeAdapter(dict[str, _Parameter])


class _File(_Part):
    signals: tuple[_Rule, ...]


@lru_cache(maxsize=4)
def load_signals(folder: Path = FOLDER) -> Mapping[str, SignalRule]:
    """Return the rules of all files in a folder, by code, in order (S1 … S30, then P1 …).

    Raises:
        InputError: a file is wrong (every fault of it is told), or two rules have one code.
    """
    rules: dict[str, SignalRule] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_yaml(read_text(path), str(path))
        try:
            file = _File.model_validate(document.data)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)
            )
            raise InputError(f"{path.name}: {faults}") from None
        for rule in file.signals:
            if rule.code in rules:
                raise InputError(f"{path.name}: the code {rule.code} is used twice")
            rules[rule.code] = _converted(rule)
    return dict(sorted(rules.items(), key=lambda item: (item[0][0] != "S", int(item[0][1:]))))


def _converted(rule: _Rule) -> SignalRule:
    return SignalRule(
        code=rule.code,
        name=Title(vi=rule.name.vi, en=rule.name.en),
        basis=Source(text=rule.basis.text, confirmed=rule.basis.confirmed, url=rule.basis.url),
        certainty=rule.certainty,
        level=rule.level,
        severity=rule.severity,
        needs=frozenset(rule.needs),
        parameters={name: Parameter(value=one.value, source=one.source) for name, one in rule.parameters.items()},
        explained=Title(vi=rule.explained.vi, en=rule.explained.en),
    )


def load_bars(path: Path = BARS) -> Bars:
    """Return when a pattern of conduct is raised, from a file of numbers with their sources.

    Raises:
        InputError: the file is wrong.
    """
    document = read_yaml(read_text(path), str(path))
    try:
        read = {name: one.value for name, one in _Bars.validate_python(document.data).items()}
        numbers: dict[str, Any] = {n: int(value) if n in _WHOLE else float(value) for n, value in read.items()}
        return Bars(**numbers)
    except (ValidationError, TypeError, ValueError) as error:
        raise InputError(f"{path.name}: {error}") from None
