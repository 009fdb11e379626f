"""Small models by hand: one desk, three agencies and procedures of a step or two."""

from dataclasses import replace

import numpy as np

from engine import events as ev
from engine.directory import Officer as Person
from engine.limits import parse_limit
from engine.procedure import Consultation, Consulted, Edge, OnSilence, Posting
from engine.rules import Rules
from engine.simulation.chance import place_of, uniform
from engine.simulation.model import Applicants, Arrivals, Draw, Model, Office, Officer, Opinion, Treatment, Variant
from tests.engine.house import AGENCIES, SOURCE, VN, clock_face, directory, name, procedure, step, t

HOUR = 3600
KEY = 20_260_907


def where():
    """The test directory, with two officers in each agency."""
    found = directory()
    people = {f"{code}.{nth}": Person(code=f"{code}.{nth}", agencies=frozenset({code})) for code in AGENCIES for nth in (1, 2)}  # fmt: skip  # noqa: E501
    return replace(found, officers=people)


def kind(made, service=None, **more):
    """Dossiers of one procedure; ``service`` are the office hours of its nodes, by code."""
    treatments = {code: Treatment(service=Draw(a=hours * HOUR)) for code, hours in (service or {}).items()}
    values = {
        "name": "kind",
        "rules": Rules(procedure=made, calendars={"vn": VN}, directory=where()),
        "desk": "desk",
        "channel": "direct",
        "treatments": treatments,
        "applicants": Applicants(collects=0.0),
    }
    return Variant(**(values | more))


def model(*variants, officers=1, policies=(), until="2026-12-01 00:00", **office):
    """One officer at each agency; at the land office ``officers``."""
    offices = tuple(
        Office(
            code=code,
            calendar=VN,
            officers=tuple(
                Officer(code=f"{code}.{nth + 1}", calendar=VN) for nth in range(officers if code == "land" else 1)
            ),
            **(office if code == "land" else {}),
        )
        for code in AGENCIES
    )
    return Model(
        name="small",
        start=t("2026-09-07 00:00"),
        until=t(until),
        variants=variants,
        offices=offices,
        policies=tuple(policies),
    )


def arrivals(*when, variants=()):
    return Arrivals(
        at=np.array([t(text) for text in when], dtype=np.int64),
        variant=np.array(variants or [0] * len(when), dtype=np.int32),
        key=np.arange(KEY, KEY + len(when), dtype=np.uint64),
    )


def times(facts, *wanted):
    """When facts of some kinds happened, in order."""
    return [clock_face(fact.occurred_at) for fact in facts if isinstance(fact, wanted)]


def at_work(facts):
    """When work on steps began and ended."""
    return times(facts, ev.TakenUp, ev.StepDone)


def chance(purpose, code="", turn=0, key=KEY):
    return float(uniform(np.uint64(key), purpose, place_of(code) if code else 0, turn))


CHECK = procedure(step("check"))


def asking(on_silence=OnSilence.ESCALATE):
    asked = tuple(
        Consulted(role=role, limit=parse_limit("2 working days"), on_silence=on_silence, source=SOURCE)
        for role in ("tax", "police")
    )
    edges = (Edge(target="granted", outcome="agreed"), Edge(target="denied", outcome="disagreed"))
    return procedure(Consultation(code="ask", title=name("ask"), role="land", consulted=asked, edges=edges))


def consulting(made, **opinions):
    treatment = Treatment(
        service=Draw(a=HOUR),
        opinions={code: Opinion(silent=silent) for code, silent in opinions.items()},
        opinion=Opinion(service=Draw(a=2 * HOUR)),
    )
    return kind(made, treatments={"ask": treatment})


def posting(**outcomes):
    post = Posting(
        code="post",
        title=name("post"),
        role="land",
        length=parse_limit("15 calendar days"),
        source=SOURCE,
        edges=(Edge(target="granted"), Edge(target="denied", outcome="objection")),
    )
    return kind(procedure(post), treatments={"post": Treatment(outcomes=outcomes)})
