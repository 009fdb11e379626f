"""What a procedure takes for granted: kinds of agency, agencies and other procedures that must exist."""

from __future__ import annotations

from difflib import get_close_matches

from procedures import format as f
from procedures.checks.subject import Subject


def check_around(subject: Subject) -> None:
    """Report kinds, agencies and sub-procedures that nobody knows; what is not known to the checker is not judged."""
    around = subject.around
    for code, role in subject.file.roles.items():
        if around.kinds is not None and role.kind not in around.kinds and role.kind != "unknown":
            message = f"no directory has an agency of kind {role.kind!r}"
            subject.fault("unknown_agency_kind", ("roles", code, "kind"), message, _near(role.kind, around.kinds))
        if around.agencies is not None and role.agency is not None and role.agency not in around.agencies:
            message = f"no directory has the agency {role.agency!r}"
            subject.fault("unknown_agency", ("roles", code, "agency"), message, _near(role.agency, around.agencies))
    for loc, step in subject.steps():
        if not isinstance(step, f.SubProcedurePart):
            continue
        if step.procedure == subject.file.code:
            message = "the procedure starts itself as its own sub-dossier"
            subject.fault("unknown_procedure", (*loc, "procedure"), message, "name another procedure")
        elif around.procedures is not None and step.procedure not in around.procedures:
            message = f"the procedure {step.procedure!r} is not published"
            subject.warn("unknown_procedure", (*loc, "procedure"), message, "publish it before dossiers come in")


def _near(code: str, known: frozenset[str]) -> str:
    near = get_close_matches(code, known, n=1)
    return f"did you mean {near[0]!r}?" if near else "correct it, or add such an agency to a directory"
