"""Is there one broker for a whole class, open to it as far as it needs, and no further?"""

import json
import re
import signal
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from subprocess import Popen
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import LIMIT, Slow, await_end, family, installed, listening_addresses, untold
from nodes import Node, all_started
from pika import BasicProperties, URLParameters
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from classroom import ADDRESS, Teacher, server_named, student
from routing.amqp.errors import BadUse, NoBroker
from routing.broker.command import print_addresses
from routing.broker.connection import connect
from routing.broker.folder import PROJECT
from routing.broker.kept import up
from routing.broker.listen import Entrance
from routing.broker.node.record import Kept, record_of
from routing.broker.node.room import LETTERS, Room, new_password
from routing.broker.screen import reached_by


@pytest.fixture(scope="module")
def oldest(stocked: None) -> Iterator[Node]:  # noqa: ARG001 - had before
    """Have a room open on the oldest RabbitMQ, which starts sooner without a page."""
    with all_started([installed("3.8")], (), Entrance(ADDRESS)) as [node]:
        yield node


@pytest.fixture(params=["newest", pytest.param("3.8", marks=pytest.mark.long)])
def room(request: pytest.FixtureRequest) -> Room:
    """Give the room of a node of each of the two."""
    if request.param == "newest":
        teacher: Teacher = request.getfixturevalue("teacher")
        return teacher.room
    node: Node = request.getfixturevalue("oldest")
    assert node.running.room
    return node.running.room


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("203.0.113.7", "203.0.113.7 is no address of this machine: this machine "),
        ("localhost", "'localhost' is no IP address, such as 192.168.1.10: this machine "),
        ("", "'' is no IP address"),
        ("192.168.1.10:5672", "'192.168.1.10:5672' is no IP address"),
        ("fe80::1%lo", "fe80::1%lo is valid on one of this machine's links alone"),
    ],
)
def test_is_what_is_no_address_of_this_machine_told(text: str, told: str, tmp_path: Path) -> None:
    """Before anything is fetched or started, with the addresses that it has."""
    with pytest.raises(BadUse) as caught:
        up(untold, tmp_path / "none", listen=Entrance(text))
    assert str(caught.value).startswith(told)
    assert not (tmp_path / "none").exists()


def test_can_the_password_be_read_from_the_last_row() -> None:
    """Three groups of four, of letters and digits that look like no other: more than 50 bits."""
    assert not set("0o1liaeuy") & set(LETTERS)
    assert len(LETTERS) ** 12 > 2**50
    assert re.fullmatch(f"([{LETTERS}]{{4}}-){{2}}[{LETTERS}]{{4}}", new_password())
    assert len({new_password() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("listen", "port", "url"),
    [
        ("192.168.1.10", 5672, "amqp://class:k7f3@192.168.1.10/class"),
        ("192.168.1.10", 5673, "amqp://class:k7f3@192.168.1.10:5673/class"),
        ("fd00::2", 5672, "amqp://class:k7f3@[fd00::2]/class"),
    ],
)
def test_is_the_line_to_type_short(listen: str, port: int, url: str) -> None:
    """The usual port is left out."""
    assert Room(listen, port, "k7f3").url == url
    assert URLParameters(url).port == port


def test_is_the_line_to_type_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """An address of IPv6 stands in brackets, which are no wish for a colour."""
    room = Room("fd00::2", 5672, "k7f3")
    print_addresses(Kept("amqp://u:p@127.0.0.1:5/", 1, "today", room=room))
    assert "export AMQP_URL=amqp://class:k7f3@[fd00::2]/class\n" in capsys.readouterr().out


def test_is_it_told_who_can_reach_the_room_and_what_to_type(teacher: Teacher) -> None:
    """By status, as by up; the line to type stands alone, and narrower than a screen."""
    status, said, error = teacher.run("status")
    assert (status, error) == (0, "")
    words = " ".join(said.split())
    assert f"this machine alone reaches {ADDRESS}" in words
    assert f"can connect to port {teacher.room.port}, and with the password" in words
    before, line, after = said.partition(f"    export AMQP_URL={teacher.room.url}\n")
    assert len(line) < 80
    assert before.endswith("\n\n")
    assert after.startswith("\n")
    again = teacher.run("up", "--listen", ADDRESS)
    assert again[0] == 0
    assert line in again[1]


def test_is_it_told_more_plainly_where_every_network_is_open(teacher: Teacher) -> None:
    """0.0.0.0 is every address, and the line to type names one of them."""
    everywhere = replace(teacher.room, listen="0.0.0.0")  # noqa: S104 - only told of
    assert "EVERY machine of EVERY network" in reached_by(everywhere)
    assert everywhere.listen not in everywhere.url
    assert reached_by(replace(teacher.room, listen="192.168.1.10")) == (
        "every machine that reaches 192.168.1.10"
    )


def test_does_a_program_get_the_room_as_json(teacher: Teacher) -> None:
    """What up --json writes leads into the vhost of the class."""
    _, said, _ = teacher.run("up", "--json")
    written = json.loads(said)["room"]
    assert (written["user"], written["vhost"]) == ("class", "class")
    assert written["password"] in written["url"]
    connect(written["url"]).close()


def test_is_every_file_with_a_password_private(teacher: Teacher) -> None:
    """The record, and what the node reads when it starts."""
    environ = [
        Path(f"/proc/{pid}/environ").read_text().split("\0") for pid in family(teacher.kept.pid)
    ]
    [home] = {each[5:] for lines in environ for each in lines if each.startswith("HOME=/tmp/rout")}
    # From another machine, the teacher's user is refused: here there is none to try it from.
    assert "loopback_users.routing = true" in Path(home, "rabbitmq.conf").read_text()
    for path in (
        record_of(teacher.home / "cache/exchange-routing"),
        *(Path(home, name) for name in ("rabbitmq.conf", "definitions.json")),
    ):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_is_nothing_open_but_the_room(teacher: Teacher) -> None:
    """Its port and its page listen on its address, and all else on the usual loopback one."""
    addresses = listening_addresses(family(teacher.kept.pid))
    ipv4 = {address for address in addresses if len(address) == 8}
    assert ipv4 == {"0100007F", "0500007F"}
    assert urlsplit(teacher.kept.url).hostname == "127.0.0.1"
    assert urlsplit(teacher.kept.management).hostname == "127.0.0.1"


def test_can_the_class_play_every_lesson(teacher: Teacher) -> None:
    """All demos, as predicted, with the rights and within the limits of the class."""
    done = subprocess.run(
        [sys.executable, "-m", "routing", "demo"],
        cwd=PROJECT,
        env={"AMQP_URL": teacher.room.url},
        capture_output=True,
        check=False,
        timeout=LIMIT,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_can_the_class_do_the_tutorials(room: Room) -> None:
    """Hello world, a durable queue, logs to server-named queues, and a call with its reply."""
    with student(room) as channel:
        channel.queue_declare("task_queue", durable=True)
        channel.basic_publish("", "task_queue", b"1")
        channel.exchange_declare("logs", "fanout")
        own = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(own, "logs")
        channel.basic_publish("logs", "", b"2")
        channel.basic_consume("amq.rabbitmq.reply-to", lambda *_: None, auto_ack=True)
        reply = BasicProperties(reply_to="amq.rabbitmq.reply-to")
        channel.basic_publish("", "task_queue", b"3", reply)
        got = [channel.basic_get(each, auto_ack=True)[2] for each in ("task_queue", own)]
        channel.queue_delete("task_queue")
        channel.exchange_delete("logs")
    assert got == [b"1", b"2"]


@pytest.mark.parametrize(
    "act",
    [
        lambda channel: channel.queue_bind(server_named(channel), "amq.rabbitmq.trace", "#"),
        lambda channel: channel.exchange_delete("amq.topic"),
        lambda channel: (
            channel.basic_publish("amq.rabbitmq.trace", "publish.x", b"") or server_named(channel)
        ),
        lambda channel: channel.basic_publish("", "x", b"x" * 1_000_001) or server_named(channel),
        lambda channel: [channel.connection.channel() for _ in range(64)],
    ],
    ids=["reads others", "deletes what is there", "fakes", "sends too much", "channels"],
)
def test_is_the_class_kept_from(room: Room, act: Callable[[BlockingChannel], object]) -> None:
    """What others would suffer from."""
    with student(room) as channel, pytest.raises((AMQPError, AssertionError)):
        act(channel)


def test_is_all_of_the_teacher_s_closed_to_the_class(teacher: Teacher) -> None:
    """The other vhost, and the teacher's user."""
    with pytest.raises(NoBroker, match="not let into virtual host /"):
        connect(teacher.room.url.removesuffix("class") + "%2F")
    with pytest.raises(NoBroker, match="user routing is refused"):
        connect(teacher.room.url.replace("class:", "routing:"))


def test_has_the_class_the_page_and_no_rights_there(teacher: Teacher) -> None:
    """It sees its own vhost alone, and sets neither policies nor limits."""
    page, login = f"{ADDRESS}:{teacher.room.page}", ("class", teacher.room.password)
    assert asked(page, login, "GET", "whoami")[0] == 200
    assert [each["name"] for each in asked(page, login, "GET", "vhosts")[1]] == ["class"]
    policy = {"pattern": "", "definition": {"max-length": 1}}
    assert asked(page, login, "PUT", "policies/class/mine", policy)[0] == 401
    assert asked(page, login, "PUT", "vhost-limits/class/max-queues", {"value": -1})[0] == 401
    assert asked(page, login, "GET", "definitions")[0] == 401


def asked(
    page: str, login: tuple[str, str], method: str, path: str, content: Any = None
) -> tuple[int, Any]:
    """Ask a page, and give status and answer."""
    with closing(HTTPConnection(page, timeout=LIMIT)) as connection:
        word = b64encode(":".join(login).encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        connection.request(method, f"/api/{path}", content and json.dumps(content), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or "null")


def test_are_connections_and_queues_limited(teacher: Teacher) -> None:
    """Those of the vhost leave some to the teacher; those of the user are the class's alone."""
    page = urlsplit(teacher.kept.management or "")
    login = teacher.kept.login
    [found] = asked(page.netloc, login, "GET", "vhost-limits/class")[1]
    assert found["value"] == {"max-connections": 420, "max-queues": 2000}
    [found] = asked(page.netloc, login, "GET", "user-limits/class")[1]
    assert found["value"] == {"max-connections": 400, "max-channels": 2000}


def test_does_a_flood_stop_nobody_else(room: Room) -> None:
    """While one publishes without an end, another gets an answer; a queue keeps what it may."""
    with student(room) as channel, student(room) as other:
        channel.queue_declare("flooded", durable=True)
        other.queue_declare("quiet", durable=True)
        for number in range(11):
            for _ in range(1000):
                channel.basic_publish("", "flooded", b"flood")
            other.basic_publish("", "quiet", str(number).encode())
            assert await_message(other, "quiet") == str(number).encode()
        server_named(channel)
        kept = int(channel.queue_declare("flooded", passive=True).method.message_count)
        channel.queue_delete("flooded")
        channel.queue_delete("quiet")
    assert kept <= 10_000


def await_message(channel: BlockingChannel, queue: str) -> bytes:
    """Wait for a message."""
    limit = monotonic() + LIMIT
    while monotonic() < limit:
        if (got := channel.basic_get(queue, auto_ack=True))[0]:
            return bytes(got[2] or b"")
    raise AssertionError(queue)


def test_is_another_room_not_opened_beside(teacher: Teacher) -> None:
    """The node that runs stays as it is, and it is told how to have another."""
    status, _, error = teacher.run("up", "--listen", "127.0.0.6")
    assert status == 2
    assert "with no room on 127.0.0.6: end it with exchange-routing down, and then" in error
    assert error.endswith("exchange-routing up --listen 127.0.0.6.\n")


def test_is_a_container_no_room(tmp_path: Path) -> None:
    """Docker publishes ports in a way of its own: it is told, and nothing is started."""
    keeper = [sys.executable, "-m", "routing.broker.node.keeper"]
    done = subprocess.run(
        [*keeper, "--image", "rabbitmq:4", "--listen", ADDRESS, "--record", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        timeout=LIMIT,
    )
    assert "a container opens no room for a class" in json.loads(done.stdout)["error"]


STARTER = """
import sys
from pathlib import Path
from routing.broker import kept
from routing.broker.listen import Entrance
from routing.broker.node import private
from routing.broker.programs.installation import Installation

folder, *paths = map(Path, sys.argv[1:])
private.kinds = lambda _: [private.Kind("slow", lambda _: Installation(*paths))]
kept.up(lambda _: None, folder, listen=Entrance("127.0.0.5"))
"""


def test_does_ctrl_c_leave_nothing_of_a_room_that_starts(slow: Slow, tmp_path: Path) -> None:
    """No process, no record."""
    paths = [str(path) for path in (slow.installation.home, slow.installation.root) if path]
    command = [sys.executable, "-c", STARTER, str(tmp_path / "record"), *paths]
    with Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
        slow.await_begin()
        pids = family(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == -signal.SIGINT
        await_end(pids, limit=0)
    assert not record_of(tmp_path / "record").exists()
