"""A way to get a broker: what it tells meanwhile, and why it may not lead to one."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from routing.amqp.errors import NoBroker
from routing.broker.advice import advice

WINDOWS: Final = "it needs Linux or macOS"
"""The reason where Python has no fcntl."""

NONE_FOUND = "No RabbitMQ was found, and none could be started:"

WHAT_TO_DO: Final = f"""\
Install RabbitMQ (on Debian and Ubuntu: apt install rabbitmq-server; with Homebrew: brew install
rabbitmq) or Docker, or name a broker: AMQP_URL=amqp://user:password@host/
The prediction needs none: {advice("demo-topic PREDICT=1", "demo topic --predict")}"""


@dataclass(frozen=True)
class Progress:
    """A step that is under way, and how much of it is done.

    fraction: between 0 and 1, or None where that is not known.
    """

    step: str
    fraction: float | None = None


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Way:
    """A way to get a broker.

    open: yields the broker's URL as long as it is needed, or raises Unavailable.
    """

    name: str
    origin: str
    open: Callable[[Report], AbstractContextManager[str]]


class Unavailable(NoBroker):
    """A reason, which stands in a list beside the reasons of the other ways."""


class NoBrokerFound(NoBroker):
    """No way led to a broker.

    reasons: each way's name, and why it did not.
    """

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        """Tell each reason in a line, and then what to do."""
        lines = [f"  {name:18}{reason}" for name, reason in reasons]
        super().__init__("\n".join([NONE_FOUND, *lines, WHAT_TO_DO]))
        self.reasons = tuple(reasons)
