"""The address on which a class comes in: one that this machine has."""

import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from routing.amqp.errors import BadUse

ELSEWHERE = ("192.0.2.1", "2001:db8::1")
"""Addresses of nobody (RFC 5737, RFC 3849), towards which this machine shows its own."""


@dataclass(frozen=True)
class Entrance:
    """Where a class is to come in, and whether what is sent there is encrypted."""

    address: str
    tls: bool = False


def address_of(text: str) -> str:
    """See that a text is an address on which this machine can listen, and write it as usual.

    Raises BadUse where it is none, with the addresses that this machine has.
    """
    try:
        address = ip_address(text)
    except ValueError:
        raise BadUse(f"{text!r} is no IP address, such as 192.168.1.10: {have()}.") from None
    if "%" in text:
        raise BadUse(f"{text} is valid on one of this machine's links alone: {have()}.")
    try:
        with socket.create_server((str(address), 0), family=family_of(address)):
            return str(address)
    except OSError:
        raise BadUse(f"{address} is no address of this machine: {have()}.") from None


def have() -> str:
    """Say which addresses this machine has, as far as can be seen."""
    found = own_addresses()
    return f"this machine has {' and '.join(found)}" if found else "this machine is in no network"


def own_addresses() -> list[str]:
    """List the addresses from which this machine would reach others; nothing is sent for that."""
    found = []
    for there in ELSEWHERE:
        family = family_of(ip_address(there))
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((there, 9))
            found.append(str(probe.getsockname()[0]))
    return found


def first_free(address: str, usual: int) -> int | None:
    """Find a port that is free on an address: the usual one, or one soon after it."""
    for port in range(usual, usual + 50):
        with (
            suppress(OSError),
            socket.create_server((address, port), family=family_of(ip_address(address))),
        ):
            return port
    return None


def family_of(address: IPv4Address | IPv6Address) -> socket.AddressFamily:
    """Tell which kind of socket has such an address."""
    return socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
