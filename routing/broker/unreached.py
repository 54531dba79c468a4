"""Why no connection came about, in one sentence."""

import re
import socket
import ssl
from typing import Final

from pika import URLParameters
from pika.adapters.utils.connection_workflow import AMQPConnectorStackTimeout
from pika.exceptions import (
    AuthenticationError,
    ConnectionOpenAborted,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from routing.amqp.errors import NoBroker
from routing.broker.address import files_of, parts_of, user_of, vhost_of, without_password
from routing.broker.broken import CONNECTION_FORCED, FAILURES, root_of
from routing.broker.tls import Attempt, why_not
from routing.broker.wire import Garbled

CLOSED_WITH: Final = r"\((\d+)\) (['\"])(.*)\2"
"""A reply code and the broker's words, in those of pika."""


LEAST: Final = 8192
"""The least frame_max that RabbitMQ takes, from 4.1.0 on (rabbit_framing.hrl, FRAME_MIN_SIZE)."""


def unreached(error: BaseException, url: str, parameters: URLParameters) -> NoBroker:
    """Tell in one sentence why no connection came about."""
    return NoBroker(no_connection(root_of(error), url, parameters))


def no_connection(error: BaseException, url: str, parameters: URLParameters) -> str:
    """Tell in one sentence why no connection came about, and what to do."""
    found = None
    if isinstance(error, ssl.SSLError | IncompatibleProtocolError | ConnectionResetError | Garbled):
        found = why_not(attempted(url, parameters))
    match error:
        case _ if found:
            why = found
        case socket.gaierror() | UnicodeError():
            why = f"no machine of that name ({parameters.host}) is known: check the host"
        case ConnectionRefusedError():
            why = "nothing listens there: start a broker, or check host and port"
        case TimeoutError() | AMQPConnectorStackTimeout() | ConnectionOpenAborted():
            seconds = f"{parameters.stack_timeout:g} s"
            why = f"no AMQP answer within {seconds}: check that a broker listens there"
        case ssl.SSLError():
            why = f"TLS failed ({error.reason}): check the port and the certificates"
        case ProbableAccessDeniedError() if parameters.frame_max < LEAST and not words_of(error):
            least = f"RabbitMQ from 4.1 on wants {LEAST} at least"
            why = f"it was closed at frames of {parameters.frame_max} bytes (frame_max): {least}"
        case _ if said := not_let_in(error, url):
            why = said
        case IncompatibleProtocolError() | Garbled():
            why = "what listens there does not speak AMQP 0-9-1: check the port"
        case _:
            why = f"{getattr(error, 'strerror', None) or error!r}: check the broker's URL"
    return f"No connection to {without_password(url)}: {why}."


def not_let_in(error: BaseException, url: str) -> str:
    """Tell why a broker closed a connection before it was open; nothing where it did not."""
    code, words = code_of(error), words_of(error)
    user, vhost = user_of(parts_of(url)), vhost_of(parts_of(url))
    match error:
        case ProbableAuthenticationError() | ProbableAccessDeniedError() if not words:
            return (
                f"it was closed while user {user} logged in: check the user, see the broker's log"
            )
        case _ if code == CONNECTION_FORCED:
            return f"it is shutting down ({words}): use another"
        case _ if code in FAILURES:
            return f"it closed the connection with {code}, {words}: see the broker's log"
        case ProbableAuthenticationError() | AuthenticationError():
            return f"user {user} is refused: check user and password ({words})"
        case ProbableAccessDeniedError() if words.endswith("is reached"):
            return f"too many are open ({words}): close others, or ask to have that raised"
        case ProbableAccessDeniedError():
            return f"user {user} is not let into virtual host {vhost} ({words})"
    return ""


def attempted(url: str, parameters: URLParameters) -> Attempt:
    """Tell what TLS was tried with, if it was."""
    options = parameters.ssl_options
    name = (options and options.server_hostname) or parameters.host
    context = options.context if options else None
    return Attempt(parameters.host, parameters.port, name, context, files_of(url))


def words_of(error: BaseException) -> str:
    """Find in pika's words those of the broker, if it said any."""
    found = re.search(CLOSED_WITH, str(error))
    return found[3].rstrip(".") if found else ""


def code_of(error: BaseException) -> int:
    """Find in pika's words the broker's reply code; 0 where there is none."""
    found = re.search(CLOSED_WITH, str(error))
    return int(found[1]) if found else 0
