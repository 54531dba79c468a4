"""A way to get a broker: what it tells meanwhile, and why it may not lead to one."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypeVar

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.versions import NAME_ONE, TRIED, begins_with
from routing.broker.advice import advice

Thing = TypeVar("Thing")

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
    lasting: whether it is still to be read when all is done.
    of: which of several things that are under way at once this is a step of.
    """

    step: str
    fraction: float | None = None
    lasting: bool = False
    of: str = ""


Report = Callable[[Progress], None]


def untold(_: Progress) -> None:
    """Say nothing: what is done takes no time worth telling."""


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


class NotFetched(Unavailable):
    """A reason that is told even where another way leads to a broker."""


class NoBrokerFound(NoBroker):
    """No way led to a broker.

    reasons: each way's name, and why it did not.
    """

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        """Tell each reason in a line, and then what to do."""
        lines = [f"  {name:18}{reason}" for name, reason in reasons]
        super().__init__("\n".join([NONE_FOUND, *lines, WHAT_TO_DO]))
        self.reasons = tuple(reasons)


def first(
    attempts: Iterable[tuple[str, Callable[[], Thing]]],
    report: Report,
    asked: str | None = None,
    before: Sequence[tuple[str, str]] = (),
) -> Thing:
    """Give what the first attempt gives that leads to something.

    attempts: each with the name of its way; before: ways that were tried already, and why in vain.
    asked: the version that is wanted, or how that begins.
    Raises NoBrokerFound where none does, BadUse where that is for want of such a version.
    """
    reasons = list(before)
    not_fetched: dict[str, list[str]] = {}
    for name, attempt in attempts:
        try:
            found = attempt()
        except NoBroker as error:
            reason = str(error).rstrip(".")
            reasons.append((name, reason))
            if isinstance(error, NotFetched):
                not_fetched.setdefault(reason, []).append(name)
            continue
        for reason, names in not_fetched.items():
            report(Progress(f"Not from {', '.join(names)}: {reason}.", lasting=True))
        return found
    if asked and not any(begins_with(str(version), asked) for version in TRIED):
        raise BadUse(f"No RabbitMQ {asked} can be had here: {NAME_ONE}.")
    raise NoBrokerFound(reasons)
