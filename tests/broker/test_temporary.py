"""Which folders of nodes are removed that somebody else has made?"""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from nodes import Node

from routing.amqp.errors import NoBroker
from routing.broker import kept
from routing.broker.command import COMMANDS
from routing.broker.node.temporary import LOCK, folder_of_its_own, remove_abandoned
from routing.view.command_line import parser_of


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder in which those of nodes are."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nodes"))
    (tmp_path / "nodes").mkdir()
    return tmp_path / "nodes"


@pytest.fixture
def abandoned(place: Path) -> Path:
    """Give a folder as one is left whose keeper was killed."""
    folder = place / "routing-abcd_123"
    folder.mkdir(0o700)
    (folder / "data").mkdir()
    (folder / "data/file").touch()
    (folder / LOCK).touch(0o600)
    return folder


@pytest.fixture
def precious(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that nothing of ours may touch."""
    folder = tmp_path / "precious"
    folder.mkdir(0o700)
    for name in ("file", LOCK):
        (folder / name).touch()
    yield folder
    assert {each.name for each in folder.iterdir()} == {"file", LOCK}


def test_an_abandoned_one(abandoned: Path, precious: Path) -> None:
    """It goes with all that is in it; what a link in it leads to stays."""
    (abandoned / "link").symlink_to(precious)
    (abandoned / "data/link").symlink_to(precious)
    assert remove_abandoned() == [abandoned]
    assert not abandoned.exists()


def test_one_in_use(place: Path) -> None:
    """Whoever has one, or has inherited its lock, keeps it, and leaves nothing in the end."""
    with folder_of_its_own() as (folder, lock):
        inherited = os.dup(lock)
        assert remove_abandoned() == []
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(place.iterdir())
    os.close(inherited)


def test_one_whose_lock_is_held(abandoned: Path) -> None:
    """It stays as long as anybody holds that, and no longer."""
    with (abandoned / LOCK).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert remove_abandoned() == []
        assert (abandoned / "data/file").exists()
    assert remove_abandoned() == [abandoned]


def test_removed_by_the_next_node(abandoned: Path) -> None:
    """A node that starts removes it before it makes its own."""
    with folder_of_its_own():
        assert not abandoned.exists()


@pytest.mark.parametrize("command", ["status", "up", "down"])
def test_told(
    abandoned: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each of the commands for a node that stays removes it, too, and says so."""

    def none(*_: object, **__: object) -> None:
        raise NoBroker("None.")

    monkeypatch.setattr(kept, "up", none)
    monkeypatch.setattr(kept, "status", lambda *_: None)
    monkeypatch.setattr(kept, "down", lambda: False)
    words = parser_of(command, COMMANDS[command]).read(["--json"] * (command != "down"))
    with suppress(NoBroker):
        COMMANDS[command].run(words)
    said = f"A RabbitMQ that was killed had left {abandoned}: removed."
    assert capsys.readouterr().err.splitlines()[0] == said
    assert not abandoned.exists()


def test_another_users(abandoned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays."""
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    assert remove_abandoned() == []
    assert abandoned.exists()


def test_one_without_a_lock(abandoned: Path) -> None:
    """Whose it is cannot be known, so that it stays."""
    (abandoned / LOCK).unlink()
    assert remove_abandoned() == []
    assert abandoned.exists()


def test_one_that_others_can_enter(abandoned: Path) -> None:
    """No node's folder is like that."""
    abandoned.chmod(0o755)
    assert remove_abandoned() == []
    assert abandoned.exists()


def test_one_of_another_name(abandoned: Path) -> None:
    """A folder that somebody has called routing-something is theirs."""
    other = abandoned.rename(abandoned.with_name("routing-lessons-2026"))
    assert remove_abandoned() == []
    assert other.exists()


@pytest.mark.usefixtures("precious")
def test_a_link(place: Path, precious: Path) -> None:
    """A link in the place of a folder stays, and so does what it leads to."""
    (place / "routing-abcd_123").symlink_to(precious)
    assert remove_abandoned() == []


def test_a_lock_that_is_a_link(abandoned: Path, precious: Path) -> None:
    """It is not opened."""
    (abandoned / LOCK).unlink()
    (abandoned / LOCK).symlink_to(precious / LOCK)
    assert remove_abandoned() == []
    assert abandoned.exists()


def test_a_removal_that_is_cut_short(abandoned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock goes last, so that the rest is found again."""

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", cut)
        with pytest.raises(KeyboardInterrupt):
            remove_abandoned()
    assert remove_abandoned() == [abandoned]


def test_can_nobody_else_read_what_a_node_writes(node: Node) -> None:
    """On every version, each file in its folder is its user's alone."""
    pairs = Path(f"/proc/{node.running.process.pid}/environ").read_text().split("\0")
    [home] = [Path(each.removeprefix("HOME=")) for each in pairs if each.startswith("HOME=")]
    files = [each for each in home.rglob("*") if each.is_file() and not each.is_symlink()]
    written = {"rabbitmq.conf", "advanced.config", "plugins", "pid", LOCK}
    assert written < {each.name for each in files}
    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in files}
    assert not [str(each) for each, mode in modes.items() if mode & 0o077]
    # And all of it has gone before the folder counts as abandoned: it holds the lock, too.
    opened = Path(f"/proc/{node.running.process.pid}/fd").iterdir()
    assert home / LOCK in [each.readlink() for each in opened]
