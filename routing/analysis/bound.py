"""How much is looked at before an answer is given up: a question may have too many cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Final

MOST_STEPS: Final = 50_000
"""Cases of one question; so many mostly take about a second."""

MOST_SECONDS: Final = 15.0
"""For all questions of a command together."""

UNTIL: Final[ContextVar[float]] = ContextVar("UNTIL", default=float("inf"))
"""When the time is up, by the monotonic clock."""


class NotDecided(Exception):
    """An answer would take too long, or cannot be known; the words say why."""


class Doubt(NotDecided):
    """It is not known what an exchange does, which is told of the exchange."""


@contextmanager
def within(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Answer all questions in so much time, or give up those that are left."""
    token = UNTIL.set(monotonic() + seconds)
    try:
        yield
    finally:
        UNTIL.reset(token)


class Bound:
    """Steps that may still be taken, and the time that is left."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        """Begin to count; raises NotDecided where the time is up already."""
        self.left = self.most = steps
        self.until = UNTIL.get()
        self.look()

    def step(self) -> None:
        """Count one more; raises NotDecided where they are too many, or the time is up."""
        self.left -= 1
        if self.left < 0:
            raise NotDecided(f"more than {self.most:,} cases would have to be told apart")
        self.look()

    def look(self) -> None:
        """Look at the clock, within a step that may be long; raises NotDecided where it is late."""
        if monotonic() > self.until:
            raise NotDecided(f"it would take more than {MOST_SECONDS:.0f} s, with all before it")
