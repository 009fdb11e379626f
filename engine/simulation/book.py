"""The casebook of a simulation, made in columns from its rows of facts: the same as that of its facts told one by one.

`engine.simulation.book_fold` folds the rows into numbers; here they become words and instants.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from engine.casebook import DOSSIERS, HOLDS, INSTANT, TILES, Casebook
from engine.casebook_facts import TIME_OF, live_casebook
from engine.codes import format_dossier_no
from engine.custody import PAYMENT_GROUND, authority_led_by
from engine.ledger import TimeKind
from engine.simulation import book_fold as fo
from engine.simulation import book_tiles as bt
from engine.simulation import world as wd
from engine.simulation.book_acts import acts_of
from engine.simulation.book_columns import POSITION_WORDS, doers, framed, is_machine, place_of, texts
from engine.simulation.facts import OUTCOMES, WORKS, dossier_id_of
from engine.simulation.tables import KINDS, SERVICE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.simulation.run import Simulated
    from engine.simulation.tables import Names

    Ints = NDArray[np.int64]

_ENDINGS: Final = ("sent_back", "transferred", "lapsed", "silent", *POSITION_WORDS[1:4], *OUTCOMES)
"""How holds end, by `engine.simulation.book_fold.O_SENT` and the following, before the outcomes of steps."""
_TIMES: Final = tuple(TimeKind)


def casebook_of(simulated: Simulated, *, now: int | None = None, since: int | None = None) -> Casebook:
    """Return the casebook of simulated dossiers by their numbers, as if they were live dossiers of a store.

    Args:
        simulated: what happened.
        now: epoch seconds at which what is open is judged; the simulation's end if not given. What time does after
            that end is not told.
        since: only dossiers submitted from this instant on (epoch seconds) are in it, so that a warm-up does not count.
    """
    model, names = simulated.model, simulated.names
    at = model.until if now is None else now
    places, firsts = fo.by_dossier(simulated.facts, np.iinfo(np.int64).min if since is None else since)
    rows = simulated.facts[places]
    del places
    folded = _Folded(rows, firsts, names)
    rules = model.variants[0].rules
    desks = texts(names.offices, np.unique(folded.lives[fo.L_DESK])).to_list()
    kinds = (model.variants[number].rules.procedure for number in np.unique(folded.lives[fo.L_VARIANT]).tolist())
    procedures = {(one.code, one.version): one for one in kinds}
    frames = {
        "dossiers": _dossiers(simulated, folded),
        "holds": _holds(folded, names),
        "tiles": _tiles(simulated, folded, at),
        "acts": acts_of(simulated, rows, folded.firsts, folded.lives),
    }
    return live_casebook(
        frames,
        at,
        directory=rules.directory,
        calendars=rules.calendars,
        procedures=[procedures[key] for key in sorted(procedures)],
        desks=desks,
    )


class _Folded:
    """The facts of all dossiers folded; see `engine.simulation.book_fold.fold`."""

    def __init__(self, rows: NDArray[Any], firsts: Ints, names: Names) -> None:
        counts = np.bincount(rows["kind"], minlength=wd.BREACHED + 1)
        begun = counts[wd.OPENED] + counts[wd.OPINION_REQUESTED]
        asked = counts[wd.SUPPLEMENT_REQUESTED]
        self.firsts = firsts
        self.lives = np.empty((fo.LIFE, firsts.size - 1), np.int64)
        self.holds = np.empty((fo.HELD, begun), np.int64)
        self.stops = np.empty((4, asked + counts[wd.PAUSED]), np.int64)
        self.asked = np.empty((4, asked), np.int64)
        branches = np.array([len(node.edges) for node in names.nodes], np.int64)
        works = np.array([KINDS[type(node)] for node in names.nodes], np.int64)
        tables = (self.lives, self.holds, self.stops, self.asked)
        count = fo.fold(rows, firsts, branches, works, place_of("", names.grounds), *tables)
        self.stops = self.stops[:, :count].copy()  # papers asked for before receipt stop no clock


def _dossiers(simulated: Simulated, folded: _Folded) -> pl.DataFrame:
    lives, variants = folded.lives, simulated.model.variants
    number = lives[fo.L_NO]
    ids = pl.Series([dossier_id_of(no) for no in number.tolist()], dtype=pl.String)
    numbers = _dossier_numbers(simulated)
    known = pl.DataFrame({"no": number, "dossier_id": ids}).join(numbers, on="no", how="left", maintain_order="left")
    kind = lives[fo.L_VARIANT]
    return framed(
        {
            "nr": np.arange(number.size),
            "dossier": known["dossier"].fill_null(known["dossier_id"]),
            "dossier_id": ids,
            "procedure": texts([one.rules.procedure.code for one in variants], kind),
            "desk": texts(simulated.names.offices, lives[fo.L_DESK]),
            "channel": texts([one.channel or None for one in variants], kind),
            "applicant": pl.select("s-" + pl.lit(pl.Series(lives[fo.L_APPLICANT])).cast(pl.String)).to_series(),
            "origin": pl.repeat("live", number.size, dtype=pl.String, eager=True),
            "submitted": lives[fo.L_SUBMITTED],
            "received": lives[fo.L_RECEIVED],
            "due": lives[fo.L_DUE],
            "promised": lives[fo.L_PROMISED],
            "ended": lives[fo.L_ENDED],
            "issued": lives[fo.L_ISSUED],
            "outcome": texts(OUTCOMES, lives[fo.L_OUTCOME]),
            "is_waiting": lives[fo.L_WAITS] == 1,
            "term_from": lives[fo.L_TERM],
            "known_from": np.full(number.size, fo.NEVER),
        },
        DOSSIERS,
    )


def _dossier_numbers(simulated: Simulated) -> pl.DataFrame:
    """Return the number (``dossier``) each dossier (``no``) got at receipt: counted by desk and day, in that order."""
    model, facts = simulated.model, simulated.facts
    submitted = facts["kind"] == wd.SUBMITTED
    kinds = pl.DataFrame({"no": facts["no"][submitted], "variant": facts["z"][submitted]})
    received = facts[facts["kind"] == wd.RECEIVED]
    rows = pl.DataFrame({name: received[name].copy() for name in ("no", "at", "agency")}).join(
        kinds, on="no", how="left", maintain_order="left"
    )
    desks = pl.Series([one.desk for one in model.variants], dtype=pl.String)
    zones = [one.rules.calendar_of(one.desk).zone for one in model.variants]
    day = pl.lit(None, dtype=pl.Date)
    for zone in sorted(set(zones)):
        kept = [number for number, other in enumerate(zones) if other == zone]
        local = (pl.col("at") * 1_000_000).cast(INSTANT).dt.convert_time_zone(zone).dt.date()
        day = pl.when(pl.col("variant").is_in(kept)).then(local).otherwise(day)
    rows = rows.with_columns(day.alias("day"))
    rows = rows.with_columns(pl.int_range(1, pl.len() + 1).over("agency", "day").alias("serial"))
    identifiers = {one.desk: one.rules.directory.agency(one.desk).identifier for one in model.variants if one.desk}
    desk = desks.gather(rows["variant"]) if rows.height else pl.Series([], dtype=pl.String)
    triples = zip(desk.to_list(), rows["day"].to_list(), rows["serial"].to_list(), strict=True)
    told = [format_dossier_no(identifiers[code], on, serial) for code, on, serial in triples]
    return pl.DataFrame({"no": rows["no"].cast(pl.Int64), "dossier": pl.Series(told, dtype=pl.String)})


def _holds(folded: _Folded, names: Names) -> pl.DataFrame:
    holds = folded.holds
    life, number, begun = holds[fo.H_LIFE], holds[fo.H_NUMBER], holds[fo.H_SINCE]
    if np.any((np.diff(life) == 0) & (np.diff(begun) < 0)):
        holds = holds[:, np.lexsort((number, begun, life))]
    work = holds[fo.H_WORK]
    officer = np.where(holds[fo.H_OFFICER] < 0, holds[fo.H_FINISHED], holds[fo.H_OFFICER])
    machines = np.array([is_machine(one) for one in doers(names)])
    return framed(
        {
            "nr": holds[fo.H_LIFE],
            "hold": holds[fo.H_NUMBER],
            "step": texts([node.code for node in names.nodes], holds[fo.H_NODE]),
            "work": texts([one.value for one in WORKS], work),
            "agency": texts(names.offices, holds[fo.H_AGENCY]),
            "officer": texts(doers(names), officer),
            "is_system": (machines[officer] & (officer >= 0)) | (work == SERVICE),
            "since": holds[fo.H_SINCE],
            "taken_up": holds[fo.H_TAKEN],
            "until": holds[fo.H_UNTIL],
            "due": holds[fo.H_DUE],
            "kind": texts([TIME_OF.get(one, TimeKind.AUTHORITY).value for one in WORKS], work),
            "entry": holds[fo.H_ENTRY],
            "from_agency": texts(names.offices, holds[fo.H_FROM]),
            "lead_hold": holds[fo.H_LEAD],
            "outcome": texts([*_ENDINGS, *(one or "done" for one in names.outcomes)], holds[fo.H_OUTCOME]),
            "position": texts(POSITION_WORDS, holds[fo.H_POSITION]),
        },
        HOLDS,
    )


def _tiles(simulated: Simulated, folded: _Folded, now: int) -> pl.DataFrame:
    names = simulated.names
    lives, holds, stops, asked = folded.lives, folded.holds, folded.stops, folded.asked
    most = 2 * (holds.shape[1] + stops.shape[1] + asked.shape[1] + lives.shape[1])
    tiles = np.empty((bt.TILE, most), np.int64)
    authority, own = _authorities(simulated, lives)
    keys = np.array(_keys_of(names.offices), np.int64)
    grounds = np.array([place_of(PAYMENT_GROUND, names.grounds), place_of("", names.grounds)], np.int64)
    ends = np.array([holds.shape[1], stops.shape[1], asked.shape[1]], np.int64)
    count = bt.tile_lives(lives, holds, stops, asked, ends, authority, own, keys, grounds, now, tiles)
    tiles = tiles[:, :count]
    return framed(
        {
            "nr": tiles[bt.T_LIFE],
            "since": tiles[bt.T_SINCE],
            "until": tiles[bt.T_UNTIL],
            "kind": texts([one.value for one in _TIMES], tiles[bt.T_KIND]),
            "who": _owners(tiles[bt.T_WHO], names.offices),
            "step": texts(["", *(node.code for node in names.nodes)], tiles[bt.T_STEP] + 1),
            "ground": texts(["", *names.grounds], tiles[bt.T_GROUND] + 1),
        },
        TILES,
    )


def _authorities(simulated: Simulated, lives: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return by dossier a row of the second, which says by row and agency whether its time is the authority's."""
    directory, offices = simulated.model.variants[0].rules.directory, simulated.names.offices
    pairs = lives[fo.L_DESK] * (len(offices) + 1) + lives[fo.L_LEAD] + 1
    found, which = np.unique(pairs, return_inverse=True)
    own = np.zeros((found.size, len(offices)), np.bool_)
    for row, pair in enumerate(found.tolist()):
        desk, lead = divmod(pair, len(offices) + 1)
        authority = authority_led_by(offices[desk], offices[lead - 1] if lead else "", directory)
        own[row] = [code in authority for code in offices]
    return which.astype(np.int64), own


def _keys_of(offices: Sequence[str]) -> list[int]:
    """Return by agency its place among the ids of dossiers, whose places are their numbers."""
    first = dossier_id_of(0)
    order = {code: place for place, code in enumerate(sorted(offices))}
    return [order[code] - len(offices) if code < first else (1 << 40) + order[code] for code in offices]


def _owners(who: Ints, offices: Sequence[str]) -> pl.Series:
    """Return agencies and the ids of dossiers that are owners of time."""
    own = np.unique(who[who >= len(offices)])
    place = np.where(who < len(offices), who + 1, 1 + len(offices) + np.searchsorted(own, who))
    return texts(["", *offices, *(dossier_id_of(one - len(offices)) for one in own.tolist())], place)
