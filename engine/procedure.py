"""A procedure as the law lays it down: steps, limits, clock policy; each number with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from engine.cited import Source, Title
from engine.clock import Terms
from engine.limits import CountingRule, Limit

if TYPE_CHECKING:
    import networkx as nx

CHANNELS: Final = ("direct", "post", "online")
"""The channels any desk has: at the counter, by post, online."""


class Jurisdiction(StrEnum):
    """How the agency of a role is found: by where the dossier was received, or by territory of the matter."""

    RECEIVING = "receiving"
    TERRITORY = "territory"
    PROVINCE = "province"
    NATIONAL = "national"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A part an agency plays in a procedure; ``agency`` only with `Jurisdiction.FIXED`."""

    code: str
    agency_kind: str
    jurisdiction: Jurisdiction
    title: Title
    agency: str = ""


class OnSilence(StrEnum):
    """What a consulted agency's silence means; deemed agreement only where a sector law says so."""

    ESCALATE = "escalate"
    DEEMED_AGREE = "deemed_agree"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """``outcome`` of a step leads to ``target``; ``condition`` (CEL) on decisions only, empty for the default."""

    target: str
    outcome: str = "done"
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Work of one agency.

    A step's limit is cumulative over re-entries, and counts from its opening unless
    ``limit_from`` is ``"received"``. ``send_back_to`` names the steps it may send the dossier back to;
    ``max_entries`` caps loops through it (0: no loop); ``tacit_outcome`` is taken when the limit passes in silence.
    """

    code: str
    title: Title
    role: str
    edges: tuple[Edge, ...]
    limit: Limit | None = None
    limit_from: str = "opened"
    counting: CountingRule = CountingRule.FROM_INSTANT
    source: Source | None = None
    may_request_supplement: bool = False
    send_back_to: tuple[str, ...] = ()
    max_entries: int = 0
    designed_loop: bool = False
    tacit_outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStep:
    """Work of a machine: an HTTP call with an idempotency key; ``url`` is a setting's name or an address."""

    code: str
    title: Title
    role: str
    service: str
    edges: tuple[Edge, ...]
    limit: Limit | None = None
    counting: CountingRule = CountingRule.FROM_INSTANT
    source: Source | None = None
    max_entries: int = 0
    designed_loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An exclusive choice by conditions on dossier data, tried in order; the edge without one is the default."""

    code: str
    title: Title
    edges: tuple[Edge, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """All edges are taken at once; the branches meet at `join`."""

    code: str
    title: Title
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Waits until every branch that can still arrive has arrived."""

    code: str
    title: Title
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """One agency asked for an opinion, with its own limit and the meaning of its silence."""

    role: str
    limit: Limit
    on_silence: OnSilence
    source: Source
    counting: CountingRule = CountingRule.WHOLE_DAYS
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """The lead (``role``) asks several agencies at once and waits for all opinions.

    Outcomes: ``agreed`` when no one disagreed (silence deemed agreement included), ``disagreed`` otherwise.
    """

    code: str
    title: Title
    role: str
    consulted: tuple[Consulted, ...]
    edges: tuple[Edge, ...]
    limit: Limit | None = None
    counting: CountingRule = CountingRule.WHOLE_DAYS
    source: Source | None = None
    max_entries: int = 0
    designed_loop: bool = False


class WaitFor(StrEnum):
    """What the applicant is asked to do."""

    CONFIRM = "confirm"
    PAY = "pay"
    REVISE = "revise"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicantWait:
    """Waits for the applicant; after ``limit`` the ``on_silence`` outcome is taken (empty: waits on).

    With ``stops_clock`` the legal clock stands still meanwhile, on ``ground``, at most for ``cap``.
    """

    code: str
    title: Title
    purpose: WaitFor
    edges: tuple[Edge, ...]
    limit: Limit | None = None
    counting: CountingRule = CountingRule.WHOLE_DAYS
    on_silence: str = ""
    stops_clock: bool = False
    ground: str = ""
    cap: Limit | None = None
    source: Source | None = None
    max_entries: int = 0
    designed_loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A legal posting (niêm yết) of fixed length by ``role``; outcomes ``done`` and, where designed, ``objection``."""

    code: str
    title: Title
    role: str
    length: Limit
    edges: tuple[Edge, ...]
    source: Source
    counting: CountingRule = CountingRule.WHOLE_DAYS
    stops_clock: bool = False
    ground: str = "legal_posting"
    cap: Limit | None = None
    max_entries: int = 0
    designed_loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcedure:
    """Submits an interlinked sub-dossier of ``procedure``; waits for its end unless ``wait`` is False.

    Outcomes: ``done`` when the sub-dossier was granted, ``denied`` otherwise.
    """

    code: str
    title: Title
    role: str
    procedure: str
    edges: tuple[Edge, ...]
    wait: bool = True
    max_entries: int = 0
    designed_loop: bool = False


class EndKind(StrEnum):
    """How a dossier ends: both are decisions of the authority, a stop is not."""

    GRANTED = "granted"
    DENIED = "denied"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The end of a path; ``edges`` is always empty. ``same_time`` results are issued without a further visit."""

    code: str
    title: Title
    end: EndKind
    edges: tuple[Edge, ...] = ()


Node = Step | ServiceStep | Decision | Split | Join | Consultation | ApplicantWait | Posting | SubProcedure | End
"""What a procedure's graph is made of (a closed union)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalLimit:
    """The end-to-end legal limit for some channels (empty: all others). ``limit`` None = the law sets none."""

    channels: frozenset[str]
    terms: Terms | None
    source: Source


class SupplementEffect(StrEnum):
    """What waiting for a supplement does to the legal clock: a new term from the full dossier on, or a pause."""

    RESTART = "restart"
    PAUSE = "pause"


class WindowOver(StrEnum):
    """What happens when the applicant lets the supplement window pass."""

    STOP = "stop"
    DENY = "deny"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementPolicy:
    """Supplement requests: at most ``max_requests``; asked ``ask_within`` of receipt (later is a recorded breach)."""

    effect: SupplementEffect
    max_requests: int
    source: Source
    window: Limit | None = None
    ask_within: Limit | None = None
    on_window_over: WindowOver = WindowOver.WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyPolicy:
    """Apology letters: owed ``lead`` before the due instant, the date may be set anew ``max_redatings`` times."""

    lead: Limit
    max_redatings: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionPolicy:
    """The law lets the agency extend the term by ``limit``, ``max_times`` times."""

    limit: Limit
    max_times: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPolicy:
    """A lawful ground to stop the clock, with a cap on each stop (None: uncapped, needs a source that says so)."""

    ground: str
    title: Title
    source: Source
    cap: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung of the escalation ladder: ``after`` a passed term, tell ``holder``, ``desk`` or ``parent``."""

    after: Limit
    to: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPolicy:
    """Everything that may move or stop the legal clock, and who is told when a term has passed."""

    supplement: SupplementPolicy
    apology: ApologyPolicy
    stops: tuple[StopPolicy, ...] = ()
    extension: ExtensionPolicy | None = None
    intake_within: Limit | None = None
    intake_source: Source | None = None
    due_soon: Limit | None = None
    ladder: tuple[Rung, ...] = ()

    def stop(self, ground: str) -> StopPolicy | None:
        """Return the policy for a ground, or None where the procedure does not allow it."""
        return next((stop for stop in self.stops if stop.ground == ground), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper of the dossier (thành phần hồ sơ); ``condition`` tells when it is required."""

    code: str
    title: Title
    required: bool = True
    originals: int = 1
    copies: int = 0
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee in the currency's smallest unit, for some channels (empty: all)."""

    amount: int
    currency: str
    channels: frozenset[str]
    source: Source
    title: Title


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One published version of a procedure.

    ``start`` is the node a received dossier enters. ``desk`` is the role of the one-stop desk, which owns the
    end-to-end clock. In force from ``in_force_from`` to ``in_force_to`` (inclusive; None: still).
    ``digest`` identifies the content (SHA-256 of its canonical form).
    """

    code: str
    version: int
    title: Title
    field: Title
    field_code: str
    level: str
    calendar: str
    in_force_from: date
    in_force_to: date | None
    legal_basis: tuple[Source, ...]
    limits: tuple[LegalLimit, ...]
    clock: ClockPolicy
    roles: dict[str, Role]
    nodes: dict[str, Node]
    start: str
    desk: str
    papers: tuple[Paper, ...] = ()
    fees: tuple[Fee, ...] = ()
    digest: str = ""
    confirmed: bool = True

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels a dossier may come in by, in the order the limits name them."""
        named = [channel for limit in self.limits for channel in sorted(limit.channels)]
        return tuple(dict.fromkeys(named)) or CHANNELS

    def offers(self, channel: str) -> bool:
        """Tell whether a dossier may come in by a channel: a limit names it, or one names none and it is common."""
        return channel in self.channels or (channel in CHANNELS and self.legal_limit(channel) is not None)

    def legal_limit(self, channel: str) -> LegalLimit | None:
        """Return the legal limit for a channel: the one that names it, else the one that names none."""
        for limit in self.limits:
            if channel in limit.channels:
                return limit
        return next((limit for limit in self.limits if not limit.channels), None)

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """The procedure as a networkx graph, read-only: copy it to change it.

        Node attribute ``step`` holds the node; edge attribute ``outcomes`` a tuple of (outcome, condition).
        """
        from engine.graph import build_graph

        return build_graph(self)

    def node(self, code: str) -> Node:
        """Return a node by code; ``KeyError`` is our bug, procedures are checked before they are published."""
        return self.nodes[code]

    def __getstate__(self) -> dict[str, Any]:
        """Pickle without the cached graph."""
        state = dict(self.__dict__)
        state.pop("graph", None)
        return state
