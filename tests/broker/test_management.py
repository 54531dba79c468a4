"""RabbitMQ's own page is there where it is wanted, and shows what a run has declared."""

import json
import os
import pty
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import LIMIT, family, had, listening_addresses, untold

from routing.amqp.errors import BadUse
from routing.broker.folder import PROJECT
from routing.broker.kept import down, status, up
from routing.broker.node.record import Kept


@pytest.fixture(scope="module")
def folder(stocked: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:  # noqa: ARG001 - had before
    """Give the folder of a record, whose node is ended in the end."""
    folder = tmp_path_factory.mktemp("project") / ".rabbitmq"
    yield folder
    down(folder)


@pytest.fixture(scope="module")
def kept(folder: Path) -> Kept:
    """Have a node with a management page running."""
    return had(lambda: up(untold, folder, management=True))[0]


def asked(kept: Kept, path: str, login: tuple[str, str]) -> Any:
    """Ask the page's HTTP API."""
    word = b64encode(":".join(login).encode()).decode()
    connection = HTTPConnection(urlsplit(kept.management or "").netloc, timeout=LIMIT)
    connection.request("GET", f"/api/{path}", headers={"Authorization": f"Basic {word}"})
    answer = connection.getresponse()
    return json.load(answer) if answer.status == HTTPStatus.OK else answer.status


def test_overview(kept: Kept) -> None:
    """The page answers to the user and password of the record, and to nobody else."""
    assert asked(kept, "overview", kept.login)["product_name"] == "RabbitMQ"
    assert asked(kept, "overview", ("routing", "wrong")) == HTTPStatus.UNAUTHORIZED


def test_shows_a_receiver(kept: Kept) -> None:
    """While a receiver runs, the page lists its exchange, queues, bindings and consumer."""
    with Popen(
        [
            sys.executable,
            "-m",
            "routing",
            "receive",
            "billing",
            "--scenario",
            "topic",
            "--class",
            "seen",
        ],
        cwd=PROJECT,
        env={"AMQP_URL": kept.url},
        stdout=PIPE,
        text=True,
    ) as receiver:
        assert receiver.stdout
        assert "Waiting" in receiver.stdout.readline()
        exchanges = {each["name"] for each in asked(kept, "exchanges", kept.login)}
        queues = {each["name"] for each in asked(kept, "queues", kept.login)}
        bound = asked(kept, "exchanges/%2F/seen.topic.orders/bindings/source", kept.login)
        receiver.terminate()
    assert "seen.topic.orders" in exchanges
    assert {"seen.topic.billing", "seen.topic.europe", "seen.topic.audit"} <= queues
    assert {each["routing_key"] for each in bound} >= {"order.*.paid", "#.eu.#"}


def test_shows_a_walk(kept: Kept) -> None:
    """While a class walks through a lesson, the page lists what has been declared so far."""
    leader, follower = pty.openpty()
    with Popen(
        [sys.executable, "-m", "routing", "walk", "fanout", "--auto", "0.5"],
        cwd=PROJECT,
        env={"AMQP_URL": kept.url, "PYTHONUNBUFFERED": "1"},
        stdin=follower,
        stdout=PIPE,
        text=True,
    ) as walk:
        assert walk.stdout
        assert any("message 1/3" in line for line in walk.stdout)
        exchanges = {each["name"].split(".")[-1] for each in asked(kept, "exchanges", kept.login)}
        queues = {each["name"].split(".")[-1] for each in asked(kept, "queues", kept.login)}
        walk.send_signal(signal.SIGINT)
        walk.stdout.read()
    os.close(follower)
    os.close(leader)
    assert walk.returncode == 130
    assert "scores" in exchanges
    assert {"website", "app", "archive", "radio"} <= queues


def test_loopback_only(kept: Kept) -> None:
    """Every socket of the node, that of its page too, listens on a loopback address."""
    loopback = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
    addresses = listening_addresses(family(kept.pid))
    assert addresses
    assert addresses <= loopback


def test_without_page(kept: Kept, folder: Path, tmp_path: Path) -> None:
    """A second start keeps the page; where a node runs without one, what to do is told."""
    assert up(untold, folder) == (kept, False)
    assert up(untold, folder, management=True) == (kept, False)
    try:
        plain, _ = up(untold, tmp_path)
        assert plain.management is None
        with pytest.raises(BadUse, match="make down, and then make up MANAGEMENT=1"):
            up(untold, tmp_path, management=True)
    finally:
        down(tmp_path)


SHOWN = """
import sys
from pathlib import Path
from routing.broker import kept
from routing.broker.command import print_addresses

print_addresses(kept.status(Path(sys.argv[1])))
"""


def test_is_told(kept: Kept, folder: Path) -> None:
    """`make status` shows the page's address, user and password."""
    assert status(folder) == kept
    command = [sys.executable, "-c", SHOWN, str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    user, password = kept.login
    assert f"{kept.management}  user {user}  password {password}" in done.stdout
