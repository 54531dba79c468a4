"""A class for an hour, in fast motion: plain pika, and receive, send and watch, in one room."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final

from routing.broker.lock import locked
from routing.broker.node.record import Kept, lock_of, recorded
from soak.done import Done, broken, memory_of
from soak.node import Node

ROOT: Final = Path(__file__).parents[1]

LIMIT: Final = 300.0
"""Seconds within which a program has to end, or to say what is waited for."""

MOST_MORE: Final = 12.0
"""MB by which a program may grow while the second half of the messages passes: what it remembers
for a screen is as long as the screen."""

SAID_BY_RECEIVER: Final = 40
"""Messages that each `receive` prints."""

SENT: Final = 3
"""Messages that `send` sends into the lesson that is watched."""

OF_TEACHER: Final = (
    "import sys; from pathlib import Path; from routing.terminals.room import room_opened; "
    "from routing.terminals.room_screen import follow_room; "
    "from routing.terminals.stopping import stopping; "
    "from routing.view.console import stdout_console\n"
    "with room_opened(Path(sys.argv[1])) as broker, stopping(broker.connection) as stop: "
    "follow_room(broker, stop, stdout_console())"
)
"""What `watch --room` does, for a node that another program recorded."""


@dataclass
class Program:
    """One that stays until Ctrl-C, and the file of what it says."""

    name: str
    process: "Popen[bytes]"
    said: Path
    memory: float = 0

    def says(self, text: str, times: int = 1) -> bool:
        """Wait until it has said something so often; tell whether it did."""
        limit = monotonic() + LIMIT
        while monotonic() < limit and self.process.poll() is None:
            if self.said.read_text(errors="replace").count(text) >= times:
                return True
            sleep(0.1)  # between two looks into its file
        return False

    def ended(self) -> int:
        """End it as Ctrl-C does, and give its status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LIMIT)


def class_hour(node: Node, students: int, messages: int) -> Done:
    """Let a class work: so many messages in all."""
    before, begun = node.held(), monotonic()
    names = [f"s{number:02}" for number in range(students)]
    with TemporaryDirectory() as folder, programs(node, Path(folder), names) as staying:
        silent = [each.name for each in staying if not each.says("on RabbitMQ")]
        back = sum(worked(node, names, messages // 2))
        for each in staying:
            each.memory = memory_of(each.process.pid)
        back += sum(worked(node, names, messages - messages // 2))
        sent = [one_sent(node, names[0]) for _ in range(SENT)]
        receivers = [each for each in staying if each.name.startswith("receive")]
        late = [each.name for each in receivers if not each.says("hello  ", 2 * SAID_BY_RECEIVER)]
        now = {each.name: memory_of(each.process.pid) for each in staying}
        statuses = {each.name: each.ended() for each in staying}
    took, left = monotonic() - begun, node.left(before)
    grown = [e.name for e in staying if not now[e.name] or now[e.name] - e.memory > MOST_MORE]
    expected = messages - 2 * SAID_BY_RECEIVER * len(receivers)
    return Done(
        f"{students} students, {messages:,} messages, receive, send, watch, watch --room",
        took,
        f"{max(now.values()):.0f} MB each at most",
        left,
        broken(
            each_begins=silent,
            each_message_comes_back=back != expected and f"{back} of {expected}",
            each_receiver_prints_its_own=late,
            send_ends_with_0=[status for status in sent if status],
            what_stays_is_flat=grown,
            what_stays_ends_with_0=[name for name, status in statuses.items() if status],
            nothing_is_left=left != "nothing" and left,
        ),
    )


@contextmanager
def programs(node: Node, folder: Path, names: Sequence[str]) -> Iterator[list[Program]]:
    """Start what stays: some receivers, a watch of one student, and that of the teacher."""
    room = node.running.room
    assert room
    kept = Kept(node.url, os.getpid(), "now", room=room)
    words = {f"receive {name}": receive(name) for name in receiving(names)}
    words["watch"] = [*PROGRAM, "watch", "topic", "--class", names[0]]
    words["watch --room"] = [sys.executable, "-c", OF_TEACHER, str(folder)]
    with locked(lock_of(folder)), recorded(kept, folder), ExitStack() as stack:
        started = [
            Program(name, stack.enter_context(running(node, each, folder / name)), folder / name)
            for name, each in words.items()
        ]
        yield started


PROGRAM: Final = (sys.executable, "-m", "routing")


def receive(name: str) -> list[str]:
    """Spell what prints the messages of one student."""
    return [*PROGRAM, "receive", "hello", "--class", name]


def receiving(names: Sequence[str]) -> Sequence[str]:
    """Name the students who have a receiver: one in five."""
    return names[::5]


@contextmanager
def running(node: Node, command: Sequence[str], said: Path) -> "Iterator[Popen[bytes]]":
    """Run a program of somebody in the class, which is over in the end in any case."""
    with said.open("wb") as file:
        process = Popen(command, cwd=ROOT, env=in_class(node), stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def in_class(node: Node) -> dict[str, str]:
    """Give the variables of a student."""
    room = node.running.room
    assert room
    return {**os.environ, "AMQP_URL": room.url, "PYTHONUNBUFFERED": "1"}


def worked(node: Node, names: Sequence[str], messages: int) -> list[int]:
    """Let every student send a part of the messages, and give how many came back to each."""
    parts = [messages // len(names)] * len(names)
    parts[-1] += messages - sum(parts)
    busy = [
        Popen(
            [sys.executable, "-m", "soak.student", name, str(part), str(to_receiver(name, names))],
            cwd=ROOT,
            env=in_class(node),
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, part in zip(names, parts, strict=True)
    ]
    return [counted(each) for each in busy]


def to_receiver(name: str, names: Sequence[str]) -> int:
    """Tell how many of a student's messages go to a receiver."""
    return SAID_BY_RECEIVER if name in receiving(names) else 0


def counted(program: "Popen[str]") -> int:
    """Wait for a student to be done; whoever is not, is ended."""
    try:
        return int(program.communicate(timeout=LIMIT)[0] or 0)
    except subprocess.TimeoutExpired:
        return 0
    finally:
        ended(program.kill, program.wait)


def ended(*ways: Callable[[], object]) -> None:
    """End a program in each of these ways."""
    for way in ways:
        way()


def one_sent(node: Node, name: str) -> int:
    """Send one message into the lesson that a student watches, and give the status.

    Into one that nobody watches, it would keep that there for two minutes.
    """
    words = ["send", "order.eu.paid", "--scenario", "topic", "--class", name]
    return subprocess.run(
        [*PROGRAM, *words], cwd=ROOT, env=in_class(node), capture_output=True, check=False
    ).returncode
