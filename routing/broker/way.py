"""What a user who waits for a broker is told."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """A step that is under way, and how much of it is done.

    fraction: between 0 and 1, or None where that is not known.
    """

    step: str
    fraction: float | None = None


Report = Callable[[Progress], None]
