"""Everything that is wrong with a procedure file, told at once, each fault with its place and remedy."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from procedures.checks.names import check_names
from procedures.checks.sources import check_sources
from procedures.checks.subject import Subject, Surroundings
from procedures.convert import to_procedure
from procedures.fault import MOST_SHOWN, Fault, Severity
from procedures.format import ProcedureFile
from procedures.salvage import salvage
from procedures.shape import shape_faults, text_faults
from procedures.yaml_text import Document


def find_faults(
    document: Document, around: Surroundings | None = None, *, warnings: bool = True, thorough: bool = True
) -> list[Fault]:
    """Return the faults of a procedure file in the order of its lines, then its warnings likewise.

    Args:
        document: the file as read by `procedures.yaml_text`.
        around: what exists around it; None: only the file itself is judged.
        warnings: look for warnings too; some of them try every day of a calendar.
        thorough: also walk the graph, compile conditions and add up terms. What was published has been through that.
    """
    if not isinstance(document.data, dict):
        message = "the file is not a map of keys and values"
        return [Fault(kind="wrong_type", path="", message=message, remedy="see `motcua procedures new`", line=1)]
    faults = text_faults(document)
    shape = shape_faults(file_adapter(), document)
    if shape:
        faults += shape
        file, unsound = salvage(document.data)
    else:
        file, unsound = file_adapter().validate_python(document.data), frozenset()
    subject = Subject(
        file=file,
        procedure=to_procedure(file),
        document=document,
        around=around or Surroundings(),
        unsound=unsound,
        warnings=warnings,
    )
    for check in (check_names, check_sources, *(_thorough_checks() if thorough else ())):
        check(subject)
    known = {(fault.path, fault.kind) for fault in faults}
    faults += [fault for fault in subject.found if (fault.path, fault.kind) not in known]
    faults.sort(key=lambda fault: (fault.line, fault.path))
    return [*_first(faults, Severity.FAULT), *_first(faults, Severity.WARNING)]


def _first(faults: list[Fault], severity: Severity) -> list[Fault]:
    """Return the faults of one severity, the first `MOST_SHOWN` of them and then how many more there are."""
    found = [fault for fault in faults if fault.severity is severity]
    if len(found) <= MOST_SHOWN:
        return found
    message = f"{len(found) - MOST_SHOWN:,} more of this severity"
    more = Fault(kind="more_faults", path="", message=message, remedy="mend those before first", severity=severity)
    return [*found[:MOST_SHOWN], more]


def stops_publication(faults: list[Fault]) -> tuple[Fault, ...]:
    """Return the faults without the warnings."""
    return tuple(fault for fault in faults if fault.severity is Severity.FAULT)


@lru_cache(maxsize=1)
def file_adapter() -> TypeAdapter[Any]:
    """Return the validator of whole procedure files."""
    return TypeAdapter(ProcedureFile)


def _thorough_checks() -> tuple[Callable[[Subject], None], ...]:
    """The checks whose libraries take a second to import."""
    from procedures.checks.around import check_around
    from procedures.checks.conditions import check_conditions
    from procedures.checks.fit import check_fit
    from procedures.checks.flow import check_flow

    return check_flow, check_conditions, check_fit, check_around
