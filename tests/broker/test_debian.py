"""RabbitMQ comes from Debian's packages, whole or not at all, and once."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest
from conftest import untold

from routing.broker.folder import PROJECT
from routing.broker.programs.apt import configure, update
from routing.broker.programs.debian import STEP, fetched, missing
from routing.broker.way import Progress, Unavailable

needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="a system without apt-get")

FETCHER = """
import sys
from pathlib import Path
from routing.broker.programs.debian import fetched

fetched(lambda progress: print(progress.fraction, flush=True), Path(sys.argv[1]))
"""


def begin_and_end(folder: Path, by: signal.Signals) -> None:
    """Fetch in a process that is ended, and apt-get with it, once a part of it is done."""
    command = [sys.executable, "-c", FETCHER, str(folder)]
    with Popen(
        command, stdout=PIPE, stderr=DEVNULL, text=True, cwd=PROJECT, start_new_session=True
    ) as process:
        assert process.stdout
        assert any(float(line) > 0.1 for line in process.stdout)
        os.killpg(process.pid, by)


@needs_apt
def test_interrupted_fetch(tmp_path: Path) -> None:
    """After Ctrl-C nothing is left of a fetch."""
    begin_and_end(tmp_path, signal.SIGINT)
    assert {path.name for path in tmp_path.iterdir()} == {"fetch.lock"}


@needs_apt
def test_fetch(tmp_path: Path) -> None:
    """After a fetch that was killed, two at once fetch anew: one does, the other says it waits."""
    begin_and_end(tmp_path, signal.SIGKILL)
    assert not (tmp_path / "packages").exists()
    assert list(tmp_path.glob("packages.*"))

    told: list[list[Progress]] = [[], []]
    with ThreadPoolExecutor() as threads:
        one, other = threads.map(lambda mine: fetched(mine.append, tmp_path), told)
    assert one == other
    assert (one.home / "sbin/rabbitmq-server").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"packages", "fetch.lock"}
    assert not list(tmp_path.rglob("*.deb"))
    for erl in (tmp_path / "packages").glob("usr/lib/erlang/**/bin/erl"):
        subprocess.run([erl, "-noinput", "-eval", "halt()."], env=one.environment(), check=True)

    waited, worked = sorted(told, key=len)
    assert waited == [Progress("waiting for another fetch")]
    assert {progress.step for progress in worked} == {STEP}
    fractions = [progress.fraction or 0 for progress in worked]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len({round(10 * fraction) for fraction in fractions}) > 5


def test_fetched_before(tmp_path: Path) -> None:
    """What was fetched before is used without a word, and without apt-get."""
    script = tmp_path / "packages/usr/lib/rabbitmq/lib/rabbitmq_server-1/sbin/rabbitmq-server"
    script.parent.mkdir(parents=True)
    script.touch()
    told: list[Progress] = []
    assert fetched(told.append, tmp_path).home == script.parent.parent
    assert not told


def test_packages_without_rabbitmq(tmp_path: Path) -> None:
    """Where the folder does not hold what it should, that is told, and what to do."""
    (tmp_path / "packages").mkdir()
    with pytest.raises(Unavailable, match="remove that folder"):
        fetched(untold, tmp_path)


def test_no_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without apt-get is told as such, and nothing is left of the attempt."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="there is no apt-get"):
        fetched(untold, tmp_path / "project")
    assert not list((tmp_path / "project").glob("packages*"))


@needs_apt
def test_failing_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where apt-get fails, its first error is told, and nothing is left of the attempt."""
    fake = tmp_path / "apt-get"
    fake.write_text("#!/bin/sh\necho 'E: No space left on device.'\necho 'E: Worse'\nexit 100\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Unavailable, match="apt-get install failed: No space left on device;"):
        fetched(untold, tmp_path / "project")
    assert not list((tmp_path / "project").glob("packages*"))


def sources(folder: Path, *lines: str, parts: str = "/dev/null") -> str:
    """Write a configuration of apt-get with these sources, and give its path."""
    (folder / "sources.list").write_text("\n".join(lines) + "\n")
    configuration = folder / "sources.conf"
    configuration.write_text(
        f'Dir::Etc::sourcelist "{folder}/sources.list"; Dir::Etc::sourceparts "{parts}";'
    )
    return str(configuration)


DEAD = "deb [trusted=yes] http://127.0.0.1:9/debian stable main"


@needs_apt
def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no source can be reached, apt-get's own words about that are told."""
    monkeypatch.setenv("APT_CONFIG", sources(tmp_path, DEAD))
    with pytest.raises(Unavailable, match=r"Unable to locate package.*Connection refused"):
        fetched(untold, tmp_path / "project")


@needs_apt
def test_one_dead_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is dead does not matter where another has the packages."""
    work = tmp_path / "work"
    configure(work)
    parts = subprocess.run(
        ["apt-config", "shell", "PARTS", "Dir::Etc::sourceparts/d"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("'")[1]
    monkeypatch.setenv("APT_CONFIG", sources(tmp_path, DEAD, parts=parts))
    assert any("Connection refused" in complaint for complaint in update(work, untold_part))
    assert {"rabbitmq-server", "erlang-base", "erlang-mnesia"} <= set(missing(work))


def untold_part(_: float) -> None:
    """Take how much is done, and do nothing with it."""
