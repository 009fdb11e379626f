"""What lies beside the log: personal data, incidents, notifications and published procedures, as values and as doors.

Each door is an abstract class with one implementation in SQL and one in memory; one contract test runs over both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Personal data of one applicant. Facts and logs hold ``ref`` only; after erasure the other texts are empty."""

    ref: str
    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    erased_at: int | None = None


class Applicants(ABC):
    """Personal data, apart from everything else, erasable without breaking the chain."""

    @abstractmethod
    def put(self, applicant: Applicant) -> None:
        """Enter an applicant, or correct what is known of him.

        Raises:
            InputError: he was erased; a new dossier needs a new reference.
        """

    @abstractmethod
    def get(self, ref: str) -> Applicant:
        """Return an applicant, with empty texts and ``erased_at`` once erased.

        Raises:
            UnknownNumberError: no such reference.
        """

    @abstractmethod
    def get_many(self, refs: list[str]) -> dict[str, Applicant]:
        """Return the known applicants among ``refs``."""

    @abstractmethod
    def erase(self, ref: str, at: int) -> None:
        """Remove an applicant's personal data for good and cancel letters still to be sent to him.

        The reference stays, so that his dossiers still say that there was an applicant. On SQLite the bytes are
        overwritten with zeros in the file and the write-ahead log is emptied; backups are the operator's to handle.

        Raises:
            UnknownNumberError: no such reference.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A dossier that could not be driven at ``stage``; it waits for ``retry_at`` (None: for a person)."""

    number: int
    row: int
    dossier_id: str
    dossier_no: str
    stage: str
    error: str
    opened_at: int
    last_at: int
    attempts: int
    retry_at: int | None
    closed_at: int | None


class Incidents(ABC):
    """What went wrong with one dossier, kept until it went right: never lost, never in another dossier's way."""

    @abstractmethod
    def open(self, dossier: str, stage: str, error: str, at: int, *, retry_at: int | None = None) -> Incident:
        """Open an incident, or count another attempt on the one already open for this dossier and stage.

        Args:
            dossier: ``dossier_id`` or ``dossier_no``.
            stage: where it happened, e.g. ``drive`` or ``service:police_check``.
            error: one sentence without personal data.
            at: when, epoch seconds.
            retry_at: when to try again by itself; None waits for a person.

        Raises:
            UnknownNumberError: no such dossier.
        """

    @abstractmethod
    def list(self, *, is_open: bool | None = True, dossier: str = "", limit: int = 500) -> list[Incident]:
        """Return incidents, newest first; ``is_open`` None returns both open and closed ones."""

    @abstractmethod
    def retry(self, number: int, at: int) -> Incident:
        """Let the next drive try again from ``at`` on.

        Raises:
            UnknownNumberError: no open incident has this number.
        """

    @abstractmethod
    def close(self, dossier: str, at: int, *, stage: str = "") -> int:
        """Close a dossier's open incidents (of one ``stage``, if given); return how many there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One letter to send. It names its recipient by reference; names and addresses are looked up when it is sent.

    ``key`` makes it unique (e.g. dossier, version, kind): put twice, it is sent once.
    """

    key: str
    kind: str
    recipient_kind: str
    recipient: str
    dossier_id: str
    created_at: int
    params: Mapping[str, Any] = field(default_factory=dict)
    send_after: int = 0
    number: int = 0
    attempts: int = 0
    sent_at: int | None = None
    cancelled_at: int | None = None
    last_error: str = ""


class Notifications(ABC):
    """The outbox of letters."""

    @abstractmethod
    def put(self, notification: Notification) -> bool:
        """Enter a letter; return False if its key is there already."""

    @abstractmethod
    def pending(self, now: int, limit: int = 100) -> list[Notification]:
        """Return letters neither sent nor cancelled whose ``send_after`` has come, oldest first."""

    @abstractmethod
    def list(self, *, dossier_id: str = "", limit: int = 500) -> list[Notification]:
        """Return letters, newest first."""

    @abstractmethod
    def sent(self, number: int, at: int) -> None:
        """Record that a letter went out."""

    @abstractmethod
    def failed(self, number: int, error: str, send_after: int) -> None:
        """Record a failed attempt; it is pending again from ``send_after`` on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published version of a procedure: its canonical JSON, in force from (to, exclusive) which ISO dates.

    ``calendars`` maps the codes of the calendars it was published with to their digests.
    """

    code: str
    version: int
    digest: str
    content: str
    in_force_from: str
    in_force_to: str = ""
    calendars: Mapping[str, str] = field(default_factory=dict)
    published_at: int = 0
    published_by: str = ""


class Procedures(ABC):
    """The register of published procedures: dossiers keep the version they were received under."""

    @abstractmethod
    def publish(self, published: Published) -> bool:
        """Enter a version; return False if exactly this one is there already. ``digest`` is computed if empty.

        An earlier version still in force without an end then ends where this one begins.

        Raises:
            InputError: this version is there with other content, or the digest is not that of the content.
        """

    @abstractmethod
    def get(self, code: str, version: int) -> Published:
        """Return one version.

        Raises:
            UnknownNumberError: no such procedure or version.
        """

    @abstractmethod
    def in_force(self, code: str, day: str) -> Published:
        """Return the version in force on an ISO date, the newest of them.

        Raises:
            UnknownNumberError: no such procedure, or none of its versions is in force then.
        """

    @abstractmethod
    def list(self, code: str = "") -> list[Published]:
        """Return all versions (of one procedure), by code and version."""

    @abstractmethod
    def keep_calendar(self, code: str, content: str) -> str:
        """Keep a calendar's canonical text; return its digest. The same text is kept once."""

    @abstractmethod
    def calendar(self, digest: str) -> str:
        """Return the calendar text with this digest.

        Raises:
            UnknownNumberError: no such digest.
        """
