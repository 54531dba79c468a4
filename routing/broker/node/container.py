"""One RabbitMQ container with a user and a port of its own."""

import os
import secrets
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from routing.broker.node.last_start import told
from routing.broker.node.process import Running, child
from routing.broker.node.ready import await_ready
from routing.broker.programs.docker import Image
from routing.broker.secret import without_secret

USER = "routing"


@contextmanager
def running_container(image: Image, over: Sequence[int] = ()) -> Iterator[Running]:
    """Yield a container that is ready, and remove it in the end.

    over: descriptors that can be read once it is no longer wanted, which raises Over.
    Raises Unavailable where it does not start.
    """
    name, password, port = f"routing-{secrets.token_hex(6)}", secrets.token_hex(16), free_port()
    remove = ["docker", "rm", "--force", name]
    environ = {
        **without_secret(os.environ),
        "RABBITMQ_DEFAULT_USER": USER,
        "RABBITMQ_DEFAULT_PASS": password,
        "AT_LAST": " ".join(remove),
    }
    try:
        with child(run(image, name, port), environ, Path.cwd()) as process:
            with told(password):
                await_ready(process, over)
            yield Running(f"amqp://{USER}:{password}@127.0.0.1:{port}/", process)
    finally:
        subprocess.run(
            remove,
            env=without_secret(os.environ),
            capture_output=True,
            check=False,
        )


def run(image: Image, name: str, port: int) -> list[str]:
    """Give the command of a container; others can see it, so the password is not in it."""
    options = ["--rm", "--name", name, "--publish", f"127.0.0.1:{port}:5672"]
    variables = ["--env", "RABBITMQ_DEFAULT_USER", "--env", "RABBITMQ_DEFAULT_PASS"]
    return ["docker", "run", *options, *variables, image.name]


def free_port() -> int:
    """Find a port that is free on the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
