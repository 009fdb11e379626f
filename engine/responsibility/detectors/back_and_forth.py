"""Back and forth: ping-pong between two agencies, cycles through a third, and what is touched and sent back at once."""

from __future__ import annotations

from functools import reduce
from operator import and_

import polars as pl

from engine.casebook import Casebook
from engine.responsibility.passages import STATES, is_agency
from engine.responsibility.ping_pong import excused, sequences, triples_of
from engine.responsibility.signal import Found, SignalRule, detector, found

_RETURN = ("nr", "hold")
_NO_WORK = ("sent_back", "transferred")


@detector("S20")
def ping_pong_between_agencies(book: Casebook, rule: SignalRule) -> Found:
    """Find hand-overs that are part of a repeated A→B→A of one dossier, or of its tour of agencies that all decline."""
    turns = sequences(book, "agency", without_system=True)
    moves = _moves(turns)
    returns = int(rule.number("returns"))
    pair = ["nr", "from", "to"]
    often = triples_of(turns).filter(pl.len().over(pair) >= returns) if turns.height else triples_of(turns)
    often = excused(book, often)
    counts = pl.col("excused").is_null().sum().over(pair)
    often = often.with_columns(
        pl.when(counts < returns).then(pl.col("excused").fill_null("small")).otherwise(pl.col("excused")),
        counts.alias("measure"),
    )
    out = often.select(
        "nr",
        pl.col("from").alias("agency"),
        pl.col("sent_hold").alias("hold"),
        pl.col("sent").alias("at"),
        pl.col("had").alias("since"),
        pl.col("sent").alias("until"),
        "measure",
        "to",
        "excused",
    )
    back = often.select(
        "nr",
        pl.col("to").alias("agency"),
        "hold",
        "at",
        pl.col("sent").alias("since"),
        pl.col("at").alias("until"),
        "measure",
        pl.col("from").alias("to"),
        "excused",
    )
    hits = pl.concat([out, back, _all_decline(book, moves, int(rule.number("decline")))])
    hits = hits.sort(pl.col("excused").is_not_null(), maintain_order=True).unique(_RETURN, keep="first")
    hits = hits.filter(is_agency(book)).sort("nr", "hold").with_columns(pl.col("to").alias("detail"))
    return found(hits, moves.select(pl.col("from").alias("agency")))


@detector("P6")
def third_party_cycle(book: Casebook, rule: SignalRule) -> Found:
    """Find hand-overs of a way that leads a dossier back to an agency through two or more others, or one outside."""
    turns = sequences(book, "agency", without_system=True).with_row_index("row")
    moves = _moves(turns)
    longest = int(rule.number("longest"))
    outsiders = list(book.outsiders)
    ways = [_returns_after(turns, parties, outsiders) for parties in range(3, longest + 1)]
    triples = _returns_after(turns, 2, outsiders)
    outside = book.holds.filter((pl.col("kind") == "other_agency") & (pl.col("lead_hold") == 0)).select("nr", "hold")
    if outside.height and triples.height:
        ways.append(triples.join(outside.rename({"hold": "sent_hold"}), on=["nr", "sent_hold"], how="semi"))
    cycles = excused(book, pl.concat(ways)).with_columns(
        pl.when("by_applicant").then(pl.lit("applicant")).otherwise(pl.col("excused")).alias("excused")
    )
    lines = cycles.with_columns(pl.int_ranges(pl.col("row") - pl.col("parties") + 1, pl.col("row") + 1).alias("move"))
    lines = lines.select("move", "parties", "excused").explode("move").drop_nulls("move")
    lines = lines.sort(pl.col("excused").is_not_null(), "parties").unique("move", keep="first")
    steps = turns.select(
        pl.col("row").cast(pl.Int64).alias("move"),
        "nr",
        "hold",
        "at",
        pl.col("value").shift(1).alias("agency"),
        pl.col("value").alias("detail"),
        pl.col("at").shift(1).alias("since"),
    )
    hits = lines.with_columns(pl.col("move").cast(pl.Int64)).join(steps, on="move").sort("move")
    hits = hits.filter(is_agency(book)).with_columns(
        pl.col("at").alias("until"), pl.col("parties").cast(pl.Float64).alias("measure")
    )
    return found(hits, moves.select(pl.col("from").alias("agency")), cycles=cycles.height)


@detector("P7")
def touch_and_return(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers that an agency got and sent back to whom it came from within minutes, no step done."""
    turns = sequences(book, "agency", without_system=True)
    moves = _moves(turns)
    back = triples_of(turns)
    rows = book.holds.filter(pl.col("nr").is_in(back["nr"].unique().implode())).select(
        "nr",
        pl.col("hold").alias("part"),
        "taken_up",
        "officer",
        pl.col("outcome").alias("did"),
        pl.col("until").alias("part_until"),
    )
    back = (
        back.select(*_RETURN, "sent_hold")
        .join(rows, on="nr", maintain_order="left")
        .filter((pl.col("part") >= pl.col("sent_hold")) & (pl.col("part") < pl.col("hold")))
        .group_by(*_RETURN, maintain_order=True)
        .agg(
            pl.col("taken_up").min(),
            pl.col("officer").last(),
            pl.col("did").last(),
            pl.col("did").is_in(_NO_WORK).all().alias("is_idle"),
        )
        .join(back, on=_RETURN, how="inner", maintain_order="left")
    )
    if STATES in book.tells:
        touched, idle = pl.col("sent"), pl.col("taken_up").is_null()
    else:
        touched, idle = pl.coalesce("taken_up", "sent"), pl.col("is_idle")
    minutes = (pl.col("at") - touched).dt.total_seconds() / 60
    quick = excused(book, back.filter(idle & (minutes <= rule.number("minutes")))).with_columns(
        pl.col("to").alias("agency"),
        minutes.alias("measure"),
        pl.col("from").alias("detail"),
        pl.col("sent").alias("since"),
        pl.col("at").alias("until"),
        # Who passes on at once what is not his does as he should.
        pl.when(pl.col("did") == "transferred")
        .then(pl.col("excused").fill_null("not_held"))
        .otherwise(pl.col("excused"))
        .alias("excused"),
    )
    return found(quick.filter(is_agency(book)), moves.select(pl.col("to").alias("agency")))


def _moves(turns: pl.DataFrame) -> pl.DataFrame:
    """Return each change of hands as ``nr``, ``from``, ``to``, ``at``, ``hold`` and when the giver had got it."""
    same = (pl.col("nr") == pl.col("nr").shift(1)).fill_null(value=False)
    before = pl.col("value").shift(1)
    return (
        turns.select(
            "nr",
            before.alias("from"),
            pl.col("value").alias("to"),
            "at",
            "hold",
            pl.col("at").shift(1).alias("had"),
            same.alias("same"),
        )
        .filter("same")
        .drop("same")
    )


def _returns_after(turns: pl.DataFrame, parties: int, outsiders: list[str]) -> pl.DataFrame:
    """Return where a dossier is back with an agency for the first time after ``parties`` changes of hands."""
    between = [pl.col("value").shift(n).is_in(outsiders) for n in range(1, parties)]
    same = [pl.col("nr") == pl.col("nr").shift(parties), pl.col("value") == pl.col("value").shift(parties)]
    other = [pl.col("value") != pl.col("value").shift(n) for n in range(2, parties)]
    is_back = reduce(and_, [*same, *other]).fill_null(value=False)
    return (
        turns.select(
            pl.col("row").cast(pl.Int64),
            "nr",
            "hold",
            "at",
            pl.col("value").alias("from"),
            pl.col("value").shift(1).alias("to"),
            pl.col("hold").shift(1).alias("sent_hold"),
            pl.lit(parties).alias("parties"),
            (pl.any_horizontal(between) if outsiders else pl.lit(value=False)).alias("by_applicant"),
            is_back.alias("is_back"),
        )
        .filter("is_back")
        .drop("is_back")
    )


def _all_decline(book: Casebook, moves: pl.DataFrame, agencies: int) -> pl.DataFrame:
    """Return the hand-overs by which so many agencies passed one dossier on as not theirs."""
    passed = book.acts.filter((pl.col("act") == "transferred") & ~pl.col("is_system") & is_agency(book))
    passed = passed.select("nr", pl.col("agency").alias("from"), pl.col("other").alias("to"))
    toured = passed.filter(pl.col("from").n_unique().over("nr") >= agencies) if passed.height else passed
    found_ = moves.join(toured.unique(), on=["nr", "from", "to"], how="semi", maintain_order="left")
    return found_.select(
        "nr",
        pl.col("from").alias("agency"),
        "hold",
        "at",
        pl.col("had").alias("since"),
        pl.col("at").alias("until"),
        pl.lit(agencies, dtype=pl.UInt32).alias("measure"),
        "to",
        pl.lit(None, dtype=pl.String).alias("excused"),
    )
