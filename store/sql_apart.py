"""Personal data, incidents, notifications and published procedures in SQL, for both databases."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import msgspec

from engine.errors import InputError, UnknownNumberError
from store.apart import (
    Applicant,
    Applicants,
    Incident,
    Incidents,
    Notification,
    Notifications,
    Procedures,
    Published,
)
from store.database import Database
from store.lists import Lists

_INCIDENT: Final = (
    "SELECT i.number, i.dossier, d.dossier_id, d.dossier_no, i.stage, i.error, i.opened_at, i.last_at, i.attempts,"
    " i.retry_at, i.closed_at FROM incidents i JOIN dossiers d ON d.id = i.dossier"
)
_LETTER: Final = (
    "SELECT letter_key, kind, recipient_kind, recipient, dossier_id, created_at, params, send_after, number, attempts,"
    " sent_at, cancelled_at, last_error FROM notifications"
)
_PUBLISHED: Final = (
    "SELECT code, version, digest, content, in_force_from, in_force_to, calendars, published_at, published_by"
    " FROM procedures"
)


class SqlApplicants(Applicants):
    """Personal data in a table of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, applicant: Applicant) -> None:
        """Enter or correct an applicant; see `Applicants.put`."""
        with self._database.transaction():
            found = self._database.first("SELECT erased_at FROM applicants WHERE ref = ?", (applicant.ref,))
            if found is not None and found[0] is not None:
                raise erased(applicant.ref)
            self._database.execute(
                "INSERT INTO applicants (ref, name, address, phone, email, id_number) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (ref) DO UPDATE SET name = excluded.name, address = excluded.address,"
                " phone = excluded.phone, email = excluded.email, id_number = excluded.id_number",
                (
                    applicant.ref,
                    applicant.name,
                    applicant.address,
                    applicant.phone,
                    applicant.email,
                    applicant.id_number,
                ),
            )

    def get(self, ref: str) -> Applicant:
        """Return an applicant; see `Applicants.get`."""
        found = self.get_many([ref])
        if ref not in found:
            raise unknown_applicant(ref)
        return found[ref]

    def get_many(self, refs: list[str]) -> dict[str, Applicant]:
        """Return the known applicants among ``refs``."""
        found: dict[str, Applicant] = {}
        for ref in refs:
            line = self._database.first(
                "SELECT ref, name, address, phone, email, id_number, erased_at FROM applicants WHERE ref = ?", (ref,)
            )
            if line is not None:
                texts = [text or "" for text in line[:6]]
                found[ref] = Applicant(
                    ref=texts[0],
                    name=texts[1],
                    address=texts[2],
                    phone=texts[3],
                    email=texts[4],
                    id_number=texts[5],
                    erased_at=line[6],
                )
        return found

    def erase(self, ref: str, at: int) -> None:
        """Remove an applicant's personal data; see `Applicants.erase`."""
        with self._database.erasing(), self._database.transaction():
            done = self._database.execute(
                "UPDATE applicants SET name = NULL, address = NULL, phone = NULL, email = NULL, id_number = NULL,"
                " erased_at = coalesce(erased_at, ?) WHERE ref = ?",
                (at, ref),
            )
            if not done:
                raise unknown_applicant(ref)
            self._database.execute(
                "UPDATE notifications SET cancelled_at = ? WHERE recipient_kind = 'applicant' AND recipient = ?"
                " AND sent_at IS NULL AND cancelled_at IS NULL",
                (at, ref),
            )


class SqlIncidents(Incidents):
    """Incidents in a table; one open a dossier and stage."""

    def __init__(self, database: Database, lists: Lists) -> None:
        self._database = database
        self._lists = lists

    def open(self, dossier: str, stage: str, error: str, at: int, *, retry_at: int | None = None) -> Incident:
        """Open an incident or count another attempt; see `Incidents.open`."""
        found = self._lists.row_of(dossier)
        if found is None:
            raise UnknownNumberError(f"no dossier {dossier}")
        ((number,),) = self._database.rows(
            "INSERT INTO incidents (dossier, stage, error, opened_at, last_at, attempts, retry_at)"
            " VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (dossier, stage) WHERE closed_at IS NULL DO UPDATE SET"
            " error = excluded.error, last_at = excluded.last_at, attempts = incidents.attempts + 1,"
            " retry_at = excluded.retry_at RETURNING number",
            (found[0], stage, error, at, at, retry_at),
        )
        return self._one(number)

    def list(self, *, is_open: bool | None = True, dossier: str = "", limit: int = 500) -> list[Incident]:
        """Return incidents, newest first."""
        where, values = ["i.number > 0"], list[Any]()
        if is_open is not None:
            where.append("i.closed_at IS NULL" if is_open else "i.closed_at IS NOT NULL")
        if dossier:
            where.append("(d.dossier_id = ? OR d.dossier_no = ?)")
            values += [dossier, dossier]
        sql = f"{_INCIDENT} WHERE {' AND '.join(where)} ORDER BY i.number DESC LIMIT ?"
        return [_incident(line) for line in self._database.rows(sql, (*values, limit))]

    def retry(self, number: int, at: int) -> Incident:
        """Let the next drive try again; see `Incidents.retry`."""
        sql = "UPDATE incidents SET retry_at = ? WHERE number = ? AND closed_at IS NULL"
        if not self._database.execute(sql, (at, number)):
            raise unknown_incident(number)
        return self._one(number)

    def close(self, dossier: str, at: int, *, stage: str = "") -> int:
        """Close a dossier's open incidents."""
        found = self._lists.row_of(dossier)
        if found is None:
            raise UnknownNumberError(f"no dossier {dossier}")
        return self._database.execute(
            "UPDATE incidents SET closed_at = ? WHERE dossier = ? AND closed_at IS NULL AND (? = '' OR stage = ?)",
            (at, found[0], stage, stage),
        )

    def _one(self, number: int) -> Incident:
        return _incident(self._database.rows(f"{_INCIDENT} WHERE i.number = ?", (number,))[0])


class SqlNotifications(Notifications):
    """The outbox of letters in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, notification: Notification) -> bool:
        """Enter a letter; return False if its key is there already."""
        letter = notification
        return bool(
            self._database.execute(
                "INSERT INTO notifications (letter_key, kind, recipient_kind, recipient, dossier_id, params,"
                " created_at, send_after, attempts, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, '')"
                " ON CONFLICT (letter_key) DO NOTHING",
                (
                    letter.key,
                    letter.kind,
                    letter.recipient_kind,
                    letter.recipient,
                    letter.dossier_id,
                    _json(dict(letter.params)),
                    letter.created_at,
                    letter.send_after,
                ),
            )
        )

    def pending(self, now: int, limit: int = 100) -> list[Notification]:
        """Return letters to send now."""
        sql = (
            f"{_LETTER} WHERE sent_at IS NULL AND cancelled_at IS NULL AND send_after <= ?"
            " ORDER BY send_after, number LIMIT ?"
        )
        return [_letter(line) for line in self._database.rows(sql, (now, limit))]

    def list(self, *, dossier_id: str = "", limit: int = 500) -> list[Notification]:
        """Return letters, newest first."""
        sql = f"{_LETTER} WHERE ? = '' OR dossier_id = ? ORDER BY number DESC LIMIT ?"
        return [_letter(line) for line in self._database.rows(sql, (dossier_id, dossier_id, limit))]

    def sent(self, number: int, at: int) -> None:
        """Record that a letter went out."""
        self._database.execute(
            "UPDATE notifications SET sent_at = ?, attempts = attempts + 1, last_error = '' WHERE number = ?",
            (at, number),
        )

    def failed(self, number: int, error: str, send_after: int) -> None:
        """Record a failed attempt."""
        self._database.execute(
            "UPDATE notifications SET attempts = attempts + 1, last_error = ?, send_after = ? WHERE number = ?",
            (error, send_after, number),
        )


class SqlProcedures(Procedures):
    """The register of published procedures in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, published: Published) -> bool:
        """Enter a version; see `Procedures.publish`."""
        digest = checked_digest(published)
        with self._database.transaction():
            found = self._database.first(
                f"{_PUBLISHED} WHERE code = ? AND version = ?", (published.code, published.version)
            )
            if found is not None:
                if found[2] != digest:
                    raise other_content(published)
                return False
            self._database.execute(
                "UPDATE procedures SET in_force_to = ? WHERE code = ? AND version < ? AND in_force_to = ''"
                " AND in_force_from <= ?",
                (published.in_force_from, published.code, published.version, published.in_force_from),
            )
            self._database.execute(
                "INSERT INTO procedures (code, version, digest, content, in_force_from, in_force_to, calendars,"
                " published_at, published_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    published.code,
                    published.version,
                    digest,
                    published.content,
                    published.in_force_from,
                    published.in_force_to,
                    _json(dict(published.calendars)),
                    published.published_at,
                    published.published_by,
                ),
            )
        return True

    def get(self, code: str, version: int) -> Published:
        """Return one version; see `Procedures.get`."""
        found = self._database.first(f"{_PUBLISHED} WHERE code = ? AND version = ?", (code, version))
        if found is None:
            raise unknown_version(code, version)
        return _published(found)

    def in_force(self, code: str, day: str) -> Published:
        """Return the version in force on a date; see `Procedures.in_force`."""
        found = self._database.first(
            f"{_PUBLISHED} WHERE code = ? AND in_force_from <= ? AND (in_force_to = '' OR in_force_to > ?)"
            " ORDER BY version DESC LIMIT 1",
            (code, day, day),
        )
        if found is None:
            raise none_in_force(code, day)
        return _published(found)

    def list(self, code: str = "") -> list[Published]:
        """Return all versions."""
        sql = f"{_PUBLISHED} WHERE ? = '' OR code = ? ORDER BY code, version"
        return [_published(line) for line in self._database.rows(sql, (code, code))]

    def keep_calendar(self, code: str, content: str) -> str:
        """Keep a calendar's text; return its digest."""
        digest = digest_of(content)
        self._database.execute(
            "INSERT INTO calendars (digest, code, content) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            (digest, code, content),
        )
        return digest

    def calendar(self, digest: str) -> str:
        """Return the calendar text with this digest."""
        found = self._database.first("SELECT content FROM calendars WHERE digest = ?", (digest,))
        if found is None:
            raise unknown_calendar(digest)
        return str(found[0])


def digest_of(content: str) -> str:
    """Return the digest by which a published text is known: SHA-256 over its UTF-8 bytes, in hexadecimal."""
    return sha256(content.encode()).hexdigest()


def checked_digest(published: Published) -> str:
    """Return the digest of a version's content.

    Raises:
        InputError: the version says another one.
    """
    digest = digest_of(published.content)
    if published.digest not in {"", digest}:
        raise InputError(
            f"procedure {published.code} version {published.version}: its digest is {digest[:12]}…,"
            f" not {published.digest[:12]}… as it says"
        )
    return digest


def other_content(published: Published) -> InputError:
    """Return the refusal to publish another text under the same version."""
    return InputError(
        f"procedure {published.code} version {published.version} is published with other content;"
        " dossiers were received under it: publish a new version"
    )


def unknown_version(code: str, version: int) -> UnknownNumberError:
    """Return the answer to a version nobody published."""
    return UnknownNumberError(f"procedure {code} version {version} is not published here")


def none_in_force(code: str, day: str) -> UnknownNumberError:
    """Return the answer to a procedure without a version in force."""
    return UnknownNumberError(f"procedure {code}: no version published here is in force on {day}")


def unknown_calendar(digest: str) -> UnknownNumberError:
    """Return the answer to a calendar digest nobody kept."""
    return UnknownNumberError(f"no calendar with digest {digest[:12]}… is kept here")


def unknown_applicant(ref: str) -> UnknownNumberError:
    """Return the answer to a reference nobody entered."""
    return UnknownNumberError.of("no_applicant", "no applicant {ref}", ref=ref)


def unknown_incident(number: int) -> UnknownNumberError:
    """Return the answer to an incident that is not open."""
    return UnknownNumberError.of("no_incident", "no open incident {number}", number=number)


def erased(ref: str) -> InputError:
    """Return the refusal to enter an erased applicant again."""
    return InputError.of(
        "applicant_erased",
        "applicant {ref} was erased: give a new reference to whoever hands in a new dossier",
        ref=ref,
    )


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _incident(line: tuple[Any, ...]) -> Incident:
    return Incident(
        number=line[0],
        row=line[1],
        dossier_id=line[2],
        dossier_no=line[3] or "",
        stage=line[4],
        error=line[5],
        opened_at=line[6],
        last_at=line[7],
        attempts=line[8],
        retry_at=line[9],
        closed_at=line[10],
    )


def _letter(line: tuple[Any, ...]) -> Notification:
    return Notification(
        key=line[0],
        kind=line[1],
        recipient_kind=line[2],
        recipient=line[3],
        dossier_id=line[4],
        created_at=line[5],
        params=msgspec.json.decode(line[6]),
        send_after=line[7],
        number=line[8],
        attempts=line[9],
        sent_at=line[10],
        cancelled_at=line[11],
        last_error=line[12],
    )


def _published(line: tuple[Any, ...]) -> Published:
    return Published(
        code=line[0],
        version=line[1],
        digest=line[2],
        content=line[3],
        in_force_from=line[4],
        in_force_to=line[5],
        calendars=msgspec.json.decode(line[6]),
        published_at=line[7],
        published_by=line[8],
    )
