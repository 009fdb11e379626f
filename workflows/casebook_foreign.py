"""The casebook of a foreign log: its events as holds, acts and tiles, in columns from beginning to end.

Whatever the facts of `workflows.foreign_facts` would tell, told without making them; the few dossiers whose holds
overlap or whose clock stands still go the way of the facts (a test compares both for all).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from engine.calendar import WorkingCalendar
from engine.casebook import ACTS, DOSSIERS, HOLDS, INSTANT, TILES, Casebook, Term, empty, epoch_seconds, fitted
from engine.custody import custody
from engine.dossier import SUPPLEMENT_GROUND, Work, replay
from engine.events import SYSTEM
from engine.ledger import TimeKind
from engine.limits import ElapsedHours, OfficeHours, parse_limit
from store.mapping import Mapping
from store.mapping import Term as MappedTerm
from workflows.casebook import is_waiting
from workflows.foreign import ForeignLog, due_after
from workflows.foreign_facts import ORIGIN, dossiers_of, facts_of, in_seconds, meanings

_PART: Final = 5_000
_KINDS: Final = {
    Work.STEP: TimeKind.AUTHORITY,
    Work.APPLICANT: TimeKind.APPLICANT,
    Work.OPINION: TimeKind.OTHER_AGENCY,
    Work.POSTING: TimeKind.NOBODY,
}
_WORKS: Final = {"applicant": Work.APPLICANT, "other_agency": Work.OPINION, "nobody": Work.POSTING}


def casebook_of(foreign: ForeignLog, calendar: WorkingCalendar, now: int) -> Casebook:
    """Return a foreign log in columns.

    Args:
        foreign: the log, understood.
        calendar: of its desk; see `workflows.foreign.calendar_of`.
        now: epoch seconds at which what is open is judged; usually the log's last instant.
    """
    mapping = foreign.mapping
    rows = in_seconds(foreign.dossiers)
    holds = _holds(foreign, rows)
    acts = _acts(foreign, holds)
    tiles, stopped = _tiles(foreign, rows, holds, acts, now)
    return Casebook(
        name=mapping.log,
        zone=mapping.zone,
        now=now,
        calendar=calendar,
        dossiers=_dossiers(foreign, acts, holds, stopped),
        holds=holds.drop("begun", "ended_s"),
        tiles=tiles,
        acts=acts,
        tells=tells_of(mapping),
        outsiders=frozenset(mapping.outsiders),
        loops=loops_of(mapping),
        levels=None if mapping.levels is None else (f"by.{mapping.levels.group}", mapping.levels.order),
        parameters=mapping.parameters,
        terms=tuple(_term(foreign, term, calendar) for term in mapping.terms),
    )


def loops_of(mapping: Mapping) -> frozenset[tuple[str, str]]:
    """Return the pairs of agencies between which dossiers go back and forth by design, both ways."""
    return frozenset(pair for a, b in mapping.designed_loops for pair in ((a, b), (b, a)))


def tells_of(mapping: Mapping) -> frozenset[str]:
    """Return what a log tells at all, as its mapping reads it; see `engine.casebook.Casebook.tells`."""
    known = {act for act, steps in mapping.acts.items() if steps}
    known |= {"states"} if mapping.event == "beginning" else set()
    known |= {"waiting"} if mapping.outsiders else set()
    if mapping.state is not None:
        states = set(mapping.state.values.values())
        known |= {"waiting"} if states & set(_WORKS) else set()
        known |= {"queue"} if "queue" in states else set()
    optional = {
        "officers": mapping.officer,
        "agencies": mapping.agency,
        "queue": mapping.started,
        "step_due": mapping.step_due,
        "applicants": mapping.applicant,
        "due": mapping.due or mapping.term,
        "levels": mapping.levels,
    }
    return frozenset(known | {name for name, column in optional.items() if column is not None})


def _instant(name: str) -> pl.Expr:
    return (pl.col(name) * 1_000_000).cast(INSTANT)


def _holds(foreign: ForeignLog, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the holds, all instants in whole seconds; with ``begun`` and ``ended_s`` of their dossier besides."""
    mapping = foreign.mapping
    seconds = [pl.col(name).dt.epoch("us").floordiv(1_000_000) for name in ("at", "started", "step_due")]
    ends = rows.select("nr", pl.col("begun"), pl.col("ended").alias("ended_s"))
    events = foreign.events.with_columns(seconds).join(ends, on="nr", how="left", maintain_order="left")
    started = pl.col("started")
    if mapping.event == "beginning":
        following = pl.col("at").shift(-1).over("nr")
        until = pl.max_horizontal(pl.col("at"), following.fill_null(pl.col("ended_s")))
        since = pl.col("at")
        events = events.with_columns(
            since.alias("since"),
            pl.when(following.is_null() & pl.col("ended_s").is_null()).then(None).otherwise(until).alias("until"),
        )
    else:
        before = pl.col("at").shift(1).over("nr").fill_null(pl.col("begun"))
        since = pl.min_horizontal(before, started.fill_null(pl.col("at")), pl.col("at"))
        events = events.with_columns(since.alias("since"), pl.col("at").alias("until"))
    taken = pl.max_horizontal(pl.col("since"), pl.min_horizontal(started, pl.col("at")))
    taken = pl.when(started.is_null()).then(pl.when(pl.col("state") == "work").then(pl.col("since"))).otherwise(taken)
    is_outside = pl.col("agency").is_in(list(mapping.outsiders)).fill_null(value=False)
    work = pl.when(is_outside).then(pl.lit(Work.APPLICANT.value)).otherwise(pl.lit(Work.STEP.value))
    for state, kind in _WORKS.items():
        work = pl.when(pl.col("state") == state).then(pl.lit(kind.value)).otherwise(work)
    is_system = pl.col("officer").is_in(list(mapping.system)).fill_null(value=False)
    meant = meanings(mapping)
    outcome = pl.col("step").replace_strict(meant, default="done") if meant else pl.lit("done")
    known = pl.col("agency").forward_fill().shift(1).over("nr")
    holds = events.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("nr").alias("hold"),
        taken.alias("taken_up"),
        pl.col("step_due").alias("due"),
        work.alias("work"),
        is_system.alias("is_system"),
        pl.when(is_system).then(f"{SYSTEM}:" + pl.col("officer")).otherwise(pl.col("officer")).alias("officer"),
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("nr", "step").alias("entry"),
        known.alias("from_agency"),
        pl.lit(0, dtype=pl.UInt32).alias("lead_hold"),
        outcome.alias("outcome"),
    ).with_columns(
        pl.when(pl.col("until").is_not_null()).then(pl.col("outcome")).alias("outcome"),
        pl.col("work").replace_strict({w.value: k.value for w, k in _KINDS.items()}).alias("kind"),
        *(_instant(name).alias(name) for name in ("since", "until", "taken_up", "due", "at")),
    )
    groups = [f"by.{name}" for name in mapping.groups]
    holds = fitted(
        holds.select(*(n for n in HOLDS.names() if n in holds.columns), *groups, "at", "begun", "ended_s"), HOLDS
    )
    if mapping.event == "beginning":
        waiting = rows.filter(pl.col("ended").is_null() & (pl.col("events") == 0))
    else:
        waiting = rows.filter(pl.col("ended").is_null())
    return pl.concat([holds, _after_log(holds, waiting, mapping)], how="diagonal").sort("nr", "hold").drop("at")


def _after_log(holds: pl.DataFrame, waiting: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Open dossiers stay with their last holder once the log ends."""
    last = holds.group_by("nr").agg(
        pl.col("at").last(),
        pl.col("agency").drop_nulls().last(),
        pl.col("hold").max(),
        (pl.col("step") == mapping.after_log).sum().alias("before"),
    )
    found = waiting.select("nr", "begun").join(last, on="nr", how="left")
    found = found.with_columns(
        pl.col("agency").alias("from_agency"),
        pl.col("agency").fill_null(mapping.desk),
        (pl.col("hold").fill_null(0) + 1).cast(pl.UInt32).alias("hold"),
        pl.col("at").fill_null(_instant("begun")).alias("since"),
        (pl.col("before").fill_null(0) + 1).cast(pl.UInt32).alias("entry"),
        pl.lit(mapping.after_log).alias("step"),
        pl.lit(Work.STEP.value).alias("work"),
        pl.lit(TimeKind.AUTHORITY.value).alias("kind"),
        pl.lit(value=False).alias("is_system"),
        pl.lit(0, dtype=pl.UInt32).alias("lead_hold"),
    )
    return fitted(found.drop("before", "at", "begun"), HOLDS)


def _acts(foreign: ForeignLog, holds: pl.DataFrame) -> pl.DataFrame:
    """Return what steps were said to mean, at the instants of the log."""
    if not foreign.mapping.acts:
        return empty(ACTS)
    found = holds.filter(pl.col("outcome").is_not_null() & (pl.col("outcome") != "done"))
    following = holds.select("nr", (pl.col("hold") - 1).cast(pl.UInt32).alias("hold"), pl.col("agency").alias("other"))
    found = found.join(following, on=["nr", "hold"], how="left", maintain_order="left")
    found = found.select(
        "nr",
        pl.col("until").alias("at"),
        pl.col("until").alias("recorded"),
        pl.col("outcome").alias("act"),
        "agency",
        pl.col("officer").alias("by"),
        "is_system",
        "hold",
        pl.col("step").alias("detail"),
        "other",
        pl.lit(0, dtype=pl.UInt32).alias("version"),
    )
    return fitted(found, ACTS)


def _tiles(
    foreign: ForeignLog, rows: pl.DataFrame, holds: pl.DataFrame, acts: pl.DataFrame, now: int
) -> tuple[pl.DataFrame, pl.Series]:
    """Return the lives in tiles, and the dossiers whose clock stands still.

    At once where one hold follows the other, by their facts where they do not.
    """
    ends = rows.select("nr", pl.col("ended").fill_null(now).clip(upper_bound=now).alias("end"), "begun")
    lives = ends.with_columns(_instant("end").alias("end"), _instant("begun").alias("begun"))
    pieces = holds.select("nr", "since", "until", "kind", "agency", "step").join(lives, on="nr", maintain_order="left")
    follows = pl.col("since") == pl.col("until").shift(1).over("nr").fill_null(pl.col("begun"))
    odd = pieces.group_by("nr").agg(follows.all().not_().alias("odd")).filter(pl.col("odd"))["nr"]
    stops = _supplements(acts)
    # Where two reasons could overlap, only the facts tell which comes first.
    paused = acts.filter(pl.col("act").is_in(["clock_paused", "clock_resumed"]))["nr"]
    waited = holds.filter(pl.col("kind").is_in(["applicant", "nobody"]))["nr"].unique()
    is_odd, waits = pl.col("nr").is_in(odd.implode()), pl.col("nr").is_in(waited.implode())
    both = stops.filter(waits | is_odd)["nr"]
    special = pl.concat([paused, both, odd.to_frame().filter(waits)["nr"]]).unique()
    is_special = pl.col("nr").is_in(special.implode())
    beside = _side_by_side(pieces.filter(is_odd & ~is_special), lives.filter(is_odd & ~is_special))
    simple = (
        pieces.filter(~is_special & ~is_odd)
        .with_columns(
            pl.max_horizontal("since", "begun").alias("since"),
            pl.min_horizontal(pl.col("until").fill_null(pl.col("end")), "end").alias("until"),
            pl.when(pl.col("kind").is_in(["applicant", "nobody"]))
            .then(pl.lit(""))
            .otherwise(pl.col("agency").fill_null(""))
            .alias("who"),
            pl.lit("").alias("ground"),
        )
        .drop("agency", "begun")
    )
    tails = lives.filter(~is_special & ~is_odd).join(
        simple.group_by("nr").agg(pl.col("until").max().alias("since")), on="nr", how="left"
    )
    tails = tails.select(
        "nr",
        pl.max_horizontal(pl.col("since").fill_null(pl.col("begun")), "begun").alias("since"),
        pl.col("end").alias("until"),
        pl.lit(TimeKind.NOBODY.value).alias("kind"),
        pl.lit("").alias("who"),
        pl.lit("").alias("step"),
        pl.lit("").alias("ground"),
    )
    tiles = pl.concat([simple.select(TILES.names()), tails.select(TILES.names()), beside])
    tiles = tiles.filter(pl.col("since") < pl.col("until")).sort("nr", "since", maintain_order=True)
    tiles = _with_stops(tiles, stops.filter(~is_special), lives)
    owner = pl.struct("nr", "kind", "who", "step", "ground")
    tiles = tiles.with_columns((owner != owner.shift(1)).fill_null(value=True).cum_sum().alias("run"))
    tiles = tiles.group_by("run", maintain_order=True).agg(
        *(pl.col(n).first() for n in ("nr", "since", "kind", "who", "step", "ground")), pl.col("until").last()
    )
    by_facts, stopped = _tiles_by_facts(foreign, special, now)
    found = [tiles.select(pl.col(n).cast(t) for n, t in TILES.items()), by_facts]
    unanswered = stops.filter(pl.col("until").is_null() & ~is_special)["nr"]
    return pl.concat(found).sort("nr", "since", maintain_order=True), pl.concat([stopped, unanswered])


def _side_by_side(pieces: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Return lives in which agencies hold a dossier side by side or with gaps; see `engine.ledger.tile`.

    An opinion comes before the work that waits for it, then whoever began first; what nobody has is nobody's.
    """
    lives = lives.filter(pl.col("begun") < pl.col("end"))
    claims = pieces.with_columns(
        pl.col("until").fill_null(pl.col("end")),
        pl.col("agency").fill_null("").alias("who"),
        (pl.col("kind") == TimeKind.AUTHORITY.value).alias("weak"),
    ).filter(pl.col("since") < pl.col("until"))
    claims = claims.sort("nr", "weak", "since", "until", "who", maintain_order=True).with_row_index("claim")
    claims = claims.with_columns(pl.max_horizontal("since", "begun"), pl.min_horizontal("until", "end"))
    claims = claims.filter(pl.col("since") < pl.col("until"))
    edges = [claims.select("nr", pl.col(name).alias("at")) for name in ("since", "until")]
    edges += [lives.select("nr", pl.col(name).alias("at")) for name in ("begun", "end")]
    cuts = pl.concat(edges).unique().sort("nr", "at").with_row_index("cut")
    spans = claims.select("nr", "claim", "since", "until")
    for name in ("since", "until"):
        spans = spans.join(
            cuts.select("nr", pl.col("at").alias(name), pl.col("cut").alias(f"{name}_cut")), on=["nr", name]
        )
    held = spans.select("claim", pl.int_ranges("since_cut", "until_cut", dtype=pl.UInt32).alias("cut")).explode("cut")
    owners = held.group_by("cut").agg(pl.col("claim").min())
    tiles = cuts.with_columns(pl.col("at").shift(-1).over("nr").alias("until")).filter(pl.col("until").is_not_null())
    tiles = tiles.join(owners, on="cut", how="left").join(
        claims.select("claim", "kind", "who", "step"), on="claim", how="left"
    )
    return tiles.select(
        "nr",
        pl.col("at").alias("since"),
        "until",
        pl.col("kind").fill_null(TimeKind.NOBODY.value),
        pl.col("who").fill_null(""),
        pl.col("step").fill_null(""),
        pl.lit("").alias("ground"),
    )


def _supplements(acts: pl.DataFrame) -> pl.DataFrame:
    """Return when each dossier waited for a supplement: ``nr``, ``since``, ``until`` (null: no answer), ``step``."""
    asked = pl.col("act") == "supplement_requested"
    turns = acts.filter(asked | (pl.col("act") == "supplement_received")).select("nr", "at", "act", "detail")
    # A request while one is open asks again; only the answer ends the wait.
    turns = turns.filter((pl.col("act") != pl.col("act").shift(1).over("nr")).fill_null(value=True))
    turns = turns.with_columns(pl.col("at").shift(-1).over("nr").alias("until"))
    return turns.filter(asked).select("nr", pl.col("at").alias("since"), "until", pl.col("detail").alias("step"))


def _with_stops(tiles: pl.DataFrame, stops: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Return lives in which waiting for a supplement is the applicant's time, whoever held the dossier meanwhile."""
    stops = stops.join(lives, on="nr", how="left").with_columns(
        pl.max_horizontal("since", "begun").alias("since"),
        pl.min_horizontal(pl.col("until").fill_null(pl.col("end")), "end").alias("until"),
    )
    stops = stops.filter(pl.col("since") < pl.col("until")).sort("nr", "since")
    if stops.is_empty():
        return tiles
    is_stopped = pl.col("nr").is_in(stops["nr"].unique().implode())
    whole = tiles.filter(is_stopped)
    cuts = pl.concat(
        [whole.select("nr", "since"), *(stops.select("nr", pl.col(n).alias("since")) for n in ("since", "until"))]
    )
    cuts = cuts.unique().sort("nr", "since").join(lives.select("nr", "end"), on="nr", how="left", maintain_order="left")
    cuts = cuts.filter(pl.col("since") < pl.col("end"))
    ends = pl.col("since").shift(-1).over("nr").fill_null(pl.col("end"))
    pieces = cuts.select("nr", "since", ends.alias("until")).set_sorted("since")
    pieces = pieces.sort("since").join_asof(
        whole.drop("until").sort("since"), on="since", by="nr", strategy="backward", check_sortedness=False
    )
    waits = stops.select("nr", "since", pl.col("until").alias("answered"), pl.col("step").alias("asked_at")).sort(
        "since"
    )
    pieces = pieces.join_asof(waits, on="since", by="nr", strategy="backward", check_sortedness=False)
    waiting = (pl.col("answered") > pl.col("since")).fill_null(value=False)
    pieces = pieces.with_columns(
        pl.when(waiting).then(pl.lit(TimeKind.APPLICANT.value)).otherwise("kind").alias("kind"),
        pl.when(waiting).then(pl.lit("")).otherwise("who").alias("who"),
        pl.when(waiting).then("asked_at").otherwise("step").alias("step"),
        pl.when(waiting).then(pl.lit(SUPPLEMENT_GROUND)).otherwise("ground").alias("ground"),
    )
    return pl.concat([tiles.filter(~is_stopped), pieces.select(TILES.names())]).sort("nr", "since", maintain_order=True)


def _tiles_by_facts(foreign: ForeignLog, special: pl.Series, now: int) -> tuple[pl.DataFrame, pl.Series]:
    """Return lives in tiles by the facts that the log tells of them, some thousand at a time, and who waits."""
    numbers = special.sort()
    ranks = pl.DataFrame({"nr": numbers, "rank": pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True)})
    parts = [
        frame.join(ranks, on="nr", maintain_order="left").drop("nr").rename({"rank": "nr"})
        for frame in (foreign.dossiers, foreign.events)
    ]
    some = replace(foreign, dossiers=parts[0], events=parts[1])
    lines: list[tuple[object, ...]] = []
    stopped: list[int] = []
    for first in range(0, numbers.len(), _PART):
        for nr, dossier in zip(numbers[first : first + _PART], dossiers_of(some, first, _PART), strict=True):
            folded = replay(facts_of(foreign.mapping, dossier, recorded_at=now))
            life = custody(folded, now)
            lines += [(nr, tile.since, tile.until, tile.kind.value, tile.who, tile.step, tile.ground) for tile in life]
            stopped += [nr] if is_waiting(folded) else []
    seconds = {name: pl.Int64 if dtype == INSTANT else dtype for name, dtype in TILES.items()}
    frame = pl.DataFrame(lines, schema=seconds, orient="row")
    tiles = frame.with_columns(_instant("since").alias("since"), _instant("until").alias("until"))
    return tiles, pl.Series(stopped, dtype=special.dtype)


def _dossiers(foreign: ForeignLog, acts: pl.DataFrame, holds: pl.DataFrame, stopped: pl.Series) -> pl.DataFrame:
    mapping = foreign.mapping
    found = foreign.dossiers
    endings = {"result_denied": "denied", "withdrawn": "withdrawn", "intake_declined": "declined"}
    last = acts.filter(pl.col("act").is_in(list(endings))).group_by("nr").agg(pl.col("act").last().alias("ending"))
    issued = acts.filter(pl.col("act") == "result_issued").group_by("nr").agg(pl.col("at").last().alias("issued"))
    found = found.join(last, on="nr", how="left", maintain_order="left")
    found = found.join(issued, on="nr", how="left", maintain_order="left")
    open_wait = holds.filter(pl.col("until").is_null() & (pl.col("kind") == TimeKind.APPLICANT.value))["nr"]
    is_open = pl.col("ended").is_null()
    found = found.with_columns(
        pl.lit(mapping.procedure).alias("procedure"),
        pl.lit(mapping.desk).alias("desk"),
        pl.lit(ORIGIN).alias("origin"),
        pl.col("begun").alias("submitted"),
        pl.col("begun").alias("received"),
        pl.when(is_open)
        .then(None)
        .otherwise(pl.col("ending").replace_strict(endings, default="granted"))
        .alias("outcome"),
        (is_open & pl.col("nr").is_in(pl.concat([open_wait, stopped]).implode())).alias("is_waiting"),
        (mapping.prefix + pl.col("dossier")).alias("dossier"),
    )
    found = found.with_columns(
        pl.when(is_open).then(None).otherwise(pl.col("issued")).alias("issued"),
    )
    extra = [f"data.{name}" for name in mapping.attributes]
    return fitted(found.select(*(n for n in DOSSIERS.names() if n in found.columns), *extra), DOSSIERS)


def _term(foreign: ForeignLog, term: MappedTerm, calendar: WorkingCalendar) -> Term:
    """Return the pairs of steps a term lies between: each dossier's first ``until`` and the ``since`` before it."""
    events = foreign.events.select("nr", "at", "step").with_row_index("line")
    first = events.filter(pl.col("step").is_in(list(term.until)))
    begins = events.filter(pl.col("step").is_in(list(term.since)))
    ends = first.group_by("nr", maintain_order=True).agg(pl.col("line").first(), pl.col("at").first().alias("until"))
    pairs = begins.join(ends, on="nr").filter(pl.col("line") < pl.col("line_right"))
    choice = pl.col("at").last() if term.pick == "last" else pl.col("at").first()
    pairs = pairs.group_by("nr", maintain_order=True).agg(choice.alias("since"), pl.col("until").first()).sort("nr")
    pairs = pairs.with_columns(due_after(pairs["since"], term.limit, calendar))
    return Term(name=term.name, limit=term.limit, pairs=pairs.with_columns(_over(pairs, term.limit, calendar)))


def _over(pairs: pl.DataFrame, text: str, calendar: WorkingCalendar) -> pl.Series:
    """Return by how much each pair exceeds its limit, in the limit's own unit; see `engine.casebook.Term`."""
    limit = parse_limit(text)
    if isinstance(limit, OfficeHours):
        spent = calendar.between_many(epoch_seconds(pairs["since"]), epoch_seconds(pairs["until"]))
        return pl.Series("over", spent, dtype=pl.Int64) - round(limit.n * 3600)
    if isinstance(limit, ElapsedHours):
        return pl.Series("over", epoch_seconds(pairs["until"]) - epoch_seconds(pairs["due"]), dtype=pl.Int64)
    until, due = (pairs[name].dt.convert_time_zone(calendar.zone).dt.date() for name in ("until", "due"))
    return (until - due).dt.total_days().cast(pl.Int64).alias("over")
