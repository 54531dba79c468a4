"""Jobs shared by workers on one queue: the story in acts, and who must get which job.

Time is told, not waited for: a job of three pages takes three minutes because it is acknowledged
when the story's clock says so.  A predicted shift and a real one keep the same account, so that
they differ only in who deals the jobs: the model below, or the broker.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

WORKERS: Final = ("worker 1", "worker 2", "worker 3")
"""In the order in which they subscribe, which is the order in which RabbitMQ deals."""

NO_LIMIT: Final = 0
"""The prefetch count that lets a worker have any number of jobs at once."""


@dataclass(frozen=True)
class Act:
    """One part of the story: the jobs, how they are dealt, and who dies.

    lesson: what happens here, in a sentence; see: what to look for, in another.
    pages: of each job; a worker does one page a minute, one job after the other.
    dies: a worker, and the minute in which its connection breaks; let just one other be free
    then, as nothing tells but a delivery when the broker has noticed, and nobody promises which
    of several it deals to.
    """

    title: str
    lesson: str
    see: str
    pages: Sequence[int]
    prefetch: int = NO_LIMIT
    dies: tuple[int, int] | None = None


ACTS: Final = (
    Act(
        title="round-robin",
        lesson="Without a prefetch limit RabbitMQ deals in turn, however long a job takes.",
        see="Worker 1 got every long job, and works on long after the others are done.",
        pages=(6, 2, 1) * 3,
    ),
    Act(
        title="prefetch 1",
        lesson="A worker gets its next job only when it has acknowledged the last one.",
        see="All are done in minute 11, not 18: whoever got quick jobs took more of them.",
        pages=(6, 2, 1) * 3,
        prefetch=1,
    ),
    Act(
        title="a worker dies",
        lesson="Worker 3's connection breaks, with a job that it has not acknowledged.",
        see="Job 3 went to another worker, marked as redelivered: none is lost.",
        pages=(2, 6, 5, 1),
        prefetch=1,
        dies=(2, 4),
    ),
)


@dataclass(frozen=True)
class Take:
    """One delivery of a job to a worker, and what came of it.

    job: counted from 1; attempt: which delivery of that job this is, likewise.
    redelivered: whether the broker marked it so.
    acknowledged: the minute, or None where the worker died before.
    dealt: the minute in which the worker got it.
    """

    job: int
    attempt: int
    worker: int
    redelivered: bool
    acknowledged: int | None = None
    dealt: int = field(default=0, compare=False)


@dataclass(frozen=True, order=True)
class Event:
    """What happens next: a worker acknowledges the job in hand, or with died set, it dies."""

    minute: int
    worker: int
    died: bool = False


@dataclass
class Shift:
    """The account of one act: who holds which jobs, what came of them, and what happens next."""

    act: Act
    minute: int = 0
    alive: list[int] = field(default_factory=lambda: [*range(len(WORKERS))])
    ended: list[Take] = field(default_factory=list)
    held: dict[int, list[Take]] = field(
        default_factory=lambda: {n: [] for n in range(len(WORKERS))}
    )
    begun: dict[int, int] = field(default_factory=dict)

    @property
    def takes(self) -> list[Take]:
        """Every delivery so far, job by job."""
        held = [take for takes in self.held.values() for take in takes]
        return sorted([*self.ended, *held], key=lambda take: (take.job, take.attempt, take.worker))

    @property
    def unfinished(self) -> int:
        """How many jobs nobody has acknowledged yet."""
        done = {take.job for take in self.ended if take.acknowledged is not None}
        return len(self.act.pages) - len(done)

    @property
    def due(self) -> int:
        """How many jobs must be in workers' hands now: all there are, or as many as may be."""
        most = self.unfinished if self.act.prefetch == NO_LIMIT else self.act.prefetch
        return min(self.unfinished, most * len(self.alive))

    @property
    def in_hand(self) -> int:
        """How many jobs are in workers' hands."""
        return sum(map(len, self.held.values()))

    def take(self, worker: int, job: int, *, redelivered: bool) -> None:
        """Enter a delivery."""
        attempt = 1 + sum(take.job == job for take in self.takes)
        if not self.held[worker]:
            self.begun[worker] = self.minute
        self.held[worker].append(Take(job, attempt, worker, redelivered, dealt=self.minute))

    def next_event(self) -> Event | None:
        """Tell what happens next, if anything does."""
        events = [
            Event(self.begun[worker] + self.act.pages[takes[0].job - 1], worker)
            for worker, takes in self.held.items()
            if takes
        ]
        if self.act.dies and self.act.dies[0] in self.alive:
            events.append(Event(self.act.dies[1], self.act.dies[0], died=True))
        return min(events, default=None)

    def enter(self, event: Event) -> None:
        """Enter what happened."""
        self.minute = event.minute
        held = self.held[event.worker]
        if event.died:
            self.alive.remove(event.worker)
            self.ended += held
            held.clear()
        else:
            self.ended.append(replace(held.pop(0), acknowledged=event.minute))
            self.begun[event.worker] = event.minute


@dataclass
class Queue:
    """What RabbitMQ promises of a queue with several consumers, and no more.

    waiting: jobs in the order in which they were published, which a returned one keeps, too.
    turn: the workers, the one that has waited longest for its turn first.
    """

    waiting: deque[tuple[int, bool]]
    turn: deque[int]

    def deal(self, shift: Shift) -> None:
        """Hand out jobs while there are any, and a worker that may have one more."""
        while self.waiting and (free := candidates(shift, self.turn)):
            job, redelivered = self.waiting.popleft()
            self.turn.remove(free[0])
            self.turn.append(free[0])
            shift.take(free[0], job, redelivered=redelivered)

    def take_back(self, takes: Sequence[Take]) -> None:
        """Put jobs whose worker has died back to where they were."""
        self.waiting = deque(sorted([*self.waiting, *((take.job, True) for take in takes)]))


def candidates(shift: Shift, turn: Sequence[int]) -> list[int]:
    """List the workers that may have one more job, in their turn."""
    prefetch = shift.act.prefetch
    return [
        worker
        for worker in turn
        if worker in shift.alive and (prefetch == NO_LIMIT or len(shift.held[worker]) < prefetch)
    ]


def predict(act: Act) -> list[Take]:
    """Tell who must get which job, and when each is acknowledged."""
    jobs = ((job, False) for job in range(1, len(act.pages) + 1))
    queue = Queue(deque(jobs), deque(range(len(WORKERS))))
    shift = Shift(act)
    queue.deal(shift)
    while event := shift.next_event():
        queue.take_back(shift.held[event.worker] if event.died else [])
        shift.enter(event)
        queue.deal(shift)
    return shift.takes


@dataclass(frozen=True)
class Delivery:
    """One delivery, predicted and seen; None on a side that has no such delivery."""

    predicted: Take | None
    seen: Take | None

    @property
    def agrees(self) -> bool:
        """Whether the broker did just what was predicted."""
        return self.predicted == self.seen


def compare(predicted: Sequence[Take], seen: Sequence[Take]) -> list[Delivery]:
    """Put each predicted delivery beside the one that was seen of the same job and try."""
    expected = {(take.job, take.attempt): take for take in predicted}
    happened = {(take.job, take.attempt): take for take in seen}
    keys = sorted(expected.keys() | happened.keys())
    return [Delivery(expected.get(key), happened.get(key)) for key in keys]


def take_of(row: Delivery) -> Take:
    """Give a delivery as it was seen, or where it was not, as it was predicted."""
    return row.seen or row.predicted or Take(0, 0, 0, redelivered=False)


def lost(act: Act, takes: Sequence[Take]) -> list[int]:
    """List the jobs that nobody has acknowledged."""
    done = {take.job for take in takes if take.acknowledged is not None}
    return [job for job in range(1, len(act.pages) + 1) if job not in done]
