"""Is the first `make` of a fresh checkout sound, however it is interrupted or doubled?

Real environments, made with the network: .venv/bin/python -m pytest soak/test_first_minute.py
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest

ROOT = Path(__file__).parents[1]

LIMIT = 600.0
"""Seconds within which a make has to end."""

MOMENTS = [0.6 * number for number in range(1, 11)]
"""Seconds after which the first make is killed."""

Fresh = Callable[..., Popen[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give the files that are committed, in a folder of their own."""
    folder = tmp_path / "checkout"
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (tmp_path / "home").mkdir()
    return folder


def make(checkout: Path, *words: str) -> Popen[str]:
    """Begin a make in a session of its own, for a user with an empty home."""
    environ = {name: text for name, text in os.environ.items() if "MAKE" not in name}
    return Popen(
        ["make", *words],
        cwd=checkout,
        env=environ | {"HOME": str(checkout.parent / "home")},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        text=True,
        start_new_session=True,
    )


def demo(checkout: Path) -> Popen[str]:
    """Begin the first command of the README, without a broker."""
    return make(checkout, "demo-topic", "PREDICT=1")


def assert_shown(made: Popen[str]) -> str:
    """See that a demo ends well, and give what it said beside."""
    shown, said = made.communicate(timeout=LIMIT)
    assert (made.returncode, "8 messages, 9 copies, 3 returned." in shown) == (0, True), said
    return said


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed(checkout: Path, moment: float) -> None:
    """Whenever all of it is killed, the next one makes what is needed."""
    first = demo(checkout)
    time.sleep(moment)  # the moment is what is varied
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(LIMIT)
    assert_shown(demo(checkout))
    assert not list((checkout / ".venv").glob("*.begun"))


@pytest.mark.parametrize("number", [4, 10])
def test_several_at_once(checkout: Path, number: int) -> None:
    """One makes it, the others say that they wait, and all end well."""
    said = [assert_shown(each) for each in [demo(checkout) for _ in range(number)]]
    assert sum("Setting up .venv" in each for each in said) == 1
    assert sum("Waiting for another make" in each for each in said) >= 1


def test_taken_over(checkout: Path) -> None:
    """Where the first is killed, the second, which waits, makes all of it anew."""
    first = demo(checkout)
    assert first.stderr
    assert "Setting up" in first.stderr.readline()
    second = demo(checkout)
    assert second.stderr
    assert "Waiting for another make" in second.stderr.readline()
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(LIMIT)
    assert "Setting up" in assert_shown(second)


@pytest.mark.parametrize("waits", [False, True])
def test_interrupted(checkout: Path, waits: bool) -> None:  # noqa: FBT001 - a parameter
    """Ctrl-C ends it in one line, whether it makes or waits, and the next one goes on."""
    first = demo(checkout)
    assert first.stderr
    assert "Setting up" in first.stderr.readline()
    ended = demo(checkout) if waits else first
    assert ended.stderr
    if waits:
        assert "Waiting" in ended.stderr.readline()
    os.killpg(ended.pid, signal.SIGINT)
    _, said = ended.communicate(timeout=LIMIT)
    assert (ended.returncode != 0, "Traceback" in said) == (True, False)
    assert_shown(demo(checkout))
    if waits:
        assert_shown(first)


def test_upgraded_by_two(checkout: Path) -> None:
    """A pyproject.toml that is newer has one of two install again, and the other one waits."""
    assert_shown(demo(checkout))
    (checkout / "pyproject.toml").touch()
    said = [assert_shown(each) for each in [demo(checkout) for _ in range(2)]]
    assert sum("Setting up .venv" in each for each in said) == 1


def test_development_tools(checkout: Path) -> None:
    """Where these are killed half way, what the program needs still counts, and they do not."""
    assert_shown(demo(checkout))
    tools = make(checkout, "format")
    assert tools.stderr
    assert "development tools" in tools.stderr.readline()
    while not (checkout / ".venv/dev.begun").exists():
        assert tools.poll() is None
    os.killpg(tools.pid, signal.SIGKILL)
    tools.wait(LIMIT)
    assert_shown(demo(checkout))
    several = [make(checkout, "format") for _ in range(2)]
    for each in several:
        _, said = each.communicate(timeout=LIMIT)
        assert each.returncode == 0, said
