"""How much is looked at before an answer is given up: a question may have too many cases."""

from typing import Final

MOST_STEPS: Final = 50_000
"""So many take about a second."""


class NotDecided(Exception):
    """An answer would take too long, or cannot be known; the words say why."""


class Bound:
    """Steps that may still be taken."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        """Begin to count."""
        self.left = self.most = steps

    def step(self) -> None:
        """Count one more; raises NotDecided where they are too many."""
        self.left -= 1
        if self.left < 0:
            raise NotDecided(f"more than {self.most:,} cases would have to be told apart")
