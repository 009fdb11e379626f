"""How many are late, each way of asking kept apart: the figures a replay reports, from a log or from the store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.calendar import WorkingCalendar
from engine.lateness import Measure
from engine.lateness_vector import are_late, term_days_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from store.values import DossierRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LatenessFigures:
    """Counts of dossiers. ``late`` is out of ``ended_with_due``, ``open_overdue`` out of ``open_with_due``.

    ``terms_days`` tells how many dossiers have a term (due date minus date of receipt) of so many days, most first.
    """

    dossiers: int
    ended: int
    ended_with_due: int
    open_with_due: int
    late: dict[str, int]
    open_overdue: dict[str, int]
    terms_days: dict[int, int]


def lateness_figures(
    received: pl.Series, due: pl.Series, ended: pl.Series, *, now: int, calendar: WorkingCalendar
) -> LatenessFigures:
    """Return the figures of dossiers given as three columns of equal length.

    Args:
        received: instants in UTC (Datetime) or epoch seconds (Int64); so are the others. Full precision counts.
        due: the legal due instants, null where there is none.
        ended: null where the dossier is open.
        now: the instant at which what is open is judged, epoch seconds.
        calendar: the receiving desk's; its zone makes the dates.

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
    """
    import polars as pl

    closed = ended.is_not_null()
    still_open = (~closed) & due.is_not_null()
    open_due = due.filter(still_open)
    today = pl.Series([now], dtype=pl.Int64).new_from_index(0, open_due.len())
    days = Counter(term_days_many(received, due, calendar).tolist())
    return LatenessFigures(
        dossiers=received.len(),
        ended=int(closed.sum()),
        ended_with_due=int((closed & due.is_not_null()).sum()),
        open_with_due=open_due.len(),
        late={measure.value: int(are_late(due, ended, calendar, measure).sum()) for measure in Measure},
        open_overdue={measure.value: int(are_late(open_due, today, calendar, measure).sum()) for measure in Measure},
        terms_days=dict(sorted(days.items(), key=lambda term: (-term[1], term[0]))),
    )


def figures_of_rows(rows: Iterable[DossierRow], *, now: int, calendar: WorkingCalendar) -> LatenessFigures:
    """Return the figures of dossiers of the store (whole seconds).

    Raises:
        BeyondCalendarError: an instant lies outside the calendar's known days.
    """
    import polars as pl

    listed = [(row.received_at, row.due, row.ended_at) for row in rows]
    schema = {"received": pl.Int64, "due": pl.Int64, "ended": pl.Int64}
    frame = pl.DataFrame(listed, schema=schema, orient="row")
    return lateness_figures(frame["received"], frame["due"], frame["ended"], now=now, calendar=calendar)
