"""Every version fetched by an ordinary user into a home of its own, after accidents."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from routing.broker.folder import PROJECT
from routing.broker.programs.installation import Installation

needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="a system without apt-get")

FETCHER = """
import json, sys
from pathlib import Path
from routing.broker.programs.debian import of_suite
from routing.broker.programs.suites import suites_for

asked, folder = sys.argv[1], Path(sys.argv[2])
tell = lambda progress: print(json.dumps([progress.step, progress.fraction]), flush=True)
print(json.dumps(str(of_suite(suites_for(asked)[0], asked, tell, folder).home)))
"""

NOBODY = 65534

# Such a user may read what is root's, the tests and their folders, and write nothing of it.
BY_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)


@dataclass(frozen=True)
class Fetched:
    """What came of a fetch, and what was told meanwhile."""

    folder: Path
    steps: Sequence[tuple[str, float | None]]
    home: Path

    @property
    def version(self) -> str:
        """The whole version."""
        return self.home.name.removeprefix("rabbitmq_server-")


def fetcher(asked: str, folder: Path) -> Popen[str]:
    """Start a fetch by an ordinary user, in a session of its own."""
    root = os.getuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
    return Popen(
        [*(BY_NOBODY if root else ()), sys.executable, "-c", FETCHER, asked, str(folder)],
        env=os.environ | {"HOME": str(folder), "PYTHONPATH": str(PROJECT)},
        cwd=folder,
        stdout=PIPE,
        text=True,
        start_new_session=True,
    )


def result_of(process: Popen[str], folder: Path) -> Fetched:
    """Wait for the end of a fetch, and read what it said."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    *steps, home = map(json.loads, said.splitlines())
    return Fetched(folder, [(step, done) for step, done in steps], Path(home))


def cut_short(asked: str, folder: Path, by: signal.Signals) -> None:
    """End a fetch, and apt-get with it, once a part of it is done."""
    with fetcher(asked, folder) as process:
        assert process.stdout
        assert any("fetching RabbitMQ" in line for line in process.stdout)
        os.killpg(process.pid, by)


def fetch(asked: str, folder: Path) -> list[Fetched]:
    """Fetch one version into a home of its own, after what may have happened to a fetch before."""
    if asked == "4.0":
        cut_short(asked, folder, signal.SIGINT)
        assert [path.name for path in folder.iterdir()] == ["fetching-trixie.lock"]
    if asked == "3.10":
        cut_short(asked, folder, signal.SIGKILL)
        assert list(folder.glob("fetching-bookworm.*/"))
    processes = [fetcher(asked, folder) for _ in range(2 if asked == "3.8" else 1)]
    return [result_of(process, folder) for process in processes]


def look_fetched(root: Path, version: str) -> Installation:
    """Make a folder that looks like a RabbitMQ of a version, without any program in it."""
    home = root / f"usr/lib/rabbitmq/lib/rabbitmq_server-{version}"
    (home / f"plugins/rabbit-{version}").mkdir(parents=True)
    (home / "sbin").mkdir()
    (home / "sbin/rabbitmq-server").touch()
    return Installation(home, root)
