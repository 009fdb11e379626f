"""The workplace: everything a command, a flow or a page needs to find its store and its rules, as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from store import Store, open_store
from workflows.rulebook import Rulebook

if TYPE_CHECKING:
    from workflows.services import Services

SMTP_SECURITY = ("starttls", "tls", "none")
"""How a mail server is spoken to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where letters are handed in; the password is shown nowhere."""

    host: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """One installation's choices.

    ``database`` is the store's URL, ``procedures`` and ``calendars`` the agency's own folders, ``directory`` the
    code or file of its directory (several separated by commas). ``services`` maps names to addresses; ``webhooks``
    receive every fact as a CloudEvent. Letters go to ``mail`` if given, else into ``letters`` as files; with neither
    they stay in the outbox. ``signals`` says whether the sweep raises signals, over how many days back and with which
    limit to explain.
    """

    database: str = field(repr=False)
    procedures: tuple[Path, ...] = ()
    calendars: Path | None = None
    directory: str = "province, nl"
    zone: str = "Asia/Ho_Chi_Minh"
    language: str = "vi"
    services: Mapping[str, str] = field(default_factory=dict)
    webhooks: tuple[str, ...] = ()
    letters: Path | None = None
    mail: MailServer | None = None
    signals: bool = True
    signals_days: int = 90
    explain_within: str = "5 working days"

    def open_store(self, *, create: bool = True) -> Store:
        """Return the store, its schema brought up to date; the caller closes it.

        Raises:
            StoreUnreachableError: the database cannot be opened.
        """
        return open_store(self.database, create=create)

    def rulebook(self, store: Store) -> Rulebook:
        """Return the rules of a store.

        Raises:
            InputError: a calendar or the directory cannot be read.
        """
        return Rulebook(store, procedures=self.procedures, calendars=self.calendars, directory=self.directory)

    def machines(self) -> Services:
        """Return the machines that service steps call."""
        from workflows.services import Services

        return Services(addresses=self.services)

    @contextmanager
    def opened(self, *, create: bool = True) -> Iterator[tuple[Store, Rulebook]]:
        """Open store and rulebook, and close the store afterwards."""
        with self.open_store(create=create) as store:
            yield store, self.rulebook(store)
