"""Where RabbitMQ's versions route differently.  All that is known stands here.

Observed on 3.10.8, 4.0.5 and 4.3.6; where a boundary lies between these, from RabbitMQ's own
change history.
"""

import re
from typing import Final, NamedTuple

from routing.amqp.errors import BadUse


class Version(NamedTuple):
    """A RabbitMQ version, compared number by number."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """Write it as RabbitMQ does."""
        return f"{self.major}.{self.minor}.{self.patch}"


NEWEST: Final = Version(4, 3, 6)
"""What a prediction follows where no broker is asked."""

EXACT_NUMBERS: Final = Version(3, 13, 0)
"""From here on numbers in headers are compared by type too, and a timestamp in a message counts
milliseconds, in a binding seconds (message containers, PR #5077; mc_amqpl.erl, routing_value).
Before, 1 was 1.0, and a timestamp was its number of seconds."""

TYPE_REFUSED_ON_CHANNEL: Final = Version(4, 0, 0)
"""From here on an unknown exchange type closes the channel (406); before, the connection (503)."""

FEW_HASHES: Final = Version(4, 3, 5)
"""From here on a topic binding key with more than MOST_HASHES `#` is refused (PR #17039)."""

MOST_HASHES: Final = 2


def parse_version(text: str) -> Version:
    """Read a version such as 4.3.6 or 3.13.0-rc.1; a number that is left out is 0.

    Raises BadUse where it does not begin with a number.
    """
    return Version(*(*numbers_in(text), 0, 0)[:3])


def begins_with(version: str, text: str) -> bool:
    """Tell whether a version, such as 3.10.8, begins with the numbers of a text, such as 3.10.

    Raises BadUse where the text does not begin with a number.
    """
    numbers = numbers_in(text)
    return parse_version(version)[: len(numbers)] == numbers


def numbers_in(text: str) -> tuple[int, ...]:
    """Read the numbers at the beginning of a version, three at the most.

    Raises BadUse where there are none.
    """
    found = re.match(r"\d+(?:\.\d+){0,2}", text)
    if not found:
        raise BadUse(f"{text!r} is not a RabbitMQ version: write one like {NEWEST}.")
    return tuple(map(int, found[0].split(".")))
