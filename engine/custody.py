"""Who had a dossier, at which step, from when to when, and in whose time: the ledger of one folded dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.directory import Directory
from engine.dossier import SUPPLEMENT_GROUND, Dossier, Hold, Stop, Work
from engine.ledger import Segment, TimeKind, tile

PAYMENT_GROUND = "financial_obligation"
"""Ground of a stop that is always the applicant's, whoever began it."""

_WAITS = {Work.APPLICANT: TimeKind.APPLICANT, Work.POSTING: TimeKind.NOBODY}


def custody(dossier: Dossier, at: int, authority: Collection[str] | None = None) -> tuple[Segment, ...]:
    """Return the life of a dossier cut into whose time it was, with no gap and no overlap.

    A life begins at receipt (at submission where it was never received) and lasts until the dossier ended, at most
    until ``at``. A tile has a ``ground`` exactly while the legal clock stands still; what nobody had, such as the time
    between a step done and the next drive, is a tile of nobody's without ``who``.

    Args:
        dossier: live or replayed.
        at: end of the life of a dossier that is still open (epoch seconds, excluded).
        authority: agencies whose time is the authority's own, see `authority_of`; None means what the dossier alone
            tells.

    Returns:
        Segments in order; none where the life has not begun at ``at``. Add them up with `engine.ledger.totals`.
    """
    begun = dossier.received_at if dossier.received_at is not None else dossier.submitted_at
    if begun is None:
        return ()
    end = at if dossier.ended_at is None else min(at, dossier.ended_at)
    if end <= begun:
        return ()
    own = authority_of(dossier) if authority is None else authority
    claims = (*_intake(dossier, end), *_stops(dossier, end), *_holds(dossier, end, own))
    return tile((claim for claim in claims if claim.since < claim.until), begun, end)


def authority_of(dossier: Dossier, directory: Directory | None = None) -> frozenset[str]:
    """Return the agencies that are the authority in charge; all others act on its behalf or are asked by it.

    These are the receiving desk and the lead: the first agency beside the desk that works on the dossier and does not
    pass it on as not competent; with a directory also the agencies above the lead, which sign for it, and those that
    took the place of one of them. A foreign log does not tell who leads: all its agencies count.
    """
    worked = [hold for hold in dossier.holds.values() if hold.work in {Work.STEP, Work.CONSULTATION} and hold.agency]
    if dossier.origin != "live":
        return frozenset({dossier.desk, *(hold.agency for hold in worked)})
    lead = next((hold.agency for hold in worked if hold.agency != dossier.desk and hold.outcome != "transferred"), "")
    return authority_led_by(dossier.desk, lead, directory)


def authority_led_by(desk: str, lead: str, directory: Directory | None) -> frozenset[str]:
    """Return the authority in charge of a desk's dossiers that an agency leads (empty: none does yet)."""
    found = {desk, lead}
    known = {} if directory is None else directory.agencies
    above = known.get(lead)
    while above is not None and above.parent and above.parent not in found:
        found.add(above.parent)
        above = known.get(above.parent)
    followers = [known[code].successor for code in found if code in known]
    while followers:
        code = followers.pop()
        if code and code not in found:
            found.add(code)
            followers.extend([known[code].successor] if code in known else [])
    return frozenset(found - {""})


def end_of(stop: Stop, end: int) -> int:
    """Return when a stop ends: when resumed, else at its cap, beyond which the clock runs again by itself."""
    if stop.until is not None:
        return stop.until
    return end if stop.cap_until is None else min(end, stop.cap_until)


def _intake(dossier: Dossier, end: int) -> Iterator[Segment]:
    """Before receipt the desk has it, or the applicant who was asked to complete it."""
    if dossier.received_at is not None or dossier.submitted_at is None:
        return
    yield Segment(TimeKind.AUTHORITY, dossier.submitted_at, end, dossier.desk)
    for asked in dossier.supplements:
        until = end if asked.received_at is None else asked.received_at
        yield Segment(TimeKind.APPLICANT, asked.requested_at, until, ground=SUPPLEMENT_GROUND)


def _stops(dossier: Dossier, end: int) -> Iterator[Segment]:
    """What stops the clock comes before everything: the applicant's waits, else what nobody answers for."""
    asked = {supplement.requested_at: supplement.hold for supplement in dossier.supplements}
    waits = {hold.opened_at: hold for hold in dossier.holds.values() if hold.work in _WAITS}
    for stop in dossier.stops:
        hold = waits.get(stop.since)
        kind = TimeKind.NOBODY
        if stop.ground in {SUPPLEMENT_GROUND, PAYMENT_GROUND}:
            kind = TimeKind.APPLICANT
        elif hold is not None:
            kind = _WAITS[hold.work]
        if stop.ground == SUPPLEMENT_GROUND:
            hold = dossier.holds.get(asked.get(stop.since, 0))
        yield Segment(kind, stop.since, end_of(stop, end), ground=stop.ground, step=hold.step if hold else "")


def _holds(dossier: Dossier, end: int, authority: Collection[str]) -> Iterator[Segment]:
    """Agencies as long as they have it; a wait that stops no clock only where no agency can act beside it."""
    taken = [(stop.since, end_of(stop, end)) for stop in dossier.stops]
    waits: list[Hold] = []
    for hold in dossier.holds.values():
        if hold.work in _WAITS:
            waits.append(hold)
            continue
        until = end if hold.closed_at is None else hold.closed_at
        taken.append((hold.opened_at, until))
        elsewhere = hold.work is Work.OPINION or bool(hold.sub_dossier)
        is_own = not elsewhere and (hold.agency in authority or not hold.agency)
        kind = TimeKind.AUTHORITY if is_own else TimeKind.OTHER_AGENCY
        yield Segment(kind, hold.opened_at, until, hold.sub_dossier or hold.agency, step=hold.step)
    taken.sort()
    for hold in waits:
        until = end if hold.closed_at is None else hold.closed_at
        for since, to in _outside(hold.opened_at, until, taken):
            yield Segment(_WAITS[hold.work], since, to, step=hold.step)


def _outside(since: int, until: int, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of a span outside others, which are given in order."""
    for first, last in taken:
        if first > since:
            yield since, min(first, until)
        since = max(since, last)
        if since >= until:
            return
    yield since, until
