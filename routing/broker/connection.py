"""Opening and using a connection, with pika's failures told in one sentence each."""

import logging
import re
import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
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
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    ShortStringTooLong,
    UnsupportedAMQPFieldException,
)

from routing.amqp.errors import BadUse, Hindered, Lost, NoBroker, NotPermitted, Refused
from routing.amqp.notation import write_key
from routing.broker.address import (
    FILES,
    files_of,
    for_pika,
    parts_of,
    timeout_of,
    user_of,
    vhost_of,
    without_password,
    without_timeout,
)
from routing.broker.rights import not_permitted
from routing.broker.tls import Attempt, require_files, why_not
from routing.broker.wire import Garbled, Patient, Silent
from routing.view.command_line import announce

__all__ = ["connect", "translated", "without_password"]

CONNECTING: Final = 2 / 3
"""The part of a run's time-out within which a connection must come about."""

ANSWERING: Final = 1 / 2
"""The part within which a broker must answer, or take messages again.  What is left of the whole is
for noticing that it does not, and for taking away what was made."""

UNDOING: Final = 1 / 5
"""The part within which what was made must be taken away after a fault."""

CLOSING: Final = 1.0
"""Seconds within which a broker has to say goodbye."""

NODE_DOWN: Final = re.compile("(due to (a )?timeout|timed out|is down or inaccessible)$")
"""How the words of a broker end that lacks another node (rabbit_amqqueue.erl, rabbit_channel.erl;
seen on 3.10.8 and 4.3.6 with 404 and 541)."""

CONNECTION_FORCED = 320
"""The reply code of a broker that is shutting down."""

WHAT_TO_DO = {
    403: "take another name, one that does not begin with amq.",
    404: "declare it first",
    405: "wait until the connection that holds it has closed, or take another name",
    406: "take another name, or declare it just as it is there",
}

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
        raise NoBroker(no_connection(root_of(error), url, parameters)) from error


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
    """Read a URL's parts and options, and set limits where it sets none.

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
    for name in limits.keys() - options:
        setattr(parameters, name, limits[name])
    return parameters


def require_known(options: Iterable[str], url: str) -> None:
    """Raise BadUse where a URL has an option that neither pika has nor TLS."""
    for name in options:
        if name not in FILES and not hasattr(URLParameters, f"_set_url_{name}"):
            raise BadUse(
                f"The URL of {without_password(url)} has an option that is unknown, "
                f"{write_key(name)}: correct it or leave it out."
            )


def root_of(error: BaseException) -> BaseException:
    """Unwrap what pika wrapped around a socket's error."""
    inner = getattr(error, "exception", None) or next(iter(error.args), None)
    return root_of(inner) if isinstance(inner, BaseException) else error


def no_connection(error: BaseException, url: str, parameters: URLParameters) -> str:
    """Tell in one sentence why no connection came about, and what to do."""
    address, user, vhost = without_password(url), user_of(parts_of(url)), vhost_of(parts_of(url))
    found = None
    if isinstance(error, ssl.SSLError | IncompatibleProtocolError | ConnectionResetError):
        found = why_not(attempted(url, parameters))
    match error:
        case _ if found:
            why = found
        case socket.gaierror() | UnicodeError():
            why = f"no machine of that name ({parameters.host}) is known: check the host"
        case ConnectionRefusedError():
            why = "nothing listens there: start a broker, or check host and port"
        case TimeoutError() | AMQPConnectorStackTimeout():
            seconds = f"{parameters.stack_timeout:g} s"
            why = f"no AMQP answer within {seconds}: check that a broker listens there"
        case ssl.SSLError():
            why = f"TLS failed ({error.reason}): check the port and the certificates"
        case ProbableAuthenticationError() | ProbableAccessDeniedError() if not words_of(error):
            why = f"it was closed while user {user} logged in: check the user, see the broker's log"
        case ProbableAuthenticationError() | AuthenticationError():
            why = f"user {user} is refused: check user and password ({words_of(error)})"
        case ProbableAccessDeniedError() if words_of(error).endswith("is reached"):
            why = f"too many are open ({words_of(error)}): close others, or ask to have that raised"
        case ProbableAccessDeniedError():
            why = f"user {user} is not let into virtual host {vhost} ({words_of(error)})"
        case IncompatibleProtocolError():
            why = "what listens there does not speak AMQP 0-9-1: check the port"
        case _:
            why = f"{getattr(error, 'strerror', None) or error!r}: check the broker's URL"
    return f"No connection to {address}: {why}."


def attempted(url: str, parameters: URLParameters) -> Attempt:
    """Tell what TLS was tried with, if it was."""
    options = parameters.ssl_options
    name = (options and options.server_hostname) or parameters.host
    context = options.context if options else None
    return Attempt(parameters.host, parameters.port, name, context, files_of(url))


def words_of(error: BaseException) -> str:
    """Find in pika's words those of the broker, if it said any."""
    found = re.search(r"\(\d+\) (['\"])(.*)\1", str(error))
    return found[2].rstrip(".") if found else ""


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Tell in one sentence what goes wrong while a connection to the address is in use.

    Raises Refused where the broker does not accept an operation, BadUse where a value does not
    fit into an AMQP frame, NotPermitted where its user may not do it, Hindered where it takes
    nothing, Lost where the connection is lost.
    """
    try:
        yield
    except (ChannelClosedByBroker, ConnectionClosedByBroker) as error:
        raise refusal(error.reply_code, error.reply_text, address) from error
    except (ShortStringTooLong, UnsupportedAMQPFieldException, struct.error) as error:
        raise BadUse(f"AMQP cannot carry a value, shorten or change it: {error}.") from error
    except ConnectionBlockedTimeout as error:
        why = noted(error) or "low on memory or disk"
        raise Hindered(
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
            f"The broker at {address} has been silent for {error}{after}: "
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


def refusal(code: int, words: str, address: str) -> Refused | NoBroker:
    """Tell in one sentence what the broker did not accept, and what to do."""
    if code == CONNECTION_FORCED:
        return NoBroker(f"The broker at {address} is shutting down ({words}): use another.")
    if NODE_DOWN.search(words):
        return NoBroker(
            f"The broker at {address} lacks a node of its cluster ({words}): start that again."
        )
    if sentence := not_permitted(code, words, address):
        return NotPermitted(sentence)
    advice, said = WHAT_TO_DO.get(code, "see the broker's log"), " ".join(words.split())
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


def for_a_time(seconds: float, work: Callable[[], object]) -> None:
    """Do something that may never end, and go on after so many seconds in any case."""
    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)


def undo(urls: Sequence[str], work: Callable[[BlockingConnection], object]) -> None:
    """Take away over another connection, for a limited time, what a fault has left.

    urls: of the node, and of others that may answer in its place.
    """

    def quietly() -> None:
        with suppress(Exception), closing(connect_first(urls)[1]) as connection:
            work(connection)

    for_a_time(timeout_of(urls[0]) * UNDOING, quietly)


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
