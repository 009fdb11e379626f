"""From the settings to the workplace; and the only clock the console reads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.workplace import Workplace


def workplace() -> Workplace:
    """Return the workplace the settings describe.

    Raises:
        InputError: the settings are wrong.
    """
    from console.settings import settings
    from workflows.workplace import MailServer, Workplace

    chosen = settings()
    mail = None
    if chosen.notices == "smtp":
        mail = MailServer(
            host=chosen.smtp_host,
            port=chosen.smtp_port,
            security=chosen.smtp_security,
            user=chosen.smtp_user,
            password=chosen.smtp_password.get_secret_value(),
            sender=chosen.notices_from,
        )
    return Workplace(
        database=chosen.database,
        procedures=chosen.procedures,
        calendars=chosen.calendars,
        directory=chosen.directory,
        zone=chosen.zone,
        language=chosen.language,
        services=chosen.services,
        webhooks=chosen.webhooks,
        letters=chosen.notices_folder if chosen.notices == "file" else None,
        mail=mail,
        signals=chosen.signals,
        signals_days=chosen.signals_days,
        explain_within=chosen.explain_within,
    )


def now() -> int:
    """Return the present instant, epoch seconds."""
    return int(time.time())


def instant(text: str | None, zone: str) -> int:
    """Return the instant people wrote, or the present one where they wrote none (epoch seconds).

    Raises:
        InputError: it cannot be read.
    """
    from engine.instants import parse_instant, to_seconds

    return now() if text is None else to_seconds(parse_instant(text, zone))
