"""At the end of a term: handed on at the last moment, forwarded as it expires, finished only when it has to be."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.casebook import Casebook
from engine.responsibility.passages import chances_of, handovers, is_agency, last_steps, office, steps_of, stood_still
from engine.responsibility.signal import Found, SignalRule, detector, found


@detector("S25")
def last_minute_handover(book: Casebook, rule: SignalRule) -> Found:
    """Find hand-overs at the end of the giver's term that leave the next agency less than its own."""
    dossiers = book.dossiers.select("nr", pl.col("due").alias("legal_due"))
    passed = handovers(book).join(dossiers, on="nr", how="left", maintain_order="left")
    passed = passed.filter(pl.all_horizontal(pl.col("due", "to_due", "legal_due", "until").is_not_null()))
    used = office(book, passed, "since", "until")
    term = office(book, passed, "since", "due")
    own = office(book, passed, "to_since", "to_due", "to")
    left = office(book, passed, "to_since", "legal_due", "to")
    left_before = office(book, passed, "since", "legal_due")
    mask = (used >= rule.number("share") * term) & (left < own)
    hits = passed.filter(pl.Series(mask)).with_columns(
        pl.col("until").alias("at"),
        pl.Series("measure", (own - left)[mask], dtype=pl.Float64),
        pl.col("to").alias("detail"),
        # Even passed on at once it would have left the next one too little.
        pl.when(pl.Series((left_before < own)[mask])).then(pl.lit("not_held")).alias("excused"),
    )
    return found(hits, chances_of(passed))


@detector("P3")
def forwarded_at_expiry(book: Casebook, rule: SignalRule) -> Found:
    """Find dossiers given to another agency just when a term ran out: the giver's own, else the legal one."""
    dossiers = book.dossiers.select("nr", "desk", pl.col("due").alias("legal_due"))
    passed = handovers(book).join(dossiers, on="nr", how="left", maintain_order="left")
    passed = passed.with_columns(pl.coalesce("due", "legal_due").alias("expires"))
    # Back at the desk a dossier is finished, not forwarded.
    passed = passed.filter(pl.col("expires").is_not_null() & (pl.col("to") != pl.col("desk")))
    used = office(book, passed, "since", "until")
    term = office(book, passed, "since", "expires")
    left = office(book, passed, "until", "expires")
    after = office(book, passed, "expires", "until")
    beyond = rule.office_seconds("after", book.calendar.office_day)
    least = rule.office_seconds("least", book.calendar.office_day)
    is_near = (used >= rule.number("share") * term) & (after <= beyond)
    hits = passed.filter(pl.Series(is_near)).with_columns(
        pl.col("until").alias("at"),
        pl.Series("measure", (left - after)[is_near], dtype=pl.Float64),
        pl.col("to").alias("detail"),
        # It came when the term was as good as over: there was no other moment to pass it on.
        pl.when(pl.Series((term < least)[is_near])).then(pl.lit("small")).alias("excused"),
    )
    return found(hits, chances_of(passed))


@detector("P2")
def sits_until_the_deadline(book: Casebook, rule: SignalRule) -> Found:
    """Find what was finished in the last tenth of its term: each step's own where recorded, else the dossier's."""
    rows = _finished(book)
    used = office(book, rows, "since", "until")
    term = office(book, rows, "since", "due")
    # After closing on the last day no office time has passed: that is in time.
    in_time = (rows["until"] <= rows["due"]).to_numpy() | (used <= term)
    tenths = pl.Series(used >= (rule.number("share") - 0.1) * term)
    near = rows.filter(tenths)
    used, term = used[tenths.to_numpy()], term[tenths.to_numpy()]
    still = np.minimum(stood_still(book, near), used)
    used, term = used - still, np.maximum(term - still, 0)
    share: NDArray[np.float64] = used / np.maximum(term, 1)
    near_in_time = in_time[tenths.to_numpy()] & (term > 0)
    at_end = near_in_time & (share >= rule.number("share"))
    least = rule.office_seconds("least", book.calendar.office_day)
    hits = near.filter(pl.Series(at_end)).with_columns(
        pl.col("until").alias("at"),
        pl.Series("measure", share[at_end]),
        pl.when(pl.Series((term < least)[at_end])).then(pl.lit("small")).alias("excused"),
    )
    tenth = near_in_time & (share >= rule.number("share") - 0.1) & (share < rule.number("share"))
    return found(
        hits.filter(is_agency(book)),
        chances_of(rows.filter(is_agency(book))),
        finished=rows.height,
        at_end=int(at_end.sum()),
        tenth_before=int(tenth.sum()),
        late=int((~in_time).sum()),
    )


def _finished(book: Casebook) -> pl.DataFrame:
    """Return what was finished under a term: ``nr``, ``agency``, ``hold``, ``officer``, ``since``, ``until``, ``due``.

    Dossiers that ended after their log did have no agency: nobody is known to have let them lie.
    """
    if "step_due" in book.tells:
        rows = steps_of(book, "hold", "officer", "since", "until", "due")
        return rows.filter(pl.col("until").is_not_null() & pl.col("due").is_not_null())
    ended = book.dossiers.filter(pl.col("ended").is_not_null() & pl.col("due").is_not_null())
    ended = ended.select("nr", pl.col("received").alias("since"), pl.col("ended").alias("until"), "due")
    return ended.join(last_steps(book).drop("since", "until"), on="nr", how="left", maintain_order="left")
