"""The model held against a broker, on random cases; a difference is shown by a small case.

Hypothesis draws the cases; it is a development extra.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import Message, Topology
from routing.amqp.versions import Version, parse_version
from routing.broker import Broker
from routing.broker.find import reopened
from routing.broker.way import Progress
from routing.files.cases import Case, seen_in, write_case
from routing.play.play import play_refusable
from routing.rules.compare import Row, compare
from routing.rules.predict import route
from routing.verify.trial import Trial, reduced

NOT_INSTALLED: Final = (
    "verify draws its cases with Hypothesis, which is not installed: pip install hypothesis."
)

ROUND: Final = 10
"""Cases drawn at once.  After ten, five of six would be but copies with a part repeated."""


@dataclass(frozen=True)
class Difference:
    """A message that the broker routes otherwise than predicted, and all that it needs for that.

    seed: the seed that leads to it again.
    """

    topology: Topology
    row: Row
    version: Version
    seed: int

    @property
    def message(self) -> Message:
        """The message."""
        return self.row.route.message

    @property
    def vector(self) -> str:
        """The case as a line of a vector file, with what the broker did as its outcome."""
        outcomes = {self.version: seen_in(self.row.observed)} if self.row.observed else {}
        return write_case(Case(f"verify-{self.seed}", self.topology, self.message, outcomes))


@dataclass
class Verified:
    """What agreed, and the difference that ended the search, if there was one."""

    cases: int = 0
    messages: int = 0
    refused: int = 0
    difference: Difference | None = None


class Found(Exception):
    """The first case that shows a difference."""

    def __init__(self, trial: Trial, row: Row) -> None:
        """Keep the case, and its first message that differs."""
        super().__init__()
        self.trial = Trial(trial.topology, [row.route.message])
        self.row = row


class Passed(BaseException):
    """An exception on its way through Hypothesis, which would catch it otherwise."""

    def __init__(self, error: BaseException) -> None:
        """Keep the exception."""
        super().__init__()
        self.error = error


@dataclass
class Search:
    """What holds cases against a broker, and what that has shown so far.

    fresh: the connections that were opened because the broker had closed the one before.
    """

    broker: Broker
    fresh: ExitStack
    cases: int
    report: Callable[[Progress], None]
    verified: Verified = field(default_factory=Verified)

    def attempt(self, trial: Trial) -> None:
        """Play one case, and report how far the search has come.

        Raises Found where it differs.
        """
        rows = self.play(trial)
        if row := first_difference(rows):
            raise Found(trial, row)
        self.verified.cases += 1
        self.verified.messages += len(rows)
        self.verified.refused += sum(row.route.refusal is not None for row in rows)
        fraction = min(1.0, self.verified.cases / self.cases)
        self.report(Progress("holding random cases against the broker", fraction))

    def smallest(self, found: Found) -> tuple[Topology, Row]:
        """Make a case small; one that does not differ a second time stays as it was."""
        if not self.differs(found.trial):
            return found.trial.topology, found.row
        trial = reduced(found.trial, self.differs)
        return trial.topology, first_difference(self.play(trial)) or found.row

    def differs(self, trial: Trial) -> bool:
        """Play one case, and tell whether the broker does anything that is not predicted."""
        self.report(Progress("a difference, looking for the smallest case"))
        return first_difference(self.play(trial)) is not None

    def play(self, trial: Trial) -> Sequence[Row]:
        """Predict and play the messages of one case."""
        if not self.broker.connection.is_open:
            self.broker = self.fresh.enter_context(reopened(self.broker))
        version = parse_version(self.broker.version)
        routes = [route(trial.topology, message, version) for message in trial.messages]
        return compare(routes, play_refusable(self.broker, trial.topology, trial.messages))


def first_difference(rows: Sequence[Row]) -> Row | None:
    """Find the first message that the broker routes otherwise than predicted."""
    return next((row for row in rows if not row.agrees), None)


def verify(broker: Broker, cases: int, seed: int, report: Callable[[Progress], None]) -> Verified:
    """Play random cases, each a topology with some messages, until one differs from the model.

    The same seed gives the same cases.  The broker's own version is followed.
    Raises BadUse without Hypothesis, NoBroker where the broker goes away.
    """
    with ExitStack() as fresh:
        search = Search(broker, fresh, cases, report)
        try:
            draw(search.attempt, cases, seed)
        except Found as found:
            topology, row = search.smallest(found)
            version = parse_version(broker.version)
            search.verified.difference = Difference(topology, row, version, seed)
    return search.verified


def draw(attempt: Callable[[Trial], None], cases: int, seed: int) -> None:
    """Have Hypothesis draw cases, and attempt one after another.

    Raises whatever the attempt raises, BadUse without Hypothesis.
    """
    for start in range(0, cases, ROUND):
        try:
            draw_round(attempt, min(ROUND, cases - start), f"{seed}, {start}")
        except Passed as passed:
            raise passed.error from None


def draw_round(attempt: Callable[[Trial], None], cases: int, seed: str) -> None:
    """Attempt a few cases.

    Hypothesis does not shrink them: parts that are drawn one from another, as messages are from
    topologies, it leaves large, and takes minutes over.
    """
    try:
        import hypothesis

        from routing.verify.strategies import trials
    except ImportError as error:
        raise BadUse(NOT_INSTALLED) from error

    @hypothesis.settings(
        max_examples=cases,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.seed(seed)
    @hypothesis.given(trials())
    def attempt_each(trial: Trial) -> None:
        """Attempt one case."""
        try:
            attempt(trial)
        except (Exception, SystemExit) as error:
            raise Passed(error) from error

    attempt_each()
