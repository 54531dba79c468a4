"""A private node keeps to itself, and all of it is gone when the run ends, however it ends."""

import json
import os
import shutil
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from urllib.parse import urlsplit

import pytest
from conftest import LIMIT, Slow, await_end, family, had, listening_addresses, untold, with_script
from length import first as at_first
from nodes import Node

from routing.amqp.errors import NoBroker
from routing.amqp.versions import begins_with
from routing.broker.broken import translated
from routing.broker.connection import connect
from routing.broker.folder import PROJECT
from routing.broker.node import last_start
from routing.broker.node import node as starting
from routing.broker.node.home import link_home
from routing.broker.node.node import free_ports, running_node
from routing.broker.node.private import arguments, kinds
from routing.broker.node.process import child
from routing.broker.node.ready import await_ready
from routing.broker.programs.installation import Installation, installed
from routing.broker.several import SERIES
from routing.broker.way import Unavailable, first

OWNER = """
import signal, sys
from pathlib import Path
from routing.broker.programs.installation import Installation
from routing.broker.node.private import private_node

installation = Installation(*map(Path, sys.argv[1:]))
with private_node(lambda _: installation, lambda progress: print(progress.step, flush=True)) as url:
    print(url, flush=True)
    signal.pause()
"""


@contextmanager
def owner(installation: Installation, folder: Path) -> Iterator[Popen[str]]:
    """Yield a program, in a session of its own, whose private node keeps its folder in this one."""
    paths = [str(path) for path in (installation.home, installation.root) if path]
    with Popen(
        [sys.executable, "-c", OWNER, *paths],
        stdout=PIPE,
        stderr=DEVNULL,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"TMPDIR": str(folder)},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def keeper(installation: Installation, folder: Path) -> Iterator[Popen[bytes]]:
    """Yield a keeper whose node keeps its folder in this one."""
    command = [sys.executable, "-m", "routing.broker.node.keeper", *arguments(installation, None)]
    environ = os.environ | {"TMPDIR": str(folder)}
    with Popen(command, stdin=PIPE, stdout=PIPE, cwd=PROJECT, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder for the folders of nodes."""
    nodes = tmp_path / "nodes"
    nodes.mkdir()
    return nodes


def line_after(process: Popen[str], start: str) -> str:
    """Read what a program says, up to a line that starts so."""
    assert process.stdout
    return next(line.strip() for line in process.stdout if line.startswith(start))


def test_private(installation: Installation, folder: Path, tmp_path: Path) -> None:
    """A node keeps to itself, and goes with its owner, however that ends.

    Packages may lie below a folder with a space in its name.
    """
    with owner(moved(installation, tmp_path / "my projects"), folder) as process:
        url = line_after(process, "amqp://")
        node = family(process.pid) - {process.pid}
        assert len(node) >= 5  # the keeper, and node and epmd with a guard each
        assert_loopback_only(node)
        assert_locked(url, node)
        connection = connect(url)
        process.kill()
        await_end(node)
    assert not list(folder.iterdir())
    with pytest.raises(NoBroker, match="broke half way"), translated("here"):
        connection.channel()


def moved(installation: Installation, folder: Path) -> Installation:
    """Give the packages that were unpacked in another folder; what is installed stays."""
    if not installation.root:
        return installation
    root = folder / "packages"
    shutil.copytree(installation.root, root, symlinks=True, copy_function=os.link)
    return Installation(root / installation.home.relative_to(installation.root), root)


@pytest.mark.parametrize("node", at_first((0, 3), range(4)), indirect=True)
def test_does_every_version_keep_to_itself(node: Node) -> None:
    """It listens on loopback addresses only, its page, too; and nobody else has a way in."""
    processes = family(node.running.process.pid)
    assert_loopback_only(processes)
    assert_locked(node.running.url, processes)


def installation_of(asked: str) -> Installation:
    """Give a RabbitMQ of a version to start."""
    attempts = [(kind.name, partial(kind.prepare, untold)) for kind in kinds(asked)]
    found = had(lambda: first(attempts, untold, asked))
    assert isinstance(found, Installation)
    assert begins_with(found.version, asked)
    return found


def assert_loopback_only(node: set[int]) -> None:
    """See that the node, its distribution and its epmd listen on loopback addresses only."""
    addresses = listening_addresses(node)
    assert "0100007F" in addresses
    assert addresses <= {"0100007F", "00000000000000000000000001000000"}


def assert_locked(url: str, node: set[int]) -> None:
    """See that guest is refused, and that the password is long and in no command line."""
    password = urlsplit(url).password
    assert password
    assert len(password) == 32
    for pid in node:
        assert password.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    with pytest.raises(NoBroker, match="user guest is refused"):
        connect(f"amqp://guest:guest@127.0.0.1:{urlsplit(url).port}/")


def test_interrupted_start(slow: Slow, folder: Path) -> None:
    """Where Ctrl-C comes while the node starts, all of it is gone."""
    with owner(slow.installation, folder) as process:
        slow.await_begin()
        pids = family(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(LIMIT) == -signal.SIGINT
        assert not list(folder.iterdir())
        await_end(pids, limit=0)


def test_terminated_start(slow: Slow, folder: Path) -> None:
    """A keeper that is told to end while the node starts leaves nothing."""
    with keeper(slow.installation, folder) as process:
        slow.await_begin()
        pids = family(process.pid)
        process.terminate()
        assert process.wait(LIMIT) == 0
        assert not list(folder.iterdir())
        await_end(pids, limit=0)


def test_killed_keeper(slow: Slow, folder: Path) -> None:
    """Where even the keeper is killed, node and epmd are gone."""
    with keeper(slow.installation, folder) as process:
        slow.await_begin()
        pids = family(process.pid)
        process.kill()
        await_end(pids)


def test_node_that_shuts_down(installation: Installation, folder: Path) -> None:
    """A broker that shuts down half way is told as such, and its keeper ends."""
    with keeper(installation, folder) as process:
        assert process.stdout
        connection = connect(json.loads(process.stdout.readline())["url"])
        for pid in family(process.pid):
            if b"beam.smp" in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"-kernel")[0]:
                os.kill(pid, signal.SIGTERM)
        with pytest.raises(NoBroker, match="is shutting down"), translated("here"):
            connection.process_data_events(LIMIT)
        assert process.wait(LIMIT) == 0
        assert not list(folder.iterdir())


@pytest.mark.long
def test_taken_port(
    installation: Installation, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another process takes a port first, the node starts on others."""
    taken = replace(free_ports(), amqp=urlsplit(broker_url).port or 5672)
    choices = iter([taken, free_ports()])
    monkeypatch.setattr(starting, "free_ports", lambda: next(choices))
    with running_node(installation) as running:
        connect(running.url).close()
    assert not list(choices)


def test_ports_always_taken(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every choice of ports is taken, that is told after three."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = replace(free_ports(), epmd=taken.getsockname()[1])
        choices = [ports] * 3
        monkeypatch.setattr(starting, "free_ports", choices.pop)
        with (
            pytest.raises(Unavailable, match="port of this node's epmd"),
            running_node(installation),
        ):
            pass
    assert not choices


def test_failed_start(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says what and where its log is: in one place, for this user alone."""
    monkeypatch.setattr(last_start, "FOLDER", tmp_path / "kept")
    log = tmp_path / "kept/last-start.log"
    show = "cat $RABBITMQ_CONFIG_FILE; mkdir log; echo more > log/a.log; exit 1"
    full = ("{error,enospc}", "the disk is full")
    for number, (words, why) in enumerate([("exploded", ""), full]):
        script = f"echo {words!r}; {show}"
        broken = with_script(installation, script, tmp_path / f"broken-{number}")
        with pytest.raises(Unavailable) as caught, running_node(broken):
            pass
        ended = "RabbitMQ ended while it started" + (why and f", as {why}")
        assert str(caught.value) == f"{ended}; its log is {log}"
        said = log.read_text().splitlines()
        assert (said[0], said[-1]) == (words, "more")
        assert "default_pass = (its password)" in said
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_refused_settings(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real node that does not start says why, where that is clear, and not its own last line."""
    monkeypatch.setattr(last_start, "FOLDER", tmp_path)
    monkeypatch.setattr(starting, "STRICT", "no_such_setting = 1\n")
    told = f"ended while it started, as it refuses its settings; its log is {tmp_path}/last-start"
    with pytest.raises(Unavailable, match=told), running_node(installation):
        pass
    assert "no_such_setting" in (tmp_path / "last-start.log").read_text()


def test_log_that_cannot_be_kept(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is told as well, and is no failure of another kind."""
    monkeypatch.setattr(last_start, "FOLDER", tmp_path / "file")
    (tmp_path / "file").touch()
    broken = with_script(installation, "exit 1", tmp_path / "broken")
    with pytest.raises(Unavailable, match="its log could not be kept as"), running_node(broken):
        pass


def test_start_that_takes_too_long(tmp_path: Path) -> None:
    """A node that never gets ready is given up, and what was waited for is told."""
    told = r"did not say that it is ready within 0\.1 s"
    with (
        child(["sleep", "1000"], os.environ, tmp_path) as process,
        pytest.raises(Unavailable, match=told),
    ):
        await_ready(process, over=(), limit=0.1)


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("asked", SERIES)
def test_plugins(asked: str, tmp_path: Path) -> None:
    """Of RabbitMQ's plugins a node sees only those that it starts with, and what they need."""
    home = installation_of(asked).home
    link_home(home, tmp_path / "without", ())
    link_home(home, tmp_path / "with", ("rabbitmq_management",))
    assert not list(tmp_path.glob("without/plugins/rabbitmq_management*"))
    for name in ("management", "management_agent", "web_dispatch"):
        assert list(tmp_path.glob(f"with/plugins/rabbitmq_{name}-*"))
    assert not list(tmp_path.glob("with/plugins/rabbitmq_mqtt*"))


def test_installed(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node starts from an installed script that is a link, with Erlang on PATH."""
    script = tmp_path / "rabbitmq-server"
    script.symlink_to(installation.home / "sbin/rabbitmq-server")
    monkeypatch.setenv("PATH", f"{erlang_on_path(installation, tmp_path / 'bin')}:/usr/bin:/bin")
    with running_node(installed(None, untold, [tmp_path / "none", script])) as running:
        connect(running.url).close()


def erlang_on_path(installation: Installation, folder: Path) -> Path:
    """Make commands of Erlang's programs, as an installed Erlang has them."""
    folder.mkdir()
    variables = installation.environment()
    for program in ("erl", "epmd"):
        found = shutil.which(program, path=variables["PATH"])
        settings = "".join(f"export {name}='{value}'\n" for name, value in variables.items())
        (folder / program).write_text(f'#!/bin/sh\n{settings}exec {found} "$@"\n')
        (folder / program).chmod(0o755)
    return folder


def test_nothing_installed(tmp_path: Path) -> None:
    """A machine without RabbitMQ is told as such."""
    with pytest.raises(Unavailable, match="not installed"):
        installed(None, untold, [tmp_path / "rabbitmq-server"])


def test_no_erlang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A RabbitMQ without Erlang is told as such."""
    monkeypatch.setattr("routing.broker.programs.installation.PATH", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "home/plugins").mkdir(parents=True)
    home = Installation(tmp_path / "home")
    with pytest.raises(Unavailable, match="epmd is not installed"), running_node(home):
        pass
