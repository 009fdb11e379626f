"""What goes into the store and comes out of it: changes, reports and rows of lists.

Rows are named tuples because a row of the database becomes one without a copy of each field. All instants are
epoch seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.dossier import Dossier
from engine.errors import StaleVersionError
from engine.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Facts to append to one dossier.

    ``dossier`` is its state *after* the facts, ``expected`` its version before them (0: a new dossier), ``wake_at``
    the earliest instant at which time alone will have something to record on it.
    """

    dossier: Dossier
    facts: Sequence[Fact]
    expected: int
    command_id: str = ""
    wake_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendReport:
    """What a bulk append did. ``repeated`` holds the command ids that were recorded before."""

    dossiers: int = 0
    facts: int = 0
    stale: tuple[StaleVersionError, ...] = ()
    repeated: tuple[str, ...] = ()


class Recorded(NamedTuple):
    """What a command recorded: on which dossier, and the dossier's version after it."""

    dossier_id: str
    version: int
    facts: tuple[Fact, ...]


class DossierRow(NamedTuple):
    """One line of the dossier view. ``row`` is the store's own number, by which batches are ordered.

    ``stopped_since`` is when the stop of the legal clock that lasts now began: ``due`` does not pass meanwhile.
    ``is_movable`` tells that the engine or a machine can do something on it now.
    """

    row: int
    dossier_id: str
    dossier_no: str
    procedure: str
    procedure_version: int
    channel: str
    desk: str
    applicant: str
    root: str
    origin: str
    status: int
    due: int | None
    promised: int | None
    outcome: str
    submitted_at: int | None
    received_at: int | None
    ended_at: int | None
    issued_at: int | None
    stopped_since: int | None
    is_movable: int
    wake_at: int | None
    last_at: int
    last_recorded_at: int
    version: int
    head: bytes

    @property
    def name(self) -> str:
        """The number people know it by."""
        return self.dossier_no or self.dossier_id


class HoldRow(NamedTuple):
    """One line of the hold view: who has or had which dossier (its ``row``) at which step, from when to when."""

    dossier: int
    number: int
    step: str
    work: str
    agency: str
    officer: str
    from_agency: str
    limit: str
    entry: int
    spent_before: int
    opened_at: int
    due: int | None
    taken_up_at: int | None
    closed_at: int | None
    outcome: str
    position: str
    lead_hold: int
    on_silence: str
    until: int | None
    sub_dossier: str


class ListedHold(NamedTuple):
    """A hold with the dossier it belongs to."""

    hold: HoldRow
    dossier: DossierRow


class Tally(NamedTuple):
    """How many dossiers of a desk and a procedure stand at a status (and, ended, with which outcome)."""

    desk: str
    procedure: str
    status: int
    outcome: str
    dossiers: int


class Position(NamedTuple):
    """How far a subscriber has read: the writing transaction's number (0 on SQLite) and the fact's sequence number."""

    transaction: int
    sequence: int


START = Position(0, 0)
"""Before the first fact."""


class Logged(NamedTuple):
    """A fact as a subscriber sees it: where it stands in the log and on which dossier."""

    position: Position
    row: int
    dossier_id: str
    version: int
    fact: Fact


class Anchor(NamedTuple):
    """One daily anchor: a hash that fixes every fact up to sequence number ``upto``.

    ``facts`` and ``root`` cover the facts added since the anchor before it; ``hash`` also covers that anchor.
    Kept outside the database (printed, signed, published) it makes even a rewritten history visible.
    """

    number: int
    day: str
    upto: int
    facts: int
    root: bytes
    hash: bytes
    made_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing `verify` found.

    ``what`` is ``altered``, ``removed``, ``inserted``, ``reordered``, ``view`` or ``anchor``.

    ``version`` is that of the first fact concerned, 0 where none can be named.
    """

    what: str
    dossier: str
    version: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """What a rebuild of the views looked at, and the numbers of the dossiers whose views differed from their facts.

    ``rewoken`` counts those of which only ``wake_at`` was computed anew and came out otherwise.
    """

    dossiers: int
    holds: int
    rewoken: int
    repaired: tuple[str, ...]
