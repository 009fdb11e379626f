"""One letter: the outbox's codes and instants, the recipient's name and address, and the text in his language."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from engine.errors import InputError, UnknownNumberError
from engine.instants import to_datetime
from engine.procedure import Procedure
from store import Notification, Store
from workflows.rulebook import Rulebook

FOLDER: Final = Path(__file__).with_name("letters")
"""The letters' texts, one file a language."""

NOTHING: Final = "-"
_INSTANTS: Final = frozenset({"at", "due", "promised", "window_due", "step_due"})
_CODES: Final = frozenset({"agency", "step", "papers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A composed letter. Name, address, subject and body may be personal data: they go to the sender only."""

    key: str
    kind: str
    dossier: str
    subject: str = field(repr=False)
    body: str = field(repr=False)
    name: str = field(repr=False)
    email: str = field(repr=False)
    address: str = field(repr=False)


@lru_cache(maxsize=8)
def texts(language: str) -> dict[str, dict[str, str]]:
    """Return subject and body of every kind of letter in a language.

    Raises:
        InputError: there are no letters in that language.
    """
    path = FOLDER / f"{language}.yaml"
    if not path.is_file():
        raise InputError(f"there are no letters in language {language!r}")
    found: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def compose(store: Store, rulebook: Rulebook, letter: Notification, *, zone: str, language: str) -> Letter:
    """Return a letter ready to be sent.

    Args:
        store: where the dossier and its applicant are.
        rulebook: knows what agencies, steps and papers are called.
        letter: what the outbox holds.
        zone: IANA zone of the instants in it.
        language: ``vi`` or ``en``.

    Raises:
        InputError: the dossier or the applicant is not there, or the language has no such letter.
    """
    row = store.row(letter.dossier_id)
    try:
        procedure: Procedure | None = rulebook.procedure(row.procedure, row.procedure_version)
    except InputError:
        procedure = None
    text = texts(language).get(letter.kind)
    if text is None:
        raise InputError(f"there is no letter {letter.kind!r} in language {language!r}")
    title = row.procedure if procedure is None else getattr(procedure.title, language)
    values = {
        "dossier": row.name,
        "dossier_no": row.dossier_no or row.name,
        "procedure": f"{title} ({row.procedure})",
        "desk": _agency(rulebook, row.desk, language),
        **{key: _text(rulebook, procedure, key, value, zone, language) for key, value in letter.params.items()},
    }
    name = email = address = ""
    if letter.recipient_kind == "applicant":
        applicant = store.applicants.get(letter.recipient)
        if applicant.erased_at is not None:
            raise UnknownNumberError("the applicant's data was erased")
        name, email, address = applicant.name, applicant.email, applicant.address
    else:
        name = _agency(rulebook, letter.recipient, language)
    filled = _Filled(values | {"recipient_name": name or NOTHING})
    return Letter(
        key=letter.key,
        kind=letter.kind,
        dossier=row.name,
        subject=" ".join(text["subject"].format_map(filled).split()),
        body=text["body"].format_map(filled),
        name=name,
        email=email,
        address=address,
    )


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return NOTHING


def _text(rulebook: Rulebook, procedure: Procedure | None, key: str, value: object, zone: str, language: str) -> str:
    if key in _INSTANTS and isinstance(value, int):
        at = to_datetime(value, zone)
        return f"{at:%H:%M} {at:%d/%m/%Y}" if language == "vi" else f"{at:%H:%M} {at:%Y-%m-%d}"
    if key == "agency":
        return _agency(rulebook, str(value), language)
    if key in _CODES and procedure is not None:
        titles = {paper.code: paper.title for paper in procedure.papers}
        titles |= {code: node.title for code, node in procedure.nodes.items()}
        codes = value if isinstance(value, list) else [value]
        named = [getattr(titles[code], language) if code in titles else str(code) for code in codes]
        return "\n".join(f"- {one}" for one in named) if isinstance(value, list) else named[0]
    return str(value)


def _agency(rulebook: Rulebook, code: str, language: str) -> str:
    agency = rulebook.directory.agencies.get(code)
    if agency is None:
        return code or NOTHING
    return agency.title_vi if language == "vi" else agency.title_en
