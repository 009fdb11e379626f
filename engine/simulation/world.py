"""The state of the simulated world as record arrays: dossiers, holds, what will happen, officers, queues, facts.

A dossier has a slot and its holds a row each while it lives; both are used again after its end, so that memory follows
what is open, not what was. What happened leaves rows of facts.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import types
from numba.experimental import structref
from numpy.typing import NDArray

from engine.simulation.tables import MOST_BOUNCERS

(
    SUBMITTED, RECEIVED, DECLINED, OPENED, HANDED_OVER, TAKEN_UP, DONE, SENT_BACK, TRANSFERRED, ROUTED, FORKED,
    ARRIVED, BRANCH_ENDED, JOINED, OPINION_REQUESTED, OPINION_GIVEN, OPINION_SILENT, SUPPLEMENT_REQUESTED,
    SUPPLEMENT_RECEIVED, PAUSED, RESUMED, EXTENDED, APOLOGY, OBLIGATION_SET, OBLIGATION_MET, POSTING_STARTED,
    POSTING_ENDED, SUB_STARTED, SUB_ENDED, STOPPED, WITHDRAWN, DECIDED, DENIED, ISSUED, ESCALATED, PASSED, DUE_SOON,
    DUE_CHANGED, BREACHED,
) = range(39)  # fmt: skip
"""Kinds of facts."""

(
    NO_REASON, INCOMPLETE, MEND, NOT_ELIGIBLE, CONSULTED, STANDS_STILL, DELAYED, LENGTHENED, GIVEN_UP, REFUSED,
    PING_PONG, REFERRED_UP, TACIT, NO_ANSWER, AT_CAP, WINDOW_OVER,
) = range(16)  # fmt: skip
"""Reasons that facts carry; see `engine.simulation.facts.REASONS`."""

(
    LATE_INTAKE, LATE_OPINION, NO_POSITION, REPEATED_SUPPLEMENT, LATE_SUPPLEMENT, OUTSIDE_LIST, LATE_APOLOGY,
    WITHDRAWN_UNASKED,
) = range(8)  # fmt: skip
"""Rules that were breached."""

LEGAL, OWN_TERM, OF_OPINION, OF_SUPPLEMENT, OF_INTAKE, OF_WAIT, OF_PROMISE, OF_PAUSE = range(8)
"""Subjects of terms that pass."""

BY_SYSTEM, BY_APPLICANT = -1, -2
"""In the place of an officer."""

GRANTED, DENIED_END, STOPPED_END, WITHDRAWN_END, DECLINED_END = range(5)
"""Outcomes of dossiers."""

LAPSED, SILENT, AGREE, DISAGREE, WITHOUT_POSITION, SENT, PASSED_ON, CLOSED_WITH_IT = range(-9, -1)
"""Outcomes of holds that no edge is named after; others are numbers of `tables.Names.outcomes`."""

MOST_STOPS, MOST_SUPPLEMENTS, MOST_EXTENSIONS, MOST_MARKS, MOST_MOVES, MOST_JOINS = 12, 6, 3, 6, 16, 6

S_GROUND, S_SINCE, S_UNTIL, S_CAP = range(4)
"""Columns of a dossier's stops."""
U_REQUESTED, U_RECEIVED, U_HOLD, U_WINDOW, U_RESTART = range(5)
"""Columns of its supplements."""
M_TOKEN, M_SOURCE, M_TARGET, M_AGENCY, M_HOLD, M_AT, M_BY, M_REASON = range(8)
"""Columns of the moves that wait; ``M_HOLD`` is a row of holds' number within the dossier, 0 none."""
K_PASSED, K_SOON, K_LETTER, K_PROMISE = range(4)
"""Rows of its marks."""

_SLOT_FIELDS: Final = (
    "no variant key applicant root root_no root_hold is_sub submitted received counted_from term_from due promised"
    " ended outcome issued first last holds opened tokens move moves joins supplements stops extensions apologies"
    " awaits rungs later bounced intake next"
)
SLOT: Final = np.dtype(
    [
        *((name, np.int64) for name in _SLOT_FIELDS.split()),
        ("stop", np.int64, (MOST_STOPS, 4)),
        ("supplement", np.int64, (MOST_SUPPLEMENTS, 5)),
        ("extension", np.int64, (MOST_EXTENSIONS,)),
        ("mark", np.int64, (4, MOST_MARKS)),
        ("waiting", np.int64, (MOST_MOVES, 8)),
        ("join", np.int64, (MOST_JOINS, 2)),
        ("used", np.int64, (MOST_BOUNCERS,)),
    ]
)
"""A dossier that lives. Instants are epoch seconds, -1 none; ``first`` and ``last`` are its holds, ``opened`` how many
are open; ``mark`` the due instants that passed, were announced, asked for a letter, and the promises that passed.
"""

HOLD: Final = np.dtype(
    [
        (name, np.int64)
        for name in [
            "no",
            "slot",
            "number",
            "node",
            "work",
            "agency",
            "officer",
            "opened",
            "taken",
            "closed",
            "due",
            "until",
            "entry",
            "spent",
            "lead",
            "giver",
            "silence",
            "position",
            "is_silent",
            "limit",
            "rungs",
            "passed",
            "outcome",
            "next",
            "stage",
            "service",
            "piece",
            "entered",
            "key",
            "left",
            "right",
            "distance",
            "queue",
            "worker",
            "asked",
            "consulted",
            "chosen",
            "asked_row",
            "sub",
            "above",
        ]
    ]
)
"""A hold; ``stage`` is what becomes of the work on it, ``left``/``right``/``distance`` its place in a queue's heap."""

EVENT: Final = np.dtype([(name, np.int64) for name in ("at", "first", "second", "kind", "slot", "hold", "no", "x")])
"""What will happen at ``at``; ``first`` and ``second`` order what happens at the same instant."""

OFFICER: Final = np.dtype(
    [(name, np.int64) for name in ("hold", "idle", "wakes", "pieces", "seconds", "worked", "began")]
)
"""An officer at work: the hold in hand (-1 none), idle since, whether a wake is set, what waits, seconds worked,
when he began what is in his hands."""

FACT: Final = np.dtype(
    [
        ("at", np.int64),
        ("recorded", np.int64),
        ("x", np.int64),
        ("y", np.int64),
        ("no", np.int32),
        ("node", np.int32),
        ("agency", np.int32),
        ("officer", np.int32),
        ("z", np.int32),
        ("hold", np.int16),
        ("kind", np.int8),
        ("reason", np.int8),
    ]
)
"""What happened to dossier ``no``: columns ``x``, ``y``, ``z`` mean what the kind says (`engine.simulation.facts`)."""

(
    STATUS, EVENTS, FACTS, FREE_SLOT, FREE_HOLD, NUMBER, ARRIVAL, FREED, UNTIL, SLOTS_FREE, HOLDS_FREE, NOW,
    STARTED, SUBMISSIONS, TIMED,
) = range(15)  # fmt: skip
COUNTERS: Final = 16

DONE_ALL, FULL_FACTS, FULL_SLOTS, FULL_HOLDS, FULL_EVENTS = 1, 2, 3, 4, 5
"""Why the kernel came back: finished, or an array must be emptied or made larger. `clock.BEYOND`: a calendar ends."""
TOO_MANY: Final = 8
"""A dossier has more stops, supplements, moves or joins at once than there is room for."""


ARRAYS: Final = (
    *("calendars", "windows", "days", "worked", "limits"),
    *("variants", "rungs", "nodes", "outcomes", "consulted", "offices", "classes", "staff", "policies"),
    *("lists", "of_class", "fits", "draws", "numbers"),
    *("n", "slots", "holds", "events", "facts", "officers", "queues", "arrivals", "freed"),
)
"""All there is: the tables (`engine.simulation.tables`), which nobody writes, and the state."""


@structref.register
class WorldType(types.StructRef):
    """How the compiled loops know the world: one pointer, however many arrays."""


class World(structref.StructRefProxy):
    """The arrays of `ARRAYS`, in that order, as the compiled loops take them."""

    def __new__(cls, *arrays: NDArray[Any]) -> World:
        """Return the world of some arrays; they are not copied."""
        return structref.StructRefProxy.__new__(cls, *arrays)  # type: ignore[no-untyped-call, no-any-return]


structref.define_proxy(World, WorldType, list(ARRAYS))  # type: ignore[no-untyped-call]

ARRIVAL_ROW: Final = np.dtype([("at", np.int64), ("variant", np.int64), ("key", np.uint64)])
