"""Which broker a run gets: the first that answers."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.versions import begins_with
from routing.broker.address import without_password
from routing.broker.advice import advice
from routing.broker.way import NoBrokerFound, Report, Way

if TYPE_CHECKING:
    from pika import BlockingConnection


LOCAL: Final = "amqp://guest:guest@localhost:5672/"
"""Where a RabbitMQ is that was just installed."""


@dataclass(frozen=True)
class Broker:
    """A broker that answers, and the open connection that proved it.

    origin: where it was found, in a few words.
    """

    connection: "BlockingConnection"
    url: str = field(repr=False)
    origin: str
    product: str
    version: str

    @property
    def address(self) -> str:
        """Host, port and virtual host, without user and password."""
        return without_password(self.url)

    @property
    def described(self) -> str:
        """Product, version, address and origin, as a caption names them."""
        return f"{self.product} {self.version} at {self.address} ({self.origin})"


@contextmanager
def find(
    environ: Mapping[str, str], report: Report, ways: Iterable[Way] | None = None
) -> Iterator[Broker]:
    """Yield the broker that AMQP_URL names, or else one from the first way that has one.

    Raises BadUse or NoBroker where AMQP_URL leads to none, NoBrokerFound where no way does.
    """
    with ExitStack() as stack:
        if url := environ.get("AMQP_URL"):
            yield stack.enter_context(connected(url, "AMQP_URL"))
        else:
            yield first_of(default_ways() if ways is None else ways, report, stack)


def first_of(ways: Iterable[Way], report: Report, stack: ExitStack) -> Broker:
    """Open ways in their order until one has a broker, which the stack then holds."""
    reasons = [("AMQP_URL", "not set")]
    for way in ways:
        try:
            return stack.enter_context(opened(way, report))
        except NoBroker as error:
            reasons.append((way.name, str(error).rstrip(".")))
    raise NoBrokerFound(reasons)


@contextmanager
def find_running(environ: Mapping[str, str], report: Report) -> Iterator[Broker]:
    """Yield a broker that runs already: several programs can meet on no other.

    Raises BadUse or NoBroker where none does.
    """
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(find(environ, report, running_ways()))
        except NoBrokerFound as error:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in error.reasons)
            up = advice("up", "up")
            raise NoBroker(f"No RabbitMQ runs here: {up} starts one ({reasons}).") from None
        yield broker


def require_version(broker: Broker, rabbitmq: str | None) -> None:
    """Require that a broker has a version that begins with these numbers, if any are given.

    Raises BadUse where it has another.
    """
    if rabbitmq and not begins_with(broker.version, rabbitmq):
        raise BadUse(
            f"The broker is {broker.described}, but --rabbitmq asks for {rabbitmq}: "
            "leave that out, or name another broker by AMQP_URL."
        )


@contextmanager
def opened(way: Way, report: Report) -> Iterator[Broker]:
    """Yield a way's broker once it has answered."""
    with way.open(report) as url, connected(url, way.origin) as broker:
        yield broker


@contextmanager
def connected(url: str, origin: str) -> Iterator[Broker]:
    """Yield the broker at a URL, and close the connection in the end.

    Raises BadUse or NoBroker where no connection comes about.
    """
    from routing.broker.connection import closing, connect, server_of

    with closing(connect(url)) as connection:
        product, version = server_of(connection)
        yield Broker(connection, url, origin, product, version)


@contextmanager
def reopened(broker: Broker) -> Iterator[Broker]:
    """Yield the broker, over a new connection where its own was closed by a refusal.

    Raises NoBroker where it does not answer any longer.
    """
    if broker.connection.is_open:
        yield broker
    else:
        with connected(broker.url, broker.origin) as fresh:
            yield fresh


def running_ways() -> Iterator[Way]:
    """Yield the ways that start nothing."""
    from routing.broker.kept import kept_node

    up = advice("up", "up")
    yield Way(up, f"the node of {up}", kept_node)

    yield Way("localhost:5672", "localhost", local_broker)


def default_ways() -> Iterator[Way]:
    """Yield the ways in their order, each imported when its turn comes."""
    yield from running_ways()

    from routing.broker.node.private import KINDS, private_node

    for name, origin, prepare in KINDS:
        yield Way(name, origin, partial(private_node, prepare))


@contextmanager
def local_broker(_: Report, url: str = LOCAL) -> Iterator[str]:
    """Yield the URL of a local broker; whether one is there is seen by connecting to it."""
    yield f"{url}?socket_timeout=2&stack_timeout=2"
