"""Officers at work, slowly and clearly: who takes which piece of work, when, and for how long."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.simulation.model import Autonomy, Discipline, Model, Office, Officer

if TYPE_CHECKING:
    from tests.simulation.reference import Life

NEVER_DUE = 1 << 62


@dataclass(eq=False, kw_only=True)
class Piece:
    """Work on one hold of a dossier (0: intake): ``seconds`` of office time of an officer whose pace is 1."""

    life: Life
    hold: int
    office: Office
    able: Sequence[Worker]
    seconds: int
    due: int = NEVER_DUE
    entered: int = 0

    @property
    def order(self) -> tuple[int, int, int, int]:
        """The least is served first."""
        key = {
            Discipline.FIFO: self.entered,
            Discipline.EARLIEST_DUE: self.due,
            Discipline.SHORTEST: self.seconds,
            Discipline.PRIORITY: self.life.variant.priority,
        }[self.office.discipline]
        return (key, self.entered, self.life.number, self.hold)


@dataclass(eq=False, kw_only=True)
class Worker:
    """One officer: idle since an instant, or with a piece in hand; ``wakes_at`` where he comes on duty to look."""

    index: int
    officer: Officer
    office: Office
    idle_since: int | None
    piece: Piece | None = None
    begun: int = 0
    wakes_at: int | None = None
    queue: list[Piece] = field(default_factory=list)
    busy: int = 0

    def is_on_duty(self, at: int) -> bool:
        return self.officer.calendar.is_open(at)

    def next_opening(self, at: int) -> int:
        opens = self.officer.calendar.table.opens
        return opens[bisect_right(opens, at)]


class Offices:
    """All officers of a model, and the work that waits for them.

    Args:
        model: who works where.
        begin: told that an officer begins a piece at an instant.
        call: told that an officer is to be woken at an instant.
    """

    def __init__(
        self, model: Model, begin: Callable[[Worker, Piece, int], None], call: Callable[[Worker, int], None]
    ) -> None:
        self.offices = {office.code: office for office in model.offices}
        self.workers: list[Worker] = []
        self.waiting: dict[str, list[Piece]] = {office.code: [] for office in model.offices}
        for office in model.offices:
            for officer in office.officers:
                self.workers.append(
                    Worker(index=len(self.workers), officer=officer, office=office, idle_since=model.start)
                )
        self._begin, self._call = begin, call

    def office(self, agency: str) -> Office:
        office = self.offices.get(agency)
        if office is None or not office.officers:
            raise InputError(f"agency {agency!r} has no office with officers in this model")
        return office

    def able(self, agency: str, fits: Callable[[Officer], bool]) -> list[Worker]:
        """The officers of an agency that may do some work; all of them where nobody may."""
        office = self.office(agency)
        everybody = [worker for worker in self.workers if worker.office is office]
        return [worker for worker in everybody if fits(worker.officer)] or everybody

    def enter(self, piece: Piece, at: int) -> None:
        """Work becomes ready: an officer begins it, or it waits."""
        piece.entered = at
        if piece.office.autonomy is not Autonomy.PULL:
            self._give(piece, at)
            return
        idle = [worker for worker in piece.able if worker.idle_since is not None]
        on_duty = [worker for worker in idle if worker.is_on_duty(at)]
        if on_duty:
            self._take(min(on_duty, key=lambda worker: (worker.idle_since, worker.index)), piece, at)
            return
        self.waiting[piece.office.code].append(piece)
        for worker in idle:
            self._let_wake(worker, at)

    def drop(self, piece: Piece, at: int) -> Worker | None:
        """Work that nobody needs any more; the officer who had it in hand, if any, who is not idle yet."""
        for queue in (self.waiting[piece.office.code], *(worker.queue for worker in piece.able)):
            if piece in queue:
                queue.remove(piece)
        worker = next((worker for worker in piece.able if worker.piece is piece), None)
        if worker is not None:
            self.lay_down(worker, at)
        return worker

    def lay_down(self, worker: Worker, at: int) -> None:
        """An officer has nothing in hand any more; he is idle only when he is set free."""
        worker.busy += worker.officer.calendar.seconds_between(worker.begun, at)
        worker.piece = None

    def set_free(self, worker: Worker, at: int) -> None:
        """An officer is idle from now on and takes the next piece, or comes back for it."""
        worker.idle_since = at
        if not self._for(worker):
            return
        if worker.is_on_duty(at):
            self._take_best(worker, at)
        else:
            self._let_wake(worker, at)

    def wake(self, worker: Worker, at: int) -> None:
        """An officer comes on duty."""
        worker.wakes_at = None
        if worker.idle_since is not None and self._for(worker):
            self._take_best(worker, at)

    def _give(self, piece: Piece, at: int) -> None:
        def load(worker: Worker) -> tuple[int, int]:
            pieces = [*worker.queue, *([worker.piece] if worker.piece is not None else [])]
            if piece.office.autonomy is Autonomy.PUSH:
                return len(pieces), worker.index
            return sum(one.seconds for one in pieces), worker.index

        worker = min(piece.able, key=load)
        if worker.idle_since is not None and worker.is_on_duty(at):
            self._take(worker, piece, at)
            return
        worker.queue.append(piece)
        if worker.idle_since is not None:
            self._let_wake(worker, at)

    def _for(self, worker: Worker) -> list[Piece]:
        if worker.office.autonomy is not Autonomy.PULL:
            return worker.queue
        return [piece for piece in self.waiting[worker.office.code] if worker in piece.able]

    def _take_best(self, worker: Worker, at: int) -> None:
        piece = min(self._for(worker), key=lambda one: one.order)
        queue = self.waiting[worker.office.code] if piece in self.waiting[worker.office.code] else worker.queue
        queue.remove(piece)
        self._take(worker, piece, at)

    def _take(self, worker: Worker, piece: Piece, at: int) -> None:
        worker.idle_since, worker.piece, worker.begun = None, piece, at
        self._begin(worker, piece, at)

    def _let_wake(self, worker: Worker, at: int) -> None:
        if worker.wakes_at is None:
            worker.wakes_at = worker.next_opening(at)
            self._call(worker, worker.wakes_at)
