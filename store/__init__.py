"""What happened: facts with their chain, the views made of them, and what lies beside the log.

>>> from store import open_store
>>> with open_store("memory:") as store:
...     store.tally()
[]
"""

from store.apart import Applicant, Incident, Notification, Published
from store.errors import AlreadyRecorded, NumberTakenError, SchemaError, StoreBusyError, StoreUnreachableError
from store.opening import open_store
from store.store import Store
from store.values import (
    START,
    Anchor,
    AppendReport,
    Change,
    DossierRow,
    Finding,
    HoldRow,
    ListedHold,
    Logged,
    Position,
    RebuildReport,
    Recorded,
    Tally,
)

__all__ = [
    "START",
    "AlreadyRecorded",
    "Anchor",
    "AppendReport",
    "Applicant",
    "Change",
    "DossierRow",
    "Finding",
    "HoldRow",
    "Incident",
    "ListedHold",
    "Logged",
    "Notification",
    "NumberTakenError",
    "Position",
    "Published",
    "RebuildReport",
    "Recorded",
    "SchemaError",
    "Store",
    "StoreBusyError",
    "StoreUnreachableError",
    "Tally",
    "open_store",
]
