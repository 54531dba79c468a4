"""The model held against brokers, on random trials; a difference is shown by a small one."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Final

from routing.amqp.topology import Message, Observation, Topology
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.broker.way import Progress
from routing.files.cases import Case, as_json, seen_in
from routing.play.across import play_across
from routing.play.dying import Dying
from routing.play.together import MOST_TOGETHER, Trial, can_be_beside, play_alone, play_each
from routing.rules.compare import Row, compare
from routing.rules.predict import Route, routes
from routing.verify.deaths import Ended, OtherEnd, draw_dying, held
from routing.verify.draw import draw_round
from routing.verify.reduced import reduced
from routing.verify.shape import Shape, shape_of

DYING: Final = 6
"""Messages drawn for each round to die in queues; about half of them do."""

HOLDING: Final = "holding model and broker against each other, on random topologies"


@dataclass(frozen=True)
class Difference:
    """A message that the broker routes otherwise than predicted, and all that it needs for that.

    number, seed: so many trials with this seed lead to it again.
    """

    topology: Topology
    row: Row
    version: Version
    number: int
    seed: int

    @property
    def message(self) -> Message:
        """The message."""
        return self.row.route.message

    @property
    def as_case(self) -> str:
        """The case as a line of a file of cases, with what the broker did as its outcome."""
        outcomes = {self.version: seen_in(self.row.observed)} if self.row.observed else {}
        return json.dumps(
            as_json(Case(f"verify-{self.seed}", self.topology, self.message, outcomes))
        )


@dataclass
class Verified:
    """What agreed, and the difference that ended the search, if there was one.

    dead: messages that died in queues.
    shapes: the different ways that messages went, names and values left aside.
    seconds: how long it took.
    """

    trials: int = 0
    messages: int = 0
    refused: int = 0
    undecided: int = 0
    shapes: set[Shape] = field(default_factory=set)
    seconds: float = 0
    dead: int = 0
    difference: Difference | None = None
    other_end: OtherEnd | None = None

    @property
    def differs(self) -> bool:
        """Whether anything was not as predicted."""
        return self.difference is not None or self.other_end is not None

    @property
    def rate(self) -> float:
        """Trials a second."""
        return self.trials / max(self.seconds, 0.001)

    @property
    def so_far(self) -> str:
        """What has been played, in a line."""
        return f"{self.trials} topologies, {self.rate:.0f} a second, {len(self.shapes)} shapes"


@dataclass(frozen=True)
class Limit:
    """When to stop: after so many trials, or after so many seconds."""

    trials: int | None = None
    seconds: float | None = None

    def sizes(self, begun: float) -> Iterator[int]:
        """Say how many trials of each round are wanted, until there is enough."""
        for start in count(0, MOST_TOGETHER):
            left = MOST_TOGETHER if self.trials is None else min(MOST_TOGETHER, self.trials - start)
            if left <= 0 or (self.seconds is not None and monotonic() - begun >= self.seconds):
                return
            yield left

    def reached(self, trials: int, seconds: float) -> float:
        """Tell how much of it is done, from 0 to 1."""
        if self.trials is not None:
            return trials / self.trials
        return min(1.0, seconds / self.seconds) if self.seconds else 0


@dataclass(frozen=True)
class Round:
    """Trials that are played together, and what is predicted for each broker and each of them."""

    trials: Sequence[Trial]
    predicted: Sequence[Sequence[Sequence[Route]]]
    dying: Sequence[Dying]


def verify(
    brokers: Sequence[Broker], limit: Limit, seed: int, report: Callable[[Progress], None]
) -> Verified:
    """Play random trials, each a topology with some messages, until one differs from the model.

    Each trial is played on each of the brokers, whose own version is followed.  The same seed gives
    the same trials.  Only on brokers of our own are the exchanges used that every broker has.
    Raises NoBroker where a broker goes away.
    """
    verified, begun, step = Verified(), monotonic(), HOLDING
    rounds = rounds_of(brokers, limit.sizes(begun), seed)
    with ThreadPoolExecutor(len(brokers)) as threads:
        upcoming = next(rounds, None)
        while upcoming and not verified.differs:
            now = upcoming
            playing = [
                threads.submit(play_all, broker, now, predicted)
                for broker, predicted in zip(brokers, now.predicted, strict=True)
            ]
            upcoming = next(rounds, None)  # is drawn and predicted while the brokers play
            played = [each.result() for each in playing]
            found = judge(now, [observed for observed, _ in played], verified)
            verified.dead += sum(ended.held for _, ended in played)
            verified.other_end = next((e.other for _, e in played if e.other), None)
            minute, verified.seconds = int(verified.seconds / 60), monotonic() - begun
            step = verified.so_far if verified.seconds / 60 >= minute + 1 else step
            report(Progress(step, limit.reached(verified.trials, verified.seconds)))
            if found:
                verified.difference = smallest(found, brokers, verified.trials + 1, seed, report)
    return verified


def rounds_of(brokers: Sequence[Broker], sizes: Iterator[int], seed: int) -> Iterator[Round]:
    """Draw and predict round after round."""
    real = all(broker.own for broker in brokers)
    for number, size in enumerate(sizes):
        trials = draw_round(f"{seed}, {number}", MOST_TOGETHER, real=real)[:size]
        predicted = {
            version: [routes(each.topology, each.messages, version) for each in trials]
            for version in {broker.followed for broker in brokers}
        }
        dying = [draw_dying(f"{seed}, {number}, {each}") for each in range(DYING)]
        yield Round(trials, [predicted[broker.followed] for broker in brokers], dying)


def play_all(
    broker: Broker, now: Round, predicted: Sequence[Sequence[Route]]
) -> tuple[list[list[Observation]], Ended]:
    """Play a round on one of the brokers, and then what is to die."""
    return play_round(broker, now.trials, predicted), held(broker, now.dying)


def play_round(
    broker: Broker, trials: Sequence[Trial], predicted: Sequence[Sequence[Route]]
) -> list[list[Observation]]:
    """Play the trials of a round on one of the brokers."""
    beside = [can_be_beside(*each) for each in zip(trials, predicted, strict=True)]
    if len(broker.nodes) > 1:
        return play_across(broker, trials, beside)
    return play_each(broker, trials, beside)


@dataclass(frozen=True)
class Found:
    """The first message that differs, in its trial, and on which of the brokers."""

    trial: Trial
    row: Row
    place: int


def judge(
    now: Round, played: Sequence[Sequence[Sequence[Observation]]], verified: Verified
) -> Found | None:
    """Count what agrees, trial by trial, until a message does not."""
    for number, trial in enumerate(now.trials):
        for place, (predicted, observed) in enumerate(zip(now.predicted, played, strict=True)):
            rows = compare(predicted[number], observed[number])
            if row := first_difference(rows):
                return Found(Trial(trial.topology, [row.route.message]), row, place)
        enter([predicted[number] for predicted in now.predicted], verified)
        verified.trials += 1
        verified.messages += len(trial.messages)
    return None


def enter(predicted: Sequence[Sequence[Route]], verified: Verified) -> None:
    """Count what one broker at least refuses, what is not decided, and the shapes of the routes."""
    for message in zip(*predicted, strict=True):
        verified.refused += any(route.refusal is not None for route in message)
        verified.undecided += any(route.undecided is not None for route in message)
        verified.shapes.update(map(shape_of, message))


def first_difference(rows: Sequence[Row]) -> Row | None:
    """Find the first message that the broker routes otherwise than predicted."""
    return next((row for row in rows if not row.agrees), None)


def smallest(
    found: Found,
    brokers: Sequence[Broker],
    number: int,
    seed: int,
    report: Callable[[Progress], None],
) -> Difference:
    """Make a trial small; one that does not differ a second time, alone, stays as it was."""
    broker = brokers[found.place]

    def again(trial: Trial) -> Row | None:
        report(Progress("a difference, looking for the smallest one"))
        predicted = routes(trial.topology, trial.messages, broker.followed)
        return first_difference(compare(predicted, play_alone(broker, trial)))

    trial, row = found.trial, found.row
    if again(trial):
        simple = reduced(trial, lambda simpler: again(simpler) is not None)
        if last := again(simple):
            trial, row = simple, last
    return Difference(trial.topology, row, broker.followed, number, seed)
