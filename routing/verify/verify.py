"""The model held against a broker, on random trials; a difference is shown by a small one.

Hypothesis draws the trials; it is a development extra.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import Message, Topology
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.broker.find import reopened
from routing.broker.folder import IN_CHECKOUT
from routing.broker.way import Progress
from routing.files.cases import Case, as_json, seen_in
from routing.play.play import play_refusable
from routing.rules.compare import Row, compare
from routing.rules.predict import route
from routing.verify.trial import Trial, reduced

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NOT_INSTALLED: Final = "verify draws its topologies with Hypothesis, which is not installed: " + (
    "make verify installs it." if IN_CHECKOUT else "pip install hypothesis."
)

HOLDING: Final = "holding model and broker against each other, on random topologies"

ROUND: Final = 10
"""Trials drawn at once.  After ten, five of six would be but copies with a part repeated."""


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
    """What agreed, and the difference that ended the search, if there was one."""

    trials: int = 0
    messages: int = 0
    refused: int = 0
    difference: Difference | None = None


class Found(Exception):
    """The first trial that shows a difference."""

    def __init__(self, trial: Trial, row: Row, place: int) -> None:
        """Keep the trial, its first message that differs, and on which of the brokers."""
        super().__init__()
        self.trial = Trial(trial.topology, [row.route.message])
        self.row = row
        self.place = place


class Passed(BaseException):
    """An exception on its way through Hypothesis, which would catch it otherwise."""

    def __init__(self, error: BaseException) -> None:
        """Keep the exception."""
        super().__init__()
        self.error = error


@dataclass
class Search:
    """What holds trials against one or more brokers, and what that has shown so far.

    fresh: the connections that were opened because a broker had closed the one before.
    """

    brokers: list[Broker]
    fresh: ExitStack
    trials: int
    report: Callable[[Progress], None]
    verified: Verified = field(default_factory=Verified)

    def attempt(self, trial: Trial) -> None:
        """Play one trial, and report how far the search has come.

        Raises Found where it differs.
        """
        for place in range(len(self.brokers)):
            rows = self.play(trial, place)
            if row := first_difference(rows):
                raise Found(trial, row, place)
            self.verified.refused += sum(row.route.refusal is not None for row in rows)
        self.verified.trials += 1
        self.verified.messages += len(trial.messages)
        fraction = min(1.0, self.verified.trials / self.trials)
        self.report(Progress(HOLDING, fraction))

    def smallest(self, found: Found) -> tuple[Topology, Row]:
        """Make a trial small; one that does not differ a second time stays as it was."""
        differs = partial(self.differs, place=found.place)
        if not differs(found.trial):
            return found.trial.topology, found.row
        trial = reduced(found.trial, differs)
        return trial.topology, first_difference(self.play(trial, found.place)) or found.row

    def differs(self, trial: Trial, place: int) -> bool:
        """Play one trial, and tell whether that broker does anything that is not predicted."""
        self.report(Progress("a difference, looking for the smallest one"))
        return first_difference(self.play(trial, place)) is not None

    def play(self, trial: Trial, place: int) -> Sequence[Row]:
        """Predict and play the messages of one trial on one of the brokers."""
        if not self.brokers[place].connection.is_open:
            self.brokers[place] = self.fresh.enter_context(reopened(self.brokers[place]))
        broker = self.brokers[place]
        routes = [route(trial.topology, each, broker.followed) for each in trial.messages]
        return compare(routes, play_refusable(broker, trial.topology, trial.messages))


def first_difference(rows: Sequence[Row]) -> Row | None:
    """Find the first message that the broker routes otherwise than predicted."""
    return next((row for row in rows if not row.agrees), None)


def verify(
    brokers: Sequence[Broker], trials: int, seed: int, report: Callable[[Progress], None]
) -> Verified:
    """Play random trials, each a topology with some messages, until one differs from the model.

    Each trial is played on each of the brokers, whose own version is followed.  The same seed gives
    the same trials.
    Raises BadUse without Hypothesis, NoBroker where a broker goes away.
    """
    with ExitStack() as fresh:
        search = Search(list(brokers), fresh, trials, report)
        try:
            draw(search.attempt, trials, seed)
        except Found as found:
            topology, row = search.smallest(found)
            version, number = brokers[found.place].followed, search.verified.trials + 1
            search.verified.difference = Difference(topology, row, version, number, seed)
    return search.verified


def draw(attempt: Callable[[Trial], None], trials: int, seed: int) -> None:
    """Have Hypothesis draw trials, and attempt one after another.

    Raises whatever the attempt raises, BadUse without Hypothesis.
    """
    left = iter(range(trials))

    def attempt_next(trial: Trial) -> None:
        # A round is drawn whole, as with another size it would be another one.
        if next(left, None) is not None:
            attempt(trial)

    for start in range(0, trials, ROUND):
        try:
            draw_round(attempt_next, f"{seed}, {start}")
        except Passed as passed:
            raise passed.error from None


def random_trials() -> "SearchStrategy[Trial]":
    """Give what draws trials; raises BadUse without Hypothesis."""
    try:
        from routing.verify.strategies import trials
    except ImportError as error:
        raise BadUse(NOT_INSTALLED) from error
    return trials()


def draw_round(attempt: Callable[[Trial], None], seed: str) -> None:
    """Attempt a few trials.

    Hypothesis does not shrink them: parts that are drawn one from another, as messages are from
    topologies, it leaves large, and takes minutes over.
    """
    drawn = random_trials()
    import hypothesis  # a development extra

    @hypothesis.settings(
        max_examples=ROUND,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.seed(seed)
    @hypothesis.given(drawn)
    def attempt_each(trial: Trial) -> None:
        """Attempt one trial."""
        try:
            attempt(trial)
        except (Exception, SystemExit) as error:
            raise Passed(error) from error

    attempt_each()
