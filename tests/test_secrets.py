"""Is the password of a broker told to nobody but whom it is meant for?

Meant to show one are `up` and `status`, that of their own node, and scripts, that of AMQP_URL.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from conftest import family, untold
from nodes import ALL, Node
from pika import URLParameters

from routing.__main__ import main
from routing.broker.connection import connect
from routing.broker.node.private import private_node
from routing.broker.programs import apt, docker
from routing.broker.programs.installation import Installation
from routing.broker.way import Unavailable

PASSWORD = "hunter/2#secret"  # noqa: S105 - it is of this test
WRONG = "wrong/3#secret"
FORMS = re.compile("hunter.{1,20}secret|wrong.{1,20}secret")
"""A password as it is, or as a URL, JSON or Python may write it."""


@pytest.fixture(scope="module")
def secret(nodes: list[Node]) -> Iterator[Node]:
    """Give a node with a user whose password is known by its looks."""
    nodes[-1].made("users/nosy", {"password": PASSWORD, "tags": "administrator"})
    nodes[-1].made("permissions/%2F/nosy", ALL)
    yield nodes[-1]
    nodes[-1].asked("DELETE", "users/nosy")


def url_of(node: Node, password: str = PASSWORD) -> str:
    """Write the URL of that user."""
    port = URLParameters(node.running.url).port
    return f"amqp://nosy:{quote(password, safe='')}@127.0.0.1:{port}/"


@pytest.mark.parametrize(
    "words",
    [
        "demo topic",
        "demo headers --json",
        "demo default --predict --why",
        "walk default --auto 0",
        "workers",
        "workers --json",
        "send hello --body hi",
        "send order.eu --scenario topic --json",
        "verify --cases 2 --seed 1",
        "check {root}/scenarios/direct.py --broker",
        "check {root}/scenarios/headers.py --broker --json",
        "convert topic --to json --save {folder}/saved.json",
        "convert {page} --to toml --save {folder}/saved.toml",
        "draw {page} --save {folder}/drawn.svg",
        "demo topic --save {folder}/shown.html",
        "route {page} -k hello",
        "route {page} -k hello --json",
        "demo {page}",
        "status",
        "status --json",
        "demo topic --rabbitmq 3.8",
    ],
)
def test_does_no_command_tell_it(
    secret: Node,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither what is printed nor what is written has it, whether the broker takes it or not."""
    root = Path(__file__).parents[1]
    for password in (PASSWORD, WRONG):
        monkeypatch.setenv("AMQP_URL", url_of(secret, password))
        names = {"root": root, "folder": tmp_path, "page": secret.page(("nosy", password))}
        main([each.format(**names) for each in words.split()])
        told = "".join(capfd.readouterr())
        assert told
        assert not FORMS.search(told)
        assert not [each for each in tmp_path.iterdir() if FORMS.search(each.read_text())]


@pytest.mark.parametrize(
    "url",
    [
        "amqp://nosy:{}@127.0.0.1:1/",
        "amqp://nosy:{}@127.0.0.1:port/",
        "amqp://nosy:{}@[::1/",
        "amqp://nosy:{}/@host/",
        "amqp://nosy:{}#@host/",
        "amqp://nosy:{}@no.such.host.invalid/",
        "amqp://nosy:{}@127.0.0.1:1/?heartbeat={}",
        "amqp://nosy:{}@127.0.0.1:1/?ssl_options={}",
        "amqps://nosy:{}@127.0.0.1:1/?ssl_options={{'password':'{}'}}",
        "http://nosy:{}@127.0.0.1:1/",
        "nosy:{}@127.0.0.1",
        "{}",
    ],
)
@pytest.mark.parametrize("command", ["demo topic", "code topic", "status", "receive hello"])
def test_does_no_error_tell_it(
    url: str, command: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A URL that is broken in any of its parts is not repeated."""
    monkeypatch.setenv("AMQP_URL", url.replace("{}", "hunter2secret"))
    status = main(command.split())
    told = "".join(capfd.readouterr())
    if command == "code topic" and status == 0:
        assert told.startswith("#")
        return  # the script is meant to have it
    assert not re.search("hunter2?secret", told)


def test_is_a_script_saved_for_its_user_alone(
    secret: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the password in it, as is told; so nobody else can read the file."""
    monkeypatch.setenv("AMQP_URL", url_of(secret))
    for words in ("code topic", "convert topic --to code"):
        file = tmp_path / f"{words.partition(' ')[0]}.py"
        assert main([*words.split(), "--save", str(file)]) == 0
        assert FORMS.search(file.read_text())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_does_a_node_of_ones_own_not_know_it(
    installation: Installation, secret: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the variables nor the words of any process of it have AMQP_URL's, or its own."""
    monkeypatch.setenv("AMQP_URL", url_of(secret))
    monkeypatch.setenv("MAKEFLAGS", f" -- AMQP_URL={url_of(secret)}")
    before = family(os.getpid())
    with private_node(lambda _: installation, untold) as url:
        connect(url).close()
        own = urlsplit(url).password
        assert own
        started = family(os.getpid()) - before
        assert len(started) >= 5
        for pid in started:
            process = Path(f"/proc/{pid}")
            said = "".join((process / name).read_text() for name in ("environ", "cmdline"))
            assert not FORMS.search(said)
            assert own not in said


def test_do_other_programs_not_know_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """apt-get, dpkg-deb and docker are started without it."""
    for name in ("apt-get", "dpkg-deb", "docker"):
        (tmp_path / name).write_text(f"#!/bin/sh\nenv > {tmp_path}/{name}.env\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("AMQP_URL", "amqp://nosy:hunter/2secret@host/")
    monkeypatch.setenv("MAKEFLAGS", " -- AMQP_URL=amqp://nosy:hunter/2secret@host/")
    apt.configure(tmp_path / "work")
    apt.update(tmp_path / "work", lambda _: None)
    apt.unpack(tmp_path / "a.deb", tmp_path)
    docker.ask("version", why="")
    with pytest.raises(Unavailable):
        docker.ask("version", why="", limit=0)
    told = {each.name: each.read_text() for each in tmp_path.glob("*.env")}
    assert {*told} == {"apt-get.env", "dpkg-deb.env", "docker.env"}
    assert not [name for name, text in told.items() if FORMS.search(text)]
