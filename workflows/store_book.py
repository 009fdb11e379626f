"""Which dossiers of a store are judged together: the agencies' own, or one replayed log as its mapping reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.errors import InputError
from store.store import Store
from store.values import DossierRow
from workflows.casebook import casebook_of_rows
from workflows.casebook_foreign import loops_of, tells_of
from workflows.foreign_facts import ORIGIN, REGISTER
from workflows.kept_logs import LOG, KeptLog, kept_logs
from workflows.rulebook import Rulebook

_PAGE: Final = 1_000
_OWN: Final = ("live", REGISTER)


def open_casebook(
    store: Store,
    rulebook: Rulebook,
    now: int,
    *,
    log: str = "",
    agency: str = "",
    since: int | None = None,
    until: int | None = None,
) -> Casebook:
    """Return a store's dossiers in columns.

    These are the live ones and the finished rows of registers that were taken over; of a store without any, and where
    ``log`` names one, those of a replayed log, in its own zone, by its own calendar and at its own last instant.

    Args:
        store: read only.
        rulebook: procedures, calendars, directory.
        now: epoch seconds.
        log: name of a replayed log.
        agency: only dossiers that this agency received or had.
        since: only dossiers received from this instant on (epoch seconds).
        until: only dossiers received before this instant.

    Raises:
        UnknownNumberError: ``agency`` is nowhere in the directory and had none of the dossiers.
        InputError: a calendar is not known; there is no such log; or there are several and nothing says which.
    """
    name = log or _only_log(store)
    if name:
        book = _log_book(store, rulebook, name, since, until)
    else:
        rows = chain.from_iterable(_pages(store, origin, since, until) for origin in _OWN)
        book = casebook_of_rows(store, rulebook, now, rows)
    if not agency:
        return book
    had = book.holds.filter(pl.col("agency") == agency)["nr"]
    received = book.dossiers.filter(pl.col("desk") == agency)["nr"]
    found = book.only(pl.concat([had, received]))
    if found.dossiers.is_empty() and agency not in rulebook.directory.agencies:
        rulebook.directory.agency(agency)
    return found


def casebook_of_one(store: Store, rulebook: Rulebook, row: DossierRow, now: int, log: KeptLog | None) -> Casebook:
    """Return the casebook of one dossier, of the ``log`` it was replayed from if any."""
    book = casebook_of_rows(store, rulebook, now, [row])
    return book if log is None else as_read(book, log)


def as_read(book: Casebook, log: KeptLog) -> Casebook:
    """Return the casebook of replayed dossiers as the mapping of their log has it read."""
    mapping = log.mapping
    return replace(
        book,
        name=mapping.log,
        zone=mapping.zone,
        calendar=log.calendar,
        calendars={},
        parents={},
        kinds={},
        tells=tells_of(mapping) - {"levels"},  # facts do not keep the groups of a mapping
        outsiders=frozenset(mapping.outsiders),
        loops=loops_of(mapping),
        parameters=mapping.parameters,
    )


def _only_log(store: Store) -> str:
    """Return the log to judge where nobody named one: none if the store has dossiers of its own."""
    if any(store.register(origin=origin, limit=1) for origin in _OWN):
        return ""
    first = store.register(origin=ORIGIN, limit=1)
    if not first:
        return ""
    logs = list(store.kept_logs())
    if len(logs) > 1:
        raise InputError.of(
            "several_logs", "this database holds several logs: choose one with --log: {logs}", logs=tuple(logs)
        )
    return logs[0] if logs else str(store.load(first[0].dossier_id).data.get(LOG, ""))


def _log_book(store: Store, rulebook: Rulebook, name: str, since: int | None, until: int | None) -> Casebook:
    kept = kept_logs(store, rulebook.calendars)
    log = kept.get(name)
    if log is None:
        if any(store.load(row.dossier_id).data.get(LOG) == name for row in store.register(origin=ORIGIN, limit=1)):
            raise InputError(
                f"log {name!r} was replayed by an earlier version, which did not keep its zone and calendar:"
                " replay it once more, which adds no dossier"
            )
        raise InputError.of(
            "log_unknown",
            "--log {name}: no such log was replayed; there is {logs}",
            name=name,
            logs=tuple(kept) or "none",
        )
    rows = _pages(store, ORIGIN, since, until)
    if len(kept) > 1:
        rows = (row for row in rows if store.load(row.dossier_id).data.get(LOG) == name)
    return as_read(casebook_of_rows(store, rulebook, log.until, rows), log)


def _pages(store: Store, origin: str, since: int | None, until: int | None) -> Iterator[DossierRow]:
    after = 0
    while page := store.register(origin=origin, received_from=since, received_to=until, limit=_PAGE, after=after):
        yield from page
        after = page[-1].row
