"""Personal data, incidents, notifications and published procedures in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
from store.sql_apart import (
    checked_digest,
    digest_of,
    erased,
    none_in_force,
    other_content,
    unknown_applicant,
    unknown_calendar,
    unknown_incident,
    unknown_version,
)

if TYPE_CHECKING:
    from store.memory import MemoryStore


class MemoryApplicants(Applicants):
    """Personal data in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def put(self, applicant: Applicant) -> None:
        """Enter or correct an applicant; see `Applicants.put`."""
        found = self._store.tables.applicants.get(applicant.ref)
        if found is not None and found.erased_at is not None:
            raise erased(applicant.ref)
        self._store.tables.applicants[applicant.ref] = replace(applicant, erased_at=None)

    def get(self, ref: str) -> Applicant:
        """Return an applicant; see `Applicants.get`."""
        found = self._store.tables.applicants.get(ref)
        if found is None:
            raise unknown_applicant(ref)
        return found

    def get_many(self, refs: list[str]) -> dict[str, Applicant]:
        """Return the known applicants among ``refs``."""
        known = self._store.tables.applicants
        return {ref: known[ref] for ref in refs if ref in known}

    def erase(self, ref: str, at: int) -> None:
        """Remove an applicant's personal data; see `Applicants.erase`."""
        first = self.get(ref).erased_at
        self._store.tables.applicants[ref] = Applicant(ref=ref, erased_at=at if first is None else first)
        letters = self._store.tables.letters
        for place, letter in enumerate(letters):
            waits = letter.sent_at is None and letter.cancelled_at is None
            if waits and (letter.recipient_kind, letter.recipient) == ("applicant", ref):
                letters[place] = replace(letter, cancelled_at=at)


class MemoryIncidents(Incidents):
    """Incidents in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def open(self, dossier: str, stage: str, error: str, at: int, *, retry_at: int | None = None) -> Incident:
        """Open an incident or count another attempt; see `Incidents.open`."""
        view = self._store.row(dossier)
        for known in self._store.tables.incidents:
            if known.row == view.row and known.stage == stage and known.closed_at is None:
                again = replace(known, error=error, last_at=at, attempts=known.attempts + 1, retry_at=retry_at)
                return self._put(again)
        made = Incident(
            number=len(self._store.tables.incidents) + 1,
            row=view.row,
            dossier_id=view.dossier_id,
            dossier_no=view.dossier_no,
            stage=stage,
            error=error,
            opened_at=at,
            last_at=at,
            attempts=1,
            retry_at=retry_at,
            closed_at=None,
        )
        self._store.tables.incidents.append(made)
        return made

    def list(self, *, is_open: bool | None = True, dossier: str = "", limit: int = 500) -> list[Incident]:
        """Return incidents, newest first."""
        now = [self._named(incident) for incident in reversed(self._store.tables.incidents)]
        return [
            incident
            for incident in now
            if (is_open is None or is_open == (incident.closed_at is None))
            and dossier in {"", incident.dossier_id, incident.dossier_no}
        ][:limit]

    def retry(self, number: int, at: int) -> Incident:
        """Let the next drive try again; see `Incidents.retry`."""
        for incident in self._store.tables.incidents:
            if incident.number == number and incident.closed_at is None:
                return self._named(self._put(replace(incident, retry_at=at)))
        raise unknown_incident(number)

    def close(self, dossier: str, at: int, *, stage: str = "") -> int:
        """Close a dossier's open incidents."""
        row = self._store.row(dossier).row
        mine = [
            incident
            for incident in self._store.tables.incidents
            if incident.row == row and incident.closed_at is None and stage in {"", incident.stage}
        ]
        for incident in mine:
            self._put(replace(incident, closed_at=at))
        return len(mine)

    def _put(self, incident: Incident) -> Incident:
        self._store.tables.incidents[incident.number - 1] = incident
        return incident

    def _named(self, incident: Incident) -> Incident:
        return replace(incident, dossier_no=self._store.tables.dossiers[incident.row].dossier_no)


class MemoryNotifications(Notifications):
    """The outbox of letters in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def put(self, notification: Notification) -> bool:
        """Enter a letter; return False if its key is there already."""
        letters = self._store.tables.letters
        if any(letter.key == notification.key for letter in letters):
            return False
        letters.append(
            replace(
                notification,
                number=len(letters) + 1,
                params=dict(notification.params),
                attempts=0,
                sent_at=None,
                cancelled_at=None,
                last_error="",
            )
        )
        return True

    def pending(self, now: int, limit: int = 100) -> list[Notification]:
        """Return letters to send now."""
        waiting = [
            letter
            for letter in self._store.tables.letters
            if letter.sent_at is None and letter.cancelled_at is None and letter.send_after <= now
        ]
        return sorted(waiting, key=lambda letter: (letter.send_after, letter.number))[:limit]

    def list(self, *, dossier_id: str = "", limit: int = 500) -> list[Notification]:
        """Return letters, newest first."""
        letters = reversed(self._store.tables.letters)
        return [letter for letter in letters if dossier_id in {"", letter.dossier_id}][:limit]

    def sent(self, number: int, at: int) -> None:
        """Record that a letter went out."""
        letter = self._store.tables.letters[number - 1]
        sent = replace(letter, sent_at=at, attempts=letter.attempts + 1, last_error="")
        self._store.tables.letters[number - 1] = sent

    def failed(self, number: int, error: str, send_after: int) -> None:
        """Record a failed attempt."""
        letter = self._store.tables.letters[number - 1]
        failed = replace(letter, attempts=letter.attempts + 1, last_error=error, send_after=send_after)
        self._store.tables.letters[number - 1] = failed


class MemoryProcedures(Procedures):
    """The register of published procedures in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def publish(self, published: Published) -> bool:
        """Enter a version; see `Procedures.publish`."""
        digest = checked_digest(published)
        register = self._store.tables.published
        key = (published.code, published.version)
        if key in register:
            if register[key].digest != digest:
                raise other_content(published)
            return False
        for other, earlier in register.items():
            begins = earlier.in_force_from <= published.in_force_from
            if other[0] == published.code and other[1] < published.version and not earlier.in_force_to and begins:
                register[other] = replace(earlier, in_force_to=published.in_force_from)
        register[key] = replace(published, digest=digest, calendars=dict(published.calendars))
        return True

    def get(self, code: str, version: int) -> Published:
        """Return one version; see `Procedures.get`."""
        found = self._store.tables.published.get((code, version))
        if found is None:
            raise unknown_version(code, version)
        return found

    def in_force(self, code: str, day: str) -> Published:
        """Return the version in force on a date; see `Procedures.in_force`."""
        for version in reversed(self.list(code)):
            if code and version.in_force_from <= day and (not version.in_force_to or version.in_force_to > day):
                return version
        raise none_in_force(code, day)

    def list(self, code: str = "") -> list[Published]:
        """Return all versions."""
        register = self._store.tables.published
        return [register[key] for key in sorted(register) if code in {"", key[0]}]

    def keep_calendar(self, code: str, content: str) -> str:
        """Keep a calendar's text; return its digest."""
        digest = digest_of(content)
        self._store.tables.calendars.setdefault(digest, (code, content))
        return digest

    def calendar(self, digest: str) -> str:
        """Return the calendar text with this digest."""
        found = self._store.tables.calendars.get(digest)
        if found is None:
            raise unknown_calendar(digest)
        return found[1]
