"""A private RabbitMQ with its management page: asked over HTTP, and served by rabbitmqctl."""

import json
import os
import secrets
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO, Any
from urllib.parse import quote, unquote, urlsplit

from pika import BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.topology import Message
from routing.broker.listen import Entrance
from routing.broker.node.node import MANAGEMENT, running_node
from routing.broker.node.process import Running, output
from routing.broker.programs.installation import Installation
from routing.play.collect import publish

LIMIT = 30.0
"""Seconds within which a page has to answer."""

ALL = {"configure": ".*", "write": ".*", "read": ".*"}
"""What a user may do who may do everything."""


@dataclass(frozen=True)
class Node:
    """A node that is ready, and its version."""

    version: str
    running: Running

    @property
    def login(self) -> tuple[str, str]:
        """User and password of its administrator."""
        parts = urlsplit(self.running.url)
        return unquote(parts.username or ""), unquote(parts.password or "")

    def url(self, vhost: str = "/") -> str:
        """Write the URL of a vhost, for AMQP."""
        return f"{self.running.url.removesuffix('/')}/{quote(vhost, safe='')}"

    def page(self, login: tuple[str, str] | None = None) -> str:
        """Write the URL of the page with user and password."""
        user, password = (quote(each, safe="") for each in login or self.login)
        return f"http://{user}:{password}@{urlsplit(self.running.management or '').netloc}"

    def asked(self, method: str, path: str, content: Any = None) -> tuple[int, bytes]:
        """Ask the page's HTTP API as administrator, and give status and answer.

        content: text that is sent as it is, or what is written as JSON.
        """
        connection = HTTPConnection(urlsplit(self.running.management or "").netloc, timeout=LIMIT)
        text = content if isinstance(content, str) else json.dumps(content)
        word = b64encode(":".join(self.login).encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        body = None if content is None else text.encode()
        connection.request(method, f"/api/{path}", body, headers)
        answer = connection.getresponse()
        said = answer.status, answer.read()
        connection.close()
        return said

    def made(self, path: str, content: Any) -> None:
        """Make something that is not there yet."""
        assert self.asked("PUT", path, content)[0] == 201

    def user(self, vhost: str, configure: str, write: str, read: str) -> str:
        """Let a user called ann do this in a vhost, and give the URL of it."""
        parts, rights = urlsplit(self.running.url), {"write": write, "read": read}
        self.asked("PUT", "users/ann", {"password": "ann's", "tags": ""})
        path = f"permissions/{quote(vhost, safe='')}/ann"
        assert self.asked("PUT", path, {"configure": configure, **rights})[0] in (201, 204)
        return f"amqp://ann:ann%27s@{parts.hostname}:{parts.port}/{quote(vhost, safe='')}"

    def emptied(self, vhost: str) -> bool:
        """Wait until nothing is left in a vhost, as 4.3 deletes exclusive queues a little later."""
        limit = monotonic() + LIMIT
        while (left := self.left(vhost)) and monotonic() < limit:
            continue
        return not left

    def left(self, vhost: str) -> set[str]:
        """Name the queues of a vhost, and the exchanges that are not RabbitMQ's own."""
        return {
            each["name"]
            for kind in ("queues", "exchanges")
            for each in json.loads(self.asked("GET", f"{kind}/{quote(vhost, safe='')}")[1]) or ()
            if not each["name"].startswith("amq.") and each["name"]
        }

    def ctl(self, *words: str | Path) -> None:
        """Carry out rabbitmqctl, which needs the variables that the node has."""
        pairs = Path(f"/proc/{self.running.process.pid}/environ").read_text().split("\0")
        environ = dict(each.split("=", 1) for each in pairs if each)
        ctl = Path(environ["HOME"]) / "rabbitmq/sbin/rabbitmqctl"
        subprocess.run([ctl, *words], env=environ, capture_output=True, check=True)

    def imported(self, definitions: str) -> int:
        """Have definitions imported at the page, and give the status."""
        return self.asked("POST", "definitions", definitions)[0]

    def routed(
        self, vhost: str, messages: Sequence[Message], queues: Sequence[str]
    ) -> list[set[str]]:
        """Publish messages one after another, and tell for each which queues have got it."""
        with BlockingConnection(URLParameters(self.url(vhost))) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            return [got(channel, message, queues) for message in messages]

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """Make a vhost for one test, and take it away again."""
        name = f"of one test, {secrets.token_hex(4)}"
        path = quote(name, safe="")
        self.made(f"vhosts/{path}", {})
        self.asked("PUT", f"permissions/{path}/{self.login[0]}", ALL)
        try:
            yield name
        finally:
            self.asked("DELETE", f"vhosts/{path}")


def got(channel: BlockingChannel, message: Message, queues: Sequence[str]) -> set[str]:
    """Publish one message, and take it out of the queues."""
    publish(channel, replace(message, mandatory=False), "", secrets.token_hex())
    return {queue for queue in queues if channel.basic_get(queue, auto_ack=True)[0]}


def read_all(said: IO[bytes]) -> None:
    """Read to the end; the descriptor is this thread's own, so that it may be read at any time."""
    with said:
        for _ in said:
            pass


@contextmanager
def all_started(
    installations: Sequence[Installation],
    plugins: Sequence[str] = (MANAGEMENT,),
    listen: Entrance | None = None,
) -> Iterator[list[Node]]:
    """Start a node of each at once, and read what they write, so that none waits for a reader.

    plugins: what each starts with.
    listen: where a class comes in on each, if there is to be a room for one.
    """
    with ExitStack() as stack, ThreadPoolExecutor(len(installations)) as threads:
        starting = [
            threads.submit(stack.enter_context, running_node(each, (), plugins, listen))
            for each in installations
        ]
        running = [each.result() for each in starting]
        for each in running:
            said = os.fdopen(os.dup(output(each.process)), "rb")
            Thread(target=read_all, args=(said,), daemon=True).start()
        yield [Node(i.version, node) for i, node in zip(installations, running, strict=True)]
