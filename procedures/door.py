"""The door for procedures: a file or a stored definition comes in, an engine procedure or all its faults go out."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from engine.errors import InputError
from engine.procedure import Procedure
from procedures.checks.subject import Surroundings
from procedures.convert import to_procedure
from procedures.fault import FaultyFileError
from procedures.faults import file_adapter, find_faults, stops_publication
from procedures.format import ProcedureFile
from procedures.yaml_text import Document, read_text, read_yaml


def read_procedure(path: Path) -> Document:
    """Return a file as plain data with places, unjudged.

    Raises:
        UnreadableError: it is not there, or not YAML as this project reads it.
    """
    return read_yaml(read_text(path), str(path))


def load_file(path: Path, around: Surroundings | None = None, *, thorough: bool = True) -> ProcedureFile:
    """Return a sound file's models; ``thorough`` as in `procedures.faults.find_faults`.

    Raises:
        UnreadableError: the file cannot be read at all.
        FaultyFileError: it has faults; the message lists every one with its place and remedy. Warnings pass.
    """
    document = read_procedure(path)
    faults = stops_publication(find_faults(document, around, warnings=False, thorough=thorough))
    if faults:
        raise FaultyFileError(str(path), faults)
    file: ProcedureFile = file_adapter().validate_python(document.data)
    return file


def load_procedure(path: Path | str, around: Surroundings | None = None) -> Procedure:
    """Return the procedure of a sound file.

    Raises:
        UnreadableError: the file cannot be read at all.
        FaultyFileError: it has faults; the message lists every one with its place and remedy. Warnings pass.
    """
    return to_procedure(load_file(Path(path), around))


def procedure_from_definition(text: str) -> Procedure:
    """Return the procedure of a stored definition (see `procedures.convert.definition_of`).

    Raises:
        InputError: the text is no such definition.
    """
    try:
        return to_procedure(ProcedureFile.model_validate_json(text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(key) for key in first["loc"])
        raise InputError(f"stored procedure definition: {place or 'the text'}: {first['msg']}") from None
