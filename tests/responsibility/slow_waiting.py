"""Waiting causes the slow way: every stretch between two instants is looked at by itself; no sums, no axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median

from engine.casebook import Casebook

NAMES = ("contention", "absence", "batching", "prioritisation", "extraneous")


@dataclass
class Hold:
    nr: int
    step: str
    agency: str
    officer: str | None
    since: int
    taken: int | None
    until: int
    is_open: bool
    came: int
    batch: int | None = None
    inferred: bool = False


def slow_waiting(book: Casebook, batch: int, gap: int) -> list[tuple[int, ...]]:
    """Return elapsed, office and the five causes of each hold that waits, in the order of the casebook."""
    calendar = book.calendar
    states, queue = "states" in book.tells, "queue" in book.tells
    live = dict(book.dossiers.select("nr", "origin").rows())
    holds: list[Hold] = []
    next_of: dict[int, Hold] = {}
    rows = book.holds.to_dicts()
    previous = None
    for row in rows:
        ours = row["agency"] and row["agency"] not in book.outsiders and not row["is_system"]
        if not (ours and row["kind"] in {"authority", "other_agency"}):
            previous = None
            continue
        since = _seconds(row["since"])
        until = max(since, _seconds(row["until"]) if row["until"] else book.now)
        taken = None if row["taken_up"] is None else min(max(_seconds(row["taken_up"]), since), until)
        stays = states and previous and (previous.nr, previous.agency) == (row["nr"], row["agency"])
        hold = Hold(
            *(row["nr"], row["step"], row["agency"], row["officer"], since, taken, until, row["until"] is None),
            came=previous.came if stays else since,
        )
        if stays:
            next_of[id(previous)] = hold
        holds.append(hold)
        previous = hold
    if not states:
        _infer(book, [hold for hold in holds if hold.taken is None and not hold.is_open], holds)
    _batch(book, holds, batch, gap)
    stops = [
        (row["nr"], _seconds(row["since"]), _seconds(row["until"]))
        for row in book.tiles.to_dicts()
        if row["kind"] in {"applicant", "nobody"}
    ]
    found = []
    for hold in holds:
        served, end = hold, hold.taken
        if hold.taken is None:
            if states:
                if not queue:
                    continue
                following = next_of.get(id(hold))
                served = following if following and following.taken is not None else hold
            elif not (hold.is_open and queue and live[hold.nr] == "live"):
                continue
            end = hold.until
        found.append(_divide(book, calendar, holds, stops, hold, served, end))
    return found


def _seconds(instant):
    return int(instant.timestamp())


def _infer(book, unknown, holds):
    finished = [h for h in holds if not h.is_open]
    samples = []
    known = [h for h in finished if h.officer]
    for h, before in _preceding(known, lambda h: (h.agency, h.officer)).items():
        hold = known[h]
        same_day = book.calendar.local_date(before) == book.calendar.local_date(hold.until)
        if hold.until > before and same_day and hold.since <= before:
            samples.append((hold.step, hold.agency, hold.until - before))
    before_known = {id(known[n]): at for n, at in _preceding(known, lambda h: (h.agency, h.officer)).items()}
    before_any = {id(finished[n]): at for n, at in _preceding(finished, lambda h: h.agency).items()}
    begins = {}
    for hold in unknown:
        before = (before_known if hold.officer else before_any).get(id(hold), -1)
        begins[id(hold)] = max(hold.since, before, hold.until - _usual(samples, hold))
    for hold in unknown:
        hold.taken, hold.inferred = begins[id(hold)], True


def _preceding(holds, server):
    """Place of each hold in the list → when its server finished the thing before."""
    found = {}
    for n, hold in enumerate(holds):
        earlier = [
            (other.until, m)
            for m, other in enumerate(holds)
            if server(other) == server(hold) and (other.until, m) < (hold.until, n)
        ]
        if earlier:
            found[n] = max(earlier)[0]
    return found


def _usual(samples, hold):
    for chosen in ([s for s in samples if s[0] == hold.step], [s for s in samples if s[1] == hold.agency]):
        if len(chosen) >= 20:
            return int(median(length for *_, length in chosen))
    return int(median(length for *_, length in samples)) if samples else 0


def _batch(book, holds, least, gap):
    for server in {(h.agency, h.officer) for h in holds if h.officer}:
        theirs = [h for h in holds if (h.agency, h.officer) == server and h.taken is not None and not h.is_open]
        theirs.sort(key=lambda h: h.until)
        runs: list[list[Hold]] = []
        for hold in theirs:
            run = runs[-1] if runs else []
            joins = run and hold.step == run[0].step and hold.until - run[-1].until <= gap and hold.came <= run[0].taken
            if joins and not _is_midnight(book, hold.until) and not _is_midnight(book, run[0].until):
                run.append(hold)
            else:
                runs.append([hold])
        for run in runs:
            if len({h.nr for h in run}) >= least:
                for hold in run:
                    hold.batch = max(h.came for h in run)


def _is_midnight(book, at):
    return at == book.calendar.table.midnights[book.calendar.day_index(at)]


def _divide(book, calendar, holds, stops, hold, served, end):
    whole = served.officer is None
    mine = [h for h in holds if h.agency == hold.agency and (whole or h.officer == served.officer)]
    works = [(h.came, h.taken, h.until, h.nr) for h in mine if h.taken is not None]
    away = _away(book, calendar, mine, hold.agency, None if whole else served.officer)
    edges = {hold.since, end} | {x for _, a, b, _ in works for x in (a, b)} | {x for _, a, b in stops for x in (a, b)}
    edges |= {x for day in _days(calendar, hold.since, end) for x in _edges(calendar, day)} | {served.batch or 0}
    inside = sorted(x for x in edges if hold.since <= x <= end)
    sums = dict.fromkeys(("elapsed", "office", *NAMES), 0)
    for a, b in pairwise(inside):
        if any(nr == hold.nr and x <= a < y for nr, x, y in stops):
            continue
        sums["elapsed"] += b - a
        if not calendar.is_open(a):
            continue
        sums["office"] += b - a
        busy = [
            came
            for came, x, y, nr in works
            if x <= a < y and not any(other == nr and s <= a < u for other, s, u in stops)
        ]
        if any(came <= hold.came for came in busy):
            cause = "contention"
        elif calendar.local_date(a) in away:
            cause = "absence"
        elif served.batch is not None and a < served.batch:
            cause = "batching"
        elif busy:
            cause = "prioritisation"
        else:
            cause = "extraneous"
        sums[cause] += b - a
    return tuple(sums[name] for name in ("elapsed", "office", *NAMES))


def _days(calendar, since, until):
    day, last = calendar.local_date(since), calendar.local_date(until)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _edges(calendar, day):
    yield calendar.table.midnights[(day - calendar.first_day).days]
    for window in calendar.windows(day):
        yield from window


def _away(book, calendar, mine, agency, officer):
    """Days on which it is telling that somebody did nothing."""
    if "states" in book.tells:
        acts = {h.since for h in mine}
    else:
        acts = {h.until for h in mine if not h.is_open}
        acts |= {h.taken for h in mine if h.taken is not None and not h.inferred}
    for row in book.acts.to_dicts():
        if row["agency"] == agency and not row["is_system"] and row["by"] != "applicant":
            acts |= {_seconds(row["at"])} if officer in {None, row["by"]} else set()
    days = sorted({calendar.local_date(at) for at in acts})
    if not days:
        return set()
    worked = [day for day in _days(calendar, min(acts), max(acts)) if calendar.is_worked(day)]
    acted = [day for day in days if calendar.is_worked(day)]
    if len(acted) < 5:
        return set()
    chance = 1 - len(acted) / len(worked)
    found = set()
    for first, last in pairwise(days):
        between = [first + timedelta(days=n) for n in range(1, (last - first).days)]
        silent = sum(calendar.is_worked(day) for day in between)
        if silent and chance**silent <= 0.1 + 1e-9:
            found |= set(between)
    return found
