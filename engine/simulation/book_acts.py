"""What was done in a simulation, in columns: the acts of its casebook, one a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine import events as ev
from engine.casebook import ACTS
from engine.simulation import book_fold as fo
from engine.simulation import book_words as bw
from engine.simulation import world as wd
from engine.simulation.book_columns import POSITION_WORDS, Words, doers, framed, is_machine, texts
from engine.simulation.facts import REASONS, RULES, SILENCES, SUBJECTS, limit_added, papers_asked

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from engine.simulation.run import Simulated

    Ints = NDArray[np.int64]

_ACTS: Final[dict[int, type[ev.Fact]]] = {
    wd.SUBMITTED: ev.Submitted,
    wd.RECEIVED: ev.Received,
    wd.DECLINED: ev.IntakeDeclined,
    wd.OPENED: ev.StepOpened,
    wd.HANDED_OVER: ev.HandedOver,
    wd.TAKEN_UP: ev.TakenUp,
    wd.DONE: ev.StepDone,
    wd.SENT_BACK: ev.SentBack,
    wd.TRANSFERRED: ev.Transferred,
    wd.ROUTED: ev.Routed,
    wd.FORKED: ev.Forked,
    wd.ARRIVED: ev.BranchArrived,
    wd.BRANCH_ENDED: ev.BranchEnded,
    wd.JOINED: ev.Joined,
    wd.OPINION_REQUESTED: ev.OpinionRequested,
    wd.OPINION_GIVEN: ev.OpinionGiven,
    wd.OPINION_SILENT: ev.OpinionSilent,
    wd.SUPPLEMENT_REQUESTED: ev.SupplementRequested,
    wd.SUPPLEMENT_RECEIVED: ev.SupplementReceived,
    wd.PAUSED: ev.ClockPaused,
    wd.RESUMED: ev.ClockResumed,
    wd.EXTENDED: ev.LimitExtended,
    wd.APOLOGY: ev.ApologyIssued,
    wd.OBLIGATION_SET: ev.FinancialObligationSet,
    wd.OBLIGATION_MET: ev.FinancialObligationMet,
    wd.POSTING_STARTED: ev.PostingStarted,
    wd.POSTING_ENDED: ev.PostingEnded,
    wd.SUB_STARTED: ev.SubDossierStarted,
    wd.SUB_ENDED: ev.SubDossierEnded,
    wd.STOPPED: ev.HandlingStopped,
    wd.WITHDRAWN: ev.Withdrawn,
    wd.DECIDED: ev.ResultDecided,
    wd.DENIED: ev.ResultDenied,
    wd.ISSUED: ev.ResultIssued,
    wd.ESCALATED: ev.Escalated,
    wd.PASSED: ev.LimitPassed,
    wd.DUE_SOON: ev.DueSoon,
    wd.DUE_CHANGED: ev.DueChanged,
    wd.BREACHED: ev.RuleBreached,
}
_HOLDLESS: Final = {wd.DUE_SOON}
"""Kinds whose facts have a hold, which is never told."""
_NAMES_INSTANT: Final = (
    *(wd.RECEIVED, wd.OPENED, wd.OPINION_REQUESTED, wd.SUPPLEMENT_REQUESTED, wd.SUPPLEMENT_RECEIVED, wd.PAUSED),
    *(wd.RESUMED, wd.EXTENDED, wd.APOLOGY, wd.PASSED, wd.DUE_SOON, wd.DUE_CHANGED),
)
"""Kinds of facts that name an instant: the column ``x``."""


def acts_of(simulated: Simulated, rows: NDArray[Any], firsts: Ints, lives: Ints) -> pl.DataFrame:
    """Return the acts of folded dossiers: their facts (``rows``), and where those of each begin (``firsts``)."""
    names = simulated.names
    variants = simulated.model.variants
    officer, detail, other, life, version = (np.empty(rows.size, np.int32) for _ in range(5))
    words, details, others, parents = _words(simulated)
    bw.tell_acts(rows, firsts, lives, details, others, parents, officer, detail, other, life, version)
    kind, reason = rows["kind"], rows["reason"]
    has_hold = np.array(
        [fact not in _HOLDLESS and "hold" in _ACTS[fact].__struct_fields__ for fact in range(len(_ACTS))]
    )
    names_instant = np.isin(np.arange(len(_ACTS)), _NAMES_INSTANT)
    cites = np.array([bool(one.rules.procedure.clock.supplement.source.text.strip()) for one in variants])
    has_basis = reason == wd.WINDOW_OVER
    has_basis[has_basis] = cites[lives[fo.L_VARIANT, life[has_basis]]]
    return framed(
        {
            "nr": life,
            "at": rows["at"],
            "recorded": rows["recorded"],
            "act": texts([_act_of(_ACTS[fact]) for fact in range(len(_ACTS))], kind),
            "agency": texts(names.offices, rows["agency"]),
            "by": texts(doers(names), officer),
            "is_system": np.array([is_machine(one) for one in doers(names)])[officer],
            "hold": np.where(has_hold[kind], rows["hold"], 0),
            "detail": texts(words, detail),
            "other": texts(words, other),
            "until": np.where(names_instant[kind], rows["x"], fo.NEVER),
            "has_reason": np.array([bool(one.strip()) for one in REASONS])[reason],
            "has_basis": has_basis,
            "has_document": np.zeros(rows.size, np.bool_),
            "version": version,
        },
        ACTS,
    )


def _words(simulated: Simulated) -> tuple[Words, Ints, Ints, Ints]:
    """Return the words of details and other parties, where they stand by kind of fact, and those of parents."""
    names = simulated.names
    procedures = [one.rules.procedure for one in simulated.model.variants]
    words: list[str | None] = [None]

    def first_of(some: Sequence[str | None]) -> int:
        words.extend(one or None for one in some)
        return len(words) - len(some)

    offices, nodes = first_of(names.offices), first_of([node.code for node in names.nodes])
    grounds, papers = first_of(names.grounds), first_of([",".join(papers_asked(one)) for one in procedures])
    told: dict[int, tuple[int, int]] = {
        wd.BREACHED: (bw.FROM_Z, first_of(RULES)),
        wd.HANDED_OVER: (bw.FROM_NODE, nodes),
        wd.TRANSFERRED: (bw.FROM_NODE, nodes),
        wd.SENT_BACK: (bw.FROM_X, nodes),
        wd.OPENED: (bw.FROM_NODE, nodes),
        wd.DONE: (bw.FROM_X, first_of(names.outcomes)),
        wd.OPINION_REQUESTED: (
            bw.FROM_Z,
            first_of(["planned" if asked.is_planned else "unplanned" for asked in names.asked]),
        ),
        wd.OPINION_GIVEN: (bw.FROM_POSITION, first_of(POSITION_WORDS[1:4])),
        wd.OPINION_SILENT: (bw.FROM_X, first_of(SILENCES)),
        wd.SUPPLEMENT_REQUESTED: (bw.FROM_VARIANT, papers),
        wd.SUPPLEMENT_RECEIVED: (bw.FROM_VARIANT, papers),
        wd.PAUSED: (bw.FROM_Z, grounds),
        wd.RESUMED: (bw.FROM_Z, grounds),
        wd.EXTENDED: (bw.FROM_VARIANT, first_of([limit_added(one) for one in procedures])),
        wd.ESCALATED: (bw.FROM_Z, first_of(SUBJECTS)),
        wd.PASSED: (bw.FROM_Z, first_of(SUBJECTS)),
        wd.DUE_SOON: (bw.FROM_Z, first_of([None, "apology_due"])),
        wd.WITHDRAWN: (bw.FROM_X, first_of([None, "requested"])),
    }
    parties = {
        wd.HANDED_OVER: (bw.FROM_AGENCY, offices),
        wd.TRANSFERRED: (bw.FROM_X, offices),
        wd.OPINION_REQUESTED: (bw.FROM_UPPER_Y, offices),
        wd.ESCALATED: (bw.FROM_RUNG, offices),
    }
    above = first_of(names.parents)
    parents = np.array([above + place if code else 0 for place, code in enumerate(names.parents)], np.int64)
    return words, _by_kind(told), _by_kind(parties), parents


def _by_kind(told: Mapping[int, tuple[int, int]]) -> Ints:
    return np.array([told.get(fact, (bw.FROM_NOTHING, 0)) for fact in range(len(_ACTS))], np.int64)


def _act_of(fact: type[ev.Fact]) -> str:
    return str(fact.__struct_config__.tag).rsplit(".", 1)[0]
