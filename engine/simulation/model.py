"""What is simulated: who works by which calendar, how long things take, what people choose, and how agencies behave.

A scenario file becomes a `Model` (see `procedures.scenarios`); `engine.simulation.tables` turns it into arrays and
`engine.simulation.kernel` runs it. All lengths are seconds; which clock they are spent on stands with each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from engine.calendar import WorkingCalendar
from engine.rules import Rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Law(IntEnum):
    """The law a length is drawn by."""

    CONSTANT = 0
    UNIFORM = 1
    EXPONENTIAL = 2
    LOGNORMAL = 3
    QUANTILES = 4
    VALUES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How a length is drawn, from one number between 0 and 1.

    Attributes:
        law: the law.
        a: the constant; the least; the mean (exponential); the median (lognormal).
        b: the most (uniform); the standard deviation of the logarithm (lognormal).
        table: of ``QUANTILES`` the quantiles at equal steps from 0 to 1 (between them it is linear), of ``VALUES`` what
            is drawn from, each equally often; sorted.
        of_term: it is a share of the hold's own term in office time (four office hours where it has none), not seconds.
    """

    law: Law = Law.CONSTANT
    a: float = 0.0
    b: float = 0.0
    table: tuple[float, ...] = ()
    of_term: bool = False


NOTHING = Draw()
"""No time at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """How a consulted agency answers: chances that it stays silent, disagrees, or answers without a position."""

    service: Draw = NOTHING
    delay: Draw = NOTHING
    silent: float = 0.0
    disagrees: float = 0.0
    no_position: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How one node of a procedure is treated.

    Attributes:
        service: of a step or of the lead that concludes a consultation: office seconds of the officer. Of a machine
            step: seconds by day and night. Of what the applicant has to do: office seconds of the desk until he
            answers.
        delay: office seconds of the agency that pass before work can begin, and that nobody works.
        outcomes: chances of the outcomes; those not named share what is left, the first edge's outcome if all are named
            nowhere. Of a posting: ``objection``.
        supplement: chance that papers are asked for where the step may ask.
        send_back: chance that it is sent back where the step may send back to a step that has had the dossier.
        answers: chance that the applicant does what he is asked.
        opinions: by consulted agency; others by ``opinion``.
        opinion: of consulted agencies not named.
    """

    service: Draw = NOTHING
    delay: Draw = NOTHING
    outcomes: Mapping[str, float] = field(default_factory=dict)
    supplement: float = 0.0
    send_back: float = 0.0
    answers: float = 1.0
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    opinion: Opinion = field(default_factory=Opinion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicants:
    """What applicants do: chances, and office seconds of the desk until they do it.

    ``supplements`` is the chance that papers asked for are brought; ``withdraws`` that the dossier is withdrawn some
    time after receipt, ``unasked`` the share of these that no request of the applicant is on file for; ``collects``
    that the result is fetched.
    """

    supplements: float = 1.0
    supplement_time: Draw = NOTHING
    withdraws: float = 0.0
    withdrawal_time: Draw = NOTHING
    unasked: float = 0.0
    collects: float = 1.0
    collection_time: Draw = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the receiving desk does.

    Office seconds of intake; chances of refusal, of papers asked for at intake, of an apology letter when it is owed
    (with office seconds from the due date to the date promised), of an extension used when the due date is near.
    """

    service: Draw = NOTHING
    declines: float = 0.0
    supplement: float = 0.0
    apologises: float = 0.0
    apology: Draw = field(default_factory=lambda: Draw(a=3 * 8 * 3600))
    extends: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Dossiers of one kind: a procedure received at one desk by one channel with one set of data.

    Attributes:
        name: what the scenario calls the kind.
        rules: procedure version, calendars and directory.
        desk: code of the receiving agency.
        channel: how they come in.
        data: what conditions read; decisions and consultations follow from it.
        treatments: by code of the node; a node without one takes no time.
        applicants: what they do.
        intake: what the desk does.
        only_as_part: submitted by another dossier's sub-procedure, never by itself.
        priority: a lower number is served first under the discipline ``priority``.
    """

    name: str
    rules: Rules
    desk: str
    channel: str
    data: Mapping[str, Any] = field(default_factory=dict)
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    applicants: Applicants = field(default_factory=Applicants)
    intake: Desk = field(default_factory=Desk)
    only_as_part: bool = False
    priority: int = 0


class Discipline(IntEnum):
    """Which of the waiting dossiers is served next."""

    FIFO = 0
    EARLIEST_DUE = 1
    SHORTEST = 2
    PRIORITY = 3


class Autonomy(IntEnum):
    """Who decides which officer gets a dossier.

    ``PULL``: an officer who is free takes the next one. ``PUSH``: it is given at once to the officer with the fewest
    waiting, whoever is free first. ``CENTRAL``: it is given at once to the officer with the least work waiting.
    """

    PULL = 0
    PUSH = 1
    CENTRAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One who works: his calendar (absences taken out), the steps he may do (empty: all), how fast he is.

    ``pace`` multiplies service times: 2 takes twice as long. ``takes_intake``: whether he serves at the desk's counter.
    """

    code: str
    calendar: WorkingCalendar
    steps: frozenset[str] = frozenset()
    pace: float = 1.0
    takes_intake: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An agency at work: its calendar (by which its terms count), its officers, how dossiers reach them."""

    code: str
    calendar: WorkingCalendar
    officers: tuple[Officer, ...]
    discipline: Discipline = Discipline.FIFO
    autonomy: Autonomy = Autonomy.PULL


class Conduct(IntEnum):
    """How an agency may behave beside its work; see docs/simulation.md for what each does."""

    SITS = 0
    FORWARDS_AT_EXPIRY = 1
    PING_PONG = 2
    NEEDLESS_SUPPLEMENT = 3
    NEEDLESS_OPINION = 4
    STOPS_CLOCK = 5
    REFERS_UP = 6
    REGISTERS_LATE = 7
    CLOSES_EARLY = 8
    ASKS_TO_WITHDRAW = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One agency's conduct: at each occasion it does so with chance ``strength`` (0 to 1).

    ``partner``: the agency it plays ping-pong with, consults needlessly or refers up to. ``steps``: only at these
    (empty: all). ``length``: how long (late registration, a stopped clock), office seconds of the agency.
    """

    agency: str
    conduct: Conduct
    strength: float
    partner: str = ""
    steps: frozenset[str] = frozenset()
    length: Draw = field(default_factory=lambda: Draw(a=2 * 8 * 3600))


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything but the arrivals.

    Attributes:
        name: of the scenario.
        start: first instant (epoch seconds).
        until: nothing happens from this instant on.
        variants: kinds of dossiers.
        offices: agencies that work; one that a procedure leads to and that is not here answers at once.
        policies: conduct of agencies.
    """

    name: str
    start: int
    until: int
    variants: tuple[Variant, ...]
    offices: tuple[Office, ...]
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Submissions in order of their instants.

    Attributes:
        at: epoch seconds, ascending (int64).
        variant: index of the kind (int32).
        key: 64 bits from which all chance of the dossier follows (uint64): the same dossier of two scenarios has the
            same key, whatever else differs between them.
    """

    at: NDArray[np.int64]
    variant: NDArray[np.int32]
    key: NDArray[np.uint64]
