"""Can a class have a room in which all that is sent is encrypted, with one file for each?"""

import json
import shutil
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path

import pytest
from certified import openssl
from conftest import LIMIT, family, installed, listening_ports, room_open, untold
from nodes import Node, all_started

from classroom import Teacher
from routing.amqp.errors import BadUse, NoBroker
from routing.broker.address import for_pika
from routing.broker.command import entrance
from routing.broker.connection import connect
from routing.broker.folder import PROJECT
from routing.broker.kept import require, up
from routing.broker.listen import Entrance, own_addresses
from routing.broker.node.certificate import PUBLIC, made_in
from routing.broker.node.record import Kept
from routing.broker.node.room import Room, room_on
from routing.broker.way import Unavailable

ADDRESS = "127.0.0.8"
HEXADECIMAL = "0800007F"
"""The same, as /proc writes it."""


@pytest.fixture(scope="module")
def teacher(stocked: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teacher]:  # noqa: ARG001 - had before
    """Have a room open with TLS, and its file in the folder of the teacher."""
    home = tmp_path_factory.mktemp("teacher")
    shutil.copytree(PROJECT / "scenarios", home / "scenarios")
    with room_open(home, Entrance(ADDRESS, tls=True)) as teacher:
        assert teacher.room.certificate
        shutil.copy(teacher.room.certificate, home)
        yield teacher
    assert not Path(teacher.room.certificate).parent.exists()


@pytest.fixture(scope="module")
def oldest(stocked: None) -> Iterator[Node]:  # noqa: ARG001 - had before
    """Have such a room open on the oldest RabbitMQ."""
    with all_started([installed("3.8")], listen=Entrance(ADDRESS, tls=True)) as [node]:
        yield node


@pytest.fixture(params=["newest", pytest.param("oldest", marks=pytest.mark.long)])
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Give the room of each of the two, from the folder where its file is."""
    if request.param == "newest":
        teacher: Teacher = request.getfixturevalue("teacher")
        found: Room | None = teacher.room
    else:
        node: Node = request.getfixturevalue("oldest")
        found = node.running.room
    assert found
    assert found.certificate
    monkeypatch.chdir(Path(found.certificate).parent)
    return found


def test_can_the_class_come_in_with_its_file(room: Room) -> None:
    """By the line that is typed, and by the same one as pika alone reads it."""
    for url in (room.url, for_pika(room.url)):
        with closing(connect(url)) as connection:
            assert connection.is_open


def test_can_nobody_come_in_without(room: Room, tmp_path: Path) -> None:
    """Neither without TLS, nor with the file of a room that was there before."""
    with pytest.raises(NoBroker, match="it speaks TLS there: write amqps://"):
        connect(f"amqp://class:{room.password}@{ADDRESS}:{room.port}/class")
    made_in(tmp_path, [ADDRESS])
    with pytest.raises(NoBroker, match=r"ca.pem does not vouch for .* get the file of its CA"):
        connect(room.url.replace(PUBLIC, str(tmp_path / PUBLIC)))


def test_is_the_page_encrypted_too(room: Room) -> None:
    """With the same certificate; without TLS it does not answer, and the password is safe."""
    context = ssl.create_default_context(cafile=room.certificate)
    for kind in (
        HTTPSConnection(ADDRESS, room.page, timeout=LIMIT, context=context),
        HTTPConnection(ADDRESS, room.page, timeout=LIMIT),
    ):
        with closing(kind) as page:
            try:
                page.request("GET", "/api/whoami")
                status = page.getresponse().status
            except (HTTPException, OSError):
                status = None
        assert status == (401 if isinstance(kind, HTTPSConnection) else None)
    assert (room.management or "").startswith(f"https://{ADDRESS}:")


def test_does_nothing_listen_there_without_tls(teacher: Teacher) -> None:
    """On the address of the class there is the room, and its page."""
    listening = listening_ports(family(teacher.kept.pid))
    there = {port for address, port in listening if address == HEXADECIMAL}
    assert there == {teacher.room.port, teacher.room.page}


def test_is_the_key_the_teacher_s_alone(teacher: Teacher) -> None:
    """It lies in a folder, and is a file, that nobody else reads; the class's file has none."""
    certificate = Path(teacher.room.certificate or "")
    key = certificate.with_name("room.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert "PRIVATE KEY" in key.read_text()
    assert "PRIVATE KEY" not in certificate.read_text()


def test_is_it_told_what_each_student_needs(teacher: Teacher) -> None:
    """The file, its fingerprint as openssl shows it, and the line to type."""
    status, said, error = teacher.run("status")
    assert (status, error) == (0, "")
    assert max(map(len, said.splitlines())) <= 80
    assert "What is sent is encrypted." in " ".join(said.split())
    assert f"\n  {teacher.room.certificate}\n" in said
    words = ("x509", "-in", PUBLIC, "-noout", "-fingerprint", "-sha256")
    assert openssl(teacher.home, *words).strip().partition("=")[2] in "".join(said.split())
    [line] = [each for each in said.splitlines() if "export" in each]
    assert line.strip() == f"export AMQP_URL={teacher.room.url}"


def test_does_a_program_get_it_as_json(teacher: Teacher) -> None:
    """Where the file is, and its fingerprint; of up, which finds that it runs already."""
    written = json.loads(teacher.run("up", "--listen", ADDRESS, "--tls", "--json")[1])["room"]
    assert written["certificate"] == teacher.room.certificate
    assert written["fingerprint"] == teacher.room.fingerprint
    assert written["url"] == teacher.room.url


def test_does_the_teacher_see_what_is_sent(
    teacher: Teacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With watch --room, as in any other room."""
    monkeypatch.chdir(teacher.home)
    with teacher.watching() as until, closing(connect(teacher.room.url)) as connection:
        connection.channel().basic_publish("amq.topic", "order.eu", b"")
        assert until("order.eu")[-1].startswith("127.0.0.1  amq.topic  order.eu")


def test_does_the_code_go_to_the_room(teacher: Teacher) -> None:
    """The script connects where it lies beside the file, with pika alone."""
    status, script, _ = teacher.run("code", "default")
    assert status == 0
    assert f'BROKER = "{for_pika(teacher.room.url)}"' in script
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['routing'] = None\n{script}"],
        cwd=teacher.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert (done.returncode, "hello got: hello" in done.stdout) == (0, True), done.stderr


ROOM = Room("192.168.1.10", 5672, "k7f3")
ENCRYPTED = Room("192.168.1.10", 5671, "k7f3", None, "/tmp/x/ca.pem", "AB:CD")  # noqa: S108


@pytest.mark.parametrize(
    ("room", "asked", "told"),
    [
        (
            ROOM,
            Entrance("192.168.1.10", tls=True),
            "with a room that has no TLS: end it with make down, and then "
            "make up LISTEN=192.168.1.10 TLS=1.",
        ),
        (
            ENCRYPTED,
            Entrance("10.0.0.1"),
            "with no room on 10.0.0.1: end it with make down, and then make up LISTEN=10.0.0.1.",
        ),
        (ENCRYPTED, Entrance("192.168.1.10", tls=True), None),
        (ENCRYPTED, Entrance("192.168.1.10"), None),
        (
            ENCRYPTED,
            None,
            "but without its management page: end it with make down, and then "
            "make up LISTEN=192.168.1.10 TLS=1 MANAGEMENT=1.",
        ),
    ],
)
def test_is_it_told_that_another_room_is_open(
    room: Room, asked: Entrance | None, told: str | None
) -> None:
    """One that is safer than what is asked for will do."""
    kept = Kept("amqp://routing:pass@127.0.0.1:4711/", 1, "today", None, room)
    if told is None:
        require(kept, asked, management=False)
        return
    with pytest.raises(BadUse) as caught:
        require(kept, asked, management=asked is None)
    assert str(caught.value) == f"RabbitMQ runs already, at 127.0.0.1:4711, {told}"


def test_is_the_line_to_type_short() -> None:
    """The usual port is left out, and 80 columns are enough for any address."""
    assert ENCRYPTED.url == "amqps://class:k7f3@192.168.1.10/class?cafile=ca.pem"
    longest = Room("192.168.100.100", 5671, "bcdf-ghjk-mnpq", None, ENCRYPTED.certificate)
    assert len(f"export AMQP_URL={longest.url}") <= 80


@pytest.mark.parametrize("listen", ["127.0.0.1", "::1", "0.0.0.0"])  # noqa: S104 - nothing listens
def test_for_whom_is_the_certificate(listen: str, tmp_path: Path) -> None:
    """For the address that is typed, for 30 days; strict checks find nothing to say."""
    room = room_on(Entrance(listen, tls=True), tmp_path, management=False)
    found = openssl(tmp_path, "x509", "-in", PUBLIC, "-noout", "-ext", "subjectAltName")
    addresses = [*own_addresses(), "127.0.0.1"] if room.everywhere else [listen]
    named = [each.partition(":")[2] for each in found.split("\n")[1].strip().split(", ")]
    assert [*map(ip_address, named)] == [*map(ip_address, addresses)]
    assert room.host.strip("[]") in addresses
    day = 24 * 60 * 60
    openssl(tmp_path, "x509", "-in", PUBLIC, "-checkend", str(29 * day))
    with pytest.raises(subprocess.CalledProcessError):
        openssl(tmp_path, "x509", "-in", PUBLIC, "-checkend", str(31 * day))
    openssl(tmp_path, "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", PUBLIC, PUBLIC)


def test_is_it_told_that_openssl_is_not_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before anything is fetched or started."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadUse) as caught:
        up(untold, tmp_path / "none", listen=Entrance("127.0.0.1", tls=True))
    assert str(caught.value) == (
        "A room with TLS needs a certificate, which the program openssl makes, and that is not "
        "here: install openssl, or open the room without TLS."
    )
    assert not (tmp_path / "none").exists()


def test_is_it_told_that_openssl_makes_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In its own words."""
    fails = tmp_path / "openssl"
    fails.write_text("#!/bin/sh\necho nothing >&2\necho no entropy >&2\nexit 1\n")
    fails.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"^openssl made no certificate: no entropy$"):
        made_in(tmp_path, ["127.0.0.1"])


def test_is_an_address_needed() -> None:
    """TLS is for a room; a node of one's own has the loopback interface to itself."""
    with pytest.raises(BadUse) as caught:
        entrance(None, tls=True)
    assert str(caught.value) == (
        "TLS is for a room, and so needs the address on which a class comes in: "
        "to try it alone, make up LISTEN=127.0.0.1 TLS=1."
    )
    assert entrance("127.0.0.1", tls=True) == Entrance("127.0.0.1", tls=True)
    assert entrance(None, tls=False) is None
