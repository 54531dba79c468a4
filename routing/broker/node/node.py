"""One RabbitMQ node with a folder, a user, ports and an epmd of its own."""

import dataclasses
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from routing.amqp.versions import DURABLE_OR_EXCLUSIVE, parse_version
from routing.broker.folder import write_private
from routing.broker.listen import Entrance
from routing.broker.node.home import link_home
from routing.broker.node.last_start import told
from routing.broker.node.process import Over, Running, child, has_spoken, output
from routing.broker.node.ready import PortTaken, await_ready
from routing.broker.node.room import open_room, room_on
from routing.broker.node.temporary import folder_of_its_own
from routing.broker.programs.installation import Installation
from routing.broker.way import Unavailable

ATTEMPTS = 3
"""How often other ports are tried, where a port was taken after it had been found free."""

MANAGEMENT = "rabbitmq_management"
"""The plugin that shows a node's exchanges, bindings and queues in a browser."""


USER = "routing"

STRICT = "deprecated_features.permit.transient_nonexcl_queues = false\n"
"""RabbitMQ's own default from 4.3 on, which Debian's packages turn."""


@dataclass(frozen=True)
class Ports:
    """Loopback ports that were free a moment ago."""

    amqp: int
    distribution: int
    epmd: int
    management: int


@contextmanager
def running_node(
    installation: Installation,
    over: Sequence[int] = (),
    plugins: Sequence[str] = (),
    listen: Entrance | None = None,
) -> Iterator[Running]:
    """Yield a node that is ready, and leave nothing of it in the end.

    over: descriptors that can be read once the node is no longer wanted, which raises Over.
    plugins: names of those that it starts with.
    listen: where a class comes in, if there is to be a room for one.
    Raises Unavailable where the node does not start.
    """
    with retried(lambda: node_on(free_ports(), installation, over, plugins, listen)) as node:
        yield node


@contextmanager
def retried(attempt: Callable[[], AbstractContextManager[Running]]) -> Iterator[Running]:
    """Yield what an attempt gives, which is made again with other ports where one was taken.

    Raises whatever the last one raises.
    """
    with ExitStack() as stack:
        for _ in range(ATTEMPTS - 1):
            try:
                yield stack.enter_context(attempt())
            except PortTaken:
                continue
            return
        yield stack.enter_context(attempt())


@contextmanager
def node_on(
    ports: Ports,
    installation: Installation,
    over: Sequence[int],
    plugins: Sequence[str],
    listen: Entrance | None,
) -> Iterator[Running]:
    """Yield a node on these ports.

    Raises Unavailable where it does not start, PortTaken where that is for want of a port.
    """
    password = secrets.token_hex(16)
    with folder_of_its_own() as (folder, lock):
        room = room_on(listen, folder, management=MANAGEMENT in plugins) if listen else None
        prepare(folder, ports, installation, password, plugins)
        if room:
            open_room(folder, room, (USER, password))
        environ = environment(folder, ports, installation)
        with (
            child(epmd_on(ports, environ), environ, folder, [lock]) as epmd,
            child([folder / "rabbitmq/sbin/rabbitmq-server"], environ, folder, [lock]) as server,
        ):
            with told(password, folder / "log"):
                await_ready_with(epmd, server, over)
            yield Running(url_of(ports, password), server, page_on(ports, plugins), room)


def free_ports() -> Ports:
    """Find ports that are free on the loopback address."""
    [ports] = free_ports_for(1)
    return ports


def free_ports_for(nodes: int) -> list[Ports]:
    """Find such ports for several nodes, which have the first one's epmd in common."""
    with ExitStack() as stack:
        found: list[Ports] = []
        for _ in range(nodes):
            sockets = [
                stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                for _ in dataclasses.fields(Ports)
            ]
            found.append(Ports(*(each.getsockname()[1] for each in sockets)))
        return [dataclasses.replace(each, epmd=found[0].epmd) for each in found]


def prepare(
    folder: Path,
    ports: Ports,
    installation: Installation,
    password: str,
    plugins: Sequence[str] = (),
) -> None:
    """Fill the node's folder: links to what is installed, and settings."""
    link_home(installation.home, folder / "rabbitmq", plugins)
    write_private(folder / "plugins", f"[{','.join(plugins)}].")
    write_private(folder / "advanced.config", "[].")
    write_private(
        folder / "rabbitmq.conf",
        f"listeners.tcp.1 = 127.0.0.1:{ports.amqp}\n"
        f"default_user = {USER}\n"
        f"default_pass = {password}\n"
        # Below this limit a node takes no messages; this one keeps hardly any.
        "disk_free_limit.absolute = 1MB\n"
        + (STRICT if parse_version(installation.version) >= DURABLE_OR_EXCLUSIVE else "")
        + (management_on(ports) if MANAGEMENT in plugins else ""),
    )


def name_on(ports: Ports) -> str:
    """Name the node as Erlang does."""
    return f"routing{ports.amqp}@localhost"


def url_of(ports: Ports, password: str) -> str:
    """Write the URL of a node."""
    return f"amqp://{USER}:{password}@127.0.0.1:{ports.amqp}/"


def page_on(ports: Ports, plugins: Sequence[str]) -> str | None:
    """Write the address of the management page, if the node has one."""
    return f"http://127.0.0.1:{ports.management}/" if MANAGEMENT in plugins else None


def management_on(ports: Ports) -> str:
    """Write the settings of the management page; a node without it does not know them."""
    return f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ports.management}\n"


def environment(folder: Path, ports: Ports, installation: Installation) -> dict[str, str]:
    """List the variables of the node, which sees no others, and no other configuration."""
    return {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ERL_CRASH_DUMP": os.devnull,
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(ports.epmd),
        # RabbitMQ would start an epmd that outlives it, where it finds none.
        "ERL_AFLAGS": "-start_epmd false",
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        # The script then becomes the node, and is not a shell that waits for it.
        "RABBITMQ_ALLOW_INPUT": "1",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_NODENAME": name_on(ports),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(ports.amqp),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        # Without this the port for other nodes listens on every address.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-noinput -kernel inet_dist_use_interface {127,0,0,1}"
        ),
        **installation.environment(),
    }


def epmd_on(ports: Ports, environ: Mapping[str, str]) -> list[str]:
    """Give the command of Erlang's name server, on a port of its own.

    Raises Unavailable where Erlang is not installed.
    """
    program = shutil.which("epmd", path=environ["PATH"])
    if not program:
        raise Unavailable("Erlang's epmd is not installed, or not on PATH")
    return [program, "-port", str(ports.epmd)]


def await_ready_with(epmd: Popen[bytes], server: Popen[bytes], over: Sequence[int]) -> None:
    """Wait until a node says that it has started, as long as its epmd says nothing.

    Raises PortTaken where epmd complains, which it does where it cannot have its port.
    """
    try:
        await_ready(server, (*over, output(epmd)))
    except Over:
        if has_spoken(epmd):
            raise PortTaken("another process took the port of this node's epmd") from None
        raise
