"""What becomes of a message, without the way there: what is counted, and written of many."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from routing.rules.predict import Route
from routing.rules.refusal import Refusal

MOST_HELD: Final = 32_000_000
"""About so many bytes of lines and outcomes are remembered, however many lines come."""

SELDOM: Final = 20
"""Where of so many lines not one came again, they are not worth to be remembered."""

EACH: Final = 500
"""What one of them takes at most beside the text of its line and its list of queues."""


class Outcome(NamedTuple):
    """The queues that get a message, and why it is not decided, or refused."""

    queues: Sequence[str]
    undecided: str | None
    refusal: Refusal | None


def outcome_of(route: Route) -> Outcome:
    """Take from a route what it comes to."""
    return Outcome(tuple(route.queues), route.undecided, route.refusal)


class Remembered:
    """Outcomes by their lines: the same line comes to the same, and real traffic repeats its keys.

    Once too much is held all is forgotten: what comes often is soon there again.  Where hardly
    anything came again by then, nothing more is remembered.
    """

    def __init__(self, find: Callable[[bytes], Outcome], most: int = MOST_HELD) -> None:
        """Remember what this finds, up to about so many bytes."""
        self.find, self.most = find, most
        self.known: dict[bytes, Outcome] = {}
        self.held = self.again = 0

    def of(self, line: bytes) -> Outcome:
        """Give what a line comes to."""
        if outcome := self.known.get(line):
            self.again += 1
            return outcome
        return self.found(line)

    def found(self, line: bytes) -> Outcome:
        """Find out what a line comes to, and remember it."""
        outcome = self.find(line)
        size = len(line) + 8 * len(outcome.queues) + EACH
        if size <= self.most:
            self.make_room(size)
            self.known[line] = outcome
            self.held += size
        return outcome

    def make_room(self, size: int) -> None:
        """Forget all where so many bytes more are too many."""
        if self.held + size > self.most:
            if self.again < len(self.known) // SELDOM:
                self.most = 0
            self.known.clear()
            self.held = self.again = 0
