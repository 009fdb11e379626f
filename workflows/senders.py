"""How letters leave: as files in a folder, or by mail; those without an address become files to be printed."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Protocol

from engine.errors import MotcuaError
from workflows.letter import Letter
from workflows.workplace import MailServer, Workplace

_MAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


class SenderError(MotcuaError):
    """A letter could not be sent; the sentence says why, without naming the recipient."""


class Sender(Protocol):
    """Whatever takes letters."""

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            SenderError: it could not be sent; it will be tried again.
        """


class FileSender:
    """Writes each letter into a folder that only its owner may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        """Write one letter, whole or not at all; the same letter twice is one file."""
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", f"{letter.dossier}-{letter.kind}-{letter.key.split('/')[1]}")
        name += f"-{letter.key.rsplit('/', 1)[-1]}" if letter.kind in {"overdue", "apology_owed"} else ""
        head = [f"To: {letter.name}".rstrip(), *([f"Address: {letter.address}"] if letter.address else [])]
        text = "\n".join([*head, f"Subject: {letter.subject}", "", letter.body])
        target = self._folder / f"{name}.txt"
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            draft.replace(target)
        except OSError as error:
            raise SenderError(f"letters cannot be written into {self._folder}: {error.strerror or error}") from None


class MailSender:
    """Hands letters to a mail server, one connection a letter; ``paper`` takes those without an address."""

    def __init__(self, server: MailServer, paper: Sender | None = None, *, timeout: float = 20.0) -> None:
        self._server = server
        self._paper = paper
        self._timeout = timeout

    def send(self, letter: Letter) -> None:
        """Send one letter as plain text."""
        if not _MAIL.fullmatch(letter.email):
            if self._paper is None:
                raise SenderError("the recipient has no e-mail address")
            self._paper.send(letter)
            return
        try:
            message = self._message(letter)
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise SenderError(f"mail server {self._server.host}: {_reason(error)}") from None

    def _message(self, letter: Letter) -> EmailMessage:
        user, _, domain = letter.email.rpartition("@")
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = Address(display_name=" ".join(letter.name.split()), username=user, domain=domain)
        message["Subject"] = letter.subject
        message["Message-ID"] = make_msgid(domain=self._server.sender.rpartition("@")[2] or "motcua.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message

    def _connected(self) -> smtplib.SMTP:
        chosen = self._server
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(chosen.host, chosen.port, timeout=self._timeout, context=context)
            if chosen.security == "tls"
            else smtplib.SMTP(chosen.host, chosen.port, timeout=self._timeout)
        )
        try:
            if chosen.security == "starttls":
                server.starttls(context=context)
            if chosen.user:
                server.login(chosen.user, chosen.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


def sender_of(place: Workplace) -> Sender | None:
    """Return how an installation sends its letters; None where it sends none."""
    paper = FileSender(place.letters) if place.letters is not None else None
    return paper if place.mail is None else MailSender(place.mail, paper)


def _reason(error: Exception) -> str:
    """Return what went wrong without the address a server may repeat in its answer."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
