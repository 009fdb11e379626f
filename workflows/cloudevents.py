"""Facts as CloudEvents 1.0, the form in which other systems are told what happened."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from engine.events import SignalClosed, SignalExplained, SignalRaised, SignalReviewed, kind_of
from engine.instants import to_datetime
from store import Logged

SOURCE: Final = "urn:motcua"
_OF_SIGNALS: Final = (SignalRaised, SignalExplained, SignalReviewed, SignalClosed)
_WITHHELD: Final = frozenset({"officers", "reason", "remedy"})
"""What may name a person before a signal is upheld, and cannot be called back from those who were told."""

BATCH: Final = "application/cloudevents-batch+json; charset=utf-8"


def cloud_event(entry: Logged) -> dict[str, Any]:
    """Return one fact as a CloudEvent; its id is the same however often it is sent.

    ``type`` is ``motcua.`` and the fact's kind, ``subject`` the ``dossier_id``, ``data`` the fact as stored: codes,
    instants in epoch seconds, no personal data. Of signals the officers concerned and what people wrote stay here.
    """
    fact = entry.fact
    data = msgspec.to_builtins(fact)
    if isinstance(fact, _OF_SIGNALS):
        data = {name: value for name, value in data.items() if name not in _WITHHELD}
    return {
        "specversion": "1.0",
        "id": f"{entry.dossier_id}/{entry.version}",
        "source": SOURCE,
        "type": f"motcua.{kind_of(fact)}",
        "subject": entry.dossier_id,
        "time": to_datetime(fact.occurred_at, "UTC").isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": data,
    }
