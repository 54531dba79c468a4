"""Is there one broker for a whole class, open to it as far as it needs, and no further?"""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Timer
from time import monotonic
from typing import Any, TextIO
from urllib.parse import urlsplit

import pytest
from conftest import LIMIT, Slow, await_end, family, had, installed, listening_addresses, untold
from nodes import Node, all_started
from pika import BasicProperties, BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError
from rich.console import Console

from routing.amqp.errors import BadUse, NoBroker
from routing.broker.connection import connect
from routing.broker.folder import PROJECT
from routing.broker.kept import down, up
from routing.broker.lock import locked
from routing.broker.node.record import Kept, lock_of, record_of, recorded
from routing.broker.node.room import LETTERS, Room, new_password
from routing.broker.screen import reached_by
from routing.terminals.room import Published, deeply, published
from routing.terminals.room_screen import Room as Watched

ADDRESS = "127.0.0.5"
"""Not the one on which the teacher's own node listens, and no other machine's either."""

STUDENTS = [f"s{number:02}" for number in range(25)]


@dataclass(frozen=True)
class Teacher:
    """Where a teacher has the program installed, and the node with the room."""

    home: Path
    kept: Kept
    room: Room

    def start(self, *words: str) -> "Popen[str]":
        """Start one of the teacher's programs."""
        return Popen(
            [sys.executable, "-m", "routing", *words],
            cwd=self.home,
            env={"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.home / "cache")},
            stdout=PIPE,
            stderr=PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run one that ends by itself: status, and what it says on both."""
        with self.start(*words) as program:
            said, error = program.communicate(timeout=LIMIT)
        return program.returncode, said, error

    @contextmanager
    def watching(self) -> Iterator[Callable[[str], list[str]]]:
        """Yield what reads the lines of watch --room, up to one that holds a text."""
        with self.start("watch", "--room") as program, ended_late(program.kill):
            assert program.stdout
            said = program.stdout

            def until(text: str) -> list[str]:
                lines = []
                for line in said:
                    lines.append(line.rstrip().partition("  ")[2])
                    if text in line:
                        return lines
                raise AssertionError(lines)

            until("Ctrl-C")
            yield until
            program.send_signal(signal.SIGINT)
            assert program.wait(LIMIT) == 0


@contextmanager
def ended_late(end: Callable[[], object]) -> Iterator[None]:
    """End a program after a time, so that nobody reads from it for ever."""
    timer = Timer(2 * LIMIT, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teacher]:
    """Have a room open, and the program where its record is found."""
    home = tmp_path_factory.mktemp("teacher")
    shutil.copytree(PROJECT / "routing", home / "routing")
    folder = home / "cache/exchange-routing"
    kept, _ = had(lambda: up(untold, folder, management=True, listen=ADDRESS))
    assert kept.room
    yield Teacher(home, kept, kept.room)
    down(folder)


@pytest.fixture(scope="module")
def oldest(stocked: None) -> Iterator[Node]:  # noqa: ARG001 - had before
    """Have a room open on the oldest RabbitMQ, which starts sooner without a page."""
    with all_started([installed("3.8")], (), ADDRESS) as [node]:
        yield node


@pytest.fixture(params=["newest", "3.8"])
def room(request: pytest.FixtureRequest) -> Room:
    """Give the room of a node of each of the two."""
    if request.param == "newest":
        teacher: Teacher = request.getfixturevalue("teacher")
        return teacher.room
    node: Node = request.getfixturevalue("oldest")
    assert node.running.room
    return node.running.room


@contextmanager
def student(room: Room, **options: int) -> Iterator[BlockingChannel]:
    """Yield a channel of somebody of the class."""
    parameters = URLParameters(room.url)
    for name, value in options.items():
        setattr(parameters, name, value)
    with closing(BlockingConnection(parameters)) as connection:
        yield connection.channel()


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
        up(untold, tmp_path / "none", listen=text)
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


def server_named(channel: BlockingChannel) -> str:
    """Declare a queue of one's own, after which whatever came before has been answered."""
    return str(channel.queue_declare("", exclusive=True).method.queue)


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


CLASS = """
import os, sys
import pika, routing.terminals.command
from routing.__main__ import main

command, *options = sys.argv[1].split()
for word in sys.argv[2:]:
    name, descriptor = word.split("=")
    if pid := os.fork():
        print(pid, flush=True)
        continue
    for each in (1, 2):
        os.dup2(int(descriptor), each)
    sys.exit(main([command, "hello", "--class", name, *(each + name for each in options)]))
for _ in sys.argv[2:]:
    os.wait()
"""
"""Starts a program for each student, each a process of its own; what they import is read once."""


@dataclass(frozen=True)
class Program:
    """A student's program, and what it says."""

    pid: int
    said: TextIO

    def says(self, text: str) -> str:
        """Read what it says up to a line that holds a text."""
        lines = ""
        for line in self.said:
            lines += line
            if text in line:
                return lines
        raise AssertionError(lines)


@contextmanager
def class_of(room: Room, words: str) -> Iterator[dict[str, Program]]:
    """Yield a program of each student, who are all there at once."""
    pipes = {name: os.pipe() for name in STUDENTS}
    command = [sys.executable, "-c", CLASS, words]
    with (
        Popen(
            [*command, *(f"{name}={write}" for name, (_, write) in pipes.items())],
            cwd=PROJECT,
            env={"AMQP_URL": room.url, "PYTHONIOENCODING": "utf-8"},
            pass_fds=[write for _, write in pipes.values()],
            stdout=PIPE,
            text=True,
            start_new_session=True,
        ) as launcher,
        ExitStack() as stack,
    ):
        stack.callback(end_session, launcher)
        stack.enter_context(ended_late(partial(end_session, launcher)))
        assert launcher.stdout
        running = {}
        for name, (read, write) in pipes.items():
            said = stack.enter_context(os.fdopen(read, encoding="utf-8"))
            running[name] = Program(int(launcher.stdout.readline()), said)
            os.close(write)
        yield running


def end_session(launcher: "Popen[str]") -> None:
    """Kill what is left of a class."""
    with suppress(ProcessLookupError):
        os.killpg(launcher.pid, signal.SIGKILL)


def test_do_twenty_five_work_side_by_side(teacher: Teacher) -> None:
    """Each gets its own messages alone; who leaves, or is killed, takes nothing of the others'."""
    with (
        teacher.watching() as until,
        student(teacher.room) as channel,
        class_of(teacher.room, "receive") as receivers,
    ):
        for each in receivers.values():
            each.says("Ctrl-C")
        with class_of(teacher.room, "send --body=from:") as senders:
            for each in senders.values():
                each.says("RabbitMQ took it")
        left, killed, *stay = STUDENTS
        os.kill(receivers[left].pid, signal.SIGINT)
        assert "nobody else was here" in receivers[left].says("Ended")
        os.kill(receivers[killed].pid, signal.SIGKILL)
        channel.confirm_delivery()
        for name in stay:
            channel.basic_publish("", f"{name}.hello", f"again:{name}".encode(), mandatory=True)
        channel.basic_publish("amq.topic", "over", b"")
        seen = until("over")[:-1]
        for name in stay:
            got = re.findall(r"hello  (.*)\n", receivers[name].says("again"))
            assert got == [f"from:{name}", f"again:{name}"]
            os.kill(receivers[name].pid, signal.SIGINT)
        for name in stay:
            assert "nobody else was here" in receivers[name].says("Ended")
    assert sorted(seen[:25]) == [f"{name}  (default)  hello → hello" for name in STUDENTS]
    again = [f"127.0.0.1  (default)  {name}.hello → {name}.hello" for name in stay]
    assert sorted(seen[25:]) == again


def test_does_the_teacher_see_where_each_message_went(teacher: Teacher) -> None:
    """Of whatever program, without what marks the end of ours; nothing commands the terminal."""
    with teacher.watching() as until, student(teacher.room) as channel:
        for words in ("demo default", "send order.eu.paid --scenario topic --class ann"):
            subprocess.run(
                [sys.executable, "-m", "routing", *words.split()],
                cwd=PROJECT,
                env={"AMQP_URL": teacher.room.url},
                capture_output=True,
                check=True,
                timeout=LIMIT,
            )
        own = server_named(channel)
        channel.queue_bind(own, "amq.topic", "a.#")
        channel.basic_publish("amq.topic", "a.b", b"")
        channel.basic_publish("amq.topic", "no\x1b[31m", b"")
        with deeply():
            channel.basic_publish("", "nobody.there", b"", BasicProperties(headers=nested(600)))
        channel.basic_publish("amq.topic", "over", b"")
        seen = until("over")[:-1]
    assert seen == [
        "127.0.0.1  (default)  hello → hello",
        "127.0.0.1  (default)  goodbye → goodbye",
        "127.0.0.1  (default)  helo → no queue helo (any more)",
        "ann  orders  order.eu.paid → audit, billing, europe",
        f"127.0.0.1  amq.topic  a.b → {own}",
        '127.0.0.1  amq.topic  "no\\u001b[31m" → returned/dropped: no queue',
        "127.0.0.1  (default)  nobody.there  (headers nested too deep to show) "
        "→ no queue nobody.there (any more)",
    ]


@pytest.mark.parametrize(
    ("exchange", "key", "message_id", "told"),
    [
        ("ann.topic.orders", "a.b", "", ("ann", "orders", "a.b")),
        ("class.topic.orders", "a.b", "", ("10.0.0.7", "orders", "a.b")),
        ("my.orders", "a.b", "", ("10.0.0.7", "my.orders", "a.b")),
        ("amq.rabbitmq.log", "a.b", "", ("10.0.0.7", "amq.rabbitmq.log", "a.b")),
        ("routing-0123abcd.orders", "a.b", "3", ("10.0.0.7", "orders", "a.b")),
        ("", "ann.hello", "0123456789abcdef", ("ann", "", "hello")),
        ("", "ann.hello", "", ("10.0.0.7", "", "ann.hello")),
        ("", "routing-0123abcd.hello", "3", ("10.0.0.7", "", "hello")),
    ],
)
def test_is_it_told_who_sent_it(
    exchange: str, key: str, message_id: str, told: tuple[str, str, str]
) -> None:
    """The class that stands before the names; elsewhere the machine, and the names as they are."""
    row = published(firehose(exchange, key, message_id))
    assert (row.who, row.own(row.exchange), row.routing_key) == told
    assert not row.ends


def test_is_not_told_what_only_our_programs_need() -> None:
    """The queues through which watch sees, and the messages that mark the end of a demo."""
    queues = [f"ann.topic.{name}" for name in ("audit", "watch.0123abcd.audit")]
    row = published(firehose("ann.topic.orders", "a.b", "", queues))
    assert [row.own(queue) for queue in row.queues] == ["audit"]
    assert published(firehose("", "routing-0123abcd.audit", "end")).ends


def firehose(
    exchange: str, key: str, message_id: str, queues: Sequence[str] = ()
) -> dict[str, Any]:
    """Tell of a message as RabbitMQ does."""
    return {
        "exchange_name": exchange,
        "routing_keys": [key],
        "routed_queues": list(queues),
        "properties": {"message_id": message_id},
        "connection": "10.0.0.7:51234 -> 10.0.0.1:5672",
    }


def nested(depth: int) -> dict[str, Any]:
    """Make a table within a table, and so on."""
    table: dict[str, Any] = {}
    for _ in range(depth):
        table = {"a": table}
    return table


def test_does_the_teacher_see_the_newest_in_a_flood(teacher: Teacher) -> None:
    """Whatever was too much is counted, and what comes later is seen soon."""
    with teacher.watching() as until, student(teacher.room) as channel:
        for _ in range(3000):
            channel.basic_publish("amq.topic", "flood", b"")
        server_named(channel)
        passed = until("passed over")
        channel.basic_publish("amq.topic", "over", b"")
        passed += until("over")
    assert len(passed) < 3000


@pytest.mark.parametrize("width", [60, 80])
def test_does_a_screen_show_the_newest_that_fit(width: int) -> None:
    """Twenty-four lines at most, none wider, and the time is always seen."""
    at = datetime(2026, 1, 31, 9, 15, tzinfo=UTC)
    names = ("192.168.100.100", "amq.topic", "order.eu.paid.late", {"a": 1}, ["billing"] * 9, "")
    rows = [Published(at, *names, ends=False) for _ in range(300)]
    console = Console(file=StringIO(), width=width, height=24, force_terminal=True)
    watched = Watched("Watching.")
    watched.enter(rows, set(), 12)
    with console.capture() as capture:
        console.print(watched)
    lines = re.sub(r"\x1b\[[\d;]*m", "", capture.get()).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= width
    assert sum(line.startswith("09:15:00  192.168.100.100") for line in lines) == 18
    assert lines[-1].rstrip() == "300 shown; 12 or more passed over, too many at once"


def test_is_it_told_where_there_is_no_room(teacher: Teacher, tmp_path: Path) -> None:
    """What to start, and that a node without a room is to be ended first."""
    empty = replace(teacher, home=tmp_path)
    (tmp_path / "routing").symlink_to(teacher.home / "routing")
    told = "There is no room for a class here: exchange-routing up --listen ADDRESS opens one.\n"
    assert empty.run("watch", "--room") == (3, "", told)
    plain = Kept(teacher.kept.url, teacher.kept.pid, "today")
    with held(plain, tmp_path / "cache/exchange-routing"):
        status, _, error = empty.run("watch", "--room")
        assert (status, "after exchange-routing down, exchange-routing up --l" in error) == (
            2,
            True,
        )
        status, _, error = empty.run("up", "--listen", ADDRESS)
        assert (status, "with no room for a class: end it with" in error) == (2, True)


@contextmanager
def held(kept: Kept, folder: Path) -> Iterator[None]:
    """Record a node as its keeper does."""
    with locked(lock_of(folder)), recorded(kept, folder):
        yield


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
from routing.broker.node import private
from routing.broker.programs.installation import Installation

folder, *paths = map(Path, sys.argv[1:])
private.kinds = lambda _: [private.Kind("slow", lambda _: Installation(*paths))]
kept.up(lambda _: None, folder, listen="127.0.0.5")
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


def test_does_down_end_the_room(teacher: Teacher) -> None:
    """The last test of the room: nothing listens there any more."""
    assert teacher.run("down") == (0, "RabbitMQ has ended.\n", "")
    with pytest.raises(NoBroker, match="nothing listens"):
        connect(teacher.room.url)
