"""Reading a broker's URL, and writing of it only what may be seen."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from routing.amqp.errors import BadUse
from routing.view.command_line import TIMEOUT, seconds_in

PORTS = {"amqp": 5672, "amqps": 5671}

FORM = (
    "write amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://..., "
    "and / as %2F, @ as %40, # as %23, ? as %3F within a part of it"
)


def timeout_of(url: str) -> float:
    """Tell within how many seconds a run must end after a fault: the URL's own `timeout`, or ours.

    Raises BadUse where the URL is not well written, or that is no number of seconds.
    """
    given = dict(parse_qsl(parts_of(url).query, keep_blank_values=True)).get("timeout")
    return TIMEOUT if given is None else seconds_in(given)


def with_timeout(url: str, seconds: float | None) -> str:
    """Write a number of seconds into a URL, in place of its own."""
    if seconds is None:
        return url
    options = parse_qsl(parts_of(url).query, keep_blank_values=True)
    left = [each for each in options if each[0] != "timeout"]
    return f"{url.partition('?')[0]}?{urlencode([*left, ('timeout', f'{seconds:g}')])}"


def without_timeout(url: str) -> str:
    """Write a URL without the option that is ours alone, as every other program reads it."""
    before, _, options = url.partition("?")
    left = "&".join(each for each in options.split("&") if not each.startswith("timeout="))
    return f"{before}?{left}" if left else before


def without_password(url: str) -> str:
    """Tell host and port, and the virtual host if it is not /, as in 127.0.0.1:5672/orders.

    Raises BadUse where the URL is not well written.
    """
    parts = parts_of(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    vhost = vhost_of(parts)
    return f"{host}:{parts.port or PORTS[parts.scheme]}" + ("" if vhost == "/" else f"/{vhost}")


def parts_of(url: str) -> SplitResult:
    """Take a broker's URL apart.

    Raises BadUse where the URL is not well written; what is wrong with it may be in its password,
    so nothing of it is repeated.
    """
    try:
        parts = urlsplit(url)
        fault = fault_of(parts)
    except ValueError:
        fault = "a host or port that cannot be read"
    if fault:
        raise BadUse(f"The broker's URL has {fault}: {FORM}.")
    return parts


def fault_of(parts: SplitResult) -> str | None:
    """Tell what is wrong with a URL, if anything is.

    Raises ValueError where its port is not a port.
    """
    if parts.scheme not in PORTS:
        return "a scheme other than amqp and amqps"
    if not parts.hostname or parts.port == 0:
        return "no host, or port 0"
    if parts.username is not None and parts.password is None:
        return "a user, but no password"
    if parts.fragment or "@" in parts.path + parts.query or "/" in parts.path[1:]:
        return "an unexpected @, # or / after its host"
    return None


def user_of(parts: SplitResult) -> str:
    """Name the user, who is guest where the URL names nobody."""
    return "guest" if parts.username is None else unquote(parts.username)


def vhost_of(parts: SplitResult) -> str:
    """Name the virtual host, which is / where the URL names none."""
    return unquote(parts.path[1:]) or "/"
