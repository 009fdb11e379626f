"""Evidence: daily anchors over the whole log, and the search for whatever was changed behind the engine's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final

import msgspec

from store.chain import GENESIS, link, seal
from store.database import Database
from store.rebuild import Difference, compare, rows_with_facts
from store.store import Progress
from store.values import Anchor, Finding

_ANCHORS: Final = "SELECT number, day, upto, facts, root, hash, made_at FROM anchors ORDER BY number"
_HASHES: Final = "SELECT hash FROM facts WHERE seq > ? AND seq <= ? ORDER BY seq"
Line = tuple[int, str, bytes]
"""Version, text and hash of one fact."""
RootOf = Callable[[int, int], tuple[int, bytes]]
"""Counts the facts whose sequence numbers lie above the first and up to the second, and hashes their hashes."""


def anchors(database: Database) -> list[Anchor]:
    """Return all anchors, first to last."""
    return [_anchor(line) for line in database.rows(_ANCHORS)]


def make_anchor(database: Database, day: date, at: int) -> Anchor:
    """Seal every fact recorded so far; with nothing new, return the last anchor.

    Writers wait meanwhile, so that no fact with a lower sequence number can come in later.
    """
    with database.transaction():
        database.lock_all()
        last = next(iter(anchors(database)[-1:]), None)
        ((upto,),) = database.rows("SELECT coalesce(max(seq), 0) FROM facts")
        if last is not None and last.upto == upto:
            return last
        facts, root = _root(database.stream(_HASHES, (last.upto if last else 0, upto)))
        digest = seal(last.hash if last else GENESIS, day.isoformat(), upto, facts, root)
        made = Anchor(last.number + 1 if last else 1, day.isoformat(), upto, facts, root, digest, at)
        database.execute(
            "INSERT INTO anchors (number, day, upto, facts, root, hash, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)", made
        )
    return made


def verify(
    database: Database, *, views: bool, kept: Sequence[bytes], progress: Progress | None = None
) -> list[Finding]:
    """Return every dossier whose facts, chain or view were changed, and every anchor that no longer holds."""
    with database.read_together():

        def root_of(after: int, upto: int) -> tuple[int, bytes]:
            return _root(database.stream(_HASHES, (after, upto)))

        return [*_chains(database, views=views, progress=progress), *check_anchors(anchors(database), root_of, kept)]


def examine(dossier: str, lines: Sequence[Line], head: tuple[int, bytes] | None) -> Finding | None:
    """Return the first thing wrong with one dossier's facts.

    Args:
        dossier: its number, for the sentence.
        lines: its facts by version.
        head: version and hash the view says the chain stands at; None if the view is gone.

    Example:
        >>> body = '{"kind":"result_issued.1","occurred_at":0,"recorded_at":0}'
        >>> right = link(GENESIS, body.encode())
        >>> examine("H1", [(1, body, right)], (1, right)) is None
        True
        >>> examine("H1", [(1, body.replace(":0,", ":9,"), right)], (1, right)).what
        'altered'
    """
    previous, before_that = GENESIS, GENESIS
    recorded = head[0] if head is not None else len(lines)
    for place, (version, body, digest) in enumerate(lines):
        if version != place + 1:
            return _finding("removed", dossier, place + 1, "is gone")
        if link(previous, body.encode()) != digest:
            if place and link(before_that, body.encode()) == digest:
                return _finding("inserted", dossier, version - 1, f"({_kind(lines[place - 1][1])}) was put in between")
            return _finding(*_diagnosis(dossier, lines[place:], previous, recorded - len(lines)))
        before_that, previous = previous, digest
    if recorded > len(lines):
        missing = f"is gone: {recorded} were recorded, {len(lines)} are there"
        return _finding("removed", dossier, len(lines) + 1, missing)
    if recorded < len(lines):
        version, body, _ = lines[recorded]
        return _finding("inserted", dossier, version, f"({_kind(body)}) was added: only {recorded} were recorded")
    if head is not None and head[1] != previous:
        return _finding("altered", dossier, len(lines), "ends another chain than the one recorded")
    return None


def _diagnosis(dossier: str, rest: Sequence[Line], previous: bytes, missing: int) -> tuple[str, str, int, str]:
    """Say what happened to the first of ``rest``, which does not follow ``previous``; ``missing`` facts are fewer."""
    version, body, _ = rest[0]
    kind = _kind(body)
    if missing > 0:
        return "removed", dossier, version, "is gone, and those after it were moved up"
    if missing < 0:
        return "inserted", dossier, version, f"({kind}) was put in between"
    if any(link(previous, later.encode()) == digest for _, later, digest in rest[1:]):
        return "reordered", dossier, version, f"({kind}) stands in another's place"
    forged = f" (or fact {version - 1} was, with its hash)" if version > 1 else ""
    return "altered", dossier, version, f"({kind}) was altered{forged}: its hash does not follow"


def _chains(database: Database, *, views: bool, progress: Progress | None) -> Iterator[Finding]:
    done = 0
    for rows in rows_with_facts(database):
        unsound = {}
        facts, heads = _facts_of(database, rows), _heads_of(database, rows)
        for row in rows:
            lines = facts.get(row, [])
            name, head = heads.get(row, (_name_in(lines, row), None))
            if (found := examine(name, lines, head)) is not None:
                unsound[row] = found
        yield from unsound.values()
        sound = [row for row in rows if row not in unsound]
        if views and sound:
            yield from (view_finding(each) for each in compare(database, sound, None) if not each.is_view_right)
        done += len(rows)
        if progress is not None:
            progress(done)


def _facts_of(database: Database, rows: Sequence[int]) -> dict[int, list[Line]]:
    facts: dict[int, list[Line]] = {}
    for row, version, body, digest in database.rows(
        "SELECT dossier, version, body, hash FROM facts WHERE dossier BETWEEN ? AND ? ORDER BY dossier, version",
        (rows[0], rows[-1]),
    ):
        facts.setdefault(row, []).append((version, body, bytes(digest)))
    return facts


def _heads_of(database: Database, rows: Sequence[int]) -> dict[int, tuple[str, tuple[int, bytes] | None]]:
    found = database.rows(
        "SELECT id, coalesce(dossier_no, dossier_id), version, head FROM dossiers WHERE id BETWEEN ? AND ?",
        (rows[0], rows[-1]),
    )
    return {row: (name, (version, bytes(head))) for row, name, version, head in found}


def check_anchors(made: Sequence[Anchor], root_of: RootOf, kept: Sequence[bytes]) -> Iterator[Finding]:
    """Return every anchor that no longer fits the facts it sealed, and every kept one that is gone."""
    previous, upto = GENESIS, 0
    for anchor in made:
        facts, root = root_of(upto, anchor.upto)
        where = f"anchor {anchor.number} of {anchor.day}"
        if facts != anchor.facts:
            kind = "removed" if facts < anchor.facts else "inserted"
            yield _anchored(where, f"sealed {anchor.facts} facts, {facts} are there: facts were {kind}")
        elif root != anchor.root:
            yield _anchored(where, "sealed other facts than those that are there: they were rewritten")
        elif seal(previous, anchor.day, anchor.upto, anchor.facts, anchor.root) != anchor.hash:
            yield _anchored(where, "was itself altered, or an anchor before it was removed")
        previous, upto = anchor.hash, anchor.upto
    known = {anchor.hash for anchor in made}
    for digest in kept:
        if digest not in known:
            yield _anchored(f"anchor {digest.hex()}", "was kept outside and is not here: history was rewritten")


def view_finding(difference: Difference) -> Finding:
    """Return the finding that a view says something else than its facts."""
    return Finding(
        what="view",
        dossier=difference.name,
        version=0,
        sentence=f"dossier {difference.name}: {difference.sentence()}",
    )


def _root(hashes: Iterator[tuple[Any, ...]]) -> tuple[int, bytes]:
    running, count = sha256(), 0
    for (digest,) in hashes:
        running.update(digest)
        count += 1
    return count, running.digest()


def _anchor(line: tuple[Any, ...]) -> Anchor:
    number, day, upto, facts, root, digest, made_at = line
    return Anchor(number, day, upto, facts, bytes(root), bytes(digest), made_at)


def _anchored(where: str, what: str) -> Finding:
    return Finding(what="anchor", dossier="", version=0, sentence=f"{where} {what}")


def _finding(what: str, dossier: str, version: int, rest: str) -> Finding:
    return Finding(what=what, dossier=dossier, version=version, sentence=f"dossier {dossier}: fact {version} {rest}")


def _kind(body: str) -> str:
    try:
        kind = msgspec.json.decode(body)["kind"]
    except (msgspec.MsgspecError, KeyError, TypeError):
        return "unreadable"
    return str(kind)


def _name_in(lines: Sequence[Line], row: int) -> str:
    for _, body, _ in lines[:1]:
        try:
            return str(msgspec.json.decode(body).get("dossier_id", f"row {row}"))
        except (msgspec.MsgspecError, AttributeError):
            break
    return f"row {row}"
