"""The definitions of a running broker, asked for at its management page."""

import ssl
import sys
from base64 import b64encode
from getpass import getpass
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import Request, urlopen

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.notation import write_key

LIMIT: Final = 30.0
"""Seconds within which it has to answer."""

SAID: Final = {
    400: "there is no such vhost",
    401: "it does not know this user, or the user may not see definitions: an administrator may",
    403: "the user may not see definitions: an administrator may",
    404: "there is no such vhost, or this is no management page",
    405: "this is no management page",
}
"""What a status of HTTP means here."""


def definitions_of(url: str, vhost: str | None) -> tuple[str, bytes]:
    """Ask for the definitions, in one request; give how to call them in a sentence, too.

    url: http://user:password@host:15672; without a password it is asked for, without echo.
    Raises BadUse where the URL is none, NoBroker where there is no answer.
    """
    parts = urlsplit(url)
    shown = shown_of(parts)
    path = "/api/definitions" + (f"/{quote(vhost, safe='')}" if vhost is not None else "")
    request = Request(f"{shown}{path}", headers=credentials(parts, shown))  # noqa: S310 - http(s)
    try:
        with urlopen(request, timeout=LIMIT) as answer:  # noqa: S310 - as above
            return shown, answer.read()
    except HTTPError as error:
        said = SAID.get(error.code, f"it answers {error.code} {error.reason}")
        raise NoBroker(f"{shown}: {said}.") from error
    except (URLError, HTTPException, OSError) as error:
        raise NoBroker(f"{shown}: {silence(error)}.") from error


def shown_of(parts: SplitResult) -> str:
    """Write the address without user and password.

    Raises BadUse where it is none.
    """
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadUse(f"The URL is no address ({error}): write http://USER@HOST:15672.") from error
    if not host or parts.path.strip("/"):
        raise BadUse("The URL must be that of the management page: http://USER@HOST:15672.")
    named = f"[{host}]" if ":" in host else host
    return write_key(f"{parts.scheme}://{named}:{port or 15672}")


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


def silence(error: Exception) -> str:
    """Say why there is no answer."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({reason.verify_message}); SSL_CERT_FILE names a CA"
    if isinstance(reason, ssl.SSLError):
        return "it does not speak TLS there: try http://"
    if isinstance(reason, ConnectionRefusedError):
        return "nobody answers; is the plugin rabbitmq_management enabled, and the port right?"
    if isinstance(reason, HTTPException | ConnectionError):
        return "this is no management page: 5672 is AMQP's port, 15672 is that of the page"
    if isinstance(reason, TimeoutError):
        return f"it does not answer within {LIMIT:.0f} s"
    return f"it cannot be reached ({getattr(reason, 'strerror', None) or reason})"
