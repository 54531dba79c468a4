"""One node is kept running from `make up` until `make down`, and a dead one is noticed."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen

import pytest
from conftest import LIMIT, Slow, await_end, family, had, untold

from routing.amqp.errors import NoBroker
from routing.broker.connection import connect
from routing.broker.folder import PROJECT
from routing.broker.kept import down, kept_node, status, up
from routing.broker.node.private import Kind
from routing.broker.node.record import Kept, record_of
from routing.broker.node.temporary import remove_abandoned
from routing.broker.programs.installation import Installation
from routing.broker.way import NoBrokerFound, Progress, Unavailable


@pytest.fixture(scope="module")
def folder(stocked: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:  # noqa: ARG001 - had before
    """Give the folder of a record, whose node is ended in the end."""
    folder = tmp_path_factory.mktemp("project") / ".rabbitmq"
    with pytest.MonkeyPatch.context() as environ:
        # A keeper that is killed leaves its node's folder behind.
        environ.setenv("TMPDIR", str(tmp_path_factory.mktemp("nodes")))
        yield folder
        down(folder)


def running(folder: Path) -> Kept:
    """Have the node running, by starting it where another test has ended it."""
    return had(lambda: up(untold, folder))[0]


def test_two_at_once(folder: Path) -> None:
    """Two that start a node at once get the same one: one starts it, the other says it waits."""
    down(folder)
    told: list[Progress] = []
    with ThreadPoolExecutor() as threads:
        results = [threads.submit(up, told.append, folder) for _ in range(2)]
        (one, one_started), (other, other_started) = [had(result.result) for result in results]
    assert {one_started, other_started} == {True, False}
    assert one == other == status(folder)
    assert Progress("waiting for another start") in told


def test_already_up(folder: Path) -> None:
    """A second start says that the node runs already."""
    assert up(untold, folder) == (running(folder), False)


def test_found(folder: Path) -> None:
    """A run finds the node that is kept."""
    kept = running(folder)
    with kept_node(untold, folder) as url:
        assert url == kept.url
        connect(url).close()


def test_outlives_the_terminal(folder: Path) -> None:
    """The node's keeper belongs to a session of its own, which no terminal ends."""
    kept = running(folder)
    assert os.getsid(kept.pid) == kept.pid


def test_record_is_private(folder: Path) -> None:
    """Only the user can read the record, and what is shown of it has no password."""
    kept = running(folder)
    assert stat.S_IMODE(record_of(folder).stat().st_mode) == 0o600
    assert kept.url not in repr(kept)
    assert kept.address.startswith("127.0.0.1:")


def test_down(folder: Path) -> None:
    """After the end of the node all of it is gone, and a second end says that there is none."""
    kept = running(folder)
    pids = family(kept.pid)
    assert down(folder)
    await_end(pids - {kept.pid}, limit=0)
    assert status(folder) is None
    assert not record_of(folder).exists()
    assert not down(folder)
    with pytest.raises(NoBroker, match="nothing listens"):
        connect(kept.url)


def test_stale_record(folder: Path) -> None:
    """The record of a node whose keeper was killed is noticed and removed, and the node is gone."""
    kept = running(folder)
    pids = family(kept.pid)
    os.kill(kept.pid, signal.SIGKILL)
    await_end(pids)
    assert record_of(folder).exists()
    with pytest.raises(Unavailable, match="not running"), kept_node(untold, folder):
        pass
    assert not record_of(folder).exists()


def test_what_a_killed_keeper_leaves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs any longer, and its node's folder is found and removed."""
    monkeypatch.setattr("tempfile.tempdir", os.environ["TMPDIR"])
    remove_abandoned()
    kept = running(folder)
    assert remove_abandoned() == []
    pids = family(kept.pid)
    os.kill(kept.pid, signal.SIGKILL)
    await_end(pids)
    [left] = Path(os.environ["TMPDIR"]).iterdir()
    assert remove_abandoned() == [left]
    assert not left.exists()


def test_not_up(tmp_path: Path) -> None:
    """Where no node was ever kept, none is found, and nothing is written."""
    assert status(tmp_path / "none") is None
    assert not down(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no node can be started, the reasons are told."""

    def never(_: object) -> Installation:
        raise Unavailable("why not")

    monkeypatch.setattr(
        "routing.broker.node.private.kinds", lambda _: [Kind("one", never), Kind("two", never)]
    )
    with pytest.raises(NoBrokerFound) as caught:
        up(untold, tmp_path)
    assert caught.value.reasons == (("one", "why not"), ("two", "why not"))


STARTER = """
import sys
from pathlib import Path
from routing.broker import kept
from routing.broker.node import private
from routing.broker.programs.installation import Installation

folder, *paths = map(Path, sys.argv[1:])
private.kinds = lambda _: [private.Kind("slow", lambda _: Installation(*paths))]
kept.up(lambda _: None, folder)
"""


def test_interrupted_start(slow: Slow, tmp_path: Path) -> None:
    """Where Ctrl-C comes while the node starts, nothing is kept running."""
    installation = slow.installation
    paths = [str(path) for path in (installation.home, installation.root) if path]
    command = [sys.executable, "-c", STARTER, str(tmp_path / "record"), *paths]
    with Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
        slow.await_begin()
        pids = family(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == -signal.SIGINT
        await_end(pids, limit=0)
    assert status(tmp_path / "record") is None


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that cannot be written is told as such."""
    (tmp_path / "file").touch()
    with pytest.raises(NoBroker, match="cannot write"):
        up(untold, tmp_path / "file")
