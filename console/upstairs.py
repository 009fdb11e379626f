"""`motcua up`, put together: server, flows, board, demo; ended in good order by Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from console.wording.days import Language
    from store import Store
    from workflows.rulebook import Rulebook

DEMO_DATABASE: Final = "sqlite:///motcua-demo.db"
BOARD_SECONDS: Final = 1.0


def run_up(*, database: str | None, port: int | None, seconds: float, lang: str | None, demo: bool) -> None:
    """Run until told to end, or for some seconds.

    Raises:
        InputError: settings are wrong, a port is taken, or the demo was pointed at real dossiers.
        ServerError: Prefect's server did not start.
    """
    from console.board import board, take
    from console.settings import settings
    from console.wording.moving import word
    from console.wording.phrases import language
    from console.workplace import now, workplace
    from workflows.flows_up import POLL_SECONDS, Up, home_of

    place = workplace()
    if database or demo:
        place = replace(place, database=database or DEMO_DATABASE)
    if demo:
        place = replace(place, letters=None, mail=None)  # the demo's applicants do not exist
    speaking = language(lang or place.language)
    chosen = settings()
    with _ended_by_signal() as ended, _machines(demo=demo) as machines, place.opened() as (store, rulebook):
        place = replace(place, services={**machines, **place.services})
        clock, tick = _demo(store, rulebook, now(), speaking) if demo else (now, None)
        up = Up(place, home=home_of(place), port=port or chosen.prefect_port, api=chosen.prefect_api_url, clock=clock)
        up.check()
        print(word("up_starting", speaking), file=sys.stderr, flush=True)
        worker = _Worker(up, store, rulebook, clock, tick, ended, POLL_SECONDS)
        try:
            up.start()
            print(word("up_pages", speaking, pages=up.pages), flush=True)
            worker.start()
            until = time.monotonic() + seconds if seconds else None
            with board(up.pages, rulebook, place.zone, speaking) as shown:
                while worker.is_alive() and not ended.is_set() and (until is None or time.monotonic() < until):
                    shown.show(take(store, up.pulse, clock()))
                    ended.wait(BOARD_SECONDS)
        finally:
            ended.set()
            if worker.ident is not None:
                worker.join()
            up.stop()
    if worker.failed is not None:
        raise worker.failed
    print(word("up_ended", speaking), file=sys.stderr)


class _Worker(threading.Thread):
    """Runs the flows beside the board; Ctrl-C waits for the run under way."""

    def __init__(
        self,
        up: Any,  # noqa: ANN401  its module is imported late
        store: Store,
        rulebook: Rulebook,
        clock: Callable[[], int],
        tick: Callable[[int], object] | None,
        ended: threading.Event,
        pause: float,
    ) -> None:
        super().__init__(name="flows", daemon=True)
        self._up, self._store, self._rulebook = up, store, rulebook
        self._clock, self._tick, self._ended, self._pause = clock, tick, ended, pause
        self.failed: BaseException | None = None

    def run(self) -> None:
        """Turn until told to end; whatever ends it otherwise is kept for the main thread to raise."""
        try:
            while not self._ended.is_set():
                if self._tick is not None:
                    self._tick(self._clock())
                self._up.turn(self._store, self._rulebook)
                self._ended.wait(self._pause)
        except BaseException as error:  # noqa: BLE001  a thread's outermost face: raised again by the main thread
            self.failed = error
            self._ended.set()


def _demo(
    store: Store, rulebook: Rulebook, at: int, lang: Language
) -> tuple[Callable[[], int], Callable[[int], object]]:
    """Prepare the demo's dossiers; return its clock (office hours, run through fast) and what it does each turn."""
    from console.wording.moving import word
    from console.workplace import now
    from workflows.demo_live import prepare

    print(word("up_demo", lang), file=sys.stderr, flush=True)
    live = prepare(store, rulebook, at)
    return (lambda: live.clock.at(now())), live.turn


@contextmanager
def _machines(*, demo: bool) -> Iterator[dict[str, str]]:
    """Stand-ins for the machines of service steps, in the demo only: addresses by service."""
    if not demo:
        yield {}
        return
    from workflows.sample_machines import sample_machines

    with sample_machines() as addresses:
        yield addresses


@contextmanager
def _ended_by_signal() -> Iterator[threading.Event]:
    """Return an event that Ctrl-C and SIGTERM set; the handlers are put back afterwards."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
