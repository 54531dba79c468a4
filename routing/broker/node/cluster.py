"""Three RabbitMQ nodes of one machine that are one RabbitMQ: a cluster.

Each has a folder and ports of its own, and all have one epmd, one user and one cookie.  Each finds
the others in its settings as it starts, so that no command has to follow.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from subprocess import Popen

from routing.amqp.errors import NoBroker
from routing.amqp.versions import parse_version
from routing.broker.folder import write_private
from routing.broker.known import are_one
from routing.broker.node.last_start import told
from routing.broker.node.node import (
    Ports,
    await_ready_with,
    environment,
    epmd_on,
    free_ports_for,
    name_on,
    page_on,
    prepare,
    retried,
    url_of,
)
from routing.broker.node.process import Running, child
from routing.broker.node.temporary import folder_of_its_own
from routing.broker.programs.installation import Installation
from routing.broker.way import Unavailable

NODES = 3
"""As many as a quorum queue needs to go on without one of them."""

LOCKING = parse_version("3.10")
"""The first that was tried of those that take a lock before they join (3.8.9 was seen to fail)."""

UNDELAYED = (
    "cluster_formation.randomized_startup_delay_range.min = 0\n"
    "cluster_formation.randomized_startup_delay_range.max = 1\n"
)
"""Where there is no lock, a node waits for up to a minute instead, by chance."""


@contextmanager
def running_cluster(
    installation: Installation, over: Sequence[int] = (), plugins: Sequence[str] = ()
) -> Iterator[Running]:
    """Yield a cluster that is ready, and leave nothing of it in the end.

    over: descriptors that can be read once it is no longer wanted, which raises Over.
    plugins: names of those that each node starts with.
    Raises Unavailable where a node does not start.
    """
    with retried(lambda: cluster_on(free_ports_for(NODES), installation, over, plugins)) as cluster:
        yield cluster


@dataclass(frozen=True)
class Plan:
    """What the nodes of a cluster have in common.

    ports: of each.
    folder: in which each has its own.
    lock: the descriptor of the folder's lock.
    """

    ports: Sequence[Ports]
    folder: Path
    lock: int
    installation: Installation
    password: str = field(repr=False)
    plugins: Sequence[str]


@contextmanager
def cluster_on(
    ports: Sequence[Ports], installation: Installation, over: Sequence[int], plugins: Sequence[str]
) -> Iterator[Running]:
    """Yield a cluster, with a node on each of these ports.

    Raises Unavailable where one does not start, PortTaken where that is for want of a port.
    """
    with folder_of_its_own() as (folder, lock), ExitStack() as stack:
        plan = Plan(ports, folder, lock, installation, secrets.token_hex(16), plugins)
        # Nodes that start at once would each make a cookie where there is none.
        write_private(folder / ".erlang.cookie", secrets.token_hex(16))
        environ = environment(folder, ports[0], installation)
        epmd = stack.enter_context(child(epmd_on(ports[0], environ), environ, folder, [lock]))
        servers: list[Popen[bytes]] = []
        for each in ports:
            servers.append(stack.enter_context(node_among(plan, each)))
            if not can_start_at_once(installation):
                await_among(plan, each, epmd, servers[-1], over)
        if can_start_at_once(installation):
            for each, server in zip(ports, servers, strict=True):
                await_among(plan, each, epmd, server, over)
        urls = [url_of(each, plan.password) for each in ports]
        require_one(urls)
        first, *others = servers
        yield Running(",".join(urls), first, page_on(ports[0], plugins), others=tuple(others))


@contextmanager
def node_among(plan: Plan, ports: Ports) -> Iterator[Popen[bytes]]:
    """Yield the process of a node that starts among others."""
    own = plan.folder / name_on(ports)
    own.mkdir()
    prepare(own, ports, plan.installation, plan.password, plan.plugins)
    with (own / "rabbitmq.conf").open("a") as settings:
        settings.write(peers(plan))
    environ = environment(own, ports, plan.installation) | {"HOME": str(plan.folder)}
    with child([own / "rabbitmq/sbin/rabbitmq-server"], environ, own, [plan.lock]) as server:
        yield server


def await_among(
    plan: Plan, ports: Ports, epmd: Popen[bytes], server: Popen[bytes], over: Sequence[int]
) -> None:
    """Wait until a node among others says that it has started.

    Raises NotReady where it does not, Over once it is no longer wanted.
    """
    with told(plan.password, plan.folder / name_on(ports) / "log"):
        await_ready_with(epmd, server, over)


def can_start_at_once(installation: Installation) -> bool:
    """Tell whether nodes that start at once wait for one another."""
    return parse_version(installation.version) >= LOCKING


def peers(plan: Plan) -> str:
    """Write the settings by which a node finds the others, and itself; or the one to join."""
    at_once = can_start_at_once(plan.installation)
    named = [name_on(each) for each in (plan.ports if at_once else plan.ports[:1])]
    backend = "cluster_formation.classic_config"
    return (
        "cluster_formation.peer_discovery_backend = classic_config\n"
        # In milliseconds: they start at once, so that one that waits for another waits shortly.
        "cluster_formation.discovery_retry_interval = 100\n"
        + "".join(f"{backend}.nodes.{number} = {name}\n" for number, name in enumerate(named, 1))
        + ("" if at_once else UNDELAYED)
    )


def require_one(urls: Sequence[str]) -> None:
    """Require that nodes which have all started know of one another.

    Raises Unavailable where they do not: each would say that it is ready, alone, too.
    """
    try:
        # Whoever waits for the node would take a word on standard error for the keeper's.
        with redirect_stderr(StringIO()):
            joined = are_one(urls)
    except NoBroker as error:
        raise Unavailable(str(error).rstrip(".")) from error
    if not joined:
        raise Unavailable("its nodes started each for itself, and not as one")
