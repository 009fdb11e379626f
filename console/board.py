"""The live board of `motcua up`: where the dossiers stand, what is late, what the flows do; plain lines when piped."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from console.wording.numbers import number
from console.wording.phrases import STATUSES, moment

if TYPE_CHECKING:
    from rich.console import RenderableType

    from console.wording.days import Language
    from store import Store
    from workflows.flows_up import Pulse
    from workflows.rulebook import Rulebook

MOST_LATE = 12
"""Overdue dossiers shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the board shows at one instant (epoch seconds)."""

    at: int
    by_status: Counter[int]
    by_desk: Counter[str]
    overdue: list[tuple[str, str, str, int]]
    most_overdue: bool
    incidents: int
    letters: int
    dossiers: int = 0
    open: int = 0
    runs: dict[str, int] = field(default_factory=dict)
    is_prefect_down: bool = False
    trouble: str = ""

    @property
    def figures(self) -> tuple[Any, ...]:
        """What makes a new line worth printing."""
        return (self.dossiers, self.open, tuple(sorted(self.by_status.items())), len(self.overdue), self.incidents)


def take(store: Store, pulse: Pulse, at: int) -> Picture:
    """Look at the store and return what the board shows."""
    by_status: Counter[int] = Counter()
    by_desk: Counter[str] = Counter()
    for line in store.tally(origin="live"):
        by_status[line.status] += line.dossiers
        if not line.outcome:
            by_desk[line.desk] += line.dossiers
    late = [row for row in store.overdue(at, limit=200) if row.origin == "live"]
    return Picture(
        at=at,
        by_status=by_status,
        by_desk=by_desk,
        overdue=[(row.name, row.procedure, row.desk, row.due or 0) for row in late],
        most_overdue=len(late) >= 200,
        incidents=len(store.incidents.list(limit=1_000)),
        letters=store.backlog("letters"),
        dossiers=sum(by_status.values()),
        open=sum(by_desk.values()),
        runs=dict(pulse.runs),
        is_prefect_down=pulse.is_prefect_down,
        trouble=pulse.trouble,
    )


class Board(Protocol):
    """Whatever shows pictures."""

    def show(self, picture: Picture) -> None:
        """Show one picture."""


@contextmanager
def board(pages: str, rulebook: Rulebook, zone: str, lang: Language) -> Iterator[Board]:
    """Show a live board on a terminal, plain lines elsewhere."""
    if not sys.stdout.isatty():
        yield _Lines(zone, lang)
        return
    from rich.live import Live

    with Live(refresh_per_second=2, screen=False, transient=False) as live:
        drawn = _Drawn(pages, rulebook, zone, lang)
        yield _Live(live, drawn)


class _Lines:
    """A line for every change of the figures."""

    def __init__(self, zone: str, lang: Language) -> None:
        self._zone, self._lang = zone, lang
        self._last: tuple[Any, ...] = ()

    def show(self, picture: Picture) -> None:
        """Print a line where the figures have changed."""
        if picture.figures == self._last:
            return
        self._last = picture.figures
        standing = ", ".join(
            f"{STATUSES[status].say(self._lang)} {number(count, self._lang)}"
            for status, count in sorted(picture.by_status.items())
        )
        late = f"{number(len(picture.overdue), self._lang)}{'+' if picture.most_overdue else ''}"
        dossiers = number(picture.dossiers, self._lang)
        parts = [
            moment(picture.at, self._zone, self._lang),
            _say(self._lang, f"{dossiers} hồ sơ", f"{dossiers} dossiers"),
            standing,
            _say(self._lang, f"quá hạn {late}", f"overdue {late}"),
        ]
        if picture.incidents:
            parts.append(_say(self._lang, f"sự cố {picture.incidents}", f"incidents {picture.incidents}"))
        if picture.is_prefect_down:
            parts.append(_say(self._lang, "Prefect ngừng, vẫn chạy tiếp", "Prefect is down, going on without it"))
        print(" | ".join(part for part in parts if part), flush=True)


class _Live:
    def __init__(self, live: Any, drawn: _Drawn) -> None:  # noqa: ANN401  rich is imported late
        self._live, self._drawn = live, drawn

    def show(self, picture: Picture) -> None:
        """Draw the board anew."""
        self._live.update(self._drawn.draw(picture))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Draws pictures as tables."""

    pages: str
    rulebook: Rulebook
    zone: str
    lang: Language

    def draw(self, picture: Picture) -> RenderableType:
        """Return the board as rich draws it."""
        from rich.columns import Columns
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        say, lang = _say, self.lang
        statuses = Table(title=say(lang, "Trạng thái", "Status"), expand=False)
        statuses.add_column(say(lang, "trạng thái", "status"))
        statuses.add_column(say(lang, "hồ sơ", "dossiers"), justify="right")
        for status, count in sorted(picture.by_status.items()):
            statuses.add_row(STATUSES[status].say(lang), number(count, lang))
        desks = Table(title=say(lang, "Đang giải quyết, theo nơi tiếp nhận", "Open, by desk"))
        desks.add_column(say(lang, "bộ phận một cửa", "desk"))
        desks.add_column(say(lang, "hồ sơ", "dossiers"), justify="right")
        for desk, count in picture.by_desk.most_common(10):
            desks.add_row(self._agency(desk), number(count, lang))
        late_count = number(len(picture.overdue), lang)
        late = Table(title=say(lang, f"Quá hạn: {late_count}", f"Overdue: {late_count}"))
        for heading in (
            say(lang, "mã hồ sơ", "dossier"),
            say(lang, "thủ tục", "procedure"),
            say(lang, "nơi tiếp nhận", "desk"),
            say(lang, "hạn trả", "due"),
        ):
            late.add_column(heading)
        for name, procedure, desk, due in picture.overdue[:MOST_LATE]:
            late.add_row(name, procedure, self._agency(desk), moment(due, self.zone, lang))
        runs = "  ".join(f"{name} {count}" for name, count in sorted(picture.runs.items()))
        head = Text.assemble(
            ("Motcua  ", "bold"),
            moment(picture.at, self.zone, lang),
            f"   {say(lang, 'trang Prefect', 'Prefect pages')}: {self.pages}   Ctrl-C",
        )
        foot = Text(f"{say(lang, 'lượt chạy', 'runs')}: {runs}")
        if picture.incidents:
            foot.append(f"   {say(lang, 'sự cố', 'incidents')}: {picture.incidents}", style="yellow")
        if picture.is_prefect_down:
            foot.append(
                "   " + say(lang, "Prefect ngừng, vẫn chạy tiếp", "Prefect is down, going on without it"),
                style="yellow",
            )
        elif picture.trouble:
            foot.append(f"   {picture.trouble}", style="yellow")
        return Group(head, Columns([statuses, desks]), late, foot)

    def _agency(self, code: str) -> str:
        found = self.rulebook.directory.agencies.get(code)
        if found is None:
            return code
        return found.title_vi if self.lang == "vi" else found.title_en


def _say(lang: Language, vi: str, en: str) -> str:
    return vi if lang == "vi" else en
