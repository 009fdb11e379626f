"""When work on each hold began and who did it: told by the source or inferred; what waiting causes are drawn from.

Many sources tell completions only. There, work on a hold is taken to begin at the latest of three instants: when the
dossier came, when the officer (where none is known: anybody of the agency) finished the thing before, and a usual time
of service before it was finished. Office logs tell no more than that; a wait is then never longer than the hold, and
work never longer than usual.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.calendar import WorkingCalendar
from engine.casebook import Casebook, epoch_seconds
from engine.responsibility.passages import ELSEWHERE
from engine.responsibility.presence import days_of, is_ours

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEAST_SAMPLES: Final = 20
"""Works of a step (else of an agency, else of the book) from which a usual time of service is drawn (proposal)."""

NONE: Final = -1
"""In the place of an instant or a code: there is none."""

MOST_PAIRS: Final = 1 << 22
"""Pairs of agency and officer up to which a table of all of them is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Holds that lay with people of an agency, one place each; instants are epoch seconds.

    Attributes:
        row: their place in `Casebook.holds`.
        nr: dossier.
        step, agency, officer: codes, the officer `NONE` where unknown.
        server: who has it: a number for each officer of each agency (one name in two agencies is two people), then one
            for each agency, where no officer is known.
        came: since when the dossier lay there; in a source of states since it came to the agency.
        since: when the hold began.
        taken_up: when work on it began, `NONE` if nobody knows or nobody did.
        until: when it ended, now if it is open.
        is_open: whether it is.
        is_inferred: whether ``taken_up`` is.
        waits: whether it is known how long it waited; others only tell work.
        waited: until when it waited, where ``waits``.
        waited_for: the place of the work that ended the wait, itself where nothing else is known.
        finished: the places of work that an officer finished, in the order of server and end.
        line: which of ``calendars`` counts.
        agencies, officers: texts by code.
        server_keys: of every officer who is a server, what tells him apart.
        line_of_agency: by code of the agency.
        left_out: holds that are not waiting, by reason.
    """

    row: Ints
    nr: Ints
    step: Ints
    agency: Ints
    officer: Ints
    server: Ints
    came: Ints
    since: Ints
    taken_up: Ints
    until: Ints
    is_open: Bools
    is_inferred: Bools
    waits: Bools
    waited: Ints
    waited_for: Ints
    finished: Ints
    line: Ints
    agencies: pl.Series
    officers: pl.Series
    server_keys: Ints
    line_of_agency: Ints
    calendars: tuple[WorkingCalendar, ...]
    left_out: dict[str, int]

    @property
    def agency_servers(self) -> int:
        """The number of the server that is the first agency."""
        return self.server_keys.size

    @property
    def works(self) -> Ints:
        """The places on which somebody worked."""
        return np.flatnonzero(self.taken_up != NONE)

    def server_of(self, agency: Ints, officer: Ints) -> Ints:
        """Return the servers of officers (codes) of agencies; those who had nothing are the agency."""
        keys = _server_keys(agency, officer)
        place = np.searchsorted(self.server_keys, keys)
        is_known = (officer != NONE) & (np.append(self.server_keys, NONE)[place] == keys)
        return np.where(is_known, place, self.agency_servers + agency)

    def agencies_asked(self) -> Bools:
        """Return by code the agencies that are somebody's server."""
        asked = np.zeros(len(self.agencies), dtype=np.bool_)
        whole = self.waits & (self.server[self.waited_for] >= self.agency_servers)
        asked[self.agency[whole]] = True
        return asked


def held(book: Casebook) -> Held:
    """Return the holds of people of agencies and when they were taken up.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
    """
    return _inferred(_told(book))


def by_server(server: Ints, instant: Ints) -> Ints:
    """Return places in the order of server and instant; equals keep their order."""
    if not server.size:
        return np.zeros(0, dtype=np.int64)
    lowest = int(instant.min())
    least, most = (int(part.max()).bit_length() for part in (instant - lowest, server))
    bits = server.size.bit_length()
    if least + most + bits > 63:
        return np.lexsort((instant, server)).astype(np.int64)
    # Sorting numbers with the place in their last bits is faster than sorting places by numbers.
    keys = (server << (least + bits)) | ((instant - lowest) << bits) | np.arange(server.size)
    order: Ints = pl.Series(keys).sort().to_numpy() & ((1 << bits) - 1)
    return order


def _told(book: Casebook) -> Held:
    """Return what the source tells."""
    is_states, has_queue = "states" in book.tells, "queue" in book.tells
    ours = is_ours(book) & ~ELSEWHERE
    lines = book.holds.lazy().with_row_index("row").with_columns(ours.alias("ours"))
    before = (pl.col("nr") == pl.col("nr").shift(1)) & (pl.col("agency") == pl.col("agency").shift(1))
    stays = (before & pl.col("ours") & pl.col("ours").shift(1)).fill_null(value=False)
    lines = lines.with_columns(stays.alias("stays"), (stays & pl.col("taken_up").is_not_null()).shift(-1).alias("next"))
    frame = lines.filter("ours").select(
        "row", "nr", "step", "agency", "officer", "since", "taken_up", "until", "stays", "next"
    )
    rows = frame.collect()
    names = {name: rows[name].drop_nulls().unique().sort() for name in ("agency", "officer")}
    agency, officer = (codes(rows[name], among) for name, among in names.items())
    step = rows["step"].cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(0).to_numpy()
    since = epoch_seconds(rows["since"])
    is_open = rows["until"].is_null().to_numpy()
    until = np.maximum(np.where(is_open, book.now, epoch_seconds(rows["until"])), since)
    is_told = rows["taken_up"].is_not_null().to_numpy()
    taken_up = np.where(is_told, np.clip(epoch_seconds(rows["taken_up"]), since, until), NONE)
    places = np.arange(rows.height, dtype=np.int64)
    came, waited_for = since, places
    if is_states:
        first = np.maximum.accumulate(np.where(rows["stays"].to_numpy(), 0, places)) if rows.height else places
        came = since[first]
        lies = ~is_told
        waited_for = np.where(lies & rows["next"].fill_null(value=False).to_numpy(), places + 1, places)
        waits = is_told | has_queue
        waited = np.where(lies, until, taken_up)
        is_inferred = np.zeros(rows.height, dtype=np.bool_)
    else:
        is_live = rows["nr"].is_in(book.dossiers.filter(pl.col("origin") == "live")["nr"].implode()).to_numpy()
        waits = is_told | ~is_open | (is_live & has_queue)
        waited = np.where(is_told, taken_up, until)
        is_inferred = ~is_told & ~is_open
    calendars = tuple({one.digest: one for one in (book.calendar_of(code) for code in names["agency"])}.values())
    digests = [one.digest for one in calendars]
    of_agency = np.array([digests.index(book.calendar_of(code).digest) for code in names["agency"]], dtype=np.int64)
    line = of_agency[agency] if rows.height else agency
    keys = _server_keys(agency, officer)
    known = officer != NONE
    server_keys, numbers = _numbered(keys[known], len(names["officer"]))
    server = agency + server_keys.size
    server[known] = numbers
    finished = np.flatnonzero(~is_open & (is_told | is_inferred) & known)
    out = {
        "machine": int((book.holds["is_system"].fill_null(value=False)).sum()),
        "open": int((~waits & is_open).sum()),
        "state": int((~waits & ~is_open).sum()),
    }
    out |= _not_an_agencys(book)
    return Held(
        row=rows["row"].cast(pl.Int64).to_numpy(),
        nr=rows["nr"].cast(pl.Int64).to_numpy(),
        step=step,
        agency=agency,
        officer=officer,
        server=server,
        came=came,
        since=since,
        taken_up=taken_up,
        until=until,
        is_open=is_open,
        is_inferred=is_inferred,
        waits=waits,
        waited=waited,
        waited_for=waited_for,
        finished=finished[by_server(server[finished], until[finished])],
        line=line,
        agencies=names["agency"],
        officers=names["officer"],
        server_keys=server_keys,
        line_of_agency=of_agency,
        calendars=calendars,
        left_out=out,
    )


def _not_an_agencys(book: Casebook) -> dict[str, int]:
    """Count the holds that are no agency's, those of machines apart, each by the first reason that is true."""
    whose = (
        pl.when((pl.col("kind") == "applicant") | pl.col("agency").is_in(list(book.outsiders)))
        .then(pl.lit("applicant"))
        .when(pl.col("kind") == "nobody")
        .then(pl.lit("nobody"))
        .when(ELSEWHERE)
        .then(pl.lit("other_agency"))
        .when(pl.col("agency").is_null())
        .then(pl.lit("no_agency"))
    )
    people = book.holds.lazy().filter(~pl.col("is_system").fill_null(value=False))
    counted = dict(people.group_by(whose.alias("whose")).len().collect().rows())
    return {why: counted.get(why, 0) for why in ("applicant", "nobody", "other_agency", "no_agency")}


def _inferred(told: Held) -> Held:
    """Return the same with the beginnings that the source does not tell."""
    if not told.is_inferred.any():
        return told
    taken_up = told.taken_up.copy()
    is_known = told.officer != NONE
    finished = np.flatnonzero(~told.is_open & ((taken_up != NONE) | told.is_inferred))
    own = told.finished
    before = _before(told.server[own], told.until[own])
    service = _service(told, own, before)
    _begin(told, taken_up, own, before, service)
    asked = np.zeros(len(told.agencies), dtype=np.bool_)
    asked[told.agency[told.is_inferred & ~is_known]] = True
    if asked.any():
        theirs = finished[asked[told.agency[finished]]]
        theirs = theirs[by_server(told.agency[theirs], told.until[theirs])]
        before = _before(told.agency[theirs], told.until[theirs])
        unknown = ~is_known[theirs]
        _begin(told, taken_up, theirs[unknown], before[unknown], service)
    return replace(told, taken_up=taken_up, waited=np.where(told.is_inferred, taken_up, told.waited))


def _before(server: Ints, until: Ints) -> Ints:
    """Return when the server finished the thing before, in order of both; `NONE` if there is none."""
    same = np.diff(server, prepend=NONE) == 0
    return np.where(same, np.roll(until, 1), NONE)


def _begin(told: Held, taken_up: Ints, places: Ints, before: Ints, service: Ints) -> None:
    wanted = told.is_inferred[places]
    places, before = places[wanted], before[wanted]
    latest = np.maximum(told.until[places] - service[places], before)
    taken_up[places] = np.maximum(told.since[places], latest)


def _service(told: Held, places: Ints, before: Ints) -> Ints:
    """Return for every place how long work on such a hold usually lasts at most, in elapsed seconds.

    The median, by step, of the time since the same officer finished the thing before on the same day, of dossiers that
    were there by then: that long he cannot have needed more. What was finished in the same second tells nothing. Where
    there are too few of a step, its agency's median counts, then that of all; without any, no time is known and none
    taken.
    """
    long = told.until[places] - before
    there = (before != NONE) & (long > 0) & (told.since[places] <= before) & (long < 86_400)
    chosen, since = places[there], before[there]
    same = np.zeros(chosen.size, dtype=np.bool_)
    for number, calendar in enumerate(told.calendars):
        rows = told.line[chosen] == number
        same[rows] = days_of(calendar, since[rows]) == days_of(calendar, told.until[chosen[rows]])
    samples = pl.DataFrame(
        {"step": told.step[chosen[same]], "agency": told.agency[chosen[same]], "long": long[there][same]}
    )
    found = np.full(told.row.size, samples["long"].median() or 0, dtype=np.int64)
    for name, codes in (("agency", told.agency), ("step", told.step)):
        medians = samples.group_by(name).agg(pl.col("long").median(), pl.len().alias("n"))
        medians = medians.filter(pl.col("n") >= LEAST_SAMPLES)
        by_code = np.full(int(codes.max(initial=0)) + 1, NONE, dtype=np.int64)
        by_code[medians[name].to_numpy()] = medians["long"].to_numpy().astype(np.int64)
        own = by_code[codes]
        found = np.where(own == NONE, found, own)
    return found


def _numbered(keys: Ints, officers: int) -> tuple[Ints, Ints]:
    """Return the distinct keys of servers in order, and the place of each key among them."""
    agencies = int(keys.max(initial=0)) >> 32
    if (agencies + 1) * officers > MOST_PAIRS:
        distinct, numbers = np.unique(keys, return_inverse=True)
        return distinct, numbers.astype(np.int64)
    flat = (keys >> 32) * officers + (keys & ((1 << 32) - 1))
    is_there = np.zeros((agencies + 1) * officers, dtype=np.bool_)
    is_there[flat] = True
    there = np.flatnonzero(is_there)
    return _server_keys(there // max(officers, 1), there % max(officers, 1)), (np.cumsum(is_there) - 1)[flat]


def _server_keys(agency: Ints, officer: Ints) -> Ints:
    return (agency << 32) | np.maximum(officer, 0)


def codes(values: pl.Series, among: pl.Series) -> Ints:
    """Return the place of each text among others (sorted, distinct), `NONE` for null and what is not there."""
    coded = values.cast(pl.Enum(among), strict=False).to_physical().cast(pl.Int64)
    return coded.fill_null(NONE).to_numpy().copy()
