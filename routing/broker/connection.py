"""Opening, closing and using a connection."""

import logging
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from time import monotonic
from typing import Final, cast
from urllib.parse import parse_qs

from pika import BlockingConnection, URLParameters
from pika.adapters.utils.connection_workflow import AMQPConnectorStackTimeout
from pika.channel import MAX_CHANNELS
from pika.exceptions import AMQPError

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.notation import write_key
from routing.broker.address import (
    FILES,
    for_pika,
    parts_of,
    timeout_of,
    without_password,
    without_timeout,
)
from routing.broker.tls import require_files
from routing.broker.unreached import unreached
from routing.broker.wire import Patient
from routing.view.command_line import announce

CONNECTING: Final = 1 / 2
"""The part of a run's time-out within which a connection must come about."""

ANSWERING: Final = 1 / 2
"""The part within which a broker must answer, or take messages again.  What is left of the whole is
for noticing that it does not, and for taking away what was made."""

UNDOING: Final = 1 / 5
"""The part within which what was made must be taken away after a fault."""

CLOSING: Final = 1.0
"""Seconds within which a broker has to say goodbye."""

# Where a program sets up no logging, Python prints pika's errors beside the sentences from here.
logging.getLogger("pika").addHandler(logging.NullHandler())
logging.getLogger("pika").propagate = False


def connect(url: str, nodes: int = 1) -> BlockingConnection:
    """Open a connection, in one attempt, on which no wait is longer than the URL's timeout allows.

    nodes: how many share the time, where they are tried in turn.
    Raises BadUse where the URL is not well written, NoBroker where it leads to no broker.
    """
    timeout = timeout_of(url)
    parameters = parameters_of(without_timeout(url), timeout, nodes)
    try:
        return Patient(parameters, timeout * ANSWERING, announce)
    except (AMQPError, AMQPConnectorStackTimeout, OSError, UnicodeError) as error:
        raise unreached(error, url, parameters) from error


def connect_first(urls: Sequence[str]) -> tuple[str, BlockingConnection]:
    """Connect to the first node of a cluster that answers, and tell which one that is.

    Raises BadUse where one of the URLs is not well written, NoBroker where none answers.
    """
    for each in urls:
        parts_of(each)
    reasons = []
    for url in urls:
        try:
            return url, connect(url, len(urls))
        except NoBroker as error:
            reasons.append(str(error).removeprefix("No connection to ").rstrip("."))
    any_of = "" if len(urls) == 1 else f"any of {len(urls)} nodes: "
    raise NoBroker(f"No connection to {any_of}{'; '.join(reasons)}.")


def parameters_of(url: str, timeout: float, nodes: int = 1) -> URLParameters:
    """Read a URL's parts and options, and set limits where it sets none that are shorter.

    timeout: seconds within which a run ends after a fault.
    nodes: how many share the time for a connection.
    Raises BadUse where pika does not take one of the options, or TLS one of the files.
    """
    options = parse_qs(parts_of(url).query)
    require_known(options, url)
    require_files(url)
    try:
        parameters = URLParameters(for_pika(url))
    except (ValueError, TypeError, SyntaxError, AttributeError, OSError) as error:
        # The reason is left out: among ssl_options there may be the password of a key.
        raise BadUse(
            f"The URL of {without_password(url)} has an option after its ? "
            f"with a value that does not fit ({', '.join(options)}): correct it or leave it out."
        ) from error
    limits = {
        "socket_timeout": timeout * CONNECTING / nodes,
        "stack_timeout": timeout * CONNECTING / nodes,
        "blocked_connection_timeout": timeout * ANSWERING,
    }
    parameters.connection_attempts = 1  # several would take several times as long
    for name, limit in limits.items():
        own = getattr(parameters, name) if name in options else limit
        setattr(parameters, name, own if own < limit else limit)  # NaN is below nothing
    return parameters


def require_known(options: Iterable[str], url: str) -> None:
    """Raise BadUse where a URL has an option that neither pika has nor TLS."""
    for name in options:
        if name not in FILES and not hasattr(URLParameters, f"_set_url_{name}"):
            raise BadUse(
                f"The URL of {without_password(url)} has an option that is unknown, "
                f"{write_key(name)}: correct it or leave it out."
            )


@contextmanager
def closing(connection: BlockingConnection) -> Iterator[BlockingConnection]:
    """Close a connection in the end, even one that is broken."""
    try:
        yield connection
    finally:
        close(connection)


def close(connection: BlockingConnection) -> None:
    """Close a connection, for a limited time."""
    close_all([connection])


def close_all(connections: Sequence[BlockingConnection]) -> None:
    """Close connections, all at the same time, for a limited time.

    One that Ctrl-C cut short may have lost the word that pika waits for: it is broken off.
    """
    for_a_time(CLOSING, *(partial(close_quietly, each) for each in connections))
    for each in connections:
        break_off(each)


@contextmanager
def closing_all() -> Iterator[list[BlockingConnection]]:
    """Yield a list of connections, and close all that come into it at the same time in the end."""
    connections: list[BlockingConnection] = []
    try:
        yield connections
    finally:
        close_all(connections)


def for_a_time(seconds: float, *works: Callable[[], object]) -> None:
    """Do what may never end, all of it at once, and go on after so many seconds in any case."""
    workers = [Thread(target=work, daemon=True) for work in works]
    limit = monotonic() + seconds
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(max(0.0, limit - monotonic()))


def undo(
    urls: Sequence[str], work: Callable[[BlockingConnection], object], share: float = UNDOING
) -> None:
    """Take away over another connection, for a limited time, what a fault has left.

    urls: of the node, and of others that may answer in its place.
    share: of the run's time-out, that this may take.
    """

    def quietly() -> None:
        with suppress(Exception), closing(connect_first(urls)[1]) as connection:
            work(connection)

    for_a_time(timeout_of(urls[0]) * share, quietly)


def close_quietly(connection: BlockingConnection) -> None:
    """Close a connection that may be broken, or closed already."""
    with suppress(Exception):
        connection.close()


def limit_of(connection: BlockingConnection) -> float:
    """Tell within how many seconds something must come over a connection."""
    return cast("Patient", connection).limit


def channels_of(connection: BlockingConnection) -> int:
    """Tell how many channels a connection may have at the same time."""
    return connection._impl.params.channel_max or MAX_CHANNELS  # noqa: SLF001


def keep_alive(connection: BlockingConnection) -> None:
    """Send a heartbeat if one is due: a broker closes a connection that is silent."""
    connection.process_data_events(time_limit=0)


def cut(connection: BlockingConnection) -> None:
    """Break a connection as a program does that dies, and see that it is broken."""
    break_off(connection)
    with suppress(AMQPError, OSError):
        connection.process_data_events(time_limit=0)


def break_off(connection: BlockingConnection) -> None:
    """End a connection without a word to the broker, if it has not ended."""
    # pika's own abort() leaves a blocking connection that fails an assertion when next used.
    transport = connection._impl._transport  # noqa: SLF001
    with suppress(OSError):
        if transport:
            transport._sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001


def server_of(connection: BlockingConnection) -> tuple[str, str, str]:
    """Name the broker's product, version and platform, as it introduced itself."""
    # pika offers server_properties on its other connections, but not on the blocking one.
    properties = connection._impl.server_properties or {}  # noqa: SLF001
    assumed = {"product": "a broker", "version": "unknown", "platform": ""}
    product, version, platform = (str(properties.get(*each)) for each in assumed.items())
    return product, version, platform
