"""Everything the page tells, gathered once: the same documents that the commands print with ``--json``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.report.sections.replies import counts
from engine.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.report.sections.replies import Reply
    from engine.casebook import Casebook
    from engine.responsibility.signal import SignalRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The figures of the page; ``chances`` is None where they cannot be tried.

    ``period`` holds the ISO instants of the first and the last receipt, None where nothing was received; ``months`` has
    a row (month, late, ended) for each month in which dossiers with a due date ended; ``whose`` seconds, day and night,
    by kind of time.
    """

    period: tuple[str, str] | None
    lateness: Mapping[str, Any]
    months: list[tuple[str, int, int]]
    bunching: Mapping[str, Any]
    hold_bunching: Mapping[str, Any]
    ping_pong: Mapping[str, Any]
    whose: Mapping[str, float]
    waiting: Mapping[str, Any]
    signals: Mapping[str, Any]
    rules: Mapping[str, SignalRule]
    bars: Mapping[str, Mapping[str, Any]]
    cards: Mapping[str, Any]
    chances: Mapping[str, Any] | None

    @property
    def has_due(self) -> bool:
        """Whether any dossier has a due instant."""
        return bool(self.lateness["late_of"] or self.lateness["open_overdue_of"])


def gather(book: Casebook, filed: Sequence[Reply] = ()) -> Documents:
    """Return all documents about a casebook.

    Args:
        book: dossiers.
        filed: signals of its log; scorecards count those instead of what is judged anew.

    Raises:
        BeyondCalendarError: an instant lies outside a calendar's known days.
        InputError: the mapping has values for a parameter that no signal has.
    """
    from console.judging import lateness, ping_pong, scorecard, signals, waiting
    from engine.instants import to_datetime
    from engine.responsibility.bunching import of_dossiers, of_holds
    from procedures.signals import load_signals

    judged = signals.document(book)
    raised = {(agency, "all"): dict(mine) for agency, mine in counts(filed).items()}
    if not filed:
        again = Counter(one["agency"] for one in judged["signals"])
        raised = {(agency, "all"): {"raised": number} for agency, number in again.items()}
    received = book.dossiers["received"].drop_nulls()
    ends = [received.min(), received.max()] if received.len() else []
    period = [to_datetime(int(end.timestamp()), book.zone).isoformat() for end in ends]  # type: ignore[union-attr]
    return Documents(
        period=(period[0], period[1]) if period else None,
        lateness=lateness.document(book),
        months=_months(book),
        bunching=of_dossiers(book).as_json(),
        hold_bunching=of_holds(book).as_json(),
        ping_pong=ping_pong.document(book),
        whose=_whose(book),
        waiting=waiting.document(book),
        signals=judged,
        rules=load_signals(),
        bars=_bars(),
        cards=scorecard.document(book, period="all", signals=raised),
        chances=_chances(book),
    )


def _months(book: Casebook) -> list[tuple[str, int, int]]:
    import polars as pl

    from engine.lateness import Measure
    from engine.responsibility.counting import standing

    ended = standing(book, measure=Measure.DATE).filter(~pl.col("is_open") & (pl.col("grade") != ""))
    month = pl.col("ended").dt.convert_time_zone(book.zone).dt.strftime("%Y-%m").alias("month")
    counted = ended.group_by(month).agg((pl.col("grade") == "overdue").sum().cast(pl.Int64).alias("late"), pl.len())
    return list(counted.sort("month").iter_rows())


def _whose(book: Casebook) -> dict[str, float]:
    import polars as pl

    length = (pl.col("until") - pl.col("since")).dt.total_seconds(fractional=True)
    return dict(book.tiles.group_by("kind").agg(length.sum()).sort("kind").iter_rows())


def _bars() -> dict[str, dict[str, Any]]:
    from procedures.signals import BARS
    from procedures.yaml_text import read_text, read_yaml

    read: Any = read_yaml(read_text(BARS), str(BARS)).data
    return {name: dict(one) for name, one in read.items()}


def _chances(book: Casebook) -> dict[str, Any] | None:
    from console.judging.soon import calibration

    try:
        return calibration(book)
    except InputError:
        return None
