"""Small builders for engine tests: one desk, a few agencies, and procedures of a handful of steps."""

from dataclasses import replace
from datetime import date, time

from engine import commands as co
from engine import events as ev
from engine.advance import advance
from engine.cited import Source, Title
from engine.clock import Terms
from engine.decide import decide
from engine.directory import Agency, Directory, Officer, Territory
from engine.dossier import Dossier, Hold, evolve
from engine.expire import expire
from engine.instants import parse_instant, to_datetime, to_seconds
from engine.limits import parse_limit
from engine.procedure import (
    ApologyPolicy,
    ClockPolicy,
    Edge,
    End,
    EndKind,
    ExtensionPolicy,
    Jurisdiction,
    LegalLimit,
    Node,
    Paper,
    Procedure,
    Role,
    Rung,
    Step,
    StopPolicy,
    SupplementEffect,
    SupplementPolicy,
    WindowOver,
)
from engine.rules import Rules
from procedures.calendars import load_calendar

ZONE = "Asia/Ho_Chi_Minh"
SOURCE = Source(text="a test")
AGENCIES = ("desk", "land", "tax", "police")
VN = load_calendar("vn")


def t(text: str) -> int:
    """Epoch seconds of a Vietnamese wall-clock time."""
    return to_seconds(parse_instant(text, ZONE))


def clock_face(at: int | None) -> str:
    """The Vietnamese wall-clock time of an instant; empty for none."""
    return "" if at is None else to_datetime(at, ZONE).format("YYYY-MM-DD HH:mm")


def name(text: str) -> Title:
    return Title(vi=text, en=text)


def step(code: str, role: str = "land", **more) -> Step:
    edges = more.pop("edges", (Edge(target="granted"),))
    return Step(code=code, title=name(code), role=role, edges=edges, source=SOURCE, **more)


def policy(**more) -> ClockPolicy:
    supplement = SupplementPolicy(
        effect=more.pop("effect", SupplementEffect.PAUSE),
        max_requests=more.pop("max_requests", 2),
        source=SOURCE,
        window=parse_limit("7 working days"),
        ask_within=parse_limit("3 working days"),
        on_window_over=more.pop("on_window_over", WindowOver.STOP),
    )
    values = {
        "supplement": supplement,
        "apology": ApologyPolicy(lead=parse_limit("1 working day"), max_redatings=1, source=SOURCE),
        "stops": (
            StopPolicy(ground="force_majeure", title=name("flood"), source=SOURCE, cap=parse_limit("5 working days")),
        ),
        "extension": ExtensionPolicy(limit=parse_limit("5 working days"), max_times=1, source=SOURCE),
        "intake_within": parse_limit("8 office hours"),
        "ladder": (
            Rung(after=parse_limit("1 working day"), to="desk", source=SOURCE),
            Rung(after=parse_limit("3 working days"), to="parent", source=SOURCE),
        ),
    }
    return ClockPolicy(**(values | more))


def procedure(*nodes: Node, limit: str = "10 working days", cutoff: time | None = None, **clock) -> Procedure:
    ends = [
        End(code=kind.value, title=name(kind.value), end=kind)
        for kind in EndKind
        if not any(node.code == kind.value for node in nodes)
    ]
    every = {node.code: node for node in (*nodes, *ends)}
    return Procedure(
        code="9.000001",
        version=1,
        title=name("test"),
        field=name("field"),
        field_code="field",
        level="commune",
        calendar="vn",
        in_force_from=date(2020, 1, 1),
        in_force_to=None,
        legal_basis=(SOURCE,),
        limits=(
            LegalLimit(channels=frozenset({"direct"}), terms=Terms(parse_limit(limit), cutoff=cutoff), source=SOURCE),
        ),
        clock=policy(**clock),
        roles={
            code: Role(
                code=code,
                agency_kind=code,
                jurisdiction=Jurisdiction.RECEIVING if code == "desk" else Jurisdiction.PROVINCE,
                title=name(code),
            )
            for code in AGENCIES
        },
        nodes=every,
        start=nodes[0].code,
        desk="desk",
        papers=(Paper(code="form", title=name("form")),),
    )


def directory(**changes: Agency) -> Directory:
    agencies = {
        code: Agency(
            code=code,
            kind=code,
            level="province",
            territory="p",
            identifier="H61.12",
            title_vi=code,
            title_en=code,
            calendar="vn",
            source=SOURCE,
            parent="" if code == "desk" else "desk",
        )
        for code in AGENCIES
    }
    return Directory(
        code="test",
        agencies=agencies | changes,
        officers={f"{code}.1": Officer(code=f"{code}.1", agencies=frozenset({code})) for code in (*AGENCIES, *changes)},
        territories={"p": Territory(code="p", level="province", title_vi="P", title_en="P")},
    )


class Case:
    """A dossier and its rules; commands read like sentences."""

    def __init__(self, made: Procedure, where: Directory | None = None) -> None:
        self.rules = Rules(procedure=made, calendars={"vn": VN}, directory=where or directory())
        self.dossier = Dossier()
        self.facts: list[ev.Fact] = []

    def received(self, at: str, **more) -> "Case":
        self.act(co.Submit, at, "desk", dossier_id="d1", procedure="9.000001", applicant="a1", **more)
        self.act(co.Receive, at, "desk", serial=1)
        return self.moved(at)

    def act(self, kind: type[co.Command], at: str, agency: str, **more) -> tuple[ev.Fact, ...]:
        """Do it as the agency's first officer; fold what results."""
        command = kind(**({"at": t(at), "by": f"{agency}.1", "agency": agency} | more))
        before = self.dossier if self.dossier.submitted_at is not None else None
        facts = decide(before, command, self.rules)
        for fact in facts:
            evolve(self.dossier, fact)
        self.facts.extend(facts)
        return facts

    def moved(self, at: str) -> "Case":
        self.facts.extend(advance(self.dossier, self.rules, t(at)).facts)
        return self

    def waited(self, until: str) -> list[ev.Fact]:
        """Let time pass and drive; return what time did."""
        found = expire(self.dossier, self.rules, t(until))
        self.facts.extend(found)
        self.moved(until)
        return found

    def hold(self, code: str) -> Hold:
        """The open hold of a step (the agency that was asked, for opinions)."""
        return next(hold for hold in self.dossier.holds_now() if code in {hold.step, hold.agency})

    @property
    def open_steps(self) -> list[str]:
        return sorted(hold.step for hold in self.dossier.holds_now())


def kinds(facts) -> list[str]:
    return [type(fact).__name__ for fact in facts]


def rule_names(facts) -> list[str]:
    return [fact.rule for fact in facts if isinstance(fact, ev.RuleBreached | ev.RuleBreachAttempted)]


def ended(agency: Agency, day: date, successor: str) -> Agency:
    return replace(agency, valid_to=day, successor=successor)
