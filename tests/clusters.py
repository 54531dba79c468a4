"""Three nodes that are one RabbitMQ: killed, started again, and asked what is left on them."""

import os
import select
import signal
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from json import loads
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from conftest import LIMIT, await_end, family

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.broker.node.process import child
from routing.broker.node.ready import PortTaken, await_ready
from routing.broker.node.record import Kept

ORDERS = Topology(
    exchanges=[Exchange("orders", "topic")],
    queues=["billing", "europe", "audit"],
    bindings=[
        Binding("orders", "billing", "order.*"),
        Binding("orders", "europe", "*.eu"),
        Binding("orders", "audit", "order.#"),
    ],
    unbound=[Binding("orders", "europe", "#")],
)

MESSAGES = [Message("orders", key) for key in ("order.us", "order.eu", "refund.eu", "refund.us")]

ROUTES = [{"billing", "audit"}, {"billing", "europe", "audit"}, {"europe"}, set[str]()]


@dataclass(frozen=True)
class Started:
    """The process that leads those of a node, and its variables."""

    pid: int
    environ: dict[str, str]


def environ_of(pid: int) -> dict[str, str]:
    """Read the variables of a process."""
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(each.split("=", 1) for each in pairs if each)


@dataclass(frozen=True)
class Cluster:
    """A cluster that is kept; its first node has the page, and is killed by nobody.

    stack: ends the nodes that were started again.
    """

    kept: Kept
    stack: ExitStack = field(default_factory=ExitStack)
    again: dict[int, Started] = field(default_factory=dict)

    def named(self, *order: int) -> str:
        """Write the URLs of nodes in an order, as AMQP_URL names them."""
        return ",".join(self.kept.urls[number] for number in order)

    def pid(self, number: int) -> int:
        """Find the process that leads those of a node."""
        if number in self.again:
            return self.again[number].pid
        mark = f"RABBITMQ_NODE_PORT={urlsplit(self.kept.urls[number]).port}\0"
        keeper = Path(f"/proc/{self.kept.pid}/task/{self.kept.pid}/children")
        children = map(int, keeper.read_text().split())
        [leader] = (pid for pid in children if mark in Path(f"/proc/{pid}/environ").read_text())
        return leader

    def kill(self, number: int) -> None:
        """Kill a node with all that is its own."""
        leader = self.pid(number)
        self.again[number] = Started(leader, environ_of(leader))
        pids = family(leader)
        os.killpg(leader, signal.SIGKILL)
        await_end(pids - {leader})

    def name(self, number: int) -> str:
        """Name a node as RabbitMQ does."""
        return f"routing{urlsplit(self.kept.urls[number]).port}@localhost"

    def revive(self, number: int) -> None:
        """Start a node again that was killed, with its data, and wait until it is ready."""
        with suppress(PortTaken):
            return self.start(number)
        return self.start(number)

    def start(self, number: int) -> None:
        """Start it on a port for the others that is free: 3.10.8 does not take the one it had."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        environ = self.again[number].environ | {"RABBITMQ_DIST_PORT": port}
        folder = Path(environ["RABBITMQ_CONFIG_FILE"]).parent
        server = [folder / "rabbitmq/sbin/rabbitmq-server"]
        process = self.stack.enter_context(child(server, environ, folder))
        self.again[number] = Started(process.pid, environ)
        await_ready(process, ())

    def left(self) -> list[str]:
        """List the exchanges and queues that a run has left, with the node that a queue is on."""
        return sorted(
            f"{each['name']} {each.get('node', '')}"
            for kind in ("exchanges", "queues")
            for each in self.asked(f"{kind}?disable_stats=true&enable_queue_totals=true")
            if each["name"].startswith("routing-")
        )

    def await_nothing_left(self, but: str = "") -> None:
        """Wait until nothing of a run is left, but for what ends with this."""
        limit = monotonic() + LIMIT
        while left := [each for each in self.left() if not but or not each.endswith(but)]:
            assert monotonic() < limit, left
            threading.Event().wait(0.2)

    def asked(self, path: str) -> list[dict[str, str]]:
        """Ask the page of the first node."""
        user, password = self.kept.login
        word = b64encode(f"{user}:{password}".encode()).decode()
        connection = HTTPConnection(urlsplit(self.kept.management or "").netloc, timeout=LIMIT)
        connection.request("GET", f"/api/{path}", headers={"Authorization": f"Basic {word}"})
        answer = connection.getresponse().read()
        connection.close()
        found: list[dict[str, str]] = loads(answer)
        return found


@dataclass
class Balancer:
    """Leads each connection to the next node in turn, as what stands before a cluster does."""

    server: socket.socket
    ports: Iterator[int]
    pairs: list[socket.socket] = field(default_factory=list)

    def serve(self) -> None:
        """Take connections, until there is no more server."""
        with suppress(OSError):
            while True:
                client, _ = self.server.accept()
                node = socket.create_connection(("127.0.0.1", next(self.ports)))
                self.pairs += [client, node]
                threading.Thread(target=carry, args=(client, node), daemon=True).start()

    def close(self) -> None:
        """End all of it."""
        for each in (self.server, *self.pairs):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def carry(one: socket.socket, other: socket.socket) -> None:
    """Carry what comes on each of two connections over to the other one."""
    to = {one: other, other: one}
    with suppress(OSError, ValueError):
        while True:
            for each in select.select(list(to), [], [])[0]:
                if not (some := each.recv(65536)):
                    to[each].shutdown(socket.SHUT_RDWR)
                    return
                to[each].sendall(some)


@contextmanager
def balanced(urls: Sequence[str]) -> Iterator[str]:
    """Yield a URL that leads to each of several nodes in turn."""
    parts = urlsplit(urls[0])
    with socket.create_server(("127.0.0.1", 0)) as server:
        balancer = Balancer(server, cycle([urlsplit(each).port or 0 for each in urls]))
        threading.Thread(target=balancer.serve, daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        yield f"amqp://{parts.username}:{parts.password}@{address}/"
        balancer.close()
