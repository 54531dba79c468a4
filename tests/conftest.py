"""The broker that tests play on, the RabbitMQ that they start nodes of, and how processes end."""

import os
import select
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from fetching import Fetched, fetch
from nodes import Node, all_started

from classroom import ADDRESS, Teacher
from routing.amqp.errors import NoBroker
from routing.amqp.versions import begins_with
from routing.broker import Broker, find
from routing.broker.connection import connect
from routing.broker.folder import FOLDER, PROJECT
from routing.broker.kept import down, up
from routing.broker.listen import Entrance
from routing.broker.lock import locked
from routing.broker.node.private import kinds
from routing.broker.programs.debian import fetched, put_in_place
from routing.broker.programs.installation import Installation
from routing.broker.several import SERIES
from routing.broker.way import Progress, Report, first

pytest_plugins = ["browsing", "meeting"]

Thing = TypeVar("Thing")

ROOT = Path(__file__).parents[1]

NEED_NO_BROKER = ("amqp", "analysis", "ask", "match", "rules", "view")
"""Rooms whose tests need none."""

MEANWHILE = ("amqp", "rules", "view")
"""Of these, the rooms whose tests are run by the process that then waits for what is fetched."""

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


def pytest_configure() -> None:
    """Have programs hear Ctrl-C and a closed terminal even where nohup or a shell's & runs this."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


DEAR = {
    "browser": "browser",
    "cluster": "cluster",
    "each_fetched": "fetched",
    "installed": "installed",
    "nodes": "nodes",
    "outcomes": "faults",
    "undisturbed": "crowd",
    "room": "room",
    "teacher": "room",
}
"""What is dear to have: one process has it, and runs every test that wants it."""


LONG = frozenset({"cluster", "docker", "installed", "outcomes", "undisturbed"})
"""What makes a test one of those that take long: make test LONG=1 runs them, as CI does."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what needs no broker: every version is fetched meanwhile."""
    items.sort(key=lambda item: item.path.parent.name not in NEED_NO_BROKER)
    for item in items:
        if LONG.intersection(fixtures_of(item)):
            item.add_marker("long")
    begins = any("each_fetched" in fixtures_of(item) for item in items)
    if begins:
        fixtures_of(items[0]).insert(0, "fetching")
    if any("browser" in fixtures_of(item) for item in items):
        fixtures_of(items[0]).insert(0, "fetching_chromium")
    if hasattr(config, "workerinput") and config.cache:
        early = [item.nodeid for item in items if begins and item.path.parent.name in MEANWHILE]
        groups = {item.nodeid: group_of(item) for item in items}
        config.cache.set(GROUPS, groups | dict.fromkeys(early, DEAR["each_fetched"]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests between processes, each with a broker of its own, group by group."""
    scheduling: Any = import_module("xdist.scheduler")

    class ByGroup(scheduling.LoadScopeScheduling):  # type: ignore[misc]  # of a module without types
        """Knows no more of a test than its name; the processes have left word of its group."""

        groups: Mapping[str, str] | None = None

        def _split_scope(self, nodeid: str) -> str:
            if self.groups is None:
                self.groups = config.cache.get(GROUPS, {}) if config.cache else {}
            return self.groups.get(nodeid, nodeid)

    # In their own order: what is fetched first is waited for least.
    config.option.loadscopereorder = False
    return ByGroup(config, log)


GROUPS = "routing/groups"
"""Where pytest's cache holds the name of each test's group."""


def fixtures_of(item: pytest.Item) -> list[str]:
    """List the names of all fixtures of a test; what is added is had, too."""
    found: list[str] = getattr(item, "fixturenames", [])
    return found


def group_of(item: pytest.Item) -> str:
    """Name those tests that one process runs: all that want what is dear, a file, or one alone."""
    dear = [group for name, group in DEAR.items() if name in fixtures_of(item)]
    whole = item.path.parent.name in (*NEED_NO_BROKER, "broker")
    return (*dear, str(item.path) if whole else item.nodeid)[0]


@pytest.fixture(scope="session")
def fetching() -> Iterator["Future[dict[str, list[Fetched]]]"]:
    """Begin to fetch every version, all at the same time."""
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        # The folder that pytest gives lies in one that only its user may enter.
        homes = [Path(stack.enter_context(TemporaryDirectory())) for _ in SERIES]
        each = [
            threads.submit(fetch, series, home) for series, home in zip(SERIES, homes, strict=True)
        ]
        yield threads.submit(stock, each)


def stock(each: Sequence["Future[list[Fetched]]"]) -> dict[str, list[Fetched]]:
    """Wait for every version, and copy those that are not here yet."""
    with locked(STOCKING):
        homes = {series: found.result() for series, found in zip(SERIES, each, strict=True)}
        for series in missing():
            [root] = homes[series][0].folder.glob("rabbitmq-*")
            copied = FOLDER / "copied"
            shutil.copytree(root, copied, symlinks=True)
            home = copied / homes[series][0].home.relative_to(root)
            put_in_place(Installation(home, copied), FOLDER)
            shutil.rmtree(copied, ignore_errors=True)
    return homes


STOCKING = FOLDER / "stocking.lock"
"""Held by the process of tests that fetches."""


def missing() -> list[str]:
    """List the versions that are not here yet."""
    here = [each.version for each in fetched()]
    return [each for each in SERIES if not any(begins_with(v, each) for v in here)]


@pytest.fixture(scope="session")
def each_fetched(fetching: "Future[dict[str, list[Fetched]]]") -> dict[str, list[Fetched]]:
    """Have every version fetched."""
    return fetching.result()


@pytest.fixture(scope="session")
def stocked(request: pytest.FixtureRequest) -> None:
    """Have every version here; what is not here yet is copied from the homes, and fetched once."""
    if missing() and shutil.which("apt-get"):
        with locked(STOCKING):  # another process may be at it
            pass
        if missing():
            request.getfixturevalue("each_fetched")


@pytest.fixture(scope="session")
def broker_url(stocked: None) -> Iterator[str]:  # noqa: ARG001 - had before
    """Give the URL of a real broker, had in the way that a demo has it."""
    with ExitStack() as stack:
        yield had(lambda: stack.enter_context(find(os.environ, untold))).url


def installed(asked: str | None = None) -> Installation:
    """Give a RabbitMQ to start, had in the way that a demo has it."""
    attempts = [(kind.name, partial(kind.prepare, untold)) for kind in kinds(asked)]
    found = had(lambda: first(attempts, untold, asked))
    assert isinstance(found, Installation)
    return found


@pytest.fixture(scope="session")
def installation(stocked: None) -> Installation:  # noqa: ARG001 - had before
    """Give a RabbitMQ to start."""
    return installed()


@pytest.fixture(scope="session")
def nodes(stocked: None) -> Iterator[list[Node]]:  # noqa: ARG001 - had before
    """Start a RabbitMQ of each version that is tried, the oldest first, each with its page."""
    with all_started([installed(each) for each in SERIES]) as started:
        yield started


@pytest.fixture(scope="session")
def urls(nodes: list[Node]) -> list[str]:
    """Give the URL of a real broker of each version that is tried, the oldest first."""
    return [node.running.url for node in nodes]


@pytest.fixture(params=range(len(SERIES)), ids=SERIES)
def node(request: pytest.FixtureRequest, nodes: list[Node]) -> Node:
    """Give one of them after the other."""
    found: Node = nodes[request.param]
    return found


@pytest.fixture
def vhost(node: Node) -> Iterator[str]:
    """Give a vhost for one test."""
    with node.vhost() as name:
        yield name


@pytest.fixture(scope="session")
def teacher(stocked: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teacher]:  # noqa: ARG001 - had before
    """Have a room open, and the program where its record is found."""
    with room_open(tmp_path_factory.mktemp("teacher"), Entrance(ADDRESS)) as teacher:
        yield teacher
    with pytest.raises(NoBroker, match="nothing listens"):
        connect(teacher.room.url)


@contextmanager
def room_open(home: Path, entrance: Entrance) -> Iterator[Teacher]:
    """Have a room open, with its page, and the program in a folder where its record is found."""
    shutil.copytree(PROJECT / "routing", home / "routing")
    folder = home / "cache/exchange-routing"
    kept, _ = had(lambda: up(untold, folder, management=True, listen=entrance))
    assert kept.room
    try:
        yield Teacher(home, kept, kept.room)
    finally:
        assert down(folder)


@contextmanager
def all_opened(urls: Sequence[str]) -> Iterator[list[Broker]]:
    """Open each broker; a connection that lies idle would be closed."""
    with ExitStack() as stack:
        yield [stack.enter_context(find({"AMQP_URL": url}, untold)) for url in urls]


@pytest.fixture
def brokers(urls: Sequence[str]) -> Iterator[list[Broker]]:
    """Open a broker of each version for one test."""
    with all_opened(urls) as brokers:
        yield brokers


def untold_way(url: str) -> Callable[[Report], AbstractContextManager[str]]:
    """Give what opens a way to a broker that runs at a URL."""
    return lambda _: nullcontext(url)


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
    return {address for address, _ in listening_ports(pids)}


def listening_ports(pids: set[int]) -> set[tuple[str, int]]:
    """List the addresses and ports on which these processes listen, as /proc writes addresses."""
    sockets = {
        str(link.readlink())
        for pid in pids
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink()
    }
    found = set()
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
                address, port = local.split(":")
                found.add((address, int(port, 16)))
    return found
