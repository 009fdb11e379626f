"""The history of one dossier of a foreign log, told as facts (`origin` ``"replay"``).

The log tells when each step was completed, by whom, in which agency. What is added is only what that implies: the
dossier lay with the agency of an event since the event before it (or since work began, where the log says so).
Nothing is decided, nothing repaired: what contradicts itself in the log does so here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import polars as pl

from engine import events as ev
from engine.dossier import Dossier, Work, replay
from store.mapping import Mapping
from store.values import Change
from workflows.foreign import ForeignLog

ORIGIN: Final = "replay"


class ForeignEvent(NamedTuple):
    """One completed step; instants in epoch seconds, ``started`` None where the log is silent, texts None if blank."""

    at: int
    started: int | None
    step: str
    agency: str | None
    officer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDossier:
    """One dossier of the log; ``received`` is its first event where the log tells no receipt. Epoch seconds."""

    dossier: str
    received: int
    due: int | None
    ended: int | None
    channel: str
    data: MappingOf[str, Any]
    events: Sequence[ForeignEvent]


def dossiers_of(foreign: ForeignLog, first: int, count: int) -> list[ForeignDossier]:
    """Return ``count`` dossiers of a log from number ``first`` on, in whole seconds (fractions floored).

    An end that came after the due instant but within the same second is told in the next one: late stays late.
    """
    rows = foreign.dossiers.slice(first, count).with_columns(pl.col("channel").fill_null(""))
    late = rows["ended"] > rows["due"]
    rows = rows.with_columns(*(_seconds(name) for name in ("begun", "due", "ended")))
    rows = rows.with_columns(pl.col("ended") + (late & (pl.col("ended") == pl.col("due"))).fill_null(value=False))
    before = int(foreign.dossiers["events"].head(first).sum())
    events = foreign.events.slice(before, int(rows["events"].sum())).select(
        _seconds("at"), _seconds("started"), "step", "agency", "officer"
    )
    listed = list(map(ForeignEvent._make, events.iter_rows()))
    extra = {name: f"data.{name}" for name in foreign.mapping.attributes}
    found: list[ForeignDossier] = []
    at = 0
    for row in rows.iter_rows(named=True):
        upto = at + row["events"]
        found.append(
            ForeignDossier(
                dossier=row["dossier"],
                received=row["begun"],
                due=row["due"],
                ended=row["ended"],
                channel=row["channel"],
                data={name: row[column] for name, column in extra.items() if row[column] is not None},
                events=listed[at:upto],
            )
        )
        at = upto
    return found


def dossier_id_of(mapping: Mapping, dossier: ForeignDossier) -> str:
    """Return the dossier's id: shaped as a UUIDv7 of its receipt, and always the same for the same log and case."""
    digest = hashlib.sha256(f"{mapping.log}\0{dossier.dossier}".encode()).digest()
    moment = max(dossier.received, 0) * 1000 & (1 << 48) - 1
    number = int.from_bytes(digest[:10], "big")
    return str(UUID(int=moment << 80 | 7 << 76 | (number >> 62 & 0xFFF) << 64 | 2 << 62 | number & (1 << 62) - 1))


def dossier_no_of(mapping: Mapping, dossier: ForeignDossier) -> str:
    """Return the number people will know the dossier by: the mapping's prefix and the case's identifier."""
    return mapping.prefix + dossier.dossier


def facts_of(mapping: Mapping, dossier: ForeignDossier, *, recorded_at: int) -> list[ev.Fact]:
    """Return the dossier's facts in the order of the log, recorded at ``recorded_at`` (epoch seconds)."""
    desk, received = mapping.desk, dossier.received
    common: dict[str, Any] = {"recorded_at": recorded_at, "origin": ORIGIN}
    facts: list[ev.Fact] = [
        ev.Submitted(
            occurred_at=received,
            by=ev.APPLICANT,
            agency=desk,
            dossier_id=dossier_id_of(mapping, dossier),
            procedure=mapping.procedure,
            procedure_version=mapping.procedure_version,
            channel=dossier.channel,
            applicant="",
            data={"log": mapping.log, "case": dossier.dossier, **dossier.data},
            **common,
        ),
        ev.Received(
            occurred_at=received,
            agency=desk,
            dossier_no=dossier_no_of(mapping, dossier),
            counted_from=received,
            due=dossier.due,
            **common,
        ),
    ]
    holder, holder_hold, before, last_step = "", 0, received, ""
    entries: dict[str, int] = {}
    for hold, event in enumerate(dossier.events, start=1):
        agency = event.agency or ""
        # A hold never begins after it ends: where the log runs backwards it begins when it ends.
        opened = min(before if event.started is None else event.started, event.at)
        entries[event.step] = entry = entries.get(event.step, 0) + 1
        facts.append(
            ev.StepOpened(
                occurred_at=opened,
                agency=agency,
                hold=hold,
                step=event.step,
                work=Work.STEP.value,
                entry=entry,
                arrived_from=last_step,
                **common,
            )
        )
        if agency and holder and agency != holder:
            facts.append(
                ev.HandedOver(
                    occurred_at=opened,
                    agency=agency,
                    hold=hold,
                    step=event.step,
                    from_agency=holder,
                    to_agency=agency,
                    from_hold=holder_hold,
                    **common,
                )
            )
        facts.append(
            ev.StepDone(
                occurred_at=event.at,
                by=_who(mapping, event.officer),
                agency=agency,
                hold=hold,
                outcome="done",
                **common,
            )
        )
        if agency:
            holder, holder_hold = agency, hold
        before, last_step = event.at, event.step
    if dossier.ended is not None:
        facts.append(ev.ResultDecided(occurred_at=dossier.ended, agency=desk, **common))
    else:
        facts.append(
            ev.StepOpened(
                occurred_at=before,
                agency=holder or desk,
                hold=len(dossier.events) + 1,
                step=mapping.after_log,
                entry=entries.get(mapping.after_log, 0) + 1,
                work=Work.STEP.value,
                arrived_from=last_step,
                **common,
            )
        )
    return facts


def change_of(mapping: Mapping, dossier: ForeignDossier, *, recorded_at: int) -> Change:
    """Return the dossier's whole history as one change to an empty dossier; time alone never moves it."""
    facts = facts_of(mapping, dossier, recorded_at=recorded_at)
    state: Dossier = replay(facts)
    return Change(dossier=state, facts=facts, expected=0, wake_at=None)


def _seconds(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("us").floordiv(1_000_000).alias(name)


def _who(mapping: Mapping, officer: str | None) -> str:
    if officer is None:
        return ""
    return f"{ev.SYSTEM}:{officer}" if officer in mapping.system else officer
