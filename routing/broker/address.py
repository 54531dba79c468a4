"""Reading a broker's URL, and writing of it only what may be seen."""

from urllib.parse import SplitResult, unquote, urlsplit

from routing.amqp.errors import BadUse

PORTS = {"amqp": 5672, "amqps": 5671}

FORM = (
    "write amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://..., "
    "and / as %2F, @ as %40, # as %23, ? as %3F within a part of it"
)


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
