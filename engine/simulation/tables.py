"""A model as flat arrays, as the kernel reads them; made from the networkx graph, the limits and the calendars.

Everything that follows from a kind of dossier alone is settled here once: which agency a step leads to, which way a
decision goes, who is consulted, which joins can still be reached, which officers may do what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.conditions import evaluate
from engine.dossier import Dossier
from engine.errors import InputError
from engine.limits import (
    CalendarDays,
    CountingRule,
    ElapsedHours,
    Limit,
    Months,
    OfficeHours,
    SameDay,
    WorkingDays,
    format_limit,
    parse_limit,
)
from engine.procedure import (
    ApplicantWait,
    Consultation,
    Decision,
    End,
    EndKind,
    Join,
    Node,
    OnSilence,
    Posting,
    ServiceStep,
    Split,
    Step,
    SubProcedure,
    SupplementEffect,
    WaitFor,
    WindowOver,
)
from engine.rules import Rules
from engine.simulation.chance import place_of
from engine.simulation.model import Conduct, Draw, Model, Opinion, Treatment, Variant

STEP, SERVICE, CONSULTATION, OPINION, APPLICANT, POSTING, SUB_DOSSIER, INTAKE = range(8)
"""Kinds of holds; those of nodes begin alike."""
DECISION, SPLIT, JOIN, END = 8, 9, 10, 11

MOST_BOUNCERS: Final = 16
"""Policies that pass dossiers on or send them back; each is counted on each dossier."""

NEEDLESS_LIMIT: Final = "2 working days"
"""Given to an agency that is consulted needlessly."""

_UNITS: Final = (
    *("office_seconds", "elapsed", "same_day", "whole_days", "days_whole", "days", "months_whole", "months"),
    "working_days",
)
UNIT: Final = {name: number for number, name in enumerate(_UNITS)}
"""How a limit is counted; ``office_seconds`` and ``elapsed`` in seconds, ``working_days`` from the instant."""

_ENDS: Final = {EndKind.GRANTED: 0, EndKind.DENIED: 1, EndKind.STOPPED: 2}
_SILENCES: Final = {OnSilence.ESCALATE: 0, OnSilence.DEEMED_AGREE: 1, OnSilence.BLOCK: 2}
_WINDOWS: Final = {WindowOver.STOP: 0, WindowOver.DENY: 1, WindowOver.WAIT: 2}
_TOLD: Final = {"holder": 0, "desk": 1, "parent": 2}

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


FIELDS: Final[dict[str, str]] = {
    "calendars": "window day days worked office_day",
    "windows": "opens closes until shift day",
    "days": "midnight rank plain date window",
    "worked": "opening closing",
    "limits": "unit n:f",
    "variants": (
        "desk start limit cutoff intake_within restart most_supplements window ask_within on_window has_paper due_soon"
        " lead most_apologies extension most_extensions ladder rungs ground ground_cap priority intake declines:f"
        " intake_supplement:f apologises:f apology extends:f supplements:f supplement_time withdraws:f withdrawal"
        " unasked:f collects:f collection"
    ),
    "rungs": "limit to",
    "nodes": (
        "kind code place agency limit from_receipt most tacit asks outcome outcomes edge edges back backs consulted"
        " consults stops ground cap pays end target edge_taken sub waits join reach service delay supplement:f"
        " send_back:f answers:f objection objects:f agreed disagreed"
    ),
    "outcomes": "target name upto:f refuses",
    "consulted": "agency limit silence place service delay silent:f disagrees:f no_position:f",
    "offices": "calendar parent discipline autonomy officer officers policy policies intake",
    "classes": "officer officers queue",
    "staff": "office calendar pace:f queue queues own",
    "policies": "conduct strength:f partner length index bounces",
    "draws": "law a:f b:f first count of_term",
}
"""The fields of each record array: int64, with ``:f`` float64.

Rows refer to each other by number: offices and officers (``staff``) in the order of the model, nodes over all variants;
-1 is none. Parts of a thing are a first row and a count, in a table of their own or in ``lists``. ``calendars`` says
where each calendar's rows of ``windows``, ``days`` and ``worked`` begin (`engine.calendar_table.CalendarTable`, each
closed by a row that is never reached). ``of_class[office, code, is_opinion]`` is the class of officers who may do a
step, ``fits[policy, code]`` whether a policy looks at a step, ``numbers`` the quantiles and values of ``draws``.
"""


def layout(fields: str) -> np.dtype[np.void]:
    """Return the dtype of records with fields, each of eight bytes."""
    named = (field.partition(":") for field in fields.split())
    return np.dtype([(name, np.float64 if kind == "f" else np.int64) for name, _, kind in named])


def records(fields: str, columns: dict[str, list[Any]]) -> NDArray[Any]:
    """Return record arrays of columns."""
    kind = layout(fields)
    found = np.zeros(max((len(column) for column in columns.values()), default=0), dtype=kind)
    for name in kind.names or ():
        found[name] = columns[name]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a row of ``consulted`` asks for."""

    limit: str
    counting: str
    silence: int
    is_planned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the numbers of `Tables` stand for."""

    nodes: tuple[Node, ...]
    node_variant: tuple[int, ...]
    codes: tuple[str, ...]
    outcomes: tuple[str, ...]
    grounds: tuple[str, ...]
    asked: tuple[Asked, ...]
    offices: tuple[str, ...]
    officers: tuple[str, ...]
    conditions: tuple[str, ...]
    parents: tuple[str, ...]
    queues: int


def compiled_tables(model: Model) -> tuple[dict[str, NDArray[Any]], Names]:
    """Return a model as arrays, and what their numbers stand for.

    Raises:
        InputError: the model lacks an office a procedure leads to or a sub-procedure, or a limit cannot be counted.
    """
    return _Builder(model).built()


@dataclass(slots=True)
class _Numbered:
    """Things by the order in which they were first met."""

    known: dict[Any, int] = field(default_factory=dict)

    def of(self, thing: Any) -> int:  # noqa: ANN401  any hashable
        return self.known.setdefault(thing, len(self.known))


class _Builder:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.offices = {office.code: number for number, office in enumerate(model.offices)}
        self.calendars: list[WorkingCalendar] = []
        self._calendar_numbers: dict[str, int] = {}
        self.limits: list[tuple[Limit, CountingRule]] = []
        self._limit_numbers: dict[tuple[Limit, CountingRule], int] = {}
        self.draws: list[Draw] = []
        self._draw_numbers: dict[Draw, int] = {}
        self.codes, self.outcomes, self.grounds, self.conditions = (_Numbered() for _ in range(4))
        self.grounds.of("supplement")
        self.outcomes.of("done")
        self.cols: dict[str, list[Any]] = {
            f"{table}.{field.partition(':')[0]}": [] for table, fields in FIELDS.items() for field in fields.split()
        } | {name: [] for name in ("edges", "backs", "members", "served", "numbers")}
        self.arrays: dict[str, NDArray[Any]] = {}
        self.nodes: list[Node] = []
        self.node_variant: list[int] = []

    def built(self) -> tuple[dict[str, NDArray[Any]], Names]:
        model, cols = self.model, self.cols
        firsts = []
        total = 0
        for variant in model.variants:
            firsts.append(total)
            total += len(variant.rules.procedure.nodes)
        for number, variant in enumerate(model.variants):
            self._variant(number, variant, firsts[number])
        self._offices()
        self._policies()
        self._needless()
        self._draw_columns()
        for limit, rule in self.limits:
            unit, n = _counted(limit, rule)
            cols["limits.unit"].append(UNIT[unit])
            cols["limits.n"].append(n)
        self._calendar_columns()
        for table, fields in FIELDS.items():
            self.arrays[table] = records(
                fields,
                {
                    name.removeprefix(f"{table}."): column
                    for name, column in cols.items()
                    if name.startswith(f"{table}.")
                },
            )
        self._lists()
        self.arrays["numbers"] = np.array(cols["numbers"], dtype=np.float64)
        names = Names(
            nodes=tuple(self.nodes),
            node_variant=tuple(self.node_variant),
            codes=tuple(self.codes.known),
            outcomes=tuple(self.outcomes.known),
            grounds=tuple(self.grounds.known),
            asked=tuple(self._asked()),
            offices=tuple(self.offices),
            officers=tuple(officer.code for office in model.offices for officer in office.officers),
            conditions=tuple(self.conditions.known),
            parents=tuple(self.parents.get(office.code, "") for office in model.offices),
            queues=self.queues,
        )
        return self.arrays, names

    def _asked(self) -> Iterator[Asked]:
        rows = list(zip(self.cols["consulted.limit"], self.cols["consulted.silence"], strict=True))
        for place, (number, silence) in enumerate(rows):
            limit, counting = self.limits[number]
            is_planned = place < len(rows) - 1
            yield Asked(limit=format_limit(limit), counting=counting.value, silence=silence, is_planned=is_planned)

    # numbers of things

    def _calendar(self, calendar: WorkingCalendar) -> int:
        found = self._calendar_numbers.get(calendar.digest)
        if found is None:
            found = self._calendar_numbers[calendar.digest] = len(self.calendars)
            self.calendars.append(calendar)
        return found

    def _limit(self, limit: Limit | None, rule: CountingRule = CountingRule.WHOLE_DAYS) -> int:
        if limit is None:
            return -1
        found = self._limit_numbers.setdefault((limit, rule), len(self.limits))
        if found == len(self.limits):
            self.limits.append((limit, rule))
        return found

    def _draw(self, draw: Draw) -> int:
        found = self._draw_numbers.setdefault(draw, len(self.draws))
        if found == len(self.draws):
            self.draws.append(draw)
        return found

    def _office(self, code: str, what: str) -> int:
        found = self.offices.get(code)
        if found is None:
            raise InputError(
                f"simulation {self.model.name}: {what} leads to agency {code!r}, which has no office in it"
            )
        return found

    # variants and nodes

    def _variant(self, number: int, variant: Variant, first: int) -> None:
        procedure, cols = variant.rules.procedure, self.cols
        clock = procedure.clock
        legal = procedure.legal_limit(variant.channel)
        terms = None if legal is None else legal.terms
        local = {code: first + place for place, code in enumerate(procedure.nodes)}
        stop = clock.stops[0] if clock.stops else None
        cutoff = None if terms is None else terms.cutoff
        applicants, desk = variant.applicants, variant.intake
        values: dict[str, Any] = {
            "variants.desk": self._office(variant.desk, f"kind {variant.name}"),
            "variants.start": local[procedure.start],
            "variants.limit": -1 if terms is None else self._limit(terms.limit, terms.rule),
            "variants.cutoff": -1 if cutoff is None else cutoff.hour * 3600 + cutoff.minute * 60 + cutoff.second,
            "variants.intake_within": self._limit(clock.intake_within),
            "variants.restart": clock.supplement.effect is SupplementEffect.RESTART,
            "variants.most_supplements": clock.supplement.max_requests,
            "variants.window": self._limit(clock.supplement.window),
            "variants.ask_within": self._limit(clock.supplement.ask_within),
            "variants.on_window": _WINDOWS[clock.supplement.on_window_over],
            "variants.has_paper": bool(procedure.papers),
            "variants.due_soon": self._limit(clock.due_soon),
            "variants.lead": self._limit(clock.apology.lead),
            "variants.most_apologies": clock.apology.max_redatings,
            "variants.extension": -1
            if clock.extension is None
            else self._limit(clock.extension.limit, CountingRule.WHOLE_DAYS if terms is None else terms.rule),
            "variants.most_extensions": 0 if clock.extension is None else clock.extension.max_times,
            "variants.ladder": len(cols["rungs.limit"]),
            "variants.rungs": len(clock.ladder),
            "variants.ground": -1 if stop is None else self.grounds.of(stop.ground),
            "variants.ground_cap": -1 if stop is None else self._limit(stop.cap),
            "variants.priority": variant.priority,
            "variants.intake": self._draw(desk.service),
            "variants.declines": desk.declines,
            "variants.intake_supplement": desk.supplement,
            "variants.apologises": desk.apologises,
            "variants.apology": self._draw(desk.apology),
            "variants.extends": desk.extends if clock.extension is not None else 0.0,
            "variants.supplements": applicants.supplements,
            "variants.supplement_time": self._draw(applicants.supplement_time),
            "variants.withdraws": applicants.withdraws,
            "variants.withdrawal": self._draw(applicants.withdrawal_time),
            "variants.unasked": applicants.unasked,
            "variants.collects": applicants.collects,
            "variants.collection": self._draw(applicants.collection_time),
        }
        for name, value in values.items():
            cols[name].append(value)
        for rung in clock.ladder:
            cols["rungs.limit"].append(self._limit(rung.after))
            cols["rungs.to"].append(_TOLD[rung.to])
        joins = [code for code, node in procedure.nodes.items() if isinstance(node, Join)]
        if len(joins) > 60:
            raise InputError(f"simulation: procedure {procedure.code} has more joins than can be simulated (60)")
        reach = variant.rules.reach if joins else {}
        for node in procedure.nodes.values():
            self.nodes.append(node)
            self.node_variant.append(number)
            treatment = variant.treatments.get(node.code, Treatment())
            self._node(variant, node, treatment, local)
            cols["nodes.join"].append(joins.index(node.code) if isinstance(node, Join) else -1)
            reached = reach.get(node.code, frozenset())
            cols["nodes.reach"].append(sum(1 << place for place, join in enumerate(joins) if join in reached))

    def _node(self, variant: Variant, node: Node, treatment: Treatment, local: dict[str, int]) -> None:
        cols, rules = self.cols, variant.rules
        kind = KINDS[type(node)]
        limit = node.length if isinstance(node, Posting) else getattr(node, "limit", None)
        counting = getattr(node, "counting", CountingRule.WHOLE_DAYS)
        agency = -1
        if isinstance(node, Step | ServiceStep | Consultation | Posting | SubProcedure):
            agency = self._agency(variant, node.role, f"step {node.code} of {rules.procedure.code}")
        outcomes = tuple(dict.fromkeys(edge.outcome for edge in node.edges))
        if isinstance(node, Decision | Split | Join | End):
            outcomes = outcomes[:1]
        weights = _weights(outcomes, treatment.outcomes if not isinstance(node, Posting) else {})
        values: dict[str, Any] = {
            "nodes.kind": kind,
            "nodes.code": self.codes.of(node.code),
            "nodes.place": place_of(node.code),
            "nodes.agency": agency,
            "nodes.limit": self._limit(limit, counting),
            "nodes.from_receipt": isinstance(node, Step) and node.limit_from == "received",
            "nodes.most": getattr(node, "max_entries", 0),
            "nodes.tacit": _place_in(outcomes, node.tacit_outcome)
            if isinstance(node, Step)
            else _place_in(outcomes, node.on_silence)
            if isinstance(node, ApplicantWait)
            else -1,
            "nodes.asks": isinstance(node, Step) and node.may_request_supplement,
            "nodes.outcome": len(cols["outcomes.target"]),
            "nodes.outcomes": len(outcomes),
            "nodes.edge": len(cols["edges"]),
            "nodes.edges": len(node.edges),
            "nodes.back": len(cols["backs"]),
            "nodes.backs": len(node.send_back_to) if isinstance(node, Step) else 0,
            "nodes.stops": isinstance(node, ApplicantWait | Posting) and node.stops_clock,
            "nodes.ground": self.grounds.of(node.ground) if isinstance(node, ApplicantWait | Posting) else -1,
            "nodes.cap": self._limit(node.cap) if isinstance(node, ApplicantWait | Posting) else -1,
            "nodes.pays": isinstance(node, ApplicantWait) and node.purpose is WaitFor.PAY,
            "nodes.end": _ENDS[node.end] if isinstance(node, End) else -1,
            "nodes.target": -1,
            "nodes.edge_taken": -1,
            "nodes.sub": self._sub(variant, node) if isinstance(node, SubProcedure) else -1,
            "nodes.waits": isinstance(node, SubProcedure) and node.wait,
            "nodes.service": self._draw(treatment.service),
            "nodes.delay": self._draw(treatment.delay),
            "nodes.supplement": treatment.supplement,
            "nodes.send_back": treatment.send_back,
            "nodes.answers": treatment.answers,
            "nodes.objection": _place_in(outcomes, "objection") if isinstance(node, Posting) else -1,
            "nodes.objects": treatment.outcomes.get("objection", 0.0) if isinstance(node, Posting) else 0.0,
            "nodes.agreed": _place_in(outcomes, "agreed"),
            "nodes.disagreed": _place_in(outcomes, "disagreed"),
        }
        for outcome, upto in zip(outcomes, weights, strict=True):
            target = next(edge.target for edge in node.edges if edge.outcome == outcome)
            ends = rules.procedure.nodes[target]
            cols["outcomes.target"].append(local[target])
            cols["outcomes.name"].append(self.outcomes.of(outcome))
            cols["outcomes.upto"].append(upto)
            cols["outcomes.refuses"].append(isinstance(ends, End) and ends.end is not EndKind.GRANTED)
        for edge in node.edges:
            cols["edges"].append(local[edge.target])
        for back in node.send_back_to if isinstance(node, Step) else ():
            cols["backs"].append(local[back])
        if isinstance(node, Decision):
            for edge in node.edges:
                if not edge.condition or self._holds(variant, edge.condition, node.code):
                    values |= {
                        "nodes.target": local[edge.target],
                        "nodes.edge_taken": self.conditions.of(edge.condition),
                    }
                    break
        values |= {"nodes.consulted": len(cols["consulted.agency"]), "nodes.consults": 0}
        if isinstance(node, Consultation):
            for asked in node.consulted:
                if asked.condition and not self._holds(variant, asked.condition, node.code):
                    continue
                values["nodes.consults"] += 1
                code = self._agency_code(variant, asked.role, f"consultation {node.code} of {rules.procedure.code}")
                opinion = treatment.opinions.get(code, treatment.opinion)
                self._opinion(opinion)
                cols["consulted.agency"].append(self._office(code, f"consultation {node.code}"))
                cols["consulted.limit"].append(self._limit(asked.limit, asked.counting))
                cols["consulted.silence"].append(_SILENCES[asked.on_silence])
                cols["consulted.place"].append(place_of(f"{node.code}/{code}"))
        for name, value in values.items():
            cols[name].append(value)

    def _opinion(self, opinion: Opinion) -> None:
        for name, value in {
            "consulted.service": self._draw(opinion.service),
            "consulted.delay": self._draw(opinion.delay),
            "consulted.silent": opinion.silent,
            "consulted.disagrees": opinion.disagrees,
            "consulted.no_position": opinion.no_position,
        }.items():
            self.cols[name].append(value)

    def _holds(self, variant: Variant, condition: str, place: str) -> bool:
        return evaluate(condition, data=dict(variant.data), channel=variant.channel, papers=(), place=f"step {place!r}")

    def _agency_code(self, variant: Variant, role: str, what: str) -> str:
        empty = Dossier(dossier_id=what, desk=variant.desk, data=dict(variant.data), channel=variant.channel)
        return variant.rules.agency_for(role, empty, self.model.start).code

    def _agency(self, variant: Variant, role: str, what: str) -> int:
        return self._office(self._agency_code(variant, role, what), what)

    def _sub(self, variant: Variant, node: SubProcedure) -> int:
        desk = self._agency_code(variant, node.role, f"step {node.code}")
        fitting = [
            number
            for number, one in enumerate(self.model.variants)
            if one.rules.procedure.code == node.procedure and one.only_as_part
        ]
        best = [n for n in fitting if self.model.variants[n].desk == desk] or fitting
        if variant.only_as_part:
            raise InputError(f"simulation {self.model.name}: {variant.name} is a part and may have no parts itself")
        if not best:
            raise InputError(f"simulation {self.model.name}: step {node.code} needs a kind for {node.procedure}")
        return best[0]

    # offices, officers, policies

    queues: int
    parents: dict[str, str]

    def _offices(self) -> None:
        cols, model = self.cols, self.model
        officer = 0
        classes: dict[tuple[int, ...], int] = {}
        queue_of_class: list[int] = []
        members: list[tuple[int, ...]] = []
        queues = 0
        served: dict[int, list[int]] = {}
        codes = list(self.codes.known)
        by_class: list[list[int]] = []
        self.parents = parents = {
            code: agency.parent
            for variant in model.variants
            for code, agency in variant.rules.directory.agencies.items()
        }

        def class_of(able: tuple[int, ...], autonomy: int) -> int:
            nonlocal queues
            if able not in classes:
                classes[able] = len(classes)
                members.append(able)
                if autonomy == 0:
                    queue_of_class.append(queues)
                    for one in able:
                        served.setdefault(one, []).append(queues)
                    queues += 1
                else:
                    queue_of_class.append(-1)
            return classes[able]

        for number, office in enumerate(model.offices):
            if not office.officers:
                raise InputError(
                    f"simulation {model.name}: agency {office.code!r} has no officer; give it at least one"
                )
            first = officer
            for one in office.officers:
                cols["staff.office"].append(number)
                cols["staff.calendar"].append(self._calendar(one.calendar))
                cols["staff.pace"].append(one.pace)
                officer += 1
            everybody = tuple(range(first, officer))
            cols["offices.calendar"].append(self._calendar(office.calendar))
            cols["offices.parent"].append(self.offices.get(parents.get(office.code, ""), -1))
            cols["offices.discipline"].append(int(office.discipline))
            cols["offices.autonomy"].append(int(office.autonomy))
            cols["offices.officer"].append(first)
            cols["offices.officers"].append(len(office.officers))
            autonomy = int(office.autonomy)

            def able(names: Iterable[str], office: Any = office, first: int = first) -> tuple[int, ...]:  # noqa: ANN401
                wanted = set(names)
                return tuple(
                    first + place for place, one in enumerate(office.officers) if not one.steps or one.steps & wanted
                )

            takers = tuple(first + place for place, one in enumerate(office.officers) if one.takes_intake)
            cols["offices.intake"].append(class_of(takers or everybody, autonomy))
            row = []
            for code in codes:
                row.append(class_of(able([code]) or everybody, autonomy))
                row.append(class_of(able([code, "opinion"]) or everybody, autonomy))
            by_class.append(row)
        self.arrays["of_class"] = np.array(by_class, dtype=np.int64).reshape(len(model.offices), len(codes), 2)
        for able_ones, queue in zip(members, queue_of_class, strict=True):
            cols["classes.officer"].append(len(cols["members"]))
            cols["classes.officers"].append(len(able_ones))
            cols["classes.queue"].append(queue)
            cols["members"] += able_ones
        autonomies = [int(model.offices[g].autonomy) for g in cols["staff.office"]]
        for number, autonomy in enumerate(autonomies):
            own = -1
            if autonomy:
                own = queues
                queues += 1
                served[number] = [own]
            mine = served.get(number, [])
            cols["staff.own"].append(own)
            cols["staff.queue"].append(len(cols["served"]))
            cols["staff.queues"].append(len(mine))
            cols["served"] += mine
        self.queues = queues

    def _policies(self) -> None:
        cols, model = self.cols, self.model
        listed: list[int] = []
        for office in model.offices:
            mine = [number for number, policy in enumerate(model.policies) if policy.agency == office.code]
            cols["offices.policy"].append(len(listed))
            cols["offices.policies"].append(len(mine))
            listed += mine
        passing_on = {Conduct.PING_PONG, Conduct.REFERS_UP}
        bouncing = [number for number in listed if model.policies[number].conduct in passing_on]
        if len(bouncing) > MOST_BOUNCERS:
            raise InputError(
                f"simulation {model.name}: {len(bouncing)} policies pass dossiers on; at most {MOST_BOUNCERS} can"
            )
        for number in listed:
            policy = model.policies[number]
            cols["policies.index"].append(number)
            cols["policies.conduct"].append(int(policy.conduct))
            cols["policies.strength"].append(policy.strength)
            cols["policies.partner"].append(self.offices.get(policy.partner, -1))
            cols["policies.length"].append(self._draw(policy.length))
            cols["policies.bounces"].append(bouncing.index(number) if number in bouncing else -1)
        fits = [
            [not model.policies[number].steps or code in model.policies[number].steps for code in self.codes.known]
            for number in listed
        ]
        self.arrays["fits"] = np.array(fits, dtype=np.int64).reshape(len(listed), len(self.codes.known))

    def _needless(self) -> None:
        """The last row of ``consulted`` is an opinion that nobody planned: half a day of work, always answered."""
        for name, value in {
            "consulted.agency": -1,
            "consulted.limit": self._limit(parse_limit(NEEDLESS_LIMIT), CountingRule.WHOLE_DAYS),
            "consulted.silence": _SILENCES[OnSilence.ESCALATE],
            "consulted.place": 0,
        }.items():
            self.cols[name].append(value)
        self._opinion(Opinion(service=Draw(a=4 * 3600)))

    def _lists(self) -> None:
        """Put the lists of nodes and officers one behind the other; the records then say where in all of them."""
        lists: list[int] = []
        for table, column, name in (
            ("nodes", "edge", "edges"),
            ("nodes", "back", "backs"),
            ("classes", "officer", "members"),
            ("staff", "queue", "served"),
        ):
            self.arrays[table][column] += len(lists)
            lists += self.cols[name]
        self.arrays["lists"] = np.array([*lists, 0], dtype=np.int64)

    # draws and calendars

    def _draw_columns(self) -> None:
        cols = self.cols
        for draw in self.draws:
            cols["draws.law"].append(int(draw.law))
            cols["draws.a"].append(draw.a)
            cols["draws.b"].append(draw.b)
            cols["draws.first"].append(len(cols["numbers"]))
            cols["draws.count"].append(len(draw.table))
            cols["draws.of_term"].append(draw.of_term)
            cols["numbers"] += draw.table
        cols["numbers"].append(0.0)

    def _calendar_columns(self) -> None:
        cols = self.cols
        for calendar in self.calendars:
            table = calendar.table
            days = len(table.dates)
            cols["calendars.window"].append(len(cols["windows.opens"]))
            cols["calendars.day"].append(len(cols["days.midnight"]))
            cols["calendars.days"].append(days)
            cols["calendars.worked"].append(len(cols["worked.opening"]))
            cols["calendars.office_day"].append(calendar.office_day)
            last = 1 << 60
            cols["windows.opens"] += [*table.opens, last]
            cols["windows.closes"] += [*table.closes, last]
            cols["windows.until"] += [*table.until, last]
            cols["windows.shift"] += [*table.shift, 0]
            cols["windows.day"] += [*table.window_day, days]
            # One entry more a day than there are days, so that all that is by day lies side by side.
            firsts = np.searchsorted(np.array(table.opens), np.array(table.midnights), side="right") - 1
            cols["days.window"] += firsts.tolist()
            cols["days.midnight"] += table.midnights
            cols["days.rank"] += table.rank
            cols["days.plain"] += [*table.plain, True]
            cols["days.date"] += [*(y * 10_000 + m * 100 + d for y, m, d in table.dates), 0]
            cols["worked.opening"] += [*table.openings, last]
            cols["worked.closing"] += [*table.closings, last]


KINDS: Final[dict[type, int]] = {
    Step: STEP,
    ServiceStep: SERVICE,
    Consultation: CONSULTATION,
    ApplicantWait: APPLICANT,
    Posting: POSTING,
    SubProcedure: SUB_DOSSIER,
    Decision: DECISION,
    Split: SPLIT,
    Join: JOIN,
    End: END,
}


def _weights(outcomes: tuple[str, ...], named: Any) -> list[float]:  # noqa: ANN401  a mapping of chances
    """Return the chances of outcomes added up; see `Treatment.outcomes`."""
    if not outcomes:
        return []
    known = {outcome: float(named[outcome]) for outcome in outcomes if outcome in named}
    if not known:
        return [1.0] * len(outcomes)
    rest = [outcome for outcome in outcomes if outcome not in known]
    left = max(0.0, 1.0 - sum(known.values())) / len(rest) if rest else 0.0
    chances = [known.get(outcome, left) for outcome in outcomes]
    total = sum(chances) or 1.0
    upto, found = 0.0, []
    for chance in chances:
        upto += chance / total
        found.append(upto)
    return found


def _place_in(outcomes: tuple[str, ...], outcome: str) -> int:
    return outcomes.index(outcome) if outcome in outcomes else -1


def _counted(limit: Limit, rule: CountingRule) -> tuple[str, float]:
    whole = rule is CountingRule.WHOLE_DAYS
    match limit:
        case OfficeHours(n):
            return "office_seconds", round(n * 3600)
        case ElapsedHours(n):
            return "elapsed", round(n * 3600)
        case SameDay():
            return "same_day", 0
        case WorkingDays(n) if whole and n == int(n):
            return "whole_days", int(n)
        case WorkingDays(n):
            return "working_days", n
        case CalendarDays(n):
            return ("days_whole" if whole else "days"), n
        case Months(n):
            return ("months_whole" if whole else "months"), n


def rules_of(model: Model, variant: int) -> Rules:
    """Return the rules of a kind of dossier."""
    return model.variants[variant].rules
