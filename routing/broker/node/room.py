"""One node for a whole class: an address, a user and a vhost of the class, and limits.

The default exchange reaches every queue of its vhost, so only a vhost keeps a class apart from
its teacher.  All of it is in what the node reads as it starts; no command has to follow.
"""

import json
import os
from base64 import b64encode
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from routing.broker.folder import write_private
from routing.broker.listen import Entrance, first_free, own_addresses
from routing.broker.node.certificate import KEY, made_in
from routing.broker.way import Unavailable

CLASS: Final = "class"
"""The name of its user, and of its vhost."""

LETTERS: Final = "bcdfghjkmnpqrstvwxz23456789"
"""Each looks like no other one from the last row; and without vowels, no word comes about."""

EVERYTHING: Final = {"configure": ".*", "write": ".*", "read": ".*"}

RIGHTS: Final = {
    "configure": r"^(?!amq\.)|^amq\.gen",
    "write": r"^(?!amq\.rabbitmq\.)",
    "read": r"^(?!amq\.rabbitmq\.)",
}
"""All that the tutorials, the demos and programs of one's own need, but not the firehose."""

CONNECTIONS: Final = 400
"""Of the class: sixteen programs for each of twenty-five; the teacher has some of the vhost's."""

USER_LIMITS: Final = {"max-connections": CONNECTIONS, "max-channels": 2000}
"""RabbitMQ 3.8.9 does not know these; there the vhost's limit counts."""

VHOST_LIMITS: Final = {"max-connections": CONNECTIONS + 20, "max-queues": 2000}

QUEUE_LIMITS: Final = {"max-length": 10_000, "max-length-bytes": 20_000_000}
"""What is beyond goes, the oldest first: that is RabbitMQ's way where nothing is said, and so no
queue of a lesson behaves otherwise."""

SETTINGS: Final = "channel_max = 64\nmax_message_size = 1000000\n"
"""Limits that RabbitMQ has for the whole node alone."""


@dataclass(frozen=True)
class Room:
    """What a class needs.

    listen: the address on which the node listens, perhaps 0.0.0.0.
    page: the port of its management page there, if it has one.
    certificate: the file for the class, if what is sent is encrypted.
    fingerprint: of that certificate, by SHA-256.
    """

    listen: str
    port: int
    password: str = field(repr=False)
    page: int | None = None
    certificate: str | None = None
    fingerprint: str | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it listens on all addresses of this machine."""
        return ip_address(self.listen).is_unspecified

    @property
    def local(self) -> bool:
        """Whether only this machine reaches it."""
        return ip_address(self.listen).is_loopback

    @property
    def host(self) -> str:
        """The address as it is written in a URL."""
        address = next(iter(own_addresses()), "127.0.0.1") if self.everywhere else self.listen
        return f"[{address}]" if ":" in address else address

    @property
    def url(self) -> str:
        """What students type; the usual port is left out."""
        usual = USUAL_TLS if self.certificate else USUAL
        port = "" if self.port == usual else f":{self.port}"
        address = f"{CLASS}:{self.password}@{self.host}{port}/{CLASS}"
        if self.certificate:
            return f"amqps://{address}?cafile={Path(self.certificate).name}"
        return f"amqp://{address}"

    @property
    def management(self) -> str | None:
        """The address of the page, if there is one."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.host}:{self.page}/" if self.page else None


USUAL: Final = 5672
USUAL_TLS: Final = 5671
USUAL_PAGE: Final = 15672
USUAL_PAGE_TLS: Final = 15671


def room_on(entrance: Entrance, folder: Path, *, management: bool) -> Room:
    """Make up a room's password, find ports that are free there, and make a certificate.

    folder: of the node, which then holds the certificate with its key, if it needs one.
    Raises Unavailable where no port is free, or no certificate can be made.
    """
    listen = entrance.address
    usual, usual_page = (USUAL_TLS, USUAL_PAGE_TLS) if entrance.tls else (USUAL, USUAL_PAGE)
    port = first_free(listen, usual)
    page = first_free(listen, usual_page) if management else None
    if port is None or (management and page is None):
        raise Unavailable(f"no port is free on {listen} from {usual} or {usual_page} on")
    room = Room(listen, port, new_password(), page)
    if not entrance.tls:
        return room
    addresses = [*own_addresses(), "127.0.0.1"] if room.everywhere else [listen]
    made = made_in(folder, addresses)
    return replace(room, certificate=str(made.public), fingerprint=made.fingerprint)


def new_password() -> str:
    """Make up a password of 57 bits that can be read from the last row."""
    import secrets  # slow to import, and every run reads of rooms

    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def open_room(folder: Path, room: Room, teacher: tuple[str, str]) -> None:
    """Add a room to the settings of a node.

    teacher: user and password of whoever may do everything, from this machine.
    """
    user, _ = teacher
    definitions = folder / "definitions.json"
    write_private(definitions, json.dumps(definitions_of(room, teacher)))
    with (folder / "rabbitmq.conf").open("a") as settings:
        settings.write(
            (
                encrypted(room)
                if room.certificate
                else f"listeners.tcp.2 = {room.listen}:{room.port}\n"
            )
            + f"load_definitions = {definitions}\n"
            f"loopback_users.{user} = true\n" + SETTINGS
        )
    # The firehose; and the management plugin's other listener, as its usual one is the teacher's.
    plain = room.page and not room.certificate
    page = f'{{listener, [{{port, {room.page}}}, {{ip, "{room.listen}"}}]}}' if plain else ""
    (folder / "advanced.config").write_text(
        f'[{{rabbit, [{{trace_vhosts, [<<"{CLASS}">>]}}]}}, {{rabbitmq_management, [{page}]}}].'
    )


def encrypted(room: Room) -> str:
    """Write the settings of a room, and of its page, where all that is sent is encrypted."""
    certificate = Path(room.certificate or "")
    files = f"certfile = {certificate}", f"keyfile = {certificate.with_name(KEY)}"
    lines = [f"listeners.ssl.1 = {room.listen}:{room.port}"]
    lines += [f"ssl_options.{each}" for each in files]
    if room.page:
        lines += [f"management.ssl.ip = {room.listen}", f"management.ssl.port = {room.page}"]
        lines += [f"management.ssl.{each}" for each in files]
    return "".join(f"{each}\n" for each in lines)


def definitions_of(room: Room, teacher: tuple[str, str]) -> dict[str, Any]:
    """Write users, vhosts, rights and limits as RabbitMQ reads them when it starts."""
    user, password = teacher
    administrator = {"name": user, **hashed(password), "tags": "administrator"}
    student = {
        "name": CLASS,
        **hashed(room.password),
        "tags": "management" if room.page else "",
        "limits": USER_LIMITS,
    }
    return {
        "users": [administrator, student],
        "vhosts": [{"name": "/"}, {"name": CLASS}],
        "permissions": [
            {"user": user, "vhost": "/", **EVERYTHING},
            {"user": user, "vhost": CLASS, **EVERYTHING},
            {"user": CLASS, "vhost": CLASS, **RIGHTS},
        ],
        "parameters": [
            parameter("vhost-limits", "limits", VHOST_LIMITS),
            parameter(
                "operator_policy",
                "room",
                {
                    "pattern": "",
                    "apply-to": "queues",
                    "priority": 0,
                    "definition": QUEUE_LIMITS,
                },
            ),
        ],
    }


def parameter(component: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Write a parameter of the class's vhost."""
    return {"vhost": CLASS, "component": component, "name": name, "value": value}


def hashed(password: str) -> dict[str, str]:
    """Write a password as RabbitMQ keeps it."""
    import hashlib  # as slow to import

    salt = os.urandom(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "password_hash": b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
    }
