"""The published procedures: the project's own and an agency's folder, by code, version and day in force.

Published files are never changed. The last day of a version is the day before the next one comes into force, or the
one its file names if that is earlier.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Final

from engine.errors import InputError, NotAllowedError, UnknownNumberError
from engine.procedure import Procedure
from procedures.checks.subject import Surroundings
from procedures.convert import definition_of, digest_of, to_procedure
from procedures.directory import directory_codes, load_directory
from procedures.door import load_file, read_procedure
from procedures.fault import FaultyFileError
from procedures.faults import file_adapter, find_faults, stops_publication
from procedures.format import ProcedureFile
from procedures.yaml_text import UnreadableError, read_text, read_yaml

FOLDER: Final = Path(__file__).with_name("catalogue")
"""The procedures that come with the project."""

_CODE_LINE: Final = re.compile(r"""^code:\s*["']?([A-Za-z0-9._-]+)""", re.MULTILINE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publication: where the file lies, and whether it is new or was there already."""

    path: Path
    procedure: Procedure
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Versions:
    """What the files of one code hold."""

    procedures: tuple[Procedure, ...]
    files: dict[int, tuple[Path, ProcedureFile]]
    broken: tuple[InputError, ...]


class Catalogue:
    """All published procedures of some folders; a file is read when its code is first asked for.

    Args:
        folders: an agency's own folders, below which every ``*.yaml`` is a procedure; one may not exist yet.
        calendars: the agency's folder of calendars, beside those of the project.
        with_own: also the procedures that come with the project.
    """

    def __init__(
        self, folders: Sequence[Path | str] = (), *, calendars: Path | None = None, with_own: bool = True
    ) -> None:
        self._around = Surroundings(calendars=calendars)
        self._loaded: dict[str, _Versions] = {}
        self.folders = (*(Path(folder) for folder in folders), *((FOLDER,) if with_own else ()))

    @cached_property
    def _paths(self) -> dict[str, list[Path]]:
        """The files of each code, found without parsing; files that do not say theirs stand under the empty code."""
        found: dict[str, list[Path]] = {}
        for folder in self.folders:
            for path in sorted(folder.rglob("*.yaml")):
                found.setdefault(_claimed_code(path), []).append(path)
        return found

    def _versions_of(self, code: str) -> _Versions:
        if code not in self._loaded:
            self._loaded[code] = self._load(code)
        return self._loaded[code]

    def _load(self, code: str) -> _Versions:
        files: dict[int, tuple[Path, ProcedureFile]] = {}
        broken: list[InputError] = []
        for path in self._paths.get(code, ()):
            try:
                file = load_file(path, self._around, thorough=False)
            except InputError as error:
                broken.append(error)
                continue
            if file.code != code:
                broken.append(InputError(f"{path}: the key code: is not where it is looked for; write it in one line"))
                continue
            other = files.setdefault(file.version, (path, file))
            if digest_of(other[1]) != digest_of(file):
                sentence = f"{path}: version {file.version} of {code} also stands, with other content, in {other[0]}"
                broken.append(InputError(sentence))
        procedures = [to_procedure(files[version][1]) for version in sorted(files)]
        return _Versions(tuple(_in_turn(procedures)), files, tuple(broken))

    @property
    def broken(self) -> tuple[InputError, ...]:
        """Files of the folders that cannot be used, each with its sentence."""
        return tuple(error for code in self._paths for error in self._versions_of(code).broken)

    def codes(self) -> tuple[str, ...]:
        """Return the codes of all procedures."""
        return tuple(code for code in sorted(self._paths) if self._versions_of(code).procedures)

    def all(self) -> tuple[Procedure, ...]:
        """Return every version of every procedure, by code and version."""
        return tuple(procedure for code in sorted(self._paths) for procedure in self._versions_of(code).procedures)

    def get(self, code: str, version: int | None = None) -> Procedure:
        """Return a procedure; without a version the latest published one, be it in force or not.

        Raises:
            UnknownNumberError: no such procedure or version.
            InputError: the only file that may hold it is broken.
        """
        versions = self._versions(code)
        if version is None:
            return versions[-1]
        for procedure in versions:
            if procedure.version == version:
                return procedure
        known = ", ".join(str(procedure.version) for procedure in versions)
        raise UnknownNumberError(f"procedure {code} has no version {version}; published: {known}")

    def versions(self, code: str) -> tuple[Procedure, ...]:
        """Return every version of a procedure in order; none where the code is not published."""
        return self._versions_of(code).procedures

    def in_force(self, code: str, day: date) -> Procedure:
        """Return the version under which a dossier received on ``day`` (local date) is handled.

        Raises:
            UnknownNumberError: no such procedure.
            InputError: no version is in force on that day.
        """
        versions = self._versions(code)
        for procedure in reversed(versions):
            if procedure.in_force_from <= day and (procedure.in_force_to is None or day <= procedure.in_force_to):
                return procedure
        periods = "; ".join(f"version {one.version} {period_of(one)}" for one in versions)
        raise InputError(f"procedure {code} is not in force on {day.isoformat()}: {periods}")

    def definition(self, code: str, version: int) -> str:
        """Return a version's content as JSON, for `procedures.door.procedure_from_definition`.

        Raises:
            UnknownNumberError: no such procedure or version.
        """
        self.get(code, version)
        return definition_of(self._versions_of(code).files[version][1])

    def path(self, code: str, version: int) -> Path:
        """Return the file of a version.

        Raises:
            UnknownNumberError: no such procedure or version.
        """
        self.get(code, version)
        return self._versions_of(code).files[version][0]

    def file(self, code: str, version: int) -> ProcedureFile:
        """Return a version as the models of its file.

        Raises:
            UnknownNumberError: no such procedure or version.
        """
        self.get(code, version)
        return self._versions_of(code).files[version][1]

    def _versions(self, code: str) -> tuple[Procedure, ...]:
        found = self._versions_of(code)
        if found.procedures:
            return found.procedures
        if found.broken:
            raise found.broken[0]
        raise UnknownNumberError.of(
            "procedure_unknown", "procedure {code!r} is not published; see `motcua procedures list`", code=code
        )


def publish(path: Path, folder: Path, around: Surroundings, *, since: date | None = None) -> Published:
    """Put a checked procedure file into an agency's folder, where it stays as it is.

    Args:
        path: the file.
        folder: the agency's own procedures folder; it is made if needed.
        around: what exists around it (see `surroundings`).
        since: first day in force, written into the published copy in place of the file's own.

    Raises:
        UnreadableError: the file cannot be read.
        FaultyFileError: it has faults.
        NotAllowedError: this version is published with other content, or its day in force contradicts other versions.
    """
    text = read_procedure(path).text
    if since is not None:
        text = _with_day_in_force(text, str(path), since)
    document = read_yaml(text, str(path))
    faults = stops_publication(find_faults(document, around, warnings=False))
    if faults:
        raise FaultyFileError(str(path), faults)
    file: ProcedureFile = file_adapter().validate_python(document.data)
    procedure = to_procedure(file)
    catalogue = Catalogue([folder], calendars=around.calendars)
    with suppress(UnknownNumberError):
        same = catalogue.get(file.code, file.version)
        where = catalogue.path(file.code, file.version)
        if same.digest == procedure.digest:
            return Published(where, same, is_new=False)
        raise NotAllowedError.of(
            "published_otherwise",
            "version {version} of {procedure} is published with other content ({where}):"
            " published versions are never changed; give this one version: {next}",
            version=file.version,
            procedure=file.code,
            where=str(where),
            next=catalogue.get(file.code).version + 1,
        )
    for other in catalogue.versions(file.code):
        if (other.version < file.version) != (other.in_force_from < procedure.in_force_from):
            raise NotAllowedError.of(
                "published_out_of_order",
                "version {version} of {procedure} would be in force from {since}, version {other} is from {others}:"
                " a later version begins on a later day; correct the version, or give --from",
                version=file.version,
                procedure=file.code,
                since=procedure.in_force_from,
                other=other.version,
                others=other.in_force_from,
            )
    target = folder / f"{file.code}.v{file.version}.yaml"
    _write_new(target, text)
    return Published(target, Catalogue([folder], calendars=around.calendars).get(file.code, file.version), is_new=True)


def surroundings(
    folders: Sequence[Path] = (), directories: Sequence[Path | str] = (), calendars: Path | None = None
) -> Surroundings:
    """Return what exists around a procedure: kinds of agency in the directories and published codes.

    Args:
        folders: agencies' own procedures folders.
        directories: codes or paths of further directories, beside those of the project.
        calendars: an agency's own folder of calendars.

    Raises:
        InputError: a directory cannot be read.
    """
    found = [load_directory(code, calendars=calendars) for code in (*directory_codes(), *directories)]
    return Surroundings(
        kinds=frozenset(agency.kind for directory in found for agency in directory.agencies.values()),
        agencies=frozenset(code for directory in found for code in directory.agencies),
        procedures=frozenset(published_codes(folders)),
        calendars=calendars,
    )


def published_codes(folders: Sequence[Path] = ()) -> frozenset[str]:
    """Return the codes that the files of some folders and of the project claim, without judging the files."""
    paths = (path for folder in (*folders, FOLDER) for path in folder.rglob("*.yaml"))
    return frozenset(_claimed_code(path) for path in paths) - {""}


def period_of(procedure: Procedure) -> str:
    """Return in words when a version is in force, e.g. ``from 2025-07-01 to 2026-06-30``."""
    to = f" to {procedure.in_force_to.isoformat()}" if procedure.in_force_to else ""
    return f"from {procedure.in_force_from.isoformat()}{to}"


def _claimed_code(path: Path) -> str:
    """Return the code that a file's text gives, without reading all of it as YAML; empty where it gives none."""
    try:
        found = _CODE_LINE.search(read_text(path))
    except InputError:
        return ""
    return found.group(1) if found else ""


def _in_turn(versions: list[Procedure]) -> list[Procedure]:
    """Let each version end on the day before the next begins, unless it ends earlier by itself."""
    found: list[Procedure] = []
    for procedure, following in zip_longest(versions, versions[1:]):
        last = procedure.in_force_to
        if following is not None:
            before = following.in_force_from - timedelta(days=1)
            last = before if last is None else min(last, before)
        found.append(procedure if last == procedure.in_force_to else replace(procedure, in_force_to=last))
    return found


def _with_day_in_force(text: str, name: str, since: date) -> str:
    document = read_yaml(text, name)
    mark = document.marks.get(("in_force", "from"))
    if mark is None or mark.start == mark.end:
        raise UnreadableError(f"{name}: in_force.from is missing, so --from cannot replace it; add it")
    return text[: mark.start] + since.isoformat() + text[mark.end :]


def _write_new(target: Path, text: str) -> None:
    """Write a file that must not exist yet: complete or not at all, also when two people publish at once."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.parent.exists() and not target.parent.is_dir():
            raise InputError(f"{target.parent}: is not a folder; published procedures go into one")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        os.link(temporary, target)
    except FileExistsError:
        why = "{target} was published by somebody else at this moment; look at it first"
        raise NotAllowedError.of("published_at_once", why, target=str(target)) from None
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()
