"""A container is the last resort, where Docker is installed and an engine answers.

There is no engine here, so a stand-in takes its place: it understands the commands that we use,
and where the engine would run a container it runs a real RabbitMQ.
"""

import json
import os
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import urlsplit

import pytest
from conftest import await_end, family, untold

from routing.amqp.errors import NoBroker
from routing.broker import find
from routing.broker.connection import connect
from routing.broker.folder import PROJECT
from routing.broker.node.private import arguments, private_node
from routing.broker.programs.docker import Image, image
from routing.broker.programs.installation import Installation
from routing.broker.way import Progress, Unavailable, Way

STAND_IN = """\
#!{python}
import json, os, sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, {project!r})
from routing.broker.node import node
from routing.broker.programs.installation import Installation
from routing.broker.node.process import child

folder, installation = Path({folder!r}), Installation(*map(Path, {installation!r}))
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")


def run(publish):
    address, port, inside = publish.split(":")
    assert (address, inside) == ("127.0.0.1", "5672")
    assert os.environ["RABBITMQ_DEFAULT_USER"] == node.USER
    ports = replace(node.free_ports(), amqp=int(port))
    node.prepare(folder, ports, installation, os.environ["RABBITMQ_DEFAULT_PASS"])
    environ = node.environment(folder, ports, installation)
    with child(node.epmd_on(ports, environ), environ, folder):
        with child([folder / "rabbitmq/sbin/rabbitmq-server"], environ, folder) as server:
            (folder / "pid").write_text(str(os.getpid()))
            for line in server.stdout:
                sys.stdout.buffer.write(line)
                sys.stdout.flush()


match sys.argv[1:]:
    case ["version", *_]:
        raise SystemExit((folder / "no-engine").exists())
    case ["image", "inspect", "rabbitmq:4"]:
        raise SystemExit(not (folder / "image").exists())
    case ["image", "inspect", _]:
        raise SystemExit(1)
    case ["pull", *_, "rabbitmq:4" | "rabbitmq:4.1"]:
        raise SystemExit((folder / "no-network").exists())
    case ["run", "--rm", "--name", _, "--publish", publish, *_, "rabbitmq:4"]:
        run(publish)
    case ["rm", "--force", _]:
        pass
    case _:
        raise SystemExit(f"unknown: {{sys.argv}}")
"""


@pytest.fixture
def docker(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the stand-in on PATH, and give the folder that tells it what there is."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    paths = [str(path) for path in (installation.home, installation.root) if path]
    (tmp_path / "docker").write_text(
        STAND_IN.format(
            python=sys.executable, project=str(PROJECT), folder=str(folder), installation=paths
        )
    )
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return folder


def calls(docker: Path) -> list[list[str]]:
    """List the commands that were given to the stand-in."""
    return [json.loads(line) for line in (docker / "calls").read_text().splitlines()]


def test_container(docker: Path) -> None:
    """A broker in a container is found, reached over loopback, and removed in the end."""
    (docker / "image").touch()
    way = Way("Docker", "Docker", partial(private_node, partial(image, None)))
    with find({}, untold, [way]) as broker:
        url = broker.url
        assert broker.origin == "Docker"
    name = calls(docker)[2][3]
    assert calls(docker)[-1] == ["rm", "--force", name]
    assert str(urlsplit(url).password) not in (docker / "calls").read_text()
    with pytest.raises(NoBroker, match="nothing listens"):
        connect(url)


def test_is_it_removed_where_its_keeper_is_killed(docker: Path) -> None:
    """By what started it, as the engine would let it run on."""
    command = [sys.executable, "-m", "routing.broker.node.keeper", "--image=rabbitmq:4"]
    with Popen(command, cwd=PROJECT, stdin=PIPE, stdout=PIPE) as keeper:
        assert keeper.stdout
        assert b"url" in keeper.stdout.readline()
        processes = family(keeper.pid) - {keeper.pid}
        keeper.kill()
    await_end(processes)
    name = calls(docker)[0][3]
    assert calls(docker)[-1] == ["rm", "--force", name]


def test_image_is_fetched(docker: Path) -> None:
    """Where the image is not there, it is fetched, and the user is told of the wait."""
    told: list[Progress] = []
    assert image(None, told.append) == Image("rabbitmq:4")
    assert told == [Progress("fetching rabbitmq:4 with Docker")]
    assert calls(docker)[-1][0] == "pull"


def test_image_of_a_version(docker: Path) -> None:
    """Where a version is asked for, it is the image that has its name, and no other is taken."""
    (docker / "image").touch()
    assert image("4.1", untold) == Image("rabbitmq:4.1")
    assert ["pull", "--quiet", "rabbitmq:4.1"] in calls(docker)
    assert arguments(Image("rabbitmq:4.1"), None) == ["--image=rabbitmq:4.1"]


def test_image_is_not_to_be_had(docker: Path) -> None:
    """Where the image cannot be fetched, that is the reason."""
    (docker / "no-network").touch()
    with pytest.raises(Unavailable, match="could not fetch rabbitmq:4"):
        image(None, untold)


def test_no_engine(docker: Path) -> None:
    """Where Docker is installed, but no engine answers, that is the reason."""
    (docker / "no-engine").touch()
    with pytest.raises(Unavailable, match="no engine answers"):
        image(None, untold)


def test_no_engine_for_the_real_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real command of Docker, without an engine, leads to the same reason, if it is there."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    expected = "no engine answers" if shutil.which("docker") else "not installed"
    with pytest.raises(Unavailable, match=expected):
        image(None, untold)


def test_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Docker is not installed, that is the reason."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="not installed"):
        image(None, untold)
