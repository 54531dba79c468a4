"""Opening and using a connection, with pika's failures told in one sentence each."""

import logging
import re
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from time import monotonic
from typing import Final, cast
from urllib.parse import parse_qs

from pika import BlockingConnection, URLParameters
from pika.adapters.utils.connection_workflow import AMQPConnectorStackTimeout
from pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelClosedByBroker,
    ConnectionBlockedTimeout,
    ConnectionClosedByBroker,
    ConnectionOpenAborted,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    ShortStringTooLong,
    UnsupportedAMQPFieldException,
)

from routing.amqp.errors import BadUse, Failed, Lost, NoBroker, Refused
from routing.broker.address import (
    parts_of,
    timeout_of,
    user_of,
    vhost_of,
    without_password,
    without_timeout,
)
from routing.broker.wire import Garbled, Patient, Silent
from routing.view.command_line import announce

__all__ = ["connect", "translated", "without_password"]

CONNECTING: Final = 1 / 2
"""The part of a run's time-out within which a connection must come about."""

ANSWERING: Final = 1 / 2
"""The part within which a broker must answer, or take messages again.  What is left of the whole is
for noticing that it does not, and for taking away what was made."""

UNDOING: Final = 1 / 5
"""The part within which what was made must be taken away after a fault."""

CLOSING: Final = 1.0
"""Seconds within which a broker has to say goodbye."""

CONNECTION_FORCED = 320
"""The reply code of a broker that is shutting down."""

FAILURES = (501, 502, 504, 505, 506, 541)
"""Reply codes of a connection that cannot go on: of its frames, of their order, of the broker.  503
is none of them: it is what RabbitMQ up to 3.13.2 says to an exchange of an unknown type."""

UNABLE = re.compile(r"timed out|is down or inaccessible|is reached$|no leader|not available")
"""Words of a broker that cannot do now what it would do otherwise (rabbit_amqqueue.erl,
rabbit_queue_type.erl, rabbit_khepri.erl)."""

CLOSED_WITH = r"\((\d+)\) (['\"])(.*)\2"
"""A reply code and the broker's words, in those of pika."""

WHAT_TO_DO = {
    403: "take a name that does not begin with amq., or a user who is permitted to do this",
    404: "declare it first",
    405: "wait until the connection that holds it has closed, or take another name",
    406: "take another name, or declare it just as it is there",
}

# Where a program sets up no logging, Python prints pika's errors beside the sentences from here.
logging.getLogger("pika").addHandler(logging.NullHandler())
logging.getLogger("pika").propagate = False


def connect(url: str) -> BlockingConnection:
    """Open a connection, in one attempt, on which no wait is longer than the URL's timeout allows.

    Raises BadUse where the URL is not well written, NoBroker where it leads to no broker.
    """
    timeout = timeout_of(url)
    parameters = parameters_of(without_timeout(url), timeout)
    try:
        return Patient(parameters, timeout * ANSWERING, announce)
    except (AMQPError, AMQPConnectorStackTimeout, OSError, UnicodeError) as error:
        raise unreached(error, url, parameters) from error


def unreached(error: BaseException, url: str, parameters: URLParameters) -> NoBroker:
    """Tell in one sentence why no connection came about."""
    return NoBroker(no_connection(root_of(error), url, parameters))


def parameters_of(url: str, timeout: float) -> URLParameters:
    """Read a URL's parts and options, and set limits where it sets none.

    timeout: seconds within which a run ends after a fault.
    Raises BadUse where pika does not take one of the options.
    """
    options = parse_qs(parts_of(url).query)
    try:
        parameters = URLParameters(url)
    except (ValueError, TypeError, SyntaxError, AttributeError, OSError) as error:
        # The reason is left out: among ssl_options there may be the password of a key.
        raise BadUse(
            f"The URL of {without_password(url)} has an option after its ? that is unknown, "
            f"or has a value that does not fit ({', '.join(options)}): correct it or leave it out."
        ) from error
    limits = {
        "socket_timeout": timeout * CONNECTING,
        "stack_timeout": timeout * CONNECTING,
        "blocked_connection_timeout": timeout * ANSWERING,
    }
    for name in limits.keys() - options:
        setattr(parameters, name, limits[name])
    return parameters


def root_of(error: BaseException) -> BaseException:
    """Unwrap what pika wrapped around a socket's error."""
    inner = getattr(error, "exception", None) or next(iter(error.args), None)
    return root_of(inner) if isinstance(inner, BaseException) else error


def no_connection(error: BaseException, url: str, parameters: URLParameters) -> str:
    """Tell in one sentence why no connection came about, and what to do."""
    address, user, vhost = without_password(url), user_of(parts_of(url)), vhost_of(parts_of(url))
    match error:
        case socket.gaierror() | UnicodeError():
            why = f"no machine of that name ({parameters.host}) is known: check the host"
        case ConnectionRefusedError():
            why = "nothing listens there: start a broker, or check host and port"
        case TimeoutError() | AMQPConnectorStackTimeout() | ConnectionOpenAborted():
            seconds = f"{parameters.stack_timeout:g} s"
            why = f"no AMQP answer within {seconds}: check that a broker listens there"
        case ssl.SSLError():
            why = f"TLS failed ({error.reason}): check the port and the certificates"
        case ProbableAuthenticationError() | ProbableAccessDeniedError() if not words_of(error):
            why = f"it was closed while user {user} logged in: check the user, see the broker's log"
        case _ if (code := code_of(error)) == CONNECTION_FORCED:
            why = f"it is shutting down ({words_of(error)}): use another"
        case _ if code in FAILURES:
            why = f"it closed the connection with {code}, {words_of(error)}: see the broker's log"
        case ProbableAuthenticationError() | AuthenticationError():
            why = f"user {user} is refused: check user and password ({words_of(error)})"
        case ProbableAccessDeniedError():
            why = f"user {user} is not let into virtual host {vhost} ({words_of(error)})"
        case IncompatibleProtocolError() | Garbled():
            why = "what listens there does not speak AMQP 0-9-1: check the port"
        case _:
            why = f"{getattr(error, 'strerror', None) or error!r}: check the broker's URL"
    return f"No connection to {address}: {why}."


def words_of(error: BaseException) -> str:
    """Find in pika's words those of the broker, if it said any."""
    found = re.search(CLOSED_WITH, str(error))
    return found[3].rstrip(".") if found else ""


def code_of(error: BaseException) -> int:
    """Find in pika's words the broker's reply code; 0 where there is none."""
    found = re.search(CLOSED_WITH, str(error))
    return int(found[1]) if found else 0


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Tell in one sentence what goes wrong while a connection to the address is in use.

    Raises Refused where the broker does not accept an operation, BadUse where a value does not
    fit into an AMQP frame, NoBroker where it takes nothing, Lost where the connection is lost.
    """
    try:
        yield
    except (ChannelClosedByBroker, ConnectionClosedByBroker) as error:
        raise refusal(error.reply_code, error.reply_text, address, noted(error)) from error
    except (ShortStringTooLong, UnsupportedAMQPFieldException, struct.error) as error:
        raise BadUse(f"AMQP cannot carry a value, shorten or change it: {error}.") from error
    except ConnectionBlockedTimeout as error:
        why = noted(error) or "low on memory or disk"
        raise NoBroker(
            f"The broker at {address} is {why} and takes no messages: "
            "free some, or use another broker."
        ) from error
    except (AMQPError, ConnectionError) as error:
        raise broken(root_of(error), noted(error), address) from error


def noted(error: BaseException) -> str:
    """Give what was noted of an error: the step at which it came, or why."""
    return next(iter(getattr(error, "__notes__", ())), "")


def broken(error: BaseException, step: str, address: str) -> NoBroker:
    """Tell in one sentence how a connection ended, and at which step."""
    after = f" after {step}" if step else ""
    if isinstance(error, Silent):
        return NoBroker(
            f"The broker at {address} has not answered for {error}{after}: "
            "see what keeps it busy, or the network between, and run this again."
        )
    if isinstance(error, Garbled):
        return NoBroker(
            f"What came from {address}{after} is not AMQP 0-9-1: "
            "see what stands between here and the broker, and run this again."
        )
    return Lost(
        f"The connection to {address} broke half way{after}: "
        "see whether the broker still runs, and run this again."
    )


def refusal(code: int, words: str, address: str, step: str = "") -> Refused | NoBroker:
    """Tell in one sentence what the broker did not accept, and what to do."""
    if code == CONNECTION_FORCED:
        return NoBroker(f"The broker at {address} is shutting down ({words}): use another.")
    advice, said = WHAT_TO_DO.get(code, "see the broker's log"), " ".join(words.split())
    after = f" after {step}" if step else ""
    if code in FAILURES:
        failed = f"The broker at {address} closed the connection{after} with {code}, {said}"
        return Failed(f"{failed}: see the broker's log, and run this again.", code)
    if UNABLE.search(said):
        unable = f"The broker at {address} cannot go on{after} ({code}, {said})"
        return NoBroker(f"{unable}: mend that, and run this again.")
    return Refused(f"The broker at {address} refused with {code}, {said}: {advice}.", code)


@contextmanager
def closing(connection: BlockingConnection) -> Iterator[BlockingConnection]:
    """Close a connection in the end, even one that is broken."""
    try:
        yield connection
    finally:
        close(connection)


def close(connection: BlockingConnection) -> None:
    """Close a connection, for a limited time.

    One that Ctrl-C cut short may have lost the word that pika waits for; it ends with the process.
    """
    for_a_time(CLOSING, lambda: close_quietly(connection))


@contextmanager
def closing_all() -> Iterator[list[BlockingConnection]]:
    """Yield a list of connections, and close all that come into it at the same time in the end."""
    connections: list[BlockingConnection] = []
    try:
        yield connections
    finally:
        for_a_time(CLOSING, *(partial(close_quietly, each) for each in connections))


def for_a_time(seconds: float, *works: Callable[[], object]) -> None:
    """Do what may never end, all of it at once, and go on after so many seconds in any case."""
    workers = [Thread(target=work, daemon=True) for work in works]
    limit = monotonic() + seconds
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(max(0.0, limit - monotonic()))


def undo(url: str, work: Callable[[BlockingConnection], object]) -> None:
    """Take away over another connection, for a limited time, what a fault has left."""

    def quietly() -> None:
        with suppress(Exception), closing(connect(url)) as connection:
            work(connection)

    for_a_time(timeout_of(url) * UNDOING, quietly)


def close_quietly(connection: BlockingConnection) -> None:
    """Close a connection that may be broken, or closed already."""
    with suppress(Exception):
        connection.close()


def limit_of(connection: BlockingConnection) -> float:
    """Tell within how many seconds something must come over a connection."""
    return cast("Patient", connection).limit


def keep_alive(connection: BlockingConnection) -> None:
    """Send a heartbeat if one is due: a broker closes a connection that is silent."""
    connection.process_data_events(time_limit=0)


def cut(connection: BlockingConnection) -> None:
    """Break a connection as a program does that dies: without a word to the broker."""
    # pika's own abort() leaves a blocking connection that fails an assertion when next used.
    transport = connection._impl._transport  # noqa: SLF001
    with suppress(AMQPError, OSError):
        if transport:
            transport._sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001
        connection.process_data_events(time_limit=0)


def server_of(connection: BlockingConnection) -> tuple[str, str, str]:
    """Name the broker's product, version and platform, as it introduced itself."""
    # pika offers server_properties on its other connections, but not on the blocking one.
    properties = connection._impl.server_properties or {}  # noqa: SLF001
    assumed = {"product": "a broker", "version": "unknown", "platform": ""}
    product, version, platform = (str(properties.get(*each)) for each in assumed.items())
    return product, version, platform
