"""Does the program work where it is installed, outside a checkout?"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from routing.broker import Broker
from routing.broker.folder import FOLDER, cache_of

ROOT = Path(__file__).parents[1]
ADVICE_FOR_A_CHECKOUT = re.compile(r"\bmake \w|pip install -e|\.venv|python -m")


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the built wheel in it, and an empty folder to work in."""

    wheel: Path
    environment: Path
    home: Path

    @property
    def packages(self) -> Path:
        """Where the package is installed."""
        return next(self.environment.glob("lib/python*/site-packages"))

    @property
    def cache(self) -> Path:
        """Where the user's programs keep what they can fetch again."""
        return self.home / "cache"

    def run(self, command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command line in the empty folder."""
        usual = {
            "PATH": f"{self.environment}/bin:{os.environ['PATH']}",
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.cache),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        work = self.home / "work"
        work.mkdir(exist_ok=True)
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=work,
            env=usual | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert not ADVICE_FOR_A_CHECKOUT.search(done.stdout + done.stderr)
        assert not [*work.iterdir()]
        return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Build the wheel, install it into a fresh environment, and let nobody write there."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    source = folder / "source"
    for part in ("routing", "scenarios"):
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([*pip, "wheel", f"--wheel-dir={folder}", source], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (wheel,) = folder.glob("exchange_routing-*.whl")
    python = folder / "venv/bin/python"
    # As on a machine without network: what make wheels gathers is all that is needed.
    offline = ["--no-index", f"--find-links={folder}", "exchange-routing"]
    subprocess.run([*pip, f"--python={python}", "install", *offline], check=True)
    (folder / "home").mkdir()
    there = Installed(wheel, folder / "venv", folder / "home")
    before = contents(there.packages)
    for path in there.packages.rglob("*"):
        path.chmod(path.stat().st_mode & 0o555)
    yield there
    there.run("exchange-routing down")
    assert contents(there.packages) == before
    for path in there.packages.rglob("*"):
        path.chmod(path.stat().st_mode | 0o200)


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_what_is_in_the_wheel(installed: Installed) -> None:
    """The program, its lessons, and the word that it is typed; no tests, and no benchmarks."""
    names = zipfile.ZipFile(installed.wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {each for each in tops if "dist-info" not in each} == {"routing", "scenarios"}
    assert {"routing/py.typed", "routing/broker/node/keeper.py", "scenarios/topic.py"} <= {*names}


@pytest.mark.usefixtures("stocked")
def test_does_a_demo_play_in_an_empty_folder(installed: Installed) -> None:
    """Without AMQP_URL: what is fetched goes to the cache folder, or is there already."""
    for here in FOLDER.glob("rabbitmq-4.3.*"):
        there = installed.cache / "exchange-routing" / here.name
        shutil.copytree(here, there, symlinks=True, copy_function=os.link)
    done = installed.run("exchange-routing demo topic")
    assert (done.returncode, "all as predicted." in done.stdout) == (0, True), done.stderr
    if "fetching RabbitMQ" in done.stderr:
        assert list((installed.cache / "exchange-routing").glob("rabbitmq-*"))


def test_is_a_node_kept_and_ended(installed: Installed) -> None:
    """up, status, a demo on it, code that connects to it, and down; the record is the cache's."""
    before = installed.run("exchange-routing status")
    assert before.returncode == 3
    assert before.stdout.startswith("RabbitMQ does not run here; exchange-routing up starts it.\n")
    up = installed.run("exchange-routing up")
    assert (up.returncode, "exchange-routing down ends it." in up.stdout.splitlines()) == (0, True)
    record = installed.cache / "exchange-routing/node.json"
    assert json.loads(record.read_text())["url"] in up.stdout
    demo = installed.run("exchange-routing demo topic")
    assert "(the node of exchange-routing up)" in " ".join(demo.stdout.split())
    code = installed.run("exchange-routing code topic | python -")
    assert (code.returncode, "audit got: order.us.paid" in code.stdout) == (0, True)
    down = installed.run("exchange-routing down")
    assert (down.returncode, down.stdout, record.exists()) == (0, "RabbitMQ has ended.\n", False)


EXAMPLES = [
    example
    for command in import_module("routing.broker.command").COMMANDS.values()
    for example in command.examples
    if example != "up"  # which has a test of its own above
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_do_the_examples_run(installed: Installed, example: str) -> None:
    """Those of up, status and down, each where nothing runs yet."""
    installed.run("exchange-routing down")
    done = installed.run(f"exchange-routing {example}")
    assert done.returncode == (3 if "status" in example else 0), done.stderr


def test_is_what_to_do_told_as_it_can_be_done(installed: Installed, broker: Broker) -> None:
    """Where no broker runs, or a name is wrong, no advice is one for a checkout."""
    installed.run("exchange-routing down")
    dead = {"AMQP_URL": "amqp://127.0.0.1:1/"}
    for command, environ, status in (
        ("exchange-routing receive hello", dead, 3),
        ("exchange-routing verify --cases 1", {"AMQP_URL": broker.url}, 0),
        ("exchange-routing watch default", {}, 2),
        ("exchange-routing receive ''", {}, 2),
        ("exchange-routing demo nothing", {}, 2),
        ("python -m routing --help", {}, 0),
        ("exchange-routing --version", {}, 0),
    ):
        assert installed.run(command, **environ).returncode == status


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"XDG_CACHE_HOME": "/var/c", "HOME": "/home/a"}, "linux", "/var/c/exchange-routing"),
        ({"XDG_CACHE_HOME": "c", "HOME": "/home/a"}, "linux", "/home/a/.cache/exchange-routing"),
        ({"HOME": "/home/a"}, "linux", "/home/a/.cache/exchange-routing"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Caches/exchange-routing"),
        ({"XDG_CACHE_HOME": "/c", "HOME": "/Users/a"}, "darwin", "/c/exchange-routing"),
    ],
)
def test_where_is_what_is_fetched(environ: dict[str, str], platform: str, folder: str) -> None:
    """In the cache folder of the platform's convention."""
    assert str(cache_of(environ, platform)) == folder
