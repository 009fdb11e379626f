"""Ping-pong: who a dossier went to and fro between, as cycles of each dossier's digraph and as literal A→B→A.

Both ways leave out blanks and join repeats, in log order. *Cycles* after J. Paszkiewicz and W. Picard, CEUR-WS
Vol-1052: every simple cycle of the digraph of one dossier's changes counts once for the dossier, rotations being the
same cycle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final

import polars as pl

from engine.casebook import Casebook
from engine.errors import InputError
from engine.events import SYSTEM
from engine.responsibility.passages import by_design

MOST_CYCLES: Final = 10_000
"""Cycles enumerated in one dossier; where there are more, the dossier is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycles:
    """Simple cycles over all dossiers.

    ``by_cycle`` counts dossiers for each set of members in cyclic order, most first; ``total`` is the sum,
    ``dossiers`` how many have one or more, ``cut`` the dossiers in which enumeration stopped at `MOST_CYCLES`.
    """

    by_cycle: tuple[tuple[tuple[str, ...], int], ...]
    total: int
    dossiers: int
    cut: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PingPong:
    """Everything about one attribute.

    ``moves`` has a row for each change: ``nr``, ``from``, ``to``, ``at``, ``hold``. ``pairs`` counts literal A→B→A by
    unordered pair: ``a``, ``b``, ``triples``, ``dossiers``, ``with_applicant``, ``designed`` (how many of them the
    procedure leads back itself, as signals excuse them), ``by_design`` (all of them), most first.
    """

    by: str
    moves: pl.DataFrame
    pairs: pl.DataFrame
    triples: int
    triple_dossiers: int
    cycles: Cycles | None

    @property
    def handovers(self) -> int:
        """How often a dossier changed hands."""
        return self.moves.height


def column_of(book: Casebook, by: str) -> str:
    """Return the column of holds that ``--by`` names.

    Raises:
        InputError: the source has no such attribute; the sentence names those it has.
    """
    names = {"agency": "agency", "officer": "officer", "step": "step"}
    names |= {name.removeprefix("by."): name for name in book.holds.columns if name.startswith("by.")}
    if by not in names:
        raise InputError(f"--by {by}: dossiers cannot be followed by that; there is {', '.join(names)}")
    return names[by]


def sequences(book: Casebook, by: str, *, without_system: bool = False) -> pl.DataFrame:
    """Return who had each dossier in turn: ``nr``, ``value``, ``at``, ``hold``, repeats joined, blanks left out.

    Opinions asked beside the main way are no hand-over and are left out, as is where an open dossier waits after the
    end of a log.

    Args:
        book: dossiers.
        by: ``agency``, ``officer``, ``step`` or a group of the mapping.
        without_system: leave out what accounts of machines did.

    Raises:
        InputError: the source has no such attribute.
    """
    column = column_of(book, by)
    is_handed = (pl.col("work") != "opinion") | (pl.col("lead_hold") == 0)
    # Officers' system accounts carry a prefix in the facts; as a value of the log they are themselves.
    value = pl.col(column).str.strip_prefix(f"{SYSTEM}:") if column == "officer" else pl.col(column)
    holds = book.holds.lazy().filter(is_handed & pl.col(column).is_not_null())
    if without_system:
        holds = holds.filter(~pl.col("is_system"))
    turns = holds.select("nr", value.alias("value"), pl.col("since").alias("at"), "hold")
    is_new = (pl.col("nr") != pl.col("nr").shift(1)) | (pl.col("value") != pl.col("value").shift(1))
    return turns.filter(is_new.fill_null(value=True)).collect()


def ping_pong(book: Casebook, by: str = "agency", *, without_system: bool = False, cycles: bool = True) -> PingPong:
    """Return hand-overs, literal A→B→A and simple cycles by an attribute.

    Raises:
        InputError: the source has no such attribute.
    """
    turns = sequences(book, by, without_system=without_system)
    same = pl.col("nr") == pl.col("nr").shift(1)
    moves = turns.select(
        "nr", pl.col("value").shift(1).alias("from"), pl.col("value").alias("to"), "at", "hold", same.alias("same")
    ).filter("same")
    triples = _designed(book, triples_of(turns), by)
    outside = list(book.outsiders)
    pairs = (
        triples.with_columns(pl.min_horizontal("from", "to").alias("a"), pl.max_horizontal("from", "to").alias("b"))
        .group_by("a", "b")
        .agg(pl.len().alias("triples"), pl.col("nr").n_unique().alias("dossiers"), pl.col("designed").sum())
        .with_columns(
            (pl.col("a").is_in(outside) | pl.col("b").is_in(outside)).alias("with_applicant"),
            (pl.col("designed") == pl.col("triples")).alias("by_design"),
        )
        .sort(["triples", "a", "b"], descending=[True, False, False])
    )
    return PingPong(
        by=by,
        moves=moves.drop("same"),
        pairs=pairs,
        triples=triples.height,
        triple_dossiers=triples["nr"].n_unique(),
        cycles=cycles_of(book, turns) if cycles else None,
    )


def _designed(book: Casebook, triples: pl.DataFrame, by: str) -> pl.DataFrame:
    """Add ``designed`` to triples: of agencies as signals excuse them, else by the pairs of the designed loops."""
    if by == "agency":
        return excused(book, triples).with_columns(
            (pl.col("excused") == "designed_loop").fill_null(value=False).alias("designed")
        )
    pairs = [f"{a}\t{b}" for pair in book.loops if pair[0] for a, b in (pair, pair[::-1])]
    return triples.with_columns(pl.concat_str("from", pl.lit("\t"), "to").is_in(pairs).alias("designed"))


def triples_of(turns: pl.DataFrame) -> pl.DataFrame:
    """Return each literal A→B→A as ``nr``, ``from`` (A), ``to`` (B), ``at`` (the return) and ``hold``.

    Besides, ``had`` is when A had got it, ``sent`` when B did and ``sent_hold`` what B got.
    """
    is_return = ((pl.col("nr") == pl.col("nr").shift(2)) & (pl.col("value") == pl.col("value").shift(2))).fill_null(
        value=False
    )
    found = turns.with_columns(
        pl.col("value").shift(1).alias("to"),
        pl.col("at").shift(2).alias("had"),
        pl.col("at").shift(1).alias("sent"),
        pl.col("hold").shift(1).alias("sent_hold"),
        is_return.alias("is_return"),
    ).filter("is_return")
    return found.select("nr", pl.col("value").alias("from"), "to", "at", "hold", "had", "sent", "sent_hold")


def excused(book: Casebook, back: pl.DataFrame) -> pl.DataFrame:
    """Add ``excused`` to returns to agency ``from`` from ``to``, by how the returning ``hold`` came about.

    It is ``applicant`` where one of both is the applicant, ``designed_loop`` where the procedure leads back itself (see
    `engine.responsibility.passages.by_design`) or nobody gave anything back, for both had it at the same time; else
    null.
    """
    names = ("nr", "hold", "step", "entry", "from_agency")
    rows = (
        book.holds.lazy().select(names).join(back.lazy().select("nr", "hold").unique(), on=["nr", "hold"], how="semi")
    )
    back = back.join(rows.collect(), on=["nr", "hold"], how="left", maintain_order="left")
    outside = list(book.outsiders)
    with_applicant = pl.col("from").is_in(outside) | pl.col("to").is_in(outside) if outside else pl.lit(value=False)
    # Beside a parallel branch nobody gave anything back: the dossier was with both at the same time.
    beside = (pl.col("from_agency") != pl.col("to")).fill_null(value=False)
    design = by_design(book, a="from", b="to") | beside
    return back.with_columns(
        pl.when(with_applicant)
        .then(pl.lit("applicant"))
        .when(design)
        .then(pl.lit("designed_loop"))
        .otherwise(pl.lit(None, dtype=pl.String))
        .alias("excused")
    ).drop("step", "entry", "from_agency")


def cycles_of(book: Casebook, turns: pl.DataFrame) -> Cycles:
    """Return the simple cycles of every dossier's digraph, counted over all dossiers."""
    counted: Counter[tuple[str, ...]] = Counter()
    cut: list[str] = []
    dossiers = 0
    # Only who comes back anywhere can be part of a cycle.
    came_back = turns.filter(pl.col("value").is_duplicated().over("nr")) if turns.height else turns
    again = came_back["nr"].unique()
    by_dossier = turns.filter(pl.col("nr").is_in(again.implode())).group_by("nr", maintain_order=True).agg("value")
    for nr, values in by_dossier.iter_rows():
        found, is_cut = _cycles(tuple(sorted(set(pairwise(values)))))
        if not found:
            continue
        dossiers += 1
        counted.update(found)
        if is_cut:
            cut.append(book.dossiers.filter(pl.col("nr") == nr)["dossier"][0])
    listed = sorted(counted.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return Cycles(by_cycle=tuple(listed), total=sum(counted.values()), dossiers=dossiers, cut=tuple(cut))


@lru_cache(maxsize=50_000)
def _cycles(edges: tuple[tuple[str, str], ...]) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the simple cycles of a digraph, each from its least member on, and whether there were too many."""
    pairs = set(edges)
    if all((b, a) in pairs for a, b in edges) and len(edges) == 2:
        return ((min(edges[0]), max(edges[0])),), False
    import networkx as nx

    graph = nx.DiGraph(edges)
    found = list(islice(nx.simple_cycles(graph), MOST_CYCLES + 1))
    return tuple(_turned(cycle) for cycle in found[:MOST_CYCLES]), len(found) > MOST_CYCLES


def _turned(cycle: Iterable[str]) -> tuple[str, ...]:
    members = list(cycle)
    least = members.index(min(members))
    return tuple(members[least:] + members[:least])
