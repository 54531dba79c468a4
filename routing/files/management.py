"""The definitions of a running broker, asked for at its management page."""

import ssl
import sys
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from getpass import getpass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.notation import write_key
from routing.broker.tls import is_plain

LIMIT: Final = 30.0
"""Seconds within which it has to answer."""

PORTS: Final = {"http": 15672, "https": 15671}
"""Where the page is, where nothing else is configured."""

BY_HAND: Final = "have rabbitmqctl export_definitions write a file there, and name that"
"""What can be done where the page cannot be asked."""

SAID: Final = {
    400: "there is no such vhost: choose another with --vhost",
    401: "it does not know this user and password: correct them (guest it knows on its own host "
    "alone)",
    403: "this user may not see definitions: name one with the tag administrator",
    404: "there is no such vhost, or this is no management page: correct the one or the other",
    405: "this is no management page: 15672 is its port",
}
"""What a status of HTTP means here."""

UNTAGGED: Final = (b"Not management user", b"Not administrator user")
"""What is said with 401 to a user who is known (seen on 3.8.9, 3.10.8, 4.0.5 and 4.3.6)."""

DISTRUSTED: Final = {
    9: "its certificate is not valid yet: set the clock, there or here",
    10: "its certificate has expired: have it renewed",
    62: "its certificate is not for this name of the host: write the one that it is for",
    64: "its certificate is not for this address: write the host by the name that it is for",
}
"""What the codes of OpenSSL mean (x509_vfy.h); all others, that nobody vouches for it."""

ANOTHER: Final = {
    "http": "this is no management page: 5672 is AMQP's port, 15672 is that of the page; or it "
    "speaks TLS: try https://",
    "https": "it ends the connection: 5671 is AMQP's port, 15671 is that of the page; or it asks "
    f"for a certificate: {BY_HAND}",
}
"""What speaks there, where that is not HTTP."""


class Unanswered(Exception):
    """There is an answer, but a refusal; the text says why."""


def definitions_of(url: str, vhost: str | None) -> tuple[str, bytes]:
    """Ask for the definitions, in one request; give how to call them in a sentence, too.

    url: http://user:password@host:15672; without a password it is asked for, without echo.
    Raises BadUse where the URL is none, NoBroker where there is no answer.
    """
    parts = parts_of(url)
    shown = shown_of(parts)
    path = "/api/definitions" + (f"/{quote(vhost, safe='')}" if vhost is not None else "")
    who = credentials(parts, shown)
    with closing(connected(parts, shown)) as connection:
        try:
            return shown, answer_of(connection, path, who)
        except (HTTPException, OSError) as error:
            raise NoBroker(f"{shown}: {ended(error, parts.scheme)}.") from error
        except Unanswered as error:
            raise NoBroker(f"{shown}: {error}.") from error


def connected(parts: SplitResult, shown: str) -> HTTPConnection:
    """Connect to the very host, and to no other that it may point to: passwords are for it alone.

    Raises BadUse where it can be none, NoBroker where there is no connection.
    """
    kind = HTTPConnection if parts.scheme == "http" else HTTPSConnection
    try:
        connection = kind(parts.hostname or "", port_of(parts), timeout=LIMIT)
        connection.connect()
    except OSError as error:
        raise NoBroker(f"{shown}: {silence(error)}.") from error
    except (HTTPException, ValueError) as error:
        raise no_address(error) from error
    return connection


def answer_of(connection: HTTPConnection, path: str, headers: Mapping[str, str]) -> bytes:
    """Ask, and give what is answered.

    Raises Unanswered where that is a refusal.
    """
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != HTTPStatus.OK:
        raise Unanswered(refusal(answer.status, answer.reason, said))
    return said


def parts_of(url: str) -> SplitResult:
    """Take an address apart.

    Raises BadUse where it is none.
    """
    try:
        parts = urlsplit(url)
        port_of(parts)
    except ValueError as error:
        raise no_address(error) from error
    if not parts.hostname or parts.path.strip("/"):
        raise BadUse("The URL must be that of the management page: http://USER@HOST:15672.")
    return parts


def no_address(error: Exception) -> BadUse:
    """Say that an address is none."""
    return BadUse(f"The URL is no address ({error}): write http://USER@HOST:15672.")


def port_of(parts: SplitResult) -> int:
    """Give the port that is named, or that of RabbitMQ's own settings."""
    return parts.port or PORTS[parts.scheme]


def shown_of(parts: SplitResult) -> str:
    """Write the address without user and password."""
    host = parts.hostname or ""
    named = f"[{host}]" if ":" in host else host
    return write_key(f"{parts.scheme}://{named}:{port_of(parts)}")


def credentials(parts: SplitResult, shown: str) -> dict[str, str]:
    """Give who asks, as HTTP wants it; guest where nobody is named."""
    user = unquote(parts.username or "guest")
    password = unquote(parts.password) if parts.password is not None else None
    if password is None and parts.username is None:
        password = "guest"  # noqa: S105 - RabbitMQ's own default, for loopback only
    if password is None:
        if not sys.stdin.isatty():
            raise BadUse(f"{shown} wants a password: put it into the URL, as USER:PASSWORD@HOST.")
        password = getpass(f"Password of {write_key(user)} at {shown}: ")
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def refusal(status: int, reason: str, said: bytes) -> str:
    """Say what an answer means that has no definitions."""
    if status == HTTPStatus.UNAUTHORIZED and any(each in said for each in UNTAGGED):
        status = HTTPStatus.FORBIDDEN
    return SAID.get(status, f"it answers {status} {reason}: {BY_HAND}")


def silence(reason: OSError) -> str:
    """Say why there is no connection."""
    if isinstance(reason, ssl.SSLError):
        return distrust(reason)
    if isinstance(reason, ConnectionRefusedError):
        return "nobody answers; is the plugin rabbitmq_management enabled, and the port right?"
    if isinstance(reason, TimeoutError):
        return f"it does not answer within {LIMIT:.0f} s: {BY_HAND}"
    return f"it cannot be reached ({reason.strerror or reason}): {BY_HAND}"


def ended(error: HTTPException | OSError, scheme: str) -> str:
    """Say why there is a connection, and no answer of HTTP."""
    if isinstance(error, HTTPException | ConnectionError | ssl.SSLError):
        return ANOTHER[scheme]
    return silence(error)


def distrust(reason: ssl.SSLError) -> str:
    """Say why TLS does not come about."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return DISTRUSTED.get(
            reason.verify_code,
            f"nobody vouches for its certificate ({reason.verify_message}): set SSL_CERT_FILE to "
            "the file of the CA that does, or of a certificate that vouches for itself",
        )
    if is_plain(reason) or reason.reason is None:  # it hung up at another moment
        return "it does not speak TLS there: try http://"
    return f"TLS does not come about ({reason.reason}): {BY_HAND}"
