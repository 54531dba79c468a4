"""Is a broker given up that has answered, while this program itself was stopped?"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from subprocess import PIPE
from threading import Thread
from time import monotonic, sleep

import pytest
from conftest import LIMIT, ROOT

from routing.broker.address import parts_of

ASKING = """
import os, signal, sys
from routing.amqp.topology import Message, Topology
from routing.broker.find import find
from routing.broker.wire import Wire
from routing.play.together import Trial, play_together

waited, steps = Wire.waited, [""]

def stopped_first(wire, **how):
    if "asked" in wire.step and wire.step == steps[-1] and "stopped" not in steps:
        steps.append("stopped")
        os.kill(os.getpid(), signal.SIGSTOP)
    steps.append(wire.step)
    return waited(wire, **how)

Wire.waited = stopped_first
with find({"AMQP_URL": sys.argv[1]}, print) as broker:
    if sys.argv[2] == "alone":
        broker.connection.channel().queue_declare("asked", exclusive=True)
    else:
        play_together(broker, [Trial(Topology(queues=["asked"]), [Message("", "asked")])])
print("stopped" in steps)
"""
"""Is stopped once it has seen that nothing moves, and before it sees for how long that was."""

TIMEOUT = 2
"""Seconds; half of it is the longest silence."""


def is_stopped(pid: int) -> bool:
    """Tell whether a process is stopped, as by Ctrl-Z."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def while_stopped(pids: list[int], send: Callable[[], object]) -> None:
    """Let something be sent once a process is stopped, and let it go on after a time; once."""
    pid = pids.pop()
    limit = monotonic() + LIMIT
    while not is_stopped(pid) and monotonic() < limit:
        sleep(0.01)  # between two looks
    send()
    sleep(TIMEOUT)  # that this time passes is what it is about
    os.kill(pid, signal.SIGCONT)


@contextmanager
def through(broker_url: str) -> Iterator[tuple[str, "list[int]"]]:
    """Yield a URL that leads to the broker; the answer to a question comes to a stopped program.

    The list is to get the number of that program.
    """
    parts, pids = parts_of(broker_url), list[int]()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(LIMIT)

        def to_broker() -> socket.socket:
            return socket.create_connection((parts.hostname, parts.port))

        def relay() -> None:
            with suppress(OSError), server.accept()[0] as here, to_broker() as there:
                Thread(target=forward, args=(there, here), daemon=True).start()
                while sent := here.recv(65536):
                    hand_on = partial(there.sendall, sent)
                    while_stopped(pids, hand_on) if b"asked" in sent and pids else hand_on()

        for _ in range(2):
            Thread(target=relay, daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        yield broker_url.replace(f"{parts.hostname}:{parts.port}", address), pids


def forward(source: socket.socket, target: socket.socket) -> None:
    """Hand on what comes."""
    with suppress(OSError):  # the other one has gone
        while sent := source.recv(65536):
            target.sendall(sent)


@pytest.mark.parametrize("how", ["alone", "together"])
def test_does_the_time_count_in_which_the_program_was_stopped(broker_url: str, how: str) -> None:
    """No: its answer lies there, and is read first."""
    with through(f"{broker_url}?timeout={TIMEOUT}") as (url, pids):
        command = [sys.executable, "-c", ASKING, url, how]
        with subprocess.Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True) as asking:
            pids.append(asking.pid)
            said, error = asking.communicate(timeout=LIMIT)
    assert (asking.returncode, said) == (0, "True\n"), error
