"""The broker that tests play on, the RabbitMQ that they start nodes of, and how processes end."""

import os
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from routing.amqp.errors import NoBroker
from routing.broker import Broker, find
from routing.broker.programs.debian import fetched
from routing.broker.programs.installation import Installation, installed
from routing.broker.way import Progress, Unavailable

Thing = TypeVar("Thing")

ROOT = Path(__file__).parents[1]

LIMIT = 30.0
"""Seconds within which what a test waits for has to come."""


def make(*words: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Call make as a user does, even where make itself runs the tests."""
    environ = {name: text for name, text in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", *words],
        cwd=cwd,
        env={**environ, "MFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def untold(_: Progress) -> None:
    """Take a report and do nothing with it."""


def had(get: Callable[[], Thing]) -> Thing:
    """Get what a test needs; where it cannot be had, skip the test, or with CI set, fail it."""
    try:
        return get()
    except NoBroker as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """Give the URL of a real broker, had in the way that a demo has it."""
    with ExitStack() as stack:
        yield had(lambda: stack.enter_context(find(os.environ, untold))).url


@pytest.fixture(scope="session")
def installation() -> Installation:
    """Give a RabbitMQ to start, had in the way that a demo has it."""

    def get() -> Installation:
        try:
            return installed(untold)
        except Unavailable:
            return fetched(untold)

    return had(get)


@pytest.fixture
def broker(broker_url: str) -> Iterator[Broker]:
    """Open the broker for one test."""
    with find({"AMQP_URL": broker_url}, lambda _: None) as opened:
        yield opened


def with_script(installation: Installation, script: str, home: Path) -> Installation:
    """Give the installation a start script of ours."""
    (home / "sbin").mkdir(parents=True)
    (home / "plugins").symlink_to(installation.home / "plugins")
    for part in installation.home.iterdir():
        if part.name not in ("sbin", "plugins"):
            (home / part.name).symlink_to(part)
    for part in (installation.home / "sbin").iterdir():
        (home / "sbin" / part.name).symlink_to(part)
    (home / "sbin/rabbitmq-server").unlink()
    (home / "sbin/rabbitmq-server").write_text(f"#!/bin/sh\n{script}\n")
    (home / "sbin/rabbitmq-server").chmod(0o755)
    return Installation(home, installation.root)


@dataclass(frozen=True)
class Slow:
    """A RabbitMQ that tells when it begins to start, and never gets ready."""

    installation: Installation
    begun: Path

    def await_begin(self) -> None:
        """Wait until the start script runs, which writes into a named pipe."""
        self.begun.read_text()


@pytest.fixture
def slow(installation: Installation, tmp_path: Path) -> Slow:
    """Give a RabbitMQ that tells when it begins to start, and never gets ready."""
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    script = f"echo begun > {begun}; exec sleep 1000"
    return Slow(with_script(installation, script, tmp_path / "slow"), begun)


def family(pid: int) -> set[int]:
    """List a process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid}.union(*(family(int(child)) for child in children))


def await_end(pids: set[int], limit: float = LIMIT) -> None:
    """Wait until none of these processes runs; with a limit of 0, none may run any more."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended = select.select([descriptor], [], [], limit)[0]
        os.close(descriptor)
        assert ended, f"process {pid} still runs"


def listening_addresses(pids: set[int]) -> set[str]:
    """List the addresses on which these processes listen, as /proc writes them."""
    sockets = {
        str(link.readlink())
        for pid in pids
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink()
    }
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            (
                _,
                local,
                _,
                state,
                *_,
            ) = fields = line.split()
            if state == "0A" and f"socket:[{fields[9]}]" in sockets:
                addresses.add(local.partition(":")[0])
    return addresses
