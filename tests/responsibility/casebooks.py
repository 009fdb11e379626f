"""Small casebooks for tests of signals: a few dossiers, holds and acts, with wall-clock times as people write them.

>>> a = book(
...     [dossier("2026-03-02 08:00", due="2026-03-09 17:00", ended="2026-03-06 10:00")],
...     [hold(0, "dept", "2026-03-02 08:00", "2026-03-06 10:00")],
...     [act(0, "2026-03-03 09:00", "supplement_requested", "dept")],
... )
>>> a.holds["step"].to_list(), a.tiles["kind"].to_list()
(['appraise'], ['authority'])

2026-03-02 is a Monday. Offices are open Monday to Friday, 07:30-11:30 and 13:00-17:00 (8 hours), without holidays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from engine import events as ev
from engine.calendar import WorkingCalendar
from engine.casebook import ACTS, DOSSIERS, HOLDS, INSTANT, TILES, Casebook, fitted
from engine.instants import parse_instant, to_seconds
from engine.ledger import Segment, TimeKind, tile
from engine.responsibility.signal import Found

ZONE = "Asia/Ho_Chi_Minh"
NOW = "2026-06-30 17:00"
FACTS_OF_LIFE = (
    *("officers", "agencies", "queue", "recorded", "step_due", "applicants", "documents", "due", "waiting"),
    "directory",
    "levels",
)
EVERYTHING = frozenset(
    {str(kind.__struct_config__.tag).rsplit(".", 1)[0] for kind in ev.Fact.__subclasses__()} | set(FACTS_OF_LIFE)
)
"""All a source can tell."""

Row = dict[str, Any]


@cache
def calendar(zone: str = ZONE, first: date = date(2025, 1, 1), last: date = date(2027, 12, 31)) -> WorkingCalendar:
    office = ((27_000, 41_400), (46_800, 61_200))
    return WorkingCalendar.build(
        code="office", zone=zone, first_day=first, last_day=last, week=(*([office] * 5), (), ())
    )


def at(text: str, zone: str = ZONE) -> int:
    """Return epoch seconds of a wall-clock time such as ``2026-03-02 08:00``."""
    return to_seconds(parse_instant(text, zone))


def dossier(received: str | None, due: str | None = None, ended: str | None = None, **more: Any) -> Row:
    """A dossier; ``submitted`` is when it was received, ``outcome`` granted once it ended, unless said otherwise."""
    given = {"received": received, "due": due, "ended": ended, "submitted": received}
    usual = {"procedure": "1.000001", "desk": "desk", "channel": "direct", "origin": "live", "is_waiting": False}
    return usual | {"outcome": "granted" if ended else None} | given | more


def hold(nr: int, agency: str | None, since: str, until: str | None = None, **more: Any) -> Row:
    """A hold of dossier ``nr``; taken up as it begins, unless said otherwise. Numbered within the dossier from 1."""
    usual = {"step": "appraise", "work": "step", "officer": "an", "is_system": False, "taken_up": since, "entry": 1}
    usual |= {"kind": "authority", "lead_hold": 0, "outcome": "done" if until else None}
    return usual | {"nr": nr, "agency": agency, "since": since, "until": until} | more


def act(nr: int, when: str, name: str, agency: str | None = None, **more: Any) -> Row:
    """An act on dossier ``nr``, with reason, legal basis and document, recorded at once, unless said otherwise."""
    usual = {"recorded": when, "by": "an", "hold": 0, "has_reason": True, "has_basis": True, "has_document": True}
    found = usual | {"nr": nr, "at": when, "act": name, "agency": agency} | more
    by = str(found["by"] or "")
    return {"is_system": by == ev.SYSTEM or by.startswith(f"{ev.SYSTEM}:")} | found


def book(
    dossiers: Sequence[Row],
    holds: Iterable[Row] = (),
    acts: Iterable[Row] = (),
    *,
    stops: Iterable[tuple[int, str, str | None, str]] = (),
    now: str = NOW,
    zone: str = ZONE,
    tells: Iterable[str] = EVERYTHING,
    **more: Any,
) -> Casebook:
    """Return the casebook of some dossiers, numbered from 0.

    Args:
        dossiers: rows of `dossier`.
        holds: rows of `hold`, in the order they began.
        acts: rows of `act`, in the order of the log.
        stops: (dossier, since, until, ground) in which the legal clock stood still: the applicant's time.
        now: wall-clock time of judgement.
        zone: in which all times are written.
        tells: what the source tells.
        more: further attributes of `Casebook`.
    """
    rows = [
        {"nr": nr, "dossier": f"H-{nr:04}", "dossier_id": f"id-{nr:04}", "applicant": f"person-{nr}"} | one
        for nr, one in enumerate(dossiers)
    ]
    numbered = _numbered(holds, "hold")
    standing = list(stops)
    return Casebook(
        name="test",
        zone=zone,
        now=at(now, zone),
        calendar=calendar(zone),
        dossiers=_frame(rows, DOSSIERS, zone),
        holds=_frame(numbered, HOLDS, zone).sort("nr", maintain_order=True),
        tiles=_frame(_tiles(rows, numbered, standing, now, zone), TILES, zone),
        acts=_frame(_numbered(acts, "version"), ACTS, zone).sort("nr", maintain_order=True),
        tells=frozenset(tells),
        **more,
    )


def counted(found: Found) -> list[tuple[int, str | None]]:
    """Return dossier and agency of each occurrence that no counter-evidence clears."""
    return found.hits.filter(pl.col("excused").is_null()).select("nr", "agency").rows()


def excused(found: Found) -> list[tuple[int, str]]:
    """Return dossier and excuse of each occurrence that counter-evidence clears."""
    return found.hits.filter(pl.col("excused").is_not_null()).select("nr", "excused").rows()


def chances(found: Found) -> dict[str, int]:
    """Return how often each agency had the opportunity."""
    return dict(found.chances.rows())


def _numbered(rows: Iterable[Row], name: str) -> list[Row]:
    seen: dict[int, int] = {}
    numbered = []
    for row in rows:
        seen[row["nr"]] = seen.get(row["nr"], 0) + 1
        numbered.append({name: seen[row["nr"]]} | row)
    return numbered


def _tiles(
    rows: Sequence[Row],
    holds: Sequence[Row],
    stops: Sequence[tuple[int, str, str | None, str]],
    now: str,
    zone: str,
) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        begun, ended = row["received"] or row["submitted"], at(row["ended"] or now, zone)
        if begun is None or at(begun, zone) >= ended:
            continue
        claims = [
            Segment(
                TimeKind(one["kind"]),
                at(one["since"], zone),
                max(at(one["until"] or now, zone), at(one["since"], zone)),
                who=one["agency"] or "" if one["kind"] in {"authority", "other_agency"} else "",
                step=one["step"],
            )
            for one in holds
            if one["nr"] == row["nr"]
        ]
        claims += [
            Segment(TimeKind.APPLICANT, at(since, zone), at(until or now, zone), ground=ground)
            for nr, since, until, ground in stops
            if nr == row["nr"]
        ]
        found += [
            {"nr": row["nr"], "since": t.since, "until": t.until, "kind": t.kind.value}
            | {"who": t.who, "step": t.step, "ground": t.ground}
            for t in tile(claims, at(begun, zone), ended)
        ]
    return found


def _frame(rows: Sequence[Row], schema: pl.Schema, zone: str) -> pl.DataFrame:
    """Return rows as a frame; texts in the place of instants are wall-clock times, whole numbers epoch seconds."""
    instants = [name for name, dtype in schema.items() if dtype == INSTANT]
    seconds = [row | {name: at(row[name], zone) for name in instants if isinstance(row.get(name), str)} for row in rows]
    further = {name: pl.String for row in rows for name in row if name not in schema}
    given = {name: pl.Int64 if dtype == INSTANT else dtype for name, dtype in schema.items()} | further
    frame = pl.DataFrame([{name: row.get(name) for name in given} for row in seconds], schema=given)
    frame = frame.with_columns((pl.col(name) * 1_000_000).cast(INSTANT) for name in instants)
    return fitted(frame, schema)
