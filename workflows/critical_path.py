"""The way still to go: for each open dossier the office time that its procedure still lays down, on the longest way.

What the holds open now have left, and after them the longest of the ways to an end (loops run once, of parallel
branches the longer). Terms of later steps are counted as if they began now: in office time that differs only where a
term is written in calendar days or months. Left out is time in which the clock stands still, and terms that count from
receipt, for they run already. What the law lays down is no forecast: it tells how much slack is left if everybody after
uses all of his term.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook
from engine.counting import Terms, due_at
from engine.errors import InputError
from engine.graph import forward_graph, stands_still, topological
from engine.path_terms import node_terms
from engine.procedure import Node, Procedure, Step
from store import Store
from workflows.rulebook import Rulebook

PAGE: Final = 1_000


def critical_paths(store: Store, rulebook: Rulebook, book: Casebook) -> pl.DataFrame:
    """Return ``nr`` and ``critical`` (office seconds on the desk's calendar) of open live dossiers of a casebook.

    Left out are dossiers whose procedure is not published and those that lie at no step.

    Raises:
        BeyondCalendarError: a term reaches beyond the calendar's known days.
    """
    versions = _versions(store)
    main = book.holds.filter(pl.col("until").is_null() & ((pl.col("work") != "opinion") | (pl.col("lead_hold") == 0)))
    own = book.dossiers.filter(pl.col("ended").is_null()).select("nr", "dossier_id", "procedure", "desk")
    held = main.join(own, on="nr").select("nr", "dossier_id", "procedure", "desk", "step", pl.col("due").dt.epoch("s"))
    after: dict[tuple[str, int, str], dict[str, tuple[int, int]]] = {}
    found: dict[int, int] = {}
    for nr, dossier_id, procedure, desk, step, due in held.iter_rows():
        if dossier_id not in versions:
            continue
        calendar = book.calendar_of(desk)
        key = (procedure, versions[dossier_id], calendar.digest)
        if key not in after:
            after[key] = _known(rulebook, key[0], key[1], calendar, book.now)
        if step not in after[key]:
            continue
        whole, rest = after[key][step]
        here = whole if due is None else calendar.seconds_between(book.now, max(due, book.now))
        found[nr] = max(found.get(nr, 0), here + rest)
    return pl.DataFrame(
        {"nr": list(found), "critical": list(found.values())}, schema={"nr": pl.UInt32, "critical": pl.Int64}
    )


def lengths(procedure: Procedure, calendar: WorkingCalendar, now: int) -> dict[str, tuple[int, int]]:
    """Return for each node its own term and the longest way after it, in office seconds.

    Args:
        procedure: the procedure.
        calendar: on which terms are counted.
        now: when they are taken to begin, epoch seconds.

    Raises:
        BeyondCalendarError: a term reaches beyond the calendar's known days.
    """
    forward = forward_graph(procedure)
    order = {code: place for place, code in enumerate(procedure.nodes)}
    own = {code: _own(procedure.nodes[code], calendar, now) for code in forward}
    rest: dict[str, int] = {}
    for code in reversed(list(topological(forward, order))):
        rest[code] = max((own[target] + rest[target] for target in forward.successors(code)), default=0)
    return {code: (own[code], rest[code]) for code in rest}


def _known(
    rulebook: Rulebook, code: str, version: int, calendar: WorkingCalendar, now: int
) -> dict[str, tuple[int, int]]:
    try:
        procedure = rulebook.procedure(code, version)
    except InputError:
        return {}
    return lengths(procedure, calendar, now)


def _own(node: Node, calendar: WorkingCalendar, now: int) -> int:
    if stands_still(node) or (isinstance(node, Step) and node.limit_from == "received"):
        return 0
    ends = [due_at(calendar, Terms(limit, rule), now) for limit, rule in node_terms(node)]
    return max((calendar.seconds_between(now, end) for end in ends), default=0)


def _versions(store: Store) -> dict[str, int]:
    found: dict[str, int] = {}
    after = 0
    while page := store.register(origin="live", is_open=True, limit=PAGE, after=after):
        found.update((row.dossier_id, row.procedure_version) for row in page)
        after = page[-1].row
    return found
