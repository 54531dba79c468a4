"""Reading a broker's URL, and writing of it only what may be seen."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import (
    SplitResult,
    parse_qs,
    parse_qsl,
    quote,
    unquote,
    unquote_plus,
    urlencode,
    urlsplit,
)

from routing.amqp.errors import BadUse
from routing.view.command_line import TIMEOUT, seconds_in

PORTS = {"amqp": 5672, "amqps": 5671}

FORM = (
    "write amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://..., "
    "and / as %2F, @ as %40, # as %23, ? as %3F within a part of it; "
    "several nodes of a cluster as several such URLs, with a comma between them"
)

FILES: Final = ("cafile", "certfile", "keyfile")
"""Options of a URL that name files for TLS; pika has them within its ssl_options alone."""


def each_of(urls: str) -> list[str]:
    """List the URLs of a cluster's nodes, which are written in full, with commas between them.

    So Spring reads a list of addresses, too, and each of them is a URL for any client.  A comma
    within a URL, in a password say, separates nothing.
    """
    return re.split(r"\s*,\s*(?=amqps?://)", urls.strip())


def timeout_of(url: str) -> float:
    """Tell within how many seconds a run must end after a fault: the URL's own `timeout`, or ours.

    Raises BadUse where the URL is not well written, or that is no number of seconds.
    """
    given = dict(parse_qsl(parts_of(url).query, keep_blank_values=True)).get("timeout")
    return TIMEOUT if given is None else seconds_in(given)


def with_timeout(urls: str, seconds: float | None) -> str:
    """Write a number of seconds into a URL, or into each of several, in place of its own."""
    if seconds is None:
        return urls
    return ",".join(with_timeout_in(each, seconds) for each in each_of(urls))


def with_timeout_in(url: str, seconds: float) -> str:
    """Write it into one URL."""
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

    Of several URLs, that of each.
    Raises BadUse where a URL is not well written.
    """
    return ", ".join(map(address_of_one, each_of(url)))


def address_of_one(url: str) -> str:
    """Tell the same of one URL."""
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


def files_of(url: str) -> dict[str, str]:
    """Give the files for TLS that a URL names, each by its option.

    Raises BadUse where the URL is not well written, or they are not all that TLS needs.
    """
    parts = parts_of(url)
    options = parse_qs(parts.query, keep_blank_values=True)
    named: dict[str, list[str]] = {name: options[name] for name in FILES if name in options}
    if fault := fault_of_files(named, options, parts.scheme):
        raise BadUse(f"The URL of {without_password(url)} has {fault}.")
    return {name: path for name, [path] in named.items()}


def fault_of_files(
    named: Mapping[str, list[str]], options: Mapping[str, object], scheme: str
) -> str | None:
    """Tell what is wrong with the files for TLS that a URL names, if anything is."""
    first = next(iter(named), None)
    if first and scheme == "amqp":
        return f"{first}, but begins with amqp://, which has no TLS: write amqps://"
    if first and "ssl_options" in options:
        return f"ssl_options and {first}: put all of it into one of the two"
    if twice := [name for name, paths in named.items() if len(paths) > 1]:
        return f"{twice[0]} more than once: leave all but one out"
    if empty := [name for name, paths in named.items() if not paths[0]]:
        return f"{empty[0]} without a path: name a file, or leave it out"
    for name, other, what in (
        ("keyfile", "certfile", "the certificate of that key"),
        ("certfile", "cafile", "the CA that vouches for the broker"),
    ):
        if name in named and other not in named:
            return f"{name}, but no {other}: name the file of {what}, too"
    return None


def for_pika(url: str) -> str:
    """Write a URL so that pika alone reads it: it knows the files for TLS by another option.

    Raises BadUse where the URL is not well written.
    """
    files, parts = files_of(url), parts_of(url)
    if not files:
        return url
    options = [each for each in parts.query.split("&") if name_of(each) not in FILES]
    query = "&".join(filter(None, [*options, ssl_options(files)]))
    return parts._replace(query=query).geturl()


def ssl_options(files: Mapping[str, str]) -> str:
    """Write files for TLS as pika's option, with as few characters as %.. as can be."""
    told = ",".join(f"{name!r}:{path!r}" for name, path in files.items())
    return "ssl_options=" + quote(f"{{{told}}}", safe="{}':,/")


def name_of(option: str) -> str:
    """Name an option of a URL, as in name=value."""
    return unquote_plus(option.partition("=")[0])
