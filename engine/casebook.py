"""The casebook: dossiers in columns, as the wing that judges reads them; live dossiers and foreign logs give the same.

Four frames of polars, joined by ``nr``, the number of the dossier in the book from 0. Instants are UTC to the
microsecond, null where unknown. Nothing here decides or guesses; who fills it is `workflows.casebook`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from engine.calendar import WorkingCalendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

INSTANT: Final = pl.Datetime("us", "UTC")

_Columns = dict[str, type[pl.DataType] | pl.DataType]

_DOSSIERS: Final[_Columns] = {
    "nr": pl.UInt32,
    "dossier": pl.String,
    "dossier_id": pl.String,
    "procedure": pl.String,
    "desk": pl.String,
    "channel": pl.String,
    "applicant": pl.String,
    "origin": pl.String,
    "submitted": INSTANT,
    "received": INSTANT,
    "due": INSTANT,
    "promised": INSTANT,
    "ended": INSTANT,
    "issued": INSTANT,
    "outcome": pl.String,
    "is_waiting": pl.Boolean,
    "term_from": INSTANT,
    "known_from": INSTANT,
}
DOSSIERS: Final = pl.Schema(_DOSSIERS)
"""One row a dossier, sorted by ``nr``.

``dossier`` is the number people know; ``applicant`` a reference, never a name; ``due`` the legal due instant (of a
dossier whose clock stands still: null, or what it was if it had passed); ``ended`` when the result was decided;
``outcome`` null while open, else ``granted``, ``denied``, ``stopped``, ``withdrawn`` or ``declined``; ``is_waiting``
whether it is open and its legal clock stands still now; ``term_from`` where the legal term in force began anew after a
supplement, null where it runs from receipt; ``known_from`` where it was taken over from a register, before which
nothing tells what was done. Foreign logs add a column ``data.<name>`` for each further attribute of the case.
"""

_HOLDS: Final[_Columns] = {
    "nr": pl.UInt32,
    "hold": pl.UInt32,
    "step": pl.String,
    "work": pl.String,
    "agency": pl.String,
    "officer": pl.String,
    "is_system": pl.Boolean,
    "since": INSTANT,
    "taken_up": INSTANT,
    "until": INSTANT,
    "due": INSTANT,
    "kind": pl.String,
    "entry": pl.UInt32,
    "from_agency": pl.String,
    "lead_hold": pl.UInt32,
    "outcome": pl.String,
    "position": pl.String,
}
HOLDS: Final = pl.Schema(_HOLDS)
"""One row a hold, by dossier and then in the order they began (in a foreign log: in its order, one hold an event).

``agency`` null: nobody, the applicant, or not recorded; ``officer`` who finished it, null if unknown, ``is_system`` an
account of a machine; ``taken_up`` when work on it began (before that it lay in the queue), null if unknown; ``until``
null while it is open; ``due`` its own term; ``work`` is a value of `engine.dossier.Work`, ``kind`` one of
`engine.ledger.TimeKind`; ``lead_hold`` the hold that asked for this opinion, else 0. Foreign logs add a column
``by.<name>`` for each group of their mapping.
"""

_TILES: Final[_Columns] = {
    "nr": pl.UInt32,
    "since": INSTANT,
    "until": INSTANT,
    "kind": pl.String,
    "who": pl.String,
    "step": pl.String,
    "ground": pl.String,
}
TILES: Final = pl.Schema(_TILES)
"""The life of each dossier from receipt to its end (or now) cut into whose time it was: no gap, no overlap.

See `engine.custody.custody`: ``kind`` a `engine.ledger.TimeKind`, ``who`` the agency (empty: nobody's), ``ground`` why
the legal clock stood still (empty: it ran).
"""

_ACTS: Final[_Columns] = {
    "nr": pl.UInt32,
    "at": INSTANT,
    "recorded": INSTANT,
    "act": pl.String,
    "agency": pl.String,
    "by": pl.String,
    "is_system": pl.Boolean,
    "hold": pl.UInt32,
    "detail": pl.String,
    "other": pl.String,
    "until": INSTANT,
    "has_reason": pl.Boolean,
    "has_basis": pl.Boolean,
    "has_document": pl.Boolean,
    "version": pl.UInt32,
}
ACTS: Final = pl.Schema(_ACTS)
"""What was done to dossiers, one row a fact, by dossier and then in the order of the log.

``act`` is the stored kind of the fact without its number (``supplement_requested``); ``agency`` the agency that acted
and ``by`` who did it; ``detail`` what the fact says in one word (the rule breached, the ground of a pause, the subject
of a term, the field corrected, a channel with what it was as ``channel:online``, the outcome of a step, the position of
an opinion, papers asked for joined by ``,``); ``other`` the other party (to whom it was handed over, sent back,
reported) or the value a correction gave; ``until`` the instant the fact names (the date promised, the term that passed,
the window to answer); ``has_*`` whether a reason, a legal basis, a document number was given; ``version`` the fact's
number within its dossier, 0 where it was inferred from a foreign log.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term between two steps of a foreign log, as measured pairs: see `store.mapping.Term`.

    ``pairs`` has ``nr``, ``since``, ``until``, ``due`` (by which ``until`` had to happen) and ``over`` (Int64): by how
    much the time between exceeds the limit, zero or less where it does not. Of a limit in office hours these are office
    seconds (an act after closing is not over yet), in elapsed hours seconds, else the days from the due date.
    """

    name: str
    limit: str
    pairs: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Casebook:
    """Dossiers in columns, and what is known about those who had them.

    Attributes:
        name: of the log, or ``"store"``.
        zone: IANA zone in which people read its dates.
        now: epoch seconds at which what is open is judged.
        calendar: of the receiving desks, where ``calendars`` names no other.
        dossiers, holds, tiles, acts: see `DOSSIERS`, `HOLDS`, `TILES`, `ACTS`.
        tells: acts and facts of life the source records at all (`ACTS` names, and ``officers``, ``queue``,
            ``recorded``, ``step_due``, ``applicants``, ``documents``): what it does not tell cannot be judged.
            ``states``: its steps are states that a dossier takes again and again (a hold in a queue is one of its own,
            never taken up).
        calendars: agency to calendar, for those that differ.
        parents: agency to the one above it.
        kinds: agency to what it is (``commune_committee``), by which peers are found; without an entry all are peers.
        titles: agency to its name in Vietnamese and English.
        steps: step to what most procedures call it, in Vietnamese and English; none where they do not agree.
        outsiders: values in the place of an agency that are the applicant.
        loops: pairs of agencies, and (``""``, step) for steps, between which dossiers go back and forth by design.
        levels: name of the group and its values in the order in which they should be reached, if any.
        parameters: other values for parameters of signals: code to name to value.
        terms: terms between two steps of a foreign log.
    """

    name: str
    zone: str
    now: int
    calendar: WorkingCalendar
    dossiers: pl.DataFrame
    holds: pl.DataFrame
    tiles: pl.DataFrame
    acts: pl.DataFrame
    tells: frozenset[str] = frozenset()
    calendars: Mapping[str, WorkingCalendar] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    steps: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    outsiders: frozenset[str] = frozenset()
    loops: frozenset[tuple[str, str]] = frozenset()
    levels: tuple[str, tuple[str, ...]] | None = None
    parameters: Mapping[str, Mapping[str, float | int | str]] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()

    def calendar_of(self, agency: str | None) -> WorkingCalendar:
        """Return an agency's calendar, the desks' where it has none of its own."""
        return self.calendars.get(agency or "", self.calendar)

    def only(self, numbers: pl.Series) -> Casebook:
        """Return the casebook of some dossiers (values of ``nr``, which they keep)."""
        wanted = numbers.unique().cast(pl.UInt32).implode()
        kept = {name: getattr(self, name) for name in ("dossiers", "holds", "tiles", "acts")}
        return replace(self, **{name: frame.filter(pl.col("nr").is_in(wanted)) for name, frame in kept.items()})

    def with_acts(self) -> Casebook:
        """Return the dossiers whose acts are told: all but the finished rows of a register."""
        finished = self.dossiers["origin"] == "register"
        return self.only(self.dossiers["nr"].filter(~finished)) if finished.any() else self

    def office_seconds(self, since: pl.Series, until: pl.Series, who: pl.Series) -> NDArray[np.int64]:
        """Return the office seconds from each ``since`` to each ``until`` on the calendar of each ``who``.

        Fractions of a second are floored at both ends. 0 where an instant is null or ``until`` is not after ``since``.

        Args:
            since: instants (`INSTANT`).
            until: instants, of the same length.
            who: codes of agencies or desks (String, null: the desks' calendar), of the same length.

        Raises:
            BeyondCalendarError: an instant lies outside a calendar's known days.
        """
        found = np.zeros(len(since), dtype=np.int64)
        begun, ended = epoch_seconds(since), epoch_seconds(until)
        wanted = (since.is_not_null() & until.is_not_null()).to_numpy() & (ended > begun)
        own = [code for code in self.calendars if self.calendars[code].digest != self.calendar.digest]
        groups = [(self.calendar, wanted)]
        if own:
            lines = {calendar.digest: calendar for calendar in self.calendars.values()}
            digests = {code: self.calendars[code].digest for code in own}
            keys = who.fill_null("").replace_strict(digests, default=self.calendar.digest, return_dtype=pl.String)
            lines[self.calendar.digest] = self.calendar
            groups = [(line, wanted & (keys == digest).to_numpy()) for digest, line in lines.items()]
        for calendar, mask in groups:
            if mask.any():
                found[mask] = calendar.between_many(begun[mask], ended[mask])
        return found

    def desk_seconds(self, frame: pl.DataFrame, since: str = "since", until: str = "until") -> NDArray[np.int64]:
        """Return office seconds between two columns of a frame with ``nr``, on the calendar of each receiving desk.

        Raises:
            BeyondCalendarError: an instant lies outside a calendar's known days.
        """
        desks = self.dossiers.select("nr", "desk")
        who = frame.select("nr").join(desks, on="nr", how="left", maintain_order="left")["desk"]
        return self.office_seconds(frame[since], frame[until], who)


def epoch_seconds(instants: pl.Series) -> NDArray[np.int64]:
    """Return whole epoch seconds (floored), 0 for null."""
    return instants.dt.epoch("us").fill_null(0).to_numpy() // 1_000_000


def empty(schema: pl.Schema) -> pl.DataFrame:
    """Return a frame with a schema's columns and no row."""
    return pl.DataFrame(schema=schema)


def fitted(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return a frame with a schema's columns first, those it lacks as null, further ones kept behind."""
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    further = [name for name in frame.columns if name not in schema]
    return frame.with_columns(lacking).select(*(pl.col(n).cast(t) for n, t in schema.items()), *further)
