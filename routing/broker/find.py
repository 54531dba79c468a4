"""Which broker a run gets: the first that answers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.versions import Version, begins_with, beyond_tried, parse_version
from routing.broker.address import each_of, with_timeout, without_password
from routing.broker.advice import advice
from routing.broker.way import NoBrokerFound, Report, Unavailable, Way, first

if TYPE_CHECKING:
    from pika import BlockingConnection


LOCALHOST: Final = "localhost"
LOCAL: Final = "amqp://guest:guest@localhost:5672/"
"""Where a RabbitMQ is that was just installed."""


@dataclass(frozen=True)
class Broker:
    """A broker that answers, and the open connection that proved it.

    origin: where it was found, in a few words.
    platform: what it runs on, as in Erlang/OTP 27.3.
    nodes: the URLs of all nodes of its cluster that are named, its own first.
    """

    connection: "BlockingConnection"
    url: str = field(repr=False)
    origin: str
    product: str
    version: str
    platform: str = ""
    nodes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def address(self) -> str:
        """Host, port and virtual host, without user and password."""
        return without_password(self.url)

    @property
    def described(self) -> str:
        """Product, version, address and origin, as a caption names them."""
        notes = [self.origin, beyond_tried(self.followed) if self.known else ""]
        told = "; ".join(filter(None, notes))
        return f"{self.product} {self.version} at {self.address} ({told})"

    @property
    def own(self) -> bool:
        """Whether nobody else uses it, so that the exchanges that it always has may be used."""
        return self.origin not in ("AMQP_URL", LOCALHOST, node_of_up())

    @property
    def known(self) -> bool:
        """Whether it is a RabbitMQ that tells its version."""
        return self.product == "RabbitMQ" and self.version[:1].isdigit()

    @property
    def followed(self) -> Version:
        """The version that a prediction for this broker follows, with that of its Erlang."""
        erlang = re.search(r"\d+", self.platform)
        return parse_version(self.version)._replace(erlang=int(erlang[0]) if erlang else 0)


@contextmanager
def find(
    environ: Mapping[str, str],
    report: Report,
    ways: Iterable[Way] | None = None,
    asked: str | None = None,
    timeout: float | None = None,
) -> Iterator[Broker]:
    """Yield the broker that AMQP_URL names, or else one from the first way that has one.

    asked: the version that it must have, or how that begins.
    timeout: seconds within which what is done with it ends after a fault.
    Raises BadUse where AMQP_URL names another or none can be had, NoBroker where AMQP_URL leads to
    none, NoBrokerFound where no way does.
    """
    with ExitStack() as stack:
        if url := environ.get("AMQP_URL"):
            broker = stack.enter_context(connected(with_timeout(url, timeout), "AMQP_URL"))
            require_version(broker, asked)
            yield broker
        else:
            ways = default_ways(asked) if ways is None else ways
            yield first_of(ways, report, stack, asked, timeout)


def first_of(
    ways: Iterable[Way],
    report: Report,
    stack: ExitStack,
    asked: str | None = None,
    timeout: float | None = None,
) -> Broker:
    """Open ways in their order until one has a broker, which the stack then holds."""
    attempts = (
        (way.name, lambda way=way: stack.enter_context(opened(way, report, asked, timeout)))
        for way in ways
    )
    return first(attempts, report, asked, [("AMQP_URL", "not set")])


@contextmanager
def find_running(
    environ: Mapping[str, str],
    report: Report,
    asked: str | None = None,
    timeout: float | None = None,
) -> Iterator[Broker]:
    """Yield a broker that runs already: several programs can meet on no other.

    Raises BadUse or NoBroker where none does.
    """
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(find(environ, report, running_ways(), asked, timeout))
        except NoBrokerFound as error:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in error.reasons)
            named = f"RabbitMQ {asked}" if asked else "RabbitMQ"
            other = any(name == up() and "it is" in reason for name, reason in error.reasons)
            first_end = f"{advice('down', 'down')} and then " * other
            raise NoBroker(
                f"No {named} runs here: {first_end}{up(asked)} starts one, or name one that runs "
                f"elsewhere, as AMQP_URL ({reasons})."
            ) from None
        yield broker


def up(asked: str | None = None) -> str:
    """Spell the command that starts a node that stays."""
    if asked is None:
        return advice("up", "up")
    return advice(f"up RABBITMQ={asked}", f"up --rabbitmq {asked}")


def node_of_up() -> str:
    """Name the node that stays, as an origin."""
    return f"the node of {up()}"


def require_version(broker: Broker, asked: str | None) -> None:
    """Require that the broker of AMQP_URL has a version that begins with these numbers, if any.

    Raises BadUse where it has another.
    """
    if asked and not is_version(broker, asked):
        raise BadUse(
            f"AMQP_URL names {broker.described}, but RabbitMQ {asked} is asked for: "
            "leave one of the two out."
        )


def is_version(broker: Broker, asked: str) -> bool:
    """Tell whether a broker has a version that begins so; one that is not RabbitMQ has none."""
    return broker.known and begins_with(broker.version, asked)


@contextmanager
def opened(
    way: Way, report: Report, asked: str | None = None, timeout: float | None = None
) -> Iterator[Broker]:
    """Yield a way's broker once it has answered.

    Raises NoBroker where it has none of the version that is asked for.
    """
    with way.open(report) as url, connected(with_timeout(url, timeout), way.origin) as broker:
        if asked and not is_version(broker, asked):
            raise Unavailable(f"it is {broker.version}")
        yield broker


@contextmanager
def connected(urls: str, origin: str) -> Iterator[Broker]:
    """Yield the broker at a URL, or the first of several that answers; close it in the end.

    Raises BadUse or NoBroker where no connection comes about.
    """
    from routing.broker.connection import closing, connect_first, server_of

    nodes = each_of(urls)
    url, connection = connect_first(nodes)
    with closing(connection):
        others = (each for each in nodes if each != url)
        yield Broker(connection, url, origin, *server_of(connection), (url, *others))


def silent_among(urls: Sequence[str]) -> list[str]:
    """List the nodes of a cluster that do not answer."""
    silent = []
    for url in urls if len(urls) > 1 else ():
        try:
            with connected(url, "up"):
                pass
        except NoBroker:
            silent.append(url)
    return silent


@contextmanager
def once_more(broker: Broker) -> Iterator[Broker]:
    """Yield a broker over one more connection, to the same node.

    Raises NoBroker where that does not answer any longer.
    """
    with connected(broker.url, broker.origin) as fresh:
        yield replace(fresh, nodes=broker.nodes)


@contextmanager
def reopened(broker: Broker) -> Iterator[Broker]:
    """Yield the broker, over a new connection where its own was closed by a refusal.

    Raises NoBroker where it does not answer any longer.
    """
    if broker.connection.is_open:
        yield broker
    else:
        with once_more(broker) as fresh:
            yield fresh


def running_ways() -> Iterator[Way]:
    """Yield the ways that start nothing."""
    from routing.broker.kept import kept_node

    yield Way(up(), node_of_up(), kept_node)

    yield Way("localhost:5672", LOCALHOST, local_broker)


def default_ways(asked: str | None = None) -> Iterator[Way]:
    """Yield the ways in their order, each imported when its turn comes.

    asked: the version that a broker must have, or how that begins.
    """
    yield from running_ways()
    yield from own_ways(asked)


def own_ways(asked: str | None) -> Iterator[Way]:
    """Yield the ways to a node of this run's own."""
    from routing.broker.node.private import kinds, private_node

    for kind in kinds(asked):
        yield Way(kind.name, kind.origin, partial(private_node, kind.prepare))


@contextmanager
def local_broker(_: Report, url: str = LOCAL) -> Iterator[str]:
    """Yield the URL of a local broker; whether one is there is seen by connecting to it."""
    yield f"{url}?socket_timeout=2&stack_timeout=2"
