"""Does a whole class work side by side, and does its teacher see it?"""

import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import LIMIT
from pika import BasicProperties
from rich.console import Console
from rich.text import Text

from classroom import ADDRESS, STUDENTS, Teacher, class_of, held, server_named, student
from routing.amqp.errors import NoBroker
from routing.broker.folder import PROJECT
from routing.broker.node.record import Kept
from routing.terminals.room import Published, deeply, published
from routing.terminals.room_screen import Room as Watched
from routing.terminals.screen import filled


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
        receivers[left].run.send_signal(signal.SIGINT)
        assert "nobody else was here" in receivers[left].says("Ended")
        receivers[killed].run.kill()
        channel.confirm_delivery()
        for name in stay:
            channel.basic_publish("", f"{name}.hello", f"again:{name}".encode(), mandatory=True)
        channel.basic_publish("amq.topic", "over", b"")
        seen = until("over")[:-1]
        for name in stay:
            got = re.findall(r"hello  (.*)\n", receivers[name].says("again"))
            assert got == [f"from:{name}", f"again:{name}"]
            receivers[name].run.send_signal(signal.SIGINT)
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
        "127.0.0.1  (default)  helo → no queue helo now",
        "ann  orders  order.eu.paid → audit, billing, europe",
        f"127.0.0.1  amq.topic  a.b → {own}",
        '127.0.0.1  amq.topic  "no\\u001b[31m" → returned/dropped: no queue',
        "127.0.0.1  (default)  nobody.there  (headers nested too deep to show) "
        "→ no queue nobody.there now",
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
    watched = Watched("Watching the class " * 5)
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


@pytest.mark.parametrize("gone", [False, True], ids=["ended", "gone"])
def test_does_what_was_seen_stay(*, gone: bool) -> None:
    """The last state of the screen, when it is ended, and when the broker goes away."""
    console = Console(file=StringIO(), force_terminal=True, width=60, height=9)
    with suppress(NoBroker), filled(console, Text("the last state")):
        if gone:
            raise NoBroker("gone")
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().endswith("the last state\n")
