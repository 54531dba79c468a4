"""Which broker a run gets: the first that answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from routing.amqp.errors import NoBroker
from routing.broker.address import without_password
from routing.broker.way import Report

if TYPE_CHECKING:
    from pika import BlockingConnection


NONE_FOUND = "No RabbitMQ was found, and none could be started:"

WHAT_TO_DO = """\
Install RabbitMQ (on Debian and Ubuntu: apt install rabbitmq-server; with Homebrew: brew install
rabbitmq) or Docker, or name a broker: make demo-topic AMQP_URL=amqp://user:password@host/
The prediction needs none: make demo-topic PREDICT=1, or python -m scenarios topic --predict"""


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


@dataclass(frozen=True)
class Source:
    """A way to get a broker.

    open: yields the broker's URL as long as it is needed, or raises Unavailable.
    """

    name: str
    origin: str
    open: Callable[[Report], AbstractContextManager[str]]


class NoBrokerFound(NoBroker):
    """No source led to a broker.

    reasons: each source's name, and why it did not.
    """

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        """Tell each reason in a line, and then what to do."""
        lines = [f"  {name:18}{reason}" for name, reason in reasons]
        super().__init__("\n".join([NONE_FOUND, *lines, WHAT_TO_DO]))
        self.reasons = tuple(reasons)


@contextmanager
def find(
    environ: Mapping[str, str], report: Report, sources: Iterable[Source] | None = None
) -> Iterator[Broker]:
    """Yield the broker that AMQP_URL names, or else one from the first source that has one.

    Raises BadUse or NoBroker where AMQP_URL leads to none, NoBrokerFound where no source does.
    """
    with ExitStack() as stack:
        if url := environ.get("AMQP_URL"):
            yield stack.enter_context(connected(url, "AMQP_URL"))
        else:
            yield first_of(default_sources() if sources is None else sources, report, stack)


def first_of(sources: Iterable[Source], report: Report, stack: ExitStack) -> Broker:
    """Open sources in their order until one has a broker, which the stack then holds."""
    reasons = [("AMQP_URL", "not set")]
    for source in sources:
        try:
            return stack.enter_context(opened(source, report))
        except NoBroker as error:
            reasons.append((source.name, str(error).rstrip(".")))
    raise NoBrokerFound(reasons)


@contextmanager
def find_running(environ: Mapping[str, str], report: Report) -> Iterator[Broker]:
    """Yield a broker that runs already: several programs can meet on no other.

    Raises BadUse or NoBroker where none does.
    """
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(find(environ, report, running_sources()))
        except NoBrokerFound as error:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in error.reasons)
            raise NoBroker(f"No RabbitMQ runs here: make up starts one ({reasons}).") from None
        yield broker


@contextmanager
def opened(source: Source, report: Report) -> Iterator[Broker]:
    """Yield a source's broker once it has answered."""
    with source.open(report) as url, connected(url, source.origin) as broker:
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


def running_sources() -> Iterator[Source]:
    """Yield the sources that start nothing."""
    from routing.broker.kept import kept_node

    yield Source("make up", "the node of make up", kept_node)

    from routing.broker.local import local_broker

    yield Source("localhost:5672", "localhost", local_broker)


def default_sources() -> Iterator[Source]:
    """Yield the sources in their order, each imported when its turn comes."""
    yield from running_sources()

    from routing.broker.private import KINDS, private_node

    for name, origin, prepare in KINDS:
        yield Source(name, origin, partial(private_node, prepare))
