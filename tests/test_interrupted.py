"""Does a signal end a run as is promised, at whatever moment it comes?

With INTERRUPTIONS=200 in the environment 200 moments of each run are tried, instead of a few.
"""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import NamedTuple
from urllib.parse import quote

import pytest
from conftest import LIMIT, ROOT
from nodes import Node

MOMENTS = int(os.environ.get("INTERRUPTIONS", "2"))

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SAID = "\nInterrupted; nothing is left behind.\n"

RUNS = {
    "demo topic --predict": 0.8,
    "demo topic": 1.5,
    "demo dead-letters": 2.0,
    "verify --cases 200": 5.0,
    "workers": 2.5,
}
"""What is interrupted, and for how many seconds it may run before that."""


class Ended(NamedTuple):
    """How a run ended: after so many seconds of work, and how long after the signal."""

    status: int
    error: str
    after: float
    took: float


@pytest.fixture(scope="module")
def place(nodes: list[Node]) -> Iterator[tuple[Node, str]]:
    """Give a vhost of the newest RabbitMQ."""
    with nodes[-1].vhost() as vhost:
        yield nodes[-1], vhost


def is_ready(process: "Popen[str]") -> bool:
    """Tell whether a program has reached the first of its own moments: it hears SIGTERM itself."""
    caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def interrupted(words: str, url: str, number: signal.Signals, after: float) -> Ended:
    """Run a command, and send it a signal so many seconds after its first moment."""
    environ = {"PATH": os.environ["PATH"], "AMQP_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "routing", *words.split()]
    with Popen(command, env=environ, stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT) as process:
        limit = time.monotonic() + LIMIT
        while process.poll() is None and not is_ready(process):
            assert time.monotonic() < limit, "the program never hears SIGTERM"
        try:
            process.wait(after)
        except TimeoutExpired:
            process.send_signal(number)
        sent = time.monotonic()
        _, error = process.communicate(timeout=LIMIT)
        return Ended(process.returncode, error, after, time.monotonic() - sent)


def left_in(node: Node, vhost: str) -> list[str]:
    """List the exchanges and queues of runs that are in a vhost."""
    return [
        each["name"]
        for kind in ("exchanges", "queues")
        for each in json.loads(node.asked("GET", f"{kind}/{quote(vhost, safe='')}")[1])
        if each["name"].startswith("routing-")
    ]


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("words", RUNS)
def test_does_it_end_as_promised(
    words: str, number: signal.Signals, place: tuple[Node, str]
) -> None:
    """With its status, in a sentence or without a word, soon, and nothing is left on the broker."""
    node, vhost = place
    moments = [RUNS[words] * each / MOMENTS for each in range(MOMENTS)]
    with ThreadPoolExecutor(2) as threads:
        ended = [*threads.map(partial(interrupted, words, node.url(vhost), number), moments)]
    allowed = {"", SAID} if number == signal.SIGINT else {""}
    wrong = [
        each
        for each in ended
        if each.status not in (0, 128 + number) or each.error not in allowed or each.took > SOON
    ]
    assert not wrong
    limit = time.monotonic() + LIMIT
    while left := left_in(node, vhost):
        assert time.monotonic() < limit, f"left behind: {left}"


SOON = 10.0
"""Seconds within which a run ends that a signal asks to."""
