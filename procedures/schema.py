"""The JSON Schema of procedure files, for editors that complete and check while one writes."""

from __future__ import annotations

from typing import Any

from procedures.format import ProcedureFile


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the file format, with descriptions of every part."""
    schema = ProcedureFile.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:motcua:procedure:1",
        **schema,
        "title": "Motcua procedure file, version 1",
    }
